"""One spelling for headers that differ in width, case, punctuation or unit only."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

__all__ = ["fold_header", "split_words", "strip_unit"]

_WORD: Final = re.compile(r"[^\W_]+")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_UNIT: Final = re.compile(r"\s*[(\[][^()\[\]]{1,8}[)\]]\s*$")


@lru_cache(maxsize=8192)
def fold_header(text: str) -> str:
    """Return a header as it is compared: NFKC, case-folded, letters and digits only.

    ``Customer ID``, ``customer_id`` and ``ＣｕｓｔｏｍｅｒＩＤ`` become one.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def strip_unit(text: str) -> str:
    """Return a header without the unit in brackets at its end: ``实付款(元)``, ``Total [EUR]``."""
    plain = unicodedata.normalize("NFKC", text)
    return _UNIT.sub("", plain) or plain


@lru_cache(maxsize=8192)
def split_words(text: str) -> tuple[str, ...]:
    """Return the words of a header in lower case: ``customerID`` and ``customer_id`` are two."""
    plain = unicodedata.normalize("NFKC", text)
    return tuple(word.casefold() for word in _WORD.findall(_HUMP.sub(" ", plain)))
