"""The losses the network is trained with, in ``keras.ops``.

How money is treated before it meets a loss:

``ziln``, ``hurdle``, ``tweedie``
    live on zero and above, so net spend below zero (refunds exceed orders)
    counts as 0;
``signed_ziln``
    takes net spend as it is and learns what goes back by a distribution of its
    own;
``cross_entropy``
    asks only whether net spend is above zero;
``mse``, ``mae``, ``huber``
    take net spend as it is, negative included, in units of the training
    labels' standard deviation.

Every loss takes ``(batch, 1)`` labels and ``(batch, outputs)`` network outputs
and returns one number per row, shape ``(batch,)``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from clv_core.model_settings import Loss, NetworkSettings
from clv_core.models.backend import import_keras
from clv_core.models.heads import SIGMA_FLOOR

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
    return _lognormal_branch(ops.cast(spend[:, 0], output.dtype), output)


def signed_ziln_loss(spend: Any, output: Any) -> Any:
    """Negative log-likelihood of spend that may lie on either side of zero.

    Spend is lognormal with probability ``p``; of the others a share ``r`` gives
    back a lognormal amount, and the rest neither buys nor gives back. So the
    likelihood is that of :func:`ziln_loss`, and for those who do not buy once
    more that of what they give back: the three-part form of a two-part model
    (Cragg 1971, Econometrica 39(5), section 2, applied twice).

    Parameters
    ----------
    spend : tensor, shape (batch, 1)
        Money, negative where refunds exceed orders.
    output : tensor, shape (batch, 6)
        ``logit p``, ``mu``, inverse softplus of ``sigma``; ``logit r`` and the
        same two of what goes back.
    """
    spend = ops.cast(spend[:, 0], output.dtype)
    stays_away = ops.cast(spend <= 0, output.dtype)
    bought, returned = ops.maximum(spend, 0), ops.maximum(-spend, 0)
    refunds = _lognormal_branch(returned, output[:, 3:])
    return _lognormal_branch(bought, output[:, :3]) + stays_away * refunds


def hurdle_loss(spend: Any, output: Any) -> Any:
    """Cross-entropy of buying and, for buyers, the gamma deviance of the amount.

    Two-part model with a log link: Duan, Manning, Morris and Newhouse, "A
    Comparison of Alternative Models for the Demand for Medical Care", 1983,
    Journal of Business & Economic Statistics 1(2). The amount's part is
    ``log m + y / m``, half the gamma deviance but for a constant: its minimum
    does not depend on the dispersion (McCullagh and Nelder, "Generalized Linear
    Models", 1989, section 8.3).

    Parameters
    ----------
    spend : tensor, shape (batch, 1)
        In units of the buyers' mean, 0 or more.
    output : tensor, shape (batch, 2)
        ``logit p`` and ``log m``.
    """
    spend = ops.cast(spend[:, 0], output.dtype)
    bought = ops.cast(spend > 0, output.dtype)
    log_mean = output[:, 1]
    return _cross_entropy(bought, output[:, 0]) + bought * (log_mean + spend * ops.exp(-log_mean))


def cross_entropy_loss(bought: Any, output: Any) -> Any:
    """Cross-entropy of buying: ``log(1 + exp(a))`` less ``a`` for those who did."""
    return _cross_entropy(ops.cast(bought[:, 0], output.dtype), output[:, 0])


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
    found: LossFunction
    match settings.loss:
        case "tweedie":
            found = tweedie_loss(settings.tweedie_power)
        case "huber":
            found = keras.losses.Huber(delta=settings.huber_delta)
        case "mse":
            found = keras.losses.MeanSquaredError()
        case "mae":
            found = keras.losses.MeanAbsoluteError()
        case "ziln" | "signed_ziln" | "hurdle" | "cross_entropy":
            found = LIKELIHOODS[settings.loss]
    return found


LIKELIHOODS: Final[dict[Loss, LossFunction]] = {
    "ziln": ziln_loss,
    "signed_ziln": signed_ziln_loss,
    "hurdle": hurdle_loss,
    "cross_entropy": cross_entropy_loss,
}


def _cross_entropy(happened: Any, logit: Any) -> Any:
    return ops.softplus(logit) - happened * logit


def _lognormal_branch(amount: Any, output: Any) -> Any:
    """Return the loss of amounts that are 0 or lognormal, shape (batch,)."""
    happened = ops.cast(amount > 0, output.dtype)
    logit, mu = output[:, 0], output[:, 1]
    sigma = ops.maximum(ops.softplus(output[:, 2]), SIGMA_FLOOR)
    classification = _cross_entropy(happened, logit)
    # The logarithm's argument must be safe even where the mask discards it,
    # else its gradient is not a number.
    log_amount = ops.log(ops.where(amount > 0, amount, ops.ones_like(amount)))
    deviation = (log_amount - mu) / sigma
    regression = log_amount + ops.log(sigma) + 0.5 * math.log(2 * math.pi) + 0.5 * deviation**2
    return classification + happened * regression
