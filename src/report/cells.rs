//! What reports share whose rows are cells: a policy at a cache size on a trace, once for each loss. The gap report is one, its
//! estimate another.

/// How a cell's rows are found, and what gates see of them. `rows`, `traces` and `config` are fields of the report.
macro_rules! cells {
    ($report:ident: $row:ident) => {
        impl $row {
            /// The cache's size.
            pub fn cache(&self) -> $crate::policy::Capacity {
                $crate::report::format::capacity_of(self.cache_capacity_objects, self.cache_capacity_bytes)
            }

            /// True for the baseline's own row.
            pub fn is_baseline(&self) -> bool {
                self.policy == self.baseline
            }
        }

        impl $report {
            /// The rows of one trace, one per cell: those for losing nothing.
            pub fn cells<'r>(&'r self, trace: &'r str) -> impl Iterator<Item = &'r $row> {
                self.rows.iter().filter(move |row| row.trace == trace && row.loss_ratio == 0.0)
            }

            /// The rows of the same cell as `cell`, one per loss.
            pub fn losses<'r>(&'r self, cell: &'r $row) -> impl Iterator<Item = &'r $row> {
                self.rows.iter().filter(move |row| {
                    row.trace == cell.trace && row.policy == cell.policy && row.cache() == cell.cache()
                })
            }
        }

        impl $crate::report::gates::Gated for $report {
            type Row = $row;

            fn scope(&self) -> $crate::report::gates::Scope {
                $crate::report::gates::Scope {
                    policies: self.config.policies.clone(),
                    losses: [&[0.0], &*self.config.losses].concat(),
                    demand: self.traces.first().map_or($crate::units::Demand::Answers, |trace| trace.demand()),
                }
            }

            fn subjects(&self) -> Vec<$crate::report::gates::Subject<'_, $row>> {
                fn subject(row: &$row) -> $crate::report::gates::Subject<'_, $row> {
                    $crate::report::gates::Subject {
                        trace: &row.trace,
                        policy: &row.policy,
                        by_default: row.is_baseline(),
                        capacity: row.cache(),
                        loss: row.loss_ratio,
                        row,
                    }
                }
                self.rows.iter().map(subject).collect()
            }
        }
    };
}
pub(super) use cells;
