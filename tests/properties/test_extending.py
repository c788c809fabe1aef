"""A data set that a file was added to is the one that is made from all files together."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clv_core.cleaning.clean import clean_tables
from clv_core.cleaning.extension import extend_tables
from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.features.build import build_snapshot
from clv_core.features.day_appending import append_day_tables
from clv_core.features.day_table import write_day_tables
from clv_core.ingest.reading import TextRows
from clv_core.settings import CleaningSettings
from tests.core.cleaning.uploads import TODAY, write_upload
from tests.properties.cleaning_settings import WAYS
from tests.properties.test_cleaning_leakage import random_lines

few_examples = settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
NAMES = {"tea": "Green tea", "jam": "Plum jam", "bag": "Linen bag", "Postage": "Postage", "": ""}
Parts = list[dict[str, pd.DataFrame]]


def random_shop(seed: int, is_tidy: bool, rows: int = 160) -> dict[str, pd.DataFrame]:
    """Return a shop's logs over five months, in the order of time; a tidy one has one currency."""
    rng = np.random.default_rng(seed)
    lines = random_lines(seed, rows).sort_values("order_time", kind="stable", ignore_index=True)
    if is_tidy:
        lines["currency"] = "EUR"
    lines["product_name"] = lines["product_id"].map(NAMES)
    times = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 150 * 24, 60), unit="h")
    ids = np.char.add("c", rng.integers(0, 14, 60).astype(str))
    dated = pd.DataFrame({"customer_id": ids, "time": times.strftime("%Y-%m-%d %H:%M:%S")})
    dated = dated.sort_values("time", kind="stable", ignore_index=True)
    products = rng.choice(["tea", "jam", "hat"], 60)
    events = dated.rename(columns={"time": "event_time"}).assign(
        event_type=rng.choice(["view", "cart"], 60),
        product_id=products,
        session_id=rng.integers(0, 9, 60).astype(str),
    )
    said = rng.choice(["Lovely green tea!", "The plum jam is bad", "slow delivery", ""], 60)
    reviews = dated.rename(columns={"time": "review_time"}).assign(
        rating=rng.choice(["1", "5", ""], 60), review_text=said, product_id=products
    )
    return {"orders": lines, "events": events, "reviews": reviews}


def split(shop: dict[str, pd.DataFrame], seed: int, is_tidy: bool) -> Parts:
    """Split a shop's logs into months that come one after the other.

    Untidy ones have late rows, rows that are in two files, orders that were corrected
    and refunds of what an earlier file sold.
    """
    rng = np.random.default_rng(seed)
    days = sorted(rng.choice(np.arange(60, 150), 2, replace=False))
    cuts = [str(pd.Timestamp("2024-01-01") + pd.Timedelta(days=int(day))) for day in days]
    parts: Parts = []
    for number in range(3):
        part = {}
        for kind, rows in shop.items():
            time = rows[next(name for name in rows if name.endswith("_time"))]
            place = np.searchsorted(cuts, time, side="right")
            if not is_tidy:
                is_late = rng.random(len(rows)) < 0.1
                place = np.where(is_late, np.minimum(place + 1, 2), place)
            part[kind] = rows[place == number]
        parts.append(part)
    return parts if is_tidy else [parts[0], *(_repeat(part, parts, rng) for part in parts[1:])]


def _repeat(
    part: dict[str, pd.DataFrame], parts: Parts, rng: np.random.Generator
) -> dict[str, pd.DataFrame]:
    repeated = {
        kind: pd.concat([rows, parts[0][kind].sample(4, random_state=int(rng.integers(99)))])
        for kind, rows in part.items()
    }
    old = parts[0]["orders"].sample(6, random_state=int(rng.integers(99)))
    corrected = old.iloc[:3].assign(amount="1.5")
    refunds = old.iloc[3:].assign(
        quantity="-1", amount="-" + old["unit_price"], order_time="2024-05-29 10:00:00"
    )
    repeated["orders"] = pd.concat([repeated["orders"], corrected, refunds])
    return repeated


def list_customers(number: int) -> pd.DataFrame:
    """Return what a customer file says, which is something else every month."""
    ids = [f"c{one}" for one in range(3 * number, 3 * number + 6)]
    return pd.DataFrame({"customer_id": ids, "city": f"Town {number}", "consent": "yes"})


def write_part(folder: Path, part: dict[str, pd.DataFrame]) -> list[TextRows]:
    """Write a month's files and read them."""
    return [
        write_upload(folder, rows.to_dict("records"), kind, f"{kind}.csv")  # type: ignore[arg-type]
        for kind, rows in part.items()
        if len(rows)
    ]


def fresh(folder: Path, name: str) -> Path:
    """Return a new folder."""
    (folder / name).mkdir()
    return folder / name


def assert_same(one: Path, other: Path) -> None:
    """Compare two data sets, table by table and bit by bit, and what is kept to go on with."""
    names = {file.relative_to(one) for file in one.rglob("*.parquet")}
    assert names == {file.relative_to(other) for file in other.rglob("*.parquet")}
    for name in sorted(names):
        mine, theirs = (pd.read_parquet(folder / name) for folder in (one, other))
        if "_described" in name.name:
            mine, theirs = (table.sort_values("source_row") for table in (mine, theirs))
        pd.testing.assert_frame_equal(mine, theirs, check_exact=True, obj=str(name))


def publish(tables: Tables, report: QualityReport) -> None:
    """Put beside the tables what a job puts there."""
    tables.write_facts()
    (tables.folder / "quality.json").write_text(report.to_json(), encoding="utf-8")


def extend_and_rebuild(
    folder: Path, parts: Parts, way: dict[str, Any]
) -> tuple[tuple[Tables, QualityReport], tuple[Tables, QualityReport]]:
    """Add month after month to a data set, and make it from all of them."""
    rules = CleaningSettings.check(way)
    files = [write_part(folder, part) for part in parts]
    base = fresh(folder, "base")
    extended = clean_tables(files[0], base, rules, TODAY, keeps_rows=True)
    write_day_tables(extended[0])
    for number, added in enumerate(files[1:]):
        publish(*extended)
        target = fresh(folder, f"extended-{number}")
        before = extended[0]
        added_up = extend_tables(before.folder, added, target, today=TODAY)
        if added_up.is_behind:
            append_day_tables(Tables.open(before.folder), added_up.tables)
        else:
            write_day_tables(added_up.tables)
        extended = added_up.tables, added_up.report
    together = [file for part in files for file in part]
    rebuilt = clean_tables(together, fresh(folder, "rebuilt"), rules, TODAY, keeps_rows=True)
    write_day_tables(rebuilt[0])
    return extended, rebuilt


def check_equal(parts: Parts, way: dict[str, Any]) -> None:
    """Assert that adding files and reading them together come to the same."""
    with tempfile.TemporaryDirectory() as name:
        (tables, report), (rebuilt, expected) = extend_and_rebuild(Path(name), parts, way)
        assert report.to_json() == expected.to_json()
        assert_same(tables.folder, rebuilt.folder)
        assert (tables.last_day, tables.order_count) == (rebuilt.last_day, rebuilt.order_count)
        cutoff = tables.last_day - dt.timedelta(days=20)
        mine, theirs = (build_snapshot(one, cutoff, 20, label=True) for one in (tables, rebuilt))
        pd.testing.assert_frame_equal(mine.features, theirs.features, check_exact=True)
        assert mine.future_spend is not None
        assert theirs.future_spend is not None
        pd.testing.assert_series_equal(mine.future_spend, theirs.future_spend, check_exact=True)
        np.testing.assert_array_equal(mine.spend_sequence, theirs.spend_sequence)


@pytest.mark.parametrize("way", ["guests_by_both", "everything"])
def test_every_way_of_cleaning_may_be_extended(way):
    """Rules that learn, guests that are joined: untidy months added one by one are the whole."""
    check_equal(split(random_shop(1, is_tidy=False), 1, is_tidy=False), WAYS[way])


@few_examples
@given(shop=st.integers(0, 2**31), cut=st.integers(0, 2**31), is_tidy=st.booleans())
def test_months_added_are_the_whole(shop, cut, is_tidy):
    """In any shop, split anywhere: the tables, the account, the features, to the last bit."""
    check_equal(split(random_shop(shop, is_tidy), cut, is_tidy), {})


def test_a_month_behind_is_put_there():
    """Tidy months are put behind the tables; one that holds an old order again is not."""
    parts = split(random_shop(3, is_tidy=True), 3, is_tidy=True)
    rules = CleaningSettings()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        base = clean_tables(
            write_part(folder, parts[0]), fresh(folder, "base"), rules, TODAY, keeps_rows=True
        )
        publish(*base)
        added = [parts[1], _with_old_order(parts), {"events": parts[1]["events"]}]
        places = [
            extend_tables(
                base[0].folder, write_part(folder, part), fresh(folder, str(at)), today=TODAY
            ).is_behind
            for at, part in enumerate(added)
        ]
    assert places == [True, False, False]


def _with_old_order(parts: Parts) -> dict[str, pd.DataFrame]:
    """Return the second month, with an order of the first that was corrected."""
    old = parts[0]["orders"].query("order_id != ''").iloc[:1].assign(amount="1.5")
    return {**parts[1], "orders": pd.concat([parts[1]["orders"], old])}


def test_customers_may_change_what_they_say():
    """A later customer file adds whom it lists and changes nobody it does not."""
    parts = split(random_shop(5, is_tidy=True), 5, is_tidy=True)[:2]
    for number, part in enumerate(parts):
        part["customers"] = list_customers(number)
    check_equal(parts, {})
