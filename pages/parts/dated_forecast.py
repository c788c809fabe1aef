"""A forecast of what customers bring in days to come, made from dated orders."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar, Self

import pandas as pd
import streamlit as st

from clv_core.activation.marketing_tiers import MARKETING_TIERS
from clv_core.features.catalogue import CATALOGUE
from clv_core.runs.reading import FEATURES_FILE, FORECAST_FILE
from clv_core.sentences import Sentence
from clv_core.settings import SegmentSettings
from pages.parts import cached, derived
from pages.parts.charts import draw
from pages.parts.charts_trust import timeline
from pages.parts.charts_value import explain_boxes, feature_boxes
from pages.parts.subject import UNKNOWN, Subject, Total, read_facts, write_range
from pages.parts.terms import name_days_to_come
from pages.parts.text import _, day, days_between, money, month, number, percent, safe, say
from pages.parts.words import CAVEATS, UNIT_TITLES, model_name

NEAR_DAYS = 300  # up to here a day without its year is understood


@dataclass(frozen=True)
class DatedForecast(Subject):
    """What a result's forecast is of.

    Attributes
    ----------
    cutoff : date
        Last day of data.
    first, last : date
        First and last day that are forecast.
    days : int
    """

    caveats: ClassVar[tuple[Sentence, ...]] = CAVEATS
    compared: ClassVar[tuple[str, ...]] = ("past_spend", "network")
    marketing_tiers: ClassVar[tuple[str, ...]] = MARKETING_TIERS
    has_own_names: ClassVar[bool] = False

    cutoff: dt.date
    first: dt.date
    last: dt.date
    days: int

    @classmethod
    def read(cls, run_id: str) -> Self:
        """Read what a result's forecast is of."""
        plan = cached.plan(run_id)
        cutoff, days = plan.forecast_cutoff, plan.horizon_days
        return cls(
            **read_facts(run_id),
            terms=name_days_to_come(cached.manifest(run_id)["currency"]),
            cutoff=cutoff,
            first=cutoff + dt.timedelta(days=1),
            last=cutoff + dt.timedelta(days=days),
            days=days,
        )

    def describe(self) -> str:
        """Say in one line what the numbers on a page are of."""
        line = _(
            "Forecast for the {days} days from {first} to {last}, by {model}, for {customers}"
            " customers"
        ).format(
            days=self.days,
            first=day(self.first),
            last=day(self.last),
            model=model_name(self.model),
            customers=number(self.customers),
        )
        unit = _("amounts in {currency}").format(currency=self.currency) if self.currency else ""
        return " · ".join(part for part in (line, unit) if part)

    def list_totals(self) -> list[Total]:
        """Return what all customers are expected to bring, and who brings it."""
        outlook, total = derived.outlook(self.run_id), derived.total(self.run_id)
        found = [
            Total(
                _("Expected net revenue, {days} days").format(days=self.days),
                money(outlook.total, self.currency),
            )
        ]
        if total is not None:
            found.append(
                Total(
                    _("Range of the total ({share} chance)").format(share=percent(total.share)),
                    f"{money(total.low, self.currency)} – {money(total.high, self.currency)}",
                    safe(say(total.contains)),
                )
            )
        if outlook.expected_buyers == outlook.expected_buyers:
            found.append(
                Total(
                    _("Customers expected to buy, {days} days").format(days=self.days),
                    _("{buyers} of {customers}").format(
                        buyers=number(outlook.expected_buyers), customers=number(outlook.customers)
                    ),
                    _(
                        "All chances of buying added up. {likely} customers have at least an even"
                        " chance."
                    ).format(likely=number(outlook.likely_buyers)),
                )
            )
        share = percent(outlook.top_20_value_share) if outlook.total > 0 else UNKNOWN
        return [*found, Total(_("Held by the top 20% of customers"), share)]

    def define_value(self) -> list[str]:
        """Say what value means, and what the range of the total contains."""
        total = derived.total(self.run_id)
        return [self._define_value(), *([] if total is None else [say(total.contains)])]

    def _define_value(self) -> str:
        return _(
            "Value here means net revenue, refunds taken off, in the {days} days after {cutoff},"
            " the last day of your data: from {first} to {last}. It is what the {customers}"
            " customers who had bought by then are expected to bring. What they spent before is not"
            " in it, nor is anyone who is yet to buy for the first time."
        ).format(
            days=self.days,
            cutoff=day(self.cutoff),
            first=day(self.first),
            last=day(self.last),
            customers=number(self.customers),
        )

    def tell_division(self) -> list[str]:
        """Say how the days were cut, and why."""
        return [say(reason) for reason in cached.plan(self.run_id).reasons]

    def show_division(self) -> None:
        """Show how the days were cut, and why."""
        st.subheader(_("How the days were cut"), anchor=False)
        for reason in self.tell_division():
            st.markdown(f"- {safe(reason)}")
        draw(timeline(derived.windows(self.run_id)), "trust_timeline")

    def tell_untested(self) -> str:
        """Say why there is no test."""
        return _("This forecast was not tested: what came after it is not in the data.")

    def tell_unchecked(self) -> str:
        """Say why ranges could not be checked."""
        return _("The ranges could not be checked: history is too short for a second window.")

    def coverage_told(self) -> str:
        """Say how many fell inside their range: ``{covered}``, between ``{low}`` and ``{high}``."""
        return _(
            "Measured: {covered}, between {low} and {high}. Where many customers buy nothing, a"
            " range from nothing upwards covers more of them than it was built for."
        )

    def compare_tiers(self, cutoffs: SegmentSettings) -> None:
        """Let the user choose a feature, and show it by value tier."""
        known = set(cached.columns_of(self.run_id, FEATURES_FILE))
        feature = st.selectbox(
            _("Compare the tiers by"),
            [name for name in CATALOGUE if name in known],
            format_func=lambda name: say(CATALOGUE[name].label),
            key="segments_feature",
            persist_state="session",
        )
        unit = CATALOGUE[feature].unit
        named = say(UNIT_TITLES[unit]) if unit in UNIT_TITLES else ""  # money has its currency
        if unit == "money":
            named = self.currency
        rows = derived.tier_features(self.run_id, cutoffs, feature)
        draw(feature_boxes(rows, say(CATALOGUE[feature].label), named), "segments_feature_chart")
        st.caption(explain_boxes())

    def caution(self) -> str:
        """Say what reasons are not."""
        return _(
            "These are associations, not causes. They say what goes together with value in this"
            " shop; they do not say that making a customer visit more often would make them spend"
            " more."
        )

    def tell_consent(self) -> str:
        """Say what to do where nobody's consent is known."""
        return _(
            "Your files hold no consent. Make sure yourself that you may contact these"
            " customers, or bring a customer file with a consent column."
        )

    def list_columns(self) -> dict[str, object]:
        """Return the columns of a list of customers, and how they are headed and written."""
        column, day_column = st.column_config.NumberColumn, st.column_config.DateColumn
        columns = {
            "predicted": column(self.terms.amounts(_("Expected")), format="%,.2f"),
            "low": column(_("Range from"), format="%,.2f"),
            "high": column(_("Range to"), format="%,.2f"),
            "p_buy": column(_("Chance to buy"), format="percent"),
            "churn_risk": column(_("Churn risk"), format="percent"),
            "expected_orders": column(_("Expected orders"), format="%.1f"),
            "next_order_low_date": day_column(_("Next order from")),
            "next_order_high_date": day_column(_("Next order to")),
            "average_days_between_orders": column(_("Days between orders"), format="%.0f"),
            "past_spend": column(self.terms.amounts(_("Spent so far")), format="%,.2f"),
            "order_count": column(_("Orders so far"), format="%d"),
            "recency_days": column(_("Days since the last purchase"), format="%d"),
        }
        known = set(cached.columns_of(self.run_id, FORECAST_FILE))  # earlier versions have fewer
        return {name: shown for name, shown in columns.items() if name in known}

    def customer_values(self, customer: pd.Series) -> dict[str, str]:
        """Return what is forecast of one customer, as text by its name."""
        p_buy = customer["p_buy"]
        return {
            _("Expected, {days} days").format(days=self.days): self.terms.money(
                customer["predicted"]
            ),
            _("Range of one customer"): write_range(customer, self.terms),
            _("Chance to buy"): UNKNOWN if pd.isna(p_buy) else percent(p_buy),
            **self._next_order(customer),
        }

    def _next_order(self, customer: pd.Series) -> dict[str, str]:
        """Say when the next order is expected; nothing where the run does not tell."""
        if "next_order_low_date" not in customer:
            return {}
        early, late = customer["next_order_low_date"], customer["next_order_high_date"]
        told = _("not within {days} days").format(days=self.days)
        if not pd.isna(early):
            is_near = self.days <= NEAR_DAYS  # the metric holds one line, on a phone as well
            told = days_between(early, late) if is_near else f"{month(early)} – {month(late)}"
        return {_("Next order, if they come back"): told}

    def customer_facts(self, customer: pd.Series, key: int) -> dict[str, str]:
        """Return what the customer did so far."""
        del key
        return {
            _("Spent so far"): self.terms.money(customer["past_spend"]),
            _("Orders so far"): number(customer["order_count"]),
            _("Days since the last purchase"): number(customer["recency_days"]),
            _("Days as a customer"): number(customer["tenure_days"]),
            **_rhythm(customer),
        }


def _rhythm(customer: pd.Series) -> dict[str, str]:
    """Return the mean gap between orders, where there is one."""
    gap = customer.get("average_days_between_orders")
    return {} if gap is None or pd.isna(gap) else {_("Days between orders"): number(gap)}
