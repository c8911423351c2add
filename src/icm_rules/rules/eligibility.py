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
    BlendedStaff,
    BlendedStudentDuration,
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
    Restriction,
    Restrictions,
    ShortDoctoralDuration,
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
    RestrictedWhat,
    Role,
    Stage,
    StayFormat,
    StudyCycle,
    with_article,
)
from icm_rules.rules.values import CountryStatus, DayNumbers, status_of

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


_STUDIES = frozenset({Activity.STUDIES})
_TRAINEESHIP = frozenset({Activity.TRAINEESHIP})
_COMBINED = frozenset({Activity.STUDIES_AND_TRAINEESHIP})
_WITH_TEACHING = frozenset(item for item in Activity if item.includes_teaching)
_WITH_TRAINING = frozenset(item for item in Activity if item.includes_training)


def _is_one_of(wanted: frozenset[Activity], activity: Activity | None, kind: ParticipantKind | None) -> bool | Unknown:
    """Whether the activity is one of those wanted; decided by the kind of participant alone where it can be."""
    if activity is not None:
        return activity in wanted
    possible = {item for item in Activity if kind is None or item.of_students is (kind is ParticipantKind.STUDENT)}
    return Unknown(("activity",)) if possible & wanted else False


@fact
def is_study_mobility(activity: Activity | None, participant_kind: ParticipantKind | None) -> bool | Unknown:
    """Whether the student goes for studies alone."""
    return _is_one_of(_STUDIES, activity, participant_kind)


@fact
def is_traineeship_mobility(activity: Activity | None, participant_kind: ParticipantKind | None) -> bool | Unknown:
    """Whether the student goes for a traineeship alone."""
    return _is_one_of(_TRAINEESHIP, activity, participant_kind)


@fact
def is_combined_student_mobility(activity: Activity | None, participant_kind: ParticipantKind | None) -> bool | Unknown:
    """Whether the student combines studies with a traineeship."""
    return _is_one_of(_COMBINED, activity, participant_kind)


@fact
def includes_studies(activity: Activity | None, participant_kind: ParticipantKind | None) -> bool | Unknown:
    """Whether the student studies, with or without a traineeship."""
    return _is_one_of(_STUDIES | _COMBINED, activity, participant_kind)


@fact
def includes_teaching(activity: Activity | None, participant_kind: ParticipantKind | None) -> bool | Unknown:
    """Whether the member of staff teaches."""
    return _is_one_of(_WITH_TEACHING, activity, participant_kind)


@fact
def includes_training(activity: Activity | None, participant_kind: ParticipantKind | None) -> bool | Unknown:
    """Whether the member of staff is trained."""
    return _is_one_of(_WITH_TRAINING, activity, participant_kind)


# --- countries ---------------------------------------------------------------------------------------------


@fact
def sending_status(
    sending_country: Country,
    programme_countries: ProgrammeCountries,
    overseas_territories: OverseasTerritories,
    regions: Regions,
) -> CountryStatus | Unknown:
    """Where the sending country stands in this call."""
    return status_of(sending_country, programme_countries, overseas_territories, regions)


@fact
def receiving_status(
    receiving_country: Country,
    programme_countries: ProgrammeCountries,
    overseas_territories: OverseasTerritories,
    regions: Regions,
) -> CountryStatus | Unknown:
    """Where the receiving country stands in this call."""
    return status_of(receiving_country, programme_countries, overseas_territories, regions)


@fact
def sending_role(sending_status: CountryStatus) -> Role:
    """Whether the sending country takes full part in the Programme."""
    return sending_status.role


@fact
def receiving_role(receiving_status: CountryStatus) -> Role:
    """Whether the receiving country takes full part in the Programme."""
    return receiving_status.role


@fact
def direction(sending_role: Role, receiving_role: Role) -> Direction:
    """Which way the mobility goes, seen from the country that takes full part in the Programme."""
    match sending_role, receiving_role:
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
def programme_status(
    direction: Direction, sending_status: CountryStatus, receiving_status: CountryStatus
) -> CountryStatus | Unknown:
    """Where the country of the programme side stands in this call."""
    match direction:
        case Direction.INCOMING:
            return receiving_status
        case Direction.OUTGOING:
            return sending_status
        case _:
            return unknown("the mobility has no programme side, or two")


@fact
def partner_region(partner_status: CountryStatus) -> Region | Unknown:
    """The region of the partner's country; *unverified* for a country whose place in it no text was seen to show."""
    region = partner_status.region
    if region is None:
        return unknown(f"{partner_status.country.name} stands in no region")
    if partner_status.country in region.unverified_countries:
        return attrs.evolve(region, citation=attrs.evolve(region.citation, confidence=Confidence.UNVERIFIED))
    return region


@fact(elementwise=True)
def stays_in_sending_country(sending_country: Country, receiving_country: Country) -> bool:
    """Whether both sides are in one country."""
    return sending_country == receiving_country


@rule(
    "eligibility.countries.one_programme_side",
    due=Stage.APPLICATION,
    tells=("sending_country", "receiving_country"),
)
def one_side_takes_full_part(
    direction: Direction,
    stays_in_sending_country: bool,
    terminology: Terminology,
    programme_countries: ProgrammeCountries,
) -> Answer:
    """Exactly one of the two sides lies in a country that takes full part in the Programme."""
    one, several = with_article(terminology.programme_country), terminology.programme_countries
    rests_on = (programme_countries, terminology)
    match direction:
        case Direction.INCOMING:
            return met(
                "{receiving_country} is {one} and {sending_country} {other}: the mobility is incoming",
                one=one,
                other=with_article(terminology.partner_country),
            )
        case Direction.OUTGOING:
            return met(
                "{sending_country} is {one} and {receiving_country} {other}: the mobility is outgoing",
                one=one,
                other=with_article(terminology.partner_country),
            )
        case Direction.BETWEEN_PROGRAMME_COUNTRIES:
            both = "both {sending_country} and {receiving_country} count as {several}"
            if stays_in_sending_country:
                both = "both sides are in {sending_country}, one of the {several}"
            return not_met(
                both + ": that would be a mobility of {action}, not of {own}",
                several=several,
                action=terminology.action_between_programme_countries,
                own=terminology.action,
                rests_on=rests_on,
            )
        case _:
            return not_met(
                "neither {sending_country} nor {receiving_country} is {one}: {own} pays no mobility "
                "between two {others}, and nor does {action}",
                one=one,
                others=terminology.partner_countries,
                own=terminology.action,
                action=terminology.action_between_programme_countries,
                rests_on=rests_on,
            )


@rule("eligibility.partner.region_open", due=Stage.APPLICATION, only_if="is_credit_mobility")
def partner_region_is_open(
    partner_status: CountryStatus,
    partner_region: Region,
    is_outgoing: bool,
    is_traineeship_mobility: bool | None,
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
        sentence = "{country} lies in region {number} ({name}), to which the action is not open"
        # What comes from such a region the other action does not pay either.
        if partner_region.other_action is not None and is_outgoing:
            told["other"] = partner_region.other_action
            sentence += "; {other} may fund it"
        return not_met(sentence, rests_on=(partner_region,), **told)
    holds = (
        is_traineeship_mobility,
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
    if receiving_kind not in {None, InstitutionKind.UNIVERSITY}:
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
    if sending_kind in {None, InstitutionKind.UNIVERSITY} or not enrolment.required:
        return met(
            "students are sent by the university where they are enrolled, and nothing says the sending side is none"
        )
    return not_met("the student is sent by an organisation that is no university, where nobody is enrolled")


@fact
def goes_as_recent_graduate(
    is_enrolled: bool | None,
    graduated_on: date | None,
    start_date: date | None,
    activity: Activity | None,
    recent_graduates: RecentGraduates | None,
) -> bool | Unknown:
    """Whether the person goes as a recent graduate, for the activity that this call opens to them."""
    if recent_graduates is None or not _may_be_open(recent_graduates, activity):
        return False
    if graduated_on is None:
        return False if is_enrolled else Unknown(("is_enrolled",) if is_enrolled is None else ("graduated_on",))
    if start_date is None:
        return Unknown(("start_date",))
    if graduated_on >= start_date:
        return False
    return True if _is_open(recent_graduates, activity) else Unknown(("activity",))


def _is_open(graduates: RecentGraduates, activity: Activity | None) -> bool:
    """Whether the activity is one that recent graduates may go for: any where the call names none."""
    return graduates.eligible and (graduates.activity is None or activity is graduates.activity)


def _may_be_open(graduates: RecentGraduates, activity: Activity | None) -> bool:
    """The same, as far as an activity that is not told can be."""
    return graduates.eligible if activity is None else _is_open(graduates, activity)


@fact
def goes_as_enrolled_student(goes_as_recent_graduate: bool) -> bool:
    """Whether the person goes as a student and not as a recent graduate."""
    return not goes_as_recent_graduate


@rule("eligibility.student.enrolled", due=Stage.NOMINATION, only_if=("is_student_mobility", "goes_as_enrolled_student"))
def student_is_enrolled(is_enrolled: bool, enrolment: Enrolment) -> Answer:
    """The student is enrolled in studies that lead to a degree or another recognised qualification."""
    if is_enrolled or not enrolment.required:
        return met("the student is enrolled in studies that lead to a recognised qualification")
    return not_met("the student is not enrolled in studies that lead to a recognised qualification")


@rule(
    "eligibility.student.year_of_study",
    due=Stage.NOMINATION,
    only_if=("is_student_mobility", "goes_as_enrolled_student"),
)
def student_has_reached_the_year(
    activity: Activity, year_of_study: int | None, study_cycle: StudyCycle | None, study_year: StudyYear
) -> Answer:
    """The student has reached the year of higher education studies that the activity asks for."""
    asked = study_year.traineeship if activity is Activity.TRAINEESHIP else study_year.studies
    if asked is None:
        return not_applicable("no year of study is set for {activity} in this call", activity=activity)
    told: Words = {"asked": asked, "activity": activity, "year": year_of_study}
    if asked == 1:
        return met("the activity {activity} is open to students from the first year on", **told)
    if year_of_study is None:
        return undetermined("the activity {activity} is open from year {asked} on", needs=("year_of_study",), **told)
    if year_of_study >= asked:
        return met("year {year} reaches year {asked}, from which the activity {activity} is open", **told)
    sentence = "year {year} comes before year {asked}, from which the activity {activity} is open"
    if study_cycle in {StudyCycle.SHORT, StudyCycle.FIRST}:
        return not_met(sentence, **told)
    if study_cycle is None:
        return undetermined(sentence + ", unless the years of an earlier cycle count", needs=("study_cycle",), **told)
    return undetermined(
        sentence + ", unless the years of an earlier cycle count",
        needs=("year_of_study",),
        gaps=(
            "no text that was seen says whether the years of an earlier cycle count; the year told may leave them out",
        ),
        **told,
    )


@rule("eligibility.student.not_graduated", due=Stage.NOMINATION, only_if="is_student_mobility")
def student_has_not_graduated_or_goes_in_time(
    graduated_on: date | None,
    start_date: date | None,
    end_date: date | None,
    is_enrolled: bool | None,
    activity: Activity | None,
    recent_graduates: RecentGraduates,
) -> Answer:
    """The student has not graduated before the stay, or goes as a recent graduate as far as this call allows it."""
    graduates = recent_graduates
    who = "recent graduates cannot go"
    if graduates.eligible:
        who = "recent graduates may go" + (" for a {activity}" if graduates.activity is not None else "")
        who += "" if graduates.months_after_graduation is None else " within {months} months of graduation"
    told: Words = {
        "activity": graduates.activity,
        "months": graduates.months_after_graduation,
        "graduated": graduated_on,
        "start": start_date,
        "end": end_date,
    }
    if graduated_on is None:
        if is_enrolled:
            return met("the student is enrolled and no day of graduation is told")
        needs = ("graduated_on",) if is_enrolled is False else ("graduated_on", "is_enrolled")
        return undetermined(who, needs=needs, **told)
    if start_date is None:
        return undetermined("the student graduated on {graduated}; " + who, needs=("start_date",), **told)
    if graduated_on >= start_date:
        return met("the stay starts on {start}, and the student graduates on {graduated}", **told)
    before = "the student graduated on {graduated}, before the stay starts on {start}; "
    if not _may_be_open(graduates, activity):
        return not_met(before + who, **told)
    if not _is_open(graduates, activity):
        return undetermined(before + who, needs=("activity",), **told)
    return _in_time_after_graduation(graduates, graduated_on, start_date, end_date, told)


def _in_time_after_graduation(
    graduates: RecentGraduates, graduated: date, start: date, end: date | None, told: Words
) -> Answer:
    """Whether a recent graduate's stay lies within the time this call gives, its last day included."""
    if graduates.months_after_graduation is None:
        return met("the student goes as a recent graduate, however long after the graduation on {graduated}", **told)
    last = _months_after(graduated, graduates.months_after_graduation)
    told = {**told, "last": last}
    within = "the {months} months after the graduation on {graduated} end on {last}, and the stay "
    if start > last:
        return not_met(within + "starts on {start}", **told)
    if end is not None and end > last:
        return not_met(within + "ends on {end}", **told)
    if end is None:
        return undetermined("the stay of a recent graduate ends by {last}", needs=("end_date",), **told)
    return met("the stay ends on {end}, within {months} months of the graduation on {graduated}", **told)


def _months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month where it has no such day."""
    from dateutil.relativedelta import relativedelta  # only a graduate needs it

    later: date = day + relativedelta(months=months)
    return later


@fact(elementwise=True)
def stays_in_residence_country(residence_country: Country, receiving_country: Country) -> bool:
    """Whether the student goes to the country where he or she lives during the studies."""
    return residence_country == receiving_country


@rule("eligibility.student.destination", due=Stage.NOMINATION, only_if="is_student_mobility")
def student_goes_to_another_country(
    stays_in_sending_country: bool | None,
    receiving_country: Country,
    stays_in_residence_country: bool | None,
    student_destination: StudentDestination,
) -> Answer:
    """The student goes neither to the country of the sending institution nor to where he or she lives meanwhile."""
    if student_destination.not_sending_country and stays_in_sending_country:
        return not_met("{country} is the country of the sending institution", country=receiving_country)
    if student_destination.not_residence_country and stays_in_residence_country:
        return not_met("{country} is where the student lives during the studies", country=receiving_country)
    if stays_in_sending_country is None or stays_in_residence_country is None:
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


# --- formats of a stay, from call 2022 on ------------------------------------------------------------------


@fact
def is_short_student_stay(
    is_student_mobility: bool,
    stay_format: StayFormat | None,
    calendar_days: int | None,
    interrupted_days: DayNumbers,
    blended_student_duration: BlendedStudentDuration | None,
    short_doctoral_duration: ShortDoctoralDuration | None,
) -> bool | Unknown:
    """Whether a student goes on a short stay: blended, or short for doctoral candidates.

    A stay of more calendar days than any short stay may have is judged as a long one, whatever it is told as; so
    leaving the format untold never brings a refusal that telling it would not have brought. Below that the format
    must be told.
    """
    short = {StayFormat.BLENDED: blended_student_duration, StayFormat.SHORT_DOCTORAL: short_doctoral_duration}
    days = (calendar_days or 0) - interrupted_days.by_calendar
    longest = max((item.maximum_days for item in short.values() if item is not None), default=-1)
    if not is_student_mobility or stay_format is StayFormat.LONG_TERM or days > longest:
        return based(value=False)
    if stay_format is None:
        return Unknown(("stay_format",))
    # A format that the call does not have makes no stay short: what is asked of the others is asked of it.
    return based(value=short[stay_format] is not None)


@fact
def is_long_student_stay(is_student_mobility: bool, is_short_student_stay: bool | None) -> bool | Unknown:
    """Whether a student goes on a stay of months."""
    if not is_student_mobility:
        return False
    return Unknown(("stay_format",)) if is_short_student_stay is None else not is_short_student_stay


@fact
def is_blended_student_stay(
    is_student_mobility: bool,
    is_short_student_stay: bool | None,
    stay_format: StayFormat | None,
    blended_student_duration: BlendedStudentDuration | None,
) -> bool | Unknown:
    """Whether the stay of a student is told as blended, in a call that has blended stays."""
    return _is_told_as(
        StayFormat.BLENDED, stay_format, is_student_mobility, is_short_student_stay, blended_student_duration
    )


@fact
def is_short_doctoral_stay(
    is_student_mobility: bool,
    is_short_student_stay: bool | None,
    stay_format: StayFormat | None,
    short_doctoral_duration: ShortDoctoralDuration | None,
) -> bool | Unknown:
    """Whether the stay is told as the short one of a doctoral candidate, in a call that has such stays."""
    return _is_told_as(
        StayFormat.SHORT_DOCTORAL, stay_format, is_student_mobility, is_short_student_stay, short_doctoral_duration
    )


def _is_told_as(
    wanted: StayFormat, told: StayFormat | None, is_student: bool, is_short: bool | None, paragraph: object
) -> bool | Unknown:
    if not is_student or paragraph is None:
        return based(value=False)
    if told is None and is_short is not False:
        return Unknown(("stay_format",))
    return based(value=told is wanted)


@rule("eligibility.format.open", due=Stage.APPLICATION)
def format_exists_in_this_call(
    stay_format: StayFormat | None,
    is_student_mobility: bool | None,
    blended_student_duration: BlendedStudentDuration | None,
    blended_staff: BlendedStaff | None,
    short_doctoral_duration: ShortDoctoralDuration | None,
) -> Answer:
    """The format of the stay (of months or days, blended, short for doctoral candidates) exists in this call."""
    told: Words = {"format": stay_format}
    if stay_format is None:
        return not_applicable("no format is told")
    if stay_format is StayFormat.LONG_TERM:
        return met("physical stays exist in every call", rests_on=())
    if stay_format is StayFormat.BLENDED and is_student_mobility is None:
        return undetermined("{format} stays depend on who goes", needs=("activity",), **told)
    paragraph: BlendedStudentDuration | BlendedStaff | ShortDoctoralDuration | None = short_doctoral_duration
    if stay_format is StayFormat.BLENDED:
        paragraph = blended_student_duration if is_student_mobility else blended_staff
    if paragraph is None or (isinstance(paragraph, BlendedStaff) and not paragraph.allowed):
        return not_met("{format} stays do not exist in this call", **told)
    return met("{format} stays exist in this call", rests_on=(paragraph,), **told)


@rule("eligibility.format.doctoral_cycle", due=Stage.NOMINATION, only_if="is_short_doctoral_stay")
def short_doctoral_stays_are_for_the_third_cycle(
    study_cycle: StudyCycle,
    short_doctoral_duration: ShortDoctoralDuration,  # noqa: ARG001 - what it is given is what it cites
) -> Answer:
    """Short stays without a compulsory virtual part are for doctoral candidates: students of the third cycle."""
    if study_cycle is StudyCycle.THIRD:
        return met("the student is in the third cycle")
    return not_met("the student is in the {own} cycle, and short doctoral stays are for the third", own=study_cycle)


@rule("eligibility.format.virtual_part", due=Stage.BEFORE_DEPARTURE, only_if="is_blended_student_stay")
def blended_stay_has_a_virtual_part(has_virtual_part: bool, blended_student_duration: BlendedStudentDuration) -> Answer:
    """A blended stay of a student has its virtual part."""
    if has_virtual_part or not blended_student_duration.virtual_part_required:
        return met("the blended stay has its virtual part")
    return not_met("a blended stay must have a virtual part, and this one has none")


# --- restrictions ------------------------------------------------------------------------------------------

_OPENINGS = {
    (Direction.INCOMING, True): ("open_incoming_students", "incoming students"),
    (Direction.OUTGOING, True): ("open_outgoing_students", "outgoing students"),
    (Direction.INCOMING, False): ("open_incoming_staff", "incoming staff"),
    (Direction.OUTGOING, False): ("open_outgoing_staff", "outgoing staff"),
}


def _restricted(line: Restriction, direction: Direction, is_student: bool | None) -> Answer:
    """What a restriction that concerns this mobility says to it."""
    told: Words = {
        "name": line.name,
        "text": line.text.rstrip("."),
        "since": f", since {line.since}" if line.since else "",
    }
    if not line.closed:
        return met("the restriction on {name}{since} leaves this mobility open: {text}", rests_on=(line,), **told)
    kinds = {student: getattr(line, field) for (way, student), (field, _) in _OPENINGS.items() if way is direction}
    open_kinds = tuple(words for field, words in _OPENINGS.values() if getattr(line, field))
    told["open"] = f" (who may still go: {', '.join(open_kinds)})" if open_kinds else ""
    if is_student is None and len(set(kinds.values())) > 1:
        return undetermined("the restriction on {name}{since}: {text}{open}", rests_on=(line,), **told)
    if kinds[bool(is_student)]:
        return met("the restriction on {name}{since} leaves this mobility open: {text}", rests_on=(line,), **told)
    return not_met("the restriction on {name}{since} closes this mobility: {text}{open}", rests_on=(line,), **told)


@rule("eligibility.restriction.countries", due=Stage.APPLICATION, only_if="is_credit_mobility")
def no_restriction_closes_the_country(
    direction: Direction, partner_status: CountryStatus, is_student_mobility: bool | None, restrictions: Restrictions
) -> Answer:
    """No restriction of the call closes the partner's country to such a mobility."""
    lines = _concerning(restrictions, RestrictedWhat.EVERYONE, partner_status)
    if not lines:
        return met(
            "no restriction of this call names {country}", country=partner_status.country, rests_on=(restrictions,)
        )
    return _gravest([_restricted(line, direction, is_student_mobility) for line in lines])


@rule("eligibility.restriction.public_authorities", due=Stage.APPLICATION, only_if="is_credit_mobility")
def partner_is_no_restricted_authority(
    direction: Direction,
    partner_status: CountryStatus,
    sending_kind: InstitutionKind | None,
    receiving_kind: InstitutionKind | None,
    partner_side_is_university: bool | None,
    is_student_mobility: bool | None,
    restrictions: Restrictions,
) -> Answer:
    """The partner is no public authority of a country whose authorities a restriction of the call closes out."""
    lines = _concerning(restrictions, RestrictedWhat.PUBLIC_AUTHORITIES, partner_status)
    if not lines:
        return not_applicable(
            "no restriction of this call concerns public authorities of {country}", country=partner_status.country
        )
    incoming = direction is Direction.INCOMING
    kind = sending_kind if incoming else receiving_kind
    if kind is InstitutionKind.PUBLIC_AUTHORITY:
        return _gravest([_restricted(line, direction, is_student_mobility) for line in lines])
    if kind is None and not partner_side_is_university:
        return undetermined(
            "{name}: {text}",
            name=lines[0].name,
            text=lines[0].text,
            needs=("sending_kind" if incoming else "receiving_kind",),
            rests_on=lines,
        )
    return met("the partner is no public authority, and others go on taking part", rests_on=lines)


@fact
def programme_side_is_public_interest_trust(
    direction: Direction,
    sending_is_public_interest_trust: bool | None,
    receiving_is_public_interest_trust: bool | None,
) -> bool | Unknown:
    """Whether the institution of the programme side is a public-interest trust, or maintained by one."""
    return _of_side(
        direction is Direction.INCOMING,
        ("receiving_is_public_interest_trust", receiving_is_public_interest_trust),
        ("sending_is_public_interest_trust", sending_is_public_interest_trust),
    )


@rule("eligibility.restriction.public_interest_trusts", due=Stage.APPLICATION, only_if="is_credit_mobility")
def programme_side_is_no_restricted_trust(
    direction: Direction,
    programme_status: CountryStatus,
    programme_side_is_public_interest_trust: bool | None,
    grant_agreement_signed_on: date | None,
    restrictions: Restrictions,
) -> Answer:
    """The institution of the programme side is no public-interest trust with which no new commitment may be made."""
    status = programme_status
    lines = _concerning(restrictions, RestrictedWhat.PUBLIC_INTEREST_TRUSTS, status)
    if not lines:
        return not_applicable("no restriction of this call concerns trusts of {country}", country=status.country)
    line = lines[0]
    told: Words = {
        "name": line.name,
        "since": line.since,
        "text": line.text.rstrip("."),
        "signed": grant_agreement_signed_on,
    }
    what = "the restriction on {name}: {text}"
    is_trust = programme_side_is_public_interest_trust
    signed, since = grant_agreement_signed_on, line.since
    if is_trust is False:
        return met("the institution is no public-interest trust and is not maintained by one", rests_on=(line,))
    if signed is not None and since is not None and signed < since:
        return met(
            "the grant agreement was signed on {signed}, before {since}: running projects go on",
            rests_on=(line,),
            **told,
        )
    side = "receiving" if direction is Direction.INCOMING else "sending"
    flag = f"{side}_is_public_interest_trust"
    if is_trust is None:
        return undetermined(what, needs=(flag,), rests_on=(line,), **told)
    if signed is None and since is not None:
        return undetermined(what, needs=("grant_agreement_signed_on",), rests_on=(line,), **told)
    sentence = "the institution is a public-interest trust or maintained by one"
    if signed is not None and since is not None:
        sentence += ", and the grant agreement was signed on {signed}, not before {since}"
    return not_met(sentence + ": {text}", rests_on=(line,), **told)


def _concerning(restrictions: Restrictions, whom: RestrictedWhat, status: CountryStatus) -> tuple[Restriction, ...]:
    countries = {status.country, status.counts_as}
    return tuple(line for line in restrictions.lines if line.concerns is whom and countries & line.countries)


def _gravest(answers: list[Answer]) -> Answer:
    order = ("not met", "undetermined", "met")
    return min(answers, key=lambda answer: order.index(answer.verdict))
