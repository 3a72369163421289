//! Other sizes of the cache: a grid around the one that was asked for, without any simulation.

use super::{Facts, Finding, Question};
use crate::policy::Capacity;
use crate::policy::spec::PolicySpec;
use crate::replay::cell::Cell;

/// Sizes, as factors of the first.
const FACTORS: [f64; 7] = [0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0];

/// The capacities of the grid, in rising order; more than everything is not tried.
fn capacities(first: Capacity, facts: &Facts) -> Vec<Capacity> {
    let everything = match first {
        Capacity::Objects(_) => facts.objects,
        Capacity::Bytes(_) => facts.footprint_bytes.unwrap_or(u64::MAX),
    };
    let most = everything.max(first.amount());
    let amounts = FACTORS.map(|factor| ((first.amount() as f64 * factor).round() as u64).clamp(1, most));
    let mut all: Vec<Capacity> = amounts
        .into_iter()
        .map(|amount| match first {
            Capacity::Objects(_) => Capacity::Objects(amount),
            Capacity::Bytes(_) => Capacity::Bytes(amount),
        })
        .collect();
    all.dedup();
    all
}

/// The policies of the grid, and the baseline's position among them: the baseline alone, or all that one can deploy.
fn policies(question: &Question) -> (Vec<PolicySpec>, usize) {
    let all = question.sweep.policies.iter().enumerate();
    let wanted = |i: usize, policy: &PolicySpec| {
        let info = policy.info();
        i == question.baseline || (question.sweeps_prices() && !info.needs_future && !info.unbounded)
    };
    let chosen: Vec<(usize, PolicySpec)> =
        all.filter(|(i, policy)| wanted(*i, policy)).map(|(i, policy)| (i, policy.clone())).collect();
    let baseline = chosen.iter().position(|(i, _)| *i == question.baseline).unwrap_or(0);
    (chosen.into_iter().map(|(_, policy)| policy).collect(), baseline)
}

/// Cells beside those that were asked for: how many of them one size has, and where the baseline is among these.
pub(super) struct Grid {
    pub cells: Vec<Cell>,
    pub per_size: usize,
    pub baseline: usize,
}

/// The grid, without the first size itself. Empty where nobody asked for it.
pub(super) fn grid(question: &Question, first: Capacity, facts: &Facts) -> Grid {
    if !question.full && !question.sweeps_prices() {
        return Grid { cells: Vec::new(), per_size: 1, baseline: 0 };
    }
    let (policies, baseline) = policies(question);
    let others = capacities(first, facts).into_iter().filter(|capacity| *capacity != first);
    let cells =
        others.flat_map(|capacity| policies.iter().map(move |policy| Cell { policy: policy.clone(), capacity }));
    Grid { cells: cells.collect(), per_size: policies.len(), baseline }
}

/// How many cells a grid has at most.
pub(super) fn most_cells(question: &Question) -> usize {
    let wanted = question.full || question.sweeps_prices();
    if wanted { (FACTORS.len() - 1) * policies(question).0.len() } else { 0 }
}

/// The grid's findings with those of the first size in their place.
pub(super) fn with_first(grid: Vec<Finding>, cells: &[Finding], question: &Question) -> Vec<Finding> {
    if grid.is_empty() && !question.full && !question.sweeps_prices() {
        return Vec::new();
    }
    let (policies, _) = policies(question);
    let first = cells[0].cell.capacity;
    let named = |finding: &&Finding| policies.iter().any(|policy| policy.to_string() == finding.policy());
    let own = cells.iter().take_while(|finding| finding.cell.capacity == first).filter(named).cloned();
    let mut all: Vec<Finding> = grid.into_iter().chain(own).collect();
    all.sort_by_key(|finding| finding.cell.capacity.amount());
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(objects: u64) -> Facts {
        Facts {
            gets: 0,
            objects,
            footprint_bytes: None,
            bytes_requested: 0,
            cost_requested: 0,
            counted: 0,
            compulsory_misses: 0,
            compulsory_curve: Vec::new(),
        }
    }

    #[test]
    fn sizes_are_a_factor_apart_and_end_where_everything_fits() {
        let amounts = |first, objects| -> Vec<u64> {
            capacities(Capacity::Objects(first), &facts(objects)).into_iter().map(Capacity::amount).collect()
        };
        assert_eq!(amounts(800, 10_000), [100, 200, 400, 800, 1600, 3200, 6400]);
        assert_eq!(amounts(800, 2000), [100, 200, 400, 800, 1600, 2000]);
        assert_eq!(amounts(2, 3), [1, 2, 3]);
        assert_eq!(amounts(800, 100), [100, 200, 400, 800], "one larger than everything stays");
    }
}
