//! The program's allocator: large arrays are mapped one by one, given back at once, and lie in files once memory is used up.
//!
//! glibc keeps large blocks that were freed for the thread that had them, or not, as threads happen to share the work, and no
//! forecast of memory would hold: so each has a mapping of its own here. Those beyond a limit are mappings of files without a
//! name, in the folder for large temporary files: the system writes out what is not needed and reads it again when it is. So
//! a trace may be larger than memory, and no result differs by a byte. Smaller blocks are the C library's, and on other systems
//! than Linux all are. It knows no command.

#![allow(unsafe_code)]

use crate::analysis::forecast::LARGE_BLOCK;
use std::alloc::{GlobalAlloc, Layout, System};

/// Blocks from this size on are mapped.
const LARGE: usize = LARGE_BLOCK as usize;

/// The allocator: set by the program alone, not by the library.
#[derive(Debug)]
pub struct Allocator;

fn is_large(size: usize, align: usize) -> bool {
    cfg!(target_os = "linux") && size >= LARGE && align <= 4096
}

// SAFETY: a block of a size is either large or not, so it goes back to where it came from. Mappings begin at a page, which is
// no less than the alignment of a large block.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if is_large(layout.size(), layout.align()) {
            return large::map(layout.size());
        }
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if is_large(layout.size(), layout.align()) {
            // Fresh pages are zero.
            return large::map(layout.size());
        }
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if is_large(layout.size(), layout.align()) {
            return unsafe { large::unmap(block, layout.size()) };
        }
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let (was, is) = (is_large(layout.size(), layout.align()), is_large(size, layout.align()));
        if !was && !is {
            return unsafe { System.realloc(block, layout, size) };
        }
        if was && is {
            let moved = unsafe { large::resize(block, layout.size(), size) };
            if !moved.is_null() {
                return moved;
            }
        }
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !new.is_null() {
                std::ptr::copy_nonoverlapping(block, new, size.min(layout.size()));
                self.dealloc(block, layout);
            }
            new
        }
    }
}

/// From now on large blocks lie in files where all of them together would take more than so many bytes. Only in a program that
/// has this allocator.
pub fn spill_beyond(bytes: u64) {
    large::spill_beyond(bytes);
}

/// How many bytes may lie in files; 0 where none do.
pub fn room_in_files() -> u64 {
    large::room_in_files().unwrap_or(0)
}

#[cfg(target_os = "linux")]
mod large {
    use std::fs::File;
    use std::os::fd::AsRawFd;
    use std::path::PathBuf;
    use std::ptr::null_mut;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    /// Bytes of large blocks in memory, and how many they may be.
    static HELD: AtomicUsize = AtomicUsize::new(0);
    static LIMIT: AtomicUsize = AtomicUsize::new(usize::MAX);
    /// The blocks in files, by address; 0: a free place. Where all are taken, further blocks are in memory.
    static IN_FILES: [AtomicUsize; 4096] = [const { AtomicUsize::new(0) }; 4096];
    /// Places from this one on were never taken.
    static USED: AtomicUsize = AtomicUsize::new(0);
    /// Where files are made.
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();

    pub fn spill_beyond(bytes: u64) {
        // Not what the system's default is: that is often memory itself.
        let folder = || std::env::var_os("TMPDIR").map_or_else(|| PathBuf::from("/var/tmp"), PathBuf::from);
        FOLDER.get_or_init(folder);
        LIMIT.store(usize::try_from(bytes).unwrap_or(usize::MAX), Relaxed);
    }

    pub fn room_in_files() -> Option<u64> {
        let file = tempfile::tempfile_in(FOLDER.get()?).ok()?;
        // SAFETY: plain numbers, for which zero is a value, filled in by the system.
        let room = unsafe {
            let mut about: libc::statvfs = std::mem::zeroed();
            (libc::fstatvfs(file.as_raw_fd(), &raw mut about) == 0).then_some(about)?
        };
        Some(room.f_bavail.saturating_mul(room.f_frsize))
    }

    /// Fresh memory of so many bytes, all zero; null where there is none.
    pub fn map(size: usize) -> *mut u8 {
        let held = HELD.fetch_add(size, Relaxed) + size;
        if held > LIMIT.load(Relaxed)
            && let Some(block) = map_file(size)
        {
            HELD.fetch_sub(size, Relaxed);
            return block;
        }
        // A full disk as well: the limit is what can be kept, the work is what was asked for.
        let block = mapped(size, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1);
        if block.is_null() {
            HELD.fetch_sub(size, Relaxed);
        }
        block
    }

    fn map_file(size: usize) -> Option<*mut u8> {
        let file = tempfile::tempfile_in(FOLDER.get()?).ok()?;
        let length = libc::off_t::try_from(size).ok()?;
        // All of it at once: a disk that is full later could only be told by a signal.
        // SAFETY: of an open file.
        if unsafe { libc::posix_fallocate(file.as_raw_fd(), 0, length) } != 0 {
            return None;
        }
        let block = map_of(&file, size)?;
        let free = IN_FILES.iter().position(|place| place.compare_exchange(0, block.addr(), Relaxed, Relaxed).is_ok());
        let Some(place) = free else {
            // SAFETY: it was mapped just now, and nobody knows of it.
            unsafe { libc::munmap(block.cast(), size) };
            return None;
        };
        USED.fetch_max(place + 1, Relaxed);
        Some(block)
    }

    /// The mapping keeps the file, which has no name.
    fn map_of(file: &File, size: usize) -> Option<*mut u8> {
        let block = mapped(size, libc::MAP_SHARED, file.as_raw_fd());
        (!block.is_null()).then_some(block)
    }

    fn mapped(size: usize, flags: libc::c_int, of: libc::c_int) -> *mut u8 {
        // SAFETY: a new mapping, wherever there is room.
        let block = unsafe { libc::mmap(null_mut(), size, libc::PROT_READ | libc::PROT_WRITE, flags, of, 0) };
        if block == libc::MAP_FAILED { null_mut() } else { block.cast() }
    }

    fn place(block: *mut u8) -> Option<&'static AtomicUsize> {
        IN_FILES[..USED.load(Relaxed)].iter().find(|place| place.load(Relaxed) == block.addr())
    }

    /// Gives a block back.
    ///
    /// # Safety
    /// It is one of [`map`], of that size.
    pub unsafe fn unmap(block: *mut u8, size: usize) {
        match place(block) {
            Some(place) => place.store(0, Relaxed),
            None => {
                HELD.fetch_sub(size, Relaxed);
            }
        }
        // SAFETY: as asked of the caller.
        unsafe { libc::munmap(block.cast(), size) };
    }

    /// A block in memory with another size, perhaps elsewhere, without a copy; null where that is impossible, and the block is as it
    /// was.
    ///
    /// # Safety
    /// As of [`unmap`].
    pub unsafe fn resize(block: *mut u8, from: usize, to: usize) -> *mut u8 {
        let grown = to.saturating_sub(from);
        if place(block).is_some() || (grown > 0 && HELD.load(Relaxed) + grown > LIMIT.load(Relaxed)) {
            return null_mut();
        }
        // SAFETY: as asked of the caller.
        let moved = unsafe { libc::mremap(block.cast(), from, to, libc::MREMAP_MAYMOVE) };
        if moved == libc::MAP_FAILED {
            return null_mut();
        }
        HELD.fetch_add(to, Relaxed);
        HELD.fetch_sub(from, Relaxed);
        moved.cast()
    }
}

#[cfg(not(target_os = "linux"))]
mod large {
    use std::ptr::null_mut;

    pub fn spill_beyond(_: u64) {}

    pub fn room_in_files() -> Option<u64> {
        None
    }

    pub fn map(_: usize) -> *mut u8 {
        null_mut()
    }

    pub unsafe fn unmap(_: *mut u8, _: usize) {}

    pub unsafe fn resize(_: *mut u8, _: usize, _: usize) -> *mut u8 {
        null_mut()
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a block holds at a place.
    fn byte(block: usize, at: usize) -> u8 {
        (7 * block + at % 251) as u8
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(30))]

        /// Sizes around that from which blocks are mapped, of which two or three fit into memory, and the others lie in files.
        #[test]
        fn blocks_keep_what_is_written(sizes in prop::collection::vec((0usize..6, 1usize..3 * LARGE, any::<bool>()), 1..40)) {
            spill_beyond(3 * LARGE as u64);
            let layout = |size: usize| Layout::from_size_align(size, 8).unwrap();
            let places = |size: usize| [0, size / 2, size - 1];
            let mut blocks: [Option<(*mut u8, usize)>; 6] = [None; 6];
            for (turn, (place, size, zeroed)) in sizes.into_iter().enumerate() {
                let was = blocks[place].map_or(0, |(_, was)| was);
                let block = match blocks[place] {
                    None if zeroed => unsafe { Allocator.alloc_zeroed(layout(size)) },
                    None => unsafe { Allocator.alloc(layout(size)) },
                    Some((block, was)) => unsafe { Allocator.realloc(block, layout(was), size) },
                };
                prop_assert!(!block.is_null());
                for at in places(was.max(1)).into_iter().filter(|at| *at < was.min(size)) {
                    prop_assert_eq!(unsafe { *block.add(at) }, byte(place, at));
                }
                for at in places(size) {
                    let is_zero = unsafe { *block.add(at) } == 0;
                    prop_assert!(is_zero || was > 0 || !zeroed);
                }
                for at in places(size) {
                    unsafe { *block.add(at) = byte(place, at) };
                }
                blocks[place] = Some((block, size));
                if turn % 5 == 4 {
                    unsafe { Allocator.dealloc(block, layout(size)) };
                    blocks[place] = None;
                }
            }
            for (block, size) in blocks.into_iter().flatten() {
                unsafe { Allocator.dealloc(block, layout(size)) };
            }
        }
    }
}
