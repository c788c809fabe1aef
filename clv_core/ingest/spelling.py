"""One spelling for headers that differ in width, case or punctuation only."""

from __future__ import annotations

import unicodedata

__all__ = ["fold_header"]


def fold_header(text: str) -> str:
    """Return a header as it is compared: NFKC, case-folded, letters and digits only.

    ``Customer ID``, ``customer_id`` and ``ＣｕｓｔｏｍｅｒＩＤ`` become one.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum())
