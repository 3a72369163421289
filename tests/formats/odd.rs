//! Files of known sources that are odd, and legal: what servers, tools and editors make of them on the way. They are read as
//! their plain kin are, and what is left out is said.

use super::read;
use super::sources::requests;

/// Reads a text and expects this format, these requests, and this in its notes; empty: nothing of the kind.
pub(super) fn expect(text: &str, format: &str, expected: &str, note: &str) {
    let trace = read("x", text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"));
    let notes = trace.notes.join("; ");
    assert_eq!((trace.format.as_str(), requests(&trace).as_str()), (format, expected), "{text}: {notes}");
    assert!(notes.contains(note), "{notes}");
}

#[test]
fn a_leap_second_is_the_next_minute_s_first() {
    let line = |second: &str, path: &str| {
        format!("h - - [31/Dec/2016:23:{second} +0000] \"GET /{path} HTTP/1.1\" 200 5 \"-\" \"-\"\n")
    };
    let text = [line("59:59", "a"), line("59:60", "b")].concat();
    expect(&text, "log", "0 /a 5 get\n1000000 /b 5 get\n", "");
}

#[test]
fn json_behind_a_byte_order_mark_or_syslog_and_cut_off_at_its_end_is_recognised() {
    let line = |second: u32| {
        format!(
            r#"{{"msec":"{second}.25","request_method":"GET","host":"h","request_uri":"/a","status":"200","request_time":"-"}}"#
        )
    };
    let marked = format!("\u{feff}{}\r\n{}\r\n", line(1773303245), line(1773303246));
    expect(&marked, "nginx-json", "0 h/a - get\n1000000 h/a - get\n", "");
    for prefix in ["<190>Mar 12 08:14:05 web1 nginx: ", "2026-03-12T08:14:05Z web1 nginx[7]: "] {
        let text = format!("{prefix}{}\n{prefix}{}\n", line(1773303245), line(1773303246));
        expect(&text, "nginx-json", "0 h/a - get\n1000000 h/a - get\n", "");
    }
    let rows: String = (0..1_200).map(|i| line(1773303245 + i) + "\n").collect();
    let cut = format!("{rows}{}", &line(1773305000)[..30]);
    let trace = read("x", cut.as_bytes()).unwrap();
    assert_eq!(trace.len(), 1_200);
    assert!(trace.notes.iter().any(|note| note.contains("last line, which is cut off")), "{:?}", trace.notes);
}

#[test]
fn messages_of_other_kinds_stand_between_requests() {
    let caddy = r#"{"level":"info","ts":1773303245.1,"msg":"using provided configuration"}
{"level":"info","ts":1773303246.5,"logger":"http.log.access","request":{"method":"GET","host":"h","uri":"/a"},"duration":0.5,"size":7,"status":200}
{"level":"error","ts":1773303247.307,"logger":"tls","msg":"job failed"}
{"level":"info","ts":1773303248.5,"logger":"http.log.access","request":{"method":"GET","host":"h","uri":"/b"},"duration":0.5,"size":8,"status":200}
{"level":"info","ts":1773303249.5,"logger":"http.log.access","request":{"method":"GET","host":"h","uri":"/a"},"duration":0.5,"size":7,"status":200}
"#;
    let left_out = "without an HTTP request (timeouts, handshakes, garbage): 2";
    expect(caddy, "caddy", "0 h/a 7 get\n2000000 h/b 8 get\n3000000 h/a 7 get\n", left_out);
    let envoy = r#"{"start_time":"2026-03-12T08:14:05.123Z","method":"GET","path":"/p","response_code":"200","bytes_sent":"5","authority":"h"}
{"start_time":"2026-03-12T08:14:05.124Z","method":null,"path":null,"response_code":0,"bytes_sent":0,"authority":null}
"#;
    expect(envoy, "envoy-json", "0 h/p 5 get\n", "without an HTTP request");
    let squid = "1773303245.307 184 10.0.0.1 TCP_MISS/200 5 GET http://h/p - HIER_DIRECT/10.0.3.9 image/jpeg
1773303246.000 0 10.0.0.1 NONE_NONE/000 0 - error:transaction-end-before-headers - HIER_NONE/- -
";
    expect(squid, "squid", "0 h/p 5 get\n", "without an HTTP request");
    let haproxy = r#"Mar 12 08:14:01 lb1 haproxy[7]: Proxy fe-https started.
Mar 12 08:14:05 lb1 haproxy[7]: 10.0.0.1:5 [12/Mar/2026:08:14:05.123] fe be/web3 0/12/1/180/193 200 5431 - - ---- 8/6/9/3/1 0/41 "GET /p HTTP/1.1"
Mar 12 08:14:07 lb1 haproxy[7]: Server be-shop/web3 is DOWN, reason: Layer4 timeout, check duration: 2001ms. 1 active and 0 backup servers left.
"#;
    expect(haproxy, "haproxy", "0 /p 5431 get\n", "lines without a date, which are of something else: 2");
}

#[test]
fn what_s3_is_asked_for_besides_objects_is_left_out() {
    let line = |second: u32, operation: &str, key: &str| {
        format!(
            "79a5 b [12/Mar/2026:08:14:0{second} +0000] 10.0.0.1 - 3E {operation} {key} \"GET / HTTP/1.1\" 200 - 5 5 38 37 \"-\" \"a\" - Z= V4 T A h T - -\n"
        )
    };
    let text = [
        line(5, "WEBSITE.GET.OBJECT", "a"),
        line(6, "REST.GET.BUCKET", "-"),
        line(7, "REST.GET.ACL", "a"),
        line(8, "S3.TRANSITION_SIA.OBJECT", "a"),
        line(9, "S3.EXPIRE.OBJECT", "a"),
    ];
    expect(&text.concat(), "s3", "0 b/a 5 get\n4000000 b/a 5 delete\n", "neither read nor change: 3");
}

#[test]
fn monitor_is_read_as_it_comes_over_the_wire() {
    let text =
        "+OK\n+1773303245.000042 [0 10.0.3.9:5] \"GET\" \"a\"\n+1773303245.000043 [0 10.0.3.9:5] \"get\" \"b\"\n";
    expect(text, "redis-monitor", "0 a 0 get\n1 b 0 get\n", "");
}

#[test]
fn headers_again_are_no_rows_and_other_columns_no_rows_of_these() {
    let rows = "op_time,key,size\n5,a,3\nop_time,key,size\n6,b,4\n";
    expect(rows, "csv", "0 a 3 get\n1000000 b 4 get\n", "headers between the rows: 1");
    let part = |fields: &str, row: &str| {
        format!("#Version: 1.0\n#Fields: date time cs-method cs-uri-stem {fields}\n2026-03-12 08:14:05 GET /p {row}\n")
    };
    let same = [part("sc-status sc-bytes", "200 5"), part("sc-status sc-bytes", "200 5")].concat();
    expect(&same, "w3c", "0 /p 5 get\n500000 /p 5 get\n", "comments between the rows: 2");
    let other = [part("sc-status sc-bytes", "200 5"), part("sc-bytes sc-status", "5 200")].concat();
    let error = read("x", b"#Version: 1.0\n#Fields: date time cs-uri-stem sc-status\n").unwrap_err().to_string();
    assert!(error.contains("holds no request"), "{error}");
    let error = read("x", other.as_bytes()).unwrap_err().to_string();
    assert!(error.contains("line 5") && error.contains("names other columns"), "{error}");
}

#[test]
fn text_in_brackets_is_not_taken_for_json() {
    let error = read("x", b"[1] a\n[2] b c d\n[3\n").unwrap_err().to_string();
    assert!(!error.contains("JSON"), "{error}");
    let error = read("x", b"[\n {\"a\":1,\n\"b\":2}\n]\n").unwrap_err().to_string();
    assert!(error.contains("JSON over several lines"), "{error}");
}

#[test]
fn an_array_of_objects_a_line_is_json_lines_and_zeros_before_a_line_are_nothing() {
    let line = |second: u32| {
        format!(r#"{{"msec" : "{second}.25", "host" : "h" ,"request_uri":"/a","status":"200","request_time" : "0"}}"#)
    };
    let [a, b] = [line(1773303245), line(1773303246)];
    for text in [
        format!("[\n{a},\n{b}\n]\n"),
        format!("[{a},\n{b}]"),
        format!("[ {a}\r\n, {b} ]\r\n"),
        format!("{a},\n{b},\n"),
        format!("{a}\n\0\0\0\0{b}\n\0\0\n"),
    ] {
        expect(&text, "nginx-json", "0 h/a - get\n1000000 h/a - get\n", "");
    }
}

#[test]
fn lines_of_docker_are_no_requests_until_they_are_unpacked() {
    let line = r#"{"log":"1.2.3.4 - - [12/Mar/2026:08:14:05 +0000] \"GET /a HTTP/1.1\" 200 5\n","stream":"stdout","time":"2026-03-12T08:14:05.1Z"}"#;
    let error = read("x", format!("{line}\n{line}\n").as_bytes()).unwrap_err().to_string();
    assert!(error.contains("jq -j .log x | coldgap inspect -"), "{error}");
}

#[test]
fn what_is_no_request_may_stand_among_the_first_lines() {
    let haproxy = r#"Mar 12 08:14:04 lb1 haproxy[7]: 10.0.0.1:4 [12/Mar/2026:08:14:04.123] fe/1: SSL handshake failure
Mar 12 08:14:05 lb1 haproxy[7]: 10.0.0.1:5 [12/Mar/2026:08:14:05.123] fe be/web3 0/12/1/180/193 200 5431 - - ---- 8/6/9/3/1 0/41 "GET /p HTTP/1.1"
Mar 12 08:14:07 lb1 haproxy[7]: 10.0.0.1:5 [12/Mar/2026:08:14:07.123] fe be/web3 0/12/1/180/193 200 5431 - - ---- 8/6/9/3/1 0/41 "GET /q HTTP/1.1"
"#;
    expect(haproxy, "haproxy", "0 /p 5431 get\n2000000 /q 5431 get\n", "rows without an HTTP request");
    let monitor = "127.0.0.1:6379> MONITOR\nOK\n1773303245.123042 [0 10.0.3.9:51514] \"GET\" \"a\"\n";
    expect(monitor, "redis-monitor", "0 a 0 get\n", "");
    let spans = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"GET","startTimeUnixNano":"1","attributes":[{"key":"cache.key","value":{"stringValue":"k"}}]}]}]}]}
{"resourceLogs":[]}
"#;
    expect(spans, "otlp", "0 k 0 get\n", "exports without spans (of logs, of metrics): 1");
}

/// Paths of different hosts are different objects, whether a port follows the host or not; who forwarded a request is no host.
#[test]
fn a_host_before_the_client_is_of_the_key() {
    let line = |before: &str| format!("{before} - - [12/Mar/2026:08:14:05 +0000] \"GET /a HTTP/1.1\" 200 5\n");
    for (before, key) in [
        ("shop.example 203.0.113.7", "shop.example/a"),
        ("shop.example 2001:db8::1", "shop.example/a"),
        ("shop.example:443 203.0.113.7", "shop.example/a"),
        ("203.0.113.7 10.0.0.1", "/a"),
        ("client.example", "/a"),
    ] {
        expect(&line(before), "log", &format!("0 {key} 5 get\n"), "");
    }
}

#[test]
fn columns_that_blanks_align_and_files_of_blanks_are_told_what_they_are() {
    let error = read("x", b"1.5   a   10\n2.5   b   20\n").unwrap_err().to_string();
    assert!(error.contains("tr -s ' ' < FILE"), "{error}");
    assert!(read("x", b"\n\n\n").unwrap_err().to_string().contains("nothing but blanks"));
}

/// The same requests in every way in which spreadsheets and their kin write them.
#[test]
fn dates_of_spreadsheets_are_read_and_not_guessed() {
    let expected = "0 a 5 get\n1000000 b 6 get\n86400000000 a 5 get\n";
    for text in [
        "sep=;\r\ntime;key;size\r\n2026-03-12 08:14:05;a;5\r\n2026-03-12 08:14:06;b;6\r\n2026-03-13 08:14:05;a;5\r\n",
        "\"sep=,\"\ntime,key,size\n2026-03-12 08:14:05,a,5\n2026-03-12 08:14:06,b,6\n2026-03-13 08:14:05,a,5\n",
        "sep=\t\ntime\tkey\tsize\n20260312T081405Z\ta\t5\n20260312T081406Z\tb\t6\n20260313T081405Z\ta\t5\n",
        "time;key;size\n12.3.2026 08:14:05;a;5\n12.3.2026 08:14:06;b;6\n13.3.2026 08:14:05;a;5\n",
        "time,key,size\n3/22/2026 8:14:05 AM,a,5\n3/22/2026 8:14:06 AM,b,6\n3/23/2026 8:14:05 AM,a,5\n",
        "time,key,size\n22/3/2026 08:14:05,a,5\n22/3/2026 08:14:06,b,6\n23/3/2026 08:14:05,a,5\n",
        "date,time,key,size\n2026-03-12,08:14:05,a,5\n2026-03-12,08:14:06,b,6\n2026-03-13,08:14:05,a,5\n",
    ] {
        expect(text, "csv", expected, "");
    }
    let json = r#"{"date":"2026-03-12","time":"08:14:05","key":"a","size":5}
{"date":"2026-03-12","time":"08:14:06","key":"b","size":6}
{"date":"2026-03-13","time":"08:14:05","key":"a","size":5}
"#;
    expect(json, "json", expected, "");
    let mongo = r#"{"_id":{"$oid":"a1"},"ts":{"$date":"2026-03-12T08:14:05Z"},"key":"a","size":{"$numberInt":"5"}}
{"_id":{"$oid":"a2"},"ts":{"$date":{"$numberLong":"1773303246000"}},"key":"b","size":{"$numberInt":"6"}}
{"_id":{"$oid":"a3"},"ts":{"$date":1773389645000},"key":"a","size":5}
"#;
    expect(mongo, "json", expected, "");
    let refused = |text: &str, words: &str| {
        let error = read("x", text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains("x, line 2: ") && error.contains(words), "{error}");
    };
    refused("time,key\n3/12/2026 8:14:05,a\n", "hint: --time-unit mdy reads the month first");
    refused("when,time,key\n1,08:14:05,a\n", "--columns time=DAY+TIME");
    refused("time,key\n3/12/2026 8:14,a\n", "a time without seconds");
    for before_1970 in ["1969-12-31 23:59:59", "-1", "-0.5", "12/31/1969 23:59:59"] {
        refused(&format!("time,key\n{before_1970},a\n"), "is not a time between 1970 and 2554");
    }
}

/// Which of March 12 and December 3 it is decides the user, and the time between them is the calendar's.
#[test]
fn the_order_of_a_date_is_the_user_s() {
    use coldgap::trace::ReadOptions;
    use coldgap::trace::options::UNITS;
    let text = b"time,key\n3/12/2026 8:14:05,a\n4/12/2026 8:14:05,b\n";
    for (order, days) in [("mdy", 31), ("dmy", 1)] {
        let time_unit = UNITS.iter().find(|(name, _)| *name == order).map(|(_, unit)| *unit);
        let trace = super::read_with("x", text, &ReadOptions { time_unit, ..ReadOptions::default() }).unwrap();
        assert_eq!(trace.times, [0, days * 86_400_000_000_000], "{order}");
    }
}

/// A first line of any length a request can have hides no format: values and batches of a hundred KiB are common.
#[test]
fn formats_are_known_behind_a_long_first_line() {
    let long = "x".repeat(200 << 10);
    let monitor = |key: &str, value: &str| format!("1773303245.000042 [0 10.0.3.9:5] \"SET\" \"{key}\" \"{value}\"\n");
    expect(&[monitor("a", &long), monitor("b", "7")].concat(), "redis-monitor", "0 a 204800 set\n0 b 1 set\n", "");
    let line = |path: &str| format!("h - - [12/Mar/2026:08:14:05 +0000] \"GET /{path} HTTP/1.1\" 200 5\n");
    let trace = read("x", [line(&long), line("a")].concat().as_bytes()).unwrap();
    assert_eq!((trace.format.as_str(), trace.len()), ("log", 2));
    let ids = (0..40_000).map(|id| id.to_string()).collect::<Vec<_>>().join(",");
    let chain = format!("{{\"timestamp\":1,\"input_length\":20480000,\"output_length\":1,\"hash_ids\":[{ids}]}}\n");
    let trace = read("x", chain.repeat(2).as_bytes()).unwrap();
    assert_eq!((trace.format.as_str(), trace.len()), ("mooncake", 80_000));
}

#[test]
fn what_is_packed_twice_is_said_to_be() {
    let packed = |bytes: &[u8]| zstd::encode_all(bytes, 1).unwrap();
    let error = read("x.zst", &packed(&packed(b"time,key\n1,a\n"))).unwrap_err().to_string();
    assert!(error.contains("zstd -dc x.zst | coldgap inspect -"), "{error}");
}
