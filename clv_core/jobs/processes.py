"""Worker processes: started apart from the server, found again, stopped."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil

# One thread each: two trainings and the pages share a laptop's cores.
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "PERENNIAL_THREADS": "1",
}
# XLA has a switch of its own.
ONE_XLA_THREAD = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
STOP_PATIENCE_S = 3.0

_children: dict[int, subprocess.Popen[bytes]] = {}


def start_worker(workspace_root: Path, job_id: str) -> tuple[int, float]:
    """Start the process that does one job and return its pid and start time.

    It belongs to no terminal and no server: closing either leaves it running.
    """
    log = workspace_root / "logs" / f"{job_id}.log"
    with log.open("ab") as sink:
        child = subprocess.Popen(
            [sys.executable, "-m", "clv_core.jobs.worker", str(workspace_root), job_id],
            cwd=Path(__file__).resolve().parents[2],
            env={**os.environ, **ONE_THREAD, "XLA_FLAGS": ONE_XLA_THREAD, "KERAS_BACKEND": "jax"},
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            start_new_session=True,
        )
    _children[child.pid] = child
    return child.pid, process_start(child.pid)


def process_start(pid: int) -> float:
    """Return when a process started; 0.0 where it has ended already."""
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return 0.0


def is_running(pid: int, started_at: float) -> bool:
    """Say whether that very process still runs: pids are used again."""
    child = _children.get(pid)
    if child is not None and child.poll() is not None:
        del _children[pid]
        return False
    try:
        process = psutil.Process(pid)
        return (
            abs(process.create_time() - started_at) < 1.0
            and process.status() != psutil.STATUS_ZOMBIE
        )
    except psutil.NoSuchProcess:
        return False


def stop_process(pid: int, started_at: float) -> None:
    """Ask a process to end, then make it; the one that reads files for it ends too."""
    if not is_running(pid, started_at):
        return
    try:
        process = psutil.Process(pid)
        readers = process.children(recursive=True)  # they end by themselves, but not at once
        process.terminate()
        try:
            process.wait(STOP_PATIENCE_S)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(STOP_PATIENCE_S)
        for reader in readers:
            if reader.is_running():
                reader.kill()
    except psutil.NoSuchProcess:
        pass  # it ended by itself between the look and the stop
    is_running(pid, started_at)  # reaps our own child
