"""The way from a file to a queued training, as a user clicks it."""

from __future__ import annotations

import shutil

from streamlit.testing.v1 import AppTest

from clv_core.jobs.queue import cancel_job, list_jobs, read_job, submit_job
from clv_core.network_presets import NETWORK_PRESETS
from clv_core.settings import RunSettings
from clv_core.storage.workspace import Workspace
from tests.app.conftest import open_page, wait_for_job

UPLOAD = "pages/prepare/upload.py"
TRAIN = "pages/model/train.py"
SMALL_FILE = b"q1,q2,q3\n" + b"".join(
    b"C%d,%d.50,2024-%02d-%02d\n" % (row % 40, row % 90 + 5, row % 12 + 1, row % 28 + 1)
    for row in range(400)
)


def bring(app: AppTest, workspace: Workspace, name: str, content: bytes) -> None:
    """Open the upload page with a file on the table, as the drop zone leaves it."""
    open_page(app, UPLOAD, files=workspace.store_upload(name, content).id)


def find_button(app: AppTest, label: str):
    """Return the one button with a label."""
    return next(button for button in app.button if button.label == label)


def test_a_file_is_stored_read_and_reviewed(app: AppTest, workspace: Workspace) -> None:
    """An uploaded file is on disk at once, its columns are named by hand, and it is cleaned."""
    bring(app, workspace, "<b>shop</b>.csv", SMALL_FILE)
    upload = workspace.upload(app.query_params["files"])
    assert upload.path.read_bytes() == SMALL_FILE
    assert upload.file_name in [text.value for text in app.text]
    assert find_button(app, "Read and clean").disabled  # nobody could know the columns

    rows = app.data_editor[0].value
    named = {"customer_id": "q1", "order_time": "q3", "amount": "q2"}
    edits = {list(rows.index).index(field): {"column": column} for field, column in named.items()}
    app.session_state[f"mapping_{upload.id}_orders"] = {
        "edited_rows": edits,
        "added_rows": [],
        "deleted_rows": [],
    }
    app.run()
    app.switch_page(TRAIN).run()
    app.switch_page(UPLOAD).run()
    kept = app.data_editor[0].value["column"]
    assert kept[kept.notna()].to_dict() == named
    find_button(app, "Read and clean").click().run()
    assert not app.exception

    job_id = app.query_params["job"]
    assert read_job(workspace, job_id).spec["files"][0]["choice"]["mapping"] == named
    wait_for_job(workspace, job_id)
    app.run()

    assert not app.exception
    assert [title.value for title in app.title] == ["Review"]
    assert app.query_params["dataset"] == workspace.datasets()[0].id
    assert {metric.label: metric.value for metric in app.metric}["Customers"] == "40"


def test_a_file_that_is_no_table_is_refused(app: AppTest, workspace: Workspace) -> None:
    """A web page saved as CSV is named as what it is, and cannot be read."""
    bring(app, workspace, "orders.csv", b"<!DOCTYPE html><html><body>no</body></html>")

    assert not app.exception
    assert len(app.error) == 1
    assert "Read and clean" not in [button.label for button in app.button]


def test_a_refused_file_holds_up_the_others_until_it_goes(
    app: AppTest, workspace: Workspace
) -> None:
    """Why nothing can be read is said beside the button; without the file it can be pressed."""
    orders = SMALL_FILE.replace(b"q1,q2,q3", b"customer_id,amount,order_time")
    files = {"orders.csv": orders, "empty.csv": b""}
    ids = [workspace.store_upload(name, content).id for name, content in files.items()]
    open_page(app, UPLOAD, files=",".join(ids))
    assert find_button(app, "Read and clean").disabled
    assert any("One of the files cannot be read" in warning.value for warning in app.warning)
    app.button(key=f"remove_{ids[1]}").click().run()

    assert not app.exception
    assert not find_button(app, "Read and clean").disabled


def test_removing_a_file_deletes_its_bytes(app: AppTest, workspace: Workspace) -> None:
    """What the user takes off the table is gone from the disk."""
    bring(app, workspace, "orders.csv", SMALL_FILE)
    find_button(app, "Remove").click().run()

    assert not app.exception
    assert list((workspace.root / "uploads").iterdir()) == []
    assert "files" not in app.query_params


def test_the_sample_shop_is_one_click(app: AppTest, workspace: Workspace) -> None:
    """One click puts the four sample files on the table, ready to be read."""
    open_page(app, UPLOAD)
    find_button(app, "Try the sample shop").click().run()

    assert not app.exception
    kinds = [app.session_state[f"kind_{file}"] for file in app.query_params["files"].split(",")]
    assert kinds == ["orders", "events", "reviews", "customers"]
    assert not find_button(app, "Read and clean").disabled


def test_training_is_queued_with_the_settings_on_screen(
    app: AppTest, workspace: Workspace, dataset_id: str
) -> None:
    """What the form shows is what the job is told; the job's id is in the URL."""
    open_page(app, TRAIN, dataset=dataset_id)
    app.selectbox(key="horizon").set_value(60).run()
    app.segmented_control(key="preset").set_value("quick").run()
    app.number_input(key="network_quick_epochs").set_value(7)
    find_button(app, "Train").click().run()

    assert not app.exception
    job = read_job(workspace, app.query_params["job"])
    told = RunSettings.model_validate(job.spec["settings"])
    assert job.spec["dataset"] == dataset_id
    assert told.window.horizon_days == 60
    assert told.network == NETWORK_PRESETS["quick"].model_copy(update={"epochs": 7})
    assert find_button(app, "Cancel")


def test_more_models_are_fitted_where_they_are_asked_for(
    app: AppTest, workspace: Workspace, dataset_id: str
) -> None:
    """Chosen models show their settings, and the job is told of both."""
    open_page(app, TRAIN, dataset=dataset_id)
    app.multiselect(key="families_").set_value(["mbg_nbd", "svm"]).run()
    app.number_input(key="family_svm_landmarks").set_value(50)
    app.selectbox(key="family_svm_kernel").set_value("linear")
    app.number_input(key="purchases_penalty_spread").set_value(3.0)
    find_button(app, "Train").click().run()

    assert not app.exception
    told = RunSettings.model_validate(read_job(workspace, app.query_params["job"]).spec["settings"])
    assert told.families == ("mbg_nbd", "svm")
    assert (told.svm.landmarks, told.svm.kernel) == (50, "linear")
    assert told.purchases.penalty_spread == 3.0


def test_a_setting_that_cannot_be_is_told(
    app: AppTest, workspace: Workspace, dataset_id: str
) -> None:
    """Layers that are no numbers are refused with a sentence, and nothing is queued."""
    open_page(app, TRAIN, dataset=dataset_id)
    app.text_input(key="network_balanced_hidden_units").set_value("many, few")
    find_button(app, "Train").click().run()

    assert not app.exception
    assert len(app.error) == 1
    assert list_jobs(workspace) == []


def test_a_second_training_queues_behind_another_shops(
    app: AppTest, workspace: Workspace, dataset_id: str
) -> None:
    """Work on other data neither takes the page over nor can be cancelled from it."""
    submit_job(workspace, "train", "train_run", {"dataset": "other", "settings": {}})
    open_page(app, TRAIN, dataset=dataset_id)
    assert not [button for button in app.button if button.label in ("Cancel", "Watch it")]
    find_button(app, "Train").click().run()

    assert not app.exception
    others, own = list_jobs(workspace, "train")
    assert (own.id, own.spec["dataset"]) == (app.query_params["job"], dataset_id)
    assert others.id != own.id


def test_a_training_of_the_same_data_is_watched_on_request(
    app: AppTest, workspace: Workspace, dataset_id: str
) -> None:
    """Without its link a running training of the open data is offered, not forced."""
    spec = {"dataset": dataset_id, "settings": RunSettings().model_dump(mode="json")}
    job_id = submit_job(workspace, "train", "train_run", spec)
    open_page(app, TRAIN, dataset=dataset_id)
    assert find_button(app, "Train")
    find_button(app, "Watch it").click().run()

    assert not app.exception
    assert app.query_params["job"] == job_id
    assert find_button(app, "Cancel")


def test_data_sets_that_look_alike_are_told_apart(
    app: AppTest, workspace: Workspace, dataset_id: str
) -> None:
    """Of two data sets with one name and minute, the one that was opened stays open."""
    twin = workspace.root / "partial" / "twin"
    shutil.copytree(workspace.dataset(dataset_id).folder, twin)
    twin_id = workspace.publish_dataset(twin, "Small shop")
    for opened in (dataset_id, twin_id):
        open_page(app, TRAIN, dataset=opened)
        box = app.selectbox(key="open_dataset")
        assert len(set(box.options)) == len(box.options) == len(workspace.datasets())
        assert box.value == opened


def test_a_cancelled_training_can_be_tried_again(
    app: AppTest, workspace: Workspace, dataset_id: str
) -> None:
    """A cancelled job says so after a refresh and is queued anew on request."""
    open_page(app, TRAIN, dataset=dataset_id)
    find_button(app, "Train").click().run()
    first = app.query_params["job"]
    cancel_job(workspace, first)

    open_page(app, TRAIN, dataset=dataset_id, job=first)
    assert any("cancelled" in info.value for info in app.info)
    find_button(app, "Try again").click().run()

    assert not app.exception
    assert app.query_params["job"] != first
    one, other = list_jobs(workspace)
    assert one.spec == other.spec


def test_a_switch_of_pages_keeps_what_is_open(app: AppTest, run_id: str, dataset_id: str) -> None:
    """The URL names the open data set and result on every page, and the language."""
    open_page(app, TRAIN, run=run_id, lang="zh")

    assert app.query_params["run"] == run_id
    assert app.query_params["dataset"] == dataset_id
    assert app.query_params["lang"] == "zh"


def test_an_unclear_date_order_is_asked_for(app: AppTest, workspace: Workspace) -> None:
    """Where no date settles which number is the day, the page asks, and reads on the answer."""
    rows = "".join(
        f"{n},C{n % 40},0{n % 9 + 1}/0{n % 8 + 1}/2024,{n % 7 + 3}\n" for n in range(200)
    )
    content = f"order_id,customer_id,order_time,amount\n{rows}".encode()
    bring(app, workspace, "orders.csv", content)
    find_button(app, "Read and clean").click().run()
    wait_for_job(workspace, app.query_params["job"])
    app.run()
    assert len(app.error) == 1
    find_button(app, "Day first (31/01)").click().run()

    assert not app.exception
    assert (
        read_job(workspace, app.query_params["job"]).spec["cleaning"]["date_order"] == "day_first"
    )
