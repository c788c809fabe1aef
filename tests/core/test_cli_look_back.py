"""The verb ``look-back``: a run held against newer files, told and written down."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from clv_core.cli import main
from clv_core.monitoring.findings import LookBack
from clv_core.runs.folder import RunFolder
from clv_core.storage.workspace import LOCATION_VARIABLE, Workspace


@pytest.fixture
def newer_file(small_shop: Path, small_run: RunFolder, tmp_path: Path) -> Path:
    """Return the shop's orders with three more: after 10 and 90 days, and by a new customer."""
    orders = pd.read_csv(small_shop / "orders.csv", dtype=str)
    cutoff = pd.Timestamp(small_run.manifest()["plan"]["forecast_cutoff"])
    customers = small_run.customers()
    assert customers is not None
    known = customers["customer_id"].iloc[0]
    rows = pd.DataFrame(
        [(known, 10, "40.00"), (known, 90, "60.00"), ("C999999", 30, "25.00")],
        columns=["customer_id", "days", "amount"],
    )
    days = cutoff + pd.to_timedelta(rows.pop("days"), unit="D") + pd.Timedelta(hours=12)
    rows = rows.assign(
        order_time=days.dt.strftime("%Y-%m-%d %H:%M:%S"),
        order_id=[f"NEW-{number}" for number in range(3)],
        quantity="1",
        unit_price=rows["amount"],
        currency=orders["currency"].iloc[0],
        product_id=orders["product_id"].iloc[0],
        product_name=orders["product_name"].iloc[0],
    )
    file = tmp_path / "newer.csv"
    pd.concat([orders, rows]).to_csv(file, index=False)
    return file


def test_a_run_is_held_against_newer_files(
    small_run: RunFolder,
    newer_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One JSON object, and a folder with the account; no workspace comes into being."""
    monkeypatch.setenv(LOCATION_VARIABLE, str(tmp_path / "workspace"))
    call = ["look-back", "--run", str(small_run.folder), "--orders", str(newer_file)]
    assert main([*call, "--out", str(tmp_path / "out"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["days"], told["horizon_days"]) == (90, 90)
    (total,) = [one for one in told["groups"] if one["kind"] == "all"]
    assert total["actual"] == pytest.approx(100.0)
    assert any("who bought: 1. They brought 25" in one for one in told["findings"])
    assert any("The past is as it was" in one for one in told["findings"])
    assert told["lists"] == []
    names = {file.name for file in (tmp_path / "out").iterdir()}
    assert names == {"look_back.json", "groups.csv", "metrics.csv", "shop.csv", "features.csv"}
    found = LookBack.from_json((tmp_path / "out/look_back.json").read_text("utf-8"))
    assert found.total["actual"] == pytest.approx(100.0)
    assert not (tmp_path / "workspace").exists()


def test_what_cannot_be_compared_is_told_with_status_2(
    small_run: RunFolder,
    small_shop: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The same orders again hold no later day; a run that is not there is said so."""
    monkeypatch.setenv(LOCATION_VARIABLE, str(tmp_path / "workspace"))
    orders = ["--orders", str(small_shop / "orders.csv")]
    assert main(["look-back", "--run", str(small_run.folder), *orders]) == 2
    assert "Bring orders of later days." in capsys.readouterr().err
    Workspace(tmp_path / "workspace")
    assert main(["look-back", "--run", "0" * 32, *orders]) == 2
    assert "There is no run" in capsys.readouterr().err
