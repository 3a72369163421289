//! The sentence at the top: where the service stands, in plain words, no stronger than what is known.

use super::Verdict;
use crate::analysis::{Finding, Findings, Measured, Question};
use crate::capacity::{Region, region};
use crate::outage::backend::Scatter;
use crate::units::{grouped_rate, significant};

/// The verdict for the baseline at the first cache size.
pub fn verdict(findings: &Findings, question: &Question) -> Verdict {
    let cell = &findings.cells[question.baseline];
    let name = cell.policy();
    let load = findings.load;
    let served = match question.load {
        None => format!("This service serves {} requests a second", grouped_rate(load)),
        Some(_) => format!("This service is to serve {} requests a second", grouped_rate(load)),
    };
    let known = findings.limits_known && findings.backend.is_some();
    let region = if known { region(load, cell.advertised, cell.hidden) } else { Region::Unknown };
    let (advertised, hidden) = (cell.advertised.unwrap_or(f64::INFINITY), cell.hidden.unwrap_or(f64::INFINITY));
    let sentence = match region {
        Region::OverloadedWarm => format!(
            "{served}, and with {name} its backend carries only {} while the cache is warm. \
             It is overloaded before anything is lost: losing the cache is not to blame.",
            grouped_rate(advertised)
        ),
        Region::Vulnerable => {
            let times =
                if hidden > 0.0 { format!("{}x", significant(load / hidden)) } else { "far more than".to_string() };
            let (seen, counsel) = seen(cell, load);
            format!(
                "{served} and {} from losing its cache, with no answer late, only below {}/s. \
                 With {name} it runs at {times} {counsel}.{seen}",
                recovers(cell),
                grouped_rate(hidden)
            )
        }
        Region::Unknown if findings.backend.is_none() => format!(
            "{served}. What its backend can do was not given (-b 300/s), so there is no verdict: what it recovers from, and what may \
             be cut, is unknown."
        ),
        Region::Unknown => format!("{served}. The trace is too short to say what it recovers from."),
        Region::Survives => {
            let below = cell.hidden.map_or("at any load in this trace's shape".to_string(), |hidden| {
                format!("below {}/s", grouped_rate(hidden))
            });
            let most = cell.measured.as_ref().map(|measured| measured.healing.hidden[0]);
            let little = most.and_then(|most| most.load.filter(|_| most.low.is_some_and(|low| low < load)));
            let margin = little.map_or(String::new(), |at| {
                format!(" But there is little margin: of simulated outages 95% heal at {}/s.", grouped_rate(at))
            });
            let heals = if little.is_some() { "should heal" } else { "heals" };
            format!(
                "{served} and {} from losing its cache {below}. \
                 With {name} a full cache loss {heals} by itself, whenever it happens.{margin}",
                recovers(cell)
            )
        }
    };
    Verdict { region, sentence }
}

/// Sure is only what is proved, with answers that are evenly fast, or what the trials leave no doubt of: never below a load at which
/// a simulated outage stayed down, or at which the interval of 95 % does not hold yet.
fn recovers(cell: &Finding) -> &'static str {
    let sure = match (cell.hidden, &cell.measured) {
        (None, _) => true,
        (Some(hidden), Some(Measured { healing, at_safe: Some(1.0), .. })) => {
            let mut below = healing.points.iter().filter(|point| point.load <= hidden);
            let even = healing.points.iter().all(|point| point.service == Scatter::Constant);
            let none_stayed_down = below.all(|point| point.healed == point.trials);
            none_stayed_down && (even || healing.hidden[0].low.is_some_and(|low| low >= hidden))
        }
        _ => false,
    };
    if sure { "is sure to recover" } else { "should recover" }
}

/// What simulated outages showed beyond the safe bound, and what to make of a load above that.
fn seen(cell: &Finding, load: f64) -> (String, &'static str) {
    const LOST: &str = " Of outages simulated at any moment tried, whose answers may be late,";
    let warning = "that load: do not count on it to recover by itself from a full cache loss";
    let heals =
        cell.measured.as_ref().map_or([None; 3], |measured| measured.healing.hidden.map(|estimate| estimate.load));
    let low = cell.measured.as_ref().and_then(|measured| measured.healing.hidden[0].low);
    let numbers = match heals {
        [Some(most), Some(half), _] if grouped_rate(most) != grouped_rate(half) => {
            format!("{LOST} 95% heal at {}/s and half at {}/s.", grouped_rate(most), grouped_rate(half))
        }
        [Some(most), ..] => format!("{LOST} 95% heal at {}/s.", grouped_rate(most)),
        _ => low.map_or(String::new(), |low| format!("{LOST} 95% heal up to {}/s.", grouped_rate(low))),
    };
    match low {
        _ if cell.floor.zip(cell.floor_long_run).is_none_or(|(worst, mean)| load <= worst.max(mean)) => (
            String::new(),
            "that load. Its backend carries it with no cache at all, on average: bursts make answers late, and \
             an outage ends once the queue has drained",
        ),
        Some(low) if low >= load => {
            (numbers, "that load: it mostly healed by itself when it was tried, which is no guarantee")
        }
        _ => (numbers, warning),
    }
}
