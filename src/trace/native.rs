//! The native Parquet file as a stream: batches of requests under the object ids that stand in the file, so that nothing is
//! interned and memory does not grow with the trace.
//!
//! It knows the native layout only; any other table is read by [`super::parquet`]. What a file promises is verified as it is
//! read: ids in order of first touch, times that do not step back, counts, and a hash over the columns.

use super::sample::Drawn;
use super::{Trace, builder, footer, guard};
use crate::error::{Error, Kind, Result};
use crate::request::{ObjectId, Op, RENEWS, Requests, weight};
use arrow::array::{Array, ArrayRef, AsArray, PrimitiveArray, RecordBatch, StringArray};
use arrow::datatypes::{ArrowPrimitiveType, DataType, Field, Int64Type, TimeUnit, TimestampNanosecondType, UInt32Type};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::path::{Path, PathBuf};
use xxhash_rust::xxh3::Xxh3;

/// The metadata entry that makes a file a native one with ids: a [`Summary`] as JSON.
pub(super) const SUMMARY: &str = "coldgap.summary";
/// The column of object ids.
pub(super) const OBJECT: &str = "object";
/// The columns that a stream reads: all but the keys.
const COLUMNS: [&str; 5] = ["time", OBJECT, "size", "op", "ttl"];
/// Requests that are decoded at once: enough that a cache's state stays in the processor's while they are replayed.
pub const ROWS_PER_BATCH: usize = 1 << 18;

/// What a native file says of itself, so that nothing need be read to know it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Requests, of any operation.
    pub requests: u64,
    /// Gets among them.
    pub gets: u64,
    /// Distinct objects.
    pub objects: u64,
    /// Bytes of all objects, each at its largest; `None` where the trace has no sizes.
    pub footprint_bytes: Option<u64>,
    /// [`Trace::fingerprint`].
    pub fingerprint: String,
    /// [`Trace::tick`]; files of older versions do not say it.
    #[serde(default)]
    pub(super) tick: Option<u64>,
    /// [`Trace::sample`]; the same.
    #[serde(default)]
    pub(super) sample: Option<Drawn>,
    /// See [`ColumnHash`].
    columns_hash: String,
}

impl Summary {
    /// Of a trace whose columns have this hash.
    pub(super) fn of(trace: &Trace, columns: &ColumnHash) -> Summary {
        let is_get = |op: &&Op| **op == Op::Get;
        Summary {
            requests: trace.len() as u64,
            gets: trace.ops.as_ref().map_or(trace.len(), |ops| ops.iter().filter(is_get).count()) as u64,
            objects: trace.object_count() as u64,
            footprint_bytes: trace.footprint_bytes(),
            fingerprint: builder::fingerprint(trace),
            tick: trace.tick,
            sample: trace.sample,
            columns_hash: columns.digest(),
        }
    }
}

/// A hash over every streamed column, wherever batches end.
#[derive(Default)]
pub(super) struct ColumnHash([Xxh3; COLUMNS.len()]);

impl ColumnHash {
    /// Adds a batch; columns that are not streamed are left out.
    pub(super) fn update(&mut self, batch: &RecordBatch) {
        for (hasher, name) in self.0.iter_mut().zip(COLUMNS) {
            let Some(column) = batch.column_by_name(name) else { continue };
            if let Some(column) = column.as_primitive_opt::<TimestampNanosecondType>() {
                hasher.update(column.values().inner());
            } else if let Some(column) = column.as_primitive_opt::<UInt32Type>() {
                hasher.update(column.values().inner());
            } else if let Some(column) = column.as_string_opt::<i32>() {
                column.iter().flatten().for_each(|word| hasher.update(word.as_bytes()));
            }
        }
    }

    fn digest(&self) -> String {
        let mut all = Xxh3::new();
        self.0.iter().for_each(|column| all.update(&column.digest128().to_le_bytes()));
        format!("{:032x}", all.digest128())
    }
}

/// An open native file.
pub struct Native {
    /// As the user named it.
    pub name: String,
    /// What it says of itself.
    pub summary: Summary,
    /// What was assumed or changed when it was written, in sentences.
    pub notes: Vec<String>,
    path: PathBuf,
    metadata: ArrowReaderMetadata,
}

impl Native {
    /// Opens a file by its footer; `None` where it is no native file, or one of an older coldgap, without ids.
    ///
    /// # Errors
    /// A file that cannot be opened, or a native one whose footer contradicts itself.
    pub fn open(path: &Path) -> Result<Option<Native>> {
        // Whatever is no readable Parquet is judged by those who know more formats.
        let Ok(file) = File::open(path) else { return Ok(None) };
        let Ok(None) = footer::fault(&file) else { return Ok(None) };
        let load = || ArrowReaderMetadata::load(&file, ArrowReaderOptions::new());
        let Ok(metadata) = guard::decode(load) else { return Ok(None) };
        let entries = metadata.metadata().file_metadata().key_value_metadata();
        let entry = |key: &str| entries.into_iter().flatten().find(|entry| entry.key == key)?.value.clone();
        let Some(summary) = entry(SUMMARY) else { return Ok(None) };
        // Costs and chains are not streamed: such a file is read as any table.
        if ["miss_cost", "chained"].iter().any(|name| metadata.schema().column_with_name(name).is_some()) {
            return Ok(None);
        }
        let name = path.display().to_string();
        let rows = metadata.metadata().file_metadata().num_rows();
        let read = || -> Result<Summary> {
            let summary: Summary = serde_json::from_str(&summary)
                .map_err(|cause| damaged(&format!("its summary cannot be read: {cause}")))?;
            let contradicts = u64::try_from(rows) != Ok(summary.requests)
                || summary.requests >= u64::from(u32::MAX)
                || summary.requests == 0
                || !is_hash(&summary.fingerprint)
                || summary.objects > summary.requests
                || summary.gets > summary.requests;
            if contradicts {
                return Err(damaged("its summary contradicts itself or its number of rows"));
            }
            check_schema(&metadata, &summary)?;
            if let Ok(Err(fault)) = footer::largest_page(&file, metadata.metadata()) {
                return Err(damaged(fault));
            }
            Ok(summary)
        };
        let summary = read().map_err(|error| error.at(&name, None))?;
        let notes = entry(super::parquet::NOTES).map_or(Vec::new(), |notes| notes.lines().map(String::from).collect());
        Ok(Some(Native { name, summary, notes, path: path.to_path_buf(), metadata }))
    }

    /// True where there is such a column.
    pub fn has(&self, column: &str) -> bool {
        self.metadata.schema().column_with_name(column).is_some()
    }

    /// Starts to read from the beginning.
    ///
    /// # Errors
    /// A file that cannot be opened any more.
    pub fn batches(&self) -> Result<Batches<'_>> {
        let file =
            File::open(&self.path).map_err(|cause| Error::file(Kind::Trace, &self.path, "open the trace", &cause))?;
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone());
        let mask = ProjectionMask::columns(builder.parquet_schema(), COLUMNS);
        let builder = builder.with_projection(mask).with_batch_size(ROWS_PER_BATCH);
        let reader = guard::decode(|| builder.build()).map_err(|cause| damaged(&cause).at(&self.name, None))?;
        Ok(Batches {
            file: self,
            reader,
            hash: ColumnHash::default(),
            requests: 0,
            objects: 0,
            gets: 0,
            largest: Vec::new(),
            start: None,
            last: 0,
        })
    }
}

/// True for 32 digits of a hash: a fingerprint becomes a part of file names.
fn is_hash(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn damaged(what: &str) -> Error {
    Error::trace(format!("the native Parquet file is damaged: {what}"))
        .hint("fetch or write the file again: coldgap convert or synth")
}

fn check_schema(metadata: &ArrowReaderMetadata, summary: &Summary) -> Result<()> {
    let has = |name: &str| metadata.schema().column_with_name(name).is_some();
    if !has(OBJECT) || has("size") != summary.footprint_bytes.is_some() {
        return Err(damaged("its columns are not those of its summary"));
    }
    for field in metadata.schema().fields().iter().filter(|field| COLUMNS.contains(&field.name().as_str())) {
        if field.data_type() != &data_type(field) {
            return Err(damaged(&format!("column '{}' is of type {}", field.name(), field.data_type())));
        }
    }
    Ok(())
}

fn data_type(field: &Field) -> DataType {
    match field.name().as_str() {
        "time" => DataType::Timestamp(TimeUnit::Nanosecond, None),
        "op" => DataType::Utf8,
        _ => DataType::UInt32,
    }
}

/// A run of requests, decoded.
#[derive(Debug, Default)]
pub struct Batch {
    times: Vec<u64>,
    objects: Vec<ObjectId>,
    sizes: Option<Vec<u32>>,
    ops: Option<Vec<Op>>,
    ttls: Option<Vec<u32>>,
}

impl Batch {
    /// In columns. `next` is not known.
    pub fn requests(&self) -> Requests<'_> {
        Requests {
            times: &self.times,
            objects: &self.objects,
            sizes: self.sizes.as_deref(),
            costs: None,
            chained: None,
            ops: self.ops.as_deref(),
            ttls: self.ttls.as_deref(),
            next: None,
        }
    }
}

/// Reads a native file from its beginning to its end.
pub struct Batches<'n> {
    file: &'n Native,
    reader: ParquetRecordBatchReader,
    hash: ColumnHash,
    requests: u64,
    objects: u32,
    gets: u64,
    /// The largest weight of each object so far, where there are sizes: their sum is the footprint.
    largest: Vec<u32>,
    start: Option<u64>,
    last: u64,
}

impl Batches<'_> {
    /// The next batch; `None` at the end, once everything was found to be as the file promised.
    ///
    /// # Errors
    /// A file that is truncated, damaged, or other than its footer says.
    pub fn next_batch(&mut self) -> Result<Option<Batch>> {
        self.decode().map_err(|error| error.at(&self.file.name, None))
    }

    fn decode(&mut self) -> Result<Option<Batch>> {
        let Some(batch) = guard::decode(|| self.reader.next().transpose()).map_err(|cause| damaged(&cause))? else {
            return self.check_end().map(|()| None);
        };
        self.requests += batch.num_rows() as u64;
        self.hash.update(&batch);
        let column = |name: &str| batch.column_by_name(name);
        let numbers =
            |name: &str| column(name).map(|column| Ok(values::<UInt32Type>(column)?.values().to_vec())).transpose();
        let objects = column(OBJECT).ok_or_else(|| damaged("it has no ids"))?;
        let mut ttls = numbers("ttl")?;
        let ops = column("op").map(|column| ops(column, ttls.as_deref_mut())).transpose()?;
        let is_get = |op: &&Op| **op == Op::Get;
        self.gets += ops.as_ref().map_or(batch.num_rows(), |ops| ops.iter().filter(is_get).count()) as u64;
        let objects = self.objects(values::<UInt32Type>(objects)?)?;
        let sizes = numbers("size")?;
        if let Some(sizes) = &sizes {
            self.largest.resize(self.objects as usize, 0);
            for (object, size) in objects.iter().zip(sizes) {
                let largest = &mut self.largest[object.index()];
                *largest = weight(*size).max(*largest);
            }
        }
        Ok(Some(Batch {
            times: column("time").map_or(Ok(Vec::new()), |column| self.times(column))?,
            objects,
            sizes,
            ops,
            ttls,
        }))
    }

    /// Nanoseconds since the first request.
    fn times(&mut self, column: &ArrayRef) -> Result<Vec<u64>> {
        let column = values::<TimestampNanosecondType>(column)?.reinterpret_cast::<Int64Type>();
        let mut times = Vec::with_capacity(column.len());
        for time in column.values() {
            let time = u64::try_from(*time).ok().filter(|time| *time >= self.last);
            let time = time.ok_or_else(|| damaged("its times step back"))?;
            self.last = time;
            times.push(time - *self.start.get_or_insert(time));
        }
        Ok(times)
    }

    /// Ids come in order of first touch: a new one is the next integer.
    fn objects(&mut self, column: &PrimitiveArray<UInt32Type>) -> Result<Vec<ObjectId>> {
        let mut touched = self.objects;
        let dense = column.values().iter().all(|id| {
            touched += u32::from(*id == touched);
            *id < touched
        });
        self.objects = touched;
        if !dense || u64::from(touched) > self.file.summary.objects {
            return Err(damaged("its object ids are not in order of first touch"));
        }
        Ok(column.values().iter().copied().map(ObjectId).collect())
    }

    fn check_end(&self) -> Result<()> {
        let summary = &self.file.summary;
        if self.requests != summary.requests || u64::from(self.objects) != summary.objects {
            return Err(damaged("it holds fewer requests or objects than its summary says"));
        }
        if self.hash.digest() != summary.columns_hash {
            return Err(damaged("its columns are not those that were written"));
        }
        let footprint = summary.footprint_bytes.map(|_| self.largest.iter().map(|size| u64::from(*size)).sum());
        if self.gets != summary.gets || footprint != summary.footprint_bytes {
            return Err(damaged("its gets or its footprint are not those of its summary"));
        }
        Ok(())
    }
}

fn values<T: ArrowPrimitiveType>(column: &ArrayRef) -> Result<&PrimitiveArray<T>> {
    column
        .as_primitive_opt::<T>()
        .filter(|column| column.null_count() == 0)
        .ok_or_else(|| damaged("a value is missing"))
}

/// Operations; marks the times to live of those that start a life anew.
fn ops(column: &ArrayRef, mut ttls: Option<&mut [u32]>) -> Result<Vec<Op>> {
    let column: &StringArray = column.as_string_opt().ok_or_else(|| damaged("a value is missing"))?;
    let mut ops = Vec::with_capacity(column.len());
    for (i, word) in column.iter().enumerate() {
        let (op, renews) = match word {
            Some("get") => (Op::Get, false),
            Some("gat") => (Op::Get, true),
            Some("set") => (Op::Set, false),
            Some("touch") => (Op::Set, true),
            Some("delete") => (Op::Delete, false),
            _ => return Err(damaged("an operation is none of get, gat, set, touch, delete")),
        };
        if renews {
            let ttl = ttls.as_mut().and_then(|ttls| ttls.get_mut(i));
            *ttl.ok_or_else(|| damaged("it has no times to live to start anew"))? |= RENEWS;
        }
        ops.push(op);
    }
    Ok(ops)
}
