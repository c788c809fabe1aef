"""Expected gradients for networks that read months: every customer's, in money.

A forecast's difference from a typical customer's is the integral of the gradient
along the straight line between the two, input by input. Averaged over typical
customers and places on the line: Erion, Janizek, Sturmfels, Lundberg and Lee,
"Improving performance of deep learning models with axiomatic attribution priors
and expected gradients", 2021, Nature Machine Intelligence 3, equation 3. Every
typical customer is met once, at a place of their own stratum of the line.

Sampled so, parts add up to the forecast only nearly. What is missing is spread over
a customer's parts in proportion to their size: each keeps its sign unless the gap
is larger than all of them together, and the sum is exact.

Imports JAX where it computes: only for code that may train.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from clv_core.explain.deep import group_by_source
from clv_core.explain.differentiable import MoneyFunction, build_money
from clv_core.explain.explanation import Explanation
from clv_core.explain.gaps import spread_gap
from clv_core.features.snapshots import Snapshot
from clv_core.models.backend import import_jax
from clv_core.models.dense import Array
from clv_core.models.network import NetworkForecaster
from clv_core.models.sequence_network import JointRows, SequenceNetwork

ROWS_AT_ONCE: Final = 2  # each beside every typical customer; more leave the cache


def explain_sequence_network(
    forecaster: NetworkForecaster, snapshot: Snapshot, background: Snapshot, seed: int = 0
) -> Explanation:
    """Attribute a fitted network's forecasts to features and sequences.

    Months of one sequence are added up, and so are inputs from one feature; since
    when one is a customer counts under the tenure.

    Parameters
    ----------
    forecaster : NetworkForecaster
        With any architecture but ``dense``.
    snapshot : Snapshot
        Customers to explain.
    background : Snapshot
        Customers to compare with.
    seed : int
        For which of them is met where.
    """
    rows, typical = (_read(forecaster, one) for one in (snapshot, background))
    networks = [one for one in forecaster.networks_ if isinstance(one, SequenceNetwork)]
    parts = np.mean([attribute_money(one, rows, typical, seed) for one in networks], axis=0)
    forecasts = [one.money(typical.inputs, typical.log_factors.sum(axis=1)) for one in networks]
    base_value = float(np.mean(forecasts))
    inputs = forecaster.inputs_
    sources = [*inputs.channel_sources, *inputs.column_sources, *forecaster.factor_sources]
    contributions = group_by_source(parts, sources)
    contributions.index = snapshot.features.index
    known = [name for name in contributions if name in snapshot.names]
    spend = forecaster.predict(snapshot).spend.to_numpy(np.float64)
    return Explanation(
        contributions=close_gap(contributions[known], spend - base_value),
        values=read_values(snapshot, known),
        base_value=base_value,
    )


def attribute_money(
    network: SequenceNetwork, rows: FactoredRows, typical: FactoredRows, seed: int
) -> Array:
    """Return expected gradients of money, months of a channel added up.

    Parameters
    ----------
    network : SequenceNetwork
    rows : FactoredRows
        Customers to explain.
    typical : FactoredRows
        Customers to compare with, each at one place on the line.
    seed : int
        For the places.

    Returns
    -------
    ndarray of float64, shape (rows, channels + columns + factors)
    """
    jax = import_jax()
    count = len(typical.log_factors)
    random = np.random.default_rng(seed)
    places = (random.permutation(count) + random.random(count)) / count
    below = typical.to_arrays()
    money = build_money(network)

    def explain(above: tuple[Any, ...]) -> Any:
        return _average_path(jax, money, above, below, places.astype(np.float32))

    compiled = jax.jit(explain)
    found = [
        np.asarray(compiled(chunk.pad(ROWS_AT_ONCE).to_arrays()))[: len(chunk.log_factors)]
        for chunk in rows.chunks(ROWS_AT_ONCE)
    ]
    return np.concatenate(found).astype(np.float64)


@dataclass(frozen=True)
class FactoredRows:
    """Rows of a network, and the logs of what its money is multiplied by.

    Attributes
    ----------
    inputs : JointRows
    log_factors : ndarray, shape (rows, factors)
    """

    inputs: JointRows
    log_factors: Array

    def chunks(self, rows: int) -> Iterator[FactoredRows]:
        """Yield the rows in their order, a number of them at a time."""
        for start in range(0, len(self.log_factors), rows):
            chunk = slice(start, start + rows)
            yield FactoredRows(self.inputs[chunk], self.log_factors[chunk])

    def pad(self, rows: int) -> FactoredRows:
        """Repeat the first row until there are so many: one shape compiles once."""
        chosen = np.r_[np.arange(len(self.log_factors)), np.zeros(rows, dtype=np.intp)][:rows]
        return FactoredRows(self.inputs[chosen], self.log_factors[chosen])

    def to_arrays(self) -> tuple[Array, Array, Array]:
        """Return sequence, matrix (without columns where there is none) and factors."""
        nothing = np.zeros((len(self.log_factors), 0), dtype=np.float32)
        matrix = nothing if self.inputs.matrix is None else self.inputs.matrix
        return self.inputs.sequence, matrix, self.log_factors.astype(np.float32)


def _average_path(
    jax: Any, money: MoneyFunction, above: tuple[Any, ...], below: tuple[Any, ...], places: Any
) -> Any:
    """Average gradient times difference over the typical customers."""
    apart = [one[:, None] - other[None] for one, other in zip(above, below, strict=True)]
    points = []
    for difference, other in zip(apart, below, strict=True):
        place = places.reshape(1, -1, *[1] * (other.ndim - 1))
        point = other[None] + place * difference
        points.append(point.reshape(point.shape[0] * point.shape[1], *point.shape[2:]))
    slopes = jax.grad(lambda *rows: money(*rows).sum(), argnums=(0, 1, 2))(*points)
    moved = [
        (slope.reshape(difference.shape) * difference).mean(axis=1)
        for slope, difference in zip(slopes, apart, strict=True)
    ]
    by_channel = moved[0].sum(axis=1)  # over the months
    return jax.numpy.concatenate([by_channel, moved[1], moved[2]], axis=1)


def _read(forecaster: NetworkForecaster, snapshot: Snapshot) -> FactoredRows:
    inputs = forecaster.read_inputs(snapshot)
    if not isinstance(inputs, JointRows):
        raise TypeError("a network that reads no months is explained by explain.deep")
    return FactoredRows(inputs, forecaster.read_log_factors(snapshot))


def read_values(snapshot: Snapshot, names: Sequence[str]) -> pd.DataFrame:
    """Return features as customers have them, and of sequences the sums over all months."""
    sums = {name: one.sum(axis=1, dtype=np.float64) for name, one in snapshot.sequences.items()}
    together: pd.DataFrame = snapshot.features.assign(**sums)
    return together[list(names)]


def close_gap(contributions: pd.DataFrame, differences: Array) -> pd.DataFrame:
    """Spread what a table's parts lack of each customer's difference (``gaps.spread_gap``)."""
    parts = spread_gap(contributions.to_numpy(np.float64), differences)
    return pd.DataFrame(parts, contributions.index, contributions.columns)
