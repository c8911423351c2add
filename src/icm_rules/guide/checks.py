"""What must hold of the tables of every Guide, whoever wrote it.

What fields a paragraph has and of which type is the business of :mod:`icm_rules.guide.loading`.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from icm_rules.engine.errors import GuideError
from icm_rules.guide.provisions import (
    Activities,
    BlendedStudentDuration,
    FewerOpportunitiesShort,
    GreenTravelBands,
    OverseasTerritories,
    Provision,
    Regions,
    ShortDoctoralDuration,
    ShortStayRates,
    StaffCountryGroups,
    StudentCountryGroups,
    TravelBands,
)
from icm_rules.model.countries import country_codes
from icm_rules.model.terms import Activity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from icm_rules.engine.citations import Closed
    from icm_rules.guide.provisions import (
        ActivityLine,
        CountryGroup,
        FewerOpportunitiesOnce,
        GreenTravelBand,
        Line,
        Region,
        ShortStayRate,
        TravelBand,
    )

_FIELDS_OF_COUNTRIES = ("countries", "unverified_countries")


def check(provision: Provision, place: str) -> None:
    """Refuse a paragraph whose table contradicts itself.

    ``place`` says in messages where the paragraph stands, e.g. ``2018.toml, [travel_bands]``.

    Raises:
        GuideError: bands or days with a gap or an overlap, a country in two lines, an activity without its line,
            a code that is no country code, two lines of one name.

    """
    lines: Sequence[Line] = getattr(provision, "lines", ())
    for record in (provision, *lines):
        for field in _FIELDS_OF_COUNTRIES:
            _check_codes(getattr(record, field, ()), f"{place}, {field}")
    twice = [label for label, times in Counter(line.label for line in lines).items() if times > 1]
    if twice:
        message = f"{place}: {twice[0]} stands in two lines: write one line for it"
        raise GuideError(message)
    _check_countries_and_activities(provision, place)
    _check_steps(provision, place)


def _check_countries_and_activities(provision: Provision, place: str) -> None:
    match provision:
        case OverseasTerritories():
            _check_codes([*provision.belongs_to, *provision.belongs_to.values()], f"{place}, belongs_to")
        case Regions():
            _check_no_country_twice(provision.lines, place)
            _check_unverified_countries(provision.lines, place)
        case StudentCountryGroups() | StaffCountryGroups():
            _check_no_country_twice(provision.lines, place)
        case Activities():
            _check_every_activity(provision.lines, place)


def _check_steps(provision: Provision, place: str) -> None:
    match provision:
        case TravelBands():
            _check_bands(provision.lines, place)
        case GreenTravelBands():
            _check_green_bands(provision.lines, place)
        case ShortStayRates():
            _check_days(provision.lines, place, without_gaps=True)
        case FewerOpportunitiesShort():
            _check_days(provision.lines, place, without_gaps=False)


def check_together(provisions: Mapping[str, Provision | Closed], place: str) -> None:
    """Refuse paragraphs that contradict each other.

    Raises:
        GuideError: a short stay may last longer than there are daily rates.

    """
    rates = provisions["short_stay_rates"]
    if not isinstance(rates, ShortStayRates):
        return
    last_day = max(line.last_day for line in rates.lines)
    for name in ("blended_student_duration", "short_doctoral_duration"):
        duration = provisions[name]
        if isinstance(duration, (BlendedStudentDuration, ShortDoctoralDuration)) and duration.maximum_days > last_day:
            message = (
                f"{place}: [{name}] goes to day {duration.maximum_days}, but [short_stay_rates] ends with day "
                f"{last_day}: write a line for the days after it"
            )
            raise GuideError(message)


def _check_unverified_countries(regions: Iterable[Region], place: str) -> None:
    for region in regions:
        for country in sorted(region.unverified_countries - region.countries):
            message = (
                f"{place}, {region.label}: {country} stands in unverified_countries but not in countries: "
                "add it there, or take it out here"
            )
            raise GuideError(message)


def _check_every_activity(lines: Iterable[ActivityLine], place: str) -> None:
    present = {line.activity for line in lines}
    for activity in Activity:
        if activity not in present:
            message = f"{place} says nothing of {activity.value}: write a line for it, open = true or false"
            raise GuideError(message)


def _check_codes(codes: Iterable[str], place: str) -> None:
    for code in sorted(codes):
        if code not in country_codes():
            message = f"{place}: {code!r} is no country code: write two capital letters (ISO 3166-1 alpha-2, or XK)"
            raise GuideError(message)


def _check_no_country_twice(lines: Iterable[Region | CountryGroup], place: str) -> None:
    seen: dict[str, str] = {}
    for line in lines:
        for country in sorted(line.countries):
            if country in seen:
                message = f"{place}: {country} stands in {seen[country]} and in {line.label}: leave it in one of them"
                raise GuideError(message)
            seen[country] = line.label


def _check_bands(bands: Sequence[TravelBand], place: str) -> None:
    # The order in the file is not asked for; gaps and overlaps are seen in order of distance.
    ordered = sorted(bands, key=lambda band: band.from_km)
    if not ordered or ordered[0].from_km != 0:
        message = f"{place}: the first band begins at {ordered[0].from_km if ordered else 'no'} km: let it begin at 0"
        raise GuideError(message)
    for band, following in zip(ordered, [*ordered[1:], None], strict=True):
        if band.to_km is None or following is None:
            if band.to_km is not None or following is not None:
                message = f"{place}, {band.label}: the last band, and only the last, has no to_km"
                raise GuideError(message)
        elif band.to_km <= band.from_km:
            message = f"{place}, {band.label}: the band ends before it begins: let to_km be more than from_km"
            raise GuideError(message)
        elif band.to_km != following.from_km:
            fault = "a gap" if band.to_km < following.from_km else "an overlap"
            message = (
                f"{place}: there is {fault} between {band.label} and {following.label}: "
                "let each band begin where the one before it ends"
            )
            raise GuideError(message)


def _check_green_bands(bands: Sequence[GreenTravelBand], place: str) -> None:
    # Gaps are meant: there the usual band applies.
    ordered = sorted(bands, key=lambda band: band.from_km)
    for band, following in zip(ordered, [*ordered[1:], None], strict=True):
        if band.to_km is not None and band.to_km <= band.from_km:
            message = f"{place}, {band.label}: the band ends before it begins: let to_km be more than from_km"
            raise GuideError(message)
        if following is not None and (band.to_km is None or band.to_km > following.from_km):
            message = (
                f"{place}: there is an overlap between {band.label} and {following.label}: "
                "let no band begin before the one before it ends"
            )
            raise GuideError(message)


def _check_days(lines: Sequence[ShortStayRate | FewerOpportunitiesOnce], place: str, *, without_gaps: bool) -> None:
    ordered = sorted(lines, key=lambda line: line.first_day)
    if without_gaps and (not ordered or ordered[0].first_day != 1):
        first = f"day {ordered[0].first_day}" if ordered else "no day"
        message = f"{place}: the first line begins with {first}: let it begin with day 1"
        raise GuideError(message)
    for line in ordered:
        if line.last_day < line.first_day:
            message = f"{place}, {line.label}: the days end before they begin: let last_day be first_day or more"
            raise GuideError(message)
    for line, following in pairwise(ordered):
        overlap = line.last_day >= following.first_day
        if overlap or (without_gaps and line.last_day + 1 != following.first_day):
            message = (
                f"{place}: there is {'an overlap' if overlap else 'a gap'} between {line.label} and "
                f"{following.label}: let each line begin on the day after the one before it ends"
            )
            raise GuideError(message)
