"""The plain mean of three families: network, boosted trees and Pareto/NBD.

An arithmetic mean, so that the members' attributions add up to the ensemble's.
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
from clv_core.models.network import NetworkForecaster
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
    """

    name = "ensemble"
    is_ranking = False
    members_: tuple[Forecaster, ...]
    left_out_: dict[str, Sentence]

    def __init__(self, members: Sequence[Forecaster] = ()) -> None:
        self.members = tuple(members)

    @classmethod
    def from_fitted(
        cls, members: Sequence[Forecaster], left_out: Mapping[str, Sentence] | None = None
    ) -> Self:
        """Average members that were fitted before, so that nothing is trained twice.

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
        return self

    def predict(self, snapshot: Snapshot) -> Prediction:
        """Average the spend of all members, and what else several of them give."""
        predictions = [member.predict(snapshot) for member in self.members_]
        return Prediction(
            spend=_mean([p.spend for p in predictions]),
            p_buy=_mean_of_given([p.p_buy for p in predictions]),
            orders=_mean_of_given([p.orders for p in predictions]),
        )

    def save(self, folder: Path) -> None:
        """Write each member into a folder of its name, and a JSON beside them."""
        for member in self.members_:
            (folder / member.name).mkdir()
            member.save(folder / member.name)
        state = {
            "members": [member.name for member in self.members_],
            "left_out": {name: why.to_json() for name, why in self.left_out_.items()},
        }
        (folder / STATE_FILE).write_text(json.dumps(state, indent=2), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what :meth:`save` wrote."""
        state = json.loads((folder / STATE_FILE).read_text(encoding="utf-8"))
        return cls.from_fitted(
            [MEMBERS[name].load(folder / name) for name in state["members"]],
            {name: Sentence.from_json(why) for name, why in state["left_out"].items()},
        )


def _mean(parts: Sequence[pd.Series]) -> pd.Series:
    mean = np.mean([part.to_numpy(np.float64) for part in parts], axis=0)
    return pd.Series(mean, index=parts[0].index, name=parts[0].name)


def _mean_of_given(parts: Sequence[pd.Series | None]) -> pd.Series | None:
    given = [part for part in parts if part is not None]
    return _mean(given) if given else None
