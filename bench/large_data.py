"""One size, in this process alone: prints nanoseconds as JSON. Started by large-data.mjs.

What st.cache_data does with the DataFrame that a function returns: pickle.dumps when it is cached, pickle.loads for each run.
"""

import gc
import json
import pickle
import statistics
import sys
import time

import numpy
import pandas

rows = int(sys.argv[1])


def load():
    return pandas.DataFrame({name: (numpy.arange(rows) % 1000) * (column + 1) * 0.5 for column, name in enumerate("abcd")})


def time_of(call):
    gc.collect()
    before = time.perf_counter_ns()
    value = call()
    return time.perf_counter_ns() - before, value


def median_of(calls, call):
    times = []
    for _ in range(calls):
        took, value = time_of(call)
        del value
        times.append(took)
    return statistics.median(times)


alone = median_of(3, load)


def compute_and_keep():
    return pickle.dumps(load(), protocol=pickle.HIGHEST_PROTOCOL)


# The first caller gets what the function returned; it is pickled for the others.
first = median_of(3, compute_and_keep)
kept = compute_and_keep()
assert pickle.loads(kept)["d"].iloc[-1] == ((rows - 1) % 1000) * 2
later = median_of(5, lambda: pickle.loads(kept))
print(json.dumps({"alone": alone, "first": first, "later": later}))
