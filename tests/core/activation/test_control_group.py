"""Control groups: how many, who, and what they could show."""

import numpy as np
import pandas as pd
import pytest

from clv_core.activation.control_group import draw_controls, measure_power, tell_power

TIERS = pd.Series(
    ["grow"] * 95 + ["rest"] * 42 + ["reward"] * 13,
    index=pd.Index(range(1000, 1150), name="customer_key"),
)
IDS = pd.Series([f"C-{place}" for place in range(150)], TIERS.index)


def draw(tiers, share, seed):
    """Draw among some of the invented customers."""
    return draw_controls(tiers, share, seed, IDS.loc[tiers.index])


def test_each_tier_gives_its_due_share():
    """10 % of 95, 42 and 13 is 9.5, 4.2 and 1.3: fifteen in all, one tier rounded up."""
    drawn = draw(TIERS, 0.1, seed=1)
    assert drawn.groupby(TIERS).sum().to_dict() == {"grow": 10, "rest": 4, "reward": 1}


def test_the_same_seed_draws_the_same_people_and_another_draws_others():
    """Whatever order they come in."""
    drawn = draw(TIERS, 0.1, seed=1)
    again = draw(TIERS.sample(frac=1, random_state=3), 0.1, seed=1)
    assert again.reindex(TIERS.index).equals(drawn)
    assert not draw(TIERS, 0.1, seed=2).equals(drawn)


def test_newer_files_number_customers_anew_and_draw_the_same_people():
    """The shop's id decides, not our key."""
    moved = IDS.index[::-1]
    again = draw_controls(TIERS.set_axis(moved), 0.1, 1, IDS.set_axis(moved))
    assert again.to_numpy().tolist() == draw(TIERS, 0.1, seed=1).tolist()


def test_a_shorter_list_keeps_nearly_the_same_controls():
    """Without ten customers, none of the controls that are left is put back among the treated
    beyond the change in size."""
    drawn = draw(TIERS, 0.2, seed=1)
    shorter = TIERS.drop(TIERS.index[drawn.to_numpy()][:3])
    again = draw(shorter, 0.2, seed=1)
    kept = drawn.loc[shorter.index] & ~again
    assert kept.sum() <= 1
    more = draw(TIERS, 0.3, seed=1)
    assert (more | ~drawn).all()  # a larger share only adds


def test_everybody_is_drawn_as_often_as_the_share_says():
    """Over 400 draws each of 150 customers is a control 10 % of the time, within chance."""
    often = sum(draw(TIERS, 0.1, seed).astype(int) for seed in range(400)) / 400
    spread = np.sqrt(0.1 * 0.9 / 400)
    assert often.mean() == pytest.approx(0.1)
    assert often.between(0.1 - 5 * spread, 0.1 + 5 * spread).all()


@pytest.mark.parametrize("tiers", [TIERS, TIERS[:0]])
def test_no_share_is_no_control(tiers):
    """Nobody, of many or of none."""
    assert not draw(tiers, 0.0, 1).any()


def test_power_is_the_textbook_s():
    """σ² = 4 + (20/2.563)², 90 against 10: 2.802·σ·√(1/90+1/10) of a mean of 12; p(1-p) = 0.24."""
    forecast = pd.DataFrame(
        {"predicted": [10.0, 14.0] * 50, "low": 0.0, "high": 20.0, "p_buy": [0.2, 1.0] * 50}
    )
    is_control = pd.Series([True] * 10 + [False] * 90)
    power = measure_power(forecast, is_control, 0.8)
    scale = 2.801585 * np.sqrt(1 / 90 + 1 / 10)
    assert power.spend_share == pytest.approx(scale * np.sqrt(4 + (20 / 2.563103) ** 2) / 12, 1e-5)
    assert power.buyers_points == pytest.approx(scale * np.sqrt(0.24), 1e-5)
    assert "fewer than 30 controls" in " ".join(map(str, tell_power(power)))


def test_what_is_not_known_is_not_told():
    """Without ranges and chances only the counts are said; without controls, what is lost."""
    forecast = pd.DataFrame({"predicted": [1.0] * 4, "low": np.nan, "high": np.nan})
    power = measure_power(forecast, pd.Series([True, False, False, False]), 0.8)
    assert (power.spend_share, power.buyers_points) == (None, None)
    assert len(tell_power(power)) == 2
    none = measure_power(forecast, pd.Series([False] * 4), 0.8)
    assert str(tell_power(none)[0]).startswith("Without a control group nobody")
