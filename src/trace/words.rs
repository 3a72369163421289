//! Words and numbers as tables and logs write them: operations, counts, times to live.
//!
//! It reads one cell at a time and knows neither files nor columns.

use crate::error::{Error, Result};
use crate::request::{Op, RENEWS};

/// One cell of a table.
#[derive(Debug, Clone, Copy)]
pub enum Cell<'a> {
    /// Nothing there.
    Null,
    /// As a text format writes it, without blanks around it.
    Text(&'a [u8]),
    /// A whole number, not negative.
    Unsigned(u64),
    /// A whole number.
    Signed(i64),
    /// Any number.
    Float(f64),
}

/// What operations are called, in lower case: memcached, Redis, HTTP, S3, block traces, SCSI.
const GETS: &[&str] = &[
    "get",
    "gets",
    "getlease",
    "gat",
    "gats",
    "getex",
    "mget",
    "read",
    "r",
    "rs",
    "head",
    "lookup",
    "load",
    "fetch",
    "getchunkdata",
    "28",
    "0x28",
    "88",
    "0x88",
    "getrange",
    "strlen",
    "exists",
    "ttl",
    "pttl",
    "type",
    "hget",
    "hmget",
    "hgetall",
    "hexists",
    "hlen",
    "hkeys",
    "hvals",
    "lrange",
    "lindex",
    "llen",
    "smembers",
    "sismember",
    "smismember",
    "scard",
    "srandmember",
    "sunion",
    "sinter",
    "sdiff",
    "zrange",
    "zrevrange",
    "zrangebyscore",
    "zrevrangebyscore",
    "zrangebylex",
    "zscore",
    "zmscore",
    "zrank",
    "zrevrank",
    "zcard",
    "zcount",
    "xrange",
    "xrevrange",
    "xlen",
    "bitcount",
    "getbit",
    "json.get",
    "json.mget",
];
const SETS: &[&str] = &[
    "set",
    "setlease",
    "setex",
    "psetex",
    "setnx",
    "getset",
    "mset",
    "msetnx",
    "add",
    "replace",
    "cas",
    "append",
    "prepend",
    "incr",
    "decr",
    "incrby",
    "decrby",
    "incrbyfloat",
    "hset",
    "hmset",
    "hsetnx",
    "hdel",
    "hincrby",
    "hincrbyfloat",
    "lpush",
    "rpush",
    "lpop",
    "rpop",
    "lset",
    "ltrim",
    "lrem",
    "sadd",
    "srem",
    "spop",
    "zadd",
    "zrem",
    "zincrby",
    "xadd",
    "setbit",
    "setrange",
    "json.set",
    "put",
    "write",
    "w",
    "ws",
    "insert",
    "update",
    "store",
    "copy",
    "putchunk",
    "touch",
    "expire",
    "pexpire",
    "expireat",
    "pexpireat",
    "persist",
    "2a",
    "0x2a",
    "8a",
    "0x8a",
];
const DELETES: &[&str] = &[
    "delete",
    "del",
    "getdel",
    "remove",
    "invalidate",
    "unlink",
    "purge",
    "evict",
    "trim",
    "unmap",
    "discard",
    "post",
    "patch",
];
/// What neither reads nor changes an object.
const OTHERS: &[&str] = &[
    "options",
    "connect",
    "trace",
    "pri",
    "propfind",
    "report",
    "nop",
    "ping",
    "info",
    "auth",
    "hello",
    "select",
    "multi",
    "exec",
    "watch",
    "unwatch",
    "subscribe",
    "psubscribe",
    "unsubscribe",
    "publish",
    "cluster",
    "client",
    "config",
    "command",
    "monitor",
    "scan",
    "keys",
    "dbsize",
    "wait",
    "quit",
    "script",
    "flush",
    "flushall",
];

/// Those that start the object's life anew: the first three read it, the others do nothing else.
const RENEWALS: [&str; 5] = ["gat", "gats", "getex", "touch", "expire"];

/// By which way a request came to S3.
pub const S3: [&[u8]; 4] = [b"REST.", b"BATCH.", b"WEBSITE.", b"SOAP."];

/// Longer words are no operation's.
const LONGEST_WORD: usize = 16;

/// The operation a word stands for; `None` where it stands for one that neither reads nor changes an object. Case, `_`, `-`,
/// S3's `REST.` and what follows a dot (`getChunkData.Permanent`) do not count.
///
/// # Errors
/// A word that stands for none.
#[inline]
pub fn op(text: &[u8]) -> Result<Option<Op>> {
    // Most are written so.
    match text {
        b"get" | b"GET" | b"gets" | b"28" | b"R" | b"Read" => Ok(Some(Op::Get)),
        b"set" | b"SET" | b"2a" | b"W" | b"Write" => Ok(Some(Op::Set)),
        _ => any_op(text),
    }
}

/// The operation of a method of HTTP; `None` for those that neither read nor change. Who writes through HTTP makes what is
/// cached invalid.
pub fn method(text: &[u8]) -> Option<Op> {
    match text {
        b"GET" | b"HEAD" => Some(Op::Get),
        b"POST" | b"PUT" | b"PATCH" | b"DELETE" | b"PURGE" => Some(Op::Delete),
        _ => None,
    }
}

/// Whether an operation's word starts the life of its object anew.
pub fn renews(text: &[u8]) -> bool {
    RENEWALS.iter().any(|word| text.eq_ignore_ascii_case(word.as_bytes()))
}

/// The word of an operation in files that coldgap writes; `ttl`: the request's in the column of times to live.
pub fn of(op: Op, ttl: u32) -> &'static str {
    match (op, ttl & RENEWS != 0) {
        (Op::Get, false) => "get",
        (Op::Get, true) => "gat",
        (Op::Set, false) => "set",
        (Op::Set, true) => "touch",
        (Op::Delete, _) => "delete",
    }
}

fn any_op(text: &[u8]) -> Result<Option<Op>> {
    let whole = text;
    // What S3 does itself.
    if text.starts_with(b"S3.") {
        return Ok(matches!(text, b"S3.EXPIRE.OBJECT" | b"S3.CREATE.DELETEMARKER").then_some(Op::Delete));
    }
    let text = match S3.iter().find_map(|prefix| text.strip_prefix(*prefix)) {
        // A form that was sent, and the end of an upload in parts.
        Some(b"POST.OBJECT" | b"POST.UPLOAD") => return Ok(Some(Op::Set)),
        // Of buckets, lists of access, parts and the like.
        Some(text) if !text.ends_with(b".OBJECT") => return Ok(None),
        Some(text) => text,
        None => text,
    };
    let is_json = text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case(b"json."));
    let text = if is_json { text } else { text.split(|byte| *byte == b'.').next().unwrap_or(text) };
    let mut word = [0; LONGEST_WORD];
    let mut length = 0;
    for byte in text {
        if matches!(byte, b'_' | b'-') {
            continue;
        }
        if length == LONGEST_WORD {
            return Err(unknown_op(whole));
        }
        word[length] = byte.to_ascii_lowercase();
        length += 1;
    }
    let is = |known: &&str| known.as_bytes() == &word[..length];
    if GETS.iter().any(&is) {
        Ok(Some(Op::Get))
    } else if SETS.iter().any(&is) {
        Ok(Some(Op::Set))
    } else if DELETES.iter().any(&is) {
        Ok(Some(Op::Delete))
    } else if OTHERS.iter().any(is) {
        Ok(None)
    } else {
        Err(unknown_op(whole))
    }
}

fn unknown_op(text: &[u8]) -> Error {
    let word = shown(text);
    let hint = match text.is_empty() {
        true => "--columns op=- reads every row as a get".to_string(),
        false => format!(
            "say what it is, like --op get={word}, set={word}, delete={word} or skip={word}; --columns op=- reads every row as a get"
        ),
    };
    Error::trace(format!("the operation '{word}' is not known")).hint(hint)
}

/// Text from a trace for a message: control characters escaped, long text cut.
pub fn shown(text: &[u8]) -> String {
    const LONGEST: usize = 60;
    let cut = &text[..text.len().min(LONGEST)];
    let more = if text.len() > LONGEST { "..." } else { "" };
    format!("{}{more}", String::from_utf8_lossy(cut).escape_debug())
}

/// A cell as a message shows it.
pub fn shown_cell(cell: Cell<'_>) -> String {
    match cell {
        Cell::Null => "null".to_string(),
        Cell::Text(text) => shown(text),
        Cell::Unsigned(number) => number.to_string(),
        Cell::Signed(number) => number.to_string(),
        Cell::Float(number) => number.to_string(),
    }
}

/// The whole number that a cell plainly writes: what nearly all cells of numbers hold, and quickly found out.
#[inline(always)]
pub fn natural(cell: Cell<'_>) -> Option<u64> {
    match cell {
        Cell::Text([]) => None,
        Cell::Text(text) => digits(text),
        Cell::Unsigned(number) => Some(number),
        _ => None,
    }
}

/// A whole number from a cell; `None` where the cell says that it is not known: empty, `-`, null or negative.
///
/// # Errors
/// Anything else.
#[inline(always)]
pub fn whole(cell: Cell<'_>, what: &str) -> Result<Option<u64>> {
    match natural(cell) {
        Some(number) => Ok(Some(number)),
        None => any_whole(cell, what),
    }
}

fn any_whole(cell: Cell<'_>, what: &str) -> Result<Option<u64>> {
    match cell {
        Cell::Null | Cell::Text(b"" | b"-") => Ok(None),
        Cell::Unsigned(number) => Ok(Some(number)),
        Cell::Signed(number) => Ok(u64::try_from(number).ok()),
        // 2^53: whole numbers beyond are not exact in a float.
        Cell::Float(number) if number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0 => {
            Ok((number >= 0.0).then_some(number as u64))
        }
        Cell::Text(text) => {
            let (negative, digits) = match text {
                [b'-', digits @ ..] => (true, digits),
                // As HAProxy writes what went on when it was logged.
                [b'+', digits @ ..] => (false, digits),
                digits => (false, digits),
            };
            match decimal(digits, 1).or_else(|| Some((grouped_digits(digits)?, 0))) {
                Some((number, 0)) => Ok((!negative).then_some(number)),
                _ => Err(not_whole(cell, what)),
            }
        }
        Cell::Float(_) => Err(not_whole(cell, what)),
    }
}

#[cold]
fn not_whole(cell: Cell<'_>, what: &str) -> Error {
    Error::trace(format!("the {what} '{}' is not a whole number below 2^64", shown_cell(cell)))
        .hint(format!("check which column holds the {what}: --columns {what}=NAME; --columns {what}=- leaves it out"))
}

/// The number that these digits write; `None` for anything else, or beyond `u64`. No digits write 0.
#[inline]
pub fn digits(text: &[u8]) -> Option<u64> {
    // As many nines still fit, so that only what follows need be checked.
    const SAFE_DIGITS: usize = 19;
    let (safe, rest) = text.split_at(text.len().min(SAFE_DIGITS));
    let (eights, few) = safe.as_chunks::<8>();
    let mut number = 0;
    for eight in eights {
        number = number * 100_000_000 + eight_digits(*eight)?;
    }
    for byte in few {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number * 10 + u64::from(digit);
    }
    rest.iter().try_fold(number, |number, byte| {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 { None } else { number.checked_mul(10)?.checked_add(u64::from(digit)) }
    })
}

/// The number that digits in groups of three write: `1,024`.
fn grouped_digits(text: &[u8]) -> Option<u64> {
    let mut groups = text.split(|byte| *byte == b',');
    let first = groups.next().filter(|first| (1..=3).contains(&first.len()))?;
    groups.try_fold(digits(first)?, |number, group| {
        number.checked_mul(1_000)?.checked_add(digits(group).filter(|_| group.len() == 3)?)
    })
}

/// The number that eight digits write, in three steps: pairs, fours, all. `None` for anything else.
#[inline(always)]
fn eight_digits(text: [u8; 8]) -> Option<u64> {
    const EACH: fn(u8) -> u64 = |byte| u64::from_ne_bytes([byte; 8]);
    let bytes = u64::from_le_bytes(text);
    let high = |bytes: u64| bytes & EACH(0xf0) == EACH(b'0');
    // 6 more makes another high half of what is beyond 9. Bytes of a high half of 3 do not carry.
    if !high(bytes) || !high(bytes + EACH(6)) {
        return None;
    }
    let ones = bytes - EACH(b'0');
    let pairs = (ones * 10 + (ones >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    Some((fours * 10_000 + (fours >> 32)) & 0xffff_ffff)
}

/// `123.456` times `unit`, exactly: the whole part of the product, and the digits beyond it as billionths of one.
/// `None` for anything but digits with at most one point, or beyond `u64`.
#[inline]
pub fn decimal(text: &[u8], unit: u64) -> Option<(u64, u64)> {
    match digits(text) {
        Some(whole) if !text.is_empty() => Some((whole.checked_mul(unit)?, 0)),
        _ => with_point(text, unit),
    }
}

fn with_point(text: &[u8], unit: u64) -> Option<(u64, u64)> {
    const MOST_DIGITS: usize = 18;
    if let Some(at) = text.iter().position(|byte| matches!(byte, b'e' | b'E')) {
        return with_exponent(&text[..at], &text[at + 1..], unit);
    }
    let (whole, fraction) = match text.iter().position(|byte| *byte == b'.') {
        Some(point) => (&text[..point], &text[point + 1..]),
        None => (text, &[][..]),
    };
    if whole.is_empty() || !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let product = digits(whole)?.checked_mul(unit)?;
    let fraction = &fraction[..fraction.len().min(MOST_DIGITS)];
    if fraction.is_empty() {
        return Some((product, 0));
    }
    const BILLION: u64 = 1_000_000_000;
    let (places, number) = (fraction.len() as u32, digits(fraction)?);
    // Nearly all fit, and dividing 128 bits takes many times as long.
    let (more, rest) = if places <= BILLION.ilog10() && unit <= BILLION {
        let scale = 10u64.pow(places);
        let part = number * unit;
        (part / scale, part % scale * BILLION / scale)
    } else {
        let scale = 10u128.pow(places);
        let part = u128::from(number) * u128::from(unit);
        ((part / scale) as u64, (part % scale * u128::from(BILLION) / scale) as u64)
    };
    Some((product.checked_add(more)?, rest))
}

/// `1.7e9` times `unit`, where the product is a whole number; `2.8E-4` likewise.
fn with_exponent(number: &[u8], exponent: &[u8], unit: u64) -> Option<(u64, u64)> {
    let exponent = std::str::from_utf8(exponent).ok()?.parse::<i32>().ok().filter(|exponent| exponent.abs() <= 40)?;
    let point = number.iter().position(|byte| *byte == b'.').unwrap_or(number.len());
    let places: Vec<u8> = number.iter().copied().filter(|byte| *byte != b'.').collect();
    if places.is_empty() || point == 0 || number.len() > places.len() + 1 || places.len() > 36 {
        return None;
    }
    let whole = usize::try_from(point as i32 + exponent).unwrap_or(0);
    let mut text = vec![b'0'; usize::try_from(-(point as i32 + exponent)).unwrap_or(0)];
    text.extend(&places);
    text.resize(text.len().max(whole), b'0');
    if whole == 0 {
        text.splice(0..0, *b"0.");
    } else if whole < text.len() {
        text.insert(whole, b'.');
    }
    decimal(&text, unit)
}

/// True for UTF-8, which may end inside a character.
pub fn is_utf8(bytes: &[u8]) -> bool {
    match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn operations_are_known_by_many_names() {
        for (word, expected) in [
            ("GET", Op::Get),
            ("GET_LEASE", Op::Get),
            ("getChunkData.NotInitialized", Op::Get),
            ("28", Op::Get),
            ("SET_LEASE", Op::Set),
            ("2a", Op::Set),
            ("putChunk.Permanent", Op::Set),
            ("DELETE", Op::Delete),
            ("REST.HEAD.OBJECT", Op::Get),
            ("BATCH.DELETE.OBJECT", Op::Delete),
            ("hgetall", Op::Get),
            ("JSON.SET", Op::Set),
        ] {
            assert_eq!(op(word.as_bytes()), Ok(Some(expected)), "{word}");
        }
        assert_eq!(op(b"PING"), Ok(None));
        for word in ["", "fetchall", "1", "a_word_that_is_much_longer_than_any", "\u{0}\u{ff}"] {
            assert!(op(word.as_bytes()).unwrap_err().to_string().contains("is not known"), "{word}");
        }
    }

    proptest! {
        #[test]
        fn digits_are_those_of_the_standard_library(text in "[0-9]{0,22}[/:0-9]?[0-9]{0,3}") {
            let expected = if text.is_empty() { Some(0) } else { text.parse().ok() };
            prop_assert_eq!(digits(text.as_bytes()), expected);
        }
    }

    #[test]
    fn numbers_are_exact_or_refused() {
        assert_eq!(decimal(b"1339518083.107412", 1_000_000_000), Some((1_339_518_083_107_412_000, 0)));
        assert_eq!(decimal(b"0.1", 1), Some((0, 100_000_000)));
        assert_eq!(decimal(b"18446744073709551615", 1), Some((u64::MAX, 0)));
        assert_eq!(decimal(b"5.", 1), Some((5, 0)));
        assert_eq!(decimal(b"1.7e9", 1_000), Some((1_700_000_000_000, 0)));
        assert_eq!(decimal(b"2.8E-4", 1_000_000_000), Some((280_000, 0)));
        assert_eq!(decimal(b"1.5e0", 1_000), Some((1_500, 0)));
        assert_eq!(whole(Cell::Text(b"1,024"), "size"), Ok(Some(1_024)));
        assert!(whole(Cell::Text(b"1,02"), "size").is_err());
        for text in [
            "",
            ".",
            ".5",
            "-1",
            "1e",
            "e9",
            "1.2.3e4",
            "1.2.3",
            "18446744073709551616",
            "99999999999999999999.9",
            "1 ",
        ] {
            assert_eq!(decimal(text.as_bytes(), 1), None, "{text}");
        }
        assert_eq!(decimal(b"18446744074", 1_000_000_000), None, "beyond u64 nanoseconds");
        assert_eq!(whole(Cell::Text(b"-1"), "size"), Ok(None));
        assert_eq!(whole(Cell::Text(b"512.0"), "size"), Ok(Some(512)));
        assert!(whole(Cell::Text(b"512.5"), "size").is_err());
        assert!(whole(Cell::Float(f64::NAN), "size").is_err());
        assert!(whole(Cell::Float(1e300), "size").is_err());
    }
}
