"""The rules, one chapter per question a coordinator asks, and the rulebook made of them.

:data:`RULEBOOK` wires all chapters; a what-if is another value, made with ``without``, ``replacing`` or ``adding``.
"""

from __future__ import annotations

from types import ModuleType
from typing import TypeVar

from icm_rules.engine import DerivedFact, Rule, Rulebook
from icm_rules.guide.provisions import PARAGRAPHS
from icm_rules.model.terms import Stage
from icm_rules.model.vocabulary import VOCABULARY
from icm_rules.rules import agreement, duration, eligibility, funding, recognition, settlement, travel

__all__ = ["CHAPTERS", "RULEBOOK", "SETTLEMENT"]

_T = TypeVar("_T")

CHAPTERS: tuple[ModuleType, ...] = (eligibility, agreement, duration, travel, funding, recognition)


def _all_of(kind: type[_T], *chapters: ModuleType) -> list[_T]:
    return [item for chapter in chapters for item in vars(chapter).values() if isinstance(item, kind)]


RULEBOOK = Rulebook(
    name="International Credit Mobility",
    stages=tuple(Stage),
    given=tuple(VOCABULARY.values()),
    provisions=PARAGRAPHS,
    facts=_all_of(DerivedFact, *CHAPTERS),
    rules=_all_of(Rule, *CHAPTERS),
)
"""All rules of this version."""

SETTLEMENT = Rulebook(
    name="Settlement",
    stages=tuple(Stage),
    given=settlement.GIVEN,
    provisions=PARAGRAPHS,
    facts=_all_of(DerivedFact, settlement),
    rules=_all_of(Rule, settlement),
)
"""What is asked once a mobility was answered twice, as planned and as confirmed; see :mod:`icm_rules.settle`."""
