"""Testing a result anew, on the Trust page: offered, followed, shown."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from clv_core.evaluation.proof import Proof, summarise_scores
from clv_core.evaluation.stability import Stability
from clv_core.jobs.queue import list_jobs
from clv_core.runs.folder import RunFolder
from clv_core.runs.proof_folder import ProofFolder
from clv_core.sentences import Sentence
from clv_core.storage.workspace import Workspace
from pages.parts import charts_proof
from pages.parts.terms import name_days_to_come
from tests.app.conftest import open_page

TRUST = "pages/model/trust.py"
NEW, OLD = dt.date(2024, 6, 30), dt.date(2024, 3, 31)
TERMS = name_days_to_come("EUR")


def variants(*rows: tuple[str, int, float]) -> pd.DataFrame:
    """Return variants from (name, days, gain): a good gain, for two measures."""
    frame = pd.DataFrame(rows, columns=["variant", "days", "gain"])
    frame = frame.assign(gain_low=frame["gain"] - 0.02, gain_high=frame["gain"] + 0.02)
    frame = frame.assign(value=0.7, low=0.6, high=0.8, forecast_by="ensemble")
    return pd.concat([frame.assign(metric=name) for name in ("normalised_gini", "mae")])


PROOF = Proof(
    model="ensemble",
    horizon_days=90,
    seeds=(1, 2),
    scores=pd.DataFrame(
        [
            (cutoff, seed, model, metric, value + 0.01 * seed + (0.02 if cutoff == OLD else 0.0))
            for metric in ("normalised_gini", "mae")
            for model, value in (("ensemble", 0.7), ("past_spend", 0.6))
            for cutoff in (NEW, OLD)
            for seed in (1, 2)
        ],
        columns=["cutoff", "seed", "model", "metric", "value"],
    ),
    tests=pd.DataFrame(
        {
            "cutoff": [NEW, NEW, OLD, OLD],
            "seed": [1, 2, 1, 2],
            "chosen": "ensemble",
            "beats_past_spend": [True, True, True, False],
            "customers": 300,
            "buyers_share": 0.3,
        }
    ),
    stability=Stability(
        2, 400, 0.052, 0.06, {"high": 0.1, "low": 0.01}, 0.012, 0.08, ("ensemble",) * 2
    ),
    history=variants(("a", 100, 0.1), ("b", 300, 0.1), ("all", 400, np.nan)),
    history_customers=200,
    files=variants(("orders", 0, np.nan), ("orders+events", 0, 0.1)),
    reasons=(Sentence("The windows do not overlap: each is {days} days long.", days=90),),
)


def prose(app: AppTest) -> str:
    """Return all prose of a page as it is meant, escapes taken out."""
    told = (element.value for kind in ("markdown", "caption") for element in app.get(kind))
    return "\n".join(told).replace("\\", "")


def test_testing_anew_is_one_press_and_is_followed(
    app: AppTest, workspace: Workspace, run_id: str
) -> None:
    """The button says what it takes; the job is of this run, and can be cancelled there."""
    open_page(app, TRUST, run=run_id)
    assert "times as long as the training did" in prose(app)
    app.button(key="prove").click().run()
    assert not app.exception
    (job,) = list_jobs(workspace, "train")
    assert job.kind == "retest_run"
    assert job.spec["run"] == run_id
    assert job.spec["proof"] == {"windows": 3, "seeds": 3}
    assert any(button.key == f"cancel_{job.id}" for button in app.button)
    assert not any(button.key == "prove" for button in app.button)
    app.button(key=f"cancel_{job.id}").click().run()
    assert not app.exception
    assert any(button.key == "prove" for button in app.button)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_finished_proof_is_shown_with_its_findings(
    app: AppTest, found: RunFolder, lang: str
) -> None:
    """Tests, history, files and seeds each state what they show; more can be asked for."""
    ProofFolder(found.folder).write_proof(PROOF)
    open_page(app, TRUST, run=found.folder.name, lang=lang)
    told = prose(app)
    assert not app.error
    keys = {chart.proto.id.split("-")[-1] for chart in app.get("plotly_chart")}
    assert {"proof_tests", "proof_history", "proof_files", "proof_stability"} <= keys
    if lang == "en":
        assert "has the best mean Normalised Gini of 4 tests: 0.725" in told
        assert "in 4 of 4 tests" in told
        assert "beyond chance, in 3 of 4" in told
        assert "More history would probably help" in told
        assert "Browsing: with this file the forecast is better" in told
        assert "5.2% of customers change value tier when only the seed changes" in told


def test_a_measure_without_values_is_said_to_have_none(app: AppTest, found: RunFolder) -> None:
    """The other parts stay."""
    ProofFolder(found.folder).write_proof(PROOF)
    open_page(app, TRUST, run=found.folder.name)
    app.selectbox(key="trust_metric").select("spearman").run()
    assert not app.exception
    assert "This measure was not defined in these tests." in prose(app)


def test_the_window_that_chose_the_model_stands_below_the_test(
    app: AppTest, found: RunFolder
) -> None:
    """Its values are its own; results of earlier versions open without it."""
    open_page(app, TRUST, run=found.folder.name)
    tables = [table.value for table in app.dataframe if "Measured" in table.value]
    board = found.validation_scoreboard()
    assert board is not None
    best = board.find(board.winner, "normalised_gini")
    assert best is not None
    assert tables[1]["Measured"].iloc[0] == f"{best[0]:.3f}"
    assert "it is no fair test of that model" in prose(app)


def test_results_of_earlier_versions_open_without_that_window(
    app: AppTest, found: RunFolder
) -> None:
    """They do not hold it."""
    (found.folder / "validation_scoreboard.json").unlink()
    open_page(app, TRUST, run=found.folder.name)
    assert not app.error
    assert "it is no fair test of that model" not in prose(app)


@pytest.mark.parametrize("content", ["{", '{"model": "ensemble"}'])
def test_a_proof_that_cannot_be_read_is_offered_again(
    app: AppTest, found: RunFolder, content: str
) -> None:
    """Damaged, or of a version that wrote other fields: it is said and can be made again."""
    (found.folder / "proof.json").write_text(content, "utf-8")
    open_page(app, TRUST, run=found.folder.name)
    assert ["Test it anew" in error.value for error in app.error] == [True]
    assert not app.button(key="prove").disabled


def test_results_with_settings_of_another_version_open_all_the_same(
    app: AppTest, found: RunFolder
) -> None:
    """They cannot be tested anew, which is said; their tiers are cut as they were."""
    manifest = found.manifest()
    manifest["settings"]["ensemble"] = {"weights": "even"}
    (found.folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    open_page(app, TRUST, run=found.folder.name)
    assert not app.exception
    assert ["Correct the named settings" in error.value for error in app.error] == [True]
    open_page(app, "pages/value/segments.py", run=found.folder.name)
    assert not app.exception


def points(figure: go.Figure) -> int:
    """Count the points of a figure."""
    return sum(len(trace.x) for trace in figure.data)


def test_figures_hold_a_point_per_test_and_model() -> None:
    """Four tests of two models with their means; three histories; one file; two tiers."""
    rows = PROOF.scores[PROOF.scores["metric"] == "mae"]
    figure = charts_proof.tests_dots(
        rows, summarise_scores(PROOF.scores, "mae"), "mae", "ensemble", TERMS
    )
    assert points(figure) == 10
    assert figure.layout.xaxis.title.text == "Mean absolute error (EUR)"
    history = PROOF.history[PROOF.history["metric"] == "mae"]
    assert list(charts_proof.history_curve(history, "mae", "found", TERMS).data[0].x) == [
        *(100, 300, 400)
    ]
    files = PROOF.files[PROOF.files["metric"] == "mae"].dropna().assign(added="With: Browsing")
    gains = charts_proof.file_gains(files, "mae", "found", TERMS)
    assert list(gains.data[0].x) == [0.1]
    assert PROOF.stability is not None
    bars = charts_proof.moved_tiers(PROOF.stability)
    assert list(bars.data[0].y) == ["Low", "High"]
