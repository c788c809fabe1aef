"""What a process of ours says on its standard output: a JSON object a line."""

from __future__ import annotations

import json
import queue
from typing import IO, Any

__all__ = ["Answer", "receive_answers"]

Answer = dict[str, Any]


def receive_answers(stream: IO[bytes], inbox: queue.SimpleQueue[Answer | None]) -> None:
    """Pass answers on as they come; nothing more comes after None."""
    try:
        for line in stream:
            inbox.put(json.loads(line))
    except ValueError:
        pass  # cut off in the middle of a line, or the pipe was closed from this side
    finally:
        inbox.put(None)
