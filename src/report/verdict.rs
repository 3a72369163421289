//! The sentence at the top: where the service stands, in plain words, no stronger than what is known.

use super::{Region, Verdict};
use crate::analysis::{Finding, Findings, Question};
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
    if let Some(advertised) = cell.advertised.filter(|advertised| load > *advertised) {
        let most = grouped_rate(advertised);
        let sentence = format!(
            "{served}, and with {name} its backend carries only {most} while the cache is warm. \
             It is overloaded before anything is lost: losing the cache is not to blame."
        );
        return Verdict { region: Region::OverloadedWarm, sentence };
    }
    match cell.hidden {
        Some(hidden) if hidden < load => {
            let times =
                if hidden > 0.0 { format!("{}x", significant(load / hidden)) } else { "far more than".to_string() };
            let sentence = format!(
                "{served} and is sure to recover from losing its cache only below {}{}. \
                 With {name} it runs at {times} that load: do not count on it to come back by itself after a full cache loss.",
                grouped_rate(hidden),
                seen(cell, load)
            );
            Verdict { region: Region::Vulnerable, sentence }
        }
        _ => {
            let below = cell.hidden.map_or("at any load in this trace's shape".to_string(), |hidden| {
                format!("below {}", grouped_rate(hidden))
            });
            let sentence = format!(
                "{served} and is sure to recover from losing its cache {below}. \
                 With {name} a full cache loss heals by itself at every moment that was tried."
            );
            Verdict { region: Region::Survives, sentence }
        }
    }
}

/// What simulated outages showed beyond the safe bound.
fn seen(cell: &Finding, load: f64) -> String {
    let Some(measured) = cell.measured else { return String::new() };
    match (measured.low, measured.high) {
        (_, Some(high)) if high <= load => format!("; in simulated outages it stayed down at {}", grouped_rate(high)),
        (Some(low), _) => format!("; in simulated outages it healed up to {}", grouped_rate(low)),
        _ => String::new(),
    }
}
