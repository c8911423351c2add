"""Grading tables: how often each passing grade was given to a reference group.

How two tables are compared is in :mod:`icm_rules.scales`.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs

from icm_rules.engine.errors import InputError, shown
from icm_rules.model.fields import (
    a_flag,
    a_number,
    a_text,
    a_whole_number,
    an_instance,
    one_of,
    several,
    told,
)
from icm_rules.model.mobility import a_subject_area
from icm_rules.model.terms import Stage, StudyCycle

_AT = Stage.AFTER_RETURN
_WHOLE = 100


def a_grade(value: object) -> str:
    """A grade as it stands in a document: a letter, a word or a number, as text."""
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return f"{a_number(value):f}"
    return a_text(value)


@attrs.frozen
class GradeFrequency:
    """One grade of a table: how many got it, or what per cent of those who passed."""

    grade: str = told(a_grade, "Which grade is it?", known_at=_AT, default=attrs.NOTHING)
    count: int | None = told(a_whole_number, "How many got this grade?", known_at=_AT)
    percent: Decimal | None = told(a_number, "What per cent got this grade?", known_at=_AT)
    is_passing: bool = told(a_flag, "Is it a passing grade?", known_at=_AT, default=True)

    @property
    def weight(self) -> Fraction:
        """The count, or the per cent."""
        return Fraction(self.count if self.count is not None else self.percent or 0)


@attrs.frozen(kw_only=True)
class GradingTable:
    """The grades of a reference group, from the best to the worst, each with how often it was given.

    Failing grades may stand in it; they are left out of every share. Counts are what the Guide asks for; per cents are
    taken where nothing else was published, and made to sum to the whole again where rounding moved the sum.

    Raises:
        InputError: no passing grade was given to anybody, a grade stands there twice, counts beside per cents, or
            per cents that do not sum to 100 within what rounding explains.

    """

    grades: tuple[GradeFrequency, ...] = told(
        several(an_instance(GradeFrequency)),
        "Which grades, from the best to the worst, and how often was each given?",
        known_at=_AT,
        default=attrs.NOTHING,
    )
    subject_area: str | None = told(a_subject_area, "Of which field of education (ISCED-F)?", known_at=_AT)
    study_cycle: StudyCycle | None = told(one_of(StudyCycle), "Of which cycle?", known_at=_AT)
    years: tuple[str, ...] = told(several(a_text), "Of which academic years?", known_at=_AT, default=())

    def __attrs_post_init__(self) -> None:
        """Refuse what is no table of grades."""
        names = [each.grade for each in self.grades]
        for name in names:
            if names.count(name) > 1:
                message = f"the grade {name!r} stands in the table twice; add its counts up"
                raise InputError(message, field="grades")
        for each in self.grades:
            if (each.count is None) is (each.percent is None):
                message = f"of the grade {each.grade!r} tell the count, or the per cent, and not both"
                raise InputError(message, field="grades")
        if len({each.count is None for each in self.grades}) > 1:
            message = "some grades have counts and others per cents; give counts for all of them"
            raise InputError(message, field="grades")
        if not sum(each.weight for each in self.passing):
            message = "nobody got a passing grade in this table; give the counts of a group in which somebody passed"
            raise InputError(message, field="grades")
        self._check_percents()

    def _check_percents(self) -> None:
        percents = [each.percent for each in self.grades if each.percent is not None]
        if not percents:
            return
        # Each may be half a unit of its last printed figure away from the true share.
        units = [Fraction(1, 10 ** max(0, -int(each.as_tuple().exponent))) for each in percents]
        allowed = max(units) * len(percents) / 2
        whole = Fraction(sum(percents))
        passing = Fraction(sum(each.weight for each in self.passing))
        if min(abs(whole - _WHOLE), abs(passing - _WHOLE)) > allowed:
            message = (
                f"the per cents sum to {whole if whole.denominator > 1 else whole.numerator}, and rounding explains no "
                "such distance from 100; look them up again, or give counts"
            )
            raise InputError(message, field="grades")

    @classmethod
    def from_counts(cls, counts: Mapping[str, int], **about: Any) -> GradingTable:  # noqa: ANN401 - its other fields, each read by its own reader
        """The table of these counts, the best grade first; ``about`` are its other fields.

        >>> table = GradingTable.from_counts({"10": 50, "9": 100, "8": 350, "7": 300, "6": 200})
        >>> [str(share) for share in table.cumulative]
        ['1/20', '3/20', '1/2', '4/5', '1']

        """
        return cls(grades=tuple(GradeFrequency(grade, count) for grade, count in counts.items()), **about)

    @property
    def passing(self) -> tuple[GradeFrequency, ...]:
        """The passing grades, the best first."""
        return tuple(each for each in self.grades if each.is_passing)

    @functools.cached_property
    def _sum(self) -> Fraction:
        return Fraction(sum(each.weight for each in self.passing))

    @property
    def shares(self) -> tuple[Fraction, ...]:
        """The share of each passing grade among those who passed, the best first; together they are 1."""
        return tuple(each.weight / self._sum for each in self.passing)

    @property
    def cumulative(self) -> tuple[Fraction, ...]:
        """The share of those who got this grade or a better one, for each passing grade."""
        found, so_far = [], Fraction(0)
        for share in self.shares:
            so_far += share
            found.append(so_far)
        return tuple(found)

    def places_of(self, grade: str) -> tuple[Fraction, Fraction] | None:
        """Which places a passing grade takes: from the share of better grades to that with this one; else *None*."""
        for each, upper, share in zip(self.passing, self.cumulative, self.shares, strict=True):
            if each.grade == grade:
                return upper - share, upper
        return None

    def fails(self, grade: str) -> bool:
        """Whether the table has this grade as a failing one."""
        return any(each.grade == grade and not each.is_passing for each in self.grades)


def merged(tables: Iterable[GradingTable]) -> GradingTable:
    """One table of several years of one reference group: their counts added up.

    Raises:
        InputError: there is none, one of them has per cents in place of counts, or they are of different grades, in
            another order, of another cycle or field.

    """
    tables = tuple(tables)
    if not tables:
        message = "there is no table to merge; give at least one"
        raise InputError(message)
    first = tables[0]
    for table in tables:
        about = (table.study_cycle, table.subject_area, [(each.grade, each.is_passing) for each in table.grades])
        if about != (first.study_cycle, first.subject_area, [(each.grade, each.is_passing) for each in first.grades]):
            message = "tables of one reference group have the same cycle, field and grades; these differ"
            raise InputError(message)
        for each in table.grades:
            if each.count is None:
                message = f"the grade {shown(each.grade)} has a per cent and no count; years are merged by counts"
                raise InputError(message)
    counts = [sum(table.grades[place].count or 0 for table in tables) for place in range(len(first.grades))]
    grades = tuple(attrs.evolve(each, count=count) for each, count in zip(first.grades, counts, strict=True))
    return attrs.evolve(
        first, grades=grades, years=tuple(dict.fromkeys(year for each in tables for year in each.years))
    )
