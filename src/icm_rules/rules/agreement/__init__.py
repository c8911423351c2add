"""Whether the inter-institutional agreement is there, in force, and says what it must for this mobility."""

from __future__ import annotations

from datetime import date

import attrs

from icm_rules.engine import Answer, Words, fact, met, not_met, rule, undetermined
from icm_rules.guide.provisions import (
    AgreementContent,
    CharterPrinciples,
    FullRecognition,
    InterInstitutionalAgreement,
)
from icm_rules.model.agreement import AgreedCondition, Knowledge
from icm_rules.model.countries import Country
from icm_rules.model.identifiers import AcademicYear
from icm_rules.model.mobility import AgreementCondition, Institution
from icm_rules.model.terms import Activity, Direction, Stage, StudyCycle
from icm_rules.rules.values import counted

_BETWEEN_UNIVERSITIES = ("is_credit_mobility", "both_are_universities")

# A condition for the first activity also carries a stay that combines it with another.
_CARRIED_BY: dict[Activity, frozenset[Activity]] = {
    Activity.STUDIES_AND_TRAINEESHIP: frozenset({Activity.STUDIES_AND_TRAINEESHIP, Activity.STUDIES}),
    Activity.TEACHING_AND_TRAINING: frozenset({Activity.TEACHING_AND_TRAINING, Activity.TEACHING}),
}


# --- the parties -------------------------------------------------------------------------------------------


@attrs.frozen
class Known:
    """What is known of an institution by which it can be told from another."""

    country: Country | None
    name: str | None
    codes: tuple[tuple[str, str], ...]
    """The codes told, each with its kind; two institutions that share one are the same."""


def _known(country: Country | None, name: str | None, **codes: str | None) -> Known:
    return Known(country, name, tuple((kind, code) for kind, code in codes.items() if code is not None))


@fact
def sending_institution(
    sending_country: Country | None,
    sending_name: str | None,
    sending_erasmus_code: str | None,
    sending_pic: str | None,
    sending_oid: str | None,
    sending_schac: str | None,
) -> Known:
    """What is known of the sending institution."""
    return _known(
        sending_country,
        sending_name,
        erasmus_code=sending_erasmus_code,
        pic=sending_pic,
        oid=sending_oid,
        schac=sending_schac,
    )


@fact
def receiving_institution(
    receiving_country: Country | None,
    receiving_name: str | None,
    receiving_erasmus_code: str | None,
    receiving_pic: str | None,
    receiving_oid: str | None,
    receiving_schac: str | None,
) -> Known:
    """What is known of the receiving institution."""
    return _known(
        receiving_country,
        receiving_name,
        erasmus_code=receiving_erasmus_code,
        pic=receiving_pic,
        oid=receiving_oid,
        schac=receiving_schac,
    )


def _known_party(party: Institution) -> Known:
    return _known(
        party.country, party.name, erasmus_code=party.erasmus_code, pic=party.pic, oid=party.oid, schac=party.schac
    )


def _is_same(one: Known, other: Known) -> bool | None:
    """Whether two institutions are the same; *None* where nothing tells them apart or together.

    Another country or another code of the same kind tells them apart, whatever else agrees; so nothing that is left
    untold can turn the answer into a no. A name decides only when it agrees, for names are written in many ways.
    """
    theirs = dict(other.codes)
    shared = [code == theirs[kind] for kind, code in one.codes if kind in theirs]
    countries = [one.country == other.country] if one.country is not None and other.country is not None else []
    if False in [*shared, *countries]:
        return False
    if shared or (one.name is not None and other.name is not None and one.name.casefold() == other.name.casefold()):
        return True
    return None


@rule("agreement.parties.these_institutions", due=Stage.BEFORE_DEPARTURE, only_if=_BETWEEN_UNIVERSITIES)
def agreement_is_between_these_universities(
    agreement_parties: tuple[Institution, ...],
    sending_institution: Known,
    receiving_institution: Known,
    inter_institutional_agreement: InterInstitutionalAgreement,
) -> Answer:
    """The inter-institutional agreement is between the sending and the receiving university."""
    first, second = (_known_party(party) for party in agreement_parties)
    ways = [
        (_is_same(first, sending_institution), _is_same(second, receiving_institution)),
        (_is_same(second, sending_institution), _is_same(first, receiving_institution)),
    ]
    unnamed = "an institution without a name"
    names: Words = {"parties": tuple(party.name or party.country or unnamed for party in agreement_parties)}
    if any(way == (True, True) for way in ways):
        note = inter_institutional_agreement.note_on_exemptions
        shown = f" (note of the template: {note})" if note else ""
        return met("the agreement is between the two universities{note}", note=shown)
    if all(False in way for way in ways):
        return not_met("the agreement is between others than these two universities: {parties}", **names)
    return undetermined(
        "whether the agreement of {parties} is between these two universities needs a code or the same name on both",
        needs=_that_would_tell(first, second, sending_institution, receiving_institution),
        **names,
    )


def _that_would_tell(first: Known, second: Known, sending: Known, receiving: Known) -> tuple[str, ...]:
    """The given facts that would tell whether the parties are these institutions."""
    needed: list[str] = []
    for of_sending, of_receiving in ((first, second), (second, first)):
        pairs = (("sending", of_sending, sending), ("receiving", of_receiving, receiving))
        if any(_is_same(party, institution) is False for _, party, institution in pairs):
            continue
        for side, party, institution in pairs:
            if _is_same(party, institution) is None:
                needed += _told_of_the_party_alone(side, party, institution) or ["agreement_parties"]
    return tuple(dict.fromkeys(needed))


def _told_of_the_party_alone(side: str, party: Known, institution: Known) -> list[str]:
    """The name and the codes that the agreement tells of its party, and the mobility does not of its side."""
    own_kinds = dict(institution.codes)
    names = [f"{side}_name"] if party.name is not None and institution.name is None else []
    return names + [f"{side}_{kind}" for kind, _ in party.codes if kind not in own_kinds]


# --- signatures and years ----------------------------------------------------------------------------------


@fact(of_presence=True)
def programme_side_has_signed(agreement_signed_by_programme_side_on: date | None) -> bool:
    """Whether it is told when the university of the programme side signed the agreement."""
    return agreement_signed_by_programme_side_on is not None


@fact(of_presence=True)
def partner_side_has_signed(agreement_signed_by_partner_side_on: date | None) -> bool:
    """Whether it is told when the partner university signed the agreement."""
    return agreement_signed_by_partner_side_on is not None


@fact(elementwise=True)
def programme_side_signed_days_ahead(agreement_signed_by_programme_side_on: date, start_date: date) -> int:
    """How long before the stay starts the university of the programme side signed; negative where after it [days]."""
    return start_date.toordinal() - agreement_signed_by_programme_side_on.toordinal()


@fact(elementwise=True)
def partner_side_signed_days_ahead(agreement_signed_by_partner_side_on: date, start_date: date) -> int:
    """How long before the stay starts the partner university signed; negative where after it [days]."""
    return start_date.toordinal() - agreement_signed_by_partner_side_on.toordinal()


def _signed_before(signed: str, has_signed: bool, days_ahead: int | None, asked: InterInstitutionalAgreement) -> Answer:
    """Whether the agreement was signed before the stay starts; ``signed`` names the fact that says when."""
    if not has_signed:
        return undetermined("the agreement must be signed before the stay starts")
    on = f"the agreement was signed on {{{signed}}}"
    if not asked.signed_before_start:
        return met(on)
    if days_ahead is None:
        return undetermined(on + "; it must be before the stay starts")
    if days_ahead > 0:
        return met(on + ", before the stay starts on {start_date}")
    if days_ahead == 0:
        return not_met(on + ", the day the stay starts, and not before it")
    return not_met(on + ", {late} after the stay starts on {start_date}", late=counted(-days_ahead, "day"))


@rule(
    "agreement.signature.programme_side",
    due=Stage.BEFORE_DEPARTURE,
    only_if=_BETWEEN_UNIVERSITIES,
    tells=("agreement_signed_by_programme_side_on", "start_date"),
)
def programme_side_signed_before_the_start(
    programme_side_has_signed: bool,
    programme_side_signed_days_ahead: int | None,
    inter_institutional_agreement: InterInstitutionalAgreement,
) -> Answer:
    """The university of the programme side signed the inter-institutional agreement before the stay starts."""
    return _signed_before(
        "agreement_signed_by_programme_side_on",
        programme_side_has_signed,
        programme_side_signed_days_ahead,
        inter_institutional_agreement,
    )


@rule(
    "agreement.signature.partner_side",
    due=Stage.BEFORE_DEPARTURE,
    only_if=_BETWEEN_UNIVERSITIES,
    tells=("agreement_signed_by_partner_side_on", "start_date"),
)
def partner_side_signed_before_the_start(
    partner_side_has_signed: bool,
    partner_side_signed_days_ahead: int | None,
    inter_institutional_agreement: InterInstitutionalAgreement,
) -> Answer:
    """The partner university signed the inter-institutional agreement before the stay starts."""
    return _signed_before(
        "agreement_signed_by_partner_side_on",
        partner_side_has_signed,
        partner_side_signed_days_ahead,
        inter_institutional_agreement,
    )


@fact
def first_day_is_in_year(start_date: date) -> int:
    """The calendar year of the first day of the stay."""
    return start_date.year


@rule("agreement.validity.academic_year", due=Stage.BEFORE_DEPARTURE, only_if=_BETWEEN_UNIVERSITIES)
def agreement_is_in_force_for_the_year(
    agreement_first_academic_year: AcademicYear | None,
    agreement_last_academic_year: AcademicYear | None,
    academic_year: AcademicYear | None,
    first_day_is_in_year: int | None,
    inter_institutional_agreement: InterInstitutionalAgreement,  # noqa: ARG001 - what it is given is what it cites
) -> Answer:
    """The inter-institutional agreement is in force in the academic year of the stay."""
    first, last = agreement_first_academic_year, agreement_last_academic_year
    if academic_year is not None:
        years = [academic_year]
    elif first_day_is_in_year is not None:
        # No text says when an academic year begins, so a stay may lie in any that touches the year of its first day.
        # In the southern hemisphere an academic year is a calendar year.
        year = first_day_is_in_year
        years = [AcademicYear(year - 1, year), AcademicYear(year, year), AcademicYear(year, year + 1)]
    else:
        return undetermined("the agreement must be in force in the academic year of the stay")
    told: Words = {
        "year": " or ".join(str(year) for year in dict.fromkeys((years[0], years[-1]))),
        "runs": _running(first, last),
    }
    if all(_lies_outside(year, first, last) for year in years):
        return not_met("the stay lies in {year}, and the agreement runs {runs}", **told)
    if first is not None and last is not None and all(first <= year <= last for year in years):
        return met("the stay lies in {year}, and the agreement runs {runs}", **told)
    sentence = "the stay lies in {year}, and the agreement runs {runs}"
    ends = {"agreement_first_academic_year": first, "agreement_last_academic_year": last}
    needs = tuple(name for name, end in ends.items() if end is None)
    if not needs and academic_year is not None:
        return undetermined(sentence, gaps=("no text was seen that says when an academic year begins",), **told)
    return undetermined(sentence, needs=needs or ("academic_year",), **told)


def _running(first: AcademicYear | None, last: AcademicYear | None) -> str:
    if first is None and last is None:
        return "for years that are not told"
    begin = f"from {first}" if first is not None else "from a year that is not told"
    return f"{begin} to {last}" if last is not None else f"{begin} to a year that is not told"


def _lies_outside(year: AcademicYear, first: AcademicYear | None, last: AcademicYear | None) -> bool:
    """Whether the year is outside for sure: one of one calendar year and one of two may have months in common."""

    def is_before(one: AcademicYear, other: AcademicYear) -> bool:
        alike = one.last - one.first == other.last - other.first
        return one < other if alike else one.last < other.first

    return (first is not None and is_before(year, first)) or (last is not None and is_before(last, year))


# --- conditions --------------------------------------------------------------------------------------------


@fact
def fitting_conditions(
    agreement_conditions: tuple[AgreementCondition, ...], direction: Direction, activity: Activity
) -> tuple[AgreementCondition, ...]:
    """The conditions of the agreement for this direction and activity."""
    carriers = _CARRIED_BY.get(activity, frozenset({activity}))
    return tuple(item for item in agreement_conditions if item.direction is direction and item.activity in carriers)


@fact
def has_fitting_condition(fitting_conditions: tuple[AgreementCondition, ...]) -> bool:
    """Whether the agreement has a condition for this direction and activity."""
    return bool(fitting_conditions)


_WITH_CONDITION = (*_BETWEEN_UNIVERSITIES, "has_fitting_condition")


@rule("agreement.condition.direction_and_activity", due=Stage.BEFORE_DEPARTURE, only_if=_BETWEEN_UNIVERSITIES)
def agreement_has_a_condition_for_this_mobility(
    has_fitting_condition: bool,
    direction: Direction,
    activity: Activity,
    agreement_content: AgreementContent,  # noqa: ARG001 - what it is given is what it cites
) -> Answer:
    """The agreement has a condition for this direction and activity."""
    told: Words = {"direction": direction, "activity": activity}
    if has_fitting_condition:
        return met("the agreement has a condition for {direction} {activity}", **told)
    return not_met("the agreement has no condition for {direction} {activity}", **told)


def _best(answers: list[Answer]) -> Answer:
    """The answer for the condition that carries the mobility best: one that is met, else one that is open."""
    order = ("met", "undetermined", "not met")
    return min(answers, key=lambda answer: order.index(answer.verdict))


def _leaves_open(item: AgreementCondition, field: str) -> bool:
    return isinstance(item, AgreedCondition) and item.state_of(field) is Knowledge.NOT_YET_DEFINED


def _open(what: str) -> Answer:
    return undetermined("the agreement leaves the {what} not yet defined", what=what, needs=("agreement_conditions",))


def _names(item: AgreementCondition, field: str, what: str, asked: bool) -> Answer:
    number = getattr(item, field)
    if _leaves_open(item, field):
        return _open(f"{what} a year")
    if number is None:
        return undetermined("the agreement must name {what} a year", what=what, needs=("agreement_conditions",))
    if number or not asked:
        return met("the agreement names {number} {what} a year", number=number, what=what)
    return not_met("the agreement names 0 {what} a year", what=what)


@rule("agreement.condition.places", due=Stage.BEFORE_DEPARTURE, only_if=_WITH_CONDITION)
def agreement_names_places(
    fitting_conditions: tuple[AgreementCondition, ...], agreement_content: AgreementContent
) -> Answer:
    """The agreement names the places a year for this direction and activity."""
    asked = agreement_content.names_places
    return _best([_names(item, "places_per_year", "places", asked) for item in fitting_conditions])


@rule("agreement.condition.length", due=Stage.BEFORE_DEPARTURE, only_if=_WITH_CONDITION)
def agreement_names_months_or_days(
    fitting_conditions: tuple[AgreementCondition, ...], is_student_mobility: bool, agreement_content: AgreementContent
) -> Answer:
    """The agreement names the months of students or the days of staff a year."""
    asked = agreement_content.names_length
    if is_student_mobility:
        return _best([_names(item, "months_per_year", "months", asked) for item in fitting_conditions])
    return _best([_names(item, "days_per_year", "days", asked) for item in fitting_conditions])


def _covers_cycle(item: AgreementCondition, own: StudyCycle | None, asked: bool) -> Answer:
    cycles = item.cycles
    if _leaves_open(item, "cycles"):
        return _open("study cycles")
    if cycles is None:
        return undetermined("the study cycles of the agreement are not told", needs=("agreement_conditions",))
    if not cycles and not asked:
        return met("the agreement names no study cycle, and this call leaves them open")
    if not cycles:
        return not_met("the agreement names no study cycle")
    if own is None:
        return undetermined("the agreement names these study cycles: {cycles}", cycles=cycles, needs=("study_cycle",))
    if own in cycles:
        return met("the agreement names the {own} cycle", own=own)
    sentence = "the agreement names these study cycles: {cycles}; the student is in the {own} cycle"
    return not_met(sentence, cycles=cycles, own=own)


@rule("agreement.condition.study_cycles", due=Stage.BEFORE_DEPARTURE, only_if=(*_WITH_CONDITION, "is_student_mobility"))
def agreement_covers_the_study_cycle(
    fitting_conditions: tuple[AgreementCondition, ...],
    study_cycle: StudyCycle | None,
    agreement_content: AgreementContent,
) -> Answer:
    """The study cycle of the student is among those of the agreement, where it names any."""
    asked = agreement_content.names_cycles
    return _best([_covers_cycle(item, study_cycle, asked) for item in fitting_conditions])


def _covers_subject(item: AgreementCondition, own: str | None, asked: bool) -> Answer:
    areas = item.subject_areas
    if _leaves_open(item, "subject_areas"):
        return _open("subject areas")
    if areas is None:
        return undetermined("the subject areas of the agreement are not told", needs=("agreement_conditions",))
    if not areas and not asked:
        return met("the agreement names no subject area, and this call leaves them open")
    if not areas:
        return not_met("the agreement names no subject area")
    if own is None:
        return met("the agreement names these subject areas: {areas}", areas=areas)
    # ISCED-F is a tree: 061 covers 0613, and whoever names 0613 does not rule out a stay told as 061.
    if any(own.startswith(area) or area.startswith(own) for area in areas):
        return met("the agreement names these subject areas: {areas}; the stay is in {own}", areas=areas, own=own)
    return not_met("the agreement names these subject areas: {areas}; the stay is in {own}", areas=areas, own=own)


@rule("agreement.condition.subject_areas", due=Stage.BEFORE_DEPARTURE, only_if=_WITH_CONDITION)
def agreement_covers_the_subject_area(
    fitting_conditions: tuple[AgreementCondition, ...], subject_area: str | None, agreement_content: AgreementContent
) -> Answer:
    """The subject area of the stay is among those of the agreement, where both are told."""
    asked = agreement_content.names_subject_areas
    return _best([_covers_subject(item, subject_area, asked) for item in fitting_conditions])


# --- what the partner takes on -----------------------------------------------------------------------------


@rule("agreement.partner.charter_principles", due=Stage.BEFORE_DEPARTURE, only_if=_BETWEEN_UNIVERSITIES)
def agreement_binds_the_partner_to_the_charter(
    agreement_binds_partner_to_charter: bool, charter_principles: CharterPrinciples
) -> Answer:
    """The agreement binds the partner, who holds no Charter, to the principles of the Charter."""
    if agreement_binds_partner_to_charter or not charter_principles.required:
        return met("the agreement binds the partner to the principles of the Charter")
    return not_met("the agreement does not bind the partner to the principles of the Charter")


@rule("agreement.recognition.provided", due=Stage.BEFORE_DEPARTURE, only_if=_BETWEEN_UNIVERSITIES)
def agreement_provides_for_recognition(
    agreement_provides_for_recognition: bool, full_recognition: FullRecognition
) -> Answer:
    """The agreement provides for the recognition of credits after the stay."""
    if agreement_provides_for_recognition or not full_recognition.required:
        return met("the agreement provides for the recognition of credits")
    return not_met("the agreement does not provide for the recognition of credits")
