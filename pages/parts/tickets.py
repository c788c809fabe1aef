"""Who may send files: whoever holds a ticket that a page handed out.

A ticket is a random word for one drop. Tickets live where Streamlit's sessions
live, in this process's memory, and nowhere else: without a session there is no
ticket, so that nobody fills the disk from outside, and a server that starts anew
hands out new ones. A ticket is spent when its files have become uploads.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Final

from clv_core.storage.incoming import IncomingFile, discard_files

MOST_TICKETS: Final = 10_000  # sessions open at once; the oldest idle ones go first
IDLE_S: Final = 3600.0  # a drop that nothing was sent for so long was given up


@dataclass
class Drop:
    """What comes in on one ticket."""

    files: dict[str, IncomingFile] = field(default_factory=dict)
    stored: list[str] = field(default_factory=list)  # ids of the uploads, once they are some
    touched_at: float = field(default_factory=time.monotonic)
    guard: asyncio.Lock = field(default_factory=asyncio.Lock)  # one change at a time


class TicketOffice:
    """All tickets of this server."""

    def __init__(self) -> None:
        self._drops: dict[str, Drop] = {}
        self._guard = threading.Lock()

    def issue(self) -> str:
        """Return a fresh ticket, and forget drops that were given up."""
        self.forget_idle()
        ticket = secrets.token_urlsafe(32)
        with self._guard:
            self._drops[ticket] = Drop()
            if len(self._drops) > MOST_TICKETS:
                self._forget_oldest()
        return ticket

    def find(self, ticket: str) -> Drop | None:
        """Return what comes in on a ticket, None where nobody handed it out."""
        with self._guard:
            drop = self._drops.get(ticket)
            if drop is not None:
                drop.touched_at = time.monotonic()
            return drop

    def forget_idle(self, older_than_s: float = IDLE_S) -> None:
        """Delete what came of drops that have been silent; their tickets stay good."""
        oldest = time.monotonic() - older_than_s
        with self._guard:
            for drop in self._drops.values():
                if drop.files and drop.touched_at < oldest:
                    discard_files(list(drop.files.values()))
                    drop.files.clear()

    def _forget_oldest(self) -> None:
        idle = [ticket for ticket, drop in self._drops.items() if not drop.files]
        for ticket in idle[: len(self._drops) - MOST_TICKETS]:
            del self._drops[ticket]


OFFICE: Final = TicketOffice()
