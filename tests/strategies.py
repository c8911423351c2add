"""Strategies that the whole suite shares; they make only what the model allows."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
from hypothesis import strategies as st

from icm_rules.model.agreement import (
    AgreedCondition,
    AgreementStatus,
    CefrLevel,
    InterInstitutionalAgreement,
    LanguageRequirement,
)
from icm_rules.model.application import Application, Flow
from icm_rules.model.countries import country_codes
from icm_rules.model.identifiers import AcademicYear
from icm_rules.model.mobility import (
    Agreement,
    AgreementCondition,
    Institution,
    Mobility,
    Signatures,
    Staff,
    StayInterruption,
    StayPart,
    Student,
    TravelLeg,
)
from icm_rules.model.places import Coordinates
from icm_rules.model.terms import (
    Activity,
    AgreementTemplate,
    CharterPrinciple,
    CreditSystem,
    Direction,
    InstitutionKind,
    Stage,
    StayFormat,
    StudyCycle,
    TransportMeans,
)

CALLS = (2015, 2016, 2017, 2018, 2019, 2020, 2022, 2023, 2024, 2025, 2026)
"""The calls whose Guides the package holds."""

_FIRST_CALL_OF_KA171 = 2022

_MET_OFTEN = (
    *("KZ", "GE", "UA", "RS", "MA", "ZA", "NG", "BR", "US", "CH", "XK", "RU", "BY"),
    *("SI", "DE", "FR", "NO", "GB", "HU"),
)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A value, or nothing where nobody told."""
    return st.none() | strategy


def calls() -> st.SearchStrategy[int]:
    """A call whose Guide the package holds."""
    return st.sampled_from(CALLS)


def countries() -> st.SearchStrategy[str]:
    """The code of a country; those that mobilities often have come more often."""
    return st.sampled_from(_MET_OFTEN) | st.sampled_from(sorted(country_codes()))


def texts() -> st.SearchStrategy[str]:
    """Some words, with the signs that renderings must escape among them.

    All but the opening brace, by which the suite knows a sentence whose words were not filled in.
    """
    signs = st.characters(codec="utf-8", exclude_categories=("Cs",), exclude_characters="{")
    return st.text(signs, min_size=1, max_size=30).filter(lambda text: text.strip() != "")


def flags() -> st.SearchStrategy[bool]:
    """Yes or no."""
    return st.booleans()


def numbers(largest: int, places: int = 2) -> st.SearchStrategy[Decimal]:
    """A number from zero on."""
    return st.decimals(0, largest, allow_nan=False, allow_infinity=False, places=places)


def dates(call: int) -> st.SearchStrategy[date]:
    """A day in the life of a project of this call."""
    return st.dates(date(call, 1, 1), date(call + 4, 12, 31))


def later(first: date | None, call: int, longest: int = 800) -> st.SearchStrategy[date]:
    """A day that is not before ``first``; any day where that is not told."""
    if first is None:
        return dates(call)
    return st.integers(0, longest).map(lambda days: first + timedelta(days=days))


def academic_years(call: int) -> st.SearchStrategy[AcademicYear]:
    """An academic year in the life of a project of this call."""
    return st.builds(
        lambda first, length: AcademicYear(first, first + length), st.integers(call - 2, call + 4), st.integers(0, 1)
    )


def coordinates() -> st.SearchStrategy[Coordinates]:
    """Where a place lies: Almaty, Aktau, Graz."""
    return st.sampled_from(["43.25, 76.95", "43.65, 51.16", "47.07, 15.44"]).map(Coordinates)


@st.composite
def institutions(draw: st.DrawFn) -> Institution:
    """An institution of any kind, told in part; only a university has a Charter and an Erasmus code."""
    kind = draw(maybe(st.sampled_from(InstitutionKind)))
    of_universities = kind in {None, InstitutionKind.UNIVERSITY}
    return Institution(
        name=draw(maybe(texts())),
        country=draw(maybe(countries())),
        city=draw(maybe(texts())),
        coordinates=draw(maybe(coordinates())),
        kind=kind,
        erasmus_code=draw(maybe(st.sampled_from(["SI LJUBLJA01", "D  BERLIN01", "F  PARIS001"])))
        if of_universities
        else None,
        pic=draw(maybe(st.integers(900_000_000, 999_999_999).map(str))),
        oid=draw(maybe(st.integers(10_000_000, 99_999_999).map("E{}".format))),
        schac=draw(maybe(st.sampled_from(["uni-lj.si", "uw.edu.pl"]))),
        holds_charter=draw(maybe(flags() if of_universities else st.just(value=False))),
        is_recognised=draw(maybe(flags())),
        is_public_interest_trust=draw(maybe(flags())),
    )


def students(call: int) -> st.SearchStrategy[Student]:
    """A student, told in part."""
    return st.builds(
        Student,
        study_cycle=maybe(st.sampled_from(StudyCycle)),
        one_cycle_programme=maybe(flags()),
        year_of_study=maybe(st.integers(1, 8)),
        is_enrolled=maybe(flags()),
        graduated_on=maybe(dates(call)),
        residence_country=maybe(countries()),
        days_used_in_cycle=maybe(st.integers(0, 800)),
        is_disadvantaged=maybe(flags()),
        agency_top_up_eur_per_month=maybe(numbers(400)),
    )


def staff() -> st.SearchStrategy[Staff]:
    """A member of staff, told in part."""
    return st.builds(Staff, is_employed_by_sending=maybe(flags()), is_invited=maybe(flags()))


def conditions() -> st.SearchStrategy[AgreementCondition]:
    """What an agreement sets down for one direction and activity."""
    return st.builds(
        AgreementCondition,
        direction=st.sampled_from(Direction),
        activity=st.sampled_from(Activity),
        places_per_year=maybe(st.integers(0, 20)),
        months_per_year=maybe(numbers(100, 1)),
        days_per_year=maybe(numbers(100, 1)),
        cycles=maybe(st.lists(st.sampled_from(StudyCycle), max_size=4).map(tuple)),
        subject_areas=maybe(st.lists(st.sampled_from(["02", "0232", "061", "0613"]), max_size=3).map(tuple)),
    )


@st.composite
def agreements(draw: st.DrawFn, call: int, parties: tuple[Institution, ...] | None = None) -> Agreement:
    """An agreement that does not end before it begins; ``parties`` are its parties more often than others."""
    first = draw(maybe(academic_years(call)))
    last = draw(maybe(academic_years(call)))
    if first is not None and last is not None and last < first:
        first, last = last, first
    between = st.tuples(institutions(), institutions())
    return Agreement(
        parties=draw(maybe(between if parties is None else st.just(parties) | between)),
        signed_by_programme_side_on=draw(maybe(dates(call))),
        signed_by_partner_side_on=draw(maybe(dates(call))),
        first_academic_year=first,
        last_academic_year=last,
        conditions=draw(maybe(st.lists(conditions(), max_size=3).map(tuple))),
        binds_partner_to_charter=draw(maybe(flags())),
        provides_for_recognition=draw(maybe(flags())),
    )


def signatures(call: int) -> st.SearchStrategy[Signatures]:
    """The signatures of three sides, told in part."""
    return st.builds(
        Signatures,
        signed_by_participant_on=maybe(dates(call)),
        signed_by_sending_on=maybe(dates(call)),
        signed_by_receiving_on=maybe(dates(call)),
    )


def travel_legs() -> st.SearchStrategy[tuple[TravelLeg, ...]]:
    """The legs of a journey, their lengths told or not."""
    leg = st.builds(TravelLeg, means=st.sampled_from(TransportMeans), distance_km=maybe(numbers(9_000, 1)))
    return st.lists(leg, max_size=3).map(tuple)


def formats(activity: Activity | None, *, of_staff: bool | None) -> st.SearchStrategy[StayFormat]:
    """How a stay is laid out; staff has no short doctoral stays."""
    staff_goes = of_staff if activity is None else not activity.of_students
    return st.sampled_from([item for item in StayFormat if not staff_goes or item is not StayFormat.SHORT_DOCTORAL])


@st.composite
def parts_of_a_stay(draw: st.DrawFn, first: date | None, last: date | None, kind: type[StayPart]) -> tuple[Any, ...]:
    """Up to three parts of a stay that do not overlap, in any order; a stay that is not dated has none."""
    if first is None or last is None:
        return ()
    ends = draw(st.lists(st.integers(0, (last - first).days), max_size=6, unique=True).map(sorted))
    holidays = maybe(flags())
    parts = [
        kind(
            first_day=first + timedelta(days=start),
            last_day=first + timedelta(days=end),
            **({"is_official_holiday": draw(holidays)} if kind is StayInterruption else {}),
        )
        for start, end in zip(ends[::2], ends[1::2], strict=False)
    ]
    return tuple(draw(st.permutations(parts)))


@st.composite
def mobilities(draw: st.DrawFn, call: int | None = None) -> Mobility:
    """Any mobility that the model allows, of any call with a Guide; every field may be absent."""
    call = draw(calls()) if call is None else call
    activity = draw(maybe(st.sampled_from(Activity)))
    people = {True: students(call), False: staff(), None: students(call) | staff()}
    participants = people[None if activity is None else activity.of_students]
    participant = draw(maybe(participants))
    of_staff = None if participant is None else isinstance(participant, Staff)
    sending, receiving = draw(maybe(institutions())), draw(maybe(institutions()))
    parties = (sending, receiving) if sending is not None and receiving is not None else None
    start = draw(maybe(dates(call)))
    outward = draw(maybe(dates(call) if start is None else st.just(start) | later(start - timedelta(days=6), call, 6)))
    # What comes last is drawn after the later of what comes first: order is what the model insists on.
    firsts = [day for day in (start, outward) if day is not None]
    latest_first = max(firsts, default=None)
    end = draw(maybe(later(latest_first, call, 40) | later(latest_first, call)))
    last_day = latest_first if end is None else end
    homeward = draw(maybe(later(last_day, call, 6) | later(last_day, call)))
    # A stay starts in its academic year; a stay without any grant has no days without grant besides.
    years = (
        academic_years(call)
        if start is None
        else st.sampled_from([(-1, 0), (0, 0), (0, 1)]).map(
            lambda year: AcademicYear(start.year + year[0], start.year + year[1])
        )
    )
    is_zero_grant = draw(maybe(flags()))
    # Days within a stay are no more than it has, together.
    most = 400 if start is None or end is None else (end - start).days + 1
    zero_grant_days = None if is_zero_grant else draw(maybe(st.integers(0, most)))
    periods = () if is_zero_grant or zero_grant_days else draw(parts_of_a_stay(start, end, StayPart))
    interruptions = draw(parts_of_a_stay(start, end, StayInterruption))
    away = None if interruptions else draw(maybe(st.integers(0, min(most - (zero_grant_days or 0), 40))))
    force_majeure = draw(maybe(dates(call)))
    endings = ("KA107-012345", "KA103-012345")
    if call >= _FIRST_CALL_OF_KA171:
        endings = ("KA171-HED-000012345", "KA131-HED-000012345")
    project = st.sampled_from([f"{call}-1-SI01-{ending}" for ending in endings])
    return Mobility(
        call=call,
        reference=draw(maybe(texts())),
        project_number=draw(maybe(project)),
        stage=draw(maybe(st.sampled_from(Stage))),
        activity=activity,
        sending=sending,
        receiving=receiving,
        participant=participant,
        stay_format=draw(maybe(formats(activity, of_staff=of_staff))),
        has_virtual_part=draw(maybe(flags())),
        has_fewer_opportunities=draw(maybe(flags())),
        grant_agreement_signed_on=draw(maybe(dates(call))),
        agreement=draw(maybe(agreements(call, parties))),
        learning_agreement=draw(maybe(signatures(call))),
        mobility_agreement=draw(maybe(signatures(call))),
        academic_year=draw(maybe(years)),
        start_date=start,
        end_date=end,
        covers_academic_term=draw(maybe(flags())),
        subject_area=draw(maybe(st.sampled_from(["02", "0232", "0613", "091"]))),
        teaching_hours=draw(maybe(numbers(80, 1))),
        is_conference=draw(maybe(flags())),
        is_digital_traineeship=draw(maybe(flags())),
        distance_km=draw(maybe(numbers(20_000))),
        measured_distance_km=draw(maybe(numbers(20_000))),
        departure_city=draw(maybe(texts())),
        departure_coordinates=draw(maybe(coordinates())),
        departure_is_proven=draw(maybe(flags())),
        outward_travel_date=outward,
        return_travel_date=homeward,
        travel_legs=draw(maybe(travel_legs())),
        real_travel_costs_eur=draw(maybe(numbers(4_000))),
        inclusion_costs_eur=draw(maybe(numbers(4_000))),
        travel_days_claimed=draw(maybe(st.integers(0, 7))),
        is_travel_paid_otherwise=draw(maybe(flags())),
        is_zero_grant=is_zero_grant,
        zero_grant_days=zero_grant_days,
        zero_grant_periods=periods or None,
        agreed_funded_days=draw(maybe(st.integers(0, 400))),
        agreed_start_date=draw(maybe(dates(call))),
        agreed_end_date=draw(maybe(dates(call))),
        extension_requested_on=draw(maybe(dates(call))),
        extension_is_agreed=draw(maybe(flags())),
        extension_is_funded=draw(maybe(flags())),
        interruptions=interruptions or None,
        interruption_days=away,
        force_majeure_first_day=force_majeure,
        force_majeure_last_day=draw(maybe(later(force_majeure, call, 200))),
        force_majeure_is_accepted=draw(maybe(flags())),
        force_majeure_costs_eur=draw(maybe(numbers(4_000))),
        budget_window=draw(maybe(st.sampled_from(["Tunisia", "West Africa", "a window nobody opened"]))),
        receiving_asks_fees=draw(maybe(flags())),
        is_insured=draw(maybe(flags())),
        needs_visa=draw(maybe(flags())),
        has_visa=draw(maybe(flags())),
        credit_system=draw(maybe(st.sampled_from(CreditSystem))),
        credits_agreed=draw(maybe(numbers(60, 1))),
        credits_achieved=draw(maybe(numbers(60, 1))),
        credits_recognised=draw(maybe(numbers(60, 1))),
    )


def languages() -> st.SearchStrategy[LanguageRequirement]:
    """A language, its level told or not."""
    return st.builds(
        LanguageRequirement,
        language=st.sampled_from(["en", "de", "ru", "pt-BR"]),
        level=maybe(st.sampled_from(CefrLevel)),
    )


def _left_open(kind: type, fields: dict[str, Any], draw: st.DrawFn) -> Any:
    """An object of the kind, some of whose untold fields are left not yet defined."""
    untold = [name for name, value in fields.items() if value is None and name != "call"]
    left = draw(st.lists(st.sampled_from(untold), unique=True, max_size=3).map(tuple)) if untold else ()
    return kind(**fields, not_yet_defined=left or None)


@st.composite
def agreed_conditions(draw: st.DrawFn) -> AgreedCondition:
    """What an agreement as a document sets down for one direction and activity."""
    plain = draw(conditions())
    fields = {field.name: getattr(plain, field.name) for field in attrs.fields(type(plain))}
    fields |= {
        "languages": draw(maybe(st.lists(languages(), max_size=2).map(tuple))),
        "is_blended": draw(maybe(flags())),
        "other_information": draw(maybe(texts())),
    }
    made: AgreedCondition = _left_open(AgreedCondition, fields, draw)
    return made


@st.composite
def agreement_documents(draw: st.DrawFn, call: int = 2019) -> InterInstitutionalAgreement:
    """An agreement as a document, told in part, with points left open; every field may be absent."""
    plain = draw(agreements(call))
    fields = {field.name: getattr(plain, field.name) for field in attrs.fields(type(plain))}
    if plain.parties is not None and plain.parties[0] == plain.parties[1] != Institution():
        fields["parties"] = None
    days = st.sampled_from(["05-15", "10-15", "02-29"])
    fields |= {
        "call": draw(maybe(calls())),
        "template": draw(maybe(st.sampled_from(AgreementTemplate))),
        "status": draw(maybe(st.sampled_from(AgreementStatus))),
        "conditions": draw(maybe(st.lists(agreed_conditions(), max_size=3).map(tuple))),
        "principles": draw(maybe(st.lists(st.sampled_from(CharterPrinciple), max_size=6).map(tuple))),
        "explains_grading": draw(maybe(flags())),
        "nominations_by": draw(maybe(st.lists(days, max_size=2).map(tuple))),
        "transcript_weeks": draw(maybe(st.integers(0, 12))),
        "helps_with_visa": draw(maybe(flags())),
        "contacts": draw(maybe(st.lists(texts(), max_size=2).map(tuple))),
        "other_information": draw(maybe(texts())),
    }
    made: InterInstitutionalAgreement = _left_open(InterInstitutionalAgreement, fields, draw)
    return made


def flows() -> st.SearchStrategy[Flow]:
    """A flow of participants, told in part."""
    return st.builds(
        Flow,
        country=st.sampled_from(["KZ", "GE", "MA", "ZA", "CH", "US", "RU", "SI"]),
        direction=st.sampled_from([Direction.INCOMING, Direction.OUTGOING]),
        activity=st.sampled_from(Activity),
        participants=maybe(st.integers(0, 40)),
        average_days=maybe(st.integers(1, 400)),
        travel_days=maybe(st.integers(0, 4)),
        distance_km=maybe(numbers(19_000, 0)),
        travels_green=maybe(flags()),
        study_cycle=maybe(st.sampled_from(StudyCycle)),
    )


@st.composite
def applications(draw: st.DrawFn) -> Application:
    """An application, told in part; every field but the call may be absent."""
    call = draw(calls())
    return Application(
        call=call,
        round=draw(maybe(st.integers(1, 3))),
        applying_institution=draw(maybe(institutions())),
        is_private=draw(maybe(flags())),
        agency=draw(maybe(st.sampled_from(["SI01", "AT01", "EL01", "DE99"]))),
        submitted_at=draw(maybe(st.datetimes(datetime(call, 1, 1), datetime(call, 12, 31)))),  # noqa: DTZ001 - Brussels
        applications_in_round=draw(maybe(st.integers(1, 3))),
        flows=draw(maybe(st.lists(flows(), max_size=3).map(tuple))),
        project_months=draw(maybe(st.integers(1, 40))),
        financial_capacity_is_proven=draw(maybe(flags())),
        requested_grant_eur=draw(maybe(numbers(200_000))),
    )
