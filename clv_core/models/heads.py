"""How the last layer's outputs become money, and what they say of buying."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from scipy.special import expit, log_expit

HeadKind = Literal["ziln", "signed_ziln", "hurdle", "buys", "log", "linear"]
Array = np.ndarray[Any, np.dtype[Any]]

SIGNED_MUS: Final = (1, 4)  # outputs of ``signed_ziln`` that move what comes in, what goes back
SIGMA_FLOOR: Final = 1e-3  # of the lognormal's sigma, so that its likelihood stays finite
OUTPUTS: Final[dict[HeadKind, int]] = {
    "ziln": 3,
    "signed_ziln": 6,
    "hurdle": 2,
    "buys": 1,
    "log": 1,
    "linear": 1,
}


def half_variance(output: Array) -> Array:
    """Return half the lognormal's squared sigma from its inverse softplus."""
    return 0.5 * np.maximum(np.logaddexp(0, output), SIGMA_FLOOR) ** 2


@dataclass(frozen=True)
class Branch:
    """An addend of money that is the exponential of a sum.

    Attributes
    ----------
    sign : float
        1 for money that comes in, -1 for money that goes back.
    parts : callable
        Outputs in float64, shape (..., outputs), to the sum's addends of the
        same shape. Each depends on its own output only, which is what lets the
        rescale rule (``explain.deep``) pass through the head.
    log_cap : float
        The most the sum can be.
    """

    sign: float
    parts: Callable[[Array], Array]
    log_cap: float

    def money(self, outputs: Array, log_factor: Array | float) -> Array:
        """Return the addend, shape (rows,), times the exponential of the factor."""
        log_money = np.minimum(self.parts(outputs).sum(axis=-1), self.log_cap)
        return np.asarray(self.sign * np.exp(log_money + log_factor))


@dataclass(frozen=True)
class Head:
    """How the last layer's outputs become money.

    Attributes
    ----------
    kind : str
        ``ziln``
            outputs ``(a, m, c)``: ``sigmoid(a) * exp(m + softplus(c)**2 / 2)``;
        ``signed_ziln``
            ``(a, m, c, b, n, d)``: the same, less ``sigmoid(-a) * sigmoid(b) *
            exp(n + softplus(d)**2 / 2)``;
        ``hurdle``
            ``(a, z)``: ``scale * sigmoid(a) * exp(z)``;
        ``buys``
            ``sigmoid(output)``, times what a buyer spends (the factor given to
            :meth:`money`);
        ``log``
            ``scale * exp(output)``;
        ``linear``
            ``shift + scale * output``.
    scale, shift : float
        In the shop's currency.
    log_cap : float
        Log of the most that is ever forecast over the training horizon, the
        greatest spend of any training customer; the exponential of an unusual
        customer would else know no bounds. Not used by ``linear``.
    log_refund_cap : float
        The same of what goes back.
    """

    kind: HeadKind
    scale: float = 1.0
    shift: float = 0.0
    log_cap: float = np.inf
    log_refund_cap: float = np.inf

    @property
    def outputs(self) -> int:
        """Number of outputs the last layer has."""
        return OUTPUTS[self.kind]

    @property
    def tells_buying(self) -> bool:
        """Whether the first output is the logit of buying."""
        return self.kind in {"ziln", "signed_ziln", "hurdle", "buys"}

    @property
    def branches(self) -> tuple[Branch, ...]:
        """What money is a sum of; nothing for ``linear``."""
        match self.kind:
            case "ziln":
                return (Branch(1.0, _lognormal_parts, self.log_cap),)
            case "signed_ziln":
                return (
                    Branch(1.0, _lognormal_parts, self.log_cap),
                    Branch(-1.0, _refund_parts, self.log_refund_cap),
                )
            case "hurdle":
                return (Branch(1.0, self._hurdle_parts, self.log_cap),)
            case "buys":
                return (Branch(1.0, log_expit, self.log_cap),)
            case "log":
                return (Branch(1.0, self._scaled, self.log_cap),)
            case "linear":
                return ()

    def money(self, outputs: Array, log_factor: Array | float = 0.0) -> Array:
        """Turn outputs, shape (rows, outputs), into money, shape (rows,).

        ``log_factor`` carries the training horizon to the wanted one: money is
        multiplied by its exponential.
        """
        outputs = outputs.astype(np.float64)
        if self.kind == "linear":
            return np.asarray((self.shift + self.scale * outputs[:, 0]) * np.exp(log_factor))
        total = self.branches[0].money(outputs, log_factor)
        for branch in self.branches[1:]:
            total = total + branch.money(outputs, log_factor)
        return total

    def buying_probability(self, outputs: Array) -> Array | None:
        """Probability that net spend over the training horizon is positive.

        ``None`` where the head does not say.
        """
        if not self.tells_buying:
            return None
        return np.asarray(expit(outputs[:, 0].astype(np.float64)))

    def _hurdle_parts(self, outputs: Array) -> Array:
        return np.stack([log_expit(outputs[..., 0]), self._scaled(outputs[..., 1])], axis=-1)

    def _scaled(self, outputs: Array) -> Array:
        return np.asarray(outputs + np.log(self.scale))


def _lognormal_parts(outputs: Array) -> Array:
    """Log of chance times mean of the first three outputs; the others add nothing."""
    parts = np.zeros_like(outputs)
    parts[..., 0] = log_expit(outputs[..., 0])
    parts[..., 1] = outputs[..., 1]
    parts[..., 2] = half_variance(outputs[..., 2])
    return parts


def _refund_parts(outputs: Array) -> Array:
    """Log of the chance of giving back more than was bought, times its mean."""
    parts = np.zeros_like(outputs)
    parts[..., 0] = log_expit(-outputs[..., 0])
    parts[..., 3] = log_expit(outputs[..., 3])
    parts[..., 4] = outputs[..., 4]
    parts[..., 5] = half_variance(outputs[..., 5])
    return parts
