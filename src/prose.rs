//! Text for a terminal: prose in lines, words as a shell needs them.

/// The words of `text` in lines of at most `width` characters, each after `indent`; no final newline.
pub fn wrapped(text: &str, indent: &str, width: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut line = indent.to_string();
    for word in text.split_whitespace() {
        if line.len() > indent.len() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::replace(&mut line, indent.to_string()));
        }
        if line.len() > indent.len() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines.join("\n")
}

/// A word as a shell needs it.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=:,+%@".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_string()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn lines_fit_and_long_words_stand_alone() {
        assert_eq!(wrapped("a bb  ccc", "  ", 6), "  a bb\n  ccc");
        assert_eq!(wrapped("toolongforit b", "", 4), "toolongforit\nb");
        assert_eq!(wrapped("", "", 4), "");
    }
}
