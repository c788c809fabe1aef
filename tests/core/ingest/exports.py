"""Platform exports written for a test, and what a person checks of them first."""

from __future__ import annotations

import csv
import io

import pytest

from tests.core.cleaning.uploads import clean_uploads, read_upload
from tests.core.ingest.files import write_file


def write_export(folder, header, *rows, delimiter=",", encoding="utf-8", title_rows=""):
    """Write rows, given as cells by header, under a platform's header."""
    names = header.split(",")
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return write_file(folder, (title_rows + text.getvalue()).encode(encoding), "export.csv")


def clean_export(folder, header, *rows, **layout):
    """Write an export and clean it as the only file of an upload."""
    return clean_uploads(folder, read_upload(write_export(folder, header, *rows, **layout)))


def outcome(cleaned):
    """Return what a person checks first: preset, orders, customers, revenue."""
    facts = cleaned.report.facts
    return cleaned.file.preset, facts.orders, facts.customers, pytest.approx(facts.revenue)
