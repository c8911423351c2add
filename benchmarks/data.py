"""The rows that are measured: invented mobilities with the shape of real flows, the same for the same seed.

Rows are drawn as coded columns (small whole numbers); the other forms (Arrow, rows of Python values, texts) are made
of these outside the clock. Nothing is missing but what nobody can tell: the study cycle of a teacher.
"""

# ruff: noqa: PLR2004 - shares of invented rows, and codes of activities, stand where they are drawn

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from benchmarks.figures import FIGURES
from benchmarks.subset import CALL, FACTS

if TYPE_CHECKING:
    import pyarrow as pa

SEED = 2019

ACTIVITIES = ("studies", "traineeship", "teaching", "training", "teaching_and_training")
KINDS = ("university", "enterprise")
CYCLES = ("short", "first", "second", "third")

_OVERSEAS = ("AW", "GL", "GP", "NC", "PF", "RE")
"""The overseas territories that occur."""

_WEIGHTS = {1: 18, 2: 18, 3: 16, 4: 10, 5: 0.7, 6: 12, 7: 5, 8: 6, 9: 1.5, 10: 2, 11: 6, 12: 0.7, 13: 7, 14: 0.9}
"""How often a region occurs; the closed ones, rarely."""

_TYPICAL_KM = {1: 1300, 2: 2100, 3: 2400, 4: 2300, 5: 900, 6: 7600, 7: 4300, 8: 9600, 9: 3900, 10: 9300}
_TYPICAL_KM |= {11: 6200, 12: 4700, 13: 9800, 14: 800}
_BETWEEN_PROGRAMME_KM = 1200
_FARTHEST_KM = 19_000

_EVERY_THIRD_OF = 11
"""The largest region, of which every third country occurs, so that there are some 150 in all."""


def _partners() -> tuple[tuple[str, ...], tuple[float, ...]]:
    names: list[str] = []
    weights: list[float] = []
    for region, weight in _WEIGHTS.items():
        members = sorted(country for country, number in FIGURES.region_of.items() if number == region)
        members = members[::3] if region == _EVERY_THIRD_OF else members
        # The first of a region occurs more often than the last, as large partners do.
        shares = [1 / (place + 2) for place in range(len(members))]
        names += members
        weights += [weight * share / sum(shares) for share in shares]
    return tuple(names), tuple(weights)


_PARTNERS, _PARTNER_WEIGHTS = _partners()
_PROGRAMME = tuple(sorted(country for country, state in FIGURES.counts_as.items() if country == state)) + _OVERSEAS

COUNTRIES = tuple(sorted((*_PROGRAMME, *_PARTNERS)))
"""The countries that occur; a country's place is its code."""

WORDS: Mapping[str, tuple[str, ...]] = {
    "activity": ACTIVITIES,
    "sending_country": COUNTRIES,
    "receiving_country": COUNTRIES,
    "sending_kind": KINDS,
    "receiving_kind": KINDS,
    "study_cycle": CYCLES,
}
"""The words that the codes of a column stand for."""

DATES = ("agreement_signed_by_programme_side_on", "agreement_signed_by_partner_side_on", "start_date", "end_date")
STUDENT_ONLY = ("study_cycle", "one_cycle_programme", "days_used_in_cycle")
"""The facts that staff has none of: the one kind of cell that is empty."""

MAY_BE_UNKNOWN = ("agreement_signed_by_partner_side_on", "covers_academic_term", "teaching_hours", "distance_km")
"""The columns that get empty cells where missing facts are measured."""


class Rows(NamedTuple):
    """Coded columns by the name of their fact, and which of their cells are empty (a code of 0 stands there)."""

    columns: dict[str, np.ndarray]
    empty: dict[str, np.ndarray]

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.columns["activity"])

    def part(self, start: int, stop: int) -> Rows:
        """Some of the rows, as views."""
        return Rows(
            {name: column[start:stop] for name, column in self.columns.items()},
            {name: cells[start:stop] for name, cells in self.empty.items()},
        )


def _day(year: int, month: int, day: int) -> int:
    return (dt.date(year, month, day) - dt.date(1970, 1, 1)).days


FIRST_DAY = _day(CALL, 9, 1)
"""The first day on which a stay starts; the last one is two academic years later."""

_DAYS_OF_TWO_YEARS = 730


def _drawn(random: np.random.Generator, rows: int, shares: Mapping[int, float]) -> np.ndarray:
    """Values drawn by their shares, which need not sum up to 1."""
    total = sum(shares.values())
    return random.choice(
        np.array(list(shares), dtype=np.int32), size=rows, p=[share / total for share in shares.values()]
    )


def generate(rows: int, seed: int = SEED, *, block: int = 1_000_000) -> Rows:
    """So many rows; the first million is the same whatever comes after it."""
    parts = [
        _generated(np.random.default_rng((seed, number)), min(block, rows - start))
        for number, start in enumerate(range(0, rows, block))
    ]
    if len(parts) == 1:
        return parts[0]
    return Rows(
        {name: np.concatenate([part.columns[name] for part in parts]) for name in parts[0].columns},
        {name: np.concatenate([part.empty[name] for part in parts]) for name in parts[0].empty},
    )


def stream(rows: int, seed: int = SEED, *, block: int = 1_000_000) -> Iterator[Rows]:
    """The same rows a block at a time."""
    for number, start in enumerate(range(0, rows, block)):
        yield _generated(np.random.default_rng((seed, number)), min(block, rows - start))


def _generated(random: np.random.Generator, rows: int) -> Rows:
    activity = _drawn(random, rows, {0: 0.5, 1: 0.09, 2: 0.2, 3: 0.17, 4: 0.04}).astype(np.uint8)
    is_student, teaches = activity <= 1, (activity == 2) | (activity == 4)
    way = _drawn(random, rows, {0: 0.615, 1: 0.37, 2: 0.008, 3: 0.007})  # incoming, outgoing, neither
    sending, receiving, kilometres = _sides(random, rows, way)
    incoming = way == 0
    sending_kind = (~is_student & incoming & (random.random(rows) < 0.02)).astype(np.uint8)
    outside = ((activity == 1) & (random.random(rows) < 0.5)) | ((activity == 3) & (random.random(rows) < 0.1))
    receiving_kind = outside.astype(np.uint8)
    sending_charter = (random.random(rows) < np.where(incoming, 0.004, 0.965)) & (sending_kind == 0)
    receiving_charter = (random.random(rows) < np.where(incoming, 0.965, 0.004)) & (receiving_kind == 0)
    start = _starts(random, rows, is_student)
    length = _lengths(random, rows, activity)
    cycle = 1 + _drawn(random, rows, {0: 0.03, 1: 0.5, 2: 0.35, 3: 0.12})
    region = np.array([FIGURES.region_of.get(country, 0) for country in COUNTRIES])[receiving]
    limited = (way == 1) & np.isin(region, sorted(FIGURES.paid_cycles))
    cycle = np.where(limited & (random.random(rows) < 0.85), len(CYCLES), cycle) * is_student
    used = _drawn(
        random, rows, {0: 0.76, 30: 0.02, 60: 0.02, 90: 0.04, 120: 0.05, 150: 0.05, 180: 0.02, 270: 0.02, 300: 0.02}
    )
    odd = random.random(rows) < 0.015
    used = np.where(odd, random.integers(1, 400, rows), used) * is_student
    columns: dict[str, np.ndarray] = {
        "activity": activity,
        "sending_country": sending,
        "receiving_country": receiving,
        "sending_kind": sending_kind,
        "receiving_kind": receiving_kind,
        "sending_holds_charter": sending_charter,
        "receiving_holds_charter": receiving_charter,
        "agreement_signed_by_programme_side_on": _signed(random, start),
        "agreement_signed_by_partner_side_on": _signed(random, start),
        "start_date": start,
        "end_date": (start + length - 1).astype(np.int32),
        "covers_academic_term": is_student & (random.random(rows) < np.where(length < 95, 0.6, 0.9)),
        # Codes of cycles count from 1; 0 stands where nobody has one.
        "study_cycle": cycle.astype(np.uint8),
        "one_cycle_programme": is_student & (random.random(rows) < 0.06),
        "days_used_in_cycle": used.astype(np.int16),
        "teaching_hours": np.where(teaches, _hours(random, length), 0).astype(np.uint8),
        "distance_km": kilometres,
        "travel_days_claimed": _drawn(random, rows, {0: 0.2, 1: 0.15, 2: 0.6, 3: 0.05}).astype(np.uint8),
    }
    return Rows({name: columns[name] for name in FACTS}, dict.fromkeys(STUDENT_ONLY, ~is_student))


def _sides(random: np.random.Generator, rows: int, way: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The sending and the receiving country, as codes, and the distance between them [km]."""
    code = {country: place for place, country in enumerate(COUNTRIES)}
    programme = np.array([code[country] for country in _PROGRAMME], dtype=np.uint8)
    partner = np.array([code[country] for country in _PARTNERS], dtype=np.uint8)
    size = np.array([1 / (place % 9 + 1) for place in range(len(_PROGRAMME))])
    size[-len(_OVERSEAS) :] = 0.02
    own = random.choice(programme, rows, p=size / size.sum())
    other = random.choice(partner, rows, p=np.array(_PARTNER_WEIGHTS) / sum(_PARTNER_WEIGHTS))
    sending = np.where((way == 0) | (way == 3), other, own)
    receiving = np.where(way == 0, own, other)
    receiving = np.where(way == 2, random.choice(programme, rows), receiving)
    region = np.array([FIGURES.region_of.get(country, 0) for country in COUNTRIES])
    typical = np.array([_TYPICAL_KM.get(number, _BETWEEN_PROGRAMME_KM) for number in range(max(_TYPICAL_KM) + 1)])
    far = typical[np.maximum(region[sending], region[receiving])]
    # A fifth of the programme's neighbours are near: border regions.
    near = random.random(rows) < 0.04
    kilometres = far * np.where(near, random.uniform(0.01, 0.3, rows), random.uniform(0.55, 1.6, rows))
    return sending, receiving, np.clip(kilometres, 10, _FARTHEST_KM).astype(np.uint16)


def _starts(random: np.random.Generator, rows: int, is_student: np.ndarray) -> np.ndarray:
    """First days, two academic years of them; students begin in autumn and in early spring."""
    term = np.array([0, 160, 365, 525])[random.integers(0, 4, rows)] + random.integers(0, 45, rows)
    anywhere = random.integers(0, _DAYS_OF_TWO_YEARS, rows)
    return (FIRST_DAY + np.where(is_student & (random.random(rows) < 0.85), term, anywhere)).astype(np.int32)


def _lengths(random: np.random.Generator, rows: int, activity: np.ndarray) -> np.ndarray:
    """How many calendar days a stay takes, both ends included."""
    one_term = random.integers(92, 165, rows)
    a_year = random.integers(240, 350, rows)
    studies = np.where(random.random(rows) < 0.62, one_term, a_year)
    studies = np.where(random.random(rows) < 0.05, random.integers(60, 92, rows), studies)
    studies = np.where(random.random(rows) < 0.006, random.integers(355, 400, rows), studies)
    traineeship = np.where(random.random(rows) < 0.85, random.integers(61, 190, rows), random.integers(40, 400, rows))
    staff = _drawn(
        random, rows, {5: 0.34, 6: 0.1, 7: 0.27, 8: 0.08, 9: 0.03, 10: 0.05, 12: 0.04, 14: 0.04, 3: 0.03, 4: 0.03}
    )
    staff = np.where(random.random(rows) < 0.05, random.integers(15, 64, rows), staff)
    return np.select([activity == 0, activity == 1], [studies, traineeship], staff)


def _signed(random: np.random.Generator, start: np.ndarray) -> np.ndarray:
    """The day of a signature: mostly months before the stay, sometimes too late."""
    early = random.integers(1, 400, len(start))
    late = -random.integers(0, 30, len(start))
    return (start - np.where(random.random(len(start)) < 0.055, late, early)).astype(np.int32)


def _hours(random: np.random.Generator, length: np.ndarray) -> np.ndarray:
    """Hours taught: mostly what a week asks for or more, sometimes fewer."""
    enough = np.ceil(np.maximum(length, 7) * 8 / 7) + np.array([0, 0, 0, 2, 4, 8])[random.integers(0, 6, len(length))]
    return np.clip(np.where(random.random(len(length)) < 0.12, random.integers(4, 8, len(length)), enough), 4, 40)


def with_unknowns(rows: Rows, share: float = 0.03, seed: int = SEED) -> Rows:
    """The same rows, in which this share of the cells of four columns is not known."""
    random = np.random.default_rng((seed, 1_000_003))
    empty = dict(rows.empty)
    columns = dict(rows.columns)
    for name in MAY_BE_UNKNOWN:
        empty[name] = random.random(rows.count) < share
        columns[name] = np.where(empty[name], 0, columns[name]).astype(columns[name].dtype)
    return Rows(columns, empty)


# --- other forms -------------------------------------------------------------------------------------------


def _places(name: str, column: np.ndarray) -> np.ndarray:
    """Codes as places in the words of the column: cycles count from 1, the others from 0."""
    return np.where(column > 0, column - 1, 0) if name == "study_cycle" else column


def as_arrow(rows: Rows, *, dictionaries: bool = True) -> pa.RecordBatch:
    """An Arrow record batch; words as dictionaries, as Parquet and most frames hold them, or as plain texts."""
    import pyarrow as pa

    arrays: dict[str, Any] = {}
    for name, column in rows.columns.items():
        empty = rows.empty.get(name)
        if name in WORDS:
            codes = pa.array(_places(name, column).astype(np.int16), mask=empty)
            array = pa.DictionaryArray.from_arrays(codes, pa.array(WORDS[name]))
            arrays[name] = array if dictionaries else array.cast(pa.string())
        else:
            array = pa.array(column, mask=empty)
            arrays[name] = array.cast(pa.date32()) if name in DATES else array
    return pa.RecordBatch.from_pydict(arrays)


def as_dicts(rows: Rows) -> list[dict[str, Any]]:
    """The rows as dictionaries of Python values: words, dates, flags, whole numbers; *None* where a cell is empty."""
    return as_arrow(rows, dictionaries=False).to_pylist()
