"""The application for a project of credit mobility, how it is assessed, and the states it goes through.

The institution of the Programme Country applies to the National Agency of its own country, for flows of participants to
and from partner countries. Nothing here knows a Guide: points, deadlines and rates are for the rules.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

import attrs

from icm_rules.engine.errors import InputError, shown
from icm_rules.model.agreement import AgreementStatus
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
    one_of,
    several,
    told,
)
from icm_rules.model.mobility import Institution, a_country
from icm_rules.model.months import DAYS_OF_A_MONTH
from icm_rules.model.terms import Activity, Direction, Stage, StayFormat, StudyCycle, Term

_HAS_TIME = re.compile(r"\d[T ]\d")
_AGENCY = re.compile(r"[A-Z]{2}\d{2}")


# --- states ------------------------------------------------------------------------------------------------


class ApplicationState(Term):
    """Where an application stands; a value that never changes: :meth:`to` gives the next one."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ASSESSED = "assessed"
    SUPPORTED = "supported"
    RESERVE = "reserve"
    """On the reserve list: good enough, and the money does not suffice so far."""
    REJECTED = "rejected"
    AGREEMENT_SIGNED = "agreement_signed"
    RUNNING = "running"
    REPORTED = "reported"
    CLOSED = "closed"

    @property
    def following(self) -> tuple[ApplicationState, ...]:
        """The states that may come next; none after the last one."""
        return _FOLLOWING[self]

    def to(self, state: ApplicationState | str) -> ApplicationState:
        """The state ``state``, if it may follow this one.

        Raises:
            InputError: it may not, or there is no such state; the message names those that may.

        >>> ApplicationState.ASSESSED.to("reserve").to("supported").value
        'supported'

        """
        wanted = one_of(ApplicationState)(state)
        if wanted not in self.following:
            possible = ", ".join(each.words for each in self.following) or "nothing, it is the last state"
            message = f"an application that is {self.words} cannot become {wanted.words}; it may become: {possible}"
            raise InputError(message, field="state")
        return wanted


_STATE = ApplicationState
# No text that was seen draws this; it is our reading of the way an application goes. One that breaks a formal rule is
# rejected without being assessed, and one on the reserve list is supported when money comes free.
_FOLLOWING: Mapping[ApplicationState, tuple[ApplicationState, ...]] = MappingProxyType(
    {
        _STATE.DRAFT: (_STATE.SUBMITTED,),
        _STATE.SUBMITTED: (_STATE.ASSESSED, _STATE.REJECTED),
        _STATE.ASSESSED: (_STATE.SUPPORTED, _STATE.RESERVE, _STATE.REJECTED),
        _STATE.RESERVE: (_STATE.SUPPORTED, _STATE.REJECTED),
        _STATE.SUPPORTED: (_STATE.AGREEMENT_SIGNED,),
        _STATE.AGREEMENT_SIGNED: (_STATE.RUNNING,),
        _STATE.RUNNING: (_STATE.REPORTED,),
        _STATE.REPORTED: (_STATE.CLOSED,),
        _STATE.REJECTED: (),
        _STATE.CLOSED: (),
    }
)


# --- reading values ----------------------------------------------------------------------------------------


@functools.cache
def _brussels() -> dt.tzinfo:
    """The clocks of Brussels, summer time included, by the rule of the European Union since 1996."""
    from dateutil import tz  # when the first time with an offset is read

    # Written out, so that nothing is asked of the machine's own table of time zones.
    return tz.tzstr("CET-1CEST,M3.5.0/2,M10.5.0/3")


def a_time_in_brussels(value: object) -> dt.datetime:
    """A moment by the clocks of Brussels; one with an offset is turned into them, one without is taken as it is."""
    moment: object = value
    if isinstance(value, str):
        try:
            # A date alone would be read as its midnight, which nobody has told.
            moment = dt.datetime.fromisoformat(value.strip()) if _HAS_TIME.search(value) else None
        except ValueError:
            moment = None
    if not isinstance(moment, dt.datetime):
        message = (
            f"{shown(value)} is no moment; write date and time by the clocks of Brussels, such as 2019-02-05T11:30, "
            "or with its offset, such as 2019-02-05T13:30+03:00"
        )
        raise InputError(message)
    if moment.tzinfo is not None:
        moment = moment.astimezone(_brussels()).replace(tzinfo=None)
    a_date(moment.date())
    return moment


def an_agency(value: object) -> str:
    """The code of a National Agency: its country as the European institutions write it, and two digits."""
    code = a_text(value).upper()
    message = f"{shown(value)} is no code of a National Agency; write its country and two digits, such as SI01"
    if not _AGENCY.fullmatch(code):
        raise InputError(message)
    try:
        Country(code[:2])
    except InputError:
        raise InputError(message) from None
    return code


def a_way(value: object) -> Direction:
    """Incoming or outgoing, seen from the Programme Country."""
    direction = one_of(Direction)(value)
    if direction not in {Direction.INCOMING, Direction.OUTGOING}:
        message = f"{shown(value)} is no direction of a flow; write incoming or outgoing"
        raise InputError(message)
    return direction


# --- what is applied for -----------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class Flow:
    """So many participants between the applicant's country and one partner country, for one activity."""

    country: Country = told(
        a_country, "To or from which partner country?", known_at=Stage.APPLICATION, default=attrs.NOTHING
    )
    direction: Direction = told(
        a_way,
        "Which way do they go: incoming or outgoing, seen from the Programme Country?",
        known_at=Stage.APPLICATION,
        default=attrs.NOTHING,
    )
    activity: Activity = told(
        one_of(Activity),
        f"What do they do: {', '.join(Activity)}?",
        known_at=Stage.APPLICATION,
        default=attrs.NOTHING,
    )
    participants: int | None = told(a_whole_number, "How many participants?", known_at=Stage.APPLICATION)
    average_days: int | None = told(
        a_whole_number,
        "How long do they stay on average, travel left out?",
        known_at=Stage.APPLICATION,
        unit="days, counted like the stay",
    )
    average_months: Decimal | None = told(
        a_number, "How long do they stay on average, told in months?", known_at=Stage.APPLICATION, unit="months"
    )
    travel_days: int | None = told(
        a_whole_number, "How many days of travel are asked for each?", known_at=Stage.APPLICATION, unit="days"
    )
    distance_km: Decimal | None = told(
        a_number, "How far is it one way by the Commission's calculator?", known_at=Stage.APPLICATION, unit="km"
    )
    travels_green: bool | None = told(
        a_flag, "Do they travel green for the main part of the journey?", known_at=Stage.APPLICATION
    )
    study_cycle: StudyCycle | None = told(
        one_of(StudyCycle), "In which study cycle are the students?", known_at=Stage.APPLICATION
    )
    stay_format: StayFormat | None = told(
        one_of(StayFormat), f"How are the stays laid out: {', '.join(StayFormat)}?", known_at=Stage.APPLICATION
    )
    covers_academic_term: bool | None = told(
        a_flag, "Does each stay cover one complete academic term or trimester?", known_at=Stage.APPLICATION
    )
    invited_from_enterprises: bool | None = told(
        a_flag, "Are they staff invited from enterprises?", known_at=Stage.APPLICATION
    )

    def __attrs_post_init__(self) -> None:
        """Refuse what no participant can do, an average told twice, or one that is no whole number of days."""
        if self.stay_format is StayFormat.SHORT_DOCTORAL and not self.activity.of_students:
            message = f"a short doctoral stay is one of students, and the flow is of {self.activity.words}; mend one"
            raise InputError(message, field="stay_format")
        if self.invited_from_enterprises and self.activity.of_students:
            message = (
                f"whoever is invited from an enterprise is staff, and the flow is of {self.activity.words}; mend one"
            )
            raise InputError(message, field="invited_from_enterprises")
        if self.average_months is None:
            return
        if self.average_days is not None:
            message = "the average is told in days and in months; keep one of the two"
            raise InputError(message, field="average_months")
        days = self.average_months * DAYS_OF_A_MONTH
        if days != days.to_integral_value():
            message = (
                f"{self.average_months} months are {days.normalize():f} days of 30 to the month, no whole number; "
                "tell average_days"
            )
            raise InputError(message, field="average_months")

    @property
    def days(self) -> int | None:
        """How long they stay on average [days]; a month counts 30."""
        if self.average_months is not None:
            return int(self.average_months * DAYS_OF_A_MONTH)
        return self.average_days

    @property
    def label(self) -> str:
        """The flow in words: ``incoming studies, Kazakhstan``."""
        return f"{self.direction.words} {self.activity.words}, {self.country.name}"


@attrs.frozen(kw_only=True)
class ApplicationPartner(Institution):
    """A partner institution of the application."""

    agreement_status: AgreementStatus | None = told(
        one_of(AgreementStatus),
        f"Where does the agreement with it stand: {', '.join(AgreementStatus)}?",
        known_at=Stage.APPLICATION,
    )


# --- assessment --------------------------------------------------------------------------------------------


class AwardResult(Term):
    """What the National Agency decides."""

    SUPPORTED = "supported"
    RESERVE = "reserve"
    REJECTED = "rejected"


@attrs.frozen(kw_only=True)
class Score:
    """The points given for one criterion."""

    criterion: str = told(a_text, "For which criterion of the call?", known_at=Stage.APPLICATION, default=attrs.NOTHING)
    points: Decimal = told(a_number, "How many points?", known_at=Stage.APPLICATION, default=attrs.NOTHING)


@attrs.frozen(kw_only=True)
class AssessedUnit:
    """What is assessed by itself: the part of an application for one partner country, or for one region."""

    country: Country | None = told(a_country, "Which partner country is assessed?", known_at=Stage.APPLICATION)
    region: int | None = told(
        an_ordinal, "Which region is assessed, by the number of the call?", known_at=Stage.APPLICATION
    )
    scores: tuple[Score, ...] | None = told(
        several(an_instance(Score)), "How many points were given for each criterion?", known_at=Stage.APPLICATION
    )
    budget_suffices: bool | None = told(
        a_flag,
        "Does the money of the envelope suffice for it, after what is ranked before it?",
        known_at=Stage.APPLICATION,
    )

    def __attrs_post_init__(self) -> None:
        """Refuse a criterion that is scored twice, and a country beside a region."""
        names = [score.criterion.casefold() for score in self.scores or ()]
        for score in self.scores or ():
            if names.count(score.criterion.casefold()) > 1:
                message = f"{score.criterion!r} is scored more than once; keep one of the scores"
                raise InputError(message, field="scores")
        if self.country is not None and self.region is not None:
            message = "a country and a region are told; what is assessed by itself is one of the two"
            raise InputError(message, field="region")

    @property
    def label(self) -> str:
        """What is assessed in words."""
        if self.country is not None:
            return self.country.name
        return "the application" if self.region is None else f"region {self.region}"


@attrs.frozen(kw_only=True)
class Assessment:
    """How an application was assessed: the points of each part that is assessed by itself."""

    call: int | None = told(a_year, "To which call was the application made?", known_at=Stage.APPLICATION)
    units: tuple[AssessedUnit, ...] | None = told(
        several(an_instance(AssessedUnit)), "What was assessed by itself, and how?", known_at=Stage.APPLICATION
    )

    def __attrs_post_init__(self) -> None:
        """Refuse a part that is assessed twice."""
        seen = set()
        for unit in self.units or ():
            named = (unit.country, unit.region)
            if named in seen:
                message = f"{unit.label} is assessed more than once; keep one of the two"
                raise InputError(message, field="units")
            if named != (None, None):
                seen.add(named)


# --- the application ---------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class Application:
    """An application of an institution, or of a consortium, for one project.

    Only ``call`` must be told. Where ``consortium_members`` are named, it is the application of a consortium.

    Raises:
        InputError: a value of the wrong kind, or what can never be true; the message shows the value and the way out.

    """

    call: int = told(
        a_year, "To which call is the application made?", known_at=Stage.APPLICATION, default=attrs.NOTHING
    )
    reference: str | None = told(a_text, "How does the office refer to the application?", known_at=Stage.APPLICATION)
    stage: Stage | None = told(
        one_of(Stage), f"At which stage is it judged: {', '.join(Stage)}?", known_at=Stage.APPLICATION
    )
    state: ApplicationState | None = told(
        one_of(ApplicationState),
        f"Where does the application stand: {', '.join(ApplicationState)}?",
        known_at=Stage.APPLICATION,
    )
    round: int | None = told(an_ordinal, "In which round of the call is it handed in?", known_at=Stage.APPLICATION)
    applying_institution: Institution | None = told(
        an_instance(Institution),
        "Which institution applies, or coordinates the consortium that applies?",
        known_at=Stage.APPLICATION,
    )
    is_private: bool | None = told(a_flag, "Is the applicant a private organisation?", known_at=Stage.APPLICATION)
    is_consortium: bool | None = told(
        a_flag, "Is it the application of a consortium?", known_at=Stage.APPLICATION, presumed=False
    )
    consortium_is_accredited: bool | None = told(
        a_flag, "Does the consortium hold its accreditation?", known_at=Stage.APPLICATION
    )
    consortium_members: tuple[Institution, ...] | None = told(
        several(an_instance(Institution)),
        "Which universities belong to the consortium?",
        known_at=Stage.APPLICATION,
    )
    agency: str | None = told(
        an_agency, "To which National Agency is it handed in (its code, such as SI01)?", known_at=Stage.APPLICATION
    )
    submitted_at: dt.datetime | None = told(
        a_time_in_brussels, "When was it handed in, by the clocks of Brussels?", known_at=Stage.APPLICATION
    )
    applications_in_round: int | None = told(
        an_ordinal,
        "How many applications does the applicant hand in by itself in this round, this one counted?",
        known_at=Stage.APPLICATION,
    )
    partners: tuple[ApplicationPartner, ...] | None = told(
        several(an_instance(ApplicationPartner)), "Which are the partner institutions?", known_at=Stage.APPLICATION
    )
    flows: tuple[Flow, ...] | None = told(
        several(an_instance(Flow)), "For which flows of participants is money asked?", known_at=Stage.APPLICATION
    )
    project_months: int | None = told(
        a_whole_number, "How long is the project to last?", known_at=Stage.APPLICATION, unit="months"
    )
    project_start: date | None = told(a_date, "On which day is the project to start?", known_at=Stage.APPLICATION)
    financial_capacity_is_proven: bool | None = told(
        a_flag, "Has the applicant proved its financial capacity?", known_at=Stage.APPLICATION
    )
    requested_grant_eur: Decimal | None = told(
        a_number, "What does the form ask for in all?", known_at=Stage.APPLICATION, unit="EUR"
    )
    assessment: Assessment | None = told(
        an_instance(Assessment), "How was the application assessed?", known_at=Stage.APPLICATION
    )

    def __attrs_post_init__(self) -> None:
        """Refuse what can never be true of an application."""
        if self.consortium_members and self.is_consortium is False:
            message = "members of a consortium are named, and it is told to be none; mend one of the two"
            raise InputError(message, field="is_consortium")
        if self.consortium_members:
            object.__setattr__(self, "is_consortium", True)
        self._check_partners()
        if self.assessment is not None and self.assessment.call not in {None, self.call}:
            message = f"the assessment is of call {self.assessment.call}, and the application of call {self.call}"
            raise InputError(f"{message}; mend one of the two", field="assessment")
        if self.state is ApplicationState.DRAFT and self.submitted_at is not None:
            message = "a draft has not been handed in, and the moment at which it was is told; mend one of the two"
            raise InputError(message, field="submitted_at")
        if self.assessment is not None and self.state in {ApplicationState.DRAFT, ApplicationState.SUBMITTED}:
            message = f"the application is told as {self.state.words}, and how it was assessed as well; mend its state"
            raise InputError(message, field="state")

    def _check_partners(self) -> None:
        """Refuse a partner that is named twice, and the applicant among its partners."""
        partners = self.partners or ()
        for number, partner in enumerate(partners):
            if any(_is_same(partner, other) for other in partners[:number]):
                message = f"{partner.name or 'an institution'} is named twice as a partner; keep one of the two"
                raise InputError(message, field="partners")
            if self.applying_institution is not None and _is_same(partner, self.applying_institution):
                message = (
                    f"{partner.name or 'the applicant'} applies, and is named as its own partner; mend one of the two"
                )
                raise InputError(message, field="partners")


_CODES = ("erasmus_code", "pic", "oid", "schac")


def _is_same(one: Institution, other: Institution) -> bool:
    """Whether two institutions are surely the same: they share a code, else name and country, and nothing differs."""
    codes = [(getattr(one, kind), getattr(other, kind)) for kind in _CODES]
    alike = [own == their for own, their in codes if own is not None and their is not None]
    for own, their in ((one.country, other.country), (one.city, other.city)):
        if own is not None and their is not None and own != their:
            return False
    if alike:
        return all(alike)
    if one.name is None or other.name is None or one.country is None or other.country is None:
        return False
    return one.name.casefold() == other.name.casefold()
