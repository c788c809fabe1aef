"""A value that was given with one row per customer, told from the row's other columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import pandas as pd
import streamlit as st

from clv_core.activation.tiers_by_value import TIER_OF_VALUE
from clv_core.cleaning.value_table import ValueFeature
from clv_core.explain.summaries import rank_features
from clv_core.sentences import Sentence
from clv_core.settings import SegmentSettings
from pages.parts import cached, derived, derived_explain
from pages.parts.charts import draw
from pages.parts.charts_customers import category_bars, division_bar
from pages.parts.charts_value import explain_boxes, feature_boxes
from pages.parts.divisions import divide_in_words
from pages.parts.subject import UNKNOWN, Subject, Total, read_facts, write_range
from pages.parts.terms import name_given_value
from pages.parts.text import _, day, day_of, number, percent, safe
from pages.parts.words import VALUE_CAVEATS, model_name

FACTS = 12  # of one customer's features, those that weigh most


@dataclass(frozen=True)
class GivenValue(Subject):
    """What a result's predictions are of.

    Attributes
    ----------
    target : str
        The user's own header of the value.
    known : int
        Customers whose value is given.
    features : mapping of str to ValueFeature
        What is learnt from, by header.
    """

    caveats: ClassVar[tuple[Sentence, ...]] = VALUE_CAVEATS
    compared: ClassVar[tuple[str, ...]] = ("linear", "network")
    marketing_tiers: ClassVar[tuple[str, ...]] = tuple(TIER_OF_VALUE.values())
    has_own_names: ClassVar[bool] = True

    target: str
    known: int
    features: Mapping[str, ValueFeature]

    @classmethod
    def read(cls, run_id: str) -> Self:
        """Read what a result's predictions are of."""
        manifest = cached.manifest(run_id)
        data = manifest["data"]
        return cls(
            **read_facts(run_id),
            terms=name_given_value(manifest["currency"]),
            target=data["target"],
            known=data["known_values"],
            features=cached.own_features(run_id),
        )

    def describe(self) -> str:
        """Say in one line what the numbers on a page are of."""
        line = _("Column “{column}”, predicted by {model}, for {customers} customers").format(
            column=self.target, model=model_name(self.model), customers=number(self.customers)
        )
        unit = _("amounts in {currency}").format(currency=self.currency) if self.currency else ""
        return " · ".join(part for part in (line, unit) if part)

    def list_totals(self) -> list[Total]:
        """Return what all customers come to, and how many values were given."""
        outlook = derived.outlook(self.run_id)
        blank = self.customers - self.known
        return [
            Total(_("Sum of the predicted values"), self.terms.money(outlook.total)),
            Total(_("Mean predicted value"), self.terms.money(outlook.mean)),
            Total(
                _("Customers with a given value"),
                _("{known} of {customers}").format(
                    known=number(self.known), customers=number(self.customers)
                ),
                _(
                    "{blank} have none: the models did not learn from them, but predict them."
                ).format(blank=number(blank)),
            ),
            Total(
                _("Held by the top 20% of customers"),
                percent(outlook.top_20_value_share) if outlook.total > 0 else UNKNOWN,
            ),
        ]

    def define_value(self) -> list[str]:
        """Say what value means."""
        return [self._define_value()]

    def _define_value(self) -> str:
        return _(
            "Value here means the column “{column}” of your table, as it follows from the other"
            " columns, for each of {customers} customers. This measures fit to a given column; it"
            " is not a forecast in time."
        ).format(column=self.target, customers=number(self.customers))

    def tell_division(self) -> list[str]:
        """Say how the customers were divided, and why."""
        return divide_in_words(cached.split(self.run_id))

    def show_division(self) -> None:
        """Show who was learnt from and who was kept back."""
        st.subheader(_("How the customers were divided"), anchor=False)
        for reason in self.tell_division():
            st.markdown(f"- {safe(reason)}")
        draw(division_bar(cached.split(self.run_id)), "trust_division")

    def tell_untested(self) -> str:
        """Say why there is no test."""
        return _("This model was not tested on customers who were kept back.")

    def tell_unchecked(self) -> str:
        """Say why ranges could not be checked."""
        return _("The ranges could not be checked: the model in use was not cross-validated.")

    def coverage_told(self) -> str:
        """Say how many fell inside their range: ``{covered}``, between ``{low}`` and ``{high}``."""
        return _(
            "Measured: {covered}, between {low} and {high}. The ranges were learnt from the errors"
            " of the cross-validation, and checked on the customers kept back."
        )

    def compare_tiers(self, cutoffs: SegmentSettings) -> None:
        """Let the user choose a column, most telling first, and show it by value tier."""
        feature = st.selectbox(
            _("Compare the tiers by"),
            list(derived_explain.feature_importance(self.run_id)["feature"]),
            key=f"segments_feature:{self.run_id}",
            persist_state="session",
        )
        of_feature = derived.tier_categories(self.run_id, cutoffs, feature)
        is_answer = self.features[feature].type == "yes_no"
        names = {"yes": _("Yes"), "no": _("No")} if is_answer else None
        if len(of_feature):
            draw(category_bars(of_feature, feature, names), "segments_feature_chart")
            return
        rows = derived.tier_features(self.run_id, cutoffs, feature)
        draw(feature_boxes(rows, feature, self._unit(feature)), "segments_feature_chart")
        st.caption(explain_boxes())

    def _unit(self, feature: str) -> str:
        newest = self.features[feature].newest
        return _("days before {day}").format(day=day_of(newest)) if newest else ""

    def caution(self) -> str:
        """Say what reasons are not."""
        return _(
            "These are associations, not causes. They say what goes together with the value in"
            " this table; they do not say that changing a fact about a customer would change it."
        )

    def tell_consent(self) -> str:
        """Say what to do where nobody's consent is known."""
        return _(
            "Your table holds no consent. Make sure yourself that you may contact these customers."
        )

    def list_columns(self) -> dict[str, object]:
        """Return the columns of a list of customers, and how they are headed and written."""
        column = st.column_config.NumberColumn
        return {
            "predicted": column(self.terms.amounts(_("Predicted value")), format="%,.2f"),
            "low": column(_("Range from"), format="%,.2f"),
            "high": column(_("Range to"), format="%,.2f"),
            "known_value": column(_("Given value"), format="%,.2f"),
        }

    def customer_values(self, customer: pd.Series) -> dict[str, str]:
        """Return what is predicted of one customer, as text by its name."""
        known = customer["known_value"]
        return {
            _("Predicted value"): self.terms.money(customer["predicted"]),
            _("Range of one customer"): write_range(customer, self.terms),
            _("Given value"): _("blank") if pd.isna(known) else self.terms.money(known),
        }

    def customer_facts(self, customer: pd.Series, key: int) -> dict[str, str]:
        """Return the columns that weigh most for one customer, under their own headers."""
        del customer
        ranked = rank_features(cached.explanation_of(self.run_id, key), key).head(FACTS)
        return {
            str(feature): _write(self.features[str(feature)], value)
            for feature, value in ranked[["feature", "value"]].itertuples(index=False)
        }


def _write(feature: ValueFeature, value: float | str) -> str:
    """Write what a customer has in a column, as the file had it."""
    if isinstance(value, str):
        return value
    if pd.isna(value):
        return UNKNOWN
    if feature.type == "yes_no":
        return _("Yes") if value else _("No")
    if feature.newest:
        return day(dt.date.fromisoformat(feature.newest) - dt.timedelta(days=round(value)))
    return number(value, 0 if float(value).is_integer() else 2)
