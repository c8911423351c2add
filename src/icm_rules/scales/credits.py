"""How many ECTS credits local credits make, and the other way round.

A conversion goes by one named method. A factor that is printed as a range gives a range; where a text prints none and
no method has what it needs, the answer is *no value*, with what would be needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

import attrs

from icm_rules.engine.citations import Citation, Confidence
from icm_rules.engine.errors import InputError, did_you_mean, shown
from icm_rules.model.credits import ECTS, CreditRange, exact_number, in_figures
from icm_rules.scales.loading import (
    CreditRounding,
    CreditScheme,
    NoSchemeShownError,
    credit_roundings,
    credit_schemes,
    figure,
    ids_of_country,
    is_shown,
    named,
    schemes_named,
    weakest,
)

STATED = "stated"
"""The method of a partner's own ECTS figure, which wins over every other."""

_Number = int | Decimal | Fraction | str


@attrs.frozen(kw_only=True)
class CreditConversion:
    """What a number of credits is in another scheme, or why there is no value."""

    given: Fraction
    origin: str
    """The scheme of what was given, in words."""
    target: str
    value: CreditRange | None
    """Rounded by the policy; *None* where there is no value."""
    method: str | None
    factor: CreditRange | None
    """ECTS credits for one local credit; *None* where the method has none."""
    rounding: str
    why: str
    """How it was reckoned, or why there is no value, in a sentence."""
    needs: tuple[str, ...] = ()
    """What would give a value, where there is none."""
    others: tuple[tuple[str, CreditRange], ...] = ()
    """The factors of the other methods that could answer, where they differ."""
    citations: tuple[Citation, ...] = ()

    @property
    def confidence(self) -> Confidence | None:
        """The weakest confidence among the citations; *None* where nothing is cited."""
        return weakest(self.citations)


@attrs.frozen(kw_only=True)
class _Load:
    """What the caller tells of the local load, in place of what the files say."""

    year: Fraction | None
    semester: Fraction | None
    degree: tuple[Fraction, Fraction] | None
    hours: Fraction | None

    @property
    def is_told(self) -> bool:
        """Whether anything of it is told."""
        return any(each is not None for each in (self.year, self.semester, self.degree, self.hours))


@attrs.frozen
class _Factor:
    """The factor of one method, and where it is written."""

    range: CreditRange
    words: str
    citations: tuple[Citation, ...]


def _year_load(scheme: CreditScheme | None, load: _Load) -> _Factor | None:
    return _by_load("credits_full_time_year", "year", load.year, scheme)


def _semester_load(scheme: CreditScheme | None, load: _Load) -> _Factor | None:
    return _by_load("credits_semester", "semester", load.semester, scheme)


def _by_load(ects_name: str, span: str, told: Fraction | None, scheme: CreditScheme | None) -> _Factor | None:
    local = told if told is not None else scheme and scheme.number(span)
    if not local:
        return None
    ects = figure(f"ects.volume.{ects_name}")
    by = (ects.citation, figure("credit_method.year_load").citation)
    cited = by if told is not None or scheme is None else (scheme.citation, *by)
    words = f"{in_figures(local)} local credits are the {in_figures(ects.number)} ECTS of a full-time {span}"
    return _Factor(CreditRange.exactly(ects.number / local), words, cited)


def _degree_load(_: CreditScheme | None, load: _Load) -> _Factor | None:
    if load.degree is None:
        return None
    credits_, years = load.degree
    ects = figure("ects.volume.credits_full_time_year")
    local = credits_ / years
    words = (
        f"{in_figures(credits_)} local credits in {in_figures(years)} years are {in_figures(local)} a year, "
        f"for {in_figures(ects.number)} ECTS"
    )
    cited = (ects.citation, figure("credit_method.degree_load").citation)
    return _Factor(CreditRange.exactly(ects.number / local), words, cited)


def _hours(scheme: CreditScheme | None, load: _Load) -> _Factor | None:
    least, most = figure("ects.volume.hours_per_credit_min"), figure("ects.volume.hours_per_credit_max")
    cited: tuple[Citation, ...] = (least.citation, most.citation, figure("credit_method.hours").citation)
    if load.hours is not None:
        low = high = load.hours
    elif scheme is None:
        return None
    else:
        # Clock hours, where a text tells them beside academic ones.
        hours = next(
            (found for name in ("astronomical_hours", "hours", "implied_hours") if (found := scheme.number(name))), None
        )
        low_told, high_told = scheme.number("hours_min") or hours, scheme.number("hours_max") or hours
        if low_told is None or high_told is None:
            return None
        low, high = low_told, high_told
        cited = (scheme.citation, *cited)
    words = (
        f"{CreditRange(low, high)} hours for a local credit, {in_figures(least.number)} to {in_figures(most.number)} "
        "for an ECTS credit"
    )
    return _Factor(CreditRange(low / most.number, high / least.number), words, cited)


def _printed(low: str, high: str, words: str) -> Callable[[CreditScheme | None, _Load], _Factor | None]:
    """The method of a factor that a text prints, from one name to the other."""

    def found(scheme: CreditScheme | None, _: _Load) -> _Factor | None:
        least, most = (None, None) if scheme is None else (scheme.number(low), scheme.number(high))
        if scheme is None or least is None or most is None:
            return None
        return _Factor(CreditRange(least, most), words, (scheme.citation,))

    return found


_METHODS: Mapping[str, Callable[[CreditScheme | None, _Load], _Factor | None]] = {
    "table": _printed("table", "table", "the institution's own table prints ECTS for each local credit"),
    "factor": _printed("factor", "factor", "a printed factor"),
    "factor-range": _printed("factor_min", "factor_max", "a printed range of factors"),
    "degree-load": _degree_load,
    "year-load": _year_load,
    "semester-load": _semester_load,
    "practice": _printed("factor_practice", "factor_practice", "a factor printed as practice"),
    "hours": _hours,
    "seen-range": _printed("factor_low", "factor", "from the least to the usual factor seen"),
}
"""Every method that has a factor, in the order in which the first that has what it needs is taken."""

CREDIT_METHODS = (STATED, "own-table", "bands", *_METHODS)
"""The names of the methods."""


def convert_credits(  # noqa: C901, PLR0911, PLR0913 - each is another thing a conversion may be told and may answer
    value: _Number,
    scheme: str | None,
    *,
    level: str | None = None,
    activity: str | None = None,
    on: date | None = None,
    method: str | None = None,
    rounding: str = "exact",
    stated_ects: _Number | None = None,
    table: Mapping[_Number, _Number] | None = None,
    year_load: _Number | None = None,
    semester_load: _Number | None = None,
    degree: tuple[_Number, _Number] | None = None,
    hours_per_credit: _Number | None = None,
) -> CreditConversion:
    """What local credits are in ECTS credits.

    ``scheme`` is the name of a credit scheme (its id, its code, or the code of a country), or *None* where only what
    is told here is known. ``level`` and ``activity`` choose a line where the scheme has several; ``on`` is the day the
    credits were earned, for a country whose credit changed. ``stated_ects`` is the partner's own ECTS figure, which
    wins over any factor; ``table`` an institution's own table from local to ECTS credits, which comes next. ``degree``
    is the credits and the nominal years of a degree. Loads and hours told here stand in place of those of the files.
    Without a ``method`` the first that has what it needs is taken, see :data:`CREDIT_METHODS`.

    Raises:
        InputError: an unknown scheme, level, activity, method or rounding, or a number that cannot be used.

    >>> str(convert_credits(18, "kazakhstan-legacy", level="bachelor").value)
    'from 27 to 32.4'

    """
    policy = named(credit_roundings(), rounding, "rounding")
    given = _number(value, "credits", least=None)
    if method is not None and method not in CREDIT_METHODS:
        message = (
            f"there is no method {method!r}{did_you_mean(method, CREDIT_METHODS)}; "
            f"the methods are: {', '.join(CREDIT_METHODS)}"
        )
        raise InputError(message, field="method")
    asked = _Asked(given, "local credits" if scheme is None else scheme, "ECTS", policy)
    if stated_ects is not None and method in {None, STATED}:
        cited = (figure("credit_method.precedence").citation,)
        stated = CreditRange.exactly(_number(stated_ects, "stated_ects", least=None))
        return asked.answer(stated, STATED, None, "the partner states the ECTS credits itself", cited)
    if scheme is not None and scheme.strip().lower() == ECTS:
        return asked.answer(CreditRange.exactly(given), STATED, CreditRange.exactly(1), "these are ECTS credits", ())
    if table is not None and method in {None, "own-table"}:
        return _by_own_table(asked, table)
    load = _Load(
        year=_optional(year_load, "year_load"),
        semester=_optional(semester_load, "semester_load"),
        degree=None if degree is None else (_number(degree[0], "degree"), _number(degree[1], "degree")),
        hours=_optional(hours_per_credit, "hours_per_credit"),
    )
    lines: tuple[CreditScheme | None, ...] = (None,)
    found: tuple[CreditScheme, ...] = ()
    if scheme is not None:
        try:
            found = schemes_named(scheme, on=on)
        except NoSchemeShownError:
            if not load.is_told:
                return _none_in_use(asked, scheme, on)
    if found:
        asked = attrs.evolve(asked, origin=found[0].name, remark=_remark(found[0], on))
        chosen = _lines(found, level, activity)
        if not chosen:
            return asked.no_value(
                f"{found[0].name} has several factors, by level or activity",
                (f"the level or activity: {', '.join(_choices(found))}",),
                tuple(each.citation for each in found),
            )
        lines = chosen
    bands = None if lines[0] is None else lines[0].values.get("bands")
    if bands is not None and method in {None, "bands"}:
        return _from_bands(asked, lines[0], bands)  # type: ignore[arg-type] # a scheme, since it has bands
    return _by_factor(asked, lines, load, method)


def credits_from_ects(  # noqa: PLR0913 - the same
    value: _Number,
    scheme: str,
    *,
    level: str | None = None,
    activity: str | None = None,
    on: date | None = None,
    method: str | None = None,
    rounding: str = "exact",
    year_load: _Number | None = None,
    semester_load: _Number | None = None,
    hours_per_credit: _Number | None = None,
) -> CreditConversion:
    """What ECTS credits are in the credits of a scheme: divided by the factor; the arguments are as above.

    Raises:
        InputError: as :func:`convert_credits`.

    >>> str(credits_from_ects(6, "uk-cats").value)
    '12'

    """
    policy = named(credit_roundings(), rounding, "rounding")
    given = _number(value, "credits", least=None)
    if scheme.strip().lower() != ECTS:
        line = _banded(scheme, on)
        if line is not None and method in {None, "bands"}:
            return _into_bands(_Asked(given, "ECTS", line.name, policy), line)
    there = convert_credits(
        1,
        scheme,
        level=level,
        activity=activity,
        on=on,
        method=method,
        year_load=year_load,
        semester_load=semester_load,
        hours_per_credit=hours_per_credit,
    )
    asked = _Asked(given, "ECTS", there.origin, policy)
    if there.factor is None or not there.factor.low:
        return asked.no_value(there.why, there.needs, there.citations)
    result = CreditRange(given / there.factor.high, given / there.factor.low)
    back = tuple((name, CreditRange(1 / each.high, 1 / each.low)) for name, each in there.others)
    answer = asked.answer(result, there.method or "", there.factor, f"{there.why}, divided", there.citations)
    return attrs.evolve(answer, others=back)


def _banded(scheme: str, on: date | None) -> CreditScheme | None:
    """The scheme of this name, where it prints bands in place of a factor."""
    try:
        line = schemes_named(scheme, on=on)[0]
    except NoSchemeShownError:
        return None
    return line if "bands" in line.values else None


@attrs.frozen
class _Asked:
    """What a conversion was asked for."""

    given: Fraction
    origin: str
    target: str
    rounding: CreditRounding
    remark: str = ""
    """What is to be said of the scheme beside how it is reckoned."""

    def answer(  # noqa: PLR0913, PLR0917 - the fields of an answer
        self,
        value: CreditRange,
        method: str,
        factor: CreditRange | None,
        why: str,
        citations: tuple[Citation, ...],
        others: tuple[tuple[str, CreditRange], ...] = (),
    ) -> CreditConversion:
        """The conversion with its value rounded."""
        rounded = CreditRange(self.rounding.apply(value.low), self.rounding.apply(value.high))
        cited = citations if self.rounding.kind == "none" else (*citations, self.rounding.citation)
        return CreditConversion(
            given=self.given,
            origin=self.origin,
            target=self.target,
            value=rounded,
            method=method,
            factor=factor,
            rounding=self.rounding.id,
            why=why + self.remark,
            others=others,
            citations=tuple(dict.fromkeys(cited)),
        )

    def no_value(self, why: str, needs: tuple[str, ...], citations: Iterable[Citation] = ()) -> CreditConversion:
        """The answer that there is none."""
        return CreditConversion(
            given=self.given,
            origin=self.origin,
            target=self.target,
            value=None,
            method=None,
            factor=None,
            rounding=self.rounding.id,
            why=why,
            needs=needs,
            citations=tuple(dict.fromkeys(citations)),
        )


def _none_in_use(asked: _Asked, scheme: str, on: date | None) -> CreditConversion:
    """The answer where a country has credit schemes, and no text shows one of them in use."""
    when = "now" if on is None else f"on {on}"
    return asked.no_value(
        f"no text seen shows which credit of {scheme.strip().upper()} is in use {when}",
        (
            "the ECTS figure of the partner itself",
            f"or the credit system by its own name: {', '.join(ids_of_country(scheme))}",
            "or the local credits of a full-time year or semester",
        ),
    )


def _remark(scheme: CreditScheme, on: date | None) -> str:
    """That a scheme was asked for by its name for a day on which no text shows it in use."""
    if on is None or is_shown(scheme, on):
        return ""
    ends = [
        f"from {scheme.shown_from}" if scheme.shown_from else "",
        f"until {scheme.shown_until}" if scheme.shown_until else "",
    ]
    return f"; but no text shows this credit in use on {on}, only {' '.join(filter(None, ends))}"


def _by_factor(
    asked: _Asked, lines: tuple[CreditScheme | None, ...], load: _Load, method: str | None
) -> CreditConversion:
    """By the first method that answers for every line; several lines (kinds of master) together make a range."""
    answers: dict[str, _Factor] = {}
    for name, find in _METHODS.items():
        found = [each for line in lines if (each := find(line, load)) is not None]
        if len(found) == len(lines):
            ends = [each.range for each in found]
            span = CreditRange(min(each.low for each in ends), max(each.high for each in ends))
            cited = tuple(citation for each in found for citation in each.citations)
            answers[name] = _Factor(span, found[0].words, cited)
    # What the caller tells of the load outweighs what the files say.
    told = {
        "degree-load": load.degree,
        "year-load": load.year,
        "semester-load": load.semester,
        "hours": load.hours,
    }
    usual = [name for name in told if told[name] is not None] or [name for name in answers if name != "seen-range"]
    chosen = method or next(iter(usual), None)
    if chosen is None or chosen not in answers:
        cited = tuple(line.citation for line in lines if line is not None)
        asked_for = "no method has what it needs" if method is None else f"the method {method!r} lacks what it needs"
        return asked.no_value(
            f"no text seen tells how many ECTS one of these credits is: {asked_for}",
            (
                "the ECTS figure of the partner itself",
                "or the local credits of a full-time year or semester",
                "or the hours of one local credit",
            ),
            cited,
        )
    factor = answers[chosen]
    others = tuple((name, each.range) for name, each in answers.items() if each.range != factor.range)
    value = CreditRange(asked.given * factor.range.low, asked.given * factor.range.high)
    return asked.answer(value, chosen, factor.range, factor.words, factor.citations, others)


def _by_own_table(asked: _Asked, table: Mapping[_Number, _Number]) -> CreditConversion:
    entries = {_number(local, "table", least=None): _number(ects, "table", least=None) for local, ects in table.items()}
    if asked.given not in entries:
        listed = ", ".join(in_figures(each) for each in sorted(entries))
        return asked.no_value(
            f"the institution's own table has no entry for {in_figures(asked.given)} credits",
            (f"an entry for it (there are those for {listed})",),
        )
    return asked.answer(CreditRange.exactly(entries[asked.given]), "own-table", None, "the institution's own table", ())


def _from_bands(asked: _Asked, scheme: CreditScheme, bands: Iterable[Mapping[str, _Number]]) -> CreditConversion:
    for band in bands:
        if Fraction(band["local"]) == asked.given:
            value = CreditRange(Fraction(band["ects_from"]), Fraction(band["ects_to"]))
            return asked.answer(value, "bands", None, f"{scheme.name} prints bands", (scheme.citation,))
    return _no_band(asked, scheme, f"{in_figures(asked.given)} of these credits")


def _into_bands(asked: _Asked, scheme: CreditScheme) -> CreditConversion:
    for band in scheme.values.get("bands", ()):
        if Fraction(band["ects_from"]) <= asked.given <= Fraction(band["ects_to"]):
            value = CreditRange.exactly(Fraction(band["local"]))
            return asked.answer(value, "bands", None, f"{scheme.name} prints bands", (scheme.citation,))
    return _no_band(asked, scheme, f"{in_figures(asked.given)} ECTS")


def _no_band(asked: _Asked, scheme: CreditScheme, what: str) -> CreditConversion:
    bands = "; ".join(
        f"{CreditRange(Fraction(each['ects_from']), Fraction(each['ects_to']))} ECTS are {each['local']}"
        for each in scheme.values["bands"]
    )
    return asked.no_value(
        f"{scheme.name} prints bands, and none of them holds {what} ({bands})",
        ("what the institution itself makes of it",),
        (scheme.citation,),
    )


def _lines(found: tuple[CreditScheme, ...], level: str | None, activity: str | None) -> tuple[CreditScheme, ...]:
    """The lines for a level and an activity; ``master`` stands for every kind of master. None where it takes more."""
    if activity is not None:
        chosen = tuple(each for each in found if each.activity == activity.strip().lower())
        what, asked = "activity", activity
    elif level is not None and not _is_level(level):
        known = sorted(_levels())
        message = f"there is no level {level!r}{did_you_mean(level, known)}; the levels are: {', '.join(known)}"
        raise InputError(message, field="level")
    elif level is not None and any(each.level is not None for each in found):
        wanted = level.strip().lower()
        chosen = tuple(each for each in found if each.level is not None and f"{each.level}-".startswith(f"{wanted}-"))
        what, asked = "level", level
    else:
        return found if len(found) == 1 else ()
    if not chosen:
        known = _choices(found, what)
        way_out = f"; there are: {', '.join(known)}" if known else f"; it has one factor, whatever the {what}"
        message = f"{found[0].name} has no {what} {asked!r}{did_you_mean(asked, known)}{way_out}"
        raise InputError(message, field=what)
    return chosen


def _levels() -> set[str]:
    """The levels that any scheme tells apart; ``master`` stands for every kind of master."""
    levels = {each.level for each in credit_schemes() if each.level is not None}
    return levels | {each.partition("-")[0] for each in levels}


def _is_level(level: str) -> bool:
    return level.strip().lower() in _levels()


def _choices(found: Iterable[CreditScheme], *kinds: str) -> list[str]:
    return [text for each in found for kind in kinds or ("level", "activity") if (text := getattr(each, kind))]


def _optional(value: _Number | None, what: str) -> Fraction | None:
    return None if value is None else _number(value, what)


def _number(value: _Number, what: str, least: int | None = 0) -> Fraction:
    """An exact number, not negative; with ``least`` it must be greater than that."""
    number = exact_number(str(value)) if isinstance(value, (str, float, Decimal)) else Fraction(value)
    if number is None:
        message = f"{shown(value)} is no number of credits; write a number that is not negative, such as 18, 7.5 or 4/3"
        raise InputError(message, field=what)
    if number < 0 or (least is not None and number <= least):
        message = f"{value!r} cannot be used here; write a number that is not negative" + (
            "" if least is None else ", nor zero"
        )
        raise InputError(message, field=what)
    return number
