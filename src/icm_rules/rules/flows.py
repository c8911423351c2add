"""What the rules of a single mobility say of a flow: its days are an average and have no dates.

These facts stand in the place of those that count the days of a stay from its dates and say how the journey is made;
every rule is that of a mobility.
"""

from __future__ import annotations

from icm_rules.engine import GivenFact, fact
from icm_rules.model.terms import Stage

GIVEN = (
    GivenFact(
        name="average_days",
        type=int | None,
        question="How long do they stay on average, travel left out?",
        known_at=Stage.APPLICATION,
        unit="days, counted like the stay",
    ),
    GivenFact(
        name="travels_green",
        type=bool | None,
        question="Do they travel green for the main part of the journey?",
        known_at=Stage.APPLICATION,
    ),
)
"""What is told of a flow and of no single mobility; the second is told here and not found from the legs."""


@fact
def days_in_months_of_30(average_days: int) -> int:
    """The average of the days where every month has 30 days [days]."""
    return average_days


@fact
def calendar_days(average_days: int) -> int:
    """The average of the days by the calendar [days]; of a stay that is not there yet both counts are the same."""
    return average_days


FACTS = (days_in_months_of_30, calendar_days)
"""The facts that stand in the place of those of the same name."""

ELIGIBILITY = (
    "eligibility.countries.one_programme_side",
    "eligibility.partner.region_open",
    "eligibility.restriction.countries",
    "eligibility.activity.open",
    "eligibility.format.open",
    "eligibility.outgoing.study_cycle",
)
"""The rules of a mobility that say whether a flow may be asked for."""

DURATION = (
    "duration.study.minimum",
    "duration.study.maximum",
    "duration.traineeship.minimum",
    "duration.traineeship.maximum",
    "duration.combined.minimum",
    "duration.combined.maximum",
    "duration.staff.minimum",
    "duration.staff.maximum",
    "duration.blended.minimum",
    "duration.blended.maximum",
    "duration.short_doctoral.minimum",
    "duration.short_doctoral.maximum",
)
"""The rules of a mobility that say whether stays of an average length can be what they are told as."""
