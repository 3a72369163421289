//! The sentence at the top: where the service stands, in plain words, no stronger than what is known.

use super::Verdict;
use crate::analysis::{Finding, Findings, Question};
use crate::capacity::{Region, region};
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
    let region = if findings.limits_known { region(load, cell.advertised, cell.hidden) } else { Region::Unknown };
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
                "{served} and is sure to recover from losing its cache only below {}{seen}. \
                 With {name} it runs at {times} {counsel}.",
                grouped_rate(hidden)
            )
        }
        Region::Unknown => format!("{served}. The trace is too short to say what it recovers from."),
        Region::Survives => {
            let below = cell.hidden.map_or("at any load in this trace's shape".to_string(), |hidden| {
                format!("below {}", grouped_rate(hidden))
            });
            // The safe bound takes answers to be evenly fast; they are not.
            let stayed_down = cell.measured.and_then(|measured| measured.high).filter(|high| *high <= load);
            let margin = stayed_down.map_or(String::new(), |high| {
                format!(
                    " But there is no margin: with service times that scatter it was seen to stay down at {}.",
                    grouped_rate(high)
                )
            });
            format!(
                "{served} and is sure to recover from losing its cache {below}. \
                 With {name} a full cache loss heals by itself, whenever it happens.{margin}"
            )
        }
    };
    Verdict { region, sentence }
}

/// What simulated outages showed beyond the safe bound, and what to make of a load above that.
fn seen(cell: &Finding, load: f64) -> (String, &'static str) {
    let warning = "that load: do not count on it to come back by itself after a full cache loss";
    let (low, high) = cell.measured.map_or((None, None), |measured| (measured.low, measured.high));
    match (low, high) {
        (_, Some(high)) if high <= load => {
            (format!("; in simulated outages it was seen to stay down at {}", grouped_rate(high)), warning)
        }
        _ if cell.floor.is_none_or(|floor| load <= floor) => (
            String::new(),
            "the load that is sure. Its backend carries that load with no cache at all, on average: bursts make answers late, and \
             an outage ends once the queue has drained",
        ),
        (Some(low), _) if low >= load => (
            format!("; in simulated outages it healed up to {}", grouped_rate(low)),
            "the load that is sure: it came back by itself whenever it was tried, which is no guarantee",
        ),
        (Some(low), _) => (format!("; in simulated outages it was seen to heal up to {}", grouped_rate(low)), warning),
        (None, _) => (String::new(), warning),
    }
}
