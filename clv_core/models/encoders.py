"""Layers that read months in their order, in numpy: what Keras computes, to 1e-5.

Weights are those of Keras' layers of the same name, in Keras' order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from clv_core.model_settings import Activation
from clv_core.models.dense import ACTIVATIONS, Array

EncoderKind = Literal["gru", "lstm", "conv1d"]


@dataclass(frozen=True)
class Encoder:
    """What turns a sequence into a few numbers.

    Attributes
    ----------
    kind : {"gru", "lstm", "conv1d"}
    weights : tuple of ndarray of float32
        ``gru``, ``lstm``: kernel, recurrent kernel and bias; ``conv1d``: kernel
        and bias of a causal convolution, then of one with steps as long as it is
        wide.
    activation : str
        Of the convolutions.
    """

    kind: EncoderKind
    weights: tuple[Array, ...]
    activation: Activation = "relu"

    def encode(self, sequence: Array) -> Array:
        """Return the numbers, shape (rows, units), in the sequence's precision.

        Parameters
        ----------
        sequence : ndarray, shape (rows, bins, channels)
        """
        weights = [weight.astype(sequence.dtype, copy=False) for weight in self.weights]
        match self.kind:
            case "gru":
                return _run_gru(sequence, *weights)
            case "lstm":
                return _run_lstm(sequence, *weights)
            case "conv1d":
                return self._convolve(sequence, weights)

    def _convolve(self, sequence: Array, weights: list[Array]) -> Array:
        first, first_bias, second, second_bias = weights
        activate = ACTIVATIONS[self.activation]
        before = np.pad(sequence, ((0, 0), (len(first) - 1, 0), (0, 0)))
        seen = activate(_slide(before, first, 1) + first_bias)
        summed = activate(_slide(seen, second, len(second)) + second_bias)
        return np.asarray(summed.reshape(len(summed), -1))


def _run_gru(sequence: Array, kernel: Array, recurrent: Array, bias: Array) -> Array:
    """Gated recurrent units, reset after the product (Cho et al. 2014, arXiv:1406.1078).

    With z the update gate and r the reset gate: ``h = z h + (1 - z) tanh(W x +
    b + r (U h + c))``; the state starts at 0.
    """
    units = len(recurrent)
    projected = _project(sequence, kernel) + bias[0]
    state = np.zeros((len(sequence), units), dtype=sequence.dtype)
    for given in projected:
        inner = state @ recurrent + bias[1]
        gates = _sigmoid(given[:, : 2 * units] + inner[:, : 2 * units])
        update, reset = gates[:, :units], gates[:, units:]
        candidate = np.tanh(given[:, 2 * units :] + reset * inner[:, 2 * units :])
        state = candidate + update * (state - candidate)
    return state


def _run_lstm(sequence: Array, kernel: Array, recurrent: Array, bias: Array) -> Array:
    """Long short-term memory (Hochreiter and Schmidhuber 1997), with a forget gate."""
    units = len(recurrent)
    projected = _project(sequence, kernel) + bias
    state = np.zeros((len(sequence), units), dtype=sequence.dtype)
    memory = np.zeros_like(state)
    for given in projected:
        inner = given + state @ recurrent
        take, keep = _sigmoid(inner[:, :units]), _sigmoid(inner[:, units : 2 * units])
        memory = keep * memory + take * np.tanh(inner[:, 2 * units : 3 * units])
        state = _sigmoid(inner[:, 3 * units :]) * np.tanh(memory)
    return state


def _project(sequence: Array, kernel: Array) -> Array:
    """Return the inputs' share of every gate, shape (bins, rows, gates)."""
    by_bin = np.ascontiguousarray(sequence.transpose(1, 0, 2))
    return np.asarray(by_bin @ kernel)


def _sigmoid(x: Array) -> Array:
    half = x.dtype.type(0.5)
    return np.asarray(half * np.tanh(half * x) + half)


def _slide(sequence: Array, kernel: Array, stride: int) -> Array:
    """Cross-correlate with a kernel of shape (width, channels, filters), without padding."""
    width, channels, filters = kernel.shape
    windows = np.lib.stride_tricks.sliding_window_view(sequence, width, axis=1)[:, ::stride]
    rows = windows.transpose(0, 1, 3, 2).reshape(-1, width * channels)
    return (rows @ kernel.reshape(-1, filters)).reshape(len(sequence), -1, filters)
