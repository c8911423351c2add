"""How the cost grows: with rows, with rules, with distinct values."""

from __future__ import annotations

import itertools
import time
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.competitors.by_numpy import ByNumpy
from benchmarks.data import COUNTRIES, SEED, Rows, as_arrow, generate, stream
from benchmarks.results import Section, Table, count, of
from benchmarks.setting import ROWS_OF_A_MARK, Setting, module
from benchmarks.table import OURS
from benchmarks.timing import Contestant, take_turns
from icm_rules.rules import RULEBOOK

if TYPE_CHECKING:
    import pyarrow as pa

    from icm_rules.engine import Rulebook

_BLOCK = 1_000_000
_LONGEST = 100_000_000
_USUAL = 10_000_000


def measure(setting: Setting) -> Section:
    """All three."""
    section = Section("Growth")
    ours = module("benchmarks.competitors.ours_table", section.absent, OURS)
    if ours is not None:
        _with_rows(setting, section, ours)
        _with_rules(setting, section, ours)
        _with_distinct_values(setting, section, ours)
    return section


def _with_rows(setting: Setting, section: Section, ours: ModuleType) -> None:
    """The cost a row of a stream, a block after the other; making the rows is outside the clock."""
    block = setting.sizes[1] if setting.is_quick else _BLOCK
    total = 10 * block if setting.is_quick else _LONGEST if setting.is_long else _USUAL
    by_numpy, runner = ByNumpy(), ours.runner()
    taken: dict[str, list[float]] = {"icm-rules": [], "NumPy by hand, in blocks": []}
    for rows in stream(total, block=block):
        batch = as_arrow(rows)
        for who, run in (
            ("icm-rules", lambda batch=batch: runner.run(batch)),
            ("NumPy by hand, in blocks", lambda rows=rows: by_numpy.run(rows)),
        ):
            begun = time.perf_counter()
            run()
            taken[who].append((time.perf_counter() - begun) / rows.count * 1e9)
    steps = [step for step in (1, 2, 5, 10, 20, 50, 100) if step <= len(taken["icm-rules"])]
    table = Table(
        ("rows streamed so far", "icm-rules, ns a row in all", "of the last blocks", "NumPy, ns a row in all"),
        title="With rows: a stream through one runner, begun cold",
        note="*Of the last blocks* is the median of the blocks since the row above; flat is what it should be.",
    )
    before = 0
    for step in steps:
        mine, theirs = taken["icm-rules"], taken["NumPy by hand, in blocks"]
        table.rows.append(
            (
                count(step * block),
                of(float(np.mean(mine[:step]))),
                of(float(np.median(mine[before:step]))),
                of(float(np.mean(theirs[:step]))),
            )
        )
        before = step
    section.tables.append(table)
    mine = taken["icm-rules"]
    warm = float(np.median(mine[1 : max(3, len(mine) // 10 + 1)]))
    section.measured["growth.rows"] = float(np.median(mine[-max(1, len(mine) // 4) :])) / warm


def _some_rules(every: int) -> Rulebook:
    """Every so-manieth rule of the rulebook, so that each set holds the smaller one."""
    kept = {rule.identity for rule in RULEBOOK.rules[::every]}
    return RULEBOOK.without(*(rule.identity for rule in RULEBOOK.rules if rule.identity not in kept))


def wide(rows: Rows) -> pa.RecordBatch:
    """The rows with more facts told, so that rules outside the subset have something to answer."""
    import pyarrow as pa

    random = np.random.default_rng((SEED, 5))
    number = rows.count
    batch = as_arrow(rows)
    columns = {name: batch.column(name) for name in batch.schema.names}
    is_student = rows.columns["activity"] <= 1
    start = rows.columns["start_date"]
    # No stay has more days without grant than it has days.
    at_most_30 = np.minimum(rows.columns["end_date"] - start + 1, 30)

    def words(choices: tuple[str, ...], mask: np.ndarray | None = None) -> pa.Array:
        codes = pa.array(random.integers(0, len(choices), number).astype(np.int16), mask=mask)
        return pa.DictionaryArray.from_arrays(codes, pa.array(choices))

    def flags(share: float, mask: np.ndarray | None = None) -> pa.Array:
        return pa.array(random.random(number) < share, mask=mask)

    def days_before() -> pa.Array:
        return pa.array((start - random.integers(-3, 120, number)).astype(np.int32)).cast(pa.date32())

    columns |= {
        "sending_is_recognised": flags(0.99),
        "receiving_is_recognised": flags(0.99),
        "residence_country": pa.DictionaryArray.from_arrays(
            pa.array(rows.columns["sending_country"].astype(np.int16), mask=~is_student), pa.array(COUNTRIES)
        ),
        "is_enrolled": flags(0.98, ~is_student),
        "year_of_study": pa.array(random.integers(1, 6, number).astype(np.int8), mask=~is_student),
        "is_disadvantaged": flags(0.1, ~is_student),
        "is_employed_by_sending": flags(0.98, is_student),
        "is_invited": flags(0.1, is_student),
        "is_conference": flags(0.03),
        "is_digital_traineeship": flags(0.05),
        "receiving_asks_fees": flags(0.03),
        "is_insured": flags(0.95),
        "needs_visa": flags(0.5),
        "has_visa": flags(0.8),
        "credit_system": words(("ects", "comparable", "not_comparable")),
        "agreement_binds_partner_to_charter": flags(0.97),
        "agreement_provides_for_recognition": flags(0.97),
        "learning_agreement_signed_by_participant_on": days_before(),
        "learning_agreement_signed_by_sending_on": days_before(),
        "learning_agreement_signed_by_receiving_on": days_before(),
        "zero_grant_days": pa.array(np.where(random.random(number) < 0.05, at_most_30, 0).astype(np.int16)),  # noqa: PLR2004 - a share
        "is_travel_paid_otherwise": flags(0.03),
    }
    return pa.RecordBatch.from_pydict(columns)


def _with_rules(setting: Setting, section: Section, ours: ModuleType) -> None:
    size = min(ROWS_OF_A_MARK, max(setting.sizes))
    batch = wide(generate(size))
    contestants = {}
    for every in (8, 4, 2, 1):
        rulebook = _some_rules(every)
        runner = ours.runner(rulebook=rulebook)
        contestants[f"{len(rulebook.rules)} rules"] = Contestant(lambda runner=runner: runner.run(batch), size)
    timed = take_turns(contestants, min(setting.rounds, 5))
    names = list(timed)
    growth = {later: timed[later].times(timed[earlier]) for earlier, later in itertools.pairwise(names)}
    section.tables.append(
        Table(
            ("", "ms", "times the line above"),
            [(who, of(timed[who].median * size * 1e3), of(growth[who]) if who in growth else "") for who in names],
            title=f"With rules: {count(size)} rows of {len(batch.schema)} columns, warm",
        )
    )
    section.measured["growth.rules"] = max(growth.values())


def _with_distinct_values(setting: Setting, section: Section, ours: ModuleType) -> None:
    import pyarrow as pa

    size = min(ROWS_OF_A_MARK, max(setting.sizes))
    batch = as_arrow(generate(size))
    place = batch.schema.get_field_index("distance_km")
    random = np.random.default_rng((SEED, 7))
    contestants = {}
    for distinct in sorted({100, min(10_000, size), size}):
        values = np.round(np.linspace(10, 19_000, distinct), 3)
        kilometres = values[random.integers(0, distinct, size)] if distinct < size else random.permutation(values)
        one = batch.set_column(place, "distance_km", pa.array(kilometres))
        runner = ours.runner()
        contestants[f"{count(distinct)} distances, warm"] = Contestant(
            lambda runner=runner, one=one: runner.run(one), size
        )
        contestants[f"{count(distinct)} distances, cold"] = Contestant(lambda one=one: ours.runner().run(one), size)
    timed = take_turns(contestants, min(setting.rounds, 3))
    section.tables.append(
        Table(
            ("", "ms"),
            [(who, of(each.median * size * 1e3)) for who, each in timed.items()],
            title=f"With distinct values: {count(size)} rows",
        )
    )
