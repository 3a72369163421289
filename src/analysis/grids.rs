//! The cells of a question on one trace, those of other sizes behind those that were asked for, each with its baseline.

use super::task::Task;
use super::{Facts, Question, sizes};
use crate::error::Result;
use crate::policy::Capacity;
use crate::replay::cell::Cell;
use crate::trace::source::About;
use crate::units::grouped;

/// The cells.
pub(super) struct Grids {
    /// All of them.
    pub cells: Vec<Cell>,
    /// How many were asked for.
    pub own: usize,
    /// Cells of one size, and the baseline's position among them: of those that were asked for, and of the others.
    layout: [(usize, usize); 2],
}

impl Grids {
    /// Of a trace.
    ///
    /// # Errors
    /// A size in bytes that the trace cannot give.
    pub fn of(question: &Question, trace: &About, facts: &Facts) -> Result<Grids> {
        let mut cells = question.sweep.cells(trace, facts)?;
        let own = cells.len();
        let others = sizes::grid(question, cells[0].capacity, facts);
        cells.extend(others.cells);
        let layout = [(question.sweep.policies.len(), question.baseline), (others.per_size, others.baseline)];
        Ok(Grids { cells, own, layout })
    }

    /// How many cells of other sizes there are.
    pub fn others(&self) -> usize {
        self.cells.len() - self.own
    }

    /// The cell that another one is compared with.
    pub fn baseline_of(&self, cell: usize) -> usize {
        let (first, (per_size, baseline)) =
            if cell < self.own { (0, self.layout[0]) } else { (self.own, self.layout[1]) };
        cell - (cell - first) % per_size + baseline
    }

    /// The cell whose limits a task is about; `None` where it is about something else.
    pub fn limited(&self, task: Task) -> Option<usize> {
        match task {
            Task::Limits(cell) => Some(cell),
            Task::Size(cell) => Some(self.own + cell),
            Task::Refills | Task::Stretches(_) | Task::Simulated(_) => None,
        }
    }

    /// The cell that a task is about; `None` where it is about all.
    pub fn cell(&self, task: Task) -> Option<usize> {
        match task {
            Task::Limits(_) | Task::Size(_) => self.limited(task),
            Task::Stretches(cell) | Task::Simulated(cell) => Some(cell),
            Task::Refills => None,
        }
    }

    /// A task, for people.
    pub fn name(&self, task: Task) -> String {
        let what = match task {
            Task::Limits(_) | Task::Size(_) => "limits",
            Task::Stretches(_) => "stretches",
            Task::Simulated(_) => "simulated outages",
            Task::Refills => "refills",
        };
        match self.cell(task).and_then(|cell| self.cells.get(cell)) {
            None => what.to_string(),
            Some(Cell { policy, capacity: Capacity::Objects(n) }) => {
                format!("{what} of {policy} at {} objects", grouped(*n))
            }
            Some(Cell { policy, capacity: Capacity::Bytes(n) }) => {
                format!("{what} of {policy} at {} bytes", grouped(*n))
            }
        }
    }
}
