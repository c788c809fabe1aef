"""What uploads were recognised as, kept for the next rerun; refusals too.

A hostile file may take a minute to be refused: asking again at every rerun would
make that a minute each time.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from clv_core.errors import UserDataError
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.confined import recognise_confined
from clv_core.ingest.raw import RawTable
from clv_core.storage.workspace import Workspace

MOST_KEPT: Final = 64
MOST_AT_ONCE: Final = 2  # processes that look at files, for all sessions together

Request = tuple[str, FileChoice]  # an upload's id and what its user says
Answer = RawTable | UserDataError


class Recognitions:
    """Answers by upload and choice; the oldest go first. Safe to share between sessions."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], Answer] = OrderedDict()
        self._guard = threading.Lock()
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)

    def recognise(self, requests: Sequence[Request]) -> list[Answer]:
        """Return what each upload is or why it is no table; unknown ones share one process."""
        found = {_key(request): self._find(_key(request)) for request in requests}
        unknown = [request for request in requests if found[_key(request)] is None]
        if unknown:
            uploads = [Workspace.default().upload(upload_id) for upload_id, _ in unknown]
            with self._places:
                answers = recognise_confined(
                    [
                        (upload.path, upload.file_name, choice)
                        for upload, (_, choice) in zip(uploads, unknown, strict=True)
                    ]
                )
            for request, answer in zip(unknown, answers, strict=True):
                found[_key(request)] = answer
                self._keep(_key(request), answer)
        return [answer for request in requests if (answer := found[_key(request)]) is not None]

    def forget(self, upload_id: str) -> None:
        """Let go of what is known of an upload: it holds the file's first rows."""
        with self._guard:
            for key in [key for key in self._kept if key[0] == upload_id]:
                del self._kept[key]

    def _find(self, key: tuple[str, str]) -> Answer | None:
        with self._guard:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _keep(self, key: tuple[str, str], answer: Answer) -> None:
        with self._guard:
            self._kept[key] = answer
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)


def _key(request: Request) -> tuple[str, str]:
    return request[0], request[1].to_json()
