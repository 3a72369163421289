//! The one place with unsafe code: telling the processor which memory will be needed soon.

/// Asks for `slice[index]` to be brought into the cache. Without an effect outside the slice or on other processors.
#[inline(always)]
#[allow(unsafe_code)]
pub fn prefetch<T>(slice: &[T], index: usize) {
    if size_of::<T>() > 0 {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: a prefetch reads and changes nothing, and ignores addresses that are not mapped; `wrapping_add` allows any.
        unsafe {
            use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
            _mm_prefetch::<_MM_HINT_T0>(slice.as_ptr().wrapping_add(index).cast());
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = (slice, index);
    }
}
