//! What a service advertises, what it recovers from and what each loss needs, from some of its keys, and how far off that may
//! be.
//!
//! A sample of a share p of the keys is a service of its own ([`draw`]): p of the cache, p of the backend, clients that wait as
//! long. Its mean backlog, in seconds, is that of the whole, but chance weighs more in it, and a limit is the worst of all
//! moments: the sample says that less is carried and more is needed. How much, its halves say ([`interval`]).
//!
//! What hangs on single moments, on one draw of chance or on each node is not estimated: simulated outages, certificates,
//! the worst moment and node.

mod draw;
mod interval;
mod nodes;

pub use interval::Interval;
pub use nodes::Nodes;

use super::asked::in_order;
use super::base::Base;
use super::parts::{Done, Work, work};
use super::sampled::{Estimate, FEWEST_OBJECTS, Sample, Sampling};
use super::sweep::{Sweep, capacity_ratio};
use super::task::Task;
use super::{Backend, Facts, Finding, LossFinding, Question};
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::policy::Capacity;
use crate::progress::Watch;
use crate::replay::cell::Cell;
use crate::replay::grid;
use crate::service::Service;
use crate::trace::Trace;
use crate::trace::source::About;
use crate::units::{CacheSize, Load, Loss, Rate, Ratio, Seconds, significant};
use draw::{Counts, Drawing, Piece};
use interval::{Lean, SPLITS, Said};

/// Answers that the sample's backend must give within a timeout for the sample to say anything.
pub const FEWEST_ANSWERS: f64 = 30.0;
/// How many steps [`run`] tells of.
pub const STEPS: u64 = 1 + 2 * SPLITS.len() as u64;

/// What a sample of a trace said. Loads and backends are those of the service.
pub struct Estimated {
    /// The trace.
    pub trace: About,
    /// What it says of itself.
    pub facts: Facts,
    /// Which of its keys were drawn.
    pub sampling: Sampling,
    /// The share of the service's keys that this is: less, where the trace is itself a sample.
    pub share: f64,
    /// Requests in the sample.
    pub requests: usize,
    /// Keys in the sample.
    pub objects: usize,
    /// Keys among them that are there in any case, as they flood.
    pub flooding: usize,
    /// Load of the busiest window, requests a second.
    pub today: f64,
    /// Width of the windows.
    pub window: Seconds,
    /// From the first to the last request.
    pub span: Seconds,
    /// The load to carry, requests a second.
    pub load: f64,
    /// The backend.
    pub backend: Rate,
    /// One per cache size and policy; sizes outermost.
    pub cells: Vec<EstimatedCell>,
}

/// What was estimated of one policy at one cache size. `None`: the sample does not say.
pub struct EstimatedCell {
    /// The cell of the service.
    pub cell: Cell,
    /// Its capacity over the footprint in the same unit.
    pub capacity_ratio: f64,
    /// Counted misses of the trace.
    pub misses: Option<Estimate>,
    /// The largest load that survives warm, requests a second.
    pub advertised: Option<Interval>,
    /// The largest load that survives a full flush at any moment.
    pub hidden: Option<Interval>,
    /// The least backend at the load to carry by loss; the first is for losing nothing.
    pub needs: Vec<(Loss, Option<Interval>)>,
    /// Cache nodes needed so that losing one of them is survived.
    pub nodes: Option<Nodes>,
}

/// What one piece of the sample says of one cell, as of the service.
#[derive(Clone, Default)]
struct Answers {
    advertised: Option<f64>,
    hidden: Option<f64>,
    needs: Vec<(Loss, Option<f64>)>,
}

/// The question to the sample, and all that its pieces share.
struct Survey<'a> {
    /// Of the trace, as a service of its own.
    question: &'a Question,
    base: &'a Base,
    cells: &'a [Cell],
    /// The trace's share of the backend, a second.
    backend: f64,
    /// Losses that are tried: those that were asked for, and those that say how many nodes are needed.
    losses: Vec<Loss>,
    /// The share of its service's keys that the trace has.
    before: f64,
    /// The share of them that the sample has.
    share: f64,
    interrupt: &'a Interrupt,
}

/// Estimates from a sample of a trace's keys what the service withstands.
///
/// # Errors
/// See [`super::analyse`]; chains of blocks, which a sample breaks; no backend; a sample that is too small to say anything.
pub fn run(
    trace: &Trace,
    asked: &Question,
    sampling: Sampling,
    interrupt: &Interrupt,
    watch: &dyn Watch,
) -> Result<Estimated> {
    let backend = check(trace, asked)?;
    watch.phase("drawing keys");
    let before = trace.sample.map_or(1.0, |drawn| drawn.share.get());
    let share = before * sampling.share.get();
    let question = &of_trace(asked, before);
    let base = Base::new(trace, question, interrupt)?;
    let facts = &base.facts;
    let answers = backend.per_second / facts.mean_share(backend.of);
    check_share(trace, question, (share, before), answers)?;
    let cells = question.sweep.cells(&trace.about(), facts)?;
    let drawing = Drawing::new(trace, base.warm, sampling, &question.service, answers * before);
    let look_ahead = question.sweep.policies.iter().any(|policy| policy.info().needs_future);
    let counts = Counts { demand: backend.of, cache: cells[0].capacity, look_ahead };
    let losses = in_order(question.losses.iter().copied().chain(nodes::losses()).collect());
    let own_backend = backend.per_second * before;
    let survey =
        Survey { question, base: &base, cells: &cells, backend: own_backend, losses, before, share, interrupt };

    watch.phase("seeking the worst moments of the sample and its halves");
    let halves = (0..SPLITS.len()).flat_map(|split| [Some((split, 0)), Some((split, 1))]);
    let pieces: Vec<Option<(usize, u32)>> = [None].into_iter().chain(halves).collect();
    let said = grid::run(&pieces, question.sweep.threads, |piece| {
        let said = match piece {
            None => survey.ask(&drawing.sample(&counts)),
            Some((split, side)) => survey.ask(&drawing.half(*split, *side, &counts)),
        };
        watch.step();
        said
    })?;
    let sample = Sample::draw(trace, base.warm, sampling, look_ahead);
    let found = cells.iter().enumerate().map(|(i, cell)| {
        let misses = sample.estimate(cell, capacity_ratio(cell.capacity, facts))?;
        Ok(survey.found(i, misses, &said))
    });
    Ok(Estimated {
        trace: trace.about(),
        sampling,
        share,
        requests: drawing.requests(),
        objects: drawing.objects(),
        flooding: drawing.flooding(),
        today: base.today / before,
        window: base.windows.width,
        span: base.windows.span,
        load: base.today / before * base.load_factor,
        backend,
        cells: found.collect::<Result<_>>()?,
        facts: base.facts.clone(),
    })
}

impl Survey<'_> {
    /// What a piece says of every cell.
    fn ask(&self, piece: &Piece) -> Result<Vec<Answers>> {
        let capacities: Vec<Capacity> = self.cells.iter().map(|cell| piece.capacity(cell.capacity)).collect();
        let size = |capacity: &Capacity| match *capacity {
            Capacity::Objects(objects) => CacheSize::Objects(objects),
            Capacity::Bytes(bytes) => CacheSize::Bytes(bytes),
        };
        let demand = piece.demand(self.question.service.demand);
        let question = Question {
            sweep: Sweep {
                sizes: capacities.iter().map(size).collect(),
                ignore_size: false,
                warmup: piece.warmup,
                threads: 1,
                ..self.question.sweep.clone()
            },
            backend: Backend::Given(Rate { per_second: piece.backend(self.backend), of: demand }),
            service: Service { demand, ..self.question.service },
            load: Some(Load::TimesToday(self.base.load_factor)),
            window: Some(self.base.windows.width),
            losses: self.losses.clone(),
            ..self.question.clone()
        };
        let tasks: Vec<Task> = (0..self.cells.len()).map(Task::Limits).collect();
        let Work { bare, done } = work(&piece.trace, &question, &tasks, self.interrupt, &())?;
        let findings: Vec<&Finding> = done
            .values()
            .filter_map(|done| if let Done::Limits(finding, _) = done { Some(&**finding) } else { None })
            .collect();
        // Sizes that come to the same here are one.
        let is_of = |finding: &Finding, i: usize| {
            finding.cell.capacity == capacities[i] && finding.cell.policy == self.cells[i].policy
        };
        let of_cell = |i: usize| {
            let finding = findings.iter().find(|finding| bare.limits_known && is_of(finding, i));
            finding.map_or_else(Answers::default, |finding| self.answers(piece, bare.today, finding))
        };
        Ok((0..self.cells.len()).map(of_cell).collect())
    }

    /// What a finding on a piece means for the service.
    fn answers(&self, piece: &Piece, today: f64, finding: &Finding) -> Answers {
        // How busy the whole trace is does not hang on which keys were drawn.
        let load = |load: f64| match self.before {
            1.0 => load / today * self.base.today,
            before => load / (piece.share * before),
        };
        let above_zero = |value: &f64| *value > 0.0;
        let need = |of_loss: &LossFinding| {
            let per_second = of_loss.need.per_second.filter(above_zero);
            (of_loss.need.loss, per_second.map(|mu| mu / (piece.backend(1.0) * self.before)))
        };
        Answers {
            advertised: finding.advertised.filter(above_zero).map(load),
            hidden: finding.hidden.filter(above_zero).map(load),
            needs: finding.losses.iter().map(need).collect(),
        }
    }

    /// What all pieces, the first of which is the sample, say of a cell.
    fn found(&self, i: usize, misses: Option<Estimate>, said: &[Vec<Answers>]) -> EstimatedCell {
        let cell = &self.cells[i];
        let ratio = capacity_ratio(cell.capacity, &self.base.facts);
        let enough = ratio * self.share / self.before * self.base.facts.objects as f64 >= FEWEST_OBJECTS;
        let interval = |lean: Lean, of: &dyn Fn(&Answers) -> Option<f64>| {
            let full = of(&said[0][i])?;
            let halves = said[1..].chunks(2).map(|two| Some([of(&two[0][i])?, of(&two[1][i])?]));
            let halves = halves.collect::<Option<Vec<_>>>()?;
            enough.then(|| Said { share: self.share, full, halves }.interval(lean))
        };
        let losses = [Loss::NOTHING].into_iter().chain(self.losses.iter().copied());
        let need = |(at, loss): (usize, Loss)| {
            (loss, interval(Lean::More, &|answers| answers.needs.get(at).and_then(|(_, need)| *need)))
        };
        let needs = never_falling(losses.enumerate().map(need).collect());
        let mu = self.backend / self.before;
        let advertised = interval(Lean::Less, &|answers| answers.advertised);
        let hidden = interval(Lean::Less, &|answers| answers.hidden);
        let capacity = match cell.capacity {
            Capacity::Objects(objects) => Capacity::Objects((objects as f64 / self.before).round() as u64),
            Capacity::Bytes(bytes) => Capacity::Bytes((bytes as f64 / self.before).round() as u64),
        };
        EstimatedCell {
            cell: Cell { policy: cell.policy.clone(), capacity },
            capacity_ratio: ratio,
            misses,
            hidden: hidden.map(|hidden| advertised.map_or(hidden, |most| hidden.at_most(most))),
            advertised,
            nodes: Nodes::of(&needs, mu),
            needs: needs.into_iter().filter(|(loss, _)| self.is_asked(*loss)).map(|need| self.told(need)).collect(),
        }
    }

    /// A need, unknown where it is so small that the sample's share of it says nothing of the whole.
    fn told(&self, (loss, need): (Loss, Option<Interval>)) -> (Loss, Option<Interval>) {
        let Question { service, .. } = self.question;
        let answers = |need: &Interval| need.value / self.base.facts.mean_share(service.demand);
        (loss, need.filter(|need| is_enough(self.share, answers(need) * service.patience().0)))
    }

    fn is_asked(&self, loss: Loss) -> bool {
        loss == Loss::NOTHING || self.question.losses.contains(&loss)
    }
}

/// Who survives a loss survives a smaller one.
fn never_falling(mut needs: Vec<(Loss, Option<Interval>)>) -> Vec<(Loss, Option<Interval>)> {
    let mut least: Option<Interval> = None;
    for (_, need) in needs.iter_mut() {
        *need = need.map(|need| least.map_or(need, |least| need.at_least(least)));
        least = need.or(least);
    }
    needs
}

/// The question to a trace that has this share of its service's keys, as a service of its own; nothing is simulated.
fn of_trace(asked: &Question, before: f64) -> Question {
    let scaled = |amount: u64| ((amount as f64 * before).round() as u64).max(1);
    let size = |size: &CacheSize| match *size {
        CacheSize::Objects(objects) => CacheSize::Objects(scaled(objects)),
        CacheSize::Bytes(bytes) => CacheSize::Bytes(scaled(bytes)),
        share => share,
    };
    let load = asked.load.map(|load| match load {
        Load::PerSecond(load) => Load::PerSecond(load * before),
        load => load,
    });
    Question {
        sweep: Sweep { sizes: asked.sweep.sizes.iter().map(size).collect(), ..asked.sweep.clone() },
        load,
        seeds: Vec::new(),
        stretches: false,
        full: false,
        certify: false,
        growth: None,
        prices: None,
        ..asked.clone()
    }
}

/// The backend, where the question is one for a sample.
///
/// # Errors
/// One that is not.
fn check(trace: &Trace, question: &Question) -> Result<Rate> {
    if trace.chained.is_some() {
        return Err(Error::usage("a sample of the keys breaks chains of blocks, so it says nothing of them")
            .at(&trace.name, None)
            .hint("leave --sample out, or take a part of the trace: --limit, --until"));
    }
    question.backend.given().ok_or_else(|| {
        Error::usage("a sample says how a service gets on with its backend, and nobody said what that can do")
            .hint("say what the whole service's can do: -b 300/s")
    })
}

/// Whether this share of a backend that gives so many answers while a client waits says anything of it.
fn is_enough(share: f64, in_time: f64) -> bool {
    share * in_time >= FEWEST_ANSWERS || share >= 1.0
}

/// A sample must be large enough to say anything.
///
/// # Errors
/// One that is not.
fn check_share(trace: &Trace, question: &Question, (share, before): (f64, f64), answers: f64) -> Result<()> {
    let in_time = answers * question.service.patience().0;
    if is_enough(share, in_time) {
        return Ok(());
    }
    let least = Ratio::new((FEWEST_ANSWERS / in_time / before * 100.0).ceil() / 100.0);
    let hint = match least.filter(|least| least.get() < 1.0) {
        Some(least) => format!("take more of them: --sample {least}"),
        None => "so small a service must be looked at as a whole: leave --sample out".to_string(),
    };
    Err(Error::usage(format!(
        "the backend of this sample gives {} answers while a client waits, and fewer than {FEWEST_ANSWERS} say nothing of the whole",
        significant(share * in_time)
    ))
    .at(&trace.name, None)
    .hint(hint))
}
