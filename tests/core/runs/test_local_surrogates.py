"""A saved model asked again about one customer, and reasons that months have a part in."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from clv_core.errors import InvalidSetting
from clv_core.models.baselines import MeanValue
from clv_core.runs import folder as folders
from clv_core.runs.folder import RunFolder
from clv_core.runs.local_surrogates import explain_locally


def test_the_saved_model_is_asked_about_its_own_customer(small_run: RunFolder) -> None:
    """What the model says of the customer is the run's forecast; every feature read has a part."""
    forecast, explanation = small_run.forecast(), small_run.explanation()
    for key in forecast.index[[0, len(forecast) // 2]]:
        found = explain_locally(small_run, int(key))
        assert found.forecast == pytest.approx(forecast.loc[key, "predicted"], rel=1e-4)
        assert set(found.contributions.index) == set(explanation.contributions.columns)
        assert found.fidelity <= 1
    with pytest.raises(KeyError):
        explain_locally(small_run, -1)


def test_a_model_without_reasons_is_refused_in_words(small_run: RunFolder, tmp_path: Path) -> None:
    """A mean of all customers has no local model."""
    copied = tmp_path / "run"
    shutil.copytree(small_run.folder, copied)
    mean = MeanValue()
    mean.mean_ = 3.0
    mean.save(copied / "model")
    manifest = (copied / "manifest.json").read_text("utf-8")
    model = small_run.manifest()["model"]
    changed = manifest.replace(f'"model": "{model}"', '"model": "mean_value"')
    (copied / "manifest.json").write_text(changed, "utf-8")
    with pytest.raises(InvalidSetting, match="no reasons"):
        explain_locally(RunFolder(copied), int(small_run.forecast().index[0]))


def test_what_months_add_is_kept_with_their_sums(small_run: RunFolder, tmp_path: Path) -> None:
    """A sequence is no feature of the run's; its part and its sum are read back all the same."""
    copied = tmp_path / "run"
    shutil.copytree(small_run.folder, copied)
    told = small_run.explanation()
    sums = pd.Series(np.arange(len(told.values), dtype=float), told.values.index)
    with_months = replace(
        told,
        contributions=told.contributions.assign(spend_sequence=1.5),
        values=told.values.assign(spend_sequence=sums),
    )
    made = SimpleNamespace(
        forecast=small_run.forecast(),
        explanation=with_months,
        final=SimpleNamespace(snapshot=SimpleNamespace(features=small_run.features())),
    )
    ids = pd.Series("C1", made.forecast.index)
    folders._write_forecasts(made, ids, copied)
    found = RunFolder(copied).explanation()
    pd.testing.assert_frame_equal(found.contributions, with_months.contributions)
    pd.testing.assert_series_equal(found.values["spend_sequence"], sums, check_names=False)
    # Runs of before kept the part only.
    stored = pd.read_parquet(copied / "explanations.parquet")
    stored.drop(columns="value:spend_sequence").to_parquet(copied / "explanations.parquet")
    assert RunFolder(copied).explanation().values["spend_sequence"].isna().all()
