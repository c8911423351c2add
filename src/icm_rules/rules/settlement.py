"""What follows where a stay turned out otherwise than planned: what is paid back, and what may be kept.

These rules are asked of two answers of the other chapters, that for the plan and that for what is confirmed, and so
make a rulebook of their own. No text was seen for most of them: they propose and never refuse.
"""

from __future__ import annotations

from decimal import Decimal

from icm_rules.engine import (
    Answer,
    GivenFact,
    Payment,
    Words,
    based,
    due,
    due_between,
    fact,
    met,
    not_applicable,
    rule,
    undetermined,
)
from icm_rules.guide.provisions import (
    CertificateTolerance,
    ForceMajeure,
    RefundBelowMinimum,
    SettlementToTheDay,
)
from icm_rules.model.terms import Stage
from icm_rules.model.vocabulary import VOCABULARY
from icm_rules.rules.values import NO_DAYS, LostDays, counted

REFUND, COSTS_KEPT, TOLERANCE = (
    "settlement.refund.below_minimum",
    "settlement.force_majeure.costs_kept",
    "settlement.certificate.tolerance",
)
"""The rules that move the amount; each is a policy that an office may apply or not."""

GIVEN: tuple[GivenFact, ...] = (
    GivenFact(
        name="recomputed_low_eur",
        type=Decimal | None,
        question="What is the grant by the facts that are confirmed, at least?",
        known_at=Stage.AFTER_RETURN,
        unit="EUR",
    ),
    GivenFact(
        name="recomputed_high_eur",
        type=Decimal | None,
        question="What is the grant by the facts that are confirmed, at most?",
        known_at=Stage.AFTER_RETURN,
        unit="EUR",
    ),
    GivenFact(
        name="planned_low_eur",
        type=Decimal | None,
        question="What is the grant as planned, at least?",
        known_at=Stage.AFTER_RETURN,
        unit="EUR",
    ),
    GivenFact(
        name="planned_high_eur",
        type=Decimal | None,
        question="What is the grant as planned, at most?",
        known_at=Stage.AFTER_RETURN,
        unit="EUR",
    ),
    GivenFact(
        name="shortfall_low_eur",
        type=Decimal | None,
        question="By how much does the grant as confirmed fall short of the grant as planned, at least?",
        known_at=Stage.AFTER_RETURN,
        unit="EUR",
    ),
    GivenFact(
        name="shortfall_high_eur",
        type=Decimal | None,
        question="By how much does the grant as confirmed fall short of the grant as planned, at most?",
        known_at=Stage.AFTER_RETURN,
        unit="EUR",
    ),
    GivenFact(
        name="reaches_minimum",
        type=bool | None,
        question="Does the stay as confirmed reach the minimum duration?",
        known_at=Stage.AFTER_RETURN,
    ),
    GivenFact(
        name="refund_is_applied",
        type=bool,
        question="Is the whole grant of a stay below the minimum duration paid back in this settlement?",
        known_at=Stage.AFTER_RETURN,
        presumed=True,
    ),
    GivenFact(
        name="days_shorter",
        type=int | None,
        question="How many days that carry a grant does the stay as confirmed have fewer than planned?",
        known_at=Stage.AFTER_RETURN,
        unit="days, counted like the stay",
    ),
    GivenFact(
        name="days_lost_to_force_majeure",
        type=LostDays,
        question="Which days of the stay as planned did force majeure take, and did the agency accept the case?",
        known_at=Stage.AFTER_RETURN,
    ),
    VOCABULARY["force_majeure_costs_eur"],
)
"""The facts these rules are given."""

_NOTHING = Decimal(0)


def _grant(amount: Decimal) -> Payment:
    return Payment(1, "grant", amount, "grant")


@fact
def refund_may_be(
    reaches_minimum: bool | None, refund_is_applied: bool, refund_below_minimum: RefundBelowMinimum
) -> tuple[bool, ...]:
    """Whether the whole grant is paid back: no, yes, or both where that cannot be told yet."""
    if reaches_minimum or not refund_is_applied or not refund_below_minimum.whole_grant:
        return based((False,))
    return based((True,) if reaches_minimum is False else (False, True))


@fact
def loss_low_eur(refund_may_be: tuple[bool, ...], shortfall_low_eur: Decimal, planned_low_eur: Decimal) -> Decimal:
    """By how much falls short of the plan what the refund leaves of the grant, at least [EUR]."""
    return min(planned_low_eur if is_refunded else shortfall_low_eur for is_refunded in refund_may_be)


@fact
def loss_high_eur(refund_may_be: tuple[bool, ...], shortfall_high_eur: Decimal, planned_high_eur: Decimal) -> Decimal:
    """By how much falls short of the plan what the refund leaves of the grant, at most [EUR]."""
    return max(planned_high_eur if is_refunded else shortfall_high_eur for is_refunded in refund_may_be)


@rule(REFUND, due=Stage.FINAL_REPORT, pays=True, informs=True, title="Paid back in whole")
def below_the_minimum_the_whole_grant_is_paid_back(
    reaches_minimum: bool | None,
    recomputed_low_eur: Decimal | None,
    recomputed_high_eur: Decimal | None,
    refund_below_minimum: RefundBelowMinimum,
) -> Answer:
    """Of a stay below the minimum duration the whole grant is paid back."""
    if reaches_minimum:
        return not_applicable(
            "the stay as a whole, days without grant among it, reaches the minimum duration, or need not"
        )
    if not refund_below_minimum.whole_grant:
        return not_applicable("a stay below the minimum duration keeps what its days carry")
    if recomputed_low_eur is None or recomputed_high_eur is None:
        return undetermined("the whole grant is not known yet")
    least, most = _grant(recomputed_low_eur), _grant(recomputed_high_eur)
    if reaches_minimum is None:
        return due_between(_grant(_NOTHING), most, "the whole grant, if the stay is found to miss the minimum duration")
    sentence = "the stay misses the minimum duration, so the whole grant falls due"
    if least == most:
        return due(most, sentence)
    return due_between(least, most, sentence, needs=())


@rule(
    COSTS_KEPT,
    due=Stage.FINAL_REPORT,
    pays=True,
    informs=True,
    title="Kept for force majeure",
)
def proven_costs_of_days_lost_are_kept(
    days_lost_to_force_majeure: LostDays,
    force_majeure_costs_eur: Decimal | None,
    loss_low_eur: Decimal | None,
    loss_high_eur: Decimal | None,
    force_majeure: ForceMajeure,
) -> Answer:
    """Costs of the days that force majeure took are kept as proven, up to what the grant falls short of the plan."""
    lost = days_lost_to_force_majeure
    if lost.most == NO_DAYS:
        return not_applicable("force majeure took no day of the stay as planned")
    if lost.is_accepted is False:
        return not_applicable("the agency did not accept the case as force majeure")
    if not force_majeure.proven_costs_kept:
        return not_applicable("no costs of the days lost are kept")
    if loss_low_eur is None or loss_high_eur is None:
        return undetermined("by how much what is due falls short of the plan is not known yet")
    if loss_high_eur == 0:
        return not_applicable("the grant falls nothing short of the plan")
    costs = force_majeure_costs_eur
    most = loss_high_eur if costs is None else min(costs, loss_high_eur)
    took_days = lost.least != NO_DAYS
    if lost.is_accepted and costs is not None and took_days:
        least = min(costs, loss_low_eur)
        sentence = "{costs} EUR of costs are proven, and what is due falls {loss} EUR short of the plan"
        if least == most:
            return due(_grant(most), sentence, costs=costs, loss=loss_high_eur)
        return due_between(_grant(least), _grant(most), sentence, needs=(), costs=costs, loss=loss_high_eur)
    needs = lost.missing if not took_days else ("force_majeure_is_accepted",) if lost.is_accepted is None else ()
    return due_between(
        _grant(_NOTHING),
        _grant(most),
        "up to the {loss} EUR by which what is due falls short of the plan, as costs of days lost are proven and the "
        "agency accepts",
        needs=(*needs, *(("force_majeure_costs_eur",) if costs is None else ())),
        loss=loss_high_eur,
    )


@rule("settlement.certificate.to_the_day", due=Stage.FINAL_REPORT, informs=True)
def the_grant_follows_the_days_confirmed(days_shorter: int, settlement_to_the_day: SettlementToTheDay) -> Answer:
    """The grant is settled to the day by the dates that are confirmed."""
    if days_shorter <= 0:
        return not_applicable("no fewer days carry a grant than planned")
    told = counted(days_shorter, "funded day")
    if settlement_to_the_day.to_the_day:
        return met("{days} fewer than planned lower the grant", days=told)
    return not_applicable("a shorter stay does not lower the grant")


@rule(
    TOLERANCE,
    due=Stage.FINAL_REPORT,
    pays=True,
    informs=True,
    title="Kept within a tolerance of days",
)
def a_few_days_lower_no_grant(
    days_shorter: int,
    shortfall_low_eur: Decimal,
    shortfall_high_eur: Decimal,
    refund_may_be: tuple[bool, ...],
    certificate_tolerance: CertificateTolerance,
) -> Answer:
    """A certificate that falls only a few days short of the agreement lowers no grant; told of the first calls."""
    told: Words = {"days": counted(max(days_shorter, 0), "funded day"), "tolerance": certificate_tolerance.days}
    if days_shorter <= 0 or shortfall_high_eur == 0:
        return not_applicable("no fewer days carry a grant than planned, or it does not fall short of the plan", **told)
    if days_shorter > certificate_tolerance.days:
        return not_applicable("{days} fewer than planned are more than the tolerance of {tolerance}", **told)
    # It keeps a grant that days lower. It makes no stay longer, so it does not lift one to the minimum duration.
    if refund_may_be == (True,):
        return not_applicable("the whole grant falls due below the minimum duration, which no tolerance lifts", **told)
    sentence = "{days} fewer than planned lie within the tolerance of {tolerance}: by it the grant would not be lowered"
    least = _grant(_NOTHING if True in refund_may_be else shortfall_low_eur)
    most = _grant(shortfall_high_eur)
    if least == most:
        return due(most, sentence, **told)
    needs = ("reaches_minimum",) if True in refund_may_be else ()
    return due_between(least, most, sentence, needs=needs, **told)
