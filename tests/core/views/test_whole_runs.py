"""What is worked out of a run block by block is what the whole run tells."""

import numpy as np
import pandas as pd
import pytest

from clv_core.explain.comparison import compare_families, compare_features, compare_means
from clv_core.explain.families import importance_of_families, measure_largest_gap
from clv_core.explain.leading import find_leading_families, find_leading_features
from clv_core.explain.patterns import find_patterns
from clv_core.explain.summaries import family_of, importance
from clv_core.runs.folder import RunFolder
from clv_core.runs.reading import (
    EXPLANATIONS_FILE,
    FEATURES_FILE,
    FORECAST_FILE,
    count_rows,
    draw_rows,
    explain_some,
    read_columns,
    read_rows,
)
from clv_core.segments.neighbours import Neighbourhood
from clv_core.segments.personas import find_personas
from clv_core.storage.kept_views import KeptView
from clv_core.views import reasons
from clv_core.views.groups import read_personas
from clv_core.views.likeness import read_neighbourhood
from clv_core.views.reasons import read_leading, read_means, read_patterns, read_sample
from clv_core.views.registry import work_out
from clv_core.views.source import Source, tier_forecast


def lay_out(source: Source, name: str, **asked: object) -> KeptView:
    """Work a view out."""
    return work_out(source.workspace, source.id, name, asked)


def test_some_customers_are_read_as_they_stand_in_the_whole(small_run: RunFolder) -> None:
    """In the order asked for; whoever is not there is left out."""
    path, whole = small_run.folder / FORECAST_FILE, small_run.forecast()
    keys = [int(whole.index[5]), int(whole.index[1]), 10**9]
    found = read_rows(path, keys)
    pd.testing.assert_frame_equal(found, whole.loc[keys[:2]], check_dtype=False)
    assert read_rows(path, []).empty
    assert count_rows(path) == len(whole)
    assert list(read_columns(path, ["predicted", "not there"])) == ["predicted"]


def test_customers_are_drawn_with_the_one_who_has_to_be_there(small_run: RunFolder) -> None:
    """As many as asked for, and each as in the whole; all where there are no more."""
    path, whole = small_run.folder / FEATURES_FILE, small_run.features()
    key = int(whole.index[-1])
    drawn = draw_rows(path, 20, 1, key)
    assert key in drawn.index
    assert len(drawn) in {20, 21}
    pd.testing.assert_frame_equal(drawn, whole.loc[drawn.index], check_index_type=False)
    pd.testing.assert_frame_equal(draw_rows(path, len(whole), 1, key), whole)
    with pytest.raises(KeyError):
        draw_rows(path, 20, 1, 10**9)


def test_reasons_of_some_are_those_of_the_whole(small_run: RunFolder) -> None:
    """The keys of an explanation may be counted only, not stored."""
    whole = small_run.explanation()
    keys = [int(key) for key in whole.contributions.index[[7, 3]]]
    found = explain_some(small_run, keys)
    pd.testing.assert_frame_equal(
        found.contributions, whole.contributions.loc[keys], check_index_type=False
    )
    pd.testing.assert_frame_equal(found.values, whole.values.loc[keys], check_index_type=False)
    assert found.base_value == whole.base_value
    assert count_rows(small_run.folder / EXPLANATIONS_FILE) == len(whole.contributions)


def test_reasons_summed_up_in_blocks_are_those_of_the_whole(
    source: Source, small_run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Importance, families, gap, leads and groups, however the customers are cut."""
    monkeypatch.setattr(reasons, "_BLOCK", 64)
    view, whole = lay_out(source, "reasons"), small_run.explanation()
    pd.testing.assert_frame_equal(view.table("importance"), importance(whole))
    families = importance_of_families(whole)
    pd.testing.assert_frame_equal(view.table("families"), families, check_dtype=False)
    gap = measure_largest_gap(whole, small_run.forecast())
    assert view.facts()["gap"] == pytest.approx(gap, rel=1e-9)
    for kind, find in (("feature", find_leading_features), ("family", find_leading_families)):
        assert (read_leading(view, kind).astype(str) == find(whole).astype(str)).all()
    patterns, expected = read_patterns(view), find_patterns(whole)
    assert (patterns.assignment == expected.assignment).all()
    pd.testing.assert_frame_equal(patterns.cells, expected.cells, check_index_type=False)
    drawn = read_sample(view, small_run)
    assert np.array_equal(drawn.contributions, whole.contributions)


@pytest.mark.parametrize("by_family", [False, True])
def test_tiers_are_compared_by_means_as_by_customers(
    source: Source, small_run: RunFolder, by_family: bool
) -> None:
    """The steps between two tiers follow from their means."""
    cutoffs = small_run.own_cutoffs()
    view = lay_out(source, "reason_means", cutoffs=cutoffs.model_dump(mode="json"))
    tiers = tier_forecast(small_run, cutoffs)["value_tier"]
    means = (read_means(view, "value_tier", "high"), read_means(view, "value_tier", "low"))
    found = compare_means(means, view.facts()["base_value"], by_family=by_family)
    compare = compare_families if by_family else compare_features
    expected = compare(
        small_run.explanation(), tiers.index[tiers == "high"], tiers.index[tiers == "low"]
    )
    assert list(found.steps["feature"]) == list(expected.steps["feature"])
    assert np.allclose(found.steps["contribution"], expected.steps["contribution"])
    assert found.mean_above == pytest.approx(expected.mean_above)


def test_personas_are_kept_as_they_were_found(source: Source, small_run: RunFolder) -> None:
    """Assignment, names and why there are so many."""
    kept = read_personas(lay_out(source, "personas"))
    found = find_personas(small_run.features(), int(small_run.manifest()["settings"]["seed"]))
    assert (kept.assignment == found.assignment).all()
    assert kept.names == found.names
    assert kept.count.chosen == found.count.chosen
    pd.testing.assert_frame_equal(kept.distinctions, found.distinctions)


def test_like_customers_are_found_on_disk_as_in_memory(
    source: Source, small_run: RunFolder
) -> None:
    """Ranks of 65,536 steps tell the same people to the fifth decimal."""
    kept = read_neighbourhood(lay_out(source, "likeness"), small_run)
    features = small_run.features().reindex(small_run.forecast().index)
    families = {str(name): family_of(str(name)) for name in features}
    told = [name for name, family in families.items() if family == "forecast"]
    held = Neighbourhood(features.drop(columns=told), families)
    for key in (int(features.index[0]), int(features.index[50])):
        nearest, expected = kept.find_nearest(key), held.find_nearest(key)
        assert np.allclose(nearest, expected, atol=2e-5)
        common = kept.find_common(key, expected.index)
        pd.testing.assert_frame_equal(common, held.find_common(key, expected.index))
    with pytest.raises(KeyError):
        kept.find_nearest(10**9)
