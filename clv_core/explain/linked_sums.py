"""Attributions of weighted sums passed through a link, in money, for all customers at once.

The forecast is a chain of sums and of functions of one number: columns, likeness to
landmarks (the exponential of a sum over columns), sums of them, the head, the carry
to the horizon. The rescale rule goes back through it: at a function of one number a
difference is passed on by the slope of the secant, at a sum by its weights
(Shrikumar, Greenside and Kundaje 2017, arXiv:1704.02685, section 3.5.1; averaged
over a background as in Chen, Lundberg and Lee 2022, Nature Communications
13:4512). Of a sum alone it gives the exact Shapley values, weight × (column − its
mean over the background), those of ``shap.LinearExplainer``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import expit, log_expit

from clv_core.explain.rescaling import pass_refinement
from clv_core.features.refinement import Refinement
from clv_core.models.labelled_rows import Array
from clv_core.models.linked_sums import Head, KernelMap, LinearMap

NUMBERS_AT_ONCE: Final = 2**21  # pairs of row and background row times landmarks
CLOSE: Final = 1e-7  # difference below which a slope stands for the quotient


@dataclass(frozen=True)
class Carried:
    """Customers' inputs and the log of what carries their forecast to the horizon.

    Attributes
    ----------
    inputs : ndarray of float64, shape (customers, columns)
    log_ratio : ndarray of float64, shape (customers,)
    """

    inputs: Array
    log_ratio: Array

    def take(self, rows: slice) -> Carried:
        """Return some of the customers."""
        return Carried(self.inputs[rows], self.log_ratio[rows])


@dataclass(frozen=True)
class _Told:
    """Customers' sums, shape (customers, outputs), and the log of what carries them."""

    outputs: Array
    log_ratio: Array


def attribute_sums(
    map_: LinearMap | KernelMap,
    head: Head,
    customers: Carried,
    background: Carried,
    refinement: Refinement | None = None,
) -> tuple[Array, Array]:
    """Split each forecast's distance from the mean background forecast by column.

    Parameters
    ----------
    map_ : LinearMap or KernelMap
    head : Head
    customers, background : Carried
        Their inputs are the columns before the refinement, if there is one.
    refinement : Refinement, optional
        What turns columns into the map's inputs.

    Returns
    -------
    (ndarray, shape (customers, columns), ndarray, shape (customers,))
        Money per column, and the log ratio's share.
    """
    width = len(map_.landmarks) if isinstance(map_, KernelMap) else 2
    if refinement is not None:
        width = max(width, *refinement.cross(background.inputs).shape[1:])
    step = max(1, NUMBERS_AT_ONCE // (len(background.inputs) * width))
    parts, shares = np.empty_like(customers.inputs), np.empty(len(customers.inputs))
    taken = background.inputs if refinement is None else refinement.apply(background.inputs)
    below = _Told(map_.outputs(taken), background.log_ratio)
    for start in range(0, len(parts), step):
        chunk = slice(start, start + step)
        above = customers.take(chunk)
        seen = above.inputs if refinement is None else refinement.apply(above.inputs)
        told = _Told(map_.outputs(seen), above.log_ratio)
        multipliers, shares[chunk] = _pass_head(head, told, below)
        if refinement is not None:
            on_inputs = _pass_map(map_, multipliers, seen, taken)
            parts[chunk] = pass_refinement(refinement, on_inputs, above.inputs, background.inputs)
        elif isinstance(map_, KernelMap):
            parts[chunk] = _pass_kernel(map_, multipliers, above.inputs, background.inputs)
        else:
            parts[chunk] = _pass_linear(map_, multipliers, above.inputs, background.inputs)
    return parts, shares


def _pass_head(head: Head, above: _Told, below: _Told) -> tuple[Array, Array]:
    """Return multipliers, shape (customers, background, outputs), and the ratio's share."""
    if above.outputs.shape[1] == 1:
        return _pass_one_sum(head, above, below)
    log_cap = np.log(head.cap)

    def log_capped(log_money: Array) -> Array:
        return np.minimum(log_money, log_cap)

    log_above, log_below = (
        log_expit(told.outputs[:, 0]) + told.outputs[:, 1] for told in (above, below)
    )
    to_money = head.factor * _secant(
        np.exp,
        np.exp,
        log_capped(log_above) + above.log_ratio,
        log_capped(log_below) + below.log_ratio,
    )
    to_log = to_money * _secant(
        log_capped, lambda at: (at < log_cap).astype(np.float64), log_above, log_below
    )
    of_logit = _secant(log_expit, lambda at: expit(-at), above.outputs[:, 0], below.outputs[:, 0])
    multipliers = np.stack([to_log * of_logit, to_log], axis=2)
    return multipliers, (to_money * (above.log_ratio[:, None] - below.log_ratio)).mean(axis=1)


def _pass_one_sum(head: Head, above: _Told, below: _Told) -> tuple[Array, Array]:
    """Split the product of money and horizon factor evenly: the Shapley value of two."""

    def floored(sums: Array) -> Array:
        return np.maximum(sums, head.floor)

    slopes = _secant(
        floored,
        lambda at: (at > head.floor).astype(np.float64),
        above.outputs[:, 0],
        below.outputs[:, 0],
    )
    factor_above, factor_below = np.exp(above.log_ratio)[:, None], np.exp(below.log_ratio)
    money_above, money_below = head.money(above.outputs)[:, None], head.money(below.outputs)
    multipliers = head.factor * slopes * (factor_above + factor_below) / 2
    of_ratio = (money_above + money_below) / 2 * (factor_above - factor_below)
    return multipliers[:, :, None], of_ratio.mean(axis=1)


def _pass_map(map_: LinearMap | KernelMap, multipliers: Array, above: Array, below: Array) -> Array:
    """Return multipliers of the inputs for every pair, shape (customers, background, inputs)."""
    if isinstance(map_, LinearMap):
        return np.asarray(multipliers @ map_.weights.T)
    on_log = _pass_likeness(map_, multipliers, above, below)
    # (x − l)² − (b − l)² = (x − b) (x + b − 2 l)
    sums = (above[:, None] + below[None]) * on_log.sum(axis=2)[:, :, None]
    return np.asarray(-map_.gamma * (sums - 2 * on_log @ map_.landmarks))


def _pass_likeness(map_: KernelMap, multipliers: Array, above: Array, below: Array) -> Array:
    """Return multipliers of the likeness' logs, shape (customers, background, landmarks)."""
    on_likeness = multipliers @ map_.weights.T
    return np.asarray(
        on_likeness * _secant(np.exp, np.exp, map_.log_likeness(above), map_.log_likeness(below))
    )


def _pass_linear(map_: LinearMap, multipliers: Array, above: Array, below: Array) -> Array:
    """Average over the background: Σ_o multiplier_o · weight_o · (column − its background)."""
    on_columns = multipliers @ map_.weights.T  # (customers, background, columns)
    return np.asarray(
        on_columns.mean(axis=1) * above - np.einsum("nbc,bc->nc", on_columns, below) / len(below)
    )


def _pass_kernel(map_: KernelMap, multipliers: Array, above: Array, below: Array) -> Array:
    """Go through each landmark's likeness; its log is −γ Σ_c (column − landmark)²."""
    on_log = _pass_likeness(map_, multipliers, above, below)
    of_pair = on_log.sum(axis=2)
    of_landmark = on_log.sum(axis=1)
    # (x − l)² − (b − l)² = x² − b² − 2 l (x − b), summed over b and l.
    squares = above**2 * of_pair.sum(axis=1)[:, None] - of_pair @ below**2
    crossed = np.einsum("nlc,lc->nc", on_log.transpose(0, 2, 1) @ below, map_.landmarks)
    products = above * (of_landmark @ map_.landmarks) - crossed
    return np.asarray(-map_.gamma * (squares - 2 * products) / len(below))


def _secant(
    function: Callable[[Array], Array],
    slope: Callable[[Array], Array],
    above: Array,
    below: Array,
) -> Array:
    """Return the secant's slope for every pair, the tangent's where they are close.

    Shapes ``(customers, …)`` and ``(background, …)`` give ``(customers, background, …)``.
    """
    gap = above[:, None] - below[None]
    rise = function(above)[:, None] - function(below)[None]
    close = np.abs(gap) < CLOSE
    if close.any():
        middle = (above[:, None] + below[None])[close] / 2
        rise[close], gap[close] = slope(middle), 1.0
    return np.asarray(rise / gap)
