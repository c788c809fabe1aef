"""Whom a list of ids, addresses and numbers stops."""

import pandas as pd
import pytest

from clv_core.activation.contacts import read_contacts
from clv_core.activation.suppression import customer_forms, read_entries

CUSTOMERS = pd.DataFrame(
    {
        "customer_id": ["C-001", "17850", "ada@example.com", "B,1"],
        "email": ["Ada@Example.com", None, None, "li+shop@example.com"],
        "phone": [None, "07700 900123", "+44 7700 900456", None],
        "customer_name": None,
        "country": [None, "UK", None, None],
    },
    index=pd.Index([1, 2, 3, 4], name="customer_key"),
)
FORMS = list(customer_forms(CUSTOMERS, read_contacts(CUSTOMERS)))


def stopped(text):
    """Return the customers whom a pasted list stops."""
    listed = {form for forms in read_entries(text) for form in forms}
    return [key for key, forms in zip(CUSTOMERS.index, FORMS, strict=True) if forms & listed]


@pytest.mark.parametrize(
    ("text", "customers"),
    [
        ("c-001", [1]),
        (" ADA@example.com ", [1]),
        ("ada+news@example.com", [1]),  # the mailbox is the same
        ("li@example.com", [4]),
        ("+44 7700 900123", [2]),
        ("00447700900123", [2]),
        ("07700-900123", [2]),
        ("07700900456", [3]),  # no country: stops whoever has it at home
        ('"B,1"', [4]),
        ("17850", [2]),
        ("1785", []),
        ("", []),
    ],
)
def test_an_entry_stops_whoever_it_means(text, customers):
    """Ids whatever their capitals, addresses with and without tag, numbers in any spelling."""
    assert stopped(text) == customers


def test_a_list_is_read_from_lines_and_cells():
    """A column of a CSV with its header, several to a line, each entry once."""
    entries = read_entries("email;phone\nada@example.com;07700 900123\r\n\nc-001\nC-001\n")
    assert len(entries) == 5  # the two headers are nobody's
    assert stopped("email;phone\nada@example.com;07700 900123\r\n\nc-001\nC-001\n") == [1, 2]
