"""A person who is erased is in no kept row, and does not come back with next month's file."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from clv_core.cleaning.kept_rows import KeptRows
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.confined import understand_confined
from clv_core.pipeline import extend_files, prepare_tables
from clv_core.settings import CleaningSettings
from clv_core.storage import kept_people
from clv_core.storage.erasure import erase_person
from clv_core.storage.kept_people import count_kept_rows, drop_kept_rows
from clv_core.storage.people import describe_person
from clv_core.storage.workspace import Workspace

ANN = "Ann-77"
GUEST = "ann@tea.shop"
ORDERS = f"""order_id,customer_id,email,order_time,amount,order_status
1,{ANN},{GUEST},2024-01-01,10,paid
2,Ben-1,ben@tea.shop,2024-01-02,20,paid
3,{ANN},{GUEST},2024-01-03,30,cancelled
4,,{GUEST},2024-01-04,40,paid
5,Ben-1,ben@tea.shop,2024-01-05,50,paid
"""
REVIEWS = f"""customer_id,review_time,rating,review_text
{ANN},2024-01-06,5,Lovely tea said by {ANN}
Ben-1,2024-01-06,1,slow delivery
"""
FEBRUARY = """order_id,customer_id,email,order_time,amount,order_status
6,Ben-1,ben@tea.shop,2024-02-01,60,paid
7,Cleo-2,cleo@tea.shop,2024-02-02,70,paid
"""


def read_files(folder: Path, **files: str):
    """Write files and have them understood."""
    requests = []
    for name, text in files.items():
        path = folder / f"{name}.csv"
        path.write_text(text)
        kind = "reviews" if name == "reviews" else "orders"
        requests.append((path, path.name, FileChoice(kind=kind)))
    return understand_confined(requests)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Return a workspace with one data set that keeps its rows; guests are known by e-mail."""
    workspace = Workspace(tmp_path / "workspace")
    folder = workspace.begin_folder("base")
    files = read_files(tmp_path, orders=ORDERS, reviews=REVIEWS)
    rules = CleaningSettings(guests="email")
    tables, quality = prepare_tables(files, folder, rules, keeps_rows=True)
    tables.write_facts()
    (folder / "quality.json").write_text(quality.to_json())
    workspace.publish_dataset(folder, "Tea shop")
    return workspace


@pytest.fixture
def ann(workspace: Workspace) -> int:
    """Return the key of the person who is to be erased."""
    customers = pd.read_parquet(workspace.dataset("base").folder / "customers.parquet")
    return int(customers.set_index("customer_id").loc[ANN, "customer_key"])


def find_traces(folder: Path) -> set[str]:
    """Return the tables in which a cell holds the person's id or address."""
    found = set()
    for file in folder.rglob("*.parquet"):
        cells = pq.read_table(file).to_pandas().astype(str)
        if cells.apply(lambda column: column.str.contains(f"{ANN}|{GUEST}")).any().any():
            found.add(file.name)
    return found


def test_what_is_kept_of_a_person_is_handed_to_them(workspace: Workspace, ann: int) -> None:
    """Rows that were left out and rows without an id, given to them by their address, too."""
    told = json.loads(describe_person(workspace, "base", ann, []))
    (own,) = told["held"]
    assert [row["order_id"] for row in own["tables"]["rows/0"]] == ["1", "3", "4"]
    assert own["tables"]["rows/1"][0]["review_text"] == f"Lovely tea said by {ANN}"
    assert count_kept_rows(workspace.dataset("base").folder, ann) == 4


def test_an_erased_person_is_in_no_kept_row(workspace: Workspace, ann: int) -> None:
    """Nor in what cleaning found out; everybody else's rows keep their numbers."""
    folder = workspace.dataset("base").folder
    assert {"0_text.parquet", "0_typed.parquet", "1_text.parquet"} <= find_traces(folder)
    erase_person(workspace, "base", ann)

    assert find_traces(folder) == set()
    orders, reviews = KeptRows.open(folder).files
    assert pq.read_table(orders.rows.parquet)["source_row"].to_pylist() == [2, 5]
    assert (orders.rows.rows_read, reviews.rows.rows_read) == (2, 1)


def test_next_month_does_not_bring_them_back(
    workspace: Workspace, ann: int, tmp_path: Path
) -> None:
    """The account of the rows adds up, of those that are still there."""
    erase_person(workspace, "base", ann)
    target = tmp_path / "extended"
    target.mkdir()
    base = workspace.dataset("base").folder
    _, quality = extend_files(base, read_files(tmp_path, february=FEBRUARY), target)

    assert find_traces(target) == set()
    ids = pd.read_parquet(target / "customers.parquet")["customer_id"]
    assert ids.tolist() == ["Ben-1", "Cleo-2"]
    assert [(file.rows_read, file.rows_kept) for file in quality.files] == [(2, 2), (1, 1), (2, 2)]


def test_a_killed_erasure_is_done_again(
    workspace: Workspace, ann: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was written last, what tells whose rows they are is still there."""
    folder = workspace.dataset("base").folder
    real, files = kept_people._drop_rows, 0
    for killed_at in range(4):
        files = 0

        def drop(*arguments, last=killed_at):
            nonlocal files
            if files == last:
                raise KeyboardInterrupt
            files += 1
            return real(*arguments)

        monkeypatch.setattr(kept_people, "_drop_rows", drop)
        with pytest.raises(KeyboardInterrupt):
            drop_kept_rows(folder, ann)
        monkeypatch.setattr(kept_people, "_drop_rows", real)
        assert count_kept_rows(folder, ann) > 0
    drop_kept_rows(folder, ann)

    assert count_kept_rows(folder, ann) == 0
    assert find_traces(folder / "rows") <= {"known.parquet"}
