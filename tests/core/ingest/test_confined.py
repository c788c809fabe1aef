"""Files read in a process of their own: the same answers, progress, and nothing left behind."""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from clv_core.errors import MissingColumns, NothingStored, UnreadableFile
from clv_core.faults import ProcessFault, describe_fault
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.confined import (
    Request,
    read_confined,
    recognise_confined,
    understand_confined,
)
from clv_core.ingest.raw import RawTable
from clv_core.ingest.reading import read_text_rows
from clv_core.ingest.understand import understand_file
from tests.core.ingest.files import ORDERS, table_of, write_file


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let temporary files lie where a test can look for what is left of them."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Return the folder that gets what is read."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def request_of(path: Path, **told: object) -> Request:
    """Ask about a file under its own name."""
    return path, path.name, FileChoice.check(told)


def test_answers_are_those_of_reading_it_here(tmp_path: Path, scratch: Path, out: Path) -> None:
    """Mapping, samples, rows and refused rows are the same, and no temporary file stays."""
    path = write_file(tmp_path, ORDERS + "a,2024-01-02,1\nb\n007,2024-01-04,3\nc,x,y,z\n")
    (raw,) = understand_confined([request_of(path)])
    (rows,) = read_confined([raw], out)
    assert [path.name for path in out.iterdir()] == ["0.parquet"]
    assert list(scratch.iterdir()) == []
    here = understand_file(path)
    alone = read_text_rows(here, tmp_path / "alone.parquet")
    assert raw.to_json() == here.to_json()
    assert table_of(rows).equals(table_of(alone))
    assert rows.rows_read == alone.rows_read == 4
    assert rows.rejected.to_dict("list") == alone.rejected.to_dict("list")
    assert rows.raw is raw


def test_a_refusal_stays_with_its_file(tmp_path: Path) -> None:
    """Of three files the second is no table; the others are recognised all the same."""
    good = write_file(tmp_path, ORDERS + "a,2024-01-02,1\n", "good.csv")
    page = write_file(tmp_path, "<html><body>Sign in</body></html>", "page.csv")
    other = write_file(tmp_path, "user,when,review,stars\na,2024-01-02,fine,5\n", "other.csv")
    first, second, third = recognise_confined([request_of(p) for p in (good, page, other)])
    assert isinstance(first, RawTable)
    assert isinstance(second, UnreadableFile)
    assert second.problem.facts["file"] == "page.csv"
    assert isinstance(third, RawTable)


def test_a_file_that_cannot_be_used_is_refused_when_understood(tmp_path: Path) -> None:
    """A needed column that nobody found is a refusal that names it."""
    path = write_file(tmp_path, "customer_id,colour\na,red\nb,blue\n")
    with pytest.raises(MissingColumns) as caught:
        understand_confined([request_of(path, kind="orders")])
    assert caught.value.problem.facts["missing"] == "order_time, amount"


def test_the_users_word_reaches_the_process(tmp_path: Path) -> None:
    """A choice travels with its file: here the kind, the columns' names and the mapping."""
    path = write_file(tmp_path, "a,2024-01-02,1\nb,2024-01-03,2\n")
    told = {"kind": "orders", "column_names": ["who", "when", "paid"], "is_confirmed": True}
    mapping = {"customer_id": "who", "order_time": "when", "amount": "paid"}
    (raw,) = understand_confined([request_of(path, **told, mapping=mapping)])
    assert raw.column_names == ("who", "when", "paid")
    assert raw.mapping == mapping


def test_progress_rises_to_one_for_each_file(tmp_path: Path, out: Path) -> None:
    """Shares of a file begin at nothing, never fall and end at all of it."""
    line = "C1,2024-01-02,10.50\n"
    small = write_file(tmp_path, ORDERS + line, "small.csv")
    large = write_file(tmp_path, ORDERS + line * 1_000_000, "large.csv")
    told: list[tuple[int, float]] = []
    raws = understand_confined([request_of(large), request_of(small)])
    rows = read_confined(raws, out, lambda number, share: told.append((number, share)))
    assert [found.rows_read for found in rows] == [1_000_000, 1]
    assert told == sorted(told)
    of_large = [share for number, share in told if number == 0]
    assert of_large[0] == 0.0
    assert of_large[-1] == 1.0
    assert len(of_large) > 3
    assert [share for number, share in told if number == 1][-1] == 1.0


def test_sample_cells_are_cut_to_what_is_shown(tmp_path: Path) -> None:
    """A cell may hold a megabyte; the server gets what a screen can show of it."""
    rows = "".join(f"a,2024-01-0{day},1,{'x' * 5000}\n" for day in range(1, 9))
    path = write_file(tmp_path, f"customer_id,order_date,amount,note\n{rows}")
    (raw,) = recognise_confined([request_of(path)])
    assert isinstance(raw, RawTable)
    assert raw.samples["note"].str.len().max() == 200


@pytest.mark.skipif(sys.platform != "linux", reason="names that are no Unicode exist on Linux only")
def test_a_name_that_is_no_unicode_is_found(tmp_path: Path, out: Path) -> None:
    """A file named in GBK is opened by its bytes, through the pipe and back."""
    path = tmp_path / os.fsdecode("订单.csv".encode("gbk"))
    path.write_text(ORDERS + "a,2024-01-02,1\n")
    (raw,) = understand_confined([(path, "orders.csv", FileChoice())])
    (rows,) = read_confined([raw], out)
    assert (raw.path, rows.rows_read) == (path, 1)


def test_our_own_fault_stays_loud_and_quotes_nothing(tmp_path: Path, out: Path) -> None:
    """A bug in the process is an exception here: its place and kind, not its message."""
    path = write_file(tmp_path, ORDERS + "a,2024-01-02,1\n")
    (raw,) = understand_confined([request_of(path)])
    broken = replace(raw, mapping={**raw.mapping, "amount": "no such column of Ada's"})
    with pytest.raises(ProcessFault) as caught:
        read_confined([broken], out)
    told = describe_fault(caught.value)
    assert "confined_work.py" in told
    assert "builtins.KeyError" in told
    assert "Ada" not in told


def test_what_libraries_print_is_no_part_of_a_fault(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A warning may quote a cell: with a file in hand nothing but the fault itself is told."""
    path = write_file(tmp_path, ORDERS + "a,2024-01-02,1\n")
    (raw,) = understand_confined([request_of(path)])
    monkeypatch.setenv("PYTHONVERBOSE", "1")  # prints a line for each module that is imported
    with pytest.raises(ProcessFault) as caught:
        read_confined([replace(raw, mapping={**raw.mapping, "amount": "gone"})], out)
    assert "builtins.KeyError" in str(caught.value)
    assert "import " not in str(caught.value)


def test_a_file_removed_meanwhile_is_told(tmp_path: Path, out: Path) -> None:
    """Whoever clears the table while a preview runs is told so; other files are recognised."""
    paths = [write_file(tmp_path, ORDERS + "a,2024-01-02,1\n", f"{n}.csv") for n in range(3)]
    raws = understand_confined(list(map(request_of, paths)))
    paths[1].unlink()
    found = recognise_confined(list(map(request_of, paths)))
    assert [type(answer) for answer in found] == [RawTable, NothingStored, RawTable]
    with pytest.raises(NothingStored, match="was removed before it was read"):
        read_confined(raws, out)
