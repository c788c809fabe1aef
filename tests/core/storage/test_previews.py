"""Accounts of cleanings that were only tried."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from clv_core.errors import NothingStored
from clv_core.storage.previews import PREVIEWS_KEPT_S, read_preview, store_preview
from clv_core.storage.workspace import Workspace


def test_a_preview_is_found_by_its_job_and_forgotten_the_next_day(tmp_path: Path) -> None:
    """Storing one forgets those of other days; what is gone is said to be gone."""
    workspace = Workspace(tmp_path / "workspace")
    store_preview(workspace, "first", '{"rows": 1}')
    assert read_preview(workspace, "first") == '{"rows": 1}'
    past = time.time() - PREVIEWS_KEPT_S - 1
    os.utime(workspace.root / "previews" / "first.json", (past, past))
    store_preview(workspace, "second", "{}")
    assert read_preview(workspace, "second") == "{}"
    with pytest.raises(NothingStored):
        read_preview(workspace, "first")
