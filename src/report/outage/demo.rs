//! `coldgap demo` for reading: a service loses its cache, stays down, and heals once one knob is turned. Every number is one
//! of the simulations'. 78 columns.

use super::sentence::{how_late, share, tail};
use crate::analysis::outage::Story;
use crate::analysis::outage::demo::Demo;
use crate::outage::verdict::HEALTHY;
use crate::prose;
use crate::report::chart::{self, Ink};
use crate::units::{Seconds, grouped_rate};

/// How it may be drawn.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Characters of the charts.
    pub ink: Ink,
    /// Whether there is colour.
    pub colour: bool,
}

const WIDTH: usize = 78;
/// Lines of a chart.
const HEIGHT: usize = 4;
/// Length of the longest bar.
const BAR: f64 = 36.0;

/// The story.
pub fn render(demo: &Demo, look: Look) -> String {
    let Demo { plain, bounded, bound, better, better_name } = demo;
    let mut out = String::from("\n");
    let warm = hits_before(plain);
    let load = grouped_rate(plain.verdict.load);
    let backend = grouped_rate(plain.model.backend.mu.per_second);
    say(
        &mut out,
        &format!(
            "A shop on the web gets {load} requests a second. Its cache answers {} of them. A database that can give {backend} \
             answers a second does the rest, with room to spare.",
            share(warm)
        ),
    );
    say(&mut out, "Somebody restarts the cache. It is back at once, and empty.");
    picture(&mut out, plain, look);
    say(&mut out, &ending(plain));
    say(&mut out, &format!("The loop: {}", how_late(plain)));
    say(
        &mut out,
        &format!(
            "The same minute again: same requests, same cache, same database, same restart. One knob is turned: at most {bound} may \
             wait for the database, and whoever finds the queue full gets an error at once."
        ),
    );
    picture(&mut out, bounded, look);
    say(&mut out, &ending(bounded));
    say(
        &mut out,
        &format!(
            "Would a better cache have helped? {better_name} instead of LRU misses {} instead of {}. The knob as it was:",
            share(1.0 - hits_before(better)),
            share(1.0 - warm)
        ),
    );
    picture(&mut out, better, look);
    say(&mut out, &ending(better));
    say(&mut out, "The load up to which each of them comes back by itself:");
    let names = [better_name.clone(), "LRU".to_string(), format!("LRU, at most {bound} wait")];
    let stories = [better, plain, bounded];
    let most = stories.iter().filter_map(|story| story.edge?.low).fold(f64::MIN_POSITIVE, f64::max);
    let width = names.iter().map(String::len).max().unwrap_or(0);
    for (name, story) in names.iter().zip(stories) {
        let low = story.edge.and_then(|edge| edge.low).unwrap_or(0.0);
        let bar = chart::bar(low / most, BAR as usize, look.ink);
        out.push_str(&format!("    {name:<width$}  {:>7}/s  {bar}\n", grouped_rate(low)));
    }
    out.push('\n');
    say(
        &mut out,
        "The cache hides how little its database can carry, and a better cache hides more of it. How much does yours hide?",
    );
    out.push_str("    coldgap gap YOUR_TRACE -b 300/s       what you advertise, and what heals\n");
    out.push_str("    coldgap outage YOUR_TRACE -b 300/s    this story, with your requests\n\n");
    out
}

/// What became of it.
fn ending(story: &Story) -> String {
    match story.verdict.recovery {
        Some(after) => format!("It heals: {} after the restart everybody is served again.", Seconds(after.0.round())),
        None => format!(
            "It stays down. {} after the restart {} of the requests are answered in time, and it gets no better.",
            Seconds((story.ran.0 - story.begins.0).round()),
            share(tail(story).success().unwrap_or(0.0))
        ),
    }
}

fn hits_before(story: &Story) -> f64 {
    let lead = story.windows.partition_point(|window| window.start < story.begins.nanoseconds());
    let mut all = story.windows.first().copied().unwrap_or_default();
    story.windows[..lead].iter().skip(1).for_each(|window| all += *window);
    1.0 - all.miss_ratio().unwrap_or(1.0)
}

fn picture(out: &mut String, story: &Story, look: Look) {
    let success: Vec<Option<f64>> = story.windows.iter().map(|window| window.success()).collect();
    let values = chart::binned(&success, WIDTH - 12);
    for (i, row) in chart::area(&values, 1.0, HEIGHT, look.ink).iter().enumerate() {
        let label = if i == 0 { "served 100%" } else { "" };
        out.push_str(&format!("{label:>11} "));
        paint(out, row, &values, look);
        out.push('\n');
    }
    let lead = story.windows.partition_point(|window| window.start < story.begins.nanoseconds());
    let at = lead * values.len() / story.windows.len().max(1);
    let end = Seconds((story.ran.0 - story.begins.0).round()).to_string();
    let label = "^ cache restarted";
    let gap = values.len().saturating_sub(at + label.len() + end.len()).max(1);
    out.push_str(&format!("{:12}{}{label}{}{end}\n\n", "", " ".repeat(at), " ".repeat(gap)));
}

/// A line of a chart: green where users are served, red where they are not. The height says the same.
fn paint(out: &mut String, row: &str, values: &[Option<f64>], look: Look) {
    if !look.colour {
        return out.push_str(row.trim_end());
    }
    let mut last = "";
    for (cell, value) in row.chars().zip(values) {
        let colour = if value.is_none_or(|value| value >= HEALTHY) { "\x1b[32m" } else { "\x1b[31m" };
        if colour != last {
            out.push_str(colour);
            last = colour;
        }
        out.push(cell);
    }
    out.push_str("\x1b[0m");
}

fn say(out: &mut String, text: &str) {
    out.push_str(&prose::wrapped(text, "  ", WIDTH));
    out.push_str("\n\n");
}
