"""Meta (Facebook, Instagram): a value-based customer list."""

from __future__ import annotations

from typing import Final

import pandas as pd

from clv_core.activation.platforms.target import (
    Target,
    Wishes,
    has_email,
    hash_column,
)
from clv_core.sentences import Sentence

HEADER: Final = (
    *("email", "email", "email", "phone", "phone", "phone", "madid", "fn", "ln"),
    *("zip", "ct", "st", "country", "dob", "doby", "gen", "age", "uid", "value"),
)
_SOURCES: Final = {  # position in the header -> contact field
    0: "email",
    3: "phone",
    7: "first_name",
    8: "last_name",
    9: "postal_code",
    10: "city",
    11: "region",
    12: "country",
}


class MetaValueList(Target):
    """Customers with a value each, from which Meta seeks people alike."""

    name = "meta"
    title = Sentence("Meta, value-based list")
    purpose = Sentence("Reach these customers on Facebook and Instagram, or people like them.")
    rules = (
        Sentence(
            "Telephone numbers are digits with their country code; hashed cells are SHA-256 of"
            " trimmed lower case, the country too. The value stays a plain number, never below 0."
        ),
        Sentence(
            "Give the list a neutral name in Meta, for example customers and the date: a name that"
            " suggests wealth gets flagged."
        ),
    )
    hashing = "advised"
    keeps_controls = False
    writes_value = True
    fewest = 100

    def find_problems(self, survey: pd.DataFrame, wishes: Wishes) -> dict[str, pd.Series]:
        reachable = has_email(survey, wishes) | (survey["phone_group"] >= 0)
        return {"no_contact": ~reachable, "no_country": ~survey["has_country"]}

    def lay_out(self, rows: pd.DataFrame, wishes: Wishes) -> pd.DataFrame:
        contacts = rows.assign(phone=rows["phone"].str.removeprefix("+"))
        columns: list[pd.Series] = []
        for position in range(len(HEADER) - 1):
            source = _SOURCES.get(position)
            cells = pd.Series("", index=rows.index) if source is None else contacts[source]
            columns.append(hash_column(cells) if wishes.is_hashed else cells)
        columns.append(rows[wishes.value].astype(float).clip(lower=0).round(2))
        table = pd.concat(columns, axis=1)
        table.columns = pd.Index(HEADER)
        return table
