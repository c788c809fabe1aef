"""What a database says it has: its tables, their columns, what may be read of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from clv_core.errors import NothingStored, UnreadableDatabase
from clv_core.sentences import Sentence

__all__ = ["CATALOGUE_COLUMNS", "Column", "Table", "find_table", "list_tables"]

CATALOGUE_COLUMNS = (
    *("schema_name", "table_name", "is_view", "table_rows", "may_read"),
    *("column_name", "type_name", "is_readable", "is_time"),
)


@dataclass(frozen=True)
class Column:
    """A column that may be read.

    Attributes
    ----------
    name : str
        As the database spells it.
    type_name : str
    is_readable : bool
        Whether a cell of this type says something as text; bytes and lists do not.
    is_time : bool
        Whether it holds days or moments, which can be compared with a day.
    """

    name: str
    type_name: str
    is_readable: bool = True
    is_time: bool = False


@dataclass(frozen=True)
class Table:
    """A table or view.

    Attributes
    ----------
    schema, name : str
    is_view : bool
    rows : int or None
        The database's own estimate; None where it has none.
    may_read : bool
        Whether the connection's user may read any of it.
    columns : tuple of Column
        Those that the user may read, in the table's order.
    """

    schema: str
    name: str
    is_view: bool = False
    rows: int | None = None
    may_read: bool = True
    columns: tuple[Column, ...] = ()

    @property
    def full_name(self) -> str:
        """``schema.table``, as people write it."""
        return f"{self.schema}.{self.name}"

    @property
    def readable_columns(self) -> tuple[Column, ...]:
        """The columns that can be read as text."""
        return tuple(column for column in self.columns if column.is_readable)

    def to_json(self) -> dict[str, Any]:
        """Return a form that :meth:`from_json` reads back."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Table:
        """Rebuild what :meth:`to_json` wrote."""
        columns = tuple(Column(**column) for column in stored["columns"])
        return cls(**{**stored, "columns": columns})


def list_tables(rows: Iterable[Sequence[Any]]) -> list[Table]:
    """Put the rows of a catalogue query together: one per column, in order.

    Parameters
    ----------
    rows : iterable of sequence
        :data:`CATALOGUE_COLUMNS`; ``column_name`` is None for a table without a
        column that may be read.
    """
    columns: dict[tuple[str, str], list[Column]] = {}
    tables: dict[tuple[str, str], Table] = {}
    for schema, name, is_view, count, may_read, *column in rows:
        tables[schema, name] = Table(schema, name, is_view, count, may_read)
        held = columns.setdefault((schema, name), [])
        if column[0] is not None:
            held.append(Column(*column))
    return [
        Table(one.schema, one.name, one.is_view, one.rows, one.may_read, tuple(columns[key]))
        for key, one in tables.items()
    ]


def find_table(tables: Sequence[Table], wanted: str) -> Table:
    """Return the table that is called so, by what the database lists.

    Raises
    ------
    NothingStored
        Where there is none, or more than one.
    UnreadableDatabase
        Where it may not be read, or has no column that can be.
    """
    found = [table for table in tables if table.full_name == wanted]
    found = found or [table for table in tables if table.name == wanted]
    if not found:
        raise NothingStored(
            Sentence("The database has no table or view of that name that you could see."),
            Sentence("Write it as the database spells it, with its schema: public.orders."),
        )
    if len(found) > 1:
        schemas = ", ".join(table.schema for table in found)
        raise NothingStored(
            Sentence("Several schemas have a table of that name: {schemas}.", schemas=schemas),
            Sentence("Name it with its schema: schema.table."),
        )
    if not found[0].may_read:
        raise UnreadableDatabase(
            Sentence("The connection's user has no right to read {table}.", table=found[0].name),
            Sentence("Ask the database's admin to grant SELECT on it, or choose another table."),
        )
    if not found[0].readable_columns:
        raise UnreadableDatabase(
            Sentence("{table} has no column that can be read.", table=found[0].name),
            Sentence("Choose another table, or make a view with columns of text and numbers."),
        )
    return found[0]
