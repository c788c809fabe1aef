"""The losses the network is trained with, in ``keras.ops``.

How money is treated before it meets a loss:

``ziln``, ``tweedie``
    live on zero and above, so net spend below zero (refunds exceed orders)
    counts as 0;
``mse``, ``mae``, ``huber``
    take net spend as it is, negative included, in units of the training
    labels' standard deviation.

Every loss takes ``(batch, 1)`` labels and ``(batch, outputs)`` network outputs
and returns one number per row, shape ``(batch,)``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from clv_core.models.backend import import_keras
from clv_core.models.dense import SIGMA_FLOOR
from clv_core.settings import NetworkSettings

keras = import_keras()
ops = keras.ops

LossFunction = Callable[[Any, Any], Any]


def ziln_loss(spend: Any, output: Any) -> Any:
    """Negative log-likelihood of the zero-inflated lognormal distribution.

    With buying probability ``p``, spend is 0 with probability ``1 - p`` and
    lognormal with ``mu`` and ``sigma`` otherwise: Wang, Liu and Miao, "A Deep
    Probabilistic Model for Customer Lifetime Value Prediction", 2019
    (arXiv:1912.07753), equations 2 to 5.

    Parameters
    ----------
    spend : tensor, shape (batch, 1)
        Money, 0 or more.
    output : tensor, shape (batch, 3)
        ``logit p``, ``mu`` and the inverse softplus of ``sigma``.

    Returns
    -------
    tensor, shape (batch,)
        In nats per customer; the density is over money.
    """
    spend = ops.cast(spend[:, 0], output.dtype)
    bought = ops.cast(spend > 0, output.dtype)
    logit, mu = output[:, 0], output[:, 1]
    sigma = ops.maximum(ops.softplus(output[:, 2]), SIGMA_FLOOR)
    classification = ops.softplus(logit) - bought * logit
    # The logarithm's argument must be safe even where the mask discards it,
    # else its gradient is not a number.
    log_spend = ops.log(ops.where(spend > 0, spend, ops.ones_like(spend)))
    deviation = (log_spend - mu) / sigma
    regression = log_spend + ops.log(sigma) + 0.5 * math.log(2 * math.pi) + 0.5 * deviation**2
    return classification + bought * regression


def tweedie_loss(power: float) -> LossFunction:
    """Build the Tweedie deviance with a log link, without its constant terms.

    ``-y exp(z (1 - power)) / (1 - power) + exp(z (2 - power)) / (2 - power)``
    for ``z`` the logarithm of the mean: Jørgensen, "The Theory of Dispersion
    Models", 1997, section 4.1.

    Parameters
    ----------
    power : float
        Variance power, above 1 (Poisson) and below 2 (gamma).
    """

    def loss(spend: Any, output: Any) -> Any:
        log_mean = output[:, 0]
        spend = ops.cast(spend[:, 0], output.dtype)
        return ops.exp(log_mean * (2 - power)) / (2 - power) - spend * ops.exp(
            log_mean * (1 - power)
        ) / (1 - power)

    return loss


def build_loss(settings: NetworkSettings) -> LossFunction:
    """Return the loss that the settings name."""
    match settings.loss:
        case "ziln":
            return ziln_loss
        case "tweedie":
            return tweedie_loss(settings.tweedie_power)
        case "huber":
            loss: LossFunction = keras.losses.Huber(delta=settings.huber_delta)
            return loss
        case "mse":
            squared: LossFunction = keras.losses.MeanSquaredError()
            return squared
        case "mae":
            absolute: LossFunction = keras.losses.MeanAbsoluteError()
            return absolute
