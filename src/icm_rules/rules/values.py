"""Values that facts of one chapter hand to another, and what all chapters use: no facts and no rules stand here."""

from __future__ import annotations

import attrs

from icm_rules.engine import Unknown, based, unknown
from icm_rules.guide.provisions import OverseasTerritories, ProgrammeCountries, Region, Regions
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


def status_of(
    country: Country, programme: ProgrammeCountries, overseas: OverseasTerritories, regions: Regions
) -> CountryStatus | Unknown:
    """Where a country stands in one call, resting on the list that names it; a gap where no list does."""
    if country in programme.countries:
        return based(CountryStatus(country, country, Role.PROGRAMME), programme)
    state = overseas.belongs_to.get(country)
    if state is not None and state in programme.countries:
        return based(CountryStatus(country, state, Role.PROGRAMME), overseas, programme)
    for region in regions.lines:
        if country in region.countries:
            return based(CountryStatus(country, country, Role.PARTNER, region), region)
    return unknown(f"no list of the {regions.citation.document} that was seen names {country.name} ({country})")


@attrs.frozen
class TravelDays:
    """The days of travel that are paid: from and to, the same where they are known [days]."""

    low: int
    high: int


def counted(number: int, noun: str) -> str:
    """So many of something: ``1 day``, ``2 days``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
