"""The road of an agreement or an application: it goes in, and the same kind of report comes out as of a mobility.

These documents have rulebooks of their own, answered by the same engine: so tables and single checks of mobilities
carry none of their rules. What is written once for a mobility is asked of it: each flow of an application goes the road
of a mobility whose days are an average.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from fractions import Fraction
from types import MappingProxyType

import attrs

from icm_rules.engine import Cited, Evaluation, GivenFact, Outcome, Rounding, Rulebook, Verdict, unknown
from icm_rules.engine.errors import InputError
from icm_rules.engine.rounding import USUAL
from icm_rules.guide import Guide, calls
from icm_rules.guide import guide as guide_of_call
from icm_rules.guide.provisions import ProgrammeCountries
from icm_rules.model.agreement import AgreementStatus, InterInstitutionalAgreement, Knowledge
from icm_rules.model.application import Application, AssessedUnit, Assessment, AwardResult, Flow
from icm_rules.model.countries import Country
from icm_rules.model.mobility import Institution, Mobility, Staff, Student
from icm_rules.model.terms import AgreementTemplate, Direction, InstitutionKind, Stage, StayFormat
from icm_rules.model.vocabulary import facts_of, given_facts, told_by
from icm_rules.report import Heading, Report, Words, report_of
from icm_rules.rules import RULEBOOK, application, assessment, flows, rulebook_of
from icm_rules.rules.agreement import document
from icm_rules.rules.application import Amount, Finding, FlowFindings

Document = InterInstitutionalAgreement | Application
"""What is checked by itself, without a mobility."""

# --- rulebooks ---------------------------------------------------------------------------------------------


@functools.cache
def agreement_rulebook() -> Rulebook:
    """The rules of the inter-institutional agreement as a document; its given facts are the fields of the document."""
    given = given_facts(InterInstitutionalAgreement)
    return rulebook_of("Inter-institutional agreements", [document], given)


_FOUND_FOR_APPLICATIONS = (
    GivenFact(
        name="flow_findings",
        type=tuple[FlowFindings, ...] | None,
        question="For which flows of participants is money asked?",
        known_at=Stage.APPLICATION,
    ),
    GivenFact(
        name="is_told_to_apply_by_itself",
        type=bool | None,
        question="Does one institution apply by itself?",
        known_at=Stage.APPLICATION,
    ),
    GivenFact(
        name="award_results",
        type=tuple[AwardResult, ...] | None,
        question="How was the application assessed?",
        known_at=Stage.APPLICATION,
    ),
)
"""What is not told of an application but found on the way: what is said of its flows and its assessment, and what is
told and not presumed."""
_FOUND_FOR_ASSESSMENTS = (
    GivenFact(
        name="countries_applied_for",
        type=tuple[Country, ...] | None,
        question="With which partner countries are the flows of the application?",
        known_at=Stage.APPLICATION,
    ),
)
"""What is not told of a part that is assessed, but of its application."""


@functools.cache
def application_rulebook() -> Rulebook:
    """The rules of an application; its given facts are its fields, and what was found of its flows."""
    given = (*given_facts(Application), *_FOUND_FOR_APPLICATIONS)
    return rulebook_of("Applications", [application], given)


@functools.cache
def assessment_rulebook() -> Rulebook:
    """The rules by which each part of an application is judged that is assessed by itself."""
    given = (*given_facts(AssessedUnit), *_FOUND_FOR_ASSESSMENTS)
    return rulebook_of("Assessments", [assessment], given)


@functools.cache
def flow_rulebook() -> Rulebook:
    """The rules of a mobility, asked of a flow: its days are an average, and what it travels by is told."""
    told = {fact.name for fact in flows.GIVEN}
    replaced = {fact.name: fact for fact in flows.FACTS}
    return attrs.evolve(
        RULEBOOK,
        name="Flows of an application",
        given=[*RULEBOOK.given, *flows.GIVEN],
        facts=[replaced.get(fact.name, fact) for fact in RULEBOOK.facts if fact.name not in told],
    )


# --- the road ----------------------------------------------------------------------------------------------


def evaluate_document(
    subject: Document,
    *,
    guide: Guide | None = None,
    rulebook: Rulebook | None = None,
    rounding: Rounding = USUAL,
    notes: Iterable[str] = (),
) -> Report:
    """The report of an agreement or an application; :func:`icm_rules.evaluate` tells what the arguments are.

    Raises:
        GuideError: there was no such call, or its Guide is not in this version.
        InputError: nothing tells by which Guide the agreement is to be judged.

    """
    told = tuple(notes)
    if isinstance(subject, InterInstitutionalAgreement):
        guide, why = (guide, ()) if guide is not None else _guide_of_agreement(subject)
        rules = agreement_rulebook() if rulebook is None else rulebook
        given = _facts_of_agreement(subject)
        heading = _heading("agreement", subject.reference, guide, _about_agreement(subject))
        stage, as_what = _stage_of_agreement(subject)
        told = (*why, *as_what, *_own_words(subject), *_charters_that_prove_nothing(subject, guide), *told)
    else:
        guide = guide_of_call(subject.call) if guide is None else guide
        rules = application_rulebook() if rulebook is None else rulebook
        given = _facts_of_application(subject, guide)
        heading = _heading("application", subject.reference, guide, _about_application(subject, guide))
        stage = subject.stage or Stage.APPLICATION
        told = (*_about_state(subject), *told)
    if subject.call not in {None, guide.call}:
        told = (f"The {heading.subject} names call {subject.call}, and it was judged by that of {guide.call}.", *told)
    found = rules.evaluate(given, guide.provisions, stage=stage)
    return report_of(found, heading, rounding=rounding, notes=told)


def _heading(subject: str, reference: str | None, guide: Guide, about: tuple[str, ...]) -> Heading:
    return Heading(
        call=guide.call,
        guide_title=guide.title,
        words=Words.of(guide.terminology),
        subject=subject,
        about=about,
        reference=reference,
    )


# --- agreements --------------------------------------------------------------------------------------------


def _guide_of_agreement(agreement: InterInstitutionalAgreement) -> tuple[Guide, tuple[str, ...]]:
    """The Guide an agreement is judged by, and a note on why where it names no call itself."""
    if agreement.call is not None:
        return guide_of_call(agreement.call), ()
    if agreement.first_academic_year is not None and agreement.first_academic_year.first in calls():
        call = agreement.first_academic_year.first
        note = f"The agreement names no call; it was judged by the Guide of call {call}, its first academic year."
        return guide_of_call(call), (note,)
    if agreement.template is not None:
        fitting = [call for call in calls() if _is_for(agreement.template, guide_of_call(call))]
        if fitting:
            call = fitting[-1]
            note = f"The agreement names no call; it was judged by the last Guide that has its template, call {call}."
            return guide_of_call(call), (note,)
    message = (
        "nothing tells by which Guide the agreement is to be judged; tell its call, such as 2019, or its first "
        "academic year"
    )
    raise InputError(message, field="call")


def _facts_of_agreement(agreement: InterInstitutionalAgreement) -> dict[str, object]:
    """What is told, and of each point left not yet defined that it is so: a gap, which nobody can be asked to tell."""
    left_open = {
        name: unknown(f"the agreement leaves it not yet defined: {name.replace('_', ' ')}")
        for name in agreement.not_yet_defined or ()
    }
    return told_by(agreement) | left_open


_BINDING = frozenset({AgreementStatus.SIGNED, AgreementStatus.IN_EFFECT, AgreementStatus.TERMINATED})


def _stage_of_agreement(agreement: InterInstitutionalAgreement) -> tuple[Stage, tuple[str, ...]]:
    """Where an agreement is judged, and a note where it does not tell that itself: a draft needs no signature yet."""
    if agreement.stage is not None:
        return agreement.stage, ()
    signed = agreement.signed_by_programme_side_on or agreement.signed_by_partner_side_on
    if signed or agreement.status in _BINDING:
        return Stage.BEFORE_DEPARTURE, ("The agreement tells no stage; it was judged as one that is to be in force.",)
    return Stage.APPLICATION, (
        "The agreement tells no stage; it was judged as a draft, which nobody need have signed.",
    )


def _is_for(template: AgreementTemplate, guide: Guide) -> bool:
    return getattr(guide["agreement_form"], "template", None) is template


def _named(institution: Institution) -> str:
    country = institution.country.name if institution.country else None
    return ", ".join(filter(None, (institution.name, institution.city, country))) or "an institution not named"


def _about_agreement(agreement: InterInstitutionalAgreement) -> tuple[str, ...]:
    """The lines below the title of its report."""
    between = " and ".join(_named(party) for party in agreement.parties or ()) or "parties not told"
    years = " to ".join(_year(agreement, field) for field in ("first_academic_year", "last_academic_year"))
    status = f", {agreement.status.words}" if agreement.status is not None else ""
    return (f"Between {between}", f"Academic years {years}{status}")


def _year(agreement: InterInstitutionalAgreement, field: str) -> str:
    state = agreement.state_of(field)
    return str(getattr(agreement, field)) if state is Knowledge.KNOWN else f"a year {_UNKNOWN[state]}"


_UNKNOWN = {Knowledge.UNKNOWN: "not told", Knowledge.NOT_YET_DEFINED: "not yet defined"}


def _own_words(agreement: InterInstitutionalAgreement) -> Iterable[str]:
    """What the agreement says in its own words: it may hold conditions that no rule sees."""
    texts = [(agreement.other_information, "The agreement")]
    texts += [(item.other_information, f"Of {item.label} the agreement") for item in agreement.conditions or ()]
    for text, whose in texts:
        if text is not None:
            yield f"{whose} says in its own words, which no rule reads: {text}"


def _charters_that_prove_nothing(agreement: InterInstitutionalAgreement, guide: Guide) -> Iterable[str]:
    """A note on each party that is told to hold a Charter, in a country that does not take full part."""
    countries, overseas = guide["programme_countries"], guide["overseas_territories"]
    for party in agreement.parties or ():
        if not party.holds_charter or party.country is None or not isinstance(countries, ProgrammeCountries):
            continue
        if countries.counting_as(party.country, overseas) is None:
            yield (
                f"The Charter of {party.name or 'the party'} proves nothing here: {party.country.name} does not take "
                "full part in the Programme, so the agreement itself must write in the principles."
            )


# --- applications ------------------------------------------------------------------------------------------


def _facts_of_application(application: Application, guide: Guide) -> dict[str, object]:
    given = told_by(application)
    if application.is_consortium is False:
        given["is_told_to_apply_by_itself"] = True
    if application.flows is not None:
        institution = application.applying_institution
        given["flow_findings"] = tuple(_findings(flow, institution, guide) for flow in application.flows)
    if application.assessment is not None:
        results = tuple(decision.result for decision in assess(application, guide=guide))
        decided = tuple(result for result in results if result is not None)
        if AwardResult.SUPPORTED in decided or len(decided) == len(results):
            given["award_results"] = decided
    return given


def _findings(flow: Flow, institution: Institution | None, guide: Guide) -> FlowFindings:
    """What the rules of a mobility say of a flow."""
    own = Institution(country=institution.country) if institution is not None else None
    kinds = {True: InstitutionKind.ENTERPRISE, False: InstitutionKind.UNIVERSITY, None: None}
    partner = Institution(country=flow.country, kind=kinds[flow.invited_from_enterprises])
    incoming = flow.direction is Direction.INCOMING
    # In a call without other formats a stay is none of them, and a flow is of stays of months unless it says otherwise.
    stay_format = flow.stay_format or StayFormat.LONG_TERM
    mobility = Mobility(
        call=guide.call,
        sending=partner if incoming else own,
        receiving=own if incoming else partner,
        activity=flow.activity,
        stay_format=stay_format,
        participant=Student(study_cycle=flow.study_cycle)
        if flow.activity.of_students
        else Staff(is_invited=flow.invited_from_enterprises),
        covers_academic_term=flow.covers_academic_term,
        distance_km=flow.distance_km,
        travel_days_claimed=flow.travel_days,
    )
    given = facts_of(mobility) | {"average_days": flow.days, "travels_green": flow.travels_green}
    found = flow_rulebook().evaluate(given, guide.provisions)
    return FlowFindings(
        flow=flow,
        eligibility=_findings_of(found, flows.ELIGIBILITY),
        duration=_findings_of(found, flows.DURATION),
        individual_support=_amount_of(found, ("funding.student.", "funding.staff.")),
        travel_support=_amount_of(found, ("funding.travel.",)),
    )


_ANSWERED = frozenset({Verdict.MET, Verdict.NOT_MET, Verdict.UNDETERMINED})


def _findings_of(found: Evaluation, identities: tuple[str, ...]) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            verdict=outcome.verdict,
            sentence=_sentence(outcome),
            grounds=_refused_on(outcome) if outcome.verdict is Verdict.NOT_MET else _grounds(outcome),
            needs=_needs(outcome.missing),
        )
        for outcome in (found.outcomes[identity] for identity in identities)
        if outcome.verdict in _ANSWERED
    )


def _sentence(outcome: Outcome) -> str:
    """What a rule of a mobility says, with what would settle it in the words of a flow."""
    parts = [text for text in (outcome.sentence or outcome.rule.statement, *outcome.gaps) if text]
    if outcome.missing:
        asked = dict.fromkeys(_OF_FLOW.get(name, name) for name in outcome.missing)
        parts.append(f"to settle it, tell {', '.join(asked)}")
    return "; ".join(part.rstrip(".") for part in parts)


_OF_FLOW = MappingProxyType(
    {
        "travel_days_claimed": "travel_days",
        "travel_legs": "travels_green",
        "is_invited": "invited_from_enterprises",
        "sending_kind": "invited_from_enterprises",
        "sending_country": "the country of applying_institution",
        "receiving_country": "the country of applying_institution",
    }
)
"""What a mobility calls otherwise than a flow does."""


_OF_APPLICANT = frozenset({"sending_country", "receiving_country"})
"""The facts of a mobility that lack where the country of the applicant is not told; a flow names the other one."""


def _needs(missing: Iterable[str]) -> tuple[str, ...]:
    """The fields of the application in which these facts of a mobility are told."""
    return tuple(dict.fromkeys("applying_institution" if name in _OF_APPLICANT else "flows" for name in missing))


def _grounds(outcome: Outcome) -> tuple[Cited, ...]:
    return tuple(Cited(citation=citation) for citation in outcome.citations)


def _refused_on(outcome: Outcome) -> tuple[Cited, ...]:
    """What a refusal rests on, as the engine weighs it: a refusal of a flow stands where that of a mobility stands."""
    said, evaluation = outcome.answer.rests_on, outcome.evaluation
    if said is not None:
        return said
    given = (evaluation.value(item.name) for item in evaluation.rulebook.inputs_of(outcome.identity))
    return tuple(item for item in given if isinstance(item, Cited))


def _amount_of(found: Evaluation, prefixes: tuple[str, ...]) -> Amount:
    """What one participant receives by the lines whose rules are named so, exact."""
    low = high = Fraction(0)
    grounds: list[Cited] = []
    missing: list[str] = []
    is_open = False
    for outcome in found.outcomes.values():
        if not (outcome.rule.pays and outcome.identity.startswith(prefixes)):
            continue
        answer = outcome.answer
        if outcome.verdict is Verdict.DUE and answer.low is not None and answer.high is not None:
            low += answer.low.exact
            high += answer.high.exact
            grounds += _grounds(outcome)
        elif outcome.verdict is Verdict.UNDETERMINED:
            is_open = True
            missing += outcome.missing
    sure = tuple(dict.fromkeys(grounds))
    if is_open:
        return Amount(low=None, high=None, grounds=sure, needs=_needs(missing))
    return Amount(low=low, high=high, grounds=sure)


def _about_application(application: Application, guide: Guide) -> tuple[str, ...]:
    """The lines below the title of its report: who applies, partners by region, flows."""
    institution = application.applying_institution
    who = "an applicant not told" if institution is None else _named(institution)
    of_whom = "a consortium coordinated by " if application.is_consortium else ""
    lines = [f"By {of_whom}{who}" + (f", to {application.agency}" if application.agency else "")]
    by_region: dict[str, list[str]] = {}
    for partner in application.partners or ():
        by_region.setdefault(_region_of(partner, guide), []).append(_named(partner))
    lines += [f"Partners in {region}: {'; '.join(names)}" for region, names in by_region.items()]
    for flow in application.flows or ():
        number = "participants not counted" if flow.participants is None else str(flow.participants)
        length = "" if flow.days is None else f", {flow.days} days on average"
        lines.append(f"Flow: {number} {flow.label}{length}")
    return tuple(lines)


def _region_of(partner: Institution, guide: Guide) -> str:
    for line in getattr(guide["regions"], "lines", ()):
        if partner.country in line.countries:
            return str(line.label)
    return "no region" if partner.country is not None else "a country not told"


def _about_state(application: Application) -> Iterable[str]:
    if application.state is not None:
        may = ", ".join(state.words for state in application.state.following) or "nothing, it is the last state"
        yield f"The application is {application.state.words}; it may become: {may}."


# --- assessments -------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class Decision:
    """What the points of one part of an application come to."""

    unit: AssessedUnit
    result: AwardResult | None
    """*None* where it cannot be told: points are missing, or only an unverified text refuses."""
    sentence: str
    """Why."""
    report: Report
    """The rules behind it, each with where it is written."""

    def __str__(self) -> str:
        """Unit, result and reason on one line."""
        result = "cannot tell yet" if self.result is None else self.result.words
        return f"{self.unit.label}: {result}: {self.sentence}"


_OF_POINTS = (
    "assessment.scores.complete",
    "assessment.scores.within_maximum",
    "assessment.threshold.total",
    "assessment.threshold.criterion",
)
_THRESHOLDS = _OF_POINTS[2:]
_UNIT = "assessment.unit.named"


def assess(assessed: Assessment | Application, *, guide: Guide | None = None) -> tuple[Decision, ...]:
    """What each part of an application that is assessed by itself comes to: supported, reserve or rejected.

    A part that misses a threshold of the call is rejected; one that reaches both is supported where the money of its
    envelope suffices, and goes on the reserve list where it does not. What the call does not assess by itself is
    neither supported nor rejected. Given an application, its assessment is read, and each part must be one of its
    flows.

    Raises:
        GuideError: there was no such call, or its Guide is not in this version.
        InputError: neither the assessment nor a Guide tells the call.

    """
    applied_for: tuple[Country, ...] | None = None
    assessment: Assessment | None
    call: int | None
    if isinstance(assessed, Application):
        assessment, call = assessed.assessment, assessed.call
        if assessed.flows is not None:
            applied_for = tuple(dict.fromkeys(flow.country for flow in assessed.flows))
    else:
        assessment, call = assessed, assessed.call
    if guide is None:
        if call is None:
            message = "the call of the assessment is not told; write it, such as 2019"
            raise InputError(message, field="call")
        guide = guide_of_call(call)
    units = () if assessment is None else assessment.units or ()
    return tuple(_decision(unit, guide, applied_for) for unit in units)


def _decision(unit: AssessedUnit, guide: Guide, applied_for: tuple[Country, ...] | None) -> Decision:
    rules = assessment_rulebook()
    given = told_by(unit) | ({} if applied_for is None else {"countries_applied_for": applied_for})
    found = rules.evaluate(given, guide.provisions)
    report = report_of(found, _heading("assessment", unit.label, guide, ()))
    outcomes = found.outcomes
    refused = [outcomes[name] for name in _THRESHOLDS if outcomes[name].verdict is Verdict.NOT_MET]
    faults = [outcomes[name] for name in (_UNIT, *_OF_POINTS[:2]) if outcomes[name].verdict is Verdict.NOT_MET]
    unclear = [outcomes[name] for name in (_UNIT, *_OF_POINTS) if outcomes[name].verdict is Verdict.UNDETERMINED]
    result: AwardResult | None = None
    if faults:
        because = faults
    elif refused:
        result, because = AwardResult.REJECTED, refused
    elif unclear:
        because = unclear
    else:
        budget = outcomes["assessment.budget.suffices"]
        because = [*(outcomes[name] for name in _THRESHOLDS), budget]
        result = {Verdict.MET: AwardResult.SUPPORTED, Verdict.NOT_MET: AwardResult.RESERVE}.get(budget.verdict)
    return Decision(unit=unit, result=result, sentence="; ".join(dict.fromkeys(map(_why, because))), report=report)


def _why(outcome: Outcome) -> str:
    if outcome.is_held_back:
        return f"{outcome.sentence}, which only an unverified text asks for"
    return outcome.sentence or _ASKED[outcome.missing[0]]


_ASKED = MappingProxyType(
    {
        "scores": "how many points were given for each criterion is not told",
        "budget_suffices": "whether the money of the envelope suffices is not told",
    }
)
"""What is not told, where a rule was never asked for lack of it."""
