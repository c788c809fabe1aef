"""Where a process keeps what it needs for a while, and what killed ones left there.

Tables on their way hold contact fields. A process that ends removes them; one that
is killed, or a machine that goes down, cannot. So each process has a folder that
says whose it is, and the next one to start removes those of processes long gone.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import tempfile
import time
from pathlib import Path
from typing import Final

import psutil

__all__ = ["own_scratch"]

# A process of another container may share the folder and look gone from here.
GONE_FOR_S: Final = 24 * 3600.0
_NAME: Final = re.compile(r"perennial-of-([0-9]{1,10})-.*")


def own_scratch(shared: Path | None = None) -> Path:
    """Let this process put its temporary files into a folder of its own, until it ends.

    Only its user may look into it. Folders of ended processes are removed.

    Parameters
    ----------
    shared : Path, optional
        Where the folders of all processes lie; the system's place for temporary files
        by default, which a system may tidy up under a process that runs for weeks.
    """
    shared = shared or Path(tempfile.gettempdir())
    for folder in shared.glob("perennial-of-*"):
        if _is_left_behind(folder):
            shutil.rmtree(folder, ignore_errors=True)  # another process may do so as well
    own = Path(tempfile.mkdtemp(prefix=f"perennial-of-{os.getpid()}-", dir=shared))
    atexit.register(shutil.rmtree, own, ignore_errors=True)
    tempfile.tempdir = str(own)
    return own


def _is_left_behind(folder: Path) -> bool:
    found = _NAME.fullmatch(folder.name)
    if found is None or folder.is_symlink() or psutil.pid_exists(int(found[1])):
        return False
    try:
        return folder.stat().st_mtime < time.time() - GONE_FOR_S
    except FileNotFoundError:
        return False
