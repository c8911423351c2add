"""What a whole project must keep: its period, its countries, its places, its money, and the organisations' support."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

from dateutil.relativedelta import relativedelta

from icm_rules.engine import (
    Answer,
    Payment,
    Unknown,
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
)
from icm_rules.guide.provisions import (
    IndicativeTargets,
    OneApplication,
    OrganisationalSupport,
    OrganisationalSupportBeyond,
    OrganisationalSupportCount,
    OrganisationalSupportPayment,
    OverseasTerritories,
    ProgrammeCountries,
    ProjectCountries,
    ProjectDuration,
    ProjectPeriod,
    Target,
    Terminology,
    TransferBetweenDirections,
    TransferBetweenRegions,
    TransferWithinRegion,
)
from icm_rules.model.countries import Country
from icm_rules.model.identifiers import AcademicYear, ProjectNumber
from icm_rules.model.project import Envelope, EnvelopeUse, PlacesUse, Stay, envelope_of
from icm_rules.model.terms import Direction, Stage
from icm_rules.rules.values import counted

_MOST_NAMED = 8


def _listed(names: Iterable[str]) -> str:
    """A few names, and how many more there are; in one order, whatever that of the project."""
    found = sorted(names)
    more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    return ", ".join(found[:_MOST_NAMED]) + more


# --- number and applicant ----------------------------------------------------------------------------------


@rule("project.number.action", due=Stage.APPLICATION)
def number_is_of_the_action(project_number: ProjectNumber, terminology: Terminology) -> Answer:
    """The number of the project is one of this action."""
    told: Words = {"number": project_number, "action": project_number.action, "wanted": terminology.action}
    if project_number.action == terminology.action:
        return met("{number} is a project of {action}", **told)
    return not_met("{number} is a project of {action}, not of {wanted}", **told)


@rule("project.number.agency", due=Stage.APPLICATION)
def number_is_of_the_agency_of_the_applicant(
    project_number: ProjectNumber, applicant_country: Country, one_application: OneApplication
) -> Answer:
    """The project was granted by the National Agency of the applicant's own country."""
    told: Words = {"agency": project_number.agency, "country": applicant_country}
    if not one_application.to_own_agency or project_number.agency_country == applicant_country:
        return met("the agency {agency} is one of {country}", **told)
    return not_met("the agency {agency} is none of {country}, where the applicant is", **told)


@rule("project.applicant.country", due=Stage.APPLICATION)
def applicant_is_in_a_programme_country(
    applicant_country: Country, programme_countries: ProgrammeCountries, overseas_territories: OverseasTerritories
) -> Answer:
    """The applicant is in a country that takes full part in the Programme."""
    counts_as = overseas_territories.belongs_to.get(applicant_country, applicant_country)
    if counts_as in programme_countries.countries:
        return met("{country} takes full part", country=applicant_country, rests_on=(programme_countries,))
    return not_met(
        "{country} does not take full part; the partner on the other side applies", country=applicant_country
    )


# --- the period --------------------------------------------------------------------------------------------


@rule("project.period.months", due=Stage.APPLICATION, informs=True)
def project_lasts_as_long_as_the_call_allows(project_months: int, project_duration: ProjectDuration) -> Answer:
    """The project lasts as many months as the call allows."""
    told: Words = {"months": project_months, "allowed": " or ".join(map(str, project_duration.months))}
    if project_months in project_duration.months:
        return met("{months} months are a length that the call allows", **told)
    return not_met(
        "{months} months, and the call allows {allowed}; an extension that the agency agreed to may explain it", **told
    )


@rule("project.period.start", due=Stage.APPLICATION, informs=True)
def project_starts_when_the_call_says(project_start_date: date, project_duration: ProjectDuration) -> Answer:
    """The project starts on the day that the call names."""
    told: Words = {"start": project_start_date, "named": project_duration.start}
    if project_start_date == project_duration.start:
        return met("the project starts on {start}", **told)
    return not_met("the project starts on {start}, and the call names {named}", **told)


@rule("project.period.end", due=Stage.APPLICATION, informs=True)
def project_ends_after_its_months(project_start_date: date, project_end_date: date, project_months: int) -> Answer:
    """The start, the end and the months of the project agree with each other."""
    end = project_start_date + relativedelta(months=project_months, days=-1)
    told: Words = {"start": project_start_date, "months": project_months, "end": project_end_date, "counted": end}
    if end == project_end_date:
        return met("{months} months from {start} end on {end}", **told)
    return not_met("{months} months from {start} end on {counted}, and the project is told to end on {end}", **told)


@rule("project.period.mobilities", due=Stage.APPLICATION)
def mobilities_lie_in_the_period(
    stays: tuple[Stay, ...], project_start_date: date, project_end_date: date, project_period: ProjectPeriod
) -> Answer:
    """Every mobility lies inside the period of the project."""
    if not stays or not project_period.mobilities_inside:
        return not_applicable("there is no mobility that must lie in it")
    first, last = project_start_date, project_end_date
    outside = [
        stay.name
        for stay in stays
        if any(day is not None and not first <= day <= last for day in (stay.start_date, stay.end_date))
    ]
    told: Words = {"first": first, "last": last, "number": counted(len(outside), "mobility"), "names": _listed(outside)}
    if outside:
        verb = "lies" if len(outside) == 1 else "lie"
        return not_met(f"{{names}} {verb} outside the period from {{first}} to {{last}}", **told)
    undated = [
        stay.name for stay in stays if not stay.is_dated or any(not first <= day <= last for day in stay.possible_days)
    ]
    if undated:
        return undetermined(
            "the dates of {names} are not settled", needs=(), gaps=(_TELL_DATES,), names=_listed(undated)
        )
    return met("all of them lie between {first} and {last}", **told)


_TELL_DATES = "tell the start_date and the end_date of these mobilities"


# --- countries and agreements ------------------------------------------------------------------------------


@rule("project.countries.agreed", due=Stage.APPLICATION)
def mobilities_are_with_the_countries_of_the_agreement(
    stays: tuple[Stay, ...], project_partner_countries: tuple[Country, ...], project_countries: ProjectCountries
) -> Answer:
    """Every mobility is with a country of the signed grant agreement."""
    if not stays or not project_countries.only_agreed:
        return not_applicable("there is no mobility that must be with one of them")
    others = {stay.country: stay for stay in stays if stay.country not in {None, *project_partner_countries}}
    if others:
        names = [stay.name for stay in stays if stay.country in others]
        countries = _listed(country.name for country in others if country is not None)
        return not_met(
            "{countries} are not in the grant agreement: {names}"
            if len(others) > 1
            else "{countries} is not in the grant agreement: {names}",
            countries=countries,
            names=_listed(names),
        )
    unknown = [stay.name for stay in stays if stay.country is None]
    if unknown:
        gap = "tell the countries of both sides of these mobilities"
        return undetermined(
            "the partner's country of {names} is not known", needs=(), gaps=(gap,), names=_listed(unknown)
        )
    return met("all of them are with {countries}", countries=_listed(item.name for item in project_partner_countries))


@fact
def places_by_year(stays: tuple[Stay, ...]) -> tuple[PlacesUse, ...]:
    """The places of each condition of an agreement and academic year, beside the stays on them."""
    found: dict[tuple[str, AcademicYear, str], PlacesUse] = {}
    for stay in stays:
        if stay.agreement is None or stay.academic_year is None or stay.condition is None or stay.places_used is None:
            continue
        key = (stay.agreement, stay.academic_year, stay.condition)
        found[key] = PlacesUse(
            agreement=stay.agreement,
            academic_year=stay.academic_year,
            condition=stay.condition,
            places=stay.places,
            used=stay.places_used,
        )
    return tuple(found[key] for key in sorted(found))


@rule("project.agreements.places", due=Stage.APPLICATION)
def agreements_have_the_places(stays: tuple[Stay, ...], places_by_year: tuple[PlacesUse, ...]) -> Answer:
    """In every academic year each agreement has as many places as mobilities use."""
    if all(stay.agreement is None for stay in stays):
        return not_applicable("no mobility names its inter-institutional agreement")
    over = [use for use in places_by_year if use.is_kept is False]
    if over:
        lines = "; ".join(
            f"{use.agreement}, {use.academic_year}, {use.condition}: {use.used} on {counted(use.places or 0, 'place')}"
            for use in over
        )
        full = {(use.agreement, use.academic_year, use.condition) for use in over}
        refused = [
            stay.name
            for stay in stays
            if stay.is_eligible is False and (stay.agreement, stay.academic_year, stay.condition) in full
        ]
        sentence = "there are more mobilities than places: {lines}; amend the agreement"
        if refused:
            sentence += "; one that is not eligible has taken its place all the same: {refused}"
        return not_met(sentence, lines=lines, refused=_listed(refused))
    unnamed = [f"{use.agreement} ({use.condition})" for use in places_by_year if use.is_kept is None]
    unplaced = [stay.name for stay in stays if stay.agreement is not None and stay.places_used is None]
    gaps = []
    if unnamed:
        gaps.append(f"the agreement names no number of places: {_listed(set(unnamed))}")
    if unplaced:
        gaps.append(f"it is not known which places these use (academic year, direction, activity): {_listed(unplaced)}")
    if gaps:
        return undetermined("the places cannot be counted for all", needs=(), gaps=tuple(gaps))
    return met("{number} of agreement and year were counted, and each has the places", number=len(places_by_year))


# --- money -------------------------------------------------------------------------------------------------


@fact
def envelope_uses(stays: tuple[Stay, ...], project_envelopes: tuple[Envelope, ...]) -> tuple[EnvelopeUse, ...]:
    """Each envelope beside the travel and individual support of its mobilities [EUR]."""
    paid: dict[int, list[Stay]] = {id(item): [] for item in project_envelopes}
    anywhere: list[Stay] = []
    for stay in stays:
        envelope = envelope_of(stay, project_envelopes)
        if not stay.may_take or envelope is None:
            continue
        (anywhere if isinstance(envelope, Unknown) else paid[id(envelope)]).append(stay)
    return tuple(_use(item.name, item.region, item.granted_eur, paid[id(item)], anywhere) for item in project_envelopes)


@fact
def budget_use(stays: tuple[Stay, ...], project_envelopes: tuple[Envelope, ...]) -> EnvelopeUse:
    """All envelopes as one beside all mobilities, also those without an envelope: money is never out of sight [EUR]."""
    granted = _sum_or_none(item.granted_eur for item in project_envelopes)
    return _use("Total", None, granted, [stay for stay in stays if stay.may_take], [])


def _use(name: str, region: int | None, granted: Decimal | None, paid: list[Stay], anywhere: list[Stay]) -> EnvelopeUse:
    """What these stays take, and at most those as well of which any envelope may be the one."""
    taking = [*paid, *anywhere]
    return EnvelopeUse(
        name=name,
        region=region,
        granted=granted,
        low=_sum(stay.low for stay in paid),
        high=_sum_or_none(stay.high for stay in taking),
        incoming=None if anywhere else _exactly(paid, Direction.INCOMING),
        outgoing=None if anywhere else _exactly(paid, Direction.OUTGOING),
        stays=len(paid),
    )


@fact
def stays_without_envelope(stays: tuple[Stay, ...], project_envelopes: tuple[Envelope, ...]) -> tuple[Stay, ...]:
    """The mobilities that may take money and that no envelope is for."""
    return tuple(stay for stay in stays if stay.may_take and envelope_of(stay, project_envelopes) is None)


@fact
def stays_of_open_envelope(stays: tuple[Stay, ...], project_envelopes: tuple[Envelope, ...]) -> tuple[Stay, ...]:
    """The mobilities that may take money and of which nobody can tell by which envelope they are paid."""
    return tuple(stay for stay in stays if stay.may_take and isinstance(envelope_of(stay, project_envelopes), Unknown))


def _tell_where(stays: Iterable[Stay]) -> Iterator[str]:
    """What would tell by which envelope these are paid."""
    listed = tuple(stays)
    no_country = [stay.name for stay in listed if stay.country is None]
    if no_country:
        yield (
            f"tell sending_country and receiving_country of these mobilities, which any envelope may pay: "
            f"{_listed(no_country)}"
        )
    for country in sorted({stay.country.name for stay in listed if stay.country is not None}):
        yield f"in which region {country} stands is not known, so any envelope of a region may pay its mobilities"


def _open_grants(stays: Iterable[Stay]) -> Iterator[str]:
    """Which grants are not settled to the cent, so that a sum of them is a range."""
    names = [stay.name for stay in stays if stay.may_take and stay.low != stay.high]
    if names:
        yield (
            f"what these take is still open, or whether it is due; their own reports say what is missing: "
            f"{_listed(names)}"
        )


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal(0))


def _sum_or_none(amounts: Iterable[Decimal | None]) -> Decimal | None:
    listed = list(amounts)
    return None if None in listed else _sum(listed)


def _exactly(stays: list[Stay], direction: Direction) -> Decimal | None:
    """What the stays of one direction take, where every stay's direction and amount is known."""
    if any(stay.direction is None or stay.low != stay.high for stay in stays):
        return None
    return _sum(stay.low for stay in stays if stay.direction is direction)


@fact
def granted_in_all(project_envelopes: tuple[Envelope, ...]) -> Decimal | Unknown:
    """What all envelopes together hold [EUR]."""
    amounts = [item.granted_eur for item in project_envelopes]
    return Unknown(("project_envelopes",)) if None in amounts or not amounts else _sum(amounts)


@rule("project.budget.mobilities_placed", due=Stage.APPLICATION)
def mobilities_have_an_envelope(
    stays: tuple[Stay, ...], stays_without_envelope: tuple[Stay, ...], stays_of_open_envelope: tuple[Stay, ...]
) -> Answer:
    """Every mobility has an envelope that pays it."""
    if not stays:
        return not_applicable("there is no mobility")
    if stays_without_envelope:
        names = _listed(stay.name for stay in stays_without_envelope)
        return not_met("no envelope is for the country or region of {names}", names=names)
    if stays_of_open_envelope:
        return undetermined(
            "which envelope pays {names} is not known",
            needs=(),
            gaps=tuple(_tell_where(stays_of_open_envelope)),
            names=_listed(stay.name for stay in stays_of_open_envelope),
        )
    return met("each of them has one")


@rule("project.budget.total", due=Stage.APPLICATION)
def grants_stay_within_the_whole(
    budget_use: EnvelopeUse,
    granted_in_all: Decimal,
    stays: tuple[Stay, ...],
    stays_of_open_envelope: tuple[Stay, ...],
) -> Answer:
    """Travel and individual support of all mobilities stay within what is granted in all."""
    low, high = budget_use.low, budget_use.high
    told: Words = {"low": low, "high": high, "granted": granted_in_all, "over": low - granted_in_all}
    if low > granted_in_all:
        return not_met("{low} EUR are {over} EUR more than the {granted} EUR granted", **told)
    if high is not None and high <= granted_in_all:
        return met("at most {high} EUR of the {granted} EUR granted are taken", **told)
    most = "an amount that is still open" if high is None else "{high} EUR"
    return undetermined(
        f"the mobilities take from {{low}} EUR to {most}, and {{granted}} EUR are granted",
        needs=(),
        gaps=(*_tell_where(stays_of_open_envelope), *_open_grants(stays)),
        **told,
    )


@rule("project.budget.envelopes", due=Stage.APPLICATION, informs=True)
def grants_stay_within_the_envelopes(
    envelope_uses: tuple[EnvelopeUse, ...],
    stays_of_open_envelope: tuple[Stay, ...],
    transfer_within_region: TransferWithinRegion | None,
    transfer_between_regions: TransferBetweenRegions,
) -> Answer:
    """Travel and individual support stay within each envelope, or within what may be moved to it."""
    over = [use for use in envelope_uses if use.is_kept is False]
    if not over:
        if all(use.is_kept for use in envelope_uses):
            return met("each of {number} suffices", number=counted(len(envelope_uses), "envelope"), rests_on=())
        open_ones = _listed(use.name for use in envelope_uses if use.is_kept is None)
        gaps = (*_tell_where(stays_of_open_envelope), "some grants are still open, or it is not told what is granted")
        return undetermined("not known yet of: {names}", needs=(), gaps=gaps, names=open_ones, rests_on=())
    lacking = "; ".join(f"{use.name} lacks {use.low - (use.granted or 0)} EUR" for use in over)
    suffices = [_region_suffices(use.region, envelope_uses) for use in over]
    if False in suffices and not transfer_between_regions.allowed:
        return not_met(
            "{lacking}, and its region has not the money; another region may not pay for it",
            lacking=lacking,
            rests_on=(transfer_between_regions,),
        )
    if None in suffices:
        gap = "it is not known of which region an envelope is, or what its other envelopes have left"
        return undetermined("{lacking}", lacking=lacking, needs=(), gaps=(gap,), rests_on=())
    if False in suffices:
        return met("{lacking}; other regions may give", lacking=lacking, rests_on=(transfer_between_regions,))
    if transfer_within_region is None:
        gap = "no text was seen that says whether money may move between countries of a region in this call"
        return undetermined("{lacking}; its region has the money", lacking=lacking, needs=(), gaps=(gap,), rests_on=())
    if not transfer_within_region.between_countries:
        return not_met("{lacking}", lacking=lacking, rests_on=(transfer_within_region,))
    asks = "; the agency is asked first" if transfer_within_region.agency_is_asked else ""
    return met(
        f"{{lacking}}; its region has the money, which may move{asks}",
        lacking=lacking,
        rests_on=(transfer_within_region,),
    )


def _region_suffices(region: int | None, uses: tuple[EnvelopeUse, ...]) -> bool | None:
    """Whether all envelopes of a region together have the money; *None* while nobody can tell."""
    together = [use for use in uses if use.region == region]
    granted = _sum_or_none(use.granted for use in together)
    if region is None or granted is None:
        return None
    if _sum(use.low for use in together) > granted:
        return False
    high = _sum_or_none(use.high for use in together)
    return True if high is not None and high <= granted else None


@fact
def moved_between_directions(budget_use: EnvelopeUse, project_envelopes: tuple[Envelope, ...]) -> Decimal | Unknown:
    """How much more one direction takes, over all envelopes, than was granted for it [EUR]."""
    incoming = _sum_or_none(item.incoming_eur for item in project_envelopes)
    outgoing = _sum_or_none(item.outgoing_eur for item in project_envelopes)
    took_in, took_out = budget_use.incoming, budget_use.outgoing
    if incoming is None or outgoing is None or took_in is None or took_out is None:
        return Unknown(("project_envelopes",))
    return max(took_in - incoming, took_out - outgoing, Decimal(0))


@rule("project.budget.directions", due=Stage.APPLICATION, informs=True)
def little_moves_between_directions(
    moved_between_directions: Decimal, granted_in_all: Decimal, transfer_between_directions: TransferBetweenDirections
) -> Answer:
    """No more money moves between incoming and outgoing than the project may move without an amendment."""
    most = granted_in_all * transfer_between_directions.share
    told: Words = {"moved": moved_between_directions, "most": most, "share": transfer_between_directions.share * 100}
    if moved_between_directions <= most:
        return met("{moved} EUR move; up to {most} EUR, {share} % of the project, may without an amendment", **told)
    return not_met("{moved} EUR move, more than {share} % of the project ({most} EUR); ask for an amendment", **told)


# --- organisational support --------------------------------------------------------------------------------


@fact
def counting_stays(
    stays: tuple[Stay, ...], organisational_support_count: OrganisationalSupportCount
) -> tuple[Stay, ...]:
    """The mobilities that may count for organisational support: with a grant, or flagged where the call allows it."""
    flagged_count = organisational_support_count.zero_grant_when_flagged
    counting = tuple(stay for stay in stays if stay.has_grant or (flagged_count and stay.is_flagged))
    # Where every stay has a grant the paragraph decides nothing.
    return counting if any(not stay.has_grant for stay in stays) else based(counting)


@fact
def participants_so_far(counting_stays: tuple[Stay, ...]) -> int:
    """The mobilities that took place, are eligible, and count for organisational support [participants]."""
    return sum(stay.took_place and stay.is_eligible is True for stay in counting_stays)


@fact
def project_is_reported(stays: tuple[Stay, ...]) -> bool:
    """Whether the project is at its end, so that no mobility is still to come: all are at the stage final report."""
    return bool(stays) and all(stay.is_reported for stay in stays)


@fact
def participants_at_most(
    counting_stays: tuple[Stay, ...], project_mobilities_granted: int, project_is_reported: bool
) -> int:
    """The mobilities that may come to count for organisational support, also those granted and not yet entered."""
    to_come = 0 if project_is_reported else max(project_mobilities_granted - len(counting_stays), 0)
    return to_come + sum(stay.is_eligible is not False for stay in counting_stays)


@rule("project.organisational_support.realised", due=Stage.APPLICATION, informs=True)
def most_mobilities_took_place(
    participants_so_far: int,
    participants_at_most: int,
    counting_stays: tuple[Stay, ...],
    project_mobilities_granted: int,
    organisational_support_payment: OrganisationalSupportPayment,
) -> Answer:
    """As many of the granted mobilities took place as full organisational support asks for."""
    wanted = organisational_support_payment.share * project_mobilities_granted
    told: Words = {
        "so_far": participants_so_far,
        "most": participants_at_most,
        "granted": project_mobilities_granted,
        "share": organisational_support_payment.share * 100,
        "wanted": -int(-wanted // 1),
    }
    if participants_so_far >= wanted:
        return met("{so_far} of {granted} took place, at least {share} % ({wanted})", **told)
    if participants_at_most < wanted:
        return not_met("{most} of {granted} can count, fewer than {share} % ({wanted})", **told)
    gaps = ["mobilities that are planned, or not known to be eligible, are not counted as done"]
    entered = len(counting_stays)
    if entered < project_mobilities_granted:
        gaps.append(
            f"{entered} of the {project_mobilities_granted} granted mobilities are entered; the others may still come, "
            "unless all that are entered are at the stage final_report"
        )
    return undetermined(
        "{so_far} of {granted} took place so far, and {wanted} are asked for", needs=(), gaps=tuple(gaps), **told
    )


@fact
def supported_participants(
    participants_so_far: int,
    participants_at_most: int,
    project_mobilities_granted: int,
    organisational_support_payment: OrganisationalSupportPayment,
) -> tuple[int, int]:
    """For how many participants the organisations are supported, from and to.

    All that were granted, if enough took place; else those that did, which is proposed and stands in no text.
    """
    wanted = organisational_support_payment.share * project_mobilities_granted
    low, high = (
        project_mobilities_granted if number >= wanted else number
        for number in (participants_so_far, participants_at_most)
    )
    return based((low, high), organisational_support_payment)


@rule(
    "project.organisational_support.first_participants",
    due=Stage.APPLICATION,
    pays=True,
    informs=True,
    title="Organisational support",
)
def organisations_are_supported(
    supported_participants: tuple[int, int], organisational_support: OrganisationalSupport
) -> Answer:
    """Organisational support for the participants, up to the first step where the call has one."""
    step = organisational_support.up_to_participants
    low, high = (number if step is None else min(number, step) for number in supported_participants)
    return _support(low, high, organisational_support.eur_per_participant)


@rule(
    "project.organisational_support.further_participants",
    due=Stage.APPLICATION,
    pays=True,
    informs=True,
    title="Organisational support beyond the first step",
)
def organisations_are_supported_beyond_the_step(
    supported_participants: tuple[int, int],
    organisational_support: OrganisationalSupport,
    organisational_support_beyond: OrganisationalSupportBeyond | None,
) -> Answer:
    """Organisational support for the participants beyond the first step."""
    step = organisational_support.up_to_participants
    if step is None or organisational_support_beyond is None:
        return not_applicable("every participant is supported alike")
    low, high = (max(number - step, 0) for number in supported_participants)
    if not high:
        return not_applicable("the project has no more than {step} participants", step=step)
    return _support(low, high, organisational_support_beyond.eur_per_participant)


def _support(low: int, high: int, rate: Decimal) -> Answer:
    least, most = (Payment(number, "participant", rate, "participant", Fraction(1)) for number in (low, high))
    if low == high:
        return due(most, "{number} at {rate} EUR", number=counted(high, "participant"), rate=rate)
    return due_between(
        least,
        most,
        "{low} to {high} participants at {rate} EUR, as more take place",
        needs=(),
        low=low,
        high=high,
        rate=rate,
    )


# --- what binds others -------------------------------------------------------------------------------------


@fact
def targets_of_the_regions(stays: tuple[Stay, ...], indicative_targets: IndicativeTargets | None) -> tuple[Target, ...]:
    """The targets at European level of the regions that the project works with; they bind the agencies alone."""
    regions = {stay.region for stay in stays}
    lines = indicative_targets.lines if indicative_targets is not None else ()
    found = tuple(line for line in lines if line.region in regions)
    return based(found, *found)


@rule("project.targets.told", due=Stage.APPLICATION, informs=True)
def targets_bind_the_agencies(targets_of_the_regions: tuple[Target, ...]) -> Answer:
    """The targets of its regions at European level are told; they bind the agencies and no single project."""
    if not targets_of_the_regions:
        return not_applicable("no target was seen for the regions of this project")
    return met(
        "{targets}",
        targets="; ".join(
            f"{target.label}: {target.share * 100:f}".rstrip("0").rstrip(".") + " %"
            for target in targets_of_the_regions
        ),
    )


@rule("project.mobilities.references", due=Stage.APPLICATION, informs=True)
def each_mobility_has_its_own_reference(stays: tuple[Stay, ...]) -> Answer:
    """No two mobilities have the same reference."""
    names = [stay.name for stay in stays]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        return not_met("more than one mobility is called: {names}", names=_listed(twice))
    return met("each has its own")
