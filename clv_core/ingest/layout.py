"""The bytes of a text file counted in one pass: lines, line ends, what must not be there."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np

__all__ = ["MOST_LINE_BYTES", "ByteLayout", "LineEnd", "measure_bytes", "read_chunks"]

LineEnd = Literal["lf", "crlf", "cr", "mixed"]

MOST_LINE_BYTES: Final = 1 << 20
_CHUNK_BYTES: Final = 1 << 18
_LF, _CR = 10, 13


@dataclass(frozen=True)
class ByteLayout:
    """What one pass over the bytes found.

    Attributes
    ----------
    size_bytes : int
    line_count : int
        Physical lines up to the last one that is not empty.
    line_end : {"lf", "crlf", "cr", "mixed"}
    ends_with_newline : bool
    first_nul_line : int or None
        Line (from 1) of the first NUL byte.
    long_line : int or None
        First line (from 1) of more than 1 MiB.
    is_utf8 : bool
        Whether all of it is well-formed UTF-8; only where that was asked for.
    has_quotes : bool
        Whether there is a double quote anywhere.
    """

    size_bytes: int
    line_count: int
    line_end: LineEnd
    ends_with_newline: bool
    first_nul_line: int | None
    long_line: int | None
    is_utf8: bool
    has_quotes: bool


def read_chunks(path: Path) -> Iterator[bytes]:
    """Yield a file's bytes in chunks."""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def measure_bytes(chunks: Iterable[bytes], is_utf8_asked: bool = False) -> ByteLayout:
    """Count lines and find what must not be in a text table.

    Parameters
    ----------
    chunks : iterable of bytes
        The file in order, in an encoding where a line end is one byte.
    is_utf8_asked : bool
        Also check that it is UTF-8, which costs where it is not all ASCII.
    """
    held = iter(chunks)
    first = next(held, b"")
    counter = _Counter(_CR if b"\r" in first and b"\n" not in first else _LF)
    encoding = _Utf8Check()
    for chunk in _preceded(first, held):
        counter.add(chunk)
        if is_utf8_asked:
            encoding.add(chunk)
    return ByteLayout(
        size_bytes=counter.size,
        line_count=counter.line_at_last_content,
        line_end=counter.line_end(),
        ends_with_newline=counter.ends_with_newline,
        first_nul_line=counter.nul_line,
        long_line=counter.long_line,
        is_utf8=is_utf8_asked and encoding.finish(),
        has_quotes=counter.has_quotes,
    )


def _preceded(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


class _Counter:
    """Running state of the pass, so that chunk borders do not matter."""

    def __init__(self, newline: int) -> None:
        self.newline = newline
        self.mark = bytes([newline])
        self.size = self.newlines = self.crlf = self.cr = 0
        self.line_at_last_content = 0
        self.nul_line: int | None = None
        self.long_line: int | None = None
        self.run = 0  # bytes since the last line end
        self.ends_in_cr = self.ends_with_newline = self.has_quotes = False

    def add(self, chunk: bytes) -> None:
        if not chunk:
            return
        if self.nul_line is None and (at := chunk.find(b"\0")) >= 0:
            self.nul_line = self.newlines + chunk.count(self.mark, 0, at) + 1
        self._watch_length(chunk)
        self.has_quotes = self.has_quotes or b'"' in chunk
        here = int(np.count_nonzero(np.frombuffer(chunk, dtype=np.uint8) == self.newline))
        kept = chunk.rstrip(b"\r\n")
        if kept:
            self.line_at_last_content = self.newlines + here - chunk.count(self.mark, len(kept)) + 1
        if b"\r" in chunk or self.ends_in_cr:
            self.cr += chunk.count(b"\r")
            self.crlf += chunk.count(b"\r\n") + (self.ends_in_cr and chunk.startswith(b"\n"))
        self.ends_in_cr = chunk.endswith(b"\r")
        self.ends_with_newline = chunk.endswith(self.mark)
        self.newlines += here
        self.size += len(chunk)

    def _watch_length(self, chunk: bytes) -> None:
        """Follow the line that crosses the chunk's border; no longer one fits inside a chunk."""
        first = chunk.find(self.mark)
        self.run += first if first >= 0 else len(chunk)
        if self.run > MOST_LINE_BYTES and self.long_line is None:
            self.long_line = self.newlines + 1
        if first >= 0:
            self.run = len(chunk) - 1 - chunk.rfind(self.mark)

    def line_end(self) -> LineEnd:
        if self.newline == _CR:
            return "cr"
        if self.cr == 0:
            return "lf"
        return "crlf" if self.crlf == self.newlines == self.cr else "mixed"


class _Utf8Check:
    """Whether chunks, one after the other, are UTF-8."""

    def __init__(self) -> None:
        self.decoder = codecs.getincrementaldecoder("utf-8")()
        self.good = True

    def add(self, chunk: bytes) -> None:
        if not self.good or (chunk.isascii() and not self.decoder.getstate()[0]):
            return
        try:
            self.decoder.decode(chunk)
        except UnicodeDecodeError:
            self.good = False

    def finish(self) -> bool:
        return self.good and not self.decoder.getstate()[0]
