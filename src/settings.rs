//! Errors of TOML files that people write: recipes, scenarios. They name the file, the line, the line's text and, for a key
//! that is not known, the one that was probably meant. It knows no file's fields.

use crate::error::{Error, Spot};
use crate::suggest::nearest;

/// What is wrong with the text of the file `name`.
pub fn unreadable(text: &str, name: &str, error: &toml::de::Error) -> Error {
    let mut message = error.message().trim_end().replace('\n', " ");
    if let Some(meant) = meant(&message) {
        message += &format!("; did you mean `{meant}`?");
    }
    let Some(start) = error.span().map(|span| span.start.min(text.len())) else {
        return Error::usage(message).at(name, None);
    };
    let before = &text.as_bytes()[..start];
    let number = before.iter().filter(|byte| **byte == b'\n').count();
    let line = text.lines().nth(number).unwrap_or("").split(" #").next().unwrap_or("").trim();
    let quoted = if line.is_empty() || line.starts_with('#') { String::new() } else { format!(" in `{line}`") };
    Error::usage(format!("{message}{quoted}")).at(name, Some(Spot::Line(number as u64 + 1)))
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
