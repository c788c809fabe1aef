"""What every place that a list can go to has to say: its header, its rules, its limits."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import phonenumbers

from clv_core.sentences import Sentence

FileFormat = Literal["csv", "xlsx"]
Hashing = Literal["never", "always", "offered", "advised"]
ValueColumn = Literal["predicted", "low"]

GROUP: Final = "holdout_group"
"""Column that says of a customer ``treated`` or ``control``."""

# Why a customer cannot be written, as :meth:`Target.find_problems` says it.
PROBLEMS: Final = {
    "no_contact": Sentence("no e-mail address or telephone number that can be read"),
    "no_email": Sentence("no e-mail address that can be read and written"),
    "no_country": Sentence("no country, which this platform asks for"),
    "duplicate": Sentence("the same person as another customer of the list"),
}


@dataclass(frozen=True)
class Wishes:
    """What the user decides about the cells of a file.

    Attributes
    ----------
    is_hashed : bool
    value : {"predicted", "low"}
        Which forecast is written as the value: expected, or the lower bound.
    """

    is_hashed: bool
    value: ValueColumn = "predicted"


class Target(ABC):
    """One platform or file format.

    Attributes
    ----------
    name : str
        By which it is asked for; also in the audit trail.
    title, purpose : Sentence
    rules : tuple of Sentence
        What is done to the cells and what the user should know, in words.
    file_format : {"csv", "xlsx"}
    hashing : {"never", "always", "offered", "advised"}
        ``offered`` is off, ``advised`` on until the user says otherwise.
    keeps_controls : bool
        Whether the file has a column that can mark the control group; where not, the
        group has to be left out, because everyone in the file is targeted.
    reads_contacts : bool
        Whether contact fields are written as they were read, not as they were uploaded.
    has_exact_header : bool
        Whether the platform wants its header and nothing before it.
    writes_value : bool
        Whether a value per customer is written, of which there is a choice.
    fewest : int
        Below it the platform does little with a list; 0 where it does not matter.
    most_bytes : int or None
        That a file may have.
    same_person : str or None
        Column of the survey that tells addresses apart, of which one customer each is
        written; None where everybody is.
    """

    name: ClassVar[str]
    title: ClassVar[Sentence]
    purpose: ClassVar[Sentence]
    rules: ClassVar[tuple[Sentence, ...]] = ()
    file_format: ClassVar[FileFormat] = "csv"
    hashing: ClassVar[Hashing] = "never"
    keeps_controls: ClassVar[bool] = True
    reads_contacts: ClassVar[bool] = True
    has_exact_header: ClassVar[bool] = True
    writes_value: ClassVar[bool] = False
    fewest: ClassVar[int] = 0
    most_bytes: ClassVar[int | None] = None
    same_person: ClassVar[str | None] = "email_group"

    def settle_hashing(self, wanted: bool | None) -> bool:
        """Say whether cells are hashed, the user's word heard where there is a choice."""
        if self.hashing in ("always", "never"):
            return self.hashing == "always"
        return self.hashing == "advised" if wanted is None else wanted

    @abstractmethod
    def find_problems(self, survey: pd.DataFrame, wishes: Wishes) -> dict[str, pd.Series]:
        """Say who cannot be written, and why.

        Parameters
        ----------
        survey : DataFrame, index ``customer_key``
            As from :func:`~clv_core.activation.contacts.survey_contacts`.
        wishes : Wishes

        Returns
        -------
        dict of str to Series of bool, same index
            By names in ``PROBLEMS``; of several the first counts. Who is the same person
            as another one is found later, by ``same_person``.
        """

    @abstractmethod
    def lay_out(self, rows: pd.DataFrame, wishes: Wishes) -> pd.DataFrame:
        """Write customers as the platform reads them.

        Parameters
        ----------
        rows : DataFrame
            ``contacts.CONTACTS`` as read, ``raw_<field>`` as uploaded, ``consent``, the
            forecast's columns, ``value_tier``, ``marketing_tier`` and ``GROUP``.
        wishes : Wishes

        Returns
        -------
        DataFrame
            A column per column of the file, some of the same name; not yet guarded.
        """


def find_repeats(survey: pd.DataFrame, email: str) -> npt.NDArray[np.bool_]:
    """Say who repeats an earlier customer.

    That is who has the same e-mail address or, without an address, the same telephone
    number. Only a number in common is no sign: households share one.

    Parameters
    ----------
    survey : DataFrame
        Those without another problem, the one that is to stay of several equal ones first.
    email : str
        Column of ``survey`` that tells addresses apart.
    """
    has_address = survey[email] >= 0
    same_address = survey[email].duplicated() & has_address
    same_phone = survey["phone_group"].duplicated() & (survey["phone_group"] >= 0)
    return np.asarray(same_address | (same_phone & ~has_address))


def has_email(survey: pd.DataFrame, wishes: Wishes) -> pd.Series:
    """Say who has an address that can be written; as plain text it must not look a formula."""
    return (survey["email_group"] >= 0) & (survey["is_plain_email"] | wishes.is_hashed)


def hash_text(text: str) -> str:
    """Return the SHA-256 of a text in hexadecimal digits; of nothing, nothing."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest() if text else ""


def hash_column(texts: pd.Series) -> pd.Series:
    """Hash trimmed lower-case texts; nothing stays nothing."""
    return texts.str.strip().str.lower().map(hash_text)


def bracket_phone(phone: str) -> str:
    """Write ``+447700900123`` as ``(+44) 7700900123``: E.123, and no formula.

    libphonenumber, hence most tools, reads it as the same number.
    """
    if not phone:
        return ""
    code = str(phonenumbers.parse(phone).country_code)
    return f"(+{code}) {phone[1 + len(code) :]}"
