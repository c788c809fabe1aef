"""What the server does once, before it serves anybody."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

import anyio.to_thread
from streamlit.runtime.pages_manager import PagesManager

from clv_core.errors import DiskFull
from clv_core.ingest.engine import allow, lock
from clv_core.jobs.queue import tend_queue
from clv_core.storage.handed_files import KEPT_S, discard_handed
from clv_core.storage.scratch import own_scratch
from clv_core.storage.workspace import Workspace

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
    importlib.import_module("pages.parts.cached")  # half of the first page's time otherwise
