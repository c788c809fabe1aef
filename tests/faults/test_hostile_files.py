"""What a file does to the process that opens it is told in a sentence, soon, by a living app."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from clv_core.errors import UnreadableFile
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.confined import Limits, read_confined, recognise_confined, understand_confined
from clv_core.ingest.raw import RawTable
from clv_core.jobs.queue import cancel_job, read_job, submit_job
from clv_core.storage.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
HEADER = "customer_id,order_date,amount\n"
PATIENCE_S = 60.0
READER = "clv_core.ingest.confined_process"
LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's own limit")


def write_orders(folder: Path, lines: int = 200_000, name: str = "orders.csv") -> Path:
    """Write orders of about 20 bytes a line."""
    path = folder / name
    path.write_text(HEADER + "C17,2024-01-02,10.5\n" * lines)
    return path


def understood(path: Path) -> RawTable:
    """Return what a file is."""
    (raw,) = understand_confined([(path, path.name, FileChoice())])
    return raw


def readers() -> list[psutil.Process]:
    """Return the processes that read for this one; other tests may have left workers."""
    found = []
    for child in psutil.Process().children():
        # Ended workers that nobody has asked after have no command line.
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if READER in child.cmdline():
                found.append(child)
    return found


def reader() -> psutil.Process:
    """Return the process that reads for this one."""
    (found,) = readers()
    return found


def run_python(code: str) -> subprocess.CompletedProcess[str]:
    """Run some code in a Python of its own."""
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_too_much_memory_is_a_refusal(tmp_path: Path) -> None:
    """A file that takes more memory than it may is named, with what to do about it."""
    raw = understood(write_orders(tmp_path))
    with pytest.raises(UnreadableFile) as caught:
        read_confined([raw], tmp_path, limits=Limits(memory_bytes=150_000_000))
    # A library that gets no memory may end the process before anybody looks.
    assert str(caught.value) in (
        "Reading orders.csv was stopped: it would take more than 0.1 GB of memory. "
        "Export fewer columns, or split it into files of a month or a year each.",
        "The process that read orders.csv broke off in the middle of it. "
        "Check that it is the file you mean, and export it again as CSV.",
    )


@LINUX_ONLY
def test_the_process_itself_cannot_get_more_memory() -> None:
    """The kernel refuses what lies beyond the limit, before anybody looks."""
    limits = {"memory_bytes": 300_000_000, "computing_s": 60, "file_bytes": 10, "open_files": 50}
    told = run_python(
        "from clv_core.ingest.confined_process import limit_resources\n"
        f"limit_resources({limits})\n"
        "bytearray(1_000_000_000)"
    )
    assert told.stderr.strip().endswith("MemoryError")


def test_endless_computing_is_a_refusal(tmp_path: Path) -> None:
    """A file that takes more processor time than its size is worth is given up."""
    path = write_orders(tmp_path)
    (found,) = recognise_confined(
        [(path, path.name, FileChoice())], Limits(computing_s=0.1, read_per_s=10**12)
    )
    assert isinstance(found, UnreadableFile)
    assert str(found.problem) == (
        "Reading orders.csv was stopped: it takes more computing than a file of its size may."
    )


def test_time_by_the_clock_is_limited(tmp_path: Path) -> None:
    """A file that cannot be told in its time is given up, however little it computes."""
    path = write_orders(tmp_path, 3_000_000)
    (found,) = recognise_confined(
        [(path, path.name, FileChoice())], Limits(recognition_s=0.01, recognised_per_s=10**12)
    )
    assert isinstance(found, UnreadableFile)
    assert "came no further" in str(found.problem)


@LINUX_ONLY
def test_the_files_after_a_hanging_one_are_recognised(tmp_path: Path) -> None:
    """The process that hangs is ended with its file; the other files get a new one."""
    first, second = (write_orders(tmp_path, 10, name) for name in ("first.csv", "second.csv"))
    hanging = threading.Thread(target=suspend_first_reader)
    hanging.start()
    found = recognise_confined(
        [(path, path.name, FileChoice()) for path in (first, second)], Limits(standstill_s=3.0)
    )
    hanging.join()
    assert isinstance(found[0], UnreadableFile)
    assert found[0].problem.facts["file"] == "first.csv"
    assert isinstance(found[1], RawTable)


def suspend_first_reader() -> None:
    """Stop the next process that reads for this one as soon as it is there."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if found := readers():
            found[0].suspend()
            return
        time.sleep(0.01)  # between two looks


@LINUX_ONLY
def test_a_standstill_is_a_refusal(tmp_path: Path) -> None:
    """Where not a byte moves for a while, reading is ended; it is not waited for."""
    raw = understood(write_orders(tmp_path))
    begun = time.monotonic()
    with pytest.raises(UnreadableFile, match=r"came no further in 1 seconds"):
        read_confined(
            [raw],
            tmp_path,
            lambda _number, share: reader().suspend() if share == 0.0 else None,
            Limits(standstill_s=1.0),
        )
    assert time.monotonic() - begun < PATIENCE_S
    assert readers() == []


def test_a_killed_reader_is_a_refusal(tmp_path: Path) -> None:
    """Whatever ends the process, the server gets a sentence about the file."""
    raw = understood(write_orders(tmp_path))
    with pytest.raises(UnreadableFile, match=r"The process that read orders\.csv broke off"):
        read_confined(
            [raw], tmp_path, lambda _number, share: reader().kill() if share == 0.0 else None
        )
    assert not (tmp_path / "0.parquet").exists()


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.socket()",
        "import socket; socket.getaddrinfo('localhost', 80)",
        "import subprocess; subprocess.Popen(['true'])",
        "import os; os.system('true')",
        "import os; os.execv('/bin/true', ['true'])",
        "import os; os.posix_spawn('/bin/true', ['true'], {})",
        "import os; os.fork()",
    ],
)
def test_the_process_cannot_leave(attempt: str) -> None:
    """Neither the network nor another program is to be had where files are read."""
    told = run_python(
        f"from clv_core.ingest.confined_process import forbid_leaving; forbid_leaving(); {attempt}"
    )
    assert "PermissionError" in told.stderr
    assert told.returncode == 1


def test_the_query_engine_sees_the_files_folders_only(tmp_path: Path) -> None:
    """DuckDB in the process opens nothing outside the task."""
    told = run_python(
        "from clv_core.ingest.confined_work import do_task\n"
        "from clv_core.ingest.engine import cursor\n"
        f"do_task({{'task': 'read', 'folders': [{str(tmp_path)!r}], 'files': []}}, print)\n"
        f"cursor().read_csv({str(ROOT / 'README.md')!r})"
    )
    assert "PermissionException" in told.stderr


READ_AND_TELL = """
import sys
from pathlib import Path
import psutil
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.confined import read_confined, understand_confined

def tell(_number, share):
    if share == 0.0:
        (child,) = psutil.Process().children()
        child.suspend()
        print(child.pid, flush=True)

path = Path(sys.argv[1])
raws = understand_confined([(path, path.name, FileChoice())])
read_confined(raws, path.parent, tell)
"""


@LINUX_ONLY
def test_the_reader_ends_with_its_parent(tmp_path: Path) -> None:
    """Kill −9 of whoever asked ends the process that reads for it, even a stopped one."""
    path = write_orders(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", READ_AND_TELL, str(path)],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},  # nobody is left to tidy up
        stdout=subprocess.PIPE,
    ) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        os.kill(parent.pid, signal.SIGKILL)
    child.wait(PATIENCE_S)
    assert not child.is_running()


def test_a_reader_ends_with_its_pipe() -> None:
    """Where no signal tells of the parent's end, the closed pipe does."""
    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from clv_core.ingest.confined_process import end_with_pipe\n"
            "import threading\n"
            "end_with_pipe()\n"
            "threading.Event().wait()",
        ],
        cwd=ROOT,
        stdin=subprocess.PIPE,
    ) as child:
        assert child.stdin is not None
        child.stdin.close()
        assert child.wait(PATIENCE_S) == 0


@LINUX_ONLY
def test_cancel_ends_the_reader_too(tmp_path: Path) -> None:
    """A cancelled job leaves no process and no temporary file, though its reader stood still."""
    workspace = Workspace(tmp_path / "workspace")
    upload = workspace.store_upload("orders.csv", write_orders(tmp_path, 2_000_000).read_bytes())
    files = [{"upload": upload.id, "choice": {}}]
    spec = {"title": "orders", "cleaning": {}, "files": files}
    job_id = submit_job(workspace, "prepare", "prepare_dataset", spec)
    child = wait_for_reader(workspace, job_id)
    child.suspend()
    cancel_job(workspace, job_id)
    psutil.wait_procs([child], PATIENCE_S)
    assert not child.is_running()
    assert read_job(workspace, job_id).state == "cancelled"
    assert list((workspace.root / "partial").iterdir()) == []


def wait_for_reader(workspace: Workspace, job_id: str) -> psutil.Process:
    """Look until a job's worker has a process that reads for it."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        job = read_job(workspace, job_id)
        assert not job.has_ended
        if job.pid is not None and (children := psutil.Process(job.pid).children()):
            return children[0]
        time.sleep(0.02)  # between two looks
    raise AssertionError("no process reads for the job")


MEASURE = """
import json, resource, sys
from pathlib import Path
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.confined import Limits, read_confined, understand_confined

path = Path(sys.argv[1])
raws = understand_confined([(path, path.name, FileChoice())])
(rows,) = read_confined(raws, path.parent, limits=Limits(engine_gb=0.2))
own = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
peaks = (resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, int(own))
print(json.dumps([rows.rows_read, *(peak * 1024 for peak in peaks)]))
"""


@LINUX_ONLY
def test_a_large_file_is_read_in_the_memory_there_is(tmp_path: Path) -> None:
    """100 MB pass through a query engine of 200 MB; whoever asked holds none of them."""
    path = write_orders(tmp_path, 5_000_000)
    told = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    rows_read, of_reader, of_parent = json.loads(told.stdout)
    assert rows_read == 5_000_000
    assert of_reader < 600_000_000
    assert of_parent < 250_000_000
