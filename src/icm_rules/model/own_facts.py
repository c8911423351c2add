"""What a document tells by itself: its own fields as given facts, under the names they have in it.

A mobility has a table of its own, see :mod:`icm_rules.model.vocabulary`, since it holds other objects whose facts lie
flat beside its own. A document has none of that: its lists stay lists.
"""

from __future__ import annotations

import functools
import typing

import attrs

from icm_rules.engine.facts import GivenFact
from icm_rules.model.fields import FACT, Told


@functools.cache
def given_facts_of(kind: type) -> tuple[GivenFact, ...]:
    """The facts that a document of this class tells, in the order of its fields."""
    types = typing.get_type_hints(kind)
    return tuple(
        _given(field.name, field.metadata[FACT], types[field.name])
        for field in attrs.fields(kind)
        if FACT in field.metadata
    )


def facts_told_by(document: object) -> dict[str, object]:
    """The facts that a document tells, by the names of its fields; what is not told is left out."""
    kind: type = type(document)
    told = {fact.name: getattr(document, fact.name) for fact in given_facts_of(kind)}
    return {name: value for name, value in told.items() if value is not None}


def _given(name: str, told: Told, kind: object) -> GivenFact:
    return GivenFact(
        name=name, type=kind, question=told.question, known_at=told.known_at, unit=told.unit, presumed=told.presumed
    )
