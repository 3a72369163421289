//! The flags that say what surrounds the cache: the backend, and the clients' patience.

use super::compare::CandidateArgs;
use crate::error::{Error, Result};
use crate::service::Service;
use crate::units::{Demand, Rate, Seconds};
use clap::Args;

/// The backend and its clients; a trace says none of it.
#[derive(Debug, Args)]
#[command(next_help_heading = "The service")]
pub struct ServiceArgs {
    /// What the backend can do: 300/s answers, or 250MB/s [default: 1.1x what the baseline needs warm]
    #[arg(short, long, value_name = "RATE|auto", default_value = "auto", hide_default_value = true, value_parser = parse_backend)]
    backend: BackendArg,
    /// Mean time the backend works on one answer
    #[arg(long, value_name = "TIME", default_value = "10ms")]
    service_time: Seconds,
    /// How long a client waits for an answer
    #[arg(long, value_name = "TIME", default_value = "1s")]
    timeout: Seconds,
    /// How often a client asks again after a timeout
    #[arg(long, value_name = "N", default_value_t = 0)]
    retries: u32,
    /// A miss joins the fetch of the same key that is under way
    #[arg(long)]
    single_flight: bool,
}

/// `--backend`: a rate or `auto`.
#[derive(Debug, Clone, Copy)]
pub struct BackendArg(Option<Rate>);

/// Reads one.
pub fn parse_backend(text: &str) -> std::result::Result<BackendArg, String> {
    if text == "auto" {
        return Ok(BackendArg(None));
    }
    text.parse().map(|rate| BackendArg(Some(rate))).map_err(|error: crate::units::UnitError| error.to_string())
}

/// Refuses windows that hold nothing, and horizons within which nobody can see whether answers keep coming in time.
///
/// # Errors
/// One of these.
pub fn check_lengths(window: Option<Seconds>, horizon: Seconds, service: &Service) -> Result<()> {
    if window.is_some_and(|window| window.nanoseconds() == 0) {
        return Err(Error::usage("a window must be longer than nothing").hint("write it like --window 10s"));
    }
    let least = service.least_while();
    if horizon < least {
        return Err(Error::usage(format!(
            "a horizon of {horizon} is too short to tell what clients that wait {} recover from",
            service.timeout
        ))
        .hint(format!("give --horizon {}s or longer: ten timeouts", least.0)));
    }
    Ok(())
}

impl ServiceArgs {
    /// The backend, where one is given, and the service.
    ///
    /// # Errors
    /// A timeout within which no answer can come.
    pub fn resolve(&self) -> Result<(Option<Rate>, Service)> {
        let ServiceArgs { backend: BackendArg(backend), service_time, timeout, retries, single_flight } = *self;
        if timeout.0 <= service_time.0 {
            return Err(Error::usage(format!(
                "the timeout ({timeout}) must be longer than the service time ({service_time})"
            ))
            .hint("no answer could ever be in time; check --timeout and --service-time"));
        }
        let demand = backend.map_or(Demand::Answers, |backend| backend.of);
        Ok((backend, Service { demand, timeout, service_time, retries, single_flight }))
    }

    /// The same with what is changed for a candidate.
    pub fn with(&self, changed: &CandidateArgs) -> ServiceArgs {
        ServiceArgs {
            backend: changed.candidate_backend.unwrap_or(self.backend),
            service_time: changed.candidate_service_time.unwrap_or(self.service_time),
            timeout: changed.candidate_timeout.unwrap_or(self.timeout),
            retries: changed.candidate_retries.unwrap_or(self.retries),
            single_flight: changed.candidate_single_flight.unwrap_or(self.single_flight),
        }
    }
}
