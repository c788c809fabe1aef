"""The shop's products named in texts."""

from __future__ import annotations

import datetime as dt

import pytest

from clv_core.cleaning.product_names import ProductNames
from tests.core.cleaning.uploads import clean_uploads, sell, write_upload

EARLY, LATE = dt.datetime(2024, 1, 1), dt.datetime(2024, 6, 1)
NAMES = ProductNames(
    {
        "herb tea": EARLY,
        "tea": EARLY,
        "herb tea tin": LATE,
        "毛巾": EARLY,
        "xl": EARLY,
        "123": EARLY,
    }
)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Tea and more tea!", 1),
        ("Herb tea, nothing else", 1),  # the tea inside it is no second product
        ("Tea, and a herb tea", 2),
        ("A steam engine, size XL, 123", 0),
        ("毛巾很软", 1),
    ],
)
def test_products_are_counted_once(text, named):
    """Whole names count, the widest of those inside one another, each once."""
    assert NAMES.count(text, EARLY) == named


def test_later_products_are_not_known_yet():
    """A name counts from its first sale on, and hides no earlier one before."""
    assert NAMES.count("the herb tea tin", EARLY) == 1
    assert NAMES.count("the herb tea tin", LATE) == 1
    later = ProductNames({"tin": LATE})
    assert [later.count("a tin", time) for time in (EARLY, LATE)] == [0, 1]


@pytest.mark.parametrize("later", ["jam jar", "herb tea", "green herb tea"])
def test_orders_after_a_review_change_nothing_in_it(tmp_path, later):
    """What is sold after a text was written leaves what it names as it was."""
    orders = [
        sell("7", "2024-05-01", product_name="Herb tea"),
        sell("7", "2024-06-01", product_name=later),
    ]
    text = "The green herb tea came in a jam jar."
    review = {"customer_id": "7", "review_time": "2024-05-03", "review_text": text, "rating": "5"}
    files = (write_upload(tmp_path, orders), write_upload(tmp_path, [review], "reviews"))
    assert clean_uploads(tmp_path, *files).open("reviews")["named_products"].tolist() == [1]
