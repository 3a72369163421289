//! Hit density: how many hits an object will give for the time it takes up, by its age and class, learnt from the ages at
//! which objects were hit and evicted.
//!
//! It knows ages and classes, not objects; whom LHD evicts is in `lhd.rs`.

use super::in_place::clone_in_place;

/// Ages are counted up to this; the last stands for all that are larger.
const AGES: usize = 20_000;
const OLDEST: u16 = AGES as u16 - 1;
/// Classes of objects, by how old they were at their last two hits.
const CLASSES: usize = 16;
/// The sum of ages at the last two hits of an object that was not hit yet.
pub const NOT_HIT: u32 = AGES as u32;
/// What is kept of the past at each interval.
const DECAY: f32 = 0.9;
/// An age should be no coarser than this share of the time an object stays.
const COARSENESS: f32 = 0.01;
/// The intervals (from 0) after which the unit of age is fitted to how many objects are cached.
const FITTED_AFTER: [u32; 2] = [5, 25];

/// What is known of all classes.
#[derive(Debug)]
pub struct HitDensity {
    hits: Vec<f32>,
    evictions: Vec<f32>,
    densities: Vec<f32>,
    /// An age is so many requests, as a power of two.
    shift: u32,
    intervals: u32,
    /// A decaying mean of the number of cached objects, as sum and weight.
    objects: (f32, f32),
}
clone_in_place!(HitDensity { hits, evictions, densities, shift, intervals, objects });

impl HitDensity {
    /// Before anything is known: young objects are worth more than old ones, and those that were hit at a low age more than
    /// others, by the factor that the authors' code begins with.
    pub fn new() -> HitDensity {
        let guess = |i: usize| (i / AGES + CLASSES + 1) as f32 / (i % AGES + 1) as f32;
        let none = vec![0.0; CLASSES * AGES];
        HitDensity {
            densities: (0..CLASSES * AGES).map(guess).collect(),
            hits: none.clone(),
            evictions: none,
            shift: 10,
            intervals: 0,
            objects: (0.0, 0.0),
        }
    }

    /// Bytes of the tables.
    pub fn memory() -> u64 {
        (3 * CLASSES * AGES * size_of::<f32>()) as u64
    }

    /// Intervals that were learnt from.
    pub fn intervals(&self) -> u32 {
        self.intervals
    }

    /// The age of an object that was asked for so many requests ago.
    #[inline(always)]
    pub fn age(&self, requests: u32) -> u16 {
        (requests >> self.shift).min(u32::from(OLDEST)) as u16
    }

    /// The class of an object by the sum of its ages at its last two hits: the logarithm of how far that is below the
    /// oldest age. An object without hits is of class 0.
    #[inline(always)]
    pub fn class(ages: u32) -> u8 {
        let mut class = 0;
        while ages << class < AGES as u32 && class < CLASSES - 1 {
            class += 1;
        }
        class as u8
    }

    /// Hits for a unit of size and time; below all others for an object that is as old as can be.
    #[inline(always)]
    pub fn density(&self, class: u8, age: u16) -> f32 {
        if age == OLDEST { f32::MIN } else { self.densities[index(class, age)] }
    }

    /// An object was hit.
    #[inline(always)]
    pub fn note_hit(&mut self, class: u8, age: u16) {
        self.hits[index(class, age)] += 1.0;
    }

    /// An object was evicted.
    #[inline(always)]
    pub fn note_eviction(&mut self, class: u8, age: u16) {
        self.evictions[index(class, age)] += 1.0;
    }

    /// An interval is over: learns from it, while so many objects are cached.
    pub fn learn(&mut self, cached: usize) {
        self.hits.iter_mut().chain(&mut self.evictions).for_each(|count| *count *= DECAY);
        self.objects = (self.objects.0 * DECAY + cached as f32, self.objects.1 * DECAY + 1.0);
        if FITTED_AFTER.contains(&self.intervals) {
            self.fit();
        }
        self.intervals += 1;
        for class in 0..CLASSES {
            let of_class = class * AGES..(class + 1) * AGES;
            let (hits, evictions) = (&self.hits[of_class.clone()], &self.evictions[of_class.clone()]);
            densities(hits, evictions, &mut self.densities[of_class]);
        }
    }

    /// Fits the unit of age to the number of cached objects, and what was counted to the new unit.
    fn fit(&mut self) {
        let unit = self.objects.0 / self.objects.1 / (COARSENESS * AGES as f32);
        let shift = unit.max(2.0).log2().ceil() as u32;
        // Weighs more than what comes, so that the second fit is a small one.
        self.objects = (self.objects.0 * 8.0, self.objects.1 * 8.0);
        for counts in self.hits.chunks_mut(AGES).chain(self.evictions.chunks_mut(AGES)) {
            let old = counts.to_vec();
            counts.fill(0.0);
            for (age, count) in old.iter().enumerate().filter(|(_, count)| **count > 0.0) {
                spread(counts, age, *count, self.shift, shift);
            }
        }
        self.shift = shift;
    }
}

#[inline(always)]
fn index(class: u8, age: u16) -> usize {
    usize::from(class) * AGES + usize::from(age)
}

/// Adds what was counted at an age in units of `2^from` to the ages that it covers in units of `2^to`.
fn spread(counts: &mut [f32], age: usize, count: f32, from: u32, to: u32) {
    let oldest = counts.len() - 1;
    if age == oldest {
        counts[oldest] += count;
    } else if to >= from {
        counts[age >> (to - from)] += count;
    } else {
        let parts = 1 << (from - to);
        for part in 0..parts {
            counts[(age * parts + part).min(oldest)] += count / parts as f32;
        }
    }
}

/// The expected hits of an object of each age, divided by the expected rest of its life: both are sums over all later
/// events, so one pass from the oldest age on finds them for every age.
fn densities(hits: &[f32], evictions: &[f32], densities: &mut [f32]) {
    let (mut later_hits, mut later_events, mut lives) = (0.0, 0.0, 0.0);
    for age in (0..densities.len()).rev() {
        later_hits += hits[age];
        later_events += hits[age] + evictions[age];
        lives += later_events;
        densities[age] = if later_events > 1e-5 { later_hits / lives } else { 0.0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Equation 1 of the paper: the sum over later ages of P(hit there), by the sum of (life up to there) x P(event there).
    #[test]
    fn densities_are_the_papers_quotient() {
        let events: [(u16, f32, f32); 5] =
            [(0, 5.0, 0.0), (3, 20.0, 4.0), (40, 3.0, 1.0), (5000, 7.0, 30.0), (19_998, 2.0, 9.0)];
        let mut model = HitDensity::new();
        for (age, hits, evictions) in events {
            (0..hits as u32).for_each(|_| model.note_hit(3, age));
            (0..evictions as u32).for_each(|_| model.note_eviction(3, age));
        }
        model.learn(1000);
        for age in [0, 1, 3, 4, 39, 41, 4999, 19_998] {
            let later = || events.iter().filter(|(at, ..)| *at >= age);
            let hits: f32 = later().map(|(_, hits, _)| hits).sum();
            let lives: f32 = later().map(|(at, hits, evictions)| f32::from(at - age + 1) * (hits + evictions)).sum();
            let density = model.density(3, age);
            assert!((density * lives / hits - 1.0).abs() < 1e-3, "age {age}: {density}, expected {}", hits / lives);
        }
        assert_eq!(model.density(3, OLDEST), f32::MIN);
        assert_eq!(model.density(2, 7), 0.0, "nothing is known of that class");
    }

    #[test]
    fn classes_are_logarithms_of_ages_at_hits() {
        for (ages, class) in [(0, 15), (1, 15), (9_999, 2), (10_000, 1), (19_999, 1), (20_000, 0), (39_998, 0)] {
            assert_eq!(HitDensity::class(ages), class, "{ages}");
        }
    }

    #[test]
    fn a_new_unit_of_age_keeps_what_was_counted() {
        for (from, to) in [(10, 12), (10, 7), (4, 4)] {
            for age in [0, 1, 77, 4096, 19_998, 19_999] {
                let mut counts = vec![0.0; AGES];
                spread(&mut counts, age, 8.0, from, to);
                assert!((counts.iter().sum::<f32>() - 8.0).abs() < 1e-3);
                let at = counts.iter().position(|count| *count > 0.0).unwrap();
                let expected = if age == AGES - 1 { age } else { ((age << from) >> to).min(AGES - 1) };
                assert_eq!(at, expected, "{age} from {from} to {to}");
            }
        }
    }
}
