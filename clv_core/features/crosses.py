"""Products of two columns of the matrix, for models that cannot multiply by themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from clv_core.columns import FREQUENCY, MONETARY, RECENCY, TENURE
from clv_core.features.selection import grow_trees

__all__ = ["CROSS_SIGN", "Crosses", "find_learnt_pairs", "find_rfm_pairs", "learn_crosses"]

Array = npt.NDArray[Any]
Pair = tuple[int, int]

CROSS_SIGN: Final = " × "
SHALLOW_LEAVES: Final = 4  # a split and the next ones below it
_FLAT: Final = 1e-9
_ROLES: Final = (  # of each the first that is a column: selection may have left one out
    (RECENCY, "recency_gap_ratio"),
    (FREQUENCY, "order_count", "purchases_per_30d"),
    (MONETARY, "mean_order_amount", "net_spend"),
    (TENURE,),
)


@dataclass(frozen=True)
class Crosses:
    """Products of pairs of columns, each brought to mean 0 and spread 1.

    ``((x - x_middle) * (y - y_middle) - centre) / spread``: both columns are taken
    from their training mean, so that a product says whether they are high together.

    Attributes
    ----------
    pairs : ndarray of int, shape (crosses, 2)
        Places of the two columns.
    middles : ndarray of float64, shape (crosses, 2)
    centre, spread : ndarray of float64, shape (crosses,)
    """

    pairs: Array
    middles: Array
    centre: Array
    spread: Array

    def apply(self, columns: Array) -> Array:
        """Return the products, float64 of shape (rows, crosses)."""
        apart = columns[:, self.pairs] - self.middles
        return np.asarray((apart[:, :, 0] * apart[:, :, 1] - self.centre) / self.spread)

    def to_json(self) -> dict[str, Any]:
        """Return a form that :meth:`from_json` reads back."""
        return {name: value.tolist() for name, value in vars(self).items()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Rebuild what :meth:`to_json` gave."""
        return cls(**{name: np.asarray(value) for name, value in stored.items()})


def learn_crosses(columns: Array, pairs: Sequence[Pair]) -> Crosses | None:
    """Learn the means and spreads of training rows; None where no product varies.

    Parameters
    ----------
    columns : ndarray of float64, shape (rows, columns)
    pairs : sequence of (int, int)
        Places of the columns to multiply.
    """
    if not pairs:
        return None
    places = np.asarray(pairs)
    middles = columns.mean(axis=0)[places]
    draft = Crosses(places, middles, np.zeros(len(pairs)), np.ones(len(pairs)))
    products = draft.apply(columns)
    centre, spread = products.mean(axis=0), products.std(axis=0)
    varies = spread > _FLAT
    if not varies.any():
        return None
    return Crosses(places[varies], middles[varies], centre[varies], spread[varies])


def find_rfm_pairs(names: Sequence[str], most: int) -> list[Pair]:
    """Pair recency, frequency, money and tenure with one another, as far as they are columns."""
    found = [next((one for one in role if one in names), None) for role in _ROLES]
    places = [names.index(one) for one in found if one is not None]
    return list(combinations(places, 2))[:most]


def find_learnt_pairs(
    columns: Array, spend: Array, sources: Sequence[str], most: int
) -> list[Pair]:
    """Find the pairs of columns that follow one another in shallow boosted trees.

    A pair's weight is what splits on the one gain right below splits on the other.

    Parameters
    ----------
    columns : ndarray, shape (rows, columns)
        Training rows.
    spend : ndarray, shape (rows,)
        Their label.
    sources : sequence of str
        The feature that each column was made of; a pair joins two features.
    most : int
    """
    trees = grow_trees(columns, spend, SHALLOW_LEAVES).booster_.trees_to_dataframe()
    splits = trees[trees["split_feature"].notna()].set_index("node_index")
    gain: dict[Pair, float] = {}
    below = splits[splits["parent_index"].isin(splits.index)]
    for child, parent, gained in zip(
        below["split_feature"],
        splits.loc[below["parent_index"], "split_feature"],
        below["split_gain"],
        strict=True,
    ):
        first, second = sorted(int(name.removeprefix("Column_")) for name in (child, parent))
        if sources[first] != sources[second]:
            gain[first, second] = gain.get((first, second), 0.0) + float(gained)
    return sorted(gain, key=lambda pair: (-gain[pair], pair))[:most]
