"""Who is never to be on a list: ``<workspace>/suppression/``, as keyed hashes.

::

    key       32 random bytes of this workspace
    entries   a line per entry: HMAC-SHA256 of each of its forms, the first is the entry's own

An entry can be found again by whoever has the address, the key and the file; it cannot
be read off, and the list is of no use anywhere else. Somebody who holds both files and a
list of likely addresses can still try them: it protects a stray copy, not a stolen disk.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from clv_core.errors import NothingStored
from clv_core.sentences import Sentence
from clv_core.storage.atomic import telling_disk_full, write_bytes
from clv_core.storage.index import transaction
from clv_core.storage.workspace import Workspace

__all__ = ["SuppressionList"]

_OURS_ALONE: Final = 0o700
_KEY_BYTES: Final = 32


class SuppressionList:
    """The list of one workspace.

    Parameters
    ----------
    workspace : Workspace
    """

    def __init__(self, workspace: Workspace) -> None:
        self._folder = workspace.root / "suppression"
        self._index = workspace.index

    def add(self, entries: Iterable[Sequence[str]]) -> int:
        """Add entries, given as the forms they are known by, and return how many are new.

        Raises
        ------
        NothingStored
            When the key of those who are on the list is gone.
        DiskFull
        """
        self._folder.mkdir(mode=_OURS_ALONE, exist_ok=True)
        with transaction(self._index):  # no other window writes meanwhile
            key = self._key()
        hashed = [[_hash(key, form) for form in forms] for forms in entries]
        with transaction(self._index):
            known = {line.split()[0]: line for line in self._lines()}
            before = len(known)
            for hashes in hashed:
                known.setdefault(hashes[0], " ".join(hashes))
            self._write(known.values())
        return len(known) - before

    def __len__(self) -> int:
        return len(self._lines())

    def clear(self) -> None:
        """Forget everybody on it."""
        if self._entries.is_file():
            self._write(())

    def stamp(self) -> str:
        """Return a text that is another one whenever the list is; empty where it never was."""
        if not self._entries.is_file():
            return ""
        return hashlib.sha256(self._entries.read_bytes()).hexdigest()

    def find(self, people: Iterable[Iterable[str]]) -> list[bool]:
        """Say of each person, given as forms, whether one of them is on the list.

        Raises
        ------
        NothingStored
            When its key is gone: then nobody could be told from anybody.
        """
        listed = {digest for line in self._lines() for digest in line.split()}
        if not listed:
            return [False for _ in people]
        key = self._key()
        return [any(_hash(key, form) in listed for form in forms) for forms in people]

    @property
    def _entries(self) -> Path:
        return self._folder / "entries"

    def _key(self) -> bytes:
        path = self._folder / "key"
        if not path.is_file():
            if self._lines():
                raise NothingStored(
                    Sentence("The key of the suppression list is gone: who is on it is not known."),
                    Sentence("Clear the list and add everybody anew."),
                )
            with telling_disk_full():
                write_bytes(path, secrets.token_bytes(_KEY_BYTES))
        return path.read_bytes()

    def _lines(self) -> list[str]:
        return self._entries.read_text("ascii").splitlines() if self._entries.is_file() else []

    def _write(self, lines: Iterable[str]) -> None:
        with telling_disk_full():
            write_bytes(self._entries, "".join(f"{line}\n" for line in lines).encode("ascii"))


def _hash(key: bytes, form: str) -> str:
    return hmac.new(key, form.encode("utf-8"), hashlib.sha256).hexdigest()
