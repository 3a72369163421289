//! Where time ends: lengths beyond what a clock counts, requests that still wait when the trace is over, and times that
//! nobody looks at.

use super::{Made, cold_trial, model, outage, ratio};
use coldgap::outage::backend::{Kind, Scatter};
use coldgap::outage::breaker::Breaker;
use coldgap::outage::client::Backoff;
use coldgap::outage::remedy::Remedy;
use coldgap::outage::search::{Bracket, search};
use coldgap::outage::trigger::{Step, Trigger};
use coldgap::outage::verdict::{judge, sum};
use coldgap::request::{ObjectId, SECOND};
use coldgap::units::Seconds;

/// Longer than 2^64 nanoseconds.
const AGES: Seconds = Seconds(1e16);

/// Clients that wait for ever are all answered, and a trigger that never ends does not end at once.
#[test]
fn lengths_beyond_the_clock_are_for_ever() {
    let made = Made::zipf(1.0, 1000, 30_000, 500.0, 1);
    let patient = model(50.0, AGES.0, 0.1, 3);
    let all = sum(&outage(1000, &made.scenario(0, 1.0, patient, 1), 1e5));
    assert_eq!((all.in_time, all.timeouts, all.failures), (30_000, 0, 0));
    let mut hasty = model(50.0, 1.0, 0.1, 3);
    hasty.client.backoff = Backoff::Fixed(AGES);
    hasty.client.breaker = Some(Breaker { rest: AGES, window: AGES, ..Breaker::default() });
    let mut scenario = made.scenario(0, 1.0, hasty, 1);
    scenario.steps = vec![
        Step::trigger(Seconds(5.0), Trigger::Stall { lasts: AGES }),
        Step::trigger(Seconds(5.0), Trigger::RollingRestart { nodes: 3, interval: AGES }),
        Step::trigger(AGES, Trigger::Flush),
        Step::remedy(Seconds(6.0), Remedy::WarmUp { keys: 9, per_second: 1e-12 }),
    ];
    let windows = outage(1000, &scenario, 60.0);
    assert!(windows.len() >= 59 && windows[20].entries > 0, "not flushed");
    let later = sum(&windows[7..]);
    assert_eq!((later.answered, later.retries), (0, 0), "stalled for ever, and nobody came back");
    let mut shedding = model(50.0, AGES.0, 0.1, 0);
    shedding.shed = ratio(0.5);
    assert!(sum(&outage(1000, &made.scenario(0, 1.0, shedding, 1), 60.0)).user_seconds_lost() > 1e10);
}

/// Twelve requests for as many keys come within the last second of a trace to one server that takes a second for each.
/// Three are in time; the others are not forgotten.
#[test]
fn who_waits_when_the_trace_ends_is_answered_or_given_up() {
    let rows = |gap: u64, count: u64| (0..count).map(move |i| i * gap);
    let times: Vec<u64> = rows(10 * SECOND, 7).chain((0..12).map(|i| 60 * SECOND + 1 + i)).collect();
    let objects = (0..times.len() as u32).map(ObjectId).collect();
    let made = Made { keys: times.len(), times, objects };
    let mut model = model(1.0, 4.5, 1.0, 1);
    model.backend.kind = Kind::Servers { count: 1, service: Scatter::Constant };
    let scenario = made.scenario(0, 1.0, model, 1);
    let windows = outage(100, &scenario, 900.0);
    let all = sum(&windows);
    assert_eq!((all.offered, all.in_time + all.failures), (19, 19), "{all:?}");
    assert!((69..=71).contains(&windows.len()), "until nobody waits, 2 x 4.5 s after the last: {}", windows.len());
    let verdict = judge(&windows, Seconds(1.0), Seconds(0.0), Seconds(0.0), &model, 1.0);
    assert!(!verdict.healed, "that the queue empties once nobody comes is no recovery: {verdict:?}");
    assert!(verdict.load > 0.2, "the load of the last seconds with any: {verdict:?}");
    assert!(!cold_trial(&scenario, 900.0).healed);
}

/// What comes after the horizon keeps no trial from ending early.
#[test]
fn a_burst_beyond_the_horizon_does_not_matter() {
    let mut made = Made::zipf(1.0, 1000, 10_000, 100.0, 1);
    let events = |made: &Made| cold_trial(&made.scenario(0, 1.0, model(50.0, 1.0, 0.1, 0), 1), 60.0).events;
    let calm = events(&made);
    assert!(calm < 5_000, "it heals and ends early: {calm}");
    let later = 100 * SECOND;
    made.times.truncate(9_000);
    made.objects.truncate(9_000);
    made.times.extend((0..5_000).map(|i| later + i));
    made.objects.extend((0..5_000).map(ObjectId));
    made.keys = 5_000;
    assert_eq!(events(&made), calm);
}

#[test]
fn a_search_between_equal_loads_tries_one() {
    let mut tried = Vec::new();
    let bracket = search(2.0, 2.0, |load| {
        tried.push(load);
        true
    });
    assert_eq!((tried, bracket), (vec![2.0], Bracket { low: Some(2.0), high: None }));
}
