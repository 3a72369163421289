//! Records of known sources as their owners choose them: other fields, other units, several caches. None merges what are
//! different objects, and what is not read is said.

use super::odd::expect;
use super::sources::requests;
use super::{read, read_with};
use coldgap::trace::ReadOptions;
use coldgap::trace::record::By;

#[test]
fn json_of_web_servers_keeps_host_path_and_query_together() {
    // $request instead of $request_uri; $uri and $args; no $request_time.
    for line in [
        r#"{"time_local":"12/Mar/2026:08:14:05 +0000","request":"GET /p?x=1 HTTP/1.1","status":"200","body_bytes_sent":"5","request_time":"0.1","http_host":"h"}"#,
        r#"{"msec":1773303245.1,"request_method":"GET","host":"h","uri":"/p","args":"x=1","status":200,"body_bytes_sent":5,"request_time":0}"#,
        r#"{"msec":1773303245.1,"request_method":"GET","host":"h","request_uri":"/p?x=1","args":"x=1","status":200,"body_bytes_sent":5}"#,
    ] {
        expect(line, "nginx-json", "0 h/p?x=1 5 get\n", "");
    }
    let line = r#"{"msec":1773303245.1,"host":"h","status":200,"request_time":0}"#;
    let error = read("x", line.as_bytes()).unwrap_err().to_string();
    assert!(error.contains("nothing says which column holds the keys"), "a host alone is no key: {error}");
    // Unknown ones: a host is what was asked where another field is the client.
    for line in [
        r#"{"time":"12/Mar/2026:08:14:05 +0000","remoteIP":"192.0.2.1","host":"h","request":"/p","query":"?x=1","method":"GET","status":"200","bytes":"5"}"#,
        r#"{"time":"2026-03-12T08:14:05Z","client_ip":"192.0.2.1","host":"h","url":"/p?x=1","method":"GET","status":200,"bytes":5}"#,
        r#"{"@timestamp":"2026-03-12T08:14:05Z","url":{"path":"/p","query":"x=1","domain":"h"},"http":{"request":{"method":"GET"},"response":{"status_code":200,"body":{"bytes":5}}}}"#,
        r#"{"@timestamp":"2026-03-12T08:14:05Z","url":{"original":"/p?x=1","domain":"h"},"http":{"request":{"method":"GET"},"response":{"status_code":200,"body":{"bytes":5}}}}"#,
        r#"{"time":"2026-03-12T08:14:05Z","vhost":"h","request":"GET /p?x=1 HTTP/1.1","status":200,"bytes":5}"#,
    ] {
        expect(line, "json", "0 h/p?x=1 5 get\n", "");
    }
}

#[test]
fn the_first_request_may_stand_behind_what_a_server_says_while_it_starts() {
    let start = r#"{"level":"info","ts":1773303240.1,"logger":"tls","msg":"cleaning storage unit"}
"#;
    let request = r#"{"level":"info","ts":1773303245.307,"logger":"http.log.access","msg":"handled request","request":{"method":"GET","host":"h","uri":"/p"},"duration":"184ms","size":5,"status":200}
{"level":"info","ts":1773303245.308,"logger":"http.log.access","msg":"handled request","request":{"method":"GET","host":"h","uri":"/q"},"duration":"1.185s","size":5,"status":200}
"#;
    let text = [start.repeat(30), request.to_string()].concat();
    expect(&text, "caddy", "0 h/q 5 get\n1000000 h/p 5 get\n", "without an HTTP request");
    let unsaid = request.replace("1.185s", "long");
    expect(&unsaid, "caddy", "0 h/p 5 get\n185000 h/q 5 get\n", "do not say how long they took");
}

#[test]
fn networks_of_delivery_let_their_owners_choose_fields() {
    let times = "#Version: 1.0
#Fields: timestamp(ms) x-edge-location cs-method x-host-header cs-uri-stem sc-status sc-bytes time-taken
1773303245307\tHEL\tGET\th\t/a\t200\t100\t0.307
1773303246407\tHEL\tGET\th\t/b\t200\t100\t0.007
";
    expect(times, "cloudfront", "0 h/a 100 get\n1400000 h/b 100 get\n", "");
    let fields: Vec<String> = (1..=43)
        .map(|i| match i {
            1 => "1773303245.307".to_string(),
            4 => "200".to_string(),
            5 => "99".to_string(),
            6 => "GET".to_string(),
            7 => "https".to_string(),
            9 => "/p".to_string(),
            13 => "h".to_string(),
            _ => "-".to_string(),
        })
        .collect();
    expect(&format!("{}\n", fields.join("\t")), "cloudfront-real-time", "0 h/p 99 get\n", "");
    let ends = r#"{"EdgeEndTimestamp":"2026-03-12T08:14:05Z","ClientRequestHost":"h","ClientRequestMethod":"GET","ClientRequestURI":"/p","EdgeResponseBytes":5,"EdgeResponseStatus":200}"#;
    expect(ends, "cloudflare", "0 h/p 5 get\n", "");
    for state in ["fastlyState", "response_state"] {
        let line = format!(
            r#"{{"timestamp":"2026-03-12T08:14:05+0000","host":"h","url":"/p","request_method":"GET","response_status":"200","bytes":"5","{state}":"HIT"}}"#
        );
        expect(&line, "fastly", "0 h/p 5 get\n", "");
    }
}

#[test]
fn a_line_that_was_cut_inside_its_request_has_no_key() {
    let line = |request: &str| {
        format!(
            "Mar 12 08:14:05 lb1 haproxy[7]: 10.0.0.1:5 [12/Mar/2026:08:14:05.123] fe be/web3 0/12/1/180/193 200 5 - - ---- 8/6/9/3/1 0/41 \"{request}\n"
        )
    };
    let text = [line("GET /p HTTP/1.1\"").repeat(2_000), line("GET /a/very/long"), line("GET /p HTTP/1.1\"")].concat();
    let trace = read("x", text.as_bytes()).unwrap();
    assert_eq!((trace.len(), trace.keys.len()), (2_001, 1), "{:?}", trace.notes);
    assert!(trace.notes.iter().any(|note| note.contains("cannot be read: 1")), "{:?}", trace.notes);
}

#[test]
fn objects_of_s3_are_as_large_as_it_says_and_uploads_in_parts_end_in_a_set() {
    let line = |second: u32, operation: &str, status: u32, sent: &str, size: &str| {
        format!(
            "79a5 b [12/Mar/2026:08:14:0{second} +0000] 10.0.0.1 - 3E {operation} a \"GET / HTTP/1.1\" {status} - {sent} {size} 38 37 \"-\" \"a\" - Z= V4 T A h T - -\n"
        )
    };
    let text = [
        line(1, "REST.GET.OBJECT", 404, "300", "-"),
        line(2, "REST.PUT.PART", 200, "-", "5"),
        line(3, "REST.POST.UPLOAD", 200, "300", "9"),
        line(4, "REST.GET.OBJECT", 206, "4", "9"),
        line(5, "REST.DELETE.UPLOAD", 204, "-", "-"),
    ];
    expect(&text.concat(), "s3", "0 b/a 9 get\n2000000 b/a 9 set\n3000000 b/a 9 get\n", "neither read nor change: 2");
}

#[test]
fn commands_of_redis_have_their_keys_where_each_has_them() {
    let monitor = |commands: &[&str]| -> String {
        commands.iter().zip(0..).map(|(command, i)| format!("1773303245.{i:06} [0 10.0.0.1:5] {command}\n")).collect()
    };
    let text = monitor(&[
        r#""SET" "s" "hello""#,
        r#""EXPIRE" "s" "30""#,
        r#""GET" "s""#,
        r#""SET" "n" "100""#,
        r#""INCR" "n""#,
        r#""HSCAN" "h" "0""#,
        r#""BLPOP" "a" "b" "0""#,
        r#""RENAME" "s" "t""#,
        r#""COPY" "t" "u""#,
        r#""XREAD" "COUNT" "2" "STREAMS" "x" "y" "0" "0""#,
        r#""JSON.MGET" "j" "k" "$""#,
        r#""RPOPLPUSH" "a" "b""#,
        r#""WAIT" "1" "0""#,
        r#""BLPOP""#,
        r#""XREAD" "STREAMS""#,
    ]);
    expect(
        &text,
        "redis-monitor",
        "0 s 5 set
1 s 0 set renews 30
2 s 5 get
3 n 3 set
4 n 3 set
5 h 0 get
6 a 0 set
6 b 0 set
7 s 0 delete
7 t 0 set
8 u 0 set
9 x 0 get
9 y 0 get
10 j 0 get
10 k 0 get
11 a 0 set
11 b 0 set
",
        "scripts and the like: 1 (WAIT)",
    );
}

#[test]
fn a_flush_in_a_command_log_is_said_and_its_lives_are_memcached_s() {
    let line =
        |second: u32, command: &str| format!("10.0.0.1:5 - [12/Mar/2026:08:14:0{second} +0000] \"{command}\" 5 8\n");
    let text = [line(5, "set a 0 1773306845 7"), line(6, "flush_all"), line(7, "set b 0 -1 7")].concat();
    expect(&text, "klog", "0 a 7 set 3600\n2000000 b 7 set 1\n", "emptied the server: 1");
}

#[test]
fn a_chain_has_blocks_as_large_as_its_row_says() {
    for line in [
        r#"{"timestamp":1,"block_size":64,"hash_ids":[1,2],"input_length":100}"#,
        r#"{"timestamp":1,"chunk_size":64,"chunk_hashes":[1,2],"seq_len":100}"#,
    ] {
        assert_eq!(read("x", line.as_bytes()).unwrap().costs, Some(vec![64, 36]), "{line}");
    }
}

#[test]
fn of_several_caches_one_that_had_it_is_enough() {
    let text = "hashed_host_and_path\turi_query\tcontent_type\tresponse_size\tX_Cache
-84\t-\ttext/html\t11234\tcp1099 hit/7, cp4 miss
-85\t-\ttext/html\t99\tcp1 miss(0), cp3 frontend miss(0)
-86\t-\ttext/html\t99\tcp1 pass, cp3 frontend pass(0)
";
    let options = ReadOptions { records: true, ..ReadOptions::default() };
    let trace = read_with("x", text.as_bytes(), &options).unwrap();
    assert_eq!(trace.format, "wikimedia-2016");
    let by: Vec<By> = trace.records.unwrap().iter().map(|record| record.by).collect();
    assert_eq!(by, [By::Cache, By::Backend, By::Unsaid]);
}

/// Written by pyarrow.
#[test]
fn operations_of_pelikan_s_parquet_are_numbers() {
    let trace = read("pelikan.parquet", include_bytes!("pelikan.parquet")).unwrap();
    let expected = "0 5 10 get
0 9223372036854775815 20 set 60
1000000 5 10 delete
2000000 5 10 get
3000000 5 12 set
";
    assert_eq!(requests(&trace), expected, "{:?}", trace.notes);
    assert!(trace.notes.iter().any(|note| note.contains("neither read nor change: 1")), "{:?}", trace.notes);
}

/// Written by pyarrow, with the names that the logs have as text.
#[test]
fn logs_of_cloudfront_in_parquet_have_the_names_of_its_lines() {
    let trace = read("cloudfront.parquet", include_bytes!("cloudfront.parquet")).unwrap();
    assert_eq!(
        requests(&trace),
        "0 shop.example/p 5431 get\n1000000 shop.example/p?a=1 5431 get\n",
        "{:?}",
        trace.notes
    );
}

#[test]
fn keys_of_spans_may_be_numbers() {
    let line = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"GET","startTimeUnixNano":"1773303245123142000","attributes":[{"key":"app.cache.key.hash","value":{"intValue":"42"}}]}]}]}]}"#;
    expect(line, "otlp", "0 42 0 get\n", "");
}

#[test]
fn answers_that_are_no_object_s_are_counted() {
    let line = |status: u32| format!("h - - [12/Mar/2026:08:14:05 +0000] \"GET /a HTTP/1.1\" {status} 5\n");
    let text: String = [200, 206, 301, 304, 404, 503].into_iter().map(line).collect();
    let trace = read("x", text.as_bytes()).unwrap();
    assert_eq!(trace.len(), 6);
    assert!(trace.notes.iter().any(|note| note.ends_with("which are kept as gets: 3")), "{:?}", trace.notes);
}

#[test]
fn what_is_no_trace_is_refused_with_what_to_record_or_to_run() {
    for (text, hint) in [
        (&b"*   << Request  >> 32770     \n-   Begin          req 32769 rxreq\n"[..], "varnishncsa"),
        (b"1) 1) (integer) 14\n   2) (integer) 1773303245\n", "MONITOR"),
        (b"__keyevent@0__:keymiss\nuser:17\n", "MONITOR"),
        (b"t\0i\0m\0e\0,\0k\0e\0y\0\n\0", "UTF-16LE"),
        (b"\0t\0i\0m\0e\0,\0k\0e\0y\0\n", "UTF-16BE"),
        (b"\x04\x22\x4d\x18\x64\x40\xa7", "lz4 -dc"),
        (b"{\n\"time\": 1,\n\"key\": \"a\"\n}\n", "jq -c '.' "),
        (b"[{\"time\":1,\"key\":\"a\"},{\"time\":2,\"key\":\"a\"}]\n", "jq -c '.[]'"),
    ] {
        let error = read("x", text).unwrap_err().to_string();
        assert!(error.contains(hint), "{}: {error}", String::from_utf8_lossy(text));
    }
}
