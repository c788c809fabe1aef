"""A hard limit of memory for this process and all it starts, by Linux's control groups."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

__all__ = ["can_limit", "limited_memory"]

_GROUPS: Final = Path("/sys/fs/cgroup")
_IS_SECOND: Final = (_GROUPS / "cgroup.controllers").is_file()  # version of control groups
_ROOT: Final = _GROUPS if _IS_SECOND else _GROUPS / "memory"
_LIMIT: Final = "memory.max" if _IS_SECOND else "memory.limit_in_bytes"


def can_limit() -> bool:
    """Say whether this process may make control groups: as root, outside most containers."""
    return os.access(_ROOT, os.W_OK) and (_ROOT / "cgroup.procs").is_file()


@contextmanager
def limited_memory(limit_gb: float) -> Iterator[None]:
    """Kill whatever here takes more than so many billion bytes, all processes together.

    The page cache counts too, but is let go of first.
    """
    group = _ROOT / f"perennial-{os.getpid()}"
    group.mkdir()
    try:
        (group / _LIMIT).write_text(str(int(limit_gb * 1e9)), "ascii")
        (group / "cgroup.procs").write_text(str(os.getpid()), "ascii")
        yield
    finally:
        (_ROOT / "cgroup.procs").write_text(str(os.getpid()), "ascii")
        group.rmdir()
