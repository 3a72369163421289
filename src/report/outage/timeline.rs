//! The windows of an outage, joined into the rows of a table that fits a screen: fine at first, coarser with time.

use super::sentence::sum;
use super::{Phase, TimelineRow};
use crate::analysis::outage::Story;
use crate::outage::window::Window;

/// Rows end at these times after the trigger, in seconds.
const ENDS: [f64; 24] = [
    1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 240.0, 300.0, 450.0, 600.0,
    900.0, 1800.0, 3600.0, 7200.0, 14400.0,
];

/// The rows; times are seconds after the first trigger's begin.
pub fn rows(story: &Story) -> Vec<TimelineRow> {
    let begins = story.begins.0;
    let over = story.over.0 - begins;
    // A step of the story begins a row of its own.
    let mut ends: Vec<f64> = ENDS.to_vec();
    ends.extend(story.steps.iter().map(|step| step.at.0 - begins));
    ends.extend([0.0, over]);
    ends.sort_by(f64::total_cmp);
    let mut rows: Vec<TimelineRow> = Vec::new();
    let mut from = 0;
    while from < story.windows.len() {
        let start = story.windows[from].start as f64 / 1e9 - begins;
        let end = ends.iter().copied().find(|end| *end > start + 1e-6).unwrap_or(f64::INFINITY);
        let belongs = |window: &&Window| (window.start as f64 / 1e9 - begins) + 1e-6 < end;
        let count = story.windows[from..].iter().take_while(belongs).count().max(1);
        rows.push(row(story, from..from + count, start, over));
        from += count;
    }
    rows
}

fn row(story: &Story, range: std::ops::Range<usize>, start: f64, over: f64) -> TimelineRow {
    let part = &story.windows[range];
    let all = sum(part);
    let seconds = part.len() as f64 * story.width.0;
    let rate = |count: u64| count as f64 / seconds;
    TimelineRow {
        from_seconds: start,
        to_seconds: start + seconds,
        phase: Phase::at(start, over),
        offered_per_second: rate(all.offered),
        success_ratio: all.success(),
        asked_per_second: rate(all.asked),
        answered_per_second: rate(all.answered),
        queue: all.queue,
        min_delay_seconds: all.min_delay as f64 / 1e9,
        hit_ratio: all.miss_ratio().map(|misses| 1.0 - misses),
        inserts_per_second: rate(all.inserts),
        retries_per_second: rate(all.retries),
        drops_per_second: rate(all.drops),
        user_seconds_lost: all.user_seconds_lost(),
    }
}
