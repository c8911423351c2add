"""The same answers in fewer look-ups: the columns that rules ask for together are brought together once.

A plan knows how each fact is computed, so a row passes many steps. What it has computed for some rows is learnt here by
example: columns that go together in few ways become one column of *classes* (a hub), and the rules of several tables
are looked up in one place by two or three hubs. Two rows of one class agree in every fact that anything outside the hub
asks for, so nothing is decided here. A row with a combination that has not been learnt goes by the plan first.
"""

from __future__ import annotations

import itertools
import math
import operator
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import attrs
import numpy as np

from icm_rules.batch.coding import NumberValues, Unreadable
from icm_rules.batch.planning import (
    Answers,
    BlockedStep,
    ElementwiseStep,
    Plan,
    PresenceStep,
    ProjectionStep,
    Step,
    Trace,
)
from icm_rules.batch.tabulation import (
    SMALL,
    Array,
    Block,
    ColumnSource,
    ComputedNumbers,
    NotFilled,
    Source,
    Table,
    room_for,
)

SAMPLE = 1 << 15
"""So many rows tell which columns go together."""
TRIAL = 1 << 12
"""So many of them are enough to compare one way of bringing columns together with another."""
ROWS_OF_A_CLASS = 4
"""Where fewer rows than these come to a class, there are more classes than the rows have shown."""
MOST_ROOTS = 40
"""Of more columns that differ by themselves, nobody could say in time which go together."""
MOST_CLASSES = 1 << 11
"""Columns that go together in more ways are not brought together."""
MOST_CELLS = 1 << 20
"""Nor are they where a table over them would be larger than the cache of a processor."""
FEW_CELLS = 1 << 16
"""Rules are looked up by whole columns where so few combinations can be; all of them are soon met."""
MOST_TERMINAL_CELLS = 1 << 19
"""The answers of rules are not looked up in a larger table."""
_FLAT_CELLS = 1 << 18
"""A hub over a hub is looked up at once where the table stays so small."""
_DENSE = 1 << 18
"""Numbers up to here are numbered anew by counting, larger ones by sorting."""
_NARROW = 64
"""Numbers of so few values are brought together as words are."""
_SMALL_COLUMN = 16
"""Whether so small a column is told is not asked apart from what it tells."""

# What passes over a column cost when they were measured, in nanoseconds a row; only their proportions matter.
_TERM, _PLACE = 0.3, 0.2


def _cost_of_look_up(cells: int) -> float:
    """The dearer, the less of a table stays in the nearest cache."""
    return 0.5 if cells <= 1 << 18 else 1.0


class Outgrown(Exception):  # noqa: N818 - no error: what was learnt is laid out anew
    """There is no room for what is new, or a fact has more than the one value it had."""


class TooVaried(Exception):  # noqa: N818 - no error: the plan goes on by itself
    """The columns go together in so many ways that nothing is won by bringing them together."""


@attrs.define(eq=False)
class Experience:
    """What was learnt of a plan before, so that the next lay-out has room for it."""

    varied: set[int] = attrs.field(factory=set)
    """The sources that have more than one value, even if a sample shows but one, by their index."""
    classes: dict[frozenset[tuple[str, int]], int] = attrs.field(factory=dict)
    """How many classes some columns have together, by these columns."""


class _Guard:
    """What must still be so of a column that was left out."""

    def __init__(
        self, source: Source, *, code: int | None = None, size: int | None = None, has_nulls: bool | None = None
    ) -> None:
        """The one code of all rows, how many codes there are, or whether there are nulls, as far as it matters."""
        self.source, self.version = source, source.version
        self.code, self.size, self.has_nulls = code, size, has_nulls

    def holds(self, block: Block) -> bool:
        """Whether it is so, with these codes of a batch."""
        source = self.source
        if self.code is not None and not (isinstance(block, int) and block == self.code):
            return False
        if self.has_nulls is not None and isinstance(source, ColumnSource) and source.coder.has_nulls != self.has_nulls:
            return False
        return source.version == self.version and (self.size is None or self.size == len(source))


class Asked:
    """A column of which it matters who asks for it."""

    def __init__(self) -> None:
        """Nobody asks for it yet."""
        self.consumers: list[Element] = []

    def codes(self, trace: Trace) -> Block:
        """A number for each row of a trace; equal numbers are equal values or answers."""
        raise NotImplementedError

    @property
    def key(self) -> tuple[str, int]:
        """What tells it from others, in this plan and in each of its lay-outs."""
        raise NotImplementedError


class Root(Asked):
    """A column that nothing here computes from others: given, arithmetic, or whether something is told."""

    def __init__(self, slot: int, source: Source, *, of_presence: bool = False) -> None:
        """``slot`` is where its codes go."""
        super().__init__()
        self.slot, self.source, self.of_presence = slot, source, of_presence
        self.size = 2 if of_presence else len(source) if len(source) <= SMALL else room_for(source)
        self.version = source.version
        self.is_wide = (
            not of_presence and len(source) > _NARROW and isinstance(source.values, (NumberValues, ComputedNumbers))
        )
        """Whether it holds numbers, of which there are many, and none is like the next."""

    def block(self, blocks: Sequence[Block]) -> Block:
        """The codes, by those of the sources."""
        block = blocks[self.source.index]
        if not self.of_presence:
            return block
        if isinstance(block, int):
            return min(block, 1)
        return 1 if block.all() else (block > 0).view(np.uint8)

    def codes(self, trace: Trace) -> Block:
        """The codes of the column."""
        return self.block(trace.blocks)

    @property
    def key(self) -> tuple[str, int]:
        """Its source, and what is asked of it."""
        return ("told" if self.of_presence else "column", self.source.index)

    def fits(self) -> bool:
        """Whether the codes still mean what they meant, and there is room for them."""
        return self.version == self.source.version and (self.of_presence or len(self.source) <= self.size)


class Element(Asked):
    """What the plan computes from roots: a fact, or all that the rules of a table answer."""

    def __init__(self, roots: frozenset[Root]) -> None:
        """``roots`` are those that differ from row to row."""
        super().__init__()
        self.roots = roots


class FactElement(Element):
    """A fact."""

    def __init__(self, source: Source, roots: frozenset[Root]) -> None:
        """``source`` has its codes."""
        super().__init__(roots)
        self.source = source

    @property
    def key(self) -> tuple[str, int]:
        """Its source."""
        return ("fact", self.source.index)

    def codes(self, trace: Trace) -> Block:
        """The codes of the fact."""
        return trace.blocks[self.source.index]


class TableElement(Element):
    """What the rules of a table answer."""

    def __init__(self, number: int, table: Table, roots: frozenset[Root]) -> None:
        """``number`` is its place among the tables of the plan."""
        super().__init__(roots)
        self.number, self.table = number, table
        self._layout = -1
        self._class_of_place = np.zeros(0, np.int32)
        self._classes: dict[tuple[object, ...], int] = {}

    @property
    def key(self) -> tuple[str, int]:
        """The number of its table."""
        return ("answers", self.number)

    def codes(self, trace: Trace) -> Block:
        """A class for each set of answers."""
        table, places = self.table, trace.places[self.number]
        if self._layout != table.layout:
            self._layout, self._class_of_place = table.layout, np.zeros(0, np.int32)
        if len(self._class_of_place) < table.cells:
            grown = np.zeros(table.cells, np.int32)
            grown[: len(self._class_of_place)] = self._class_of_place
            self._class_of_place = grown
        found = self._class_of_place.take(places)
        if not found.all():
            new = np.unique(places[found == 0])
            rows = zip(*[column[new].tolist() for column in table.answer_columns], strict=True)
            self._class_of_place[new] = [self._classes.setdefault(row, len(self._classes) + 1) for row in rows]
            found = self._class_of_place.take(places)
        return found


class GuardElement(Element):
    """A fact that has had one value so far: whatever rests on it is laid out as if it could have no other."""

    def __init__(self, fact: FactElement, code: int) -> None:
        """``code`` is that of the one value."""
        super().__init__(fact.roots)
        self.fact, self.code = fact, code

    @property
    def key(self) -> tuple[str, int]:
        """Its source."""
        return ("guard", self.fact.source.index)

    def codes(self, trace: Trace) -> Block:
        """One number for all rows, as long as the fact has its one value."""
        return self.fact.codes(trace)

    def holds(self, trace: Trace) -> bool:
        """Whether the fact still has its one value."""
        block = self.fact.codes(trace)
        return block == self.code if isinstance(block, int) else bool((block == self.code).all())


class CheckElement(Element):
    """That some facts can be true together: known of every row that is learnt."""

    def __init__(self, number: int) -> None:
        """``number`` is its place among the checks."""
        super().__init__(frozenset())
        self.number = number

    @property
    def key(self) -> tuple[str, int]:
        """Its place."""
        return ("check", self.number)

    def codes(self, trace: Trace) -> Block:  # noqa: ARG002 - as all are asked
        """One number for all rows."""
        return 0


def _narrowest(size: int) -> type[np.uint8 | np.uint16 | np.int32]:
    """The smallest type of numbers that holds so many codes."""
    return np.uint8 if size <= 1 << 8 else np.uint16 if size <= 1 << 16 else np.int32


class _Joint:
    """The cell of each row by its codes in several columns.

    The smallest columns come first, so that most of the arithmetic is done on bytes.
    """

    def __init__(self, slots: Sequence[int], sizes: Sequence[int]) -> None:
        order = sorted(range(len(slots)), key=sizes.__getitem__)
        self.slots, self.sizes = tuple(slots[place] for place in order), tuple(sizes[place] for place in order)
        self.cells = math.prod(sizes)
        self._kinds = tuple(_narrowest(cells) for cells in itertools.accumulate(self.sizes, operator.mul))

    def cell(self, blocks: Sequence[Block], space: Space) -> Array | int:
        """The cell of each row, or the one cell of all; an array is good until the next call with this space."""
        joint: Array | int = 0
        single: int | None = None
        for slot, size, kind in zip(self.slots, self.sizes, self._kinds, strict=True):
            block = blocks[slot]
            if isinstance(joint, int):
                single = slot if isinstance(block, int) or joint == 0 else None
                if isinstance(block, int) or joint == 0:
                    joint = joint * size + block if isinstance(block, int) else block
                else:
                    joint = self._with(space.joint(kind, block), block, joint * size)
                continue
            single = None
            if isinstance(block, int):
                room = space.joint(kind, joint)
                np.multiply(joint, room.dtype.type(size), out=room)
                joint = self._with(room, room, block) if block else room
            else:
                room = space.joint(kind, joint, block)
                np.multiply(joint, room.dtype.type(size), out=room)
                joint = np.add(room, block, out=room)
        if isinstance(joint, int):
            return joint
        if single is not None:
            return space.wide(single, joint)
        np.copyto(space.places, joint)
        return space.places

    @staticmethod
    def _with(room: Array, block: Array, constant: int) -> Array:
        found: Array = np.add(block, room.dtype.type(constant), out=room)
        return found


class Space:
    """Room for the work on one block of rows, used again for the next: what is written to often stays at hand."""

    def __init__(self, rows: int) -> None:
        """Room for so many rows."""
        self.rows = rows
        self.room = np.empty((2, rows), np.int32)
        self.places = np.empty(rows, np.intp)
        self.flags = np.empty(rows, np.uint8)
        self.words, self.shifted = np.empty((2, rows), np.uint16)
        self._joints = {np.dtype(kind): np.empty(rows, kind) for kind in (np.uint8, np.uint16, np.int32)}
        self._codes: dict[tuple[int, np.dtype[Any]], Array] = {}
        self._wide: dict[int, Array] = {}
        self._is_wide: set[int] = set()

    def begin(self) -> None:
        """Another block of rows."""
        self._is_wide.clear()

    def joint(self, kind: type, *columns: Array) -> Array:
        """Room for cells of this kind that are made of these columns."""
        widest = max((np.dtype(kind), *(column.dtype for column in columns)), key=lambda each: each.itemsize)
        return self._joints[widest]

    def codes(self, number: int, kind: np.dtype[Any]) -> Array:
        """Room for the codes of a hub."""
        if (number, kind) not in self._codes:
            self._codes[number, kind] = np.empty(self.rows, kind)
        return self._codes[number, kind]

    def wide(self, slot: int, block: Array) -> Array:
        """The codes of a slot as places."""
        if slot not in self._wide:
            self._wide[slot] = np.empty(self.rows, np.intp)
        found = self._wide[slot]
        if slot not in self._is_wide:
            np.copyto(found, block)
            self._is_wide.add(slot)
        return found


class Hub:
    """Several columns as one: rows of one class agree in all that anything else asks of these columns."""

    def __init__(
        self, slot: int, inputs: Sequence[int], sizes: Sequence[int], elements: Sequence[Asked], size: int
    ) -> None:
        """``slot`` is where its codes go, ``size`` how many classes there is room for, class 0 left out."""
        self.slot, self.elements, self.size, self.room = slot, tuple(elements), size, slot
        self.joint = _Joint(inputs, sizes)
        self.table = np.zeros(self.joint.cells, _narrowest(size))
        self.classes: dict[tuple[int, ...], int] = {}

    def run(self, blocks: list[Block], space: Space) -> None:
        """Put the class of each row into the block of the hub; 0 where the row has not been learnt."""
        cells = self.joint.cell(blocks, space)
        if isinstance(cells, int):
            blocks[self.slot] = int(self.table[cells])
        else:
            blocks[self.slot] = self.table.take(cells, mode="clip", out=space.codes(self.room, self.table.dtype))

    def learn(self, blocks: list[Block], trace: Trace, space: Space) -> None:
        """Learn the classes of these rows; there may then be more than there is room for."""
        cells = self.joint.cell(blocks, space)
        every = np.full(trace.rows, cells, np.intp) if isinstance(cells, int) else cells
        new = self.table[every] == 0
        if new.any():
            places = np.flatnonzero(new)
            kept, first = np.unique(every[places], return_index=True)
            rows = places[first]
            told = [_at(element.codes(trace), rows) for element in self.elements]
            classes = self.classes
            found = [
                classes.setdefault(values, len(classes) + 1)
                for values in (zip(*told, strict=True) if told else [()] * len(rows))
            ]
            self.table[kept] = found
        self.run(blocks, space)


def _at(block: Block, rows: Array) -> list[int]:
    return [block] * len(rows) if isinstance(block, int) else block[rows].tolist()


End = TableElement | GuardElement | CheckElement
"""What every row must have been seen to come to."""


class _Copied:
    """One column of answers of a table, by the cells of a terminal."""

    def __init__(self, kind: str, at: int, number: int, place: int, cells: Array) -> None:
        """``kind`` and ``at`` say where among the answers, ``number`` and ``place`` where among the tables."""
        self.kind, self.at, self.number, self.place, self.cells = kind, at, number, place, cells


_BITS, _OF_A_WORD, _EMPTY = 3, 5, 7
"""A verdict takes three bits; so many go into one word; and what stands where nothing was learnt is no verdict."""


class _Word:
    """The verdicts of a few rules in one number, by the cells of a terminal: they are looked up at once."""

    def __init__(self, verdicts: Sequence[tuple[int, int, int]], cells: int) -> None:
        """``verdicts`` say of each where it goes, and where among the tables it stands."""
        self.verdicts = tuple(verdicts)
        self.cells = (
            np.full(cells, (1 << _BITS * _OF_A_WORD) - 1, np.uint16)
            if verdicts[1:]
            else np.full(cells, _EMPTY, np.uint8)
        )

    def of(self, tables: Mapping[int, Table], at: Mapping[int, Array]) -> Array:
        """The words for these cells of the tables."""
        found = np.zeros(len(next(iter(at.values()))), np.uint16)
        for place, (_, number, rule) in enumerate(self.verdicts):
            found |= tables[number].verdicts[rule][at[number]].astype(np.uint16) << np.uint16(_BITS * place)
        return found

    def look_up(self, places: Array, space: Space, into: Answers, here: slice) -> Array:
        """Put the verdicts of these cells where they go; given are those of the first rule."""
        first: Array = into.verdicts[self.verdicts[0][0]][here]
        if len(self.verdicts) == 1:
            return self.cells.take(places, mode="clip", out=first)
        words, shifted = self.cells.take(places, mode="clip", out=space.words), space.words
        for place, (at, _, _) in enumerate(self.verdicts):
            target = into.verdicts[at][here]
            if place:
                shifted = np.right_shift(words, np.uint16(_BITS * place), out=space.shifted)
            np.copyto(target, shifted, casting="unsafe")
            np.bitwise_and(target, np.uint8(_EMPTY), out=target)
        return first


class Terminal:
    """The answers of the rules of one or more tables, looked up in one place."""

    def __init__(self, inputs: Sequence[int], sizes: Sequence[int], plan: Plan, ends: Sequence[End]) -> None:
        """``ends`` are what is asked of the rows."""
        self.joint = _Joint(inputs, sizes)
        self.tables = [(end.number, end.table) for end in ends if isinstance(end, TableElement)]
        self.guards = [end for end in ends if isinstance(end, GuardElement)]
        cells = self.joint.cells
        verdicts = [
            (plan.number_of(rule), number, place)
            for number, table in self.tables
            for place, rule in enumerate(table.rules)
            if table.wanted.verdict_of(rule)
        ]
        self.words = [
            _Word(verdicts[first : first + _OF_A_WORD], cells) for first in range(0, len(verdicts), _OF_A_WORD)
        ]
        self.copied: list[_Copied] = []
        kinds = {"reasons": np.int32, "missing": np.int32, "low": np.int64, "high": np.int64}
        for number, table in self.tables:
            for kind, of_numbers in kinds.items():
                of_lines = kind in {"low", "high"}
                rules = table.lines if of_lines else table.rules
                for place, rule in enumerate(rules[: len(getattr(table, kind))]):
                    at = plan.line_of(rule) if of_lines else plan.number_of(rule)
                    self.copied.append(_Copied(kind, at, number, place, np.zeros(cells, of_numbers)))
        self.is_empty = np.ones(cells, np.uint8)
        self.has_range = False

    def learn(self, blocks: Sequence[Block], trace: Trace, space: Space) -> None:
        """Learn the answers of these rows."""
        cells = self.joint.cell(blocks, space)
        every = np.full(trace.rows, cells, np.intp) if isinstance(cells, int) else cells
        places = np.flatnonzero(self.is_empty[every])
        if not places.size:
            return
        kept, rows = np.unique(every[places], return_index=True)
        at = {number: trace.places[number][places[rows]] for number, _ in self.tables}
        tables = dict(self.tables)
        for copied in self.copied:
            copied.cells[kept] = getattr(tables[copied.number], copied.kind)[copied.place][at[copied.number]]
        self.has_range = self.has_range or any(table.has_range for _, table in self.tables)
        # Which cells are empty is written last, for another thread may be reading: the first word tells it.
        for word in reversed(self.words):
            word.cells[kept] = word.of(tables, at)
        self.is_empty[kept] = 0

    def answer(self, blocks: Sequence[Block], space: Space, into: Answers, here: slice) -> Array | None:
        """Look the answers up; given is which rows have not been learnt, if any."""
        cells = self.joint.cell(blocks, space)
        places = np.full(space.rows, cells, np.intp) if isinstance(cells, int) else cells
        unseen: Array | None = None
        for number, word in enumerate(self.words):
            found = word.look_up(places, space, into, here)
            if number == 0 and found.max() == _EMPTY:
                unseen = found == _EMPTY
        if not self.words:
            found = self.is_empty.take(places, mode="clip", out=space.flags)
            if found.any():
                unseen = found > 0
        for copied in self.copied:
            if copied.kind == "high":
                into.put_high(copied.at, here, copied.cells.take(places, mode="clip") if self.has_range else None)
            else:
                copied.cells.take(places, mode="clip", out=getattr(into, copied.kind)[copied.at][here])
        return unseen


class _Group:
    """Columns that are brought together: roots, and the classes they have in the sample."""

    def __init__(self, roots: frozenset[Root], leaves: Sequence[Root], parts: Sequence[_Group], size: int) -> None:
        """``parts`` are the groups it was made of, ``size`` how many codes it has."""
        self.roots, self.leaves, self.parts, self.size = roots, tuple(leaves), tuple(parts), size
        self.flat = math.prod(leaf.size for leaf in leaves)
        self.is_flat = self.flat <= _FLAT_CELLS
        self.is_wide = any(leaf.is_wide for leaf in leaves)
        self.cost = 0.0
        if self.is_flat and parts:
            self.cost = _TERM * len(leaves) + _PLACE + _cost_of_look_up(self.flat)
        elif parts:
            cells = math.prod(part.size for part in parts)
            self.cost = sum(part.cost for part in parts) + _TERM * len(parts) + _PLACE + _cost_of_look_up(cells)


@attrs.frozen(eq=False)
class _Input:
    """A column over which a terminal stands: that of a group, or what is asked of one or two such columns."""

    roots: frozenset[Root]
    size: int
    slot: int | None
    behind: tuple[_Input, ...] = ()
    asked: tuple[Asked, ...] = ()


def _cells_for(ends: Iterable[End]) -> int:
    """How large a table of these ends may be."""
    pays = any(isinstance(end, TableElement) and end.table.lines for end in ends)
    return MOST_TERMINAL_CELLS >> 2 if pays else MOST_TERMINAL_CELLS


class Fused:
    """A plan in few look-ups, learnt from the rows it has answered."""

    def __init__(
        self, plan: Plan, checks: Sequence[Table], codes: Sequence[Block], rows: int, experience: Experience
    ) -> None:
        """Find out by some rows which columns go together.

        ``checks`` say which rows can be true; those given here can. ``experience`` is what was learnt before of the
        same plan.

        Raises:
            TooVaried: nothing would be won.
            Outgrown: there is no room for what these rows show.

        """
        self._spaces = threading.local()
        self.plan, self._experience = plan, experience
        trace = plan.trace(codes, rows, may_fill=True)
        self._slots = len(plan.sources)
        self._roots: list[Root] = []
        self._elements: list[Element] = []
        self._of_source: dict[int, Asked | None] = {}
        self._guards: list[_Guard] = []
        self._makers: dict[int, Step] = {}
        self.steps: list[Step] = []
        self.hubs: list[Hub] = []
        self.terminals: list[Terminal] = []
        self._ends: list[End] = []
        self._find_roots(trace)
        self._ends += [self._table(number, table) for number, table in enumerate(plan.tables)]
        for number, check in enumerate(checks):
            found = CheckElement(number)
            self._adopted(found, [self._of_source[base.index] for base in check.bases])
            self._ends.append(found)
        self._drop_idle(trace)
        self._ends = [end for end in self._ends if end.roots or isinstance(end, TableElement)]
        self._reached: dict[Element, frozenset[End]] = {}
        self._lay_out(trace)
        self._order()
        self.learn(codes, rows)

    # --- what rests on what ------------------------------------------------------------------------------

    def _find_roots(self, trace: Trace) -> None:
        plan = self.plan
        for source in plan.columns.values():
            block = trace.blocks[source.index]
            if isinstance(block, int) and source.index not in self._experience.varied:
                self._guards.append(_Guard(source, code=block))
                self._of_source[source.index] = None
            else:
                self._root(source.index, source)
        for step in plan.steps:
            if isinstance(step, ElementwiseStep):
                self._makers[step.source.index] = step
                if math.prod(len(source) for source in step.inputs) > _FLAT_CELLS:
                    self._keep(step)
                    self._root(step.source.index, step.source)
                else:
                    self._element(step.source, [self._of_source[source.index] for source in step.inputs], trace)
            elif isinstance(step, PresenceStep):
                self._makers[step.source.index] = step
                self._element(step.source, [self._presence(step.column)], trace)
            elif isinstance(step, ProjectionStep):
                self._makers[step.part.index] = step
                self._element(step.part, [self._of_source[step.situation.index]], trace)
            else:
                (fact,) = step.table.facts
                self._makers[fact.index] = step
                bases = step.table.bases
                if isinstance(step, BlockedStep):
                    self._element(fact, [self._presence(base) for base in bases], trace)
                else:
                    self._element(fact, [self._of_source[base.index] for base in bases], trace)

    def _keep(self, step: Step) -> None:
        """Let a step and what it needs be run for every row."""
        if step in self.steps:
            return
        bases: Iterable[Source]
        if isinstance(step, ElementwiseStep):
            bases = step.inputs
        elif isinstance(step, ProjectionStep):
            bases = [step.situation]
        else:
            bases = step.table.bases if not isinstance(step, PresenceStep) else [step.column]
        for base in bases:
            if base.index in self._makers:
                self._keep(self._makers[base.index])
        self.steps.append(step)

    def _root(self, slot: int, source: Source, *, of_presence: bool = False) -> Root:
        root = Root(slot, source, of_presence=of_presence)
        self._roots.append(root)
        if not of_presence:
            self._of_source[source.index] = root
        return root

    def _presence(self, column: Source) -> Asked | None:
        """What tells whether a column is told."""
        own = self._of_source[column.index]
        if not isinstance(own, Root) or len(column) <= _SMALL_COLUMN:
            return own
        for root in self._roots:
            if root.of_presence and root.source is column:
                return root
        if isinstance(column, ColumnSource) and not column.coder.has_nulls:
            self._guards.append(_Guard(column, has_nulls=False))
            return None
        self._slots += 1
        return self._root(self._slots - 1, column, of_presence=True)

    def _element(self, source: Source, behind: Iterable[Asked | None], trace: Trace) -> None:
        found = FactElement(source, frozenset())
        adopted = self._adopted(found, behind)
        block = trace.blocks[source.index]
        if adopted is not None and not _differ(block) and source.index not in self._experience.varied:
            guard = GuardElement(found, block if isinstance(block, int) else int(block[0]))
            found.consumers.append(guard)
            self._elements.append(guard)
            self._ends.append(guard)
            adopted = None
        self._of_source[source.index] = adopted

    def _table(self, number: int, table: Table) -> TableElement:
        found = TableElement(number, table, frozenset())
        self._adopted(found, [self._of_source[base.index] for base in table.bases])
        return found

    def _adopted(self, element: Element, behind: Iterable[Asked | None]) -> Element | None:
        roots: set[Root] = set()
        for each in behind:
            if isinstance(each, Root):
                roots.add(each)
            elif isinstance(each, Element):
                roots |= each.roots
            if each is not None:
                each.consumers.append(element)
        element.roots = frozenset(roots)
        self._elements.append(element)
        return element if roots or isinstance(element, TableElement) else None

    def _drop_idle(self, trace: Trace) -> None:
        """Leave out columns whose every value comes to the same for all that is asked."""
        plan = self.plan
        for root in list(self._roots):
            source = root.source
            if not isinstance(source, ColumnSource) or root.of_presence or len(source) > MOST_CLASSES:
                continue
            if source.index in self._experience.varied:
                continue
            asked = self._frontier(frozenset({root}))
            if any(each is root or isinstance(each, (TableElement, CheckElement)) for each in asked):
                continue
            if any(_differ(each.codes(trace)) for each in asked):
                continue
            first = 0 if source.coder.has_nulls else 1
            every = [code for code in range(first, len(source)) if not isinstance(source.values[code], Unreadable)]
            blocks: list[Block] = [block if isinstance(block, int) else int(block[0]) for block in trace.blocks]
            blocks[source.index] = np.array(every, np.int32)
            own = {
                each.source.index for each in self._elements if isinstance(each, FactElement) and each.roots <= {root}
            }
            room = np.empty((2, len(every)), np.int32)
            for step in plan.steps:
                if _made_by(step).index in own:
                    step.run(blocks, room, may_fill=True)
            tried = Trace(len(every), blocks, [])
            if any(_differ(each.codes(tried)) for each in asked):
                continue
            self._roots.remove(root)
            self._guards.append(_Guard(source, size=len(source), has_nulls=source.coder.has_nulls))
            for element in self._elements:
                element.roots -= {root}

    def _frontier(self, roots: frozenset[Root]) -> list[Asked]:
        """What others ask of these roots: some of them, facts, and whole answers."""
        found: list[Asked] = [
            root for root in self._roots if root in roots and any(not each.roots <= roots for each in root.consumers)
        ]
        for element in self._elements:
            if element.roots and element.roots <= roots:
                is_asked = any(not each.roots <= roots for each in element.consumers)
                if is_asked or isinstance(element, End):
                    found.append(element)
        return found

    def _ends_behind(self, element: Element) -> frozenset[End]:
        if element not in self._reached:
            found: set[End] = {element} if isinstance(element, End) else set()
            for each in element.consumers:
                found |= self._ends_behind(each)
            self._reached[element] = frozenset(found)
        return self._reached[element]

    # --- what is brought together ------------------------------------------------------------------------

    def _lay_out(self, trace: Trace) -> None:
        used = [root for root in self._roots if any(root in end.roots for end in self._ends)]
        if len(used) > MOST_ROOTS:
            raise TooVaried
        groups = [_Group(frozenset({root}), [root], [], root.size) for root in used]
        few = trace.first(min(trace.rows, TRIAL))
        tried: dict[frozenset[Root], tuple[int, _Group] | None] = {}
        while True:
            best: tuple[int, _Group, _Group, _Group] | None = None
            for number, one in enumerate(groups):
                for other in groups[number + 1 :]:
                    roots = one.roots | other.roots
                    if roots not in tried:
                        tried[roots] = self._tried(one, other, trace if one.is_wide else few)
                    found = tried[roots]
                    if found is not None and (best is None or found[0] < best[0]):
                        best = (*found, one, other)
            if best is None:
                break
            _, both, one, other = best
            frontier = self._frontier(both.roots)
            classes = _count(frontier, trace)
            if classes > MOST_CLASSES:
                tried[both.roots] = None  # few rows did not show how many there are
                continue
            both.size = self._room_for(frontier, classes)
            groups = [each for each in groups if each is not one and each is not other] + [both]
        slots = {group: self._hub_of(group) for group in groups}
        self._lay_out_terminals(groups, slots, trace)

    def _tried(self, one: _Group, other: _Group, trace: Trace) -> tuple[int, _Group] | None:
        """How many classes two groups have together, and the group they would be; *None* where nothing is won."""
        if one.is_wide != other.is_wide:
            return None
        shared = sum(
            not end.roots.isdisjoint(one.roots) and not end.roots.isdisjoint(other.roots) for end in self._ends
        )
        roots = one.roots | other.roots
        both = _Group(roots, [*one.leaves, *other.leaves], [one, other], 0)
        if not shared or (one.size * other.size > MOST_CELLS and not both.is_flat):
            return None
        won = _TERM * shared - (both.cost - one.cost - other.cost)
        if won <= 0 and not both.is_wide:
            return None
        frontier = self._frontier(roots)
        classes = _count(frontier, trace)
        # Few rows show few classes; and numbers are only brought together where they go along with one another.
        most = 4 * max(one.size, other.size) if both.is_wide else trace.rows // ROWS_OF_A_CLASS
        if classes > most:
            return None
        both.size = self._room_for(frontier, classes)
        return classes, both

    def _hub_of(self, group: _Group) -> int:
        """The slot of the codes of a group; its hubs are laid down."""
        if not group.parts:
            return group.leaves[0].slot
        if group.is_flat:
            inputs, sizes = [leaf.slot for leaf in group.leaves], [leaf.size for leaf in group.leaves]
        else:
            inputs, sizes = [self._hub_of(part) for part in group.parts], [part.size for part in group.parts]
        return self._add_hub(inputs, sizes, self._frontier(group.roots), group.size)

    def _add_hub(self, inputs: Sequence[int], sizes: Sequence[int], elements: Sequence[Asked], size: int) -> int:
        self._slots += 1
        self.hubs.append(Hub(self._slots - 1, inputs, sizes, elements, size))
        return self._slots - 1

    def _lay_out_terminals(self, groups: Sequence[_Group], slots: dict[_Group, int], trace: Trace) -> None:
        """Ends over the same groups are looked up together, as long as their table stays small."""
        layouts: dict[tuple[_Group, ...], list[tuple[list[End], list[_Input]]]] = {}
        for end in sorted(self._ends, key=lambda end: -len(end.roots)):
            behind = tuple(group for group in groups if not end.roots.isdisjoint(group.roots))
            whole = [_Input(group.roots, group.size, slots[group]) for group in behind]
            held = layouts.setdefault(behind, [])
            for place, (ends, _) in enumerate(held):
                both = [*ends, end]
                inputs = self._inputs(whole, both, trace)
                if inputs is not None:
                    held[place] = (both, inputs)
                    break
            else:
                inputs = self._inputs(whole, [end], trace)
                if inputs is None:
                    raise TooVaried
                held.append(([end], inputs))
        made: dict[tuple[object, ...], int] = {}
        for held in layouts.values():
            for ends, inputs in held:
                found = [self._slot_of(each, made) for each in inputs]
                self.terminals.append(Terminal(found, [each.size for each in inputs], self.plan, ends))
        self.terminals = [each for each in self.terminals if not self._is_watched(each)]

    def _is_watched(self, terminal: Terminal) -> bool:
        """Whether a terminal only tells what was learnt, and something else over the same columns tells it as well.

        Where a combination has not been learnt there, its row is new, whatever else is known of it.
        """
        slots = {*terminal.joint.slots}
        others = [each.joint for each in self.hubs] + [each.joint for each in self.terminals if each.tables]
        return not terminal.tables and any(slots <= {*each.slots} for each in others)

    def _inputs(self, whole: Sequence[_Input], ends: Sequence[End], trace: Trace) -> list[_Input] | None:
        """By which columns some ends are looked up, in a table that is not too large; *None* where it would be."""
        inputs = list(whole)
        if math.prod(each.size for each in inputs) <= FEW_CELLS:
            return inputs
        parts = [self._part([each], ends, trace) for each in inputs]
        while math.prod(each.size for each in inputs) > FEW_CELLS:
            before = list(inputs)
            place = max(range(len(inputs)), key=lambda place: inputs[place].size / parts[place].size)
            if parts[place].size < inputs[place].size:
                inputs[place] = parts[place]
                continue
            if math.prod(each.size for each in inputs) <= _cells_for(ends):
                break
            # Of two columns one would be left, with a cell for every class of both.
            pair = self._pair(inputs, ends, trace) if inputs[2:] else None
            if pair is None:
                return None
            some, both = pair
            inputs = [each for each in inputs if each not in some] + [both]
            parts = [each for each, of in zip(parts, before, strict=True) if of not in some] + [both]
        return inputs

    def _pair(
        self, inputs: Sequence[_Input], ends: Sequence[End], trace: Trace
    ) -> tuple[tuple[_Input, _Input], _Input] | None:
        """The two columns of which these ends ask least when they are one, and that one; *None* where it is much."""
        found: tuple[float, tuple[_Input, _Input], _Input] | None = None
        for one, other in itertools.combinations(inputs, 2):
            cells = one.size * other.size
            if cells <= MOST_CELLS:
                both = self._part([one, other], ends, trace)
                if both.size <= 4 * MOST_CLASSES and (found is None or cells / both.size > found[0]):
                    found = (cells / both.size, (one, other), both)
        return None if found is None else found[1:]

    def _part(self, some: Sequence[_Input], ends: Sequence[End], trace: Trace) -> _Input:
        """What some ends ask of some columns, as one column; the column itself where that is not less."""
        roots = frozenset[Root]().union(*[each.roots for each in some])
        asked = tuple(dict.fromkeys(each for end in ends for each in self._asked_of(roots, end)))
        if len(roots) == 1 and not roots.isdisjoint(asked):
            return some[0]  # what is asked of the one column is all of it
        size = self._room_for(asked, _count(asked, trace))
        if len(some) == 1 and 2 * size >= some[0].size:
            return some[0]
        return _Input(roots, size, None, tuple(some), asked)

    def _order(self) -> None:
        """Each hub just before whatever asks for it first, and its codes where those of another are needed no more."""
        by_slot = {hub.slot: hub for hub in self.hubs}
        work: list[Hub | Terminal] = []

        def visit(one: Hub | Terminal) -> None:
            for slot in one.joint.slots:
                hub = by_slot.get(slot)
                if hub is not None and hub not in work:
                    visit(hub)
            work.append(one)

        # What is asked by many comes first, so that the rest needs it for a short time only.
        for terminal in sorted(self.terminals, key=lambda one: (len(one.joint.slots), -one.joint.cells)):
            visit(terminal)
        last = {slot: number for number, one in enumerate(work) for slot in one.joint.slots}
        free: list[int] = []
        rooms = 0
        for number, one in enumerate(work):
            if isinstance(one, Hub):
                if not free:
                    free.append(rooms)
                    rooms += 1
                one.room = free.pop()
            free += [
                by_slot[slot].room
                for slot in dict.fromkeys(one.joint.slots)
                if slot in by_slot and last[slot] == number
            ]
        self._work = work

    def _slot_of(self, one: _Input, made: dict[tuple[object, ...], int]) -> int:
        if one.slot is not None:
            return one.slot
        inputs = [self._slot_of(each, made) for each in one.behind]
        key = (*inputs, frozenset(one.asked))
        if key not in made:
            made[key] = self._add_hub(inputs, [each.size for each in one.behind], one.asked, one.size)
        return made[key]

    def _room_for(self, elements: Iterable[Asked], classes: int) -> int:
        """How many codes there shall be for so many classes of the sample."""
        return 2 * max(classes, self._experience.classes.get(_key(elements), 0)) + 16

    def _asked_of(self, roots: frozenset[Root], end: End) -> list[Asked]:
        """What an end asks of some columns."""
        return [
            each
            for each in self._frontier(roots)
            if any(not user.roots <= roots and end in self._ends_behind(user) for user in each.consumers)
        ]

    # --- telling -----------------------------------------------------------------------------------------

    def told(self) -> Iterable[str]:
        """What is looked up, a sentence a line."""
        yield f"Fused: rows now pass through {len(self.hubs)} hubs and {len(self.terminals)} look-ups."
        names = {root.slot: root.source.name for root in self._roots}
        names |= {hub.slot: f"hub {number}" for number, hub in enumerate(self.hubs, 1)}
        for number, hub in enumerate(self.hubs, 1):
            behind = " and ".join(names[slot] for slot in hub.joint.slots)
            yield f"  hub {number}: {behind}; {len(hub.classes)} classes"
        for terminal in self.terminals:
            rules = ", ".join(rule.identity for _, table in terminal.tables for rule in table.rules)
            over = " x ".join(names[slot] for slot in terminal.joint.slots) or "nothing that differs"
            met = int(terminal.joint.cells - np.count_nonzero(terminal.is_empty))
            yield f"  {rules or 'nothing but whether a fact still has its one value'}: over {over}; {met} of them met"

    # --- running -----------------------------------------------------------------------------------------

    def fits(self, codes: Sequence[Block]) -> bool:
        """Whether the columns of a batch are as they were when this was laid out."""
        changed = {guard.source.index for guard in self._guards if not guard.holds(codes[guard.source.index])}
        self._experience.varied |= changed
        return not changed and all(root.fits() for root in self._roots)

    def learn(self, codes: Sequence[Block], rows: int) -> None:
        """Learn what becomes of these rows; the plan answers them.

        Raises:
            Outgrown: there is no room for what is new.

        """
        trace = self.plan.trace(codes, rows, may_fill=True)
        if not all(root.fits() for root in self._roots):
            raise Outgrown
        blocks = [*trace.blocks, *[0] * (self._slots - len(trace.blocks))]
        for root in self._roots:
            if root.of_presence:
                blocks[root.slot] = root.block(blocks)
        space = Space(rows)
        for end in self._ends:
            if isinstance(end, GuardElement) and not end.holds(trace):
                self._experience.varied.add(end.fact.source.index)
                raise Outgrown
        for one in self._work:
            one.learn(blocks, trace, space)
            if isinstance(one, Hub) and len(one.classes) >= one.size:
                self._experience.classes[_key(one.elements)] = len(one.classes)
                raise Outgrown

    def answer(  # noqa: PLR0913, PLR0917 - which rows, and where their answers go
        self,
        codes: Sequence[Block],
        into: Answers,
        first: int,
        last: int,
        offset: int,
        untrue: Callable[[Sequence[Block], int], Array | None],
        *,
        may_fill: bool,
    ) -> Array | None:
        """Answer the rows from ``first`` to before ``last``; the answers are put ``offset`` rows further on.

        What is new is learnt, unless ``untrue`` says of it that it cannot be. Given is which rows that is so of, if
        any; they have no answer.

        Raises:
            NotFilled: something is new, and nothing may be written to now.
            Outgrown: there is no room for what is new.

        """
        here = slice(offset + first, offset + last)
        mine: list[Block] = [block if isinstance(block, int) else block[first:last] for block in codes]
        unseen = self._answer(mine, into, here, may_fill=may_fill)
        if unseen is None:
            return None
        if not may_fill:
            raise NotFilled
        rows = np.flatnonzero(unseen)
        new: list[Block] = [block if isinstance(block, int) else block[rows] for block in mine]
        refused = untrue(new, len(rows))
        if refused is not None:
            rows = rows[~refused]
            new = [block if isinstance(block, int) else block[rows] for block in mine]
        if rows.size:
            self.learn(new, len(rows))
        left = self._answer(mine, into, here, may_fill=True)
        if left is not None and (refused is None or np.count_nonzero(left) != np.count_nonzero(refused)):
            raise Outgrown
        return left

    def _answer(self, codes: Sequence[Block], into: Answers, here: slice, *, may_fill: bool) -> Array | None:
        rows = here.stop - here.start
        spaces = self._spaces.__dict__  # of this thread
        if rows not in spaces:
            spaces.clear()
            spaces[rows] = Space(rows)
        space: Space = spaces[rows]
        space.begin()
        blocks = [*codes, *[0] * (self._slots - len(codes))]
        for step in self.steps:
            step.run(blocks, space.room, may_fill=may_fill)
        for root in self._roots:
            if not root.fits():
                raise Outgrown
            if root.of_presence:
                blocks[root.slot] = root.block(blocks)
        unseen: Array | None = None
        for one in self._work:
            if isinstance(one, Hub):
                one.run(blocks, space)
                continue
            new = one.answer(blocks, space, into, here)
            if new is not None:
                unseen = new if unseen is None else unseen | new
        return unseen


def _made_by(step: Step) -> Source:
    """The source whose codes a step gives."""
    if isinstance(step, (ElementwiseStep, PresenceStep)):
        return step.source
    return step.part if isinstance(step, ProjectionStep) else step.table.facts[0]


def _differ(block: Block) -> bool:
    """Whether there is more than one code."""
    return not isinstance(block, int) and bool((block != block[:1]).any())


def _key(elements: Iterable[Asked]) -> frozenset[tuple[str, int]]:
    return frozenset(element.key for element in elements)


def _count(elements: Iterable[Asked], trace: Trace) -> int:
    """How many classes rows fall into by these columns."""
    joint, number = np.zeros(trace.rows, np.int64), 1
    for element in elements:
        block = element.codes(trace)
        if not isinstance(block, int):
            joint, number = _numbered(joint * (int(block.max()) + 1) + block)
    return number


def _numbered(joint: Array) -> tuple[Array, int]:
    """The same numbers in their order from 0 on without gaps, and how many there are."""
    most = int(joint.max()) + 1
    if most > _DENSE:
        kept, found = np.unique(joint, return_inverse=True)
        return found, len(kept)
    seen = np.zeros(most, np.int32)
    seen[joint] = 1
    number = int(seen.sum())
    np.cumsum(seen, out=seen)
    return seen.take(joint).astype(np.int64) - 1, number
