"""Shops as they come, in disorder: cleaned in parts they are what one machine makes of them."""

from __future__ import annotations

import datetime as dt
import random
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from clv_core.errors import AmbiguousDates, TooFewCustomers, UnreadableColumn
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.raw import RawTable
from clv_core.ingest.understand import understand_file
from clv_core.pipeline import prepare_tables
from clv_core.settings import CleaningSettings
from tests.core.cluster.conftest import account_of

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

HEADER = (
    "order id,customer id,email,date,quantity,unit price,product id,product name,currency,status"
)
PRODUCTS = (
    ("p1", "Mug"),
    ("p2", "Shipping"),
    ("p3", "Gift card"),
    ("p3", "Lamp"),
    ("p4", '"Tea, green"'),
)
PARTS = 7  # more than customers of some kinds, so that a part may have no order at all


def write_orders(path: Path, seed: int, rows: int = 300) -> None:
    """Write order lines with every fault that a rule looks for."""
    draw = random.Random(seed)
    lines = [HEADER]
    for number in range(rows):
        customer = draw.choice(
            [
                "7.0",
                "7",
                "12",
                "００１２",
                "A@Shop.example",
                "a@shop.example",
                "138****8000",
                "1.03E+19",
                "",
            ]
            + [str(100 + one) for one in range(40)]
        )
        day = dt.date(2024, 1, 1) + dt.timedelta(days=draw.randrange(500))
        product, name = draw.choice(PRODUCTS)
        cells = [
            str(1000 + number // 2),
            customer,
            draw.choice(["", "x@test.com", f"c{customer}@mail.de"]),
            draw.choice([day.strftime("%d/%m/%Y"), day.strftime("%d.%m.%Y"), "soon", "01/01/1880"])
            if draw.random() < 0.1
            else day.strftime("%d/%m/%Y"),
            draw.choice(["1", "2", "-1", "1,5", "x"]) if draw.random() < 0.3 else "1",
            draw.choice(["9.90", '"1.234,50"', "0", "-3", "n/a", "4.5"]),
            product,
            name,
            draw.choice(["EUR"] * 8 + ["USD", ""]),
            draw.choice(["paid"] * 8 + ["cancelled", "pending", "test"]),
        ]
        lines.append(",".join(cells))
        if draw.random() < 0.05:
            lines.append(lines[-1])  # the same line twice
        if draw.random() < 0.02:
            lines.append("only,three,cells")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_orders(folders: list[Path]) -> pd.DataFrame:
    """Return all orders by the shop's own customer ids, in an order of their own."""
    parts = [
        pd.read_parquet(folder / "orders.parquet").merge(
            pd.read_parquet(folder / "customers.parquet")[["customer_key", "customer_id"]]
        )
        for folder in folders
    ]
    table = pd.concat(parts).drop(columns=["customer_key", "order_key"])
    return table.sort_values(list(table.columns), ignore_index=True)


def understand_orders(path: Path) -> RawTable:
    """Return a file of orders, understood."""
    return understand_file(path, choice=FileChoice.check({"kind": "orders"}))


@pytest.mark.parametrize("seed", [1, 2])
def test_messy_orders_are_judged_alike(spark: SparkSession, tmp_path: Path, seed: int) -> None:
    """Two overlapping files: the same account, months, notes and orders."""
    from clv_core.cluster.ingest import prepare_divided
    from clv_core.cluster.shared import find_part

    for name, drawn in (("a.csv", seed), ("b.csv", seed), ("c.csv", seed + 10)):
        write_orders(tmp_path / name, drawn)
    files = [understand_orders(tmp_path / name) for name in ("a.csv", "b.csv", "c.csv")]
    settings = CleaningSettings.check({"staff_domains": ["shop.example"]})
    alone, divided = tmp_path / "alone", tmp_path / "divided"
    alone.mkdir()
    divided.mkdir()
    tables, expected = prepare_tables(files, alone, settings)
    found_tables, found = prepare_divided(spark, files, divided, settings, parts=PARTS)
    pd.testing.assert_frame_equal(account_of(found), account_of(expected))
    pd.testing.assert_frame_equal(found.monthly, expected.monthly)
    assert found.notes == expected.notes
    assert found.facts.to_json() == pytest.approx(expected.facts.to_json())
    examples = [[case.examples for case in one.rejected] for one in found.files]
    assert examples == [[case.examples for case in one.rejected] for one in expected.files]
    folders = [find_part(divided, number) for number in found_tables.parts]
    pd.testing.assert_frame_equal(read_orders(folders), read_orders([tables.folder]))


def test_refusals_are_those_of_one_machine(spark: SparkSession, tmp_path: Path) -> None:
    """What is refused for most rows of a file is not refused, or missed, for a part of them."""
    from clv_core.cluster.ingest import prepare_divided

    rows = {
        UnreadableColumn: [f"{n % 9},soon,5" for n in range(40)] + ["1,2024-05-17,5"],
        AmbiguousDates: [f"{n % 9},0{n % 9 + 1}/02/2024,5" for n in range(40)],
        TooFewCustomers: [",2024-05-17,5" for n in range(40)],
    }
    for kind, lines in rows.items():
        path = tmp_path / f"{kind.__name__}.csv"
        path.write_text("\n".join(["customer_id,order_time,amount", *lines]), encoding="utf-8")
        files = [understand_orders(path)]
        told = []
        for prepare in (prepare_tables, partial(prepare_divided, spark, parts=3)):
            folder = tmp_path / f"{kind.__name__}-{len(told)}"
            folder.mkdir()
            with pytest.raises(kind) as refused:
                prepare(files=files, folder=folder, cleaning=CleaningSettings())
            told.append((str(refused.value.problem), list(map(str, refused.value.cases))))
        assert told[0] == told[1]
