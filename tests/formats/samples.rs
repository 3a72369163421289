//! A small valid file per format, made without coldgap's readers.

use super::sources::SOURCES;
use arrow::array::{ArrayRef, RecordBatch, StringArray, UInt32Array, UInt64Array};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::ipc::writer::{FileWriter, StreamWriter};
use parquet::arrow::ArrowWriter;
use std::fmt::Write;
use std::sync::Arc;

/// Requests of the samples: seconds, key, size. Some share a second.
pub fn requests() -> Vec<(u32, u64, u32)> {
    (0..300u32).map(|i| (1_700_000_000 + i / 3, u64::from(i * i % 37) + (1 << 40), 100 + i * i % 37)).collect()
}

/// The sample of a format; every format of the registry must have one.
pub fn sample(format: &str) -> Vec<u8> {
    match format {
        "oracleGeneral" => oracle_general(),
        "csv" => csv(),
        "log" => log(),
        "parquet" => parquet(),
        "arrow" => arrow_file(),
        "be32" => [4711u32, 7, 4711].iter().flat_map(|key| key.to_be_bytes()).collect(),
        "be64" => [1 << 40, 7, 4711u64].iter().flat_map(|key| key.to_be_bytes()).collect(),
        "lcs" | "vscsi" | "twr" | "oracleGeneralOpNs" => binary(format),
        other => match SOURCES.iter().find(|source| source.name == other) {
            Some(source) => source.lines.as_bytes().to_vec(),
            None => panic!("the format {other} needs a sample"),
        },
    }
}

fn oracle_general() -> Vec<u8> {
    let requests = requests();
    let mut bytes = Vec::new();
    for (i, (time, key, size)) in requests.iter().enumerate() {
        let next = requests[i + 1..].iter().position(|(_, later, _)| later == key);
        let next = next.map_or(-1, |ahead| (i + ahead + 2) as i64);
        bytes.extend(time.to_le_bytes());
        bytes.extend(key.to_le_bytes());
        bytes.extend(size.to_le_bytes());
        bytes.extend(next.to_le_bytes());
    }
    bytes
}

/// The same requests in libCacheSim's and VMware's records; every seventh is a write where they know such.
pub fn binary(format: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    if format == "lcs" {
        bytes.extend(0x1234_5678_9abc_def0u64.to_le_bytes());
        bytes.extend(3u64.to_le_bytes());
        bytes.resize(8192, 0);
    }
    for (i, (time, key, size)) in requests().into_iter().enumerate() {
        let is_set = i % 7 == 0;
        let code = if is_set { 3u8 } else { 1 };
        match format {
            "lcs" => {
                bytes.extend(time.to_le_bytes());
                bytes.extend(key.to_le_bytes());
                bytes.extend(i64::from(size).to_le_bytes());
                bytes.extend([code, 9, 9, 9]);
                bytes.extend(60u32.to_le_bytes());
                bytes.extend((-1i64).to_le_bytes());
            }
            "vscsi" => {
                bytes.extend((i as u32).to_le_bytes());
                bytes.extend(size.to_le_bytes());
                bytes.extend(1u32.to_le_bytes());
                bytes.extend(if is_set { 0x2au16 } else { 0x28 }.to_le_bytes());
                bytes.extend(0x0100u16.to_le_bytes());
                bytes.extend(key.to_le_bytes());
                bytes.extend((u64::from(time) * 1_000_000).to_le_bytes());
            }
            "twr" => {
                bytes.extend(time.to_le_bytes());
                bytes.extend(key.to_le_bytes());
                bytes.extend((10 << 22 | (size - 10)).to_le_bytes());
                bytes.extend((u32::from(code) << 24 | 60).to_le_bytes());
            }
            _ => {
                bytes.extend(time.to_le_bytes());
                bytes.extend(key.to_le_bytes());
                bytes.extend(size.to_le_bytes());
                bytes.extend([code, 9, 9]);
                bytes.extend((-1i64).to_le_bytes());
            }
        }
    }
    bytes
}

fn csv() -> Vec<u8> {
    let mut text = String::from("time,key,size\n");
    for (time, key, size) in requests() {
        writeln!(text, "{time},{key},{size}").unwrap();
    }
    text.into_bytes()
}

fn log() -> Vec<u8> {
    let mut text = String::new();
    for (i, (_, key, size)) in requests().into_iter().enumerate() {
        let (minute, second) = (i / 60, i % 60);
        writeln!(
            text,
            "10.0.0.1 - - [14/Nov/2023:22:{minute:02}:{second:02} +0000] \"GET /{key} HTTP/1.1\" 200 {size} \"-\" \"curl/8\""
        )
        .unwrap();
    }
    text.into_bytes()
}

pub fn batch() -> RecordBatch {
    let requests = requests();
    let columns: [(&str, ArrayRef); 4] = [
        ("time", Arc::new(UInt32Array::from_iter_values(requests.iter().map(|request| request.0)))),
        ("key", Arc::new(UInt64Array::from_iter_values(requests.iter().map(|request| request.1)))),
        ("size", Arc::new(UInt32Array::from_iter_values(requests.iter().map(|request| request.2)))),
        ("comment", Arc::new(StringArray::from_iter_values(requests.iter().map(|_| "not read")))),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

fn parquet() -> Vec<u8> {
    parquet_of(&batch())
}

pub fn parquet_of(batch: &RecordBatch) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    bytes
}

fn arrow_file() -> Vec<u8> {
    let batch = batch();
    let mut writer = FileWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

pub fn arrow_stream() -> Vec<u8> {
    let batch = batch();
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

/// A batch of one column with a name.
pub fn with_column(name: &str, column: ArrayRef) -> RecordBatch {
    let batch = batch();
    let mut columns: Vec<(Field, ArrayRef)> = Vec::new();
    for (field, old) in batch.schema().fields().iter().zip(batch.columns()) {
        let keep = field.name() != name;
        let new = if keep { old } else { &column };
        columns.push((Field::new(field.name(), DataType::clone(new.data_type()), true), Arc::clone(new)));
    }
    let (fields, columns): (Vec<Field>, Vec<ArrayRef>) = columns.into_iter().unzip();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap()
}
