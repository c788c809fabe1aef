"""The export page: what it counts, what it writes, and what stays on record."""

from __future__ import annotations

import hashlib
import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from clv_core.activation.contacts import read_contacts, survey_contacts
from clv_core.activation.export_plan import ExportPlan, plan_export
from clv_core.activation.export_settings import ExportSettings
from clv_core.activation.handover import Taken
from clv_core.activation.platforms.registry import TARGETS
from clv_core.runs.folder import RunFolder
from clv_core.storage.exports import list_exports, read_members
from clv_core.storage.suppression import SuppressionList
from clv_core.storage.workspace import Workspace
from pages.parts.downloads import write_control_list, write_list
from tests.app.conftest import open_page

EXPORT = "pages/act/export.py"
COUNT = re.compile(r"^[\d,]+ customers$")


def said(app: AppTest) -> str:
    """Return all prose of a page, without the marks that keep it from being Markdown."""
    kinds = ("markdown", "caption", "warning")
    told = "\n".join(element.value for kind in kinds for element in app.get(kind))
    return told.replace("\\", "")


def counted(app: AppTest) -> int:
    """Return how many customers the page says are in the file."""
    (told,) = [head.value for head in app.subheader if COUNT.match(head.value)]
    return int(told.split()[0].replace(",", ""))


def plan_of(found: RunFolder, **settings: object) -> ExportPlan:
    """Plan an export of the open result as the core does it."""
    customers = found.customers()
    assert customers is not None
    wanted = ExportSettings.check(settings)
    survey = survey_contacts(customers, read_contacts(customers, wanted.default_country))
    return plan_export(found.forecast(), customers, survey, wanted)


def test_only_consenting_customers_unless_asked_otherwise(app: AppTest, run_id: str) -> None:
    """Where files tell of consent, the list starts with those who gave it."""
    open_page(app, EXPORT, run=run_id)
    agreed = counted(app)
    app.toggle(key=f"export_consent:{run_id}").set_value(False).run()
    assert counted(app) > agreed > 0
    assert "did not agree to be contacted" in said(app)


@pytest.mark.parametrize("target", list(TARGETS))
def test_every_target_is_counted_shown_and_offered(
    app: AppTest, run_id: str, found: RunFolder, target: str
) -> None:
    """The count is the core's, the preview bears the platform's columns, the button is there."""
    open_page(app, EXPORT, run=run_id)
    app.selectbox(key="export_target").set_value(target).run()
    assert not app.exception
    plan = plan_of(found, target=target, consented_only=True)
    assert counted(app) == len(plan.written)
    assert f"{plan.chosen} are in the chosen tiers" in said(app)
    first = app.dataframe[0].value.columns[0]
    assert first.split(" ")[0].lower().startswith(("email", "customer_id"))
    assert not app.download_button(key="export_download").disabled


@pytest.mark.parametrize("target", ["klaviyo", "tiktok"])
def test_the_page_speaks_chinese(app: AppTest, run_id: str, target: str) -> None:
    """Every country that can be chosen has a name or its code; the account is told."""
    app.session_state["export_target"] = target
    open_page(app, EXPORT, run=run_id, lang="zh")
    assert "文件中共" in said(app)
    assert "中国 (CN)" in app.selectbox(key=f"export_country:{run_id}").options


def test_customers_picked_elsewhere_are_the_only_ones(
    app: AppTest, run_id: str, found: RunFolder
) -> None:
    """What a chart or a list handed over narrows the export; who is left out is counted."""
    open_page(app, EXPORT, run=run_id)
    everybody = plan_of(found, consented_only=True)
    keys = everybody.written[:40]
    app.session_state["customers_behind"] = (run_id, "Forty **of** them", keys)
    app.session_state[f"export_behind:{run_id}"] = True
    app.run()
    assert not app.exception
    assert counted(app) == 40
    assert "not among the customers you came with" in said(app)
    assert "Forty **of** them" in [text.value for text in app.text]


def test_without_a_control_group_the_page_says_what_is_lost(app: AppTest, run_id: str) -> None:
    """It takes a click, and a warning stays; with one the page says what it could show."""
    open_page(app, EXPORT, run=run_id)
    assert "drawn at random are left alone" in said(app)
    app.toggle(key="export_has_controls").set_value(False).run()
    assert not app.exception
    assert "nobody will be able to say" in app.warning[0].value
    assert not [button for button in app.download_button if button.key == "export_controls"]


def test_whoever_is_suppressed_is_on_no_list(
    app: AppTest, workspace: Workspace, run_id: str, found: RunFolder
) -> None:
    """An id pasted on the page leaves every list, is counted, and can be forgotten again."""
    customers = found.customers()
    assert customers is not None
    open_page(app, EXPORT, run=run_id)
    before = counted(app)
    agreed = plan_of(found, consented_only=True).written
    app.text_area(key="export_pasted").set_value(str(customers.loc[agreed[0], "customer_id"]))
    next(b for b in app.button if b.label == "Add to the suppression list").click().run()
    assert not app.exception
    assert len(SuppressionList(workspace)) == 1
    assert counted(app) == before - 1
    assert "less 1: on the suppression list" in said(app)
    app.button(key="export_unsuppress").click().run()
    assert counted(app) == before


@pytest.mark.parametrize("target", ["csv", "xlsx", "google"])
def test_an_export_is_put_on_record_without_anybody_in_it(
    workspace: Workspace, run_id: str, dataset_id: str, found: RunFolder, target: str
) -> None:
    """The record holds counts and the hash of the bytes; members and controls are remembered."""
    customers = found.customers()
    assert customers is not None
    plan = plan_of(found, target=target, value_tiers=["high"])
    content = write_list(Taken(workspace, run_id, dataset_id, "me"), plan)
    entry = workspace.audit()[0]
    digest = hashlib.sha256(content).hexdigest()
    assert (entry["action"], entry["who"], entry["sha256"]) == ("export", "me", digest)
    assert entry["rows"] == len(plan.written)
    told = json.dumps(entry)
    assert "@" not in told
    assert not [one for one in customers["customer_id"] if one in told]
    (record,) = list_exports(workspace, dataset_id)
    assert (record.target, record.sha256, record.control_share) == (target, digest, 0.1)
    members = read_members(workspace, record.id)
    assert set(members.index) == set(plan.audience.index)
    assert members["is_control"].sum() == round(0.1 * len(members))


def test_a_control_group_that_is_taken_is_on_record_too(
    workspace: Workspace, run_id: str, dataset_id: str, found: RunFolder
) -> None:
    """The shop's ids leave the house: who took how many, and the hash of the file."""
    customers = found.customers()
    assert customers is not None
    plan = plan_of(found, target="meta", default_country="GB")
    content = write_control_list(Taken(workspace, run_id, dataset_id, "me"), plan)
    entry = workspace.audit()[0]
    assert (entry["action"], entry["who"], entry["rows"]) == (
        "export_controls",
        "me",
        plan.is_control.sum(),
    )
    assert entry["sha256"] == hashlib.sha256(content).hexdigest()
    told = json.dumps(entry)
    assert not [one for one in customers["customer_id"] if one in told]


def test_no_list_is_offered_while_it_is_not_known_who_is_suppressed(
    app: AppTest, workspace: Workspace, run_id: str
) -> None:
    """The key is gone: the page says so, and how to go on, and offers no file."""
    SuppressionList(workspace).add([("id:a",)])
    (workspace.root / "suppression/key").unlink()
    open_page(app, EXPORT, run=run_id)
    assert app.error
    assert not app.get("download_button")
    app.button(key="export_unsuppress").click().run()
    assert not app.error
    assert not app.download_button(key="export_download").disabled


def test_the_same_file_taken_twice_is_remembered_once(
    workspace: Workspace, run_id: str, dataset_id: str, found: RunFolder
) -> None:
    """Two lines in the trail, one comparison to come."""
    customers = found.customers()
    assert customers is not None
    plan = plan_of(found)
    for _ in "ab":
        write_list(Taken(workspace, run_id, dataset_id), plan)
    assert len(workspace.audit()) == 2
    assert len(list_exports(workspace)) == 1


def test_what_was_taken_is_listed_and_its_controls_can_be_spared(
    app: AppTest, workspace: Workspace, run_id: str, dataset_id: str, found: RunFolder
) -> None:
    """The page names the earlier list; another draw leaves out its control group on request."""
    customers = found.customers()
    assert customers is not None
    plan = plan_of(found, consented_only=True)
    write_list(Taken(workspace, run_id, dataset_id), plan)
    open_page(app, EXPORT, run=run_id)
    assert app.dataframe[-1].value["Where to"].tolist() == ["CSV"]
    before = counted(app)
    app.toggle(key="export_spares").set_value(True).run()
    assert counted(app) == before - int(plan.is_control.sum())
    assert "in the control group of an earlier export" in said(app)


def test_a_value_table_goes_to_a_platform_too(app: AppTest, value_run_id: str) -> None:
    """Whoever has an address or a number is written; a country is asked for."""
    open_page(app, EXPORT, run=value_run_id)
    app.selectbox(key="export_target").set_value("meta").run()
    assert not app.exception
    app.selectbox(key=f"export_country:{value_run_id}").set_value("GB").run()
    assert not app.exception
