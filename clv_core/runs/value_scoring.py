"""A saved model of a value table applied to newer customers, without training anything."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from clv_core.cleaning.value_table import ValueFeature, ValueTable
from clv_core.errors import InvalidSetting, MissingColumns
from clv_core.evaluation.error_bounds import ErrorBounds
from clv_core.features.snapshots import Snapshot
from clv_core.features.value_rows import take_value_rows
from clv_core.models.registry import load_forecaster
from clv_core.runs.folder import RunFolder
from clv_core.runs.scoring import check_run
from clv_core.sentences import Sentence


def score_value_table(run: RunFolder, table: ValueTable) -> pd.DataFrame:
    """Tell the value of every customer of a table by a saved model.

    Parameters
    ----------
    run : RunFolder
        Made from a value table; its model and intervals are used as saved.
    table : ValueTable
        Holds the columns that the run learnt from, under the same headers. Its
        own values, if it has any, are not looked at.

    Returns
    -------
    DataFrame
        ``customer_id, predicted, low, high``, highest first.

    Raises
    ------
    InvalidSetting
        When the run was made from orders.
    MissingColumns
        When a column that was learnt from is missing, or holds other things.
    NothingStored
        When a file of the run is missing or not as it was written.
    """
    if run.shape() != "value_table":
        raise InvalidSetting(
            Sentence("This run was made from orders, not from one row per customer with a value."),
            Sentence("Give the newer orders, or choose another run."),
        )
    check_run(run)
    manifest = run.manifest()
    learnt = [ValueFeature(**feature) for feature in manifest["data"]["features"]]
    _check_features(learnt, table)
    snapshot = _count_days_alike(take_value_rows(table), learnt, table)
    forecaster = load_forecaster(manifest["model"], run.folder / "model")
    predicted = forecaster.predict(snapshot).spend
    scored = pd.DataFrame({"predicted": predicted, "low": float("nan"), "high": float("nan")})
    if manifest["interval"] is not None:
        scored[["low", "high"]] = ErrorBounds.from_json(manifest["interval"]).bounds(predicted)
    customers = table.scan("customers").collect("pandas").to_native().set_index("customer_key")
    scored.insert(0, "customer_id", customers["customer_id"].reindex(scored.index))
    return scored.sort_values("predicted", ascending=False, kind="stable")


def _check_features(learnt: list[ValueFeature], table: ValueTable) -> None:
    given = {feature.name: feature for feature in table.features}
    missing = [feature.name for feature in learnt if feature.name not in given]
    if missing:
        raise MissingColumns(
            Sentence(
                "The table lacks {count} column(s) that the model reads: {columns}.",
                count=len(missing),
                columns=", ".join(missing),
            ),
            Sentence("Give a table with the same headers as the one it was trained on."),
        )
    other = [
        feature.name
        for feature in learnt
        if (feature.type == "category") != (given[feature.name].type == "category")
    ]
    if other:
        raise MissingColumns(
            Sentence(
                "The model learnt numbers where the table has words, or the other way round, in:"
                " {columns}.",
                columns=", ".join(other),
            ),
            Sentence("Give a table whose columns are filled in as in the one it was trained on."),
        )


def _count_days_alike(
    snapshot: Snapshot, learnt: list[ValueFeature], table: ValueTable
) -> Snapshot:
    """Count days back from the newest day that the model knew, not from the table's own."""
    given = {feature.name: feature for feature in table.features}
    for feature in learnt:
        newest = given[feature.name].newest
        if feature.newest is not None and newest is not None:
            later = dt.date.fromisoformat(newest) - dt.date.fromisoformat(feature.newest)
            snapshot.features[feature.name] -= later.days
    return snapshot
