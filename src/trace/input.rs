//! Opens a trace file or standard input and undoes its compression, which is recognised by content.
//!
//! It hands on plain bytes and knows no format.

use super::allowance;
use super::long_line;
use super::read_ahead::ReadAhead;
use crate::error::{Error, Kind, Result};
use crate::interrupt::Interrupt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How many bytes a format sees to recognise a file.
pub const HEAD_BYTES: usize = 64 * 1024;

/// Where lines are long a format sees more, until there are so many whole lines, or so many bytes.
const HEAD_LINES: usize = 3;
const LONGEST_HEAD: u64 = 4 << 20;

/// How many bytes are read at once.
const BUFFER_BYTES: usize = 1 << 20;

/// What an input read from a pipe is called.
const STANDARD_INPUT: &str = "standard input";

/// An input's name as one would write it in a shell, for commands in hints.
pub fn in_shell(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/+=:@%,".contains(c);
    match name {
        STANDARD_INPUT => "-".to_string(),
        name if name.chars().all(plain) => name.to_string(),
        name => format!("'{}'", name.replace('\'', r"'\''")),
    }
}

/// The tool that packed a file which begins so.
pub(super) fn packed(start: &[u8]) -> Option<&'static str> {
    match start {
        [0x1f, 0x8b, ..] => Some("gzip"),
        // pzstd begins with a frame that is skipped, in which it says how long the next one is.
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some("zstd"),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some("xz"),
        [b'B', b'Z', b'h', b'1'..=b'9', b'1', b'A', b'Y', ..] => Some("bzip2"),
        _ => None,
    }
}

/// The first bytes of a file, decompressed.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    /// Up to [`HEAD_BYTES`] bytes, more where its lines are long.
    pub bytes: &'a [u8],
    /// True where `bytes` is the whole file.
    pub complete: bool,
    /// The file's name without a compression's ending; empty for standard input.
    pub name: &'a str,
}

/// The size of a file as far as it is known: all of it where it can be read at any place, else what was read of it.
#[derive(Debug, Clone, Default)]
pub struct Size {
    file: u64,
    read: Arc<AtomicU64>,
}

impl Size {
    /// Bytes, compressed where the file is.
    pub fn bytes(&self) -> u64 {
        self.file.max(self.read.load(Ordering::Relaxed))
    }
}

/// An open trace: its first bytes, and all of them as a reader.
pub struct Input {
    /// As the user named it; `standard input` for `-`.
    pub name: String,
    /// `gzip`, `zstd`, `xz` or `bzip2`, where it is compressed.
    pub compression: Option<&'static str>,
    path: Option<PathBuf>,
    head: Vec<u8>,
    /// So many of these bytes were handed out.
    taken: usize,
    complete: bool,
    rest: Box<dyn Read + Send>,
    /// Bytes that were read of it, compressed.
    size: Size,
    /// Bytes that were handed out behind the head.
    made: u64,
    /// Set once something was found behind the data that is none.
    has_garbage: Arc<AtomicBool>,
    interrupt: Interrupt,
}

impl Input {
    /// Opens a file, or standard input where `path` is `-`.
    ///
    /// # Errors
    /// A file that cannot be opened, a folder, or a compression that is not supported.
    pub fn open(path: &Path) -> Result<Input> {
        if path == Path::new("-") {
            return Input::new(STANDARD_INPUT.to_string(), None, Box::new(io::stdin()));
        }
        let hint = "check the path; coldgap writes sample traces with: coldgap synth RECIPE -o FILE";
        let file =
            File::open(path).map_err(|cause| Error::file(Kind::Trace, path, "open the trace", &cause).hint(hint))?;
        if file.metadata().is_ok_and(|data| data.is_dir()) {
            return Err(Error::trace("is a folder, not a trace").at(path.display(), None).hint("name the files in it"));
        }
        Input::new(path.display().to_string(), Some(path.to_path_buf()), Box::new(file))
    }

    /// Opens a file that goes by another name.
    ///
    /// # Errors
    /// See [`Input::open`].
    pub(super) fn open_copy(name: &Path, copy: &Path) -> Result<Input> {
        let name = name.display().to_string();
        let failed = |cause| Error::trace(format!("cannot open its copy: {cause}")).at(&name, None);
        let file = File::open(copy).map_err(failed)?;
        Input::new(name, Some(copy.to_path_buf()), Box::new(file))
    }

    /// Bytes in memory, as if they were a file called `name`.
    ///
    /// # Errors
    /// A compression that is not supported, or that breaks within the first bytes.
    pub fn from_bytes(name: &str, bytes: Vec<u8>) -> Result<Input> {
        Input::new(name.to_string(), None, Box::new(io::Cursor::new(bytes)))
    }

    fn new(name: String, path: Option<PathBuf>, raw: Box<dyn Read + Send>) -> Result<Input> {
        let read = Arc::new(AtomicU64::new(0));
        let raw = Counted { inner: raw, count: Arc::clone(&read) };
        let mut raw = BufReader::with_capacity(BUFFER_BYTES, raw);
        let failed = |cause: io::Error| Error::trace(format!("cannot read: {cause}")).at(&name, None);
        let start = raw.fill_buf().map_err(failed)?;
        let has_garbage = Arc::new(AtomicBool::new(false));
        let compression = packed(start);
        let mut rest: Box<dyn Read + Send> = match compression {
            Some("gzip") => Box::new(Gzip::new(raw, Arc::clone(&has_garbage))),
            Some("zstd") => Box::new(zstd::stream::read::Decoder::with_buffer(raw).map_err(failed)?),
            Some("xz") => Box::new(liblzma::bufread::XzDecoder::new_multi_decoder(raw)),
            Some(_) => Box::new(bzip2::bufread::MultiBzDecoder::new(raw)),
            None => Box::new(raw),
        };
        if compression.is_some() {
            rest = Box::new(ReadAhead::start(rest).map_err(failed)?);
        }
        let mut head = Vec::with_capacity(HEAD_BYTES);
        let mut most = HEAD_BYTES as u64;
        let complete = loop {
            let missing = most - head.len() as u64;
            (&mut rest).take(missing).read_to_end(&mut head).map_err(|cause| broken(&name, compression, &cause))?;
            if (head.len() as u64) < most {
                break true;
            }
            let has_long_lines = !head.contains(&0) && memchr::memchr_iter(b'\n', &head).nth(HEAD_LINES - 1).is_none();
            if most >= LONGEST_HEAD || !has_long_lines {
                break false;
            }
            most *= 2;
        };
        let path = path.filter(|_| compression.is_none());
        let file = path.as_ref().and_then(|path| path.metadata().ok()).map_or(0, |data| data.len());
        let size = Size { file, read };
        Ok(Input {
            path,
            name,
            compression,
            head,
            taken: 0,
            complete,
            rest,
            size,
            made: 0,
            has_garbage,
            interrupt: Interrupt::default(),
        })
    }

    /// Reading fails once the interrupt is set.
    pub(super) fn until(self, interrupt: &Interrupt) -> Input {
        Input { interrupt: interrupt.clone(), ..self }
    }

    /// How large it is, as far as that is known while it is read.
    pub(super) fn size(&self) -> Size {
        self.size.clone()
    }

    /// Becomes true while reading, if something stands behind the compressed data that is none.
    pub(super) fn garbage(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.has_garbage)
    }

    /// The first bytes, and the name without the compression's ending.
    pub fn head(&self) -> Head<'_> {
        let mut name = self.name.as_str();
        if self.compression.is_some()
            && let Some((stem, _)) = name.rsplit_once('.')
        {
            name = stem;
        }
        Head { bytes: &self.head, complete: self.complete, name }
    }

    /// The file itself, where it can be read at any place: not compressed, not standard input.
    pub fn seekable(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Turns a failure to read (truncated or damaged compression, a vanished disk) into an error.
    pub fn broken(&self, cause: &io::Error) -> Error {
        broken(&self.name, self.compression, cause)
    }
}

/// Counts what is read.
struct Counted {
    inner: Box<dyn Read + Send>,
    count: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.count.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}

/// Members of gzip, one after the other; zeros behind the last, as tapes leave them, are no more data.
struct Gzip<R: BufRead> {
    /// `None` only while one member follows another.
    member: Option<flate2::bufread::GzDecoder<R>>,
    has_garbage: Arc<AtomicBool>,
}

impl<R: BufRead> Gzip<R> {
    fn new(raw: R, has_garbage: Arc<AtomicBool>) -> Gzip<R> {
        Gzip { member: Some(flate2::bufread::GzDecoder::new(raw)), has_garbage }
    }
}

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let length = member.read(buffer)?;
            if length > 0 || buffer.is_empty() {
                return Ok(length);
            }
            let Some(mut raw) = self.member.take().map(flate2::bufread::GzDecoder::into_inner) else { break };
            loop {
                let ahead = raw.fill_buf()?;
                let zeros = ahead.iter().take_while(|byte| **byte == 0).count();
                let (is_end, next) = (ahead.is_empty(), ahead.get(zeros).copied());
                raw.consume(zeros);
                match next {
                    None if is_end => return Ok(0),
                    None => {}
                    Some(0x1f) => break,
                    Some(_) => {
                        self.has_garbage.store(true, Ordering::Relaxed);
                        return Ok(0);
                    }
                }
            }
            self.member = Some(flate2::bufread::GzDecoder::new(raw));
        }
        Ok(0)
    }
}

fn broken(name: &str, compression: Option<&str>, cause: &io::Error) -> Error {
    match compression {
        _ if long_line::is_cause(cause) => Error::trace(format!("{cause}, which is no request"))
            .hint("check that this is a trace, and no quote is left open")
            .at(name, None),
        _ if allowance::is_cause(cause) => Error::trace(format!("{cause}, which is no trace"))
            .hint("check where it comes from; unpack it into a file if you trust it")
            .at(name, None),
        Some(compression) => Error::trace(format!("the {compression} data is truncated or damaged: {cause}"))
            .hint(match name {
                STANDARD_INPUT => "fetch or compress the file again".to_string(),
                name => format!(
                    "fetch or compress the file again; what is left of it: {compression} -dc {} | coldgap inspect -",
                    in_shell(name)
                ),
            })
            .at(name, None),
        None => Error::trace(format!("cannot read: {cause}")).at(name, None),
    }
}

/// Reads until the buffer is full or the input at its end; says how many bytes. Unlike `read_to_end` it clears nothing
/// first.
///
/// # Errors
/// What the input gives.
pub fn fill(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match input.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
            Err(cause) => return Err(cause),
        }
    }
    Ok(filled)
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.interrupt.is_set() {
            return Err(io::Error::other("interrupted"));
        }
        // The head is handed out first.
        let head = self.head.get(self.taken..).unwrap_or_default();
        if head.is_empty() {
            self.head = Vec::new();
            let length = self.rest.read(buffer)?;
            self.made += length as u64;
            let may_become = || allowance::bytes(self.size.bytes());
            if self.compression.is_some() && self.made > may_become() {
                return Err(allowance::error());
            }
            return Ok(length);
        }
        let n = buffer.len().min(head.len());
        buffer[..n].copy_from_slice(&head[..n]);
        self.taken += n;
        Ok(n)
    }
}
