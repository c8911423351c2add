"""The fields of the model: each with the question that asks for it, and one way to read a value into its type.

A value is read once, when the object is made, wherever it comes from (Python, JSON, a table). What cannot be read is
refused with :class:`~icm_rules.engine.errors.InputError`, which shows the value and says what to write.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

import attrs

from icm_rules.engine.errors import InputError, did_you_mean, shown
from icm_rules.engine.facts import NO_PRESUMPTION
from icm_rules.model.terms import Stage, Term

_T = TypeVar("_T", bound=Term)

FACT = "icm_rules.fact"
"""Key of a field's metadata that holds its :class:`Told`."""
PREFIX = "icm_rules.prefix"
"""Key of a field's metadata that holds the prefix of the flat names of what it holds."""

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOST_DIGITS = 30
"""A longer number, before or after the point, is a slip, and counting with it exactly would not come to an end."""


_NEVER_QUESTIONED = 10**9
"""A whole number below is one at first sight, and most are."""


@attrs.frozen(kw_only=True)
class Told:
    """What a field says of its fact: the question, when an office knows it, the unit, what is presumed."""

    question: str
    known_at: Stage
    unit: str | None = None
    presumed: object = NO_PRESUMPTION


def told(  # noqa: PLR0913 - each says another thing of the field
    read: Callable[[Any], object],
    question: str,
    *,
    known_at: Stage,
    unit: str | None = None,
    presumed: object = NO_PRESUMPTION,
    default: object = None,
) -> Any:  # noqa: ANN401 - the value of a class attribute, which attrs replaces
    """A field that may be absent; ``read`` turns a value into the field's type or refuses it."""

    def convert(value: object, field: attrs.Attribute[object]) -> object:
        if value is None and default is not attrs.NOTHING:
            return None
        try:
            return read(value)
        except InputError as refusal:
            if refusal.field is not None:
                dot = "" if refusal.field.startswith("[") else "."  # an item of a list: studied[0]
                raise InputError(f"{refusal}", field=f"{field.name}{dot}{refusal.field}") from None
            raise InputError(f"{refusal}", field=field.name) from None

    return attrs.field(
        default=default,
        converter=attrs.Converter(convert, takes_field=True),
        metadata={FACT: Told(question=question, known_at=known_at, unit=unit, presumed=presumed)},
    )


def holds(kind: type, *, prefix: str) -> Any:  # noqa: ANN401 - the value of a class attribute, which attrs replaces
    """A field that holds another object of the model, whose facts are named with ``prefix``."""

    def check(_: object, field: attrs.Attribute[object], value: object) -> None:
        if value is not None and not isinstance(value, kind):
            message = f"{shown(value)} is no {kind.__name__}; give an object of that class"
            raise InputError(message, field=field.name)

    return attrs.field(default=None, validator=check, metadata={PREFIX: prefix})


# --- reading values ----------------------------------------------------------------------------------------


def a_text(value: object) -> str:
    """Text with something in it."""
    if not isinstance(value, str) or not value.strip():
        message = f"{shown(value)} is no text; write some words in quotes"
        raise InputError(message)
    return value.strip()


def a_flag(value: object) -> bool:
    """Yes or no."""
    if not isinstance(value, bool):
        message = f"{shown(value)} is neither true nor false; write true or false, or leave the field out"
        raise InputError(message)
    return value


def a_number(value: object) -> Decimal:
    """A number that is not negative."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        message = f"{shown(value)} is no number; write a number such as 12 or 7.5"
        raise InputError(message)
    try:
        number = Decimal(value if isinstance(value, int) else str(value).strip())
    except InvalidOperation:
        message = f"{shown(value)} is no number; write a number such as 12 or 7.5"
        raise InputError(message) from None
    if not number.is_finite():
        message = f"{shown(value)} is no number that can be counted with; write a number such as 12 or 7.5"
        raise InputError(message)
    _, digits, exponent = number.as_tuple()
    if len(digits) > _MOST_DIGITS or abs(int(exponent)) > _MOST_DIGITS:
        message = f"{shown(value)} is a number of more than {_MOST_DIGITS} digits; write a number such as 12 or 7.5"
        raise InputError(message)
    if number < 0:
        message = f"{shown(value)} is negative; write zero or more"
        raise InputError(message)
    return number


def a_whole_number(value: object) -> int:
    """A whole number that is not negative."""
    if value.__class__ is int and 0 <= value < _NEVER_QUESTIONED:
        return value
    number = a_number(value)
    if number != number.to_integral_value():
        message = f"{shown(value)} is no whole number; write a whole number such as 12"
        raise InputError(message)
    return int(number)


def an_ordinal(value: object) -> int:
    """A whole number from one on."""
    number = a_whole_number(value)
    if number < 1:
        message = f"{shown(value)} is less than one; counting begins with 1"
        raise InputError(message)
    return number


_EARLIEST, _LATEST = 1987, 2100
"""Erasmus began in 1987; later than 2100 is a slip of the keyboard."""


def a_year(value: object) -> int:
    """A call year."""
    number = a_whole_number(value)
    if not _EARLIEST <= number <= _LATEST:
        message = f"{shown(value)} is no call year; write a year such as 2019"
        raise InputError(message)
    return number


_EARLIEST_DATE, _LATEST_DATE = dt.date(1900, 1, 1), dt.date(2199, 12, 31)
"""No date of a mobility lies outside these; one that does is a slip of the keyboard."""


def a_date(value: object) -> dt.date:
    """A date; text is read as year-month-day and in no other order."""
    if isinstance(value, str) and _ISO_DATE.fullmatch(value.strip()):
        try:
            value = dt.date.fromisoformat(value.strip())
        except ValueError:
            message = f"{shown(value)} is a date that does not exist; write year-month-day, such as 2019-09-30"
            raise InputError(message) from None
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        message = f"{shown(value)} is no date; write year-month-day, such as 2019-09-30"
        raise InputError(message)
    if not _EARLIEST_DATE <= value <= _LATEST_DATE:
        message = f"{value} is no date of our times; write year-month-day, such as 2019-09-30"
        raise InputError(message)
    return value


def _word(text: str) -> str:
    """A word of a closed list as it is compared: in small letters, its parts joined in one way."""
    return re.sub(r"[\s\-]+", "_", text.strip().lower())


def one_of(terms: type[_T]) -> Callable[[object], _T]:
    """A reader of one term from a closed list."""
    by_word = {_word(term.value): term for term in terms}

    def read(value: object) -> _T:
        if isinstance(value, terms):
            return value
        if isinstance(value, str):
            word = _word(value)
            if word in by_word:
                return by_word[word]
            nearest = difflib.get_close_matches(word, [term.value for term in terms], n=1, cutoff=0.6)
            if nearest:
                message = f"{shown(value)} is not known here; did you mean {nearest[0]!r}?"
                raise InputError(message)
        message = f"{shown(value)} is not known here; write one of: {', '.join(terms)}"
        raise InputError(message)

    return read


def several(read: Callable[[object], object]) -> Callable[[object], tuple[object, ...]]:
    """A reader of a list, each of its items read by ``read``."""

    def read_all(value: object) -> tuple[object, ...]:
        if isinstance(value, str) or not isinstance(value, (list, tuple, set, frozenset)):
            message = f"{shown(value)} is no list; write a list in square brackets"
            raise InputError(message)
        items = sorted(value, key=str) if isinstance(value, (set, frozenset)) else value
        return tuple(read(item) for item in items)

    return read_all


def an_instance(kind: type) -> Callable[[object], object]:
    """A reader of an object of the model; a mapping is read into one."""

    def read(value: object) -> object:
        if isinstance(value, kind):
            return value
        if isinstance(value, dict):
            known = [field.name for field in attrs.fields(kind)]
            for name in value:
                if name not in known:
                    raise InputError(unknown_field(str(name), known), field=str(name))
            for field in attrs.fields(kind):
                if field.default is attrs.NOTHING and value.get(field.name) is None:
                    message = f"{field.name!r} is not told; {field.metadata[FACT].question}"
                    raise InputError(message, field=field.name)
            return kind(**value)
        message = f"{shown(value)} is no {kind.__name__}; write its fields in curly brackets"
        raise InputError(message)

    return read


def unknown_field(name: str, known: list[str]) -> str:
    """The sentence that refuses a field nobody knows, with the nearest that exists."""
    hint = did_you_mean(name, known) or f"; the fields are: {', '.join(known)}"
    return f"there is no field {name!r}{hint}"
