"""First rows of tables in databases: uploads that stand for more than they hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from clv_core.storage.index import reading, transaction
from clv_core.storage.workspace import Upload, Workspace

__all__ = ["find_source", "store_sample"]


def store_sample(
    workspace: Workspace, file_name: str, content: bytes, source: Mapping[str, Any]
) -> Upload:
    """Keep a table's first rows as an upload, and beside it which table it is.

    Parameters
    ----------
    workspace : Workspace
    file_name : str
        What people see.
    content : bytes
        CSV in UTF-8 with a header.
    source : mapping
        JSON that names the table; no address and no password.
    """
    upload = workspace.store_upload(file_name, content)
    with transaction(workspace.index) as connection:
        connection.execute(
            "INSERT INTO table_samples VALUES (?, ?)", (upload.id, json.dumps(dict(source)))
        )
    return upload


def find_source(workspace: Workspace, upload_id: str) -> dict[str, Any] | None:
    """Return which table an upload holds the first rows of; None for a file."""
    with reading(workspace.index) as connection:
        row = connection.execute(
            "SELECT source FROM table_samples WHERE upload_id = ?", (upload_id,)
        ).fetchone()
    return None if row is None else dict(json.loads(row["source"]))
