//! Where each side of a comparison stands: overloaded, or what it survives. It decides what is said first.

use super::metric::LEAST_BACKEND;
use super::{CompareReport, Side};
use crate::report::format::loss_name;
use crate::report::page::{Answer, Tone};
use crate::units::{Loss, Rate, grouped_rate};

/// What a side does at the load to carry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum State {
    /// It does not carry the load even while its cache is warm, but so much; `None`: unknown how much.
    OverloadedWarm(Option<f64>),
    /// It carries the load, and survives losing at most this share of those that were tried.
    Survives(f64),
    /// Nobody can tell.
    Unknown,
}

impl State {
    /// In words that follow the side's name.
    pub fn words(self, side: &Side) -> String {
        let load = grouped_rate(side.load_per_second);
        match self {
            State::OverloadedWarm(Some(carries)) => {
                format!("is overloaded while its cache is warm ({} < {load} requests/s)", grouped_rate(carries))
            }
            State::OverloadedWarm(None) => format!("is overloaded while its cache is warm, at {load} requests/s"),
            State::Survives(0.0) => format!("carries {load} requests/s, and survives no loss that was tried"),
            State::Survives(share) => format!("survives losing {}", loss_words(share)),
            State::Unknown => "survives nobody knows what".to_string(),
        }
    }
}

/// `1 of 8 nodes`, `everything`.
pub fn loss_words(share: f64) -> String {
    match Loss::of_share(share) {
        Some(loss) if !loss.is_everything() => format!("{} of {} nodes", loss.lost, loss.nodes),
        _ => loss_name(share),
    }
}

/// The states of baseline and candidate.
pub fn states(report: &CompareReport) -> (State, State) {
    let of = |side: &Side, is_candidate: bool| {
        let value = |baseline, candidate| if is_candidate { candidate } else { baseline };
        let mu = side.backend_per_second;
        let needs: Vec<(f64, Option<f64>)> = report
            .changes
            .iter()
            .filter(|change| change.metric == LEAST_BACKEND)
            .map(|change| (change.loss_ratio.unwrap_or(0.0), value(change.baseline, change.candidate)))
            .collect();
        let Some((_, Some(warm))) = needs.first().copied() else { return State::Unknown };
        if warm > mu {
            let advertised = report.change("advertised");
            return State::OverloadedWarm(advertised.and_then(|change| value(change.baseline, change.candidate)));
        }
        let survived = needs.iter().take_while(|(_, least)| least.is_some_and(|least| least <= mu));
        State::Survives(survived.last().map_or(0.0, |(share, _)| *share))
    };
    (of(&report.baseline, false), of(&report.candidate, true))
}

/// The first answer: may the change be made?
pub fn answer(report: &CompareReport) -> Answer {
    let (before, after) = states(report);
    let (baseline, candidate) = (&report.baseline, &report.candidate);
    let is_cut =
        candidate.backend_per_second < baseline.backend_per_second && baseline.backend_unit == candidate.backend_unit;
    let question = if is_cut {
        format!("May the backend be cut from {} to {}?", baseline.backend(), candidate.backend())
    } else {
        "May the change be made?".to_string()
    };
    let then = format!("afterwards it {}", after.words(candidate));
    let (short, tone) = match (before, after) {
        (_, State::Unknown) => (format!("Unknown: {then}"), Tone::Careful),
        (State::OverloadedWarm(_), State::OverloadedWarm(_)) => (format!("It does not help: {then}"), Tone::Bad),
        (_, State::OverloadedWarm(_)) => (format!("No: {then}"), Tone::Bad),
        (State::Survives(most), State::Survives(0.0)) if most > 0.0 => {
            (format!("Only if nothing of the cache is ever lost: {then}"), Tone::Bad)
        }
        (State::Survives(most), State::Survives(share)) if share < most => {
            (format!("Only if no more than {} is ever lost: {then}", loss_words(share)), Tone::Careful)
        }
        (State::Survives(most), State::Survives(share)) if share == most => {
            (format!("Yes, as far as losses go: {then}, as before"), Tone::Good)
        }
        _ => (format!("Yes: {then}"), Tone::Good),
    };
    let also = if before == after { String::new() } else { format!("Today it {}", before.words(baseline)) };
    Answer { question, short, also, text: String::new(), tone }
}

/// What the candidate needs for the losses that it does not survive.
pub fn takes(report: &CompareReport) -> String {
    let side = &report.candidate;
    let rate = |per_second: f64| side.rate(per_second);
    let needs = report.decisions.iter().filter_map(|decision| {
        let least = decision.candidate_per_second.filter(|least| *least > side.backend_per_second)?;
        let what = match decision.loss_ratio {
            0.0 => "nothing".to_string(),
            share => loss_words(share),
        };
        Some(format!("{} to lose {what}", rate(least)))
    });
    let needs: Vec<String> = needs.collect();
    let load = Rate::answers(side.load_per_second);
    match needs.as_slice() {
        [] => format!("A backend of {} survives every loss that was tried.", side.backend()),
        needs => format!("To carry {load} takes {}.", needs.join(", ")),
    }
}
