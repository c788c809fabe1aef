"""What is known of one platform's export: headers, their meaning, business rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from clv_core.columns import TableKind
from clv_core.ingest.spelling import fold_header
from clv_core.sentences import Sentence

__all__ = ["PlatformPreset", "Refusal", "Rule", "fold_all"]


class Rule(StrEnum):
    """Business rules that a preset can ask cleaning for."""

    # The amount is the whole order's: count it once per order, not per line.
    AMOUNT_PER_ORDER = "amount_per_order"
    # Order fields stand on an order's first line only: carry them to its other lines.
    FIRST_LINE_CARRIES_ORDER = "first_line_carries_order"
    # A line without order number belongs to the order above it (merged cells).
    BLANK_ORDER_CONTINUES = "blank_order_continues"
    # An order id that begins with C cancels an earlier one; its amount counts as a return.
    C_INVOICES_CANCEL = "c_invoices_cancel"
    # Product ids such as POST, M, BANK CHARGES, D, DOT are not goods.
    DROP_NON_GOODS = "drop_non_goods"
    # Equal rows are separate purchases: the format has nothing that tells two apart.
    LISTS_PURCHASES = "lists_purchases"
    # The customer is the id, else the e-mail where the order has no id.
    EMAIL_WHERE_NO_ID = "email_where_no_id"
    # The customer is the e-mail, else the phone where the order has no e-mail.
    PHONE_WHERE_NO_EMAIL = "phone_where_no_email"


@dataclass(frozen=True)
class Refusal:
    """Why a platform's export cannot be used, and what can be done."""

    problem: Sentence
    remedy: Sentence


@dataclass(frozen=True)
class PlatformPreset:
    """One platform's export.

    Attributes
    ----------
    name : str
        Key in ``PRESETS``, kept in ``RawTable.preset``.
    title : Sentence
        What people call it.
    kind : {"orders", "events", "reviews", "customers"}
    mapping : mapping of str to tuple of str
        Canonical field -> headers that may carry it, the best first.
    needed : tuple of str
        Headers that must all be there for the preset to be recognised.
    any_of : tuple of str
        Headers of which one must be there as well.
    absent : tuple of str
        Headers of which none may be there (they mark another variant).
    rules : frozenset of Rule
    kept_statuses : frozenset of str
        Folded order statuses (:func:`~clv_core.ingest.spelling.fold_header`) that
        say money came. Where there are any, orders with another status are dropped.
    dropped_statuses : frozenset of str
        Folded order statuses of this platform that no sale came of, besides those
        that mean cancelled or unpaid everywhere.
    guest_ids : frozenset of str
        Customer ids that stand for nobody in particular.
    advice : Sentence, optional
        What the user should know about files of this platform.
    refusal : Refusal, optional
        Why the file cannot be used where no column names the customer.
    column_names : tuple of str
        For files without header: the names their columns get.
    """

    name: str
    title: Sentence
    kind: TableKind
    mapping: Mapping[str, tuple[str, ...]]
    needed: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    rules: frozenset[Rule] = frozenset()
    kept_statuses: frozenset[str] = frozenset()
    dropped_statuses: frozenset[str] = frozenset()
    guest_ids: frozenset[str] = frozenset()
    advice: Sentence | None = None
    refusal: Refusal | None = None
    column_names: tuple[str, ...] = ()

    def fits(self, column_names: Sequence[str]) -> bool:
        """Say whether a file with these headers is this platform's export."""
        folded = {fold_header(name) for name in column_names}
        return (
            bool(self.needed)
            and fold_all(self.needed) <= folded
            and (not self.any_of or bool(fold_all(self.any_of) & folded))
            and not fold_all(self.absent) & folded
        )

    def map_columns(
        self, column_names: Sequence[str], useless: Collection[str] = ()
    ) -> dict[str, str]:
        """Return canonical field -> column for the fields this file has.

        Parameters
        ----------
        column_names : sequence of str
            The file's own headers.
        useless : collection of str
            Columns that hold nothing here: taken only where no other header
            may carry the field.
        """
        by_fold = {fold_header(name): name for name in reversed(column_names)}
        found = {}
        for canonical, headers in self.mapping.items():
            present = [by_fold[fold_header(h)] for h in headers if fold_header(h) in by_fold]
            if present:
                used = [column for column in present if column not in useless]
                found[canonical] = (used or present)[0]
        return found


def fold_all(texts: Collection[str]) -> frozenset[str]:
    """Return several headers or statuses as they are compared."""
    return frozenset(map(fold_header, texts))
