"""The road of a table: the answers are those of one mobility after another."""

from __future__ import annotations

import json
import pickle
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import attrs
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from icm_rules.batch import table as road
from icm_rules.batch import tabulation
from icm_rules.batch.planning import Plan
from icm_rules.batch.simulation import Simulation
from icm_rules.engine import ROUNDINGS, Closed, Evaluation, InputError, Unknown, Verdict
from icm_rules.engine.answers import Based
from icm_rules.evaluate import evaluation
from icm_rules.guide import guide
from icm_rules.model.countries import Country
from icm_rules.model.grant import grant_of
from icm_rules.model.groups import days_used_in_cycle
from icm_rules.model.vocabulary import VOCABULARY, facts_of, mobility_of
from icm_rules.report.records import _OVERALL, plain
from icm_rules.rules import RULEBOOK
from tests import strategies

# Each example makes a plan of its own, which takes as long as many rows do.
FEWER = settings(
    max_examples=50,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
GIVE = ("overall", "verdicts", "reasons", "missing", "amounts", "ranges", "total")


def arrow_value(value: object) -> object:
    """A value as a column holds it: words as text, lists as JSON."""
    if isinstance(value, (tuple, list)):
        return json.dumps([plain(item) if not attrs.has(type(item)) else _plain_object(item) for item in value])
    if isinstance(value, (bool, int, Decimal, date)):
        return value
    return str(value)


def _plain_object(item: Any) -> Any:
    if attrs.has(type(item)) and not isinstance(item, str):
        found = {field.name: getattr(item, field.name) for field in attrs.fields(type(item))}
        return {name: _plain_object(value) for name, value in found.items() if value is not None}
    if isinstance(item, (tuple, list)):
        return [_plain_object(each) for each in item]
    return str(item) if isinstance(item, (Decimal, date)) else item


def column_of(values: Sequence[object]) -> pa.Array:
    """A column of these values, of one type."""
    told = [None if value is None else arrow_value(value) for value in values]
    kinds = {type(value) for value in told if value is not None}
    if kinds == {Decimal}:
        told = [None if value is None else Decimal(str(value)) for value in told]
    return pa.array(told)


def table_of(rows: Sequence[Mapping[str, object]]) -> pa.Table:
    """A table with a column for each fact that a row tells."""
    names = [name for name in VOCABULARY if any(row.get(name) is not None for row in rows)]
    return pa.table({name: column_of([row.get(name) for row in rows]) for name in names})


def expected_row(found: Evaluation) -> dict[str, object]:
    """The columns of one row, made from the plain road alone."""
    row: dict[str, object] = {"overall": str(_OVERALL[found.overall])}
    for identity, outcome in found.outcomes.items():
        row[identity] = str(outcome.verdict)
        row[f"{identity}.reason"] = outcome.sentence or None
        row[f"{identity}.missing"] = ", ".join(outcome.missing) or None
        if outcome.rule.pays and not outcome.rule.informs:
            low, high = (outcome.amounts() or (None, None)) if outcome.verdict is Verdict.DUE else (None, None)
            row[f"{identity}.eur"] = low if low == high else None
            row[f"{identity}.eur_low"], row[f"{identity}.eur_high"] = low, high
    grant = grant_of(found)
    row |= {"total_eur": grant.total, "total_low_eur": grant.low, "total_high_eur": grant.high, "problem": None}
    return row


def expected(rows: Sequence[Mapping[str, object]], guide: Any = None) -> list[dict[str, object]]:
    """The table that the plain road makes, row by row."""
    found = []
    for row in rows:
        told = {name: value for name, value in row.items() if value is not None}
        found.append(expected_row(evaluation(mobility_of(told), guide=guide)))
    return found


def check_equal(found: pa.Table, wanted: Sequence[Mapping[str, object]]) -> None:
    """Each row is the one that the plain road makes."""
    rows = found.to_pylist()
    assert len(rows) == len(wanted)
    for number, (row, other) in enumerate(zip(rows, wanted, strict=True)):
        differing = {name: (row[name], other[name]) for name in row if row[name] != other[name]}
        assert not differing, f"row {number}: {differing}"


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even small tables go the fast road."""
    monkeypatch.setattr(road, "PLAIN_ROWS", 0)


@FEWER
@given(mobilities=st.lists(strategies.mobilities(), min_size=1, max_size=12))
def test_a_table_is_its_rows_one_by_one(fast, mobilities):
    """Any mobilities, of several calls, told in part, answered together and one after another."""
    rows = [facts_of(mobility) for mobility in mobilities]
    check_equal(road.evaluate_table(table_of(rows), give=GIVE), expected(rows))


# --- rows that cannot be answered ---------------------------------------------------------------------------


def answered(row: Mapping[str, object]) -> dict[str, object] | str:
    """What the plain road makes of a row: its columns, or the sentence that refuses it."""
    told = {name: value for name, value in row.items() if value is not None}
    try:
        return expected_row(evaluation(mobility_of(told)))
    except InputError as refusal:
        return f"{refusal.field}: {refusal}" if refusal.field else str(refusal)


@FEWER
@given(
    mobilities=st.lists(strategies.mobilities(), min_size=2, max_size=8),
    mixed=st.lists(st.integers(0, 7), min_size=len(VOCABULARY), max_size=len(VOCABULARY)),
)
def test_what_cannot_be_true_is_refused_as_in_one_mobility_and_the_other_rows_answer(fast, mobilities, mixed):
    """Facts of one mobility beside those of another are often untrue together; the model says when."""
    rows = [facts_of(mobility) for mobility in mobilities]
    torn = {name: rows[mixed[place] % len(rows)].get(name) for place, name in enumerate(VOCABULARY)}
    torn["call"] = rows[0]["call"]
    rows.append(torn)
    found = road.evaluate_table(table_of(rows), give=GIVE).to_pylist()
    for row, told in zip(found, rows, strict=True):
        wanted = answered(told)
        if isinstance(wanted, str):
            assert row == dict.fromkeys(row) | {"problem": wanted}
        else:
            assert row == {name: wanted[name] for name in row}


SOUND = {"call": 2019, "activity": "training", "start_date": "2019-10-01", "end_date": "2019-10-05"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"start_date": "soon"}, "start_date: 'soon' is no date"),
        ({"start_date": "2019-10-06"}, "end_date: the stay ends on 2019-10-05, before it starts on 2019-10-06"),
        ({"call": "2021"}, "2021"),
        ({"call": None}, "call: the call is not told"),
        ({"activity": "teching"}, "activity: 'teching' is not known here; did you mean 'teaching'?"),
        ({"study_cycle": "first", "is_invited": "true"}, "participant_kind: the participant is told both as a student"),
        ({"study_cycle": "first"}, "activity: training is an activity of staff"),
        ({"sending_kind": "enterprise", "sending_holds_charter": "true"}, "the Charter and an Erasmus code are for"),
        ({"real_travel_costs_eur": "9" * 20, "distance_km": "500", "call": "2024"}, None),
        ({"is_insured": "perhaps"}, "is_insured: 'perhaps' is neither true nor false"),
        ({"interruption_days": "6"}, "interruption_days: 6 days of interruption are more than the 5 days of the stay"),
        ({"zero_grant_days": "9" * 12}, "999999999999 days without grant are more than the 5 days of the stay"),
        ({"interruption_days": "3", "zero_grant_days": "3"}, "are together more than the 5 days of the stay"),
        ({"interruption_days": "3", "zero_grant_days": "2"}, None),
        ({"zero_grant_days": "6", "end_date": None}, None),
        ({"travel_legs": "by train"}, "travel_legs: 'by train' is no list"),
    ],
)
@pytest.mark.parametrize("threshold", [0, 2000])
def test_a_row_that_cannot_be_answered_says_why_and_the_others_answer(monkeypatch, change, words, threshold):
    monkeypatch.setattr(road, "PLAIN_ROWS", threshold)
    rows = [SOUND, SOUND | change, SOUND]
    names = list(dict.fromkeys(name for row in rows for name in row))
    texts = {name: [None if row.get(name) is None else str(row[name]) for row in rows] for name in names}
    found = road.evaluate_table(pa.table({name: pa.array(column, pa.string()) for name, column in texts.items()}))
    first, changed, last = found.to_pylist()
    assert first == last
    assert first["problem"] is None
    assert first["overall"] is not None
    if words is None:
        assert changed["problem"] is None
    else:
        assert words in changed["problem"]
        assert all(value is None for name, value in changed.items() if name != "problem")


@pytest.mark.parametrize("kind", [pa.int16(), pa.int64()])
def test_numbers_of_days_beyond_the_stay_are_problems_of_their_rows(fast, kind):
    """February in months of 30 days has 30 of them, so it may be told to have none left."""
    days = [None, 0, 28, 30, 31, 28]
    table = pa.table(
        {
            "call": [2019] * 6,
            "activity": ["studies"] * 6,
            "start_date": pa.array([date(2019, 2, 1)] * 6),
            "end_date": pa.array([date(2019, 3, 1)] * 4 + [date(2019, 3, 1), None]),
            "zero_grant_days": pa.array(days, kind),
            "interruption_days": pa.array([None, 31, 3, 2, None, 9], kind),
        }
    )
    problems = [row["problem"] for row in road.evaluate_table(table).to_pylist()]
    assert [problem is None for problem in problems] == [True, True, True, False, True, True]
    assert "30 days without grant are together more than the 31 days" in problems[3]


def test_an_amount_that_no_grant_can_have_is_a_problem_of_its_row(fast):
    costs = [Decimal(500), Decimal(10) ** 20]
    table = pa.table(
        {
            "call": [2019, 2019],
            "activity": ["studies", "studies"],
            "sending_country": ["KZ", "KZ"],
            "receiving_country": ["SI", "SI"],
            "inclusion_costs_eur": pa.array(costs, pa.decimal128(38, 0)),
        }
    )
    sound, absurd = road.evaluate_table(table).to_pylist()
    assert sound["funding.special_needs.participant.eur"] == 500
    assert "more than a table holds" in absurd["problem"]
    # The same where tables are there already, and what is met in the second batch is new.
    batch, runner = table.combine_chunks().to_batches()[0], road.TableRunner()
    runner.run(batch.slice(0, 1))
    again = runner.run(batch)
    assert again.to_pylist() == [sound, absurd]
    for name in (rule.identity for rule in RULEBOOK.rules):
        places = np.frombuffer(again.column(name).indices.buffers()[1], np.int8)
        assert (places[: again.num_rows] >= 0).all()  # no place is outside the words, not even where none is told


@pytest.mark.parametrize(
    ("name", "words"), [("start_dat", "did you mean 'start_date'"), ("colour", "name it among the columns to carry")]
)
def test_a_column_that_is_no_fact_is_refused(name, words):
    with pytest.raises(InputError, match=words) as refusal:
        road.evaluate_table(pa.table({"call": [2019], name: ["x"]}))
    assert refusal.value.field == name


def test_a_carried_column_comes_out_as_it_went_in():
    table = pa.table({"call": [2019, 2019], "colour": ["red", None]})
    found = road.evaluate_table(table, carry="colour", give="overall")
    assert found.column_names == ["colour", "overall", "problem"]
    assert found.column("colour").to_pylist() == ["red", None]
    with pytest.raises(InputError, match="no column 'color' to carry; did you mean 'colour'"):
        road.evaluate_table(table, carry="color")


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"give": "verdict"}, "did you mean 'verdicts'"),
        ({"money": "usd"}, "write 'eur' or 'cents'"),
        ({"threads": 0}, "no number of threads"),
        ({"rounding": "upwards"}, "the policies are"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(setting, words):
    with pytest.raises(InputError, match=words):
        road.TableRunner(**setting)


# --- batches, threads, and what is kept between them --------------------------------------------------------


def simulated(rows: int, calls: Sequence[int] = (2019, 2024), missing: float = 0.05) -> pa.Table:
    """A table of the shape of the real flows."""
    return Simulation(seed=7, calls=calls, missing=missing).table(rows)


def test_a_simulated_table_is_its_rows_one_by_one():
    """Thousands of rows with gaps, of calls of both programme periods."""
    table = simulated(2500)
    rows = [{name: value for name, value in row.items() if value is not None} for row in table.to_pylist()]
    check_equal(road.evaluate_table(table, give=GIVE), expected(rows))


@pytest.mark.parametrize("size", [1, 700, 2500, 5000])
def test_batches_of_any_size_give_what_the_table_gives(size):
    table = simulated(5000)
    whole = road.evaluate_table(table, give=GIVE).to_pylist()
    batches = table.to_batches(max_chunksize=size) if size > 1 else table.slice(0, 40).to_batches(max_chunksize=1)
    parts = [row for batch in road.evaluate_batches(batches, give=GIVE) for row in batch.to_pylist()]
    assert parts == whole[: len(parts)]


def test_more_threads_give_the_same(monkeypatch):
    """Blocks are small here, so that threads meet combinations that are new to all of them."""
    monkeypatch.setattr(road, "ROWS_AT_ONCE", 97)
    table = simulated(4000)
    assert road.evaluate_table(table, give=GIVE, threads=4).equals(road.evaluate_table(table, give=GIVE))


def test_the_order_of_batches_changes_nothing():
    """Later batches with dates and numbers far outside those of earlier ones, and words that are new."""
    table = simulated(6000, calls=(2015, 2026, 2018, 2023))
    by_call = table.sort_by("call")
    backwards = by_call.take(list(range(len(by_call) - 1, -1, -1)))
    runner = road.TableRunner(give=GIVE)
    forth = [row for batch in by_call.to_batches(max_chunksize=2100) for row in runner.run(batch).to_pylist()]
    runner = road.TableRunner(give=GIVE)
    back = [row for batch in backwards.to_batches(max_chunksize=2100) for row in runner.run(batch).to_pylist()]
    assert forth == back[::-1]


def test_one_large_batch_is_taken_in_parts(monkeypatch):
    batch = simulated(5000).combine_chunks().to_batches()[0]
    whole = road.TableRunner(give=GIVE).run(batch)
    monkeypatch.setattr(road, "ROWS_OF_A_BATCH", 2100)
    in_parts = road.TableRunner(give=GIVE).run(batch)
    assert in_parts.schema.equals(whole.schema)
    assert in_parts.to_pylist() == whole.to_pylist()


def test_a_runner_takes_batches_of_other_columns():
    """With fewer columns, in another order, and with whoever goes told or not."""
    table = simulated(2400)
    runner = road.TableRunner(give=GIVE)
    for columns in (table.column_names, table.column_names[::-1], ["call", "activity", "start_date"], ["call"]):
        part = table.select(columns)
        found = [row for batch in part.combine_chunks().to_batches() for row in runner.run(batch).to_pylist()]
        assert found == road.evaluate_table(part, give=GIVE).to_pylist()


def test_a_runner_travels_and_gives_the_same():
    table = simulated(2200)
    runner = road.TableRunner(give=GIVE)
    first = runner.run(table.combine_chunks().to_batches()[0])
    travelled = pickle.loads(pickle.dumps(runner))  # noqa: S301 - its own bytes
    assert travelled.run(table.combine_chunks().to_batches()[0]).equals(first)


def test_text_columns_give_what_typed_columns_give():
    """As a CSV file tells it: dates, numbers and yes or no as words."""
    table = simulated(2300, missing=0.2)

    def in_text(value: object) -> str | None:
        if value is None:
            return None
        return str(value).lower() if isinstance(value, bool) else str(value)

    texts = pa.table(
        {
            name: pa.array([in_text(value) for value in table.column(name).to_pylist()], pa.string())
            for name in table.column_names
        }
    )
    assert road.evaluate_table(texts, give=GIVE).to_pylist() == road.evaluate_table(table, give=GIVE).to_pylist()


@pytest.mark.parametrize(
    "bounds",
    [((road, "MOST_ENTRIES", 300), (tabulation, "MOST_ENTRIES", 300)), ((road, "MOST_KEPT_BYTES", 1 << 20),)],
    ids=["entries", "memory"],
)
def test_what_is_kept_is_bounded(monkeypatch, bounds):
    """A stream that brings ever new values begins anew, and answers the same."""
    table = simulated(9000)
    plain = road.evaluate_table(table, give=GIVE).to_pylist()
    for module, name, most in bounds:
        monkeypatch.setattr(module, name, most)
    made = []
    monkeypatch.setattr(road, "Plan", lambda *given: made.append(given) or Plan(*given))
    parts = road.evaluate_batches(table.to_batches(max_chunksize=3000), give=GIVE)
    assert [row for batch in parts for row in batch.to_pylist()] == plain
    assert len(made) > 1


def test_small_tables_are_asked_row_by_row_and_large_ones_are_planned():
    small, large = simulated(999), simulated(1000)
    assert "Each row is asked by itself" in road.explain(small)
    told = road.explain(large)
    assert "sending_country: " in told
    assert "calendar_days: arithmetic on whole columns, start_date and end_date" in told
    assert "the plain functions were called" in told


def test_many_small_batches_are_planned_as_one_large_one_is():
    """A stream in small batches is answered by tables once a runner has met enough rows, and then batch after batch."""
    table, runner, planned = simulated(1500), road.TableRunner(give=GIVE), []
    found = []
    for batch in table.to_batches(max_chunksize=300):
        found += runner.run(batch).to_pylist()
        planned.append(runner.plan is not None)
    assert planned == [False, False, False, True, True]
    assert found == road.evaluate_table(table, give=GIVE).to_pylist()


def test_columns_that_change_from_batch_to_batch_are_counted_anew():
    """Tables are laid out for the columns there are; for a few rows of others that would take longer than asking."""
    whole, runner = simulated(1200), road.TableRunner()
    runner.run(whole.slice(0, 1100).combine_chunks().to_batches()[0])
    assert runner.plan is not None
    fewer = whole.drop_columns("distance_km").slice(1100).combine_chunks().to_batches()[0]
    assert runner.run(fewer).to_pylist() == road.TableRunner().run(fewer).to_pylist()
    assert runner.plan is None


def test_the_fast_road_calls_a_function_once_for_each_combination(fast):
    """A thousand rows of one kind cost one call of each function."""
    one = {"call": 2019, "activity": "training", "distance_km": 500}
    runner = road.TableRunner(give="verdicts")
    runner.run(pa.table({name: [value] * 1000 for name, value in one.items()}).to_batches()[0])
    assert runner.plan is not None
    assert {table.calls for table in runner.plan.tables} == {1}


@pytest.mark.parametrize("money", ["eur", "cents"])
def test_amounts_are_exact_in_euros_or_cents(money):
    table = simulated(2100, calls=(2019,), missing=0.0)
    found = road.evaluate_table(table, give=("amounts", "total"), money=money)
    assert found.schema.equals(road.TableRunner(give=("amounts", "total"), money=money).schema(table.schema))
    euros = road.evaluate_table(table, give=("amounts", "total")).column("total_eur").to_pylist()
    column = found.column(f"total_{money}").to_pylist()
    assert column == [value if value is None or money == "eur" else int(value * 100) for value in euros]


@pytest.mark.parametrize("rounding", ["euro-down", "daily-rate-to-the-cent-first"])
def test_amounts_follow_the_rounding_policy(rounding):
    table = simulated(2100, calls=(2019,), missing=0.0)
    rows = [{name: value for name, value in row.items() if value is not None} for row in table.to_pylist()]
    found = road.evaluate_table(table, give="total", rounding=rounding).column("total_low_eur").to_pylist()
    wanted = [grant_of(evaluation(mobility_of(row)), ROUNDINGS[rounding]).low for row in rows]
    assert found == wanted


# --- what-ifs, derived facts, groups ------------------------------------------------------------------------


def test_another_guide_answers_in_place_of_the_shipped_one():
    table = simulated(2100, calls=(2018,))
    rows = [{name: value for name, value in row.items() if value is not None} for row in table.to_pylist()]
    check_equal(road.evaluate_table(table, give=GIVE, guide=guide(2024)), expected(rows, guide(2024)))
    longer = guide(2018).amended(staff_duration=attrs.evolve(guide(2018)["staff_duration"], maximum_days=90))
    check_equal(road.evaluate_table(table, give=GIVE, guide={2018: longer}), expected(rows, longer))


def test_a_rulebook_of_fewer_rules_gives_fewer_columns():
    fewer = RULEBOOK.without(*[rule.identity for rule in RULEBOOK.rules if rule.identity != "duration.staff.minimum"])
    found = road.evaluate_table(simulated(2100), rulebook=fewer, give="verdicts")
    assert found.column_names == ["duration.staff.minimum", "problem"]
    whole = road.evaluate_table(simulated(2100), give="verdicts")
    assert found.column(0).to_pylist() == whole.column("duration.staff.minimum").to_pylist()


@pytest.mark.parametrize("rows", [50, 2500])
def test_derived_facts_are_those_of_one_mobility(rows):
    names = ("counted_student_days", "direction", "is_student_mobility", "calendar_days", "travels_green")
    table = simulated(rows)
    found = road.derived_facts(table, names).to_pylist()
    for row, told in zip(found, table.to_pylist(), strict=True):
        one = evaluation(mobility_of({name: value for name, value in told.items() if value is not None}))
        values = {name: one.value(name) for name in names}
        assert row == {
            name: None if isinstance(value, (Unknown, Closed)) else plain(value) for name, value in values.items()
        }
    with pytest.raises(InputError, match="did you mean 'calendar_days'"):
        road.derived_facts(table, "calender_days")


def test_days_of_earlier_stays_count_in_a_table():
    """The same student three times: what lies behind is counted from the table itself."""
    stay = {"call": 2019, "activity": "studies", "study_cycle": "second", "one_cycle_programme": False, "person": "S1"}
    starts = [date(2018, 9, 1), date(2019, 9, 1), date(2020, 9, 1)]
    rows = [stay | {"start_date": first, "end_date": first + timedelta(days=150)} for first in starts]
    table = pa.Table.from_pylist(rows[::-1])
    found = road.evaluate_table(table, groups=[days_used_in_cycle("person")], give=("verdicts", "reasons"))
    assert found.column("duration.cycle.cap").to_pylist() == ["not met", "met", "met"]
    assert "days more than the 12 months allowed" in found.column("duration.cycle.cap.reason")[0].as_py()
    with pytest.raises(InputError, match="need the whole table"):
        list(road.evaluate_batches(table.to_batches(), groups=[days_used_in_cycle("person")]))


# --- what the marks on facts promise ------------------------------------------------------------------------

ARITHMETIC = [fact for fact in RULEBOOK.facts if fact.elementwise]
IN_STEPS = [fact for fact in RULEBOOK.facts if fact.in_steps]
PRESENCE = [fact for fact in RULEBOOK.facts if fact.of_presence]


@pytest.mark.parametrize("marked", IN_STEPS, ids=lambda marked: marked.name)
@pytest.mark.parametrize("call", [2015, 2019, 2022, 2026])
def test_a_fact_in_steps_never_comes_back_to_a_value_it_has_left(marked, call):
    paragraphs = [item.name for item in RULEBOOK.inputs_of(marked.name)[1:]]
    texts = [guide(call).provisions[name] for name in paragraphs]
    given = [None if isinstance(text, Closed) else text for text in texts]
    if any(
        value is None and not item.optional
        for value, item in zip(given, RULEBOOK.inputs_of(marked.name)[1:], strict=True)
    ):
        return
    left: list[object] = []
    for distance in [
        *range(12),
        *range(90, 110),
        *range(490, 510),
        *range(1990, 2010),
        2999,
        3000,
        3999,
        4000,
        7999,
        8000,
        8001,
        20000,
    ]:
        value = marked.function(Decimal(distance), *given)
        value = value.value if isinstance(value, Based) else value
        value = value.gaps if isinstance(value, Unknown) and "km" not in str(value) else value
        if not left or left[-1] != value:
            assert value not in left
            left.append(value)


def test_facts_of_presence_ask_for_one_given_fact_and_nothing_else():
    for marked in PRESENCE:
        (only,) = RULEBOOK.inputs_of(marked.name)
        assert only.name in VOCABULARY
        assert (marked.function(object()), marked.function(None)) == (True, False)


def test_arithmetic_asks_for_whole_numbers_dates_or_words_alone():
    for marked in ARITHMETIC:
        for item in RULEBOOK.inputs_of(marked.name):
            assert item.types <= {int, date, Country}
            assert not item.optional
