"""Columns as small whole numbers: each distinct value of a fact is read once and has a code; code 0 is *not told*."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from icm_rules.engine.errors import InputError, shown
from icm_rules.engine.facts import members_of
from icm_rules.model.vocabulary import VOCABULARY, read_fact

Codes = npt.NDArray[np.int32] | npt.NDArray[np.uint8]

WIDEST_SPAN = 1 << 16
"""Whole numbers that lie farther apart are coded by their distinct values: tables over them would be empty."""
MOST_NARROW = 256
"""So many codes go into one byte each."""
FEW_NUMBERS = frozenset({"call"})
"""Numbers of which a table has a handful: room between them would be room in every table."""
_LARGEST_WHOLE_FLOAT = 2.0**53
_FIRST_DAY = dt.date(1970, 1, 1).toordinal()
_WORDS_OF_FLAGS = {"true": True, "false": False}


@attrs.frozen
class Unreadable:
    """Stands in place of a value that is no value of its fact; the message shows it and says what to write."""

    message: str


def _told(name: str, raw: object) -> object:
    """The value in its fact's type, or why it is none; text is read as a file would tell it."""
    try:
        if isinstance(raw, str):
            kinds = members_of(VOCABULARY[name].type)
            if bool in kinds:
                raw = _WORDS_OF_FLAGS.get(raw.strip().lower(), raw)
            elif any(getattr(kind, "__origin__", None) is tuple for kind in kinds):
                raw = _list_in_text(raw)
        return read_fact(name, raw)
    except InputError as refusal:
        return Unreadable(f"{'.'.join(filter(None, (name, _within(refusal.field))))}: {refusal}")


def _within(field: str | None) -> str | None:
    """The rest of a refusal's place below its column."""
    _, _, rest = (field or "").partition(".")
    return rest or None


def _list_in_text(raw: str) -> object:
    try:
        return json.loads(raw)
    except ValueError:
        message = f"{shown(raw)} is no list; write it as JSON, in square brackets"
        raise InputError(message) from None


class NumberValues(Sequence[object]):
    """The values of whole numbers, dates or decimals in a row, each read when it is first asked for."""

    def __init__(self, name: str, base: int, top: int, scale: int | None, *, of_days: bool) -> None:
        """Values from ``base`` to ``top``, both ends included; ``scale`` is that of decimals."""
        self.name, self.base, self.top, self.scale, self.of_days = name, base, top, scale, of_days
        self._read: dict[int, object] = {0: None}

    def __len__(self) -> int:
        """How many codes there are, that of *not told* included."""
        return self.top - self.base + 2

    def __getitem__(self, code: Any) -> Any:  # noqa: ANN401 - a sequence of any values
        """The value of a code."""
        found = self._read.get(code, self)
        if found is self:
            found = self._read[code] = self.read(int(code) + self.base - 1)
        return found

    def read(self, number: int) -> object:
        """The value that this number stands for, or why there is none."""
        raw: object = number
        if self.of_days:
            try:
                raw = dt.date.fromordinal(number + _FIRST_DAY)
            except (ValueError, OverflowError):
                return Unreadable(f"{self.name}: day {number} from 1970 on is no date; write year-month-day")
        elif self.scale is not None:
            raw = Decimal(number).scaleb(-self.scale)
        return _told(self.name, raw)


class Coder:
    """The codes of one column, kept from batch to batch; ``version`` grows when earlier codes no longer hold."""

    def __init__(self, name: str) -> None:
        """Nothing has been seen of the column yet."""
        self.name = name
        self.values: Sequence[object] = [None]
        self.version = 0
        self.has_nulls = False
        self.unreadable: set[int] = set()
        self.by_number = False
        self._kind: pa.DataType | None = None
        self._manner: Callable[[pa.Array], Codes] = self._of_any
        self._code_of_raw: dict[object, int] = {}
        self._code_of_value: dict[object, int] = {}
        self._last: tuple[pa.Array, Codes, bool] | None = None
        """The words of the last batch, their codes, and whether these follow one another."""

    def __len__(self) -> int:
        """How many codes there are, that of *not told* included."""
        return len(self.values)

    def encode(self, array: pa.Array) -> Codes:
        """The code of each value."""
        if array.null_count:
            self.has_nulls = True
        if array.type != self._kind:
            self._kind, self._manner = array.type, self._manner_of(array.type)
        return self._manner(array)

    def _manner_of(self, kind: pa.DataType) -> Callable[[pa.Array], Codes]:
        """How a column of this type is coded."""
        if pa.types.is_null(kind):
            return lambda array: np.zeros(len(array), np.int32)
        if pa.types.is_boolean(kind):
            return self._of_flags
        if pa.types.is_dictionary(kind):
            return self._of_words
        if self.name in FEW_NUMBERS:
            return lambda array: self._of_words(_with_dictionary(array))
        return self._of_any

    def _of_any(self, array: pa.Array) -> Codes:
        numbers = _numbers(array)
        if numbers is not None and (self.by_number or len(self.values) == 1):
            found = self._of_numbers(array, *numbers)
            if found is not None:
                return found
        return self._of_words(_with_dictionary(array))

    # --- numbers -----------------------------------------------------------------------------------------

    def _of_numbers(
        self,
        array: pa.Array,
        numbers: npt.NDArray[Any],
        scale: int | None,
        of_days: bool,  # noqa: FBT001
    ) -> Codes | None:
        """Codes by the distance from the smallest; *None* where they lie too far apart."""
        valid = _valid(array)
        ends = self._ends_of(numbers)
        if ends and not self._has_room(ends, scale):
            if valid is not None:
                ends = self._ends_of(numbers[valid])
            if ends and not self._make_room(ends[0], ends[-1], scale, of_days=of_days):
                return None
        values = self.values
        if not isinstance(values, NumberValues):
            return np.zeros(len(array), np.int32)
        codes = _distances(numbers, values.base - 1, len(values))
        if valid is not None:
            codes *= valid
        if any(isinstance(values[self._code(end)], Unreadable) for end in ends):
            for number in np.unique(numbers if valid is None else numbers[valid]).tolist():
                if isinstance(values[self._code(number)], Unreadable):
                    self.unreadable.add(self._code(number))
        return codes

    @staticmethod
    def _ends_of(numbers: npt.NDArray[Any]) -> tuple[int, ...]:
        return (int(numbers.min()), int(numbers.max())) if len(numbers) else ()

    def _has_room(self, ends: tuple[int, ...], scale: int | None) -> bool:
        values = self.values
        return (
            isinstance(values, NumberValues)
            and values.base <= ends[0]
            and ends[-1] <= values.top
            and values.scale == scale
        )

    def _code(self, number: int) -> int:
        values = self.values
        return number - values.base + 1 if isinstance(values, NumberValues) else 0

    def _make_room(self, lowest: int, highest: int, scale: int | None, *, of_days: bool) -> bool:
        if self._has_room((lowest, highest), scale):
            return True
        values = self.values
        if isinstance(values, NumberValues):
            lowest, highest = min(lowest, values.base), max(highest, values.top)
            same_unit = values.scale == scale and values.of_days == of_days
        else:
            same_unit = True
        span = highest - lowest
        if span > WIDEST_SPAN or not same_unit:
            if self.by_number:
                self._start_again()
            return False
        # Room for what later batches may bring, so that the tables made so far can stay.
        slack = max(8, span // 8)
        low, high = max(lowest - slack, min(lowest, 0)), highest + slack
        self.version += self.by_number
        self.by_number, self.unreadable = True, set()
        self.values = NumberValues(self.name, low, high, scale, of_days=of_days)
        return True

    def _start_again(self) -> None:
        self.version += 1
        self.by_number, self.values, self.unreadable = False, [None], set()
        self._code_of_raw, self._code_of_value, self._last = {}, {}, None

    # --- words -------------------------------------------------------------------------------------------

    def _of_flags(self, array: pa.Array) -> Codes:
        if self.by_number:
            self._start_again()
        no, yes = self.code_of(raw=False), self.code_of(raw=True)
        codes: Codes = _bits(array.buffers()[1], array)
        if yes - no == 1 and len(self.values) <= MOST_NARROW:
            codes += np.uint8(no)
        else:
            codes = np.multiply(codes, yes - no, dtype=np.int32) + np.int32(no)
        valid = _valid(array)
        if valid is not None:
            codes *= valid
        return codes

    def _of_words(self, array: pa.DictionaryArray) -> Codes:
        if self.by_number:
            self._start_again()
        words, indices = array.dictionary, array.indices
        if self._last is not None and self._last[0].equals(words):
            _, codes, follows = self._last
        else:
            raws = words.to_pylist()
            codes = np.fromiter((self.code_of(raw) for raw in raws), np.int32, len(raws))
            follows = bool(len(codes)) and bool((codes == np.arange(codes[0], codes[0] + len(codes))).all())
            self._last = (words, codes, follows)
        if not len(codes):
            return np.zeros(len(array), np.int32)
        places, is_narrow = _buffer(indices), len(self.values) <= MOST_NARROW
        found: Codes
        if not follows:
            own: Codes = codes.astype(np.uint8) if is_narrow else codes
            found = own.take(places.astype(np.intp), mode="clip")
        elif is_narrow:
            found = places.astype(np.uint8) + np.uint8(codes[0])
        elif _is_small(places):
            found = np.add(places, codes[0], dtype=np.int32)
        else:
            found = np.add(places, codes[0]).astype(np.int32)
        valid = _valid(indices)
        if valid is not None:
            found *= valid
        return found

    def code_of(self, raw: object) -> int:
        """The code of a value as the column tells it."""
        if raw is None:
            return 0
        plain = raw if isinstance(raw, (str, int, float, bool, Decimal, dt.date)) else repr(raw)
        key = (type(plain), plain)  # True and 1 are equal, and only one of them is a yes
        found = self._code_of_raw.get(key)
        if found is None:
            value = _told(self.name, raw)
            found = self._code_of_value.get(value)
            if found is None:
                found = len(self.values)
                self.values.append(value)  # type: ignore[attr-defined] # a list, unless coded by number
                self._code_of_value[value] = found
                if isinstance(value, Unreadable):
                    self.unreadable.add(found)
            self._code_of_raw[key] = found
        return found


def _distances(numbers: npt.NDArray[Any], first: int, most: int) -> Codes:
    """How far numbers are from the first; there are no more than so many distances."""
    codes: Codes
    if most <= MOST_NARROW:
        # Modulo 256 a distance is what it is, whatever the type.
        codes = numbers.astype(np.uint8) - np.uint8(first % MOST_NARROW)
    elif _is_small(numbers):
        codes = np.subtract(numbers, np.int32(first), dtype=np.int32)
    else:
        codes = np.subtract(numbers, first, dtype=np.int64).astype(np.int32)
    return codes


def _is_small(numbers: npt.NDArray[Any]) -> bool:
    """Whether numbers of this type are numbers of 32 bits as well."""
    return np.can_cast(numbers.dtype, np.int32)


def _bits(buffer: pa.Buffer, array: pa.Array) -> npt.NDArray[np.uint8]:
    """The bits of a buffer that belong to an array, each as 0 or 1."""
    first, last = array.offset, array.offset + len(array)
    packed = np.frombuffer(buffer, np.uint8)[first // 8 : (last + 7) // 8]
    return np.unpackbits(packed, bitorder="little")[first % 8 : first % 8 + len(array)]


def _valid(array: pa.Array) -> npt.NDArray[np.bool_] | None:
    """Where a value is told; *None* where all are."""
    if not array.null_count:
        return None
    return _bits(array.buffers()[0], array).view(np.bool_)


def _with_dictionary(array: pa.Array) -> pa.DictionaryArray:
    """The same values, each distinct one once in a dictionary."""
    kind = array.type
    if pa.types.is_string_view(kind):
        array = array.cast(pa.large_string())
    if pa.types.is_nested(kind) or pa.types.is_float16(kind):
        # Arrow makes no dictionary of lists: their values are told apart as they are written out.
        return _by_what_is_written(array)
    return array.dictionary_encode()


def _by_what_is_written(array: pa.Array) -> pa.DictionaryArray:
    values = array.to_pylist()
    places: dict[str, int] = {}
    first: list[int] = []
    indices: list[int | None] = []
    for position, value in enumerate(values):
        if value is None:
            indices.append(None)
            continue
        written = repr(value)
        if written not in places:
            places[written] = len(first)
            first.append(position)
        indices.append(places[written])
    return pa.DictionaryArray.from_arrays(pa.array(indices, pa.int32()), array.take(pa.array(first, pa.int64())))


Numbers = tuple[npt.NDArray[Any], int | None, bool]
"""Whole numbers, the scale if they stand for decimals, whether they count days."""


def _numbers(array: pa.Array) -> Numbers | None:
    """The column as whole numbers, where it can be; what stands at nulls is of no account."""
    kind = array.type
    if pa.types.is_integer(kind):
        if not _fits(array):
            return None
        numbers = _buffer(array)
        # Differences of small numbers fit into 32 bits as they are.
        return numbers if _is_small(numbers) else numbers.astype(np.int64, copy=False), None, False
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        days = _days(array)
        return None if days is None else (days, None, True)
    if pa.types.is_decimal(kind):
        return _of_decimals(array)
    if pa.types.is_floating(kind) and not pa.types.is_float16(kind):
        return _of_floats(array)
    return None


def _buffer(array: pa.Array) -> npt.NDArray[Any]:
    kind: Any = np.dtype(array.type.to_pandas_dtype())
    return np.frombuffer(array.buffers()[1], kind, len(array), array.offset * kind.itemsize)


def _fits(array: pa.Array) -> bool:
    if not pa.types.is_uint64(array.type):
        return True
    highest = pc.max(array).as_py()
    return highest is None or highest < 1 << 62


def _days(array: pa.Array) -> npt.NDArray[np.int32] | None:
    """Days from 1970 on; *None* where a value has an hour of the day as well."""
    kind = array.type
    if pa.types.is_date32(kind):
        return np.frombuffer(array.buffers()[1], np.int32, len(array), array.offset * 4)
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        return None
    days = array.cast(pa.date32(), safe=False)
    if not pc.all(pc.equal(days.cast(kind), array), skip_nulls=True).as_py():
        return None
    return _days(days)


def _of_decimals(array: pa.Array) -> Numbers | None:
    if not pa.types.is_decimal128(array.type):
        try:
            array = array.cast(pa.decimal128(38, array.type.scale))
        except pa.ArrowInvalid:
            return None
    halves = np.frombuffer(array.buffers()[1], np.int64, 2 * len(array), array.offset * 16)
    low, high = halves[::2], halves[1::2]
    fits = high == low >> 63
    if array.null_count:
        fits |= array.is_null().to_numpy(zero_copy_only=False)
    return (low.copy(), array.type.scale, False) if fits.all() else None


def _of_floats(array: pa.Array) -> Numbers | None:
    values = array.to_numpy(zero_copy_only=False)
    if array.null_count:
        values = np.where(array.is_null().to_numpy(zero_copy_only=False), 0, values)
    with np.errstate(invalid="ignore"):
        whole = (np.abs(values) < _LARGEST_WHOLE_FLOAT) & (np.floor(values) == values)
    return (values.astype(np.int64), None, False) if whole.all() else None


def chunks_of(column: pa.ChunkedArray | pa.Array) -> Iterator[pa.Array]:
    """The arrays a column is made of."""
    if isinstance(column, pa.ChunkedArray):
        yield from column.chunks
    else:
        yield column
