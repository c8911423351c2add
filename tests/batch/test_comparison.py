"""Reforms, and tables compared under them: what is told is what the plain road says row by row."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icm_rules.batch import table as road
from icm_rules.batch.comparison import Comparer, Comparison, compare
from icm_rules.batch.reforms import RATES, Reform
from icm_rules.batch.simulation import Simulation
from icm_rules.engine import Answer, GuideError, InputError, Verdict, fact, met, not_met, rule
from icm_rules.evaluate import evaluation
from icm_rules.guide import guide
from icm_rules.model.grant import grant_of
from icm_rules.model.terms import Stage
from icm_rules.model.vocabulary import mobility_of
from icm_rules.report.records import _OVERALL
from icm_rules.rules import RULEBOOK

ROWS = 300


@pytest.fixture(scope="module")
def stays() -> pa.Table:
    """Simulated mobilities of three calls."""
    return Simulation(seed=11, calls=(2018, 2020, 2024), missing=Decimal("0.02")).table(ROWS)


@pytest.fixture(params=["plain road", "fast road"])
def by_road(request, monkeypatch):
    """Small tables are answered row by row, and longer ones by tables; both must say the same."""
    if request.param == "fast road":
        monkeypatch.setattr(road, "PLAIN_ROWS", 0)


def answers_of(table: pa.Table, side: Reform) -> list[Any]:
    """The evaluation of each row by the plain road; None where it cannot be answered."""
    found = []
    for row in table.to_pylist():
        told = {name: value for name, value in row.items() if value is not None}
        try:
            mobility = mobility_of(told)
            found.append(evaluation(mobility, guide=side.guide_of(mobility.call), rulebook=side.rulebook))
        except (InputError, GuideError):
            found.append(None)
    return found


def check_against_the_plain_road(table: pa.Table, before: Any, after: Any, found: Comparison) -> None:
    """Every figure and every row that moved is what the plain road makes of it."""
    pairs = list(zip(answers_of(table, Reform.of(before)), answers_of(table, Reform.of(after)), strict=True))
    matrix: Counter[tuple[str, str]] = Counter()
    differences: Counter[Decimal] = Counter()
    moved: dict[int, dict[str, Any]] = {}
    sums: Counter[str] = Counter()
    totals = dict.fromkeys(("before_eur", "after_eur", "range_before_low_eur", "range_after_high_eur"), Decimal(0))
    for number, pair in enumerate(pairs, start=1):
        if None in pair:
            sums["not_answered"] += 1
            continue
        grants = [grant_of(each) for each in pair]
        words = tuple(str(_OVERALL[each.overall]) for each in pair)
        matrix[words] += 1
        if all(grant.total is not None for grant in grants):
            sums["exact"] += 1
            differences[grants[1].total - grants[0].total] += 1
            totals["before_eur"] += grants[0].total
            totals["after_eur"] += grants[1].total
        elif any(grant.open_lines for grant in grants):
            sums["open"] += 1
        else:
            sums["ranges"] += 1
            totals["range_before_low_eur"] += grants[0].low
            totals["range_after_high_eur"] += grants[1].high
        lines = [
            {line.identity: (line.low, line.high) for line in grant.lines if line.is_open or line.high}
            for grant in grants
        ]
        movers = {name for name in {*lines[0], *lines[1]} if lines[0].get(name) != lines[1].get(name)}
        if words[0] != words[1] or movers:
            moved[number] = {
                "overall_before": words[0],
                "overall_after": words[1],
                "total_before_eur": grants[0].total,
                "total_after_eur": grants[1].total,
                "total_before_low_eur": grants[0].low,
                "total_after_high_eur": grants[1].high,
                "movers": movers,
            }
    assert {cell: rows for cell, rows in found.matrix.items() if rows} == matrix
    assert {name: found[name] for name in ("exact", "open", "ranges", "not_answered")} == {
        name: sums[name] for name in ("exact", "open", "ranges", "not_answered")
    }
    assert {name: found[name] for name in totals} == totals
    assert found["difference_eur"] == totals["after_eur"] - totals["before_eur"]
    assert {row["difference_eur"]: row["rows"] for row in found.differences.to_pylist()} == differences
    assert found.moved is not None
    told = {row["row"]: row for row in found.moved.to_pylist()}
    assert set(told) == set(moved)
    for number, wanted in moved.items():
        row, movers = told[number], wanted.pop("movers")
        assert {name: row[name] for name in wanted} == wanted
        named = set(row["rules"].split(", "))
        assert movers == {name for name in named if not RULEBOOK.rule(name).decides}
        if row["overall_before"] != row["overall_after"]:
            assert any(RULEBOOK.rule(name).decides for name in named)


SHORTER = guide(2018).amended(staff_duration=attrs.evolve(guide(2018)["staff_duration"], maximum_days=9))
STRICTER_TEACHING = RULEBOOK.without("duration.teaching.hours")


@pytest.mark.usefixtures("by_road")
class TestBothSides:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (None, Reform.of(None).taking(2024, "student_rates")),
            (None, Reform.of(None).taking(2024, "rates")),
            (None, {2018: SHORTER}),
            (2018, 2024),
            (None, 2020),
            (2024, None),
            (None, STRICTER_TEACHING),
            (None, RULEBOOK.without("funding.travel.support")),
            (RULEBOOK.without("funding.travel.support"), None),
            (None, Reform.of(None).amended(travel_bands=guide(2024)["travel_bands"]) | Reform.of(STRICTER_TEACHING)),
        ],
        ids=[
            "one amount",
            "the rates of 2024",
            "one limit of one call",
            "one Guide against another",
            "each by its own, and all by 2020",
            "the other way round",
            "without a rule that decides",
            "without a rule that pays",
            "with a rule that pays",
            "an amount and a rule",
        ],
    )
    def test_every_row_is_compared_as_the_plain_road_would(self, stays, before, after):
        check_against_the_plain_road(stays, before, after, compare(stays, before, after))

    def test_no_row_moves_where_both_sides_are_the_same(self, stays):
        found = compare(stays, None, None)
        assert found.moved.num_rows == 0
        assert found["difference_eur"] == 0
        assert found["gaining"] == found["losing"] == found.rules.num_rows == 0
        assert found.quantiles() == dict.fromkeys(found.quantiles(), Decimal(0))
        assert "no row has another overall answer" in str(found)

    def test_every_row_may_move(self):
        """Twenty days are within the maximum of 2018, and above the nine of the reform."""
        row = {name: value for name, value in TRAINING.items() if name != "stage"} | {"end_date": date(2019, 3, 23)}
        found = compare(table_of([row] * 5), None, SHORTER)
        assert found.moved.num_rows == found["rows"] == 5
        assert found.moved.column("rules").to_pylist() == ["duration.staff.maximum"] * 5
        assert found.matrix["cannot tell yet", "not eligible"] == 5

    def test_a_rule_that_is_not_worse_is_no_mover(self, stays):
        """Where a row becomes refused, each deciding rule that is named refuses it now and did not before."""
        found = compare(stays, None, 2024)
        after = answers_of(stays, Reform.of(2024))
        before = answers_of(stays, Reform.of(None))
        became = [row for row in found.moved.to_pylist() if row["overall_after"] == "not eligible"]
        became = [row for row in became if row["overall_before"] != "not eligible"]
        assert became
        for row in became:
            named = [name for name in row["rules"].split(", ") if RULEBOOK.rule(name).decides]
            place = row["row"] - 1
            assert named
            assert {after[place].outcomes[name].verdict for name in named} == {Verdict.NOT_MET}
            assert Verdict.NOT_MET not in {before[place].outcomes[name].verdict for name in named}


TRAINING: dict[str, Any] = {
    "call": 2018,
    "stage": "application",
    "activity": "training",
    "sending_country": "DE",
    "sending_kind": "university",
    "sending_holds_charter": True,
    "receiving_country": "GE",
    "receiving_kind": "university",
    "receiving_is_recognised": True,
    "start_date": date(2019, 3, 4),
    "end_date": date(2019, 3, 8),
    "distance_km": 2900,
    "travel_days_claimed": 0,
}
"""An eligible stay of five days, of which every amount can be told."""


def table_of(rows: list[dict[str, Any]]) -> pa.Table:
    """A table of these rows, with the columns of the first."""
    return pa.Table.from_pylist(rows)


class TestWhatIsTold:
    def test_a_stay_is_paid_by_the_rates_of_the_other_call(self):
        """Five days at 180, later 190 EUR, and the travel band from 2000 km: 360, later 395 EUR."""
        found = compare(table_of([TRAINING]), None, Reform.of(None).taking(2024, "rates"))
        (row,) = found.moved.to_pylist()
        assert (row["total_before_eur"], row["total_after_eur"]) == (Decimal("1260.00"), Decimal("1345.00"))
        assert row["difference_eur"] == Decimal("85.00")
        assert row["rules"] == "funding.staff.days_in_full, funding.travel.support"

    def test_a_range_is_counted_apart_and_never_as_zero(self):
        untold = TRAINING | {"distance_km": None}
        found = compare(table_of([TRAINING, untold]), None, Reform.of(None).taking(2024, "rates"))
        assert (found["exact"], found["ranges"], found["open"]) == (1, 1, 0)
        assert found["difference_eur"] == Decimal("85.00")
        assert (found["range_before_low_eur"], found["range_before_high_eur"]) == (900, 900 + 1500)
        assert (found["range_after_low_eur"], found["range_after_high_eur"]) == (950, 950 + 1735)
        (_, row) = found.moved.to_pylist()
        assert row["difference_eur"] is None
        assert row["total_after_high_eur"] == Decimal("2685.00")
        assert "1 row whose total is a range, 900.00 to 2,400.00 EUR before" in str(found)

    def test_a_line_that_becomes_open_is_counted_apart(self):
        """The groups of 2024 no longer hold the United Kingdom, so no rate is written for it."""
        to_london = TRAINING | {
            "sending_country": "GE",
            "sending_is_recognised": True,
            "sending_holds_charter": None,
            "receiving_country": "GB",
            "receiving_holds_charter": True,
            "receiving_is_recognised": None,
        }
        found = compare(
            table_of([to_london]), None, Reform.of(None).taking(2024, "staff_rates", "staff_country_groups")
        )
        assert (found["exact"], found["open"]) == (0, 1)
        assert found["before_eur"] == found["after_eur"] == 0
        (row,) = found.moved.to_pylist()
        assert row["total_before_eur"] == Decimal("1260.00")
        assert row["total_after_eur"] is row["total_after_high_eur"] is None
        assert row["total_after_low_eur"] == Decimal("360.00")

    def test_a_row_that_cannot_be_answered_is_told_and_stands_in_no_sum(self, monkeypatch):
        soon = TRAINING | {"start_date": "soon", "end_date": None}
        rows = [TRAINING | {"start_date": "2019-03-04", "end_date": "2019-03-08"}, soon]
        found = compare(table_of(rows), None, 2024)
        assert (found["rows"], found["not_answered"]) == (2, 1)
        assert sum(found.matrix.values()) == 1
        ((row, problem),) = found.problems
        assert row == 2
        assert problem.startswith("start_date: 'soon'")
        assert "Not answered: 1 row" in str(found)

    def test_a_row_of_a_call_without_a_guide_is_not_answered_on_one_side(self):
        found = compare(table_of([TRAINING, TRAINING | {"call": 2021}]), None, 2018)
        assert found["not_answered"] == 1
        assert found.moved.num_rows == 0
        assert "2021" in found.problems[0][1]

    def test_a_row_that_only_the_second_side_cannot_answer_is_told(self):
        found = compare(table_of([TRAINING, TRAINING | {"call": 2021}]), 2018, {2018: guide(2018)})
        assert found["not_answered"] == 1
        assert found.problems[0][0] == 2
        assert found.moved.num_rows == 0

    def test_a_name_cannot_steer_a_terminal(self):
        told = str(compare(table_of([TRAINING]), None, Reform.of(2024).named("a\x1b[2Jb\nc")))
        assert "after:  a\N{REPLACEMENT CHARACTER}[2Jb c\n" in told

    def test_rows_of_other_calls_are_said_to_be_answered_by_a_guide_not_theirs(self):
        told = str(compare(table_of([TRAINING]), None, 2024))
        assert "1 row of other calls answered by Programme Guide 2024, as if they were of call 2024" in told

    def test_rules_added_and_taken_away_are_named(self):
        @rule("duration.rest.enough", due=Stage.APPLICATION)
        def there_is_rest(staff_days: int) -> Answer:
            """The stay has a day of rest."""
            return met("rest") if staff_days > 6 else not_met("no rest")

        stricter = RULEBOOK.adding(there_is_rest)
        found = compare(table_of([TRAINING]), None, stricter)
        assert found.matrix["eligible", "not eligible"] == 1
        assert found.moved.column("rules").to_pylist() == ["duration.rest.enough"]
        back = compare(table_of([TRAINING]), stricter, None)
        assert back.matrix["not eligible", "eligible"] == 1
        assert back.moved.column("rules").to_pylist() == ["duration.rest.enough"]

    def test_a_fact_replaced_moves_what_rests_on_it(self):
        @fact
        def travel_is_to_be_paid(is_travel_paid_otherwise: bool) -> bool:
            """Whether travel takes place and nobody else pays it; here never."""
            return is_travel_paid_otherwise is None

        found = compare(table_of([TRAINING]), None, RULEBOOK.replacing(travel_is_to_be_paid))
        assert found["lost_eur"] == Decimal("-360.00")
        assert found.rules.column("rule").to_pylist() == ["funding.travel.support"]

    def test_the_rulebook_asked_for_is_that_of_both_sides(self):
        """But for a side that brings rules of its own."""
        less = RULEBOOK.without("funding.travel.support")
        assert compare(table_of([TRAINING]), None, None, rulebook=less)["before_eur"] == Decimal("900.00")
        assert compare(table_of([TRAINING]), None, less, rulebook=RULEBOOK)["after_eur"] == Decimal("900.00")

    def test_the_rounding_policy_is_used_on_both_sides(self):
        one = table_of([TRAINING])
        found = compare(one, None, Reform.of(None).taking(2024, "rates"), rounding="euro-down")
        assert found.rounding == "euro-down"

    def test_more_threads_tell_the_same(self, stays, monkeypatch):
        monkeypatch.setattr(road, "PLAIN_ROWS", 0)
        one, two = (compare(stays, None, 2024, by="activity", threads=threads) for threads in (1, 2))
        assert one.to_dict() == two.to_dict()
        assert one.moved.to_pylist() == two.moved.to_pylist()

    def test_a_table_without_rows_is_compared(self, stays):
        found = compare(stays.slice(0, 0), None, 2024, by="activity")
        assert found["rows"] == found["difference_eur"] == 0
        assert found.totals.num_rows == found.moved.num_rows == found.differences.num_rows == 0
        assert set(found.quantiles().values()) == {None}
        assert str(found).startswith("Comparison of 0 rows")


class TestGroups:
    @settings(max_examples=12, deadline=None)
    @given(
        by=st.lists(
            st.sampled_from(["receiving_country", "activity", "direction", "call", "is_zero_grant", "my_column"]),
            min_size=1,
            max_size=3,
            unique=True,
        ),
        rows=st.integers(1, 60),
        seed=st.integers(0, 5),
        batch=st.integers(1, 25),
    )
    def test_the_groups_sum_to_the_total(self, by, rows, seed, batch):
        """Every count and every amount, whatever the groups, and however the table is cut into batches."""
        table = Simulation(seed=seed, calls=(2018, 2024), missing=Decimal("0.05")).table(rows)
        table = table.append_column("my_column", pa.array([["a", None, "b"][row % 3] for row in range(rows)]))
        comparer = Comparer(None, 2020, by=by, carry="my_column")
        moved = [comparer.take(part) for part in table.to_batches(max_chunksize=batch)]
        found = comparer.comparison()
        total = found.total.to_pylist()[0]
        groups = found.totals.to_pylist()
        assert len({tuple(row[name] for name in by) for row in groups}) == len(groups)
        assert {name: sum(row[name] for row in groups) for name in total} == total
        assert total["rows"] == rows
        assert total["before_eur"] + total["difference_eur"] == total["after_eur"]
        assert total["gained_eur"] + total["lost_eur"] == total["difference_eur"]
        assert total["exact"] + total["ranges"] + total["open"] + total["not_answered"] == rows
        cells = found.overall.to_pylist()
        assert sum(row["rows"] for row in cells) == rows - total["not_answered"]
        assert sum(row["difference_eur"] for row in cells) == total["difference_eur"]
        whole = compare(table, None, 2020, by=by, carry="my_column")
        assert whole.to_dict() == found.to_dict()
        assert pa.Table.from_batches(moved).to_pylist() == whole.moved.to_pylist()

    def test_two_ways_to_write_a_country_are_one_group(self):
        rows = [TRAINING | {"receiving_country": country} for country in ("GR", "EL", "GE")]
        found = compare(table_of(rows), None, 2020, by="receiving_country")
        assert dict(
            zip(found.totals["receiving_country"].to_pylist(), found.totals["rows"].to_pylist(), strict=True)
        ) == {
            "GE": 1,
            "GR": 2,
        }

    def test_what_is_not_told_is_a_group_of_its_own_and_stands_last(self):
        rows = [TRAINING | {"receiving_country": country} for country in (None, "GE")]
        found = compare(table_of(rows), None, 2020, by="receiving_country")
        assert found.totals["receiving_country"].to_pylist() == ["GE", None]
        assert "not told" in str(found)

    def test_a_derived_fact_groups_by_what_the_first_side_says(self):
        found = compare(table_of([TRAINING]), None, 2024, by=["direction", "is_staff_mobility"])
        assert found.totals.select(["direction", "is_staff_mobility"]).to_pylist() == [
            {"direction": "outgoing", "is_staff_mobility": "yes"}
        ]

    def test_a_derived_fact_that_is_no_word_is_refused(self):
        with pytest.raises(InputError, match="receiving_status is no word and no number"):
            compare(table_of([TRAINING]), None, 2024, by="receiving_status")

    def test_an_unknown_group_is_refused_with_a_suggestion(self):
        with pytest.raises(InputError, match=r"no column 'recieving_country' to group by; did you mean 'receiving_"):
            compare(table_of([TRAINING]), None, 2024, by="recieving_country")

    @pytest.mark.parametrize(
        ("settings_", "message"),
        [
            ({"carry": "row"}, "'row' cannot be carried"),
            ({"by": "before_eur", "carry": "row_"}, "'before_eur' cannot be grouped by"),
            ({"carry": "nothing"}, "there is no column 'nothing' to carry"),
        ],
    )
    def test_a_column_that_cannot_be_used_is_refused(self, settings_, message):
        table = table_of([TRAINING | {"row_": 1, "before_eur": 2}])
        with pytest.raises(InputError, match=message):
            compare(table, None, 2024, **settings_)

    def test_a_column_that_is_no_fact_is_refused(self):
        with pytest.raises(InputError, match="the column 'recieving_country' is no fact; did you mean"):
            compare(table_of([TRAINING | {"recieving_country": "GE"}]), None, 2024)


class TestDistribution:
    @staticmethod
    def of(*differences: str) -> Comparison:
        """A comparison with these differences."""
        found = compare(table_of([TRAINING]), None, None)
        counts = Counter(map(Decimal, differences))
        return attrs.evolve(
            found,
            differences=pa.table(
                {
                    "difference_eur": pa.array(sorted(counts), pa.decimal128(18, 2)),
                    "rows": pa.array([counts[value] for value in sorted(counts)], pa.int64()),
                }
            ),
        )

    def test_an_edge_belongs_to_the_part_nearer_to_zero(self):
        found = self.of("-100.01", "-100", "-0.01", "0", "0.01", "50", "50.01").histogram([-100, 50])
        assert found == {"below -100": 1, "-100 to 0": 2, "no difference": 1, "0 to 50": 2, "above 50": 1}

    def test_zero_is_an_edge_whatever_is_asked(self):
        assert self.of("-3", "4").histogram([10]) == {"below 0": 1, "no difference": 0, "0 to 10": 1, "above 10": 0}

    @pytest.mark.parametrize("edge", ["many", "NaN", "Infinity"])
    def test_an_edge_that_is_no_number_is_refused(self, edge):
        with pytest.raises(InputError, match="is no number"):
            self.of("1").histogram([edge])

    def test_quantiles_are_differences_that_occurred(self):
        found = self.of("1", "2", "3", "4").quantiles([0, 0.25, 0.5, 0.51, 1])
        assert found == {0: 1, 0.25: 1, 0.5: 2, 0.51: 3, 1: 4}

    def test_a_share_that_is_none_is_refused(self):
        with pytest.raises(InputError, match="2 is no share"):
            self.of("1").quantiles([2])

    @given(st.lists(st.decimals(-2000, 2000, places=2).map(str), min_size=1, max_size=30))
    @settings(max_examples=30, deadline=None)
    def test_every_difference_lies_in_one_part(self, differences):
        assert sum(self.of(*differences).histogram().values()) == len(differences)


class TestForms:
    @pytest.mark.parametrize("kind", [pa.Table, pd.DataFrame, pl.DataFrame])
    @pytest.mark.parametrize("what", ["moved", "totals", "total", "overall", "rules", "differences"])
    def test_its_tables_come_as_the_kind_of_frame_that_was_given(self, stays, kind, what):
        table = stays.slice(0, 40)
        given_ = {pa.Table: lambda: table, pd.DataFrame: table.to_pandas, pl.DataFrame: lambda: pl.from_arrow(table)}
        found = compare(given_[kind](), None, 2024, by="activity").to_frame(what)
        assert type(found) is kind
        assert len(found)

    def test_another_table_is_refused_with_a_suggestion(self, stays):
        with pytest.raises(InputError, match="no table 'move'; did you mean 'moved'"):
            compare(stays.slice(0, 2), None, 2024).to_frame("move")

    def test_rows_given_out_batch_by_batch_are_not_kept(self):
        comparer = Comparer(None, 2024)
        assert comparer.take(table_of([TRAINING]).to_batches()[0]).num_rows == 1
        with pytest.raises(InputError, match="not kept"):
            comparer.comparison().to_frame()

    def test_carried_columns_come_first_and_keep_their_type(self):
        table = table_of([TRAINING | {"my_number": 7}])
        found = compare(table, None, 2024, carry=["my_number", "activity"])
        assert found.moved.schema.names[:3] == ["my_number", "activity", "row"]
        assert found.moved.column("my_number").to_pylist() == [7]

    def test_the_dictionary_is_json(self, stays):
        found = compare(stays.slice(0, 30), None, 2024, by="activity")
        told = json.loads(json.dumps(found.to_dict()))
        assert told["before"] == "the Guide of each call"
        assert told["total"]["rows"] == 30
        assert Decimal(told["total"]["difference_eur"]) == found["difference_eur"]

    def test_html_is_escaped_and_has_no_scripts(self):
        table = table_of([TRAINING | {"my_column": "<script>alert(1)</script>"}])
        found = compare(table, None, Reform.of(2024).named("a <b> reform"), by="my_column")
        told = found._repr_html_()
        assert "&lt;script&gt;" in told
        assert "a &lt;b&gt; reform" in told
        assert "<script" not in told

    def test_its_text_has_no_line_that_ends_in_a_blank(self, stays):
        told = str(compare(stays, None, 2024, by="activity"))
        assert all(line == line.rstrip() for line in told.splitlines())

    def test_what_stands_for_it_names_both_sides(self):
        assert repr(compare(table_of([TRAINING]), 2018, 2024)) == (
            "Comparison('Programme Guide 2018', 'Programme Guide 2024', 1 rows)"
        )

    def test_without_matplotlib_it_says_what_to_install(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "matplotlib", None)
        for name in [*sys.modules]:
            if name.startswith("matplotlib.") or name == "icm_rules.batch.plots":
                monkeypatch.delitem(sys.modules, name)
        import icm_rules.batch

        monkeypatch.delattr(icm_rules.batch, "plots", raising=False)
        with pytest.raises(InputError, match=r'pip install "icm-rules\[plots\]"'):
            compare(table_of([TRAINING]), None, 2024).plot()

    @pytest.mark.skipif(importlib.util.find_spec("matplotlib") is None, reason="the extra plots is not installed")
    @pytest.mark.parametrize(("by", "panels"), [((), 1), (("activity",), 2)])
    def test_a_figure_has_a_panel_for_the_differences_and_one_for_groups(self, stays, by, panels, tmp_path):
        figure = compare(stays.slice(0, 40), None, 2024, by=by).plot()
        assert len(figure.axes) == panels
        figure.savefig(tmp_path / "figure.png")
        assert (tmp_path / "figure.png").stat().st_size > 1000


class TestSides:
    def test_a_file_is_a_side(self, tmp_path: Path):
        file = tmp_path / "reform.toml"
        file.write_text(
            'call = 2018\namends = 2018\ntitle = "Nine days"\n\n[staff_duration]\nminimum_days = 5\nmaximum_days = 9\n'
            'consecutive = true\nsource = ["mine"]\nconfidence = "official"\n\n'
            '[sources.mine]\ntitle = "A draft"\nurl = []\nkind = "secondary"\n',
            "utf-8",
        )
        side = Reform.of(str(file))
        assert side.name == "Nine days (reform.toml)"
        assert side.guide_of(2024)["staff_duration"].maximum_days == 9

    @pytest.mark.parametrize("side", [True, 3.5, "2024", {2018: 2018}, object])
    def test_anything_else_is_refused(self, side):
        with pytest.raises(InputError, match="is no side of a comparison"):
            Reform.of(side)

    def test_a_call_without_a_guide_is_refused(self):
        with pytest.raises(GuideError, match="2021"):
            Reform.of(2021)

    def test_it_may_be_given_a_name(self):
        assert Reform.of(2024, "next").name == Reform.of(2024).named("next").name == "next"

    def test_a_guide_by_call_answers_the_rows_of_that_call_alone(self):
        side = Reform.of({2018: SHORTER})
        assert side.guide_of(2018) is SHORTER
        assert side.guide_of(2020) is guide(2020)

    def test_the_rates_are_five_paragraphs_of_every_guide(self):
        side = Reform.of(2018).taking(2024, "rates")
        assert set(side.paragraphs) == set(RATES)
        assert side.guide_of(2018)["student_rates"].lines[0].eur_per_month == Decimal(900)
        assert side.guide_of(2018)["travel_bands"].lines[1].eur == Decimal(28)
        assert side.guide_of(2018)["staff_duration"] == guide(2018)["staff_duration"]
        assert "rates of Programme Guide 2024" in side.name

    def test_paragraphs_taken_stand_in_the_guide_of_each_call(self):
        side = Reform.of(None).taking(guide(2024), "travel_bands")
        for call in (2015, 2018, 2026):
            assert side.guide_of(call)["travel_bands"].lines[1].eur == Decimal(28)
            assert side.guide_of(call).call == call
        assert set(side.guides) >= {2015, 2026}
        assert len(side.guides) == 11
        with pytest.raises(GuideError, match="2021"):
            side.guide_of(2021)

    def test_an_unknown_paragraph_is_refused_with_a_suggestion(self):
        with pytest.raises(GuideError, match="no Guide has a paragraph 'student_rate'; did you mean"):
            Reform.of(2018).taking(2024, "student_rate")

    def test_to_take_nothing_is_refused(self):
        with pytest.raises(InputError, match="name those to be taken"):
            Reform.of(2018).taking(2024)


class TestTogether:
    RATE = Reform.of(None).taking(2024, "student_rates")
    BANDS = Reform.of(None).taking(2024, "travel_bands")

    def test_different_paragraphs_go_together(self):
        both = self.RATE | self.BANDS
        assert set(both.paragraphs) == {"student_rates", "travel_bands"}
        assert both.name == f"{self.RATE.name} and {self.BANDS.name}"

    def test_what_changes_nothing_goes_with_anything(self):
        assert (self.RATE | Reform.of(None)).name == self.RATE.name
        assert (Reform.of(None) | self.RATE).paragraphs == self.RATE.paragraphs
        assert (Reform.of(2018) | Reform.of(2018)).guide is guide(2018)

    def test_two_guides_amended_in_different_paragraphs_go_together(self):
        bands = guide(2018).amended(travel_bands=guide(2024)["travel_bands"])
        for both in (Reform.of(SHORTER) | Reform.of(bands), Reform.of({2018: bands}) | Reform.of({2018: SHORTER})):
            found = both.guide_of(2018)
            assert found["staff_duration"].maximum_days == 9
            assert found["travel_bands"].lines[1].eur == Decimal(28)

    def test_guides_of_different_calls_by_call_go_together(self):
        both = Reform.of({2018: SHORTER}) | Reform.of({2020: guide(2018)})
        assert both.guide_of(2018) is SHORTER
        assert both.guide_of(2020) is guide(2018)

    @pytest.mark.parametrize(
        ("other", "message"),
        [
            (Reform.of(guide(2018).amended(staff_duration=guide(2024)["staff_duration"])), "paragraph staff_duration"),
            (Reform.of(None).taking(2024, "staff_duration"), "the paragraph staff_duration"),
            (Reform.of(2024), "answer by two Guides"),
            (Reform.of({2020: SHORTER}), "cannot go together"),
        ],
    )
    def test_what_both_change_is_refused_in_either_order(self, other, message):
        mine = Reform.of(guide(2018).amended(staff_duration=attrs.evolve(SHORTER["staff_duration"], maximum_days=8)))
        for one, two in ((mine, other), (other, mine)):
            with pytest.raises(InputError, match=message):
                one | two

    def test_a_paragraph_taken_from_two_guides_is_refused(self):
        with pytest.raises(InputError, match="the paragraph travel_bands"):
            self.BANDS | Reform.of(None).taking(2020, "travel_bands").amended(
                travel_bands=attrs.evolve(guide(2020)["travel_bands"], lines=())
            )

    def test_rulebooks_that_change_different_rules_go_together(self):
        one = Reform.of(RULEBOOK.without("duration.teaching.hours"))
        two = Reform.of(RULEBOOK.without("funding.travel.support"))
        found = {rule.identity for rule in (one | two).rulebook.rules}
        assert len(found) == len(RULEBOOK.rules) - 2
        assert not found & {"duration.teaching.hours", "funding.travel.support"}

    def test_rulebooks_that_change_the_same_rule_are_refused(self):
        name = "duration.teaching.hours"
        other = attrs.evolve(RULEBOOK.rule(name), title="Hours")
        with pytest.raises(InputError, match=f"the rule {name}"):
            Reform.of(RULEBOOK.without(name)) | Reform.of(RULEBOOK.replacing(other))

    def test_a_rulebook_goes_with_a_guide(self):
        both = Reform.of(2024) | Reform.of(STRICTER_TEACHING)
        assert both.guide is guide(2024)
        assert both.rulebook is STRICTER_TEACHING
        assert Reform.of(2024).with_rulebook(STRICTER_TEACHING).rulebook is STRICTER_TEACHING

    def test_only_reforms_go_together(self):
        with pytest.raises(TypeError):
            Reform.of(2024) | 2018  # type: ignore[operator]


class TestTellingAReform:
    def test_a_paragraph_is_told_with_both_figures(self):
        told = Reform.of(SHORTER).diff_against(2018)
        assert told.startswith("From Programme Guide 2018 to Programme Guide 2018, amended\n")
        assert "maximum days: 60 -> 9" in told

    def test_without_an_other_side_it_is_told_against_the_guide_of_its_call(self):
        assert "maximum days: 60 -> 9" in Reform.of(SHORTER).diff_against()

    def test_calls_that_change_alike_are_told_each(self):
        told = Reform.of(None).taking(2024, "travel_bands").diff_against(None, calls=[2018, 2024])
        assert "Rows of call 2018:" in told
        assert "Rows of call 2024" not in told

    def test_rules_are_told_by_what_they_say(self):
        name = "duration.teaching.hours"
        told = Reform.of(RULEBOOK.without(name)).diff_against()
        assert f"Removed:\n  {name}: {RULEBOOK.rule(name).statement}" in told
        assert f"Added:\n  {name}:" in Reform.of(None).diff_against(RULEBOOK.without(name))
        other = attrs.evolve(RULEBOOK.rule(name), title="Hours")
        assert f"Replaced:\n  {name}:" in Reform.of(RULEBOOK.replacing(other)).diff_against()

    def test_where_nothing_differs_it_says_so(self):
        assert Reform.of(2018).diff_against(2018).endswith("no change\n")
