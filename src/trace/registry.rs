//! The registry of all formats, and how a file's is recognised.
//!
//! Adding a format = one file in this folder and one line in [`FORMATS`].

use super::format::{Format, Head, Sniff};
use super::input::{self, Input, in_shell};
use super::presets;
use super::words::is_utf8;
use crate::error::{Error, Result};

/// Every reader that stands for a format of its own.
pub static FORMATS: &[&dyn Format] = &[
    &super::parquet::Parquet,
    &super::arrow_ipc::ArrowIpc,
    &super::binary::LCS,
    &super::binary::VSCSI,
    &super::binary::TWR,
    &super::binary::ORACLE_OP_NS,
    &super::binary::BE32,
    &super::binary::BE64,
    &super::oracle_general::OracleGeneral,
    &super::klog::CommandLog,
    &super::pgaudit::PgAudit,
    &super::access_log::AccessLog,
    &super::redis::RedisMonitor,
    &super::memcached::MemcachedWatch,
    &super::otlp::Spans,
    &super::arc::ArcList,
    &super::csv::Csv,
    &super::json::JsonLines,
];

/// The number of [`FORMATS`] that are asked before the presets: they are certain of their own.
const BEFORE_PRESETS: usize = 16;

/// Every format and preset, in the order they are asked.
pub fn all() -> impl Iterator<Item = &'static dyn Format> {
    let presets = presets::all().map(|preset| preset as &dyn Format);
    FORMATS[..BEFORE_PRESETS].iter().copied().chain(presets).chain(FORMATS[BEFORE_PRESETS..].iter().copied())
}

/// The format of an input and why: the one named, or the one that recognises it.
///
/// # Errors
/// A name that no format has, or bytes that none recognises.
pub fn recognise(input: &Input, named: Option<&str>) -> Result<(&'static dyn Format, &'static str)> {
    if let Some(name) = named {
        return match all().find(|format| format.info().name.eq_ignore_ascii_case(name)) {
            Some(format) => Ok((format, "named by --input")),
            None => Err(Error::usage(format!("there is no format '{name}'")).hint(format!("one of: {}", known()))),
        };
    }
    let head = input.head();
    if head.complete && head.bytes.trim_ascii().is_empty() {
        return Err(Error::trace(if head.bytes.is_empty() {
            "the file is empty"
        } else {
            "the file holds nothing but blanks"
        })
        .at(&input.name, None)
        .hint("check that it was downloaded or written to its end"));
    }
    if let Some((what, hint)) =
        NO_TRACES.iter().find(|(sign, ..)| head.bytes.starts_with(sign)).map(|(_, what, hint)| (what, hint))
    {
        return Err(Error::trace(*what).hint(*hint).at(&input.name, None));
    }
    let mut not_sure = None;
    for format in all() {
        match format.sniff(&head) {
            Sniff::Yes(why) => return Ok((format, why)),
            Sniff::NotSure(why) => {
                not_sure.get_or_insert((format, why));
            }
            Sniff::No => {}
        }
    }
    not_sure.ok_or_else(|| unknown(&head, &in_shell(&input.name)).at(&input.name, None))
}

fn known() -> String {
    all().map(|format| format.info().name).collect::<Vec<_>>().join(", ")
}

/// What tools print that holds no request a line: how it begins, what it is, and what to record instead.
const NO_TRACES: [(&[u8], &str, &str); 3] = [
    (
        b"*   << ",
        "this is what varnishlog prints, several lines a request",
        "record a line a request: varnishncsa; see docs/record/varnish.md",
    ),
    (
        b"1) 1) (integer)",
        "this is Redis' SLOWLOG: slow commands, and no trace",
        "record all commands: redis-cli MONITOR; see docs/record/redis.md",
    ),
    (
        b"__keyevent@",
        "these are Redis' keyspace events, which have no times and no hits",
        "record all commands: redis-cli MONITOR; see docs/record/redis.md",
    ),
];

/// Where an archive of tar says that it is one.
const TAR_MAGIC: std::ops::Range<usize> = 257..262;

/// First bytes of a frame of lz4.
const LZ4: &[u8] = &[0x04, 0x22, 0x4d, 0x18];

/// True for text that begins like an object, or an array of such.
fn looks_like_json(bytes: &[u8]) -> bool {
    let text = bytes.trim_ascii_start();
    text.strip_prefix(b"[").unwrap_or(text).trim_ascii_start().starts_with(b"{")
}

/// No format recognises a file: what it seems to be, and how to make of it one that is read.
fn unknown(head: &Head<'_>, name: &str) -> Error {
    let bytes = head.bytes;
    let hint = if bytes.starts_with(b"PK\x03\x04") {
        format!("it is a zip archive; unpack it: unzip -p {name} | coldgap inspect -")
    } else if bytes.get(TAR_MAGIC) == Some(b"ustar") {
        format!("it is a tar archive; unpack it: tar -xOf {name} | coldgap inspect -")
    } else if let Some(tool) = input::packed(bytes) {
        format!("it is packed twice; unpack it: {tool} -dc {name} | coldgap inspect -")
    } else if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        format!("it is text in UTF-16; write it as UTF-8: iconv -f UTF-16 -t UTF-8 {name} | coldgap inspect -")
    } else if let [0, 1..=127, 0, 1..=127, ..] | [1..=127, 0, 1..=127, 0, ..] = bytes {
        let order = if bytes[0] == 0 { "BE" } else { "LE" };
        format!("it is text in UTF-16; write it as UTF-8: iconv -f UTF-16{order} -t UTF-8 {name} | coldgap inspect -")
    } else if bytes.starts_with(LZ4) {
        format!("it is compressed by lz4; unpack it: lz4 -dc {name} | coldgap inspect -")
    } else if is_utf8(bytes) && looks_like_json(bytes) {
        let filter = if bytes.trim_ascii_start().starts_with(b"[") { ".[]" } else { "." };
        format!(
            "it looks like JSON over several lines; write one object a line: jq -c '{filter}' {name} | coldgap inspect -"
        )
    } else {
        "name it with --input, like --input csv; coldgap formats lists them".to_string()
    };
    Error::trace("no format recognises this file").hint(hint)
}
