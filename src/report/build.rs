//! Turns findings into the report's tables.

use super::assumptions::{assumptions, warnings};
use super::decisions::build as decisions;
use super::head::Kind;
use super::verdict::verdict;
use super::{
    BackendReport, Config, Head, HealingRow, MomentRow, RefillRow, Report, Row, StretchRow, TraceReport, WindowRow,
};
use crate::analysis::{Estimate, Finding, Findings, LossFinding, Point, Question};
use crate::replay::refill::Refill;
use crate::replay::stretch::{Limits, Stretch};
use crate::replay::worst::map::Hurt;
use crate::units::Loss;

/// The report on these traces. `command` is the command line without what does not change the result.
pub fn build(command: &str, question: &Question, found: &[Findings]) -> Report {
    let traces = || found.iter();
    let cells =
        || traces().flat_map(|of| of.cells.iter().enumerate().map(move |(i, cell)| (of, cell, of.refills.get(i))));
    Report {
        head: Head {
            warnings: warnings(question, found),
            ..Head::new(Kind::Gap, command, question.seeds.first().copied(), assumptions(question, found))
        },
        config: config(question),
        traces: traces().map(|of| trace_report(of, question)).collect(),
        rows: cells().flat_map(|(of, cell, refilled)| rows(of, question, cell, refilled)).collect(),
        growth: cells().flat_map(|(of, cell, _)| decisions::growth(of, question, cell)).collect(),
        if_lost: traces().filter_map(|of| decisions::if_lost(of, question)).collect(),
        money: traces().flat_map(|of| decisions::money(of, question)).collect(),
        sizes: traces().flat_map(|of| decisions::sizes(of, question)).collect(),
        sensitivity: traces().filter_map(decisions::sensitivity).collect(),
        windows: cells().flat_map(|(of, cell, _)| windows(of, cell)).collect(),
        moments: traces().flat_map(|of| moments(of, &of.cells[question.baseline])).collect(),
        healing: cells().flat_map(|(of, cell, _)| healing(of, cell)).collect(),
        refill: cells().flat_map(|(of, cell, refilled)| refill(of, cell, refilled)).collect(),
        stretches: traces().flat_map(stretches).collect(),
    }
}

pub(super) fn config(question: &Question) -> Config {
    Config {
        policies: question.sweep.policies.iter().map(ToString::to_string).collect(),
        baseline: question.sweep.policies[question.baseline].to_string(),
        caches: question.sweep.sizes.iter().map(ToString::to_string).collect(),
        ignore_size: question.sweep.ignore_size,
        timeout_seconds: question.service.timeout.0,
        service_time_seconds: question.service.service_time.0,
        retries: question.service.retries,
        single_flight: question.service.single_flight,
        service_times: question.closed_loop.service_times(),
        queue_rule: question.closed_loop.queue.to_string(),
        abandoned_work: question.closed_loop.abandoned.to_string(),
        warmup_ratio: question.sweep.warmup.get(),
        horizon_seconds: question.horizon.0,
        losses: question.losses.iter().map(|loss| loss.share()).collect(),
        growth_ratio: question.growth,
        survive_ratio: question.survive.map(Loss::share),
        nodes: question.nodes,
        backend_price: question.prices.map(|prices| prices.backend.to_string()),
        cache_price: question.prices.map(|prices| prices.cache.to_string()),
        full: question.full,
        seeds: question.seeds.clone(),
    }
}

fn trace_report(findings: &Findings, question: &Question) -> TraceReport {
    let Findings { trace, facts, .. } = findings;
    TraceReport {
        name: trace.name.clone(),
        files: trace.files.clone(),
        format: trace.format.clone(),
        fingerprint: trace.fingerprint.clone(),
        requests: trace.requests as u64,
        gets: facts.gets,
        objects: facts.objects,
        footprint_bytes: facts.footprint_bytes,
        span_seconds: findings.windows.span.0,
        window_seconds: findings.windows.width.0,
        today_per_second: findings.today,
        today_at_seconds: findings.busiest_at,
        load_per_second: findings.load,
        backend: findings.backend.map(|rate| BackendReport { rate, assumed: findings.backend_assumed }),
        moments: findings.moments,
        limits_known: findings.limits_known && findings.backend.is_some(),
        moments_measured: (!question.seeds.is_empty() && findings.backend.is_some())
            .then_some(findings.moments_measured),
        refill_flush_seconds: findings.flush_at,
        compulsory: facts.compulsory_curve.clone(),
        verdict: verdict(findings, question),
    }
}

fn rows(findings: &Findings, question: &Question, cell: &Finding, refilled: Option<&Refill>) -> Vec<Row> {
    let trace = &findings.trace;
    let total = cell.observation.total;
    let info = cell.cell.policy.info();
    let measured = cell.measured.as_ref();
    let healing = |share: usize| measured.map_or(Estimate::default(), |measured| measured.healing.hidden[share]);
    let over = refilled.and_then(|refilled| refilled.over);
    let row = |lost: &LossFinding| Row {
        trace: trace.name.clone(),
        policy: cell.policy(),
        is_bound: info.needs_future || info.unbounded,
        baseline: question.sweep.policies[question.baseline].to_string(),
        cache_capacity_objects: cell.cell.capacity.objects(),
        cache_capacity_bytes: cell.cell.capacity.bytes(),
        cache_capacity_ratio: cell.capacity_ratio,
        requests: total.requests,
        hits: total.hits,
        misses: total.misses,
        miss_ratio: total.miss_ratio(),
        miss_ratio_worst_window: cell.worst_window,
        bytes_requested: trace.sized.then_some(findings.facts.bytes_requested),
        bytes_missed: trace.sized.then_some(total.bytes_missed),
        cost_requested: trace.costed.then_some(findings.facts.cost_requested),
        cost_missed: trace.costed.then_some(total.cost_missed),
        compulsory_misses: findings.facts.compulsory_misses,
        transient_misses: refilled.map(|refilled| refilled.transient_misses),
        refill_seconds: over.map(|(seconds, _)| seconds),
        refill_requests: over.map(|(_, requests)| requests),
        backend_per_second: findings.backend.map(|backend| backend.per_second),
        backend_unit: question.service.demand.name().to_string().into(),
        load_per_second: findings.load,
        advertised_per_second: cell.advertised,
        advertised_long_run_per_second: cell.advertised_long_run,
        floor_per_second: cell.floor,
        floor_long_run_per_second: cell.floor_long_run,
        hidden_safe_per_second: cell.hidden,
        hidden_safe_per_second_p01: cell.hidden_quantiles[0],
        hidden_safe_per_second_p50: cell.hidden_quantiles[1],
        hidden_safe_certified: cell.certified,
        limits_known: findings.limits_known && findings.backend.is_some(),
        advertised_reclaimed_per_second: cell.advertised_reclaimed.flatten(),
        hidden_safe_reclaimed_per_second: cell.hidden_reclaimed,
        worst_moment_seconds: findings.backend.map(|_| cell.worst_moment),
        hidden_95_per_second: healing(0).load,
        hidden_95_per_second_low: healing(0).low,
        hidden_95_per_second_high: healing(0).high,
        hidden_50_per_second: healing(1).load,
        hidden_50_per_second_low: healing(1).low,
        hidden_50_per_second_high: healing(1).high,
        hidden_05_per_second: healing(2).load,
        hidden_05_per_second_low: healing(2).low,
        hidden_05_per_second_high: healing(2).high,
        hidden_measured_service: measured
            .and_then(|measured| measured.healing.service)
            .map(|service| service.to_string()),
        healed_at_safe_ratio: measured.and_then(|measured| measured.at_safe),
        hidden_measured_end: measured.map(|measured| measured.end.name().into()),
        hidden_measured_worst_moment_seconds: measured.and_then(|measured| measured.worst_moment),
        gap_ratio: cell.gap.map(|gap| gap.ratio),
        gap_per_second: cell.gap.map(|gap| gap.per_second),
        gap_floor_ratio: cell.gap_floor.map(|gap| gap.ratio),
        amplification: cell.amplification,
        widening_ratio: cell.widening,
        widening_reclaimed_ratio: cell.widening_reclaimed,
        naive_saving_ratio: cell.naive_saving,
        loss_survived_ratio: cell.loss_survived,
        nodes_needed: cell.nodes_needed,
        recovers: cell.lost.and_then(|lost| lost.recovers),
        recovery_seconds: cell.lost.and_then(|lost| lost.recovery).map(|time| time.0),
        requests_failed: cell.lost.map(|lost| lost.requests_failed),
        user_seconds_lost: cell.lost.map(|lost| lost.user_seconds_lost),
        escape_per_second: cell.lost.map(|lost| lost.escape),
        shed_ratio: cell.lost.map(|lost| lost.shed),
        loss: lost.need.loss.to_string(),
        loss_ratio: lost.need.loss.share(),
        loss_worst_moment_seconds: lost.need.worst_moment,
        loss_worst_node: lost.need.worst_node,
        loss_certified: lost.need.certified,
        least_backend_per_second: lost.need.per_second,
        least_backend_mildest_node_per_second: lost.need.mildest,
        safe_cut_ratio: lost.need.safe_cut,
        reclaimable_ratio: lost.reclaimable,
        load_limit_per_second: lost.load_limit,
        growth_ratio: lost.growth,
    };
    cell.losses.iter().map(row).collect()
}

fn windows(findings: &Findings, cell: &Finding) -> Vec<WindowRow> {
    let trace = &findings.trace;
    let tallies = cell.observation.windows.iter().zip(&findings.windows.all);
    let row = |(tally, window): (&crate::replay::Tally, &crate::replay::windows::Window)| WindowRow {
        trace: trace.name.clone(),
        policy: cell.policy(),
        cache_capacity: cell.cell.capacity.amount(),
        start_seconds: window.start as f64 / 1e9,
        warmup: window.range.start < findings.warm,
        requests: tally.requests,
        misses: tally.misses,
        miss_ratio: tally.miss_ratio(),
        bytes_missed: trace.sized.then_some(tally.bytes_missed),
        cost_missed: trace.costed.then_some(tally.cost_missed),
    };
    tallies.map(row).collect()
}

fn healing(findings: &Findings, cell: &Finding) -> Vec<HealingRow> {
    let row = |point: &Point| HealingRow {
        trace: findings.trace.name.clone(),
        policy: cell.policy(),
        cache_capacity: cell.cell.capacity.amount(),
        service: point.service.to_string(),
        load_per_second: point.load,
        trials: point.trials,
        healed: point.healed,
        fitted_ratio: point.fitted,
    };
    cell.measured.iter().flat_map(|measured| &measured.healing.points).map(row).collect()
}

fn moments(findings: &Findings, cell: &Finding) -> Vec<MomentRow> {
    let row = |loss: Loss, hurt: &Hurt| MomentRow {
        trace: findings.trace.name.clone(),
        policy: cell.policy(),
        cache_capacity: cell.cell.capacity.amount(),
        loss: loss.to_string(),
        loss_ratio: loss.share(),
        start_seconds: hurt.start as f64 / 1e9,
        wait_seconds: hurt.wait,
        node: (!loss.is_everything()).then_some(hurt.loss as u32),
    };
    let hurts = findings.hurts.iter().flat_map(|of| of.slices.iter().map(|hurt| (of.loss, hurt)));
    hurts.map(|(loss, hurt)| row(loss, hurt)).collect()
}

fn refill(findings: &Findings, cell: &Finding, refilled: Option<&Refill>) -> Vec<RefillRow> {
    let row = |step: &crate::capacity::Step| RefillRow {
        trace: findings.trace.name.clone(),
        policy: cell.policy(),
        cache_capacity: cell.cell.capacity.amount(),
        seconds: step.seconds,
        requests_since: step.requests_since,
        requests: step.requests,
        misses: step.misses,
        twin_misses: step.twin_misses,
    };
    refilled.iter().flat_map(|refilled| &refilled.steps).map(row).collect()
}

fn stretches(findings: &Findings) -> Vec<StretchRow> {
    let row = |cell: &Finding, stretch: &Stretch, loss: Loss, limits: &Limits| StretchRow {
        trace: findings.trace.name.clone(),
        policy: cell.policy(),
        cache_capacity: cell.cell.capacity.amount(),
        start_seconds: stretch.start as f64 / 1e9,
        loss_survived_ratio: stretch.loss_survived,
        refill_seconds: stretch.refill_seconds,
        loss_ratio: loss.share(),
        least_backend_per_second: limits.backend,
        load_limit_per_second: limits.load.map(|factor| factor * findings.today),
    };
    let mut rows = Vec::new();
    for (cell, stretches) in findings.cells.iter().zip(&findings.stretches) {
        for stretch in stretches {
            rows.extend(stretch.losses.iter().map(|(loss, limits)| row(cell, stretch, *loss, limits)));
        }
    }
    rows
}
