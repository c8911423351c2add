"""icm-rules, one mobility at a time."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import attrs

from benchmarks.subset import CALL, PAYMENTS, REQUIREMENTS, RULES, SUBSET
from icm_rules.engine import Rulebook
from icm_rules.engine.rounding import USUAL
from icm_rules.evaluate import evaluate, evaluation
from icm_rules.model.grant import grant_of
from icm_rules.model.mobility import Mobility
from icm_rules.model.vocabulary import mobility_of
from icm_rules.report import Report

FORGETFUL = attrs.evolve(SUBSET)
"""The same rules with a memory of their own: what is forgotten here, nobody else forgets."""

_NOTHING = Decimal("0.00")
_OVERALL = {"all met": "eligible", "not met": "not eligible", "open": "cannot tell yet"}


def mobility(row: Mapping[str, Any]) -> Mobility:
    """The typed input made of a row."""
    return mobility_of({"call": CALL, **row})


def verdicts(typed: Mobility, rulebook: Rulebook = SUBSET) -> tuple[Any, ...]:
    """What ``evaluation`` answers: overall, and the verdict of every rule."""
    found = evaluation(typed, rulebook=rulebook)
    outcomes = found.outcomes
    return (found.overall, *[outcomes[identity].verdict for identity in RULES])


def verdicts_and_amounts(typed: Mobility) -> tuple[Any, ...]:
    """The same, and the amounts rounded and summed up: all that the plain function answers."""
    found = evaluation(typed, rulebook=SUBSET)
    outcomes = found.outcomes
    amounts = [outcomes[identity].amounts(USUAL) for identity in PAYMENTS]
    total = sum((amount[0] for amount in amounts if amount is not None), _NOTHING)
    return (found.overall, *[outcomes[identity].verdict for identity in RULES], *amounts, total)


def full_report(typed: Mobility, rulebook: Rulebook = SUBSET) -> Report:
    """The whole report, every part of it read: verdicts, sentences, what is missing, citations, the total."""
    report = evaluate(typed, rulebook=rulebook)
    for outcome in report.outcomes.values():
        _ = outcome.verdict, outcome.sentence, outcome.missing, outcome.citations
    _ = report.overall, report.grant.total
    return report


def forget() -> None:
    """Drop all that earlier rows have shown: the next row is answered as the first of all, but for what is compiled."""
    FORGETFUL.plan.memory.forget()


def answers(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """The outcomes of a row in the order of ``OUTCOMES``, for comparing."""
    found = evaluation(mobility(row), rulebook=SUBSET)
    grant = grant_of(found, USUAL)
    cents = {line.identity: None if line.amount is None else int(line.amount * 100) for line in grant.lines}
    return (
        _OVERALL[found.overall.value],
        *(found.outcomes[identity].verdict.value for identity in REQUIREMENTS + PAYMENTS),
        *(cents.get(identity) for identity in PAYMENTS),
        None if grant.total is None else int(grant.total * 100),
    )
