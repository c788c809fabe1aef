"""What a file was understood to be, before a row of it is believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from clv_core.columns import TableKind
from clv_core.sentences import Sentence


@dataclass(frozen=True)
class Dialect:
    """How the bytes of a text table are laid out.

    Attributes
    ----------
    encoding : str
        Python codec name; ``utf-8-sig`` where a byte-order mark was found.
    delimiter : str
        One character, or a blank for runs of white space.
    quote : str
        Quoting character, empty where none is used.
    has_header : bool
        Whether the first row names the columns.
    """

    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    has_header: bool = True


@dataclass(frozen=True)
class RawTable:
    """One file, understood but not yet cleaned.

    Attributes
    ----------
    path : Path
        Where the bytes lie; named by us in the app, by the user on the command line.
    file_name : str
        What the user calls the file.
    kind : {"orders", "events", "reviews", "customers"}
    dialect : Dialect
    column_names : tuple of str
        The file's own headers, made unique; ``column_1`` … where it has none.
    samples : DataFrame
        The first rows as text, one column per name, for the mapping table.
    mapping : mapping of str to str
        Canonical field (``columns.FIELDS``) -> one of ``column_names``. A field
        that is absent was not found and is not used.
    preset : str or None
        Platform whose export this is (``shopify``, ``online_retail``, ``cdnow``,
        ``sample_shop``), which decides its business rules.
    notes : tuple of Sentence
        What was decided and why, for the user to confirm.
    """

    path: Path
    file_name: str
    kind: TableKind
    dialect: Dialect
    column_names: tuple[str, ...]
    samples: pd.DataFrame
    mapping: Mapping[str, str]
    preset: str | None = None
    notes: tuple[Sentence, ...] = field(default=())
