"""Who may go where, for what: people, institutions, countries."""

from __future__ import annotations

from datetime import date

import attrs

from icm_rules.engine import (
    Answer,
    Confidence,
    Unknown,
    Words,
    based,
    fact,
    met,
    not_applicable,
    not_met,
    rule,
    undetermined,
    unknown,
)
from icm_rules.guide.provisions import (
    Activities,
    BudgetWindow,
    BudgetWindows,
    Charter,
    Conferences,
    DigitalTraineeships,
    Enrolment,
    FeeWaiver,
    IncomingTrainingHost,
    Insurance,
    InterInstitutionalAgreement,
    InvitedStaff,
    OutgoingLimit,
    OutgoingLimits,
    OutgoingTrainingHost,
    OverseasTerritories,
    PartnerRecognition,
    ProgrammeCountries,
    RecentGraduates,
    Region,
    Regions,
    StaffEmployment,
    StudentDestination,
    StudyYear,
    Terminology,
    Visa,
)
from icm_rules.model.countries import Country
from icm_rules.model.identifiers import ProjectNumber
from icm_rules.model.terms import (
    Activity,
    Direction,
    InstitutionKind,
    ParticipantKind,
    Role,
    Stage,
    StudyCycle,
)
from icm_rules.rules.values import CountryStatus

# --- who and what ------------------------------------------------------------------------------------------


@fact
def is_student_mobility(activity: Activity | None, participant_kind: ParticipantKind | None) -> bool | Unknown:
    """Whether a student goes (else staff)."""
    if activity is not None:
        return activity.of_students
    return Unknown(("activity",)) if participant_kind is None else participant_kind is ParticipantKind.STUDENT


@fact
def is_staff_mobility(is_student_mobility: bool) -> bool:
    """Whether staff goes."""
    return not is_student_mobility


def _is_one_of(wanted: frozenset[Activity], activity: Activity | None, kind: ParticipantKind | None) -> bool | Unknown:
    """Whether the activity is one of those wanted; decided by the kind of participant alone where it can be."""
    if activity is not None:
        return activity in wanted
    possible = {item for item in Activity if kind is None or item.of_students is (kind is ParticipantKind.STUDENT)}
    return Unknown(("activity",)) if possible & wanted else False


@fact
def is_study_mobility(activity: Activity | None, participant_kind: ParticipantKind | None) -> bool | Unknown:
    """Whether the student goes for studies alone."""
    return _is_one_of(frozenset({Activity.STUDIES}), activity, participant_kind)


@fact
def is_traineeship_mobility(activity: Activity | None, participant_kind: ParticipantKind | None) -> bool | Unknown:
    """Whether the student goes for a traineeship alone."""
    return _is_one_of(frozenset({Activity.TRAINEESHIP}), activity, participant_kind)


@fact
def is_combined_student_mobility(activity: Activity | None, participant_kind: ParticipantKind | None) -> bool | Unknown:
    """Whether the student combines studies with a traineeship."""
    return _is_one_of(frozenset({Activity.STUDIES_AND_TRAINEESHIP}), activity, participant_kind)


@fact
def includes_studies(activity: Activity | None, participant_kind: ParticipantKind | None) -> bool | Unknown:
    """Whether the student studies, with or without a traineeship."""
    return _is_one_of(frozenset({Activity.STUDIES, Activity.STUDIES_AND_TRAINEESHIP}), activity, participant_kind)


@fact
def includes_teaching(activity: Activity | None, participant_kind: ParticipantKind | None) -> bool | Unknown:
    """Whether the member of staff teaches."""
    return _is_one_of(frozenset(item for item in Activity if item.includes_teaching), activity, participant_kind)


@fact
def includes_training(activity: Activity | None, participant_kind: ParticipantKind | None) -> bool | Unknown:
    """Whether the member of staff is trained."""
    return _is_one_of(frozenset(item for item in Activity if item.includes_training), activity, participant_kind)


# --- countries ---------------------------------------------------------------------------------------------


def _status(country: Country, programme: ProgrammeCountries, overseas: OverseasTerritories, regions: Regions) -> object:
    if country in programme.countries:
        return based(CountryStatus(country, country, Role.PROGRAMME), programme)
    state = overseas.belongs_to.get(country)
    if state is not None and state in programme.countries:
        return based(CountryStatus(country, state, Role.PROGRAMME), overseas, programme)
    for region in regions.lines:
        if country in region.countries:
            return based(CountryStatus(country, country, Role.PARTNER, region), region)
    return unknown(f"no list of the {regions.citation.document} that was seen names {country.name} ({country})")


@fact
def sending_status(
    sending_country: Country,
    programme_countries: ProgrammeCountries,
    overseas_territories: OverseasTerritories,
    regions: Regions,
) -> CountryStatus:
    """Where the sending country stands in this call."""
    return _status(sending_country, programme_countries, overseas_territories, regions)  # type: ignore[return-value] # with what it rests on


@fact
def receiving_status(
    receiving_country: Country,
    programme_countries: ProgrammeCountries,
    overseas_territories: OverseasTerritories,
    regions: Regions,
) -> CountryStatus:
    """Where the receiving country stands in this call."""
    return _status(receiving_country, programme_countries, overseas_territories, regions)  # type: ignore[return-value] # with what it rests on


@fact
def direction(sending_status: CountryStatus, receiving_status: CountryStatus) -> Direction:
    """Which way the mobility goes, seen from the country that takes full part in the Programme."""
    match sending_status.role, receiving_status.role:
        case Role.PARTNER, Role.PROGRAMME:
            return Direction.INCOMING
        case Role.PROGRAMME, Role.PARTNER:
            return Direction.OUTGOING
        case Role.PROGRAMME, Role.PROGRAMME:
            return Direction.BETWEEN_PROGRAMME_COUNTRIES
        case _:
            return Direction.BETWEEN_PARTNER_COUNTRIES


@fact
def is_credit_mobility(direction: Direction) -> bool:
    """Whether exactly one side lies in a country that takes full part: what this action is about."""
    return direction in {Direction.INCOMING, Direction.OUTGOING}


@fact
def is_incoming(direction: Direction) -> bool:
    """Whether the mobility comes to a country that takes full part."""
    return direction is Direction.INCOMING


@fact
def is_outgoing(direction: Direction) -> bool:
    """Whether the mobility leaves a country that takes full part."""
    return direction is Direction.OUTGOING


@fact
def partner_status(
    direction: Direction, sending_status: CountryStatus, receiving_status: CountryStatus
) -> CountryStatus | Unknown:
    """Where the partner's country stands in this call."""
    match direction:
        case Direction.INCOMING:
            return sending_status
        case Direction.OUTGOING:
            return receiving_status
        case _:
            return unknown("the mobility has no partner side, or two")


@fact
def partner_region(partner_status: CountryStatus) -> Region | Unknown:
    """The region of the partner's country; *unverified* for a country whose place in it no text was seen to show."""
    region = partner_status.region
    if region is None:
        return unknown(f"{partner_status.country.name} stands in no region")
    if partner_status.country in region.unverified_countries:
        return attrs.evolve(region, citation=attrs.evolve(region.citation, confidence=Confidence.UNVERIFIED))
    return region


@rule("eligibility.countries.one_programme_side", due=Stage.APPLICATION)
def one_side_takes_full_part(
    direction: Direction,
    sending_status: CountryStatus,
    receiving_status: CountryStatus,
    terminology: Terminology,
    programme_countries: ProgrammeCountries,
) -> Answer:
    """Exactly one of the two sides lies in a country that takes full part in the Programme."""
    countries: Words = {"sending": sending_status.country, "receiving": receiving_status.country}
    one, several = terminology.programme_country, terminology.programme_countries
    rests_on = (programme_countries, terminology)
    match direction:
        case Direction.INCOMING:
            return met(
                "{receiving} is a {one} and {sending} a {other}: the mobility is incoming",
                one=one,
                other=terminology.partner_country,
                **countries,
            )
        case Direction.OUTGOING:
            return met(
                "{sending} is a {one} and {receiving} a {other}: the mobility is outgoing",
                one=one,
                other=terminology.partner_country,
                **countries,
            )
        case Direction.BETWEEN_PROGRAMME_COUNTRIES:
            return not_met(
                "both {sending} and {receiving} count as {several}: that would be a mobility of {action}, not of {own}",
                several=several,
                action=terminology.action_between_programme_countries,
                own=terminology.action,
                rests_on=rests_on,
                **countries,
            )
        case _:
            return not_met(
                "neither {sending} nor {receiving} is a {one}: {own} pays no mobility between two {others}, and nor "
                "does {action}",
                one=one,
                others=terminology.partner_countries,
                own=terminology.action,
                action=terminology.action_between_programme_countries,
                rests_on=rests_on,
                **countries,
            )


@rule("eligibility.partner.region_open", due=Stage.APPLICATION, only_if="is_credit_mobility")
def partner_region_is_open(
    partner_status: CountryStatus,
    partner_region: Region,
    is_outgoing: bool,
    activity: Activity | None,
    study_cycle: StudyCycle | None,
    is_digital_traineeship: bool | None,
    digital_traineeships: DigitalTraineeships | None,
) -> Answer:
    """The partner's country lies in a region to which the action is open in this call."""
    told: Words = {"country": partner_status.country, "number": partner_region.number, "name": partner_region.name}
    if partner_region.open:
        return met("{country} lies in region {number} ({name}), which is open", rests_on=(partner_region,), **told)
    exception = digital_traineeships
    if exception is None or not is_outgoing or partner_status.country not in exception.countries:
        return not_met(
            "{country} lies in region {number} ({name}), to which the action is not open",
            rests_on=(partner_region,),
            **told,
        )
    holds = (
        None if activity is None else activity.includes_traineeship,
        is_digital_traineeship,
        None if study_cycle is None else study_cycle in exception.cycles,
    )
    sentence = (
        "{country} lies in region {number} ({name}), to which the action is open for digital skills traineeships of "
        "students of these cycles only: {cycles}"
    )
    told["cycles"] = tuple(cycle for cycle in StudyCycle if cycle in exception.cycles)
    if False in holds:
        return not_met(sentence, rests_on=(partner_region,), **told)
    if None in holds:
        return undetermined(sentence, rests_on=(partner_region, exception), **told)
    return met(sentence, rests_on=(partner_region, exception), **told)


@fact
def is_outgoing_student(is_outgoing: bool, is_student_mobility: bool) -> bool:
    """Whether a student leaves a country that takes full part."""
    return is_outgoing and is_student_mobility


@rule(
    "eligibility.outgoing.study_cycle",
    due=Stage.APPLICATION,
    only_if=("is_credit_mobility", "is_outgoing", "is_student_mobility"),
)
def outgoing_students_of_this_cycle_are_paid(
    partner_region: Region,
    outgoing_limits: OutgoingLimits,
    study_cycle: StudyCycle | None,
    budget_window: str | None,
    budget_windows: BudgetWindows | None,
) -> Answer:
    """The money for the partner's region pays outgoing students of this study cycle."""
    window = _the_one(_windows_named(budget_window, budget_windows))
    limits: list[tuple[frozenset[StudyCycle], str, tuple[BudgetWindow | OutgoingLimit | Region, ...]]] = [
        (line.cycles, f"{line.instrument} money", (line, partner_region))
        for line in outgoing_limits.lines
        if partner_region.number in line.regions
    ]
    if window is not None and window.outgoing_cycles is not None:
        limits.append((window.outgoing_cycles, f"the window {window.name}", (window,)))
    if not limits:
        return met("no limit on outgoing students is set for region {number}", number=partner_region.number)
    # The surest limit comes first: a refusal that is well shown does not hide behind one that is unverified.
    limits.sort(key=lambda limit: min(item.citation.confidence for item in limit[2]), reverse=True)
    for cycles, payer, grounds in limits:
        told: Words = {"payer": payer, "cycles": tuple(cycle for cycle in StudyCycle if cycle in cycles)}
        if study_cycle is None:
            return undetermined(
                "{payer} pays outgoing students of these cycles only: {cycles}",
                needs=("study_cycle",),
                rests_on=grounds,
                **told,
            )
        if study_cycle not in cycles:
            return not_met(
                "{payer} pays outgoing students of these cycles only: {cycles}; the student is in the {own} cycle",
                rests_on=grounds,
                own=study_cycle,
                **told,
            )
    return met(
        "the {own} cycle is one that is paid for outgoing students",
        rests_on=tuple(dict.fromkeys(item for _, _, grounds in limits for item in grounds)),
        own=study_cycle,
    )


def _windows_named(name: str | None, windows: BudgetWindows | None) -> list[BudgetWindow]:
    """The windows of this name; where none has it in full, those that have it as a part: *West Africa*."""
    if name is None or windows is None:
        return []
    wanted = name.casefold()
    in_full = [line for line in windows.lines if line.name.casefold() == wanted]
    return in_full or [line for line in windows.lines if wanted in line.name.casefold()]


def _the_one(windows: list[BudgetWindow]) -> BudgetWindow | None:
    return windows[0] if len(windows) == 1 else None


@rule("eligibility.window.covers_country", due=Stage.APPLICATION, only_if="is_credit_mobility")
def window_covers_the_country(
    budget_window: str | None, partner_status: CountryStatus, budget_windows: BudgetWindows
) -> Answer:
    """The budget window that the mobility says it is paid from exists in this call and covers the partner's country."""
    if budget_window is None:
        return not_applicable("the mobility names no budget window")
    found = _windows_named(budget_window, budget_windows)
    window = _the_one(found)
    if window is None:
        names = "; ".join(line.name for line in found or budget_windows.lines) or "none"
        if found:
            return undetermined(
                "several budget windows are called '{window}': {names}",
                needs=("budget_window",),
                window=budget_window,
                names=names,
            )
        return undetermined(
            "no budget window '{window}' is known in this call (known are: {names})",
            gaps=(f"no text was seen that names all budget windows of the {budget_windows.citation.document}",),
            window=budget_window,
            names=names,
        )
    told: Words = {"window": window.name, "country": partner_status.country}
    if partner_status.country in window.countries:
        return met("the window {window} covers {country}", rests_on=(window,), **told)
    if window.countries_complete:
        return not_met("the window {window} does not cover {country}", rests_on=(window,), **told)
    return undetermined(
        "the window {window} is not known to cover {country}",
        rests_on=(window,),
        gaps=(f"the countries of the window {window.name} were not all read",),
        **told,
    )


# --- institutions ------------------------------------------------------------------------------------------


@fact
def sending_is_university(
    sending_kind: InstitutionKind | None,
    sending_holds_charter: bool | None,
    sending_erasmus_code: str | None,
    is_student_mobility: bool | None,
) -> bool | Unknown:
    """Whether a university sends; students always are sent by one, and only universities hold Charter and code."""
    if is_student_mobility or sending_holds_charter or sending_erasmus_code is not None:
        return True
    return Unknown(("sending_kind",)) if sending_kind is None else sending_kind is InstitutionKind.UNIVERSITY


@fact
def takes_place_at_university(activity: Activity | None) -> bool | Unknown:
    """Whether the activity always takes place at a university: studies and teaching do."""
    if activity is None:
        return Unknown(("activity",))
    return activity not in {Activity.TRAINEESHIP, Activity.TRAINING}


@fact
def receiving_is_university(
    receiving_kind: InstitutionKind | None,
    receiving_holds_charter: bool | None,
    receiving_erasmus_code: str | None,
    takes_place_at_university: bool | None,
) -> bool | Unknown:
    """Whether a university receives; only universities hold Charter and code."""
    if takes_place_at_university or receiving_holds_charter or receiving_erasmus_code is not None:
        return True
    return Unknown(("receiving_kind",)) if receiving_kind is None else receiving_kind is InstitutionKind.UNIVERSITY


@fact
def both_are_universities(sending_is_university: bool | None, receiving_is_university: bool | None) -> bool | Unknown:
    """Whether both sides are universities."""
    if sending_is_university is False or receiving_is_university is False:
        return False
    sides = (("sending_kind", sending_is_university), ("receiving_kind", receiving_is_university))
    missing = tuple(name for name, known in sides if known is None)
    return Unknown(missing) if missing else True


@fact
def programme_side_is_university(
    direction: Direction, sending_is_university: bool | None, receiving_is_university: bool | None
) -> bool | Unknown:
    """Whether the side in the country that takes full part is a university."""
    return _of_side(
        direction is Direction.INCOMING,
        ("receiving_kind", receiving_is_university),
        ("sending_kind", sending_is_university),
    )


@fact
def partner_side_is_university(
    direction: Direction, sending_is_university: bool | None, receiving_is_university: bool | None
) -> bool | Unknown:
    """Whether the partner side is a university."""
    return _of_side(
        direction is Direction.OUTGOING,
        ("receiving_kind", receiving_is_university),
        ("sending_kind", sending_is_university),
    )


@fact
def programme_side_holds_charter(
    direction: Direction, sending_holds_charter: bool | None, receiving_holds_charter: bool | None
) -> bool | Unknown:
    """Whether the institution in the country that takes full part holds the Charter."""
    return _of_side(
        direction is Direction.INCOMING,
        ("receiving_holds_charter", receiving_holds_charter),
        ("sending_holds_charter", sending_holds_charter),
    )


@fact
def partner_side_is_recognised(
    direction: Direction, sending_is_recognised: bool | None, receiving_is_recognised: bool | None
) -> bool | Unknown:
    """Whether the partner institution is recognised by the authorities of its country."""
    return _of_side(
        direction is Direction.OUTGOING,
        ("receiving_is_recognised", receiving_is_recognised),
        ("sending_is_recognised", sending_is_recognised),
    )


def _of_side(
    receiving: bool, of_receiving: tuple[str, bool | None], of_sending: tuple[str, bool | None]
) -> bool | Unknown:
    name, value = of_receiving if receiving else of_sending
    return Unknown((name,)) if value is None else value


@rule(
    "eligibility.charter.programme_side",
    due=Stage.APPLICATION,
    only_if=("is_credit_mobility", "programme_side_is_university"),
)
def programme_side_has_the_charter(programme_side_holds_charter: bool, charter: Charter) -> Answer:
    """The university of the programme side holds the Erasmus Charter for Higher Education; its partner needs none."""
    if programme_side_holds_charter or Role.PROGRAMME not in charter.required_of:
        return met("the university holds the Erasmus Charter for Higher Education; its partner needs none")
    return not_met("the university holds no Erasmus Charter for Higher Education, and it must (its partner need not)")


@rule(
    "eligibility.partner.recognised",
    due=Stage.APPLICATION,
    only_if=("is_credit_mobility", "partner_side_is_university"),
)
def partner_is_recognised(partner_side_is_recognised: bool, partner_recognition: PartnerRecognition) -> Answer:
    """The partner university is recognised by the competent authorities of its country."""
    if partner_side_is_recognised or not partner_recognition.required:
        return met("the partner university is recognised by the authorities of its country")
    return not_met("the partner university is not recognised by the authorities of its country")


@rule("eligibility.project.action", due=Stage.APPLICATION)
def project_is_of_this_action(project_number: ProjectNumber | None, terminology: Terminology) -> Answer:
    """The project is one of the action that pays International Credit Mobility in this call."""
    if project_number is None:
        return not_applicable("no project number is told")
    told: Words = {"project": project_number.text, "own": terminology.action, "action": project_number.action}
    if project_number.action == terminology.action:
        return met("the project {project} is one of {own}", **told)
    return not_met("the project {project} is one of {action}, and International Credit Mobility is {own}", **told)


# --- activities --------------------------------------------------------------------------------------------


@rule("eligibility.activity.open", due=Stage.APPLICATION)
def activity_is_open(activity: Activity, activities: Activities) -> Answer:
    """The activity is open in this call."""
    for line in activities.lines:
        if line.activity is activity:
            if line.open:
                return met("the activity {activity} is open in this call", activity=activity, rests_on=(line,))
            return not_met("the activity {activity} is not open in this call", activity=activity, rests_on=(line,))
    gap = f"the {activities.citation.document} says nothing of {activity.words}"
    return undetermined("nothing is said of the activity {activity}", activity=activity, gaps=(gap,))


@fact
def sending_is_enterprise(sending_is_university: bool) -> bool:
    """Whether an enterprise, or another organisation that is no university, sends."""
    return not sending_is_university


@fact
def is_invited_from_enterprise(
    is_staff_mobility: bool, sending_is_university: bool | None, is_invited: bool | None
) -> bool | Unknown:
    """Whether the member of staff is invited from an enterprise or another organisation that is no university."""
    if not is_staff_mobility or sending_is_university or is_invited is False:
        return False
    sides = (("sending_kind", sending_is_university), ("is_invited", is_invited))
    missing = tuple(name for name, known in sides if known is None)
    return Unknown(missing) if missing else True


@rule(
    "eligibility.activity.invited_staff", due=Stage.NOMINATION, only_if=("is_staff_mobility", "sending_is_enterprise")
)
def invited_staff_may_come(
    invited_staff: InvitedStaff, includes_teaching: bool | None, is_invited: bool | None
) -> Answer:
    """Staff of enterprises goes only where this call opens the action to invited staff, on invitation and to teach."""
    if not invited_staff.allowed:
        return not_met("staff of enterprises cannot be invited in this call")
    if includes_teaching is False:
        return not_met("staff of enterprises is invited to teach, and this stay is for training alone")
    if is_invited is False:
        return not_met("staff of enterprises goes on the invitation of the receiving institution, and there is none")
    if includes_teaching is None or is_invited is None:
        return undetermined("staff of enterprises goes to teach, on the invitation of the receiving institution")
    return met("the person was invited from an enterprise to teach, which this call allows")


@rule(
    "eligibility.activity.host_university",
    due=Stage.NOMINATION,
    only_if=("is_credit_mobility", "takes_place_at_university"),
)
def studies_and_teaching_take_place_at_a_university(
    receiving_kind: InstitutionKind | None, inter_institutional_agreement: InterInstitutionalAgreement
) -> Answer:
    """Studies and teaching take place at a university, with which the sending side has an agreement."""
    if receiving_kind is InstitutionKind.ENTERPRISE:
        return not_met(
            "the receiving organisation is no university, and studies and teaching take place at one",
            rests_on=(inter_institutional_agreement,),
        )
    return met("studies and teaching take place at a university, and nothing says that the receiving side is none")


@rule(
    "eligibility.activity.incoming_training_host",
    due=Stage.NOMINATION,
    only_if=("is_credit_mobility", "is_incoming", "includes_training"),
)
def incoming_training_is_at_an_allowed_host(
    receiving_is_university: bool, incoming_training_host: IncomingTrainingHost
) -> Answer:
    """Incoming staff is trained at a university, or at another organisation where this call allows it."""
    return _training_host(receiving_is_university, incoming_training_host.outside_universities)


@rule(
    "eligibility.activity.outgoing_training_host",
    due=Stage.NOMINATION,
    only_if=("is_credit_mobility", "is_outgoing", "includes_training"),
)
def outgoing_training_is_at_an_allowed_host(
    receiving_is_university: bool, outgoing_training_host: OutgoingTrainingHost
) -> Answer:
    """Outgoing staff is trained at a university, or at another organisation where this call allows it."""
    return _training_host(receiving_is_university, outgoing_training_host.outside_universities)


def _training_host(is_university: bool, elsewhere_allowed: bool) -> Answer:
    if is_university:
        return met("the training takes place at a university")
    if elsewhere_allowed:
        return met("the training takes place outside universities, which this call allows")
    return not_met("the training takes place outside universities, and this call has it at universities only")


@rule(
    "eligibility.activity.no_conference",
    due=Stage.NOMINATION,
    only_if=("is_staff_mobility", "includes_training"),
)
def training_is_no_conference(is_conference: bool, conferences: Conferences) -> Answer:
    """The training is more than the visit of a conference."""
    if is_conference and not conferences.count_as_training:
        return not_met("the visit of a conference is no training")
    return met("the training is not the visit of a conference")


@rule("eligibility.fees.none_asked", due=Stage.BEFORE_DEPARTURE, only_if="is_student_mobility")
def no_fees_are_asked(receiving_asks_fees: bool, fee_waiver: FeeWaiver) -> Answer:
    """The receiving institution asks the student for no fees."""
    told: Words = {"waived": fee_waiver.waived}
    if receiving_asks_fees:
        return not_met("the receiving institution asks for fees, and it may ask none for: {waived}", **told)
    return met("the receiving institution asks for no fees ({waived})", **told)


# --- students ----------------------------------------------------------------------------------------------


@rule("eligibility.student.sent_by_university", due=Stage.NOMINATION, only_if="is_student_mobility")
def student_is_sent_by_a_university(sending_kind: InstitutionKind | None, enrolment: Enrolment) -> Answer:
    """The student is sent by the university where he or she is enrolled."""
    if sending_kind is not InstitutionKind.ENTERPRISE or not enrolment.required:
        return met(
            "students are sent by the university where they are enrolled, and nothing says the sending side is none"
        )
    return not_met("the student is sent by an organisation that is no university, where nobody is enrolled")


@rule("eligibility.student.enrolled", due=Stage.NOMINATION, only_if="is_student_mobility")
def student_is_enrolled(is_enrolled: bool, enrolment: Enrolment) -> Answer:
    """The student is enrolled in studies that lead to a degree or another recognised qualification."""
    if is_enrolled or not enrolment.required:
        return met("the student is enrolled in studies that lead to a recognised qualification")
    return not_met("the student is not enrolled in studies that lead to a recognised qualification")


@rule("eligibility.student.year_of_study", due=Stage.NOMINATION, only_if="is_student_mobility")
def student_has_reached_the_year(activity: Activity, year_of_study: int | None, study_year: StudyYear) -> Answer:
    """The student has reached the year of study that the activity asks for."""
    asked = study_year.traineeship if activity is Activity.TRAINEESHIP else study_year.studies
    if asked is None:
        return not_applicable("no year of study is set for {activity} in this call", activity=activity)
    told: Words = {"asked": asked, "activity": activity, "year": year_of_study}
    if asked == 1:
        return met("the activity {activity} is open to students from the first year on", **told)
    if year_of_study is None:
        return undetermined("the activity {activity} is open from year {asked} on", **told)
    if year_of_study < asked:
        return not_met("year {year} comes before year {asked}, from which the activity {activity} is open", **told)
    return met("year {year} reaches year {asked}, from which the activity {activity} is open", **told)


@rule("eligibility.student.not_graduated", due=Stage.NOMINATION, only_if="is_student_mobility")
def student_is_no_recent_graduate(
    graduated_on: date | None, start_date: date | None, is_enrolled: bool | None, recent_graduates: RecentGraduates
) -> Answer:
    """The student has not graduated before the stay."""
    if recent_graduates.eligible:
        return not_applicable("recent graduates are eligible in this call")
    if graduated_on is None:
        if is_enrolled:
            return met("the student is enrolled and no day of graduation is told")
        return undetermined("recent graduates cannot go")
    if start_date is None:
        return undetermined("the student graduated on {graduated}; recent graduates cannot go", graduated=graduated_on)
    if graduated_on < start_date:
        return not_met(
            "the student graduated on {graduated}, before the stay starts on {start}; recent graduates cannot go",
            graduated=graduated_on,
            start=start_date,
        )
    return met(
        "the stay starts on {start}, and the student graduates on {graduated}", start=start_date, graduated=graduated_on
    )


@rule("eligibility.student.destination", due=Stage.NOMINATION, only_if="is_student_mobility")
def student_goes_to_another_country(
    sending_country: Country | None,
    receiving_country: Country,
    residence_country: Country | None,
    student_destination: StudentDestination,
) -> Answer:
    """The student goes neither to the country of the sending institution nor to where he or she lives meanwhile."""
    if student_destination.not_sending_country and receiving_country == sending_country:
        return not_met("{country} is the country of the sending institution", country=receiving_country)
    if student_destination.not_residence_country and receiving_country == residence_country:
        return not_met("{country} is where the student lives during the studies", country=receiving_country)
    if sending_country is None or residence_country is None:
        return undetermined(
            "{country} must be neither the country of the sending institution nor that of residence",
            country=receiving_country,
        )
    return met(
        "{country} is neither the country of the sending institution nor that of residence", country=receiving_country
    )


# --- staff -------------------------------------------------------------------------------------------------


@rule("eligibility.staff.employed", due=Stage.NOMINATION, only_if="is_staff_mobility")
def staff_is_employed_by_the_sender(is_employed_by_sending: bool, staff_employment: StaffEmployment) -> Answer:
    """The member of staff is employed by the sending university, or by the organisation invited staff comes from."""
    if is_employed_by_sending or not staff_employment.required:
        return met("the person is employed by the sending side")
    return not_met("the person is not employed by the sending side")


# --- before departure --------------------------------------------------------------------------------------


@rule("eligibility.stay.insured", due=Stage.BEFORE_DEPARTURE, informs=True)
def participant_is_insured(is_insured: bool, insurance: Insurance) -> Answer:
    """The participant is insured for the stay; individual support is what covers it."""
    if is_insured or not insurance.required:
        return met("the participant is insured for the stay")
    return not_met("the participant is not insured for the stay")


@rule("eligibility.stay.visa", due=Stage.BEFORE_DEPARTURE, informs=True)
def participant_has_the_visa(needs_visa: bool | None, has_visa: bool | None, visa: Visa) -> Answer:
    """The participant has the visa for the stay where one is needed; individual support is what covers it."""
    if has_visa or not visa.required:
        return met("the participant has the visa for the stay")
    if needs_visa is False:
        return met("the participant needs no visa for the stay")
    if needs_visa is None or has_visa is None:
        return undetermined("a visa must be there before departure where one is needed")
    return not_met("the participant needs a visa for the stay and has none")
