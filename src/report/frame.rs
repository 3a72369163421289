//! The result table as CSV and Parquet. The only file that knows polars.

use super::compare::{Change, CompareReport};
use super::knobs::{PreloadRow, SensitivityReport, SensitivityRow, WarmupReport};
use super::outage::{OutageReport, WindowRow};
use super::replay::{ReplayReport, ReplayRow};
use super::{Report, Row};
use crate::error::{Error, Result};
use polars::prelude::{Column, CsvWriter, DataFrame, NamedFrom, ParquetWriter, PolarsError, SerWriter, Series};
use std::io::Write;

/// Columns from fields of the same name, in this order.
macro_rules! columns {
    ($row:ty, $rows:expr; $($field:ident),+ $(,)?) => {
        DataFrame::new($rows.len(), vec![$({
            let values: Vec<_> = $rows.iter().map(|row: &$row| row.$field.clone()).collect();
            Column::from(Series::new(stringify!($field).into(), values))
        }),+])
        .map_err(failed)
    };
}

/// A report with a result table. Columns have the names and order of the JSON's rows.
pub trait Table {
    /// The table, tidy.
    ///
    /// # Errors
    /// None that a report can cause.
    fn frame(&self) -> Result<DataFrame>;
}

/// One row per trace, cache size, policy and loss.
impl Table for Report {
    fn frame(&self) -> Result<DataFrame> {
        columns![Row, self.rows;
            trace, policy, is_bound, baseline,
            cache_capacity_objects, cache_capacity_bytes, cache_capacity_ratio,
            requests, hits, misses, miss_ratio, miss_ratio_worst_window, bytes_requested, bytes_missed,
            compulsory_misses, transient_misses, refill_seconds, refill_requests,
            backend_per_second, backend_unit, load_per_second,
            advertised_per_second, advertised_long_run_per_second, floor_per_second,
            floor_long_run_per_second,
            hidden_safe_per_second, hidden_safe_per_second_p01, hidden_safe_per_second_p50, hidden_safe_certified,
            limits_known,
            advertised_reclaimed_per_second, hidden_safe_reclaimed_per_second, worst_moment_seconds,
            hidden_95_per_second, hidden_95_per_second_low, hidden_95_per_second_high,
            hidden_50_per_second, hidden_50_per_second_low, hidden_50_per_second_high,
            hidden_05_per_second, hidden_05_per_second_low, hidden_05_per_second_high,
            hidden_measured_service, healed_at_safe_ratio, hidden_measured_end, hidden_measured_worst_moment_seconds,
            gap_ratio, gap_per_second, gap_floor_ratio, amplification,
            widening_ratio, widening_reclaimed_ratio, naive_saving_ratio,
            loss_survived_ratio, nodes_needed,
            recovers, recovery_seconds, user_seconds_lost, escape_per_second, shed_ratio,
            loss, loss_ratio, loss_worst_moment_seconds, loss_worst_node, loss_certified,
            least_backend_per_second, least_backend_mildest_node_per_second, safe_cut_ratio, reclaimable_ratio,
            load_limit_per_second, growth_ratio,
        ]
    }
}

/// One row per metric, and per loss where it depends on one.
impl Table for CompareReport {
    fn frame(&self) -> Result<DataFrame> {
        let mut frame = columns![Change, self.changes;
            metric, loss_ratio, unit, baseline, candidate, change_absolute, change_ratio, noise_low, noise_high,
        ]?;
        let words = |name: &str, of: fn(&Change) -> &'static str| {
            Column::from(Series::new(name.into(), self.changes.iter().map(of).collect::<Vec<_>>()))
        };
        frame.with_column(words("material", |change| change.material.name())).map_err(failed)?;
        frame.with_column(words("direction", |change| change.direction.name())).map_err(failed)?;
        Ok(frame)
    }
}

/// One row per window.
impl Table for OutageReport {
    fn frame(&self) -> Result<DataFrame> {
        columns![WindowRow, self.windows;
            start_seconds, phase, offered, lookups, hits, asked, answered, in_time, timeouts, retries, failures, inserts,
            drops, queue, min_delay_seconds, max_delay_seconds, entries, success_ratio, miss_ratio, user_seconds_lost,
        ]
    }
}

/// One row per change of the service.
impl Table for SensitivityReport {
    fn frame(&self) -> Result<DataFrame> {
        columns![SensitivityRow, self.rows;
            knob, setting, hidden_95_per_second, hidden_95_per_second_low, hidden_95_per_second_high, hidden_50_per_second,
            hidden_factor, hidden_safe_per_second,
            advertised_per_second,
        ]
    }
}

/// One row per number of keys loaded beforehand.
impl Table for WarmupReport {
    fn frame(&self) -> Result<DataFrame> {
        columns![PreloadRow, self.rows;
            keys, entries_ratio, bytes, hidden_95_per_second, hidden_95_per_second_low, hidden_95_per_second_high,
            hidden_50_per_second, hidden_factor,
            hidden_safe_per_second, gain_per_thousand_keys, gain_per_gib,
        ]
    }
}

/// One row per trace, cache size and policy.
impl Table for ReplayReport {
    fn frame(&self) -> Result<DataFrame> {
        columns![ReplayRow, self.rows;
            trace, policy, is_bound,
            cache_capacity_objects, cache_capacity_bytes, cache_capacity_ratio,
            requests, hits, misses, miss_ratio, bytes_requested, bytes_missed, compulsory_misses,
            sample_ratio, miss_ratio_low, miss_ratio_high,
        ]
    }
}

fn failed(cause: PolarsError) -> Error {
    Error::usage(format!("cannot write the table: {cause}")).hint("check that the disk is not full")
}

/// Writes the result table as CSV with a header.
///
/// # Errors
/// A target that cannot be written.
pub fn write_csv(report: &impl Table, to: impl Write) -> Result<()> {
    CsvWriter::new(to).finish(&mut report.frame()?).map_err(failed)
}

/// Writes the result table as Parquet.
///
/// # Errors
/// A target that cannot be written.
pub fn write_parquet(report: &impl Table, to: impl Write) -> Result<()> {
    ParquetWriter::new(to).finish(&mut report.frame()?).map(|_| ()).map_err(failed)
}
