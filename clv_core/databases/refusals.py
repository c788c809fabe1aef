"""What a driver's error means, as one sentence.

A driver's own words never go on: they quote queries, user names and, where an address
cannot be read, the address with its password.
"""

from __future__ import annotations

import re
from typing import Final

from clv_core.errors import UnreadableDatabase
from clv_core.sentences import Sentence

__all__ = ["explain_connecting", "explain_query", "explain_stream", "no_driver", "timed_out"]

# What libpq says by itself, which is English, before a server's translated words.
_UNREACHABLE: Final = re.compile(
    r"could not translate host|Connection refused|timeout expired|timed out|No route to host"
    r"|Network is unreachable|No such file or directory|Connection reset|could not connect"
    r"|invalid response to SSL|server closed the connection",
    re.IGNORECASE,
)
_MISWRITTEN: Final = re.compile(
    r"invalid (?:URI|integer|port|connection option|sslmode)|missing \"=\"|invalid connection"
    r"|unterminated quoted|unexpected (?:character|spaces)|forbidden value",
    re.IGNORECASE,
)
_CODED: Final = re.compile(r"SQLSTATE:? ?([0-9A-Z]{5})")


def explain_connecting(error: Exception, connection: str) -> UnreadableDatabase:
    """Say why a database did not let us in."""
    told = str(error)
    if _MISWRITTEN.search(told):
        return UnreadableDatabase(
            Sentence("The address of the connection {name} is not one.", name=connection),
            Sentence("An admin can correct it: postgresql://user:password@host:port/database."),
        )
    if "SSL" in told and "does not support" in told:
        return UnreadableDatabase(
            Sentence(
                "The database of the connection {name} does not encrypt, and its address asks for"
                " that.",
                name=connection,
            ),
            Sentence("Switch on encryption at the database, or ask for less with sslmode."),
        )
    if _UNREACHABLE.search(told):
        return UnreadableDatabase(
            Sentence("The database of the connection {name} cannot be reached.", name=connection),
            Sentence(
                "Check that it runs, that the address and the port are right, and that a firewall"
                " lets this server through."
            ),
        )
    return UnreadableDatabase(
        Sentence(
            "The database of the connection {name} refused the user, the password or the name of"
            " the database.",
            name=connection,
        ),
        Sentence("An admin can correct the address; special signs in a password are written %40."),
    )


def explain_query(error: Exception, table: str) -> UnreadableDatabase:
    """Say why a question got no answer; ``table`` names what was asked about."""
    code = getattr(error, "sqlstate", None) or _read_code(error)
    if code == "42501":
        return UnreadableDatabase(
            Sentence("The connection's user has no right to read {table}.", table=table),
            Sentence("Ask the database's admin to grant SELECT on it, or choose another table."),
        )
    if code in ("42P01", "42703", "3F000"):
        return UnreadableDatabase(
            Sentence("{table} is not as it was when its columns were listed.", table=table),
            Sentence("Choose the table again."),
        )
    if code is not None and not code.startswith(("08", "57P")):
        return UnreadableDatabase(
            Sentence(
                "The database broke off while it put {table} together (its code: {code}).",
                table=table,
                code=code,
            ),
            Sentence("Look for this code in the database's log; a view may divide by zero."),
        )
    return _lost(table)


def explain_stream(error: Exception, table: str) -> UnreadableDatabase:
    """Say why rows stopped coming."""
    told = str(error)
    if "ERROR:" in told and _read_code(error) is None:
        return UnreadableDatabase(
            Sentence("The database broke off while it put {table} together.", table=table),
            Sentence("Look into the database's log; a view may divide by zero."),
        )
    return explain_query(error, table) if "ERROR:" in told else _lost(table)


def timed_out(table: str, seconds: float) -> UnreadableDatabase:
    """Say that it took longer than it may."""
    return UnreadableDatabase(
        Sentence(
            "Reading {table} was stopped: it took longer than {seconds} seconds.",
            table=table,
            seconds=round(seconds),
        ),
        Sentence(
            "Read fewer rows, from a later day on, or let an admin raise timeout_minutes of the"
            " connection."
        ),
    )


def no_driver(package: str) -> UnreadableDatabase:
    """Say which driver is not installed."""
    return UnreadableDatabase(
        Sentence("The driver of this kind of database is not installed here."),
        Sentence("An admin installs it: pip install {package}.", package=package),
    )


def _lost(table: str) -> UnreadableDatabase:
    return UnreadableDatabase(
        Sentence("The connection was lost while {table} was read; nothing was kept.", table=table),
        Sentence("Try again; if it happens again, ask the database's admin."),
    )


def _read_code(error: Exception) -> str | None:
    found = _CODED.search(str(error))
    return found[1] if found else None
