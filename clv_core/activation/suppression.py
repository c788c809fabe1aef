"""People who are never to be written to a list, whatever they are known by.

A list of ids, e-mail addresses and telephone numbers is turned into *forms*, spellings
that are compared; the workspace keeps only keyed hashes of them
(:mod:`clv_core.storage.suppression`). Where in doubt somebody is left out: a telephone
number without a country code stops every customer whose number is the same at home.
"""

from __future__ import annotations

import contextlib
import csv
import re
import unicodedata
from collections.abc import Iterator
from typing import Final

import pandas as pd
import phonenumbers

from clv_core.activation.contacts import strip_tag

_PHONE: Final = re.compile(r"[+0-9()\s./-]{7,}")
_FEWEST_DIGITS: Final = 7
_SEPARATORS: Final = ",;\t"


def read_entries(text: str) -> list[tuple[str, ...]]:
    """Read a pasted or uploaded list: one entry per line or cell, and its forms.

    Parameters
    ----------
    text : str
        Ids, e-mail addresses and telephone numbers, mixed as they come, on lines of
        their own or with commas, semicolons or tabs between; in quotes where they hold
        one. A header is an entry that is nobody's.

    Returns
    -------
    list of tuple of str
        The forms of each entry, the most particular first.
    """
    found = {forms[0]: forms for cell in _cells(text) if (forms := _entry_forms(cell))}
    return list(found.values())


def customer_forms(customers: pd.DataFrame, contacts: pd.DataFrame) -> Iterator[set[str]]:
    """Yield all forms that each customer is known by.

    Parameters
    ----------
    customers : DataFrame, index ``customer_key``
        ``columns.CUSTOMERS`` as uploaded.
    contacts : DataFrame, same index
        The same, as :func:`~clv_core.activation.contacts.read_contacts` reads them.
    """
    raw = customers[["customer_id", "email", "phone"]].astype(object)
    raw = raw.where(raw.notna(), "")
    read = contacts[["email", "phone"]]
    for given, known in zip(raw.itertuples(index=False), read.itertuples(index=False), strict=True):
        yield {
            _id_form(str(given.customer_id)),
            *_email_forms(str(given.email)),
            *_email_forms(str(known.email)),
            *_phone_forms(str(given.phone)),
            *_phone_forms(str(known.phone)),
        }


def _cells(text: str) -> Iterator[str]:
    for line in text.splitlines():
        used = next((sign for sign in _SEPARATORS if sign in line), ",")
        for cell in next(csv.reader([line], delimiter=used), []):
            if cell.strip():
                yield cell.strip()


def _entry_forms(cell: str) -> tuple[str, ...]:
    if "@" in cell:
        return _email_forms(cell)
    phones = _phone_forms(cell) if _PHONE.fullmatch(cell) else ()
    return (_id_form(cell), *phones)


def _id_form(text: str) -> str:
    return f"id:{_fold(text)}"


def _email_forms(text: str) -> tuple[str, ...]:
    if "@" not in text:
        return ()
    plain = _fold(text)
    return tuple(dict.fromkeys((f"email:{plain}", f"email:{strip_tag(plain)}")))


def _phone_forms(text: str) -> tuple[str, ...]:
    digits = re.sub(r"\D", "", _fold(text)).lstrip("0")
    if len(digits) < _FEWEST_DIGITS:
        return ()
    forms = [digits]
    if text.strip().startswith(("+", "00")):
        # Where no country begins like this, the digits alone are compared.
        with contextlib.suppress(phonenumbers.NumberParseException):
            forms.append(str(phonenumbers.parse(f"+{digits}").national_number))
    return tuple(f"phone:{form}" for form in dict.fromkeys(forms))


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()
