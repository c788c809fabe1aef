"""Columns profiled for a reader: what is missing, how values are spread, what is not told."""

from __future__ import annotations

import dataclasses
import json

import pytest
from streamlit.testing.v1 import AppTest

from clv_core.cleaning.report import FileQuality, QualityReport
from clv_core.ingest.summaries import Bin, ColumnSummary
from clv_core.storage.workspace import Workspace
from pages.parts.column_profiles import missing_finding, profile_table
from pages.parts.quality_charts import distribution_figure, distribution_finding
from tests.app.conftest import open_page

REVIEW = "pages/prepare/review.py"
AMOUNTS = ColumnSummary(
    name="total",
    field="amount",
    type="number",
    rows=200,
    missing_rows=50,
    distinct=90,
    low="1",
    high="30",
    bins=(Bin("1", "10", 30), Bin("10", "20", 90), Bin("20", "30", 30)),
)
CITIES = ColumnSummary(
    name="<b>city</b>",
    field=None,
    type="category",
    rows=200,
    missing_rows=0,
    distinct=2,
    bins=(Bin("Ulm", "Ulm", 150), Bin("Bonn", "Bonn", 50)),
)
EMAILS = ColumnSummary("mail", "email", "text", 200, 10, 190)


@pytest.fixture
def file() -> FileQuality:
    """Return the account of a file with three columns."""
    return FileQuality("shop.csv", "orders", None, 200, 200, summaries=(AMOUNTS, CITIES, EMAILS))


def test_a_row_per_column(file: FileQuality) -> None:
    """Shares, ranges and bars stand beside the user's own headers; a text has no bars."""
    table = profile_table(file)

    assert list(table["column"]) == ["total", "<b>city</b>", "mail"]
    assert list(table["field"]) == ["Amount", "–", "E-mail"]
    assert list(table["missing"]) == [0.25, 0.0, 0.05]
    assert table["bins"][0] == [30, 90, 30]
    assert table["bins"][2] is None
    assert list(table["low"]) == ["1", "–", "–"]


def test_the_worst_gap_is_the_finding(file: FileQuality) -> None:
    """The column with the largest missing share is named with its counts."""
    assert missing_finding(file) == "Most is missing in “total”: 50 of 200 values"
    whole = dataclasses.replace(file, summaries=(CITIES,))
    assert missing_finding(whole) == "No value is missing in any of the 1 columns"


def test_a_distribution_names_its_fullest_bar() -> None:
    """A range is written with both ends, a category by its label."""
    assert distribution_finding(AMOUNTS) == "Most values: 10 to 20, 60% of them"
    assert distribution_finding(CITIES) == "Most values: Ulm, 75% of them"


def test_a_distribution_is_drawn_bar_by_bar() -> None:
    """The figure holds the counts in order, in the unit that is given."""
    figure = distribution_figure(AMOUNTS, "EUR")

    assert list(figure.data[0].y) == [30, 90, 30]
    assert list(figure.data[0].x) == ["1 to 10", "10 to 20", "20 to 30"]
    assert list(figure.layout.xaxis.ticktext) == ["1", "10", "20"]
    assert figure.layout.xaxis.title.text == "EUR"


def test_tags_in_a_category_stay_text() -> None:
    """A label with a tag in it is written, not read."""
    sly = dataclasses.replace(CITIES, bins=(Bin("<b>x</b>", "<b>x</b>", 1),))

    assert list(distribution_figure(sly).data[0].x) == ["&lt;b&gt;x&lt;/b&gt;"]


def test_the_review_shows_the_profiles(
    app: AppTest, workspace: Workspace, dataset_id: str, file: FileQuality
) -> None:
    """A data set that was profiled shows a table of its columns, with missing shares as shares."""
    path = workspace.dataset(dataset_id).folder / "quality.json"
    report = QualityReport.from_json(path.read_text("utf-8"))
    profiled = dataclasses.replace(report.files[0], summaries=file.summaries)
    stored = json.loads(dataclasses.replace(report, files=(profiled, *report.files[1:])).to_json())
    path.write_text(json.dumps(stored), "utf-8")
    open_page(app, REVIEW, dataset=dataset_id)

    shown = next(element.value for element in app.dataframe if "distinct" in element.value)
    assert list(shown["distinct"]) == [90, 2, 190]
    told = [element.value.replace("\\", "") for element in app.markdown]
    assert any("Most is missing in “total”" in text for text in told)
