"""Columns are profiled: counted exactly, charted honestly, and private ones only counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from clv_core.columns import TableKind
from clv_core.ingest import column_counts
from clv_core.ingest.engine import cursor
from clv_core.ingest.raw import Dialect, RawTable
from clv_core.ingest.reading import TextRows, read_text_rows
from clv_core.ingest.scanning import Source, scan_text
from clv_core.ingest.summaries import Bin, ColumnSummary, look_at_others, summarise_columns
from clv_core.ingest.understand import recognise_file

Cells = Sequence[str | None]


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a cursor of the engine."""
    with cursor() as opened:
        yield opened


@pytest.fixture
def profile(tmp_path: Path, connection: duckdb.DuckDBPyConnection):
    """Profile columns given as text by header, the mapped ones kept, the others sampled."""

    def run(
        columns: dict[str, Cells],
        mapping: dict[str, str] | None = None,
        kind: TableKind = "orders",
        features: tuple[str, ...] = (),
    ) -> dict[str, ColumnSummary]:
        mapping = mapping or {}
        table = pd.DataFrame(columns, dtype="object")
        samples = table.fillna("").head(100).astype("str")
        raw = RawTable(
            *(tmp_path / "shop.csv", "shop.csv", kind, Dialect(), tuple(columns)),
            samples=samples,
            mapping=mapping,
            features=features,
        )
        kept = {field: table[header] for field, header in mapping.items()}
        kept |= {f"x{number}": table[header] for number, header in enumerate(features)}
        parquet = pd.DataFrame(kept, dtype="object").assign(source_row=range(1, len(table) + 1))
        parquet.astype(dict.fromkeys(kept, "string")).to_parquet(tmp_path / "kept.parquet")
        rest = table.set_axis([f"c{place}" for place in range(table.shape[1])], axis=1)
        connection.register("shown", rest.astype("string"))
        connection.execute("CREATE OR REPLACE TEMP TABLE first_rows AS SELECT * FROM shown")
        found = summarise_columns(
            connection, raw, scan_text(tmp_path / "kept.parquet", None), "first_rows"
        )
        assert [summary.name for summary in found] == list(columns)
        assert tuple(map(ColumnSummary.from_json, (one.to_json() for one in found))) == found
        return {summary.name: summary for summary in found}

    return run


def test_a_mapped_number_is_counted_and_charted(profile) -> None:
    """Three missing, five different, one bar for each."""
    cells = ["10.50", "2", "2", "-1", None, "1000", "2.0", None, None, "7"]
    (one,) = profile({"Total": cells}, {"amount": "Total"}).values()
    assert (one.field, one.type, one.rows, one.missing_rows) == ("amount", "number", 10, 3)
    assert (one.distinct, one.low, one.high, one.is_sampled) == (5, "-1", "1000", False)
    assert one.bins == (
        *(Bin("-1", "-1", 1), Bin("2", "2", 3), Bin("7", "7", 1)),
        *(Bin("10.5", "10.5", 1), Bin("1000", "1000", 1)),
    )


def test_many_numbers_share_bars_between_round_edges(profile) -> None:
    """0 to 999 in bars of 100, an outlier in the last one, every row in some bar."""
    cells = [str(number) for number in range(1000)] + ["77000"]
    one = profile({"Total": cells}, {"amount": "Total"})["Total"]
    assert (one.low, one.high, one.distinct) == ("0", "77000", 1001)
    assert one.bins[0] == Bin("0", "100", 101)
    assert one.bins[1] == Bin("100", "200", 100)
    assert one.bins[-1].high == "77000"
    assert sum(bin_.rows for bin_ in one.bins) == 1001
    assert len(one.bins) <= 20


@pytest.mark.parametrize(
    ("cells", "low", "high"),
    [
        (["1.234,50", "12,5", "0,99"], "0.99", "1234.5"),
        (["$1,234.50", "($5.25)", "$2"], "-5.25", "1234.5"),
        (["12,50 €", "-3,00 €"], "-3", "12.5"),
        (["USD 5", "USD -7"], "-7", "5"),
        (["1e3", "5"], "5", "1000"),
        (["nan", "inf", "3", "4"], "3", "4"),
    ],
)
def test_numbers_are_read_as_shops_write_them(profile, cells: Cells, low: str, high: str) -> None:
    """Signs, codes, parentheses, decimal commas; what is not finite is not a number."""
    one = profile({"Total": cells}, {"amount": "Total"})["Total"]
    assert (one.type, one.low, one.high) == ("number", low, high)


@pytest.mark.parametrize(
    ("cells", "low", "high", "first"),
    [
        (["2024-01-31", "2024-02-01", "2024-02-01"], "2024-01-31", "2024-02-01", "2024-01-31"),
        (["2024-01-31T08:26:00+08:00", "2025-12-01 10:00"], "2024-01-31 08:26",
         "2025-12-01 10:00", "2024"),
        (["31/01/2024", "01/06/2024 9:30"], "2024-01-31", "2024-06-01 09:30", "2024-01"),
        (["1/31/24", "6/1/24"], "2024-01-31", "2024-06-01", "2024-01"),
        (["31.01.2020", "01.02.2021"], "2020-01-31", "2021-02-01", "2020-01"),
        (["5 Jan 2024", "7 Jan 2024"], "2024-01-05", "2024-01-07", "2024-01-05"),
        (["20240131", "20240201"], "2024-01-31", "2024-02-01", "2024-01-31"),
        (["2024年1月31日", "2024年2月1日"], "2024-01-31", "2024-02-01", "2024-01-31"),
        (["1706689560", "1706775960"], "2024-01-31 08:26", "2024-02-01 08:26", "2024-01-31"),
        (["1995-01-01", "2024-01-01"], "1995-01-01", "2024-01-01", "1995"),
    ],
)  # fmt: skip
def test_times_are_read_as_shops_write_them(
    profile, cells: Cells, low: str, high: str, first: str
) -> None:
    """The range in ISO; bars of days, months or years, whichever are few."""
    one = profile({"When": cells}, {"order_time": "When"})["When"]
    assert (one.type, one.low, one.high) == ("time", low, high)
    assert one.bins[0].low == first
    assert sum(bin_.rows for bin_ in one.bins) == len(cells)


def test_dates_that_only_later_rows_decide(profile) -> None:
    """A hundred first rows fit both orders; one of the others says which number is the day."""
    cells = ["01/02/2024"] * 100 + ["03/02/2024", "31/01/2024"]
    one = profile({"When": cells}, {"order_time": "When"})["When"]
    assert (one.low, one.high) == ("2024-01-31", "2024-02-03")


def test_dates_that_nothing_decides_show_no_range(profile) -> None:
    """A range that may be wrong is none."""
    one = profile({"When": ["01/02/2024", "03/02/2024"]}, {"order_time": "When"})["When"]
    assert (one.type, one.rows, one.missing_rows, one.distinct) == ("time", 2, 0, 2)
    assert (one.low, one.high, one.bins) == (None, None, ())


def test_a_column_with_few_texts_is_a_category(profile) -> None:
    """Its labels come with their rows, the most frequent first."""
    one = profile({"Channel": ["web", "shop", "web", "web", "shop", None]})["Channel"]
    assert (one.type, one.distinct, one.missing_rows, one.low) == ("category", 2, 1, None)
    assert one.bins == (Bin("web", "web", 3), Bin("shop", "shop", 2))
    assert one.is_sampled


@pytest.mark.parametrize(
    "cells", [["Yes", "no", "yes"] * 3, ["0", "1", "1"] * 3, ["是", "否", "是"] * 3]
)
def test_yes_and_no_are_known(profile, cells: Cells) -> None:
    """In words of two languages and as 0 and 1."""
    one = profile({"Subscribed": cells})["Subscribed"]
    assert one.type == "yes_no"
    assert sum(bin_.rows for bin_ in one.bins) == 9


def test_a_category_with_many_labels_shows_none(profile) -> None:
    """More than twelve labels are counted, not listed."""
    one = profile({"City": [f"Town {row % 13}" for row in range(100)]})["City"]
    assert (one.type, one.distinct, one.bins) == ("category", 13, ())


@pytest.mark.parametrize("field", ["customer_id", "order_id", "product_id", "session_id"])
def test_mapped_ids_are_only_counted(profile, field: str) -> None:
    """No smallest, no largest, no bar."""
    kind: TableKind = "events" if field == "session_id" else "orders"
    one = profile({"Key": ["1", "2", "2", None]}, {field: "Key"}, kind)["Key"]
    assert one == ColumnSummary("Key", field, "id", 4, 1, 2)


@pytest.mark.parametrize(
    ("header", "cells", "kind"),
    [
        ("Billing Name", ["Ann", "Bob"] * 20, "text"),
        ("收货人姓名", ["张三", "李四"] * 20, "text"),
        ("E-Mail 2", ["", ""], "text"),
        ("Sold by", ["ann@shop.example", "bob@shop.example"] * 20, "text"),
        ("Reference", ["138****8000", "139****8001"] * 20, "text"),
        ("Dial", ["+4915112345678", "+4915112345679"] * 20, "id"),
        ("Member", ["00017", "00018"] * 20, "id"),
        ("CustomerID", ["17", "18"] * 20, "id"),
        ("会员编号", ["17", "18"] * 20, "id"),
        ("Branch", [str(1_000_000 + row) for row in range(40)], "id"),
        ("Buyer", ["Ann Lee", "Bob Ray"] * 20, "id"),
        ("Ship To", ["Ann Lee", "Bob Ray"] * 20, "id"),
        ("Vorname", ["Ann", "Bob"] * 20, "text"),
        ("收件人", ["张三", "李四"] * 20, "text"),
        ("Remark", [f"please ring {row}" for row in range(40)], "text"),
    ],
)
def test_what_may_be_personal_is_only_counted(
    profile, header: str, cells: Cells, kind: str
) -> None:
    """Columns nobody mapped are judged by header and cells, in doubt as personal."""
    one = profile({header: [cell or None for cell in cells]})[header]
    assert one.type in (kind, "empty")
    assert (one.low, one.high, one.bins) == (None, None, ())


def test_names_of_the_shops_own_things_are_shown(profile) -> None:
    """A department has a name and is nobody."""
    one = profile({"Department Name": ["Tops", "Dresses"] * 20})["Department Name"]
    assert one.bins == (Bin("Dresses", "Dresses", 20), Bin("Tops", "Tops", 20))


def test_bars_of_whole_numbers_end_at_whole_numbers(profile) -> None:
    """Half an order is no order."""
    cells = [str(number) for number in range(1, 23)] * 3 + ["1"] * 500
    one = profile({"Orders": cells})["Orders"]
    assert one.bins[0] == Bin("1", "2", 506)
    assert all("." not in bin_.high for bin_ in one.bins)


def test_an_email_in_a_late_row_hides_the_labels(profile) -> None:
    """The first hundred rows look harmless."""
    cells = ["phone", "shop"] * 60 + ["ann@shop.example"] * 10
    one = profile({"Source": cells})["Source"]
    assert (one.type, one.bins) == ("text", ())


def test_an_empty_column_says_so(profile) -> None:
    """Nothing in it at all, mapped or not."""
    found = profile({"Total": [None, None], "Other": [None, None]}, {"amount": "Total"})
    assert [(one.type, one.missing_rows, one.distinct) for one in found.values()] == [
        ("empty", 2, 0)
    ] * 2


def test_numbers_whose_first_rows_are_blank(profile) -> None:
    """The look goes on where the first rows hold nothing."""
    one = profile({"Age": [None] * 200 + ["31", "42", "31"]})["Age"]
    assert (one.type, one.low, one.high, one.missing_rows) == ("number", "31", "42", 200)


def test_features_of_a_value_table_are_profiled_whole(profile) -> None:
    """They are kept, so nothing of them is sampled."""
    found = profile(
        {"Age": ["31", "42"], "Plan": ["a", "a"], "CLTV": ["5", None]},
        {"target_value": "CLTV"},
        "value_table",
        ("Age", "Plan"),
    )
    assert [(one.field, one.type, one.is_sampled) for one in found.values()] == [
        (None, "number", False),
        (None, "category", False),
        ("target_value", "number", False),
    ]


@pytest.mark.parametrize("limit", ["_FEW_ROWS", "_MANY_ROWS", "_MOST_QUERIES"])
def test_long_and_wide_tables_come_to_the_same(
    profile, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    """Grouped, estimated or picked: counts and ranges agree with those taken row by row."""
    columns = {
        "Total": [None if row % 10 == 0 else f"{row % 700}.5" for row in range(3000)],
        "When": [f"20{row % 20 + 10}-01-01" for row in range(3000)],
        "Country": [("FR", "DE", "IT")[row % 3] for row in range(3000)],
        "Order": [str(row // 2) for row in range(3000)],
    }
    mapping = {"amount": "Total", "order_time": "When", "country": "Country", "order_id": "Order"}
    taken = profile(columns, mapping)
    monkeypatch.setattr(column_counts, "_FEW_ROWS", 1000)
    monkeypatch.setattr(column_counts, limit, {"_FEW_ROWS": 1000, "_MANY_ROWS": 1500}.get(limit, 0))
    for name, one in profile(columns, mapping).items():
        other = taken[name]
        assert (one.type, one.rows, one.missing_rows) == (other.type, 3000, other.missing_rows)
        assert (one.distinct, one.low, one.high) == (other.distinct, other.low, other.high)
        assert one.bins == other.bins or one.is_sampled
        assert bool(one.bins) == bool(other.bins)


def test_a_file_is_profiled_while_it_is_read(tmp_path: Path) -> None:
    """Columns that are not kept by their first rows, ragged ones too; all in the file's order."""
    rows = "".join(f"C{row % 7},web,2024-01-{row % 28 + 1:02d},{row}.5\n" for row in range(60))
    path = tmp_path / "orders.csv"
    path.write_text(f"customer_id,channel,order_time,amount\n{rows}", encoding="utf-8")
    read = read_text_rows(recognise_file(path), tmp_path / "out.parquet")
    told = [(one.name, one.field, one.type, one.is_sampled) for one in read.summaries]
    assert told == [
        ("customer_id", "customer_id", "id", False),
        ("channel", None, "category", True),
        ("order_time", "order_time", "time", False),
        ("amount", "amount", "number", False),
    ]
    assert read.summaries[1].bins == (Bin("web", "web", 60),)
    assert TextRows.from_json(read.to_json()).summaries == read.summaries


def test_a_wide_table_is_looked_at_in_fewer_rows(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    """A million cells at most: of five hundred columns two thousand rows."""
    path = tmp_path / "wide.csv"
    path.write_text((",".join("1" * 500) + "\n") * 2100, encoding="utf-8")
    names = tuple(f"column_{number}" for number in range(500))
    raw = RawTable(
        *(path, "wide.csv", "orders", Dialect(has_header=False), names, pd.DataFrame(), {})
    )
    source = Source(path, ",", '"', 0, False, 500, may_quote=False)
    assert look_at_others(connection, raw, source) == "first_rows"
    assert connection.execute("SELECT count(*) FROM first_rows").fetchone() == (2000,)
