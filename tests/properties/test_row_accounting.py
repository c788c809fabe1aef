"""Whatever a file holds, every row is accounted for and its order does not matter."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from clv_core.errors import UserDataError
from tests.core.cleaning.uploads import clean_orders, clean_uploads, sell, write_upload
from tests.properties.cleaning_settings import EXPECTED, WAYS
from tests.properties.test_cleaning_leakage import clean, random_lines

# The engine's speed on a shared machine is not what is tested.
SETTINGS = settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
CUSTOMERS = st.sampled_from(["1", "2", "03", "NA", "", "1.2E+19", "13****99", "Ann@x", "ann@x"])
DATES = st.sampled_from(["2024-05-01", "2024-05-02 10:00", "20240601", "", "soon", "2199-01-01"])
AMOUNTS = st.sampled_from(["10", "-4.50", "0", "$1,200.00", "", "free", "1e309", "nan"])
ROWS = st.lists(
    st.builds(
        sell,
        CUSTOMERS,
        DATES,
        AMOUNTS,
        order_id=st.sampled_from(["a", "b", ""]),
        product_id=st.sampled_from(["tea", "jam", ""]),
    ),
    min_size=1,
    max_size=20,
)
GOOD_ROWS = st.lists(
    st.builds(
        sell,
        st.sampled_from(["1", "2", "03"]),
        st.sampled_from(["2024-05-01", "2024-05-02 10:00"]),
        st.sampled_from(["10", "-4.50", "0"]),
        order_id=st.sampled_from(["a", "b", ""]),
    ),
    min_size=1,
    max_size=20,
)


def clean_or_skip(folder, rows):
    """Clean rows, and pass over files that are refused as a whole."""
    try:
        return clean_orders(Path(folder), rows)
    except UserDataError:
        assume(False)
        raise


@SETTINGS
@given(rows=ROWS)
def test_kept_and_rejected_are_what_was_read(rows):
    """No row is lost or counted twice, and orders hold only kept money."""
    with tempfile.TemporaryDirectory() as folder:
        cleaned = clean_or_skip(folder, rows)
        assert cleaned.file.rows_read == len(rows)
        dropped = sum(case.rows for case in cleaned.file.rejected)
        assert cleaned.file.rows_kept + dropped == len(rows)
        assert len(cleaned.open("lines")) == cleaned.file.rows_kept
        orders = cleaned.open("orders")
        assert orders["amount"].sum() == pytest.approx(cleaned.open("lines")["amount"].sum())
        assert orders["order_key"].tolist() == list(range(len(orders)))


@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_cleaning_accounts_for_every_row(way):
    """Whatever is chosen: read = kept + rejected, each dropped row is listed once."""
    with tempfile.TemporaryDirectory() as folder:
        cleaned = clean(folder, random_lines(2), way)
        for number, file in enumerate(cleaned.report.files):
            dropped = sum(case.rows for case in file.rejected)
            assert file.rows_read == file.rows_kept + dropped
            listed = pd.read_parquet(cleaned.tables.folder / "rejected.parquet")
            rows = listed.loc[listed["file_number"] == number, "source_row"]
            assert len(rows) == rows.nunique() == dropped
        codes = {
            case.code for file in cleaned.report.files for case in (*file.rejected, *file.treated)
        }
        assert EXPECTED[way] <= codes  # a property of rules that never apply would hold by itself
        kept = sum(file.rows_kept for file in cleaned.report.files)
        assert len(cleaned.open("lines")) == kept
        assert cleaned.open("lines")["amount"].sum() == pytest.approx(cleaned.report.facts.revenue)


@SETTINGS
@given(rows=ROWS, seed=st.integers(0, 1000))
def test_the_order_of_rows_changes_no_total(rows, seed):
    """Shuffled rows give the same outcomes, months and customers."""
    shuffled = random.Random(seed).sample(rows, len(rows))
    with tempfile.TemporaryDirectory() as folder:
        first, second = clean_or_skip(folder, rows), clean_or_skip(folder, shuffled)
        assert first.rejected == second.rejected
        assert first.treated == second.treated
        pd.testing.assert_frame_equal(first.report.monthly, second.report.monthly)
        folded = [
            cleaned.open("customers")["customer_id"].str.lower().tolist()
            for cleaned in (first, second)
        ]
        assert folded[0] == folded[1]


@SETTINGS
@given(rows=GOOD_ROWS)
def test_cleaning_twice_is_cleaning_once(rows):
    """Cleaned orders, written out and cleaned again, are the same orders."""
    with tempfile.TemporaryDirectory() as folder:
        once = clean_orders(Path(folder), rows)
        orders = once.open("orders").merge(once.open("customers"), on="customer_key")
        # Padded, so that numbers sort as text in the order they were given.
        written = orders.assign(order_id=orders["order_key"].astype(str).str.zfill(6))
        columns = ["customer_id", "order_time", "amount", "order_id", "quantity"]
        file = write_upload(Path(folder), written[columns].astype(str).to_dict("records"))
        twice = clean_uploads(Path(folder), file)
        assert twice.file.rejected == ()
        pd.testing.assert_frame_equal(twice.open("orders"), once.open("orders"))
        pd.testing.assert_frame_equal(
            twice.open("customers")[["customer_key", "customer_id"]],
            once.open("customers")[["customer_key", "customer_id"]],
        )
