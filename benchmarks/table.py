"""Tables of growing size: everybody who answers whole columns."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any

from benchmarks import checking
from benchmarks.competitors import by_function, ours_single
from benchmarks.competitors.by_numpy import ByNumpy, coded
from benchmarks.data import Rows, as_arrow, as_dicts, generate, with_unknowns
from benchmarks.results import Section, Table, count, of
from benchmarks.setting import ROWS_OF_A_MARK, Setting, module
from benchmarks.timing import Contestant, Timed, take_turns

NUMPY = "NumPy by hand, in blocks"
NUMPY_WHOLE = "NumPy by hand, whole columns"
POLARS = "polars by hand, Enum columns"
WARM, COLD = "icm-rules, warm", "icm-rules, cold"
OURS = "icm-rules over tables"

_MOST_ROWS_ONE_BY_ONE = 100_000
_WHOLE = 1 << 62
_TURNS_OF_LARGE = 3

Answers = Callable[[], checking.Coded]


class Field:
    """Who takes part at one size, and how their answers are read for comparing."""

    def __init__(self, rows: Rows, section: Section) -> None:
        """Lay everybody's input out, outside the clock."""
        self.rows = rows
        self.section = section
        self.contestants: dict[str, Contestant] = {}
        self.answers: dict[str, Answers] = {}

    def enter(self, who: str, run: Callable[[], object], read: Callable[[Any], checking.Coded]) -> None:
        """Let somebody take part: what is timed, and how its answer is read for comparing."""
        self.contestants[who] = Contestant(run, self.rows.count)
        self.answers[who] = lambda: read(run())

    def check(self) -> None:
        """Compare everybody with NumPy on every row, and NumPy with the plain function."""
        reference = self.answers[NUMPY]()
        number = min(self.rows.count, _MOST_ROWS_ONE_BY_ONE)
        expected = checking.reference_of(self.rows.part(0, number), by_function.answers)
        checking.agree(NUMPY, {name: column[:number] for name, column in reference.items()}, expected, self.rows)
        for who, answers in self.answers.items():
            checking.agree(who, answers(), reference, self.rows)
        self.section.checked.append(
            f"{count(self.rows.count)} rows: {', '.join(self.answers)}; "
            f"the plain function on the first {count(number)} of them"
        )


def entered(rows: Rows, section: Section) -> Field:
    """Everybody who can be imported, with the input laid out."""
    field = Field(rows, section)
    by_numpy, whole = ByNumpy(), ByNumpy(block=_WHOLE)
    field.enter(NUMPY, lambda: by_numpy.run(rows), coded)
    field.enter(NUMPY_WHOLE, lambda: whole.run(rows), coded)
    field.enter("NumPy by hand, in blocks, its tables laid out anew", lambda: ByNumpy().run(rows), coded)
    absent = section.absent
    polars = module("benchmarks.competitors.by_polars", absent, "polars")
    if polars is not None:
        for who, enums in ((POLARS, True), ("polars by hand, texts", False)):
            run = functools.partial(polars.run, polars.frame(rows, enums=enums), enums=enums)
            field.enter(who, run, lambda frame: checking.of_arrow(frame.to_arrow()))
    duckdb = module("benchmarks.competitors.by_duckdb", absent, "DuckDB")
    if duckdb is not None:
        field.enter(
            "DuckDB SQL, ENUM columns",
            functools.partial(duckdb.run, duckdb.connect(rows)),
            lambda table: checking.of_arrow(table.sort_by("number")),
        )
    openfisca = module("benchmarks.competitors.by_openfisca", absent, "OpenFisca-Core")
    if openfisca is not None:
        run = functools.partial(openfisca.run, openfisca.system(), openfisca.columns_of(rows), rows.count)
        field.enter("OpenFisca-Core, coded columns", run, openfisca.coded)
    if rows.count <= _MOST_ROWS_ONE_BY_ONE:
        dicts = as_dicts(rows)
        field.enter("plain function in a loop", lambda: [by_function.answers(row) for row in dicts], checking.of_tuples)
        pandas = module("benchmarks.competitors.by_pandas", absent, "pandas")
        if pandas is not None:
            field.enter("pandas apply", functools.partial(pandas.run, pandas.frame(rows)), pandas.coded)
    ours = module("benchmarks.competitors.ours_table", absent, OURS)
    if ours is not None:
        _enter_ours(field, ours)
    return field


def _enter_ours(field: Field, ours: ModuleType) -> None:
    batch = as_arrow(field.rows)
    texts = as_arrow(field.rows, dictionaries=False)
    for threads in (1, 2):
        more = "" if threads == 1 else f", {threads} threads"
        warm = ours.runner(threads=threads)
        field.enter(WARM + more, functools.partial(warm.run, batch), checking.of_arrow)
        field.enter(COLD + more, lambda threads=threads: ours.runner(threads=threads).run(batch), checking.of_arrow)
    reader = ours.runner()
    field.enter(f"{WARM}, plain texts in", functools.partial(reader.run, texts), checking.of_arrow)


def measure(setting: Setting) -> Section:
    """Everybody at every size, and what missing facts cost."""
    section = Section("Tables")
    section.text = (
        "Input in memory in everybody's own form, all outcomes out: the overall answer, a verdict for each rule, an "
        "amount for each line, the total. *Times NumPy* is how many times as quick as NumPy by hand in blocks, the "
        "median of the ratios of each round; below 1 is slower. Warm: the tables of the rules are kept from a run "
        "before; cold: they are made anew."
    )
    for size in setting.sizes:
        field = entered(generate(size), section)
        field.check()
        rounds = setting.rounds if size <= ROWS_OF_A_MARK else _TURNS_OF_LARGE
        timed = take_turns(field.contestants, rounds)
        section.tables.append(_told(size, timed))
        if size == ROWS_OF_A_MARK and WARM in timed:
            for key, who in (("warm", WARM), ("cold", COLD)):
                section.measured[f"table.{key}"] = timed[NUMPY].times(timed[who])
                section.measured[f"table.{key}.whole"] = timed[NUMPY_WHOLE].times(timed[who])
        if size > ROWS_OF_A_MARK and WARM in timed and POLARS in timed:
            quickest = min((who for who in timed if who.startswith(WARM)), key=lambda who: timed[who].median)
            section.measured["table.polars"] = timed[POLARS].times(timed[quickest])
        del field
    _measure_missing(setting, section)
    return section


def _told(size: int, timed: dict[str, Timed]) -> Table:
    return Table(
        ("", "ms", "best ms", "million rows a second", "times NumPy"),
        [
            (
                who,
                of(each.median * size * 1e3),
                of(each.best * size * 1e3),
                of(1e-6 / each.median),
                of(timed[NUMPY].times(each)),
            )
            for who, each in sorted(timed.items(), key=lambda item: item[1].median)
        ],
        title=f"{count(size)} rows",
    )


def _measure_missing(setting: Setting, section: Section) -> None:
    """What it costs when 3 % of four columns is not known, and whether the answers are still those of one by one."""
    ours = module("benchmarks.competitors.ours_table", section.absent, OURS)
    if ours is None:
        return
    size = min(ROWS_OF_A_MARK, max(setting.sizes))
    rows = generate(size)
    gaps = with_unknowns(rows)
    known, unknown = as_arrow(rows), as_arrow(gaps)
    runner = ours.runner()
    some = gaps.part(0, min(size, 1_000 if setting.is_quick else 5_000))
    expected = checking.of_tuples([ours_single.answers(row) for row in as_dicts(some)])
    checking.agree("icm-rules with missing facts", checking.of_arrow(runner.run(as_arrow(some))), expected, some)
    section.checked.append(f"{count(some.count)} rows with missing facts: the table, and the same rows one by one")
    timed = take_turns(
        {
            "nothing missing": Contestant(lambda: runner.run(known), size),
            "3 % of four columns missing": Contestant(lambda: runner.run(unknown), size),
        },
        setting.rounds,
    )
    times = timed["3 % of four columns missing"].times(timed["nothing missing"])
    section.tables.append(
        Table(
            ("", "ms"),
            [(who, of(each.median * size * 1e3)) for who, each in timed.items()],
            title=f"Missing facts, {count(size)} rows, warm: {times:.2f} times",
        )
    )
    section.measured["table.missing"] = times
