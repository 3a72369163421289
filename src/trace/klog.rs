//! Command logs of twemcache and Pelikan: `203.0.113.7:51514 - [12/Mar/2026:08:14:05 +0000] "get user:17" 4 412`.
//!
//! It knows these lines, and nothing of what becomes of a request.

use super::builder::{Builder, Flow, Row};
use super::clock::Clock;
use super::format::{Format, FormatInfo, Head, ReadOptions, Sniff};
use super::input::Input;
use super::intern::Key;
use super::lines::{Lines, first_lines};
use super::record::{Answered, By, Fetches};
use super::tokens;
use super::words::{self, digits, shown};
use crate::error::{Error, Result};
use crate::request::{Op, RENEWS, SECOND};
use crate::units::grouped;

/// Lines that are looked at to recognise it.
const LINES_TO_SNIFF: usize = 10;
/// Bytes of the reply to a get that found nothing, `END` and the end of the line.
const NOTHING_FOUND: u64 = 5;

/// Seconds of the longest time to live that is none since 1970.
const MONTH: u64 = 30 * 24 * 3_600;

/// The format.
pub struct CommandLog;

static INFO: FormatInfo = FormatInfo {
    name: "klog",
    extensions: &["klog", "log"],
    summary: "command logs (klog) of twemcache and Pelikan",
    layout: "peer - [date] \"command key ...\" kind length. The size of a get is the length of its reply, which has the value and a line \
             around it; the size of a set the bytes that the command names, with its time to live. A get with several keys is one of \
             each, without a size. The clock ticks in seconds. Servers may log one command in N only (a sample by request): then every hit \
             ratio is too low. From the servers' format strings.",
};

/// A line's parts: the peer, the time, the words of the command, and the bytes of the reply.
struct Line<'a> {
    peer: &'a [u8],
    time: u64,
    command: &'a [u8],
    reply: u64,
}

fn parse<'a>(line: &'a [u8], clock: &mut Clock, parts: &mut Vec<(usize, usize)>) -> Option<Line<'a>> {
    tokens::split(line, parts);
    let [peer, dash, date, command, kind, reply] = parts.as_slice() else { return None };
    let part = |(begin, end): &(usize, usize)| &line[*begin..*end];
    let is_known = part(command).split(|byte| *byte == b' ').next().is_some_and(|word| words::op(word).is_ok());
    (part(dash) == b"-" && is_known && digits(part(kind)).is_some()).then_some(())?;
    let (time, reply) = (clock.date_of_log(part(date))?, digits(part(reply))?);
    Some(Line { peer: part(peer), time, command: part(command), reply })
}

/// Seconds to live, as memcached's protocol has it: a negative number is over at once, one beyond a month is a moment.
fn life(expiry: &[u8], time: u64) -> u32 {
    let seconds = match (expiry.starts_with(b"-"), digits(expiry).unwrap_or(0)) {
        (true, _) => 1,
        (false, moment) if moment > MONTH => moment.saturating_sub(time / SECOND).max(1),
        (false, seconds) => seconds,
    };
    seconds.min(u64::from(RENEWS - 1)) as u32
}

impl Format for CommandLog {
    fn info(&self) -> &FormatInfo {
        &INFO
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let lines = first_lines(head.bytes, head.complete, LINES_TO_SNIFF);
        let (mut clock, mut parts) = (Clock::new(None), Vec::new());
        let fits = !lines.is_empty() && lines.iter().all(|line| parse(line, &mut clock, &mut parts).is_some());
        if fits { Sniff::Yes("its lines are commands with the kind and length of their replies") } else { Sniff::No }
    }

    fn read(&self, input: Input, options: &ReadOptions, rows: &mut Builder<'_>) -> Result<()> {
        options.refuse_columns(INFO.name)?;
        rows.set_layout("lines of a command log: peer, [date], \"command\", kind and length of the reply".to_string());
        let (mut lines, mut parts, mut clock) = (Lines::new(input), Vec::new(), Clock::new(None));
        let (mut fetches, mut others, mut flushes) = (Fetches::default(), 0u64, 0u64);
        'lines: while let Some((line, spot)) = lines.next()? {
            if line.trim_ascii().is_empty() {
                continue;
            }
            let Some(Line { peer, time, command, reply }) = parse(line, &mut clock, &mut parts) else {
                let fault = Error::trace(format!("not a line of a command log: '{}'", shown(line)))
                    .hint("remove the line, or name another format: --input csv; see coldgap formats klog");
                rows.skip(fault, spot)?;
                continue;
            };
            let mut command = command.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
            let word = command.next().unwrap_or_default();
            let Some(op) = words::op(word).ok().flatten() else {
                flushes += u64::from(word.starts_with(b"flush"));
                others += 1;
                continue;
            };
            let arguments: Vec<&[u8]> = command.collect();
            let number = |i: usize| arguments.get(i).and_then(|word| digits(word));
            let keys = if op == Op::Get { &arguments[..] } else { &arguments[..arguments.len().min(1)] };
            if keys.is_empty() {
                others += 1;
            }
            for name in keys {
                let is_hit = reply > NOTHING_FOUND;
                let (size, ttl) = match op {
                    Op::Get if keys.len() == 1 && is_hit => (reply, 0),
                    Op::Set => (number(3).unwrap_or(0), life(arguments.get(2).copied().unwrap_or_default(), time)),
                    _ => (0, 0),
                };
                if options.records {
                    rows.set_answered(match op {
                        Op::Get if keys.len() == 1 && is_hit => Answered { by: By::Cache, ..Answered::default() },
                        Op::Get if !is_hit => {
                            fetches.read(peer, name, time);
                            Answered { by: By::Backend, ..Answered::default() }
                        }
                        Op::Set => Answered { micros: 0, ..fetches.written(peer, name, time) },
                        _ => Answered::default(),
                    });
                }
                let row = Row { time: Some(time), key: Key::parse(name), size: Some(size), op, ttl };
                if rows.push(row, spot)? == Flow::Break(()) {
                    break 'lines;
                }
            }
        }
        if others > 0 {
            rows.note(format!("left out, commands that neither read nor change: {}", grouped(others)));
        }
        if flushes > 0 {
            rows.note(format!("flush_all, which emptied the server: {}; here nothing is emptied", grouped(flushes)));
        }
        rows.note(
            "a command log may hold one command in N only; where it does, every hit ratio is too low".to_string(),
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_to_live_is_memcached_s() {
        let now = 1_773_303_245 * SECOND;
        for (expiry, seconds) in
            [("0", 0), ("3600", 3_600), ("1773306845", 3_600), ("1773303000", 1), ("-1", 1), ("x", 0)]
        {
            assert_eq!(life(expiry.as_bytes(), now), seconds, "{expiry}");
        }
    }
}
