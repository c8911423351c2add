"""The rulebook: facts and rules wired by their names, checked once, never changed.

A rulebook that does not fit together is refused when it is built. Evaluating one case is in
:mod:`icm_rules.engine.evaluation`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType, NoneType
from typing import Any

import attrs

from icm_rules.engine.answers import Answer
from icm_rules.engine.citations import Cited
from icm_rules.engine.errors import RulebookError, did_you_mean
from icm_rules.engine.evaluation import Evaluation, Plan, evaluate, plan_of
from icm_rules.engine.facts import DerivedFact, GivenFact, Input, Signature, members_of, signature_of
from icm_rules.engine.rules import Rule

Giver = GivenFact | DerivedFact | type[Cited]


def _stages(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(items)


def _given(items: Iterable[GivenFact]) -> tuple[GivenFact, ...]:
    return tuple(items)


def _facts(items: Iterable[DerivedFact]) -> tuple[DerivedFact, ...]:
    return tuple(items)


def _rules(items: Iterable[Rule]) -> tuple[Rule, ...]:
    return tuple(items)


def _provisions(mapping: Mapping[str, type[Cited]]) -> Mapping[str, type[Cited]]:
    return MappingProxyType(dict(mapping))


@attrs.frozen(kw_only=True, eq=False)
class Rulebook:
    """Given facts, provisions, derived facts and rules that fit together.

    ``provisions`` maps the name of each paragraph to its class; ``stages`` are in the order in which a case meets them.

    Raises:
        RulebookError: two givers of one name, an unknown name (with a suggestion), a circle, an argument whose
            annotation does not fit what its giver returns, a stage that does not exist.

    """

    name: str
    stages: tuple[str, ...] = attrs.field(converter=_stages)
    given: tuple[GivenFact, ...] = attrs.field(converter=_given)
    provisions: Mapping[str, type[Cited]] = attrs.field(converter=_provisions)
    facts: tuple[DerivedFact, ...] = attrs.field(converter=_facts)
    rules: tuple[Rule, ...] = attrs.field(converter=_rules)

    slots: Mapping[str, int] = attrs.field(init=False, repr=False)
    """Where the value of each name stands in the list of values of one case."""
    givers: Mapping[str, Giver] = attrs.field(init=False, repr=False)
    _signatures: Mapping[str, Signature] = attrs.field(init=False, repr=False)
    functions: dict[object, Callable[..., tuple[Any, ...]]] = attrs.field(init=False, repr=False, factory=dict)
    """The functions written out for what was asked, see :mod:`icm_rules.engine.compiling`; it keeps itself."""
    _behind: dict[str, frozenset[str]] = attrs.field(init=False, repr=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        """Check the wiring and lay down the order of evaluation."""
        givers = self._collect_givers()
        signatures = {fact.name: signature_of(fact.function, f"{self.name}: {fact.name}") for fact in self.facts}
        types = self._types(givers, signatures)
        for fact in self.facts:
            self._check_inputs(fact.name, signatures[fact.name], types)
        for rule in self.rules:
            if rule.identity in signatures:
                message = f"{self.name}: two rules have the identity {rule.identity!r}; an identity names one rule"
                raise RulebookError(message)
            signatures[rule.identity] = signature_of(rule.function, f"{self.name}: {rule.identity}")
            self._check_rule(rule, signatures[rule.identity], types)
        order = self._order(signatures)
        slots = {name: index for index, name in enumerate([*self._root_names(), *order])}
        put = object.__setattr__
        put(self, "givers", MappingProxyType(givers))
        put(self, "_signatures", MappingProxyType(signatures))
        put(self, "slots", MappingProxyType(slots))

    def __reduce__(self) -> tuple[object, ...]:
        """What it was built from: wired again where it arrives."""
        parts = (self.name, self.stages, self.given, dict(self.provisions), self.facts, self.rules)
        return _built, parts

    # --- asking ------------------------------------------------------------------------------------------

    @functools.cached_property
    def plan(self) -> Plan:
        """What evaluating a case needs to know of this rulebook; it is found when the first case is evaluated."""
        return plan_of(self)

    def evaluate(
        self,
        given: Mapping[str, object],
        provisions: Mapping[str, Cited],
        *,
        stage: str | None = None,
    ) -> Evaluation:
        """Answer every rule for one case.

        ``given`` holds the facts that are known, by name; *None* and absence both mean *not known*. ``provisions``
        holds every paragraph. ``stage`` is where the case stands; absent, the given facts decide. What
        facts and rules gave is kept and used for other cases, see :mod:`icm_rules.engine.remembering`; so they are
        pure functions.

        Raises:
            RulebookError: a name that is no given fact, a paragraph that is not there, or an unknown stage.

        """
        return evaluate(self, given, provisions, stage)

    def inputs_of(self, name: str) -> tuple[Input, ...]:
        """What the derived fact ``name`` or the rule with this identity asks for.

        Raises:
            RulebookError: there is none of this name; the message suggests the nearest.

        """
        if name not in self._signatures:
            raise RulebookError(self._no_such("rule or derived fact", name, self._signatures))
        return self._signatures[name].inputs

    def returned_by(self, name: str) -> frozenset[object]:
        """The types of what the derived fact ``name`` returns, or of the answer of a rule, as its annotation says.

        Raises:
            RulebookError: there is none of this name; the message suggests the nearest.

        """
        if name not in self._signatures:
            raise RulebookError(self._no_such("rule or derived fact", name, self._signatures))
        return self._signatures[name].returns

    def rule(self, identity: str) -> Rule:
        """The rule with this identity.

        Raises:
            RulebookError: there is none; the message suggests the nearest.

        """
        for candidate in self.rules:
            if candidate.identity == identity:
                return candidate
        raise RulebookError(self._no_such("rule", identity, [item.identity for item in self.rules]))

    def given_behind(self, name: str) -> frozenset[str]:
        """The given facts on which the derived fact ``name``, or the rule with this identity, rests in the end.

        Raises:
            RulebookError: there is none of this name; the message suggests the nearest.

        """
        if name not in self._behind:
            self._behind[name] = self._find_given_behind(name)
        return self._behind[name]

    def _find_given_behind(self, name: str) -> frozenset[str]:
        roots: set[str] = set()
        waiting = [item.name for item in self.inputs_of(name)]
        waiting += next((list(item.only_if) for item in self.rules if item.identity == name), [])
        seen: set[str] = set()
        while waiting:
            current = waiting.pop()
            if current in seen:
                continue
            seen.add(current)
            if isinstance(self.givers[current], GivenFact):
                roots.add(current)
            elif isinstance(self.givers[current], DerivedFact):
                waiting += [item.name for item in self.inputs_of(current)]
        return frozenset(roots)

    # --- other rulebooks ---------------------------------------------------------------------------------

    def without(self, *names: str) -> Rulebook:
        """A rulebook without these rules (by identity) or derived facts (by name).

        Raises:
            RulebookError: there is none of this name, or what stays asks for it.

        """
        known = [*(rule.identity for rule in self.rules), *(fact.name for fact in self.facts)]
        for name in names:
            if name not in known:
                raise RulebookError(self._no_such("rule or derived fact", name, known))
        return attrs.evolve(
            self,
            facts=[fact for fact in self.facts if fact.name not in names],
            rules=[rule for rule in self.rules if rule.identity not in names],
        )

    def adding(self, *items: Rule | DerivedFact | GivenFact) -> Rulebook:
        """A rulebook with these rules and facts besides its own.

        Raises:
            RulebookError: one of them is neither, or the whole does not fit together.

        """
        self._refuse_others(items, (Rule, DerivedFact, GivenFact))
        return attrs.evolve(
            self,
            given=[*self.given, *(item for item in items if isinstance(item, GivenFact))],
            facts=[*self.facts, *(item for item in items if isinstance(item, DerivedFact))],
            rules=[*self.rules, *(item for item in items if isinstance(item, Rule))],
        )

    def replacing(self, *items: Rule | DerivedFact) -> Rulebook:
        """A rulebook in which these rules and derived facts stand in the place of those with the same name.

        Raises:
            RulebookError: one of them is neither, or has nothing to replace, or the whole does not fit together.

        """
        self._refuse_others(items, (Rule, DerivedFact))
        rules = {item.identity: item for item in items if isinstance(item, Rule)}
        facts = {item.name: item for item in items if isinstance(item, DerivedFact)}
        for known, wanted, what in (
            ([rule.identity for rule in self.rules], rules, "rule"),
            ([fact.name for fact in self.facts], facts, "derived fact"),
        ):
            for name in wanted:
                if name not in known:
                    raise RulebookError(self._no_such(what, name, known))
        return attrs.evolve(
            self,
            facts=[facts.get(fact.name, fact) for fact in self.facts],
            rules=[rules.get(rule.identity, rule) for rule in self.rules],
        )

    # --- checking ----------------------------------------------------------------------------------------

    def _refuse_others(self, items: Iterable[object], kinds: tuple[type, ...]) -> None:
        for item in items:
            if not isinstance(item, kinds):
                wanted = " or ".join(kind.__name__ for kind in kinds)
                name = getattr(item, "__name__", repr(item))
                message = f"{self.name}: {name} is no {wanted}; make a plain function one with @rule or @fact"
                raise RulebookError(message)

    def _root_names(self) -> list[str]:
        return [*(fact.name for fact in self.given), *self.provisions]

    def _collect_givers(self) -> dict[str, Giver]:
        givers: dict[str, Giver] = {}
        named: list[tuple[str, Giver]] = [(fact.name, fact) for fact in self.given]
        named += self.provisions.items()
        named += [(fact.name, fact) for fact in self.facts]
        for name, giver in named:
            if name in givers:
                message = (
                    f"{self.name}: {name!r} is given twice, as {_what(givers[name])} and as {_what(giver)}; "
                    "rename one of them"
                )
                raise RulebookError(message)
            givers[name] = giver
        for fact in self.given:
            if fact.known_at not in self.stages:
                raise RulebookError(self._no_such("stage", fact.known_at, self.stages, of=fact.name))
        return givers

    def _check_rule(self, rule: Rule, signature: Signature, types: Mapping[str, frozenset[object]]) -> None:
        self._check_inputs(rule.identity, signature, types)
        if signature.returns != {Answer}:
            message = f"{self.name}: {rule.identity} returns {_words(signature.returns)}; a rule returns an Answer"
            raise RulebookError(message)
        if rule.due not in self.stages:
            raise RulebookError(self._no_such("stage", rule.due, self.stages, of=rule.identity))
        for name in rule.tells:
            if name not in {fact.name for fact in self.given}:
                raise RulebookError(self._no_such("fact", name, types, of=rule.identity))
        for name in rule.only_if:
            if name not in types:
                raise RulebookError(self._no_such("fact", name, types, of=rule.identity))
            if types[name] != {bool}:
                message = f"{self.name}: {rule.identity} is asked only if {name!r}, which is no yes/no fact"
                raise RulebookError(message)

    def _check_inputs(self, name: str, signature: Signature, types: Mapping[str, frozenset[object]]) -> None:
        for wanted in signature.inputs:
            if wanted.name not in types:
                raise RulebookError(self._no_such("fact or provision", wanted.name, types, of=name))
            given = types[wanted.name]
            taken = wanted.types | {NoneType} if wanted.optional else wanted.types
            if not _fits(given, taken):
                message = (
                    f"{self.name}: {name} takes {wanted.name!r} as {_words(taken)}, "
                    f"but it is given as {_words(given)}; make the two annotations agree"
                )
                raise RulebookError(message)

    @staticmethod
    def _types(givers: Mapping[str, object], signatures: Mapping[str, Signature]) -> dict[str, frozenset[object]]:
        """The types of the value of each name, as its giver says."""

        def types_of(name: str, giver: object) -> frozenset[object]:
            if isinstance(giver, GivenFact):
                return members_of(giver.type)
            return signatures[name].returns if isinstance(giver, DerivedFact) else frozenset({giver})

        return {name: types_of(name, giver) for name, giver in givers.items()}

    def _order(self, signatures: Mapping[str, Signature]) -> list[str]:
        derived = {fact.name for fact in self.facts}
        order: list[str] = []
        done: set[str] = set()

        def visit(name: str, path: tuple[str, ...]) -> None:
            if name in path:
                circle = " -> ".join([*path[path.index(name) :], name])
                message = f"{self.name}: the facts ask for each other in a circle: {circle}"
                raise RulebookError(message)
            if name in done:
                return
            for wanted in signatures[name].inputs:
                if wanted.name in derived:
                    visit(wanted.name, (*path, name))
            done.add(name)
            order.append(name)

        for fact in self.facts:
            visit(fact.name, ())
        return order

    def _no_such(self, what: str, name: str, known: Iterable[str], *, of: str | None = None) -> str:
        asked = f"{of} asks for the {what} {name!r}" if of else f"there is no {what} {name!r}"
        return f"{self.name}: {asked}{', which nothing gives' if of else ''}{did_you_mean(name, known)}"


def _built(  # noqa: PLR0913, PLR0917 - the parts of a rulebook
    name: str,
    stages: tuple[str, ...],
    given: tuple[GivenFact, ...],
    provisions: dict[str, type[Cited]],
    facts: tuple[DerivedFact, ...],
    rules: tuple[Rule, ...],
) -> Rulebook:
    return Rulebook(name=name, stages=stages, given=given, provisions=provisions, facts=facts, rules=rules)


def _what(giver: Giver) -> str:
    if isinstance(giver, GivenFact):
        return "a given fact"
    return "a derived fact" if isinstance(giver, DerivedFact) else "a provision"


def _words(types: frozenset[object]) -> str:
    """The types as they are written in annotations; *None* stands last."""
    words = sorted(kind.__name__ if isinstance(kind, type) else str(kind) for kind in types - {NoneType})
    return " or ".join([*words, *(["None"] if NoneType in types else [])]) or "nothing"


def _fits(given: frozenset[object], wanted: frozenset[object]) -> bool:
    return all(
        any(
            kind == other or (isinstance(kind, type) and isinstance(other, type) and issubclass(kind, other))
            for other in wanted
        )
        for kind in given
    )
