//! Whether a trace is enough for a cache and its losses, and what its own records say beside the replay: the part of `inspect`
//! that replays.

use crate::analysis::Sweep;
use crate::analysis::asked::default_losses;
use crate::analysis::calibration::Calibration;
use crate::analysis::enough::{Enough, enough};
use crate::error::Result;
use crate::policy::spec::PolicySpec;
use crate::report::format::{percent, size};
use crate::trace::Trace;
use crate::trace::profile::Profile;
use crate::units::{CacheSize, Loss, Rate, Ratio, Seconds, grouped};
use clap::Args;
use serde::Serialize;
use std::fmt::Display;

/// Halves whose misses differ by more than this factor do not say the same.
const ALIKE: f64 = 1.25;
/// Gets of a half below which a difference says nothing.
const LEAST_GETS: u64 = 1_000;
/// The longest decision must fit so often into what is counted.
const ROOM: f64 = 4.0;
/// Limits are sought where the trace goes on for so many timeouts after warm-up.
const TIMEOUTS: f64 = 10.0;
/// So large a share of objects that never come again, and so few requests for each, are those of a sample by request.
const SINGLE_USE: f64 = 0.7;
const FEW_REQUESTS: f64 = 1.5;
/// Hits on keys that the trace never had before, as a share of the recorded ones: beyond this, requests are missing.
const UNEXPLAINED: f64 = 0.2;

/// The cache and the losses that the trace shall be enough for.
#[derive(Debug, Args)]
pub struct JudgingArgs {
    /// The cache: 4GiB, 50_000obj, or a share of the footprint
    #[arg(short, long, value_name = "SIZE", default_value = "10%")]
    cache: CacheSize,
    /// The eviction policy
    #[arg(short, long, value_name = "POLICY", default_value = "lru", value_parser = one_policy)]
    policy: PolicySpec,
    /// Share of the requests that only warm the cache
    #[arg(long, value_name = "SHARE", default_value = "25%")]
    warmup: Ratio,
    /// Losses of cache nodes: 1/6, 16.7%, 100%
    #[arg(long, value_name = "LOSS,...", value_delimiter = ',', default_values_t = default_losses())]
    lose: Vec<Loss>,
    /// How long a client waits for an answer
    #[arg(long, value_name = "TIME", default_value = "1s", help_heading = "The service")]
    timeout: Seconds,
}

fn one_policy(text: &str) -> std::result::Result<PolicySpec, crate::error::Error> {
    text.parse()
}

/// What was found.
#[derive(Serialize)]
pub struct Judged {
    /// The cache as it was asked for.
    pub cache: String,
    policy: String,
    /// What the replay says of the trace's length.
    enough: Enough,
    /// Why it is not enough; empty where it is.
    not_enough: Vec<String>,
    /// Why it seems to be a sample by request; `None` where it does not.
    sampled_by_request: Option<&'static str>,
    /// What the records say; `None` where they say nothing.
    recorded: Option<Calibration>,
    /// The hit ratio of the replay over the gets whose records say who answered.
    replayed_hit_ratio: Option<f64>,
}

impl JudgingArgs {
    /// Replays the trace and judges it.
    ///
    /// # Errors
    /// A cache size that the trace cannot give.
    pub fn judge(&self, trace: &Trace, profile: &Profile) -> Result<Judged> {
        let sweep = Sweep {
            policies: vec![self.policy.clone()],
            sizes: vec![self.cache],
            ignore_size: false,
            warmup: self.warmup,
            threads: 1,
        };
        let mut trace = std::borrow::Cow::Borrowed(trace);
        if self.policy.info().needs_future {
            trace.to_mut().look_ahead();
        }
        let enough = enough(&trace, &sweep, &self.lose, self.timeout)?;
        let warm = sweep.warm_position(trace.len())?;
        let recorded = Calibration::of(&trace, warm);
        Ok(Judged {
            cache: self.cache.to_string(),
            policy: self.policy.to_string(),
            not_enough: not_enough(&enough, self.warmup.get(), self.timeout),
            sampled_by_request: sampled_by_request(profile, recorded.as_ref()),
            replayed_hit_ratio: recorded.as_ref().and_then(|_| replayed(&trace, &enough, warm)),
            recorded,
            enough,
        })
    }
}

/// The hit ratio of the replay where records say who answered.
fn replayed(trace: &Trace, enough: &Enough, warm: usize) -> Option<f64> {
    let said = trace.records.as_deref()?.iter().zip(&enough.missed).skip(warm).filter(|(record, _)| record.is_get());
    let (mut gets, mut hits) = (0u64, 0u64);
    for (_, missed) in said {
        gets += 1;
        hits += u64::from(!missed);
    }
    (gets > 0).then(|| hits as f64 / gets as f64)
}

/// Why the trace seems to hold some requests of each key, and not all requests of some keys.
fn sampled_by_request(profile: &Profile, recorded: Option<&Calibration>) -> Option<&'static str> {
    if profile.one_hit_ratio >= SINGLE_USE && profile.reuse_mean < FEW_REQUESTS {
        Some(
            "hardly any key comes again, as where requests are kept at random (1 in N, by trace id): then every hit ratio is too \
             low; keep all requests of a share of the keys instead",
        )
    } else if recorded.and_then(|recorded| recorded.unexplained_hit_ratio).is_some_and(|share| share > UNEXPLAINED) {
        Some(
            "many recorded hits are on keys that were not asked for before: requests are missing (kept at random?), or the trace is \
             short for what the cache keeps",
        )
    } else {
        None
    }
}

/// What is missing, in sentences.
fn not_enough(enough: &Enough, warmup: f64, timeout: Seconds) -> Vec<String> {
    let mut missing = Vec::new();
    let length = |seconds: Option<f64>, times: f64| {
        seconds.map_or(String::new(), |seconds| format!("; record {} or longer", Seconds((seconds * times).ceil())))
    };
    match enough.full_after_ratio {
        None => missing.push(
            "the cache never fills, so it evicts nothing: record longer, or judge a smaller one with -c".to_string(),
        ),
        Some(after) if after > warmup => missing.push(format!(
            "the cache is full only after {} of the requests, and warm-up ends at {}{}",
            percent(after),
            percent(warmup),
            length(enough.full_after_seconds, 1.0 / warmup.max(0.01))
        )),
        Some(_) => {}
    }
    if let [Some(first), Some(second)] = enough.hit_ratio_halves.map(|hits| hits.map(|hits| 1.0 - hits))
        && enough.gets >= 2 * LEAST_GETS
        && first.max(second) > ALIKE * first.min(second)
    {
        missing.push(format!(
            "its halves differ: {} of the gets miss in the first after warm-up, {} in the second; a day or a week may be needed to \
             see both",
            percent(first),
            percent(second)
        ));
    }
    if let Some(counted) = enough.counted_seconds {
        if counted < TIMEOUTS * timeout.0 {
            missing.push(format!(
                "it goes on for {} after warm-up, less than {TIMEOUTS} timeouts of {timeout}: nothing is known of losses{}",
                Seconds(counted),
                length(Some(timeout.0), TIMEOUTS / (1.0 - warmup))
            ));
        }
        if let Some(cut) = enough.losses.iter().find(|loss| !loss.ends_inside) {
            missing.push(format!(
                "after losing {} of the cache asks still grow when it ends, {} later: what that loss needs is not known{}",
                percent(cut.loss_ratio),
                Seconds(cut.seconds),
                length(Some(cut.seconds), ROOM / (1.0 - warmup))
            ));
        }
    } else {
        missing.push("it has no times: only hit ratios can be told".to_string());
    }
    missing
}

impl Judged {
    /// True where `gap --calibrated` finds something to use.
    pub fn calibrates(&self) -> bool {
        let says = |said: &Calibration| said.service_time_seconds.or(said.carried_per_second).is_some();
        self.recorded.as_ref().is_some_and(says)
    }

    /// What is printed, each with its name.
    pub fn lines(&self, line: &mut impl FnMut(&str, &dyn Display)) {
        let capacity = size(self.enough.capacity);
        let full = match (self.enough.full_after_seconds, self.enough.full_after_ratio) {
            (Some(seconds), _) => format!("full after {}", Seconds(seconds)),
            (None, Some(ratio)) => format!("full after {} of the requests", percent(ratio)),
            (None, None) => "never full".to_string(),
        };
        line("cache", &format!("{} with a cache of {} ({capacity}), {full}", self.policy, self.cache));
        if let (Some(hits), [Some(first), Some(second)]) = (self.enough.hit_ratio, self.enough.hit_ratio_halves) {
            let halves =
                format!("{} in the first half after warm-up, {} in the second", percent(first), percent(second));
            line("hits, replayed", &format!("{}: {halves}", percent(hits)));
        }
        self.recorded_lines(line);
        if let Some(longest) = self.enough.losses.iter().max_by(|a, b| a.seconds.total_cmp(&b.seconds)) {
            line(
                "losses",
                &format!(
                    "what a loss needs is decided within {}, the longest that of {} of the cache",
                    Seconds(longest.seconds),
                    percent(longest.loss_ratio)
                ),
            );
        }
        match self.not_enough.as_slice() {
            [] => line(
                "enough?",
                &"yes: the cache fills during warm-up, the halves agree, and what decides ends inside the trace",
            ),
            reasons => reasons.iter().enumerate().for_each(|(i, reason)| {
                line(if i == 0 { "enough?" } else { "" }, &format!("{}{reason}", if i == 0 { "no: " } else { "" }));
            }),
        }
        if let Some(why) = self.sampled_by_request {
            line("a sample?", &why);
        }
    }

    /// What records say beside the replay.
    fn recorded_lines(&self, line: &mut impl FnMut(&str, &dyn Display)) {
        let Some(recorded) = &self.recorded else { return };
        if let Some(hits) = recorded.hit_ratio {
            let beside = self.replayed_hit_ratio.map_or(String::new(), |replayed| {
                format!(", where the replay of this cache says {}", percent(replayed))
            });
            line("hits, recorded", &format!("{} of {} gets{beside}", percent(hits), grouped(recorded.gets)));
            if recorded.other_gets > 0 {
                let others = grouped(recorded.other_gets);
                line(
                    "kept as gets",
                    &format!(
                        "{others} whose records say neither hit nor miss: no cache may answer them, or it is not said"
                    ),
                );
            }
        }
        if let Some(seconds) = recorded.service_time_seconds {
            let time = Seconds(seconds);
            line("misses took", &format!("{time} on average, of {}: --service-time {time}", grouped(recorded.misses)));
        }
        if let (Some(rate), Some(at)) = (recorded.carried_per_second, recorded.carried_at_seconds) {
            let rate = Rate::answers(rate);
            line(
                "misses carried",
                &format!("{rate} over 10 s at {}, answered as fast as others: -b is {rate} or more", Seconds(at)),
            );
        }
        if let Some(tries) = recorded.most_tries.filter(|tries| *tries > 1) {
            line("retries", &format!("up to {} tries for one answer: --retries {}", tries, tries - 1));
        }
    }
}
