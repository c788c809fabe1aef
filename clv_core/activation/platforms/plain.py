"""CSV and XLSX with our own documented columns."""

from __future__ import annotations

from typing import Final

import pandas as pd

from clv_core.activation.platforms.own_fields import own_fields
from clv_core.activation.platforms.target import GROUP, Target, Wishes
from clv_core.sentences import Sentence

_CONTACTS: Final = ("customer_id", "email", "phone", "customer_name", "country")
EXPORT_COLUMNS: Final = {
    "customer_id": "the shop's own id",
    "email": "as uploaded",
    "phone": "as uploaded",
    "customer_name": "as uploaded",
    "country": "as uploaded",
    "value_tier": "high, middle or low",
    "marketing_tier": "key of the marketing tier",
    "predicted": "expected net revenue over the horizon, shop's currency",
    "low": "lower bound of the customer's interval, same",
    "high": "upper bound, same",
    "p_buy": "chance of at least one purchase over the horizon, 0 to 1",
    "expected_orders": "expected number of purchases over the horizon",
    "churn_risk": "chance of no purchase over the horizon, 0 to 1",
    "next_order_low_date": "of those who come back, a quarter have ordered by then",
    "next_order_high_date": "and three quarters by then; empty where not within the horizon",
    "average_days_between_orders": "so far; empty after one purchase day",
    "past_spend": "net revenue so far, shop's currency",
    GROUP: "treated, or control: to be left alone and compared with; empty without a control group",
}
VALUE_EXPORT_COLUMNS: Final = {
    **{name: EXPORT_COLUMNS[name] for name in (*_CONTACTS, "value_tier", "marketing_tier")},
    "predicted": "value told by the model, in the unit of the value column",
    "low": EXPORT_COLUMNS["low"],
    "high": EXPORT_COLUMNS["high"],
    "known_value": "value as uploaded; empty where it was",
    GROUP: EXPORT_COLUMNS[GROUP],
}
"""Of a table with one value per customer, which knows no purchases."""


class PlainCsv(Target):
    """Everybody who was chosen, contact fields as they were uploaded."""

    name = "csv"
    title = Sentence("CSV")
    purpose = Sentence("A plain file for any other tool, with every column we know.")
    rules = (
        Sentence("Contact fields are as you uploaded them; nobody is left out for want of one."),
        Sentence(
            "Customers of the control group are in the file, marked control in the column"
            " holdout_group: leave them alone."
        ),
    )
    reads_contacts = False
    has_exact_header = False
    same_person = None

    def find_problems(self, survey: pd.DataFrame, wishes: Wishes) -> dict[str, pd.Series]:
        return {}

    def lay_out(self, rows: pd.DataFrame, wishes: Wishes) -> pd.DataFrame:
        contacts = pd.DataFrame({name: rows[f"raw_{name}"] for name in _CONTACTS}, rows.index)
        return contacts.join(own_fields(rows))


class PlainXlsx(PlainCsv):
    """The same as a workbook."""

    name = "xlsx"
    title = Sentence("XLSX workbook")
    purpose = Sentence("The same as a workbook for Excel.")
    file_format = "xlsx"
