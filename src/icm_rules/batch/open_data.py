"""The European Commission's open mobility data, read into a table whose columns are named as given facts.

Call, action and direction are derived from the number of the project and the countries; what the data does not tell
stays empty, and nothing is guessed. What the columns are called and what their values mean stands in
``open_data.toml`` beside this module; which facts the data cannot tell is said in ``docs/open-data.md``.
"""

from __future__ import annotations

import codecs
import csv
import functools
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import attrs
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from icm_rules.engine import Rulebook
from icm_rules.engine.errors import GuideError, InputError, did_you_mean, shown
from icm_rules.guide import calls, guide
from icm_rules.model.countries import Country, country_codes
from icm_rules.model.identifiers import ProjectNumber, academic_year, erasmus_code, project_number
from icm_rules.model.terms import Activity, Direction, ParticipantKind, StudyCycle
from icm_rules.rules import RULEBOOK

_WORD: Final = pa.dictionary(pa.int16(), pa.string())

FACT_COLUMNS: Final[Mapping[str, pa.DataType]] = MappingProxyType(
    {
        "call": pa.int16(),
        "project_number": pa.string(),
        "activity": _WORD,
        "participant_kind": _WORD,
        "study_cycle": _WORD,
        "academic_year": pa.string(),
        "sending_country": _WORD,
        "sending_city": pa.string(),
        "sending_name": pa.string(),
        "sending_erasmus_code": pa.string(),
        "receiving_country": _WORD,
        "receiving_city": pa.string(),
        "receiving_name": pa.string(),
        "receiving_erasmus_code": pa.string(),
        "has_fewer_opportunities": pa.bool_(),
    }
)
"""The columns that are given facts, with their Arrow types."""

CARRIED_COLUMNS: Final[Mapping[str, pa.DataType]] = MappingProxyType(
    {
        "action": pa.string(),
        "is_icm": pa.bool_(),
        "direction": _WORD,
        "mobility_start_month": pa.string(),
        "mobility_end_month": pa.string(),
        "mobility_duration": pa.float64(),
        "activity_name": pa.string(),
        "education_level": pa.string(),
        "field_of_education": pa.string(),
        "participant_nationality": pa.string(),
        "participant_gender": pa.string(),
        "participant_age": pa.int16(),
        "special_needs": pa.bool_(),
        "group_leader": pa.bool_(),
        "participants": pa.int32(),
    }
)
"""The columns that are no facts: name them to ``carry=`` of ``evaluate_table``, or leave them out."""

_DELIMITERS: Final = (";", ",", "\t")
_PROJECT: Final = "project_reference"
_MONTH: Final = re.compile(r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])")
_LEVEL: Final = re.compile(r"(ISCED-[0-9])(?![0-9])")
_WHOLE: Final = re.compile(r"[0-9]{1,9}(?:\.0+)?")
_NUMBER: Final = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,9})?")
_OLDEST: Final = 120
_BLOCK_BYTES: Final = 1 << 22
"""How much of a file is read at a time, which bounds the memory that is needed [bytes]."""
_REMEMBERED: Final = 200_000
"""How many distinct values of one column are remembered with their reading."""

Places = npt.NDArray[np.int64]


@functools.cache
def _codes() -> Mapping[str, Any]:
    text = resources.files("icm_rules.batch").joinpath("open_data.toml").read_text(encoding="utf-8")
    return MappingProxyType(tomllib.loads(text))


def _comparable(text: str) -> str:
    """The text without what is of no matter: case, and blanks around and repeated."""
    return " ".join(text.split()).casefold()


# --- reading one value -------------------------------------------------------------------------------------


@functools.cache
def _words_for_missing() -> frozenset[str]:
    return frozenset(_comparable(word) for word in _codes()["missing"]["words"])


@functools.cache
def _activities() -> Mapping[str, str]:
    return {_comparable(name): Activity(line["activity"]) for line in _codes()["activities"] for name in line["names"]}


@functools.cache
def _country_names() -> Mapping[str, str]:
    return {_comparable(name): code for name, code in _codes()["countries"]["names"].items()}


@functools.cache
def icm_actions() -> frozenset[str]:
    """The actions that are International Credit Mobility, as the Guides call them."""
    return frozenset(guide(call).terminology.action for call in calls())


def _a_text(text: str) -> str:
    return text.strip()


def _a_project(text: str) -> ProjectNumber | None:
    try:
        return project_number(text)
    except InputError:
        return None


def _a_country(text: str) -> str | None:
    known = _country_names().get(_comparable(text))
    if known is not None:
        return known
    try:
        return Country(text)
    except InputError:
        from icm_rules.model.country_names import country_code_of  # loads pycountry; files with names need it alone

        # A text of two or three signs is a code, and one that is no country is not looked up as if it were a name.
        return country_code_of(text) if len(text.strip()) > len("XKX") else None


def _an_erasmus_code(text: str) -> str | None:
    try:
        return erasmus_code(text)
    except InputError:
        return None


def _an_academic_year(text: str) -> str | None:
    try:
        return str(academic_year(text))
    except InputError:
        return None


def _an_activity(text: str) -> str | None:
    return _activities().get(_comparable(text))


def _a_study_cycle(text: str) -> str | None:
    found = _LEVEL.match(text.strip().upper())
    levels: Mapping[str, str] = _codes()["study_cycles"]["levels"]
    return None if found is None else levels.get(found[1])


def _a_kind(text: str) -> str | None:
    kinds = {_comparable(word): kind for word, kind in _codes()["profiles"]["kinds"].items()}
    return kinds.get(_comparable(text))


def _a_flag(text: str) -> bool | None:
    words = {_comparable(_codes()["flags"]["yes"]): True, _comparable(_codes()["flags"]["no"]): False}
    return words.get(_comparable(text))


def _a_month(text: str) -> str | None:
    return text.strip() if _MONTH.fullmatch(text.strip()) else None


def _a_duration(text: str) -> float | None:
    return float(text.strip().replace(",", ".")) if _NUMBER.fullmatch(text.strip()) else None


def _an_age(text: str) -> int | None:
    age = _a_count(text)
    return age if age is not None and age <= _OLDEST else None


def _a_count(text: str) -> int | None:
    return int(text.strip().split(".")[0]) if _WHOLE.fullmatch(text.strip()) else None


_READ: Final[Mapping[str, tuple[str, Callable[[str], object]]]] = MappingProxyType(
    {
        "activity": ("activity_name", _an_activity),
        "participant_kind": ("participant_profile", _a_kind),
        "study_cycle": ("education_level", _a_study_cycle),
        "academic_year": ("academic_year", _an_academic_year),
        "sending_country": ("sending_country", _a_country),
        "sending_city": ("sending_city", _a_text),
        "sending_name": ("sending_name", _a_text),
        "sending_erasmus_code": ("sending_erasmus_code", _an_erasmus_code),
        "receiving_country": ("receiving_country", _a_country),
        "receiving_city": ("receiving_city", _a_text),
        "receiving_name": ("receiving_name", _a_text),
        "receiving_erasmus_code": ("receiving_erasmus_code", _an_erasmus_code),
        "has_fewer_opportunities": ("fewer_opportunities", _a_flag),
        "mobility_start_month": ("mobility_start_month", _a_month),
        "mobility_end_month": ("mobility_end_month", _a_month),
        "mobility_duration": ("mobility_duration", _a_duration),
        "activity_name": ("activity_name", _a_text),
        "education_level": ("education_level", _a_text),
        "field_of_education": ("field_of_education", _a_text),
        "participant_nationality": ("participant_nationality", _a_text),
        "participant_gender": ("participant_gender", _a_text),
        "participant_age": ("participant_age", _an_age),
        "special_needs": ("special_needs", _a_flag),
        "group_leader": ("group_leader", _a_flag),
        "participants": ("participants", _a_count),
    }
)
"""Each column of the table: the column of the file it is read from, and how a value of it is read."""

_WORDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "activity": tuple(str(item) for item in Activity),
        "participant_kind": tuple(str(item) for item in ParticipantKind),
        "study_cycle": tuple(str(item) for item in StudyCycle),
        "sending_country": tuple(sorted(country_codes())),
        "receiving_country": tuple(sorted(country_codes())),
        "direction": tuple(str(item) for item in Direction),
    }
)
"""The dictionaries of the columns of words, the same in every batch."""


# --- the direction -----------------------------------------------------------------------------------------


@functools.cache
def _facts_alone() -> Rulebook:
    """The derived facts of the rulebook without its rules: the direction is theirs to tell."""
    return RULEBOOK.without(*(rule.identity for rule in RULEBOOK.rules))


@functools.lru_cache(maxsize=_REMEMBERED)
def _direction(call: int, sending: str, receiving: str) -> str | None:
    """Which way a mobility goes by the Guide of its call; nothing where the Guide does not say."""
    try:
        provisions = guide(call).provisions
    except GuideError:
        return None
    countries = {"sending_country": Country(sending), "receiving_country": Country(receiving)}
    found = _facts_alone().evaluate(countries, provisions).value("direction")
    return str(found) if isinstance(found, Direction) else None


# --- the header --------------------------------------------------------------------------------------------


@attrs.frozen
class _Header:
    """The header of a file: its delimiter, our words for its columns, and what was not found and not known."""

    delimiter: str
    names: tuple[str, ...]
    """Our word for each column, in the order of the file; the file's own for one that is not read."""
    absent: tuple[str, ...]
    ignored: tuple[str, ...]


def _header(line: str, where: str) -> _Header:
    """What the first line of a file says.

    Raises:
        InputError: it is the header of another file, of two columns alike, or of none.

    """
    ours = {_comparable(alias): name for name, aliases in _codes()["columns"].items() for alias in aliases}
    split = {delimiter: next(csv.reader([line], delimiter=delimiter), []) for delimiter in _DELIMITERS}
    delimiter = max(_DELIMITERS, key=lambda sign: (sum(_comparable(cell) in ours for cell in split[sign]), sign == ";"))
    cells = split[delimiter]
    for mark, reason in _codes()["refused"].items():
        if any(mark in split_cells for split_cells in split.values()):
            message = f"{where} cannot be read as open mobility data: {reason}; take a file of 2014 or later"
            raise InputError(message)
    names = tuple(ours.get(_comparable(cell), f"ignored: {cell.strip()}") for cell in cells)
    for name, number in Counter(names).items():
        if number > 1 and name in _codes()["columns"]:
            both = " and ".join(repr(cell) for cell, own in zip(cells, names, strict=True) if own == name)
            message = f"{where}, line 1: the header names one column twice, {both}; leave one of them out"
            raise InputError(message)
    if _PROJECT not in names:
        wanted = _codes()["columns"][_PROJECT][0]
        nearest = did_you_mean(wanted, cells)
        message = (
            f"{where}, line 1: there is no column {wanted!r} in the header {shown(line)}{nearest or ''}; "
            "name a file of the Commission's mobility data, with its header, separated by semicolon, comma or tab"
        )
        raise InputError(message)
    return _Header(
        delimiter=delimiter,
        names=names,
        absent=tuple(_codes()["columns"][name][0] for name in _codes()["columns"] if name not in names),
        ignored=tuple(name.removeprefix("ignored: ") for name in names if name.startswith("ignored: ")),
    )


# --- the reader --------------------------------------------------------------------------------------------


@attrs.define
class Tally:
    """What became of the rows of a file; complete once all batches were read."""

    rows: int = 0
    """Rows read."""
    kept: int = 0
    """Rows given."""
    people: int = 0
    """People in the rows given, as far as told: a row may stand for several."""
    left_out: Counter[str] = attrs.field(factory=Counter)
    """Rows not given, by the reason."""
    unread: Counter[str] = attrs.field(factory=Counter)
    """Rows given in which the file holds something under a column that could not be read, by our column."""
    contradictions: int = 0
    """Rows given whose activity is one of staff and whose profile a learner, or the reverse; neither is told then."""
    absent_columns: tuple[str, ...] = ()
    ignored_columns: tuple[str, ...] = ()

    def sentences(self) -> tuple[str, ...]:
        """The tally in words."""
        told = [f"rows taken: {self.kept} of {self.rows}, which stand for this many people: {self.people}"]
        told += [f"rows left out: {number}, since {reason}" for reason, number in self.left_out.most_common()]
        told += [f"values of {name} that could not be read and stay empty: {n}" for name, n in self.unread.items()]
        if self.contradictions:
            told.append(
                f"rows that tell of a student and of staff at once, so that activity and kind stay empty: "
                f"{self.contradictions}"
            )
        if self.absent_columns:
            told.append(f"the file has no column {', '.join(self.absent_columns)}; what they tell stays empty")
        if self.ignored_columns:
            told.append(f"columns that are not read: {', '.join(self.ignored_columns)}")
        return tuple(told)


def _an_encoding(value: str) -> str:
    try:
        return codecs.lookup(value).name
    except LookupError:
        message = f"{shown(value)} is no encoding; write 'utf-8' or 'latin-1'"
        raise InputError(message, field="encoding") from None


@attrs.define(eq=False)
class OpenData:
    """A file of the Commission's open mobility data (CSV), read batch by batch.

    ``only_icm`` leaves out the rows of other actions and those without a readable project number; otherwise they are
    kept, and ``is_icm`` tells them apart. ``encoding`` is that of the file; ``latin-1`` is reported of one year.
    ``tally`` says what became of the rows.

    Raises:
        InputError: an encoding that does not exist, or a file that is none of this data.
        OSError: the file cannot be read.

    """

    path: Path = attrs.field(converter=Path)
    encoding: str = attrs.field(default="utf-8", converter=_an_encoding)
    only_icm: bool = True
    tally: Tally = attrs.field(init=False, factory=Tally)
    _header: _Header = attrs.field(init=False)
    _readings: dict[str, dict[str, object]] = attrs.field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        """Read the header."""
        if self.path.suffix.lower() in {".xlsx", ".xls"}:
            message = f"{self.path} is a spreadsheet; save it as CSV in UTF-8 and name that file"
            raise InputError(message)
        with self.path.open("rb") as file:
            line = file.readline()
        try:
            text = line.removeprefix(codecs.BOM_UTF8).decode(self.encoding).rstrip("\r\n")
        except UnicodeDecodeError:
            raise InputError(self._not_in_encoding(1)) from None
        if not text:
            message = f"{self.path} is empty; name a file of the Commission's mobility data, with its header"
            raise InputError(message)
        self._header = _header(text, str(self.path))

    @property
    def schema(self) -> pa.Schema:
        """The columns and their types: first the given facts, then what is carried."""
        return pa.schema([*FACT_COLUMNS.items(), *CARRIED_COLUMNS.items()])

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows, batch by batch; memory does not grow with the file.

        Raises:
            InputError: a line that is not in the encoding, or has too many or too few columns.

        """
        self.tally = Tally(absent_columns=self._header.absent, ignored_columns=self._header.ignored)
        used = [name for name in self._header.names if name in _codes()["columns"]]
        # Two columns that are not read may share a name; the reader of files wants each to have its own.
        names = [f"{name} {place}" if name not in used else name for place, name in enumerate(self._header.names)]
        try:
            with arrow_csv.open_csv(
                self.path,
                read_options=arrow_csv.ReadOptions(
                    column_names=names, skip_rows=1, encoding=self.encoding, block_size=_BLOCK_BYTES
                ),
                parse_options=arrow_csv.ParseOptions(delimiter=self._header.delimiter, newlines_in_values=True),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(used, pa.string()), include_columns=used, strings_can_be_null=False
                ),
            ) as reader:
                for batch in reader:
                    found = self._read(batch)
                    if found.num_rows:
                        yield found
        except (pa.ArrowInvalid, UnicodeDecodeError) as error:
            raise InputError(self._what_is_wrong(error)) from None

    def table(self) -> pa.Table:
        """All rows in one table, which must fit into memory.

        Raises:
            InputError: as for :meth:`batches`.

        """
        return pa.Table.from_batches(self.batches(), schema=self.schema)

    # --- one batch -------------------------------------------------------------------------------------------

    def _read(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        projects, places = self._values(batch.column(_PROJECT), _PROJECT, _a_project)
        numbers = [item if isinstance(item, ProjectNumber) else None for item in projects]
        is_icm = np.array([item is not None and item.action in icm_actions() for item in numbers], dtype=np.bool_)
        self._count(batch.column(_PROJECT), numbers, places)
        if self.only_icm:
            kept = is_icm[places]
            batch, places = batch.filter(pa.array(kept)), places[kept]
        self.tally.kept += batch.num_rows

        columns: dict[str, pa.Array] = {
            "call": _taken([item and item.call for item in numbers], places, FACT_COLUMNS["call"]),
            "project_number": _taken([item and item.text for item in numbers], places, pa.string()),
            "action": _taken([item and item.action for item in numbers], places, pa.string()),
            "is_icm": pa.array(is_icm[places]),
        }
        coded: dict[str, Places] = {}
        for name, (source, read) in _READ.items():
            kind = FACT_COLUMNS.get(name) or CARRIED_COLUMNS[name]
            if source not in batch.schema.names:
                coded[name] = np.full(batch.num_rows, -1)
                columns[name] = pa.nulls(batch.num_rows, kind)
                continue
            values, at = self._values(batch.column(source), name, read)
            self._count_unread(name, batch.column(source), values, at)
            if name in _WORDS:
                order = {word: place for place, word in enumerate(_WORDS[name])}
                coded[name] = np.array([order.get(str(value), -1) for value in values], dtype=np.int64)[at]
            else:
                columns[name] = _taken(values, at, kind)
        self._agree(coded)
        coded["direction"] = _directions(columns["call"], coded)
        for name, codes in coded.items():
            if name in _WORDS:
                columns[name] = _worded(codes, _WORDS[name])
        self.tally.people += pc.sum(columns["participants"]).as_py() or 0
        return pa.RecordBatch.from_arrays([columns[name] for name in self.schema.names], schema=self.schema)

    def _values(self, column: pa.Array, name: str, read: Callable[[str], object]) -> tuple[Sequence[object], Places]:
        """The distinct values of a column as they are read, and which of them each row has."""
        encoded = column.dictionary_encode()
        remembered = self._readings.setdefault(name, {})
        if len(remembered) > _REMEMBERED:
            remembered.clear()
        values: list[object] = []
        for text in encoded.dictionary.to_pylist():
            if text not in remembered:
                remembered[text] = None if _comparable(text) in _words_for_missing() else read(text)
            values.append(remembered[text])
        return values, encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)

    def _count(self, column: pa.Array, numbers: Sequence[ProjectNumber | None], places: Places) -> None:
        """Count the rows of the batch, and those that are left out with their reasons."""
        self.tally.rows += len(places)
        if not self.only_icm:
            return
        texts = column.dictionary_encode().dictionary.to_pylist()
        rows = np.bincount(places, minlength=len(numbers))
        for number, text, times in zip(numbers, texts, rows.tolist(), strict=True):
            if number is None:
                is_missing = _comparable(text) in _words_for_missing()
                why = "the project reference is missing" if is_missing else "the project reference cannot be read"
                self.tally.left_out[why] += times
            elif number.action not in icm_actions():
                self.tally.left_out[f"{number.action} is another action"] += times

    def _count_unread(self, name: str, column: pa.Array, values: Sequence[object], places: Places) -> None:
        texts = column.dictionary_encode().dictionary.to_pylist()
        unread = [
            place
            for place, (text, value) in enumerate(zip(texts, values, strict=True))
            if value is None and _comparable(text) not in _words_for_missing()
        ]
        if unread:
            self.tally.unread[name] += int(np.bincount(places, minlength=len(values))[unread].sum())

    def _agree(self, coded: dict[str, Places]) -> None:
        """Make activity, kind and study cycle tell of one person.

        The kind follows from the activity; where the profile says otherwise neither is told. The study cycle is a fact
        of students: of staff the data has a level as well, and a row whose kind is open may be one of staff.
        """
        students = np.array([item.of_students for item in Activity])
        student, staff = (tuple(ParticipantKind).index(kind) for kind in ParticipantKind)
        by_activity = np.where(students[coded["activity"]], student, staff)
        has_activity, has_kind = coded["activity"] >= 0, coded["participant_kind"] >= 0
        differ = has_activity & has_kind & (by_activity != coded["participant_kind"])
        self.tally.contradictions += int(differ.sum())
        kind = np.where(has_activity, by_activity, coded["participant_kind"])
        coded["participant_kind"] = np.where(differ, -1, kind)
        coded["activity"] = np.where(differ, -1, coded["activity"])
        coded["study_cycle"] = np.where(coded["participant_kind"] == student, coded["study_cycle"], -1)

    # --- what is wrong with a file ---------------------------------------------------------------------------

    def _not_in_encoding(self, line: int) -> str:
        way_out = "try the encoding latin-1" if self.encoding == "utf-8" else "try the encoding utf-8"
        return f"{self.path}, line {line}: this is not in the encoding {self.encoding}; {way_out}"

    def _what_is_wrong(self, error: Exception) -> str:
        """The sentence on the first line that cannot be read; the file is read once more to find it."""
        with self.path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    line.decode(self.encoding)
                except UnicodeDecodeError:
                    return self._not_in_encoding(number)
        width = len(self._header.names)
        with self.path.open(encoding=self.encoding, newline="") as text:
            rows = csv.reader(text, delimiter=self._header.delimiter)
            first = 1
            for row in rows:
                if row and len(row) != width:
                    return (
                        f"{self.path}, line {first}: there are {len(row)} columns and the header has {width}; mend the "
                        "line, or put a value that holds the separator in quotation marks"
                    )
                first = rows.line_num + 1
        return f"{self.path} cannot be read as CSV: {error}; check that the file is whole"


def _taken(values: Sequence[object], places: Places, kind: pa.DataType) -> pa.Array:
    """The value of each row from the distinct ones."""
    return pa.array(values, kind).take(pa.array(places))


def _worded(codes: Places, words: Sequence[str]) -> pa.Array:
    """A column of words from their places in the dictionary; a negative place is a gap."""
    gaps = codes < 0
    return pa.DictionaryArray.from_arrays(
        pa.array(np.where(gaps, 0, codes).astype(np.int16), mask=gaps), pa.array(words, pa.string())
    )


def _directions(call: pa.Array, coded: Mapping[str, Places]) -> Places:
    """The direction of each row, by its place among the terms; each combination is asked once."""
    years = pc.fill_null(call, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    countries = _WORDS["sending_country"]
    several = len(countries) + 1
    key = (years * several + coded["sending_country"]) * several + coded["receiving_country"]
    key = np.where((years >= 0) & (coded["sending_country"] >= 0) & (coded["receiving_country"] >= 0), key, -1)
    distinct, at = np.unique(key, return_inverse=True)
    order = {word: place for place, word in enumerate(_WORDS["direction"])}
    found = []
    for item in distinct.tolist():
        year, pair = divmod(item, several * several)
        told = None if item < 0 else _direction(year, countries[pair // several], countries[pair % several])
        found.append(-1 if told is None else order[told])
    return np.array(found, dtype=np.int64)[at.reshape(-1)]


def convert(source: str | Path, target: str | Path, *, encoding: str = "utf-8", only_icm: bool = True) -> Tally:
    """Write a file of the open data anew as a table of facts (Parquet, Arrow or CSV), and tell what became of it.

    The end of the name of ``target`` says which kind of file it is; the arguments are those of :class:`OpenData`.

    Raises:
        InputError: a file that cannot be read as open data, or a name that ends otherwise.
        OSError: a file that cannot be read or written.

    """
    from icm_rules.batch.files import write_batches  # knows the formats; a table in memory does without

    data = OpenData(source, encoding=encoding, only_icm=only_icm)
    write_batches(target, data.schema, data.batches())
    return data.tally
