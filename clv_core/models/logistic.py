"""Logistic regression of buying, ridge regression of log amounts."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.special import logit
from sklearn.linear_model import LogisticRegression, RidgeCV

from clv_core.errors import TooFewCustomers
from clv_core.model_settings import LinearSettings, LogisticSettings
from clv_core.models.labelled_rows import Array, LabelledRows
from clv_core.models.linear import list_penalties
from clv_core.models.linked_sums import Head, LinearMap, LinkedSumForecaster
from clv_core.sentences import Sentence

FEWEST_PAYERS: Final = 10


class LogisticForecaster(LinkedSumForecaster[LogisticSettings]):
    """Who buys by logistic regression, how much by ridge regression of log amounts.

    The chance of buying is that of at least one purchase; one minus it is the
    chance of churn. The amount is learnt from rows that brought money, its
    penalty chosen as the linear model's. The forecast is chance times amount,
    brought to the mean by the smearing factor (``linked_sums.Head``).
    """

    name = "logistic"
    settings_type = LogisticSettings

    def _learn(self, inputs: Array, rows: LabelledRows) -> None:
        bought, payers = find_payers(rows)
        buying, buying_bias = _fit_buying(inputs, bought, self.settings)
        penalties = list_penalties(LinearSettings()) * int(payers.sum())
        amount = RidgeCV(penalties).fit(inputs[payers], np.log(rows.spend[payers]))
        self.map_ = LinearMap(
            np.column_stack([buying, amount.coef_]),
            np.array([buying_bias, float(amount.intercept_)]),
        )
        cap = Head(cap=float(rows.spend.max()))
        self.head_ = cap.match_total(self.map_.outputs(inputs), rows.spend)


def find_payers(rows: LabelledRows) -> tuple[Array, Array]:
    """Return which rows bought, and which of them brought money.

    Raises
    ------
    TooFewCustomers
        Where too few brought money for amounts to be learnt from.
    """
    if rows.bought is None:
        raise ValueError("a value table knows no purchases")
    payers = rows.bought & (rows.spend > 0)
    count = int(payers.sum())
    if count < FEWEST_PAYERS:
        raise TooFewCustomers(
            Sentence(
                "Amounts are learnt from {needed} purchases or more; in the periods that are"
                " learnt from there are {count}.",
                needed=FEWEST_PAYERS,
                count=count,
            ),
            Sentence("Bring a longer order history or choose a longer horizon."),
        )
    return rows.bought, payers


def constant_logit(bought: Array) -> float:
    """Return the logit of the share of buyers where everyone did the same (Laplace 1814)."""
    return float(logit((bought.sum() + 1) / (len(bought) + 2)))


def _fit_buying(inputs: Array, bought: Array, settings: LogisticSettings) -> tuple[Array, float]:
    if bought.all():
        return np.zeros(inputs.shape[1]), constant_logit(bought)
    found = LogisticRegression(C=1 / settings.penalty, solver="newton-cholesky", max_iter=200)
    found.fit(inputs, bought)
    return np.asarray(found.coef_[0]), float(found.intercept_[0])
