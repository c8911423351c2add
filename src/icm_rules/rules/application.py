"""Who may apply, to whom, with what, by when, and for how much: one application."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

import attrs

from icm_rules.engine import (
    Answer,
    Cited,
    Payment,
    Unknown,
    Verdict,
    Words,
    based,
    due,
    due_between,
    fact,
    met,
    not_applicable,
    not_met,
    rule,
    undetermined,
    unknown,
)
from icm_rules.guide.provisions import (
    Applicant,
    Charter,
    Deadline,
    DeadlineHour,
    Deadlines,
    FinancialCapacity,
    InterInstitutionalAgreement,
    OneApplication,
    OrganisationalSupport,
    OrganisationalSupportBeyond,
    OverseasTerritories,
    PartnerRecognition,
    ProgrammeCountries,
    ProjectDuration,
    Regions,
    Terminology,
)
from icm_rules.model.agreement import AgreementStatus
from icm_rules.model.application import ApplicationPartner, ApplicationState, Assessment, AwardResult, Flow
from icm_rules.model.code_lists import national_agencies
from icm_rules.model.countries import Country
from icm_rules.model.mobility import Institution
from icm_rules.model.terms import Stage, with_article
from icm_rules.rules.values import CountryStatus, code_of_another_country, counted, status_of

# --- what is known of a flow -------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class Finding:
    """What one rule of a mobility says of a flow: met, not met or undetermined."""

    verdict: Verdict
    sentence: str
    grounds: tuple[Cited, ...]
    needs: tuple[str, ...] = ()
    """The fields of the application that would settle it."""


@attrs.frozen(kw_only=True)
class Amount:
    """What one participant of a flow receives on average, from and to, exact [EUR]; *None* where that is open."""

    low: Fraction | None
    high: Fraction | None
    grounds: tuple[Cited, ...]
    needs: tuple[str, ...] = ()
    """The fields of the application that would settle it."""


@attrs.frozen(kw_only=True)
class FlowFindings:
    """What the rules of a mobility say of one flow of the application."""

    flow: Flow
    eligibility: tuple[Finding, ...]
    duration: tuple[Finding, ...]
    individual_support: Amount
    travel_support: Amount


@attrs.frozen(kw_only=True)
class GrantAsked:
    """The grant that is asked for, from and to [EUR]."""

    low: Fraction
    high: Fraction


# --- the applicant -----------------------------------------------------------------------------------------


@fact
def applicant_status(
    applying_institution: Institution,
    programme_countries: ProgrammeCountries,
    overseas_territories: OverseasTerritories,
    regions: Regions,
) -> CountryStatus | Unknown:
    """Where the country of the applicant stands in this call."""
    country = applying_institution.country
    if country is None:
        return Unknown(("applying_institution",))
    return status_of(country, programme_countries, overseas_territories, regions)


@rule("application.applicant.programme_side", due=Stage.APPLICATION)
def applicant_is_of_the_programme_side(
    applicant_status: CountryStatus,
    applicant: Applicant,
    programme_countries: ProgrammeCountries,
    terminology: Terminology,
) -> Answer:
    """The applicant is in a Programme Country: no other institution may apply."""
    told: Words = {"country": applicant_status.country, "one": with_article(terminology.programme_country)}
    if applicant_status.role is applicant.role:
        return met("{country} is {one}", **told)
    # That the applicant is of this side is what the paragraph was seen to say; its other half is on consortia.
    return not_met(
        "{country} is not {one}; the partner of that side applies", rests_on=(programme_countries, applicant), **told
    )


@fact
def applies_by_itself(is_consortium: bool) -> bool:
    """Whether an institution applies for itself, and not for a consortium."""
    return not is_consortium


@fact
def doubt_on_code_of_applicant(
    applying_institution: Institution, overseas_territories: OverseasTerritories | None
) -> str:
    """What contradicts where the Erasmus code of the applicant was issued in another country; else empty."""
    return based(code_of_another_country(applying_institution, overseas_territories))


@rule("application.applicant.charter", due=Stage.APPLICATION, only_if="applies_by_itself")
def applicant_holds_the_charter(
    applying_institution: Institution,
    applicant_status: CountryStatus,
    is_told_to_apply_by_itself: bool | None,
    charter: Charter,
    doubt_on_code_of_applicant: str,
) -> Answer:
    """The institution that applies holds the Erasmus Charter for Higher Education, issued for a Programme Country."""
    told: Words = {
        "who": applying_institution.name or applicant_status.country,
        "country": applicant_status.country,
    }
    answer = _holds_charter(applying_institution, told)
    if applicant_status.role not in charter.required_of:
        holds = "the Charter of {who} proves nothing here: " if applying_institution.holds_charter else ""
        answer = not_met(holds + "{country} does not take full part in the Programme", **told)
    if answer.verdict is Verdict.NOT_MET and not is_told_to_apply_by_itself:
        # That it applies by itself is presumed, and whoever coordinates a consortium need not hold the Charter.
        return undetermined(
            "{why}; that matters only if it is not the application of a consortium",
            why=answer.sentence,
            needs=("is_consortium",),
        )
    if answer.verdict is Verdict.MET and doubt_on_code_of_applicant:
        doubt = doubt_on_code_of_applicant
        return undetermined("{doubt}; mend one of the two", doubt=doubt, needs=("applying_institution",))
    return answer


def _holds_charter(institution: Institution, told: Words) -> Answer:
    holds = institution.holds_charter
    if holds is None:
        return undetermined("it must be told whether {who} holds the Charter", needs=("applying_institution",), **told)
    return met("{who} holds the Charter", **told) if holds else not_met("{who} does not hold the Charter", **told)


@rule("application.consortium.accredited", due=Stage.APPLICATION, only_if="is_consortium")
def consortium_holds_its_accreditation(consortium_is_accredited: bool, applicant: Applicant) -> Answer:
    """The consortium that applies is accredited."""
    if consortium_is_accredited:
        return met("the consortium is accredited", rests_on=(applicant,))
    return not_met("the consortium is not accredited", rests_on=(applicant,))


@rule("application.consortium.members_charter", due=Stage.APPLICATION, only_if="is_consortium")
def every_university_of_the_consortium_holds_the_charter(
    consortium_members: tuple[Institution, ...],
    applicant: Applicant,
    programme_countries: ProgrammeCountries,
    overseas_territories: OverseasTerritories,
) -> Answer:
    """Every university of the consortium holds the Charter, issued for a Programme Country."""
    if not applicant.consortium_members_hold_charter:
        return met("this call asks no Charter of the members", rests_on=(applicant,))
    if not consortium_members:
        return not_met("the consortium has no member", rests_on=(applicant,))

    without = [item for item in consortium_members if item.holds_charter is False]
    elsewhere = [
        item
        for item in consortium_members
        if item.country is not None and programme_countries.counting_as(item.country, overseas_territories) is None
    ]
    if without or elsewhere:
        faults = [f"{_named(item)} does not hold the Charter" for item in without]
        faults += [
            f"{_named(item)} is in {item.country.name}, whose Charters prove nothing here"
            for item in elsewhere
            if item.country is not None and item not in without
        ]
        rests_on = (applicant, programme_countries) if elsewhere else (applicant,)
        return not_met("{faults}", faults=tuple(faults), rests_on=rests_on)
    doubts = [code_of_another_country(item, overseas_territories) for item in consortium_members]
    doubtful = tuple(filter(None, doubts))
    if doubtful:
        return undetermined("{doubts}; mend one of the two", doubts=doubtful, needs=("consortium_members",))
    untold = [_named(item) for item in consortium_members if item.holds_charter is None or item.country is None]
    if untold:
        return undetermined(
            "country and Charter must be told of: {untold}", untold=tuple(untold), needs=("consortium_members",)
        )
    return met(
        "all {number} hold the Charter", number=counted(len(consortium_members), "member"), rests_on=(applicant,)
    )


def _named(institution: Institution) -> str:
    if institution.name is not None:
        return institution.name
    return "an institution without a name" if institution.country is None else f"one in {institution.country.name}"


# --- to whom, by when --------------------------------------------------------------------------------------


@rule("application.agency.own_country", due=Stage.APPLICATION)
def application_goes_to_the_agency_of_the_own_country(
    agency: str, applicant_status: CountryStatus, one_application: OneApplication
) -> Answer:
    """The application is handed in to the National Agency of the applicant's own country."""
    country = Country(agency[:2])
    told: Words = {"agency": agency, "its": country, "own": applicant_status.country}
    if not one_application.to_own_agency or country in {applicant_status.country, applicant_status.counts_as}:
        return met("{agency} is an agency of {its}", **told)
    return not_met("{agency} is an agency of {its}, and the applicant is in {own}", **told)


@rule("application.agency.known", due=Stage.APPLICATION, informs=True)
def code_of_the_agency_was_seen(agency: str) -> Answer:
    """The code of the National Agency was read in a public project number."""
    known = national_agencies().get(agency)
    if known is None:
        return undetermined(
            "{agency} stands in no list that was seen; an agency of this code may exist all the same",
            agency=agency,
            needs=(),
        )
    if known.was_seen:
        return met("{agency} was seen in public project numbers", agency=agency, rests_on=(known,))
    return undetermined(
        "{agency} is a plausible code that was seen in no public project number",
        agency=agency,
        needs=(),
        rests_on=(known,),
    )


@rule("application.deadline.in_time", due=Stage.APPLICATION)
def application_is_handed_in_in_time(
    submitted_at: dt.datetime,
    round: int | None,  # noqa: A002 - the Guide's word
    deadlines: Deadlines,
    deadline_hour: DeadlineHour,
) -> Answer:
    """The application is handed in before the deadline of its round, by the clocks of Brussels."""
    lines = [line for line in deadlines.lines if round in {None, line.round}]
    if not lines:
        return undetermined(
            "when the deadline passes is not known",
            gaps=(f"no text that was seen names a deadline for round {round} of this call",),
            needs=(),
        )
    # Where the round is not told, only what all rounds of the call have in common is certain.
    answers = [_before_the_deadline(submitted_at, line, deadline_hour) for line in lines]
    first = answers[0]
    if all(answer.verdict is first.verdict for answer in answers):
        return answers[-1] if first.verdict is Verdict.NOT_MET else first
    return undetermined(
        "handed in on {at}; the deadlines of this call are: {last}",
        at=_moment(submitted_at),
        last=tuple(f"{line.extended_to or line.date} in round {line.round}" for line in lines),
        needs=("round",),
    )


def _moment(submitted_at: dt.datetime) -> str:
    return f"{submitted_at:%Y-%m-%d %H:%M:%S}".removesuffix(":00")


def _before_the_deadline(submitted_at: dt.datetime, line: Deadline, deadline_hour: DeadlineHour) -> Answer:
    last = line.extended_to or line.date
    told: Words = {"at": _moment(submitted_at), "last": last, "hour": f"{deadline_hour.hour}:00"}
    if submitted_at.date() != last:
        if submitted_at.date() < last:
            return met("handed in on {at}, before {last}, {hour} in Brussels", rests_on=(line,), **told)
        return not_met("handed in on {at}, after {last}, {hour} in Brussels", rests_on=(line,), **told)
    rests_on = (line, deadline_hour)
    passes = dt.time(deadline_hour.hour)
    if submitted_at.time() < passes:
        return met("handed in on {at}, before {hour} in Brussels", rests_on=rests_on, **told)
    if submitted_at.time() > passes:
        return not_met("handed in on {at}, after {hour} in Brussels", rests_on=rests_on, **told)
    return undetermined(
        "handed in on {at}, the very moment of the deadline",
        gaps=("no text that was seen says whether the hour of the deadline is itself in time",),
        needs=(),
        rests_on=rests_on,
        **told,
    )


@rule("application.round.one_application", due=Stage.APPLICATION)
def no_more_applications_than_allowed_in_a_round(applications_in_round: int, one_application: OneApplication) -> Answer:
    """The applicant hands in no more applications in one round than the call allows."""
    told: Words = {"own": counted(applications_in_round, "application"), "most": one_application.maximum_per_round}
    if applications_in_round <= one_application.maximum_per_round:
        return met("{own} in this round, and {most} may be handed in", **told)
    return not_met("{own} in this round are more than the {most} that may be handed in", **told)


@fact
def findings_of_flows(
    flows: tuple[Flow, ...],  # noqa: ARG001 - what an office tells, and so what is missing while nothing is found
    flow_findings: tuple[FlowFindings, ...] | None,
) -> tuple[FlowFindings, ...]:
    """What the rules of a mobility say of each flow."""
    return flow_findings or ()


# --- partners and flows ------------------------------------------------------------------------------------


@rule("application.partners.recognised", due=Stage.APPLICATION)
def partners_are_recognised(
    partners: tuple[ApplicationPartner, ...], partner_recognition: PartnerRecognition
) -> Answer:
    """Every partner institution is recognised by the competent authorities of its country."""
    if not partner_recognition.required:
        return met("this call asks no recognition of them")
    refused = tuple(_named(item) for item in partners if item.is_recognised is False)
    if refused:
        return not_met("not recognised in their country: {refused}", refused=refused)
    untold = tuple(_named(item) for item in partners if item.is_recognised is None)
    if untold:
        return undetermined(
            "it must be told whether these are recognised: {untold}", untold=untold, needs=("partners",)
        )
    return met("{number} recognised in their country", number=counted(len(partners), "partner"))


@rule("application.partners.partner_side", due=Stage.APPLICATION)
def partners_are_of_the_partner_side(
    partners: tuple[ApplicationPartner, ...],
    programme_countries: ProgrammeCountries,
    overseas_territories: OverseasTerritories | None,
    regions: Regions,
    terminology: Terminology,
) -> Answer:
    """Every partner institution is in a country that does not take full part in the Programme."""
    wrong, unlisted, untold = [], [], []
    for item in partners:
        if item.country is None:
            untold.append(_named(item))
        elif programme_countries.counting_as(item.country, overseas_territories) is not None:
            wrong.append(f"{_named(item)} ({item.country.name})")
        elif item.country not in regions.listed:
            unlisted.append(item.country.name)
    if wrong:
        return not_met(
            "in {several}, where mobility is one of {action}: {wrong}",
            several=terminology.programme_countries,
            action=terminology.action_between_programme_countries,
            wrong=tuple(wrong),
            rests_on=(programme_countries, terminology),
        )
    if untold:
        return undetermined("the country must be told of: {untold}", untold=tuple(untold), needs=("partners",))
    if unlisted:
        gap = f"no list that was seen names: {', '.join(dict.fromkeys(unlisted))}"
        return undetermined("where some partners stand is not known", gaps=(gap,), needs=())
    return met("no partner is in {several}", several=terminology.programme_countries)


@rule("application.partners.named", due=Stage.APPLICATION)
def every_flow_has_a_partner(
    flows: tuple[Flow, ...],
    partners: tuple[ApplicationPartner, ...],
    inter_institutional_agreement: InterInstitutionalAgreement,  # noqa: ARG001 - what it is given is what it cites
) -> Answer:
    """There is a partner institution in the country of every flow."""
    present = {item.country for item in partners}
    lacking = tuple(dict.fromkeys(flow.country for flow in flows if flow.country not in present))
    if not lacking:
        return met("there is a partner in the country of every flow")
    if None in present:
        return undetermined(
            "a partner is needed in: {lacking}; the country of one is not told", lacking=lacking, needs=("partners",)
        )
    return not_met("no partner is named in: {lacking}", lacking=lacking)


_STANDING = frozenset({AgreementStatus.SIGNED, AgreementStatus.IN_EFFECT})


@rule("application.partners.agreements", due=Stage.BEFORE_DEPARTURE)
def agreements_with_the_partners_are_signed(
    partners: tuple[ApplicationPartner, ...],
    inter_institutional_agreement: InterInstitutionalAgreement,  # noqa: ARG001 - what it is given is what it cites
) -> Answer:
    """The agreement with every partner is signed before anybody leaves."""
    faults = [
        (item.agreement_status, f"{_named(item)} ({item.agreement_status.words})")
        for item in partners
        if item.agreement_status is not None and item.agreement_status not in _STANDING
    ]
    ended = tuple(named for status, named in faults if status is AgreementStatus.TERMINATED)
    unsigned = tuple(named for status, named in faults if status is not AgreementStatus.TERMINATED)
    if unsigned and ended:
        return not_met(
            "the agreement is not signed so far with: {unsigned}; it is no longer in force with: {ended}",
            unsigned=unsigned,
            ended=ended,
        )
    if unsigned:
        return not_met("the agreement is not signed so far with: {unsigned}", unsigned=unsigned)
    if ended:
        return not_met("the agreement is no longer in force with: {ended}", ended=ended)
    untold = tuple(_named(item) for item in partners if item.agreement_status is None)
    if untold:
        return undetermined("where the agreement stands must be told of: {untold}", untold=untold, needs=("partners",))
    return met("the agreement with every partner is signed")


def _found(flow_findings: tuple[FlowFindings, ...], part: str, otherwise: str) -> Answer:
    """What was found of the flows: every refusal, else everything that is open."""
    found = [(each.flow, finding) for each in flow_findings for finding in getattr(each, part)]
    for verdict in (Verdict.NOT_MET, Verdict.UNDETERMINED):
        these = [(flow, finding) for flow, finding in found if finding.verdict is verdict]
        if these:
            said = "; ".join(_by_sentence((flow.label, finding.sentence) for flow, finding in these))
            grounds = tuple(dict.fromkeys(ground for _, finding in these for ground in finding.grounds))
            if verdict is Verdict.NOT_MET:
                return not_met("{said}", said=said, rests_on=grounds)
            needs = tuple(dict.fromkeys(name for _, finding in these for name in finding.needs))
            return undetermined("{said}", said=said, rests_on=grounds, needs=needs)
    return met(otherwise, rests_on=tuple(dict.fromkeys(ground for _, finding in found for ground in finding.grounds)))


def _by_sentence(said: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Each sentence once, behind all the flows of which it is said."""
    labels: dict[str, dict[str, None]] = {}
    for label, sentence in said:
        labels.setdefault(sentence, {})[label] = None
    for sentence, of in labels.items():
        yield f"{' and '.join(of)}: {sentence}"


@rule("application.flows.open", due=Stage.APPLICATION)
def flows_are_open(findings_of_flows: tuple[FlowFindings, ...]) -> Answer:
    """Each partner country is open to this action, and to every flow that is asked for."""
    if not findings_of_flows:
        return not_met("no flow is asked for")
    return _found(findings_of_flows, "eligibility", "this call is open to every flow")


@rule("application.flows.duration", due=Stage.APPLICATION)
def average_stays_are_of_an_allowed_length(findings_of_flows: tuple[FlowFindings, ...]) -> Answer:
    """The average stay of every flow is as long as such a stay may be."""
    return _found(findings_of_flows, "duration", "the stays of every flow are of an allowed length")


# --- the project -------------------------------------------------------------------------------------------


@rule("application.project.length", due=Stage.APPLICATION)
def project_is_of_an_allowed_length(project_months: int, project_duration: ProjectDuration) -> Answer:
    """The project is as long as the call allows."""
    told: Words = {
        "length": counted(project_months, "month"),
        "allowed": " or ".join(str(months) for months in project_duration.months),
    }
    if project_months in project_duration.months:
        return met("{length} are one of the lengths allowed: {allowed}", **told)
    return not_met("{length} are none of the lengths allowed: {allowed}", **told)


@rule("application.project.start", due=Stage.APPLICATION, informs=True)
def project_starts_on_the_day_of_the_call(project_start: date, project_duration: ProjectDuration) -> Answer:
    """The project starts on the day that the call names."""
    told: Words = {"own": project_start, "named": project_duration.start}
    if project_start == project_duration.start:
        return met("it starts on {own}", **told)
    return not_met("it starts on {own}, and the call names {named}", **told)


# --- money -------------------------------------------------------------------------------------------------


def _of_students(findings: FlowFindings) -> bool:
    return findings.flow.activity.of_students


def _sum(findings: Iterable[FlowFindings], part: str) -> tuple[Fraction, Fraction] | None:
    """The sum over the flows, from and to [EUR]; nothing where one of them is open."""
    low = high = Fraction(0)
    for each in findings:
        amount: Amount = getattr(each, part)
        number = each.flow.participants
        if number is None or amount.low is None or amount.high is None:
            return None
        low += number * amount.low
        high += number * amount.high
    return low, high


def _payment(amount: Fraction) -> Payment:
    """An exact amount for the whole project: as it is where cents suffice, else as a share."""
    if (amount * 100).denominator == 1:
        return Payment(1, "project", Decimal(amount.numerator) / Decimal(amount.denominator), "project")
    return Payment(1, "project", Decimal(amount.numerator), "project", Fraction(1, amount.denominator))


_PARTS = ("individual_support", "travel_support")


def _what_would_settle(findings: Iterable[FlowFindings], part: str) -> tuple[str, ...]:
    """The fields of the application without which the part of some flows is open."""
    lacking = [each for each in findings if _sum([each], part) is None]
    return tuple(dict.fromkeys(name for each in lacking for name in getattr(each, part).needs or ("flows",)))


def _amounts_of(findings: list[FlowFindings], part: str) -> str:
    """What each flow amounts to, where there are several, to the cent: for reading alone, nothing is summed from it."""
    told = [(each.flow.label, _sum([each], part)) for each in findings] if len(findings) > 1 else []
    parts = [f"{_in_eur(GrantAsked(low=ends[0], high=ends[1]))} EUR for {label}" for label, ends in told if ends]
    return f": {'; '.join(parts)}" if parts else ""


def _line(findings: list[FlowFindings], part: str, who: str) -> Answer:
    if not findings:
        return not_applicable("no flow is of {who}", who=who)
    amounts = _sum(findings, part)
    grounds = tuple(dict.fromkeys(ground for each in findings for ground in getattr(each, part).grounds))
    number = sum(each.flow.participants or 0 for each in findings)
    told: Words = {"number": counted(number, "participant"), "flows": counted(len(findings), "flow")}
    if amounts is None:
        lacking = [each for each in findings if _sum([each], part) is None]
        return undetermined(
            "number, length or rate is not known of: {lacking}",
            lacking=tuple(dict.fromkeys(each.flow.label for each in lacking)),
            needs=_what_would_settle(lacking, part),
            rests_on=grounds,
        )
    low, high = amounts
    told["each"] = _amounts_of(findings, part)
    if low == high:
        return due(_payment(low), "{number} in {flows}{each}", rests_on=grounds, **told)
    return due_between(
        _payment(low),
        _payment(high),
        "{number} in {flows}{each}; distance, days of travel or means of transport are not told of all",
        rests_on=grounds,
        needs=("flows",),
        **told,
    )


@rule(
    "application.grant.individual_support_students",
    due=Stage.APPLICATION,
    pays=True,
    title="Individual support of students",
)
def students_are_asked_for(findings_of_flows: tuple[FlowFindings, ...]) -> Answer:
    """Individual support of the students of all flows, by the rates of the call."""
    return _line([each for each in findings_of_flows if _of_students(each)], "individual_support", "students")


@rule(
    "application.grant.individual_support_staff", due=Stage.APPLICATION, pays=True, title="Individual support of staff"
)
def staff_is_asked_for(findings_of_flows: tuple[FlowFindings, ...]) -> Answer:
    """Individual support of the staff of all flows, by the rates of the call."""
    return _line([each for each in findings_of_flows if not _of_students(each)], "individual_support", "staff")


@rule("application.grant.travel_support", due=Stage.APPLICATION, pays=True, title="Travel support")
def travel_is_asked_for(findings_of_flows: tuple[FlowFindings, ...]) -> Answer:
    """Travel support of all flows, by the bands of the call."""
    return _line(list(findings_of_flows), "travel_support", "anybody")


@fact
def participants_asked_for(flows: tuple[Flow, ...]) -> int | Unknown:
    """How many participants all flows have."""
    numbers = [flow.participants for flow in flows if flow.participants is not None]
    return sum(numbers) if len(numbers) == len(flows) else Unknown(("flows",))


@fact
def participants_at_the_first_rate(participants_asked_for: int, organisational_support: OrganisationalSupport) -> int:
    """How many participants organisational support is paid for at its first rate."""
    most = organisational_support.up_to_participants
    return participants_asked_for if most is None else min(participants_asked_for, most)


@rule(
    "application.grant.organisational_support",
    due=Stage.APPLICATION,
    pays=True,
    title="Organisational support",
)
def organisational_support_is_asked_for(
    participants_at_the_first_rate: int, organisational_support: OrganisationalSupport
) -> Answer:
    """Organisational support for the participants of all flows, at its first rate."""
    payment = Payment(
        participants_at_the_first_rate, "participant", organisational_support.eur_per_participant, "participant"
    )
    return due(payment, "{number}", number=counted(participants_at_the_first_rate, "participant"))


@rule(
    "application.grant.organisational_support_beyond",
    due=Stage.APPLICATION,
    pays=True,
    title="Organisational support beyond the first rate",
)
def organisational_support_beyond_is_asked_for(
    participants_asked_for: int,
    participants_at_the_first_rate: int,
    organisational_support_beyond: OrganisationalSupportBeyond,
) -> Answer:
    """Organisational support for the participants beyond those of the first rate."""
    beyond = participants_asked_for - participants_at_the_first_rate
    if not beyond:
        return not_applicable("no participant is beyond the first rate")
    payment = Payment(beyond, "participant", organisational_support_beyond.eur_per_participant, "participant")
    return due(payment, "{number} beyond the first rate", number=counted(beyond, "participant"))


@fact
def computed_grant(
    findings_of_flows: tuple[FlowFindings, ...],
    participants_asked_for: int,
    participants_at_the_first_rate: int,
    organisational_support: OrganisationalSupport,
    organisational_support_beyond: OrganisationalSupportBeyond | None,
) -> GrantAsked | Unknown:
    """What the flows amount to by the rules of the call, organisational support included [EUR, exact]."""
    parts = [_sum(findings_of_flows, part) for part in _PARTS]
    beyond = participants_asked_for - participants_at_the_first_rate
    support = Fraction(participants_at_the_first_rate * organisational_support.eur_per_participant)
    if beyond and organisational_support_beyond is not None:
        support += Fraction(beyond * organisational_support_beyond.eur_per_participant)
    low = high = support
    for name, part in zip(_PARTS, parts, strict=True):
        if part is None:
            return Unknown(_what_would_settle(findings_of_flows, name))
        low += part[0]
        high += part[1]
    return GrantAsked(low=low, high=high)


_CENT = Fraction(1, 100)


@rule("application.grant.as_computed", due=Stage.APPLICATION, informs=True)
def form_asks_for_what_the_flows_amount_to(requested_grant_eur: Decimal, computed_grant: GrantAsked) -> Answer:
    """The form asks for what the flows amount to by the rules of the call."""
    own = Fraction(requested_grant_eur)
    told: Words = {"own": requested_grant_eur, "amount": _in_eur(computed_grant)}
    # Each line is rounded to the cent, so a few cents are no difference.
    if computed_grant.low - _CENT * 5 <= own <= computed_grant.high + _CENT * 5:
        return met("{own} EUR are asked for, and the flows amount to {amount} EUR", **told)
    kind = "less" if own < computed_grant.low else "more"
    return not_met("{own} EUR are asked for, {kind} than the {amount} EUR that the flows amount to", kind=kind, **told)


def _in_eur(grant: GrantAsked) -> str:
    low, high = (f"{Decimal(end.numerator) / Decimal(end.denominator):.2f}" for end in (grant.low, grant.high))
    return low if low == high else f"{low} to {high}"


@rule("application.finance.capacity", due=Stage.APPLICATION)
def private_applicant_proves_its_capacity(
    is_private: bool | None,
    requested_grant_eur: Decimal | None,
    computed_grant: GrantAsked | None,
    financial_capacity_is_proven: bool | None,
    financial_capacity: FinancialCapacity,
) -> Answer:
    """A private applicant that asks for more than the limit has proved its financial capacity."""
    if is_private is False:
        return not_applicable("the applicant is no private organisation")
    told: Words = {"limit": financial_capacity.private_applicant_above_eur}
    limit = Fraction(financial_capacity.private_applicant_above_eur)
    if financial_capacity_is_proven:
        return met("its financial capacity is proved", **told)
    # Whoever tells nothing of it may be private, and above the limit that decides.
    of_whom = () if is_private else ("is_private",)
    if requested_grant_eur is not None:
        asked = GrantAsked(low=Fraction(requested_grant_eur), high=Fraction(requested_grant_eur))
    elif computed_grant is not None:
        asked = computed_grant
    else:
        return undetermined(
            "a private applicant proves its financial capacity above {limit} EUR",
            needs=(*of_whom, "requested_grant_eur", "financial_capacity_is_proven"),
            **told,
        )
    told["asked"] = _in_eur(asked)
    if asked.high <= limit:
        return met("{asked} EUR are not above {limit} EUR", **told)
    if asked.low > limit and financial_capacity_is_proven is False and is_private:
        return not_met("{asked} EUR are above {limit} EUR, and its financial capacity is not proved", **told)
    if asked.low <= limit:
        settles: tuple[str, ...] = ("requested_grant_eur",)
    else:
        settles = () if financial_capacity_is_proven is False else ("financial_capacity_is_proven",)
    return undetermined(
        "{asked} EUR are asked for; above {limit} EUR a private applicant proves its financial capacity",
        needs=(*of_whom, *settles),
        **told,
    )


# --- what became of it -------------------------------------------------------------------------------------

_DECIDED = {
    AwardResult.SUPPORTED: frozenset(
        {
            ApplicationState.SUPPORTED,
            ApplicationState.AGREEMENT_SIGNED,
            ApplicationState.RUNNING,
            ApplicationState.REPORTED,
            ApplicationState.CLOSED,
        }
    ),
    AwardResult.RESERVE: frozenset({ApplicationState.RESERVE}),
    AwardResult.REJECTED: frozenset({ApplicationState.REJECTED}),
}


_TO_BE_DECIDED = frozenset({ApplicationState.DRAFT, ApplicationState.SUBMITTED})


@fact
def is_assessed(state: ApplicationState | None) -> bool:
    """Whether the application is told to be in a state that follows an assessment; nobody need tell a state."""
    return state is not None and state not in _TO_BE_DECIDED


@fact
def best_award(
    assessment: Assessment,  # noqa: ARG001 - what an office tells, and so what is missing while nothing is found
    award_results: tuple[AwardResult, ...] | None,
) -> AwardResult | Unknown:
    """The best that was decided for any part of the application: one part that is supported makes a project."""
    found = award_results or ()
    best = next((result for result in AwardResult if result in found), None)
    return unknown("what the points come to cannot be told of every part") if best is None else best


@rule("application.state.follows_assessment", due=Stage.APPLICATION, only_if="is_assessed", informs=True)
def state_is_what_the_assessment_says(state: ApplicationState, best_award: AwardResult) -> Answer:
    """The application stands where its assessment leads."""
    told: Words = {"state": state, "best": best_award}
    if state is ApplicationState.ASSESSED or state in _DECIDED[best_award]:
        return met("it is {state}, and the best its assessment reaches is: {best}", **told)
    if best_award is AwardResult.RESERVE and state in {ApplicationState.REJECTED, *_DECIDED[AwardResult.SUPPORTED]}:
        return met("it is {state}, by way of the reserve list", **told)
    return not_met("it is told as {state}, and the best its assessment reaches is: {best}", **told)
