//! `coldgap synth` as people run it.

use assert_cmd::Command;
use coldgap::trace::synthetic::recipe::EXAMPLE;
use std::path::Path;
use tempfile::TempDir;

/// Runs synth in a folder; exit code and standard error.
fn synth(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::cargo_bin("coldgap").unwrap();
    let output = command.current_dir(folder).arg("synth").args(arguments).output().unwrap();
    assert!(output.stdout.is_empty());
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

/// A folder with the example recipe, one part of it replaced.
fn folder(from: &str, to: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    assert!(EXAMPLE.contains(from), "{from}");
    let recipe = EXAMPLE.replacen("1_000_000 ", "1000 ", 1).replacen(from, to, 1);
    std::fs::write(folder.path().join("recipe.toml"), recipe).unwrap();
    folder
}

#[test]
fn the_same_recipe_gives_the_same_bytes_and_seed_overrides_its_own() {
    let folder = folder("", "");
    let path = |name: &str| folder.path().join(name);
    for (name, seed) in [("a.csv", "1"), ("b.csv", "2")] {
        let (code, said) = synth(folder.path(), &["recipe.toml", "-o", name, "--seed", seed]);
        assert_eq!(code, 0, "{said}");
        assert!(said.contains("1,000 requests"), "{said}");
    }
    assert_eq!(synth(folder.path(), &["recipe.toml", "-o", "c.csv"]).0, 0);
    let bytes = |name: &str| std::fs::read(path(name)).unwrap();
    assert_eq!(bytes("a.csv"), bytes("c.csv"));
    assert_ne!(bytes("a.csv"), bytes("b.csv"));
}

#[test]
fn a_bad_recipe_is_refused_with_place_field_and_hint_and_leaves_no_file() {
    let bad = [
        ("seed = 1", "sede = 1", "unknown field `sede`"),
        ("seed = 1", "", "missing field `seed`"),
        ("requests = ", "requests = -", "requests = -1000"),
        ("\"3000/s\"", "\"-3000/s\"", "rate = \"-3000/s\""),
        ("\"3000/s\"", "\"3GB/s\"", "requests are counted"),
        ("\"3000/s\"", "\"0.0000001/h\"", "arrivals.rate"),
        ("count = 100_000", "count = 0", "count = 0"),
        ("count = 100_000", "count = 1e300", "count = 1e300"),
        ("zipf = 1.0", "zipf = nan", "zipf = nan"),
        ("zipf = 1.0", "zipf = -0.5", "zipf = -0.5"),
        ("one_hit_wonders = 0.02", "one_hit_wonders = 1.5", "one_hit_wonders = 1.5"),
        ("drift = 0.05", "drift = inf", "drift = inf"),
        ("swing = 0.5", "swing = 2", "swing = 2"),
        ("period = \"24h\"", "period = \"1ms\"", "arrivals.diurnal.period"),
        ("lasting = \"20s\"", "lasting = \"1h\"", "arrivals.burst.lasting"),
        ("times = 3.0", "times = 0.5", "times = 0.5"),
        ("share = 0.5 ", "share = 0.0 ", "share must be above 0"),
        ("keys = 20_000", "keys = 20_000_000", "keys.scan"),
        ("mean = \"4KiB\"", "mean = \"4 elephants\"", "4 elephants"),
        ("spread = 1.0", "spread = -1", "spread = -1"),
        ("set = 0.05", "set = 0.995", "operations.set"),
        ("set = 0.05", "set = 0.0", "ttl.on_gets"),
        ("share = 0.6", "share = 0.7", "ttl.values"),
        ("\"60s\"", "\"0.5s\"", "whole number of seconds"),
        ("2026-03-02T00:00:00Z", "1900-03-02T00:00:00Z", "1900-03-02T00:00:00Z"),
        ("[keys]", "[keys", "line 22"),
    ];
    for (from, to, named) in bad {
        let folder = folder(from, to);
        let (code, said) = synth(folder.path(), &["recipe.toml", "-o", "out.csv"]);
        assert_eq!(code, 2, "{to}: {said}");
        assert!(said.starts_with("error: recipe.toml"), "{to}: {said}");
        assert!(said.contains(named), "{to}: {said}");
        assert!(said.contains("\nhint: "), "{to}: {said}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "{to} left a file");
    }
}

#[test]
fn targets_that_cannot_be_written_are_refused_before_the_work() {
    let folder = folder("", "");
    for (target, named) in [("out.docx", "ending"), ("out", "ending"), ("nowhere/out.csv", "nowhere"), (".", "ending")]
    {
        let (code, said) = synth(folder.path(), &["recipe.toml", "-o", target]);
        assert_eq!(code, 2, "{target}: {said}");
        assert!(said.contains(named) && said.contains("hint: "), "{target}: {said}");
    }
    let (code, said) = synth(folder.path(), &["absent.toml", "-o", "out.csv"]);
    assert_eq!(code, 2);
    assert!(said.contains("absent.toml") && said.contains("hint: "), "{said}");
}

#[test]
fn a_format_that_cannot_hold_the_trace_is_refused() {
    let folder = folder("", "");
    for (target, named) in [("out.oracleGeneral", "operations"), ("out.log", "neither sets")] {
        let (code, said) = synth(folder.path(), &["recipe.toml", "-o", target]);
        assert_eq!(code, 2, "{target}: {said}");
        assert!(said.contains(named) && said.contains("hint: "), "{target}: {said}");
        assert!(!folder.path().join(target).exists());
    }
}
