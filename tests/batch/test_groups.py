"""Facts over groups over Arrow tables: the same as by the plain road, whatever the columns are made of."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icm_rules.batch.groups import with_group_facts
from icm_rules.engine.errors import InputError
from icm_rules.model.groups import GroupFact, computed, days_used_in_cycle, places_used

IN_ALL = GroupFact("in all", by="person", of="days", takes="all", writes="n")
BEFORE = GroupFact("before", by="person", order="year", of="days", takes="earlier", writes="n")


def table_of(**columns: list[object]) -> Any:
    return pa.table(columns)


def results(table: Any, fact: GroupFact, **more: Any) -> list[object]:
    return with_group_facts(table, [fact], **more).column(fact.writes).to_pylist()


# --- the same as the plain road ----------------------------------------------------------------------------

_HUGE = 2**62
_WHOLE = st.integers(-5, 5) | st.sampled_from([_HUGE, -_HUGE, 360, 2**40])
_CENTS = st.integers(-(10**6), 10**6).map(lambda cents: Decimal(cents).scaleb(-2))
_LONG = st.integers(-(10**30), 10**30).map(lambda units: Decimal(units).scaleb(-5))
_FLOATS = st.sampled_from([0.1, 0.2, -0.0, 12.5, 1e15, float("nan"), 3.0])

NUMBERS = {
    "int64": (pa.int64(), _WHOLE),
    "int8": (pa.int8(), st.integers(-128, 127)),
    "uint64": (pa.uint64(), st.integers(0, 2**64 - 1)),
    "bool": (pa.bool_(), st.booleans()),
    "decimal": (pa.decimal128(14, 2), _CENTS),
    "long decimal": (pa.decimal128(37, 5), _LONG),
    "decimal256": (pa.decimal256(50, 2), _CENTS),
    "float": (pa.float64(), _FLOATS),
    "null": (pa.null(), st.none()),
}
COLUMNS = {
    "text": (pa.string(), st.sampled_from(["a", "b", "c", "", " ", "\x1f", " a"])),
    "view": (pa.string_view(), st.sampled_from(["a", "b"])),
    "coded": (pa.dictionary(pa.int8(), pa.string()), st.sampled_from(["a", "b", ""])),
    "number": (pa.int32(), st.integers(-2, 2)),
    "date": (pa.date32(), st.dates(date(2019, 1, 1), date(2019, 1, 4))),
    "instant": (pa.timestamp("us", "UTC"), st.sampled_from([datetime(2019, 1, day, tzinfo=UTC) for day in (1, 2)])),
    "float": (pa.float64(), st.sampled_from([0.0, -0.0, 1.5, float("nan")])),
    "decimal": (pa.decimal128(5, 1), st.sampled_from([Decimal("1.0"), Decimal("1.5")])),
    "null": (pa.null(), st.none()),
    # Columns named as given facts, whose text is read.
    "academic_year": (pa.string(), st.sampled_from(["2018/19", "2018/2019", "2019/2020", "never", ""])),
    "start_date": (pa.string(), st.sampled_from(["2019-01-01", " 2019-01-01", "2020-02-02", "soon"])),
}


@st.composite
def cases(draw: st.DrawFn) -> tuple[Any, GroupFact]:
    """A table, and a fact over it."""
    kinds: dict[str, tuple[Any, st.SearchStrategy[Any]]] = {}

    def named(role: str) -> str:
        kind = draw(st.sampled_from(sorted(COLUMNS)))
        # A column of a fact keeps its name, unless it is taken.
        name = kind if kind in {"academic_year", "start_date"} and kind not in kinds else role
        kinds[name] = COLUMNS[kind]
        return name

    by = [named(f"by {number}") for number in range(draw(st.integers(1, 2)))]
    takes = draw(st.sampled_from(["earlier", "up to here", "all"]))
    order = [named(f"order {number}") for number in range(draw(st.integers(1, 2)))] if takes != "all" else []
    counts = draw(st.booleans()) and draw(st.booleans())
    if not counts:
        kinds["of"] = NUMBERS[draw(st.sampled_from(sorted(NUMBERS)))]
    if draw(st.booleans()):
        kinds["writes"] = NUMBERS[draw(st.sampled_from(sorted(NUMBERS)))]
    rows = draw(st.integers(0, 12))
    columns = {}
    for name, (kind, values) in kinds.items():
        # Most are told: where all is unknown there is nothing to hold equal.
        told = draw(st.sampled_from([values, values, st.none() | values]))
        if name == "writes":
            told = st.none() | st.none() | values
        chunk = pa.array(draw(st.lists(told, min_size=rows, max_size=rows)), kind, from_pandas=False)
        cut = draw(st.integers(0, rows))
        columns[name] = pa.chunked_array([chunk[:cut], chunk[cut:]])
    fact = GroupFact(
        "drawn", by=by, order=order, of=None if counts else "of", takes=takes, writes="writes", words="what is drawn"
    )
    return pa.table(columns), fact


def results_or_refusal(table: Any, fact: GroupFact) -> list[object] | str:
    try:
        return results(table, fact)
    except InputError as refusal:
        return str(refusal)


@given(cases())
def test_it_gives_what_the_plain_road_gives(case: tuple[Any, GroupFact]) -> None:
    """On every kind of column, with nulls, ties, blank text, told values, and numbers of any size."""
    table, fact = case
    expected = computed(table.to_pylist(), fact)
    got = results_or_refusal(table, fact)
    if isinstance(got, str):
        assert "more digits" in got
        assert any(value is not None and not -(2**63) <= value < 2**63 for value in expected)
    else:
        assert got == expected


def mostly(values: st.SearchStrategy[int]) -> st.SearchStrategy[int | None]:
    """A value, but for one row in eight or so."""
    return st.integers(0, 7).flatmap(lambda dice: values if dice else st.none())


@settings(max_examples=500)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "person": mostly(st.integers(0, 1)),
                "year": mostly(st.integers(0, 7)),
                "days": mostly(st.integers(1, 400)),
                "n": st.none() | st.none() | st.none() | st.integers(0, 400),
            }
        ),
        max_size=16,
    ),
    st.sampled_from(["earlier", "up to here", "all"]),
)
def test_it_gives_what_the_plain_road_gives_in_long_groups(rows: list[dict[str, int | None]], takes: Any) -> None:
    """The same, with few persons and many stays: ties, gaps and told values meet in one group."""
    order = () if takes == "all" else "year"
    fact = GroupFact("drawn", by="person", order=order, of="days", takes=takes, writes="n")
    table = pa.Table.from_pylist(rows, pa.schema(dict.fromkeys(("person", "year", "days", "n"), pa.int64())))
    assert results(table, fact) == computed(rows, fact)


@pytest.mark.parametrize("takes", ["earlier", "up to here"])
@pytest.mark.parametrize("told", [(5, None), (None, 5), (5, 5)])
def test_what_is_told_without_a_place_makes_later_rows_unknown(takes: Any, told: tuple[int | None, int | None]) -> None:
    """Until a row with a place tells something again."""
    fact = GroupFact("told", by="person", order="year", of="days", takes=takes, writes="n")
    table = table_of(person=["a"] * 5, year=[1, 1, 2, 3, 4], days=[10, 20, 30, 40, 50], n=[*told, None, 7, None])
    assert results(table, fact) == [*told, None, 7, 47 if takes == "earlier" else 57]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 400)), max_size=40), st.randoms())
def test_the_place_of_a_row_in_the_table_decides_nothing(rows: list[tuple[int, int, int]], random: Any) -> None:
    """A table with its rows in another order has the same results, row for row."""
    order = list(range(len(rows)))
    random.shuffle(order)
    make = partial(pa.Table.from_pylist, schema=pa.schema(dict.fromkeys(("person", "year", "days"), pa.int64())))
    in_order, shuffled = (
        results(make([dict(zip(("person", "year", "days"), row, strict=True)) for row in each]), BEFORE)
        for each in (rows, [rows[place] for place in order])
    )
    assert shuffled == [in_order[place] for place in order]


# --- the columns -------------------------------------------------------------------------------------------


class TestTheColumnGiven:
    """Where it stands, and what it is made of."""

    def test_it_comes_last_and_the_others_are_as_they_were(self) -> None:
        table = table_of(person=["a"], days=[1]).replace_schema_metadata({"made": "here"})
        given_back = with_group_facts(table, [IN_ALL])
        assert given_back.drop(["n"]).equals(table, check_metadata=True)
        assert given_back.column_names == ["person", "days", "n"]

    def test_a_column_that_is_there_keeps_its_place_and_what_it_tells(self) -> None:
        table = with_group_facts(table_of(n=[None, 7], person=["a", "a"], days=[1, 2]), [IN_ALL])
        assert table.column_names == ["n", "person", "days"]
        assert table.column("n").to_pylist() == [3, 7]

    @pytest.mark.parametrize(
        ("kind", "given_as"),
        [
            (pa.int8(), pa.int64()),
            (pa.bool_(), pa.int64()),
            (pa.null(), pa.int64()),
            (pa.decimal128(14, 2), pa.decimal128(38, 2)),
            (pa.decimal128(14, 0), pa.decimal128(38, 0)),
        ],
    )
    @pytest.mark.parametrize("rows", [0, 1, 3])
    def test_its_type_follows_from_the_type_alone(self, kind: Any, given_as: Any, rows: int) -> None:
        table = pa.table({"person": pa.array(["a"] * rows, pa.string()), "days": pa.nulls(rows, kind)})
        assert with_group_facts(table, [IN_ALL]).schema.field("n").type == given_as

    def test_a_later_fact_may_rest_on_an_earlier_one(self) -> None:
        more = GroupFact("more", by="place", of="n", takes="all", writes="m")
        table = table_of(person=["a", "a", "b"], place=["x", "x", "x"], days=[1, 2, 3])
        assert with_group_facts(table, [IN_ALL, more]).column("m").to_pylist() == [9, 9, 9]

    def test_a_step_on_its_own_result_changes_nothing(self) -> None:
        table = table_of(person=["a", "a", "a", "b"], year=[1, 2, 2, 1], days=[1, 2, 3, 4])
        once = with_group_facts(table, [BEFORE])
        assert with_group_facts(once, [BEFORE]).equals(once)

    def test_slices_and_empty_tables_are_tables(self) -> None:
        money = pa.array([Decimal(cents).scaleb(-2) for cents in range(10)], pa.decimal128(14, 2))
        table = pa.table({"person": ["a"] * 10, "days": money})
        assert results(table[3:5], IN_ALL) == [Decimal("0.07")] * 2
        assert results(table[:0], IN_ALL) == []


class TestWhatTheColumnsHold:
    """Values that are easily taken for something else."""

    @pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
    @pytest.mark.parametrize("blank", ["", " ", "\t", "\x1f", "\u2003", None])
    def test_blank_text_is_nobody(self, kind: Any, blank: str | None) -> None:
        """A file without a number for a person has blanks there, and they are not all one person."""
        person = pa.array(["a", blank, blank], kind)
        assert results(pa.table({"person": person, "days": [1, 2, 3]}), IN_ALL) == [1, None, None]
        coded = person.cast(pa.string()).dictionary_encode()
        assert results(pa.table({"person": coded, "days": [1, 2, 3]}), IN_ALL) == [1, None, None]

    def test_a_dictionary_may_hold_a_word_twice_and_a_null(self) -> None:
        words = pa.DictionaryArray.from_arrays(pa.array([0, 1, 2, None]), pa.array(["a", "a", None]))
        assert results(pa.table({"person": words, "days": [1, 2, 3, 4]}), IN_ALL) == [3, 3, None, None]

    def test_not_a_number_is_unknown_and_negative_zero_is_zero(self) -> None:
        table = table_of(person=[0.0, -0.0, float("nan")], days=[1, 2, 3])
        assert results(table, IN_ALL) == [3, 3, None]

    @pytest.mark.parametrize("amount", ["92233720368547758.08", "-92233720368547758.09", "1e25"])
    def test_amounts_past_int64_are_exact(self, amount: str) -> None:
        amounts = pa.array([Decimal(amount), Decimal("0.01")], pa.decimal128(38, 2))
        assert (
            results(pa.table({"person": ["a", "a"], "days": amounts}), IN_ALL)
            == [Decimal(amount) + Decimal("0.01")] * 2
        )

    def test_amounts_and_whole_numbers_are_told_in_one_unit(self) -> None:
        amounts = pa.array([Decimal("1.25"), Decimal("2.50")], pa.decimal128(14, 2))
        assert results(pa.table({"person": ["a", "a"], "year": [1, 2], "days": amounts, "n": [7, None]}), BEFORE) == [
            Decimal(7),
            Decimal("8.25"),
        ]

    def test_a_sum_nobody_sees_may_be_too_long(self) -> None:
        """A part of an unknown sum fits no column, and that is no reason to refuse the table."""
        table = table_of(person=["a", "a", "a", "b"], days=[2**63 - 1, 1, None, 5])
        assert results(table, IN_ALL) == [None, None, None, 5]


class TestWhatIsDerived:
    """Columns the table lacks are asked for, and not kept."""

    def test_only_what_is_lacking_is_asked_for(self) -> None:
        asked = []

        def derive(table: Any, names: Any) -> Any:
            asked.append(tuple(names))
            return pa.table({"counted_student_days": [90, 120]})

        table = table_of(person=["a", "a"], study_cycle=["first", "first"], start_date=["2019-02-01", "2018-02-01"])
        given_back = with_group_facts(table, [days_used_in_cycle()], derive=derive)
        assert asked == [("counted_student_days",)]
        assert given_back.column_names == [*table.column_names, "days_used_in_cycle"]
        assert given_back.column("days_used_in_cycle").to_pylist() == [120, 0]

    def test_nothing_is_asked_for_where_nothing_is_lacking(self) -> None:
        assert results(table_of(person=["a"], days=[1]), IN_ALL, derive=lambda *_: pytest.fail("asked")) == [1]


class TestWhatIsRefused:
    """Each refusal shows the place and the way out."""

    def test_a_column_that_is_not_there(self) -> None:
        with pytest.raises(InputError, match=r"in all rests on 'person', .* did you mean 'persons'"):
            results(table_of(persons=["a"], days=[1]), IN_ALL)

    def test_a_column_that_is_there_twice(self) -> None:
        table = pa.table([pa.array(["a"]), pa.array([1]), pa.array([2])], names=["person", "days", "days"])
        with pytest.raises(InputError, match="2 columns named 'days'; keep one of them"):
            results(table, IN_ALL)

    def test_text_that_is_no_number(self) -> None:
        with pytest.raises(InputError, match=r"^days: 'many' is no number to sum"):
            results(table_of(person=["a"], days=["many"]), IN_ALL)

    def test_what_was_meant_to_be_told_is_not_passed_over(self) -> None:
        table = table_of(agreement=["x"], year=[1], days_used_in_cycle=["few"])
        fact = GroupFact("days", by="agreement", takes="all", writes="days_used_in_cycle")
        with pytest.raises(InputError, match=r"^days_used_in_cycle: 'few' cannot be read"):
            results(table, fact)

    def test_a_column_of_lists_tells_no_group(self) -> None:
        with pytest.raises(InputError, match=r"^person: a column of list"):
            results(table_of(person=[["a"], ["b"]], days=[1, 2]), IN_ALL)

    def test_a_sum_that_fits_no_column(self) -> None:
        with pytest.raises(InputError, match="more digits than the column 'n' can hold"):
            results(table_of(person=["a", "a"], days=[2**63 - 1, 1]), IN_ALL)


def test_many_columns_that_tell_a_group_are_not_too_many() -> None:
    """Numbers of groups are made small again before they grow out of bounds."""
    rows = 1000
    names = [f"column {number}" for number in range(8)]
    table = pa.table({name: np.arange(rows) // 2 for name in names})
    fact = GroupFact("pairs", by=names, takes="all", writes="n")
    assert results(table, fact) == [2] * rows


def test_a_million_rows_are_quick() -> None:
    """Far slower only if each row were asked on its own; the time allowed is generous, for slow machines."""
    rows, random = 1_000_000, np.random.default_rng(1)
    numbers = random.integers(0, 400_000, rows)
    table = pa.table(
        {
            "agreement": pa.array(numbers).cast(pa.string()),
            "academic_year": pa.array(["2018/19", "2019/2020"]).take(pa.array(numbers % 2)),
            "start_date": pa.array(random.integers(17_000, 19_000, rows).astype("int32")).cast(pa.date32()),
        }
    )
    began = time.perf_counter()
    with_group_facts(table, [places_used(by="academic_year", order="start_date")])
    assert time.perf_counter() - began < 15
