"""One fixed piece of arithmetic, to know how fast the machine is right now."""

from __future__ import annotations

import statistics
import time

import numpy as np
from threadpoolctl import threadpool_limits

SIZE = 400
ROUNDS = 15


def calibrate() -> float:
    """Return the median seconds of singular values of a fixed matrix, after a warm-up."""
    matrix = np.random.default_rng(0).normal(size=(SIZE, SIZE))
    taken = []
    with threadpool_limits(1):  # threads that wait for each other measure the scheduler
        np.linalg.svd(matrix)
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            np.linalg.svd(matrix)
            taken.append(time.perf_counter() - begun)
    return statistics.median(taken)
