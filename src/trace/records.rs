//! Splits delimited text into records, as the csv crate does, but in place where it can.
//!
//! Few traces quote anything: whole blocks of lines without a quote are searched for delimiters eight bytes at a time, and
//! nothing is copied. From the first line on that has a quote or a carriage return that ends no line, and for a last line
//! without an end, the csv crate reads. It knows bytes and delimiters, and must not know what a field means.

use super::input::fill;
use super::long_line::Rationed;
use csv::{ByteRecord, Reader, ReaderBuilder};
use memchr::{memchr2_iter, memrchr};
use std::io::{self, Chain, Cursor, Read};
use std::mem;

/// Bytes that are searched at once.
const BLOCK_BYTES: usize = 1 << 17;

/// The cut before a block's first byte.
const BEFORE_BLOCK: u32 = u32::MAX;

/// How fields are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// What stands between fields.
    pub delimiter: u8,
    /// Whether a field that begins with a quote ends at the next; else a quote is a byte like others.
    pub quotes: bool,
    /// Whether a quote in quotes has a backslash before it, and not another quote.
    pub escapes: bool,
}

/// A reader of the csv crate, for rows of any width.
pub fn csv_reader<R: Read>(input: R, dialect: Dialect) -> Reader<R> {
    let Dialect { delimiter, quotes, escapes } = dialect;
    ReaderBuilder::new()
        .delimiter(delimiter)
        .quoting(quotes)
        .double_quote(!escapes)
        .escape(escapes.then_some(b'\\'))
        .has_headers(false)
        .flexible(true)
        .from_reader(input)
}

/// The records of an input, one after the other; empty lines are none.
pub struct Records<R: Read> {
    source: Source<R>,
    dialect: Dialect,
    /// Lines before the next record.
    lines: u64,
    /// Records of several lines.
    run_on: u64,
}

/// What was read of an input but not used, then the input.
type Rest<R> = Rationed<Chain<Cursor<Vec<u8>>, R>>;

enum Source<R: Read> {
    Plain(Plain<R>),
    Quoted {
        reader: Box<Reader<Rest<R>>>,
        record: ByteRecord,
    },
    /// Only while one of the others becomes the next.
    Between,
}

/// Lines that are read in place.
struct Plain<R> {
    input: R,
    /// Whole plain lines, then what is not searched yet, then what is not filled yet.
    block: Vec<u8>,
    filled: usize,
    /// Where the delimiters and line ends of the plain lines stand, and, first, the line end before them.
    cuts: Vec<u32>,
    /// Which of the cuts is the line end before the next record.
    next: usize,
}

/// One record.
pub struct Record<'a> {
    /// Its line, counted from 1. The csv crate counts blank lines before a record, and the second half of the line end
    /// before it, to the record.
    pub line: u64,
    /// Whether its line has no end, so that it may be cut off.
    pub is_open: bool,
    fields: Fields<'a>,
}

enum Fields<'a> {
    /// Between each two cuts is a field; the last ends at `end`.
    Plain {
        block: &'a [u8],
        cuts: &'a [u32],
        end: usize,
    },
    Quoted(&'a ByteRecord),
}

impl Record<'_> {
    /// Number of fields.
    #[inline]
    pub fn len(&self) -> usize {
        match &self.fields {
            Fields::Plain { cuts, .. } => cuts.len() - 1,
            Fields::Quoted(record) => record.len(),
        }
    }

    /// The i-th field; empty where there is none.
    #[inline]
    pub fn field(&self, i: usize) -> &[u8] {
        match &self.fields {
            Fields::Plain { block, cuts, end } => match cuts.get(i..i + 2) {
                Some([before, after]) => block.get(after_cut(*before)..(*after as usize).min(*end)).unwrap_or_default(),
                _ => &[],
            },
            Fields::Quoted(record) => record.get(i).unwrap_or_default(),
        }
    }
}

impl<R: Read> Records<R> {
    /// The records of `input`.
    pub fn new(input: R, dialect: Dialect) -> Records<R> {
        let plain = Plain { input, block: vec![0; BLOCK_BYTES], filled: 0, cuts: vec![BEFORE_BLOCK], next: 0 };
        Records { source: Source::Plain(plain), dialect, lines: 0, run_on: 0 }
    }

    /// The next record; `None` at the end.
    ///
    /// # Errors
    /// What reading the input gives.
    pub fn next(&mut self) -> io::Result<Option<Record<'_>>> {
        if let Source::Plain(plain) = &mut self.source
            && !plain.seek_record(self.dialect, &mut self.lines)?
        {
            self.quote();
        }
        match &mut self.source {
            Source::Plain(plain) => Ok(Some(plain.record(&mut self.lines))),
            Source::Quoted { reader, record } => {
                let is_there = reader.read_byte_record(record).map_err(|cause| match cause.into_kind() {
                    csv::ErrorKind::Io(cause) => cause,
                    kind => io::Error::other(format!("{kind:?}")),
                })?;
                reader.get_mut().renew();
                let runs_on = is_there && record.as_slice().contains(&b'\n');
                self.run_on += u64::from(runs_on);
                let line = self.lines + record.position().map_or(0, csv::Position::line);
                // The reader looks behind a record only where it has not met its end. One that runs on is likely a quote that is none.
                let is_open = reader.get_ref().is_over() && !runs_on;
                Ok(is_there.then_some(Record { line, is_open, fields: Fields::Quoted(record) }))
            }
            Source::Between => Ok(None),
        }
    }

    /// How many records so far had a line end in a field.
    pub fn run_on(&self) -> u64 {
        self.run_on
    }

    /// Hands what is left to the csv crate.
    fn quote(&mut self) {
        if let Source::Plain(plain) = mem::replace(&mut self.source, Source::Between) {
            let start = plain.start() as u64;
            let mut rest = plain.block;
            rest.truncate(plain.filled);
            let mut rest = Cursor::new(rest);
            rest.set_position(start);
            let reader = Box::new(csv_reader(Rationed::new(rest.chain(plain.input)), self.dialect));
            self.source = Source::Quoted { reader, record: ByteRecord::new() };
        }
    }
}

impl<R: Read> Plain<R> {
    /// Where the next record begins.
    #[inline]
    fn start(&self) -> usize {
        after_cut(self.cuts[self.next])
    }

    /// Goes to the next record; false where no plain line is left.
    #[inline]
    fn seek_record(&mut self, dialect: Dialect, lines: &mut u64) -> io::Result<bool> {
        loop {
            let Some(end) = self.cuts.get(self.next + 1) else {
                if self.fill(dialect)? {
                    continue;
                }
                return Ok(false);
            };
            if !matches!(&self.block[self.start()..=*end as usize], b"\n" | b"\r\n") {
                return Ok(true);
            }
            self.next += 1;
            *lines += 1;
        }
    }

    /// Takes the record at `start`, which must be there.
    #[inline]
    fn record(&mut self, lines: &mut u64) -> Record<'_> {
        let cuts = &self.cuts[self.next..];
        let is_end = |cut: &u32| self.block[*cut as usize] == b'\n';
        let cuts = &cuts[..cuts.iter().skip(1).position(is_end).map_or(cuts.len(), |fields| fields + 2)];
        self.next += cuts.len() - 1;
        *lines += 1;
        let end = self.cuts[self.next] as usize;
        let is_after_return = end > after_cut(cuts[0]) && self.block[end - 1] == b'\r';
        let end = end - usize::from(is_after_return);
        Record { line: *lines, is_open: false, fields: Fields::Plain { block: &self.block, cuts, end } }
    }

    /// Reads and searches the next block; false where it begins with no plain line.
    fn fill(&mut self, dialect: Dialect) -> io::Result<bool> {
        let start = self.start();
        self.block.copy_within(start..self.filled, 0);
        self.filled -= start;
        self.next = 0;
        self.cuts.clear();
        self.cuts.push(BEFORE_BLOCK);
        // A line that is longer than a block is no trace's: what is searched stays small.
        self.filled += fill(&mut self.input, &mut self.block[self.filled..])?;
        let length = plain_length(&self.block[..self.filled], dialect.quotes);
        find(&self.block[..length], dialect.delimiter, &mut self.cuts);
        Ok(length > 0)
    }
}

/// Where the byte after a cut stands.
#[inline(always)]
fn after_cut(cut: u32) -> usize {
    cut.wrapping_add(1) as usize
}

/// Bytes of the whole lines at the front that hold no quote where quotes count, and no carriage return but before a line feed.
fn plain_length(block: &[u8], quotes: bool) -> usize {
    let lines = |bytes: &[u8]| memrchr(b'\n', bytes).map_or(0, |last| last + 1);
    let whole = &block[..lines(block)];
    // The last byte is a line feed, so that one more follows a carriage return.
    let odd = memchr2_iter(if quotes { b'"' } else { b'\r' }, b'\r', whole)
        .find(|at| whole[*at] == b'"' || whole[at + 1] != b'\n');
    odd.map_or(whole.len(), |at| lines(&whole[..at]))
}

/// Where delimiters and line feeds stand.
fn find(block: &[u8], delimiter: u8, places: &mut Vec<u32>) {
    let (words, rest) = block.as_chunks::<8>();
    let mut start = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let mut found = equal(word, delimiter) | equal(word, b'\n');
        while found != 0 {
            places.push(start + found.trailing_zeros() / 8);
            found &= found - 1;
        }
        start += 8;
    }
    let is_end = |byte: &u8| *byte == delimiter || *byte == b'\n';
    places.extend((start..).zip(rest).filter(|(_, byte)| is_end(byte)).map(|(place, _)| place));
}

/// The highest bit of each byte of the word that is `byte`.
#[inline(always)]
pub(super) fn equal(word: u64, byte: u8) -> u64 {
    const LOW: u64 = u64::from_ne_bytes([0x7f; 8]);
    let different = word ^ u64::from_ne_bytes([byte; 8]);
    // No sum carries into the next byte, so that this is exact.
    !(((different & LOW) + LOW) | different | LOW)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Split = Vec<Vec<Vec<u8>>>;

    fn dialect(delimiter: u8) -> Dialect {
        Dialect { delimiter, quotes: true, escapes: false }
    }

    fn by_csv(text: &[u8], dialect: Dialect) -> Split {
        let rows = csv_reader(text, dialect).into_byte_records();
        rows.map(|row| row.unwrap().iter().map(<[u8]>::to_vec).collect()).collect()
    }

    fn in_place(text: &[u8], dialect: Dialect) -> (Split, Vec<u64>) {
        let mut records = Records::new(text, dialect);
        let (mut split, mut lines) = (Split::new(), Vec::new());
        while let Some(record) = records.next().unwrap() {
            split.push((0..record.len()).map(|i| record.field(i).to_vec()).collect());
            lines.push(record.line);
        }
        (split, lines)
    }

    /// Lines that are not blank, counted from 1.
    fn lines(text: &[u8]) -> Vec<u64> {
        let is_blank = |line: &[u8]| line.is_empty() || line == b"\r";
        text.split(|byte| *byte == b'\n').zip(1..).filter(|(line, _)| !is_blank(line)).map(|(_, n)| n).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn records_are_those_of_the_csv_crate(text in "(([a-c0-9 é\u{0}]{0,9},?){0,6}[,\"\r]?\r?\n){0,12}[a-c,\"\r\n]{0,9}") {
            for quotes in [true, false] {
                let dialect = Dialect { quotes, ..dialect(b',') };
                prop_assert_eq!(in_place(text.as_bytes(), dialect).0, by_csv(text.as_bytes(), dialect));
            }
        }

        #[test]
        fn of_arbitrary_bytes_too(text in prop::collection::vec(any::<u8>(), 0..200), delimiter in any::<u8>()) {
            prop_assume!(!matches!(delimiter, b'\n' | b'\r' | b'"'));
            prop_assert_eq!(in_place(&text, dialect(delimiter)).0, by_csv(&text, dialect(delimiter)));
        }

        #[test]
        fn lines_are_counted(text in "(([a-c]{0,9},?){0,3}\r?\n){0,12}") {
            prop_assert_eq!(in_place(text.as_bytes(), dialect(b',')).1, lines(text.as_bytes()));
        }
    }

    #[test]
    fn blocks_do_not_show() {
        let long = "x".repeat(3 * BLOCK_BYTES);
        let plain: String = (0..40_000).map(|i| format!("{i},key{},{}\r\n", i * 7, i % 5)).collect();
        for text in [plain.clone(), format!("{plain}1,\"a\nb\",2\n{plain}"), format!("{plain}1,{long},2\n{plain}")] {
            assert_eq!(in_place(text.as_bytes(), dialect(b',')).0, by_csv(text.as_bytes(), dialect(b',')));
        }
    }
}
