"""Invented people: addresses of example.com, telephone numbers kept free for fiction."""

import pandas as pd

from clv_core.activation.contacts import read_contacts, survey_contacts
from clv_core.activation.export_plan import Barred, plan_export
from clv_core.activation.export_settings import ExportSettings

PEOPLE = pd.DataFrame(
    [
        # key, id, e-mail, phone, name, country, consent, predicted, value tier, marketing tier
        (1, "C-001", "Ada.Byron@Example.com", "+1-212-555-0123", "Ada Byron", "US", True,
         912.5, "high", "reward"),
        (2, "C-002", "=cmd@example.com", "07700 900123", "Byron, Zoë", "UK", True,
         400.0, "high", "reward"),
        (3, "C-003", "li+shop@example.com", "138****8000", "李雷", "中国", None,
         250.25, "middle", "grow"),
        (4, "C-004", "not an address", "", "Cher", "Germany", True,
         120.0, "middle", "grow"),
        (5, "C-005", "ADA.BYRON@example.com", "", "A. Byron", "US", True,
         90.0, "low", "rest"),
        (6, "C-006", "zoë@example.com", "0044 7700 900456", "@SUM(1)", "", False,
         -4.5, "low", "rest"),
    ],
    columns=["customer_key", "customer_id", "email", "phone", "customer_name", "country",
             "consent", "predicted", "value_tier", "marketing_tier"],
).set_index("customer_key")  # fmt: skip
CUSTOMERS = PEOPLE[["customer_id", "email", "phone", "customer_name", "country", "consent"]]
FORECAST = PEOPLE[["predicted", "value_tier", "marketing_tier"]].assign(
    low=[500.0, 100.0, 50.0, 20.0, 10.0, -9.0],
    high=[1400.0, 800.0, 600.0, 300.0, 200.0, 3.0],
    p_buy=[0.9, 0.75, 0.5, 0.4, 0.25, 0.1],
    expected_orders=[4.0, 2.5, 1.25, 0.75, 0.5, 0.125],
    churn_risk=[0.1, 0.25, 0.5, 0.6, 0.75, 0.9],
    next_order_low_date=pd.to_datetime(
        ["2026-11-02", "2026-11-20", "2026-12-01", None, None, None]
    ),
    next_order_high_date=pd.to_datetime(["2026-12-24", "2027-01-31", None, None, None, None]),
    average_days_between_orders=[30.0, 60.5, None, None, None, None],
    past_spend=[1000.0, 500.0, 60.0, 40.0, 35.0, -4.5],
)


def plan(barred: Barred | None = None, **settings):
    """Plan an export of the invented people; no control group unless asked for."""
    wanted = ExportSettings.check({"control_share": 0.0, **settings})
    read = read_contacts(CUSTOMERS, wanted.default_country)
    return plan_export(FORECAST, CUSTOMERS, survey_contacts(CUSTOMERS, read), wanted, barred)
