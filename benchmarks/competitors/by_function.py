"""Plain Python: one hand-written function of a row, the reference for a single check.

It holds the rules of the subset for the call that is measured and nothing else: no reasons, no sources, no unknowns.
"""

# ruff: noqa: C901, FURB136, PLR0912, PLR0915, PLR2004 - written the way it is quickest: one function, no calls in it

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.figures import FIGURES

_MET, _NOT_MET, _UNDETERMINED, _NOT_APPLICABLE, _DUE = "met", "not met", "undetermined", "not applicable", "due"

_COUNTS_AS = FIGURES.counts_as
_REGION_OF = FIGURES.region_of
_CLOSED_REGIONS = FIGURES.closed_regions
_DIGITAL_COUNTRIES = FIGURES.digital_countries
_DIGITAL_CYCLES = FIGURES.digital_cycles
_PAID_CYCLES = FIGURES.paid_cycles
_REFUSED_BY = {region: _UNDETERMINED if region in FIGURES.doubtful_regions else _NOT_MET for region in _PAID_CYCLES}
_CLOSED_ACTIVITIES = FIGURES.closed_activities
_NO_CHARTER = _NOT_MET if FIGURES.charter_required else _MET
_SIGNED_LATE = _NOT_MET if FIGURES.signed_before_start else _MET
_STUDY_MINIMUM, _STUDY_MAXIMUM = FIGURES.study_minimum_days, FIGURES.study_maximum_days
_TERM_SUFFICES = FIGURES.term_suffices
_TRAINEESHIP_MINIMUM, _TRAINEESHIP_MAXIMUM = FIGURES.traineeship_minimum_days, FIGURES.traineeship_maximum_days
_CYCLE, _ONE_CYCLE = FIGURES.cycle_days, FIGURES.one_cycle_days
_STAFF_MINIMUM, _STAFF_MAXIMUM = FIGURES.staff_minimum_days, FIGURES.staff_maximum_days
_INVITED_MINIMUM = FIGURES.invited_minimum_days
_HOURS, _HOURS_COMBINED, _WEEK = FIGURES.hours_a_week, FIGURES.hours_a_week_combined, FIGURES.week_days
_IN_FULL, _LAST_PAID = FIGURES.days_paid_in_full, FIGURES.last_paid_day
_TRAVEL_DAYS = FIGURES.travel_days
_BANDS = tuple(reversed(FIGURES.bands))

_STUDENT_RATE = {
    country: FIGURES.student_rates["incoming", FIGURES.student_groups[state]]
    for country, state in FIGURES.counts_as.items()
}
_STAFF_RATE = {
    country: FIGURES.staff_rates["incoming", FIGURES.staff_groups[state]]
    for country, state in FIGURES.counts_as.items()
}
_STUDENT_RATE_OUT = FIGURES.student_rates["outgoing", None]
_STAFF_RATE_OUT = FIGURES.staff_rates["outgoing", None]
_REDUCED_OF, _REDUCED_PARTS = FIGURES.reduced_share.numerator, FIGURES.reduced_share.denominator


def answers(row: Mapping[str, Any]) -> tuple[str | int | None, ...]:
    """The outcomes of a row in the order of ``OUTCOMES``; an amount that is not due is *None* [cents]."""
    activity = row["activity"]
    sending, receiving = row["sending_country"], row["receiving_country"]
    start, end = row["start_date"], row["end_date"]
    studies = activity == "studies"
    is_student = studies or activity == "traineeship"
    from_programme, to_programme = sending in _COUNTS_AS, receiving in _COUNTS_AS
    is_credit = from_programme is not to_programme

    open_region = cycle_paid = charter = signed_by_programme = signed_by_partner = _NOT_APPLICABLE
    if is_credit:
        one_side = _MET
        cycle = row["study_cycle"]
        region = _REGION_OF[receiving if from_programme else sending]
        open_region = _MET
        if region in _CLOSED_REGIONS:
            open_region = _NOT_MET
            if (
                from_programme
                and receiving in _DIGITAL_COUNTRIES
                and activity == "traineeship"
                and cycle in _DIGITAL_CYCLES
            ):
                open_region = _UNDETERMINED
        if from_programme and is_student:
            cycle_paid = _MET
            if region in _PAID_CYCLES and cycle not in _PAID_CYCLES[region]:
                cycle_paid = _REFUSED_BY[region]
        from_university = is_student or row["sending_kind"] == "university"
        to_university = row["receiving_kind"] == "university" or studies or activity not in {"traineeship", "training"}
        if from_university if from_programme else to_university:
            holds = row["sending_holds_charter" if from_programme else "receiving_holds_charter"]
            charter = _MET if holds else _NO_CHARTER
        if from_university and to_university:
            signed_by_programme = _MET if row["agreement_signed_by_programme_side_on"] < start else _SIGNED_LATE
            signed_by_partner = _MET if row["agreement_signed_by_partner_side_on"] < start else _SIGNED_LATE
    else:
        one_side = _NOT_MET

    study_minimum = study_maximum = traineeship_minimum = traineeship_maximum = cap = _NOT_APPLICABLE
    staff_minimum = staff_maximum = hours = _NOT_APPLICABLE
    support = in_full = reduced = travel = None
    total = 0
    if is_student:
        first, last = start.day, end.day
        days = (
            360 * (end.year - start.year)
            + 30 * (end.month - start.month)
            + (last if last < 30 else 30)
            - (first if first < 30 else 30)
            + 1
        )
        if studies:
            enough = days >= _STUDY_MINIMUM or (_TERM_SUFFICES and row["covers_academic_term"])
            study_minimum = _MET if enough else _NOT_MET
            study_maximum = _MET if days <= _STUDY_MAXIMUM else _NOT_MET
        else:
            traineeship_minimum = _MET if days >= _TRAINEESHIP_MINIMUM else _NOT_MET
            traineeship_maximum = _MET if days <= _TRAINEESHIP_MAXIMUM else _NOT_MET
        allowed = _ONE_CYCLE if row["one_cycle_programme"] else _CYCLE
        cap = _MET if days + row["days_used_in_cycle"] <= allowed else _NOT_MET
        if is_credit:
            rate = _STUDENT_RATE_OUT if from_programme else _STUDENT_RATE[receiving]
            total = support = (rate * days * 2 + 30) // 60
    else:
        days = (end - start).days + 1
        invited = row["sending_kind"] != "university"  # whether on invitation is not told, and what it lowers is open
        if days >= _STAFF_MINIMUM:
            staff_minimum = _MET
        else:
            staff_minimum = _UNDETERMINED if invited and days >= _INVITED_MINIMUM else _NOT_MET
        staff_maximum = _MET if days <= _STAFF_MAXIMUM else _NOT_MET
        if activity != "training":
            asked = _HOURS if activity == "teaching" else _HOURS_COMBINED
            if row["teaching_hours"] * _WEEK >= asked * (days if days > _WEEK else _WEEK):
                hours = _MET
            else:
                hours = _UNDETERMINED if invited else _NOT_MET
        if is_credit:
            rate = _STAFF_RATE_OUT if from_programme else _STAFF_RATE[receiving]
            claimed = row["travel_days_claimed"]
            paid = days if days < _LAST_PAID else _LAST_PAID
            paid += claimed if claimed < _TRAVEL_DAYS else _TRAVEL_DAYS
            if paid <= _IN_FULL:
                total = in_full = rate * paid
            else:
                in_full = rate * _IN_FULL
                reduced = (rate * (paid - _IN_FULL) * _REDUCED_OF * 2 + _REDUCED_PARTS) // (2 * _REDUCED_PARTS)
                total = in_full + reduced
    if is_credit:
        distance = row["distance_km"]
        for begins, amount in _BANDS:
            if distance >= begins:
                travel = amount
                total += amount
                break

    is_open = _NOT_MET if activity in _CLOSED_ACTIVITIES else _MET
    requirements = (
        one_side,
        open_region,
        cycle_paid,
        charter,
        is_open,
        signed_by_programme,
        signed_by_partner,
        study_minimum,
        study_maximum,
        traineeship_minimum,
        traineeship_maximum,
        cap,
        staff_minimum,
        staff_maximum,
        hours,
    )
    if _NOT_MET in requirements:
        overall = "not eligible"
    else:
        overall = "cannot tell yet" if _UNDETERMINED in requirements else "eligible"
    return (
        overall,
        *requirements,
        _NOT_APPLICABLE if support is None else _DUE,
        _NOT_APPLICABLE if in_full is None else _DUE,
        _NOT_APPLICABLE if reduced is None else _DUE,
        _NOT_APPLICABLE if travel is None else _DUE,
        support,
        in_full,
        reduced,
        travel,
        total,
    )
