"""Real exports, each row accounted for and counted again in pandas."""

from __future__ import annotations

import pandas as pd
import pytest

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
    kept = outcome == "kept"
    counts = outcome.value_counts().to_dict()
    assert cleaned.file.rows_read == len(raw) == 209_029
    assert cleaned.file.rows_kept == counts.pop("kept")
    assert cleaned.rejected == counts
    assert cleaned.treated["refund"] == (quantity[kept] < 0).sum()
    facts = cleaned.report.facts
    assert facts.revenue == pytest.approx((price * quantity)[kept].sum())
    assert facts.customers == raw["CustomerID"][kept].nunique()
    assert facts.orders == len(raw[kept].drop_duplicates(["InvoiceNo", "CustomerID"]))
    ids = raw["CustomerID"][kept].str.removesuffix(".0")
    assert set(cleaned.open("customers")["customer_id"]) == set(ids)


def test_shopify_demo_counts_each_total_once(tmp_path):
    """28,559 lines repeat their order's total; a number used twice is two orders."""
    cleaned, path = clean_real(tmp_path, "shopify_demo/demo_shopify_orders.csv")
    raw = pd.read_csv(path, dtype=str, keep_default_na=False)
    heads = raw.drop_duplicates(["Name", "Email", "Created at"])
    assert (cleaned.file.rows_read, cleaned.file.rows_kept) == (28_559, 28_559)
    assert cleaned.report.facts.orders == len(heads)
    assert cleaned.report.facts.revenue == pytest.approx(heads["Total"].astype(float).sum())
    assert cleaned.report.facts.customers == raw["Email"].str.lower().nunique()
