"""What a document tells by itself: its own fields as given facts, under the names they have in it.

A mobility has a table of its own, see :mod:`icm_rules.model.vocabulary`, since it holds other objects whose facts lie
flat beside its own. A document has none of that: its lists stay lists.
"""

from __future__ import annotations

import typing
from collections.abc import Iterable

import attrs

from icm_rules.engine.facts import GivenFact
from icm_rules.model.fields import FACT, Told


def given_facts_of(kind: type, *, without: Iterable[str] = ()) -> tuple[GivenFact, ...]:
    """The facts that a document of this class tells, in the order of its fields; ``without`` names fields left out."""
    types = typing.get_type_hints(kind)
    left_out = frozenset(without)
    return tuple(
        _given(field.name, field.metadata[FACT], types[field.name])
        for field in attrs.fields(kind)
        if FACT in field.metadata and field.name not in left_out
    )


def facts_told_by(document: object, names: Iterable[str]) -> dict[str, object]:
    """What the document tells of the facts of these names; what is not told is left out."""
    told = {name: getattr(document, name) for name in names}
    return {name: value for name, value in told.items() if value is not None}


def _given(name: str, told: Told, kind: object) -> GivenFact:
    return GivenFact(
        name=name, type=kind, question=told.question, known_at=told.known_at, unit=told.unit, presumed=told.presumed
    )
