"""Where databases are is written by an admin, and read without being repeated."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from clv_core.databases.connections import connections_file, read_connections
from clv_core.errors import InvalidSetting
from clv_core.ingest.reader_process import Limits, ReaderProcess
from tests.core.databases.conftest import write_connection

ADDRESS = "postgresql://reader:s3cr@host/shop"


def test_nothing_set_up_is_no_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workspace without the file has none."""
    monkeypatch.setenv("PERENNIAL_WORKSPACE", str(tmp_path))
    assert connections_file() == tmp_path / "connections.toml"
    assert read_connections() == {}


def test_a_file_and_variables_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address stands in neither the text nor the representation of a connection."""
    write_connection(tmp_path, monkeypatch, ADDRESS, "timeout_minutes = 5\n")
    monkeypatch.setenv("PERENNIAL_DATABASE_OUTLET", ADDRESS)
    found = read_connections()
    assert list(found) == ["shop", "outlet"]
    assert (found["shop"].address, found["shop"].timeout_minutes) == (ADDRESS, 5.0)
    assert "s3cr" not in repr(found)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_file_that_others_can_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Passwords lie in it."""
    write_connection(tmp_path, monkeypatch, ADDRESS).chmod(0o640)
    with pytest.raises(InvalidSetting, match="chmod 600"):
        read_connections()


@pytest.mark.parametrize(
    "text",
    [
        "[shop\n",
        '[shop]\nkind = "oracle"\naddress = "s3cr"\n',
        '[shop]\nkind = "postgresql"\n',
        '[shop]\nkind = "postgresql"\naddress = 3\n',
        '[shop]\nkind = "postgresql"\naddress = "s3cr"\npassword = "s3cr"\n',
        '[shop]\nkind = "postgresql"\naddress = "s3cr"\ntimeout_minutes = -1\n',
        '[shop]\nkind = "bigquery"\n',
        '["s3cr!"]\nkind = "postgresql"\naddress = "s3cr"\n',
        'shop = "s3cr"\n',
        '[shop]\nkind = "postgresql"\naddress = "s3cr"\noptions = {a = 1}\n',
    ],
)
def test_what_is_written_wrongly_is_not_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """The sentence says what is expected, never what stands there."""
    write_connection(tmp_path, monkeypatch, "x").write_text(text, "utf-8")
    with pytest.raises(InvalidSetting) as refused:
        read_connections()
    assert "s3cr" not in str(refused.value.to_json())


def test_the_process_that_opens_files_is_not_told_addresses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A file from outside meets a process without passwords."""
    monkeypatch.setenv("PERENNIAL_DATABASE_SHOP", ADDRESS)
    task = {"task": "read", "files": [], "folders": []}
    environment = ReaderProcess(task, Limits(), [Path(__file__)])._environment()
    assert "s3cr" not in str(environment)
