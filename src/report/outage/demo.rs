//! `coldgap demo` for reading: a service loses its cache, stays down, and heals once one knob is turned. Every number is one
//! of the simulations'.

use super::sentence::{how_late, share, sum, tail};
use crate::analysis::outage::Story;
use crate::analysis::outage::demo::Demo;
use crate::outage::verdict::HEALTHY;
use crate::prose;
use crate::report::chart;
use crate::report::sheet::Sheet;
use crate::report::sheet::look::{Look, Tone};
use crate::units::{Seconds, grouped_rate};

/// Columns of a line, where there are so many.
const WIDTH: usize = 78;
/// Columns before a chart.
const LEAD: usize = 12;
/// Columns of a bar's line that are neither a name nor the bar.
const BESIDE: usize = 17;
/// Lines of a chart.
const HEIGHT: usize = 4;
/// Length of the longest bar.
const BAR: usize = 36;

/// The story.
pub fn render(demo: &Demo, look: &Look) -> String {
    let Demo { plain, bounded, bound, better, better_name } = demo;
    let mut out = Sheet::new(look);
    out.blank();
    let warm = hits_before(plain);
    let load = grouped_rate(plain.offered());
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
    picture(&mut out, plain);
    say(&mut out, &ending(plain));
    say(&mut out, &how_late(plain));
    say(
        &mut out,
        &format!(
            "The same minute again: same requests, same cache, same database, same restart. One knob is turned: at most {bound} may \
             wait for the database, and whoever finds the queue full gets an error at once."
        ),
    );
    picture(&mut out, bounded);
    say(&mut out, &ending(bounded));
    say(
        &mut out,
        &format!(
            "Would a better cache have helped? {better_name} instead of LRU misses {} instead of {}. The knob as it was:",
            share(1.0 - hits_before(better)),
            share(1.0 - warm)
        ),
    );
    picture(&mut out, better);
    say(&mut out, &ending(better));
    say(&mut out, "The load at which each of them still heals by itself in 95 of 100 cases:");
    let names = [better_name.clone(), "LRU".to_string(), format!("LRU, at most {bound} wait")];
    let stories = [better, plain, bounded];
    let most = stories.iter().filter_map(|story| heals_at(story)).fold(f64::MIN_POSITIVE, f64::max);
    let width = names.iter().map(String::len).max().unwrap_or(0);
    let longest = look.room().saturating_sub(width + BESIDE).clamp(1, BAR);
    for (name, story) in names.iter().zip(stories) {
        let low = heals_at(story).unwrap_or(0.0);
        let bar = chart::bar(low / most, longest, look.ink);
        out.line(&format!("    {name:<width$}  {:>7}/s  {bar}", grouped_rate(low)));
    }
    out.blank();
    say(
        &mut out,
        "The cache hides how little its database can carry, and a better cache hides more of it. How much does yours hide?",
    );
    out.led("    coldgap gap YOUR_TRACE -b 300/s       ", "what you advertise, and what heals");
    out.led("    coldgap outage YOUR_TRACE -b 300/s    ", "this story, with your requests");
    out.blank();
    out.finish()
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
    1.0 - sum(&story.windows[..lead]).miss_ratio().unwrap_or(1.0)
}

fn picture(out: &mut Sheet, story: &Story) {
    let success: Vec<Option<f64>> = story.windows.iter().map(|window| window.success()).collect();
    let look = out.look;
    let values = chart::binned(&success, WIDTH.min(look.room()) - LEAD);
    for (i, row) in chart::area(&values, 1.0, HEIGHT, look.ink).iter().enumerate() {
        let label = if i == 0 { "served 100%" } else { "" };
        out.line(&format!("{label:>11} {}", painted(row, &values, &look)));
    }
    let lead = story.windows.partition_point(|window| window.start < story.begins.nanoseconds());
    let at = lead * values.len() / story.windows.len().max(1);
    let end = Seconds((story.ran.0 - story.begins.0).round()).to_string();
    let whole = "^ cache restarted";
    let label = if at + whole.len() + end.len() < values.len() { whole } else { "^" };
    let gap = values.len().saturating_sub(at + label.len() + end.len()).max(1);
    out.line(&format!("{:LEAD$}{}{label}{}{end}", "", " ".repeat(at), " ".repeat(gap)));
    out.blank();
}

/// A line of a chart: green where users are served, red where they are not. The height says the same.
fn painted(row: &str, values: &[Option<f64>], look: &Look) -> String {
    let cells: Vec<(char, bool)> =
        row.chars().zip(values.iter().map(|value| value.is_none_or(|value| value >= HEALTHY))).collect();
    let part = |cells: &[(char, bool)]| {
        let text: String = cells.iter().map(|(cell, _)| cell).collect();
        look.paint(if cells[0].1 { Tone::Good } else { Tone::Bad }, &text)
    };
    cells.chunk_by(|a, b| a.1 == b.1).map(part).collect()
}

fn say(out: &mut Sheet, text: &str) {
    out.line(&prose::wrapped(text, "  ", WIDTH.min(out.look.room())));
    out.blank();
}

/// The load at which 95 % heal, or the largest that was tried where more do.
fn heals_at(story: &Story) -> Option<f64> {
    let most = story.healing.as_ref()?.hidden[0];
    most.load.or(most.low)
}
