//! One service under one load, as people say it: cache, backend, queue, clients, when and for how long. What is not said is
//! found on the trace. It runs no outage.

use super::closed_loop::ClosedLoop;
use super::scenario::factor;
use crate::analysis::base::check_shares;
use crate::analysis::job::new_cache;
use crate::analysis::withstand::Withstand;
use crate::analysis::{AUTO_BACKEND_HEADROOM, Facts, Sweep};
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::outage::Model;
use crate::replay::cell::Cell;
use crate::replay::ground::Ground;
use crate::replay::windows::Windows;
use crate::replay::worst::columns::Columns;
use crate::replay::worst::lattice::value;
use crate::service::Service;
use crate::trace::Trace;
use crate::units::{Load, Rate, Seconds};

/// The service and its load.
#[derive(Clone)]
pub struct Setup {
    /// One policy, one cache size, warm-up, threads.
    pub sweep: Sweep,
    /// The backend's capacity; `None`: assume what the policy needs warm, and some headroom.
    pub backend: Option<Rate>,
    /// The backend's and the clients' other properties.
    pub service: Service,
    /// What simulations know beside that.
    pub closed_loop: ClosedLoop,
    /// The load; `None`: as recorded.
    pub load: Option<Load>,
    /// Width of the windows in which the recorded load is measured; `None`: one that suits the trace.
    pub load_window: Option<Seconds>,
    /// When it begins, after the trace's first request; `None`: chosen.
    pub at: Option<Seconds>,
    /// How long it is followed, in real time.
    pub horizon: Seconds,
    /// Seed of the simulation.
    pub seed: u64,
}

impl Setup {
    /// # Errors
    /// A trace without times, or without sizes where the backend counts bytes.
    pub(in crate::analysis) fn check(&self, trace: &Trace) -> Result<()> {
        if !trace.has_times() {
            return Err(Error::trace("the trace has no times, so it has no load")
                .at(&trace.name, None)
                .hint("give it a rate: --rate 3000/s"));
        }
        self.backend.map_or(Ok(()), |backend| check_shares(trace, backend.of))
    }

    /// The load as a factor of the recorded one.
    pub(in crate::analysis) fn factor(&self, today: f64) -> f64 {
        self.load.map_or(1.0, |load| factor(load, today))
    }

    /// The one cell.
    ///
    /// # Errors
    /// A cache size that the trace cannot give.
    pub(in crate::analysis) fn cell(&self, trace: &Trace, facts: &Facts) -> Result<Cell> {
        let mut cells = self.sweep.cells(&trace.about(), facts)?;
        cells.pop().ok_or_else(|| Error::usage("no policy was named"))
    }

    /// The backend given, or the smallest that carries the load while the cache is warm, and some headroom.
    ///
    /// # Errors
    /// Where none can be assumed.
    pub(in crate::analysis) fn backend(
        &self,
        trace: &Trace,
        cell: &Cell,
        warm: usize,
        load: f64,
        interrupt: &Interrupt,
    ) -> Result<Rate> {
        if let Some(backend) = self.backend {
            return Ok(backend);
        }
        let requests = trace.requests();
        let key_hashes = trace.key_hashes();
        let columns = Columns::of(&requests, &key_hashes);
        let ground = Ground {
            requests,
            key_hashes: &key_hashes,
            columns: &columns,
            warm,
            horizon: self.horizon,
            service: self.service,
            load,
            interrupt: interrupt.clone(),
        };
        let hits = ground.hits(&mut *new_cache(cell, trace)?, cell.room(), load);
        let withstand = Withstand {
            trace,
            ground: &ground,
            losses: &[],
            loads: &[load],
            certify: false,
            threads: self.sweep.threads,
        };
        let least = withstand.warm_backend(cell, &hits, load)?.map(value).filter(|mu| *mu > 0.0).ok_or_else(|| {
            Error::usage("a backend cannot be assumed: after warm-up the cache never misses, or no backend suffices")
                .at(&trace.name, None)
                .hint("say what the backend can do: -b 300/s")
        })?;
        Ok(Rate { per_second: least * AUTO_BACKEND_HEADROOM, of: self.service.demand })
    }

    /// Everything around the cache, with this backend.
    pub(in crate::analysis) fn model(&self, backend: Rate) -> Model {
        self.closed_loop.model(&self.service, backend)
    }
}

/// The load of the busiest window, requests a second.
///
/// # Errors
/// Where there is none.
pub(in crate::analysis) fn today(trace: &Trace, windows: &Windows) -> Result<f64> {
    let none = || {
        Error::trace("there is no load: no gets, or all at one instant")
            .at(&trace.name, None)
            .hint("look at its columns: coldgap inspect")
    };
    windows.busiest().map(|(_, load)| load).filter(|load| *load > 0.0).ok_or_else(none)
}
