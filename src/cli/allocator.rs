//! The C library's allocator, told to give back what is freed: without that no forecast of memory would hold.
//!
//! glibc maps a large block on its own and unmaps it when it is freed. Unless told otherwise it raises the size from which
//! it does so to that of the largest such block that was freed, up to 32 MiB, and keeps smaller ones for the threads that
//! allocated them. Arrays of a finished pass would then stay beside those of the next one, or not, as threads happen to
//! share the work. The settings are read once, when a program starts, and setting them later takes unsafe code: so the
//! program starts anew with them, as the same process. It knows no command.

/// Blocks from this size on are given back at once: above the columns of a batch, which are needed again for the next one.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const MAPPED: (&str, usize) = ("MALLOC_MMAP_THRESHOLD_", 3 << 20);
/// What may stay free at the end of the heap.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const KEPT: (&str, usize) = ("MALLOC_TRIM_THRESHOLD_", 8 << 20);

/// Starts the program anew with these settings, unless it has some. Where that is impossible it goes on without.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub fn settle() {
    use std::env;
    use std::os::unix::process::CommandExt;
    use std::process::Command;

    if env::var_os(MAPPED.0).is_some() {
        return;
    }
    let Ok(program) = env::current_exe() else { return };
    let mut words = env::args_os();
    let mut again = Command::new(program);
    if let Some(name) = words.next() {
        again.arg0(name);
    }
    again.args(words).envs([MAPPED, KEPT].map(|(name, bytes)| (name, bytes.to_string())));
    // Comes back only where it failed.
    let _ = again.exec();
}

/// Other allocators need no settings.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn settle() {}
