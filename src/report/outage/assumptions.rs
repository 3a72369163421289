//! What a simulation rests on, in sentences: the cache, the backend, the clients, the trace. Every report on one says the same.

use crate::analysis::AUTO_BACKEND_HEADROOM;
use crate::analysis::outage::closed_loop::ClosedLoop;
use crate::analysis::outage::setup::Setup;
use crate::analysis::outage::words::QueueWord;
use crate::analysis::outage::{Question, Story};
use crate::outage::backend::{Kind, Scatter};
use crate::outage::client::Backoff;
use crate::outage::{Abandoned, Fill, Model, SameKey, verdict};
use crate::policy::Capacity;
use crate::report::format::{capacity_text, percent};
use crate::trace::Trace;
use crate::units::{CacheSize, Demand, Seconds, grouped, grouped_rate, significant};

/// Every assumption behind a story.
pub(super) fn outage(trace: &Trace, question: &Question, story: &Story) -> Vec<String> {
    let setup = &question.setup;
    let mut all = cache(setup, &story.model, story.capacity, story.capacity_ratio);
    let load = if setup.load.is_some() {
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
    let scatter = told_of(&setup.closed_loop, &story.model);
    all.extend(service(&setup.closed_loop, setup.service.service_time, &story.model, &scatter));
    let end = if story.spent { "the trace ends before that" } else { "or until the trace ends" };
    all.push(format!(
        "the outage is followed for {} ({end}) in windows of {}; healed means that {} are answered in time again and the queue is empty; seed {}",
        setup.horizon,
        story.width,
        percent(verdict::HEALTHY),
        setup.seed
    ));
    all.push(format!(
        "the first {} of the requests only warm the cache; remedies are switched on {} after the last trigger is over",
        setup.sweep.warmup, question.act_after
    ));
    all.extend(reading(trace, &story.model));
    all
}

/// The backend, where it was assumed, and the cache.
pub(in crate::report) fn cache(setup: &Setup, model: &Model, capacity: Capacity, ratio: f64) -> Vec<String> {
    let mut all = Vec::new();
    let policy = setup.sweep.policies.first().map_or(String::new(), ToString::to_string);
    if setup.backend.is_none() {
        all.push(format!(
            "BACKEND NOT GIVEN: taken to be {}, which is {AUTO_BACKEND_HEADROOM}x what {policy} needs warm; give the real one with -b",
            model.backend.mu
        ));
    }
    let size = capacity_text(capacity);
    let of = percent(ratio);
    let given = matches!(setup.sweep.sizes.first(), Some(CacheSize::Auto)).then_some("not given: ").unwrap_or_default();
    all.push(format!("cache {given}{size}, {of} of the trace's footprint, evicting by {policy}"));
    all
}

/// Backend, queue and clients.
pub(in crate::report) fn service(
    closed_loop: &ClosedLoop,
    service_time: Seconds,
    model: &Model,
    scatter: &str,
) -> Vec<String> {
    let mut all = Vec::new();
    let servers = match model.backend.kind {
        Kind::Servers { count, .. } | Kind::Contended { count, .. } if model.backend.mu.of == Demand::Answers => {
            let mean = Seconds(f64::from(count) / model.backend.mu.per_second);
            let servers =
                if count == 1 { "one server".to_string() } else { format!("{} servers", grouped(u64::from(count))) };
            format!("{servers}, {scatter}, of {mean} in the mean")
        }
        _ => format!("one server, {scatter} around what the bytes take"),
    };
    let queue = match closed_loop.queue {
        QueueWord::Unbounded => "first in, first out, without bound".to_string(),
        QueueWord::Bound(bound) => format!("at most {bound} wait, the rest fail at once"),
        QueueWord::Lifo => "the youngest first".to_string(),
        QueueWord::Deadline => "who waited too long to be answered in time is dropped".to_string(),
        QueueWord::CoDel => "adaptive LIFO with CoDel".to_string(),
        QueueWord::Priority => "fetches that fill the cache first".to_string(),
    };
    let abandoned = match model.abandoned {
        Abandoned::Finished => "is done all the same",
        Abandoned::Leaves => "leaves the queue, but is finished once it has begun",
        Abandoned::Cancelled => "is cancelled wherever it is",
    };
    all.push(format!(
        "backend: {}, {servers} (as many servers as come closest to {}); queue: {queue}; refusing or dropping costs {} of an answer; abandoned work {abandoned}",
        model.backend.mu, service_time, model.error_cost
    ));
    let backoff = match model.client.backoff {
        Backoff::None => "at once".to_string(),
        Backoff::Fixed(wait) => format!("after {wait}"),
        Backoff::Exponential { first, cap, jitter } => {
            format!("after {first}, then twice as long each time up to {cap}, {jitter} jitter")
        }
    };
    let budget = model.client.budget.map_or(String::new(), |budget| {
        format!(", all of them together at most {} times per request", significant(budget.per_request))
    });
    let retries = match model.client.retries {
        0 => "do not retry".to_string(),
        n => format!("retry {n} times, {backoff}{budget}"),
    };
    let fill = match model.fill {
        Fill::InTime => "an answer enters the cache only if somebody still waits for it",
        Fill::Late => "late answers enter the cache as well",
    };
    let same = match model.same_key {
        SameKey::EachAsks => "each miss asks, also while the key is being fetched",
        SameKey::Joined => "a miss joins the fetch of its key that is under way",
        SameKey::Kept => "a miss joins the fetch of its key that is under way, also once whoever asked has given up",
    };
    all.push(format!("clients wait {} and {retries}; new ones keep coming; {fill}; {same}", model.client.timeout));
    all
}

/// The distributions of service times, and which of them the story is told of.
fn told_of(closed_loop: &ClosedLoop, model: &Model) -> String {
    let told = match model.backend.kind {
        Kind::Servers { service, .. } | Kind::Contended { service, .. } => service,
        Kind::PureRate { .. } => Scatter::Constant,
    };
    let others: Vec<String> =
        closed_loop.service_times.iter().filter(|other| **other != told).map(ToString::to_string).collect();
    match others.is_empty() {
        true => format!("service times {told}"),
        false => format!("service times {told} (the worst; also tried: {})", others.join(", ")),
    }
}

/// All distributions of service times, where each is tried.
pub(in crate::report) fn each_tried(closed_loop: &ClosedLoop) -> String {
    let each = if closed_loop.service_times.len() > 1 { " (each tried)" } else { "" };
    format!("service times {}{each}", closed_loop.service_times())
}

/// How the trace is understood.
pub(in crate::report) fn reading(trace: &Trace, model: &Model) -> Vec<String> {
    let mut all = Vec::new();
    if model.backend.mu.of != Demand::Answers {
        all.push(
            "the backend is one server: its rate is not one of answers, and does not say how many answers it works on at once".to_string(),
        );
    }
    if trace.ops.is_some() {
        all.push("only gets count as requests; a set inserts or updates, a delete invalidates".to_string());
    }
    all.extend(trace.notes.iter().cloned());
    all
}
