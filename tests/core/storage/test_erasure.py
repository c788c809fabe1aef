"""A person who is erased leaves nothing behind, and nobody else notices."""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.errors import NothingStored, StillAtWork
from clv_core.models.forecaster import Prediction
from clv_core.runs.folder import RunFolder
from clv_core.runs.proof_folder import ProofFolder
from clv_core.runs.scoring import check_run
from clv_core.runs.search_folder import SearchFolder
from clv_core.storage.erasure import complete_erasures, erase_person
from clv_core.storage.exports import ExportRecord, read_members, remember_export
from clv_core.storage.index import transaction
from clv_core.storage.people import describe_person, find_places, read_person
from clv_core.storage.searches import begin_search
from clv_core.storage.workspace import Workspace
from tests.value_tables import simulate_people, write_value_table

ROOT = Path(__file__).parents[3]
KEY = 17
SEARCH = "5" * 32
KILLED = """
import os, signal, sys
from pathlib import Path
from clv_core.storage import erasure
from clv_core.storage.workspace import Workspace
real, files = erasure.drop_person, 0
def drop_person(place, key):
    global files
    files += 1
    if files == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
    return real(place, key)
erasure.drop_person = drop_person
erasure.erase_person(Workspace(Path(sys.argv[1])), sys.argv[2], int(sys.argv[4]))
"""


@dataclass(frozen=True)
class Shop:
    """A workspace with everything in it that can hold a person."""

    workspace: Workspace
    dataset: str
    run: str
    export: str
    upload: str
    customer_id: str

    @property
    def folder(self) -> Path:
        """The run's folder."""
        return self.workspace.run(self.run).folder


@pytest.fixture
def shop(
    tmp_path: Path,
    small_shop: Path,
    small_tables: tuple[Tables, QualityReport],
    small_run: RunFolder,
) -> Shop:
    """Return a workspace with a data set, its upload, a run with a proof, a search, an export."""
    workspace = Workspace(tmp_path / "workspace")
    upload = workspace.store_upload("orders.csv", (small_shop / "orders.csv").read_bytes()).id
    tables, quality = small_tables
    folder = workspace.root / "partial" / "dataset"
    shutil.copytree(tables.folder, folder)
    Tables(**{**tables.__dict__, "folder": folder}).write_facts()
    (folder / "quality.json").write_text(quality.to_json(), "utf-8")
    (folder / "source.json").write_text(json.dumps({"files": [{"upload": upload}]}), "utf-8")
    dataset = workspace.publish_dataset(folder, "Small shop")
    shutil.copytree(small_run.folder, workspace.root / "partial" / "run")
    run = workspace.publish_run(workspace.root / "partial" / "run", dataset)
    found = RunFolder(workspace.run(run).folder)
    forecast = found.forecast()
    ProofFolder(found.folder).keep_run(found)
    forecast[["predicted"]].to_parquet(found.folder / "proof" / "part.parquet")
    _add_search(workspace, dataset, forecast["predicted"])
    record = ExportRecord(run, dataset, "crm", len(forecast), 0.1, 7, "0" * 64)
    members = pd.DataFrame({"tier": "reward", "is_control": False}, index=forecast.index)
    export = remember_export(workspace, record, members)
    ids = pd.read_parquet(folder.parents[1] / "datasets" / dataset / "customers.parquet")
    customer_id = str(ids.set_index("customer_key").loc[KEY, "customer_id"])
    return Shop(workspace, dataset, run, export, upload, customer_id)


def _add_search(workspace: Workspace, dataset: str, spend: pd.Series) -> None:
    spec = json.dumps({"dataset": dataset})
    with transaction(workspace.index) as connection:
        connection.execute(
            "INSERT INTO jobs (id, lane, kind, spec, state, created_at)"
            " VALUES (?, 'train', 'search_settings', ?, 'done', 0)",
            (SEARCH, spec),
        )
    folder = SearchFolder(begin_search(workspace, SEARCH))
    folder.write_predictions("best", 1, [Prediction(spend), Prediction(spend)])


def find_traces(root: Path, text: str) -> list[Path]:
    """Return the files in which a text is, packed or not."""
    found = []
    for file in root.rglob("*"):
        if file.is_file() and text.encode() in file.read_bytes():
            found.append(file)
        elif file.suffix == ".parquet":
            table = pq.read_table(file).to_pandas()
            texts = table.select_dtypes(exclude="number").astype(str)
            if texts.eq(text).to_numpy().any():
                found.append(file)
    return found


def read_all(workspace: Workspace, dataset: str) -> dict[str, pd.DataFrame]:
    """Return the content of every file with rows by customer, by its name."""
    return {
        f"{place.kind}/{place.name}": pd.read_parquet(place.path)
        for place in find_places(workspace, dataset)
    }


def test_nothing_of_an_erased_person_is_left_in_any_file(shop: Shop) -> None:
    """Neither the id in any byte or cell of the workspace nor the key in any table."""
    assert len(find_traces(shop.workspace.root, shop.customer_id)) >= 4
    held = {(place.kind, place.name) for place in find_places(shop.workspace, shop.dataset)}
    assert {("run", "proof/part"), ("run", "customers"), ("run", "holdout")} < held
    assert {("search", "predictions_best"), ("export", "members"), ("dataset", "lines")} < held

    erased = erase_person(shop.workspace, shop.dataset, KEY)

    assert (erased.runs, erased.searches, erased.exports, erased.uploads) == (1, 1, 1, 1)
    assert find_traces(shop.workspace.root, shop.customer_id) == []
    places = find_places(shop.workspace, shop.dataset)
    assert {(place.kind, place.name) for place in places} == held
    assert all(read_person(place, KEY).empty for place in places)
    assert not (shop.workspace.root / "uploads" / shop.upload).exists()


def test_everybody_else_stays_as_they_were(shop: Shop) -> None:
    """Every other row of every table is equal in value, type and order; lists to the byte."""
    before = read_all(shop.workspace, shop.dataset)
    lines = (shop.folder / "forecast.csv").read_bytes().splitlines(keepends=True)
    erase_person(shop.workspace, shop.dataset, KEY)
    after = read_all(shop.workspace, shop.dataset)
    assert before.keys() == after.keys()
    for name, frame in before.items():
        column = "key" if name.startswith("search") else "customer_key"
        keys = frame[column] if column in frame else frame.index.to_series()
        left = frame[(keys != KEY).to_numpy()]
        is_plain = isinstance(frame.index, pd.RangeIndex) and frame.index.name is None
        pd.testing.assert_frame_equal(
            left.reset_index(drop=True) if is_plain else left, after[name], check_index_type=False
        )
    left_lines = (shop.folder / "forecast.csv").read_bytes().splitlines(keepends=True)
    (gone,) = set(lines) - set(left_lines)
    assert gone.startswith(shop.customer_id.encode())
    assert left_lines == [line for line in lines if line != gone]


def test_what_is_left_is_whole(shop: Shop) -> None:
    """Checksums hold, the proof knows its run, counts follow, no second pass finds anything."""
    tables = Tables.open(shop.workspace.dataset(shop.dataset).folder)
    orders = tables.scan("orders").collect("pandas").to_native()
    own = int((orders["customer_key"] == KEY).sum())
    erase_person(shop.workspace, shop.dataset, KEY)
    found = RunFolder(shop.folder)
    check_run(found)
    ProofFolder(shop.folder).keep_run(found)
    left = Tables.open(tables.folder)
    assert left.order_count == tables.order_count - own
    assert left.customer_count == tables.customer_count - 1
    assert KEY not in read_members(shop.workspace, shop.export).index
    explanation, forecast = found.explanation(), found.forecast()
    np.testing.assert_allclose(
        explanation.predicted.loc[forecast.index], forecast["predicted"], atol=1e-6
    )
    assert complete_erasures(shop.workspace) == 0
    with pytest.raises(NothingStored):
        erase_person(shop.workspace, shop.dataset, KEY)


def test_the_record_counts_and_names_nobody(shop: Shop) -> None:
    """One line on record: rows and runs, neither key nor id."""
    erased = erase_person(shop.workspace, shop.dataset, KEY)
    (entry,) = shop.workspace.audit()
    assert entry["action"] == "erase_person"
    assert entry["rows"] == erased.rows > 10
    assert "customer_key" not in entry
    assert shop.customer_id not in json.dumps(entry)
    assert list((shop.workspace.root / "erasures").glob("*.json")) == []


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no kill -9")
@pytest.mark.parametrize("files", [2, 6, 16])
def test_a_killed_erasure_is_completed_later(shop: Shop, files: int) -> None:
    """Killed before its 2nd, 6th or last file, the next start leaves what one go would have."""
    places = find_places(shop.workspace, shop.dataset)
    assert len(places) == 16
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, shop.workspace.root, shop.dataset, str(files), str(KEY)],
        cwd=ROOT,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert any(len(read_person(place, KEY)) for place in places)

    assert complete_erasures(shop.workspace) == 1

    assert find_traces(shop.workspace.root, shop.customer_id) == []
    assert all(read_person(place, KEY).empty for place in places)
    check_run(RunFolder(shop.folder))
    ProofFolder(shop.folder).keep_run(RunFolder(shop.folder))
    assert [entry["action"] for entry in shop.workspace.audit()] == ["erase_person"]
    names = pd.read_csv(shop.folder / "tiers.csv")["customer_id"]
    assert len(names) == len(RunFolder(shop.folder).forecast())


def test_a_job_that_reads_the_data_is_waited_for(shop: Shop) -> None:
    """A training under way would publish the person again; nothing is touched before it ends."""
    with transaction(shop.workspace.index) as connection:
        connection.execute(
            "INSERT INTO jobs (id, lane, kind, spec, state, created_at)"
            " VALUES ('1', 'train', 'train_run', ?, 'queued', 0)",
            (json.dumps({"dataset": shop.dataset}),),
        )
    before = hashlib.sha256((shop.folder / "forecast.parquet").read_bytes()).digest()
    with pytest.raises(StillAtWork):
        erase_person(shop.workspace, shop.dataset, KEY)
    assert hashlib.sha256((shop.folder / "forecast.parquet").read_bytes()).digest() == before
    assert complete_erasures(shop.workspace) == 0


def test_a_customer_of_a_value_table_takes_a_category_of_their_own_along(tmp_path: Path) -> None:
    """A word that only this customer's row holds is not left among a file's categories."""
    workspace = Workspace(tmp_path / "workspace")
    people = simulate_people(60, seed=4)
    (tmp_path / "table").mkdir()
    table, quality = write_value_table(people, tmp_path / "table")
    (table.folder / "quality.json").write_text(quality.to_json(), "utf-8")
    folder = workspace.root / "partial" / "values"
    shutil.copytree(table.folder, folder)
    texts = table.read_features()
    name = next(n for n in texts if texts[n].dtype == "category")
    texts[name] = texts[name].cat.add_categories("Rare-9")
    texts.loc[3, name] = "Rare-9"
    texts.to_parquet(folder / "features.parquet")
    dataset = workspace.publish_dataset(folder, "Values")
    known = workspace.dataset(dataset).folder / "value_table.json"
    before = json.loads(known.read_text("utf-8"))
    erase_person(workspace, dataset, 3)
    left = json.loads(known.read_text("utf-8"))
    assert left["customer_count"] == before["customer_count"] - 1
    assert left["known_count"] == before["known_count"] - 1
    assert {**left, "customer_count": 0, "known_count": 0} == {
        **before,
        "customer_count": 0,
        "known_count": 0,
    }
    assert find_traces(workspace.root, "Rare-9") == []


def test_a_person_is_told_all_that_would_be_erased(shop: Shop) -> None:
    """Every file with the person's rows is in the copy, with as many rows, and nobody else."""
    told = json.loads(describe_person(shop.workspace, shop.dataset, KEY, ["What this is."]))
    held = {
        (place.kind, place.name): len(read_person(place, KEY))
        for place in find_places(shop.workspace, shop.dataset)
    }
    listed = {
        (owner["kind"], name): len(rows)
        for owner in told["held"]
        for name, rows in owner["tables"].items()
    }
    assert listed.pop(("dataset", "products")) >= 1
    assert listed == {at: rows for at, rows in held.items() if rows}
    (contact,) = next(o for o in told["held"] if o["kind"] == "dataset")["tables"]["customers"]
    assert contact["customer_id"] == shop.customer_id
    ids = pd.read_parquet(shop.folder / "customers.parquet")["customer_id"]
    others = set(ids) - {shop.customer_id}
    assert not [one for one in others if one in json.dumps(told)]
