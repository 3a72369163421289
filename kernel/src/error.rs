//! What can go wrong for reasons outside coldgap, and the exit code of each kind.
//!
//! An [`Error`] says what, where, and how to mend it. It must not know who prints it.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

/// The kind of an error; it decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The work is done, and a gate failed: exit code 1, which nothing else has.
    Gate,
    /// The command line, a recipe or an output target is wrong: exit code 2.
    Usage,
    /// A trace is unreadable or inconsistent: exit code 3.
    Trace,
    /// Somebody asked the work to stop: exit code 130, as shells report it.
    Interrupted,
}

/// An expected error: what happened, where, and a hint that mends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    kind: Kind,
    message: String,
    place: Option<String>,
    hint: Option<String>,
}

/// The result of everything that may fail for a reason outside coldgap.
pub type Result<T> = std::result::Result<T, Error>;

/// A spot inside a trace file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// 1-based line number of a text file.
    Line(u64),
    /// The same of a last line without an end, which may be cut off.
    LastLine(u64),
    /// Byte offset, after decompression.
    Byte(u64),
    /// 1-based row of a table.
    Row(u64),
}

impl Spot {
    /// What stands there is whole, whether its line has an end or not.
    pub fn whole(self) -> Spot {
        if let Spot::LastLine(n) = self { Spot::Line(n) } else { self }
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Spot::Line(n) => write!(f, "line {n}"),
            Spot::LastLine(n) => write!(f, "line {n}, the last, which has no end"),
            Spot::Byte(n) => write!(f, "byte {n}"),
            Spot::Row(n) => write!(f, "row {n}"),
        }
    }
}

impl Error {
    /// A wrong command line, recipe or output target.
    pub fn usage(message: impl Into<String>) -> Error {
        Error { kind: Kind::Usage, message: message.into(), place: None, hint: None }
    }

    /// An unreadable or inconsistent trace.
    pub fn trace(message: impl Into<String>) -> Error {
        Error { kind: Kind::Trace, message: message.into(), place: None, hint: None }
    }

    /// A gate that failed, once everything is written.
    pub fn gate(message: impl Into<String>) -> Error {
        Error { kind: Kind::Gate, message: message.into(), place: None, hint: None }
    }

    /// Work that was stopped on request; says what is left of it.
    pub fn interrupted(left: &str) -> Error {
        Error { kind: Kind::Interrupted, message: format!("interrupted: {left}"), place: None, hint: None }
    }

    /// The file and, where known, the spot in it. A place already set is kept: the innermost knows best.
    pub fn at(mut self, file: impl fmt::Display, spot: Option<Spot>) -> Error {
        if self.place.is_none() {
            self.place = Some(match spot {
                Some(spot) => format!("{file}, {spot}"),
                None => file.to_string(),
            });
        }
        self
    }

    /// A file that could not be opened, read or written.
    pub fn file(kind: Kind, path: &Path, doing: &str, cause: &std::io::Error) -> Error {
        Error { kind, message: format!("cannot {doing}: {cause}"), place: Some(path.display().to_string()), hint: None }
    }

    /// How to mend it: a command, or a sentence.
    pub fn hint(mut self, hint: impl Into<String>) -> Error {
        self.hint.get_or_insert(hint.into());
        self
    }

    /// Another way to mend it, behind the first.
    pub fn or_hint(mut self, more: impl fmt::Display) -> Error {
        self.hint = Some(match self.hint {
            Some(hint) => format!("{hint}; or {more}"),
            None => more.to_string(),
        });
        self
    }

    /// True for [`Error::interrupted`].
    pub fn is_interrupt(&self) -> bool {
        self.kind == Kind::Interrupted
    }

    /// What happened and where, without the hint.
    pub fn what(&self) -> String {
        Error { hint: None, ..self.clone() }.to_string()
    }

    /// How to mend it; `None` where nobody knows.
    pub fn advice(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// 1 for a gate, 2 for usage, 3 for a trace, 130 for an interrupt.
    pub fn exit_code(&self) -> u8 {
        match self.kind {
            Kind::Gate => 1,
            Kind::Usage => 2,
            Kind::Trace => 3,
            Kind::Interrupted => 130,
        }
    }
}

/// Text that names of files, columns and the like are in, as a terminal may show it: control characters are written out, and
/// lines stay lines.
pub fn printable(text: &str) -> Cow<'_, str> {
    let is_control = |c: char| c.is_control() && c != '\n';
    if !text.contains(is_control) {
        return Cow::Borrowed(text);
    }
    text.chars().map(|c| if is_control(c) { c.escape_default().to_string() } else { c.to_string() }).collect()
}

/// The same for a text that coldgap has painted: its own colours stay, everything else that steers a terminal is written out.
pub fn painted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_control() && c != '\n' && c != '\t') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let colour = COLOURS.iter().find(|colour| rest.starts_with(*colour));
        let length = colour.map_or_else(|| rest.chars().next().map_or(0, char::len_utf8), |colour| colour.len());
        match colour {
            Some(colour) => out.push_str(colour),
            None => rest[..length].chars().for_each(|c| out.extend(c.escape_default())),
        }
        rest = &rest[length..];
    }
    out + rest
}

/// The colours in which reports are painted.
const COLOURS: [&str; 4] = ["\x1b[32m", "\x1b[31m", "\x1b[1m", "\x1b[0m"];

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{}: ", printable(place))?;
        }
        write!(f, "{}", printable(&self.message))?;
        if let Some(hint) = &self.hint {
            write!(f, "\nhint: {}", printable(hint))?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_where_and_how_to_mend_it() {
        let error = Error::trace("time steps back").at("a.csv", Some(Spot::Line(3))).hint("sort it").at("b.csv", None);
        assert_eq!(error.to_string(), "a.csv, line 3: time steps back\nhint: sort it");
        assert_eq!(
            painted("\x1b[32mok\x1b[0m\n\u{1b}]0;x\u{7}\u{9b}2J\tä"),
            "\x1b[32mok\x1b[0m\n\\u{1b}]0;x\\u{7}\\u{9b}2J\tä"
        );
        assert_eq!(Error::trace("\u{1b}[2J").at("a\u{7}", None).to_string(), r"a\u{7}: \u{1b}[2J");
        assert_eq!(error.exit_code(), 3);
        assert_eq!(Error::usage("no such policy").exit_code(), 2);
        assert_eq!(Error::gate("gap > 3x").exit_code(), 1);
    }
}
