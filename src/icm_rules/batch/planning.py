"""The plan of a table: which facts become columns of codes, and over which of them the rules are tabulated.

It is made while the first rows go through, for only then is it known how many values each fact has.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import attrs
import numpy as np

from icm_rules.batch.coding import NumberValues, Unreadable
from icm_rules.batch.tabulation import (
    MOST_BYTES,
    RESERVED,
    SMALL,
    Array,
    Block,
    FactSource,
    Gate,
    NotFilled,
    NumberSource,
    Row,
    RuleColumns,
    Source,
    Table,
    Wanted,
    bytes_of_a_cell,
    room_for,
)
from icm_rules.engine.citations import Cited
from icm_rules.engine.compiling import BLOCKING, compiled, in_the_way
from icm_rules.engine.facts import NO_PRESUMPTION, DerivedFact, GivenFact
from icm_rules.engine.rulebook import Rulebook


def _names_of(base: Source) -> tuple[str, ...]:
    """The names whose values a source gives."""
    return base.names if isinstance(base, Situation) else (base.name,)


ROWS_AT_ONCE = 1 << 15
"""A block of codes of this many rows stays in the cache of a processor while all tables are asked."""
FEW = 64
"""A fact of so few combinations is computed inside the tables that need it."""
LARGE = 64
"""Two sources of more codes than this are taken together where they go together in few ways."""
FEW_CONSUMERS = 2
"""A fact that more than so many others need is a column even if it has few combinations."""
FEW_FOR_A_RULE = 1024
"""Rules are tabulated together up to so many combinations, even where they do not share all their facts."""
_MOST_SPAN = 1 << 20
MOST_COMBINATIONS = 1 << 60


@attrs.define(eq=False)
class Answers:
    """The answers of a batch of rows, in codes."""

    rows: int
    verdicts: list[Array]
    """Empty where nobody looks for the verdict of a rule."""
    reasons: list[Array]
    missing: list[Array]
    low: list[Array]
    high: list[Array]
    facts: dict[str, Array] = attrs.field(factory=dict)

    @classmethod
    def of(cls, rows: int, rules: Sequence[RuleColumns], wanted: Wanted, *, apart: bool = False) -> Answers:
        """Room for the answers of so many rows.

        Upper ends are the same columns as lower ends until a line is a range, unless they shall stand ``apart``
        because several threads write.
        """
        # Zeros, for the rows that cannot be answered are never written to.
        low = [np.zeros(rows if wanted.amounts else 0, np.int64) for rule in rules if rule.is_line]
        return cls(
            rows,
            [np.zeros(rows if wanted.verdict_of(rule) else 0, np.uint8) for rule in rules],
            [np.zeros(rows, np.int32) for _ in rules if wanted.reasons],
            [np.zeros(rows, np.int32) for _ in rules if wanted.missing],
            low,
            [column.copy() for column in low] if apart else list(low),
        )

    def put_high(self, line: int, here: slice, high: Array | None) -> None:
        """Write the upper ends of a line; they are a column of their own only from the first range on."""
        if self.high[line] is self.low[line]:
            if high is None:
                return
            self.high[line] = self.low[line].copy()
        self.high[line][here] = self.low[line][here] if high is None else high

    def put(self, row: int, found: Row) -> None:
        """Write the answers of one row."""
        for columns, cells in (
            (self.verdicts, found.verdicts), (self.reasons, found.reasons), (self.missing, found.missing)
        ):  # fmt: skip
            for column, cell in zip(columns, cells, strict=False):
                if len(column):
                    column[row] = cell
        for line, (low, high) in enumerate(zip(found.low, found.high, strict=True)):
            if len(self.low[line]):
                if low != high and self.high[line] is self.low[line]:
                    self.high[line] = self.low[line].copy()
                self.low[line][row], self.high[line][row] = low, high

    def leave_out(self, row: int) -> None:
        """Take back what was looked up in vain of a row that cannot be answered: it is no verdict."""
        for column in self.verdicts:
            if len(column):
                column[row] = 0

    def put_rows(self, places: Array, found: Answers) -> None:
        """Write the answers of several rows, each to its place."""
        pairs = [
            *zip(self.verdicts, found.verdicts, strict=True),
            *zip(self.reasons, found.reasons, strict=True),
            *zip(self.missing, found.missing, strict=True),
            *zip(self.low, found.low, strict=True),
            *((self.facts[name], column) for name, column in found.facts.items()),
        ]
        for line, (low, high) in enumerate(zip(found.low, found.high, strict=True)):
            if high is not low and self.high[line] is self.low[line]:
                self.high[line] = self.low[line].copy()
            if self.high[line] is not self.low[line]:
                pairs.append((self.high[line], high))
        for into, column in pairs:
            if len(into):
                into[places] = column

    def first(self, rows: int) -> Answers:
        """The answers of the first so many rows."""

        def cut(columns: list[Array]) -> list[Array]:
            return [column[:rows] for column in columns]

        return attrs.evolve(
            self,
            rows=rows,
            verdicts=cut(self.verdicts),
            reasons=cut(self.reasons),
            missing=cut(self.missing),
            low=cut(self.low),
            high=cut(self.high),
        )


@attrs.frozen(eq=False)
class Trace:
    """What became of some rows, seen from within a plan."""

    rows: int
    blocks: list[Block]
    """The codes of each source."""
    places: list[Array]
    """The cell of each row in each table of rules."""

    def first(self, rows: int) -> Trace:
        """The same of the first so many rows."""
        return Trace(
            rows,
            [block if isinstance(block, int) else block[:rows] for block in self.blocks],
            [places[:rows] for places in self.places],
        )


class _Days:
    """A column of dates or words, as far as arithmetic may ask: the number of a date, which of two comes first.

    Of words nothing but whether they are the same can be asked.
    """

    __slots__ = ("numbers",)

    def __init__(self, numbers: Array) -> None:
        self.numbers = numbers

    def toordinal(self) -> Array:
        return self.numbers

    def __eq__(self, other: object) -> Array:  # type: ignore[override] # of a whole column
        return self.numbers == other.numbers if isinstance(other, _Days) else NotImplemented

    __hash__ = None  # type: ignore[assignment] # a column is no key

    def __lt__(self, other: _Days) -> Array:
        return self.numbers < other.numbers

    def __le__(self, other: _Days) -> Array:
        return self.numbers <= other.numbers

    def __gt__(self, other: _Days) -> Array:
        return self.numbers > other.numbers

    def __ge__(self, other: _Days) -> Array:
        return self.numbers >= other.numbers


@attrs.frozen(eq=False)
class _Numbers:
    """The number of each code of a source, and why it has none."""

    size: int
    version: int
    numbers: Array
    of_dates: bool
    why: Array | None
    """For each code the place of the reason in ``reasons``, 0 where the number is known; absent where all are."""
    reasons: list[object]
    all_known_from: int
    """No code from here on is without a number."""
    first: np.int32 | None
    """What makes a number of a code by addition, where the numbers follow one another."""

    @classmethod
    def of(cls, source: Source) -> _Numbers:
        """The numbers as the source has them now."""
        size = len(source)
        numbers, why = np.zeros(size, np.int64), np.zeros(size, np.int32)
        reasons: list[object] = [None]
        of_dates = False
        for code in range(size):
            value: Any = source.values[code]
            value = source.nothing if value is None else value
            if value.__class__ in BLOCKING or isinstance(value, Unreadable):
                if value not in reasons:
                    reasons.append(value)
                why[code] = reasons.index(value)
            elif isinstance(value, date):
                numbers[code], of_dates = value.toordinal(), True
            elif isinstance(value, str):
                numbers[code], of_dates = _NUMBERS_OF_WORDS.setdefault(value, len(_NUMBERS_OF_WORDS)), True
            else:
                numbers[code] = value
        smallest, largest = (numbers.min(), numbers.max()) if size else (0, 0)
        if smallest > -_SMALL and largest < _SMALL:
            numbers = numbers.astype(np.int32)
        begin = 1 if why[:1].any() else 0  # what is unknown has no number that could follow
        follows = size > begin and numbers.dtype == np.int32 and bool((np.diff(numbers[begin:]) == 1).all())
        first = numbers[begin] - np.int32(begin) if follows else None
        unknown = np.flatnonzero(why)
        all_known_from = int(unknown[-1]) + 1 if unknown.size else 0
        return cls(
            size, source.version, numbers, of_dates, why if unknown.size else None, reasons, all_known_from, first
        )


_NUMBERS_OF_WORDS: dict[str, int] = {}
"""A number for each word that was compared in a column; there are no more than there are countries."""
_SMALL = 1 << 29
"""Sums and differences of two smaller numbers fit into 32 bits."""


class ElementwiseStep:
    """Arithmetic on whole columns: the plain function is given arrays in place of numbers."""

    def __init__(self, source: NumberSource, inputs: Sequence[Source], function: Callable[..., Any]) -> None:
        """``inputs`` are the sources of the numbers, in the order of the function's arguments."""
        self.source, self.inputs, self.function = source, tuple(inputs), function
        self._held: list[_Numbers | None] = [None] * len(self.inputs)
        self._of_unknown: tuple[tuple[_Numbers, ...], Array] = ((), np.zeros(1, np.int32))

    def _numbers(self, position: int, *, may_fill: bool) -> _Numbers:
        source, held = self.inputs[position], self._held[position]
        if held is None or held.size != len(source) or held.version != source.version:
            if not may_fill:
                raise NotFilled
            held = self._held[position] = _Numbers.of(source)
        return held

    def run(self, blocks: list[Block], room: Array, *, may_fill: bool) -> None:
        """Put the codes of the numbers into the source's block."""
        rows = room.shape[1]
        arguments: list[Array | _Days] = []
        whys: list[Array | None] = []
        held = [self._numbers(position, may_fill=may_fill) for position in range(len(self.inputs))]
        for source, table in zip(self.inputs, held, strict=True):
            block = blocks[source.index]
            codes = np.full(rows, block, np.intp) if isinstance(block, int) else block
            numbers = table.numbers.take(codes, mode="clip") if table.first is None else codes + table.first
            arguments.append(_Days(numbers) if table.of_dates else numbers)
            why = table.why
            if why is not None and codes.size and codes.min() >= table.all_known_from:
                why = None
            whys.append(None if why is None else why.take(codes, mode="clip"))
        found = self.function(*arguments)
        if found.dtype == bool:
            self.source.of_flags = True
            found = found.view(np.int8)
        unknown = self._unknown(whys, held)
        if unknown is None:
            blocks[self.source.index] = self._codes(found, None, may_fill=may_fill)
            return
        codes = self._codes(found, unknown == 0, may_fill=may_fill)
        codes += self._beyond(unknown, held, may_fill=may_fill)
        blocks[self.source.index] = codes

    @staticmethod
    def _unknown(whys: Sequence[Array | None], held: Sequence[_Numbers]) -> Array | None:
        """For each row one number for why its arguments are unknown, 0 where none is; *None* where all are known."""
        joint: Array | None = None
        for why, table in zip(whys, held, strict=True):
            if joint is not None:
                joint *= len(table.reasons)
            if why is not None and why.any():
                joint = why.astype(np.int32) if joint is None else np.add(joint, why, out=joint)
        return joint

    def _codes(self, found: Array, known: Array | None, *, may_fill: bool) -> Array:
        """The codes of numbers; those of rows that are not known are all the first of them."""
        far = self._far(found, known)
        # What lies below the first number is a large one where there is no sign.
        if far.view(f"u{far.itemsize}").max(initial=0) >= self.source.span:
            self._make_room(found, known, may_fill=may_fill)
            far = self._far(found, known)
        codes = far.astype(np.int32, copy=False)
        codes += np.int32(RESERVED)
        return codes

    def _far(self, found: Array, known: Array | None) -> Array:
        """How far numbers are from the first one; nought where they are not known."""
        far: Array = np.subtract(found, self.source.base, dtype=np.promote_types(found.dtype, np.int32))
        if known is not None:
            far *= known
        return far

    def _beyond(self, unknown: Array, held: Sequence[_Numbers], *, may_fill: bool) -> Array:
        """What makes the code of the first number that of the reason why a number is unknown; 0 where it is known."""
        if (*held,) != self._of_unknown[0]:
            kept = np.full(math.prod(len(table.reasons) for table in held), _NOT_MET, np.int32)
            kept[0] = 0
            self._of_unknown = ((*held,), kept)
        _, kept = self._of_unknown
        found: Array = kept.take(unknown)
        if found.max(initial=0) == _NOT_MET:
            reasons = [table.reasons for table in held]
            for joint in np.unique(unknown[found == _NOT_MET]).tolist():
                kept[joint] = self._code_of_unknown(joint, reasons, may_fill=may_fill) - RESERVED
            found = kept.take(unknown)
        return found

    def _code_of_unknown(self, joint: int, reasons: Sequence[list[object]], *, may_fill: bool) -> int:
        blocked: list[Any] = []
        for values in reversed(reasons):
            joint, number = divmod(joint, len(values))
            blocked.append(values[number])
        known = len(self.source.unknowns)
        why = in_the_way(*[each for each in reversed(blocked) if not isinstance(each, Unreadable)])
        code = self.source.code_of_unknown(why)
        if code == known and not may_fill:
            raise NotFilled
        return code

    def _make_room(self, found: Array, known: Array | None, *, may_fill: bool) -> None:
        source, span = self.source, self.source.span
        numbers = found if known is None else found[known]
        if not numbers.size:
            return
        lowest, highest = int(numbers.min()), int(numbers.max())
        if not may_fill:
            raise NotFilled
        if span:
            lowest, highest = min(lowest, source.base), max(highest, source.base + span - 1)
        if highest - lowest > _MOST_SPAN:
            message = f"{source.name}: numbers from {lowest} to {highest} lie too far apart for a table"
            raise OverflowError(message)
        slack = max(8, (highest - lowest) // 8)
        source.version += bool(span)
        source.base = lowest - slack
        source.span = highest - lowest + 2 * slack + 1
        source.changed()


_NOT_MET = 1
"""Stands where a reason has not been met; what makes a code of it is below zero."""


class FactStep:
    """A derived fact as a column of codes, looked up in its table."""

    def __init__(self, table: Table) -> None:
        """``table`` has the one fact."""
        self.table = table

    def run(self, blocks: list[Block], room: Array, *, may_fill: bool) -> None:
        """Put the codes of the fact into its block."""
        table = self.table
        places = table.places(blocks, room, may_fill=may_fill)
        (fact,) = table.facts
        if isinstance(places, int):
            blocks[fact.index] = int(table.codes[0][places])
            return
        found = table.first_codes(places, None, may_fill=may_fill)
        # A fact that has only ever had one value has it in all rows.
        blocks[fact.index] = found if len(fact.values) > 1 else 0


class PresenceStep:
    """Whether a given fact is told: known without looking where the column has no nulls."""

    def __init__(self, source: FactSource, column: Source, *, told: int, untold: int) -> None:
        """``told`` and ``untold`` are the codes of the two answers."""
        self.source, self.column, self.told, self.untold = source, column, told, untold

    def run(self, blocks: list[Block], room: Array, *, may_fill: bool) -> None:  # noqa: ARG002 - as all steps are run
        """Put the codes of the answers into the source's block."""
        block = blocks[self.column.index]
        if isinstance(block, int):
            blocks[self.source.index] = self.told if block else self.untold
        elif block.all():
            blocks[self.source.index] = self.told
        else:
            codes = np.multiply(block > 0, self.told - self.untold, dtype=np.int32)
            codes += np.int32(self.untold)
            blocks[self.source.index] = codes


class BlockedStep:
    """A fact that is unknown in every row: why it is so depends on nothing but which columns have nulls."""

    def __init__(self, table: Table) -> None:
        """``table`` has the one fact, over the columns that are told."""
        self.table = table

    def run(self, blocks: list[Block], room: Array, *, may_fill: bool) -> None:
        """Put the code of the reason into the fact's block."""
        table = self.table
        presence: list[Block] = list(blocks)
        for base in table.bases:
            block = blocks[base.index]
            if isinstance(block, int):
                presence[base.index] = min(block, 1)
            else:
                presence[base.index] = 1 if block.all() else np.minimum(block, 1)
        FactStep(table).run(presence, room, may_fill=may_fill)
        (fact,) = table.facts
        blocks[fact.index] = presence[fact.index]


class Situation(FactSource):
    """Several names at once: such as all conditions of the rules, of which rows have a few dozen combinations."""

    def __init__(self, name: str, index: int, names: Sequence[str]) -> None:
        """``names`` are those whose values a code stands for, in their order."""
        super().__init__(name, index)
        self.names = tuple(names)

    def told(self, value: Any) -> dict[str, object]:  # noqa: ANN401 - a tuple, see above
        """What one of the values says, by name."""
        return dict(zip(self.names, value, strict=True))


class ProjectionStep:
    """The part of the situation that some rules turn on: far fewer combinations than the whole."""

    def __init__(self, situation: Situation, part: Situation) -> None:
        """``part`` has some of the names of the situation."""
        self.situation, self.part = situation, part
        self._places = [situation.names.index(name) for name in part.names]
        self._codes = np.zeros(0, np.int32)

    def run(self, blocks: list[Block], room: Array, *, may_fill: bool) -> None:  # noqa: ARG002 - as all steps are run
        """Put the codes of the part into its block."""
        known = len(self._codes)
        if known < len(self.situation):
            if not may_fill:
                raise NotFilled
            new = [
                self.part.code_of(tuple(values[place] for place in self._places))
                for values in self.situation.values[known:]
            ]
            self._codes = np.append(self._codes, np.array(new, np.int32))
        block = blocks[self.situation.index]
        if isinstance(block, int):
            blocks[self.part.index] = int(self._codes[block])
        else:
            if block.dtype != np.intp:
                # There are many parts, and all of them look up by it.
                block = blocks[self.situation.index] = block.astype(np.intp)
            blocks[self.part.index] = self._codes.take(block, mode="clip") if len(self.part) > 1 else 0


Step = FactStep | ElementwiseStep | PresenceStep | BlockedStep | ProjectionStep


class Plan:
    """What is done to a batch of rows, step by step."""

    def __init__(  # noqa: PLR0913, PLR0917 - each is another side of what is asked
        self,
        rulebook: Rulebook,
        columns: Mapping[str, Source],
        provisions: Callable[[Any], Mapping[str, Cited]],
        wanted: Wanted,
        rules: Sequence[RuleColumns],
        facts: Sequence[str] = (),
        known: Sequence[Source] = (),
    ) -> None:
        """``columns`` are the sources of what the table tells; ``provisions`` gives the paragraphs of a call.

        ``known`` are the sources of derived facts that are told as well, after the columns.
        """
        self.rulebook, self.wanted, self.rules = rulebook, wanted, tuple(rules)
        self.sources: list[Source] = [*columns.values(), *known]
        self.columns = dict(columns)
        self.provisions = provisions
        self.asked_facts = tuple(facts)
        self.steps: list[Step] = []
        self.tables: list[Table] = []
        self.made: dict[str, Source] = {name: source for source in known for name in _names_of(source)}
        self._lines = [rule for rule in self.rules if rule.is_line]
        self._number_of = {id(rule): number for number, rule in enumerate(self.rules)}
        self._line_of = {id(rule): number for number, rule in enumerate(self._lines)}
        self._consumers: dict[str, int] = {}
        self._all_conditions = {name for rule in self.rules for name in self._conditions(rule)}
        self._pairs: dict[frozenset[Source], Situation] = {}
        self._situation: Situation | None = None
        self._parts: dict[tuple[str, ...], Situation] = {}
        self._memories: dict[str, dict[tuple[Any, Any], Any]] = {}

    # --- planning ----------------------------------------------------------------------------------------

    def make(self, blocks: list[Block], rows: int) -> None:
        """Lay down the steps, with the first rows of the first batch as the measure."""
        room = np.empty((2, rows), np.int32)
        for name in self._facts_in_order():
            self._place(name, blocks, room)
        if self.rules:
            self._make_situation(blocks, room)
        waiting = [(self._bases_of(self._needs(rule)), rule) for rule in self.rules]
        waiting.sort(key=lambda each: -self._size(each[0], blocks))
        clusters: list[tuple[tuple[Source, ...], list[RuleColumns]]] = []
        for bases, rule in waiting:
            fitting = []
            for number, (held, others) in enumerate(clusters):
                both = self._united(held, bases)
                size, own = self._size(both, blocks), self._size(bases, blocks)
                alone = max(self._size(held, blocks), own)
                is_part = len(both) == len(held) and self._conditions(others[0]) == self._conditions(rule)
                if size <= FEW_FOR_A_RULE or (is_part and size <= 4 * own):
                    fitting.append((size <= 4 * alone, -size, number, both))
            if fitting:
                _, _, number, both = max(fitting, key=lambda each: each[:3])
                clusters[number] = (both, [*clusters[number][1], rule])
            else:
                clusters.append((bases, [rule]))
        for bases, rules in clusters:
            ordered = [rule for rule in self.rules if rule in rules]
            needs = [name for rule in ordered for name in self._needs(rule)]
            part = self._with_part(bases, needs, blocks, room)
            together = self._brought_together(part, ordered, blocks, room)
            ask, full = self._asking(together, needs, (), [rule.identity for rule in ordered])
            in_order = self._folded(self._in_order(full, blocks), blocks, room)
            gate = self._gate(in_order, ordered, blocks)
            self.tables.append(Table(in_order, (), ordered, self.wanted, ask(in_order), gate=gate))

    def _with_part(
        self, bases: tuple[Source, ...], needs: Iterable[str], blocks: list[Block], room: Array
    ) -> tuple[Source, ...]:
        """The same bases, with that part of the situation on which these names rest in place of the whole."""
        situation = self._situation
        if situation is None or situation not in bases or len(situation) <= SMALL:
            return bases
        names = tuple(name for name in situation.names if name in self._reached(needs, situation))
        if names == situation.names:
            return bases
        part = self._parts.get(names)
        if part is None:
            part = self._parts[names] = Situation("situation", len(self.sources), names)
            self.sources.append(part)
            step = ProjectionStep(situation, part)
            blocks.append(0)
            step.run(blocks, room, may_fill=True)
            self.steps.append(step)
        return tuple(part if base is situation else base for base in bases)

    def _reached(self, names: Iterable[str], situation: Situation) -> set[str]:
        """The names of the situation on which these names rest."""
        found: set[str] = set()
        seen: set[str] = set()
        waiting = [*names]
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            if name in situation.names:
                found.add(name)
            elif name not in self.made and isinstance(self.rulebook.givers[name], DerivedFact):
                waiting += [item.name for item in self.rulebook.inputs_of(name)]
        return found

    def _conditions(self, rule: RuleColumns) -> tuple[str, ...]:
        return self.rulebook.rule(rule.identity).only_if

    def _gate(self, bases: Sequence[Source], rules: Sequence[RuleColumns], blocks: Sequence[Block]) -> Gate | None:
        """Where a condition is false the rule is not asked, and what else is known of the row does not matter."""
        situation = next((base for base in bases if base.name == "situation"), None)
        others = [base for base in bases if base is not situation and base.name != "call"]
        if not isinstance(situation, Situation) or self._size(others, blocks) <= FEW:
            return None
        wanted = [self._conditions(rule) for rule in rules]
        if not all(wanted):
            return None
        places = [tuple(situation.names.index(name) for name in names) for names in wanted]

        def is_asked(values: tuple[Any, ...]) -> bool:
            return any(all(values[place] is not False for place in each) for each in places)

        return Gate(situation, is_asked)

    def _make_situation(self, blocks: list[Block], room: Array) -> None:
        """One column of codes for all conditions of all rules."""
        conditions = list(dict.fromkeys(name for rule in self.rules for name in self._conditions(rule)))
        bases = self._bases_of(conditions)
        varied = [base for base in bases if not isinstance(blocks[base.index], int)]
        if len(varied) < 2:  # noqa: PLR2004 - one column is a situation by itself
            return
        small = [
            base.name
            for base in varied
            if len(base) <= SMALL and base.name not in {*conditions, "call"} and not isinstance(base, Situation)
        ]
        names = [*conditions, *small]
        ask, full = self._asking(bases, conditions, conditions, ())
        ordered = self._in_order(full, blocks)
        told = ask(ordered)
        places = [[base.name for base in ordered].index(name) for name in small]

        def situation_of(*values: Any) -> tuple[Any, ...]:  # noqa: ANN401 - facts are of any type
            return ((*told(*values), *[values[place] for place in places]),)

        situation = Situation("situation", len(self.sources), names)
        self.sources.append(situation)
        step = FactStep(Table(ordered, [situation], (), self.wanted, situation_of))
        blocks.append(0)
        step.run(blocks, room, may_fill=True)
        self.steps.append(step)
        self.made |= dict.fromkeys(names, situation)
        self._situation = situation

    def _facts_in_order(self) -> list[str]:
        needed: set[str] = set()
        waiting = [name for rule in self.rules for name in self._needs(rule)] + list(self.asked_facts)
        inputs = [item.name for rule in self.rules for item in self.rulebook.inputs_of(rule.identity)]
        for name in (*self._all_conditions, *inputs, *self.asked_facts):
            self._consumers[name] = self._consumers.get(name, 0) + 1
        while waiting:
            name = waiting.pop()
            if name not in needed and name not in self.made and isinstance(self.rulebook.givers[name], DerivedFact):
                needed.add(name)
                inputs = [item.name for item in self.rulebook.inputs_of(name)]
                for each in inputs:
                    self._consumers[each] = self._consumers.get(each, 0) + 1
                waiting += inputs
        return sorted(needed, key=self.rulebook.slots.__getitem__)

    def number_of(self, rule: RuleColumns) -> int:
        """The place of a rule among all."""
        return self._number_of[id(rule)]

    def line_of(self, rule: RuleColumns) -> int:
        """The place of a rule among those that pay a line."""
        return self._line_of[id(rule)]

    def _needs(self, rule: RuleColumns) -> tuple[str, ...]:
        own = self.rulebook.rule(rule.identity)
        inputs = tuple(item.name for item in self.rulebook.inputs_of(rule.identity))
        return (*own.only_if, *inputs, *(rule.tells if self.wanted.reasons else ()))

    def _bases_of(self, names: Iterable[str]) -> tuple[Source, ...]:
        """The sources on which these names rest, the call among them where a paragraph is needed."""
        found: dict[Source, None] = {}
        seen: set[str] = set()
        waiting = list(names)[::-1]
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            if name in self.made:
                found[self.made[name]] = None
            elif name in self.columns:
                found[self.columns[name]] = None
            elif name in self.rulebook.provisions:
                found[self.columns["call"]] = None
            elif isinstance(self.rulebook.givers[name], DerivedFact):
                waiting += [item.name for item in self.rulebook.inputs_of(name)][::-1]
        return tuple(found)

    @staticmethod
    def _united(one: Sequence[Source], other: Sequence[Source]) -> tuple[Source, ...]:
        return tuple(dict.fromkeys((*one, *other)))

    @staticmethod
    def _size(bases: Iterable[Source], blocks: Sequence[Block]) -> int:
        return math.prod(len(base) for base in bases if not isinstance(blocks[base.index], int))

    @staticmethod
    def _in_order(bases: Iterable[Source], blocks: Sequence[Block]) -> tuple[Source, ...]:
        """What all rows have in common comes first: it then only says where in the table the rows lie."""
        return tuple(sorted(bases, key=lambda base: (not isinstance(blocks[base.index], int), -len(base))))

    def _place(self, name: str, blocks: list[Block], room: Array) -> None:
        """Decide what becomes of a derived fact: a column of its own, or part of the tables that need it."""
        giver = self.rulebook.givers[name]
        inputs = [item.name for item in self.rulebook.inputs_of(name)]
        bases = self._bases_of(inputs)
        varied = [base for base in bases if not isinstance(blocks[base.index], int)]
        if not isinstance(giver, DerivedFact):
            return
        if giver.elementwise and self._is_arithmetic(inputs, varied):
            self._make_elementwise(name, inputs, giver, blocks, room)
            return
        if self._is_never_known(inputs, giver):
            self._make_blocked(name, bases, inputs, blocks, room)
            return
        if giver.of_presence and inputs[0] in self.columns:
            self._make_presence(name, giver, self.columns[inputs[0]], blocks, room)
            return
        bases = self._with_pairs(bases, blocks, room)
        varied = [base for base in bases if not isinstance(blocks[base.index], int)]
        size = self._size(bases, blocks)
        is_little = size <= FEW and (len(varied) == 1 or self._consumers[name] <= FEW_CONSUMERS)
        # What is nothing but a condition is computed with the others, see below.
        is_little = is_little or (
            size <= FEW_FOR_A_RULE and self._consumers[name] == 1 and name in self._all_conditions
        )
        if name not in self.asked_facts and (not varied or is_little):
            return
        in_steps = giver.in_steps and self._goes_along_numbers(varied)
        step = FactStep(self._fact_table(name, bases, inputs, blocks, room, in_steps=in_steps))
        before = list(blocks)
        blocks.append(0)
        step.run(blocks, room, may_fill=True)
        source = step.table.facts[0]
        if len(varied) == 1 and 2 * len(source) > step.table.entries and name not in self.asked_facts:
            # Nearly as many values as its one column has: nothing is won by a column more.
            blocks[:] = before
            self.sources.pop()
            return
        self.steps.append(step)
        self.made[name] = source

    def _is_never_known(self, inputs: Sequence[str], fact: DerivedFact) -> bool:
        """Whether the function needs a given fact that the table does not tell, beside others that it does."""
        asked = self.rulebook.inputs_of(fact.name)
        told = [item for item in asked if item.name in self.columns]
        never = [
            item
            for item in asked
            if isinstance(given := self.rulebook.givers[item.name], GivenFact)
            and item.name not in self.columns
            and given.presumed is NO_PRESUMPTION
            and not item.optional
        ]
        return bool(never and told) and len(told) + len(never) == len(inputs)

    def _make_blocked(
        self, name: str, bases: tuple[Source, ...], inputs: Sequence[str], blocks: list[Block], room: Array
    ) -> None:
        """A fact that cannot be known turns on nothing but which of its columns are told."""
        step = BlockedStep(self._fact_table(name, bases, inputs, blocks, room, in_steps=False))
        blocks.append(0)
        step.run(blocks, room, may_fill=True)
        self.steps.append(step)
        self.made[name] = step.table.facts[0]

    def _with_pairs(self, bases: tuple[Source, ...], blocks: list[Block], room: Array) -> tuple[Source, ...]:
        """The same bases; large ones that go together in few of their combinations are one column."""
        large = [base for base in bases if len(base) > LARGE and base.name != "call"]
        return self._joined(bases, [base for base in large if not isinstance(blocks[base.index], int)], blocks, room)

    def _brought_together(
        self, bases: tuple[Source, ...], rules: Sequence[RuleColumns], blocks: list[Block], room: Array
    ) -> tuple[Source, ...]:
        """The same bases; where a table over them would be too large, those beside the situation are one column."""
        lines = sum(rule.is_line for rule in rules)
        each = bytes_of_a_cell(0, len(rules), lines, self.wanted)
        if math.prod(room_for(base) for base in bases) * each <= MOST_BYTES:
            return bases
        others = [base for base in bases if base.name not in {"call", "situation"}]
        return self._joined(bases, [base for base in others if not isinstance(blocks[base.index], int)], blocks, room)

    def _joined(
        self, bases: tuple[Source, ...], some: Sequence[Source], blocks: list[Block], room: Array
    ) -> tuple[Source, ...]:
        """The same bases, with one column in place of some of them, unless nearly each row has its own combination."""
        if len(some) < 2 or math.prod(2 * len(base) + 8 for base in some) > MOST_COMBINATIONS:  # noqa: PLR2004 - a pair
            return bases
        joined = self._pairs.get(frozenset(some))
        if joined is None:
            names = [name for base in some for name in _names_of(base)]
            joined = Situation(" and ".join(names), len(self.sources), names)
            self.sources.append(joined)
            spread = [isinstance(base, Situation) for base in some]

            def together(*values: Any) -> tuple[Any, ...]:  # noqa: ANN401 - facts are of any type
                found: list[Any] = []
                for value, is_several in zip(values, spread, strict=True):
                    found += value if is_several else (value,)
                return (tuple(found),)

            step = FactStep(Table(some, [joined], (), self.wanted, together, joins=not any(spread)))
            before = list(blocks)
            blocks.append(0)
            step.run(blocks, room, may_fill=True)
            if 4 * len(joined) > room.shape[1]:
                blocks[:] = before
                self.sources.pop()
                return bases
            self.steps.append(step)
            self._pairs[frozenset(some)] = joined
        return (*(base for base in bases if base not in some), joined)

    def _make_presence(self, name: str, fact: DerivedFact, column: Source, blocks: list[Block], room: Array) -> None:
        source = FactSource(name, len(self.sources))
        self.sources.append(source)
        told, untold = (source.code_of(fact.function(value)) for value in (object(), None))
        step = PresenceStep(source, column, told=told, untold=untold)
        blocks.append(0)
        step.run(blocks, room, may_fill=True)
        self.steps.append(step)
        self.made[name] = source

    def _is_arithmetic(self, inputs: Sequence[str], varied: Sequence[Source]) -> bool:
        told = all(name in self.columns or isinstance(self.rulebook.givers[name], DerivedFact) for name in inputs)
        return told and bool(varied)

    @staticmethod
    def _goes_along_numbers(varied: Sequence[Source]) -> bool:
        return len(varied) == 1 and isinstance(varied[0].values, NumberValues)

    def _fact_table(  # noqa: PLR0913 - what the fact is, and the first rows, by which its table is laid out
        self,
        name: str,
        bases: tuple[Source, ...],
        inputs: Sequence[str],
        blocks: list[Block],
        room: Array,
        *,
        in_steps: bool,
    ) -> Table:
        ask, full = self._asking(bases, inputs, [name], ())
        ordered = self._folded(self._in_order(full, blocks), blocks, room)
        source = FactSource(name, len(self.sources))
        self.sources.append(source)
        return Table(ordered, [source], (), self.wanted, ask(ordered), in_steps=in_steps)

    def _folded(self, bases: tuple[Source, ...], blocks: list[Block], room: Array) -> tuple[Source, ...]:
        """The same bases; so many that no number holds their combinations are first made one column."""
        while math.prod(2 * len(base) + 8 for base in bases) > MOST_COMBINATIONS:
            first: list[Source] = []
            for base in bases:
                if base.name != "call" and not isinstance(base, Situation):
                    if math.prod(2 * len(each) + 8 for each in (*first, base)) > MOST_COMBINATIONS:
                        break
                    first.append(base)
            if len(first) < 2:  # noqa: PLR2004 - folding one column wins nothing
                message = "the combinations of so many columns are past counting"
                raise OverflowError(message)
            folded = Situation("several columns", len(self.sources), [base.name for base in first])
            self.sources.append(folded)
            step = FactStep(Table(first, [folded], (), self.wanted, lambda *values: (values,), joins=True))
            blocks.append(0)
            step.run(blocks, room, may_fill=True)
            self.steps.append(step)
            bases = (*(base for base in bases if base not in first), folded)
        return bases

    def _make_elementwise(
        self, name: str, inputs: Sequence[str], fact: DerivedFact, blocks: list[Block], room: Array
    ) -> None:
        sources = []
        for wanted in inputs:
            if wanted not in self.made and wanted not in self.columns:
                behind = [item.name for item in self.rulebook.inputs_of(wanted)]
                bases = self._bases_of(behind)
                table = FactStep(self._fact_table(wanted, bases, behind, blocks, room, in_steps=False))
                blocks.append(0)
                table.run(blocks, room, may_fill=True)
                self.steps.append(table)
                self.made[wanted] = table.table.facts[0]
            sources.append(self.made[wanted] if wanted in self.made else self.columns[wanted])
        source = NumberSource(name, len(self.sources))
        self.sources.append(source)
        step = ElementwiseStep(source, sources, fact.function)
        blocks.append(0)
        step.run(blocks, room, may_fill=True)
        self.steps.append(step)
        self.made[name] = source

    def _asking(
        self, bases: tuple[Source, ...], needs: Iterable[str], facts: Sequence[str], rules: Sequence[str]
    ) -> tuple[Callable[[tuple[Source, ...]], Callable[..., tuple[Any, ...]]], tuple[Source, ...]]:
        """How the functions are called with a value of each base, once their order is settled."""
        named = {name for base in bases for name in _names_of(base)}
        constants, paragraphs = self._leaves(needs, frozenset(named), facts)
        if paragraphs and "call" not in named:
            bases = (*bases, self.columns["call"])

        def settled(ordered: tuple[Source, ...]) -> Callable[..., tuple[Any, ...]]:
            names = [name for base in ordered for name in _names_of(base)]
            remembered = self._remembered(needs, names, facts)
            own_names = [name for name, _, _ in remembered]
            function = compiled(self.rulebook, [*names, *own_names, *constants, *paragraphs], facts, rules)
            untold: tuple[None, ...] = (None,) * len(constants)
            spread = [isinstance(base, Situation) for base in ordered]
            has_several, place = any(spread), names.index("call") if paragraphs else -1
            kept: dict[object, tuple[Any, ...]] = {}

            def rest_of(call: object) -> tuple[Any, ...]:
                held = self.provisions(call) if paragraphs else {}
                return (*untold, *(held[name] for name in paragraphs))

            def ask(*values: Any) -> tuple[Any, ...]:  # noqa: ANN401 - facts are of any type
                if has_several:
                    each: list[Any] = []
                    for value, is_several in zip(values, spread, strict=True):
                        each += value if is_several else (value,)
                    values = tuple(each)
                call = values[place] if paragraphs else None
                rest = kept.get(call)
                if rest is None:
                    rest = kept[call] = rest_of(call)
                if remembered:
                    values += tuple(known(values[of], call) for _, of, known in remembered)
                return function(*values, *rest)

            return ask

        return settled, bases

    def _remembered(
        self, needs: Iterable[str], names: Sequence[str], facts: Sequence[str]
    ) -> list[tuple[str, int, Callable[[Any, Any], Any]]]:
        """Facts of one column alone, between these names and their columns: each is computed once for each value.

        Given are the name of such a fact, where among ``names`` its column stands, and what computes it.
        """
        found: dict[str, tuple[str, int, Callable[[Any, Any], Any]]] = {}
        waiting = [*needs]
        while waiting:
            name = waiting.pop()
            giver = self.rulebook.givers[name]
            if name in found or name in names or not isinstance(giver, DerivedFact):
                continue
            inputs = [item.name for item in self.rulebook.inputs_of(name)]
            given = [each for each in inputs if each not in self.rulebook.provisions]
            is_of_one = len(given) == 1 and given[0] in names and given[0] in self.columns
            if name not in facts and is_of_one and len(self.columns[given[0]]) > FEW:
                found[name] = (name, names.index(given[0]), self._memory(name, given[0], inputs))
            else:
                waiting += inputs
        return list(found.values())

    def _memory(self, name: str, column: str, inputs: Sequence[str]) -> Callable[[Any, Any], Any]:
        kept = self._memories.setdefault(name, {})
        paragraphs = [each for each in inputs if each in self.rulebook.provisions]
        function = compiled(self.rulebook, [column, *paragraphs], [name], ())

        def known(value: Any, call: Any) -> Any:  # noqa: ANN401 - facts are of any type
            key = (call, value)
            if key not in kept:
                held = self.provisions(call) if paragraphs else {}
                (kept[key],) = function(value, *(held[each] for each in paragraphs))
            return kept[key]

        return known

    def _leaves(
        self, needs: Iterable[str], arguments: frozenset[str], facts: Sequence[str]
    ) -> tuple[list[str], list[str]]:
        """The given facts that the table does not tell, and the paragraphs, between these names and the bases."""
        seen: set[str] = set()
        waiting = [*needs]
        for name in facts:
            is_derived = isinstance(self.rulebook.givers[name], DerivedFact)
            waiting += [item.name for item in self.rulebook.inputs_of(name)] if is_derived else [name]
        constants, paragraphs = [], []
        while waiting:
            name = waiting.pop()
            if name in seen or name in arguments:
                continue
            seen.add(name)
            giver = self.rulebook.givers[name]
            if isinstance(giver, GivenFact):
                constants.append(name)
            elif isinstance(giver, DerivedFact):
                waiting += [item.name for item in self.rulebook.inputs_of(name)]
            else:
                paragraphs.append(name)
        return sorted(constants), sorted(paragraphs)

    # --- telling -----------------------------------------------------------------------------------------

    def told(self) -> Iterable[str]:
        """What is done and what it costs, a sentence a line."""
        yield f"Blocks of {ROWS_AT_ONCE} rows pass through {len(self.steps)} steps and {len(self.tables)} tables."
        yield "Columns, each coded once:"
        for source in self.columns.values():
            manner = "by its distance from the least" if isinstance(source.values, NumberValues) else "by its values"
            yield f"  {source.name}: {len(source)} codes, {manner}"
        yield "Facts, before the rules:"
        for step in self.steps:
            yield f"  {_told_of_step(step)}"
        yield "Rules, tabulated together:"
        for table in self.tables:
            rules = ", ".join(rule.identity for rule in table.rules)
            yield f"  {rules}: {_told_of_table(table)}"
        calls = sum(table.calls for table in self._all_tables())
        yield f"In all the plain functions were called {calls} times; the tables take {self.held_bytes / 1e6:.1f} MB."

    def _all_tables(self) -> list[Table]:
        return [*self.tables, *(step.table for step in self.steps if isinstance(step, (FactStep, BlockedStep)))]

    @property
    def held_bytes(self) -> int:
        """The memory that all tables take."""
        return sum(table.held_bytes for table in self._all_tables())

    # --- running -----------------------------------------------------------------------------------------

    def codes_of(self, codes: Sequence[Block], room: Array, *, may_fill: bool) -> list[Block]:
        """The codes of every source, where those of the columns are given.

        Raises:
            NotFilled: a combination has not been met, and no table may be written to now.

        """
        blocks: list[Block] = [*codes, *[0] * (len(self.sources) - len(codes))]
        for step in self.steps:
            step.run(blocks, room, may_fill=may_fill)
        return blocks

    def trace(self, codes: Sequence[Block], rows: int, *, may_fill: bool) -> Trace:
        """What becomes of so many rows: the codes of every source, and the cell of every table.

        Raises:
            NotFilled: a combination has not been met, and no table may be written to now.

        """
        room = np.empty((2, rows), np.int32)
        blocks = self.codes_of(codes, room, may_fill=may_fill)
        places = []
        for table in self.tables:
            every = _places_of(table, blocks, room, may_fill=may_fill)
            table.first_codes(every, None, may_fill=may_fill)
            places.append(every)
        return Trace(rows, blocks, places)

    def answer(  # noqa: PLR0913 - which rows, and where their answers go
        self, codes: Sequence[Block], into: Answers, first: int, last: int, offset: int, *, may_fill: bool
    ) -> None:
        """The answers of the rows from ``first`` to before ``last``; they are put ``offset`` rows further on.

        Raises:
            NotFilled: a combination has not been met, and no table may be written to now.

        """
        here = slice(offset + first, offset + last)
        mine = [block if isinstance(block, int) else block[first:last] for block in codes]
        room = np.empty((2, last - first), np.int32)
        blocks = self.codes_of(mine, room, may_fill=may_fill)
        for table in self.tables:
            self._look_up(table, _places_of(table, blocks, room, may_fill=may_fill), into, here, may_fill=may_fill)
        for name, column in into.facts.items():
            column[here] = blocks[self.made[name].index]

    def _look_up(self, table: Table, places: Array, into: Answers, here: slice, *, may_fill: bool) -> None:
        """Put the answers that stand in these cells of a table into their places."""
        numbers = [self._number_of[id(rule)] for rule in table.rules]
        first = into.verdicts[numbers[0]]
        # The first verdict shows whether there is an answer, so it is looked up in any case.
        table.first_codes(places, first[here] if len(first) else None, may_fill=may_fill)
        for number, column in zip(numbers[1:], table.verdicts[1:], strict=True):
            if len(into.verdicts[number]):
                column.take(places, mode="clip", out=into.verdicts[number][here])
        for target, kept in ((into.reasons, table.reasons), (into.missing, table.missing)):
            for number, codes in zip(numbers if target else (), kept, strict=True):
                codes.take(places, mode="clip", out=target[number][here])
        for rule, low, high in zip(table.lines, table.low, table.high, strict=False):
            line = self._line_of[id(rule)]
            low.take(places, mode="clip", out=into.low[line][here])
            into.put_high(line, here, high.take(places, mode="clip") if table.has_range else None)


def _places_of(table: Table, blocks: Sequence[Block], room: Array, *, may_fill: bool) -> Array:
    """The cell of each row, also where all rows have the same."""
    found = table.places(blocks, room, may_fill=may_fill)
    return np.full(room.shape[1], found, np.intp) if isinstance(found, int) else found


def _told_of_table(table: Table) -> str:
    over = " x ".join(f"{base.name} ({len(base)})" for base in table.bases) or "nothing that differs"
    manner = "the combinations met" if table.sparse is not None else f"{table.cells} cells"
    return f"over {over}; {table.entries} combinations met, {table.calls} calls, kept as {manner}"


def _told_of_step(step: Step) -> str:
    if isinstance(step, ElementwiseStep):
        return f"{step.source.name}: arithmetic on whole columns, {' and '.join(each.name for each in step.inputs)}"
    if isinstance(step, PresenceStep):
        return f"{step.source.name}: whether {step.column.name} is told"
    if isinstance(step, ProjectionStep):
        return f"{len(step.part.names)} names of the situation, {len(step.part)} combinations"
    (fact,) = step.table.facts
    what = f"{len(fact)} values" if len(fact) != 1 else "1 value"
    return f"{fact.name}: {what}, {_told_of_table(step.table)}"
