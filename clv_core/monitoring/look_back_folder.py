"""What looking back showed, on disk beside the result it is of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clv_core.errors import NothingStored
from clv_core.monitoring.findings import LookBack
from clv_core.sentences import Sentence
from clv_core.storage.atomic import write_text

FOLDER: Final = "look_back"
_OUR_ID: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class LookBackFolder:
    """``look_back/<data set>.json`` in the folder of a run, one per newer data set.

    The run's own files stay as they are.

    Attributes
    ----------
    folder : Path
        Of the run.
    """

    folder: Path

    def write(self, found: LookBack) -> None:
        """Keep what was found with a data set of the workspace."""
        file = self._path(found.dataset)
        file.parent.mkdir(exist_ok=True)
        write_text(file, found.to_json())

    def read(self, dataset: str) -> LookBack | None:
        """Return what was found with a data set; None where nobody looked.

        Raises
        ------
        NothingStored
            Where the file is damaged, or of a version that wrote another one.
        """
        file = self._path(dataset)
        if not file.is_file():
            return None
        try:
            return LookBack.from_json(file.read_text("utf-8"))
        except (ValueError, KeyError, TypeError):
            raise NothingStored(
                Sentence("What was found by looking back can no longer be read."),
                Sentence("Look back again."),
            ) from None

    def stamp(self, dataset: str) -> int | None:
        """Return what changes whenever it is written anew; None where nobody looked."""
        file = self._path(dataset)
        return file.stat().st_mtime_ns if file.is_file() else None

    def newest(self) -> LookBack | None:
        """Return what was found last, with whichever data set; raises as :meth:`read`."""
        files = sorted(
            self.folder.glob(f"{FOLDER}/*.json"), key=lambda file: file.stat().st_mtime_ns
        )
        return self.read(files[-1].stem) if files else None

    def _path(self, dataset: str) -> Path:
        if not _OUR_ID.fullmatch(dataset):
            raise ValueError("what was found is kept by the id of a data set")
        return self.folder / FOLDER / f"{dataset}.json"
