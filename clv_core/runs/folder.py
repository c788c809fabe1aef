"""A run on disk: written once, read by pages, the command line and next year's self."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, cast

import pandas as pd

from clv_core.activation.formula_guard import guard_cells
from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.cleaning.value_table import ValueFeature, ValueTable
from clv_core.evaluation.coverage import Coverage
from clv_core.evaluation.gate import find_objection
from clv_core.evaluation.scoreboard import Scoreboard
from clv_core.evaluation.splits import SplitPlan
from clv_core.evaluation.value_verdict import write_value_verdict
from clv_core.evaluation.verdict import Verdict, write_verdict
from clv_core.explain.explanation import Explanation
from clv_core.features.windows import WindowPlan
from clv_core.runs.manifest import describe_run
from clv_core.runs.writing import checksum, write_csv, write_parquet
from clv_core.sentences import Sentence
from clv_core.settings import RunSettings, SegmentSettings

if TYPE_CHECKING:  # what a run is made with; readers of a folder do not need it
    from clv_core.runs.result import RunResult

Shape = Literal["log", "value_table"]

CUSTOMERS_FILE: Final = "customers.parquet"
VALIDATION_FILE: Final = "validation_scoreboard.json"  # not in runs of earlier versions
CONTRIBUTION: Final = "contribution:"  # prefix of attribution columns in explanations.parquet
VALUE: Final = "value:"  # there too: what was read besides features, sums of months


def write_run(
    result: RunResult,
    tables: Tables | ValueTable,
    quality: QualityReport,
    folder: Path,
    *,
    keeps_customers: bool = False,
) -> None:
    """Write a run into an existing, empty folder.

    Parameters
    ----------
    result : RunResult
    tables : Tables or ValueTable
        Give the shop's customer ids for the files that people take away.
    quality : QualityReport
    folder : Path
    keeps_customers : bool
        Whether the table of ids and contact fields is copied beside the results,
        for a run that belongs to no data set of a workspace.
    """
    customers = tables.scan("customers").collect("pandas").to_native().set_index("customer_key")
    _write_forecasts(result, customers["customer_id"], folder)
    if keeps_customers:
        customers.to_parquet(folder / CUSTOMERS_FILE)
    _write_tests(result, folder)
    (folder / "quality.json").write_text(quality.to_json(), "utf-8")
    model_folder = folder / "model"
    model_folder.mkdir()
    result.final.forecasters[result.model].save(model_folder)
    if result.final.expectation is not None:
        (folder / "expectation.json").write_text(result.final.expectation.to_json(), "utf-8")
    manifest = describe_run(result, tables)
    manifest["checksums"] = {
        str(file.relative_to(folder)): checksum(file)
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2), "utf-8")


def _write_forecasts(result: RunResult, ids: pd.Series, folder: Path) -> None:
    result.forecast.to_parquet(folder / "forecast.parquet")
    named = result.forecast.copy()
    named.insert(0, "customer_id", ids.reindex(named.index))
    write_csv(named, folder / "forecast.csv", guard_cells)  # an id may be anything that was typed
    names = ["customer_id", "value_tier", "marketing_tier", "predicted"]
    write_csv(named[names], folder / "tiers.csv", guard_cells)
    features = result.final.snapshot.features
    write_parquet(features, folder / "features.parquet")
    _write_explanation(result.explanation, set(features.columns), folder)


def _write_explanation(explanation: Explanation, known: set[str], folder: Path) -> None:
    """Write the parts of every forecast, and values that are no features of the snapshot."""
    besides = sorted(set(explanation.values.columns) - known)

    def put_together(parts: pd.DataFrame) -> pd.DataFrame:
        table = parts.add_prefix(CONTRIBUTION)
        table.insert(0, "base_value", explanation.base_value)
        return table.join(explanation.values.loc[parts.index, besides].add_prefix(VALUE))

    write_parquet(explanation.contributions, folder / "explanations.parquet", put_together)


def _write_tests(result: RunResult, folder: Path) -> None:
    held = {}
    for name, prediction in result.holdout.predictions.items():
        held[f"predicted_{name}"] = prediction.spend
        if prediction.p_buy is not None:
            held[f"p_buy_{name}"] = prediction.p_buy
    if result.certainty.holdout_p_buy is not None:
        held["p_buy"] = result.certainty.holdout_p_buy
    holdout = pd.DataFrame(held).join(result.certainty.holdout_bounds)
    if result.outcome is not None:
        holdout = holdout.join(
            result.outcome.rename(
                columns={"future_spend": "actual_spend", "future_orders": "actual_orders"}
            )
        )
    holdout.to_parquet(folder / "holdout.parquet")
    pd.DataFrame(list(result.training)).to_parquet(folder / "training.parquet")
    if result.scoreboard is not None:
        (folder / "scoreboard.json").write_text(result.scoreboard.to_json(), "utf-8")
    if result.validation_scoreboard is not None:
        (folder / VALIDATION_FILE).write_text(result.validation_scoreboard.to_json(), "utf-8")


@dataclass(frozen=True)
class RunFolder:
    """A written run; every method reads one of its files.

    Attributes
    ----------
    folder : Path
    """

    folder: Path

    def manifest(self) -> dict[str, Any]:
        """Return the manifest as it was written."""
        stored: dict[str, Any] = json.loads((self.folder / "manifest.json").read_text("utf-8"))
        return stored

    def shape(self) -> Shape:
        """Say whether the run was made from dated rows or from a value per customer."""
        return cast("Shape", self.manifest().get("shape", "log"))

    def plan(self) -> WindowPlan | SplitPlan:
        """Return how the days were cut or, for a value table, the customers divided."""
        stored = self.manifest()["plan"]
        if self.shape() == "value_table":
            return SplitPlan.from_json(stored)
        return WindowPlan.from_json(stored)

    def settings(self) -> RunSettings:
        """Return what the run was told.

        Raises
        ------
        InvalidSetting
            Where an earlier version knew settings that this one does not.
        """
        return RunSettings.check(self.manifest()["settings"])

    def own_cutoffs(self) -> SegmentSettings:
        """Return where the run cut its value tiers, whatever version its other settings are of."""
        return SegmentSettings.check(self.manifest()["settings"]["segments"])

    def quality(self) -> QualityReport:
        """Return the account of the rows that went in."""
        return QualityReport.from_json((self.folder / "quality.json").read_text("utf-8"))

    def scoreboard(self) -> Scoreboard | None:
        """Return the scoreboard; None where the outcome was not known."""
        return self._read_scoreboard("scoreboard.json")

    def validation_scoreboard(self) -> Scoreboard | None:
        """Return the scoreboard of the window that chose the model; None without one."""
        return self._read_scoreboard(VALIDATION_FILE)

    def _read_scoreboard(self, name: str) -> Scoreboard | None:
        file = self.folder / name
        return Scoreboard.from_json(file.read_text("utf-8")) if file.is_file() else None

    def verdict(self) -> Verdict | None:
        """Return the scoreboard in words."""
        scoreboard = self.scoreboard()
        if scoreboard is None:
            return None
        if self.shape() == "log":
            return write_verdict(scoreboard)
        return write_value_verdict(scoreboard, self.leaks())

    def coverage(self) -> Coverage | None:
        """Return how many held-out customers fell inside their bounds."""
        stored = self.manifest()["coverage"]
        return None if stored is None else Coverage.from_json(stored)

    def objection(self) -> Sentence | None:
        """Return why the list of the model in use should not be relied on, if so."""
        return find_objection(self.scoreboard())

    def measured_chances(self) -> pd.DataFrame | None:
        """Return log-loss and Brier score of the chances of buying; None where unmeasured."""
        stored = self.manifest().get("measured_chances")
        return None if stored is None else pd.DataFrame(stored)

    def left_out(self) -> dict[str, Sentence]:
        """Return the models that the test or the forecast had to do without, with the reason."""
        stored = self.manifest()["left_out"]
        return {name: Sentence.from_json(why) for name, why in stored.items()}

    def notes(self) -> dict[str, tuple[Sentence, ...]]:
        """Return what a reader should know about the models' fits, by model."""
        stored = self.manifest().get("notes", {})
        return {name: tuple(map(Sentence.from_json, notes)) for name, notes in stored.items()}

    def tuning(self) -> tuple[Sentence, ...]:
        """Return what a search or automatic mode tried and chose; nothing without them."""
        return tuple(Sentence.from_json(told) for told in self.manifest().get("tuning", ()))

    def forecast(self) -> pd.DataFrame:
        """Return the forecast, index ``customer_key``."""
        return pd.read_parquet(self.folder / "forecast.parquet")

    def customers(self) -> pd.DataFrame | None:
        """Return ids and contact fields, index ``customer_key``; None where not kept here."""
        file = self.folder / CUSTOMERS_FILE
        return pd.read_parquet(file) if file.is_file() else None

    def features(self) -> pd.DataFrame:
        """Return what each customer looked like at the forecast's cutoff."""
        return pd.read_parquet(self.folder / "features.parquet")

    def holdout(self) -> pd.DataFrame:
        """Return every model's held-out forecast beside what happened."""
        return pd.read_parquet(self.folder / "holdout.parquet")

    def training(self) -> pd.DataFrame:
        """Return the loss curves: ``phase, model, epoch, loss, validation_loss``."""
        return pd.read_parquet(self.folder / "training.parquet")

    def leaks(self) -> dict[str, Sentence]:
        """Return the columns learnt from that may give a value away, with the reason."""
        stored = self.manifest().get("leaks", {})
        return {name: Sentence.from_json(why) for name, why in stored.items()}

    def own_features(self) -> dict[str, ValueFeature] | None:
        """Return what each column of the value table holds, by header; None for logs."""
        if self.shape() == "log":
            return None
        features = [ValueFeature(**one) for one in self.manifest()["data"]["features"]]
        return {feature.name: feature for feature in features}

    def explanation(self) -> Explanation:
        """Return why each forecast is what it is."""
        stored = pd.read_parquet(self.folder / "explanations.parquet")
        contributions = _take_named(stored, CONTRIBUTION)
        together = self.features().join(_take_named(stored, VALUE))
        values = together.reindex(columns=contributions.columns).loc[contributions.index]
        base_value = float(stored["base_value"].iloc[0])
        return Explanation(contributions, values, base_value, self.own_features())


def _take_named(table: pd.DataFrame, prefix: str) -> pd.DataFrame:
    """Return the columns whose names begin so, without the beginning."""
    named = table[[name for name in table.columns if str(name).startswith(prefix)]]
    return named.rename(columns=lambda name: str(name).removeprefix(prefix))
