//! What a question was told, word by word: read as the flags of the command line are, and kept for the report's command. Who
//! watches the work, and who may stop it.

use crate::analysis::Backend;
use crate::analysis::outage::scenario::Scenario;
use crate::analysis::outage::words;
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;
use crate::outage::SameKey;
use crate::policy::spec::PolicySpec;
use crate::progress::Watch;
use crate::trace::Trace;
use crate::trace::input::in_shell;
use std::borrow::Cow;
use std::fmt::Display;
use std::str::FromStr;

/// The trace of a question, its words so far, and who is told of its progress.
#[derive(Clone)]
pub(super) struct Told<'t> {
    pub trace: &'t Trace,
    pub interrupt: Interrupt,
    pub watch: &'t dyn Watch,
    command: String,
}

impl<'t> Told<'t> {
    /// Nothing yet but the subcommand and the trace.
    pub fn new(subcommand: &str, trace: &'t Trace) -> Told<'t> {
        let command = format!("coldgap {subcommand} {}", in_shell(&trace.name));
        Told { trace, interrupt: Interrupt::default(), watch: &(), command }
    }

    /// Notes a word that was understood.
    pub fn note(&mut self, flag: &str, text: &str) {
        self.command += &match text {
            _ if UNTOLD.contains(&flag) => String::new(),
            "true" => format!(" --{flag}"),
            "false" => String::new(),
            text => format!(" --{flag}={}", in_shell(text)),
        };
    }

    /// The command that asks the same.
    pub fn command(&self) -> &str {
        &self.command
    }

    /// The trace for these policies: with its future, where one of them reads it.
    pub fn ahead(&self, policies: &[PolicySpec]) -> Cow<'t, Trace> {
        if self.trace.next.is_some() || !policies.iter().any(|policy| policy.info().needs_future) {
            return Cow::Borrowed(self.trace);
        }
        let mut trace = self.trace.clone();
        trace.look_ahead();
        Cow::Owned(trace)
    }
}

/// Words that change no result.
const UNTOLD: [&str; 1] = ["threads"];

/// Reads one word.
///
/// # Errors
/// A word that means nothing here, with the flag it was given for.
pub(super) fn read<T: FromStr<Err: Display>>(flag: &str, text: &str) -> Result<T> {
    text.trim().parse().map_err(|cause| wrong(flag, &cause))
}

/// Reads words between commas.
///
/// # Errors
/// See [`read`].
pub(super) fn list<T: FromStr<Err: Display>>(flag: &str, text: &str) -> Result<Vec<T>> {
    text.split(',').map(|part| read(flag, part)).collect()
}

pub(super) fn wrong(flag: &str, cause: &dyn Display) -> Error {
    Error::usage(format!("{flag}: {cause}"))
        .hint(format!("it is written as --{flag} of the command: coldgap gap --help"))
}

/// A word that is none of this question.
pub(super) fn unknown(question: &str, flag: &str) -> Error {
    Error::usage(format!("{question} takes no '{flag}'"))
        .hint(format!("it takes what the flags of coldgap {question} say: coldgap {question} --help"))
}

/// Tells a service one word; false where it is none of a service.
///
/// # Errors
/// See [`read`].
pub(super) fn service(to: &mut Scenario, otherwise: &mut Backend, flag: &str, text: &str) -> Result<bool> {
    match flag {
        "backend" if text == "auto" => *otherwise = Backend::Assumed,
        "backend" => to.backend = Some(read(flag, text)?),
        "servers" => to.servers = Some(read(flag, text)?),
        "service-time" => to.service_time = Some(read(flag, text)?),
        "service" => to.service = list(flag, text)?,
        "timeout" => to.timeout = Some(read(flag, text)?),
        "retries" => to.retries = Some(read(flag, text)?),
        "backoff" => to.backoff = Some(words::backoff(text).map_err(|cause| wrong(flag, &cause))?),
        "retry-budget" => to.retry_budget = Some(read(flag, text)?),
        "queue" => to.queue = Some(read(flag, text)?),
        "abandoned" => to.abandoned = Some(read(flag, text)?),
        "error-cost" => to.error_cost = Some(read(flag, text)?),
        "single-flight" if text == "true" => to.single_flight = Some(SameKey::Joined),
        "single-flight" if text == "false" => to.single_flight = Some(SameKey::EachAsks),
        "single-flight" => to.single_flight = Some(read(flag, text)?),
        "late-answers" => to.late_answers = Some(read(flag, text)?),
        _ => return Ok(false),
    }
    Ok(true)
}

/// What every question has: its words, its interrupt, its watch.
macro_rules! tellable {
    ($question:ident) => {
        impl<'t> $question<'t> {
            /// What the backend can do: `300/s` answers, `250MB/s` of bandwidth, or `auto`: a guess, 1.1 times what the cache
            /// lets it need.
            ///
            /// # Errors
            /// No such rate.
            pub fn backend(self, rate: &str) -> Result<Self> {
                self.set("backend", rate)
            }

            /// The cache size: `4GiB`, `50_000obj`, `10%` of the footprint.
            ///
            /// # Errors
            /// No such size.
            pub fn cache(self, size: &str) -> Result<Self> {
                self.set("cache", size)
            }

            /// How long a client waits for an answer: `500ms`. 1 s where nobody says it.
            ///
            /// # Errors
            /// No such time.
            pub fn timeout(self, time: &str) -> Result<Self> {
                self.set("timeout", time)
            }

            /// How often a client asks again after a timeout.
            ///
            /// # Errors
            /// None.
            pub fn retries(self, times: u32) -> Result<Self> {
                self.set("retries", &times.to_string())
            }

            /// The load to carry: `3000/s` in the busiest window, or `2x` the recorded one.
            ///
            /// # Errors
            /// No such load.
            pub fn load(self, load: &str) -> Result<Self> {
                self.set("load", load)
            }

            /// Stops the work, from another thread, once it is set.
            #[must_use]
            pub fn interrupt(mut self, interrupt: &Interrupt) -> Self {
                self.told.interrupt = interrupt.clone();
                self
            }

            /// Who is told how the work goes on.
            #[must_use]
            pub fn watch(mut self, watch: &'t dyn Watch) -> Self {
                self.told.watch = watch;
                self
            }
        }

        /// The command that asks the same.
        impl fmt::Debug for $question<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($question)).field(&self.told.command()).finish()
            }
        }
    };
}
pub(super) use tellable;
