"""What files are told to be, and the account of their rows, alone and together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from clv_core.ingest.choice import FileChoice
from clv_core.inspection import Inspected, inspect_files
from clv_core.settings import CleaningSettings

ORDERS = "order_id,customer_id,order_time,amount\n"
EVENTS = "customer_id,event_time,event_type\n"


def write(folder: Path, name: str, text: str) -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_text(text)
    return path


def inspect(*paths: Path, **told: object) -> list[Inspected]:
    """Inspect files as they are."""
    requests = [(path, path.name, FileChoice.check(told)) for path in paths]
    return inspect_files(requests, CleaningSettings())


def rows_of(inspected: Inspected) -> tuple[int, int, dict[str, int]]:
    """Return rows read, rows kept and rows rejected by reason."""
    assert inspected.quality is not None
    (file,) = inspected.quality["files"]
    rejected: list[dict[str, Any]] = file["rejected"]
    return file["rows_read"], file["rows_kept"], {case["code"]: case["rows"] for case in rejected}


def test_files_of_one_shop_are_accounted_for_together(tmp_path: Path) -> None:
    """Events are judged beside the orders they belong to; an order in two files counts once."""
    january = write(tmp_path, "january.csv", ORDERS + "1,a,2024-01-02,5\n2,b,2024-01-31,7\n")
    february = write(tmp_path, "february.csv", ORDERS + "2,b,2024-01-31,7\n3,a,2024-02-03,9\n")
    events = write(
        tmp_path, "events.csv", EVENTS + "a,2024-01-02 10:00:00,view\nb,2024-01-03 11:00:00,cart\n"
    )
    found = inspect(january, february, events)
    assert [file.raw.kind for file in found if file.raw] == ["orders", "orders", "events"]
    read, kept = zip(*(rows_of(file)[:2] for file in found), strict=True)
    assert read == (2, 2, 2)
    assert sum(kept[:2]) == 3
    assert kept[2] == 2
    assert found[0].quality is not None
    assert found[0].quality["facts"]["orders"] == 3


def test_rows_are_counted_where_no_orders_are_given(tmp_path: Path) -> None:
    """Reviews alone cannot be cleaned; their rows are counted, the unreadable ones by reason."""
    rows = "a,2024-01-02,5,fine\nb,2024-01-03,4,so,so\n"
    text = "user_id,review_time,rating,review_text\n" + rows * 3
    (found,) = inspect(write(tmp_path, "reviews.csv", text))
    assert found.raw is not None
    assert found.raw.kind == "reviews"
    read, kept, rejected = rows_of(found)
    assert (read, kept, rejected) == (6, 3, {"too_many_cells": 3})
    assert found.quality is not None
    assert "not cleaned" in found.quality["notes"][0]["template"]


def test_one_refusal_does_not_touch_the_others(tmp_path: Path) -> None:
    """Of four files one is absent, one a web page, one ambiguous: the good one is accounted for."""
    good = write(tmp_path, "good.csv", ORDERS + "1,a,2024-01-02,5\n2,b,2024-01-31,7\n")
    page = write(tmp_path, "page.csv", "<html><body>Sign in</body></html>")
    unclear = write(tmp_path, "unclear.csv", ORDERS + "1,a,02/03/2024,5\n2,b,04/05/2024,7\n")
    found = inspect(tmp_path / "absent.csv", page, unclear, good)
    assert [type(file.refusal).__name__ for file in found] == [
        *("NothingStored", "UnreadableFile", "AmbiguousDates", "NoneType")
    ]
    assert rows_of(found[3]) == (2, 2, {})
    assert "refused" in found[0].to_json()
    assert found[3].to_json()["mapping"]["order_time"] == "order_time"


def test_a_needed_column_that_is_missing_is_the_refusal(tmp_path: Path) -> None:
    """A file said to hold orders, without a date or an amount, is refused and its reason told."""
    path = write(tmp_path, "colours.csv", "customer_id,colour\na,red\nb,blue\n")
    (found,) = inspect(path, kind="orders")
    assert type(found.refusal).__name__ == "MissingColumns"
    assert "order_time" in found.to_json()["refused"]
