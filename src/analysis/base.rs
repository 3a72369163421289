//! What every task on a trace stands on: load, windows, facts, where warm-up ends; and what makes a trace unfit for a question.
//! It replays nothing.

use super::{Facts, Question};
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::replay::cell::Cell;
use crate::replay::ground::Ground;
use crate::replay::windows::{MOST_WINDOWS, Windows};
use crate::replay::worst::columns::Columns;
use crate::trace::Trace;
use crate::units::{Amount, Demand, Load, Seconds};

/// What is known of a trace and a question before anything is replayed.
pub(super) struct Base {
    pub facts: Facts,
    pub windows: Windows,
    /// Position of the first counted request.
    pub warm: usize,
    /// Load of the busiest window, requests a second.
    pub today: f64,
    /// When that window starts, seconds since the trace began.
    pub busiest_at: f64,
    /// The load to carry over the recorded one.
    pub load_factor: f64,
    key_hashes: Vec<u32>,
    columns: Columns,
}

impl Base {
    /// Of a trace.
    ///
    /// # Errors
    /// See [`super::analyse`]; an interrupt.
    pub fn new(trace: &Trace, question: &Question, interrupt: &Interrupt) -> Result<Base> {
        let requests = trace.requests();
        let warm = question.sweep.warm_position(trace.len())?;
        if !trace.has_times() {
            return Err(Error::trace("the trace has no times, so it has no load")
                .at(&trace.name, None)
                .hint("give it a rate: --rate 3000/s"));
        }
        check_shares(trace, question.service.demand)?;
        check_window(trace, question)?;
        let windows = Windows::cut(&requests, question.window);
        interrupt.check()?;
        let facts = Facts::of(trace, warm);
        interrupt.check()?;
        if facts.gets == 0 {
            return Err(Error::trace("the trace has no gets, so it has no load")
                .at(&trace.name, None)
                .hint("check the op column: coldgap inspect"));
        }
        let no_load = || {
            Error::trace("all requests carry the same time, so there is no load")
                .at(&trace.name, None)
                .hint("check the time column (coldgap inspect), or read the trace without it and give --rate")
        };
        let (busiest, today) = windows.busiest().filter(|(_, load)| *load > 0.0).ok_or_else(no_load)?;
        let busiest_at = busiest.start as f64 / 1e9;
        let load_factor = match question.load {
            None => 1.0,
            Some(Load::TimesToday(factor)) => factor,
            Some(Load::PerSecond(load)) => load / today,
        };
        let key_hashes = trace.key_hashes();
        interrupt.check()?;
        let columns = Columns::of(&requests, &key_hashes);
        Ok(Base { facts, windows, warm, today, busiest_at, load_factor, key_hashes, columns })
    }

    /// Whether requests keep coming for so long after warm-up, at the load to carry, that limits can be told.
    pub fn lasts_long_enough(&self, trace: &Trace, question: &Question) -> bool {
        let rest = (trace.times[trace.len() - 1] - trace.times[self.warm]) as f64 / 1e9;
        Seconds(rest / self.load_factor) >= question.service.least_while()
    }

    /// The ground that replays and walks share.
    pub fn ground<'t>(&'t self, trace: &'t Trace, question: &Question, interrupt: &Interrupt) -> Ground<'t> {
        Ground {
            requests: trace.requests(),
            key_hashes: &self.key_hashes,
            columns: &self.columns,
            warm: self.warm,
            horizon: question.horizon,
            service: question.service,
            load: self.load_factor,
            interrupt: interrupt.clone(),
        }
    }
}

fn check_window(trace: &Trace, question: &Question) -> Result<()> {
    let span = trace.times.last().copied().unwrap_or(0);
    match question.window {
        Some(window) if span / window.nanoseconds().max(1) > MOST_WINDOWS => {
            Err(Error::usage(format!("windows of {window} cut this trace into more than a million"))
                .at(&trace.name, None)
                .hint("leave --window out, or give a wider one"))
        }
        _ => Ok(()),
    }
}

/// A trace must say what its misses take of a backend that is counted so.
///
/// # Errors
/// One that does not.
pub(super) fn check_shares(trace: &Trace, demand: Demand) -> Result<()> {
    let says = trace.requests().shares(demand).is_some();
    let (error, hint) = match demand {
        Demand::Answers => return Ok(()),
        _ if says => return Ok(()),
        Demand::Bytes => (
            "the backend is given in bytes a second, but the trace has no sizes".to_string(),
            "give it in answers a second: -b 300/s".to_string(),
        ),
        Demand::Units(name) => (
            format!("the backend is given in {} a second, but the trace does not say what a miss costs", name.as_str()),
            "name the column of costs: --columns cost=NAME; or give the backend in answers a second: -b 300/s"
                .to_string(),
        ),
    };
    Err(Error::usage(error).at(&trace.name, None).hint(hint))
}

/// Prices must be for what capacities are counted in.
///
/// # Errors
/// Those that are not.
pub fn check_prices(trace: &Trace, question: &Question, cells: &[Cell]) -> Result<()> {
    let Some(price) = question.prices.map(|prices| prices.cache) else { return Ok(()) };
    let fits = |cell: &Cell| matches!(price.of, Amount::Objects(_)) == cell.capacity.objects().is_some();
    if cells.iter().all(fits) {
        return Ok(());
    }
    let (counted, hint) = match price.of {
        Amount::Bytes(_) => {
            ("objects", "write it like --cache-price '2 per 1000obj', or give the size in bytes: -c 4GiB")
        }
        Amount::Objects(_) => ("bytes", "write it like --cache-price '5 per GiB', or count objects: --ignore-size"),
    };
    Err(Error::usage(format!("the cache is priced at {price}, but its size is counted in {counted}"))
        .at(&trace.name, None)
        .hint(hint))
}
