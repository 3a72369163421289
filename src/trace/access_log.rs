//! Access logs of web servers: Common Log Format and the combined format of Apache and nginx.
//!
//! It knows the lines of a log; a request for a path becomes a get of that path, a changing method invalidates it.

use super::appended::{self, Appended};
use super::builder::{Builder, Flow, Row};
use super::clock::Clock;
use super::format::{Format, FormatInfo, Head, ReadOptions, Sniff};
use super::http;
use super::input::Input;
use super::intern::Key;
use super::lines::{Lines, first_lines};
use super::record::Answered;
use super::sizes::Says;
use super::tokens;
use super::words::{self, Cell, shown};
use crate::error::{Error, Result};
use crate::request::SECOND;
use crate::units::grouped;

/// Bytes of the shortest date.
const DATE_LEAST: usize = "2015-05-17T10:05:03".len() - 1;
/// Where the point stands in $msec.
const MSEC_POINT: usize = "1773303245".len();
/// Lines that are looked at to recognise a log whose first line is not a request.
const LINES_TO_SNIFF: usize = 10;

/// The format.
pub struct AccessLog;

static INFO: FormatInfo = FormatInfo {
    name: "log",
    extensions: &["log"],
    summary: "access logs in the Common or the combined format (Apache, nginx)",
    layout: "host ident user [17/May/2015:10:05:03 +0000] \"GET /path?query HTTP/1.1\" status bytes, then anything; of fields that are appended \
             as name=value, rt or request_time makes the arrival of the answer's end, urt and cs (upstream_response_time, upstream_cache_status) say who answered. The \
             key is path and query, behind the host where lines begin with one (vhost_combined, behind what syslog writes, too), with percent escapes normalised (RFC 3986, 6.2.2). GET and HEAD are gets; POST, PUT, \
             PATCH and DELETE invalidate the key; other methods and lines without a request (timeouts, handshakes) are \
             left out and counted in a note. An object has the size of its largest answer of status 200, in bytes sent. Times have the zone they are written \
             with; $msec in brackets is read as well. A line that begins with a blank or a quote, or after an open quote, continues the one before.",
};

impl Format for AccessLog {
    fn info(&self) -> &FormatInfo {
        &INFO
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let lines = first_lines(head.bytes, head.complete, LINES_TO_SNIFF);
        let mut dates = Dates::default();
        let mut is_record = |line: &&[u8]| Line::parse(line).is_ok_and(|line| dates.read(line.date).is_some());
        if lines.first().is_some_and(&mut is_record) {
            Sniff::Yes("its first line is a request of an access log")
        } else if lines.iter().any(is_record) || is_zeroed(head) {
            Sniff::NotSure("some of its lines are requests of an access log")
        } else {
            Sniff::No
        }
    }

    fn read(&self, input: Input, options: &ReadOptions, rows: &mut Builder<'_>) -> Result<()> {
        options.refuse_columns(INFO.name)?;
        let mut lines = Lines::new(input);
        let mut reader = Reader::default();
        while let Some((line, spot)) = lines.next()? {
            match reader.row(line) {
                Ok(Some((row, says, appended))) => {
                    if appended.took.is_some() {
                        rows.allow_disorder();
                    }
                    if options.records {
                        rows.set_answered(appended.answered);
                    }
                    if rows.push_answer(row, says, spot)? == Flow::Break(()) {
                        break;
                    }
                }
                Ok(None) => {}
                Err(fault) => rows.skip(fault, spot)?,
            }
        }
        rows.set_layout(reader.layout());
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
    foreign: u64,
    other_methods: u64,
    no_request: u64,
    /// Lines that say how long the answer took, and whether a date was finer than a second.
    timed: u64,
    is_fine: bool,
    /// Lines that begin with the host that was asked, and lines that say who answered.
    hosted: u64,
    recorded: u64,
}

impl Reader {
    /// The request of a line, what its bytes say of the object's size, and its appended fields; `None` for a line that holds none.
    fn row(&mut self, line: &[u8]) -> Result<Option<(Row<'_>, Says, Appended)>> {
        let odd_quotes = leaves_open(line);
        let parsed = match Line::parse(line) {
            Ok(parsed) => parsed,
            Err(_) if line.trim_ascii().is_empty() => return Ok(None),
            Err(_) if is_foreign(line) => {
                self.foreign += 1;
                return Ok(None);
            }
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
        let Some((method, target)) = http::request(parsed.request) else {
            self.no_request += 1;
            return Ok(None);
        };
        let Some(op) = words::method(method) else {
            self.other_methods += 1;
            return Ok(None);
        };
        self.path.clear();
        let host = virtual_host(parsed.prefix);
        self.hosted += u64::from(!host.is_empty());
        self.path.extend_from_slice(host);
        http::target(target, &mut self.path);
        let appended = appended::read(parsed.rest, parsed.status);
        self.timed += u64::from(appended.took.is_some());
        self.recorded += u64::from(appended.answered != Answered::default());
        self.is_fine |= !time.is_multiple_of(SECOND);
        // A clock of whole seconds does not become finer by it.
        let took = appended.took.unwrap_or(0);
        let took = if self.is_fine { took } else { (took + SECOND / 2) / SECOND * SECOND };
        let time = time.saturating_sub(took);
        let row = Row { time: Some(time), key: Key::parse(&self.path), size: Some(parsed.bytes), op, ttl: 0 };
        Ok(Some((row, Says::of(method == b"GET", parsed.status), appended)))
    }

    /// What was taken for what.
    fn layout(&self) -> String {
        let host = if self.hosted > 0 { "the host that the line begins with + " } else { "" };
        let time = match self.timed {
            0 => "the date (of the answer's end with nginx, of arrival with Apache)",
            _ => "the date - the appended rt or request_time",
        };
        let recorded = if self.recorded > 0 { ", result and backend = the appended cs and urt" } else { "" };
        format!(
            "lines split by blanks, quotes and brackets: host, user, [date], \"request\", status, bytes; key = {host}the request's \
             target, time = {time}, size = the bytes, status = the status, op = the request's method{recorded}; not read: user, referer, \
             user agent and whatever follows"
        )
    }

    /// Says what was left out.
    fn finish(self, rows: &mut Builder<'_>) {
        let mut note = |what: &str, count: u64| {
            if count > 0 {
                rows.note(format!("{what}: {}", grouped(count)));
            }
        };
        note("times are the answers' end, less how long they took as an appended field says: arrivals", self.timed);
        note("lines that continue the one before (user agents that run on) and hold no request", self.continued);
        note("left out, lines of another log (errors, the banners of tail)", self.foreign);
        note("left out, of methods that neither read nor change (OPTIONS and the like)", self.other_methods);
        note("left out, lines without an HTTP request (timeouts, handshakes, garbage)", self.no_request);
    }
}

fn malformed(what: &str, line: &[u8]) -> Error {
    Error::trace(format!("not a line of an access log: {what}: '{}'", shown(line)))
        .hint("remove the line, or name another format: --input csv; see coldgap formats log")
}

/// True where a quote is not closed; those that are escaped do not count.
fn leaves_open(line: &[u8]) -> bool {
    let mut rest = line;
    let mut open = false;
    while let Some(at) = memchr::memchr2(b'"', b'\\', rest) {
        let is_quote = rest[at] == b'"';
        open ^= is_quote;
        rest = rest.get(at + if is_quote { 1 } else { 2 }..).unwrap_or_default();
    }
    open
}

/// The parts of a line that matter.
struct Line<'a> {
    /// All before the date.
    prefix: &'a [u8],
    date: &'a [u8],
    request: &'a [u8],
    status: u32,
    bytes: u64,
    /// All behind the bytes.
    rest: &'a [u8],
}

impl<'a> Line<'a> {
    /// Splits `host ident user [date] "request" status bytes`; says what is wrong where it cannot.
    fn parse(line: &'a [u8]) -> std::result::Result<Line<'a>, &'static str> {
        // A bracket before the date is around an address of IPv6.
        let begin = |from: usize| Some(from + memchr::memchr(b'[', line.get(from..)?)?);
        let is_date = |open: &usize| {
            line[open + 1..]
                .get(..3)
                .is_some_and(|start| start.iter().all(|byte| byte.is_ascii_digit() || *byte == b'/'))
                && (line.get(open + 1 + MSEC_POINT) == Some(&b'.')
                    || line[open + 1..]
                        .iter()
                        .take_while(|byte| **byte != b']')
                        .any(|byte| matches!(byte, b'/' | b'-' | b'T')))
        };
        let mut open = begin(0);
        while open.is_some_and(|at| !is_date(&at)) {
            open = open.and_then(|at| begin(at + 1));
        }
        let open = open.ok_or("it has no [date]")?;
        if open == 0 || line[open - 1] != b' ' || line[0] == b' ' {
            return Err("it does not begin with a host, and a date in brackets");
        }
        let rest = &line[open + 1..];
        let close = memchr::memchr(b']', rest).ok_or("its [date] has no end")?;
        let date = &rest[..close];
        let rest = rest[close + 1..].trim_ascii_start().strip_prefix(b"\"").ok_or("it has no \"request\"")?;
        let end = tokens::closing(rest, b'"');
        if end == rest.len() {
            return Err("its \"request\" has no end");
        }
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
        let after = rest[end + 1..].trim_ascii();
        let sent = after.iter().enumerate().filter(|(_, byte)| **byte == b' ').nth(1).map_or(after.len(), |(at, _)| at);
        Ok(Line { prefix: &line[..open], date, request: &rest[..end], status, bytes, rest: &after[sent..] })
    }
}

/// Lines that servers and tools write between those of an access log: messages of an error log, `==> access.log <==`.
fn is_foreign(line: &[u8]) -> bool {
    let is_banner = line.starts_with(b"==> ") && line.ends_with(b" <==");
    // 2021/12/16 00:00:01 [error] ..., and [Thu Dec 16 00:00:01 2021] [error] of Apache.
    let digits = line.iter().take(4).all(u8::is_ascii_digit);
    let is_nginx = digits && line.get(4) == Some(&b'/') && line.get(19..21) == Some(b" [");
    let is_apache =
        line.first() == Some(&b'[') && line.get(4) == Some(&b' ') && line.get(1..4).is_some_and(|day| day.is_ascii());
    is_banner || is_nginx || is_apache
}

/// True for a file that begins with nothing but zeros: a log that was cut while it was written.
fn is_zeroed(head: &Head<'_>) -> bool {
    !head.complete && head.bytes.iter().all(|byte| *byte == 0)
}

/// Reads dates; neighbouring lines often have the same.
struct Dates {
    clock: Clock,
    last: Vec<u8>,
    time: u64,
}

impl Default for Dates {
    fn default() -> Dates {
        Dates { clock: Clock::new(None), last: Vec::new(), time: 0 }
    }
}

impl Dates {
    fn read(&mut self, date: &[u8]) -> Option<u64> {
        if self.last != date {
            // Numbers in brackets are no dates, but seconds with a fraction are nginx's $msec.
            let is_date = match date.len() > DATE_LEAST {
                true => date.iter().any(|byte| matches!(byte, b':')),
                false => date.get(MSEC_POINT) == Some(&b'.'),
            };
            self.time =
                self.clock.date_of_log(date).or_else(|| self.clock.read(Cell::Text(date)).ok().filter(|_| is_date))?;
            self.last.clear();
            self.last.extend_from_slice(date);
        }
        Some(self.time)
    }
}

/// The host that was asked, where the line begins with it (`vhost_combined` of Apache has its port behind it, `$host` of nginx
/// none); else nothing. Paths of different hosts are different objects.
fn virtual_host(prefix: &[u8]) -> &[u8] {
    let prefix = prefix.trim_ascii_end();
    let begin = |prefix: &[u8]| {
        let mut ends = memchr::memchr_iter(b' ', prefix);
        let (first, client) = (ends.next()?, ends.next()?);
        asked_host(&prefix[..first], &prefix[first + 1..client]).map(<[u8]>::len)
    };
    if let Some(length) = begin(prefix) {
        return &prefix[..length];
    }
    // Behind the tag that syslog writes; else behind what anybody writes, if it has its port.
    if let Some(tag) = memchr::memmem::rfind(prefix, b": ")
        && let Some(length) = begin(&prefix[tag + 2..])
    {
        return &prefix[tag + 2..][..length];
    }
    let mut fields = prefix.rsplit(|byte| *byte == b' ').skip(2);
    match (fields.next(), fields.next()) {
        (Some(client), Some(first)) => {
            asked_host(first, client).filter(|host| host.len() < first.len()).unwrap_or_default()
        }
        _ => &[],
    }
}

/// The host of a word that holds one, with its port or without, where the next word is the client.
fn asked_host<'l>(word: &'l [u8], client: &[u8]) -> Option<&'l [u8]> {
    let is_address = |name: &[u8]| name.iter().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':'));
    let is_port = |port: &[u8]| (1..=5).contains(&port.len()) && port.iter().all(u8::is_ascii_digit);
    let port = word.iter().rposition(|byte| *byte == b':').filter(|colon| is_port(&word[colon + 1..]));
    let host = &word[..port.unwrap_or(word.len())];
    // Neither a date nor an address of IPv6 without brackets, which end like a port, nor a list of who forwarded the request.
    let is_name = host.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'))
        || (host.starts_with(b"[") && host.ends_with(b"]"));
    let is_there = match port {
        Some(_) => client.iter().any(|byte| matches!(byte, b'.' | b':')),
        // One address behind another is who forwarded the request.
        None => host.contains(&b'.') && !is_address(host) && is_address(client),
    };
    (!host.is_empty() && is_name && is_there).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Op;

    const COMBINED: &[u8] =
        br#"1.2.3.4 - bob [17/May/2015:10:05:03 +0200] "GET /a%7eb?x=%2f HTTP/1.1" 200 512 "-" "x "y" z""#;

    #[test]
    fn a_line_becomes_a_request() {
        let mut reader = Reader::default();
        let (row, says, _) = reader.row(COMBINED).unwrap().unwrap();
        assert_eq!(says, Says::All);
        assert_eq!(row.key, Key::Text(b"/a~b?x=%2F"));
        assert_eq!((row.size, row.op), (Some(512), Op::Get));
        // 2015-05-17 08:05:03 UTC.
        assert_eq!(row.time, Some(1_431_849_903 * SECOND));
        let (row, ..) = reader.row(br#"h - - [1431849903.250] "GET /a HTTP/1.1" 200 5"#).unwrap().unwrap();
        assert_eq!(row.time, Some(1_431_849_903 * SECOND + SECOND / 4));
    }

    #[test]
    fn what_holds_no_request_is_counted_and_what_is_malformed_refused() {
        let mut reader = Reader::default();
        assert!(reader.row(b" \"curl/7.54.0\"").is_err(), "nothing to continue");
        let line = |request: &str, rest: &str| format!("h - - [17/May/2015:10:05:03 +0000] \"{request}\" {rest}");
        let mut op = |text: &str| reader.row(text.as_bytes()).map(|row| row.map(|(row, ..)| row.op));
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
            let (row, ..) = reader.row(line.as_bytes()).unwrap().unwrap();
            format!("{:?}", row.key)
        };
        let text = |text: &[u8]| format!("{:?}", Key::Text(text));
        assert_eq!(key("shop.example:80 192.0.2.1 - -"), text(b"shop.example/a"));
        assert_eq!(key("blog.example:443 2001:db8::7 - bob"), text(b"blog.example/a"));
        assert_eq!(key("<190>Mar 12 08:14:05 web1 nginx: blog.example:443 192.0.2.1 - -"), text(b"blog.example/a"));
        for behind in [
            "2026-03-12T08:14:05+00:00 web1.example nginx: ",
            "2026-03-12T08:14:05Z stdout F ",
            "<190>1 - web1 nginx 71 - - ",
        ] {
            assert_eq!(key(&format!("{behind}blog.example:443 192.0.2.1 - -")), text(b"blog.example/a"));
            assert_eq!(key(&format!("{behind}192.0.2.1 - -")), text(b"/a"), "{behind}");
        }
        assert_eq!(key("blog.example:443 192.0.2.1 - a: b"), text(b"blog.example/a"));
        for alone in [
            "192.0.2.1, 192.0.2.2 - -",
            "192.0.2.1 - -",
            "2001:db8::7 - -",
            "2001:db8::7 - a.b",
            "h - first.name last",
            "h:80 - -",
        ] {
            assert_eq!(key(alone), text(b"/a"), "{alone}");
        }
    }
}
