//! A table of how fast each shape of trace is read beside a peer that reads the same columns: `cargo bench --bench ingest`, in
//! less than a minute; `... -- json log` measures only these.
//!
//! Method: 1 million requests drawn from Zipf(1.0) over 300,000 objects with a fixed seed, written once as each shape before any
//! clock runs, and read from memory to a complete trace: checked, in order, keys interned, fingerprinted. A peer does less: it
//! visits the same columns (the csv crate, serde_json), the same record batches (the parquet and arrow crates), or the same
//! lines (memchr), and only adds them up. polars reads the same columns of the same bytes into a table, on one thread, where
//! python3 has it: ingest_polars.py. What is measured is the processor time of one thread, the least of several rounds, in
//! which all take turns: compare numbers of one run, machines are noisy.

mod clock;
mod zipf;

use arrow::array::{AsArray, RecordBatch, RecordBatchReader};
use arrow::datatypes::{TimestampNanosecondType, UInt32Type, UInt64Type};
use arrow::error::ArrowError;
use arrow::ipc::reader::FileReader;
use arrow::ipc::writer::FileWriter;
use clock::{processor, processor_time};
use coldgap::trace::input::Input;
use coldgap::trace::{ReadOptions, read_input};
use csv::{ByteRecord, ReaderBuilder};
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;
use std::fmt::Write as _;
use std::fs::File;
use std::hint::black_box;
use std::io::{Cursor, Write as _};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const REQUESTS: usize = 1_000_000;
const OBJECTS: usize = 300_000;
const ROUNDS: usize = 5;

/// An odd number: multiplied by it, keys stay distinct.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// A shape, its bytes, and who reads the same.
struct Shape {
    name: &'static str,
    bytes: Vec<u8>,
    peer: &'static str,
    visit: fn(&[u8]) -> u64,
    /// What polars is asked to read it as; empty where it cannot.
    polars: &'static str,
}

/// Keys spread over 64 bits, as hashed keys in public traces are.
fn keys() -> Vec<u64> {
    zipf::zipf(1.0, OBJECTS, REQUESTS)
        .into_iter()
        .map(|object| (u64::from(object.0) + 1).wrapping_mul(SPREAD))
        .collect()
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

/// A line for each request, of its number, key and size.
fn lines(keys: &[u64], mut line: impl FnMut(&mut String, usize, u64, u64)) -> Vec<u8> {
    let mut text = String::new();
    for (i, key) in keys.iter().enumerate() {
        line(&mut text, i, *key, 1 + key % 4096);
        text.push('\n');
    }
    text.into_bytes()
}

/// Seven columns without header, as Twitter's traces have them; `key` writes the key.
fn twitter(keys: &[u64], key: impl Fn(u64) -> String) -> Vec<u8> {
    lines(keys, |text, i, number, size| {
        let _ = write!(text, "{},{},20,{size},7,get,0", i / 1000, key(number));
    })
}

/// The same with operations as words of many kinds, a tenth of them no gets.
fn operations(keys: &[u64]) -> Vec<u8> {
    const WORDS: [&str; 10] = ["get", "gets", "get", "get", "gets", "get", "set", "get", "gets", "add"];
    lines(keys, |text, i, key, size| {
        let _ = write!(text, "{},{key},20,{size},7,{},0", i / 1000, WORDS[i % WORDS.len()]);
    })
}

/// JSON lines as a server writes them, of which four fields are wanted: the method says what is done.
fn json(keys: &[u64]) -> Vec<u8> {
    lines(keys, |text, i, key, size| {
        let (second, millisecond) = (i / 1000, i % 1000);
        let _ = write!(
            text,
            r#"{{"time":{second}.{millisecond:03},"method":"GET","key":"/img/{key}","size":{size},"agent":"curl/8 \"x\"","ok":true}}"#,
        );
    })
}

fn access_log(keys: &[u64]) -> Vec<u8> {
    lines(keys, |text, i, key, size| {
        let (minute, second) = (i / 60_000 % 60, i / 1000 % 60);
        let _ = write!(
            text,
            "10.0.0.1 - - [14/Nov/2023:22:{minute:02}:{second:02} +0000] \"GET /img/{key} HTTP/1.1\" 200 {size} \"-\" \"curl/8\""
        );
    })
}

fn monitor(keys: &[u64]) -> Vec<u8> {
    lines(keys, |text, i, key, _| {
        let (second, micro) = (1_700_000_000 + i / 1000, i % 1000 * 1000);
        let _ = write!(text, "{second}.{micro:06} [0 10.0.0.1:5000] \"GET\" \"user:{key}\"");
    })
}

fn visit_records(bytes: &[u8]) -> u64 {
    let field = |record: &[u8], at: usize| u64::from_le_bytes(record[at..at + 8].try_into().expect("8 bytes"));
    bytes.chunks_exact(24).fold(0, |sum, record| sum ^ field(record, 0) ^ field(record, 8) ^ field(record, 16))
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

/// Splits the words of a log and adds up their lengths.
fn visit_words(bytes: &[u8]) -> u64 {
    let mut reader = ReaderBuilder::new().has_headers(false).delimiter(b' ').flexible(true).from_reader(bytes);
    let mut record = ByteRecord::new();
    let mut sum = 0;
    while reader.read_byte_record(&mut record).expect("the text is valid") {
        sum += record.iter().map(|word| word.len() as u64).sum::<u64>();
    }
    sum
}

fn visit_lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

/// The wanted fields of a line.
#[derive(serde::Deserialize)]
struct Line<'a> {
    time: f64,
    method: &'a str,
    key: &'a str,
    size: u64,
}

fn visit_json(bytes: &[u8]) -> u64 {
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.fold(0, |sum, line| {
        let line: Line<'_> = serde_json::from_slice(line).expect("the text is valid");
        sum.wrapping_add(line.time as u64 ^ (line.key.len() + line.method.len()) as u64 ^ line.size)
    })
}

/// Bytes as a file, which the parquet crate wants.
fn as_file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().expect("a temporary file");
    file.write_all(bytes).expect("the disk holds it");
    file
}

fn batches(parquet: &[u8]) -> ParquetRecordBatchReader {
    ParquetRecordBatchReader::try_new(as_file(parquet), 1 << 16).expect("it is valid")
}

fn parquet(records: &[u8]) -> Vec<u8> {
    let input = Input::from_bytes("bench", records.to_vec()).expect("it is valid");
    let trace = read_input(input, &ReadOptions::default()).expect("it is valid").0;
    let mut parquet = Vec::new();
    coldgap::trace::parquet::write(&trace, &mut parquet).expect("memory holds it");
    parquet
}

fn arrow_file(parquet: &[u8]) -> Vec<u8> {
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
        let sizes = batch.column_by_name("size").expect("there are sizes").as_primitive::<UInt32Type>().values();
        let rows = times.iter().zip(keys).zip(sizes);
        rows.fold(0u64, |sum, ((time, key), size)| sum.wrapping_add(*time as u64 ^ *key ^ u64::from(*size)))
    };
    batches.fold(0, |sum, batch| sum.wrapping_add(visit(batch.expect("it is valid"))))
}

fn visit_parquet(bytes: &[u8]) -> u64 {
    visit_batches(batches(bytes))
}

fn visit_arrow(bytes: &[u8]) -> u64 {
    visit_batches(FileReader::try_new(Cursor::new(bytes), None).expect("it is valid"))
}

fn shapes() -> Vec<Shape> {
    let keys = keys();
    let records = oracle_general(&keys);
    let parquet = parquet(&records);
    let arrow = arrow_file(&parquet);
    let shape = |name, bytes, peer, visit, polars| Shape { name, bytes, peer, visit, polars };
    let user = |key: u64| format!("user:{:x}:profile", key % 1_000_000_007);
    vec![
        shape("csv", twitter(&keys, |key| key.to_string()), "csv", visit_csv, "UInt64"),
        shape("csv-text", twitter(&keys, user), "csv", visit_csv, "String"),
        shape("csv-ops", operations(&keys), "csv", visit_csv, "UInt64"),
        shape("json", json(&keys), "serde_json", visit_json, "json"),
        shape("log", access_log(&keys), "csv, split only", visit_words, ""),
        shape("redis", monitor(&keys), "csv, split only", visit_words, ""),
        shape(
            "lines",
            lines(&keys, |text, _, key, _| {
                let _ = write!(text, "{key}");
            }),
            "memchr, count only",
            visit_lines,
            "",
        ),
        shape("oracleGeneral", records, "by hand", visit_records, ""),
        shape("parquet", parquet, "parquet", visit_parquet, ""),
        shape("arrow", arrow, "arrow", visit_arrow, ""),
    ]
}

/// The processor time of a call.
fn time(start: Instant, call: impl FnOnce()) -> Duration {
    let before = processor_time(start);
    call();
    processor_time(start) - before
}

/// The time that polars takes; `None` where it is not there.
fn polars(file: &Path, kind: &str) -> Option<Duration> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/ingest_polars.py");
    let run = Command::new("python3").arg(script).arg(kind).arg(file).output().ok()?;
    let seconds = String::from_utf8(run.stdout).ok()?.trim().parse().ok()?;
    Some(Duration::from_secs_f64(seconds))
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let start = Instant::now();
    println!("# {REQUESTS} requests, one core of {}; processor time, least of {ROUNDS} rounds", processor());
    println!(
        "{:14} {:>6} {:>6} {:>7}   {:19} {:>6} {:>6}   {:>6} {:>6}",
        "shape", "MB", "MB/s", "M req/s", "peer", "MB/s", "ratio", "polars", "ratio"
    );
    for shape in shapes().iter().filter(|shape| wanted.is_empty() || wanted.iter().any(|name| name == shape.name)) {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(file.path(), &shape.bytes).expect("the disk holds it");
        let (mut least, mut peer, mut beside) = (Duration::MAX, Duration::MAX, None);
        for _ in 0..ROUNDS {
            let input = Input::from_bytes("bench", shape.bytes.clone()).expect("it is valid");
            least = least.min(time(start, || {
                black_box(read_input(input, &ReadOptions::default()).expect("it is valid"));
            }));
            peer = peer.min(time(start, || {
                black_box((shape.visit)(&shape.bytes));
            }));
            if !shape.polars.is_empty() {
                let took = polars(file.path(), shape.polars);
                beside = took.map(|took| beside.map_or(took, |before: Duration| before.min(took))).or(beside);
            }
        }
        let rate = |took: Duration| shape.bytes.len() as f64 / 1e6 / took.as_secs_f64();
        let (mine, peer) = (rate(least), rate(peer));
        let million = REQUESTS as f64 / 1e6 / least.as_secs_f64();
        let beside = beside
            .map_or(format!("{:>6} {:>6}", "-", "-"), |took| format!("{:6.0} {:6.2}", rate(took), mine / rate(took)));
        println!(
            "{:14} {:6.1} {mine:6.0} {million:7.1}   {:19} {peer:6.0} {:6.2}   {beside}",
            shape.name,
            shape.bytes.len() as f64 / 1e6,
            shape.peer,
            mine / peer
        );
    }
}
