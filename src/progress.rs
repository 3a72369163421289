//! Progress on standard error: a bar on a terminal, one line every 30 s otherwise. The only file that knows the bar.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How often a line is written where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(30);

/// Progress of one long job, counted in steps. May be shared between threads.
pub struct Progress {
    bar: ProgressBar,
    /// When the last line was written, where there is no terminal.
    last_line: Option<Mutex<Instant>>,
}

impl Progress {
    /// A job of so many steps, called `what`.
    pub fn start(what: &str, steps: u64) -> Progress {
        let terminal = std::io::stderr().is_terminal();
        let bar = ProgressBar::with_draw_target(Some(steps), ProgressDrawTarget::hidden());
        if terminal {
            let style = ProgressStyle::with_template("{msg} {wide_bar} {percent}%  {eta} left");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        bar.set_message(what.to_string());
        Progress { bar, last_line: (!terminal).then(|| Mutex::new(Instant::now())) }
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
            eprintln!("{}: {done} of {all} steps, {:.0} s left", self.bar.message(), self.bar.eta().as_secs_f64());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
