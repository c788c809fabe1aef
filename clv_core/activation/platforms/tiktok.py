"""TikTok Ads: a customer file."""

from __future__ import annotations

import pandas as pd

from clv_core.activation.contacts import strip_tag
from clv_core.activation.platforms.target import (
    Target,
    Wishes,
    has_email,
    hash_text,
)
from clv_core.sentences import Sentence


class TikTokCustomerFile(Target):
    """Customers to be found again on TikTok, which hashes plain files itself."""

    name = "tiktok"
    title = Sentence("TikTok customer file")
    purpose = Sentence("Reach these customers on TikTok, or people like them.")
    rules = (
        Sentence(
            "A +tag is taken out of e-mail addresses. Telephone numbers are digits with their"
            " country code; hashed ones are hashed with their +."
        ),
    )
    hashing = "offered"
    keeps_controls = False
    fewest = 1000
    same_person = "mailbox_group"

    def find_problems(self, survey: pd.DataFrame, wishes: Wishes) -> dict[str, pd.Series]:
        reachable = has_email(survey, wishes) | (survey["phone_group"] >= 0)
        return {"no_contact": ~reachable}

    def lay_out(self, rows: pd.DataFrame, wishes: Wishes) -> pd.DataFrame:
        emails = rows["email"].map(strip_tag)
        if wishes.is_hashed:
            return pd.DataFrame(
                {
                    "Email_SHA256": emails.map(hash_text),
                    "Phone_SHA256": rows["phone"].map(hash_text),
                }
            )
        return pd.DataFrame({"Email": emails, "Phone": rows["phone"].str.removeprefix("+")})
