"""Contributions summed by family of features, and checked against the forecast."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from clv_core.explain.explanation import Explanation
from clv_core.explain.summaries import family_of
from clv_core.sentences import Sentence

FAMILY_TITLES: Final[dict[str, Sentence]] = {
    "recency": Sentence("How recently they bought"),
    "frequency": Sentence("How often they buy"),
    "spend": Sentence("How much they spend"),
    "rhythm": Sentence("Rhythm of their purchases"),
    "basket": Sentence("What is in the basket"),
    "returns": Sentence("Returns"),
    "season": Sentence("Season"),
    "browsing": Sentence("Visits and carts"),
    "reviews": Sentence("Reviews"),
    "forecast": Sentence("Statistical purchase model"),
    "other": Sentence("Other"),
}


def importance_of_families(explanation: Explanation) -> pd.DataFrame:
    """Rank the families of features by how much money they move.

    The contributions of a family's features are added up per customer first, so
    that features which take back what a sister feature adds do not count twice.

    Returns
    -------
    DataFrame with ``family``, ``mean_abs``, ``features``
        Mean over customers of the absolute family contribution, in the shop's
        currency, and the number of features. Largest first.
    """
    families = _families_of(explanation)
    summed = sum_families(explanation)
    table = pd.DataFrame(
        {
            "family": summed.columns.astype(str),
            "mean_abs": summed.abs().mean().to_numpy(),
            "features": families.value_counts().reindex(summed.columns).to_numpy(),
        }
    )
    return table.sort_values("mean_abs", ascending=False, kind="stable", ignore_index=True)


def sum_families(explanation: Explanation) -> pd.DataFrame:
    """Add up each customer's contributions by family, one column per family, in money."""
    families = _families_of(explanation)
    membership = pd.get_dummies(families, dtype=np.float64)  # features × families
    summed = explanation.contributions.to_numpy(np.float64) @ membership.to_numpy()
    return pd.DataFrame(summed, explanation.contributions.index, membership.columns)


def measure_largest_gap(explanation: Explanation, forecast: pd.DataFrame) -> float:
    """Return the largest difference, over customers, of reasons' sum and forecast.

    Parameters
    ----------
    explanation : Explanation
    forecast : DataFrame, index ``customer_key``
        With ``predicted``, in the shop's currency.
    """
    gaps = explanation.predicted - forecast["predicted"].reindex(explanation.predicted.index)
    return float(gaps.abs().max())


def _families_of(explanation: Explanation) -> pd.Series:
    names = explanation.contributions.columns
    families = [family_of(str(name), explanation.has_own_names) for name in names]
    return pd.Series(families, index=names, dtype=object)
