//! What went wrong, in coldgap's words, and how it comes back through an engine that only hands on text, quoted and wrapped in
//! its own.

use std::fmt::{self, Write};

/// An error as it is told, and the exit code that goes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// 2 for the command line or the cluster, 3 for a trace, 4 for a bug, as coldgap has them.
    pub code: u8,
    /// What, where, and on a line of its own how to mend it.
    pub text: String,
}

/// What stands before one and behind it.
const BRACKETS: (&str, &str) = ("[coldgap ", "]");

impl Failure {
    /// What is wrong with the cluster.
    pub fn cluster(text: impl Into<String>) -> Failure {
        Failure { code: 2, text: text.into() }
    }

    /// The one that an engine's message holds; else the message itself.
    pub fn in_message(message: &str) -> Failure {
        let inside = || {
            let rest = &message[message.find(BRACKETS.0)? + BRACKETS.0.len()..];
            let (code, text) = rest[..rest.find(BRACKETS.1)?].split_once(' ')?;
            Some(Failure { code: code.parse().ok()?, text: unquoted(text)? })
        };
        inside().unwrap_or_else(|| Failure::cluster(format!("the cluster says: {message}")))
    }
}

impl From<coldgap::Error> for Failure {
    fn from(error: coldgap::Error) -> Failure {
        Failure { code: error.exit_code(), text: error.to_string() }
    }
}

/// As it goes through the engine.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{} ", BRACKETS.0, self.code)?;
        for byte in self.text.bytes() {
            match byte {
                b' '..=b'~' if !b"%\"'\\]".contains(&byte) => f.write_char(char::from(byte))?,
                // However often it is quoted on its way, these stay as they are.
                _ => write!(f, "%{byte:02x}")?,
            }
        }
        f.write_str(BRACKETS.1)
    }
}

fn unquoted(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut parts = text.split('%');
    bytes.extend_from_slice(parts.next()?.as_bytes());
    for part in parts {
        bytes.push(u8::from_str_radix(part.get(..2)?, 16).ok()?);
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_back_through_any_quoting() {
        let failure = Failure { code: 3, text: "a \"ü\".csv, line 3: 100%[x]\\\nhint: 'sort' it".to_string() };
        let once = format!("Job 7 failed: {:?}", std::io::Error::other(failure.to_string()));
        let twice = format!("{:?}", Some(&once));
        assert_eq!(Failure::in_message(&once), failure);
        assert_eq!(Failure::in_message(&twice), failure);
        assert_eq!(Failure::in_message("no route").text, "the cluster says: no route");
    }
}
