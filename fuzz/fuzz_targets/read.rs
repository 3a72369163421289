//! Reads arbitrary bytes as a trace: the first byte says as which format (beyond the last one: whichever recognises them). A
//! reader may refuse them, and must not panic, hang or take much memory.

#![no_main]

use coldgap::trace::options::SkipBad;
use coldgap::trace::registry::all;
use coldgap::trace::input::Input;
use coldgap::trace::{ReadOptions, is_decoding, read_input};
use libfuzzer_sys::fuzz_target;
use std::sync::Once;

static HOOK: Once = Once::new();

fuzz_target!(|data: &[u8]| {
    // Panics of the decoding libraries are caught and become errors; any other is a fault.
    HOOK.call_once(|| {
        let abort = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !is_decoding() {
                abort(panic);
            }
        }));
    });
    let Some((format, bytes)) = data.split_first() else { return };
    let options = ReadOptions {
        format: all().nth(usize::from(*format)).map(|format| format.info().name.to_string()),
        // Rows that cannot be read do not end it.
        skip_bad: SkipBad::Share(1.0),
        records: true,
        limit: Some(100_000),
        ..ReadOptions::default()
    };
    if let Ok(input) = Input::from_bytes("fuzz", bytes.to_vec()) {
        let _ = read_input(input, &options);
    }
});
