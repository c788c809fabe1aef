"""How columns become numbers, and how past days are moved, as the Train page asks it."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from clv_core.jobs.queue import cancel_job, read_job
from clv_core.model_settings import MatrixSettings
from clv_core.settings import RunSettings
from clv_core.storage.workspace import Workspace
from pages.parts.inputs import CHOICES, option_names
from pages.parts.matrix_inputs import matrix_labels
from tests.app.conftest import open_page

TRAIN = "pages/model/train.py"


def test_every_setting_of_the_matrix_can_be_asked_for() -> None:
    """No field is without a label, no choice without a name."""
    assert set(matrix_labels(has_categories=True)) == set(MatrixSettings.model_fields)
    chosen = ("selection", "crosses", "compression")
    assert {option for name in chosen for option in CHOICES[name]} <= set(option_names())


def test_options_reach_the_training(app: AppTest, workspace: Workspace, dataset_id: str) -> None:
    """Selection, crosses, compression and jitter are off, and told to the job once chosen."""
    open_page(app, TRAIN, dataset=dataset_id)
    for name in ("selection", "crosses", "compression"):
        assert app.selectbox(key=f"matrix_{name}").value == "none"
    app.number_input(key="jitter").set_value(9).run()
    app.selectbox(key="matrix_selection").set_value("correlation")
    app.number_input(key="matrix_correlation_limit").set_value(0.9)
    app.selectbox(key="matrix_crosses").set_value("rfm")
    app.selectbox(key="matrix_compression").set_value("autoencoder")
    app.number_input(key="matrix_compressed_width").set_value(8)
    next(button for button in app.button if button.label == "Train").click().run()

    assert not app.exception
    job = app.query_params["job"]
    told = RunSettings.model_validate(read_job(workspace, job).spec["settings"])
    assert told.window.cutoff_jitter_days == 9
    assert told.matrix == MatrixSettings(
        selection="correlation",
        correlation_limit=0.9,
        crosses="rfm",
        compression="autoencoder",
        compressed_width=8,
    )
    cancel_job(workspace, job)
