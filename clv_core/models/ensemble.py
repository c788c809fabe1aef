"""The mean of three families: network, boosted trees and Pareto/NBD.

For a shop the mean is the geometric one: a customer is worth much where all three
say so (docs/decisions/021-geometric-mean.md has the measurements). Where a member's
forecast can lie below zero, and for tables with one value per customer, it is the
arithmetic mean.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Self

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
        Of the members' spend in the mean; they add up to 1.
    """

    name = "ensemble"
    is_ranking = False
    members_: tuple[Forecaster, ...]
    left_out_: dict[str, Sentence]
    is_geometric_: bool
    weights_: np.ndarray

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
            By the members' names (``models.stacking``); alike where they are not
            given or name none of the members.

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
        ensemble.weights_ = _share_out(ensemble.members_, weights or {})
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
        self.is_geometric_, self.weights_ = whole.is_geometric_, whole.weights_
        return self

    def predict(self, snapshot: Snapshot) -> Prediction:
        """Average the spend of all members, and what else several of them give."""
        predictions = [member.predict(snapshot) for member in self.members_]
        spend = self.average([p.spend.to_numpy(np.float64) for p in predictions])
        return Prediction(
            spend=pd.Series(spend, index=snapshot.features.index, name="spend"),
            p_buy=_mean_of_given([p.p_buy for p in predictions]),
            orders=_mean_of_given([p.orders for p in predictions]),
        )

    def average(self, spends: Sequence[np.ndarray]) -> np.ndarray:
        """Return the mean of the members' forecasts, shape (customers,)."""
        if not self.is_geometric_:
            return np.asarray(self.weights_ @ np.asarray(spends))
        return np.asarray(np.exp(self.weights_ @ np.log(raise_to_least(spends))))

    def save(self, folder: Path) -> None:
        """Write each member into a folder of its name, and a JSON beside them."""
        for member in self.members_:
            (folder / member.name).mkdir()
            member.save(folder / member.name)
        state = {
            "members": [member.name for member in self.members_],
            "left_out": {name: why.to_json() for name, why in self.left_out_.items()},
            "is_geometric": self.is_geometric_,
            "weights": dict(
                zip((member.name for member in self.members_), self.weights_, strict=True)
            ),
        }
        (folder / STATE_FILE).write_text(json.dumps(state, indent=2), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what :meth:`save` wrote."""
        state = json.loads((folder / STATE_FILE).read_text(encoding="utf-8"))
        loaded = cls.from_fitted(
            [MEMBERS[name].load(folder / name) for name in state["members"]],
            {name: Sentence.from_json(why) for name, why in state["left_out"].items()},
            state.get("weights"),  # runs of before stacking weigh all alike
        )
        # Runs of before the geometric mean say nothing and were plain means.
        loaded.is_geometric_ = state.get("is_geometric", False)
        return loaded


def can_be_geometric(members: Sequence[Forecaster]) -> bool:
    """Say whether all members forecast above zero and one of them knows purchases.

    Without a purchase process the table has no orders, only given values.
    """
    knows_purchases = any(isinstance(member, ParetoNbdForecaster) for member in members)
    return knows_purchases and all(_stays_above_zero(member) for member in members)


def _share_out(members: Sequence[Forecaster], weights: Mapping[str, float]) -> np.ndarray:
    """Return the members' weights in their order, adding up to 1."""
    given = np.array([weights.get(member.name, 0.0) for member in members])
    if given.sum() <= 0:
        given = np.ones(len(members))
    return np.asarray(given / given.sum())


def _stays_above_zero(member: Forecaster) -> bool:
    match member:
        case BoostedForecaster():
            return member.has_log_link_
        case NetworkForecaster():
            return member.loss_ in LOSSES_FROM_ZERO
        case _:
            return isinstance(member, ParetoNbdForecaster)


def _mean(parts: Sequence[pd.Series]) -> pd.Series:
    mean = np.mean([part.to_numpy(np.float64) for part in parts], axis=0)
    return pd.Series(mean, index=parts[0].index, name=parts[0].name)


def _mean_of_given(parts: Sequence[pd.Series | None]) -> pd.Series | None:
    given = [part for part in parts if part is not None]
    return _mean(given) if given else None
