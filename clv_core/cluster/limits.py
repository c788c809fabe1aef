"""What cannot be done in parts, said before anything is read."""

from __future__ import annotations

from collections.abc import Sequence

from clv_core.errors import InvalidSetting
from clv_core.ingest.presets import PRESETS, Rule
from clv_core.ingest.raw import RawTable
from clv_core.sentences import Sentence
from clv_core.settings import CleaningSettings

__all__ = ["refuse_unsupported"]


def refuse_unsupported(files: Sequence[RawTable], settings: CleaningSettings) -> None:
    """Refuse settings that look at all customers' rows at once, and files whose rows hang together.

    Raises
    ------
    InvalidSetting
    """
    asked = {
        "guests": settings.guests != "drop",
        "missing_amounts": settings.missing_amounts != "drop",
        "outliers": settings.outliers != "keep",
    }
    for name in (name for name, is_asked in asked.items() if is_asked):
        raise InvalidSetting(
            Sentence(
                "The cleaning setting {name} needs all customers' rows at once, which --engine"
                " divides.",
                name=name,
            ),
            Sentence("Leave that setting as it is by default, or leave --engine out."),
        )
    for raw in files:
        if raw.kind == "value_table":
            raise InvalidSetting(
                Sentence(
                    "--engine is for orders; {file} has one row per customer with a value.",
                    file=raw.file_name,
                ),
                Sentence("Leave --engine out."),
            )
        preset = PRESETS.get(raw.preset or "")
        if preset and Rule.FIRST_LINE_CARRIES_ORDER in preset.rules:
            raise InvalidSetting(
                Sentence(
                    "In {file} only the first line of an order says whose it is, so that its lines"
                    " cannot be divided by customer.",
                    file=raw.file_name,
                ),
                Sentence("Leave --engine out."),
            )
