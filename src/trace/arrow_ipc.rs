//! Arrow IPC: files and streams, as Polars, pandas and Spark write them.
//!
//! It knows the framing; columns are told in [`super::columns`], rows read in [`super::batches`].

use super::batches::Selection;
use super::builder::{Builder, Flow};
use super::format::{Format, FormatInfo, Head, ReadOptions, Sniff};
use super::input::Input;
use super::spool;
use crate::error::{Error, Result};
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::ipc::reader::{FileReader, StreamReader};
use std::io::BufReader;

/// First bytes of an IPC file.
const FILE_MAGIC: &[u8] = b"ARROW1";
/// First bytes of a message of a stream.
const CONTINUATION: &[u8] = &[0xff; 4];

/// The format.
pub struct ArrowIpc;

static INFO: FormatInfo = FormatInfo {
    name: "arrow",
    extensions: &["arrow", "feather", "ipc", "arrows"],
    summary: "Arrow IPC (Feather version 2), file or stream",
    layout: "The columns of Parquet (coldgap formats parquet), found by the same names. Buffers must not be compressed: \
             Feather files of pandas and Polars are by default, so write them with compression=\"uncompressed\", or \
             compress the whole file with zstd.",
};

impl Format for ArrowIpc {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        if head.bytes.starts_with(FILE_MAGIC) {
            return Sniff::Yes("it begins with ARROW1");
        }
        // A schema's message is never longer than the head unless it has thousands of columns.
        let length = head.bytes.get(4..8).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes);
        if head.bytes.starts_with(CONTINUATION) && length > 0 && (length as usize) < head.bytes.len() {
            return Sniff::Yes("it begins with an Arrow stream's message");
        }
        Sniff::No
    }

    fn read(&self, input: Input, options: &ReadOptions, rows: &mut Builder<'_>) -> Result<()> {
        if input.head().bytes.starts_with(FILE_MAGIC) {
            let reader = FileReader::try_new(BufReader::new(spool::file(input)?), None).map_err(damaged)?;
            read(reader.schema(), reader, options, rows)
        } else {
            let reader = StreamReader::try_new(BufReader::new(input), None).map_err(damaged)?;
            read(reader.schema(), reader, options, rows)
        }
    }
}

fn read(
    schema: SchemaRef,
    batches: impl Iterator<Item = std::result::Result<RecordBatch, ArrowError>>,
    options: &ReadOptions,
    rows: &mut Builder<'_>,
) -> Result<()> {
    let selection = Selection::new(&schema, options)?;
    let wanted = selection.wanted().to_vec();
    let mut reader = selection.into_reader();
    for batch in batches {
        let batch = batch.and_then(|batch| batch.project(&wanted)).map_err(damaged)?;
        if reader.push(&batch, rows)? == Flow::Break(()) {
            break;
        }
    }
    reader.finish(rows);
    Ok(())
}

fn damaged(cause: ArrowError) -> Error {
    Error::trace(format!("the Arrow data is truncated, damaged or of a kind not supported: {cause}"))
        .hint("fetch or write the file again, uncompressed, or as Parquet")
}
