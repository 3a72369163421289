//! The outages of `coldgap demo`: one synthetic service that loses its cache three times. Everything is simulated anew.

use super::closed_loop::ClosedLoop;
use super::scenario::{Deed, one_policy};
use super::setup::Setup;
use super::words::QueueWord;
use super::{Extent, Question, Story, tell};
use crate::analysis::Sweep;
use crate::error::Result;
use crate::interrupt::Interrupt;
use crate::outage::trigger::{Happening, Trigger};
use crate::service::Service;
use crate::trace::Trace;
use crate::trace::synthetic::{Recipe, generate};
use crate::units::{CacheSize, Demand, Rate, Ratio, Seconds};

/// What the service's requests look like.
const RECIPE: &str = include_str!("demo.toml");

/// Answers a second that its database gives.
const BACKEND: f64 = 350.0;

/// The three outages.
pub struct Demo {
    /// The service as it is.
    pub plain: Story,
    /// With a queue that holds half of what the database answers within a timeout.
    pub bounded: Story,
    /// How many may wait in it.
    pub bound: u32,
    /// With a better eviction policy, and the queue as it was.
    pub better: Story,
    /// Its name.
    pub better_name: String,
}

/// Simulates them.
///
/// # Errors
/// None that the built-in recipe causes.
pub fn demo() -> Result<Demo> {
    let mut recipe = Recipe::parse(RECIPE, "the demo's recipe")?;
    recipe.name = "demo".to_string();
    let trace = generate(&recipe)?;
    let timeout = Seconds(1.0);
    let bound = (0.5 * BACKEND * timeout.0) as u32;
    let better_name = "sieve";
    let lose = |policy: &str, queue: QueueWord| lose_cache(&trace, policy, queue, timeout);
    Ok(Demo {
        plain: lose("lru", QueueWord::Unbounded)?,
        bounded: lose("lru", QueueWord::Bound(bound))?,
        bound,
        better: lose(better_name, QueueWord::Unbounded)?,
        better_name: better_name.to_uppercase(),
    })
}

fn lose_cache(trace: &Trace, policy: &str, queue: QueueWord, timeout: Seconds) -> Result<Story> {
    let setup = Setup {
        sweep: Sweep {
            policies: vec![one_policy(policy)?],
            sizes: vec![CacheSize::Objects(6000)],
            ignore_size: true,
            warmup: Ratio::new(0.25).unwrap_or(Ratio::NONE),
            threads: 0,
        },
        backend: Some(Rate::answers(BACKEND)),
        service: Service {
            demand: Demand::Answers,
            timeout,
            service_time: Seconds(0.01),
            retries: 0,
            single_flight: false,
        },
        closed_loop: ClosedLoop { queue, ..ClosedLoop::default() },
        load: None,
        load_window: None,
        at: Some(Seconds(50.0)),
        horizon: Seconds(60.0),
        seed: 1,
    };
    let question = Question {
        setup,
        deeds: vec![(Seconds(0.0), Deed::Happens(Happening::Trigger(Trigger::Flush)))],
        window: None,
        act_after: Seconds(30.0),
        extent: Extent { remedies: false, edges: true, ramp: false, alerts: false },
    };
    tell(trace, &question, &Interrupt::default(), &())
}
