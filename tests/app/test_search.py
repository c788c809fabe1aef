"""The page that searches settings: asking, following, what was found, training with it."""

from __future__ import annotations

import datetime as dt

import pytest
from streamlit.testing.v1 import AppTest

from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.errors import NothingStored
from clv_core.jobs.queue import cancel_job, read_job, submit_job
from clv_core.pipeline import search_tables
from clv_core.runs.search_folder import SearchFolder
from clv_core.sentences import Sentence
from clv_core.settings import RunSettings, SearchSettings
from clv_core.storage.searches import begin_search
from clv_core.storage.workspace import Workspace
from tests.app.conftest import open_page
from tests.conftest import QUICK_SETTINGS

SEARCH = "pages/model/search.py"
TRAIN = "pages/model/train.py"
ASKED = SearchSettings(
    model="decision_tree", method="grid", minutes=1.0, most_trials=3, most_windows=1
)


def find_button(app: AppTest, label: str):
    """Return the one button with a label."""
    return next(button for button in app.button if button.label == label)


def leave_search(workspace: Workspace, dataset_id: str, tables: Tables) -> tuple[str, SearchFolder]:
    """Leave a search that was cancelled after some trials, as its worker leaves it."""
    spec = {
        "dataset": dataset_id,
        "settings": QUICK_SETTINGS.model_dump(mode="json"),
        "search": ASKED.model_dump(mode="json"),
    }
    job_id = submit_job(workspace, "train", "search_settings", spec)
    cancel_job(workspace, job_id)
    folder = SearchFolder(begin_search(workspace, job_id))
    search_tables(tables, QUICK_SETTINGS, ASKED, folder)
    return job_id, folder


def test_a_search_is_queued_with_what_is_on_screen(
    app: AppTest, workspace: Workspace, dataset_id: str
) -> None:
    """Model, settings, method, time and trials reach the job, compared with the defaults."""
    open_page(app, SEARCH, dataset=dataset_id)
    app.selectbox(key="horizon").set_value(60).run()
    app.selectbox(key="search_model").set_value("random_forest").run()
    app.multiselect(key="searched_random_forest").set_value(["column_share"])
    fields = {field.label: field for field in app.number_input}
    fields["Time (minutes)"].set_value(2.0)
    fields["Trials, at most"].set_value(7)
    find_button(app, "Search").click().run()

    assert not app.exception
    job = read_job(workspace, app.query_params["job"])
    told = SearchSettings.model_validate(job.spec["search"])
    assert (job.kind, job.spec["dataset"]) == ("search_settings", dataset_id)
    assert (told.model, told.method, told.searched) == (
        "random_forest",
        "bayesian",
        ("column_share",),
    )
    assert (told.minutes, told.most_trials) == (2.0, 7)
    assert RunSettings.model_validate(job.spec["settings"]).window.horizon_days == 60
    assert find_button(app, "Cancel")


def test_what_was_found_is_shown_and_trained_with(
    app: AppTest,
    workspace: Workspace,
    dataset_id: str,
    small_tables: tuple[Tables, QualityReport],
) -> None:
    """A cancelled search keeps its trials; it can be gone on with, and its best be trained."""
    job_id, folder = leave_search(workspace, dataset_id, small_tables[0])
    open_page(app, SEARCH, dataset=dataset_id, job=job_id)
    assert any("cancelled" in info.value for info in app.info)
    trials = app.dataframe[0].value
    assert sorted(map(str, trials["Trial"])) == ["1", "2", "3", "defaults"]
    assert trials["Score"].is_monotonic_increasing

    find_button(app, "Continue").click().run()
    assert not app.exception
    again = read_job(workspace, app.query_params["job"])
    assert again.spec["continues"] == job_id
    assert again.spec["search"]["most_trials"] == 6
    cancel_job(workspace, again.id)

    open_page(app, SEARCH, dataset=dataset_id, job=again.id)
    find_button(app, "Train with these settings").click().run()
    assert not app.exception
    training = read_job(workspace, app.query_params["job"])
    assert training.kind == "train_run"
    assert RunSettings.model_validate(training.spec["settings"]) == folder.settings()
    told = [str(Sentence.from_json(one)) for one in training.spec["searched"]]
    assert told == [f"Decision tree: {one}" for one in folder.account()]


def test_a_search_that_ended_between_its_first_files_shows_none_of_them(
    app: AppTest,
    workspace: Workspace,
    dataset_id: str,
    small_tables: tuple[Tables, QualityReport],
) -> None:
    """A table of trials without the account of them: the worker was stopped in between."""
    job_id, folder = leave_search(workspace, dataset_id, small_tables[0])
    for name in ("settings.json", "result.json"):
        (folder.folder / name).unlink()
    open_page(app, SEARCH, dataset=dataset_id, job=job_id)
    assert "Continue" not in [button.label for button in app.button]
    assert find_button(app, "Search")


def test_a_damaged_search_is_told_above_the_form(
    app: AppTest,
    workspace: Workspace,
    dataset_id: str,
    small_tables: tuple[Tables, QualityReport],
) -> None:
    """Neither a table of trials nor an account that cannot be read ends the page."""
    job_id, folder = leave_search(workspace, dataset_id, small_tables[0])
    for name in ("result.json", "history.csv", "request.json"):
        (folder.folder / name).write_bytes(b"")
    open_page(app, SEARCH, dataset=dataset_id, job=job_id)
    assert ["Begin a new search" in error.value for error in app.error] == [True]
    assert find_button(app, "Search")
    with pytest.raises(NothingStored, match=r"history\.csv"):
        folder.history()
    with pytest.raises(NothingStored, match=r"request\.json"):
        folder.keep_request({})


def test_history_too_short_is_told_in_place_of_a_form(app: AppTest, dataset_id: str) -> None:
    """Where no window lies before the test, the page says what is missing and asks nothing."""
    open_page(app, SEARCH, dataset=dataset_id)
    app.selectbox(key="horizon").set_value(90).run()
    app.toggle(key="by_hand").set_value(True).run()
    cutoff = app.date_input[0]
    cutoff.set_value(cutoff.min + dt.timedelta(days=100)).run()

    assert not app.exception
    assert len(app.error) == 1
    assert "longer order history" in app.error[0].value
    assert "Search" not in [button.label for button in app.button]


def test_automatic_training_is_queued_with_its_time(
    app: AppTest, workspace: Workspace, dataset_id: str
) -> None:
    """Beside the presets, Automatic asks for a time for the whole training."""
    open_page(app, TRAIN, dataset=dataset_id)
    app.segmented_control(key="preset").set_value("automatic").run()
    app.segmented_control(key="automatic_minutes").set_value(10.0).run()
    find_button(app, "Train").click().run()

    assert not app.exception
    job = read_job(workspace, app.query_params["job"])
    told = RunSettings.model_validate(job.spec["settings"])
    assert told.automatic_minutes == 10.0
    assert told.network == RunSettings().network
