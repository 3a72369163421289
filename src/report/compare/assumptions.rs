//! What a comparison rests on, in sentences: above all, how the noise was found and where that is weak.

use super::Noise;
use super::side::View;
use crate::analysis::noise::means::FEWEST;
use crate::units::Seconds;

/// Every assumption behind the report; first those about the noise.
pub fn assumptions(baseline: &View<'_>, candidate: &View<'_>, noise: &Noise, banked: bool) -> Vec<String> {
    let mut all = Vec::new();
    let window = Seconds(baseline.trace.window_seconds);
    let together = if noise.paired {
        "both sides are drawn together, as they saw the same traffic"
    } else {
        "the sides are drawn one by one, as they saw different traffic"
    };
    all.push(match (noise.windows, noise.block_windows) {
        (Some(windows), Some(block)) => format!(
            "noise of misses and amplification: {} resamples of the {windows} windows of {window} after warm-up, in blocks of {block} in a \
             row (longer than one window still shows in the next: twice the rule of Politis and White), widened by Student's t for \
             few blocks; {together}. Where few windows are much alike it is still too narrow: one in ten rather than one in twenty. It knows nothing of days that the trace does not hold",
            noise.draws
        ),
        _ => format!(
            "noise of misses and amplification: unknown; it takes {FEWEST} windows after warm-up, and a miss in both. Give a longer trace, or a smaller --window"
        ),
    });
    all.push(match noise.stretches {
        0 => "noise of limits (advertised, hidden, gap, loss survived, least backends, refill): unknown; the reports do not \
              say how limits vary along the trace (--quick, or fewer than 100 requests in a twentieth of it), so no such \
              change is called material"
            .to_string(),
        stretches => format!(
            "noise of limits (advertised, hidden, gap, loss survived, least backends): each of {stretches} stretches after warm-up is \
             walked by itself with a loss at its start; of {} subsamples of {} stretches the worst is taken on either side, \
             and 95% of their changes make the band, with the change found; {together}. A maximum has no better noise: the \
             band is too wide rather than too narrow, a change that only a rare moment shows is called none, and a \
             backlog that lasts longer than a stretch is not seen by it",
            noise.draws, noise.stretches_drawn
        ),
    });
    if noise.stretches > 0 {
        all.push(
            "noise of the refill: how its change varies over a flush at the start of each stretch; noise of measured hidden: \
             the ends of both brackets, and beyond them as the safe bound varies over stretches"
                .to_string(),
        );
    }
    all.push(
        "a change is material where 0 lies outside of its noise; each is judged for itself at 95%, so with a dozen of them one in \
         twenty comparisons of like with like still shows one"
            .to_string(),
    );
    if banked {
        all.push(
            "the saving is banked by cutting the backend as misses fell, so that it is as busy as before".to_string(),
        );
    }
    let mut told: Vec<&String> = Vec::new();
    for view in [baseline, candidate] {
        for assumption in &view.report.head.assumptions {
            if !told.contains(&assumption) {
                told.push(assumption);
            }
        }
    }
    all.extend(told.into_iter().cloned());
    all
}
