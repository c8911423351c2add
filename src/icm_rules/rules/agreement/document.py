"""Whether an inter-institutional agreement says all that it must, taken as a document by itself.

No mobility is asked for here: what an agreement means for one is the business of :mod:`icm_rules.rules.agreement`.
What the agreement leaves *not yet defined* is open until the partners define it; nothing an office could tell would
settle it, so such an answer names no missing fact. Before departure nothing may be left so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from icm_rules.engine import (
    Answer,
    Citation,
    Cited,
    Confidence,
    Source,
    Unknown,
    Verdict,
    Words,
    based,
    fact,
    met,
    not_met,
    rule,
    undetermined,
    unknown,
)
from icm_rules.engine.errors import did_you_mean
from icm_rules.guide.provisions import (
    Activities,
    AgreementContent,
    AgreementForm,
    Charter,
    CharterPrinciples,
    FullRecognition,
    InterInstitutionalAgreement,
    OverseasTerritories,
    PartnerRecognition,
    ProgrammeCountries,
    Regions,
    Terminology,
    TranscriptDeadline,
)
from icm_rules.model.agreement import AgreedCondition, AgreementStatus, Knowledge
from icm_rules.model.code_lists import isced_fields, isced_list
from icm_rules.model.identifiers import AcademicYear
from icm_rules.model.mobility import Institution
from icm_rules.model.terms import Activity, AgreementTemplate, CharterPrinciple, Direction, Role, Stage, with_article
from icm_rules.rules.agreement import agreement_provides_for_recognition
from icm_rules.rules.values import CountryStatus, code_of_another_country, counted, status_of

# --- several answers in one --------------------------------------------------------------------------------


def _all_of(answers: Iterable[Answer], otherwise: str) -> Answer:
    """One answer of several requirements: it tells every fault, else everything that is open, else what is met."""
    found = list(answers)
    for verdict in (Verdict.NOT_MET, Verdict.UNDETERMINED):
        these = [answer for answer in found if answer.verdict is verdict]
        if these:
            said = "; ".join(dict.fromkeys(answer.sentence for answer in these))
            if verdict is Verdict.NOT_MET:
                # One fault is enough, and one that is unverified must not weaken another.
                return not_met("{said}", said=said, rests_on=_grounds([*filter(_is_sure, these)] or these))
            needs = tuple(dict.fromkeys(name for answer in these for name in answer.needs or ()))
            return undetermined("{said}", said=said, needs=needs, rests_on=_grounds(these))
    said = "; ".join(dict.fromkeys(answer.sentence for answer in found))
    return met("{said}", said=said or otherwise, rests_on=_grounds(found))


def _is_sure(answer: Answer) -> bool:
    return all(item.citation.confidence is not Confidence.UNVERIFIED for item in answer.rests_on or ())


def _grounds(answers: list[Answer]) -> tuple[Cited, ...] | None:
    """What the answers rest on; nothing where one of them rests on all its rule was given."""
    if not answers or any(answer.rests_on is None for answer in answers):
        return None
    return tuple(dict.fromkeys(item for answer in answers for item in answer.rests_on or ()))


def _written_down(value: object, name: str, open_points: tuple[str, ...], what: str, *, asked: bool) -> Answer:
    """Whether the agreement says something that is told as yes or no, or as a value or list that may be empty."""
    if name in open_points:
        return undetermined("the agreement must say: {what}", what=what, needs=())
    if value is None:
        return undetermined("the agreement must say: {what}", what=what, needs=(name,))
    if value is False or value == ():
        if asked:
            return not_met("the agreement does not say: {what}", what=what)
        return met("this call leaves it open: {what}", what=what)
    return met("the agreement says: {what}", what=what)


# --- the parties -------------------------------------------------------------------------------------------


@fact
def left_open(not_yet_defined: tuple[str, ...] | None) -> tuple[str, ...]:
    """The points that the agreement as a whole leaves not yet defined."""
    return not_yet_defined or ()


def _status_of_party(
    party: Institution, programme: ProgrammeCountries, overseas: OverseasTerritories, regions: Regions
) -> CountryStatus | Unknown:
    return Unknown(("parties",)) if party.country is None else status_of(party.country, programme, overseas, regions)


@fact
def first_party_status(
    parties: tuple[Institution, ...],
    programme_countries: ProgrammeCountries,
    overseas_territories: OverseasTerritories,
    regions: Regions,
) -> CountryStatus | Unknown:
    """Where the country of the party named first stands in this call."""
    return _status_of_party(parties[0], programme_countries, overseas_territories, regions)


@fact
def second_party_status(
    parties: tuple[Institution, ...],
    programme_countries: ProgrammeCountries,
    overseas_territories: OverseasTerritories,
    regions: Regions,
) -> CountryStatus | Unknown:
    """Where the country of the party named second stands in this call."""
    return _status_of_party(parties[1], programme_countries, overseas_territories, regions)


def _party_of(
    role: Role, parties: tuple[Institution, ...], first: CountryStatus, second: CountryStatus
) -> Institution | Unknown:
    if first.role is second.role:
        return unknown("the two parties do not stand on two sides")
    return parties[0] if first.role is role else parties[1]


@fact
def programme_party(
    parties: tuple[Institution, ...], first_party_status: CountryStatus, second_party_status: CountryStatus
) -> Institution | Unknown:
    """The party in a country that takes full part in the Programme."""
    return _party_of(Role.PROGRAMME, parties, first_party_status, second_party_status)


@fact
def partner_party(
    parties: tuple[Institution, ...], first_party_status: CountryStatus, second_party_status: CountryStatus
) -> Institution | Unknown:
    """The party in a country that does not take full part."""
    return _party_of(Role.PARTNER, parties, first_party_status, second_party_status)


@rule("agreement_document.parties.two_sides", due=Stage.APPLICATION)
def parties_stand_on_two_sides(
    first_party_status: CountryStatus,
    second_party_status: CountryStatus,
    terminology: Terminology,
    programme_countries: ProgrammeCountries,
) -> Answer:
    """The agreement is between two institutions, exactly one of them in a country that takes full part."""
    first, second = first_party_status, second_party_status
    countries: Words = {"first": first.country, "second": second.country}
    rests_on = (programme_countries, terminology)
    if first.role is not second.role:
        return met("{first} and {second} stand on two sides", rests_on=rests_on, **countries)
    if first.role is Role.PROGRAMME:
        return not_met(
            "both {first} and {second} count as {several}: mobility between them is one of {action}",
            several=terminology.programme_countries,
            action=terminology.action_between_programme_countries,
            rests_on=rests_on,
            **countries,
        )
    return not_met(
        "neither {first} nor {second} is {one}",
        one=with_article(terminology.programme_country),
        rests_on=rests_on,
        **countries,
    )


def _of_party(party: Institution, holds: bool | None, is_so: str, is_not: str, asks: str) -> Answer:
    told: Words = {"who": party.name or party.country}
    if holds is None:
        return undetermined(asks, needs=("parties",), **told)
    return met(is_so, **told) if holds else not_met(is_not, **told)


@fact
def doubt_on_code_of_programme_party(
    programme_party: Institution, overseas_territories: OverseasTerritories | None
) -> str:
    """What contradicts where the Erasmus code of this party was issued in another country; else empty."""
    return based(code_of_another_country(programme_party, overseas_territories))


@rule("agreement_document.parties.programme_charter", due=Stage.APPLICATION)
def programme_party_holds_the_charter(
    programme_party: Institution, charter: Charter, doubt_on_code_of_programme_party: str
) -> Answer:
    """The institution of the Programme Country holds the Erasmus Charter for Higher Education."""
    if Role.PROGRAMME not in charter.required_of:
        return met("this call asks no Charter of it")
    if doubt_on_code_of_programme_party and programme_party.holds_charter:
        doubt = doubt_on_code_of_programme_party
        return undetermined("{doubt}; mend one of the two", doubt=doubt, needs=("parties",))
    return _of_party(
        programme_party,
        programme_party.holds_charter,
        "{who} holds the Charter",
        "{who} does not hold the Charter",
        "it must be told whether {who} holds the Charter",
    )


@rule("agreement_document.parties.partner_recognised", due=Stage.APPLICATION)
def partner_party_is_recognised(partner_party: Institution, partner_recognition: PartnerRecognition) -> Answer:
    """The partner institution is recognised by the competent authorities of its country."""
    if not partner_recognition.required:
        return met("this call asks no recognition of it")
    return _of_party(
        partner_party,
        partner_party.is_recognised,
        "{who} is recognised in its country",
        "{who} is not recognised in its country",
        "it must be told whether {who} is recognised in its country",
    )


# --- signatures, status and years --------------------------------------------------------------------------


def _signed(
    day: date, first: AcademicYear | None, last: AcademicYear | None, asked: InterInstitutionalAgreement
) -> Answer:
    """Whether a signature comes before the mobilities of the agreement; one after all of them is too late."""
    rests_on = (asked,)
    told: Words = {"day": day, "first": first, "last": last}
    if not asked.signed_before_start:
        return met("signed on {day}", rests_on=rests_on, **told)
    if last is not None and day.year > last.last:
        return not_met(
            "signed on {day}, after the last academic year {last}, and not before any mobility",
            rests_on=rests_on,
            **told,
        )
    # No text says on which day an academic year begins; in the year after, it has begun for sure.
    if first is not None and day.year > first.first:
        return undetermined(
            "signed on {day}, after the first academic year {first} had begun",
            gaps=("an agreement tells no mobility, and it is none of one that started before the signature",),
            needs=(),
            rests_on=rests_on,
            **told,
        )
    return met("signed on {day}", rests_on=rests_on, **told)


@rule("agreement_document.signatures.programme_side", due=Stage.BEFORE_DEPARTURE)
def programme_side_has_signed_it(
    signed_by_programme_side_on: date,
    first_academic_year: AcademicYear | None,
    last_academic_year: AcademicYear | None,
    inter_institutional_agreement: InterInstitutionalAgreement,
) -> Answer:
    """The institution of the Programme Country has signed the agreement, before its mobilities start."""
    return _signed(signed_by_programme_side_on, first_academic_year, last_academic_year, inter_institutional_agreement)


@rule("agreement_document.signatures.partner_side", due=Stage.BEFORE_DEPARTURE)
def partner_side_has_signed_it(
    signed_by_partner_side_on: date,
    first_academic_year: AcademicYear | None,
    last_academic_year: AcademicYear | None,
    inter_institutional_agreement: InterInstitutionalAgreement,
) -> Answer:
    """The partner institution has signed the agreement, before its mobilities start."""
    return _signed(signed_by_partner_side_on, first_academic_year, last_academic_year, inter_institutional_agreement)


@rule("agreement_document.status.standing", due=Stage.BEFORE_DEPARTURE)
def agreement_is_signed_and_not_terminated(
    status: AgreementStatus, inter_institutional_agreement: InterInstitutionalAgreement
) -> Answer:
    """The agreement is signed, and has not been terminated."""
    rests_on = (inter_institutional_agreement,)
    if status is AgreementStatus.TERMINATED:
        return not_met("the agreement is terminated", rests_on=rests_on)
    if status in _NOT_SIGNED and inter_institutional_agreement.signed_before_start:
        return not_met("the agreement stands as {status}, and is to be signed", status=status, rests_on=rests_on)
    return met("the agreement stands as {status}", status=status, rests_on=rests_on)


_NOT_SIGNED = frozenset({AgreementStatus.PLANNED, AgreementStatus.DRAFT})


@rule("agreement_document.years.set", due=Stage.APPLICATION)
def academic_years_are_set(
    first_academic_year: AcademicYear | None,
    last_academic_year: AcademicYear | None,
    left_open: tuple[str, ...],
    agreement_content: AgreementContent,  # noqa: ARG001 - what it is given is what it cites
) -> Answer:
    """The agreement names its first and its last academic year."""
    ends = {"first_academic_year": first_academic_year, "last_academic_year": last_academic_year}
    words = {"first_academic_year": "its first academic year", "last_academic_year": "its last academic year"}
    if None not in ends.values():
        return met("it runs from {first} to {last}", first=first_academic_year, last=last_academic_year)
    return _all_of(
        (_written_down(end, name, left_open, words[name], asked=True) for name, end in ends.items()), otherwise=""
    )


@rule("agreement_document.years.template", due=Stage.APPLICATION, informs=True)
def template_is_that_of_the_period(
    template: AgreementTemplate,
    first_academic_year: AcademicYear | None,
    last_academic_year: AcademicYear | None,
    agreement_form: AgreementForm,
) -> Answer:
    """The agreement is written by the template of this period, and its years lie within those of the template."""
    if template is not agreement_form.template:
        return not_met(
            "it is written by the template {own}; that of this call is {asked}",
            own=template,
            asked=agreement_form.template,
        )
    first, last = first_academic_year, last_academic_year
    too_early = first is not None and first.first < agreement_form.first_year
    too_late = last is not None and last.first > agreement_form.last_year
    if too_early or too_late:
        outside = first if too_early else last
        return not_met("{year} lies outside the years of the template {own}", year=outside, own=template)
    return met("it is written by the template {own}", own=template)


# --- conditions --------------------------------------------------------------------------------------------


@rule("agreement_document.conditions.set", due=Stage.APPLICATION)
def directions_and_activities_are_set(
    conditions: tuple[AgreedCondition, ...] | None,
    left_open: tuple[str, ...],
    agreement_content: AgreementContent,  # noqa: ARG001 - what it is given is what it cites
) -> Answer:
    """The agreement sets down which activities it is for, incoming or outgoing."""
    if not conditions:
        return _written_down(conditions, "conditions", left_open, "who may come and go, and for what", asked=True)
    wrong = [item for item in conditions if item.direction not in {Direction.INCOMING, Direction.OUTGOING}]
    if wrong:
        return not_met(
            "mobility is incoming or outgoing, and the agreement names: {wrong}",
            wrong=tuple(item.label for item in wrong),
        )
    return met("it is for: {labels}", labels=tuple(dict.fromkeys(item.label for item in conditions)))


@fact
def has_conditions(conditions: tuple[AgreedCondition, ...]) -> bool:
    """Whether the agreement sets down anything for a direction and activity."""
    return bool(conditions)


@rule("agreement_document.conditions.activities_open", due=Stage.APPLICATION, only_if="has_conditions")
def activities_are_open(conditions: tuple[AgreedCondition, ...], activities: Activities) -> Answer:
    """Each activity of the agreement is open in this call."""
    lines = {line.activity: line for line in activities.lines}

    def answered(activity: Activity) -> Answer:
        line = lines[activity]
        if line.open:
            return met("{activity} is open in this call", activity=activity, rests_on=(line,))
        return not_met("{activity} is not open in this call", activity=activity, rests_on=(line,))

    return _all_of(map(answered, dict.fromkeys(item.activity for item in conditions)), otherwise="")


def _in_condition(item: AgreedCondition, field: str, what: str, *, asked: bool) -> Answer:
    """Whether a condition sets down something that is a number or a list; zero and an empty list are none."""
    value = getattr(item, field)
    told: Words = {"label": item.label, "what": what}
    if item.state_of(field) is Knowledge.NOT_YET_DEFINED:
        return undetermined("the agreement leaves {what} of {label} not yet defined", needs=(), **told)
    if value is None:
        must = "the agreement must name {what} of {label}" if asked else "{what} of {label} are not told"
        return undetermined(must, needs=("conditions",), **told)
    if not value and not asked:
        return met("the agreement names no {what} of {label}, and this call leaves them open", **told)
    if not value:
        return not_met("the agreement names no {what} of {label}", **told)
    return met("{label}: {value} {what}", value=value, **told)


@rule("agreement_document.conditions.places", due=Stage.APPLICATION, only_if="has_conditions")
def places_are_set(conditions: tuple[AgreedCondition, ...], agreement_content: AgreementContent) -> Answer:
    """The agreement names the places a year for each direction and activity."""
    asked = agreement_content.names_places
    return _all_of(
        (_in_condition(item, "places_per_year", "places a year", asked=asked) for item in conditions), otherwise=""
    )


@rule("agreement_document.conditions.length", due=Stage.APPLICATION, only_if="has_conditions")
def months_or_days_are_set(conditions: tuple[AgreedCondition, ...], agreement_content: AgreementContent) -> Answer:
    """The agreement names the months of students or the days of staff for each direction and activity."""
    asked = agreement_content.names_length

    def answered(item: AgreedCondition) -> Answer:
        of_students = item.activity.of_students
        wrong, kind = (item.days_per_year, "days") if of_students else (item.months_per_year, "months")
        if wrong is not None:
            return not_met(
                "{label} is counted in {right}, and the agreement counts it in {kind}",
                label=item.label,
                right="months" if of_students else "days",
                kind=kind,
            )
        if of_students:
            return _in_condition(item, "months_per_year", "months a year", asked=asked)
        return _in_condition(item, "days_per_year", "days a year", asked=asked)

    return _all_of(map(answered, conditions), otherwise="")


@rule("agreement_document.conditions.subject_areas", due=Stage.APPLICATION, only_if="has_conditions")
def subject_areas_are_set(conditions: tuple[AgreedCondition, ...], agreement_content: AgreementContent) -> Answer:
    """The agreement names the subject areas for each direction and activity, where the call asks for them."""
    asked = agreement_content.names_subject_areas
    return _all_of(
        (_in_condition(item, "subject_areas", "subject areas", asked=asked) for item in conditions), otherwise=""
    )


@rule("agreement_document.conditions.subject_codes", due=Stage.APPLICATION, only_if="has_conditions")
def subject_areas_are_fields_of_education(conditions: tuple[AgreedCondition, ...]) -> Answer:
    """Every subject area is a field of ISCED-F 2013."""
    codes = dict.fromkeys(code for item in conditions for code in item.subject_areas or ())
    if not codes:
        return undetermined("no subject area is told", needs=("conditions",), rests_on=(isced_list(),))
    return _all_of(map(_field_of_education, codes), otherwise="")


def _field_of_education(code: str) -> Answer:
    fields = isced_fields()
    if code in fields:
        return met("{code} is {name}", code=code, name=fields[code].label, rests_on=(fields[code],))
    meant = f"0{code}" if f"0{code}" in fields else None
    hint = f"; was {meant} ({fields[meant].label}) meant?" if meant else did_you_mean(code, fields)
    return not_met("{code} is no field of ISCED-F 2013{hint}", code=code, hint=hint, rests_on=(isced_list(),))


@fact
def has_student_conditions(conditions: tuple[AgreedCondition, ...]) -> bool:
    """Whether the agreement is for students, with others or alone."""
    return any(item.activity.of_students for item in conditions)


@rule("agreement_document.conditions.cycles", due=Stage.APPLICATION, only_if="has_student_conditions")
def study_cycles_are_set(conditions: tuple[AgreedCondition, ...], agreement_content: AgreementContent) -> Answer:
    """The agreement names the study cycles of the students it is for, where the call asks for them."""
    asked = agreement_content.names_cycles
    return _all_of(
        (
            _in_condition(item, "cycles", "study cycles", asked=asked)
            for item in conditions
            if item.activity.of_students
        ),
        otherwise="",
    )


@fact
def has_conditions_with_languages(conditions: tuple[AgreedCondition, ...]) -> bool:
    """Whether the agreement is for studies or teaching, which need a language."""
    return any(_needs_language(item.activity) for item in conditions)


def _needs_language(activity: Activity) -> bool:
    return activity.includes_teaching or activity in {Activity.STUDIES, Activity.STUDIES_AND_TRAINEESHIP}


@rule("agreement_document.conditions.languages", due=Stage.APPLICATION, only_if="has_conditions_with_languages")
def languages_are_set(conditions: tuple[AgreedCondition, ...], agreement_content: AgreementContent) -> Answer:
    """The agreement names the languages that should be known for studies and for teaching; a level may be left out."""
    asked = agreement_content.names_languages
    return _all_of(
        (
            _in_condition(item, "languages", "languages", asked=asked)
            for item in conditions
            if _needs_language(item.activity)
        ),
        otherwise="",
    )


# --- recognition, grades, calendar, help -------------------------------------------------------------------


@rule("agreement_document.recognition.written", due=Stage.APPLICATION)
def recognition_is_written_down(
    provides_for_recognition: bool | None, left_open: tuple[str, ...], full_recognition: FullRecognition
) -> Answer:
    """The agreement provides for the recognition of credits."""
    if provides_for_recognition is None:
        name = "provides_for_recognition"
        return _written_down(None, name, left_open, "that credits are recognised", asked=True)
    answer: Answer = agreement_provides_for_recognition(provides_for_recognition, full_recognition)
    return answer


@rule("agreement_document.grading.explained", due=Stage.APPLICATION)
def grading_is_explained(
    explains_grading: bool | None, left_open: tuple[str, ...], agreement_content: AgreementContent
) -> Answer:
    """The agreement says how both sides give grades, or where that is told."""
    asked = agreement_content.names_grading
    return _written_down(explains_grading, "explains_grading", left_open, "how grades are given", asked=asked)


@rule("agreement_document.calendar.nominations", due=Stage.APPLICATION)
def nominations_have_their_day(
    nominations_by: tuple[str, ...] | None, left_open: tuple[str, ...], agreement_content: AgreementContent
) -> Answer:
    """The calendar of the agreement says by which day participants are nominated."""
    asked = agreement_content.names_calendar
    return _written_down(nominations_by, "nominations_by", left_open, "by when participants are nominated", asked=asked)


@rule("agreement_document.calendar.transcript", due=Stage.APPLICATION)
def transcript_has_its_deadline(
    transcript_weeks: int | None, left_open: tuple[str, ...], agreement_content: AgreementContent
) -> Answer:
    """The calendar of the agreement says within how many weeks the transcript of records is sent."""
    if transcript_weeks is None:
        what = "within how many weeks the transcript of records is sent"
        return _written_down(None, "transcript_weeks", left_open, what, asked=agreement_content.names_calendar)
    return met("the transcript of records is sent within {length}", length=counted(transcript_weeks, "week"))


@rule("agreement_document.calendar.transcript_in_time", due=Stage.APPLICATION, informs=True)
def transcript_is_sent_in_the_usual_time(transcript_weeks: int, transcript_deadline: TranscriptDeadline) -> Answer:
    """The transcript of records is sent within the weeks that are the rule."""
    told: Words = {"length": counted(transcript_weeks, "week"), "usual": transcript_deadline.weeks}
    if transcript_weeks <= transcript_deadline.weeks:
        return met("{length} lie within the {usual} that are the rule", **told)
    return not_met("{length} are more than the {usual} that are the rule; the agreement may set another period", **told)


@rule("agreement_document.help.visa", due=Stage.APPLICATION)
def help_with_the_visa_is_told(
    helps_with_visa: bool | None, left_open: tuple[str, ...], agreement_content: AgreementContent
) -> Answer:
    """The agreement says who helps with the visa."""
    asked = agreement_content.names_help
    return _written_down(helps_with_visa, "helps_with_visa", left_open, "who helps with the visa", asked=asked)


@rule("agreement_document.help.insurance", due=Stage.APPLICATION)
def help_with_insurance_is_told(
    helps_with_insurance: bool | None, left_open: tuple[str, ...], agreement_content: AgreementContent
) -> Answer:
    """The agreement says who helps with insurance."""
    asked = agreement_content.names_help
    return _written_down(
        helps_with_insurance, "helps_with_insurance", left_open, "who helps with insurance", asked=asked
    )


@rule("agreement_document.help.housing", due=Stage.APPLICATION)
def help_with_housing_is_told(
    helps_with_housing: bool | None, left_open: tuple[str, ...], agreement_content: AgreementContent
) -> Answer:
    """The agreement says who helps with housing."""
    asked = agreement_content.names_help
    return _written_down(helps_with_housing, "helps_with_housing", left_open, "who helps with housing", asked=asked)


# --- the principles of the Charter -------------------------------------------------------------------------


# A Charter issued in the partner's country proves nothing here, so nobody asks whether the partner holds one: the
# agreement binds every partner, as agreement.partner.charter_principles asks of it for a mobility.


def _principle(
    wanted: CharterPrinciple,
    principles: tuple[CharterPrinciple, ...] | None,
    binds: bool | None,
    left_open: tuple[str, ...],
    paragraph: CharterPrinciples,
) -> Answer:
    """Whether the agreement writes in this principle; it rests on the line of the principle alone."""
    lines = tuple(line for line in paragraph.lines if line.principle is wanted)
    told: Words = {"meaning": wanted.meaning}
    if not paragraph.required or not lines:
        return met("this call does not ask for it: {meaning}", rests_on=(paragraph,), **told)
    if "principles" in left_open:
        return undetermined("the agreement must write in: {meaning}", needs=(), rests_on=lines, **told)
    if principles is not None and wanted in principles:
        return met("the agreement writes in: {meaning}", rests_on=lines, **told)
    if principles is not None:
        return not_met("the agreement does not write in: {meaning}", rests_on=lines, **told)
    if binds is False:
        return not_met("the agreement writes in no principle, and so not: {meaning}", rests_on=lines, **told)
    return undetermined("the agreement must write in: {meaning}", needs=("principles",), rests_on=lines, **told)


@rule("agreement_document.principles.organisation", due=Stage.APPLICATION)
def partner_is_bound_to_organisation_of_mobility(
    principles: tuple[CharterPrinciple, ...] | None,
    binds_partner_to_charter: bool | None,
    left_open: tuple[str, ...],
    charter_principles: CharterPrinciples,
) -> Answer:
    """The agreement binds the partner to quality in organising mobility."""
    wanted = CharterPrinciple.ORGANISATION
    return _principle(wanted, principles, binds_partner_to_charter, left_open, charter_principles)


@rule("agreement_document.principles.information", due=Stage.APPLICATION)
def partner_is_bound_to_information_on_programmes(
    principles: tuple[CharterPrinciple, ...] | None,
    binds_partner_to_charter: bool | None,
    left_open: tuple[str, ...],
    charter_principles: CharterPrinciples,
) -> Answer:
    """The agreement binds the partner to inform about its study programmes."""
    wanted = CharterPrinciple.INFORMATION
    return _principle(wanted, principles, binds_partner_to_charter, left_open, charter_principles)


@rule("agreement_document.principles.credits", due=Stage.APPLICATION)
def partner_is_bound_to_a_system_of_credits(
    principles: tuple[CharterPrinciple, ...] | None,
    binds_partner_to_charter: bool | None,
    left_open: tuple[str, ...],
    charter_principles: CharterPrinciples,
) -> Answer:
    """The agreement binds the partner to ECTS or a comparable system of credits."""
    wanted = CharterPrinciple.CREDITS
    return _principle(wanted, principles, binds_partner_to_charter, left_open, charter_principles)


@rule("agreement_document.principles.no_fees", due=Stage.APPLICATION)
def partner_is_bound_to_no_fees(
    principles: tuple[CharterPrinciple, ...] | None,
    binds_partner_to_charter: bool | None,
    left_open: tuple[str, ...],
    charter_principles: CharterPrinciples,
) -> Answer:
    """The agreement binds the partner to ask no fees of those who come."""
    wanted = CharterPrinciple.NO_FEES
    return _principle(wanted, principles, binds_partner_to_charter, left_open, charter_principles)


@rule("agreement_document.principles.equal_treatment", due=Stage.APPLICATION)
def partner_is_bound_to_equal_treatment(
    principles: tuple[CharterPrinciple, ...] | None,
    binds_partner_to_charter: bool | None,
    left_open: tuple[str, ...],
    charter_principles: CharterPrinciples,
) -> Answer:
    """The agreement binds the partner to treat those who come and those at home alike."""
    wanted = CharterPrinciple.EQUAL_TREATMENT
    return _principle(wanted, principles, binds_partner_to_charter, left_open, charter_principles)


@rule("agreement_document.principles.recognition", due=Stage.APPLICATION)
def partner_is_bound_to_recognition(
    principles: tuple[CharterPrinciple, ...] | None,
    binds_partner_to_charter: bool | None,
    left_open: tuple[str, ...],
    charter_principles: CharterPrinciples,
) -> Answer:
    """The agreement binds the partner to recognise what was achieved abroad."""
    wanted = CharterPrinciple.RECOGNITION
    return _principle(wanted, principles, binds_partner_to_charter, left_open, charter_principles)


# --- what is left open -------------------------------------------------------------------------------------


# A text on exchange between systems, and no Guide, says it in so many words.
_APPROVAL = Cited(
    citation=Citation(
        document="Erasmus Without Paper, inter-institutional agreements 7.0.0",
        paragraph="approval",
        sources=(
            Source(
                key="ewp_iias",
                title="ewp-specs-api-iias, version 7.0.0 of 4 March 2024",
                url=("https://github.com/erasmus-without-paper/ewp-specs-api-iias",),
                kind="official",
            ),
        ),
        # The text was seen; that it speaks of this agreement was not, and so it refuses nothing.
        confidence=Confidence.UNVERIFIED,
        note="Said of agreements that systems exchange; that it holds of every agreement is our reading.",
    )
)


@rule("agreement_document.completeness.nothing_left_open", due=Stage.BEFORE_DEPARTURE)
def nothing_is_left_not_yet_defined(
    conditions: tuple[AgreedCondition, ...] | None, left_open: tuple[str, ...]
) -> Answer:
    """Nothing in the agreement is left not yet defined."""
    points = [name.replace("_", " ") for name in left_open]
    points += [
        f"{name.replace('_', ' ')} of {item.label}" for item in conditions or () for name in item.not_yet_defined or ()
    ]
    if points:
        return not_met("not yet defined: {points}", points=tuple(dict.fromkeys(points)), rests_on=(_APPROVAL,))
    return met("nothing is left not yet defined", rests_on=(_APPROVAL,))
