"""What a user can say about a file and about the rules, before and after it is read."""

from __future__ import annotations

import io
import random

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from clv_core.cleaning.report import QualityReport
from clv_core.ingest.choice import FileChoice
from clv_core.jobs.queue import list_jobs, read_job
from clv_core.settings import CleaningSettings
from clv_core.storage.previews import read_preview
from clv_core.storage.profiles import list_profiles
from clv_core.storage.workspace import Workspace
from pages.parts.cleaning_controls import rule_groups, rule_options
from pages.parts.rejected_rows import ROWS_SHOWN, write_rejected_csv
from tests.app.conftest import open_page, wait_for_job

UPLOAD = "pages/prepare/upload.py"
REVIEW = "pages/prepare/review.py"


def write_orders(first: int, count: int = 300) -> bytes:
    """Return orders with plain headers; every tenth has no customer."""
    lines = []
    for n in range(first, first + count):
        customer = "" if n % 10 == 0 else f"C{n % 40}"
        lines.append(f"{n},{customer},2024-{n % 12 + 1:02d}-{n % 28 + 1:02d},{n % 7 + 3}")
    return ("order_id,customer_id,order_time,amount\n" + "\n".join(lines) + "\n").encode()


def write_value_table(count: int = 120) -> bytes:
    """Return customers with a value, a column that gives it away, and a few blank values."""
    drawn = random.Random(4)
    lines = ["customer_id,age,visits,channel,CLTV score,CLTV"]
    for n in range(count):
        age, visits = drawn.randint(18, 80), drawn.randint(1, 30)
        value = "" if n % 20 == 0 else f"{age * 2 + visits * 11}"
        lines.append(f"K{n},{age},{visits},{drawn.choice(['web', 'shop'])},{n % 5},{value}")
    return ("\n".join(lines) + "\n").encode()


def bring(app: AppTest, workspace: Workspace, **files: bytes) -> list[str]:
    """Open the upload page with files on the table and return their ids."""
    ids = [workspace.store_upload(f"{name}.csv", content).id for name, content in files.items()]
    open_page(app, UPLOAD, files=",".join(ids))
    return ids


def find_button(app: AppTest, label: str):
    """Return the one button with a label."""
    return next(button for button in app.button if button.label == label)


def said(app: AppTest) -> str:
    """Return all prose of a page, without the signs that escape Markdown."""
    kinds = ("markdown", "caption", "text", "warning", "info")
    return "\n".join(e.value for kind in kinds for e in app.get(kind)).replace("\\", "")


def press(app: AppTest, workspace: Workspace, label: str) -> dict:
    """Press a button that asks the worker for something; return what it was told."""
    find_button(app, label).click().run()
    assert not app.exception
    job_id = app.query_params["job"]
    wait_for_job(workspace, job_id)
    app.run()
    assert not app.exception
    return read_job(workspace, job_id).spec


def edit(app: AppTest, key: str, row: int, **cells: object) -> None:
    """Edit cells of a table as the browser would, and run the page."""
    app.session_state[key] = {"edited_rows": {row: cells}, "added_rows": [], "deleted_rows": []}
    app.run()
    assert not app.exception


def test_every_rule_has_a_control() -> None:
    """A setting without a name on the screen could not be chosen."""
    shown = [name for labels in rule_groups().values() for name in labels]

    assert sorted(shown) == sorted(CleaningSettings.model_fields)


@pytest.mark.parametrize("name", rule_options())
def test_every_option_of_a_rule_can_be_used(name: str) -> None:
    """What a list offers is what the settings accept."""
    unset = CleaningSettings.model_fields[name].default
    for option in rule_options()[name]:
        wanted = option or unset
        assert getattr(CleaningSettings.check({name: wanted}), name) == wanted


def test_rules_on_screen_are_the_rules_told(app: AppTest, workspace: Workspace) -> None:
    """Switches, lists and typed codes reach the job as settings."""
    bring(app, workspace, orders=write_orders(0))
    app.toggle(key="reversed_pairs_upload").set_value(False)
    app.selectbox(key="outliers_upload").set_value("iqr")
    app.text_input(key="non_goods_codes_upload").set_value("GIFT, WRAP，包装")
    app.selectbox(key="currency").set_value("EUR").run()
    app.number_input(key="iqr_factor_upload").set_value(2.5).run()
    told = CleaningSettings.model_validate(press(app, workspace, "Read and clean")["cleaning"])

    assert told == CleaningSettings(
        reversed_pairs="keep",
        outliers="iqr",
        iqr_factor=2.5,
        non_goods_codes=("GIFT", "WRAP", "包装"),
        currency="EUR",
    )


def test_a_reading_said_by_the_user_reaches_the_job(app: AppTest, workspace: Workspace) -> None:
    """Header line, separator and encoding are told to the reader, the rest is left to it."""
    (upload,) = bring(app, workspace, orders=write_orders(0))
    app.selectbox(key=f"encoding_{upload}").set_value("latin-1")
    app.selectbox(key=f"delimiter_{upload}").set_value(",")
    app.number_input(key=f"header_line_{upload}").set_value(1).run()
    spec = press(app, workspace, "Read and clean")
    choice = FileChoice.model_validate(spec["files"][0]["choice"])

    assert (choice.encoding, choice.delimiter, choice.lead_lines) == ("latin-1", ",", 0)
    assert (choice.part, choice.has_header, choice.kind) == (None, None, "orders")


def test_files_of_one_kind_are_told_to_be_appended(app: AppTest, workspace: Workspace) -> None:
    """Two monthly exports are named as one kind, and may be read together."""
    bring(app, workspace, january=write_orders(0), february=write_orders(200))

    assert "2 files hold the same kind (Orders)" in said(app)
    assert not find_button(app, "Read and clean").disabled


def test_a_value_table_stands_alone(app: AppTest, workspace: Workspace) -> None:
    """Beside orders it is refused with what to remove; alone it may be read."""
    bring(app, workspace, orders=write_orders(0), values=write_value_table())
    assert "stands alone" in said(app)
    assert find_button(app, "Read and clean").disabled
    find_button(app, "Remove").click().run()

    assert "stands alone" not in said(app)
    assert not find_button(app, "Read and clean").disabled


def test_columns_that_give_the_value_away_are_named(app: AppTest, workspace: Workspace) -> None:
    """A leak is off with its reason, can be taken in knowingly, and the target can be changed."""
    (upload,) = bring(app, workspace, values=write_value_table())
    assert "not a forecast in time" in said(app)
    assert "CLTV score: " in said(app)
    key = f"features_{upload}_value_table_CLTV"
    table = app.data_editor[-1].value
    leak = list(table["column"]).index("CLTV score")
    assert list(table["column"][table["used"]]) == ["age", "visits", "channel"]
    edit(app, key, leak, used=True)
    spec = press(app, workspace, "Read and clean")
    choice = FileChoice.model_validate(spec["files"][0]["choice"])

    assert choice.mapping == {"target_value": "CLTV", "customer_id": "customer_id"}
    assert choice.features == ("age", "visits", "channel", "CLTV score")


def test_another_column_can_be_the_value(app: AppTest, workspace: Workspace) -> None:
    """The value that was chosen is learnt, and no longer learnt from."""
    (upload,) = bring(app, workspace, values=write_value_table())
    app.selectbox(key=f"target_{upload}_value_table").set_value("visits").run()

    assert not app.exception
    assert "visits" not in list(app.data_editor[-1].value["column"])
    assert {"age", "CLTV"} <= set(app.data_editor[-1].value["column"])


def test_a_layout_is_remembered_and_forgotten(app: AppTest, workspace: Workspace) -> None:
    """A corrected mapping is found again by the headers of the next file, until forgotten."""
    (upload,) = bring(app, workspace, orders=write_orders(0))
    edit(app, f"mapping_{upload}_orders", 3, column=None)  # the order number is not to be used
    find_button(app, "Remember").click().run()
    assert [profile.name for profile in list_profiles(workspace)] == ["orders"]

    (again,) = bring(app, workspace, february=write_orders(300))
    assert "Read like last time (layout orders)" in said(app)
    mapping = app.data_editor[0].value["column"]
    assert mapping[mapping.notna()].to_dict() == {
        "customer_id": "customer_id",
        "order_time": "order_time",
        "amount": "amount",
    }
    find_button(app, "Forget this layout").click().run()
    assert list_profiles(workspace) == []
    assert app.data_editor[0].value["column"]["order_id"] == "order_id"
    assert again != upload


def test_a_rule_is_previewed_then_applied(app: AppTest, workspace: Workspace) -> None:
    """The preview sets the rules' rows side by side; applying gives a data set of its own."""
    bring(app, workspace, orders=write_orders(0) + write_orders(5, 1).split(b"\n", 1)[1])
    press(app, workspace, "Read and clean")
    first = app.query_params["dataset"]
    app.toggle(key=f"repeated_lines_{first}").set_value(False).run()
    press(app, workspace, "Preview")
    assert read_preview(workspace, app.query_params["job"])
    compared = next(t.value for t in app.dataframe if "rows_after" in t.value)
    changed = compared[compared["rows_before"] != compared["rows_after"]]
    assert changed[["rows_before", "rows_after"]].to_numpy().tolist() == [[1, 0]]
    assert app.query_params["dataset"] == first

    spec = press(app, workspace, "Apply")
    assert spec["cleaning"]["repeated_lines"] == "keep"
    assert app.query_params["dataset"] != first
    assert len(workspace.datasets()) == 2
    table = next(t.value for t in app.dataframe if "Outcome" in t.value)
    assert isinstance(table, pd.DataFrame)
    assert "Rows" in table


def test_rejected_rows_are_listed_by_reason(app: AppTest, workspace: Workspace) -> None:
    """Each row stands with file, line, column and reason; a reason can be looked at alone."""
    broken = write_orders(0) + b"900,C1,2024-01-02,much\n901,C2,2024-01-02\n"
    bring(app, workspace, orders=broken)
    press(app, workspace, "Read and clean")
    listed = next(t.value for t in app.dataframe if "Line" in t.value)
    assert len(listed) == 32
    assert set(listed["File"]) == {"orders.csv"}
    assert "32 rows were left out" in said(app)
    unread = listed[listed["Row"] == 301].iloc[0]
    assert (unread["Line"], unread["Column"]) == (302, "amount")

    reasons = app.selectbox(key=f"reason_{app.query_params['dataset']}_0")
    missing = next(option for option in reasons.options if "customer" in option)
    reasons.select(missing).run()
    assert not app.exception
    alone = next(t.value for t in app.dataframe if "Line" in t.value)
    assert list(alone["Row"]) == list(range(1, 301, 10))
    assert set(alone["Reason"]) == {missing}


def test_rejected_rows_are_handed_out_whole(app: AppTest, workspace: Workspace) -> None:
    """The download holds more rows than the screen, guarded against formulas."""
    lines = [f"={n},,2024-01-02,5" for n in range(ROWS_SHOWN + 20)]
    content = write_orders(0) + ("\n".join(lines) + "\n").encode()
    bring(app, workspace, **{"=orders": content})
    press(app, workspace, "Read and clean")
    dataset = workspace.datasets()[0]
    report = QualityReport.from_json((dataset.folder / "quality.json").read_text("utf-8"))
    case = next(case for case in report.files[0].rejected if case.rows > ROWS_SHOWN)
    told = {case.reason: "+ why"}
    names = {"reason": "@reason"}
    written = write_rejected_csv(dataset, report, 0, case.code, told, names)
    rows = pd.read_csv(io.BytesIO(written))

    assert len(rows) == case.rows == ROWS_SHOWN + 50
    assert set(rows["'@reason"]) == {"'+ why"}
    assert set(rows["file"]) == {"'=orders.csv"}
    shown = next(t.value for t in app.dataframe if "Line" in t.value)
    assert len(shown) == ROWS_SHOWN


def test_files_that_are_gone_cannot_be_read_again(app: AppTest, workspace: Workspace) -> None:
    """Without the uploads the review says so and leads to the upload."""
    (upload,) = bring(app, workspace, orders=write_orders(0))
    press(app, workspace, "Read and clean")
    workspace.delete_upload(upload)
    app.run()

    assert "not here any more" in said(app)
    assert not [button for button in app.button if button.label in ("Preview", "Apply")]


def test_rules_are_previewed_before_the_files_are_read(app: AppTest, workspace: Workspace) -> None:
    """On the upload page a preview shows the account and publishes nothing."""
    bring(app, workspace, orders=write_orders(0))
    press(app, workspace, "Preview")

    assert "270 of 300 rows would be kept" in said(app)
    assert workspace.datasets() == []
    assert [job.kind for job in list_jobs(workspace)] == ["preview_dataset"]
