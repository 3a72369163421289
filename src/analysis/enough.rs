//! Whether a trace is long enough for a cache and its losses: does the cache fill, do the halves say the same, does the time
//! that decides what a loss needs end inside the trace.
//!
//! A loss is judged at some moments by the first asks after it alone, as if misses of one key were joined: quick, and near
//! enough for a length. What a loss needs is found elsewhere.

use super::{Facts, Sweep};
use crate::analysis::job::new_cache;
use crate::error::Result;
use crate::placement::Lost;
use crate::policy::Capacity;
use crate::replay::Tally;
use crate::request::{Op, SECOND};
use crate::trace::Trace;
use crate::units::{Loss, Seconds};
use serde::Serialize;

/// Pieces of the replay, after each of which is looked how full the cache is.
const PIECES: usize = 200;
/// Moments at which each loss is tried, in each half.
const MOMENTS: usize = 4;
/// A cache is full from this share on.
const FULL: f64 = 0.98;
/// What is asked for is at its most once it is at this share of it: of a small loss it stays there for long.
const NEARLY: f64 = 0.97;
/// Two values nearer than this count as one.
const STEP: f64 = 1.001;
/// What is followed after a loss at the most, in nanoseconds.
const HORIZON: u64 = 900 * SECOND;

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Enough {
    /// The cache's capacity.
    #[serde(skip)]
    pub capacity: Capacity,
    /// Hit ratio of the gets after warm-up, and of each half of them; `None` without gets.
    pub hit_ratio: Option<f64>,
    /// The same of each half of the requests after warm-up.
    pub hit_ratio_halves: [Option<f64>; 2],
    /// Counted gets.
    pub gets: u64,
    /// After how much of the requests the cache was full, as a share; `None` where it never was.
    pub full_after_ratio: Option<f64>,
    /// The same in seconds; `None` without times.
    pub full_after_seconds: Option<f64>,
    /// Seconds that the trace goes on after warm-up; `None` without times.
    pub counted_seconds: Option<f64>,
    /// One for each loss; empty without times.
    pub losses: Vec<Deciding>,
    /// Gets that missed in the replay, by position; for whoever compares them with records.
    #[serde(skip)]
    pub missed: Vec<bool>,
}

/// How long after a loss its worst moment is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Deciding {
    /// The share of the cache that is lost.
    pub loss_ratio: f64,
    /// From the loss until most answers a second are asked for, in seconds: the longest of the moments tried.
    pub seconds: f64,
    /// Whether the trace went on after that, at the moment at which the most was asked for.
    pub ends_inside: bool,
    /// Answers a second asked for until then, at the worst moment of each half.
    pub need_halves: [f64; 2],
}

/// Replays the trace through the one cache of `sweep` and looks. `patience`: how long an ask may wait.
///
/// # Errors
/// A size that the trace cannot give; see [`Sweep::cells`].
pub fn enough(trace: &Trace, sweep: &Sweep, losses: &[Loss], patience: Seconds) -> Result<Enough> {
    let warm = sweep.warm_position(trace.len())?;
    let facts = Facts::of(trace, warm);
    let cells = sweep.cells(&trace.about(), &facts)?;
    let cell = &cells[0];
    let mut cache = new_cache(cell, trace)?;
    let requests = trace.requests();
    let mut missed = Vec::with_capacity(trace.len());
    let half = warm + (trace.len() - warm) / 2;
    let mut halves = [Tally::default(); 2];
    let mut full = None;
    let piece = trace.len().div_ceil(PIECES).max(1);
    let mut position = 0;
    while position < trace.len() {
        let next = [warm, half].into_iter().find(|cut| position < *cut && *cut < position + piece);
        let end = next.unwrap_or(position + piece).min(trace.len());
        let tally = cache.replay_noting(&requests.slice(position..end), &mut missed);
        if position >= warm {
            halves[usize::from(position >= half)] += tally;
        }
        position = end;
        if full.is_none() && cache.filled() >= FULL {
            full = Some(end);
        }
    }
    let hits = |tally: &Tally| tally.miss_ratio().map(|misses| 1.0 - misses);
    let mut total = halves[0];
    total += halves[1];
    let last = trace.times.last().copied();
    let seconds = |time: u64| time as f64 / SECOND as f64;
    let at = |position: usize| trace.times.get(position.min(trace.len() - 1)).copied();
    let hashes = trace.key_hashes();
    let losses = match trace.has_times() {
        true => losses.iter().map(|loss| deciding(trace, &missed, &hashes, (warm, half), *loss, patience)).collect(),
        false => Vec::new(),
    };
    Ok(Enough {
        capacity: cell.capacity,
        hit_ratio: hits(&total),
        hit_ratio_halves: [hits(&halves[0]), hits(&halves[1])],
        gets: total.requests,
        full_after_ratio: full.map(|position| position as f64 / trace.len() as f64),
        full_after_seconds: full.and_then(at).map(seconds),
        counted_seconds: last.zip(at(warm)).map(|(last, warm)| seconds(last - warm)),
        losses,
        missed,
    })
}

/// Tries a loss at moments of both halves: those at even places, and each half's first.
fn deciding(
    trace: &Trace,
    missed: &[bool],
    hashes: &[u32],
    (warm, half): (usize, usize),
    loss: Loss,
    patience: Seconds,
) -> Deciding {
    let lost = Lost::of(0, loss.lost, loss.nodes);
    let mut found = Deciding { loss_ratio: loss.share(), seconds: 0.0, ends_inside: true, need_halves: [0.0; 2] };
    let mut asked = vec![0u32; trace.object_count()];
    let mut stamp = 0;
    for (i, (begin, end)) in [(warm, half), (half, trace.len())].into_iter().enumerate() {
        for moment in (0..MOMENTS).map(|k| begin + (end - begin) * k / MOMENTS).filter(|moment| *moment < end) {
            stamp += 1;
            let walk = walk(
                trace,
                missed,
                |object| {
                    let is_new = asked[object] != stamp && lost.holds(hashes[object]);
                    asked[object] = stamp;
                    is_new
                },
                moment,
                patience,
            );
            found.seconds = found.seconds.max(walk.seconds);
            if walk.need > found.need_halves[0].max(found.need_halves[1]) {
                found.ends_inside = walk.ends_inside;
            }
            found.need_halves[i] = found.need_halves[i].max(walk.need);
        }
    }
    found
}

struct Walk {
    need: f64,
    seconds: f64,
    ends_inside: bool,
}

/// Follows one loss at `moment`: what missed anyway is asked for, and what `is_first` says of what was lost.
fn walk(
    trace: &Trace,
    missed: &[bool],
    mut is_first: impl FnMut(usize) -> bool,
    moment: usize,
    patience: Seconds,
) -> Walk {
    let begin = trace.times[moment];
    let (mut asks, mut last) = (0u64, begin);
    // Each time at which more was asked for than ever before.
    let mut highs: Vec<(f64, u64)> = vec![(0.0, begin)];
    for i in moment..trace.len() {
        last = trace.times[i];
        if last - begin > HORIZON {
            break;
        }
        let is_get = trace.ops.as_ref().is_none_or(|ops| ops[i] == Op::Get);
        let is_first = is_first(trace.objects[i].index());
        if !is_get || !(is_first || missed[i]) {
            continue;
        }
        asks += 1;
        let need = asks as f64 / ((last - begin) as f64 / SECOND as f64 + patience.0);
        if highs.last().is_some_and(|(most, _)| need > most * STEP) {
            highs.push((need, last));
        }
    }
    let most = highs.last().map_or(0.0, |(most, _)| *most);
    let at = highs.iter().find(|(need, _)| *need >= NEARLY * most).map_or(begin, |(_, at)| *at);
    let seconds = (at - begin) as f64 / SECOND as f64;
    // The most may lie at the very end, or so near that the next requests could have raised it.
    let after = (last - at) as f64 / SECOND as f64;
    Walk { need: most, seconds, ends_inside: after >= (seconds / 4.0).max(patience.0) }
}
