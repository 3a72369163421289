//! Access logs of web servers: Common Log Format and the combined format of Apache and nginx.
//!
//! It knows the lines of a log; a request for a path becomes a get of that path, a changing method invalidates it.

use super::builder::{Builder, Flow, Row};
use super::format::{Format, FormatInfo, Head, ReadOptions, Sniff};
use super::input::Input;
use super::intern::Key;
use super::long_line::{self, LONGEST};
use super::sizes::Says;
use super::words::shown;
use crate::error::{Error, Result, Spot};
use crate::request::{Op, SECOND};
use crate::units::grouped;
use chrono::NaiveDate;
use std::io::{BufRead, BufReader, Read};

/// Bytes of a date as logs write it, without the brackets.
const DATE: &str = "17/May/2015:10:05:03 +0000";
/// Lines that are looked at to recognise a log whose first line is not a request.
const LINES_TO_SNIFF: usize = 10;

/// The format.
pub struct AccessLog;

static INFO: FormatInfo = FormatInfo {
    name: "log",
    extensions: &["log"],
    summary: "access logs in the Common or the combined format (Apache, nginx)",
    layout: "host ident user [17/May/2015:10:05:03 +0000] \"GET /path?query HTTP/1.1\" status bytes, then anything. The \
             key is path and query, behind the host where lines begin with HOST:PORT (vhost_combined), with percent escapes normalised (RFC 3986, 6.2.2). GET and HEAD are gets; POST, PUT, \
             PATCH and DELETE invalidate the key; other methods and lines without a request (timeouts, handshakes) are \
             left out and counted in a note. An object has the size of its largest answer of status 200, in bytes sent. Times have the zone they are written \
             with. A line that begins with a blank or a quote, or after an open quote, continues the one before.",
};

impl Format for AccessLog {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let mut lines = head.bytes.split(|byte| *byte == b'\n').take(LINES_TO_SNIFF);
        let mut dates = Dates::default();
        let mut is_record = |line: &[u8]| Line::parse(line).is_ok_and(|line| dates.read(line.date).is_some());
        if lines.next().is_some_and(&mut is_record) {
            Sniff::Yes("its first line is a request of an access log")
        } else if lines.any(is_record) {
            Sniff::NotSure("some of its lines are requests of an access log")
        } else {
            Sniff::No
        }
    }

    fn read(&self, input: Input, options: &ReadOptions, rows: &mut Builder<'_>) -> Result<()> {
        options.refuse_columns(&INFO)?;
        let mut lines = BufReader::with_capacity(1 << 20, input);
        let mut line = Vec::new();
        let mut reader = Reader::default();
        for number in 1.. {
            line.clear();
            let length = (&mut lines).take(LONGEST as u64).read_until(b'\n', &mut line);
            let length = match length {
                Ok(LONGEST) if !line.ends_with(b"\n") => Err(long_line::error()),
                length => length,
            };
            let length = length.map_err(|cause| lines.get_ref().broken(&cause))?;
            if length == 0 {
                break;
            }
            let text = line.strip_suffix(b"\n").unwrap_or(&line);
            let spot = Spot::Line(number);
            match reader.row(text).map_err(|error| rows.locate(error, spot))? {
                Some((row, says)) if rows.push_answer(row, says, spot)? == Flow::Break(()) => break,
                _ => {}
            }
        }
        reader.finish(rows);
        Ok(())
    }
}

/// What is carried from line to line.
#[derive(Default)]
struct Reader {
    dates: Dates,
    path: Vec<u8>,
    /// True once a request was seen.
    begun: bool,
    /// True while the last line left a quote open.
    open: bool,
    continued: u64,
    other_methods: u64,
    no_request: u64,
}

impl Reader {
    /// The request of a line, and what its bytes say of the object's size; `None` for a line that holds none.
    fn row(&mut self, line: &[u8]) -> Result<Option<(Row<'_>, Says)>> {
        let odd_quotes = quotes(line) % 2 == 1;
        let parsed = match Line::parse(line) {
            Ok(parsed) => parsed,
            Err(_) if line.trim_ascii().is_empty() => return Ok(None),
            Err(_) if self.begun && (self.open || matches!(line[0], b' ' | b'\t' | b'"')) => {
                self.open ^= odd_quotes;
                self.continued += 1;
                return Ok(None);
            }
            Err(what) => return Err(malformed(what, line)),
        };
        self.begun = true;
        self.open = odd_quotes;
        let time = self.dates.read(parsed.date).ok_or_else(|| malformed("its date cannot be read", line))?;
        let Some((method, target)) = parsed.method_and_target() else {
            self.no_request += 1;
            return Ok(None);
        };
        let op = match method {
            b"GET" | b"HEAD" => Op::Get,
            b"POST" | b"PUT" | b"PATCH" | b"DELETE" => Op::Delete,
            _ => {
                self.other_methods += 1;
                return Ok(None);
            }
        };
        self.path.clear();
        self.path.extend_from_slice(virtual_host(parsed.prefix));
        normalise(target, &mut self.path);
        let row = Row { time: Some(time), key: Key::parse(&self.path), size: Some(parsed.bytes), op, ttl: 0 };
        Ok(Some((row, Says::of(method == b"GET", parsed.status))))
    }

    /// Says what was left out.
    fn finish(self, rows: &mut Builder<'_>) {
        let mut note = |what: &str, count: u64| {
            if count > 0 {
                rows.note(format!("{what}: {}", grouped(count)));
            }
        };
        note("lines that continue the one before (user agents that run on) and hold no request", self.continued);
        note("left out, of methods that neither read nor change (OPTIONS and the like)", self.other_methods);
        note("left out, lines without an HTTP request (timeouts, handshakes, garbage)", self.no_request);
    }
}

fn malformed(what: &str, line: &[u8]) -> Error {
    Error::trace(format!("not a line of an access log: {what}: '{}'", shown(line)))
        .hint("remove the line, or name another format: --input csv; see coldgap formats log")
}

/// Quotes in a line, those that are escaped left out.
fn quotes(line: &[u8]) -> usize {
    let mut escaped = false;
    let is_quote = |byte: &&u8| {
        let counts = **byte == b'"' && !escaped;
        escaped = **byte == b'\\' && !escaped;
        counts
    };
    line.iter().filter(is_quote).count()
}

/// The parts of a line that matter.
struct Line<'a> {
    /// All before the date.
    prefix: &'a [u8],
    date: &'a [u8],
    request: &'a [u8],
    status: u32,
    bytes: u64,
}

impl<'a> Line<'a> {
    /// Splits `host ident user [date] "request" status bytes`; says what is wrong where it cannot.
    fn parse(line: &'a [u8]) -> std::result::Result<Line<'a>, &'static str> {
        let open = line.iter().position(|byte| *byte == b'[').ok_or("it has no [date]")?;
        if open == 0 || line[open - 1] != b' ' || line[0] == b' ' {
            return Err("it does not begin with a host, and a date in brackets");
        }
        let rest = &line[open + 1..];
        let close = rest.iter().position(|byte| *byte == b']').ok_or("its [date] has no end")?;
        let date = &rest[..close];
        let rest = rest[close + 1..].trim_ascii_start().strip_prefix(b"\"").ok_or("it has no \"request\"")?;
        let mut escaped = false;
        let end = rest
            .iter()
            .position(|byte| {
                let ends = *byte == b'"' && !escaped;
                escaped = *byte == b'\\' && !escaped;
                ends
            })
            .ok_or("its \"request\" has no end")?;
        let mut fields = rest[end + 1..].trim_ascii().split(|byte| *byte == b' ');
        let status = fields.next().unwrap_or_default();
        if status.len() != 3 || !status.iter().all(u8::is_ascii_digit) {
            return Err("it has no status of three digits");
        }
        let status = status.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
        let bytes = match fields.next() {
            Some(b"-") => 0,
            Some(digits) => {
                super::words::decimal(digits, 1)
                    .filter(|(_, rest)| *rest == 0)
                    .ok_or("the bytes sent are not a number")?
                    .0
            }
            None => return Err("it has no bytes sent"),
        };
        Ok(Line { prefix: &line[..open], date, request: &rest[..end], status, bytes })
    }

    /// Method and target of the request; HTTP/0.9 has no third part, and careless clients put blanks into targets.
    fn method_and_target(&self) -> Option<(&'a [u8], &'a [u8])> {
        let space = self.request.iter().position(|byte| *byte == b' ')?;
        let (method, rest) = (&self.request[..space], self.request[space..].trim_ascii());
        let target = match rest.iter().rposition(|byte| *byte == b' ') {
            Some(last) if rest[last + 1..].starts_with(b"HTTP/") => rest[..last].trim_ascii_end(),
            None if rest.starts_with(b"HTTP/") => return None,
            _ => rest,
        };
        (!target.is_empty() && method.iter().all(u8::is_ascii_uppercase)).then_some((method, target))
    }
}

/// Reads dates; neighbouring lines often have the same.
#[derive(Default)]
struct Dates {
    last: Vec<u8>,
    time: u64,
}

impl Dates {
    fn read(&mut self, date: &[u8]) -> Option<u64> {
        if self.last != date {
            self.time = parse_date(date)?;
            self.last.clear();
            self.last.extend_from_slice(date);
        }
        Some(self.time)
    }
}

/// Nanoseconds since 1970 of a date written like [`DATE`].
fn parse_date(date: &[u8]) -> Option<u64> {
    const MONTHS: [&[u8]; 12] =
        [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];
    let punctuation = [(2, b'/'), (6, b'/'), (11, b':'), (14, b':'), (17, b':'), (20, b' ')];
    if date.len() != DATE.len() || punctuation.iter().any(|(at, byte)| date[*at] != *byte) {
        return None;
    }
    let number = |at: std::ops::Range<usize>| {
        date[at]
            .iter()
            .try_fold(0u32, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0')))
    };
    let month = 1 + MONTHS.iter().position(|month| *month == &date[3..6])? as u32;
    let day = NaiveDate::from_ymd_opt(number(7..11)? as i32, month, number(0..2)?)?;
    let local = day.and_hms_opt(number(12..14)?, number(15..17)?, number(18..20)?)?.and_utc().timestamp();
    let zone = i64::from(number(22..24)? * 3600 + number(24..26)? * 60);
    let utc = match date[21] {
        b'+' => local - zone,
        b'-' => local + zone,
        _ => return None,
    };
    u64::try_from(utc).ok()?.checked_mul(SECOND)
}

/// The host that was asked, where the line begins with it and its port (`vhost_combined` of Apache); else nothing. Paths of
/// different hosts are different objects.
fn virtual_host(prefix: &[u8]) -> &[u8] {
    let mut fields = prefix.split(|byte| *byte == b' ');
    let (first, client) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
    let Some(colon) = first.iter().rposition(|byte| *byte == b':') else { return &[] };
    let (host, port) = (&first[..colon], &first[colon + 1..]);
    let is_port = (1..=5).contains(&port.len()) && port.iter().all(u8::is_ascii_digit);
    // A client alone may be an address of IPv6, which ends like a port; then comes its identity.
    let is_client = client.iter().any(|byte| matches!(byte, b'.' | b':'));
    if is_port && is_client && !host.is_empty() && fields.count() >= 2 { host } else { &[] }
}

/// Appends `target` with its percent escapes normalised (RFC 3986, 6.2.2): those of unreserved characters are undone,
/// the others get capital digits. So one path is one key, however the client wrote it.
fn normalise(target: &[u8], out: &mut Vec<u8>) {
    let mut rest = target;
    while let Some(percent) = rest.iter().position(|byte| *byte == b'%') {
        out.extend_from_slice(&rest[..percent]);
        rest = &rest[percent..];
        let digit = |at: usize| rest.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        match (digit(1), digit(2)) {
            (Some(high), Some(low)) => {
                let byte = (high * 16 + low) as u8;
                if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
                    out.push(byte);
                } else {
                    out.extend_from_slice(&[b'%', rest[1].to_ascii_uppercase(), rest[2].to_ascii_uppercase()]);
                }
                rest = &rest[3..];
            }
            // Not an escape: kept as it is.
            _ => {
                out.push(b'%');
                rest = &rest[1..];
            }
        }
    }
    out.extend_from_slice(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMBINED: &[u8] =
        br#"1.2.3.4 - bob [17/May/2015:10:05:03 +0200] "GET /a%7eb?x=%2f HTTP/1.1" 200 512 "-" "x "y" z""#;

    #[test]
    fn a_line_becomes_a_request() {
        let mut reader = Reader::default();
        let (row, says) = reader.row(COMBINED).unwrap().unwrap();
        assert_eq!(says, Says::All);
        assert_eq!(row.key, Key::Text(b"/a~b?x=%2F"));
        assert_eq!((row.size, row.op), (Some(512), Op::Get));
        // 2015-05-17 08:05:03 UTC.
        assert_eq!(row.time, Some(1_431_849_903 * SECOND));
    }

    #[test]
    fn what_holds_no_request_is_counted_and_what_is_malformed_refused() {
        let mut reader = Reader::default();
        assert!(reader.row(b" \"curl/7.54.0\"").is_err(), "nothing to continue");
        let line = |request: &str, rest: &str| format!("h - - [17/May/2015:10:05:03 +0000] \"{request}\" {rest}");
        let mut op = |text: &str| reader.row(text.as_bytes()).map(|row| row.map(|(row, _)| row.op));
        assert_eq!(op(&line("POST /a HTTP/1.1", "201 -")), Ok(Some(Op::Delete)));
        assert_eq!(op(&line("GET /a b", "200 1")), Ok(Some(Op::Get)));
        assert_eq!(op(&line("OPTIONS * HTTP/1.1", "200 1")), Ok(None));
        assert_eq!(op(&line("-", "408 -")), Ok(None));
        assert_eq!(op(&line(r"\x16\x03\x01", "400 226")), Ok(None));
        assert_eq!(op(" \"curl/7.54.0\""), Ok(None));
        assert_eq!(op(&line("GET /a HTTP/1.1", "200 1 \"-\" \"agent that")), Ok(Some(Op::Get)));
        assert_eq!(op("runs on\""), Ok(None));
        assert_eq!(op(""), Ok(None));
        for bad in [
            "runs on",
            &line("GET /a HTTP/1.1", "20 1"),
            &line("GET /a HTTP/1.1", "200 x"),
            &line("GET /a HTTP/1.1", "200"),
            "h - - [17/May/2015:10:05:03 +0000] GET / 200 1",
            "h - - [31/Feb/2015:10:05:03 +0000] \"GET / HTTP/1.0\" 200 1",
            "h - - [17/May/2015] \"GET / HTTP/1.0\" 200 1",
        ] {
            assert!(op(bad).is_err(), "{bad}");
        }
        assert_eq!((reader.continued, reader.other_methods, reader.no_request), (2, 1, 2));
    }

    #[test]
    fn a_request_without_a_target_is_none() {
        let mut reader = Reader::default();
        let line = b"h - - [17/May/2015:10:05:03 +0000] \"GET  HTTP/1.1\" 400 150";
        assert!(reader.row(line).unwrap().is_none());
        assert_eq!(reader.no_request, 1);
    }

    #[test]
    fn paths_of_different_hosts_are_different_objects() {
        let key = |prefix: &str| {
            let line = format!("{prefix} [17/May/2015:10:05:03 +0000] \"GET /a HTTP/1.1\" 200 1");
            let mut reader = Reader::default();
            let (row, _) = reader.row(line.as_bytes()).unwrap().unwrap();
            format!("{:?}", row.key)
        };
        let text = |text: &[u8]| format!("{:?}", Key::Text(text));
        assert_eq!(key("shop.example:80 192.0.2.1 - -"), text(b"shop.example/a"));
        assert_eq!(key("blog.example:443 2001:db8::7 - bob"), text(b"blog.example/a"));
        for alone in ["192.0.2.1 - -", "2001:db8::7 - -", "2001:db8::7 - a.b", "h - first.name last", "h:80 - -"] {
            assert_eq!(key(alone), text(b"/a"), "{alone}");
        }
    }

    #[test]
    fn escapes_that_are_none_are_kept() {
        let mut out = Vec::new();
        normalise(b"/100%/%zz/%4", &mut out);
        assert_eq!(out, b"/100%/%zz/%4");
    }
}
