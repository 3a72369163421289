"""Requests a second of libCacheSim and of coldgap, side by side on one trace, policy by policy.

    pip install libcachesim==0.3.5
    python3 benches/side_by_side.py            # some ten minutes, on a quiet machine

What is measured: the replay of one trace through one cache that is empty at first, on one core, all objects counting 1.
libCacheSim: processor time of `process_trace`, its loop in C, which reads the mapped oracleGeneral file as it goes; the
default hash table (2^24 buckets), and one made for the trace ("tuned"). coldgap: criterion's figure from benches/replay.rs
on the same file, which was decoded before; decoding takes coldgap about as long as replaying one cell, and is done once for
all cells. Both give the same number of misses (tests/policies/golden.rs), so that they do the same work.
"""

import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import libcachesim

ROOT = pathlib.Path(__file__).resolve().parent.parent
REQUESTS = 5_000_000
RECIPE = f"""
seed = 1
requests = {REQUESTS}
[arrivals]
rate = "5000/s"
clock = "1s"
[keys]
count = 1_000_000
zipf = 1.0
"""
POLICIES = {"fifo": "FIFO", "lru": "LRU", "clock": "Clock", "sieve": "Sieve", "s3fifo": "S3FIFO"}
SHARES = {"1%": 100, "10%": 10}


def footprint(trace):
    """Distinct objects: records are 24 bytes, the object id the eight from the fifth on."""
    data = trace.read_bytes()
    return len({data[i : i + 8] for i in range(4, len(data), 24)})


def rate_of_libcachesim(trace, policy, entries, hashpower, rounds=3):
    best = math.inf
    for _ in range(rounds):
        params = libcachesim.ReaderInitParam(ignore_obj_size=True)
        reader = libcachesim.TraceReader(str(trace), libcachesim.TraceType.ORACLE_GENERAL_TRACE, params)
        cache = getattr(libcachesim, policy)(cache_size=entries, hashpower=hashpower)
        start = time.process_time()
        cache.process_trace(reader)
        best = min(best, time.process_time() - start)
    return REQUESTS / best


def rates_of_coldgap(trace):
    wanted = "given/.*/({})$".format("|".join(POLICIES))
    environment = os.environ | {"COLDGAP_TRACE": str(trace)}
    bench = ["cargo", "bench", "--bench", "replay", "--", wanted]
    subprocess.run(bench, cwd=ROOT, env=environment, check=True, stdout=sys.stderr)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    rates = {}
    for policy in POLICIES:
        for share in SHARES:
            # criterion replaces nothing in a name but what a file name cannot have.
            found = target / "criterion" / f"given_{share}" / policy / "new" / "estimates.json"
            nanoseconds = json.loads(found.read_text())["median"]["point_estimate"]
            rates[policy, share] = REQUESTS / nanoseconds * 1e9
    return rates


def main():
    with tempfile.TemporaryDirectory() as folder:
        recipe = pathlib.Path(folder, "zipf.toml")
        trace = pathlib.Path(folder, "zipf.oracleGeneral")
        recipe.write_text(RECIPE)
        synth = ["cargo", "run", "--release", "--quiet", "--", "synth", str(recipe), "-o", str(trace)]
        subprocess.run(synth, cwd=ROOT, check=True)
        objects = footprint(trace)
        ours = rates_of_coldgap(trace)
        print(f"{REQUESTS:,} gets, {objects:,} objects; million requests a second")
        print(f"{'policy':8}{'size':>6}{'libCacheSim':>13}{'tuned':>8}{'coldgap':>9}{'times':>8}{'times tuned':>13}")
        for policy, name in POLICIES.items():
            for share, part in SHARES.items():
                entries = objects // part
                default = rate_of_libcachesim(trace, name, entries, 24)
                tuned = rate_of_libcachesim(trace, name, entries, math.ceil(math.log2(entries)))
                rate = ours[policy, share]
                millions = f"{default / 1e6:13.1f}{tuned / 1e6:8.1f}{rate / 1e6:9.1f}"
                print(f"{policy:8}{share:>6}{millions}{rate / default:8.1f}{rate / tuned:13.1f}", flush=True)


if __name__ == "__main__":
    main()
