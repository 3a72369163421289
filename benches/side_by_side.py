"""Requests a second of libCacheSim and of coldgap, side by side on one trace, policy by policy.

    pip install libcachesim==0.3.5
    python3 benches/side_by_side.py                  # all policies that both have: some 15 minutes
    python3 benches/side_by_side.py lru s3fifo       # only these

What is measured: the processor time of one core for replaying 5 million gets from Zipf(1.0) over a million objects through
one cache that is empty at first, all objects counting 1; the least of several rounds. Both programs read the same file and
take turns, policy by policy, so that a machine that slows down slows both.
libCacheSim: `process_trace` of its Python package, which is its loop in C and reads the mapped oracleGeneral file as it
goes; with its default hash table (2^24 buckets), and with one made for the cache ("tuned"). coldgap: benches/rates.rs on
the same file, which was decoded before; decoding takes about as long as replaying one cell, and is done once for all cells.
Where both implement the same definition they miss equally often (tests/policies/golden.rs), so that they do the same work;
hyperbolic, lhd and w-tinylfu differ in their draws or hashes.
"""

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
# libCacheSim's LFUDA is left out: it does not finish.
POLICIES = {
    "fifo": "FIFO",
    "lru": "LRU",
    "clock": "Clock",
    "sieve": "Sieve",
    "s3fifo": "S3FIFO",
    "slru": "SLRU",
    "2q": "TwoQ",
    "arc": "ARC",
    "lirs": "LIRS",
    "lfu": "LFU",
    "w-tinylfu": "WTinyLFU",
    "clock2q+": "Clock2QPlus",
    "gdsf": "GDSF",
    "mq": "MQ",
    "hyperbolic": "Hyperbolic",
    "lhd": "LHD",
}
SIZES = {"10%": 10, "1%": 100}
SLOW = 1.5


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
        if best > SLOW:  # more rounds would not tell more
            break
    return REQUESTS / best / 1e6


def rates_of_coldgap(trace, policy):
    """Million requests a second by cache size."""
    bench = ["cargo", "bench", "--quiet", "--bench", "rates", "--", policy]
    environment = os.environ | {"COLDGAP_TRACE": str(trace)}
    printed = subprocess.run(bench, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
    rows = [line.split(",") for line in printed.splitlines() if line.startswith(f"{policy},")]
    return {size: float(rate) for _, size, rate in rows}


def main():
    wanted = sys.argv[1:] or list(POLICIES)
    unknown = [policy for policy in wanted if policy not in POLICIES]
    if unknown:
        sys.exit(f"not in both programs: {', '.join(unknown)}; there are: {', '.join(POLICIES)}")
    with tempfile.TemporaryDirectory() as folder:
        recipe = pathlib.Path(folder, "zipf.toml")
        trace = pathlib.Path(folder, "zipf.oracleGeneral")
        recipe.write_text(RECIPE)
        synth = ["cargo", "run", "--release", "--quiet", "--", "synth", str(recipe), "-o", str(trace)]
        subprocess.run(synth, cwd=ROOT, check=True)
        objects = footprint(trace)
        print(f"{REQUESTS:,} gets, {objects:,} objects; million requests a second of processor time, and how many times more")
        print(f"{'policy':11}{'size':>5}{'libCacheSim':>13}{'tuned':>8}{'coldgap':>9}{'times':>8}{'times tuned':>13}")
        for policy in wanted:
            ours = rates_of_coldgap(trace, policy)
            for size, part in SIZES.items():
                entries = objects // part
                default = rate_of_libcachesim(trace, POLICIES[policy], entries, 24)
                tuned = rate_of_libcachesim(trace, POLICIES[policy], entries, math.ceil(math.log2(entries)))
                rate = ours[size]
                millions = f"{default:13.2f}{tuned:8.2f}{rate:9.1f}"
                print(f"{policy:11}{size:>5}{millions}{rate / default:8.1f}{rate / tuned:13.1f}", flush=True)


if __name__ == "__main__":
    main()
