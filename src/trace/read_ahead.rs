//! Reads ahead on a thread of its own: one core undoes a compression while another parses.
//!
//! It knows bytes only. Nothing is lost on the way: an error arrives behind the bytes before it, a thread that breaks down
//! is an error and no end, and a reader that goes away ends the thread.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

/// Bytes that are handed over at once.
const BUFFER_BYTES: usize = 1 << 18;
/// Buffers that may wait.
const BUFFERS: usize = 4;

/// Bytes that a thread reads.
pub struct ReadAhead {
    /// An empty buffer is the end.
    buffers: Receiver<io::Result<Vec<u8>>>,
    current: Vec<u8>,
    taken: usize,
    ended: bool,
}

impl ReadAhead {
    /// Begins to read.
    ///
    /// # Errors
    /// A thread that the system refuses.
    pub fn start(mut from: impl Read + Send + 'static) -> io::Result<ReadAhead> {
        let (send, buffers) = sync_channel(BUFFERS);
        thread::Builder::new().name("decompress".to_string()).spawn(move || {
            loop {
                let mut buffer = Vec::with_capacity(BUFFER_BYTES);
                let result = (&mut from).take(BUFFER_BYTES as u64).read_to_end(&mut buffer);
                let is_end = buffer.is_empty();
                // What was read before an error goes first.
                if (!is_end || result.is_ok()) && send.send(Ok(buffer)).is_err() {
                    return;
                }
                if let Err(cause) = result {
                    // A reader that went away needs no error.
                    let _ = send.send(Err(cause));
                    return;
                }
                if is_end {
                    return;
                }
            }
        })?;
        Ok(ReadAhead { buffers, current: Vec::new(), taken: 0, ended: false })
    }
}

impl Read for ReadAhead {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.current.len() && !self.ended {
            let broken = |_| Err(io::Error::other("the decoder gave up"));
            self.current = self.buffers.recv().unwrap_or_else(broken)?;
            self.taken = 0;
            self.ended = self.current.is_empty();
        }
        let n = (&self.current[self.taken..]).read(to)?;
        self.taken += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives `bytes`, then what `end` says.
    struct Source {
        bytes: io::Cursor<Vec<u8>>,
        end: fn() -> io::Result<usize>,
    }

    impl Read for Source {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            match self.bytes.read(to)? {
                0 => (self.end)(),
                n => Ok(n),
            }
        }
    }

    fn read(end: fn() -> io::Result<usize>) -> (usize, io::Result<usize>) {
        let bytes: Vec<u8> = (0..3_000_000u32).map(|i| (i * 31 / 7) as u8).collect();
        let mut reader = ReadAhead::start(Source { bytes: io::Cursor::new(bytes.clone()), end }).unwrap();
        let mut out = Vec::new();
        let result = reader.read_to_end(&mut out);
        assert!(bytes.starts_with(&out));
        (out.len(), result)
    }

    #[test]
    fn bytes_errors_and_breakdowns_arrive() {
        assert_eq!(read(|| Ok(0)).1.unwrap(), 3_000_000);
        let (n, result) = read(|| Err(io::Error::other("damaged")));
        assert_eq!((n, result.unwrap_err().to_string().as_str()), (3_000_000, "damaged"));
        let (_, result) = read(|| panic!("a bug in a decoder"));
        assert_eq!(result.unwrap_err().to_string(), "the decoder gave up");
    }

    #[test]
    fn a_reader_may_go_away() {
        let mut reader = ReadAhead::start(io::repeat(7)).unwrap();
        let mut some = [0; 10];
        reader.read_exact(&mut some).unwrap();
        assert_eq!(some, [7; 10]);
    }
}
