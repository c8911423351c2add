"""The rules, one chapter per question a coordinator asks, and the rulebook made of them.

:data:`RULEBOOK` wires all chapters; a what-if is another value, made with ``without``, ``replacing`` or ``adding``.
"""

from __future__ import annotations

from types import ModuleType

from icm_rules.engine import DerivedFact, Rule, Rulebook
from icm_rules.guide.provisions import PARAGRAPHS
from icm_rules.model.terms import Stage
from icm_rules.model.vocabulary import VOCABULARY
from icm_rules.rules import agreement, duration, eligibility, funding, recognition, travel

__all__ = ["CHAPTERS", "RULEBOOK"]

CHAPTERS: tuple[ModuleType, ...] = (eligibility, agreement, duration, travel, funding, recognition)


def _all_of(kind: type) -> list[object]:
    return [item for chapter in CHAPTERS for item in vars(chapter).values() if isinstance(item, kind)]


RULEBOOK = Rulebook(
    name="International Credit Mobility",
    stages=tuple(Stage),
    given=tuple(VOCABULARY.values()),
    provisions=PARAGRAPHS,
    facts=[item for item in _all_of(DerivedFact) if isinstance(item, DerivedFact)],
    rules=[item for item in _all_of(Rule) if isinstance(item, Rule)],
)
"""All rules of this version."""
