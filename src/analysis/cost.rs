//! What the tasks of a question would take on a trace, about: to divide work, and to ask for machines.
//!
//! Times are of one core, from how long a limit takes for each request; they were within a factor of four on five traces,
//! and seven times too short on a small one: a search may end early or have to look at many moments, an outage may be long.

use super::base::Base;
use super::forecast::Forecast;
use super::grids::Grids;
use super::parts::due;
use super::task::Task;
use super::{Question, study};
use crate::error::Result;
use crate::interrupt::Interrupt;
use crate::trace::Trace;
use crate::units::Seconds;

/// Seconds that seeking one limit takes for each request.
const LIMIT: f64 = 0.4e-6;
/// How many times as long that is where hits do not bound what a loss does, so that more cases are walked with the real cache.
const UNBOUNDED: f64 = 1.3;
/// Limits that a cell has whatever losses there are: with the reclaimed backend, typical ones, nodes.
const OTHERS: usize = 4;
/// The same for a request of one of the stretches, whose walks are shorter.
const STRETCH: f64 = 0.19e-6;
/// Seconds that one request takes in all trials with one distribution of service times.
const TRIALS: f64 = 3e-6;

/// What a task would take.
#[derive(Debug, Clone)]
pub struct Cost {
    /// The task.
    pub task: Task,
    /// What it is, for people.
    pub name: String,
    /// Of one core.
    pub time: Seconds,
    /// Bytes that the process has at its peak.
    pub memory: u64,
}

/// What each task on a trace would take, in the order of [`super::tasks`].
///
/// # Errors
/// See [`super::analyse`].
pub fn costs(trace: &Trace, question: &Question) -> Result<Vec<Cost>> {
    let base = Base::new(trace, question, &Interrupt::default())?;
    let about = trace.about();
    let grids = Grids::of(question, &about, &base.facts)?;
    let given: Vec<Task> =
        due(question, (grids.own, grids.others()), base.lasts_long_enough(trace, question)).collect();
    let requests = trace.len() as f64;
    let spreads = 1 + study::spreads(trace, question).count();
    let loads = 1 + usize::from(question.growth.is_some());
    let limits = |losses: usize| LIMIT * ((1 + loads) * losses + OTHERS) as f64 * spreads as f64;
    let services = question.closed_loop.service_times.len() as f64;
    let cost = |task: Task| {
        let cells = match grids.cell(task) {
            Some(cell) => &grids.cells[cell..=cell],
            None => &grids.cells[..grids.own],
        };
        let bounded = cells.iter().all(|cell| cell.policy.hits_bound_losses(false));
        let each = match task {
            Task::Limits(_) | Task::Size(_) if bounded => limits(question.losses.len()),
            Task::Limits(_) | Task::Size(_) => UNBOUNDED * limits(question.losses.len()),
            Task::Refills => limits(0),
            Task::Stretches(_) => STRETCH * 2.0 * (1 + question.losses.len()) as f64,
            Task::Simulated(_) => limits(0) + TRIALS * services,
        };
        let forecast = Forecast::of_gap(trace, question, &base.facts, cells, None)?;
        Ok(Cost { task, name: grids.name(task), time: Seconds(each * requests), memory: forecast.peak() })
    };
    super::tasks(question).into_iter().filter(|task| given.contains(task)).map(cost).collect()
}
