"""A large shop's rows, made ready for a network a window at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from clv_core.features.mapped import ROWS_AT_ONCE, let_go
from clv_core.model_settings import NetworkSettings
from clv_core.models.dense import Array
from clv_core.models.network_inputs import Material, NetworkInputs
from clv_core.models.network_rows import MatrixRows
from clv_core.models.row_weights import RowWeights, weigh_rows
from clv_core.models.training_rows import TrainingRows
from clv_core.sentences import Sentence

__all__ = ["EPOCH_ROWS", "WindowedRows", "describe_windows", "prepare_rows", "thin_out"]

EPOCH_ROWS: Final = 1_000_000  # 2,000 steps of the default batch: enough to look again at
MOST_SCALED: Final = 500_000  # rows that scales are learnt on: quantiles to 0.01 % of rows


def thin_out(rows: Array, most: int = MOST_SCALED) -> Array:
    """Return at most so many of some positions, in even distances."""
    return rows[:: -(-len(rows) // most)]


@dataclass(frozen=True)
class WindowedRows:
    """Rows to learn from that are too many to be made into one matrix.

    Attributes
    ----------
    material : Material
        Its features lie in a file.
    inputs : NetworkInputs
    settings : NetworkSettings
    rows : ndarray of int64
        Positions of those that are learnt from.
    """

    material: Material
    inputs: NetworkInputs
    settings: NetworkSettings
    rows: Array

    @cached_property
    def spend(self) -> Array:
        """Money, shape (rows,)."""
        return np.asarray(self.material.spend[self.rows])

    @cached_property
    def row_weights(self) -> RowWeights:
        """What the material's rows count for, all of them."""
        return weigh_rows(self.material.features, self.material.spend, self.settings)

    @cached_property
    def sample(self) -> MatrixRows:
        """Some of the rows, to see what they look like."""
        return self.read(thin_out(self.rows, ROWS_AT_ONCE))

    def read(self, positions: Array) -> MatrixRows:
        """Return rows of the material, ready for the network."""
        ready = self.inputs.prepare(self.material.take(positions), self.settings)
        let_go(self.material.features)
        weights = self.row_weights.weights
        own = None if weights is None else weights[positions]
        return MatrixRows(
            ready.inputs, ready.spend, ready.embedding, RowWeights(own, self.row_weights.log_odds)
        )


def prepare_rows(
    inputs: NetworkInputs,
    material: Material,
    learns: Array,
    settings: NetworkSettings,
    is_large: bool,
) -> MatrixRows | WindowedRows:
    """Return some rows ready for training, or of a large shop what reads them by windows."""
    if is_large:
        return WindowedRows(material, inputs, settings, learns)
    return inputs.prepare(material.take(learns), settings)


def describe_windows(rows: TrainingRows) -> tuple[Sentence, ...]:
    """Say how a large shop's rows were learnt from; nothing of a small one's."""
    if not rows.is_large:
        return ()
    count = len(rows.spend)
    return (
        Sentence(
            "Of {rows} rows to learn from, {scaled} tell how features are scaled and {epoch} are"
            " seen in an epoch, other ones in the next.",
            rows=count,
            scaled=min(count, MOST_SCALED),
            epoch=min(count, EPOCH_ROWS),
        ),
    )
