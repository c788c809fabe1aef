"""Networks that read months, and features beside them, as plain numbers: no Keras.

An encoder sums the months up in a few numbers; dense layers go from there. In the
wide-and-deep form the features join the months' numbers before the dense layers,
and reach the outputs by a linear path of their own as well (Cheng et al., "Wide &
Deep Learning for Recommender Systems", 2016, arXiv:1606.07792, section 3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from clv_core.models.dense import Array, DenseNetwork, read_arrays, write_arrays
from clv_core.models.encoders import Encoder
from clv_core.models.heads import Head

ROWS_AT_ONCE: Final = 1024  # keeps every month's numbers in the processor's cache


@dataclass(frozen=True)
class JointRows:
    """Rows for a network that reads months.

    Attributes
    ----------
    sequence : ndarray of float32, shape (rows, bins, channels)
    matrix : ndarray of float32, shape (rows, columns), or None
        Features, where the network reads them too.
    """

    sequence: Array
    matrix: Array | None = None

    def __len__(self) -> int:
        return len(self.sequence)

    def __getitem__(self, rows: Array | slice) -> JointRows:
        matrix = None if self.matrix is None else self.matrix[rows]
        return JointRows(self.sequence[rows], matrix)

    def chunks(self, rows: int) -> Iterator[JointRows]:
        """Yield the rows in their order, a number of them at a time."""
        for start in range(0, len(self), rows):
            yield self[start : start + rows]


@dataclass(frozen=True)
class SequenceNetwork:
    """An encoder, the dense layers behind it and, if wide, a path past both.

    Attributes
    ----------
    encoder : Encoder
    trunk : DenseNetwork
        Reads the features, if any, then the encoder's numbers.
    wide : ndarray of float32, shape (columns, outputs), or None
    """

    encoder: Encoder
    trunk: DenseNetwork
    wide: Array | None = None

    @property
    def head(self) -> Head:
        """How outputs become money."""
        return self.trunk.head

    def outputs(self, rows: JointRows) -> Array:
        """Run the forward pass; returns shape (rows, head.outputs)."""
        if not len(rows):
            return np.empty((0, self.head.outputs), dtype=rows.sequence.dtype)
        return np.concatenate([self._pass_on(chunk) for chunk in rows.chunks(ROWS_AT_ONCE)])

    def money(self, rows: JointRows, log_factor: Array | float = 0.0) -> Array:
        """Forecast money, shape (rows,), float64."""
        return self.head.money(self.outputs(rows), log_factor)

    def buying_probability(self, rows: JointRows) -> Array | None:
        """Probability that net spend over the training horizon is positive, if told."""
        return self.head.buying_probability(self.outputs(rows))

    def save(self, path: Path) -> None:
        """Write the network as one npz file of plain arrays."""
        encoder = {f"encoder_{number}": one for number, one in enumerate(self.encoder.weights)}
        wide = {} if self.wide is None else {"wide": self.wide}
        about = {**self.trunk.about(), "encoder": self.encoder.kind}
        write_arrays(path, about, {**encoder, **self.trunk.arrays(), **wide})

    @classmethod
    def load(cls, path: Path) -> SequenceNetwork:
        """Read what :meth:`save` wrote; refuses anything that needs unpickling."""
        about, arrays = read_arrays(path)
        count = sum(name.startswith("encoder_") for name in arrays)
        weights = tuple(arrays[f"encoder_{number}"] for number in range(count))
        encoder = Encoder(about["encoder"], weights, about["activation"])
        return cls(encoder, DenseNetwork.rebuild(about, arrays), arrays.get("wide"))

    def _pass_on(self, rows: JointRows) -> Array:
        code = self.encoder.encode(rows.sequence)
        if rows.matrix is None:
            return self.trunk.layer_inputs(code)[-1]
        joined = np.concatenate([rows.matrix, code], axis=1)
        outputs = self.trunk.layer_inputs(joined)[-1]
        if self.wide is None:
            return outputs
        return np.asarray(outputs + rows.matrix @ self.wide.astype(outputs.dtype, copy=False))
