"""Figures kept between runs, with the machine that they were measured on."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import psutil

from tests.benchmarks.figures import Figure
from tests.e2e.server import ROOT

__all__ = ["FILE", "Record", "describe_machine", "keep_records", "read_records"]

FILE: Final = ROOT / "docs" / "benchmarks.json"
PACKAGES: Final = ("duckdb", "narwhals", "pandas", "numpy", "keras", "jax", "lightgbm", "streamlit")


@dataclass(frozen=True)
class Record:
    """What one call of a benchmark found.

    Attributes
    ----------
    part : str
        The benchmark's module.
    command : str
        What prints these figures again.
    counts : str
        What the figures' sizes count.
    machine : dict
        As :func:`describe_machine` told it.
    calibration_s : float
        Seconds of the reference arithmetic just before.
    figures : tuple of Figure
    """

    part: str
    command: str
    counts: str
    machine: dict[str, str]
    calibration_s: float
    figures: tuple[Figure, ...]

    def to_json(self) -> dict[str, Any]:
        """Return a form that :meth:`from_json` reads back."""
        return {**vars(self), "figures": [one.to_json() for one in self.figures]}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Record:
        """Rebuild what :meth:`to_json` gave."""
        return cls(**{**stored, "figures": tuple(Figure(**one) for one in stored["figures"])})


def describe_machine() -> dict[str, str]:
    """Return what speed depends on: processor, memory, system, versions, the state of the code."""
    memory = psutil.virtual_memory().total / 2**30
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    return {
        "day": dt.datetime.now(tz=dt.UTC).date().isoformat(),
        "commit": commit,
        "processor": f"{_name_processor()}, {os.cpu_count()} cores",
        "memory": f"{memory:.0f} GiB",
        "system": f"{platform.system()}, Python {platform.python_version()}",
        "packages": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
    }


def _name_processor() -> str:
    facts = Path("/proc/cpuinfo")
    if facts.is_file():
        for line in facts.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def read_records() -> list[Record]:
    """Return what is kept, in the order in which it was first measured."""
    if not FILE.is_file():
        return []
    return [Record.from_json(one) for one in json.loads(FILE.read_text("utf-8"))]


def keep_records(found: Iterable[Record]) -> list[Record]:
    """Keep new records, each in the place of the one that the same command gave before."""
    by_command = {one.command: one for one in read_records()}
    by_command |= {one.command: one for one in found}
    kept = list(by_command.values())
    text = json.dumps([one.to_json() for one in kept], indent=1, ensure_ascii=False)
    FILE.write_text(text + "\n", encoding="utf-8")
    return kept
