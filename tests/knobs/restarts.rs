//! What is called safe is what `coldgap outage` says of the same restarts.

use super::{report, rows};
use crate::outage_command::number;

const LIMIT: &str = "300000";
const AT: &str = "15s";

/// Whether users feel it.
fn is_felt(trigger: &str) -> bool {
    let outage = report("outage", LIMIT, &["--quick", "--at", AT, "--trigger", trigger]);
    number(&outage["verdict"], "worst_success_ratio") < 0.97
}

#[test]
fn restarts_are_as_safe_as_an_outage_says() {
    let found = report("warmup", LIMIT, &["--at", AT, "--shards", "8"]);
    let restarts = &found["restarts"];
    let batch = number(restarts, "safe_batch_nodes");
    assert!((1.0..8.0).contains(&batch), "{batch}");
    assert!(!is_felt(&format!("shards:lost={batch},of=8")));
    assert!(is_felt("flush"));
    let safe = number(restarts, "safe_spacing_seconds");
    assert!(!is_felt(&format!("rolling-restart:nodes=8,interval={safe}s")));
    let shorter = rows(restarts, "spacings").iter().find(|row| row["safe"] == false).unwrap();
    let shorter = number(shorter, "spacing_seconds");
    assert!(shorter < safe);
    assert!(is_felt(&format!("rolling-restart:nodes=8,interval={shorter}s")));
}

/// Where the trace ends before the nodes are through, nothing is claimed.
#[test]
fn a_trace_that_is_too_short_leaves_the_spacing_unknown() {
    let found = report("warmup", "60000", &["--at", "10s", "--shards", "16"]);
    assert!(found["restarts"]["safe_spacing_seconds"].is_null());
    assert!(rows(&found["restarts"], "spacings").is_empty());
    assert!(found["sentence"].as_str().unwrap().contains("may restart is unknown: the trace is too short"));
}
