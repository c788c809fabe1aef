"""Columns that would give a value table's value away."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clv_core.ingest.leaks import find_leaks
from tests.core.ingest.files import real_file

RNG = np.random.default_rng(5)
VALUE = RNG.lognormal(6.0, 0.8, 60)


def flag(target: str = "CLTV", **columns: object) -> dict[str, str]:
    """Find the leaks of a table of 60 customers, reasons as English text."""
    table = pd.DataFrame({"CLTV": [f"{value:.2f}" for value in VALUE], **columns}).astype("str")
    leaks = find_leaks(list(table), table, target)
    return {column: str(why) for column, why in leaks.items()}


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("Churn Label", "whether or why the customer left"),
        ("ChurnReason", "whether or why the customer left"),
        ("Exited", "whether or why the customer left"),
        ("Attrition_Flag", "whether or why the customer left"),
        ("cancellation_reason", "whether or why the customer left"),
        ("是否流失", "whether or why the customer left"),
        ("Churn Score", "answer of another model"),
        ("predictedRevenue", "answer of another model"),
        ("buy_probability", "answer of another model"),
        ("预测消费", "answer of another model"),
        ("clv_segment", "the value itself in another form"),
        ("Customer Lifetime Value (EUR)", "the value itself in another form"),
        ("客户终身价值分层", "the value itself in another form"),
    ],
)
def test_names_that_tell(column, words):
    """Outcomes, other models' answers and the value's cousins are known by their names."""
    assert words in flag(**{column: RNG.integers(0, 9, 60)})[column]


@pytest.mark.parametrize(
    "column",
    [
        *("Income", "EmploymentStatus", "credit_score", "Spending Score (1-100)", "review_score"),
        *("Number_of_Open_Complaints", "existing_customer", "problem_count", "Contract", "年龄"),
        *("cancellations", "Tenure Months", "exit_interviews", "value_of_first_order"),
    ],
)
def test_names_that_do_not(column):
    """Plain facts about a customer are not flagged, even where letters resemble."""
    assert flag(**{column: RNG.integers(0, 9, 60)}) == {}


def test_cells_that_say_who_left():
    """A harmless header over cells that say churned is an outcome."""
    status = ["Churned" if number % 3 else "Stayed" for number in range(60)]
    assert "whether or why" in flag(**{"Customer Status": status})["Customer Status"]


def test_filled_only_for_one_answer():
    """A column filled only for those who left is named with the column that decides."""
    left = np.arange(60) % 4 == 0
    found = flag(Churned=np.where(left, "Yes", "No"), Offer=np.where(left, "B", ""))
    assert '"Churned"' in found["Offer"]


def test_copy_and_other_unit():
    """An equal column is a copy; the same in cents and with a comma is the same order."""
    cents = [f"{round(value * 100)}" for value in VALUE]
    comma = [f"€ {value:.2f}".replace(".", ",") for value in VALUE]
    found = flag(again=[f"{value:.2f}" for value in VALUE], cents=cents, comma=comma, down=-VALUE)
    assert found["again"] == "It is a copy of the value. Leave it out."
    assert all("rank correlation 1.000" in found[name] for name in ("cents", "comma"))
    assert "rank correlation -1.000" in found["down"]


def test_related_is_not_the_same():
    """A feature that follows the value loosely may stay."""
    assert flag(spend=VALUE * RNG.lognormal(0.0, 0.5, 60)) == {}


def test_groups_of_one_value():
    """A category within which everybody has the same value tells it."""
    table = pd.DataFrame({"plan": [f"plan {n % 12}" for n in range(60)]}, dtype="str")
    table["CLTV"] = [str(100 + 7 * (n % 12)) for n in range(60)]
    assert "same entry" in str(find_leaks(list(table), table, "CLTV")["plan"])


def test_telco():
    """All four of Telco's leaking columns are flagged, and no other."""
    path = real_file("telco_cltv/telco_customer_churn.csv")
    table = pd.read_csv(path, dtype="str", keep_default_na=False, nrows=100)
    leaks = find_leaks(list(table), table, "CLTV")
    assert list(leaks) == ["Churn Label", "Churn Value", "Churn Score", "Churn Reason"]


def test_ibm():
    """IBM's marketing table has nothing to flag."""
    path = real_file("ibm_marketing_clv/WA_Fn-UseC_-Marketing-Customer-Value-Analysis.csv")
    table = pd.read_csv(path, dtype="str", keep_default_na=False, nrows=100)
    assert find_leaks(list(table), table, "Customer_Lifetime_Value") == {}
