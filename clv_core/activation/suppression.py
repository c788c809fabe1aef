"""People who are never to be written to a list, whatever they are known by.

A list of ids, e-mail addresses and telephone numbers is turned into *forms*, spellings
that are compared; the workspace keeps only keyed hashes of them
(:mod:`clv_core.storage.suppression`). Where in doubt somebody is left out: a telephone
number without a country code stops every customer whose number is the same at home, and
whoever has the address of somebody who is stopped is stopped too.
"""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pandas as pd
import phonenumbers

from clv_core.activation.contacts import read_email, strip_tag
from clv_core.errors import UnreadableFile
from clv_core.ingest.encoding import examine_text, transcode_chunks
from clv_core.sentences import Sentence

_CELL: Final = re.compile(r' *"((?:[^"]|"")*)" *|[^,;\t]+')  # quoted, or up to a separator
_INTERNATIONAL: Final = re.compile(r"\D*(\+|00)")  # also (+44)
_FEWEST_DIGITS: Final = 7
_AROUND_ADDRESS: Final = "<>()[]\"'"


def decode_entries(content: bytes) -> str:
    """Return the text of a file of entries, in whatever encoding it is written.

    Raises
    ------
    UnreadableFile
        Where nobody can tell, or the text is damaged.
    """
    with TemporaryDirectory(prefix="perennial-") as scratch:
        file = Path(scratch) / "entries"
        file.write_bytes(content)
        try:
            encoding, _ = examine_text(file)
            if encoding is None:
                raise _unreadable()
            return b"".join(transcode_chunks(file, encoding)).decode("utf-8", "replace")
        except UnicodeError:
            raise _unreadable() from None


def _unreadable() -> UnreadableFile:
    return UnreadableFile(
        Sentence("The list cannot be read as text."),
        Sentence("Give ids, e-mail addresses or telephone numbers in UTF-8, one per line."),
    )


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
            *_own_forms(str(given.customer_id)),
            *_email_forms(str(given.email)),
            *_email_forms(str(known.email)),
            *_phone_forms(str(given.phone)),
            *_phone_forms(str(known.phone)),
        }


def _cells(text: str) -> Iterator[str]:
    """Yield what stands on a line or between separators; addresses between blanks as well."""
    for line in text.splitlines():
        for found in _CELL.finditer(line):
            quoted: str | None = found[1]
            cell = (found[0] if quoted is None else quoted.replace('""', '"')).strip()
            if "@" in unicodedata.normalize("NFKC", cell):
                yield from (word for word in cell.split() if "@" in word or "＠" in word)
            elif cell:
                yield cell


def _entry_forms(cell: str) -> tuple[str, ...]:
    bare = _fold(cell)
    if not bare:
        return ()
    if "@" in bare:
        return (*_email_forms(bare), _id_form(bare))
    is_number = not any(sign.isalpha() for sign in bare)
    return (_id_form(bare), *(_phone_forms(bare) if is_number else ()))


def _own_forms(written: str) -> tuple[str, ...]:
    """Return the forms of a shop's id, which may be an address or a telephone number."""
    begins_number = _fold(written).startswith(("+", "0"))  # others count as numbers of the shop
    return _entry_forms(written) if begins_number or "@" in written else (_id_form(written),)


def _id_form(text: str) -> str:
    return f"id:{_fold(text)}"


def _email_forms(text: str) -> tuple[str, ...]:
    plain = _fold(text).strip(_AROUND_ADDRESS).removeprefix("mailto:")
    if "@" not in plain:
        return ()
    known = plain if plain.isascii() and "xn--" not in plain else read_email(plain) or plain
    spelt = (plain, strip_tag(plain), known, strip_tag(known))
    return tuple(dict.fromkeys(f"email:{address}" for address in spelt))


def _phone_forms(text: str) -> tuple[str, ...]:
    bare = _fold(text)
    digits = re.sub(r"\D", "", bare).lstrip("0")
    if len(digits) < _FEWEST_DIGITS:
        return ()
    forms = [digits]
    if _INTERNATIONAL.match(bare):
        # Where no country begins like this, the digits alone are compared.
        with contextlib.suppress(phonenumbers.NumberParseException):
            forms.append(str(phonenumbers.parse(f"+{digits}").national_number))
    return tuple(f"phone:{form}" for form in dict.fromkeys(forms))


def _fold(text: str) -> str:
    """Return a text without what hides in it: marks of direction, the guard of a spreadsheet."""
    seen = text
    if not text.isascii():
        kept = unicodedata.normalize("NFKC", text)
        seen = "".join(sign for sign in kept if unicodedata.category(sign) != "Cf")
    return seen.strip().lstrip("'").strip().casefold()
