//! What every format of the registry must do: know its own, leave the others' alone, read through any compression.

use super::samples::{arrow_stream, batch, parquet_of, requests, sample, with_column};
use super::{read, read_with};
use arrow::array::{ArrayRef, Float64Array, Int64Array, StringArray, TimestampMillisecondArray, UInt32Array};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use coldgap::request::{ObjectId, Op, SECOND};
use coldgap::trace::input::Head;
use coldgap::trace::options::Role;
use coldgap::trace::registry::all;
use coldgap::trace::{FORMATS, Format, Key, ReadOptions, Sniff};
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;

fn head<'a>(bytes: &'a [u8], name: &'a str) -> Head<'a> {
    Head { bytes: &bytes[..bytes.len().min(1 << 16)], complete: bytes.len() < 1 << 16, name }
}

#[test]
fn every_format_recognises_its_own_and_no_other_claims_it() {
    for (place, own) in all().enumerate() {
        let bytes = sample(own.info().name);
        for (before, format) in all().enumerate() {
            let says = format.sniff(&head(&bytes, &format!("x.{}", own.info().name)));
            let (own, format) = (own.info().name, format.info().name);
            if own == format {
                assert_ne!(says, Sniff::No, "{format} on its own sample");
            } else {
                // Tables and JSON lines of known sources are still tables and JSON lines; they are asked last.
                let is_certain = matches!(says, Sniff::Yes(_));
                assert!(!is_certain || before > place, "{format} on the sample of {own}: {says:?}");
            }
        }
        let name = format!("x.{}", own.info().name);
        assert_eq!(read(&name, &bytes).unwrap().format, own.info().name);
    }
}

#[test]
fn no_format_claims_garbage_or_published_files_of_other_kinds() {
    let mut state = 1u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 56) as u8
    })
    .take(4800)
    .collect();
    for bytes in [&noise[..], &[0; 4800], b"{\n\"timestamp\": 1\n}\n", b"<html>"] {
        for format in FORMATS {
            assert_eq!(format.sniff(&head(bytes, "")), Sniff::No, "{}", format.info().name);
        }
        let error = read("noise", bytes).unwrap_err();
        assert!(error.to_string().starts_with("noise: no format recognises this file\nhint: "), "{error}");
        assert_eq!(error.exit_code(), 3);
    }
}

#[test]
fn the_same_requests_are_the_same_trace_in_every_format() {
    let expected = read("x", &sample("csv")).unwrap();
    for (i, (time, key, size)) in requests().into_iter().enumerate() {
        assert_eq!(expected.times[i] / SECOND + 1_700_000_000, u64::from(time));
        assert_eq!(expected.keys.get(expected.objects[i]), Key::Number(key));
        assert_eq!(expected.sizes.as_ref().unwrap()[i], size);
    }
    for bytes in [sample("oracleGeneral"), sample("parquet"), sample("arrow"), arrow_stream()] {
        let trace = read("x", &bytes).unwrap();
        assert_eq!(trace.fingerprint, expected.fingerprint, "{}", trace.format);
        assert_eq!((trace.start, &trace.times), (expected.start, &expected.times), "{}", trace.format);
    }
}

#[test]
fn records_with_operations_and_lives_are_those_of_a_table() {
    let table = |ttl: &str| {
        let rows = requests().into_iter().enumerate().map(|(i, (time, key, size))| {
            format!("{time},{key},{size},{}{ttl}\n", if i % 7 == 0 { "set" } else { "get" })
        });
        let header = if ttl.is_empty() { "time,key,size,op\n" } else { "time,key,size,op,ttl\n" };
        read("x", format!("{header}{}", rows.collect::<String>()).as_bytes()).unwrap().fingerprint
    };
    for (format, ttl) in [("lcs", ",60"), ("twr", ",60"), ("vscsi", ""), ("oracleGeneralOpNs", "")] {
        let named = ReadOptions { format: Some(format.to_string()), ..ReadOptions::default() };
        let mut bytes = sample(format);
        assert_eq!(read_with("x", &bytes, &named).unwrap().fingerprint, table(ttl), "{format}");
        bytes.pop();
        let error = read_with("x", &bytes, &named).unwrap_err().to_string();
        assert!(error.contains("bytes into a record of"), "{format}: {error}");
    }
}

#[test]
fn the_same_cuts_leave_the_same_trace_in_every_format() {
    let seconds = |text: &str| Some(text.parse().unwrap());
    let none = ReadOptions::default;
    for options in [
        ReadOptions { limit: Some(299), ..none() },
        ReadOptions { limit: Some(300), ..none() },
        ReadOptions { from: seconds("20s"), ..none() },
        ReadOptions { until: seconds("70s"), ..none() },
        ReadOptions { sample: Some("50%".parse().unwrap()), ..none() },
        ReadOptions { sort: true, limit: Some(100), ..none() },
    ] {
        // Text is read row by row, the others in batches.
        let expected = read_with("x", &sample("csv"), &options).unwrap();
        for bytes in [sample("oracleGeneral"), sample("parquet"), sample("arrow"), arrow_stream()] {
            let trace = read_with("x", &bytes, &options).unwrap();
            assert_eq!(trace.fingerprint, expected.fingerprint, "{}: {options:?}", trace.format);
        }
    }
}

#[test]
fn a_batch_that_steps_back_is_refused_where_it_does() {
    let times: Vec<u32> = (0..300).map(|i| if i == 250 { 7 } else { 1_700_000_000 + i }).collect();
    let batch = with_column("time", Arc::new(UInt32Array::from(times)));
    let error = read("x", &parquet_of(&batch)).unwrap_err().to_string();
    assert!(error.starts_with("x, row 251: time steps back by"), "{error}");
    let mut records = sample("oracleGeneral");
    records[24 * 250] = 0;
    let error = read("x", &records).unwrap_err().to_string();
    assert!(error.starts_with("x, byte 6000: time steps back by"), "{error}");
}

#[test]
fn lines_are_counted_as_editors_do() {
    for text in ["time,key\r\n1,a\r\n2,b\r\nnoon,c\r\n", "time,key\n1,a\n\nnoon,c\n", "# x\ntime,key\n1,a\nnoon,c\n"] {
        let error = read("x", text.as_bytes()).unwrap_err().to_string();
        assert!(error.starts_with("x, line 4: 'noon' is not a time"), "{error}");
    }
}

/// Compresses with the system's own tool; `None` where it is not installed.
pub(super) fn compressed(tool: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut child = Command::new(tool).arg("-c").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
    let mut stdin = child.stdin.take()?;
    let bytes = bytes.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&bytes));
    let output = child.wait_with_output().ok()?;
    writer.join().unwrap().unwrap();
    Some(output.stdout)
}

#[test]
fn every_format_is_read_through_every_compression_and_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    // Of files that only their name makes known there is nothing to recognise.
    let by_content = |format: &&&dyn Format| format.sniff(&head(&sample(format.info().name), "")) != Sniff::No;
    for format in FORMATS.iter().filter(by_content) {
        let name = format.info().name;
        let bytes = sample(name);
        let expected = read("x", &bytes).unwrap().fingerprint;
        let mut files = vec![("plain", bytes.clone())];
        for tool in ["gzip", "zstd", "xz", "bzip2"] {
            match compressed(tool, &bytes) {
                Some(packed) => files.push((tool, packed)),
                None => eprintln!("{tool} is not installed: skipped"),
            }
        }
        for (how, bytes) in files {
            // The ending lies: only the content counts.
            let path = folder.path().join("trace.txt");
            std::fs::write(&path, &bytes).unwrap();
            let trace = coldgap::trace::read(&path, &ReadOptions::default()).unwrap();
            assert_eq!(trace.fingerprint, expected, "{name}, {how}");
            let run = assert_cmd::Command::new(env!("CARGO_BIN_EXE_coldgap"))
                .args(["inspect", "-", "-o", "-"])
                .write_stdin(bytes)
                .assert()
                .success();
            let json: serde_json::Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
            assert_eq!(json["traces"][0]["fingerprint"], expected.as_str(), "{name}, {how}, standard input");
            let compression = json["traces"][0]["files"][0]["compression"].as_str().unwrap_or("plain");
            assert_eq!(compression, how, "{name}");
        }
    }
}

#[test]
fn parquet_columns_may_have_any_sensible_type() {
    let expected = read("x", &sample("csv")).unwrap();
    let times: Vec<i64> = requests().iter().map(|request| i64::from(request.0)).collect();
    let original = batch();
    let column = |name: &str| Arc::clone(original.column_by_name(name).unwrap());
    let to = |name: &str, data_type: &DataType| cast(&column(name), data_type).unwrap();
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let zoned = TimestampMillisecondArray::from_iter_values(times.iter().map(|time| time * 1000)).with_timezone("UTC");
    let strings = to("key", &DataType::Utf8);
    let variants: Vec<(&str, ArrayRef)> = vec![
        ("time", to("time", &DataType::Int64)),
        ("time", to("time", &DataType::Float64)),
        ("time", Arc::new(zoned)),
        ("time", Arc::new(Int64Array::from_iter_values(times.iter().map(|time| time * 1_000_000_000)))),
        ("key", Arc::clone(&strings)),
        ("key", to("key", &DataType::Int64)),
        ("key", cast(&strings, &DataType::LargeUtf8).unwrap()),
        ("key", cast(&strings, &DataType::Utf8View).unwrap()),
        ("key", cast(&strings, &DataType::Binary).unwrap()),
        ("key", cast(&strings, &dictionary).unwrap()),
        ("size", to("size", &DataType::Float64)),
        ("size", to("size", &DataType::Int16)),
        ("size", to("size", &DataType::Utf8)),
    ];
    for (name, column) in variants {
        let data_type = column.data_type().clone();
        let trace = read("x", &parquet_of(&with_column(name, column))).unwrap();
        assert_eq!(trace.fingerprint, expected.fingerprint, "{name} as {data_type}");
    }
    let floats = with_column("key", Arc::new(Float64Array::from_iter_values(requests().iter().map(|_| 0.5))));
    assert!(read("x", &parquet_of(&floats)).unwrap_err().to_string().starts_with("x, row 1: keys must be"));
    let booleans = with_column("key", cast(&to("size", &DataType::Int64), &DataType::Boolean).unwrap());
    assert!(read("x", &parquet_of(&booleans)).unwrap_err().to_string().contains("Boolean"));
    let nulls = with_column("key", Arc::new(StringArray::from_iter(requests().iter().map(|_| None::<&str>))));
    assert!(read("x", &parquet_of(&nulls)).unwrap_err().to_string().contains("row 1: a row has no key"));
}

#[test]
fn twitters_seven_columns_are_known_without_a_header() {
    let text = b"0,zDMzz,5,100,1,get,0\n0,010,3,50,2,set,3600\n1,zDMzz,5,0,1,gets,0\n2,010,3,0,2,delete,0\n";
    let trace = read("x", text).unwrap();
    assert_eq!(trace.sizes, Some(vec![105, 53, 5, 3]), "key size and value size");
    assert_eq!(trace.ops, Some(vec![Op::Get, Op::Set, Op::Get, Op::Delete]));
    assert_eq!(trace.ttls, Some(vec![0, 3600, 0, 0]));
    assert_eq!(trace.keys.get(ObjectId(1)), Key::Text(b"010"), "a leading zero is part of the key");
    assert!(trace.notes.iter().any(|note| note.contains("Twitter")));
}

#[test]
fn libcachesims_four_columns_are_known_without_a_header() {
    for text in ["0, 7, 100, 3\n0, 8, 50, -1\n1, 7, 100, -1\n", "0 7 100 3\r\n0 8 50 -1\r\n1 7 100 -1"] {
        let trace = read("x", text.as_bytes()).unwrap();
        assert_eq!(trace.objects.iter().map(|object| object.0).collect::<Vec<_>>(), [0, 1, 0]);
        assert_eq!(trace.sizes, Some(vec![100, 50, 100]));
    }
    // start block, block count, ignored, request number: these are ARC's columns, and no times.
    let error = read("x", b"5 2 0 1\n3 1 0 2\n9 4 0 3\n").unwrap_err().to_string();
    assert!(error.contains("no header") && error.contains("the first row is 1=5 2=2 3=0 4=1"), "{error}");
}

#[test]
fn csv_dialects() {
    let plain = read("x", b"time,key,size\n1,a,5\n2,b,6\n").unwrap().fingerprint;
    for text in [
        &b"time\tkey\tsize\n1\ta\t5\n2\tb\t6"[..],
        b"time;key;size\r\n1;a;5\r\n2;b;6\r\n",
        b"time|key|size\n1|a|5\n2|b|6\n",
        b"# a comment\n# time, key, size\n1, a, 5\n2, b, 6\n",
        b"\xef\xbb\xbftime,key,size\n1,a,5\n\n2,b,6\n",
        b"TIME,Key,obj_size,next_access_vtime\n1,\"a\",5,99\n2,b,6,-1\n",
        b"size,next,key,time_ms\n5,0,a,1000\n6,0,b,2000\n",
        b"time,key,size\n1970-01-01 00:00:01,a,5\n1970-01-01T01:00:02+01:00,b,6\n",
    ] {
        let trace = read("x", text).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(text)));
        assert_eq!(trace.fingerprint, plain, "{}", String::from_utf8_lossy(text));
    }
    let columns = |columns: &[(Role, &str)]| ReadOptions {
        columns: columns.iter().map(|(role, column)| (*role, column.to_string())).collect(),
        ..ReadOptions::default()
    };
    let numbered = columns(&[(Role::Time, "2"), (Role::Key, "1"), (Role::Size, "3")]);
    for text in ["a 1 5\nb 2 6\n", "what,when,how much\na,1,5\nb,2,6\n"] {
        assert_eq!(read_with("x", text.as_bytes(), &numbered).unwrap().fingerprint, plain, "{text}");
    }
    let named = columns(&[(Role::Key, "what"), (Role::Time, "when"), (Role::Size, "-")]);
    let trace = read_with("x", b"what,when,size\na,1,5\nb,2,6\n", &named).unwrap();
    assert_eq!(trace.sizes, None);
    let quoted = read("x", b"time,key\n1,\"a,\"\"b\"\"\"\n").unwrap();
    assert_eq!(quoted.keys.get(ObjectId(0)), Key::Text(b"a,\"b\""));
    let latin = read("x", b"time,key\n1,caf\xe9\n").unwrap();
    assert_eq!(latin.keys.get(ObjectId(0)), Key::Text(b"caf\xe9"));
    let repeated = read("x", b"time,key,op_count\n1,a,3\n2,b,1\n").unwrap();
    assert_eq!(repeated.objects.iter().map(|object| object.0).collect::<Vec<_>>(), [0, 0, 0, 1]);
}
