"""One person taken out of a data set and of everything that was made from it.

Files are written anew one by one, each as one step, so a process that is killed in
between leaves whole files, some of which still hold the person. A note
(``erasure_notes.py``) says so: whoever starts next (:func:`complete_erasures`) goes on, and
doing a part twice is doing it once. The note names the person by the surrogate key;
ids and contact fields go last.

Sums stay: the account of the rows, scoreboards, totals, what models learnt.
docs/decisions/031-erasing-a-person.md says why.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import sqlite3
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from clv_core.errors import NothingStored, StillAtWork
from clv_core.sentences import Sentence
from clv_core.storage.atomic import telling_disk_full, write_bytes, write_text
from clv_core.storage.erasure_notes import (
    ErasureNote,
    erasing_alone,
    forget_note,
    read_notes,
    write_note,
)
from clv_core.storage.exports import discard_unfinished
from clv_core.storage.handed_files import discard_handed
from clv_core.storage.index import transaction
from clv_core.storage.kept_people import count_kept_rows, drop_kept_rows
from clv_core.storage.kept_views import PAIRED_VIEW, discard_views
from clv_core.storage.people import (
    CUSTOMERS,
    Place,
    drop_person,
    find_places,
    read_keys,
    read_person,
    runs_of,
)
from clv_core.storage.workspace import Workspace

__all__ = ["Erased", "complete_erasures", "erase_person"]

_LISTS: Final = ("forecast.csv", "tiers.csv")  # a line per row of forecast.parquet, in its order
_FORECAST: Final = "forecast.parquet"
_FACTS: Final = ("tables.json", "value_table.json")
_RUN_MARK: Final = Path("proof", "run.sha256")


@dataclass(frozen=True)
class Erased:
    """What was taken out, in numbers.

    Attributes
    ----------
    rows : int
        Of tables, forecasts and lists, all together.
    runs, searches, exports : int
        In which the person was.
    uploads : int
        Files deleted as they came, because the person may be in them.
    """

    rows: int
    runs: int
    searches: int
    exports: int
    uploads: int


def erase_person(workspace: Workspace, dataset_id: str, customer_key: int) -> Erased:
    """Take one person out of a data set, its runs, searches, exports and uploads.

    Parameters
    ----------
    workspace : Workspace
    dataset_id : str
    customer_key : int

    Returns
    -------
    Erased
        The same goes on record, without saying whom it was about.

    Raises
    ------
    NothingStored
        When the data set or the person is not there (any more).
    StillAtWork
        When a job reads the data set: it would bring the person back.
    DiskFull
        Then it is completed when the program starts next and there is room.
    """
    with telling_disk_full(), erasing_alone(workspace):
        note = _begin(workspace, dataset_id, customer_key)
        _finish(workspace, note)
    return Erased(**note.erased)


def complete_erasures(workspace: Workspace) -> int:
    """Go on with what a killed process left half erased, and return how many it were."""
    if not read_notes(workspace):
        return 0
    with telling_disk_full(), erasing_alone(workspace):
        notes = read_notes(workspace)  # another process may have been faster
        for note in notes:
            _finish(workspace, note)
    return len(notes)


def _begin(workspace: Workspace, dataset_id: str, customer_key: int) -> ErasureNote:
    """Count what there is and note what is to be done, unless a job is reading it."""
    dataset = workspace.dataset(dataset_id).folder
    _discard_views(workspace, dataset_id)
    held = {
        place: int((read_keys(place) == customer_key).sum())
        for place in find_places(workspace, dataset_id)
    }
    own = {place.name: place for place, rows in held.items() if place.kind == "dataset" and rows}
    if Path(CUSTOMERS).stem not in own:
        raise NothingStored(
            Sentence("This customer is not in the data any more."),
            Sentence("Choose another one from the list."),
        )
    owners = Counter(kind for kind, _ in {(at.kind, at.owner) for at, rows in held.items() if rows})
    runs = runs_of(workspace, dataset_id)
    uploads = _uploads_of(dataset)
    note = ErasureNote(
        id=uuid.uuid4().hex,
        dataset=dataset_id,
        customer_key=customer_key,
        uploads=uploads,
        manifests={run.id: _hash(run.folder / "manifest.json") for run in runs},
        facts=_count_left(dataset, {at: read_person(own[at], customer_key) for at in own}),
        erased={
            "rows": sum(held.values()) + count_kept_rows(dataset, customer_key),
            "runs": owners["run"],
            "searches": owners["search"],
            "exports": owners["export"],
            "uploads": sum((workspace.root / "uploads" / one).is_file() for one in uploads),
        },
    )
    with transaction(workspace.index) as connection:  # no job is asked for meanwhile
        _refuse_while_read(connection, dataset_id, {run.id for run in runs}, set(uploads))
        write_note(workspace, note)
    return note


def _finish(workspace: Workspace, note: ErasureNote) -> None:
    """Erase what is still there of what a note names; the note goes last."""
    discard_unfinished(workspace)
    _discard_views(workspace, note.dataset)  # pages may have made some since it was noted
    places = find_places(workspace, note.dataset)
    for folder in {place.folder for place in places}:
        for stray in folder.rglob(".*.partial"):
            stray.unlink(missing_ok=True)
    drop_kept_rows(workspace.dataset(note.dataset).folder, note.customer_key)
    for place in places:
        if place.kind == "run" and place.path == place.folder / _FORECAST:
            _drop_from_lists(place, note.customer_key)
        if place.path.name != CUSTOMERS or place.kind != "dataset":
            drop_person(place, note.customer_key)
    for run in runs_of(workspace, note.dataset):
        changed = [place.path for place in places if place.owner == run.id]
        changed += [run.folder / name for name in _LISTS]
        _renew_manifest(run.folder, changed, note.manifests.get(run.id, ""))
    dataset = workspace.dataset(note.dataset).folder
    for name, counts in note.facts.items():
        facts = json.loads((dataset / name).read_text("utf-8"))
        text = json.dumps({**facts, **counts}, indent=2, ensure_ascii=False)
        write_text(dataset / name, text)
    for upload in note.uploads:
        workspace.delete_upload(upload)
    drop_person(places[-1], note.customer_key)
    if all(line.get("erasure") != note.id for line in workspace.audit()):
        workspace.record("erase_person", erasure=note.id, dataset=note.dataset, **note.erased)
    forget_note(workspace, note)


def _discard_views(workspace: Workspace, dataset_id: str) -> None:
    """Throw away what was worked out for pages of the data set's runs, or with one of them."""
    discard_handed(workspace)  # lists that nobody has taken yet
    own = {run.id for run in runs_of(workspace, dataset_id)}
    for run in workspace.runs():
        discard_views(run.folder, None if run.id in own else PAIRED_VIEW)


def _drop_from_lists(forecast: Place, customer_key: int) -> None:
    """Take the person's line out of the lists that people take away, found by its place."""
    keys = read_keys(forecast)
    rows = np.flatnonzero(keys == customer_key)
    if not len(rows):
        return
    line = int(rows[0]) + 1  # after the header
    for name in _LISTS:
        path = forecast.folder / name
        lines = sum(1 for _ in _read_lines(path))
        if lines == len(keys) + 1:
            write_bytes(path, _lines_without(path, line))
        elif lines != len(keys):  # else it was done before the process was killed
            raise ValueError(f"{name} and the forecast do not tell of the same customers")


def _read_lines(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as source:
        yield from csv.reader(source)


def _lines_without(path: Path, dropped: int) -> Iterator[bytes]:
    sink = _LastLine()
    writer = csv.writer(sink, lineterminator=os.linesep)  # as pandas wrote it
    for number, cells in enumerate(_read_lines(path)):
        if number != dropped:
            writer.writerow(cells)
            yield sink.text.encode("utf-8")


class _LastLine:
    """Holds what a CSV writer wrote last."""

    text = ""

    def write(self, text: str) -> int:
        self.text = text
        return len(text)


def _renew_manifest(folder: Path, changed: list[Path], before: str) -> None:
    """Write the checksums of files that were written anew, and whose proof lies here."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    for file in changed:
        name = str(file.relative_to(folder))
        if name in manifest["checksums"]:
            manifest["checksums"][name] = _hash(file)
    write_text(path, json.dumps(manifest, indent=2))
    mark = folder / _RUN_MARK
    if mark.is_file() and mark.read_text("utf-8") == before:
        write_text(mark, _hash(path))


def _count_left(dataset: Path, own: dict[str, pd.DataFrame]) -> dict[str, dict[str, int]]:
    """Return what facts files are to count when the person, whose rows these are, is gone."""
    counts: dict[str, dict[str, int]] = {}
    for name in _FACTS:
        if not (dataset / name).is_file():
            continue
        facts = json.loads((dataset / name).read_text("utf-8"))
        if name == "tables.json":
            orders = len(own.get("orders", ()))
            left = {"customer_count": int(orders > 0), "order_count": orders}
        else:
            profile = own["profiles"]
            known = int(profile["target_value"].notna().sum())
            left = {"customer_count": len(profile), "known_count": known}
        counts[name] = {fact: facts[fact] - fewer for fact, fewer in left.items()}
    return counts


def _uploads_of(dataset: Path) -> list[str]:
    source = dataset / "source.json"
    if not source.is_file():
        return []
    return [str(file["upload"]) for file in json.loads(source.read_text("utf-8"))["files"]]


def _refuse_while_read(
    connection: sqlite3.Connection, dataset_id: str, runs: set[str], uploads: set[str]
) -> None:
    specs = connection.execute("SELECT spec FROM jobs WHERE state IN ('queued', 'running')")
    for row in specs:
        spec = json.loads(row["spec"])
        files = {file["upload"] for file in spec.get("files", ())}
        named = {spec.get("run"), spec.get("asked", {}).get("then")}  # the run of a view, paired
        if spec.get("dataset") == dataset_id or named & runs or files & uploads:
            raise StillAtWork(
                Sentence("Work on these data is still going on; it would bring the customer back."),
                Sentence("Wait until it has ended or cancel it, then erase again."),
            )


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
