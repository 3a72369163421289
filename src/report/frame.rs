//! The result table as CSV and Parquet. The only file that knows polars.

use crate::error::{Error, Result};
use polars_core::prelude::{DataFrame, NamedFrom, PolarsError, Series};
use polars_io::SerWriter;
use polars_io::csv::write::CsvWriter;
use polars_io::parquet::write::ParquetWriter;
use std::io::Write;

pub use polars_core::prelude::Column;

/// Rows whose columns are those of their list.
pub trait Rows: Sized {
    /// All columns, in the order of the list.
    fn columns(rows: &[Self]) -> Vec<Column>;
}

/// A column of these values.
pub fn column<T, M: ?Sized>(name: &str, values: impl Iterator<Item = T>) -> Column
where
    Series: NamedFrom<Vec<T>, M>,
{
    Column::from(Series::new(name.into(), values.collect::<Vec<T>>()))
}

/// A report with a result table. Columns have the names and order of the JSON's rows.
pub trait Table {
    /// The table, tidy.
    fn columns(&self) -> Vec<Column>;
}

/// The result table.
///
/// # Errors
/// None that a report can cause.
pub fn frame(report: &impl Table) -> Result<DataFrame> {
    let columns = report.columns();
    DataFrame::new(columns.first().map_or(0, Column::len), columns).map_err(failed)
}

fn failed(cause: PolarsError) -> Error {
    Error::usage(format!("cannot write the table: {cause}")).hint("check that the disk is not full")
}

/// Writes the result table as CSV with a header.
///
/// # Errors
/// A target that cannot be written.
pub fn write_csv(report: &impl Table, to: impl Write) -> Result<()> {
    CsvWriter::new(to).finish(&mut frame(report)?).map_err(failed)
}

/// Writes the result table as Parquet.
///
/// # Errors
/// A target that cannot be written.
pub fn write_parquet(report: &impl Table, to: impl Write) -> Result<()> {
    ParquetWriter::new(to).finish(&mut frame(report)?).map(|_| ()).map_err(failed)
}
