"""The command line on a table with one row per customer and a value."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clv_core.cli import main
from clv_core.models.backend import use_compilation_cache
from clv_core.runs.folder import RunFolder
from tests.conftest import QUICK_SETTINGS
from tests.value_tables import simulate_people


def write_csv(people: pd.DataFrame, path: Path) -> Path:
    """Write simulated people as a shop would export them, with a column that leaks."""
    table = people.rename(columns={"value": "CLV"})
    table.insert(0, "Customer ID", [f"K{key:05d}" for key in table.index])
    table["Churned"] = np.where(np.arange(len(table)) % 3, "No", "Yes")
    table.to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    """Return 260 customers, ten of them without a value."""
    people = simulate_people(260, seed=12)
    people.loc[people.index[:10], "value"] = np.nan
    return people


@pytest.fixture(scope="module")
def table(people: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return them as a file."""
    use_compilation_cache(tmp_path_factory.mktemp("compiled"))
    return write_csv(people, tmp_path_factory.mktemp("table") / "people.csv")


@pytest.fixture(scope="module")
def out(table: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a real run on it."""
    folder = tmp_path_factory.mktemp("runs")
    settings = folder / "settings.json"
    settings.write_text(QUICK_SETTINGS.to_json())
    call = ["run", "--table", str(table), "--settings", str(settings), "--out", str(folder / "run")]
    assert main([*call, "--json"]) == 0
    return folder / "run"


def test_inspect_shows_the_value_the_features_and_the_leaks(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The value is found by its header; the churn column is flagged and not a feature."""
    assert main(["inspect", str(table), "--json"]) == 0
    (file,) = json.loads(capsys.readouterr().out)["files"]
    assert file["kind"] == "value_table"
    assert file["mapping"]["target_value"] == "CLV"
    assert file["mapping"]["customer_id"] == "Customer ID"
    assert list(file["leaks"]) == ["Churned"]
    assert file["features"] == ["Vehicle Class", "Income", "frequency", "Noise"]
    assert file["quality"]["facts"]["blank_values"] == 10


def test_run_writes_what_every_run_writes(out: Path, people: pd.DataFrame) -> None:
    """The same files as for orders, one row per customer, the shop's ids in front."""
    forecast = pd.read_csv(out / "forecast.csv")
    assert len(forecast) == len(people)
    assert forecast["customer_id"].str.match(r"^K\d{5}$").all()
    assert forecast["known_value"].isna().sum() == 10
    for name in ("scoreboard.json", "quality.json", "tiers.csv", "explanations.parquet"):
        assert (out / name).is_file()
    assert RunFolder(out).manifest()["data"]["target"] == "CLV"


def test_run_learns_from_the_columns_that_are_named(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A flagged column may be wanted; the run then says so. Days are not asked for."""
    settings = tmp_path / "settings.json"
    settings.write_text(QUICK_SETTINGS.model_copy(update={"model": "boosted_trees"}).to_json())
    call = ["run", "--table", str(table), "--target", "CLV", "--features", "Income,Churned"]
    call += ["--settings", str(settings), "--out", str(tmp_path / "run"), "--json"]
    assert main(call) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["model"] == "boosted_trees"
    assert "cutoff" not in told
    assert any("not a forecast in time" in one for one in told["verdict"])
    assert any("“Churned” is learnt from" in one for one in told["verdict"])
    assert set(RunFolder(tmp_path / "run").features()) == {"Income", "Churned"}


def test_score_needs_no_value_column(
    out: Path, people: pd.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three of the run's customers, all of one class and without a value, get the run's amounts."""
    chosen = people[people["Vehicle Class"] == "SUV"].dropna().iloc[:3]
    newer = write_csv(chosen, tmp_path / "newer.csv")
    pd.read_csv(newer).drop(columns=["CLV", "Churned"]).to_csv(newer, index=False)
    scored = tmp_path / "scored.csv"
    assert main(["score", "--run", str(out), "--table", str(newer), "--out", str(scored)]) == 0
    found = pd.read_csv(scored).set_index("customer_id")
    expected = pd.read_csv(out / "forecast.csv").set_index("customer_id").loc[found.index]
    assert len(found) == 3
    for column in ("predicted", "low", "high"):
        np.testing.assert_allclose(found[column], expected[column], rtol=1e-5)
    capsys.readouterr()


def test_export_lists_the_customers_of_a_tier(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The tier that is rewarded, with the value known and told, and nothing about purchases."""
    listed = tmp_path / "list.csv"
    assert main(["export", "--run", str(out), "--tier", "reward", "--out", str(listed)]) == 0
    table = pd.read_csv(listed, encoding="utf-8-sig")
    assert set(table["marketing_tier"]) == {"reward"}
    assert {"known_value", "predicted"} <= set(table)
    assert "p_buy" not in table
    capsys.readouterr()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run", "--table", "{table}", "--target", "Nope"], "Nope"),
        (["run", "--table", "{table}", "--events", "{table}"], "used alone"),
        (["run", "--table", "{absent}"], "no file"),
        (["run", "--orders", "{table}", "--target", "CLV"], "belong to a table"),
        (["run", "--table", "{table}", "--model", "pareto_nbd"], "no model named"),
        (["score", "--run", "{out}", "--orders", "{orders}"], "one row per customer"),
    ],
)
def test_wrong_calls_are_told_in_one_sentence(
    words: list[str],
    told: str,
    table: Path,
    out: Path,
    small_shop: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exit status 2 and what is wrong with it."""
    places = {
        "table": table,
        "out": out,
        "absent": tmp_path / "absent.csv",
        "orders": small_shop / "orders.csv",
    }
    call = [word.format(**places) for word in words]
    assert main([*call, "--out", str(tmp_path / "new")]) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_orders_and_a_table_exclude_each_other(table: Path, tmp_path: Path) -> None:
    """The parser says so, with the status of a wrong call."""
    call = ["run", "--table", str(table), "--orders", str(table), "--out", str(tmp_path / "new")]
    with pytest.raises(SystemExit) as ended:
        main(call)
    assert ended.value.code == 2


def test_score_without_what_the_model_reads_is_refused(
    out: Path, people: pd.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing column is named, not filled in."""
    newer = write_csv(people.drop(columns="Income"), tmp_path / "newer.csv")
    call = ["score", "--run", str(out), "--table", str(newer), "--out", str(tmp_path / "scored")]
    assert main(call) == 2
    assert "lacks 1 column(s) that the model reads: Income" in capsys.readouterr().err
