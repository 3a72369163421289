//! Tables across the Arrow C stream: reports go out without copying, traces come in. The only file with unsafe code.

use coldgap::trace::Trace;
use coldgap::trace::input::Input;
use coldgap::{Error, ReadOptions, Result};
use polars_arrow::array::{Array, StructArray};
use polars_arrow::datatypes::{ArrowDataType, Field};
use polars_arrow::ffi::{ArrowArrayStream, ArrowArrayStreamReader, export_iterator};
use polars_core::prelude::{Column, CompatLevel, DataFrame, PolarsResult, Series};
use polars_io::parquet::write::{ParquetCompression, ParquetWriter};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

/// What the protocol calls a capsule with a stream.
const STREAM: &std::ffi::CStr = c"arrow_array_stream";

fn unusable(cause: impl std::fmt::Display) -> Error {
    Error::usage(format!("the Arrow stream cannot be used: {cause}"))
        .hint("give a table of plain columns, one row a request")
}

/// A stream of the table, one batch. Numbers are handed over as they are; only text is laid out anew.
///
/// # Errors
/// None that a report's table can cause.
pub fn export<'py>(py: Python<'py>, table: &DataFrame) -> Result<PyResult<Bound<'py, PyCapsule>>> {
    let level = CompatLevel::oldest();
    let mut table = table.clone();
    table.rechunk_mut();
    let columns = table.columns().iter().map(Column::as_materialized_series);
    let (fields, arrays): (Vec<Field>, Vec<Box<dyn Array>>) = columns
        .map(|series: &Series| (series.dtype().to_arrow_field(series.name().clone(), level), series.to_arrow(0, level)))
        .unzip();
    let kind = ArrowDataType::Struct(fields);
    let batch = StructArray::try_new(kind.clone(), table.height(), arrays, None).map_err(unusable)?;
    let batches: Vec<PolarsResult<Box<dyn Array>>> = vec![Ok(batch.boxed())];
    let stream = export_iterator(Box::new(batches.into_iter()), Field::new("".into(), kind, false));
    Ok(PyCapsule::new_with_value(py, stream, STREAM))
}

/// The table of anything that has an Arrow C stream.
///
/// # Errors
/// A stream that is released already, fails, or has columns that are no plain ones.
pub fn import(capsule: &Bound<'_, PyCapsule>) -> Result<DataFrame> {
    let pointer = capsule.pointer_checked(Some(STREAM)).map_err(unusable)?;
    // SAFETY: the capsule's name says what it points to, and the stream is moved out of it: an empty one, which
    // counts as released, is left in its place.
    let stream =
        unsafe { std::mem::replace(&mut *pointer.as_ptr().cast::<ArrowArrayStream>(), ArrowArrayStream::empty()) };
    // SAFETY: who made the capsule promises a valid stream.
    let mut reader = unsafe { ArrowArrayStreamReader::try_new(Box::new(stream)) }.map_err(unusable)?;
    let ArrowDataType::Struct(fields) = reader.field().dtype.clone() else {
        return Err(unusable("it is no table"));
    };
    let mut chunks: Vec<Vec<Box<dyn Array>>> = vec![Vec::new(); fields.len()];
    // SAFETY: as above.
    while let Some(batch) = unsafe { reader.next() } {
        let batch = batch.map_err(unusable)?;
        let Some(batch) = batch.as_any().downcast_ref::<StructArray>() else {
            return Err(unusable("a batch of it is no table"));
        };
        for (column, values) in chunks.iter_mut().zip(batch.values()) {
            column.push(values.clone());
        }
    }
    let height = chunks.first().map_or(0, |column| column.iter().map(|chunk| chunk.len()).sum());
    let columns = fields.iter().zip(chunks).map(|(field, chunks)| {
        // SAFETY: the chunks are of the field's type, as the stream promises.
        let series = Series::try_from((field, chunks))?;
        Ok(Column::from(series))
    });
    let columns = columns.collect::<PolarsResult<Vec<Column>>>().map_err(unusable)?;
    DataFrame::new(height, columns).map_err(unusable)
}

/// A trace from a table, by the names of its columns, as a Parquet file is read.
///
/// # Errors
/// See [`coldgap::trace::read`].
pub fn trace(mut table: DataFrame, options: &ReadOptions) -> Result<Trace> {
    let mut file = Vec::new();
    let writer = ParquetWriter::new(&mut file).with_compression(ParquetCompression::Uncompressed);
    writer.finish(&mut table).map_err(unusable)?;
    Ok(coldgap::trace::read_input(Input::from_bytes("table", file)?, options)?.0)
}
