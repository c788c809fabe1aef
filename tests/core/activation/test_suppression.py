"""Whom a list of ids, addresses and numbers stops."""

import pandas as pd
import pytest

from clv_core.activation.contacts import read_contacts
from clv_core.activation.suppression import customer_forms, decode_entries, read_entries
from clv_core.errors import UnreadableFile

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
        (" ADA@example.com ", [1, 3]),  # an id may be an address
        ("ada+news@example.com", [1, 3]),  # the mailbox is the same
        ("Ada Byron <ada@example.com>", [1, 3]),
        ("nobody@example.com ada@example.com", [1, 3]),
        ("ada@example.com;12,50", [1, 3]),  # a decimal comma separates nothing from a semicolon
        ("'c-001", [1]),  # as our own files guard what begins like a formula
        ("li@example.com", [4]),
        ("+44 7700 900123", [2]),
        ("00447700900123", [2]),
        ("07700-900123", [2]),
        ("(+44) 7700900123", [2]),  # as our own files for Klaviyo and HubSpot write it
        ("'+44 7700 900123", [2]),
        ("\u202a+44\u00a07700\u2011900123\u202c", [2]),  # as address books copy it
        ("＋４４ 7700 900123", [2]),
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
    assert stopped("email;phone\nada@example.com;07700 900123\r\n\nc-001\nC-001\n") == [1, 2, 3]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
def test_a_file_is_read_whatever_it_is_written_in(encoding):
    """Spreadsheets save text as UTF-16, Chinese ones as GB 18030; nobody is missed for it."""
    text = "姓名,邮箱\n李雷,li@example.com\n韩梅梅,han@example.com\n"
    assert stopped(decode_entries(text.encode(encoding))) == [4]


def test_a_damaged_file_is_told():
    """Half a list would pass for a whole one."""
    with pytest.raises(UnreadableFile):
        decode_entries("ada@example.com".encode("utf-16") + b"x")


def test_a_line_of_any_length_is_read():
    """Somebody pastes all of them on one line."""
    entries = read_entries(",".join(f"c-{number:06}" for number in range(20_000)))
    assert len(entries) == 20_000
