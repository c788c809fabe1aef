"""The mean of three families: network, boosted trees and Pareto/NBD.

For a shop the mean is the geometric one: a customer is worth much where all three
say so (docs/decisions/021-geometric-mean.md has the measurements), weighed as
``models.stacking`` has it. Where a member's forecast can lie below zero, and for
tables with one value per customer, it is the arithmetic mean.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import pandas as pd

from clv_core.errors import TooFewCustomers, UserDataError
from clv_core.features.snapshots import Snapshot
from clv_core.models.boosted import BoostedForecaster
from clv_core.models.forecaster import (
    Forecaster,
    Prediction,
    Report,
    TrainingData,
    ignore_report,
)
from clv_core.models.network import LOSSES_FROM_ZERO, NetworkForecaster
from clv_core.models.stacking import raise_to_least
from clv_core.models.statistical import ParetoNbdForecaster
from clv_core.sentences import Sentence

MEMBERS: Final[dict[str, type[Forecaster]]] = {
    ParetoNbdForecaster.name: ParetoNbdForecaster,
    BoostedForecaster.name: BoostedForecaster,
    NetworkForecaster.name: NetworkForecaster,
}
"""The families an ensemble can be stored with."""
STATE_FILE: Final = "ensemble.json"


@dataclass(frozen=True)
class Stack:
    """Weights of logs that were learnt out of time, and what keeps the total.

    Attributes
    ----------
    weights : ndarray, shape (members,)
    level : float
    """

    weights: np.ndarray
    level: float

    def to_json(self) -> dict[str, Any]:
        """Return a form that :meth:`from_json` reads back."""
        return {"weights": self.weights.tolist(), "level": self.level}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Stack:
        """Rebuild what :meth:`to_json` wrote."""
        return cls(np.array(stored["weights"]), stored["level"])


class MeanForecaster:
    """Mean of the members' forecasts.

    Parameters
    ----------
    members : sequence of Forecaster
        To be fitted by :meth:`fit`; none of them a mere ranking.

    Attributes
    ----------
    members_ : tuple of Forecaster
        The fitted members that are averaged.
    left_out_ : dict of str to Sentence
        Why each of the other members could not be fitted, by its name.
    is_geometric_ : bool
        Whether spend is the geometric mean of the members', or the arithmetic one.
    weights_ : ndarray, shape (members,)
        Of the members in the mean; they add up to 1.
    stack_ : Stack or None
        What takes the weights' place for spend, where it was learnt.
    """

    name = "ensemble"
    is_ranking = False
    members_: tuple[Forecaster, ...]
    left_out_: dict[str, Sentence]
    is_geometric_: bool
    weights_: np.ndarray
    stack_: Stack | None

    def __init__(self, members: Sequence[Forecaster] = ()) -> None:
        self.members = tuple(members)

    @classmethod
    def from_fitted(
        cls,
        members: Sequence[Forecaster],
        left_out: Mapping[str, Sentence] | None = None,
        weights: Mapping[str, float] | None = None,
    ) -> Self:
        """Average members that were fitted before, so that nothing is trained twice.

        Parameters
        ----------
        members : sequence of Forecaster
        left_out : mapping of str to Sentence, optional
        weights : mapping of str to float, optional
            By the members' names (``models.stacking``); alike where none are given.

        Raises
        ------
        TooFewCustomers
            When no member is given; the cases say why each is missing.
        """
        reasons = dict(left_out or {})
        if not members:
            raise TooFewCustomers(
                Sentence("None of the models that are averaged could be fitted."),
                Sentence("Bring more customers or a longer order history."),
                tuple(reasons.values()),
            )
        ensemble = cls(members)
        ensemble.members_ = tuple(members)
        ensemble.left_out_ = reasons
        ensemble.is_geometric_ = can_be_geometric(ensemble.members_)
        ensemble.weights_ = np.full(len(members), 1 / len(members))
        if weights is not None:
            ensemble.weights_ = np.array([weights[member.name] for member in members])
        ensemble.stack_ = None
        return ensemble

    def fit(self, data: TrainingData, report: Report = ignore_report) -> Self:
        """Fit every member; those that refuse the data are left out and noted.

        Raises
        ------
        TooFewCustomers
            When no member could be fitted.
        """
        fitted: list[Forecaster] = []
        left_out: dict[str, Sentence] = {}
        for member in self.members:
            try:
                fitted.append(member.fit(data, report))
            except UserDataError as refusal:
                left_out[member.name] = refusal.problem
        whole = self.from_fitted(fitted, left_out)
        self.members_, self.left_out_ = whole.members_, whole.left_out_
        self.is_geometric_ = whole.is_geometric_
        self.weights_, self.stack_ = whole.weights_, None
        return self

    def stacked(
        self,
        weights: Mapping[str, float],
        snapshot: Snapshot,
        told: Mapping[str, Prediction] | None = None,
    ) -> Self:
        """Return the ensemble with its members' spend weighed otherwise, the total kept.

        Parameters
        ----------
        weights : mapping of str to float
            By the members' names (``models.stacking.learn_weights``). Where one is
            missing, or the mean is not geometric, nothing changes.
        snapshot : Snapshot
            The customers whose total is kept.
        told : mapping of str to Prediction, optional
            What the members forecast of them, by name, where that is known already.
        """
        if not self.is_geometric_ or any(one.name not in weights for one in self.members_):
            return self
        spends = [one.spend.to_numpy(np.float64) for one in self._ask(snapshot, told)]
        own = np.array([weights[member.name] for member in self.members_])
        found = copy(self)
        found.stack_ = Stack(own, level=1.0)
        total = float(self.average(spends).sum())
        found.stack_ = Stack(own, level=total / float(found.average(spends).sum()))
        return found

    def predict(self, snapshot: Snapshot) -> Prediction:
        """Average the spend of all members, and what else several of them give."""
        return self.combine(snapshot, None)

    def combine(self, snapshot: Snapshot, told: Mapping[str, Prediction] | None) -> Prediction:
        """Forecast as :meth:`predict`; members whose forecast is ``told`` are not asked again."""
        predictions = self._ask(snapshot, told)
        spend = self.average([p.spend.to_numpy(np.float64) for p in predictions])
        return Prediction(
            spend=pd.Series(spend, index=snapshot.features.index, name="spend"),
            p_buy=self._mean_of_given([p.p_buy for p in predictions]),
            orders=self._mean_of_given([p.orders for p in predictions]),
        )

    def _ask(self, snapshot: Snapshot, told: Mapping[str, Prediction] | None) -> list[Prediction]:
        known = told or {}
        return [
            known[member.name] if member.name in known else member.predict(snapshot)
            for member in self.members_
        ]

    def average(self, spends: Sequence[np.ndarray]) -> np.ndarray:
        """Return the mean of the members' forecasts, shape (customers,)."""
        if not self.is_geometric_:
            return np.asarray(self.weights_ @ np.asarray(spends))
        weights, level = self.log_weights
        return np.asarray(level * np.exp(weights @ np.log(raise_to_least(spends))))

    @property
    def log_weights(self) -> tuple[np.ndarray, float]:
        """Weights of the logs in a geometric mean, and what it is multiplied by."""
        return (
            (self.weights_, 1.0)
            if self.stack_ is None
            else (self.stack_.weights, self.stack_.level)
        )

    def save(self, folder: Path) -> None:
        """Write each member into a folder of its name, and a JSON beside them."""
        for member in self.members_:
            (folder / member.name).mkdir()
            member.save(folder / member.name)
        state = {
            "members": [member.name for member in self.members_],
            "left_out": {name: why.to_json() for name, why in self.left_out_.items()},
            "is_geometric": self.is_geometric_,
            "weights": self.weights_.tolist(),
            "stack": None if self.stack_ is None else self.stack_.to_json(),
        }
        (folder / STATE_FILE).write_text(json.dumps(state, indent=2), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what :meth:`save` wrote."""
        state = json.loads((folder / STATE_FILE).read_text(encoding="utf-8"))
        loaded = cls.from_fitted(
            [MEMBERS[name].load(folder / name) for name in state["members"]],
            {name: Sentence.from_json(why) for name, why in state["left_out"].items()},
        )
        weights, stack = state.get("weights"), state.get("stack")
        if isinstance(weights, dict):  # as they were written first, by the members' names
            weights = [weights[name] for name in state["members"]]
        if weights is not None:  # runs of before count all members alike
            loaded.weights_ = np.array(weights)
        if stack is not None:
            loaded.stack_ = Stack.from_json(stack)
        # Runs of before the geometric mean say nothing and were plain means.
        loaded.is_geometric_ = state.get("is_geometric", False)
        return loaded

    def _mean_of_given(self, parts: Sequence[pd.Series | None]) -> pd.Series | None:
        """Average what members give; those that give nothing do not count."""
        given = [
            (part, weight)
            for part, weight in zip(parts, self.weights_, strict=True)
            if part is not None
        ]
        if not given:
            return None
        weights = np.array([weight for _, weight in given])
        values = np.array([part.to_numpy(np.float64) for part, _ in given])
        first = given[0][0]
        return pd.Series(weights @ values / weights.sum(), index=first.index, name=first.name)


def can_be_geometric(members: Sequence[Forecaster]) -> bool:
    """Say whether all members forecast above zero and one of them knows purchases.

    Without a purchase process the table has no orders, only given values.
    """
    knows_purchases = any(isinstance(member, ParetoNbdForecaster) for member in members)
    return knows_purchases and all(_stays_above_zero(member) for member in members)


def _stays_above_zero(member: Forecaster) -> bool:
    match member:
        case BoostedForecaster():
            return member.has_log_link_
        case NetworkForecaster():
            return member.loss_ in LOSSES_FROM_ZERO
        case _:
            return isinstance(member, ParetoNbdForecaster)
