"""What one file of the corpus is and what must become of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from clv_core.errors import UserDataError

HEADER = "order_id,customer_id,order_date,amount"
ROWS = ("1,ann,2024-01-02,10.00", "2,bob,2024-01-03,20.50", "3,ann,2024-02-04,30.25")
ORDERS = 3
REVENUE = 60.75


@dataclass(frozen=True)
class Case:
    """One file with one defect.

    Attributes
    ----------
    name : str
        The defect.
    content : bytes
    refused : type of UserDataError or None
        The error that must come; None where the file must come out clean.
    says : str
        A part of the refusal's problem or of one of its cases.
    orders : int
        Orders that are left.
    revenue : float
        What they amount to.
    customers : int
    rejected : mapping of str to int
        Rows by reason code; all of them.
    treated : mapping of str to int
        Codes that must be among the kept but interpreted rows, with their rows.
    file_name : str
    choice : mapping of str to object
        The user's word on the file.
    cleaning : mapping of str to object
        The user's cleaning settings.
    """

    name: str
    content: bytes
    refused: type[UserDataError] | None = None
    says: str = ""
    orders: int = ORDERS
    revenue: float = REVENUE
    customers: int = 2
    rejected: Mapping[str, int] = field(default_factory=dict)
    treated: Mapping[str, int] = field(default_factory=dict)
    file_name: str = "orders.csv"
    choice: Mapping[str, Any] = field(default_factory=dict)
    cleaning: Mapping[str, Any] = field(default_factory=dict)


def lines(*rows: str, header: str = HEADER, end: str = "\n") -> str:
    """Return a header and rows as the text of a file."""
    return end.join((header, *rows)) + end


def good(*more: str, header: str = HEADER) -> bytes:
    """Return the three good rows with more after them."""
    return lines(*ROWS, *more, header=header).encode()
