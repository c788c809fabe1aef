"""What a file was understood to be, before a row of it is believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import pandas as pd

from clv_core.columns import TableKind
from clv_core.ingest.database_table import DatabaseTable
from clv_core.sentences import Sentence

Container = Literal["plain", "gzip", "zip", "xlsx"]

_BYTES_PER_ROW: Final = 100  # of a table in a database, as its export would have


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
    lead_lines : int
        Lines before the header, or before the first row where there is none:
        blank ones, titles, a spreadsheet's ``sep=;``.
    """

    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    has_header: bool = True
    lead_lines: int = 0


@dataclass(frozen=True)
class RawTable:
    """One file, understood but not yet cleaned.

    Attributes
    ----------
    path : Path
        Where the bytes lie; named by us in the app, by the user on the command line.
    file_name : str
        What the user calls the file.
    kind : {"orders", "events", "reviews", "customers", "value_table"}
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
    container : {"plain", "gzip", "zip", "xlsx"}
        What the bytes are wrapped in. Lines are those of the table inside; in a
        workbook they are the sheet's rows.
    part : str or None
        Sheet or file of the container that the table was taken from.
    parts : tuple of str
        All sheets or files that could be chosen.
    features : tuple of str
        Columns of a value table to learn from; empty for other kinds.
    leaks : mapping of str to Sentence
        Columns of a value table that would give the value away, with the reason;
        not in ``features`` unless the user wants them there.
    database : DatabaseTable or None
        The table whose first rows ``path`` holds, where this is no file.
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
    container: Container = "plain"
    part: str | None = None
    parts: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    leaks: Mapping[str, Sentence] = field(default_factory=dict)
    database: DatabaseTable | None = None

    @property
    def size_bytes(self) -> int:
        """About how many bytes there are to read, at least 1."""
        if self.database is not None:
            return max((self.database.rows or 0) * _BYTES_PER_ROW, 1)
        return max(self.path.stat().st_size, 1)

    def to_json(self) -> dict[str, Any]:
        """Return a form that :meth:`from_json` reads back."""
        return {
            "path": str(self.path),
            "file_name": self.file_name,
            "kind": self.kind,
            "dialect": asdict(self.dialect),
            "column_names": list(self.column_names),
            "samples": self.samples.to_numpy(dtype=object).tolist(),
            "mapping": dict(self.mapping),
            "preset": self.preset,
            "notes": [note.to_json() for note in self.notes],
            "container": self.container,
            "part": self.part,
            "parts": list(self.parts),
            "features": list(self.features),
            "leaks": {column: why.to_json() for column, why in self.leaks.items()},
            "database": None if self.database is None else self.database.to_json(),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> RawTable:
        """Rebuild what :meth:`to_json` wrote."""
        names = tuple(stored["column_names"])
        table = stored["database"]
        rebuilt = {
            "path": Path(stored["path"]),
            "dialect": Dialect(**stored["dialect"]),
            "column_names": names,
            "samples": pd.DataFrame(stored["samples"], columns=list(names), dtype="str"),
            "notes": tuple(Sentence.from_json(note) for note in stored["notes"]),
            "parts": tuple(stored["parts"]),
            "features": tuple(stored["features"]),
            "leaks": {column: Sentence.from_json(why) for column, why in stored["leaks"].items()},
            "database": None if table is None else DatabaseTable.from_json(table),
        }
        return cls(**{**stored, **rebuilt})
