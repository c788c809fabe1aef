"""Which windows accuracy is reported on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clv_core.cleaning.tables import Tables
from clv_core.columns import TableKind
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.understand import understand_file
from clv_core.pipeline import prepare_tables

ROOT: Final = Path(__file__).parents[2]
SAMPLE: Final = ROOT / "sample_data"
SAMPLE_KINDS: Final[tuple[TableKind, ...]] = ("orders", "events", "reviews", "customers")


@dataclass(frozen=True)
class Case:
    """One data set, standing at one day.

    Attributes
    ----------
    name : str
    files : tuple of (Path, TableKind)
    cutoff : date
        Last day that is seen.
    horizon_days : int
    """

    name: str
    files: tuple[tuple[Path, TableKind], ...]
    cutoff: dt.date
    horizon_days: int

    def prepare(self, folder: Path) -> Tables:
        """Read and clean the files into a folder."""
        folder.mkdir(parents=True)
        choices = [(path, FileChoice(kind=kind)) for path, kind in self.files]
        raws = [understand_file(path, path.name, choice) for path, choice in choices]
        tables = prepare_tables(raws, folder)[0]
        tables.write_facts()
        return tables


def list_cases(data: Path) -> list[Case]:
    """Return the standard windows whose files are there."""
    cdnow = data / "cdnow/CDNOW_sample.txt"
    retail = data / "online_retail/online_retail_2010-12_2011-05.csv"
    sample = tuple((SAMPLE / f"{kind}.csv", kind) for kind in SAMPLE_KINDS)
    cases = [
        Case("CDNOW sample", ((cdnow, "orders"),), dt.date(1997, 9, 30), 273),
        Case("Online Retail, six months", ((retail, "orders"),), dt.date(2011, 2, 28), 90),
        Case("Sample shop", sample, dt.date(2026, 5, 4), 180),
    ]
    return [case for case in cases if all(path.is_file() for path, _ in case.files)]
