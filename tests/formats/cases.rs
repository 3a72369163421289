//! Files that were misread once, each with what must be read of it: small ones written here, and the folder of faults where it
//! is at hand.

use super::read_with;
use super::sources::requests;
use coldgap::trace::input::Input;
use coldgap::trace::options::{Meaning, Role, SkipBad};
use coldgap::trace::{ReadOptions, Trace, read_input};
use coldgap::units::Ratio;
use std::path::Path;

/// Options as flags would give them.
fn options(flags: &str) -> ReadOptions {
    let mut options = ReadOptions::default();
    let mut words = flags.split_whitespace();
    while let Some(flag) = words.next() {
        let value = if flag == "--no-header" { "" } else { words.next().unwrap() };
        let pairs = || value.split(',').map(|pair| pair.split_once('=').unwrap());
        match flag {
            "--columns" => {
                let role = |name: &str| Role::ALL.into_iter().find(|role| role.name() == name).unwrap();
                options.columns = pairs().map(|(name, column)| (role(name), column.to_string())).collect();
            }
            "--op" => {
                let meaning = |name: &str| Meaning::ALL.into_iter().find(|known| known.name() == name).unwrap();
                options.ops = pairs().map(|(name, word)| (meaning(name), word.to_string())).collect();
            }
            "--delimiter" => options.delimiter = Some(if value == "tab" { b'\t' } else { value.as_bytes()[0] }),
            "--no-header" => options.no_header = true,
            "--skip-bad" => options.skip_bad = SkipBad::Rows(value.parse().unwrap()),
            "--sampled" => options.sampled = Some(value.parse::<Ratio>().unwrap()),
            _ => panic!("{flag}"),
        }
    }
    options
}

/// A file, the flags it is read with, its requests as `sources.rs` writes them, and words that a note must have.
const CASES: &[(&str, &str, &str, &str)] = &[
    // Which delimiter, which columns.
    (
        "1577808144\tp,1,x\t100\n1577808145\tp,2,y\t200\n",
        "--columns time=1,key=2,size=3",
        "0 p,1,x 100 get\n1000000 p,2,y 200 get\n",
        "",
    ),
    ("1 a,b\n2 c,d\n", "--delimiter , --columns key=1", "- 1 a - get\n- 2 c - get\n", ""),
    ("time,key\n1,a\n", "--no-header --columns key=2", "- key - get\n- a - get\n", ""),
    (
        "time,host,path\n1.5,x,/a\n2.5,y,/a\n",
        "--columns time=time,key=host+path",
        "0 x/a - get\n1000000 y/a - get\n",
        "",
    ),
    ("1,2,3\n1,23,4\n", "--columns key=1+2", "- 1/2 - get\n- 1/23 - get\n", ""),
    ("time,http_host,uri,status,bytes\n1.5,x,/a,200,5\n2.5,y,/a,200,6\n", "", "0 x/a 5 get\n1000000 y/a 6 get\n", ""),
    (
        "0,\"abc,3,20,7,get,0\n0,k2,3,20,7,get,0\n1,nz,x:1,9,0,7,get,0\n",
        "",
        "0 \"abc 23 get\n500000 k2 23 get\n1000000 nz,x:1 9 get\n",
        "Twitter",
    ),
    (
        "\"[09/Apr/2016:03:34:58 +0000]\",\"192.0.2.105, 192.0.2.42\",\"GET /a.jpg HTTP/1.1\",\"-\"\n",
        "",
        "0 /a.jpg - get\n",
        "one column holds requests over HTTP",
    ),
    // Times.
    ("timestamp (ms),key\n1219008,a\n1221974,b\n", "", "0 a - get\n2966000 b - get\n", ""),
    ("time;key;size\n1,5;a;10\n2,5;b;20\n", "", "0 a 10 get\n1000000 b 20 get\n", ""),
    ("time,key\n1.7e9,a\n1700000002,b\n", "", "0 a - get\n2000000 b - get\n", ""),
    ("time,key\n2024-05-01 12:00:00 UTC,a\n2024-05-01 12:00:01 +0000,b\n", "", "0 a - get\n1000000 b - get\n", ""),
    (
        "time,key\n1,a\n4,b\n2,c\n",
        "",
        "0 a - get\n1000000 c - get\n3000000 b - get\n",
        "stood behind later ones, and were sorted by time: 1, by 2 s",
    ),
    (
        "time,took,key\n10.5,1.25,a\n10.75,0.5,b\n",
        "--columns time=time,key=key,duration=took",
        "0 a - get\n1000000 b - get\n",
        "less how long they took",
    ),
    // Sizes and operations.
    ("time,key,size\n1,a,\"1,024\"\n2,b,2048\n", "", "0 a 1024 get\n1000000 b 2048 get\n", ""),
    (
        "time,key,op\n1,a,0\n2,a,1\n3,b,2\n",
        "--op set=0,get=1,skip=2",
        "0 a - set\n1000000 a - get\n",
        "neither read nor change: 1",
    ),
    (
        "time,key,op\n1,a,hset\n2,a,hgetall\n3,a,ping\n",
        "",
        "0 a - set\n1000000 a - get\n",
        "neither read nor change: 1",
    ),
    (
        "timestamp,cacheKey,OpType,objectSize,SamplingRate\n1,7,1,10,0.2\n2,8,1,20,0.2\n",
        "",
        "0 7 10 get\n1000000 8 20 get\n",
        "the file has 20% of the keys",
    ),
    ("time,key\n1,a\n", "--sampled 25%", "0 a - get\n", "4.0000 times as small"),
    // Rows that cannot be read are left out, and counted.
    (
        "time,key\n1,a\nnoon,b\n3,c\n",
        "--skip-bad 1",
        "0 a - get\n2000000 c - get\n",
        "cannot be read: 1 (33.3%); the first is x, line 3: 'noon'",
    ),
    ("time,key,size\n1,a,10\n   \n2,b\n3,c,5\n", "--skip-bad 1", "0 a 10 get\n2000000 c 5 get\n", "cannot be read: 1"),
    ("#Fields: time key\n1 a\n#Fields: time key\n2 b\n", "--skip-bad 1", "0 a - get\n1000000 b - get\n", ""),
    // Access logs.
    (
        "==> access.log <==\n[::1] - - [16/Dec/2021:00:00:00 +0000] \"GET /a HTTP/1.1\" 200 4 \"-\" \"x\"\n2021/12/16 00:00:01 [error] 8#8: *1 open() failed\n1.2.3.4 - - [2021-12-16T00:00:02.5Z] \"GET http://H:80/b HTTP/1.1\" 200 5\n",
        "",
        "0 /a 4 get\n2500000 h/b 5 get\n",
        "lines of another log (errors, the banners of tail): 2",
    ),
    ("\0\0\0h - - [16/Dec/2021:00:00:00 +0000] \"GET /a HTTP/1.1\" 200 4\n", "", "0 /a 4 get\n", ""),
    // JSON.
    (
        "{\"a\":{\"t\":1.5,\"k\":[\"x\",\"y\"]},\"n\":7}\n{\"a\":{\"t\":2.5,\"k\":[\"z\",\"y\"]},\"n\":8}\n",
        "--columns time=a.t,key=a.k[0],size=n",
        "0 x 7 get\n1000000 z 8 get\n",
        "",
    ),
];

fn check(name: &str, trace: &Trace, expected: &str, note: &str) {
    assert_eq!(requests(trace), expected, "{name:?}: {:?}", trace.notes);
    assert!(note.is_empty() || trace.notes.iter().any(|said| said.contains(note)), "{name:?}: {:?}", trace.notes);
}

#[test]
fn what_was_misread_once_is_read() {
    for (text, flags, expected, note) in CASES {
        let trace =
            read_with("x", text.as_bytes(), &options(flags)).unwrap_or_else(|error| panic!("{text:?}: {error}"));
        check(text, &trace, expected, note);
    }
}

#[test]
fn a_share_of_a_thousandth_is_left_out_unasked_and_no_more() {
    let rows = |bad: usize| -> String {
        (0..3_000)
            .map(|i| if i % 900 == 7 && i / 900 < bad { "noon,b\n".to_string() } else { format!("{i},a\n") })
            .collect()
    };
    let trace = read_with("x", format!("time,key\n{}", rows(3)).as_bytes(), &ReadOptions::default()).unwrap();
    assert_eq!(trace.len(), 2_997);
    assert!(trace.notes.iter().any(|note| note.contains("cannot be read: 3 (0.1%)")), "{:?}", trace.notes);
    let error = read_with("x", format!("time,key\n{}", rows(4)).as_bytes(), &ReadOptions::default()).unwrap_err();
    let error = error.to_string();
    assert!(error.starts_with("x, line 9: 'noon'") && error.contains("--skip-bad N; there are 4 so far"), "{error}");
}

#[test]
fn it_is_told_what_was_taken_for_what() {
    let layout = |text: &str, flags: &str| {
        let input = Input::from_bytes("x", text.as_bytes().to_vec()).unwrap();
        read_input(input, &options(flags)).unwrap().1.layout.unwrap()
    };
    assert_eq!(
        layout("time,http_host,uri,status,bytes\n1.5,x,/a,200,5\n", ""),
        "5 columns split by ,; key = http_host (2) + uri (3), time = time (1), size = bytes (5), status = status (4)"
    );
    assert_eq!(layout("1\ta\n", "--columns time=1,key=2"), "2 columns split by tab; key = column 2, time = column 1");
}

/// Files of the folder of faults, the flags, and requests, gets, sets, objects, bytes (0: without sizes) and milliseconds.
const SHARED: &[(&str, &str, [u64; 6])] = &[
    ("01-ibm-letters.csv", "", [400, 322, 78, 25, 1_922_301, 32_083]),
    ("02-ibm-native.txt", "", [10, 7, 2, 7, 27_248, 71_992]),
    ("03-opcount.csv", "", [11, 9, 2, 3, 448, 5_500]),
    ("05-cdn2023.csv", "", [5, 5, 0, 4, 4_295_043_162, 2_000]),
    ("06-nginx-bots.log", "", [5, 5, 0, 3, 586, 11_000]),
    ("08-users.log", "", [7, 6, 0, 4, 48_123, 6_000]),
    ("08b-ipv6-brackets.log", "", [2, 2, 0, 1, 233, 1_000]),
    ("10-alb.log", "", [3, 3, 0, 2, 6_970, 3_000]),
    ("10b-alb-same-agent.log", "", [2, 2, 0, 1, 1_485, 3_000]),
    ("10d-tsv-commas.tsv", "--columns time=1,key=2,size=3", [4, 4, 0, 3, 350, 3_000]),
    ("11-cloudfront.tsv", "", [4, 4, 0, 2, 858, 3_000]),
    ("11b-cloudfront-concat.tsv", "", [8, 8, 0, 2, 858, 63_000]),
    // From the arrival of the first to that of the last: stamps less durations.
    ("13-squid.log", "", [4, 3, 0, 3, 153_996, 1_889]),
    ("14-redis-monitor.txt", "", [8, 6, 2, 4, 6, 500]),
    ("14c-redis-monitor-gets.txt", "", [50, 50, 0, 5, 5, 4_999]),
    ("14d-redis-monitor-gets-OK.txt", "", [50, 50, 0, 5, 5, 4_999]),
    ("15-valkey-trace.csv", "", [6, 4, 1, 3, 0, 1]),
    ("15b-backslash-quote-comma.csv", "", [2, 2, 0, 2, 0, 0]),
    ("16-memcached-watch.txt", "", [3, 2, 1, 2, 13, 1_304]),
    ("18-vhost.log", "", [4, 4, 0, 3, 15_835, 3_000]),
    ("19-nginx.json", "", [2, 2, 0, 1, 39_308, 1_000]),
    ("20-mooncake.jsonl", "", [8, 8, 0, 5, 0, 900]),
    ("21a-default.feather", "", [1_000, 1_000, 0, 80, 39_348, 9_990]),
    ("21b-zstd.feather", "", [1_000, 1_000, 0, 80, 39_348, 9_990]),
    ("22b-gzip.parquet", "", [1_000, 1_000, 0, 80, 39_348, 9_990]),
    ("22g-decimal.parquet", "", [1_000, 1_000, 0, 80, 39_348, 9_990]),
    ("22i-key-inside-struct.parquet", "", [1_000, 1_000, 0, 80, 39_348, 9_990]),
    ("22l-one-null-key.parquet", "", [999, 999, 0, 80, 39_348, 9_990]),
    ("22m-float-seconds.parquet", "", [1_000, 1_000, 0, 80, 39_348, 9_990]),
    ("22n-athena-names.parquet", "", [1_000, 1_000, 0, 80, 39_348, 9_990]),
    ("23b-zero-padded.csv.gz", "", [4, 4, 0, 3, 60, 3_000]),
    ("23c-trailing-garbage.csv.gz", "", [4, 4, 0, 3, 60, 3_000]),
    ("24g-bz2.csv.bz2", "", [2, 2, 0, 2, 30, 1_000]),
    ("24h-pzstd.csv.zst", "", [20_000, 20_000, 0, 4_913, 377_093_823, 399_980]),
    ("25-alibaba.csv", "", [4, 3, 1, 2, 20_480, 1]),
    ("27-twitter.csv", "", [5, 3, 2, 4, 4_294_967_537, 2_000]),
    ("32c-blank-lines.csv", "", [3, 3, 0, 2, 30, 2_000]),
    ("32f-semicolon-decimal-comma.csv", "", [3, 3, 0, 2, 30, 2_000]),
    ("32g-thousands.csv", "", [2, 2, 0, 2, 3_072, 1_000]),
    ("34-unit-in-parentheses.csv", "", [3, 3, 0, 2, 30, 13_429]),
    ("35-nginx-export.csv", "", [4, 4, 0, 3, 600, 3_000]),
    ("40-us-clock.csv", "--columns time=1,key=2", [4, 4, 0, 4, 0, 1]),
    ("43-haproxy.log", "", [1, 1, 0, 1, 2_750, 0]),
    ("45-quoted-csv-log.csv", "", [2, 2, 0, 2, 0, 1_000]),
    ("47-iso-in-brackets.log", "", [1, 1, 0, 1, 471, 0]),
    ("50-gcs.csv", "", [2, 2, 0, 1, 512, 1_000]),
    ("51-copytruncate-nul.log", "", [3, 3, 0, 2, 942, 2_000]),
    ("51b-short-nul.log", "", [3, 3, 0, 2, 942, 2_000]),
    ("52-tail-banner.log", "", [3, 3, 0, 2, 942, 2_000]),
    ("52b-interleaved-error.log", "", [2, 2, 0, 1, 471, 2_000]),
    ("55b-unsorted.oracleGeneral", "", [3, 3, 0, 2, 107, 2_000]),
    ("56-every-key-once.csv", "--columns time=1,key=2", [6_000, 6_000, 0, 6_000, 0, 599_900]),
];

#[test]
fn the_folder_of_faults_is_read_as_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/faults/cases");
    if !folder.exists() {
        eprintln!("skipped: ../shared/faults is not here");
        return;
    }
    for (name, flags, expected) in SHARED {
        let trace = coldgap::trace::read(&folder.join(name), &options(flags)).unwrap_or_else(|error| panic!("{error}"));
        let count = |op| trace.ops.as_ref().map_or(0, |ops| ops.iter().filter(|found| **found == op).count());
        let (sets, deletes) = (count(coldgap::request::Op::Set), count(coldgap::request::Op::Delete));
        let found = [trace.len(), trace.len() - sets - deletes, sets, trace.object_count()].map(|count| count as u64);
        let milliseconds = trace.times.last().copied().unwrap_or(0) / 1_000_000;
        let found = [&found[..], &[trace.footprint_bytes().unwrap_or(0), milliseconds]].concat();
        assert_eq!(found, expected, "{name}: {:?}", trace.notes);
    }
}
