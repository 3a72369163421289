//! How often objects were asked for lately: TinyLFU's counters, which count to 15 and are all halved once a sample of
//! requests is full. It knows nodes and policies as little as it knows caches.
//!
//! Deployed caches keep such counters in a sketch, where objects share them by hash. Here every object has its own: ids
//! are dense, so that is small, it is faster than four hashes, and no number depends on a hash function.

/// A counter is full at this, as the four bits of a sketch are.
const MOST: u32 = 15;
const BITS: u32 = 4;

/// One object's counter, in the low bits; above them how often all counters had been halved when it was last touched.
/// The halvings since are done when it is read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Count(u32);

/// What all counters have in common: how full the sample is, and how often they were halved.
#[derive(Debug, Clone, Default)]
pub struct Sample {
    requests: u64,
    halvings: u32,
}

impl Sample {
    /// Counts one request. Once `size` requests are in the sample, all counters and the sample itself are halved
    /// (section 3.3 of the TinyLFU paper), so the sample slides.
    #[inline(always)]
    pub fn add(&mut self, count: &mut Count, size: u64) {
        let known = self.estimate(*count);
        *count = Count(self.halvings << BITS | (known + 1).min(MOST));
        self.requests += 1;
        if self.requests >= size {
            self.requests /= 2;
            self.halvings += 1;
        }
    }

    /// How often an object was asked for lately.
    #[inline(always)]
    pub fn estimate(&self, count: Count) -> u32 {
        let since = (self.halvings << BITS).wrapping_sub(count.0 & !MOST) >> BITS;
        (count.0 & MOST) >> since.min(BITS)
    }
}
