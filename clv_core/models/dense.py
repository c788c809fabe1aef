"""Trained networks as plain numbers: scoring in numpy, without Keras.

Batch normalisation is folded into the layer before it, dropout is gone, so a
network is dense layers, one elementwise activation and a head that turns the
last layer's outputs into money.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from scipy.special import erf, expit, log_expit

from clv_core.settings import Activation

HeadKind = Literal["ziln", "log", "linear"]
Array = np.ndarray[Any, np.dtype[Any]]

SIGMA_FLOOR: Final = 1e-3  # of the lognormal's sigma, so that its likelihood stays finite
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


def half_variance(output: Array) -> Array:
    """Return half the lognormal's squared sigma from its inverse softplus."""
    return 0.5 * np.maximum(np.logaddexp(0, output), SIGMA_FLOOR) ** 2


@dataclass(frozen=True)
class Head:
    """How the last layer's outputs become money.

    Attributes
    ----------
    kind : {"ziln", "log", "linear"}
        ``ziln``: outputs ``(a, m, c)`` and money ``sigmoid(a) * exp(m +
        softplus(c)**2 / 2)``; ``log``: ``scale * exp(output)``; ``linear``:
        ``shift + scale * output``.
    scale, shift : float
        In the shop's currency.
    log_cap : float
        Log of the most that is ever forecast over the training horizon, the
        greatest spend of any training customer; the exponential of an unusual
        customer would else know no bounds. Not used by ``linear``.
    """

    kind: HeadKind
    scale: float = 1.0
    shift: float = 0.0
    log_cap: float = np.inf

    @property
    def outputs(self) -> int:
        """Number of outputs the last layer has."""
        return 3 if self.kind == "ziln" else 1

    def log_parts(self, outputs: Array) -> Array:
        """Return the log of money, before the cap, as addends per output.

        Each addend depends on its own output only, which is what lets the
        rescale rule (``explain.deep``) pass through the head.
        """
        outputs = outputs.astype(np.float64)
        if self.kind == "log":
            return np.asarray(outputs + np.log(self.scale))
        parts = np.empty_like(outputs)
        parts[..., 0] = log_expit(outputs[..., 0])
        parts[..., 1] = outputs[..., 1]
        parts[..., 2] = half_variance(outputs[..., 2])
        return parts

    def money(self, outputs: Array, log_ratio: Array | float = 0.0) -> Array:
        """Turn outputs, shape (rows, outputs), into money, shape (rows,).

        ``log_ratio`` carries the training horizon to the wanted one: money is
        multiplied by its exponential.
        """
        if self.kind == "linear":
            value = self.shift + self.scale * outputs[:, 0].astype(np.float64)
            return np.asarray(value * np.exp(log_ratio))
        log_money = np.minimum(self.log_parts(outputs).sum(axis=1), self.log_cap)
        return np.asarray(np.exp(log_money + log_ratio))


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
        if not len(rows):
            return np.empty((0, self.head.outputs), dtype=rows.dtype)
        parts = [
            self.layer_inputs(rows[start : start + ROWS_AT_ONCE])[-1]
            for start in range(0, len(rows), ROWS_AT_ONCE)
        ]
        return np.concatenate(parts)

    def layer_inputs(self, rows: Array) -> list[Array]:
        """Return every layer's linear output, the first layer's first."""
        activate = ACTIVATIONS[self.activation]
        linear: list[Array] = []
        for kernel, bias in zip(self.kernels, self.biases, strict=True):
            values = activate(linear[-1]) if linear else rows
            dtype = rows.dtype
            linear.append(values @ kernel.astype(dtype, copy=False) + bias.astype(dtype))
        return linear

    def money(self, rows: Array, log_ratio: Array | float = 0.0) -> Array:
        """Forecast money, shape (rows,), float64."""
        return self.head.money(self.outputs(rows), log_ratio)

    def buying_probability(self, rows: Array) -> Array | None:
        """Probability that net spend over the training horizon is positive.

        ``None`` where the head does not say.
        """
        if self.head.kind != "ziln":
            return None
        return np.asarray(expit(self.outputs(rows)[:, 0].astype(np.float64)))

    def save(self, path: Path) -> None:
        """Write the network as one npz file of plain arrays."""
        about = json.dumps({"activation": self.activation, "head": asdict(self.head)})
        arrays: dict[str, Any] = {"about": np.frombuffer(about.encode(), dtype=np.uint8)}
        for number, (kernel, bias) in enumerate(zip(self.kernels, self.biases, strict=True)):
            arrays[f"kernel_{number}"], arrays[f"bias_{number}"] = kernel, bias
        np.savez(path, **arrays)

    @classmethod
    def load(cls, path: Path) -> DenseNetwork:
        """Read what :meth:`save` wrote; refuses anything that needs unpickling."""
        with np.load(path, allow_pickle=False) as stored:
            about = json.loads(stored["about"].tobytes())
            layers = range((len(stored.files) - 1) // 2)
            return cls(
                kernels=tuple(stored[f"kernel_{number}"] for number in layers),
                biases=tuple(stored[f"bias_{number}"] for number in layers),
                activation=about["activation"],
                head=Head(**about["head"]),
            )
