"""The borders of tables: what is taken, what it is in Arrow's form, and that the same kind of frame comes back."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icm_rules.batch.frames import arrow_of
from icm_rules.engine.errors import InputError
from icm_rules.model.countries import Country
from icm_rules.model.identifiers import academic_year, project_number
from icm_rules.model.terms import Activity

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = dt.date(2019, 9, 30)
ROWS: dict[str, list[object]] = {
    "activity": ["studies", None, "training"],
    "start_date": [DAY, None, dt.date(2020, 2, 29)],
    "teaching_hours": [8, None, 12],
    "distance_km": [Decimal("12.50"), None, Decimal(7)],
    "is_zero_grant": [True, None, False],
}
ANSWERS = pa.table(
    {
        "overall": pa.array(["eligible", None, "not eligible"]).dictionary_encode(),
        "total_eur": pa.array([Decimal("12.50"), None, Decimal(0)], pa.decimal128(14, 2)),
        "total.cents": pa.array([1250, None, 0], pa.int64()),
        "problem": pa.array([None, "start_date: 'soon' is no date", None]),
    }
)


def as_batch(table: pa.Table) -> pa.RecordBatch:
    """The whole table as one batch, also where it has no rows."""
    return pa.RecordBatch.from_pylist(table.to_pylist(), schema=table.schema)


@attrs.frozen
class OnlyAStream:
    """A frame of a package that nobody knows, which gives its batches by Arrow's stream interface."""

    table: pa.Table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """As the interface has it."""
        return self.table.__arrow_c_stream__(requested_schema)


@attrs.frozen
class OnlyAnArray:
    """The same, which gives all it has at once."""

    batch: pa.RecordBatch

    def __arrow_c_array__(self, requested_schema: object = None) -> object:
        """As the interface has it."""
        return self.batch.__arrow_c_array__(requested_schema)


def in_duckdb(table: pa.Table) -> duckdb.DuckDBPyRelation:
    """A relation on a connection of its own."""
    return duckdb.connect().from_arrow(table)


MAKERS: dict[str, tuple[Callable[[pa.Table], object], type]] = {
    "pyarrow Table": (lambda table: table, pa.Table),
    "pyarrow RecordBatch": (as_batch, pa.RecordBatch),
    "pandas": (lambda table: table.to_pandas(), pd.DataFrame),
    "pandas of Arrow": (lambda table: table.to_pandas(types_mapper=pd.ArrowDtype), pd.DataFrame),
    "polars": (pl.from_arrow, pl.DataFrame),
    "polars, lazy": (lambda table: pl.from_arrow(table).lazy(), pl.DataFrame),
    "DuckDB": (in_duckdb, duckdb.DuckDBPyRelation),
    "narwhals": (lambda table: nw.from_native(pl.from_arrow(table)), nw.DataFrame),
    "a stream": (OnlyAStream, pa.Table),
    "an array": (lambda table: OnlyAnArray(as_batch(table)), pa.Table),
    "a reader of batches": (lambda table: table.to_reader(), pa.Table),
}


@pytest.mark.parametrize(("make", "kind"), MAKERS.values(), ids=MAKERS)
class TestEveryKindOfFrame:
    def test_its_values_arrive_as_they_are(self, make: Callable[[pa.Table], object], kind: type) -> None:
        """Words, days, whole numbers, exact numbers, yes and no; what is missing is null."""
        arrow, _ = arrow_of(make(pa.table(ROWS)))
        assert arrow.to_pydict() == ROWS

    def test_answers_come_back_in_it(self, make: Callable[[pa.Table], object], kind: type) -> None:
        """Every column, in its order, with the same values."""
        _, back = arrow_of(make(pa.table(ROWS)))
        answers = back(ANSWERS)
        assert type(answers) is kind
        assert arrow_of(answers)[0].to_pydict() == ANSWERS.to_pydict()

    def test_a_table_without_rows_is_a_table(self, make: Callable[[pa.Table], object], kind: type) -> None:
        """And gets answers without rows."""
        arrow, back = arrow_of(make(pa.table(ROWS).slice(0, 0)))
        assert (arrow.num_rows, arrow.column_names) == (0, list(ROWS))
        answers = back(ANSWERS.slice(0, 0))
        assert type(answers) is kind
        assert arrow_of(answers)[0].num_rows == 0

    def test_answers_in_several_chunks_with_other_words_come_back_whole(
        self, make: Callable[[pa.Table], object], kind: type
    ) -> None:
        """A dictionary of words may differ from batch to batch."""
        chunks = [pa.table({"overall": pa.array([word]).dictionary_encode()}) for word in ("eligible", "not eligible")]
        _, back = arrow_of(make(pa.table(ROWS)))
        answers, _ = arrow_of(back(pa.concat_tables(chunks)))
        assert answers.column("overall").to_pylist() == ["eligible", "not eligible"]


# --- what is taken -----------------------------------------------------------------------------------------


def test_the_values_of_an_arrow_table_are_not_copied() -> None:
    """Also not behind a stream; and polars hands over the very numbers it holds."""
    table = pa.table({"teaching_hours": [1, 2, 3]})
    address = table.column(0).chunk(0).buffers()[1].address
    for frame in (table, table.to_batches()[0], OnlyAStream(table), pl.from_arrow(table)):
        assert arrow_of(frame)[0].column(0).chunk(0).buffers()[1].address == address


@pytest.mark.parametrize(
    "make",
    [
        lambda words: pd.DataFrame({"activity": pd.Categorical(words)}),
        lambda words: pl.DataFrame({"activity": pl.Series(words, dtype=pl.Categorical)}),
        lambda words: pl.DataFrame({"activity": pl.Series(words, dtype=pl.Enum(["training", "studies"]))}),
        lambda words: in_duckdb(pa.table({"a": words})).project("a::ENUM('training', 'studies') AS activity"),
    ],
    ids=["pandas category", "polars Categorical", "polars Enum", "DuckDB ENUM"],
)
def test_words_held_once_arrive_as_a_dictionary(make: Callable[[list[str | None]], object]) -> None:
    arrow, _ = arrow_of(make(["studies", None]))
    assert pa.types.is_dictionary(arrow.schema.field("activity").type)
    assert arrow.to_pydict() == {"activity": ["studies", None]}


@pytest.mark.parametrize("kind", [pa.string_view(), pa.dictionary(pa.int32(), pa.string_view())], ids=str)
def test_views_of_text_arrive_as_plain_text(kind: pa.DataType) -> None:
    """Fewer of Arrow's functions know views."""
    texts = pa.array(["studies", None]).cast(pa.string_view())
    column = texts if kind == pa.string_view() else pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.int32()), texts)
    arrow, _ = arrow_of(pa.table({"activity": column, "call": [2019, 2020]}))
    assert "view" not in str(arrow.schema)
    assert arrow.to_pydict() == {"activity": ["studies", None], "call": [2019, 2020]}


@pytest.mark.parametrize(
    "frame",
    ["stays.csv", Path("stays.csv"), [{"call": 2019}], {"call": [2019]}, None, 7, pd.Series([1]), pa.array([1])],
)
def test_what_is_no_table_is_refused_and_told_what_is(frame: object) -> None:
    with pytest.raises(InputError, match=r"is no table; (give|make|read) .*(pandas|pyarrow)"):
        arrow_of(frame)


@pytest.mark.parametrize(
    "frame",
    [
        pa.Table.from_arrays([pa.array([1]), pa.array([2])], ["call", "call"]),
        pd.DataFrame([[1, 2]], columns=["call", "call"]),
        OnlyAStream(pa.Table.from_arrays([pa.array([1]), pa.array([2])], ["call", "call"])),
    ],
    ids=["pyarrow", "pandas", "a stream"],
)
def test_two_columns_of_one_name_are_refused(frame: object) -> None:
    with pytest.raises(InputError, match="there are two columns 'call'; keep one, or rename the other"):
        arrow_of(frame)


@pytest.mark.parametrize(
    ("columns", "shown"),
    [([0], "0"), ([DAY], "2019"), (pd.MultiIndex.from_tuples([("a", "b")]), "'a', 'b'")],
    ids=["a number", "a day", "two floors"],
)
def test_a_name_that_is_no_text_is_refused(columns: object, shown: str) -> None:
    with pytest.raises(InputError, match=f"{shown}.* is the name of a column and no text"):
        arrow_of(pd.DataFrame([[1]], columns=columns))


# --- pandas ------------------------------------------------------------------------------------------------


def column(values: object, dtype: object = object) -> list[object]:
    """What arrives of one column of pandas."""
    return arrow_of(pd.DataFrame({"x": pd.Series(values, dtype=dtype)}))[0].column("x").to_pylist()


@pytest.mark.parametrize("null", [None, float("nan"), pd.NA, pd.NaT, np.datetime64("NaT", "ns")], ids=repr)
@pytest.mark.parametrize("value", ["studies", DAY, Decimal("1.5"), True, 7, 7.5, ["a"]], ids=repr)
def test_a_column_of_objects_keeps_its_values_and_its_nulls(value: object, null: object) -> None:
    """Whatever Python says where nothing is told."""
    assert column([null, value]) == [None, value]
    assert column([value, null]) == [value, None]


@pytest.mark.parametrize(
    ("values", "dtype", "arrives"),
    [
        ([1.5, float("nan")], "float64", [1.5, None]),
        ([1.5, None], "Float64", [1.5, None]),
        ([1.5, float("nan")], pd.ArrowDtype(pa.float64()), [1.5, None]),
        ([DAY, None], "datetime64[s]", [dt.datetime(2019, 9, 30), None]),  # noqa: DTZ001 -- tables tell no zone
        ([DAY, None], pd.ArrowDtype(pa.date32()), [DAY, None]),
        ([7, None], "Int64", [7, None]),
        ([True, None], "boolean", [True, None]),
        (["a", None], "string", ["a", None]),
        (["a", None], "str", ["a", None]),
        (["a", None], pd.ArrowDtype(pa.string()), ["a", None]),
        ([DAY, None], "category", [DAY, None]),
        ([Decimal("1.5"), None], "category", [Decimal("1.5"), None]),
        ([], "object", []),
        ([], "category", []),
    ],
)
def test_every_dtype_is_read_with_its_nulls(values: object, dtype: object, arrives: list[object]) -> None:
    assert column(values, dtype) == arrives


def test_a_column_of_several_types_is_told_in_text() -> None:
    """So one slip in it is a problem of its row, and the other rows can be answered."""
    assert column([DAY, "soon", None, 7, np.int64(8), Decimal("1.50"), True, np.False_]) == [
        "2019-09-30",
        "soon",
        None,
        "7",
        "8",
        "1.50",
        "true",
        "false",
    ]


def test_an_hour_of_the_day_is_never_cut_off_in_silence() -> None:
    """Arrow would make two days of these."""
    assert column([DAY, dt.datetime(2019, 9, 30, 14)]) == ["2019-09-30", "2019-09-30 14:00:00"]  # noqa: DTZ001


def test_a_number_too_large_for_arrow_is_told_in_text() -> None:
    assert column([2**70]) == [str(2**70)]


def test_values_of_the_model_are_read_again_from_their_text() -> None:
    """As they stand in a frame made of the facts of mobilities."""
    values = [Country("SI"), Activity("studies")]
    assert [column([value]) for value in values] == [["SI"], ["studies"]]
    numbers = [academic_year("2018/2019"), project_number("2018-1-SI01-KA107-046966")]
    assert [column([value, None]) for value in numbers] == [["2018/2019", None], ["2018-1-SI01-KA107-046966", None]]


@pytest.mark.parametrize("values", [["a", object()], [None, {1: 2}], [["a"], "b"]], ids=repr)
def test_what_no_table_can_hold_is_refused_with_column_and_row(values: list[object]) -> None:
    with pytest.raises(InputError, match=r"the column 'x': row [12] holds .*which no table can hold"):
        column(values)


def test_a_dtype_that_arrow_does_not_know_is_refused_with_its_column() -> None:
    with pytest.raises(InputError, match=r"the column 'x' of type complex128 cannot be read .*; leave it out"):
        column([1j], "complex128")


def test_answers_stand_under_the_index_of_the_frame() -> None:
    """However it is made; only answers of another length are numbered anew."""
    frame = pd.DataFrame({"call": [2019, 2020, 2020]}, index=pd.Index(["b", "a", "b"], name="who"))
    _, back = arrow_of(frame)
    assert back(ANSWERS).index.equals(frame.index)
    assert back(ANSWERS).index.name == "who"
    assert back(ANSWERS.slice(0, 2)).index.tolist() == [0, 1]


def test_new_columns_of_pandas_lose_nothing_and_do_not_turn_on_nulls() -> None:
    _, back = arrow_of(pd.DataFrame({"call": [2019, 2020, 2020]}))
    for answers in (back(ANSWERS), back(ANSWERS.slice(0, 1))):
        dtypes = {name: str(dtype) for name, dtype in answers.dtypes.items()}
        assert dtypes["overall"] == "category"
        assert dtypes["total_eur"] == "decimal128(14, 2)[pyarrow]"
        assert dtypes["total.cents"] == "Int64"
    assert back(ANSWERS)["total_eur"].sum() == Decimal("12.50")


CARRIED = {
    "float64": [1.5, None],
    "Int64": [2**60 + 1, None],
    "int64": [1, 2],
    "boolean": [True, None],
    "bool": [True, False],
    "string": ["a", None],
    "str": ["a", None],
    "object": [DAY, None],
    "datetime64[s]": [DAY, None],
    "datetime64[ns]": [DAY, None],
    "category": ["a", None],
    "int64[pyarrow]": [1, None],
}


@pytest.mark.parametrize("dtype", CARRIED)
def test_a_column_carried_through_pandas_is_what_it_was(dtype: str) -> None:
    frame = pd.DataFrame({"x": pd.Series(CARRIED[dtype], dtype=dtype, index=[7, 5])})
    arrow, back = arrow_of(frame)
    pd.testing.assert_frame_equal(back(arrow), frame)


# --- polars, DuckDB ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [pl.Categorical, pl.Enum(["b", "a"]), pl.String], ids=str)
def test_a_column_carried_through_polars_is_what_it_was(dtype: Any) -> None:
    frame = pl.DataFrame({"x": pl.Series(["a", None], dtype=dtype), "n": pl.Series([1, None], dtype=pl.UInt8)})
    arrow, back = arrow_of(frame)
    assert back(arrow).equals(frame)
    assert back(arrow).schema == frame.schema
    # The core may drop what polars keeps beside Arrow's types.
    assert back(pa.table({"x": arrow.column("x")})).schema["x"] == frame.schema["x"]


def test_objects_in_polars_are_refused_with_their_column() -> None:
    with pytest.raises(InputError, match="the column 'x' holds Python objects"):
        arrow_of(pl.DataFrame({"x": [object()]}))


def test_answers_of_a_relation_stay_on_its_connection() -> None:
    """They can be joined with its tables, leave nothing behind in it, and can be read more than once."""
    connection = duckdb.connect()
    connection.execute("CREATE TABLE stays AS SELECT 'eligible' AS overall, 7 AS reference")
    connection.execute("CREATE TABLE answers AS SELECT 'a table of the user' AS overall")
    stays = connection.table("stays")
    _, back = arrow_of(stays)
    answers = back(ANSWERS)
    joined = answers.join(stays, "overall").project("reference, total_eur")
    assert joined.fetchall() == joined.fetchall() == [(7, Decimal("12.50"))]
    assert connection.sql("SELECT * FROM duckdb_views() WHERE NOT internal").fetchall() == []


def test_a_connection_closed_to_tables_of_python_gets_arrow() -> None:
    connection = duckdb.connect()
    connection.execute("SET python_enable_replacements = false")
    _, back = arrow_of(connection.sql("SELECT 2019 AS call"))
    assert back(ANSWERS) is ANSWERS


# --- all of it together ------------------------------------------------------------------------------------

VALUES = {
    pa.string(): st.text(max_size=5),
    pa.int64(): st.integers(-(2**63), 2**63 - 1),
    pa.bool_(): st.booleans(),
    pa.date32(): st.dates(),
    pa.decimal128(14, 2): st.decimals(0, 10**9, places=2),
}


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    """Any table of columns that facts and answers have."""
    length = draw(st.integers(0, 5))
    names = draw(st.lists(st.text("abc_. ", min_size=1), min_size=1, max_size=4, unique=True))
    columns = []
    for _ in names:
        kind = draw(st.sampled_from(list(VALUES)))
        values = draw(st.lists(st.none() | VALUES[kind], min_size=length, max_size=length))
        made = pa.array(values, kind)
        columns.append(made.dictionary_encode() if kind == pa.string() and draw(st.booleans()) else made)
    return pa.table(dict(zip(names, columns, strict=True)))


@given(tables(), st.sampled_from(["pandas of Arrow", "polars", "polars, lazy", "a stream", "pyarrow Table"]))
def test_any_table_comes_back_from_where_it_went(table: pa.Table, kind: str) -> None:
    """There and back through each kind of frame no value changes."""
    arrow, back = arrow_of(MAKERS[kind][0](table))
    assert arrow.to_pydict() == table.to_pydict()
    assert arrow_of(back(table))[0].to_pydict() == table.to_pydict()
