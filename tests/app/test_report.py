"""The report: complete, in either language, self-contained, and free of anybody's data."""

from __future__ import annotations

import re

import plotly.graph_objects as go
import pytest
from reportlab.graphics.shapes import Circle, PolyLine, Rect, String
from streamlit.testing.v1 import AppTest

from clv_core.activation.playbook import Play, PlaybookSettings
from clv_core.runs.folder import RunFolder
from clv_core.storage.kept_settings import keep
from clv_core.storage.workspace import Workspace
from pages.parts.dated_forecast import DatedForecast
from pages.parts.given_value import GivenValue
from pages.parts.report import Report, compose_report, section_titles
from pages.parts.report_drawings import sketch
from pages.parts.report_html import write_html
from pages.parts.reporting import write_report
from pages.parts.text import speaking
from tests.app.conftest import TAG_CATEGORY, open_page

PAGE = "pages/act/report.py"
HOSTILE = "<script>alert(1)</script> & 旗舰店"


def compose(run_id: str, language: str) -> Report:
    """Gather the whole report of a dated result."""
    with speaking(language):
        return compose_report(DatedForecast.read(run_id), HOSTILE, tuple(section_titles()))


def without_plotly(page: bytes) -> str:
    """Return a report's HTML but for the scripts in it."""
    return re.sub(r"<script.*?</script>", "", page.decode(), flags=re.DOTALL)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_part_is_in_the_file(run_id: str, found: RunFolder, language: str) -> None:
    """All sections, the verdict's first number, every tier and the account of the rows."""
    report = compose(run_id, language)
    text = without_plotly(write_html(report))
    assert f'lang="{language}"' in text
    assert len(report.sections) == len(section_titles())
    for section in report.sections:
        assert f"<h2>{section.title}</h2>" in text
    kept = found.quality().files[0].rows_kept
    assert f"{kept:,}" in text
    assert len(re.findall("<figure>", text)) == sum(len(s.figures) for s in report.sections) >= 7


def test_the_two_languages_differ(run_id: str) -> None:
    """The same result is told in Chinese to one reader and in English to the other."""
    english, chinese = (compose(run_id, language) for language in ("en", "zh"))
    assert all(
        one.title != other.title
        for one, other in zip(english.sections, chinese.sections, strict=True)
    )


def test_text_stays_text_and_nothing_is_fetched(run_id: str) -> None:
    """A title with a script in it is escaped; the file's policy forbids every fetch."""
    page = write_html(compose(run_id, "en")).decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "default-src 'none'" in page
    assert not re.findall(r'<(?:script|img|link|iframe)[^>]+(?:src|href)=["\']?http', page)


def test_what_to_do_is_what_the_playbook_says(
    run_id: str, dataset_id: str, workspace: Workspace
) -> None:
    """The shop's own words stand for its tier, as text; the other tiers keep theirs."""
    keep(workspace, dataset_id, PlaybookSettings(plays={"grow": Play(action="Call <b>them</b>")}))
    section = next(one for one in compose(run_id, "en").sections if one.title.startswith("What to"))
    told = section.tables[0].set_index("Tier")["What to do"]
    assert told["Grow"] == "Call <b>them</b>"
    assert told.drop("Grow").str.len().min() > 20
    assert "Call &lt;b&gt;them" in without_plotly(write_html(compose(run_id, "en")))


def test_no_customer_is_in_it(run_id: str, found: RunFolder, workspace: Workspace) -> None:
    """Neither ids nor e-mail addresses reach the file, in either form."""
    people = (
        workspace.dataset_of_run(run_id).folder / "customers.parquet",
        found.folder / "forecast.csv",
    )
    assert all(path.is_file() for path in people)
    text = without_plotly(write_html(compose(run_id, "en")))
    assert not re.search(r"C\d{6}", text)
    assert "@example.com" not in text


def test_a_header_and_a_category_of_the_users_stay_text(value_run_id: str) -> None:
    """Column names that try to be tags or links are shown letter by letter."""
    report = compose_report(GivenValue.read(value_run_id), "Members", tuple(section_titles()))
    text = without_plotly(write_html(report))
    assert TAG_CATEGORY not in text
    assert '<img src="http' not in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_pdf_is_written_and_put_on_record(
    run_id: str, workspace: Workspace, language: str
) -> None:
    """A PDF of several pages, and one line of audit that names no person."""
    content = write_report(workspace, compose(run_id, language), "pdf", run_id)
    assert content.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) >= 3
    entry = workspace.audit()[0]
    assert (entry["action"], entry["format"], entry["language"]) == ("report", "pdf", language)


def test_shapes_are_as_long_as_their_numbers() -> None:
    """A bar of twice the value is drawn twice as long; every name is written."""
    figure = go.Figure(go.Bar(x=[10, 20], y=["a", "b"], orientation="h", name="n"))
    shapes = sketch(figure, 400).contents
    bars = [shape.width for shape in shapes if isinstance(shape, Rect) and shape.width > 10]
    assert bars[1] == pytest.approx(2 * bars[0])
    assert {"a", "b", "n"} <= {shape.text for shape in shapes if isinstance(shape, String)}


def test_lines_and_points_are_drawn() -> None:
    """Numbers over numbers make a line; numbers over names a point with its whisker."""
    line = sketch(go.Figure(go.Scatter(x=[0, 1, 2], y=[0, 5, 7.5], mode="lines")), 400)
    assert [len(shape.points) for shape in line.contents if isinstance(shape, PolyLine)] == [6]
    written = [shape.text for shape in line.contents if isinstance(shape, String)]
    assert "7.5" in written or "8" in written
    dots = sketch(go.Figure(go.Scatter(x=[0.2, 0.9], y=["m", "n"], mode="markers")), 400)
    assert len([shape for shape in dots.contents if isinstance(shape, Circle)]) == 2


def test_the_page_offers_it(app: AppTest, run_id: str) -> None:
    """Sections can be left out; with none the page says what to do."""
    open_page(app, PAGE, run=run_id)
    assert [button.label for button in app.main.get("download_button")] == ["Download HTML"]
    app.get("button_group")[0].set_value([]).run()
    assert [info.value for info in app.info] == ["Choose at least one part."]
