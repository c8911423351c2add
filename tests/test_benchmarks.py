"""What the benchmarks compare is comparable: everybody who is at hand answers every row as the library does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchmarks import checking
from benchmarks.competitors import by_duckdb, by_function, by_numpy, by_pandas, by_polars, ours_single, ours_table
from benchmarks.data import Rows, as_arrow, as_dicts, generate, stream, with_unknowns
from benchmarks.figures import FIGURES, read
from benchmarks.subset import FACTS, OUTCOMES, REQUIREMENTS, RULES, SUBSET, VERDICTS
from icm_rules.engine import RulebookError
from icm_rules.guide import guide

ROWS = 3_000


@pytest.fixture(scope="module")
def rows() -> Rows:
    return generate(ROWS)


@pytest.fixture(scope="module")
def expected(rows: Rows) -> dict[str, Any]:
    """What the library answers, row by row."""
    return checking.reference_of(rows, ours_single.answers)


def test_the_plain_function_agrees_with_the_library(rows, expected):
    assert checking.agree("plain", checking.reference_of(rows, by_function.answers), expected, rows) == ROWS


@pytest.mark.parametrize("block", [1, 700, ROWS, 1 << 62])
def test_numpy_by_hand_agrees_with_the_library_in_blocks_of_any_length(rows, expected, block):
    some = rows if block > 1 else rows.part(0, 50)
    answers = by_numpy.coded(by_numpy.ByNumpy(block).run(some))
    assert checking.agree("NumPy", answers, {name: column[: some.count] for name, column in expected.items()}, some)


@pytest.mark.parametrize("enums", [True, False])
def test_polars_by_hand_agrees_with_the_library(rows, expected, enums):
    found = by_polars.run(by_polars.frame(rows, enums=enums), enums=enums)
    assert checking.agree("polars", checking.of_arrow(found.to_arrow()), expected, rows) == ROWS


def test_duckdb_by_hand_agrees_with_the_library(rows, expected):
    found = by_duckdb.run(by_duckdb.connect(rows)).sort_by("number")
    assert checking.agree("DuckDB", checking.of_arrow(found), expected, rows) == ROWS


def test_pandas_apply_agrees_with_the_library(rows, expected):
    assert checking.agree("pandas", by_pandas.coded(by_pandas.run(by_pandas.frame(rows))), expected, rows) == ROWS


def test_the_table_agrees_with_the_library_row_by_row_with_and_without_missing_facts(rows, expected):
    runner = ours_table.runner()
    assert checking.agree("table", checking.of_arrow(runner.run(as_arrow(rows))), expected, rows) == ROWS
    gaps = with_unknowns(rows.part(0, 500))
    told = checking.reference_of(gaps, ours_single.answers)
    assert checking.agree("table", checking.of_arrow(runner.run(as_arrow(gaps))), told, gaps) == gaps.count


def test_a_difference_in_one_cell_is_a_disagreement_and_is_shown(rows, expected):
    wrong = dict(expected)
    wrong["overall"] = expected["overall"].copy()
    wrong["overall"][7] = (wrong["overall"][7] + 1) % 3
    with pytest.raises(checking.DisagreementError, match=r"somebody answers 1 rows of overall otherwise.*row 7"):
        checking.agree("somebody", wrong, expected, rows)


def test_every_requirement_is_met_by_some_rows_and_not_met_by_others():
    """Except for the activities, all of which are open in the call that is measured."""
    answers = by_numpy.coded(by_numpy.ByNumpy().run(generate(100_000)))
    assert not FIGURES.closed_activities
    for identity in REQUIREMENTS:
        verdicts = {VERDICTS[code] for code in np.unique(answers[identity])}
        assert verdicts >= ({"met"} if identity == "eligibility.activity.open" else {"met", "not met"}), identity
    shares = np.bincount(answers["overall"], minlength=3) / 100_000
    assert 0.6 < shares[0] < 0.8
    assert shares[2] > 0


def test_a_stream_gives_the_rows_of_the_whole(rows):
    blocks = list(stream(ROWS, block=1_000))
    whole = generate(ROWS, block=1_000)
    for name in FACTS:
        assert (np.concatenate([block.columns[name] for block in blocks]) == whole.columns[name]).all()
    assert [block.count for block in blocks] == [1_000] * 3


def test_the_same_seed_gives_the_same_rows_and_another_seed_others(rows):
    assert as_dicts(generate(50, seed=1)) == as_dicts(generate(50, seed=1)) != as_dicts(generate(50, seed=2))


def test_the_subset_holds_its_rules_and_no_other():
    assert tuple(rule.identity for rule in SUBSET.rules) == RULES
    assert len(OUTCOMES) == 1 + len(RULES) + 4 + 1
    with pytest.raises(RulebookError):
        SUBSET.without("duration.blended.minimum")


def test_a_guide_that_the_competitors_would_read_wrongly_is_refused():
    """They count students in months of 30 days, as the call that is measured does."""
    other = guide(2019)
    from attrs import evolve

    count = other["student_day_count"]
    with pytest.raises(ValueError, match="students are counted in months of 30 days"):
        read(other.amended(student_day_count=evolve(count, convention=other["staff_day_count"].convention)))
