"""Tables with one row per customer and a value: rows, column types, the account."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clv_core.cleaning.report import QualityReport, ValueFacts
from clv_core.cleaning.value_table import ValueTable, clean_value_table
from clv_core.columns import CUSTOMERS
from clv_core.errors import MissingColumns, TooFewCustomers, UnreadableColumn
from clv_core.ingest.raw import Dialect, RawTable
from clv_core.ingest.reading import TextRows, read_text_rows
from clv_core.settings import CleaningSettings

FIELDS = {"id": "customer_id", "value": "target_value", "email": "email"}


@dataclass(frozen=True)
class Cleaned:
    """What cleaning made of a table."""

    table: ValueTable
    report: QualityReport

    @property
    def types(self) -> dict[str, str]:
        """Type of each feature by header."""
        return {feature.name: feature.type for feature in self.table.features}

    @property
    def rejected(self) -> dict[str, int]:
        """Rows rejected, by code."""
        return {case.code: case.rows for case in self.report.files[0].rejected}

    @property
    def treated(self) -> dict[str, int]:
        """Rows interpreted, by code."""
        return {case.code: case.rows for case in self.report.files[0].treated}

    @property
    def notes(self) -> list[str]:
        """What is said about the columns."""
        return [str(note) for note in self.report.notes]

    def feature(self, name: str) -> list[Any]:
        """Values of one feature, None where missing."""
        column = self.table.read_features()[name]
        return [None if pd.isna(entry) else entry for entry in column]


def write_rows(folder: Path, columns: dict[str, list[str]]) -> TextRows:
    """Lay out columns as the reader does; blank cells are null."""
    table = pd.DataFrame(columns, dtype="str")
    mapping = {FIELDS[name]: name for name in columns if name in FIELDS}
    features = tuple(name for name in columns if name not in FIELDS)
    laid = table.rename(columns={column: field for field, column in mapping.items()})
    laid = laid.rename(columns={name: f"x{place}" for place, name in enumerate(features)})
    laid = laid.mask(laid == "")
    laid.insert(0, "source_row", np.arange(1, len(laid) + 1))
    laid.insert(1, "source_line", laid["source_row"] + 1)
    laid.to_parquet(folder / "rows.parquet")
    raw = RawTable(
        path=folder / "people.csv",
        file_name="people.csv",
        kind="value_table",
        dialect=Dialect(),
        column_names=tuple(columns),
        samples=table.head(100),
        mapping=mapping,
        features=features,
    )
    none = pd.DataFrame({"source_row": [], "source_line": []}).astype("int64")
    return TextRows(raw, folder / "rows.parquet", len(laid), none.assign(reason=""))


@pytest.fixture
def clean(tmp_path: Path) -> Any:
    """Clean columns of text given by header."""

    def run(columns: dict[str, list[str]], **settings: Any) -> Cleaned:
        rows = write_rows(tmp_path, columns)
        return Cleaned(*clean_value_table(rows, tmp_path, CleaningSettings(**settings)))

    return run


def repeat(*cells: str, count: int = 20) -> list[str]:
    """Cells over and over, ``count`` in all."""
    return [cells[number % len(cells)] for number in range(count)]


PEOPLE = {
    "id": [f"0{number}" for number in range(20)],
    "value": [f"{100 + number}" for number in range(20)],
}


def test_types_by_format(clean):
    """Numbers, yes and no, dates and categories are told apart by their text."""
    cleaned = clean(
        PEOPLE
        | {
            "age": repeat("31", "42", "53"),
            "spend": repeat("€ 1.234,50", "12,00", "7"),
            "share": repeat("12%", "7.5 %"),
            "wide": repeat("１２", " 7　"),
            "member": repeat("Yes", "no", ""),
            "joined": repeat("2024-01-31", "2024-01-01"),
            "plan": repeat("gold", "silver"),
            "rooms": repeat("007", "012"),
        }
    )
    assert cleaned.types == {
        **{
            "age": "number",
            "spend": "number",
            "share": "number",
            "wide": "number",
            "member": "yes_no",
        },
        **{"joined": "date", "plan": "category", "rooms": "category"},
    }
    assert cleaned.feature("spend")[:3] == [1234.5, 12.0, 7.0]
    assert cleaned.feature("share")[:2] == [12.0, 7.5]
    assert cleaned.feature("wide")[:2] == [12.0, 7.0]
    assert cleaned.feature("member")[:3] == [1.0, 0.0, None]
    assert cleaned.feature("joined")[:2] == [0.0, 30.0]
    assert cleaned.feature("rooms")[:2] == ["007", "012"]
    assert cleaned.table.read_features().dtypes["member"] == np.float64


def test_columns_without_use_are_dropped_with_a_reason(clean):
    """Empty, constant, numbering and free-text columns are named, each with why."""
    cleaned = clean(
        PEOPLE
        | {
            "age": repeat("31", "42", "53"),
            "blank": repeat(""),
            "country": repeat("US"),
            "RowNumber": [str(number) for number in range(20)],
            "comment": [f"what customer {number} said" for number in range(20)],
        }
    )
    assert list(cleaned.types) == ["age"]
    reasons = {name: str(why) for name, why in cleaned.table.dropped.items()}
    assert reasons["blank"] == "It is empty."
    assert reasons["country"] == "It holds the same in every row."
    assert "numbers the rows" in reasons["RowNumber"]
    assert "an entry of their own" in reasons["comment"]
    assert '"country" is not learnt from. It holds the same in every row.' in cleaned.notes


def test_days_that_may_be_months(clean):
    """A date that can be read both ways is dropped with the way out; the setting reads it."""
    dates = PEOPLE | {"age": repeat("1", "2"), "since": repeat("03/04/2024", "05/06/2024")}
    assert "day or the month" in str(clean(dates).table.dropped["since"])
    assert clean(dates, date_order="day_first").feature("since")[:2] == [63.0, 0.0]


def test_unreadable_cells_are_missing_and_counted(clean):
    """Marks of missing are missing; a few other texts too, with a note."""
    ages = [str(number) for number in range(200)]
    ages[3], ages[5], ages[7] = "n/a", "forty", ""
    many = {"id": [f"c{n}" for n in range(200)], "value": repeat("5", "6", count=200)}
    cleaned = clean(many | {"age": ages})
    assert cleaned.types == {"age": "number"}
    assert [cleaned.feature("age")[row] for row in (3, 5, 7, 8)] == [None, None, None, 8.0]
    assert cleaned.notes == ['In "age", 1 cell(s) cannot be read and count as missing.']


def test_every_row_is_accounted_for(clean):
    """Each bad row counts under one reason; blank values stay to be forecast."""
    cleaned = clean(
        {
            "id": ["a", "b", "a", "a", "", "1.03E+19", "138****8000", "c", "d", "e", "f", "e"],
            "value": ["1", "2", "1", "9", "3", "4", "5", "x", "inf", "", "1.234,5", "n/a"],
            "age": ["7", "8", "7", "7", "7", "7", "7", "7", "7", "9", "9", "9"],
        }
    )
    assert cleaned.rejected == {
        **{"missing_customer": 1, "destroyed_id": 1, "masked_id": 1},
        **{"unreadable_value": 1, "impossible_value": 1},
        **{"repeated_line": 1, "repeated_customer": 2},
    }
    assert cleaned.treated == {"blank_value": 1, "decimal_comma": 1}
    assert cleaned.report.files[0].rows_read == 12
    values = cleaned.table.read_values()
    assert values.index.tolist() == [0, 1, 2, 3]
    np.testing.assert_array_equal(values, [1.0, 2.0, np.nan, 1234.5])
    assert cleaned.report.facts == ValueFacts(4, 3, 1, 1237.5, 412.5)


def test_a_usable_mention_goes_before_a_broken_one(clean):
    """A customer whose first row has no readable value is kept by the second."""
    people = {"id": ["a", "a", *"bcdef"], "value": ["x", *"123456"], "age": repeat(*"78", count=7)}
    cleaned = clean(people)
    assert cleaned.rejected == {"unreadable_value": 1}
    assert cleaned.table.read_values().tolist() == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]


def test_ids_survive_and_lines_are_customers_without_them(clean):
    """Ids keep their zeros; without an id column the row's number is one, repeats stay."""
    assert open_customers(clean(PEOPLE | {"age": repeat("1", "2")}))["customer_id"][1] == "01"
    nobody = clean({"value": repeat("5", "6"), "age": repeat("1", "2")})
    customers = open_customers(nobody)
    assert list(customers) == list(CUSTOMERS)
    assert customers["customer_id"].tolist() == [str(number) for number in range(1, 21)]
    assert nobody.rejected == {}
    assert "no customer ids" in nobody.notes[0]


def open_customers(cleaned: Cleaned) -> pd.DataFrame:
    """Read the table with the ids."""
    return pd.read_parquet(cleaned.table.folder / "customers.parquet")


def test_guests_by_email(clean):
    """Where the user wants it, an e-mail stands for a missing id."""
    people = {
        "id": ["", "b", "c", "d"],
        "email": ["Ann@x.org", "", "", ""],
        "value": [*"1234"],
        "age": [*"7878"],
    }
    assert clean(people).rejected == {"missing_customer": 1}
    assert clean(people, guests="email").rejected == {}


def test_rows_keep_the_order_of_the_file(clean):
    """However many rows pass at once, keys ascend and each has its own cells."""
    many = [str(number) for number in range(30_000)]
    values = ["bad" if number == "3" else number for number in many]
    table = clean({"id": many, "value": values, "age": [f"{n}.5" for n in many]}).table
    ages = table.read_features()["age"]
    assert ages.index.tolist() == list(range(29_999))
    np.testing.assert_array_equal(ages, table.read_values() + 0.5)


def test_table_opens_again(clean):
    """The facts beside the Parquet files bring the same table back."""
    cleaned = clean(PEOPLE | {"plan": repeat("a", "b"), "blank": repeat("")}, currency="EUR")
    assert ValueTable.open(cleaned.table.folder) == cleaned.table
    assert QualityReport.from_json(cleaned.report.to_json()).facts == cleaned.report.facts


def test_rows_by_position(clean):
    """Chosen rows come in the order asked for, with the categories of the whole table."""
    table = clean(PEOPLE | {"plan": repeat("b", "a"), "age": repeat("1", "2", "3")}).table
    chosen = table.read_features(np.array([4, 1]))
    assert chosen.index.tolist() == [4, 1]
    assert chosen["plan"].tolist() == ["b", "a"]
    assert chosen["plan"].cat.categories.tolist() == ["a", "b"]
    assert chosen["age"].tolist() == [2.0, 2.0]


def test_gaps_are_counted_where_whole_rows_are_wanted(clean):
    """Customers with a gap stay in the table; the report says how many are not learnt from."""
    people = PEOPLE | {"age": repeat("1", "2", "", "4"), "plan": repeat("a", "", "b", "a")}
    cleaned = clean(people, missing_values="drop")
    assert cleaned.table.customer_count == 20
    assert cleaned.table.missing_values == "drop"
    assert cleaned.notes[-1].startswith("10 of 20 customers lack an entry")


def test_tables_of_no_use_are_refused(clean):
    """No feature, no value, mostly unreadable values, nobody left: each in one sentence."""
    with pytest.raises(MissingColumns, match="no column is left to learn"):
        clean(PEOPLE | {"country": repeat("US")})
    with pytest.raises(UnreadableColumn, match="value of every customer is blank"):
        clean(PEOPLE | {"value": repeat(""), "age": repeat("1", "2")})
    with pytest.raises(UnreadableColumn, match="no amount"):
        clean(PEOPLE | {"value": repeat("low", "high"), "age": repeat("1", "2")})
    with pytest.raises(TooFewCustomers, match="No customer is left"):
        clean({"id": ["", ""], "value": ["1", "2"], "age": ["1", "2"]})


def test_from_the_file(tmp_path: Path):
    """The reader hands over the mapped columns and the features, by their place."""
    path = tmp_path / "people.csv"
    path.write_text("note;age;id;worth\n" + "x;31;007;1,50\ny;42;008;2,50\nx;31;009;\n" * 4)
    raw = RawTable(
        path=path,
        file_name=path.name,
        kind="value_table",
        dialect=Dialect(delimiter=";"),
        column_names=("note", "age", "id", "worth"),
        samples=pd.DataFrame(),
        mapping={"target_value": "worth", "customer_id": "id"},
        features=("age", "note"),
    )
    rows = read_text_rows(raw, tmp_path / "rows.parquet")
    cleaned = Cleaned(*clean_value_table(rows, tmp_path, CleaningSettings()))
    assert cleaned.rejected == {"repeated_line": 9}
    assert cleaned.types == {"age": "number", "note": "category"}
    assert cleaned.table.target_name == "worth"
    assert cleaned.table.read_values().tolist()[:2] == [1.5, 2.5]
