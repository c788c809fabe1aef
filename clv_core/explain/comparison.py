"""Why one group of customers is forecast above another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clv_core.errors import TooFewCustomers
from clv_core.explain.explanation import Explanation
from clv_core.explain.families import FAMILY_TITLES, sum_families
from clv_core.explain.reasons import SMALLEST_MONEY
from clv_core.explain.summaries import OTHER_FEATURES, family_of, label_of
from clv_core.sentences import Sentence


@dataclass(frozen=True)
class Comparison:
    """The way from one group's mean forecast to another's, step by step.

    Attributes
    ----------
    steps : DataFrame
        ``feature`` (or family), ``label`` (Sentence), ``contribution`` (difference of
        the groups' mean contributions), ``start``, ``end``, all money. Largest first;
        the last row sums up what is beyond those asked for. The first ``start`` is
        ``mean_below``, the last ``end`` is ``mean_above``.
    mean_above, mean_below : float
        Mean forecasts of the two groups.
    """

    steps: pd.DataFrame
    mean_above: float
    mean_below: float


def compare_features(
    explanation: Explanation, above: pd.Index, below: pd.Index, top: int = 8
) -> Comparison:
    """Split the difference of two groups' mean forecasts by feature.

    A forecast is the base value and the sum of its contributions, so the difference of
    mean forecasts is the sum of the differences of mean contributions, without a
    remainder.

    Parameters
    ----------
    explanation : Explanation
    above, below : Index of ``customer_key``
    top : int
        Steps told singly.

    Raises
    ------
    TooFewCustomers
        When a group has nobody in it.
    """
    labels = {
        str(name): label_of(str(name), explanation.has_own_names)
        for name in explanation.contributions
    }
    return _compare(explanation, explanation.contributions, labels, (above, below), top)


def compare_families(explanation: Explanation, above: pd.Index, below: pd.Index) -> Comparison:
    """Split the same difference by family of features; see :func:`compare_features`."""
    summed = sum_families(explanation)
    labels = {str(name): FAMILY_TITLES[str(name)] for name in summed}
    return _compare(explanation, summed, labels, (above, below), summed.shape[1])


def compare_means(
    means: tuple[pd.Series, pd.Series],
    base_value: float,
    *,
    by_family: bool,
    has_own_names: bool = False,
    top: int = 8,
) -> Comparison:
    """Split the difference of two groups of which the mean contributions are known.

    Parameters
    ----------
    means : tuple of Series, index feature
        Of the group above and of the one below; NaN where it is empty.
    base_value : float
        The forecast of the typical customer.
    by_family : bool
        Whether steps are families of features, all of them, instead of features.
    has_own_names : bool
    top : int
        Steps told singly, of features.

    Raises
    ------
    TooFewCustomers
        When a group has nobody in it.
    """
    if any(one.isna().any() for one in means):
        raise _nobody()
    mean_above, mean_below = (base_value + float(one.sum()) for one in means)
    above, below = means
    names = [str(name) for name in above.index]
    if by_family:
        families = [family_of(name, has_own_names) for name in names]
        above, below = (one.groupby(families).sum() for one in means)
        labels = {str(name): FAMILY_TITLES[str(name)] for name in above.index}
        return _lay_out(above - below, labels, (mean_above, mean_below), len(above))
    labels = {name: label_of(name, has_own_names) for name in names}
    return _lay_out(above - below, labels, (mean_above, mean_below), top)


def _compare(
    explanation: Explanation,
    parts: pd.DataFrame,
    labels: dict[str, Sentence],
    groups: tuple[pd.Index, pd.Index],
    top: int,
) -> Comparison:
    if not all(map(len, groups)):
        raise _nobody()
    above, below = (parts.loc[keys].mean() for keys in groups)
    mean_above, mean_below = (float(explanation.predicted.loc[keys].mean()) for keys in groups)
    return _lay_out(above - below, labels, (mean_above, mean_below), top)


def _nobody() -> TooFewCustomers:
    return TooFewCustomers(
        Sentence("One of the two groups has no customers."),
        Sentence("Choose another group, or move the cut-offs."),
    )


def _lay_out(
    gap: pd.Series, labels: dict[str, Sentence], means: tuple[float, float], top: int
) -> Comparison:
    mean_above, mean_below = means
    gap = gap.iloc[np.argsort(-gap.abs().to_numpy(), kind="stable")]
    shown, rest = gap.head(top), gap.iloc[top:]
    rows = [(str(name), labels[str(name)], float(size)) for name, size in shown.items()]
    if len(rest):
        told = Sentence("{count} other features together", count=len(rest))
        rows.append((OTHER_FEATURES, told, float(rest.sum())))
    steps = pd.DataFrame(rows, columns=["feature", "label", "contribution"])
    steps["end"] = mean_below + steps["contribution"].cumsum()
    steps["start"] = steps["end"].shift(fill_value=mean_below)
    return Comparison(steps, mean_above, mean_below)


def compare_in_words(comparison: Comparison, above: str, below: str) -> tuple[Sentence, ...]:
    """Say by how much the groups differ, and what most of it goes together with.

    Parameters
    ----------
    comparison : Comparison
    above, below : str
        What the groups are called, in the reader's language.

    Returns
    -------
    tuple of Sentence
        Two; one where no two steps set the groups apart.
    """
    size = Sentence(
        "“{above}” stands at {mean_above:,.2f} a customer on average and “{below}” at"
        " {mean_below:,.2f}: a difference of {gap:+,.2f}.",
        above=above,
        below=below,
        mean_above=comparison.mean_above,
        mean_below=comparison.mean_below,
        gap=comparison.mean_above - comparison.mean_below,
    )
    single = comparison.steps[comparison.steps["feature"] != OTHER_FEATURES]
    single = single[single["contribution"].abs() >= SMALLEST_MONEY]
    if len(single) < 2:
        return (size,)
    first, second = single.iloc[0], single.iloc[1]
    return (
        size,
        Sentence(
            "What goes together with the difference most: {first} ({first_gap:+,.2f}) and {second}"
            " ({second_gap:+,.2f}). Associations, not causes.",
            first=first["label"],
            first_gap=float(first["contribution"]),
            second=second["label"],
            second_gap=float(second["contribution"]),
        ),
    )
