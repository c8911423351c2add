"""How long a stay lasts, and whether that is long enough and not too long."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from icm_rules.engine import Answer, Unknown, Words, fact, met, not_met, rule, undetermined, unknown
from icm_rules.guide.provisions import (
    CombinedDuration,
    CombinedTeachingMinimum,
    CycleCap,
    FundedPart,
    InvitedStaffDuration,
    InvitedTeachingMinimum,
    OneCycleCap,
    StaffDayCount,
    StaffDuration,
    StudentDayCount,
    StudyDuration,
    TeachingMinimum,
    TraineeshipDuration,
)
from icm_rules.model.terms import Activity, DayCount, Stage

DAYS_OF_A_MONTH = 30
"""A month of the 30/360 count, see readings on counting: every month has 30 days, a year 360."""


# --- counting ----------------------------------------------------------------------------------------------


def _days(start: date, end: date, convention: DayCount) -> int:
    """The days of a stay, both ends included.

    The 30/360 count is the formula the Commission prints, without a special case for the end of February:
    ``360*dY + 30*dM + min(D2, 30) - min(D1, 30) + 1``.
    """
    if convention is DayCount.CALENDAR_DAYS:
        return (end - start).days + 1
    years, months = end.year - start.year, end.month - start.month
    return 360 * years + DAYS_OF_A_MONTH * months + min(end.day, 30) - min(start.day, 30) + 1


@fact
def student_days(start_date: date, end_date: date, student_day_count: StudentDayCount) -> int:
    """The days of the stay as those of students are counted, travel never among them [days]."""
    return _days(start_date, end_date, student_day_count.convention)


@fact
def staff_days(start_date: date, end_date: date, staff_day_count: StaffDayCount) -> int:
    """The days of the stay as those of staff are counted, travel never among them [days]."""
    return _days(start_date, end_date, staff_day_count.convention)


def _month_words(days: int) -> str:
    months, rest = divmod(days, DAYS_OF_A_MONTH)
    return f"{months} months" if rest == 0 else f"{months} months and {rest} days"


# --- students ----------------------------------------------------------------------------------------------


def _student_minimum(days: int, asked: int, term_suffices: bool, covers_term: bool | None) -> Answer:
    told: Words = {"days": days, "asked": asked, "short": asked - days}
    if days >= asked:
        return met("{days} days (months of 30 days) reach the {asked} asked for", **told)
    if not term_suffices:
        return not_met("{days} days (months of 30 days) are {short} fewer than the {asked} asked for", **told)
    if covers_term:
        return met("{days} days are fewer than {asked}, but the stay covers one complete academic term or trimester", **told)
    sentence = "{days} days (months of 30 days) are {short} fewer than the {asked} asked for, "
    if covers_term is None:
        return undetermined(sentence + "unless they cover one complete academic term or trimester", **told)
    return not_met(sentence + "and they do not cover one complete academic term or trimester", **told)


def _student_maximum(days: int, maximum_months: int) -> Answer:
    allowed = maximum_months * DAYS_OF_A_MONTH
    told: Words = {"days": days, "allowed": allowed, "months": maximum_months, "over": days - allowed}
    if days <= allowed:
        return met("{days} days (months of 30 days) stay within {allowed}, that is {months} months", **told)
    return not_met("{days} days (months of 30 days) are {over} more than {allowed}, that is {months} months", **told)


@rule("duration.study.minimum", due=Stage.NOMINATION, only_if="is_study_mobility")
def study_lasts_long_enough(student_days: int, covers_academic_term: bool | None, study_duration: StudyDuration) -> Answer:
    """A stay for studies reaches the minimum duration, or covers one complete academic term or trimester."""
    return _student_minimum(student_days, study_duration.minimum_days, study_duration.term_suffices, covers_academic_term)


@rule("duration.study.maximum", due=Stage.NOMINATION, only_if="is_study_mobility")
def study_lasts_not_too_long(student_days: int, study_duration: StudyDuration) -> Answer:
    """A stay for studies stays within the maximum duration."""
    return _student_maximum(student_days, study_duration.maximum_months)


@rule("duration.traineeship.minimum", due=Stage.NOMINATION, only_if="is_traineeship_mobility")
def traineeship_lasts_long_enough(student_days: int, traineeship_duration: TraineeshipDuration) -> Answer:
    """A traineeship reaches the minimum duration."""
    return _student_minimum(student_days, traineeship_duration.minimum_days, term_suffices=False, covers_term=None)


@rule("duration.traineeship.maximum", due=Stage.NOMINATION, only_if="is_traineeship_mobility")
def traineeship_lasts_not_too_long(student_days: int, traineeship_duration: TraineeshipDuration) -> Answer:
    """A traineeship stays within the maximum duration."""
    return _student_maximum(student_days, traineeship_duration.maximum_months)


@rule("duration.combined.minimum", due=Stage.NOMINATION, only_if="is_combined_student_mobility")
def combined_stay_lasts_long_enough(
    student_days: int, covers_academic_term: bool | None, combined_duration: CombinedDuration
) -> Answer:
    """Studies combined with a traineeship reach the minimum duration of studies."""
    duration = combined_duration
    return _student_minimum(student_days, duration.minimum_days, duration.term_suffices, covers_academic_term)


@rule("duration.combined.maximum", due=Stage.NOMINATION, only_if="is_combined_student_mobility")
def combined_stay_lasts_not_too_long(student_days: int, combined_duration: CombinedDuration) -> Answer:
    """Studies combined with a traineeship stay within the maximum duration of studies."""
    return _student_maximum(student_days, combined_duration.maximum_months)


@rule("duration.cycle.cap", due=Stage.NOMINATION, only_if="is_student_mobility")
def cycle_is_not_used_up(
    student_days: int,
    days_used_in_cycle: int | None,
    one_cycle_programme: bool | None,
    cycle_cap: CycleCap,
    one_cycle_cap: OneCycleCap,
) -> Answer:
    """All stays of the student within one study cycle stay within the maximum, zero-grant and earlier programmes included."""
    usual, one_cycle = (cap.maximum_months * DAYS_OF_A_MONTH for cap in (cycle_cap, one_cycle_cap))
    total = student_days + (days_used_in_cycle or 0)
    allowed = one_cycle if one_cycle_programme else usual
    told: Words = {"total": _month_words(total), "allowed": _month_words(allowed), "over": total - allowed}
    rests_on = (one_cycle_cap if one_cycle_programme else cycle_cap,)
    if total > one_cycle or (total > usual and one_cycle_programme is False):
        return not_met(
            "{total} in this study cycle are {over} days more than the {allowed} allowed", rests_on=rests_on, **told
        )
    if total > allowed:
        return undetermined(
            "{total} in this study cycle are more than the {allowed} allowed outside one-cycle programmes",
            needs=("one_cycle_programme",),
            **told,
        )
    if days_used_in_cycle is None:
        return undetermined(
            "this stay alone takes {total} of the {allowed} allowed in a study cycle", needs=("days_used_in_cycle",), **told
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
    told: Words = {"days": staff_days, "asked": staff_duration.minimum_days, "short": staff_duration.minimum_days - staff_days}
    if staff_days >= staff_duration.minimum_days:
        return met("{days} days reach the {asked} asked for", rests_on=(staff_duration,), **told)
    invited = invited_staff_duration
    if invited is None or is_invited_from_enterprise is False or staff_days < invited.minimum_days:
        return not_met(
            "{days} days are {short} fewer than the {asked} asked for", rests_on=(staff_duration,), **told
        )
    told["invited"] = invited.minimum_days
    if is_invited_from_enterprise is None:
        return undetermined(
            "{days} days are fewer than the {asked} asked for; staff invited from an enterprise needs {invited}",
            rests_on=(staff_duration, invited),
            **told,
        )
    return met("{days} days reach the {invited} asked of staff invited from an enterprise", rests_on=(invited,), **told)


@rule("duration.staff.maximum", due=Stage.NOMINATION, only_if="is_staff_mobility")
def staff_stay_is_not_too_long(staff_days: int, staff_duration: StaffDuration) -> Answer:
    """A staff stay stays within the maximum duration; days of travel never count."""
    told: Words = {"days": staff_days, "allowed": staff_duration.maximum_days, "over": staff_days - staff_duration.maximum_days}
    if staff_days <= staff_duration.maximum_days:
        return met("{days} days stay within {allowed}", **told)
    return not_met("{days} days are {over} more than {allowed}", **told)


@rule("duration.teaching.hours", due=Stage.NOMINATION, only_if=("is_staff_mobility", "includes_teaching"))
def enough_hours_are_taught(
    teaching_hours: Decimal,
    staff_days: int,
    activity: Activity,
    is_invited_from_enterprise: bool | None,
    teaching_minimum: TeachingMinimum,
    combined_teaching_minimum: CombinedTeachingMinimum | None,
    invited_teaching_minimum: InvitedTeachingMinimum | None,
) -> Answer:
    """The hours taught reach the minimum: that of a week also for a shorter stay, in proportion for an incomplete week."""
    week = teaching_minimum.week_days
    told: Words = {"hours": teaching_hours, "days": staff_days}

    def enough(per_week: int) -> bool:
        return teaching_hours * week >= per_week * max(staff_days, week)

    def asked(per_week: int) -> str:
        parts = per_week * max(staff_days, week)
        return f"{parts // week}" if parts % week == 0 else f"{per_week} x {staff_days}/{week}"

    per_week, basis = teaching_minimum.minimum_per_week, teaching_minimum
    if enough(per_week):
        return met(
            "{hours} hours in {days} days reach the {asked} asked for", asked=asked(per_week), rests_on=(basis,), **told
        )
    invited = invited_teaching_minimum
    if invited is not None and is_invited_from_enterprise is not False and enough(invited.minimum_per_week):
        if is_invited_from_enterprise is None:
            return undetermined(
                "{hours} hours in {days} days are fewer than the {asked} asked for, unless the person is invited from an "
                "enterprise",
                asked=asked(per_week),
                **told,
            )
        return met("{hours} hours suffice: staff invited from an enterprise has no minimum", rests_on=(invited,), **told)
    if activity is Activity.TEACHING_AND_TRAINING:
        combined = combined_teaching_minimum
        if combined is None:
            return undetermined(
                "{hours} hours in {days} days are fewer than the {asked} asked for teaching alone",
                asked=asked(per_week),
                rests_on=(basis,),
                gaps=("no text was seen on the hours of teaching combined with training in this call",),
                **told,
            )
        told["asked"] = asked(combined.minimum_per_week)
        if enough(combined.minimum_per_week):
            return met(
                "{hours} hours in {days} days reach the {asked} asked for where teaching is combined with training",
                rests_on=(combined,),
                **told,
            )
        return not_met(
            "{hours} hours in {days} days are fewer than the {asked} asked for where teaching is combined with training",
            rests_on=(combined,),
            **told,
        )
    return not_met(
        "{hours} hours in {days} days are fewer than the {asked} asked for", asked=asked(per_week), rests_on=(basis,), **told
    )


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
) -> int | Unknown:
    """The minimum duration of this activity [days, counted like the stay]."""
    match activity:
        case Activity.STUDIES:
            duration: StudyDuration | TraineeshipDuration | CombinedDuration | StaffDuration | None = study_duration
        case Activity.TRAINEESHIP:
            duration = traineeship_duration
        case Activity.STUDIES_AND_TRAINEESHIP:
            duration = combined_duration
        case _:
            if invited_staff_duration is not None and is_invited_from_enterprise is not False:
                known = is_invited_from_enterprise is True
                return invited_staff_duration.minimum_days if known else Unknown(("sending_kind", "is_invited"))
            duration = staff_duration
    return unknown(f"this call sets no duration for {activity.words}") if duration is None else duration.minimum_days


@fact
def has_days_without_grant(zero_grant_days: int) -> bool:
    """Whether a part of the stay carries no grant."""
    return zero_grant_days > 0


@fact
def funded_student_days(student_days: int, zero_grant_days: int) -> int:
    """The days of a student's stay that carry a grant [days]."""
    return max(student_days - zero_grant_days, 0)


@fact
def funded_staff_days(staff_days: int, zero_grant_days: int) -> int:
    """The days of a staff stay that carry a grant [days]."""
    return max(staff_days - zero_grant_days, 0)


@fact
def funded_days(is_student_mobility: bool, funded_student_days: int, funded_staff_days: int) -> int:
    """The days of the stay that carry a grant, counted like the stay [days]."""
    return funded_student_days if is_student_mobility else funded_staff_days


@rule("duration.funded.minimum", due=Stage.BEFORE_DEPARTURE, only_if="has_days_without_grant")
def funded_part_is_long_enough(
    funded_days: int, shortest_stay_days: int, covers_academic_term: bool | None, includes_studies: bool, funded_part: FundedPart
) -> Answer:
    """Where days carry no grant, the funded part still reaches the minimum duration."""
    told: Words = {"days": funded_days, "asked": shortest_stay_days, "short": shortest_stay_days - funded_days}
    if funded_days >= shortest_stay_days or not funded_part.reaches_minimum:
        return met("the {days} funded days reach the {asked} asked for", **told)
    if includes_studies and covers_academic_term is not False:
        return undetermined(
            "the {days} funded days are {short} fewer than the {asked} asked for; a stay of one complete academic term "
            "may be shorter",
            gaps=("no text says how long the funded part of such a stay must be",) if covers_academic_term else (),
            **told,
        )
    return not_met("the {days} funded days are {short} fewer than the {asked} asked for", **told)
