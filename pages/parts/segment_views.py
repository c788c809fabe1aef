"""The views of the page Segments: one way each to divide the customers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import pandas as pd
import streamlit as st

from clv_core.errors import UserDataError
from clv_core.segments.cluster_count import SMALLEST_SHARE, STABLE
from clv_core.segments.lifecycle import LIFECYCLE_TITLES, explain_stage
from clv_core.segments.rfm import RFM_GROUPS, RFM_MEANINGS, RFM_TITLES, explain_rfm_group
from clv_core.segments.value_tiers import VALUE_TIERS
from clv_core.sentences import Sentence
from pages.parts import derived, derived_segments
from pages.parts.behind import open_customers
from pages.parts.charts import draw
from pages.parts.charts_segments import (
    RFM_COLOURS,
    group_bars,
    group_treemap,
    persona_heatmap,
    shown_in_treemap,
    tier_heatmap,
)
from pages.parts.charts_value import concentration, value_tier_bars
from pages.parts.clicks import draw_clickable
from pages.parts.cutoffs import choose_cutoffs, chosen_cutoffs, tell_moved_cutoffs
from pages.parts.segment_tables import (
    group_table,
    name_features,
    persona_table,
    stability_table,
)
from pages.parts.subject import Subject
from pages.parts.tables import value_tier_table
from pages.parts.text import _, number, percent, safe, say, show_error
from pages.parts.words import value_tier

VIEW_TITLES: Final = {
    "tiers": Sentence("Value tiers"),
    "rfm": Sentence("RFM groups"),
    "lifecycle": Sentence("Lifecycle"),
    "personas": Sentence("Personas"),
}
CELL_TITLES: Final = {
    "customers": Sentence("Customers"),
    "value": Sentence("Expected value"),
    "value_share": Sentence("Share of value"),
}


def show_value_tiers(subject: Subject) -> None:
    """Show tiers by predicted value, their cut-offs and what their customers look like."""
    with st.container(border=True):
        cutoffs = choose_cutoffs(subject.run_id)
        st.caption(
            _(
                "Customers are taken from the highest value down. Customers, tiers and exports"
                " follow what you choose here; the forecast itself does not change."
            )
        )
    segments = derived.segments(subject.run_id, cutoffs)
    names = {tier: value_tier(tier) for tier in VALUE_TIERS}
    left, right = st.columns(2)
    with left:
        bars = value_tier_bars(segments.profile, subject.terms)
        click = draw_clickable(bars, "segments_tiers")
    with right:
        curve = concentration(derived.concentration_curve(subject.run_id), subject.terms)
        draw(curve, "segments_concentration")
    if click:
        _open(names, VALUE_TIERS[click.at[0]], segments.assignment, _("Value tier: {group}"))
    _offer(names, segments.assignment, _("Value tier: {group}"), _("Tier"), "tiers")
    table = value_tier_table(
        segments, subject.terms, derived.value_tier_totals(subject.run_id, cutoffs)
    )
    _show_table(table, _("Size, value and lowest forecast of each value tier"))
    st.subheader(_("What they look like"), anchor=False)
    subject.compare_tiers(cutoffs)


def show_rfm(subject: Subject) -> None:
    """Show groups by recency, frequency and spend, and how they cross the value tiers."""
    run_id, terms = subject.run_id, subject.terms
    cutoffs = chosen_cutoffs(run_id)
    profile, groups = derived_segments.rfm_profile(run_id), derived_segments.rfm_groups(run_id)
    names = {group: say(RFM_TITLES[group]) for group in RFM_GROUPS}
    st.markdown(
        safe(
            _(
                "What customers did so far, with no forecast in it: R scores how recently they"
                " bought, F how often, M how much they spent, each from 1 to 5 by fifths of your"
                " customers; FM is the mean of F and M. The groups bear Shopify's names."
            )
        )
    )
    click = draw_clickable(group_treemap(profile, names, terms, RFM_COLOURS), "segments_rfm")
    if click:
        _open(names, shown_in_treemap(profile)[click.at[0]], groups, _("RFM group: {group}"))
    st.subheader(_("Past behaviour against predicted value"), anchor=False)
    for sentence in derived_segments.rfm_surprises(run_id, cutoffs):
        st.markdown(f"- {safe(say(sentence, subject.currency))}")
    tell_moved_cutoffs(run_id)
    measure = st.segmented_control(
        _("Show"),
        list(CELL_TITLES),
        default="customers",
        required=True,
        format_func=lambda name: say(CELL_TITLES[name]),
        key="segments_cells",
        persist_state="session",
    )
    crossed = derived_segments.rfm_by_tier(run_id, cutoffs)
    click = draw_clickable(tier_heatmap(crossed, measure, names, terms), "segments_rfm_tiers")
    ordered = list(dict.fromkeys(crossed["group"]))
    if click:
        _open_cell(subject, ordered[click.at[0]], VALUE_TIERS[click.at[1]])
    _offer_cell(subject, ordered, names)
    _show_table(group_table(profile, names, terms), _("Size and value of each RFM group"))
    with st.expander(_("Who is in which group")):
        for group, name in names.items():
            scores = say(explain_rfm_group(group))
            st.markdown(
                f"- **{safe(name)}**: {safe(say(RFM_MEANINGS[group]))} {safe(f'({scores})')}"
            )


def show_lifecycle(subject: Subject) -> None:
    """Show where customers stand by their own rhythm."""
    found = derived_segments.lifecycle(subject.run_id)
    names = {stage: say(title) for stage, title in LIFECYCLE_TITLES.items()}
    st.markdown(
        safe(
            _(
                "How long a customer has been silent, counted in their own usual gap between"
                " purchases. The usual gap is the mean of their own gaps and one typical gap of"
                " this shop, {days} days, which is all that one-time buyers have."
            ).format(days=number(found.lines.typical_gap_days))
        )
    )
    click = draw_clickable(group_bars(found.profile, names, subject.terms), "segments_lifecycle")
    if click:
        stage = str(found.profile["group"].iloc[click.at[0]])
        _open(names, stage, found.assignment, _("Lifecycle: {group}"))
    _offer(names, found.assignment, _("Lifecycle: {group}"), _("Stage"), "lifecycle")
    table = group_table(found.profile, names, subject.terms)
    _show_table(table, _("Size and value of each lifecycle stage"))
    for stage, name in names.items():
        st.markdown(f"- **{safe(name)}**: {safe(say(explain_stage(stage, found.lines)))}")
    st.caption(
        _(
            "The first rule that fits decides: new, lapsed, at risk, loyal, active. A stage"
            " describes the last day of your data; it was not tested on later days."
        )
    )


def show_personas(subject: Subject) -> None:
    """Show customers who are alike, and what sets them apart."""
    derived_segments.require_personas(subject.run_id)
    try:
        found = derived_segments.personas(subject.run_id)
    except UserDataError as error:
        show_error(error)
        return
    profile = derived_segments.persona_profile(subject.run_id)
    labels = {
        persona: _("Persona {number}").format(number=place)
        for place, persona in enumerate(found.names, start=1)
    }
    names = {persona: f"{labels[persona]}: {say(name)}" for persona, name in found.names.items()}
    st.markdown(
        safe(
            _(
                "Customers who are alike, as clusters found them (k-means). They describe all"
                " customers as your data show them and forecast nothing; the value beside them"
                " took no part in finding them."
            )
        )
    )
    click = draw_clickable(group_treemap(profile, names, subject.terms), "segments_personas")
    if click:
        _open(names, shown_in_treemap(profile)[click.at[0]], found.assignment, "{group}")
    _offer(names, found.assignment, "{group}", _("Persona"), f"personas:{subject.run_id}")
    st.subheader(_("What sets each apart"), anchor=False)
    told = name_features(found.distinctions, subject.has_own_names)
    click = draw_clickable(persona_heatmap(told, names, labels), "segments_distinctions")
    if click:
        _open(names, list(names)[click.at[1]], found.assignment, "{group}")
    st.caption(
        _(
            "Distance of a persona's mean from that of all customers, in standard deviations,"
            " after heavy tails were pulled in. Below: the means themselves."
        )
    )
    _show_table(group_table(profile, names, subject.terms), _("Size and value of each persona"))
    _show_table(persona_table(told, labels, subject.terms), _("Means of each persona"))
    _tell_stability(found.count.stability, found.count.tried)


def _tell_stability(stability: float, tried: pd.DataFrame) -> None:
    """Say whether the personas would come out the same again."""
    told = (
        _("Found on other halves of the customers, they come out much the same: {index} of 1.")
        if stability >= STABLE
        else _(
            "Found on other halves of the customers, they come out otherwise: {index} of 1. Take"
            " them as one of several ways to divide these customers."
        )
    )
    st.markdown(safe(told.format(index=number(stability, 2))))
    with st.expander(_("How many personas, and why")):
        st.caption(
            _(
                "Stability is the mean adjusted Rand index between clusters found on random halves"
                " with other seeds: 1 is the same, 0 is chance. Of the numbers with at least"
                " {stable} and no persona below {smallest} of the customers, the one with the"
                " widest silhouette is taken; without one, the most stable."
            ).format(stable=number(STABLE, 1), smallest=percent(SMALLEST_SHARE))
        )
        _show_table(stability_table(tried), _("Numbers of personas that were tried"))


def _open(names: Mapping[str, str], group: str, assignment: pd.Series, title: str) -> None:
    """Go to the customers of a group."""
    open_customers(title.format(group=names[group]), assignment.index[assignment == group])


def _offer(
    names: Mapping[str, str], assignment: pd.Series, title: str, label: str, key: str
) -> None:
    """Let the user choose a group and go to its customers, mouse or not."""
    sizes = assignment.value_counts()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        group = st.selectbox(
            label,
            list(names),
            format_func=names.__getitem__,
            width=320,
            key=f"segments_group:{key}",
        )
        _press(int(sizes.get(group, 0)), lambda: _open(names, group, assignment, title))


def _offer_cell(subject: Subject, ordered: list[str], names: Mapping[str, str]) -> None:
    """Let the user choose an RFM group and a value tier and go to their customers."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        group = st.selectbox(
            _("RFM group"),
            ordered,
            format_func=names.__getitem__,
            width=240,
            key="segments_group:rfm",
        )
        tier = st.selectbox(
            _("Value tier"),
            [None, *VALUE_TIERS],
            format_func=lambda one: _("any") if one is None else value_tier(one),
            width=160,
            key="segments_tier",
        )
        keys = _cell_keys(subject, group, tier)
        _press(len(keys), lambda: _open_cell(subject, group, tier))


def _press(customers: int, act: Callable[[], None]) -> None:
    label = _("Show {customers} customers").format(customers=number(customers))
    if st.button(label, icon=":material/group:", disabled=not customers, key="segments_show"):
        act()


def _open_cell(subject: Subject, group: str, tier: str | None) -> None:
    title = _("RFM group: {group}").format(group=say(RFM_TITLES[group]))
    if tier is not None:
        title = f"{title} · {_('Value tier: {group}').format(group=value_tier(tier))}"
    open_customers(title, _cell_keys(subject, group, tier))


def _cell_keys(subject: Subject, group: str, tier: str | None) -> pd.Index:
    groups = derived_segments.rfm_groups(subject.run_id)
    tiers = derived.segments(subject.run_id, chosen_cutoffs(subject.run_id)).assignment
    inside = groups.reindex(tiers.index) == group
    return tiers.index[inside if tier is None else inside & (tiers == tier)]


def _show_table(table: pd.DataFrame, alt: str) -> None:
    st.dataframe(
        table,
        hide_index=True,
        height="content",
        column_config={_("Customers"): st.column_config.NumberColumn(format="localized")},
        alt=alt,
    )
