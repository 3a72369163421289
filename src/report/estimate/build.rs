//! Turns estimates into rows and sentences.

use super::{EstimateReport, EstimateRow, EstimateTrace};
use crate::analysis::Question;
use crate::analysis::estimated::{Estimated, EstimatedCell, FEWEST_ANSWERS, Interval, Nodes};
use crate::analysis::sampled::FEWEST_OBJECTS;
use crate::capacity;
use crate::report::BackendReport;
use crate::report::build::config;
use crate::report::format::{capacity_text, percent};
use crate::report::head::{Head, Kind};
use crate::units::{CacheSize, Loss, grouped};

/// The report on these traces. `command` is the command line without what does not change the result.
pub fn build(command: &str, question: &Question, found: &[Estimated]) -> EstimateReport {
    let seed = found.first().map(|found| found.sampling.seed);
    let warnings = found.iter().filter_map(warning).collect();
    EstimateReport {
        head: Head { warnings, ..Head::new(Kind::Estimate, command, seed, assumptions(question, found)) },
        config: config(question),
        traces: found.iter().map(trace).collect(),
        rows: found.iter().flat_map(|found| found.cells.iter().flat_map(|cell| rows(question, found, cell))).collect(),
    }
}

fn trace(found: &Estimated) -> EstimateTrace {
    EstimateTrace {
        name: found.trace.name.clone(),
        files: found.trace.files.clone(),
        format: found.trace.format.clone(),
        fingerprint: found.trace.fingerprint.clone(),
        requests: found.trace.requests as u64,
        gets: found.facts.gets,
        objects: found.facts.objects,
        span_seconds: found.span.0,
        window_seconds: found.window.0,
        today_per_second: found.today,
        load_per_second: found.load,
        backend: BackendReport { rate: found.backend, assumed: false },
        sample_ratio: found.share,
        sample_seed: found.sampling.seed,
        sample_requests: found.requests as u64,
        sample_objects: found.objects as u64,
        sample_flooding: found.flooding as u64,
    }
}

fn rows(question: &Question, found: &Estimated, cell: &EstimatedCell) -> Vec<EstimateRow> {
    let end = |interval: Option<Interval>, of: fn(Interval) -> f64| interval.map(of);
    let counted = found.facts.counted.max(1) as f64;
    let nodes = |of: fn(Nodes) -> Option<u64>| cell.nodes.and_then(of);
    let row = |(loss, need): &(Loss, Option<Interval>)| EstimateRow {
        trace: found.trace.name.clone(),
        policy: cell.cell.policy.to_string(),
        baseline: question.sweep.policies[question.baseline].to_string(),
        cache_capacity_objects: cell.cell.capacity.objects(),
        cache_capacity_bytes: cell.cell.capacity.bytes(),
        cache_capacity_ratio: cell.capacity_ratio,
        sample_ratio: found.share,
        miss_ratio: cell.misses.map(|misses| misses.misses / counted),
        miss_ratio_low: cell.misses.map(|misses| misses.low / counted),
        miss_ratio_high: cell.misses.map(|misses| misses.high / counted),
        backend_per_second: found.backend.per_second,
        backend_unit: found.backend.of.name().to_string().into(),
        load_per_second: found.load,
        advertised_per_second: end(cell.advertised, |it| it.value),
        advertised_per_second_low: end(cell.advertised, |it| it.low),
        advertised_per_second_high: end(cell.advertised, |it| it.high),
        hidden_safe_per_second: end(cell.hidden, |it| it.value),
        hidden_safe_per_second_low: end(cell.hidden, |it| it.low),
        hidden_safe_per_second_high: end(cell.hidden, |it| it.high),
        nodes_needed: nodes(|nodes| nodes.value),
        nodes_needed_low: nodes(|nodes| nodes.low),
        nodes_needed_high: nodes(|nodes| nodes.high),
        loss: loss.to_string(),
        loss_ratio: loss.share(),
        least_backend_per_second: end(*need, |it| it.value),
        least_backend_per_second_low: end(*need, |it| it.low),
        least_backend_per_second_high: end(*need, |it| it.high),
        safe_cut_ratio_low: need.map(|need| capacity::safe_cut(need.high, found.backend.per_second)),
    };
    cell.needs.iter().map(row).collect()
}

fn assumptions(question: &Question, found: &[Estimated]) -> Vec<String> {
    let mut all: Vec<String> = found.iter().map(drawn).collect();
    for found in found {
        all.extend(found.trace.notes.iter().map(|note| format!("{}: {note}", found.trace.name)));
        for (size, cell) in question.sweep.sizes.iter().zip(found.cells.chunks(question.sweep.policies.len())) {
            if matches!(size, CacheSize::Auto | CacheSize::Share(_)) {
                all.push(format!(
                    "{}: {} of the footprint is {}",
                    found.trace.name,
                    percent(cell[0].capacity_ratio),
                    capacity_text(cell[0].cell.capacity)
                ));
            }
        }
    }
    let service = &question.service;
    let asks = if service.single_flight { "joins the fetch under way" } else { "asks again" };
    all.push(format!(
        "backend: one FIFO queue without bound, {} to answer; clients wait {}; a miss on a key being fetched {asks}",
        service.service_time, service.timeout
    ));
    all.push(
        "an interval is meant to hold what the whole trace gives in 95 of 100 draws: halves of the sample say how far chance leads \
         astray, and how much needier a service looks of which fewer keys are seen, which is carried on to the whole"
            .to_string(),
    );
    all.push(format!(
        "unknown is what the sample or one of its halves does not carry at any load, and all of a cache that would hold fewer than \
         {FEWEST_OBJECTS} objects of the sample, and a need of which the sample's share is below {FEWEST_ANSWERS} answers while a \
         client waits; a backend of which it is below that is refused"
    ));
    all.push(
        "left out, since a sample of the keys cannot say it: simulated outages and how fast they heal, the worst moment and node, \
         certificates, refills, windows, the floor; leave --sample out for them"
            .to_string(),
    );
    all
}

/// What was drawn.
fn drawn(found: &Estimated) -> String {
    let flooding = match found.flooding {
        0 => String::new(),
        keys => format!(
            "; {} of them are there in any case, and count as much less: so many requests for them come while a client waits that one \
             more or less would be felt",
            grouped(keys as u64)
        ),
    };
    format!(
        "{}: estimated from {} of its {} keys by hash, seed {}: {} keys with {} of {} requests{flooding}",
        found.trace.name,
        found.sampling.share,
        grouped(found.facts.objects),
        found.sampling.seed,
        grouped(found.objects as u64),
        grouped(found.requests as u64),
        grouped(found.trace.requests as u64)
    )
}

/// What should make a reader careful.
fn warning(found: &Estimated) -> Option<String> {
    let drawn = found.trace.sample?;
    Some(format!(
        "{}: it holds {} of its service's keys, so {} of them were seen in all. Loads, backends and caches here are the whole \
         service's, and its busiest load is judged from the sample as well",
        found.trace.name,
        drawn.share,
        percent(found.share)
    ))
}
