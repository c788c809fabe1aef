"""DeepSHAP for dense networks: every customer's attributions, batched, in money.

The rescale rule sends the difference of two forecasts back through the network.
Where a value passes an elementwise function its multiplier is the difference
of the outputs over the difference of the inputs; where values are added up, it
is the weight. Multipliers from the forecast down to an input, times the
input's difference, are that input's share, and the shares add up to the whole
difference. Shrikumar, Greenside and Kundaje, "Learning Important Features
Through Propagating Activation Differences", 2017 (arXiv:1704.02685), section
3.5.1 and equation 5; averaged over a background as in Lundberg and Lee, "A
Unified Approach to Interpreting Model Predictions", 2017, section 4.2.

The zero-inflated lognormal head stays within the rule, because money is the
exponential of a sum in which each addend depends on one output:
``exp(log sigmoid(a) + m + softplus(c)**2 / 2 + log_ratio)``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from clv_core.explain.explanation import Explanation
from clv_core.features.snapshots import Snapshot
from clv_core.models.dense import ACTIVATIONS, Array, DenseNetwork, Head
from clv_core.models.horizon import HORIZON_RATIO, read_log_ratio
from clv_core.models.network import NetworkForecaster

MOST_BACKGROUND_ROWS: Final = 200
BYTES_AT_ONCE: Final = 4 * 2**20  # of one layer's pairs of row and background row
SMALLEST_DIFFERENCE: Final = 1e-9  # below it a slope replaces the quotient
SLOPE_STEP: Final = 1e-4


@dataclass(frozen=True)
class _Pass:
    """What a forward pass leaves behind, in float64."""

    rows: Array
    linear: list[Array]  # per layer, (rows, units)
    log_ratio: Array  # (rows,)


def explain_dense(
    network: DenseNetwork,
    rows: Array,
    background: Array,
    log_ratio: Array | None = None,
    background_log_ratio: Array | None = None,
) -> tuple[Array, float]:
    """Attribute each row's money to the network's inputs.

    Parameters
    ----------
    network : DenseNetwork
    rows : ndarray, shape (rows, inputs)
    background : ndarray, shape (background rows, inputs)
        What a row is compared with; all of it is used.
    log_ratio : ndarray, shape (rows,), optional
        Log of the factor that carries each row's money to another horizon.
    background_log_ratio : ndarray, shape (background rows,), optional
        The same for the background; by default 0.

    Returns
    -------
    (ndarray of float64, shape (rows, inputs + 1), float)
        Money per input, the last column being the log ratio's share (all 0
        without one), and the background's mean forecast. Row sums and base
        value add up to the forecast.
    """
    below = _forward(network, background, background_log_ratio)
    base_value = float(network.head.money(below.linear[-1], below.log_ratio).mean())
    widest = max(network.head.outputs, *(len(kernel.T) for kernel in network.kernels))
    rows_at_once = max(1, BYTES_AT_ONCE // (8 * widest * len(background)))
    ratio = np.zeros(len(rows)) if log_ratio is None else log_ratio
    contributions = np.empty((len(rows), background.shape[1] + 1))
    for start in range(0, len(rows), rows_at_once):
        chunk = slice(start, start + rows_at_once)
        above = _forward(network, rows[chunk], ratio[chunk])
        contributions[chunk] = _explain_chunk(network, above, below)
    return contributions, base_value


def explain_network(
    forecaster: NetworkForecaster, snapshot: Snapshot, background: Snapshot, seed: int = 0
) -> Explanation:
    """Attribute a fitted network's forecasts to the snapshot's features.

    The inputs that come from one feature are added up. A log horizon ratio, if
    the snapshot has one, is a feature of its own: what the longer horizon adds.

    Parameters
    ----------
    forecaster : NetworkForecaster
    snapshot : Snapshot
        Customers to explain.
    background : Snapshot
        Customers to compare with; ``MOST_BACKGROUND_ROWS`` are drawn from more.
    seed : int
        For that draw.
    """
    chosen = _draw_rows(len(background.features), seed)
    learnt_days = forecaster.training_horizon_days_
    parts = [
        explain_dense(
            network,
            forecaster.read_inputs(snapshot),
            forecaster.read_inputs(background)[chosen],
            read_log_ratio(snapshot, learnt_days),
            read_log_ratio(background, learnt_days)[chosen],
        )
        for network in forecaster.networks_
    ]
    columns = forecaster.matrix_.column_names_
    source_of = forecaster.matrix_.source_of_column_
    sources = [*(source_of[column] for column in columns), HORIZON_RATIO]
    contributions = group_by_source(np.mean([part[0] for part in parts], axis=0), sources)
    contributions.index = snapshot.features.index
    known = [name for name in contributions if name in snapshot.features]
    return Explanation(
        contributions=contributions[known],
        values=snapshot.features[known],
        base_value=float(np.mean([part[1] for part in parts])),
    )


def group_by_source(contributions: Array, sources: list[str]) -> pd.DataFrame:
    """Add up the columns that come from the same feature, in order of appearance."""
    names = list(dict.fromkeys(sources))
    position = {name: number for number, name in enumerate(names)}
    membership = np.zeros((len(sources), len(names)))
    membership[np.arange(len(sources)), [position[source] for source in sources]] = 1
    return pd.DataFrame(contributions @ membership, columns=names)


def _draw_rows(rows: int, seed: int) -> Array:
    if rows <= MOST_BACKGROUND_ROWS:
        return np.arange(rows)
    random = np.random.default_rng(seed)
    return np.sort(random.choice(rows, MOST_BACKGROUND_ROWS, replace=False))


def _forward(network: DenseNetwork, rows: Array, log_ratio: Array | None) -> _Pass:
    exact = rows.astype(np.float64)
    ratio = np.zeros(len(rows)) if log_ratio is None else log_ratio
    return _Pass(exact, network.layer_inputs(exact), np.asarray(ratio, dtype=np.float64))


def _explain_chunk(network: DenseNetwork, above: _Pass, below: _Pass) -> Array:
    """Return contributions of shape (rows, inputs + 1), averaged over the background."""
    multiplier, ratio_part = _pass_head(network.head, above, below)
    activate = ACTIVATIONS[network.activation]
    for layer in range(len(network.kernels) - 1, 0, -1):
        multiplier = multiplier @ network.kernels[layer].T.astype(np.float64)
        multiplier *= _rescale(activate, above.linear[layer - 1], below.linear[layer - 1])
    kernel = network.kernels[0].T.astype(np.float64)
    # The mean over pairs of (multiplier @ kernel) * (row - background row), with
    # the row's term taken out of the sum: it needs no product per pair.
    row_part = (multiplier.mean(axis=1) @ kernel) * above.rows
    paired = multiplier.transpose(0, 2, 1) @ (below.rows / len(below.rows))
    background_part = np.einsum("nhi,hi->ni", paired, kernel)
    return np.column_stack([row_part - background_part, ratio_part])


def _pass_head(head: Head, above: _Pass, below: _Pass) -> tuple[Array, Array]:
    """Return multipliers of the outputs, (rows, background, outputs), and the ratio's share."""
    ratio_difference = above.log_ratio[:, None] - below.log_ratio
    if head.kind == "linear":
        return _pass_linear_head(head, above, below, ratio_difference)
    log_above, log_below = (head.log_parts(one.linear[-1]).sum(axis=1) for one in (above, below))

    def cap(log_money: Array) -> Array:
        return np.minimum(log_money, head.log_cap)

    to_money = _rescale(np.exp, cap(log_above) + above.log_ratio, cap(log_below) + below.log_ratio)
    to_log = to_money * _rescale(cap, log_above, log_below)
    parts = _rescale(head.log_parts, above.linear[-1], below.linear[-1])
    return to_log[:, :, None] * parts, (to_money * ratio_difference).mean(axis=1)


def _pass_linear_head(
    head: Head, above: _Pass, below: _Pass, ratio_difference: Array
) -> tuple[Array, Array]:
    """Split the product of money and horizon factor evenly: the Shapley value of two."""
    factor_above, factor_below = np.exp(above.log_ratio), np.exp(below.log_ratio)
    money_above, money_below = (
        head.shift + head.scale * one.linear[-1][:, 0] for one in (above, below)
    )
    mean_factor = (factor_above[:, None] + factor_below) / 2
    mean_money = (money_above[:, None] + money_below) / 2
    ratio_part = (mean_money * (factor_above[:, None] - factor_below)).mean(axis=1)
    return (head.scale * mean_factor)[:, :, None], ratio_part


def _rescale(function: Callable[[Array], Array], above: Array, below: Array) -> Array:
    """Return the rescale rule's multipliers for every pair of row and background row.

    Shapes ``(rows, …)`` and ``(background, …)`` give ``(rows, background, …)``.
    """
    difference = above[:, None] - below[None]
    outcome: Array = function(above)[:, None] - function(below)[None]
    close = np.abs(difference) < SMALLEST_DIFFERENCE
    if close.any():
        outcome[close] = _slope(function, above, close)
        difference[close] = 1.0
    outcome /= difference
    return outcome


def _slope(function: Callable[[Array], Array], above: Array, close: Array) -> Array:
    """Slopes where two values are too close for their quotient to be exact."""
    slopes = (function(above + SLOPE_STEP) - function(above - SLOPE_STEP)) / (2 * SLOPE_STEP)
    row, _, *unit = np.nonzero(close)
    return slopes[(row, *unit)]
