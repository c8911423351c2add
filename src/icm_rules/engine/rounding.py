"""How an exact amount becomes money: named policies, each applied once to a line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

import attrs

from icm_rules.engine.answers import Payment
from icm_rules.engine.citations import Confidence

_CENT = Decimal("0.01")


def _to_the_cent(amount: Fraction) -> Decimal:
    """``amount`` rounded half up to the cent; amounts here are never negative."""
    numerator, denominator = amount.numerator, amount.denominator
    cents = (200 * numerator + denominator) // (2 * denominator)
    return Decimal(cents) * _CENT


def _cent_half_up(payment: Payment) -> Decimal:
    return _to_the_cent(payment.exact)


def _euro_down(payment: Payment) -> Decimal:
    return (Decimal(payment.exact.__floor__())).quantize(_CENT)


def _rate_to_the_cent_first(payment: Payment) -> Decimal:
    return _to_the_cent(Fraction(payment.rate) * payment.share) * payment.quantity


@attrs.frozen(kw_only=True, cache_hash=True)
class Rounding:
    """A rounding policy: its name, what it does in words, how sure it is that it is the right one."""

    name: str
    words: str
    confidence: Confidence
    apply: Callable[[Payment], Decimal] = attrs.field(repr=False)


# None of the texts seen states a rounding rule, so every policy is unverified and the report names the one used.
_POLICIES = (
    Rounding(
        name="cent-half-up",
        words="exact until each line is rounded once to the cent, half up",
        confidence=Confidence.UNVERIFIED,
        apply=_cent_half_up,
    ),
    Rounding(
        name="euro-down",
        words="exact until each line is cut to the whole euro",
        confidence=Confidence.UNVERIFIED,
        apply=_euro_down,
    ),
    Rounding(
        name="daily-rate-to-the-cent-first",
        words="the rate of one day is rounded to the cent, half up, and then multiplied by the days",
        confidence=Confidence.UNVERIFIED,
        apply=_rate_to_the_cent_first,
    ),
)

ROUNDINGS: Mapping[str, Rounding] = MappingProxyType({policy.name: policy for policy in _POLICIES})
"""The policies by name; the first is the usual one."""

USUAL = _POLICIES[0]
"""The policy used where none is named."""
