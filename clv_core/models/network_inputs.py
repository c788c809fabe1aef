"""From customers' features and months to what a network reads, as learnt on training rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from clv_core.features.matrix import FeatureMatrix
from clv_core.features.matrix_notes import describe_matrix
from clv_core.features.refinement import Refinement
from clv_core.features.snapshots import Snapshot
from clv_core.model_settings import Architecture, MatrixSettings, NetworkSettings
from clv_core.models.dense import Array
from clv_core.models.horizon import drop_log_ratio
from clv_core.models.matrix_learning import learn_matrix, refuse_refinement
from clv_core.models.network_rows import Inputs, MatrixRows
from clv_core.models.row_weights import weigh_rows
from clv_core.models.sequence_inputs import SequenceScaling, stack_sequences
from clv_core.models.sequence_network import JointRows
from clv_core.models.titles import MODEL_TITLES
from clv_core.models.training_rows import TrainingRows
from clv_core.sentences import Sentence
from clv_core.settings import MissingValues

if TYPE_CHECKING:
    from clv_core.models.category_embedding import Embedding


@dataclass(frozen=True)
class Material:
    """Customers to learn from, not yet made into numbers that a network takes.

    Attributes
    ----------
    features : DataFrame
    sequences : mapping of str to ndarray, each of shape (rows, bins)
        Empty where the network reads none.
    spend : ndarray of float64, shape (rows,)
    """

    features: pd.DataFrame
    sequences: Mapping[str, Array]
    spend: Array

    @classmethod
    def collect(
        cls, rows: TrainingRows, labelled: Sequence[Snapshot], architecture: Architecture
    ) -> Self:
        """Put the sequences of labelled snapshots beside their stacked rows.

        Raises
        ------
        InvalidSetting
            Where a network that reads months is to learn from a value table.
        """
        sequences = {} if architecture == "dense" else stack_sequences(labelled)
        return cls(rows.features, sequences, rows.spend)

    def take(self, rows: Array) -> Self:
        """Return some rows, by position."""
        sequences = {name: one[rows] for name, one in self.sequences.items()}
        return type(self)(self.features.iloc[rows], sequences, self.spend[rows])


@dataclass(frozen=True)
class NetworkInputs:
    """What a network reads, and how; learnt on training rows only.

    Attributes
    ----------
    matrix : FeatureMatrix or None
        None for networks that read months alone.
    scaling : SequenceScaling or None
        None for networks that read features alone.
    """

    matrix: FeatureMatrix | None
    scaling: SequenceScaling | None

    @classmethod
    def learn(
        cls,
        material: Material,
        architecture: Architecture,
        settings: MatrixSettings,
        missing: MissingValues,
        seed: int,
    ) -> Self:
        """Learn scales, fill values and categories from the rows of ``material``.

        Raises
        ------
        InvalidSetting
            Where reasons could not be told by feature.
        """
        if architecture == "wide_and_deep":
            refuse_refinement(settings, MODEL_TITLES[architecture])
        matrix = None
        if architecture in {"dense", "wide_and_deep"}:
            matrix = learn_matrix(material.features, material.spend, settings, missing, seed)
        scaling = SequenceScaling.learn(material.sequences) if material.sequences else None
        return cls(matrix, scaling)

    @property
    def names(self) -> list[str]:
        """Features and sequences that are read, each once."""
        return list(dict.fromkeys([*self.column_sources, *self.channel_sources]))

    @property
    def column_sources(self) -> list[str]:
        """The feature that each column of the matrix is made of."""
        if self.matrix is None:
            return []
        return [self.matrix.source_of_column_[name] for name in self.matrix.column_names_]

    @property
    def channel_sources(self) -> list[str]:
        """The sequence or feature that each channel is made of."""
        return [] if self.scaling is None else list(self.scaling.sources)

    @property
    def refinement(self) -> Refinement | None:
        """What becomes of the matrix' columns before the network takes them."""
        return None if self.matrix is None else self.matrix.refinement_

    def read_columns(self, features: pd.DataFrame) -> Array:
        """Return the matrix before any refinement; without columns where none is read."""
        if self.matrix is None:
            return np.empty((len(features), 0), dtype=np.float32)
        return self.matrix.read_columns(drop_log_ratio(features))

    def transform(self, features: pd.DataFrame, sequences: Mapping[str, Array]) -> Inputs:
        """Return rows as the network reads them; features may hold more than it needs."""
        matrix = None if self.matrix is None else self.matrix.transform(drop_log_ratio(features))
        if self.scaling is not None:
            return JointRows(self.scaling.transform(sequences, features), matrix)
        if matrix is None:
            raise ValueError("a network that reads neither features nor months")
        return matrix

    def prepare(self, material: Material, settings: NetworkSettings) -> MatrixRows:
        """Return rows ready for training."""
        return MatrixRows(
            self.transform(material.features, material.sequences),
            material.spend,
            self._embed(),
            weigh_rows(material.features, material.spend, settings),
        )

    def describe(self, has_own_names: bool) -> tuple[Sentence, ...]:
        """Say what was left out, multiplied or compressed of the features."""
        return () if self.matrix is None else describe_matrix(self.matrix, has_own_names)

    def to_json(self) -> dict[str, Any]:
        """Return a form that :meth:`from_json` reads back."""
        return {
            "matrix": None if self.matrix is None else self.matrix.to_json(),
            "sequences": None if self.scaling is None else self.scaling.to_json(),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Rebuild what :meth:`to_json` gave, or a version that knew no sequences."""
        scaling = stored.get("sequences")
        return cls(
            None if stored["matrix"] is None else FeatureMatrix.from_json(stored["matrix"]),
            None if scaling is None else SequenceScaling.from_json(scaling),
        )

    def _embed(self) -> Embedding | None:
        if self.matrix is None or self.matrix.settings.categories != "embedding":
            return None
        # Keras only where it is trained with.
        from clv_core.models.category_embedding import Embedding  # noqa: PLC0415

        blocks = self.matrix.category_blocks()
        return Embedding(blocks, self.matrix.settings.embedding_width) if blocks else None
