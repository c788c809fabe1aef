"""Losses with values computed by hand, and their gradients."""

from __future__ import annotations

import math

import numpy as np
import pytest

from clv_core.model_settings import NetworkSettings
from clv_core.models.backend import import_keras
from clv_core.models.losses import (
    build_loss,
    cross_entropy_loss,
    hurdle_loss,
    signed_ziln_loss,
    tweedie_loss,
    ziln_loss,
)

import_keras()
import jax  # noqa: E402  (after the backend is set)

SIGMA_ONE = math.log(math.e - 1)  # its softplus is 1


def column(*values: float) -> np.ndarray:
    return np.asarray(values, dtype=np.float32)[:, None]


def test_ziln_of_a_customer_who_bought_nothing_is_the_log_of_the_missed_share() -> None:
    """With an even chance of buying, no purchase costs log 2, whatever mu and sigma."""
    output = np.array([[0.0, 5.0, 2.0]], dtype=np.float32)
    assert float(ziln_loss(column(0.0), output)[0]) == pytest.approx(math.log(2))


def test_ziln_of_a_buyer_adds_the_lognormal_density() -> None:
    """Spend e at mu 1, sigma 1: log 2 + log e + log sqrt(2 pi)."""
    output = np.array([[0.0, 1.0, SIGMA_ONE]], dtype=np.float32)
    expected = math.log(2) + 1 + 0.5 * math.log(2 * math.pi)
    assert float(ziln_loss(column(math.e), output)[0]) == pytest.approx(expected, rel=1e-6)


def test_ziln_gradient_is_finite_where_nothing_was_bought() -> None:
    """The logarithm of a zero spend must not poison the gradient."""

    def total(output: jax.Array) -> jax.Array:
        return ziln_loss(column(0.0, 1e-3, 1e6), output).sum()

    gradient = jax.grad(total)(np.zeros((3, 3), dtype=np.float32))
    assert np.isfinite(np.asarray(gradient)).all()
    assert np.asarray(gradient)[0, 1] == 0.0


def test_signed_ziln_of_each_kind_of_customer() -> None:
    """Even chances: log 2 for a buyer, twice that for others, and a density where money moves."""
    output = np.array([[0.0, 1.0, SIGMA_ONE, 0.0, 2.0, SIGMA_ONE]] * 3, dtype=np.float32)
    losses = signed_ziln_loss(column(math.e, 0.0, -math.e), output)
    density = 1 + 0.5 * math.log(2 * math.pi)  # of e at mu 1, sigma 1
    expected = [math.log(2) + density, 2 * math.log(2), 2 * math.log(2) + density + 0.5]
    np.testing.assert_allclose(losses, expected, rtol=1e-6)


def test_signed_ziln_is_ziln_where_nothing_goes_back() -> None:
    """Beyond the chance of a refund, spend of zero and above is judged alike."""
    random = np.random.default_rng(2)
    spend = np.maximum(random.normal(size=50), 0)[:, None].astype(np.float32)
    output = random.normal(size=(50, 6)).astype(np.float32)
    output[:, 3] = -30  # a refund is next to impossible
    np.testing.assert_allclose(
        signed_ziln_loss(spend, output), ziln_loss(spend, output[:, :3]), rtol=1e-5
    )


def test_signed_ziln_gradient_is_finite() -> None:
    """Neither side's logarithm poisons the gradient of the other."""

    def total(output: jax.Array) -> jax.Array:
        return signed_ziln_loss(column(0.0, 1e6, -1e6), output).sum()

    assert np.isfinite(np.asarray(jax.grad(total)(np.zeros((3, 6), dtype=np.float32)))).all()


def test_hurdle_by_hand() -> None:
    """Even chances; an amount of 3 at a mean of 1 costs 3, no amount costs nothing more."""
    output = np.zeros((2, 2), dtype=np.float32)
    np.testing.assert_allclose(
        hurdle_loss(column(3.0, 0.0), output), [math.log(2) + 3, math.log(2)], rtol=1e-6
    )


def test_hurdle_is_least_where_the_mean_is_the_amount() -> None:
    """The derivative with respect to the log mean vanishes at log(amount)."""

    def total(log_mean: float) -> jax.Array:
        return hurdle_loss(column(7.0), jax.numpy.array([[0.0, log_mean]])).sum()

    assert float(jax.grad(total)(math.log(7.0))) == pytest.approx(0.0, abs=1e-6)


def test_cross_entropy_by_hand() -> None:
    """Three to one for buying: log 4 - log 3 for who did, log 4 for who did not."""
    output = column(math.log(3), math.log(3))
    expected = [math.log(4) - math.log(3), math.log(4)]
    np.testing.assert_allclose(cross_entropy_loss(column(1.0, 0.0), output), expected, rtol=1e-6)


def test_tweedie_by_hand() -> None:
    """Power 1.5, mean 1, spend 3: 1 / 0.5 + 3 / 0.5."""
    loss = tweedie_loss(1.5)(column(3.0), column(0.0))
    assert float(loss[0]) == pytest.approx(8.0)


def test_tweedie_is_least_where_the_mean_is_the_spend() -> None:
    """The derivative with respect to the log mean vanishes at log(spend)."""
    slope = jax.grad(lambda z: tweedie_loss(1.3)(column(7.0), z).sum())(column(math.log(7.0)))
    assert float(slope[0, 0]) == pytest.approx(0.0, abs=1e-5)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (NetworkSettings(loss="mse"), 9.0),
        (NetworkSettings(loss="mae"), 3.0),
        (NetworkSettings(loss="huber", huber_delta=1.0), 2.5),  # 1 * (3 - 1 / 2)
        (NetworkSettings(loss="huber", huber_delta=2.0), 4.0),  # 2 * (3 - 2 / 2)
    ],
)
def test_losses_of_a_miss_by_three(settings: NetworkSettings, expected: float) -> None:
    """Squared, absolute and Huber losses keep their textbook values."""
    assert float(build_loss(settings)(column(1.0), column(4.0))) == pytest.approx(expected)


def test_build_loss_passes_the_tweedie_power_on() -> None:
    """The power of the settings is the power of the loss."""
    loss = build_loss(NetworkSettings(loss="tweedie", tweedie_power=1.2))
    assert float(loss(column(0.0), column(0.0))[0]) == pytest.approx(1 / 0.8)
