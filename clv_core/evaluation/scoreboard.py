"""Every model beside every baseline on the same held-out customers."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np
import pandas as pd

from clv_core.evaluation.bootstrap import Difference, MetricDraws, draw_metrics
from clv_core.evaluation.metrics import BUY_THRESHOLD, METRICS
from clv_core.evaluation.recommendation import recommend
from clv_core.models.forecaster import Prediction
from clv_core.settings import EvaluationSettings

__all__ = [
    "BASELINES",
    "COMPARED",
    "Scoreboard",
    "Window",
    "build_scoreboard",
    "recommend",
    "tabulate_scoreboard",
]

BASELINES: Final = ("past_spend", "past_rate", "bg_nbd", "pareto_nbd", "mean_value", "linear")
COMPARED: Final = ("normalised_gini", "spearman", "mae", "top_20_share", "top_20_revenue")
_DIFFERENCE_COLUMNS: Final = ["model", "other", "metric", "value", "low", "high"]


@dataclass(frozen=True)
class Window:
    """The days that were held out.

    Attributes
    ----------
    cutoff : date
        Last day that features saw; the held-out window opens the day after.
    horizon_days : int
        Length of the held-out window.
    training_horizon_days : int
        Length of the label windows that models learnt from; shorter than
        ``horizon_days`` where the forecast was carried further.
    """

    cutoff: dt.date
    horizon_days: int
    training_horizon_days: int

    @property
    def is_carried(self) -> bool:
        """Whether the forecast reaches further than the windows it learnt from."""
        return self.training_horizon_days < self.horizon_days

    def to_json(self) -> dict[str, Any]:
        """Return a form that :meth:`from_json` reads back."""
        return {**self.__dict__, "cutoff": self.cutoff.isoformat()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Window:
        """Rebuild what :meth:`to_json` wrote."""
        return cls(**{**stored, "cutoff": dt.date.fromisoformat(stored["cutoff"])})


@dataclass(frozen=True)
class Scoreboard:
    """What the held-out customers say of every model.

    They are those of a held-out window of days or, for a table with one value
    per customer, some rows of it; "revenue" is then the given value.

    Attributes
    ----------
    table : DataFrame
        ``model, metric, value, low, high``; NaN where a metric is undefined.
    differences : DataFrame
        ``model, other, metric, value, low, high``: model minus other on the
        same customers, for each pair once and the metrics in ``COMPARED``.
    recommended : str
        Chosen on the validation window, before the holdout was looked at.
    winner : str
        Highest normalised Gini on the holdout; may be a baseline or a ranking.
    winners : dict of metric -> model
        Best value on the holdout; metrics that no model has are left out.
    window : Window or None
        None where customers were held out, not days.
    customers : int
    buyers_share : float or None
        Share of customers with at least one purchase in the window; None
        without one.
    actual_total : float
        Net revenue in the window, in the shop's currency.
    predicted_totals : dict of model -> float
        Forecast totals; rankings have none.
    confidence : float
        Share of the resamples inside each interval.
    buy_threshold : float
        P(buy) from which accuracy, precision, recall and F1 count a buyer.
    """

    table: pd.DataFrame
    differences: pd.DataFrame
    recommended: str
    winner: str
    winners: dict[str, str]
    window: Window | None
    customers: int
    buyers_share: float | None
    actual_total: float
    predicted_totals: dict[str, float]
    confidence: float
    buy_threshold: float

    @property
    def models(self) -> tuple[str, ...]:
        """Names in display order."""
        return tuple(self.table["model"].unique())

    @property
    def days(self) -> Window:
        """The window that was held out.

        Raises
        ------
        ValueError
            Where there is none, because the table knows no time.
        """
        if self.window is None:
            raise ValueError("customers were held out here, not days")
        return self.window

    @property
    def cutoff(self) -> dt.date:
        """Last day that features saw; raises as :attr:`days` does."""
        return self.days.cutoff

    @property
    def horizon_days(self) -> int:
        """Length of the held-out window; raises as :attr:`days` does."""
        return self.days.horizon_days

    def find(self, model: str, metric: str) -> tuple[float, float, float] | None:
        """Return value, low and high of one metric; None where it is undefined."""
        rows = self.table[(self.table["model"] == model) & (self.table["metric"] == metric)]
        if rows.empty or np.isnan(rows["value"].iloc[0]):
            return None
        value, low, high = rows[["value", "low", "high"]].iloc[0]
        return float(value), float(low), float(high)

    def compare(self, model: str, other: str, metric: str) -> Difference | None:
        """Return ``model`` minus ``other``, whichever way round it is kept."""
        for one, two, sign in ((model, other, 1.0), (other, model, -1.0)):
            kept = self.differences
            row = kept[(kept["model"] == one) & (kept["other"] == two) & (kept["metric"] == metric)]
            if not row.empty:
                value, low, high = (float(row[name].iloc[0]) for name in ("value", "low", "high"))
                ends = sorted((sign * low, sign * high))
                return Difference(sign * value, ends[0], ends[1])
        return None

    def to_json(self) -> str:
        """Return the scoreboard as JSON text; undefined numbers are null."""
        stored: dict[str, Any] = {
            **self.__dict__,
            "table": _to_records(self.table),
            "differences": _to_records(self.differences),
            "window": None if self.window is None else self.window.to_json(),
        }
        return json.dumps(stored, indent=2, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Scoreboard:
        """Rebuild what :meth:`to_json` wrote."""
        stored = json.loads(text)
        window = stored["window"]
        return cls(
            **{
                **stored,
                "table": _from_records(
                    stored["table"], ["model", "metric", "value", "low", "high"]
                ),
                "differences": _from_records(stored["differences"], _DIFFERENCE_COLUMNS),
                "window": None if window is None else Window.from_json(window),
            }
        )


def build_scoreboard(
    actual: pd.DataFrame,
    predictions: Mapping[str, Prediction],
    rankings: set[str],
    settings: EvaluationSettings,
    seed: int,
    recommended: str,
    window: Window | None,
) -> Scoreboard:
    """Measure every model on the holdout, with intervals and paired differences.

    Parameters
    ----------
    actual : DataFrame, index ``customer_key``
        ``future_spend`` of every held-out customer and, where days were held
        out, ``future_orders``.
    predictions : mapping of model name to Prediction
        In display order.
    rankings : set of str
        Models whose prediction is a score, not an amount.
    settings : EvaluationSettings
    seed : int
    recommended : str
        What :func:`recommend` chose before the holdout.
    window : Window or None
    """
    draws = draw_metrics(actual, predictions, rankings, settings, seed)
    return tabulate_scoreboard(draws, actual, predictions, rankings, recommended, window)


def tabulate_scoreboard(
    draws: MetricDraws,
    actual: pd.DataFrame,
    predictions: Mapping[str, Prediction],
    rankings: set[str],
    recommended: str,
    window: Window | None,
) -> Scoreboard:
    """Write down what was measured; parameters as for :func:`build_scoreboard`."""
    winners = _find_winners(draws)
    return Scoreboard(
        table=draws.to_table(),
        differences=_tabulate_differences(draws),
        recommended=recommended,
        winner=winners.get("normalised_gini", recommended),
        winners=winners,
        window=window,
        customers=len(actual),
        buyers_share=float((actual["future_orders"] > 0).mean())
        if "future_orders" in actual
        else None,
        actual_total=float(actual["future_spend"].sum()),
        predicted_totals={
            name: float(prediction.spend.loc[actual.index].sum())
            for name, prediction in predictions.items()
            if name not in rankings
        },
        confidence=draws.confidence,
        buy_threshold=BUY_THRESHOLD,
    )


def _find_winners(draws: MetricDraws) -> dict[str, str]:
    winners = {}
    for name, metric in METRICS.items():
        scores = {
            model: metric.badness(value)
            for model, values in draws.values.items()
            if (value := values[name]) is not None
        }
        if scores:
            winners[name] = min(scores, key=scores.__getitem__)
    return winners


def _tabulate_differences(draws: MetricDraws) -> pd.DataFrame:
    rows = [
        (model, other, metric, difference.value, difference.low, difference.high)
        for model, other in combinations(draws.values, 2)
        for metric in COMPARED
        if (difference := draws.difference(model, other, metric)) is not None
    ]
    return pd.DataFrame(rows, columns=_DIFFERENCE_COLUMNS)


def _to_records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(name): None if pd.isna(value) else value for name, value in row.items()}
        for row in table.to_dict("records")
    ]


def _from_records(records: list[dict[str, Any]], columns: list[str]) -> pd.DataFrame:
    table = pd.DataFrame(records, columns=columns)
    return table.astype(dict.fromkeys(("value", "low", "high"), float))
