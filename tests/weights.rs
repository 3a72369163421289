//! What objects weigh: in a cache, in a footprint, in a summary and in a description the same.

use coldgap::analysis::Sweep;
use coldgap::policy::spec::parse_list;
use coldgap::trace::input::Input;
use coldgap::trace::native::Native;
use coldgap::trace::options::Role;
use coldgap::trace::profile::profile;
use coldgap::trace::source::Source;
use coldgap::trace::write::Form;
use coldgap::trace::{ReadOptions, Trace, parquet, read_input};
use coldgap::units::Ratio;
use std::fmt::Write;
use std::path::Path;

fn read(rows: &str) -> Trace {
    let input = Input::from_bytes("t.csv", format!("time,key,size\n{rows}").into_bytes()).unwrap();
    read_input(input, &ReadOptions::default()).unwrap().0
}

/// Misses of an LRU cache that is as large as the footprint.
fn misses_at_the_footprint(source: &Source) -> u64 {
    let sweep = Sweep {
        policies: parse_list("lru").unwrap(),
        sizes: vec!["100%".parse().unwrap()],
        ignore_size: false,
        warmup: Ratio::NONE,
        threads: 1,
    };
    sweep.run(source, None, &()).unwrap().cells[0].total.misses
}

/// As a native file.
fn native(trace: &Trace) -> tempfile::NamedTempFile {
    let mut file = tempfile::Builder::new().suffix(".parquet").tempfile().unwrap();
    parquet::write(trace, &mut file).unwrap();
    file
}

#[test]
fn a_cache_of_the_footprint_holds_objects_of_no_bytes_too() {
    // 1,000 objects, every other of 0 bytes, each asked for four times in a loop.
    let mut rows = String::new();
    for i in 0..4_000 {
        writeln!(rows, "{}.01,{},{}", i, i % 1_000, (i + 1) % 2).unwrap();
    }
    let trace = read(&rows);
    assert_eq!(trace.footprint_bytes(), Some(1_000));
    let file = native(&trace);
    let streamed = Source::open(&[file.path().to_path_buf()], &ReadOptions::default()).unwrap();
    assert!(matches!(streamed, Source::File(_)));
    assert_eq!(misses_at_the_footprint(&streamed), 1_000);
    assert_eq!(misses_at_the_footprint(&Source::from(trace)), 1_000);
}

#[test]
fn the_footprint_is_one_number_wherever_it_is_printed() {
    // a is 10, then 500, then 20 bytes; b is 7, then unknown.
    let trace = read("1.5,a,10\n2.5,b,7\n3.5,a,500\n4.5,a,20\n5.5,b,\n");
    assert_eq!(trace.footprint_bytes(), Some(507));
    assert_eq!(profile(&trace).footprint_bytes, Some(507));
    let file = native(&trace);
    assert_eq!(Native::open(file.path()).unwrap().unwrap().summary.footprint_bytes, Some(507));
}

/// Rows with a size, a cost that is always one, and a cost that is the size.
fn costed() -> String {
    let mut rows = "time,key,size,one,same\n".to_string();
    let mut state = 11u64;
    for i in 0..6_000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let random = state >> 33;
        let key = random % 900 * (random >> 20) / 2048;
        let size = 100 + key * 37 % 3_000;
        writeln!(rows, "{}.{:03},k{key},{size},1,{size}", i / 100, i % 100 * 10 + random % 10).unwrap();
    }
    rows
}

/// docs/definitions.md, "Misses of unequal cost": costs of one are answers, costs that are sizes are bytes, in every number.
#[test]
fn a_cost_is_an_answer_where_it_is_one_and_bytes_where_it_is_the_size() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("t.csv"), costed()).unwrap();
    let rows = |more: &[&str]| {
        let mut command = assert_cmd::Command::cargo_bin("coldgap").unwrap();
        let asked = [
            "gap",
            "t.csv",
            "-p",
            "lru,sieve",
            "--timeout",
            "500ms",
            "--service-time",
            "2ms",
            "--lose",
            "1/4,1/1",
            "-o",
            "-",
        ];
        let output = command.current_dir(folder.path()).args(asked).args(more).assert().success();
        let report: serde_json::Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
        let mut rows = report["rows"].as_array().unwrap().clone();
        let told: Vec<String> = rows[0]["backend_unit"].as_str().map(str::to_string).into_iter().collect();
        for row in rows.iter_mut().map(|row| row.as_object_mut().unwrap()) {
            row.retain(|name, _| !["backend_unit", "cost_missed", "cost_requested"].contains(&name.as_str()));
        }
        assert!(rows.iter().all(|row| {
            let [floor, hidden, advertised] = ["floor_per_second", "hidden_safe_per_second", "advertised_per_second"]
                .map(|field| row[field].as_f64().unwrap_or(f64::INFINITY));
            floor <= hidden && hidden <= advertised
        }));
        (told.concat(), rows)
    };
    let columns = "time=time,key=key,size=size";
    let (answers, plain) = rows(&["-b", "60/s"]);
    let (ones, costly) = rows(&["-b", "60ones/s", "--columns", &format!("{columns},cost=one")]);
    assert_eq!((answers.as_str(), ones.as_str()), ("answers", "ones"));
    assert_eq!(plain, costly);
    let (_, plain) = rows(&["-b", "90kB/s", "--quick"]);
    let (_, costly) = rows(&["-b", "90000parts/s", "--quick", "--columns", &format!("{columns},cost=same")]);
    assert_eq!(plain, costly);
    assert!(plain.iter().any(|row| row["hidden_safe_per_second"].is_number()), "they say something");
}

#[test]
fn a_row_of_blocks_is_a_chain_that_shares_its_cost() {
    let lines = "{\"timestamp\": 0, \"input_length\": 1300, \"hash_ids\": [1, 2, 3]}\n\
                 {\"timestamp\": 7, \"input_length\": 512, \"hash_ids\": [1]}\n\
                 {\"timestamp\": 9, \"input_length\": 600, \"hash_ids\": [1, 4]}\n";
    let read = |name: &str, bytes: &[u8], options: &ReadOptions| {
        read_input(Input::from_bytes(name, bytes.to_vec()).unwrap(), options).unwrap().0
    };
    let trace = read("t.jsonl", lines.as_bytes(), &ReadOptions::default());
    assert_eq!(trace.costs, Some(vec![512, 512, 276, 512, 512, 88]));
    assert_eq!(trace.chained, Some(vec![false, true, true, false, false, true]));
    // Where the source is not known, its blocks are equal.
    let other = lines.replace("hash_ids", "blocks");
    let columns = [(Role::Time, "timestamp"), (Role::Key, "blocks"), (Role::Cost, "input_length")];
    let columns = columns.map(|(role, name)| (role, name.to_string())).to_vec();
    let even = read("t.jsonl", other.as_bytes(), &ReadOptions { columns, ..ReadOptions::default() });
    assert_eq!(even.costs, Some(vec![434, 434, 432, 512, 300, 300]));
    // Written and read again it is the same; what cannot hold it says so.
    let folder = tempfile::tempdir().unwrap();
    for name in ["t.csv", "t.parquet", "t.arrow"] {
        let mut bytes = Vec::new();
        Form::of(&folder.path().join(name)).unwrap().write(&trace, &mut bytes).unwrap();
        let again = read(name, &bytes, &ReadOptions::default());
        assert_eq!(
            (again.costs, again.chained, again.fingerprint),
            (trace.costs.clone(), trace.chained.clone(), trace.fingerprint.clone()),
            "{name}"
        );
    }
    let refused = Form::of(Path::new("t.oracleGeneral")).unwrap().write(&trace, &mut Vec::new()).unwrap_err();
    assert!(refused.to_string().contains("neither costs nor chains"), "{refused}");
}

#[test]
fn what_is_no_cost_is_said_with_its_line() {
    let cost = |text: &str| {
        let columns = vec![(Role::Cost, "took".to_string())];
        let options = ReadOptions { columns, ..ReadOptions::default() };
        let input = Input::from_bytes("t.csv", format!("time,key,took\n1,a,{text}\n2,b,7\n").into_bytes()).unwrap();
        read_input(input, &options).map(|(trace, _)| trace)
    };
    assert_eq!(cost("0.2").unwrap().costs, Some(vec![1, 7]), "nothing costs less than it does");
    assert_eq!(cost("").unwrap().costs, Some(vec![0, 7]));
    let told = cost("-3").map_or_else(|error| error.to_string(), |trace| trace.notes.join(" "));
    assert!(told.contains("'-3' is no cost") && told.contains("line 2"), "{told}");
}
