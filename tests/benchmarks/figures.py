"""What a benchmark found: a figure, the reference of the same run, and the target.

Every benchmark of size returns a list of these; ``tests.benchmarks.record`` keeps
them with the machine's facts, and ``docs/benchmarks.md`` is written from what is kept.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Figure", "print_figures"]


@dataclass(frozen=True)
class Figure:
    """One measured figure.

    Attributes
    ----------
    topic : str
        What it belongs to: ``ingest``, ``features``, ``training``, ``pages`` …
    name : str
        What was measured, in words.
    value : float
    unit : str
        ``s``, ``MB``, ``ms``, ``rows/s`` …
    size : float or None
        Order lines or customers that it was measured on; None where size is not the point.
    reference : str
        What ``ratio`` compares with, measured in the same run; empty for none.
    ratio : float or None
        ``value`` over the reference's value.
    target : str
        What was asked, such as ``at most 8 scans``; empty for none.
    is_met : bool or None
        Whether the target was reached; None for none.
    """

    topic: str
    name: str
    value: float
    unit: str
    size: float | None = None
    reference: str = ""
    ratio: float | None = None
    target: str = ""
    is_met: bool | None = None

    def to_json(self) -> dict[str, Any]:
        """Return a form from which ``Figure(**stored)`` rebuilds it."""
        numbers = {name: getattr(self, name) for name in ("value", "size", "ratio")}
        plain = {name: None if one is None else float(one) for name, one in numbers.items()}
        is_met = None if self.is_met is None else bool(self.is_met)  # numpy's is none of JSON's
        return {**asdict(self), **plain, "is_met": is_met}


def print_figures(figures: list[Figure]) -> None:
    """Print figures as lines of a table, a heading per topic."""
    topic = ""
    for one in figures:
        if one.topic != topic:
            topic = one.topic
            print(
                f"\n{topic}\n{'figure':<58}{'value':>12} {'unit':<8}{'ratio':>8}   to what; target"
            )
        ratio = "" if one.ratio is None else f"{one.ratio:.2f}"
        told = "; ".join(part for part in (one.reference, one.target, _mark(one)) if part)
        print(f"{one.name:<58}{one.value:>12,.2f} {one.unit:<8}{ratio:>8}   {told}")


def _mark(figure: Figure) -> str:
    if figure.is_met is None:
        return ""
    return "met" if figure.is_met else "MISSED"
