//! Text that is cut off in its last line, at every byte of it, for every source: what stands before is read, and nothing wrong is
//! read without a word.

use super::conformance::compressed;
use super::sources::{SOURCES, requests};
use super::{read, read_with};
use coldgap::trace::options::SkipBad;
use coldgap::trace::{ReadOptions, Trace};

/// Texts of formats that have no source: their name, and whole lines.
const OTHERS: &[(&str, &str)] = &[
    (
        "log",
        "1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET /a HTTP/1.1\" 200 512
1.2.3.4 - - [17/May/2015:10:05:04 +0000] \"GET /abc?d=1 HTTP/1.1\" 200 1512
",
    ),
    (
        "log",
        "1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET /a HTTP/1.1\" 200 512 \"-\" \"curl\"
1.2.3.4 - - [17/May/2015:10:05:04 +0000] \"GET /abc HTTP/1.1\" 200 1512 \"-\" \"curl\" rt=0.123 cs=HIT
",
    ),
    ("csv", "time,key,size\n1700000000.5,a,100\n1700000001.5,bcd,2000\n"),
    ("csv", "key;size;time\nab;100;1700000000\nbcd;200;1700000001\n"),
    ("csv", "time,key,size,op\n2026-03-12 08:14:05,a,100,get\n2026-03-12 08:14:06,\"b,cd\",20,set\n"),
    // Twitter's.
    ("csv", "100,ab,2,100,7,get,0\n101,cd,2,100,7,get,0\n102,cd,2,200,7,set,3600\n"),
    // libCacheSim's.
    ("csv", "100,42932745,512,3\n100,42932746,512,-1\n105,42932745,512,-1\n"),
    ("csv", "alpha\nbeta\nalphabet\n"),
];

fn texts() -> impl Iterator<Item = (&'static str, &'static str)> {
    SOURCES.iter().map(|source| (source.name, source.lines)).chain(OTHERS.iter().copied())
}

/// Requests without their times, which are those since the first: a cut one may be the first.
fn untimed(requests: &str) -> Vec<&str> {
    requests.lines().map(|line| line.split_once(' ').map_or(line, |(_, rest)| rest)).collect()
}

/// Asserts that these requests are there in this order, among others.
fn assert_among(requests: &[&str], all: &[&str], of: &str) {
    let mut left = requests.iter().peekable();
    all.iter().for_each(|request| {
        left.next_if(|next| *next == request);
    });
    assert_eq!(left.next(), None, "{of}: what stands before the last line is read otherwise: {requests:?}, {all:?}");
}

#[test]
fn a_cut_last_line_is_left_out_or_read_with_a_warning_and_what_stands_before_it_as_ever() {
    for (name, lines) in texts() {
        let named = ReadOptions { format: Some(name.to_string()), ..ReadOptions::default() };
        let text = |lines: &str| -> Trace {
            let trace = read("x", lines.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}\n{lines}"));
            assert_eq!(trace.format, name, "{lines}");
            let by_name = read_with("x", lines.as_bytes(), &named).unwrap();
            assert_eq!((by_name.fingerprint, &by_name.notes), (trace.fingerprint.clone(), &trace.notes), "{lines}");
            trace
        };
        let before = text(lines);
        // Numbers of lines go on.
        let last = if name == "arc" { "36 1 0 11" } else { lines.lines().last().unwrap() };
        let whole = text(&format!("{lines}{last}\n"));
        let right = requests(&whole);
        for cut in (1..=last.len()).filter(|cut| last.is_char_boundary(*cut)) {
            let part = &last[..cut];
            let trace = text(&format!("{lines}{part}"));
            let (found, notes) = (requests(&trace), trace.notes.join("\n"));
            assert_among(&untimed(&requests(&before)), &untimed(&found), &format!("{name}: '{part}'"));
            let is_right = found == right;
            let is_said = trace.notes != before.notes && (notes.contains("last line") || notes.contains("left out"));
            assert!(is_right || is_said, "{name}: '{part}' is read as\n{found}and not as\n{right}{notes}");
            if cut == last.len() {
                assert!(is_right, "{name}: a whole line is read as\n{found}and not as\n{right}{notes}");
            }
        }
    }
}

#[test]
fn who_wants_no_row_left_out_is_told_where_the_file_is_cut_off() {
    let text = b"time,key,size\n1,a,100\n2,b,100\n3,c";
    let trace = read("x", text).unwrap();
    assert_eq!(requests(&trace), "0 a 100 get\n1000000 b 100 get\n");
    let said =
        "left out, the last line, which is cut off: x, line 4, the last, which has no end: this row has 2 fields";
    assert!(trace.notes.join("\n").contains(said), "{:?}", trace.notes);
    let strict = ReadOptions { skip_bad: SkipBad::Rows(0), ..ReadOptions::default() };
    let error = read_with("x", text, &strict).unwrap_err().to_string();
    assert!(error.starts_with("x, line 4, the last, which has no end: this row has 2 fields"), "{error}");
    // Where it is the only one, there is no trace.
    let error = read("x", b"time,key,size\n3,c").unwrap_err().to_string();
    assert!(error.starts_with("x, line 2, the last, which has no end: "), "{error}");
}

/// A time that lost its last digits is decades before the others, wherever times may stand in any order, too.
#[test]
fn a_time_that_lost_digits_is_no_time() {
    let rows = "key,time\na,1700000003\nb,1700000001\nc,1700000002\nd,17000";
    for sort in [false, true] {
        let trace = read_with("x", rows.as_bytes(), &ReadOptions { sort, ..ReadOptions::default() }).unwrap();
        assert_eq!(requests(&trace), "0 b - get\n1000000 c - get\n2000000 a - get\n");
        assert!(trace.notes.iter().any(|note| note.contains("far before the others'")), "{:?}", trace.notes);
    }
    // Of a line that has an end it is a time that steps back.
    assert!(read("x", format!("{rows}\n").as_bytes()).unwrap_err().to_string().contains("steps back"));
}

/// A compressed file that is cut off lost nobody knows how much: it is refused, with what reads the rest.
#[test]
fn a_cut_compression_is_refused_with_what_reads_the_rest_of_it() {
    let text: String = (0..5_000).map(|i| format!("{i},key{},{}\n", i * i % 977, i % 91)).collect();
    for tool in ["gzip", "zstd", "xz", "bzip2"] {
        let Some(bytes) = compressed(tool, format!("time,key,size\n{text}").as_bytes()) else { continue };
        let error = read("log's.csv", &bytes[..bytes.len() / 2]).unwrap_err().to_string();
        assert!(error.contains(&format!("the {tool} data is truncated or damaged")), "{error}");
        let hint = format!(r"what is left of it: {tool} -dc 'log'\''s.csv' | coldgap inspect -");
        assert!(error.contains(&hint), "{error}");
    }
}
