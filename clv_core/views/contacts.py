"""What an export asks of every customer's contact fields; no address, number or name is in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pandas as pd

from clv_core.activation.contacts import CONTACTS, read_contacts, survey_contacts
from clv_core.activation.control_group import number_customers
from clv_core.activation.export_plan import has_agreed
from clv_core.activation.suppression import customer_forms
from clv_core.errors import NothingStored
from clv_core.models.forecaster import Report
from clv_core.runs.progress import Progress
from clv_core.sentences import Sentence
from clv_core.storage.suppression import SuppressionList
from clv_core.views.source import Source

__all__ = ["lay_out_draw", "lay_out_suppressed", "lay_out_survey"]

BLOCK: Final = 20_000  # customers whose contact fields are read at once
_SURVEYED: Final = ("email", "phone", "country")
_GROUPS: Final = ("email_group", "mailbox_group", "phone_group")


def lay_out_survey(
    source: Source, asked: Mapping[str, Any], folder: Path, report: Report
) -> dict[str, Any]:
    """Write ``survey``: what ``contacts.survey_contacts`` tells, and ``consent``, by customer.

    ``asked``: ``default_country``. The facts say whether the files told of any consent.
    """
    progress = Progress(report, (20, 1))
    progress.step(Sentence("Reading contact fields"))
    people = read_people(source)
    read = [
        contacts[list(_SURVEYED)]
        for _block, contacts in _read_blocks(people, asked["default_country"], progress)
    ]
    progress.step(Sentence("Finding who shares an address"))
    contacts = pd.concat(read) if read else pd.DataFrame(columns=list(CONTACTS))
    table = survey_contacts(people, contacts).astype(dict.fromkeys(_GROUPS, "int32"))
    table["consent"] = has_agreed(people)
    table.reset_index().to_parquet(folder / "survey.parquet", index=False)
    progress.finish(Sentence("Done"))
    return {"knows_consent": "consent" in people and bool(people["consent"].notna().any())}


def lay_out_suppressed(
    source: Source, asked: Mapping[str, Any], folder: Path, report: Report
) -> dict[str, Any]:
    """Write ``suppressed``: who is on the suppression list, by key.

    ``asked``: ``default_country`` and ``stamp``, that of the list.

    Raises
    ------
    NothingStored
        Where it is not known who is on the list, or it has changed since it was asked for.
    """
    progress = Progress(report, (1,))
    progress.step(Sentence("Looking for customers on the suppression list"))
    listed, people = SuppressionList(source.workspace), read_people(source)
    if listed.stamp() != asked["stamp"]:  # what is kept under a stamp is what it stands for
        raise NothingStored(
            Sentence("The suppression list was changed meanwhile."), Sentence("Try again.")
        )
    found: list[int] = []
    for block, contacts in _read_blocks(people, asked["default_country"], progress):
        found += block.index[listed.find(customer_forms(block, contacts))].tolist()
    keys = pd.DataFrame({"customer_key": pd.Series(found, dtype="int64")})
    keys.to_parquet(folder / "suppressed.parquet", index=False)
    progress.finish(Sentence("Done"))
    return {}


def lay_out_draw(
    source: Source, asked: Mapping[str, Any], folder: Path, report: Report
) -> dict[str, Any]:
    """Write ``draw``: every customer's permanent ``number``; ``asked``: ``seed``."""
    progress = Progress(report, (1,))
    progress.step(Sentence("Drawing numbers"))
    ids = read_people(source)["customer_id"]
    numbers = number_customers(ids, asked["seed"]).reset_index()
    numbers.to_parquet(folder / "draw.parquet", index=False)
    progress.finish(Sentence("Done"))
    return {}


def read_people(source: Source) -> pd.DataFrame:
    """Return ``columns.CUSTOMERS`` of a run's data set, index ``customer_key``."""
    scanned = source.scan_customers().scan("customers").collect("pandas").to_native()
    return pd.DataFrame(scanned).set_index("customer_key")


def _read_blocks(
    people: pd.DataFrame, default_country: str, progress: Progress
) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    for start in range(0, len(people), BLOCK):
        block = people.iloc[start : start + BLOCK]
        yield block, read_contacts(block, default_country)
        progress.advance(min(start + BLOCK, len(people)) / len(people))
