//! `coldgap gap`: the main report.

use super::output::Output;
use super::trace_args::TraceArgs;
use super::{command_line, print};
use crate::analysis::{self, Question};
use crate::error::{Error, Result};
use crate::policy::spec::{self, PolicySpec};
use crate::progress::Progress;
use crate::report::{self, Report, frame, json, text};
use crate::service::Service;
use crate::units::{CacheSize, Demand, Load, Rate, Ratio, Seconds};
use clap::Args;
use std::io::Write;
use std::path::PathBuf;

/// Advertised and hidden capacity per policy, cold misses, widening, and what you may cut
#[derive(Debug, Args)]
pub struct GapArgs {
    /// Trace files; - reads standard input
    #[arg(required = true, value_name = "TRACE")]
    traces: Vec<PathBuf>,
    #[command(flatten)]
    grid: GridArgs,
    /// The policy that others are compared with [default: lru where it is listed, else the first]
    #[arg(long, value_name = "POLICY")]
    baseline: Option<String>,
    #[command(flatten)]
    service: ServiceArgs,
    /// Shares of the cache whose loss must be survived
    #[arg(long, value_name = "SHARE,...", value_delimiter = ',', default_values_t = default_losses())]
    lose: Vec<Ratio>,
    /// The load to carry: 3000/s, or 2x today's [default: that of the busiest window]
    #[arg(long, value_name = "LOAD")]
    load: Option<Load>,
    /// Width of the windows in which load and misses are measured [default: one that suits the trace]
    #[arg(long, value_name = "TIME")]
    window: Option<Seconds>,
    /// Share of the requests that only warm the caches
    #[arg(long, value_name = "SHARE", default_value = "25%")]
    warmup: Ratio,
    /// How much of the trace is walked after a loss
    #[arg(long, value_name = "TIME", default_value = "15min")]
    horizon: Seconds,
    #[command(flatten)]
    reading: TraceArgs,
    /// Write the report to a file, by extension: .json, .csv or .parquet; - is standard output (may be repeated)
    #[arg(short, long, value_name = "FILE")]
    output: Vec<PathBuf>,
}

/// Which policies at which cache sizes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Policies and cache sizes")]
pub struct GridArgs {
    /// Policies, with parameters and filters: lru,s3fifo:small=10%,lru+reject-first; all; all,!belady
    #[arg(short, long, value_name = "POLICY,...", default_value = "lru,fifo,sieve,s3fifo")]
    policy: String,
    /// Cache sizes: 4GiB, 5000000B, 50_000obj, 10% of the footprint, or auto
    #[arg(short, long, value_name = "SIZE,...", value_delimiter = ',', default_value = "auto")]
    cache: Vec<CacheSize>,
    /// Every object counts 1, whatever its size
    #[arg(long)]
    ignore_size: bool,
    /// Threads [default: one per core]
    #[arg(short = 'j', long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    threads: usize,
}

/// The backend and its clients; a trace says none of it.
#[derive(Debug, Args)]
#[command(next_help_heading = "The service")]
pub struct ServiceArgs {
    /// What the backend can do: 300/s answers, or 250MB/s [default: 1.1x what the baseline needs warm]
    #[arg(short, long, value_name = "RATE|auto", default_value = "auto", hide_default_value = true, value_parser = parse_backend)]
    backend: BackendArg,
    /// Mean time the backend works on one answer
    #[arg(long, value_name = "TIME", default_value = "10ms")]
    service_time: Seconds,
    /// How long a client waits for an answer
    #[arg(long, value_name = "TIME", default_value = "1s")]
    timeout: Seconds,
    /// How often a client asks again after a timeout
    #[arg(long, value_name = "N", default_value_t = 0)]
    retries: u32,
    /// A miss joins the fetch of the same key that is under way
    #[arg(long)]
    single_flight: bool,
}

/// `--backend`: a rate or `auto`.
#[derive(Debug, Clone, Copy)]
struct BackendArg(Option<Rate>);

fn parse_backend(text: &str) -> std::result::Result<BackendArg, String> {
    if text == "auto" {
        return Ok(BackendArg(None));
    }
    text.parse().map(|rate| BackendArg(Some(rate))).map_err(|error: crate::units::UnitError| error.to_string())
}

fn default_losses() -> Vec<Ratio> {
    [0.05, 0.125, 0.25, 0.5, 1.0].into_iter().filter_map(Ratio::new).collect()
}

/// Runs it.
///
/// # Errors
/// A trace that cannot be read, flags that contradict each other, an output that cannot be written.
pub fn run(args: &GapArgs) -> Result<()> {
    let targets = args.output.iter().map(|path| Target::open(path)).collect::<Result<Vec<_>>>()?;
    let question = question(args)?;
    let progress = Progress::start("replaying", analysis::steps(&question) * args.traces.len() as u64);
    let mut found = Vec::new();
    for path in &args.traces {
        let mut trace = args.reading.read(path)?;
        if question.policies.iter().any(|policy| policy.info().needs_future) {
            trace.look_ahead();
        }
        let findings = analysis::analyse(&trace, &question, || progress.step(1))?;
        found.push((trace, findings));
    }
    drop(progress);
    let report = report::build(&command_line(), &question, &found);
    let mut silent = false;
    for target in targets {
        silent |= matches!(target, Target::Stdout);
        target.write(&report)?;
    }
    if silent { Ok(()) } else { print(&text::render(&report)) }
}

fn question(args: &GapArgs) -> Result<Question> {
    let mut policies = spec::parse_list(&args.grid.policy)?;
    let baseline = baseline(args.baseline.as_deref(), &mut policies)?;
    let ServiceArgs { backend: BackendArg(backend), service_time, timeout, retries, single_flight } = args.service;
    if timeout.0 <= service_time.0 {
        return Err(Error::usage(format!(
            "the timeout ({timeout}) must be longer than the service time ({service_time})"
        ))
        .hint("no answer could ever be in time; check --timeout and --service-time"));
    }
    if args.window.is_some_and(|window| window.nanoseconds() == 0) || args.horizon.nanoseconds() == 0 {
        return Err(Error::usage("a window and a horizon must be longer than nothing")
            .hint("write them like --window 10s --horizon 15min"));
    }
    let mut losses: Vec<Ratio> = args.lose.iter().copied().filter(|loss| loss.get() > 0.0).collect();
    losses.sort_by(|a, b| a.get().total_cmp(&b.get()));
    losses.dedup();
    let demand = backend.map_or(Demand::Answers, |backend| backend.of);
    Ok(Question {
        policies,
        baseline,
        sizes: args.grid.cache.clone(),
        ignore_size: args.grid.ignore_size,
        backend,
        service: Service { demand, timeout, service_time, retries, single_flight },
        load: args.load,
        window: args.window,
        warmup: args.warmup,
        horizon: args.horizon,
        losses,
        threads: args.grid.threads,
    })
}

/// The baseline's position; it is added to the list where it is missing.
fn baseline(named: Option<&str>, policies: &mut Vec<PolicySpec>) -> Result<usize> {
    let Some(name) = named else {
        return Ok(policies.iter().position(|policy| policy.to_string() == "lru").unwrap_or(0));
    };
    let mut wanted = spec::parse_list(name)?;
    let wanted = match (wanted.pop(), wanted.is_empty()) {
        (Some(wanted), true) => wanted,
        _ => {
            return Err(Error::usage(format!("--baseline takes one policy, not '{name}'"))
                .hint("list the policies to compare with --policy"));
        }
    };
    let position = policies.iter().position(|policy| policy.to_string() == wanted.to_string());
    Ok(position.unwrap_or_else(|| {
        policies.insert(0, wanted);
        0
    }))
}

/// Where a report goes.
enum Target {
    Stdout,
    Json(Output),
    Csv(Output),
    Parquet(Output),
}

impl Target {
    fn open(path: &PathBuf) -> Result<Target> {
        if path.as_os_str() == "-" {
            return Ok(Target::Stdout);
        }
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("");
        match extension.to_ascii_lowercase().as_str() {
            "json" => Ok(Target::Json(Output::create(path)?)),
            "csv" => Ok(Target::Csv(Output::create(path)?)),
            "parquet" => Ok(Target::Parquet(Output::create(path)?)),
            _ => Err(Error::usage(format!("cannot tell the output's type from '{}'", path.display()))
                .hint("end its name in .json, .csv or .parquet; - writes JSON to standard output")),
        }
    }

    fn write(self, report: &Report) -> Result<()> {
        match self {
            Target::Stdout => print(&json::render(report)?),
            Target::Json(mut output) => {
                let path = output.path().to_path_buf();
                let failed = |cause| Error::file(crate::error::Kind::Usage, &path, "write the output", &cause);
                output.write_all(json::render(report)?.as_bytes()).map_err(failed)?;
                output.finish()
            }
            Target::Csv(mut output) => {
                frame::write_csv(report, &mut output)?;
                output.finish()
            }
            Target::Parquet(mut output) => {
                frame::write_parquet(report, &mut output)?;
                output.finish()
            }
        }
    }
}
