"""Lists that leave the house: written when the user asks, and put on record."""

from __future__ import annotations

import hashlib
from typing import Final

from clv_core.activation.exports import ExportBundle, export_csv, export_xlsx
from clv_core.storage.workspace import Workspace

MIME: Final = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SHEET_ROWS: Final = 1_048_575  # customers that fit into one XLSX sheet


def write_list(
    workspace: Workspace, bundle: ExportBundle, file_format: str, **facts: object
) -> bytes:
    """Write an audience file and put on record that it was taken.

    Parameters
    ----------
    workspace : Workspace
        Whose audit trail it goes to.
    bundle : ExportBundle
    file_format : {"csv", "xlsx"}
    **facts
        Names of tiers and the like for the record; nothing of the customers'.
    """
    content = (export_xlsx if file_format == "xlsx" else export_csv)(bundle.frame)
    workspace.record(
        "export",
        format=file_format,
        rows=bundle.row_count,
        without_consent=bundle.without_consent,
        sha256=hashlib.sha256(content).hexdigest(),
        **facts,
    )
    return content
