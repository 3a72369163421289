//! Turns a story into the report's data.

use super::{
    Config, Event, OutageReport, Phase, Ramp, RampStep, RemedyRow, TraceFacts, Verdict, WindowRow, alerts, assumptions,
    names, sentence, timeline,
};
use crate::analysis::Estimate;
use crate::analysis::outage::{Question, Story, Tried};
use crate::outage::backend::Kind;
use crate::outage::search::Bracket;
use crate::outage::trigger::Step;
use crate::outage::verdict;
use crate::report::Head;
use crate::report::format::percent;
use crate::report::head::Kind as ReportKind;
use crate::trace::Trace;
use crate::units::{Demand, Seconds, grouped_rate};

/// A mean service time above this share of the timeout makes single answers late by chance.
const SLOW: f64 = 0.1;

/// The report on one outage.
pub fn build(command: &str, about: Option<String>, trace: &Trace, question: &Question, story: &Story) -> OutageReport {
    let begins = story.begins.0;
    let after = |at: Seconds| at.0 - begins;
    OutageReport {
        head: Head {
            warnings: warnings(story),
            ..Head::new(
                ReportKind::Outage,
                command,
                Some(question.setup.seed),
                assumptions::outage(trace, question, story),
            )
        },
        config: config(question, story),
        trace: TraceFacts::of(trace, &story.facts, story.today),
        about,
        events: events(story),
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
                    load_per_second: step.share * story.offered(),
                    load_ratio: step.share,
                    hold_seconds: step.hold.map(|hold| hold.0),
                })
                .collect(),
            takes_seconds: ramp.takes.0,
            simulations: ramp.simulations,
        }),
        alerts: story.alerts.as_ref().map(alerts::data),
    }
}

/// What happens when.
pub(in crate::report) fn events(story: &Story) -> Vec<Event> {
    let event =
        |step: &Step| Event { at_seconds: step.at.0 - story.begins.0, what: names::happening(&step.what, story.today) };
    story.steps.iter().map(event).collect()
}

fn config(question: &Question, story: &Story) -> Config {
    Config {
        policy: question.setup.sweep.policies.first().map_or(String::new(), ToString::to_string),
        cache: question.setup.sweep.sizes.first().map_or(String::new(), ToString::to_string),
        cache_capacity_objects: story.capacity.objects(),
        cache_capacity_bytes: story.capacity.bytes(),
        cache_capacity_ratio: story.capacity_ratio,
        backend: story.model.backend.mu,
        backend_assumed: story.backend_assumed,
        model: story.model,
        load_ratio: story.load,
        moment_seconds: story.moment.at.0,
        moment_reason: story.moment.why.clone(),
        horizon_seconds: question.setup.horizon.0,
        act_seconds: (!story.is_over_before_anybody_acts()).then_some(story.act.0 - story.begins.0),
        window_seconds: story.width.0,
        warmup_ratio: question.setup.sweep.warmup.get(),
        steps: story.steps.clone(),
        lead_seconds: story.begins.0,
    }
}

/// What comes of it.
pub(in crate::report) fn verdict(story: &Story) -> Verdict {
    let verdict = &story.verdict;
    let phase = match verdict.phase {
        _ if !story.is_well_warm() => "overloaded_warm",
        verdict::Phase::Stable => "stable",
        verdict::Phase::Vulnerable => "vulnerable",
        verdict::Phase::Metastable => "metastable",
        verdict::Phase::Unsettled => "unsettled",
    };
    let last = story.windows.last().copied().unwrap_or_default();
    let healing = story.healing.as_ref();
    let share = |i: usize| healing.map_or(Estimate::default(), |healing| healing.hidden[i]);
    Verdict {
        phase: phase.into(),
        sentence: sentence::outcome(story),
        why: sentence::why(story),
        healed: verdict.healed,
        recovery_seconds: verdict.recovery.map(|time| time.0),
        user_seconds_lost: verdict.user_seconds_lost,
        requests_failed: verdict.requests_failed,
        worst_success_ratio: verdict.worst_success,
        miss_ratio: verdict.miss_ratio,
        load_per_second: story.offered(),
        escape_per_second: verdict.escape_load,
        shed_ratio: story.shed(),
        backlog_seconds: last.min_delay.max(last.max_delay) as f64 / 1e9,
        watched_seconds: story.ran.0 - story.begins.0,
        hidden_95_per_second: share(0).load,
        hidden_95_per_second_low: share(0).low,
        hidden_95_per_second_high: share(0).high,
        hidden_50_per_second: share(1).load,
        hidden_50_per_second_low: share(1).low,
        hidden_50_per_second_high: share(1).high,
        hidden_05_per_second: share(2).load,
        hidden_05_per_second_low: share(2).low,
        hidden_05_per_second_high: share(2).high,
        hidden_measured_service: healing.and_then(|healing| healing.service).map(|service| service.to_string()),
        felt_from_per_second: story.felt_from,
    }
}

fn bracket(edge: Option<Bracket>) -> (Option<f64>, Option<f64>) {
    edge.map_or((None, None), |edge| (edge.low, edge.high))
}

/// Every window.
pub(in crate::report) fn windows(story: &Story) -> Vec<WindowRow> {
    let over = story.over.0 - story.begins.0;
    let row = |window: &crate::outage::window::Window| {
        let start = window.start as f64 / 1e9 - story.begins.0;
        WindowRow {
            start_seconds: start,
            phase: Phase::at(start, over).name().into(),
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

/// What should make a reader careful.
pub(in crate::report) fn warnings(story: &Story) -> Vec<String> {
    let mut all = Vec::new();
    let watched = story.ran.0 - story.over.0;
    if !story.verdict.healed && story.spent {
        let until = Seconds(watched.round());
        all.push(match story.stays_down() {
            true => format!(
                "the trace ends {until} after the trigger is over, while it is still down; whether it heals later only a longer trace shows"
            ),
            false => format!(
                "the trace ends {until} after the trigger is over: whether it would heal later is not known, nor is it for the remedies; a longer trace or a lower --load shows more"
            ),
        });
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
