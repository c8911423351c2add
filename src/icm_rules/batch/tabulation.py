"""Tables in place of calls: a plain function is asked once for each combination of codes that occurs.

A table stands over one or more columns of codes. The codes of a row make one number; where that number has been met
before, the answers are looked up, and where it has not, the functions are called and the answers kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from icm_rules.batch.coding import Coder, NumberValues
from icm_rules.engine.answers import Unknown, Verdict
from icm_rules.engine.rounding import Rounding

Array: TypeAlias = npt.NDArray[Any]
Block: TypeAlias = "Array | int"
"""The codes of one source for a run of rows; a plain number where all rows have the same."""

_GRAVEST = (Verdict.UNDETERMINED, Verdict.NOT_MET)
VERDICTS = (*(verdict for verdict in Verdict if verdict not in _GRAVEST), *_GRAVEST)
"""The verdicts by their codes. What counts most against a row comes last, so several verdicts come to their largest."""
CODE_OF_VERDICT = {verdict: code for code, verdict in enumerate(VERDICTS)}
UNFILLED = 255
"""Stands in a table of verdicts where no combination has been met."""
DUE = CODE_OF_VERDICT[Verdict.DUE]
"""The verdict beside an amount; beside any other one the amount is 0 and means nothing."""
LARGEST_CENTS = 10**13
"""A larger amount is a slip of the keyboard, and would not fit beside others."""

MOST_BYTES = 1 << 22
"""A table that would be larger is kept by the combinations met, not by all that there could be."""
MOST_ENTRIES = 1 << 20
"""A table that holds more combinations is emptied: what it holds will not be met often."""


class NotFilled(Exception):  # noqa: N818 - it is no error: the rows are asked once more, by one thread alone
    """A table would have to be written to while others read it."""


class Source:
    """A column of codes over which tables may stand: a given fact, or a derived one."""

    values: Sequence[Any]
    """The value of each code; *None* is a given fact that nobody told."""
    version: int
    """It grows when earlier codes no longer hold."""
    nothing: object = None
    """What *None* stands for: a presumption, or an *Unknown*."""

    def __init__(self, name: str, index: int) -> None:
        """``index`` is its place among the blocks of a run."""
        self.name, self.index = name, index
        self.tables: list[Table] = []
        self.room = 0
        """For so many codes all tables over this source have room."""
        self._looked_at: tuple[int, int] | None = None

    def serve(self, table: Table) -> None:
        """Keep in mind that a table stands over this source."""
        self.tables.append(table)

    def changed(self) -> None:
        """Let the tables over this source look whether its codes still lie within them."""
        now = (self.version, len(self))
        if now == self._looked_at:
            return
        self._looked_at = now
        for table in self.tables:
            table.is_stale = table.is_stale or not table.fits()

    def measure(self) -> None:
        """See for how many codes there is room."""
        self.room = min((table.room_over(self) for table in self.tables), default=0)

    def told(self, value: object) -> dict[str, object]:
        """What one of the values says, by name."""
        return {self.name: value}

    def __len__(self) -> int:
        """How many codes there are."""
        return len(self.values)


class ColumnSource(Source):
    """The codes of a given fact, as the column tells them."""

    def __init__(self, index: int, coder: Coder, nothing: object) -> None:
        """``coder`` gives the codes, ``nothing`` is what an untold fact stands for."""
        super().__init__(coder.name, index)
        self.coder, self.nothing = coder, nothing

    @property
    def values(self) -> Sequence[Any]:  # type: ignore[override] # the coder's own
        """The values of the coder."""
        return self.coder.values

    @property
    def version(self) -> int:  # type: ignore[override] # the coder's own
        """The version of the coder."""
        return self.coder.version


class FactSource(Source):
    """The codes of a derived fact, given as its values are met."""

    def __init__(self, name: str, index: int) -> None:
        """No value has been met."""
        super().__init__(name, index)
        self.values: list[Any] = []
        self.version = 0
        self._by_identity: dict[int, int] = {}
        self._by_value: dict[object, int] = {}

    def code_of(self, value: Any) -> int:  # noqa: ANN401 - facts are of any type
        """The code of a value, a new one for a new value."""
        found = self._by_identity.get(id(value))
        if found is not None and self.values[found] is value:
            return found
        found = self._by_value.get(value)
        if found is None:
            found = self._by_value[value] = len(self.values)
            self.values.append(value)
            self._by_identity[id(value)] = found
            if found >= self.room:
                self.changed()
        return found

    def codes_of(self, values: Iterable[Any]) -> list[int]:
        """The same of many values, which are tuples made for the occasion: no object is met twice."""
        known, own, found = self._by_value, self.values, []
        for value in values:
            code = known.setdefault(value, len(own))
            if code == len(own):
                own.append(value)
            found.append(code)
        if len(own) > self.room:
            self.changed()
        return found


RESERVED = 16
"""The first codes of a column of arithmetic: one for each way in which its value may be unknown."""


class NumberSource(Source):
    """The codes of whole numbers that were computed column by column; the first codes are for what is unknown."""

    def __init__(self, name: str, index: int) -> None:
        """No number has been met."""
        super().__init__(name, index)
        self.version = self.base = self.span = 0
        self.of_flags = False
        self.unknowns: list[object] = []
        self.values = ComputedNumbers(self)
        self._codes_of_unknown: dict[object, int] = {}

    def code_of_unknown(self, why: object) -> int:
        """The code of a number that is not known for this reason."""
        code = self._codes_of_unknown.get(why)
        if code is None:
            code = len(self.unknowns)
            if code == RESERVED:
                message = f"{self.name}: more than {RESERVED} ways in which it is unknown"
                raise OverflowError(message)
            self._codes_of_unknown[why] = code
            self.unknowns.append(why)
        return code


class ComputedNumbers(Sequence[object]):
    """The numbers of a column of arithmetic, and before them why they are unknown."""

    def __init__(self, source: NumberSource) -> None:
        """``source`` has their codes."""
        self.source = source

    def __len__(self) -> int:
        """How many codes there are."""
        return RESERVED + self.source.span

    def __getitem__(self, code: Any) -> Any:  # noqa: ANN401 - a sequence of any values
        """The number of a code, or why there is none."""
        if code < RESERVED:
            unknowns = self.source.unknowns
            return unknowns[code] if code < len(unknowns) else Unknown()
        number = int(code) - RESERVED + self.source.base
        return bool(number) if self.source.of_flags else number


class _Sparse:
    """Places for the combinations met, found by hashing whole columns at once."""

    def __init__(self) -> None:
        self.bits = 12
        self.count = 0
        self.keys = np.full(1 << self.bits, -1, np.int64)
        self.places = np.zeros(1 << self.bits, np.int64)

    def held(self) -> tuple[Array, Array]:
        """The combinations and their places."""
        held = self.keys != -1
        return self.keys[held], self.places[held]

    def _first(self, joint: Array) -> Array:
        mixed = joint.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        mixed >>= np.uint64(64 - self.bits)
        return mixed.view(np.int64)

    def find(self, joint: Array) -> Array:
        """The place of each combination; -1 where it has not been met."""
        where = self._first(joint)
        held = self.keys.take(where, mode="clip")
        found: Array = self.places.take(where, mode="clip")
        looking = np.flatnonzero(held != joint)
        if not looking.size:
            return found
        found[looking] = -1
        held, where, sought = held.take(looking), where.take(looking), joint.take(looking)
        mask = len(self.keys) - 1
        while True:
            # What stands at a place that another holds may stand at the next one; behind a free place nothing stands.
            on = np.flatnonzero((held != sought) & (held != -1))
            if not on.size:
                return found
            looking, where, sought = looking.take(on), (where.take(on) + 1) & mask, sought.take(on)
            held = self.keys.take(where)
            hit = np.flatnonzero(held == sought)
            found[looking.take(hit)] = self.places.take(where.take(hit))

    def add(self, new: Sequence[int]) -> range:
        """Give places to combinations that have not been met, in their order."""
        first = self.count
        self.count += len(new)
        if self.count * 2 > len(self.keys):
            held = self.keys != -1
            keys, places = self.keys[held], self.places[held]
            while self.count * 2 > 1 << self.bits:
                self.bits += 1
            self.keys = np.full(1 << self.bits, -1, np.int64)
            self.places = np.zeros(1 << self.bits, np.int64)
            self._put(keys, places)
        self._put(np.asarray(new, np.int64), np.arange(first, self.count))
        return range(first, self.count)

    def _put(self, keys: Array, places: Array) -> None:
        where, mask = self._first(keys), len(self.keys) - 1
        waiting = np.arange(len(keys))
        while waiting.size:
            spots = where[waiting]
            free = self.keys[spots] == -1
            # Of several that want one free place the last one written has it; the others look on.
            self.keys[spots[free]] = keys[waiting[free]]
            settled = self.keys[spots] == keys[waiting]
            self.places[spots[settled]] = places[waiting[settled]]
            waiting = waiting[~settled]
            where[waiting] = (where[waiting] + 1) & mask


class Wanted:
    """What of the rules' answers is looked for; the columns of a table follow it."""

    __slots__ = ("_verdicts", "amounts", "missing", "overall", "reasons", "rounding", "total")

    def __init__(self, give: frozenset[str], rounding: Rounding) -> None:
        """``give`` holds the names of what is asked for."""
        self._verdicts, self.reasons, self.missing = "verdicts" in give, "reasons" in give, "missing" in give
        self.overall, self.total, self.rounding = "overall" in give, "total" in give, rounding
        self.amounts = bool({"amounts", "ranges", "total"} & give)

    def verdict_of(self, rule: RuleColumns) -> bool:
        """Whether the verdict of a rule is looked for: by itself, or for what it tells of others."""
        return self._verdicts or (self.overall and rule.decides) or (self.amounts and rule.is_line)


class RuleColumns:
    """Where the answers of one rule go, and the words met so far."""

    def __init__(self, identity: str, *, decides: bool, is_line: bool, due: int, tells: tuple[str, ...]) -> None:
        """``due`` is the number of the stage, ``is_line`` whether the rule pays a line of the grant."""
        self.identity, self.decides, self.is_line, self.due, self.tells = identity, decides, is_line, due, tells
        self.sentences: dict[str, int] = {"": 0}
        self.missing: dict[str, int] = {"": 0}


def _summed(columns: Sequence[tuple[Array, int]], joint: Array, product: Array) -> None:
    """The sum of codes times strides, in ``joint``."""
    (block, stride), *others = columns
    np.multiply(block, stride, out=joint, dtype=joint.dtype)
    for block, stride in others:
        if stride == 1:
            joint += block
        else:
            np.multiply(block, stride, out=product, dtype=product.dtype)
            joint += product


def _distinct(numbers: Array, below: int = 1 << 62) -> Array:
    """Each number once, in order; none is as large as ``below``."""
    if below <= _FEW_TIMES * len(numbers):
        # To mark what there is takes less than to sort it.
        seen = np.zeros(below, bool)
        seen[numbers] = True
        return np.flatnonzero(seen)
    numbers = np.sort(numbers)
    found: Array = numbers[np.append(True, numbers[1:] != numbers[:-1])]
    return found


_FEW_TIMES = 16


def cents_of(amount: Decimal) -> int:
    """An amount in cents.

    Raises:
        OverflowError: it is larger than any grant can be.

    """
    cents = int(amount * 100)
    if cents > LARGEST_CENTS:
        message = f"{amount} EUR is more than a table holds"
        raise OverflowError(message)
    return cents


def bytes_of_a_cell(facts: int, rules: int, lines: int, wanted: Wanted) -> int:
    """The memory of one combination in a table of so many facts and rules, some of which pay a line."""
    of_words = 4 * rules * (wanted.reasons + wanted.missing)
    return 4 * facts + rules + of_words + (16 * lines if wanted.amounts else 0)


def room_for(base: Source) -> int:
    """How many codes of a source a table has room for; those of arithmetic have their own."""
    if isinstance(base, NumberSource):
        return len(base)
    if len(base) <= SMALL:
        return len(base) + 1
    return len(base) + (len(base) // 2 if isinstance(base, FactSource) else len(base) // 4)


SMALL = 8
"""A source of so few codes has shown all it has, or nearly all."""


class Gate:
    """Which situations leave a rule unasked; there the other columns are taken as if all rows had the same."""

    def __init__(self, source: FactSource, is_asked: Callable[[tuple[Any, ...]], bool]) -> None:
        """``is_asked`` is told the values of a situation."""
        self.source, self.is_asked = source, is_asked
        self.open = np.zeros(0, np.int32)

    def is_current(self) -> bool:
        """Whether all situations that have been met are judged."""
        return len(self.open) == len(self.source)

    def update(self) -> None:
        """Judge the situations that are new."""
        new = [self.is_asked(values) for values in self.source.values[len(self.open) :]]
        self.open = np.append(self.open, np.array(new, np.int32))


class Table:
    """The answers of some facts and rules by the combination of codes of their sources."""

    def __init__(  # noqa: PLR0913 - each is one side of the table
        self,
        bases: Sequence[Source],
        facts: Sequence[FactSource],
        rules: Sequence[RuleColumns],
        wanted: Wanted,
        ask: Callable[..., tuple[Any, ...]],
        *,
        in_steps: bool = False,
        joins: bool = False,
        gate: Gate | None = None,
    ) -> None:
        """``ask`` takes a value of each base and gives those of the facts, then what came of the rules.

        ``in_steps`` tells that there is one fact, and that it goes in steps along the numbers of the last base;
        ``joins`` that there is one fact, and that it is the values of all bases side by side.
        """
        self.in_steps, self.joins, self.gate = in_steps, joins, gate
        self.bases, self.facts, self.rules, self.wanted, self.ask = (
            tuple(bases),
            tuple(facts),
            tuple(rules),
            wanted,
            ask,
        )
        self.lines = [rule for rule in rules if rule.is_line]
        self.bytes_of_a_cell = bytes_of_a_cell(len(self.facts), len(self.rules), len(self.lines), wanted)
        self.has_range = False
        self._tells = wanted.reasons and any(rule.tells for rule in rules)
        self.calls = self.layout = 0
        self.is_stale = False
        for base in self.bases:
            base.serve(self)
        self._sizes: tuple[int, ...] = ()
        self._versions: tuple[int, ...] = ()
        self._lay_out()

    # --- the lay-out of the cells ------------------------------------------------------------------------

    def _lay_out(self) -> None:
        """Empty cells for the codes there are now, with room for some more."""
        self.layout += 1
        kept = self._filled() if self._versions == tuple(base.version for base in self.bases) else None
        self.is_stale = False
        self._versions = tuple(base.version for base in self.bases)
        self._sizes = tuple(room_for(base) for base in self.bases)
        strides, cells = [], 1
        for size in reversed(self._sizes):
            strides.append(cells)
            cells *= size
        if cells >= 1 << 62:
            message = "the combinations of so many columns are past counting"
            raise OverflowError(message)
        self.strides = tuple(reversed(strides))
        self.sparse = _Sparse() if cells * self.bytes_of_a_cell > MOST_BYTES else None
        self.is_wide = cells >= 1 << 31  # no number of 32 bits holds them
        self.entries = 0
        self._make_cells(1 << 12 if self.sparse is not None else cells)
        for base in self.bases:
            base.measure()
        if kept is not None:
            self._put_back(*kept)

    def _filled(self) -> tuple[list[Array], list[Array]] | None:
        """The codes of each base in the cells that are filled, and what stands in them."""
        if not self._sizes or not 0 < self.entries <= MOST_ENTRIES:
            return None
        if self.sparse is None:
            cells = np.flatnonzero(self.codes[0] >= 0 if self.facts else self.verdicts[0] != UNFILLED)
            joint = cells
        else:
            joint, cells = self.sparse.held()
        codes = [joint // stride % size for stride, size in zip(self.strides, self._sizes, strict=True)]
        return codes, [column[cells] for column in self._columns]

    def _put_back(self, codes: Sequence[Array], columns: Sequence[Array]) -> None:
        joint = np.zeros(len(columns[0]), np.int64)
        for each, stride in zip(codes, self.strides, strict=True):
            joint += each * stride
        if self.sparse is None:
            places: Any = joint
        else:
            self._grow(len(joint))
            places = np.asarray(self.sparse.add(joint.tolist()))
        for column, held in zip(self._columns, columns, strict=True):
            column[places] = held
        self.entries = len(joint)

    def _make_cells(self, count: int) -> None:
        number = len(self.rules)
        self.codes = [np.full(count, -1, np.int32) for _ in self.facts]
        self.verdicts = [np.full(count, UNFILLED, np.uint8) for _ in range(number)]
        lines = len(self.lines) if self.wanted.amounts else 0
        self.low = [np.zeros(count, np.int64) for _ in range(lines)]
        self.high = [np.zeros(count, np.int64) for _ in range(lines)]
        self.reasons = [np.zeros(count, np.int32) for _ in range(number if self.wanted.reasons else 0)]
        self.missing = [np.zeros(count, np.int32) for _ in range(number if self.wanted.missing else 0)]

    @property
    def _columns(self) -> list[Array]:
        return [*self.codes, *self.verdicts, *self.low, *self.high, *self.reasons, *self.missing]

    @property
    def answer_columns(self) -> list[Array]:
        """All that is looked up of the rules, by cell."""
        return self._columns[len(self.codes) :]

    @property
    def cells(self) -> int:
        """How many combinations there is room for."""
        return len(self.verdicts[0] if self.rules else self.codes[0])

    @property
    def held_bytes(self) -> int:
        """The memory that the table takes."""
        sparse = 0 if self.sparse is None else self.sparse.keys.nbytes + self.sparse.places.nbytes
        return sparse + self.cells * self.bytes_of_a_cell

    def room_over(self, base: Source) -> int:
        """For how many codes of a source there is room."""
        return min((size for each, size in zip(self.bases, self._sizes, strict=False) if each is base), default=0)

    def fits(self) -> bool:
        """Whether the codes of the sources still lie within the table; it is laid out anew where they do not."""
        return self._versions == tuple(base.version for base in self.bases) and all(
            len(base) <= size for base, size in zip(self.bases, self._sizes, strict=True)
        )

    # --- asking ------------------------------------------------------------------------------------------

    def places(self, blocks: Sequence[Block], room: Array, *, may_fill: bool) -> Array | int:
        """The cell of each row; combinations that have not been met are asked and filled in.

        Raises:
            NotFilled: a combination has not been met, and the table may not be written to now.

        """
        if self.is_stale or self.entries > MOST_ENTRIES or not (self.gate is None or self.gate.is_current()):
            if not may_fill:
                raise NotFilled
            if self.gate is not None:
                self.gate.update()
            if self.is_stale or self.entries > MOST_ENTRIES:
                self._lay_out()
        joint = self._joint(blocks, room)
        if isinstance(joint, int):
            return self._place_of_all(joint, may_fill=may_fill)
        if self.sparse is None:
            return joint
        found = self.sparse.find(joint)
        if found.size and found.min() < 0:
            if not may_fill:
                raise NotFilled
            self._fill(_distinct(joint[found < 0]))
            found = self.sparse.find(joint)
        return found

    def first_codes(self, places: Array, out: Array | None, *, may_fill: bool) -> Array:
        """The first column at these places; it is the one that shows which cells are still empty.

        Raises:
            NotFilled: there are some, and the table may not be written to now.

        """
        column = self.codes[0] if self.facts else self.verdicts[0]
        found: Array = column.take(places, mode="clip", out=out)
        if self.sparse is not None or not found.size:
            return found
        if found.min() < 0 if self.facts else found.max() == UNFILLED:
            if not may_fill:
                raise NotFilled
            self._fill(_distinct(places[found < 0 if self.facts else found == UNFILLED], below=self.cells))
            column = self.codes[0] if self.facts else self.verdicts[0]
            found = column.take(places, mode="clip", out=out)
        return found

    def _place_of_all(self, joint: int, *, may_fill: bool) -> int:
        """The one cell of rows that are all alike."""
        one = np.array([joint], np.intp)
        is_new = self._has_unfilled(one) if self.sparse is None else bool(self.sparse.find(one)[0] < 0)
        if is_new:
            if not may_fill:
                raise NotFilled
            self._fill(one)
        return joint if self.sparse is None else int(self.sparse.find(one)[0])

    def _joint(self, blocks: Sequence[Block], room: Array) -> Array | int:
        constant = 0
        gated: list[tuple[Array, int]] = []
        others: list[tuple[Array, int]] = []
        gate = self.gate
        for base, stride in zip(self.bases, self.strides, strict=True):
            block = blocks[base.index]
            if isinstance(block, int):
                constant += block * stride
            elif gate is None or base is gate.source or base.name == "call":
                others.append((block, stride))
            else:
                gated.append((block, stride))
        if not gated and not others:
            return constant
        return self._added_up(gated, others, constant, blocks, room)

    def _added_up(
        self,
        gated: Sequence[tuple[Array, int]],
        others: Sequence[tuple[Array, int]],
        constant: int,
        blocks: Sequence[Block],
        room: Array,
    ) -> Array:
        gate = self.gate
        room = np.empty((2, room.shape[1]), np.int64) if self.is_wide else room
        joint, product = room[0], room[1]
        is_begun = False
        if gated:
            _summed(gated, joint, product)
            is_begun = True
            if gate is not None:
                situation = blocks[gate.source.index]
                if isinstance(situation, int):
                    joint *= gate.open[situation]
                else:
                    joint *= gate.open.take(situation, mode="clip")
        for block, stride in others:
            if not is_begun:
                np.multiply(block, stride, out=joint, dtype=joint.dtype)
                is_begun = True
                continue
            np.multiply(block, stride, out=product, dtype=product.dtype)
            joint += product
        if constant:
            joint += constant
        found: Array = joint.astype(np.intp)
        return found

    def _has_unfilled(self, joint: Array) -> bool:
        if not joint.size:
            return False
        if self.facts:
            return bool(self.codes[0].take(joint, mode="clip").min() < 0)
        return bool(self.verdicts[0].take(joint, mode="clip").max() == UNFILLED)

    def _is_unfilled(self, joint: Array) -> Array:
        found: Array = self.codes[0][joint] < 0 if self.facts else self.verdicts[0][joint] == UNFILLED
        return found

    def _fill(self, joint: Array) -> None:
        if self.sparse is None:
            new = joint[self._is_unfilled(joint)]
            places: Sequence[int] = new.tolist()
        else:
            new = joint
            places = self.sparse.add(new.tolist())
            self._grow(self.sparse.count)
        columns = [new // stride % size for stride, size in zip(self.strides, self._sizes, strict=True)]
        self.entries += len(new)
        if self.in_steps and self.sparse is None and isinstance(self.bases[-1].values, NumberValues):
            self._fill_in_steps(new, columns)
            return
        decoded = [column.tolist() for column in columns]
        if not self.rules:
            self._fill_facts(new if self.sparse is None else np.asarray(places), decoded)
            return
        values = [base.values for base in self.bases]
        put, ask = self._put, self.ask
        self.calls += len(new)
        combinations = zip(*decoded, strict=True) if decoded else [()]
        for place, codes in zip(places, combinations, strict=True):
            put(place, ask(*[held[code] for held, code in zip(values, codes, strict=True)]), codes)

    def _fill_facts(self, places: Array, decoded: Sequence[Sequence[int]]) -> None:
        """Fill a table that has one fact and no rules."""
        ask, code_of = self.ask, self.facts[0].code_of
        self.calls += len(places)
        told = [
            [values[code] for code in codes]
            for values, codes in zip([base.values for base in self.bases], decoded, strict=True)
        ]
        rows = zip(*told, strict=True) if told else [()]
        if self.joins:
            self.codes[0][places] = self.facts[0].codes_of(rows)
        else:
            self.codes[0][places] = [code_of(ask(*values)[0]) for values in rows]

    def _fill_in_steps(self, new: Array, codes: Sequence[Array]) -> None:
        """Fill a table of one fact over numbers: between two numbers with the same value all have that value."""
        *others, numbers = codes
        values, column, fact = [base.values for base in self.bases], self.codes[0], self.facts[0]

        def asked(fixed: Sequence[Any], number: int) -> int:
            self.calls += 1
            return fact.code_of(self.ask(*fixed, values[-1][number])[0])

        # Cells come in order, so the numbers of a run, in which all else is the same, come in order as well.
        run = np.zeros(len(new), np.int64)
        for each in (*others, numbers == 0):
            run = run * (int(each.max(initial=0)) + 1) + each
        order = np.argsort(run, kind="stable")
        for rows in np.split(order, np.flatnonzero(np.diff(run[order])) + 1):
            fixed = [held[int(each[rows[0]])] for held, each in zip(values, others, strict=False)]
            places, of_run = new[rows], numbers[rows]
            waiting = [(0, len(rows) - 1, asked(fixed, int(of_run[0])), asked(fixed, int(of_run[-1])))]
            while waiting:
                first, last, low, high = waiting.pop()
                if low == high:
                    column[places[first : last + 1]] = low
                elif last - first == 1:
                    column[places[first]], column[places[last]] = low, high
                else:
                    middle = (first + last) // 2
                    found = asked(fixed, int(of_run[middle]))
                    waiting += [(first, middle, low, found), (middle, last, found, high)]

    def _grow(self, count: int) -> None:
        have = self.cells
        if count <= have:
            return
        old = self._columns
        self._make_cells(max(count, 2 * have))
        for was, now in zip(old, self._columns, strict=True):
            now[:have] = was

    def _put(self, place: int, answers: tuple[Any, ...], codes: tuple[int, ...]) -> None:
        fact_codes = [fact.code_of(value) for fact, value in zip(self.facts, answers, strict=False)]
        verdicts = self._put_rules(place, answers[len(fact_codes) :], codes) if self.rules else []
        # The first column says whether a cell is filled, so it is written last: another thread may be reading.
        filled: list[Array] = [*self.codes, *self.verdicts]
        cells = [*fact_codes, *verdicts]
        for column, code in zip(reversed(filled), reversed(cells), strict=True):
            column[place] = code

    def _put_rules(self, place: int, answers: Sequence[tuple[Any, ...]], codes: tuple[int, ...]) -> list[int]:
        told: dict[str, object] = {}
        if self._tells:
            for base, code in zip(self.bases, codes, strict=True):
                told |= base.told(base.values[code])
        row = Row.of(self.rules, answers, self.wanted, told)
        written: tuple[tuple[list[Array], list[int]], ...] = (
            (self.low, row.low),
            (self.high, row.high),
            (self.reasons, row.reasons),
            (self.missing, row.missing),
        )
        for columns, cells in written:
            for column, cell in zip(columns, cells, strict=False):
                column[place] = cell
        self.has_range |= row.low != row.high
        return row.verdicts


class Row:
    """The answers of some rules for one combination, in codes."""

    __slots__ = ("high", "low", "missing", "reasons", "verdicts")

    def __init__(self) -> None:
        """Nothing has been answered."""
        self.verdicts: list[int] = []
        self.low: list[int] = []
        self.high: list[int] = []
        self.reasons: list[int] = []
        self.missing: list[int] = []

    @classmethod
    def of(
        cls,
        rules: Sequence[RuleColumns],
        answers: Sequence[tuple[Any, ...]],
        wanted: Wanted,
        told: Mapping[str, object],
    ) -> Row:
        """The codes of what came of the rules; ``told`` holds the facts that sentences mention.

        Raises:
            OverflowError: an amount is larger than any grant can be.

        """
        row = cls()
        for rule, (verdict, answer, missing, _) in zip(rules, answers, strict=True):
            row.verdicts.append(CODE_OF_VERDICT[verdict])
            if rule.is_line:
                row.add_line(verdict, answer, wanted.rounding)
            if wanted.reasons:
                sentence = answer.sentence_with(told.__getitem__) if rule.tells else answer.sentence
                row.reasons.append(rule.sentences.setdefault(sentence, len(rule.sentences)))
            if wanted.missing:
                row.missing.append(rule.missing.setdefault(", ".join(missing), len(rule.missing)))
        return row

    def add_line(self, verdict: Verdict, answer: Any, rounding: Rounding) -> None:  # noqa: ANN401 - an Answer
        """Put in a line of the grant, 0 where nothing is due."""
        low = high = 0
        if verdict is Verdict.DUE:
            low = high = cents_of(rounding.apply(answer.low))
            if answer.high != answer.low:
                high = cents_of(rounding.apply(answer.high))
        self.low.append(low)
        self.high.append(high)
