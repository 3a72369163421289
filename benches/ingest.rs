//! Traces read a second: from bytes in memory to a complete trace (checked, interned, fingerprinted), on one core.
//!
//! Method: 1 million requests drawn from Zipf(1.0) over 300,000 objects with a fixed seed, written once as each format
//! before any clock runs; criterion's `elem/s` is requests a second. Beside each reader stands a yardstick that does
//! less: it visits the same columns with the csv crate, or the same records by hand, and only adds them up. `intern`
//! measures keys to ids alone, of 8 million requests over 1 million objects, tables and growth included. Compare
//! numbers of one run: `cargo bench --bench ingest`, or `... -- intern`.

use coldgap::request::ObjectId;
use coldgap::trace::input::Input;
use coldgap::trace::intern::{Interner, Key};
use coldgap::trace::{ReadOptions, read_input};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use csv::{ByteRecord, ReaderBuilder};
use rand::SeedableRng;
use rand_distr::{Distribution, Zipf};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::fmt::Write as _;
use std::io::Write as _;
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

fn visit_records(bytes: &[u8]) -> u64 {
    let field = |record: &[u8], at: usize| u64::from_le_bytes(record[at..at + 8].try_into().expect("8 bytes"));
    bytes.chunks_exact(24).fold(0, |sum, record| sum ^ field(record, 0) ^ field(record, 8) ^ field(record, 16))
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

    let mut group = criterion.benchmark_group("decode");
    group.throughput(Throughput::Elements(REQUESTS as u64));
    group.sample_size(10).measurement_time(Duration::from_secs(3)).warm_up_time(Duration::from_millis(500));
    group.bench_function("yardstick/records", |bencher| bencher.iter(|| visit_records(&records)));
    group.bench_function("yardstick/csv", |bencher| bencher.iter(|| visit_csv(&numbers)));
    for (name, bytes) in [
        ("oracleGeneral", &records),
        ("csv, numbers", &numbers),
        ("csv, text", &texts),
        ("csv, numbers, gzip", &gzip),
        ("csv, numbers, zstd", &zstd),
    ] {
        group.bench_function(name, |bencher| {
            let input = || Input::from_bytes("bench", bytes.clone()).expect("it is valid");
            let read = |input| read_input(input, &ReadOptions::default()).expect("it is valid").0;
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
