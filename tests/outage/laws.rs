//! Laws of the outage simulation on random small traces: no request is lost, the same seed gives the same bytes, and with
//! one server of constant speed nobody waits in vain exactly where the survival predicate says so.

use super::{Made, Work, model, ratio, with_lru};
use crate::walks::survives;
use coldgap::cache::Cache;
use coldgap::outage::backend::{Backend, Kind, Scatter};
use coldgap::outage::breaker::Breaker;
use coldgap::outage::client::{Backoff, Budget};
use coldgap::outage::queue::{CoDel, Dropped, Order};
use coldgap::outage::run::{Balance, Run, Scenario};
use coldgap::outage::trigger::{Step, Trigger};
use coldgap::outage::window::Window;
use coldgap::outage::{Abandoned, Fill, Model, SameKey};
use coldgap::policy::Policy;
use coldgap::replay::survival::Walker;
use coldgap::request::{ObjectId, Requests};
use coldgap::service::Service;
use coldgap::units::{Demand, Rate, Seconds};
use proptest::prelude::*;

/// Gaps of up to 30 ms and keys.
fn made(rows: &[(u64, u32)]) -> Made {
    let mut made = Made { times: Vec::new(), objects: Vec::new(), keys: 60 };
    let mut time = 0;
    for (gap, key) in rows {
        time += gap;
        made.times.push(time);
        made.objects.push(ObjectId(*key));
    }
    made
}

fn rows() -> impl Strategy<Value = Vec<(u64, u32)>> {
    prop::collection::vec((1u64..30_000_000, 0u32..60), 50..400)
}

/// Any model, with a backend that can be overloaded by these traces.
fn models() -> impl Strategy<Value = Model> {
    let order = prop_oneof![
        Just(Order::Fifo),
        Just(Order::Lifo),
        Just(Order::Adaptive(CoDel::default())),
        Just(Order::FillsFirst),
        Just(Order::FirstTriesFirst),
    ];
    let scatter =
        prop_oneof![Just(Scatter::Exponential), Just(Scatter::Constant), Just(Scatter::Lognormal { variation: 1.5 })];
    let kind = prop_oneof![
        (1u32..5, scatter).prop_map(|(count, service)| Kind::Servers { count, service }),
        Just(Kind::PureRate { latency: Seconds(0.1) }),
        Just(Kind::Contended { count: 4, service: Scatter::Exponential, serial: 0.1, crosstalk: 0.01 }),
    ];
    let backoff = prop_oneof![
        Just(Backoff::None),
        Just(Backoff::Fixed(Seconds(0.05))),
        Just(Backoff::Exponential { first: Seconds(0.02), cap: Seconds(0.5), jitter: ratio(0.5) }),
    ];
    let same_key = prop_oneof![Just(SameKey::EachAsks), Just(SameKey::Joined), Just(SameKey::Kept)];
    let abandoned = prop_oneof![Just(Abandoned::Finished), Just(Abandoned::Leaves), Just(Abandoned::Cancelled)];
    let guards = (any::<bool>(), same_key, abandoned, any::<bool>(), any::<bool>(), 0.0f64..0.3);
    let queue = (order, prop::option::of(0u32..20), prop::option::of(0.02f64..0.5));
    (10.0f64..60.0, kind, queue, backoff, 0u32..4, guards).prop_map(|(mu, kind, queue, backoff, retries, guards)| {
        let mut model = model(mu, 0.2, 0.05, retries);
        model.backend.kind = kind;
        (model.queue.order, model.queue.bound) = (queue.0, queue.1);
        model.queue.deadline = queue.2.map(Seconds);
        model.client.backoff = backoff;
        let (late, same_key, abandoned, silent, guarded, shed) = guards;
        model.fill = if late { Fill::Late } else { Fill::InTime };
        (model.same_key, model.abandoned) = (same_key, abandoned);
        model.queue.dropped = if silent { Dropped::Silent } else { Dropped::Told };
        if guarded {
            model.client.breaker = Some(Breaker { least: 5, rest: Seconds(0.3), ..Breaker::default() });
            model.client.budget = Some(Budget { per_request: 0.2, per_second: 1.0, most: 5.0 });
            model.error_cost = ratio(0.3);
            model.shed = ratio(shed);
        }
        model
    })
}

/// A run in small steps: its windows and the balance after each step.
struct Steps<'a, 't>(&'a Scenario<'t>, f64);

impl Work for Steps<'_, '_> {
    type Output = (Vec<Window>, Vec<Balance>);
    fn on<P: Policy>(self, mut cache: Cache<P>) -> Self::Output {
        let mut run = Run::new(self.0, &mut cache);
        let mut balances = Vec::new();
        for step in 1..=(self.1 / 0.05) as u32 {
            run.until(Seconds(f64::from(step) * 0.05));
            balances.push(run.balance());
        }
        (run.finish(), balances)
    }
}

fn service(mu: f64, timeout: f64, single_flight: bool) -> Service {
    let (timeout, service_time) = (Seconds(timeout), Seconds(1.0 / mu));
    Service { demand: Demand::Answers, timeout, service_time, retries: 0, single_flight }
}

/// Whether the predicate says that an empty cache survives.
struct Survives<'t>(Requests<'t>, Service, f64, f64);

impl Work for Survives<'_> {
    type Output = bool;
    fn on<P: Policy>(self, mut cache: Cache<P>) -> bool {
        survives(&mut Walker::new(60), &mut cache, &self.0, &self.1, self.2, self.3)
    }
}

/// The largest load that survives and the smallest that does not, next to each other; `None` where there is none.
fn edge(survives: impl Fn(f64) -> bool) -> Option<(f64, f64)> {
    let (mut low, mut high) = (1e-3, 1e3);
    if !survives(low) || survives(high) {
        return None;
    }
    while high / low > 1.0 + 1e-6 {
        let middle = f64::sqrt(low * high);
        if survives(middle) { low = middle } else { high = middle }
    }
    Some((low, high))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn no_request_is_lost(rows in rows(), model in models(), seed in any::<u64>()) {
        let made = made(&rows);
        let mut scenario = made.scenario(0, 1.0, model, seed);
        scenario.window = Seconds(0.1);
        scenario.steps.push(Step::trigger(Seconds(0.3), Trigger::Stall { lasts: Seconds(0.5) }));
        scenario.steps.push(Step::trigger(Seconds(0.5), Trigger::Loss(ratio(0.5))));
        let run = || with_lru(20, made.keys, false, Steps(&scenario, 60.0));
        let (windows, balances) = run();
        for balance in &balances {
            prop_assert!(balance.holds(), "{balance:?}");
        }
        let last = balances[balances.len() - 1];
        prop_assert_eq!(last.arrived, rows.len() as u64);
        prop_assert_eq!(last.waiting, 0, "a minute later everybody has an answer or gave up");
        let again = run();
        prop_assert_eq!(windows, again.0, "the same seed gives the same windows");
    }

    /// definitions.md: an answer comes at t + W + s, also where s is longer or shorter than its turn, and where misses
    /// take as many bytes of the backend as their objects have, or cost what the trace says, some of them behind others in chains.
    #[test]
    fn a_rate_in_bytes_or_costs_keeps_nobody_waiting_exactly_where_the_predicate_survives(
        rows in rows(), costs in any::<bool>(), chained in prop::collection::vec(any::<bool>(), 200), sizes in prop::collection::vec(1u32..5000, 60), mu in 2e4f64..2e5, latency in 0.01f64..0.5
    ) {
        let made = made(&rows);
        let sizes: Vec<u32> = made.objects.iter().map(|object| sizes[object.index()]).collect();
        let (timeout, service_time) = (Seconds(latency + 0.6), Seconds(latency));
        let chained: Vec<bool> = (0..made.objects.len()).map(|i| i > 0 && chained[i % chained.len()]).collect();
        let weighed = |requests| match costs {
            true => Requests { costs: Some(&sizes[..]), chained: Some(&chained[..]), ..requests },
            false => Requests { sizes: Some(&sizes[..]), ..requests },
        };
        let of = if costs { Demand::from("tokens".to_string()) } else { Demand::Bytes };
        let service = Service { demand: of, timeout, service_time, retries: 0, single_flight: false };
        let survives = |load: f64| {
            let requests = weighed(made.requests());
            with_lru(100, made.keys, false, Survives(requests, service, mu, load))
        };
        let Some((low, high)) = edge(survives) else { return Ok(()) };
        let mut model = model(1.0, timeout.0, latency, 0);
        model.backend = Backend { mu: Rate { per_second: mu, of }, kind: Kind::PureRate { latency: service_time } };
        let timeouts = |load: f64| {
            let mut scenario = made.scenario(0, load, model, 1);
            scenario.requests = weighed(scenario.requests);
            with_lru(100, made.keys, false, Steps(&scenario, 600.0)).0.iter().map(|window| window.timeouts).sum::<u64>()
        };
        prop_assert_eq!(timeouts(low * (1.0 - 1e-4)), 0, "just below {}", low);
        prop_assert!(timeouts(high * (1.0 + 1e-4)) > 0, "just above {}", high);
    }

    /// definitions.md: with one server and constant service time, measured and safe are the same recursion, as long as
    /// nobody waits in vain.
    #[test]
    fn nobody_waits_in_vain_exactly_where_the_predicate_survives(
        rows in rows(), mu in 5.0f64..60.0, patience in 1.0f64..20.0, joined in any::<bool>()
    ) {
        let made = made(&rows);
        let service = service(mu, (1.0 + patience) / mu, joined);
        let survives = |load: f64| {
            with_lru(100, made.keys, false, Survives(made.requests(), service, mu, load))
        };
        let Some((low, high)) = edge(survives) else { return Ok(()) };
        let mut model = model(mu, service.timeout.0, 1.0 / mu, 0);
        model.backend.kind = Kind::Servers { count: 1, service: Scatter::Constant };
        model.same_key = if joined { SameKey::Joined } else { SameKey::EachAsks };
        let timeouts = |load: f64| {
            let mut scenario = made.scenario(0, load, model, 1);
            scenario.window = Seconds(service.timeout.0 * 5.0);
            let horizon = made.times[rows.len() - 1] as f64 / 1e9 / load + service.timeout.0 * 10.0;
            let (windows, _) = with_lru(100, made.keys, false, Steps(&scenario, horizon.max(0.1)));
            windows.iter().map(|window| window.timeouts).sum::<u64>()
        };
        prop_assert_eq!(timeouts(low * (1.0 - 1e-4)), 0, "just below {}", low);
        prop_assert!(timeouts(high * (1.0 + 1e-4)) > 0, "just above {}", high);
    }
}
