"""From plan to payment: one mobility answered as planned and as confirmed, and the difference told by line.

No rule of funding has a second copy here: the same rules are asked twice, and what follows from the two answers is
asked of the rules on settling.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import attrs

from icm_rules.engine import Confidence, Evaluation, InputError, Rounding, Rulebook, Unknown, Verdict
from icm_rules.engine.errors import did_you_mean, shown
from icm_rules.engine.rounding import USUAL
from icm_rules.evaluate import evaluate, evaluation, limits_of_plan, rounding_policy
from icm_rules.guide import Guide
from icm_rules.guide import guide as guide_of_call
from icm_rules.model.confirmed import SHOWN_BY_PROOF, as_confirmed, as_planned
from icm_rules.model.fields import a_number
from icm_rules.model.grant import GrantLine
from icm_rules.model.mobility import Mobility
from icm_rules.model.vocabulary import VOCABULARY, facts_of
from icm_rules.report import Heading, Report, report_of
from icm_rules.report.records import OutcomeReport, plain
from icm_rules.report.settlement import ChangedFact, ChangedRequirement, SettledDays, Settlement, SettlementLine
from icm_rules.rules import RULEBOOK, SETTLEMENT
from icm_rules.rules.duration import MINIMUM_DURATIONS
from icm_rules.rules.settlement import COSTS_KEPT, REFUND, TOLERANCE
from icm_rules.rules.values import LostDays

APPLIED = (REFUND, COSTS_KEPT)
"""The policies that move the amount where none are named."""
POLICIES = (REFUND, COSTS_KEPT, TOLERANCE)
"""The policies that may move the amount."""

_NOTHING = Decimal("0.00")


def settle(  # noqa: PLR0913 - each says another thing of the settlement, and most are given by name
    mobility: Mobility,
    *,
    paid: Decimal | float | str | None = None,
    policies: Iterable[str] = APPLIED,
    guide: Guide | None = None,
    rulebook: Rulebook | None = None,
    rounding: Rounding | str = USUAL,
) -> Settlement:
    """The grant as planned, the grant as confirmed, what was ``paid`` so far [EUR], and what is left.

    The fields of the mobility are what was planned, its ``confirmed`` what is shown by certificate and proof. Where the
    stay as confirmed carries a grant on more days than planned, the plan is what the grant agreement pays, unless
    ``agreed_funded_days`` is told or an amendment made during the stay pays the rest (``extension_is_agreed``,
    ``extension_is_funded``, ``extension_requested_on``).

    ``policies`` names the rules on settling that move the amount, see :data:`POLICIES`; the others propose. ``guide``,
    ``rulebook`` and ``rounding`` are those of :func:`icm_rules.evaluate`.

    Raises:
        GuideError: there was no such call, or its Guide is not in this version.
        InputError: what was paid is no amount, or no policy or rounding has this name.

    >>> from icm_rules.model.mobility import Mobility
    >>> settle(Mobility(call=2019), paid=100).balance is None
    True

    """
    named = _policies(policies)
    already = _paid(paid)
    guide = guide or guide_of_call(mobility.call)
    rules = RULEBOOK if rulebook is None else rulebook
    policy = rounding_policy(rounding)
    plan, turned_out = as_planned(mobility), as_confirmed(mobility)
    answers = {
        side: evaluation(each, guide=guide, rulebook=rules)
        for side, each in (("planned", plan), ("confirmed", turned_out))
    }
    limits = limits_of_plan(mobility, answers["planned"], answers["confirmed"])
    if limits:
        turned_out = as_confirmed(mobility, limits)
        answers["confirmed"] = evaluation(turned_out, guide=guide, rulebook=rules)
    planned, confirmed = (evaluate(each, guide=guide, rulebook=rules, rounding=policy) for each in (plan, turned_out))
    heading = _heading(planned)
    days = {side: _days(found) for side, found in answers.items()}

    def settled_by(case: Report, found: Evaluation, *, reaches: bool | None) -> Report:
        asked = _asked(_lines(planned, case, rules, set()), planned, case, days["planned"], _days(found))
        asked |= {"reaches_minimum": reaches, "refund_is_applied": REFUND in named}
        asked |= _force_majeure(turned_out, answers["confirmed"])
        return report_of(SETTLEMENT.evaluate(asked, guide.provisions), heading, rounding=policy)

    reaches = _reaches_minimum(confirmed)
    settling = settled_by(confirmed, answers["confirmed"], reaches=reaches)
    ends = [
        _settled(planned, case, settled_by(case, found, reaches=either), named)
        # Where nobody can tell whether the stay is too short, the amount lies between what is due in either case.
        for either in ((True, False) if reaches is None else (reaches,))
        for case, found in _as_paid(turned_out, confirmed, answers["confirmed"], guide, rules, policy)
    ]
    low = min(least for least, _ in ends)
    high = None if any(most is None for _, most in ends) else max(most for _, most in ends if most is not None)
    changed = _changed(mobility)
    # The planned dates that hold for force majeure limit no grant.
    causes = {*changed, *(limits if "agreed_funded_days" in limits else ())}
    lines = _lines(planned, confirmed, rules, causes)
    lacking = _lacking_in_plan(answers["planned"], answers["confirmed"], turned_out)
    if lacking:
        low = _NOTHING
    return Settlement(
        planned=planned,
        confirmed=confirmed,
        policies=settling,
        applied=[name for name in named if settling.outcomes[name].verdict is Verdict.DUE],
        lines=lines,
        requirements=_requirements(planned, confirmed),
        changed=[
            ChangedFact(name=name, question=VOCABULARY[name].question, planned=plain(was), confirmed=plain(now))
            for name, (was, now) in changed.items()
        ],
        taken_as_planned=_taken_as_planned(mobility, rules, confirmed),
        planned_days=days["planned"],
        confirmed_days=days["confirmed"],
        lacking_in_plan=lacking,
        needed_for_minimum=[
            name
            for outcome in _minima(confirmed)
            if outcome.verdict is Verdict.UNDETERMINED
            for name in outcome.missing
        ],
        settled_low=low,
        settled_high=high,
        paid=already,
    )


# --- what is given -----------------------------------------------------------------------------------------


def _paid(paid: object) -> Decimal | None:
    if paid is None:
        return None
    try:
        amount = a_number(paid)
    except InputError as refusal:
        raise InputError(str(refusal), field="paid") from None
    if amount != round(amount, 2):
        message = f"{shown(paid)} has parts of a cent; write euros with two decimals at most, such as 1000.50"
        raise InputError(message, field="paid")
    return amount


def _policies(policies: Iterable[str]) -> tuple[str, ...]:
    named = (policies,) if isinstance(policies, str) else tuple(policies)
    for name in named:
        if name not in POLICIES:
            message = (
                f"there is no policy {name!r}{did_you_mean(str(name), POLICIES)}; the policies are: "
                f"{', '.join(POLICIES)}"
            )
            raise InputError(message, field="policies")
    return tuple(dict.fromkeys(named))


def _value(found: Evaluation, name: str) -> object:
    return found.value(name) if name in found.rulebook.slots else None


def _whole(found: Evaluation, name: str) -> int | None:
    value = _value(found, name)
    return value if isinstance(value, int) else None


def _changed(mobility: Mobility) -> dict[str, tuple[object, object]]:
    """The facts confirmed otherwise than planned, each as planned and as confirmed."""
    planned = facts_of(mobility)
    return {name: (planned.get(name), value) for name, value in mobility.confirmed if planned.get(name) != value}


def _taken_as_planned(mobility: Mobility, rules: Rulebook, confirmed: Report) -> list[str]:
    """The facts that proof should show, that only the plan tells, and on which an answer rests."""
    planned, shown = facts_of(mobility), dict(mobility.confirmed)
    used = {
        name
        for outcome in confirmed.outcomes.values()
        if outcome.verdict not in {Verdict.NOT_APPLICABLE, Verdict.NOT_IN_FORCE}
        for name in rules.given_behind(outcome.identity)
    }
    return [name for name in SHOWN_BY_PROOF if name in planned and name not in shown and name in used]


def _heading(report: Report) -> Heading:
    return Heading(**{field.name: getattr(report, field.name) for field in attrs.fields(Heading)})


def _force_majeure(mobility: Mobility, confirmed: Evaluation) -> dict[str, object]:
    lost = _value(confirmed, "days_lost_to_force_majeure")
    return {
        "days_lost_to_force_majeure": lost if isinstance(lost, LostDays) else None,
        "force_majeure_costs_eur": mobility.force_majeure_costs_eur,
    }


# --- what came of it ---------------------------------------------------------------------------------------


def _days(found: Evaluation) -> SettledDays:
    convention = _value(found, "stay_day_count")
    return SettledDays(
        in_months_of_30=_whole(found, "days_in_months_of_30"),
        by_calendar=_whole(found, "calendar_days"),
        convention=str(convention) if isinstance(convention, str) else None,
        counted=_whole(found, "counted_days"),
        funded=_whole(found, "funded_days"),
    )


def _as_paid(  # noqa: PLR0913, PLR0917 - the arguments of an evaluation, handed on
    turned_out: Mobility, confirmed: Report, found: Evaluation, guide: Guide, rules: Rulebook, policy: Rounding
) -> list[tuple[Report, Evaluation]]:
    """The mobility as confirmed; twice where nobody can tell whether days beyond those agreed are paid."""
    if not isinstance(_value(found, "funded_days"), Unknown) or not isinstance(
        _value(found, "extension_is_paid"), Unknown
    ):
        return [(confirmed, found)]
    either = (attrs.evolve(turned_out, extension_is_funded=False), attrs.evolve(turned_out, agreed_funded_days=None))
    return [
        (
            evaluate(each, guide=guide, rulebook=rules, rounding=policy),
            evaluation(each, guide=guide, rulebook=rules),
        )
        for each in either
    ]


def _lacking_in_plan(planned: Evaluation, confirmed: Evaluation, turned_out: Mobility) -> tuple[str, ...]:
    """What the plan does not tell, where the days that the grant agreement pays are not known without it."""
    was = _value(planned, "funded_days")
    if not isinstance(was, Unknown) or _whole(confirmed, "funded_days") is None:
        return ()
    if turned_out.agreed_funded_days is not None or _value(confirmed, "extension_is_paid") is True:
        return ()
    return was.missing


def _lines(planned: Report, confirmed: Report, rules: Rulebook, changed: set[str]) -> list[SettlementLine]:
    was = {line.identity: line for line in planned.grant.lines}
    now = {line.identity: line for line in confirmed.grant.lines}
    found = []
    for rule in rules.rules:
        sides = was.get(rule.identity), now.get(rule.identity)
        told = next((line for line in sides if line is not None), None)
        if told is None:
            continue
        low, high = _difference(*sides)
        behind = rules.given_behind(rule.identity)
        found.append(
            SettlementLine(
                identity=rule.identity,
                label=told.label,
                planned=sides[0],
                confirmed=sides[1],
                low=low,
                high=high,
                because_of=() if low == high == 0 else tuple(name for name in VOCABULARY if name in behind & changed),
            )
        )
    return found


def _ends(line: GrantLine | None) -> tuple[Decimal | None, Decimal | None]:
    return (_NOTHING, _NOTHING) if line is None else (line.low, line.high)


def _difference(was: GrantLine | None, now: GrantLine | None) -> tuple[Decimal | None, Decimal | None]:
    """The difference from and to; open where a side is open, unless nothing but the same facts leaves both open."""
    (was_low, was_high), (now_low, now_high) = _ends(was), _ends(now)
    if was is not None and now is not None and was == now:
        return _NOTHING, _NOTHING
    if was_low is None or was_high is None or now_low is None or now_high is None:
        return None, None
    if was is not None and now is not None and was.missing == now.missing:
        # Both ranges turn on the same facts, so their ends belong together.
        ends = sorted((now_low - was_low, now_high - was_high))
        return ends[0], ends[1]
    return now_low - was_high, now_high - was_low


def _asked(
    lines: list[SettlementLine],
    planned: Report,
    confirmed: Report,
    planned_days: SettledDays,
    confirmed_days: SettledDays,
) -> dict[str, object]:
    """The facts of the rules on settling."""
    lows = [line.low for line in lines if line.low is not None]
    highs = [line.high for line in lines if line.high is not None]
    is_open = len(lows) < len(lines)
    shorter = None
    if planned_days.funded is not None and confirmed_days.funded is not None:
        shorter = planned_days.funded - confirmed_days.funded
    return {
        "recomputed_low_eur": confirmed.grant.low,
        "recomputed_high_eur": confirmed.grant.high,
        "planned_low_eur": planned.grant.low,
        "planned_high_eur": planned.grant.high,
        "shortfall_low_eur": None if is_open else max(-sum(highs, _NOTHING), _NOTHING),
        "shortfall_high_eur": None if is_open else max(-sum(lows, _NOTHING), _NOTHING),
        "days_shorter": shorter,
    }


def _minima(report: Report) -> list[OutcomeReport]:
    """What was answered by the rules by which a stay is too short."""
    return [report.outcomes[name] for name in MINIMUM_DURATIONS if name in report.outcomes]


def _reaches_minimum(confirmed: Report) -> bool | None:
    """Whether no rule finds the stay too short; *None* while one cannot tell."""
    verdicts = {outcome.verdict for outcome in _minima(confirmed)}
    if Verdict.NOT_MET in verdicts:
        return False
    return None if Verdict.UNDETERMINED in verdicts else True


def _settled(
    planned: Report, confirmed: Report, settling: Report, named: tuple[str, ...]
) -> tuple[Decimal, Decimal | None]:
    """What is due from and to, once the policies named have spoken.

    What is kept lifts it to the plan and never above; each policy by itself knows only its own amount.
    """
    low, high = confirmed.grant.low, confirmed.grant.high
    due = {name: settling.outcomes[name] for name in named if settling.outcomes[name].verdict is Verdict.DUE}
    undetermined = {name for name in named if settling.outcomes[name].verdict is Verdict.UNDETERMINED}
    if REFUND in due:
        low, high = _NOTHING, _NOTHING
    elif REFUND in undetermined:
        low = _NOTHING
    kept = [due[name] for name in (COSTS_KEPT, TOLERANCE) if name in due]
    least = low + sum((each.low or _NOTHING for each in kept), _NOTHING)
    low = max(low, min(least, planned.grant.low))
    # A policy that cannot speak yet may keep more than is known.
    if high is None or undetermined:
        return low, None
    most = high + sum((each.high or _NOTHING for each in kept), _NOTHING)
    return low, most if planned.grant.high is None else max(high, min(most, planned.grant.high))


def _requirements(planned: Report, confirmed: Report) -> list[ChangedRequirement]:
    """The requirements, and what informs, that are answered otherwise than planned and are worth a look."""
    both = ((was, confirmed.outcomes[identity]) for identity, was in planned.outcomes.items() if not was.pays)
    return [ChangedRequirement(planned=was, confirmed=now) for was, now in both if _is_worth_a_look(was, now)]


def _is_worth_a_look(was: OutcomeReport, now: OutcomeReport) -> bool:
    """Whether the answer changed; what no longer applies, or is still met on as good ground, is left out."""
    satisfied = {Verdict.MET, Verdict.NOT_APPLICABLE, Verdict.NOT_IN_FORCE}
    if not {was.verdict, now.verdict} <= satisfied:
        return now.verdict is not was.verdict
    if now.verdict is not Verdict.MET:
        return False
    if was.verdict is not Verdict.MET:
        return now.informs
    return now.confidence is Confidence.UNVERIFIED and was.confidence is not Confidence.UNVERIFIED
