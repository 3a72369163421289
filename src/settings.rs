//! Errors of TOML files that people write: recipes, scenarios, coldgap.toml. They name the file, the line, the line's text and, for a key
//! that is not known, the one that was probably meant. It knows no file's fields.

use crate::error::{Error, Spot};
use crate::suggest::nearest;

/// What is wrong with the text of the file `name`.
pub fn unreadable(text: &str, name: &str, error: &toml::de::Error) -> Error {
    let mut message = error.message().trim_end().replace('\n', " ");
    if let Some(meant) = meant(&message) {
        message += &format!("; did you mean `{meant}`?");
    }
    match error.span() {
        Some(span) => wrong(text, name, span.start, &message),
        None => Error::usage(message).at(name, None),
    }
}

/// What is wrong at the byte `at` of the text of the file `name`.
pub fn wrong(text: &str, name: &str, at: usize, message: &str) -> Error {
    let number = line_number(text, at);
    let line = text.lines().nth(number as usize - 1).unwrap_or("").split(" #").next().unwrap_or("").trim();
    let quoted = if line.is_empty() || line.starts_with('#') { String::new() } else { format!(" in `{line}`") };
    Error::usage(format!("{message}{quoted}")).at(name, Some(Spot::Line(number)))
}

/// 1-based number of the line that holds the byte `at`.
pub fn line_number(text: &str, at: usize) -> u64 {
    let before = &text.as_bytes()[..at.min(text.len())];
    before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1
}

/// The known field nearest to an unknown one, from serde's words: unknown field `x`, expected one of `a`, `b`.
fn meant(message: &str) -> Option<&str> {
    let names = message.strip_prefix("unknown field ")?;
    let mut quoted = names.split('`').skip(1).step_by(2);
    let unknown = quoted.next()?;
    nearest(unknown, quoted)
}

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn the_nearest_known_field_is_suggested() {
        assert_eq!(meant("unknown field `retrys`, expected one of `timeout`, `retries`"), Some("retries"));
        assert_eq!(meant("unknown field `colour`, expected one of `timeout`, `retries`"), None);
        assert_eq!(meant("missing field `seed`"), None);
    }
}
