//! The outage in sentences: whether it heals, and why, from what its windows counted.

use super::Verdict;
use crate::analysis::outage::Story;
use crate::outage::Fill;
use crate::outage::trigger::Happening;
use crate::outage::verdict::Phase;
use crate::outage::window::Window;
use crate::report::format::{interval, percent};
use crate::units::{Seconds, grouped_rate};

/// Whether it heals.
pub fn outcome(story: &Story) -> String {
    let verdict = &story.verdict;
    let since = Seconds(((story.ran.0 - story.over.0) * 10.0).round() / 10.0);
    // Whether somebody acts in it, as scenarios let them.
    let acts = story.steps.iter().any(|step| !matches!(step.what, Happening::Trigger(_)));
    let (by_itself, over) = match acts {
        true => (", whatever the scenario does against it", "is over, with what the scenario does against it"),
        false => ("", "heals by itself"),
    };
    if !story.is_well_warm() {
        return format!(
            "It is overloaded while its cache is warm: in the worst stretch without any trouble {} are answered in time, and it does not \
             come back. The trigger is not to blame.",
            share(story.control.worst_success)
        );
    }
    match verdict.phase {
        Phase::Metastable => format!(
            "It stays down{by_itself}: {since} after the trigger is over {} of the requests are answered in time.",
            share(tail(story).success().unwrap_or(0.0))
        ),
        Phase::Unsettled => format!(
            "Not settled: {since} after the trigger is over {} of the requests are answered in time, and yet no loop keeps it down: \
             the backend's queue runs empty, and it is asked less than it can answer.",
            share(tail(story).success().unwrap_or(0.0))
        ),
        _ if !story.is_felt() && verdict.worst_success >= 1.0 => {
            "Nobody notices: every request is answered in time.".to_string()
        }
        _ if !story.is_felt() => format!(
            "Hardly anybody notices: in the worst five windows {} were answered in time.",
            share(verdict.worst_success)
        ),
        _ => format!(
            "It {over}, {} after it began. In its worst moment {} were answered in time.",
            verdict.recovery.unwrap_or(story.ran),
            share(verdict.worst_success)
        ),
    }
}

/// Why it stays down, or how it healed.
pub fn why(story: &Story) -> String {
    if !story.is_well_warm() {
        return "What the warm cache misses is more than the backend can answer in time: lower the load, or give it a larger backend or \
                cache."
            .to_string();
    }
    match (story.verdict.phase, story.is_felt()) {
        (Phase::Metastable, _) => why_down(story),
        (Phase::Unsettled, _) => why_unsettled(story),
        (phase, false) => format!("The backend had room for what was asked of it. {}", meaning(phase, story)),
        (phase, true) => format!("{} {}", how_it_healed(story), meaning(phase, story)),
    }
}

/// The last tenth of what came after the trigger, in which nothing should be wrong any more.
pub(super) fn tail(story: &Story) -> Window {
    let from = after(story);
    let rest = &story.windows[from..];
    sum(&rest[rest.len() - rest.len().div_ceil(10)..])
}

fn after(story: &Story) -> usize {
    story.windows.partition_point(|window| window.start < story.over.nanoseconds())
}

/// All of these windows as one.
pub(super) fn sum(windows: &[Window]) -> Window {
    let mut all = windows.first().copied().unwrap_or_default();
    windows.iter().skip(1).for_each(|window| all += *window);
    all
}

/// Seconds in the stretch that [`tail`] sums.
fn tail_seconds(story: &Story) -> f64 {
    let rest = story.windows.len() - after(story);
    (rest.div_ceil(10) as f64 * story.width.0).max(f64::MIN_POSITIVE)
}

fn why_down(story: &Story) -> String {
    let now = tail(story);
    if Seconds(now.min_delay as f64 / 1e9) >= story.model.client.timeout {
        return format!("{} The trigger is long over; the queue keeps the outage alive.", how_late(story));
    }
    let each_second = |count: u64| grouped_rate(count as f64 / tail_seconds(story));
    let dropped =
        if now.drops > 0 { format!(", {} are dropped from its queue", each_second(now.drops)) } else { String::new() };
    format!(
        "The backend is asked {} times a second and answers {}{dropped}.{} {} of the lookups miss; {} answers \
         a second are inserted, which does not bring the hits back in the time that was simulated.",
        each_second(now.asked),
        each_second(now.answered),
        retries(story),
        share(now.miss_ratio().unwrap_or(1.0)),
        each_second(now.inserts)
    )
}

/// The loop of an outage in which every answer is late.
pub(super) fn how_late(story: &Story) -> String {
    let now = tail(story);
    let each_second = |count: u64| grouped_rate(count as f64 / tail_seconds(story));
    let inserted = match (now.inserts, story.model.fill) {
        (0, _) => "nothing is inserted into the cache".to_string(),
        (_, Fill::Late) => format!("what is inserted ({} a second) is not enough", each_second(now.inserts)),
        _ => format!("next to nothing is inserted ({} a second)", each_second(now.inserts)),
    };
    format!(
        "The backend's answers come after {}, but the clients have gone after {}; so {inserted}, {} of the lookups still miss, \
         and the backend is asked {} times a second, while it answers {}.{}",
        Seconds(now.min_delay as f64 / 1e9),
        story.model.client.timeout,
        share(now.miss_ratio().unwrap_or(1.0)),
        each_second(now.asked),
        each_second(now.answered),
        retries(story)
    )
}

fn retries(story: &Story) -> String {
    let now = tail(story);
    if now.retries == 0 {
        return String::new();
    }
    format!(" Retries alone make {} lookups a second.", grouped_rate(now.retries as f64 / tail_seconds(story)))
}

/// What is still wrong, where no queue is to blame.
fn why_unsettled(story: &Story) -> String {
    let now = tail(story);
    format!(
        "Either it is on its way, or single answers come late by chance: while nothing was lost, {} were answered in time in the worst \
         stretch. {} of the lookups miss.",
        share(story.control.worst_success),
        share(now.miss_ratio().unwrap_or(1.0))
    )
}

fn how_it_healed(story: &Story) -> String {
    let begins = story.windows.partition_point(|window| window.start < story.begins.nanoseconds());
    let outage = sum(&story.windows[begins..]);
    let longest = Seconds(outage.max_delay as f64 / 1e9);
    let timeout = story.model.client.timeout;
    if longest < timeout {
        return format!(
            "How it healed: nobody waited longer than {longest} for the backend's turn, and clients wait {timeout}: the answers came \
             in time to be inserted, so the misses went away."
        );
    }
    format!(
        "How it healed: waits grew to {longest} while clients wait {timeout}, but answers enough came in time to be inserted, and \
         the queue ran empty again."
    )
}

fn meaning(phase: Phase, story: &Story) -> String {
    let timeout = story.model.client.timeout;
    match phase {
        Phase::Stable => {
            "Even with an empty cache and all retries this backend keeps up: no trigger can keep it down for long."
                .to_string()
        }
        _ => format!(
            "It runs above {} requests a second, which is all its backend carries without a cache: once answers are later than \
             {timeout} for long enough, a worse trigger can keep it down.",
            grouped_rate(story.verdict.escape_load)
        ),
    }
}

/// Up to which load it heals by itself, and from which it is felt; `show` writes a load of the curve.
pub fn edge(verdict: &Verdict, show: impl Fn(f64) -> String) -> String {
    let (low, high) = (verdict.hidden_95_per_second_low, verdict.hidden_95_per_second_high);
    let heals = match (verdict.hidden_95_per_second, low) {
        (Some(most), _) => {
            let half = verdict.hidden_50_per_second.map_or(String::new(), |half| format!(", half at {}/s", show(half)));
            format!(
                "Lost while it runs, 95% of outages like this heal at {}/s{}{half}",
                show(most),
                interval(low, high, &show)
            )
        }
        (None, Some(low)) => format!(
            "Lost while it runs, more than 95% of outages like this heal at {}/s, the highest that the warm cache carries on average",
            show(low)
        ),
        (None, None) => String::new(),
    };
    let felt = verdict.felt_from_per_second.map(|load| format!("Users feel it from {}/s on", show(load)));
    [Some(heals).filter(|text| !text.is_empty()), felt].into_iter().flatten().collect::<Vec<_>>().join(". ")
}

/// A share that is never rounded up to everything or down to nothing.
pub fn share(ratio: f64) -> String {
    match ratio {
        _ if ratio > 0.999 && ratio < 1.0 => "over 99.9%".to_string(),
        _ if ratio > 0.0 && ratio < 0.001 => "under 0.1%".to_string(),
        _ => percent(ratio),
    }
}
