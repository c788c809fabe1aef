"""How lists of customers to act on are set, counted and shown."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from clv_core.activation.action_lists import ListSettings
from clv_core.activation.list_precision import HITS, ListPrecision
from clv_core.errors import InvalidSetting, UserDataError
from clv_core.storage.kept_settings import keep, read_kept
from clv_core.views.lists import KeptList
from pages.parts.charts import in_money
from pages.parts.state import workspace
from pages.parts.terms import Terms
from pages.parts.text import _, number, safe, say, show_error


def choose_lines(dataset_id: str, currency: str) -> ListSettings:
    """Let the user move the lines that lists draw; return those that are kept."""
    try:
        kept = read_kept(workspace(), dataset_id, ListSettings)
    except InvalidSetting as error:
        show_error(error)
        kept = ListSettings()
    with (
        st.expander(_("Where the lists draw their lines"), icon=":material/tune:"),
        st.form(f"lines:{dataset_id}", border=False),
        st.grid(2, min_column_width=280),
    ):
        valuable = st.number_input(
            _("Early warning: of those who came back, the top by past spend (%)"),
            1.0,
            100.0,
            kept.valuable_share * 100,
            step=5.0,
            format="%.0f",
        )
        uncertain = st.number_input(
            _("Early warning: of these, the least certain to buy (%)"),
            1.0,
            100.0,
            kept.least_certain_share * 100,
            step=5.0,
            format="%.0f",
        )
        gaps = st.number_input(
            _("Gone after so many of their own usual gaps"),
            1.0,
            20.0,
            kept.lapsed_gaps,
            step=0.5,
            format="%.1f",
            help=_(
                "Of customers who still buy at an even pace about 1 in 50 is silent for more than 4"
                " usual gaps."
            ),
        )
        worth = st.number_input(
            in_money(_("Win back: expected to bring at least"), currency),
            0.0,
            1e9,
            kept.worthwhile_value,
            format="%.2f",
            placeholder=_("as much as the median customer"),
        )
        recent = st.number_input(
            _("Service first: returns and reviews of the last days"),
            7,
            730,
            kept.recent_days,
            step=10,
        )
        if st.form_submit_button(_("Keep for these data"), icon=":material/save:"):
            try:
                chosen = ListSettings.check(
                    {
                        "valuable_share": valuable / 100,
                        "least_certain_share": uncertain / 100,
                        "lapsed_gaps": gaps,
                        "worthwhile_value": worth,
                        "recent_days": recent,
                    }
                )
                keep(workspace(), dataset_id, chosen)
            except UserDataError as error:
                show_error(error)
            else:
                return chosen
    return kept


def tell_precision(made: KeptList, measured: Mapping[str, ListPrecision]) -> str:
    """Say what became of such a list in the test, or why nobody can tell."""
    if not made.is_known:
        return ""
    if made.name not in HITS:
        return _(
            "Not tested: that a complaint was made is known, and whether an answer keeps the"
            " customer can only be seen by comparing customers who got one sooner and later."
        )
    if made.name not in measured:
        return _(
            "Not tested: these data hold no window whose outcome is known, or no list could be"
            " made for it."
        )
    return say(measured[made.name].tell())


def list_counts(lists: Mapping[str, KeptList], terms: Terms) -> pd.DataFrame:
    """Return the lists with their sizes and values, as text."""
    return pd.DataFrame(
        {
            _("List"): [say(made.title) for made in lists.values()],
            _("Customers"): [made.customers for made in lists.values()],
            _("Value"): [terms.money(made.value) for made in lists.values()],
            _("What the value is"): [
                _("Value at risk") if made.measure == "value_at_risk" else terms.forecast_mean
                for made in lists.values()
            ],
        }
    )


def show_measures(made: KeptList, terms: Terms) -> None:
    """Show how many are on a list and what they add up to."""
    with st.grid(2, min_column_width=220):
        st.metric(_("Customers"), number(made.customers), border=True)
        if made.measure == "value_at_risk":
            st.metric(
                _("Value at risk"),
                safe(terms.money(made.value)),
                border=True,
                help=_("Expected value × churn risk, added up."),
            )
        else:
            st.metric(terms.forecast_mean, safe(terms.money(made.value)), border=True)


def list_columns(currency: str) -> dict[str, object]:
    """Return how the columns of lists are headed and written."""
    money = {
        "value_at_risk": _("Value at risk"),
        "predicted": _("Expected value"),
        "past_spend": _("Spent so far"),
    }
    plain = {
        "recency_days": (_("Days since the last purchase"), "%d"),
        "usual_gap_days": (_("Usual gap (days)"), "%.0f"),
        "silent_gaps": (_("Silent for usual gaps"), "%.1f"),
        "recent_returns": (_("Returns of late"), "%d"),
        "last_rating": (_("Last rating"), "%.1f"),
        "last_sentiment": (_("Mood of the last review (−1 to 1)"), "%.2f"),
    }
    shares = {"churn_risk": _("Churn risk"), "p_buy": _("Chance to buy")}
    return {
        "customer_id": st.column_config.TextColumn(_("Customer"), pinned=True),
        **{
            name: st.column_config.NumberColumn(in_money(title, currency), format="%,.2f")
            for name, title in money.items()
        },
        **{
            name: st.column_config.NumberColumn(title, format=written)
            for name, (title, written) in plain.items()
        },
        **{
            name: st.column_config.NumberColumn(title, format="percent")
            for name, title in shares.items()
        },
    }
