"""Every known way to bring unusable data ends in a sentence, from the first verb to the last."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from clv_core.cli import main

HEADER = "customer_id,order_time,amount\n"
START = dt.date(2024, 1, 1)


def write_orders(
    path: Path, customers: int, days: list[int], amount: str = "10.5", newcomers_days: int = 7
) -> None:
    """Write an order of every customer on each of the days after the one they came on."""
    lines = [
        f"C{customer:03d},{START + dt.timedelta(days=day + customer % newcomers_days)},{amount}\n"
        for customer in range(customers)
        for day in days
    ]
    path.write_text(HEADER + "".join(lines), encoding="utf-8")


FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (lambda path: path.write_bytes(b""), "is empty"),
    "header only": (lambda path: path.write_text(HEADER), "has a header and no rows"),
    "web page": (
        lambda path: path.write_text("<!DOCTYPE html>\n<html><body>Log in</body></html>"),
        "is a web page",
    ),
    "one column": (lambda path: path.write_text("customer_id\nA\nB\n"), "one column only"),
    "unreadable dates": (
        lambda path: path.write_text(HEADER + "A,soon,5\nB,later,6\nC,never,7\n"),
        "order_time",
    ),
    "endless amounts": (
        lambda path: write_orders(path, 50, [0, 30], amount="1e309"),
        "amount",
    ),
    "NUL bytes": (lambda path: path.write_bytes(HEADER.encode() + b"A,\x00\x00,5\n" * 9), "NUL"),
    "10,000 columns": (
        lambda path: path.write_text(",".join(f"c{n}" for n in range(10_000)) + "\n"),
        "10000 columns",
    ),
    "no repeat buyers": (
        lambda path: write_orders(path, 400, [0], newcomers_days=400),
        "bought on two days",
    ),
    "short history": (lambda path: write_orders(path, 200, [0, 3]), "days"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_and_leaves_nothing_behind(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 2, one sentence that names the trouble, no traceback, no half-made result."""
    write, said = FAULTS[name]
    orders = tmp_path / "orders.csv"
    write(orders)
    assert main(["run", "--orders", str(orders), "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr().err
    assert said in told, told
    assert "Traceback" not in told
    assert [path.name for path in tmp_path.iterdir()] == ["orders.csv"]


def test_a_horizon_longer_than_the_history_names_one_that_works(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The remedy is a number the user can take over."""
    orders = tmp_path / "orders.csv"
    write_orders(orders, 200, [0, 30, 60, 90, 120])
    call = ["run", "--orders", str(orders), "--horizon-days", "365", "--out", str(tmp_path / "out")]
    assert main(call) == 2
    assert "days" in capsys.readouterr().err
