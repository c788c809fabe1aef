"""Tables with one row per customer and a value, told from logs and from each other."""

from __future__ import annotations

import numpy as np
import pytest

from clv_core.errors import MissingColumns
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.understand import recognise_file, understand_file
from tests.core.ingest.files import real_file, write_file

ROWS = 60


def fill(column, row, rng):
    """Return a cell that fits its header's last word."""
    word = column.lower().replace(" ", "_").split("_")[-1]
    if word in ("id", "customerid", "no"):
        return f"{1000 + 7 * row}"
    if word in ("again", "user"):
        return f"{1000 + row % 9}"
    if word in ("date", "on"):
        return f"2024-0{1 + row % 9}-{1 + row % 28:02d}"
    if word in ("gender", "education", "city"):
        return "AB"[row % 2]
    if word == "email":
        return f"p{row}@shop.example"
    return f"{rng.gamma(2, 50):.2f}"


def write_table(folder, header, rows=ROWS):
    """Write a table whose cells fit their headers, seeded."""
    rng = np.random.default_rng(20240601)
    names = header.split(",")
    lines = [",".join(fill(name, row, rng) for name in names) for row in range(rows)]
    return write_file(folder, "\n".join((header, *lines)) + "\n", "table.csv")


def understand(folder, header, **told):
    """Understand such a table."""
    return understand_file(write_table(folder, header), choice=FileChoice.check(told))


@pytest.mark.parametrize(
    ("features", "target"),
    [
        ("purchase_amount,browsing_duration,review_score", "lifetime_value"),
        (
            "age,gender,income,education,browsing_hours,purchase_frequency,purchase_amount,rating",
            "lifetime_value",
        ),
        ("Age,Income,PurchaseFrequency", "CLTV"),
        ("age,income", "Customer Lifetime Value (USD)"),
        ("age,income", "LTV_12m"),
        ("年龄,收入", "客户终身价值"),
    ],
)
def test_common_column_sets_need_no_help(tmp_path, features, target):
    """The value is known by its header; all other columns are learnt from."""
    raw = understand(tmp_path, f"{features},{target}")
    assert (raw.kind, raw.mapping) == ("value_table", {"target_value": target})
    assert raw.features == tuple(features.split(","))
    assert raw.leaks == {}


def test_a_wide_table_of_numbers_proposes_its_last_column(tmp_path):
    """Numbers whose headers say nothing: the last one is the value, for the user to confirm."""
    names = [f"f{number}" for number in range(200)]
    raw = understand(tmp_path, ",".join(names))
    assert raw.mapping == {"target_value": "f199"}
    assert raw.features == tuple(names[:-1])
    assert ["f199" in str(note) and "Confirm it" in str(note) for note in raw.notes] == [True]


def test_a_wide_table_without_header(tmp_path):
    """The same without names: columns are counted."""
    row = ",".join(f"{number / 7:.3f}" for number in range(1, 31))
    raw = understand_file(write_file(tmp_path, f"{row}\n" * 50))
    assert (raw.kind, raw.mapping) == ("value_table", {"target_value": "column_30"})


@pytest.mark.parametrize(
    "header",
    [
        "customer_id,order_date,amount",
        "customer_id,order_date,quantity,total_amount,total_discount",
        "order_id,customer_id,order_date,amount,ltv",
        "order_id,user,order_date,amount,customer_lifetime_value",
        "user,order_date,amount,cltv",
        "customer_id,purchase_date,total_spent,total_saved",
    ],
)
def test_logs_are_no_value_tables(tmp_path, header):
    """Orders stay orders: of customers seen once, with totals, with a lifetime value as well."""
    assert understand(tmp_path, header).kind == "orders"


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("customer_id,gender,city,total_spend", "customers"),
        ("customer_id,email,city,total_spend,total_orders", "customers"),
        ("user,visit_date,page,duration,ltv", "events"),
    ],
)
def test_attributes_and_events_are_no_value_tables(tmp_path, header, kind):
    """One total among attributes, contacts, or visits of the same people: not a value to learn."""
    assert understand(tmp_path, header).kind == kind


@pytest.mark.parametrize(
    "header",
    [
        "customer_id,recency,frequency,monetary",
        "customer_id,first_order_date,last_order_date,orders_total,revenue_total",
    ],
)
def test_totals_without_a_named_value_are_asked_about(tmp_path, header):
    """Where customers have totals the user says which is the value; candidates are named."""
    path = write_table(tmp_path, header)
    assert recognise_file(path).kind == "value_table"
    with pytest.raises(MissingColumns, match="no column was recognised as the value") as refusal:
        understand_file(path)
    best = "monetary" if "monetary" in header else "revenue_total"
    assert refusal.value.remedy.facts["columns"].startswith(best)
    told = FileChoice(mapping={"target_value": best})
    raw = understand_file(path, choice=told)
    assert raw.mapping == {"target_value": best, "customer_id": "customer_id"}
    assert best not in raw.features


def test_a_named_kind_without_value_names_columns_of_numbers(tmp_path):
    """Text and ids are no candidates."""
    with pytest.raises(MissingColumns) as refusal:
        understand(tmp_path, "customer_id,gender,visits,height", kind="value_table")
    assert refusal.value.remedy.facts["columns"] == "visits, height"


def test_what_cannot_teach_is_left_out_and_named(tmp_path):
    """Constant columns, row numbers, unique texts and codes of places, each with its note."""
    lines = [
        f"{row},C{row},same,Street {row},9000{row % 5},{row % 7},{row * 37 % 101}"
        for row in range(ROWS)
    ]
    header = "row,customer_id,country_of_shop,address,zip code,visits,cltv"
    raw = understand_file(write_file(tmp_path, "\n".join((header, *lines)) + "\n"))
    assert raw.features == ("visits",)
    assert [note.facts["columns"] for note in raw.notes] == [
        "country_of_shop",
        "row, address, zip code",
    ]


def test_a_file_sorted_by_country_keeps_its_country(tmp_path):
    """What is the same in the first rows may differ in later ones: cleaning will tell."""
    lines = [f"{'DE' if row < 1500 else 'FR'},{row % 7},{row * 37 % 101}" for row in range(2000)]
    raw = understand_file(write_file(tmp_path, "\n".join(("country,visits,cltv", *lines)) + "\n"))
    assert raw.features == ("country", "visits")


def test_leaks_are_flagged_and_left_out_unless_wanted(tmp_path):
    """A churn score is no feature by default; the user may want it all the same."""
    header = "customer_id,age,income,churn_score,cltv"
    raw = understand(tmp_path, header)
    assert (raw.features, list(raw.leaks)) == (("age", "income"), ["churn_score"])
    wanted = understand(tmp_path, header, features=["churn_score", "age"])
    assert (wanted.features, list(wanted.leaks)) == (("age", "churn_score"), ["churn_score"])


def test_features_must_be_there(tmp_path):
    """A feature that is no column is refused; the value is none of them."""
    with pytest.raises(MissingColumns, match="nowhere"):
        understand(tmp_path, "age,income,cltv", features=["nowhere"])
    assert understand(tmp_path, "age,income,cltv", features=["age", "cltv"]).features == ("age",)


def test_another_value_can_be_chosen(tmp_path):
    """The user's value goes before the recognised one, which then says too much."""
    raw = understand(tmp_path, "customer_id,age,profit,cltv", mapping={"target_value": "profit"})
    assert raw.mapping["target_value"] == "profit"
    assert raw.features == ("age",)
    assert list(raw.leaks) == ["cltv"]


def test_ibm():
    """9,134 customers of an insurer: a claim is no order, a policy's end no order date."""
    raw = understand_file(
        real_file("ibm_marketing_clv/WA_Fn-UseC_-Marketing-Customer-Value-Analysis.csv")
    )
    assert raw.kind == "value_table"
    assert raw.mapping == {
        "target_value": "Customer_Lifetime_Value",
        "customer_id": "Customer",
    }
    assert len(raw.features) == 22
    assert raw.leaks == {}


def test_telco():
    """The churn columns are flagged; names of places are not learnt from."""
    raw = understand_file(real_file("telco_cltv/telco_customer_churn.csv"))
    assert raw.kind == "value_table"
    assert raw.mapping == {"target_value": "CLTV", "customer_id": "CustomerID"}
    assert set(raw.leaks) == {"Churn Label", "Churn Value", "Churn Score", "Churn Reason"}
    assert not {"City", "Zip Code", "Lat Long"} & set(raw.features)
    assert {"Tenure Months", "Contract", "Monthly Charges"} <= set(raw.features)


def test_flo():
    """Totals to date per customer: which is the value is asked, with candidates."""
    with pytest.raises(MissingColumns) as refusal:
        understand_file(real_file("flo/flo_data_20k.csv"))
    assert refusal.value.remedy.facts["columns"].startswith("customer_value_total_ever_offline")
