//! Turns a story into the report's data.

use super::{
    Config, Event, OutageReport, Phase, Ramp, RampStep, RemedyRow, TraceFacts, Verdict, WindowRow, alerts, names,
    sentence, timeline,
};
use crate::analysis::AUTO_BACKEND_HEADROOM;
use crate::analysis::outage::words::QueueWord;
use crate::analysis::outage::{Question, Story, Tried};
use crate::outage::backend::Kind;
use crate::outage::client::Backoff;
use crate::outage::search::Bracket;
use crate::outage::verdict;
use crate::outage::{Fill, SameKey};
use crate::report::assumptions::{capacity_text, percent};
use crate::report::{SCHEMA_VERSION, Tool};
use crate::trace::Trace;
use crate::units::{CacheSize, Demand, Seconds, grouped, grouped_rate, significant};

/// A mean service time above this share of the timeout makes single answers late by chance.
const SLOW: f64 = 0.1;

/// The report on one outage.
pub fn build(command: &str, about: Option<String>, trace: &Trace, question: &Question, story: &Story) -> OutageReport {
    let begins = story.begins.0;
    let after = |at: Seconds| at.0 - begins;
    OutageReport {
        schema_version: SCHEMA_VERSION,
        tool: Tool::this(),
        command: command.to_string(),
        config: config(question, story),
        seed: question.seed,
        assumptions: assumptions(trace, question, story),
        trace: TraceFacts {
            name: trace.name.clone(),
            format: trace.format.clone(),
            fingerprint: trace.fingerprint.clone(),
            requests: trace.len() as u64,
            gets: story.facts.gets,
            objects: story.facts.objects,
            today_per_second: story.today,
        },
        about,
        events: story
            .steps
            .iter()
            .map(|step| Event { at_seconds: after(step.at), what: names::happening(&step.what, story.today) })
            .collect(),
        verdict: verdict(story),
        timeline: timeline::rows(story),
        windows: windows(story),
        remedies: story.remedies.iter().map(|tried| remedy(tried, story)).collect(),
        ramp: story.ramp.as_ref().map(|ramp| Ramp {
            steps: ramp
                .steps
                .iter()
                .map(|step| RampStep {
                    at_seconds: after(step.at),
                    load_per_second: step.share * story.verdict.load,
                    load_ratio: step.share,
                    hold_seconds: step.hold.map(|hold| hold.0),
                })
                .collect(),
            takes_seconds: ramp.takes.0,
            seeds: ramp.seeds.clone(),
        }),
        alerts: story.alerts.as_ref().map(alerts::data),
        warnings: warnings(story),
    }
}

fn config(question: &Question, story: &Story) -> Config {
    Config {
        policy: question.sweep.policies.first().map_or(String::new(), ToString::to_string),
        cache: question.sweep.sizes.first().map_or(String::new(), ToString::to_string),
        cache_capacity_objects: story.capacity.objects(),
        cache_capacity_bytes: story.capacity.bytes(),
        cache_capacity_ratio: story.capacity_ratio,
        backend: story.model.backend.mu,
        backend_assumed: story.backend_assumed,
        model: story.model,
        load_ratio: story.load,
        moment_seconds: story.moment.at.0,
        moment_reason: story.moment.why.clone(),
        horizon_seconds: question.horizon.0,
        act_seconds: (!story.is_over_before_anybody_acts()).then_some(story.act.0 - story.begins.0),
        window_seconds: story.width.0,
        warmup_ratio: question.sweep.warmup.get(),
        steps: story.steps.clone(),
        lead_seconds: story.begins.0,
    }
}

fn verdict(story: &Story) -> Verdict {
    let verdict = &story.verdict;
    let phase = match verdict.phase {
        _ if !story.is_well_warm() => "overloaded_warm",
        verdict::Phase::Stable => "stable",
        verdict::Phase::Vulnerable => "vulnerable",
        verdict::Phase::Metastable => "metastable",
    };
    let last = story.windows.last().copied().unwrap_or_default();
    let begins = story.windows.partition_point(|window| window.start < story.begins.nanoseconds());
    let (low, high) = bracket(story.edge);
    Verdict {
        phase,
        sentence: sentence::outcome(story),
        why: sentence::why(story),
        healed: verdict.healed,
        recovery_seconds: verdict.recovery.map(|time| time.0),
        user_seconds_lost: verdict.user_seconds_lost,
        requests_failed: story.windows[begins..].iter().map(|window| window.failures).sum(),
        worst_success_ratio: verdict.worst_success,
        miss_ratio: verdict.miss_ratio,
        load_per_second: verdict.load,
        escape_per_second: verdict.escape_load,
        shed_ratio: verdict.shed(),
        backlog_seconds: last.min_delay.max(last.max_delay) as f64 / 1e9,
        watched_seconds: story.ran.0 - story.begins.0,
        heals_low_per_second: low,
        heals_high_per_second: high,
    }
}

fn bracket(edge: Option<Bracket>) -> (Option<f64>, Option<f64>) {
    edge.map_or((None, None), |edge| (edge.low, edge.high))
}

fn windows(story: &Story) -> Vec<WindowRow> {
    let over = story.over.0 - story.begins.0;
    let row = |window: &crate::outage::window::Window| {
        let start = window.start as f64 / 1e9 - story.begins.0;
        WindowRow {
            start_seconds: start,
            phase: Phase::at(start, over).name(),
            offered: window.offered,
            lookups: window.lookups,
            hits: window.hits,
            asked: window.asked,
            answered: window.answered,
            in_time: window.in_time,
            timeouts: window.timeouts,
            retries: window.retries,
            failures: window.failures,
            inserts: window.inserts,
            drops: window.drops,
            queue: window.queue,
            min_delay_seconds: window.min_delay as f64 / 1e9,
            max_delay_seconds: window.max_delay as f64 / 1e9,
            entries: window.entries,
            success_ratio: window.success(),
            miss_ratio: window.miss_ratio(),
            user_seconds_lost: window.user_seconds_lost(),
        }
    };
    story.windows.iter().map(row).collect()
}

fn remedy(tried: &Tried, story: &Story) -> RemedyRow {
    let (low, high) = bracket(tried.edge);
    let acted = story.act.0 - story.begins.0;
    RemedyRow {
        what: names::remedy(&tried.remedy),
        remedy: tried.remedy,
        switched_on_healed: tried.during.healed,
        // It may have healed by itself before.
        switched_on_recovery_seconds: tried.during.recovery.map(|time| (time.0 - acted).max(0.0)),
        in_place_healed: tried.before.healed,
        in_place_recovery_seconds: tried.before.recovery.map(|time| time.0),
        in_place_user_seconds_lost: tried.before.user_seconds_lost,
        in_place_worst_success_ratio: tried.before.worst_success,
        heals_low_per_second: low,
        heals_high_per_second: high,
    }
}

fn assumptions(trace: &Trace, question: &Question, story: &Story) -> Vec<String> {
    let mut all = Vec::new();
    let model = &story.model;
    let policy = question.sweep.policies.first().map_or(String::new(), ToString::to_string);
    if story.backend_assumed {
        all.push(format!(
            "BACKEND NOT GIVEN: taken to be {}, which is {AUTO_BACKEND_HEADROOM}x what {policy} needs warm; give the real one with -b",
            model.backend.mu
        ));
    }
    let size = capacity_text(story.capacity);
    let of = percent(story.capacity_ratio);
    let given =
        matches!(question.sweep.sizes.first(), Some(CacheSize::Auto)).then_some("not given: ").unwrap_or_default();
    all.push(format!("cache {given}{size}, {of} of the trace's footprint, evicting by {policy}"));
    let load = if question.load.is_some() {
        format!("{}x the recorded load (time is compressed, the order of keys stays)", significant(story.load))
    } else {
        "the load as recorded".to_string()
    };
    all.push(format!(
        "it happens {} into the trace: {}; {load}, the busiest window has {} requests/s",
        story.moment.at,
        story.moment.why,
        grouped_rate(story.today * story.load)
    ));
    let servers = match model.backend.kind {
        Kind::Servers { count, .. } | Kind::Contended { count, .. } if model.backend.mu.of == Demand::Answers => {
            let mean = Seconds(f64::from(count) / model.backend.mu.per_second);
            let servers =
                if count == 1 { "one server".to_string() } else { format!("{} servers", grouped(u64::from(count))) };
            format!("{servers}, service times exponential with mean {mean}")
        }
        _ => "one server, service times exponential around what the bytes take".to_string(),
    };
    let queue = match question.queue {
        QueueWord::Unbounded => "first in, first out, without bound".to_string(),
        QueueWord::Bound(bound) => format!("at most {bound} wait, the rest fail at once"),
        QueueWord::Lifo => "the youngest first".to_string(),
        QueueWord::Deadline => "who waited too long to be answered in time is dropped".to_string(),
        QueueWord::CoDel => "adaptive LIFO with CoDel".to_string(),
        QueueWord::Priority => "fetches that fill the cache first".to_string(),
    };
    all.push(format!(
        "backend: {}, {servers} (as many servers as come closest to {}); queue: {queue}; refusing or dropping costs {} of an answer; abandoned work is done all the same",
        model.backend.mu, question.service.service_time, model.error_cost
    ));
    let backoff = match model.client.backoff {
        Backoff::None => "at once".to_string(),
        Backoff::Fixed(wait) => format!("after {wait}"),
        Backoff::Exponential { first, cap, jitter } => {
            format!("after {first}, then twice as long each time up to {cap}, {jitter} jitter")
        }
    };
    let retries = match model.client.retries {
        0 => "do not retry".to_string(),
        n => format!("retry {n} times, {backoff}"),
    };
    let fill = match model.fill {
        Fill::InTime => "an answer enters the cache only if somebody still waits for it",
        Fill::Late => "late answers enter the cache as well",
    };
    let same = match model.same_key {
        SameKey::EachAsks => "each miss asks, also while the key is being fetched",
        SameKey::Joined => "a miss joins the fetch of its key that is under way",
    };
    all.push(format!("clients wait {} and {retries}; new ones keep coming; {fill}; {same}", model.client.timeout));
    let end = if story.spent { "the trace ends before that" } else { "or until the trace ends" };
    all.push(format!(
        "the outage is followed for {} ({end}) in windows of {}; healed means that {} are answered in time again and the queue is empty; seed {}",
        question.horizon,
        story.width,
        percent(verdict::HEALTHY),
        question.seed
    ));
    all.push(format!(
        "the first {} of the requests only warm the cache; remedies are switched on {} after the last trigger is over",
        question.sweep.warmup, question.act_after
    ));
    if model.backend.mu.of == Demand::Bytes {
        all.push(
            "the backend is one server: a rate in bytes does not say how many answers it works on at once".to_string(),
        );
    }
    if trace.ops.is_some() {
        all.push("only gets count as requests; a set inserts or updates, a delete invalidates".to_string());
    }
    all.extend(trace.notes.iter().cloned());
    all
}

fn warnings(story: &Story) -> Vec<String> {
    let mut all = Vec::new();
    let watched = story.ran.0 - story.over.0;
    if !story.verdict.healed && story.spent {
        all.push(format!(
            "the trace ends {} after the trigger is over: whether it would heal later is not known, nor is it for the remedies; a longer trace or a lower --load shows more",
            Seconds(watched.round())
        ));
    }
    if story.is_well_warm() && story.control.worst_success < verdict::HEALTHY {
        all.push(format!(
            "also while nothing happens the service is not always well: in its worst {} only {} are answered in time; it runs close to what it carries warm",
            Seconds(5.0 * story.width.0),
            percent(story.control.worst_success)
        ));
    }
    let model = &story.model;
    if let Kind::Servers { count, .. } = model.backend.kind
        && model.backend.mu.of == Demand::Answers
        && f64::from(count) / model.backend.mu.per_second > SLOW * model.client.timeout.0
    {
        all.push(format!(
            "{} answers a second are {} for each, against a timeout of {}: some answers are late even where nobody queues, \
             and small shares of failures mean little",
            grouped_rate(model.backend.mu.per_second),
            Seconds(f64::from(count) / model.backend.mu.per_second),
            model.client.timeout
        ));
    }
    if story.windows.iter().map(|window| window.offered).sum::<u64>() < 1000 {
        all.push("fewer than 1,000 requests were simulated; every share here is coarse".to_string());
    }
    all
}
