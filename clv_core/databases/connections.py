"""Connections that an admin has set up: where databases are, and the secret to open them.

They stand in a file that nobody else may read, ``connections.toml`` in the workspace or
the one that ``PERENNIAL_CONNECTIONS`` names::

    [shop]
    kind = "postgresql"
    address = "postgresql://reader:password@database.example.com:5432/shop"

and, for Postgres, in environment variables: ``PERENNIAL_DATABASE_SHOP`` is the
connection ``shop``. An address is never shown: not in an error, a log, a job or a result.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from clv_core.errors import InvalidSetting, NothingStored
from clv_core.sentences import Sentence
from clv_core.storage.workspace import Workspace

__all__ = [
    "ADDRESS_VARIABLE",
    "FILE_VARIABLE",
    "KINDS",
    "Connection",
    "connections_file",
    "find_connection",
    "read_connections",
]

KINDS: Final = ("postgresql", "bigquery", "snowflake")
FILE_VARIABLE: Final = "PERENNIAL_CONNECTIONS"
ADDRESS_VARIABLE: Final = "PERENNIAL_DATABASE_"  # and the connection's name in capitals
_FILE_NAME: Final = "connections.toml"
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")
_OTHERS: Final = 0o077  # what a file's mode grants to anybody but its owner
_MINUTES: Final = 60.0
_FIELDS: Final = frozenset({"kind", "address", "schema", "timeout_minutes", "options"})


@dataclass(frozen=True)
class Connection:
    """One connection.

    Attributes
    ----------
    name : str
        What people choose it by.
    kind : {"postgresql", "bigquery", "snowflake"}
    address : str
        For the driver; holds the password.
    schema : str
        BigQuery's data set, whose tables are listed; empty for the others.
    timeout_minutes : float
        The longest that reading one table may take.
    options : mapping of str to str
        The driver's own, as its documentation names them; may hold secrets too.
    """

    name: str
    kind: str
    address: str = field(default="", repr=False)
    schema: str = ""
    timeout_minutes: float = _MINUTES
    options: Mapping[str, str] = field(default_factory=dict, repr=False)


def connections_file() -> Path:
    """Return where the file with connections is looked for."""
    return Path(os.environ.get(FILE_VARIABLE) or Workspace.default_root() / _FILE_NAME).absolute()


def read_connections() -> dict[str, Connection]:
    """Return all connections by name; none where nothing is set up.

    Raises
    ------
    InvalidSetting
        Where the file is open to others, is no TOML, or an entry is wrong. The
        sentence names the entry, never what stands in it.
    """
    return {**_from_file(connections_file()), **_from_environment()}


def find_connection(name: str) -> Connection:
    """Return a connection by its name.

    Raises
    ------
    NothingStored
    InvalidSetting
        As of :func:`read_connections`.
    """
    connections = read_connections()
    if name in connections:
        return connections[name]
    if not connections:
        raise NothingStored(
            Sentence("No connection to a database is set up."),
            Sentence("An admin writes it into {file}: see the guide.", file=_FILE_NAME),
        )
    raise NothingStored(
        Sentence("There is no connection to a database by that name."),
        Sentence("Those set up are: {names}.", names=", ".join(connections)),
    )


def _from_environment() -> dict[str, Connection]:
    found = {}
    for variable, address in sorted(os.environ.items()):
        name = variable.removeprefix(ADDRESS_VARIABLE).lower()
        if variable.startswith(ADDRESS_VARIABLE) and name and address:
            found[name] = _check(name, {"kind": "postgresql", "address": address})
    return found


def _from_file(path: Path) -> dict[str, Connection]:
    try:
        mode, content = path.stat().st_mode, path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError:
        raise _unusable(
            Sentence("The file with connections ({file}) cannot be read.", file=path.name)
        ) from None
    if os.name != "nt" and mode & _OTHERS:
        raise InvalidSetting(
            Sentence(
                "The file with connections ({file}) is open to other users of this machine, and"
                " it holds passwords.",
                file=path.name,
            ),
            Sentence("Close it with chmod 600, and change the passwords in it."),
        )
    try:
        entries = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise _unusable(Sentence("{file} is not TOML.", file=path.name)) from None
    return {name: _check(name, entry) for name, entry in entries.items()}


def _check(name: str, entry: Any) -> Connection:
    """Make a connection of what was written; never quotes it."""
    if not _NAME.fullmatch(name):
        raise _unusable(
            Sentence("The name of a connection has letters, digits, - and _ only, at most 40.")
        )
    if not isinstance(entry, dict) or entry.keys() - _FIELDS:
        raise _wrong(name, ", ".join(sorted(_FIELDS)))
    if entry.get("kind") not in KINDS:
        raise _wrong(name, f"kind = {' | '.join(KINDS)}")
    options, minutes = entry.get("options", {}), entry.get("timeout_minutes", _MINUTES)
    if not isinstance(options, dict) or not all(isinstance(one, str) for one in options.values()):
        raise _wrong(name, "options")
    if not isinstance(minutes, int | float) or not minutes > 0:
        raise _wrong(name, "timeout_minutes > 0")
    texts = {key: entry.get(key, "") for key in ("address", "schema")}
    needed = "schema" if entry["kind"] == "bigquery" else "address"
    for key, text in texts.items():
        if not isinstance(text, str) or (key == needed and not text):
            raise _wrong(name, f'{key} = "…"')
    return Connection(name, entry["kind"], **texts, timeout_minutes=float(minutes), options=options)


def _wrong(name: str, expected: str) -> InvalidSetting:
    return _unusable(
        Sentence(
            "The connection {name} is not set up as it should be; expected: {expected}.",
            name=name,
            expected=expected,
        )
    )


def _unusable(problem: Sentence) -> InvalidSetting:
    return InvalidSetting(
        problem, Sentence("Whoever looks after this server can correct it: see the guide.")
    )
