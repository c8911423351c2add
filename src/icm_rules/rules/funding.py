"""What is paid: individual support and travel support, each line by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

import attrs

from icm_rules.engine import (
    Answer,
    Cited,
    Payment,
    Unknown,
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
    DeparturePlace,
    DisadvantagedTopUp,
    DistanceBand,
    DistanceEstimate,
    ExpensiveTravel,
    FewerOpportunitiesMonthly,
    FewerOpportunitiesShort,
    GreenTravelBand,
    GreenTravelBands,
    InclusionForOrganisations,
    InclusionForParticipants,
    IncompleteMonth,
    OrganisationalSupport,
    OrganisationalSupportBeyond,
    PaidDayRun,
    ReducedStaffRate,
    ShortStayRate,
    ShortStayRates,
    ShortStaySplit,
    SpecialNeedsSupport,
    StaffCountryGroups,
    StaffRate,
    StaffRates,
    StudentCountryGroups,
    StudentRate,
    StudentRates,
    StudentTravelDays,
    TraineeshipTopUp,
    TravelBand,
    TravelBands,
    TravelPaidOtherwise,
    TravelSupport,
)
from icm_rules.model.terms import Direction, Stage
from icm_rules.rules.values import CountryStatus, DayNumbers, TravelDays, counted

# --- what is asked -----------------------------------------------------------------------------------------


@fact
def carries_grant(
    is_zero_grant: bool,
    has_days_without_grant: bool,
    days_without_grant: DayNumbers,
    agreed_funded_days: int | None,
    a_funded_day_is_left: bool | None,
    is_student_mobility: bool | None,
    start_is_told: bool,
    end_is_told: bool,
) -> bool | Unknown:
    """Whether the stay carries a grant from EU funds: it is no zero-grant stay, and a day with a grant is left."""
    if is_zero_grant or not has_days_without_grant:
        return not is_zero_grant
    if agreed_funded_days == 0:
        return False
    if not days_without_grant.by_calendar and not days_without_grant.in_months_of_30:
        return True
    if a_funded_day_is_left is None:
        needs = {"start_date": start_is_told, "end_date": end_is_told}
        untold = tuple(name for name, is_told in needs.items() if not is_told)
        return Unknown(untold or (("activity",) if is_student_mobility is None else ("stay_format",)))
    return a_funded_day_is_left


@fact
def counts_as_fewer_opportunities(has_fewer_opportunities: bool, inclusion_costs_eur: Decimal | None) -> bool:
    """Whether the participant has fewer opportunities: whoever claims real additional costs has them."""
    return has_fewer_opportunities or bool(inclusion_costs_eur)


@fact
def travel_is_to_be_paid(is_travel_paid_otherwise: bool) -> bool:
    """Whether travel takes place and nobody else pays it."""
    return not is_travel_paid_otherwise


_PAID = ("is_credit_mobility", "carries_grant")

AnyRate = TypeVar("AnyRate", StudentRate, StaffRate)
AnyBand = TypeVar("AnyBand", TravelBand, GreenTravelBand)


# --- students ----------------------------------------------------------------------------------------------


def _group_of(country: str, groups: tuple[CountryGroup, ...]) -> CountryGroup | None:
    return next((line for line in groups if country in line.countries), None)


def _rate_line(
    direction: Direction,
    receiving: CountryStatus,
    groups: tuple[CountryGroup, ...],
    rates: tuple[AnyRate, ...],
) -> AnyRate | Unknown:
    """The rate for this direction and receiving country, resting on its line and on that of the country's group."""
    group = _group_of(receiving.counts_as, groups) if direction is Direction.INCOMING else None
    for line in rates:
        if line.direction is direction and line.group == (group.group if group else None):
            return based(line, line, group) if group else based(line, line)
    if direction not in {Direction.INCOMING, Direction.OUTGOING}:
        return unknown(f"no rate is written for mobility {direction.words}")
    return unknown(f"no rate is written for {direction.words} mobility to {receiving.country.name}")


@fact
def student_rate(
    direction: Direction,
    receiving_status: CountryStatus,
    student_country_groups: StudentCountryGroups,
    student_rates: StudentRates,
) -> StudentRate | Unknown:
    """The monthly rate of individual support for this student [EUR a month]."""
    return _rate_line(direction, receiving_status, student_country_groups.lines, student_rates.lines)


def _in_months(days: int, days_of_month: int) -> str:
    months, rest = divmod(days, days_of_month)
    whole, part = "1 month" if months == 1 else f"{months} months", f"{rest}/{days_of_month}"
    if rest == 0:
        return whole
    return f"{part} of a month" if months == 0 else f"{whole} and {part}"


@rule(
    "funding.student.individual_support",
    due=Stage.BEFORE_DEPARTURE,
    only_if=(*_PAID, "is_long_student_stay"),
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
) -> StaffRate | Unknown:
    """The daily rate of individual support for this member of staff [EUR a day]."""
    return _rate_line(direction, receiving_status, staff_country_groups.lines, staff_rates.lines)


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


_WHOLE = Fraction(1)


def _staff_line(
    part: int,
    days: int,
    travel: TravelDays,
    rate: StaffRate,
    reduced: ReducedStaffRate,
    run: PaidDayRun,
    needs: tuple[str, ...],
) -> Answer:
    """The line of the days paid in full (``part`` 0) or in part (1); ``needs`` are the facts that settle a range."""
    in_run = run.includes_travel_days
    low, other = (_paid_days(days, travel.low, reduced, travel_in_run=way)[part] for way in (in_run, not in_run))
    # The reading of the run of paid days is cited only where the other reading would have paid otherwise.
    high, decided = low, low != other
    if travel.high != travel.low:
        high, other = (_paid_days(days, travel.high, reduced, travel_in_run=way)[part] for way in (in_run, not in_run))
        decided = decided or high != other
    rests_on = (reduced, run) if decided else (reduced,)
    if part and high == 0:
        return not_applicable(
            "no paid day comes after the {last} paid in full", last=reduced.first_reduced_day - 1, rests_on=rests_on
        )
    share = Fraction(reduced.share) if part else _WHOLE
    template = "{paid} days at {share} % of {rate} EUR" if part else "{paid} days at {rate} EUR"
    least = Payment(low, "day", rate.eur_per_day, "day", share)
    told: Words = {"rate": rate.eur_per_day, "share": share * 100, "fewest": travel.low, "highest": travel.high}
    if low == high:
        return due(least, template, paid=low, rests_on=rests_on, **told)
    return due_between(
        least,
        Payment(high, "day", rate.eur_per_day, "day", share),
        template + ", by the days of travel that are paid ({fewest} to {highest})",
        needs=needs,
        paid=f"{low} to {high}",
        rests_on=rests_on,
        **told,
    )


def _settling(claimed: int | None, dates: dict[str, bool], *, green: bool | None) -> tuple[str, ...]:
    """The facts that would settle how many days of travel are paid; a claim is taken at its word without any date.

    ``dates`` says of each date whether it is told.
    """
    untold: tuple[str, ...] = ()
    if claimed is None:
        untold = ("travel_days_claimed", *(name for name, is_told in dates.items() if not is_told))
    return untold if green is not None else (*untold, "travel_legs")


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
    outward_travel_is_dated: bool,
    return_travel_is_dated: bool,
    travels_green: bool | None,
) -> Answer:
    """Individual support for staff on the days paid in full, days of travel included."""
    dates = {"outward_travel_date": outward_travel_is_dated, "return_travel_date": return_travel_is_dated}
    needs = _settling(travel_days_claimed, dates, green=travels_green)
    return _staff_line(0, funded_staff_days, travel_days, staff_rate, reduced_staff_rate, paid_day_run, needs)


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
    outward_travel_is_dated: bool,
    return_travel_is_dated: bool,
    travels_green: bool | None,
) -> Answer:
    """Individual support for staff on the later days, which are paid in part."""
    dates = {"outward_travel_date": outward_travel_is_dated, "return_travel_date": return_travel_is_dated}
    needs = _settling(travel_days_claimed, dates, green=travels_green)
    return _staff_line(1, funded_staff_days, travel_days, staff_rate, reduced_staff_rate, paid_day_run, needs)


# --- travel ------------------------------------------------------------------------------------------------


@fact
def travel_support_is_for_this_person(is_student_mobility: bool, travel_support: TravelSupport) -> bool:
    """Whether this call pays travel support to such a participant."""
    return travel_support.students if is_student_mobility else travel_support.staff


@fact(of_presence=True)
def distance_is_told(distance_km: Decimal | None) -> bool:
    """Whether the distance one way is told."""
    return distance_km is not None


@fact(in_steps=True)
def usual_band_numbers(distance_km: Decimal | None, travel_bands: TravelBands) -> tuple[int, ...]:
    """The places, in the table of travel support, of the bands in which the distance may lie.

    It rests on no text by itself: what is paid in a band is cited where it is paid.
    """
    return based(_bands_at(distance_km, travel_bands.lines))


@fact
def green_band_numbers(distance_km: Decimal | None, green_travel_bands: GreenTravelBands | None) -> tuple[int, ...]:
    """The same in the table of green travel; none where the call has no such table."""
    return based(_bands_at(distance_km, green_travel_bands.lines if green_travel_bands else ()))


@fact
def estimated_usual_band_numbers(
    estimated_distance_km: Decimal | None,
    estimate_without_proof_km: Decimal | None,
    travel_bands: TravelBands,
    distance_estimate: DistanceEstimate | None,
) -> tuple[int, ...]:
    """The same by an estimate of the distance: the bands that a figure within the tolerance may lie in.

    Where nothing proves the place of departure, these are the bands by the distance from there and from the seat.
    """
    estimates = (estimated_distance_km, estimate_without_proof_km)
    return based(_bands_near_any(estimates, travel_bands.lines, distance_estimate))


@fact
def estimated_green_band_numbers(
    estimated_distance_km: Decimal | None,
    estimate_without_proof_km: Decimal | None,
    green_travel_bands: GreenTravelBands | None,
    distance_estimate: DistanceEstimate | None,
) -> tuple[int, ...]:
    """The same in the table of green travel."""
    lines = green_travel_bands.lines if green_travel_bands else ()
    return based(_bands_near_any((estimated_distance_km, estimate_without_proof_km), lines, distance_estimate))


@fact
def distance_is_estimated(distance_is_told: bool, estimated_distance_km: Decimal | None) -> bool:
    """Whether the distance is known by an estimate alone; the figure of the official calculator always wins."""
    return not distance_is_told and estimated_distance_km is not None


@rule(
    "funding.travel.support",
    due=Stage.BEFORE_DEPARTURE,
    only_if=(*_PAID, "travel_support_is_for_this_person"),
    pays=True,
    tells="distance_km",
    title="Travel support",
)
def participant_receives_travel_support(
    travel_is_to_be_paid: bool,
    distance_is_told: bool,
    distance_is_estimated: bool,
    usual_band_numbers: tuple[int, ...],
    green_band_numbers: tuple[int, ...],
    estimated_usual_band_numbers: tuple[int, ...],
    estimated_green_band_numbers: tuple[int, ...],
    unsettled_departure: tuple[str, ...],
    travels_green: bool | None,
    real_travel_costs_eur: Decimal | None,
    travel_bands: TravelBands,
    green_travel_bands: GreenTravelBands | None,
    travel_paid_otherwise: TravelPaidOtherwise | None,
    expensive_travel: ExpensiveTravel | None,
    distance_estimate: DistanceEstimate | None,
    departure_place: DeparturePlace | None,
) -> Answer:
    """Travel support by the distance one way; the amount covers the return trip."""
    otherwise = travel_paid_otherwise
    if not travel_is_to_be_paid and otherwise is not None and not otherwise.travel_support_due:
        return not_applicable("travel is paid otherwise or does not take place", rests_on=(otherwise,))
    usual_numbers = estimated_usual_band_numbers if distance_is_estimated else usual_band_numbers
    green_numbers = estimated_green_band_numbers if distance_is_estimated else green_band_numbers
    usual = tuple(travel_bands.lines[number] for number in usual_numbers)
    green = tuple(green_travel_bands.lines[number] for number in green_numbers) if green_travel_bands else ()
    units = _units(usual, green, travels_green)
    if not units:
        sentence = "no band holds the estimated distance" if distance_is_estimated else "no band holds {distance_km} km"
        return undetermined(sentence, needs=("distance_km",) if distance_is_estimated else (), gaps=(_NO_BAND,))
    estimate = (distance_estimate,) if distance_is_estimated and distance_estimate is not None else ()
    in_doubt = () if distance_is_told else unsettled_departure
    lines = [_travel_line(unit, real_travel_costs_eur, expensive_travel) for unit in units]
    if (distance_is_told or distance_is_estimated) and len(lines) == 1:
        (only,) = lines
        template = f"{only.template}; by an estimate of the distance" if estimate else only.template
        return due(only.payment, template, rests_on=(*only.rests_on, *estimate), **only.told)
    paragraphs = (
        *estimate,
        *((departure_place,) if estimate and in_doubt and departure_place is not None else ()),
        *((travel_bands,) if any(unit in usual for unit in units) else ()),
        *((green_travel_bands,) if green_travel_bands and any(unit in green for unit in units) else ()),
        *((expensive_travel,) if expensive_travel and any(line.is_real_cost for line in lines) else ()),
    )
    least, most = (choose(lines, key=lambda line: line.payment.exact) for choose in (min, max))
    if least.payment.exact == most.payment.exact:
        used = tuple(dict.fromkeys(item for line in lines for item in line.rests_on))
        return due(least.payment, least.template, rests_on=used if distance_is_told else paragraphs, **least.told)
    by_distance = not distance_is_told and len({line.from_km for line in lines}) > 1
    needs = {
        "distance_km": by_distance,
        **dict.fromkeys(in_doubt, by_distance),
        "travel_legs": travels_green is None and _differ_by_means(lines),
    }
    template = "{least} to {most} EUR, by " + " and ".join(_SETTLED_BY[name] for name, asked in needs.items() if asked)
    if estimate and by_distance and in_doubt:
        template += "; nothing proves that it starts elsewhere, so the distance from the seat may count as well"
    elif estimate and by_distance:
        template += "; the estimate lies so near the edge of a band that the calculator's figure decides"
    if any(line.is_real_cost for line in lines):
        template += "; {share} % of the real cost of {costs} EUR where the amount would cover less than {part} %"
    told: Words = {name: value for line in lines for name, value in line.told.items()}
    return due_between(
        least.payment,
        most.payment,
        template,
        needs=tuple(name for name, asked in needs.items() if asked),
        rests_on=paragraphs,
        **told | {"least": least.payment.exact, "most": most.payment.exact},
    )


_NO_BAND = "no band of the table of travel support holds the distance"
_SETTLED_BY = {
    "distance_km": "the distance",
    "departure_coordinates": "the place of departure",
    "departure_is_proven": "its proof",
    "travel_legs": "the means of transport",
}


def _bands_at(distance: Decimal | None, lines: tuple[AnyBand, ...]) -> tuple[int, ...]:
    """The place of the band in which the distance lies, if one does; of every band while the distance is not known."""
    if distance is None:
        return tuple(range(len(lines)))
    for number, line in enumerate(lines):
        if line.from_km <= distance and (line.to_km is None or distance < line.to_km):
            return (number,)
    return ()


def bands_near(
    distance: Decimal | None, lines: Sequence[DistanceBand], distance_estimate: DistanceEstimate | None
) -> tuple[int, ...]:
    """The places of the bands that a figure within the tolerance of the distance may lie in.

    Every band while the distance is not known, or where the call does not say how it is estimated.
    """
    if distance is None or distance_estimate is None:
        return tuple(range(len(lines)))
    tolerance = distance_estimate.tolerance
    least, most = distance * (1 - tolerance), distance * (1 + tolerance)
    return tuple(
        number
        for number, line in enumerate(lines)
        if line.from_km <= most and (line.to_km is None or least < line.to_km)
    )


def _bands_near_any(
    distances: Iterable[Decimal | None], lines: Sequence[DistanceBand], distance_estimate: DistanceEstimate | None
) -> tuple[int, ...]:
    """The places of the bands that a figure within the tolerance of one of the distances may lie in."""
    found = {number for distance in distances for number in bands_near(distance, lines, distance_estimate)}
    return tuple(sorted(found))


def _units(
    usual: tuple[TravelBand, ...], green: tuple[GreenTravelBand, ...], travels_green: bool | None
) -> list[TravelBand | GreenTravelBand]:
    """The lines that may apply: the green ones take the place of the usual ones of the same band."""
    if travels_green is False:
        return [*usual]
    if travels_green is None:
        return [*usual, *green]
    replaced = {line.from_km for line in green}
    return [*(line for line in usual if line.from_km not in replaced), *green]


@attrs.frozen(kw_only=True)
class _TravelLine:
    """What is paid in one band: its amount, or a share of the real cost of which the amount covers too little."""

    from_km: Decimal
    payment: Payment
    template: str
    told: Words
    rests_on: tuple[Cited, ...]
    is_real_cost: bool = False


def _differ_by_means(lines: list[_TravelLine]) -> bool:
    """Whether one band pays usual and green travel differently."""
    amounts = {(line.from_km, line.payment.exact) for line in lines}
    return len(amounts) > len({from_km for from_km, _ in amounts})


def _travel_line(
    unit: TravelBand | GreenTravelBand, costs: Decimal | None, expensive: ExpensiveTravel | None
) -> _TravelLine:
    if costs is not None and expensive is not None and unit.eur < costs * expensive.unit_covers_less_than:
        share, part = Fraction(expensive.share_of_real_costs), Fraction(expensive.unit_covers_less_than)
        return _TravelLine(
            from_km=unit.from_km,
            payment=Payment(1, "return trip", costs, "return trip", share),
            template="{share} % of the real cost of {costs} EUR, of which the amount by distance would cover less than "
            "{part} %",
            told={"share": share * 100, "costs": costs, "part": part * 100},
            rests_on=(expensive, unit),
            is_real_cost=True,
        )
    manner = " for green travel" if isinstance(unit, GreenTravelBand) else ""
    band = "the last band, from {low} km on" if unit.to_km is None else "the band from {low} km to less than {high} km"
    return _TravelLine(
        from_km=unit.from_km,
        payment=Payment(1, "return trip", unit.eur, "return trip"),
        template=f"{{eur}} EUR{manner} in {band}",
        told={"eur": unit.eur, "low": unit.from_km, "high": unit.to_km},
        rests_on=(unit,),
    )


# --- short stays, additions and days of travel of students, from call 2022 on ------------------------------


def _short_stay_line(days: int, line: ShortStayRate) -> Payment:
    paid = max(min(days, line.last_day) - line.first_day + 1, 0)
    return Payment(paid, "day", line.eur_per_day, "day")


def _short_stay_answer(days: int, line: ShortStayRate, rates: ShortStayRates, split: ShortStaySplit) -> Answer:
    """The line of the days that this rate pays; the reading of the split decides only where later days there are."""
    payment = _short_stay_line(days, line)
    rests_on = (line, split) if days > rates.lines[0].last_day else (line,)
    if payment.quantity == 0 and line is not rates.lines[0]:
        return not_applicable("no day comes after the first {last}", last=line.first_day - 1, rests_on=(line,))
    return due(
        payment,
        "{paid} at {rate} EUR a day",
        paid=counted(payment.quantity, "day"),
        rate=line.eur_per_day,
        rests_on=rests_on,
    )


@rule(
    "funding.student.short_stay_first_days",
    due=Stage.BEFORE_DEPARTURE,
    only_if=(*_PAID, "is_short_student_stay"),
    pays=True,
    title="Individual support, first days",
)
def short_stay_is_paid_at_the_first_rate(
    funded_short_days: int, short_stay_rates: ShortStayRates, short_stay_split: ShortStaySplit
) -> Answer:
    """Individual support for a short stay of a student on the first days."""
    return _short_stay_answer(funded_short_days, short_stay_rates.lines[0], short_stay_rates, short_stay_split)


@rule(
    "funding.student.short_stay_later_days",
    due=Stage.BEFORE_DEPARTURE,
    only_if=(*_PAID, "is_short_student_stay"),
    pays=True,
    title="Individual support, later days",
)
def short_stay_is_paid_at_the_later_rate(
    funded_short_days: int, short_stay_rates: ShortStayRates, short_stay_split: ShortStaySplit
) -> Answer:
    """Individual support for a short stay of a student on the later days."""
    return _short_stay_answer(funded_short_days, short_stay_rates.lines[-1], short_stay_rates, short_stay_split)


@rule(
    "funding.student.fewer_opportunities_monthly",
    due=Stage.BEFORE_DEPARTURE,
    only_if=(*_PAID, "is_long_student_stay", "counts_as_fewer_opportunities"),
    pays=True,
    title="Addition for fewer opportunities",
)
def long_stay_receives_the_addition_for_fewer_opportunities(
    funded_student_days: int, fewer_opportunities_monthly: FewerOpportunitiesMonthly, incomplete_month: IncompleteMonth
) -> Answer:
    """The monthly addition for a student with fewer opportunities on a long stay."""
    rate, parts = fewer_opportunities_monthly.eur_per_month, incomplete_month.parts_of_month
    return due(
        Payment(funded_student_days, "day", rate, "month", Fraction(1, parts)),
        "{length} at {rate} EUR a month",
        length=_in_months(funded_student_days, parts),
        rate=rate,
    )


@rule(
    "funding.student.fewer_opportunities_short",
    due=Stage.BEFORE_DEPARTURE,
    only_if=(*_PAID, "is_short_student_stay", "counts_as_fewer_opportunities"),
    pays=True,
    title="Addition for fewer opportunities, once",
)
def short_stay_receives_the_addition_for_fewer_opportunities(
    funded_short_days: int, fewer_opportunities_short: FewerOpportunitiesShort
) -> Answer:
    """The addition for a student with fewer opportunities on a short stay, paid once, by its length."""
    for line in fewer_opportunities_short.lines:
        if line.first_day <= funded_short_days <= line.last_day:
            return due(
                Payment(1, "stay", line.eur, "stay"),
                "{eur} EUR once for a stay of {first} to {last} days",
                eur=line.eur,
                first=line.first_day,
                last=line.last_day,
                rests_on=(line,),
            )
    return not_applicable("no addition is set for a stay of {days} days that carry a grant", days=funded_short_days)


@rule(
    "funding.student.traineeship_top_up",
    due=Stage.BEFORE_DEPARTURE,
    only_if=(*_PAID, "is_long_student_stay", "is_traineeship_mobility"),
    pays=True,
    title="Addition for a traineeship",
)
def traineeship_receives_an_addition(
    funded_student_days: int | None, traineeship_top_up: TraineeshipTopUp, incomplete_month: IncompleteMonth
) -> Answer:
    """The monthly addition for a traineeship, where this action has one."""
    rate, parts = traineeship_top_up.eur_per_month, incomplete_month.parts_of_month
    if rate == 0:
        return not_applicable("this action has no addition for traineeships", rests_on=(traineeship_top_up,))
    if funded_student_days is None:
        return undetermined("the addition depends on the length of the stay")
    payment = Payment(funded_student_days, "day", rate, "month", Fraction(1, parts))
    return due(payment, "{length} at {rate} EUR a month", length=_in_months(funded_student_days, parts), rate=rate)


@rule(
    "funding.student.travel_days",
    due=Stage.BEFORE_DEPARTURE,
    only_if=(*_PAID, "is_long_student_stay"),
    pays=True,
    title="Individual support, days of travel",
)
def students_travel_days_are_paid(
    travel_days: TravelDays,
    student_rate: StudentRate,
    student_travel_days: StudentTravelDays,
    travel_days_claimed: int | None,
    outward_travel_is_dated: bool,
    return_travel_is_dated: bool,
    start_is_told: bool,
    end_is_told: bool,
    travels_green: bool | None,
) -> Answer:
    """Individual support for the days of travel of a student on a long stay."""
    rate, parts = student_rate.eur_per_month, student_travel_days.parts_of_month
    least, most = (
        Payment(days, "day", rate, "month", Fraction(1, parts)) for days in (travel_days.low, travel_days.high)
    )
    if travel_days.high == 0:
        return not_applicable("no day of travel is paid")
    if least == most:
        return due(
            least, "{days} days of travel at 1/{parts} of {rate} EUR", days=travel_days.low, parts=parts, rate=rate
        )
    dates = {
        "outward_travel_date": outward_travel_is_dated,
        "return_travel_date": return_travel_is_dated,
        "start_date": start_is_told,
        "end_date": end_is_told,
    }
    return due_between(
        least,
        most,
        "{low} to {high} days of travel at 1/{parts} of {rate} EUR",
        needs=_settling(travel_days_claimed, dates, green=travels_green),
        low=travel_days.low,
        high=travel_days.high,
        parts=parts,
        rate=rate,
    )


@rule(
    "funding.inclusion.participant",
    due=Stage.BEFORE_DEPARTURE,
    only_if="is_credit_mobility",
    pays=True,
    title="Inclusion support",
)
def inclusion_support_pays_real_costs(
    inclusion_costs_eur: Decimal | None, inclusion_for_participants: InclusionForParticipants
) -> Answer:
    """Inclusion support for the participant: the real additional costs, where any are asked for."""
    return _real_costs(inclusion_costs_eur, inclusion_for_participants.share_of_real_costs)


@rule(
    "funding.special_needs.participant",
    due=Stage.BEFORE_DEPARTURE,
    only_if="is_credit_mobility",
    pays=True,
    title="Special needs support",
)
def special_needs_support_pays_real_costs(
    inclusion_costs_eur: Decimal | None, special_needs_support: SpecialNeedsSupport
) -> Answer:
    """Special needs support for the participant: the real additional costs, where any are asked for."""
    return _real_costs(inclusion_costs_eur, special_needs_support.share_of_real_costs)


def _real_costs(costs: Decimal | None, share: Decimal) -> Answer:
    if costs is None:
        return not_applicable("no additional costs are told")
    return due(
        Payment(1, "claim", costs, "claim", Fraction(share)),
        "{share} % of {costs} EUR of real additional costs",
        share=Fraction(share) * 100,
        costs=costs,
    )


# --- what the organisations receive ------------------------------------------------------------------------


@rule(
    "funding.organisation.organisational_support",
    due=Stage.BEFORE_DEPARTURE,
    only_if="is_credit_mobility",
    pays=True,
    informs=True,
    title="Organisational support",
)
def organisations_receive_support(
    organisational_support: OrganisationalSupport, organisational_support_beyond: OrganisationalSupportBeyond | None
) -> Answer:
    """Organisational support for this participant, paid to the organisations and no part of the participant's grant."""
    usual = Payment(1, "participant", organisational_support.eur_per_participant, "participant")
    beyond = organisational_support_beyond
    if beyond is None or organisational_support.up_to_participants is None:
        return due(usual, "{eur} EUR a participant", eur=usual.rate, rests_on=(organisational_support,))
    lower = Payment(1, "participant", beyond.eur_per_participant, "participant")
    return due_between(
        lower,
        usual,
        "{eur} EUR a participant up to number {number} of the project, then {lower} EUR",
        needs=(),
        eur=usual.rate,
        number=organisational_support.up_to_participants,
        lower=lower.rate,
    )


@rule(
    "funding.organisation.inclusion_support",
    due=Stage.BEFORE_DEPARTURE,
    only_if="is_credit_mobility",
    pays=True,
    informs=True,
    title="Inclusion support for the organisation",
)
def organisations_receive_inclusion_support(
    inclusion_costs_eur: Decimal | None, inclusion_for_organisations: InclusionForOrganisations
) -> Answer:
    """Inclusion support for the organisation of a participant whose real additional costs are paid."""
    if not inclusion_costs_eur:
        return not_applicable("no additional costs of the participant are claimed")
    rate = inclusion_for_organisations.eur_per_participant
    return due(Payment(1, "participant", rate, "participant"), "{eur} EUR a participant", eur=rate)
