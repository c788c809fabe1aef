"""Features that alone tell the value."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clv_core.features.telling import find_telling_features

RNG = np.random.default_rng(8)
VALUE = pd.Series(RNG.lognormal(6.0, 0.8, 2000))


def find(**columns: object) -> list[str]:
    """Name the telling ones of some columns."""
    return list(find_telling_features(pd.DataFrame(columns), VALUE))


def test_straight_bent_and_falling():
    """Other units, a curve with a turn and a falling line all tell the value."""
    turned = np.where(RNG.random(2000) < 0.5, 1.0, -1.0) * VALUE
    assert find(cents=100 * VALUE, log=np.log(VALUE), turned=turned, down=-VALUE) == [
        *("cents", "log", "turned", "down"),
    ]


def test_category_that_tells():
    """Fifty bands of the value, as text, tell it."""
    band = pd.Categorical("band " + (VALUE.rank() // 40).astype(int).astype("str"))
    assert find(band=band) == ["band"]


def test_good_features_and_chance_are_not_telling():
    """A strong but honest feature, an id of its own for each and noise are let pass."""
    assert not find(
        spend=VALUE * RNG.lognormal(0.0, 0.4, 2000),
        each=pd.Categorical([f"c{number}" for number in range(2000)]),
        noise=RNG.normal(size=2000),
        absent=np.nan,
    )


def test_gaps_do_not_hide_it():
    """A copy of which a hundredth is missing is still found."""
    assert find(copy=VALUE.mask(RNG.random(2000) < 0.005)) == ["copy"]


def test_too_few_rows():
    """With few customers nothing is said."""
    assert find_telling_features(pd.DataFrame({"copy": VALUE[:99]}), VALUE[:99]) == {}
