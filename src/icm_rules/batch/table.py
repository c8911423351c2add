"""The road of a table: every row is answered as the road of one mobility would, by the same functions.

The plain functions are asked once for each combination of values that occurs, see
:mod:`icm_rules.batch.tabulation`; rows of which something cannot be read or cannot be true, and small tables, go the
plain road.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

import attrs
import numpy as np
import pyarrow as pa

from icm_rules.batch import outputs
from icm_rules.batch.coding import Coder, NumberValues, Unreadable
from icm_rules.batch.frames import arrow_of
from icm_rules.batch.groups import with_group_facts
from icm_rules.batch.planning import ROWS_AT_ONCE, Answers, Plan
from icm_rules.batch.tabulation import (
    MOST_ENTRIES,
    NO_AMOUNT,
    OPEN_LINE,
    RANGE_LINE,
    STAGES,
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
from icm_rules.engine.answers import Unknown, in_words
from icm_rules.engine.citations import Closed
from icm_rules.engine.errors import GuideError, InputError, did_you_mean
from icm_rules.engine.evaluation import Overall
from icm_rules.engine.facts import NO_PRESUMPTION
from icm_rules.engine.rounding import USUAL
from icm_rules.evaluate import rounding_policy
from icm_rules.guide import Guide, calls
from icm_rules.guide import guide as guide_of_call
from icm_rules.model.groups import GroupFact
from icm_rules.model.mobility import ORDERED_DATES
from icm_rules.model.terms import ParticipantKind
from icm_rules.model.vocabulary import PARTICIPANTS, PLACES, VOCABULARY, facts_of, mobility_of
from icm_rules.rules import RULEBOOK

PLAIN_ROWS = 2000
"""A table of fewer rows is answered row by row: making tables would take longer."""
ROWS_OF_A_BATCH = 1 << 18
"""A table is taken in parts of so many rows, which bounds the memory beside input and output."""
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
        self._told: tuple[str, ...] = ()
        self.plan: Plan | None = None
        self._checks: list[tuple[tuple[str, ...], Table]] = []
        self._lock = _Lock()

    # --- one batch ---------------------------------------------------------------------------------------

    def run(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The answers of a batch of rows, row by row in their order.

        Raises:
            InputError: a column that is no fact and is not carried.

        """
        if batch.num_rows > 2 * ROWS_OF_A_BATCH:
            # In parts that stay in the caches of a processor; then as one batch again.
            parts = [
                self.run(batch.slice(first, ROWS_OF_A_BATCH)) for first in range(0, batch.num_rows, ROWS_OF_A_BATCH)
            ]
            (whole,) = pa.Table.from_batches(parts).unify_dictionaries().combine_chunks().to_batches()
            return whole
        codes = self._codes(batch)
        answers, overall, problems = self._answered(codes, batch.num_rows)
        return self._assembled(batch, answers, overall, problems)

    def explain(self) -> str:
        """What has been done so far, in words: how columns are coded, what is tabulated over what, what it costs."""
        if self.plan is None:
            return (
                f"Each row is asked by itself: so far no batch had {PLAIN_ROWS} rows, and below that making tables "
                "would take longer.\n"
            )
        return "\n".join(self.plan.told()) + "\n"

    def _codes(self, batch: pa.RecordBatch) -> dict[str, Array]:
        """The codes of each column that is a fact."""
        names = self._columns_of(batch.schema)
        self._bound_memory()
        codes = {name: self._coder(name).encode(batch.column(name)) for name in names}
        if self.settings.call is not None:
            self._fill_in_call(codes, batch.num_rows)
        if tuple(codes) != self._told:
            # A plan is laid out for the columns that there are.
            self._told, self.plan, self._checks = tuple(codes), None, []
        return codes

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
        sources = self.plan.sources if self.plan else []
        grown = any(isinstance(source, FactSource) and len(source) > MOST_ENTRIES for source in sources)
        sentences = any(max(len(rule.sentences), len(rule.missing)) > MOST_ENTRIES for rule in self.rules)
        if grown or sentences or any(len(coder) > MOST_ENTRIES for coder in self.coders.values()):
            self._forget()

    def _coder(self, name: str) -> Coder:
        if name not in self.coders:
            self.coders[name] = Coder(name)
        return self.coders[name]

    def _fill_in_call(self, codes: dict[str, Array], rows: int) -> None:
        coder = self._coder("call")
        if "call" not in codes:
            codes["call"] = coder.encode(pa.repeat(pa.scalar(self.settings.call), rows))
            return
        untold = codes["call"] == 0
        if untold.any():
            fresh = coder.encode(pa.repeat(pa.scalar(self.settings.call), 1))
            codes["call"] = np.where(untold, fresh[0], codes["call"])

    def _answered(self, codes: dict[str, Array], rows: int) -> tuple[Answers, Array, dict[int, str]]:
        """The answers, the overall answers, and why rows could not be answered."""
        problems: dict[int, str] = {}
        if rows < PLAIN_ROWS and self.plan is None:
            answers = Answers.of(rows, len(self.rules), len(self.lines), self.wanted)
            overall = np.zeros(rows, np.int8)
            self._go_plain(range(rows), codes, answers, overall, problems)
            return answers, overall, problems
        kinds, conflict = self._kinds(codes, rows)
        doubtful = self._doubtful(codes, kinds, conflict, rows)
        certain = None if doubtful is None else np.flatnonzero(~doubtful)
        try:
            answers, overall = self._go_fast(codes, kinds, rows, certain)
        except OverflowError:
            # A number that fits no table: each row is asked by itself, and the one that has it says so.
            self.plan, self._checks = None, []
            answers = Answers.of(rows, len(self.rules), len(self.lines), self.wanted)
            overall = np.zeros(rows, np.int8)
            self._go_plain(range(rows), codes, answers, overall, problems)
            return answers, overall, problems
        if doubtful is not None:
            self._go_plain(np.flatnonzero(doubtful).tolist(), codes, answers, overall, problems)
        return answers, overall, problems

    # --- the plain road ----------------------------------------------------------------------------------

    def _go_plain(
        self,
        rows: Iterable[int],
        codes: Mapping[str, Array],
        answers: Answers,
        overall: Array,
        problems: dict[int, str],
    ) -> None:
        for row in rows:
            try:
                found, verdict = self._plain(row, codes)
            except InputError as refusal:
                problems[row] = f"{refusal.field}: {refusal}" if refusal.field else str(refusal)
            except (GuideError, OverflowError) as refusal:
                problems[row] = str(refusal)
            else:
                answers.put(row, found)
                overall[row] = verdict

    def _plain(self, row: int, codes: Mapping[str, Array]) -> tuple[Row, int]:
        told = {}
        for name, column in codes.items():
            value = self.coders[name].values[int(column[row])]
            if isinstance(value, Unreadable):
                column_name, _, message = value.message.partition(": ")
                raise InputError(message, field=column_name)
            told[name] = value
        mobility = mobility_of(told)
        provisions = self.settings.guide_of(mobility.call).provisions
        rulebook = self.settings.rulebook
        given = {name: value for name, value in facts_of(mobility).items() if name in rulebook.slots}
        found = rulebook.evaluate(given, provisions, stage=mobility.stage)
        outcomes = [found.outcomes[rule.identity] for rule in self.rules]
        judged = [(each.verdict, each.answer, each.missing, each.gaps) for each in outcomes]
        values = {name: found.value(name) for rule in self.rules for name in rule.tells} if self.wanted.reasons else {}
        return Row.of(self.rules, judged, self.wanted, values), _CODE_OF_OVERALL[found.overall]

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
        student, staff = told[ParticipantKind.STUDENT], told[ParticipantKind.STAFF]
        if isinstance(student, bool) and isinstance(staff, bool):
            both = np.ones(rows, bool) if student and staff else None
            return (1 if student else 2 if staff else 0), both
        wide_student, wide_staff = np.broadcast_to(student, rows), np.broadcast_to(staff, rows)
        kinds = np.where(wide_student, np.int32(1), np.where(wide_staff, np.int32(2), np.int32(0)))
        conflict = wide_student & wide_staff
        return kinds, conflict if conflict.any() else None

    def _doubtful(
        self, codes: Mapping[str, Array], kinds: Block | None, conflict: Array | None, rows: int
    ) -> Array | None:
        """The rows that cannot be read or cannot be true; *None* where there is no such row."""
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
        marks += self._untrue_together(codes, kinds, rows)
        found = [mark for mark in marks if mark.any()]
        return np.logical_or.reduce(found) if found else None

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
        before: Array = other + (base_of_other - base) < one
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

    def _untrue_together(self, codes: Mapping[str, Array], kinds: Block | None, rows: int) -> list[Array]:
        if not self._checks:
            self._checks = self._make_checks(codes, told_kind=kinds is not None)
        marks = []
        blocks: list[Block] = [*self._blocks(codes, kinds)]
        for first in range(0, rows, ROWS_AT_ONCE):
            last = min(first + ROWS_AT_ONCE, rows)
            room = np.empty((2, last - first), np.int32)
            here = [block if isinstance(block, int) else block[first:last] for block in blocks]
            for number, (_, table) in enumerate(self._checks):
                if first == 0:
                    marks.append(np.zeros(rows, bool))
                for base in table.bases:
                    base.changed()
                places = table.places(here, room, may_fill=True)
                if isinstance(places, int):
                    marks[number][first:last] = table.codes[0][places] == _UNTRUE
                else:
                    marks[number][first:last] = table.first_codes(places, None, may_fill=True) == _UNTRUE
        return marks

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
                blocks.append(_alike(column))
        return blocks if kinds is None else [*blocks, kinds]

    def _go_fast(
        self, codes: Mapping[str, Array], kinds: Block | None, rows: int, certain: Array | None
    ) -> tuple[Answers, Array]:
        blocks = self._blocks(codes, kinds)
        if certain is not None:
            blocks = [block if isinstance(block, int) else block[certain] for block in blocks]
        count = rows if certain is None else len(certain)
        if self.plan is None:
            self.plan = self._planned(codes, kinds, blocks, count)
        apart = self.settings.threads > 1
        for source in self.plan.columns.values():
            source.changed()
        answers = Answers.of(count, len(self.rules), len(self.lines), self.wanted, apart=apart)
        for name in self.plan.asked_facts:
            answers.facts[name] = np.zeros(count, np.int32)
        self._run_blocks(self.plan, blocks, answers, count)
        overall = self._overall(codes, answers.summary, certain) if self.wanted.overall else np.zeros(count, np.int8)
        if certain is not None:
            places = np.zeros(rows, np.intp)
            places[certain] = np.arange(count)
            if count:
                answers, overall = answers.take(places), overall.take(places)
            else:
                answers, overall = (
                    Answers.of(rows, len(self.rules), len(self.lines), self.wanted),
                    np.zeros(rows, np.int8),
                )
        return answers, overall

    def _planned(self, codes: Mapping[str, Array], kinds: Block | None, blocks: Sequence[Block], count: int) -> Plan:
        plan = Plan(
            self.settings.rulebook,
            self._sources(codes, told_kind=kinds is not None),
            lambda call: self.settings.guide_of(call).provisions,
            self.wanted,
            self.rules,
            self._asked_facts,
        )
        first = min(count, ROWS_AT_ONCE)
        plan.make([block if isinstance(block, int) else block[:first] for block in blocks], first)
        return plan

    _asked_facts: tuple[str, ...] = ()

    def _run_blocks(self, plan: Plan, blocks: Sequence[Block], answers: Answers, rows: int) -> None:
        starts = range(0, rows, ROWS_AT_ONCE)
        if self.settings.threads == 1 or len(starts) == 1:
            for first in starts:
                plan.answer(blocks, answers, first, min(first + ROWS_AT_ONCE, rows), may_fill=True)
            return

        def one(first: int) -> None:
            last = min(first + ROWS_AT_ONCE, rows)
            try:
                with self._lock.reading():
                    plan.answer(blocks, answers, first, last, may_fill=False)
            except NotFilled:
                with self._lock.writing():
                    plan.answer(blocks, answers, first, last, may_fill=True)

        with ThreadPoolExecutor(self.settings.threads) as pool:
            for _ in pool.map(one, starts):
                pass

    def _overall(self, codes: Mapping[str, Array], summary: Array, certain: Array | None) -> Array:
        """The overall answer by the summary of each row and the stage at which it stands."""
        stage = self._stage_codes(codes, certain, len(summary))
        bits = summary & np.uint16((1 << 2 * STAGES) - 1)
        places = bits if isinstance(stage, int) else stage.astype(np.int32) * (1 << 2 * STAGES) + bits
        table = _OVERALL_BY_SUMMARY[stage] if isinstance(stage, int) else _OVERALL_BY_SUMMARY.reshape(-1)
        found: Array = table.take(places)
        return found

    def _stage_codes(self, codes: Mapping[str, Array], certain: Array | None, rows: int) -> Array | int:
        """The stage told; or, from :data:`STAGES` on, the furthest to which the given facts belong."""
        stages = self.settings.rulebook.stages
        here: Callable[[Array], Array] = (
            (lambda column: column) if certain is None else (lambda column: column[certain])
        )
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
            told = here(codes[name]) > 0
            if told.all():
                reached = given[name] if isinstance(reached, int) else np.maximum(reached, given[name])
                break
            reached = np.maximum(reached, np.where(told, given[name], 0))
        if "stage" not in codes:
            return STAGES + reached if isinstance(reached, int) else reached + STAGES
        values = self.coders["stage"].values
        own = np.array([-1 if value is None else stages.index(value) for value in values]).take(here(codes["stage"]))
        return np.where(own < 0, np.broadcast_to(reached, rows) + STAGES, own)

    # --- putting it together -----------------------------------------------------------------------------

    def _assembled(
        self, batch: pa.RecordBatch, answers: Answers, overall: Array, problems: dict[int, str]
    ) -> pa.RecordBatch:
        give = frozenset(self.settings.give)
        valid: Array | None = None
        if problems:
            valid = np.ones(batch.num_rows, bool)
            valid[list(problems)] = False
        columns = [batch.column(name) for name in self.settings.carry]
        if "overall" in give:
            columns.append(outputs.of_overall(overall, valid))
        line = 0
        for number, rule in enumerate(self.rules):
            if "verdicts" in give:
                columns.append(outputs.of_verdicts(answers.verdicts[number], valid))
            if "reasons" in give:
                columns.append(outputs.of_sentences(answers.reasons[number], list(rule.sentences), valid))
            if "missing" in give:
                columns.append(outputs.of_sentences(answers.missing[number], list(rule.missing), valid))
            if rule.is_line and self.wanted.amounts:
                columns += self._amounts(answers.low[line], answers.high[line], valid)
            line += rule.is_line
        if "total" in give:
            columns += self._totals(answers, valid)
        columns.append(outputs.of_problems(problems, batch.num_rows))
        return pa.RecordBatch.from_arrays(columns, schema=self.schema(batch.schema))

    def _amounts(self, low: Array, high: Array, valid: Array | None) -> list[pa.Array]:
        """The columns of one line of the grant."""
        in_cents, columns = self.settings.money == "cents", []
        if "amounts" in self.settings.give:
            amount = low if low is high or np.array_equal(low, high) else np.where(low == high, low, NO_AMOUNT)
            columns.append(outputs.of_amounts(amount, valid, in_cents=in_cents))
        if "ranges" in self.settings.give:
            columns += [outputs.of_amounts(each, valid, in_cents=in_cents) for each in (low, high)]
        return columns

    def _totals(self, answers: Answers, valid: Array | None) -> list[pa.Array]:
        """The total, and its ends; unknown while a line is open, or a range."""
        in_cents = self.settings.money == "cents"
        closed = (answers.summary & OPEN_LINE) == 0
        told = (answers.summary & (OPEN_LINE | RANGE_LINE)) == 0
        return [
            outputs.of_amounts(answers.total_low, _both(told, valid), in_cents=in_cents),
            outputs.of_amounts(answers.total_low, valid, in_cents=in_cents),
            outputs.of_amounts(answers.total_high, _both(closed, valid), in_cents=in_cents),
        ]


def _both(one: Array, other: Array | None) -> Array:
    return one if other is None else one & other


def _alike(column: Array) -> Block:
    """The one code of all rows, where they have one; else the codes."""
    if not len(column):
        return 0
    first = column[0]
    if column[len(column) // 2] != first or column[-1] != first or not (column == first).all():
        return column
    return int(first)


_UNTRUE = 0
_EPOCH = 719163
"""The ordinal of 1 January 1970, from which columns of days are counted."""

_CODE_OF_OVERALL = {
    overall: outputs.OVERALL.index(answer)
    for overall, answer in zip((Overall.ALL_MET, Overall.NOT_MET, Overall.OPEN), outputs.OVERALL, strict=True)
}


def _overall_by_summary() -> Array:
    """The overall answer for each stage told, then for each stage reached, and for each summary of the rules."""
    summaries = np.arange(1 << 2 * STAGES)
    refused, unsettled = summaries & ((1 << STAGES) - 1), summaries >> STAGES
    rows = []
    for number in range(2 * STAGES):
        due = (1 << (number % STAGES + 1)) - 1
        # Where the stage is not told, what the given facts decide counts whatever its stage.
        is_refused = (refused & due if number < STAGES else refused) > 0
        is_open = (unsettled & due) > 0
        codes = np.where(
            is_refused,
            _CODE_OF_OVERALL[Overall.NOT_MET],
            np.where(is_open, _CODE_OF_OVERALL[Overall.OPEN], _CODE_OF_OVERALL[Overall.ALL_MET]),
        )
        rows.append(codes)
    return np.array(rows, np.int8)


_OVERALL_BY_SUMMARY = _overall_by_summary()


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
        codes = self._codes(batch)
        rows = batch.num_rows
        found: dict[str, list[object]] = {name: [None] * rows for name in self._asked_facts}
        kinds, conflict = self._kinds(codes, rows)
        doubtful = self._doubtful(codes, kinds, conflict, rows)
        certain = np.arange(rows) if doubtful is None else np.flatnonzero(~doubtful)
        blocks = [block if isinstance(block, int) else block[certain] for block in self._blocks(codes, kinds)]
        if self.plan is None:
            self.plan = self._planned(codes, kinds, blocks, len(certain))
        answers = Answers.of(len(certain), 0, 0, self.wanted)
        for name in self._asked_facts:
            answers.facts[name] = np.zeros(len(certain), np.int32)
        for source in self.plan.columns.values():
            source.changed()
        self._run_blocks(self.plan, blocks, answers, len(certain))
        for name, column in answers.facts.items():
            values = self.plan.made[name].values
            for row, code in zip(certain.tolist(), column.tolist(), strict=True):
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
