"""What all groups of settings have in common: frozen, checked when made, JSON there and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from clv_core.errors import InvalidSetting
from clv_core.sentences import Sentence

ShortText = Annotated[str, Field(min_length=1, max_length=200)]


class Settings(BaseModel):
    """Base of all settings groups: frozen, nothing unknown, checked when made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def to_json(self) -> str:
        """Return the settings as indented JSON text."""
        return self.model_dump_json(indent=2)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read settings written by :meth:`to_json` or by hand.

        Raises
        ------
        InvalidSetting
            Names every field that is unknown or outside what it may be.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise invalid_setting(error) from None

    @classmethod
    def check(cls, values: Mapping[str, Any]) -> Self:
        """Make settings from plain values, or say which of them cannot be used.

        Raises
        ------
        InvalidSetting
        """
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise invalid_setting(error) from None


def invalid_setting(error: ValidationError) -> InvalidSetting:
    """Turn pydantic's findings into one error with a case per field."""
    cases = [
        Sentence(
            "{field}: {finding}.",
            field=".".join(str(part) for part in case["loc"]) or "settings",
            finding=case["msg"],
        )
        for case in error.errors()
    ]
    return InvalidSetting(
        Sentence(
            "Settings that cannot be used: {count}. {first}", count=len(cases), first=str(cases[0])
        ),
        Sentence("Correct the named settings and try again."),
        cases,
    )
