//! Spans of OpenTelemetry as its exporters write them in JSON, an export a line: those of calls to a cache are requests.
//!
//! It knows where spans stand and which attributes say a key, and nothing of what becomes of a request.

use super::builder::{Builder, Flow, Row};
use super::format::{Format, FormatInfo, Head, ReadOptions, Sniff};
use super::input::Input;
use super::intern::Key;
use super::lines::{Lines, first_lines};
use super::options::Role;
use super::record::{Answered, By};
use super::words::{self, digits, shown};
use crate::error::{Error, Result};
use crate::request::Op;
use crate::units::grouped;
use serde::Deserialize;
use std::borrow::Cow;

/// Attributes that say a key, whether it was there, and its size: applications choose the names, as no standard does.
const KEYS: &[&str] = &["app.cache.key.hash", "app.cache.key", "cache.key.hash", "cache.key"];
const HITS: &[&str] = &["app.cache.hit", "cache.hit"];
const SIZES: &[&str] = &["app.cache.item.size", "cache.item.size", "cache.item_size"];
/// Attributes that say what is done, and the command as it was sent.
const OPERATIONS: &[&str] = &["db.operation.name", "db.operation"];
const COMMANDS: &[&str] = &["db.query.text", "db.statement"];

/// The format.
pub struct Spans;

static INFO: FormatInfo = FormatInfo {
    name: "otlp",
    extensions: &["json", "jsonl"],
    summary: "spans of OpenTelemetry (OTLP) as JSON, an export a line",
    layout: "The time is startTimeUnixNano. The key is the attribute app.cache.key.hash, app.cache.key or cache.key, another one with \
             --columns key=NAME, or the argument of the command in db.query.text where it is not blotted out; the operation is \
             db.operation.name, else the command, else the span's name. app.cache.hit says whether it was a hit. Spans without a key are \
             left out and counted. Spans that are kept at random, by trace id, break reuse: keep all of a share of the keys. The \
             names of the db attributes are from excerpts of the conventions.",
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Export<'a> {
    /// Collectors write logs and metrics between them, which have none.
    #[serde(borrow, default)]
    resource_spans: Vec<ResourceSpans<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResourceSpans<'a> {
    #[serde(borrow, default)]
    scope_spans: Vec<ScopeSpans<'a>>,
}

#[derive(Deserialize)]
struct ScopeSpans<'a> {
    #[serde(borrow, default)]
    spans: Vec<Span<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Span<'a> {
    #[serde(borrow, default)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    start_time_unix_nano: Number<'a>,
    #[serde(borrow, default)]
    attributes: Vec<Attribute<'a>>,
}

#[derive(Deserialize)]
struct Attribute<'a> {
    #[serde(borrow)]
    key: Cow<'a, str>,
    #[serde(borrow, default)]
    value: Value<'a>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Value<'a> {
    #[serde(borrow)]
    string_value: Option<Cow<'a, str>>,
    #[serde(borrow)]
    int_value: Option<Number<'a>>,
    bool_value: Option<bool>,
}

/// Numbers of 64 bits stand in strings, as the standard says, or plainly.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number<'a> {
    Plain(u64),
    #[serde(borrow)]
    Text(Cow<'a, str>),
}

impl Number<'_> {
    fn get(&self) -> Option<u64> {
        match self {
            Number::Plain(number) => Some(*number),
            Number::Text(text) => digits(text.as_bytes()),
        }
    }
}

impl Span<'_> {
    fn value(&self, names: &[&str]) -> Option<&Value<'_>> {
        names.iter().find_map(|name| self.attributes.iter().find(|attribute| attribute.key == *name)).map(|a| &a.value)
    }

    fn text(&self, names: &[&str]) -> Option<Cow<'_, str>> {
        let value = self.value(names)?;
        let number = || value.int_value.as_ref()?.get().map(|number| Cow::Owned(number.to_string()));
        value.string_value.as_deref().map(Cow::Borrowed).or_else(number)
    }
}

impl Format for Spans {
    fn info(&self) -> &FormatInfo {
        &INFO
    }

    fn sniff(&self, head: &Head<'_>) -> Sniff {
        // An export may be longer than what is seen of it.
        let begins = head.bytes.trim_ascii_start().starts_with(b"{\"resourceSpans\"");
        let whole = first_lines(head.bytes, head.complete, 1);
        let has_spans = |line: &&[u8]| memchr::memmem::find(line, b"\"startTimeUnixNano\"").is_some();
        match begins && whole.iter().any(has_spans) {
            true => Sniff::Yes("its lines are exports of spans"),
            false => Sniff::No,
        }
    }

    fn read(&self, input: Input, options: &ReadOptions, rows: &mut Builder<'_>) -> Result<()> {
        let named = options.columns.iter().find(|(role, _)| *role == Role::Key).map(|(_, name)| name.as_str());
        if options.columns.len() > usize::from(named.is_some()) || options.time_unit.is_some() {
            options.refuse_columns(INFO.name)?;
        }
        let keys = named.as_ref().map_or(KEYS, std::slice::from_ref);
        rows.set_layout(format!("spans; time = startTimeUnixNano, key = {}", keys.join(", else ")));
        // Spans are exported when they end.
        rows.allow_disorder();
        let mut lines = Lines::new(input);
        let (mut without_key, mut others, mut without_spans) = (0u64, 0u64, 0u64);
        'lines: while let Some((line, spot)) = lines.next()? {
            if line.trim_ascii().is_empty() {
                continue;
            }
            let export: Export<'_> = match serde_json::from_slice(line) {
                Ok(export) => export,
                Err(cause) => {
                    let fault = Error::trace(format!("not an export of spans ({cause}): '{}'", shown(line)))
                        .hint("remove the line, or write one export a line: jq -c .");
                    rows.skip(fault, spot)?;
                    continue;
                }
            };
            let spot = spot.whole();
            without_spans += u64::from(export.resource_spans.is_empty());
            let scopes = export.resource_spans.iter().flat_map(|resource| &resource.scope_spans);
            for span in scopes.flat_map(|scope| &scope.spans) {
                let command = span.text(COMMANDS).unwrap_or_default();
                let mut command = command.split_ascii_whitespace();
                let verb = command.next();
                let argument = command.next().filter(|argument| *argument != "?");
                let Some(key) = span.text(keys).or(argument.filter(|_| named.is_none()).map(Cow::Borrowed)) else {
                    without_key += 1;
                    continue;
                };
                let word = span.text(OPERATIONS).or(verb.map(Cow::Borrowed)).unwrap_or(Cow::Borrowed(&span.name));
                let op = match options.ops.iter().find(|(_, known)| known.eq_ignore_ascii_case(&word)) {
                    Some((meaning, _)) => meaning.op(),
                    None => words::op(word.as_bytes()).unwrap_or(Some(Op::Get)),
                };
                let Some(op) = op else {
                    others += 1;
                    continue;
                };
                let Some(time) = span.start_time_unix_nano.get() else {
                    let fault = Error::trace("a span whose startTimeUnixNano is no number of 64 bits")
                        .hint("write it as the standard says: nanoseconds since 1970, in a string");
                    rows.skip(fault, spot)?;
                    continue;
                };
                if options.records
                    && let Some(is_hit) = span.value(HITS).and_then(|value| value.bool_value)
                {
                    rows.set_answered(Answered {
                        by: if is_hit { By::Cache } else { By::Backend },
                        ..Answered::default()
                    });
                }
                let size = span.value(SIZES).and_then(|value| value.int_value.as_ref()?.get()).unwrap_or(0);
                let row = Row { time: Some(time), key: Key::parse(key.as_bytes()), size: Some(size), op, ttl: 0 };
                if rows.push(row, spot)? == Flow::Break(()) {
                    break 'lines;
                }
            }
        }
        for (what, count) in [
            ("left out, spans without a key (of other calls, or with blotted out arguments)", without_key),
            ("left out, spans of commands that neither read nor change", others),
            ("left out, exports without spans (of logs, of metrics)", without_spans),
        ] {
            if count > 0 {
                rows.note(format!("{what}: {}", grouped(count)));
            }
        }
        Ok(())
    }
}
