"""MBG/NBD against the estimates that BTYDplus and lifetimes give for CDNOW."""

from __future__ import annotations

import numpy as np
import pytest

from clv_core.models.mbg_nbd import MbgNbd
from clv_core.models.purchase_process import PurchaseHistories
from tests.reference.cdnow import summarise_cdnow

# Platzer & Reutterer, BTYDplus (R), vignette; the same in the tests of lifetimes 0.11.3.
PUBLISHED = [0.525, 6.183, 0.891, 1.614]


def test_maximum_likelihood_is_the_published_one() -> None:
    """Without a penalty the estimates agree to every published digit."""
    histories = PurchaseHistories.from_features(summarise_cdnow())
    model = MbgNbd(penalty_spread=np.inf).fit(histories)
    assert model.converged_
    assert model.parameters_ == pytest.approx(PUBLISHED, abs=6e-4)


def test_one_time_buyers_may_have_left() -> None:
    """The longer a one-time buyer is silent, the likelier gone; at once, b / (a + b) stay."""
    model = MbgNbd()
    model.parameters_ = np.array(PUBLISHED)
    weeks = np.array([0.0, 4.0, 39.0])
    alive = model.p_alive(PurchaseHistories(0 * weeks, 0 * weeks, weeks, np.ones(3)))
    assert alive[0] == pytest.approx(1.614 / (0.891 + 1.614))
    assert alive[0] > alive[1] > alive[2] > 0
