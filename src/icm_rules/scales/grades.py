"""Grades of one scale as grades of another: by grading tables, by letter tables, or by the modified Bavarian formula.

A failing grade has no converted value, and neither has a pass without a grade: both are answers. Each conversion says
by which method and policy it was made and where these are written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

import attrs

from icm_rules.engine.citations import Citation, Confidence
from icm_rules.engine.errors import InputError, did_you_mean
from icm_rules.model.countries import Country
from icm_rules.model.credits import as_text, exact_number, in_figures
from icm_rules.model.grading import GradingTable
from icm_rules.scales import tables
from icm_rules.scales.loading import (
    DEFAULT,
    Figure,
    GradeRounding,
    GradingScale,
    KazakhstanGrade,
    RecognitionPolicy,
    figure,
    grade_roundings,
    grading_scales,
    kazakhstan_from_ects,
    kazakhstan_grades,
    letter_tables,
    named,
    overlaps,
    recognition_policies,
    recognition_policy,
    slivers,
    weakest,
)

ECTS_LETTERS = "ECTS"
"""The name of the letters A to F that stood beside ECTS credits; dropped in 2009, and used in Kazakhstan's table."""
GRADE_METHODS = ("tables", "same-scale", "letters", "kazakhstan-2011", "bavarian")
_KAZAKHSTAN, _GERMANY = "KZ", "DE"
_NARROW = 3
"""So many digits of ISCED-F name a narrow field; a detailed one has a fourth."""
_MINUS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"))
"""Signs that are set for the minus of A-."""
_PASSED = frozenset({"pass", "passed"})
"""The grades of a pass without a grade."""
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


@attrs.frozen(kw_only=True)
class GradeConversion:
    """What a grade is in another scale, or why it has no value there."""

    given: str
    origin: str
    target: str
    value: str | None
    """The converted grade as it is written; *None* where there is none."""
    exact: Fraction | None = None
    """The result before rounding, where it is a number."""
    method: str | None
    policy: str
    choice: str | None = None
    """The rounding, or the choice among overlapping grades."""
    candidates: tuple[str, ...] = ()
    """The grades it may be, where more than one fits; the best first."""
    deviation: Fraction | None = None
    """How far the two grades lie apart [share of all places], where the choice looks at it."""
    why: str
    needs: tuple[str, ...] = ()
    """What would give a value, where there is none and something would."""
    citations: tuple[Citation, ...] = ()

    @property
    def confidence(self) -> Confidence | None:
        """The weakest confidence among the citations; *None* where nothing is cited."""
        return weakest(self.citations)


@attrs.frozen(kw_only=True)
class _Asked:
    """What a conversion was asked for."""

    grade: str
    origin: str
    target: str
    policy: RecognitionPolicy
    edition: str

    def answer(  # noqa: PLR0913 - the fields of an answer
        self,
        value: str,
        method: str,
        why: str,
        citations: tuple[Citation, ...],
        *,
        exact: Fraction | None = None,
        choice: str | None = None,
        candidates: tuple[str, ...] = (),
        deviation: Fraction | None = None,
    ) -> GradeConversion:
        return GradeConversion(
            given=self.grade,
            origin=self.origin,
            target=self.target,
            value=value,
            exact=exact,
            method=method,
            policy=self.policy.id,
            choice=choice,
            candidates=candidates,
            deviation=deviation,
            why=why,
            citations=tuple(dict.fromkeys(citations)),
        )

    def no_value(
        self,
        why: str,
        needs: tuple[str, ...] = (),
        citations: tuple[Citation, ...] = (),
        candidates: tuple[str, ...] = (),
    ) -> GradeConversion:
        return GradeConversion(
            given=self.grade,
            origin=self.origin,
            target=self.target,
            value=None,
            method=None,
            policy=self.policy.id,
            candidates=candidates,
            why=why,
            needs=needs,
            citations=tuple(dict.fromkeys(citations)),
        )


def convert_grade(  # noqa: PLR0913 - each is another thing a conversion may be told
    grade: str | int | Decimal | Fraction,
    origin: str | None,
    target: str | None,
    *,
    policy: RecognitionPolicy | str = DEFAULT,
    host_table: GradingTable | None = None,
    home_table: GradingTable | None = None,
    edition: str = "current",
    method: str | None = None,
) -> GradeConversion:
    """What a grade given abroad is at home.

    ``origin`` and ``target`` are codes of countries, or ``ects`` for the letters of the former ECTS scale; *None*
    where nobody tells them. With both grading tables the places in them are compared. Else a letter table of the policy
    answers, Kazakhstan's own table for ECTS letters (``edition`` ``2011``), and the modified Bavarian formula.
    ``method`` takes one of :data:`GRADE_METHODS` and no other.

    A number in a scale that also knows per cent is read as per cent where it is too great to be points, or ends in %.

    Raises:
        InputError: an unknown scale, policy, edition or method, or a grade that the scale cannot have.

    >>> convert_grade(82, "kz", "de").value
    '2.0'

    """
    if method is not None and method not in GRADE_METHODS:
        message = (
            f"there is no method {method!r}{did_you_mean(method, GRADE_METHODS)}; "
            f"the methods are: {', '.join(GRADE_METHODS)}"
        )
        raise InputError(message, field="method")
    written = _as_written(grade)
    asked = _Asked(
        grade=written,
        origin=_scale_name(origin),
        target=_scale_name(target),
        policy=recognition_policy(policy),
        edition=edition,
    )
    kazakhstan_grades(edition)  # an unknown edition is refused whatever the scales
    if asked.policy.grades == "none":
        return asked.no_value(f"by the policy {asked.policy.id} no grade is taken over", (), (asked.policy.citation,))
    if is_ungraded(written) and (host_table is None or host_table.places_of(written) is None):
        return ungraded(asked.policy, target)
    lacking: list[str] = []
    for name, find in _METHODS.items():
        if method not in {None, name}:
            continue
        found = find(asked, host_table, home_table)
        if isinstance(found, GradeConversion):
            return found
        if found is not None:
            lacking.append(found)
    needs = lacking or [f"the method {method!r} does not fit these scales"]
    return asked.no_value("no way to convert this grade has what it needs", tuple(dict.fromkeys(needs)))


def is_ungraded(grade: str) -> bool:
    """Whether a grade says no more than that it was passed."""
    return grade.strip().casefold() in _PASSED


def ungraded(asked_by: RecognitionPolicy, target: str | None, weighted_mean: str | None = None) -> GradeConversion:
    """What a pass without a grade becomes at home: nothing, unless the policy says so.

    ``weighted_mean`` is the student's own mean before departure, for a policy that takes it.
    """
    asked = _Asked(grade="passed", origin="", target=_scale_name(target), policy=asked_by, edition="current")
    told: Figure | None = asked_by.ungraded
    if told is None:
        return asked.no_value("a pass without a grade stays without one")
    if isinstance(told.value, (int, Decimal)):
        return asked.answer(
            _shown(Fraction(told.value)),
            "ungraded-pass",
            f"by the policy {asked_by.id} a pass without a grade counts so",
            (told.citation,),
        )
    if weighted_mean is None:
        return asked.no_value(
            f"by the policy {asked_by.id} a pass without a grade gets the {told.value}",
            ("the student's weighted mean before departure",),
            (told.citation,),
        )
    return asked.answer(
        weighted_mean, "ungraded-pass", f"by the policy {asked_by.id}: the {told.value}", (told.citation,)
    )


def _as_written(grade: str | int | Decimal | Fraction) -> str:
    if isinstance(grade, bool) or not isinstance(grade, (str, int, float, Decimal, Fraction)):
        message = f"{grade!r} is no grade; write a number or a letter"
        raise InputError(message, field="grade")
    if isinstance(grade, str):
        if not grade.strip():
            message = "the grade is empty; write a number or a letter"
            raise InputError(message, field="grade")
        return grade.strip().translate(_MINUS)
    return as_text(Fraction(str(grade) if isinstance(grade, float) else grade))


def _scale_name(name: str | None) -> str:
    if name is None:
        return ""
    if name.strip().upper() == ECTS_LETTERS:
        return ECTS_LETTERS
    try:
        return str(Country(name.strip().upper()))
    except InputError as refusal:
        message = f"{name!r} names no grading scale: {refusal}"
        raise InputError(message, field="scale") from None


# --- the methods -------------------------------------------------------------------------------------------

_Found = GradeConversion | str | None
"""A conversion, or what the method lacks, or nothing where it does not speak of these scales."""


def _same_scale(asked: _Asked, _: GradingTable | None, __: GradingTable | None) -> _Found:
    if not asked.origin or asked.origin != asked.target:
        return None
    if asked.origin == _KAZAKHSTAN:
        return _within_kazakhstan(asked)
    scale = grading_scales().get(asked.origin)
    if scale is not None:
        read = _read(asked, scale)
        if isinstance(read, GradeConversion):
            return read
    return asked.answer(
        asked.grade, "same-scale", "both sides use the same scale", () if scale is None else (scale.citation,)
    )


def _within_kazakhstan(asked: _Asked) -> GradeConversion:
    found = _kazakhstan_grade(asked)
    if isinstance(found, GradeConversion):
        return found
    why = (
        f"{asked.grade} is {found.letter}, {in_figures(found.points)} points, "
        f"{found.percent_from} to {found.percent_to} % (edition {asked.edition})"
    )
    return asked.answer(found.letter, "same-scale", why, (found.citation,), exact=found.points)


def _by_tables(asked: _Asked, host: GradingTable | None, home: GradingTable | None) -> _Found:
    if host is None or home is None:
        return "the grading tables of both institutions"
    choice = named(overlaps(), asked.policy.overlap, "overlap")
    cited: tuple[Citation, ...] = (choice.citation, figure("grading_table.reference_group").citation)
    if host.fails(asked.grade):
        return asked.no_value(f"{asked.grade} is a failing grade, and these have no converted value", (), cited)
    if host.places_of(asked.grade) is None:
        grades = ", ".join(each.grade for each in host.passing)
        return asked.no_value(
            f"the host's grading table has no grade {asked.grade!r}", (f"one of its grades: {grades}",), cited
        )
    found = tables.compare(host, asked.grade, home, choice.id, _tolerance(asked.policy))
    if found is None:
        return asked.no_value(
            f"nobody of the host's reference group got {asked.grade}, so it takes no place in it",
            ("a grading table of more years",),
            cited,
        )
    cited = (*cited, asked.policy.chosen_in("overlap"))
    if len(found.candidates) > 1 and choice.id != tables.CLOSEST:
        cited = (*cited, asked.policy.chosen_in("sliver"))
    overlapping = ", ".join(each.grade for each in found.candidates)
    return asked.answer(
        found.grade,
        "tables",
        "; ".join((f"{choice.value}; those that overlap: {overlapping}", *_remarks(host, home))),
        cited,
        exact=exact_number(found.grade),
        choice=choice.id,
        candidates=tuple(each.grade for each in found.candidates),
        deviation=found.deviation,
    )


def _remarks(host: GradingTable, home: GradingTable) -> Iterator[str]:
    """What keeps two tables from being of one reference group: other cycles, other fields, too few years."""
    if None not in {host.study_cycle, home.study_cycle} and host.study_cycle is not home.study_cycle:
        yield "but the two tables are of different cycles"
    fields = [table.subject_area for table in (host, home) if table.subject_area is not None]
    told = min(_NARROW, *map(len, fields)) if fields else 0
    if len({each[:told] for each in fields}) > 1:
        yield "but the two tables are of different fields of education"
    least = figure("grading_table.min_years").number
    for side, table in (("abroad", host), ("at home", home)):
        if table.years and len(table.years) < least:
            yield f"but the table {side} covers fewer than the {in_figures(least)} years asked for"


def _tolerance(policy: RecognitionPolicy) -> Fraction:
    told = slivers().get(policy.sliver)
    try:
        tolerance = Fraction(told.value if told is not None else policy.sliver)
    except (ValueError, ZeroDivisionError):
        message = (
            f"there is no tolerance {policy.sliver!r} for slivers; write one of: {', '.join(slivers())}, or a share "
            "such as 0.01"
        )
        raise InputError(message, field="sliver") from None
    if not 0 <= tolerance < 1:
        message = f"{policy.sliver!r} is no share of all places; write one from 0 to less than 1, such as 0.01"
        raise InputError(message, field="sliver")
    return tolerance


def _by_letters(asked: _Asked, _: GradingTable | None, __: GradingTable | None) -> _Found:
    known = [
        table for table in letter_tables().values() if (table.origin, table.target) == (asked.origin, asked.target)
    ]
    if not known or _NUMBER.match(asked.grade):
        return None
    for name in asked.policy.letter_tables:
        table = letter_tables()[name]
        if table in known:
            if asked.grade.upper() in table.grades:
                value = table.grades[asked.grade.upper()]
                cited = (table.citation, asked.policy.citation)
                return asked.answer(value, "letters", f"the table {name}", cited, exact=Fraction(value), choice=name)
            return asked.no_value(
                f"the table {name} has no grade {asked.grade!r}, and does not say whether it is a passing one",
                (f"one of: {', '.join(table.grades)}",),
                (table.citation,),
            )
    ids = {table.id for table in known}
    policies = ", ".join(each.id for each in recognition_policies().values() if ids & set(each.letter_tables))
    return f"a policy that has a letter table for these scales ({policies})"


def _by_kazakhstans_table(asked: _Asked, _: GradingTable | None, __: GradingTable | None) -> _Found:
    scales = {asked.origin, asked.target}
    if scales != {_KAZAKHSTAN, ECTS_LETTERS}:
        return None
    if asked.edition != "2011":
        return asked.no_value(
            "what ECTS letter stands beside a grade was seen in the table of 2011 only",
            ("the edition 2011, if it is the one that holds",),
        )
    if asked.origin == ECTS_LETTERS:
        return _into_kazakhstan(asked)
    found = _kazakhstan_grade(asked)
    if isinstance(found, GradeConversion):
        return found
    why = f"{asked.grade} is {found.letter}, {in_figures(found.points)} points"
    if len(found.ects_2011) > 1:
        return asked.no_value(
            f"{why}; the table of 2011 leaves open which letter stands beside it",
            (f"which of these is meant: {', '.join(found.ects_2011)}",),
            (found.citation,),
            found.ects_2011,
        )
    return asked.answer(found.ects_2011[0], "kazakhstan-2011", why, (found.citation,), choice="2011")


def _into_kazakhstan(asked: _Asked) -> GradeConversion:
    for entry in kazakhstan_from_ects():
        if asked.grade.upper() in entry.ects:
            if not entry.points:
                return asked.no_value(
                    f"{asked.grade} is a failing grade, and these have no converted value", (), (entry.citation,)
                )
            return asked.answer(
                entry.letter,
                "kazakhstan-2011",
                f"{entry.letter}, {in_figures(entry.points)} points, {entry.percent} %",
                (entry.citation,),
                exact=entry.points,
                choice="2011",
            )
    letters = ", ".join(letter for entry in kazakhstan_from_ects() for letter in entry.ects)
    return asked.no_value(f"the table of 2011 has no ECTS letter {asked.grade!r}", (f"one of: {letters}",))


def _kazakhstan_grade(asked: _Asked) -> KazakhstanGrade | GradeConversion:
    """The line of Kazakhstan's scale that a letter, points or per cent belong to; a failing grade is no value."""
    grades = kazakhstan_grades(asked.edition)
    number = _number(asked.grade)
    if number is None:
        found = next((each for each in grades if each.letter == asked.grade.upper()), None)
        if found is None:
            return asked.no_value(
                f"Kazakhstan's scale (edition {asked.edition}) has no grade {asked.grade!r}",
                (f"one of: {', '.join(each.letter for each in grades)}",),
                (grades[0].citation,),
            )
    elif _is_percent(asked.grade, number, grading_scales()[_KAZAKHSTAN]):
        if number > grades[0].percent_to:
            message = f"{asked.grade} is more than {grades[0].percent_to} per cent; look the grade up again"
            raise InputError(message, field="grade")
        # The bands are of whole per cent; what lies between two of them belongs to the lower.
        found = next(each for each in grades if number >= each.percent_from)
    else:
        found = next((each for each in grades if each.points == number), None)
        if found is None:
            return asked.no_value(
                f"no grade of Kazakhstan's scale has {asked.grade} points",
                (f"one of: {', '.join(in_figures(each.points) for each in grades)}",),
                (grades[0].citation,),
            )
    if found.points < grading_scales()[_KAZAKHSTAN].lowest_pass:
        return asked.no_value(
            f"{asked.grade} is {found.letter}, a failing grade, and these have no converted value",
            (),
            (found.citation,),
        )
    return found


# --- the modified Bavarian formula -------------------------------------------------------------------------


@attrs.frozen
class _Standing:
    """How far a grade lies from the best, as a share of the passing range."""

    from_best: Fraction
    words: str
    citations: tuple[Citation, ...]


def _by_formula(asked: _Asked, _: GradingTable | None, __: GradingTable | None) -> _Found:
    scales = grading_scales()
    rounding = named(grade_roundings(), asked.policy.grade_rounding, "rounding")
    for name in (asked.origin, asked.target):
        if name not in scales:
            whose = f"the scale {name}" if name else "a scale that is not told"
            return f"the best and the lowest passing grade of {whose}"
    read = _read(asked, scales[asked.origin])
    if isinstance(read, (GradeConversion, str)):
        return read
    home = scales[asked.target]
    best, lowest = home.best, home.lowest_pass
    to_points = asked.target == _GERMANY and rounding.target_best is not None
    if to_points and rounding.target_best is not None and rounding.target_lowest_pass is not None:
        best, lowest = rounding.target_best, rounding.target_lowest_pass
    exact = best - read.from_best * (best - lowest)
    cited = (
        *read.citations,
        home.citation,
        figure("bavarian.formula").citation,
        asked.policy.formula_chosen_in,
    )
    why = f"{read.words}: {in_figures(exact)} in the scale of {asked.target}"
    if asked.target == _GERMANY:
        cited = (*cited, rounding.citation, asked.policy.chosen_in("grade_rounding"))
        return asked.answer(_shown(_rounded(exact, rounding)), "bavarian", why, cited, exact=exact, choice=rounding.id)
    if asked.target == _KAZAKHSTAN:
        return _nearest_in_kazakhstan(asked, exact, why, cited)
    why += ", exactly; how it is rounded there no text says"
    if home.letters:
        letters = ", ".join(home.letters)
        why += f", nor which of its letters {letters} (ranked from {in_figures(best)}) it is"
    cap = home.cap_of(asked.policy.caps)
    if cap is not None:
        why += (
            f"; the best grade in practice there by the policy, {in_figures(cap.value)}, is used of grades given there "
            "alone: no text says that it binds grades taken over into that scale"
        )
    return asked.answer(_shown(exact), "bavarian", why, cited, exact=exact, choice="exact")


def _nearest_in_kazakhstan(asked: _Asked, exact: Fraction, why: str, cited: tuple[Citation, ...]) -> GradeConversion:
    """The grade whose points are nearest, the better of two as near: the scale has no points between its letters."""
    passing = [
        each for each in kazakhstan_grades(asked.edition) if each.points >= grading_scales()[_KAZAKHSTAN].lowest_pass
    ]
    nearest = min(passing, key=lambda each: (abs(each.points - exact), -each.points))
    cited = (*cited, nearest.citation)
    if nearest.points == exact:
        return asked.answer(_shown(exact), "bavarian", f"{why}, which is {nearest.letter}", cited, exact=exact)
    better = min((each for each in passing if each.points > exact), key=lambda each: each.points)
    worse = max((each for each in passing if each.points < exact), key=lambda each: each.points)
    between = " and ".join(f"{each.letter} ({in_figures(each.points)})" for each in (better, worse))
    return asked.answer(
        _shown(nearest.points),
        "bavarian",
        f"{why}, between {between}; the nearer is {nearest.letter}, and no text prescribes it",
        (*cited, recognition_policy(DEFAULT).citation),
        exact=exact,
        choice="nearest grade",
        candidates=(better.letter, worse.letter),
    )


def _read(asked: _Asked, scale: GradingScale) -> _Standing | GradeConversion | str:
    """Where a grade stands in the passing range of its scale."""
    best, lowest, unit = scale.best, scale.lowest_pass, ""
    number = _number(asked.grade)
    citations: tuple[Citation, ...] = (scale.citation,)
    if number is None:
        if asked.origin == _KAZAKHSTAN:
            found = _kazakhstan_grade(asked)
            if isinstance(found, GradeConversion):
                return found
            number, citations = found.points, (*citations, found.citation)
        elif asked.grade.upper() in scale.letters:
            number = best - scale.letters.index(asked.grade.upper()) * ((best - lowest) / (len(scale.letters) - 1))
            citations = (*citations, figure("bavarian.letters_ranked_from_one").citation)
        elif scale.letters:
            return asked.no_value(
                f"{asked.grade} is not among the passing grades of the scale of {asked.origin}; whether it is a "
                "failing one, or none at all, no text seen says",
                (f"one of: {', '.join(scale.letters)}",),
                citations,
            )
        else:
            return f"the grade as a number of the scale of {asked.origin} ({in_figures(best)} to {in_figures(lowest)})"
    elif scale.percent_best is not None and scale.percent_pass is not None and _is_percent(asked.grade, number, scale):
        best, lowest, unit = scale.percent_best, scale.percent_pass, " %"
    cap = scale.cap_of(asked.policy.caps)
    upwards = best > lowest
    if number > best if upwards else number < best:
        message = f"{asked.grade} is better than the best grade {in_figures(best)}{unit} of the scale of {asked.origin}"
        raise InputError(f"{message}; look it up again", field="grade")
    if number < lowest if upwards else number > lowest:
        return asked.no_value(
            f"{asked.grade} is a failing grade (the lowest pass is {in_figures(lowest)}{unit}), and these have no "
            "converted value",
            (),
            citations,
        )
    top = best
    if cap is not None and not unit:
        top, citations = cap.value, (*citations, cap.citation)
        # What is better than the best grade in practice is the best.
        number = min(number, top) if upwards else max(number, top)
    words = f"{in_figures(number)}{unit} between {in_figures(top)}{unit} and {in_figures(lowest)}{unit}"
    return _Standing((top - number) / (top - lowest), words, citations)


def _is_percent(grade: str, number: Fraction, scale: GradingScale) -> bool:
    """Whether a number is meant as per cent: it says so, or no points are so many."""
    return scale.percent_best is not None and (grade.endswith("%") or number > scale.best)


def _number(grade: str) -> Fraction | None:
    return exact_number(grade.removesuffix("%"))


def _rounded(exact: Fraction, rounding: GradeRounding) -> Fraction:
    """The result by a rounding policy of the German scale, in which the lower number is the better grade."""
    return _ROUNDINGS[rounding.id](exact, rounding.steps)


def _truncated(exact: Fraction, _: tuple[Fraction, ...]) -> Fraction:
    return Fraction((exact * 10).__floor__(), 10)


def _to_the_better_step(exact: Fraction, steps: tuple[Fraction, ...]) -> Fraction:
    truncated = _truncated(exact, steps)
    return max(step for step in steps if step <= truncated)


def _to_the_nearest_step(exact: Fraction, steps: tuple[Fraction, ...]) -> Fraction:
    return min(steps, key=lambda step: (abs(step - exact), step))


def _half_up(exact: Fraction, _: tuple[Fraction, ...]) -> Fraction:
    return Fraction((exact * 10 + Fraction(1, 2)).__floor__(), 10)


_ROUNDINGS: Mapping[str, Callable[[Fraction, tuple[Fraction, ...]], Fraction]] = {
    "truncate_1dp": _truncated,
    "truncate_then_better_step": _to_the_better_step,
    "nearest_step_tie_better": _to_the_nearest_step,
    "half_up_1dp": _half_up,
    "htw_100_points": lambda exact, _: exact,
}


def _shown(value: Fraction) -> str:
    """A converted grade as it is written: with one decimal at least, as grades are."""
    text = as_text(value)
    return text if "." in text or "/" in text else f"{text}.0"


_METHODS: Mapping[str, Callable[[_Asked, GradingTable | None, GradingTable | None], _Found]] = {
    "tables": _by_tables,
    "same-scale": _same_scale,
    "letters": _by_letters,
    "kazakhstan-2011": _by_kazakhstans_table,
    "bavarian": _by_formula,
}
"""Every method, in the order in which the first that has what it needs answers."""
