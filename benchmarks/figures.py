"""The figures of the Guide as plain values, read once at start-up: no competitor writes a figure a second time."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from benchmarks.subset import CALL
from icm_rules.engine.citations import Confidence
from icm_rules.guide import Guide, guide


class Figures(NamedTuple):
    """What the rules of the subset read in the Guide."""

    counts_as: dict[str, str]
    """Countries that take full part, and territories that belong to one, each with the country whose rate applies."""
    region_of: dict[str, int]
    """The region of every other country that a list names."""
    closed_regions: frozenset[int]
    digital_countries: frozenset[str]
    """Countries of closed regions that are open to outgoing trainees in digital skills ..."""
    digital_cycles: frozenset[str]
    """... of these cycles."""
    paid_cycles: dict[int, frozenset[str]]
    """The cycles of outgoing students that are paid, by region; a region that is not named pays all."""
    doubtful_regions: frozenset[int]
    """Regions whose limit of cycles is unverified: it refuses nobody, it leaves the answer open."""
    closed_activities: frozenset[str]
    charter_required: bool
    signed_before_start: bool
    study_minimum_days: int
    term_suffices: bool
    study_maximum_days: int
    traineeship_minimum_days: int
    traineeship_maximum_days: int
    cycle_days: int
    one_cycle_days: int
    staff_minimum_days: int
    staff_maximum_days: int
    invited_minimum_days: int
    hours_a_week: int
    hours_a_week_combined: int
    week_days: int
    student_groups: dict[str, str]
    staff_groups: dict[str, str]
    student_rates: dict[tuple[str, str | None], int]
    """Cents a month by direction and group of the receiving country."""
    staff_rates: dict[tuple[str, str | None], int]
    """Cents a day."""
    days_paid_in_full: int
    last_paid_day: int
    reduced_share: Fraction
    travel_days: int
    """Days of travel that are paid at most."""
    bands: tuple[tuple[int, int], ...]
    """Where each band of distances begins [km], and its amount [cents]."""


def _cents(amount: Decimal) -> int:
    cents = amount * 100
    if cents != int(cents):
        message = f"{amount} EUR is no whole number of cents, and the competitors count in whole cents"
        raise ValueError(message)
    return int(cents)


def _groups(paragraph: Any) -> dict[str, str]:  # noqa: ANN401 - any of the two paragraphs of groups
    return {country: line.group for line in paragraph.lines for country in line.countries}


def _rates(paragraph: Any, unit: str) -> dict[tuple[str, str | None], int]:  # noqa: ANN401 - as above
    return {(line.direction.value, line.group): _cents(getattr(line, unit)) for line in paragraph.lines}


def read(of: Guide | None = None) -> Figures:
    """The figures of a Guide; of the Guide that is measured, where none is given."""
    book: Any = of or guide(CALL)
    _check_readings(book)
    programme = book["programme_countries"].countries
    overseas = book["overseas_territories"].belongs_to
    counts_as = {country: country for country in sorted(programme)}
    counts_as |= {place: state for place, state in sorted(overseas.items()) if state in programme}
    regions = book["regions"].lines
    limits = book["outgoing_limits"].lines
    digital, reduced, teaching = book["digital_traineeships"], book["reduced_staff_rate"], book["teaching_minimum"]
    study, traineeship, staff = book["study_duration"], book["traineeship_duration"], book["staff_duration"]
    return Figures(
        counts_as=counts_as,
        region_of={country: line.number for line in regions for country in sorted(line.countries)},
        closed_regions=frozenset(line.number for line in regions if not line.open),
        digital_countries=frozenset(digital.countries),
        digital_cycles=frozenset(cycle.value for cycle in digital.cycles),
        paid_cycles={
            region: frozenset(cycle.value for cycle in line.cycles) for line in limits for region in line.regions
        },
        doubtful_regions=frozenset(
            region for line in limits for region in line.regions if line.citation.confidence is Confidence.UNVERIFIED
        ),
        closed_activities=frozenset(line.activity.value for line in book["activities"].lines if not line.open),
        charter_required="programme" in book["charter"].required_of,
        signed_before_start=book["inter_institutional_agreement"].signed_before_start,
        study_minimum_days=study.minimum_days,
        term_suffices=study.term_suffices,
        study_maximum_days=study.maximum_months * 30,
        traineeship_minimum_days=traineeship.minimum_days,
        traineeship_maximum_days=traineeship.maximum_months * 30,
        cycle_days=book["cycle_cap"].maximum_months * 30,
        one_cycle_days=book["one_cycle_cap"].maximum_months * 30,
        staff_minimum_days=staff.minimum_days,
        staff_maximum_days=staff.maximum_days,
        invited_minimum_days=book["invited_staff_duration"].minimum_days,
        hours_a_week=teaching.minimum_per_week,
        hours_a_week_combined=min(teaching.minimum_per_week, book["combined_teaching_minimum"].minimum_per_week),
        week_days=teaching.week_days,
        student_groups=_groups(book["student_country_groups"]),
        staff_groups=_groups(book["staff_country_groups"]),
        student_rates=_rates(book["student_rates"], "eur_per_month"),
        staff_rates=_rates(book["staff_rates"], "eur_per_day"),
        days_paid_in_full=reduced.first_reduced_day - 1,
        last_paid_day=reduced.last_day,
        reduced_share=Fraction(reduced.share),
        travel_days=book["funded_travel_days"].maximum_before + book["funded_travel_days"].maximum_after,
        bands=tuple((int(line.from_km), _cents(line.eur)) for line in book["travel_bands"].lines),
    )


def _check_readings(book: Any) -> None:  # noqa: ANN401 - a Guide whose paragraphs are read by name
    """Refuse a Guide that the competitors would read wrongly: they hold the formulas of the call that is measured."""
    readings = {
        "students are counted in months of 30 days": book["student_day_count"].convention == "months_of_30_days",
        "staff is counted in calendar days": book["staff_day_count"].convention == "calendar_days",
        "a month is paid in thirtieths": book["incomplete_month"].parts_of_month == 30,  # noqa: PLR2004 - see the key
        "the run of paid days includes days of travel": book["paid_day_run"].includes_travel_days,
        "an incomplete week of teaching counts in proportion": book["incomplete_teaching_week"].proportional,
        "staff invited from enterprises has no minimum of hours": book["invited_teaching_minimum"].minimum_per_week
        == 0,
        "travel is paid to everybody": book["travel_support"].students and book["travel_support"].staff,
        "each region has one limit of cycles at most": len(
            [region for line in book["outgoing_limits"].lines for region in line.regions]
        )
        == len({region for line in book["outgoing_limits"].lines for region in line.regions}),
    }
    wrong = [reading for reading, holds in readings.items() if not holds]
    if wrong:
        message = f"the competitors were written for a Guide in which {'; '.join(wrong)}, and in this one it is not so"
        raise ValueError(message)


FIGURES = read()
"""The figures of the call that is measured."""
