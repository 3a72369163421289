"""coldgap: the load your service can recover from, measured on your own trace.

A trace is read once, questions about it give reports. Everything is said as on the command line ("10%", "300/s", "500ms"), and what
is not said has the command's default; numbers are the command's. Fields of reports end in their unit: `_per_second`,
`_seconds`, `_ratio` (0..1), `_bytes`. None is what is unknown, or without limit where `limits_known` is True.

Every question takes `progress`, called as `progress(phase, steps_done, steps_expected)` every now and then; what it raises stops
the work. Other flags of the commands are keywords too, with underscores: `service_time="10ms"` is `--service-time 10ms`.
"""

from __future__ import annotations

import json
from os import PathLike, fspath
from typing import Any, Callable, Iterable, Optional, Union

from . import _coldgap
from ._coldgap import Error, __version__
from ._report import CompareReport, GapReport, OutageReport, Record, ReplayReport, Report

__all__ = [
    "CompareReport", "Error", "GapReport", "OutageReport", "Record", "ReplayReport", "Report", "Trace", "__version__",
    "compare", "curve", "gap", "inspect", "outage", "replay",
]

Progress = Callable[[str, int, int], object]
Flag = Union[None, bool, int, float, str, Iterable[str]]


def _words(said: dict[str, Any]) -> list[tuple[str, str]]:
    """What was said, as flags and their text; what is None was not said."""
    words = []
    for name, value in said.items():
        if value is None:
            continue
        if isinstance(value, bool):
            text = "true" if value else "false"
        elif isinstance(value, dict):
            text = ",".join(f"{key}={part}" for key, part in value.items())
        elif isinstance(value, (str, int, float)):
            text = str(value)
        else:
            text = ",".join(str(part) for part in value)
        words.append((name.rstrip("_").replace("_", "-"), text))
    return words


class Trace:
    """A recorded trace, in memory.

    `source` is a file of any format that coldgap knows, compressed or not, or anything with an Arrow C stream: a polars or pandas
    frame, a pyarrow table, a duckdb relation. Columns are found by their names (time, key, size, op, ttl), or as `columns` says.

    columns: {"time": "when", "key": "url"}. time_unit: s, ms, us or ns. rate: requests a second of a trace without times, "300/s".
    from_, until: "10min" after the first request. limit: requests. sampled: the share of the keys that the file has, "10%".
    sort: sort by time instead of refusing times that step back. input: a format's name.
    """

    def __init__(
        self,
        source: Any,
        *,
        columns: Optional[dict[str, str]] = None,
        time_unit: Optional[str] = None,
        rate: Optional[str] = None,
        from_: Optional[str] = None,
        until: Optional[str] = None,
        limit: Optional[int] = None,
        sampled: Optional[str] = None,
        sort: Optional[bool] = None,
        input: Optional[str] = None,
    ) -> None:
        words = _words({
            "columns": columns, "time_unit": time_unit, "rate": rate, "from": from_, "until": until, "limit": limit,
            "sampled": sampled, "sort": sort, "input": input,
        })
        is_table = hasattr(source, "__arrow_c_stream__")
        path = None if is_table else fspath(source)
        self._trace = _coldgap.Trace(path, source if is_table else None, words)

    @property
    def name(self) -> str:
        """The file, as it was named; "table" for an Arrow stream."""
        return self._trace.name

    @property
    def format(self) -> str:
        """The format it was read as."""
        return self._trace.format

    @property
    def fingerprint(self) -> str:
        """Equal for equal requests in any format."""
        return self._trace.fingerprint

    @property
    def objects(self) -> int:
        """Distinct objects."""
        return self._trace.objects

    @property
    def notes(self) -> list[str]:
        """What was assumed or changed while reading."""
        return self._trace.notes

    def __len__(self) -> int:
        """Requests, of any operation."""
        return len(self._trace)

    def __repr__(self) -> str:
        return f"Trace({self.name!r}: {len(self):,} requests of {self.objects:,} objects)"


def _inner(trace: Union[Trace, str, PathLike[str]]) -> Any:
    return (trace if isinstance(trace, Trace) else Trace(trace))._trace


def inspect(trace: Union[Trace, str, PathLike[str]]) -> Record:
    """What a trace is like: rates a second, footprint in bytes, reuse, skew, sizes in bytes."""
    return Record(json.loads(_inner(trace).profile()))


def gap(
    trace: Union[Trace, str, PathLike[str]],
    *,
    backend: Optional[str] = None,
    nodes: Optional[int] = None,
    policies: Union[None, str, Iterable[str]] = None,
    cache: Union[None, str, Iterable[str]] = None,
    timeout: Optional[str] = None,
    retries: Optional[int] = None,
    load: Optional[str] = None,
    lose: Union[None, str, Iterable[str]] = None,
    quick: Optional[bool] = None,
    progress: Optional[Progress] = None,
    **flags: Flag,
) -> GapReport:
    """What load is advertised, from what load the service recovers, and what backend each loss needs.

    backend: answers a second "300/s", bytes a second "250MB/s", or "auto"; None: no verdict. nodes: nodes of the cache, each of
    which may be lost. policies: ["lru", "sieve"], default four. cache: "4GiB", "50_000obj", "10%" of the footprint. timeout: how
    long a client waits, "1s". retries: after a timeout. load: "3000/s" in the busiest window, or "2x". lose: losses that are
    tried, ["1/6", "100%"]. quick: without simulated outages.
    """
    said = {
        "policy": policies, "cache": cache, "backend": backend, "nodes": nodes, "timeout": timeout, "retries": retries,
        "load": load, "lose": lose, "quick": quick, **flags,
    }
    return GapReport(_coldgap.gap(_inner(trace), _words(said), progress))


def outage(
    trace: Union[Trace, str, PathLike[str]],
    *,
    backend: Optional[str] = None,
    lose: Optional[str] = None,
    trigger: Union[None, str, Iterable[str]] = None,
    at: Optional[str] = None,
    policy: Optional[str] = None,
    cache: Optional[str] = None,
    timeout: Optional[str] = None,
    retries: Optional[int] = None,
    load: Optional[str] = None,
    quick: Optional[bool] = None,
    scenario: Optional[str] = None,
    progress: Optional[Progress] = None,
    **flags: Flag,
) -> OutageReport:
    """One outage as a timeline: trigger, loop, recovery or not; what breaks the loop.

    lose: "1/8" of the nodes, "12.5%" of the keys, "100%" (the default). trigger: "spike:times=2,lasts=30s" and others. at: when,
    after the first request, "2h"; None: the busiest window. scenario: the text of a scenario file. The rest as in `gap`.
    """
    triggers = [trigger] if isinstance(trigger, str) else list(trigger or [])
    said = {
        "policy": policy, "cache": cache, "backend": backend, "timeout": timeout, "retries": retries, "load": load, "at": at,
        "lose": lose, "quick": quick, **flags,
    }
    words = _words(said) + [("trigger", word) for word in triggers]
    if scenario is None:
        return OutageReport(_coldgap.outage(_inner(trace), words, progress))
    return OutageReport(_coldgap.scenario(_inner(trace), scenario, words, progress))


def compare(
    trace: Union[Trace, str, PathLike[str]],
    *,
    backend: Optional[str] = None,
    baseline: Optional[str] = None,
    candidate: Optional[str] = None,
    cut: Optional[str] = None,
    cache: Optional[str] = None,
    candidate_cache: Optional[str] = None,
    candidate_backend: Optional[str] = None,
    nodes: Optional[int] = None,
    quick: Optional[bool] = None,
    progress: Optional[Progress] = None,
    **flags: Flag,
) -> CompareReport:
    """A baseline against a candidate, with changes told apart from chance.

    baseline, candidate: policies. cut: by how much the candidate's backend is smaller, "50%". candidate_backend, candidate_cache,
    candidate_timeout and so on: what it has otherwise. The rest as in `gap`.
    """
    said = {
        "baseline": baseline, "candidate": candidate, "backend": backend, "cut": cut, "cache": cache,
        "candidate_cache": candidate_cache, "candidate_backend": candidate_backend, "nodes": nodes, "quick": quick, **flags,
    }
    return CompareReport(_coldgap.compare(_inner(trace), _words(said), progress))


def replay(
    trace: Union[Trace, str, PathLike[str]],
    *,
    policies: Union[None, str, Iterable[str]] = None,
    cache: Union[None, str, Iterable[str]] = None,
    warmup: Optional[str] = None,
    sample: Optional[str] = None,
    progress: Optional[Progress] = None,
    **flags: Flag,
) -> ReplayReport:
    """Miss ratios: policies by cache sizes.

    warmup: the share of the requests that only warm the caches, "25%". sample: estimate from this share of the keys, "1%", with a
    band that holds the truth in 95 of 100 draws. The rest as in `gap`.
    """
    said = {"policy": policies, "cache": cache, "warmup": warmup, "sample": sample, **flags}
    return ReplayReport(_coldgap.replay(_inner(trace), _words(said), progress))


def curve(
    trace: Union[Trace, str, PathLike[str]],
    *,
    policies: Union[None, str, Iterable[str]] = None,
    sizes: int = 40,
    sample: Optional[str] = None,
    progress: Optional[Progress] = None,
    **flags: Flag,
) -> ReplayReport:
    """Miss-ratio curves over so many cache sizes, from 0.01% of the footprint to all of it. The rest as in `replay`."""
    said = {"policy": policies, "curve": sizes, "sample": sample, **flags}
    return ReplayReport(_coldgap.replay(_inner(trace), _words(said), progress))
