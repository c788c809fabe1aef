"""Weights of the ensemble in a run: learnt on the window before the test, used after it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.features.windows import WindowPlan, plan_windows
from clv_core.model_settings import EnsembleSettings
from clv_core.models.ensemble import MeanForecaster
from clv_core.models.forecaster import ignore_report
from clv_core.models.registry import load_forecaster
from clv_core.models.stacking import learn_weights
from clv_core.runs.folder import RunFolder
from clv_core.runs.proof_findings import Findings
from clv_core.runs.proof_folder import ProofFolder
from clv_core.runs.proof_plan import ProofSettings, Unit, name_window, plan_proof
from clv_core.runs.proof_units import Known, Workbench
from clv_core.runs.rehearsal import restack
from clv_core.runs.scoring import score_tables
from clv_core.runs.steps import Steps, weigh_members
from clv_core.settings import RunSettings
from tests.conftest import QUICK_SETTINGS

LEAST_SETTINGS = RunSettings.check(  # how well is learnt does not matter for how it is weighed
    QUICK_SETTINGS.model_dump()
    | {
        "network": {"hidden_units": [4], "epochs": 1, "batch_size": 256},
        "boosted": {"trees": 10},
    }
)


def test_weights_come_from_the_window_before(
    small_tables: tuple[Tables, QualityReport],
) -> None:
    """In the window that teaches them buyers alone weigh; at the holdout what it taught."""
    plan = plan_windows(small_tables[0], QUICK_SETTINGS.window)
    steps = Steps(small_tables[0], plan, QUICK_SETTINGS, ignore_report, rehearsals=2)
    validation = steps.validate()
    assert validation is not None
    told = validation.rehearsal.predictions
    before = validation.rehearsal.forecasters["ensemble"]
    assert isinstance(before, MeanForecaster)
    assert before.stack_ is None
    names = [member.name for member in before.members_]
    assert names == ["pareto_nbd", "boosted_trees", "network"]
    assert before.weights_[0] > before.weights_[1] == before.weights_[2]
    expected = learn_weights(
        {name: told[name].spend.to_numpy(np.float64) for name in names},
        validation.outcome["future_spend"].to_numpy(np.float64),
        dict(zip(names, before.weights_, strict=True)),
    )
    after = steps.rehearse("holdout", plan.holdout_cutoff).forecasters["ensemble"]
    assert isinstance(after, MeanForecaster)
    assert after.stack_ is not None
    assert dict(zip(names, after.stack_.weights, strict=True)) == pytest.approx(expected)
    again = restack(validation.rehearsal, expected).forecasters["ensemble"]
    assert isinstance(again, MeanForecaster)
    assert again.stack_ is not None
    np.testing.assert_array_equal(again.stack_.weights, after.stack_.weights)


def test_weights_by_buyers_alone_stack_nothing(
    small_tables: tuple[Tables, QualityReport],
) -> None:
    """Where settings say so, the window before the test teaches no weights."""
    weights = EnsembleSettings(weights="by_buyers")
    settings = QUICK_SETTINGS.model_copy(update={"ensemble": weights})
    plan = plan_windows(small_tables[0], settings.window)
    steps = Steps(small_tables[0], plan, settings, ignore_report, rehearsals=1)
    assert weigh_members(steps.validate(), settings) is None


def test_a_saved_run_scores_with_its_stack(
    small_run: RunFolder, small_tables: tuple[Tables, QualityReport]
) -> None:
    """The weights and the level that were learnt are stored: scores are the run's forecast."""
    assert small_run.manifest()["model"] == "ensemble"
    ensemble = load_forecaster("ensemble", small_run.folder / "model")
    assert isinstance(ensemble, MeanForecaster)
    assert ensemble.stack_ is not None
    assert not np.allclose(ensemble.stack_.weights, ensemble.weights_)
    scored = score_tables(small_run, small_tables[0])["predicted"]
    expected = small_run.forecast()["predicted"].reindex(scored.index)
    np.testing.assert_allclose(scored, expected, rtol=1e-5, atol=1e-6)


def test_a_proof_weighs_as_the_newest_window_taught(
    small_run: RunFolder, small_tables: tuple[Tables, QualityReport], tmp_path: Path
) -> None:
    """The run's seed has the run's weights, another its own; less is forecast with them too."""
    tables, newest = small_tables[0], small_run.plan()
    assert isinstance(newest, WindowPlan)
    wanted = ProofSettings(windows=1, seeds=2)
    plan = plan_proof(tables, newest, QUICK_SETTINGS, "ensemble", wanted)
    own, other = plan.seeds
    weights = {"pareto_nbd": 1.2, "boosted_trees": 0.1, "network": 0.0}
    folder = ProofFolder(tmp_path)
    folder.write(Unit("window", name_window(newest), other), {"weights": weights})
    findings = Findings(small_run, plan, folder)
    assert findings.known(other).weights == weights
    ensemble = load_forecaster("ensemble", small_run.folder / "model")
    assert isinstance(ensemble, MeanForecaster)
    assert ensemble.stack_ is not None
    learnt = findings.known(own).weights
    assert learnt is not None
    assert list(learnt.values()) == list(ensemble.stack_.weights)
    assert list(learnt) == [member.name for member in ensemble.members_]

    unit = Unit("files", "orders", own)
    plain, stacked = (
        Workbench(tables, LEAST_SETTINGS, plan).do(unit, Known("ensemble", given), ignore_report)
        for given in (None, weights)
    )
    assert plain.facts["model"] == stacked.facts["model"] == "ensemble"
    assert plain.table is not None
    assert stacked.table is not None
    before, after = plain.table["predicted"], stacked.table["predicted"]
    assert after.sum() == pytest.approx(before.sum())
    assert not np.allclose(after, before)
