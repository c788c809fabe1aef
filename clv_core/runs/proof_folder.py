"""A proof on disk: its finished parts as they come, and what they add up to."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from clv_core import __version__
from clv_core.errors import InvalidSetting, NothingStored
from clv_core.evaluation.proof import Proof
from clv_core.runs.folder import RunFolder
from clv_core.runs.proof_plan import ProofPlan, Unit
from clv_core.sentences import Sentence
from clv_core.storage.atomic import write_bytes, write_text

PROOF_FILE: Final = "proof.json"
PARTS_FOLDER: Final = "proof"
RUN_FILE: Final = "run.sha256"  # of the manifest of the run that the parts are of


@dataclass(frozen=True)
class ProofFolder:
    """Where a proof is kept, usually the folder of its run; the run's own files stay as they are.

    A part is a JSON file of facts and, where it holds a row per customer, a Parquet
    file. The JSON file is written last: where it is, the part is whole. Parts of
    another version of the program do not count. ``proof/run.sha256`` says which run
    they are of.

    Attributes
    ----------
    folder : Path
    """

    folder: Path

    def keep_run(self, run: RunFolder) -> None:
        """Note whose parts these are, or hold a proof that goes on to the same run.

        Raises
        ------
        InvalidSetting
            Where the parts that lie here are another run's.
        """
        manifest = (run.folder / "manifest.json").read_bytes()
        own = hashlib.sha256(manifest).hexdigest()
        file = self.folder / PARTS_FOLDER / RUN_FILE
        if not file.is_file():
            file.parent.mkdir(parents=True, exist_ok=True)
            write_text(file, own)
        elif file.read_text("utf-8") != own:
            raise InvalidSetting(
                Sentence("The parts of a proof that lie here are of another run."),
                Sentence("Name a new folder for this one."),
            )

    def has(self, unit: Unit) -> bool:
        """Say whether a part is finished."""
        return self._path(unit, "json").is_file()

    def pending(self, plan: ProofPlan) -> list[Unit]:
        """Return the parts that are still to be done, in order."""
        return [unit for unit in plan.units() if not self.has(unit)]

    def write(self, unit: Unit, facts: dict[str, Any], table: pd.DataFrame | None = None) -> None:
        """Keep a finished part."""
        self._path(unit, "json").parent.mkdir(parents=True, exist_ok=True)
        if table is not None:
            content = io.BytesIO()
            table.to_parquet(content)
            write_bytes(self._path(unit, "parquet"), content.getvalue())
        write_text(self._path(unit, "json"), json.dumps(facts))

    def facts(self, unit: Unit) -> dict[str, Any]:
        """Return what is known of a finished part."""
        stored: dict[str, Any] = json.loads(self._path(unit, "json").read_text("utf-8"))
        return stored

    def table(self, unit: Unit) -> pd.DataFrame | None:
        """Return a finished part's row per customer; None where it has none."""
        file = self._path(unit, "parquet")
        return pd.read_parquet(file) if file.is_file() else None

    def write_proof(self, proof: Proof) -> None:
        """Keep what all parts add up to."""
        write_text(self.folder / PROOF_FILE, proof.to_json())

    def proof(self) -> Proof | None:
        """Return what all parts added up to; None where no proof was finished.

        Raises
        ------
        NothingStored
            Where the file is damaged, or of a version that wrote another one.
        """
        file = self.folder / PROOF_FILE
        if not file.is_file():
            return None
        try:
            return Proof.from_json(file.read_text("utf-8"))
        except (ValueError, KeyError, TypeError):
            raise NothingStored(
                Sentence("What was found by testing this result anew can no longer be read."),
                Sentence("Test it anew; parts that are whole are not done again."),
            ) from None

    def stamp(self) -> int | None:
        """Return what changes with every finished proof; None where there is none."""
        file = self.folder / PROOF_FILE
        return file.stat().st_mtime_ns if file.is_file() else None

    def _path(self, unit: Unit, suffix: str) -> Path:
        return self.folder / PARTS_FOLDER / __version__ / f"{unit.name}.{suffix}"
