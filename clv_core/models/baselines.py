"""What any model has to beat: past spend, past rate × horizon, the mean value."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd

from clv_core.columns import FREQUENCY, MONETARY, TENURE
from clv_core.errors import HistoryTooShort
from clv_core.features.snapshots import Snapshot
from clv_core.models.forecaster import Prediction, Report, TrainingData, ignore_report
from clv_core.models.statistical import require_format
from clv_core.sentences import Sentence

FORMAT_VERSION = 1
FILE_NAME = "baseline.json"
MIN_TENURE_DAYS = 90  # a first order yesterday is not 365 orders a year


class Baseline:
    """A forecast that needs no fitting."""

    name: str
    is_ranking: bool

    def fit(self, data: TrainingData, report: Report = ignore_report) -> Self:
        """Learn nothing."""
        return self

    def save(self, folder: Path) -> None:
        """Write which baseline this is, as JSON."""
        stored = {"format": FORMAT_VERSION, "name": self.name}
        (folder / FILE_NAME).write_text(json.dumps(stored), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what :meth:`save` wrote."""
        stored = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        require_format(stored, cls.name, FORMAT_VERSION)
        return cls()


class PastSpend(Baseline):
    """Ranks customers by their net spend so far; the score is not a forecast."""

    name = "past_spend"
    is_ranking = True

    def predict(self, snapshot: Snapshot) -> Prediction:
        """Return the net spend up to the cutoff."""
        return Prediction(spend=past_spend(snapshot.features).rename("spend"))


class PastRate(Baseline):
    """Carries each customer's spend per day on over the horizon.

    Tenure counts as at least ``MIN_TENURE_DAYS``. Nobody is expected to hand
    money back: a negative net spend carries on as 0.
    """

    name = "past_rate"
    is_ranking = False

    def predict(self, snapshot: Snapshot) -> Prediction:
        """Return net spend ÷ tenure × horizon."""
        days = snapshot.features[TENURE].astype(float).clip(lower=MIN_TENURE_DAYS)
        rate = past_spend(snapshot.features).clip(lower=0.0) / days
        return Prediction(spend=(rate * snapshot.horizon_days).rename("spend"))


class MeanValue:
    """Says the same of everyone: the mean of the values learnt from.

    Attributes
    ----------
    mean_ : float
        In the shop's currency.
    """

    name = "mean_value"
    is_ranking = False

    def fit(self, data: TrainingData, report: Report = ignore_report) -> Self:
        """Average the labels.

        Raises
        ------
        HistoryTooShort
            When no outcome is known.
        """
        if not data.labelled:
            raise HistoryTooShort(
                Sentence("There are no customers whose value is already known to learn from."),
                Sentence("Bring customers with a known value."),
            )
        labels = [snapshot.future_spend for snapshot in data.labelled]
        self.mean_ = float(np.mean(np.concatenate([np.asarray(one, float) for one in labels])))
        return self

    def predict(self, snapshot: Snapshot) -> Prediction:
        """Return the mean for every customer."""
        return Prediction(pd.Series(self.mean_, index=snapshot.features.index, name="spend"))

    def save(self, folder: Path) -> None:
        """Write the mean as JSON."""
        stored = {"format": FORMAT_VERSION, "name": self.name, "mean": self.mean_}
        (folder / FILE_NAME).write_text(json.dumps(stored), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what :meth:`save` wrote."""
        stored = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        require_format(stored, cls.name, FORMAT_VERSION)
        loaded = cls()
        loaded.mean_ = stored["mean"]
        return loaded


def past_spend(features: pd.DataFrame) -> pd.Series:
    """Return net spend so far: mean of a purchase day × number of purchase days."""
    return features[MONETARY].astype(float) * (features[FREQUENCY] + 1)
