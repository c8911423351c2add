"""The paragraphs of a Programme Guide as frozen records, one class a paragraph.

A table of a guide file becomes one of these records, and a record is an argument of a rule: the class says
what the paragraph holds, the file says what it holds for one call and where that is written. Reading the
files is the business of :mod:`icm_rules.guide.loading`.

Every class is a :class:`~icm_rules.engine.citations.Cited`; the lines of a table are cited one by one, so that
a rule that uses one line carries the confidence of that line and not of its neighbours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

import attrs

from icm_rules.engine.citations import Cited
from icm_rules.model.terms import (
    Activity,
    AgreementTemplate,
    CharterPrinciple,
    DayCount,
    Direction,
    RestrictedWhat,
    Role,
    StudyCycle,
    TransportMeans,
)


@attrs.frozen(kw_only=True)
class Provision(Cited):
    """A paragraph of the Guide of one call."""


@attrs.frozen(kw_only=True)
class Line(Cited):
    """A line of a table in a paragraph."""

    @property
    def label(self) -> str:
        """Which line of the table this is, in words; no two lines of one table have the same."""
        raise NotImplementedError


# --- words and editions ------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class Terminology(Provision):
    """The words this Guide uses for the action and the two sides."""

    action: str
    programme_country: str
    programme_countries: str
    partner_country: str
    partner_countries: str
    action_between_programme_countries: str
    """The action that a mobility between two countries of the Programme would belong to."""


@attrs.frozen(kw_only=True)
class Editions(Provision):
    """The editions of the Guide that were seen."""

    versions: tuple[str, ...]


# --- countries ---------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class ProgrammeCountries(Provision):
    """The countries that take full part in the Programme."""

    countries: frozenset[str]

    def counting_as(self, country: str, overseas: Cited | None) -> str | None:
        """The country of the Programme that a country counts as: itself, or the Member State of a territory.

        ``overseas`` is the paragraph on territories, be it closed or left out. *None* where the country counts as none.
        """
        belongs_to: Mapping[str, str] = getattr(overseas, "belongs_to", {})
        return next((each for each in (country, belongs_to.get(country)) if each in self.countries), None)


@attrs.frozen(kw_only=True)
class OverseasTerritories(Provision):
    """Overseas countries and territories, each with the Member State it is treated as a part of."""

    # Left out of the hash, so that every paragraph can be the key of a table.
    belongs_to: Mapping[str, str] = attrs.field(hash=False)


@attrs.frozen(kw_only=True)
class Region(Line):
    """A region of Partner Countries."""

    number: int
    name: str
    countries: frozenset[str]
    instruments: tuple[str, ...] = ()
    """The financial instruments that pay for it: ``IPA``, ``ENI``, ``DCI``, ``EDF``, ``PI``."""
    open: bool
    """Whether the action is open to the region in this call."""
    other_action: str | None = None
    """The action that may fund a mobility with a closed region, where one may."""
    unverified_countries: frozenset[str] = frozenset()
    """Countries whose place in the region no text was seen to show."""

    @property
    def label(self) -> str:
        """Which line of the table this is, in words."""
        return f"region {self.number} ({self.name})"


@attrs.frozen(kw_only=True)
class Regions(Provision):
    """The regions of Partner Countries, numbered as in this programme period."""

    lines: tuple[Region, ...]

    @property
    def listed(self) -> frozenset[str]:
        """The countries that some region lists."""
        return frozenset[str]().union(*(line.countries for line in self.lines))


@attrs.frozen(kw_only=True)
class OutgoingLimit(Line):
    """Which outgoing students an instrument pays for, in the regions named."""

    instrument: str
    regions: frozenset[int]
    cycles: frozenset[StudyCycle]
    """The study cycles of outgoing students that may be paid; staff is never limited by these lines."""

    @property
    def label(self) -> str:
        """Which line of the table this is, in words."""
        return f"instrument {self.instrument}"


@attrs.frozen(kw_only=True)
class OutgoingLimits(Provision):
    """The limits on outgoing students by instrument; a region in no line has none."""

    lines: tuple[OutgoingLimit, ...] = ()


@attrs.frozen(kw_only=True)
class BudgetWindow(Line):
    """Extra money for some countries, with limits of its own."""

    name: str
    countries: frozenset[str]
    countries_complete: bool = True
    outgoing_cycles: frozenset[StudyCycle] | None = None
    """The outgoing students that the window pays; absent where no limit of the window's own was seen."""

    @property
    def label(self) -> str:
        """Which line of the table this is, in words."""
        return f"window {self.name}"


@attrs.frozen(kw_only=True)
class BudgetWindows(Provision):
    """The budget windows of the call: data of envelopes, of no effect on a mobility that does not name one."""

    lines: tuple[BudgetWindow, ...] = ()


@attrs.frozen(kw_only=True)
class Target(Line):
    """A target or ceiling at European level; it binds the agencies and never one institution."""

    region: int
    rule: str
    share: Decimal

    @property
    def label(self) -> str:
        """Which line of the table this is, in words."""
        return f"region {self.region}, {self.rule.replace('_', ' ')}"


@attrs.frozen(kw_only=True)
class IndicativeTargets(Provision):
    """The targets at European level."""

    lines: tuple[Target, ...] = ()


# --- activities and participants ---------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class ActivityLine(Line):
    """Whether one activity is open in this call."""

    activity: Activity
    open: bool

    @property
    def label(self) -> str:
        """Which line of the table this is, in words."""
        return self.activity.words


@attrs.frozen(kw_only=True)
class Activities(Provision):
    """The activities and whether each is open; every activity has one line."""

    lines: tuple[ActivityLine, ...]


@attrs.frozen(kw_only=True)
class StudyYear(Provision):
    """The year of study a student must have reached, by activity."""

    studies: int
    traineeship: int | None = None
    """Absent where traineeships are not open."""


@attrs.frozen(kw_only=True)
class Enrolment(Provision):
    """Students are enrolled in studies that lead to a degree or another recognised tertiary qualification."""

    required: bool


@attrs.frozen(kw_only=True)
class RecentGraduates(Provision):
    """Whether recent graduates may go, for which activity and how long after graduation."""

    eligible: bool
    activity: Activity | None = None
    months_after_graduation: int | None = None


@attrs.frozen(kw_only=True)
class StudentDestination(Provision):
    """Students do not go to the country of the sending institution nor to that where they live during studies."""

    not_sending_country: bool
    not_residence_country: bool


@attrs.frozen(kw_only=True)
class DigitalTraineeships(Provision):
    """Countries outside the open regions to which digital skills traineeships may go."""

    countries: frozenset[str]
    cycles: frozenset[StudyCycle]


@attrs.frozen(kw_only=True)
class FeeWaiver(Provision):
    """What the receiving side may not charge."""

    waived: tuple[str, ...]


@attrs.frozen(kw_only=True)
class StaffEmployment(Provision):
    """Staff is employed by the sending institution."""

    required: bool


@attrs.frozen(kw_only=True)
class InvitedStaff(Provision):
    """Staff of enterprises and other organisations outside higher education may be invited to teach."""

    allowed: bool


@attrs.frozen(kw_only=True)
class IncomingTrainingHost(Provision):
    """Whether incoming staff may be trained outside universities."""

    outside_universities: bool


@attrs.frozen(kw_only=True)
class OutgoingTrainingHost(Provision):
    """Whether outgoing staff may be trained outside universities."""

    outside_universities: bool


@attrs.frozen(kw_only=True)
class Conferences(Provision):
    """Whether taking part in a conference counts as training."""

    count_as_training: bool


# --- organisations -----------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class Charter(Provision):
    """Which side must hold the Erasmus Charter for Higher Education."""

    required_of: frozenset[Role]


@attrs.frozen(kw_only=True)
class PartnerRecognition(Provision):
    """The partner institution is recognised by the competent authorities of its country."""

    required: bool


@attrs.frozen(kw_only=True)
class InterInstitutionalAgreement(Provision):
    """The agreement between the two universities."""

    signed_before_start: bool
    note_on_exemptions: str | None = None
    """A note in the template that exempts some activities; shown, never applied."""


@attrs.frozen(kw_only=True)
class AgreementContent(Provision):
    """What the agreement sets down."""

    items: tuple[str, ...]
    names_places: bool
    names_length: bool
    """Student months or staff days."""
    names_cycles: bool
    """Whether it must name them; where it need not, those it names hold all the same."""
    names_subject_areas: bool
    names_languages: bool
    names_grading: bool
    names_calendar: bool
    names_help: bool
    """What is done about visa, insurance and housing."""


@attrs.frozen(kw_only=True)
class AgreementForm(Provision):
    """The template by which agreements of this period are written, and the years it is for."""

    template: AgreementTemplate
    first_year: int
    last_year: int


@attrs.frozen(kw_only=True)
class CharterPrincipleLine(Line):
    """A principle of the Charter that the agreement writes in."""

    principle: CharterPrinciple

    @property
    def label(self) -> str:
        """Which line of the table this is, in words."""
        return self.principle.words


@attrs.frozen(kw_only=True)
class CharterPrinciples(Provision):
    """The agreement binds a partner without a Charter to the Charter's principles."""

    required: bool
    lines: tuple[CharterPrincipleLine, ...]


# --- durations ---------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class StudyDuration(Provision):
    """How long a stay for studies lasts."""

    minimum_months: int
    minimum_days: int
    term_suffices: bool
    """Whether one complete academic term or trimester suffices in place of the minimum."""
    maximum_months: int


@attrs.frozen(kw_only=True)
class TraineeshipDuration(Provision):
    """How long a traineeship lasts."""

    minimum_months: int
    minimum_days: int
    maximum_months: int


@attrs.frozen(kw_only=True)
class CombinedDuration(Provision):
    """How long studies combined with a traineeship last: the rules of studies."""

    minimum_months: int
    minimum_days: int
    term_suffices: bool
    maximum_months: int


@attrs.frozen(kw_only=True)
class StaffDuration(Provision):
    """How long a stay of staff lasts; travel excluded."""

    minimum_days: int
    maximum_days: int
    consecutive: bool


@attrs.frozen(kw_only=True)
class InvitedStaffDuration(Provision):
    """The minimum for staff invited from enterprises, where it differs."""

    minimum_days: int


@attrs.frozen(kw_only=True)
class CycleCap(Provision):
    """How long one person may be mobile within one study cycle, all stays together."""

    maximum_months: int
    counts_zero_grant: bool
    counts_earlier_programmes: bool


@attrs.frozen(kw_only=True)
class OneCycleCap(Provision):
    """The same for one-cycle programmes."""

    maximum_months: int


@attrs.frozen(kw_only=True)
class StudentDayCount(Provision):
    """How the days of a student's stay are counted."""

    convention: DayCount


@attrs.frozen(kw_only=True)
class StaffDayCount(Provision):
    """How the days of a staff stay are counted."""

    convention: DayCount


@attrs.frozen(kw_only=True)
class IncompleteMonth(Provision):
    """What a day of an incomplete month pays: one part in ``parts_of_month`` of the monthly rate."""

    parts_of_month: int


@attrs.frozen(kw_only=True)
class Interruption(Provision):
    """Whether the days of an interruption count towards the duration."""

    days_count: bool


@attrs.frozen(kw_only=True)
class ExtensionRequest(Provision):
    """How long before the planned end an extension is asked for."""

    months_before_end: int


@attrs.frozen(kw_only=True)
class TeachingMinimum(Provision):
    """The hours of teaching."""

    minimum_per_week: int
    """Also for a stay shorter than a week."""
    week_days: int


@attrs.frozen(kw_only=True)
class IncompleteTeachingWeek(Provision):
    """Whether an incomplete week beyond the first asks for hours in proportion."""

    proportional: bool


@attrs.frozen(kw_only=True)
class CombinedTeachingMinimum(Provision):
    """The hours where teaching is combined with training in one stay."""

    minimum_per_week: int


@attrs.frozen(kw_only=True)
class InvitedTeachingMinimum(Provision):
    """The hours for staff invited from enterprises."""

    minimum_per_week: int


# --- money -------------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class CountryGroup(Line):
    """The countries of one group."""

    group: str
    countries: frozenset[str]

    @property
    def label(self) -> str:
        """Which line of the table this is, in words."""
        return f"group {self.group}"


@attrs.frozen(kw_only=True)
class StudentCountryGroups(Provision):
    """Programme Countries by group, for students."""

    lines: tuple[CountryGroup, ...]


@attrs.frozen(kw_only=True)
class StaffCountryGroups(Provision):
    """Programme Countries by group, for staff."""

    lines: tuple[CountryGroup, ...]


@attrs.frozen(kw_only=True)
class StudentRate(Line):
    """Individual support of students [EUR a month]."""

    direction: Direction
    group: str | None = None
    """The group of the receiving country; absent where all receiving countries have one rate."""
    eur_per_month: Decimal

    @property
    def label(self) -> str:
        """Which line of the table this is, in words."""
        return _direction_and_group(self.direction, self.group)


@attrs.frozen(kw_only=True)
class StudentRates(Provision):
    """Individual support of students by direction and group."""

    lines: tuple[StudentRate, ...]


@attrs.frozen(kw_only=True)
class StaffRate(Line):
    """Individual support of staff [EUR a day], for the days paid in full."""

    direction: Direction
    group: str | None = None
    eur_per_day: Decimal

    @property
    def label(self) -> str:
        """Which line of the table this is, in words."""
        return _direction_and_group(self.direction, self.group)


@attrs.frozen(kw_only=True)
class StaffRates(Provision):
    """Individual support of staff by direction and group."""

    lines: tuple[StaffRate, ...]


@attrs.frozen(kw_only=True)
class ReducedStaffRate(Provision):
    """From which paid day on staff is paid a share of the rate, and up to which day of activity at all."""

    first_reduced_day: int
    share: Decimal
    last_day: int


@attrs.frozen(kw_only=True)
class PaidDayRun(Provision):
    """Whether funded travel days take part in the count of days paid in full."""

    includes_travel_days: bool


@attrs.frozen(kw_only=True)
class DisadvantagedTopUp(Provision):
    """A monthly addition for disadvantaged students, of the amount the National Agency sets if it opted in."""

    exists: bool


@attrs.frozen(kw_only=True)
class DistanceBand(Line):
    """What is paid in one band of distance, one way [EUR]."""

    from_km: Decimal
    """The band begins here, this distance included."""
    to_km: Decimal | None = None
    """The band ends here, this distance excluded; absent for the last band."""
    eur: Decimal

    @property
    def label(self) -> str:
        """Which line of the table this is, in words."""
        if self.to_km is None:
            return f"{self.from_km} km and more"
        return f"{self.from_km} km to less than {self.to_km} km"


@attrs.frozen(kw_only=True)
class TravelBand(DistanceBand):
    """Travel support for one band of distance, one way; the amount covers the return trip [EUR]."""


@attrs.frozen(kw_only=True)
class TravelBands(Provision):
    """Travel support by distance; half-open bands without gaps, from 0 km on."""

    lines: tuple[TravelBand, ...]


@attrs.frozen(kw_only=True)
class FundedTravelDays(Provision):
    """The days of travel that are paid like days of activity."""

    maximum_before: int
    maximum_after: int


@attrs.frozen(kw_only=True)
class TravelSupport(Provision):
    """Who receives travel support."""

    students: bool
    staff: bool


@attrs.frozen(kw_only=True)
class TravelPaidOtherwise(Provision):
    """No travel support where no travel took place or it was paid from other sources."""

    travel_support_due: bool


@attrs.frozen(kw_only=True)
class ZeroGrant(Provision):
    """Stays without a grant, or with one for a part of the stay only."""

    allowed: bool
    counts_for_cycle_cap: bool


@attrs.frozen(kw_only=True)
class FundedPart(Provision):
    """With days without grant, the funded part still reaches the minimum duration."""

    reaches_minimum: bool


@attrs.frozen(kw_only=True)
class OrganisationalSupport(Provision):
    """Organisational support [EUR a participant]."""

    eur_per_participant: Decimal
    up_to_participants: int | None = None
    """The number of participants paid at this rate; absent where every one is."""


@attrs.frozen(kw_only=True)
class OrganisationalSupportBeyond(Provision):
    """Organisational support for the participants beyond the first step [EUR a participant]."""

    eur_per_participant: Decimal


@attrs.frozen(kw_only=True)
class OrganisationalSupportPayment(Provision):
    """The share of the granted mobilities that must take place for the full amount."""

    share: Decimal


@attrs.frozen(kw_only=True)
class OrganisationalSupportCount(Provision):
    """Which participants count for organisational support."""

    zero_grant_when_flagged: bool
    accompanying_persons: bool


@attrs.frozen(kw_only=True)
class SpecialNeedsSupport(Provision):
    """The share of real costs paid for special needs."""

    share_of_real_costs: Decimal


@attrs.frozen(kw_only=True)
class ExpensiveTravel(Provision):
    """Real costs in place of the travel unit where the unit covers too little."""

    share_of_real_costs: Decimal
    unit_covers_less_than: Decimal


@attrs.frozen(kw_only=True)
class FinancialGuarantee(Provision):
    """The share of the real cost of a financial guarantee."""

    share_of_real_costs: Decimal


@attrs.frozen(kw_only=True)
class Prefinancing(Provision):
    """When the first payment to the participant is due."""

    days_after_signature: int


# --- settlement --------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class LongerStay(Provision):
    """The days of a stay beyond those agreed carry no grant, unless the grant agreement is amended during the stay."""

    zero_grant_unless_amended: bool


@attrs.frozen(kw_only=True)
class SettlementToTheDay(Provision):
    """The grant is settled by the days that are confirmed: a stay shorter than agreed lowers it."""

    to_the_day: bool


@attrs.frozen(kw_only=True)
class CertificateTolerance(Provision):
    """By how many days a certificate may fall short of the agreement before the grant is counted anew."""

    days: int


@attrs.frozen(kw_only=True)
class RefundBelowMinimum(Provision):
    """Below the minimum duration the whole grant is paid back."""

    whole_grant: bool


@attrs.frozen(kw_only=True)
class OfficialHolidays(Provision):
    """Whether official holidays inside a stay count, where the participant returns after them."""

    days_count: bool


@attrs.frozen(kw_only=True)
class ForceMajeure(Provision):
    """What force majeure switches off for the days it covers, and how it is shown."""

    minimum_waived: bool
    refund_waived: bool
    proven_costs_kept: bool
    evidence: tuple[str, ...]


# --- application, project, award ---------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class Applicant(Provision):
    """Who applies."""

    role: Role
    consortium_members_hold_charter: bool


@attrs.frozen(kw_only=True)
class OneApplication(Provision):
    """How many applications an institution may hand in per round, to its own National Agency."""

    maximum_per_round: int
    to_own_agency: bool


@attrs.frozen(kw_only=True)
class FinancialCapacity(Provision):
    """The grant above which a private applicant proves its financial capacity [EUR]."""

    private_applicant_above_eur: Decimal


@attrs.frozen(kw_only=True)
class Deadline(Line):
    """The day of the deadline of one round; the hour stands in :class:`DeadlineHour`."""

    round: int
    date: dt.date
    extended_to: dt.date | None = None

    @property
    def label(self) -> str:
        """Which line of the table this is, in words."""
        return f"round {self.round}"


@attrs.frozen(kw_only=True)
class Deadlines(Provision):
    """The deadlines for applications, by round."""

    lines: tuple[Deadline, ...]


@attrs.frozen(kw_only=True)
class DeadlineHour(Provision):
    """The hour of the day at which a deadline passes, by the clocks of Brussels."""

    hour: int


@attrs.frozen(kw_only=True)
class ProjectDuration(Provision):
    """How long a project may last and when it starts."""

    months: tuple[int, ...]
    start: dt.date


@attrs.frozen(kw_only=True)
class AwardCriterion(Line):
    """A criterion by which applications are judged."""

    name: str
    maximum_points: int

    @property
    def label(self) -> str:
        """Which line of the table this is, in words."""
        return self.name


@attrs.frozen(kw_only=True)
class AwardCriteria(Provision):
    """The criteria by which applications are judged."""

    lines: tuple[AwardCriterion, ...]


@attrs.frozen(kw_only=True)
class AwardThreshold(Provision):
    """The points an application needs in all."""

    minimum_points: int
    maximum_points: int


@attrs.frozen(kw_only=True)
class AwardCriterionThreshold(Provision):
    """The share of its points that an application needs for one criterion by itself."""

    criterion: str
    share: Decimal


@attrs.frozen(kw_only=True)
class AwardUnit(Provision):
    """What is assessed by itself within one application."""

    unit: str


# --- documents and recognition -----------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class LearningAgreementSignatures(Provision):
    """The learning agreement is signed by student, sending and receiving institution before departure."""

    signed_before_start: bool


@attrs.frozen(kw_only=True)
class MobilityAgreementSignatures(Provision):
    """The mobility agreement of staff is signed by participant, sending and receiving side before the start."""

    signed_before_start: bool


@attrs.frozen(kw_only=True)
class CreditSystems(Provision):
    """Study achievements are counted in ECTS or a comparable system."""

    comparable_suffices: bool


@attrs.frozen(kw_only=True)
class FullRecognition(Provision):
    """What was agreed and passed is recognised in full and without further conditions."""

    required: bool


@attrs.frozen(kw_only=True)
class TranscriptDeadline(Provision):
    """When the transcript of records is issued after the results are published."""

    weeks: int


@attrs.frozen(kw_only=True)
class Insurance(Provision):
    """The participant is insured for the stay."""

    required: bool


@attrs.frozen(kw_only=True)
class Visa(Provision):
    """The participant has the visa for the stay where one is needed."""

    required: bool


def _direction_and_group(direction: Direction, group: str | None) -> str:
    return direction.words if group is None else f"{direction.words}, group {group}"


# --- distances, documents and projects --------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class DistanceEstimate(Provision):
    """How a distance is computed while the figure of the official calculator is not known: along a great circle."""

    earth_radius_km: Decimal
    tolerance: Decimal
    """The share by which the official figure may differ from the computed one."""


@attrs.frozen(kw_only=True)
class DeparturePlace(Provision):
    """From where a journey counts."""

    seat_is_default: bool
    other_needs_reason: bool


@attrs.frozen(kw_only=True)
class MobilityDocuments(Provision):
    """What the documents of one mobility must show, and how their dates agree."""

    grant_agreement_signed_before_start: bool
    certificate_required: bool
    certificate_signed_not_before_end: bool
    transcript_agrees_with_certificate: bool
    journeys_outside_certified_stay: bool


@attrs.frozen(kw_only=True)
class ProjectPeriod(Provision):
    """Where mobilities lie in time."""

    mobilities_inside: bool


@attrs.frozen(kw_only=True)
class ProjectCountries(Provision):
    """With which countries a project may work."""

    only_agreed: bool


@attrs.frozen(kw_only=True)
class TransferBetweenRegions(Provision):
    """Whether money may move from the envelope of one region to that of another."""

    allowed: bool


# --- from call 2022 on --------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class BlendedStudentDuration(Provision):
    """A blended stay of students: days of physical presence, with a virtual part."""

    minimum_days: int
    maximum_days: int
    virtual_part_required: bool
    minimum_ects: int
    """For studies only."""


@attrs.frozen(kw_only=True)
class ShortDoctoralDuration(Provision):
    """A short stay of doctoral candidates: days of physical presence."""

    minimum_days: int
    maximum_days: int
    virtual_part_required: bool


@attrs.frozen(kw_only=True)
class BlendedStaff(Provision):
    """Whether a stay of staff may be combined with a virtual part; its days are those of any staff stay."""

    allowed: bool


@attrs.frozen(kw_only=True)
class ShortStayDayCount(Provision):
    """How the days of blended and short doctoral stays are counted."""

    convention: DayCount


@attrs.frozen(kw_only=True)
class ShortStayRate(Line):
    """Individual support of students on short stays [EUR a day], for the days from and to, both included."""

    first_day: int
    last_day: int
    eur_per_day: Decimal

    @property
    def label(self) -> str:
        """Which line of the table this is, in words."""
        return f"day {self.first_day} to {self.last_day}"


@attrs.frozen(kw_only=True)
class ShortStayRates(Provision):
    """Individual support of students on blended and short doctoral stays, by day of the stay."""

    lines: tuple[ShortStayRate, ...]


@attrs.frozen(kw_only=True)
class ShortStaySplit(Provision):
    """Whether the later rate of a short stay pays its later days only, and not the whole of a longer stay."""

    later_days_only: bool


@attrs.frozen(kw_only=True)
class FewerOpportunitiesMonthly(Provision):
    """The addition for students with fewer opportunities on long stays [EUR a month]."""

    eur_per_month: Decimal


@attrs.frozen(kw_only=True)
class FewerOpportunitiesOnce(Line):
    """The addition paid once for a short stay of so many days [EUR]."""

    first_day: int
    last_day: int
    eur: Decimal

    @property
    def label(self) -> str:
        """Which line of the table this is, in words."""
        return f"{self.first_day} to {self.last_day} days"


@attrs.frozen(kw_only=True)
class FewerOpportunitiesShort(Provision):
    """The addition for students with fewer opportunities on short stays, paid once, by length."""

    lines: tuple[FewerOpportunitiesOnce, ...]


@attrs.frozen(kw_only=True)
class TraineeshipTopUp(Provision):
    """The monthly addition for traineeships [EUR a month]; 0 where there is none."""

    eur_per_month: Decimal


@attrs.frozen(kw_only=True)
class GreenTravelBand(DistanceBand):
    """Travel support for green travel in one band of distance, one way; the amount covers the return trip [EUR]."""


@attrs.frozen(kw_only=True)
class GreenTravelBands(Provision):
    """Travel support for green travel by distance; where a band has no line here, the usual one applies."""

    lines: tuple[GreenTravelBand, ...]


@attrs.frozen(kw_only=True)
class GreenTravelDays(Provision):
    """The days of travel that are paid to whoever travels green, outward and return together."""

    maximum: int


@attrs.frozen(kw_only=True)
class GreenTravelDefinition(Provision):
    """What green travel is: these means of transport for the main part of the journey."""

    means: frozenset[TransportMeans]


@attrs.frozen(kw_only=True)
class GreenTopUp(Provision):
    """A single addition for green travel of those who receive no travel support [EUR]."""

    eur: Decimal


@attrs.frozen(kw_only=True)
class StudentTravelDays(Provision):
    """What a funded day of travel pays a student: one part in so many of the monthly rate."""

    parts_of_month: int


@attrs.frozen(kw_only=True)
class InclusionForParticipants(Provision):
    """The share of real additional costs paid to participants with fewer opportunities."""

    share_of_real_costs: Decimal


@attrs.frozen(kw_only=True)
class InclusionForOrganisations(Provision):
    """What an organisation receives for each participant with inclusion support of real costs [EUR]."""

    eur_per_participant: Decimal


@attrs.frozen(kw_only=True)
class Restriction(Line):
    """A dated restriction on some countries or organisations."""

    name: str
    countries: frozenset[str]
    since: dt.date | None = None
    """From when; absent where it holds for the whole call."""
    concerns: RestrictedWhat
    """Whom it concerns: every mobility with the countries, public authorities only, public-interest trusts only."""
    closed: bool
    """Whether those concerned cannot take part, but for what stays open."""
    open_incoming_students: bool = False
    open_outgoing_students: bool = False
    open_incoming_staff: bool = False
    open_outgoing_staff: bool = False
    text: str
    """What the restriction says, in our words."""

    @property
    def label(self) -> str:
        """Which line of the table this is, in words."""
        return self.name


@attrs.frozen(kw_only=True)
class Restrictions(Provision):
    """The restrictions of the call, beyond the regions."""

    lines: tuple[Restriction, ...] = ()


@attrs.frozen(kw_only=True)
class TransferBetweenDirections(Provision):
    """The share of the project that may move between incoming and outgoing without an amendment."""

    share: Decimal


@attrs.frozen(kw_only=True)
class Payments(Provision):
    """How the agency pays the project, in shares."""

    shares: tuple[Decimal, ...]


@attrs.frozen(kw_only=True)
class TransferWithinRegion(Provision):
    """Whether money may move inside one region: between activities, and between its countries."""

    between_activities: bool
    between_countries: bool
    agency_is_asked: bool
    """Whether the National Agency is asked before money moves between countries."""


def _snake(name: str) -> str:
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name).lstrip("_")


# attrs makes a second, slotted class of each; being made later it is the one the dictionary keeps.
PARAGRAPHS: dict[str, type[Provision]] = {_snake(kind.__name__): kind for kind in Provision.__subclasses__()}
"""Every paragraph a guide file may hold, by the name of its table: the class name in small letters."""
