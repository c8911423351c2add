"""The part of the rulebook that every competitor can say: which rules, which facts, which outcomes, in which order."""

from __future__ import annotations

from icm_rules.engine import Rulebook
from icm_rules.rules import RULEBOOK

CALL = 2019
"""The call whose Guide is measured."""

REQUIREMENTS = (
    "eligibility.countries.one_programme_side",
    "eligibility.partner.region_open",
    "eligibility.outgoing.study_cycle",
    "eligibility.charter.programme_side",
    "eligibility.activity.open",
    "agreement.signature.programme_side",
    "agreement.signature.partner_side",
    "duration.study.minimum",
    "duration.study.maximum",
    "duration.traineeship.minimum",
    "duration.traineeship.maximum",
    "duration.cycle.cap",
    "duration.staff.minimum",
    "duration.staff.maximum",
    "duration.teaching.hours",
)
"""The rules that decide, in the order of the rulebook."""

PAYMENTS = (
    "funding.student.individual_support",
    "funding.staff.days_in_full",
    "funding.staff.days_reduced",
    "funding.travel.support",
)
"""The rules that pay, in the order of the rulebook."""

RULES = REQUIREMENTS + PAYMENTS

FACTS = (
    "activity",
    "sending_country",
    "receiving_country",
    "sending_kind",
    "receiving_kind",
    "sending_holds_charter",
    "receiving_holds_charter",
    "agreement_signed_by_programme_side_on",
    "agreement_signed_by_partner_side_on",
    "start_date",
    "end_date",
    "covers_academic_term",
    "study_cycle",
    "one_cycle_programme",
    "days_used_in_cycle",
    "teaching_hours",
    "distance_km",
    "travel_days_claimed",
)
"""The given facts of a row, in the order of the columns."""

VERDICTS = ("met", "not met", "undetermined", "not applicable", "due")
"""The verdicts that occur; their places are the codes used where answers are compared."""

OVERALL = ("eligible", "not eligible", "cannot tell yet")

AMOUNTS = tuple(f"{identity}.cents" for identity in PAYMENTS)

OUTCOMES = ("overall", *RULES, *AMOUNTS, "total_cents")
"""What everybody answers for a row, in this order; an amount that is not due is null."""


def subset_of(rulebook: Rulebook) -> Rulebook:
    """The rulebook without every rule that is not of the subset."""
    return rulebook.without(*(rule.identity for rule in rulebook.rules if rule.identity not in RULES))


SUBSET = subset_of(RULEBOOK)
"""The rulebook of the subset."""
