//! The two answers at the top: what may be cut, and what happens if the cache is lost. For a reader who knows nothing else.

use super::{Group, requests};
use crate::capacity::safe_cut;
use crate::report::assumptions::percent;
use crate::report::page::{Answer, Tone};
use crate::report::{Region, Row};
use crate::units::{Seconds, grouped, significant};

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
    let must = group.report.config.survive_ratio.unwrap_or(1.0);
    let lost = part(must);
    let carried = requests(baseline.load_per_second);
    let assumed = if group.trace.backend.assumed { ", which is an assumption, as none was given" } else { "" };
    let gives = format!("The backend gives {}{assumed}.", group.backend(mu));
    let (short, text, tone) = match (needed(0.0), needed(must)) {
        (Some(warm), _) if warm > mu => (
            "Nothing: it is too small already".to_string(),
            format!("{gives} To carry {carried} it needs {} even if the cache is never lost.", group.backend(warm)),
            Tone::Bad,
        ),
        (_, Some(least)) if least <= mu => {
            let limit = if must < 1.0 {
                format!(", if never more than {} of the cache is lost", percent(must))
            } else {
                String::new()
            };
            let text = format!(
                "{gives} To carry {carried} and lose {lost} with no answer late it needs {}. What is above may go.",
                group.backend(least)
            );
            (
                format!("Up to {} of it{limit}", share(safe_cut(least, mu))),
                text,
                if must < 1.0 { Tone::Careful } else { Tone::Good },
            )
        }
        (Some(warm), Some(least)) => (
            format!("Nothing, if losing {lost} must be survived"),
            format!(
                "{gives} To carry {carried} and lose {lost} with no answer late it needs {}: {}x as much.{}",
                group.backend(least),
                significant(least / mu),
                enough_for_less(group, baseline, must, warm)
            ),
            Tone::Bad,
        ),
        _ => {
            let why = if baseline.limits_known {
                "No backend was found that is large enough."
            } else {
                "The trace is too short to say what it needs."
            };
            ("Unknown".to_string(), format!("{gives} {why}"), Tone::Careful)
        }
    };
    let all = match needed(1.0).filter(|_| must < 1.0) {
        Some(all) => format!(" To recover from losing the whole cache it needs {}.", group.backend(all)),
        None => String::new(),
    };
    Answer { question: String::new(), short, text: text + &all + &trap(group, must), tone }
}

/// What would do if less were lost, as far as today's backend gives that.
fn enough_for_less(group: &Group, baseline: &Row, must: f64, warm: f64) -> String {
    let survived = group.report.losses(baseline).filter(|row| row.loss_ratio > 0.0 && row.loss_ratio < must);
    let survived = survived.filter_map(|row| Some((row.loss_ratio, row.least_backend_per_second?)));
    let warm = group.backend(warm);
    match survived.filter(|(_, least)| *least <= baseline.backend_per_second).last() {
        Some((most, least)) => format!(
            " If never more than {} of the cache were lost, {} would do; if nothing of it ever were, {warm}.",
            percent(most),
            group.backend(least)
        ),
        None => format!(" If nothing of the cache were ever lost, {warm} would do."),
    }
}

/// A part of the cache in words.
fn part(share: f64) -> String {
    if share >= 1.0 { "the whole cache".to_string() } else { format!("{} of the cache", percent(share)) }
}

/// A share of the backend that may go, never rounded up.
fn share(ratio: f64) -> String {
    percent((ratio * 1000.0).floor() / 1000.0)
}

/// What the best policy's saving is worth, if a loss must be survived.
fn trap(group: &Group, must: f64) -> String {
    let Some(best) = group.best() else { return String::new() };
    let real = group.report.losses(best).find(|row| row.loss_ratio == must).and_then(|row| row.reclaimable_ratio);
    let (Some(saving), Some(real)) = (best.naive_saving_ratio, real) else { return String::new() };
    let is = match real {
        _ if real.abs() < 0.005 => "none of that may be cut".to_string(),
        _ if real < 0.0 => format!("it needs {} more instead", percent(-real)),
        _ => format!("it is {}", percent(real)),
    };
    format!(
        " Replacing {} by {} saves {} of the misses, which looks like as large a cut; if losing {} must be survived, {is}.",
        group.report.config.baseline,
        best.policy,
        percent(saving),
        part(must)
    )
}

fn lost(group: &Group, baseline: &Row) -> Answer {
    let verdict = &group.trace.verdict;
    let (low, high) = (baseline.hidden_95_per_second_low, baseline.hidden_95_per_second_high);
    let load = baseline.load_per_second;
    let stayed_down = baseline.recovers == Some(false) || high.is_some_and(|high| high <= load);
    let came_back = baseline.recovers != Some(false) && low.is_some_and(|low| low >= load);
    let (short, tone) = match verdict.region {
        Region::OverloadedWarm => ("It is overloaded even before", Tone::Bad),
        Region::Vulnerable if stayed_down => ("It goes down, and stays down", Tone::Bad),
        Region::Vulnerable if baseline.floor_per_second.is_none_or(|floor| load <= floor) => {
            ("Answers are late until a queue has drained", Tone::Careful)
        }
        Region::Vulnerable if came_back => ("It came back when tried, without a guarantee", Tone::Careful),
        Region::Vulnerable => ("It may go down, and stay down", Tone::Bad),
        Region::Survives if stayed_down => ("It heals, with no margin", Tone::Careful),
        Region::Survives => ("It heals by itself", Tone::Good),
        Region::Unknown => ("Unknown", Tone::Careful),
    };
    let survived = match baseline.loss_survived_ratio {
        _ if verdict.region != Region::Vulnerable => String::new(),
        Some(0.0) => " Losing any part of it may make answers late.".to_string(),
        Some(ratio) if ratio < 1.0 => {
            format!(" After losing up to about {} of the cache no answer is late.", percent(ratio))
        }
        _ => String::new(),
    };
    Answer {
        question: String::new(),
        short: short.to_string(),
        text: format!("{}{}{survived}", verdict.sentence, simulated(group, baseline)),
        tone,
    }
}

/// What the simulated outage came to at the load to carry, and what brings it back.
fn simulated(group: &Group, baseline: &Row) -> String {
    let Some(told) = group.told() else { return String::new() };
    let verdict = &told.verdict;
    let failed = grouped(verdict.requests_failed);
    match verdict.recovery_seconds {
        Some(_) if verdict.requests_failed == 0 => " Simulated at this load, no request fails.".to_string(),
        Some(seconds) => {
            format!(" Simulated at this load, {failed} requests fail until it is well, after {}.", Seconds(seconds))
        }
        None if verdict.phase == "unsettled" => {
            let watched = Seconds(verdict.watched_seconds.round());
            format!(
                " Simulated at this load, it is not well yet after {watched}, though nothing keeps it down; {failed} requests have failed."
            )
        }
        None => {
            let shed = match baseline.shed_ratio.filter(|shed| *shed > 0.0) {
                Some(shed) => format!("; to come back, at least {} of the load must be shed", percent(shed)),
                None => String::new(),
            };
            let watched = Seconds(verdict.watched_seconds.round());
            format!(
                " Simulated at this load, it is still down after {watched}, and {failed} requests have failed{shed}."
            )
        }
    }
}
