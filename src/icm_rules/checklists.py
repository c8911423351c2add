"""The checklist of documents and dates of one mobility: rules of their own beside those that the mobility has."""

from __future__ import annotations

from decimal import Decimal

import attrs

from icm_rules.engine import DerivedFact, Rule, Rulebook
from icm_rules.engine.facts import GivenFact
from icm_rules.evaluate import evaluate
from icm_rules.guide import Guide
from icm_rules.guide import guide as guide_of_call
from icm_rules.model.confirmed import as_confirmed
from icm_rules.model.documents import Documents, LocalLimits
from icm_rules.model.fields import one_of
from icm_rules.model.mobility import Mobility
from icm_rules.model.terms import Stage
from icm_rules.model.vocabulary import facts_of, given_facts, told_by
from icm_rules.report.checklist import Checklist
from icm_rules.report.records import Heading, report_of
from icm_rules.rules import RULEBOOK
from icm_rules.rules import checklist as rules_on_documents

OF_MOBILITIES = (
    "agreement.signature.programme_side",
    "agreement.signature.partner_side",
    "recognition.learning_agreement.signed",
    "recognition.mobility_agreement.signed",
    "eligibility.stay.insured",
    "eligibility.stay.visa",
    "travel.departure.place",
    "recognition.credits.in_full",
)
"""The rules of mobilities that speak of documents; the checklist asks them as they stand."""

_OF_GRANT = tuple(
    GivenFact(name=name, type=Decimal, question=question, known_at=Stage.BEFORE_DEPARTURE, unit="EUR")
    for name, question in (
        ("grant_low_eur", "What is the grant at least?"),
        ("grant_high_eur", "What is the grant at most?"),
    )
)

_OWN = tuple(vars(rules_on_documents).values())

CHECKLIST = Rulebook(
    name="Documents and dates of International Credit Mobility",
    stages=tuple(Stage),
    given=(*RULEBOOK.given, *given_facts(Documents), *given_facts(LocalLimits), *_OF_GRANT),
    provisions=RULEBOOK.provisions,
    facts=[*RULEBOOK.facts, *(item for item in _OWN if isinstance(item, DerivedFact))],
    rules=[*map(RULEBOOK.rule, OF_MOBILITIES), *(item for item in _OWN if isinstance(item, Rule))],
)
"""The rules on documents and dates."""


def checklist(
    mobility: Mobility,
    documents: Documents | None = None,
    limits: LocalLimits | None = None,
    *,
    stage: Stage | str | None = None,
    guide: Guide | None = None,
) -> Checklist:
    """What must be there and signed at each stage, which dates agree, and what is still missing.

    ``stage`` is where the mobility stands, in place of what it tells itself. What was presumed nowhere stays missing:
    a document that nobody told of is never taken to be there, nor to be wrong. Where something is confirmed beside the
    plan, the documents are held against that.

    Raises:
        GuideError: there was no such call, or its Guide is not in this version.
        InputError: there is no such stage.

    >>> from icm_rules.model.mobility import Mobility
    >>> len(checklist(Mobility(call=2019, activity="studies"), stage="before_departure").open_items) > 3
    True

    """
    if mobility.confirmed:
        mobility = as_confirmed(mobility)
    if stage is not None:
        mobility = attrs.evolve(mobility, stage=one_of(Stage)(stage))
    report = evaluate(mobility, guide=guide)
    its_guide = guide or guide_of_call(mobility.call)
    facts = {
        **facts_of(mobility),
        **told_by(documents or Documents()),
        **told_by(limits or LocalLimits()),
        "grant_low_eur": None if report.grant.open_lines else report.grant.low,
        "grant_high_eur": report.grant.high,
    }
    found = CHECKLIST.evaluate(facts, its_guide.provisions, stage=mobility.stage)
    heading = Heading(**{field.name: getattr(report, field.name) for field in attrs.fields(Heading)})
    return Checklist(report=report_of(found, heading), start_date=mobility.start_date, end_date=mobility.end_date)
