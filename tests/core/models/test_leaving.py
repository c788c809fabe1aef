"""Whether orders show that customers leave, on shops in which they do and do not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from clv_core.models.bg_nbd import BgNbd
from clv_core.models.leaving import describe_leaving
from clv_core.models.mbg_nbd import MbgNbd
from clv_core.models.pareto_nbd import ParetoNbd
from clv_core.models.purchase_process import PurchaseHistories, PurchaseProcess
from tests.core.models.purchase_draws import (
    Draw,
    draw_bg_nbd,
    draw_mbg_nbd,
    draw_pareto_nbd,
)


def draw_loyal(customers: int, seed: int) -> tuple[PurchaseHistories, np.ndarray]:
    """Draw customers who never leave, and what they buy in the next ten weeks."""
    random = np.random.default_rng(seed)
    tenure = random.uniform(5, 20, customers)
    rate = random.gamma(0.7, 1 / 7, customers)
    count = random.poisson(tenure * rate).astype(float)
    last = tenure * random.random(customers) ** (1 / np.maximum(count, 1))
    histories = PurchaseHistories(count, np.where(count > 0, last, 0.0), tenure, np.ones(customers))
    return histories, random.poisson(10 * rate)


@pytest.mark.parametrize("family", [BgNbd, MbgNbd, ParetoNbd])
def test_a_shop_that_nobody_leaves(family: type[PurchaseProcess]) -> None:
    """It is told so with the share that counts as gone; the forecast is that of staying."""
    histories, later = draw_loyal(1500, seed=3)
    process = family().fit(histories)
    assert process.converged_
    (told,) = describe_leaving(process, histories)
    gone = 1 - process.p_alive(histories).mean()
    assert f"so that {gone:.1%} of customers" in str(told)
    assert gone < 0.05
    expected = process.expected_purchases(histories, 10.0)
    assert expected.sum() == pytest.approx(later.sum(), rel=0.1)


@pytest.mark.parametrize(
    ("family", "draw"),
    [(BgNbd, draw_bg_nbd), (MbgNbd, draw_mbg_nbd), (ParetoNbd, draw_pareto_nbd)],
)
def test_a_shop_that_customers_leave(
    family: type[PurchaseProcess], draw: Callable[[int, float, int], Draw]
) -> None:
    """Nothing is told of a shop that the model itself could have made."""
    histories = draw(3000, 30.0, 7).histories
    assert describe_leaving(family().fit(histories), histories) == ()


def test_a_fit_without_a_penalty_tells_of_its_limits_alone() -> None:
    """Plain maximum likelihood sends a to its lower or b to its upper limit, and says so."""
    histories, _ = draw_loyal(1500, seed=3)
    process = BgNbd(penalty_spread=np.inf).fit(histories)
    assert any("held at its limit" in str(note) for note in process.notes_)
    assert describe_leaving(process, histories) == ()
