"""The one protocol every model family follows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

import pandas as pd

from clv_core.features.snapshots import Snapshot
from clv_core.sentences import Sentence

Report = Callable[[dict[str, Any]], None]
"""Receives one row of training progress: ``epoch``, ``loss``, ``validation_loss`` …"""


def ignore_report(row: dict[str, Any]) -> None:
    """Take a progress row and drop it."""


@dataclass(frozen=True)
class TrainingData:
    """All a model may see when it is fitted to forecast from ``history.cutoff``.

    Attributes
    ----------
    history : Snapshot
        Features as of the cutoff, without labels: the statistical models are
        fitted on it, since they need no later data.
    labelled : tuple of Snapshot
        Earlier snapshots, oldest first, whose label windows have closed by
        ``history.cutoff``. Empty where history is too short. All share one
        ``horizon_days``, which may be shorter than the history's.
    """

    history: Snapshot
    labelled: tuple[Snapshot, ...]


@dataclass(frozen=True)
class Prediction:
    """What one model expects of each customer over the snapshot's horizon.

    Attributes
    ----------
    spend : Series of float64, index ``customer_key``
        Expected net revenue; for a mere ranking, its score.
    p_buy : Series of float64 or None
        Probability of at least one purchase.
    orders : Series of float64 or None
        Expected number of purchases.
    """

    spend: pd.Series
    p_buy: pd.Series | None = None
    orders: pd.Series | None = None


def join_predictions(parts: Sequence[Prediction]) -> Prediction:
    """Put together what was forecast of some customers after the others."""

    def join(given: list[pd.Series | None]) -> pd.Series | None:
        known = [one for one in given if one is not None]
        return pd.concat(known) if known else None

    return Prediction(
        pd.concat([part.spend for part in parts]),
        join([part.p_buy for part in parts]),
        join([part.orders for part in parts]),
    )


class Forecaster(Protocol):
    """A model family.

    Attributes
    ----------
    name : str
        Key in ``models.registry``, file names and tables.
    is_ranking : bool
        True where the prediction orders customers but is not an amount.
    """

    name: str
    is_ranking: bool

    def fit(self, data: TrainingData, report: Report = ignore_report) -> Self:
        """Learn from the data; fitted state ends in ``_``.

        Raises
        ------
        UserDataError
            Where the data cannot carry this model; names what is missing.
        """
        ...

    def predict(self, snapshot: Snapshot) -> Prediction:
        """Forecast ``snapshot.horizon_days`` after ``snapshot.cutoff``."""
        ...

    def save(self, folder: Path) -> None:
        """Write the fitted model into an existing, empty folder; no pickle."""
        ...

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what :meth:`save` wrote; needs no training library."""
        ...


def list_notes(forecaster: Forecaster) -> tuple[Sentence, ...]:
    """Return what a reader should know about a fit: ``notes_``, where the family has any."""
    notes: tuple[Sentence, ...] = getattr(forecaster, "notes_", ())
    return notes
