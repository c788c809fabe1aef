"""A search on a small shop: windows, scores, what is kept, going on."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pandas as pd
import pytest

from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.errors import HistoryTooShort, InvalidSetting
from clv_core.features.earlier_windows import place_windows
from clv_core.features.windows import plan_windows
from clv_core.pipeline import search_tables
from clv_core.runs.rehearsal import Shelf
from clv_core.runs.search import Search
from clv_core.runs.search_folder import FACTS, SearchFolder
from clv_core.runs.search_space import read_parameters
from clv_core.runs.search_windows import DayWindows, FoldWindows
from clv_core.runs.trials import Budget
from clv_core.settings import RunSettings, SearchSettings, WindowSettings
from tests.conftest import QUICK_SETTINGS
from tests.value_tables import simulate_people, write_value_table

ASKED = SearchSettings(model="decision_tree", minutes=5.0, most_trials=3, most_windows=1)
NO_TIME = 1e-4


def search(tables, folder: Path, settings=QUICK_SETTINGS, **changes) -> SearchFolder:
    """Search into a folder and return it."""
    folder.mkdir(exist_ok=True)
    kept = SearchFolder(folder)
    search_tables(tables, settings, ASKED.model_copy(update=changes), kept)
    return kept


@pytest.fixture(scope="module")
def found(
    small_tables: tuple[Tables, QualityReport], tmp_path_factory: pytest.TempPathFactory
) -> SearchFolder:
    """Return what a search of three trials left behind."""
    return search(small_tables[0], tmp_path_factory.mktemp("search") / "found", most_windows=2)


def test_windows_lie_before_the_holdout(tables: Tables) -> None:
    """Nothing that a trial learns from or is scored on lies after the holdout cutoff."""
    plan = plan_windows(tables, QUICK_SETTINGS.window)
    windows = DayWindows(Shelf(tables, plan, has_months=False), plan, 2)
    assert windows.count == 2
    for number, cutoff in enumerate(windows.cutoffs):
        window = windows.window(number)
        closes = cutoff + dt.timedelta(days=window.asked.horizon_days)
        assert closes <= plan.holdout_cutoff
        assert window.asked.future_spend is None
        for teaching in window.data.labelled:
            assert teaching.day + dt.timedelta(days=teaching.horizon_days) <= cutoff
        assert len(window.actual) == len(window.asked.features)
    assert windows.cutoffs[0] == plan.validation_cutoff
    assert list(windows.cutoffs) == sorted(windows.cutoffs, reverse=True)


def test_history_too_short_for_a_search_is_told(tables: Tables) -> None:
    """The error says which days are missing."""
    early = tables.first_day + dt.timedelta(days=100)
    plan = plan_windows(tables, WindowSettings(cutoff=early, horizon_days=180))
    assert plan.validation_cutoff is None
    with pytest.raises(HistoryTooShort, match="hold no window"):
        place_windows(plan, 3)


def test_the_default_settings_are_trial_0(found: SearchFolder) -> None:
    """Their score is 1 by definition; columns are those promised."""
    history = found.history()
    assert history is not None
    assert list(history.columns) == [*FACTS, "leaves", "min_rows_per_leaf"]
    first = history.iloc[0]
    assert (first["trial"], first["score"], first["state"]) == (0, 1.0, "finished")
    assert (first["leaves"], first["min_rows_per_leaf"]) == (24, 100)
    assert list(history["trial"]) == [0, 1, 2, 3]
    assert history["elapsed_s"].is_monotonic_increasing
    assert (history["best_score"] == history["score"].cummin().ffill()).all()


def test_the_best_settings_are_there_to_be_run(found: SearchFolder) -> None:
    """``settings.json`` holds the trial with the lowest score, and asks for the family."""
    history, settings, result = found.history(), found.settings(), found.result()
    assert history is not None
    assert result is not None
    best = history.loc[history["score"].idxmin()]
    assert settings.families == ("decision_tree",)
    told = read_parameters(settings, "decision_tree", ["leaves", "min_rows_per_leaf"])
    assert told == {"leaves": best["leaves"], "min_rows_per_leaf": best["min_rows_per_leaf"]}
    assert result["best_trial"] == best["trial"]
    assert result["is_ended"]
    if best["trial"] == 0:
        assert "stay with them" in str(found.account()[0])
    else:
        assert result["gain"] == pytest.approx(1 - best["score"])


def test_without_time_the_defaults_are_all_there_is(tables: Tables, tmp_path: Path) -> None:
    """No trial is begun that would not fit; the account says so."""
    kept = search(tables, tmp_path / "none", minutes=NO_TIME)
    history = kept.history()
    assert history is not None
    assert list(history["trial"]) == [0]
    assert "time was up" in str(kept.account()[0])
    assert kept.settings().decision_tree == RunSettings().decision_tree


def test_another_search_is_not_mixed_in(tables: Tables, found: SearchFolder) -> None:
    """Other settings to compare with would make scores of two kinds."""
    other = QUICK_SETTINGS.model_copy(update={"seed": 1})
    before = found.history()
    with pytest.raises(InvalidSetting, match="other data"):
        search(tables, found.folder, other, most_windows=2)
    pd.testing.assert_frame_equal(found.history(), before)


def test_a_lost_forecast_is_made_again(tables: Tables, found: SearchFolder, tmp_path: Path) -> None:
    """A process killed between two writes leaves a search whose lead can still be weighed."""
    shutil.copytree(found.folder, tmp_path / "lost")
    for file in (tmp_path / "lost").glob("predictions_*.parquet"):
        file.unlink()
    before, after = found.result(), search(tables, tmp_path / "lost", most_windows=2).result()
    assert before is not None
    assert after is not None
    assert after["trials"] == before["trials"]
    assert (after["gain"], after["standard_error"]) == (before["gain"], before["standard_error"])


def test_a_trial_that_outlasts_the_budget_is_cut_off(tables: Tables) -> None:
    """Time that ends while trees are grown ends the trial, which is no result."""
    plan = plan_windows(tables, QUICK_SETTINGS.window)
    windows = DayWindows(Shelf(tables, plan, has_months=False), plan, 1)
    asked = SearchSettings(model="boosted_trees", searched=("trees",), most_trials=1)
    budget = Budget(1e6)
    searching = Search(windows, QUICK_SETTINGS, asked, budget)
    searching.begin()
    budget.seconds = budget.spent_s + searching.expected_seconds() + 1e-3
    told: list[int] = []

    def run_out_of_time() -> None:
        told.append(len(searching.attempts))
        budget.seconds = 0.0

    searching.go_on(run_out_of_time)
    assert told == [1]
    assert [attempt.state for attempt in searching.attempts] == ["finished", "failed"]
    assert searching.standing.number == 0


def test_a_value_table_is_searched_by_folds(tmp_path: Path) -> None:
    """Customers held out for the test are in no fold, neither to teach nor to score."""
    table, _ = write_value_table(simulate_people(320, seed=6), tmp_path)
    windows = FoldWindows(table, QUICK_SETTINGS, 3)
    assert windows.count == 3
    seen: set[int] = set()
    for number in range(3):
        window = windows.window(number)
        asked, taught = set(window.asked.features.index), set(window.data.history.features.index)
        assert asked.isdisjoint(taught)
        assert len(asked | taught) == windows.plan.learning
        assert seen.isdisjoint(asked)
        seen |= asked
    kept = search(table, tmp_path / "searched", most_trials=1, most_windows=3)
    history = kept.history()
    assert history is not None
    assert len(history) == 2
    assert "folds" in str(kept.account()[1])


def test_a_family_that_knows_only_days_is_refused(tmp_path: Path) -> None:
    """Logistic regression of buying has nothing to learn from given values."""
    table, _ = write_value_table(simulate_people(320, seed=6), tmp_path)
    with pytest.raises(InvalidSetting, match="no model named logistic"):
        search(table, tmp_path / "refused", model="logistic")
