"""The one function by which every case of a rulebook is answered: which tables it asks, for what, and in which order.

The tables themselves, and what they keep, are in :mod:`icm_rules.engine.remembering`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import attrs

from icm_rules.engine.compiling import needed
from icm_rules.engine.facts import DerivedFact

if TYPE_CHECKING:
    from icm_rules.engine.rulebook import Rulebook

# --- what is looked up together ----------------------------------------------------------------------------


@attrs.define(eq=False)
class Step:
    """Facts that are looked up together, by the same keys; or rules, here told by their identities."""

    keys: dict[str, None]
    names: list[str]
    is_alone: bool = False
    conditions: frozenset[str] = frozenset()
    """The conditions that all these rules have."""

    def takes_in(self, other: Step) -> bool:
        """Whether the keys of this step say what the other asks for, so that both are one question."""
        return not (self.is_alone or other.is_alone or self is other) and all(
            key in self.keys or key in self.names for key in other.keys
        )

    def take(self, other: Step) -> None:
        """Answer what the other answered, which may be what this asked for."""
        self.names = [*other.names, *self.names]
        self.keys = {key: None for key in self.keys if key not in other.names}
        self.conditions &= other.conditions


def steps_of_facts(asked: Mapping[str, tuple[str, ...]], alone: frozenset[str]) -> list[Step]:
    """The steps in which facts are found, each after all it asks for.

    ``asked`` are the facts by name, each after all it needs, with those it asks for; those ``alone`` are not looked up
    with others. Facts come together where the keys of the one say all that the other asks for: so there are no more
    combinations than before.
    """
    steps: list[Step] = []
    for name, keys in asked.items():
        step = Step(dict.fromkeys(keys), [name], is_alone=name in alone)
        host = next((each for each in steps if each.takes_in(step)), None)
        if host is None:
            steps.append(step)
        else:
            host.names.append(name)
    pair = _pair(steps)
    while pair is not None:
        host, guest = pair
        host.take(guest)
        steps.remove(guest)
        pair = _pair(steps)
    places = {name: place for place, name in enumerate(asked)}
    for step in steps:
        step.names.sort(key=places.__getitem__)
    return _in_order(steps)


def _pair(steps: list[Step]) -> tuple[Step, Step] | None:
    """A step that can take in another, and the other."""
    giver = {name: step for step in steps for name in step.names}
    for host in steps:
        for guest in steps:
            if host.takes_in(guest) and not _waits_for(host, guest, giver):
                return host, guest
    return None


def _waits_for(host: Step, guest: Step, giver: Mapping[str, Step]) -> bool:
    """Whether something lies between: what the host asks for and what asks for the guest."""
    seen: list[Step] = [host, guest]
    waiting = [giver[key] for key in host.keys if key in giver and giver[key] is not guest]
    while waiting:
        step = waiting.pop()
        if step in seen:
            continue
        seen.append(step)
        before = [giver[key] for key in step.keys if key in giver]
        if guest in before:
            return True
        waiting += before
    return False


def _in_order(steps: list[Step]) -> list[Step]:
    """Each step after all it asks for."""
    giver = {name: step for step in steps for name in step.names}
    ordered: list[Step] = []

    def visit(step: Step) -> None:
        if step not in ordered:
            for key in step.keys:
                if key in giver:
                    visit(giver[key])
            ordered.append(step)

    for step in steps:
        visit(step)
    return ordered


def steps_of_rules(rulebook: Rulebook, asked: Mapping[str, tuple[str, ...]]) -> list[Step]:
    """The steps in which rules are asked; rules come together where they have a condition in common as well."""
    steps: list[Step] = []
    for rule in sorted(rulebook.rules, key=lambda rule: -len(asked[rule.identity])):
        step = Step(dict.fromkeys(asked[rule.identity]), [rule.identity], conditions=frozenset(rule.only_if))
        host = next((each for each in steps if each.takes_in(step) and _ask_alike(each, step)), None)
        if host is None:
            steps.append(step)
        else:
            host.take(step)
    return steps


def _ask_alike(one: Step, other: Step) -> bool:
    return bool(one.conditions & other.conditions) or not (one.conditions or other.conditions)


# --- writing it out ----------------------------------------------------------------------------------------


class Road:
    """The function by which every case of a rulebook is answered, as text that is made into code once.

    ``e7`` is the value of the name in slot 7, and what the tables of others are asked by; ``v7`` is a given fact as
    it was told. ``t7`` is the table of a derived fact, ``j3`` that of a rule, ``n3`` what came of the rule where a
    condition is false: no table is asked then. ``c7`` holds values of the class ``k7`` by themselves. Facts and rules
    that ask for the same are looked up together: ``s5`` is the table of a step, and ``find_s5`` asks the others.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        """Write it out for this rulebook."""
        self._book = rulebook
        self._numbers = {rule.identity: number for number, rule in enumerate(rulebook.rules)}
        self._facts = {fact.name: fact for fact in rulebook.facts}
        roots = [name for name, giver in rulebook.givers.items() if not isinstance(giver, DerivedFact)]
        mentioned = [name for rule in rulebook.rules for name in rule.tells]
        everything = needed(rulebook, roots, mentioned, list(self._numbers))
        self.needed = tuple(name for name in everything if name not in rulebook.provisions)
        """The facts that some rule rests on or mentions, each after all it needs."""
        self.joined: list[str] = []
        """The names of the tables of steps."""
        self.none_asked: dict[str, tuple[int, ...]] = {}
        """What stands for the answers of the rules of a step of which none is asked, and the numbers of the rules."""
        self.code = compile("\n".join(self._lines()), f"<{rulebook.name}>", "exec")

    def _lines(self) -> Iterator[str]:
        book = self._book
        derived = [name for name in self.needed if name in self._facts]
        facts = steps_of_facts(
            {name: self._asked(name) for name in derived},
            frozenset(name for name in derived if self._is_computed(name)),
        )
        rules = steps_of_rules(book, {identity: self._asked(identity) for identity in self._numbers})
        road = [f"def answered({', '.join(f'v{book.slots[fact.name]}' for fact in book.given)}):"]
        road += [self._given(name) for name in self.needed if name not in derived]
        for step in (*facts, *rules):
            if len(step.keys) == 1 and step in facts and not step.is_alone:
                yield from self._found_next(step)
                road.append(self._look_next(step))
            elif len(step.names) == 1:
                road += self._find(step.names[0])
            else:
                table = f"s{len(self.joined)}"
                self.joined.append(table)
                yield from self._found_together(table, step)
                road.append(self._look_up(table, step))
        values = _tuple(f"e{book.slots[name]}" for name in self.needed)
        road.append(f" return {self._stage()}, {values}, {_tuple(f'r{number}' for number in self._numbers.values())}")
        yield from road

    def _asked(self, name: str) -> tuple[str, ...]:
        """The facts that a derived fact or a rule asks for."""
        conditions = self._book.rule(name).only_if if name in self._numbers else ()
        names = [*conditions, *(item.name for item in self._book.inputs_of(name))]
        return tuple(each for each in dict.fromkeys(names) if each not in self._book.provisions)

    def _is_computed(self, name: str) -> bool:
        """Whether a fact is computed in every case: arithmetic takes less time than looking for pairs of numbers."""
        inputs = self._book.inputs_of(name)
        told = [item for item in inputs if not item.optional and item.name not in self._book.provisions]
        return self._facts[name].elementwise and len(told) == len(inputs) > 0

    def _word(self, name: str) -> str:
        """The variable that holds the value of a fact, or what came of a rule."""
        return f"r{self._numbers[name]}" if name in self._numbers else f"e{self._book.slots[name]}"

    def _key(self, names: Iterable[str]) -> str:
        """What a table is asked by: the one value, or a tuple of several or none."""
        words = [self._word(name) for name in names]
        return words[0] if len(words) == 1 else _tuple(words)

    def _given(self, name: str) -> str:
        slot = self._book.slots[name]
        told = f"c{slot}[v{slot}] if v{slot}.__class__ is k{slot} else g{slot}(v{slot})"
        return f" e{slot} = u{slot} if v{slot} is None else {told}"

    def _find(self, name: str) -> Iterator[str]:
        """Find a fact, or ask a rule, by its own table."""
        asked = self._asked(name)
        if name in self._numbers:
            number, conditions = self._numbers[name], self._book.rule(name).only_if
            unless = f"n{number} if {self._one_is_false(conditions)} else " if conditions else ""
            yield f" r{number} = {unless}j{number}[{self._key(asked)}]"
            return
        slot = self._book.slots[name]
        table = f"t{slot}[{self._key(asked)}]"
        if self._facts[name].of_presence and len(asked) == 1:
            word = self._word(asked[0])
            table = f"t{slot}[PRESENT if {word}.is_known else {word}]"
        elif self._is_computed(name):
            words = [self._word(each) for each in asked]
            known = " and ".join(f"{word}.is_known" for word in words)
            yield f" v = f{slot}({', '.join(f'{word}.told' for word in words)}) if {known} else None"
            table = f"c{slot}[v] if v.__class__ is k{slot} else {table}"
        yield f" e{slot} = {table}"

    def _one_is_false(self, conditions: Iterable[str]) -> str:
        return " or ".join(f"{self._word(name)}.told is False" for name in conditions)

    def _found_together(self, table: str, step: Step) -> Iterator[str]:
        yield f"def find_{table}(key):"
        if step.keys:
            yield f" {self._key(step.keys)} = key"
        for name in step.names:
            yield from self._find(name)
        yield f" return {_tuple(map(self._word, step.names))}"

    def _found_next(self, step: Step) -> Iterator[str]:
        (word,) = map(self._word, step.keys)
        yield f"def next_{word}({word}):"
        for name in step.names:
            yield from self._find(name)
        yield f" {word}.next = {_tuple(map(self._word, step.names))}"
        yield f" return {word}.next"

    def _look_next(self, step: Step) -> str:
        (word,) = map(self._word, step.keys)
        return f" {_tuple(map(self._word, step.names))} = {word}.next or next_{word}({word})"

    def _look_up(self, table: str, step: Step) -> str:
        unless = ""
        if step.conditions:
            self.none_asked[f"n_{table}"] = tuple(self._numbers[name] for name in step.names)
            unless = f"n_{table} if {self._one_is_false(sorted(step.conditions))} else "
        return f" {_tuple(map(self._word, step.names))} = {unless}{table}[{self._key(step.keys)}]"

    def _stage(self) -> str:
        """The number of the furthest stage to which a fact belongs that is told."""
        stages, slots = self._book.stages, self._book.slots
        text = "0"
        for number, stage in enumerate(stages):
            told = [f"v{slots[fact.name]} is not None" for fact in self._book.given if fact.known_at == stage]
            if number and told:
                text = f"{number} if {' or '.join(told)} else {text}"
        return text


def _tuple(items: Iterable[str]) -> str:
    return f"({''.join(f'{item}, ' for item in items)})"
