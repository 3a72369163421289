//! The one place with unsafe code: telling the processor which memory will be needed soon.

/// Asks for `slice[index]` to be brought into the cache. Does nothing outside the slice or on other processors.
#[inline(always)]
#[allow(unsafe_code)]
pub fn prefetch<T>(slice: &[T], index: usize) {
    if size_of::<T>() > 0
        && let Some(element) = slice.get(index)
    {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the address is that of a live element, and a prefetch changes no memory.
        unsafe {
            use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
            _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(element).cast());
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = element;
    }
}
