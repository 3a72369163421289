//! Estimates what a cache does on a whole trace from some of its keys, and how far off that may be.
//!
//! **The estimate.** The sample is replayed through a cache that holds the same share of the sample's footprint. First
//! touches, which always miss, are counted in the whole trace; the misses of repeats are scaled up by class, see
//! [`super::strata`].
//!
//! **The band** adds up two errors. *Chance:* the sample is cut by hash into [`GROUPS`], each of which is replayed alone
//! through a cache as many times smaller: draws that share neither keys nor a cache's contents. Leaving out one at a
//! time (the jackknife) says how far a draw strays, Student's t for so few groups what holds it at 95 %. *Scale:* some
//! policies act differently in smaller caches, whatever is drawn (the newcomer in `lfu` stands alone, so it stays longer
//! where misses are rarer). The groups show it, as they are smaller again: what lies between them and the
//! sample is carried on to the whole trace, in the logarithm of the size, doubled for good measure.

use super::Facts;
use super::run::Monitor;
use super::strata::{ByClass, Strata};
use super::sweep::{Sweep, capacity_ratio};
use crate::analysis::job::new_cache;
use crate::bitset::BitSet;
use crate::error::{Error, Result};
use crate::policy::Capacity;
use crate::replay::by_object::{Missed, misses_by_object};
use crate::replay::cell::Cell;
use crate::replay::grid;
use crate::request::{ObjectId, Op, weight};
use crate::trace::Trace;
use crate::trace::sample::{Drawn, Part, place};
use crate::units::Ratio;

/// Groups of the sample.
pub const GROUPS: usize = 8;
/// Student's t with 7 degrees of freedom at 97.5 %: a band of 95 %.
const STUDENT_T: f64 = 2.365;
/// A cache of the sample's that holds fewer objects says nothing.
pub const FEWEST_OBJECTS: f64 = 32.0;
/// How much of the scale's error that groups show is allowed for: tuned, as are the classes' sizes, on real traces.
const SCALE_ALLOWANCE: f64 = 2.0;

/// Which keys are sampled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    /// The share of the keys; above 0.
    pub share: Ratio,
    /// Another seed is another draw.
    pub seed: u64,
}

/// Counted misses of a whole trace, estimated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The best guess.
    pub misses: f64,
    /// The same in bytes.
    pub bytes_missed: f64,
    /// The band holds the true number of misses in 95 of 100 draws.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// One cell, sampled.
#[derive(Clone)]
pub struct SampledCell {
    /// The cell of the whole trace.
    pub cell: Cell,
    /// Its capacity over the trace's footprint in the same unit.
    pub capacity_ratio: f64,
    /// `None` where the sample is too small for so small a cache.
    pub estimate: Option<Estimate>,
}

/// Some keys of a trace, ready to be replayed through any cell.
pub struct Sample {
    draw: Draw,
    groups: Vec<Draw>,
    strata: Strata,
    /// Counted first touches in the whole trace.
    first: Missed,
    /// Counted gets in the whole trace that are no first touches.
    repeats: ByClass,
    counted: f64,
    share: f64,
}

/// A part of the trace, and what is known of its objects.
struct Draw {
    part: Part,
    bytes: u64,
    known: Known,
    repeats: ByClass,
}

/// By object: what its counted gets are.
struct Known {
    /// 1 where its first touch is one of them.
    first: Vec<Missed>,
    repeats: Vec<Missed>,
    largest: Vec<u32>,
}

impl Known {
    fn of(trace: &Trace, warm: usize) -> Known {
        let objects = trace.object_count();
        let nothing = vec![Missed::default(); objects];
        let mut known = Known { first: nothing.clone(), repeats: nothing, largest: vec![0; objects] };
        let mut seen = BitSet::new(objects);
        let requests = trace.requests();
        for i in 0..requests.len() {
            let request = requests.get(i);
            let index = request.object.index();
            let counts = if seen.contains(request.object) { &mut known.repeats } else { &mut known.first };
            seen.insert(request.object);
            known.largest[index] = known.largest[index].max(weight(request.size));
            if i >= warm && request.op == Op::Get {
                counts[index].gets += 1;
                counts[index].bytes += u64::from(request.size);
            }
        }
        known
    }

    fn repeats(&self, strata: &Strata) -> ByClass {
        let mut sums = strata.zero();
        for repeats in &self.repeats {
            sums[strata.class(repeats.gets)].add(*repeats, strata.weight(repeats.gets));
        }
        sums
    }
}

impl Draw {
    fn new(part: Part, strata: &Strata, look_ahead: bool) -> Draw {
        let known = Known::of(&part.trace, part.warm);
        let bytes = known.largest.iter().map(|bytes| u64::from(*bytes)).sum();
        let mut draw = Draw { repeats: known.repeats(strata), bytes, known, part };
        if look_ahead {
            draw.part.trace.look_ahead();
        }
        draw
    }

    /// The repeats that miss in a cache that holds `ratio` of the footprint.
    fn missed(&self, cell: &Cell, ratio: f64, strata: &Strata) -> Result<ByClass> {
        let scaled = |footprint: u64| (footprint as f64 * ratio).round().max(1.0) as u64;
        let capacity = match cell.capacity {
            Capacity::Objects(_) => Capacity::Objects(scaled(self.known.first.len() as u64)),
            Capacity::Bytes(_) => Capacity::Bytes(scaled(self.bytes)),
        };
        let cell = Cell { policy: cell.policy.clone(), capacity };
        let Part { trace, warm, .. } = &self.part;
        let by_object = misses_by_object(&mut *new_cache(&cell, trace)?, &trace.requests(), *warm);
        let mut sums = strata.zero();
        for ((all, first), repeats) in by_object.iter().zip(&self.known.first).zip(&self.known.repeats) {
            let again = Missed { gets: all.gets - first.gets, bytes: all.bytes - first.bytes };
            sums[strata.class(repeats.gets)].add(again, 1.0);
        }
        Ok(sums)
    }
}

impl Sample {
    /// Draws from a trace whose counted requests begin at position `warm`; `look_ahead`: a policy reads the future.
    pub fn draw(whole: &Trace, warm: usize, sampling: Sampling, look_ahead: bool) -> Sample {
        let share = sampling.share.get();
        let Drawn { seed, .. } = Drawn::next(whole.sample, sampling.share, sampling.seed);
        let place = |object: ObjectId| place(whole.keys.get(object), seed);
        let all = Known::of(whole, warm);
        let part = Part::of(whole, warm, |object| place(object) < share);
        let strata = Strata::new(part.whole_ids.iter().map(|id| all.repeats[id.index()].gets).collect());
        let group_of: Vec<usize> =
            part.whole_ids.iter().map(|id| (place(*id) / share * GROUPS as f64) as usize % GROUPS).collect();
        let group = |n| Part::of(&part.trace, part.warm, |object| group_of[object.index()] == n);
        let groups = (0..GROUPS).map(|n| Draw::new(group(n), &strata, look_ahead)).collect();
        let mut first = Missed::default();
        for touch in &all.first {
            first.gets += touch.gets;
            first.bytes += touch.bytes;
        }
        let counted = first.gets + all.repeats.iter().map(|repeats| repeats.gets).sum::<u64>();
        let repeats = all.repeats(&strata);
        let draw = Draw::new(part, &strata, look_ahead);
        Sample { draw, groups, strata, first, repeats, counted: counted as f64, share }
    }

    /// Objects in the sample.
    pub fn object_count(&self) -> usize {
        self.draw.part.trace.object_count()
    }

    /// Estimates the misses in a cell whose capacity is `ratio` of the footprint; `None` where the sample is too small.
    ///
    /// # Errors
    /// A parameter outside its range.
    pub fn estimate(&self, cell: &Cell, ratio: f64) -> Result<Option<Estimate>> {
        if ratio * (self.object_count() as f64) < FEWEST_OBJECTS {
            return Ok(None);
        }
        let missed = self.draw.missed(cell, ratio, &self.strata)?;
        let (misses, bytes_missed) = self.scale_up(&missed, &self.draw.repeats);
        let by_group = self
            .groups
            .iter()
            .map(|group| Ok((group.missed(cell, ratio, &self.strata)?, &group.repeats)))
            .collect::<Result<Vec<_>>>()?;
        let groups_without = |left_out: Option<usize>| {
            let (mut missed, mut repeats) = (self.strata.zero(), self.strata.zero());
            for (_, group) in by_group.iter().enumerate().filter(|(n, _)| Some(*n) != left_out) {
                for class in 0..missed.len() {
                    missed[class].gets += group.0[class].gets;
                    repeats[class].gets += group.1[class].gets;
                }
            }
            self.scale_up(&missed, &repeats).0
        };
        let left: Vec<f64> = (0..GROUPS).map(|n| groups_without(Some(n))).collect();
        let mean = left.iter().sum::<f64>() / GROUPS as f64;
        let spread: f64 = left.iter().map(|estimate| (estimate - mean).powi(2)).sum();
        // What the sample saw never may yet happen as often as one of its misses stands for.
        let one_miss = 1.0 / self.share;
        let variance = (GROUPS - 1) as f64 / GROUPS as f64 * spread + one_miss * one_miss;
        // A sample of all keys is not off at all.
        let chance = STUDENT_T * (variance * (1.0 - self.share)).sqrt();
        let scale = SCALE_ALLOWANCE * (groups_without(None) - misses) * one_miss.ln() / (GROUPS as f64).ln();
        Ok(Some(Estimate {
            misses,
            bytes_missed,
            low: (misses - chance - scale.max(0.0)).max(self.first.gets as f64),
            high: (misses + chance - scale.min(0.0)).min(self.counted),
        }))
    }

    /// Misses and bytes missed of the whole trace, where these repeats of a sample's missed.
    fn scale_up(&self, missed: &ByClass, sampled: &ByClass) -> (f64, f64) {
        let scaled = |all: f64, missed: f64, sampled: f64| if sampled > 0.0 { all * missed / sampled } else { 0.0 };
        let (mut misses, mut bytes) = (self.first.gets as f64, self.first.bytes as f64);
        for ((all, missed), sampled) in self.repeats.iter().zip(missed).zip(sampled) {
            misses += scaled(all.gets, missed.gets, sampled.gets);
            bytes += scaled(all.bytes, missed.bytes, sampled.bytes);
        }
        (misses, bytes)
    }
}

/// What a sample of a trace said.
pub struct Sampled {
    /// What the whole trace says of itself.
    pub facts: Facts,
    /// Which keys were sampled.
    pub sampling: Sampling,
    /// Objects in the sample.
    pub objects: usize,
    /// The cells that are done, in the grid's order.
    pub cells: Vec<SampledCell>,
    /// The cells that an interrupt left undone.
    pub missing: Vec<Cell>,
}

/// Estimates every cell of the sweep.
///
/// # Errors
/// See [`Sweep::cells`], [`Sweep::warm_position`] and [`Sample::estimate`].
pub fn run(sweep: &Sweep, trace: &Trace, sampling: Sampling, monitor: &dyn Monitor) -> Result<Sampled> {
    if trace.chained.is_some() {
        return Err(Error::usage("a sample of the keys breaks chains of blocks, so it says nothing of them")
            .at(&trace.name, None)
            .hint("replay all of the trace, or a part: --limit, --until"));
    }
    let warm = sweep.warm_position(trace.len())?;
    let facts = Facts::of(trace, warm);
    let look_ahead = sweep.policies.iter().any(|policy| policy.info().needs_future);
    let sample = Sample::draw(trace, warm, sampling, look_ahead);
    let cells = sweep.cells(&trace.about(), &facts)?;
    let requests = sample.draw.part.trace.len() as u64;
    monitor.expect(cells.len() as u64 * requests);
    let found = grid::run(&cells, sweep.threads, |cell| {
        if monitor.is_interrupted() {
            return Ok(None);
        }
        let capacity_ratio = capacity_ratio(cell.capacity, &facts);
        let estimate = sample.estimate(cell, capacity_ratio)?;
        monitor.advance(requests);
        Ok(Some(SampledCell { cell: cell.clone(), capacity_ratio, estimate }))
    })?;
    let missing = cells.iter().zip(&found).filter(|(_, found)| found.is_none()).map(|(cell, _)| cell.clone()).collect();
    let objects = sample.object_count();
    Ok(Sampled { facts, sampling, objects, cells: found.into_iter().flatten().collect(), missing })
}
