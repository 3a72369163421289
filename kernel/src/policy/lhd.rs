//! LHD, least hit density: evicts, of some objects drawn at random and the last few doubtful newcomers, the one that is
//! expected to give the fewest hits for the space and time it will take. What to expect is learnt from the ages at which
//! objects of the same class were hit or evicted.
//!
//! Paper: N. Beckmann, H. Chen, A. Cidon, "LHD: improving cache hit rate by maximizing hit density", NSDI 2018, with the
//! constants of the authors' code, which libCacheSim uses too: ages up to 20,000, 16 classes by the ages at the last two hits,
//! a 32nd of all requests makes its object an explorer that stays, in up to 1 % of the cache. The authors' code starts with
//! 8 samples and takes all after 50 intervals. Traces name no applications, so there are no classes by application. A
//! removed explorer gives its space back, and a size that a hit says does not count before the object is written: both
//! unlike libCacheSim.
//! Parameters: `samples`; `interval`, the requests after which it learns; `seed`.
//! Cost: a hit is constant, an eviction looks at up to `samples` + 8 objects; learning takes about a millisecond an interval.
//! Memory: 4 bytes per object of the trace, 16 per cached one, and 4 MB.
//! Poor on short traces: before the end of the first interval it follows a guess. With few objects cached, its sample is
//! much of the cache, and explorers a burden.

use super::hit_density::{HitDensity, NOT_HIT};
use super::in_place::clone_in_place;
use super::list::NONE;
use super::roster::{Roster, generator};
use super::{Capacity, Info, Nodes, Parameter, ParameterError, Parameters, Policy, Population, SEED};
use crate::request::{ObjectId, Request};
use rand::Rng;
use rand_xoshiro::Xoshiro256PlusPlus;

/// Newcomers that looked like victims, which every eviction looks at: else large ones would stay until they are drawn.
const NEWCOMERS: usize = 8;
/// One in so many requests makes its object an explorer.
const EXPLORE: u64 = 32;
/// The share of the cache that explorers may take.
const EXPLORERS: f64 = 0.01;
/// Intervals during which there are explorers and fewer samples.
const EARLY: u32 = 50;
const EARLY_SAMPLES: u32 = 8;
/// What is kept of the mean density of victims at each eviction.
const DECAY: f32 = 0.9;

/// Least hit density first, among a sample.
#[derive(Debug)]
pub struct Lhd {
    cached: Roster<Record>,
    model: HitDensity,
    samples: u32,
    interval: u32,
    random: Xoshiro256PlusPlus,
    /// Hits and insertions so far.
    now: u32,
    /// Of these, how many are left of the interval.
    left: u32,
    newcomers: [ObjectId; NEWCOMERS],
    newest: usize,
    /// What victims were worth lately.
    victims_density: f32,
    /// Space for explorers, and what they may still take of it; one may overdraw it.
    explorers: i64,
    exploration: i64,
}
clone_in_place!(Lhd {
    cached,
    model,
    samples,
    interval,
    random,
    now,
    left,
    newcomers,
    newest,
    victims_density,
    explorers,
    exploration
});

#[derive(Debug, Clone, Copy)]
struct Record {
    /// When it was asked for last.
    asked: u32,
    weight: u32,
    /// Its age at its last hit.
    hit_age: u16,
    class: u8,
    explorer: bool,
}

impl Policy for Lhd {
    const INFO: Info = Info {
        name: "lhd",
        summary: "evicts, of a sample, the object expected to give the fewest hits for the space and time it takes",
        paper: "Beckmann et al., LHD: improving cache hit rate by maximizing hit density, NSDI 2018",
        weakness: "short traces: it follows a guess until the first interval is over",
        parameters: &[
            Parameter { name: "samples", default: "32", help: "how many objects an eviction looks at, 1 to 65536" },
            Parameter { name: "interval", default: "1048576", help: "hits and insertions after which it learns anew" },
            SEED,
        ],
        fills_up: true,
        ..Info::PLAIN
    };
    type Node = u32;

    fn new(capacity: Capacity, parameters: &Parameters) -> Result<Self, ParameterError> {
        let interval = parameters.number("interval", &Self::INFO, 1..=u64::from(u32::MAX))? as u32;
        let explorers = capacity.part(EXPLORERS) as i64;
        Ok(Lhd {
            cached: Roster::new(),
            model: HitDensity::new(),
            samples: parameters.number("samples", &Self::INFO, 1..=1 << 16)? as u32,
            interval,
            random: generator(parameters, &Self::INFO)?,
            now: 0,
            left: interval,
            newcomers: [NONE; NEWCOMERS],
            newest: 0,
            victims_density: 0.0,
            explorers,
            exploration: explorers,
        })
    }

    fn memory(population: &Population) -> u64 {
        Roster::<Record>::memory(population.cached) + HitDensity::memory()
    }

    /// What it learnt of ages stays: they are counted in requests.
    fn resize(&mut self, _: &mut Nodes<u32>, capacity: Capacity) {
        let before = std::mem::replace(&mut self.explorers, capacity.part(EXPLORERS) as i64);
        self.exploration += self.explorers - before;
    }

    #[inline(always)]
    fn on_hit(&mut self, nodes: &mut Nodes<u32>, request: &Request) {
        let record = *self.cached.record(nodes, request.object);
        let hit_age = self.age(&record);
        self.model.note_hit(record.class, hit_age);
        self.release(&record);
        let class = HitDensity::class(u32::from(hit_age) + u32::from(record.hit_age));
        let explorer = self.draws_explorer() && self.explore(record.weight);
        *self.cached.record(nodes, request.object) = Record { asked: self.now, hit_age, class, explorer, ..record };
        self.tick();
    }

    #[inline(always)]
    fn on_insert(&mut self, nodes: &mut Nodes<u32>, request: &Request) {
        let weight = nodes.weight(request.object) as u32;
        let class = HitDensity::class(NOT_HIT);
        let explore = self.draws_explorer();
        let explorer = explore && self.explore(weight);
        let record = Record { asked: self.now, weight, hit_age: 0, class, explorer };
        if !explore && self.density(&record) < self.victims_density {
            self.newcomers[self.newest] = request.object;
            self.newest = (self.newest + 1) % NEWCOMERS;
        }
        self.cached.insert(nodes, request.object, record);
        self.tick();
    }

    #[inline(always)]
    fn evict(&mut self, nodes: &mut Nodes<u32>, _: Option<&Request>) -> ObjectId {
        let samples = if self.model.intervals() > EARLY { self.samples } else { self.samples.min(EARLY_SAMPLES) };
        let (mut victim, mut least) = (NONE, f32::INFINITY);
        let mut consider = |object, density| {
            if density < least {
                (victim, least) = (object, density);
            }
        };
        for _ in 0..samples {
            let drawn = self.cached.draw(&mut self.random);
            consider(drawn.object, self.density(&drawn.record));
        }
        for newcomer in self.newcomers {
            if newcomer != NONE && self.cached.contains(nodes, newcomer) {
                let record = *self.cached.record(nodes, newcomer);
                consider(newcomer, self.density(&record));
            }
        }
        self.victims_density = DECAY * self.victims_density + (1.0 - DECAY) * least;
        let record = self.cached.remove(nodes, victim);
        self.model.note_eviction(record.class, self.age(&record));
        self.release(&record);
        victim
    }

    fn on_remove(&mut self, nodes: &mut Nodes<u32>, object: ObjectId) {
        let record = self.cached.remove(nodes, object);
        self.release(&record);
    }

    #[inline(always)]
    fn prefetch(&self, nodes: &Nodes<u32>, object: ObjectId) {
        self.cached.prefetch(nodes, object);
    }
}

impl Lhd {
    #[inline(always)]
    fn age(&self, record: &Record) -> u16 {
        self.model.age(self.now - record.asked)
    }

    /// Hits expected of an object for a unit of space and time; an explorer seems worth a hit more.
    #[inline(always)]
    fn density(&self, record: &Record) -> f32 {
        self.model.density(record.class, self.age(record)) / record.weight as f32 + f32::from(u8::from(record.explorer))
    }

    #[inline(always)]
    fn draws_explorer(&mut self) -> bool {
        self.random.next_u64().is_multiple_of(EXPLORE)
    }

    /// Takes space for an explorer, if there is any.
    #[inline(always)]
    fn explore(&mut self, weight: u32) -> bool {
        let may = self.exploration > 0 && self.model.intervals() < EARLY;
        self.exploration -= if may { i64::from(weight) } else { 0 };
        may
    }

    /// Gives back the space of what is no explorer any more.
    #[inline(always)]
    fn release(&mut self, record: &Record) {
        self.exploration += if record.explorer { i64::from(record.weight) } else { 0 };
    }

    #[inline(always)]
    fn tick(&mut self) {
        self.now += 1;
        self.left -= 1;
        if self.left == 0 {
            self.left = self.interval;
            self.model.learn(self.cached.len());
        }
    }
}
