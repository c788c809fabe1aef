"""Rows ready for a network that is being trained."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from clv_core.models.dense import Array
from clv_core.models.heads import Head
from clv_core.models.row_weights import RowWeights
from clv_core.models.sequence_network import JointRows

if TYPE_CHECKING:
    from clv_core.models.category_embedding import Embedding

Inputs = Array | JointRows


class ScoringNetwork(Protocol):
    """A trained network as plain numbers; rows as its architecture reads them."""

    @property
    def head(self) -> Head:
        """How outputs become money."""
        ...

    def outputs(self, rows: Any) -> Array:
        """Run the forward pass; returns shape (rows, head.outputs)."""
        ...

    def money(self, rows: Any, log_factor: Array | float = 0.0) -> Array:
        """Forecast money, shape (rows,), float64."""
        ...

    def buying_probability(self, rows: Any) -> Array | None:
        """Probability that net spend is positive, if told."""
        ...

    def save(self, path: Path) -> None:
        """Write the network as one npz file of plain arrays."""
        ...


@dataclass(frozen=True)
class MatrixRows:
    """Rows ready for the network.

    Attributes
    ----------
    inputs : ndarray of float32, shape (rows, columns), or JointRows
        The latter for networks that read months.
    spend : ndarray of float64, shape (rows,)
        Money.
    embedding : Embedding or None
        Categories that are learnt as a few numbers.
    row_weights : RowWeights
    """

    inputs: Inputs
    spend: Array
    embedding: Embedding | None = None
    row_weights: RowWeights = field(default_factory=RowWeights)

    def pad(self, batch_size: int, seed: int) -> MatrixRows:
        """Repeat rows drawn at random until they fill whole batches.

        A partial last batch has a shape of its own, which JAX compiles again.
        """
        missing = -len(self.spend) % batch_size
        drawn = np.random.default_rng(seed).integers(len(self.spend), size=missing)
        return self.take(np.concatenate([np.arange(len(self.spend)), drawn]))

    def take(self, rows: Array) -> MatrixRows:
        """Return some rows, by position."""
        weights = self.row_weights.weights
        chosen = replace(self.row_weights, weights=None if weights is None else weights[rows])
        return replace(self, inputs=self.inputs[rows], spend=self.spend[rows], row_weights=chosen)

    def mix(self, alpha: float, seed: int) -> MatrixRows:
        """Add as many rows again, each between two of these.

        Inputs are mixed in a share drawn from Beta(alpha, alpha), and the label is
        that of one of the two, drawn with the same share. Its mean loss is the
        mixed loss of Zhang et al., "mixup: Beyond Empirical Risk Minimization",
        2018 (arXiv:1710.09412), section 2; a mixed amount would turn customers who
        bought nothing into small buyers.
        """
        random = np.random.default_rng(seed)
        count = len(self.spend)
        one, other = np.arange(count), random.permutation(count)
        share = random.beta(alpha, alpha, count).astype(np.float32)
        drawn = np.where(random.random(count) < share, one, other)
        labels = self.take(np.concatenate([one, drawn]))  # and weights, which follow the label
        first, second = (self.inputs[np.concatenate([one, side])] for side in (one, other))
        shares = np.concatenate([np.ones(count, dtype=np.float32), share])
        return replace(labels, inputs=_mix(first, second, shares))


def _mix(first: Inputs, second: Inputs, share: Array) -> Inputs:
    if isinstance(first, JointRows) and isinstance(second, JointRows):
        matrix = None
        if first.matrix is not None and second.matrix is not None:
            matrix = _blend(first.matrix, second.matrix, share)
        return JointRows(_blend(first.sequence, second.sequence, share), matrix)
    return _blend(np.asarray(first), np.asarray(second), share)


def _blend(first: Array, second: Array, share: Array) -> Array:
    shares = share.reshape(-1, *[1] * (first.ndim - 1))
    return np.asarray(shares * first + (1 - shares) * second)
