"""Where amounts part by themselves: natural breaks in one dimension."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

MOST_STEPS: Final = 2000  # of a ladder that stands in for more distinct amounts than that


def find_breaks(values: Array) -> tuple[float, float]:
    """Part amounts into three classes so that they differ least within classes.

    Of all ways to cut the sorted amounts twice, the one with the smallest sum of
    squared distances to the means of the classes (Fisher 1958, "On grouping for
    maximum homogeneity"; known from maps as Jenks' natural breaks). Found by trying
    them all. Where there are more than ``MOST_STEPS`` distinct amounts, neighbours are
    gathered on a ladder first, half of its steps equally wide and half equally full;
    a break then falls between steps.

    Parameters
    ----------
    values : ndarray, shape (customers,)
        Finite, at least one.

    Returns
    -------
    tuple of float
        The smallest amounts of the middle and of the upper class. With two distinct
        amounts the lower class is empty, with one the middle class too.
    """
    amounts, counts, smallest = _gather(np.sort(values))
    if len(amounts) < 3:
        return float(smallest[0]), float(smallest[-1])
    held = [
        np.concatenate([[0.0], np.cumsum(part)])
        for part in (counts, counts * amounts, counts * amounts**2)
    ]
    steps = np.arange(len(amounts) + 1)
    lower = _spread(held, np.zeros_like(steps), steps)
    upper = _spread(held, steps, np.full_like(steps, len(amounts)))
    best, cuts = np.inf, (1, 2)
    for first in range(1, len(amounts) - 1):
        seconds = steps[first + 1 : -1]
        total = lower[first] + _spread(held, np.full_like(seconds, first), seconds) + upper[seconds]
        place = int(total.argmin())
        if total[place] < best:
            best, cuts = float(total[place]), (first, int(seconds[place]))
    return float(smallest[cuts[0]]), float(smallest[cuts[1]])


def _gather(ordered: Array) -> tuple[Array, Array, Array]:
    """Return the mean, the size and the smallest amount of each step, in rising order.

    Means are taken off the mean of all, so that squares of large amounts lose nothing.
    """
    starts = np.flatnonzero(np.diff(ordered, prepend=-np.inf))
    if len(starts) > MOST_STEPS:
        half = MOST_STEPS // 2
        wide = np.searchsorted(ordered, np.linspace(ordered[0], ordered[-1], half))
        full = np.searchsorted(ordered, ordered[np.linspace(0, len(ordered) - 1, half).astype(int)])
        starts = np.unique(np.concatenate([wide, full]))
    counts = np.diff(starts, append=len(ordered)).astype(np.float64)
    means = np.add.reduceat(ordered - ordered.mean(), starts) / counts
    return means, counts, ordered[starts]


def _spread(held: list[Array], start: npt.NDArray[np.intp], end: npt.NDArray[np.intp]) -> Array:
    """Return the squared distances to the mean within steps ``start`` to ``end``."""
    count, total, squares = (part[end] - part[start] for part in held)
    return np.asarray(squares - total**2 / np.maximum(count, 1.0))
