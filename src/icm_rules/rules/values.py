"""Values that facts of one chapter hand to another, and words all chapters use: no facts and no rules stand here."""

from __future__ import annotations

import attrs

from icm_rules.guide.provisions import Region
from icm_rules.model.countries import Country
from icm_rules.model.terms import Role


@attrs.frozen
class CountryStatus:
    """Where a country stands in one call."""

    country: Country
    counts_as: str
    """The country whose rules apply: the Member State, for its overseas territories."""
    role: Role
    region: Region | None = None
    """The region of a country that does not take full part."""


@attrs.frozen
class TravelDays:
    """The days of travel that are paid: from and to, the same where they are known [days]."""

    low: int
    high: int


def counted(number: int, noun: str) -> str:
    """So many of something: ``1 day``, ``2 days``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
