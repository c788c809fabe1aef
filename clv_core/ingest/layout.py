"""The bytes of a text file counted in one pass: lines, line ends, what must not be there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

__all__ = ["MOST_LINE_BYTES", "ByteLayout", "LineEnd", "measure_bytes", "read_chunks"]

LineEnd = Literal["lf", "crlf", "cr", "mixed"]

MOST_LINE_BYTES: Final = 1 << 20
_CHUNK_BYTES: Final = 1 << 18


@dataclass(frozen=True)
class ByteLayout:
    """What one pass over the bytes found.

    Attributes
    ----------
    size_bytes : int
    line_count : int
        Physical lines up to the last one that is not blank.
    blank_lead : int
        Blank lines before the first one with content.
    line_end : {"lf", "crlf", "cr", "mixed"}
    first_nul_line : int or None
        Line (from 1) of the first NUL byte.
    longest_line_bytes, longest_line : int
        Length of the longest physical line, and which it is.
    """

    size_bytes: int
    line_count: int
    blank_lead: int
    line_end: LineEnd
    first_nul_line: int | None
    longest_line_bytes: int
    longest_line: int


def read_chunks(path: Path) -> Iterator[bytes]:
    """Yield a file's bytes in chunks."""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


class _Counter:
    """Running state of the pass, so that chunk borders do not matter."""

    def __init__(self, newline: bytes) -> None:
        self.newline = newline
        self.size = self.newlines = self.crlf = self.cr = 0
        self.line_at_last_content = self.blank_lead = 0
        self.nul_line: int | None = None
        self.run = self.longest = 0
        self.longest_line = 1
        self.seen_content = False
        self.ends_in_cr = False

    def add(self, chunk: bytes) -> None:
        self._look_for_nul(chunk)
        self._measure_lines(chunk)
        self._mark_content(chunk)
        self.crlf += chunk.count(b"\r\n") + (self.ends_in_cr and chunk.startswith(b"\n"))
        self.cr += chunk.count(b"\r")
        self.ends_in_cr = chunk.endswith(b"\r")
        self.newlines += chunk.count(self.newline)
        self.size += len(chunk)

    def _look_for_nul(self, chunk: bytes) -> None:
        if self.nul_line is None and (at := chunk.find(b"\0")) >= 0:
            self.nul_line = self.newlines + chunk.count(self.newline, 0, at) + 1

    def _measure_lines(self, chunk: bytes) -> None:
        """Find the longest line; inside a chunk only if it could beat what is known."""
        parts = chunk.split(self.newline)
        lengths = [len(part) for part in parts]
        lengths[0] += self.run
        longest = max(lengths)
        if longest > self.longest:
            self.longest = longest
            self.longest_line = self.newlines + lengths.index(longest) + 1
        self.run = lengths[-1]

    def _mark_content(self, chunk: bytes) -> None:
        kept = chunk.rstrip(b" \t\r\n")
        if not kept:
            return
        if not self.seen_content:
            lead = chunk[: len(chunk) - len(chunk.lstrip(b"\r\n"))]
            self.blank_lead = self.newlines + lead.count(self.newline)
            self.seen_content = True
        self.line_at_last_content = self.newlines + kept.count(self.newline) + 1

    def line_end(self, newlines_lf: int) -> LineEnd:
        if newlines_lf == 0:
            return "cr" if self.cr else "lf"
        if self.cr == 0:
            return "lf"
        return "crlf" if self.crlf == newlines_lf == self.cr else "mixed"


def measure_bytes(chunks: Iterable[bytes]) -> ByteLayout:
    """Count lines and find what must not be in a text table.

    Parameters
    ----------
    chunks : iterable of bytes
        The file in order, in an encoding where a line end is one byte.
    """
    held = iter(chunks)
    first = next(held, b"")
    newline = b"\r" if b"\r" in first and b"\n" not in first else b"\n"
    counter = _Counter(newline)
    counter.add(first)
    for chunk in held:
        counter.add(chunk)
    return ByteLayout(
        size_bytes=counter.size,
        line_count=counter.line_at_last_content,
        blank_lead=counter.blank_lead,
        line_end=counter.line_end(counter.newlines if newline == b"\n" else 0),
        first_nul_line=counter.nul_line,
        longest_line_bytes=counter.longest,
        longest_line=counter.longest_line,
    )
