"""The text that is scanned: the file itself, or a copy that DuckDB reads without surprises."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from clv_core.ingest.layout import ByteLayout, measure_bytes, read_chunks
from clv_core.ingest.plain_copy import COPY_SEPARATOR, is_plain, write_plain_copy
from clv_core.ingest.raw import Dialect
from clv_core.ingest.separators import is_blank_separated

__all__ = ["PlainText", "prepare_text"]


@dataclass(frozen=True)
class PlainText:
    """UTF-8 text with LF or CRLF line ends.

    Attributes
    ----------
    path : Path
    layout : ByteLayout
    delimiter, quote : str
        An empty quote means that none is used.
    lead : int
        Lines before the header or the first row.
    has_header : bool
    """

    path: Path
    layout: ByteLayout
    delimiter: str
    quote: str
    lead: int
    has_header: bool

    @property
    def may_quote(self) -> bool:
        """Whether a cell may stand in quotes, and hold line breaks."""
        return bool(self.quote) and (self.layout.has_quotes or self.quote != '"')

    @property
    def lines_before_data(self) -> int:
        """Lines before the first row, where the header is one line."""
        return self.lead + (1 if self.has_header else 0)


def prepare_text(source: Path, dialect: Dialect, copy: Path) -> PlainText:
    """Return the text to scan.

    Parameters
    ----------
    source : Path
        A text file, unpacked.
    dialect : Dialect
    copy : Path
        Where a copy may be written.
    """
    path, layout = source, measure_bytes(read_chunks(source))
    if not is_plain(source, dialect, layout):
        write_plain_copy(source, copy, dialect)
        path, layout = copy, measure_bytes(read_chunks(copy))
    blank_separated = is_blank_separated(dialect.delimiter)
    return PlainText(
        path=path,
        layout=layout,
        delimiter=COPY_SEPARATOR if blank_separated else dialect.delimiter,
        quote=dialect.quote,
        lead=dialect.lead_lines,
        has_header=dialect.has_header,
    )
