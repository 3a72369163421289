//! Which key each request asks for: Zipf over ranks, a working set that drifts, scans, one-hit wonders.
//!
//! Keys are numbers; it knows no sizes and no operations.
//!
//! The numbers are laid out one after the other: the keys of the scan; those of one-hit wonders, in order of use; the
//! popular keys, `count` per generation. Within a generation ranks are shuffled, so a number says nothing about popularity.

use super::recipe::{self, nanoseconds};
use super::stream::{self, Stream};
use crate::error::{Error, Result};
use crate::units::Seconds;
use rand_distr::{Distribution, Zipf};

/// The keys of requests, one after the other.
pub struct Popularity<'r> {
    recipe: &'r recipe::Keys,
    zipf: Zipf<f64>,
    /// Rank to number within a generation.
    shuffled: Vec<u64>,
    first_one_hit: u64,
    one_hits: u64,
    first_popular: u64,
    /// Which scan is under way or comes next, and how many of its keys were read.
    scan: u64,
    scanned: u64,
    rank_stream: Stream,
    scan_stream: Stream,
    one_hit_stream: Stream,
}

impl<'r> Popularity<'r> {
    /// # Errors
    /// A distribution that does not exist; a recipe that was checked has none such.
    pub fn new(recipe: &'r recipe::Keys, requests: u64, seed: u64) -> Result<Popularity<'r>> {
        // So close to 1 the sampler's formula for other exponents cancels out.
        let exponent = if (recipe.zipf - 1.0).abs() < 1e-6 { 1.0 } else { recipe.zipf };
        let zipf = Zipf::new(recipe.count as f64, exponent)
            .map_err(|cause| Error::usage(format!("keys.count and keys.zipf: {cause}")))?;
        let first_one_hit = recipe.scan.as_ref().map_or(0, |scan| scan.keys);
        let one_hit_room = if recipe.one_hit_wonders > 0.0 { requests } else { 0 };
        Ok(Popularity {
            recipe,
            zipf,
            shuffled: stream::permutation(recipe.count, &mut stream::stream(seed, "ranks to keys")),
            first_one_hit,
            one_hits: 0,
            first_popular: first_one_hit + one_hit_room,
            scan: 0,
            scanned: 0,
            rank_stream: stream::stream(seed, "ranks"),
            scan_stream: stream::stream(seed, "scans"),
            one_hit_stream: stream::stream(seed, "one-hit wonders"),
        })
    }

    /// The key of a request at `time` nanoseconds.
    pub fn next(&mut self, time: u64) -> u64 {
        // Drawn whether it is used or not: a scan replaces requests and leaves the others as they are.
        let rank = self.zipf.sample(&mut self.rank_stream) as usize - 1;
        let scanned = self.next_of_scan(time);
        let one_hit = self.next_one_hit();
        scanned.or(one_hit).unwrap_or_else(|| self.popular(rank, time))
    }

    fn next_of_scan(&mut self, time: u64) -> Option<u64> {
        let scan = self.recipe.scan.as_ref()?;
        let n = (time as f64 / nanoseconds(scan.every)) as u64;
        if n > self.scan {
            (self.scan, self.scanned) = (n, 0);
        }
        let mine = stream::unit(&mut self.scan_stream) < scan.share;
        if n == 0 || self.scanned == scan.keys || !mine {
            return None;
        }
        self.scanned += 1;
        Some(self.scanned - 1)
    }

    fn next_one_hit(&mut self) -> Option<u64> {
        let share = self.recipe.one_hit_wonders;
        if share == 0.0 || stream::unit(&mut self.one_hit_stream) >= share {
            return None;
        }
        self.one_hits += 1;
        Some(self.first_one_hit + self.one_hits - 1)
    }

    /// The key that has a rank at this time: each rank gets a new one every `1 / drift` hours, all at different moments.
    fn popular(&self, rank: usize, time: u64) -> u64 {
        let number = self.shuffled[rank];
        let mut generation = 0;
        if self.recipe.drift > 0.0 {
            let lives = nanoseconds(Seconds(3600.0 / self.recipe.drift));
            // The golden ratio's multiples spread the moments evenly over the ranks.
            let phase = (rank as f64 * 0.618_033_988_749_894_9).fract();
            generation = (time as f64 / lives + phase) as u64;
        }
        self.first_popular + generation * self.recipe.count + number
    }
}
