"""What changes between two sides: reforms, and tables compared under them.

A side is a :class:`Reform`: by which Guides and which rules a table is answered. Both sides are answered by the road of
a table, batch by batch. The second is asked only what the change can have touched: a rule of which neither the function,
nor a fact or paragraph behind it, differs has the answer it had on the first side.
"""

from __future__ import annotations

import bisect
import html
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from icm_rules.batch.coding import Coder, Unreadable
from icm_rules.batch.frames import Back, arrow_of
from icm_rules.batch.outputs import OVERALL
from icm_rules.batch.table import ROWS_OF_A_BATCH, TableRunner
from icm_rules.batch.tabulation import CODE_OF_VERDICT, NO_AMOUNT, Array
from icm_rules.engine import DerivedFact, GivenFact, Rounding, Rule, Rulebook, Verdict
from icm_rules.engine.answers import Unknown
from icm_rules.engine.citations import Closed
from icm_rules.engine.errors import GuideError, InputError, did_you_mean, shown
from icm_rules.engine.rounding import USUAL
from icm_rules.evaluate import rounding_policy
from icm_rules.guide import Guide, calls, load
from icm_rules.guide import guide as guide_of_call
from icm_rules.guide.provisions import PARAGRAPHS, Provision
from icm_rules.guide.telling import differences
from icm_rules.model.vocabulary import PLACES, VOCABULARY, facts_of, mobility_of
from icm_rules.report.records import plain
from icm_rules.rules import RULEBOOK

Paragraphs = Mapping[str, Provision | Closed]
"""Paragraphs of a Guide by their names."""

RATES = ("student_country_groups", "staff_country_groups", "student_rates", "staff_rates", "travel_bands")
"""The paragraphs that every Guide has and that say how much is paid; ``taking(..., "rates")`` takes all of them.

The groups of countries are among them, since the rates are written by group.
"""
_RATES_WORD = "rates"
MOST_PROBLEMS = 100
"""So many of the rows that could not be answered are kept with the reason; all are counted."""


# --- the sides -----------------------------------------------------------------------------------------------


class _AmendedGuides(Mapping[int, Guide]):
    """The Guide of every call with some paragraphs in place of its own, made when the call is first met."""

    def __init__(self, base: Guide | Mapping[int, Guide] | None, paragraphs: Paragraphs) -> None:
        self._base, self._paragraphs = base, dict(paragraphs)
        self._made: dict[int, Guide] = {}

    def __getitem__(self, call: int) -> Guide:
        """The amended Guide by which a call is answered; a call without a Guide is refused as everywhere."""
        if call not in self._made:
            self._made[call] = _guide_among(self._base, call).amended(**self._paragraphs)
        return self._made[call]

    def __contains__(self, call: object) -> bool:
        """Every call is answered here, if only by the sentence that says why there is no Guide of it."""
        return True

    def __iter__(self) -> Iterator[int]:
        return iter(sorted({*calls(), *(self._base if isinstance(self._base, Mapping) else ())}))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _guide_among(guides: Guide | Mapping[int, Guide] | None, call: int) -> Guide:
    if isinstance(guides, Guide):
        return guides
    return guides[call] if guides is not None and call in guides else guide_of_call(call)


def _some_guides(given: Guide | Mapping[int, Guide] | None) -> Guide | Mapping[int, Guide] | None:
    return MappingProxyType(dict(given)) if isinstance(given, Mapping) else given


def _some_paragraphs(given: Paragraphs) -> Paragraphs:
    for name in given:
        if name not in PARAGRAPHS:
            message = f"no Guide has a paragraph {name!r}{did_you_mean(name, PARAGRAPHS)}"
            raise GuideError(message)
    return MappingProxyType(dict(given))


@attrs.frozen(kw_only=True, eq=False)
class Reform:
    """One side of a comparison: by which Guides and which rules a table is answered. It never changes.

    ``guide`` is None where each row is answered by the shipped Guide of its call; one Guide answers **all** rows, of
    whatever call, as if they were of its own; a mapping answers the rows of the calls it names. ``paragraphs`` stand in
    place of those of whatever Guide answers. :meth:`of` makes a side of anything that can be one.

    >>> Reform.of(2024).name
    'Programme Guide 2024'
    >>> Reform.of(2018).taking(2024, "student_rates").name
    'Programme Guide 2018, with student_rates of Programme Guide 2024'

    Raises:
        GuideError: a paragraph that no Guide has.

    """

    name: str
    guide: Guide | Mapping[int, Guide] | None = attrs.field(default=None, converter=_some_guides)
    paragraphs: Paragraphs = attrs.field(factory=dict, converter=_some_paragraphs, repr=lambda given: str(list(given)))
    rulebook: Rulebook = attrs.field(default=RULEBOOK, repr=False)

    @classmethod
    def of(cls, side: Any, name: str | None = None) -> Reform:  # noqa: ANN401 - any of six kinds
        """A side, of a call, a Guide, Guides by call, a rulebook, a file, or a side; None is the Guides of the calls.

        A call (``2024``) is its shipped Guide, answering all rows. A file ends in ``.toml`` and is read by
        :func:`icm_rules.guide.load`.

        Raises:
            GuideError: there is no such Guide, or the file cannot be used.
            InputError: it can be no side.

        """
        made = _side_of(side)
        return made if name is None else attrs.evolve(made, name=name)

    def named(self, name: str) -> Reform:
        """The same under another name."""
        return attrs.evolve(self, name=name)

    def with_rulebook(self, rulebook: Rulebook) -> Reform:
        """The same Guides, asked by these rules."""
        told = _BY_RULES if rulebook is RULEBOOK else _BY_OTHER_RULES
        return attrs.evolve(self, rulebook=rulebook, name=f"{self.name}, {told}")

    def taking(self, source: int | Guide, *paragraphs: str) -> Reform:
        """The same with these paragraphs of another Guide in place of its own; the word ``rates`` is five of them.

        What is taken stands as it is written there, with how sure it is. See :data:`RATES`.

        Raises:
            GuideError: a paragraph that no Guide has, or a call without a Guide.
            InputError: no paragraph is named.

        """
        guide = guide_of_call(source) if isinstance(source, int) else source
        names = paragraph_names(paragraphs)
        if not names:
            message = f"no paragraph of {guide.title} is named; name those to be taken, for example student_rates"
            raise InputError(message, field="paragraphs")
        told = ", ".join(paragraphs) if len(paragraphs) <= _NAMED_AT_MOST else f"{len(names)} paragraphs"
        changed = self.amended(**{name: guide[name] for name in names})
        return attrs.evolve(changed, name=f"{self.name}, with {told} of {guide.title}")

    def amended(self, **paragraphs: Provision | Closed) -> Reform:
        """The same with these paragraphs in place of those of whatever Guide answers.

        Raises:
            GuideError: a paragraph that no Guide has.

        """
        told = ", ".join(paragraphs) if len(paragraphs) <= _NAMED_AT_MOST else f"{len(paragraphs)} paragraphs"
        return attrs.evolve(
            self, paragraphs={**self.paragraphs, **paragraphs}, name=f"{self.name}, with another {told}"
        )

    def __or__(self, other: Reform) -> Reform:
        """Both changes together.

        What only one of them changes is taken from it: single rules, facts and paragraphs, each compared with the
        rules of this library and the shipped Guide of the call. What both change in different ways is refused, since
        nobody but their author can say which is meant.

        Raises:
            InputError: both change the same rule, fact or paragraph, or answer by Guides of different calls.

        """
        if not isinstance(other, Reform):
            return NotImplemented
        paragraphs = dict(self.paragraphs)
        for name, value in other.paragraphs.items():
            if name in paragraphs and paragraphs[name] != value:
                raise _both_change(self, other, f"the paragraph {name}")
            paragraphs[name] = value
        for one, two in ((self, other), (other, self)):
            for name in two.paragraphs:
                if name not in one.paragraphs and name in one.own_paragraphs():
                    raise _both_change(self, other, f"the paragraph {name}")
        names = dict.fromkeys(each.name for each in (self, other) if each.changes_anything)
        return Reform(
            name=" and ".join(names) or self.name,
            guide=_merged_guides(self, other),
            paragraphs=paragraphs,
            rulebook=_merged_rulebooks(self, other),
        )

    @property
    def changes_anything(self) -> bool:
        """Whether it is anything but the shipped Guide of each call and the rules of this library."""
        return self.guide is not None or bool(self.paragraphs) or self.rulebook is not RULEBOOK

    @property
    def guides(self) -> Guide | Mapping[int, Guide] | None:
        """The Guides as :func:`icm_rules.batch.table.evaluate_table` takes them, paragraphs and all.

        Raises:
            GuideError: the paragraphs do not fit the one Guide that answers.

        """
        if not self.paragraphs:
            return self.guide
        if isinstance(self.guide, Guide):
            return self.guide.amended(**self.paragraphs)
        return _AmendedGuides(self.guide, self.paragraphs)

    def guide_of(self, call: int) -> Guide:
        """The Guide by which rows of a call are answered.

        Raises:
            GuideError: there is none, or the paragraphs do not fit it.

        """
        return _guide_among(self.guides, call)

    def own_paragraphs(self) -> frozenset[str]:
        """The paragraphs in which its Guides differ from the shipped Guides of the same calls."""
        guides = [self.guide] if isinstance(self.guide, Guide) else list((self.guide or {}).values())
        return frozenset().union(
            *(_differing(guide_of_call(each.call), each) for each in guides if each.call in calls())
        )

    def diff_against(self, other: Any = None, calls: Iterable[int] = ()) -> str:  # noqa: ANN401 - any side
        """What this side says otherwise than the other: paragraphs, rules and facts; in words.

        Paragraphs are compared for the given calls; where none are given, for the call of the one Guide that answers
        on either side, else for those that either side names, else for the newest.

        Raises:
            GuideError: one of the calls has no Guide.
            InputError: ``other`` can be no side.

        """
        against = Reform.of(other)
        told = [f"From {against.name} to {self.name}"]
        texts: dict[str, list[int]] = {}
        for call in dict.fromkeys(calls) or _calls_of(self, against):
            before, after = against.guide_of(call), self.guide_of(call)
            if any(_differing(before, after)):
                texts.setdefault(differences(before, after), []).append(call)
        for text, of_calls in texts.items():
            listed = ", ".join(map(str, of_calls))
            told.append(f"Rows of call {listed}:\n{text}".rstrip())
        told += _rules_told(against.rulebook, self.rulebook)
        if len(told) == 1:
            told.append("no change")
        return "\n\n".join(told) + "\n"


_NAMED_AT_MOST = 4
_GUIDES_OF_CALLS = "the Guide of each call"
_BY_RULES = "by the rules of this library"
_BY_OTHER_RULES = "by other rules"


def paragraph_names(given: Iterable[str]) -> tuple[str, ...]:
    """The names of paragraphs, with the word ``rates`` written out.

    Raises:
        GuideError: a paragraph that no Guide has.

    """
    names = dict.fromkeys(itertools.chain.from_iterable(RATES if name == _RATES_WORD else (name,) for name in given))
    return tuple(_some_paragraphs(dict.fromkeys(names, Closed)))  # type: ignore[arg-type] # only the names count


def _side_of(side: Any) -> Reform:  # noqa: ANN401, PLR0911 - any of six kinds, one return for each
    match side:
        case None:
            return Reform(name=_GUIDES_OF_CALLS)
        case Reform():
            return side
        case bool():
            pass
        case int():
            found = guide_of_call(side)
            return Reform(name=found.title, guide=found)
        case Guide():
            return Reform(name=side.title, guide=side)
        case Rulebook():
            return _side_of(None).with_rulebook(side)
        case Mapping() if all(isinstance(each, Guide) for each in side.values()):
            titles = ", ".join(each.title for each in side.values())
            return Reform(name=f"{_GUIDES_OF_CALLS}, and {titles}" if titles else _GUIDES_OF_CALLS, guide=side)
        case Path():
            read = load(side)
            return Reform(name=f"{read.title} ({side.name})", guide=read)
        case str() if side.endswith(".toml"):
            return _side_of(Path(side))
        case _:
            pass
    message = (
        f"{shown(side)} is no side of a comparison; give the year of a call, a Guide, Guides by call, a rulebook, "
        "a file that ends in .toml, or a Reform"
    )
    raise InputError(message)


def _differing(before: Guide, after: Guide) -> frozenset[str]:
    """The paragraphs that are not the same in all they say, how sure they are and where they are written."""
    if before is after:
        return frozenset()
    return frozenset(name for name in before.provisions if _differs(before[name], after[name]))


def _differs(before: Provision | Closed, after: Provision | Closed) -> bool:
    return before is not after and before != after


def _calls_of(*sides: Reform) -> list[int]:
    ones = [side.guide.call for side in sides if isinstance(side.guide, Guide)]
    named = [call for side in sides if isinstance(side.guide, Mapping) for call in side.guide]
    return list(dict.fromkeys(ones or named)) or [calls()[-1]]


def _both_change(one: Reform, two: Reform, what: str) -> InputError:
    return InputError(f"both {one.name} and {two.name} change {what}; keep one of the two, or write what is meant anew")


def _merged_guides(one: Reform, two: Reform) -> Guide | Mapping[int, Guide] | None:
    if one.guide is None or two.guide is None:
        return two.guide if one.guide is None else one.guide
    if isinstance(one.guide, Guide) and isinstance(two.guide, Guide):
        return _merged_guide(one, two, one.guide, two.guide)
    if isinstance(one.guide, Guide) or isinstance(two.guide, Guide):
        message = (
            f"{one.name} and {two.name} cannot go together: the Guide of one answers all rows, and the other has its "
            "own for some calls; give both by call, such as {2018: guide}"
        )
        raise InputError(message)
    merged = {**one.guide, **two.guide}
    for call in one.guide.keys() & two.guide.keys():
        merged[call] = _merged_guide(one, two, one.guide[call], two.guide[call])
    return merged


def _merged_guide(one: Reform, two: Reform, first: Guide, second: Guide) -> Guide:
    if first is second or not _differing(first, second):
        return first
    if first.call != second.call or first.call not in calls():
        message = (
            f"{one.name} and {two.name} answer by two Guides, {first.title} and {second.title}; "
            "take single paragraphs from one of them with taking()"
        )
        raise InputError(message)
    shipped = guide_of_call(first.call)
    both = _differing(shipped, first) & _differing(shipped, second) & _differing(first, second)
    if both:
        raise _both_change(one, two, f"the paragraph{'s' * (len(both) > 1)} {', '.join(sorted(both))}")
    return first.amended(**{name: second[name] for name in _differing(shipped, second) - _differing(shipped, first)})


# --- rulebooks -----------------------------------------------------------------------------------------------

_Item = Rule | DerivedFact | GivenFact


def _items(rulebook: Rulebook) -> dict[str, _Item]:
    """The rules by identity, derived and given facts by name; no two of them share one."""
    items: dict[str, _Item] = {fact.name: fact for fact in rulebook.given}
    items |= {fact.name: fact for fact in rulebook.facts}
    return items | {rule.identity: rule for rule in rulebook.rules}


def _merged_rulebooks(one: Reform, two: Reform) -> Rulebook:
    first, second = one.rulebook, two.rulebook
    if second is RULEBOOK or first is second:
        return first
    if first is RULEBOOK:
        return second
    base, ours, theirs = _items(RULEBOOK), _items(first), _items(second)
    merged: dict[str, _Item] = {}
    for name in dict.fromkeys([*ours, *theirs, *base]):
        old, own, other = base.get(name), ours.get(name), theirs.get(name)
        if own != old and other not in (old, own):
            raise _both_change(one, two, f"{_what(own or other or old)} {name}")
        kept = other if own == old else own
        if kept is not None:
            merged[name] = kept
    return attrs.evolve(
        first,
        given=[item for item in merged.values() if isinstance(item, GivenFact)],
        facts=[item for item in merged.values() if isinstance(item, DerivedFact)],
        rules=[item for item in merged.values() if isinstance(item, Rule)],
    )


def _what(item: _Item | None) -> str:
    return "the rule" if isinstance(item, Rule) else "the fact"


def _rules_told(before: Rulebook, after: Rulebook) -> list[str]:
    old, new = _items(before), _items(after)
    changes = {
        "added": [(name, item) for name, item in new.items() if name not in old],
        "removed": [(name, item) for name, item in old.items() if name not in new],
        "replaced": [(name, item) for name, item in new.items() if name in old and old[name] != item],
    }
    return [
        f"{kind.capitalize()}:\n" + "\n".join(f"  {name}: {_statement(item)}" for name, item in items)
        for kind, items in changes.items()
        if items
    ]


def _statement(item: _Item) -> str:
    if isinstance(item, Rule):
        return item.statement
    return item.words if isinstance(item, DerivedFact) else item.question


def _names_behind(rulebook: Rulebook, identity: str) -> frozenset[str]:
    """Everything on which a rule rests: given and derived facts, paragraphs."""
    derived = {fact.name for fact in rulebook.facts}
    seen: set[str] = set()
    waiting = [*(item.name for item in rulebook.inputs_of(identity)), *rulebook.rule(identity).only_if]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            if name in derived:
                waiting += [item.name for item in rulebook.inputs_of(name)]
    return frozenset(seen)


# --- what the change can have touched ------------------------------------------------------------------------

_PEOPLE = tuple(name for name, place in PLACES.items() if place.holder == "participant")


@attrs.frozen(eq=False)
class _Touched:
    """What must be asked on the second side: its rules, and the columns they rest on (None is all columns)."""

    differing: frozenset[str]
    """The rules whose answers may differ, by identity; also those that only one side has."""
    asked: tuple[str, ...]
    """Those of the second side that are asked there."""
    columns: frozenset[str] | None
    overall: bool
    """Whether the overall answer may differ."""


class _Watch:
    """Finds out, by the calls that a table holds, which rules the change can have touched."""

    def __init__(self, before: Reform, after: Reform) -> None:
        self._before, self._after = before, after
        self._paragraphs: dict[int, frozenset[str]] = {}
        old, new = before.rulebook, after.rulebook
        self._old = {rule.identity: rule for rule in old.rules}
        self._new = {rule.identity: rule for rule in new.rules}
        items, others = _items(old), _items(new)
        changed = {name for name in items.keys() | others.keys() if items.get(name) != others.get(name)}
        self._behind = {name: _names_behind(new, name) for name in self._new}
        self._by_rules = frozenset(
            name
            for name in self._old.keys() | self._new.keys()
            if name in changed or not changed.isdisjoint(self._behind[name])
        )
        self._stages_differ = old.stages != new.stages or {(fact.name, fact.known_at) for fact in old.given} != {
            (fact.name, fact.known_at) for fact in new.given
        }
        self._found: dict[frozenset[str], _Touched] = {}

    def touched(self, met: Iterable[int]) -> _Touched:
        """What may differ in a table with these calls, and with all that were met before."""
        for call in met:
            if call not in self._paragraphs:
                try:
                    before, after = self._before.guide_of(call), self._after.guide_of(call)
                except GuideError:
                    # A side without a Guide leaves its rows unanswered, so every rule may differ.
                    self._paragraphs[call] = frozenset(PARAGRAPHS)
                else:
                    self._paragraphs[call] = _differing(before, after)
        paragraphs = frozenset().union(*self._paragraphs.values())
        if paragraphs not in self._found:
            self._found[paragraphs] = self._find(paragraphs)
        return self._found[paragraphs]

    def _find(self, paragraphs: frozenset[str]) -> _Touched:
        by_paragraphs = {name for name, behind in self._behind.items() if not paragraphs.isdisjoint(behind)}
        differing = self._by_rules | by_paragraphs
        sides = (self._old, self._new)
        overall = self._stages_differ or any(side[name].decides for side in sides for name in differing if name in side)
        # The overall answer is made of all rules that decide, and of the stage that all columns together tell.
        asked = tuple(name for name, rule in self._new.items() if name in differing or (overall and rule.decides))
        columns: frozenset[str] | None = None
        if not overall:
            columns = frozenset({"call"}).union(*(self._behind[name] for name in asked)) & VOCABULARY.keys()
            if "participant_kind" in columns:
                columns |= {*_PEOPLE}  # whoever tells anything of a student tells that a student goes
        return _Touched(differing, asked, columns, overall)


# --- one batch under both sides ------------------------------------------------------------------------------

_OPEN = CODE_OF_VERDICT[Verdict.UNDETERMINED]
_REFUSED = CODE_OF_VERDICT[Verdict.NOT_MET]
_ABSENT = -1
"""Stands in place of a verdict where a side has no such rule, or gave no answer."""


@attrs.define(eq=False)
class _Side:
    """The answers of one side to one batch, as arrays; amounts are cents."""

    overall: Array
    low: Array
    high: Array
    """The total at most; of the lines that are not open, where one is."""
    is_open: Array

    @property
    def is_exact(self) -> Array:
        """The rows whose total is one amount."""
        exact: Array = ~self.is_open & (self.low == self.high)
        return exact


def _filled(column: pa.Array, nothing: int) -> Array:
    found: Array = (pc.fill_null(column, nothing) if column.null_count else column).to_numpy(zero_copy_only=False)
    return found


def _codes(answers: pa.RecordBatch, name: str) -> Array:
    """The codes of a column of words; those of rows without an answer are below zero."""
    if name not in answers.schema.names:
        return np.full(answers.num_rows, _ABSENT, np.int8)
    return _filled(answers.column(name).indices, _ABSENT)


@attrs.frozen(eq=False)
class _Line:
    """One line of the grant on one side: cents, none where nothing is due, and where it is open."""

    low: Array
    high: Array
    is_open: Array

    @classmethod
    def of(cls, answers: pa.RecordBatch, name: str) -> _Line:
        """The line that this rule pays, or nothing where the side has no such rule."""
        if f"{name}.cents_low" not in answers.schema.names:
            nothing = np.zeros(answers.num_rows, np.int64)
            return cls(nothing, nothing, np.zeros(answers.num_rows, bool))
        low, high = (_filled(answers.column(f"{name}.cents_{end}"), NO_AMOUNT) for end in ("low", "high"))
        low, high = (np.where(each == NO_AMOUNT, 0, each) for each in (low, high))
        return cls(low, high, _codes(answers, name) == _OPEN)


@attrs.frozen(eq=False)
class _Compared:
    """Both sides of one batch, and what differs by rule."""

    before: _Side
    after: _Side
    answered: Array
    moved: Array
    movers: dict[str, Array]
    """For each rule the rows which it moved."""
    verdict_differs: dict[str, Array]
    amount_differs: dict[str, Array]
    line_difference: dict[str, Array]
    """For each line that differs in some row, by how many cents, where it is one amount on both sides."""
    problems: list[tuple[int, str]]


_GIVE = ("overall", "verdicts", "ranges", "total")


class _Pair:
    """Both sides, asked batch by batch; the second only what the change can have touched."""

    def __init__(  # noqa: PLR0913 - the settings of a table
        self,
        before: Reform,
        after: Reform,
        *,
        call: int | None,
        carry: tuple[str, ...],
        rounding: Rounding,
        threads: int,
    ) -> None:
        self._after = after
        self._settings: dict[str, Any] = {
            "call": call,
            "rounding": rounding,
            "threads": threads,
            "money": "cents",
            "give": _GIVE,
        }
        self._first = TableRunner(guide=before.guides, rulebook=before.rulebook, carry=carry, **self._settings)
        self._guides_after = after.guides
        self._second: tuple[_Touched, TableRunner] | None = None
        self._watch = _Watch(before, after)
        self._is_line = {
            rule.identity: rule.pays and not rule.informs for side in (before, after) for rule in side.rulebook.rules
        }
        self._decides = {rule.identity: rule.decides for side in (before, after) for rule in side.rulebook.rules}
        self._lines_before = tuple(rule.identity for rule in before.rulebook.rules if self._is_line[rule.identity])

    def check(self, given: pa.Schema) -> None:
        """Refuse a column that is no fact and is not carried."""
        self._first.schema(given)

    def run(self, batch: pa.RecordBatch, met: Iterable[int]) -> _Compared:
        """Both sides of a batch that holds rows of these calls."""
        old = self._first.run(batch)
        touched = self._watch.touched(met)
        new = self._answers_after(batch, touched)
        problems = _problems(old, new)
        answered = np.ones(batch.num_rows, bool)
        answered[[row for row, _ in problems]] = False
        before = self._side_before(old)
        after = attrs.evolve(before) if new is None else self._side_after(old, new, before, touched)
        return self._compared(old, new, before, after, touched, answered, problems)

    def _answers_after(self, batch: pa.RecordBatch, touched: _Touched) -> pa.RecordBatch | None:
        if not touched.differing:
            return None
        if self._second is None or self._second[0] is not touched:
            rulebook = self._after.rulebook
            left_out = {rule.identity for rule in rulebook.rules} - set(touched.asked)
            runner = TableRunner(guide=self._guides_after, rulebook=rulebook.without(*left_out), **self._settings)
            self._second = (touched, runner)
        names = [
            name
            for name in batch.schema.names
            if name in VOCABULARY and (touched.columns is None or name in touched.columns)
        ]
        if not names:  # a batch without columns would have no rows
            names = [name for name in batch.schema.names if name in VOCABULARY][:1]
        return self._second[1].run(batch.select(names))

    def _side_before(self, old: pa.RecordBatch) -> _Side:
        low = _filled(old.column("total_low_cents"), 0)
        highest = old.column("total_high_cents")
        problem = old.column("problem")
        is_open = _is_null(highest)
        if problem.null_count < len(problem):
            is_open &= _is_null(problem)
        high = _filled(highest, 0)
        if is_open.any():
            rows = np.flatnonzero(is_open)
            part = old.take(pa.array(rows))
            high = high.copy()
            high[rows] = sum((_Line.of(part, name).high for name in self._lines_before), np.zeros(len(rows), np.int64))
        return _Side(_codes(old, "overall"), low, high, is_open)

    def _side_after(self, old: pa.RecordBatch, new: pa.RecordBatch, before: _Side, touched: _Touched) -> _Side:
        """The second side: what was not touched is as it was."""
        low, high = before.low, before.high
        lines = [name for name in self._is_line if self._is_line[name] and name in touched.differing]
        if not lines:
            is_open = before.is_open
        else:
            is_open = np.zeros(len(low), bool)
            if before.is_open.any():
                for name in self._lines_before:
                    if name not in touched.differing:
                        is_open |= _codes(old, name) == _OPEN
        for name in lines:
            was, now = _Line.of(old, name), _Line.of(new, name)
            low = low - was.low + now.low
            high = high - was.high + now.high
            is_open |= now.is_open
        overall = _codes(new, "overall") if touched.overall else before.overall
        return _Side(overall, low, high, is_open)

    def _compared(  # noqa: PLR0913, PLR0917 - both sides, as answered and as put together
        self,
        old: pa.RecordBatch,
        new: pa.RecordBatch | None,
        before: _Side,
        after: _Side,
        touched: _Touched,
        answered: Array,
        problems: list[tuple[int, str]],
    ) -> _Compared:
        overall_differs = (before.overall != after.overall) & answered
        moved = overall_differs.copy()
        movers: dict[str, Array] = {}
        verdicts: dict[str, Array] = {}
        amounts: dict[str, Array] = {}
        by_line: dict[str, Array] = {}
        for name in touched.differing if new is not None else ():
            was, now = _codes(old, name), _codes(new, name)
            verdicts[name] = (was != now) & answered
            if self._decides[name] and overall_differs.any():
                effect = ((was == _REFUSED) != (now == _REFUSED)) | ((was == _OPEN) != (now == _OPEN))
                movers[name] = effect & overall_differs
            if self._is_line[name]:
                first, second = _Line.of(old, name), _Line.of(new, name)
                differs = (first.low != second.low) | (first.high != second.high) | (first.is_open != second.is_open)
                differs &= answered
                exact = ~(first.is_open | second.is_open) & (first.low == first.high) & (second.low == second.high)
                amounts[name] = movers[name] = differs
                by_line[name] = np.where(exact & answered, second.low - first.low, 0)
                moved |= differs
        return _Compared(before, after, answered, moved, movers, verdicts, amounts, by_line, problems)


def _is_null(column: pa.Array) -> Array:
    if not column.null_count:
        return np.zeros(len(column), bool)
    found: Array = column.is_null().to_numpy(zero_copy_only=False)
    return found.copy()


def _problems(old: pa.RecordBatch, new: pa.RecordBatch | None) -> list[tuple[int, str]]:
    """The rows that a side could not answer, and why; what the first side says comes first."""
    found: dict[int, str] = {}
    for answers in (old, new):
        if answers is None:
            continue
        column = answers.column("problem")
        if column.null_count < len(column):
            for row in np.flatnonzero(~_is_null(column)).tolist():
                found.setdefault(row, column[row].as_py())
    return sorted(found.items())


# --- groups --------------------------------------------------------------------------------------------------


class _FactKey:
    """Groups by the values of a given fact, read as the model reads them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._coder = Coder(name)

    def codes(self, batch: pa.RecordBatch) -> Array:
        """A number for each row."""
        return self._coder.encode(batch.column(self.name))

    def label(self, code: int) -> str | None:
        """The value in words; None where it is not told or cannot be read."""
        return _label(self._coder.values[code])


class _ColumnKey:
    """Groups by a column that is no fact."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._labels: list[str | None] = [None]
        self._places: dict[object, int] = {}

    def codes(self, batch: pa.RecordBatch) -> Array:
        """A number for each row; 0 where the column is empty."""
        column = batch.column(self.name)
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        places = np.zeros(len(column.dictionary) + 1, np.int64)
        for number, value in enumerate(column.dictionary.to_pylist(), start=1):
            label = None if value is None else _label(value)
            if label is not None and label not in self._places:
                self._places[label] = len(self._labels)
                self._labels.append(label)
            places[number] = 0 if label is None else self._places[label]
        return places.take(_filled(column.indices, -1).astype(np.int64) + 1)

    def label(self, code: int) -> str | None:
        """The value in words."""
        return self._labels[code]


class _DerivedKey:
    """Groups by a derived fact, asked once for each combination of the facts behind it; by the first side's Guides."""

    def __init__(self, name: str, side: Reform, call: int | None) -> None:
        self.name = name
        self._side, self._call = side, call
        behind = side.rulebook.given_behind(name) | {"call"}
        self._names = sorted(behind | {*_PEOPLE} if "participant_kind" in behind else behind)
        self._coders = {given: Coder(given) for given in self._names}
        self._known: dict[tuple[object, ...], int] = {}
        self._labels: list[str | None] = [None]

    def codes(self, batch: pa.RecordBatch) -> Array:
        """A number for each row; 0 where the fact cannot be told."""
        names = [name for name in self._names if name in batch.schema.names]
        if not names:
            return np.full(batch.num_rows, self._asked({}), np.int64)
        columns = [self._coders[name].encode(batch.column(name)) for name in names]
        firsts, inverse = _combined(columns)
        found = [
            self._asked(
                {name: self._coders[name].values[int(column[row])] for name, column in zip(names, columns, strict=True)}
            )
            for row in firsts.tolist()
        ]
        return np.array(found, np.int64).take(inverse)

    def _asked(self, told: dict[str, Any]) -> int:
        if told.get("call") is None:
            told["call"] = self._call
        key = tuple(told.items())
        if key not in self._known:
            label = self._answer(told)
            if label is not None and label not in self._labels:
                self._labels.append(label)
            self._known[key] = 0 if label is None else self._labels.index(label)
        return self._known[key]

    def _answer(self, told: dict[str, Any]) -> str | None:
        if any(isinstance(value, Unreadable) for value in told.values()):
            return None
        try:
            mobility = mobility_of(told)
            provisions = self._side.guide_of(mobility.call).provisions
        except (InputError, GuideError):
            return None
        rulebook = self._side.rulebook
        given = {name: value for name, value in facts_of(mobility).items() if name in rulebook.slots}
        value = rulebook.evaluate(given, provisions).value(self.name)
        return None if value is None or isinstance(value, Unknown) else _label(value, of=self.name)

    def label(self, code: int) -> str | None:
        """The value in words."""
        return self._labels[code]


_WORDS_AND_NUMBERS = (str, bool, int, Decimal, date)


def _label(value: object, *, of: str | None = None) -> str | None:
    if value is None or isinstance(value, Unreadable):
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if of is not None and not isinstance(value, _WORDS_AND_NUMBERS):
        message = f"the fact {of} is no word and no number, so nothing can be grouped by it; take another"
        raise InputError(message, field=of)
    told = plain(value)
    return told if isinstance(told, str) else str(value)


def _combined(columns: Sequence[Array]) -> tuple[Array, Array]:
    """The first row of each combination of codes, and the number of the combination of each row."""
    combined = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        _, codes = np.unique(column, return_inverse=True)
        _, combined = np.unique(combined * (int(codes.max(initial=0)) + 1) + codes, return_inverse=True)
    _, firsts, inverse = np.unique(combined, return_index=True, return_inverse=True)
    return firsts, inverse


_COUNTED = (
    "rows",
    "not_answered",
    *(f"{answer.replace(' ', '_')}_{side}" for side in ("before", "after") for answer in OVERALL),
    "exact",
    "gaining",
    "losing",
    "ranges",
    "open",
)
_MONEY = (
    "before",
    "after",
    "difference",
    "gained",
    "lost",
    "range_before_low",
    "range_before_high",
    "range_after_low",
    "range_after_high",
)
_SUMMED = (*_COUNTED, *_MONEY)


def _measures(found: _Compared) -> dict[str, Array]:
    """What is summed over rows, for each row: ones and zeros, and cents."""
    before, after, answered = found.before, found.after, found.answered
    exact = before.is_exact & after.is_exact & answered
    is_open = (before.is_open | after.is_open) & answered
    in_range = answered & ~exact & ~is_open
    difference = np.where(exact, after.low - before.low, 0)
    measures: dict[str, Array] = {"rows": np.ones(len(answered), bool), "not_answered": ~answered}
    for side, told in (("before", before), ("after", after)):
        for code, answer in enumerate(OVERALL):
            measures[f"{answer.replace(' ', '_')}_{side}"] = (told.overall == code) & answered
    return measures | {
        "exact": exact,
        "gaining": difference > 0,
        "losing": difference < 0,
        "ranges": in_range,
        "open": is_open,
        "before": np.where(exact, before.low, 0),
        "after": np.where(exact, after.low, 0),
        "difference": difference,
        "gained": np.maximum(difference, 0),
        "lost": np.minimum(difference, 0),
        "range_before_low": np.where(in_range, before.low, 0),
        "range_before_high": np.where(in_range, before.high, 0),
        "range_after_low": np.where(in_range, after.low, 0),
        "range_after_high": np.where(in_range, after.high, 0),
    }


class _Sums:
    """Sums by group, in whole numbers; groups are added when they are met."""

    def __init__(self) -> None:
        self._places: dict[tuple[Any, ...], int] = {}
        self._sums = np.zeros((0, len(_SUMMED)), np.int64)

    def add(self, labels: Sequence[tuple[Any, ...]], groups: Array, measures: Mapping[str, Array]) -> None:
        """Add rows; ``groups`` are places in ``labels``."""
        places = np.array([self._places.setdefault(label, len(self._places)) for label in labels], np.int64)
        if len(self._places) > len(self._sums):
            more = np.zeros((len(self._places) - len(self._sums), len(_SUMMED)), np.int64)
            self._sums = np.concatenate([self._sums, more])
        where = places.take(groups)
        for number, name in enumerate(_SUMMED):
            column = measures[name]
            if len(labels) == 1:
                self._sums[places[0], number] += column.sum(dtype=np.int64)
            else:
                np.add.at(self._sums[:, number], where, column.astype(np.int64))

    def table(self, names: Sequence[str], kind: pa.DataType | None = None) -> pa.Table:
        """The sums as a table: the labels, counts of rows, and amounts [EUR]; sorted by the labels, None last."""
        kind = pa.string() if kind is None else kind
        order = sorted(
            self._places, key=lambda label: tuple((part is None, "" if part is None else part) for part in label)
        )
        sums = self._sums[[self._places[label] for label in order]]
        columns: dict[str, pa.Array] = {
            name: pa.array([label[number] for label in order], kind) for number, name in enumerate(names)
        }
        for number, name in enumerate(_SUMMED):
            if name in _COUNTED:
                columns[name] = pa.array(sums[:, number], pa.int64())
            else:
                columns[f"{name}_eur"] = _eur(sums[:, number])
        return pa.table(columns)


_EUR = pa.decimal128(18, 2)


def _eur(cents: Array, told: Array | None = None) -> pa.Array:
    """Amounts [EUR], also below zero; null where they are not told."""
    wide = np.empty((len(cents), 2), np.int64)
    wide[:, 0] = cents
    wide[:, 1] = cents >> 63  # the sign, carried on
    bitmap = None if told is None else pa.py_buffer(np.packbits(told, bitorder="little"))
    return pa.Array.from_buffers(_EUR, len(cents), [bitmap, pa.py_buffer(wide)])


# --- the comparison ------------------------------------------------------------------------------------------

_WORDS = pa.dictionary(pa.int8(), pa.string())
_RULES = pa.dictionary(pa.int32(), pa.string())
_OWN_COLUMNS = (
    ("row", pa.int64()),
    ("overall_before", _WORDS),
    ("overall_after", _WORDS),
    ("total_before_eur", _EUR),
    ("total_after_eur", _EUR),
    ("difference_eur", _EUR),
    ("total_before_low_eur", _EUR),
    ("total_before_high_eur", _EUR),
    ("total_after_low_eur", _EUR),
    ("total_after_high_eur", _EUR),
    ("rules", _RULES),
)


def _names(given: Iterable[str] | str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((given,) if isinstance(given, str) else given))


class Comparer:
    """Compares batch after batch of one table at bounded memory, and tells at the end what came of all.

    What it keeps are sums by group, and how often each difference occurred. The rows that moved are given out batch by
    batch and not kept.

    Raises:
        GuideError: a side's Guide that does not exist, or its paragraphs do not fit together.
        InputError: a side, a column to group by, or a setting that cannot be.

    """

    def __init__(  # noqa: PLR0913 - each is a setting of its own, given by name
        self,
        before: Any = None,  # noqa: ANN401 - any side
        after: Any = None,  # noqa: ANN401 - any side
        *,
        by: Iterable[str] | str = (),
        call: int | None = None,
        carry: Iterable[str] | str = (),
        rulebook: Rulebook | None = None,
        threads: int = 1,
        rounding: Rounding | str = USUAL,
    ) -> None:
        """The arguments are those of :func:`compare`."""
        self.before, self.after = Reform.of(before), Reform.of(after)
        if rulebook is not None:
            # For both sides, but for one that brings rules of its own.
            self.before, self.after = (
                attrs.evolve(side, rulebook=rulebook) if side.rulebook is RULEBOOK else side
                for side in (self.before, self.after)
            )
        self.by, self.carry = _names(by), _names(carry)
        self._call = call
        taken = [name for name, _ in _OWN_COLUMNS if name in self.carry]
        if taken:
            message = f"the column {taken[0]!r} cannot be carried: what is told of a row has a column of this name"
            raise InputError(message, field=taken[0])
        reserved = [name for name in self.by if name in _SUMMED or name.removesuffix("_eur") in _MONEY]
        if reserved:
            message = f"the column {reserved[0]!r} cannot be grouped by: the sums have a column of this name"
            raise InputError(message, field=reserved[0])
        self._settings: dict[str, Any] = {
            "call": call,
            "rounding": rounding_policy(rounding),
            "threads": threads,
        }
        self._pair: _Pair | None = None
        self._keys: list[_FactKey | _ColumnKey | _DerivedKey] = []
        self._calls: Counter[int | None] = Counter()
        self._call_coder = Coder("call")
        self._sums, self._matrix, self._all = _Sums(), _Sums(), _Sums()
        self._differences: dict[int, int] = {}
        self._rules: dict[str, list[int]] = {}
        self._problems: list[tuple[int, str]] = []
        self._rows = 0

    def schema(self, given: pa.Schema) -> pa.Schema:
        """The columns of the rows that moved, for a table with these columns.

        Raises:
            InputError: a column that is no fact and is neither carried nor grouped by, or one that is not there.

        """
        self._prepare(given)
        return pa.schema([*(given.field(name) for name in self.carry), *(pa.field(*each) for each in _OWN_COLUMNS)])

    def _prepare(self, given: pa.Schema) -> _Pair:
        if self._pair is None:
            derived = {fact.name for fact in self.before.rulebook.facts}
            for name in self.by:
                if name not in given.names and name not in derived:
                    message = f"there is no column {name!r} to group by{did_you_mean(name, [*given.names, *derived])}"
                    raise InputError(message, field=name)
            others = tuple(name for name in self.by if name in given.names and name not in VOCABULARY)
            self._pair = _Pair(
                self.before, self.after, carry=tuple(dict.fromkeys((*self.carry, *others))), **self._settings
            )
            self._pair.check(given)
            self._keys = [
                _DerivedKey(name, self.before, self._call)
                if name not in given.names
                else _FactKey(name)
                if name in VOCABULARY
                else _ColumnKey(name)
                for name in self.by
            ]
        return self._pair

    def take(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Compare the next rows, and give those that moved; :meth:`schema` tells the columns.

        Raises:
            InputError: a column that is no fact and is neither carried nor grouped by, or one that is not there.

        """
        schema = self.schema(batch.schema)
        pair = self._prepare(batch.schema)
        found = pair.run(batch, self._calls_met(batch))
        measures = _measures(found)
        rows = batch.num_rows
        if rows:
            self._all.add([()], np.zeros(rows, np.int64), measures)
            self._add_groups(batch, measures)
            self._add_matrix(found, measures)
            self._add_differences(measures)
        for name in found.verdict_differs:
            counts = self._rules.setdefault(name, [0, 0, 0, 0])
            counts[0] += int(found.verdict_differs[name].sum())
            if name in found.movers:
                counts[2] += int(found.movers[name].sum())
            if name in found.amount_differs:
                counts[1] += int(found.amount_differs[name].sum())
                counts[3] += int(found.line_difference[name].sum())
        room = max(MOST_PROBLEMS - len(self._problems), 0)
        self._problems += [(self._rows + row + 1, told) for row, told in found.problems[:room]]
        moved = self._moved(batch, found, schema)
        self._rows += rows
        return moved

    def _calls_met(self, batch: pa.RecordBatch) -> list[int]:
        """The calls of which the batch holds rows; each row is counted."""
        if "call" in batch.schema.names:
            codes = self._call_coder.encode(batch.column("call"))
            found, counts = np.unique(codes, return_counts=True)
            values = [self._call_coder.values[int(code)] for code in found]
        else:
            values, counts = [None], np.array([batch.num_rows])
        met = {}
        for value, count in zip(values, counts.tolist(), strict=True):
            told = self._call if value is None else value
            self._calls[told if isinstance(told, int) else None] += count
            if isinstance(told, int):
                met[told] = True
        return list(met)

    def _add_groups(self, batch: pa.RecordBatch, measures: Mapping[str, Array]) -> None:
        if not self._keys:
            return
        columns = [key.codes(batch) for key in self._keys]
        firsts, groups = _combined(columns)
        labels = [
            tuple(key.label(int(column[row])) for key, column in zip(self._keys, columns, strict=True))
            for row in firsts.tolist()
        ]
        self._sums.add(labels, groups, measures)

    def _add_matrix(self, found: _Compared, measures: Mapping[str, Array]) -> None:
        rows = np.flatnonzero(found.answered)
        if len(rows):
            before, after = (side.overall[rows].astype(np.int64) for side in (found.before, found.after))
            cells, groups = np.unique(before * len(OVERALL) + after, return_inverse=True)
            labels = [divmod(int(cell), len(OVERALL)) for cell in cells]
            self._matrix.add(labels, groups, {name: column[rows] for name, column in measures.items()})

    def _add_differences(self, measures: Mapping[str, Array]) -> None:
        values, counts = np.unique(measures["difference"][measures["exact"]], return_counts=True)
        for value, count in zip(values.tolist(), counts.tolist(), strict=True):
            self._differences[value] = self._differences.get(value, 0) + count

    def _moved(self, batch: pa.RecordBatch, found: _Compared, schema: pa.Schema) -> pa.RecordBatch:
        rows = np.flatnonzero(found.moved)
        places = pa.array(rows)
        before, after = ((side, side.is_exact[rows]) for side in (found.before, found.after))
        columns = [batch.column(name).take(places) for name in self.carry]
        columns.append(pa.array(rows + self._rows + 1, pa.int64()))
        columns += [_overall_words(side.overall[rows]) for side, _ in (before, after)]
        columns += [_eur(side.low[rows], exact) for side, exact in (before, after)]
        columns.append(_eur(after[0].low[rows] - before[0].low[rows], before[1] & after[1]))
        for side, _ in (before, after):
            columns += [_eur(side.low[rows]), _eur(side.high[rows], ~side.is_open[rows])]
        columns.append(_rules_of(found.movers, rows))
        return pa.RecordBatch.from_arrays(columns, schema=schema)

    def comparison(self, moved: pa.Table | None = None, back: Back | None = None) -> Comparison:
        """What came of all rows that were taken; ``moved`` are those that moved, where they were kept.

        ``back`` turns tables into the kind of frame that was given.
        """
        matrix = self._matrix.table(("overall_before", "overall_after"), pa.int8())
        for number in (0, 1):
            name = matrix.schema.names[number]
            matrix = matrix.set_column(number, name, _overall_words(matrix.column(name).to_numpy()))
        order = [rule.identity for side in (self.before, self.after) for rule in side.rulebook.rules]
        rules = {name: self._rules[name] for name in dict.fromkeys(order) if any(self._rules.get(name, ()))}
        counts = np.array(list(rules.values()), np.int64).reshape(-1, 4)
        values = sorted(self._differences)
        return Comparison(
            before=self.before,
            after=self.after,
            by=self.by,
            calls={call: number for call, number in self._calls.items() if call is not None},
            rounding=self._settings["rounding"].name,
            total=self._all.table(()) if self._rows else _NO_ROWS.table(()),
            totals=self._sums.table(self.by),
            overall=matrix,
            rules=pa.table(
                {
                    "rule": pa.array(list(rules), pa.string()),
                    "moved": pa.array(counts[:, 2]),
                    "verdict_differs": pa.array(counts[:, 0]),
                    "amount_differs": pa.array(counts[:, 1]),
                    "difference_eur": _eur(counts[:, 3]),
                }
            ),
            differences=pa.table(
                {
                    "difference_eur": _eur(np.array(values, np.int64)),
                    "rows": pa.array([self._differences[value] for value in values], pa.int64()),
                }
            ),
            problems=self._problems,
            moved=moved,
            back=back or (lambda table: table),
        )


def _no_rows() -> _Sums:
    sums = _Sums()
    sums.add([()], np.zeros(0, np.int64), dict.fromkeys(_SUMMED, np.zeros(0, np.int64)))
    return sums


_NO_ROWS = _no_rows()


def _overall_words(codes: Array) -> pa.Array:
    words = pa.array([str(answer) for answer in OVERALL])
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int8)), words)


def _rules_of(movers: Mapping[str, Array], rows: Array) -> pa.Array:
    """The rules that moved each of these rows, joined by a comma; each set of rules is written once."""
    names = sorted(movers)
    if not names or not len(rows):
        return pa.DictionaryArray.from_arrays(pa.nulls(len(rows), pa.int32()), pa.array([], pa.string()))
    which = np.stack([movers[name][rows] for name in names], axis=1)
    packed = np.ascontiguousarray(np.packbits(which, axis=1))
    _, firsts, inverse = np.unique(
        packed.view(np.dtype((np.void, packed.shape[1]))).ravel(), return_index=True, return_inverse=True
    )
    words = [", ".join(np.array(names)[which[row]].tolist()) for row in firsts]
    return pa.DictionaryArray.from_arrays(pa.array(inverse.astype(np.int32)), pa.array(words, pa.string()))


def compare(  # noqa: PLR0913 - each is a setting of its own, given by name
    table: Any,  # noqa: ANN401 - any kind of frame
    before: Any = None,  # noqa: ANN401 - any side
    after: Any = None,  # noqa: ANN401 - any side
    *,
    by: Iterable[str] | str = (),
    call: int | None = None,
    carry: Iterable[str] | str = (),
    rulebook: Rulebook | None = None,
    threads: int = 1,
    rounding: Rounding | str = USUAL,
) -> Comparison:
    """What changes for the mobilities of a table from one side to the other.

    ``before`` and ``after`` are anything of which :meth:`Reform.of` makes a side; None is the shipped Guide of each
    row's call. ``by`` names columns by which sums are told: facts, other columns, or derived facts such as
    ``direction``, which the first side's Guides tell. ``carry`` names columns that the rows that moved keep. The other
    arguments are those of :func:`icm_rules.batch.table.evaluate_table`; ``rulebook`` is for a side that brings none.

    The rows that moved are kept in memory; a :class:`Comparer` gives them out batch by batch instead.

    Raises:
        GuideError: a side's Guide that does not exist, or its paragraphs do not fit together.
        InputError: what is given is no table, or a column or a setting that cannot be.

    """
    arrow, back = arrow_of(table)
    comparer = Comparer(
        before, after, by=by, call=call, carry=carry, rulebook=rulebook, threads=threads, rounding=rounding
    )
    schema = comparer.schema(arrow.schema)
    moved = [comparer.take(batch) for batch in arrow.to_batches(max_chunksize=ROWS_OF_A_BATCH)]
    kept = pa.Table.from_batches(moved, schema=schema).unify_dictionaries()
    return comparer.comparison(kept, back)


USUAL_EDGES = (-1000, -500, -200, -100, -50, 0, 50, 100, 200, 500, 1000)
"""Where the parts of a histogram begin and end if nothing else is asked for [EUR]."""
USUAL_QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
_FRAMES = ("moved", "totals", "total", "overall", "rules", "differences")


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Comparison:
    """What changed for the rows of a table from one side to the other. Amounts are exact [EUR].

    Sums of amounts are over the rows whose total is one amount on both sides (``exact``). Rows with a range on a side
    (``ranges``) and rows with an open line (``open``) are counted apart, never as zero; of ranges the least and the most
    are told. Amounts are those of the lines of the grant, whatever the overall answer; :attr:`overall` has them by the
    overall answers before and after.
    """

    before: Reform
    after: Reform
    by: tuple[str, ...]
    calls: Mapping[int, int]
    """How many rows there are of each call."""
    rounding: str
    """The name of the rounding policy."""
    total: pa.Table
    """One row: all counts and sums over the whole table."""
    totals: pa.Table
    """The same by group: the columns of ``by`` in words, then counts of rows, then sums of amounts."""
    overall: pa.Table
    """The same by the overall answer before and after; only rows that were answered."""
    rules: pa.Table
    """For each rule that differs in a row: how many rows it moved, in how many its verdict and its amount differ, and by
    how much the amounts that are exact on both sides differ in all."""
    differences: pa.Table
    """How many rows have each difference, among those whose total is one amount on both sides."""
    problems: Sequence[tuple[int, str]] = attrs.field(converter=tuple)
    """Rows that could not be answered, counted from 1, and why; the first hundred."""
    moved: pa.Table | None
    """The rows that moved: the carried columns, the number of the row from 1 on, both overall answers, the totals
    before and after with their difference (null where it is no one amount), the totals at least and at most, and the
    rules that moved it. A row has moved where its overall answer differs, or a line of its grant. The rules named are
    the lines that differ, and where the overall answer differs, the deciding rules that refuse or cannot tell on one side
    alone. None where they were given out and not kept."""
    _back: Back = attrs.field(alias="back")

    # --- figures -----------------------------------------------------------------------------------------

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - a count or an amount
        """One figure over the whole table, such as ``rows``, ``gaining`` or ``difference_eur``.

        Raises:
            KeyError: there is none of this name.

        """
        return self.total.column(name)[0].as_py()

    @property
    def matrix(self) -> dict[tuple[str, str], int]:
        """How many rows went from which overall answer to which; all nine, also those without a row."""
        found = {(str(one), str(other)): 0 for one in OVERALL for other in OVERALL}
        for row in self.overall.select(["overall_before", "overall_after", "rows"]).to_pylist():
            found[row["overall_before"], row["overall_after"]] = row["rows"]
        return found

    def quantiles(self, shares: Iterable[float] = USUAL_QUANTILES) -> dict[float, Decimal | None]:
        """For each share the difference [EUR] that at least so many of the rows with a difference told do not exceed.

        Each is a difference that occurred, none lies between two; None where no row has one.

        Raises:
            InputError: a share below 0 or above 1.

        """
        wanted = list(shares)
        for share in wanted:
            if not 0 <= share <= 1:
                message = f"{shown(share)} is no share; write a number from 0 to 1"
                raise InputError(message, field="shares")
        values = self.differences.column("difference_eur").to_pylist()
        reached = np.cumsum(self.differences.column("rows").to_numpy())
        if not values:
            return dict.fromkeys(wanted)
        return {
            share: values[int(np.searchsorted(reached, max(int(np.ceil(share * int(reached[-1]))), 1)))]
            for share in wanted
        }

    def histogram(self, edges: Iterable[int | str | Decimal] = USUAL_EDGES) -> dict[str, int]:
        """How many rows have a difference in each part between the edges [EUR]; no difference is a part of its own.

        An edge belongs to the part that is nearer to zero: a gain of 50 lies in "0 to 50", a loss of 50 in "-50 to 0".

        Raises:
            InputError: an edge that is no number.

        """
        ends = _edges(edges)
        below, above = [edge for edge in ends if edge <= 0], [edge for edge in ends if edge >= 0]
        counts = {f"below {_amount(below[0])}": 0}
        counts |= {f"{_amount(low)} to {_amount(high)}": 0 for low, high in itertools.pairwise(below)}
        counts["no difference"] = 0
        counts |= {f"{_amount(low)} to {_amount(high)}": 0 for low, high in itertools.pairwise(above)}
        counts[f"above {_amount(above[-1])}"] = 0
        names = list(counts)
        middle = len(below)
        for row in self.differences.to_pylist():
            value = row["difference_eur"]
            if value < 0:
                place = bisect.bisect_right(below, value)
            else:
                place = middle + (bisect.bisect_left(above, value) if value else 0)
            counts[names[place]] += row["rows"]
        return counts

    # --- other forms -------------------------------------------------------------------------------------

    def to_frame(self, what: str = "moved") -> Any:  # noqa: ANN401 - the kind of frame that was given
        """One of its tables as the kind of frame that was given.

        ``moved``, ``totals``, ``total``, ``overall``, ``rules`` or ``differences``.

        Raises:
            InputError: there is no such table, or the rows that moved were not kept.

        """
        if what not in _FRAMES:
            message = f"there is no table {what!r}{did_you_mean(what, _FRAMES)}; there are: {', '.join(_FRAMES)}"
            raise InputError(message)
        table = getattr(self, what)
        if table is None:
            message = "the rows that moved were given out batch by batch and not kept; collect them where they came"
            raise InputError(message)
        return self._back(table)

    def to_dict(self) -> dict[str, Any]:
        """All of it but the single rows, as JSON can hold it: amounts are text such as "12.50" [EUR]."""
        found: dict[str, Any] = {
            "before": self.before.name,
            "after": self.after.name,
            "by": list(self.by),
            "calls": {str(call): rows for call, rows in sorted(self.calls.items())},
            "rounding": self.rounding,
            "total": plain(self.total.to_pylist()[0]),
        }
        for name in ("overall", "totals", "rules"):
            found[name] = [plain(row) for row in getattr(self, name).to_pylist()]
        if not self.by:
            found["totals"] = []
        found["differences"] = {
            "quantiles": {str(share): plain(value) for share, value in self.quantiles().items()},
            "histogram": self.histogram(),
        }
        found["problems"] = [{"row": row, "problem": told} for row, told in self.problems]
        return found

    def __str__(self) -> str:
        """What changed, in words and small tables of plain text."""
        return _in_text(self._title, self._sides, self._parts())

    def __repr__(self) -> str:
        """Which sides, and how many rows."""
        return f"Comparison({self.before.name!r}, {self.after.name!r}, {self['rows']} rows)"

    def to_html(self) -> str:
        """The same as a piece of HTML: one ``div`` with its own style, without scripts, every text escaped."""
        return _in_html(self._title, self._sides, self._parts())

    def _repr_html_(self) -> str:
        return self.to_html()

    def plot(self, edges: Iterable[int | str | Decimal] = USUAL_EDGES) -> Any:  # noqa: ANN401 - a figure of matplotlib
        """A figure of matplotlib: the differences, and where there are groups, the amounts before and after of each.

        Raises:
            InputError: the extra ``plots`` is not installed, or an edge is no number.

        """
        try:
            from icm_rules.batch import plots
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != "matplotlib":
                raise
            message = 'plots need matplotlib, which is not installed: pip install "icm-rules[plots]"'
            raise InputError(message) from None
        return plots.figure_of(self, edges)

    # --- telling -----------------------------------------------------------------------------------------

    @property
    def _title(self) -> str:
        return f"Comparison of {_rows(self['rows'])}"

    @property
    def _sides(self) -> tuple[str, ...]:
        told = [f"before: {self.before.name}", f"after:  {self.after.name}"]
        for side in (self.before, self.after):
            if isinstance(side.guide, Guide):
                others = sum(rows for call, rows in self.calls.items() if call != side.guide.call)
                if others:
                    told.append(
                        f"{_rows(others)} of other calls answered by {side.name}, as if they were of call "
                        f"{side.guide.call}"
                    )
        return tuple(told)

    def _parts(self) -> Iterator[_Part]:
        yield self._overall_told()
        yield self._money_told()
        if self["exact"]:
            yield self._differences_told()
        if self.rules.num_rows:
            yield self._rules_told()
        if self["not_answered"]:
            shown_here = [f"row {row}: {told}" for row, told in self.problems[:_SHOWN]]
            more = self["not_answered"] - len(shown_here)
            yield _Part(
                f"Not answered: {_rows(self['not_answered'])}", (*shown_here, *([f"and {more:,} more"] if more else []))
            )

    def _overall_told(self) -> _Part:
        matrix = self.matrix
        words = [str(answer) for answer in OVERALL]
        rows = [(one, *(f"{matrix[one, other]:,}" for other in words)) for one in words]
        changed = sum(number for (one, other), number in matrix.items() if one != other)
        told = f"{_rows(changed)} with another overall answer" if changed else "no row has another overall answer"
        return _Part("Overall answer (rows: before, columns: after)", (told,), ("", *words), rows)

    def _money_told(self) -> _Part:
        found = self.total.to_pylist()[0]
        rows = [self._money_row("all", found)]
        groups = self.totals.to_pylist() if self.by else []
        groups.sort(key=lambda row: -abs(row["difference_eur"]))
        for row in groups[:_GROUPS_SHOWN]:
            rows.append(self._money_row(" / ".join(row[name] or "not told" for name in self.by), row))
        told = [
            f"gained: {_rows(found['gaining'])}, {_signed(found['gained_eur'])} EUR; "
            f"lost: {_rows(found['losing'])}, {_signed(found['lost_eur'])} EUR; "
            f"unchanged: {_rows(found['exact'] - found['gaining'] - found['losing'])}"
        ]
        if found["ranges"]:
            low_before, high_before, low_after, high_after = (
                _amount(found[f"range_{side}_{end}_eur"]) for side in ("before", "after") for end in ("low", "high")
            )
            told.append(
                f"not in these sums: {_rows(found['ranges'])} whose total is a range, {low_before} to {high_before} EUR "
                f"before, {low_after} to {high_after} EUR after"
            )
        if found["open"]:
            told.append(f"not in these sums: {_rows(found['open'])} with a line that nobody can tell on a side")
        if len(groups) > _GROUPS_SHOWN:
            told.append(f"shown: the {_GROUPS_SHOWN} groups that differ most, of {len(groups):,}")
        by = f", by {' and '.join(self.by)}" if self.by else ""
        return _Part(f"Grants{by} [EUR]", tuple(told), ("", "rows", "counted", "before", "after", "difference"), rows)

    @staticmethod
    def _money_row(label: str, row: Mapping[str, Any]) -> tuple[str, ...]:
        return (
            label,
            f"{row['rows']:,}",
            f"{row['exact']:,}",
            _amount(row["before_eur"]),
            _amount(row["after_eur"]),
            _signed(row["difference_eur"]),
        )

    def _differences_told(self) -> _Part:
        rows = [(name, f"{number:,}") for name, number in self.histogram().items() if number]
        told = "; ".join(
            f"{_QUANTILES_TOLD[share]} {_signed(value)}"
            for share, value in self.quantiles(_QUANTILES_TOLD).items()
            if value is not None
        )
        return _Part("Differences [EUR]", (told,), ("", "rows"), rows)

    def _rules_told(self) -> _Part:
        moved = [row for row in self.rules.to_pylist() if row["moved"]]
        if not moved:
            return _Part("Rules that moved rows", ("none: verdicts differ, but no answer and no amount turns on them",))
        moved.sort(key=lambda row: -row["moved"])
        rows = [(row["rule"], f"{row['moved']:,}", _signed(row["difference_eur"])) for row in moved]
        return _Part("Rules that moved rows", (), ("", "rows", "difference"), rows)


# --- words ---------------------------------------------------------------------------------------------------

_SHOWN, _GROUPS_SHOWN = 5, 30
_QUANTILES_TOLD = {0.0: "least", 0.25: "a quarter up to", 0.5: "half up to", 0.75: "three quarters up to", 1.0: "most"}


@attrs.frozen
class _Part:
    """A part of what is told: a heading, sentences, and a table whose first column is words and the others numbers."""

    title: str
    told: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    rows: Sequence[tuple[str, ...]] = ()


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"


def _amount(value: Decimal) -> str:
    """An amount as it is read; whole edges stay whole."""
    return f"{value:,f}"


def _signed(value: Decimal) -> str:
    return f"{value:+,f}" if value else f"{abs(value):,f}"


def _edges(given: Iterable[int | str | Decimal]) -> list[Decimal]:
    try:
        found = {Decimal(str(edge)) for edge in given} | {Decimal(0)}
        if not all(edge.is_finite() for edge in found):
            raise ArithmeticError  # noqa: TRY301 - the same sentence for both
    except ArithmeticError:
        message = "an edge of the histogram is no number; write amounts in EUR, such as -100 or 250"
        raise InputError(message, field="edges") from None
    return sorted(found)


def _clean(text: str) -> str:
    """The text on one line and without signs that would steer a terminal."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in " ".join(text.split()))


def _in_text(title: str, lines: Iterable[str], parts: Iterable[_Part]) -> str:
    told = [title, "=" * len(title), *(line if line.startswith("after:") else _clean(line) for line in lines)]
    for part in parts:
        told += ["", part.title, "-" * len(part.title), *map(_clean, part.told)]
        table = [part.header, *part.rows] if part.rows else []
        widths = [max(len(_clean(row[number])) for row in table) for number in range(len(part.header))] if table else []
        for row in table:
            first, *others = map(_clean, row)
            cells = [
                first.ljust(widths[0]),
                *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)),
            ]
            told.append("  ".join(cells).rstrip())
    return "\n".join(told) + "\n"


_STYLE = (
    ".icm-comparison{color:inherit}"
    ".icm-comparison table{border-collapse:collapse;color:inherit;background:none}"
    ".icm-comparison th,.icm-comparison td{border:0;border-bottom:1px solid rgba(128,128,128,.4);"
    "padding:.25em .8em .25em 0;text-align:left;color:inherit;background:none}"
    ".icm-comparison .number{text-align:right;white-space:nowrap}"
)


def _in_html(title: str, lines: Iterable[str], parts: Iterable[_Part]) -> str:
    told = [f"<style>{_STYLE}</style>", f"<h2>{_escaped(title)}</h2>", *(f"<p>{_escaped(line)}</p>" for line in lines)]
    for part in parts:
        told.append(f"<h3>{_escaped(part.title)}</h3>")
        told += [f"<p>{_escaped(line)}</p>" for line in part.told]
        if part.rows:
            told.append(f"<table><thead>{_html_row(part.header, 'th')}</thead><tbody>")
            told += [_html_row(row, "td") for row in part.rows]
            told.append("</tbody></table>")
    return '<div class="icm-comparison">' + "\n".join(told) + "</div>\n"


def _html_row(cells: Sequence[str], tag: str) -> str:
    first, *others = map(_escaped, cells)
    return f"<tr><{tag}>{first}</{tag}>" + "".join(f'<{tag} class="number">{cell}</{tag}>' for cell in others) + "</tr>"


def _escaped(text: str) -> str:
    return html.escape(_clean(text), quote=True)
