//! What it buys to have the hottest keys back at once after a full flush, and to have a tenth of the cold misses answered from
//! elsewhere.

use super::bench::{Edge, Scene, Variant};
use crate::analysis::job::new_cache;
use crate::error::Result;
use crate::hash::mix;
use crate::outage::trigger::hottest;
use crate::request::{Op, Request, Requests};
use crate::units::Seconds;
use std::collections::HashSet;

/// Shares of the cache's entries that are loaded beforehand.
const SHARES: [f64; 8] = [0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0];
/// One in so many keys is answered from elsewhere, for the elasticity.
const ONE_IN: u64 = 10;

/// The hottest keys loaded beforehand.
#[derive(Debug, Clone, Copy)]
pub struct Preload {
    /// Of the cache's entries.
    pub share: f64,
    /// Keys.
    pub keys: u64,
    /// Their bytes, where the trace has sizes.
    pub bytes: Option<u64>,
    /// What was found.
    pub edge: Edge,
}

/// A tenth of the cold misses answered from elsewhere, in the seconds that decide.
#[derive(Debug, Clone, Copy)]
pub struct Elasticity {
    /// From the flush to the first late answer just above the safe bound.
    pub deciding: Seconds,
    /// Requests in that time.
    pub requests: usize,
    /// Keys asked for in that time: the cold misses, if none asked twice.
    pub cold: usize,
    /// Keys of them that were there.
    pub spared: usize,
    /// What was found.
    pub edge: Edge,
}

/// What was found.
pub struct WarmUp {
    /// Entries of the warm cache at the first moment.
    pub entries: u64,
    /// In rising order of keys; the first loads nothing.
    pub preloads: Vec<Preload>,
    /// `None` where the predicate finds no bottleneck.
    pub elasticity: Option<Elasticity>,
}

/// How often [`warmup`] calls its `step`.
pub const STEPS: u64 = 2 * (SHARES.len() as u64 + 1);

/// Tries all.
///
/// # Errors
/// An interrupt.
pub fn warmup(scene: &Scene<'_>, step: &(dyn Fn() + Sync)) -> Result<WarmUp> {
    let requests = scene.trace.requests();
    let mut cache = new_cache(&scene.cell, scene.trace)?;
    cache.replay(&requests.slice(0..scene.moments[0]));
    let entries = cache.entries().max(1);
    let popular: Vec<Vec<Request>> =
        scene.moments.iter().map(|moment| hottest(&requests.slice(0..*moment), entries as usize)).collect();
    let counts = SHARES.map(|share| (share * entries as f64).round() as usize);
    let preload = |count: usize| Variant {
        filled: popular.iter().map(|hot| hot[..count.min(hot.len())].to_vec()).collect(),
        ..scene.base()
    };
    let mut variants: Vec<Variant<'_>> = counts.iter().map(|count| preload(*count)).collect();
    let bottleneck = scene.bottleneck()?;
    let mut cold = (0, 0);
    if let Some((_, length, _)) = bottleneck {
        let filled: Vec<Vec<Request>> = scene
            .moments
            .iter()
            .map(|moment| {
                let end = moment.saturating_add(length).min(requests.len());
                let (all, spared) = spared(&requests.slice(*moment..end), scene.setup.seed);
                cold = (cold.0.max(all), cold.1.max(spared.len()));
                spared
            })
            .collect();
        variants.push(Variant { filled, ..scene.base() });
    }
    let edges = scene.edges(&variants, step)?;
    let weigh = |variant: &Variant<'_>| {
        let sizes = variant.filled.first().map(|keys| keys.iter().map(|request| u64::from(request.size)).sum());
        sizes.filter(|_| scene.trace.sizes.is_some())
    };
    let preloads = SHARES.iter().zip(&variants).zip(&edges).map(|((share, variant), edge)| Preload {
        share: *share,
        keys: variant.filled.first().map_or(0, |keys| keys.len() as u64),
        bytes: weigh(variant),
        edge: *edge,
    });
    let elasticity = bottleneck.and_then(|(_, length, deciding)| {
        let edge = *edges.get(SHARES.len())?;
        Some(Elasticity { deciding, requests: length, cold: cold.0, spared: cold.1, edge })
    });
    Ok(WarmUp { entries, preloads: preloads.collect(), elasticity })
}

/// How many keys these requests get, and the first get of each that is spared, chosen by hash.
fn spared(requests: &Requests<'_>, seed: u64) -> (usize, Vec<Request>) {
    let mut seen = HashSet::new();
    let mut chosen = Vec::new();
    for i in 0..requests.len() {
        let request = requests.get(i);
        if request.op == Op::Get && seen.insert(request.object) {
            let drawn = mix(u64::from(request.object.0) ^ seed.rotate_left(32));
            if drawn.is_multiple_of(ONE_IN) {
                chosen.push(request);
            }
        }
    }
    (seen.len(), chosen)
}
