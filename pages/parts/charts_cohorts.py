"""Figures of cohorts: the matrix of what they did, and what they are expected to bring."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from clv_core.segments.cohorts import (
    Cohorts,
    Measure,
    average_retention,
    average_revenue,
    find_common_period,
    lay_out_cells,
)
from pages.parts.charts import BLUE, GREY, lay_out
from pages.parts.cohort_words import (
    SINCE_TITLES,
    WON_TITLES,
    cohort_name,
    cohort_told,
    measured,
    period_name,
)
from pages.parts.terms import Terms
from pages.parts.text import _, number, percent, say

MOST_TEXTS = 13  # columns whose cells are wide enough, on a phone too, to be written in
UNFINISHED = "rgba(125,138,134,0.22)"
SHADES = ((0.0, "rgba(47,140,117,0.08)"), (1.0, "rgba(47,140,117,1)"))
WRITTEN_SHADES = ((0.0, "#dcece7"), (1.0, "#1f6f5c"))  # Plotly fits texts to these on any ground


def first_period(measure: Measure) -> int:
    """Return the first period that says anything: in their own, all customers buy."""
    return 1 if measure in ("retention", "active") else 0


def cohort_heatmap(cohorts: Cohorts, measure: Measure, terms: Terms) -> go.Figure:
    """Draw one measure of every cohort by period; periods that are not over are grey.

    Both traces have a row per cohort and a column per period, from
    :func:`first_period` on.

    Parameters
    ----------
    cohorts : Cohorts
    measure : str
    terms : Terms
    """
    over = lay_out_cells(cohorts, measure).loc[:, first_period(measure) :]
    begun = cohorts.cells.pivot(index="cohort", columns="period", values=measure)
    unfinished = begun.reindex(columns=over.columns).where(over.isna())
    rows = [cohort_name(cohort, cohorts.unit) for cohort in over.index]
    columns = [int(period) for period in over.columns]
    is_written = len(columns) <= MOST_TEXTS
    texts = {"texttemplate": "%{text}"} if is_written else {}
    figure = go.Figure(
        [
            go.Heatmap(
                x=columns,
                y=rows,
                z=over.to_numpy(),
                text=_write_cells(over, measure, terms),
                colorscale=WRITTEN_SHADES if is_written else SHADES,
                zmin=min(0.0, float(np.nan_to_num(over.to_numpy()).min(initial=0.0))),
                hovertemplate="%{y} · %{x}: %{text}<extra></extra>",
                **texts,
            ),
            go.Heatmap(
                x=columns,
                y=rows,
                z=unfinished.notna().astype(float).where(unfinished.notna()).to_numpy(),
                text=_write_cells(unfinished, measure, terms),
                colorscale=((0, UNFINISHED), (1, UNFINISHED)),
                hovertemplate=_("{cohort} · {period}: not over yet, {value} so far").format(
                    cohort="%{y}", period="%{x}", value="%{text}"
                )
                + "<extra></extra>",
            ),
        ]
    )
    figure.update_traces(xgap=1, ygap=1, hoverongaps=False, showscale=False)
    figure.update_traces(
        showscale=True,
        colorbar={
            "orientation": "h",
            "thickness": 8,
            "len": 0.5,
            "x": 0,
            "xanchor": "left",
            "y": 0,
            "yanchor": "top",
            "outlinewidth": 0,
            "tickformat": ".0%" if measure == "retention" else "~s",
        },
        selector=0,
    )
    title = _find_in_cells(cohorts, over, measure, terms)
    height = 130 + round(min(30.0, max(8.0, 560 / len(rows))) * len(rows))
    lay_out(figure, title, say(SINCE_TITLES[cohorts.unit]), height=height)
    figure.update_xaxes(side="top", showgrid=False, tickformat="d")
    return figure.update_yaxes(autorange="reversed", type="category", showgrid=False)


def _write_cells(cells: pd.DataFrame, measure: Measure, terms: Terms) -> list[list[str]]:
    return [
        ["" if pd.isna(value) else measured(value, measure, terms) for value in row]
        for row in cells.to_numpy()
    ]


def _find_in_cells(cohorts: Cohorts, over: pd.DataFrame, measure: Measure, terms: Terms) -> str:
    """Say what stands out in a matrix."""
    later, last = over.loc[:, 1:], find_common_period(cohorts)
    if last is None:
        return _("It is too early to tell: half of the customers are too new to have come back")
    first, end = (period_name(period, cohorts.unit) for period in (1, last))
    if measure == "retention" and last > 1:
        mean = average_retention(cohorts)
        return _(
            "{first} of customers bought in {early} after their first purchase, {last} in {late}"
        ).format(early=first, first=percent(mean[1]), late=end, last=percent(mean[last]))
    if measure == "cumulative_per_customer" and last > 1:
        curve = average_revenue(cohorts)
        return _("A customer has brought {first} by the end of {early}, {last} by {late}").format(
            early=first, first=terms.money(curve[1]), late=end, last=terms.money(curve[last])
        )
    cohort, period = later.stack().idxmax()
    return _(
        "Strongest after their first purchase: customers won in {cohort}, {value} in {period}"
    ).format(
        cohort=cohort_told(cohort, cohorts.unit),
        value=_name_count(later.loc[cohort, period], measure, terms),
        period=period_name(period, cohorts.unit),
    )


def _name_count(value: float, measure: Measure, terms: Terms) -> str:
    told = measured(value, measure, terms)
    if measure == "active":
        return _("{count} customers").format(count=told)
    return _("{count} orders").format(count=told) if measure == "orders" else told


def outlook_bars(outlook: pd.DataFrame, cohorts: Cohorts, terms: Terms) -> go.Figure:
    """Draw what each cohort is expected to bring, with its range; a bar per cohort.

    Parameters
    ----------
    outlook : DataFrame
        From ``cohort_outlook.sum_cohorts``.
    cohorts : Cohorts
    terms : Terms
    """
    names = [cohort_name(cohort, cohorts.unit) for cohort in outlook.index]
    known = outlook["low"].notna().any()
    error = {
        "type": "data",
        "symmetric": False,
        "array": (outlook["high"] - outlook["expected"]).tolist(),
        "arrayminus": (outlook["expected"] - outlook["low"]).tolist(),
        "color": GREY,
        "thickness": 1.5,
        "width": 3,
    }
    figure = go.Figure(
        go.Bar(
            x=names,
            y=outlook["expected"],
            marker={"color": BLUE},
            error_y=error if known else None,
            customdata=[
                [terms.money(row.expected), number(row.customers), terms.money(row.further)]
                for row in outlook.itertuples()
            ],
            hovertemplate=_("{cohort}: {value} from {customers} customers, {each} each").format(
                cohort="%{x}",
                value="%{customdata[0]}",
                customers="%{customdata[1]}",
                each="%{customdata[2]}",
            )
            + "<extra></extra>",
            showlegend=False,
        )
    )
    best, total = outlook["expected"].idxmax(), outlook["expected"].sum()
    title = _("Nothing more is expected from any of them")
    if total > 0:
        title = _(
            "Of the {total} expected, most comes from customers won in {cohort}: {value}"
        ).format(
            total=terms.money(total),
            cohort=cohort_told(best, cohorts.unit),
            value=terms.money(outlook.loc[best, "expected"]),
        )
    lay_out(figure, title, say(WON_TITLES[cohorts.unit]), terms.amounts(terms.forecast_mean), 340)
    figure.update_xaxes(type="category", tickangle=-60)
    return figure.update_yaxes(tickformat="~s", rangemode="tozero")
