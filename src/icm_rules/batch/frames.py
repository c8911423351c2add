"""Which frames are taken as tables, and how the answers become the same kind of frame again."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from icm_rules.engine.errors import InputError, shown
from icm_rules.model.identifiers import AcademicYear, ProjectNumber

Back = Callable[[pa.Table], Any]
"""Turns a table of answers into the kind of frame that was given."""

_SCALARS = (str, bool, int, float, Decimal, dt.date, np.generic, AcademicYear, ProjectNumber)
"""What the readers of the model understand as well where it is written out."""
_NOT_CONVERTED = (pa.ArrowException, TypeError, ValueError, OverflowError)
"""What Arrow raises where it has no type for a value."""
_ALIAS_IN_DUCKDB = "icm_rules_answers"


def arrow_of(table: object) -> tuple[pa.Table, Back]:
    """The table in Arrow's form, and what turns answers back into the kind of frame it is.

    Values are not copied where the frame already holds them in Arrow's form. What comes back:

    - pandas and Modin: a frame with the same index. Columns carried through keep their dtype; new ones are categories
      where the answers are words, ``Int64`` for whole numbers, and Arrow's decimals for amounts, which stay exact.
    - polars: a DataFrame, also for a LazyFrame, which is collected.
    - pyarrow: a Table for a Table, a RecordBatch for a RecordBatch.
    - DuckDB: a relation on the same connection; a pyarrow Table where the connection does not let Python's tables be
      read (``python_enable_replacements = false``).
    - a frame of narwhals: one of narwhals again, around what is said here of the frame inside.
    - any other frame that narwhals knows: the same kind where it is held in memory, else a pyarrow Table.
    - anything else with the Arrow PyCapsule interface: a pyarrow Table.

    Of pandas, NaN and NaT are nulls, and a column that holds values of several types is told in text, which is read
    value by value as a file would be.

    Raises:
        InputError: it is no table; a column has a name that is no text, or the name of another; a column holds what
            no table can, named with its first such row.

    """
    arrow, back = _taken(table)
    _check_names(arrow.column_names)
    return _without_views(arrow), back


def _taken(table: object) -> tuple[pa.Table, Back]:  # noqa: PLR0911 -- one return for each kind of frame
    """The table as Arrow has it, by the kind of frame it is; packages that are not loaded are not asked for."""
    if isinstance(table, pa.Table):
        return table, _as_it_is
    if isinstance(table, pa.RecordBatch):
        return pa.Table.from_batches([table]), _as_one_batch
    if isinstance(table, (nw.DataFrame, nw.LazyFrame)):
        arrow, back = _taken(table.to_native())
        return arrow, lambda answers: nw.from_native(back(answers))
    if nw.dependencies.is_pandas_dataframe(table):
        return _of_pandas(table)
    if nw.dependencies.is_polars_lazyframe(table):
        return _of_polars(table.collect())
    if nw.dependencies.is_polars_dataframe(table):
        return _of_polars(table)
    if nw.dependencies.is_duckdb_relation(table):
        return _of_capsules(table), _on_the_connection_of(table)
    known = nw.from_native(table, pass_through=True)  # what it does not know, it gives back
    if isinstance(known, nw.DataFrame):
        return _of_eager(known)
    if isinstance(known, nw.LazyFrame):
        return known.collect(backend="pyarrow").to_native(), _as_it_is
    return _of_capsules(table), _as_it_is


def _as_it_is(answers: pa.Table) -> pa.Table:
    return answers


def _as_one_batch(answers: pa.Table) -> pa.RecordBatch:
    batches = answers.combine_chunks().to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=answers.schema)


# --- checks ------------------------------------------------------------------------------------------------


def _no_table(table: object) -> InputError:
    if isinstance(table, (str, os.PathLike)):
        way_out = "read the file first, for example with pandas, polars or DuckDB, or use the command icm-rules table"
    elif isinstance(table, (list, tuple)):
        way_out = "make one of it first, for example with pyarrow.Table.from_pylist"
    elif isinstance(table, dict):
        way_out = "make one of it first, for example with pyarrow.table"
    else:
        way_out = (
            "give a frame of pandas, polars, pyarrow, Modin or DuckDB, another one that narwhals knows, or anything "
            "with the Arrow PyCapsule interface"
        )
    return InputError(f"{shown(table)} is no table; {way_out}")


def _check_names(names: Iterable[object]) -> None:
    """Refuse names of columns that are no text, or stand there twice."""
    seen = set()
    for name in names:
        if not isinstance(name, str):
            message = f"{shown(name)} is the name of a column and no text; name each column in text"
            raise InputError(message)
        if name in seen:
            message = f"there are two columns {shown(name)}; keep one, or rename the other"
            raise InputError(message, field=name)
        seen.add(name)


# --- Arrow -------------------------------------------------------------------------------------------------


def _of_capsules(table: object) -> pa.Table:
    if not hasattr(table, "__arrow_c_stream__") and not hasattr(table, "__arrow_c_array__"):
        raise _no_table(table)
    try:
        return pa.table(table)
    except _NOT_CONVERTED:  # a single column has the interface as well
        raise _no_table(table) from None


def _without_views(arrow: pa.Table) -> pa.Table:
    """The same table with views of text as plain text, which more of Arrow's functions know."""
    fields = [field.with_type(_without_view(field.type)) for field in arrow.schema]
    schema = pa.schema(fields, arrow.schema.metadata)
    return arrow if schema.equals(arrow.schema) else arrow.cast(schema)


def _without_view(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_string_view(kind):
        return pa.large_string()
    if pa.types.is_dictionary(kind) and pa.types.is_string_view(kind.value_type):
        return pa.dictionary(kind.index_type, pa.large_string(), ordered=kind.ordered)
    return kind


# --- pandas, Modin -----------------------------------------------------------------------------------------


def _of_pandas(frame: Any) -> tuple[pa.Table, Back]:  # noqa: ANN401 -- pandas is not imported for its types
    names = list(frame.columns)
    _check_names(names)
    arrow = pa.table({name: _of_series(name, frame[name]) for name in names})
    dtypes, types, index = dict(frame.dtypes), dict(zip(names, arrow.schema.types, strict=True)), frame.index

    def back(answers: pa.Table) -> Any:  # noqa: ANN401
        import pandas as pd

        columns = {}
        for field, column in zip(answers.schema, answers.unify_dictionaries().columns, strict=True):
            carried = types.get(field.name) == field.type
            dtype = dtypes[field.name] if carried else _dtype_of_answers(field.type)
            mapper = (lambda _, dtype=dtype: dtype) if hasattr(dtype, "__from_arrow__") else None
            columns[field.name] = column.to_pandas(types_mapper=mapper).array
        return pd.DataFrame(columns, index=index if len(index) == answers.num_rows else range(answers.num_rows))

    return arrow, back


def _dtype_of_answers(kind: pa.DataType) -> Any:  # noqa: ANN401 -- one of pandas' many, or none
    """What pandas holds new columns in where its usual choice would lose something; it must not turn on the nulls."""
    import pandas as pd

    if pa.types.is_decimal(kind):
        return pd.ArrowDtype(kind)
    return pd.Int64Dtype() if pa.types.is_int64(kind) else None


def _of_series(name: str, series: Any) -> pa.Array | pa.ChunkedArray:  # noqa: ANN401
    """One column of pandas."""
    if series.dtype == object:
        return _of_objects(name, series.to_numpy(), series.isna().to_numpy())
    if hasattr(series.dtype, "categories"):
        codes = series.cat.codes.to_numpy()
        words = series.cat.categories
        values = _of_series(name, words.to_series())
        values = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
        return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), values, ordered=bool(series.cat.ordered))
    try:
        column = pa.array(series, from_pandas=True)
    except _NOT_CONVERTED as error:
        message = f"the column {shown(name)} of type {series.dtype} cannot be read ({error}); leave it out"
        raise InputError(message, field=name) from None
    if pa.types.is_floating(column.type) and not isinstance(series.dtype, np.dtype):
        # Only for NumPy's own floats does Arrow take NaN for a null by itself.
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
    return column


def _of_objects(name: str, values: Any, nulls: Any) -> pa.Array:  # noqa: ANN401 -- arrays of NumPy
    """A column of Python objects; of several types, it is written out."""
    kinds = set(map(type, values[~nulls]))
    # Where days stand beside days with an hour, Arrow would cut the hour off in silence.
    if len(kinds) <= 1:
        try:
            return pa.array(values, mask=nulls)
        except _NOT_CONVERTED:
            pass
    written: list[str | None] = []
    for row, (value, null) in enumerate(zip(values, nulls, strict=True), start=1):
        if not null and not isinstance(value, _SCALARS):
            message = (
                f"the column {shown(name)}: row {row} holds {shown(value)}, which no table can hold beside the others; "
                "write text, numbers, dates, true or false, or lists in every row"
            )
            raise InputError(message, field=name)
        written.append(None if null else _in_text(value))
    return pa.array(written, pa.string())


def _in_text(value: object) -> str:
    """A value as a file would tell it."""
    return str(value).lower() if isinstance(value, (bool, np.bool_)) else str(value)


def _of_eager(frame: nw.DataFrame[Any]) -> tuple[pa.Table, Back]:
    """Frames in memory that narwhals knows; Modin's are pandas' frames in parts."""
    native = frame.to_native()
    if nw.dependencies.is_modin_dataframe(native):
        arrow, back = _of_pandas(frame.to_pandas())
        return arrow, lambda answers: type(native)(back(answers))
    backend: Any = frame.implementation
    return frame.to_arrow(), lambda answers: nw.from_arrow(answers, backend=backend).to_native()


# --- polars ------------------------------------------------------------------------------------------------


def _of_polars(frame: Any) -> tuple[pa.Table, Back]:  # noqa: ANN401 -- polars is not imported for its types
    import polars as pl

    for name, dtype in frame.schema.items():
        if dtype == pl.Object:
            message = f"the column {shown(name)} holds Python objects, which no table can hold; leave it out"
            raise InputError(message, field=name)
    arrow, dtypes = frame.to_arrow(), dict(frame.schema)
    types = dict(zip(arrow.column_names, arrow.schema.types, strict=True))

    def back(answers: pa.Table) -> Any:  # noqa: ANN401
        import polars as pl

        found: Any = pl.from_arrow(answers)
        # What Arrow has no word for (an Enum and its list) is told apart from what it was carried as.
        changed = {
            field.name: dtypes[field.name]
            for field in answers.schema
            if types.get(field.name) == field.type and dtypes[field.name] != found.schema[field.name]
        }
        return found.cast(changed) if changed else found

    return arrow, back


# --- DuckDB ------------------------------------------------------------------------------------------------


def _on_the_connection_of(relation: Any) -> Back:  # noqa: ANN401 -- duckdb is not imported for its types
    def back(_icm_rules_answers_: pa.Table) -> Any:  # noqa: ANN401
        import duckdb

        try:
            # A relation does not show its connection; what is asked *of* it runs there, and finds the table by the
            # name of this function's argument, which no table of the user's is likely to have.
            found = relation.query(_ALIAS_IN_DUCKDB, "SELECT * FROM _icm_rules_answers_")
        except duckdb.CatalogException:
            return _icm_rules_answers_
        return found.set_alias(_ALIAS_IN_DUCKDB)  # another one than the relation's, so that the two can be joined

    return back
