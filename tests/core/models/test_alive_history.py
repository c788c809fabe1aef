"""P(alive) day by day: certain on the day of a purchase, falling in the gaps after it."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from scipy.special import hyp2f1

from clv_core.models.alive_history import trace_p_alive
from clv_core.models.bg_nbd import BgNbd
from clv_core.models.pareto_nbd import ParetoNbd

FIRST = dt.date(2024, 1, 1)
# Fader & Hardie's parameters of the CDNOW sample, weeks.
R, ALPHA, S, BETA = 0.553, 10.578, 0.606, 11.669
BOUGHT = [FIRST, FIRST + dt.timedelta(days=70), FIRST + dt.timedelta(days=84)]
UNTIL = FIRST + dt.timedelta(days=200)


@pytest.fixture
def process() -> ParetoNbd:
    """Return a Pareto/NBD with published parameters."""
    fitted = ParetoNbd()
    fitted.parameters_ = np.array([R, ALPHA, S, BETA])
    return fitted


def closed_form(x: int, last: float, end: float) -> float:
    """Return P(alive) by Fader & Hardie (2005), eq. 36 with A0 for alpha <= beta."""
    power = R + S + x
    z_last = (BETA - ALPHA) / (BETA + last)
    z_end = (BETA - ALPHA) / (BETA + end)
    a0 = hyp2f1(power, R + x, power + 1, z_last) / (BETA + last) ** power
    a0 -= hyp2f1(power, R + x, power + 1, z_end) / (BETA + end) ** power
    # With alpha < beta the second argument of 2F1 is r + x and the gap is beta - alpha.
    return float(1 / (1 + S / power * (ALPHA + end) ** (R + x) * (BETA + end) ** S * a0))


def test_every_day_is_the_closed_form(process: ParetoNbd) -> None:
    """On days in gaps and after the last purchase it equals the published formula."""
    traced = trace_p_alive(process, BOUGHT, UNTIL).set_index("day")["p_alive"]
    for day, x, last in ((35, 0, 0), (69, 0, 0), (77, 1, 10), (100, 2, 12), (200, 2, 12)):
        at = pd.Timestamp(FIRST + dt.timedelta(days=day))
        assert traced[at] == pytest.approx(closed_form(x, last, day / 7), abs=1e-6)


def test_it_is_certain_on_order_days_and_falls_between(process: ParetoNbd) -> None:
    """1 on each day with a purchase, lower with each silent day until the next one."""
    traced = trace_p_alive(process, BOUGHT, UNTIL)
    days = pd.DatetimeIndex(traced["day"])
    is_bought = days.isin([pd.Timestamp(day) for day in BOUGHT])
    assert is_bought.sum() == 3
    np.testing.assert_allclose(traced["p_alive"][is_bought], 1.0)
    falls = traced["p_alive"].diff().to_numpy()[1:]
    assert (falls[~is_bought[1:]] < 0).all()
    assert list(days[[0, -1]]) == [pd.Timestamp(FIRST), pd.Timestamp(UNTIL)]


def test_a_day_knows_nothing_of_later_purchases(process: ParetoNbd) -> None:
    """The trace up to a day is the same whether or not more purchases follow."""
    whole = trace_p_alive(process, BOUGHT, UNTIL)
    early = trace_p_alive(process, BOUGHT[:1], BOUGHT[1] - dt.timedelta(days=1))
    pd.testing.assert_frame_equal(early, whole.head(len(early)))


def test_days_may_come_in_any_order_and_twice(process: ParetoNbd) -> None:
    """What counts is on which days something was bought."""
    again = trace_p_alive(process, [*reversed(BOUGHT), BOUGHT[1]], UNTIL)
    pd.testing.assert_frame_equal(again, trace_p_alive(process, BOUGHT, UNTIL))


def test_nobody_is_traced_before_the_first_purchase(process: ParetoNbd) -> None:
    """Without a purchase by the last day there is no day to tell."""
    traced = trace_p_alive(process, BOUGHT, FIRST - dt.timedelta(days=1))
    assert traced.empty
    assert list(traced.columns) == ["day", "p_alive"]


def test_other_processes_are_asked_the_same_way() -> None:
    """The BG/NBD lets nobody leave before a second purchase, and its own formula is used."""
    process = BgNbd()
    process.parameters_ = np.array([0.243, 4.414, 0.793, 2.426])
    traced = trace_p_alive(process, BOUGHT, UNTIL)["p_alive"]
    np.testing.assert_allclose(traced.iloc[:70], 1.0)
    assert traced.iloc[-1] < traced.iloc[84] < 1.0
