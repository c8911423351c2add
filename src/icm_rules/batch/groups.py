"""The facts of :mod:`icm_rules.model.groups` over Arrow tables of millions of rows.

Rows are sorted by group and order once; sums within a group are differences of one running sum over the whole table.
Everything is counted in whole numbers: decimals and floats as so many units of their smallest place.
"""

from __future__ import annotations

import decimal
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from icm_rules.engine.errors import InputError
from icm_rules.model.groups import EXACT, GroupFact, no_such_column, number_of, told_in, value_of
from icm_rules.model.vocabulary import VOCABULARY

Derive: TypeAlias = Callable[[pa.Table, Sequence[str]], pa.Table]
"""Gives the columns of these names, which the table does not hold, row by row: the derived facts of the rulebook."""

_Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]

_MOST_DIGITS = 38
"""A column of Arrow's decimal128 holds so many digits."""
_LARGEST = 2**63 - 1


def with_group_facts(table: pa.Table, facts: Iterable[GroupFact], *, derive: Derive | None = None) -> pa.Table:
    """The table with a column for each of the facts, null where it is unknown; computed one after the other.

    A later fact may rest on the column of an earlier one. A column that is already there keeps what it tells and is
    filled in where it is null. Sums of whole numbers are int64; those of decimals are decimal128 of the same places,
    and floats are summed exactly as the decimals they print as. A group is all rows of the *table* that belong to it:
    a batch of a stream is no table.

    ``derive`` is asked for columns the table lacks; its columns are used and not kept.

    Raises:
        InputError: a column is missing or there twice, cannot be compared or summed, or a sum has too many digits.

    """
    for fact in facts:
        table = _with(table, fact, derive)
    return table


def _with(table: pa.Table, fact: GroupFact, derive: Derive | None) -> pa.Table:
    names = table.column_names
    for name in (*fact.reads, fact.writes):
        if names.count(name) > 1:
            message = f"{fact.name}: the table has {names.count(name)} columns named {name!r}; keep one of them"
            raise InputError(message, field=name)
    lacking = [name for name in fact.reads if name not in names]
    if lacking and derive is None:
        raise InputError(no_such_column(fact, lacking[0], names), field=lacking[0])
    beside = derive(table, lacking) if lacking and derive is not None else table
    columns = {name: (beside if name in lacking else table).column(name) for name in fact.reads}
    told = table.column(fact.writes) if fact.writes in names else pa.nulls(table.num_rows)
    result = _computed(table.num_rows, columns, told, fact)
    if fact.writes in names:
        return table.set_column(names.index(fact.writes), fact.writes, result)
    return table.append_column(fact.writes, result)


def _computed(rows: int, columns: dict[str, pa.ChunkedArray], told: pa.ChunkedArray, fact: GroupFact) -> pa.Array:
    if fact.of is None:
        of = _Numbers(np.ones(rows, dtype=np.int64), np.ones(rows, dtype=bool), None)
    else:
        of = _numbers(columns[fact.of], fact.of, number_of)
    stands = _numbers(told, fact.writes, told_in)
    of, stands = _alike(of, stands, rows)
    groups = _groups([_codes(columns[name], name) for name in fact.by], rows)
    ranks = [_ranks(columns[name], name) for name in fact.order]
    at = np.flatnonzero(groups >= 0)
    # The last key of a lexsort is the first that counts.
    at = at[np.lexsort((*(ranks_[at] for ranks_, _ in reversed(ranks)), groups[at]))]
    values, known = np.zeros(rows, dtype=of.values.dtype), np.zeros(rows, dtype=bool)
    if at.size:
        starts = np.ones(at.size, dtype=bool)
        starts[1:] = groups[at[1:]] != groups[at[:-1]]
        in_order = _Sorted(
            starts=np.flatnonzero(starts),
            group=np.cumsum(starts) - 1,
            of=of.at(at),
            told=stands.at(at),
        )
        if fact.takes == "all":
            values[at], known[at] = _over_all(in_order)
        else:
            orders = [(ranks_[at], known_[at]) for ranks_, known_ in ranks]
            values[at], known[at] = _running(in_order, orders, inclusive=fact.takes == "up to here")
    values = np.where(stands.known, stands.values, values)
    return _array(_Numbers(values, known | stands.known, of.places), fact)


# --- sums within groups ------------------------------------------------------------------------------------


@attrs.frozen
class _Numbers:
    """Whole numbers, in int64 or else as Python's own; zero where not known."""

    values: _Array
    known: _Array
    places: int | None
    """How many of the digits stand behind the point; *None* for what is whole by its type."""

    def at(self, rows: _Array) -> _Numbers:
        """Those of the rows."""
        return _Numbers(self.values[rows], self.known[rows], self.places)


@attrs.frozen(kw_only=True)
class _Sorted:
    """The rows that stand in a group, group by group and in their order."""

    starts: _Array
    """Where each group begins."""
    group: _Array
    """The number of each row's group."""
    of: _Numbers
    told: _Numbers


def _over_all(rows: _Sorted) -> tuple[_Array, _Array]:
    totals = np.add.reduceat(rows.of.values, rows.starts)
    known = np.logical_and.reduceat(rows.of.known, rows.starts)
    return totals[rows.group], known[rows.group]


def _running(rows: _Sorted, orders: Sequence[tuple[_Array, _Array]], *, inclusive: bool) -> tuple[_Array, _Array]:
    """Sums over the rows before each row, its own among them if ``inclusive``, and which of these are known.

    The running sums go over the whole table, past the ends of groups; only their differences within a group are used.
    """
    first = rows.starts[rows.group]
    tied = _tied(rows, orders)
    # What lies behind, and how much of it is unknown: a row that tells without a place makes all after it unknown.
    spoilt = ~rows.of.known | (tied & rows.told.known)
    behind: _Array = np.cumsum(rows.of.values)
    unknown: _Array = np.cumsum(spoilt)
    before: _Array = behind - rows.of.values
    unknown_before: _Array = unknown - spoilt
    # From where each row counts: the last row up to it that tells, or else the beginning of its group.
    anchors = rows.told.known & ~tied
    anchor = np.maximum.accumulate(np.where(anchors, np.arange(anchors.size), -1))
    from_told = anchor >= first
    anchor = np.where(from_told, anchor, first)
    here, unknown_here = (behind, unknown) if inclusive else (before, unknown_before)
    at_anchor: _Array = before[anchor]
    unknown_at_anchor: _Array = unknown_before[anchor]
    if inclusive:  # what is told counts the row that tells it
        at_anchor = np.where(from_told, behind[anchor], at_anchor)
        unknown_at_anchor = np.where(from_told, unknown[anchor], unknown_at_anchor)
    values = here - at_anchor + np.where(from_told, rows.told.values[anchor], 0)
    return values, (unknown_here == unknown_at_anchor) & ~tied & ~_without_order(rows, orders)


def _tied(rows: _Sorted, orders: Sequence[tuple[_Array, _Array]]) -> _Array:
    """The rows that have their place in the order of the group in common with another."""
    as_before = rows.group[1:] == rows.group[:-1]
    for ranks, _ in orders:
        as_before &= ranks[1:] == ranks[:-1]
    tied = np.zeros(rows.group.size, dtype=bool)
    tied[1:] |= as_before
    tied[:-1] |= as_before
    return tied


def _without_order(rows: _Sorted, orders: Sequence[tuple[_Array, _Array]]) -> _Array:
    """The rows of groups in which the order of some row is not known, but for groups of one."""
    ordered = np.ones(rows.group.size, dtype=bool)
    for _, known in orders:
        ordered &= known
    all_ordered = np.logical_and.reduceat(ordered, rows.starts)
    sizes = np.diff(rows.starts, append=rows.group.size)
    return (~all_ordered & (sizes > 1))[rows.group]


# --- columns as whole numbers ------------------------------------------------------------------------------


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """The column in one piece, its words written out and of one kind of text."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    kind = whole.type
    if pa.types.is_dictionary(kind):
        # Written out, since a dictionary may hold a word twice, or a null.
        whole = whole.cast(kind.value_type)
        kind = whole.type
    if pa.types.is_string(kind) or pa.types.is_string_view(kind):
        return whole.cast(pa.large_string())
    if pa.types.is_floating(kind):
        # Negative zero is zero, and not-a-number is unknown.
        return pc.add(pc.if_else(pc.is_nan(whole), pa.scalar(None, kind), whole), pa.scalar(0, kind))
    return whole


def _known(column: pa.Array) -> _Array:
    return np.asarray(column.is_valid().to_numpy(zero_copy_only=False), dtype=bool)


def _is_counted(kind: pa.DataType) -> bool:
    """Whether the values are int64 underneath, in their own order."""
    return (
        (pa.types.is_integer(kind) and not pa.types.is_uint64(kind))
        or pa.types.is_boolean(kind)
        or pa.types.is_date(kind)
        or pa.types.is_timestamp(kind)
        or pa.types.is_null(kind)
    )


def _counted(column: pa.Array) -> _Array:
    """Such a column as int64, zero where it is null."""
    if pa.types.is_date32(column.type):
        column = column.cast(pa.int32())
    return np.asarray(column.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False))


def _distinct(column: pa.Array, name: str) -> tuple[_Array, list[object]]:
    """Each row by the number of its value, -1 for null; and the values."""
    try:
        coded = column.dictionary_encode()
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        message = f"{name}: a column of {column.type} cannot be compared; name one of text, numbers or dates"
        raise InputError(message, field=name) from None
    codes = np.asarray(coded.indices.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)
    return codes, coded.dictionary.to_pylist()


def _through(codes: _Array, table: _Array, unknown: object) -> _Array:
    """The entry of the table for each code, ``unknown`` for -1."""
    return np.append(table, np.array([unknown], dtype=table.dtype))[codes]


def _codes(column: pa.ChunkedArray, name: str) -> tuple[_Array, int]:
    """Each row by the number of its value as groups compare it, -1 where unknown; and how many values there are."""
    whole = _whole(column)
    if pa.types.is_null(whole.type):
        return np.full(len(whole), -1), 1
    if pa.types.is_large_string(whole.type) and name not in VOCABULARY:
        # Text that is only compared: there may be a million persons, and none is looked at one by one.
        coded = whole.dictionary_encode()
        blank = pc.or_(pc.equal(coded.dictionary, ""), pc.utf8_is_space(coded.dictionary))
        codes = np.asarray(coded.indices.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)
        numbers = np.arange(len(coded.dictionary))
        numbers[np.asarray(blank.to_numpy(zero_copy_only=False), dtype=bool)] = -1
        return _through(codes, numbers, -1), max(numbers.size, 1)
    if _is_counted(whole.type):
        coded = whole.dictionary_encode()
        codes = np.asarray(coded.indices.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)
        return codes, max(len(coded.dictionary), 1)
    codes, values = _distinct(whole, name)
    numbers_of: dict[object, int] = {}
    numbers = np.full(len(values), -1)
    for place, value in enumerate(values):
        read = value_of(name, value)
        if read is not None:
            numbers[place] = numbers_of.setdefault(read, len(numbers_of))
    return _through(codes, numbers, -1), max(len(numbers_of), 1)


def _groups(columns: Sequence[tuple[_Array, int]], rows: int) -> _Array:
    """Each row by the number of its group, -1 where one of the columns is unknown."""
    groups, count, known = np.zeros(rows, dtype=np.int64), 1, np.ones(rows, dtype=bool)
    for codes, values in columns:
        known &= codes >= 0
        if count * values > _LARGEST:
            present, groups = np.unique(groups, return_inverse=True)
            count = max(present.size, 1)
        groups, count = groups * values + np.maximum(codes, 0), count * values
    return np.where(known, groups, -1)


def _ranks(column: pa.ChunkedArray, name: str) -> tuple[_Array, _Array]:
    """Numbers that stand in the order of the column's values, and which of these are known."""
    whole = _whole(column)
    if _is_counted(whole.type):
        return _counted(whole), _known(whole)
    if pa.types.is_floating(whole.type):
        return np.asarray(whole.fill_null(0).to_numpy(zero_copy_only=False)), _known(whole)
    codes, values = _distinct(whole, name)
    read: list[Any] = [value_of(name, value) for value in values]
    try:
        in_order = {value: rank for rank, value in enumerate(sorted({value for value in read if value is not None}))}
    except TypeError:
        message = f"{name}: values of this column cannot be put in order; name a date or a number"
        raise InputError(message, field=name) from None
    ranks = _through(codes, np.array([in_order.get(value, -1) for value in read], dtype=np.int64), -1)
    return ranks, ranks >= 0


def _numbers(
    column: pa.ChunkedArray | pa.Array, name: str, read: Callable[[str, object], int | Decimal | None]
) -> _Numbers:
    """The column as whole numbers of its smallest place."""
    whole = _whole(column)
    kind = whole.type
    if pa.types.is_null(kind) or pa.types.is_boolean(kind) or (_is_counted(kind) and pa.types.is_integer(kind)):
        return _Numbers(_counted(whole), _known(whole), None)
    if pa.types.is_decimal128(kind) and kind.scale >= 0:
        short = _short_decimals(whole)
        if short is not None:
            return _Numbers(short, _known(whole), kind.scale)
    codes, values = _distinct(whole, name)
    numbers = [read(name, value) for value in values]
    places: int | None = None if pa.types.is_integer(kind) else max(kind.scale, 0) if _is_decimal(kind) else 0
    for number in numbers:
        if isinstance(number, Decimal):
            number = number.normalize(EXACT)  # noqa: PLW2901 - 90.0 has no places
            places = max(places or 0, -int(number.as_tuple().exponent))
    scaled = np.array([_scaled(number, places) for number in numbers], dtype=object)
    known = _through(codes, np.array([number is not None for number in numbers], dtype=bool), unknown=False)
    if places == 0 and not _is_decimal(kind):
        places = None
    return _Numbers(_compact(_through(codes, scaled, 0)), known, places)


def _is_decimal(kind: pa.DataType) -> bool:
    return bool(pa.types.is_decimal(kind))


def _scaled(number: int | Decimal | None, places: int | None) -> int:
    return 0 if number is None else int(Decimal(number).scaleb(places or 0, EXACT))


def _short_decimals(column: pa.Array) -> _Array | None:
    """Decimals as int64 of their smallest place, zero where null; *None* where one is too long for that."""
    if len(column) == 0:
        return np.zeros(0, dtype=np.int64)
    # Each is 16 bytes, the low half first; the high half of a short one only repeats its sign.
    halves = np.frombuffer(column.buffers()[1], dtype="<i8").reshape(-1, 2)
    halves = halves[column.offset : column.offset + len(column)]
    low, high = (np.where(_known(column), half, 0) for half in (halves[:, 0], halves[:, 1]))
    return low if bool((high == low >> 63).all()) else None


def _compact(values: _Array) -> _Array:
    """Python's whole numbers as int64 if they all fit."""
    if values.size == 0 or max(abs(int(value)) for value in (values.max(), values.min())) <= _LARGEST:
        return values.astype(np.int64)
    return values


def _alike(of: _Numbers, told: _Numbers, rows: int) -> tuple[_Numbers, _Numbers]:
    """Both in units of the same place, and as Python's own numbers if a sum of all could pass int64."""
    if of.places is None and told.places is None:
        places: int | None = None
    else:
        places = max(of.places or 0, told.places or 0)
    scaled = []
    for numbers in (of, told):
        factor: int = 10 ** ((places or 0) - (numbers.places or 0))
        values = numbers.values
        most = max((abs(int(value)) for value in (values.max(), values.min())), default=0) if values.size else 0
        if values.dtype != object and most * factor * (rows + 1) > _LARGEST // 2:
            values = values.astype(object)
        scaled.append(values * factor if factor > 1 else values)
    if any(values.dtype == object for values in scaled):
        scaled = [values.astype(object) for values in scaled]
    return tuple(  # type: ignore[return-value] # there are two
        _Numbers(values, numbers.known, places) for values, numbers in zip(scaled, (of, told), strict=True)
    )


def _array(numbers: _Numbers, fact: GroupFact) -> pa.Array:
    """The numbers as a column: int64, or decimals with their places."""
    values, unknown = numbers.values, ~numbers.known
    try:
        if numbers.places is None:
            return pa.array(values.tolist() if values.dtype == object else values, pa.int64(), mask=unknown)
        kind = pa.decimal128(_MOST_DIGITS, numbers.places)
        if values.dtype == object:
            decimals = [
                Decimal(int(value)).scaleb(-numbers.places, EXACT) if known else None
                for value, known in zip(values, numbers.known, strict=True)
            ]
            return pa.array(decimals, kind)
    except (OverflowError, pa.ArrowInvalid, decimal.DecimalException):
        message = (
            f"{fact.name}: a sum has more digits than the column {fact.writes!r} can hold; "
            "round what is summed, or leave out what cannot be"
        )
        raise InputError(message, field=fact.of or fact.writes) from None
    halves = np.empty((values.size, 2), dtype="<i8")
    halves[:, 0], halves[:, 1] = values, values >> 63
    validity = pa.array(numbers.known).buffers()[1]
    return pa.Array.from_buffers(kind, values.size, [validity, pa.py_buffer(halves)])
