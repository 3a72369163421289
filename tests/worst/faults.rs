//! What version 0.1.0 said of the worst moment and node, and what brute force found.

use assert_cmd::Command;
use serde_json::Value;

fn rows(arguments: &[&str]) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coldgap"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(["gap", "--quick", "-o", "-"]).args(arguments);
    let report: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
    report["rows"].as_array().unwrap().clone()
}

fn number(row: &Value, field: &str) -> f64 {
    row[field].as_f64().unwrap_or_else(|| panic!("{field} in {row}"))
}

/// It said 1013, having tried 21 moments; the worst of all lies between 947 and 956.
#[test]
fn hidden_is_that_of_the_worst_of_all_moments() {
    let rows = rows(&["traces/article.parquet", "-b", "333.403/s", "-p", "lru"]);
    let hidden = number(&rows[0], "hidden_safe_per_second");
    assert!((947.0 * 0.995..=956.0 * 1.005).contains(&hidden), "{hidden}");
    assert!(number(&rows[0], "hidden_safe_per_second_p01") >= hidden);
    assert!(number(&rows[0], "hidden_safe_per_second_p50") >= number(&rows[0], "hidden_safe_per_second_p01"));
}

/// It said that three nodes are enough, for the one draw that it tried; two of these three need more.
#[test]
fn every_node_is_lost_in_turn() {
    let rows = rows(&["traces/twitter_cluster4.parquet", "-b", "116.5/s", "-p", "lru", "--nodes", "3"]);
    let third = rows.iter().find(|row| row["loss"] == "1/3").unwrap();
    assert!(number(third, "least_backend_per_second") >= 122.0, "{third}");
    assert!(number(third, "least_backend_mildest_node_per_second") <= number(third, "least_backend_per_second"));
    assert!(number(third, "nodes_needed") > 3.0, "{third}");
}

/// It took the baseline's advertised load for the policy's own.
#[test]
fn a_banked_saving_is_judged_by_the_policy_s_own_advertised_load() {
    let article = ["traces/article.parquet", "-c", "3000obj", "-p", "lru,sieve", "-b"];
    let both = rows(&[&article[..], &["350/s"]].concat());
    let sieve = both.iter().find(|row| row["policy"] == "sieve").unwrap();
    let left = format!("{}/s", 350.0 * (1.0 - number(sieve, "naive_saving_ratio")));
    let there = rows(&[&article[..], &[&left]].concat());
    let there = there.iter().find(|row| row["policy"] == "sieve").unwrap();
    for (reclaimed, own) in [
        ("advertised_reclaimed_per_second", "advertised_per_second"),
        ("hidden_safe_reclaimed_per_second", "hidden_safe_per_second"),
    ] {
        assert!((number(sieve, reclaimed) / number(there, own) - 1.0).abs() < 0.01, "{reclaimed}: {sieve} {there}");
    }
}
