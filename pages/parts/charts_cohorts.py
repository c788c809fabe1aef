"""Figures of cohorts: what they did in each period, and what they are expected to bring."""

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
from pages.parts.charts import BLUE, GREEN, GREY, ORANGE, lay_out
from pages.parts.cohort_words import (
    SINCE_TITLES,
    WON_TITLES,
    cohort_name,
    measure_title,
    measured,
    period_name,
)
from pages.parts.terms import Terms
from pages.parts.text import _, number, percent, say

MOST_TEXTS = 13  # columns whose cells are wide enough, on a phone too, to be written in
FADED = "rgba(125,138,134,0.35)"  # cohorts in the background
UNFINISHED = "rgba(125,138,134,0.22)"
SHADES = ((0.0, "rgba(47,140,117,0.08)"), (1.0, "rgba(47,140,117,1)"))


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
    texts = {"texttemplate": "%{text}"} if len(columns) <= MOST_TEXTS else {}
    figure = go.Figure(
        [
            go.Heatmap(
                x=columns,
                y=rows,
                z=over.to_numpy(),
                text=_write_cells(over, measure, terms),
                colorscale=SHADES,
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
    title = _find_in_cells(cohorts, over, measure, terms)
    height = 90 + max(18, 34 - len(rows)) * len(rows)
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
        cohort=cohort_name(cohort, cohorts.unit),
        value=_name_count(later.loc[cohort, period], measure, terms),
        period=period_name(period, cohorts.unit),
    )


def _name_count(value: float, measure: Measure, terms: Terms) -> str:
    told = measured(value, measure, terms)
    if measure == "active":
        return _("{count} customers").format(count=told)
    return _("{count} orders").format(count=told) if measure == "orders" else told


def retention_curves(cohorts: Cohorts, chosen: pd.Timestamp) -> go.Figure:
    """Draw every cohort's retention, the chosen one's and the mean.

    Parameters
    ----------
    cohorts : Cohorts
    chosen : Timestamp
        First day of the chosen cohort's period.
    """
    cells = lay_out_cells(cohorts, "retention").loc[:, 1:]
    mean = average_retention(cohorts).loc[1:]
    own = cells.loc[chosen].dropna()
    name = cohort_name(chosen, cohorts.unit)
    figure = _draw_curves(cells, own, mean, name)
    if own.empty:
        title = _("Customers won in {cohort}: it is too early to tell who comes back").format(
            cohort=name
        )
    else:
        last = int(own.index[-1])
        title = _(
            "Customers won in {cohort}: {own} bought in {period}, {mean} on average of all cohorts"
        ).format(
            cohort=name,
            own=percent(own[last]),
            period=period_name(last, cohorts.unit),
            mean=percent(mean[last]),
        )
    lay_out(figure, title, say(SINCE_TITLES[cohorts.unit]), measure_title("retention"), 380)
    figure.update_traces(hovertemplate="%{x}: %{y:.0%}")
    return figure.update_yaxes(tickformat=".0%", rangemode="tozero")


def revenue_curves(
    cohorts: Cohorts, chosen: pd.Timestamp, ahead: pd.DataFrame, days: int, terms: Terms
) -> go.Figure:
    """Draw every cohort's revenue per customer, and the chosen one's carried on.

    Parameters
    ----------
    cohorts : Cohorts
    chosen : Timestamp
        First day of the chosen cohort's period.
    ahead : DataFrame
        From ``cohort_outlook.continue_curve``.
    days : int
        That are forecast.
    terms : Terms
    """
    cells = lay_out_cells(cohorts, "cumulative_per_customer")
    own = cells.loc[chosen].dropna()
    name = cohort_name(chosen, cohorts.unit)
    figure = _draw_curves(cells, own, average_revenue(cohorts), name)
    now, then = ahead.iloc[0], ahead.iloc[1]
    has_range = bool(np.isfinite(then["low"]))
    if has_range:
        figure.add_scatter(
            x=[*ahead["period"], *ahead["period"][::-1]],
            y=[*ahead["high"], *ahead["low"][::-1]],
            mode="lines",
            line={"width": 0},
            fill="toself",
            fillcolor="rgba(207,109,23,0.2)",
            name=_("Range of its forecast"),
            hoverinfo="skip",
        )
    figure.add_scatter(
        x=ahead["period"],
        y=ahead["value"],
        mode="lines+markers",
        line={"color": ORANGE, "dash": "dash", "width": 3},
        marker={"size": 7},
        name=_("Its forecast"),
    )
    title = _(
        "Customers won in {cohort} have brought {so_far} each; {further} more is expected"
        " within {days} days"
    ).format(
        cohort=name,
        so_far=terms.money(now["value"]),
        further=terms.money(then["value"] - now["value"]),
        days=days,
    )
    if has_range:
        title += " " + _("({low} to {high})").format(
            low=terms.money(then["low"] - now["value"]),
            high=terms.money(then["high"] - now["value"]),
        )
    y = terms.amounts(measure_title("cumulative_per_customer"))
    lay_out(figure, title, say(SINCE_TITLES[cohorts.unit]), y, 380)
    figure.update_traces(hovertemplate="%{x:.1f}: %{y:,.2f}", selector={"hoverinfo": None})
    return figure.update_yaxes(tickformat="~s", rangemode="tozero")


def _draw_curves(cells: pd.DataFrame, own: pd.Series, mean: pd.Series, name: str) -> go.Figure:
    """Draw all cohorts faintly, in one trace with gaps, below the mean and the chosen one."""
    x = [*cells.columns.astype(float), None] * len(cells)
    y = [value for row in cells.to_numpy() for value in (*row, None)]
    return go.Figure(
        [
            go.Scatter(
                x=x,
                y=y,
                mode="lines",
                line={"color": FADED, "width": 1.2},
                name=_("Other cohorts"),
            ),
            go.Scatter(
                x=mean.index,
                y=mean,
                mode="lines",
                line={"color": GREEN, "width": 3},
                name=_("Mean of all cohorts"),
            ),
            go.Scatter(
                x=own.index,
                y=own,
                mode="lines+markers",
                line={"color": ORANGE, "width": 3},
                marker={"size": 6},
                name=name,
            ),
        ]
    )


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
    title = _("Of the {total} expected, most comes from customers won in {cohort}: {value}").format(
        total=terms.money(total),
        cohort=cohort_name(best, cohorts.unit),
        value=terms.money(outlook.loc[best, "expected"]),
    )
    lay_out(figure, title, say(WON_TITLES[cohorts.unit]), terms.amounts(terms.forecast_mean), 340)
    figure.update_xaxes(type="category", tickangle=-60)
    return figure.update_yaxes(tickformat="~s", rangemode="tozero")
