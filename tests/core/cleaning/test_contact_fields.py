"""Fields of customer files that only lists need: names apart, and where people live."""

from __future__ import annotations

from pathlib import Path

from clv_core.columns import CUSTOMERS
from clv_core.ingest.understand import understand_file
from tests.core.cleaning.uploads import clean_orders, clean_uploads, sell, write_upload

PERSON = {
    "customer_id": "7",
    "first_name": "Augusta Ada",
    "last_name": "Byron",
    "postal_code": "00123",
    "city": "London",
    "region": "",
}


def test_a_customer_file_s_names_and_places_are_kept(tmp_path: Path) -> None:
    """As they were written, leading zeros too; empty where the file has nothing."""
    orders = write_upload(tmp_path, [sell("7"), sell("8", "2024-05-02")])
    listed = write_upload(tmp_path, [PERSON], "customers")
    customers = clean_uploads(tmp_path, orders, listed).open("customers")
    assert list(customers.columns) == list(CUSTOMERS)
    known = customers.set_index("customer_id").loc["7"]
    assert known[["first_name", "last_name", "postal_code", "city"]].tolist() == [
        *("Augusta Ada", "Byron", "00123", "London")
    ]
    assert customers.set_index("customer_id").loc["8", list(PERSON)[1:]].isna().all()


def test_without_a_customer_file_the_columns_are_there_and_empty(tmp_path: Path) -> None:
    """Every new data set has the same columns."""
    customers = clean_orders(tmp_path, [sell("7")]).open("customers")
    assert list(customers.columns) == list(CUSTOMERS)
    assert customers["first_name"].isna().all()


def test_headers_of_address_columns_are_known(tmp_path: Path) -> None:
    """English, German and Chinese files are mapped without a word."""
    for header in ("Zip Code,Town,State", "PLZ,Ort,Bundesland", "邮政编码,城市,省份"):
        path = tmp_path / "people.csv"
        path.write_text(f"customer_id,email,{header}\n7,a@example.com,00123,X,Y\n", "utf-8")
        mapping = understand_file(path).mapping
        asked = [mapping[name] for name in ("postal_code", "city", "region")]
        assert asked == header.split(",")
