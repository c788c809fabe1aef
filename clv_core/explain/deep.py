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

The heads stay within the rule, because money is one exponential, or the difference
of two, of a sum in which each addend depends on one output; for the zero-inflated
lognormal: ``exp(log sigmoid(a) + m + softplus(c)**2 / 2 + log_factor)``.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from clv_core.explain.explanation import Explanation
from clv_core.explain.gaps import spread_gap
from clv_core.explain.rescaling import pass_refinement, rescale, rescale_relu
from clv_core.features.refinement import Refinement
from clv_core.features.snapshots import Snapshot
from clv_core.model_settings import Activation
from clv_core.models.boosted import count_threads
from clv_core.models.dense import ACTIVATIONS, Array, DenseNetwork
from clv_core.models.heads import Branch, Head
from clv_core.models.network import NetworkForecaster
from clv_core.models.sequence_network import SequenceNetwork

MOST_BACKGROUND_ROWS: Final = 200
BYTES_AT_ONCE: Final = 4 * 2**20  # of one layer's pairs of row and background row


@dataclass(frozen=True)
class _Pass:
    """What a forward pass leaves behind, in float64."""

    rows: Array
    linear: list[Array]  # per layer, (rows, units)
    log_factors: Array  # (rows, factors)


def explain_dense(
    network: DenseNetwork,
    rows: Array,
    background: Array,
    log_factors: Array | None = None,
    background_log_factors: Array | None = None,
    refinement: Refinement | None = None,
) -> tuple[Array, float]:
    """Attribute each row's money to the network's inputs.

    Parameters
    ----------
    network : DenseNetwork
    rows : ndarray, shape (rows, inputs)
    background : ndarray, shape (background rows, inputs)
        What a row is compared with; all of it is used.
    log_factors : ndarray, shape (rows,) or (rows, factors), optional
        Logs of what each row's money is multiplied by, such as the factor that
        carries it to another horizon. With a linear head only the first counts.
    background_log_factors : ndarray, optional
        The same for the background; by default 0.
    refinement : Refinement, optional
        What turns the rows' columns into the network's inputs; the money is then
        attributed to the columns.

    Returns
    -------
    (ndarray of float64, shape (rows, inputs + factors), float)
        Money per input (or column), then the share of each factor (one column of 0 without
        any), and the background's mean forecast. Row sums and base value add up
        to the forecast.
    """
    below = _forward(network, background, background_log_factors, refinement)
    base_value = float(network.head.money(below.linear[-1], below.log_factors.sum(axis=1)).mean())
    widest = max(network.head.outputs, *(len(kernel.T) for kernel in network.kernels))
    if refinement is not None:
        widest = max(widest, *refinement.cross(below.rows).shape[1:], len(network.kernels[0]))
    rows_at_once = max(1, BYTES_AT_ONCE // (8 * widest * len(background)))
    factors = np.zeros(len(rows)) if log_factors is None else log_factors

    def explain(start: int) -> Array:
        chunk = slice(start, start + rows_at_once)
        above = _forward(network, rows[chunk], factors[chunk], refinement)
        money = network.head.money(above.linear[-1], above.log_factors.sum(axis=1))
        found = _explain_chunk(network, above, below, refinement)
        return spread_gap(found, money - base_value)

    # BLAS's own threads wait for each other at every small product.
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(count_threads()) as pool:
        parts = list(pool.map(explain, range(0, len(rows), rows_at_once)))
    return np.concatenate(parts), base_value


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
    parts = [
        explain_dense(
            network,
            _read_columns(forecaster, snapshot),
            _read_columns(forecaster, background)[chosen],
            forecaster.read_log_factors(snapshot),
            forecaster.read_log_factors(background)[chosen],
            forecaster.inputs_.refinement,
        )
        for network in forecaster.networks_
        if isinstance(network, DenseNetwork)
    ]
    sources = [*forecaster.inputs_.column_sources, *forecaster.factor_sources]
    contributions = group_by_source(np.mean([part[0] for part in parts], axis=0), sources)
    contributions.index = snapshot.features.index
    known = [name for name in contributions if name in snapshot.features]
    return Explanation(
        contributions=contributions[known],
        values=snapshot.features[known],
        base_value=float(np.mean([part[1] for part in parts])),
    )


def _read_columns(forecaster: NetworkForecaster, snapshot: Snapshot) -> Array:
    if isinstance(forecaster.networks_[0], SequenceNetwork):
        raise TypeError("a network that reads months is explained by explain.gradients")
    return forecaster.inputs_.read_columns(snapshot.features)


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


def _forward(
    network: DenseNetwork,
    rows: Array,
    log_factors: Array | None,
    refinement: Refinement | None,
) -> _Pass:
    exact = rows.astype(np.float64)
    inputs = exact if refinement is None else refinement.apply(exact)
    factors = np.zeros(len(rows)) if log_factors is None else log_factors
    by_row = np.asarray(factors, dtype=np.float64).reshape(len(rows), -1)
    return _Pass(exact, network.layer_inputs(inputs), by_row)


def _explain_chunk(
    network: DenseNetwork, above: _Pass, below: _Pass, refinement: Refinement | None
) -> Array:
    """Return contributions of shape (rows, columns + factors), averaged over the background."""
    multiplier, factor_parts = _pass_head(network.head, above, below)
    dtype = np.float32 if _is_quick(network, refinement) else np.float64
    multiplier = multiplier.astype(dtype, copy=False)
    for layer in range(len(network.kernels) - 1, 0, -1):
        multiplier = _pass_weights(multiplier, network.kernels[layer])
        linear = (one.linear[layer - 1].astype(dtype, copy=False) for one in (above, below))
        multiplier *= _pass_activation(network.activation, *linear)
    on_inputs = _pass_weights(multiplier, network.kernels[0])
    if refinement is not None:
        parts = pass_refinement(refinement, on_inputs, above.rows, below.rows)
    else:
        # The mean over pairs of multiplier * (row - background row).
        typical: Array = (below.rows / len(below.rows)).astype(dtype)
        background_part = np.einsum("nbi,bi->ni", on_inputs, typical)
        parts = on_inputs.mean(axis=1) * above.rows - background_part
    return np.column_stack([parts, factor_parts])


def _pass_weights(multiplier: Array, kernel: Array) -> Array:
    """Multiply all pairs by a layer's weights at once: many small products cost far more."""
    rows, background, units = multiplier.shape
    weights = kernel.T.astype(multiplier.dtype)
    passed = multiplier.reshape(rows * background, units) @ weights
    return np.asarray(passed.reshape(rows, background, weights.shape[1]))


def _is_quick(network: DenseNetwork, refinement: Refinement | None) -> bool:
    """Whether half the precision suffices between the head and the inputs.

    Not where quotients of close values are taken. What is lost in the seventh digit is
    made good where parts are added up (:func:`explain_dense`).
    """
    return network.activation == "relu" and refinement is None


def _pass_activation(activation: Activation, above: Array, below: Array) -> Array:
    if activation == "relu":
        return rescale_relu(above, below)
    return rescale(ACTIVATIONS[activation], above, below)


def _pass_head(head: Head, above: _Pass, below: _Pass) -> tuple[Array, Array]:
    """Return multipliers of the outputs, (rows, background, outputs), and the factors' shares."""
    if not head.branches:
        return _pass_linear_head(head, above, below)
    passed = [_pass_branch(branch, above, below) for branch in head.branches]
    multipliers, factor_parts = zip(*passed, strict=True)
    return sum(multipliers[1:], multipliers[0]), sum(factor_parts[1:], factor_parts[0])


def _pass_branch(branch: Branch, above: _Pass, below: _Pass) -> tuple[Array, Array]:
    log_above, log_below = (branch.parts(one.linear[-1]).sum(axis=1) for one in (above, below))
    factor_above, factor_below = (one.log_factors.sum(axis=1) for one in (above, below))

    def cap(log_money: Array) -> Array:
        return np.minimum(log_money, branch.log_cap)

    to_money = branch.sign * rescale(
        np.exp, cap(log_above) + factor_above, cap(log_below) + factor_below
    )
    to_log = to_money * rescale(cap, log_above, log_below)
    parts = rescale(branch.parts, above.linear[-1], below.linear[-1])
    differences = above.log_factors[:, None] - below.log_factors
    return to_log[:, :, None] * parts, (to_money[:, :, None] * differences).mean(axis=1)


def _pass_linear_head(head: Head, above: _Pass, below: _Pass) -> tuple[Array, Array]:
    """Split the product of money and horizon factor evenly: the Shapley value of two."""
    factor_above, factor_below = (np.exp(one.log_factors[:, 0]) for one in (above, below))
    money_above, money_below = (
        head.shift + head.scale * one.linear[-1][:, 0] for one in (above, below)
    )
    mean_factor = (factor_above[:, None] + factor_below) / 2
    mean_money = (money_above[:, None] + money_below) / 2
    factor_parts = np.zeros_like(above.log_factors)
    factor_parts[:, 0] = (mean_money * (factor_above[:, None] - factor_below)).mean(axis=1)
    return (head.scale * mean_factor)[:, :, None], factor_parts
