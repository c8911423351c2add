"""What the library was asked to cover, statement by statement, and what answers each: read from ``statements.toml``.

The page ``docs/traceability.md`` is made of the same file; nothing of it is written twice.
"""

from __future__ import annotations

import functools
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import attrs

from icm_rules.adapters.agreements import agreement_from_dict, application_from_dict, assessment_from_dict
from icm_rules.adapters.plain import mobility_from_dict
from icm_rules.agreements import agreement_rulebook, application_rulebook, assess, assessment_rulebook
from icm_rules.checklists import CHECKLIST
from icm_rules.engine import Rulebook
from icm_rules.engine.errors import InputError, did_you_mean
from icm_rules.evaluate import evaluate
from icm_rules.guide.provisions import PARAGRAPHS
from icm_rules.model.vocabulary import VOCABULARY
from icm_rules.projects import PROJECT_RULEBOOK
from icm_rules.recognise import RECOGNITION_RULEBOOK
from icm_rules.report import OutcomeReport, Report
from icm_rules.rules import RULEBOOK, SETTLEMENT


@attrs.frozen(kw_only=True)
class Example:
    """A small case that shows the rules of a statement at work."""

    kind: str
    """What the data tells of: ``mobility``, ``agreement``, ``application`` or ``assessment``."""
    asks: tuple[str, ...]
    """The identities of the rules whose answers are shown."""
    data: Mapping[str, Any]

    def answers(self) -> tuple[OutcomeReport, ...]:
        """What these rules answer for this case; they are asked anew."""
        report = _EVALUATED[self.kind](self.data)
        return tuple(report.outcomes[identity] for identity in self.asks)


@attrs.frozen(kw_only=True)
class Statement:
    """One statement of the source, in our words, and what answers it."""

    identity: str
    says: str
    answered_by: tuple[str, ...]
    """Identities of rules, and names of facts and of paragraphs of the Guides."""
    how_far: str
    example: Example

    @property
    def rules(self) -> tuple[str, ...]:
        """The identities of the rules among what answers it."""
        known = rule_statements()
        return tuple(name for name in self.answered_by if name in known)

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The names of the paragraphs of the Guides among what answers it."""
        return tuple(name for name in self.answered_by if name in PARAGRAPHS)

    @property
    def facts(self) -> tuple[str, ...]:
        """The names of the facts among what answers it."""
        return tuple(name for name in self.answered_by if name not in PARAGRAPHS and name not in rule_statements())


def _assessed(data: Mapping[str, Any]) -> Report:
    (decision,) = assess(assessment_from_dict(data))
    return decision.report


_EVALUATED: Mapping[str, Callable[[Mapping[str, Any]], Report]] = MappingProxyType(
    {
        "mobility": lambda data: evaluate(mobility_from_dict(data)),
        "agreement": lambda data: evaluate(agreement_from_dict(data)),
        "application": lambda data: evaluate(application_from_dict(data)),
        "assessment": _assessed,
    }
)


@functools.cache
def rulebooks() -> tuple[Rulebook, ...]:
    """Every rulebook of this version: of mobilities, of agreements and applications, and of what comes after."""
    own = (agreement_rulebook(), application_rulebook(), assessment_rulebook())
    return (RULEBOOK, *own, RECOGNITION_RULEBOOK, SETTLEMENT, PROJECT_RULEBOOK, CHECKLIST)


@functools.cache
def rule_statements() -> Mapping[str, str]:
    """The sentence of every rule by its identity, in the order of the rulebooks."""
    return MappingProxyType({rule.identity: rule.statement for book in rulebooks() for rule in book.rules})


def known_names() -> frozenset[str]:
    """Every name that may answer a statement: rules, facts and paragraphs."""
    derived = (fact.name for book in rulebooks() for fact in book.facts)
    return frozenset({*rule_statements(), *derived, *VOCABULARY, *PARAGRAPHS})


@functools.cache
def statements() -> Mapping[str, Statement]:
    """Every statement by its identity, ``S1`` to ``S15``."""
    from importlib import resources  # needed once

    text = resources.files("icm_rules").joinpath("statements.toml").read_text("utf-8")
    return MappingProxyType({statement.identity: statement for statement in _read(tomllib.loads(text))})


def _read(table: Mapping[str, Any]) -> Iterator[Statement]:
    for identity, row in table.items():
        example = row["example"]
        yield Statement(
            identity=identity,
            says=row["says"],
            answered_by=tuple(row["answered_by"]),
            how_far=row["how_far"],
            example=Example(
                kind=example["kind"], asks=tuple(example["asks"]), data=MappingProxyType(json.loads(example["data"]))
            ),
        )


def statement(identity: str) -> Statement:
    """The statement of this identity; small letters will do.

    Raises:
        InputError: there is none; the message suggests the nearest, or lists those there are.

    >>> statement("s3").says
    'students stay 3 to 12 months'

    """
    found = statements().get(identity.strip().upper())
    if found is None:
        hint = did_you_mean(identity.upper(), statements())
        message = f"there is no statement {identity!r}{hint} The statements are: {', '.join(statements())}"
        raise InputError(message)
    return found
