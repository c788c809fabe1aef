"""Many columns pressed into a few numbers: principal components, or an autoencoder's code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

__all__ = ["Components", "LearnCode", "learn_principal_components"]

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Components:
    """Dense layers without labels; between two of them what is below zero counts as zero.

    Principal components are one layer: a rotation of the columns' distances from
    their means, of which the directions that vary most are kept. A dense
    autoencoder's encoder is two.

    Attributes
    ----------
    kernels : tuple of ndarray, each of shape (inputs, units)
    biases : tuple of ndarray, each of shape (units,)
    """

    kernels: tuple[Array, ...]
    biases: tuple[Array, ...]

    def apply(self, columns: Array) -> Array:
        """Return the few numbers, float64 of shape (rows, width)."""
        return self.layer_outputs(columns)[-1]

    def layer_outputs(self, columns: Array) -> list[Array]:
        """Return every layer's linear output in float64, the first layer's first."""
        linear: list[Array] = []
        for kernel, bias in zip(self.kernels, self.biases, strict=True):
            values = np.maximum(linear[-1], 0) if linear else columns.astype(np.float64)
            linear.append(values @ kernel + bias)
        return linear

    @property
    def width(self) -> int:
        """How many numbers are left."""
        return len(self.biases[-1])

    def to_json(self) -> dict[str, Any]:
        """Return a form that :meth:`from_json` reads back, to the bit."""
        return {name: [one.tolist() for one in given] for name, given in vars(self).items()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Rebuild what :meth:`to_json` gave."""
        return cls(**{name: tuple(map(np.asarray, given)) for name, given in stored.items()})


LearnCode = Callable[[Array], Components]
"""Learns an encoder from training rows, shape (rows, columns), without labels."""


def learn_principal_components(columns: Array, share: float) -> Components:
    """Keep the fewest directions that hold a share of the training rows' variance.

    Parameters
    ----------
    columns : ndarray, shape (rows, columns)
    share : float
        Between 0 and 1.
    """
    from sklearn.decomposition import PCA  # noqa: PLC0415  # seldom needed

    found = PCA(n_components=share, svd_solver="covariance_eigh").fit(columns.astype(np.float64))
    kernel = found.components_.T
    return Components((kernel,), (-found.mean_ @ kernel,))
