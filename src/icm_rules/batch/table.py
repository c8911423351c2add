"""The road of a table: every row is answered as the road of one mobility would, by the same functions.

The plain functions are asked once for each combination of values that occurs, see
:mod:`icm_rules.batch.tabulation`; rows of which something cannot be read or cannot be true, and small tables, go the
plain road.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, Protocol

import attrs
import numpy as np
import pyarrow as pa

from icm_rules.batch import outputs
from icm_rules.batch.coding import Coder, NumberValues, Unreadable
from icm_rules.batch.frames import arrow_of
from icm_rules.batch.fusing import SAMPLE, Experience, Fused, Outgrown, TooVaried
from icm_rules.batch.groups import with_group_facts
from icm_rules.batch.planning import ROWS_AT_ONCE, Answers, Plan
from icm_rules.batch.tabulation import (
    CODE_OF_VERDICT,
    DUE,
    MOST_ENTRIES,
    Array,
    Block,
    ColumnSource,
    FactSource,
    NotFilled,
    Row,
    RuleColumns,
    Source,
    Table,
    Wanted,
)
from icm_rules.engine import Rounding, Rulebook
from icm_rules.engine.answers import Unknown, Verdict, in_words
from icm_rules.engine.citations import Cited, Closed
from icm_rules.engine.errors import GuideError, InputError, did_you_mean
from icm_rules.engine.evaluation import Overall
from icm_rules.engine.facts import NO_PRESUMPTION
from icm_rules.engine.rounding import USUAL
from icm_rules.evaluate import rounding_policy
from icm_rules.guide import Guide, calls
from icm_rules.guide import guide as guide_of_call
from icm_rules.model.groups import GroupFact
from icm_rules.model.mobility import DAYS_OF_THE_STAY, ORDERED_DATES
from icm_rules.model.terms import ParticipantKind
from icm_rules.model.vocabulary import PARTICIPANTS, PLACES, VOCABULARY, facts_of, mobility_of
from icm_rules.rules import RULEBOOK

PLAIN_ROWS = 1000
"""Before a runner has met so many rows it answers them one by one: making tables would take longer."""
ROWS_OF_A_BATCH = 1 << 18
"""A stream is taken in batches of so many rows."""
ROWS_OF_A_PART = 1 << 16
"""A batch is taken in parts of so many rows, which bounds the memory beside input and output."""
MOST_KEPT_BYTES = 1 << 27
"""A runner that has come to hold more begins anew; so a stream of whatever length stays below half a gigabyte."""
_OF_A_VALUE, _OF_A_SENTENCE = 150, 250
"""What a value of a fact and a sentence take, as measured [bytes]."""
FUSED_AFTER = 1 << 17
"""What a plan does is fused after so many rows: finding out how takes as long as some ten thousand rows do."""
MOST_TIMES_OUTGROWN = 4
"""What was outgrown so often is not fused again: too much is new in each batch."""
_NEVER = 1 << 62
_LONGEST = 1 << 32
"""More days than lie between any two dates."""
GIVEN = ("overall", "verdicts", "amounts", "total")
"""What is given where nothing is asked for."""

CHECKED_TOGETHER = (
    ("activity", "participant_kind", "stay_format"),
    ("project_number", "call"),
    ("is_zero_grant", "zero_grant_days", "zero_grant_periods"),
    ("interruption_days", "interruptions"),
    ("academic_year", "start_date"),
    ("agreement_first_academic_year", "agreement_last_academic_year"),
    ("sending_kind", "sending_holds_charter", "sending_erasmus_code"),
    ("receiving_kind", "receiving_holds_charter", "receiving_erasmus_code"),
)
"""Facts of which the model refuses some combinations; the model itself is asked, here it only says which it reads."""
CHECKED_WITHIN_THE_STAY = (
    ("interruptions", "start_date", "end_date"),
    ("zero_grant_periods", "start_date", "end_date"),
)
"""The same, where the first is told: the two dates alone are compared as columns."""

_PEOPLE = {
    kind: tuple(name for name, place in PLACES.items() if place.holder == "participant" and place.of is of)
    for kind, of in PARTICIPANTS.items()
}
_KIND_CODES = {ParticipantKind.STUDENT: 1, ParticipantKind.STAFF: 2}


class _Lock:
    """Many may read, or one may write."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._readers, self._writing = 0, False

    @contextmanager
    def reading(self) -> Iterator[None]:
        with self._changed:
            while self._writing:
                self._changed.wait()
            self._readers += 1
        try:
            yield
        finally:
            with self._changed:
                self._readers -= 1
                self._changed.notify_all()

    @contextmanager
    def writing(self) -> Iterator[None]:
        with self._changed:
            while self._writing or self._readers:
                self._changed.wait()
            self._writing = True
        try:
            yield
        finally:
            with self._changed:
                self._writing = False
                self._changed.notify_all()


@attrs.frozen(eq=False)
class Into:
    """Where the answers of some rows go: from row ``offset`` on of these answers."""

    answers: Answers
    overall: Array
    problems: dict[int, str]
    """Why rows could not be answered, by their place."""
    offset: int


class _OfBlock(Protocol):
    """Answers the rows from ``first`` to before ``last``; unless it ``may_fill``, it writes to no table."""

    def __call__(self, first: int, last: int, *, may_fill: bool) -> None: ...


class _KindSource(Source):
    """Who goes, as far as the kind of participant and the facts of students and of staff tell it."""

    def __init__(self, index: int) -> None:
        super().__init__("participant_kind", index)
        self.values: list[Any] = [None, *_KIND_CODES]
        self.version = 0
        self.nothing = Unknown(("participant_kind",))


def _names(given: Iterable[str] | str) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _rules(given: Rulebook | None) -> Rulebook:
    return RULEBOOK if given is None else given


@attrs.frozen(kw_only=True)
class Settings:
    """What is asked of a table, and by which rules and Guides it is answered."""

    call: int | None = None
    guide: Guide | Mapping[int, Guide] | None = None
    rulebook: Rulebook = attrs.field(default=None, converter=_rules)
    rounding: Rounding = attrs.field(default=USUAL, converter=rounding_policy)
    give: tuple[str, ...] = attrs.field(default=GIVEN, converter=_names)
    carry: tuple[str, ...] = attrs.field(default=(), converter=_names)
    threads: int = 1
    money: str = "eur"

    def __attrs_post_init__(self) -> None:
        """Refuse what cannot be asked of a table."""
        for name in self.give:
            if name not in outputs.GIVABLE:
                hint = did_you_mean(name, outputs.GIVABLE) or f"; what can be given is: {', '.join(outputs.GIVABLE)}"
                message = f"{name!r} cannot be given{hint}"
                raise InputError(message, field="give")
        if self.money not in {"eur", "cents"}:
            message = f"{self.money!r} is no unit of amounts here; write 'eur' or 'cents'"
            raise InputError(message, field="money")
        if type(self.threads) is not int or self.threads < 1:
            message = f"{self.threads!r} is no number of threads; write 1 or more"
            raise InputError(message, field="threads")

    def guide_of(self, call: int) -> Guide:
        """The Guide by which mobilities of a call are answered.

        Raises:
            GuideError: there is none.

        """
        if isinstance(self.guide, Guide):
            return self.guide
        if self.guide is not None and call in self.guide:
            return self.guide[call]
        return guide_of_call(call)

    def provisions_of(self, call: int) -> Mapping[str, Cited]:
        """The paragraphs by which mobilities of a call are answered.

        Raises:
            GuideError: there is no Guide.

        """
        return self.guide_of(call).provisions


class TableRunner:
    """Answers batch after batch of rows, and keeps the tables it has made in between.

    It is a function of record batches and nothing else: two runners with the same settings give the same answers. It
    can be sent to another process, where it makes its tables anew.
    """

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - those of Settings
        """The settings are those of :func:`evaluate_table`.

        Raises:
            InputError: a setting that cannot be.

        """
        self.settings = Settings(**settings)
        self._forget()

    def __getstate__(self) -> dict[str, Any]:
        """Only the settings travel."""
        return {"settings": self.settings}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Begin anew with the same settings."""
        self.settings = state["settings"]
        self._forget()

    def _forget(self) -> None:
        give, rulebook = frozenset(self.settings.give), self.settings.rulebook
        self.wanted = Wanted(give, self.settings.rounding)
        stages = rulebook.stages
        self.rules = [
            RuleColumns(
                rule.identity,
                decides=rule.decides,
                is_line=rule.pays and not rule.informs,
                due=stages.index(rule.due),
                tells=rule.tells,
            )
            for rule in rulebook.rules
        ]
        self.lines = [rule for rule in self.rules if rule.is_line]
        self.coders: dict[str, Coder] = {}
        self._told: list[str] | None = None
        self.plan: Plan | None = None
        self.fused: Fused | None = None
        self._rows_one_by_one = self._rows_planned = 0
        self._experience, self.times_outgrown = Experience(), 0
        self._checks: list[tuple[tuple[str, ...], Table]] | None = None
        self._lock = _Lock()
        self._pool: ThreadPoolExecutor | None = None

    # --- one batch ---------------------------------------------------------------------------------------

    def run(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The answers of a batch of rows, row by row in their order.

        Raises:
            InputError: a column that is no fact and is not carried.

        """
        names, done = self._begun_with(batch.schema), 0
        parts: list[pa.RecordBatch] = []
        while not parts or done < batch.num_rows:
            self._bound_memory()
            part = self._run(batch.slice(done), names)
            parts.append(part)
            done += part.num_rows
        if len(parts) == 1:
            return parts[0]
        (whole,) = pa.Table.from_batches(parts).unify_dictionaries().combine_chunks().to_batches()
        return whole

    def _run(self, batch: pa.RecordBatch, names: Sequence[str]) -> pa.RecordBatch:
        """The answers of the first rows of a batch: all of them, unless so much is kept by then that it is too much."""
        rows, done = batch.num_rows, 0
        problems: dict[int, str] = {}
        apart = self.settings.threads > 1
        answers = Answers.of(rows, self.rules, self.wanted, apart=apart)
        overall = np.zeros(rows, np.int8)
        if self.plan is None and self._rows_one_by_one + rows < PLAIN_ROWS:
            codes = self._codes(batch, names)
            self._rows_one_by_one += rows
            self._go_plain(range(rows), codes, Into(answers, overall, problems, 0))
            return self._assembled(batch, answers, overall, problems)
        # Each part is coded and answered while it is in the caches of a processor.
        at_once = ROWS_OF_A_PART * self.settings.threads
        with self._with_threads():
            while done < rows and not (done and self._holds_too_much()):
                part = batch.slice(done, at_once)
                codes = self._codes(part, names)
                self._answer_part(codes, part.num_rows, Into(answers, overall, problems, done))
                done += part.num_rows
        if done < rows:
            answers, overall = answers.first(done), overall[:done]
        return self._assembled(batch.slice(0, done), answers, overall, problems)

    @contextmanager
    def _with_threads(self) -> Iterator[None]:
        """Keep the threads for all parts of a batch: each has room of its own that it uses again."""
        if self.settings.threads == 1:
            yield
            return
        with ThreadPoolExecutor(self.settings.threads) as pool:
            self._pool = pool
            try:
                yield
            finally:
                self._pool = None

    def explain(self) -> str:
        """What has been done so far, in words: how columns are coded, what is tabulated over what, what it costs."""
        if self.plan is None:
            return (
                f"Each row is asked by itself: so far there were fewer than {PLAIN_ROWS} rows, and below that making "
                "tables would take longer.\n"
            )
        fused = self.fused.told() if self.fused is not None else ()
        return "\n".join([*self.plan.told(), *fused]) + "\n"

    def _codes(self, batch: pa.RecordBatch, names: Sequence[str]) -> dict[str, Array]:
        """The codes of each column that is a fact."""
        codes = {name: self._coder(name).encode(batch.column(name)) for name in names}
        if self.settings.call is not None:
            self._fill_in_call(codes, batch.num_rows)
        # Whichever road the rows go, tables of the plan learn here that there are codes for which they have no room.
        for source in self.plan.columns.values() if self.plan is not None else ():
            source.changed()
        return codes

    def _begun_with(self, schema: pa.Schema) -> list[str]:
        """The columns of a batch that are facts; a plan that was laid out for others is dropped."""
        names = self._columns_of(schema)
        if names != self._told:
            self._told = names
            self._drop_plan()
        return names

    def _drop_plan(self) -> None:
        self.plan, self.fused, self._checks = None, None, None
        self._rows_one_by_one = self._rows_planned = 0
        self._experience, self.times_outgrown = Experience(), 0

    def schema(self, given: pa.Schema) -> pa.Schema:
        """The columns that come out for a table with these columns.

        Raises:
            InputError: a column that is no fact and is not carried.

        """
        self._columns_of(given)
        carried = [given.field(name) for name in self.settings.carry]
        return outputs.schema_of(
            carried, frozenset(self.settings.give), self.rules, in_cents=self.settings.money == "cents"
        )

    def _columns_of(self, schema: pa.Schema) -> list[str]:
        known, carry = VOCABULARY, self.settings.carry
        given = {item.name for item in self.settings.rulebook.given}
        for name in carry:
            if name not in schema.names:
                message = f"there is no column {name!r} to carry{did_you_mean(name, schema.names)}"
                raise InputError(message, field=name)
        for name in schema.names:
            if name not in known and name not in carry:
                message = (
                    f"the column {name!r} is no fact{did_you_mean(name, known)}; "
                    "name it among the columns to carry, or leave it out"
                )
                raise InputError(message, field=name)
            if schema.names.count(name) > 1:
                message = f"the column {name!r} stands twice; keep one"
                raise InputError(message, field=name)
        return [name for name in schema.names if name in known and name in given]

    def _bound_memory(self) -> None:
        """Begin anew where a stream has brought so many different values that keeping them costs more than it saves."""
        if self._holds_too_much():
            self._forget()

    def _holds_too_much(self) -> bool:
        sources = self.plan.sources if self.plan else []
        words = sum(len(rule.sentences) for rule in self.rules)
        held = self.plan.held_bytes if self.plan else 0
        if held + _OF_A_VALUE * sum(map(len, sources)) + _OF_A_SENTENCE * words > MOST_KEPT_BYTES:
            return True
        return (
            any(isinstance(source, FactSource) and len(source) > MOST_ENTRIES for source in sources)
            or any(max(len(rule.sentences), len(rule.missing)) > MOST_ENTRIES for rule in self.rules)
            or any(len(coder) > MOST_ENTRIES for coder in self.coders.values())
        )

    def _coder(self, name: str) -> Coder:
        if name not in self.coders:
            self.coders[name] = Coder(name)
        return self.coders[name]

    def _fill_in_call(self, codes: dict[str, Array], rows: int) -> None:
        code = np.int32(self._coder("call").code_of(self.settings.call))
        told = codes.get("call")
        if told is None:
            codes["call"] = np.broadcast_to(code, rows)
        elif not told.all():
            codes["call"] = np.where(told == 0, code, told)

    # --- one part of a batch -----------------------------------------------------------------------------

    def _answer_part(self, codes: Mapping[str, Array], rows: int, into: Into) -> None:
        """Answer some rows by tables, and those of which something is doubtful one by one."""
        kinds, conflict = self._kinds(codes, rows)
        blocks = self._blocks(codes, kinds)
        doubtful = self._doubtful(codes, conflict, rows)
        if self.fused is not None and self.fused.fits(blocks):
            try:
                doubtful = self._go_fused(self.fused, blocks, doubtful, rows, into)
            except Outgrown:
                self._outgrown()
            else:
                self._finish(codes, doubtful, rows, into)
                return
        elif self.fused is not None:
            self._outgrown()
        try:
            doubtful = self._go_by_plan(codes, kinds, blocks, doubtful, rows, into)
        except OverflowError:
            # A number that fits no table: each row is asked by itself, and the one that has it says so.
            self._drop_plan()
            doubtful = np.ones(rows, bool)
        self._finish(codes, doubtful, rows, into)

    def _finish(self, codes: Mapping[str, Array], doubtful: Array | None, rows: int, into: Into) -> None:
        """Say what the verdicts of the rows come to, and ask the doubtful ones by themselves."""
        if self.wanted.overall:
            there = slice(into.offset, into.offset + rows)
            stage = self.stage_codes(codes, rows)
            self.put_overall(stage, [column[there] for column in into.answers.verdicts], into.overall[there])
        if doubtful is not None:
            self._go_plain(np.flatnonzero(doubtful).tolist(), codes, into)

    # --- the plain road ----------------------------------------------------------------------------------

    def _go_plain(self, rows: Iterable[int], codes: Mapping[str, Array], into: Into) -> None:
        for row in rows:
            there = into.offset + row
            try:
                found, verdict = self._plain(row, codes)
            except InputError as refusal:
                problem = f"{refusal.field}: {refusal}" if refusal.field else str(refusal)
            except (GuideError, OverflowError) as refusal:
                problem = str(refusal)
            else:
                into.answers.put(there, found)
                into.overall[there] = verdict
                continue
            into.problems[there] = problem
            into.answers.leave_out(there)

    def _plain(self, row: int, codes: Mapping[str, Array]) -> tuple[Row, int]:
        told = {}
        for name, column in codes.items():
            value = self.coders[name].values[int(column[row])]
            if isinstance(value, Unreadable):
                column_name, _, message = value.message.partition(": ")
                raise InputError(message, field=column_name)
            told[name] = value
        mobility = mobility_of(told)
        provisions = self.settings.provisions_of(mobility.call)
        rulebook = self.settings.rulebook
        given = {name: value for name, value in facts_of(mobility).items() if name in rulebook.slots}
        found = rulebook.evaluate(given, provisions, stage=mobility.stage)
        outcomes = [found.outcomes[rule.identity] for rule in self.rules]
        judged = [(each.verdict, each.answer, each.missing, each.gaps) for each in outcomes]
        values = {name: found.value(name) for rule in self.rules for name in rule.tells} if self.wanted.reasons else {}
        return Row.of(self.rules, judged, self.wanted, values), int(_CODE_OF_OVERALL[found.overall])

    # --- what makes a row doubtful -----------------------------------------------------------------------

    def _kinds(self, codes: Mapping[str, Array], rows: int) -> tuple[Block | None, Array | None]:
        """Who goes, by what the columns tell; and the rows that tell both a student and a member of staff."""
        told: dict[ParticipantKind, Array | bool] = {}
        for kind, names in _PEOPLE.items():
            some: Array | bool = False
            for name in names:
                if name in codes and some is not True:
                    known = codes[name] > 0
                    some = True if known.all() else known if some is False else some | known
            told[kind] = some
        if "participant_kind" in codes:
            values = self.coders["participant_kind"].values
            for kind in ParticipantKind:
                is_kind = np.array([value is kind for value in values])
                known = is_kind.take(codes["participant_kind"])
                told[kind] = True if told[kind] is True else known | told[kind]
        elif not any(name in codes for names in _PEOPLE.values() for name in names):
            return None, None
        return _who_goes(told[ParticipantKind.STUDENT], told[ParticipantKind.STAFF], rows)

    def _doubtful(self, codes: Mapping[str, Array], conflict: Array | None, rows: int) -> Array | None:
        """The rows that cannot be read, or whose dates cannot be true; *None* where there is no such row."""
        marks: list[Array] = [] if conflict is None else [conflict]
        for name, column in codes.items():
            unreadable = self.coders[name].unreadable
            if unreadable:
                marks.append(np.isin(column, list(unreadable)))
        if "call" not in codes:
            return np.ones(rows, bool)
        marks += self._calls_without_guide(codes["call"])
        for first, last in ORDERED_DATES:
            if first in codes and last in codes:
                marks.append(self._ends_before(first, last, codes))
        marks += self._more_days_than_the_stay(codes)
        found = [mark for mark in marks if mark.any()]
        return np.logical_or.reduce(found) if found else None

    def _more_days_than_the_stay(self, codes: Mapping[str, Array]) -> list[Array]:
        """The rows with more days within the stay than the calendar gives it; the model says which cannot be true.

        Compared as columns: a table of them would have an entry for nearly every pair of dates.
        """
        names = [name for name in DAYS_OF_THE_STAY if name in codes]
        if not names or "start_date" not in codes or "end_date" not in codes:
            return []
        within = np.add.reduce([self._numbers(name, codes[name]) for name in names])
        told = within > 0
        if not told.any():
            return []
        (first, base), (last, base_of_last) = (
            self._day_numbers(name, codes[name]) for name in ("start_date", "end_date")
        )
        days = np.subtract(last, first, dtype=np.int64) + (base_of_last - base + 1)
        return [told & (within > days) & (codes["start_date"] > 0) & (codes["end_date"] > 0)]

    def _numbers(self, name: str, column: Array) -> Array:
        """The whole numbers of a column; 0 where none is told, or it cannot be read."""
        values = self.coders[name].values
        if isinstance(values, NumberValues):
            return np.where(column > 0, np.add(column, values.base - 1, dtype=np.int64), 0)
        # A number too great for a column is greater than any stay.
        numbers = [min(value, _LONGEST) if isinstance(value, int) else 0 for value in values]
        return np.array(numbers, np.int64).take(column)

    def _calls_without_guide(self, column: Array) -> list[Array]:
        marks = []
        values: Sequence[Any] = self.coders["call"].values
        for code, value in enumerate(values):
            try:
                if value is None:
                    marks.append(column == code)
                elif not isinstance(value, Unreadable):
                    self.settings.guide_of(value)
            except GuideError:
                marks.append(column == code)
        return marks

    def _ends_before(self, first: str, last: str, codes: Mapping[str, Array]) -> Array:
        (one, base), (other, base_of_other) = (self._day_numbers(name, codes[name]) for name in (first, last))
        apart = base_of_other - base
        small = one.dtype == other.dtype == np.int32 and abs(apart) < _FAR
        before: Array = np.add(other, apart, dtype=np.int32 if small else np.int64) < one
        for name in (first, last):
            if self.coders[name].has_nulls or not isinstance(self.coders[name].values, NumberValues):
                before &= codes[name] > 0
        return before

    def _day_numbers(self, name: str, column: Array) -> tuple[Array, int]:
        """The days of a column as numbers, and what must be added to each."""
        values = self.coders[name].values
        if isinstance(values, NumberValues):
            return column, values.base
        days = [value.toordinal() - _EPOCH if hasattr(value, "toordinal") else 0 for value in values]
        return np.array(days, np.int64).take(column), 1

    def _untrue(self, blocks: Sequence[Block], rows: int) -> Array | None:
        """The rows that the model would refuse for what it does not take together; *None* where there is none."""
        room = np.empty((2, rows), np.int32)
        found: Array | None = None
        for _, table in self._checks or ():
            for base in table.bases:
                base.changed()
            places = table.places(blocks, room, may_fill=True)
            every = np.full(rows, places, np.intp) if isinstance(places, int) else places
            untrue = table.first_codes(every, None, may_fill=True) == _UNTRUE
            if untrue.any():
                found = untrue if found is None else found | untrue
        return found

    def _make_checks(self, codes: Mapping[str, Array], *, told_kind: bool) -> list[tuple[tuple[str, ...], Table]]:
        sources = self._sources(codes, told_kind=told_kind)
        checks = []
        within = [names for names in CHECKED_WITHIN_THE_STAY if names[0] in sources]
        for names in (*CHECKED_TOGETHER, *within):
            present = tuple(name for name in names if name in sources)
            if len(present) > 1:
                fact = FactSource("can be true", -1)
                fact.code_of(value=False)
                fact.code_of(value=True)
                table = Table([sources[name] for name in present], [fact], (), self.wanted, _can_be_true(present))
                checks.append((present, table))
        return checks

    # --- the fast road -----------------------------------------------------------------------------------

    def _sources(self, codes: Mapping[str, Array], *, told_kind: bool) -> dict[str, Source]:
        """A source for each column, in the order of :meth:`_blocks`."""
        sources: dict[str, Source] = {}
        presumed = {fact.name: fact.presumed for fact in self.settings.rulebook.given}
        for name in codes:
            if name != "participant_kind":
                held = presumed.get(name, NO_PRESUMPTION)
                nothing = Unknown((name,)) if held is NO_PRESUMPTION else held
                sources[name] = ColumnSource(len(sources), self.coders[name], nothing)
        if told_kind:
            sources["participant_kind"] = _KindSource(len(sources))
        return sources

    @staticmethod
    def _blocks(codes: Mapping[str, Array], kinds: Block | None) -> list[Block]:
        blocks: list[Block] = []
        for name, column in codes.items():
            if name != "participant_kind":
                blocks.append(alike(column))
        return blocks if kinds is None else [*blocks, kinds if isinstance(kinds, int) else alike(kinds)]

    def _go_fused(
        self, fused: Fused, blocks: Sequence[Block], doubtful: Array | None, rows: int, into: Into
    ) -> Array | None:
        """Answer the rows that are not doubtful by what is fused; given are all that are doubtful after all.

        Raises:
            Outgrown: something is new, and there is no room for it.

        """

        def answer(mine: Sequence[Block], count: int, target: Into) -> Array:
            refused = np.zeros(count, bool)

            def one(first: int, last: int, *, may_fill: bool) -> None:
                found = fused.answer(mine, target.answers, first, last, target.offset, self._untrue, may_fill=may_fill)
                if found is not None:
                    refused[first:last] = found

            self._in_blocks(one, count)
            return refused

        return self._spread(answer, blocks, doubtful, rows, into)

    def _go_by_plan(  # noqa: PLR0913, PLR0917 - the rows, in two forms, and where their answers go
        self,
        codes: Mapping[str, Array],
        kinds: Block | None,
        blocks: Sequence[Block],
        doubtful: Array | None,
        rows: int,
        into: Into,
    ) -> Array | None:
        """Answer the rows that are not doubtful by the plan; given are all that are doubtful after all.

        Raises:
            OverflowError: a number fits no table.

        """
        if self._checks is None:
            self._checks = self._make_checks(codes, told_kind=kinds is not None)
        untrue = self._untrue(blocks, rows)
        if untrue is not None:
            doubtful = untrue if doubtful is None else doubtful | untrue

        def answer(mine: Sequence[Block], count: int, target: Into) -> None:
            if self.plan is None:
                self.plan = self._planned(codes, kinds, mine, count)
            plan = self.plan

            def one(first: int, last: int, *, may_fill: bool) -> None:
                plan.answer(mine, target.answers, first, last, target.offset, may_fill=may_fill)

            self._in_blocks(one, count)
            self._fuse(plan, mine, count)

        return self._spread(answer, blocks, doubtful, rows, into)

    def _spread(
        self,
        answer: Callable[[Sequence[Block], int, Into], Array | None],
        blocks: Sequence[Block],
        doubtful: Array | None,
        rows: int,
        into: Into,
    ) -> Array | None:
        """Answer the rows that are not doubtful, and put their answers into their places."""
        if doubtful is None:
            refused = answer(blocks, rows, into)
            return refused if refused is not None and refused.any() else None
        certain = np.flatnonzero(~doubtful)
        if certain.size:
            apart = self.settings.threads > 1
            answers = Answers.of(len(certain), self.rules, self.wanted, apart=apart)
            mine = [block if isinstance(block, int) else block[certain] for block in blocks]
            refused = answer(mine, len(certain), Into(answers, into.overall, into.problems, 0))
            into.answers.put_rows(certain + into.offset, answers)
            if refused is not None:
                doubtful[certain[refused]] = True
        return doubtful

    def _in_blocks(self, one: _OfBlock, rows: int) -> None:
        """Answer block after block, by several threads where they are wanted."""
        starts = range(0, rows, ROWS_AT_ONCE)
        if self._pool is None or len(starts) == 1:
            for first in starts:
                one(first, min(first + ROWS_AT_ONCE, rows), may_fill=True)
            return

        def locked(first: int) -> None:
            last = min(first + ROWS_AT_ONCE, rows)
            try:
                with self._lock.reading():
                    one(first, last, may_fill=False)
            except NotFilled:
                with self._lock.writing():
                    one(first, last, may_fill=True)

        running = [self._pool.submit(locked, first) for first in starts]
        wait(running)  # all of them, before the rows go another road for what one of them could not do
        for each in running:
            each.result()

    def _fuse(self, plan: Plan, blocks: Sequence[Block], rows: int) -> None:
        """Fuse the plan once it has answered so many rows that it pays."""
        self._rows_planned += rows
        if self._rows_planned < FUSED_AFTER or plan.asked_facts:
            return
        sample = min(rows, SAMPLE)
        some = [block if isinstance(block, int) else block[:sample] for block in blocks]
        checks = [table for _, table in self._checks or ()]
        try:
            self.fused = Fused(plan, checks, some, sample, self._experience)
        except Outgrown:
            self._outgrown()
        except TooVaried:
            self._rows_planned = -_NEVER

    def _outgrown(self) -> None:
        """What was fused is laid out anew, each time later."""
        self.fused = None
        self.times_outgrown += 1
        self._rows_planned = (
            -FUSED_AFTER * self.times_outgrown if self.times_outgrown < MOST_TIMES_OUTGROWN else -_NEVER
        )

    def _planned(self, codes: Mapping[str, Array], kinds: Block | None, blocks: Sequence[Block], count: int) -> Plan:
        plan = Plan(
            self.settings.rulebook,
            self._sources(codes, told_kind=kinds is not None),
            self.settings.provisions_of,
            self.wanted,
            self.rules,
            self._asked_facts,
        )
        first = min(count, ROWS_AT_ONCE)
        plan.make([block if isinstance(block, int) else block[:first] for block in blocks], first)
        return plan

    _asked_facts: tuple[str, ...] = ()

    def put_overall(self, stage: Array | int, verdicts: Sequence[Array], into: Array) -> None:
        """The overall answer by the verdicts of the rules that decide and the stage at which each row stands."""
        last = len(self.settings.rulebook.stages) - 1
        deciding = [(rule.due, column) for rule, column in zip(self.rules, verdicts, strict=True) if rule.decides]
        for each in [stage] if isinstance(stage, int) else np.unique(stage).tolist():
            number = each % (last + 1)
            gravest = _gravest([column for due, column in deciding if due <= number], len(into))
            found = (gravest == _REFUSED).view(np.int8) * _CODE_OF_OVERALL[Overall.NOT_MET]
            found += (gravest == _OPEN).view(np.int8) * _CODE_OF_OVERALL[Overall.OPEN]
            later = [column for due, column in deciding if due > number] if each > last else []
            if later:
                # Where the stage is not told, what the given facts decide counts whatever its stage.
                found[_gravest(later, len(into)) == _REFUSED] = _CODE_OF_OVERALL[Overall.NOT_MET]
            if isinstance(stage, int):
                into[:] = found
            else:
                np.copyto(into, found, where=stage == each)

    def stage_codes(self, codes: Mapping[str, Array], rows: int) -> Array | int:
        """The number of the stage told; or, beyond all stages, of the furthest to which the given facts belong."""
        stages = self.settings.rulebook.stages
        reached: Array | int = 0
        given = {fact.name: stages.index(fact.known_at) for fact in self.settings.rulebook.given}
        if any(name in codes for names in _PEOPLE.values() for name in names) and "participant_kind" in given:
            # Whoever tells anything of the participant tells who goes.
            codes = {**codes}
            for names in _PEOPLE.values():
                for name in names:
                    if name in codes:
                        given[name] = max(given[name], given["participant_kind"])
        columns = sorted((name for name in codes if name in given), key=lambda name: -given[name])
        for name in columns:
            if isinstance(reached, int) and reached >= given[name]:
                break
            told = codes[name] > 0
            if told.all():
                reached = given[name] if isinstance(reached, int) else np.maximum(reached, np.int8(given[name]))
                break
            reached = np.maximum(told * np.int8(given[name]), np.int8(reached) if isinstance(reached, int) else reached)
        if "stage" not in codes:
            return reached + len(stages)
        values = self.coders["stage"].values
        own = np.array([-1 if value is None else stages.index(value) for value in values], np.int8).take(codes["stage"])
        return np.where(own < 0, np.broadcast_to(reached, rows) + len(stages), own)

    # --- putting it together -----------------------------------------------------------------------------

    def _assembled(
        self, batch: pa.RecordBatch, answers: Answers, overall: Array, problems: dict[int, str]
    ) -> pa.RecordBatch:
        give, valid = frozenset(self.settings.give), valid_rows(problems, batch.num_rows)
        columns = [batch.column(name) for name in self.settings.carry]
        if "overall" in give:
            columns.append(outputs.of_overall(overall, valid))
        for number, rule in enumerate(self.rules):
            columns += self.columns_of_rule(number, rule, answers, valid)
        if "total" in give:
            columns += self.totals(answers, valid)
        columns.append(outputs.of_problems(problems, batch.num_rows))
        return pa.RecordBatch.from_arrays(columns, schema=self.schema(batch.schema))

    def width_of(self, rule: RuleColumns) -> int:
        """How many columns are given of a rule."""
        give = frozenset(self.settings.give)
        money = ("amounts" in give) + 2 * ("ranges" in give) if rule.is_line else 0
        return len({"verdicts", "reasons", "missing"} & give) + money

    def columns_of_rule(self, number: int, rule: RuleColumns, answers: Answers, valid: Array | None) -> list[pa.Array]:
        """What is given of one rule, in the order of the schema."""
        give, columns = frozenset(self.settings.give), []
        if "verdicts" in give:
            columns.append(outputs.of_verdicts(answers.verdicts[number], valid))
        if "reasons" in give:
            columns.append(outputs.of_sentences(answers.reasons[number], list(rule.sentences), valid))
        if "missing" in give:
            columns.append(outputs.of_sentences(answers.missing[number], list(rule.missing), valid))
        if rule.is_line and {"amounts", "ranges"} & give:
            line = sum(other.is_line for other in self.rules[:number])
            known = _both(answers.verdicts[number] == DUE, valid)
            columns += self._amounts(answers.low[line], answers.high[line], known)
        return columns

    def _amounts(self, low: Array, high: Array, known: Array) -> list[pa.Array]:
        """The columns of one line of the grant, null where nothing is due."""
        in_cents, columns = self.settings.money == "cents", []
        if "amounts" in self.settings.give:
            one = known if low is high else known & (low == high)
            columns.append(outputs.of_amounts(low, one, in_cents=in_cents))
        if "ranges" in self.settings.give:
            columns += [outputs.of_amounts(each, known, in_cents=in_cents) for each in (low, high)]
        return columns

    def totals(self, answers: Answers, valid: Array | None) -> list[pa.Array]:
        """The total, and its ends; unknown while a line is open, or a range."""
        rows = answers.rows
        closed = np.ones(rows, bool) if valid is None else valid.copy()
        for number, rule in enumerate(self.rules):
            if rule.is_line:
                closed &= answers.verdicts[number] != _OPEN
        low = high = _summed(answers.low, rows)
        if any(one is not other for one, other in zip(answers.low, answers.high, strict=True)):
            high = _summed(answers.high, rows)
        told = closed if high is low else closed & (low == high)
        in_cents = self.settings.money == "cents"
        return [
            outputs.of_amounts(low, told, in_cents=in_cents),
            outputs.of_amounts(low, valid, in_cents=in_cents),
            outputs.of_amounts(high, closed, in_cents=in_cents),
        ]


def _summed(lines: Sequence[Array], rows: int) -> Array:
    """The sum of some lines, in an array of its own."""
    if len(lines) < 2:  # noqa: PLR2004 - nothing is added up
        return lines[0].copy() if lines else np.zeros(rows, np.int64)
    found = np.empty(rows, np.int64)
    for first in range(0, rows, _ROWS_OF_A_SUM):
        part = slice(first, first + _ROWS_OF_A_SUM)
        np.add(lines[0][part], lines[1][part], out=found[part])
        for line in lines[2:]:
            found[part] += line[part]
    return found


_ROWS_OF_A_SUM = 1 << 13
"""So many sums stay in the nearest cache until the last line is added."""


def valid_rows(problems: Mapping[int, str], rows: int) -> Array | None:
    """The rows that could be answered; *None* where all could."""
    if not problems:
        return None
    valid = np.ones(rows, bool)
    valid[list(problems)] = False
    return valid


def _both(one: Array, other: Array | None) -> Array:
    return one if other is None else one & other


def alike(column: Array) -> Block:
    """The one code of all rows, where they have one; else the codes."""
    if not len(column):
        return 0
    first = column[0]
    if column[len(column) // 2] != first or column[-1] != first or not (column == first).all():
        return column
    return int(first)


_UNTRUE = 0
_FAR = 1 << 30
"""The sum of such a number and a code may not fit into 32 bits."""
_REFUSED, _OPEN = CODE_OF_VERDICT[Verdict.NOT_MET], CODE_OF_VERDICT[Verdict.UNDETERMINED]
_EPOCH = 719163
"""The ordinal of 1 January 1970, from which columns of days are counted."""

_CODE_OF_OVERALL = {
    overall: np.int8(outputs.OVERALL.index(answer))
    for overall, answer in zip((Overall.ALL_MET, Overall.NOT_MET, Overall.OPEN), outputs.OVERALL, strict=True)
}
"""The code of what is met throughout is 0."""


def _gravest(columns: Sequence[Array], rows: int) -> Array:
    """The gravest verdict of each row among some columns."""
    if not columns:
        return np.zeros(rows, np.uint8)
    found = columns[0].copy()
    for column in columns[1:]:
        np.maximum(found, column, out=found)
    return found


def _who_goes(student: Array | bool, staff: Array | bool, rows: int) -> tuple[Block, Array | None]:  # noqa: FBT001 - or a column
    """The codes of who goes, and the rows that tell both."""
    if isinstance(student, bool) and isinstance(staff, bool):
        return (1 if student else 2 if staff else 0), np.ones(rows, bool) if student and staff else None
    kinds = np.zeros(rows, np.uint8)
    np.multiply(staff, np.uint8(2), out=kinds)
    kinds |= student
    conflict = kinds == 3  # noqa: PLR2004 - both of them
    if not conflict.any():
        return kinds, None
    kinds[conflict] = 1
    return kinds, conflict


def _can_be_true(names: Sequence[str]) -> Callable[..., tuple[bool]]:
    """Whether the model takes these facts together."""

    def ask(*values: Any) -> tuple[bool]:  # noqa: ANN401 - facts are of any type
        told = dict(zip(names, values, strict=True))
        if any(isinstance(value, Unreadable) for value in told.values()):
            return (True,)  # it is marked already
        if told.get("call") is None:
            told["call"] = calls()[-1]
        try:
            mobility_of(told)
        except InputError:
            return (False,)
        return (True,)

    return ask


# --- the ways in ----------------------------------------------------------------------------------------------


def evaluate_batches(
    batches: Iterable[pa.RecordBatch],
    **settings: Any,  # noqa: ANN401 - those of evaluate_table
) -> Iterator[pa.RecordBatch]:
    """The answers of batch after batch, at constant memory.

    The settings are those of :func:`evaluate_table`, but for ``groups``: a group is all rows of a table, and a stream
    never ends.

    Raises:
        InputError: a column that is no fact and is not carried, or a setting that cannot be.

    """
    if settings.pop("groups", ()):
        message = "facts over groups need the whole table; compute them first with with_group_facts, or use a table"
        raise InputError(message, field="groups")
    runner = TableRunner(**settings)
    for batch in batches:
        for first in range(0, max(batch.num_rows, 1), ROWS_OF_A_BATCH):
            yield runner.run(batch.slice(first, ROWS_OF_A_BATCH))


def evaluate_table(  # noqa: PLR0913 - each is another side of what is asked
    table: Any,  # noqa: ANN401 - any kind of frame
    *,
    call: int | None = None,
    guide: Guide | Mapping[int, Guide] | None = None,
    rulebook: Rulebook | None = None,
    rounding: Rounding | str = USUAL,
    give: Iterable[str] | str = GIVEN,
    carry: Iterable[str] | str = (),
    money: str = "eur",
    threads: int = 1,
    groups: Iterable[GroupFact] = (),
) -> Any:  # noqa: ANN401 - the same kind of frame
    """The answers of each row of a table, as the same kind of frame.

    The columns of the table are named as the given facts (``icm-rules questions`` lists them); null is a fact that is
    not told. ``call`` fills in where no call is told. ``guide`` answers in place of the shipped Guides: one Guide for
    all rows, or one for each call. ``give`` says what comes out, any of ``overall, verdicts, reasons, missing, amounts,
    ranges, total``; ``carry`` names columns that come out as they went in. Amounts are EUR as exact decimals, or whole
    ``cents``. ``groups`` are facts computed from the table itself before the rules, see :mod:`icm_rules.model.groups`;
    columns that only they need are not asked for among those to carry.

    A row that cannot be read, or cannot be true, has its reason in the column ``problem`` and no other answer.

    Raises:
        InputError: what is given is no table, a column that is no fact and is not carried, or a setting that cannot be.

    """
    arrow, back = arrow_of(table)
    runner = TableRunner(
        call=call,
        guide=guide,
        rulebook=rulebook,
        rounding=rounding,
        give=give,
        carry=carry,
        money=money,
        threads=threads,
    )
    arrow = _with_groups(arrow, tuple(groups), runner.settings)
    found = [runner.run(batch) for batch in arrow.to_batches(max_chunksize=ROWS_OF_A_BATCH)]
    return back(pa.Table.from_batches(found, schema=runner.schema(arrow.schema)))


def _with_groups(table: pa.Table, groups: Sequence[GroupFact], settings: Settings) -> pa.Table:
    """The table with the facts over groups, and without the columns that only these need."""
    if not groups:
        return table

    def derive(of: pa.Table, names: Sequence[str]) -> pa.Table:
        return derived_facts(of, names, call=settings.call, guide=settings.guide, rulebook=settings.rulebook)

    found = with_group_facts(table, groups, derive=derive)
    read = {name for group in groups for name in group.reads}
    written = {group.writes for group in groups}
    own = [name for name in (*read, *written) if name not in VOCABULARY and name not in settings.carry]
    return found.drop_columns([name for name in found.column_names if name in own])


def derived_facts(
    table: pa.Table,
    names: Iterable[str] | str,
    *,
    call: int | None = None,
    guide: Guide | Mapping[int, Guide] | None = None,
    rulebook: Rulebook | None = None,
) -> pa.Table:
    """The derived facts of these names for each row, as columns; null where one is not known.

    Columns of the table that are no facts are left aside. A value that Arrow has no type for is given in words.

    Raises:
        InputError: there is no derived fact of this name.

    """
    rules = RULEBOOK if rulebook is None else rulebook
    wanted = _names(names)
    known = [fact.name for fact in rules.facts]
    for name in wanted:
        if name not in known:
            message = f"{name!r} is no derived fact{did_you_mean(name, known)}"
            raise InputError(message, field=name)
    runner = _FactRunner(wanted, call=call, guide=guide, rulebook=rules, give=())
    told = table.select([name for name in table.column_names if name in VOCABULARY])
    if not told.num_columns:
        told = pa.table({"call": pa.nulls(table.num_rows, pa.int64())})
    parts = [runner.facts_of(batch) for batch in told.to_batches(max_chunksize=ROWS_OF_A_BATCH)]
    values = {name: [value for part in parts for value in part[name]] for name in wanted}
    return pa.table({name: _column(column) for name, column in values.items()})


def _column(values: Sequence[object]) -> pa.Array:
    """Values as a column, in words where Arrow has no type for them."""
    plain = [str(value) if isinstance(value, StrEnum) else value for value in values]
    try:
        return pa.array(plain)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        words = [None if value is None else getattr(value, "label", None) or in_words(value) for value in plain]
        return pa.array(words)


class _FactRunner(TableRunner):
    """Answers with derived facts in place of rules."""

    def __init__(self, facts: Sequence[str], **settings: Any) -> None:  # noqa: ANN401 - those of Settings
        self._asked_facts = tuple(facts)
        super().__init__(**settings)

    def _forget(self) -> None:
        super()._forget()
        self.rules, self.lines = [], []

    def facts_of(self, batch: pa.RecordBatch) -> dict[str, list[object]]:
        """The values of the facts, row by row; *None* where one is not known or the row cannot be answered."""
        codes = self._codes(batch, self._begun_with(batch.schema))
        rows = batch.num_rows
        found: dict[str, list[object]] = {name: [None] * rows for name in self._asked_facts}
        kinds, conflict = self._kinds(codes, rows)
        answers = Answers.of(rows, (), self.wanted)
        for name in self._asked_facts:
            answers.facts[name] = np.zeros(rows, np.int32)
        into = Into(answers, np.zeros(rows, np.int8), {}, 0)
        blocks, doubtful = self._blocks(codes, kinds), self._doubtful(codes, conflict, rows)
        doubtful = self._go_by_plan(codes, kinds, blocks, doubtful, rows, into)
        certain = np.arange(rows) if doubtful is None else np.flatnonzero(~doubtful)
        if self.plan is None:
            return found
        for name, column in answers.facts.items():
            values = self.plan.made[name].values
            for row, code in zip(certain.tolist(), column[certain].tolist(), strict=True):
                value = values[code]
                found[name][row] = None if isinstance(value, (Unknown, Closed)) else value
        return found


def explain(table: Any, **settings: Any) -> str:  # noqa: ANN401 - any kind of frame; the settings of evaluate_table
    """What is done to such a table, in words: how columns are coded, what is tabulated over what, and what it costs.

    Raises:
        InputError: what is given is no table, a column that is no fact and is not carried, or a setting that cannot be.

    """
    arrow, _ = arrow_of(table)
    settings.pop("groups", None)
    runner = TableRunner(**settings)
    for batch in arrow.to_batches(max_chunksize=ROWS_OF_A_BATCH):
        runner.run(batch)
    return runner.explain()
