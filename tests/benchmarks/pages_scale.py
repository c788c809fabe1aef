"""Pages on a run of a million customers: how long a switch takes, what the server holds.

A real server and a real Chromium walk through the pages, several rounds, and use the filters
on them (``page_walk.py``). Told is the time until the server has sent the last of the page.
The same walk on a run of two thousand customers, in the same minutes, is the reference:
what that takes is not due to the number of customers. What a worker works out once for a
large run is worked out before the walk, and timed apart.

``python -m tests.benchmarks.pages_scale --customers 1000000``
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import numpy as np

from clv_core.activation.action_lists import ListSettings
from clv_core.activation.export_settings import DEFAULT_SEED
from clv_core.runs.folder import RunFolder
from clv_core.runs.reading import FORECAST_FILE, count_rows
from clv_core.storage.workspace import Workspace
from clv_core.views.registry import work_out
from tests.benchmarks.big_run import make_big_run
from tests.benchmarks.figures import Figure, print_figures
from tests.benchmarks.page_walk import Walk, walk

__all__ = ["measure"]

SMALL: Final = 2000
ROUNDS: Final = 4
MOST_MS: Final = 500.0
MOST_MB: Final = 1024.0


def measure(
    customers: int = 1_000_000, workspace: Path | None = None, rounds: int = ROUNDS
) -> list[Figure]:
    """Walk through the pages of a big run and of a small one.

    Parameters
    ----------
    customers : int
    workspace : Path, optional
        One that holds such a run already; else one is made, which takes minutes.
    rounds : int
        Times that every page is opened.
    """
    with tempfile.TemporaryDirectory(prefix="pages-") as scratch:
        small = Path(scratch, "small")
        make_big_run(Workspace(small), SMALL)
        if workspace is None:
            workspace = Path(scratch, "big")
            make_big_run(Workspace(workspace), customers)
        made = [figure for one in (small, workspace) for figure in _make_views(one)]
        before = walk(small, rounds)
        after = walk(workspace, rounds)
    return [*_tell_pages(before, after, customers), *_tell_memory(before, after, customers), *made]


def _make_views(folder: Path) -> list[Figure]:
    """Work out once what a worker works out where a page first asks for it, and tell how long."""
    workspace = Workspace(folder)
    (run,) = workspace.runs()
    found = RunFolder(run.folder)
    cutoffs = found.own_cutoffs().model_dump(mode="json")
    asked: dict[str, dict[str, Any]] = {
        "cohorts": {"unit": "month"},
        "lists": {"cutoffs": cutoffs, "settings": ListSettings().model_dump(mode="json")},
        "survey": {"default_country": ""},
        "draw": {"seed": DEFAULT_SEED},
        "peoples": {},
        "reasons": {},
        "reason_means": {"cutoffs": cutoffs},
        "personas": {},
        "likeness": {},
        "newer_data": {"datasets": [workspace.dataset_of_run(run.id).id]},
    }
    figures = []
    for name, wanted in asked.items():
        begun = time.process_time()
        work_out(workspace, run.id, name, wanted)
        seconds, rows = time.process_time() - begun, count_rows(run.folder / FORECAST_FILE)
        figures.append(Figure("pages", f"{name}, made once, processor", seconds, "s", rows))
    return figures


def _tell_pages(before: Walk, after: Walk, customers: int) -> list[Figure]:
    figures = []
    everything: list[float] = []
    for step, visits in after.visits.items():
        served = [one.served_ms for one in visits]
        everything += served
        reference = float(np.median([one.served_ms for one in before.visits[step]]))
        median = float(np.median(served))
        figures.append(
            Figure(
                "pages",
                f"{step}, median until sent",
                median,
                "ms",
                customers,
                f"{SMALL:,} customers",
                median / reference,
            )
        )
        figures.append(Figure("pages", f"{step}, longest", max(served), "ms", customers))
    ninety_five = float(np.quantile(everything, 0.95))
    small = [one.served_ms for visits in before.visits.values() for one in visits]
    figures.append(
        Figure(
            "pages",
            "p95 of all switches and filters",
            ninety_five,
            "ms",
            customers,
            f"{SMALL:,} customers",
            ninety_five / float(np.quantile(small, 0.95)),
            f"under {MOST_MS:.0f} ms",
            ninety_five < MOST_MS,
        )
    )
    return figures


def _tell_memory(before: Walk, after: Walk, customers: int) -> list[Figure]:
    return [
        Figure(
            "pages",
            "largest memory of the server",
            after.peak_mb,
            "MB",
            customers,
            f"{SMALL:,} customers",
            after.peak_mb / before.peak_mb,
            f"under {MOST_MB:.0f} MB",
            after.peak_mb < MOST_MB,
        )
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--json", type=Path)
    call = parser.parse_args()
    figures = measure(call.customers, call.workspace, call.rounds)
    print_figures(figures)
    if call.json is not None:
        call.json.write_text(json.dumps([one.to_json() for one in figures]), encoding="utf-8")


if __name__ == "__main__":
    main()
