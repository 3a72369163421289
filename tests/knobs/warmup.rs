//! What loading keys beforehand buys.

use super::{report, rows};
use crate::outage_command::number;

#[test]
fn more_keys_never_lower_hidden() {
    let report = report("warmup", "180000", &["--shards", "2"]);
    let all = rows(&report, "rows");
    assert_eq!(all.len(), 8);
    assert_eq!(number(&all[0], "keys"), 0.0);
    for pair in all.windows(2) {
        assert!(number(&pair[0], "keys") < number(&pair[1], "keys"));
        let (fewer, more) = (number(&pair[0], "hidden_50_per_second"), number(&pair[1], "hidden_50_per_second"));
        assert!(more > 0.95 * fewer, "{pair:?}");
        let (fewer, more) = (number(&pair[0], "hidden_safe_per_second"), number(&pair[1], "hidden_safe_per_second"));
        assert!(more > 0.995 * fewer, "{pair:?}");
    }
    assert!(number(&all[7], "hidden_factor") > 1.5);
    let spared = &report["elasticity"];
    assert!((0.05..0.15).contains(&number(spared, "spared_ratio")), "{spared}");
    assert!(number(spared, "hidden_safe_per_second") > number(&all[0], "hidden_safe_per_second"));
    assert!(number(spared, "safe_elasticity") > 0.0);
}
