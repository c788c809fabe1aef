"""The feature expressions give on Spark's own tables what they give on DuckDB's."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.features.build import build_snapshot

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


class SparkTables(Tables):
    """Cleaned tables that Spark scans."""

    def scan(self, name: str) -> nw.LazyFrame[Any]:
        """Return a table as a lazy frame of Spark."""
        from pyspark.sql import SparkSession

        session = SparkSession.getActiveSession()
        assert session is not None
        frame: nw.LazyFrame[Any] = nw.from_native(
            session.read.parquet(str(self.folder / f"{name}.parquet"))
        )
        return frame


def test_features_and_labels_are_equal_on_spark(
    spark: SparkSession, small_tables: tuple[Tables, QualityReport]
) -> None:
    """Every family, sequence and label, to 1e-6 (found: to the bit)."""
    tables = small_tables[0]
    held = {one.name: getattr(tables, one.name) for one in dataclasses.fields(tables)}
    cutoff = tables.last_day - dt.timedelta(days=200)
    expected = build_snapshot(tables, cutoff, 90, label=True)
    found = build_snapshot(SparkTables(**held), cutoff, 90, label=True)
    assert list(found.features.columns) == list(expected.features.columns)
    assert found.features.index.equals(expected.features.index)
    np.testing.assert_allclose(
        found.features.to_numpy(), expected.features.to_numpy(), rtol=1e-6, atol=1e-6
    )
    assert list(found.sequences) == list(expected.sequences)
    for name, sequence in expected.sequences.items():
        np.testing.assert_allclose(found.sequences[name], sequence, rtol=1e-6)
    np.testing.assert_allclose(found.read_spend(), expected.read_spend(), rtol=1e-6)
    np.testing.assert_array_equal(found.read_bought(), expected.read_bought())
