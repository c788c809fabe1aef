"""What pages show of a run is what the core works out, kept once and thrown away with a person."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clv_core.activation.action_lists import ListSettings, make_lists
from clv_core.activation.contacts import read_contacts, survey_contacts
from clv_core.activation.list_facts import gather_facts
from clv_core.activation.offers import name_scripts
from clv_core.segments.cohorts import find_first_purchases, measure_cohorts
from clv_core.segments.movement import match_by_key, trace_movement
from clv_core.storage.erasure import erase_person
from clv_core.storage.people import find_places
from clv_core.storage.suppression import SuppressionList
from clv_core.views.cohorts import find_members, read_cohorts
from clv_core.views.contacts import read_people
from clv_core.views.lists import read_lists, read_precision
from clv_core.views.movement import read_movement
from clv_core.views.newer_data import read_newer_data
from clv_core.views.products import read_groups
from clv_core.views.registry import find, work_out
from clv_core.views.source import Source, tier_forecast


@pytest.fixture(scope="module")
def cutoffs(source: Source) -> dict[str, object]:
    """Return the run's own cut-offs as they are asked for."""
    return source.run.own_cutoffs().model_dump(mode="json")


@pytest.fixture
def doubled(source: Source) -> Source:
    """Publish the run once more with every second forecast doubled and ten customers less."""
    folder = source.workspace.root / "partial" / uuid.uuid4().hex
    shutil.copytree(source.run.folder, folder, ignore=shutil.ignore_patterns("pages"))
    forecast = pd.read_parquet(folder / "forecast.parquet").iloc[10:]
    forecast.loc[forecast.index[::2], "predicted"] *= 2
    forecast.to_parquet(folder / "forecast.parquet")
    return source.another(source.workspace.publish_run(folder, source.dataset))


def test_a_view_is_made_once(source: Source) -> None:
    """Asked for again, its files are those that were there; another question has its own."""
    first = work_out(source.workspace, source.id, "draw", {"seed": 1})
    made_at = first.path("draw").stat().st_mtime_ns
    again = work_out(source.workspace, source.id, "draw", {"seed": 1})
    assert again == first
    assert first.path("draw").stat().st_mtime_ns == made_at
    assert not find(source.workspace, source.id, "draw", {"seed": 2}).is_there


def test_what_fails_leaves_nothing(source: Source) -> None:
    """A movement from a run that is not there is no movement, nor half of one."""
    asked = {"then": "nobody", "cutoffs": {}}
    with pytest.raises(Exception, match="not in the workspace"):
        work_out(source.workspace, source.id, "movement", asked)
    assert not find(source.workspace, source.id, "movement", asked).is_there
    assert not list((source.run.folder / "pages").glob(".*"))


@pytest.mark.parametrize("unit", ["week", "month"])
def test_cohorts_are_those_of_the_core_with_their_customers(source: Source, unit) -> None:
    """Every cell, and the customers behind one, by the core's way over all orders."""
    view = work_out(source.workspace, source.id, "cohorts", {"unit": unit})
    kept = read_cohorts(view, source, unit)
    last_day = source.plan.forecast_cutoff
    told = measure_cohorts(source.tables, last_day, unit)
    pd.testing.assert_frame_equal(kept.cells.astype(told.cells.dtypes), told.cells)
    won = find_first_purchases(source.tables, last_day)
    assert view.table("won")["customers"].sum() == len(won)
    cell = told.cells[(told.cells["period"] > 0) & (told.cells["active"] > 0)].iloc[0]
    members = find_members(view, unit, cell["cohort"], int(cell["period"]))
    assert len(members) == cell["active"]
    assert set(members) <= set(find_members(view, unit, cell["cohort"], None))


def test_movement_keeps_its_flows_and_its_people(
    source: Source, doubled: Source, cutoffs: dict[str, object]
) -> None:
    """As traced in memory; a flow's people are found by their tiers."""
    asked = {"then": source.id, "cutoffs": cutoffs}
    kept = read_movement(work_out(source.workspace, doubled.id, "movement", asked))
    then, now = source.run.forecast(), doubled.run.forecast()
    pairs = match_by_key(then.index, now.index)
    told = trace_movement(then, now, pairs, source.run.own_cutoffs())
    pd.testing.assert_frame_equal(kept.flows, told.flows)
    assert kept.has_changes
    flow = told.flows.iloc[0]
    found = kept.find(flow["tier_then"], flow["tier_now"])
    assert sorted(found["then_key"]) == sorted(
        told.find(flow["tier_then"], flow["tier_now"])["then_key"]
    )
    assert len(kept.find()) == len(told.people)
    rising = kept.list_changes(falling=False)
    assert rising["change"].is_monotonic_decreasing
    assert rising["change"].iloc[0] == told.people["change"].max()


def test_lists_are_those_of_the_core(source: Source, cutoffs: dict[str, object]) -> None:
    """Sizes, values, rules and the customers in their order; how the test went is told too."""
    settings = ListSettings()
    asked = {"cutoffs": cutoffs, "settings": settings.model_dump(mode="json")}
    view = work_out(source.workspace, source.id, "lists", asked)
    kept = read_lists(view)
    tiered = tier_forecast(source.run, source.run.own_cutoffs())
    facts = gather_facts(
        *(source.tables, source.plan.forecast_cutoff, tiered, source.run.features()),
        settings.recent_days,
    )
    for name, made in make_lists(facts, settings).items():
        assert (kept[name].customers, kept[name].value) == (len(made.table), made.value)
        assert str(kept[name].rule) == str(made.rule)
        assert list(kept[name].keys()) == list(made.table.index)
        pd.testing.assert_frame_equal(
            kept[name].first_rows(), made.table.rename_axis("customer_key"), check_index_type=False
        )
    assert set(read_precision(view)) <= set(kept)


def test_contacts_are_surveyed_without_being_kept(source: Source, customers: Path) -> None:
    """What is known is what the core tells; no address, number or name is in the file."""
    view = work_out(source.workspace, source.id, "survey", {"default_country": "GB"})
    people = read_people(source)
    told = survey_contacts(people, read_contacts(people, "GB"))
    kept = view.table("survey").set_index("customer_key")
    pd.testing.assert_frame_equal(kept[told.columns], told, check_dtype=False)
    assert kept["consent"].sum() == pd.read_parquet(customers)["consent"].eq(True).sum()
    held = b"".join(file.read_bytes() for file in view.folder.iterdir())
    assert not [one for one in people["email"].dropna()[:20] if one.encode() in held]


def test_groups_of_people_are_numbers_with_names(source: Source) -> None:
    """Countries and scripts by customer, blanks left blank."""
    view = work_out(source.workspace, source.id, "peoples", {})
    people = read_people(source)
    keys = people.index[::-1]
    countries = read_groups(view, "country", keys)
    assert countries.astype(object).where(countries.notna(), None).tolist() == [
        None if pd.isna(one) else one for one in people["country"].loc[keys]
    ]
    scripts = read_groups(view, "name_script", keys)
    told = name_scripts(people["customer_name"]).loc[keys]
    assert [str(one) for one in scripts.dropna()] == [str(one) for one in told.dropna()]


def test_no_newer_data_is_a_view_too(source: Source) -> None:
    """One data set that ends where the forecast begins tells nothing of it."""
    view = work_out(source.workspace, source.id, "newer_data", {"datasets": [source.dataset]})
    assert read_newer_data(view) == []


def test_a_suppression_list_that_changed_is_not_kept_under_its_old_stamp(source: Source) -> None:
    """Whoever asks by the stamp of before is told; the list of now finds its customer."""
    listed, people = SuppressionList(source.workspace), read_people(source)
    before = listed.stamp()
    listed.add([(f"id:{people['customer_id'].iloc[0].casefold()}",)])
    with pytest.raises(Exception, match="changed meanwhile"):
        work_out(
            *(source.workspace, source.id, "suppressed"), {"default_country": "", "stamp": before}
        )
    asked = {"default_country": "", "stamp": listed.stamp()}
    view = work_out(source.workspace, source.id, "suppressed", asked)
    assert view.table("suppressed")["customer_key"].tolist() == [people.index[0]]
    listed.clear()


def test_an_erased_person_is_in_no_view(
    source: Source, doubled: Source, cutoffs: dict[str, object]
) -> None:
    """Views are no places of their own: those of the data set's runs are thrown away."""
    work_out(source.workspace, source.id, "draw", {"seed": 1})
    asked = {"then": source.id, "cutoffs": cutoffs}
    work_out(source.workspace, doubled.id, "movement", asked)
    places = {place.path for place in find_places(source.workspace, source.dataset)}
    assert not [path for path in places if "pages" in path.parts]
    key = int(source.run.forecast().index[0])
    erase_person(source.workspace, source.dataset, key)
    assert not (source.run.folder / "pages").exists()
    assert not (doubled.run.folder / "pages").exists()
    numbers = work_out(source.workspace, source.id, "draw", {"seed": 1}).table("draw")
    assert not np.isin(key, numbers["customer_key"])
