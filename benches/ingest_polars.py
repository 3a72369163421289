"""Seconds of processor time in which polars reads the columns of a shape of benches/ingest.rs, on one thread.

    python3 benches/ingest_polars.py SHAPE FILE     # UInt64 or String: a CSV with such keys; json
"""

import os
import sys
import time

os.environ["POLARS_MAX_THREADS"] = "1"
import polars  # noqa: E402 (it reads the variable when it is imported)

shape, path = sys.argv[1:]


def read():
    if shape == "json":
        schema = {"time": polars.Float64, "method": polars.String, "key": polars.String, "size": polars.Int64}
        return polars.read_ndjson(path, schema=schema)
    keys = {"column_2": getattr(polars, shape)}
    return polars.read_csv(path, has_header=False, columns=[0, 1, 2, 3, 5, 6], schema_overrides=keys)


least = float("inf")
for _ in range(3):
    start = time.process_time()
    read()
    least = min(least, time.process_time() - start)
print(least)
