"""A table answered once, and asked what reforms would change: the same answers as if it were asked anew."""

from __future__ import annotations

import gc
from decimal import Decimal
from typing import Any

import attrs
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icm_rules.batch import Baseline, Reform, Simulation, baseline, compare, evaluate_table
from icm_rules.batch import table as road
from icm_rules.batch.comparing import combined
from icm_rules.batch.planning import Plan
from icm_rules.batch.tabulation import Table
from icm_rules.engine import Answer, GuideError, InputError, fact, met, not_met, rule
from icm_rules.guide import guide
from icm_rules.model.terms import Stage
from icm_rules.rules import RULEBOOK

GIVE = ("overall", "verdicts", "reasons", "missing", "amounts", "ranges", "total")


@pytest.fixture(scope="module")
def stays() -> pa.Table:
    """Simulated mobilities of three calls, and rows that cannot be read or cannot be true."""
    table = Simulation(seed=5, calls=(2018, 2020, 2024), missing=Decimal("0.02")).table(400)
    rows = table.slice(0, 3).to_pylist()
    rows[0]["end_date"], rows[1]["start_date"] = rows[0]["start_date"].replace(year=2000), None
    rows[2]["call"] = 2021
    return pa.concat_tables([table, pa.Table.from_pylist(rows, schema=table.schema), table.slice(100, 200)])


@pytest.fixture(scope="module")
def today(stays):
    """The same, answered by tables."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(road, "PLAIN_ROWS", 0)
        return Baseline(stays, give=GIVE)


@pytest.fixture
def _by_tables(monkeypatch):
    """Answer by tables, however few rows there are."""
    monkeypatch.setattr(road, "PLAIN_ROWS", 0)


def asked_anew(table: pa.Table, side: Any, **more: Any) -> pa.Table:
    """The answers of a table that nobody asked before."""
    reform = Reform.of(side)
    return evaluate_table(table, guide=reform.guides, rulebook=reform.rulebook, **{"give": GIVE, **more})


@fact
def travel_is_to_be_paid(is_travel_paid_otherwise: bool) -> bool:
    """Whether travel takes place and nobody else pays it; here never."""
    return is_travel_paid_otherwise is None


@rule("duration.rest.enough", due=Stage.APPLICATION)
def there_is_rest(staff_days: int) -> Answer:
    """The stay has a day of rest."""
    return met("rest") if staff_days > 6 else not_met("no rest")


LATER = Reform.of(None).taking(2024, "rates")
SHORTER = guide(2018).amended(staff_duration=attrs.evolve(guide(2018)["staff_duration"], maximum_days=9))
SIDES = {
    "nothing": None,
    "one amount": Reform.of(None).taking(2024, "travel_bands"),
    "the rates of 2024": LATER,
    "one limit of one call": {2018: SHORTER},
    "another Guide": 2024,
    "who may go": Reform.of(None).taking(2024, "regions", "programme_countries"),
    "a fact": RULEBOOK.replacing(travel_is_to_be_paid),
    "a rule less": RULEBOOK.without("duration.teaching.hours"),
    "a rule more": RULEBOOK.adding(there_is_rest),
    "an amount and a fact": LATER | Reform.of(RULEBOOK.replacing(travel_is_to_be_paid)),
}


def last_band_raised_by(euros: int) -> Reform:
    """More travel support for the farthest."""
    bands = guide(2018)["travel_bands"]
    *others, last = bands.lines
    return Reform.of(None).amended(
        travel_bands=attrs.evolve(bands, lines=(*others, attrs.evolve(last, eur=last.eur + euros)))
    )


@pytest.mark.usefixtures("_by_tables")
class TestUnderAReform:
    @pytest.mark.parametrize("after", SIDES.values(), ids=SIDES)
    def test_it_says_what_the_table_says_when_it_is_asked_anew(self, today, stays, after):
        assert today.under(after).to_pylist() == asked_anew(stays, after).to_pylist()

    def test_what_was_answered_stays_as_it_was(self, today, stays):
        before = today.answers.to_pylist()
        today.under(2024)
        today.under(LATER)
        assert today.answers.to_pylist() == before == asked_anew(stays, None).to_pylist()

    def test_rules_that_are_not_touched_keep_their_very_columns(self, today):
        later = today.under(Reform.of(None).taking(2024, "travel_bands"))
        touched = set(today.touched(Reform.of(None).taking(2024, "travel_bands")))
        assert touched
        assert all("travel" in identity for identity in touched)
        kept = "duration.study.minimum"
        assert (
            later.column(kept).chunk(0).buffers()[1].address == today.answers.column(kept).chunk(0).buffers()[1].address
        )

    def test_the_functions_are_asked_about_cases_and_not_about_rows(self, stays, monkeypatch):
        """Of many rows that are alike in all that the reform asks, one is asked."""
        many = Baseline(pa.concat_tables([stays.slice(0, 300)] * 10))
        seen = []
        answer = Plan.answer

        def counted(plan: Plan, codes: Any, into: Any, *where: int, may_fill: bool) -> None:
            seen.append(into.rows)
            answer(plan, codes, into, *where, may_fill=may_fill)

        monkeypatch.setattr(Plan, "answer", counted)
        many.under(LATER)
        assert 0 < seen[0] <= 300

    def test_a_sweep_finds_its_cases_once(self, today, monkeypatch):
        found = []
        monkeypatch.setattr(baseline, "combined", lambda codes: found.append(codes) or combined(codes))
        totals = [today.under(last_band_raised_by(more)).column("total_high_eur").to_pylist() for more in (0, 100, 200)]
        assert len(found) <= 1
        assert totals[0] != totals[1] != totals[2]

    def test_one_reform_after_the_other_leaves_nothing_behind(self, today):
        """A long sweep takes no more memory than a short one."""

        def tables_after(sums: range) -> int:
            for more in sums:
                today.under(last_band_raised_by(more))
            gc.collect()
            return sum(isinstance(each, Table) for each in gc.get_objects())

        assert tables_after(range(1, 3)) == tables_after(range(3, 9)) > 0

    def test_amounts_are_those_of_the_comparison(self, today, stays):
        found = compare(stays, None, LATER)
        pairs = zip(
            today.answers.column("total_eur").to_pylist(),
            today.under(LATER).column("total_eur").to_pylist(),
            strict=True,
        )
        both = [(before, after) for before, after in pairs if before is not None and after is not None]
        assert found["difference_eur"] == sum(after - before for before, after in both) != 0

    def test_more_sets_of_cases_than_are_kept_push_out_the_oldest(self, stays, monkeypatch):
        monkeypatch.setattr(baseline, "MOST_SETS_OF_CASES", 1)
        found = []
        monkeypatch.setattr(baseline, "combined", lambda codes: found.append(codes) or combined(codes))
        today = Baseline(stays, give="total")
        for after in (LATER, Reform.of(None).taking(2024, "travel_bands"), LATER):
            assert today.under(after).to_pylist() == asked_anew(stays, after, give="total").to_pylist()
        assert len(found) == 3


AMOUNTS = st.sampled_from(["student_rates", "staff_rates", "travel_bands", "reduced_staff_rate", "study_duration"])
SOME = st.lists(AMOUNTS | st.sampled_from(["regions", "charter", "cycle_cap"]), min_size=1, max_size=3, unique=True)


@settings(max_examples=15)
@given(st.integers(0, 1000), SOME, st.sampled_from([2017, 2020, 2022, 2024]), st.integers(1, 2))
def test_any_paragraphs_of_another_call_change_what_they_change(seed, names, source, threads):
    """Whatever is taken from another Guide, a baseline says what a table that is asked anew says."""
    table = Simulation(seed=seed, calls=(2018, 2019, 2023), missing=Decimal("0.1")).table(60)
    after = Reform.of(None).taking(source, *names)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(road, "PLAIN_ROWS", 0)
        assert (
            Baseline(table, give=GIVE, threads=threads).under(after).to_pylist() == asked_anew(table, after).to_pylist()
        )


class TestTheWayIn:
    def test_a_small_table_goes_the_plain_road(self, stays):
        assert (
            Baseline(stays, give="total").under(LATER).to_pylist() == asked_anew(stays, LATER, give="total").to_pylist()
        )

    def test_the_same_kind_of_frame_comes_back(self, stays):
        small = stays.slice(0, 20)
        for frame, kind in ((pl.from_arrow(small), pl.DataFrame), (small.to_pandas(), pd.DataFrame)):
            today = Baseline(frame, give="total")
            assert isinstance(today.answers, kind)
            assert isinstance(today.under(2024), kind)

    def test_a_table_without_rows_is_answered(self, stays):
        today = Baseline(stays.slice(0, 0))
        assert today.under(2024).num_rows == today.answers.num_rows == 0
        assert today.under(2024).schema == today.answers.schema

    def test_the_rulebook_asked_for_is_that_of_both_sides(self, stays):
        less = RULEBOOK.without("funding.travel.support")
        today = Baseline(stays.slice(0, 10), rulebook=less, give="verdicts")
        assert "funding.travel.support" not in today.answers.column_names
        assert "funding.travel.support" not in today.under(2024).column_names
        assert today.touched(RULEBOOK) == ()

    @pytest.mark.usefixtures("_by_tables")
    def test_columns_that_are_carried_come_out_on_both_sides(self, stays):
        table = stays.slice(0, 50).append_column("office", pa.array(range(50)))
        today = Baseline(table, carry="office", call=2018, money="cents")
        assert today.under(LATER).column("office").to_pylist() == list(range(50))
        assert (
            today.under(LATER).to_pylist()
            == asked_anew(table, LATER, carry="office", call=2018, money="cents", give=road.GIVEN).to_pylist()
        )

    def test_a_side_that_cannot_be_is_refused(self, stays):
        today = Baseline(stays.slice(0, 5))
        with pytest.raises(GuideError, match="2021"):
            today.under(2021)
        with pytest.raises(InputError, match="no side"):
            today.under(3.5)
        with pytest.raises(InputError, match="cannot be given"):
            Baseline(stays, give="everything")
