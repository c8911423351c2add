"""How long a stay lasts, and whether that is long enough and not too long."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction

from icm_rules.engine import (
    Answer,
    Cited,
    Unknown,
    Verdict,
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
    BlendedStudentDuration,
    CombinedDuration,
    CombinedTeachingMinimum,
    CycleCap,
    ExtensionRequest,
    ForceMajeure,
    FundedPart,
    IncompleteTeachingWeek,
    Interruption,
    InvitedStaffDuration,
    InvitedTeachingMinimum,
    LongerStay,
    OfficialHolidays,
    OneCycleCap,
    ShortDoctoralDuration,
    ShortStayDayCount,
    StaffDayCount,
    StaffDuration,
    StudentDayCount,
    StudyDuration,
    TeachingMinimum,
    TraineeshipDuration,
)
from icm_rules.model.mobility import StayInterruption, StayPart
from icm_rules.model.months import DAYS_OF_A_MONTH, number_in_months_of_30
from icm_rules.model.terms import Activity, DayCount, Stage, StayFormat
from icm_rules.rules.values import NO_DAYS, NO_PART, DayNumbers, Event, ExtensionPay, LostDays, LostPart, counted

MINIMUM_DURATIONS = (
    "duration.study.minimum",
    "duration.traineeship.minimum",
    "duration.combined.minimum",
    "duration.blended.minimum",
    "duration.short_doctoral.minimum",
    "duration.staff.minimum",
)
"""The rules by which a stay is too short; that of the part that carries a grant is another matter."""

# --- counting ----------------------------------------------------------------------------------------------


@fact
def first_day_in_months_of_30(start_date: date) -> int:
    """The number of the first day of the stay where every month has 30 days."""
    return number_in_months_of_30(start_date)


@fact
def last_day_in_months_of_30(end_date: date) -> int:
    """The number of the last day of the stay where every month has 30 days."""
    return number_in_months_of_30(end_date)


@fact(elementwise=True)
def days_in_months_of_30(first_day_in_months_of_30: int, last_day_in_months_of_30: int) -> int:
    """The days of the stay where every month has 30 days, both ends included [days].

    It is the formula the Commission prints, without a special case for the end of February:
    ``360*dY + 30*dM + min(D2, 30) - min(D1, 30) + 1``.
    """
    return last_day_in_months_of_30 - first_day_in_months_of_30 + 1


@fact(elementwise=True)
def calendar_days(start_date: date, end_date: date) -> int:
    """The days of the stay by the calendar, both ends included [days]."""
    return end_date.toordinal() - start_date.toordinal() + 1


def _numbers_of(parts: Iterable[StayPart]) -> DayNumbers:
    """The days of parts of a stay by both counts; parts that follow each other are counted as one.

    So the parts never have more days than the stay they lie in.
    """
    in_months = by_calendar = 0
    first: date | None = None
    last: date | None = None
    for part in (*sorted(parts, key=lambda each: each.first_day), None):
        if part is not None and last is not None and part.first_day.toordinal() == last.toordinal() + 1:
            last = part.last_day
            continue
        if first is not None and last is not None:
            in_months += number_in_months_of_30(last) - number_in_months_of_30(first) + 1
            by_calendar += last.toordinal() - first.toordinal() + 1
        if part is not None:
            first, last = part.first_day, part.last_day
    return DayNumbers(in_months, by_calendar)


@fact
def interrupted_days(
    interruptions: tuple[StayInterruption, ...] | None,
    interruption_days: int | None,
    interruption: Interruption | None,
    official_holidays: OfficialHolidays | None,
) -> DayNumbers:
    """The days of the stay on which the participant was not present, and which do not count [days].

    Official holidays after which the participant returns are days of the stay. What nobody tells did not happen.
    """
    if interruption is None or interruption.days_count:
        return based(NO_DAYS)
    if interruption_days:
        return based(DayNumbers(interruption_days, interruption_days), interruption)
    if not interruptions:
        return based(NO_DAYS)
    away = [each for each in interruptions if not each.is_official_holiday]
    if official_holidays is None or not official_holidays.days_count or len(away) == len(interruptions):
        return based(_numbers_of(interruptions), interruption)
    return based(_numbers_of(away), interruption, official_holidays)


def _days(in_months_of_30: int, by_calendar: int, convention: DayCount, interrupted: DayNumbers) -> int:
    days = by_calendar if convention is DayCount.CALENDAR_DAYS else in_months_of_30
    return max(days - interrupted.counted_by(convention), 0)


@fact
def student_days(
    days_in_months_of_30: int, calendar_days: int, interrupted_days: DayNumbers, student_day_count: StudentDayCount
) -> int:
    """The days of the stay as those of students are counted, travel and interruptions never among them [days]."""
    return _days(days_in_months_of_30, calendar_days, student_day_count.convention, interrupted_days)


@fact
def staff_days(
    days_in_months_of_30: int, calendar_days: int, interrupted_days: DayNumbers, staff_day_count: StaffDayCount
) -> int:
    """The days of the stay as those of staff are counted, travel and interruptions never among them [days]."""
    return _days(days_in_months_of_30, calendar_days, staff_day_count.convention, interrupted_days)


def _month_words(days: int) -> str:
    months, rest = divmod(days, DAYS_OF_A_MONTH)
    whole, more = counted(months, "month"), counted(rest, "day")
    if rest == 0:
        return whole
    return more if months == 0 else f"{whole} and {more}"


_Count = StudentDayCount | StaffDayCount | ShortStayDayCount


def _counts_of(
    is_student: bool | None,
    is_short: bool | None,
    student: StudentDayCount,
    staff: StaffDayCount,
    short: ShortStayDayCount | None,
) -> tuple[_Count, ...]:
    """The counts that may be the one of this stay; only one, where who goes and the format are known."""
    counts: list[_Count] = []
    if is_student is not True:
        counts.append(staff)
    if is_student is not False and (short is None or is_short is not True):
        counts.append(student)
    if is_student is not False and is_short is not False and short is not None:
        counts.append(short)
    return tuple(counts)


@fact
def stay_day_count(
    is_student_mobility: bool,
    is_short_student_stay: bool | None,
    student_day_count: StudentDayCount,
    staff_day_count: StaffDayCount,
    short_stay_day_count: ShortStayDayCount | None,
) -> DayCount | Unknown:
    """How the days of this stay are counted: in months of 30 days, or by the calendar."""
    counts = _counts_of(
        is_student_mobility, is_short_student_stay, student_day_count, staff_day_count, short_stay_day_count
    )
    conventions = {count.convention for count in counts}
    return based(conventions.pop(), *counts) if len(conventions) == 1 else Unknown(("stay_format",))


@fact
def counted_days(
    days_in_months_of_30: int, calendar_days: int, interrupted_days: DayNumbers, stay_day_count: DayCount
) -> int:
    """The days of the stay by the count that holds for it, interruptions taken out [days]."""
    return _days(days_in_months_of_30, calendar_days, stay_day_count, interrupted_days)


@rule("duration.days.counted", due=Stage.AFTER_RETURN, informs=True)
def days_are_counted_by_one_convention(
    days_in_months_of_30: int, calendar_days: int, interrupted_days: DayNumbers, stay_day_count: DayCount
) -> Answer:
    """The days of the stay are counted by the convention of its kind: in months of 30 days, or by the calendar."""
    told: Words = {
        "months": days_in_months_of_30,
        "calendar": counted(calendar_days, "day"),
        "convention": "months of 30 days" if stay_day_count is DayCount.MONTHS_OF_30_DAYS else "calendar days",
        "away": counted(interrupted_days.counted_by(stay_day_count), "day"),
        "days": counted(_days(days_in_months_of_30, calendar_days, stay_day_count, interrupted_days), "day"),
    }
    sentence = "{calendar} by the calendar, {months} where every month has 30; this stay is counted in {convention}"
    if interrupted_days != NO_DAYS:
        sentence += ", and {away} of interruption taken out leave {days}"
    return met(sentence, **told)


# --- force majeure -----------------------------------------------------------------------------------------


@fact
def force_majeure_is_told(
    force_majeure_first_day: date | None, force_majeure_last_day: date | None, force_majeure_is_accepted: bool | None
) -> bool:
    """Whether anybody tells that force majeure took days from the stay; a case that was accepted is told."""
    return (
        force_majeure_first_day is not None or force_majeure_last_day is not None or force_majeure_is_accepted is True
    )


_NOT_TOLD = Event(None, None, None, None)


@fact
def force_majeure_event(
    force_majeure_is_told: bool,
    force_majeure_first_day: date | None,
    force_majeure_last_day: date | None,
    agreed_start_date: date | None,
    agreed_end_date: date | None,
) -> Event:
    """The dates of force majeure, and those of the stay as it was agreed."""
    # What was agreed is left out where nobody tells of an event, so that the facts below stay few in a table.
    if not force_majeure_is_told:
        return _NOT_TOLD
    return Event(force_majeure_first_day, force_majeure_last_day, agreed_start_date, agreed_end_date)


def _lost(least: DayNumbers, most: DayNumbers | None, told: dict[str, date | None]) -> LostPart:
    """The part, which names what is not told only where that makes a difference."""
    if most == NO_DAYS:
        return NO_PART
    missing = tuple(name for name, day in told.items() if day is None)
    return LostPart(NO_DAYS if missing else least, most, missing)


@fact
def days_lost_before_arrival(start_date: date, force_majeure_event: Event, force_majeure_is_told: bool) -> LostPart:
    """The days between the agreed start and the start of the stay that lie within the event.

    They are counted so that the days lost and the days present together are those of the whole, whatever the months.
    """
    event = force_majeure_event
    told = {
        "force_majeure_first_day": event.first,
        "force_majeure_last_day": event.last,
        "agreed_start_date": event.agreed_start,
    }
    if not force_majeure_is_told:
        return NO_PART
    firsts = [day for day in (event.first, event.agreed_start) if day is not None]
    if not firsts:
        return _lost(NO_DAYS, None, told)
    first, start = max(firsts), start_date.toordinal()
    last = start - 1 if event.last is None else min(event.last.toordinal(), start - 1)
    by_calendar = last - first.toordinal() + 1
    if by_calendar <= 0:
        return NO_PART
    before = number_in_months_of_30(start_date) - 1
    in_months = before if event.last is None else min(number_in_months_of_30(event.last), before)
    days = DayNumbers(max(in_months - number_in_months_of_30(first) + 1, 0), by_calendar)
    return _lost(days, days, told)


@fact
def days_lost_after_return(end_date: date, force_majeure_event: Event, force_majeure_is_told: bool) -> LostPart:
    """The days between the end of the stay and the agreed end that lie within the event.

    They are counted from the day before the first to the last, so that the days present and the days lost together are
    those of the whole, whatever the months.
    """
    event = force_majeure_event
    told = {
        "force_majeure_first_day": event.first,
        "force_majeure_last_day": event.last,
        "agreed_end_date": event.agreed_end,
    }
    if not force_majeure_is_told:
        return NO_PART
    lasts = [day for day in (event.last, event.agreed_end) if day is not None]
    if not lasts:
        return _lost(NO_DAYS, None, told)
    last, before = min(lasts), end_date
    if event.first is not None:
        before = max(before, date.fromordinal(event.first.toordinal() - 1))
    by_calendar = last.toordinal() - before.toordinal()
    if by_calendar <= 0:
        return NO_PART
    in_months = number_in_months_of_30(last) - number_in_months_of_30(before)
    days = DayNumbers(max(in_months, 0), by_calendar)
    return _lost(days, days, told)


@fact
def days_lost_within_the_stay(
    interruptions: tuple[StayInterruption, ...] | None,
    interruption_days: int | None,
    force_majeure_event: Event,
    force_majeure_is_told: bool,
    interruption: Interruption | None,
) -> LostPart:
    """The days of interruptions that lie within the event; official holidays are none of them."""
    away = [each for each in interruptions or () if not each.is_official_holiday]
    if not force_majeure_is_told or interruption is None or interruption.days_count or not (away or interruption_days):
        return based(NO_PART)
    first, last = force_majeure_event.first, force_majeure_event.last
    told = {"force_majeure_first_day": first, "force_majeure_last_day": last}
    if interruption_days:
        # Where they lie is not told, so they may all lie within the event, or none.
        days = interruption_days
        if first is not None and last is not None:
            days = min(days, last.toordinal() - first.toordinal() + 1)
        return based(_lost(NO_DAYS, DayNumbers(days, days), {**told, "interruptions": None}))
    within = [
        StayPart(
            first_day=each.first_day if first is None else max(each.first_day, first),
            last_day=each.last_day if last is None else min(each.last_day, last),
        )
        for each in away
        if (first is None or each.last_day >= first) and (last is None or each.first_day <= last)
    ]
    found = _numbers_of(within)
    return based(_lost(found, found, told))


@fact
def days_lost_to_force_majeure(
    force_majeure_is_told: bool,
    force_majeure_is_accepted: bool | None,
    days_lost_before_arrival: LostPart | None,
    days_lost_within_the_stay: LostPart | None,
    days_lost_after_return: LostPart | None,
    force_majeure: ForceMajeure | None,
) -> LostDays:
    """The days that force majeure took: those of the stay as agreed that were not spent, within the event [days].

    Days that were spent are never lost, nor are days that nobody had agreed.
    """
    if force_majeure is None or not force_majeure_is_told:
        return based(LostDays(NO_DAYS, NO_DAYS, force_majeure_is_accepted, (), force_majeure))
    sides = {
        "start_date": days_lost_before_arrival,
        "interruptions": days_lost_within_the_stay,
        "end_date": days_lost_after_return,
    }
    parts = [LostPart(NO_DAYS, None, (name,)) if part is None else part for name, part in sides.items()]
    least, most = _sum_of([part.least for part in parts]), _sum_of([part.most for part in parts])
    missing = dict.fromkeys(name for part in parts for name in part.missing)
    if most != NO_DAYS and force_majeure_is_accepted is None:
        missing["force_majeure_is_accepted"] = None
    return based(LostDays(least or NO_DAYS, most, force_majeure_is_accepted, tuple(missing), force_majeure))


def _sum_of(parts: Iterable[DayNumbers | None]) -> DayNumbers | None:
    """The days of all parts together; *None* where those of one are not told."""
    in_months = by_calendar = 0
    for part in parts:
        if part is None:
            return None
        in_months += part.in_months_of_30
        by_calendar += part.by_calendar
    return DayNumbers(in_months, by_calendar)


_Duration = (
    StudyDuration
    | TraineeshipDuration
    | CombinedDuration
    | BlendedStudentDuration
    | ShortDoctoralDuration
    | StaffDuration
    | InvitedStaffDuration
)


def _unless_excused(refusal: Answer, days: int, duration: _Duration, lost: LostDays, convention: DayCount) -> Answer:
    """The answer that a stay is too short, unless force majeure took the days that it lacks."""
    if refusal.verdict is not Verdict.NOT_MET or lost.most == NO_DAYS or lost.is_accepted is False:
        return refusal
    if lost.written is None or not lost.written.minimum_waived:
        return refusal
    if lost.most is not None and days + lost.most.counted_by(convention) < duration.minimum_days:
        return refusal
    least = lost.least.counted_by(convention)
    suffices = days + least >= duration.minimum_days
    told: Words = {**refusal.values, "lost": "some days" if lost.days is None else _by_count(least, convention)}
    if suffices and lost.is_accepted:
        return met(
            refusal.template + "; force majeure took {lost}, and the agency accepted that they are not asked for",
            rests_on=(duration, lost.written),
            **told,
        )
    return undetermined(
        refusal.template + "; force majeure took {lost}, and where the agency accepts it they are not asked for",
        needs=("force_majeure_is_accepted",) if suffices else lost.missing,
        rests_on=(duration, lost.written),
        **told,
    )


def _by_count(days: int, convention: DayCount) -> str:
    """So many days, and by which count."""
    count = "by the calendar" if convention is DayCount.CALENDAR_DAYS else "in months of 30 days"
    return f"{counted(days, 'day')} ({count})"


# --- students ----------------------------------------------------------------------------------------------


def _student_minimum(days: int, asked: int, term_suffices: bool, covers_term: bool | None) -> Answer:
    told: Words = {"days": counted(days, "day"), "asked": asked, "short": asked - days}
    if days >= asked:
        return met("{days} (months of 30 days) reach the {asked} asked for", **told)
    if not term_suffices:
        return not_met("{days} (months of 30 days) are {short} fewer than the {asked} asked for", **told)
    if covers_term:
        return met("{days} are fewer than {asked}, but the stay covers one complete academic term or trimester", **told)
    sentence = "{days} (months of 30 days) are {short} fewer than the {asked} asked for, "
    if covers_term is None:
        return undetermined(sentence + "unless they cover one complete academic term or trimester", **told)
    return not_met(sentence + "and they do not cover one complete academic term or trimester", **told)


def _student_maximum(days: int, maximum_months: int) -> Answer:
    allowed = maximum_months * DAYS_OF_A_MONTH
    told: Words = {"days": counted(days, "day"), "allowed": allowed, "months": maximum_months, "over": days - allowed}
    if days <= allowed:
        return met("{days} (months of 30 days) stay within {allowed}, that is {months} months", **told)
    return not_met("{days} (months of 30 days) are {over} more than {allowed}, that is {months} months", **told)


@rule("duration.study.minimum", due=Stage.NOMINATION, only_if=("is_long_student_stay", "is_study_mobility"))
def study_lasts_long_enough(
    student_days: int,
    covers_academic_term: bool | None,
    days_lost_to_force_majeure: LostDays,
    study_duration: StudyDuration,
    student_day_count: StudentDayCount,
) -> Answer:
    """A stay for studies reaches the minimum duration, or covers one complete academic term or trimester."""
    answer = _student_minimum(
        student_days, study_duration.minimum_days, study_duration.term_suffices, covers_academic_term
    )
    return _unless_excused(
        answer, student_days, study_duration, days_lost_to_force_majeure, student_day_count.convention
    )


@rule("duration.study.maximum", due=Stage.NOMINATION, only_if=("is_long_student_stay", "is_study_mobility"))
def study_lasts_not_too_long(student_days: int, study_duration: StudyDuration) -> Answer:
    """A stay for studies stays within the maximum duration."""
    return _student_maximum(student_days, study_duration.maximum_months)


@rule("duration.traineeship.minimum", due=Stage.NOMINATION, only_if=("is_long_student_stay", "is_traineeship_mobility"))
def traineeship_lasts_long_enough(
    student_days: int,
    days_lost_to_force_majeure: LostDays,
    traineeship_duration: TraineeshipDuration,
    student_day_count: StudentDayCount,
) -> Answer:
    """A traineeship reaches the minimum duration."""
    duration = traineeship_duration
    answer = _student_minimum(student_days, duration.minimum_days, term_suffices=False, covers_term=None)
    return _unless_excused(answer, student_days, duration, days_lost_to_force_majeure, student_day_count.convention)


@rule("duration.traineeship.maximum", due=Stage.NOMINATION, only_if=("is_long_student_stay", "is_traineeship_mobility"))
def traineeship_lasts_not_too_long(student_days: int, traineeship_duration: TraineeshipDuration) -> Answer:
    """A traineeship stays within the maximum duration."""
    return _student_maximum(student_days, traineeship_duration.maximum_months)


@rule(
    "duration.combined.minimum", due=Stage.NOMINATION, only_if=("is_long_student_stay", "is_combined_student_mobility")
)
def combined_stay_lasts_long_enough(
    student_days: int,
    covers_academic_term: bool | None,
    days_lost_to_force_majeure: LostDays,
    combined_duration: CombinedDuration,
    student_day_count: StudentDayCount,
) -> Answer:
    """Studies combined with a traineeship reach the minimum duration of studies."""
    duration = combined_duration
    answer = _student_minimum(student_days, duration.minimum_days, duration.term_suffices, covers_academic_term)
    return _unless_excused(answer, student_days, duration, days_lost_to_force_majeure, student_day_count.convention)


@rule(
    "duration.combined.maximum", due=Stage.NOMINATION, only_if=("is_long_student_stay", "is_combined_student_mobility")
)
def combined_stay_lasts_not_too_long(student_days: int, combined_duration: CombinedDuration) -> Answer:
    """Studies combined with a traineeship stay within the maximum duration of studies."""
    return _student_maximum(student_days, combined_duration.maximum_months)


@fact
def short_stay_days(
    days_in_months_of_30: int,
    calendar_days: int,
    interrupted_days: DayNumbers,
    short_stay_day_count: ShortStayDayCount,
) -> int:
    """The days of physical presence of a short stay, travel and interruptions never among them [days]."""
    return _days(days_in_months_of_30, calendar_days, short_stay_day_count.convention, interrupted_days)


@fact
def counted_student_days(
    days_in_months_of_30: int,
    calendar_days: int,
    interrupted_days: DayNumbers,
    is_short_student_stay: bool | None,
    student_day_count: StudentDayCount,
    short_stay_day_count: ShortStayDayCount | None,
) -> int | Unknown:
    """The days of a student's stay by the count of its format [days]."""
    months = _days(days_in_months_of_30, calendar_days, student_day_count.convention, interrupted_days)
    if short_stay_day_count is None or is_short_student_stay is False:
        return based(months, student_day_count)
    short = _days(days_in_months_of_30, calendar_days, short_stay_day_count.convention, interrupted_days)
    if is_short_student_stay is None and short != months:
        return Unknown(("stay_format",))
    return based(short, short_stay_day_count)


@fact(of_presence=True)
def earlier_stays_are_told(days_used_in_cycle: int | None) -> bool:
    """Whether it is told how many days lie behind the student in this study cycle."""
    return days_used_in_cycle is not None


@fact
def earlier_days_in_cycle(days_used_in_cycle: int | None) -> int:
    """The days of earlier stays in this study cycle, as far as they are told [days of 30 to the month]."""
    return days_used_in_cycle or 0


@fact(elementwise=True)
def least_days_in_cycle(counted_student_days: int, earlier_days_in_cycle: int) -> int:
    """The days of this stay and of the earlier ones that are told, in one study cycle [days of 30 to the month]."""
    return counted_student_days + earlier_days_in_cycle


@rule("duration.cycle.cap", due=Stage.NOMINATION, only_if="is_student_mobility")
def cycle_is_not_used_up(
    least_days_in_cycle: int,
    earlier_stays_are_told: bool,
    one_cycle_programme: bool | None,
    cycle_cap: CycleCap,
    one_cycle_cap: OneCycleCap,
) -> Answer:
    """All stays of the student in one study cycle keep to the maximum, zero-grant and earlier programmes included."""
    usual, one_cycle = (cap.maximum_months * DAYS_OF_A_MONTH for cap in (cycle_cap, one_cycle_cap))
    total = least_days_in_cycle
    allowed = one_cycle if one_cycle_programme else usual
    told: Words = {
        "total": _month_words(total),
        "allowed": _month_words(allowed),
        "over": counted(total - allowed, "day"),
    }
    rests_on = (one_cycle_cap if one_cycle_programme else cycle_cap,)
    if total > one_cycle or (total > usual and one_cycle_programme is False):
        return not_met(
            "{total} in this study cycle are {over} more than the {allowed} allowed", rests_on=rests_on, **told
        )
    if total > allowed:
        # Where the earlier stays are not told either, a one-cycle programme alone would not settle it.
        return undetermined(
            "{total} in this study cycle are more than the {allowed} allowed outside one-cycle programmes",
            needs=(*(() if earlier_stays_are_told else ("days_used_in_cycle",)), "one_cycle_programme"),
            **told,
        )
    if not earlier_stays_are_told:
        return undetermined(
            "this stay alone takes {total} of the {allowed} allowed in a study cycle",
            needs=("days_used_in_cycle",),
            **told,
        )
    return met("{total} in this study cycle stay within the {allowed} allowed", rests_on=rests_on, **told)


# --- staff -------------------------------------------------------------------------------------------------


@rule("duration.staff.minimum", due=Stage.NOMINATION, only_if="is_staff_mobility")
def staff_stay_is_long_enough(
    staff_days: int,
    is_invited_from_enterprise: bool | None,
    days_lost_to_force_majeure: LostDays,
    staff_duration: StaffDuration,
    invited_staff_duration: InvitedStaffDuration | None,
    staff_day_count: StaffDayCount,
) -> Answer:
    """A staff stay reaches the minimum duration; days of travel never count."""
    told: Words = {
        "days": staff_days,
        "asked": staff_duration.minimum_days,
        "short": staff_duration.minimum_days - staff_days,
    }
    if staff_days >= staff_duration.minimum_days:
        return met("{days} days reach the {asked} asked for", rests_on=(staff_duration,), **told)
    invited = invited_staff_duration
    if invited is None or is_invited_from_enterprise is False or staff_days < invited.minimum_days:
        answer = not_met("{days} days are {short} fewer than the {asked} asked for", rests_on=(staff_duration,), **told)
        lost = days_lost_to_force_majeure
        return _unless_excused(answer, staff_days, staff_duration, lost, staff_day_count.convention)
    told["invited"] = invited.minimum_days
    if is_invited_from_enterprise is None:
        return undetermined(
            "{days} days are fewer than the {asked} asked for; staff invited from an enterprise needs {invited}",
            rests_on=(staff_duration, invited),
            **told,
        )
    return met(
        "a stay of {length} reaches the {invited} asked of staff invited from an enterprise",
        length=counted(staff_days, "day"),
        rests_on=(invited,),
        **told,
    )


@rule("duration.staff.maximum", due=Stage.NOMINATION, only_if="is_staff_mobility")
def staff_stay_is_not_too_long(staff_days: int, staff_duration: StaffDuration) -> Answer:
    """A staff stay stays within the maximum duration; days of travel never count."""
    told: Words = {
        "days": staff_days,
        "allowed": staff_duration.maximum_days,
        "over": staff_days - staff_duration.maximum_days,
    }
    if staff_days <= staff_duration.maximum_days:
        return met("{days} days stay within {allowed}", **told)
    return not_met("{days} days are {over} more than {allowed}", **told)


_HOURS_OF = {
    TeachingMinimum: "",
    CombinedTeachingMinimum: " where teaching is combined with training",
    InvitedTeachingMinimum: " of staff invited from an enterprise",
}


def _hours_reach(
    hours: Decimal,
    days: int,
    week: int,
    basis: TeachingMinimum | CombinedTeachingMinimum | InvitedTeachingMinimum,
    incomplete: IncompleteTeachingWeek,
) -> Answer:
    """Whether the hours reach the minimum of this paragraph; the proportion is compared exactly."""
    in_full_weeks = basis.minimum_per_week * max(days // week, 1)
    asked, weeks = in_full_weeks, 1
    if incomplete.proportional and days > week and days % week:
        asked, weeks = basis.minimum_per_week * days, week
    number, parts = hours.as_integer_ratio()
    short = asked * parts - number * weeks
    words = f"{asked}" if weeks == 1 else f"{basis.minimum_per_week} x {days}/{week} = {asked / weeks:.2f}"
    told: Words = {"hours": hours, "days": counted(days, "day"), "asked": words}
    where = " asked" + (_HOURS_OF[type(basis)] or " for")
    if short <= 0:
        return met("{hours} hours in {days} reach the {asked}" + where, rests_on=(basis,), **told)
    told["short"] = f"{float(max(Fraction(short, parts * weeks), Fraction(1, 100))):.2f}".removesuffix(".00")
    sentence = "{hours} hours in {days} are {short} fewer than the {asked}" + where
    # Whoever teaches enough for the full weeks is refused by the proportion alone.
    return not_met(sentence, rests_on=(basis,) if hours < in_full_weeks else (basis, incomplete), **told)


@rule("duration.teaching.hours", due=Stage.NOMINATION, only_if=("is_staff_mobility", "includes_teaching"))
def enough_hours_are_taught(
    teaching_hours: Decimal | None,
    staff_days: int,
    activity: Activity,
    is_invited_from_enterprise: bool | None,
    teaching_minimum: TeachingMinimum,
    incomplete_teaching_week: IncompleteTeachingWeek,
    combined_teaching_minimum: CombinedTeachingMinimum | None,
    invited_teaching_minimum: InvitedTeachingMinimum | None,
) -> Answer:
    """The hours taught reach the minimum of a week, also in a shorter stay; in proportion for an incomplete week."""
    invited = None if is_invited_from_enterprise is False else invited_teaching_minimum
    if invited is not None and is_invited_from_enterprise and invited.minimum_per_week == 0:
        return met("staff invited from an enterprise has no minimum of hours", rests_on=(invited,))
    if teaching_hours is None:
        return undetermined("how many hours are taught is not told", needs=("teaching_hours",))
    # What is asked of everybody, then what lowers it.
    bases: list[TeachingMinimum | CombinedTeachingMinimum | InvitedTeachingMinimum] = [teaching_minimum]
    is_combined = activity is Activity.TEACHING_AND_TRAINING
    if is_combined and combined_teaching_minimum is not None:
        bases.append(combined_teaching_minimum)
    if invited is not None and is_invited_from_enterprise:
        bases.append(invited)
    week = teaching_minimum.week_days
    for basis in bases:
        answer = _hours_reach(teaching_hours, staff_days, week, basis, incomplete_teaching_week)
        if answer.verdict is Verdict.MET:
            return answer
    told: Words = dict(answer.values)
    lower = invited if is_invited_from_enterprise is None else None
    if (
        lower is not None
        and _hours_reach(teaching_hours, staff_days, week, lower, incomplete_teaching_week).verdict is Verdict.MET
    ):
        return undetermined(answer.template + ", unless the person is invited from an enterprise", **told)
    if is_combined and combined_teaching_minimum is None:
        return undetermined(
            answer.template.removesuffix(" for") + " of teaching alone",
            needs=(),
            gaps=("no text was seen on the hours of teaching combined with training in this call",),
            rests_on=(teaching_minimum,),
            **told,
        )
    return answer


# --- days without grant ------------------------------------------------------------------------------------


@fact
def shortest_stay_days(
    activity: Activity,
    study_duration: StudyDuration | None,
    traineeship_duration: TraineeshipDuration | None,
    combined_duration: CombinedDuration | None,
    staff_duration: StaffDuration | None,
    invited_staff_duration: InvitedStaffDuration | None,
    is_invited_from_enterprise: bool | None,
    sending_is_university: bool | None,
    is_invited: bool | None,
    is_short_student_stay: bool | None,
    stay_format: StayFormat | None,
    blended_student_duration: BlendedStudentDuration | None,
    short_doctoral_duration: ShortDoctoralDuration | None,
) -> int | Unknown:
    """The minimum duration of this activity and format [days, counted like the stay]."""
    duration: _Duration | None
    if is_short_student_stay is None or (is_short_student_stay and stay_format is None):
        return Unknown(("stay_format",))
    match activity:
        case _ if is_short_student_stay:
            duration = blended_student_duration if stay_format is StayFormat.BLENDED else short_doctoral_duration
        case Activity.STUDIES:
            duration = study_duration
        case Activity.TRAINEESHIP:
            duration = traineeship_duration
        case Activity.STUDIES_AND_TRAINEESHIP:
            duration = combined_duration
        case _:
            duration = staff_duration
            if invited_staff_duration is not None and is_invited_from_enterprise is not False:
                if is_invited_from_enterprise is None:
                    asked = (("sending_kind", sending_is_university), ("is_invited", is_invited))
                    return Unknown(tuple(name for name, known in asked if known is None))
                duration = invited_staff_duration
    if duration is None:
        what = f"{stay_format.words} stays" if is_short_student_stay and stay_format is not None else activity.words
        return unknown(f"this call sets no duration for {what}")
    return based(duration.minimum_days, duration)


@fact
def days_without_grant(zero_grant_days: int | None, zero_grant_periods: tuple[StayPart, ...] | None) -> DayNumbers:
    """The days of the stay that were agreed to carry no grant, wherever in the stay they lie [days]; untold, none."""
    if zero_grant_periods:
        return _numbers_of(zero_grant_periods)
    return NO_DAYS if zero_grant_days is None else DayNumbers(zero_grant_days, zero_grant_days)


@fact
def days_without_grant_are_told(zero_grant_days: int | None, zero_grant_periods: tuple[StayPart, ...] | None) -> bool:
    """Whether anybody told how many days carry no grant, if only that none does."""
    return zero_grant_days is not None or zero_grant_periods is not None


@fact(of_presence=True)
def funded_days_are_agreed(agreed_funded_days: int | None) -> bool:
    """Whether it is told for how many days the grant agreement pays."""
    return agreed_funded_days is not None


@fact
def extension_is_in_time(
    extension_requested_on: date | None, agreed_end_date: date | None, extension_request: ExtensionRequest | None
) -> bool | Unknown:
    """Whether the longer stay was asked for in time; the rules on the extension say where that is written."""
    told = {"extension_requested_on": extension_requested_on, "agreed_end_date": agreed_end_date}
    if extension_requested_on is None or agreed_end_date is None:
        return based(Unknown(tuple(name for name, day in told.items() if day is None)))
    from dateutil.relativedelta import relativedelta

    months = 0 if extension_request is None else extension_request.months_before_end
    return based(extension_requested_on <= agreed_end_date - relativedelta(months=months))


@fact(of_presence=True)
def extension_request_is_dated(extension_requested_on: date | None) -> bool:
    """Whether it is told on which day the longer stay was asked for."""
    return extension_requested_on is not None


@fact
def extension_pay(
    extension_is_agreed: bool | None,
    extension_is_funded: bool | None,
    extension_is_in_time: bool | None,
    extension_request_is_dated: bool,
    longer_stay: LongerStay | None,
) -> ExtensionPay:
    """Whether days beyond those agreed carry a grant: an amendment made during the stay pays them, asked for in time.

    While nobody tells of such an amendment they carry none, which is what holds without one. Where one is told and the
    day of the request is not, they may carry one or not. The rules on the extension say where this is written.
    """
    if longer_stay is None or not longer_stay.zero_grant_unless_amended:
        return based(ExtensionPay(is_paid=True, missing=()))
    if not (extension_is_agreed and extension_is_funded):
        return based(ExtensionPay(is_paid=False, missing=()))
    missing: tuple[str, ...] = ()
    if extension_is_in_time is None:
        missing = ("agreed_end_date",) if extension_request_is_dated else ("extension_requested_on",)
    return based(ExtensionPay(extension_is_in_time, missing))


@fact
def extension_is_paid(extension_pay: ExtensionPay) -> bool | Unknown:
    """The same as yes or no, where it can be told."""
    return Unknown(extension_pay.missing) if extension_pay.is_paid is None else extension_pay.is_paid


@fact
def has_days_without_grant(
    days_without_grant: DayNumbers, funded_days_are_agreed: bool, extension_pay: ExtensionPay
) -> bool:
    """Whether a part of the stay may carry no grant: it was agreed so, or the grant is agreed for so many days."""
    return days_without_grant != NO_DAYS or (funded_days_are_agreed and not extension_pay.is_paid)


def _funded(
    days: int, without: int, agreed: int | None, longer_stay: LongerStay | None, extension_pay: ExtensionPay
) -> tuple[int | Unknown, tuple[Cited, ...]]:
    """The days that carry a grant, and what it rests on that the others do not."""
    granted = max(days - without, 0)
    if agreed is None or extension_pay.is_paid or granted <= agreed:
        return granted, ()
    if extension_pay.is_paid is None:
        return Unknown(extension_pay.missing), ()
    return agreed, (() if longer_stay is None else (longer_stay,))


@fact
def funded_student_days(
    counted_student_days: int,
    days_without_grant: DayNumbers,
    agreed_funded_days: int | None,
    extension_pay: ExtensionPay,
    is_short_student_stay: bool | None,
    student_day_count: StudentDayCount,
    short_stay_day_count: ShortStayDayCount | None,
    longer_stay: LongerStay | None,
) -> int | Unknown:
    """The days of a student's stay that carry a grant [days]."""
    counts: tuple[_Count, ...] = (student_day_count,)
    if short_stay_day_count is not None and is_short_student_stay is not False:
        counts = (short_stay_day_count,) if is_short_student_stay else (student_day_count, short_stay_day_count)
    without = {days_without_grant.counted_by(count.convention) for count in counts}
    if len(without) > 1:
        return Unknown(("stay_format",))
    funded, rests_on = _funded(counted_student_days, without.pop(), agreed_funded_days, longer_stay, extension_pay)
    return based(funded, *rests_on)


@fact
def funded_staff_days(
    staff_days: int,
    days_without_grant: DayNumbers,
    agreed_funded_days: int | None,
    extension_pay: ExtensionPay,
    staff_day_count: StaffDayCount,
    longer_stay: LongerStay | None,
) -> int | Unknown:
    """The days of a staff stay that carry a grant [days]."""
    without = days_without_grant.counted_by(staff_day_count.convention)
    funded, rests_on = _funded(staff_days, without, agreed_funded_days, longer_stay, extension_pay)
    return based(funded, *rests_on)


@fact
def funded_short_days(
    short_stay_days: int,
    days_without_grant: DayNumbers,
    agreed_funded_days: int | None,
    extension_pay: ExtensionPay,
    short_stay_day_count: ShortStayDayCount,
    longer_stay: LongerStay | None,
) -> int | Unknown:
    """The days of physical presence of a short stay that carry a grant [days]."""
    without = days_without_grant.counted_by(short_stay_day_count.convention)
    funded, rests_on = _funded(short_stay_days, without, agreed_funded_days, longer_stay, extension_pay)
    return based(funded, *rests_on)


@fact
def funded_days(
    is_student_mobility: bool,
    days_in_months_of_30: int,
    calendar_days: int,
    interrupted_days: DayNumbers,
    days_without_grant: DayNumbers,
    agreed_funded_days: int | None,
    extension_pay: ExtensionPay,
    student_day_count: StudentDayCount,
    staff_day_count: StaffDayCount,
    short_stay_day_count: ShortStayDayCount | None,
    is_short_student_stay: bool | None,
    longer_stay: LongerStay | None,
) -> int | Unknown:
    """The days of the stay that carry a grant, counted like the stay [days]."""
    # Counted here once more, and not taken from the facts above, so that it rests on one of the counts alone.
    counts = _counts_of(
        is_student_mobility, is_short_student_stay, student_day_count, staff_day_count, short_stay_day_count
    )
    found: dict[int | Unknown, tuple[Cited, ...]] = {}
    for count in counts:
        days = _days(days_in_months_of_30, calendar_days, count.convention, interrupted_days)
        without = days_without_grant.counted_by(count.convention)
        funded, rests_on = _funded(days, without, agreed_funded_days, longer_stay, extension_pay)
        found[funded] = rests_on
    # While nobody told the format, the days that carry a grant are known where both counts leave as many.
    if len(found) > 1:
        return Unknown(("stay_format",))
    ((funded, rests_on),) = found.items()
    return based(funded, *counts, *rests_on)


@fact
def a_funded_day_is_left(
    is_student_mobility: bool | None,
    days_in_months_of_30: int,
    calendar_days: int,
    interrupted_days: DayNumbers,
    days_without_grant: DayNumbers,
    student_day_count: StudentDayCount,
    staff_day_count: StaffDayCount,
    short_stay_day_count: ShortStayDayCount | None,
    is_short_student_stay: bool | None,
) -> bool | Unknown:
    """Whether the days without grant leave any day of the stay, by whichever count may be the one of this stay."""
    counts = _counts_of(
        is_student_mobility, is_short_student_stay, student_day_count, staff_day_count, short_stay_day_count
    )
    left = {
        _days(days_in_months_of_30, calendar_days, count.convention, interrupted_days)
        > days_without_grant.counted_by(count.convention)
        for count in counts
    }
    if len(left) > 1:
        return Unknown(("activity",) if is_student_mobility is None else ("stay_format",))
    return based(left.pop(), *counts)


@rule("duration.funded.minimum", due=Stage.BEFORE_DEPARTURE, only_if="has_days_without_grant")
def funded_part_is_long_enough(
    funded_days: int,
    counted_days: int,
    shortest_stay_days: int,
    covers_academic_term: bool | None,
    includes_studies: bool,
    is_short_student_stay: bool,
    funded_part: FundedPart,
) -> Answer:
    """Where days carry no grant, the funded part still reaches the minimum duration."""
    told: Words = {"days": funded_days, "asked": shortest_stay_days, "short": shortest_stay_days - funded_days}
    if funded_days >= shortest_stay_days or not funded_part.reaches_minimum:
        return met("the {days} funded days reach the {asked} asked for", **told)
    if funded_days == counted_days:
        return not_applicable("each of the {days} days of the stay carries a grant", **told)
    # A short stay covers no term, and what is allowed of one does not help it.
    if includes_studies and not is_short_student_stay and covers_academic_term is not False:
        return undetermined(
            "the {days} funded days are {short} fewer than the {asked} asked for; a stay of one complete academic term "
            "may be shorter",
            gaps=("no text says how long the funded part of such a stay must be",) if covers_academic_term else (),
            **told,
        )
    return not_met("the {days} funded days are {short} fewer than the {asked} asked for", **told)


# --- longer than agreed ------------------------------------------------------------------------------------


def _refused_where_told(is_told: bool, template: str, rests_on: tuple[Cited, ...], values: Words) -> Answer:
    """Refused, unless days without grant that nobody told of would leave nothing beyond the days agreed."""
    if is_told:
        return not_met(template, rests_on=rests_on, **values)
    return undetermined(
        template + "; whether days of the stay were agreed to carry no grant is not told",
        needs=("zero_grant_days",),
        rests_on=rests_on,
        **values,
    )


@rule(
    "duration.extension.requested",
    due=Stage.DURING,
    only_if="funded_days_are_agreed",
    informs=True,
    tells=("extension_requested_on", "agreed_end_date"),
)
def a_longer_stay_is_asked_for_in_time(
    agreed_funded_days: int,
    counted_days: int,
    days_without_grant: DayNumbers,
    stay_day_count: DayCount,
    days_without_grant_are_told: bool,
    extension_is_in_time: bool | None,
    extension_request: ExtensionRequest,
) -> Answer:
    """A longer stay than agreed is asked for in time before the end that was agreed."""
    more = counted_days - days_without_grant.counted_by(stay_day_count) - agreed_funded_days
    if more <= 0:
        return not_applicable("the stay is not longer than agreed")
    told: Words = {"more": counted(more, "day"), "months": counted(extension_request.months_before_end, "month")}
    if extension_is_in_time is None:
        return undetermined(
            "{more} more than agreed; they are asked for {months} before the agreed end, or earlier", **told
        )
    if extension_is_in_time:
        return met(
            "{more} more than agreed, asked for on {extension_requested_on}: {months} or more before {agreed_end_date}",
            **told,
        )
    return _refused_where_told(
        days_without_grant_are_told,
        "{more} more than agreed, asked for on {extension_requested_on}: later than {months} before {agreed_end_date}, "
        "so they carry no grant, and it is not raised afterwards",
        (),
        told,
    )


@rule("duration.extension.funded", due=Stage.DURING, only_if="funded_days_are_agreed", informs=True)
def days_beyond_those_agreed_are_paid(
    agreed_funded_days: int,
    counted_days: int,
    days_without_grant: DayNumbers,
    stay_day_count: DayCount,
    days_without_grant_are_told: bool,
    extension_is_paid: bool | None,
    extension_is_agreed: bool | None,
    extension_is_funded: bool | None,
    extension_is_in_time: bool | None,
    longer_stay: LongerStay,
    extension_request: ExtensionRequest,
) -> Answer:
    """The days beyond those that the grant agreement pays are paid by an amendment made during the stay."""
    more = counted_days - days_without_grant.counted_by(stay_day_count) - agreed_funded_days
    told: Words = {
        "more": counted(more, "day"),
        "agreed": agreed_funded_days,
        "carry": "carry" if more > 1 else "carries",
    }
    if more <= 0:
        return not_applicable("the stay is not longer than the {agreed} days agreed", **told)
    if extension_is_paid:
        return met("an amendment made during the stay pays the {more} beyond the {agreed} agreed", **told)
    beyond = "the {more} beyond the {agreed} agreed {carry} no grant: "
    if extension_is_in_time is False:
        late = beyond + "the longer stay was asked for too late"
        return _refused_where_told(days_without_grant_are_told, late, (longer_stay, extension_request), told)
    if extension_is_agreed is False:
        unagreed = beyond + "no amendment was made during the stay"
        return _refused_where_told(days_without_grant_are_told, unagreed, (longer_stay,), told)
    if extension_is_agreed and extension_is_funded is False:
        unfunded = beyond + "they were agreed so"
        return _refused_where_told(days_without_grant_are_told, unfunded, (longer_stay,), told)
    if extension_is_paid is None:
        return undetermined(
            "an amendment pays the {more} beyond the {agreed} agreed, if they were asked for in time", **told
        )
    return undetermined(
        "the {more} beyond the {agreed} agreed {carry} no grant while nobody tells of an amendment, made during the "
        "stay, that pays them",
        needs=("extension_is_agreed",) if extension_is_agreed is None else ("extension_is_funded",),
        rests_on=(longer_stay,),
        **told,
    )


@rule("duration.force_majeure.evidence", due=Stage.FINAL_REPORT, only_if="force_majeure_is_told", informs=True)
def force_majeure_is_accepted_by_the_agency(
    days_lost_to_force_majeure: LostDays, force_majeure: ForceMajeure
) -> Answer:
    """The National Agency accepts the case of force majeure, on the proof it asks for."""
    lost = days_lost_to_force_majeure
    if lost.most == NO_DAYS:
        return not_applicable("no day of the stay as agreed was lost within its dates")
    told: Words = {
        "days": "some days" if lost.days is None else _by_count(lost.days.by_calendar, DayCount.CALENDAR_DAYS),
        "proof": "; ".join(force_majeure.evidence),
    }
    if lost.is_accepted:
        return met("it took {days}, and the agency accepted the case; keep {proof}", **told)
    if lost.is_accepted is False:
        return not_met("it took {days}, and the agency did not accept the case: nothing is switched off", **told)
    return undetermined(
        "it took {days}; the agency decides, and will ask for proof: keep {proof}", needs=lost.missing, **told
    )


# --- short stays of students, from call 2022 on ------------------------------------------------------------


def _short_minimum(days: int, asked: int) -> Answer:
    told: Words = {"days": counted(days, "day"), "asked": asked, "short": asked - days}
    if days >= asked:
        return met("{days} of physical presence reach the {asked} asked for", **told)
    return not_met("{days} of physical presence are {short} fewer than the {asked} asked for", **told)


def _short_maximum(days: int, allowed: int) -> Answer:
    told: Words = {"days": counted(days, "day"), "allowed": allowed, "over": days - allowed}
    if days <= allowed:
        return met("{days} of physical presence stay within {allowed}", **told)
    return not_met("{days} of physical presence are {over} more than {allowed}", **told)


@rule("duration.blended.minimum", due=Stage.NOMINATION, only_if="is_blended_student_stay")
def blended_stay_is_long_enough(
    short_stay_days: int,
    days_lost_to_force_majeure: LostDays,
    blended_student_duration: BlendedStudentDuration,
    short_stay_day_count: ShortStayDayCount,
) -> Answer:
    """The physical part of a blended stay of a student reaches the minimum duration."""
    duration = blended_student_duration
    answer = _short_minimum(short_stay_days, duration.minimum_days)
    lost = days_lost_to_force_majeure
    return _unless_excused(answer, short_stay_days, duration, lost, short_stay_day_count.convention)


@rule("duration.blended.maximum", due=Stage.NOMINATION, only_if="is_blended_student_stay")
def blended_stay_is_not_too_long(short_stay_days: int, blended_student_duration: BlendedStudentDuration) -> Answer:
    """The physical part of a blended stay of a student stays within the maximum duration."""
    return _short_maximum(short_stay_days, blended_student_duration.maximum_days)


@rule("duration.short_doctoral.minimum", due=Stage.NOMINATION, only_if="is_short_doctoral_stay")
def short_doctoral_stay_is_long_enough(
    short_stay_days: int,
    days_lost_to_force_majeure: LostDays,
    short_doctoral_duration: ShortDoctoralDuration,
    short_stay_day_count: ShortStayDayCount,
) -> Answer:
    """A short stay of a doctoral candidate reaches the minimum duration."""
    duration = short_doctoral_duration
    answer = _short_minimum(short_stay_days, duration.minimum_days)
    lost = days_lost_to_force_majeure
    return _unless_excused(answer, short_stay_days, duration, lost, short_stay_day_count.convention)


@rule("duration.short_doctoral.maximum", due=Stage.NOMINATION, only_if="is_short_doctoral_stay")
def short_doctoral_stay_is_not_too_long(short_stay_days: int, short_doctoral_duration: ShortDoctoralDuration) -> Answer:
    """A short stay of a doctoral candidate stays within the maximum duration."""
    return _short_maximum(short_stay_days, short_doctoral_duration.maximum_days)
