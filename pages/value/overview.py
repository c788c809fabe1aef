"""What the customers are expected to bring: the page for a manager."""

import streamlit as st

from pages.parts import cached
from pages.parts.charts import draw
from pages.parts.charts_value import concentration, forecast_histogram, value_tier_bars
from pages.parts.cutoffs import chosen_cutoffs, tell_moved_cutoffs
from pages.parts.horizon import show_horizon
from pages.parts.layout import next_step, page_head
from pages.parts.state import require_run
from pages.parts.text import _, day, money, number, percent, safe, say

page_head(_("Overview"), _("What your customers are expected to bring, and how sure that is."))
run = require_run()
horizon = show_horizon(run.id)
outlook = cached.outlook(run.id)
total = cached.total(run.id)
currency = horizon.currency

with st.grid(2, min_column_width=280):
    st.metric(
        _("Expected net revenue, {days} days").format(days=horizon.days),
        money(outlook.total, currency),
        border=True,
        height="stretch",
    )
    if total is not None:
        st.metric(
            _("Range of the total ({share} chance)").format(share=percent(total.share)),
            f"{money(total.low, currency)} – {money(total.high, currency)}",
            help=safe(say(total.contains)),
            border=True,
            height="stretch",
        )
    if outlook.expected_buyers == outlook.expected_buyers:
        st.metric(
            _("Customers expected to buy, {days} days").format(days=horizon.days),
            _("{buyers} of {customers}").format(
                buyers=number(outlook.expected_buyers), customers=number(outlook.customers)
            ),
            help=_(
                "All chances of buying added up. {likely} customers have at least an even chance."
            ).format(likely=number(outlook.likely_buyers)),
            border=True,
            height="stretch",
        )
    st.metric(
        _("Held by the top 20% of customers"),
        percent(outlook.top_20_value_share) if outlook.total > 0 else "–",
        border=True,
        height="stretch",
    )

st.markdown(
    safe(
        _(
            "Value here means net revenue, refunds taken off, in the {days} days after {cutoff},"
            " the last day of your data: from {first} to {last}. It is what the {customers}"
            " customers who had bought by then are expected to bring. What they spent before is not"
            " in it, nor is anyone who is yet to buy for the first time."
        ).format(
            days=horizon.days,
            cutoff=day(horizon.cutoff),
            first=day(horizon.first),
            last=day(horizon.last),
            customers=number(outlook.customers),
        )
    )
)
if total is not None:
    st.caption(safe(say(total.contains)))

verdict = cached.verdict(run.id)
with st.container(border=True):
    st.subheader(_("Can I trust this?"), anchor=False)
    if verdict is None:
        st.markdown(safe(_("This forecast was not tested: what came after it is not in the data.")))
    else:
        st.markdown(safe(say(verdict.headline)))
        st.markdown(safe(say(verdict.worth, currency)))
        for caution in verdict.cautions:
            st.markdown(f":material/warning: {safe(say(caution, currency))}")
    st.page_link("pages/model/trust.py", label=_("See the whole test"), icon=":material/verified:")

st.subheader(_("Who brings it"), anchor=False)
segments = cached.segments(run.id, chosen_cutoffs(run.id))
left, right = st.columns(2)
with left:
    draw(value_tier_bars(segments.profile), "overview_tiers")
with right:
    draw(concentration(cached.concentration_curve(run.id)), "overview_concentration")
tell_moved_cutoffs(run.id)
draw(forecast_histogram(cached.forecast_bins(run.id), outlook, currency), "overview_histogram")

next_step(
    _("Six groups of customers, each with what to do about it."),
    _("See the groups"),
    "pages/act/tiers.py",
    ":material/campaign:",
)
