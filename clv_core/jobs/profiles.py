"""A file's confirmed reading, saved as a profile and found again by its headers."""

from __future__ import annotations

from clv_core.errors import InvalidSetting
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.raw import RawTable
from clv_core.ingest.spelling import fold_header
from clv_core.sentences import Sentence
from clv_core.storage.profiles import Profile, find_profile, store_profile
from clv_core.storage.workspace import Workspace

__all__ = ["recall_choice", "remember_choice"]


def remember_choice(workspace: Workspace, raw: RawTable, name: str) -> Profile:
    """Save how a file was understood and confirmed, for files with the same headers.

    Parameters
    ----------
    workspace : Workspace
    raw : RawTable
        As confirmed by the user.
    name : str
        What the user calls this kind of file.

    Raises
    ------
    InvalidSetting
        For a file without header: it could not be known again, and what was
        taken for its names could be somebody's data; and for an empty name.
    """
    if not raw.dialect.has_header:
        raise InvalidSetting(
            Sentence("{file} has no header, so it cannot be known again.", file=raw.file_name),
            Sentence("Give the file a first row with the names of its columns."),
        )
    choice = FileChoice.check(
        {
            "kind": raw.kind,
            "mapping": dict(raw.mapping),
            "is_confirmed": True,
            "features": raw.features if raw.kind == "value_table" else None,
            "profile": name.strip(),
        }
    )
    return store_profile(workspace, name.strip(), _fold(raw), choice.to_json())


def recall_choice(workspace: Workspace, raw: RawTable) -> FileChoice | None:
    """Return how a file with these headers was read last time, None where none was saved.

    The headers may be in another order and in other spelling; the choice names
    them as this file does. Recognise the file again with it.
    """
    found = find_profile(workspace, _fold(raw)) if raw.dialect.has_header else None
    if found is None:
        return None
    choice = FileChoice.from_json(found.choice)
    by_fold = {fold_header(column): column for column in reversed(raw.column_names)}

    def rename(saved: str) -> str:
        return saved if saved in raw.column_names else by_fold[fold_header(saved)]

    features = None if choice.features is None else tuple(map(rename, choice.features))
    mapping = {field: rename(column) for field, column in (choice.mapping or {}).items()}
    return choice.model_copy(update={"mapping": mapping, "features": features})


def _fold(raw: RawTable) -> list[str]:
    return [fold_header(column) for column in raw.column_names]
