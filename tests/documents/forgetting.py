"""Every way to forget one told fact of a document, at any depth, and what must not come of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from icm_rules import Guide, InputError, evaluate
from icm_rules.agreements import Document
from icm_rules.engine import Verdict
from icm_rules.model.fields import FACT

KEPT = {"call", "stage"}
"""By which Guide and where a document is judged: no facts of it."""


def forgettings(subject: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The subject without one fact that it tells, and the place of that fact; only what the model allows."""
    for field in attrs.fields(type(subject)):
        value = getattr(subject, field.name)
        place = f"{path}.{field.name}".removeprefix(".")
        if FACT not in field.metadata or value is None or place in KEPT:
            continue
        ways = [(place, None)] if field.default is None else []
        if attrs.has(type(value)):
            ways += forgettings(value, place)
        if isinstance(value, tuple):
            for number, item in enumerate(value):
                if attrs.has(type(item)):
                    for inner, less in forgettings(item, f"{place}[{number}]"):
                        ways.append((inner, (*value[:number], less, *value[number + 1 :])))
        for name, less in ways:
            try:
                yield name, attrs.evolve(subject, **{field.name: less})
            except InputError:
                continue


def refusals(subject: Document, guide: Guide) -> set[str]:
    return {
        name for name, outcome in evaluate(subject, guide=guide).outcomes.items() if outcome.verdict is Verdict.NOT_MET
    }


def check_that_forgetting_refuses_nothing(
    subject: Document, guide: Guide, *, but: frozenset[str] = frozenset()
) -> None:
    """Whatever one fact is taken away, nothing becomes *not met* that was not so before."""
    before = refusals(subject, guide)
    for name, less in forgettings(subject):
        new = refusals(less, guide) - before
        assert name in but or not new, f"forgetting {name} refuses {', '.join(sorted(new))}"
