"""Fitted scikit-learn estimators on disk, by skops: no pickle, known types only."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_DEFLATED

from clv_core.errors import NothingStored
from clv_core.sentences import Sentence

COMPRESSION_LEVEL: Final = 1
KNOWN_TYPES: Final = frozenset({"sklearn.tree._tree.Tree"})
"""What we store beyond the types that skops takes for harmless by itself: arrays of a tree."""


def save_estimator(estimator: Any, file: Path) -> None:
    """Write a fitted estimator."""
    from skops.io import dump  # noqa: PLC0415  # slow to import, seldom needed

    dump(estimator, file, compression=ZIP_DEFLATED, compresslevel=COMPRESSION_LEVEL)


def load_estimator(file: Path) -> Any:
    """Read what :func:`save_estimator` wrote.

    Raises
    ------
    NothingStored
        Where the file holds a type that no estimator of ours is made of.
    """
    from skops.io import get_untrusted_types, load  # noqa: PLC0415

    if not KNOWN_TYPES.issuperset(get_untrusted_types(file=file)):
        raise NothingStored(
            Sentence(
                "The stored model {name} holds what no model of ours is made of.", name=file.name
            ),
            Sentence("Train the model again."),
        )
    return load(file, trusted=sorted(KNOWN_TYPES))
