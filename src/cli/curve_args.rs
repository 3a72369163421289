//! The flags that ask for a miss-ratio curve, and for a sample instead of the whole trace.

use crate::analysis::sampled::Sampling;
use crate::analysis::{Sweep, curve};
use crate::units::Ratio;
use clap::Args;

/// How many sizes, and how exactly.
#[derive(Debug, Args)]
#[command(next_help_heading = "Curves and samples")]
pub struct CurveArgs {
    /// The miss-ratio curve: so many cache sizes from 0.01% of the footprint to all of it [default: 40]
    #[arg(long, value_name = "SIZES", num_args = 0..=1, require_equals = true, default_missing_value = "40",
          value_parser = clap::value_parser!(u64).range(2..=curve::MOST_SIZES), conflicts_with = "cache")]
    curve: Option<u64>,
    /// Estimate from this share of the keys, chosen by hash, with a band that holds the truth in 95 of 100 draws
    #[arg(long, value_name = "SHARE", value_parser = parse_share, conflicts_with_all = ["journal", "memory", "dry_run"])]
    sample: Option<Ratio>,
    /// Another seed samples other keys
    #[arg(long, value_name = "N", default_value_t = 0, requires = "sample")]
    seed: u64,
}

/// A share of the keys.
pub(super) fn parse_share(text: &str) -> std::result::Result<Ratio, String> {
    match text.parse::<Ratio>() {
        Ok(share) if share.get() > 0.0 => Ok(share),
        Ok(_) => Err("a sample of nothing says nothing; write it like 1%".to_string()),
        Err(error) => Err(error.to_string()),
    }
}

impl CurveArgs {
    /// The sweep, over the curve's sizes where one is asked for.
    pub fn sweep(&self, sweep: Sweep) -> Sweep {
        match self.curve {
            Some(count) => Sweep { sizes: curve::sizes(count as usize), ..sweep },
            None => sweep,
        }
    }

    /// What these flags mean, in sentences.
    pub fn assumptions(&self, sweep: &Sweep) -> Vec<String> {
        curve::assumptions(sweep, self.curve, self.sample.is_some())
    }

    /// Which keys to sample, where a sample is asked for.
    pub fn sampling(&self) -> Option<Sampling> {
        self.sample.map(|share| Sampling { share, seed: self.seed })
    }
}
