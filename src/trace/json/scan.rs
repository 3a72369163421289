//! Looks through a line of JSON once, and keeps the values that are wanted.
//!
//! It knows one line and paths like `a.b` and `a[0]`; what a value means is for others to say.

use crate::trace::records::equal;
use crate::trace::words::Cell;
use memchr::memchr2;

/// Names that are learned, and how deep they may lie.
const MOST_NAMES: usize = 1_000;
const DEEPEST: usize = 16;
/// A value's type may hold the value's type: {"$date": {"$numberLong": "1773303245123"}}.
const TYPES_DEEP: usize = 2;

/// A field that is wanted, or one in which such are.
#[derive(Default)]
pub(super) struct Node {
    name: Vec<u8>,
    wanted: Option<usize>,
    children: Vec<Node>,
}

impl Node {
    /// Wants the field at a path as the `index`-th value. A name may hold points itself.
    pub(super) fn want(&mut self, path: &str, index: usize) {
        self.child(path).wanted = Some(index);
        let begin = usize::from(path.starts_with('['));
        if let Some(end) = path[begin..].find(['.', '[']) {
            let (first, rest) = path.split_at(begin + end);
            self.child(first).want(rest.trim_start_matches('.'), index);
        }
    }

    fn child(&mut self, name: &str) -> &mut Node {
        let at = self.children.iter().position(|child| child.name == name.as_bytes()).unwrap_or_else(|| {
            self.children.push(Node { name: name.as_bytes().to_vec(), ..Node::default() });
            self.children.len() - 1
        });
        &mut self.children[at]
    }
}

/// Where a value stands.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value {
    /// Nowhere, or null.
    Missing,
    /// In the line, between two places.
    Plain(usize, usize),
    /// Among the strings that had escapes.
    Escaped(usize, usize),
    /// In the line: an array, with its brackets.
    Array(usize, usize),
}

/// The values of one line.
#[derive(Default)]
pub(super) struct Scan {
    pub(super) values: Vec<Value>,
    /// Strings without their escapes.
    strings: Vec<u8>,
    /// The fields of the objects before, in their order: those of the next are likely the same.
    likely: Vec<Likely>,
}

/// A field that is likely the next.
#[derive(Default)]
struct Likely {
    /// Its name in quotes, and the colon.
    name: Vec<u8>,
    /// The first bytes of it as one number, and which bits of those of a line they are compared with.
    begin: u128,
    mask: u128,
    /// Which of the wanted fields it is; `None` where it is none of them.
    child: Option<usize>,
}

/// Bytes that are compared at once: most names have no more.
const AT_ONCE: usize = size_of::<u128>();

impl Likely {
    fn learn(&mut self, name: &[u8], child: Option<usize>) {
        let mut begin = [0; AT_ONCE];
        let length = name.len().min(AT_ONCE);
        begin[..length].copy_from_slice(&name[..length]);
        self.begin = u128::from_le_bytes(begin);
        self.mask = u128::MAX.checked_shr(8 * (AT_ONCE - length) as u32).unwrap_or(0);
        self.child = child;
        self.name.clear();
        self.name.extend(name);
    }

    /// Whether the rest of a line begins with it.
    #[inline(always)]
    fn is_next(&self, rest: &[u8]) -> bool {
        let same = |first: &[u8; AT_ONCE]| (u128::from_le_bytes(*first) ^ self.begin) & self.mask == 0;
        match rest.first_chunk() {
            Some(first) => same(first) && (self.name.len() <= AT_ONCE || rest.starts_with(&self.name)),
            None => rest.starts_with(&self.name),
        }
    }
}

impl Scan {
    /// Finds the wanted values of a line; `None` where it is no object.
    pub(super) fn line(&mut self, line: &[u8], tree: &Node, count: usize) -> Option<()> {
        self.values.clear();
        self.values.resize(count, Value::Missing);
        self.strings.clear();
        let mut walk = Walk { line, at: 0 };
        walk.record(tree, self)?;
        walk.blanks();
        (walk.at == line.len()).then_some(())
    }

    pub(super) fn cell<'s>(&'s self, line: &'s [u8], column: usize) -> Cell<'s> {
        match self.values.get(column) {
            Some(Value::Plain(begin, end) | Value::Array(begin, end)) => Cell::Text(&line[*begin..*end]),
            Some(Value::Escaped(begin, end)) => Cell::Text(&self.strings[*begin..*end]),
            _ => Cell::Null,
        }
    }

    fn set(&mut self, index: usize, value: Value) {
        if let Some(place) = self.values.get_mut(index) {
            *place = value;
        }
    }
}

/// A place in a line.
struct Walk<'l> {
    line: &'l [u8],
    at: usize,
}

impl<'l> Walk<'l> {
    fn peek(&self) -> Option<u8> {
        self.line.get(self.at).copied()
    }

    #[inline]
    fn blanks(&mut self) {
        while self.peek().is_some_and(|byte| byte <= b' ' && byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        self.blanks();
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Goes on behind the mark that stands between elements; true where it is the end of them.
    fn is_end(&mut self, close: u8) -> Option<bool> {
        self.blanks();
        match self.peek()? {
            b',' => {
                self.at += 1;
                Some(false)
            }
            byte if byte == close => {
                self.at += 1;
                Some(true)
            }
            _ => None,
        }
    }

    /// The string that begins here, without its quotes, and whether it has escapes.
    #[inline]
    fn string(&mut self) -> Option<(usize, usize, bool)> {
        self.expect(b'"')?;
        let begin = self.at;
        let mut escapes = false;
        loop {
            self.at += quote_or_escape(self.line.get(self.at..)?)?;
            if self.line[self.at] == b'"' {
                self.at += 1;
                return Some((begin, self.at - 1, escapes));
            }
            escapes = true;
            self.at += 2;
        }
    }

    /// Passes an object; `field` is called with each name, before the value, which it must pass.
    #[inline(always)]
    fn fields(&mut self, mut field: impl FnMut(&mut Self, &'l [u8]) -> Option<()>) -> Option<()> {
        self.expect(b'{')?;
        self.blanks();
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(());
        }
        loop {
            self.blanks();
            let (begin, end, _) = self.string()?;
            let name = &self.line[begin..end];
            self.expect(b':')?;
            field(self, name)?;
            if self.is_end(b'}')? {
                return Some(());
            }
        }
    }

    /// Passes a whole line's object: as [`Walk::object`], faster where its fields are those of the line before.
    #[inline]
    fn record(&mut self, tree: &Node, scan: &mut Scan) -> Option<()> {
        self.expect(b'{')?;
        for i in 0.. {
            let rest = self.line.get(self.at..)?;
            let child = match scan.likely.get(i) {
                Some(likely) if likely.is_next(rest) => {
                    self.at += likely.name.len();
                    likely.child
                }
                _ => {
                    self.blanks();
                    if i == 0 && self.peek()? == b'}' {
                        self.at += 1;
                        return Some(());
                    }
                    let begin = self.at;
                    let (from, to, _) = self.string()?;
                    self.expect(b':')?;
                    let name = &self.line[from..to];
                    let child = tree.children.iter().position(|child| child.name == name);
                    if scan.likely.len() == i {
                        scan.likely.push(Likely::default());
                    }
                    scan.likely[i].learn(&self.line[begin..self.at], child);
                    child
                }
            };
            match child.and_then(|child| tree.children.get(child)) {
                Some(child) => self.value(child, scan)?,
                None => self.skip()?,
            }
            if self.is_end(b'}')? {
                return Some(());
            }
            // Blanks after the comma are no part of a name.
            self.blanks();
        }
        None
    }

    fn object(&mut self, node: &Node, scan: &mut Scan) -> Option<()> {
        self.fields(|walk, name| match node.children.iter().find(|child| child.name == name) {
            Some(child) => walk.value(child, scan),
            None => walk.skip(),
        })
    }

    fn array(&mut self, node: &Node, scan: &mut Scan) -> Option<()> {
        self.expect(b'[')?;
        self.blanks();
        if self.peek()? == b']' {
            self.at += 1;
            return Some(());
        }
        for i in 0.. {
            match node.children.iter().find(|child| child.name == format!("[{i}]").as_bytes()) {
                Some(child) => self.value(child, scan)?,
                None => self.skip()?,
            }
            if self.is_end(b']')? {
                return Some(());
            }
        }
        None
    }

    fn value(&mut self, node: &Node, scan: &mut Scan) -> Option<()> {
        self.blanks();
        let begin = self.at;
        match self.peek()? {
            b'{' if node.wanted.is_some() && self.is_typed() => return self.typed(node.wanted, scan, 1),
            b'{' if !node.children.is_empty() => self.object(node, scan)?,
            b'[' if !node.children.is_empty() => self.array(node, scan)?,
            b'"' => {
                let (begin, end, escapes) = self.string()?;
                let Some(index) = node.wanted else { return Some(()) };
                let mut value = Value::Plain(begin, end);
                if escapes {
                    let from = scan.strings.len();
                    unescape(&self.line[begin..end], &mut scan.strings)?;
                    value = Value::Escaped(from, scan.strings.len());
                }
                scan.set(index, value);
                return Some(());
            }
            _ => self.skip()?,
        }
        if let Some(index) = node.wanted {
            scan.set(
                index,
                match &self.line[begin..self.at] {
                    b"null" => Value::Missing,
                    [b'[', ..] => Value::Array(begin, self.at),
                    _ => Value::Plain(begin, self.at),
                },
            );
        }
        Some(())
    }

    /// True before an object that stands for a value and says its type, as MongoDB writes them: {"$date": "2026-03-12T08:14:05Z"}.
    fn is_typed(&self) -> bool {
        let inside = self.line.get(self.at + 1..).unwrap_or_default().trim_ascii_start();
        inside.starts_with(b"\"$")
    }

    /// Keeps the value of such an object, which may hold another one.
    fn typed(&mut self, wanted: Option<usize>, scan: &mut Scan, depth: usize) -> Option<()> {
        let leaf = Node { wanted, ..Node::default() };
        let mut is_first = true;
        self.fields(|walk, _| match std::mem::take(&mut is_first) {
            false => walk.skip(),
            true => {
                walk.blanks();
                match walk.peek()? {
                    b'{' if depth < TYPES_DEEP && walk.is_typed() => walk.typed(wanted, scan, depth + 1),
                    b'{' => walk.skip(),
                    _ => walk.value(&leaf, scan),
                }
            }
        })
    }

    /// Goes past a value, however deep.
    fn skip(&mut self) -> Option<()> {
        self.blanks();
        match self.peek()? {
            b'"' => self.string().map(drop),
            b'{' | b'[' => {
                let mut depth = 0u64;
                loop {
                    let rest = self.line.get(self.at..)?;
                    match rest.first()? {
                        b'"' => {
                            self.string()?;
                            continue;
                        }
                        b'{' | b'[' => depth += 1,
                        b'}' | b']' => depth -= 1,
                        _ => {}
                    }
                    self.at += 1;
                    if depth == 0 {
                        return Some(());
                    }
                }
            }
            _ => {
                let rest = &self.line[self.at..];
                let end = rest.iter().position(|byte| matches!(byte, b',' | b'}' | b']')).unwrap_or(rest.len());
                let length = rest[..end].trim_ascii_end().len();
                self.at += length;
                let first = *rest.first()?;
                (length > 0 && (first.is_ascii_digit() || matches!(first, b'-' | b't' | b'f' | b'n'))).then_some(())
            }
        }
    }

    /// Adds the names of an object's fields, as paths.
    fn names(&mut self, path: &str, depth: usize, names: &mut Vec<String>) -> Option<()> {
        self.fields(|walk, name| {
            let name = String::from_utf8_lossy(name);
            let name = if path.is_empty() { name.into_owned() } else { format!("{path}.{name}") };
            walk.blanks();
            if walk.peek()? == b'{' && depth < DEEPEST && !walk.is_typed() {
                return walk.names(&name, depth + 1, names);
            }
            walk.skip()?;
            if names.len() < MOST_NAMES && !names.contains(&name) {
                names.push(name);
            }
            Some(())
        })
    }
}

/// Words of eight bytes that are searched one by one: most strings are short, and a call for them costs more than it finds.
const WORDS: usize = 4;

/// Where the first quote or backslash stands.
#[inline(always)]
fn quote_or_escape(text: &[u8]) -> Option<usize> {
    let words = text.as_chunks::<8>().0;
    for (i, word) in words.iter().take(WORDS).enumerate() {
        let word = u64::from_le_bytes(*word);
        let found = equal(word, b'"') | equal(word, b'\\');
        if found != 0 {
            return Some(8 * i + found.trailing_zeros() as usize / 8);
        }
    }
    let searched = 8 * words.len().min(WORDS);
    memchr2(b'"', b'\\', &text[searched..]).map(|at| searched + at)
}

/// Adds the names of all fields of a line, as paths; `None` where it is no object.
pub(super) fn names(line: &[u8], names: &mut Vec<String>) -> Option<()> {
    Walk { line, at: 0 }.names("", 0, names)
}

/// The elements of an array of numbers or strings.
pub(super) fn elements(array: &[u8]) -> impl Iterator<Item = &[u8]> {
    let inside = array.strip_prefix(b"[").and_then(|array| array.strip_suffix(b"]")).unwrap_or_default();
    let elements = inside.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).filter(|element| !element.is_empty());
    elements.map(|element| element.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\"")).unwrap_or(element))
}

/// Appends a string without its escapes; `None` where one is no escape.
fn unescape(text: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend(&rest[..at]);
        let escape = *rest.get(at + 1)?;
        rest = &rest[at + 2..];
        match escape {
            b'n' => out.push(b'\n'),
            b't' => out.push(b'\t'),
            b'r' => out.push(b'\r'),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'u' => {
                let unit = |rest: &[u8]| u32::from_str_radix(std::str::from_utf8(rest.get(..4)?).ok()?, 16).ok();
                let mut code = unit(rest)?;
                rest = &rest[4..];
                if (0xd800..0xdc00).contains(&code) && rest.starts_with(b"\\u") {
                    let low = unit(&rest[2..]).filter(|low| (0xdc00..0xe000).contains(low))?;
                    code = 0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                    rest = &rest[6..];
                }
                let mut buffer = [0; 4];
                out.extend(
                    char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER).encode_utf8(&mut buffer).bytes(),
                );
            }
            other => out.push(other),
        }
    }
    out.extend(rest);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(line: &str, paths: &[&str]) -> Option<Vec<String>> {
        let mut tree = Node::default();
        paths.iter().enumerate().for_each(|(i, path)| tree.want(path, i));
        let mut scan = Scan::default();
        scan.line(line.as_bytes(), &tree, paths.len())?;
        let text = |i| match scan.cell(line.as_bytes(), i) {
            Cell::Text(text) => String::from_utf8_lossy(text).into_owned(),
            _ => "none".to_string(),
        };
        Some((0..paths.len()).map(text).collect())
    }

    #[test]
    fn values_are_found_by_path() {
        let line =
            r#" {"a":{"b":1.5,"x":[{"y":"}"},2]},"c.d":"e","list":[7, "8"], "s":"q\"\u00e9\ud83d\ude00\n", "n":null} "#;
        let found = values(line, &["a.b", "c.d", "list[1]", "s", "n", "a.x[0].y", "a.x", "no"]).unwrap();
        assert_eq!(found, ["1.5", "e", "8", "q\"é😀\n", "none", "}", r#"[{"y":"}"},2]"#, "none"]);
        let typed = r#"{"t":{"$date":{"$numberLong":"7"}},"o":{ "$oid" : "x\"y" },"b":{"$binary":"eA==","$type":"0"},"d":{"$a":{"$a":{"$a":1}}}}"#;
        assert_eq!(values(typed, &["t", "o", "b", "d"]).unwrap(), ["7", "x\"y", "eA==", "none"]);
        assert_eq!(values(r#"{"t":{"$date":"1"}}"#, &["t.$date"]).unwrap(), ["1"]);
        let mut learned = Vec::new();
        names(br#"{"t":{"$date":1},"a":{"b":{"$numberInt":"1"}}}"#, &mut learned);
        assert_eq!(learned, ["t", "a.b"]);
        let parts: Vec<&[u8]> = elements(b"[1, \"b\",3]").collect();
        assert_eq!(parts, [&b"1"[..], b"b", b"3"]);
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for line in [
            "",
            "{",
            "[1]",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1}x",
            "{\"a\":\"",
            "{\"a\":\"\\",
            "{\"a\":[1}",
            "{a:1}",
            "{\"a\":1,}",
        ] {
            assert_eq!(values(line, &["a.b", "a[0]"]), None, "{line}");
        }
        assert!(values(&format!("{{\"a\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000)), &["b"]).is_some());
        assert_eq!(values(r#"{"a":"\ud800x"}"#, &["a"]), Some(vec!["\u{fffd}x".to_string()]));
    }
}
