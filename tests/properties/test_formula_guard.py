"""No exported text cell can start a formula, whatever a customer typed."""

import csv
import io

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clv_core.activation.formula_guard import guard_cells
from clv_core.activation.spreadsheets import export_csv, export_xlsx
from tests.core.activation.sheet_reading import read_sheet

DANGEROUS = tuple("=+-@\t\r\n")
# Surrogates cannot be written as UTF-8; no reader of ours lets them in.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NASTY = st.builds(lambda sign, rest: sign + rest, st.sampled_from(DANGEROUS), TEXT)
FRAMES = st.lists(
    st.tuples(TEXT | NASTY, TEXT | NASTY | st.none(), st.floats(-1e9, 1e9)), min_size=1, max_size=6
)


def make_frame(rows, header):
    """Two columns of text, one of numbers."""
    return pd.DataFrame(rows, columns=[header, "text", "number"])


@given(FRAMES, TEXT | NASTY)
def test_no_csv_cell_starts_a_formula(rows, header):
    """Parsed back, text and headers are safe, complete and numbers are numbers."""
    parsed = list(
        csv.reader(
            io.StringIO(export_csv(make_frame(rows, header)).decode("utf-8-sig"), newline="")
        )
    )
    assert len(parsed) == len(rows) + 1
    for cells in parsed:
        assert len(cells) == 3
        assert not any(cell.startswith(DANGEROUS) for cell in cells[:2])
    assert [float(cells[2]) for cells in parsed[1:]] == [row[2] for row in rows]
    for cells, row in zip(parsed[1:], rows, strict=True):
        assert cells[0].removeprefix("'") == row[0].removeprefix("'")


@settings(max_examples=40)
@given(FRAMES, TEXT | NASTY)
def test_no_xlsx_cell_starts_a_formula(rows, header):
    """Read from the sheet's XML, no text cell begins with a sign that computes."""
    sheet = read_sheet(export_xlsx(make_frame(rows, header)))
    cells = [cell for row in sheet for cell in row if isinstance(cell, str)]
    assert not any(cell.startswith(DANGEROUS) for cell in cells)
    assert len(sheet) == len(rows) + 1
    assert [row[2] for row in sheet[1:]] == pytest.approx([row[2] for row in rows])


@given(FRAMES, TEXT | NASTY)
def test_guarding_twice_is_guarding_once(rows, header):
    """The export guards again what was guarded before, to no effect."""
    once = guard_cells(make_frame(rows, header))
    pd.testing.assert_frame_equal(guard_cells(once), once)
