"""Which benchmarks there are, on which sizes each runs, and what their sizes count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["PARTS", "Part", "Scale", "parts_of"]

Scale = Literal["small", "large"]


@dataclass(frozen=True)
class Part:
    """One benchmark: a module that prints figures and writes them with ``--json FILE``.

    Attributes
    ----------
    name : str
        Name of the module under ``tests.benchmarks``.
    option : str
        The option that takes a size, such as ``--lines``; empty for none.
    small, large : tuple of int
        Sizes in ``make bench`` and in ``make bench-large``; without any, the benchmark
        runs in neither, or once where it has no size (``option`` is empty).
    has_large : bool
        Whether a benchmark without sizes runs in ``make bench-large`` instead.
    """

    name: str
    option: str = ""
    small: tuple[int, ...] = ()
    large: tuple[int, ...] = ()
    has_large: bool = False

    @property
    def counts(self) -> str:
        """What a size counts, in words."""
        return {"--lines": "order lines", "--rows": "order lines"}.get(self.option, "customers")

    def calls(self, scale: Scale) -> list[list[str]]:
        """Return the arguments of each call at a scale."""
        if not self.option:
            return [[]] if self.has_large == (scale == "large") else []
        sizes = self.small if scale == "small" else self.large
        return [[self.option, str(size)] for size in sizes]


_MILLION: Final = 1_000_000
PARTS: Final = (
    Part("main_job"),
    Part("ingest_scale", "--lines", (_MILLION,), (_MILLION, 10 * _MILLION, 100 * _MILLION)),
    Part("feature_speed", "--lines", (_MILLION,), (_MILLION, 10 * _MILLION, 100 * _MILLION)),
    Part("extending", "--lines", (_MILLION,), (10 * _MILLION,)),
    Part("database_speed", "--rows", (100_000,), (_MILLION,)),
    Part("spark_scale", "--lines", (100_000,), (_MILLION,)),
    Part("training"),
    Part("automatic"),
    Part("training_scale", "--customers", (100_000,), (_MILLION,)),
    Part("scoring_scale", "--customers", (100_000,), (_MILLION,)),
    Part("explaining"),
    Part("explaining_scale", "--customers", (), (100_000, _MILLION)),
    Part("pages_scale", "--customers", (10_000,), (10_000, _MILLION)),
)


def parts_of(names: list[str]) -> tuple[Part, ...]:
    """Return the benchmarks of these names, all where none is named.

    Raises
    ------
    KeyError
        Where there is none of a name.
    """
    by_name = {part.name: part for part in PARTS}
    return tuple(by_name[name] for name in names) if names else PARTS
