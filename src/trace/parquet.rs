//! Parquet: the native format of coldgap, and any other Parquet table whose columns can be told.
//!
//! It knows the file and its columns' encodings; what a column holds is told in [`super::columns`], and rows are read
//! off record batches in [`super::batches`].

use super::batches::Selection;
use super::builder::{Builder, Flow};
use super::format::{Format, FormatInfo, Head, ReadOptions, Sniff};
use super::input::Input;
use super::intern::{Key, Keys};
use super::native::{ColumnHash, OBJECT, SUMMARY, Summary};
use super::{Trace, footer, guard, spool, words};
use crate::error::{Error, Result};
use crate::request::{ObjectId, RENEWS};
use arrow::array::{
    ArrayRef, BinaryArray, RecordBatch, StringArray, TimestampNanosecondArray, UInt32Array, UInt64Array,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use arrow::error::ArrowError;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::{ArrowWriter, ProjectionMask};
use parquet::basic::{Compression, Encoding, Type, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::schema::types::{ColumnDescPtr, ColumnPath, SchemaDescriptor};
use std::borrow::Cow;
use std::io::Write;
use std::ops::Range;
use std::sync::Arc;

/// First and last bytes of every Parquet file.
const MAGIC: &[u8] = b"PAR1";
/// The metadata entries of the native format: who wrote it, and what was assumed or changed on the way there.
const VERSION: &str = "coldgap.version";
pub(super) const NOTES: &str = "coldgap.notes";
/// Rows that are compressed together.
pub const ROWS_PER_GROUP: usize = 1 << 20;
/// Rows that are handed to the writer, or read, at once.
const ROWS_PER_BATCH: usize = 1 << 16;
/// Bytes that the texts of rows read at once may have.
const BATCH_BYTES: u64 = 128 << 20;
/// A group's dictionary of keys may grow so far before plain values are written: keys repeat, and a number or text
/// that is written once a group costs a fraction of one that is written with every request.
const DICTIONARY_BYTES: usize = 32 << 20;
/// Higher levels cost several times the time for one or two per cent of the bytes.
const ZSTD_LEVEL: i32 = 6;

/// The format.
pub struct Parquet;

static INFO: FormatInfo = FormatInfo {
    name: "parquet",
    extensions: &["parquet", "pq"],
    summary: "Parquet; the native, fastest format, written by convert and synth",
    layout: "Columns, in any order; all but key may be missing: time = TIMESTAMP (nanoseconds, or any unit the type \
             names), never stepping back; key = UINT64, or STRING/BINARY where keys are not numbers; size = UINT32, \
             bytes; op = STRING, get, set or delete (default get); ttl = UINT32, seconds an answer lives (0: not \
             said). The metadata entries coldgap.version and coldgap.notes say who wrote the file and what was \
             assumed. Files that coldgap writes also hold object = UINT32, the keys numbered by first touch, and the entry \
             coldgap.summary: from these a replay is streamed without holding the trace in memory. Tables written elsewhere are read as well: columns are found by the names that CSV headers \
             use (coldgap formats csv) or told with --columns, integers of any width, floating-point seconds, \
             strings, dictionaries and timestamps are understood. Columns in structures are named by path, request.key. Tables with the names of a source are read as that: of Pelikan's simulator \
             (timestamp in nanoseconds, obj_id, obj_size, next_access_vtime, which is not read, op as a number, ttl), of CloudFront's logs and others in JSON. Compression: zstd, snappy, gzip, lz4 or none.",
};

impl Format for Parquet {
    fn info(&self) -> &FormatInfo {
        &INFO
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        if head.bytes.starts_with(MAGIC) { Sniff::Yes("it begins with PAR1") } else { Sniff::No }
    }

    fn read(&self, input: Input, options: &ReadOptions, rows: &mut Builder<'_>) -> Result<()> {
        let file = spool::file(input)?;
        if let Some(fault) = footer::fault(&file).map_err(|cause| damaged(cause.to_string()))? {
            return Err(damaged(fault.to_string()));
        }
        let pages = file.try_clone().map_err(|cause| damaged(cause.to_string()))?;
        let builder = guard::decode(|| ParquetRecordBatchReaderBuilder::try_new(file)).map_err(damaged)?;
        let largest_page = match footer::largest_page(&pages, builder.metadata()) {
            Ok(largest) => largest.map_err(|fault| damaged(fault.to_string()))?,
            Err(cause) => return Err(damaged(cause.to_string())),
        };
        let file_bytes = pages.metadata().map_or(0, |data| data.len());
        let selection = Selection::new(builder.schema(), options)?;
        let metadata = builder.metadata().file_metadata().key_value_metadata();
        for entry in metadata.into_iter().flatten() {
            let value = entry.value.as_deref().unwrap_or_default();
            match entry.key.as_str() {
                NOTES => value.lines().for_each(|note| rows.note(note)),
                SUMMARY => {
                    if let Ok(Summary { tick, sample, .. }) = serde_json::from_str(value) {
                        rows.set_origin(tick, sample);
                    }
                }
                _ => {}
            }
        }
        let mask = ProjectionMask::roots(builder.parquet_schema(), selection.wanted().iter().copied());
        let rows_per_batch = rows_per_batch(builder.parquet_schema(), largest_page);
        let builder = builder.with_projection(mask).with_batch_size(rows_per_batch);
        let mut reader = guard::decode(|| builder.build()).map_err(damaged)?;
        rows.set_layout(selection.layout().to_string());
        let mut table = selection.into_reader();
        while let Some(batch) = guard::decode(|| reader.next().transpose()).map_err(damaged)? {
            if table.push(&batch, file_bytes, rows)? == Flow::Break(()) {
                break;
            }
        }
        table.finish(rows);
        Ok(())
    }
}

/// Rows that are decoded at once: a text that stands once in a page is written out for each row that has it.
fn rows_per_batch(schema: &SchemaDescriptor, largest_page: u64) -> usize {
    let longest = |column: &ColumnDescPtr| match column.physical_type() {
        Type::BYTE_ARRAY => largest_page,
        // The place of one that is missing is as long.
        Type::FIXED_LEN_BYTE_ARRAY => largest_page.max(u64::try_from(column.type_length()).unwrap_or(0)),
        _ => 0,
    };
    let longest = schema.columns().iter().map(longest).max().unwrap_or(0).max(1);
    (BATCH_BYTES / longest).clamp(1, ROWS_PER_BATCH as u64) as usize
}

fn damaged(cause: String) -> Error {
    Error::trace(format!("the Parquet data is truncated, damaged or of a kind not supported: {cause}"))
        .hint("fetch or write the file again; compress its columns with zstd, snappy, gzip or lz4, or not at all")
}

/// Writes a trace in the native format. The trace that is read back equals it: times to the nanosecond, start,
/// operations, times to live, keys, and the fingerprint.
///
/// # Errors
/// A target that cannot be written, or times beyond the year 2262, which the format cannot hold.
pub fn write(trace: &Trace, target: impl Write + Send) -> Result<()> {
    let failed = |cause: ParquetError| Error::usage(format!("cannot write the trace: {cause}"));
    let (schema, batches) = record_batches(trace, true)?;
    let mut writer = ArrowWriter::try_new(target, schema, Some(properties(trace))).map_err(failed)?;
    let mut hash = ColumnHash::default();
    for batch in batches {
        let batch = batch.map_err(|cause| failed(cause.into()))?;
        hash.update(&batch);
        writer.write(&batch).map_err(failed)?;
    }
    let summary = serde_json::to_string(&Summary::of(trace, &hash))
        .map_err(|cause| Error::usage(format!("cannot write the trace: {cause}")))?;
    writer.append_key_value_metadata(KeyValue::new(SUMMARY.to_string(), summary));
    writer.close().map_err(failed)?;
    Ok(())
}

/// The trace as record batches, for every format that is made of them; `ids`: with the object ids.
///
/// # Errors
/// Times beyond the year 2262, which a timestamp cannot hold.
pub(super) fn record_batches(
    trace: &Trace,
    ids: bool,
) -> Result<(SchemaRef, impl Iterator<Item = std::result::Result<RecordBatch, ArrowError>>)> {
    let last = trace.times.last().copied().unwrap_or(0);
    if trace.start.checked_add(last).and_then(|end| i64::try_from(end).ok()).is_none() {
        return Err(Error::trace("times beyond the year 2262 cannot be written")
            .at(&trace.name, None)
            .hint("check the unit of the times: --time-unit s, ms, us or ns"));
    }
    let schema = Arc::new(schema(trace, ids));
    let batches = (0..trace.len()).step_by(ROWS_PER_BATCH).map({
        let schema = Arc::clone(&schema);
        move |start| {
            let range = start..(start + ROWS_PER_BATCH).min(trace.len());
            RecordBatch::try_new(Arc::clone(&schema), columns(trace, &schema, range))
        }
    });
    Ok((schema, batches))
}

/// How keys are written: numbers where all are, text where all are UTF-8, else bytes.
fn key_type(keys: &Keys) -> DataType {
    if keys.all_numbers() {
        return DataType::UInt64;
    }
    let is_utf8 = |i| match keys.get(ObjectId(i)) {
        Key::Number(_) => true,
        Key::Text(bytes) => std::str::from_utf8(bytes).is_ok(),
    };
    if (0..keys.len() as u32).all(is_utf8) { DataType::Utf8 } else { DataType::Binary }
}

fn schema(trace: &Trace, ids: bool) -> Schema {
    let mut fields = Vec::new();
    if trace.has_times() {
        fields.push(Field::new("time", DataType::Timestamp(TimeUnit::Nanosecond, None), false));
    }
    fields.push(Field::new("key", key_type(&trace.keys), false));
    if ids {
        fields.push(Field::new(OBJECT, DataType::UInt32, false));
    }
    if trace.sizes.is_some() {
        fields.push(Field::new("size", DataType::UInt32, false));
    }
    if trace.ops.is_some() {
        fields.push(Field::new("op", DataType::Utf8, false));
    }
    for (name, is_there) in
        [("ttl", trace.ttls.is_some()), ("miss_cost", trace.costs.is_some()), ("chained", trace.chained.is_some())]
    {
        if is_there {
            fields.push(Field::new(name, DataType::UInt32, false));
        }
    }
    Schema::new(fields)
}

/// The columns of [`schema`], in its order.
fn columns(trace: &Trace, schema: &Schema, range: Range<usize>) -> Vec<ArrayRef> {
    let mut columns: Vec<ArrayRef> = Vec::new();
    if trace.has_times() {
        // Cannot wrap: `write` has checked the last, and times do not step back.
        let times = trace.times[range.clone()].iter().map(|time| (trace.start + time) as i64);
        columns.push(Arc::new(TimestampNanosecondArray::from_iter_values(times)));
    }
    // Times come first where there are any, then keys.
    let key_type = schema.field(usize::from(trace.has_times())).data_type();
    columns.push(key_column(&trace.keys, key_type, &trace.objects[range.clone()]));
    if schema.column_with_name(OBJECT).is_some() {
        columns
            .push(Arc::new(UInt32Array::from_iter_values(trace.objects[range.clone()].iter().map(|object| object.0))));
    }
    if let Some(sizes) = &trace.sizes {
        columns.push(Arc::new(UInt32Array::from_iter_values(sizes[range.clone()].iter().copied())));
    }
    let ttl = |i: usize| trace.ttls.as_ref().map_or(0, |ttls| ttls[i]);
    if let Some(ops) = &trace.ops {
        columns.push(Arc::new(StringArray::from_iter_values(range.clone().map(|i| words::of(ops[i], ttl(i))))));
    }
    if let Some(ttls) = &trace.ttls {
        columns.push(Arc::new(UInt32Array::from_iter_values(ttls[range.clone()].iter().map(|ttl| ttl & !RENEWS))));
    }
    if let Some(costs) = &trace.costs {
        columns.push(Arc::new(UInt32Array::from_iter_values(costs[range.clone()].iter().copied())));
    }
    if let Some(chained) = &trace.chained {
        columns.push(Arc::new(UInt32Array::from_iter_values(chained[range].iter().map(|chained| u32::from(*chained)))));
    }
    columns
}

fn key_column(keys: &Keys, key_type: &DataType, objects: &[ObjectId]) -> ArrayRef {
    let bytes = |object: &ObjectId| match keys.get(*object) {
        Key::Number(number) => Cow::Owned(number.to_string().into_bytes()),
        Key::Text(bytes) => Cow::Borrowed(bytes),
    };
    match key_type {
        DataType::UInt64 => {
            Arc::new(UInt64Array::from_iter_values(objects.iter().map(|object| match keys.get(*object) {
                Key::Number(number) => number,
                Key::Text(_) => 0,
            })))
        }
        DataType::Utf8 => Arc::new(StringArray::from_iter_values(
            objects.iter().map(|object| String::from_utf8_lossy(&bytes(object)).into_owned()),
        )),
        _ => Arc::new(BinaryArray::from_iter_values(objects.iter().map(bytes))),
    }
}

fn properties(trace: &Trace) -> WriterProperties {
    let zstd = ZstdLevel::try_new(ZSTD_LEVEL).unwrap_or_default();
    let mut metadata = vec![KeyValue::new(VERSION.to_string(), env!("CARGO_PKG_VERSION").to_string())];
    if !trace.notes.is_empty() {
        metadata.push(KeyValue::new(NOTES.to_string(), trace.notes.join("\n")));
    }
    let time = ColumnPath::from("time");
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(zstd))
        .set_max_row_group_row_count(Some(ROWS_PER_GROUP))
        .set_dictionary_page_size_limit(DICTIONARY_BYTES)
        // Times hardly repeat but their steps are small.
        .set_column_dictionary_enabled(time.clone(), false)
        .set_column_encoding(time, Encoding::DELTA_BINARY_PACKED)
        .set_key_value_metadata(Some(metadata))
        .build()
}
