//! Breaking prose into lines for a terminal.

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
