"""The rescale rule through one elementwise function, and from inputs back to the matrix."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from clv_core.features.components import Components
from clv_core.features.crosses import Crosses
from clv_core.features.refinement import Refinement
from clv_core.models.dense import Array

SMALLEST_DIFFERENCE: Final = 1e-9  # below it a slope replaces the quotient
SLOPE_STEP: Final = 1e-4


def pass_refinement(
    refinement: Refinement, multipliers: Array, above: Array, below: Array
) -> Array:
    """Share out what a model's inputs say among the columns that they are made of.

    A dense layer is passed by its weights and what is cut at zero by the rescale
    rule (``explain.deep``). Of a product's difference each factor gets its own
    difference times the other's mean of the two: the Shapley value of a product
    of two. So parts add up to what the inputs' parts would.

    Parameters
    ----------
    refinement : Refinement
    multipliers : ndarray, shape (rows, background rows, inputs)
        Of the inputs, for every pair.
    above : ndarray of float64, shape (rows, columns)
        The matrix before the refinement.
    below : ndarray of float64, shape (background rows, columns)

    Returns
    -------
    ndarray, shape (rows, columns)
        Means over the background of multiplier times difference.
    """
    passed = multipliers
    if refinement.components is not None:
        crossed = refinement.cross(above), refinement.cross(below)
        passed = _pass_components(refinement.components, passed, *crossed)
    if refinement.crosses is not None:
        passed = _pass_crosses(refinement.crosses, passed, above, below)
    background_part = np.einsum("nbc,bc->nc", passed, below) / len(below)
    return np.asarray(passed.mean(axis=1) * above - background_part)


def _pass_components(
    components: Components, multipliers: Array, above: Array, below: Array
) -> Array:
    linear_above, linear_below = (components.layer_outputs(one) for one in (above, below))
    passed = multipliers
    for layer in range(len(components.kernels) - 1, -1, -1):
        passed = passed @ components.kernels[layer].T
        if layer:
            passed *= rescale(_cut, linear_above[layer - 1], linear_below[layer - 1])
    return passed


def _pass_crosses(crosses: Crosses, multipliers: Array, above: Array, below: Array) -> Array:
    columns = above.shape[1]
    passed = multipliers[:, :, :columns].copy()
    for number, (first, second) in enumerate(crosses.pairs):
        middles = crosses.middles[number]
        of_product = multipliers[:, :, columns + number] / crosses.spread[number]
        for one, other, middle in ((first, second, middles[1]), (second, first, middles[0])):
            mean_other = (above[:, other, None] + below[None, :, other]) / 2 - middle
            passed[:, :, one] += of_product * mean_other
    return passed


def _cut(values: Array) -> Array:
    return np.maximum(values, 0)


def rescale(function: Callable[[Array], Array], above: Array, below: Array) -> Array:
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


def rescale_relu(above: Array, below: Array) -> Array:
    """Return :func:`rescale` for ``max(x, 0)``, in the precision of the inputs.

    Its quotient is as exact as its inputs, however close they are, so that only those
    that are the same are looked after: the slope there is 1 above 0, else 0.
    """
    difference = above[:, None] - below[None]
    outcome: Array = _cut(above)[:, None] - _cut(below)[None]
    with np.errstate(invalid="ignore"):
        outcome /= difference
    if np.isnan(outcome.sum()):
        same = np.isnan(outcome)
        row, _, *unit = np.nonzero(same)
        outcome[same] = above[(row, *unit)] > 0
    return outcome


def _slope(function: Callable[[Array], Array], above: Array, close: Array) -> Array:
    """Slopes where two values are too close for their quotient to be exact."""
    slopes = (function(above + SLOPE_STEP) - function(above - SLOPE_STEP)) / (2 * SLOPE_STEP)
    row, _, *unit = np.nonzero(close)
    return slopes[(row, *unit)]
