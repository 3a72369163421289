//! `--fail-if` as a build meets it: what passes, what fails and with which exit code, what is refused before the work.

use assert_cmd::Command;
use serde_json::Value;

const BURST: &str = "traces/burst.csv";
const NO_TRACE: &str = "docs/images/answers.png";
const ARTICLE: &str = "traces/article.parquet";

/// The exit code, standard output and standard error.
fn run(arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coldgap"));
    let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// `gap --quick` on the small trace with these gates.
fn gap(gates: &[&str]) -> (i32, String, String) {
    run(&with(&["gap", BURST, "--quick", "-p", "lru,s3fifo", "-b", "300/s"], gates))
}

fn with<'a>(arguments: &[&'a str], gates: &[&'a str]) -> Vec<&'a str> {
    arguments.iter().copied().chain(gates.iter().flat_map(|gate| ["--fail-if", gate])).collect()
}

fn number(report: &Value, policy: &str, loss: f64, field: &str) -> f64 {
    let rows = report["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["policy"] == policy && row["loss_ratio"] == loss).unwrap();
    row[field].as_f64().unwrap_or_else(|| panic!("{field} is null in {row}"))
}

/// The number that a gate looks at, in the unit that its limits are written in.
fn limit(value: f64, unit: &str) -> String {
    let value = if unit == "%" { value * 100.0 } else { value };
    format!("{value}{unit}")
}

#[test]
fn a_gate_decides_at_the_reports_own_number() {
    let json = run(&["gap", BURST, "--quick", "-p", "lru,s3fifo", "-b", "300/s", "-o", "-"]).1;
    let report: Value = serde_json::from_str(&json).unwrap();
    for (name, policy, loss, column, unit) in [
        ("gap", "lru", 0.0, "gap_ratio", "x"),
        ("s3fifo.gap_ratio", "s3fifo", 0.0, "gap_ratio", "x"),
        ("gap_per_second", "lru", 0.0, "gap_per_second", "/s"),
        ("hidden", "lru", 0.0, "hidden_safe_per_second", "/s"),
        ("hidden_safe", "lru", 0.0, "hidden_safe_per_second", "/s"),
        ("s3fifo.advertised", "s3fifo", 0.0, "advertised_per_second", "/s"),
        ("s3fifo.widening", "s3fifo", 0.0, "widening_ratio", "%"),
        ("lru.loss_survived", "lru", 0.0, "loss_survived_ratio", "%"),
        ("least_backend(12.5%)", "lru", 0.125, "least_backend_per_second", "/s"),
        ("s3fifo.least_backend_per_second(100%)", "s3fifo", 1.0, "least_backend_per_second", "/s"),
        ("safe_cut(0%)", "lru", 0.0, "safe_cut_ratio", "%"),
        ("s3fifo.reclaimable(50%)", "s3fifo", 0.5, "reclaimable_ratio", "%"),
        ("miss_ratio", "lru", 0.0, "miss_ratio", ""),
        ("misses", "lru", 0.0, "misses", ""),
        ("transient_misses", "lru", 0.0, "transient_misses", ""),
    ] {
        let value = number(&report, policy, loss, column);
        let nudge = value.abs() * 1e-6;
        // Read before the run and compared after it: below, at and above the value that the report gives.
        let [below, above] = [value - nudge, value + nudge].map(|value| limit(value, unit));
        for (operator, at, code) in [(">", &below, 1), (">", &above, 0), ("<", &below, 0), ("<", &above, 1)] {
            let gate = format!("{name} {operator} {at}");
            assert_eq!(gap(&[&gate]).0, code, "{gate}");
        }
    }
    let misses = number(&report, "lru", 0.0, "misses");
    for (operator, code) in [(">=", 1), ("<=", 1), ("==", 1), ("!=", 0), (">", 0), ("<", 0)] {
        assert_eq!(gap(&[&format!("misses {operator} {misses}")]).0, code, "{operator}");
    }
}

#[test]
fn what_failed_is_told_everywhere_and_everything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let [json, csv] = ["a.json", "a.csv"].map(|name| folder.path().join(name).to_str().unwrap().to_string());
    let gates = ["gap > 1.001x", "s3fifo.hidden < 1/s", "hidden_95 < 1/s"];
    let (code, text, error) = gap(&gates);
    assert_eq!(code, 1, "{error}");
    let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("no {what} in\n{text}"));
    assert!(at("BACKEND NEEDED") < at("GATES") && at("GATES") < at("More:"));
    assert!(text.contains("FAIL  gap > 1.001x") && text.contains("pass  s3fifo.hidden < 1/s"), "{text}");
    assert!(text.contains("hidden_95 of lru is unknown (not simulated"), "{text}");
    assert!(error.starts_with("error: 2 of 3 gates failed: gap > 1.001x (gap of lru is "), "{error}");
    assert!(error.contains("hidden_95 < 1/s") && !error.contains("s3fifo"), "{error}");

    let arguments = ["gap", BURST, "--quick", "-p", "lru,s3fifo", "-b", "300/s", "-o", &json, "-o", &csv, "-o", "-"];
    let (code, printed, _) = run(&with(&arguments, &gates));
    let written = std::fs::read_to_string(&json).unwrap();
    assert_eq!((code, &printed), (1, &written));
    assert!(std::fs::read_to_string(&csv).unwrap().lines().count() > 10);
    let report: Value = serde_json::from_str(&written).unwrap();
    let rows = report["gates"].as_array().unwrap();
    assert_eq!(rows.len(), 3);
    for (row, (expression, passed, known)) in
        rows.iter().zip([(gates[0], false, "number"), (gates[1], true, "number"), (gates[2], false, "unknown")])
    {
        assert_eq!((&row["expression"], &row["passed"]), (&expression.into(), &passed.into()));
        assert_eq!((&row["known"], row["value"].is_null()), (&known.into(), known != "number"));
    }
    assert_eq!(rows[0]["field"], "gap_ratio");
    assert_eq!((&rows[0]["limit"], &rows[0]["operator"]), (&1.001.into(), &">".into()));
    assert_eq!(rows[0]["value"], number(&report, "lru", 0.0, "gap_ratio"));

    assert_eq!(gap(&["gap > 100x", "s3fifo.hidden < 1/s"]).0, 0);
    assert!(!gap(&[]).1.contains("GATES"));
}

#[test]
fn every_trace_and_size_must_pass_and_the_failing_one_is_named() {
    let sizes = ["gap", BURST, "--quick", "-p", "fifo,lru", "-b", "300/s", "-c", "5%,50%"];
    let (_, json, _) = run(&[&sizes[..], &["-o", "-"]].concat());
    let report: Value = serde_json::from_str(&json).unwrap();
    let ratios: Vec<f64> = report["rows"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["policy"] == "lru" && row["loss_ratio"] == 0.0)
        .map(|row| row["miss_ratio"].as_f64().unwrap())
        .collect();
    let gate = format!("miss_ratio > {}", (ratios[0] + ratios[1]) / 2.0);
    let (code, text, error) = run(&with(&sizes, &[&gate]));
    let small = report["rows"][0]["cache_capacity_objects"].as_u64();
    let small = small.map_or_else(|| report["rows"][0]["cache_capacity_bytes"].to_string(), |size| size.to_string());
    assert_eq!(code, 1, "{text}");
    assert!(error.contains("1 of 2 gates failed") && error.contains("of lru with "), "{error}");
    assert!(error.replace(',', "").contains(&small), "{error} names {small}");

    // A replay has no baseline: all of its policies are meant, on each trace.
    let (code, text, _) =
        run(&["replay", "--each", BURST, ARTICLE, "-p", "fifo,lru", "--fail-if", "miss_ratio > 99.9%"]);
    assert_eq!((code, text.matches("pass  ").count()), (0, 4), "{text}");
    assert!(text.contains(&format!("of fifo with 3,006 objects on {ARTICLE}")), "{text}");
    assert_eq!(run(&["replay", BURST, "-p", "fifo,lru", "--fail-if", "lru.miss_ratio > 0.1%"]).0, 1);
}

#[test]
fn without_limit_is_more_than_any_limit_and_unknown_is_a_failure() {
    // Everything fits: once warm nothing misses, so that warm traffic needs no backend at all.
    let folder = tempfile::tempdir().unwrap();
    let cycle = folder.path().join("cycle.csv");
    let lines: String = (0..20_000).map(|i| format!("{}.{:03},k{}\n", i / 1000, i % 1000, i % 400)).collect();
    std::fs::write(&cycle, format!("time,key\n{lines}")).unwrap();
    let all = ["gap", cycle.to_str().unwrap(), "--quick", "-p", "lru", "-b", "300/s", "-c", "100%"];
    let (_, json, _) = run(&[&all[..], &["-o", "-"]].concat());
    let report: Value = serde_json::from_str(&json).unwrap();
    assert!(report["rows"][0]["advertised_per_second"].is_null(), "{}", report["rows"][0]);
    for (gate, code) in [
        ("advertised < 1000000000/s", 0),
        ("advertised > 1000000000/s", 1),
        ("amplification > 1000000x", 1),
        ("reclaimable(12.5%) < 0%", 1),
        ("reclaimable(12.5%) > 0%", 1),
    ] {
        let (found, text, error) = run(&with(&all, &[gate]));
        assert_eq!(found, code, "{gate}: {text}{error}");
    }
}

#[test]
fn the_simulated_outage_of_gap_has_numbers_for_gates() {
    let flushed = ["gap", ARTICLE, "-p", "lru", "-b", "350/s"];
    let (_, json, _) = run(&[&flushed[..], &["-o", "-"]].concat());
    let report: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["rows"][0]["recovers"], false, "{}", report["rows"][0]);
    let nodes = number(&report, "lru", 0.0, "nodes_needed");
    let gates = [
        ("recovery > 1000d".to_string(), false),
        ("escape > 1_000_000/s".to_string(), true),
        ("shed > 0%".to_string(), false),
        ("user_seconds_lost < 1s".to_string(), true),
        (format!("nodes_needed > {nodes}"), true),
        (format!("nodes_needed >= {nodes}"), false),
        ("load_limit(100%) > 1_000_000/s".to_string(), true),
        ("growth(100%) < 0%".to_string(), false),
    ];
    let expressions: Vec<&str> = gates.iter().map(|(gate, _)| gate.as_str()).collect();
    let saved = tempfile::Builder::new().suffix(".json").tempfile().unwrap();
    std::fs::write(saved.path(), &json).unwrap();
    let path = saved.path().to_str().unwrap();
    let (code, judged, error) = run(&with(&["report", path, "-o", "-"], &expressions));
    assert_eq!(code, 1, "{error}");
    assert!(error.contains("4 of 8 gates failed"), "{error}");
    let rows: Value = serde_json::from_str(&judged).unwrap();
    for ((gate, passes), row) in gates.iter().zip(rows["gates"].as_array().unwrap()) {
        assert_eq!(&row["passed"], passes, "{gate}: {row}");
    }
    // Without gates of its own the command shows those that were saved, and does not fail.
    std::fs::write(saved.path(), judged).unwrap();
    let (code, text, _) = run(&["report", path]);
    assert_eq!((code, text.contains("recovery > 1000d")), (0, true));
    let quick = run(&["gap", BURST, "--quick", "-b", "300/s", "--fail-if", "shed > 100%"]);
    assert!(quick.0 == 1 && quick.2.contains("not simulated"), "{}", quick.2);
}

#[test]
fn an_outage_that_stays_never_recovers() {
    let down = ["outage", ARTICLE, "-b", "350/s", "--quick", "--horizon", "2min"];
    let (code, text, error) = run(&with(&down, &["recovery > 60s", "shed > 0%", "s3fifo.load < 1/s"]));
    assert_eq!(code, 2, "{text}");
    assert!(error.contains("which is not among lru"), "{error}");
    let (code, text, error) = run(&with(&down, &["recovery > 60s", "load < 1/s"]));
    assert_eq!(code, 1, "{text}");
    assert!(error.contains("1 of 2 gates failed: recovery > 60s (recovery of lru is without limit)"), "{error}");
    let (code, _, error) =
        run(&["outage", BURST, "-b", "auto", "--lose", "1%", "--quick", "--fail-if", "recovery > 10min"]);
    assert_eq!(code, 0, "{error}");
}

/// Standard error of gates that are refused, before anything is read: the file is no trace.
fn refused(gate: &str) -> String {
    let (code, text, error) = run(&["gap", NO_TRACE, "-p", "lru,s3fifo", "-b", "300/s", "--fail-if", gate]);
    assert_eq!((code, text.as_str()), (2, ""), "{gate}: {error}");
    assert!(!error.contains(NO_TRACE), "{gate} was not looked at first: {error}");
    error
}

#[test]
fn what_is_no_gate_is_refused_before_the_work_with_a_way_out() {
    for (gate, wanted) in [
        ("gap", "is no gate"),
        ("gap >", "is no gate"),
        ("> 3x", "is no gate"),
        ("gap = 3x", "with one of < <= > >= == !="),
        ("gap 3x", "is no gate"),
        ("", "is no gate"),
        ("hiden < 1200/s", "did you mean hidden?"),
        ("gapp > 3x", "did you mean gap?"),
        ("wideningg > 3%", "did you mean widening?"),
        ("frobnication > 3x", "--help lists"),
        ("policy > 3x", "no number 'policy'"),
        ("s3fif.gap > 3x", "did you mean s3fifo?"),
        ("sieve.gap > 3x", "not among lru, s3fifo"),
        ("hidden < 3x", "hidden is requests a second, like 1200/s"),
        ("hidden < 1200", "like 1200/s"),
        ("hidden < 12MB/s", "like 1200/s"),
        ("gap > 300%", "gap is a factor, like 3x"),
        ("gap > NaNx", "gap is a factor"),
        ("loss_survived < 3x", "a share, like 12.5%"),
        ("refill > 3x", "a length of time, like 60s"),
        ("misses > 5/s", "a count"),
        ("least_backend > 400/s", "least_backend(12.5%)"),
        ("least_backend(12.5%) > 40MB/s", "answers a second, like 400/s"),
        ("least_backend(33%) > 400/s", "--lose 33/100"),
        ("least_backend(x) > 400/s", "write it like 1/6, 16.7%, 2/6 or 100%"),
        ("gap(5%) > 3x", "write it as gap alone"),
    ] {
        let error = refused(gate);
        assert!(error.contains(wanted), "{gate}: {error}");
        assert!(error.contains("hint: ") && !error.contains("a bug"), "{gate}: {error}");
    }
    let bytes = ["gap", NO_TRACE, "-b", "3MB/s", "--fail-if", "least_backend(12.5%) > 400/s"];
    assert!(run(&bytes).2.contains("bytes a second, like 250MB/s"));
}

#[test]
fn names_of_policies_are_read_as_everywhere() {
    let sized = ["gap", BURST, "--quick", "-b", "300/s", "-p", "lru,s3fifo:small=20%", "-o", "-"];
    let (code, json, error) = run(&with(&sized, &["s3fifo:small=20%.gap > 0x"]));
    assert_eq!(code, 1, "{error}");
    let report: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["gates"][0]["policy"], "s3fifo:small=20%");
    assert!(run(&with(&sized, &["s3fifo.gap > 0x"])).2.contains("did you mean s3fifo:small=20%?"));
}

#[test]
fn help_lists_the_numbers() {
    for (command, names) in
        [("gap", &["hidden ", "least_backend(12.5%)", "(gap_ratio)"][..]), ("outage", &["recovery "])]
    {
        let help = run(&[command, "--help"]).1;
        assert!(names.iter().all(|name| help.contains(name)), "{help}");
    }
}
