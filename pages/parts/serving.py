"""What the server does once, before it serves anybody."""

from __future__ import annotations

import ctypes
import gc
import importlib
import pkgutil
import platform
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

import anyio.to_thread
import pyarrow as pa
from streamlit.runtime.pages_manager import PagesManager

from clv_core.errors import DiskFull
from clv_core.ingest.engine import allow, lock
from clv_core.jobs.queue import tend_queue
from clv_core.storage.handed_files import KEPT_S, discard_handed
from clv_core.storage.scratch import own_scratch
from clv_core.storage.workspace import Workspace
from pages import parts

# Of malloc.h: M_ARENA_MAX, M_TRIM_THRESHOLD and M_MMAP_THRESHOLD (bytes).
_GLIBC_OPTIONS: Final = {-8: 2, -1: 1 << 20, -3: 1 << 20}
SAMPLE_FOLDER: Final = Path(__file__).resolve().parents[2] / "sample_data"


@asynccontextmanager
async def serving(_app: Any) -> AsyncIterator[None]:
    """Prepare the process while nobody waits for it."""
    await anyio.to_thread.run_sync(prepare_process)
    yield


def prepare_process() -> None:
    """Close the query engine, find out what became of the jobs, load what pages need.

    A folder named ``pages`` beside the script makes Streamlit believe in its old
    way of finding pages until the first session has run: whoever opens a link to
    a page before that is told that the page does not exist. The flag is set here
    as ``st.navigation`` sets it itself a moment later.
    """
    PagesManager.uses_pages_directory = False
    give_memory_back()
    workspace = Workspace.default()
    for folder in (workspace.root, SAMPLE_FOLDER, own_scratch(workspace.root / "partial")):
        allow(folder)
    lock()
    erasure = importlib.import_module("clv_core.storage.erasure")  # heavy, as the pages are
    with suppress(DiskFull):  # the pages say so; the next start goes on
        erasure.complete_erasures(workspace)
    tend_queue(workspace)
    workspace.forget_uploads()
    discard_handed(workspace, KEPT_S)
    load_pages()


def load_pages() -> None:
    """Load what any page asks for, and leave it out of all later collections of garbage.

    The first page would load it otherwise, for half of its time. And Streamlit collects
    garbage after every run of a page, which looked through all that was ever loaded: a
    tenth of a second each time.
    """
    for module in pkgutil.iter_modules(parts.__path__, f"{parts.__name__}."):
        importlib.import_module(module.name)
    gc.collect()
    gc.freeze()


def give_memory_back() -> None:
    """Have memory that is let go of returned to the system, whichever library asked for it.

    A page of a large result reads columns of megabytes in whichever thread serves it. Arrow's
    own allocator, and the C library's many arenas, keep what was let go of: the server of a
    result of a million customers grew by half for nothing.
    """
    pa.set_memory_pool(pa.system_memory_pool())
    if platform.libc_ver()[0] == "glibc":
        library = ctypes.CDLL(None)
        for option, value in _GLIBC_OPTIONS.items():
            library.mallopt(option, value)
