"""What is found out about products for a real run, kept beside it and read back."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pandas as pd
import pytest

from clv_core.errors import MissingColumns, NothingStored
from clv_core.runs.folder import RunFolder
from clv_core.runs.product_advice import advise_on_products
from clv_core.runs.product_folder import ADVICE_FILE, FOLDER, ProductAdvice, ProductFolder


@pytest.fixture(scope="module")
def found(small_run, small_tables, tmp_path_factory) -> tuple[ProductAdvice, ProductFolder, list]:
    """Return the advice on the small run, its folder and the progress that was told."""
    told: list[dict] = []
    folder = ProductFolder(tmp_path_factory.mktemp("advice"))
    advice = advise_on_products(small_run, small_tables[0], folder, told.append)
    return advice, folder, told


def test_advice_is_whole(found, small_run):
    """Both windows were tried, everybody has a list, demand adds up to the forecast's total."""
    advice, folder, told = found
    plan = small_run.plan()
    assert advice.validation is not None
    assert advice.holdout is not None
    assert advice.holdout.cutoff == plan.holdout_cutoff
    closes = advice.validation.cutoff + dt.timedelta(days=advice.validation.horizon_days)
    assert closes == plan.holdout_cutoff
    forecast = small_run.forecast()
    assert set(folder.recommended()["customer_key"]) == set(forecast.index)
    assert advice.demand["known_money"].sum() == pytest.approx(forecast["predicted"].sum())
    assert advice.has_categories
    assert (advice.demand["low_money"] < advice.demand["money"]).all()
    assert (advice.demand["high_money"] > advice.demand["money"]).all()
    assert advice.demand_test is not None
    assert told[-1]["share"] == 1.0


def test_it_reads_back_as_it_was(found):
    """What is stored is what was found, of one customer as of all."""
    advice, folder, _ = found
    read = folder.advice()
    assert read is not None
    assert read.to_json() == advice.to_json()
    pd.testing.assert_frame_equal(read.demand, advice.demand)
    everybody = folder.recommended()
    key = int(everybody["customer_key"].iloc[-1])
    own = everybody[everybody["customer_key"] == key].reset_index(drop=True)
    pd.testing.assert_frame_equal(folder.recommended_to(key), own)
    assert folder.recommended_to(-1).empty
    assert folder.stamp() is not None
    assert set(folder.shares().index) == set(everybody["customer_key"])


def test_what_is_damaged_is_told(found, tmp_path):
    """A broken file is no advice, and says what to do."""
    shutil.copytree(found[1].folder, tmp_path / "copy")
    folder = ProductFolder(tmp_path / "copy")
    (tmp_path / "copy" / FOLDER / ADVICE_FILE).write_text("{}", "utf-8")
    with pytest.raises(NothingStored, match="can no longer be read"):
        folder.advice()
    assert ProductFolder(tmp_path).advice() is None


@pytest.mark.parametrize(
    ("missing", "says"), [("lines", "name no products"), ("products", "Read the files again")]
)
def test_data_without_products_are_refused(
    small_run: RunFolder, small_tables, tmp_path: Path, missing, says
):
    """What is missing and what to bring is said before any work is done."""
    with pytest.raises(MissingColumns, match=says):
        advise_on_products(small_run, small_tables[0].without([missing]), ProductFolder(tmp_path))
    assert not list(tmp_path.iterdir())
