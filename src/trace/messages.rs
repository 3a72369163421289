//! The messages of an Arrow stream, one after the other, looked at before a library decodes them: a buffer that claims to become
//! much larger than it is would be given the memory before it is found out, which may end the process.
//!
//! It knows the framing and how buffers say their size, and builds nothing.

use arrow::ipc::{Message, RecordBatch, root_as_message};
use std::io::{self, Read};

/// What stands before a message's length in streams of today.
const CONTINUATION: [u8; 4] = [0xff; 4];
/// The longest description of a message, and bytes of a body that are asked for before they are there.
const LONGEST_HEAD: usize = 64 << 20;
const AT_ONCE: u64 = 64 << 20;
/// Buffers may become so large, or so many times their size.
const LARGEST_BUFFER: u64 = 64 << 20;
const MOST_EXPANSION: u64 = 1_000;

/// The next message with all that belongs to it: empty where the stream says that it ends, `None` where the input ends before.
/// Or what is wrong with it.
///
/// # Errors
/// An input that cannot be read.
pub fn next(input: &mut impl Read) -> io::Result<Result<Option<Vec<u8>>, &'static str>> {
    const CUT: &str = "it ends inside a message";
    let mut message = Vec::new();
    if take(input, 4, &mut message)? == 0 {
        return Ok(Ok(None));
    }
    // Streams before version 0.15 have no such word.
    if message == CONTINUATION {
        take(input, 4, &mut message)?;
    }
    let Some(length) = message.last_chunk::<4>().filter(|_| message.len().is_multiple_of(4)) else {
        return Ok(Err(CUT));
    };
    let length = u32::from_le_bytes(*length) as usize;
    if length == 0 {
        return Ok(Ok(Some(Vec::new())));
    }
    if length > LONGEST_HEAD {
        return Ok(Err("a message claims a description of more than 64 MiB"));
    }
    let head = message.len();
    if take(input, length as u64, &mut message)? < length {
        return Ok(Err(CUT));
    }
    let Ok(described) = root_as_message(&message[head..]) else { return Ok(Err("a message cannot be read")) };
    let Ok(body) = u64::try_from(described.bodyLength()) else { return Ok(Err("a message has less than nothing")) };
    let mut bytes = Vec::with_capacity(body.min(AT_ONCE) as usize);
    if (take(input, body, &mut bytes)? as u64) < body {
        return Ok(Err(CUT));
    }
    if is_swollen(&described, &bytes) {
        return Ok(Err("a buffer claims to become much larger than it is"));
    }
    message.extend(bytes);
    Ok(Ok(Some(message)))
}

/// Appends so many bytes, fewer where the input ends; says how many.
fn take(input: &mut impl Read, count: u64, to: &mut Vec<u8>) -> io::Result<usize> {
    input.take(count).read_to_end(to)
}

/// True where a compressed buffer says that it becomes more than can be meant.
fn is_swollen(message: &Message<'_>, body: &[u8]) -> bool {
    let dictionary = message.header_as_dictionary_batch().and_then(|batch| batch.data());
    let Some(batch) = message.header_as_record_batch().or(dictionary) else { return false };
    batch.compression().is_some() && swells(&batch, body)
}

fn swells(batch: &RecordBatch<'_>, body: &[u8]) -> bool {
    batch.buffers().into_iter().flatten().any(|buffer| {
        let start = usize::try_from(buffer.offset()).unwrap_or(usize::MAX);
        let length = u64::try_from(buffer.length()).unwrap_or(0);
        // A buffer says first how large it becomes; -1 where it is not compressed.
        let claim =
            body.get(start..).and_then(|bytes| bytes.first_chunk::<8>()).map(|bytes| i64::from_le_bytes(*bytes));
        let becomes = claim.and_then(|claim| u64::try_from(claim).ok()).unwrap_or(0);
        length > 0 && becomes > LARGEST_BUFFER.max(length.saturating_mul(MOST_EXPANSION))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{RecordBatch, UInt64Array};
    use arrow::ipc::CompressionType;
    use arrow::ipc::writer::{IpcWriteOptions, StreamWriter};
    use std::sync::Arc;

    fn all(mut bytes: &[u8]) -> Result<usize, &'static str> {
        let mut length = 0;
        while let Some(message) = next(&mut bytes).unwrap()? {
            if message.is_empty() {
                break;
            }
            length += message.len();
        }
        Ok(length)
    }

    #[test]
    fn a_buffer_that_claims_too_much_is_found_and_what_is_cut_off() {
        let numbers = UInt64Array::from_iter_values((0..1_000).map(|i| i / 100));
        let batch = RecordBatch::try_from_iter([("key", Arc::new(numbers) as _)]).unwrap();
        let options = IpcWriteOptions::default().try_with_compression(Some(CompressionType::ZSTD)).unwrap();
        let mut writer = StreamWriter::try_new_with_options(Vec::new(), &batch.schema(), options).unwrap();
        writer.write(&batch).unwrap();
        let mut bytes = writer.into_inner().unwrap();
        // The end of the stream: a continuation and a length of 0.
        assert_eq!(all(&bytes), Ok(bytes.len() - 8));
        for cut in 1..bytes.len() - 8 {
            let said = all(&bytes[..cut]);
            assert!(said.is_err() || said.is_ok_and(|length| length == cut), "{cut}: {said:?}");
        }
        let claim = 8_000i64.to_le_bytes();
        let at = bytes.windows(8).position(|window| window == claim).unwrap();
        bytes[at..at + 8].copy_from_slice(&(1i64 << 50).to_le_bytes());
        assert!(all(&bytes).unwrap_err().contains("much larger"));
    }
}
