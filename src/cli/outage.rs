//! `coldgap outage`: one outage as a timeline, and what breaks its loop.

use super::command_line;
use super::gate_args::{self, GateArgs};
use super::progress::Progress;
use super::setup_args::SetupArgs;
use crate::analysis::outage::said::Settings;
use crate::analysis::outage::scenario::{EXAMPLE, Scenario};
use crate::analysis::outage::words::{self, REMEDIES, TRIGGERS, Word};
use crate::analysis::outage::{self, Extent, Question};
use crate::error::{Error, Kind, Result};
use crate::interrupt::Interrupt;
use crate::outage::trigger::Trigger;
use crate::report::gates::{Gated, Scope};
use crate::report::outage::{OutageReport, build};
use crate::units::Seconds;
use clap::Args;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// One outage told as a timeline: trigger, loop, recovery or not; what breaks the loop
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = words_help() + "\n" + &gate_args::help(OutageReport::fields(), EXAMPLES))]
pub struct OutageArgs {
    /// What is lost of the cache: 100%, 12.5% of the keys, 1/8 of the nodes [default: 100%, unless --trigger says what happens]
    #[arg(long, value_name = "SHARE", value_parser = words::loss)]
    lose: Option<Trigger>,
    /// What happens at that moment: spike:times=2,lasts=30s and others, see below (may be repeated)
    #[arg(long, value_name = "TRIGGER", value_parser = words::trigger)]
    trigger: Vec<Trigger>,
    /// An outage written down in a TOML file; flags take precedence over what it says
    #[arg(long, value_name = "FILE", conflicts_with_all = ["lose", "trigger"])]
    scenario: Option<PathBuf>,
    /// Width of the windows [default: 1s, wider where fewer than 20 requests come in a second]
    #[arg(long, value_name = "TIME")]
    window: Option<Seconds>,
    /// When remedies are switched on, after the last trigger is over [default: 30s]
    #[arg(long, value_name = "TIME")]
    act_after: Option<Seconds>,
    /// Leave out the load up to which each remedy lets the service heal: the slowest part
    #[arg(long)]
    quick: bool,
    /// Find the thresholds of alerts that tell an outage that stays from one that heals
    #[arg(long)]
    alerts: bool,
    #[command(flatten)]
    setup: SetupArgs,
    #[command(flatten)]
    gates: GateArgs,
}

const EXAMPLES: &str = "Examples:
  coldgap outage prod.parquet -c 10% -b 300/s
  coldgap outage prod.parquet -c 10% -b 300/s --lose 1/8 --at 2h
  coldgap outage prod.parquet --scenario restart.toml -o outage.json";

fn words_help() -> String {
    let mut out = String::new();
    for (title, words) in [("Triggers", TRIGGERS), ("Remedies, for scenario files", REMEDIES)] {
        let _ = writeln!(out, "{title}:");
        let examples: Vec<String> = words.iter().map(words::example).collect();
        let width = examples.iter().map(String::len).max().unwrap_or(0);
        for (Word { summary, .. }, example) in words.iter().zip(&examples) {
            let _ = writeln!(out, "  {example:<width$}  {summary}");
        }
        out.push('\n');
    }
    let _ =
        write!(out, "A scenario file, with every field (more are in the folder scenarios of the source):\n\n{EXAMPLE}");
    out
}

/// Runs it.
///
/// # Errors
/// A trace or scenario that cannot be read, flags that contradict each other, an output that cannot be written, an interrupt.
pub fn run(args: &OutageArgs, interrupt: &Interrupt) -> Result<()> {
    let targets = args.setup.targets()?;
    let scenario = args.scenario.as_deref().map_or_else(|| Ok(Scenario::default()), read_scenario)?;
    let (question, settings) = question(args, &scenario)?;
    let gates = args.gates.parse::<OutageReport>(&Scope::of(&question.setup))?;
    let trace = args.setup.read(&question.setup, interrupt)?;
    let progress = Progress::start("simulating", outage::STEPS);
    let story = outage::tell(&trace, &question, interrupt, &progress)?;
    drop(progress);
    let report = build(&command_line(), scenario.about, &trace, &question, &story);
    args.setup.output.deliver(targets, &gates, settings, report)
}

fn read_scenario(path: &Path) -> Result<Scenario> {
    let text = std::fs::read_to_string(path).map_err(|cause| {
        Error::file(Kind::Usage, path, "read the scenario", &cause)
            .hint("coldgap outage --help shows one; more are in the folder scenarios of the source")
    })?;
    Scenario::parse(&text, &path.display().to_string())
}

/// Flags, else the scenario, else a default.
fn question(args: &OutageArgs, scenario: &Scenario) -> Result<(Question, Settings)> {
    let mut said = args.setup.over(scenario);
    said.act_after = args.act_after.or(said.act_after);
    let (setup, settings) = args.setup.setup(&said)?;
    let triggers: Vec<Trigger> = args.lose.into_iter().chain(args.trigger.iter().copied()).collect();
    let extent = Extent { remedies: true, edges: !args.quick, ramp: true, alerts: args.alerts };
    Ok((said.outage(setup, &triggers, args.window, extent)?, settings))
}
