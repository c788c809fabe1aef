"""Saved mapping profiles: how a file with certain headers was read last time.

A profile is known by its headers, folded and sorted, so that the order of the
columns and their spelling do not matter. What it holds is the caller's: text
that storage never looks into.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from clv_core.errors import NothingStored
from clv_core.sentences import Sentence
from clv_core.storage.index import reading, transaction
from clv_core.storage.workspace import Workspace

__all__ = ["Profile", "delete_profile", "find_profile", "list_profiles", "store_profile"]


@dataclass(frozen=True)
class Profile:
    """One saved profile.

    Attributes
    ----------
    id : str
    name : str
        What the user calls it.
    choice : str
        JSON text, as the caller gave it.
    created_at : float
        Seconds since 1970.
    """

    id: str
    name: str
    choice: str
    created_at: float


def store_profile(
    workspace: Workspace, name: str, folded_headers: Sequence[str], choice: str
) -> Profile:
    """Save a profile, in place of one with the same headers.

    Parameters
    ----------
    workspace : Workspace
    name : str
    folded_headers : sequence of str
        The file's headers as they are compared; their order does not matter.
    choice : str
        JSON text. Holds headers, never what is in the columns.
    """
    profile = Profile(uuid.uuid4().hex, name, choice, time.time())
    with transaction(workspace.index) as connection:
        connection.execute(
            "INSERT OR REPLACE INTO profiles (id, name, headers, choice, created_at)"
            " VALUES (?, ?, ?, ?, ?)",
            (profile.id, name, _key(folded_headers), choice, profile.created_at),
        )
    return profile


def find_profile(workspace: Workspace, folded_headers: Sequence[str]) -> Profile | None:
    """Return the profile saved for exactly these headers, or None."""
    with reading(workspace.index) as connection:
        row = connection.execute(
            "SELECT id, name, choice, created_at FROM profiles WHERE headers = ?",
            (_key(folded_headers),),
        ).fetchone()
    return Profile(**dict(row)) if row else None


def list_profiles(workspace: Workspace) -> list[Profile]:
    """Return all profiles, the newest first."""
    with reading(workspace.index) as connection:
        rows = connection.execute(
            "SELECT id, name, choice, created_at FROM profiles ORDER BY created_at DESC, id"
        ).fetchall()
    return [Profile(**dict(row)) for row in rows]


def delete_profile(workspace: Workspace, profile_id: str) -> None:
    """Forget a profile.

    Raises
    ------
    NothingStored
        When there is none of this id.
    """
    with transaction(workspace.index) as connection:
        gone = connection.execute("DELETE FROM profiles WHERE id = ?", (profile_id,)).rowcount
    if not gone:
        raise NothingStored(
            Sentence("There is no such profile."),
            Sentence("It may have been deleted in another window; open the list again."),
        )


def _key(folded_headers: Sequence[str]) -> str:
    return json.dumps(sorted(folded_headers), ensure_ascii=False)
