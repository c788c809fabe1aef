"""Customers: which rows belong to one, and whose cannot be known."""

from __future__ import annotations

from tests.core.cleaning.uploads import clean_orders, sell


def kept_ids(cleaned):
    """Return the shop's ids in the order of their keys."""
    customers = cleaned.open("customers")
    assert customers["customer_key"].tolist() == list(range(len(customers)))
    return customers["customer_id"].tolist()


def test_ids_survive_as_written(tmp_path):
    """Leading zeros, twenty digits and words that look like nothing are ids."""
    written = ["007", "NA", "null", "12345678901234567890", "12E5", "a b", "O'Neil"]
    assert kept_ids(clean_orders(tmp_path, [sell(text) for text in written])) == sorted(written)


def test_a_column_of_decimals_is_read_as_whole_numbers(tmp_path):
    """17850.0 is 17850 where every id looks like that."""
    cleaned = clean_orders(tmp_path, [sell("17850.0"), sell("12.0"), sell("", "2024-05-02")])
    assert kept_ids(cleaned) == ["12", "17850"]
    assert cleaned.treated["decimal_id"] == 2


def test_decimals_beside_whole_numbers_are_the_same_customers(tmp_path):
    """A data frame spared some: 17850 and 17850.0 are one customer, in one file or two."""
    rows = [sell("17850.0"), sell("17850", "2024-05-02"), sell("007", "2024-05-03")]
    cleaned = clean_orders(tmp_path, rows)
    assert kept_ids(cleaned) == ["17850", "007"]
    assert cleaned.report.facts.orders == 3


def test_full_width_digits_and_composed_accents_are_one_customer(tmp_path):
    """１７８５０ is 17850, kept as it was first written; so is an accent typed apart."""
    rows = [sell("１７８５０"), sell("17850", "2024-05-02"), sell("Zoe\u0308", "2024-05-03"),
            sell("Zo\u00eb", "2024-05-04"), sell("A　B", "2024-05-05"),
            sell("A B", "2024-05-06")]  # fmt: skip
    assert kept_ids(clean_orders(tmp_path, rows)) == ["１７８５０", "Zoe\u0308", "A　B"]


def test_a_single_decimal_id_is_left_alone(tmp_path):
    """17850.0 beside A1 may be an id of its own."""
    assert kept_ids(clean_orders(tmp_path, [sell("17850.0"), sell("A1")])) == ["17850.0", "A1"]


def test_unusable_ids_are_rejected(tmp_path):
    """A row whose customer is missing, rounded or masked belongs to nobody."""
    bad = ["", "   ", "1.03293E+19", "1,03293E+19", "138****8000", "张**", "138xxxx8000"]
    rows = [sell(f"c{number}") for number in range(7)] + [
        sell(text, amount=str(number)) for number, text in enumerate(bad)
    ]
    cleaned = clean_orders(tmp_path, rows)
    assert cleaned.rejected == {"missing_customer": 2, "destroyed_id": 2, "masked_id": 3}
    assert cleaned.file.rejected[0].examples == (8, 9)


def test_capitals_do_not_split_an_email_address(tmp_path):
    """One address is one customer, kept as it was first written."""
    cleaned = clean_orders(
        tmp_path, [sell("Ann@Shop.example"), sell("ann@shop.example", "2024-05-02")]
    )
    assert kept_ids(cleaned) == ["Ann@Shop.example"]
    assert cleaned.report.facts.orders == 2


def test_capitals_do_split_other_ids(tmp_path):
    """ab and AB may be two customers."""
    assert kept_ids(clean_orders(tmp_path, [sell("ab"), sell("AB")])) == ["AB", "ab"]


def test_keys_follow_the_first_purchase_then_the_id(tmp_path):
    """Keys do not depend on the order of the rows."""
    rows = [sell("b", "2024-05-02"), sell("c", "2024-05-01"), sell("a", "2024-05-02")]
    assert kept_ids(clean_orders(tmp_path, rows)) == ["c", "a", "b"]
