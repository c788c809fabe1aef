"""What pages show of a run and takes long to work out: done once, beside the run's own files.

::

    <run>/pages/<name>-<digest>/   tables as Parquet and facts.json; in no checksum

The digest is that of what was asked, so that moved cut-offs have tables of their own.
All of it can be worked out anew and is thrown away when a person is erased.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow.parquet as pq

from clv_core.storage.atomic import discard_folder, publish_folder, write_text

__all__ = [
    "FOLDER",
    "PAIRED_VIEW",
    "KeptView",
    "begin_view",
    "discard_views",
    "find_view",
    "publish_view",
]

FOLDER: Final = "pages"
PAIRED_VIEW: Final = "movement"  # holds keys of another run too, that of ``asked["then"]``
MOST_KEPT: Final = 12  # of one name, the newest: cut-offs are moved again and again
_FACTS: Final = "facts.json"
_VERSION: Final = 1  # another one where tables of the same name come to hold something else


@dataclass(frozen=True)
class KeptView:
    """Where the tables of one view lie, or would.

    Attributes
    ----------
    folder : Path
    """

    folder: Path

    @property
    def is_there(self) -> bool:
        """Whether it was worked out to its end."""
        return (self.folder / _FACTS).is_file()

    def facts(self) -> dict[str, Any]:
        """Return what is not a table."""
        stored: dict[str, Any] = json.loads((self.folder / _FACTS).read_text("utf-8"))
        return stored

    def path(self, name: str) -> Path:
        """Return where a table lies."""
        return self.folder / f"{name}.parquet"

    def table(
        self,
        name: str,
        columns: Sequence[str] | None = None,
        where: list[tuple[str, str, Any]] | None = None,
    ) -> pd.DataFrame:
        """Return a table, or some columns and rows of it.

        Parameters
        ----------
        name : str
        columns : sequence of str, optional
        where : list of tuple, optional
            Conditions as ``pyarrow.parquet`` takes them, all of which hold.
        """
        read = pq.read_table(
            self.path(name), columns=None if columns is None else list(columns), filters=where
        )
        table: pd.DataFrame = read.to_pandas()
        return table


def find_view(run: Path, name: str, asked: Mapping[str, Any]) -> KeptView:
    """Return where a view of a run lies, or would.

    Parameters
    ----------
    run : Path
        The run's folder.
    name : str
        Of ours.
    asked : mapping
        JSON: whatever the view depends on besides the run.
    """
    told = json.dumps([_VERSION, asked], sort_keys=True)
    digest = hashlib.sha256(told.encode()).hexdigest()[:16]
    return KeptView(run / FOLDER / f"{name}-{digest}")


def begin_view(view: KeptView) -> Path:
    """Return a fresh folder to write the tables of a view in."""
    prepared = view.folder.with_name(f".{uuid.uuid4().hex}.partial")
    prepared.mkdir(mode=0o700, parents=True)
    return prepared


def publish_view(view: KeptView, prepared: Path, facts: Mapping[str, Any]) -> None:
    """Give finished tables their name, and forget the oldest of the same kind.

    Who was slower in working out the same thing leaves what is there.
    """
    write_text(prepared / _FACTS, json.dumps(facts, default=_plain))
    try:
        publish_folder(prepared, view.folder)
    except OSError:
        if not view.is_there:
            raise
    finally:
        discard_folder(prepared)
    name = view.folder.name.rpartition("-")[0]
    known = sorted(view.folder.parent.glob(f"{name}-*"), key=lambda one: one.stat().st_mtime)
    for old in known[:-MOST_KEPT]:
        discard_folder(old)


def discard_views(run: Path, name: str | None = None) -> None:
    """Throw away what was worked out for the pages of a run, all or what bears one name."""
    if name is None:
        discard_folder(run / FOLDER)
        return
    for folder in (run / FOLDER).glob(f"{name}-*"):
        discard_folder(folder)


def _plain(value: Any) -> Any:
    return value.item()  # of numpy's numbers
