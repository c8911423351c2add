"""Facts of a mobility that are known to be one of several values, and the mobilities that may thus be true."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Mapping

from icm_rules.engine.errors import InputError, did_you_mean, shown
from icm_rules.engine.facts import members_of
from icm_rules.engine.worlds import worlds_of
from icm_rules.model.mobility import ORDERED_DATES, Mobility, MoreDaysThanTheStayError, Possible
from icm_rules.model.vocabulary import VOCABULARY, facts_of, mobility_of, read_fact

# The call decides which Guide speaks, and the stage which rules are due: a mobility has one of each.
_NEVER_OPEN = frozenset({"call", "stage", "project_number", "reference"})

_MONTH = re.compile(r"(\d{4})-(\d{2})")


def days_of_month(value: object) -> tuple[dt.date, dt.date] | None:
    """The first and the last day of a month written as year-month; *None* where the value is no such text.

    >>> days_of_month("2024-02")
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 29))

    """
    found = _MONTH.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return None
    year, month = int(found[1]), int(found[2])
    if not 1 <= month <= 12 or year < 1:  # noqa: PLR2004 - the months of a year
        message = f"{shown(value)} is a month that does not exist; write year-month, such as 2024-09, or a whole date"
        raise InputError(message)
    return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])


def _read_all(mobility: Mobility) -> dict[str, tuple[object, ...]]:
    told = facts_of(mobility)
    read = {}
    for name, values in mobility.possible:
        field = f"possible.{name}"
        if name not in VOCABULARY:
            hint = did_you_mean(name, VOCABULARY) or "; `icm-rules questions` lists the facts there are"
            message = f"there is no fact {name!r}{hint}"
            raise InputError(message, field=field)
        if name in _NEVER_OPEN:
            message = f"{name} cannot be one of several; tell it, or leave it out"
            raise InputError(message, field=field)
        if name in told:
            message = f"{name} is told as {shown(told[name])} and has possible values besides; keep one of the two"
            raise InputError(message, field=field)
        found = (each for number, value in enumerate(values) for each in _read(name, value, f"{field}[{number}]", told))
        read[name] = tuple(dict.fromkeys(found))
    return read


def _read(name: str, value: object, field: str, told: Mapping[str, object]) -> tuple[object, ...]:
    """The value in its type; of a month where a date belongs, the first and the last of its days that can be true."""
    if value is None:
        message = "nothing stands among the possible values; leave it out, or write what belongs there"
        raise InputError(message, field=field)
    try:
        days = days_of_month(value) if is_date(name) else None
        return tuple(read_fact(name, one) for one in ((value,) if days is None else _within(days, name, told)))
    except InputError as refusal:
        raise InputError(str(refusal), field=field) from None


def _within(days: tuple[dt.date, dt.date], name: str, told: Mapping[str, object]) -> tuple[dt.date, ...]:
    """The first and the last of these days, neither before nor after a day in between that is told and bounds them."""
    first, last = days
    for before, after in ORDERED_DATES:
        bound = told.get(before if name == after else after)
        if name not in {before, after} or not isinstance(bound, dt.date) or not days[0] <= bound <= days[1]:
            continue
        first, last = (max(first, bound), last) if name == after else (first, min(last, bound))
    return tuple(dict.fromkeys((first, last)))


def is_date(name: str) -> bool:
    """Whether the fact of this flat name is a date, and may so be known by its month alone."""
    return dt.date in members_of(VOCABULARY[name].type)


def world_of(facts: Mapping[str, object]) -> dict[str, object] | None:
    """All facts of the mobility that tells these, by flat name; *None* where they cannot be true together.

    >>> from datetime import date
    >>> world_of({"call": 2019, "start_date": date(2019, 9, 2), "end_date": date(2019, 9, 1)}) is None
    True

    A stay with fewer days than are told of an interruption, or without grant, is the one in which just no day is left.
    So the world at the edge between what can be true and what cannot stands for all that lie beyond it.
    """
    try:
        return facts_of(mobility_of(facts))
    except MoreDaysThanTheStayError as refusal:
        return world_of({**facts, **refusal.most})
    except InputError:
        return None


def _can_be_true(facts: Mapping[str, object]) -> bool:
    try:
        mobility_of(facts)
    except InputError:
        return False
    return True


def checked_possible(mobility: Mobility) -> Possible:
    """The possible values of a mobility, each read into its type and named once; they keep their order.

    Raises:
        InputError: values that cannot be read, are too many, or of which no combination can be true; ``field`` begins
            with ``possible``.

    """
    possible = _read_all(mobility)
    told = facts_of(mobility)
    try:
        can_any = any(_can_be_true({**told, **world}) for world in worlds_of(possible))
    except InputError as refusal:
        raise InputError(str(refusal), field=".".join(filter(None, ("possible", refusal.field)))) from None
    if not can_any:
        message = f"no combination of the possible values of {', '.join(possible)} can be true; mend one of them"
        raise InputError(message, field="possible")
    return tuple(possible.items())
