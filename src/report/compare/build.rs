//! Turns two cells of gap reports into the changes between them.

use super::assumptions::assumptions;
use super::metric::{LEAST_BACKEND, METRICS, Metric};
use super::noise::Between;
use super::sentence;
use super::side::View;
use super::{Banked, Change, CompareReport, Decision, Direction, Material, Verdict};
use crate::analysis::noise::Band;
use crate::capacity;
use crate::report::head::Kind;
use crate::report::{Head, Row};

/// The report on what changes from `baseline` to `candidate`. `banked`: the candidate with a backend cut by its saving, where
/// that was found. `command`: the command line without what does not change the result.
pub fn build(command: &str, baseline: &View<'_>, candidate: &View<'_>, banked: Option<&Row>) -> CompareReport {
    let between = Between::new(baseline, candidate);
    let (before, after) = (baseline.side(), candidate.side());
    let differences = before.differences(&after);
    let noise = between.about();
    let seed = before.seeds.first().copied();
    let mut changes = Vec::new();
    for metric in &METRICS {
        let per_loss = metric.column().is_some_and(|column| column.per_loss);
        for row in baseline.rows.iter().take(if per_loss { usize::MAX } else { 1 }) {
            let other = candidate.rows.iter().find(|other| other.loss_ratio == row.loss_ratio);
            let (before, after) = (metric.of(row), other.and_then(|row| metric.of(row)));
            let band = before.zip(after).and_then(|both| between.of(metric, row.loss_ratio, both));
            let loss = per_loss.then_some(row.loss_ratio);
            changes.push(change(metric, loss, metric.unit(baseline.trace.demand()), (before, after), band));
        }
    }
    let decisions = decide(baseline, candidate, &changes, between.saving_is_material());
    let saves = decisions.first().is_some_and(|decision| {
        decision.looks_like_material == Material::Yes && decision.looks_like_ratio.is_some_and(|saving| saving > 0.0)
    });
    let banked = banked.filter(|_| saves).and_then(|row| price(baseline.cell(), candidate, row));
    let mut report = CompareReport {
        head: Head::new(Kind::Compare, command, seed, assumptions(baseline, candidate, &noise, banked.is_some())),
        baseline: before,
        candidate: after,
        differences,
        verdict: Verdict { material: None, headline: String::new(), capacity: String::new() },
        changes,
        decisions,
        banked,
        noise,
    };
    report.head.warnings = sentence::warnings(&report);
    report.verdict = sentence::verdict(&report, saves);
    report
}

fn change(
    metric: &Metric,
    loss_ratio: Option<f64>,
    unit: String,
    (baseline, candidate): (Option<f64>, Option<f64>),
    band: Option<Band>,
) -> Change {
    let both = baseline.zip(candidate);
    let change_absolute = both.map(|(before, after)| after - before);
    // No metric is ever below 0.
    let band = both.zip(band).map(|((before, _), band)| Band { low: band.low.max(-before), ..band });
    let material = match band {
        None => Material::Unknown,
        Some(band) if band.leaves_out_zero() => Material::Yes,
        Some(_) => Material::No,
    };
    let direction = match change_absolute.filter(|_| material == Material::Yes) {
        None => Direction::Neither,
        Some(change) if (change > 0.0) == metric.more_is_better => Direction::Better,
        Some(_) => Direction::Worse,
    };
    Change {
        metric: metric.name.to_string(),
        loss_ratio,
        unit,
        baseline,
        candidate,
        change_absolute,
        change_ratio: both.filter(|(before, _)| *before > 0.0).map(|(before, after)| after / before - 1.0),
        noise_low: band.map(|band| band.low),
        noise_high: band.map(|band| band.high),
        material,
        direction,
    }
}

fn decide(
    baseline: &View<'_>,
    candidate: &View<'_>,
    changes: &[Change],
    looks_like_material: Material,
) -> Vec<Decision> {
    let looks_like = baseline.demand_ratio().zip(candidate.demand_ratio());
    let looks_like_ratio = looks_like.and_then(|(before, after)| capacity::naive_saving(after, before));
    let decision = |change: &Change| Decision {
        loss_ratio: change.loss_ratio.unwrap_or(0.0),
        looks_like_ratio,
        looks_like_material,
        is_ratio: change
            .baseline
            .zip(change.candidate)
            .and_then(|(before, after)| capacity::reclaimable_share(after, before)),
        baseline_per_second: change.baseline,
        candidate_per_second: change.candidate,
        material: change.material,
    };
    changes.iter().filter(|change| change.metric == LEAST_BACKEND).map(decision).collect()
}

/// What is left once the saving was handed back, against the baseline as it is.
fn price(baseline: &Row, candidate: &View<'_>, banked: &Row) -> Option<Banked> {
    let against = |own: Option<f64>, other: Option<f64>| {
        own.zip(other).filter(|(_, other)| *other > 0.0).map(|(own, other)| own / other - 1.0)
    };
    let backend = banked.backend_per_second?;
    Some(Banked {
        cut_ratio: capacity::safe_cut(backend, candidate.cell().backend_per_second?),
        backend_per_second: backend,
        advertised_per_second: banked.advertised_per_second,
        hidden_safe_per_second: banked.hidden_safe_per_second,
        gap_ratio: banked.gap_ratio,
        loss_survived_ratio: banked.loss_survived_ratio,
        hidden_change_ratio: against(banked.hidden_safe_per_second, baseline.hidden_safe_per_second),
        gap_change_ratio: against(banked.gap_ratio, baseline.gap_ratio),
        baseline_loss_survived_ratio: baseline.loss_survived_ratio,
    })
}
