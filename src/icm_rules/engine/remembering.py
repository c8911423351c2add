"""Answering a case from what earlier cases have shown: each fact and rule is asked once for each combination of values.

A fact and a rule are pure functions of few values, and most values come again: so what a function gave is kept in a
table of its own, by what it was given, and a case is little more than a row of look-ups. What it is that a function
gives, and what becomes of what is unknown, closed or unverified, is said in :mod:`icm_rules.engine.compiling` alone;
here it is only asked and kept. This is the insight of the fast road for tables, one case at a time.

Only what was the very same is answered from memory: values of one class, of numbers with as many decimals, and
paragraphs that are the same objects. What cannot be compared (no hash) is asked anew each time. A memory is bounded:
full, it forgets everything and begins again. It belongs to one rulebook and may be shared by threads: what two of them
find at once is the same.
"""

from __future__ import annotations

import enum
import functools
import itertools
import operator
import threading
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from icm_rules.engine.answers import Answer, Unknown, Verdict, in_words
from icm_rules.engine.citations import Citation, Cited
from icm_rules.engine.compiling import BLOCKING, NOT_ASKED, compiled, compiled_fact
from icm_rules.engine.facts import NO_PRESUMPTION, DerivedFact, GivenFact, members_of
from icm_rules.engine.road import Road

if TYPE_CHECKING:
    from icm_rules.engine.rounding import Rounding
    from icm_rules.engine.rulebook import Rulebook
    from icm_rules.engine.rules import Rule

_T = TypeVar("_T")

MOST_KEPT = 100_000
"""More values, answers and citations than these are not kept in one memory; each takes some hundreds of bytes."""

MOST_DOCUMENTS = 32
"""Nor are those of more sets of paragraphs than these."""


# --- what is kept ------------------------------------------------------------------------------------------


class Value:
    """A value that a name has had, in every case in which it came to the same on the same grounds.

    The object itself stands for the value where tables are asked: comparing it costs nothing.
    """

    __slots__ = ("_words", "grounds", "is_known", "mark", "next", "told")

    def __init__(self, told: object, grounds: tuple[Cited, ...] | None = None, mark: int = 0) -> None:
        """Hold this value, or what stands in its place."""
        self.told = told
        self.grounds = grounds
        """The paragraphs or lines that a derived fact said it rests on; *None* where it said nothing."""
        self.is_known = told.__class__ not in BLOCKING
        self.mark = mark
        """Stands for what is cited because of this value; zero where its own inputs alone say that."""
        self.next: tuple[Value, ...] | None = None
        """The values of the facts that ask for this one alone, as soon as a case has shown them."""
        self._words: str | None = None

    @property
    def words(self) -> str:
        """The value as it stands in a sentence."""
        if self._words is None:
            self._words = in_words(self.told)
        return self._words


_PRESENT = Value(object())
"""Stands for whatever is told, where nothing but that is asked."""


class Judgement:
    """What came of a rule, in every case in which it was given the same."""

    __slots__ = ("amounts", "answer", "citations", "frame", "gaps", "missing", "rule", "sentence_told", "verdict")

    def __init__(
        self, rule: Rule, verdict: Verdict, answer: Answer, missing: tuple[str, ...], gaps: tuple[str, ...]
    ) -> None:
        """Hold what came of this rule."""
        self.rule = rule
        self.verdict = verdict
        self.answer = answer
        self.missing = missing
        """Names of the given facts that would settle it."""
        self.gaps = gaps
        """What the texts do not say, in sentences."""
        self.citations: dict[int, tuple[Citation, ...]] = {}
        """Where it is written, by the number that stands for the marks of the facts behind the rule."""
        self.amounts: dict[Rounding, tuple[Decimal, Decimal]] = {}
        """The amount from and to, by the policy it is rounded by."""
        self.sentence_told: str | None = None
        """The sentence as soon as it was asked for, where it is the same in every case."""
        self.frame: tuple[str, tuple[int, ...]] | None = None
        """The same where it may mention facts: a text with ``%s`` for each of them, and their places."""

    @property
    def sentence(self) -> str:
        """The reason in a whole sentence, where that mentions nothing but what the rule answered."""
        if self.sentence_told is None:
            self.sentence_told = self.answer.sentence
        return self.sentence_told

    def framed(self, places: Mapping[str, int]) -> tuple[str, tuple[int, ...]]:
        """The reason where it mentions facts; ``places`` says where each of them stands."""
        text, mentioned = self.answer.frame
        self.frame = found = text if mentioned else text % (), tuple([places[name] for name in mentioned])
        return found


class _Table(dict[Any, _T]):
    """What was found for each key; what is not there is found and kept."""

    __slots__ = ("_find", "_memory")

    def __init__(self, memory: Memory, find: Callable[[Any], _T]) -> None:
        super().__init__()
        self._memory = memory
        self._find = find

    def __missing__(self, key: Any) -> _T:  # noqa: ANN401 - whatever the table is asked by
        found = self._find(key)
        self._memory.make_room()
        return self.setdefault(key, found)


class _Values:
    """The values that one name has had."""

    __slots__ = ("_latest", "_memory", "_name", "common", "kind", "others")

    def __init__(self, memory: Memory, name: str) -> None:
        self.kind = _plain_kind(memory.types_of(name))
        """The one class of most values, if values of it can be told apart by themselves."""
        self.common: _Table[Value] = _Table(memory, Value)
        """The values of that class that rest on nothing of their own, by themselves."""
        self.others: dict[object, Value] = {}
        self._memory = memory
        self._name = name
        self._latest: tuple[object, Value] = (None, Value(None))

    def kept(self, told: object, grounds: tuple[Cited, ...] | None = None) -> Value:
        """The one object for this value on these grounds; a new one where nobody can tell whether it was met before."""
        try:
            return self._found(told, grounds)
        except TypeError:
            return Value(told, grounds, self._memory.mark_of(self._name, told, grounds))

    def given(self, told: object) -> Value:
        """The same for a fact that is given; in many cases one after the other it is the same object."""
        latest = self._latest
        if latest[0] is told:
            return latest[1]
        try:
            found = self._found(told, None)
        except TypeError:
            return Value(told)
        self._latest = (told, found)
        return found

    def _found(self, told: object, grounds: tuple[Cited, ...] | None) -> Value:
        """The one object for this value on these grounds; a value that has no hash raises a TypeError."""
        if grounds is None and told.__class__ is self.kind:
            return self.common[told]
        key = (_exactly(told), None if grounds is None else tuple(map(id, grounds)))
        found = self.others.get(key)
        if found is None:
            self._memory.make_room()
            # What the addresses in the key belong to is held by the value, so nothing else can come to stand there.
            found = self.others.setdefault(key, Value(told, grounds, self._memory.mark_of(self._name, told, grounds)))
        return found


def _plain_kind(types: Iterable[object]) -> type | None:
    """The class whose values are the same where they are equal, if a name has values of one such class alone."""
    kinds = tuple(types)
    kind = kinds[0] if len(kinds) == 1 else None
    if not isinstance(kind, type):
        return None
    is_word = issubclass(kind, str) and kind.__hash__ is str.__hash__ and kind.__eq__ is str.__eq__
    bears_more = getattr(kind, "__dictoffset__", 0) != 0 and not issubclass(kind, enum.Enum)
    return kind if kind in {int, bool, date} or (is_word and not bears_more) else None


def _exactly(value: object) -> Hashable:
    """Stands for a value; two of them are equal only where nobody could tell the values apart."""
    kind = value.__class__
    if kind is Decimal:
        return kind, str(value)  # 8 and 8.0 are equal, and are written differently
    if isinstance(value, Cited):
        return kind, id(value)  # paragraphs and lines are long, and are the same objects in every case
    if kind is tuple:
        return (kind, *map(_exactly, value))  # type: ignore[call-overload] # it is one
    fields = getattr(kind, "__attrs_attrs__", None)
    if fields is not None:
        return (kind, *[_exactly(getattr(value, field.name)) for field in fields])
    return kind, value


# --- one set of paragraphs ---------------------------------------------------------------------------------

Answered: TypeAlias = tuple[int, tuple[Value, ...], tuple[Judgement, ...]]
"""The furthest stage to which a fact belongs that is told, the values of names, and what came of every rule."""


class Tables:
    """What is kept of the cases of one rulebook that are answered by the same paragraphs."""

    def __init__(self, memory: Memory, paragraphs: tuple[object, ...]) -> None:
        """Begin with empty tables; ``paragraphs`` are in the order of the rulebook."""
        self.memory = memory
        self.paragraphs = paragraphs
        self.written = dict(zip(memory.rulebook.provisions, paragraphs, strict=True))
        self.citations: dict[object, tuple[Citation, ...]] = {}
        """Where the values of derived facts are written, by their names and the marks of the facts behind them."""
        self._values: dict[str, _Values] = {}
        self._facts: dict[str, _Table[Value]] = {}
        self._judgements: list[_Table[Judgement]] = []
        self._not_asked: list[Judgement] = []
        self.answered = self._road()
        """Answers a case; it takes every given fact, in the order of the rulebook, *None* where it is not told."""

    def _road(self) -> Callable[..., Answered]:
        """The function of all cases, with the tables it asks put in place."""
        road, rulebook = self.memory.road, self.memory.rulebook
        words: dict[str, object] = {"PRESENT": _PRESENT}
        for name in road.needed:
            slot, values, giver = rulebook.slots[name], self._values_of(name), rulebook.givers[name]
            words |= {f"c{slot}": values.common, f"k{slot}": values.kind}
            if isinstance(giver, DerivedFact):
                words |= {f"t{slot}": self._facts_of(name), f"f{slot}": giver.function}
            else:
                words |= {f"u{slot}": self.given(name, None), f"g{slot}": values.given}
        for number, rule in enumerate(rulebook.rules):
            self._judgements.append(_Table(self.memory, self._judge(rule)))
            self._not_asked.append(Judgement(rule, *NOT_ASKED))
            words |= {f"j{number}": self._judgements[-1], f"n{number}": self._not_asked[-1]}
        words |= {
            word: tuple(self._not_asked[number] for number in numbers) for word, numbers in road.none_asked.items()
        }
        # Nothing of the text comes from outside: it is made of the words above and of numbers.
        exec(road.code, words)  # noqa: S102
        self._steps = [
            _Table[tuple[object, ...]](self.memory, words[f"find_{name}"])  # type: ignore[arg-type] # by its own words
            for name in road.joined
        ]
        words |= zip(road.joined, self._steps, strict=True)
        function: Callable[..., Answered] = words["answered"]  # type: ignore[assignment] # by its own words
        return function

    def given(self, name: str, told: object) -> Value:
        """The value of a given fact; *None* is one that nobody told: it is presumed or unknown."""
        values = self._values_of(name)
        return values.kept(self.memory.unless_told[name]) if told is None else values.given(told)

    def fact(self, name: str, value_of: Callable[[str], Value]) -> Value:
        """The value of a derived fact; ``value_of`` gives those it asks for."""
        found = [value_of(each) for each in self.memory.asked_by(name).facts]
        return self._facts_of(name)[found[0] if len(found) == 1 else tuple(found)]

    def _values_of(self, name: str) -> _Values:
        if name not in self._values:
            self._values[name] = _Values(self.memory, name)
        return self._values[name]

    def _facts_of(self, name: str) -> _Table[Value]:
        if name not in self._facts:
            self._facts[name] = _Table(self.memory, self._compute(name))
        return self._facts[name]

    def _compute(self, name: str) -> Callable[[object], Value]:
        """What computes a derived fact that was not computed from these values before."""
        asked, kept = self.memory.asked_by(name), self._values_of(name).kept
        arguments_of = asked.arguments_of(self.written)

        def compute(key: object) -> Value:
            grounds: dict[str, tuple[Cited, ...]] = {}
            (told,) = asked.function(grounds, *arguments_of(key))
            return kept(told, grounds.get(name))

        return compute

    def _judge(self, rule: Rule) -> Callable[[object], Judgement]:
        """What asks a rule that was not asked about these values before."""
        asked = self.memory.asked_by(rule.identity)
        arguments_of = asked.arguments_of(self.written)

        def judge(key: object) -> Judgement:
            (judged,) = asked.function(*arguments_of(key))
            return Judgement(rule, *judged)

        return judge

    def kept(self) -> Iterator[dict[Any, Any]]:
        """Everything in which something is kept."""
        for values in self._values.values():
            yield from (values.common, values.others)
        yield from self._facts.values()
        yield from self._judgements
        yield from self._steps
        yield self.citations
        yield from (judgement.citations for judgement in self._not_asked)

    def forget(self) -> None:
        """Begin again."""
        for kept in self.kept():
            kept.clear()


class _Asked:
    """What a derived fact or a rule asks for, and the plain function that asks it."""

    def __init__(self, rulebook: Rulebook, name: str) -> None:
        inputs = [item.name for item in rulebook.inputs_of(name)]
        is_fact = name in rulebook.givers
        conditions = () if is_fact else rulebook.rule(name).only_if
        self._names = tuple(dict.fromkeys([*conditions, *inputs]))
        self._make = functools.partial(_function_of, rulebook, name, self._names)
        self.facts = tuple(each for each in self._names if each not in rulebook.provisions)
        """The facts among it, by which a table is asked."""

    @functools.cached_property
    def function(self) -> Callable[..., tuple[Any, ...]]:
        """It takes what is asked for, in its order; that of a fact takes a dictionary for its grounds before."""
        return self._make()

    def arguments_of(self, written: Mapping[str, object]) -> Callable[[Any], list[object]]:
        """What puts the facts by which a table is asked among the paragraphs, in the order of the function."""
        template = [written.get(name) for name in self._names]
        places = [self._names.index(name) for name in self.facts]
        is_one = len(places) == 1

        def arguments_of(key: Any) -> list[object]:  # noqa: ANN401 - one value, or a tuple of several or none
            arguments = template.copy()
            for place, value in zip(places, (key,) if is_one else key, strict=True):
                arguments[place] = value.told
            return arguments

        return arguments_of


def _function_of(rulebook: Rulebook, name: str, names: tuple[str, ...]) -> Callable[..., tuple[Any, ...]]:
    return compiled_fact(rulebook, name, names) if name in rulebook.givers else compiled(rulebook, names, (), (name,))


# --- one rulebook ------------------------------------------------------------------------------------------


class Memory:
    """What is kept of the cases of one rulebook."""

    def __init__(self, rulebook: Rulebook) -> None:
        """Begin with nothing."""
        self.rulebook = rulebook
        self.unless_told: Mapping[str, object] = {
            fact.name: Unknown((fact.name,)) if fact.presumed is NO_PRESUMPTION else fact.presumed
            for fact in rulebook.given
        }
        """What is presumed of each given fact, or that it is unknown."""
        self.road = Road(rulebook)
        self._asked: dict[str, _Asked] = {}
        self._pick = _picker(tuple(rulebook.provisions))
        self._documents: dict[tuple[int, ...], Tables] = {}
        self._latest: tuple[object, Tables | None] = (None, None)
        self.marked: frozenset[str] = frozenset()
        """The names of which some value has had a mark; of all others every mark is zero."""
        self._lock = threading.Lock()
        self._marks: dict[tuple[object, ...], tuple[int, object]] = {}
        self._numbers = itertools.count(1)
        self.keys: dict[tuple[int, ...], tuple[int, ...]] = {}
        """For each rule, a number for all that is cited because of the marks behind it, by the marks of a case."""
        self._room = MOST_KEPT

    def tables_of(self, provisions: Mapping[str, Cited]) -> Tables:
        """What is kept of the cases that these paragraphs answer.

        A mapping that cannot be changed is known again by itself; of others each paragraph is looked at.

        Raises:
            KeyError: a paragraph is not there.

        """
        latest, tables = self._latest
        if tables is not None and latest is provisions:
            return tables
        paragraphs = self._pick(provisions)
        # What the addresses in the key belong to is held by the tables, so nothing else can come to stand there.
        key = tuple(map(id, paragraphs))
        tables = self._documents.get(key)
        if tables is None:
            if len(self._documents) >= MOST_DOCUMENTS:
                self._latest = (None, None)
                self._documents.clear()
            tables = self._documents.setdefault(key, Tables(self, paragraphs))
        if provisions.__class__ is MappingProxyType:
            self._latest = provisions, tables
        return tables

    def asked_by(self, name: str) -> _Asked:
        """What the derived fact ``name``, or the rule with this identity, asks for."""
        if name not in self._asked:
            self._asked[name] = _Asked(self.rulebook, name)
        return self._asked[name]

    def types_of(self, name: str) -> frozenset[object]:
        """The types of the values of a fact, as it says itself."""
        giver = self.rulebook.givers[name]
        return members_of(giver.type) if isinstance(giver, GivenFact) else self.rulebook.returned_by(name)

    def mark_of(self, name: str, told: object, grounds: tuple[Cited, ...] | None) -> int:
        """Stands for what is cited because this name has a value on these grounds; no number is given twice."""
        is_cited = isinstance(told, Cited)
        if grounds is None and not is_cited:
            return 0
        if name not in self.marked:
            with self._lock:
                self.marked |= {name}
        held = (told, *(grounds or ())) if is_cited else grounds
        # What the addresses in the key belong to is held beside it.
        return self.number_of((grounds is None, is_cited, *map(id, held or ())), held)

    def number_of(self, key: tuple[object, ...], held: object = None) -> int:
        """The number that stands for a key, which may hold addresses of what is ``held``; none is given twice."""
        found = self._marks.get(key)
        if found is None:
            self.make_room()
            found = self._marks.setdefault(key, (next(self._numbers), held))
        return found[0]

    def make_room(self) -> None:
        """Note that something more is kept; when it is too much, forget everything."""
        self._room -= 1
        if self._room < 0:
            self.forget()

    def forget(self) -> None:
        """Begin again: what is asked next is asked as if it were the first."""
        self._room = MOST_KEPT
        self._marks.clear()
        self.keys.clear()
        for tables in list(self._documents.values()):
            tables.forget()


def _picker(names: tuple[str, ...]) -> Callable[[Mapping[str, Cited]], tuple[object, ...]]:
    """Picks the values of these names; :func:`operator.itemgetter` is quicker, and gives a tuple of two or more."""
    if len(names) > 1:
        return operator.itemgetter(*names)
    return lambda provisions: tuple(provisions[name] for name in names)
