"""What is fused answers as the plan does, whatever comes after it was laid out."""

from __future__ import annotations

import time

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from icm_rules.batch import fusing
from icm_rules.batch import table as road
from icm_rules.batch.simulation import Simulation
from icm_rules.rules import RULEBOOK

GIVE = ("overall", "verdicts", "missing", "amounts", "ranges", "total")
"""All but the reasons, which mention the days of each row."""
SOME = {
    "eligibility.countries.one_programme_side", "eligibility.outgoing.study_cycle", "eligibility.activity.open",
    "agreement.signature.partner_side", "duration.study.minimum", "duration.cycle.cap", "duration.staff.minimum",
    "duration.teaching.hours", "funding.student.individual_support", "funding.travel.support",
}  # fmt: skip
BOOK = RULEBOOK.without(*(rule.identity for rule in RULEBOOK.rules if rule.identity not in SOME))
"""A dozen rules: what is fused is the same however many there are."""
COLUMNS = (
    "call", "activity", "sending_country", "receiving_country", "sending_kind", "receiving_kind", "start_date",
    "end_date", "study_cycle", "one_cycle_programme", "days_used_in_cycle", "teaching_hours", "distance_km",
    "agreement_signed_by_partner_side_on", "sending_holds_charter", "receiving_holds_charter",
)  # fmt: skip


FEW = ("call", "activity", "study_cycle", "start_date", "end_date", "days_used_in_cycle", "sending_kind")


def simulated(rows: int, *columns: str, seed: int = 3, calls: tuple[int, ...] = (2019, 2024), missing: float = 0.01):
    table = Simulation(seed=seed, calls=calls, missing=missing).table(rows)
    return table.select([name for name in columns or COLUMNS if name in table.column_names])


def batch_of(table: pa.Table) -> pa.RecordBatch:
    (batch,) = table.combine_chunks().to_batches()
    return batch


def planned(batch: pa.RecordBatch, **asked: object) -> list[dict[str, object]]:
    """The answers of the plan, which are held to those of the rows one by one elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(road, "FUSED_AFTER", 1 << 60)
        runner = road.TableRunner(**{"give": GIVE, "rulebook": BOOK, **asked})
        found = runner.run(batch).to_pylist()
        assert runner.fused is None
    return found


@pytest.fixture
def answered(monkeypatch):
    """Parts and blocks are small here, so that the first of them are planned and the others fused."""
    monkeypatch.setattr(road, "FUSED_AFTER", 1)
    monkeypatch.setattr(road, "ROWS_OF_A_PART", 500)
    monkeypatch.setattr(road, "ROWS_AT_ONCE", 130)
    monkeypatch.setattr(fusing, "ROWS_OF_A_CLASS", 1)
    seen: list[int] = []
    by_what_is_fused = fusing.Fused.answer

    def answer(self, codes, into, first, last, *others, **more):
        found = by_what_is_fused(self, codes, into, first, last, *others, **more)
        seen.append(last - first)
        return found

    monkeypatch.setattr(fusing.Fused, "answer", answer)
    return seen


@pytest.mark.parametrize(("threads", "calls"), [(1, (2019,)), (1, (2018, 2024)), (3, (2019,))])
def test_a_fused_table_is_the_planned_table(answered, calls, threads):
    batch = batch_of(simulated(1500 + 1500 * threads, *FEW, calls=calls))
    runner = road.TableRunner(give=GIVE, rulebook=BOOK, threads=threads)
    expected = planned(batch)
    assert runner.run(batch).to_pylist() == expected
    assert sum(answered) >= 1000
    assert "Fused: rows now pass through" in runner.explain()
    assert runner.run(batch).to_pylist() == expected


@pytest.mark.parametrize("give", ["overall", "total", "amounts", "verdicts", "missing", "reasons"])
def test_whatever_is_asked_for_is_given(answered, give):
    batch = batch_of(simulated(2600, "call", "activity", "study_cycle", "distance_km", calls=(2024,), missing=0))
    assert road.TableRunner(give=give, rulebook=BOOK).run(batch).to_pylist() == planned(batch, give=give)
    assert answered


@settings(
    max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(
    columns=st.sets(st.sampled_from(COLUMNS[1:]), min_size=3, max_size=12),
    seed=st.integers(0, 1000),
    missing=st.sampled_from([0.0, 0.05]),
    shuffled=st.booleans(),
)
def test_any_columns_of_any_table_are_answered_alike(answered, columns, seed, missing, shuffled):
    """Also where rows cannot be true, since their columns were shuffled."""
    table = simulated(2400, "call", *sorted(columns), seed=seed, missing=missing)
    if shuffled:
        name = table.column_names[-1]
        table = table.set_column(table.num_columns - 1, name, table.column(name).take(list(range(2399, -1, -1))))
    batch = batch_of(table)
    assert road.TableRunner(give=GIVE, rulebook=BOOK).run(batch).to_pylist() == planned(batch)


def test_rows_that_cannot_be_true_say_why_and_the_others_answer(answered):
    batch = batch_of(simulated(2600, "call", "activity", "start_date", "end_date", "sending_kind", missing=0))
    kinds = ["student" if number % 501 == 500 else None for number in range(2600)]
    batch = pa.RecordBatch.from_arrays(
        [*batch.columns, pa.array(kinds)], names=[*batch.schema.names, "participant_kind"]
    )
    answers = road.TableRunner(give=GIVE, rulebook=BOOK).run(batch)
    found = answers.to_pylist()
    assert found == planned(batch)
    assert any(row["problem"] for row in found)
    assert answered
    for rule in BOOK.rules:
        words = answers.column(rule.identity)
        # Nor does a place lie outside the words where no verdict is told.
        assert max(words.indices.buffers()[1].to_pybytes()[: len(words)]) < len(words.dictionary)


def test_what_has_had_one_value_so_far_may_have_another_later(answered):
    """Columns that were the same in all rows, had no gaps, or few words, when it was laid out."""
    runner = road.TableRunner(give=GIVE, rulebook=BOOK)
    first = simulated(2100, "call", "activity", "study_cycle", "start_date", "sending_kind", calls=(2019,), missing=0)
    later = simulated(2100, *first.column_names, calls=(2016,), missing=0.2)
    activity = pa.array(["teaching"] * 2100)
    first = first.set_column(first.column_names.index("activity"), "activity", activity)
    for table in (first, later, first, simulated(2100, *first.column_names, calls=(2024, 2025), seed=9)):
        batch = batch_of(table.select(first.column_names))
        assert runner.run(batch).to_pylist() == planned(batch)
    assert answered


def test_words_that_come_later_find_the_tables_of_the_plan_laid_out_for_them(answered, monkeypatch):
    """There is room for them in what is fused, which was laid out when there were more than when the plan was made."""
    monkeypatch.setattr(road, "FUSED_AFTER", 2500)
    runner = road.TableRunner(give=GIVE, rulebook=BOOK)
    countries = ["AL", "BA", "GE", "KZ", "MD", "ME", "RS", "UA", "XK", "AM", "AZ", "MA", "TN", "EG", "JO", "IL"]
    for known in (12, 14, 16):
        rows = 2100
        table = simulated(rows, "call", "activity", "study_cycle", calls=(2019,), missing=0)
        senders = pa.array([countries[number % known] for number in range(rows)])
        table = table.append_column("sending_country", senders)
        batch = batch_of(table.append_column("receiving_country", pa.array(["DE"] * rows)))
        assert runner.run(batch).to_pylist() == planned(batch)
    assert answered


def test_more_classes_than_the_sample_has_are_given_room(answered, monkeypatch):
    monkeypatch.setattr(road, "SAMPLE", 20)
    batch = batch_of(simulated(3000, *FEW, missing=0))
    runner = road.TableRunner(give=GIVE, rulebook=BOOK)
    expected = planned(batch)
    for _ in range(2):
        assert runner.run(batch).to_pylist() == expected
    assert runner.times_outgrown


def test_no_thread_still_writes_when_the_rows_go_another_road(answered, monkeypatch):
    """One block is outgrown at once, and the others are late and leave nothing that is true."""
    batch = batch_of(simulated(6000, *FEW, calls=(2019,)))
    runner = road.TableRunner(give=GIVE, rulebook=BOOK, threads=3)
    expected = planned(batch)
    assert runner.run(batch).to_pylist() == expected
    assert runner.fused is not None

    def answer(self, codes, into, first, last, offset, *others, **more):
        if first == 0:
            raise fusing.Outgrown
        time.sleep(0.05)
        for column in into.verdicts:
            column[offset + first : offset + last] = 3

    monkeypatch.setattr(fusing.Fused, "answer", answer)
    assert runner.run(batch).to_pylist() == expected


def test_what_was_outgrown_again_and_again_is_not_fused_any_more(answered, monkeypatch):
    monkeypatch.setattr(road, "SAMPLE", 20)
    monkeypatch.setattr(road, "MOST_TIMES_OUTGROWN", 2)
    batch = batch_of(simulated(4000, *FEW, missing=0))
    runner = road.TableRunner(give=GIVE, rulebook=BOOK)
    for _ in range(2):
        runner.run(batch)
    assert (runner.fused, runner.times_outgrown) == (None, 2)
    assert runner.run(batch).to_pylist() == planned(batch)


@pytest.mark.parametrize("limit", ["MOST_ROOTS", "MOST_TERMINAL_CELLS", "MOST_CLASSES"])
def test_where_nothing_would_be_won_nothing_is_fused(answered, monkeypatch, limit):
    monkeypatch.setattr(fusing, limit, 1)
    batch = batch_of(simulated(2600))
    runner = road.TableRunner(give=GIVE, rulebook=BOOK)
    assert runner.run(batch).to_pylist() == planned(batch)
    assert runner.fused is None
    assert not answered
