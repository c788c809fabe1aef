"""Heads by hand: what outputs mean in money, and where they begin."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from clv_core.model_settings import NetworkSettings
from clv_core.models.head_start import start_head
from clv_core.models.heads import Head, HeadKind

SIGMA_ONE = np.log(np.e - 1)  # its softplus is 1
SPEND = np.array([0.0, 0.0, 10.0, 20.0, 40.0, -8.0, -2.0, 0.0, 0.0, 0.0])


def test_signed_money_is_what_comes_in_less_what_goes_back() -> None:
    """Half of the customers bring exp(2.5); half of the others give back exp(1.5)."""
    outputs = np.array([[0.0, 2.0, SIGMA_ONE, 0.0, 1.0, SIGMA_ONE]])
    assert Head("signed_ziln").money(outputs) == pytest.approx(
        0.5 * np.exp(2.5) - 0.25 * np.exp(1.5)
    )


def test_hurdle_money_is_chance_times_amount() -> None:
    """Chance 3 in 4 of an amount of 20 times e."""
    outputs = np.array([[np.log(3.0), 1.0]])
    assert Head("hurdle", scale=20.0).money(outputs) == pytest.approx(15 * np.e)


def test_buying_alone_is_priced_by_the_factor() -> None:
    """An even chance of spending 30."""
    head = Head("buys")
    assert head.money(np.zeros((1, 1)), np.log(30.0)) == pytest.approx(15.0)
    assert head.buying_probability(np.zeros((1, 1))) == pytest.approx(0.5)


def test_each_side_has_a_cap_of_its_own() -> None:
    """Neither a spend nor a refund beyond the greatest seen is forecast."""
    head = Head("signed_ziln", log_cap=np.log(50.0), log_refund_cap=np.log(7.0))
    outputs = np.array([[20.0, 9.0, 0.0, 0.0, 0.0, 0.0], [-20.0, 0.0, 0.0, 20.0, 9.0, 0.0]])
    assert head.money(outputs) == pytest.approx([50.0, -7.0], rel=1e-6)


@pytest.mark.parametrize("kind", get_args(HeadKind))
def test_a_factor_multiplies_money(kind: HeadKind) -> None:
    """A log factor of log 3 makes three times the money, whatever the head."""
    head = Head(kind, scale=5.0, shift=2.0 if kind == "linear" else 0.0)
    outputs = np.linspace(-1, 1, head.outputs)[None]
    assert head.money(outputs, np.log([3.0])) == pytest.approx(3 * head.money(outputs))


def test_signed_start_has_the_shares_of_the_labels() -> None:
    """Three of ten buy and two of the other seven give back (one more row counted each)."""
    start = start_head(SPEND, NetworkSettings(loss="signed_ziln"))
    chance, back = (1 / (1 + np.exp(-start.bias[place])) for place in (0, 3))
    assert chance == pytest.approx(3 / 11)
    assert back == pytest.approx(2 / 8)
    assert start.bias[4] == pytest.approx(np.log([8.0, 2.0]).mean())
    assert start.head.log_refund_cap == pytest.approx(np.log(8.0))
    np.testing.assert_array_equal(start.encode(SPEND)[:, 0], SPEND.astype(np.float32))


def test_signed_start_without_refunds_expects_hardly_any() -> None:
    """Where the older rows hold no refund, the start is a chance near nought."""
    start = start_head(np.maximum(SPEND, 0), NetworkSettings(loss="signed_ziln"))
    assert (
        -0.01
        < start.head.money(np.array([start.bias]))[0]
        - 3 / 11 * np.exp(np.log([10.0, 20.0, 40.0]).mean() + np.log([10.0, 20.0, 40.0]).var() / 2)
        <= 0
    )


def test_hurdle_and_buying_start_with_the_buyers_share_and_mean() -> None:
    """The first forecast is 3 of 11 times the buyers' mean of 70 / 3; buying is 1 or 0."""
    hurdle = start_head(SPEND, NetworkSettings(loss="hurdle"))
    assert hurdle.head.money(np.array([hurdle.bias])) == pytest.approx(3 / 11 * 70 / 3)
    assert hurdle.encode(SPEND)[2, 0] == pytest.approx(10 / (70 / 3))
    buys = start_head(SPEND, NetworkSettings(loss="cross_entropy"))
    assert buys.head.money(np.array([buys.bias])) == pytest.approx(3 / 11)
    np.testing.assert_array_equal(buys.encode(SPEND)[:, 0], SPEND > 0)
