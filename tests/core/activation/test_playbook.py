"""The playbook: what was changed is kept, and what an offer may cost."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clv_core.activation.bids import cost_customers, set_bids
from clv_core.activation.playbook import (
    STARTING_PLAYS,
    Play,
    PlaybookSettings,
    bound_customers,
    limit_offer,
)
from clv_core.economic_settings import EconomicSettings
from clv_core.errors import InvalidSetting
from clv_core.evaluation.totals import TotalInterval
from clv_core.sentences import Sentence

PEOPLE = pd.DataFrame(
    {"predicted": [100.0, 50.0, 30.0, 10.0], "low": [40.0, -4.0, 6.0, np.nan]},
    index=pd.Index([1, 2, 3, 4], name="customer_key"),
)
TIERS = pd.Series(["reward", "reward", "grow", "grow"], index=PEOPLE.index)
TOTAL = TotalInterval(150.0, 90.0, 220.0, 0.8, 1.0, Sentence("x"))


def test_the_playbook_comes_back_from_its_json() -> None:
    """One changed play is all that is stored, whatever its words look like."""
    mine = Play(action="**Call** <b>them</b> ![x](http://a.b/c.png)", offer_share=0.3, notes="…")
    book = PlaybookSettings().change("protect", mine)

    assert PlaybookSettings.from_json(book.to_json()) == book
    assert list(book.plays) == ["protect"]
    assert book.play("protect") == mine
    assert book.play("grow") == STARTING_PLAYS["grow"]


def test_a_play_goes_back_to_what_it_began_with() -> None:
    """Forgetting a change, or changing it to the beginning, leaves nothing stored."""
    book = PlaybookSettings().change("grow", Play(notes="mine"))

    assert book.change("grow", None) == PlaybookSettings()
    assert book.change("grow", STARTING_PLAYS["grow"]) == PlaybookSettings()


@pytest.mark.parametrize("wrong", [{"offer_share": 1.2}, {"channel": "pigeon"}, {"action": ""}])
def test_nonsense_is_refused(wrong: dict[str, object]) -> None:
    """Shares above one, unknown channels and empty actions are told."""
    with pytest.raises(InvalidSetting):
        Play.check(wrong)


def test_the_lower_bound_is_the_tiers_where_it_is_known() -> None:
    """90 of the total for two customers; else the mean of bounds that are told, 0 at least."""
    bounds = bound_customers(PEOPLE, TIERS, {"reward": TOTAL})

    assert bounds.loc["reward"].tolist() == [75.0, 45.0, True]
    assert bounds.loc["grow"].tolist() == [20.0, 6.0, False]
    unknown = bound_customers(PEOPLE.assign(low=np.nan), TIERS, {})
    assert unknown["lower"].isna().all()


def test_an_offer_costs_at_most_its_share_of_the_margin() -> None:
    """0.4 margin x 0.2 share x 45 lower bound."""
    assert limit_offer(Play(offer_share=0.2), 45.0, 0.4) == pytest.approx(3.6)
    assert limit_offer(Play(offer_share=0.2), -5.0, 0.4) == 0.0


def test_costs_follow_the_month_of_the_first_purchase() -> None:
    """Months with a cost of their own use it, the others the general one."""
    features = pd.DataFrame({"tenure_days": [0.0, 31.0]}, index=[1, 2])
    cutoff = pd.Timestamp("2026-10-15").date()
    economics = EconomicSettings(acquisition_cost=8.0, acquisition_costs={"2026-09": 12.0})

    assert cost_customers(features, cutoff, economics).tolist() == [8.0, 12.0]
    assert cost_customers(features, None, economics).tolist() == [8.0, 8.0]
    only = EconomicSettings(acquisition_costs={"2026-09": 12.0})
    assert np.isnan(cost_customers(features, cutoff, only)[1])
    assert cost_customers(features, None, EconomicSettings()).isna().all()


def test_the_highest_bid_leaves_the_target_ratio() -> None:
    """0.4 x 75 / 3 = 10, to be safe 0.4 x 45 / 3 = 6; worth 30 against a cost of 12."""
    costs = pd.Series([12.0, np.nan, np.nan, np.nan], index=PEOPLE.index)
    bounds = bound_customers(PEOPLE, TIERS, {"reward": TOTAL})
    bids = set_bids(bounds, TIERS, costs, 0.4, 3.0)

    assert bids.loc["reward", ["margin_value", "cost", "ratio"]].tolist() == [30.0, 12.0, 2.5]
    assert bids.loc["reward", ["bid", "safe_bid"]].tolist() == [10.0, 6.0]
    assert np.isnan(bids.loc["grow", "ratio"])
    assert bids["total_ratio"].isna().all()


def test_the_past_counts_where_it_is_known() -> None:
    """0.4 x (75 to come + 45 so far) against 12 is 4 to 1."""
    costs = pd.Series(12.0, index=PEOPLE.index)
    past = pd.Series([60.0, 30.0, 0.0, 0.0], index=PEOPLE.index)
    bids = set_bids(bound_customers(PEOPLE, TIERS, {}), TIERS, costs, 0.4, 3.0, past)

    assert bids.loc["reward", "total_ratio"] == pytest.approx(4.0)
