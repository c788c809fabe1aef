"""Widgets for the rules of cleaning, each with a plain name and what it does."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import streamlit as st

from clv_core.settings import CleaningSettings
from pages.parts import kept_edits
from pages.parts.inputs import Label, bounds
from pages.parts.text import _

CURRENCIES: Final = (
    *("USD", "EUR", "GBP", "CNY", "JPY", "AUD", "BRL", "CAD", "CHF", "CZK", "DKK", "HKD"),
    *("HUF", "IDR", "ILS", "INR", "KRW", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "RON", "SEK"),
    *("SGD", "THB", "TRY", "TWD", "UAH", "VND", "ZAR"),
)
RATES_WIDTH: Final = 420  # pixels
MOST_LISTED: Final = 2000  # characters of a list that is typed
LIMIT_OF: Final = {  # the number that a way of treating outliers goes by
    "z_score": "z_limit",
    "iqr": "iqr_factor",
    "winsorise": "winsor_share",
}
VALUE_TABLE_RULES: Final = frozenset(
    {"repeated_lines", "guests", "missing_values", "currency", "date_order"}
)
VALUE_TABLE_ALONE: Final = frozenset({"missing_values"})
ASKED_BEFORE: Final = ("currency", "date_order")  # what no file says


def rule_groups() -> dict[str, dict[str, Label]]:
    """Return a label for every field of ``CleaningSettings``, grouped as shown."""
    return {
        _("Counted twice"): {
            "repeated_lines": Label(
                _("Count repeated lines once"), _("Lines equal in every column that is used.")
            ),
            "repeated_orders": Label(
                _("Count an order in two files once"),
                _("Of one order in two files, the rows of the later file stay."),
            ),
        },
        _("Customers"): {
            "guests": Label(
                _("Rows without a customer id"),
                _("Guests can be known by the e-mail or telephone number they gave."),
            ),
        },
        _("Amounts"): {
            "missing_amounts": Label(
                _("Orders without an amount"),
                _("They can be filled in from earlier orders, never from later ones."),
            ),
            "outliers": Label(
                _("Unusually large amounts"),
                _("What is usual is learnt for each month from the months before it."),
            ),
            "z_limit": Label(
                _("Standard deviations"), _("Amounts further from the mean are left out."), 0.5
            ),
            "iqr_factor": Label(
                _("Box lengths"),
                _("Amounts further outside the middle half of all amounts are left out."),
                0.5,
            ),
            "winsor_share": Label(
                _("Share at each end"), _("The largest and smallest are set to the limit."), 0.001
            ),
            "missing_values": Label(
                _("Gaps in columns that are learnt from"),
                _("Filled in with what the training rows teach, or the customer is left out."),
            ),
        },
        _("Returns"): {
            "reversed_pairs": Label(
                _("Leave out orders cancelled the same day"),
                _("The order and its cancellation both go."),
            ),
            "unmatched_returns": Label(
                _("Leave out returns without a purchase"),
                _("Returns of goods whose purchase is in none of the files."),
            ),
        },
        _("What is not a sale"): {
            "unpriced_lines": Label(
                _("Leave out lines without a price"), _("The price is zero or below.")
            ),
            "non_goods": Label(
                _("Leave out postage, fees and vouchers"),
                _("Lines whose product code is known to be no product."),
            ),
            "test_orders": Label(
                _("Leave out test orders"), _("Orders marked as tests by the shop or by us.")
            ),
            "non_goods_codes": Label(
                _("Other codes that are no products"),
                _("Your own codes, with commas between, for instance: POST, GIFTWRAP"),
            ),
            "staff_domains": Label(
                _("E-mail domains of your own people"),
                _("Their orders are left out, for instance: myshop.com, agency.com"),
            ),
        },
        _("Currency and dates"): {
            "currency": Label(
                _("Currency, where the orders name none"), _("It is written beside every amount.")
            ),
            "date_order": Label(
                _("Dates such as 03/04/2025"),
                _("Needed only where no date in the file settles it; reading would then stop."),
            ),
            "rates": Label(
                _("Rates of other currencies"),
                _("What one unit is worth in the shop's currency."),
            ),
        },
    }


def rule_options() -> dict[str, dict[str, str]]:
    """Return plain names for the values of every rule that is chosen from a list."""
    fill = {
        "drop": _("Leave out"),
        "mean": _("Fill in the mean"),
        "median": _("Fill in the median"),
        "regression": _("Fill in an estimate (regression)"),
    }
    return {
        "guests": {
            "drop": _("Leave out"),
            "email": _("Known by e-mail"),
            "email_or_phone": _("Known by e-mail, else telephone"),
        },
        "missing_amounts": fill,
        "missing_values": fill,
        "outliers": {
            "keep": _("Keep"),
            "z_score": _("Leave out by standard deviations (z-score)"),
            "iqr": _("Leave out by the middle half (IQR)"),
            "winsorise": _("Set to a limit (winsorise)"),
        },
        "currency": {"": _("Not known"), **{code: code for code in CURRENCIES}},
        "date_order": {
            "": _("As the file shows"),
            "day_first": _("Day first (31/01)"),
            "month_first": _("Month first (01/31)"),
        },
    }


def ask_rules(
    start: CleaningSettings, key: str, is_value_table: bool, is_asked_before: bool = False
) -> dict[str, Any]:
    """Ask for every rule that concerns the data; not yet checked.

    Parameters
    ----------
    start : CleaningSettings
        What the widgets begin with, and what rules that are not asked for keep.
    key : str
        Tells the widgets of different places apart.
    is_value_table : bool
        Whether the data are one row per customer, which few of the rules concern.
    is_asked_before : bool
        Whether the page asks for currency and dates elsewhere.
    """
    values = {name: getattr(start, name) for name in CleaningSettings.model_fields}
    for group, labels in rule_groups().items():
        asked = {
            name: label
            for name, label in labels.items()
            if _concerns(name, is_value_table) and not (is_asked_before and name in ASKED_BEFORE)
        }
        if not asked:
            continue
        st.markdown(f"**{group}**")
        rates = asked.pop("rates", None)
        if asked:
            with st.grid("auto", min_column_width=260, vertical_alignment="bottom"):
                for name, label in asked.items():
                    if name not in LIMIT_OF.values() or LIMIT_OF.get(values["outliers"]) == name:
                        values[name] = ask_rule(start, name, label, f"{name}_{key}")
        if rates is not None:  # a table, too high to stand in one line with the others
            values["rates"] = ask_rule(start, "rates", rates, f"rates_{key}")
    return {**values, "date_order": values["date_order"] or None}


def _concerns(name: str, is_value_table: bool) -> bool:
    return name in VALUE_TABLE_RULES if is_value_table else name not in VALUE_TABLE_ALONE


def ask_rule(start: CleaningSettings, name: str, label: Label, key: str) -> Any:
    """Ask for one rule with the widget that fits its values."""
    value, options = getattr(start, name), rule_options().get(name)
    if options is not None:
        return _ask_option(value, options, label, key)
    if isinstance(value, dict):
        return _ask_rates(value, label, key)
    if isinstance(value, tuple):
        return _ask_list(value, label, key)
    if isinstance(value, float):
        lowest, highest = bounds(CleaningSettings, name)
        return st.number_input(
            label.name,
            min_value=lowest,
            max_value=highest,
            value=value,
            step=label.step,
            format="%.3f" if name == "winsor_share" else "%.1f",
            help=label.meaning,
            key=key,
            persist_state="session",
        )
    is_on = st.toggle(
        label.name, value=value == "drop", help=label.meaning, key=key, persist_state="session"
    )
    return "drop" if is_on else "keep"


def _ask_option(value: str | None, options: dict[str, str], label: Label, key: str) -> str:
    values = list(options)
    return st.selectbox(
        label.name,
        values,
        index=values.index(value or values[0]),
        format_func=options.__getitem__,
        help=label.meaning,
        key=key,
        persist_state="session",
    )


def _ask_list(value: tuple[str, ...], label: Label, key: str) -> list[str]:
    typed = st.text_input(
        label.name,
        ", ".join(value),
        max_chars=MOST_LISTED,
        help=label.meaning,
        key=key,
        persist_state="session",
    )
    parts = typed.replace("，", ",").replace("、", ",").split(",")
    return [part.strip() for part in parts if part.strip()]


def _ask_rates(value: dict[str, float], label: Label, key: str) -> dict[str, float]:
    began_with = kept_edits.begin_with(key, value)
    table = pd.DataFrame(
        {
            "currency": pd.Series(list(began_with), dtype="str"),
            "rate": pd.Series(list(began_with.values()), dtype="float64"),
        }
    )
    with st.container(gap="xsmall", width=RATES_WIDTH):
        st.caption(label.name, help=label.meaning)
        edited = st.data_editor(
            table,
            key=key,
            hide_index=True,
            num_rows="dynamic",
            height="content",
            alt=label.name,
            column_config={
                "currency": st.column_config.SelectboxColumn(_("Currency"), options=CURRENCIES),
                "rate": st.column_config.NumberColumn(_("Rate"), min_value=0.0, format="%.6g"),
            },
        ).dropna()
    rates = dict(zip(edited["currency"], edited["rate"], strict=True))
    kept_edits.keep(key, began_with, rates)
    return rates
