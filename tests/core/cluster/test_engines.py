"""What --engine needs is said in a sentence before anything is read."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from clv_core.cluster.engines import require_spark
from clv_core.cluster.limits import refuse_unsupported
from clv_core.errors import InvalidSetting, UserDataError
from clv_core.ingest.raw import RawTable
from clv_core.ingest.understand import understand_file
from clv_core.settings import CleaningSettings


@pytest.fixture(scope="module")
def orders(small_shop: Path) -> RawTable:
    """Return the small shop's orders, understood."""
    return understand_file(small_shop / "orders.csv")


@pytest.mark.parametrize("engine", ["duckdb", "local[x]", "spark://host", "local[2]; rm", ""])
def test_a_word_that_names_no_engine_is_refused(engine: str) -> None:
    """Only a master as Spark writes it is taken."""
    with pytest.raises(InvalidSetting) as told:
        require_spark(engine)
    assert "spark://host:7077" in str(told.value.remedy)


def test_missing_pyspark_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The app works without Spark; who asks for it is told how to get it."""
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(UserDataError) as told:
        require_spark("local[*]")
    assert "requirements-spark.txt" in str(told.value.remedy)


def test_missing_java_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Spark without Java is no engine."""
    pytest.importorskip("pyspark", reason="pyspark (requirements-spark.txt) is not installed")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(UserDataError) as told:
        require_spark("local[*]")
    assert "Java 17" in str(told.value.remedy)


@pytest.mark.parametrize(
    ("name", "value"), [("guests", "email"), ("missing_amounts", "mean"), ("outliers", "iqr")]
)
def test_settings_that_need_all_rows_are_refused(orders: RawTable, name: str, value: str) -> None:
    """Never a silently different result: what cannot be divided is named."""
    settings = CleaningSettings.check({name: value})
    with pytest.raises(InvalidSetting) as told:
        refuse_unsupported([orders], settings)
    assert name in str(told.value.problem)


def test_orders_whose_lines_hang_together_are_refused(orders: RawTable) -> None:
    """In such exports a line alone does not say whose it is."""
    with pytest.raises(InvalidSetting) as told:
        refuse_unsupported([replace(orders, preset="shopify")], CleaningSettings())
    assert "orders.csv" in str(told.value.problem)


def test_default_settings_are_not_refused(orders: RawTable) -> None:
    """What most shops do can be done in parts."""
    refuse_unsupported([orders], CleaningSettings())
