"""One file as the user confirmed it, and what several of them come to together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from clv_core.columns import TableKind
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.kinds import missing_fields
from pages.parts.fields import kind_names
from pages.parts.text import _, number
from pages.parts.uploads import SAMPLE_FILES

LONGEST_TITLE: Final = 80
FORECASTABLE: Final = frozenset({"orders", "value_table"})


@dataclass(frozen=True)
class ConfirmedFile:
    """One file as the user confirmed it."""

    upload_id: str
    file_name: str
    kind: TableKind
    choice: FileChoice
    is_table: bool = False  # of a database, called connection/schema.table

    @property
    def title(self) -> str:
        """What a data set made of it may be called."""
        if self.is_table:
            return self.file_name.rpartition("/")[2]
        return Path(self.file_name).stem

    @property
    def spec(self) -> dict[str, Any]:
        """What a worker is told of the file."""
        return {"upload": self.upload_id, "choice": self.choice.model_dump(mode="json")}

    @property
    def is_complete(self) -> bool:
        """Whether every needed field has a column, and a value table something to learn from."""
        if self.kind == "value_table" and not self.choice.features:
            return False
        return not missing_fields(self.kind, self.choice.mapping or {})


def propose_title(files: Sequence[ConfirmedFile]) -> str:
    """Propose the name of the file that the forecast is made from, to tell data sets apart."""
    if tuple(file.file_name for file in files) == SAMPLE_FILES:
        return _("Sample shop")
    told = [file.title for file in files if file.kind in FORECASTABLE]
    return told[0][:LONGEST_TITLE].strip() if told else _("My shop")


def find_obstacle(
    files: Sequence[ConfirmedFile], unreadable: int = 0, is_added: bool = False
) -> str:
    """Say why these files cannot be read together; empty where they can.

    ``unreadable`` counts the others on the table, each of which says why at its place;
    ``is_added`` says that they go to data which have orders already.
    """
    if files and unreadable:
        return _("One of the files cannot be read: remove it, or correct how it is read.")
    kinds = Counter(file.kind for file in files)
    if kinds["value_table"] and len(files) > 1:
        return _(
            "A table with one row per customer and a value stands alone. Remove the other files,"
            " or say that it is of another kind."
        )
    if files and not is_added and not FORECASTABLE & kinds.keys():
        return _(
            "None of these files holds orders or a value per customer, and a forecast needs one"
            " of them."
        )
    return ""


def appended_kinds(files: Sequence[ConfirmedFile]) -> list[str]:
    """Say of each kind that several files hold how they are put together."""
    names = kind_names()
    return [
        _(
            "{count} files hold the same kind ({kind}): they are read as one, and what stands in"
            " two of them counts once."
        ).format(count=number(count), kind=names[kind])
        for kind, count in Counter(file.kind for file in files).items()
        if count > 1 and kind != "value_table"
    ]
