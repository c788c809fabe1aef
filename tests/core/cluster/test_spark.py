"""What Spark makes of a shop is what one machine makes of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.ingest.raw import RawTable
from clv_core.runs.folder import RunFolder
from clv_core.runs.scoring import score_tables
from clv_core.settings import CleaningSettings
from tests.core.cluster.conftest import ENGINE, account_of

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from clv_core.cluster.ingest import DividedTables


def test_account_is_that_of_one_machine(
    divided: tuple[DividedTables, QualityReport],
    small_tables: tuple[Tables, QualityReport],
) -> None:
    """Every file's rows, kept, rejected and interpreted, are counted the same."""
    found, expected = divided[1], small_tables[1]
    pd.testing.assert_frame_equal(account_of(found), account_of(expected))
    pd.testing.assert_frame_equal(found.monthly, expected.monthly)
    assert found.notes == expected.notes
    assert found.facts.to_json() == pytest.approx(expected.facts.to_json())


def test_forecasts_are_those_of_one_machine(
    spark: SparkSession,
    small_files: list[RawTable],
    small_run: RunFolder,
    small_tables: tuple[Tables, QualityReport],
    tmp_path: Path,
) -> None:
    """A saved model scored on Spark says the same of every customer, to 1e-6."""
    from clv_core.cluster.scoring import score_on_cluster

    out = tmp_path / "forecast.csv"
    counted = score_on_cluster(ENGINE, small_run, small_files, CleaningSettings(), out)
    expected = tmp_path / "expected.csv"
    score_tables(small_run, small_tables[0]).to_csv(expected, index=False)
    found, wanted = pd.read_csv(out), pd.read_csv(expected)
    assert counted == len(wanted)
    pd.testing.assert_frame_equal(found, wanted, rtol=1e-6, atol=1e-6)
