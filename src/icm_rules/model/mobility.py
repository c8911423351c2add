"""What a university knows of one mobility before any rule has spoken.

Every field may be absent, but for the call: an absent field is a fact nobody has told yet. What can never be true is
refused when the object is made. The fields are at once the given facts of the rules, see
:mod:`icm_rules.model.vocabulary`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

import attrs

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
    holds,
    one_of,
    several,
    told,
)
from icm_rules.model.identifiers import (
    AcademicYear,
    ProjectNumber,
    academic_year,
    erasmus_code,
    oid,
    pic,
    project_number,
    schac,
)
from icm_rules.model.months import number_in_months_of_30
from icm_rules.model.places import Coordinates
from icm_rules.model.terms import (
    Activity,
    CreditSystem,
    Direction,
    InstitutionKind,
    ParticipantKind,
    Stage,
    StayFormat,
    StudyCycle,
    TransportMeans,
)

_SUBJECT_AREA = re.compile(r"\d{2,4}")
_PARTIES = 2


def a_country(value: object) -> Country:
    """A country by its ISO 3166-1 code, XK, or the EU's EL and UK."""
    return Country(value)  # type: ignore[arg-type] # it refuses what is no text


def coordinates(value: object) -> Coordinates:
    """Latitude and longitude in degrees, as text or as a pair of numbers."""
    return Coordinates(value)


def a_project_number(value: object) -> ProjectNumber:
    """A project number as the grant agreement shows it."""
    return value if isinstance(value, ProjectNumber) else project_number(value)  # type: ignore[arg-type] # see above


def an_academic_year(value: object) -> AcademicYear:
    """An academic year such as 2019/2020."""
    return value if isinstance(value, AcademicYear) else academic_year(value)  # type: ignore[arg-type] # see above


Possible = tuple[tuple[str, tuple[object, ...]], ...]
"""Facts by flat name, each with the values it may have."""


def possible_values(value: object) -> Possible:
    """What may be true of facts that are not told: a mapping from flat names to the values each may have."""
    if value is None:
        return ()
    try:
        given = dict(value) if isinstance(value, (tuple, Mapping)) else None
    except (TypeError, ValueError):  # no pairs
        given = None
    if given is None:
        message = f"{shown(value)} is no mapping of facts to the values they may have; write them in curly brackets"
        raise InputError(message, field="possible")
    read = []
    for name, values in given.items():
        try:
            read.append((str(name), several(lambda item: item)(values)))
        except InputError as refusal:
            raise InputError(str(refusal), field=f"possible.{name}") from None
    return tuple(read)


Confirmed = tuple[tuple[str, object], ...]
"""Facts by flat name, each with the value that is confirmed."""


def confirmed_values(value: object) -> Confirmed:
    """What is confirmed: a mapping from flat names to values; *None* is not confirmed."""
    if value is None:
        return ()
    try:
        given = dict(value) if isinstance(value, (tuple, Mapping)) else None
    except (TypeError, ValueError):  # no pairs
        given = None
    if given is None:
        message = f"{shown(value)} is no mapping of facts to their confirmed values; write them in curly brackets"
        raise InputError(message, field="confirmed")
    return tuple((str(name), item) for name, item in given.items() if item is not None)


def a_subject_area(value: object) -> str:
    """A field of education: the two to four digits of ISCED-F 2013, leading zero included."""
    text = a_text(value)
    if not _SUBJECT_AREA.fullmatch(text):
        message = f"{shown(value)} is no field of education; write the two to four digits of ISCED-F, such as 0613"
        raise InputError(message)
    return text


@attrs.frozen(kw_only=True)
class Institution:
    """A university or another organisation that sends or receives."""

    name: str | None = told(a_text, "What is the institution called?", known_at=Stage.APPLICATION)
    country: Country | None = told(a_country, "In which country is the institution?", known_at=Stage.APPLICATION)
    city: str | None = told(a_text, "In which city is the institution?", known_at=Stage.APPLICATION)
    coordinates: Coordinates | None = told(
        coordinates,
        "Where does it lie: latitude and longitude?",
        known_at=Stage.APPLICATION,
        unit="degrees, north and east positive",
    )
    kind: InstitutionKind | None = told(
        one_of(InstitutionKind),
        "Is it a university, a public authority, or an enterprise (or another organisation)?",
        known_at=Stage.NOMINATION,
    )
    erasmus_code: str | None = told(erasmus_code, "What is its Erasmus code?", known_at=Stage.APPLICATION)
    pic: str | None = told(pic, "What is its Participant Identification Code (PIC)?", known_at=Stage.APPLICATION)
    oid: str | None = told(oid, "What is its Organisation ID (OID)?", known_at=Stage.APPLICATION)
    schac: str | None = told(schac, "What is its SCHAC code (its internet domain)?", known_at=Stage.APPLICATION)
    holds_charter: bool | None = told(
        a_flag, "Does it hold the Erasmus Charter for Higher Education?", known_at=Stage.APPLICATION
    )
    is_recognised: bool | None = told(
        a_flag, "Is it recognised by the competent authorities of its country?", known_at=Stage.APPLICATION
    )

    is_public_interest_trust: bool | None = told(
        a_flag, "Is it a public-interest trust, or maintained by one (Hungary)?", known_at=Stage.APPLICATION
    )

    def __attrs_post_init__(self) -> None:
        """Refuse what can never be true of an institution."""
        if self.kind not in {None, InstitutionKind.UNIVERSITY} and (
            self.holds_charter or self.erasmus_code is not None
        ):
            message = (
                "the Charter and an Erasmus code are for universities, and the institution is told as another kind; "
                "mend its kind, or leave Charter and code out"
            )
            raise InputError(message, field="kind")


@attrs.frozen(kw_only=True)
class Participant:
    """The person who goes: a :class:`Student` or :class:`Staff`."""


@attrs.frozen(kw_only=True)
class Student(Participant):
    """A student who goes."""

    study_cycle: StudyCycle | None = told(
        one_of(StudyCycle),
        "In which study cycle is the student: short, first, second or third?",
        known_at=Stage.NOMINATION,
    )
    one_cycle_programme: bool | None = told(
        a_flag, "Is it a one-cycle programme, such as medicine?", known_at=Stage.NOMINATION
    )
    year_of_study: int | None = told(
        an_ordinal, "In which year of higher education studies is the student?", known_at=Stage.NOMINATION
    )
    is_enrolled: bool | None = told(
        a_flag,
        "Is the student enrolled in studies that lead to a degree or another recognised qualification?",
        known_at=Stage.NOMINATION,
    )
    graduated_on: date | None = told(
        a_date,
        "On which day did the student graduate from the studies that the mobility belongs to?",
        known_at=Stage.NOMINATION,
    )
    residence_country: Country | None = told(
        a_country, "In which country does the student live during the studies?", known_at=Stage.NOMINATION
    )
    days_used_in_cycle: int | None = told(
        a_whole_number,
        "How many days of Erasmus mobility lie behind the student in this study cycle, zero-grant days and earlier "
        "programmes included (a month counts 30 days)?",
        known_at=Stage.NOMINATION,
        unit="days of 30 to the month",
    )
    is_disadvantaged: bool | None = told(
        a_flag,
        "Does the student come from a disadvantaged background by the national criteria?",
        known_at=Stage.NOMINATION,
        presumed=False,
    )
    agency_top_up_eur_per_month: Decimal | None = told(
        a_number,
        "What does the National Agency pay disadvantaged students in addition (0 where it has not opted in)?",
        known_at=Stage.NOMINATION,
        unit="EUR a month",
    )


@attrs.frozen(kw_only=True)
class Staff(Participant):
    """A member of staff who goes."""

    is_employed_by_sending: bool | None = told(
        a_flag, "Is the person employed by the sending institution or organisation?", known_at=Stage.NOMINATION
    )
    is_invited: bool | None = told(
        a_flag, "Was the person invited by the receiving institution to teach?", known_at=Stage.NOMINATION
    )


@attrs.frozen(kw_only=True)
class AgreementCondition:
    """What the inter-institutional agreement sets down for one direction and activity."""

    direction: Direction = told(
        one_of(Direction),
        "Which way does the condition go: incoming or outgoing, seen from the Programme Country?",
        known_at=Stage.APPLICATION,
        default=attrs.NOTHING,
    )
    activity: Activity = told(
        one_of(Activity), "For which activity is the condition?", known_at=Stage.APPLICATION, default=attrs.NOTHING
    )
    places_per_year: int | None = told(a_whole_number, "How many places a year?", known_at=Stage.APPLICATION)
    months_per_year: Decimal | None = told(
        a_number, "How many months of students a year?", known_at=Stage.APPLICATION, unit="months"
    )
    days_per_year: Decimal | None = told(
        a_number, "How many days of staff a year?", known_at=Stage.APPLICATION, unit="days"
    )
    cycles: tuple[StudyCycle, ...] | None = told(
        several(one_of(StudyCycle)), "For which study cycles?", known_at=Stage.APPLICATION
    )
    subject_areas: tuple[str, ...] | None = told(
        several(a_subject_area), "For which subject areas (ISCED-F)?", known_at=Stage.APPLICATION
    )


@attrs.frozen(kw_only=True)
class Agreement:
    """The inter-institutional agreement between the two universities."""

    parties: tuple[Institution, ...] | None = told(
        several(an_instance(Institution)),
        "Between which two institutions is the agreement?",
        known_at=Stage.APPLICATION,
    )
    signed_by_programme_side_on: date | None = told(
        a_date,
        "On which day did the institution of the Programme Country sign the agreement?",
        known_at=Stage.BEFORE_DEPARTURE,
    )
    signed_by_partner_side_on: date | None = told(
        a_date,
        "On which day did the institution of the Partner Country sign the agreement?",
        known_at=Stage.BEFORE_DEPARTURE,
    )
    first_academic_year: AcademicYear | None = told(
        an_academic_year, "What is the first academic year of the agreement?", known_at=Stage.APPLICATION
    )
    last_academic_year: AcademicYear | None = told(
        an_academic_year, "What is the last academic year of the agreement?", known_at=Stage.APPLICATION
    )
    conditions: tuple[AgreementCondition, ...] | None = told(
        several(an_instance(AgreementCondition)),
        "What does the agreement set down for each direction and activity?",
        known_at=Stage.APPLICATION,
    )
    binds_partner_to_charter: bool | None = told(
        a_flag, "Does the agreement bind the partner to the principles of the Charter?", known_at=Stage.APPLICATION
    )
    provides_for_recognition: bool | None = told(
        a_flag, "Does the agreement provide for the recognition of credits?", known_at=Stage.APPLICATION
    )

    def __attrs_post_init__(self) -> None:
        """Refuse what can never be true of an agreement."""
        if self.parties is not None and len(self.parties) != _PARTIES:
            message = f"an agreement has two parties, and {len(self.parties)} are named; name both institutions"
            raise InputError(message, field="parties")
        first, last = self.first_academic_year, self.last_academic_year
        if first is not None and last is not None and last < first:
            message = f"the agreement ends with {last}, before it begins with {first}; mend one of the two years"
            raise InputError(message, field="last_academic_year")


@attrs.frozen(kw_only=True)
class Signatures:
    """When participant, sending and receiving side signed a learning agreement or a mobility agreement."""

    signed_by_participant_on: date | None = told(
        a_date, "On which day did the participant sign it?", known_at=Stage.BEFORE_DEPARTURE
    )
    signed_by_sending_on: date | None = told(
        a_date, "On which day did the sending side sign it?", known_at=Stage.BEFORE_DEPARTURE
    )
    signed_by_receiving_on: date | None = told(
        a_date, "On which day did the receiving side sign it?", known_at=Stage.BEFORE_DEPARTURE
    )


@attrs.frozen(kw_only=True)
class TravelLeg:
    """One leg of the journey."""

    means: TransportMeans = told(
        one_of(TransportMeans),
        f"By which means of transport: {', '.join(TransportMeans)}?",
        known_at=Stage.BEFORE_DEPARTURE,
        default=attrs.NOTHING,
    )
    distance_km: Decimal | None = told(a_number, "How long is the leg?", known_at=Stage.BEFORE_DEPARTURE, unit="km")


@attrs.frozen(kw_only=True)
class StayPart:
    """Some days of a stay in a row, both ends included."""

    first_day: date = told(
        a_date, "On which day does this part of the stay begin?", known_at=Stage.DURING, default=attrs.NOTHING
    )
    last_day: date = told(a_date, "On which day does it end?", known_at=Stage.DURING, default=attrs.NOTHING)

    def __attrs_post_init__(self) -> None:
        """Refuse a part that ends before it begins."""
        if self.last_day < self.first_day:
            message = (
                f"this part of the stay ends on {self.last_day}, before it begins on {self.first_day}; "
                "mend one of the two dates"
            )
            raise InputError(message, field="last_day")

    def __str__(self) -> str:
        """The part from and to."""
        return f"{self.first_day} to {self.last_day}"


@attrs.frozen(kw_only=True)
class StayInterruption(StayPart):
    """Days of a stay on which the participant was not present."""

    is_official_holiday: bool | None = told(
        a_flag,
        "Was the receiving side closed for official holidays, and did the participant return after them?",
        known_at=Stage.DURING,
    )

    def __str__(self) -> str:
        """The interruption from and to."""
        return f"{self.first_day} to {self.last_day}" + (" (official holidays)" if self.is_official_holiday else "")


def _check_parts(parts: tuple[StayPart, ...], start: date | None, end: date | None, what: str, field: str) -> None:
    """Refuse parts that overlap, or lie outside the stay."""
    latest: StayPart | None = None
    for part in sorted(parts, key=lambda each: each.first_day):
        if (start is not None and part.first_day < start) or (end is not None and part.last_day > end):
            message = (
                f"{what} of {part} does not lie within the stay, from {start or 'a day not told'} to "
                f"{end or 'a day not told'}; mend its days or those of the stay"
            )
            raise InputError(message, field=field)
        if latest is not None and part.first_day <= latest.last_day:
            message = f"{what} of {part} overlaps that of {latest}; tell each day once"
            raise InputError(message, field=field)
        latest = part


def most_days(first: date, last: date) -> int:
    """The days from first to last, both included, by the count that finds more: the calendar, or months of 30 days.

    Which count holds is for the rules to say. What is more than both can be true by neither.
    """
    in_months = number_in_months_of_30(last) - number_in_months_of_30(first) + 1
    return max(in_months, (last - first).days + 1)


class MoreDaysThanTheStayError(InputError):
    """Numbers of days of a stay that are more than it has; ``most`` holds the greatest that could be true."""

    def __init__(self, message: str, *, field: str, most: Mapping[str, int]) -> None:
        """Keep also how many days of each kind there could be."""
        super().__init__(message, field=field)
        self.most = most


DAYS_OF_THE_STAY: Mapping[str, str] = MappingProxyType(
    {"interruption_days": "of interruption", "zero_grant_days": "without grant"}
)
"""Numbers of days that lie within the stay, each apart from the other, and what they are called."""


ORDERED_DATES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("start_date", "end_date"): "the stay ends on {last}, before it starts on {first}",
        (
            "outward_travel_date",
            "start_date",
        ): "the stay starts on {last}, before the outward journey begins on {first}",
        ("end_date", "return_travel_date"): "the journey back ends on {last}, before the stay ends on {first}",
        ("outward_travel_date", "end_date"): "the stay ends on {last}, before the outward journey begins on {first}",
        ("start_date", "return_travel_date"): "the journey back ends on {last}, before the stay starts on {first}",
        (
            "outward_travel_date",
            "return_travel_date",
        ): "the journey back ends on {last}, before the outward one on {first}",
        (
            "force_majeure_first_day",
            "force_majeure_last_day",
        ): "force majeure ends on {last}, before it begins on {first}",
    }
)
"""Dates of which the second never lies before the first, and what is said where it does."""


@attrs.frozen(kw_only=True)
class Mobility:
    """One person, one stay, one project.

    Only ``call`` must be told: it binds the mobility to the Programme Guide of that year, whatever the dates of the
    stay.

    Raises:
        InputError: a value of the wrong kind, or what can never be true (a stay that ends before it starts); the
            message shows the value and the way out, ``field`` names the field.

    """

    call: int = told(
        a_year, "In the call of which year was the project granted?", known_at=Stage.APPLICATION, default=attrs.NOTHING
    )
    reference: str | None = told(a_text, "How does the office refer to the mobility?", known_at=Stage.APPLICATION)
    project_number: ProjectNumber | None = told(
        a_project_number, "What is the number of the project?", known_at=Stage.APPLICATION
    )
    stage: Stage | None = told(
        one_of(Stage), f"At which stage does the mobility stand: {', '.join(Stage)}?", known_at=Stage.APPLICATION
    )
    activity: Activity | None = told(
        one_of(Activity), f"What does the participant do: {', '.join(Activity)}?", known_at=Stage.NOMINATION
    )
    stay_format: StayFormat | None = told(
        one_of(StayFormat), f"How is the stay laid out: {', '.join(StayFormat)}?", known_at=Stage.NOMINATION
    )
    has_virtual_part: bool | None = told(
        a_flag, "Does the stay have a virtual part besides the physical one?", known_at=Stage.NOMINATION
    )
    grant_agreement_signed_on: date | None = told(
        a_date, "On which day was the grant agreement of the project signed?", known_at=Stage.APPLICATION
    )
    sending: Institution | None = holds(Institution, prefix="sending_")
    receiving: Institution | None = holds(Institution, prefix="receiving_")
    participant: Student | Staff | None = holds(Participant, prefix="")
    agreement: Agreement | None = holds(Agreement, prefix="agreement_")
    learning_agreement: Signatures | None = holds(Signatures, prefix="learning_agreement_")
    mobility_agreement: Signatures | None = holds(Signatures, prefix="mobility_agreement_")
    academic_year: AcademicYear | None = told(
        an_academic_year, "In which academic year does the stay lie?", known_at=Stage.NOMINATION
    )
    start_date: date | None = told(
        a_date, "What is the first day on which the participant must be present?", known_at=Stage.NOMINATION
    )
    end_date: date | None = told(
        a_date, "What is the last day on which the participant must be present?", known_at=Stage.NOMINATION
    )
    covers_academic_term: bool | None = told(
        a_flag, "Does the stay cover one complete academic term or trimester?", known_at=Stage.NOMINATION
    )
    subject_area: str | None = told(
        a_subject_area, "In which field of education is the stay (ISCED-F)?", known_at=Stage.NOMINATION
    )
    teaching_hours: Decimal | None = told(
        a_number, "How many hours does the participant teach during the stay?", known_at=Stage.NOMINATION, unit="hours"
    )
    is_conference: bool | None = told(
        a_flag, "Is the training the visit of a conference?", known_at=Stage.NOMINATION, presumed=False
    )
    is_digital_traineeship: bool | None = told(
        a_flag, "Is it a traineeship in digital skills?", known_at=Stage.NOMINATION
    )
    distance_km: Decimal | None = told(
        a_number,
        "How far is it one way by the Commission's distance calculator?",
        known_at=Stage.NOMINATION,
        unit="km",
    )
    measured_distance_km: Decimal | None = told(
        a_number,
        "How far is it one way by another measure, while the calculator's figure is not known?",
        known_at=Stage.NOMINATION,
        unit="km",
    )
    departure_city: str | None = told(
        a_text,
        "From which city does the journey start, where that is not the seat of the sending side?",
        known_at=Stage.BEFORE_DEPARTURE,
    )
    departure_coordinates: Coordinates | None = told(
        coordinates,
        "Where does that other place of departure lie: latitude and longitude?",
        known_at=Stage.BEFORE_DEPARTURE,
        unit="degrees, north and east positive",
    )
    departure_is_proven: bool | None = told(
        a_flag,
        "Is there proof that the journey started at that other place (ticket, invoice, boarding pass)?",
        known_at=Stage.AFTER_RETURN,
    )
    outward_travel_date: date | None = told(
        a_date, "On which day does the outward journey begin?", known_at=Stage.BEFORE_DEPARTURE
    )
    return_travel_date: date | None = told(
        a_date, "On which day does the return journey end?", known_at=Stage.BEFORE_DEPARTURE
    )
    travel_legs: tuple[TravelLeg, ...] | None = told(
        several(an_instance(TravelLeg)),
        "By which means of transport is the journey made, leg by leg?",
        known_at=Stage.BEFORE_DEPARTURE,
    )
    real_travel_costs_eur: Decimal | None = told(
        a_number,
        "What does the journey really cost, where expensive travel is claimed?",
        known_at=Stage.BEFORE_DEPARTURE,
        unit="EUR",
    )
    has_fewer_opportunities: bool | None = told(
        a_flag,
        "Does the participant have fewer opportunities by the national criteria?",
        known_at=Stage.NOMINATION,
        presumed=False,
    )
    inclusion_costs_eur: Decimal | None = told(
        a_number,
        "Which real additional costs does the participant have, by special needs or fewer opportunities?",
        known_at=Stage.BEFORE_DEPARTURE,
        unit="EUR",
    )
    travel_days_claimed: int | None = told(
        a_whole_number,
        "For how many days of travel is individual support asked?",
        known_at=Stage.BEFORE_DEPARTURE,
        unit="days",
    )
    is_travel_paid_otherwise: bool | None = told(
        a_flag,
        "Is the travel paid from other sources, or does none take place?",
        known_at=Stage.BEFORE_DEPARTURE,
        presumed=False,
    )
    is_zero_grant: bool | None = told(
        a_flag, "Is it a stay without any grant from EU funds?", known_at=Stage.NOMINATION, presumed=False
    )
    zero_grant_days: int | None = told(
        a_whole_number,
        "How many days of the stay carry no grant?",
        known_at=Stage.BEFORE_DEPARTURE,
        unit="days, counted like the stay",
        presumed=None,
    )
    zero_grant_periods: tuple[StayPart, ...] | None = told(
        several(an_instance(StayPart)),
        "Which parts of the stay carry no grant, where their days are told in place of a number?",
        known_at=Stage.BEFORE_DEPARTURE,
    )
    agreed_funded_days: int | None = told(
        a_whole_number,
        "For how many days of the stay does the grant agreement with the participant pay?",
        known_at=Stage.BEFORE_DEPARTURE,
        unit="days, counted like the stay, travel left out",
    )
    agreed_start_date: date | None = told(
        a_date,
        "On which day does the stay begin by the grant agreement, where it began on another day?",
        known_at=Stage.DURING,
    )
    agreed_end_date: date | None = told(
        a_date,
        "On which day does the stay end by the grant agreement, where it ended on another day?",
        known_at=Stage.DURING,
    )
    extension_requested_on: date | None = told(
        a_date, "On which day was a longer stay asked for?", known_at=Stage.DURING
    )
    extension_is_agreed: bool | None = told(
        a_flag,
        "Was the longer stay agreed during the stay, by an amendment of the grant agreement with the participant?",
        known_at=Stage.DURING,
    )
    extension_is_funded: bool | None = told(
        a_flag, "Does that amendment pay for the additional days?", known_at=Stage.DURING
    )
    interruptions: tuple[StayInterruption, ...] | None = told(
        several(an_instance(StayInterruption)),
        "On which days of the stay was the participant not present?",
        known_at=Stage.DURING,
    )
    interruption_days: int | None = told(
        a_whole_number,
        "On how many days of the stay was the participant not present, where the days themselves are not told?",
        known_at=Stage.DURING,
        unit="days, counted like the stay",
    )
    force_majeure_first_day: date | None = told(
        a_date, "Which is the first day that force majeure took from the stay?", known_at=Stage.DURING
    )
    force_majeure_last_day: date | None = told(
        a_date, "Which is the last day that force majeure took from the stay?", known_at=Stage.DURING
    )
    force_majeure_is_accepted: bool | None = told(
        a_flag, "Did the National Agency accept the case as force majeure?", known_at=Stage.AFTER_RETURN
    )
    force_majeure_costs_eur: Decimal | None = told(
        a_number,
        "Which costs of the days lost to force majeure are proven, and could not be recovered?",
        known_at=Stage.AFTER_RETURN,
        unit="EUR",
    )
    budget_window: str | None = told(
        a_text, "From which budget window is the mobility paid, if from one?", known_at=Stage.APPLICATION
    )
    receiving_asks_fees: bool | None = told(
        a_flag,
        "Does the receiving institution ask for tuition, registration, examination or laboratory fees?",
        known_at=Stage.NOMINATION,
    )
    is_insured: bool | None = told(a_flag, "Is the participant insured for the stay?", known_at=Stage.BEFORE_DEPARTURE)
    needs_visa: bool | None = told(
        a_flag, "Does the participant need a visa for the stay?", known_at=Stage.BEFORE_DEPARTURE
    )
    has_visa: bool | None = told(a_flag, "Does the participant have the visa?", known_at=Stage.BEFORE_DEPARTURE)
    credit_system: CreditSystem | None = told(
        one_of(CreditSystem),
        "In which system does the receiving institution count credits: ects, comparable or not_comparable?",
        known_at=Stage.APPLICATION,
    )
    credits_agreed: Decimal | None = told(
        a_number,
        "How many credits does the learning agreement set down?",
        known_at=Stage.BEFORE_DEPARTURE,
        unit="credits",
    )
    credits_achieved: Decimal | None = told(
        a_number,
        "How many of the agreed credits did the student achieve?",
        known_at=Stage.AFTER_RETURN,
        unit="credits",
    )
    credits_recognised: Decimal | None = told(
        a_number, "How many credits did the sending institution recognise?", known_at=Stage.AFTER_RETURN, unit="credits"
    )

    possible: Possible = attrs.field(default=(), converter=possible_values)
    """Facts that are not told but known to be one of several values, by flat name: ``{"activity": ["studies",
    "traineeship"]}``. Of dates and numbers the least and the greatest suffice; a month, such as ``2024-09``, stands for
    its first and its last day. The answers then say what holds in every case, and amounts are ranges."""

    confirmed: Confirmed = attrs.field(default=(), converter=confirmed_values)
    """What turned out otherwise than planned, or was proven as planned, by flat name: ``{"end_date": "2019-06-12"}``.
    The other fields hold what is planned. The rules are asked about what is planned; :func:`icm_rules.settle` asks
    them about both and compares."""

    @property
    def participant_kind(self) -> ParticipantKind | None:
        """Whether a student or a member of staff goes, as far as the participant says it."""
        match self.participant:
            case Student():
                return ParticipantKind.STUDENT
            case Staff():
                return ParticipantKind.STAFF
            case _:
                return None

    def __attrs_post_init__(self) -> None:
        """Refuse what can never be true of a mobility."""
        self._check_call()
        self._check_dates()
        if self.possible:
            from icm_rules.model.possible import checked_possible  # it knows the flat names, and so this class

            object.__setattr__(self, "possible", checked_possible(self))
        self._check_days()
        if self.activity is not None and self.participant is not None:
            kind = ParticipantKind.STUDENT if self.activity.of_students else ParticipantKind.STAFF
            if kind is not self.participant_kind:
                message = (
                    f"{self.activity.words} is an activity of {kind.plural}, and the participant is told as "
                    f"{self.participant_kind}; mend the activity or the participant"
                )
                raise InputError(message, field="activity")
        of_staff = self.participant_kind is ParticipantKind.STAFF
        if self.activity is not None:
            of_staff = not self.activity.of_students
        if self.stay_format is StayFormat.SHORT_DOCTORAL and of_staff:
            message = (
                "a short doctoral stay is one of students, and the mobility is told as one of staff; mend the format "
                "or who goes"
            )
            raise InputError(message, field="stay_format")

        if self.confirmed:
            from icm_rules.model.confirmed import checked_confirmed  # it knows the flat names, and so this class

            object.__setattr__(self, "confirmed", checked_confirmed(self))

    def _check_days(self) -> None:
        """Refuse days without grant, and interruptions, that are told in two ways."""
        if self.is_zero_grant and (self.zero_grant_days or self.zero_grant_periods):
            name = "zero_grant_days" if self.zero_grant_days else "zero_grant_periods"
            message = f"a stay without any grant has no days without grant besides; tell is_zero_grant or {name}"
            raise InputError(message, field=name)
        for days, parts in (("zero_grant_days", "zero_grant_periods"), ("interruption_days", "interruptions")):
            if getattr(self, days) and getattr(self, parts):
                message = f"{days} and {parts} are both told; tell the number or the days themselves"
                raise InputError(message, field=days)
        self._check_numbers_of_days()

    def _check_numbers_of_days(self) -> None:
        """Refuse more days of interruption, or without grant, or of both together, than the stay has."""
        start, end = self.start_date, self.end_date
        told = {name: getattr(self, name) for name in DAYS_OF_THE_STAY if getattr(self, name)}
        if not told or start is None or end is None:
            return
        left = most = most_days(start, end)
        if sum(told.values()) <= most:
            return
        fitting = {}
        for name, days in told.items():
            fitting[name] = min(days, left)
            left -= fitting[name]
        # A number that is too great by itself is named by itself.
        named = next(([name] for name, days in told.items() if days > most), list(told))
        kinds = " and ".join(f"{told[name]} days {DAYS_OF_THE_STAY[name]}" for name in named)
        message = (
            f"{kinds} are {'together ' if len(named) > 1 else ''}more than the {most} days of the stay, from {start} "
            f"to {end}; mend {' or '.join(named)}, or the dates of the stay"
        )
        raise MoreDaysThanTheStayError(message, field=named[-1], most=fitting)

    def _check_call(self) -> None:
        if self.project_number is not None and self.project_number.call != self.call:
            message = (
                f"the project {self.project_number.text} is of call {self.project_number.call}, and the mobility says "
                f"call {self.call}; mend one of the two"
            )
            raise InputError(message, field="call")

    def _check_dates(self) -> None:
        for (first_name, last_name), sentence in ORDERED_DATES.items():
            first, last = getattr(self, first_name), getattr(self, last_name)
            if first is not None and last is not None and last < first:
                message = sentence.format(first=first, last=last) + "; mend one of the two dates"
                raise InputError(message, field=last_name)
        for field, what in (("interruptions", "an interruption"), ("zero_grant_periods", "a part without grant")):
            parts = getattr(self, field)
            if parts:
                _check_parts(parts, self.start_date, self.end_date, what, field)
        year, start = self.academic_year, self.start_date
        if year is not None and start is not None and start.year not in {year.first, year.last}:
            message = f"the stay starts on {start}, which lies in no academic year {year}; mend the year or the date"
            raise InputError(message, field="academic_year")
