"""The bars of a column's small chart, from its values and the rows that hold each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["Bin", "bin_labels", "bin_numbers", "bin_times", "write_number", "write_time"]

MOST_BINS: Final = 20
_EDGE_SHARES: Final = (0.01, 0.99)  # what lies outside shares the first and the last bar
_STEPS: Final = (1.0, 2.0, 5.0, 10.0)
_PERIODS: Final = {"D": "%Y-%m-%d", "M": "%Y-%m", "Y": "%Y"}
_LONGEST_LABEL: Final = 60

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Bin:
    """One bar of a column's small chart.

    Attributes
    ----------
    low, high : str
        Its edges, the lower one belonging to the bar before; both the same for a
        category, a single number and a period.
    rows : int
    """

    low: str
    high: str
    rows: int


def bin_labels(labels: npt.NDArray[Any], rows: Rows) -> tuple[Bin, ...]:
    """Return a bar per category, the most frequent first."""
    ordered = sorted(zip(labels, rows, strict=True), key=lambda entry: (-entry[1], entry[0]))
    return _bars([str(label).strip()[:_LONGEST_LABEL] for label, _ in ordered], _second(ordered))


def bin_numbers(values: npt.NDArray[np.float64], rows: Rows) -> tuple[Bin, ...]:
    """Return a bar per number where there are few, else per range between round edges.

    Parameters
    ----------
    values : float64, shape (values,)
        Finite, ascending, each once.
    rows : int64, shape (values,)
        Rows that hold each.
    """
    if len(values) <= MOST_BINS:
        return _bars([write_number(value) for value in values], rows)
    shares = np.cumsum(rows) / rows.sum()
    low, high = values[np.searchsorted(shares, _EDGE_SHARES)]
    smallest_step = 0.0 if np.mod(values, 1.0).any() else 1.0
    edges = _round_edges(float(low), float(high), smallest_step)
    inner = edges[(edges > values[0]) & (edges < values[-1])]
    held = np.bincount(
        np.searchsorted(inner, values), weights=rows, minlength=len(inner) + 1
    ).astype(np.int64)
    written = [write_number(edge) for edge in (values[0], *inner, values[-1])]
    pairs = zip(written, written[1:], held, strict=False)
    return tuple(Bin(start, end, int(count)) for start, end, count in pairs)


def bin_times(values: npt.NDArray[np.datetime64], rows: Rows) -> tuple[Bin, ...]:
    """Return a bar per day, month, year or span of years, whichever gives few enough."""
    times = pd.DatetimeIndex(values)
    for period, form in _PERIODS.items():
        found = times.to_period(period)
        first = found[0]
        place = np.asarray(found.astype("int64") - first.ordinal)
        if place[-1] < MOST_BINS:
            held = np.bincount(place, weights=rows).astype(np.int64)
            starts = pd.period_range(first, periods=len(held), freq=period)
            return _bars([str(start.strftime(form)) for start in starts], held)
    years, place = np.unique(times.year, return_inverse=True)
    return bin_numbers(years.astype(np.float64), np.bincount(place, weights=rows).astype(np.int64))


def write_number(value: float) -> str:
    """Write a number with up to six digits, whole ones with all."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.2f}" if 1e4 <= abs(value) < 1e15 else f"{value:.6g}"


def write_time(value: Any) -> str:
    """Write a day, with the clock where it is past the first minute."""
    time = pd.Timestamp(value)
    return str(time.strftime("%Y-%m-%d %H:%M" if time.hour or time.minute else "%Y-%m-%d"))


def _bars(labels: list[str], rows: Rows) -> tuple[Bin, ...]:
    return tuple(Bin(label, label, int(held)) for label, held in zip(labels, rows, strict=True))


def _second(pairs: list[tuple[Any, Any]]) -> Rows:
    return np.array([second for _, second in pairs], dtype=np.int64)


def _round_edges(low: float, high: float, smallest_step: float) -> npt.NDArray[np.float64]:
    """Return edges at multiples of 1, 2 or 5 times a power of ten, fewer than bars may be."""
    rough = max(((high - low) or max(abs(low), 1.0)) / (MOST_BINS - 2), smallest_step)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in _STEPS if power * factor >= rough)
    first, last = math.floor(low / step) + 1, math.ceil(high / step)
    return np.array([step * place for place in range(first, last + 1)], dtype=np.float64)
