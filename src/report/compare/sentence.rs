//! The verdict of a comparison in words, no stronger than what is known.

use super::metric::METRICS;
use super::words::{moved, name_of};
use super::{Change, CompareReport, Decision, Material, Side, Verdict};
use crate::report::format::{self, loss_name as loss, percent};

/// Metrics that the headline is about, and their names in it.
const HEADLINE: [(&str, &str); 4] = [
    ("miss_ratio", "misses"),
    ("advertised", "advertised capacity"),
    ("hidden", "hidden capacity"),
    ("loss_survived", "the loss survived"),
];

/// The verdict; `saves`: the candidate asks materially less of the backend.
pub fn verdict(report: &CompareReport, saves: bool) -> Verdict {
    let known = report.changes.iter().any(|change| change.material != Material::Unknown);
    let material = report.changes.iter().any(|change| change.material == Material::Yes);
    Verdict {
        material: known.then_some(material),
        headline: headline(report, known, material),
        capacity: capacity(report, saves, material),
    }
}

fn headline(report: &CompareReport, known: bool, material: bool) -> String {
    let what = subject(&report.baseline, &report.candidate);
    if !known {
        return format!("{what}: the noise is unknown, so nothing can be called a change.");
    }
    if !material {
        return format!("No material change. {what}: nothing that was compared moves by more than its noise.");
    }
    let named = |wanted: Material| -> Vec<(&str, &Change)> {
        let found = HEADLINE.iter().filter_map(|(metric, name)| Some((*name, report.change(metric)?)));
        found.filter(|(_, change)| change.material == wanted).collect()
    };
    let moves: Vec<String> = named(Material::Yes)
        .iter()
        .map(|(name, change)| {
            let verb = if change.change_absolute.unwrap_or(0.0) > 0.0 { "rises" } else { "falls" };
            let verb = if name.ends_with('s') { verb.trim_end_matches('s') } else { verb };
            format!("{name} {verb} by {}", moved(change).trim_start_matches(['+', '-']))
        })
        .collect();
    let stays: Vec<&str> = named(Material::No).iter().map(|(name, _)| *name).collect();
    let unknown: Vec<&str> = named(Material::Unknown).iter().map(|(name, _)| *name).collect();
    let mut out = match moves.is_empty() {
        false => format!("{what}: {}.", listed(&moves)),
        true => {
            let others = report.changes.iter().filter(|change| change.material == Material::Yes);
            let others: Vec<String> = others.map(name_of).collect();
            format!(
                "{what}: of what matters most nothing moves by more than its noise; there is a change in {}.",
                listed(&others)
            )
        }
    };
    if !stays.is_empty() && !moves.is_empty() {
        out.push_str(&format!(" No material change in {}.", listed(&stays)));
    }
    if !unknown.is_empty() {
        out.push_str(&format!(" Not known to be more than noise: {}.", listed(&unknown)));
    }
    out
}

/// What is replaced by what.
pub fn subject(baseline: &Side, candidate: &Side) -> String {
    let differences = baseline.differences(candidate);
    match differences.as_slice() {
        [] => "The same twice".to_string(),
        [one] if one.what == "policy" => format!("{} instead of {}", one.candidate, one.baseline),
        [one] => format!("{} {} instead of {}", one.what, one.candidate, one.baseline),
        _ if baseline.policy != candidate.policy => {
            format!("{} instead of {}, with other differences", candidate.policy, baseline.policy)
        }
        several => format!("Other {}", listed(&several.iter().map(|one| one.what.clone()).collect::<Vec<_>>())),
    }
}

/// What it means for the backend.
fn capacity(report: &CompareReport, saves: bool, material: bool) -> String {
    let full = report.decisions.iter().rev().find(|decision| decision.loss_ratio > 0.0);
    let mut out = Vec::new();
    if saves {
        out.extend(looks_like(&report.decisions));
        out.extend(trap(report));
    } else if report.baseline.backend() != report.candidate.backend() {
        out.push(super::state::takes(report));
    } else if let Some(full) = full {
        let share = loss(full.loss_ratio);
        out.push(match (full.material, full.baseline_per_second, full.candidate_per_second) {
            (Material::Yes, Some(before), Some(after)) => {
                let more = if after > before { "a larger backend" } else { "a smaller backend" };
                let of = |value| report.baseline.rate(value);
                format!("Surviving the loss of {share} takes {more}: {} instead of {}.", of(after), of(before))
            }
            (Material::No, ..) => format!("Surviving the loss of {share} takes the same backend as before."),
            _ => format!("Whether the backend that survives the loss of {share} changes is not known."),
        });
    }
    if !material {
        out.push("Nothing here is a reason to change the backend.".to_string());
    }
    out.join(" ")
}

/// `It looks like a backend smaller by 45%. What may be cut, if you must survive losing 12.5%: 29%; everything: nothing.`
fn looks_like(decisions: &[Decision]) -> Option<String> {
    let saving = decisions.first()?.looks_like_ratio.filter(|saving| *saving > 0.0)?;
    let lost = decisions.iter().filter(|decision| decision.loss_ratio > 0.0);
    let real: Vec<(String, String)> =
        lost.filter_map(|decision| Some((cut(decision)?, loss(decision.loss_ratio)))).collect();
    let real = format::each_once(&real, "to survive losing");
    Some(format!("It looks like a backend smaller by {}. What may really be cut: {real}.", percent(saving)))
}

/// What may really be cut; nothing where that is within the noise.
pub fn cut(decision: &Decision) -> Option<String> {
    let share = decision.is_ratio?;
    Some(match decision.material {
        Material::No => "nothing".to_string(),
        Material::Unknown => format!("{} (noise unknown)", format::cut(share)),
        Material::Yes if share >= 0.0 => format::cut(share),
        Material::Yes => format!("nothing ({})", format::cut(share)),
    })
}

/// The incentive trap, priced.
fn trap(report: &CompareReport) -> Option<String> {
    let banked = report.banked.as_ref()?;
    let mut parts = Vec::new();
    if let Some(ratio) = banked.hidden_change_ratio {
        let moves = if ratio > 0.0 { "rises" } else { "falls" };
        parts.push(format!("hidden capacity {moves} by {}", percent(ratio.abs())));
    }
    match (banked.baseline_loss_survived_ratio, banked.loss_survived_ratio) {
        (Some(before), Some(after)) if before != after => {
            let verb = if after > before { "rises" } else { "falls" };
            parts.push(format!("the loss survived {verb} from {} to {}", percent(before), percent(after)));
        }
        (Some(before), None) => {
            parts.push(format!(
                "the load is no longer carried even warm, where a loss of {} was survived",
                percent(before)
            ));
        }
        _ => {}
    }
    let cut = percent(banked.cut_ratio);
    (!parts.is_empty()).then(|| {
        format!(
            "If you bank the saving (cut the backend by {cut} to {}), {}.",
            report.candidate.rate(banked.backend_per_second),
            listed(&parts)
        )
    })
}

/// `a, b and c`.
fn listed(items: &[impl AsRef<str>]) -> String {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    match items.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => items.concat(),
    }
}

/// What should make a reader careful.
pub fn warnings(report: &CompareReport) -> Vec<String> {
    let mut all = Vec::new();
    let CompareReport { baseline, candidate, .. } = report;
    if baseline.fingerprint != candidate.fingerprint {
        all.push(
            "the sides saw different traces: the changes are those of the traffic as well, and cannot be told apart"
                .to_string(),
        );
    }
    let expected = ["policy", "cache"];
    let others = report.differences.iter().filter(|difference| !expected.contains(&difference.what.as_str()));
    let others: Vec<String> = others
        .filter(|difference| !difference.what.starts_with("trace"))
        .map(|difference| format!("{}: {} / {}", difference.what, difference.baseline, difference.candidate))
        .collect();
    // On one trace the differences are what was asked for.
    if !others.is_empty() && baseline.source != candidate.source {
        all.push(format!("the changes include what these differences make: {}", others.join("; ")));
    }
    if baseline.cache_capacity_objects.is_some() != candidate.cache_capacity_objects.is_some() {
        all.push("one cache is counted in objects, the other in bytes".to_string());
    }
    for (side, name) in [(baseline, "baseline"), (candidate, "candidate")] {
        let metric = METRICS.iter().position(|metric| metric.name == "loss_survived");
        let change = metric.and_then(|i| report.changes.get(i));
        let survived = change.and_then(|change| if name == "baseline" { change.baseline } else { change.candidate });
        if survived.is_none() {
            all.push(format!(
                "the {name} ({}) is overloaded while its cache is warm, so it survives no loss",
                side.policy
            ));
        }
    }
    all
}
