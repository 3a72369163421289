//! The two answers at the top: what may be cut, and what happens if the cache is lost. For a reader who knows nothing else.

use super::{Group, load, requests};
use crate::report::assumptions::percent;
use crate::report::page::{Answer, Tone};
use crate::report::{Region, Row};
use crate::units::significant;

/// Both, about the baseline; `of` names the trace where there are several.
pub(super) fn answers(group: &Group, of: &str) -> Vec<Answer> {
    let Some(baseline) = group.baseline() else { return Vec::new() };
    let ask = |question: &str| if of.is_empty() { question.to_string() } else { format!("{of}: {question}") };
    let mut cut = cut(group, baseline);
    cut.question = ask("What may be cut from the backend?");
    let mut lost = lost(group, baseline);
    lost.question = ask("What happens if the cache is lost?");
    vec![cut, lost]
}

fn cut(group: &Group, baseline: &Row) -> Answer {
    let mu = baseline.backend_per_second;
    let needed = |loss: f64| {
        let of_loss = group.report.losses(baseline).find(|row| row.loss_ratio == loss);
        of_loss.and_then(|row| row.least_backend_per_second)
    };
    let carried = requests(baseline.load_per_second);
    let assumed = if group.trace.backend.assumed { ", which is an assumption, as none was given" } else { "" };
    let gives = format!("The backend gives {}{assumed}.", group.backend(mu));
    let (warm, all) = (needed(0.0), needed(1.0));
    let (short, text, tone) = match (warm, all) {
        (Some(warm), _) if warm > mu => (
            "Nothing: it is too small already".to_string(),
            format!("{gives} To carry {carried} it needs {} even if the cache is never lost.", group.backend(warm)),
            Tone::Bad,
        ),
        (_, Some(all)) if all <= mu => (
            format!("Up to {} of it", share(1.0 - all / mu)),
            format!(
                "{gives} To carry {carried} and be sure to recover from losing the whole cache it needs {}. What is above may go.",
                group.backend(all)
            ),
            Tone::Good,
        ),
        (Some(warm), Some(all)) => (
            "Nothing, if losing the cache must be survived".to_string(),
            format!(
                "{gives} To carry {carried} and be sure to recover from losing the whole cache it needs {}: {}x as much. \
                 Only if nothing of the cache were ever lost would {} do.",
                group.backend(all),
                significant(all / mu),
                group.backend(warm)
            ),
            Tone::Bad,
        ),
        _ => ("Unknown".to_string(), format!("{gives} No backend was found that is large enough."), Tone::Careful),
    };
    Answer { question: String::new(), short, text: text + &trap(group), tone }
}

/// A share of the backend that may go, never rounded up.
fn share(ratio: f64) -> String {
    percent((ratio * 1000.0).floor() / 1000.0)
}

/// What the best policy's saving is worth.
fn trap(group: &Group) -> String {
    let Some(best) = group.best() else { return String::new() };
    let all = group.report.losses(best).find(|row| row.loss_ratio >= 1.0).and_then(|row| row.reclaimable_ratio);
    let (Some(saving), Some(all)) = (best.naive_saving_ratio, all) else { return String::new() };
    let is = match all {
        _ if all.abs() < 0.005 => "none of it may be cut".to_string(),
        _ if all < 0.0 => format!("it needs {} more instead", percent(-all)),
        _ => format!("it is {}", percent(all)),
    };
    format!(
        " Replacing {} by {} looks like a saving of {}; if a full loss must be survived, {is}.",
        group.report.config.baseline,
        best.policy,
        percent(saving)
    )
}

fn lost(group: &Group, baseline: &Row) -> Answer {
    let verdict = &group.trace.verdict;
    let (low, high) = (baseline.hidden_low_per_second, baseline.hidden_high_per_second);
    let load_now = baseline.load_per_second;
    let stayed_down = high.is_some_and(|high| high <= load_now);
    let came_back = low.is_some_and(|low| low >= load_now);
    let (short, tone) = match verdict.region {
        Region::OverloadedWarm => ("It is overloaded even before", Tone::Bad),
        Region::Vulnerable if stayed_down => ("It goes down, and stays down", Tone::Bad),
        Region::Vulnerable if load_now <= baseline.floor_per_second => {
            ("Answers are late until a queue has drained", Tone::Careful)
        }
        Region::Vulnerable if came_back => ("It came back when tried, without a guarantee", Tone::Careful),
        Region::Vulnerable => ("It may go down, and stay down", Tone::Bad),
        Region::Survives if stayed_down => ("It heals, with no margin", Tone::Careful),
        Region::Survives => ("It heals by itself", Tone::Good),
    };
    let survived = match baseline.loss_survived_ratio {
        _ if verdict.region != Region::Vulnerable => String::new(),
        Some(0.0) => " It is not sure to survive the loss of any part of it.".to_string(),
        Some(ratio) if ratio < 1.0 => {
            format!(" Losing up to about {} of the cache is sure to be survived.", percent(ratio))
        }
        _ => String::new(),
    };
    let bring_back = match verdict.region {
        Region::Vulnerable if stayed_down => {
            format!(
                " Once down it does not come back until the load is cut, to less than {} with an empty cache.",
                load(Some(baseline.floor_per_second))
            )
        }
        _ => String::new(),
    };
    Answer {
        question: String::new(),
        short: short.to_string(),
        text: format!("{}{survived}{bring_back}", verdict.sentence),
        tone,
    }
}
