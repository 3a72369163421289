//! A question about a trace as tasks, each of which any process may do: what tasks there are, doing some of them, and making
//! findings of what they found.
//!
//! What a task needs of another one it finds again for itself, so tasks know no order. [`super::analyse`] does all of them at
//! once. Nothing here knows files.

use super::base::{self, Base};
use super::finding::WarmResult;
use super::grids::Grids;
use super::healing::{self, Effort, Laboratory, Limits, Outage, Shelf};
use super::knobs::sensitivity::Row;
use super::study::{Asked, Study};
use super::task::Task;
use super::{
    AUTO_BACKEND_HEADROOM, Backend, Finding, Findings, IfLost, Lost, Measured, Moments, Question, if_lost, money, sizes,
};
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::progress::Watch;
use crate::replay::cell::Cell;
use crate::replay::refill::Refill;
use crate::replay::stretch::Stretch;
use crate::trace::Trace;
use crate::units::{Rate, grouped, grouped_rate, significant};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a task found.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Done {
    /// The finding, without what other tasks and cells say of it, and when losing nodes would hurt.
    Limits(Box<Finding>, Vec<Moments>),
    /// By cell.
    Refills(Vec<Refill>),
    /// By stretch.
    Stretches(Vec<Stretch>),
    /// The healing curve, and what is simulated of the baseline beside it.
    Simulated(Measured, Box<Told>),
}

/// What is simulated of the baseline only; nothing of others.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Told {
    lost: Vec<Lost>,
    if_lost: Option<IfLost>,
    sensitivity: Vec<Row>,
}

/// What some tasks on a trace found.
pub struct Work {
    /// What is known without any task: the same from whatever tasks.
    pub bare: Findings,
    /// What the tasks found.
    pub done: BTreeMap<Task, Done>,
}

/// The tasks on any one trace, the longest first. A trace may give less: where it is short, or sizes come to the same.
pub fn tasks(question: &Question) -> Vec<Task> {
    let cells = question.sweep.policies.len() * question.sweep.sizes.len();
    let others = sizes::most_cells(question);
    let all = due(question, (cells, others), true);
    let weight = |task: &Task| match task {
        Task::Simulated(i) if *i == question.baseline => 0,
        Task::Simulated(_) => 1,
        Task::Limits(_) | Task::Size(_) => 2,
        Task::Stretches(_) => 3,
        Task::Refills => 4,
    };
    let mut all: Vec<Task> = all.collect();
    all.sort_by_key(weight);
    all
}

/// The tasks on a trace with so many cells and cells of other sizes, in their order.
pub(super) fn due(
    question: &Question,
    (cells, others): (usize, usize),
    limits_known: bool,
) -> impl Iterator<Item = Task> {
    let given = question.backend != Backend::Unknown;
    let if_so = |yes: bool, count: usize| 0..if yes { count } else { 0 };
    let simulated = given && limits_known && !question.seeds.is_empty();
    if_so(true, cells)
        .map(Task::Limits)
        .chain(if_so(given, others).map(Task::Size))
        .chain(given.then_some(Task::Refills))
        .chain(if_so(given && limits_known && question.stretches, cells).map(Task::Stretches))
        .chain(if_so(simulated, cells).map(Task::Simulated))
}

/// Does some tasks on a trace, and leaves out those that it does not give. `watch` is told of up to [`super::steps`] steps.
///
/// # Errors
/// See [`super::analyse`].
pub fn work(
    trace: &Trace,
    question: &Question,
    tasks: &[Task],
    interrupt: &Interrupt,
    watch: &dyn Watch,
) -> Result<Work> {
    let step = &|| watch.step();
    watch.phase("replaying warm");
    let base = Base::new(trace, question, interrupt)?;
    let Base { ref facts, ref windows, warm, today, load_factor, .. } = base;
    watch.say(&format!(
        "{}: {} requests on {} objects in {}; the busiest {} have {} requests/s",
        trace.name,
        grouped(trace.len() as u64),
        grouped(facts.objects),
        windows.span,
        windows.width,
        grouped_rate(today)
    ));
    let ground = base.ground(trace, question, interrupt);
    let requests = ground.requests;
    let grids = Grids::of(question, &trace.about(), facts)?;
    base::check_prices(trace, question, &grids.cells)?;
    let limits_known = base.lasts_long_enough(trace, question);
    let study =
        Study { trace, question, facts, windows, losses: &question.losses, today, limits_known, interrupt, step };

    let due: BTreeSet<Task> = due(question, (grids.own, grids.others()), limits_known).collect();
    let tasks: BTreeSet<Task> = tasks.iter().filter(|task| due.contains(task)).copied().collect();
    let limited: BTreeSet<usize> = tasks.iter().filter_map(|task| grids.limited(*task)).collect();
    let stretched: Vec<usize> = tasks.iter().filter_map(|task| one(task, Task::Stretches)).collect();
    let simulated: Vec<usize> = tasks.iter().filter_map(|task| one(task, Task::Simulated)).collect();
    let refills = tasks.contains(&Task::Refills);
    // Both begin where a flush is worst, which is sought again where it is no task here.
    let flushed: BTreeSet<usize> = simulated.iter().copied().chain(refills.then_some(question.baseline)).collect();
    let flushed: Vec<usize> = flushed.difference(&limited).copied().collect();
    let assumed = (question.backend == Backend::Assumed).then_some(question.baseline);
    let replayed: BTreeSet<usize> = limited
        .iter()
        .flat_map(|cell| [*cell, grids.baseline_of(*cell)])
        .chain(flushed.iter().chain(&stretched).copied())
        .chain(assumed)
        .collect();
    let cells: Vec<&Cell> = replayed.iter().map(|cell| &grids.cells[*cell]).collect();
    let warm_runs: BTreeMap<usize, WarmResult> = replayed.into_iter().zip(study.warm(&ground, &cells)?).collect();
    let backend = backend(trace, question, warm_runs.get(&question.baseline))?;
    // Of the first cache size.
    let misses =
        warm_runs.iter().take_while(|(cell, _)| **cell < question.sweep.policies.len()).filter_map(|(cell, run)| {
            let ratio = run.observation.total.miss_ratio()?;
            Some(format!("{} {}%", grids.cells[*cell].policy, significant(100.0 * ratio)))
        });
    let misses: Vec<String> = misses.collect();
    if !misses.is_empty() {
        watch.say(&format!("misses while warm: {}", misses.join(", ")));
    }

    watch.phase("seeking the worst moment");
    let asked = |cell: &usize| Asked {
        cell: &grids.cells[*cell],
        warm: &warm_runs[cell],
        baseline: Some(grids.baseline_of(*cell)).filter(|baseline| baseline != cell).and_then(|i| warm_runs.get(&i)),
    };
    let find = |study: &Study<'_>, cells: &mut dyn Iterator<Item = &usize>| {
        study.findings(&ground, backend, &cells.map(asked).collect::<Vec<_>>())
    };
    let mut findings: BTreeMap<usize, Finding> =
        limited.iter().copied().zip(find(&study, &mut limited.iter())?).collect();
    findings.extend(flushed.iter().copied().zip(find(&Study { losses: &[], ..study }, &mut flushed.iter())?));
    let bare = Findings {
        trace: trace.about(),
        today,
        busiest_at: base.busiest_at,
        load: today * load_factor,
        backend,
        backend_assumed: assumed.is_some(),
        moments: requests.len() - warm,
        limits_known,
        spread_at_random: study.spreads().next().is_some(),
        moments_measured: 0,
        flush_at: 0.0,
        warm,
        facts: facts.clone(),
        windows: windows.clone(),
        cells: Vec::new(),
        refills: Vec::new(),
        stretches: Vec::new(),
        hurts: Vec::new(),
        if_lost: None,
        sizes: Vec::new(),
        sensitivity: Vec::new(),
        offers: Vec::new(),
    };
    let mut done = BTreeMap::new();
    if let Some(backend) = backend {
        if refills {
            watch.phase("refilling");
            let flush = findings[&question.baseline].worst_position;
            done.insert(Task::Refills, Done::Refills(study.refills(&ground, &grids.cells[..grids.own], flush)?));
        }
        watch.phase("limits by part of the trace");
        let cells: Vec<_> = stretched.iter().map(|cell| (&grids.cells[*cell], &warm_runs[cell].hits)).collect();
        let stretches = study.stretches(&ground, backend, &cells)?;
        done.extend(
            stretched.iter().map(|cell| Task::Stretches(*cell)).zip(stretches.into_iter().map(Done::Stretches)),
        );
    }
    let mut laboratory = backend.map(|backend| Laboratory {
        trace,
        requests,
        key_hashes: ground.key_hashes,
        horizon: question.horizon,
        interrupt,
        model: question.closed_loop.model(&question.service, backend),
        today,
        service_times: &question.closed_loop.service_times,
        seed: question.seeds.first().copied().unwrap_or(1),
        threads: question.sweep.threads,
        shared: Shelf::default(),
    });
    watch.phase("simulating outages");
    for cell in simulated {
        let (Some(laboratory), Some(backend)) = (&mut laboratory, backend) else { continue };
        let mut finding = findings[&cell].clone();
        let moments = healing::moments(windows, warm, finding.worst_position);
        let limits = Limits { safe: finding.hidden, advertised: finding.advertised, floor: finding.floor };
        let (of_cell, moments) = (&finding.cell, moments.as_slice());
        let outage = Outage { cell: of_cell, moments, filled: &[], limits, effort: Effort::Intervals };
        let measured = laboratory.measure(outage)?;
        step();
        let mut told = Told::default();
        if cell == question.baseline {
            finding.measured = Some(measured.clone());
            let service = if_lost::Service { trace, question, windows, ground: &ground, backend, today, interrupt };
            if question.full {
                told.sensitivity = service.sensitivity(&finding, step)?;
            }
            if let Some(moment) = service.moment(&finding)? {
                let (lost, if_lost) = service.lose(&grids.cells[..grids.own], &finding, &moment, step)?;
                (told.lost, told.if_lost) = (lost, Some(if_lost));
            }
        }
        done.insert(Task::Simulated(cell), Done::Simulated(measured, Box::new(told)));
    }
    for task in &tasks {
        let Some(finding) = grids.limited(*task).and_then(|cell| findings.remove(&cell)) else { continue };
        let is_baseline = *task == Task::Limits(question.baseline);
        let hurts = match backend.filter(|_| is_baseline) {
            Some(backend) => study.moments(&ground, backend, &finding, &warm_runs[&question.baseline].hits)?,
            None => Vec::new(),
        };
        done.insert(*task, Done::Limits(Box::new(finding), hurts));
    }
    Ok(Work { bare, done })
}

/// The cell of such a task.
fn one(task: &Task, of: fn(usize) -> Task) -> Option<usize> {
    let (Task::Limits(cell) | Task::Size(cell) | Task::Stretches(cell) | Task::Simulated(cell)) = *task else {
        return None;
    };
    (*task == of(cell)).then_some(cell)
}

/// The backend given, or what the baseline of the first size needs warm and some headroom.
fn backend(trace: &Trace, question: &Question, baseline: Option<&WarmResult>) -> Result<Option<Rate>> {
    match question.backend {
        Backend::Given(backend) => return Ok(Some(backend)),
        Backend::Unknown => return Ok(None),
        Backend::Assumed => {}
    }
    match baseline.and_then(WarmResult::backend).filter(|mu| *mu > 0.0) {
        Some(mu) => Ok(Some(Rate { per_second: mu * AUTO_BACKEND_HEADROOM, of: question.service.demand })),
        None => Err(Error::usage(
            "a backend cannot be assumed: after warm-up the baseline never misses, or no backend suffices",
        )
        .at(&trace.name, None)
        .hint("say what the backend can do: -b 300/s")),
    }
}

/// Makes findings of what the tasks on one trace found, whoever did them; those that the question does not have are ignored.
///
/// # Errors
/// A task that nobody did, named.
pub fn assemble(question: &Question, bare: Findings, mut done: BTreeMap<Task, Done>) -> Result<Findings> {
    let grids = Grids::of(question, &bare.trace, &bare.facts)?;
    let mut found = Findings { ..bare };
    let (mut all, mut measured) = (Vec::new(), Vec::new());
    let mut told = Told::default();
    for task in due(question, (grids.own, grids.others()), found.limits_known) {
        match (task, done.remove(&task)) {
            (Task::Limits(_) | Task::Size(_), Some(Done::Limits(finding, hurts))) => {
                all.push(*finding);
                found.hurts.extend(hurts);
            }
            (Task::Refills, Some(Done::Refills(refills))) => found.refills = refills,
            (Task::Stretches(_), Some(Done::Stretches(stretches))) => found.stretches.push(stretches),
            (Task::Simulated(cell), Some(Done::Simulated(of_cell, beside))) => {
                measured.push(of_cell);
                if cell == question.baseline {
                    told = *beside;
                }
            }
            _ => {
                let what = grids.name(task);
                return Err(Error::trace(format!("{what}: nobody has found them")).at(&found.trace.name, None));
            }
        }
    }
    for cell in 0..all.len() {
        let baseline = all[grids.baseline_of(cell)].clone();
        all[cell].compare(&baseline);
    }
    let others = all.split_off(grids.own);
    let baseline = &all[question.baseline];
    found.flush_at = baseline.worst_moment;
    found.moments_measured = healing::moments(&found.windows, found.warm, baseline.worst_position).len();
    if let Some(backend) = found.backend {
        found.sizes = sizes::with_first(others, &all, question);
        let prices = question.prices.as_ref().filter(|_| found.limits_known);
        found.offers = prices.map_or(Vec::new(), |prices| {
            let choice = if question.sweeps_prices() { &found.sizes } else { &all };
            money::offers(prices, choice, baseline, backend)
        });
    }
    all.iter_mut().zip(measured).for_each(|(finding, measured)| finding.measured = Some(measured));
    all.iter_mut().zip(told.lost).for_each(|(finding, lost)| finding.lost = Some(lost));
    (found.cells, found.if_lost, found.sensitivity) = (all, told.if_lost, told.sensitivity);
    Ok(found)
}
