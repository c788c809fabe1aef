"""The Pareto/NBD expectation as a feature for the models that learn from labels."""

from __future__ import annotations

import dataclasses
import json
from typing import Final, Self

from clv_core.errors import NoRepeatBuyers, TooFewCustomers
from clv_core.features.snapshots import Snapshot
from clv_core.models.forecaster import TrainingData
from clv_core.models.statistical import ParetoNbdForecaster, require_format

FORMAT_VERSION = 1
MODEL_NAME = "expectation"

EXPECTED_SPEND: Final = "expected_spend"  # shop's currency, over the training horizon
EXPECTED_ORDERS: Final = "expected_orders"  # purchase days, over the training horizon
P_ALIVE: Final = "p_alive"
LOG_HORIZON_RATIO: Final = "log_horizon_ratio"  # 0 where the snapshot's horizon is that of training


class ExpectationModel:
    """Pareto/NBD + Gamma-Gamma of one snapshot's history.

    Attributes
    ----------
    forecaster_ : ParetoNbdForecaster
    training_horizon_days : int
        Horizon of the labels that the learning models are trained on.
    """

    def __init__(self, forecaster: ParetoNbdForecaster, training_horizon_days: int) -> None:
        self.forecaster_ = forecaster
        self.training_horizon_days = training_horizon_days

    @classmethod
    def fit(
        cls,
        history: Snapshot,
        training_horizon_days: int,
        start: ExpectationModel | None = None,
    ) -> Self:
        """Fit on the snapshot's features; ``start`` only saves steps.

        Raises
        ------
        TooFewCustomers, NoRepeatBuyers
        """
        neighbour = None if start is None else start.forecaster_
        forecaster = ParetoNbdForecaster().fit_history(history, neighbour)
        return cls(forecaster, training_horizon_days)

    def attach(self, snapshot: Snapshot) -> Snapshot:
        """Return the snapshot with the four columns of this module in its features."""
        features = snapshot.features
        over_training = dataclasses.replace(snapshot, horizon_days=self.training_horizon_days)
        expected = self.forecaster_.predict(over_training)
        added = features.assign(
            **{
                EXPECTED_SPEND: expected.spend,
                EXPECTED_ORDERS: expected.orders,
                P_ALIVE: self.forecaster_.p_alive(features),
                LOG_HORIZON_RATIO: self.forecaster_.log_horizon_ratio(
                    features, snapshot.horizon_days, self.training_horizon_days
                ),
            }
        )
        return dataclasses.replace(snapshot, features=added)

    def to_json(self) -> str:
        """Return the fitted state as JSON text."""
        return json.dumps(
            {
                "format": FORMAT_VERSION,
                "name": MODEL_NAME,
                "training_horizon_days": self.training_horizon_days,
                "forecaster": self.forecaster_.to_json(),
            },
            indent=2,
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Rebuild what :meth:`to_json` wrote."""
        stored = json.loads(text)
        require_format(stored, MODEL_NAME, FORMAT_VERSION)
        forecaster = ParetoNbdForecaster.from_json(stored["forecaster"])
        return cls(forecaster, int(stored["training_horizon_days"]))


def attach_expectation(data: TrainingData, horizon_days: int | None = None) -> TrainingData:
    """Add the expectation to every snapshot, each fitted on its own history.

    A labelled snapshot so early that nobody had come back yet has no
    expectation and is left out; the history must have one.

    Parameters
    ----------
    data : TrainingData
    horizon_days : int, optional
        The training horizon; by default that of the labelled snapshots, or the
        history's where there are none.

    Raises
    ------
    TooFewCustomers, NoRepeatBuyers
        Where the history itself cannot carry the model.
    """
    if horizon_days is None:
        horizon_days = (*data.labelled, data.history)[0].horizon_days
    model: ExpectationModel | None = None
    labelled: list[Snapshot] = []
    for snapshot in data.labelled:  # oldest first: no later day's parameters, not even to start
        try:
            model = ExpectationModel.fit(snapshot, horizon_days, start=model)
        except (TooFewCustomers, NoRepeatBuyers):
            continue
        labelled.append(model.attach(snapshot))
    history = ExpectationModel.fit(data.history, horizon_days, start=model).attach(data.history)
    return TrainingData(history=history, labelled=tuple(labelled))
