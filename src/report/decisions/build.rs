//! Turns findings into the data of decisions.

use super::{GrowthRow, IfLost, MoneyRow, Sensitivity, SizeRow};
use crate::analysis::{Finding, Findings, LossFinding, Need, Offer, Question};
use crate::report::knobs::build as knobs;
use crate::report::knobs::sentence::{self, Lost};
use crate::report::outage::{build as outage, timeline};
use crate::units::{Demand, Rate};

/// What the grown load needs, by loss.
pub(in crate::report) fn growth(findings: &Findings, question: &Question, cell: &Finding) -> Vec<GrowthRow> {
    let Some(growth) = question.growth else { return Vec::new() };
    let row = |need: &Need| GrowthRow {
        trace: findings.trace.name.clone(),
        policy: cell.policy(),
        cache_capacity: cell.cell.capacity.amount(),
        growth_ratio: growth,
        load_per_second: findings.load * (1.0 + growth),
        loss_ratio: need.loss.share(),
        least_backend_per_second: need.per_second,
        safe_cut_ratio: need.safe_cut,
    };
    cell.grown.iter().map(row).collect()
}

/// The baseline's outage.
pub(in crate::report) fn if_lost(findings: &Findings, question: &Question) -> Option<IfLost> {
    let told = findings.if_lost.as_ref()?;
    let (simulations, simulations_healed) = told.simulations;
    let story = &told.story;
    let restarts = knobs::restarts(&told.restarts, findings.load);
    let of = findings.backend.map_or(Demand::Answers, |rate| rate.of);
    let takes = |least: Option<f64>| {
        least.map_or("more than any backend tried".to_string(), |per_second| Rate { per_second, of }.to_string())
    };
    let lost = findings.cells[question.baseline].losses.iter().map(|LossFinding { need, .. }| Lost {
        share: need.loss.share(),
        survived: need.safe_cut.is_some_and(|share| share >= 0.0),
        takes: takes(need.per_second),
    });
    let lost: Vec<Lost> = lost.collect();
    Some(IfLost {
        trace: findings.trace.name.clone(),
        policy: question.sweep.policies[question.baseline].to_string(),
        cache_capacity: story.capacity.amount(),
        moment_seconds: story.moment.at.0,
        moment_reason: story.moment.why.clone(),
        seed: told.seed,
        simulations,
        simulations_healed,
        window_seconds: story.width.0,
        events: outage::events(story),
        verdict: outage::verdict(story),
        timeline: timeline::rows(story),
        windows: outage::windows(story),
        restarts_sentence: sentence::restarts(&restarts, &lost),
        restarts,
    })
}

/// What surviving costs.
pub(in crate::report) fn money(findings: &Findings, question: &Question) -> Vec<MoneyRow> {
    let row = |offer: &Offer| MoneyRow {
        trace: findings.trace.name.clone(),
        policy: offer.policy.clone(),
        cache_capacity_objects: offer.capacity.objects(),
        cache_capacity_bytes: offer.capacity.bytes(),
        cache_capacity_ratio: offer.capacity_ratio,
        loss_ratio: offer.loss.share(),
        must_survive: question.survive == Some(offer.loss),
        least_backend_per_second: offer.backend,
        backend_cost: offer.backend_cost,
        cache_cost: offer.cache_cost,
        cost: offer.cost(),
        today_cost: offer.today_cost,
        saving_ratio: offer.saving,
        cheapest: offer.cheapest,
        on_frontier: offer.on_frontier,
    };
    findings.offers.iter().map(row).collect()
}

/// The baseline's sizes.
pub(in crate::report) fn sizes(findings: &Findings, question: &Question) -> Vec<SizeRow> {
    let baseline = question.sweep.policies[question.baseline].to_string();
    let row = |cell: &Finding| {
        let (first, last) = (cell.losses.first(), cell.losses.last());
        SizeRow {
            trace: findings.trace.name.clone(),
            policy: cell.policy(),
            cache_capacity_objects: cell.cell.capacity.objects(),
            cache_capacity_bytes: cell.cell.capacity.bytes(),
            cache_capacity_ratio: cell.capacity_ratio,
            miss_ratio: cell.miss_ratio(),
            advertised_per_second: cell.advertised,
            hidden_safe_per_second: cell.hidden,
            gap_ratio: cell.gap.map(|gap| gap.ratio),
            loss_survived_ratio: cell.loss_survived,
            least_backend_warm_per_second: first.and_then(|lost| lost.need.per_second),
            least_backend_per_second: last.and_then(|lost| lost.need.per_second),
            loss_ratio: last.map_or(0.0, |lost| lost.need.loss.share()),
        }
    };
    let asked = findings.sizes.iter().filter(|cell| question.full && cell.policy() == baseline);
    asked.map(row).collect()
}

/// The knobs; none where nobody asked.
pub(in crate::report) fn sensitivity(findings: &Findings) -> Option<Sensitivity> {
    let rows = knobs::sensitivity_rows(&findings.sensitivity);
    let sentence = sentence::sensitivity(&rows);
    (!rows.is_empty()).then(|| Sensitivity { trace: findings.trace.name.clone(), sentence, rows })
}
