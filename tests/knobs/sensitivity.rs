//! Which knobs move hidden capacity, and which do not.

use super::{report, rows};
use crate::outage_command::number;
use serde_json::Value;

#[test]
fn knobs_move_hidden_as_the_model_says() {
    let report = report("sensitivity", "180000", &[]);
    let all = rows(&report, "rows");
    let find = |knob: &str, setting: &str| -> &Value {
        let fits = |row: &&Value| row["knob"] == knob && row["setting"].as_str().unwrap().contains(setting);
        all.iter().find(fits).unwrap_or_else(|| panic!("{knob} {setting}"))
    };
    let factor = |knob: &str, setting: &str| number(find(knob, setting), "hidden_factor");
    assert_eq!(all[0]["knob"], "base");
    assert_eq!(number(&all[0], "hidden_factor"), 1.0);
    let advertised = number(&all[0], "advertised_per_second");
    // LIFO and a short queue bring it close to advertised; a queue that is longer than the timeout does nothing.
    for setting in ["LIFO", "(0.5 timeouts)"] {
        assert!(number(find("queue", setting), "hidden_50_per_second") > 0.8 * advertised, "{setting}");
    }
    assert!((0.9..1.1).contains(&factor("queue", "(2 timeouts)")));
    // Who waits longer is answered in time more often.
    let (half, twice) = (factor("timeout", "x0.5"), factor("timeout", "x2"));
    assert!(half < 1.0 && 1.0 < twice, "{half} {twice}");
    // For clients that wait 5 s the trace is too short: trials say nothing at the loads at which half would heal.
    assert!(find("timeout", "x5")["hidden_50_per_second"].is_null());
    let safe = |setting: &str| number(find("timeout", setting), "hidden_safe_per_second");
    assert!(safe("x2") < safe("x5"));
    for retries in ["1", "3"] {
        assert!(factor("retries", retries) <= 1.05, "{retries}");
    }
    assert!(factor("single_flight", "on") >= 1.0);
    assert!(factor("insert_rule", "late") > 1.1);
    let policies: Vec<f64> =
        all.iter().filter(|row| row["knob"] == "eviction").map(|row| number(row, "hidden_factor")).collect();
    assert_eq!(policies, [1.0; 4]);
    assert!(report["sentence"].as_str().unwrap().contains("No eviction policy moves it"));
    // But they move advertised.
    assert!(number(find("eviction", "fifo"), "advertised_per_second") < 0.95 * advertised);
    for row in all.iter().filter(|row| !row["hidden_safe_per_second"].is_null()) {
        let (safe, half) = (number(row, "hidden_safe_per_second"), row["hidden_50_per_second"].as_f64());
        assert!(half.is_none_or(|half| safe < 1.05 * half), "{row}");
    }
    assert!(find("queue", "LIFO")["hidden_safe_per_second"].is_null());
}
