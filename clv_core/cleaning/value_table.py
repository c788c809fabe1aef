"""One row per customer with a value: from text rows to a cleaned table in a folder."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import duckdb
import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.parquet as pq

from clv_core.cleaning.judging import RuleBook, account_for
from clv_core.cleaning.rejected import write_rejected
from clv_core.cleaning.report import FileQuality, QualityReport, ValueFacts, empty_months
from clv_core.cleaning.staging import StagedFile
from clv_core.cleaning.value_columns import ColumnReading, ValueFeature, read_columns
from clv_core.cleaning.value_notes import note_gaps, refuse_no_features, write_notes
from clv_core.cleaning.value_reading import read_columns_as
from clv_core.cleaning.value_rows import judge_value_rows, value_rules, value_treatments
from clv_core.columns import CUSTOMERS
from clv_core.errors import TooFewCustomers, UnreadableColumn
from clv_core.ingest.engine import cursor as open_cursor
from clv_core.ingest.engine import scan_parquet
from clv_core.ingest.reading import TextRows
from clv_core.sentences import Sentence
from clv_core.settings import CleaningSettings, MissingValues

__all__ = ["FACTS_FILE", "ValueFeature", "ValueTable", "clean_value_table"]

FACTS_FILE: Final = "value_table.json"
_PROFILES: Final = "profiles.parquet"
_ROWS_PER_GROUP: Final = 8192  # thousands of columns times many rows would not fit in memory


@dataclass(frozen=True)
class ValueTable:
    """Customers with features and, where known, a value to learn.

    Attributes
    ----------
    folder : Path
        Holds ``profiles.parquet`` (``customer_key``, ``target_value`` DOUBLE,
        null where blank, and a column per feature, null where missing), ordered
        by key, and ``customers.parquet`` (``columns.CUSTOMERS``).
    target_name : str
        The user's own header of the value; empty where the table has none, to be
        scored by a saved model.
    features : tuple of ValueFeature
        In the file's order.
    customer_count, known_count : int
        Rows; rows whose value is given.
    missing_values : {"drop", "mean", "median", "regression"}
        What becomes of missing numbers when a model learns; learnt on its
        training rows, never here.
    dropped : mapping of str to Sentence
        Columns that are not learnt from, by header, and why.
    leaks : mapping of str to Sentence
        Features that the user wanted although they may give the value away, by
        header, and why they may.
    currency : str
        ISO code, empty where unknown.
    """

    folder: Path
    target_name: str
    features: tuple[ValueFeature, ...]
    customer_count: int
    known_count: int
    missing_values: MissingValues
    dropped: Mapping[str, Sentence]
    leaks: Mapping[str, Sentence] = field(default_factory=dict)
    currency: str = ""

    def scan(self, name: Literal["profiles", "customers"]) -> nw.LazyFrame[Any]:
        """Return a table as a lazy frame on this process's engine."""
        return scan_parquet(self.folder / f"{name}.parquet")

    def read_values(self) -> pd.Series:
        """Return the values as float64, index ``customer_key``, NaN where blank."""
        read = pq.read_table(self.folder / _PROFILES, columns=["customer_key", "target_value"])
        frame: pd.DataFrame = read.to_pandas().set_index("customer_key")
        return frame["target_value"].astype(np.float64)

    def read_features(self, rows: npt.NDArray[np.int64] | None = None) -> pd.DataFrame:
        """Return the features under their own headers, index ``customer_key``.

        Parameters
        ----------
        rows : ndarray of int64, optional
            Positions of the rows wanted, in the table's order; all by default.

        Returns
        -------
        DataFrame
            float64 columns, NaN where missing; categories as pandas ``category``
            whose categories are those of the whole table, sorted.
        """
        texts = [feature.column for feature in self.features if feature.type == "category"]
        read = pq.read_table(
            self.folder / _PROFILES,
            columns=["customer_key", *(feature.column for feature in self.features)],
            read_dictionary=texts,
        )
        if rows is not None:
            read = read.take(rows)
        # Each column is let go once it is copied: a wide table would be held twice.
        frame: pd.DataFrame = read.to_pandas(split_blocks=True, self_destruct=True)
        del read
        frame = frame.set_index("customer_key")
        for column in texts:
            held = frame[column].astype("category").cat
            frame[column] = held.set_categories(sorted(held.categories))
        frame.columns = pd.Index([feature.name for feature in self.features])
        return frame

    def write_facts(self) -> None:
        """Put what is known of the table beside it, for :meth:`open`."""
        facts = {
            "target_name": self.target_name,
            "features": [asdict(feature) for feature in self.features],
            "customer_count": self.customer_count,
            "known_count": self.known_count,
            "missing_values": self.missing_values,
            "dropped": {name: why.to_json() for name, why in self.dropped.items()},
            "leaks": {name: why.to_json() for name, why in self.leaks.items()},
            "currency": self.currency,
        }
        text = json.dumps(facts, indent=2, ensure_ascii=False)
        (self.folder / FACTS_FILE).write_text(text, encoding="utf-8")

    @classmethod
    def open(cls, folder: Path) -> ValueTable:
        """Open a table whose facts were written before."""
        facts = json.loads((folder / FACTS_FILE).read_text(encoding="utf-8"))
        rebuilt = {
            "features": tuple(ValueFeature(**feature) for feature in facts["features"]),
            "dropped": {name: Sentence.from_json(why) for name, why in facts["dropped"].items()},
            "leaks": {name: Sentence.from_json(why) for name, why in facts["leaks"].items()},
        }
        return cls(folder=folder, **{**facts, **rebuilt})


def clean_value_table(
    rows: TextRows,
    folder: Path,
    settings: CleaningSettings,
    today: dt.date | None = None,
    learnt: Sequence[ValueFeature] | None = None,
) -> tuple[ValueTable, QualityReport]:
    """Clean a table with one row per customer and a value.

    Rows whose value is blank stay, to be forecast; missing features stay missing,
    because what fills them is learnt on a model's training rows.

    Parameters
    ----------
    rows : TextRows
        Of kind ``value_table``.
    folder : Path
        Where the Parquet files go; exists already.
    settings : CleaningSettings
    today : date, optional
        Taken for the same call as ``clean_tables``; a value table knows no time.
    learnt : sequence of ValueFeature, optional
        What a saved model learnt: its features are read as they were then, and
        no value needs to be given.

    Returns
    -------
    ValueTable, QualityReport
        Its facts are ``ValueFacts``.

    Raises
    ------
    MissingColumns
        When no column is left to learn from.
    UnreadableColumn
        When most values or customer ids are of no use, or no value is given.
    TooFewCustomers
        When no row is left.
    """
    del today
    file = StagedFile(0, rows)
    with open_cursor() as cursor:
        judge_value_rows(cursor, file, settings)
        book = RuleBook(value_rules(file, settings), value_treatments())
        quality = account_for(cursor, file, book)
        facts = _measure_values(cursor, file, quality, settings.currency)
        if not facts.known_values and learnt is None:
            raise _no_value(file)
        cursor.execute(f"CREATE TEMP VIEW value_text AS SELECT * FROM {rows.scan}")
        names = rows.raw.features
        about = (names, settings.date_order, rows.raw.file_name)
        if learnt is None:
            readings = read_columns(cursor, "value_text", *about)
        else:
            readings = read_columns_as(cursor, "value_text", learnt, *about)
        refuse_no_features(rows, readings)
        _write_profiles(cursor, readings, folder)
        notes = write_notes(file, readings)
        if settings.missing_values == "drop":
            notes = (*notes, note_gaps(cursor, readings, folder / _PROFILES))
        write_rejected(cursor, [file], {file.number: book}, folder)
    table = ValueTable(
        folder=folder,
        target_name=rows.raw.mapping.get("target_value", ""),
        features=tuple(reading.feature for reading in readings if reading.feature is not None),
        customer_count=facts.customers,
        known_count=facts.known_values,
        missing_values=settings.missing_values,
        dropped={r.name: r.dropped for r in readings if r.dropped is not None},
        leaks={
            reading.name: rows.raw.leaks[reading.name]
            for reading in readings
            if reading.feature is not None and reading.name in rows.raw.leaks
        },
        currency=facts.currency,
    )
    table.write_facts()
    return table, QualityReport((quality,), facts, empty_months(), notes)


def _no_value(file: StagedFile) -> UnreadableColumn:
    return UnreadableColumn(
        Sentence(
            'In {file}, column "{column}", the value of every customer is blank.',
            **file.locate("target_value"),
        ),
        Sentence("Choose the column with the value, or fill it in for past customers."),
    )


def _measure_values(
    cursor: duckdb.DuckDBPyConnection, file: StagedFile, quality: FileQuality, currency: str
) -> ValueFacts:
    found = cursor.execute(
        """SELECT count(*), count(target_value), coalesce(sum(target_value), 0.0),
                  coalesce(avg(target_value), 0.0)
           FROM value_table_kept"""
    ).fetchone()
    customers, known, total, mean = found or (0, 0, 0.0, 0.0)
    if not customers:
        raise TooFewCustomers(
            Sentence("No customer is left after cleaning."),
            Sentence("See which rules dropped the rows, correct the file and upload it again."),
            [
                Sentence("{rows} row(s): {reason}.", rows=one.rows, reason=one.reason)
                for one in quality.rejected
            ],
        )
    return ValueFacts(
        customers=int(customers),
        known_values=int(known),
        blank_values=int(customers - known),
        total_value=float(total),
        mean_value=float(mean),
        currency=currency,
    )


def _write_profiles(
    cursor: duckdb.DuckDBPyConnection, readings: Sequence[ColumnReading], folder: Path
) -> None:
    """Write both Parquet files; customers are numbered in the file's order."""
    cursor.execute(
        """CREATE TEMP TABLE value_kept AS
        SELECT row_number() OVER (ORDER BY source_row) - 1 AS customer_key, *
        FROM value_table_kept"""
    )
    known = {
        "customer_key": "customer_key",
        "customer_id": "written_customer",
        **{name: name for name in ("email", "phone", "customer_name")},
    }
    contacts = ", ".join(  # what a value table does not tell is null
        f"CAST({known.get(name, 'NULL')} AS {kind}) AS {name}" for name, kind in CUSTOMERS.items()
    )
    cursor.sql(f"SELECT {contacts} FROM value_kept ORDER BY customer_key").write_parquet(
        str(folder / "customers.parquet"), compression="zstd"
    )
    columns = ", ".join(
        f"{reading.expression} AS {reading.feature.column}"
        for reading in readings
        if reading.feature is not None
    )
    # Rows pass in the file's order, and look up their key in a list: a join would mix them,
    # and sorting whole rows would need room for all of them.
    cursor.sql(
        f"""SELECT CAST(kept.keys[source_row] AS BIGINT) AS customer_key,
                   kept.target_values[source_row] AS target_value, {columns}
            FROM value_text, (
                SELECT list(customer_key ORDER BY source_row) AS keys,
                       list(target_value ORDER BY source_row) AS target_values
                FROM (SELECT unnest(range(1, max(source_row) + 1)) AS source_row FROM value_kept)
                LEFT JOIN value_kept USING (source_row)) AS kept
            WHERE kept.keys[source_row] IS NOT NULL"""
    ).write_parquet(str(folder / _PROFILES), compression="zstd", row_group_size=_ROWS_PER_GROUP)
