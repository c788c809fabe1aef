"""Folders for what processes need for a while."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from clv_core.storage.scratch import GONE_FOR_S, own_scratch

OWN = "from clv_core.storage.scratch import own_scratch; print(own_scratch())"


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that all processes share."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def pid_of_an_ended_process() -> int:
    """Return the number of a process that has just ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_temporary_files_lie_in_a_folder_of_the_process(shared: Path) -> None:
    """Its user alone looks into it."""
    own = own_scratch()
    assert own.parent == shared
    assert Path(tempfile.mkdtemp()).parent == own
    assert os.name == "nt" or stat.S_IMODE(own.stat().st_mode) == 0o700


def test_what_a_killed_process_left_is_removed(shared: Path) -> None:
    """Not what is young, a running process's, or none of ours."""
    ended, long_ago = pid_of_an_ended_process(), time.time() - GONE_FOR_S - 60
    names = {
        "left": f"perennial-of-{ended}-left",
        "young": f"perennial-of-{ended}-young",
        "running": f"perennial-of-{os.getpid()}-x",
        "strange": "perennial-of-somebody",
    }
    for name, folder in names.items():
        (shared / folder).mkdir()
        (shared / folder / "0.parquet").write_bytes(b"a@b.c")
        if name != "young":
            os.utime(shared / folder, (long_ago, long_ago))
    own = own_scratch()
    assert {entry.name for entry in shared.iterdir()} == {*names.values(), own.name} - {
        names["left"]
    }


def test_the_folder_goes_when_the_process_ends(shared: Path) -> None:
    """Whatever is in it."""
    code = f"{OWN}; open(own_scratch() / 'x', 'w').close()"
    environment = {**os.environ, "TMPDIR": str(shared)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    assert list(shared.iterdir()) == []
