"""What ``make bench`` runs exists, and what it finds is kept and told as it was."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.benchmarks import kept
from tests.benchmarks.chart import list_curves
from tests.benchmarks.figures import Figure
from tests.benchmarks.kept import Record, keep_records, read_records
from tests.benchmarks.page import write_page
from tests.benchmarks.plan import PARTS, parts_of

MET = Figure(
    "ingest", "rows to tables", 2.0, "cpu s", 1e6, "a bare scan", 4.0, "at most 8 scans", True
)
MISSED = Figure("pages", "p95", 700.0, "ms", 1e6, target="< 500 ms", is_met=False)


def record(command: str, *figures: Figure) -> Record:
    """Return figures as one call found them."""
    machine = dict.fromkeys(("day", "commit", "processor", "memory", "system", "packages"), "x")
    return Record("ingest_scale", command, "order lines", machine, 0.03, figures)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_every_benchmark_named_is_there(part) -> None:  # type: ignore[no-untyped-def]
    """``make bench`` and ``make bench-large`` together run each of them."""
    assert find_spec(f"tests.benchmarks.{part.name}") is not None
    assert part.calls("small") or part.calls("large")


def test_a_benchmark_that_is_not_there_is_refused() -> None:
    """A name mistyped runs nothing."""
    with pytest.raises(KeyError):
        parts_of(["ingest_scael"])


def test_what_is_measured_again_takes_the_place_of_what_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same command's figures are replaced, others stay, all of it read back as it was."""
    monkeypatch.setattr(kept, "FILE", tmp_path / "benchmarks.json")
    keep_records([record("one", MET), record("two", MISSED)])
    again = record("one", MISSED)
    keep_records([again])
    assert read_records() == [again, record("two", MISSED)]


def test_the_page_tells_missed_targets_first() -> None:
    """What was not reached stands before the tables, and is marked in them."""
    page = write_page([record("one", MET, MISSED)])
    assert page.index("## Targets that were missed") < page.index("## `tests/benchmarks")
    assert "| p95 | 1,000,000 order lines | 700.00 ms |  |  | < 500 ms | **missed** |" in page
    assert "missed" not in write_page([record("one", MET)])


def test_curves_hold_what_was_measured_on_two_sizes() -> None:
    """A figure of one size is no curve; one that is not a time is none either."""
    larger = Figure("ingest", "rows to tables", 25.0, "cpu s", 1e7)
    curves = list_curves([record("one", MET, MISSED), record("two", larger, MISSED)])
    assert curves == {"ingest: rows to tables (order lines)": {1e6: 2.0, 1e7: 2.5}}
