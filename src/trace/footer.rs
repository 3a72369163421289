//! Looks through the footer of a Parquet file before a library decodes it: lists that claim more elements than there are
//! bytes, and nesting without end, would end the process, which no guard can catch.
//!
//! It knows Thrift's compact protocol and two fields of the footer, and builds nothing.

use super::allowance;
use parquet::file::metadata::ParquetMetaData;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// The end of a Parquet file: the footer's length, and the magic word.
const END_BYTES: usize = 8;
/// Elements of a list: row groups, columns, entries of metadata.
const LONGEST_LIST: u64 = 1 << 20;
/// Structures inside structures that a footer has at most; real ones have five or six.
const DEEPEST: u32 = 16;
/// How deep columns may be nested.
const DEEPEST_SCHEMA: usize = 64;
/// Files up to here are small; pages may become so large, or so many times their size.
const LARGEST_SMALL: u64 = 16 << 20;
const LARGEST_PAGE: u64 = 64 << 20;
const MOST_EXPANSION: u64 = 1_000;
/// The field of the footer that lists the schema's elements, and the field of an element that counts its children.
const SCHEMA: i64 = 2;
const CHILDREN: i64 = 5;

/// Says what is wrong with the footer of a file that a library could not stand; where it stands is not changed.
///
/// # Errors
/// A file that cannot be read.
pub fn fault(mut file: &File) -> io::Result<Option<&'static str>> {
    let before = file.stream_position()?;
    let length = file.seek(SeekFrom::End(0))?;
    let mut footer = Vec::new();
    if length >= END_BYTES as u64 {
        let mut end = [0; END_BYTES];
        file.seek(SeekFrom::Start(length - END_BYTES as u64))?;
        file.read_exact(&mut end)?;
        let [a, b, c, d, magic @ ..] = end;
        // Without the magic word, or room for it, the library refuses the file.
        let size = u64::from(u32::from_le_bytes([a, b, c, d]));
        if let Some(start) = (length - END_BYTES as u64).checked_sub(size).filter(|_| magic == *b"PAR1") {
            file.seek(SeekFrom::Start(start))?;
            file.take(size).read_to_end(&mut footer)?;
        }
    }
    file.seek(SeekFrom::Start(before))?;
    Ok(look_through(&footer))
}

/// The size of the largest page of a small file, or what is wrong with its pages: what they claim to become would be given the
/// memory before it is found out. Large files may become large; of them it is not known.
///
/// # Errors
/// A file that cannot be read.
pub fn largest_page(mut file: &File, metadata: &ParquetMetaData) -> io::Result<Result<u64, &'static str>> {
    let length = file.metadata()?.len();
    if length > LARGEST_SMALL {
        return Ok(Ok(0));
    }
    let before = file.stream_position()?;
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(LARGEST_SMALL).read_to_end(&mut bytes)?;
    file.seek(SeekFrom::Start(before))?;
    let (mut pages, mut largest) = (0, 0);
    // Values of each column, those that are missing and those in lists among them.
    let mut values = vec![0u64; metadata.file_metadata().schema_descr().num_columns()];
    let chunks = metadata.row_groups().iter().flat_map(|group| group.columns().iter().zip(0..));
    for (chunk, column) in chunks {
        // Asked for both at once, the library panics where one is negative.
        let start = chunk.dictionary_page_offset().unwrap_or(chunk.data_page_offset());
        let range = usize::try_from(start).ok().zip(usize::try_from(chunk.compressed_size()).ok());
        let Some((start, size)) = range else { return Ok(Err("a column claims to begin or end before the file")) };
        let mut rest = bytes.get(start..start.saturating_add(size)).unwrap_or_default();
        while let Some(page) = Page::read(rest) {
            pages += 1;
            largest = largest.max(page.becomes);
            if page.becomes > LARGEST_PAGE.max(page.size.saturating_mul(MOST_EXPANSION)) || pages > bytes.len() {
                return Ok(Err("a page claims to become much larger than it is"));
            }
            let Some(values) = values.get_mut(column) else { break };
            *values = values.saturating_add(page.values);
            if *values > allowance::rows(length) {
                return Ok(Err("its pages claim more values than so few bytes stand for"));
            }
            let next = usize::try_from(page.size).ok().and_then(|size| page.header.checked_add(size));
            rest = next.and_then(|next| rest.get(next..)).unwrap_or_default();
        }
    }
    Ok(Ok(largest))
}

/// What the header of a page says.
#[derive(Debug, PartialEq)]
struct Page {
    /// Bytes that it becomes, and those that it has.
    becomes: u64,
    size: u64,
    /// The header's bytes.
    header: usize,
    /// Values, those that are missing among them.
    values: u64,
}

impl Page {
    /// Reads the header at the beginning; `None` where there is none.
    fn read(bytes: &[u8]) -> Option<Page> {
        const BECOMES: i64 = 2;
        const SIZE: i64 = 3;
        // In each kind of page's own structure.
        const VALUES: i64 = 1;
        let mut walk = Walk { bytes, found: Vec::new(), fault: None };
        let (mut field, mut becomes, mut size) = (0, None, None);
        loop {
            let head = walk.byte()?;
            if is_end(head) {
                let values = walk.found.iter().filter_map(|values| u64::try_from(*values).ok()).max().unwrap_or(0);
                return Some(Page { becomes: becomes?, size: size?, header: bytes.len() - walk.bytes.len(), values });
            }
            field = match i64::from(head >> 4) {
                0 => walk.integer()?,
                step => field + step,
            };
            match (field, head & 15) {
                (BECOMES, 4..=6) => becomes = Some(u64::try_from(walk.integer()?).ok()?),
                (SIZE, 4..=6) => size = Some(u64::try_from(walk.integer()?).ok()?),
                (_, kind) => walk.value(kind, 1, Some(VALUES), false)?,
            }
        }
    }
}

/// What is wrong with a footer. What cannot be walked to its end is not left to the library, which may read on where this cannot.
fn look_through(footer: &[u8]) -> Option<&'static str> {
    if footer.is_empty() {
        return None;
    }
    let mut walk = Walk { bytes: footer, found: Vec::new(), fault: None };
    let is_walked = walk.structure(0, None).is_some();
    let broken = (!is_walked).then_some("its footer cannot be read to its end");
    walk.fault.or(broken).or_else(|| schema_fault(&walk.found))
}

/// True for the head of a field that ends a structure: its kind is 0, whatever its number.
fn is_end(head: u8) -> bool {
    head & 15 == 0
}

/// What is wrong with a schema whose elements, parents first, have so many children each.
fn schema_fault(children: &[i64]) -> Option<&'static str> {
    let mut open: Vec<i64> = Vec::new();
    for count in children {
        if let Some(left) = open.last_mut() {
            *left -= 1;
        }
        if *count < 0 || *count > children.len() as i64 {
            return Some("a column claims more parts than there are");
        }
        open.push(*count);
        while open.last().is_some_and(|left| *left <= 0) {
            open.pop();
        }
        if open.len() > DEEPEST_SCHEMA {
            return Some("its columns are nested too deep");
        }
    }
    None
}

/// A walk over a structure in the compact protocol.
struct Walk<'a> {
    bytes: &'a [u8],
    /// Of each structure of those in which a field is sought, its number.
    found: Vec<i64>,
    fault: Option<&'static str>,
}

impl Walk<'_> {
    /// Goes on to the structure's end, and finds the number of a field in it, 0 where it is not there; `None` where the bytes
    /// end before, or a fault is found.
    fn structure(&mut self, depth: u32, sought: Option<i64>) -> Option<()> {
        if depth > DEEPEST {
            return self.fail("its footer is nested too deep");
        }
        let mut field = 0;
        if sought.is_some() {
            self.found.push(0);
        }
        loop {
            let head = self.byte()?;
            if is_end(head) {
                return Some(());
            }
            field = match i64::from(head >> 4) {
                0 => self.integer()?,
                step => field + step,
            };
            let kind = head & 15;
            if sought == Some(field) && (4..=6).contains(&kind) {
                let number = self.integer()?;
                self.found.last_mut().map(|found| *found = number)?;
                continue;
            }
            self.value(kind, depth, (depth == 0 && field == SCHEMA).then_some(CHILDREN), false)?;
        }
    }

    /// Goes past a value of this kind; a truth in a list is a byte, in a structure its field's kind.
    fn value(&mut self, kind: u8, depth: u32, sought: Option<i64>, in_list: bool) -> Option<()> {
        match kind {
            1 | 2 if in_list => self.skip(1),
            1 | 2 => Some(()),
            3 => self.skip(1),
            4..=6 => self.varint().map(drop),
            7 => self.skip(8),
            8 => {
                let length = self.varint()?;
                self.skip(length)
            }
            9 | 10 => {
                let head = self.byte()?;
                let count = match head >> 4 {
                    15 => self.varint()?,
                    count => u64::from(count),
                };
                self.list(count, &[head & 15], depth, sought)
            }
            11 => {
                let count = self.varint()?;
                if count == 0 {
                    return Some(());
                }
                let kinds = self.byte()?;
                self.list(count, &[kinds >> 4, kinds & 15], depth, None)
            }
            12 => self.structure(depth + 1, sought),
            13 => self.skip(16),
            _ => None,
        }
    }

    fn list(&mut self, count: u64, kinds: &[u8], depth: u32, sought: Option<i64>) -> Option<()> {
        if count > LONGEST_LIST.min(self.bytes.len() as u64) {
            return self.fail("a list in its footer claims more elements than there are bytes");
        }
        if depth > DEEPEST {
            return self.fail("its footer is nested too deep");
        }
        for _ in 0..count {
            for kind in kinds {
                // Lists in lists are as deep as structures in structures.
                let depth = if matches!(kind, 9..=11) { depth + 1 } else { depth };
                self.value(*kind, depth, sought, true)?;
            }
        }
        Some(())
    }

    fn fail(&mut self, fault: &'static str) -> Option<()> {
        self.fault.get_or_insert(fault);
        None
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    fn skip(&mut self, length: u64) -> Option<()> {
        self.bytes = self.bytes.get(usize::try_from(length).ok()?..)?;
        Some(())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// A number in zigzag order: 0, -1, 1, -2.
    fn integer(&mut self) -> Option<i64> {
        self.varint().map(|number| (number >> 1) as i64 ^ -((number & 1) as i64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_that_claim_too_much_and_nesting_without_end_are_found() {
        // Field 4, the row groups: a list of structures that claims 2^31 of them.
        assert!(look_through(&[0x49, 0xfc, 0x80, 0x80, 0x80, 0x80, 0x08, 0]).unwrap().contains("more elements"));
        assert_eq!(look_through(&[0x49, 0x1c, 0, 0]), None);
        // Structures in structures, and lists in lists.
        assert!(look_through(&[0x1c; 100]).unwrap().contains("nested"));
        assert!(look_through(&[&[0x19][..], &[0x19; 100]].concat()).unwrap().contains("nested"));
        assert_eq!(look_through(&[]), None);
        // A field of kind 0 ends a structure even where it has a number: what stands behind is looked at.
        let behind = [
            &b"\x15\x04\x19\x2c\x48\x04root\x15\x02\x80\x15\x04\x25\0\x18\x03key\0\x16\x0a\x19\xfc"[..],
            &[0xff, 0xff, 0xff, 0xff, 7, 0],
        ];
        assert!(look_through(&behind.concat()).unwrap().contains("more elements"));
        assert!(look_through(&[0x1e, 0x49, 0xfc, 0x80, 0x80, 0x80, 0x80, 0x08, 0]).unwrap().contains("to its end"));
        for bytes in [&[0xff; 20][..], &[0x15], &[0x18, 0xff, 0xff, 0x7f], &[0x1b, 0x7f, 0x88, 1, 2]] {
            let _ = look_through(bytes);
        }
    }

    #[test]
    fn a_page_says_how_large_it_becomes() {
        // Fields 1 to 3: a data page of 4 bytes that become 2^31 - 1; then a structure of one field.
        let header = [0x15, 0, 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0x15, 8, 0x2c, 0x15, 2, 0, 0, 1, 2, 3, 4];
        assert_eq!(Page::read(&header), Some(Page { becomes: (1 << 31) - 1, size: 4, header: 15, values: 1 }));
        assert_eq!(Page::read(&header[..9]), None);
        assert_eq!(Page::read(&[]), None);
    }

    #[test]
    fn a_schema_may_be_wide_and_not_deep() {
        assert_eq!(schema_fault(&[&[1_000][..], &[0; 1_000]].concat()), None);
        assert_eq!(schema_fault(&[2, 1, 0, 2, 0, 0]), None);
        assert!(schema_fault(&[1; 200]).unwrap().contains("too deep"));
        assert!(schema_fault(&[1 << 30, 0]).unwrap().contains("more parts"));
    }
}
