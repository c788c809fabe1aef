"""Which head a loss needs, and where its outputs begin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from clv_core.model_settings import NetworkSettings
from clv_core.models.heads import Array, Head

SMALLEST_SIGMA: Final = 0.1  # of logs, to begin with
_NO_REFUNDS: Final = (-10.0, 0.0, 0.0)  # in the older rows, say: a chance of 0.005 %


@dataclass(frozen=True)
class HeadStart:
    """What the head is and where its outputs begin.

    Attributes
    ----------
    head : Head
    bias : tuple of float, one per output
        The outputs that are right for a customer of whom nothing is known.
    """

    head: Head
    bias: tuple[float, ...]

    def encode(self, spend: Array) -> Array:
        """Return labels as the loss wants them, float32 of shape (rows, 1)."""
        labels: Array
        match self.head.kind:
            case "linear":
                labels = (spend - self.head.shift) / self.head.scale
            case "signed_ziln":
                labels = spend
            case "buys":
                labels = spend > 0
            case _:
                labels = np.maximum(spend, 0) / self.head.scale
        return np.asarray(labels, dtype=np.float32)[:, None]

    def raise_logit(self, by: float) -> HeadStart:
        """Begin where weights of buyers will put the logit of buying."""
        return replace(self, bias=(self.bias[0] + by, *self.bias[1:])) if by else self


def start_head(spend: Array, settings: NetworkSettings) -> HeadStart:
    """Choose the head and the start of its bias from the training labels.

    A zero-inflated lognormal head that begins anywhere else forecasts several
    times too much for many epochs.

    Parameters
    ----------
    spend : ndarray, shape (rows,)
        Labels of the training rows; at least one above zero unless the loss is
        ``mse``, ``mae`` or ``huber``.
    """
    positive = spend[spend > 0]
    log_cap = float(np.log(positive.max())) if len(positive) else np.inf
    match settings.loss:
        case "ziln":
            return HeadStart(Head("ziln", log_cap=log_cap), _start_branch(positive, len(spend)))
        case "signed_ziln":
            refunds = -spend[spend < 0]
            most = refunds.max() if len(refunds) else positive.max()
            head = Head("signed_ziln", log_cap=log_cap, log_refund_cap=float(np.log(most)))
            others = len(spend) - len(positive)
            back = _start_branch(refunds, others) if len(refunds) else _NO_REFUNDS
            return HeadStart(head, _start_branch(positive, len(spend)) + back)
        case "hurdle":
            mean = float(positive.mean())
            bias = (_start_logit(len(positive), len(spend)), 0.0)
            return HeadStart(Head("hurdle", scale=mean, log_cap=log_cap), bias)
        case "cross_entropy":
            return HeadStart(Head("buys"), (_start_logit(len(positive), len(spend)),))
        case "tweedie":
            mean = float(np.maximum(spend, 0).mean())
            return HeadStart(Head("log", scale=mean, log_cap=log_cap), (0.0,))
        case "mse" | "mae" | "huber":
            mean, spread = float(spend.mean()), float(spend.std()) or 1.0
            centre = mean if settings.loss == "mse" else float(np.median(spend))
            start = (centre - mean) / spread
            return HeadStart(Head("linear", scale=spread, shift=mean), (start,))


def _start_branch(amounts: Array, rows: int) -> tuple[float, float, float]:
    """Return logit, mu and inverse softplus of sigma of some rows' amounts."""
    logs = np.log(amounts)
    sigma = max(float(logs.std()), SMALLEST_SIGMA)
    return _start_logit(len(amounts), rows), float(logs.mean()), _inverse_softplus(sigma)


def _start_logit(count: int, rows: int) -> float:
    share = count / (rows + 1)  # never 1, whose logit is infinite
    return float(np.log(share / (1 - share)))


def _inverse_softplus(value: float) -> float:
    return float(np.log(np.expm1(value)))
