"""Plotly figures of a report redrawn for paper: bars side by side, lines, dots with whiskers.

Plotly itself can only be printed by a browser, which a server need not have.
"""

from __future__ import annotations

import html
import math
from dataclasses import dataclass
from typing import Any, Final

import plotly.graph_objects as go
from reportlab.graphics.shapes import Circle, Drawing, Line, PolyLine, Rect, String
from reportlab.lib.colors import HexColor
from reportlab.pdfbase import pdfmetrics

HAN_FONT: Final = "STSong-Light"
SIZE: Final = 7.5  # of all letters, points
LEGEND, FOOT, TOP = 14.0, 30.0, 6.0
LABELS_SHARE: Final = 0.28  # of the width, for names at the left of bars
FAINT, LINE = HexColor("#52615c"), HexColor("#d5dedb")
TICKS: Final = 5
SMALL: Final = 0.01  # below, two decimals say too little
STEPS: Final = (1, 2, 2.5, 5, 10)


def font_of(text: str, *, is_bold: bool = False) -> str:
    """Return a standard font that has the letters of a text."""
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return HAN_FONT
    return "Helvetica-Bold" if is_bold else "Helvetica"


def sketch(figure: go.Figure, width: float) -> Drawing:
    """Redraw a figure of bars, lines or dots.

    Parameters
    ----------
    figure : Figure
        Bars lying or standing, lines over numbers, points with error bars over names.
    width : float
        Points.
    """
    traces = [trace for trace in figure.data if trace.y is not None]
    lying = any(trace.type == "bar" and trace.orientation == "h" for trace in traces)
    named_rows = lying or any(isinstance(_first(trace.y), str) for trace in traces)
    plot = _Plot.lay_out(figure, traces, width, named_rows)
    plot.draw_axes(figure, named_rows)
    bars = [trace for trace in traces if trace.type == "bar"]
    for at, trace in enumerate(traces):
        colour = _colour(trace)
        if trace.type == "bar":
            plot.draw_bars(trace, bars.index(trace), len(bars), colour, named_rows)
        elif named_rows or plot.names:
            plot.draw_dots(trace, colour, named_rows)
        else:
            plot.draw_line(trace, colour)
        if trace.name and trace.showlegend is not False:
            plot.draw_legend(at, len(traces), str(trace.name), colour)
    return plot.drawing


@dataclass
class _Plot:
    """Where things go: names along one side, numbers along the other."""

    drawing: Drawing
    left: float
    right: float
    bottom: float
    top: float
    names: list[str]  # empty where both sides are numbers
    x_ticks: list[float]
    y_ticks: list[float]

    @classmethod
    def lay_out(cls, figure: go.Figure, traces: list[Any], width: float, lying: bool) -> _Plot:
        """Measure a figure."""
        along = [trace.y if lying else trace.x for trace in traces]
        over = [trace.x if lying else trace.y for trace in traces]
        is_named = any(trace.type == "bar" for trace in traces) or lying
        names = (
            list(dict.fromkeys(str(name) for axis in along for name in axis)) if is_named else []
        )
        rows = 18.0 * len(names) * (1 + (len(traces) > 1) * 0.4)
        height = (max(60.0, rows) if lying else 150.0) + LEGEND + FOOT
        if lying and figure.layout.yaxis.autorange != "reversed":
            names = names[::-1]
        values = _ticks([*_reach(traces, over, lying), *([0.0] if is_named else [])])
        sides = [] if is_named else _ticks([float(v) for axis in along for v in axis])
        return cls(
            Drawing(width, height),
            left=width * LABELS_SHARE if lying else 34.0,
            right=width - 6.0,
            bottom=FOOT,
            top=height - LEGEND - TOP,
            names=names,
            x_ticks=values if lying else sides,
            y_ticks=[] if lying else values,
        )

    def x(self, value: float) -> float:
        """Return where a number lies from left to right."""
        return _place(value, self.x_ticks, self.left, self.right)

    def y(self, value: float) -> float:
        """Return where a number lies from bottom to top."""
        return _place(value, self.y_ticks, self.bottom, self.top)

    def slot(self, name: str, lying: bool) -> tuple[float, float]:
        """Return the middle and the width of a name's place."""
        count, at = len(self.names), self.names.index(name)
        if lying:
            size = (self.top - self.bottom) / count
            return self.top - (at + 0.5) * size, size
        size = (self.right - self.left) / count
        return self.left + (at + 0.5) * size, size

    def draw_axes(self, figure: go.Figure, lying: bool) -> None:
        """Draw ticks, names and what the axes hold."""
        for tick in self.x_ticks:
            self.line(self.x(tick), self.bottom, self.x(tick), self.top)
            self.text(_write(tick, figure.layout.xaxis), self.x(tick), self.bottom - 10, "middle")
        for tick in self.y_ticks:
            self.line(self.left, self.y(tick), self.right, self.y(tick))
            self.text(_write(tick, figure.layout.yaxis), self.left - 4, self.y(tick) - 2.5, "end")
        for name in self.names:
            middle, _size = self.slot(name, lying)
            if lying:
                self.text(_plain(name), self.left - 5, middle - 2.5, "end", self.left - 8)
            else:
                self.text(_plain(name), middle, self.bottom - 10, "middle")
        sides = [
            _plain(str(axis.title.text or ""))
            for axis in (figure.layout.xaxis, figure.layout.yaxis)
        ]
        self.text(" · ".join(side for side in sides if side), self.right, 5, "end")

    def draw_bars(self, trace: Any, at: int, of: int, colour: HexColor, lying: bool) -> None:
        """Draw one series of bars beside the others."""
        for name, value in zip(*((trace.y, trace.x) if lying else (trace.x, trace.y)), strict=True):
            middle, size = self.slot(str(name), lying)
            thick = 0.8 * size / of
            start = (
                (middle + 0.4 * size - (at + 1) * thick)
                if lying
                else middle - 0.4 * size + at * thick
            )
            if lying:
                ends = sorted((self.x(0.0), self.x(_number(value))))
                self.drawing.add(_box(ends[0], start, ends[1] - ends[0], thick, colour))
            else:
                ends = sorted((self.y(0.0), self.y(_number(value))))
                self.drawing.add(_box(start, ends[0], thick, ends[1] - ends[0], colour))

    def draw_dots(self, trace: Any, colour: HexColor, lying: bool) -> None:
        """Draw points over names, each with its whiskers."""
        whiskers = trace.error_x if lying else trace.error_y
        values, names = (trace.x, trace.y) if lying else (trace.y, trace.x)
        up, down = whiskers.array, whiskers.arrayminus
        for at, (name, value) in enumerate(zip(names, values, strict=True)):
            middle, _size = self.slot(str(name), lying)
            place = self.x if lying else self.y
            low = place(_number(value) - (_number(down[at]) if down is not None else 0.0))
            high = place(_number(value) + (_number(up[at]) if up is not None else 0.0))
            ends = (low, middle, high, middle) if lying else (middle, low, middle, high)
            self.drawing.add(Line(*ends, strokeColor=colour, strokeWidth=1))
            centre = (place(_number(value)), middle) if lying else (middle, place(_number(value)))
            self.drawing.add(Circle(*centre, 2.6, fillColor=colour, strokeColor=None))

    def draw_line(self, trace: Any, colour: HexColor) -> None:
        """Draw a line over numbers."""
        points = [
            coordinate
            for x, y in zip(trace.x, trace.y, strict=True)
            for coordinate in (self.x(float(x)), self.y(float(y)))
        ]
        dash = [2, 2] if trace.line.dash in {"dot", "dash"} else None
        self.drawing.add(
            PolyLine(points, strokeColor=colour, strokeWidth=1.4, strokeDashArray=dash)
        )

    def draw_legend(self, at: int, of: int, name: str, colour: HexColor) -> None:
        """Name a series above the figure."""
        room = (self.right - 4) / max(of, 1)
        self.drawing.add(_box(4 + at * room, self.top + LEGEND - 2, 6, 6, colour))
        self.text(_plain(name), 13 + at * room, self.top + LEGEND - 2, "start", room - 14)

    def line(self, *ends: float) -> None:
        """Draw a faint line."""
        self.drawing.add(Line(*ends, strokeColor=LINE, strokeWidth=0.5))

    def text(self, text: str, x: float, y: float, anchor: str, room: float = 1e9) -> None:
        """Write text, cut where it has no room."""
        font = font_of(text)
        while len(text) > 1 and pdfmetrics.stringWidth(text, font, SIZE) > room:
            text = f"{text[:-2]}…"
        self.drawing.add(
            String(x, y, text, fontName=font, fontSize=SIZE, fillColor=FAINT, textAnchor=anchor)
        )


def _first(values: Any) -> Any:
    return values[0] if len(values) else None


def _box(x: float, y: float, width: float, height: float, colour: HexColor) -> Rect:
    return Rect(x, y, width, height, fillColor=colour, strokeColor=None)


def _number(value: Any) -> float:
    """Return a number to draw; nothing known is drawn as nothing."""
    return 0.0 if value is None or math.isnan(value) else float(value)


def _reach(traces: list[Any], over: list[Any], lying: bool) -> list[float]:
    """Return all numbers that must have room, ends of whiskers included."""
    found: list[float] = []
    for trace, values in zip(traces, over, strict=True):
        whiskers = trace.error_x if lying else trace.error_y
        for sign, ends in ((1, whiskers.array), (-1, whiskers.arrayminus)):
            spans = [0.0] * len(values) if ends is None else ends
            found += [
                _number(value) + sign * _number(span)
                for value, span in zip(values, spans, strict=True)
            ]
    return found


def _ticks(values: list[float]) -> list[float]:
    """Return round numbers, evenly spaced, that reach around all values."""
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    span = (high - low) or abs(high) or 1.0
    power = 10.0 ** math.floor(math.log10(span / TICKS))
    step = next(factor * power for factor in STEPS if factor * power * TICKS >= span * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [step * at for at in range(first, max(last, first + 1) + 1)]


def _place(value: float, ticks: list[float], start: float, end: float) -> float:
    return start + (value - ticks[0]) / (ticks[-1] - ticks[0]) * (end - start)


def _write(tick: float, axis: Any) -> str:
    if str(axis.tickformat or "").endswith("%"):
        return f"{100 * tick:.0f}%"
    if 0 < abs(tick) < SMALL:
        return f"{tick:.3g}"
    return f"{tick:,.2f}".rstrip("0").rstrip(".")


def _colour(trace: Any) -> HexColor:
    colour = trace.line.color if trace.type == "scatter" and trace.mode == "lines" else None
    colour = colour or trace.marker.color
    if not isinstance(colour, str):
        colour = "#2f8c75"
    return HexColor(colour)


def _plain(label: str) -> str:
    """Return a label of Plotly's as one line of text."""
    return html.unescape(label.replace("<br>", " "))
