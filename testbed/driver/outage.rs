//! One outage of a real stack: plays the trace at a load, loses the cache at a moment, and judges whether it healed.

use crate::clients::{Clients, Rules};
use crate::pool::Pool;
use crate::postgres::Postgres;
use crate::store::{Server, Store};
use coldgap::analysis::outage::words::QueueWord;
use coldgap::outage::verdict::judge;
use coldgap::outage::window::Window;
use coldgap::outage::{Abandoned, Fill, Model, SameKey};
use coldgap::replay::windows::Windows;
use coldgap::request::Requests;
use coldgap::service::Service;
use coldgap::trace::{self, ReadOptions};
use coldgap::units::{Demand, Rate, Seconds};
use std::error::Error;
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How long a window is, as in coldgap.
const WINDOW: Duration = Duration::from_secs(1);
/// How long all goes well before the loss.
const LEAD: Duration = Duration::from_secs(5);

#[derive(clap::Args)]
pub struct Arguments {
    /// A trace, in any format that coldgap reads
    trace: PathBuf,
    /// HOST:PORT of a memcached that holds all of the trace's keys
    #[arg(long)]
    memcached: String,
    /// HOST:PORT of a PostgreSQL that trusts the user postgres
    #[arg(long)]
    postgres: String,
    /// When the cache is lost, in seconds after the trace's first request
    #[arg(long)]
    at: f64,
    /// Requests a second in the busiest window
    #[arg(long)]
    load: f64,
    /// Seconds that it is watched
    #[arg(long, default_value_t = 120.0)]
    horizon: f64,
    /// Connections to the database
    #[arg(long)]
    servers: usize,
    /// Seconds that a query takes
    #[arg(long)]
    service_time: f64,
    /// Seconds that a client waits
    #[arg(long)]
    timeout: f64,
    /// How often it tries again
    #[arg(long, default_value_t = 0)]
    retries: u32,
    /// What a miss does while its key is fetched: each-asks, joined, kept
    #[arg(long, default_value = "each-asks")]
    same_key: SameKey,
    /// The queue before the pool: unbounded, lifo, deadline, or how many may wait
    #[arg(long, default_value = "unbounded")]
    queue: QueueWord,
    /// What becomes of work whose client gave up: finished, leaves, cancelled
    #[arg(long, default_value = "finished")]
    abandoned: Abandoned,
    /// Answers are stored also when nobody waits for them any more
    #[arg(long)]
    late_answers: bool,
}

/// `load,outcome,seconds_to_heal,lag`: the load, whether it healed or stays down, how long healing took (empty where it did
/// not), and by how many seconds the worst request was sent late.
pub fn run(arguments: &Arguments) -> Result<String, Box<dyn Error>> {
    let trace = trace::read(&arguments.trace, &ReadOptions::default())?;
    let requests = trace.requests();
    let windows = Windows::cut(&requests, None);
    let (_, today) = windows.busiest().ok_or("the trace has no times")?;
    let factor = arguments.load / today;
    let mut cache = Server::Memcached.connect(&arguments.memcached)?;
    fill_database(&arguments.postgres, trace.object_count())?;
    // Trace time at which the run begins: a lead before the loss.
    let from = (arguments.at - LEAD.as_secs_f64() * factor).max(0.0);
    let first = requests.position_at(Seconds(from).nanoseconds());
    warm(cache.as_mut(), &requests.slice(0..first))?;
    let plan = Plan { requests: requests.slice(first..requests.len()), from, factor };
    let (windows, lag) = play(arguments, &plan, cache.as_mut())?;
    let verdict = judge(&windows, seconds(WINDOW), seconds(LEAD), seconds(LEAD), &model(arguments), 1.0);
    let outcome = if verdict.healed { "healed" } else { "stays-down" };
    let healing = verdict.recovery.map_or(String::new(), |recovery| format!("{:.0}", recovery.0));
    Ok(format!("{},{outcome},{healing},{:.3}", arguments.load, lag.as_secs_f64()))
}

/// What is played.
struct Plan<'t> {
    requests: Requests<'t>,
    /// Trace time of the run's begin, in seconds.
    from: f64,
    /// How much faster than the trace's own pace.
    factor: f64,
}

/// Plays it in real time. The windows, and by how long the worst request was sent late.
fn play(
    arguments: &Arguments,
    plan: &Plan<'_>,
    cache: &mut dyn Store,
) -> Result<(Vec<Window>, Duration), Box<dyn Error>> {
    let (teller, news) = channel();
    let service = Duration::from_secs_f64(arguments.service_time);
    let queue = arguments.queue.queue(Seconds(arguments.timeout - arguments.service_time));
    let pool = Pool::open(&arguments.postgres, arguments.servers, service, queue, &teller)?;
    let Arguments { retries, same_key, abandoned, .. } = *arguments;
    let timeout = Duration::from_secs_f64(arguments.timeout);
    let fill = if arguments.late_answers { Fill::Late } else { Fill::InTime };
    let rules = Rules { timeout, retries, same_key, abandoned, fill };
    let mut clients = Clients::new(rules, cache, &pool);
    let begin = Instant::now();
    let end = begin + LEAD + Duration::from_secs_f64(arguments.horizon);
    let due = |i: usize| {
        let time = plan.requests.times.get(i).map(|time| *time as f64 / 1e9 - plan.from);
        time.map_or(end, |time| begin + Duration::from_secs_f64((time / plan.factor).max(0.0)))
    };
    let (mut next, mut lag, mut is_warm) = (0, Duration::ZERO, true);
    let mut windows: Vec<Window> = Vec::new();
    while begin + WINDOW * (windows.len() as u32) < end {
        let closes = begin + WINDOW * (windows.len() as u32 + 1);
        let wakes = due(next).min(clients.next_end().unwrap_or(end)).min(closes);
        match news.recv_timeout(wakes.saturating_duration_since(Instant::now())) {
            Ok(news) => clients.hear(news)?,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err("the pool is gone".into()),
        }
        let now = Instant::now();
        clients.end_tries(now)?;
        if is_warm && now >= begin + LEAD {
            clients.flush()?;
            is_warm = false;
        }
        while next < plan.requests.len() && due(next) <= now {
            lag = lag.max(now - due(next));
            clients.arrive(plan.requests.objects[next].0)?;
            next += 1;
        }
        if now >= closes {
            let start = (WINDOW * windows.len() as u32).as_nanos() as u64;
            windows.push(Window { start, ..clients.close_window(now) });
        }
    }
    if next == plan.requests.len() {
        return Err("the trace ends before the horizon: lower --horizon, or --at".into());
    }
    Ok((windows, lag))
}

/// Asks for all that came before, without waiting for the database.
fn warm(cache: &mut dyn Store, before: &Requests<'_>) -> std::io::Result<()> {
    cache.flush()?;
    for object in before.objects {
        if !cache.get(object.0)? {
            cache.set(object.0, 100)?;
        }
    }
    Ok(())
}

/// A table with a value for every key.
fn fill_database(address: &str, keys: usize) -> std::io::Result<()> {
    let mut database = Postgres::connect(address)?;
    database.query("create table if not exists kv (k integer primary key, v text)")?;
    let values = format!("select k, repeat('x', 100) from generate_series(0, {keys} - 1) k");
    database.query(&format!("insert into kv {values} on conflict do nothing"))?;
    Ok(())
}

/// What coldgap's judgement needs to know.
fn model(arguments: &Arguments) -> Model {
    let service = Service {
        demand: Demand::Answers,
        timeout: Seconds(arguments.timeout),
        service_time: Seconds(arguments.service_time),
        retries: arguments.retries,
        single_flight: false,
    };
    Model::new(&service, Rate::answers(arguments.servers as f64 / arguments.service_time))
}

fn seconds(duration: Duration) -> Seconds {
    Seconds(duration.as_secs_f64())
}
