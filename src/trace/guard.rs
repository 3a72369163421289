//! Turns panics of decoding libraries into errors: they answer some damaged files with a panic, and a damaged file is
//! no bug of coldgap.
//!
//! It must be put around library calls only: coldgap's own panics are bugs and shall be told as such.

use std::any::Any;
use std::cell::Cell;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static DECODING: Cell<bool> = const { Cell::new(false) };
}

/// True while this thread is inside a library that decodes a file; a panic is then caught and told as damage.
pub fn is_decoding() -> bool {
    DECODING.get()
}

/// Calls a library; the error, or the words of its panic, as text. What the call was working on must not be used again
/// after an error.
pub fn decode<T, E: Display>(call: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
    DECODING.set(true);
    let result = catch_unwind(AssertUnwindSafe(call));
    DECODING.set(false);
    match result {
        Ok(result) => result.map_err(|cause| cause.to_string()),
        Err(panic) => Err(words(&*panic)),
    }
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("the decoder gave up").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panics_become_errors() {
        assert_eq!(decode(|| Ok::<_, String>(7)), Ok(7));
        assert_eq!(decode(|| Err::<(), _>("truncated")), Err("truncated".to_string()));
        let empty: [u8; 0] = [];
        let index = std::hint::black_box(3);
        let error = decode(|| Ok::<_, String>(empty[index])).unwrap_err();
        assert!(error.contains("index out of bounds"), "{error}");
        assert!(!is_decoding());
    }
}
