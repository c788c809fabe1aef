"""The process that talks to a database: ``python -m clv_core.databases.fetch_process``.

It takes one task as a line of JSON on standard input and answers in lines of JSON on
standard output; :mod:`clv_core.databases.fetching` is at the other end. A driver is C
code with a network under it: what hangs or crashes there ends with this process, and
what it knows of the address goes with it. Files of unknown origin are opened elsewhere,
by a process without a network (decision 014).
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final

from clv_core.databases.connections import Connection, find_connection
from clv_core.databases.session import Session, opened
from clv_core.databases.table_reading import read_table, write_sample
from clv_core.errors import UserDataError
from clv_core.faults import describe_fault
from clv_core.ingest.confined_process import end_with_pipe
from clv_core.ingest.engine import allow, lock
from clv_core.ingest.raw import RawTable
from clv_core.storage.atomic import telling_disk_full

__all__ = ["LOOK_LIMIT_S", "main"]

LOOK_LIMIT_S: Final = 60.0  # to list tables, or to take a table's first rows
Answer = dict[str, Any]
Tell = Callable[[Answer], None]


def main() -> int:
    """Do the task that standard input names."""
    task = json.loads(sys.stdin.buffer.readline())
    channel = _take_channel()

    def tell(answer: Answer) -> None:
        channel.write(json.dumps(answer) + "\n")
        channel.flush()

    def tell_fault(
        _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
    ) -> None:
        tell({"fault": describe_fault(error)})

    sys.excepthook = tell_fault
    end_with_pipe()
    tempfile.tempdir = task["scratch"]
    for folder in task["folders"]:
        allow(Path(folder))
    lock()
    try:
        with telling_disk_full():
            connection = find_connection(task["connection"])
            tell(_TASKS[task["task"]](task, connection, tell))
    except UserDataError as error:
        tell({"refused": error.to_json()})
    return 0


def _list(_task: Mapping[str, Any], connection: Connection, _tell: Tell) -> Answer:
    with opened(connection, LOOK_LIMIT_S) as session:
        return {"tables": [table.to_json() for table in session.tables()]}


def _sample(task: Mapping[str, Any], connection: Connection, _tell: Tell) -> Answer:
    with opened(connection, LOOK_LIMIT_S) as session:
        return {"table": write_sample(session, task["name"], Path(task["out"])).to_json()}


def _read(task: Mapping[str, Any], connection: Connection, tell: Tell) -> Answer:
    raw = RawTable.from_json(task["raw"])
    with opened(connection, connection.timeout_minutes * 60) as session:
        return {"rows": _read_rows(session, raw, Path(task["out"]), tell)}


def _read_rows(session: Session, raw: RawTable, out: Path, tell: Tell) -> Answer:
    tell({"share": 0.0})
    return read_table(session, raw, out, lambda share: tell({"share": share})).to_json()


def _take_channel() -> IO[str]:
    """Keep standard output for answers; what anybody prints goes where errors go."""
    channel = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    return channel


_TASKS: Final = {"list": _list, "sample": _sample, "read": _read}

if __name__ == "__main__":
    sys.exit(main())
