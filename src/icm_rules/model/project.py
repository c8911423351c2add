"""A whole project: what its grant agreement says, its envelopes of money, and its mobilities.

What can never be true is refused when the object is made; everything else is for the rules to say.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

import attrs

from icm_rules.engine.answers import Unknown
from icm_rules.engine.errors import InputError, shown
from icm_rules.model.countries import Country
from icm_rules.model.fields import (
    a_date,
    a_flag,
    a_number,
    a_text,
    a_whole_number,
    a_year,
    an_instance,
    an_ordinal,
    several,
    told,
)
from icm_rules.model.identifiers import AcademicYear, ProjectNumber
from icm_rules.model.mobility import Institution, Mobility, a_country, a_project_number
from icm_rules.model.terms import Activity, Direction, Stage

MOST_MONTHS = 120
"""No project lasts longer; a greater number is a slip of the keyboard."""


def _months(value: object) -> int:
    number = an_ordinal(value)
    if number > MOST_MONTHS:
        message = f"{number} months are no length of a project; write a number such as 24"
        raise InputError(message)
    return number


@attrs.frozen(kw_only=True)
class Envelope:
    """Money for travel and individual support with one region, or with some of its countries.

    A stay is paid from the envelope that names its country, else from that of its region.
    """

    region: int | None = told(an_ordinal, "For which region is the envelope?", known_at=Stage.APPLICATION)
    countries: tuple[Country, ...] | None = told(
        several(a_country), "For which countries is it, where not for the whole region?", known_at=Stage.APPLICATION
    )
    granted_eur: Decimal | None = told(
        a_number,
        "How much is granted for travel and individual support?",
        known_at=Stage.APPLICATION,
        unit="EUR",
    )
    incoming_eur: Decimal | None = told(
        a_number, "How much of it is for incoming mobilities?", known_at=Stage.APPLICATION, unit="EUR"
    )
    outgoing_eur: Decimal | None = told(
        a_number, "How much of it is for outgoing mobilities?", known_at=Stage.APPLICATION, unit="EUR"
    )

    def __attrs_post_init__(self) -> None:
        """Refuse an envelope for nobody, and parts that are more than the whole."""
        if self.region is None and not self.countries:
            message = "the envelope names neither a region nor a country; write one of the two"
            raise InputError(message, field="region")
        parts = [part for part in (self.incoming_eur, self.outgoing_eur) if part is not None]
        if self.granted_eur is not None and sum(parts) > self.granted_eur:
            message = (
                f"the parts for incoming and outgoing come to {sum(parts)} EUR, more than the {self.granted_eur} EUR "
                "granted; mend one of them"
            )
            raise InputError(message, field="granted_eur")

    @property
    def name(self) -> str:
        """Whom it is for, in words."""
        if not self.countries:
            return f"region {self.region}"
        return ", ".join(country.name for country in self.countries)


def _the_mobility(value: object) -> Mobility:
    if isinstance(value, Mobility):
        return value
    message = f"{shown(value)} is no Mobility; give an object of that class"
    raise InputError(message, field="mobility")


@attrs.frozen(kw_only=True)
class ProjectMobility:
    """A mobility of a project, with what the project knows of it besides."""

    mobility: Mobility = attrs.field(converter=_the_mobility)
    person: str | None = told(
        a_text, "By which word does the office tell this person from others?", known_at=Stage.NOMINATION
    )
    agreement_name: str | None = told(
        a_text, "Under which inter-institutional agreement is the stay, by its name?", known_at=Stage.APPLICATION
    )
    counts_without_grant: bool | None = told(
        a_flag,
        "Is a stay without grant flagged to count for organisational support?",
        known_at=Stage.APPLICATION,
        presumed=False,
    )


def _mobilities(items: Iterable[ProjectMobility | Mobility]) -> tuple[ProjectMobility, ...]:
    """The mobilities of a project; one of which it knows nothing besides may stand there as it is."""
    found = []
    for item in items:
        made: object = ProjectMobility(mobility=item) if isinstance(item, Mobility) else item
        if not isinstance(made, ProjectMobility):
            message = f"{shown(item)} is no mobility; give a ProjectMobility or a Mobility"
            raise InputError(message, field="mobilities")
        found.append(made)
    return tuple(found)


def _applicant(value: object) -> Institution | None:
    if value is None or isinstance(value, Institution):
        return value
    message = f"{shown(value)} is no Institution; give an object of that class"
    raise InputError(message, field="applicant")


def _envelopes(value: object) -> tuple[object, ...] | None:
    """A list of envelopes, each refused with its place; an empty one tells of none."""
    if not isinstance(value, (list, tuple)):
        return several(_AN_ENVELOPE)(value) or None
    found = []
    for position, item in enumerate(value):
        try:
            found.append(_AN_ENVELOPE(item))
        except InputError as refusal:
            field = ".".join(filter(None, (f"[{position}]", refusal.field)))
            raise InputError(str(refusal), field=field) from None
    return tuple(found) or None


_AN_ENVELOPE = an_instance(Envelope)


def _check_envelopes(envelopes: tuple[Envelope, ...]) -> None:
    """Refuse a region or a country that two envelopes are for: a stay is paid from one."""
    first: dict[Country | int | None, int] = {}
    for position, item in enumerate(envelopes):
        for whom in item.countries or (item.region,):
            if first.setdefault(whom, position) == position:
                continue
            words = whom.name if isinstance(whom, Country) else f"region {whom}"
            field = "countries" if item.countries else "region"
            message = (
                f"{words} has an envelope already, envelopes[{first[whom]}]; write one envelope with the sum of both "
                "(incoming_eur and outgoing_eur tell its parts)"
            )
            raise InputError(message, field=f"envelopes[{position}].{field}")


@attrs.frozen(kw_only=True)
class Project:
    """A granted project and its mobilities; only ``call`` must be told.

    ``other_stays`` are stays of the same persons in other projects: they count for the cap of the study cycle, and are
    not answered themselves.

    Raises:
        InputError: a value of the wrong kind, or what can never be true: a number or a mobility of another call, a
            mobility of another project, an end before the start, two envelopes for one region or country.

    """

    call: int = told(
        a_year, "In which call was the project granted?", known_at=Stage.APPLICATION, default=attrs.NOTHING
    )
    number: ProjectNumber | None = told(
        a_project_number, "What is the number of the project?", known_at=Stage.APPLICATION
    )
    title: str | None = told(a_text, "What is the project called?", known_at=Stage.APPLICATION)
    applicant: Institution | None = attrs.field(default=None, converter=_applicant)
    grant_agreement_signed_on: dt.date | None = told(
        a_date, "On which day was the grant agreement signed?", known_at=Stage.APPLICATION
    )
    partner_countries: tuple[Country, ...] | None = told(
        several(a_country), "With which partner's countries is the grant agreement?", known_at=Stage.APPLICATION
    )
    months: int | None = told(
        _months, "How many months does the project last?", known_at=Stage.APPLICATION, unit="months"
    )
    start_date: dt.date | None = told(a_date, "On which day does the project start?", known_at=Stage.APPLICATION)
    end_date: dt.date | None = told(a_date, "On which day does the project end?", known_at=Stage.APPLICATION)
    mobilities_granted: int | None = told(
        a_whole_number, "How many mobilities are granted?", known_at=Stage.APPLICATION, unit="mobilities"
    )
    envelopes: tuple[Envelope, ...] | None = told(
        _envelopes, "Which envelopes of money does the project have?", known_at=Stage.APPLICATION
    )
    mobilities: tuple[ProjectMobility, ...] = attrs.field(default=(), converter=_mobilities)
    other_stays: tuple[ProjectMobility, ...] = attrs.field(default=(), converter=_mobilities)

    def __attrs_post_init__(self) -> None:
        """Refuse what can never be true of a project."""
        if self.number is not None and self.number.call != self.call:
            message = (
                f"the project {self.number.text} is of call {self.number.call}, and the project says call {self.call}; "
                "mend one of the two"
            )
            raise InputError(message, field="call")
        if self.start_date is not None and self.end_date is not None and self.end_date < self.start_date:
            message = f"the project ends on {self.end_date}, before it starts on {self.start_date}; mend one of the two"
            raise InputError(message, field="end_date")
        _check_envelopes(self.envelopes or ())
        for position, item in enumerate(self.mobilities):
            self._check_mobility(item.mobility, f"mobilities[{position}]")

    def _check_mobility(self, mobility: Mobility, place: str) -> None:
        if mobility.call != self.call:
            message = (
                f"the mobility is of call {mobility.call}, and the project of call {self.call}; mend one of the two"
            )
            raise InputError(message, field=f"{place}.call")
        number = mobility.project_number
        if None not in {number, self.number} and number != self.number:
            message = (
                f"the mobility is of the project {number}, and stands in the project {self.number}; mend one of them"
            )
            raise InputError(message, field=f"{place}.project_number")


# --- what the rules of a project see of its mobilities -----------------------------------------------------


@attrs.frozen(kw_only=True)
class Stay:
    """One mobility as the rules of the project see it, after it was answered by itself."""

    name: str
    """Its reference, or its place in the project."""
    country: Country | None = None
    """The partner's country."""
    region: int | None = None
    """The number of its region in this call."""
    direction: Direction | None = None
    activity: Activity | None = None
    academic_year: AcademicYear | None = None
    start_date: dt.date | None = None
    end_date: dt.date | None = None
    possible_days: tuple[dt.date, ...] = ()
    """The days that start or end may be where only that is known; both ends of each range."""
    is_dated: bool = False
    """Whether of start and end at least the days they may be are known."""
    is_eligible: bool | None = None
    """*None* while nobody can tell."""
    took_place: bool = False
    is_reported: bool = False
    """Whether it is at the last stage, the final report."""
    has_grant: bool = True
    is_flagged: bool = False
    """Whether it is flagged to count for organisational support without a grant."""
    low: Decimal = Decimal(0)
    """What it takes from an envelope for travel and individual support, at least [EUR]: nothing while nobody can tell
    whether it is eligible, unless it is settled."""
    high: Decimal | None = None
    """The same at most [EUR]; *None* while a line of its grant is open."""
    agreement: str | None = None
    condition: str | None = None
    """The condition of the agreement that carries it, in words."""
    places: int | None = None
    """The places that condition names for a year."""
    places_used: int | None = None
    """The stays of the project on these places in the year, this one included."""

    @property
    def may_take(self) -> bool:
        """Whether it may take from an envelope; one that is not eligible does so only by what was settled."""
        return self.is_eligible is not False or self.high != 0


@attrs.frozen(kw_only=True)
class EnvelopeUse:
    """An envelope beside what the mobilities take from it [EUR]."""

    name: str
    region: int | None
    granted: Decimal | None
    low: Decimal
    high: Decimal | None
    """Those included of which nobody can tell by which envelope they are paid; *None* while a line of a grant is
    open."""
    incoming: Decimal | None
    """What the incoming ones take; *None* while that is not known to the cent."""
    outgoing: Decimal | None
    stays: int
    """The stays that are known to be paid from it."""

    @property
    def is_kept(self) -> bool | None:
        """Whether it suffices; *None* while nobody can tell."""
        if self.granted is None:
            return None
        if self.low > self.granted:
            return False
        return True if self.high is not None and self.high <= self.granted else None


@attrs.frozen(kw_only=True)
class PlacesUse:
    """The places of one condition of an agreement in one academic year."""

    agreement: str
    academic_year: AcademicYear
    condition: str
    places: int | None
    used: int

    @property
    def is_kept(self) -> bool | None:
        """Whether the places suffice; *None* where the agreement names none."""
        return None if self.places is None else self.used <= self.places


def envelope_of(stay: Stay, envelopes: Iterable[Envelope]) -> Envelope | Unknown | None:
    """The envelope that pays a stay: the one that names its country, else that of its region.

    *Unknown* while the partner's country is, or its region where an envelope of a region may pay: it may be any.
    """
    listed = tuple(envelopes)
    if stay.country is None:
        return Unknown(("sending_country", "receiving_country"))
    for item in listed:
        if item.countries and stay.country in item.countries:
            return item
    of_regions = [item for item in listed if not item.countries]
    if stay.region is None and of_regions:
        return Unknown(gaps=(f"in which region {stay.country.name} stands is not known",))
    return next((item for item in of_regions if item.region == stay.region), None)


STAGES_AFTER_THE_STAY = frozenset({Stage.AFTER_RETURN, Stage.FINAL_REPORT})
"""A mobility at one of these stages took place."""
