"""Trained networks as plain numbers: scoring in numpy, without Keras.

Batch normalisation is folded into the layer before it, dropout is gone, so a
network is dense layers, one elementwise activation and a head (``models.heads``)
that turns the last layer's outputs into money.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.special import erf, expit

from clv_core.model_settings import Activation
from clv_core.models.heads import Head

Array = np.ndarray[Any, np.dtype[Any]]

ROWS_AT_ONCE: Final = 8192  # keeps a layer's numbers in the processor's cache

_SELU_SCALE, _SELU_ALPHA = 1.0507009873554805, 1.6732632423543772


def _elu(x: Array) -> Array:
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0)))


ACTIVATIONS: Final[dict[Activation, Callable[[Array], Array]]] = {
    "relu": lambda x: np.maximum(x, 0),
    "gelu": lambda x: 0.5 * x * (1 + erf(x * x.dtype.type(np.sqrt(0.5)))),
    "silu": lambda x: x * expit(x),
    "tanh": np.tanh,
    "elu": _elu,
    "selu": lambda x: (
        _SELU_SCALE * np.where(x > 0, x, _SELU_ALPHA * np.expm1(np.minimum(x, 0)))
    ).astype(x.dtype, copy=False),
}


@dataclass(frozen=True)
class DenseNetwork:
    """A stack of dense layers.

    Attributes
    ----------
    kernels : tuple of ndarray of float32, each of shape (inputs, units)
        The last one is the head's.
    biases : tuple of ndarray of float32, each of shape (units,)
    activation : str
        After every layer but the last.
    head : Head
    """

    kernels: tuple[Array, ...]
    biases: tuple[Array, ...]
    activation: Activation
    head: Head

    def outputs(self, rows: Array) -> Array:
        """Run the forward pass, in the precision of the rows.

        Parameters
        ----------
        rows : ndarray of float32 or float64, shape (rows, inputs)

        Returns
        -------
        ndarray, shape (rows, head.outputs)
        """
        told = np.empty((len(rows), self.head.outputs), dtype=rows.dtype)
        layers = [
            (kernel.astype(rows.dtype, copy=False), bias.astype(rows.dtype, copy=False))
            for kernel, bias in zip(self.kernels, self.biases, strict=True)
        ]
        most = min(len(rows), ROWS_AT_ONCE)
        spaces = [np.empty((most, len(bias)), dtype=rows.dtype) for _, bias in layers[:-1]]
        for start in range(0, len(rows), ROWS_AT_ONCE):
            block = slice(start, start + ROWS_AT_ONCE)
            values = rows[block]
            for (kernel, bias), space in zip(layers, [*spaces, told[block]], strict=True):
                into = space[: len(values)]
                np.matmul(values, kernel, out=into)
                into += bias
                if space.base is not told:
                    values = self._activate_in_place(into)
        return told

    def _activate_in_place(self, values: Array) -> Array:
        """Return what a layer passes on; its own numbers may be gone afterwards."""
        if self.activation == "relu":
            return np.maximum(values, 0, out=values)
        return ACTIVATIONS[self.activation](values)

    def layer_inputs(self, rows: Array) -> list[Array]:
        """Return every layer's linear output, the first layer's first."""
        activate = ACTIVATIONS[self.activation]
        linear: list[Array] = []
        for kernel, bias in zip(self.kernels, self.biases, strict=True):
            values = activate(linear[-1]) if linear else rows
            dtype = rows.dtype
            linear.append(values @ kernel.astype(dtype, copy=False) + bias.astype(dtype))
        return linear

    def money(self, rows: Array, log_factor: Array | float = 0.0) -> Array:
        """Forecast money, shape (rows,), float64."""
        return self.head.money(self.outputs(rows), log_factor)

    def buying_probability(self, rows: Array) -> Array | None:
        """Probability that net spend over the training horizon is positive.

        ``None`` where the head does not say.
        """
        return self.head.buying_probability(self.outputs(rows))

    def save(self, path: Path) -> None:
        """Write the network as one npz file of plain arrays."""
        write_arrays(path, self.about(), self.arrays())

    @classmethod
    def load(cls, path: Path) -> DenseNetwork:
        """Read what :meth:`save` wrote; refuses anything that needs unpickling."""
        return cls.rebuild(*read_arrays(path))

    def about(self) -> dict[str, Any]:
        """Return what is not an array, ready for JSON."""
        return {"activation": self.activation, "head": asdict(self.head)}

    def arrays(self) -> dict[str, Array]:
        """Return all kernels and biases by name."""
        layers = enumerate(zip(self.kernels, self.biases, strict=True))
        return {
            name: array
            for number, (kernel, bias) in layers
            for name, array in ((f"kernel_{number}", kernel), (f"bias_{number}", bias))
        }

    @classmethod
    def rebuild(cls, about: Mapping[str, Any], arrays: Mapping[str, Array]) -> DenseNetwork:
        """Put a network together from :meth:`about` and :meth:`arrays`."""
        layers = range(sum(name.startswith("kernel_") for name in arrays))
        return cls(
            kernels=tuple(arrays[f"kernel_{number}"] for number in layers),
            biases=tuple(arrays[f"bias_{number}"] for number in layers),
            activation=about["activation"],
            head=Head(**about["head"]),
        )


def write_arrays(path: Path, about: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    """Write arrays and what is to be known of them as one npz file."""
    text = np.frombuffer(json.dumps(about).encode(), dtype=np.uint8)
    np.savez(path, allow_pickle=False, about=text, **dict(arrays))


def read_arrays(path: Path) -> tuple[dict[str, Any], dict[str, Array]]:
    """Read what :func:`write_arrays` wrote; refuses anything that needs unpickling."""
    with np.load(path, allow_pickle=False) as stored:
        about = json.loads(stored["about"].tobytes())
        return about, {name: stored[name] for name in stored.files if name != "about"}
