"""What a task took in a process of its own: seconds, processor seconds, peak memory."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Cost", "measure_here", "measure_in_process"]

_WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


@dataclass(frozen=True)
class Cost:
    """What one task took.

    Attributes
    ----------
    seconds : float
        By the clock.
    computing_s : float
        Of processor time, on all cores and in all processes.
    peak_mb : float
        Memory of the largest process that took part.
    """

    seconds: float
    computing_s: float
    peak_mb: float


def measure_in_process(
    module: str, arguments: Sequence[str], environment: Mapping[str, str] | None = None
) -> Cost:
    """Run ``python -m module arguments…``, which ends with :func:`measure_here`, and read its cost.

    Parameters
    ----------
    module : str
    arguments : sequence of str
    environment : mapping of str to str, optional
        What differs from this process's environment, such as ``PERENNIAL_MEMORY_GB``.
    """
    told = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **(environment or {})},
    ).stdout
    return Cost(*map(float, told.splitlines()[-1].split()))


def measure_here(task: Callable[[], object]) -> None:
    """Do a task and print what it took as the last line of standard output."""
    begun, computed = time.perf_counter(), _computing_s()
    task()
    seconds, computing = time.perf_counter() - begun, _computing_s() - computed
    print(seconds, computing, max(_own_peak_mb(), _peak_mb(resource.RUSAGE_CHILDREN)))


def _own_peak_mb() -> float:
    """Return this program's peak; what the system counts for the process holds its parent's too."""
    facts = Path("/proc/self/status")
    if not facts.is_file():
        return _peak_mb(resource.RUSAGE_SELF)
    (line,) = (one for one in facts.read_text("ascii").splitlines() if one.startswith("VmHWM"))
    return float(line.split()[1]) / 1024


def _peak_mb(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / 1024


def _computing_s() -> float:
    used = [resource.getrusage(who) for who in _WHO]
    return sum(one.ru_utime + one.ru_stime for one in used)
