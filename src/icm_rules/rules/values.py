"""Values that facts of one chapter hand to another, and what all chapters use: no facts and no rules stand here."""

from __future__ import annotations

from datetime import date

import attrs

from icm_rules.engine import Unknown, based, unknown
from icm_rules.guide.provisions import ForceMajeure, OverseasTerritories, ProgrammeCountries, Region, Regions
from icm_rules.model.countries import Country
from icm_rules.model.identifiers import country_of_erasmus_code
from icm_rules.model.mobility import Institution
from icm_rules.model.terms import DayCount, Role


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


def code_of_another_country(institution: Institution, overseas: OverseasTerritories | None) -> str:
    """What contradicts in an institution whose Erasmus code another country issued, in words; else empty.

    The codes of a territory are those of its Member State. ``overseas`` is *None* where the call closes that paragraph.
    """
    code, country = institution.erasmus_code, institution.country
    if code is None or country is None:
        return ""
    state = None if overseas is None else overseas.belongs_to.get(country)
    issued_by = country_of_erasmus_code(code)
    if issued_by in {country, state}:
        return ""
    return f"the Erasmus code {code} is one of {issued_by.name}, and {institution.name or 'it'} is in {country.name}"


@attrs.frozen
class TravelDays:
    """The days of travel that are paid: from and to, the same where they are known [days]."""

    low: int
    high: int


@attrs.frozen
class DayNumbers:
    """Some days of a stay by both counts; a number that was told in place of the days is the same in both [days]."""

    in_months_of_30: int
    by_calendar: int

    def counted_by(self, convention: DayCount) -> int:
        """The days by this count."""
        return self.by_calendar if convention is DayCount.CALENDAR_DAYS else self.in_months_of_30

    def __str__(self) -> str:
        """Both counts."""
        return f"{self.in_months_of_30} in months of 30 days, {self.by_calendar} by the calendar"


NO_DAYS = DayNumbers(0, 0)


@attrs.frozen
class Event:
    """The dates of force majeure, and those of the stay as it was agreed, as far as they are told."""

    first: date | None
    last: date | None
    agreed_start: date | None
    agreed_end: date | None

    def __str__(self) -> str:
        """The dates of the event."""
        return f"{self.first or 'a day not told'} to {self.last or 'a day not told'}"


@attrs.frozen
class LostPart:
    """Days of the stay as agreed that were not spent and lie within the event: at least and at most."""

    least: DayNumbers
    most: DayNumbers | None
    """*None* where nothing told sets a limit."""
    missing: tuple[str, ...]
    """The given facts that would settle it."""

    def __str__(self) -> str:
        """The days by both counts, from and to."""
        if self.least == self.most:
            return str(self.least)
        return f"{self.least}; at most {self.most or 'not told'}"


NO_PART = LostPart(NO_DAYS, NO_DAYS, ())


@attrs.frozen
class LostDays:
    """The days that force majeure took from a stay, and what became of the case."""

    least: DayNumbers
    most: DayNumbers | None
    """*None* where nothing told sets a limit."""
    is_accepted: bool | None
    """Whether the agency accepted the case; *None* while that is not told."""
    missing: tuple[str, ...]
    """The given facts that would settle it."""
    written: ForceMajeure | None
    """The paragraph that says what follows; *None* where the call has none."""

    @property
    def days(self) -> DayNumbers | None:
        """The days; *None* while they cannot be told."""
        return self.least if self.least == self.most else None

    def __str__(self) -> str:
        """The days, and what became of the case."""
        accepted = {True: "accepted", False: "not accepted", None: "not told whether accepted"}[self.is_accepted]
        return f"{self.days or 'days not told'}, {accepted}"


@attrs.frozen
class ExtensionPay:
    """Whether days beyond those agreed carry a grant."""

    is_paid: bool | None
    """*None* while it turns on what nobody told."""
    missing: tuple[str, ...]
    """The given facts that would settle it."""

    def __str__(self) -> str:
        """Whether they are paid."""
        return {True: "paid", False: "not paid", None: "not told whether paid"}[self.is_paid]


def counted(number: int, noun: str) -> str:
    """So many of something: ``1 day``, ``2 days``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
