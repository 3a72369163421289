"""Reports, their fields and what these mean. Made by stubs.py from docs/schema; not written by hand."""

from typing import Any, Iterator, Optional

class _Fields:
    def __init__(self, fields: dict[str, Any]) -> None: ...
    def __getitem__(self, name: str) -> Any: ...
    def __iter__(self) -> Iterator[str]: ...
    def to_dict(self) -> dict[str, Any]:
        """The fields as plain Python."""

class Record(_Fields):
    """An object of a report's JSON: its fields are attributes, and items."""

    def __getattr__(self, name: str) -> Any: ...

class Report(_Fields):
    """A report: every field of the command's JSON, and what the command writes with -o."""

    def __init__(self, report: Any) -> None: ...
    def to_json(self) -> str:
        """The JSON that the command writes."""
    def to_html(self) -> str:
        """The page, complete in one file."""
    def to_markdown(self) -> str:
        """The page as Markdown."""
    def to_text(self, details: bool = False) -> str:
        """What the command prints; with every table where details are asked for."""
    def __arrow_c_stream__(self, requested_schema: Optional[object] = None) -> object:
        """The result table, with the columns of the command's CSV and Parquet."""
    def _repr_html_(self) -> str: ...

class GapBackendReport(_Fields):
    """The backend's capacity."""

    assumed: bool
    """True where it was not given."""
    of: str
    """What is counted."""
    per_second: float
    """Units a second."""

class GapCompulsoryPoint(_Fields):
    """Compulsory misses up to a point of the trace."""

    compulsory_misses: int
    """First touches among them."""
    requests: int
    """Gets since the trace began."""
    seconds: float
    """Seconds since the trace began."""

class GapConfig(_Fields):
    """The configuration as it was used."""

    abandoned_work: str
    """What becomes of work whose client gave up."""
    backend_price: Optional[str]
    """What the backend costs."""
    baseline: str
    """The policy others are compared with."""
    cache_price: Optional[str]
    """What the cache costs."""
    caches: list[str]
    """Cache sizes, as given."""
    full: bool
    """Whether other cache sizes and the service's knobs were tried."""
    growth_ratio: Optional[float]
    """By which share the load is to grow."""
    horizon_seconds: float
    """How much of the trace after a loss is walked."""
    ignore_size: bool
    """Whether every object counts 1."""
    losses: list[float]
    """Shares whose loss is tried."""
    nodes: int
    """Nodes of the cache."""
    policies: list[str]
    """Policies, as given."""
    queue_rule: str
    """The queue before the backend."""
    retries: int
    """Retries after a timeout."""
    seeds: list[int]
    """Seeds of the simulated outages; none where hidden capacity was not measured."""
    service_time_seconds: float
    """The backend's mean service time."""
    service_times: str
    """How service times scatter in simulations; older reports do not say this and the next two."""
    single_flight: bool
    """Whether fetches of one key are joined."""
    survive_ratio: Optional[float]
    """The loss that must be survived."""
    timeout_seconds: float
    """The client's timeout."""
    warmup_ratio: float
    """Share of the requests that only warm the caches."""

class GapEvent(_Fields):
    """Something that happens."""

    at_seconds: float
    """After the first trigger's begin."""
    what: str
    """What, in words."""

class GapGateRow(_Fields):
    """What a gate says of one row."""

    cache_capacity_bytes: Optional[int]
    """The cache's size; one of the two."""
    cache_capacity_objects: Optional[int]
    """The cache's size; one of the two."""
    expression: str
    """As it was given."""
    field: str
    """The column that is looked at."""
    known: str
    """What it means where that is null."""
    limit: float
    """The limit, in the column's unit."""
    loss_ratio: Optional[float]
    """What is lost, where the column differs by that."""
    operator: str
    """How the two are compared."""
    passed: bool
    """True where the expression does not hold."""
    policy: str
    """The policy."""
    text: str
    """What was found, in words."""
    trace: str
    """The trace."""
    value: Optional[float]
    """The column's value."""

class GapGrowthRow(_Fields):
    """What a policy at a cache size needs to survive one loss once the load has grown."""

    cache_capacity: int
    """The cache's size, in objects or bytes."""
    growth_ratio: float
    """How far the load may grow until this backend stops surviving the loss; below 0 it is too high already. Null: no
    limit, or unknown.
    """
    least_backend_per_second: Optional[float]
    """The smallest backend that carries the load and survives this loss at the worst moment, of the worst node, answers or
    bytes a second. Null: none is enough, or unknown.
    """
    load_per_second: float
    """The load to carry, requests a second of the busiest window."""
    loss_ratio: float
    """The share of the cache that is lost; 0: nothing."""
    policy: str
    """The eviction policy, with its parameters and filter."""
    safe_cut_ratio: Optional[float]
    """What may be cut of the backend if this loss must be survived; below 0: so much must be added. 1 - least backend /
    backend. Null: none is enough, or unknown.
    """
    trace: str
    """The trace, as the user named it."""

class GapHealingRow(_Fields):
    """Trials of one load and one distribution of service times: a full flush at each of the moments tried."""

    cache_capacity: int
    """The cache's size, in objects or bytes."""
    fitted_ratio: float
    """The share that heals, by the best fit of all trials that falls with the load."""
    healed: int
    """Whether it healed, or how often."""
    load_per_second: float
    """The load to carry, requests a second of the busiest window."""
    policy: str
    """The eviction policy, with its parameters and filter."""
    service: str
    """How service times scattered."""
    trace: str
    """The trace, as the user named it."""
    trials: int
    """How often this load was simulated."""

class GapIfLost(_Fields):
    """A full flush of the baseline's cache at the load to carry, simulated: what `coldgap outage` tells of it."""

    cache_capacity: int
    """The cache's size, in objects or bytes."""
    events: list[GapEvent]
    """What happens when."""
    moment_reason: str
    """Why this moment was taken."""
    moment_seconds: float
    """Of the flush, after the trace's first request."""
    policy: str
    """The eviction policy, with its parameters and filter."""
    restarts: GapRestarts
    """How the cache's nodes may restart: from the gentlest way on, up to the first that users feel."""
    restarts_sentence: str
    """The same in a sentence."""
    seed: int
    """The seed that is told: the one with which it went worst."""
    simulations: int
    """How often it was simulated, with other seeds and distributions of service times, and how often it healed."""
    simulations_healed: int
    """How many of them healed."""
    timeline: list[GapTimelineRow]
    """The windows joined into few rows."""
    trace: str
    """The trace, as the user named it."""
    verdict: GapVerdict2
    """What comes of it."""
    window_seconds: float
    """Width of the windows."""
    windows: list[GapWindowRow]
    """Every window."""

class GapMomentRow(_Fields):
    """One slice of a trace, and the worst loss tried in it at the load to carry."""

    cache_capacity: int
    """The cache's size, in objects or bytes."""
    loss: str
    """What is lost, as nodes of nodes: 1/8."""
    loss_ratio: float
    """The share of the cache that is lost; 0: nothing."""
    node: Optional[int]
    """The first of the nodes whose loss that is; null where the whole cache is lost."""
    policy: str
    """The eviction policy, with its parameters and filter."""
    start_seconds: float
    """Where the slice begins; the next one begins where it ends."""
    trace: str
    """The trace, as the user named it."""
    wait_seconds: Optional[float]
    """The longest wait in the backend's queue until it is as long as without the loss; null: longer than clients wait, so
    answers come too late.
    """

class GapMoneyRow(_Fields):
    """One loss survived by one policy at one cache size, and what that costs."""

    backend_cost: Optional[float]
    """What that backend costs, in the currency of the prices. Null: none is enough."""
    cache_capacity_bytes: Optional[int]
    """The cache's size in bytes. Null where objects are counted."""
    cache_capacity_objects: Optional[int]
    """The cache's size in objects. Null where bytes are counted."""
    cache_capacity_ratio: float
    """The cache's size over the trace's footprint."""
    cache_cost: float
    """What that cache costs, in the currency of the prices."""
    cheapest: bool
    """No other survives this loss for less."""
    cost: Optional[float]
    """Backend and cache together. Null: no backend is enough."""
    least_backend_per_second: Optional[float]
    """The smallest backend that carries the load and survives this loss at the worst moment, of the worst node, answers or
    bytes a second. Null: none is enough, or unknown.
    """
    loss_ratio: float
    """The share of the cache that is lost; 0: nothing."""
    must_survive: bool
    """True for the loss that `--survive` names."""
    on_frontier: bool
    """The cheapest, and no larger loss is survived for as little."""
    policy: str
    """The eviction policy, with its parameters and filter."""
    saving_ratio: Optional[float]
    """What is saved over today's cost; below 0: it costs more. Null: no backend is enough."""
    today_cost: float
    """Of today's backend and the baseline's first cache size."""
    trace: str
    """The trace, as the user named it."""

class GapRefillRow(_Fields):
    """One step of one refill curve."""

    cache_capacity: int
    """The cache's size, in objects or bytes."""
    misses: int
    """Gets that the cache did not answer, after warm-up."""
    policy: str
    """The eviction policy, with its parameters and filter."""
    requests: int
    """Requests that count: gets after warm-up; of a trace, all of it."""
    requests_since: int
    """Requests since the flush."""
    seconds: float
    """Seconds since the flush."""
    trace: str
    """The trace, as the user named it."""
    twin_misses: int
    """Misses of the twin that was not flushed."""

class GapRestartRow(_Fields):
    """One way of restarting: the worst of its trials."""

    at_once: int
    """Nodes that restart together."""
    healed: bool
    """Whether it healed, or how often."""
    moments_tried: int
    """Moments of the trace at which it was tried: those that leave enough of it. Reports of older versions do not say it."""
    recovery_seconds: Optional[float]
    """How long that takes, in the slowest simulation. Null: it does not, or not simulated."""
    safe: bool
    """Whether nobody feels it: at least 97 % are answered in time."""
    spacing_seconds: Optional[float]
    """Time between two restarts. Null where nodes restart at once."""
    worst_success_ratio: float
    """The lowest share answered in time over five windows."""

class GapRestarts(_Fields):
    """Restarts of the cache's nodes, at the load to carry."""

    batches: list[GapRestartRow]
    """Nodes that restart at once, from one on."""
    control_worst_success_ratio: Optional[float]
    """In the worst five windows while nothing restarts; null where the trace is too short to see anything."""
    load_per_second: float
    """The load to carry, requests a second of the busiest window."""
    nodes: int
    """Nodes of the cache."""
    safe_batch_nodes: Optional[int]
    """Null: unknown, or not even one."""
    safe_spacing_seconds: Optional[float]
    """Null: unknown, or none of those tried."""
    spacings: list[GapRestartRow]
    """All nodes one after the other, so far apart."""

class GapRow(_Fields):
    """One row of the result table: a policy at a cache size on a trace, and one loss. All columns before `loss` repeat for
    each loss.
    """

    advertised_long_run_per_second: Optional[float]
    """The load carried in the long run while the cache is warm, requests a second: backend / miss ratio. Null: never a
    miss.
    """
    advertised_per_second: Optional[float]
    """The largest load that is carried while the cache is warm, requests a second: no answer is late below it. Null: no
    limit, or unknown.
    """
    advertised_reclaimed_per_second: Optional[float]
    """Advertised capacity once the policy's saving was handed back by a smaller backend. Null for the baseline, or without
    limit.
    """
    amplification: Optional[float]
    """How much more an empty cache asks of the backend than the warm one: (1 + retries) / miss ratio. Null: never a miss."""
    backend_per_second: Optional[float]
    """What the backend can do: answers or bytes a second. Null: nobody said, and all that depends on it is unknown."""
    backend_unit: str
    """What the backend's capacity is counted in: answers, bytes, or units of the trace's costs."""
    baseline: str
    """The policy, or the value, that others are compared with."""
    bytes_missed: Optional[int]
    """Bytes of requests that missed after warm-up. Null where the trace has no sizes."""
    bytes_requested: Optional[int]
    """Bytes asked for after warm-up. Null where the trace has no sizes."""
    cache_capacity_bytes: Optional[int]
    """The cache's size in bytes. Null where objects are counted."""
    cache_capacity_objects: Optional[int]
    """The cache's size in objects. Null where bytes are counted."""
    cache_capacity_ratio: float
    """The cache's size over the trace's footprint."""
    compulsory_misses: int
    """First touches after warm-up: misses of every policy."""
    cost_missed: Optional[int]
    """What requests that missed after warm-up cost the backend. Null where the trace has no costs."""
    cost_requested: Optional[int]
    """What the requests after warm-up would cost the backend if all missed. Null where the trace has no costs."""
    escape_per_second: Optional[float]
    """The load under which the collapsed service climbs out by itself, requests a second of the busiest window. Null: not
    simulated.
    """
    floor_long_run_per_second: Optional[float]
    """The load served in the long run with no cache at all: backend / (1 + retries). Null without a backend."""
    floor_per_second: Optional[float]
    """The load that is served with no cache at all, requests a second. Null: no limit, or unknown."""
    gap_floor_ratio: Optional[float]
    """Advertised over floor. Null: unknown."""
    gap_per_second: Optional[float]
    """Advertised minus hidden capacity, requests a second. Null: unknown, or no limit."""
    gap_ratio: Optional[float]
    """The gap: advertised over hidden capacity, how far the service depends on its cache not being lost. Null: unknown, or
    no limit.
    """
    growth_ratio: Optional[float]
    """How far the load may grow until this backend stops surviving the loss; below 0 it is too high already. Null: no
    limit, or unknown.
    """
    healed_at_safe_ratio: Optional[float]
    """The share of simulated outages that heal at the safe bound. Null: not simulated."""
    hidden_05_per_second: Optional[float]
    """The load at which 5 % of simulated outages heal, requests a second. Null: not simulated, or at none that was tried."""
    hidden_05_per_second_high: Optional[float]
    """The upper end of its 95 % interval."""
    hidden_05_per_second_low: Optional[float]
    """The lower end of its 95 % interval."""
    hidden_50_per_second: Optional[float]
    """The load at which half of the simulated outages heal, requests a second. Null: not simulated, or at none that was
    tried.
    """
    hidden_50_per_second_high: Optional[float]
    """The upper end of its 95 % interval."""
    hidden_50_per_second_low: Optional[float]
    """The lower end of its 95 % interval."""
    hidden_95_per_second: Optional[float]
    """The load at which 95 % of simulated outages heal: measured hidden capacity, requests a second. Null: not simulated,
    or at none that was tried.
    """
    hidden_95_per_second_high: Optional[float]
    """The upper end of its 95 % interval."""
    hidden_95_per_second_low: Optional[float]
    """The lower end of its 95 % interval."""
    hidden_measured_end: Optional[str]
    """Why the search for measured hidden capacity ended upwards. Null: nothing was simulated."""
    hidden_measured_service: Optional[str]
    """The distribution of service times with which the fewest outages heal. Null: nothing was simulated."""
    hidden_measured_worst_moment_seconds: Optional[float]
    """After which flush the fewest healed, seconds into the trace. Null: nothing was simulated."""
    hidden_safe_certified: bool
    """Whether every moment was cleared, not only searched."""
    hidden_safe_per_second: Optional[float]
    """Hidden capacity: below this load, requests a second, no answer is late after the whole cache is lost at any moment;
    the service recovers by itself. Null: no limit, or unknown.
    """
    hidden_safe_per_second_p01: Optional[float]
    """The same at all but the worst hundredth of the moments."""
    hidden_safe_per_second_p50: Optional[float]
    """The same at half of the moments: typically."""
    hidden_safe_reclaimed_per_second: Optional[float]
    """Hidden capacity once the policy's saving was handed back by a smaller backend. Null for the baseline."""
    hits: int
    """Gets that the cache answered, after warm-up."""
    is_bound: bool
    """True for a bound that nobody can deploy, as one that sees the future."""
    least_backend_mildest_node_per_second: Optional[float]
    """What surviving the loss of the mildest of the nodes takes, about. Null where there is but one, or none is enough."""
    least_backend_per_second: Optional[float]
    """The smallest backend that carries the load and survives this loss at the worst moment, of the worst node, answers or
    bytes a second. Null: none is enough, or unknown.
    """
    limits_known: bool
    """False where nobody gave a backend, or the trace ends too soon after warm-up: then limits are unknown."""
    load_limit_per_second: Optional[float]
    """The largest load at which this backend survives the loss, requests a second. Null: no limit, or unknown."""
    load_per_second: float
    """The load to carry, requests a second of the busiest window."""
    loss: str
    """What is lost, as nodes of nodes: 1/8."""
    loss_certified: bool
    """Whether every moment and node was cleared for this loss, not only searched."""
    loss_ratio: float
    """The share of the cache that is lost; 0: nothing."""
    loss_survived_ratio: Optional[float]
    """The share of one node, of as few nodes as survive the loss of any of them. Null: the load is not carried even warm,
    or unknown.
    """
    loss_worst_moment_seconds: Optional[float]
    """When this loss is worst, seconds into the trace. Null where warm traffic decides."""
    loss_worst_node: Optional[int]
    """The first of the nodes whose loss is worst. Null where everything is lost."""
    miss_ratio: Optional[float]
    """Misses over gets, after warm-up."""
    miss_ratio_worst_window: Optional[float]
    """The largest miss ratio of a window after warm-up, but for one that the trace's end cuts. Null: no window holds
    enough gets.
    """
    misses: int
    """Gets that the cache did not answer, after warm-up."""
    naive_saving_ratio: Optional[float]
    """The saving that misses promise: 1 - miss ratio / that of the baseline. Null for the baseline."""
    nodes_needed: Optional[int]
    """The fewest cache nodes of which any one may be lost at the load to carry. Null: no number of them, or unknown."""
    policy: str
    """The eviction policy, with its parameters and filter."""
    reclaimable_ratio: Optional[float]
    """The share of the baseline's backend that this policy really lets go for the same loss. Null for the baseline, or
    unknown.
    """
    recovers: Optional[bool]
    """Whether the service heals by itself at the load to carry, in all simulations. Null: not simulated, or not settled."""
    recovery_seconds: Optional[float]
    """How long that takes, in the slowest simulation. Null: it does not, or not simulated."""
    refill_requests: Optional[int]
    """Requests until the cache is refilled. Null: not before the trace or the horizon ended."""
    refill_seconds: Optional[float]
    """How long after a flush until less than 1 % of the requests of the next ten steps miss only because of it. Null: not
    seen to end.
    """
    requests: int
    """Requests that count: gets after warm-up; of a trace, all of it."""
    requests_failed: Optional[int]
    """Requests that were not answered in time."""
    safe_cut_ratio: Optional[float]
    """What may be cut of the backend if this loss must be survived; below 0: so much must be added. 1 - least backend /
    backend. Null: none is enough, or unknown.
    """
    shed_ratio: Optional[float]
    """The share of the load to shed so that the collapsed service climbs out; 0 where it heals by itself. Null: not
    simulated.
    """
    trace: str
    """The trace, as the user named it."""
    transient_misses: Optional[int]
    """Misses that a full flush adds, against an undisturbed twin. Null without a backend, for which the worst moment is
    sought.
    """
    user_seconds_lost: Optional[float]
    """What users waited in vain until the simulation's end, in seconds of a user. Null: not simulated."""
    widening_ratio: Optional[float]
    """How far the gap is wider than the baseline's with the same backend. Null for the baseline, or unknown."""
    widening_reclaimed_ratio: Optional[float]
    """How far the gap is wider once the saving was handed back. Null for the baseline, or unknown."""
    worst_moment_seconds: Optional[float]
    """When a full flush is worst, seconds into the trace. Null without a backend."""

class GapSensitivity(_Fields):
    """What the knobs of the baseline's service do on one trace."""

    rows: list[GapSensitivityRow]
    """The rows."""
    sentence: str
    """What it comes to, in sentences."""
    trace: str
    """The trace, as the user named it."""

class GapSensitivityRow(_Fields):
    """One change of the service."""

    advertised_per_second: Optional[float]
    """Long-run: mu / m."""
    hidden_50_per_second: Optional[float]
    """The load at which half of them do; null: at none of those tried. Of all rows but the first, the first row's times
    what few trials of both tell.
    """
    hidden_95_per_second: Optional[float]
    """The load at which 95 % of outages heal, with its interval, as gap gives it; null in all rows but the first."""
    hidden_95_per_second_high: Optional[float]
    """The upper end of its 95 % interval."""
    hidden_95_per_second_low: Optional[float]
    """The lower end of its 95 % interval."""
    hidden_factor: Optional[float]
    """That load over the base row's."""
    hidden_safe_per_second: Optional[float]
    """Null where the predicate is not defined."""
    knob: str
    """`base`, `timeout`, `queue`, `retries`, `single_flight`, `insert_rule`, `eviction` or `skew`."""
    setting: str
    """What the knob is set to, in words."""

class GapSizeRow(_Fields):
    """The baseline at one cache size, without simulation."""

    advertised_per_second: Optional[float]
    """The largest load that is carried while the cache is warm, requests a second: no answer is late below it. Null: no
    limit, or unknown.
    """
    cache_capacity_bytes: Optional[int]
    """The cache's size in bytes. Null where objects are counted."""
    cache_capacity_objects: Optional[int]
    """The cache's size in objects. Null where bytes are counted."""
    cache_capacity_ratio: float
    """The cache's size over the trace's footprint."""
    gap_ratio: Optional[float]
    """The gap: advertised over hidden capacity, how far the service depends on its cache not being lost. Null: unknown, or
    no limit.
    """
    hidden_safe_per_second: Optional[float]
    """Hidden capacity: below this load, requests a second, no answer is late after the whole cache is lost at any moment;
    the service recovers by itself. Null: no limit, or unknown.
    """
    least_backend_per_second: Optional[float]
    """To survive the largest loss of those that are tried."""
    least_backend_warm_per_second: Optional[float]
    """To carry the load while nothing is lost."""
    loss_ratio: float
    """The share of the cache that is lost; 0: nothing."""
    loss_survived_ratio: Optional[float]
    """The share of one node, of as few nodes as survive the loss of any of them. Null: the load is not carried even warm,
    or unknown.
    """
    miss_ratio: Optional[float]
    """Misses over gets, after warm-up."""
    policy: str
    """The eviction policy, with its parameters and filter."""
    trace: str
    """The trace, as the user named it."""

class GapStretchRow(_Fields):
    """What one stretch of the trace withstands by itself, with a loss at its start. All but the last three columns repeat
    for each loss.
    """

    cache_capacity: int
    """The cache's size, in objects or bytes."""
    least_backend_per_second: Optional[float]
    """The smallest backend that carries the load and survives this loss at the worst moment, of the worst node, answers or
    bytes a second. Null: none is enough, or unknown.
    """
    load_limit_per_second: Optional[float]
    """The largest load at which this backend survives the loss, requests a second. Null: no limit, or unknown."""
    loss_ratio: float
    """The share of the cache that is lost; 0: nothing."""
    loss_survived_ratio: float
    """The share of one node, of as few nodes as survive the loss of any of them. Null: the load is not carried even warm,
    or unknown.
    """
    policy: str
    """The eviction policy, with its parameters and filter."""
    refill_seconds: Optional[float]
    """How long after a flush until less than 1 % of the requests of the next ten steps miss only because of it. Null: not
    seen to end.
    """
    start_seconds: float
    """When it begins, seconds into the trace or after the first trigger's begin."""
    trace: str
    """The trace, as the user named it."""

class GapTimelineRow(_Fields):
    """Some windows as one."""

    answered_per_second: float
    """Answers that the backend gave, a second."""
    asked_per_second: float
    """Fetches sent to the backend, a second."""
    drops_per_second: float
    """Asks that the backend's queue refused or dropped, a second."""
    from_seconds: float
    """Begin, seconds after the first trigger's begin."""
    hit_ratio: Optional[float]
    """Hits over lookups."""
    inserts_per_second: float
    """Answers that entered the cache, a second."""
    min_delay_seconds: float
    """The minimum queueing delay: the shortest wait in the backend's queue. Above the clients' timeout every answer of the
    backend is late.
    """
    offered_per_second: float
    """New requests of users a second, without retries."""
    phase: str
    """Before, during or after the trigger."""
    queue: int
    """How many wait for the backend."""
    retries_per_second: float
    """Lookups a second that are retries."""
    success_ratio: Optional[float]
    """The share that was answered in time. Null: nothing was asked."""
    to_seconds: float
    """End, seconds after the first trigger's begin."""
    user_seconds_lost: float
    """What users waited in vain until the simulation's end, in seconds of a user. Null: not simulated."""

class GapTool(_Fields):
    """The program that made a report."""

    name: str
    """`coldgap`."""
    version: str
    """Its version."""

class GapTraceReport(_Fields):
    """What was found on one trace, whatever the policy."""

    backend: Optional[GapBackendReport]
    """The backend's capacity; null where nobody said it: then all that depends on it is null, and unknown."""
    compulsory: list[GapCompulsoryPoint]
    """First touches over the whole trace."""
    files: list[str]
    """The files it was read from, in the order of their first requests; reports of older versions do not say it."""
    fingerprint: str
    """Equal for equal requests in any format."""
    footprint_bytes: Optional[int]
    """Bytes of all distinct objects."""
    format: str
    """The format it was read as; several where its files have several."""
    gets: int
    """Gets."""
    limits_known: bool
    """False where the trace ends too soon after warm-up for this timeout, or no backend was given: then loads, backends
    and shares that are limits are null and unknown.
    """
    load_per_second: float
    """The load to carry."""
    moments: int
    """Moments at which losses were tried."""
    moments_measured: Optional[int]
    """Moments at which outages were simulated; null where none were."""
    name: str
    """As the user named it."""
    objects: int
    """Distinct objects."""
    refill_flush_seconds: float
    """The flush of the refill curves."""
    requests: int
    """Requests of any operation."""
    span_seconds: float
    """From the first to the last request."""
    today_at_seconds: float
    """When the busiest window starts."""
    today_per_second: float
    """Load of the busiest window."""
    verdict: GapVerdict
    """The sentence for the baseline at the first cache size."""
    window_seconds: float
    """Width of the windows."""

class GapVerdict(_Fields):
    """The verdict."""

    region: str
    """Where the service stands."""
    sentence: str
    """In sentences."""

class GapVerdict2(_Fields):
    """What comes of the outage."""

    backlog_seconds: float
    """How long the backend alone works on what waits at the end."""
    escape_per_second: float
    """The load under which the collapsed service climbs out by itself, requests a second of the busiest window. Null: not
    simulated.
    """
    felt_from_per_second: Optional[float]
    """Where users do not feel it: the lowest load that was tried, of the busiest window, at which they do."""
    healed: bool
    """Whether it healed, or how often."""
    hidden_05_per_second: Optional[float]
    """The load at which 5 % of simulated outages heal, requests a second. Null: not simulated, or at none that was tried."""
    hidden_05_per_second_high: Optional[float]
    """The upper end of its 95 % interval."""
    hidden_05_per_second_low: Optional[float]
    """The lower end of its 95 % interval."""
    hidden_50_per_second: Optional[float]
    """The load at which half of the simulated outages heal, requests a second. Null: not simulated, or at none that was
    tried.
    """
    hidden_50_per_second_high: Optional[float]
    """The upper end of its 95 % interval."""
    hidden_50_per_second_low: Optional[float]
    """The lower end of its 95 % interval."""
    hidden_95_per_second: Optional[float]
    """Loads of the busiest window at which 95 %, 50 % and 5 % of outages like this heal by themselves, with 95 %
    intervals.
    """
    hidden_95_per_second_high: Optional[float]
    """The upper end of its 95 % interval."""
    hidden_95_per_second_low: Optional[float]
    """The lower end of its 95 % interval."""
    hidden_measured_service: Optional[str]
    """The distribution of service times with which the fewest heal."""
    load_per_second: float
    """The load to carry, requests a second of the busiest window."""
    miss_ratio: float
    """Misses over gets, after warm-up."""
    phase: str
    """`stable`, `vulnerable`, `metastable`, `unsettled` or `overloaded_warm`."""
    recovery_seconds: Optional[float]
    """How long that takes, in the slowest simulation. Null: it does not, or not simulated."""
    requests_failed: int
    """Requests that were not answered in time."""
    sentence: str
    """Whether it heals, in sentences."""
    shed_ratio: float
    """The share of the load to shed so that the collapsed service climbs out; 0 where it heals by itself. Null: not
    simulated.
    """
    user_seconds_lost: float
    """What users waited in vain until the simulation's end, in seconds of a user. Null: not simulated."""
    watched_seconds: float
    """From the trigger's begin to the end of what was simulated."""
    why: str
    """Why it stays down, or how it healed."""
    worst_success_ratio: float
    """The lowest share answered in time over five windows."""

class GapWindowRow(_Fields):
    """One window."""

    answered: int
    """Answers that the backend gave."""
    asked: int
    """Fetches sent to the backend."""
    drops: int
    """Asks that the backend's queue refused or dropped."""
    entries: int
    """Objects in the cache."""
    failures: int
    """Requests that gave up for good."""
    hits: int
    """Gets that the cache answered, after warm-up."""
    in_time: int
    """Requests that were answered in time."""
    inserts: int
    """Answers that entered the cache."""
    lookups: int
    """Requests that asked the cache, retries among them."""
    max_delay_seconds: float
    """The longest wait in the backend's queue."""
    min_delay_seconds: float
    """The minimum queueing delay: the shortest wait in the backend's queue. Above the clients' timeout every answer of the
    backend is late.
    """
    miss_ratio: Optional[float]
    """Misses over gets, after warm-up."""
    offered: int
    """New requests of users, without retries."""
    phase: str
    """Before, during or after the trigger."""
    queue: int
    """How many wait for the backend."""
    retries: int
    """How often a client asks again after a timeout; in windows, how often it did."""
    start_seconds: float
    """When it begins, seconds into the trace or after the first trigger's begin."""
    success_ratio: Optional[float]
    """The share that was answered in time. Null: nothing was asked."""
    timeouts: int
    """Requests whose clients gave up waiting."""
    user_seconds_lost: float
    """What users waited in vain until the simulation's end, in seconds of a user. Null: not simulated."""

class GapWindowRow2(_Fields):
    """One window of one warm replay, warm-up included."""

    bytes_missed: Optional[int]
    """Bytes of requests that missed after warm-up. Null where the trace has no sizes."""
    cache_capacity: int
    """The cache's size, in objects or bytes."""
    cost_missed: Optional[int]
    """What requests that missed after warm-up cost the backend. Null where the trace has no costs."""
    miss_ratio: Optional[float]
    """Misses over gets, after warm-up."""
    misses: int
    """Gets that the cache did not answer, after warm-up."""
    policy: str
    """The eviction policy, with its parameters and filter."""
    requests: int
    """Requests that count: gets after warm-up; of a trace, all of it."""
    start_seconds: float
    """When it begins, seconds into the trace or after the first trigger's begin."""
    trace: str
    """The trace, as the user named it."""
    warmup: bool
    """True for windows in which the cache only warms."""

class GapReport(Report):
    """Everything that `coldgap gap` found on one or more traces."""

    assumptions: list[str]
    """What was assumed, in sentences."""
    command: str
    """The command, without what does not change the result (outputs, threads)."""
    config: GapConfig
    """The resolved configuration."""
    gates: list[GapGateRow]
    """What the gates said; empty where there were none."""
    growth: list[GapGrowthRow]
    """One per trace, cache size, policy and loss: what the grown load needs. Empty without `--growth`."""
    healing: list[GapHealingRow]
    """What came of every simulated outage, by load; empty with `--quick`."""
    if_lost: list[GapIfLost]
    """The baseline's outage, one per trace; empty with `--quick`, and for traces too short to simulate."""
    moments: list[GapMomentRow]
    """One per trace, loss and slice of it: the longest wait that losing so much then would bring the baseline at the first
    cache size. Empty where it is overloaded warm, and for a trace too short for limits.
    """
    money: list[GapMoneyRow]
    """One per trace, cache size, policy and loss: what it costs to survive. Empty without prices."""
    refill: list[GapRefillRow]
    """One per trace, cache size, policy and step: the refill after a full flush."""
    report: str
    """Which report it is."""
    rows: list[GapRow]
    """One per trace, cache size, policy and loss."""
    said: list[str]
    """What was said of the service beside its backend's capacity, as flags say it: `--timeout 20s`."""
    schema_version: str
    """Another one where a field changed its meaning or went away; new fields do not count."""
    seed: Optional[int]
    """The first seed of what was simulated; null where nothing was. Nothing else is random: lost shards are chosen by a
    fixed hash of the key's number.
    """
    sensitivity: list[GapSensitivity]
    """One per trace: the knobs of the baseline's service. Empty without `--full`, and with `--quick`."""
    sizes: list[GapSizeRow]
    """One per trace and cache size, for the baseline. Empty without `--full`."""
    stretches: list[GapStretchRow]
    """One per trace, cache size, policy, stretch of the trace and loss: how limits vary from one part of it to the next.
    Empty with --quick and for a short trace. `compare` takes its noise from it.
    """
    tool: GapTool
    """The program."""
    traces: list[GapTraceReport]
    """One per trace."""
    unsaid: list[str]
    """What could have been said and was not, each with what was taken instead: `timeout (1 s)`."""
    warnings: list[str]
    """What should make a reader careful."""
    windows: list[GapWindowRow2]
    """One per trace, cache size, policy and window."""

    def policy(self, name: str, loss: str = "nothing") -> GapRow:
        """The row of this policy and loss ("nothing", "1/8", "100%") at the first cache size."""

class OutageAlerts(_Fields):
    """Alerts, from losses of a share of the cache."""

    fatal_loss_ratio: Optional[float]
    """The smallest share of the cache whose loss did not heal in all simulations. Null: every loss healed."""
    felt_seconds: Optional[float]
    """How soon users feel the loss: fewer than 97 % are answered in time. Null: they do not."""
    runs: int
    """Losses that were simulated."""
    signals: list[OutageSignalRow]
    """One row for each signal."""
    survived_loss_ratio: Optional[float]
    """The largest share of the cache whose loss healed in all simulations. Null: not even the smallest."""
    watched_seconds: float
    """How long it was followed after the trigger's begin."""

class OutageBackend(_Fields):
    """A backend. Its capacity `mu` is counted in answers or in bytes a second."""

    kind: Record
    """How it does it."""
    mu: OutageRate
    """What it does a second at most."""

class OutageBreaker(_Fields):
    """When a circuit breaker opens and closes."""

    least: int
    """of at least so many."""
    probes: int
    """Then so many asks are let through; where they do not fail in the share above, it closes."""
    rest: float
    """How long it lets nothing through."""
    threshold: float
    """It opens once this share of them failed,"""
    window: float
    """Outcomes are counted over so long at a time."""

class OutageBudget(_Fields):
    """A retry budget [SRE, ch. 21; HotOS'21 section 3]: a bucket of tokens, one for each retry."""

    most: float
    """What the bucket holds."""
    per_request: float
    """Tokens that each request brings: 0.1 allows one retry in ten requests."""
    per_second: float
    """Tokens that each second brings."""

class OutageClient(_Fields):
    """Clients."""

    backoff: str | Record
    """How long a client waits before it tries again."""
    breaker: Optional[OutageBreaker]
    """A circuit breaker in front of the backend."""
    budget: Optional[OutageBudget]
    """What retries all clients together may spend; `None`: any."""
    retries: int
    """How often a request is tried again after a timeout or an error."""
    timeout: float
    """How long a try waits for its answer. The one in force when a run begins holds for all of it."""

class OutageCoDel(_Fields):
    """Controlled delay with adaptive LIFO, as in Maurer, "Fail at Scale", ACM Queue 13(8), 2015 (after Nichols and
    Jacobson's CoDel): a queue that has not been empty for `interval` is overloaded.
    """

    interval: float
    """Longest wait, while not overloaded."""
    target: float
    """Longest wait, while overloaded."""

class OutageConfig(_Fields):
    """The configuration as it was used. Times are real time."""

    act_seconds: Optional[float]
    """When remedies are switched on, after the first trigger's begin; null where the outage is over by then."""
    backend: OutageRate
    """The backend's capacity."""
    backend_assumed: bool
    """True where the backend was not given and was taken to be a little more than what is needed warm."""
    cache: str
    """The cache's size, as given."""
    cache_capacity_bytes: Optional[int]
    """The cache's size in bytes. Null where objects are counted."""
    cache_capacity_objects: Optional[int]
    """The cache's size in objects. Null where bytes are counted."""
    cache_capacity_ratio: float
    """The cache's size over the trace's footprint."""
    horizon_seconds: float
    """How much of the trace after a loss is walked, and how long an outage is followed at most."""
    lead_seconds: float
    """What is simulated before the first trigger."""
    load_ratio: float
    """The load over the recorded one."""
    model: OutageModel
    """The simulated service, as it was."""
    moment_reason: str
    """Why this moment was taken."""
    moment_seconds: float
    """When it happens, seconds into the trace."""
    policy: str
    """The eviction policy, with its parameters and filter."""
    steps: list[OutageStep]
    """Steps after the run's begin, which is before the first trigger."""
    warmup_ratio: float
    """Share of the requests that only warm the cache."""
    window_seconds: float
    """Width of the windows."""

class OutageEvent(_Fields):
    """Something that happens."""

    at_seconds: float
    """After the first trigger's begin."""
    what: str
    """What, in words."""

class OutageGateRow(_Fields):
    """What a gate says of one row."""

    cache_capacity_bytes: Optional[int]
    """The cache's size; one of the two."""
    cache_capacity_objects: Optional[int]
    """The cache's size; one of the two."""
    expression: str
    """As it was given."""
    field: str
    """The column that is looked at."""
    known: str
    """What it means where that is null."""
    limit: float
    """The limit, in the column's unit."""
    loss_ratio: Optional[float]
    """What is lost, where the column differs by that."""
    operator: str
    """How the two are compared."""
    passed: bool
    """True where the expression does not hold."""
    policy: str
    """The policy."""
    text: str
    """What was found, in words."""
    trace: str
    """The trace."""
    value: Optional[float]
    """The column's value."""

class OutageModel(_Fields):
    """Everything around the cache that decides whether it recovers. Plain values: a remedy is a change of some of them."""

    abandoned: str
    """What becomes of work whose client gave up."""
    backend: OutageBackend
    """What answers misses."""
    client: OutageClient
    """Who waits for the answers."""
    error_cost: float
    """What refusing or dropping an ask costs the backend, as a share of an answer: a slow error path is one of the
    sustaining effects of [HotOS'21 section 3].
    """
    fill: str
    """Which answers enter the cache."""
    queue: OutageQueue
    """Where asks wait for it."""
    same_key: str
    """What a miss does while the same key is being fetched."""
    sets: str
    """What a set does to the cache; a delete always invalidates."""
    shed: float
    """Share of all requests that are refused at the door, before the lookup: load shedding."""
    stale: float
    """How long an entry is still served after its time to live, while one fetch refreshes it in the background (stale-
    while-revalidate, RFC 5861); 0: not at all. It helps against expiry, never against loss.
    """
    ttl_jitter: float
    """How much earlier than its time to live an entry may die, drawn evenly for each request that says one."""

class OutageQueue(_Fields):
    """A queue."""

    bound: Optional[int]
    """How many may wait, not counting those in service; `None`: any number. Who finds it full is dropped (tail drop)."""
    deadline: Optional[float]
    """Who has waited longer than this when his turn comes is dropped instead of served; `None`: nobody is."""
    dropped: str
    """Whether a client learns that his ask was dropped."""
    order: str | Record
    """Who is next."""

class OutageRamp(_Fields):
    """How to let the load back."""

    simulations: int
    """How often the whole schedule was simulated, with other seeds and distributions of service times; it always healed."""
    steps: list[OutageRampStep]
    """The steps."""
    takes_seconds: float
    """From the first step until the service is calm at the full load."""

class OutageRampStep(_Fields):
    """One step of it."""

    at_seconds: float
    """When, seconds after the first trigger's begin."""
    hold_seconds: Optional[float]
    """How long this step is held. Null for the last."""
    load_per_second: float
    """The load to carry, requests a second of the busiest window."""
    load_ratio: float
    """The load over the recorded one."""

class OutageRate(_Fields):
    """A rate, `300/s` (answers or requests), `250MB/s`, or `20000tokens/s` in units of a trace's costs."""

    of: str
    """What is counted."""
    per_second: float
    """Units a second."""

class OutageRemedyRow(_Fields):
    """One remedy."""

    heals_high_per_second: Optional[float]
    """The lowest load that was tried at which it does not heal in every trial. Null: it healed at all of them."""
    heals_low_per_second: Optional[float]
    """The largest load at which it healed in every trial. Null: at none that was tried."""
    in_place_healed: bool
    """In place before the trigger."""
    in_place_recovery_seconds: Optional[float]
    """From the trigger."""
    in_place_user_seconds_lost: float
    """What users waited in vain with the remedy in place before."""
    in_place_worst_success_ratio: float
    """The lowest share answered in time over five windows with the remedy in place before."""
    remedy: str | Record
    """The remedy, as the simulator takes it."""
    switched_on_healed: bool
    """Switched on while the service is down."""
    switched_on_recovery_seconds: Optional[float]
    """From the switching on."""
    what: str
    """In words."""

class OutageSignalRow(_Fields):
    """One signal; a wait is in seconds, the others are shares of the lookups."""

    fires_seconds: Optional[float]
    """In the slowest of the runs that did not heal."""
    healed_most: float
    """The highest in any run that healed."""
    signal: str
    """What an alert watches."""
    stayed_least: float
    """The least peak of the runs that did not."""
    threshold: Optional[float]
    """The value above which an alert tells both apart. Null: they overlap."""

class OutageStep(_Fields):
    """Something that happens at a moment of a run."""

    at: float
    """After the run's begin."""
    what: Record
    """What happens."""

class OutageTimelineRow(_Fields):
    """Some windows as one."""

    answered_per_second: float
    """Answers that the backend gave, a second."""
    asked_per_second: float
    """Fetches sent to the backend, a second."""
    drops_per_second: float
    """Asks that the backend's queue refused or dropped, a second."""
    from_seconds: float
    """Begin, seconds after the first trigger's begin."""
    hit_ratio: Optional[float]
    """Hits over lookups."""
    inserts_per_second: float
    """Answers that entered the cache, a second."""
    min_delay_seconds: float
    """The minimum queueing delay: the shortest wait in the backend's queue. Above the clients' timeout every answer of the
    backend is late.
    """
    offered_per_second: float
    """New requests of users a second, without retries."""
    phase: str
    """Before, during or after the trigger."""
    queue: int
    """How many wait for the backend."""
    retries_per_second: float
    """Lookups a second that are retries."""
    success_ratio: Optional[float]
    """The share that was answered in time. Null: nothing was asked."""
    to_seconds: float
    """End, seconds after the first trigger's begin."""
    user_seconds_lost: float
    """What users waited in vain until the simulation's end, in seconds of a user. Null: not simulated."""

class OutageTool(_Fields):
    """The program that made a report."""

    name: str
    """`coldgap`."""
    version: str
    """Its version."""

class OutageTraceFacts(_Fields):
    """The trace."""

    fingerprint: str
    """Equal for equal requests in any format."""
    format: str
    """The format that the trace was read as."""
    gets: int
    """Gets of the trace."""
    name: str
    """As the user named it."""
    objects: int
    """Distinct objects of the trace."""
    requests: int
    """Requests that count: gets after warm-up; of a trace, all of it."""
    today_per_second: float
    """Load of the trace's busiest window, requests a second."""

class OutageVerdict(_Fields):
    """What comes of the outage."""

    backlog_seconds: float
    """How long the backend alone works on what waits at the end."""
    escape_per_second: float
    """The load under which the collapsed service climbs out by itself, requests a second of the busiest window. Null: not
    simulated.
    """
    felt_from_per_second: Optional[float]
    """Where users do not feel it: the lowest load that was tried, of the busiest window, at which they do."""
    healed: bool
    """Whether it healed, or how often."""
    hidden_05_per_second: Optional[float]
    """The load at which 5 % of simulated outages heal, requests a second. Null: not simulated, or at none that was tried."""
    hidden_05_per_second_high: Optional[float]
    """The upper end of its 95 % interval."""
    hidden_05_per_second_low: Optional[float]
    """The lower end of its 95 % interval."""
    hidden_50_per_second: Optional[float]
    """The load at which half of the simulated outages heal, requests a second. Null: not simulated, or at none that was
    tried.
    """
    hidden_50_per_second_high: Optional[float]
    """The upper end of its 95 % interval."""
    hidden_50_per_second_low: Optional[float]
    """The lower end of its 95 % interval."""
    hidden_95_per_second: Optional[float]
    """Loads of the busiest window at which 95 %, 50 % and 5 % of outages like this heal by themselves, with 95 %
    intervals.
    """
    hidden_95_per_second_high: Optional[float]
    """The upper end of its 95 % interval."""
    hidden_95_per_second_low: Optional[float]
    """The lower end of its 95 % interval."""
    hidden_measured_service: Optional[str]
    """The distribution of service times with which the fewest heal."""
    load_per_second: float
    """The load to carry, requests a second of the busiest window."""
    miss_ratio: float
    """Misses over gets, after warm-up."""
    phase: str
    """`stable`, `vulnerable`, `metastable`, `unsettled` or `overloaded_warm`."""
    recovery_seconds: Optional[float]
    """How long that takes, in the slowest simulation. Null: it does not, or not simulated."""
    requests_failed: int
    """Requests that were not answered in time."""
    sentence: str
    """Whether it heals, in sentences."""
    shed_ratio: float
    """The share of the load to shed so that the collapsed service climbs out; 0 where it heals by itself. Null: not
    simulated.
    """
    user_seconds_lost: float
    """What users waited in vain until the simulation's end, in seconds of a user. Null: not simulated."""
    watched_seconds: float
    """From the trigger's begin to the end of what was simulated."""
    why: str
    """Why it stays down, or how it healed."""
    worst_success_ratio: float
    """The lowest share answered in time over five windows."""

class OutageWindowRow(_Fields):
    """One window."""

    answered: int
    """Answers that the backend gave."""
    asked: int
    """Fetches sent to the backend."""
    drops: int
    """Asks that the backend's queue refused or dropped."""
    entries: int
    """Objects in the cache."""
    failures: int
    """Requests that gave up for good."""
    hits: int
    """Gets that the cache answered, after warm-up."""
    in_time: int
    """Requests that were answered in time."""
    inserts: int
    """Answers that entered the cache."""
    lookups: int
    """Requests that asked the cache, retries among them."""
    max_delay_seconds: float
    """The longest wait in the backend's queue."""
    min_delay_seconds: float
    """The minimum queueing delay: the shortest wait in the backend's queue. Above the clients' timeout every answer of the
    backend is late.
    """
    miss_ratio: Optional[float]
    """Misses over gets, after warm-up."""
    offered: int
    """New requests of users, without retries."""
    phase: str
    """Before, during or after the trigger."""
    queue: int
    """How many wait for the backend."""
    retries: int
    """How often a client asks again after a timeout; in windows, how often it did."""
    start_seconds: float
    """When it begins, seconds into the trace or after the first trigger's begin."""
    success_ratio: Optional[float]
    """The share that was answered in time. Null: nothing was asked."""
    timeouts: int
    """Requests whose clients gave up waiting."""
    user_seconds_lost: float
    """What users waited in vain until the simulation's end, in seconds of a user. Null: not simulated."""

class OutageReport(Report):
    """One outage."""

    about: Optional[str]
    """What the scenario file says it shows."""
    alerts: Optional[OutageAlerts]
    """Which alerts tell an outage that stays from one that heals; null where it was not asked for."""
    assumptions: list[str]
    """What was assumed, in sentences."""
    command: str
    """The command, without what does not change the result (outputs, threads)."""
    config: OutageConfig
    """The resolved configuration."""
    events: list[OutageEvent]
    """What happens when."""
    gates: list[OutageGateRow]
    """What the gates said; empty where there were none."""
    ramp: Optional[OutageRamp]
    """How to let the load back."""
    remedies: list[OutageRemedyRow]
    """Each remedy alone, the best first."""
    report: str
    """Which report it is."""
    said: list[str]
    """What was said of the service beside its backend's capacity, as flags say it: `--timeout 20s`."""
    schema_version: str
    """Another one where a field changed its meaning or went away; new fields do not count."""
    seed: Optional[int]
    """The first seed of what was simulated; null where nothing was. Nothing else is random: lost shards are chosen by a
    fixed hash of the key's number.
    """
    timeline: list[OutageTimelineRow]
    """The windows joined into rows: what the text shows."""
    tool: OutageTool
    """The program."""
    trace: OutageTraceFacts
    """The trace."""
    unsaid: list[str]
    """What could have been said and was not, each with what was taken instead: `timeout (1 s)`."""
    verdict: OutageVerdict
    """What comes of it."""
    warnings: list[str]
    """What should make a reader careful."""
    windows: list[OutageWindowRow]
    """Every window; also the table of CSV and Parquet."""

class CompareBanked(_Fields):
    """The incentive trap priced: the candidate once its saving was handed back."""

    advertised_per_second: Optional[float]
    """The largest load that is carried while the cache is warm, requests a second: no answer is late below it. Null: no
    limit, or unknown.
    """
    backend_per_second: float
    """What the backend can do: answers or bytes a second. Null: nobody said, and all that depends on it is unknown."""
    baseline_loss_survived_ratio: Optional[float]
    """The share of the cache whose loss the baseline survives as it is."""
    cut_ratio: float
    """By how much the backend is cut: the saving."""
    gap_change_ratio: Optional[float]
    """How much the gap widens against the baseline with its own backend."""
    gap_ratio: Optional[float]
    """The gap: advertised over hidden capacity, how far the service depends on its cache not being lost. Null: unknown, or
    no limit.
    """
    hidden_change_ratio: Optional[float]
    """Against the baseline with the backend that it has."""
    hidden_safe_per_second: Optional[float]
    """Hidden capacity: below this load, requests a second, no answer is late after the whole cache is lost at any moment;
    the service recovers by itself. Null: no limit, or unknown.
    """
    loss_survived_ratio: Optional[float]
    """The share of one node, of as few nodes as survive the loss of any of them. Null: the load is not carried even warm,
    or unknown.
    """

class CompareChange(_Fields):
    """One metric of both sides."""

    baseline: Optional[float]
    """The baseline's value; null: no limit, or unknown. A bracket's geometric middle."""
    candidate: Optional[float]
    """The candidate's."""
    change_absolute: Optional[float]
    """candidate - baseline."""
    change_ratio: Optional[float]
    """candidate / baseline - 1."""
    direction: str
    """Whether it is good."""
    loss_ratio: Optional[float]
    """The share lost, where the metric depends on one."""
    material: str
    """Whether it is more than noise: 0 lies outside."""
    metric: str
    """Its name, for gates: `miss_ratio`, `advertised`, `hidden`, `gap`, ..."""
    noise_high: Optional[float]
    """... and this."""
    noise_low: Optional[float]
    """The absolute change lies between this, in 95 % of the resamples, ..."""
    unit: str
    """`ratio`, `per_second`, `bytes_per_second`, `seconds`, `times` or `nodes`."""

class CompareDecision(_Fields):
    """A saving and a loss that must be survived all the same."""

    baseline_per_second: Optional[float]
    """The baseline's least backend."""
    candidate_per_second: Optional[float]
    """The candidate's."""
    is_ratio: Optional[float]
    """What the backend may be cut by, if the loss must be survived as before: 1 - candidate / baseline of the least
    backends.
    """
    looks_like_material: str
    """Whether that is more than noise."""
    looks_like_ratio: Optional[float]
    """What misses promise: 1 - candidate / baseline. Negative: more misses."""
    loss_ratio: float
    """The share lost."""
    material: str
    """Whether the least backends differ by more than noise."""

class CompareDifference(_Fields):
    """Something in which the sides differ."""

    baseline: str
    """The policy, or the value, that others are compared with."""
    candidate: str
    """The value of what is compared with the baseline."""
    what: str
    """In what they differ, in words."""

class CompareGateRow(_Fields):
    """What a gate says of one row."""

    cache_capacity_bytes: Optional[int]
    """The cache's size; one of the two."""
    cache_capacity_objects: Optional[int]
    """The cache's size; one of the two."""
    expression: str
    """As it was given."""
    field: str
    """The column that is looked at."""
    known: str
    """What it means where that is null."""
    limit: float
    """The limit, in the column's unit."""
    loss_ratio: Optional[float]
    """What is lost, where the column differs by that."""
    operator: str
    """How the two are compared."""
    passed: bool
    """True where the expression does not hold."""
    policy: str
    """The policy."""
    text: str
    """What was found, in words."""
    trace: str
    """The trace."""
    value: Optional[float]
    """The column's value."""

class CompareNoise(_Fields):
    """How the noise was found."""

    block_windows: Optional[int]
    """Successive windows in a block."""
    draws: int
    """Resamples."""
    paired: bool
    """Whether both sides saw the same traffic, so that they were resampled together."""
    stretches: int
    """Stretches of the trace that were subsampled; 0 where the reports hold none."""
    stretches_drawn: int
    """How many of them each subsample has."""
    windows: Optional[int]
    """Windows after warm-up that were resampled; null where there were too few."""

class CompareSide(_Fields):
    """One side of a comparison."""

    abandoned_work: str
    """What becomes of work whose client gave up."""
    backend_assumed: bool
    """True where the backend was not given and was taken to be a little more than what is needed warm."""
    backend_per_second: float
    """What the backend can do: answers or bytes a second. Null: nobody said, and all that depends on it is unknown."""
    backend_unit: str
    """What the backend's capacity is counted in: answers, bytes, or units of the trace's costs."""
    cache_capacity_bytes: Optional[int]
    """The cache's size in bytes. Null where objects are counted."""
    cache_capacity_objects: Optional[int]
    """The cache's size in objects. Null where bytes are counted."""
    cache_capacity_ratio: float
    """The cache's size over the trace's footprint."""
    fingerprint: str
    """Equal for equal requests in any format."""
    horizon_seconds: float
    """How much of the trace after a loss is walked, and how long an outage is followed at most."""
    load_per_second: float
    """The load to carry, requests a second of the busiest window."""
    policy: str
    """The eviction policy, with its parameters and filter."""
    queue_rule: str
    """The queue before the backend."""
    retries: int
    """How often a client asks again after a timeout; in windows, how often it did."""
    seeds: list[int]
    """Seeds of the simulated outages; how many, or which."""
    service_time_seconds: float
    """The backend's mean service time."""
    service_times: str
    """How service times scatter in simulations."""
    single_flight: bool
    """Whether a miss joins the fetch of the same key that is under way."""
    source: str
    """The trace, or the saved report."""
    timeout_seconds: float
    """How long clients wait for an answer."""
    tool_version: str
    """The version of coldgap that made it."""
    trace: str
    """The trace, as the user named it."""
    warmup_ratio: float
    """Share of the requests that only warm the cache."""
    window_seconds: float
    """Width of the windows."""

class CompareTool(_Fields):
    """The program that made a report."""

    name: str
    """`coldgap`."""
    version: str
    """Its version."""

class CompareVerdict(_Fields):
    """What to make of the changes."""

    capacity: str
    """What that means for the backend, in a sentence or two."""
    headline: str
    """What changed and what did not, in a sentence or two."""
    material: Optional[bool]
    """Whether any change is material; null where no noise is known, so that none could be."""

class CompareReport(Report):
    """Everything that `coldgap compare` found."""

    assumptions: list[str]
    """What was assumed, in sentences."""
    banked: Optional[CompareBanked]
    """The candidate with a backend cut by the saving; null where there is no material saving, the backends differ already,
    or saved reports do not say.
    """
    baseline: CompareSide
    """What is compared with."""
    candidate: CompareSide
    """What is compared."""
    changes: list[CompareChange]
    """One per metric, and per loss where it depends on one."""
    command: str
    """The command, without what does not change the result (outputs, threads)."""
    decisions: list[CompareDecision]
    """One per loss: what the candidate's saving looks like, and what it is."""
    differences: list[CompareDifference]
    """In what the two sides differ: the changes include all of it."""
    gates: list[CompareGateRow]
    """What the gates said; empty where there were none."""
    noise: CompareNoise
    """How the noise was found."""
    report: str
    """Which report it is."""
    said: list[str]
    """What was said of the service beside its backend's capacity, as flags say it: `--timeout 20s`."""
    schema_version: str
    """Another one where a field changed its meaning or went away; new fields do not count."""
    seed: Optional[int]
    """The first seed of what was simulated; null where nothing was. Nothing else is random: lost shards are chosen by a
    fixed hash of the key's number.
    """
    tool: CompareTool
    """The program."""
    unsaid: list[str]
    """What could have been said and was not, each with what was taken instead: `timeout (1 s)`."""
    verdict: CompareVerdict
    """The verdict."""
    warnings: list[str]
    """What should make a reader careful."""

class ReplayGateRow(_Fields):
    """What a gate says of one row."""

    cache_capacity_bytes: Optional[int]
    """The cache's size; one of the two."""
    cache_capacity_objects: Optional[int]
    """The cache's size; one of the two."""
    expression: str
    """As it was given."""
    field: str
    """The column that is looked at."""
    known: str
    """What it means where that is null."""
    limit: float
    """The limit, in the column's unit."""
    loss_ratio: Optional[float]
    """What is lost, where the column differs by that."""
    operator: str
    """How the two are compared."""
    passed: bool
    """True where the expression does not hold."""
    policy: str
    """The policy."""
    text: str
    """What was found, in words."""
    trace: str
    """The trace."""
    value: Optional[float]
    """The column's value."""

class ReplayMissingCell(_Fields):
    """A cell that was not replayed; all of a trace where it has no policy."""

    cache_capacity_bytes: Optional[int]
    """The cache's size in bytes. Null where objects are counted."""
    cache_capacity_objects: Optional[int]
    """The cache's size in objects. Null where bytes are counted."""
    policy: Optional[str]
    """The eviction policy, with its parameters and filter."""
    trace: str
    """The trace, as the user named it."""

class ReplayReplayRow(_Fields):
    """One policy at one cache size on one trace: the first columns of the gap report's rows, by the same names."""

    bytes_missed: Optional[int]
    """Bytes of requests that missed after warm-up. Null where the trace has no sizes."""
    bytes_requested: Optional[int]
    """Bytes asked for after warm-up. Null where the trace has no sizes."""
    cache_capacity_bytes: Optional[int]
    """The cache's size in bytes. Null where objects are counted."""
    cache_capacity_objects: Optional[int]
    """The cache's size in objects. Null where bytes are counted."""
    cache_capacity_ratio: float
    """The cache's size over the trace's footprint."""
    compulsory_misses: int
    """First touches after warm-up: misses of every policy."""
    hits: Optional[int]
    """Null here and below where a sample says nothing."""
    is_bound: bool
    """True for a bound that nobody can deploy, as one that sees the future."""
    miss_ratio: Optional[float]
    """Misses over gets, after warm-up."""
    miss_ratio_high: Optional[float]
    """The upper end of its 95 % interval, where it is estimated from a sample."""
    miss_ratio_low: Optional[float]
    """The true miss ratio lies between these in 95 of 100 draws."""
    misses: Optional[int]
    """Gets that the cache did not answer, after warm-up."""
    policy: str
    """The eviction policy, with its parameters and filter."""
    requests: int
    """Requests that count: gets after warm-up; of a trace, all of it."""
    sample_ratio: Optional[float]
    """The share of the keys that hits and misses are estimated from; null where they are exact, as the next two."""
    trace: str
    """The trace, as the user named it."""

class ReplayReplayTrace(_Fields):
    """One trace."""

    fingerprint: str
    """Equal for equal requests in any format."""
    footprint_bytes: Optional[int]
    """Bytes of all distinct objects. Null where the trace has no sizes."""
    format: str
    """The format that the trace was read as."""
    gets: int
    """Gets of the trace."""
    name: str
    """As the user named it."""
    objects: int
    """Distinct objects of the trace."""
    requests: int
    """Requests that count: gets after warm-up; of a trace, all of it."""

class ReplayTool(_Fields):
    """The program that made a report."""

    name: str
    """`coldgap`."""
    version: str
    """Its version."""

class ReplayReport(Report):
    """Miss ratios on one or more traces."""

    assumptions: list[str]
    """What was assumed, in sentences."""
    command: str
    """The command, without what does not change the result (outputs, threads)."""
    gates: list[ReplayGateRow]
    """What the gates said; empty where there were none."""
    missing: list[ReplayMissingCell]
    """What an interrupt left undone."""
    partial: bool
    """True where the run was interrupted: `missing` was not replayed."""
    report: str
    """Which report it is."""
    rows: list[ReplayReplayRow]
    """One per trace, cache size and policy."""
    said: list[str]
    """What was said of the service beside its backend's capacity, as flags say it: `--timeout 20s`."""
    schema_version: str
    """Another one where a field changed its meaning or went away; new fields do not count."""
    seed: Optional[int]
    """The first seed of what was simulated; null where nothing was. Nothing else is random: lost shards are chosen by a
    fixed hash of the key's number.
    """
    tool: ReplayTool
    """The program."""
    traces: list[ReplayReplayTrace]
    """The traces."""
    unsaid: list[str]
    """What could have been said and was not, each with what was taken instead: `timeout (1 s)`."""
    warnings: list[str]
    """What should make a reader careful."""
