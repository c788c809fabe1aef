"""The statistical families as forecasters: purchases × value of a purchase day.

They read four features only (``frequency``, ``recency_days``, ``tenure_days``,
``monetary_value``) and need no labels: they are fitted on the history alone.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from clv_core.errors import NothingStored
from clv_core.features.snapshots import Snapshot
from clv_core.model_settings import PurchaseSettings
from clv_core.models.bg_nbd import BgNbd
from clv_core.models.forecaster import Prediction, Report, TrainingData, ignore_report
from clv_core.models.gamma_gamma import GammaGamma, purchase_values
from clv_core.models.leaving import describe_leaving
from clv_core.models.maximum_likelihood import FloatArray
from clv_core.models.mbg_nbd import MbgNbd
from clv_core.models.pareto_nbd import ParetoNbd
from clv_core.models.purchase_process import DAYS_PER_WEEK, PurchaseHistories, PurchaseProcess
from clv_core.sentences import Sentence

FORMAT_VERSION = 1
FILE_NAME = "statistical.json"


class StatisticalForecaster:
    """A purchase process with Gamma-Gamma values.

    Expected spend is expected purchase days times expected value of a purchase
    day: when and how much are taken as independent, as both papers do.

    Parameters
    ----------
    settings : PurchaseSettings, optional

    Attributes
    ----------
    process_ : PurchaseProcess
    values_ : GammaGamma
    converged_ : bool
        Whether both searches settled.
    notes_ : tuple of Sentence
        What is odd about the fit; empty where nothing is.
    """

    name: str
    is_ranking: bool = False
    process_type: ClassVar[type[PurchaseProcess]]

    process_: PurchaseProcess
    values_: GammaGamma

    def __init__(self, settings: PurchaseSettings | None = None) -> None:
        self.settings = settings or PurchaseSettings()

    def fit(self, data: TrainingData, report: Report = ignore_report) -> Self:
        """Fit both parts on the history's features; labels are not looked at.

        Raises
        ------
        TooFewCustomers, NoRepeatBuyers
        """
        self.fit_history(data.history)
        histories = PurchaseHistories.from_features(data.history.features)
        self.process_.notes_ += describe_leaving(self.process_, histories)
        report({"epoch": 1, "loss": -self.process_.log_likelihood_, "validation_loss": None})
        return self

    def fit_history(self, history: Snapshot, start: StatisticalForecaster | None = None) -> Self:
        """Fit on one snapshot's features, starting from a neighbour's parameters."""
        histories = PurchaseHistories.from_features(history.features)
        mean_value, count = purchase_values(history.features)
        self.process_ = self.process_type(self.settings.penalty_spread).fit(
            histories, None if start is None else start.process_.parameters_
        )
        self.values_ = GammaGamma().fit(
            mean_value, count, None if start is None else start.values_.parameters_
        )
        return self

    @property
    def converged_(self) -> bool:
        """Whether both searches settled."""
        return self.process_.converged_ and self.values_.converged_

    @property
    def notes_(self) -> tuple[Sentence, ...]:
        """What a reader should know about the fit."""
        return self.process_.notes_ + self.values_.notes_

    def predict(self, snapshot: Snapshot) -> Prediction:
        """Forecast the snapshot's horizon.

        Returns
        -------
        Prediction
            ``orders`` are purchase days: several orders on a day count once.
        """
        index = snapshot.features.index
        weeks = snapshot.horizon_days / DAYS_PER_WEEK
        histories = PurchaseHistories.from_features(snapshot.features)
        orders = self.process_.expected_purchases(histories, weeks)
        return Prediction(
            spend=pd.Series(
                orders * self.purchase_day_value(snapshot.features), index, name="spend"
            ),
            p_buy=pd.Series(self.process_.p_purchase(histories, weeks), index, name="p_buy"),
            orders=pd.Series(orders, index, name="orders"),
        )

    def purchase_day_value(self, features: pd.DataFrame) -> FloatArray:
        """Return what each customer's next purchase day should be worth."""
        return self.values_.expected_value(*purchase_values(features))

    def p_alive(self, features: pd.DataFrame) -> FloatArray:
        """Return the probability that each one is still a customer at the cutoff."""
        return self.process_.p_alive(PurchaseHistories.from_features(features))

    def log_horizon_ratio(
        self, features: pd.DataFrame, horizon_days: int, training_horizon_days: int
    ) -> FloatArray:
        """Return the log of expected purchases over one horizon ÷ over another."""
        if horizon_days == training_horizon_days:
            return np.zeros(len(features))
        histories = PurchaseHistories.from_features(features)
        over, under = (
            self.process_.expected_while_alive(histories, days / DAYS_PER_WEEK)
            for days in (horizon_days, training_horizon_days)
        )
        return np.log(over) - np.log(under)

    def to_json(self) -> dict[str, Any]:
        """Return the fitted state as plain values."""
        return {
            "format": FORMAT_VERSION,
            "name": self.name,
            "process": self.process_.to_json(),
            "values": self.values_.to_json(),
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Rebuild what :meth:`to_json` wrote.

        Raises
        ------
        NothingStored
            Where it is another model or another version's.
        """
        require_format(stored, cls.name, FORMAT_VERSION)
        forecaster = cls()
        forecaster.process_ = cls.process_type.from_json(stored["process"])
        forecaster.values_ = GammaGamma.from_json(stored["values"])
        return forecaster

    def save(self, folder: Path) -> None:
        """Write the parameters as JSON."""
        (folder / FILE_NAME).write_text(json.dumps(self.to_json(), indent=2), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what :meth:`save` wrote."""
        return cls.from_json(json.loads((folder / FILE_NAME).read_text(encoding="utf-8")))


class BgNbdForecaster(StatisticalForecaster):
    """BG/NBD purchases with Gamma-Gamma values."""

    name = "bg_nbd"
    process_type = BgNbd


class MbgNbdForecaster(StatisticalForecaster):
    """MBG/NBD purchases with Gamma-Gamma values."""

    name = "mbg_nbd"
    process_type = MbgNbd


class ParetoNbdForecaster(StatisticalForecaster):
    """Pareto/NBD purchases with Gamma-Gamma values."""

    name = "pareto_nbd"
    process_type = ParetoNbd


def require_format(stored: dict[str, Any], name: str, version: int) -> None:
    """Refuse a stored model that is another one, or of another version."""
    if stored.get("name") != name or stored.get("format") != version:
        raise NothingStored(
            Sentence("What is stored here is not a {name} model this version reads.", name=name),
            Sentence("Train the model again."),
        )
