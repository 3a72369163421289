//! The simulation against what a real memcached and PostgreSQL did (`facts/real-stack.md`): loads at which outages healed or
//! stayed down, and how long healing took. Runs whose clients lagged by 50 ms or more are left out. The database slept, so
//! service times were constant; where they were exponential it is said.

use super::{Made, Work, model, with_lru};
use coldgap::cache::{Cache, Lookaside};
use coldgap::outage::backend::{Kind, Scatter};
use coldgap::outage::breaker::Breaker;
use coldgap::outage::queue::{CoDel, Order};
use coldgap::outage::remedy::Remedy;
use coldgap::outage::run::simulate;
use coldgap::outage::trigger::{Happening, Step, Trigger};
use coldgap::outage::verdict::{Verdict, judge};
use coldgap::outage::{Abandoned, Fill, Model, SameKey};
use coldgap::policy::Policy;
use coldgap::request::ObjectId;
use coldgap::units::{Rate, Seconds};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Larger than the footprint of every trace.
const ENTRIES: u64 = 20_000;

/// The folder of facts and traces beside the repository; `None`, with a notice, where it is absent.
fn shared() -> Option<PathBuf> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let is_there = shared.join("facts/real-stack.csv").exists() && shared.join("traces/realstack").exists();
    if !is_there {
        println!("skipped: no ../shared/facts/real-stack.csv or ../shared/traces/realstack");
    }
    is_there.then_some(shared)
}

/// A run of the real stack.
#[derive(Clone)]
struct Real {
    columns: HashMap<String, String>,
}

impl Real {
    fn text(&self, column: &str) -> &str {
        &self.columns[column]
    }

    fn number(&self, column: &str) -> f64 {
        self.text(column).parse().unwrap()
    }

    fn healed(&self) -> bool {
        self.text("verdict") == "healed"
    }

    /// The run without what differs between loads and seeds.
    fn setting(&self) -> Vec<&str> {
        const COLUMNS: [&str; 18] = [
            "tag",
            "trace",
            "start",
            "lead",
            "horizon",
            "pool",
            "service",
            "dist",
            "timeout",
            "retries",
            "single_flight",
            "queue",
            "order",
            "deadline",
            "late",
            "abandoned",
            "lose",
            "act",
        ];
        COLUMNS.map(|column| self.text(column)).to_vec()
    }

    /// Everything around the cache. Rates are those measured while the queue was never empty.
    fn model(&self) -> Model {
        let mu = match (self.text("pool"), self.text("service")) {
            ("10", "0.1") => 98.6,
            ("20", "0.1") => 197.0,
            ("4", "0.02") => 196.0,
            ("20", "0.2") => 99.9,
            other => panic!("no rate was measured for {other:?}"),
        };
        let timeout = self.number("timeout");
        let mut model = model(mu, timeout, self.number("service"), self.number("retries") as u32);
        let service = if self.text("dist") == "const" { Scatter::Constant } else { Scatter::Exponential };
        model.backend.mu = Rate::answers(mu);
        model.backend.kind = Kind::Servers { count: self.number("pool") as u32, service };
        model.queue.bound = Some(self.number("queue") as u32).filter(|bound| *bound > 0);
        model.queue.deadline = Some(Seconds(self.number("deadline"))).filter(|longest| longest.0 > 0.0);
        model.queue.order = match self.text("order") {
            "lifo" => Order::Lifo,
            "codel" => Order::Adaptive(CoDel::default()),
            "fills" => Order::FillsFirst,
            _ => Order::Fifo,
        };
        model.same_key = match self.text("single_flight") {
            "forget" => SameKey::Joined,
            "keep" => SameKey::Kept,
            _ => SameKey::EachAsks,
        };
        model.abandoned = match self.text("abandoned") {
            "leave" => Abandoned::Leaves,
            "cancel" => Abandoned::Cancelled,
            _ => Abandoned::Finished,
        };
        model.fill = if self.text("late") == "True" { Fill::Late } else { Fill::InTime };
        model
    }

    /// The service as flags of the command line; `None` where they do not say it.
    fn flags(&self) -> Option<Vec<String>> {
        let model = self.model();
        let Kind::Servers { count, .. } = model.backend.kind else { return None };
        let mut flags = vec![
            format!("--at={}s", self.number("start")),
            format!("--horizon={}s", self.number("horizon").max(10.0 * self.number("timeout"))),
            format!("--backend={}/s", model.backend.mu.per_second),
            format!("--servers={count}"),
            format!("--service-time={}s", self.text("service")),
            "--service=constant".to_string(),
            format!("--timeout={}s", self.text("timeout")),
            format!("--retries={}", self.text("retries")),
            format!("--abandoned={}", model.abandoned),
            format!("--single-flight={}", model.same_key),
        ];
        flags.extend(model.queue.bound.map(|bound| format!("--queue={bound}")));
        let order = match model.queue.order {
            Order::Fifo => None,
            Order::Lifo => Some("lifo"),
            Order::Adaptive(_) => Some("codel"),
            Order::FillsFirst => Some("priority"),
            Order::FirstTriesFirst => return None,
        };
        flags.extend(order.map(|order| format!("--queue={order}")));
        flags.extend((model.fill == Fill::Late).then(|| "--late-answers".to_string()));
        (model.queue.deadline.is_none() && (model.queue.bound.is_none() || order.is_none())).then_some(flags)
    }

    /// What was switched on when, after the loss: `30:lifo`. Two remedies that were in place from the begin are known by the
    /// length of their runs alone.
    fn acts(&self, keys: u32) -> Vec<Step> {
        let acts = match (self.text("tag"), self.text("horizon"), self.text("order"), self.text("act")) {
            ("warm, then flush", "90.0", "fifo", "") => "0:breaker",
            ("warm, then flush", "150.0", "fifo", "") => "0:warm=49",
            (.., acts) => acts,
        };
        let act = |text: &str| {
            let (at, what) = text.split_once(':')?;
            let (name, value) = what.split_once('=').unwrap_or((what, "0"));
            let value: f64 = value.parse().ok()?;
            let remedy = match name {
                "lifo" => Remedy::Lifo,
                "codel" => Remedy::AdaptiveLifo(CoDel::default()),
                "deadline" => Remedy::Deadline(Seconds(value)),
                "queue" => Remedy::BoundedQueue(value as u32),
                "fills" => Remedy::FillsFirst,
                "breaker" => Remedy::CircuitBreaker(Breaker::default()),
                "late" => Remedy::LateFills,
                "warm" => Remedy::WarmUp { keys, per_second: value },
                "sf" => Remedy::SingleFlight,
                "cancel" => Remedy::Cancel,
                "shed" => Remedy::Shed(super::ratio(value)),
                other => panic!("no remedy {other}"),
            };
            Some(Step { at: Seconds(at.parse::<f64>().ok()? + self.number("lead")), what: Happening::Remedy(remedy) })
        };
        acts.split(',').filter_map(act).collect()
    }
}

/// The runs that count.
fn runs(shared: &Path) -> Vec<Real> {
    let mut table = csv::Reader::from_path(shared.join("facts/real-stack.csv")).unwrap();
    let rows = table.deserialize().map(|row| Real { columns: row.unwrap() });
    rows.filter(|run| run.number("maxlag") < 0.05).collect()
}

/// The traces by name.
struct Traces(HashMap<String, Made>);

impl Traces {
    fn read(shared: &Path) -> Traces {
        let names = ["a08_s1.csv", "a10_s1.csv", "a12_s1.csv", "twitter.csv"];
        Traces(names.map(|name| (name.to_string(), Traces::read_one(shared, name))).into())
    }

    fn read_one(shared: &Path, name: &str) -> Made {
        let file = std::fs::File::open(shared.join(format!("traces/realstack/{name}.zst"))).unwrap();
        let mut table = csv::Reader::from_reader(zstd::Decoder::new(file).unwrap());
        let mut ids = HashMap::new();
        let mut made = Made { times: Vec::new(), objects: Vec::new(), keys: 0 };
        for row in table.deserialize() {
            let (time, key): (f64, String) = row.unwrap();
            let new = ids.len() as u32;
            made.times.push(Seconds(time).nanoseconds());
            made.objects.push(ObjectId(*ids.entry(key).or_insert(new)));
        }
        made.keys = ids.len();
        made
    }

    /// The same run simulated, with its trace passing `factor` times as fast. Seed 0: with constant service; others: with next
    /// to constant service.
    fn simulate(&self, real: &Real, factor: f64, seed: u64) -> Verdict {
        let made = &self.0[real.text("trace")];
        let (start, lead) = (real.number("start"), real.number("lead"));
        let from = made.requests().position_at(Seconds(start - lead * factor).nanoseconds());
        let mut scenario = made.scenario(from, factor, real.model(), seed);
        if seed > 0 && real.text("dist") == "const" {
            scenario.model.backend = scenario.model.backend.with_service(Scatter::Lognormal { variation: 0.01 });
        }
        scenario.steps = real.acts(made.keys as u32);
        let cold = lead == 0.0;
        if real.text("lose") == "0" && !cold {
            scenario.steps.push(Step::trigger(Seconds(lead), Trigger::Flush));
        }
        let judged = Judged { real, scenario: &scenario, cold };
        with_lru(ENTRIES, made.keys, false, judged)
    }

    /// The factor up to which half of the simulated outages heal, by loads from `low` to `high` evenly in proportion: as many
    /// heal above it as stay down below it.
    fn edge(&self, real: &Real, low: f64, high: f64) -> f64 {
        const LOADS: i32 = 60;
        let ratio = (high / low).powf(1.0 / f64::from(LOADS));
        let heals = (0..LOADS).filter(|i| self.simulate(real, low * ratio.powf(f64::from(*i) + 0.5), 0).healed).count();
        low * ratio.powi(heals as i32)
    }
}

struct Judged<'a, 't> {
    real: &'a Real,
    scenario: &'a coldgap::outage::run::Scenario<'t>,
    cold: bool,
}

impl Work for Judged<'_, '_> {
    type Output = Verdict;
    fn on<P: Policy>(self, mut cache: Cache<P>) -> Verdict {
        let Judged { real, scenario, cold } = self;
        if !cold {
            super::warm(&mut cache, &scenario.history);
        }
        if real.text("lose") != "0" {
            // A node then held the keys that a hash of their ids gave it.
            let share = real.number("lose") / real.number("nodes");
            cache.lose_where(&mut |object: ObjectId| place(object) < share);
        }
        let lead = Seconds(real.number("lead"));
        let windows = simulate(scenario, &mut cache, Seconds(lead.0 + real.number("horizon")));
        judge(&windows, scenario.window, lead, lead, &scenario.model, 1.0)
    }
}

/// Where an object stands among the nodes, 0..1: the top bits of SplitMix64's finaliser of its id.
fn place(object: ObjectId) -> f64 {
    let mut x = u64::from(object.0).wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((x ^ (x >> 31)) >> 11) as f64 / (1u64 << 53) as f64
}

/// Where real outages ceased to heal: the largest factor that healed below the smallest that did not.
fn real_edges(runs: &[Real]) -> Vec<(&Real, f64, f64)> {
    let mut seen: Vec<Vec<&str>> = Vec::new();
    let mut edges = Vec::new();
    for run in runs.iter().filter(|run| run.text("dist") == "const" && run.text("act").is_empty()) {
        if seen.contains(&run.setting()) {
            continue;
        }
        seen.push(run.setting());
        let factors = |healed: bool| {
            let same = runs.iter().filter(move |other| other.setting() == run.setting() && other.healed() == healed);
            same.map(|run| run.number("factor"))
        };
        let (healed, stuck) = (factors(true).fold(0.0, f64::max), factors(false).fold(f64::INFINITY, f64::min));
        if healed > 0.0 && stuck.is_finite() {
            edges.push((run, healed, stuck));
        }
    }
    edges
}

/// The pool of asyncpg, not the drill's own. It resets a connection after each cancellation, which spreads service times: at
/// 350 a second it healed after 42 s, as it does here with a variation of 0.3 (41 s), and not with constant service.
fn is_foreign_pool(run: &Real) -> bool {
    run.text("tag").starts_with("asyncpg")
}

/// Within 5 % of the middle of the real edge; cancelled work, whose real edge is 15 % wide, within the edge itself.
#[test]
fn half_of_the_outages_heal_up_to_where_real_ones_did() {
    let Some(shared) = shared() else { return };
    let (runs, traces) = (runs(&shared), Traces::read(&shared));
    let edges = real_edges(&runs);
    assert!(edges.len() >= 20, "{}", edges.len());
    for (run, healed, stuck) in edges.into_iter().filter(|(run, ..)| !is_foreign_pool(run)) {
        let middle = (healed + stuck) / 2.0;
        let found = traces.edge(run, 0.85 * middle, 1.15 * middle);
        println!("{:28} real {healed:.3}..{stuck:.3}, simulated {found:.3}: {:.3}", run.text("tag"), found / middle);
        let is_near = (found / middle - 1.0).abs() <= 0.05 || (healed..=stuck).contains(&found);
        assert!(is_near, "{:?}: real {healed}..{stuck}, simulated {found}", run.setting());
    }
}

/// Through the command line: the load at which half of the outages heal lies within 5 % of the middle of the real edge (or in
/// it, where cancelled work leaves it 15 % wide), and what its intervals span meets the edge. Of flushes at the begin of a run; with the flags that a user would give.
#[test]
fn the_command_finds_the_real_edges() {
    let Some(shared) = shared() else { return };
    let runs = runs(&shared);
    let is_plain = |run: &Real| run.number("lead") == 0.0 && run.text("lose") == "0" && !is_foreign_pool(run);
    let mut compared = 0;
    for (run, healed, stuck) in real_edges(&runs).into_iter().filter(|(run, ..)| is_plain(run)) {
        let Some(flags) = run.flags() else { continue };
        let trace = shared.join(format!("traces/realstack/{}.zst", run.text("trace")));
        let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_coldgap"));
        let command = command.arg("outage").arg(trace).args(&flags).args(["-p", "lru", "-c", "20000obj", "-o", "-"]);
        let output = command.assert().success().get_output().stdout.clone();
        let report: serde_json::Value = serde_json::from_slice(&output).unwrap();
        let today = report["trace"]["today_per_second"].as_f64().unwrap();
        let factor = |field: &str| report["verdict"][field].as_f64().map(|load| load / today);
        let Some(half) = factor("hidden_50_per_second") else { panic!("{flags:?}: no load at which half heal") };
        let low = factor("hidden_95_per_second_low").unwrap_or(0.0);
        let high = factor("hidden_05_per_second_high").unwrap_or(f64::INFINITY);
        let middle = (healed + stuck) / 2.0;
        println!("{:28} real {healed:.3}..{stuck:.3}, half heal at {half:.3} ({low:.3}..{high:.3})", run.text("tag"));
        let is_near = (half / middle - 1.0).abs() <= 0.05 || (healed..=stuck).contains(&half);
        assert!(is_near, "{flags:?}: real {healed}..{stuck}, half heal at {half}");
        assert!(low <= stuck && healed <= high, "{flags:?}: real {healed}..{stuck}, intervals {low}..{high}");
        compared += 1;
    }
    assert!(compared >= 10, "{compared}");
}

#[test]
fn cancelled_work_stays_down_and_heals_where_it_did() {
    let Some(shared) = shared() else { return };
    let (runs, traces) = (runs(&shared), Traces::read(&shared));
    let cancelled: Vec<&Real> = runs.iter().filter(|run| run.text("abandoned") == "cancel").collect();
    assert!(cancelled.iter().any(|run| !run.healed()) && cancelled.len() >= 9);
    for run in cancelled {
        let healed = traces.simulate(run, run.number("factor"), u64::from(run.text("dist") != "const")).healed;
        assert_eq!(healed, run.healed(), "{} {}", run.text("dist"), run.text("factor"));
    }
}

/// Healing takes as long as it took, within a quarter and the second that windows are wide. Where work leaves the
/// queue, a hundredth of variation moves the time by a factor of two. So a few seeds with that much are run as well, and the
/// real time is compared with all that they span.
#[test]
fn remedies_heal_in_the_time_that_they_took() {
    const REMEDIES: [&str; 8] = [
        "warm, then flush",
        "LIFO",
        "queue bound 0.5 mu T",
        "deadline drop",
        "late fills",
        "cancel abandoned",
        "leave the queue only",
        "single-flight, kept",
    ];
    let Some(shared) = shared() else { return };
    let (runs, traces) = (runs(&shared), Traces::read(&shared));
    let mut compared = 0;
    for run in runs.iter().filter(|run| REMEDIES.contains(&run.text("tag")) && run.text("dist") == "const") {
        let (factor, acted) = (run.number("factor"), run.text("act"));
        let trials: Vec<Verdict> = (0..=6).map(|seed| traces.simulate(run, factor, seed)).collect();
        let what = format!("{} at {factor} {acted}", run.text("tag"));
        if !acted.is_empty() {
            assert!(trials.iter().all(|trial| trial.healed == run.healed()), "{what}: {}", run.text("verdict"));
        }
        // At the edge itself the time is anybody's.
        if !run.healed() || trials.iter().any(|trial| !trial.healed) {
            continue;
        }
        let since = acted.split_once(':').map_or(0.0, |(at, _)| at.parse().unwrap());
        let times = || trials.iter().filter_map(|trial| trial.recovery).map(|time| time.0 - since);
        let (least, most) = (times().fold(f64::INFINITY, f64::min), times().fold(0.0, f64::max));
        let real = run.number("recovery") - since;
        println!("{what}: real {real}, simulated {least}..{most}");
        assert!(real * 0.75 - 1.0 <= most && least <= real * 1.25 + 1.0, "{what}: {real}, simulated {least}..{most}");
        compared += 1;
    }
    assert!(compared >= 40, "{compared}");
}
