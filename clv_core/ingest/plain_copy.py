"""A UTF-8 copy of a file in the one shape DuckDB reads without surprises.

Made only where it must be: another encoding, runs of blanks as separators, line
ends that change within the file, quotes in the titles above the table, or a file
name that is not Unicode. Lines stay lines, so that line numbers of the copy are
those of the file.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from clv_core.ingest.encoding import transcode_chunks
from clv_core.ingest.layout import ByteLayout, read_chunks
from clv_core.ingest.raw import Dialect
from clv_core.ingest.separators import is_blank_separated, split_blanks

__all__ = ["COPY_SEPARATOR", "is_plain", "write_plain_copy"]

COPY_SEPARATOR: Final = "\t"  # of copies of blank-separated files
_READ_AS_IS: Final = ("utf-8", "utf-8-sig")


def is_plain(path: Path, dialect: Dialect, layout: ByteLayout) -> bool:
    """Say whether DuckDB can read the file itself, under the name it has."""
    return (
        _is_unicode(str(path))
        and dialect.encoding in _READ_AS_IS
        and not is_blank_separated(dialect.delimiter)
        and layout.line_end in ("lf", "crlf")
        and not _has_quoted_lead(path, dialect.lead_lines)
    )


def _is_unicode(name: str) -> bool:
    """Say whether a name is text; one in GBK, say, holds bytes that are not."""
    return not any(0xD800 <= ord(letter) <= 0xDFFF for letter in name)


def _has_quoted_lead(path: Path, lead_lines: int) -> bool:
    """Say whether titles hold quotes: DuckDB, told to skip them, minds their quotes."""
    with path.open("rb") as file:
        return any(b'"' in file.readline() for _ in range(lead_lines))


def write_plain_copy(source: Path, target: Path, dialect: Dialect) -> None:
    """Write the copy: UTF-8, LF, titles blank, tabs where runs of blanks separated.

    Parameters
    ----------
    source, target : Path
    dialect : Dialect
        Of the source.
    """
    # Damaged UTF-8 goes through as it is: DuckDB refuses those rows one by one.
    as_is = dialect.encoding in _READ_AS_IS
    chunks = (
        _without_mark(read_chunks(source)) if as_is else transcode_chunks(source, dialect.encoding)
    )
    lines = _blank_lead(_unify_line_ends(chunks), dialect.lead_lines)
    with target.open("wb") as file:
        if is_blank_separated(dialect.delimiter):
            file.writelines(_separate_by_tabs(lines, dialect.delimiter))
        else:
            file.writelines(lines)


def _without_mark(chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield next(chunks, b"").removeprefix(codecs.BOM_UTF8)
    yield from chunks


def _unify_line_ends(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Turn CRLF and CR into LF; a pair that a chunk border cuts stays a pair."""
    held = b""
    for chunk in chunks:
        whole = held + chunk
        held = b"\r" if whole.endswith(b"\r") else b""
        cut = whole[: len(whole) - len(held)]
        yield cut.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in cut else cut
    yield b"\n" if held else b""


def _blank_lead(chunks: Iterable[bytes], lead_lines: int) -> Iterator[bytes]:
    left = lead_lines
    for chunk in chunks:
        rest = chunk
        while left and rest:
            _, newline, rest = rest.partition(b"\n")
            left -= 1 if newline else 0
            yield newline
        yield rest


def _separate_by_tabs(chunks: Iterable[bytes], delimiter: str) -> Iterator[bytes]:
    """Put one tab for every run of blanks, a line at a time."""
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield b"".join(_tab_line(line, delimiter) for line in lines)
    if rest.strip():
        yield _tab_line(rest, delimiter)


def _tab_line(line: bytes, delimiter: str) -> bytes:
    text = line.decode(errors="surrogateescape")
    cells = COPY_SEPARATOR.join(split_blanks(text, delimiter))
    return f"{cells}\n".encode(errors="surrogateescape")
