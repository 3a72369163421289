//! What the writers write, read by hand or compared with files that others wrote.

use super::made;
use coldgap::error::Spot;
use coldgap::request::Op;
use coldgap::request::SECOND;
use coldgap::trace::builder::{Builder, Row};
use coldgap::trace::write::Form;
use coldgap::trace::{Key, ReadOptions, Trace};
use std::path::Path;

fn bytes(trace: &Trace, name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    Form::of(Path::new(name)).unwrap().write(trace, &mut bytes).unwrap();
    bytes
}

fn field<const N: usize>(record: &[u8], at: usize) -> [u8; N] {
    record[at..at + N].try_into().unwrap()
}

/// A file that libCacheSim's authors wrote: its first three columns make the fourth.
#[test]
fn oracle_general_is_byte_for_byte_libcachesim_s() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/traces/libcachesim__cloudPhysicsIO.oracleGeneral.bin");
    let Ok(theirs) = std::fs::read(path) else {
        eprintln!("notice: the real trace is not here; nothing was compared");
        return;
    };
    let options = ReadOptions::default();
    let mut rows = Builder::new("theirs", "by hand", &options);
    for record in theirs.chunks_exact(24) {
        let row = Row {
            time: Some(u64::from(u32::from_le_bytes(field(record, 0))) * SECOND),
            key: Key::Number(u64::from_le_bytes(field(record, 4))),
            size: Some(u64::from(u32::from_le_bytes(field(record, 12)))),
            op: Op::Get,
            ttl: 0,
        };
        assert!(rows.push(row, Spot::Byte(0)).unwrap().is_continue());
    }
    assert!(bytes(&rows.finish().unwrap(), "ours.oracleGeneral") == theirs);
}

#[test]
fn csv_has_the_columns_of_the_trace_and_exact_times() {
    let least = made("seed = 1\nrequests = 3\n[arrivals]\nrate = \"3000/s\"\nspacing = \"even\"\n[keys]\ncount = 1");
    assert_eq!(String::from_utf8(bytes(&least, "a.csv")).unwrap(), "time,key\n0,0\n0.000333,0\n0.000666,0\n");
    let most = "seed = 1\nrequests = 2\n[arrivals]\nrate = \"1/s\"\nspacing = \"even\"\nstart = 2026-03-02T00:00:00Z\n\
                [keys]\ncount = 1\nprefix = \"k\"\n[sizes]\nmean = 7\n[operations]\nset = 1.0\n\
                [ttl]\nvalues = [{ lives = \"1min\", share = 1 }]";
    assert_eq!(
        String::from_utf8(bytes(&made(most), "a.csv")).unwrap(),
        "time,key,size,op,ttl\n1772409600,k0,7,set,60\n1772409601,k0,7,set,60\n"
    );
}

#[test]
fn an_access_log_is_in_the_combined_form() {
    let recipe = "seed = 1\nrequests = 1\n[arrivals]\nrate = \"1/s\"\nspacing = \"even\"\nstart = 2026-03-02T07:08:09Z\n\
                  [keys]\ncount = 1\nprefix = \"/item/\"\n[sizes]\nmean = 512";
    assert_eq!(
        String::from_utf8(bytes(&made(recipe), "a.log")).unwrap(),
        "192.0.2.1 - - [02/Mar/2026:07:08:09 +0000] \"GET /item/0 HTTP/1.1\" 200 512 \"-\" \"-\"\n"
    );
}

#[test]
fn finer_times_than_whole_seconds_are_refused() {
    let fine = made("seed = 1\nrequests = 10\n[arrivals]\nrate = \"100/s\"\n[keys]\ncount = 5");
    let error = Form::of(Path::new("a.bin")).unwrap().write(&fine, &mut Vec::new()).unwrap_err();
    assert!(error.to_string().contains("arrivals.clock"), "{error}");
}

/// The law of the writers, against readers that know nothing of them.
#[test]
fn what_is_written_is_read_back_as_the_same_trace() {
    let common = "seed = 8\nrequests = 5000\n[keys]\ncount = 300\none_hit_wonders = 0.1\n";
    let coarse = "[arrivals]\nrate = \"40/s\"\nclock = \"1s\"\nstart = 2026-03-02T00:00:00Z\n";
    let fine = "[arrivals]\nrate = \"40/s\"\n";
    let sizes = "[sizes]\nmean = 900\nspread = 1.5\n";
    let rest = "[operations]\nset = 0.2\ndelete = 0.1\n[ttl]\nvalues = [{ lives = \"5min\", share = 0.7 }]\n";
    let paths = common.replace("count", "prefix = \"/item/\"\ncount");
    let everything = format!("{paths}{fine}{sizes}{rest}");
    let numbers = format!("{common}{coarse}{sizes}");
    let log = format!("{paths}{coarse}{sizes}[operations]\ndelete = 0.1\n");
    let bare = format!("{common}{fine}");
    let cases = [
        ("a.parquet", &everything),
        ("b.parquet", &bare),
        ("a.arrow", &everything),
        ("b.arrow.zst", &bare),
        ("a.csv", &everything),
        ("b.csv.gz", &bare),
        ("a.oracleGeneral", &numbers),
        ("b.bin.zst", &numbers),
        ("a.log", &log),
        ("b.log.gz", &log),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (name, recipe) in cases {
        let trace = made(recipe);
        let path = folder.path().join(name);
        std::fs::write(&path, bytes(&trace, name)).unwrap();
        let read = coldgap::trace::read(&path, &ReadOptions::default()).unwrap();
        assert_eq!(read.fingerprint, trace.fingerprint, "{name}");
        assert_eq!(read.start, trace.start, "{name}");
    }
}
