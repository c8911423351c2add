"""Credits as documents state them, and numbers of credits that are known exactly or from and to.

How many ECTS credits a local credit makes is in :mod:`icm_rules.scales`.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

import attrs

from icm_rules.engine.errors import InputError, shown
from icm_rules.model.fields import a_number, a_text, told
from icm_rules.model.terms import Stage

ECTS = "ects"
"""The name of the scheme in which credits need no conversion."""
_MOST_DECIMALS = 4


def a_scheme(value: object) -> str:
    """The name of a credit scheme, in small letters: ``ects``, or any other."""
    return a_text(value).lower()


@attrs.frozen
class Credits:
    """A number of credits in one scheme; halves are legal.

    >>> Credits("7.5", "ECTS")
    Credits(value=Decimal('7.5'), scheme='ects')

    """

    value: Decimal = told(a_number, "How many credits?", known_at=Stage.BEFORE_DEPARTURE, default=attrs.NOTHING)
    scheme: str = told(a_scheme, "In which credit scheme?", known_at=Stage.BEFORE_DEPARTURE, default=ECTS)

    @property
    def is_ects(self) -> bool:
        """Whether these are ECTS credits."""
        return self.scheme == ECTS


def some_credits(value: object) -> tuple[Credits, ...]:
    """The credits of one component: a number of ECTS credits, one object, or a list of objects of different schemes.

    Raises:
        InputError: a value that is none of these, or two numbers in one scheme.

    """
    items = value if isinstance(value, (list, tuple)) else [value]
    read = tuple(_credits_of(item) for item in items)
    for each in read:
        if sum(other.scheme == each.scheme for other in read) > 1:
            message = f"there are two numbers of credits in the scheme {each.scheme!r}; keep one of them"
            raise InputError(message)
    return read


def _credits_of(item: object) -> Credits:
    if isinstance(item, Credits):
        return item
    if isinstance(item, dict):
        for name in item:
            if name not in {"value", "scheme"}:
                message = f"there is no field {name!r}; the fields are: value, scheme"
                raise InputError(message, field=str(name))
        if item.get("value") is None:
            message = "how many credits these are is not told; write a value such as 7.5"
            raise InputError(message, field="value")
        return Credits(item["value"], item.get("scheme", ECTS))
    if isinstance(item, (int, float, Decimal, str)) and not isinstance(item, bool):
        return Credits(a_number(item))
    message = f'{shown(item)} is no number of credits; write 6, or {{"value": 3, "scheme": "kazakhstan-legacy"}}'
    raise InputError(message)


@attrs.frozen
class CreditRange:
    """A number of credits known from ``low`` to ``high``, the same where it is known exactly [ECTS unless said]."""

    low: Fraction = attrs.field(converter=Fraction)
    high: Fraction = attrs.field(converter=Fraction)

    def __attrs_post_init__(self) -> None:
        """Refuse ends in the wrong order."""
        if self.low > self.high:
            message = f"from {in_figures(self.low)} to {in_figures(self.high)} is no range; write the lower end first"
            raise InputError(message)

    @classmethod
    def exactly(cls, value: Fraction | Decimal | int) -> CreditRange:
        """The range of one number."""
        return cls(Fraction(value), Fraction(value))

    @property
    def is_exact(self) -> bool:
        """Whether both ends are the same."""
        return self.low == self.high

    def __add__(self, other: CreditRange) -> CreditRange:
        """The sum, from the sum of the low ends to that of the high ones."""
        return CreditRange(self.low + other.low, self.high + other.high)

    def at_most(self, other: CreditRange) -> CreditRange:
        """The lesser of the two, end by end."""
        return CreditRange(min(self.low, other.low), min(self.high, other.high))

    def __str__(self) -> str:
        """The number, or ``from ... to ...``."""
        return in_figures(self.low) if self.is_exact else f"from {in_figures(self.low)} to {in_figures(self.high)}"


NO_CREDITS = CreditRange(Fraction(0), Fraction(0))


def total(ranges: list[CreditRange]) -> CreditRange:
    """The sum of ranges; of none it is zero."""
    return sum(ranges, NO_CREDITS)


_EXACT = re.compile(r"\d{1,30}([.,]\d{1,30}|/[1-9]\d{0,29})?")


def exact_number(text: str) -> Fraction | None:
    """The exact number that a text is: ``18``, ``7.5``, ``7,5`` or ``8/3``; *None* where it is none."""
    text = text.strip()
    return Fraction(text.replace(",", ".")) if _EXACT.fullmatch(text) else None


def in_figures(value: Fraction) -> str:
    """An exact number in figures: as a decimal where that is short, else as a fraction with its rounded value.

    >>> in_figures(Fraction(15, 2)), in_figures(Fraction(8, 3))
    ('7.5', '8/3 (about 2.67)')

    """
    exact = as_text(value)
    return f"{exact} (about {round(float(value), 2):.2f})" if "/" in exact else exact


def as_text(value: Fraction) -> str:
    """An exact number as text that reads back: ``7.5``, or ``8/3`` where the decimals would not end soon."""
    for decimals in range(_MOST_DECIMALS + 1):
        scaled = value * 10**decimals
        if scaled.denominator == 1:
            return f"{Decimal(scaled.numerator).scaleb(-decimals):f}"
    return f"{value.numerator}/{value.denominator}"
