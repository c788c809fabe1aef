"""One cell's text as it is compared: blanks off, wide characters narrow, read in SQL."""

from __future__ import annotations

import unicodedata
from typing import Final

__all__ = ["is_unclean", "narrow_expression", "narrow_text", "trim_expression"]

# What surrounds a value without belonging to it: blanks of all kinds.
_BLANKS: Final = "' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288) || chr(65279)"
# The forms that Unicode's NFKC makes one with ASCII in what shops write: full-width
# letters, digits and signs, the ideographic and the no-break blank.
_WIDE: Final = "".join(chr(code) for code in range(0xFF01, 0xFF5F)) + "\u3000\u00a0"
_NARROW: Final = "".join(chr(code) for code in range(0x21, 0x7F)) + "  "


def narrow_expression(column: str) -> str:
    """Return SQL for a text with full-width characters as ASCII and accents composed."""
    wide, narrow = (letters.replace("'", "''") for letters in (_WIDE, _NARROW))
    return (
        f"CASE WHEN strlen({column}) = length({column}) THEN {column}"
        f" ELSE nfc_normalize(translate({column}, '{wide}', '{narrow}')) END"
    )


def narrow_text(text: str) -> str:
    """Return what :func:`narrow_expression` makes of a text."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", text.translate(str.maketrans(_WIDE, _NARROW)))


def trim_expression(column: str) -> str:
    """Return SQL for a text without surrounding blanks, null where nothing is left."""
    return f"nullif(trim({column}, {_BLANKS}), '')"


def is_unclean(column: str) -> str:
    """Return SQL that is quick to say whether a text may need :func:`trim_expression`.

    True wherever trimming would change the text, and for some texts that it would not.
    """
    ends = " OR ".join(f"ends_with({column}, chr({code}))" for code in (32, 9, 10, 13))
    return f"({column} < '!' OR {ends} OR strlen({column}) <> length({column}))"
