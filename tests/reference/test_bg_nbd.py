"""BG/NBD against the estimates its authors published for CDNOW."""

from __future__ import annotations

import numpy as np
import pytest

from clv_core.models.bg_nbd import BgNbd
from clv_core.models.purchase_process import PurchaseHistories
from tests.reference.cdnow import read_cdnow_days, summarise_cdnow

# Fader, Hardie & Lee (2005), table 2; times in weeks.
PUBLISHED = [0.243, 4.414, 0.793, 2.426]
PUBLISHED_LOG_LIKELIHOOD = -9582.4


def test_maximum_likelihood_is_the_published_one() -> None:
    """Without a penalty the estimates agree to every published digit."""
    histories = PurchaseHistories.from_features(summarise_cdnow())
    model = BgNbd(penalty_spread=np.inf).fit(histories)
    assert model.converged_
    assert model.parameters_ == pytest.approx(PUBLISHED, abs=6e-4)
    assert model.log_likelihood_ == pytest.approx(PUBLISHED_LOG_LIKELIHOOD, abs=0.05)


def test_the_penalty_hardly_moves_a_shop_of_this_size() -> None:
    """The default penalty shifts no parameter by half a per cent."""
    histories = PurchaseHistories.from_features(summarise_cdnow())
    assert BgNbd().fit(histories).parameters_ == pytest.approx(PUBLISHED, rel=5e-3)


def test_published_customer() -> None:
    """A customer with x = 2, t_x = 30.43, T = 38.86 buys 1.226 times in 39 weeks."""
    model = BgNbd()
    model.parameters_ = np.array(PUBLISHED)
    customer = PurchaseHistories(*(np.array([v]) for v in (2.0, 30.43, 38.86, 1.0)))
    assert model.expected_purchases(customer, 39.0) == pytest.approx([1.226], abs=1e-3)


def test_one_tenth_of_cdnow_is_read_whole() -> None:
    """The sample holds 2,357 customers; the summary loses none."""
    assert len(summarise_cdnow()) == 2357 == read_cdnow_days()["customer"].nunique()
