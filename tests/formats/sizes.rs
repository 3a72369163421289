//! What answers and gets say of the sizes of their objects.

use super::read;
use coldgap::trace::Trace;

fn log(lines: &[(&str, &str, &str)]) -> Trace {
    let line = |(i, (request, status, bytes)): (usize, &(&str, &str, &str))| {
        format!("h - - [17/May/2015:10:05:{i:02} +0000] \"{request} HTTP/1.1\" {status} {bytes}\n")
    };
    let text: String = lines.iter().enumerate().map(line).collect();
    read("access.log", text.as_bytes()).unwrap()
}

const LINES: [(&str, &str, &str); 9] = [
    ("HEAD /big", "200", "-"),
    ("GET /big", "200", "1000000"),
    ("GET /small", "200", "1000"),
    ("GET /big", "304", "-"),
    ("GET /gone", "404", "200"),
    ("GET /big", "206", "4096"),
    ("GET /film", "206", "70000"),
    ("GET /film", "206", "90000"),
    ("POST /small", "200", "999999"),
];

#[test]
fn an_object_of_a_log_has_the_size_of_its_largest_answer() {
    let trace = log(&LINES);
    let big = 1_000_000;
    assert_eq!(trace.sizes.as_ref().unwrap()[..], [big, big, 1_000, big, 200, big, 90_000, 90_000, 1_000]);
    assert_eq!(trace.footprint_bytes(), Some(1_091_200));
    assert!(trace.notes.iter().any(|note| note.ends_with("errors say less: 7")), "{:?}", trace.notes);
}

#[test]
fn a_table_of_answers_is_read_as_the_log_it_was() {
    let rows = LINES.iter().enumerate().map(|(i, (request, status, bytes))| {
        let (method, url) = request.split_once(' ').unwrap();
        format!("{},{method},{url},{status},{bytes}\n", 1_431_857_100 + i)
    });
    let table = format!("time,method,url,status,bytes\n{}", rows.collect::<String>());
    let (table, log) = (read("t.csv", table.as_bytes()).unwrap(), log(&LINES));
    assert_eq!((&table.sizes, &table.fingerprint), (&log.sizes, &log.fingerprint));
    // A word is no status.
    let words = read("t.csv", b"time,key,size,status\n1.5,a,10,HIT\n2.5,a,5,MISS\n").unwrap();
    assert_eq!(words.footprint_bytes(), Some(10));
}

#[test]
fn a_get_that_missed_is_no_object_of_no_bytes() {
    let rows: String = (0..300).map(|i| format!("{i}.5,k{0},get,0\n{i}.5,k{0},set,1000\n", i % 100)).collect();
    let trace = read("t.csv", format!("time,key,op,size\n{rows}").as_bytes()).unwrap();
    assert!(trace.sizes.as_ref().unwrap().iter().all(|size| *size == 1_000));
    let unknown = read("t.csv", b"time,key,size\n1.5,a,\n2.5,a,7\n3.5,a,-\n4.5,b,\n").unwrap();
    assert_eq!(unknown.sizes.unwrap(), [7, 7, 7, 0]);
}

#[test]
fn an_answer_beyond_32_bits_does_not_close_a_log() {
    let trace = log(&[("GET /iso", "200", "5368709120"), ("GET /a", "200", "10")]);
    assert_eq!(trace.sizes.unwrap(), [u32::MAX, 10]);
    assert!(trace.notes.iter().any(|note| note.starts_with("sizes of 4 GiB and more")), "{:?}", trace.notes);
}
