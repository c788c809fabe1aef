"""A large shop's rows, handed to a network window by window.

Keras is given one batch after the other and JAX holds no more than that; the rows of
a window are made into a matrix when the first of its batches is asked for. Windows are
put together of short runs of neighbouring rows from all over the shop, in random
order, and mixed within: nearly as good as drawing single rows, and read at the speed of
a file.

An epoch of a very large shop ends after ``EPOCH_ROWS`` rows, and the next one goes on
where it ended.

Imports Keras: only for code that trains.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from clv_core.features.mapped import ROWS_AT_ONCE
from clv_core.models.backend import import_keras
from clv_core.models.dense import Array
from clv_core.models.head_start import HeadStart
from clv_core.models.sequence_building import list_inputs
from clv_core.models.windowed_rows import EPOCH_ROWS, WindowedRows

__all__ = ["WindowFeed"]

keras = import_keras()

RUN_ROWS: Final = 1_024  # neighbouring rows that are read together


class WindowFeed(keras.utils.PyDataset):  # type: ignore[name-defined,misc]  # no types
    """Batches for Keras, window after window.

    Parameters
    ----------
    rows : WindowedRows
    start : HeadStart
        Writes labels as the loss wants them.
    batch_size : int
        Divides ``ROWS_AT_ONCE``, or a window ends with fewer batches.
    seed : int
    """

    def __init__(self, rows: WindowedRows, start: HeadStart, batch_size: int, seed: int) -> None:
        super().__init__(workers=1, use_multiprocessing=False)
        self._rows = rows
        self._start = start
        self._batch_size = batch_size
        self._random = np.random.default_rng(seed)
        self._per_window = max(1, min(ROWS_AT_ONCE, len(rows.rows)) // batch_size)
        epoch_rows = min(EPOCH_ROWS, len(rows.rows))
        self._windows = max(1, epoch_rows // (self._per_window * batch_size))
        self._runs: list[Array] = []
        self._window: tuple[Any, Array, Array | None] | None = None

    def __len__(self) -> int:
        """Return the batches of an epoch."""
        return self._windows * self._per_window

    def __getitem__(self, number: int) -> tuple[Any, ...]:
        """Return a batch; they are asked for one after the other."""
        place = number % self._per_window
        if place == 0 or self._window is None:
            self._window = self._open_window()
        inputs, labels, weights = self._window
        batch = slice(place * self._batch_size, (place + 1) * self._batch_size)
        taken = [one[batch] for one in inputs] if isinstance(inputs, list) else inputs[batch]
        if weights is None:
            return taken, labels[batch]
        return taken, labels[batch], weights[batch]

    def _open_window(self) -> tuple[Any, Array, Array | None]:
        wanted = self._per_window * self._batch_size
        positions = self._draw(wanted)
        rows = self._rows.read(np.sort(positions))  # in the order of the file
        alpha = self._rows.settings.mixup_alpha
        if alpha:
            rows = rows.mix(alpha, int(self._random.integers(2**31)))
        rows = rows.take(self._random.permutation(len(rows.spend))[:wanted])
        return list_inputs(rows.inputs), self._start.encode(rows.spend), rows.row_weights.weights

    def _draw(self, wanted: int) -> Array:
        """Take runs from the heap until there are rows enough; a new heap where it is gone."""
        taken: list[Array] = []
        count = 0
        while count < wanted:
            if not self._runs:
                runs = np.split(
                    self._rows.rows, np.arange(RUN_ROWS, len(self._rows.rows), RUN_ROWS)
                )
                self._runs = [runs[place] for place in self._random.permutation(len(runs))]
            taken.append(self._runs.pop())
            count += len(taken[-1])
        return np.concatenate(taken)[:wanted]
