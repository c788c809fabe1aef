"""Months as a network reads them: scaled channels, and since when one is a customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

import numpy as np
import pandas as pd

from clv_core.columns import TENURE
from clv_core.errors import InvalidSetting
from clv_core.features.sequence import BIN_DAYS
from clv_core.features.snapshots import Snapshot
from clv_core.models.dense import Array
from clv_core.sentences import Sentence

FIRST_SEEN: Final = TENURE  # the feature that the last channel is made of


@dataclass(frozen=True)
class SequenceScaling:
    """How sequences become channels, as learnt on training rows.

    A channel is sign(x) · log(1 + |x|), capped at the training rows' greatest,
    over the root mean square of the bins that are not 0: an ordinary month in
    which something happened is about 1, a silent one 0. One more channel holds the
    share of the bin's days since the customer's first purchase: 0 before it, so
    that not yet being a customer is not silence.

    Attributes
    ----------
    names : tuple of str
        Sequences, as in ``features.snapshots``.
    units : tuple of float
    caps : tuple of float
    bins : int
    """

    names: tuple[str, ...]
    units: tuple[float, ...]
    caps: tuple[float, ...]
    bins: int

    @classmethod
    def learn(cls, sequences: Mapping[str, Array]) -> Self:
        """Learn from training rows only; arrays of shape (rows, bins)."""
        units, caps = [], []
        for sequence in sequences.values():
            logs = _signed_log(sequence[sequence != 0])
            units.append(float(np.sqrt(np.mean(logs**2))) if len(logs) else 1.0)
            caps.append(float(np.abs(logs).max()) if len(logs) else 0.0)
        bins = next(iter(sequences.values())).shape[1]
        return cls(tuple(sequences), tuple(units), tuple(caps), bins)

    @property
    def sources(self) -> tuple[str, ...]:
        """What each channel was made from."""
        return (*self.names, FIRST_SEEN)

    def transform(self, sequences: Mapping[str, Array], features: pd.DataFrame) -> Array:
        """Return the channels, float32 of shape (rows, bins, channels).

        Raises
        ------
        KeyError
            When a sequence that was learnt, or the tenure, is not given.
        """
        channels = np.empty((len(features), self.bins, len(self.sources)), dtype=np.float32)
        for place, name in enumerate(self.names):
            cap = self.caps[place]
            logs = np.clip(_signed_log(sequences[name]), -cap, cap)
            channels[:, :, place] = logs / self.units[place]
        days = features[FIRST_SEEN].to_numpy(np.float64)[:, None] + 1
        begins = BIN_DAYS * np.arange(self.bins - 1, -1, -1)
        channels[:, :, -1] = np.clip((days - begins) / BIN_DAYS, 0, 1)
        return channels

    def to_json(self) -> dict[str, Any]:
        """Return a form that :meth:`from_json` reads back."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Rebuild what :meth:`to_json` gave."""
        return cls(
            tuple(stored["names"]), tuple(stored["units"]), tuple(stored["caps"]), stored["bins"]
        )


def stack_sequences(labelled: Sequence[Snapshot]) -> dict[str, Array]:
    """Stack the sequences that every snapshot has, in the order of its rows.

    Raises
    ------
    InvalidSetting
        For rows of a value table, which know no months.
    """
    if any(snapshot.cutoff is None for snapshot in labelled):
        raise InvalidSetting(
            Sentence(
                "This network reads what happened month by month, and a table with one value per "
                "customer knows no months."
            ),
            Sentence("Choose the dense network, or bring orders with dates."),
        )
    if not labelled[0].spend_sequence.shape[1]:
        raise ValueError("the snapshots were built without months")
    names = [name for name in labelled[0].sequences if all(name in s.sequences for s in labelled)]
    return {name: np.concatenate([s.sequences[name] for s in labelled]) for name in names}


def _signed_log(values: Array) -> Array:
    exact = values.astype(np.float64)
    return np.asarray(np.sign(exact) * np.log1p(np.abs(exact)))
