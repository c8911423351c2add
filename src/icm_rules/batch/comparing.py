"""One batch of rows under two sides, and the sums of what differs.

The second side is asked only what the change can have touched: a rule of which neither the function, nor a fact or
paragraph behind it, differs has the answer it had on the first side.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from icm_rules.batch.coding import Coder, Unreadable
from icm_rules.batch.outputs import OVERALL
from icm_rules.batch.reforms import Reform, differing, items_of, names_behind
from icm_rules.batch.table import TableRunner
from icm_rules.batch.tabulation import CODE_OF_VERDICT, Array
from icm_rules.engine import Rounding, Rulebook, Verdict
from icm_rules.engine.answers import Unknown
from icm_rules.engine.errors import GuideError, InputError
from icm_rules.guide.provisions import PARAGRAPHS
from icm_rules.model.vocabulary import PLACES, VOCABULARY, facts_of, mobility_of
from icm_rules.report.records import OverallAnswer, plain

# --- what the change can have touched ------------------------------------------------------------------------

_PEOPLE = tuple(name for name, place in PLACES.items() if place.holder == "participant")


@attrs.frozen(eq=False)
class Touched:
    """What must be asked on the second side: its rules, and the columns they rest on (None is all columns)."""

    differing: frozenset[str]
    """The rules whose answers may differ, by identity; also those that only one side has."""
    asked: tuple[str, ...]
    """Those of the second side that are asked there."""
    columns: frozenset[str] | None
    overall: bool
    """Whether the overall answer may differ."""


class Watch:
    """Finds out, by the calls that a table holds, which rules the change can have touched."""

    def __init__(self, before: Reform, after: Reform) -> None:
        """No row has been seen yet."""
        self._before, self._after = before, after
        self._paragraphs: dict[int, frozenset[str]] = {}
        old, new = before.rulebook, after.rulebook
        self._old = {rule.identity: rule for rule in old.rules}
        self._new = {rule.identity: rule for rule in new.rules}
        items, others = items_of(old), items_of(new)
        changed = frozenset(name for name in items.keys() | others.keys() if items.get(name) != others.get(name))
        self._changed = changed
        self._behind = _behind_each_rule(new)
        self._by_rules = frozenset(
            name
            for name in self._old.keys() | self._new.keys()
            if name in changed or not changed.isdisjoint(self._behind[name])
        )
        self.stages_differ = old.stages != new.stages or {(fact.name, fact.known_at) for fact in old.given} != {
            (fact.name, fact.known_at) for fact in new.given
        }
        self._found: dict[frozenset[str], Touched] = {}

    def touched(self, met: Iterable[int]) -> Touched:
        """What may differ in a table with these calls, and with all that were met before."""
        paragraphs = self._paragraphs_of(met)
        if paragraphs not in self._found:
            self._found[paragraphs] = self._find(paragraphs)
        return self._found[paragraphs]

    def changed(self, met: Iterable[int]) -> frozenset[str]:
        """The rules, facts and paragraphs themselves that differ for rows of these calls, or of those met before."""
        return self._changed | self._paragraphs_of(met)

    def _paragraphs_of(self, met: Iterable[int]) -> frozenset[str]:
        for call in met:
            if call not in self._paragraphs:
                self._paragraphs[call] = self._differing(call)
        return frozenset().union(*self._paragraphs.values())

    def _differing(self, call: int) -> frozenset[str]:
        """The paragraphs in which both sides differ for rows of a call."""
        try:
            before = self._before.guide_of(call)
        except GuideError:
            return frozenset()  # the first side has left these rows unanswered, so nothing more is asked of them
        try:
            return differing(before, self._after.guide_of(call))
        except GuideError:
            return frozenset(PARAGRAPHS)  # the second side must be asked, to say why it cannot answer

    def _find(self, paragraphs: frozenset[str]) -> Touched:
        by_paragraphs = {name for name, behind in self._behind.items() if not paragraphs.isdisjoint(behind)}
        differing = self._by_rules | by_paragraphs
        sides = (self._old, self._new)
        overall = self.stages_differ or any(side[name].decides for side in sides for name in differing if name in side)
        # The overall answer is made of all rules that decide, and of the stage that all columns together tell.
        asked = tuple(name for name, rule in self._new.items() if name in differing or (overall and rule.decides))
        columns: frozenset[str] | None = None
        if not overall:
            columns = frozenset({"call"}).union(*(self._behind[name] for name in asked)) & VOCABULARY.keys()
            if "participant_kind" in columns:
                columns |= {*_PEOPLE}  # whoever tells anything of a student tells that a student goes
        return Touched(differing, asked, columns, overall)


@functools.lru_cache(maxsize=8)
def _behind_each_rule(rulebook: Rulebook) -> Mapping[str, frozenset[str]]:
    """Everything on which each rule rests; reforms of one rulebook come one after the other."""
    return {rule.identity: names_behind(rulebook, rule.identity) for rule in rulebook.rules}


# --- one batch under both sides ------------------------------------------------------------------------------

_OPEN = CODE_OF_VERDICT[Verdict.UNDETERMINED]
_REFUSED = CODE_OF_VERDICT[Verdict.NOT_MET]
_NOT_ELIGIBLE, _CANNOT_TELL = map(OVERALL.index, (OverallAnswer.NOT_ELIGIBLE, OverallAnswer.CANNOT_TELL_YET))
_ABSENT = -1
"""Stands in place of a verdict where a side has no such rule, or gave no answer."""


@attrs.frozen(eq=False)
class Side:
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
class Line:
    """One line of the grant on one side: cents, none where nothing is due, and where it is open."""

    low: Array
    high: Array
    is_open: Array

    @classmethod
    def of(cls, answers: pa.RecordBatch, name: str) -> Line:
        """The line that this rule pays, or nothing where the side has no such rule."""
        if f"{name}.cents_low" not in answers.schema.names:
            nothing = np.zeros(answers.num_rows, np.int64)
            return cls(nothing, nothing, np.zeros(answers.num_rows, bool))
        low, high = (_filled(answers.column(f"{name}.cents_{end}"), 0) for end in ("low", "high"))
        return cls(low, high, _codes(answers, name) == _OPEN)

    @property
    def is_exact(self) -> Array:
        """The rows in which it is one amount, or nothing."""
        exact: Array = ~self.is_open & (self.low == self.high)
        return exact


@attrs.define(eq=False)
class Compared:
    """Both sides of one batch, and what differs by rule; each array has a place for every row."""

    before: Side
    after: Side
    answered: Array
    moved: Array
    problems: list[tuple[int, str]]
    movers: dict[str, Array] = attrs.field(factory=dict)
    """For each rule the rows which it moved."""
    verdict_differs: dict[str, Array] = attrs.field(factory=dict)
    amount_differs: dict[str, Array] = attrs.field(factory=dict)
    line_difference: dict[str, Array] = attrs.field(factory=dict)
    """By how many cents each line differs, where it is one amount, or nothing, on both sides."""


class Pair:
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
        """``carry`` are the columns that are no facts and may stand in a batch all the same."""
        self._after = after
        self._settings: dict[str, Any] = {
            "call": call,
            "rounding": rounding,
            "threads": threads,
            "money": "cents",
        }
        self._first = TableRunner(
            guide=before.guides,
            rulebook=before.rulebook,
            carry=carry,
            give=("overall", "verdicts", "ranges", "total"),
            **self._settings,
        )
        self._guides_after = after.guides
        self._second: tuple[Touched, TableRunner] | None = None
        self._watch = Watch(before, after)
        self._is_line = {
            rule.identity: rule.pays and not rule.informs for side in (before, after) for rule in side.rulebook.rules
        }
        self._decides = {rule.identity: rule.decides for side in (before, after) for rule in side.rulebook.rules}
        self._lines_before = tuple(rule.identity for rule in before.rulebook.rules if self._is_line[rule.identity])

    def check(self, given: pa.Schema) -> None:
        """Refuse a column that is no fact and is not carried."""
        self._first.schema(given)

    def run(self, batch: pa.RecordBatch, met: Iterable[int]) -> Compared:
        """Both sides of a batch that holds rows of these calls."""
        old = self._first.run(batch)
        touched = self._watch.touched(met)
        new = self._answers_after(batch, touched)
        problems = _problems(old, new)
        answered = np.ones(batch.num_rows, bool)
        answered[[row for row, _ in problems]] = False
        before = self._side_before(old)
        if new is None:
            return Compared(before, before, answered, np.zeros(batch.num_rows, bool), problems)
        lines = {
            name: (Line.of(old, name), Line.of(new, name)) for name in sorted(touched.differing) if self._is_line[name]
        }
        after = self._side_after(old, new, before, touched, lines)
        return self._compared(old, new, Compared(before, after, answered, np.zeros(0, bool), problems), touched, lines)

    def _answers_after(self, batch: pa.RecordBatch, touched: Touched) -> pa.RecordBatch | None:
        if not touched.differing:
            return None
        if self._second is None or self._second[0] is not touched:
            rulebook = self._after.rulebook
            left_out = {rule.identity for rule in rulebook.rules} - set(touched.asked)
            runner = TableRunner(
                guide=self._guides_after,
                rulebook=rulebook.without(*left_out),
                give=("overall", "verdicts", "ranges") if touched.overall else ("verdicts", "ranges"),
                **self._settings,
            )
            self._second = (touched, runner)
        names = [
            name
            for name in batch.schema.names
            if name in VOCABULARY and (touched.columns is None or name in touched.columns)
        ]
        if not names:  # a batch without columns would have no rows
            names = [name for name in batch.schema.names if name in VOCABULARY][:1]
        return self._second[1].run(batch.select(names))

    def _side_before(self, old: pa.RecordBatch) -> Side:
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
            high[rows] = sum((Line.of(part, name).high for name in self._lines_before), np.zeros(len(rows), np.int64))
        return Side(_codes(old, "overall"), low, high, is_open)

    def _side_after(
        self,
        old: pa.RecordBatch,
        new: pa.RecordBatch,
        before: Side,
        touched: Touched,
        lines: Mapping[str, tuple[Line, Line]],
    ) -> Side:
        """The second side: what was not touched is as it was."""
        low, high, is_open = before.low, before.high, before.is_open
        if lines:
            is_open = np.zeros(len(low), bool)
            if before.is_open.any():
                for name in self._lines_before:
                    if name not in lines:
                        is_open |= _codes(old, name) == _OPEN
        for was, now in lines.values():
            low = low - was.low + now.low
            high = high - was.high + now.high
            is_open |= now.is_open
        overall = _codes(new, "overall") if touched.overall else before.overall
        return Side(overall, low, high, is_open)

    def _compared(
        self,
        old: pa.RecordBatch,
        new: pa.RecordBatch,
        found: Compared,
        touched: Touched,
        lines: Mapping[str, tuple[Line, Line]],
    ) -> Compared:
        """The same with what each rule did."""
        answered = found.answered
        overall_differs = (found.before.overall != found.after.overall) & answered
        found.moved = overall_differs.copy()
        some = bool(overall_differs.any())
        for name in sorted(touched.differing):
            was, now = _codes(old, name), _codes(new, name)
            found.verdict_differs[name] = (was != now) & answered
            if self._decides[name] and some:
                found.movers[name] = overall_differs & np.select(
                    [
                        found.after.overall == _NOT_ELIGIBLE,
                        found.before.overall == _NOT_ELIGIBLE,
                        found.after.overall == _CANNOT_TELL,
                    ],
                    [
                        (now == _REFUSED) & (was != _REFUSED),
                        (was == _REFUSED) & (now != _REFUSED),
                        (now == _OPEN) & (was != _OPEN),
                    ],
                    (was == _OPEN) & (now != _OPEN),
                )
        for name, (first, second) in lines.items():
            differs = (first.low != second.low) | (first.high != second.high) | (first.is_open != second.is_open)
            differs &= answered
            exact = first.is_exact & second.is_exact & answered
            found.amount_differs[name] = found.movers[name] = differs
            found.line_difference[name] = np.where(exact, second.low - first.low, 0)
            found.moved |= differs
        return found


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


class FactKey:
    """Groups by the values of a given fact, read as the model reads them."""

    def __init__(self, name: str) -> None:
        """``name`` is that of the fact and of the column."""
        self.name = name
        self._coder = Coder(name)

    def codes(self, batch: pa.RecordBatch) -> Array:
        """A number for each row."""
        return self._coder.encode(batch.column(self.name))

    def label(self, code: int) -> str | None:
        """The value in words; None where it is not told or cannot be read."""
        return _label(self._coder.values[code])


class ColumnKey:
    """Groups by a column that is no fact."""

    def __init__(self, name: str) -> None:
        """``name`` is that of the column."""
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


class DerivedKey:
    """Groups by a derived fact, asked once for each combination of the facts behind it; by the first side's Guides."""

    def __init__(self, name: str, side: Reform, call: int | None) -> None:
        """``side`` tells the fact; ``call`` is that of rows that tell none."""
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
        firsts, inverse = combined(columns)
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


def combined(columns: Sequence[Array]) -> tuple[Array, Array]:
    """The first row of each combination of codes, and the number of the combination of each row."""
    joint, number = np.zeros(len(columns[0]), np.int64), 1
    for column in columns:
        codes = int(column.max(initial=0)) + 1
        if number * codes > _MOST_COMBINATIONS:
            kept, joint = np.unique(joint, return_inverse=True)
            number = len(kept)
        joint = joint * codes + column
        number *= codes
    _, firsts, inverse = np.unique(joint, return_index=True, return_inverse=True)
    return firsts, inverse


_MOST_COMBINATIONS = 1 << 62
"""So many fit into one number."""

COUNTED = (
    "rows",
    "not_answered",
    *(f"{answer.replace(' ', '_')}_{side}" for side in ("before", "after") for answer in OVERALL),
    "exact",
    "gaining",
    "losing",
    "ranges",
    "open",
)
MONEY = (
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
SUMMED = (*COUNTED, *MONEY)


def measures_of(found: Compared) -> dict[str, Array]:
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


class Sums:
    """Sums by group, in whole numbers; groups are added when they are met."""

    def __init__(self) -> None:
        """Nothing has been added yet."""
        self._places: dict[tuple[Any, ...], int] = {}
        self._sums = np.zeros((0, len(SUMMED)), np.int64)

    def add(self, labels: Sequence[tuple[Any, ...]], groups: Array, measures: Mapping[str, Array]) -> None:
        """Add rows; ``groups`` are places in ``labels``."""
        places = np.array([self._places.setdefault(label, len(self._places)) for label in labels], np.int64)
        if len(self._places) > len(self._sums):
            more = np.zeros((len(self._places) - len(self._sums), len(SUMMED)), np.int64)
            self._sums = np.concatenate([self._sums, more])
        where = places.take(groups)
        for number, name in enumerate(SUMMED):
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
        for number, name in enumerate(SUMMED):
            if name in COUNTED:
                columns[name] = pa.array(sums[:, number], pa.int64())
            else:
                columns[f"{name}_eur"] = eur(sums[:, number])
        return pa.table(columns)


EUR = pa.decimal128(18, 2)


def eur(cents: Array, told: Array | None = None) -> pa.Array:
    """Amounts [EUR], also below zero; null where they are not told."""
    wide = np.empty((len(cents), 2), np.int64)
    wide[:, 0] = cents
    wide[:, 1] = cents >> 63  # the sign, carried on
    bitmap = None if told is None else pa.py_buffer(np.packbits(told, bitorder="little"))
    return pa.Array.from_buffers(EUR, len(cents), [bitmap, pa.py_buffer(wide)])
