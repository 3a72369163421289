//! The numbers of the outage model.

use super::{Made, model, outage};

#[test]
fn a_flush_heals_at_a_low_load_and_not_at_a_high_one() {
    let made = Made::zipf(1.0, 100_000, 300_000, 1000.0, 1);
    for (load, heals) in [(0.55, true), (0.75, false)] {
        let windows = outage("lru", 43_016, &made.scenario(0, load, model(300.0, 1.0, 0.1, 0), 1), 60.0);
        let success = windows[windows.len() - 1].success().unwrap();
        assert_eq!(success >= 0.97, heals, "{load}: {success}");
    }
}
