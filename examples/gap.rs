//! What `coldgap gap` finds, from Rust: what may be cut of a backend, by policy and loss.
//!
//! Run it with `cargo run --release --example gap -- traces/burst.csv 70/s`.

use coldgap::{Gap, Result, Trace};

/// Loads and backends for reading; `None` is no limit.
fn rate(value: Option<f64>) -> String {
    value.map_or("any".to_string(), |value| format!("{value:.1}/s"))
}

fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let trace = Trace::open(words.next().unwrap_or("traces/burst.csv".to_string()))?;
    let backend = words.next().unwrap_or("70/s".to_string());

    let gap = Gap::new(&trace).policies(["lru", "sieve", "s3fifo"])?.cache("10%")?.backend(&backend)?.nodes(6)?;
    let report = gap.run()?;
    for found in report.found() {
        if !found.limits_known {
            println!("{}: the trace is too short to tell", found.policy);
            continue;
        }
        let (advertised, hidden) = (rate(found.advertised), rate(found.hidden.safe));
        println!("{}: advertised {advertised}, recovers below {hidden}", found.policy);
        let [heals, ..] = found.hidden.heals;
        println!("  95 of 100 simulated outages heal up to {}", rate(heals.at));
        for need in &found.needs {
            println!("  losing {:<8} needs {}", need.loss, rate(need.backend));
        }
    }
    Ok(())
}
