"""One feature's numbers filled, capped and scaled, as learnt on training rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

__all__ = ["CAP_SHARES", "Scaling", "learn_scaling", "scale_values"]

Array = npt.NDArray[np.float64]

CAP_SHARES: Final = (0.005, 0.995)
_HEAVY_SKEWNESS: Final = 2.0
_FLAT: Final = 1e-9  # spread against size below which a column says nothing


@dataclass(frozen=True)
class Scaling:
    """How one feature becomes one column.

    Attributes
    ----------
    fill : float
        Median or mean of the training rows, for missing values.
    low, high : float
        Caps, after the logarithm where there is one.
    centre, spread : float
        Mean and standard deviation of the capped training rows; for min-max
        scaling the lower cap and the distance to the upper one.
    is_log : bool
        Whether sign(x) · log(1 + |x|) is taken first.
    """

    fill: float
    low: float
    high: float
    centre: float
    spread: float
    is_log: bool


def learn_scaling(
    values: Array,
    missing: npt.NDArray[np.bool_],
    scaling: Literal["standard", "min_max"] = "standard",
    fill_with_mean: bool = False,
) -> Scaling:
    """Learn one feature's scaling from training rows.

    Parameters
    ----------
    values : ndarray, shape (rows,)
    missing : ndarray of bool, shape (rows,)
    scaling : {"standard", "min_max"}
    fill_with_mean : bool
        Whether gaps take the mean instead of the median.

    Returns
    -------
    Scaling
        Its spread is 0 where the feature does not vary.
    """
    known = values[~missing]
    is_log = _skewness(known) > _HEAVY_SKEWNESS
    shown = _signed_log(known) if is_log else known
    low, high = np.quantile(shown, CAP_SHARES)
    if low == high:  # a rare event: capping it would erase it
        low, high = shown.min(), shown.max()
    fill = float(np.mean(known) if fill_with_mean else np.median(known))
    draft = Scaling(fill, float(low), float(high), 0.0, 1.0, is_log)
    if scaling == "min_max":
        return replace(draft, centre=draft.low, spread=draft.high - draft.low)
    filled = scale_values(values, missing, draft)
    spread = float(filled.std())
    if spread <= _FLAT * max(1.0, abs(float(filled.mean()))):
        spread = 0.0
    return Scaling(draft.fill, draft.low, draft.high, float(filled.mean()), spread, is_log)


def scale_values(values: Array, missing: npt.NDArray[np.bool_], scaling: Scaling) -> Array:
    """Return a feature's column: gaps filled, logs taken, capped, centred and scaled."""
    filled = np.where(missing, scaling.fill, values)
    shown = _signed_log(filled) if scaling.is_log else filled
    return (np.clip(shown, scaling.low, scaling.high) - scaling.centre) / scaling.spread


def _signed_log(values: Array) -> Array:
    return np.sign(values) * np.log1p(np.abs(values))


def _skewness(values: Array) -> float:
    """Return the absolute standardised third moment, 0 where nothing varies."""
    spread = values.std()
    if spread == 0:
        return 0.0
    return float(abs(np.mean(((values - values.mean()) / spread) ** 3)))
