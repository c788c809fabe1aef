"""A table of a database in place of a file: named, never its address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["DatabaseTable"]


@dataclass(frozen=True)
class DatabaseTable:
    """A table or view of a named connection.

    Attributes
    ----------
    connection : str
        Name of a connection that an admin has set up; its address is looked up where
        it is used and is written nowhere.
    name : str
        Table as ``schema.table``, or as ``table`` where only one schema has it. It is
        looked for in the database's own list and reaches no query.
    since : date, optional
        Rows before this day are not read.
    rows : int or None
        About how many rows there are to read, where the database knows.
    """

    connection: str
    name: str
    since: dt.date | None = None
    rows: int | None = None

    @property
    def title(self) -> str:
        """What people call it: ``connection/schema.table``."""
        return f"{self.connection}/{self.name}"

    def to_json(self) -> dict[str, Any]:
        """Return a form that :meth:`from_json` reads back; it holds no secret."""
        since = None if self.since is None else self.since.isoformat()
        stored = {"connection": self.connection, "name": self.name}
        return {**stored, "since": since, "rows": self.rows}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> DatabaseTable:
        """Rebuild what :meth:`to_json` wrote."""
        since = stored["since"]
        day = None if since is None else dt.date.fromisoformat(since)
        return cls(stored["connection"], stored["name"], day, stored["rows"])
