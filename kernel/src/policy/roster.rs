//! The cached objects in a dense array, in no order: what policies that look at random objects draw from. Each object's
//! node knows its place, so one is drawn, found and taken out in constant time.
//!
//! It knows places; what is kept beside an object is the policy's, and stands here rather than in the node, so that
//! looking at many drawn objects touches one small array.

use super::in_place::clone_in_place;
use super::nodes::Placed;
use super::{Nodes, ParameterError, Parameters, SEED};
use crate::request::ObjectId;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// The generator of a policy's random choices, from its parameter `seed`.
///
/// # Errors
/// A seed that is not a whole number.
pub fn generator(parameters: &Parameters, info: &super::Info) -> Result<Xoshiro256PlusPlus, ParameterError> {
    Ok(Xoshiro256PlusPlus::seed_from_u64(parameters.number(SEED.name, info, 0..=u64::MAX)?))
}

/// Cached objects, and `T` beside each.
#[derive(Debug)]
pub struct Roster<T> {
    entries: Vec<Entry<T>>,
}
clone_in_place!(Roster<T: Copy> { entries });

/// An object and what is kept of it.
#[derive(Debug, Clone, Copy)]
pub struct Entry<T> {
    /// The object.
    pub object: ObjectId,
    /// What is kept of it.
    pub record: T,
}

impl<T: Copy> Roster<T> {
    /// Without objects.
    pub fn new() -> Roster<T> {
        Roster { entries: Vec::new() }
    }

    /// Bytes for so many objects, with the room that a growing array leaves unused.
    pub fn memory(objects: usize) -> u64 {
        (objects.next_power_of_two() * size_of::<Entry<T>>()) as u64
    }

    /// Number of objects.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// True where the object is in it.
    #[inline(always)]
    pub fn contains<N: Placed>(&self, nodes: &Nodes<N>, object: ObjectId) -> bool {
        self.entries.get(nodes[object].place() as usize).is_some_and(|entry| entry.object == object)
    }

    /// What is kept of an object that is in it.
    #[inline(always)]
    pub fn record<N: Placed>(&mut self, nodes: &Nodes<N>, object: ObjectId) -> &mut T {
        &mut self.entries[nodes[object].place() as usize].record
    }

    /// Adds an object that is not in it.
    #[inline(always)]
    pub fn insert<N: Placed>(&mut self, nodes: &mut Nodes<N>, object: ObjectId, record: T) {
        *nodes[object].place_mut() = self.entries.len() as u32;
        self.entries.push(Entry { object, record });
    }

    /// Takes an object that is in it out; the last one takes its place.
    #[inline(always)]
    pub fn remove<N: Placed>(&mut self, nodes: &mut Nodes<N>, object: ObjectId) -> T {
        let place = nodes[object].place();
        let entry = self.entries.swap_remove(place as usize);
        if let Some(moved) = self.entries.get(place as usize) {
            *nodes[moved.object].place_mut() = place;
        }
        entry.record
    }

    /// The object that came or was moved last; `None` where there are none.
    #[inline(always)]
    pub fn last(&self) -> Option<ObjectId> {
        self.entries.last().map(|entry| entry.object)
    }

    /// An object drawn at random, each as likely as any other (to within 2^-32); panics where there are none.
    #[inline(always)]
    pub fn draw(&self, random: &mut Xoshiro256PlusPlus) -> Entry<T> {
        self.entries[((u128::from(random.next_u64()) * self.entries.len() as u128) >> 64) as usize]
    }

    /// The best of `samples` objects drawn at random, drawn again where chance says so; the first drawn among equals.
    #[inline(always)]
    pub fn best_of(&self, samples: u32, random: &mut Xoshiro256PlusPlus, better: impl Fn(&T, &T) -> bool) -> ObjectId {
        let mut best = self.draw(random);
        for _ in 1..samples {
            let drawn = self.draw(random);
            if better(&drawn.record, &best.record) {
                best = drawn;
            }
        }
        best.object
    }

    /// Asks the processor to fetch the object's entry.
    #[inline(always)]
    pub fn prefetch<N: Placed>(&self, nodes: &Nodes<N>, object: ObjectId) {
        crate::prefetch::prefetch(&self.entries, nodes[object].place() as usize);
    }
}
