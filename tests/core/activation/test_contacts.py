"""Contact fields as platforms read them: what is understood, and what is never guessed."""

import pandas as pd
import pytest

from clv_core.activation.contacts import (
    read_contacts,
    read_email,
    read_phone,
    split_name,
    strip_tag,
    survey_contacts,
)
from clv_core.activation.countries import country_codes, read_country


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (" Ada@Example.COM ", "ada@example.com"),
        ("ada＠example.com", "ada@example.com"),  # full-width, as Chinese keyboards write it
        ("ada+list@example.com", "ada+list@example.com"),
        ("ada@example", ""),
        ("ada example.com", ""),
        ("a***a@example.com", ""),
        ("", ""),
    ],
)
def test_addresses(written, read):
    """Lower case and trimmed; masked or broken ones are none."""
    assert read_email(written) == read


@pytest.mark.parametrize(
    ("written", "country", "read"),
    [
        ("+44 (0)7700 900123", "", "+447700900123"),
        ("0044 7700 900123", "", "+447700900123"),
        ("07700 900123", "GB", "+447700900123"),
        ("07700 900123", "", ""),  # where would it ring?
        ("(212) 555-0123", "US", "+12125550123"),
        ("+1-212-555-0123", "DE", "+12125550123"),  # its own code goes before the country
        ("138****8000", "CN", ""),
        ("138xxxx8000", "CN", ""),
        ("138 xxxx 8000", "CN", ""),  # letters can be dialled, and 138 9999 8000 is somebody's
        ("+86 138xxxx8000", "", ""),
        ("138----8000", "CN", ""),
        ("138....8000", "CN", ""),
        ("138*8000", "CN", ""),
        ("555-0123", "US", ""),  # rings in its own town only
        ("020 7946 0018 x5", "GB", "+442079460018"),
        ("12", "US", ""),
        ("call me", "US", ""),
    ],
)
def test_telephones(written, country, read):
    """E.164, or nothing: without a country, masked, too short."""
    assert read_phone(written, country) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        *[(name, "GB") for name in ("GB", "uk", "United Kingdom", "GBR", "England", "Royaume-Uni")],
        *[("Deutschland", "DE"), ("中国", "CN"), ("U.S.A.", "US"), ("Holland", "NL")],
        *[("Turkey", "TR"), ("Türkiye", "TR"), ("Czech Republic", "CZ"), ("EIRE", "IE")],
        *[("Bosnia and Herzegovina", "BA"), ("Bosnia & Herzegovina", "BA")],
        *[("Atlantis", ""), ("EU", ""), ("", "")],
    ],
)
def test_countries(written, read):
    """Codes of two and three letters, UK, and names in several languages."""
    assert read_country(written) == read


def test_every_code_reads_as_itself():
    """What the user can choose as the default is understood."""
    assert all(read_country(code) == code for code in country_codes())


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ada Byron", ("Ada", "Byron")),
        ("Byron,  Ada", ("Ada", "Byron")),
        ("Jean-Luc O'Neil", ("Jean-Luc", "O'Neil")),
        *[
            (name, ("", ""))
            for name in ("Ada", "Ana Maria Silva", "李雷", "Kim 민수", "=x y", "张**")
        ],
    ],
)
def test_names_are_cut_only_where_it_is_safe(name, parts):
    """Two Latin words, or turned around with a comma; everything else stays whole."""
    assert split_name(name) == parts


def test_a_customer_s_own_country_goes_before_the_default():
    """A French number in a French customer's row, though the user said Germany."""
    customers = pd.DataFrame(
        {
            "customer_id": ["a", "b"],
            "email": None,
            "phone": ["01 99 00 12 34", "030 23125014"],
            "customer_name": None,
            "country": ["France", None],
        },
        index=[1, 2],
    )
    read = read_contacts(customers, "DE")
    assert read["phone"].tolist() == ["+33199001234", "+493023125014"]
    assert read["country"].tolist() == ["FR", "DE"]


def test_a_country_that_cannot_be_read_is_not_the_default():
    """A number of Atlantis, dialled in Germany, would reach a stranger."""
    customers = pd.DataFrame(
        {
            "customer_id": ["a", "b"],
            "phone": ["030 23125014", "030 23125014"],
            "country": ["Atlantis", " "],
        },
        index=[1, 2],
    )
    read = read_contacts(customers, "DE")
    assert read["phone"].tolist() == ["", "+493023125014"]
    assert read["country"].tolist() == ["", "DE"]


def test_names_given_apart_go_before_names_cut():
    """Where the files have a first name, it is taken as it is."""
    customers = pd.DataFrame(
        {"customer_id": ["a"], "customer_name": ["Ada Byron"], "first_name": [" Augusta  Ada "]},
        index=[1],
    )
    read = read_contacts(customers)
    assert read.loc[1, ["first_name", "last_name"]].tolist() == ["Augusta Ada", "Byron"]


def test_a_survey_tells_who_shares_a_contact_and_nothing_else():
    """Same address, same mailbox, same number; no cell of it holds text."""
    customers = pd.DataFrame(
        {
            "customer_id": list("abcd"),
            "email": ["A@example.com", "a@example.com", "a+x@example.com", "?"],
            "phone": ["+12125550123", None, None, "+1 212 555 0123"],
            "customer_name": None,
            "country": None,
        },
        index=[1, 2, 3, 4],
    )
    survey = survey_contacts(customers, read_contacts(customers))
    assert survey["email_group"].tolist() == [0, 0, 1, -1]
    assert survey["mailbox_group"].tolist() == [0, 0, 0, -1]
    assert survey["phone_group"].tolist() == [0, -1, -1, 0]
    assert survey["is_unread_email"].tolist() == [False, False, False, True]
    assert all(kind.kind in "ib" for kind in survey.dtypes)


def test_tags_are_taken_out_before_the_at_alone():
    """An address that begins with a plus keeps it: nothing would be left."""
    assert strip_tag("a+b@c+d.example") == "a@c+d.example"
    assert strip_tag("+b@example.com") == "+b@example.com"
