//! What MONITOR prints of Redis and Valkey: `1339518083.107412 [0 127.0.0.1:60866] "GET" "user:1"`.
//!
//! It knows commands and which of their arguments are keys, and nothing of what becomes of a request.

use super::builder::{Builder, Flow, Row};
use super::format::{Format, FormatInfo, Head, ReadOptions, Sniff};
use super::input::Input;
use super::intern::Key;
use super::lines::{Lines, first_lines};
use super::record::Fetches;
use super::words::{self, decimal, shown};
use crate::error::{Error, Result};
use crate::request::{Op, RENEWS, SECOND};
use crate::units::grouped;

/// Lines that are looked at to recognise it.
const LINES_TO_SNIFF: usize = 10;
/// So many of the commands that are left out are named.
const NAMED: usize = 12;
/// Commands of Redis that are no words of others: those that read their key, and those that change it.
#[rustfmt::skip]
const READS: &[&str] = &[
    "hscan", "sscan", "zscan", "hstrlen", "hrandfield", "zrandmember", "zlexcount", "zrevrangebylex", "lpos", "pfcount", "geopos", "geodist",
    "geohash", "geosearch", "georadius_ro", "georadiusbymember_ro", "bitpos", "bitfield_ro", "substr", "lcs", "dump", "sort_ro", "expiretime",
    "pexpiretime", "xread", "xreadgroup", "xpending",
];
#[rustfmt::skip]
const WRITES: &[&str] = &[
    "lpushx", "rpushx", "linsert", "lmove", "blmove", "rpoplpush", "brpoplpush", "blpop", "brpop", "smove", "sunionstore", "sinterstore",
    "sdiffstore", "zunionstore", "zinterstore", "zdiffstore", "zrangestore", "zpopmin", "zpopmax", "bzpopmin", "bzpopmax",
    "zremrangebyscore", "zremrangebyrank", "zremrangebylex", "pfadd", "pfmerge", "geoadd", "geosearchstore", "xdel", "xtrim", "bitfield",
    "hsetex", "hgetdel", "restore", "rename", "renamenx",
];
/// The longest time to live in seconds: longer ones do not end.
const LONGEST_LIFE: u64 = RENEWS as u64 - 1;

/// The format.
pub struct RedisMonitor;

static INFO: FormatInfo = FormatInfo {
    name: "redis-monitor",
    extensions: &["txt", "log"],
    summary: "what MONITOR prints of Redis and Valkey",
    layout: "redis-cli MONITOR > FILE; seconds.microseconds [database client] \"COMMAND\" \"argument\" ... Commands that read are gets \
             (MGET, EXISTS and the like one of each key), those that write sets of the value's length, DEL and UNLINK deletes; EX, \
             PX, SETEX, EXPIRE and the like say times to live. Keys of other databases than 0 have its number before them. Commands \
             without a key, and scripts, whose commands follow by themselves, are left out, counted and named. MONITOR does not say what a \
             get found: an object is as large as it was last set, and those that change a part of it (INCR, HDEL, LPOP) keep its size. It \
             costs a server up to half its throughput.",
};

impl Format for RedisMonitor {
    fn info(&self) -> &FormatInfo {
        &INFO
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let lines = first_lines(head.bytes, head.complete, LINES_TO_SNIFF);
        let is_ok = |line: &&&[u8]| is_ok(line);
        let commands = lines.iter().skip_while(is_ok);
        let fits = commands.clone().all(|line| Line::parse(line).is_some());
        if fits && commands.count() > 0 { Sniff::Yes("its lines are those of MONITOR") } else { Sniff::No }
    }

    fn read(&self, input: Input, options: &ReadOptions, rows: &mut Builder<'_>) -> Result<()> {
        options.refuse_columns(INFO.name)?;
        rows.set_layout("lines of MONITOR: time, [database client], command, key by command".to_string());
        let mut lines = Lines::new(input);
        let (mut arguments, mut key) = (Arguments::default(), Vec::new());
        let (mut others, mut flushes, mut named) = (0u64, 0u64, Vec::new());
        rows.keep_sizes();
        let mut fetches = Fetches::default();
        'lines: while let Some((line, spot)) = lines.next()? {
            if line.trim_ascii().is_empty() || is_ok(line) {
                continue;
            }
            let Some(parsed) = Line::parse(line) else {
                let fault = Error::trace(format!("not a line of MONITOR: '{}'", shown(line)))
                    .hint("remove the line, or name another format: --input csv; see coldgap formats redis-monitor");
                rows.skip(fault, spot)?;
                continue;
            };
            if !arguments.read(parsed.arguments) {
                let fault = Error::trace(format!("a quote is left open: '{}'", shown(line))).hint("remove the line");
                rows.skip(fault, spot)?;
                continue;
            }
            let Some(command) = Command::of(&arguments, parsed.time) else {
                let name = arguments.get(0).unwrap_or_default().to_ascii_uppercase();
                others += 1;
                flushes += u64::from(name.starts_with(b"FLUSH"));
                if named.len() < NAMED && !named.contains(&name) {
                    named.push(name);
                }
                continue;
            };
            for (place, op, value) in command.keys(&arguments) {
                let Some(name) = arguments.get(place) else { continue };
                key.clear();
                if parsed.database != b"0" {
                    key.extend(parsed.database);
                    key.push(b'/');
                }
                key.extend(name);
                let size = value.and_then(|value| arguments.get(value)).map_or(0, |value| value.len() as u64);
                let row = Row {
                    time: Some(parsed.time),
                    key: Key::parse(&key),
                    size: Some(size),
                    op,
                    ttl: command.ttl | if command.renews { RENEWS } else { 0 },
                };
                match row.op {
                    Op::Get if options.records => fetches.read(parsed.client, &key, parsed.time),
                    Op::Set if options.records => {
                        rows.set_answered(fetches.written(parsed.client, &key, parsed.time));
                    }
                    _ => {}
                }
                if rows.push(row, spot)? == Flow::Break(()) {
                    break 'lines;
                }
            }
        }
        if others > 0 {
            let named: Vec<String> = named.iter().map(|name| shown(name)).collect();
            let (others, named) = (grouped(others), named.join(", "));
            rows.note(format!("left out, commands without a key, scripts and the like: {others} ({named})"));
        }
        if flushes > 0 {
            rows.note(format!(
                "FLUSHALL or FLUSHDB, which emptied the server: {}; here nothing is emptied",
                grouped(flushes)
            ));
        }
        Ok(())
    }
}

/// What the server says first, and the prompt of redis-cli before it.
fn is_ok(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    matches!(line, b"OK" | b"+OK")
        || line.last_chunk().is_some_and(|end: &[u8; 9]| end.eq_ignore_ascii_case(b"> monitor"))
}

/// The parts of a line.
struct Line<'a> {
    time: u64,
    database: &'a [u8],
    client: &'a [u8],
    arguments: &'a [u8],
}

impl<'a> Line<'a> {
    fn parse(line: &'a [u8]) -> Option<Line<'a>> {
        // As it comes over the wire.
        let line = line.strip_prefix(b"+").unwrap_or(line);
        let space = memchr::memchr(b' ', line)?;
        let (time, rest) = (&line[..space], line[space + 1..].strip_prefix(b"[")?);
        // Six digits, so that this is a moment and no number.
        if time.len() < 8 || time[time.len() - 7] != b'.' {
            return None;
        }
        let end = memchr::memmem::find(rest, b"] \"")?;
        let database = rest[..end].split(|byte| *byte == b' ').next()?;
        let (time, _) = decimal(time, SECOND)?;
        (!database.is_empty() && database.iter().all(u8::is_ascii_digit)).then_some(Line {
            time,
            database,
            client: &rest[..end],
            arguments: &rest[end + 2..],
        })
    }
}

/// The arguments of a command, without quotes and escapes.
#[derive(Default)]
struct Arguments {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Arguments {
    /// Reads them; false where the last has no end.
    fn read(&mut self, text: &[u8]) -> bool {
        self.bytes.clear();
        self.ends.clear();
        let mut rest = text;
        while let Some(open) = memchr::memchr(b'"', rest) {
            rest = &rest[open + 1..];
            loop {
                let Some(at) = memchr::memchr2(b'"', b'\\', rest) else { return false };
                self.bytes.extend(&rest[..at]);
                if rest[at] == b'"' {
                    rest = &rest[at + 1..];
                    break;
                }
                rest = self.escape(&rest[at + 1..]);
            }
            self.ends.push(self.bytes.len());
        }
        true
    }

    /// Appends what an escape stands for; returns what is behind it.
    fn escape<'a>(&mut self, text: &'a [u8]) -> &'a [u8] {
        let digit = |at: usize| text.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        let (byte, length) = match (text.first(), digit(1), digit(2)) {
            (Some(b'x'), Some(high), Some(low)) => ((high * 16 + low) as u8, 3),
            (Some(b'n'), ..) => (b'\n', 1),
            (Some(b'r'), ..) => (b'\r', 1),
            (Some(b't'), ..) => (b'\t', 1),
            (Some(b'a'), ..) => (7, 1),
            (Some(b'b'), ..) => (8, 1),
            (Some(other), ..) => (*other, 1),
            (None, ..) => return &[],
        };
        self.bytes.push(byte);
        &text[length..]
    }

    fn len(&self) -> usize {
        self.ends.len()
    }

    fn get(&self, i: usize) -> Option<&[u8]> {
        let begin = if i == 0 { 0 } else { *self.ends.get(i - 1)? };
        self.bytes.get(begin..*self.ends.get(i)?)
    }

    fn is(&self, i: usize, word: &str) -> bool {
        self.get(i).is_some_and(|argument| argument.eq_ignore_ascii_case(word.as_bytes()))
    }

    fn number(&self, i: usize) -> Option<u64> {
        self.get(i).and_then(|text| decimal(text, 1)).map(|(number, _)| number)
    }
}

/// Which arguments are keys.
#[derive(Clone, Copy)]
enum Keys {
    First,
    All,
    /// Every other, with its value behind it.
    Pairs,
    /// All but the last.
    AllButLast,
    /// The first and the second.
    Two,
    /// The second alone.
    Second,
    /// The first goes, the second comes in its place.
    Renamed,
    /// The first half of what is behind the word STREAMS.
    Streams,
}

/// What a command does.
struct Command {
    op: Op,
    keys: Keys,
    /// Where the value stands.
    value: Option<usize>,
    ttl: u32,
    renews: bool,
}

impl Command {
    /// `None` for commands that neither read nor change a key that they name.
    fn of(arguments: &Arguments, time: u64) -> Option<Command> {
        let name = arguments.get(0)?;
        let is = |word: &str| name.eq_ignore_ascii_case(word.as_bytes());
        let any = |words: &[&str]| words.iter().any(|word| is(word));
        let op = match words::op(name) {
            Ok(op) => op?,
            Err(_) if any(READS) => Op::Get,
            Err(_) if any(WRITES) => Op::Set,
            Err(_) => return None,
        };
        let keys = match () {
            () if any(&["mset", "msetnx"]) => Keys::Pairs,
            () if any(&["mget", "exists", "del", "unlink", "touch", "sunion", "sinter", "sdiff", "pfcount"]) => {
                Keys::All
            }
            () if any(&["json.mget", "blpop", "brpop", "bzpopmin", "bzpopmax"]) => Keys::AllButLast,
            () if any(&["lcs", "smove", "rpoplpush", "brpoplpush", "lmove", "blmove"]) => Keys::Two,
            () if is("copy") => Keys::Second,
            () if any(&["rename", "renamenx"]) => Keys::Renamed,
            () if any(&["xread", "xreadgroup"]) => Keys::Streams,
            () => Keys::First,
        };
        // Other commands change a part of what is there.
        let value = match () {
            () if any(&["setex", "psetex", "hset", "hmset", "hsetnx", "zadd", "json.set", "setrange", "lset"]) => {
                Some(3)
            }
            () if any(&["set", "setnx", "getset", "append", "lpush", "rpush", "sadd"]) => Some(2),
            () => None,
        };
        let now = time / SECOND;
        let life = |number: Option<u64>, is_milli: bool, is_moment: bool| {
            let seconds = number.map(|number| if is_milli { number.div_ceil(1_000) } else { number })?;
            let seconds = if is_moment { seconds.saturating_sub(now).max(1) } else { seconds };
            Some(seconds.min(LONGEST_LIFE) as u32)
        };
        let options = (2..arguments.len()).find_map(|i| {
            let next = arguments.number(i + 1);
            if arguments.is(i, "EX") {
                life(next, false, false)
            } else if arguments.is(i, "PX") {
                life(next, true, false)
            } else if arguments.is(i, "EXAT") {
                life(next, false, true)
            } else if arguments.is(i, "PXAT") {
                life(next, true, true)
            } else {
                None
            }
        });
        let changes_life = any(&["expire", "pexpire", "expireat", "pexpireat"]);
        let ttl = match () {
            () if any(&["setex", "psetex"]) => life(arguments.number(2), is("psetex"), false),
            () if changes_life => {
                life(arguments.number(2), any(&["pexpire", "pexpireat"]), any(&["expireat", "pexpireat"]))
            }
            () if any(&["set", "getex"]) => options,
            () => None,
        };
        // A life that is ended, or was never known, changes nothing of an object that is there.
        if changes_life && ttl.is_none() || is("persist") {
            return None;
        }
        let renews = changes_life || is("getex") && ttl.is_some() || is("touch");
        Some(Command { op, keys, value, ttl: ttl.unwrap_or(0), renews })
    }

    /// Where its keys stand, each with what is done to it and its value.
    fn keys<'a>(&self, arguments: &'a Arguments) -> impl Iterator<Item = (usize, Op, Option<usize>)> + use<'a> {
        let (op, value, kind, count) = (self.op, self.value, self.keys, arguments.len());
        let (begin, end, step) = match kind {
            Keys::First => (1, 2, 1),
            Keys::All => (1, count, 1),
            Keys::Pairs => (1, count, 2),
            Keys::AllButLast => (1, count - 1, 1),
            Keys::Two | Keys::Renamed => (1, 3, 1),
            Keys::Second => (2, 3, 1),
            Keys::Streams => {
                let begin = (1..count).find(|i| arguments.is(*i, "streams")).map_or(count, |at| at + 1);
                (begin, begin + (count - begin) / 2, 1)
            }
        };
        let value = move |place: usize| if matches!(kind, Keys::Pairs) { Some(place + 1) } else { value };
        let op = move |place: usize| if matches!(kind, Keys::Renamed) && place == 1 { Op::Delete } else { op };
        (begin..end.min(count).max(begin)).step_by(step).map(move |place| (place, op(place), value(place)))
    }
}
