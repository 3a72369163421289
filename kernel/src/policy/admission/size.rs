//! Size threshold: objects above a size never enter. Many small objects are worth more hits than one large one.
//!
//! Paper: M. Abrams et al., "Caching proxies: limitations and potentials", WWW 1995 (LRU-THRESHOLD). Parameters: `max`.
//! It compares the size in the trace, also where the cache counts objects; a trace without sizes has none above one byte.
//! Cost: constant. Memory: none per object.
//! Poor where large objects are popular: each request for one goes to the backend, warm or cold.

use super::{Admission, FilterInfo};
use crate::policy::{Capacity, Parameter, ParameterError, Parameters};
use crate::request::Request;
use crate::units::CacheSize;

pub const INFO: FilterInfo = FilterInfo {
    name: "size",
    aliases: &["size-threshold"],
    summary: "inserts only objects up to a size",
    paper: "Abrams et al., Caching proxies: limitations and potentials, WWW 1995",
    weakness: "large objects that are popular",
    parameters: &[Parameter { name: "max", default: "1MiB", help: "the largest size that enters: 64KiB, 4096B" }],
    needs_victim: false,
    new,
};

#[derive(Clone)]
struct SizeThreshold {
    max: u64,
}

fn new(_: Capacity, _: usize, parameters: &Parameters) -> Result<Box<dyn Admission>, ParameterError> {
    let text = parameters.text("max", &INFO);
    let Ok(CacheSize::Bytes(max)) = text.parse() else {
        return Err(ParameterError(format!("max: '{text}' is not a number of bytes, such as 64KiB or 4096B")));
    };
    Ok(Box::new(SizeThreshold { max }))
}

impl Admission for SizeThreshold {
    fn admit(&mut self, request: &Request) -> bool {
        u64::from(request.size) <= self.max
    }

    fn resize(&mut self, _: Capacity) {}

    fn reset(&mut self) {}

    fn fork(&self) -> Box<dyn Admission> {
        Box::new(self.clone())
    }
}
