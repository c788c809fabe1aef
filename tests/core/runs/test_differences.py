"""What two runs were told differently, and whether their tests can be held against each other."""

from __future__ import annotations

from clv_core.runs.differences import compare_rules, compare_settings, share_test
from clv_core.runs.folder import RunFolder
from clv_core.settings import RunSettings


def manifest(**settings: object) -> dict[str, object]:
    """Return what counts here of a run's manifest."""
    return {"settings": RunSettings.check(settings).model_dump(mode="json")}


def test_only_settings_that_differ_are_listed_by_their_path() -> None:
    """Two numbers in one group and a seed; everything else is the same."""
    found = compare_settings(
        manifest(boosted={"trees": 50}, seed=1), manifest(boosted={"trees": 70}, seed=2)
    )
    assert found.to_numpy().tolist() == [["boosted.trees", 50, 70], ["seed", 1, 2]]


def test_a_setting_that_an_earlier_version_did_not_know_counts_as_its_default() -> None:
    """A manifest without any groups is one with every default."""
    assert compare_settings({"settings": {}}, manifest()).empty
    found = compare_settings({"settings": {}}, manifest(network_seeds=3))
    assert found.to_numpy().tolist() == [["network_seeds", 1, 3]]


def test_a_setting_of_an_unknown_version_is_not_hidden() -> None:
    """What this version does not know is listed, with nothing on the other side."""
    found = compare_settings({"settings": {"retired": {"knob": 5}}}, manifest())
    assert found.to_numpy().tolist() == [["retired.knob", 5, None]]


def test_rules_of_cleaning_are_compared_the_same_way() -> None:
    """A rule that was changed and a rate that was given, by their paths."""
    one = {"cleaning": {"outliers": "iqr"}}
    other = {"cleaning": {"rates": {"EUR": 1.1}}}
    found = compare_rules(one, other)
    assert found.to_numpy().tolist() == [
        ["cleaning.outliers", "iqr", "keep"],
        ["cleaning.rates.EUR", None, 1.1],
    ]


def test_tests_are_comparable_on_the_same_data_and_days_only(small_run: RunFolder) -> None:
    """Another horizon, cutoff or file of orders makes another test."""
    own = small_run.manifest()
    assert share_test(own, small_run.manifest())
    assert not share_test(own, {**own, "plan": {**own["plan"], "horizon_days": 91}})
    assert not share_test(own, {**own, "plan": {**own["plan"], "holdout_cutoff": "2020-01-01"}})
    other = {**own["data"], "checksums": {**own["data"]["checksums"], "orders.parquet": "0"}}
    assert not share_test(own, {**own, "data": other})
