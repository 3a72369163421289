//! Counts a cache server's misses: each request is a get, and each miss is stored at once.

use crate::store::Server;
use coldgap::trace::{self, ReadOptions};
use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, Instant};

#[derive(clap::Args)]
pub struct Arguments {
    /// A trace, in any format that coldgap reads
    trace: PathBuf,
    /// Which server it is
    #[arg(long)]
    server: Server,
    /// HOST:PORT of the server
    #[arg(long)]
    at: String,
    /// Times as fast as it was recorded
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
    /// Bytes of every value
    #[arg(long, default_value_t = 3500)]
    bytes: usize,
    /// The share of the requests that only warm the cache
    #[arg(long, default_value_t = 0.25)]
    warmup: f64,
}

/// `entries,least_entries,most_entries,gets,misses` of those requests that count, and by how many seconds the worst one was
/// late.
pub fn run(arguments: &Arguments) -> Result<String, Box<dyn Error>> {
    let trace = trace::read(&arguments.trace, &ReadOptions::default())?;
    let requests = trace.requests();
    let mut store = arguments.server.connect(&arguments.at)?;
    let warm = (requests.len() as f64 * arguments.warmup) as usize;
    let (mut misses, mut entries, mut lag) = (0, Vec::new(), Duration::ZERO);
    let begin = Instant::now();
    for (i, (time, object)) in requests.times.iter().zip(requests.objects).enumerate() {
        let due = begin + Duration::from_secs_f64(*time as f64 / 1e9 / arguments.speed);
        if let Some(early) = due.checked_duration_since(Instant::now()) {
            std::thread::sleep(early);
        }
        lag = lag.max(Instant::now().duration_since(due));
        if !store.get(object.0)? {
            misses += u64::from(i >= warm);
            store.set(object.0, arguments.bytes)?;
        }
        if i >= warm && i % 1000 == 0 {
            entries.push(store.entries()?);
        }
    }
    entries.sort_unstable();
    let (least, most) = (entries.first().ok_or("too short a trace")?, entries.last().ok_or("too short a trace")?);
    let typical = entries[entries.len() / 2];
    Ok(format!("{typical},{least},{most},{},{misses},{:.3}", requests.len() - warm, lag.as_secs_f64()))
}
