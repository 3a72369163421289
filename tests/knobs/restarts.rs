//! What is called safe is what `coldgap outage` says of the same restarts.

use super::{SERVICE, report, rows};
use crate::outage_command::{number, text};
use serde_json::Value;

#[test]
fn restarts_are_as_safe_as_an_outage_says() {
    let load = "2000/s";
    let found = report("warmup", &["--load", load, "--shards", "8"]);
    let restarts = &found["restarts"];
    let moments = found["config"]["moments_seconds"].as_array().unwrap();
    let outage = |trigger: &str, at: &Value| -> Value {
        let at = format!("{}s", at.as_f64().unwrap());
        let flags = ["--quick", "--load", load, "--trigger", trigger, "--at", &at, "-o", "-"];
        serde_json::from_str(&text(&[&["outage"], &SERVICE[..], &flags].concat())).unwrap()
    };
    let felt =
        |trigger: &str| moments.iter().any(|at| number(&outage(trigger, at)["verdict"], "worst_success_ratio") < 0.97);
    let batch = number(restarts, "safe_batch_nodes");
    assert!((1.0..8.0).contains(&batch), "{batch}");
    assert!(!felt(&format!("shards:lost={batch},of=8")));
    assert!(felt("flush"));
    let safe = number(restarts, "safe_spacing_seconds");
    assert!(!felt(&format!("rolling-restart:nodes=8,interval={safe}s")));
    let shorter = rows(restarts, "spacings").iter().rev().find(|row| row["safe"] == false);
    if let Some(shorter) = shorter {
        assert!(number(shorter, "spacing_seconds") < safe);
        assert!(felt("rolling-restart:nodes=8,interval=100ms"));
    }
}
