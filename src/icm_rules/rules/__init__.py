"""The rules, one chapter per question a coordinator asks, and the rulebook made of them.

:data:`RULEBOOK` wires all chapters; a what-if is another value, made with ``without``, ``replacing`` or ``adding``.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType

from icm_rules.engine import DerivedFact, GivenFact, Rule, Rulebook
from icm_rules.guide.provisions import PARAGRAPHS
from icm_rules.model.terms import Stage
from icm_rules.model.vocabulary import VOCABULARY
from icm_rules.rules import agreement, duration, eligibility, funding, recognition, settlement, travel

__all__ = ["CHAPTERS", "RULEBOOK", "SETTLEMENT", "rulebook_of"]

CHAPTERS: tuple[ModuleType, ...] = (eligibility, agreement, duration, travel, funding, recognition)


def rulebook_of(name: str, chapters: Iterable[ModuleType], given: Iterable[GivenFact]) -> Rulebook:
    """The rulebook of all facts and rules that are written in these chapters."""
    items = [
        item
        for chapter in chapters
        for item in vars(chapter).values()
        # A chapter may call a rule of another part of its own chapter, which does not make it its own.
        if isinstance(item, (DerivedFact, Rule)) and item.function.__module__ == chapter.__name__
    ]
    return Rulebook(
        name=name,
        stages=tuple(Stage),
        given=tuple(given),
        provisions=PARAGRAPHS,
        facts=[item for item in items if isinstance(item, DerivedFact)],
        rules=[item for item in items if isinstance(item, Rule)],
    )


RULEBOOK = rulebook_of("International Credit Mobility", CHAPTERS, VOCABULARY.values())
"""All rules of a mobility in this version; those of documents stand in rulebooks of their own, see
:mod:`icm_rules.agreements`."""

SETTLEMENT = rulebook_of("Settlement", (settlement,), settlement.GIVEN)
"""What is asked once a mobility was answered twice, as planned and as confirmed; see :mod:`icm_rules.settle`."""
