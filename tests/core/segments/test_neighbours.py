"""Who is most like a customer, by distances that can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clv_core.segments.neighbours import Neighbourhood

KEYS = pd.Index([11, 12, 13, 14, 15], name="customer_key")


def test_the_distance_is_the_root_mean_square_of_ranks() -> None:
    """One feature of five values: neighbours are a quarter of the ranking apart."""
    crowd = Neighbourhood(pd.DataFrame({"spend": [1.0, 2.0, 4.0, 8.0, 1000.0]}, KEYS), {})
    nearest = crowd.find_nearest(13, count=4)
    assert set(nearest.index[:2]) == {12, 14}
    np.testing.assert_allclose(nearest, [0.25, 0.25, 0.5, 0.5])


def test_every_family_counts_the_same() -> None:
    """Three spellings of one thing weigh as much as the one feature of another family."""
    spend = [0.0, 1.0, 2.0, 3.0, 4.0]
    features = pd.DataFrame({"a": spend, "b": spend, "c": spend, "visits": [0, 4, 0, 0, 0]}, KEYS)
    crowd = Neighbourhood(features, dict.fromkeys("abc", "spend"))
    distance = crowd.find_nearest(11, count=4)
    visits = 1 - 1.5 / 4  # rank of the only visitor less that of the four others
    assert distance[12] == pytest.approx(np.sqrt(0.5 * 0.25**2 + 0.5 * visits**2))
    assert distance[13] == pytest.approx(np.sqrt(0.5 * 0.5**2))


def test_two_categories_are_as_far_apart_as_the_ends() -> None:
    """Same word 0, another word 1; missing is a word like others."""
    words = pd.Series(["x", "x", "y", None, None], KEYS, dtype="category")
    nearest = Neighbourhood(pd.DataFrame({"word": words}), {}).find_nearest(11, count=4)
    assert nearest[12] == pytest.approx(0.0)
    np.testing.assert_allclose(nearest[[13, 14, 15]], 1.0)


def test_missing_numbers_are_alike_and_lowest() -> None:
    """Two without a gap are the same; the smallest known gap is next to them."""
    gaps = pd.DataFrame({"gap": [np.nan, np.nan, 3.0, 9.0, 30.0]}, KEYS)
    nearest = Neighbourhood(gaps, {}).find_nearest(11, count=4)
    assert list(nearest.index) == [12, 13, 14, 15]
    assert nearest[12] == 0.0


def test_twins_do_not_hide_the_customer_among_them() -> None:
    """Of five who are all the same, the other four are named and not the customer."""
    same = pd.DataFrame({"spend": [1.0] * 5}, KEYS)
    assert set(Neighbourhood(same, {}).find_nearest(13, count=9).index) == {11, 12, 14, 15}


def test_what_they_have_in_common_is_what_sets_them_apart_from_all() -> None:
    """Alike in a high spend, not in visits; the spend of all others is lower."""
    keys = pd.RangeIndex(101, name="customer_key")
    spend = np.arange(101.0)
    features = pd.DataFrame({"spend": spend, "visits": (spend * 37) % 101, "same": 1.0}, keys)
    common = Neighbourhood(features, {}).find_common(100, pd.Index([99, 98]))
    (row,) = common.to_dict("records")
    assert row == {"feature": "spend", "value": 100.0, "low": 98.0, "high": 99.0, "median": 50.0}


def test_of_a_family_the_most_unusual_feature_is_named() -> None:
    """Two spellings of the same spend are one thing in common, not two."""
    keys = pd.RangeIndex(101, name="customer_key")
    features = pd.DataFrame({"mean": np.arange(101.0), "sum": np.arange(101.0) ** 2}, keys)
    crowd = Neighbourhood(features, dict.fromkeys(("mean", "sum"), "spend"))
    assert list(crowd.find_common(100, pd.Index([99]))["feature"]) == ["mean"]


def test_having_what_half_of_all_have_is_nothing_in_common() -> None:
    """Nine in ten gave no rating; a share of 0 is rare only because it is known at all."""
    keys = pd.RangeIndex(100, name="customer_key")
    share = np.where(np.arange(100) < 90, np.nan, 0.0)
    share[95:] = [0.0, 0.1, 0.2, 0.4, 0.6]
    crowd = Neighbourhood(pd.DataFrame({"low_share": share}, keys), {})
    assert crowd.find_common(90, pd.Index([91, 92])).empty
    assert len(crowd.find_common(98, pd.Index([99])))


def test_a_feature_missing_for_one_of_them_is_not_in_common() -> None:
    """There is nothing to tell where one of them has no value."""
    gaps = pd.DataFrame({"gap": [np.nan, np.nan, 3.0, 9.0, 30.0]}, KEYS)
    assert Neighbourhood(gaps, {}).find_common(11, pd.Index([12])).empty


def test_an_unknown_customer_is_refused() -> None:
    """Nobody is like somebody who is not there."""
    with pytest.raises(KeyError):
        Neighbourhood(pd.DataFrame({"a": [1.0, 2.0]}), {}).find_nearest(9)
