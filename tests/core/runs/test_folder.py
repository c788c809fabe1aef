"""A run's folder holds what the pages and the command line promise."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from shutil import copyfile, copytree

import numpy as np
import pandas as pd
import pytest

from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.errors import InvalidSetting, MissingColumns, NothingStored
from clv_core.features.windows import plan_windows
from clv_core.models.registry import FORECASTERS
from clv_core.pipeline import forecast_shop
from clv_core.runs.folder import RunFolder, write_run
from clv_core.runs.scoring import check_run, score_tables
from clv_core.runs.segment_totals import bound_groups
from clv_core.sentences import Sentence
from clv_core.settings import WindowSettings
from tests.conftest import QUICK_SETTINGS

Prepared = tuple[Tables, QualityReport]


def test_every_customer_has_one_forecast_with_bounds_around_it(
    small_run: RunFolder, small_tables: Prepared
) -> None:
    """One row per customer who bought, low <= predicted <= high, probabilities are such."""
    forecast = small_run.forecast()
    assert forecast.index.is_unique
    assert len(forecast) == small_tables[0].customer_count
    assert (forecast["low"] <= forecast["predicted"] + 1e-9).all()
    assert (forecast["predicted"] <= forecast["high"] + 1e-9).all()
    assert forecast["p_buy"].between(0, 1).all()
    assert (forecast["expected_orders"] >= forecast["p_buy"]).all()
    assert set(forecast["value_tier"]) <= {"high", "middle", "low"}


def test_the_csv_names_customers_as_the_shop_does(small_run: RunFolder) -> None:
    """forecast.csv starts with the shop's id and tells the same amounts."""
    named = pd.read_csv(small_run.folder / "forecast.csv", dtype={"customer_id": str})
    assert list(named.columns[:6]) == [
        "customer_id",
        "predicted",
        "low",
        "high",
        "p_buy",
        "expected_orders",
    ]
    assert named["customer_id"].str.match(r"^C\d{6}$").all()
    np.testing.assert_allclose(named["predicted"], small_run.forecast()["predicted"])


def test_the_scoreboard_has_every_model_and_baseline(small_run: RunFolder) -> None:
    """Nothing on the list is silently missing: it is measured or it is left out with a reason."""
    scoreboard = small_run.scoreboard()
    assert scoreboard is not None
    assert set(scoreboard.models) | set(small_run.left_out()) >= set(FORECASTERS)


def test_the_scoreboard_is_that_of_the_holdout(small_run: RunFolder) -> None:
    """Its MAE can be computed again from the held-out customers on disk."""
    scoreboard, holdout = small_run.scoreboard(), small_run.holdout()
    assert scoreboard is not None
    error = (holdout["predicted_pareto_nbd"] - holdout["actual_spend"]).abs().mean()
    found = scoreboard.find("pareto_nbd", "mae")
    assert found is not None
    assert found[0] == pytest.approx(error)


def test_explanations_add_up_to_the_forecast(small_run: RunFolder) -> None:
    """Base value plus contributions is the forecast of every customer."""
    explanation, forecast = small_run.explanation(), small_run.forecast()
    np.testing.assert_allclose(
        explanation.predicted.loc[forecast.index], forecast["predicted"], rtol=1e-6, atol=1e-6
    )


def test_the_holdout_lies_before_the_forecast_and_after_the_validation(
    small_run: RunFolder,
) -> None:
    """The plan on disk cuts time in the order the method promises."""
    plan = small_run.plan()
    assert plan.validation_cutoff is not None
    assert plan.validation_cutoff < plan.holdout_cutoff < plan.forecast_cutoff
    assert (plan.forecast_cutoff - plan.holdout_cutoff).days == plan.horizon_days


def test_a_saved_model_scores_the_same_files_to_the_same_forecast(
    small_run: RunFolder, small_tables: Prepared
) -> None:
    """score on the data of the run gives the run's own amounts, without training."""
    scored = score_tables(small_run, small_tables[0]).sort_index()
    expected = small_run.forecast().sort_index()
    for column in ("predicted", "low", "high", "p_buy", "expected_orders", "churn_risk"):
        np.testing.assert_allclose(scored[column], expected[column], rtol=1e-5, atol=1e-6)
    gap, day = "average_days_between_orders", "next_order_low_date"
    np.testing.assert_allclose(scored[gap], expected[gap])
    days = (table[day].to_numpy("datetime64[D]") for table in (scored, expected))
    np.testing.assert_array_equal(*days)


def test_churn_risk_is_the_chance_of_no_purchase_and_days_come_after_the_data(
    small_run: RunFolder,
) -> None:
    """One-time buyers are no safer than others; days are written as days."""
    forecast, plan = small_run.forecast(), small_run.plan()
    np.testing.assert_allclose(forecast["churn_risk"], 1 - forecast["p_buy"])
    once = forecast["average_days_between_orders"].isna()
    assert once.any()
    assert forecast.loc[once, "churn_risk"].mean() > forecast.loc[~once, "churn_risk"].mean()
    days = forecast["next_order_low_date"].dropna()
    assert len(days)
    assert (days > pd.Timestamp(plan.forecast_cutoff)).all()
    written = pd.read_csv(small_run.folder / "forecast.csv")["next_order_low_date"].dropna()
    assert written.str.fullmatch(r"\d{4}-\d{2}-\d{2}").all()


def test_a_run_of_an_earlier_version_still_scores(
    small_run: RunFolder, small_tables: Prepared, tmp_path: Path
) -> None:
    """Bounds by rank and no rule for chances: amounts stay, bounds are those of that time."""
    folder = tmp_path / "earlier"
    copytree(small_run.folder, folder)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    del manifest["chances"], manifest["total_spread"], manifest["measured_chances"]
    bounds = {"share": 0.8, "knots": [0.0, 1e6], "lows": [0.0, 0.0], "highs": [0.0, 2e6]}
    manifest["interval"] = json.dumps(bounds)
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    scored = score_tables(RunFolder(folder), small_tables[0])
    np.testing.assert_allclose(scored["high"], 2 * scored["predicted"], rtol=1e-6, atol=1e-9)
    assert bound_groups(manifest, small_run.forecast(), small_run.forecast()["value_tier"]) == {}


def test_every_tier_has_a_range_around_its_total(small_run: RunFolder) -> None:
    """Totals of the tiers are those of the forecast, parts wider than the whole for their size."""
    forecast, manifest = small_run.forecast(), small_run.manifest()
    found = bound_groups(manifest, forecast, forecast["marketing_tier"])
    assert set(found) == set(forecast["marketing_tier"])
    assert sum(one.expected for one in found.values()) == pytest.approx(
        manifest["total"]["expected"]
    )
    for one in found.values():
        assert one.low <= one.expected <= one.high
    everybody = pd.Series("all", forecast.index)
    (whole,) = bound_groups(manifest, forecast, everybody).values()
    assert (whole.low, whole.high) == pytest.approx(
        (manifest["total"]["low"], manifest["total"]["high"])
    )


def test_a_changed_file_is_noticed_before_it_is_used(
    small_run: RunFolder, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The manifest's checksums refuse a model that was swapped."""
    copy = tmp_path_factory.mktemp("copy")
    for file in small_run.folder.rglob("*"):
        target = copy / file.relative_to(small_run.folder)
        if file.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    check_run(RunFolder(copy))
    (copy / "expectation.json").write_text("{}")
    with pytest.raises(NothingStored, match=r"expectation\.json"):
        check_run(RunFolder(copy))


def test_no_id_or_contact_is_in_the_manifest_or_a_file_name(
    small_run: RunFolder, small_tables: Prepared
) -> None:
    """Ids stay in forecast.csv and tiers.csv, which people take away on purpose."""
    customers = small_tables[0].scan("customers").collect("pandas").to_native()
    private = [*customers["customer_id"].head(50), *customers["email"].dropna().head(50)]
    told = "".join(
        (small_run.folder / name).read_text("utf-8")
        for name in ("manifest.json", "quality.json", "scoreboard.json", "expectation.json")
    )
    names = " ".join(file.name for file in small_run.folder.rglob("*"))
    assert not [value for value in private if value in told or value in names]


def test_the_account_of_the_rows_travels_with_the_run(
    small_run: RunFolder, small_tables: Prepared
) -> None:
    """quality.json reads back as the report that the cleaning gave."""
    assert small_run.quality().files == small_tables[1].files


def test_files_without_what_the_model_reads_are_refused_in_a_sentence(
    small_tables: Prepared, tmp_path: Path
) -> None:
    """Trees trained on browsing and reviews do not score orders alone, nor break down."""
    tables, quality = small_tables
    result = forecast_shop(tables, QUICK_SETTINGS.model_copy(update={"model": "boosted_trees"}))
    write_run(result, tables, quality, tmp_path)
    orders_only = tmp_path / "orders_only"
    orders_only.mkdir()
    for name in ("orders", "lines", "customers"):
        copyfile(tables.folder / f"{name}.parquet", orders_only / f"{name}.parquet")
    with pytest.raises(MissingColumns, match="browsing, reviews"):
        score_tables(RunFolder(tmp_path), replace(tables, folder=orders_only))


def test_a_ranking_cannot_be_forecast_with(small_tables: Prepared) -> None:
    """Past spend is no amount of the future, so it is refused by name before any work."""
    with pytest.raises(InvalidSetting, match="forecasts no amounts"):
        forecast_shop(small_tables[0], QUICK_SETTINGS.model_copy(update={"model": "past_spend"}))


def test_what_the_test_had_to_do_without_is_told_with_its_reason(
    small_tables: Prepared, tmp_path: Path
) -> None:
    """Models that learn only for the final forecast are not silently missing from the test."""
    tables, quality = small_tables
    opens = plan_windows(tables, QUICK_SETTINGS.window).earliest_cutoff + dt.timedelta(days=10)
    horizon_days = (tables.last_day - opens).days
    settings = QUICK_SETTINGS.model_copy(
        update={"window": WindowSettings(horizon_days=horizon_days)}
    )
    result = forecast_shop(tables, settings)
    assert "network" in result.final.predictions
    write_run(result, tables, quality, tmp_path)
    run = RunFolder(tmp_path)
    scoreboard = run.scoreboard()
    assert scoreboard is not None
    assert "network" not in scoreboard.models
    assert set(scoreboard.models) | set(run.left_out()) == set(FORECASTERS)


def test_notes_of_fits_are_kept(small_run: RunFolder, tmp_path: Path) -> None:
    """What is odd about a fit is read back as it was told; earlier runs have none."""
    manifest = small_run.manifest()
    assert set(manifest["notes"]) <= set(FORECASTERS)
    note = Sentence("{model}: odd.", model="BG/NBD")
    for stored, expected in (({"bg_nbd": [note.to_json()]}, {"bg_nbd": (note,)}), (None, {})):
        told = {**manifest, "notes": stored}
        if stored is None:
            del told["notes"]
        (tmp_path / "manifest.json").write_text(json.dumps(told), "utf-8")
        assert RunFolder(tmp_path).notes() == expected


def test_the_window_that_chose_has_a_scoreboard_of_its_own(
    small_run: RunFolder, tmp_path: Path
) -> None:
    """Of the window before the test, naming the same model; not there in earlier versions' runs."""
    chose, tested, plan = (
        small_run.validation_scoreboard(),
        small_run.scoreboard(),
        small_run.plan(),
    )
    assert chose is not None
    assert tested is not None
    assert chose.cutoff == plan.validation_cutoff
    assert chose.horizon_days == plan.validation_horizon_days
    assert chose.recommended == tested.recommended
    assert set(chose.models) == set(tested.models)
    copytree(small_run.folder, tmp_path / "earlier")
    (tmp_path / "earlier" / "validation_scoreboard.json").unlink()
    assert RunFolder(tmp_path / "earlier").validation_scoreboard() is None
