"""What-ifs over one table: it is answered once, and a reform is asked only what it can have changed.

Of a rule that the reform does not touch, by its function, a fact or a paragraph behind it, the answers stay as they
are. For the others the rows are taken as *cases*: rows of one case agree in everything that such a rule asks and that
the reform leaves alone, so that the functions are asked about each case once, and rows only look up what came of it.
Nothing is decided here: the plan of a table asks the plain functions, see :mod:`icm_rules.batch.planning`.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import attrs
import numpy as np
import pyarrow as pa

from icm_rules.batch import outputs
from icm_rules.batch.comparing import Touched, Watch, combined
from icm_rules.batch.frames import arrow_of
from icm_rules.batch.planning import ROWS_AT_ONCE, Answers, Plan, Situation
from icm_rules.batch.reforms import Reform
from icm_rules.batch.table import GIVEN, ROWS_OF_A_BATCH, ROWS_OF_A_PART, TableRunner, alike, valid_rows
from icm_rules.batch.tabulation import Array, Block, FactSource, RuleColumns, Source, Table
from icm_rules.engine import Rounding, Rulebook
from icm_rules.engine.errors import GuideError
from icm_rules.engine.facts import DerivedFact
from icm_rules.engine.rounding import USUAL
from icm_rules.model.vocabulary import VOCABULARY
from icm_rules.rules import RULEBOOK

MOST_SETS_OF_CASES = 8
"""So many sets of cases are kept: reforms of the same paragraphs share one."""
MOST_PASSES = 3
"""Codes that still change after so many passes over the rows are not kept."""

# --- what is kept of the table -----------------------------------------------------------------------------------


@attrs.frozen(eq=False)
class _Part:
    """Some rows and their answers."""

    batch: pa.RecordBatch
    found: pa.RecordBatch
    """The answers as they were given."""
    answers: Answers
    overall: Array
    problems: dict[int, str]
    alone: Array
    """The rows that were answered one by one."""


class _Keeper(TableRunner):
    """Keeps what it has answered."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - those of Settings
        """Nothing has been answered."""
        self.times_begun = 0
        self._alone: list[int] = []
        super().__init__(**settings)
        self.parts: list[_Part] = []

    def _forget(self) -> None:
        super()._forget()
        self.times_begun += 1

    def _go_plain(self, rows: Iterable[int], codes: Any, into: Any) -> None:  # noqa: ANN401 - handed on
        rows = list(rows)
        self._alone += [into.offset + row for row in rows]
        super()._go_plain(rows, codes, into)

    def _assembled(
        self, batch: pa.RecordBatch, answers: Answers, overall: Array, problems: dict[int, str]
    ) -> pa.RecordBatch:
        found = super()._assembled(batch, answers, overall, problems)
        alone, self._alone = np.array(self._alone, np.intp), []
        self.parts.append(_Part(batch, found, answers, overall, problems, alone))
        return found

    def calls_met(self) -> list[int]:
        """The calls that some row tells."""
        values = self.coders["call"].values if "call" in self.coders else ()
        told = [values[code] for code in range(len(values))]
        return [value for value in told if isinstance(value, int)]

    def columns(self, sources: Sequence[Source], plan: Plan) -> Iterator[tuple[_Part, Array, list[Block]]]:
        """The codes of these sources for the rows that were not answered one by one, run after run of rows.

        With each run the part it belongs to, and where its rows stand in that part.
        """
        for part in self.parts:
            names = self._columns_of(part.batch.schema)
            is_alone = np.zeros(part.batch.num_rows, bool)
            is_alone[part.alone] = True
            for first in range(0, part.batch.num_rows, ROWS_OF_A_PART):
                some = part.batch.slice(first, ROWS_OF_A_PART)
                codes = self._codes(some, names)
                kinds, _ = self._kinds(codes, some.num_rows)
                rows = np.flatnonzero(~is_alone[first : first + some.num_rows])
                if not rows.size:
                    continue
                blocks = self._blocks(codes, kinds)
                if len(rows) < some.num_rows:
                    blocks = [block if isinstance(block, int) else block[rows] for block in blocks]
                found = plan.codes_of(blocks, np.empty((2, len(rows)), np.int32), may_fill=True)
                yield part, rows + first, [found[source.index] for source in sources]

    def stages(self, part: _Part) -> Iterator[tuple[slice, Array | int]]:
        """At which stage rows stand, run after run of rows."""
        names = self._columns_of(part.batch.schema)
        for first in range(0, part.batch.num_rows, ROWS_OF_A_PART):
            some = part.batch.slice(first, ROWS_OF_A_PART)
            yield slice(first, first + some.num_rows), self.stage_codes(self._codes(some, names), some.num_rows)


class _Settled:
    """A source that never changes, so it need not know the tables over it: each what-if brings others."""

    def serve(self, table: Table) -> None:
        """Keep nothing in mind."""


class _Kept(_Settled, Source):
    """The codes of a source as they were when all rows had been answered."""

    def __init__(self, source: Source, index: int) -> None:
        super().__init__(source.name, index)
        self.values, self.version, self.nothing = source.values, 0, source.nothing


class _KeptPart(_Settled, FactSource):
    """One of the names of a situation."""

    def __init__(self, situation: Situation, index: int, name: str) -> None:
        super().__init__(name, index)
        place = situation.names.index(name)
        self.codes = np.array([self.code_of(values[place]) for values in situation.values], np.int32)
        """The code here for each code of the situation."""


@attrs.frozen(eq=False)
class _Cases:
    """The rows of the table, as far as some rules and a reform tell them apart."""

    columns: dict[str, Source]
    """The sources of what the table tells, by name."""
    known: list[Source]
    """The sources of the facts that no reform of these cases touches."""
    blocks: list[Block]
    """The codes of each source, case by case."""
    count: int
    of_rows: dict[int, Array]
    """The case of each row of a part, by the identity of the part; the first for rows that were answered one by one."""


# --- asking ------------------------------------------------------------------------------------------------------


class Baseline:
    """A table that is answered once, to be asked what this or that reform would change.

    The arguments are those of :func:`icm_rules.batch.evaluate_table`, but for ``before``: the side by which the table
    is answered, which may be whatever :meth:`icm_rules.batch.Reform.of` takes; where none is given, the shipped Guide
    of each row's call. The table is held in memory, with its answers.

    >>> import pyarrow as pa
    >>> from icm_rules.batch import Baseline, Reform
    >>> stays = pa.table({
    ...     "call": [2018], "sending_country": ["GE"], "receiving_country": ["DE"], "activity": ["studies"],
    ...     "start_date": ["2018-10-01"], "end_date": ["2019-02-27"], "distance_km": [2720],
    ... })
    >>> today = Baseline(stays, give="total")
    >>> today.answers.column("total_eur").to_pylist()
    [Decimal('4525.00')]
    >>> today.under(Reform.of(2018).taking(2024, "rates")).column("total_eur").to_pylist()
    [Decimal('4805.00')]

    Raises:
        GuideError: the side's Guide does not exist, or its paragraphs do not fit together.
        InputError: what is given is no table, a column that is no fact and is not carried, a side, or a setting that
            cannot be.

    """

    def __init__(  # noqa: PLR0913 - each is a setting of its own, given by name
        self,
        table: Any,  # noqa: ANN401 - any kind of frame
        before: Any = None,  # noqa: ANN401 - any side
        *,
        call: int | None = None,
        rulebook: Rulebook | None = None,
        rounding: Rounding | str = USUAL,
        give: Iterable[str] | str = GIVEN,
        carry: Iterable[str] | str = (),
        money: str = "eur",
        threads: int = 1,
    ) -> None:
        """Answer the table."""
        self._rulebook = rulebook
        self.before = self._side(before)
        self._settings: dict[str, Any] = {
            "call": call,
            "rounding": rounding,
            "give": give,
            "carry": carry,
            "money": money,
            "threads": threads,
        }
        arrow, self._back = arrow_of(table)
        self._keeper = self._keeper_for(self.before)
        self._schema = self._keeper.schema(arrow.schema)
        self._batches = arrow.to_batches(max_chunksize=ROWS_OF_A_BATCH)
        self._found = [self._keeper.run(batch) for batch in self._batches]
        self._cases: dict[object, _Cases | None] = {}

    @functools.cached_property
    def answers(self) -> Any:  # noqa: ANN401 - the same kind of frame
        """The answers of each row, as the kind of frame that was given."""
        return self._back(pa.Table.from_batches(self._found, schema=self._schema))

    def under(self, after: Any) -> Any:  # noqa: ANN401 - any side; the same kind of frame
        """The answers of each row under another side, in the same columns.

        ``after`` is whatever :meth:`icm_rules.batch.Reform.of` takes. Rules that it adds have columns of their own.

        Raises:
            GuideError: the side's Guide does not exist, or its paragraphs do not fit together.
            InputError: it can be no side.

        """
        reform = self._side(after)
        found = self._shared(reform)
        if found is None:
            keeper = self._keeper_for(reform)
            schema = keeper.schema(self._batches[0].schema) if self._batches else self._schema
            return self._back(pa.Table.from_batches([keeper.run(batch) for batch in self._batches], schema=schema))
        return self._back(pa.Table.from_batches(found, schema=self._schema))

    def touched(self, after: Any) -> tuple[str, ...]:  # noqa: ANN401 - any side
        """The rules, by identity, whose answers this side may change in the table; all others stay as they are.

        Raises:
            GuideError: the side's Guide does not exist, or its paragraphs do not fit together.
            InputError: it can be no side.

        """
        touched = Watch(self.before, self._side(after)).touched(self._keeper.calls_met())
        return tuple(sorted(touched.differing))

    def _side(self, given: Any) -> Reform:  # noqa: ANN401 - any side
        side = Reform.of(given)
        if self._rulebook is not None and side.rulebook is RULEBOOK:
            return attrs.evolve(side, rulebook=self._rulebook)
        return side

    def _keeper_for(self, side: Reform) -> _Keeper:
        return _Keeper(guide=side.guides, rulebook=side.rulebook, **self._settings)

    # --- what is shared with the first side --------------------------------------------------------------

    def _shared(self, reform: Reform) -> list[pa.RecordBatch] | None:
        """The answers under a reform, made of those there are; *None* where all must be asked anew."""
        keeper, calls = self._keeper, self._keeper.calls_met()
        watch = Watch(self.before, reform)
        touched, changed = watch.touched(calls), watch.changed(calls)
        kinds = [
            [(rule.identity, rule.pays, rule.informs) for rule in side.rulebook.rules] for side in (self.before, reform)
        ]
        if kinds[0] != kinds[1] or watch.stages_differ or not changed.isdisjoint(VOCABULARY):
            return None
        if not touched.differing:
            return [part.found for part in keeper.parts]
        answered = all(_answers(reform, call) for call in calls if _answers(self.before, call))
        if keeper.plan is None or keeper.times_begun > 1 or not answered:
            return None
        after = self._keeper_for(reform)
        wanted = [rule for rule in after.rules if rule.identity in touched.differing]
        cases = self._cases_for(wanted, reform.rulebook, changed, keeper.plan)
        if cases is None:
            return None
        try:
            answers = _asked(cases, wanted, after)
        except OverflowError:
            return None
        made = [self._put_together(part, cases, answers, after, touched) for part in keeper.parts]
        found = [each for each in made if each is not None]
        return found if len(found) == len(made) else None

    def _cases_for(
        self, rules: Sequence[RuleColumns], rulebook: Rulebook, changed: frozenset[str], plan: Plan
    ) -> _Cases | None:
        """The cases that these rules tell apart; *None* where they cannot be found."""
        needed = _needed(rules, rulebook, changed, plan, with_words="reasons" in self._keeper.settings.give)
        key = frozenset((source, frozenset(names)) for source, names in needed.items())
        if key not in self._cases:
            if len(self._cases) >= MOST_SETS_OF_CASES:
                self._cases.pop(next(iter(self._cases)))
            self._cases[key] = self._find_cases(needed, plan)
        return self._cases[key]

    def _find_cases(self, needed: dict[Source, set[str]], plan: Plan) -> _Cases | None:
        keeper = self._keeper
        told = [source for source in plan.columns.values() if source in needed]
        derived = [source for source in needed if source not in told]
        sources = [*told, *derived]
        columns: dict[str, Source] = {source.name: _Kept(source, index) for index, source in enumerate(told)}
        for _ in range(MOST_PASSES):
            versions = [(each.version, len(each)) for each in plan.sources]
            runs = list(keeper.columns(sources, plan))
            if keeper.plan is not plan:
                return None
            if versions == [(each.version, len(each)) for each in plan.sources]:
                break
        else:
            return None
        if not runs:
            return None
        of_sources = {
            source: np.concatenate([_whole(blocks[place], len(rows)) for _, rows, blocks in runs])
            for place, source in enumerate(sources)
        }
        known: list[Source] = []
        codes = [of_sources[source] for source in told]
        for source in derived:
            if not isinstance(source, Situation):
                known.append(_Kept(source, len(codes)))
                codes.append(of_sources[source])
                continue
            for name in (each for each in source.names if each in needed[source]):
                part_of = _KeptPart(source, len(codes), name)
                known.append(part_of)
                codes.append(part_of.codes.take(of_sources[source]))
        firsts, inverse = combined(codes)
        of_rows = {id(part): np.zeros(part.batch.num_rows, np.intp) for part in keeper.parts}
        done = 0
        for part, rows, _ in runs:
            of_rows[id(part)][rows] = inverse[done : done + len(rows)]
            done += len(rows)
        blocks = [alike(column[firsts]) for column in codes]
        return _Cases(columns, known, blocks, len(firsts), of_rows)

    def _put_together(
        self, part: _Part, cases: _Cases, of_cases: Answers, after: _Keeper, touched: Touched
    ) -> pa.RecordBatch | None:
        """The answers of a part, those that may differ in place of those there were.

        *None* where there is a row that only one side can answer.
        """
        alone = self._one_by_one(part, after)
        problems = {} if alone is None else {int(part.alone[row]): told for row, told in alone.problems.items()}
        if problems.keys() != part.problems.keys():
            return None
        made, spread = _copied(part.answers), _Spread(of_cases, cases.of_rows[id(part)], alone, part.alone)
        valid, schema = valid_rows(problems, part.batch.num_rows), self._schema
        columns = list(part.found.columns)
        places = [place for place, rule in enumerate(after.rules) if rule.identity in touched.differing]
        lines = list(itertools.accumulate((rule.is_line for rule in after.rules), initial=0))
        paying = [place for place in places if after.rules[place].is_line]
        for number, place in enumerate(paying):
            spread.put_line(made, lines[place], number)
        for number, place in enumerate(places):
            spread.put_rule(made, place, number)
        first = len(after.settings.carry)
        if "overall" in after.settings.give:
            if touched.overall:
                columns[first] = outputs.of_overall(self._overall(part, made, after, alone), valid)
            first += 1
        for place, rule in enumerate(after.rules):
            width = after.width_of(rule)
            if place in places:
                columns[first : first + width] = after.columns_of_rule(place, rule, made, valid)
            first += width
        if "total" in after.settings.give and paying:
            columns[first:-1] = after.totals(made, valid)
        if problems:
            columns[-1] = outputs.of_problems(problems, part.batch.num_rows)
        return pa.RecordBatch.from_arrays(columns, schema=schema)

    def _overall(self, part: _Part, answers: Answers, after: _Keeper, alone: _Part | None) -> Array:
        """What the verdicts of each row come to."""
        overall = np.zeros(part.batch.num_rows, np.int8)
        for here, stage in self._keeper.stages(part):
            after.put_overall(stage, [column[here] for column in answers.verdicts], overall[here])
        if alone is not None:
            overall[part.alone] = alone.overall
        return overall

    def _one_by_one(self, part: _Part, after: _Keeper) -> _Part | None:
        """The answers under the reform of the rows that are answered one by one."""
        if not part.alone.size:
            return None
        after.parts.clear()
        after.run(part.batch.take(pa.array(part.alone)))
        (found,) = after.parts
        return found


def _answers(side: Reform, call: int) -> bool:
    """Whether the side has a Guide for this call."""
    try:
        side.guide_of(call)
    except GuideError:
        return False
    return True


def _needed(
    rules: Sequence[RuleColumns], rulebook: Rulebook, changed: frozenset[str], plan: Plan, *, with_words: bool
) -> dict[Source, set[str]]:
    """The sources of a plan on which rules rest under a reform, and what is asked of each."""

    @functools.cache
    def is_touched(name: str) -> bool:
        if name in changed:
            return True
        is_derived = isinstance(rulebook.givers.get(name), DerivedFact)
        return is_derived and any(is_touched(item.name) for item in rulebook.inputs_of(name))

    found: dict[Source, set[str]] = {plan.columns["call"]: {"call"}}
    seen: set[str] = set()
    waiting: list[str] = []
    for rule in rules:
        own = rulebook.rule(rule.identity)
        waiting += [*own.only_if, *(item.name for item in rulebook.inputs_of(rule.identity))]
        waiting += rule.tells if with_words else ()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        source = plan.made.get(name) if not is_touched(name) else None
        source = source or plan.columns.get(name)
        if source is not None:
            found.setdefault(source, set()).add(name)
        elif isinstance(rulebook.givers.get(name), DerivedFact):
            waiting += [item.name for item in rulebook.inputs_of(name)]
    return found


def _whole(block: Block, rows: int) -> Array:
    return np.full(rows, block, np.int32) if isinstance(block, int) else block


def _asked(cases: _Cases, rules: Sequence[RuleColumns], after: _Keeper) -> Answers:
    """What the rules answer about each case."""
    settings = after.settings
    plan = Plan(settings.rulebook, cases.columns, settings.provisions_of, after.wanted, rules, known=cases.known)
    first = min(cases.count, ROWS_AT_ONCE)
    plan.make([block if isinstance(block, int) else block[:first] for block in cases.blocks], first)
    answers = Answers.of(cases.count, rules, after.wanted)
    for begin in range(0, cases.count, ROWS_AT_ONCE):
        plan.answer(cases.blocks, answers, begin, min(begin + ROWS_AT_ONCE, cases.count), 0, may_fill=True)
    return answers


def _copied(answers: Answers) -> Answers:
    """The same columns in lists of their own."""
    return attrs.evolve(
        answers,
        verdicts=[*answers.verdicts],
        reasons=[*answers.reasons],
        missing=[*answers.missing],
        low=[*answers.low],
        high=[*answers.high],
    )


@attrs.frozen(eq=False)
class _Spread:
    """The answers of cases, put where the rows are."""

    of_cases: Answers
    rows: Array
    """The case of each row."""
    alone: _Part | None
    """The answers of the rows that are answered one by one ..."""
    apart: Array
    """... and where these rows are."""

    def put_rule(self, made: Answers, number: int, own: int) -> None:
        """Put the answers of a rule, the one with number ``own`` among those asked, in place of those there were."""
        for kind in ("verdicts", "reasons", "missing"):
            columns: list[Array] = getattr(made, kind)
            if columns and len(columns[number]):
                columns[number] = getattr(self.of_cases, kind)[own].take(self.rows)
                if self.alone is not None:
                    columns[number][self.apart] = getattr(self.alone.answers, kind)[number]

    def put_line(self, made: Answers, line: int, own: int) -> None:
        """The same of a line of the grant; both ends are one column until a row has a range."""
        if not len(made.low[line]):
            return
        lows, highs, alone = self.of_cases.low[own], self.of_cases.high[own], self.alone
        low = high = lows.take(self.rows)
        if highs is not lows:
            high = highs.take(self.rows)
        elif alone is not None and alone.answers.high[line] is not alone.answers.low[line]:
            high = low.copy()
        if alone is not None:
            high[self.apart] = alone.answers.high[line]
            low[self.apart] = alone.answers.low[line]
        made.low[line], made.high[line] = low, high
