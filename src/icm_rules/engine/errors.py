"""The exceptions of the library: wrong input, a wrong rulebook, a wrong guide file.

A "no" is an answer and never an exception; these are for what cannot be answered at all.
"""

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Iterable
from decimal import Decimal

_ABRIDGED = reprlib.Repr()
_ABRIDGED.maxstring = _ABRIDGED.maxother = 80


class IcmRulesError(ValueError):
    """Anything this library refuses; the message shows the value, the place and the way out."""


class InputError(IcmRulesError):
    """A value given by the user that cannot be used."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        """Keep ``message`` and the name of the ``field`` it speaks of, if there is one."""
        super().__init__(message)
        self.field = field


class RulebookError(IcmRulesError):
    """A rulebook whose facts, rules and provisions do not fit together."""


class GuideError(IcmRulesError):
    """A guide file that breaks the format, or a Guide that does not exist."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a message that suggests the nearest of the ``known`` names; empty where none is near."""
    nearest = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean {nearest[0]!r}?" if nearest else ""


def shown(value: object) -> str:
    """The value as a message shows it: in quotation marks if it is text, and never longer than a line."""
    if isinstance(value, Decimal):
        return _ABRIDGED.repr(value).removeprefix("Decimal('").removesuffix("')")
    try:
        return _ABRIDGED.repr(value)
    except ValueError:  # Python refuses to write out a number of several thousand digits
        return "a number of thousands of digits"
