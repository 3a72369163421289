//! One outage, from Rust: the cache is lost, and the windows say whether the service comes back.
//!
//! Run it with `cargo run --release --example outage -- traces/burst.csv 70/s`.

use coldgap::{Outage, Result, Trace};

fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let trace = Trace::open(words.next().unwrap_or("traces/burst.csv".to_string()))?;
    let backend = words.next().unwrap_or("70/s".to_string());

    let outage = Outage::new(&trace).policy("lru")?.cache("10%")?.backend(&backend)?.lose("100%")?;
    let report = outage.run()?;
    println!("{}", report.verdict.sentence);
    for row in &report.timeline {
        let in_time = row.success_ratio.map_or("-".to_string(), |share| format!("{:.0}%", 100.0 * share));
        println!("{:>8.1} s  in time {in_time:>5}  queue {:>6}", row.from_seconds, row.queue);
    }
    for remedy in report.remedies.iter().filter(|remedy| remedy.switched_on_healed) {
        println!("heals it: {}", remedy.what);
    }
    Ok(())
}
