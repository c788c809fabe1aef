"""A straight-line stand-in for the model near one customer, and how far it can be believed.

LIME (Ribeiro, Singh and Guestrin 2016, "Why should I trust you?", arXiv:1602.04938):
the model is asked about people like this customer, a weighted ridge regression is
fitted to its answers, and its slopes are the reasons. Weights and penalty are those of
the authors' library (kernel of 0.75 times the root of the number of features, penalty 1);
unlike there, changed values are those of other customers, not drawn from a bell
curve, so that counts stay counts and categories need no other treatment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype
from scipy.stats import spearmanr
from sklearn.linear_model import Ridge

from clv_core.explain.mixed import predict_mixed
from clv_core.features.snapshots import Snapshot
from clv_core.models.forecaster import Forecaster

ASKED: Final = 4000  # forecasts of people like the customer
LEARNT_SHARE: Final = 0.75  # the others measure the fidelity
KERNEL_WIDTH: Final = 0.75
PENALTY: Final = 1.0
MOST_LEVELS: Final = 20  # of a category that are told apart
STRONGEST: Final = 10

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class LocalSurrogate:
    """One customer's forecast by a local linear model.

    Attributes
    ----------
    contributions : Series, index feature
        What each feature adds to or takes from what the linear model tells of other
        customers on average, in money. Largest first.
    fidelity : float
        Weighted R² of the linear model on people near the customer that it was not
        fitted on: 1 repeats the model there, 0 does no better than one number for
        all, below 0 does worse. NaN where the model forecasts the same for all of them.
    forecast, told : float
        What the model forecasts of this customer, and what the linear model does.
    """

    contributions: pd.Series
    fidelity: float
    forecast: float
    told: float


@dataclass(frozen=True)
class Agreement:
    """How far two attributions of one forecast go together.

    Attributes
    ----------
    features : int
        Compared: those that the first attribution holds largest, none of them 0.
    same_sign : int
        Of these, those on which both say up or both say down.
    shared : int
        Of these, those that are as many largest of the second too.
    rank_correlation : float
        Spearman's, of their contributions with sign; NaN for fewer than three.
    """

    features: int
    same_sign: int
    shared: int
    rank_correlation: float


def fit_local_surrogate(
    forecaster: Forecaster, snapshot: Snapshot, customer_key: int, names: list[str], seed: int
) -> LocalSurrogate:
    """Fit a weighted ridge regression to the model near one customer.

    Everybody asked about is the customer with some features taken from another one of
    the snapshot: each feature with the same chance, which differs from 0 to 1. A number
    enters as its difference from the customer's in standard deviations, a category by
    level, a gap as 1 where only one of the two has it. At the customer all of these are
    0, so a feature's contribution is minus its slopes times their means over the customers
    taken from; of a linear model these are the exact Shapley values, weight × (value −
    mean).

    Parameters
    ----------
    forecaster : Forecaster
        Fitted; reads no sequences.
    snapshot : Snapshot
        Holds the customer, and those whose values are taken.
    customer_key : int
    names : list of str
        Features that the forecast reads.
    seed : int
        For who lends what.

    Raises
    ------
    KeyError
        When the customer is not in the snapshot.
    ValueError
        When the forecast reads no feature.
    """
    if not names:
        raise ValueError("a forecast that reads no feature has no local model")
    if customer_key not in snapshot.features.index:
        raise KeyError("the customer is not in the snapshot")
    place = int(np.flatnonzero(snapshot.features.index == customer_key)[0])
    features = snapshot.features[names]
    random = np.random.default_rng(seed)
    lenders = features.iloc[random.integers(len(features), size=ASKED)]
    is_taken = random.random((ASKED, len(names))) < random.random((ASKED, 1))
    is_taken[0] = False  # the customer
    rows = _mix(features.iloc[[place] * ASKED], lenders, is_taken)
    no_months = {"spend_sequence": np.zeros((ASKED, 0), dtype=np.float32)}
    answers = predict_mixed(forecaster, snapshot, rows, no_months)
    deviations, sources = _deviate(rows, features, place)
    weights = np.exp(-_distance(deviations, sources) / (2 * KERNEL_WIDTH**2))
    is_learnt = np.arange(ASKED) < LEARNT_SHARE * ASKED
    line = Ridge(alpha=PENALTY).fit(
        deviations[is_learnt], answers[is_learnt], sample_weight=weights[is_learnt]
    )
    others = _deviate(lenders, features, place)[0].mean(axis=0)
    parts = pd.Series(-line.coef_ * others).groupby(np.array(names)[sources], sort=False).sum()
    parts = parts.reindex(names, fill_value=0.0)
    return LocalSurrogate(
        contributions=parts.iloc[np.argsort(-parts.abs().to_numpy(), kind="stable")],
        fidelity=_weighted_r2(
            answers[~is_learnt], line.predict(deviations[~is_learnt]), weights[~is_learnt]
        ),
        forecast=float(answers[0]),
        told=float(line.intercept_),
    )


def compare_attributions(
    first: pd.Series, second: pd.Series, strongest: int = STRONGEST
) -> Agreement:
    """Compare two attributions of one forecast on the features that the first holds largest.

    Parameters
    ----------
    first, second : Series, index feature
        Money; a feature that one of them lacks counts as 0 there.
    strongest : int, default 10
    """
    told = first.reindex(first.abs().sort_values(ascending=False, kind="stable").index)
    told = told[told != 0].head(strongest)
    other = second.reindex(told.index, fill_value=0.0)
    largest = second.abs().sort_values(ascending=False, kind="stable").index[: len(told)]
    correlation = np.nan
    if len(told) >= 3 and other.nunique() > 1 and told.nunique() > 1:
        correlation = float(spearmanr(told, other).statistic)
    return Agreement(
        features=len(told),
        same_sign=int((np.sign(told) == np.sign(other)).sum()),
        shared=len(told.index.intersection(largest)),
        rank_correlation=correlation,
    )


def _mix(own: pd.DataFrame, lenders: pd.DataFrame, is_taken: Array) -> pd.DataFrame:
    """Return the customer over and over, with what is taken from others in its place."""
    columns = {
        name: lenders[name].where(is_taken[:, at], own[name].set_axis(lenders.index))
        for at, name in enumerate(own.columns)
    }
    return pd.DataFrame({name: column.array for name, column in columns.items()})


def _deviate(rows: pd.DataFrame, all_: pd.DataFrame, place: int) -> tuple[Array, Array]:
    """Return how rows differ from the customer, and per column whose feature it is.

    A number has a column of differences in standard deviations, and one more of 1
    where it is missing in one of the two only. A category has one per frequent level;
    the squares of these add up to 1 where it differs.
    """
    columns: list[Array] = []
    sources: list[int] = []
    for at, name in enumerate(rows.columns):
        own, values, known = all_[name].iloc[place], rows[name], all_[name]
        if is_numeric_dtype(known):
            found = _deviate_number(values, float(own), known.astype(np.float64))
        else:
            levels = known.value_counts().index[:MOST_LEVELS]
            found = [((values == one) * 1.0 - (own == one)) / np.sqrt(2) for one in levels]
        columns += [np.asarray(column, dtype=np.float64) for column in found]
        sources += [at] * len(found)
    return np.column_stack(columns), np.array(sources)


def _deviate_number(values: pd.Series, own: float, known: pd.Series) -> list[Array]:
    middle = known.median() if known.notna().any() else 0.0
    spread = known.std(ddof=0)
    numbers = values.astype(np.float64)
    difference = numbers.fillna(middle) - (middle if np.isnan(own) else own)
    found = [np.asarray(difference / (spread if spread > 0 else 1.0))]
    if known.isna().any():
        found.append((numbers.isna() != np.isnan(own)).to_numpy())
    return found


def _distance(deviations: Array, sources: Array) -> Array:
    """Return the mean squared deviation over the features, shape (rows,)."""
    return np.asarray((deviations**2).sum(axis=1) / (sources.max() + 1))


def _weighted_r2(answers: Array, told: Array, weights: Array) -> float:
    mean = np.average(answers, weights=weights)
    spread = float(weights @ (answers - mean) ** 2)
    if spread <= 1e-18 * float(weights.sum()) * (1 + mean**2):
        return float("nan")
    return 1 - float(weights @ (answers - told) ** 2) / spread
