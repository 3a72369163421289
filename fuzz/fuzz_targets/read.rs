//! Reads arbitrary bytes as a trace: as the format that the environment's `FORMAT` names, else as whichever recognises them. A
//! reader may refuse them, and must not panic, hang or take much memory.

#![no_main]

use coldgap::trace::options::SkipBad;
use coldgap::trace::input::Input;
use coldgap::trace::{ReadOptions, is_decoding, read_input};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static OPTIONS: LazyLock<ReadOptions> = LazyLock::new(|| {
    // Panics of the decoding libraries are caught and become errors; any other is a fault.
    let abort = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !is_decoding() {
            abort(panic);
        }
    }));
    // Rows that cannot be read do not end it.
    let skip_bad = SkipBad::Share(1.0);
    ReadOptions { format: std::env::var("FORMAT").ok(), skip_bad, records: true, ..ReadOptions::default() }
});

fuzz_target!(|data: &[u8]| {
    if let Ok(input) = Input::from_bytes("fuzz", data.to_vec()) {
        let _ = read_input(input, &OPTIONS);
    }
});
