"""A saved model applied to newer orders, without training anything."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pandas as pd

from clv_core.cleaning.tables import Tables
from clv_core.errors import InvalidSetting, MissingColumns, NothingStored
from clv_core.evaluation.certainty import IntervalModel
from clv_core.evaluation.chances import ChanceCalibration
from clv_core.evaluation.ranges import Ranges
from clv_core.explain.attribution import list_features_read
from clv_core.features.build import build_snapshot
from clv_core.features.catalogue import CATALOGUE
from clv_core.features.snapshots import Snapshot
from clv_core.models.expectation import ExpectationModel
from clv_core.models.forecaster import Forecaster
from clv_core.models.registry import load_forecaster
from clv_core.runs.folder import RunFolder
from clv_core.runs.forecast import OUTLOOK_COLUMNS, fill_in, tell_return
from clv_core.runs.intervals import bound_forecast, read_interval
from clv_core.sentences import Sentence

SCORED_COLUMNS: Final = (
    *("predicted", "low", "high", "p_buy", "expected_orders"),
    *OUTLOOK_COLUMNS,
)
"""What is told of a customer, besides the id."""


def score_tables(run: RunFolder, tables: Tables) -> pd.DataFrame:
    """Forecast every customer as of the last day of the given tables.

    Parameters
    ----------
    run : RunFolder
        Its model, statistical expectation and intervals are used as saved.
    tables : Tables
        Must hold the kinds of table that the model was trained with.

    Returns
    -------
    DataFrame
        ``customer_id, predicted, low, high, p_buy, expected_orders`` and
        ``forecast.OUTLOOK_COLUMNS``, highest first. ``p_buy`` and
        ``expected_orders`` are the statistical model's where the saved one gives none.

    Raises
    ------
    InvalidSetting
        When the run was made from a value table.
    NothingStored
        When a file of the run is missing or not as it was written.
    MissingColumns
        When the model reads features of a kind of table that is not given.
    """
    scorer = open_scorer(run)
    snapshot = build_snapshot(tables, tables.last_day, scorer.horizon_days, label=False)
    table = scorer.score(snapshot)
    customers = tables.scan("customers").collect("pandas").to_native().set_index("customer_key")
    table.insert(0, "customer_id", customers["customer_id"].reindex(table.index))
    return table.sort_values("predicted", ascending=False, kind="stable")


@dataclass(frozen=True)
class Scorer:
    """A saved model and what its forecasts are completed with.

    Nothing in it looks from one customer at another, so customers may be scored
    together or in batches of any size, here or on another machine.

    Attributes
    ----------
    forecaster : Forecaster
    expectation : ExpectationModel
    chances : ChanceCalibration
    interval : Ranges, IntervalModel or None
    interval_scale : float
    horizon_days : int
    """

    forecaster: Forecaster
    expectation: ExpectationModel
    chances: ChanceCalibration
    interval: Ranges | IntervalModel | None
    interval_scale: float
    horizon_days: int

    def score(self, snapshot: Snapshot) -> pd.DataFrame:
        """Forecast the customers of a snapshot.

        Returns
        -------
        DataFrame, index ``customer_key``
            ``SCORED_COLUMNS``, in the order of the snapshot.

        Raises
        ------
        MissingColumns
            When the model reads features of a kind of table that is not given.
        """
        attached = self.expectation.attach(snapshot)
        check_features(self.forecaster, attached)
        statistical = self.expectation.forecaster_
        prediction = fill_in(
            self.forecaster.predict(attached), statistical.predict(attached), self.chances
        )
        table = pd.DataFrame(
            {
                "predicted": prediction.spend,
                "p_buy": prediction.p_buy,
                "expected_orders": prediction.orders,
            }
        )
        if self.interval is None:
            table = table.assign(low=float("nan"), high=float("nan"))
        else:
            table = table.join(bound_forecast(self.interval, prediction, self.interval_scale))
        days = (snapshot.day, snapshot.horizon_days)
        table = table.join(tell_return(prediction, statistical.process_, snapshot.features, *days))
        return table[list(SCORED_COLUMNS)]


def open_scorer(run: RunFolder) -> Scorer:
    """Load what a run's forecasts are made with; raises as :func:`score_tables`."""
    if run.shape() != "log":
        raise InvalidSetting(
            Sentence("This run was made from one row per customer with a value, not from orders."),
            Sentence("Give such a table with --table, or choose another run."),
        )
    check_run(run)
    return load_scorer(run)


def load_scorer(run: RunFolder) -> Scorer:
    """Load a run on dated rows whose files are known to be whole."""
    manifest = run.manifest()
    has_interval = manifest["interval"] is not None
    told = (run.folder / "expectation.json").read_text("utf-8")
    return Scorer(
        forecaster=load_forecaster(manifest["model"], run.folder / "model"),
        expectation=ExpectationModel.from_json(told),
        chances=(
            ChanceCalibration.from_json(manifest["chances"])
            if "chances" in manifest  # not in runs of earlier versions
            else ChanceCalibration()
        ),
        interval=read_interval(manifest["interval"]) if has_interval else None,
        interval_scale=manifest["interval_scale"] if has_interval else 1.0,
        horizon_days=manifest["plan"]["horizon_days"],
    )


def check_features(forecaster: Forecaster, snapshot: Snapshot) -> None:
    """Refuse to score where a kind of table is missing that the model reads."""
    missing = set(list_features_read(forecaster, snapshot)) - set(snapshot.names)
    if missing:
        families = ", ".join(sorted({CATALOGUE[name].family for name in missing}))
        raise MissingColumns(
            Sentence(
                "This model also reads {families}, of which the given files say nothing.",
                families=families,
            ),
            Sentence("Give the same kinds of file that it was trained on."),
        )


def check_run(run: RunFolder) -> None:
    """Compare every file of a run with the checksum in its manifest."""
    check_files(run, run.manifest()["checksums"])


def check_files(run: RunFolder, names: Iterable[str]) -> None:
    """Compare some files of a run with the checksums in its manifest.

    Raises
    ------
    NothingStored
        When one is missing or not as it was written.
    """
    checksums = run.manifest()["checksums"]
    for name in names:
        file = run.folder / name
        found = hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else None
        if found is None or found != checksums.get(name):
            raise NothingStored(
                Sentence("The file {name} of this run is missing or was changed.", name=name),
                Sentence("Train again, or restore the run from a copy."),
            )
