"""Reports that leave the house: written when the user asks, and put on record."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final, NamedTuple

from clv_core.storage.workspace import Workspace
from pages.parts.report import Report
from pages.parts.report_html import write_html
from pages.parts.report_pdf import write_pdf


class Format(NamedTuple):
    """How a report can be written."""

    mime: str
    write: Callable[[Report], bytes]


FORMATS: Final = {
    "html": Format("text/html", write_html),
    "pdf": Format("application/pdf", write_pdf),
}


def write_report(workspace: Workspace, report: Report, file_format: str, run: str) -> bytes:
    """Write a report and put on record that it was taken."""
    content = FORMATS[file_format].write(report)
    workspace.record(
        "report",
        run=run,
        format=file_format,
        language=report.language,
        sha256=hashlib.sha256(content).hexdigest(),
    )
    return content
