"""The command line that all benchmarks share: a size, and a file for the figures."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.figures import Figure, print_figures

__all__ = ["run_benchmark"]


def run_benchmark(
    measure: Callable[..., list[Figure]], option: str = "", default: int | None = None
) -> int:
    """Measure, print the figures and, with ``--json FILE``, write them.

    Parameters
    ----------
    measure : callable
        Takes the size where there is an option for one, else nothing.
    option : str
        The option that takes the size, such as ``--lines``; empty for none.
    default : int, optional
        The size where none is given.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path)
    if option:
        parser.add_argument(option, type=int, default=default, dest="size")
    options = parser.parse_args()
    figures = measure(options.size) if option else measure()
    print_figures(figures)
    if options.json is not None:
        options.json.write_text(json.dumps([one.to_json() for one in figures]), encoding="utf-8")
    return 0
