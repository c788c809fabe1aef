"""Google Ads: Customer Match."""

from __future__ import annotations

from typing import Final

import pandas as pd

from clv_core.activation.platforms.target import (
    Target,
    Wishes,
    has_email,
    hash_column,
    hash_text,
)
from clv_core.sentences import Sentence

HEADER: Final = ("Email", "Phone", "First Name", "Last Name", "Country", "Zip")


class GoogleCustomerMatch(Target):
    """Customers to be found again in Search, YouTube and Gmail.

    Always hashed: as plain text Google wants telephone numbers with their ``+``, and such
    a cell could be taken for a formula.
    """

    name = "google"
    title = Sentence("Google Customer Match")
    purpose = Sentence("Reach these customers in Google Search, YouTube and Gmail.")
    rules = (
        Sentence(
            "E-mail addresses, telephone numbers (with +) and names are always hashed (SHA-256);"
            " country and postal code never are."
        ),
    )
    hashing = "always"
    keeps_controls = False
    fewest = 100

    def find_problems(self, survey: pd.DataFrame, wishes: Wishes) -> dict[str, pd.Series]:
        reachable = has_email(survey, wishes) | (survey["phone_group"] >= 0)
        return {"no_contact": ~reachable}

    def lay_out(self, rows: pd.DataFrame, wishes: Wishes) -> pd.DataFrame:
        hashed = {
            "Email": rows["email"].str.replace(r"\s", "", regex=True).map(hash_text),
            "Phone": rows["phone"].map(hash_text),
            "First Name": hash_column(rows["first_name"]),
            "Last Name": hash_column(rows["last_name"]),
        }
        plain = {"Country": rows["country"], "Zip": rows["postal_code"]}
        return pd.DataFrame({**hashed, **plain}, columns=list(HEADER))
