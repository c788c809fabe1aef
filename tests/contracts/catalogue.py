"""The strings that people read, as they stand in the source, and their catalogue.

``python -m tests.contracts.catalogue`` brings the Chinese catalogue up to date:
new strings come in untranslated, strings that are gone go, everything is in
the order of the English text and carries no line numbers, so that two people's
changes merge. ``test_translations.py`` says what is still to be translated.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).parents[2]
CATALOGUE: Final = ROOT / "pages/parts/locale/zh/LC_MESSAGES/perennial.po"
KEYWORDS: Final = {"_": None, "Sentence": None}


def source_files() -> Iterator[Path]:
    """Yield every module whose strings people may read."""
    yield ROOT / "app.py"
    for room in ("pages", "clv_core"):
        yield from sorted((ROOT / room).rglob("*.py"))


def extract_strings() -> set[str]:
    """Return the literal first arguments of ``_`` and ``Sentence`` in the source."""
    found = set()
    for file in source_files():
        for _line, message, _comments, _context in extract_from_file("python", file, KEYWORDS):
            found.add(message if isinstance(message, str) else message[0])
    return {message for message in found if message}


def read_catalogue() -> Catalog:
    """Return the Chinese catalogue as it stands."""
    with CATALOGUE.open("rb") as source:
        return read_po(source, locale="zh")


def update_catalogue() -> None:
    """Add what is new, drop what is gone, keep every translation that still applies."""
    known = {message.id: message.string for message in read_catalogue() if message.id}
    fresh = Catalog(locale="zh", charset="utf-8", fuzzy=False)
    for text in extract_strings():
        fresh.add(text, known.get(text, ""))
    with CATALOGUE.open("wb") as target:
        write_po(target, fresh, width=0, no_location=True, omit_header=True, sort_output=True)
    header = (
        "# Simplified Chinese. To update: python -m tests.contracts.catalogue\n"
        'msgid ""\nmsgstr ""\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Language: zh\\n"\n\n'
    )
    CATALOGUE.write_text(header + CATALOGUE.read_text("utf-8").lstrip(), "utf-8")


if __name__ == "__main__":
    update_catalogue()
