"""``docs/benchmarks.md``, written from the figures that are kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from tests.benchmarks.chart import FILE as CHART
from tests.benchmarks.figures import Figure
from tests.benchmarks.kept import Record

__all__ = ["write_page"]

_INTRODUCTION: Final = f"""# Benchmarks, measured

Written by `make bench` (minutes) and `make bench-large` (an hour or more); nothing here is
typed by hand. Each table names the command that prints it again. Ratios compare with a
reference measured in the same run: quote those, since seconds on a shared machine mean
little. *cpu s* are processor seconds, of all cores and processes together; memory is that
of the largest process that took part, at its peak.

![Cost against size]({CHART.name})
"""
_HEAD: Final = """| figure | size | value | ratio | of | target | |
|---|---:|---:|---:|---|---|---|"""


def write_page(records: Sequence[Record]) -> str:
    """Return the whole page in Markdown."""
    ordered = sorted(records, key=lambda one: one.part)
    sections = [_section(part, list(found)) for part, found in groupby(ordered, lambda r: r.part)]
    missed = [one for record in ordered for one in record.figures if one.is_met is False]
    return "\n".join([_INTRODUCTION, _tell_missed(missed), *sections])


def _tell_missed(missed: Sequence[Figure]) -> str:
    if not missed:
        return "Every target that a figure has was reached.\n"
    lines = [
        f"- {one.topic}, {one.name}: {_value(one)}{_times(one)}, target {one.target}"
        for one in missed
    ]
    return "\n".join(["## Targets that were missed", "", *lines, ""])


def _times(figure: Figure) -> str:
    size = "" if figure.size is None else f" at {figure.size:,.0f}"
    return size if figure.ratio is None else f"{size}, {figure.ratio:.2f} × {figure.reference}"


def _section(part: str, records: Iterable[Record]) -> str:
    lines = [f"## `tests/benchmarks/{part}.py`", ""]
    for record in records:
        facts = record.machine
        lines += [
            f"`{record.command}`: {facts['day']}, state {facts['commit']},"
            f" {facts['processor']}, {facts['memory']}; {facts['system']}; {facts['packages']};"
            f" reference arithmetic {record.calibration_s:.3f} s.",
            "",
            _HEAD,
            *(_row(one, record.counts) for one in record.figures),
            "",
        ]
    return "\n".join(lines)


def _row(figure: Figure, counts: str) -> str:
    size = "" if figure.size is None else f"{figure.size:,.0f} {counts}"
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    met = {True: "met", False: "**missed**", None: ""}[figure.is_met]
    cells = (figure.name, size, _value(figure), ratio, figure.reference, figure.target, met)
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _value(figure: Figure) -> str:
    digits = 0 if abs(figure.value) >= 1000 else 2 if abs(figure.value) >= 1 else 4
    return f"{figure.value:,.{digits}f} {figure.unit}"
