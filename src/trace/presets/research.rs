//! Traces of research, of caches and of prefixes that language models were asked with.
//!
//! It knows what their records are, and not how they are read.

use super::super::clock::DATES;
use super::super::preset::{Preset, Shape, Sign, is_number, is_read_or_write};
use super::{PLAIN, fixed, info, tokens};
use crate::request::SECOND;

/// Every such trace; where signs overlap the first that fits is taken.
pub static SETS: &[Preset] = &[
    // Caches.
    Preset {
        info: info(
            "valkey-csv",
            &["csv"],
            "traces of Valkey's tools: microseconds, client, database, command, \"key\", kind, ...",
            "Quotes in keys have a backslash before them. What the last columns hold is not documented; they are not read.",
        ),
        shape: Shape::Delimited {
            delimiter: b',',
            names: "time client db op key kind hit type key_bytes value_bytes",
            escapes: true,
        },
        sign: Sign::Rows(|f| {
            f.len() >= 10
                && f[0].len() == 16
                && is_number(f[0])
                && f.iter().any(|f| [&b"READ"[..], b"WRITE", b"DELETE"].contains(f))
        }),
        columns: "time=time,key=key,op=op",
        ..PLAIN
    },
    // Research.
    Preset {
        info: info(
            "ibm-cos",
            &["txt"],
            "IBM's object store traces: milliseconds, REST.GET.OBJECT, object, [size, [start, end]]",
            "GET and HEAD are gets, PUT and COPY sets.",
        ),
        shape: tokens("time op key size start end"),
        sign: Sign::Rows(|f| (3..=6).contains(&f.len()) && is_number(f[0]) && f[1].starts_with(b"REST.")),
        columns: "time=time,key=key,size=size,op=op",
        unit: Some(1_000_000),
        ..PLAIN
    },
    Preset {
        info: info(
            "ibm-cos-csv",
            &["csv"],
            "IBM's object store traces with numbers for operations",
            "Under a comment that says: Put 0, Get 1, Delete 2, Head 3, Copy 4. Times are milliseconds.",
        ),
        shape: fixed(b',', "time op key size"),
        sign: Sign::Comment("op type [Put:0"),
        columns: "time=time,key=key,size=size,op=op",
        ops: "set=0,get=1,delete=2,get=3,set=4",
        unit: Some(1_000_000),
        ..PLAIN
    },
    Preset {
        info: info(
            "ibm-docker",
            &["json"],
            "IBM's Docker registry traces, JSON lines",
            "The key is http.request.uri. An array over a whole file is made into lines by: jq -c '.[]'.",
        ),
        sign: Sign::Names(&["http.request.uri", "http.response.written"]),
        columns: "time=timestamp,key=http.request.uri,size=http.response.written,status=http.response.status,op=http.request.method",
        is_http: true,
        ..PLAIN
    },
    Preset {
        info: info(
            "msr",
            &["csv"],
            "MSR Cambridge block traces: ticks, host, disk, Read or Write, offset, size, response time",
            "The key is host, disk and offset, as it stands: an access that spans several blocks is one object.",
        ),
        shape: fixed(b',', "timestamp host disk type offset size response_time"),
        sign: Sign::Rows(|f| {
            f.len() == 7 && f[0].len() == 18 && is_number(f[0]) && is_read_or_write(f[3]) && is_number(f[4])
        }),
        columns: "time=timestamp,key=host+disk+offset,size=size,op=type",
        ..PLAIN
    },
    Preset {
        info: info(
            "alibaba-block",
            &["csv"],
            "Alibaba block traces: device, R or W, offset, length, microseconds",
            "The key is device and offset, as it stands: an access that spans several blocks is one object.",
        ),
        shape: fixed(b',', "device op offset length time"),
        sign: Sign::Rows(|f| {
            f.len() == 5 && is_read_or_write(f[1]) && [0, 2, 3, 4].iter().all(|i| is_number(f[*i])) && f[4].len() >= 15
        }),
        columns: "time=time,key=device+offset,size=length,op=op",
        unit: Some(1_000),
        ..PLAIN
    },
    Preset {
        info: info(
            "tencent-block",
            &["csv"],
            "Tencent block traces: seconds, offset and length in sectors, 0 read or 1 write, volume",
            "The key is volume and offset; sectors have 512 bytes.",
        ),
        shape: fixed(b',', "time offset length op volume"),
        sign: Sign::Rows(|f| {
            f.len() == 5 && f[0].len() == 10 && f.iter().all(|f| is_number(f)) && matches!(f[3], b"0" | b"1")
        }),
        columns: "time=time,key=volume+offset,size=length,op=op",
        ops: "get=0,set=1",
        unit: Some(SECOND),
        size_unit: 512,
        ..PLAIN
    },
    Preset {
        info: info(
            "tencent-photo",
            &["txt"],
            "Tencent photo cache: YYYYMMDDHHMMSS, photo, format, size class, bytes, hit, terminal, ms",
            "The key is photo, format and class.",
        ),
        shape: fixed(b' ', "time photo format class bytes hit terminal ms"),
        sign: Sign::Rows(|f| {
            f.len() == 8
                && f[0].len() == 14
                && f[0].starts_with(b"20")
                && is_number(f[0])
                && is_number(f[4])
                && f[3].len() == 1
        }),
        columns: "time=time,key=photo+format+class,size=bytes,result=hit",
        unit: Some(DATES),
        ..PLAIN
    },
    Preset {
        info: info(
            "systor",
            &["csv"],
            "SYSTOR '17 block traces: Timestamp, Response, IOType, LUN, Offset, Size",
            "The key is LUN and offset, as it stands.",
        ),
        shape: fixed(b',', ""),
        sign: Sign::Names(&["IOType", "LUN", "Offset"]),
        columns: "time=Timestamp,key=LUN+Offset,size=Size,op=IOType",
        ..PLAIN
    },
    Preset {
        info: info(
            "webcachesim",
            &["tr", "txt"],
            "traces of webcachesim and LRB: time, object, size",
            "Three numbers with a blank between them; where features follow, --input webcachesim reads them, too.",
        ),
        shape: tokens("time key size"),
        sign: Sign::Rows(|f| f.len() == 3 && f.iter().all(|f| is_number(f))),
        columns: "time=time,key=key,size=size",
        ..PLAIN
    },
    Preset {
        info: info(
            "wikimedia-2016",
            &["tsv"],
            "Wikimedia 2016: hashed_host_and_path, uri_query, content_type, response_size, X_Cache",
            "It has no times: give --rate. X_Cache names every cache that was asked: a request is a hit where one of them had it.",
        ),
        shape: fixed(b'\t', ""),
        sign: Sign::Names(&["hashed_host_and_path", "response_size"]),
        columns: "key=hashed_host_and_path+?uri_query,size=response_size,result=X_Cache",
        ..PLAIN
    },
    // Prefix caches of language models: a row is a chain of blocks.
    Preset {
        info: info(
            "qwen",
            &["jsonl"],
            "Qwen-Bailian traces of prefix blocks, JSON lines",
            "Each of hash_ids is a get of its block, 16 tokens, and a hit needs all blocks before it; input_length says what the last one \
             costs. Times are seconds. Give the backend in tokens a second: -b 20000tokens/s.",
        ),
        sign: Sign::Names(&["hash_ids", "chat_id"]),
        columns: "time=timestamp,key=hash_ids,cost=input_length",
        block_tokens: Some(16),
        unit: Some(SECOND),
        ..PLAIN
    },
    Preset {
        info: info(
            "mooncake",
            &["jsonl"],
            "Mooncake traces of prefix blocks, JSON lines",
            "Each of hash_ids is a get of its block, 512 tokens unless block_size says it, and a hit needs all blocks before it; input_length says what the last one \
             costs. Times are milliseconds. Give the backend in tokens a second: -b 20000tokens/s.",
        ),
        sign: Sign::Names(&["hash_ids"]),
        columns: "time=timestamp,key=hash_ids,cost=input_length,block=block_size",
        block_tokens: Some(512),
        unit: Some(1_000_000),
        ..PLAIN
    },
    Preset {
        info: info(
            "lmcache",
            &["jsonl"],
            "LMCache's log of lookups, JSON lines",
            "Each of chunk_hashes is a get of its chunk, 256 tokens unless chunk_size says it, and a hit needs all chunks before it. What is behind the last whole \
             chunk is never cached, and left out. Give the backend in tokens a second: -b 20000tokens/s.",
        ),
        sign: Sign::Names(&["chunk_hashes"]),
        columns: "time=timestamp,key=chunk_hashes,cost=seq_len,block=chunk_size",
        block_tokens: Some(256),
        unit: Some(SECOND),
        ..PLAIN
    },
];

/// Sources of tables in Parquet and Arrow alone: what holds their names is recognised as those.
pub static TABLES: &[Preset] = &[Preset {
    info: info(
        "pelikan",
        &["parquet"],
        "traces of Pelikan's simulator in Parquet: timestamp, obj_id, obj_size, next_access_vtime, op, ttl",
        "Times are nanoseconds. Operations are numbers: 1, 2 and 12 gets, 3 to 8, 10, 11, 13 and 14 sets, 9 a delete, 0 none; a missing one \
             is a get. next_access_vtime is not read.",
    ),
    sign: Sign::Names(&["timestamp", "obj_id", "obj_size", "next_access_vtime", "op"]),
    columns: "time=timestamp,key=obj_id,size=obj_size,op=op,ttl=ttl",
    ops: "skip=0,get=1,get=2,set=3,set=4,set=5,set=6,set=7,set=8,delete=9,set=10,set=11,get=12,set=13,set=14,get=null",
    unit: Some(1),
    ..PLAIN
}];
