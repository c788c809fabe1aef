"""Sentences people read, kept apart from the language they are read in.

The core never decides a language. Whatever it wants to say to a person (a
reason, a verdict, an error) is a :class:`Sentence`: an English template and
the facts that fill it. ``str()`` gives English for the command line; the pages
look the template up in their catalogue and fill the same facts in.

Templates are ``str.format`` strings. They are written where they are used, as
the literal first argument, so that the translation test can find them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Union

Fact = Union[str, int, float, bool, None, "Sentence"]


class Sentence:
    """A template with the facts that complete it.

    Parameters
    ----------
    template : str
        English, in ``str.format`` syntax; also the key of the translation.
    **facts : str, int, float, bool, None or Sentence
        Values for the named fields of the template. A fact may be a sentence of
        its own (a feature's label, say), translated like any other. Never a
        customer id or a contact field: sentences reach logs and pages.
    """

    __slots__ = ("facts", "template")

    def __init__(self, template: str, /, **facts: Fact) -> None:
        self.template = template
        self.facts: Mapping[str, Fact] = facts

    def __str__(self) -> str:
        return self.fill(self.template)

    def __repr__(self) -> str:
        return f"Sentence({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Sentence)
            and self.template == other.template
            and dict(self.facts) == dict(other.facts)
        )

    def __hash__(self) -> int:
        return hash((self.template, tuple(sorted(self.facts.items(), key=lambda f: f[0]))))

    def fill(self, template: str) -> str:
        """Complete a (translated) template with this sentence's facts."""
        return template.format(**self.facts)

    def to_json(self) -> dict[str, Any]:
        """Return a form that :meth:`from_json` reads back."""
        facts = {
            name: fact.to_json() if isinstance(fact, Sentence) else fact
            for name, fact in self.facts.items()
        }
        return {"template": self.template, "facts": facts}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Sentence:
        """Rebuild a sentence written by :meth:`to_json`."""
        facts = {
            name: cls.from_json(fact) if isinstance(fact, Mapping) else fact
            for name, fact in stored["facts"].items()
        }
        return cls(stored["template"], **facts)
