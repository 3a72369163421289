//! `coldgap compare`: that it calls like and like alike about as often as it says, that it finds what differs, that its numbers
//! are those of `gap`, and that it refuses what cannot be compared.

use assert_cmd::Command;
use coldgap::analysis::noise::extremes::Stretches;
use coldgap::analysis::noise::means::{self, Window};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::Value;
use std::path::Path;

const ARTICLE: &str = "traces/article.parquet";
const BURST: &str = "traces/burst.csv";

fn coldgap(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coldgap"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments);
    command
}

fn text(arguments: &[&str]) -> String {
    String::from_utf8(coldgap(arguments).assert().success().get_output().stdout.clone()).unwrap()
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&text(&[arguments, &["-o", "-"]].concat())).unwrap()
}

fn fails(code: i32, arguments: &[&str]) -> String {
    let error = coldgap(arguments).assert().code(code).get_output().stderr.clone();
    String::from_utf8(error).unwrap()
}

/// The change of a metric; of a loss where it depends on one.
fn change<'r>(report: &'r Value, metric: &str, loss: Option<f64>) -> &'r Value {
    let mut changes = report["changes"].as_array().unwrap().iter();
    changes.find(|change| change["metric"] == metric && change["loss_ratio"].as_f64() == loss).unwrap()
}

fn number(row: &Value, field: &str) -> f64 {
    row[field].as_f64().unwrap_or_else(|| panic!("{field} in {row}"))
}

fn materials(report: &Value) -> Vec<String> {
    let changes = report["changes"].as_array().unwrap().iter();
    changes.filter(|change| change["material"] == "yes").map(|change| change["metric"].to_string()).collect()
}

/// A trace of some thousand requests drawn with this seed.
fn drawn(folder: &Path, seed: u64) -> String {
    let recipe = folder.join(format!("{seed}.toml"));
    let toml = format!(
        "seed = {seed}\nrequests = 40_000\n[arrivals]\nrate = \"200/s\"\nspacing = \"poisson\"\n[keys]\ncount = 2000\nzipf = 0.9\none_hit_wonders = 0.05\n"
    );
    std::fs::write(&recipe, toml).unwrap();
    let path = folder.join(format!("{seed}.parquet")).to_str().unwrap().to_string();
    text(&["synth", recipe.to_str().unwrap(), "-o", &path]);
    path
}

/// The mean's noise, where windows are correlated as those of real traffic: its nominal 95 % against draws with no difference.
#[test]
fn a_mean_that_does_not_change_is_seldom_said_to() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(7);
    let mut side = |count: usize, keep: f64| -> Vec<Window> {
        let mut level = 0.0;
        let mut next = || {
            level = keep * level + random.random::<f64>() - 0.5;
            Window { sum: 100.0 + 20.0 * level, requests: 1000.0 }
        };
        (0..20).for_each(|_| {
            next();
        });
        (0..count).map(|_| next()).collect()
    };
    for (count, keep, most) in [(13, 0.0, 0.10), (60, 0.0, 0.09), (60, 0.5, 0.13), (400, 0.8, 0.10)] {
        for paired in [true, false] {
            let wrong = (0..400).filter(|_| {
                let (one, other) = (side(count, keep), side(count, keep));
                means::change(&one, &other, paired).unwrap().log_change.leaves_out_zero()
            });
            let share = wrong.count() as f64 / 400.0;
            assert!(share <= most && share > 0.005, "{count} windows, {keep}, paired {paired}: {share}");
        }
    }
}

/// What both sides have in common is no noise: a difference of 2 % shows below waves of 20 %.
#[test]
fn pairing_finds_what_waves_would_hide() {
    let wave = |t: usize| 100.0 * (1.0 + 0.2 * (t as f64 / 9.0).sin());
    let baseline: Vec<Window> = (0..100).map(|t| Window { sum: wave(t), requests: 1000.0 }).collect();
    let candidate: Vec<Window> =
        (0..100).map(|t| Window { sum: 1.02 * wave(t) + [0.3, -0.3][t % 2], requests: 1000.0 }).collect();
    let paired = means::change(&baseline, &candidate, true).unwrap().log_change;
    assert!(paired.low > 0.015 && paired.high < 0.025, "{paired:?}");
    assert!(!means::change(&baseline, &candidate, false).unwrap().log_change.leaves_out_zero());
    assert_eq!(means::change(&baseline[..7], &candidate[..7], true), None, "too few windows");
}

#[test]
fn an_extreme_that_does_not_change_is_seldom_said_to() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(8);
    // Heavy tails: the largest of twenty is often twice the next.
    let mut side = || -> Vec<f64> { (0..20).map(|_| (1.0 - random.random::<f64>()).powf(-0.7)).collect() };
    let most = |values: &[f64], drawn: &[usize]| drawn.iter().map(|i| values[*i]).fold(0.0, f64::max);
    for paired in [true, false] {
        let stretches = Stretches { baseline: 20, candidate: 20, paired };
        let wrong = (0..300).filter(|_| {
            let (one, other) = (side(), side());
            let band = stretches.change(|a, b| (most(&other, b) / most(&one, a)).ln()).unwrap();
            band.with((most(&other, &(0..20).collect::<Vec<_>>()) / most(&one, &(0..20).collect::<Vec<_>>())).ln())
                .leaves_out_zero()
        });
        assert!(wrong.count() <= 15, "paired {paired}");
    }
    // A change that shows everywhere is found.
    let (one, stretches) = (side(), Stretches { baseline: 20, candidate: 20, paired: true });
    let band = stretches.change(|a, b| 1.1 * most(&one, b) / most(&one, a) - 1.0).unwrap();
    assert!((band.low - 0.1).abs() < 1e-9 && (band.high - 0.1).abs() < 1e-9, "{band:?}");
    assert!(Stretches { baseline: 7, candidate: 7, paired: true }.change(|_, _| 0.0).is_none());
}

#[test]
fn the_same_policy_with_other_seeds_does_not_change() {
    let folder = tempfile::tempdir().unwrap();
    let trace = drawn(folder.path(), 1);
    let mut called = Vec::new();
    for seed in 1..=12 {
        let (one, other) = (format!("random:seed={seed}"), format!("random:seed={}", 100 + seed));
        let report = json(&["compare", &trace, "--baseline", &one, "--candidate", &other, "--quick", "-b", "60/s"]);
        assert!(report["verdict"]["material"].is_boolean());
        assert_eq!(report["noise"]["stretches"], 20);
        if report["verdict"]["material"] == true {
            called.push((seed, materials(&report)));
        }
    }
    // One in twenty is expected.
    assert!(called.len() <= 2, "{called:?}");
}

#[test]
fn two_draws_of_the_same_traffic_do_not_change() {
    let folder = tempfile::tempdir().unwrap();
    let saved = |seed: u64| {
        let (trace, report) = (drawn(folder.path(), seed), folder.path().join(format!("{seed}.json")));
        let report = report.to_str().unwrap().to_string();
        text(&["gap", &trace, "-p", "lru", "-c", "200obj", "-b", "80/s", "--horizon", "60s", "-o", &report]);
        report
    };
    let reports: Vec<String> = (1..=6).map(saved).collect();
    let mut called = Vec::new();
    for pair in reports.windows(2) {
        let report = json(&["compare", &pair[0], &pair[1], "--force"]);
        assert_eq!(report["noise"]["paired"], false);
        assert!(report["head"].is_null() && report["warnings"][0].as_str().unwrap().contains("different traces"));
        if report["verdict"]["material"] == true {
            called.push(materials(&report));
        }
    }
    assert!(called.len() <= 1, "{called:?}");
    let refused = fails(2, &["compare", &reports[0], &reports[1]]);
    assert!(
        refused.contains("the reports saw different traces")
            && refused.contains("hint: ")
            && refused.contains("--force")
    );
}

#[test]
fn what_differs_is_found_and_the_trap_is_priced() {
    let arguments = ["compare", ARTICLE, "--baseline", "lru", "--candidate", "sieve", "-b", "330/s", "--quick"];
    let report = json(&arguments);
    for (metric, direction) in
        [("miss_ratio", "better"), ("advertised", "better"), ("gap", "worse"), ("loss_survived", "better")]
    {
        let change = change(&report, metric, None);
        assert_eq!((&change["material"], &change["direction"]), (&"yes".into(), &direction.into()), "{change}");
        assert!(number(change, "noise_low") <= number(change, "change_absolute"));
        assert!(number(change, "change_absolute") <= number(change, "noise_high"));
    }
    // definitions.md: eviction does not move hidden capacity, and none of the saving is left if all must be survived.
    assert_eq!(change(&report, "hidden", None)["material"], "no");
    assert_eq!(change(&report, "least_backend", Some(1.0))["material"], "no");
    let decisions = report["decisions"].as_array().unwrap();
    let is: Vec<f64> = decisions.iter().map(|decision| number(decision, "is_ratio")).collect();
    assert!(is.is_sorted_by(|a, b| a >= b), "{is:?}");

    // Both sides as gap has them, in one report, and the cut backend.
    let gap = json(&["gap", ARTICLE, "-p", "lru,sieve", "-b", "330/s", "--quick"]);
    let cell = |report: &Value, policy: &str| {
        let rows = report["rows"].as_array().unwrap();
        rows.iter().find(|row| row["policy"] == policy && row["loss_ratio"] == 0.0).unwrap().clone()
    };
    for (side, policy) in [("baseline", "lru"), ("candidate", "sieve")] {
        let row = cell(&gap, policy);
        for (metric, field) in [
            ("miss_ratio", "miss_ratio"),
            ("advertised", "advertised_per_second"),
            ("hidden", "hidden_safe_per_second"),
            ("gap", "gap_ratio"),
            ("loss_survived", "loss_survived_ratio"),
            ("refill", "refill_seconds"),
        ] {
            assert_eq!(change(&report, metric, None)[side], row[field], "{metric}");
        }
    }
    let banked = &report["banked"];
    let saving = 1.0 - number(&cell(&gap, "sieve"), "miss_ratio") / number(&cell(&gap, "lru"), "miss_ratio");
    assert!((number(banked, "cut_ratio") - saving).abs() < 1e-9);
    let cut =
        json(&["gap", ARTICLE, "-p", "sieve", "-b", &format!("{}/s", number(banked, "backend_per_second")), "--quick"]);
    let cut = cell(&cut, "sieve");
    assert_eq!(banked["loss_survived_ratio"], cut["loss_survived_ratio"]);
    assert_eq!(banked["hidden_safe_per_second"], cut["hidden_safe_per_second"]);
    assert!(number(banked, "hidden_change_ratio") < -0.3 && number(banked, "gap_change_ratio") > 0.3);
    let shown = text(&arguments);
    assert!(shown.contains("If you bank the saving") && shown.contains("No material change"), "{shown}");
}

#[test]
fn sizes_and_services_are_compared() {
    let larger = json(&["compare", BURST, "-c", "5%", "--candidate-cache", "20%", "--quick", "-b", "70/s"]);
    assert_eq!(change(&larger, "miss_ratio", None)["direction"], "better");
    let differs: Vec<&str> =
        larger["differences"].as_array().unwrap().iter().map(|one| one["what"].as_str().unwrap()).collect();
    assert_eq!(differs, ["cache"]);
    // Twice as patient: misses stay to the last one, hidden capacity rises.
    let patient = json(&["compare", BURST, "-b", "70/s", "--timeout", "1s", "--candidate-timeout", "2s", "--quick"]);
    assert_eq!(number(change(&patient, "miss_ratio", None), "change_absolute"), 0.0);
    assert_eq!(change(&patient, "miss_ratio", None)["material"], "no");
    assert_eq!(change(&patient, "hidden", None)["direction"], "better");
    let differs = serde_json::json!([{ "what": "timeout", "baseline": "1 s", "candidate": "2 s" }]);
    assert_eq!(patient["differences"], differs);
    let short = ["compare", BURST, "-b", "70/s", "--quick"];
    let other = ["--candidate-queue", "lifo", "--candidate-service", "constant", "--candidate-abandoned", "leaves"];
    let queued = json(&[&short[..], &other[..]].concat());
    let differs = serde_json::json!([
        { "what": "service times scatter", "baseline": "constant and exponential", "candidate": "constant" },
        { "what": "queue", "baseline": "unbounded", "candidate": "lifo" },
        { "what": "abandoned work", "baseline": "finished", "candidate": "leaves" },
    ]);
    assert_eq!(queued["differences"], differs);
    let retries = json(&["compare", BURST, "-b", "70/s", "--candidate-retries", "1", "--quick"]);
    assert_eq!(number(change(&retries, "floor_long_run", None), "change_ratio"), -0.5);
    assert_eq!(change(&retries, "floor_long_run", None)["direction"], "worse");
    assert!(number(change(&retries, "amplification", None), "change_ratio") == 1.0);
}

#[test]
fn saved_reports_say_the_same_as_the_trace() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_string();
    let (both, one, other) = (path("both.json"), path("one.json"), path("other.json"));
    text(&["gap", BURST, "-p", "lru,sieve", "-b", "70/s", "-o", &both]);
    text(&["gap", BURST, "-p", "lru", "-b", "70/s", "--quick", "-o", &one]);
    text(&["gap", BURST, "-p", "sieve", "-b", "70/s", "--quick", "-o", &other]);
    let of_trace = json(&["compare", BURST, "--baseline", "lru", "--candidate", "sieve", "-b", "70/s"]);
    let of_one = json(&["compare", &both, "--candidate", "sieve"]);
    assert_eq!(of_trace["changes"], of_one["changes"]);
    // Without stretches only what windows say has a noise, and nothing else is called a change.
    let of_two = json(&["compare", &one, &other]);
    assert_eq!(change(&of_two, "miss_ratio", None), change(&of_trace, "miss_ratio", None));
    for change in of_two["changes"].as_array().unwrap() {
        let known = ["miss_ratio", "miss_ratio_worst_window", "amplification", "floor_long_run"];
        if !known.contains(&change["metric"].as_str().unwrap()) {
            assert_eq!((&change["material"], &change["direction"]), (&"unknown".into(), &"neither".into()), "{change}");
        }
    }
    // A comparison comes back from its file, in every form.
    let (saved, table, page) = (path("compare.json"), path("compare.csv"), path("compare.md"));
    text(&["compare", &one, &other, "-o", &saved, "-o", &table, "-o", &page, "-o", &path("compare.html")]);
    assert_eq!(text(&["report", &saved, "-o", "-"]), std::fs::read_to_string(&saved).unwrap());
    assert_eq!(text(&["report", &saved]), text(&["compare", &one, &other]));
    let rows = csv::Reader::from_path(&table).unwrap().into_records().count();
    assert_eq!(rows, of_two["changes"].as_array().unwrap().len());
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("sieve instead of lru") && page.contains("<details>"), "{page}");

    let same = fails(2, &["compare", &one]);
    assert!(same.contains("no candidate in it") && same.contains("hint: "), "{same}");
    let missing = fails(2, &["compare", &one, &other, "--candidate", "fifo"]);
    assert!(missing.contains("holds no fifo") && missing.contains("sieve"), "{missing}");
    assert!(fails(2, &["compare", &one, BURST]).contains("one or two saved reports"));
    assert!(fails(2, &["compare", BURST]).contains("baseline and candidate are the same"));
    assert!(fails(2, &["compare", &saved, &one]).contains("a report of coldgap compare"));
    assert!(fails(2, &["compare", &one, &other, "--candidate-cache", "5%"]).contains("compare on the trace"));
}

#[test]
fn gates_on_changes() {
    let arguments =
        ["compare", BURST, "--baseline", "lru", "--candidate", "sieve", "-b", "70/s", "--quick", "--fail-if"];
    text(&[&arguments[..], &["gap_increase > 500%"]].concat());
    fails(1, &[&arguments[..], &["gap_increase > 5%"]].concat());
    fails(1, &[&arguments[..], &["worse > 0"]].concat());
    let unknown = fails(2, &[&arguments[..], &["gap_increas > 5%"]].concat());
    assert!(unknown.contains("gap_increase"), "{unknown}");
}
