"""The verb ``recommend``: files for people, an account as JSON, other data refused."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from clv_core.cli import main
from clv_core.runs.folder import RunFolder

KINDS = ("orders", "events", "reviews", "customers")


def call(run: RunFolder, shop: Path, out: Path) -> int:
    """Recommend for a run from the files it was made from."""
    files = [part for kind in KINDS for part in (f"--{kind}", str(shop / f"{kind}.csv"))]
    return main(["recommend", "--run", str(run.folder), *files, "--out", str(out), "--json"])


def test_lists_and_demand_are_written(
    small_run: RunFolder, small_shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Everybody's ten by the shop's own ids and names, demand by category and product."""
    out = tmp_path / "products"
    assert call(small_run, small_shop, out) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["lead_over_bestsellers"]["low"] <= told["lead_over_bestsellers"]["value"]
    assert set(told["demand_error"]) >= {"forecast", "last_period"}
    assert any("bought within 90 days" in line for line in told["account"])
    files = {file.name: file.read_bytes() for file in out.iterdir()}
    assert all(content.startswith(b'\xef\xbb\xbf"') for content in files.values())
    first = files["recommended.csv"].decode("utf-8-sig").splitlines()[1]
    assert first.count('"') == 8  # id, product's id, name, category: no semicolon opens a cell
    lists = pd.read_csv(out / "recommended.csv")
    assert lists["customer_id"].nunique() == len(small_run.forecast())
    assert lists.groupby("customer_id").size().max() == 10
    assert lists[["product_id", "product_name", "category"]].notna().all(axis=None)
    demand = pd.read_csv(out / "demand.csv")
    total = small_run.forecast()["predicted"].sum()
    assert demand["known_money"].sum() == pytest.approx(total)
    assert (out / "demand_by_product.csv").is_file()
    assert not (small_run.folder / "recommendations").exists()


def test_other_data_are_refused(
    small_run: RunFolder, small_shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Customers would bear other keys: nothing is written."""
    orders = pd.read_csv(small_shop / "orders.csv", dtype=str)
    orders.iloc[: len(orders) // 2].to_csv(tmp_path / "orders.csv", index=False)
    out = tmp_path / "products"
    options = ["--orders", str(tmp_path / "orders.csv"), "--out", str(out)]
    assert main(["recommend", "--run", str(small_run.folder), *options]) == 2
    assert "not the data that the run was made from" in capsys.readouterr().err
    assert not out.exists()
