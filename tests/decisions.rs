//! Decisions of the main report: their laws, a naive second writing of the load limit, and that the outage, the restarts and the
//! knobs it tells of are those of the commands that tell them alone.

use assert_cmd::Command;
use coldgap::cache::{Cache, Lookaside};
use coldgap::error::Spot;
use coldgap::interrupt::Interrupt;
use coldgap::placement::Losses;
use coldgap::policy::{self, Capacity, Parameters, Policy, Visitor};
use coldgap::replay::ground::Ground;
use coldgap::replay::worst::columns::Columns;
use coldgap::replay::worst::lattice::{Axis, EASIEST, TOLERANCE};
use coldgap::replay::worst::search::Search;
use coldgap::request::Op;
use coldgap::service::Service;
use coldgap::trace::builder::{Builder, Row};
use coldgap::trace::{Key, ReadOptions, Trace};
use coldgap::units::{Demand, Seconds};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::HashSet;

const ARTICLE: &str = "traces/article.parquet";
/// A twentieth of that to look at; where any trace will do.
const BURST: [&str; 3] = ["gap", "traces/burst.csv", "--quick"];

fn coldgap(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coldgap"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments);
    command
}

fn json(arguments: &[&str]) -> Value {
    let output = coldgap(&[arguments, &["-o", "-"]].concat()).assert().success().get_output().stdout.clone();
    serde_json::from_slice(&output).unwrap()
}

fn error(arguments: &[&str]) -> String {
    String::from_utf8(coldgap(arguments).assert().code(2).get_output().stderr.clone()).unwrap()
}

fn number(row: &Value, field: &str) -> f64 {
    row[field].as_f64().unwrap_or_else(|| panic!("{field} in {row}"))
}

fn rows<'r>(report: &'r Value, table: &str) -> &'r Vec<Value> {
    report[table].as_array().unwrap()
}

fn of_policy<'r>(report: &'r Value, policy: &str) -> Vec<&'r Value> {
    rows(report, "rows").iter().filter(|row| row["policy"] == policy).collect()
}

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a / b - 1.0).abs() <= tolerance
}

#[test]
fn load_limits_run_from_advertised_down_to_hidden() {
    for trace in ["traces/burst.csv", "traces/web.log.gz", "traces/sessions.arrow", "traces/scan.oracleGeneral.zst"] {
        let report = json(&["gap", trace, "-b", "auto", "--quick", "-p", "lru,fifo,s3fifo,sieve"]);
        for policy in ["lru", "fifo", "s3fifo", "sieve"] {
            let rows = of_policy(&report, policy);
            let load = number(rows[0], "load_per_second");
            let limits: Vec<f64> = rows.iter().map(|row| number(row, "load_limit_per_second")).collect();
            assert_eq!(limits[0], number(rows[0], "advertised_per_second"), "{trace} {policy}");
            assert_eq!(limits[4], number(rows[0], "hidden_safe_per_second"), "{trace} {policy}");
            assert!(limits.iter().rev().is_sorted(), "{trace} {policy}: {limits:?}");
            for (row, limit) in rows.iter().zip(&limits) {
                assert!((number(row, "growth_ratio") - (limit / load - 1.0)).abs() < 1e-12);
                // A backend suffices exactly where its load limit is not below the load.
                let needed = number(row, "least_backend_per_second") / number(row, "backend_per_second");
                let edge = 4.0 * TOLERANCE;
                assert!(needed <= 1.0 + edge || *limit <= load * (1.0 + edge), "{trace} {row}");
                assert!(needed >= 1.0 - edge || *limit >= load * (1.0 - edge), "{trace} {row}");
            }
            if let Some(survived) = rows[0]["loss_survived_ratio"].as_f64().filter(|share| *share > 0.0) {
                let nodes = number(rows[0], "nodes_needed");
                assert!(
                    1.0 / nodes <= survived && (nodes == 1.0 || 1.0 / (nodes - 1.0) > survived),
                    "{trace} {policy}"
                );
            } else {
                assert!(rows[0]["nodes_needed"].is_null());
            }
        }
    }
}

/// At the load up to which a backend survives a loss, it is the least backend for that loss.
#[test]
fn the_least_backend_at_a_load_limit_is_the_backend() {
    let run =
        |load: &str| json(&[&BURST[..], &["-c", "400obj", "-b", "60/s", "-p", "lru,sieve", "--load", load]].concat());
    let report = run("1x");
    for (i, policy) in [(1, "lru"), (2, "sieve"), (3, "lru"), (4, "sieve")] {
        let limit = number(of_policy(&report, policy)[i], "load_limit_per_second");
        let there = run(&format!("{limit}/s"));
        let row = of_policy(&there, policy)[i];
        assert!(close(number(row, "least_backend_per_second"), 60.0, 0.01), "{row}");
        // Each limit is searched by itself, to within a hundredth.
        assert!(number(row, "growth_ratio").abs() < 0.01, "{row}");
    }
}

#[test]
fn what_a_grown_load_needs_is_what_that_load_needs() {
    let run = |load: [&str; 2]| json(&[&BURST[..], &["-c", "400obj", "-b", "60/s", "-p", "lru,sieve"], &load].concat());
    let (grown, there) = (run(["--growth", "50%"]), run(["--load", "1.5x"]));
    assert_eq!(rows(&grown, "growth").len(), rows(&there, "rows").len());
    for (row, other) in rows(&grown, "growth").iter().zip(rows(&there, "rows")) {
        for field in ["policy", "loss_ratio", "load_per_second"] {
            assert_eq!(row[field], other[field]);
        }
        let (a, b) = (number(row, "least_backend_per_second"), number(other, "least_backend_per_second"));
        assert!(close(a, b, 3.0 * TOLERANCE), "{row} {other}");
    }
    assert!(rows(&there, "growth").is_empty());
}

fn trace(gaps: &[(u64, u64)]) -> Trace {
    let options = ReadOptions::default();
    let mut builder = Builder::new("made", "made", &options);
    let mut time = 1;
    for (i, (gap, key)) in gaps.iter().enumerate() {
        // Whole seconds would be spread inside the tick; these are not.
        time += gap * 1000 + 1;
        let row = Row { time: Some(time), key: Key::Number(*key), size: None, op: Op::Get, ttl: 0 };
        let _ = builder.push(row, Spot::Row(i as u64)).unwrap();
    }
    builder.finish().unwrap()
}

/// A cache that never evicts, as it has room for everything.
fn roomy<P: Policy>(trace: &Trace) -> Cache<P> {
    let capacity = Capacity::Objects(1_000_000);
    Cache::new(P::new(capacity, &Parameters::default()).unwrap(), capacity, trace.object_count(), None, false)
}

/// Whether every answer comes in time from `begin` on, from a cache of these keys that never evicts, at so many times the load.
fn naive(trace: &Trace, begin: usize, mut cached: HashSet<u32>, service: &Service, mu: f64, load: f64) -> bool {
    let requests = trace.requests();
    let (mut answers, mut free_at): (Vec<(f64, u32)>, f64) = (Vec::new(), f64::MIN);
    for i in begin..trace.len() {
        let now = requests.times[i] as f64 / 1e9 / load;
        let object = requests.objects[i].0;
        cached.extend(answers.extract_if(.., |(at, _)| *at <= now).map(|(_, key)| key));
        if cached.contains(&object) {
            continue;
        }
        let wait = (free_at - now).max(0.0);
        if wait > service.timeout.0 - service.service_time.0 {
            return false;
        }
        answers.push((now + wait + service.service_time.0, object));
        free_at = now + wait + 1.0 / mu;
    }
    true
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// The search's load limits, against a walk at every moment and node that keeps nothing but sets and lists.
    #[test]
    fn no_moment_and_no_node_is_worse_than_the_load_limit(
        gaps in prop::collection::vec((0u64..30_000, 0u64..60), 60..300),
        nodes in 1u32..5,
        mu in 20.0f64..120.0,
    ) {
        let trace = trace(&gaps);
        let service = Service {
            demand: Demand::Answers,
            timeout: Seconds(0.3),
            service_time: Seconds(0.02),
            retries: 0,
            single_flight: false,
        };
        let (requests, key_hashes) = (trace.requests(), trace.key_hashes());
        let columns = Columns::of(&requests, &key_hashes);
        let ground = Ground {
            requests,
            key_hashes: &key_hashes,
            columns: &columns,
            warm: trace.len() / 3,
            horizon: Seconds(1e6),
            service,
            load: 1.0,
            interrupt: Interrupt::default(),
        };
        let mut missed = Vec::new();
        policy::visit("unbounded", Missed(&trace, &mut missed)).unwrap();
        let hits = columns.hits(&requests, &missed, 0);
        let (axis, losses) = (Axis::Load { mu }, Losses::of(1, nodes));
        let Some(warm) = ground.subject(&hits).warm_level(axis, axis.level(1.0)) else { return Ok(()) };
        prop_assume!(warm > EASIEST);
        let found = Search::new(ground.subject(&hits), axis, &losses, warm).find(&[], &[], true);
        let limit = axis.limit(found.level) * (1.0 - 0.005);
        for moment in ground.warm..trace.len() {
            for lost in &losses.ways {
                let before = requests.objects[..moment].iter().map(|object| object.0);
                let kept: HashSet<u32> = before.filter(|id| !lost.holds(key_hashes[*id as usize])).collect();
                prop_assert!(naive(&trace, moment, kept, &service, mu, limit), "{moment} {limit}");
            }
        }
    }
}

/// Which gets miss in a cache that never evicts.
struct Missed<'a>(&'a Trace, &'a mut Vec<bool>);

impl Visitor for Missed<'_> {
    type Output = ();
    fn visit<P: Policy>(self) {
        let requests = self.0.requests();
        let mut cache = roomy::<P>(self.0);
        self.1.extend((0..requests.len()).map(|i| cache.access(&requests.get(i))));
    }
}

#[test]
fn the_lost_cache_is_the_outage_that_its_command_tells() {
    let report = json(&["gap", ARTICLE, "-b", "350/s", "-c", "3000obj", "-p", "lru,sieve"]);
    let told = &rows(&report, "if_lost")[0];
    let (at, seed) = (format!("{}s", number(told, "moment_seconds")), told["seed"].to_string());
    let service = ["-b", "350/s", "-c", "3000obj", "-p", "lru"];
    let outage = json(&[&["outage", ARTICLE, "--quick", "--at", &at, "--seed", &seed], &service[..]].concat());
    for part in ["windows", "timeline", "events"] {
        assert_eq!(told[part], outage[part], "{part}");
    }
    for field in ["phase", "healed", "recovery_seconds", "user_seconds_lost", "escape_per_second", "shed_ratio"] {
        assert_eq!(told["verdict"][field], outage["verdict"][field], "{field}");
    }
    // At three times its hidden capacity it does not heal, and each column says so.
    for policy in ["lru", "sieve"] {
        let row = of_policy(&report, policy)[0];
        assert_eq!((&row["recovers"], &row["recovery_seconds"]), (&Value::Bool(false), &Value::Null));
        // An empty cache escapes below what the backend answers; one that still hits now and then, a little higher.
        let escape = number(row, "escape_per_second");
        assert!((340.0..number(row, "hidden_safe_per_second")).contains(&escape), "{row}");
        assert!((number(row, "shed_ratio") - (1.0 - escape / 3000.0)).abs() < 0.02, "{row}");
        assert!(number(row, "user_seconds_lost") > 10_000.0);
    }
    let warmup = json(&[&["warmup", ARTICLE], &service[..]].concat());
    for field in ["nodes", "safe_batch_nodes", "safe_spacing_seconds", "control_worst_success_ratio"] {
        assert_eq!(told["restarts"][field], warmup["restarts"][field], "{field}");
    }
}

#[test]
fn below_hidden_capacity_it_heals_and_says_when() {
    let report = json(&["gap", ARTICLE, "-b", "350/s", "-p", "lru,fifo", "--load", "900/s"]);
    for policy in ["lru", "fifo"] {
        let row = of_policy(&report, policy)[0];
        assert!(number(row, "hidden_safe_per_second") > 900.0);
        assert_eq!((&row["recovers"], number(row, "shed_ratio")), (&Value::Bool(true), 0.0), "{row}");
        assert!((0.0..60.0).contains(&number(row, "recovery_seconds")), "{row}");
    }
    assert_eq!(rows(&report, "if_lost")[0]["simulations_healed"], 4);
}

#[test]
fn what_was_not_simulated_is_unknown() {
    let columns = ["recovers", "recovery_seconds", "user_seconds_lost", "escape_per_second", "shed_ratio"];
    for extra in [&["--quick"][..], &["--limit", "30000"], &["--horizon", "10s"]] {
        let report = json(&[&["gap", ARTICLE, "-b", "300/s", "-p", "lru"], extra].concat());
        assert!(rows(&report, "if_lost").is_empty(), "{extra:?}");
        assert!(columns.iter().all(|column| rows(&report, "rows")[0][column].is_null()), "{extra:?}");
        let is_said = report["warnings"].to_string().contains("if the cache is lost: unknown");
        assert_eq!(is_said, extra != ["--quick"], "{extra:?}");
    }
}

#[test]
fn money_is_arithmetic_over_least_backends_and_the_cheapest_is_marked() {
    let prices = ["--backend-price", "40 per 100/s", "--cache-price", "2 per 1000obj"];
    let asked = ["-b", "60/s", "-p", "lru,sieve,belady", "-c", "100obj,400obj,1600obj", "--survive", "25%"];
    let report = json(&[&BURST[..], &asked, &prices].concat());
    let money = rows(&report, "money");
    assert_eq!(money.len(), 2 * 3 * 5, "a bound cannot be bought");
    for row in money {
        let same = rows(&report, "rows").iter().find(|other| {
            ["policy", "cache_capacity_objects", "loss_ratio"].iter().all(|field| other[field] == row[field])
        });
        let needed = number(same.unwrap(), "least_backend_per_second");
        let cost = 0.4 * needed + 0.002 * number(row, "cache_capacity_objects");
        assert!(close(number(row, "cost"), cost, 1e-12), "{row}");
        assert!(close(number(row, "today_cost"), 0.4 * 60.0 + 0.2, 1e-12), "{row}");
        assert_eq!(row["must_survive"], row["loss_ratio"] == 0.25);
    }
    let mut before = 0.0;
    for loss in [0.0, 0.125, 0.25, 0.5, 1.0] {
        let of_loss = || money.iter().filter(|row| row["loss_ratio"] == loss);
        let least = of_loss().map(|row| number(row, "cost")).fold(f64::INFINITY, f64::min);
        let marked: Vec<&Value> = of_loss().filter(|row| row["cheapest"] == true).collect();
        assert_eq!(marked.len(), 1);
        assert_eq!(number(marked[0], "cost"), least);
        assert!(least >= before, "surviving more is never cheaper");
        before = least;
    }
    assert!(money.iter().all(|row| row["on_frontier"] == false || row["cheapest"] == true));
}

#[test]
fn one_size_with_prices_brings_others_and_the_loss_is_assumed_aloud() {
    let prices = ["--backend-price", "40 per 100/s", "--cache-price", "2 per 1000obj"];
    let report = json(&[&BURST[..], &["-b", "auto", "-p", "lru,sieve", "-c", "400obj"], &prices[..]].concat());
    let sizes: HashSet<u64> =
        rows(&report, "money").iter().map(|row| row["cache_capacity_objects"].as_u64().unwrap()).collect();
    assert_eq!(sizes, HashSet::from([50, 100, 200, 400, 800, 1600, 2160]));
    assert_eq!(report["config"]["survive_ratio"], 0.125);
    let said = report["assumptions"].to_string();
    assert!(said.contains("THE LOSS TO SURVIVE WAS NOT GIVEN") && said.contains("others were tried"), "{said}");
    assert!(rows(&report, "sizes").is_empty(), "only with --full");
}

#[test]
fn prices_that_do_not_fit_are_refused_with_a_hint() {
    let (backend, cache) = (["--backend-price", "40 per 100/s"], ["--cache-price", "2 per 1000obj"]);
    let gap = ["gap", "traces/burst.csv", "-b", "auto", "--quick", "-c", "400obj"];
    assert!(error(&[&gap[..], &backend].concat()).contains("--cache-price"));
    assert!(error(&[&gap[..], &cache].concat()).contains("--backend-price"));
    for other in [["--cache-price", "5 per GiB"], ["--backend-price", "3 per 10MB/s"]] {
        let own = if other[0] == cache[0] { backend } else { cache };
        let error = error(&[&gap[..], &own, &other].concat());
        assert!(error.contains("hint: ") && error.contains("counted in"), "{error}");
    }
    assert!(
        error(&["gap", "traces/burst.csv", "--backend-price", "$40", "--cache-price", "x"]).contains("40 per 100/s")
    );
    assert!(error(&["gap", "traces/burst.csv", "--growth", "30"]).contains("30%"));
}

#[test]
fn full_adds_sizes_and_the_knobs_that_their_own_command_finds() {
    let limits = ["--limit", "240000", "-b", "350/s", "-c", "3000obj", "-p", "lru"];
    let report = json(&[&["gap", ARTICLE, "--full"], &limits[..]].concat());
    let sizes = rows(&report, "sizes");
    assert_eq!(sizes.len(), 7);
    let own = sizes.iter().find(|row| row["cache_capacity_objects"] == 3000).unwrap();
    let row = of_policy(&report, "lru")[0];
    for field in ["miss_ratio", "advertised_per_second", "hidden_safe_per_second", "gap_ratio", "loss_survived_ratio"] {
        assert_eq!(own[field], row[field], "{field}");
    }
    assert_eq!(own["least_backend_warm_per_second"], row["least_backend_per_second"]);
    let misses: Vec<f64> = sizes.iter().map(|row| number(row, "miss_ratio")).collect();
    assert!(misses.iter().rev().is_sorted(), "{misses:?}");
    let alone = json(&[&["sensitivity", ARTICLE], &limits[..]].concat());
    assert_eq!(rows(&report, "sensitivity")[0]["rows"], alone["rows"]);
    assert_eq!(rows(&report, "sensitivity")[0]["sentence"], alone["sentence"]);
}
