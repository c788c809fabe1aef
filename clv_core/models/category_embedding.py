"""Categories as a few learned numbers each: a narrow linear layer per feature.

Every feature's ones and zeros pass a dense layer of a few units, without bias
and activation, before they meet the first dense layer; row *i* of its kernel is
the embedding of category *i* (Guo and Berkhahn, "Entity Embeddings of Categorical
Variables", 2016, arXiv:1604.06737, section 3). Two linear layers in a row are
one, so the trained network is stored without it.

Imports Keras: only for code that trains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clv_core.models.backend import import_keras
from clv_core.models.dense import Array

keras = import_keras()
ops = keras.ops


@dataclass(frozen=True)
class Embedding:
    """Which inputs are categories, and how narrow they become.

    Attributes
    ----------
    blocks : tuple of (int, int)
        First input and the one after the last, per feature; ascending, apart.
    width : int
        Numbers per category; a feature with fewer categories keeps its own count.
    """

    blocks: tuple[tuple[int, int], ...]
    width: int


@keras.saving.register_keras_serializable(package="perennial")
class CategoryEmbedding(keras.layers.Layer):  # type: ignore[misc,name-defined]
    """Pass every block of inputs through a kernel of its own, all others as they are.

    The output has the other inputs first, then the blocks in their order.
    """

    def __init__(self, blocks: Sequence[Sequence[int]], width: int, **options: Any) -> None:
        super().__init__(**options)
        self.blocks = tuple((int(start), int(stop)) for start, stop in blocks)
        self.width = width

    def build(self, input_shape: tuple[int | None, int]) -> None:
        """Draw the kernels' start from Keras' seed."""
        inside = {place for start, stop in self.blocks for place in range(start, stop)}
        self.others = [place for place in range(input_shape[-1]) if place not in inside]
        self.kernels = [
            self.add_weight(
                name=f"kernel_{number}",
                shape=(stop - start, min(self.width, stop - start)),
                initializer="glorot_uniform",
            )
            for number, (start, stop) in enumerate(self.blocks)
        ]

    def call(self, inputs: Any) -> Any:
        """Return the narrower inputs."""
        parts = [ops.take(inputs, self.others, axis=1)] if self.others else []
        for (start, stop), kernel in zip(self.blocks, self.kernels, strict=True):
            parts.append(ops.matmul(inputs[:, start:stop], kernel))
        return ops.concatenate(parts, axis=1)

    def compute_output_shape(self, input_shape: tuple[int | None, int]) -> tuple[int | None, int]:
        """Return the shape of :meth:`call`'s result."""
        narrow = sum(min(self.width, stop - start) for start, stop in self.blocks)
        inside = sum(stop - start for start, stop in self.blocks)
        return input_shape[0], input_shape[1] - inside + narrow

    def fold_into(self, kernel: Array) -> Array:
        """Return the next layer's kernel as it acts on this layer's inputs.

        Parameters
        ----------
        kernel : ndarray of float32, shape (outputs of this layer, units)

        Returns
        -------
        ndarray of float32, shape (inputs of this layer, units)
        """
        inputs = len(self.others) + sum(stop - start for start, stop in self.blocks)
        folded = np.empty((inputs, kernel.shape[1]), dtype=kernel.dtype)
        folded[self.others] = kernel[: len(self.others)]
        begins = len(self.others)
        for (start, stop), own in zip(self.blocks, self.get_weights(), strict=True):
            folded[start:stop] = own @ kernel[begins : begins + own.shape[1]]
            begins += own.shape[1]
        return folded

    def get_config(self) -> dict[str, Any]:
        """Return what :meth:`from_config` needs."""
        return {**super().get_config(), "blocks": self.blocks, "width": self.width}
