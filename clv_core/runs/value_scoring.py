"""A saved model of a value table applied to newer customers, without training anything."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from clv_core.cleaning.value_table import ValueFeature, ValueTable, clean_value_table
from clv_core.errors import InvalidSetting, MissingColumns, UserDataError
from clv_core.evaluation.error_bounds import ErrorBounds
from clv_core.features.value_rows import take_value_rows
from clv_core.ingest.confined import Request, read_confined, recognise_confined
from clv_core.ingest.raw import RawTable
from clv_core.models.registry import load_forecaster
from clv_core.runs.folder import RunFolder
from clv_core.runs.scoring import check_run
from clv_core.sentences import Sentence
from clv_core.settings import CleaningSettings


def read_to_score(
    run: RunFolder, request: Request, folder: Path, cleaning: CleaningSettings
) -> ValueTable:
    """Read and clean a table of newer customers as the run's model knows them.

    Parameters
    ----------
    run : RunFolder
        Made from a value table.
    request : (Path, str, FileChoice)
        The file, and what was said about it.
    folder : Path
        Existing, empty; gets the table.
    cleaning : CleaningSettings

    Raises
    ------
    MissingColumns
        When a column that was learnt from is not in the file.
    UserDataError
        Where the file cannot be read.
    """
    learnt = _learnt_features(run)
    path, name, choice = request
    seen = _recognise((path, name, choice.model_copy(update={"kind": "value_table"})))
    missing = [one.name for one in learnt if one.name not in seen.column_names]
    if missing:
        raise MissingColumns(
            Sentence(
                "{file} lacks {count} column(s) that the model reads: {columns}.",
                file=seen.file_name,
                count=len(missing),
                columns=", ".join(missing),
            ),
            Sentence("Give a table with the same headers as the one it was trained on."),
        )
    headers = tuple(one.name for one in learnt)
    kept = {field: column for field, column in seen.mapping.items() if column not in headers}
    kept.pop("target_value", None)  # known values are not looked at
    confirmed = {"kind": "value_table", "mapping": kept, "is_confirmed": True}
    found = _recognise((path, name, choice.model_copy(update=confirmed)))
    raw = replace(found, features=headers)  # as learnt, whatever these few rows suggest
    with TemporaryDirectory(prefix="perennial-") as scratch:
        (rows,) = read_confined([raw], Path(scratch))
        return clean_value_table(rows, folder, cleaning, learnt=learnt)[0]


def score_value_table(run: RunFolder, table: ValueTable) -> pd.DataFrame:
    """Tell the value of every customer of a table by a saved model.

    Parameters
    ----------
    run : RunFolder
        Its model and intervals are used as saved.
    table : ValueTable
        As :func:`read_to_score` gives it.

    Returns
    -------
    DataFrame
        ``customer_id, predicted, low, high``, highest first.

    Raises
    ------
    InvalidSetting
        When the run was made from orders.
    NothingStored
        When a file of the run is missing or not as it was written.
    """
    _learnt_features(run)
    check_run(run)
    manifest = run.manifest()
    forecaster = load_forecaster(manifest["model"], run.folder / "model")
    predicted = forecaster.predict(take_value_rows(table)).spend
    scored = pd.DataFrame({"predicted": predicted, "low": float("nan"), "high": float("nan")})
    if manifest["interval"] is not None:
        scored[["low", "high"]] = ErrorBounds.from_json(manifest["interval"]).bounds(predicted)
    customers = table.scan("customers").collect("pandas").to_native().set_index("customer_key")
    scored.insert(0, "customer_id", customers["customer_id"].reindex(scored.index))
    return scored.sort_values("predicted", ascending=False, kind="stable")


def _learnt_features(run: RunFolder) -> list[ValueFeature]:
    if run.shape() != "value_table":
        raise InvalidSetting(
            Sentence("This run was made from orders, not from one row per customer with a value."),
            Sentence("Give the newer orders, or choose another run."),
        )
    return [ValueFeature(**feature) for feature in run.manifest()["data"]["features"]]


def _recognise(request: Request) -> RawTable:
    (answer,) = recognise_confined([request])
    if isinstance(answer, UserDataError):
        raise answer
    return answer
