"""Facts of one mobility that rest on others of the same table: days used in the cycle, places used, money spent.

A :class:`GroupFact` defines such a fact once. :func:`computed` is the plain road and the reference, for the few rows
of a project; :mod:`icm_rules.batch.groups` computes the same for tables of millions. Both are a step before the rules
(or after them, over what they gave): a rule sees the result as a fact like any other.

What is not known stays unknown: a fact of a group is never a guess, and never a zero for want of a value.
"""

from __future__ import annotations

import decimal
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Literal, get_args

import attrs

from icm_rules.engine.answers import Unknown
from icm_rules.engine.errors import InputError, did_you_mean, shown
from icm_rules.model.vocabulary import VOCABULARY, read_fact

Takes = Literal["earlier", "up to here", "all"]
"""Which rows of its group a row rests on: those before it, those before it and itself, or every one."""

Row = Mapping[str, object]
"""One mobility by the names of its columns; *None*, or no such name, is what nobody told."""

Derive = Callable[[Row], object]
"""Gives a value that a row does not hold, such as a derived fact of the rulebook."""

EXACT = decimal.Context(prec=400, traps=[decimal.Inexact, decimal.InvalidOperation, decimal.Overflow])
"""Counts decimals without rounding; a sum that would need more digits than these is refused."""

_NOTHING_DERIVED: Mapping[str, Derive] = MappingProxyType({})


def _names(value: str | Iterable[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


@attrs.frozen
class GroupFact:
    """A fact that a row has from the rows of its group; defined once, computed by either road.

    - A row with an unknown value in a column of ``by`` stands in no group: its result is unknown.
    - A row with an unknown value in ``of`` makes the result unknown for every row that rests on it.
    - An unknown value in ``order`` makes the result unknown for its whole group, unless it stands there alone.
    - Rows of one group that are equal in all of ``order`` are *tied*: which came first is not known, and the place of
      a row in the table never decides it. The result of each is unknown; rows after them count them all.
    - What the column ``writes`` already tells in a row stands, and later rows of the group count on from it, in place
      of the rows before. Where the row that tells is tied, later rows are unknown. With ``takes="all"`` no other row
      takes note of it.

    Unknown is: *None*, not-a-number, blank text, and text that the fact of that name cannot be read from. Text in a
    column named as a given fact is compared as the fact is read: ``2018/19`` and ``2018/2019`` are one year.

    Raises:
        InputError: no column in ``by``; rows before a row without an ``order``, or an ``order`` where every row
            counts; a column named twice; or no such word for ``takes``.

    """

    name: str
    by: tuple[str, ...] = attrs.field(converter=_names, kw_only=True)
    """The columns that are equal within a group."""
    order: tuple[str, ...] = attrs.field(default=(), converter=_names, kw_only=True)
    """The columns that say which row is earlier, the first of them first; empty where every row counts."""
    of: str | None = attrs.field(default=None, kw_only=True)
    """What is summed: a column, or a fact derived from one row. Yes counts one and no counts nothing; without it rows
    are counted."""
    takes: Takes = attrs.field(kw_only=True)
    writes: str = attrs.field(kw_only=True)
    """The column that the result stands in."""
    words: str = attrs.field(default="", kw_only=True)
    """What the result is, with its unit, as words that follow "gives"."""

    def __attrs_post_init__(self) -> None:
        """Refuse a definition that says nothing, or two things."""
        if self.takes not in get_args(Takes):
            message = f"{self.name}: takes={shown(self.takes)} is not known here; write one of: " + ", ".join(
                repr(word) for word in get_args(Takes)
            )
            raise InputError(message, field="takes")
        if not self.by:
            message = f"{self.name} has no group; name in `by` the columns that are equal within one, such as 'person'"
            raise InputError(message, field="by")
        if self.takes == "all" and self.order:
            message = f"{self.name} counts every row of a group, so `order` says nothing; leave it out, or take another"
            raise InputError(message, field="order")
        if self.takes != "all" and not self.order:
            message = f"{self.name} must know which rows are {self.takes}; name in `order` a column such as start_date"
            raise InputError(message, field="order")
        for column in (*self.by, *self.order):
            if (*self.by, *self.order).count(column) > 1:
                message = f"{self.name} names the column {column!r} twice in `by` and `order`; name it once"
                raise InputError(message, field="by" if column in self.by else "order")
        if self.writes in self.reads:
            message = f"{self.name} would write {self.writes!r}, which it rests on; write another column"
            raise InputError(message, field="writes")

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns the fact rests on, each once; ``writes`` is not among them."""
        return tuple(dict.fromkeys((*self.by, *self.order, *(() if self.of is None else (self.of,)))))

    def __str__(self) -> str:
        """The step in a sentence."""
        what = "counts rows" if self.of is None else f"sums {self.of}"
        which = {"earlier": "the earlier rows", "up to here": "the rows up to its own", "all": "all rows"}[self.takes]
        order = f" in the order of {', '.join(self.order)}" if self.order else ""
        gives = f" gives {self.words}:" if self.words else ""
        return f"{self.name}{gives} {what} over {which} with the same {', '.join(self.by)}{order}, into {self.writes}"


# --- ready-made --------------------------------------------------------------------------------------------


def days_used_in_cycle(
    person: str = "person", *, cycle: str = "study_cycle", order: str | Iterable[str] = "start_date"
) -> GroupFact:
    """The days of the earlier stays of a person in one study cycle, as the fact ``days_used_in_cycle``.

    The length of each stay is the derived fact ``counted_student_days``: counted as its own call counts it, days
    without grant included. ``person`` is the column that tells persons apart; the vocabulary has none, since no rule
    asks who somebody is. ``order`` may name further columns that break ties.

    The result is as whole as the table: stays that are not in it (of another university, of an earlier programme)
    are not counted, unless a row tells its ``days_used_in_cycle``.
    """
    return GroupFact(
        "days_used_in_cycle",
        by=(person, cycle),
        order=order,
        of="counted_student_days",
        takes="earlier",
        writes="days_used_in_cycle",
        words="the days of earlier stays in the study cycle [days of 30 to the month]",
    )


def places_used(
    agreement: str = "agreement",
    *,
    by: str | Iterable[str] = ("academic_year", "direction", "activity"),
    order: str | Iterable[str] = (),
) -> GroupFact:
    """The stays under one agreement in one academic year, direction and activity, as ``places_used_in_agreement``.

    Every row of the table takes a place. With an ``order`` (``"start_date"``) each row is told which place it takes,
    without it how many are taken in all.
    """
    ordered = _names(order)
    return GroupFact(
        "places_used",
        by=(agreement, *_names(by)),
        order=ordered,
        takes="up to here" if ordered else "all",
        writes="places_used_in_agreement",
        words="the places used under the agreement in the year",
    )


def envelope_spent(
    region: str = "partner_region",
    *,
    of: str = "total_eur",
    by: str | Iterable[str] = ("call",),
    writes: str = "envelope_spent_eur",
) -> GroupFact:
    """The grants of a region of partners in one call, as ``envelope_spent_eur`` [EUR]; a step after the rules.

    The call belongs to the group since a region is only ever one within the Guide of a call. ``total_eur`` is unknown
    while a grant is open, and so is then the sum of its region; the sums of ``total_low_eur`` and ``total_high_eur``
    say between which amounts it lies.
    """
    return GroupFact(
        "envelope_spent",
        by=(*_names(by), region),
        of=of,
        takes="all",
        writes=writes,
        words="the grants of the region [EUR]",
    )


# --- what a value says -------------------------------------------------------------------------------------


def value_of(column: str, value: object) -> object:
    """The value as groups compare it, *None* where it is unknown; see :class:`GroupFact`."""
    if isinstance(value, str):
        return _text_of(column, value)
    if isinstance(value, Unknown) or (isinstance(value, (float, Decimal)) and value != value):  # noqa: PLR0124 - NaN
        return None
    return value


def _text_of(column: str, text: str) -> object:
    if not text or text.isspace():
        return None
    if column not in VOCABULARY:
        return text
    try:
        return read_fact(column, text)
    except InputError:  # the rules refuse that row with this sentence; its group is simply not known
        return None


def number_of(column: str, value: object) -> int | Decimal | None:
    """The value as a number that is summed exactly, *None* where it is unknown; yes is one, no is nothing.

    A float is taken as the decimal it prints as.

    Raises:
        InputError: it is no number.

    """
    read = value_of(column, value)
    if read is None:
        return None
    if isinstance(read, int):
        return int(read)
    number = Decimal(repr(read)) if isinstance(read, float) else read
    if isinstance(number, Decimal) and number.is_finite():
        return number
    message = f"{column}: {shown(value)} is no number to sum; write a number such as 12 or 7.5, or leave it empty"
    raise InputError(message, field=column)


def told_in(column: str, value: object) -> int | Decimal | None:
    """What the column to be written already tells, *None* where it tells nothing.

    Raises:
        InputError: it is no number, also where it is text: what was meant to be told is not passed over in silence.

    """
    number = number_of(column, value)
    if number is None and isinstance(value, str) and value and not value.isspace():
        message = f"{column}: {shown(value)} cannot be read; write a number such as 12, or leave it empty"
        raise InputError(message, field=column)
    return number


def no_such_column(fact: GroupFact, column: str, known: Iterable[str]) -> str:
    """The sentence that refuses a table without a column the fact rests on."""
    hint = did_you_mean(column, known) or "; name the column that holds it, or add it to the table"
    return f"{fact.name} rests on {column!r}, and the table has no such column{hint}"


# --- the plain road ----------------------------------------------------------------------------------------


def computed(
    rows: Sequence[Row], fact: GroupFact, *, derived: Mapping[str, Derive] = _NOTHING_DERIVED
) -> list[int | Decimal | None]:
    """The fact for every row, in the order of the rows; *None* where it is unknown.

    ``derived`` gives, by name, what the rows themselves do not hold, such as a derived fact of the rulebook.

    Raises:
        InputError: a value to be summed is no number, values of ``order`` cannot be compared, or a value of ``by``
            cannot be told from another.

    >>> stays = [{"person": "a", "year": 2, "days": 90}, {"person": "a", "year": 1, "days": 30}, {"days": 60}]
    >>> before = GroupFact("before", by="person", order="year", of="days", takes="earlier", writes="days_before")
    >>> computed(stays, before)
    [30, 0, None]

    """

    def of_row(row: Row, column: str) -> object:
        return derived[column](row) if column in derived and column not in row else row.get(column)

    results = [told_in(fact.writes, row.get(fact.writes)) for row in rows]
    groups: dict[tuple[object, ...], list[_Member]] = {}
    for number, row in enumerate(rows):
        of = 1 if fact.of is None else number_of(fact.of, of_row(row, fact.of))
        order = tuple(value_of(column, of_row(row, column)) for column in fact.order)
        group = tuple(value_of(column, of_row(row, column)) for column in fact.by)
        try:
            if None not in group:
                groups.setdefault(group, []).append(_Member(number, order, of, results[number]))
        except TypeError:
            message = f"{fact.name}: {shown(group)} holds a list, and no group is told by one; name another column"
            raise InputError(message, field=fact.by[0]) from None
    for members in groups.values():
        for number, result in _of_group(members, fact):
            if results[number] is None:
                results[number] = result
    return results


@attrs.frozen
class _Member:
    """A row as its group sees it."""

    number: int
    order: tuple[Any, ...]
    of: int | Decimal | None
    told: int | Decimal | None


def _of_group(members: Sequence[_Member], fact: GroupFact) -> Iterable[tuple[int, int | Decimal | None]]:
    """The number of each row with its result; where the row tells one itself, any."""
    if fact.takes == "all":
        total = _sum(member.of for member in members)
        return [(member.number, total) for member in members]
    if len(members) > 1 and any(None in member.order for member in members):
        return [(member.number, None) for member in members]
    try:
        in_order = sorted(members, key=lambda member: member.order)
    except TypeError:
        message = f"{fact.name}: values of {', '.join(fact.order)} cannot be put in order; write all of one kind"
        raise InputError(message, field=fact.order[0]) from None
    results: list[tuple[int, int | Decimal | None]] = []
    behind: int | Decimal | None = 0
    for _, alike in itertools.groupby(in_order, key=lambda member: member.order):
        tied = list(alike)
        if len(tied) > 1:
            results += [(member.number, None) for member in tied]
            told = any(member.told is not None for member in tied)
            behind = None if told else _sum((behind, *(member.of for member in tied)))
            continue
        (member,) = tied
        if fact.takes == "earlier":
            here = behind if member.told is None else member.told
            behind = _sum((here, member.of))
        else:
            here = behind = _sum((behind, member.of)) if member.told is None else member.told
        results.append((member.number, here))
    return results


def _sum(numbers: Iterable[int | Decimal | None]) -> int | Decimal | None:
    """The exact sum; unknown where one of the numbers is."""
    total: int | Decimal = 0
    for number in numbers:
        if number is None:
            return None
        both_whole = isinstance(total, int) and isinstance(number, int)
        total = total + number if both_whole else EXACT.add(Decimal(total), number)
    return total
