//! Progress on standard error: a bar on a terminal, one line every 30 s otherwise. The only file that knows the bar.

use super::terminal::look;
use crate::progress::Watch;
use crate::units::{Seconds, grouped_rate};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::collections::BTreeSet;
use std::fmt;
use std::io::IsTerminal;
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

/// How often a line is written where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(30);

impl Watch for Progress {
    fn expect(&self, steps: u64) {
        Progress::expect(self, steps);
    }

    fn phase(&self, what: &'static str) {
        self.bar.set_message(what);
    }

    /// Only on a terminal, and each sentence once: where two questions are asked of one trace, both begin alike.
    fn say(&self, known: &str) {
        if self.last_line.is_none() && self.said.lock().is_ok_and(|mut said| said.insert(known.to_string())) {
            self.bar.suspend(|| eprintln!("{}", look().wrapped(known, "  ")));
        }
    }

    fn advance(&self, steps: u64) {
        Progress::step(self, steps);
    }
}

/// Progress of one long job, counted in steps. May be shared between threads.
pub struct Progress {
    bar: ProgressBar,
    /// What a step is: `requests`, or parts of different length, whose rate says nothing.
    unit: &'static str,
    /// When it became known how much there is to do: reading a trace before that is no part of the rate.
    started: OnceLock<Instant>,
    /// When the last line was written, where there is no terminal.
    last_line: Option<Mutex<Instant>>,
    /// What was said on a terminal.
    said: Mutex<BTreeSet<String>>,
}

impl Progress {
    /// A job of so many parts, called `what`. Parts take times of their own, so no time left is told.
    pub fn start(what: &str, parts: u64) -> Progress {
        let progress = Progress::new(what, "parts", "{msg} {wide_bar} {percent}%");
        progress.expect(parts);
        progress
    }

    /// A job that replays requests, called `what`; how many, [`Progress::expect`] says.
    pub fn requests(what: &str) -> Progress {
        Progress::new(what, "requests", "{msg} {wide_bar} {percent}%  {rate}  {left}")
    }

    fn new(what: &str, unit: &'static str, template: &str) -> Progress {
        let terminal = std::io::stderr().is_terminal();
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        if terminal {
            let rate = |state: &ProgressState, out: &mut dyn fmt::Write| {
                // A bar that cannot be written is no reason to stop.
                let _ = write!(out, "{} requests/s", grouped_rate(state.per_sec()));
            };
            let left = |state: &ProgressState, out: &mut dyn fmt::Write| {
                if told(state.pos(), state.len().unwrap_or(0)) {
                    let _ = write!(out, "{} left", Seconds(state.eta().as_secs_f64().round()));
                }
            };
            let style =
                ProgressStyle::with_template(template).map(|style| style.with_key("rate", rate).with_key("left", left));
            // Plain characters, for terminals of any kind.
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("##-"));
        }
        bar.set_message(what.to_string());
        let last_line = (!terminal).then(|| Mutex::new(Instant::now()));
        Progress { bar, unit, started: OnceLock::new(), last_line, said: Mutex::default() }
    }

    /// So many steps more are to be done.
    pub fn expect(&self, steps: u64) {
        if steps == 0 {
            return;
        }
        self.bar.inc_length(steps);
        // A bar without a length would show itself as done.
        if self.started.set(Instant::now()).is_ok() {
            self.bar.reset_elapsed();
            if self.last_line.is_none() {
                self.bar.set_draw_target(ProgressDrawTarget::stderr());
                self.bar.tick();
            }
        }
    }

    /// So many steps were done.
    pub fn step(&self, steps: u64) {
        self.bar.inc(steps);
        let Some(last) = &self.last_line else { return };
        if let Ok(mut last) = last.try_lock()
            && last.elapsed() >= LINE_EVERY
        {
            *last = Instant::now();
            let (done, all) = (self.bar.position(), self.bar.length().unwrap_or(0));
            let elapsed = self.started.get().map_or(Duration::ZERO, Instant::elapsed);
            eprintln!("{}: {}", self.bar.message(), line(done, all, self.unit, elapsed));
        }
    }
}

/// Whether enough is done for a time left to be told: a tenth.
fn told(done: u64, all: u64) -> bool {
    done > 0 && done * 10 >= all
}

/// How far a job is, for people without a terminal.
fn line(done: u64, all: u64, unit: &str, elapsed: Duration) -> String {
    let rate = done as f64 / elapsed.as_secs_f64().max(1e-9);
    let left = Seconds((all.saturating_sub(done) as f64 / rate.max(1e-9)).round());
    let percent = 100.0 * done as f64 / all.max(1) as f64;
    let rate = match (unit == "requests", told(done, all)) {
        (false, _) => String::new(),
        (true, false) => format!(", {} requests/s", grouped_rate(rate)),
        (true, true) => format!(", {} requests/s, {left} left", grouped_rate(rate)),
    };
    format!("{percent:.0}% of {} {unit}{rate}", grouped_rate(all as f64))
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_not_drawn_before_its_length_is_known() {
        let progress = Progress::start("replaying", 0);
        assert!(progress.started.get().is_none());
        progress.expect(3);
        assert!(progress.started.get().is_some() && progress.bar.length() == Some(3));
    }

    #[test]
    fn a_line_says_how_far_how_fast_and_how_long() {
        let minute = Duration::from_secs(60);
        assert_eq!(
            line(6_000_000, 24_000_000, "requests", minute),
            "25% of 24,000,000 requests, 100,000 requests/s, 180 s left"
        );
        assert_eq!(line(1_000, 24_000_000, "requests", minute), "0% of 24,000,000 requests, 16.7 requests/s");
        assert_eq!(line(3, 12, "parts", minute), "25% of 12 parts");
    }
}
