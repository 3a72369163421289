//! Arrow IPC: files and streams, as Polars, pandas and Spark write them.
//!
//! It knows the framing; columns are told in [`super::columns`], rows read in [`super::batches`].

use super::batches::{BatchReader, Selection};
use super::builder::{Builder, Flow};
use super::format::{Format, FormatInfo, Head, ReadOptions, Sniff};
use super::guard;
use super::input::Input;
use super::messages;
use crate::error::{Error, Result};
use arrow::buffer::Buffer;
use arrow::ipc::reader::StreamDecoder;
use std::io::{self, Read};

/// First bytes of an IPC file.
const FILE_MAGIC: &[u8] = b"ARROW1";
/// Messages begin at multiples of this.
const ALIGNMENT: usize = 8;
/// First bytes of a message of a stream.
const CONTINUATION: &[u8] = &[0xff; 4];

/// The format.
pub struct ArrowIpc;

static INFO: FormatInfo = FormatInfo {
    name: "arrow",
    extensions: &["arrow", "feather", "ipc", "arrows"],
    summary: "Arrow IPC (Feather version 2), file or stream",
    layout: "The columns of Parquet (coldgap formats parquet), found by the same names. Buffers may be compressed with lz4 or \
             zstd, as pandas and Polars do it.",
};

impl Format for ArrowIpc {
    fn info(&self) -> &FormatInfo {
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

    fn read(&self, mut input: Input, options: &ReadOptions, rows: &mut Builder<'_>) -> Result<()> {
        // A file is a stream between a magic word and an index, which is of no use to one who reads it all.
        let is_file = input.head().bytes.starts_with(FILE_MAGIC);
        if is_file {
            let skip = before_stream(input.head().bytes) as u64;
            io::copy(&mut (&mut input).take(skip), &mut io::sink()).map_err(|cause| input.broken(&cause))?;
        }
        let mut decoder = StreamDecoder::new();
        let mut file_bytes = 0;
        let mut reader: Option<(Vec<usize>, BatchReader)> = None;
        'messages: loop {
            let message = match messages::next(&mut input) {
                Ok(message) => message.map_err(|fault| damaged(fault.to_string()))?,
                Err(cause) => return Err(input.broken(&cause)),
            };
            let Some(message) = message else {
                if is_file {
                    return Err(damaged("the end of the data is not marked".to_string()));
                }
                break;
            };
            // What follows the end of the stream is a file's index.
            if message.is_empty() {
                break;
            }
            file_bytes += message.len() as u64;
            let mut message = Buffer::from(message);
            while !message.is_empty() {
                let batch = match guard::decode(|| decoder.decode(&mut message)) {
                    Ok(Some(batch)) => batch,
                    Ok(None) => continue,
                    Err(cause) => return Err(damaged(cause)),
                };
                let (wanted, reader) = match &mut reader {
                    Some(reader) => reader,
                    none => {
                        let selection = Selection::new(&batch.schema(), options)?;
                        rows.set_layout(selection.layout().to_string());
                        none.insert((selection.wanted().to_vec(), selection.into_reader()))
                    }
                };
                let batch = batch.project(wanted).map_err(|cause| damaged(cause.to_string()))?;
                if reader.push(&batch, file_bytes, rows)? == Flow::Break(()) {
                    break 'messages;
                }
            }
        }
        if let Some((_, reader)) = reader {
            reader.finish(rows);
        }
        Ok(())
    }
}

/// How many bytes of a file come before its stream: the magic word, and padding to 8 bytes (C++) or 64 (Rust).
fn before_stream(file: &[u8]) -> usize {
    let padding = file[FILE_MAGIC.len()..].iter().take_while(|byte| **byte == 0).count();
    (FILE_MAGIC.len() + padding) / ALIGNMENT * ALIGNMENT
}

fn damaged(cause: String) -> Error {
    Error::trace(format!("the Arrow data is truncated, damaged or of a kind not supported: {cause}"))
        .hint("fetch or write the file again, uncompressed, or as Parquet")
}
