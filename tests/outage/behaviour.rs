//! Every trigger does what it says, and every way of breaking the loop breaks it (or does not) where it should.

use super::{Made, model, outage, ratio};
use coldgap::outage::backend::Scatter;
use coldgap::outage::breaker::Breaker;
use coldgap::outage::client::{Backoff, Budget};
use coldgap::outage::queue::{CoDel, Order};
use coldgap::outage::remedy::Remedy;
use coldgap::outage::run::Scenario;
use coldgap::outage::trigger::{Happening, Step, Trigger};
use coldgap::outage::verdict::{Phase, Verdict, judge, sum};
use coldgap::outage::window::Window;
use coldgap::outage::{Abandoned, Model, SameKey, Sets};
use coldgap::request::{ObjectId, Op, Requests, SECOND};
use coldgap::units::Seconds;
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::sync::LazyLock;

/// Zipf(1.0) over 20,000 keys, 1,000 requests a second; the first half warms the cache.
static ZIPF: LazyLock<Made> = LazyLock::new(|| Made::zipf(1.0, 20_000, 600_000, 1000.0, 7));
const WARM: usize = 300_000;
/// About one request in ten misses a warm cache of so many.
const ENTRIES: u64 = 8_000;

/// Backend of 200 a second, timeout 1 s.
fn base(retries: u32) -> Model {
    model(200.0, 1.0, 0.1, retries)
}

fn windows(model: Model, load: f64, steps: &[Step]) -> Vec<Window> {
    let mut scenario = ZIPF.scenario(WARM, load, model, 1);
    scenario.steps = steps.to_vec();
    outage(ENTRIES, &scenario, 120.0)
}

/// The trigger comes after 10 seconds.
fn struck(model: Model, load: f64, trigger: Trigger, then: &[Step]) -> (Vec<Window>, Verdict) {
    let mut steps = vec![Step::trigger(Seconds(10.0), trigger)];
    steps.extend_from_slice(then);
    let windows = windows(model, load, &steps);
    let over = Seconds(10.0 + trigger.lasts().0);
    let verdict = judge(&windows, Seconds(1.0), Seconds(10.0), over, &model, 1.0);
    (windows, verdict)
}

fn after(seconds: f64, remedy: Remedy) -> Step {
    Step::remedy(Seconds(seconds), remedy)
}

#[test]
fn a_flush_loses_everything_and_smaller_losses_their_share() {
    let entries = |trigger| {
        let windows = struck(base(0), 0.3, trigger, &[]).0;
        windows[10].entries as f64 / windows[9].entries as f64
    };
    assert!(entries(Trigger::Flush) < 0.05);
    // A tenth of a second's misses come back within the window.
    assert!((entries(Trigger::Shards { lost: 1, of: 4 }) - 0.75).abs() < 0.03);
    assert!((entries(Trigger::Loss(ratio(0.5))) - 0.5).abs() < 0.03);
    assert!((entries(Trigger::Hottest(2000)) - 0.75).abs() < 0.03);
    assert!((entries(Trigger::Shrunk(ratio(0.3))) - 0.3).abs() < 0.001);
}

#[test]
fn the_hottest_keys_are_the_worst_to_lose() {
    let misses = |trigger| struck(base(0), 0.3, trigger, &[]).0[10].miss_ratio().unwrap();
    assert!(misses(Trigger::Hottest(800)) > 2.0 * misses(Trigger::Loss(ratio(0.1))));
}

#[test]
fn a_rolling_restart_is_survived_where_a_flush_is_not() {
    let rolling = Trigger::RollingRestart { nodes: 8, interval: Seconds(6.0) };
    let (windows, verdict) = struck(base(0), 0.8, rolling, &[]);
    assert!(verdict.healed, "{verdict:?}");
    assert!(windows[10].entries < windows[9].entries);
    assert_eq!(struck(base(0), 0.8, Trigger::Flush, &[]).1.phase, Phase::Metastable);
}

#[test]
fn renamed_keys_miss_and_the_old_ones_stay_until_evicted() {
    let (windows, _) = struck(base(0), 0.3, Trigger::Renamed(ratio(0.5)), &[]);
    let before = sum(&windows[..10]).miss_ratio().unwrap();
    assert!(windows[10].miss_ratio().unwrap() > 2.5 * before);
    assert_eq!(windows[10].entries, windows[9].entries, "nothing was dropped");
}

/// Half of the keys, and half of them again, are all; what is renamed a second time misses a second time.
#[test]
fn renames_add_up() {
    let misses = |shares: [f64; 2]| {
        let steps = [(10.0, shares[0]), (60.0, shares[1])];
        let steps = steps.map(|(at, share)| Step::trigger(Seconds(at), Trigger::Renamed(ratio(share))));
        let windows = windows(base(0), 0.3, &steps);
        [9, 10, 59, 60].map(|at| windows[at].miss_ratio().unwrap())
    };
    let [before, first, between, second] = misses([0.5, 0.5]);
    assert!(first > 2.5 * before && second > 2.5 * between && between < 1.5 * before, "the other half");
    let [_, _, between, second] = misses([1.0, 1.0]);
    assert!(second > 0.7 && second > 2.5 * between, "all of them again");
    let [_, _, between, second] = misses([0.8, 0.1]);
    assert!(second > 1.1 * between, "no key gets its old name back");
    let scenario = |objects: usize, share: f64, times: usize| {
        let mut scenario = ZIPF.scenario(0, 1.0, base(0), 1);
        scenario.key_hashes = crate::walks::hashes(objects);
        scenario.steps = vec![Step::trigger(Seconds(1.0), Trigger::Renamed(ratio(share))); times];
        scenario.cache_objects()
    };
    assert_eq!((scenario(1000, 0.5, 2), scenario(1000, 1.0, 2)), (Some(2000), Some(3000)));
    assert_eq!(scenario(1_000_000, 1.0, 4294), None, "more names than ids");
}

#[test]
fn the_hottest_keys_are_lost_under_the_names_they_have() {
    let steps = [
        Step::trigger(Seconds(0.0), Trigger::Renamed(ratio(1.0))),
        Step::trigger(Seconds(60.0), Trigger::Hottest(3000)),
    ];
    let windows = windows(base(0), 0.1, &steps);
    let misses = |at: usize| windows[at].miss_ratio().unwrap();
    assert!(misses(60) > 2.0 * misses(59), "{} {}", misses(59), misses(60));
}

#[test]
fn a_spike_is_told_from_a_collapse_by_the_minimum_delay() {
    let spike = Trigger::Spike { factor: 4.0, lasts: Seconds(5.0) };
    let (windows, verdict) = struck(base(0), 0.7, spike, &[]);
    let offered = |range: std::ops::Range<usize>| sum(&windows[range]).offered as f64;
    assert!((offered(10..15) / offered(5..10) / 4.0 - 1.0).abs() < 0.1);
    assert!(verdict.healed);
    assert!(windows[10..15].iter().any(|window| window.min_delay > 0));
    assert!(windows[40..].iter().all(|window| window.min_delay == 0));
    let (windows, _) = struck(base(0), 1.2, Trigger::Flush, &[]);
    assert!(windows[20..].iter().all(|window| window.min_delay > SECOND));
}

/// While nothing begins, the delay is the age of the oldest that waits: of one that still does.
#[test]
fn cancelled_asks_do_not_wait() {
    let stall = Trigger::Stall { lasts: Seconds(12.0) };
    let oldest = |model: Model| {
        let windows = struck(model, 1.0, stall, &[]).0;
        windows[10..22].iter().map(|window| window.min_delay).max().unwrap()
    };
    for order in [Order::Fifo, Order::Lifo, Order::FillsFirst] {
        let mut model = base(0);
        model.queue.order = order;
        assert!(oldest(model) > 11 * SECOND, "{order:?}");
        model.abandoned = Abandoned::Cancelled;
        let longest = oldest(model);
        assert!((SECOND * 8 / 10..=SECOND).contains(&longest), "{order:?}: {longest}");
    }
}

/// Ten ask every second, one server takes a second for each, and clients wait two: it answers the first two in time. Then
/// whoever's turn comes is late; where he is cancelled even in service, nothing is ever finished again.
#[test]
fn abandoned_work_is_finished_or_leaves_the_queue_or_is_cancelled() {
    let made = Made {
        times: (0..600).map(|i| i * SECOND / 10).collect(),
        objects: (0..600).map(ObjectId).collect(),
        keys: 600,
    };
    let run = |abandoned: Abandoned, scatter: Scatter| {
        let mut model = Model { abandoned, ..model(1.0, 2.0, 1.0, 0) };
        model.backend = model.backend.with_service(scatter);
        let windows = outage(600, &made.scenario(0, 1.0, model, 1), 60.0);
        let all = sum(&windows);
        (all.in_time, all.answered, windows[59].queue)
    };
    let (in_time, answered, queue) = run(Abandoned::Finished, Scatter::Constant);
    assert!(in_time == 2 && answered >= 59 && queue > 500, "{in_time} {answered} {queue}");
    let (in_time, answered, queue) = run(Abandoned::Leaves, Scatter::Constant);
    assert!(in_time == 2 && answered >= 59 && queue <= 20, "{in_time} {answered} {queue}");
    let (in_time, answered, queue) = run(Abandoned::Cancelled, Scatter::Constant);
    assert!(in_time == 2 && answered == 2 && queue <= 20, "{in_time} {answered} {queue}");
    let (in_time, answered, _) = run(Abandoned::Cancelled, Scatter::Exponential);
    assert!(in_time > 10 && answered == in_time, "some are quick enough: {in_time} {answered}");
}

/// One key, one server, 1.5 s: asked for at 0, 0.5 and 1.2 s by clients who wait 1 s.
#[test]
fn a_fetch_can_be_joined_until_its_asker_gives_up_or_until_its_answer() {
    let times = [0.0, 0.5, 1.2].map(|at| Seconds(at).nanoseconds()).to_vec();
    let made = Made { times, objects: vec![ObjectId(0); 3], keys: 1 };
    let run = |same_key: SameKey| {
        let mut model = Model { same_key, ..model(1.0 / 1.5, 1.0, 1.5, 0) };
        model.backend = model.backend.with_service(Scatter::Constant);
        let all = sum(&outage(1, &made.scenario(0, 1.0, model, 1), 60.0));
        (all.asked, all.in_time)
    };
    assert_eq!(run(SameKey::EachAsks), (3, 0));
    assert_eq!(run(SameKey::Joined), (2, 1));
    assert_eq!(run(SameKey::Kept), (1, 2));
}

#[test]
fn the_words_of_the_model_are_read_as_they_are_printed() {
    for word in ["finished", "leaves", "cancelled"] {
        assert_eq!(word.parse::<Abandoned>().unwrap().to_string(), word);
    }
    for word in ["each-asks", "joined", "kept"] {
        assert_eq!(word.parse::<SameKey>().unwrap().to_string(), word);
    }
    assert!("cancel".parse::<Abandoned>().unwrap_err().contains("finished, leaves, cancelled"));
}

#[test]
fn a_slow_or_stalled_backend_answers_less_and_then_all_at_once() {
    let slow = Trigger::SlowBackend { speed: ratio(0.25), lasts: Seconds(5.0) };
    let (windows, _) = struck(base(0), 1.0, slow, &[]);
    assert!(sum(&windows[11..15]).answered < 4 * 60, "a quarter of 200 a second");
    let (windows, _) = struck(base(0), 1.0, Trigger::Stall { lasts: Seconds(5.0) }, &[]);
    assert_eq!(sum(&windows[11..15]).answered, 0);
    assert!(windows[15].answered > 180, "the burst");
}

#[test]
fn a_shrunken_cache_overloads_the_backend() {
    let (windows, verdict) = struck(base(0), 1.2, Trigger::Shrunk(ratio(0.1)), &[]);
    assert!(windows[9].success().unwrap() > 0.99 && !verdict.healed, "{verdict:?}");
}

/// At a load where a flush is not survived by itself.
#[test]
fn what_breaks_the_loop_from_the_beginning() {
    let heals = |change: Remedy, retries: u32| {
        let mut model = base(retries);
        change.apply(&mut model);
        struck(model, 0.8, Trigger::Flush, &[]).1.healed
    };
    assert!(!struck(base(0), 0.8, Trigger::Flush, &[]).1.healed);
    for remedy in [
        Remedy::Lifo,
        Remedy::BoundedQueue(100),
        Remedy::AdaptiveLifo(CoDel { interval: Seconds(0.5), target: Seconds(0.3) }),
        Remedy::Deadline(Seconds(0.6)),
        Remedy::LateFills,
        Remedy::CircuitBreaker(Breaker::default()),
    ] {
        assert!(heals(remedy, 0), "{remedy:?}");
    }
    for remedy in [Remedy::NoRetries, Remedy::BoundedQueue(400), Remedy::FirstTriesFirst] {
        assert!(!heals(remedy, 0), "{remedy:?}");
    }
}

#[test]
fn what_breaks_the_loop_later() {
    let heals = |then: &[Step]| struck(base(2), 0.8, Trigger::Flush, then).1.healed;
    assert!(!heals(&[]));
    assert!(!heals(&[after(30.0, Remedy::NoRetries)]), "the queue stays");
    assert!(heals(&[after(30.0, Remedy::Lifo), after(30.0, Remedy::NoRetries)]));
    let cut = Step { at: Seconds(20.0), what: Happening::Load(0.02) };
    let back = Step { at: Seconds(60.0), what: Happening::Load(0.3) };
    assert!(heals(&[after(20.0, Remedy::Cancel), after(20.0, Remedy::Deadline(Seconds(0.5))), cut, back]));
    // The hottest keys, fetched past everybody who waits while half of the load is shed.
    let warm_up = Remedy::WarmUp { keys: 6000, per_second: 150.0 };
    let help = [
        after(15.0, Remedy::FillsFirst),
        after(15.0, Remedy::Shed(ratio(0.95))),
        after(15.0, Remedy::Deadline(Seconds(0.5))),
        after(20.0, warm_up),
        after(70.0, Remedy::Shed(ratio(0.0))),
    ];
    assert!(heals(&help));
    assert!(!heals(&[after(15.0, Remedy::FillsFirst)]), "fills that nobody waits for any more help nobody");
}

#[test]
fn budgets_and_backoff_bound_retries() {
    let retries = |model: Model| {
        let windows = struck(model, 1.5, Trigger::Flush, &[]).0;
        let all = sum(&windows[20..60]);
        (all.retries as f64 / all.offered as f64, all.failures)
    };
    let mut model = base(3);
    assert!(retries(model).0 > 0.8);
    model.client.budget = Some(Budget { per_request: 0.1, per_second: 0.0, most: 10.0 });
    let (share, _) = retries(model);
    assert!((0.095..=0.101).contains(&share), "{share}");
    model.client.budget = None;
    model.client.backoff = Backoff::Exponential { first: Seconds(1e4), cap: Seconds(1e5), jitter: ratio(0.5) };
    assert_eq!(retries(model), (0.0, 0), "nobody came back yet, so nobody gave up");
}

#[test]
fn shedding_refuses_its_share_and_a_breaker_stops_asks() {
    let mut model = base(0);
    model.shed = ratio(0.25);
    let all = sum(&windows(model, 0.5, &[]));
    assert!((all.lookups as f64 / all.offered as f64 - 0.75).abs() < 0.01);
    assert!(all.failures >= all.offered - all.lookups);
    let mut model = base(0);
    model.client.breaker = Some(Breaker::default());
    let (windows, _) = struck(model, 1.5, Trigger::Stall { lasts: Seconds(60.0) }, &[]);
    let open = sum(&windows[20..60]);
    assert!(open.asked <= 10 * 10, "a few probes: {}", open.asked);
    assert!(windows[100].asked > 50, "closed again");
}

#[test]
fn slow_error_paths_eat_the_backend() {
    let mut model = base(3);
    model.queue.bound = Some(50);
    model.error_cost = ratio(0.4);
    let slow = struck(model, 0.8, Trigger::Flush, &[]).1;
    let fast = struck(model, 0.8, Trigger::Flush, &[after(20.0, Remedy::FastErrors)]).1;
    assert!(!slow.healed && fast.healed, "{slow:?} {fast:?}");
}

/// Requests with times to live or writes.
struct Columns {
    ttls: Vec<u32>,
    ops: Vec<Op>,
}

fn scenario<'t>(columns: &'t Columns, model: Model, ttls: bool, ops: bool) -> Scenario<'t> {
    let mut scenario = ZIPF.scenario(0, 0.5, model, 1);
    let cut = |requests: Requests<'t>| Requests {
        ttls: ttls.then(|| &columns.ttls[..requests.len()]),
        ops: ops.then(|| &columns.ops[..requests.len()]),
        ..requests
    };
    scenario.requests = cut(scenario.requests);
    scenario.history = cut(scenario.history);
    scenario
}

#[test]
fn expiry_jitter_and_serving_stale() {
    let count = ZIPF.times.len();
    let columns = Columns { ttls: vec![100; count], ops: Vec::new() };
    let patient = model(2000.0, 10.0, 0.05, 0);
    let run = |model: Model, steps: &[Step]| {
        let mut scenario = scenario(&columns, model, true, false);
        scenario.steps = steps.to_vec();
        outage(20_000, &scenario, 400.0)
    };
    // Filled in the same seconds, entries die in the same seconds, from the 100th on; jitter spreads their ends.
    let step = |windows: &[Window]| sum(&windows[100..105]).asked as f64 / sum(&windows[94..99]).asked as f64;
    let plain = run(patient, &[]);
    let jittered = run(Model { ttl_jitter: ratio(0.5), ..patient }, &[]);
    assert!(step(&plain) > 1.6 && step(&jittered) < 1.25, "{} {}", step(&plain), step(&jittered));
    // With the backend stalled, what is past its time is served all the same.
    let stall = [Step::trigger(Seconds(90.0), Trigger::Stall { lasts: Seconds(60.0) })];
    let hits = |model: Model| sum(&run(model, &stall)[105..150]).hits;
    let stale = Model { stale: Seconds(600.0), ..patient };
    assert!(hits(stale) as f64 > 1.5 * hits(patient) as f64);
    // Refreshing does not cost more than expiry does.
    assert!(sum(&run(stale, &[])).asked <= sum(&plain).asked * 11 / 10);
}

/// Sets say how long entries live, gets do not, and the sets came before the run: entries die a minute after their last
/// fetch, and none is fetched before.
#[test]
fn entries_that_were_there_before_are_served_past_their_time_and_refreshed_once() {
    const KEYS: usize = 300;
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
    let gets = 30_000;
    let mut made = Made { times: vec![0; KEYS], objects: (0..KEYS as u32).map(ObjectId).collect(), keys: KEYS };
    made.times.extend((0..gets).map(|i| SECOND + i * SECOND / 100));
    made.objects.extend((0..gets).map(|_| ObjectId(random.random_range(0..KEYS as u32))));
    let is_set = |i: usize| i < KEYS;
    let ttls: Vec<u32> = (0..made.times.len()).map(|i| if is_set(i) { 60 } else { 0 }).collect();
    let ops: Vec<Op> = (0..made.times.len()).map(|i| if is_set(i) { Op::Set } else { Op::Get }).collect();
    let run = |stale: f64, steps: &[Step]| {
        let from = KEYS + 9_000;
        let patient = Model { stale: Seconds(stale), ..model(200.0, 1.0, 0.01, 0) };
        let mut scenario = made.scenario(from, 1.0, patient, 1);
        scenario.requests.ttls = Some(&ttls[from..]);
        scenario.requests.ops = Some(&ops[from..]);
        scenario.history.ttls = Some(&ttls[..from]);
        scenario.history.ops = Some(&ops[..from]);
        scenario.steps = steps.to_vec();
        outage(KEYS as u64, &scenario, 75.0)
    };
    let plain = sum(&run(0.0, &[]));
    assert!((300..450).contains(&plain.asked), "each key once a minute: {plain:?}");
    for stale in [sum(&run(60.0, &[])), sum(&run(0.0, &[after(0.0, Remedy::ServeStale(Seconds(60.0)))]))] {
        assert!((300..=plain.asked).contains(&stale.asked), "{stale:?}");
        assert_eq!(stale.hits, stale.lookups, "nobody waits for a refresh");
    }
    let stall = [Step::trigger(Seconds(0.0), Trigger::Stall { lasts: Seconds(75.0) })];
    let hits = |stale: f64| sum(&run(stale, &stall)[55..59]).miss_ratio().unwrap();
    assert!(hits(0.0) > 0.9 && hits(60.0) == 0.0, "{} {}", hits(0.0), hits(60.0));
}

#[test]
fn sets_write_through_or_invalidate_and_make_fetches_useless() {
    let count = ZIPF.times.len();
    let columns =
        Columns { ttls: Vec::new(), ops: (0..count).map(|i| if i % 5 == 0 { Op::Set } else { Op::Get }).collect() };
    let run = |sets: Sets| {
        let model = Model { sets, ..model(2000.0, 10.0, 0.05, 0) };
        sum(&outage(20_000, &scenario(&columns, model, false, true), 200.0))
    };
    let (through, invalidated) = (run(Sets::WriteThrough), run(Sets::Invalidate));
    assert!(invalidated.miss_ratio().unwrap() > 1.5 * through.miss_ratio().unwrap());
    assert!(invalidated.inserts < invalidated.answered, "answers older than a write enter no cache");
}
