"""What changes for the rows of a table from one side to the other: who may go, what is paid, which rules did it.

:func:`compare` is the whole of it in one call; a :class:`Comparer` goes through tables of any length at bounded memory.
How two sides answer one batch is in :mod:`icm_rules.batch.comparing`.
"""

from __future__ import annotations

import bisect
import html
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import attrs
import numpy as np
import pyarrow as pa

from icm_rules.batch.coding import Coder
from icm_rules.batch.comparing import (
    EUR,
    MONEY,
    SUMMED,
    ColumnKey,
    Compared,
    DerivedKey,
    FactKey,
    Pair,
    Sums,
    combined,
    eur,
    measures_of,
)
from icm_rules.batch.frames import Back, arrow_of
from icm_rules.batch.outputs import OVERALL
from icm_rules.batch.reforms import Reform
from icm_rules.batch.table import ROWS_OF_A_BATCH
from icm_rules.batch.tabulation import Array
from icm_rules.engine import Rounding, Rulebook
from icm_rules.engine.errors import InputError, did_you_mean, shown
from icm_rules.engine.rounding import USUAL
from icm_rules.evaluate import rounding_policy
from icm_rules.guide import Guide
from icm_rules.model.vocabulary import VOCABULARY
from icm_rules.report.records import plain
from icm_rules.rules import RULEBOOK

__all__ = ["Comparer", "Comparison", "Reform", "compare"]

MOST_PROBLEMS = 100
"""So many of the rows that could not be answered are kept with the reason; all are counted."""


_WORDS = pa.dictionary(pa.int8(), pa.string())
_RULES = pa.dictionary(pa.int32(), pa.string())
_OWN_COLUMNS = (
    ("row", pa.int64()),
    ("overall_before", _WORDS),
    ("overall_after", _WORDS),
    ("total_before_eur", EUR),
    ("total_after_eur", EUR),
    ("difference_eur", EUR),
    ("total_before_low_eur", EUR),
    ("total_before_high_eur", EUR),
    ("total_after_low_eur", EUR),
    ("total_after_high_eur", EUR),
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
        reserved = [name for name in self.by if name in SUMMED or name.removesuffix("_eur") in MONEY]
        if reserved:
            message = f"the column {reserved[0]!r} cannot be grouped by: the sums have a column of this name"
            raise InputError(message, field=reserved[0])
        self._settings: dict[str, Any] = {
            "call": call,
            "rounding": rounding_policy(rounding),
            "threads": threads,
        }
        self._pair: Pair | None = None
        self._keys: list[FactKey | ColumnKey | DerivedKey] = []
        self._calls: Counter[int | None] = Counter()
        self._call_coder = Coder("call")
        self._sums, self._matrix, self._all = Sums(), Sums(), Sums()
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

    def _prepare(self, given: pa.Schema) -> Pair:
        if self._pair is None:
            derived = {fact.name for fact in self.before.rulebook.facts}
            for name in self.by:
                if name not in given.names and name not in derived:
                    message = f"there is no column {name!r} to group by{did_you_mean(name, [*given.names, *derived])}"
                    raise InputError(message, field=name)
            others = tuple(name for name in self.by if name in given.names and name not in VOCABULARY)
            self._pair = Pair(
                self.before, self.after, carry=tuple(dict.fromkeys((*self.carry, *others))), **self._settings
            )
            self._pair.check(given)
            self._keys = [
                DerivedKey(name, self.before, self._call)
                if name not in given.names
                else FactKey(name)
                if name in VOCABULARY
                else ColumnKey(name)
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
        measures = measures_of(found)
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
        firsts, groups = combined(columns)
        labels = [
            tuple(key.label(int(column[row])) for key, column in zip(self._keys, columns, strict=True))
            for row in firsts.tolist()
        ]
        self._sums.add(labels, groups, measures)

    def _add_matrix(self, found: Compared, measures: Mapping[str, Array]) -> None:
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

    def _moved(self, batch: pa.RecordBatch, found: Compared, schema: pa.Schema) -> pa.RecordBatch:
        rows = np.flatnonzero(found.moved)
        places = pa.array(rows)
        before, after = ((side, side.is_exact[rows]) for side in (found.before, found.after))
        columns = [batch.column(name).take(places) for name in self.carry]
        columns.append(pa.array(rows + self._rows + 1, pa.int64()))
        columns += [_overall_words(side.overall[rows]) for side, _ in (before, after)]
        columns += [eur(side.low[rows], exact) for side, exact in (before, after)]
        columns.append(eur(after[0].low[rows] - before[0].low[rows], before[1] & after[1]))
        for side, _ in (before, after):
            columns += [eur(side.low[rows]), eur(side.high[rows], ~side.is_open[rows])]
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
                    "difference_eur": eur(counts[:, 3]),
                }
            ),
            differences=pa.table(
                {
                    "difference_eur": eur(np.array(values, np.int64)),
                    "rows": pa.array([self._differences[value] for value in values], pa.int64()),
                }
            ),
            problems=tuple(self._problems),
            moved=moved,
            back=back or (lambda table: table),
        )


def _no_rows() -> Sums:
    sums = Sums()
    sums.add([()], np.zeros(0, np.int64), dict.fromkeys(SUMMED, np.zeros(0, np.int64)))
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
    (``ranges``) and rows with an open line (``open``) are counted apart, never as zero; of ranges the least and the
    most are told. Amounts are those of the lines of the grant, whatever the overall answer; :attr:`overall` has them by
    the overall answers before and after.
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
    """For each rule that differs in a row: how many rows it moved, in how many its verdict and its amount differ, and
    the sum of the differences of its line, where that is one amount, or nothing, on both sides."""
    differences: pa.Table
    """How many rows have each difference, among those whose total is one amount on both sides."""
    problems: tuple[tuple[int, str], ...]
    """Rows that could not be answered, counted from 1, and why; the first hundred."""
    moved: pa.Table | None
    """The rows that moved: the carried columns, the number of the row from 1 on, both overall answers, the totals
    before and after with their difference (null where it is no one amount), the totals at least and at most, and the
    rules that moved it. A row has moved where its overall answer differs, or a line of its grant. The rules named are
    the lines that differ, and where the overall answer differs, the deciding rules that refuse, or where
    nothing does cannot tell, on the one side that is worse. None where they were given out and not kept."""
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
        told = [f"before: {_clean(self.before.name)}", f"after:  {_clean(self.after.name)}"]
        for side in (self.before, self.after):
            if isinstance(side.guide, Guide):
                others = sum(rows for call, rows in self.calls.items() if call != side.guide.call)
                if others:
                    told.append(
                        f"{_rows(others)} of other calls answered by {_clean(side.name)}, as if they were of call "
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
        rows += [
            self._money_row(" / ".join(row[name] or "not told" for name in self.by), row)
            for row in groups[:_GROUPS_SHOWN]
        ]
        told = [
            "; ".join(
                (
                    f"gained: {_rows(found['gaining'])}, {_signed(found['gained_eur'])} EUR",
                    f"lost: {_rows(found['losing'])}, {_signed(found['lost_eur'])} EUR",
                    f"unchanged: {_rows(found['exact'] - found['gaining'] - found['losing'])}",
                )
            )
        ]
        if found["ranges"]:
            low_before, high_before, low_after, high_after = (
                _amount(found[f"range_{side}_{end}_eur"]) for side in ("before", "after") for end in ("low", "high")
            )
            told.append(
                f"not in these sums: {_rows(found['ranges'])} whose total is a range, "
                f"{low_before} to {high_before} EUR before, {low_after} to {high_after} EUR after"
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
    told = [title, "=" * len(title), *lines]
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
