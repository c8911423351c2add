"""How long a stay lasts, and whether that is long enough and not too long."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from icm_rules.engine import Answer, Unknown, Verdict, Words, based, fact, met, not_met, rule, undetermined, unknown
from icm_rules.guide.provisions import (
    BlendedStudentDuration,
    CombinedDuration,
    CombinedTeachingMinimum,
    CycleCap,
    FundedPart,
    IncompleteTeachingWeek,
    InvitedStaffDuration,
    InvitedTeachingMinimum,
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
from icm_rules.model.terms import Activity, DayCount, Stage, StayFormat
from icm_rules.rules.values import counted

DAYS_OF_A_MONTH = 30
"""A month of the 30/360 count, see readings on counting: every month has 30 days, a year 360."""


# --- counting ----------------------------------------------------------------------------------------------


def _number_in_months_of_30(day: date) -> int:
    """The number of a day where every month has 30 days and the 31st counts as the 30th."""
    return 12 * DAYS_OF_A_MONTH * day.year + DAYS_OF_A_MONTH * day.month + min(day.day, DAYS_OF_A_MONTH)


@fact
def first_day_in_months_of_30(start_date: date) -> int:
    """The number of the first day of the stay where every month has 30 days."""
    return _number_in_months_of_30(start_date)


@fact
def last_day_in_months_of_30(end_date: date) -> int:
    """The number of the last day of the stay where every month has 30 days."""
    return _number_in_months_of_30(end_date)


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


def _days(in_months_of_30: int, by_calendar: int, convention: DayCount) -> int:
    return by_calendar if convention is DayCount.CALENDAR_DAYS else in_months_of_30


@fact
def student_days(days_in_months_of_30: int, calendar_days: int, student_day_count: StudentDayCount) -> int:
    """The days of the stay as those of students are counted, travel never among them [days]."""
    return _days(days_in_months_of_30, calendar_days, student_day_count.convention)


@fact
def staff_days(days_in_months_of_30: int, calendar_days: int, staff_day_count: StaffDayCount) -> int:
    """The days of the stay as those of staff are counted, travel never among them [days]."""
    return _days(days_in_months_of_30, calendar_days, staff_day_count.convention)


def _month_words(days: int) -> str:
    months, rest = divmod(days, DAYS_OF_A_MONTH)
    whole, more = counted(months, "month"), counted(rest, "day")
    if rest == 0:
        return whole
    return more if months == 0 else f"{whole} and {more}"


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
    student_days: int, covers_academic_term: bool | None, study_duration: StudyDuration
) -> Answer:
    """A stay for studies reaches the minimum duration, or covers one complete academic term or trimester."""
    return _student_minimum(
        student_days, study_duration.minimum_days, study_duration.term_suffices, covers_academic_term
    )


@rule("duration.study.maximum", due=Stage.NOMINATION, only_if=("is_long_student_stay", "is_study_mobility"))
def study_lasts_not_too_long(student_days: int, study_duration: StudyDuration) -> Answer:
    """A stay for studies stays within the maximum duration."""
    return _student_maximum(student_days, study_duration.maximum_months)


@rule("duration.traineeship.minimum", due=Stage.NOMINATION, only_if=("is_long_student_stay", "is_traineeship_mobility"))
def traineeship_lasts_long_enough(student_days: int, traineeship_duration: TraineeshipDuration) -> Answer:
    """A traineeship reaches the minimum duration."""
    return _student_minimum(student_days, traineeship_duration.minimum_days, term_suffices=False, covers_term=None)


@rule("duration.traineeship.maximum", due=Stage.NOMINATION, only_if=("is_long_student_stay", "is_traineeship_mobility"))
def traineeship_lasts_not_too_long(student_days: int, traineeship_duration: TraineeshipDuration) -> Answer:
    """A traineeship stays within the maximum duration."""
    return _student_maximum(student_days, traineeship_duration.maximum_months)


@rule(
    "duration.combined.minimum", due=Stage.NOMINATION, only_if=("is_long_student_stay", "is_combined_student_mobility")
)
def combined_stay_lasts_long_enough(
    student_days: int, covers_academic_term: bool | None, combined_duration: CombinedDuration
) -> Answer:
    """Studies combined with a traineeship reach the minimum duration of studies."""
    duration = combined_duration
    return _student_minimum(student_days, duration.minimum_days, duration.term_suffices, covers_academic_term)


@rule(
    "duration.combined.maximum", due=Stage.NOMINATION, only_if=("is_long_student_stay", "is_combined_student_mobility")
)
def combined_stay_lasts_not_too_long(student_days: int, combined_duration: CombinedDuration) -> Answer:
    """Studies combined with a traineeship stay within the maximum duration of studies."""
    return _student_maximum(student_days, combined_duration.maximum_months)


@fact
def short_stay_days(days_in_months_of_30: int, calendar_days: int, short_stay_day_count: ShortStayDayCount) -> int:
    """The days of physical presence of a short stay, travel never among them [days]."""
    return _days(days_in_months_of_30, calendar_days, short_stay_day_count.convention)


@fact
def counted_student_days(
    days_in_months_of_30: int,
    calendar_days: int,
    is_short_student_stay: bool | None,
    student_day_count: StudentDayCount,
    short_stay_day_count: ShortStayDayCount | None,
) -> int | Unknown:
    """The days of a student's stay by the count of its format [days]."""
    months = _days(days_in_months_of_30, calendar_days, student_day_count.convention)
    if short_stay_day_count is None or is_short_student_stay is False:
        return based(months, student_day_count)
    short = _days(days_in_months_of_30, calendar_days, short_stay_day_count.convention)
    if is_short_student_stay is None and short != months:
        return Unknown(("stay_format",))
    return based(short, short_stay_day_count)


@fact(of_presence=True)
def earlier_stays_are_told(days_used_in_cycle: int | None) -> bool:
    """Whether it is told how many days lie behind the student in this study cycle."""
    return days_used_in_cycle is not None


@fact
def least_days_in_cycle(counted_student_days: int, days_used_in_cycle: int | None) -> int:
    """The days of this stay and of the earlier ones that are told, in one study cycle [days of 30 to the month]."""
    return counted_student_days + (days_used_in_cycle or 0)


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
    staff_duration: StaffDuration,
    invited_staff_duration: InvitedStaffDuration | None,
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
        return not_met("{days} days are {short} fewer than the {asked} asked for", rests_on=(staff_duration,), **told)
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


_Duration = (
    StudyDuration
    | TraineeshipDuration
    | CombinedDuration
    | BlendedStudentDuration
    | ShortDoctoralDuration
    | StaffDuration
    | InvitedStaffDuration
)


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
def has_days_without_grant(zero_grant_days: int) -> bool:
    """Whether a part of the stay carries no grant."""
    return zero_grant_days > 0


@fact
def funded_student_days(counted_student_days: int, zero_grant_days: int) -> int:
    """The days of a student's stay that carry a grant [days]."""
    return max(counted_student_days - zero_grant_days, 0)


@fact
def funded_staff_days(staff_days: int, zero_grant_days: int) -> int:
    """The days of a staff stay that carry a grant [days]."""
    return max(staff_days - zero_grant_days, 0)


@fact
def funded_days(
    is_student_mobility: bool,
    days_in_months_of_30: int,
    calendar_days: int,
    zero_grant_days: int,
    student_day_count: StudentDayCount,
    staff_day_count: StaffDayCount,
    short_stay_day_count: ShortStayDayCount | None,
    is_short_student_stay: bool | None,
) -> int | Unknown:
    """The days of the stay that carry a grant, counted like the stay [days]."""
    # Counted here once more, and not taken from the facts above, so that it rests on one of the counts alone.
    counts: tuple[StudentDayCount | StaffDayCount | ShortStayDayCount, ...] = (staff_day_count,)
    if is_student_mobility:
        counts = (student_day_count,)
        if short_stay_day_count is not None and is_short_student_stay is not False:
            counts = (short_stay_day_count,) if is_short_student_stay else (student_day_count, short_stay_day_count)
    days = [_days(days_in_months_of_30, calendar_days, count.convention) for count in counts]
    funded = {max(each - zero_grant_days, 0) for each in days}
    # While nobody told the format, the days that carry a grant are known where both counts leave as many.
    return based(funded.pop(), *counts) if len(funded) == 1 else Unknown(("stay_format",))


@fact
def a_funded_day_is_left(
    is_student_mobility: bool | None,
    days_in_months_of_30: int,
    calendar_days: int,
    zero_grant_days: int,
    student_day_count: StudentDayCount,
    staff_day_count: StaffDayCount,
    short_stay_day_count: ShortStayDayCount | None,
    is_short_student_stay: bool | None,
) -> bool | Unknown:
    """Whether any day of the stay carries a grant, by whichever count may be the one of this stay."""
    counts: list[StudentDayCount | StaffDayCount | ShortStayDayCount] = []
    if is_student_mobility is not True:
        counts.append(staff_day_count)
    if is_student_mobility is not False and is_short_student_stay is not True:
        counts.append(student_day_count)
    if is_student_mobility is not False and is_short_student_stay is not False and short_stay_day_count is not None:
        counts.append(short_stay_day_count)
    left = {_days(days_in_months_of_30, calendar_days, count.convention) > zero_grant_days for count in counts}
    if len(left) > 1:
        return Unknown(("activity",) if is_student_mobility is None else ("stay_format",))
    return based(left.pop(), *counts)


@rule("duration.funded.minimum", due=Stage.BEFORE_DEPARTURE, only_if="has_days_without_grant")
def funded_part_is_long_enough(
    funded_days: int,
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
    # A short stay covers no term, and what is allowed of one does not help it.
    if includes_studies and not is_short_student_stay and covers_academic_term is not False:
        return undetermined(
            "the {days} funded days are {short} fewer than the {asked} asked for; a stay of one complete academic term "
            "may be shorter",
            gaps=("no text says how long the funded part of such a stay must be",) if covers_academic_term else (),
            **told,
        )
    return not_met("the {days} funded days are {short} fewer than the {asked} asked for", **told)


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
def blended_stay_is_long_enough(short_stay_days: int, blended_student_duration: BlendedStudentDuration) -> Answer:
    """The physical part of a blended stay of a student reaches the minimum duration."""
    return _short_minimum(short_stay_days, blended_student_duration.minimum_days)


@rule("duration.blended.maximum", due=Stage.NOMINATION, only_if="is_blended_student_stay")
def blended_stay_is_not_too_long(short_stay_days: int, blended_student_duration: BlendedStudentDuration) -> Answer:
    """The physical part of a blended stay of a student stays within the maximum duration."""
    return _short_maximum(short_stay_days, blended_student_duration.maximum_days)


@rule("duration.short_doctoral.minimum", due=Stage.NOMINATION, only_if="is_short_doctoral_stay")
def short_doctoral_stay_is_long_enough(short_stay_days: int, short_doctoral_duration: ShortDoctoralDuration) -> Answer:
    """A short stay of a doctoral candidate reaches the minimum duration."""
    return _short_minimum(short_stay_days, short_doctoral_duration.minimum_days)


@rule("duration.short_doctoral.maximum", due=Stage.NOMINATION, only_if="is_short_doctoral_stay")
def short_doctoral_stay_is_not_too_long(short_stay_days: int, short_doctoral_duration: ShortDoctoralDuration) -> Answer:
    """A short stay of a doctoral candidate stays within the maximum duration."""
    return _short_maximum(short_stay_days, short_doctoral_duration.maximum_days)
