//! What the numbers rest on, in sentences: assumptions, and warnings where something should make a reader careful.

use super::decisions::assumptions as decisions;
use super::format::{capacity_text, percent};
use crate::analysis::outage::closed_loop::beyond_the_predicate;
use crate::analysis::{AUTO_BACKEND_HEADROOM, End, Finding, Findings, Question};
use crate::capacity::{AGREEING, EPSILON};
use crate::policy::spec::PolicySpec;
use crate::report::outage::assumptions::{each_tried, service as surroundings};
use crate::trace::source::About;
use crate::units::{CacheSize, Demand, Rate, Seconds, grouped, significant};

/// Every assumption behind the report.
pub fn assumptions(question: &Question, found: &[Findings]) -> Vec<String> {
    let service = &question.service;
    let mut all = Vec::new();
    for findings in found {
        let trace = &findings.trace;
        let name = |text: String| if found.len() > 1 { format!("{}: {text}", trace.name) } else { text };
        if findings.backend_assumed {
            let baseline = &question.sweep.policies[question.baseline];
            all.push(name(format!(
                "BACKEND NOT GIVEN: taken to be {}, which is {AUTO_BACKEND_HEADROOM}x what {baseline} needs warm; give the real one with -b",
                findings.backend.map_or("unknown".to_string(), |backend| backend.to_string())
            )));
        }
        for (size, capacity) in question.sweep.sizes.iter().zip(findings.cells.chunks(question.sweep.policies.len())) {
            if matches!(size, CacheSize::Auto | CacheSize::Share(_)) {
                let what = capacity_text(capacity[0].cell.capacity);
                let why = if *size == CacheSize::Auto { "cache size not given: " } else { "" };
                all.push(name(format!(
                    "{why}{} of the trace's footprint is {what}",
                    percent(capacity[0].capacity_ratio)
                )));
            }
        }
        all.push(name(format!(
            "today is the busiest window of {}, at {} into the trace",
            findings.windows.width,
            Seconds(findings.busiest_at),
        )));
        all.push(name(certainty(question, findings)));
        all.extend(decisions::of_trace(question, findings).into_iter().map(name));
        all.extend(trace.notes.iter().cloned().map(name));
        if trace.writes {
            all.push(name(
                "only gets count as requests and ask the backend; a set inserts or updates, a delete invalidates"
                    .to_string(),
            ));
        }
        if trace.expires {
            all.push(name("an answer lives as long as the last time to live written for its key".to_string()));
        }
    }
    let joined = if service.single_flight { "joins the fetch under way" } else { "asks again" };
    all.push(format!(
        "backend: {}, {} to answer, one FIFO queue without bound, no work is cancelled",
        servers(question, found),
        service.service_time
    ));
    all.push(format!(
        "clients wait {} and retry {} times; an answer enters the cache when it comes, only if it comes in time; a miss on a key being fetched {joined}",
        service.timeout, service.retries
    ));
    all.push(
        "hidden is the safe bound: below it no answer is ever late, so nobody retries; retries lower the floor, and the loads beyond the bound at which simulated outages still heal".to_string(),
    );
    all.push(measurement(question, found));
    if let Some(backend) = found.first().and_then(|findings| findings.backend).filter(|_| !question.seeds.is_empty()) {
        let (closed_loop, time) = (&question.closed_loop, question.service.service_time);
        let model = closed_loop.model(&question.service, backend);
        let said = surroundings(closed_loop, time, &model, &each_tried(closed_loop));
        all.extend(said.into_iter().map(|text| format!("simulated outages: {text}")));
    }
    all.extend(decisions::shared(question));
    all.push(
        "loads are scaled by time compression: every timestamp is divided by the factor, the order of keys stays"
            .to_string(),
    );
    all.push(format!(
        "the first {} of the requests only warm the caches; after a loss {} of trace time is walked; refilled means that less than {} of the requests of the next {AGREEING} steps miss only because of the flush",
        question.sweep.warmup,
        question.horizon,
        percent(EPSILON)
    ));
    all.push(
        "a cache of N nodes holds each key on the node that a hash of the key says; every node is lost in turn, of several \
         neighbours, and the worst counts"
            .to_string(),
    );
    all
}

/// Where the worst moment was sought, and how sure it is that no moment and no node is worse.
fn certainty(question: &Question, findings: &Findings) -> String {
    if findings.backend.is_none() {
        return "capacities were not sought: no backend was given (-b)".to_string();
    }
    if !findings.limits_known {
        return "capacities were not sought: the trace is too short".to_string();
    }
    let moments = grouped(findings.moments as u64);
    format!(
        "the worst moment of a loss was sought among all {moments} requests after warm-up, and on every node; {}",
        certified(question, findings)
    )
}

fn certified(question: &Question, findings: &Findings) -> String {
    let cleared = |cell: &&Finding| cell.certified && cell.losses.iter().all(|lost| lost.need.certified);
    let all = findings.cells.iter().all(|cell| cleared(&cell));
    match (all, question.certify) {
        (true, _) => "certified: no moment and no node needs more than 0.5 % beyond what is printed".to_string(),
        (false, true) => {
            let not: Vec<String> = findings.cells.iter().filter(|cell| !cleared(cell)).map(Finding::policy).collect();
            format!(
                "certified, but for losses of a part with {}, whose cache then evicts others than before: searched, and walked \
                 with the real cache at the worst moments and around them",
                not.join(", ")
            )
        }
        (false, false) => {
            "searched, not certified: a worse moment is possible, by up to 0.5 % where it was held against --certify, and by up to \
             3.5 % against the real cache with policies that evict others after a loss; --certify clears every moment and node, and \
             says with which policies it cannot"
                .to_string()
        }
    }
}

/// How hidden capacity was measured beside that.
fn measurement(question: &Question, found: &[Findings]) -> String {
    if found.iter().all(|findings| findings.backend.is_none()) {
        return "nothing was simulated: no backend was given (-b)".to_string();
    }
    if question.seeds.is_empty() {
        return "measured hidden capacity was left out (--quick): no outage was simulated".to_string();
    }
    let moments: Vec<String> = found.iter().map(|findings| findings.moments_measured.to_string()).collect();
    format!(
        "measured: the cache is emptied at {} moments (where the safe bound is decided, the busiest windows, the end of warm-up), \
         each with other seeds, from seed {} on, at loads where the share that heals is least known; {}: of each the curve, and \
         printed is the lower; healed means that within {} 97% are answered in time again and the queue has been empty",
        moments.join(" / "),
        question.seeds.first().copied().unwrap_or(1),
        each_tried(&question.closed_loop),
        question.horizon
    )
}

/// What the backend's capacity means in servers.
fn servers(question: &Question, found: &[Findings]) -> String {
    let servers = |backend: Rate| significant(backend.per_second * question.service.service_time.0);
    let count = |findings: &Findings| findings.backend.map_or("an unknown number of".to_string(), servers);
    match question.service.demand {
        Demand::Answers => {
            let counts: Vec<String> = found.iter().map(count).collect();
            format!("the capacity of {} servers", counts.join(" / "))
        }
        Demand::Bytes => "a link on which a miss takes its size".to_string(),
        Demand::Units(name) => format!("one server of which a miss takes its cost, in {}", name.as_str()),
    }
}

/// A cache that holds the footprint more often than so is larger than anybody meant.
const AMPLE: f64 = 1.5;
/// Requests after warm-up below which numbers are coarse.
const ENOUGH: u64 = 1000;

/// Whether a filter refuses objects while there is room. One that compares with victims does not.
fn refuses(policy: &PolicySpec) -> bool {
    policy.filter().is_some_and(|filter| !filter.needs_victim)
}

/// What is odd about a backend.
fn of_backend(trace: &About, question: &Question, backend: Rate) -> Vec<String> {
    let mut all = Vec::new();
    let servers = backend.per_second * question.service.service_time.0;
    if question.service.demand == Demand::Answers && servers < 1.0 {
        all.push(format!(
            "{}: a backend of {backend} at {} per answer is less than one server ({}); check --service-time",
            trace.name,
            question.service.service_time,
            significant(servers)
        ));
    }
    let model = question.closed_loop.model(&question.service, backend);
    let reachable = backend.per_second * question.service.patience().0;
    if let Some(why) = beyond_the_predicate(&model, reachable) {
        all.push(format!(
            "{}: hidden, advertised, load limits and least backends speak of one FIFO queue without bound, and here {why}: for this \
             service only what is simulated holds",
            trace.name
        ));
    }
    all
}

/// What should make a reader careful.
pub fn warnings(question: &Question, found: &[Findings]) -> Vec<String> {
    let mut all = Vec::new();
    let filtered: Vec<String> =
        question.sweep.policies.iter().filter(|policy| refuses(policy)).map(PolicySpec::to_string).collect();
    if !filtered.is_empty() {
        all.push(format!(
            "an admission filter refuses objects that were fetched, so they are fetched again: {} refills more slowly \
             than the policy alone, and has less hidden capacity",
            filtered.join(", ")
        ));
    }
    for findings in found {
        let trace = &findings.trace;
        let ample = findings.cells.iter().find(|cell| cell.capacity_ratio > AMPLE);
        if let Some(cell) = ample {
            all.push(format!(
                "{}: the cache of {} is {}x the trace's whole footprint, so nothing is ever evicted and all policies are alike; is -c that \
                 of what this trace saw?",
                trace.name,
                capacity_text(cell.cell.capacity),
                significant(cell.capacity_ratio)
            ));
        }
        let mut filling: Vec<String> = Vec::new();
        for cell in &findings.cells {
            let (at_warmup, at_end) = cell.filled;
            if !cell.cell.policy.info().unbounded
                && cell.capacity_ratio <= AMPLE
                && at_warmup < 0.99
                && at_end > at_warmup + 0.01
            {
                filling.push(format!("{} ({} full)", cell.policy(), percent(at_warmup)));
            }
        }
        if !filling.is_empty() {
            all.push(format!(
                "{}: when warm-up ended the cache was not full: {}. Warm numbers include its filling; use a longer trace or a smaller cache",
                trace.name,
                filling.join(", ")
            ));
        }
        if let Some(drawn) = trace.sample {
            all.push(format!(
                "{}: it holds {} of its service's keys, so all loads and backends here are of that share of the service; give \
                 -b as that share of the backend. Chance weighs more in a sample: limits err on the safe side, the more the \
                 smaller it is; --sample 100% estimates them for the whole service, with intervals",
                trace.name, drawn.share
            ));
        }
        all.extend(findings.backend.map_or(Vec::new(), |backend| of_backend(trace, question, backend)));
        if !findings.limits_known {
            all.insert(
                0,
                format!(
                    "{}: the trace is too short for a timeout of {}: what is advertised, hidden, needed and survived is unknown. \
                     After warm-up it must go on for ten timeouts at the load to carry",
                    trace.name, question.service.timeout
                ),
            );
        }
        if findings.spread_at_random {
            all.insert(
                0,
                format!(
                    "{}: its clock ticks every {}, which is longer than clients wait ({}): bursts inside a tick are not recorded. \
                     Requests of a tick were spread evenly and at random; the worse is printed, and the truth may be worse still",
                    trace.name,
                    Seconds(trace.tick.unwrap_or(0) as f64 / 1e9),
                    question.service.timeout
                ),
            );
        }
        for (end, why) in [
            (
                End::TraceTooShort,
                "the trace passes too fast for higher loads to be simulated after any of the moments tried",
            ),
            (
                End::OverloadedWarm,
                "at the next load tried the warm cache does not stay well either, so the loss is not to blame",
            ),
        ] {
            let ended = |cell: &&Finding| cell.measured.as_ref().is_some_and(|measured| measured.end == end);
            let policies: Vec<String> = findings.cells.iter().filter(ended).map(Finding::policy).collect();
            if !policies.is_empty() {
                all.push(format!(
                    "{}: measured hidden capacity has no upper end for {}: {why}",
                    trace.name,
                    policies.join(", ")
                ));
            }
        }
        all.extend(decisions::warnings(trace, question, findings));
        if findings.facts.counted < ENOUGH {
            all.insert(
                0,
                format!(
                    "{}: too little data: only {} requests are counted after warm-up, so every number here is coarse; from {} on they bear \
                     two digits, from ten times as many three",
                    trace.name,
                    grouped(findings.facts.counted),
                    grouped(ENOUGH)
                ),
            );
        }
    }
    all
}
