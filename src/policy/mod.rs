//! Eviction policies: the order in which a cache gives up its objects, and nothing else.
//!
//! A [`Policy`] keeps per-object state in [`Nodes`] and decides the victim. It must not know trace files, backends,
//! clocks or reports; membership, bytes, times to live and loss belong to the cache.
//!
//! Adding a policy = one file in this folder and one entry in [`registry!`](self). Everything else (command line, help,
//! documentation, conformance tests, benchmarks) follows from the registry.

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
mod experts;
mod fifo;
mod frequency;
mod gdsf;
mod ghosts;
mod heap;
mod hit_density;
mod hyperbolic;
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
mod mq;
mod nodes;
mod parameters;
mod qdlp;
pub mod queue;
mod random;
mod recency;
mod roster;
pub mod run;
mod s3fifo;
mod sieve;
mod slru;
pub mod spec;
mod twoq;
mod unbounded;
mod w_tinylfu;

use crate::bitset::BitSet;
use crate::request::{ObjectId, Request};
pub use nodes::Nodes;
pub use parameters::{Documented, Parameter, ParameterError, Parameters, SEED};

/// How much a cache holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Capacity {
    /// So many objects; every object counts 1.
    Objects(u64),
    /// So many bytes; an object counts its size, at least 1.
    Bytes(u64),
}

impl Capacity {
    /// The number, in objects or bytes.
    pub fn amount(self) -> u64 {
        match self {
            Capacity::Objects(n) | Capacity::Bytes(n) => n,
        }
    }

    /// The number, where it counts objects.
    pub fn objects(self) -> Option<u64> {
        matches!(self, Capacity::Objects(_)).then_some(self.amount())
    }

    /// The number, where it counts bytes.
    pub fn bytes(self) -> Option<u64> {
        matches!(self, Capacity::Bytes(_)).then_some(self.amount())
    }
}

/// What the memory of a cell grows with.
#[derive(Debug, Clone, Copy)]
pub struct Population {
    /// Objects of the trace.
    pub objects: usize,
    /// Objects that are cached at once, at most; an estimate where the capacity is in bytes.
    pub cached: usize,
    /// Whether objects may leave otherwise than by eviction: deleted, expired or lost.
    pub removes: bool,
}

/// What a policy says of itself; feeds the command line, the documentation and the tests.
#[derive(Debug, Clone, Copy)]
pub struct Info {
    /// The name on the command line and in reports.
    pub name: &'static str,
    /// Other names it is known by.
    pub aliases: &'static [&'static str],
    /// One line: the idea.
    pub summary: &'static str,
    /// Where it was published.
    pub paper: &'static str,
    /// Where it is poor.
    pub weakness: &'static str,
    /// What may be set with `name:parameter=value`.
    pub parameters: &'static [Parameter],
    /// True where it reads [`Request::next`]: a bound, not a policy one can deploy.
    pub needs_future: bool,
    /// True where it never evicts: a bound that ignores the capacity.
    pub unbounded: bool,
}

impl Documented for Info {
    fn parameters(&self) -> &'static [Parameter] {
        self.parameters
    }
}

/// An eviction policy. The cache calls it; see each method for when.
pub trait Policy: Clone + Send + Sync + Sized + 'static {
    /// What it is.
    const INFO: Info;

    /// Whether it can name its victim beforehand, as filters that compare with the victim need.
    const NAMES_VICTIM: bool = false;

    /// Whether it gives up and refuses nothing while there is room, where every object counts 1: false for those with parts of
    /// fixed size. Until they are full, caches of all these policies hold the same objects.
    const FILLS_UP: bool = true;

    /// State per object, also while the object is not cached (ghosts). `Default` is "never seen".
    type Node: Copy + Default + Send + Sync + 'static;

    /// An empty policy for a cache of this capacity.
    ///
    /// # Errors
    /// A parameter outside its range.
    fn new(capacity: Capacity, parameters: &Parameters) -> Result<Self, ParameterError>;

    /// Bytes that the policy allocates beside its nodes, at most: what a prediction of memory adds to `size_of::<Self::Node>()` per object.
    fn memory(_population: &Population) -> u64 {
        0
    }

    /// A request found the object not cached; ghosts and sketches learn here. The object may be inserted much later,
    /// or never.
    fn on_miss(&mut self, _nodes: &mut Nodes<Self::Node>, _request: &Request) {}

    /// A request found the object cached.
    fn on_hit(&mut self, nodes: &mut Nodes<Self::Node>, request: &Request);

    /// Whether an object of this size may be inserted now. The cache has already refused objects larger than itself.
    fn admit(&mut self, _nodes: &mut Nodes<Self::Node>, _request: &Request) -> bool {
        true
    }

    /// Whether the object that is being inserted is worth less than the next victim, and stays out instead of it. Asked
    /// before each eviction that its insertion needs, so never while there is room.
    #[inline(always)]
    fn gives_way(&mut self, _nodes: &mut Nodes<Self::Node>, _request: &Request) -> bool {
        false
    }

    /// The object enters the cache; the cache has made room and set its weight.
    fn on_insert(&mut self, nodes: &mut Nodes<Self::Node>, request: &Request);

    /// Gives up one object: unlinks it, remembers it if it keeps ghosts, and returns it. Called only while at least one
    /// object is cached.
    fn evict(&mut self, nodes: &mut Nodes<Self::Node>) -> ObjectId;

    /// Gives up one more object although the cache as a whole has room, because a part of it is full. Called until
    /// `None`: after every hit, for what the hit moved; and before every insertion, once the cache has made room, with
    /// the request whose object is `entering`. Only policies whose parts have fixed sizes need it.
    #[inline(always)]
    fn overflow(&mut self, _nodes: &mut Nodes<Self::Node>, _entering: Option<&Request>) -> Option<ObjectId> {
        None
    }

    /// The object that [`evict`](Policy::evict) would give up now. It may do the work of finding it, turn a hand or draw at
    /// random, as long as the same victim is named, and evicted, until something else is called.
    fn victim(&mut self, _nodes: &mut Nodes<Self::Node>) -> Option<ObjectId> {
        None
    }

    /// A cached object was invalidated, expired or lost: unlinks it. It was not evicted, so it leaves no ghost.
    fn on_remove(&mut self, nodes: &mut Nodes<Self::Node>, object: ObjectId);

    /// The cache node that held this object's memory is lost: drops what is remembered of an object that is not cached.
    /// Called for every lost object, after `on_remove` where it was cached.
    fn forget(&mut self, _nodes: &mut Nodes<Self::Node>, _object: ObjectId) {}

    /// A run of gets, at most [`run::LENGTH`], through a full cache in which every object counts 1, each answered at once: for
    /// every one, what `on_hit` does where it is in `cached`, else what `on_miss`, `evict` and `on_insert` do, and `cached`
    /// follows. `missed`, as long as `gets`, becomes 1 for each get that missed and 0 for the others. False, with nothing
    /// done, where the run has to go the ordinary way. Only for policies that admit everything, and where it is faster: see
    /// [`run`].
    #[inline(always)]
    fn run(&mut self, _: &mut Nodes<Self::Node>, _cached: &mut BitSet, _gets: &[ObjectId], _missed: &mut [u8]) -> bool {
        false
    }

    /// A hint, some requests ahead: fetch the memory that a hit on `object` will touch beyond its own node.
    #[inline(always)]
    fn prefetch(&self, _nodes: &Nodes<Self::Node>, _object: ObjectId) {}
}

/// Something that is done with a policy's type, chosen by name: how code generic over [`Policy`] is reached from a
/// command line. `visit` is called with the one policy that the name stands for.
pub trait Visitor {
    /// What comes back.
    type Output;
    /// Called with the policy's type.
    fn visit<P: Policy>(self) -> Self::Output;
}

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
