"""The page Customers: whom it lists, what it tells of one, how it lets one go."""

from __future__ import annotations

import json
import shutil

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from clv_core.runs.folder import RunFolder
from clv_core.runs.scoring import check_run
from clv_core.storage.erasure import erase_person
from clv_core.storage.index import transaction
from clv_core.storage.people import find_places, read_person
from clv_core.storage.workspace import Workspace
from pages.parts.customer_list import _OPENED
from pages.parts.person_rights import write_copy
from tests.app.conftest import open_page

CUSTOMERS = "pages/value/customers.py"


def said(app: AppTest) -> str:
    """Return all prose of the page."""
    kinds = ("markdown", "caption", "info", "success", "text")
    return "\n".join(str(element.value) for kind in kinds for element in app.get(kind))


def opened_id(app: AppTest) -> str:
    """Return the id of the customer who is open, from the table of facts."""
    facts = next(one.value for one in app.dataframe if "Fact" in one.value.columns)
    return str(facts.set_index("Fact").loc["Customer", "Entry"])


def ids_of(found: RunFolder) -> pd.Series:
    """Return the shop's ids by key."""
    customers = found.customers()
    assert customers is not None
    return customers["customer_id"]


def test_a_customer_is_told_with_a_history(app: AppTest, run_id: str, found: RunFolder) -> None:
    """The figure's finding counts the days with an order; two captions say how to read it."""
    open_page(app, CUSTOMERS, run=run_id)
    key = found.forecast().index[0]
    features = found.features().loc[key]
    assert f"Days with an order: {int(features['frequency']) + 1}," in said(app).replace("\\", "")
    assert "Nobody says goodbye to a shop" in said(app).replace("\\", "")
    figure = json.loads(app.get("plotly_chart")[0].proto.spec)
    told = [note["text"] for note in figure["layout"]["annotations"]]
    assert [text.split()[0] for text in told] == ["Chance", "Orders;", "Visits", "Reviews;"]


def test_a_chance_is_told_up_to_the_last_day_and_dotted_after_it(
    app: AppTest, run_id: str, found: RunFolder
) -> None:
    """The first line ends on the cutoff, the second begins there and never rises."""
    open_page(app, CUSTOMERS, run=run_id)
    figure = json.loads(app.get("plotly_chart")[0].proto.spec)
    told, silence = figure["data"][:2]
    cutoff = found.plan().forecast_cutoff.isoformat()
    assert told["x"][-1].startswith(cutoff)
    assert silence["x"][0].startswith(cutoff)
    assert silence["line"]["dash"] == "dot"


def test_similar_customers_are_listed_and_opened(
    app: AppTest, run_id: str, found: RunFolder
) -> None:
    """Five others by distance; the one that is opened has the customer's facts shown."""
    open_page(app, CUSTOMERS, run=run_id)
    similar = next(one.value for one in app.dataframe if "distance" in one.value.columns)
    assert len(similar) == 5
    assert similar["distance"].is_monotonic_increasing
    assert opened_id(app) not in set(similar["customer_id"])

    wanted = str(similar["customer_id"].iloc[2])
    ids = ids_of(found)
    app.session_state[_OPENED] = (run_id, int(ids.index[ids == wanted][0]))
    app.session_state["customers_listing"] = 1
    app.run()
    assert not app.exception
    assert opened_id(app) == wanted
    assert wanted not in said(app)


def test_a_customer_beside_the_list_leads_back_to_it(
    app: AppTest, run_id: str, found: RunFolder
) -> None:
    """Opened as a similar one and not in the filtered list, they are shown with a way back."""
    open_page(app, CUSTOMERS, run=run_id)
    first = opened_id(app)
    app.text_input(key="customers_search").set_value(first).run()
    other = found.forecast().index[5]
    app.session_state[_OPENED] = (run_id, int(other))
    app.session_state["customers_listing"] = 9
    app.run()
    assert opened_id(app) == ids_of(found)[other]
    app.button(key="customers_back").click().run()
    assert opened_id(app) == first


def test_the_list_narrows_to_those_behind_a_mark(
    app: AppTest, run_id: str, found: RunFolder
) -> None:
    """Their name stands there as text, markup and all; everybody comes back on demand."""
    keys = found.forecast().index[[3, 4, 7]]
    app.session_state["customers_behind"] = (run_id, "Cohort *March*", keys)
    open_page(app, CUSTOMERS, run=run_id)
    assert set(app.dataframe[0].value["customer_id"]) == set(ids_of(found)[keys])
    assert "Cohort \\*March\\* \\(3\\)" in said(app)
    app.button(key="customers_show_all").click().run()
    assert len(app.dataframe[0].value) == len(found.forecast())
    assert "customers_behind" not in app.session_state


def test_a_value_table_has_no_history_and_says_so(app: AppTest, value_run_id: str) -> None:
    """One sentence and what to bring; neighbours and rights are there all the same."""
    open_page(app, CUSTOMERS, run=value_run_id)
    assert "There is no history to show" in said(app)
    assert any("distance" in one.value.columns for one in app.dataframe)
    assert app.button(key="customers_erase")


def test_a_result_without_a_process_shows_what_was_done(
    app: AppTest, run_id: str, workspace: Workspace
) -> None:
    """An older result without the statistical expectation still has its orders."""
    (workspace.run(run_id).folder / "expectation.json").unlink()
    open_page(app, CUSTOMERS, run=run_id)
    figure = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert figure["layout"]["annotations"][0]["text"].startswith("Orders")


def test_erasing_asks_first_and_then_leaves_nothing(
    app: AppTest, run_id: str, dataset_id: str, workspace: Workspace, found: RunFolder
) -> None:
    """Ticked and confirmed, the customer is gone from the list, the disk and the session."""
    open_page(app, CUSTOMERS, run=run_id)
    key, name = int(found.forecast().index[0]), opened_id(app)
    app.button(key="customers_erase").click().run()
    assert app.button(key="customers_erase_now").disabled
    app.checkbox(key=f"customers_sure:{key}").check().run()
    app.button(key="customers_erase_now").click().run()
    assert not app.exception
    assert app.success[0].value.startswith("The person was erased. Rows removed:")
    assert name not in set(app.dataframe[0].value["customer_id"])
    assert opened_id(app) != name
    assert all(read_person(place, key).empty for place in find_places(workspace, dataset_id))
    app.run()
    assert not app.success


def test_a_customer_of_a_value_table_is_erased_as_well(
    app: AppTest, value_run_id: str, value_dataset_id: str, workspace: Workspace
) -> None:
    """The run stays whole without them: its page, its lists and its checksums."""
    found = RunFolder(workspace.run(value_run_id).folder)
    key, count = int(found.forecast().index[0]), len(found.forecast())
    features = found.features().drop(index=key)
    erase_person(workspace, value_dataset_id, key)
    open_page(app, CUSTOMERS, run=value_run_id)
    assert len(app.dataframe[0].value) == count - 1
    assert len(pd.read_csv(found.folder / "forecast.csv")) == count - 1
    pd.testing.assert_frame_equal(found.features(), features, check_categorical=False)
    check_run(found)


def test_erasing_waits_for_a_job_in_words(
    app: AppTest, run_id: str, dataset_id: str, workspace: Workspace, found: RunFolder
) -> None:
    """While a training reads the data the dialog says so and the customer stays."""
    spec = json.dumps({"dataset": dataset_id})
    with transaction(workspace.index) as connection:
        connection.execute(
            "INSERT INTO jobs (id, lane, kind, spec, state, created_at, started_at)"
            " VALUES ('1', 'train', 'train_run', ?, 'running', 0, 9e12)",
            (spec,),
        )
    open_page(app, CUSTOMERS, run=run_id)
    key = int(found.forecast().index[0])
    app.button(key="customers_erase").click().run()
    app.checkbox(key=f"customers_sure:{key}").check().run()
    app.button(key="customers_erase_now").click().run()
    assert not app.exception
    assert app.error[0].value.startswith("Wait until it has ended")
    assert key in found.forecast().index


def test_the_same_id_in_another_data_set_is_told(
    app: AppTest, run_id: str, dataset_id: str, workspace: Workspace
) -> None:
    """The dialog names the other data set by its title, as text."""
    folder = workspace.root / "partial" / "second"
    shutil.copytree(workspace.dataset(dataset_id).folder, folder)
    workspace.publish_dataset(folder, "Shop *two*")
    open_page(app, CUSTOMERS, run=run_id)
    app.button(key="customers_erase").click().run()
    assert "Shop *two*" in [one.value for one in app.text]


def test_a_copy_is_put_on_record_without_the_person(
    workspace: Workspace, run_id: str, dataset_id: str, found: RunFolder
) -> None:
    """What was handed over is the person's, what is on record is its size."""
    key = int(found.forecast().index[0])
    name = str(ids_of(found)[key])
    content = write_copy(workspace, dataset_id, key, ["About"])
    assert name in content.decode("utf-8")
    entry = workspace.audit()[0]
    assert entry["action"] == "export_person"
    assert entry["bytes"] == len(content)
    assert name not in json.dumps(entry)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_is_there_in_both_languages(app: AppTest, run_id: str, language: str) -> None:
    """A link to it renders on a fresh server."""
    open_page(app, CUSTOMERS, run=run_id, lang=language)
    assert app.title
