//! Traces read a second, by every reader: from bytes in memory to a complete trace (checked, interned, fingerprinted), on
//! one core.
//!
//! Method: 1 million requests drawn from Zipf(1.0) over 300,000 objects with a fixed seed, written once as each format
//! before any clock runs; criterion's `elem/s` is requests a second. Beside each reader stands a yardstick that does
//! less: it visits the same columns with the csv crate, the same record batches with the parquet and arrow crates, or the
//! same records by hand, and only adds them up; JSON lines stand beside serde_json, which reads the same fields. Polars
//! is no yardstick here: it is compiled without optimisation. `intern`
//! measures keys to ids alone, of 8 million requests over 1 million objects, tables and growth included. Compare
//! numbers of one run: `cargo bench --bench ingest`, or `... -- intern`.

use arrow::array::{AsArray, RecordBatch, RecordBatchReader};
use arrow::datatypes::{TimestampNanosecondType, UInt32Type, UInt64Type};
use arrow::error::ArrowError;
use arrow::ipc::reader::FileReader;
use arrow::ipc::writer::FileWriter;
use coldgap::request::ObjectId;
use coldgap::trace::input::Input;
use coldgap::trace::intern::{Interner, Key};
use coldgap::trace::{ReadOptions, Trace, read_input};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use csv::{ByteRecord, ReaderBuilder};
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;
use rand::SeedableRng;
use rand_distr::{Distribution, Zipf};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{Cursor, Write as _};
use std::time::Duration;

const REQUESTS: usize = 1_000_000;
const OBJECTS: usize = 300_000;

/// An odd number: multiplied by it, keys stay distinct.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Keys spread over 64 bits, as hashed keys in public traces are.
fn keys(requests: usize, objects: usize) -> Vec<u64> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
    let popularity = Zipf::new(objects as f64, 1.0).expect("the exponent is positive");
    (0..requests).map(|_| (popularity.sample(&mut random) as u64).wrapping_mul(SPREAD)).collect()
}

fn oracle_general(keys: &[u64]) -> Vec<u8> {
    let record = |(i, key): (usize, &u64)| {
        let mut record = (i as u32 / 1000).to_le_bytes().to_vec();
        record.extend(key.to_le_bytes());
        record.extend((1 + (key % 4096) as u32).to_le_bytes());
        record.extend((-1i64).to_le_bytes());
        record
    };
    keys.iter().enumerate().flat_map(record).collect()
}

/// Seven columns without header, as Twitter's traces have them; `key` writes the key.
fn twitter(keys: &[u64], key: impl Fn(u64) -> String) -> Vec<u8> {
    let mut text = String::new();
    for (i, number) in keys.iter().enumerate() {
        let _ = writeln!(text, "{},{},20,{},7,get,0", i / 1000, key(*number), 1 + number % 4096);
    }
    text.into_bytes()
}

/// Adds up the columns that the reader reads.
fn visit_csv(bytes: &[u8]) -> u64 {
    let mut reader = ReaderBuilder::new().has_headers(false).from_reader(bytes);
    let mut record = ByteRecord::new();
    let mut sum = 0u64;
    while reader.read_byte_record(&mut record).expect("the text is valid") {
        for column in [0, 2, 3, 6] {
            let number = std::str::from_utf8(&record[column]).ok().and_then(|text| text.parse::<u64>().ok());
            sum = sum.wrapping_add(number.expect("a number"));
        }
        sum = sum.wrapping_add(record[1].len() as u64 + u64::from(&record[5] == b"get"));
    }
    sum
}

/// The same with operations as words of many kinds, a tenth of them no gets.
fn with_operations(keys: &[u64]) -> Vec<u8> {
    const WORDS: [&str; 10] = ["get", "gets", "get", "get", "gets", "get", "set", "get", "gets", "add"];
    let mut text = String::new();
    for (i, key) in keys.iter().enumerate() {
        let _ = writeln!(text, "{},{key},20,{},7,{},0", i / 1000, 1 + key % 4096, WORDS[i % WORDS.len()]);
    }
    text.into_bytes()
}

/// JSON lines as a server writes them, of which three fields are wanted.
fn json_lines(keys: &[u64]) -> Vec<u8> {
    let mut text = String::new();
    for (i, key) in keys.iter().enumerate() {
        let _ = writeln!(
            text,
            r#"{{"time":{}.{:03},"method":"GET","key":"/img/{key}","size":{},"agent":"curl/8 \"x\"","ok":true}}"#,
            i / 1000,
            i % 1000,
            1 + key % 4096
        );
    }
    text.into_bytes()
}

/// The wanted fields of a line.
#[derive(serde::Deserialize)]
struct Line<'a> {
    time: f64,
    key: &'a str,
    size: u64,
}

fn visit_json(bytes: &[u8]) -> u64 {
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.fold(0, |sum, line| {
        let line: Line<'_> = serde_json::from_slice(line).expect("the text is valid");
        sum.wrapping_add(line.time as u64 ^ line.key.len() as u64 ^ line.size)
    })
}

/// Lines of an access log whose paths hold the keys.
fn access_log(keys: &[u64]) -> Vec<u8> {
    let mut text = String::new();
    for (i, key) in keys.iter().enumerate() {
        let (minute, second, size) = (i / 60_000 % 60, i / 1000 % 60, 1 + key % 4096);
        let _ = writeln!(
            text,
            "10.0.0.1 - - [14/Nov/2023:22:{minute:02}:{second:02} +0000] \"GET /img/{key} HTTP/1.1\" 200 {size} \"-\" \"curl/8\""
        );
    }
    text.into_bytes()
}

/// The batches of a Parquet file.
fn batches(parquet: &File) -> ParquetRecordBatchReader {
    let file = parquet.try_clone().expect("it is open");
    ParquetRecordBatchReader::try_new(file, 1 << 16).expect("it is valid")
}

fn arrow_file(parquet: &File) -> Vec<u8> {
    let batches = batches(parquet);
    let mut writer = FileWriter::try_new(Vec::new(), &batches.schema()).expect("memory holds it");
    batches.for_each(|batch| writer.write(&batch.expect("it is valid")).expect("memory holds it"));
    writer.into_inner().expect("memory holds it")
}

/// Adds up the columns of batches: times, keys, sizes.
fn visit_batches(batches: impl Iterator<Item = Result<RecordBatch, ArrowError>>) -> u64 {
    let visit = |batch: RecordBatch| {
        let times = batch.column(0).as_primitive::<TimestampNanosecondType>().values();
        let keys = batch.column(1).as_primitive::<UInt64Type>().values();
        let sizes = batch.column(2).as_primitive::<UInt32Type>().values();
        let rows = times.iter().zip(keys).zip(sizes);
        rows.fold(0u64, |sum, ((time, key), size)| sum.wrapping_add(*time as u64 ^ *key ^ u64::from(*size)))
    };
    batches.fold(0, |sum, batch| sum.wrapping_add(visit(batch.expect("it is valid"))))
}

fn visit_records(bytes: &[u8]) -> u64 {
    let field = |record: &[u8], at: usize| u64::from_le_bytes(record[at..at + 8].try_into().expect("8 bytes"));
    bytes.chunks_exact(24).fold(0, |sum, record| sum ^ field(record, 0) ^ field(record, 8) ^ field(record, 16))
}

fn read(input: Input) -> Trace {
    read_input(input, &ReadOptions::default()).expect("it is valid").0
}

fn decode(criterion: &mut Criterion) {
    let keys = keys(REQUESTS, OBJECTS);
    let records = oracle_general(&keys);
    let numbers = twitter(&keys, |key| key.to_string());
    let texts = twitter(&keys, |key| format!("user:{:x}:profile", key % 1_000_000_007));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&numbers).expect("memory holds it");
    let gzip = gzip.finish().expect("memory holds it");
    let zstd = zstd::encode_all(&numbers[..], 3).expect("memory holds it");

    let (log, operations, json) = (access_log(&keys), with_operations(&keys), json_lines(&keys));
    let mut parquet = Vec::new();
    coldgap::trace::parquet::write(
        &read(Input::from_bytes("bench", records.clone()).expect("it is valid")),
        &mut parquet,
    )
    .expect("memory holds it");
    let mut parquet_file = tempfile::tempfile().expect("a temporary file");
    parquet_file.write_all(&parquet).expect("the disk holds it");
    let arrow = arrow_file(&parquet_file);

    let mut group = criterion.benchmark_group("decode");
    group.throughput(Throughput::Elements(REQUESTS as u64));
    group.sample_size(10).measurement_time(Duration::from_secs(3)).warm_up_time(Duration::from_millis(500));
    group.bench_function("yardstick/records", |bencher| bencher.iter(|| visit_records(&records)));
    group.bench_function("yardstick/csv", |bencher| bencher.iter(|| visit_csv(&numbers)));
    group.bench_function("yardstick/json", |bencher| bencher.iter(|| visit_json(&json)));
    group.bench_function("yardstick/parquet", |bencher| bencher.iter(|| visit_batches(batches(&parquet_file))));
    group.bench_function("yardstick/arrow", |bencher| {
        let open = || FileReader::try_new(Cursor::new(&arrow), None).expect("it is valid");
        bencher.iter(|| visit_batches(open()));
    });
    for (name, bytes) in [
        ("oracleGeneral", &records),
        ("csv, numbers", &numbers),
        ("csv, text", &texts),
        ("csv, operations", &operations),
        ("json", &json),
        ("parquet", &parquet),
        ("arrow", &arrow),
        ("log", &log),
        ("csv, numbers, gzip", &gzip),
        ("csv, numbers, zstd", &zstd),
    ] {
        group.bench_function(name, |bencher| {
            let input = || Input::from_bytes("bench", bytes.clone()).expect("it is valid");
            bencher.iter_batched(input, read, BatchSize::LargeInput);
        });
    }
    group.finish();
}

fn intern(criterion: &mut Criterion) {
    let numbers = keys(8_000_000, 1_000_000);
    let texts: Vec<String> = numbers[..REQUESTS].iter().map(|key| format!("user:{key:x}:profile")).collect();
    let mut group = criterion.benchmark_group("intern");
    group.sample_size(10).measurement_time(Duration::from_secs(3)).warm_up_time(Duration::from_millis(500));
    group.throughput(Throughput::Elements(numbers.len() as u64));
    group.bench_function("numbers", |bencher| {
        bencher.iter(|| {
            let mut interner = Interner::default();
            let mut ids: Vec<ObjectId> = Vec::with_capacity(numbers.len());
            interner.intern_numbers(&numbers, &mut ids);
            ids
        });
    });
    group.bench_function("numbers, one by one", |bencher| {
        bencher.iter(|| {
            let mut interner = Interner::default();
            numbers.iter().filter_map(|number| interner.intern(Key::Number(*number))).collect::<Vec<ObjectId>>()
        });
    });
    group.throughput(Throughput::Elements(texts.len() as u64));
    group.bench_function("texts", |bencher| {
        bencher.iter(|| {
            let mut interner = Interner::default();
            texts.iter().filter_map(|text| interner.intern(Key::Text(text.as_bytes()))).collect::<Vec<ObjectId>>()
        });
    });
    group.finish();
}

criterion_group!(benches, decode, intern);
criterion_main!(benches);
