//! Tables whose layout is easily mistaken: which delimiter, which quote, which column. What cannot be told is refused.

use super::{read, read_with};
use coldgap::request::ObjectId;
use coldgap::trace::options::Role;
use coldgap::trace::{ReadOptions, Trace};

fn with(columns: &[(Role, &str)]) -> ReadOptions {
    let columns = columns.iter().map(|(role, column)| (*role, column.to_string())).collect();
    ReadOptions { columns, ..ReadOptions::default() }
}

fn keys(trace: &Trace) -> Vec<String> {
    (0..trace.object_count() as u32).map(|i| format!("{:?}", trace.keys.get(ObjectId(i)))).collect()
}

#[test]
fn a_first_line_of_its_own_makes_no_list_of_keys() {
    let line = |i: u32| format!("1339518083.10741{} [0 127.0.0.1:60866] \"GET\" \"user:{}\"\n", i % 10, i % 5);
    let monitor: String = (0..50).map(line).collect();
    let trace = read("monitor.txt", format!("OK\n{monitor}").as_bytes()).unwrap();
    assert_eq!((trace.len(), trace.object_count()), (50, 5));
    let csv = ReadOptions { format: Some("csv".to_string()), ..ReadOptions::default() };
    assert!(read_with("monitor.txt", format!("OK\n{monitor}").as_bytes(), &csv).is_err());
    // Lists of keys stay lists of keys.
    for list in ["a\nb\na\n", "*\n1\n2\n*\n1\n", "/c\n/a,b\n/d\n/e;f\n", "/c\nhttp://x/a b\n/d\n"] {
        assert!(read("keys.txt", list.as_bytes()).is_ok(), "{list}");
    }
}

#[test]
fn tabs_go_before_commas_in_every_row() {
    let text = b"1577808144\tp,1,x\t100\n1577808145\tp,2,y\t200\n1577808146\tp,1,x\t100\n1577808147\tp,3,z\t5\n";
    let columns = with(&[(Role::Time, "1"), (Role::Key, "2"), (Role::Size, "3")]);
    let trace = read_with("t.tsv", text, &columns).unwrap();
    assert_eq!((trace.len(), trace.object_count()), (4, 3));
    assert_eq!(trace.footprint_bytes(), Some(305));
}

#[test]
fn a_delimiter_that_stands_inside_quotes_only_is_none() {
    let line = |second: u32, path: &str| {
        format!(
            "h2 2021-12-19T11:22:{second}.3567Z 192.0.2.1:62611 200 \"GET https://s.example/{path} HTTP/2.0\" \"Mozilla/5.0 (KHTML, like Gecko)\" -\n"
        )
    };
    let text = [line(20, "a"), line(23, "a"), line(24, "b")].concat();
    let trace = read_with("alb.log", text.as_bytes(), &with(&[(Role::Time, "2"), (Role::Key, "5")])).unwrap();
    assert_eq!((trace.len(), trace.object_count()), (3, 2));
}

#[test]
fn a_duration_is_not_taken_for_the_time() {
    let text = b"time_iso8601,remote_addr,request_uri,status,body_bytes_sent,request_time\n\
        2024-05-01T12:00:00+00:00,192.0.2.1,/a,200,100,0.004\n\
        2024-05-01T12:00:01+00:00,192.0.2.1,/b,200,200,0.031\n\
        2024-05-01T12:00:02+00:00,192.0.2.1,/a,200,100,0.002\n\
        2024-05-01T12:00:03+00:00,192.0.2.1,/c,200,300,1.250\n";
    let trace = read("nginx.csv", text).unwrap();
    assert_eq!((trace.len(), trace.object_count(), trace.times[3]), (4, 3, 3_000_000_000));
    assert_eq!(trace.footprint_bytes(), Some(600));
    let without = read("nginx.csv", b"request_time,url\n0.004,/a\n0.031,/b\n0.002,/a\n").unwrap();
    assert!(!without.has_times());
}

#[test]
fn a_quote_that_begins_a_key_swallows_no_rows() {
    let first = "0,\"abc,3,20,7,get,0\n0,k2,3,20,7,get,0\n1,\"zzz,3,20,7,get,0\n1,k4,3,20,7,get,0\n";
    let trace = read("twitter.csv", first.as_bytes()).unwrap();
    assert_eq!(trace.len(), 4);
    assert_eq!(
        keys(&trace),
        [r#""abc"#, "k2", r#""zzz"#, "k4"].map(|key| format!("{:?}", coldgap::trace::Key::Text(key.as_bytes())))
    );
    // Far behind the rows that are looked at to tell the layout.
    let plain: String = (0..20_000).map(|i| format!("{},k{},3,20,7,get,0\n", i / 1000, i % 77)).collect();
    let late = read(
        "twitter.csv",
        format!("{plain}{}", first.replace("0,\"", "20,\"").replace("0,k2", "20,k2").replace("1,", "21,")).as_bytes(),
    );
    assert_eq!(late.unwrap().len(), 20_004);
    // Another table may mean it; then it is said.
    let quoted = read("t.csv", b"time,key\n1,a\n2,\"b\nc\"\n3,a\n").unwrap();
    assert_eq!(quoted.len(), 3);
    assert!(quoted.notes.iter().any(|note| note.contains("runs over several lines: 1")), "{:?}", quoted.notes);
}

#[test]
fn four_columns_of_numbers_are_no_next_accesses_unless_they_prove_it() {
    // A cut of an ARC trace: block, count, ignored, number of the request.
    let lis: String = (0..300).map(|i| format!("{} 8 0 {}\n", 100 + 8 * i, 5_000 + i)).collect();
    let trace = read("P.lis", lis.as_bytes()).unwrap();
    assert_eq!((trace.format.as_str(), trace.len(), trace.object_count()), ("arc", 2_400, 2_400));
    // Rows that are not numbered prove nothing.
    let error = read("P.txt", lis.replace(" 0 5010", " 0 7").as_bytes()).unwrap_err();
    assert!(error.to_string().contains("no header"), "{error}");
    // libCacheSim's: each row names the next of its key.
    let rows: String =
        (1..=300).map(|i| format!("{i},{},10,{}\n", i % 7, if i + 7 <= 300 { i + 7 } else { -1 })).collect();
    let trace = read("t.csv", rows.as_bytes()).unwrap();
    assert_eq!((trace.len(), trace.object_count()), (300, 7));
}

#[test]
fn the_hint_to_sort_keeps_what_was_said_of_the_columns() {
    let columns = with(&[(Role::Time, "1"), (Role::Key, "2")]);
    let options = ReadOptions { time_unit: Some(1_000_000), format: Some("csv".to_string()), ..columns };
    let error = read_with("t.txt", b"500005 a\n4 b\n", &options).unwrap_err();
    let hint = format!("{error:?}");
    assert!(hint.contains("--sort --input csv --columns time=1,key=2 --time-unit ms t.txt"), "{hint}");
}

#[test]
fn what_no_format_reads_is_named_with_a_way_out() {
    let mut tar = vec![0; 1024];
    tar[257..262].copy_from_slice(b"ustar");
    for (bytes, what, hint) in [
        (&b"PK\x03\x04\x14\x00\x00"[..], "zip", "unzip -p"),
        (&tar, "tar", "tar -xOf"),
        (b"[\n{\"time\": 1,\n\"key\": \"a\"}\n]\n", "JSON", "jq -c"),
        (b"\xff\xfet\x00i\x00m\x00e\x00", "UTF-16", "iconv -f UTF-16"),
    ] {
        let error = read("f", bytes).unwrap_err();
        assert!(format!("{error:?}").contains(what), "{error:?}");
        assert!(format!("{error:?}").contains(hint), "{error:?}");
    }
}
