"""Facts, rules, answers and their evaluation; it knows no word of any programme.

The names below are what rules are written with. The road is: given facts and provisions go in, derived facts are
computed from them, rules answer, and :class:`Evaluation` holds the outcomes with what each was given.
"""

from icm_rules.engine.answers import (
    Answer,
    Payment,
    Unknown,
    Verdict,
    Words,
    based,
    due,
    due_between,
    met,
    not_applicable,
    not_met,
    undetermined,
    unknown,
)
from icm_rules.engine.citations import Citation, Cited, Closed, Confidence, Source
from icm_rules.engine.errors import GuideError, IcmRulesError, InputError, RulebookError
from icm_rules.engine.evaluation import Evaluation, Outcome, Overall
from icm_rules.engine.facts import DerivedFact, GivenFact, fact
from icm_rules.engine.rounding import ROUNDINGS, Rounding
from icm_rules.engine.rulebook import Rulebook
from icm_rules.engine.rules import Rule, rule
from icm_rules.engine.worlds import evaluate_worlds

__all__ = [
    "ROUNDINGS",
    "Answer",
    "Citation",
    "Cited",
    "Closed",
    "Confidence",
    "DerivedFact",
    "Evaluation",
    "GivenFact",
    "GuideError",
    "IcmRulesError",
    "InputError",
    "Outcome",
    "Overall",
    "Payment",
    "Rounding",
    "Rule",
    "Rulebook",
    "RulebookError",
    "Source",
    "Unknown",
    "Verdict",
    "Words",
    "based",
    "due",
    "due_between",
    "evaluate_worlds",
    "fact",
    "met",
    "not_applicable",
    "not_met",
    "rule",
    "undetermined",
    "unknown",
]
