//! Eviction policies: the order in which a cache gives up its objects, and nothing else.
//!
//! A [`Policy`] keeps per-object state in [`Nodes`] and decides the victim. It must not know trace files, backends,
//! clocks or reports; membership, bytes, times to live and loss belong to the cache.
//!
//! Adding a policy = one file in this folder and one entry in [`registry!`](self). Everything else (command line, help,
//! documentation, conformance tests, benchmarks) follows from the registry.

mod adaptive;
pub mod admission;
mod ageing;
mod arc;
mod belady;
mod belady_size;
mod cacheus;
mod car;
mod clock;
mod clock2qplus;
mod clockpro;
mod contract;
mod eviction_pool;
mod experts;
mod fifo;
mod frequency;
mod gdsf;
mod ghosts;
mod heap;
mod hit_density;
mod hyperbolic;
pub(crate) mod in_place;
mod learning_rate;
mod least_frequent;
mod lecar;
mod lfu;
mod lfuda;
mod lhd;
mod lirs;
pub mod list;
mod lru;
mod lru_k;
mod memcached;
mod mq;
mod nodes;
mod parameters;
mod probation;
mod qdlp;
pub mod queue;
mod random;
mod recency;
mod redis_lfu;
mod redis_lru;
mod roster;
pub mod run;
mod s3fifo;
mod sieve;
mod slru;
pub mod spec;
mod twoq;
mod unbounded;
mod w_tinylfu;

pub use contract::{Capacity, Info, Policy, Population, Run, Victim, Visitor};
pub use nodes::Nodes;
pub use parameters::{Documented, Parameter, ParameterError, Parameters, SEED};

macro_rules! registry {
    ($($policy:ty),+ $(,)?) => {
        /// Every policy, in the order in which they are listed.
        pub static ALL: &[Info] = &[$(<$policy>::INFO),+];

        /// Calls the visitor with the policy of this name or alias; `None` where there is none.
        pub fn visit<V: Visitor>(name: &str, visitor: V) -> Option<V::Output> {
            $(if is_named(&<$policy>::INFO, name) { return Some(visitor.visit::<$policy>()); })+
            None
        }
    };
}

registry![
    fifo::Fifo,
    lru::Lru,
    clock::Clock,
    sieve::Sieve,
    slru::Slru,
    twoq::TwoQ,
    arc::Arc,
    car::Car,
    lirs::Lirs,
    clockpro::ClockPro,
    s3fifo::S3Fifo,
    qdlp::Qdlp,
    clock2qplus::Clock2QPlus,
    lfu::Lfu,
    lfuda::Lfuda,
    gdsf::Gdsf,
    lru_k::LruK,
    mq::Mq,
    random::Random,
    hyperbolic::Hyperbolic,
    lhd::Lhd,
    w_tinylfu::WTinyLfu,
    lecar::LeCaR,
    cacheus::Cacheus,
    memcached::Memcached,
    redis_lru::RedisLru,
    redis_lfu::RedisLfu,
    belady::Belady,
    belady_size::BeladySize,
    unbounded::Unbounded,
];

fn is_named(info: &Info, name: &str) -> bool {
    info.name.eq_ignore_ascii_case(name) || info.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
}

/// What the registry says of a name or alias.
pub fn info(name: &str) -> Option<&'static Info> {
    ALL.iter().find(|info| is_named(info, name))
}
