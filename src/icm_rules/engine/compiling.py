"""Turning a rulebook into one plain Python function, and what an answer comes to where something is in its way.

A rulebook is wired by names, and looking names up costs more than most rules do. So the calls are written out once, as
somebody would by hand for just what is asked: a line for each fact and each rule, values in local variables. What is
unknown, closed or unverified is met by the helpers below, which say what becomes of it.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from icm_rules.engine.answers import Answer, Based, Unknown, Verdict
from icm_rules.engine.citations import Citation, Cited, Closed, Confidence
from icm_rules.engine.errors import RulebookError, did_you_mean
from icm_rules.engine.facts import NO_PRESUMPTION, DerivedFact, GivenFact, Input

if TYPE_CHECKING:
    from icm_rules.engine.rulebook import Rulebook

Block: TypeAlias = Unknown | Closed
"""What stands in place of a value and keeps a function that insists on it from being called."""

Judged: TypeAlias = tuple[Verdict, Answer, tuple[str, ...], tuple[str, ...]]
"""What came of a rule: its verdict, what it answered, the given facts that would settle it, what the texts leave open.
"""

Grounds: TypeAlias = MutableMapping[str, tuple[Cited, ...]]
"""By name, the paragraphs or lines that a derived fact said it rests on."""


def compiled(
    rulebook: Rulebook, arguments: Sequence[str], facts: Sequence[str], rules: Sequence[str]
) -> Callable[..., tuple[Any, ...]]:
    """A plain function of the values of ``arguments`` that gives the values of ``facts`` and what came of ``rules``.

    It takes its arguments by position and gives one flat tuple: first a value for each name in ``facts``, then a
    :data:`Judged` for each identity in ``rules``. ``arguments`` may be given facts, provisions and derived facts; what
    lies between them and what is asked is computed, each once, and nothing else is. A value handed in may be an
    *Unknown* or a *Closed*, and so may one that is given back. A given fact handed in as *None* is one that nobody
    told: what is presumed of it is taken, else it is unknown.

    Raises:
        RulebookError: a name or an identity that is not in the rulebook, or a given fact or provision that is needed
            and is not among the arguments.

    """
    return _kept(rulebook, _Asked(tuple(arguments), tuple(facts), tuple(rules)))


def compiled_fact(rulebook: Rulebook, name: str, arguments: Sequence[str]) -> Callable[..., tuple[Any, ...]]:
    """The function by which one derived fact is computed, with what it says it rests on.

    It takes a dictionary, into which it writes the :data:`Grounds`, then the values of ``arguments``, and gives a
    tuple of the one value.
    """
    return _kept(rulebook, _Asked(tuple(arguments), (name,), (), with_grounds=True))


# --- what becomes of what is in the way --------------------------------------------------------------------

BLOCKING = frozenset({Unknown, Closed})
"""The classes of what keeps a function from being called; both are final, so their very class is asked for."""

_MARKS = BLOCKING | {Based}

NOTHING: tuple[str, ...] = ()
NOT_ASKED: Judged = (Verdict.NOT_APPLICABLE, Answer(Verdict.NOT_APPLICABLE), NOTHING, NOTHING)
"""What comes of a rule while a condition of it is false."""

_NOT_IN_FORCE: Judged = (Verdict.NOT_IN_FORCE, Answer(Verdict.NOT_IN_FORCE), NOTHING, NOTHING)
_CANNOT_TELL = Answer(Verdict.UNDETERMINED)


def in_the_way(*blocks: Block | None) -> Block | None:
    """What is in the way of a call, if anything is: the first closed paragraph, or else all that is unknown."""
    unknowns: list[Unknown] = []
    for block in blocks:
        if isinstance(block, Closed):
            return block
        if block is not None:
            unknowns.append(block)
    return _joined(unknowns) if unknowns else None


def _joined(unknowns: Sequence[Unknown]) -> Unknown:
    if len(unknowns) == 1:
        return unknowns[0]
    return Unknown(
        tuple(dict.fromkeys([name for each in unknowns for name in each.missing])),
        tuple(dict.fromkeys([gap for each in unknowns for gap in each.gaps])),
    )


def _held_up(conditions: tuple[Block | None, ...], arguments: tuple[Block | None, ...]) -> Judged:
    """What comes of a rule that cannot be asked.

    While a condition is unknown only the condition is asked for: what follows it may never be needed.
    """
    condition, argument = in_the_way(*conditions), in_the_way(*arguments)
    if isinstance(condition, Closed) or isinstance(argument, Closed):
        return _NOT_IN_FORCE
    lacking = condition or argument
    # Nothing is asked here of a rule that has nothing in its way.
    return (Verdict.UNDETERMINED, _CANNOT_TELL, lacking.missing, lacking.gaps)  # type: ignore[union-attr]


def _weighed(answer: Answer, tolerated: tuple[Block | None, ...], given: tuple[object, ...]) -> Judged:
    """What comes of an answer that may leave something open.

    ``tolerated`` is what stood in the place of the arguments that the rule does not insist on, ``given`` what it was
    given.
    """
    verdict = answer.verdict
    missing = gaps = NOTHING
    if verdict is Verdict.NOT_MET:
        gaps = _unverified_grounds(given if answer.rests_on is None else answer.rests_on)
        if gaps:
            # Nobody can tell whether the refusal holds, and what it rests on is named.
            verdict = Verdict.UNDETERMINED
    elif verdict is Verdict.UNDETERMINED or (verdict is Verdict.DUE and answer.low != answer.high):
        lacking = _joined([_NOT_LACKING, *(block for block in tolerated if isinstance(block, Unknown))])
        missing = lacking.missing if answer.needs is None else answer.needs
        gaps = tuple(dict.fromkeys(lacking.gaps + answer.gaps))
    return verdict, answer, missing, gaps


_NOT_LACKING = Unknown()


def _unverified_grounds(grounds: Iterable[object]) -> tuple[str, ...]:
    """What a refusal rests on and is unverified, a sentence each; a paragraph that is closed counts as well."""
    citations = dict.fromkeys(item.citation for item in grounds if isinstance(item, Cited))
    return tuple(_unverified(item) for item in citations if item.confidence is Confidence.UNVERIFIED)


def _unverified(ground: Citation) -> str:
    line = f" ({ground.line})" if ground.line else ""
    why = "which is unverified" if ground.sources else "which no text was seen to show"
    return f"the refusal rests on the {ground.paragraph.replace('_', ' ')}{line} of the {ground.document}, {why}"


def _taken(value: object) -> tuple[object, Block | None]:
    """The value of a fact that returned a mark, as an argument of others, and what it puts in their way."""
    if isinstance(value, Based):
        value = value.value
    return (None, value) if isinstance(value, (Unknown, Closed)) else (value, None)


def _taken_with_grounds(value: object, name: str, grounds: Grounds) -> tuple[object, Block | None]:
    """The same; the grounds that the fact named are written down."""
    if isinstance(value, Based):
        grounds[name] = value.on
    return _taken(value)


# --- what is computed, and in which order ------------------------------------------------------------------


@attrs.frozen
class _Asked:
    """What a function takes and gives."""

    arguments: tuple[str, ...]
    facts: tuple[str, ...]
    rules: tuple[str, ...]
    with_grounds: bool = False
    """Whether what facts say they rest on is written down."""


def _kept(rulebook: Rulebook, asked: _Asked) -> Callable[..., tuple[Any, ...]]:
    if asked not in rulebook.functions:
        rulebook.functions[asked] = _made(rulebook, asked)
    return rulebook.functions[asked]


def needed(rulebook: Rulebook, arguments: Sequence[str], facts: Sequence[str], rules: Sequence[str]) -> dict[str, None]:
    """Every name that is needed, each after all it needs; what is handed in needs nothing."""
    found: dict[str, None] = {}

    def visit(name: str) -> None:
        if name in found:
            return
        if name not in arguments and isinstance(rulebook.givers[name], DerivedFact):
            for item in rulebook.inputs_of(name):
                visit(item.name)
        found[name] = None

    for name in facts:
        visit(name)
    for identity in rules:
        for name in (*rulebook.rule(identity).only_if, *(item.name for item in rulebook.inputs_of(identity))):
            visit(name)
    return found


_MOST_ALTERNATIVES = 3
"""Asking whether one of more circumstances holds costs as much as computing the fact."""

_Circumstances: TypeAlias = frozenset[frozenset[str]]
"""Alternatives, each a set of conditions; where in each of them one is false, a fact is not needed."""

_ALWAYS: _Circumstances = frozenset({frozenset()})


def _circumstances(rulebook: Rulebook, asked: _Asked, order: Iterable[str]) -> Mapping[str, _Circumstances]:
    """When each of the names is needed: always, or only if one of the rules that rest on it is asked at all."""
    found: dict[str, set[frozenset[str]]] = {name: set() for name in order}
    for name in asked.facts:
        found[name].add(frozenset())
    for identity in asked.rules:
        conditions = rulebook.rule(identity).only_if
        for name in conditions:
            found[name].add(frozenset())
        for item in rulebook.inputs_of(identity):
            found[item.name].add(frozenset(conditions))
    least: dict[str, _Circumstances] = {}
    for name in reversed(found):
        alternatives = found[name]
        smallest = frozenset(one for one in alternatives if not any(other < one for other in alternatives))
        least[name] = smallest if len(smallest) <= _MOST_ALTERNATIVES else _ALWAYS
        if name not in asked.arguments and isinstance(rulebook.givers[name], DerivedFact):
            for item in rulebook.inputs_of(name):
                found[item.name] |= least[name]
    return least


# --- writing it out ----------------------------------------------------------------------------------------


def _made(rulebook: Rulebook, asked: _Asked) -> Callable[..., tuple[Any, ...]]:
    _check(rulebook, asked)
    order = needed(rulebook, asked.arguments, asked.facts, asked.rules)
    for name in order:
        if name not in asked.arguments and not isinstance(rulebook.givers[name], DerivedFact):
            message = f"{rulebook.name}: {name!r} is needed and is not among the arguments; hand it in as well"
            raise RulebookError(message)
    writer = _Writer(rulebook, asked)
    source = "\n".join(writer.lines(order))
    # Nothing of the text comes from outside: it is made of the words below and of numbers.
    exec(_code_of(source, f"<{rulebook.name}>"), writer.names)  # noqa: S102
    function: Callable[..., tuple[Any, ...]] = writer.names["answered"]  # type: ignore[assignment] # by its own words
    return function


@functools.lru_cache(maxsize=512)
def _code_of(source: str, file: str) -> types.CodeType:
    """The code of a text; names are told by numbers, so functions that ask for as much in the same way share one."""
    return compile(source, file, "exec")


def _check(rulebook: Rulebook, asked: _Asked) -> None:
    for name in (*asked.arguments, *asked.facts):
        if name not in rulebook.givers:
            nearest = did_you_mean(name, rulebook.givers)
            message = f"{rulebook.name}: {name!r} is no fact and no provision{nearest}"
            raise RulebookError(message)
    for identity in asked.rules:
        rulebook.rule(identity)


class _Writer:
    """Writes one function: ``v7`` is the value of the name numbered 7, ``b7`` what that puts in the way, if anything.

    ``r0``, ``r1`` ... are what came of the rules.
    """

    def __init__(self, rulebook: Rulebook, asked: _Asked) -> None:
        """Begin with the words that every function may use."""
        self._book = rulebook
        self._asked = asked
        self._numbers: Mapping[str, int] = {}
        self.names: dict[str, object] = {
            "BLOCKING": BLOCKING,
            "MARKS": _MARKS,
            "MET": Verdict.MET,
            "NOT_APPLICABLE": Verdict.NOT_APPLICABLE,
            "DUE": Verdict.DUE,
            "NOTHING": NOTHING,
            "NOT_ASKED": NOT_ASKED,
            "in_the_way": in_the_way,
            "held_up": _held_up,
            "weighed": _weighed,
            "taken": _taken,
            "taken_with_grounds": _taken_with_grounds,
        }

    def lines(self, order: Iterable[str]) -> Iterator[str]:
        """The function, line by line; ``order`` is what it needs, each name after all it needs."""
        asked = self._asked
        ordered = list(order)
        slots = self._numbers = {
            name: number for number, name in enumerate(dict.fromkeys([*asked.arguments, *ordered]))
        }
        first = ["grounds"] if asked.with_grounds else []
        yield f"def answered({', '.join([*first, *(f'v{slots[name]}' for name in asked.arguments)])}):"
        if ordered:
            yield f" {' = '.join(f'b{slots[name]}' for name in ordered)} = None"
        for name in ordered:
            if name in asked.arguments:
                yield from self._argument(name)
        computed = [name for name in ordered if name not in asked.arguments]
        yield from self._facts(computed, _circumstances(self._book, asked, ordered))
        for number, identity in enumerate(asked.rules):
            yield from self._rule(number, identity)
        given_back = [self._value(name) for name in asked.facts] + [f"r{number}" for number in range(len(asked.rules))]
        yield f" return ({''.join(f'{each}, ' for each in given_back)})"

    def _argument(self, name: str) -> Iterator[str]:
        slot, giver = self._numbers[name], self._book.givers[name]
        word = "if"
        if isinstance(giver, GivenFact):
            is_presumed = giver.presumed is not NO_PRESUMPTION
            self.names[f"u{slot}"] = giver.presumed if is_presumed else Unknown((name,))
            yield f" if v{slot} is None: {'v' if is_presumed else 'b'}{slot} = u{slot}"
            word = "elif"
        yield f" {word} v{slot}.__class__ in BLOCKING: b{slot}, v{slot} = v{slot}, None"

    def _facts(self, computed: Iterable[str], circumstances: Mapping[str, _Circumstances]) -> Iterator[str]:
        """The facts, those that are always needed first: the conditions of the others are among them."""
        slots = self._numbers
        under: _Circumstances = _ALWAYS
        for name in sorted(computed, key=lambda name: circumstances[name] != _ALWAYS):
            if circumstances[name] != under:
                under = circumstances[name]
                alternatives = (" and ".join(f"v{slots[each]} is not False" for each in sorted(one)) for one in under)
                yield f" if {' or '.join(sorted(alternatives))}:"
            yield from (f"{'' if under == _ALWAYS else ' '}{line}" for line in self._fact(name))

    def _fact(self, name: str) -> Iterator[str]:
        slot, inputs = self._numbers[name], self._book.inputs_of(name)
        giver = self._book.givers[name]
        self.names[f"n{slot}"] = name
        self.names[f"f{slot}"] = giver.function if isinstance(giver, DerivedFact) else giver
        blocks = self._insisted_on(inputs)
        indent = " "
        if blocks:
            block = blocks[0] if len(blocks) == 1 else f"in_the_way({', '.join(blocks)})"
            yield f" if {' or '.join(blocks)}: v{slot}, b{slot} = None, {block}"
            yield " else:"
            indent = "  "
        yield f"{indent}v{slot} = f{slot}({self._given(inputs)})"
        taken = f"taken_with_grounds(v{slot}, n{slot}, grounds)" if self._asked.with_grounds else f"taken(v{slot})"
        yield f"{indent}if v{slot}.__class__ in MARKS: v{slot}, b{slot} = {taken}"

    def _rule(self, number: int, identity: str) -> Iterator[str]:
        slots, rule, inputs = self._numbers, self._book.rule(identity), self._book.inputs_of(identity)
        self.names[f"g{number}"] = rule.function
        indent, word = " ", "if"
        conditions = [f"b{slots[name]}" for name in rule.only_if]
        blocks = self._insisted_on(inputs)
        if conditions:
            yield f" if {' or '.join(f'v{slots[name]} is False' for name in rule.only_if)}: r{number} = NOT_ASKED"
            word = "elif"
        if conditions or blocks:
            held_up = f"held_up({_tuple(conditions)}, {_tuple(blocks)})"
            yield f" {word} {' or '.join([*conditions, *blocks])}: r{number} = {held_up}"
            yield " else:"
            indent = "  "
        tolerated = [f"b{slots[item.name]}" for item in inputs if item.optional]
        given = [self._value(item.name) for item in inputs]
        yield f"{indent}a = g{number}({self._given(inputs)})"
        yield f"{indent}d = a.verdict"
        yield (
            f"{indent}r{number} = (d, a, NOTHING, NOTHING) "
            "if d is MET or d is NOT_APPLICABLE or (d is DUE and a.low is a.high) "
            f"else weighed(a, {_tuple(tolerated)}, {_tuple(given)})"
        )

    def _insisted_on(self, inputs: Iterable[Input]) -> list[str]:
        return [f"b{self._numbers[item.name]}" for item in inputs if not item.optional]

    def _given(self, inputs: Iterable[Input]) -> str:
        return ", ".join(f"v{self._numbers[item.name]}" for item in inputs)

    def _value(self, name: str) -> str:
        slot = self._numbers[name]
        return f"b{slot} or v{slot}"


def _tuple(items: Iterable[str]) -> str:
    return f"({''.join(f'{item}, ' for item in items)})"
