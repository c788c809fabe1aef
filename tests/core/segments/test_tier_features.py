"""Features spread out within value tiers."""

import numpy as np
import pandas as pd

from clv_core.segments.tier_features import describe_categories, describe_features


def test_quartiles_are_those_of_the_tiers_own_customers():
    """Five high customers with 1 to 5 have median 3 and quartiles 2 and 4."""
    features = pd.DataFrame({"order_count": [1.0, 2.0, 3.0, 4.0, 5.0, 100.0]})
    tiers = pd.Series(["high"] * 5 + ["low"])
    table = describe_features(features, tiers).set_index("tier")
    high = table.loc["high"]
    assert (high["lower_quartile"], high["median"], high["upper_quartile"]) == (2.0, 3.0, 4.0)
    assert (high["mean"], high["known"]) == (3.0, 5)
    assert table.loc["low", "median"] == 100.0


def test_missing_values_are_left_out_and_counted_out():
    """A tier's numbers rest on the customers whose value is known."""
    features = pd.DataFrame({"gap_mean_days": [10.0, np.nan, 30.0]})
    table = describe_features(features, pd.Series(["high", "high", "high"])).set_index("tier")
    assert table.loc["high", "known"] == 2
    assert table.loc["high", "median"] == 20.0


def test_an_empty_tier_has_rows_without_numbers():
    """Every tier has a row per feature, so charts keep their order."""
    table = describe_features(pd.DataFrame({"a": [1.0], "b": [2.0]}), pd.Series(["low"]))
    assert list(table["tier"]) == ["high", "high", "middle", "middle", "low", "low"]
    assert table.loc[table["tier"] == "middle", "median"].isna().all()


def test_categories_are_counted_not_averaged():
    """Two of three high customers drive an SUV; a category nobody has is not listed."""
    kinds = pd.Categorical(["SUV", "SUV", "Car", "Car", None], categories=["SUV", "Car", "Bus"])
    features = pd.DataFrame({"class": kinds, "age": [1.0, 2.0, 3.0, 4.0, 5.0]})
    tiers = pd.Series(["high", "high", "high", "low", "low"])
    table = describe_categories(features, tiers).set_index(["tier", "category"])
    assert table.loc[("high", "SUV"), "share"] == 2 / 3
    assert table.loc[("low", "Car"), ["customers", "share"]].tolist() == [1, 1.0]
    assert np.isnan(table.loc[("middle", "Car"), "share"])
    assert set(table.reset_index()["category"]) == {"SUV", "Car"}
    assert set(describe_features(features, tiers)["feature"]) == {"age"}
    assert describe_categories(features[["age"]], tiers).empty
