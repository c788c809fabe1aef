"""What a user says about a file, in place of what was detected."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from clv_core.columns import TableKind
from clv_core.settings_base import Settings

__all__ = ["FileChoice"]


class FileChoice(Settings):
    """The user's word on one file; ``None`` leaves the matter to detection.

    Attributes
    ----------
    kind : {"orders", "events", "reviews", "customers", "value_table"}, optional
    mapping : dict of str to str, optional
        Canonical field -> column; goes before what is detected, field by field.
    is_confirmed : bool
        Whether the mapping is complete: nothing detected is added to it.
    features : tuple of str, optional
        Columns of a value table to learn from; by default all that are neither
        mapped nor flagged as leaking.
    has_header : bool, optional
    column_names : tuple of str, optional
        Names for the columns of a file without header.
    part : str, optional
        Sheet of a workbook or file of an archive.
    lead_lines : int, optional
        Lines (rows of a sheet) before the header, or before the first row of data.
    encoding : str, optional
        Python codec name.
    delimiter : str, optional
        One character, or a blank for runs of white space.
    profile : str, optional
        Name of the saved profile that all this was taken from.
    """

    kind: TableKind | None = None
    mapping: dict[str, str] | None = None
    is_confirmed: bool = False
    features: tuple[str, ...] | None = None
    has_header: bool | None = None
    column_names: tuple[str, ...] | None = None
    part: str | None = None
    lead_lines: Annotated[int, Field(ge=0, le=1000)] | None = None
    encoding: str | None = None
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    profile: Annotated[str, Field(min_length=1, max_length=200)] | None = None
