"""Contact fields as platforms want to read them, whatever hand they were written in.

What cannot be read is left empty and counted, never guessed: a telephone number
without its country reaches a stranger.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import pandas as pd
import phonenumbers
from email_validator import EmailNotValidError, validate_email

from clv_core.activation.countries import read_country
from clv_core.activation.formula_guard import guard_text
from clv_core.cleaning.identity import MASKED
from clv_core.columns import CUSTOMERS

CONTACTS: Final = (
    *("email", "phone", "country", "first_name", "last_name"),
    *("postal_code", "city", "region"),
)
"""Columns of :func:`read_contacts`; empty text where not known."""
_MASKED: Final = re.compile(MASKED)
# 138 xxxx 8000, 138----8000, 1*2: no number is written so, and the rest would be a stranger's.
_MASKED_NUMBER: Final = re.compile(r"[*xX#_•·…./-]{3,}|\*")
_INTERNATIONAL_PREFIX: Final = re.compile(r"^00\s*(?=[1-9])")
_LATIN: Final = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?")
_NOT_SPLIT: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_NAME_PARTS: Final = 2


def read_email(text: str) -> str:
    """Return an address in lower case, or nothing where it cannot be one.

    Its form is checked (RFC 5321, 5322 and 6531, by email-validator), not whether
    anybody reads it. A masked address is none.
    """
    bare = unicodedata.normalize("NFKC", text).strip()
    if not bare or _MASKED.search(bare):
        return ""
    try:
        return validate_email(bare, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        return ""


def read_phone(text: str, country: str = "") -> str:
    """Return a telephone number as E.164 with its ``+``, or nothing.

    Parameters
    ----------
    text : str
        With a country code (``+49…``, ``0049…``), or as dialled at home.
    country : str
        Two letters, for a number without a country code; without either there is
        no telling where it rings. Held to a possible length with its area, not to
        ranges that are in use: those change faster than any list.
    """
    bare = _INTERNATIONAL_PREFIX.sub("+", unicodedata.normalize("NFKC", text).strip())
    if not bare or _MASKED.search(bare) or _MASKED_NUMBER.search(bare):
        return ""
    try:
        number = phonenumbers.parse(bare, country or None)
    except phonenumbers.NumberParseException:
        return ""
    length = phonenumbers.is_possible_number_with_reason(number)
    if length != phonenumbers.ValidationResult.IS_POSSIBLE:  # nor one that rings in its town only
        return ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def split_name(name: str) -> tuple[str, str]:
    """Return first and last name, both empty where a name cannot be cut with care.

    Cut are two Latin words (``Ada Lovelace``) and ``Lovelace, Ada``. One word, three,
    or a name in Chinese, Japanese or Korean characters stays whole, that is empty:
    a letter that begins with half a surname is worse than one without.
    """
    bare = " ".join(unicodedata.normalize("NFKC", name).split())
    if _NOT_SPLIT.search(bare) or _MASKED.search(bare):
        return "", ""
    is_turned = bare.count(",") == 1
    parts = bare.split(", ") if is_turned else bare.split(" ")
    if len(parts) != _NAME_PARTS or not all(_LATIN.fullmatch(part) for part in parts):
        return "", ""
    return (parts[1], parts[0]) if is_turned else (parts[0], parts[1])


def read_contacts(customers: pd.DataFrame, default_country: str = "") -> pd.DataFrame:
    """Read every contact field of some customers.

    Parameters
    ----------
    customers : DataFrame, index ``customer_key``
        Columns of ``columns.CUSTOMERS``; optional ones may be missing.
    default_country : str
        Two letters, where nothing is said of a customer's own country; one that is said
        and cannot be read is not this one.

    Returns
    -------
    DataFrame, index ``customer_key``
        ``CONTACTS``, all text; ``phone`` as E.164 with its ``+``, ``country`` as two
        letters.
    """
    given = {name: _texts(customers, name) for name in CUSTOMERS if name != "consent"}
    extra = {name: _texts(customers, name) for name in CONTACTS if name not in given}
    named = [split_name(name) for name in given["customer_name"]]
    countries = [
        read_country(text) if text.strip() else default_country for text in given["country"]
    ]
    phones = [
        read_phone(text, country) for text, country in zip(given["phone"], countries, strict=True)
    ]
    read = {
        "email": [read_email(text) for text in given["email"]],
        "phone": phones,
        "country": countries,
        **{name: _trim({**given, **extra}[name]) for name in CONTACTS[3:]},
    }
    for position, name in enumerate(("first_name", "last_name")):
        read[name] = [own or split[position] for own, split in zip(read[name], named, strict=True)]
    return pd.DataFrame(read, index=customers.index, columns=list(CONTACTS), dtype=object)


def survey_contacts(customers: pd.DataFrame, read: pd.DataFrame) -> pd.DataFrame:
    """Say what is known of each customer, without what it is.

    Parameters
    ----------
    customers : DataFrame, index ``customer_key``
        As uploaded.
    read : DataFrame, same index
        The same, as from :func:`read_contacts`.

    Returns
    -------
    DataFrame, same index
        ``email_group``, ``phone_group``, ``mailbox_group`` (the address without its
        ``+tag``): customers with the same one share a number, -1 has none;
        ``has_country``; ``is_plain_email`` (no spreadsheet takes it for a formula) and
        ``is_ascii_email`` (before the @); ``is_unread_email`` and ``is_unread_phone``:
        something is there, of which nothing could be made.
    """
    local = read["email"].str.partition("@")[0]
    unread = {
        f"is_unread_{name}": [
            bool(text.strip()) and not known
            for text, known in zip(_texts(customers, name), read[name], strict=True)
        ]
        for name in ("email", "phone")
    }
    return pd.DataFrame(
        {
            "email_group": _group(read["email"]),
            "mailbox_group": _group(read["email"].map(strip_tag)),
            "phone_group": _group(read["phone"]),
            "has_country": read["country"] != "",
            "is_plain_email": read["email"].map(is_plain).astype(bool),
            "is_ascii_email": [text.isascii() for text in local],
            **unread,
        },
        index=read.index,
    )


def is_plain(email: str) -> bool:
    """Say whether no spreadsheet could take an address for a formula."""
    return guard_text(email) == email


def strip_tag(email: str) -> str:
    """Return an address without the ``+tag`` before its @."""
    local, at, domain = email.partition("@")
    return f"{local.split('+')[0] or local}{at}{domain}"


def _group(values: pd.Series) -> pd.Series:
    codes = pd.factorize(values.where(values != ""))[0]
    return pd.Series(codes, index=values.index)


def _texts(customers: pd.DataFrame, name: str) -> list[str]:
    if name not in customers:
        return [""] * len(customers)
    return ["" if pd.isna(value) else str(value) for value in customers[name]]


def _trim(texts: list[str]) -> list[str]:
    return ["" if _MASKED.search(text) else " ".join(text.split()) for text in texts]
