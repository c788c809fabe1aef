"""What becomes of the matrix' columns before a model takes them: crosses, then fewer numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from clv_core.features.components import Components, LearnCode, learn_principal_components
from clv_core.features.crosses import Crosses, find_learnt_pairs, find_rfm_pairs, learn_crosses
from clv_core.model_settings import MatrixSettings

__all__ = ["Refinement", "learn_refinement"]

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Refinement:
    """Crosses put beside the columns, and all of it pressed into a few numbers.

    Attributes
    ----------
    crosses : Crosses or None
    components : Components or None
        At least one of the two is given.
    """

    crosses: Crosses | None = None
    components: Components | None = None

    def cross(self, columns: Array) -> Array:
        """Return the columns in float64, crosses beside them."""
        exact = columns.astype(np.float64)
        if self.crosses is None:
            return exact
        return np.column_stack([exact, self.crosses.apply(exact)])

    def apply(self, columns: Array) -> Array:
        """Return what a model takes, float64 of shape (rows, inputs)."""
        crossed = self.cross(columns)
        return crossed if self.components is None else self.components.apply(crossed)

    def to_json(self) -> dict[str, Any]:
        """Return a form that :meth:`from_json` reads back."""
        return {
            "crosses": None if self.crosses is None else self.crosses.to_json(),
            "components": None if self.components is None else self.components.to_json(),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Rebuild what :meth:`to_json` gave."""
        crosses, components = stored["crosses"], stored["components"]
        return cls(
            None if crosses is None else Crosses.from_json(crosses),
            None if components is None else Components.from_json(components),
        )


def learn_refinement(
    columns: Array,
    source_of: Mapping[str, str],
    spend: Array | None,
    settings: MatrixSettings,
    learn_code: LearnCode | None,
) -> Refinement | None:
    """Learn crosses, then what presses columns and crosses together; None for neither.

    Parameters
    ----------
    columns : ndarray, shape (rows, columns)
        Training rows, free of NaN.
    source_of : mapping of str to str
        Column -> feature it was made from, in order.
    spend : ndarray, shape (rows,), or None
        The rows' label, which only learnt crosses look at.
    settings : MatrixSettings
    learn_code : callable or None
        Trains the encoder of an autoencoder.

    Raises
    ------
    ValueError
        Where the settings ask for what was not given.
    """
    crosses = _learn_crosses(columns, source_of, spend, settings)
    crossed = Refinement(crosses).cross(columns)
    components = None
    if settings.compression == "pca":
        components = learn_principal_components(crossed, settings.compressed_variance)
    elif settings.compression == "autoencoder":
        if learn_code is None:
            raise ValueError("nothing was given that trains an autoencoder")
        components = learn_code(crossed)
    return Refinement(crosses, components) if crosses or components else None


def _learn_crosses(
    columns: Array, source_of: Mapping[str, str], spend: Array | None, settings: MatrixSettings
) -> Crosses | None:
    if settings.crosses == "none":
        return None
    if settings.crosses == "rfm":
        pairs = find_rfm_pairs(list(source_of), settings.most_crosses)
    elif spend is None:
        raise ValueError("crosses are learnt from what they tell of a label")
    else:
        sources = list(source_of.values())
        pairs = find_learnt_pairs(columns, spend, sources, settings.most_crosses)
    return learn_crosses(columns.astype(np.float64), pairs)
