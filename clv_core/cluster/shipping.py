"""A saved model on its way to the workers: bytes there, checked against the run's manifest."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from clv_core.runs.folder import RunFolder
from clv_core.runs.scoring import Scorer, check_files, load_scorer

__all__ = ["ShippedModel", "load_shipped", "pack_model"]

_MANIFEST: Final = "manifest.json"


@dataclass(frozen=True)
class ShippedModel:
    """The files of a run that scoring reads.

    Attributes
    ----------
    files : tuple of (str, bytes)
        Path within the run's folder, content.
    """

    files: tuple[tuple[str, bytes], ...]


def pack_model(run: RunFolder) -> ShippedModel:
    """Take what scoring reads out of a run's folder."""
    model = sorted(file for file in (run.folder / "model").rglob("*") if file.is_file())
    wanted = [run.folder / _MANIFEST, run.folder / "expectation.json", *model]
    return ShippedModel(
        tuple((file.relative_to(run.folder).as_posix(), file.read_bytes()) for file in wanted)
    )


@functools.lru_cache(maxsize=1)  # a worker scores many batches with one model
def load_shipped(shipped: ShippedModel) -> Scorer:
    """Load a shipped model.

    Raises
    ------
    NothingStored
        When a file did not arrive as it was written.
    """
    with TemporaryDirectory(prefix="perennial-") as folder:
        for name, content in shipped.files:
            target = Path(folder, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        run = RunFolder(Path(folder))
        check_files(run, [name for name, _ in shipped.files if name != _MANIFEST])
        return load_scorer(run)
