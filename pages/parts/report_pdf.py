"""A report as PDF, to print or to send to somebody who opens no HTML."""

from __future__ import annotations

import io
from typing import Any, Final
from xml.sax.saxutils import escape

import pandas as pd
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import (
    Flowable,
    KeepTogether,
    LongTable,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    TableStyle,
)

from pages.parts.report import Report, Section
from pages.parts.report_drawings import HAN_FONT, font_of, sketch

INK, FAINT, GREEN, RED = (HexColor(code) for code in ("#1c2a26", "#52615c", "#2f8c75", "#b3261e"))
MARGIN: Final = 18 * mm
WIDTH: Final = A4[0] - 2 * MARGIN
PADDING: Final = 3.0  # of a cell, left and right
WIDEST_WORD: Final = 70.0  # what is longer may break
SIZES: Final = {
    "title": 19,
    "heading": 13.5,
    "text": 9.5,
    "cell": 7.8,
    "finding": 9.5,
    "number": 13,
}


def write_pdf(report: Report) -> bytes:
    """Write a report as PDF on A4.

    Chinese is set in Adobe's standard font STSong-Light, which readers of PDF bring
    themselves; it is not in the file.
    """
    pdfmetrics.registerFont(UnicodeCIDFont(HAN_FONT))
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        title=report.title,
        creator="Perennial",
        lang=report.language,
        **dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), MARGIN),
    )
    story: list[Flowable] = [_set(report.title, "title"), _set(report.subtitle, "text", FAINT)]
    for section in report.sections:
        story += _lay_out(section)
    story += [Spacer(1, 6 * mm), _set(report.note, "text", FAINT)]
    document.build(story, onFirstPage=_number, onLaterPages=_number)
    return buffer.getvalue()


def _lay_out(section: Section) -> list[Flowable]:
    parts: list[Flowable] = [Spacer(1, 5 * mm), _set(section.title, "heading", GREEN)]
    parts += [_set(warning, "text", RED) for warning in section.warnings]
    parts += [
        KeepTogether([_set(total.name, "text", FAINT), _set(total.text, "number")])
        for total in section.totals
    ]
    parts += [_set(paragraph, "text") for paragraph in section.paragraphs]
    parts += [_tabulate(table) for table in section.tables]
    for figure in section.figures:
        finding = _set(str(figure.layout.title.text), "finding")
        parts.append(KeepTogether([Spacer(1, 3 * mm), finding, sketch(figure, WIDTH)]))
    return parts


def _set(text: str, kind: str, colour: HexColor = INK) -> Paragraph:
    """Set a paragraph; what the text holds is text, never markup."""
    size = SIZES[kind]
    style = ParagraphStyle(
        kind,
        fontName=font_of(text, is_bold=kind in {"title", "heading", "finding", "number"}),
        fontSize=size,
        leading=size * 1.35,
        textColor=colour,
        spaceAfter=size * 0.4,
        wordWrap="CJK" if font_of(text) == HAN_FONT else None,
        keepWithNext=kind == "heading",
    )
    return Paragraph(escape(text), style)


def _tabulate(table: pd.DataFrame) -> Flowable:
    cells = [[_set(str(name), "cell", FAINT) for name in table.columns]]
    cells += [[_set(str(cell), "cell") for cell in row] for row in table.itertuples(index=False)]
    widths = _divide([str(name) for name in table.columns], table)
    return LongTable(
        cells,
        colWidths=widths,
        repeatRows=1,
        spaceBefore=2 * mm,
        style=TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor("#d5dedb")),
                ("LEFTPADDING", (0, 0), (-1, -1), PADDING),
                ("RIGHTPADDING", (0, 0), (-1, -1), PADDING),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
            ]
        ),
    )


def _divide(names: list[str], table: pd.DataFrame) -> list[float]:
    """Return the widths of columns: room for the longest word first, the rest by length."""
    needed, wished = [], []
    for at, name in enumerate(names):
        texts = [name, *(str(cell) for cell in table.iloc[:, at])]
        words = [_width(word) for text in texts for word in text.split()]
        needed.append(min(max(words, default=0.0), WIDEST_WORD) + 2 * PADDING + 1)
        wished.append(max(_width(text) for text in texts))
    missing = [max(wish - need, 0.0) for wish, need in zip(wished, needed, strict=True)]
    spare, asked = WIDTH - sum(needed), sum(missing) or 1.0
    return [need + spare * want / asked for need, want in zip(needed, missing, strict=True)]


def _width(text: str) -> float:
    return float(pdfmetrics.stringWidth(text, font_of(text), SIZES["cell"]))


def _number(canvas: Any, document: Any) -> None:
    """Put the page's number at its foot."""
    canvas.setFont("Helvetica", 8)
    canvas.setFillColor(FAINT)
    canvas.drawRightString(A4[0] - MARGIN, 9 * mm, str(document.page))
