//! Hidden capacity against every knob of the service, one at a time. Each row is simulated; none is computed from another.

use super::bench::{Edge, Scene, Variant};
use crate::analysis::outage::scenario::one_policy;
use crate::error::{Error, Result};
use crate::outage::queue::Order;
use crate::outage::{Fill, SameKey};
use crate::policy::spec::PolicySpec;
use crate::replay::cell::Cell;
use crate::request::{ObjectId, Requests};
use crate::units::Seconds;
use rand::SeedableRng;
use rand_distr::{Distribution, Zipf};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};

/// Factors of the timeout.
const TIMEOUTS: [f64; 3] = [0.5, 2.0, 5.0];
/// Queue bounds, as shares of what the backend answers within a timeout.
const BOUNDS: [f64; 3] = [0.5, 1.0, 2.0];
const RETRIES: [u32; 3] = [0, 1, 3];
const POLICIES: [&str; 5] = ["lru", "fifo", "sieve", "s3fifo", "lfu"];
const SKEWS: [f64; 3] = [0.8, 1.0, 1.2];

/// How often [`sensitivity`] calls its `step` at the most: twice for the service as it is and for each change.
pub const STEPS: u64 =
    2 * (1 + TIMEOUTS.len() + BOUNDS.len() + 1 + RETRIES.len() + 2 + POLICIES.len() + SKEWS.len()) as u64;

/// One change of the service.
#[derive(Clone, Serialize, Deserialize)]
pub enum Knob {
    /// None: the service as it is.
    Base,
    /// The timeout, as a factor.
    Timeout(f64, Seconds),
    /// How many may wait, as a share of mu T.
    Bound(f64, u32),
    /// The youngest first.
    Lifo,
    /// So many retries.
    Retries(u32),
    /// Whether a miss joins the fetch of its key.
    SingleFlight(bool),
    /// Which answers enter.
    Fill(Fill),
    /// Another eviction policy.
    Policy(PolicySpec),
    /// Keys drawn again from a Zipf distribution, at the same times.
    Skew(f64),
}

/// A change, and what it does.
#[derive(Clone, Serialize, Deserialize)]
pub struct Row {
    /// The change.
    pub knob: Knob,
    /// What was found.
    pub edge: Edge,
}

/// Tries all knobs; the first row is the service as it is. `step` is called now and then.
///
/// # Errors
/// An interrupt, or a policy that the cache cannot have.
pub fn sensitivity(scene: &Scene<'_>, expect: &dyn Fn(u64), step: &(dyn Fn() + Sync)) -> Result<Vec<Row>> {
    let knobs = knobs(scene)?;
    expect(2 * knobs.len() as u64);
    let drawn: Vec<Option<Vec<ObjectId>>> = knobs.iter().map(|knob| drawn(scene, knob)).collect::<Result<_>>()?;
    let variants: Vec<Variant<'_>> =
        knobs.iter().zip(&drawn).map(|(knob, drawn)| turn(scene, knob, drawn.as_deref())).collect();
    let edges = scene.edges(&variants, step)?;
    Ok(knobs.into_iter().zip(edges).map(|(knob, edge)| Row { knob, edge }).collect())
}

/// Whether keys can be drawn again: where sizes, writes or times to live belong to a key, or the future is read, another key
/// in its place would be nonsense.
pub fn can_redraw(scene: &Scene<'_>) -> bool {
    let trace = scene.trace;
    trace.sizes.is_none() && trace.ops.is_none() && trace.ttls.is_none() && !scene.cell.policy.info().needs_future
}

fn knobs(scene: &Scene<'_>) -> Result<Vec<Knob>> {
    let (service, model) = (&scene.setup.service, &scene.model);
    let timeouts = TIMEOUTS.map(|factor| (factor, Seconds(service.timeout.0 * factor)));
    let bounds = BOUNDS.map(|share| (share, (share * scene.answers() * service.timeout.0).round().max(1.0) as u32));
    let mut all = vec![Knob::Base];
    all.extend(
        timeouts.into_iter().filter(|(_, t)| t.0 > service.service_time.0).map(|(factor, t)| Knob::Timeout(factor, t)),
    );
    let bounds = bounds.into_iter().filter(|(_, bound)| model.queue.bound != Some(*bound));
    all.extend(bounds.map(|(share, bound)| Knob::Bound(share, bound)));
    if model.queue.order != Order::Lifo {
        all.push(Knob::Lifo);
    }
    all.extend(RETRIES.into_iter().filter(|n| *n != model.client.retries).map(Knob::Retries));
    all.push(Knob::SingleFlight(!service.single_flight));
    all.push(Knob::Fill(if model.fill == Fill::Late { Fill::InTime } else { Fill::Late }));
    for name in POLICIES {
        let policy = one_policy(name)?;
        if policy.to_string() != scene.cell.policy.to_string() {
            all.push(Knob::Policy(policy));
        }
    }
    if can_redraw(scene) {
        all.extend(SKEWS.map(Knob::Skew));
    }
    Ok(all)
}

/// The keys of a skewed variant.
fn drawn(scene: &Scene<'_>, knob: &Knob) -> Result<Option<Vec<ObjectId>>> {
    let Knob::Skew(exponent) = knob else { return Ok(None) };
    let zipf = Zipf::new(scene.trace.object_count().max(1) as f64, *exponent)
        .map_err(|cause| Error::usage(format!("keys cannot be drawn: {cause}")))?;
    let mut random = Xoshiro256PlusPlus::seed_from_u64(scene.setup.seed);
    let draw = |_| ObjectId(zipf.sample(&mut random) as u32 - 1);
    Ok(Some((0..scene.trace.len()).map(draw).collect()))
}

fn turn<'v>(scene: &Scene<'v>, knob: &Knob, drawn: Option<&'v [ObjectId]>) -> Variant<'v> {
    let mut variant = scene.base();
    match knob {
        Knob::Base => {}
        Knob::Timeout(_, timeout) => {
            variant.service.timeout = *timeout;
            variant.model.client.timeout = *timeout;
        }
        Knob::Bound(_, bound) => variant.model.queue.bound = Some(*bound),
        Knob::Lifo => variant.model.queue.order = Order::Lifo,
        Knob::Retries(retries) => {
            variant.service.retries = *retries;
            variant.model.client.retries = *retries;
        }
        Knob::SingleFlight(joined) => {
            variant.service.single_flight = *joined;
            variant.model.same_key = if *joined { SameKey::Joined } else { SameKey::EachAsks };
        }
        Knob::Fill(fill) => variant.model.fill = *fill,
        Knob::Policy(policy) => variant.cell = Cell { policy: policy.clone(), ..variant.cell },
        Knob::Skew(_) => {
            if let Some(objects) = drawn {
                variant.requests = Requests { objects, next: None, ..variant.requests };
            }
        }
    }
    variant
}
