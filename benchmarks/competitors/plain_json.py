"""A row as JSON can hold it, for engines whose rules read JSON: dates become numbers, made anew for every row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.figures import FIGURES

_SAME = (
    "activity",
    "sending_country",
    "receiving_country",
    "sending_kind",
    "receiving_kind",
    "sending_holds_charter",
    "receiving_holds_charter",
    "covers_academic_term",
    "study_cycle",
    "one_cycle_programme",
    "days_used_in_cycle",
    "teaching_hours",
    "distance_km",
    "travel_days_claimed",
)


def as_json(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with its dates as numbers of days, and the first and last day taken apart."""
    data = {name: row[name] for name in _SAME}
    start, end = row["start_date"], row["end_date"]
    data["signed_by_programme"] = row["agreement_signed_by_programme_side_on"].toordinal()
    data["signed_by_partner"] = row["agreement_signed_by_partner_side_on"].toordinal()
    data["start"], data["end"] = start.toordinal(), end.toordinal()
    data["start_year"], data["start_month"], data["start_day"] = start.year, start.month, start.day
    data["end_year"], data["end_month"], data["end_day"] = end.year, end.month, end.day
    return data


def countries(*, region_in: frozenset[int] | None = None, group: str | None = None) -> list[str]:
    """Countries of some regions, or those that count as one of a group; else all that take full part."""
    if region_in is not None:
        return sorted(country for country, region in FIGURES.region_of.items() if region in region_in)
    return sorted(
        country
        for country, state in FIGURES.counts_as.items()
        if group is None or FIGURES.student_groups[state] == group
    )


def regions_by_cycles() -> dict[tuple[str, ...], list[str]]:
    """The countries to which only some cycles are paid, by these cycles."""
    found: dict[tuple[str, ...], set[int]] = {}
    for region, cycles in FIGURES.paid_cycles.items():
        found.setdefault(tuple(sorted(cycles)), set()).add(region)
    return {cycles: countries(region_in=frozenset(regions)) for cycles, regions in found.items()}


GROUPS = sorted({group for _, group in FIGURES.student_rates if group is not None})

if FIGURES.student_groups != FIGURES.staff_groups:
    _message = (
        "students and staff have the same groups of countries where these rules were written, and here they differ"
    )
    raise ValueError(_message)
