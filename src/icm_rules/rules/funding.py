"""What is paid: individual support and travel support, each line by itself."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from icm_rules.engine import (
    Answer,
    Payment,
    Words,
    based,
    due,
    due_between,
    fact,
    not_applicable,
    rule,
    undetermined,
    unknown,
)
from icm_rules.guide.provisions import (
    CountryGroup,
    DisadvantagedTopUp,
    IncompleteMonth,
    PaidDayRun,
    ReducedStaffRate,
    StaffCountryGroups,
    StaffRate,
    StaffRates,
    StudentCountryGroups,
    StudentRate,
    StudentRates,
    TravelBand,
    TravelPaidOtherwise,
    TravelSupport,
)
from icm_rules.model.terms import Direction, Stage
from icm_rules.rules.values import CountryStatus, TravelDays

# --- what is asked -----------------------------------------------------------------------------------------


@fact
def carries_grant(is_zero_grant: bool) -> bool:
    """Whether the stay carries a grant from EU funds."""
    return not is_zero_grant


@fact
def travel_is_to_be_paid(is_travel_paid_otherwise: bool) -> bool:
    """Whether travel takes place and nobody else pays it."""
    return not is_travel_paid_otherwise


_PAID = ("is_credit_mobility", "carries_grant")


# --- students ----------------------------------------------------------------------------------------------


def _group_of(country: str, groups: tuple[CountryGroup, ...]) -> CountryGroup | None:
    return next((line for line in groups if country in line.countries), None)


def _rate_line(
    direction: Direction,
    receiving: CountryStatus,
    groups: tuple[CountryGroup, ...],
    rates: tuple[StudentRate, ...] | tuple[StaffRate, ...],
) -> object:
    """The rate for this direction and receiving country, resting on its line and on that of the country's group."""
    group = _group_of(receiving.counts_as, groups) if direction is Direction.INCOMING else None
    for line in rates:
        if line.direction is direction and line.group == (group.group if group else None):
            return based(line, line, group) if group else based(line, line)
    return unknown(f"no rate is written for {direction.words} mobility to {receiving.country.name}")


@fact
def student_rate(
    direction: Direction,
    receiving_status: CountryStatus,
    student_country_groups: StudentCountryGroups,
    student_rates: StudentRates,
) -> StudentRate:
    """The monthly rate of individual support for this student [EUR a month]."""
    return _rate_line(direction, receiving_status, student_country_groups.lines, student_rates.lines)  # type: ignore[return-value] # with what it rests on


def _in_months(days: int, days_of_month: int) -> str:
    months, rest = divmod(days, days_of_month)
    whole, part = "1 month" if months == 1 else f"{months} months", f"{rest}/{days_of_month}"
    if rest == 0:
        return whole
    return f"{part} of a month" if months == 0 else f"{whole} and {part}"


@rule(
    "funding.student.individual_support",
    due=Stage.BEFORE_DEPARTURE,
    only_if=(*_PAID, "is_student_mobility"),
    pays=True,
    title="Individual support",
)
def student_receives_individual_support(
    funded_student_days: int, student_rate: StudentRate, incomplete_month: IncompleteMonth
) -> Answer:
    """Individual support for the student: months and thirtieths of the monthly rate for the funded stay.

    It covers accommodation, insurance and visa; these are no lines of their own.
    """
    parts = incomplete_month.parts_of_month
    payment = Payment(funded_student_days, "day", student_rate.eur_per_month, "month", Fraction(1, parts))
    return due(
        payment,
        "{length} at {rate} EUR a month",
        length=_in_months(funded_student_days, parts),
        rate=student_rate.eur_per_month,
    )


@rule(
    "funding.student.disadvantaged_top_up",
    due=Stage.BEFORE_DEPARTURE,
    only_if=(*_PAID, "is_student_mobility", "is_disadvantaged"),
    pays=True,
    title="Addition for disadvantaged students",
)
def disadvantaged_student_receives_the_top_up(
    funded_student_days: int | None,
    agency_top_up_eur_per_month: Decimal | None,
    disadvantaged_top_up: DisadvantagedTopUp,
    incomplete_month: IncompleteMonth,
) -> Answer:
    """The monthly addition for a disadvantaged student, of the amount that the National Agency set."""
    if not disadvantaged_top_up.exists:
        return not_applicable("this call has no addition for disadvantaged students", rests_on=(disadvantaged_top_up,))
    if agency_top_up_eur_per_month is None:
        return undetermined("the National Agency sets the addition, and 0 where it has not opted in")
    if funded_student_days is None:
        return undetermined("the addition depends on the length of the stay")
    parts = incomplete_month.parts_of_month
    return due(
        Payment(funded_student_days, "day", agency_top_up_eur_per_month, "month", Fraction(1, parts)),
        "{length} at the {rate} EUR a month that the National Agency set",
        length=_in_months(funded_student_days, parts),
        rate=agency_top_up_eur_per_month,
    )


# --- staff -------------------------------------------------------------------------------------------------


@fact
def staff_rate(
    direction: Direction,
    receiving_status: CountryStatus,
    staff_country_groups: StaffCountryGroups,
    staff_rates: StaffRates,
) -> StaffRate:
    """The daily rate of individual support for this member of staff [EUR a day]."""
    return _rate_line(direction, receiving_status, staff_country_groups.lines, staff_rates.lines)  # type: ignore[return-value] # with what it rests on


def _paid_days(days: int, travel: int, reduced: ReducedStaffRate, *, travel_in_run: bool) -> tuple[int, int]:
    """The days paid in full and those paid in part.

    The run of paid days is the days of activity and, by the reading chosen, the funded days of travel; so the last
    day of activity that is paid is the same with and without travel.
    """
    days, full = min(days, reduced.last_day), reduced.first_reduced_day - 1
    if travel_in_run:
        paid = days + travel
        return min(paid, full), max(paid - full, 0)
    return min(days, full) + travel, max(days - full, 0)


def _staff_line(
    part: int,
    days: int,
    travel: TravelDays,
    rate: StaffRate,
    reduced: ReducedStaffRate,
    run: PaidDayRun,
    journeys: dict[str, object],
) -> Answer:
    """The line of the days paid in full (``part`` 0) or in part (1); ``journeys`` are the facts that settle a range."""

    def paid(*, travel_in_run: bool) -> list[int]:
        return [
            _paid_days(days, paid, reduced, travel_in_run=travel_in_run)[part] for paid in (travel.low, travel.high)
        ]

    low, high = paid(travel_in_run=run.includes_travel_days)
    # The reading of the run of paid days is cited only where the other reading would have paid otherwise.
    decided = paid(travel_in_run=True) != paid(travel_in_run=False)
    rests_on = (reduced, run) if decided else (reduced,)
    if part and high == 0:
        return not_applicable(
            "no paid day comes after the {last} paid in full", last=reduced.first_reduced_day - 1, rests_on=rests_on
        )
    share = Fraction(reduced.share) if part else Fraction(1)
    template = "{paid} days at {share} % of {rate} EUR" if part else "{paid} days at {rate} EUR"
    least, most = (Payment(number, "day", rate.eur_per_day, "day", share) for number in (low, high))
    told: Words = {"rate": rate.eur_per_day, "share": share * 100, "fewest": travel.low, "highest": travel.high}
    if low == high:
        return due(least, template, paid=low, rests_on=rests_on, **told)
    return due_between(
        least,
        most,
        template + ", by the days of travel that are paid ({fewest} to {highest})",
        needs=tuple(name for name, value in journeys.items() if value is None),
        paid=f"{low} to {high}",
        rests_on=rests_on,
        **told,
    )


def _journeys(claimed: int | None, out: date | None, back: date | None) -> dict[str, object]:
    return {"travel_days_claimed": claimed, "outward_travel_date": out, "return_travel_date": back}


@rule(
    "funding.staff.days_in_full",
    due=Stage.BEFORE_DEPARTURE,
    only_if=(*_PAID, "is_staff_mobility"),
    pays=True,
    title="Individual support, days paid in full",
)
def staff_receives_the_full_rate(
    funded_staff_days: int,
    travel_days: TravelDays,
    staff_rate: StaffRate,
    reduced_staff_rate: ReducedStaffRate,
    paid_day_run: PaidDayRun,
    travel_days_claimed: int | None,
    outward_travel_date: date | None,
    return_travel_date: date | None,
) -> Answer:
    """Individual support for staff on the days paid in full, days of travel included."""
    journeys = _journeys(travel_days_claimed, outward_travel_date, return_travel_date)
    return _staff_line(0, funded_staff_days, travel_days, staff_rate, reduced_staff_rate, paid_day_run, journeys)


@rule(
    "funding.staff.days_reduced",
    due=Stage.BEFORE_DEPARTURE,
    only_if=(*_PAID, "is_staff_mobility"),
    pays=True,
    title="Individual support, later days",
)
def staff_receives_the_reduced_rate(
    funded_staff_days: int,
    travel_days: TravelDays,
    staff_rate: StaffRate,
    reduced_staff_rate: ReducedStaffRate,
    paid_day_run: PaidDayRun,
    travel_days_claimed: int | None,
    outward_travel_date: date | None,
    return_travel_date: date | None,
) -> Answer:
    """Individual support for staff on the later days, which are paid in part."""
    journeys = _journeys(travel_days_claimed, outward_travel_date, return_travel_date)
    return _staff_line(1, funded_staff_days, travel_days, staff_rate, reduced_staff_rate, paid_day_run, journeys)


# --- travel ------------------------------------------------------------------------------------------------


@fact
def travel_support_is_for_this_person(is_student_mobility: bool, travel_support: TravelSupport) -> bool:
    """Whether this call pays travel support to such a participant."""
    return travel_support.students if is_student_mobility else travel_support.staff


@rule(
    "funding.travel.support",
    due=Stage.BEFORE_DEPARTURE,
    only_if=(*_PAID, "travel_support_is_for_this_person"),
    pays=True,
    title="Travel support",
)
def participant_receives_travel_support(
    travel_is_to_be_paid: bool, travel_band: TravelBand | None, travel_paid_otherwise: TravelPaidOtherwise | None
) -> Answer:
    """Travel support by the distance one way; the amount covers the return trip."""
    otherwise = travel_paid_otherwise
    if not travel_is_to_be_paid and otherwise is not None and not otherwise.travel_support_due:
        return not_applicable("travel is paid otherwise or does not take place", rests_on=(otherwise,))
    if travel_band is None:
        return undetermined("travel support depends on the distance")
    return due(
        Payment(1, "return trip", travel_band.eur, "return trip"),
        "{eur} EUR in the band from {low} km",
        eur=travel_band.eur,
        low=travel_band.from_km,
        rests_on=(),
    )
