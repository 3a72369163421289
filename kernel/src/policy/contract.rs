//! What a policy is: the trait, what a policy says of itself, and how one is reached by its name.
//!
//! It knows objects and requests. It must not know which policies there are (mod.rs does), nor the cache that calls them.

use super::nodes::Nodes;
use super::parameters::{Documented, Parameter, ParameterError, Parameters};
use crate::bitset::BitSet;
use crate::request::{ObjectId, Request};
use serde::{Deserialize, Serialize};

/// How much a cache holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Capacity {
    /// So many objects; every object counts 1.
    Objects(u64),
    /// So many bytes; an object counts its size, at least 1.
    Bytes(u64),
}

impl Capacity {
    /// The number, in objects or bytes.
    #[inline(always)]
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

    /// Another number of the same unit.
    pub fn with(self, amount: u64) -> Capacity {
        match self {
            Capacity::Objects(_) => Capacity::Objects(amount),
            Capacity::Bytes(_) => Capacity::Bytes(amount),
        }
    }

    /// A share of it, rounded down.
    pub fn part(self, share: f64) -> u64 {
        (self.amount() as f64 * share) as u64
    }

    /// A share of it, rounded down, but at least 1.
    pub fn nonempty_part(self, share: f64) -> u64 {
        self.part(share).clamp(1, self.amount().max(1))
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
    /// True where it reads [`Request::time`]: then it gets one with every request. Where a trace has none, all is at once.
    pub needs_time: bool,
    /// True where it never evicts: a bound that ignores the capacity.
    pub unbounded: bool,
    /// True if it never evicts or refuses an object before the cache is full, where every object counts 1; where they have sizes,
    /// none that takes a hundredth of it at most before it is nine tenths full. Until then caches of all these policies hold the
    /// same objects, and outcomes are shared among them.
    pub fills_up: bool,
}

impl Info {
    /// What a policy need not say: it has no other names and no parameters, and promises nothing.
    pub const PLAIN: Info = Info {
        name: "",
        aliases: &[],
        summary: "",
        paper: "",
        weakness: "",
        parameters: &[],
        needs_future: false,
        needs_time: false,
        unbounded: false,
        fills_up: false,
    };
}

impl Documented for Info {
    fn parameters(&self) -> &'static [Parameter] {
        self.parameters
    }
}

/// Names the object that the next eviction will give up; see [`Policy::VICTIM`].
pub type Victim<P> = fn(&mut P, &mut Nodes<<P as Policy>::Node>) -> ObjectId;

/// Passes a run of gets: `run(policy, nodes, cached, gets, missed)`.
///
/// There are at most [`LENGTH`](super::run::LENGTH) gets, the cache is full, every object counts 1, nobody refuses one, and each get is answered at
/// once. For every one it does what `on_hit` does where the object is in `cached`, else what `on_miss`, `recall`, `evict` and
/// `on_insert` do; `cached` follows. `missed`, as long as `gets`, becomes 1 for each get that missed and 0 for the others.
pub type Run<P> = fn(&mut P, &mut Nodes<<P as Policy>::Node>, &mut BitSet, &[ObjectId], &mut [u8]);

/// An eviction policy. The cache calls it; see each method for when.
pub trait Policy: Clone + Send + Sync + Sized + 'static {
    /// What it is.
    const INFO: Info;

    /// How it names beforehand the object that [`evict`](Policy::evict) would give up now, as filters that compare with the
    /// victim need; `None` where it cannot. It may do the work of finding it, turn a hand or draw at random, as long as the
    /// same victim is named, and evicted, until something else is called. Called only while an object is cached.
    const VICTIM: Option<Victim<Self>> = None;

    /// A faster way for a run of gets, see [`run`](super::run); `None` for the ordinary one.
    const RUN: Option<Run<Self>> = None;

    /// State per object, also while the object is not cached (ghosts). `Default` is "never seen".
    type Node: Copy + Default + Send + Sync + 'static;

    /// An empty policy for a cache of this capacity.
    ///
    /// # Errors
    /// A parameter outside its range.
    fn new(capacity: Capacity, parameters: &Parameters) -> Result<Self, ParameterError>;

    /// Bytes that the policy allocates beside its nodes, at most: what a prediction of memory adds to
    /// `size_of::<Self::Node>()` per object.
    fn memory(_population: &Population) -> u64 {
        0
    }

    /// The cache holds more or less from now on: parts, ghosts and targets follow, and what it learnt stays. Nothing is evicted
    /// here: where too much is cached, the cache asks [`evict`](Policy::evict) for victims next. Also called of an empty
    /// policy, which then touches no node.
    fn resize(&mut self, nodes: &mut Nodes<Self::Node>, capacity: Capacity);

    /// A request found the object not cached; sketches and clocks learn here. The object may be inserted much later,
    /// or never.
    fn on_miss(&mut self, _nodes: &mut Nodes<Self::Node>, _request: &Request) {}

    /// An object that is not cached is asked for, or its answer came: if it is remembered as a ghost, what that teaches is
    /// learnt, and it is a ghost no longer. Called after [`on_miss`](Policy::on_miss), and again before the insertion if that
    /// comes later: meanwhile the object may have been inserted and evicted, and be a ghost again.
    #[inline(always)]
    fn recall(&mut self, _nodes: &mut Nodes<Self::Node>, _object: ObjectId) {}

    /// A request found the object cached.
    fn on_hit(&mut self, nodes: &mut Nodes<Self::Node>, request: &Request);

    /// Whether an object of this size may be inserted now. The cache has already refused objects larger than itself.
    #[inline(always)]
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

    /// Gives up one object: unlinks it, remembers it if it keeps ghosts, and returns it. `entering` is the admitted request
    /// whose object needs the room; `None` where the cache has shrunk. Called only while at least one object is cached.
    fn evict(&mut self, nodes: &mut Nodes<Self::Node>, entering: Option<&Request>) -> ObjectId;

    /// Gives up one more object although the cache as a whole has room, because a part of it is full. Called until
    /// `None`: after every hit, for what the hit moved, and after the cache has shrunk; and before every insertion, once the
    /// cache has made room, with the request whose object is `entering`. Only policies whose parts have fixed sizes need it.
    #[inline(always)]
    fn overflow(&mut self, _nodes: &mut Nodes<Self::Node>, _entering: Option<&Request>) -> Option<ObjectId> {
        None
    }

    /// A cached object was invalidated, expired or lost: unlinks it. It was not evicted, so it leaves no ghost.
    fn on_remove(&mut self, nodes: &mut Nodes<Self::Node>, object: ObjectId);

    /// The cache node that held this object's memory is lost: drops what is remembered of an object that is not cached.
    /// Called for every lost object, after `on_remove` where it was cached.
    fn forget(&mut self, _nodes: &mut Nodes<Self::Node>, _object: ObjectId) {}

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
