"""What the finished parts of a proof say, together with the run itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from clv_core import __version__
from clv_core.evaluation.proof import Proof, collect_scores, collect_tests
from clv_core.evaluation.scoreboard import Scoreboard
from clv_core.evaluation.stability import Stability, measure_stability
from clv_core.evaluation.variants import compare_variants
from clv_core.models.ensemble import MeanForecaster
from clv_core.models.forecaster import Prediction
from clv_core.models.registry import load_forecaster
from clv_core.runs.folder import RunFolder
from clv_core.runs.proof_folder import ProofFolder
from clv_core.runs.proof_plan import ProofPlan, Unit, UnitKind, name_files, name_window
from clv_core.runs.proof_units import Known
from clv_core.sentences import Sentence


@dataclass(frozen=True)
class Findings:
    """The parts of a proof, read as they are asked for.

    The run is the newest window's part for its own seed, and its forecast's.

    Attributes
    ----------
    run : RunFolder
    plan : ProofPlan
    folder : ProofFolder
    """

    run: RunFolder
    plan: ProofPlan
    folder: ProofFolder

    def known(self, seed: int) -> Known:
        """Return what the newest window taught under a seed; the run's where unknown."""
        newest = name_window(self.plan.newest)
        board = self._board(newest, seed)
        model = self.plan.model if board is None else board.recommended
        if seed == self.plan.seeds[0]:
            return Known(model, self._own_weights())
        unit = Unit("window", newest, seed)
        facts = self.folder.facts(unit) if self.folder.has(unit) else {}
        return Known(model, facts.get("weights"))

    def _own_weights(self) -> dict[str, float] | None:
        """Return the weights that the run learnt for the ensemble, where it is in use."""
        if self.plan.model != MeanForecaster.name:
            return None
        model = load_forecaster(self.plan.model, self.run.folder / "model")
        if not isinstance(model, MeanForecaster) or model.stack_ is None:
            return None
        names = (member.name for member in model.members_)
        return dict(zip(names, map(float, model.stack_.weights), strict=True))

    def conclude(self) -> Proof:
        """Put all parts together; every part must be finished."""
        boards = [
            (seed, board)
            for window in self.plan.windows
            for seed in self.plan.seeds
            if (board := self._board(name_window(window), seed)) is not None
        ]
        wholes = self._wholes()
        history, customers = self._compare_histories(wholes)
        return Proof(
            model=self.plan.model,
            horizon_days=self.plan.newest.horizon_days,
            seeds=self.plan.seeds,
            scores=collect_scores(boards),
            tests=collect_tests(boards),
            stability=self._measure_stability(),
            history=history,
            history_customers=customers,
            files=self._compare_files(wholes),
            reasons=(*self.plan.reasons, *self._cautions(), *self._failures()),
        )

    def _board(self, window: str, seed: int) -> Scoreboard | None:
        if window == name_window(self.plan.newest) and seed == self.plan.seeds[0]:
            return self.run.scoreboard()
        unit = Unit("window", window, seed)
        stored = self.folder.facts(unit).get("scoreboard") if self.folder.has(unit) else None
        return None if stored is None else Scoreboard.from_json(stored)

    def _wholes(self) -> dict[int, Prediction]:
        """Return the newest window's forecast by the run's model from everything, by seed."""
        found: dict[int, Prediction] = {}
        held, model = self.run.holdout(), self.plan.model
        if f"predicted_{model}" in held:
            found[self.plan.seeds[0]] = Prediction(
                held[f"predicted_{model}"], held.get(f"p_buy_{model}")
            )
        for seed in self.plan.seeds[1:]:
            table = self.folder.table(Unit("window", name_window(self.plan.newest), seed))
            if table is not None:
                found[seed] = _read_prediction(table)
        return found

    def _variant(self, kind: UnitKind, label: str, seeds: Sequence[int]) -> list[Prediction]:
        """Return a variant's forecast per seed; empty where one of them failed."""
        tables = [self.folder.table(Unit(kind, label, seed)) for seed in seeds]
        known = [table for table in tables if table is not None]
        return [_read_prediction(table) for table in known] if len(known) == len(tables) else []

    def _outcome(self) -> pd.DataFrame:
        held = self.run.holdout()[["actual_spend", "actual_orders"]]
        return held.rename(
            columns={"actual_spend": "future_spend", "actual_orders": "future_orders"}
        )

    def _compare(
        self,
        actual: pd.DataFrame,
        variants: Mapping[str, Sequence[Prediction]],
        references: Mapping[str, str],
    ) -> pd.DataFrame:
        settings = self.run.settings()
        return compare_variants(actual, variants, references, settings.evaluation, settings.seed)

    def _compare_histories(self, wholes: Mapping[int, Prediction]) -> tuple[pd.DataFrame, int]:
        """Measure shorter histories on the customers whom all of them know."""
        opens = {day.isoformat(): day for day in (*self.plan.histories, self.plan.first_day)}
        found = {
            label: predictions
            for label in list(opens)[:-1]
            if (predictions := self._variant("history", label, list(wholes)))
        }
        if not found:
            return pd.DataFrame(), 0
        actual, whole = self._outcome(), self.plan.first_day.isoformat()
        for predictions in found.values():
            for prediction in predictions:
                actual = actual.loc[actual.index.isin(prediction.spend.index)]
        if actual.empty:
            return pd.DataFrame(), 0
        found[whole] = list(wholes.values())
        table = self._compare(actual, found, {label: whole for label in found if label != whole})
        cutoff = self.plan.newest.holdout_cutoff
        return table.assign(
            days=[(cutoff - opens[label]).days for label in table["variant"]],
            forecast_by=[
                self.plan.model if label == whole else self._forecast_by(label, next(iter(wholes)))
                for label in table["variant"]
            ],
            # What the whole history gains over the shorter one.
            gain=-table["gain"],
            gain_low=-table["gain_high"],
            gain_high=-table["gain_low"],
        ), len(actual)

    def _forecast_by(self, label: str, seed: int) -> str:
        return str(self.folder.facts(Unit("history", label, seed))["model"])

    def _compare_files(self, wholes: Mapping[int, Prediction]) -> pd.DataFrame:
        """Measure fewer files, each set against the one before it, where both were forecast."""
        labels = [name_files(tables) for tables in self.plan.files]
        if not labels or not wholes:
            return pd.DataFrame()
        order = [*labels, name_files(self.plan.present)]
        found = {label: self._variant("files", label, list(wholes)) for label in labels}
        found[order[-1]] = list(wholes.values())
        found = {label: predictions for label, predictions in found.items() if predictions}
        before = dict(zip(order[1:], order[:-1], strict=True))
        return self._compare(self._outcome(), found, before)

    def _measure_stability(self) -> Stability | None:
        own = self.run.forecast()[["predicted", "value_tier"]]
        forecasts, models = [own], [self.plan.model]
        for seed in self.plan.seeds[1:]:
            unit = Unit("forecast", "", seed)
            table = self.folder.table(unit)
            if table is not None:
                forecasts.append(table)
                models.append(str(self.folder.facts(unit)["model"]))
        return measure_stability(forecasts, models) if len(forecasts) > 1 else None

    def _cautions(self) -> list[Sentence]:
        """Say where earlier windows are no fair test, and the run no fair part of them."""
        told = []
        if self.run.tuning() and len(self.plan.windows) > 1:
            told.append(
                Sentence(
                    "This run's settings were searched on days that the earlier windows test, so"
                    " those tests are kinder than life."
                )
            )
        version = str(self.run.manifest()["perennial"])
        if version != __version__:
            told.append(
                Sentence(
                    "The run was made by version {version} of this program and the other tests by"
                    " this one: where they differ it need not be for their days or seeds.",
                    version=version,
                )
            )
        return told

    def _failures(self) -> list[Sentence]:
        """Say what could not be tested, once for all seeds."""
        reasons = []
        for unit in self.plan.units():
            why = self.folder.facts(unit).get("failure")
            if why is None:
                continue
            reason = Sentence.from_json(why)
            if unit.kind == "history":
                told = Sentence(
                    "History from {day} on is too short: {reason}", day=unit.label, reason=reason
                )
            elif unit.kind == "window":
                told = Sentence(
                    "The test that starts after {day} could not be made: {reason}",
                    day=unit.label,
                    reason=reason,
                )
            else:
                told = reason
            reasons.append(told)
        return list(dict.fromkeys(reasons))


def _read_prediction(table: pd.DataFrame) -> Prediction:
    return Prediction(table["predicted"], table.get("p_buy"))
