"""Real exports, each row accounted for and counted again in pandas."""

from __future__ import annotations

import pandas as pd
import pytest

from clv_core.cleaning.rejected import list_rejected
from clv_core.ingest.reading import read_text_rows
from clv_core.ingest.understand import understand_file
from tests.core.cleaning.uploads import DATA, clean_uploads

NON_GOODS = r"POST|DOT|C2|C3|M|D|S|B|PADS|CRUK|AMAZONFEE|BANK CHARGES|ADJUST.*|TEST.*|GIFT.*"


def clean_real(tmp_path, name):
    """Clean one of the shared files, or skip where it is absent."""
    path = DATA / name
    if not path.is_file():
        pytest.skip(f"needs {name} of the shared data")
    return clean_uploads(
        tmp_path, read_text_rows(understand_file(path), tmp_path / "text.parquet")
    ), path


def test_cdnow_keeps_every_purchase(tmp_path):
    """All 6,919 rows of 2,357 customers stay: zero amounts and equal rows are purchases."""
    cleaned, path = clean_real(tmp_path, "cdnow/CDNOW_sample.txt")
    raw = pd.read_csv(path, sep=r"\s+", header=None, dtype=str)
    used = raw[[0, 2, 3, 4]]
    assert (cleaned.file.rows_read, cleaned.file.rows_kept) == (6919, 6919)
    assert cleaned.report.facts.customers == raw[0].nunique() == 2357
    assert cleaned.report.facts.revenue == pytest.approx(raw[4].astype(float).sum())
    assert cleaned.treated == {
        "zero_amount": (raw[4].astype(float) == 0).sum(),
        "identical_purchase": used.duplicated().sum(),
    }
    assert set(cleaned.open("customers")["customer_id"]) == set(raw[0])


def test_a_template_with_an_example_address_is_taken_as_it_is(tmp_path):
    """Shopify's own example of an export: one order of two lines, by somebody at example.com."""
    cleaned, _ = clean_real(tmp_path, "export_templates/shopify_orders_rows_subset.csv")
    assert (cleaned.file.rows_read, cleaned.file.rows_kept) == (2, 2)
    assert cleaned.treated["test_address"] == 2
    assert (cleaned.report.facts.customers, cleaned.report.facts.orders) == (1, 1)


def find_pairs(lines: pd.DataFrame) -> set[int]:
    """Pair each cancellation with the last open order of the day for the same goods and money."""
    paired: set[int] = set()
    lines = lines.assign(day=lines["when"].dt.normalize(), worth=lines["amount"].abs().round(2))
    alike = ["CustomerID", "code", "day", lines["quantity"].abs().rename("pieces"), "worth"]
    for _, group in lines.groupby(alike):
        if not (group["quantity"] < 0).any():
            continue
        still_open: list[int] = []
        for row, quantity in group.sort_values(["when", "quantity"], ascending=[True, False])[
            "quantity"
        ].items():
            if quantity > 0:
                still_open.append(row)
            elif still_open:
                paired |= {still_open.pop(), row}
    return paired


def find_unmatched(lines: pd.DataFrame) -> tuple[set[int], set[int]]:
    """Return the returns of more pieces than were bought before, and the other returns."""
    unmatched: set[int] = set()
    matched: set[int] = set()
    returned = lines[lines["quantity"] < 0][["CustomerID", "code"]].drop_duplicates()
    concerned = lines.reset_index().merge(returned).set_index("index")
    for _, group in concerned.groupby(["CustomerID", "code"]):
        pieces = 0.0
        ordered = group.reset_index().sort_values(
            ["when", "quantity", "index"], ascending=[True, False, True]
        )
        for row, quantity in zip(ordered["index"], ordered["quantity"], strict=True):
            if quantity < 0:
                (matched if pieces + quantity >= 0 else unmatched).add(row)
            pieces = max(0.0, pieces + quantity)
    return unmatched, matched


def test_online_retail_rules_agree_with_pandas(tmp_path):
    """Each of the 209,029 rows falls under the rule that pandas finds first."""
    cleaned, path = clean_real(tmp_path, "online_retail/online_retail_2010-12_2011-05.csv")
    raw = pd.read_csv(path, dtype=str, keep_default_na=False)
    raw = raw.apply(lambda column: column.str.strip())
    price, quantity = raw["UnitPrice"].astype(float), raw["Quantity"].astype(float)
    code = raw["StockCode"].where(raw["StockCode"] != "", raw["Description"])
    outcome = pd.Series("kept", index=raw.index)
    outcome[price <= 0] = "no_price"
    outcome[code.str.upper().str.fullmatch(NON_GOODS)] = "non_goods"
    outcome[raw["CustomerID"] == ""] = "missing_customer"
    outcome[raw.duplicated()] = "repeated_line"
    lines = raw.assign(
        code=code,
        quantity=quantity,
        amount=quantity * price,
        when=pd.to_datetime(raw["InvoiceDate"]),
    )
    outcome[list(find_pairs(lines[outcome == "kept"]))] = "reversed_pair"
    unmatched, matched = find_unmatched(lines[outcome == "kept"])
    outcome[list(unmatched)] = "unmatched_return"
    kept = outcome == "kept"
    counts = outcome.value_counts().to_dict()
    assert cleaned.file.rows_read == len(raw) == 209_029
    assert cleaned.file.rows_kept == counts.pop("kept")
    assert cleaned.rejected == counts
    assert sum(counts.values()) + cleaned.file.rows_kept == 209_029
    assert cleaned.treated["refund"] == (quantity[kept] < 0).sum()
    assert cleaned.treated["matched_return"] == len(matched)
    money = {case.code: case.amount for case in cleaned.file.rejected}
    assert money == pytest.approx(
        {rule: lines["amount"][outcome == rule].sum() for rule in counts}, abs=0.01
    )
    facts = cleaned.report.facts
    assert facts.revenue == pytest.approx((price * quantity)[kept].sum())
    assert facts.customers == raw["CustomerID"][kept].nunique()
    assert facts.orders == len(raw[kept].drop_duplicates(["InvoiceNo", "CustomerID"]))
    ids = raw["CustomerID"][kept].str.removesuffix(".0")
    assert set(cleaned.open("customers")["customer_id"]) == set(ids)


def test_the_largest_order_of_online_retail_goes_with_its_cancellation(tmp_path):
    """74,215 pieces for 77,183.60 pounds were ordered and cancelled within minutes."""
    cleaned, path = clean_real(tmp_path, "online_retail/online_retail_2010-12_2011-05.csv")
    raw = pd.read_csv(path, dtype=str)
    both = raw.index[raw["Quantity"].astype(float).abs() == 74_215] + 1
    listed = list_rejected(cleaned.tables.folder, cleaned.report)
    reasons = listed.set_index("row")["reason"].map(str)
    assert len(both) == 2
    assert set(reasons[both]) == {
        "An order and its exact cancellation on the same day; both are left out"
    }


def test_shopify_demo_counts_each_total_once(tmp_path):
    """28,559 lines repeat their order's total; a number used twice is two orders."""
    cleaned, path = clean_real(tmp_path, "shopify_demo/demo_shopify_orders.csv")
    raw = pd.read_csv(path, dtype=str, keep_default_na=False)
    heads = raw.drop_duplicates(["Name", "Email", "Created at"])
    assert (cleaned.file.rows_read, cleaned.file.rows_kept) == (28_559, 28_559)
    assert cleaned.report.facts.orders == len(heads)
    assert cleaned.report.facts.revenue == pytest.approx(heads["Total"].astype(float).sum())
    assert cleaned.report.facts.customers == raw["Email"].str.lower().nunique()
