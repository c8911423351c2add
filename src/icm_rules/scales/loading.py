"""How the files of this room become records: figures, credit schemes, grading scales and policies, each cited.

Every figure stands in a TOML file beside this module with the texts that show it and how sure it is. What is made of
them (conversions) stands in the neighbouring modules.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from importlib import resources
from types import MappingProxyType
from typing import Any, TypeVar

import attrs

from icm_rules.engine.citations import Citation, Cited, Confidence, Source
from icm_rules.engine.errors import GuideError, InputError, did_you_mean

_T = TypeVar("_T")

FILES = ("credits", "grades", "documents", "policies")
_CITING = ("source", "confidence", "note", "conflict")


@attrs.frozen(kw_only=True)
class Figure(Cited):
    """One figure or sentence of a text: what it says, and where that is written."""

    value: Any

    @property
    def number(self) -> Fraction:
        """The figure as an exact number.

        Raises:
            GuideError: it is none.

        """
        return _number(self.value, self.citation.paragraph)


def _number(value: object, place: str) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal, str)):
        message = f"{place} = {value!r}, expected a number"
        raise GuideError(message)
    try:
        return Fraction(value)
    except ValueError:
        message = f"{place} = {value!r}, expected a number such as 7.5 or 4/3"
        raise GuideError(message) from None


@functools.cache
def written(name: str) -> Mapping[str, Any]:
    """One file of this room as it is written."""
    text = resources.files("icm_rules.scales").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text, parse_float=Decimal)


@functools.cache
def sources() -> Mapping[str, Source]:
    """The texts that figures of this room cite, by key."""
    return MappingProxyType(
        {
            key: Source(key=key, title=entry["title"], url=tuple(entry.get("url", ())), kind=entry["kind"])
            for key, entry in written("sources").items()
        }
    )


def citation_of(entry: Mapping[str, Any], file: str, paragraph: str, line: str | None = None) -> Citation:
    """Where an entry of a file is written.

    Raises:
        GuideError: it names a text that is not among the sources, or is surer than the texts it names.

    """
    place = f"{file}.toml, {paragraph}" + (f", {line}" if line else "")
    known = sources()
    for key in entry["source"]:
        if key not in known:
            message = f"{place}: source {key!r} is not in sources.toml{did_you_mean(key, known)}: add it there"
            raise GuideError(message)
    try:
        confidence = Confidence.from_label(entry["confidence"])
    except ValueError as error:
        message = f"{place}: confidence = {error}"
        raise GuideError(message) from None
    if not entry["source"] and confidence is not Confidence.UNVERIFIED:
        message = f'{place}: confidence = "{confidence.label}" without a source: name the text that shows it'
        raise GuideError(message)
    return Citation(
        document=str(written(file)["title"]),
        paragraph=paragraph,
        line=line,
        sources=tuple(known[key] for key in entry["source"]),
        confidence=confidence,
        note=entry.get("note"),
        conflict=entry.get("conflict"),
    )


def _figures_in(table: Mapping[str, Any], file: str, path: tuple[str, ...]) -> Iterator[tuple[str, Figure]]:
    for key, entry in table.items():
        if not isinstance(entry, dict):
            continue
        if "value" in entry and "confidence" in entry:
            name = ".".join((*path, key))
            yield name, Figure(citation=citation_of(entry, file, entry.get("name", key)), value=entry["value"])
        else:
            yield from _figures_in(entry, file, (*path, key))


@functools.cache
def figures() -> Mapping[str, Figure]:
    """Every single figure of this room by its name, such as ``deadlines.change_request_weeks``."""
    return MappingProxyType({name: figure for file in FILES for name, figure in _figures_in(written(file), file, ())})


def figure(name: str) -> Figure:
    """The figure of this name.

    Raises:
        GuideError: there is none.

    """
    if name not in figures():
        message = f"there is no figure {name!r} under scales{did_you_mean(name, figures())}"
        raise GuideError(message)
    return figures()[name]


def weakest(citations: Iterable[Citation]) -> Confidence | None:
    """The weakest confidence among citations; *None* where nothing is cited."""
    return min((citation.confidence for citation in citations), default=None)


# --- credit schemes ----------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class CreditScheme(Cited):
    """A credit system, or the part of it for one level or one kind of activity.

    (The word credit *system* belongs to the fact of a mobility that says whether credits are counted in ECTS.)
    """

    id: str
    code: str
    """Its key in the list of facts."""
    name: str
    country: str
    level: str | None = None
    activity: str | None = None
    of_institution: bool = False
    """Whether it is that of one institution, and not of a country."""
    is_old: bool = False
    """Whether the texts call it an old one, without a date: the code of its country does not stand for it."""
    shown_from: date | None = None
    """The first day for which a text shows it in use, where one does."""
    shown_until: date | None = None
    values: Mapping[str, Any] = attrs.field(hash=False)
    """What the texts print, by the names of the file."""

    @property
    def words(self) -> str:
        """The scheme with its level or activity."""
        return ", ".join(filter(None, (self.name, self.level, self.activity)))

    def number(self, name: str) -> Fraction | None:
        """A number that the texts print, exact; *None* where they do not print it."""
        value = self.values.get(name)
        return None if value is None else _number(value, f"credits.toml, {self.code}: {name}")


@functools.cache
def credit_schemes() -> tuple[CreditScheme, ...]:
    """Every credit scheme of this version."""
    return tuple(
        CreditScheme(
            citation=citation_of(entry, "credits", "credit_scheme", entry["code"]),
            values=MappingProxyType(dict(entry["value"])),
            **{key: value for key, value in entry.items() if key not in {*_CITING, "value"}},
        )
        for entry in written("credits")["credit_scheme"]
    )


class NoSchemeShownError(InputError):
    """A country whose credit schemes are all old, or of which none is shown for the day: a conversion has no value."""


def schemes_named(name: str, *, on: date | None = None) -> tuple[CreditScheme, ...]:
    """The lines of the scheme of this name: its id, its code, or the code of its country.

    A country of which several schemes are shown has the one shown for the day ``on``; without a day the one that no
    text closes.

    Raises:
        NoSchemeShownError: a country has schemes, and no text shows one of them in use; the message lists them.
        InputError: there is no such scheme, or the name fits several; the message lists them.

    """
    wanted = name.strip().lower()
    known = credit_schemes()
    for attribute in ("id", "code"):
        found = tuple(each for each in known if getattr(each, attribute).lower() == wanted)
        if found:
            return found
    of_country = [each for each in known if each.country.lower() == wanted]
    if not of_country:
        ids = dict.fromkeys(each.id for each in known)
        message = f"there is no credit scheme {name!r}{did_you_mean(wanted, ids)}; icm-rules credits --list names them"
        raise InputError(message, field="scheme")
    fitting = [each for each in of_country if not each.of_institution and not each.is_old and is_shown(each, on)]
    ids = dict.fromkeys(each.id for each in fitting)
    if len(ids) == 1:
        return tuple(fitting)
    all_ids = ", ".join(dict.fromkeys(each.id for each in of_country))
    when = f" on {on}" if on else ""
    if ids or all(each.of_institution for each in of_country):
        why = "fits several credit schemes" if ids else "names no credit scheme of a country"
        message = f"{name!r} {why}{when}; write one of: {all_ids}"
        raise InputError(message, field="scheme")
    message = f"{name!r} names no credit scheme that a text shows in use{when}; write one of: {all_ids}"
    raise NoSchemeShownError(message, field="scheme")


def ids_of_country(name: str) -> tuple[str, ...]:
    """The names of all schemes of a country, by its code; those of single institutions and old ones as well."""
    wanted = name.strip().lower()
    return tuple(dict.fromkeys(each.id for each in credit_schemes() if each.country.lower() == wanted))


def is_shown(scheme: CreditScheme, on: date | None) -> bool:
    """Whether a text may show the scheme in use on a day; without a day, whether no text closes it."""
    if on is None:
        return scheme.shown_until is None
    return (scheme.shown_from is None or scheme.shown_from <= on) and (
        scheme.shown_until is None or on <= scheme.shown_until
    )


@attrs.frozen(kw_only=True)
class CreditRounding(Cited):
    """How a number of converted credits is rounded: a named policy."""

    id: str
    value: str
    kind: str
    """``none``, or ``down`` to whole credits."""

    def apply(self, number: Fraction) -> Fraction:
        """The rounded number."""
        return number if self.kind == "none" else Fraction(number.__floor__())


def credit_roundings() -> Mapping[str, CreditRounding]:
    """The rounding policies of credits by their names."""
    return _by_id("credits", "credit_rounding", CreditRounding)


# --- grading scales ----------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class Cap(Cited):
    """The best grade that is given in practice, by the policy of one institution."""

    policy: str
    value: Fraction


@attrs.frozen(kw_only=True)
class GradingScale(Cited):
    """A range of passing grades: the best and the lowest pass, either of which may be the greater number."""

    country: str
    best: Fraction
    lowest_pass: Fraction
    percent_best: Fraction | None = None
    percent_pass: Fraction | None = None
    letters: tuple[str, ...] = ()
    """The letters from the best to the lowest pass, where the scale has these in place of numbers."""
    caps: tuple[Cap, ...] = ()

    def cap_of(self, policy: str | None) -> Cap | None:
        """The best grade in practice under a policy; *None* where it names none for this scale."""
        return next((each for each in self.caps if each.policy == policy), None)


@functools.cache
def grading_scales() -> Mapping[str, GradingScale]:
    """The grading scales by the code of their country."""
    found = {}
    for entry in written("grades")["scale"]:
        country, place = entry["country"], f"grades.toml, scale of {entry['country']}"
        numbers = {
            name: _number(entry[name], place)
            for name in ("best", "lowest_pass", "percent_best", "percent_pass")
            if name in entry
        }
        caps = tuple(
            Cap(
                citation=citation_of(cap, "grades", "cap", f"{country}, {cap['policy']}"),
                policy=cap["policy"],
                value=_number(cap["value"], place),
            )
            for cap in entry.get("caps", ())
        )
        found[country] = GradingScale(
            citation=citation_of(entry, "grades", "scale", country),
            country=country,
            letters=tuple(entry.get("letters", ())),
            caps=caps,
            **numbers,
        )
    return MappingProxyType(found)


def _fractions(values: Iterable[str]) -> tuple[Fraction, ...]:
    return tuple(map(Fraction, values))


@attrs.frozen(kw_only=True)
class GradeRounding(Cited):
    """How the result of the Bavarian formula is rounded: a named policy."""

    id: str
    value: str
    steps: tuple[Fraction, ...] = attrs.field(default=(), converter=_fractions)
    target_best: Fraction | None = attrs.field(default=None, converter=attrs.converters.optional(Fraction))
    target_lowest_pass: Fraction | None = attrs.field(default=None, converter=attrs.converters.optional(Fraction))


@attrs.frozen(kw_only=True)
class LetterTable(Cited):
    """Letters of one scale and the grades of another that stand for them."""

    id: str
    origin: str
    target: str
    grades: Mapping[str, str] = attrs.field(hash=False)


@attrs.frozen(kw_only=True)
class KazakhstanGrade(Cited):
    """A grade of Kazakhstan's scale: its letter, points and percentages [whole per cent, both ends included]."""

    letter: str
    points: Fraction
    percent_from: int
    percent_to: int
    ects_2011: tuple[str, ...]
    """The ECTS letters beside it in the table of 2011."""


@attrs.frozen(kw_only=True)
class KazakhstanFromEcts(Cited):
    """What an ECTS letter is in Kazakhstan's scale, by the table of 2011."""

    ects: tuple[str, ...]
    letter: str
    points: Fraction
    percent: int


@attrs.frozen(kw_only=True)
class NamedChoice(Cited):
    """A named way to choose, and what it does in words."""

    id: str
    value: str


def grade_roundings() -> Mapping[str, GradeRounding]:
    """The rounding policies of grades by their names."""
    return _by_id("grades", "bavarian_rounding", GradeRounding)


def overlaps() -> Mapping[str, NamedChoice]:
    """The ways to choose among home grades whose places overlap, by their names."""
    return _by_id("grades", "overlap", NamedChoice)


def slivers() -> Mapping[str, NamedChoice]:
    """The named tolerances for slivers; the value is the share of all places an overlap must exceed."""
    return _by_id("grades", "sliver", NamedChoice)


@functools.cache
def letter_tables() -> Mapping[str, LetterTable]:
    """The letter tables by their names."""
    return MappingProxyType(
        {
            entry["id"]: LetterTable(
                citation=citation_of(entry, "grades", "letter_table", entry["id"]),
                id=entry["id"],
                origin=entry["from"],
                target=entry["to"],
                grades=MappingProxyType(dict(entry["value"])),
            )
            for entry in written("grades")["letter_table"]
        }
    )


KAZAKHSTAN_EDITIONS = ("current", "2011")


@functools.cache
def kazakhstan_grades(edition: str) -> tuple[KazakhstanGrade, ...]:
    """Kazakhstan's scale in one of ``KAZAKHSTAN_EDITIONS``, the best grade first.

    Raises:
        InputError: there is no such edition.

    """
    if edition not in KAZAKHSTAN_EDITIONS:
        message = f"there is no edition {edition!r} of Kazakhstan's scale; write one of: current, 2011"
        raise InputError(message, field="edition")
    return tuple(
        KazakhstanGrade(
            citation=citation_of(entry, "grades", "kazakhstan_grade", f"{entry['letter']}, edition {edition}"),
            letter=entry["letter"],
            points=_number(entry["points"], "grades.toml, kazakhstan_grade"),
            percent_from=entry["percent_from"],
            percent_to=entry.get(f"percent_to_{edition}", entry["percent_to"]),
            ects_2011=tuple(entry["ects_2011"]),
        )
        for entry in written("grades")["kazakhstan_grade"]
        if edition in entry.get("editions", KAZAKHSTAN_EDITIONS)
    )


@functools.cache
def kazakhstan_from_ects() -> tuple[KazakhstanFromEcts, ...]:
    """What each ECTS letter is in Kazakhstan's scale, by the table of 2011."""
    return tuple(
        KazakhstanFromEcts(
            citation=citation_of(entry, "grades", "ects_to_kazakhstan_2011", entry["ects"][0]),
            ects=tuple(entry["ects"]),
            letter=entry["letter"],
            points=_number(entry["points"], "grades.toml, ects_to_kazakhstan_2011"),
            percent=entry["percent"],
        )
        for entry in written("grades")["ects_to_kazakhstan_2011"]
    )


# --- policies ----------------------------------------------------------------------------------------------

DEFAULT = "default"


@attrs.frozen(kw_only=True)
class RecognitionPolicy(Cited):
    """How each step of a recognition is done: a named policy, or one changed with ``attrs.evolve``."""

    id: str
    value: str
    """What is particular to it, in words."""
    credit_rounding: str
    overlap: str
    sliver: str
    """The name of a tolerance, or the tolerance itself: the share of all places that an overlap must exceed."""
    grade_rounding: str
    caps: str | None = None
    """Whose best grades in practice are used in the Bavarian formula."""
    letter_tables: tuple[str, ...] = ()
    grades: str | None = None
    """``none`` where no grade is taken over."""
    ungraded: Figure | None = None
    """What a pass without a grade becomes; where absent it stays without."""
    home_scheme: str | None = None
    as_default: frozenset[str] = frozenset()
    """The steps that it does not name, and that are done as in ``default``."""
    limits: Mapping[str, Figure] = attrs.field(factory=dict, hash=False)
    """The limits that the institution publishes, by what they limit."""
    says: tuple[Figure, ...] = ()

    def chosen_in(self, step: str) -> Citation:
        """Where it is written that a step is done so: with the policy, or with ``default`` whose step it is."""
        usual = recognition_policies()[DEFAULT]
        is_usual = step in self.as_default and getattr(self, step) == getattr(usual, step)
        return usual.citation if is_usual else self.citation

    @property
    def formula_chosen_in(self) -> Citation:
        """Where it is written that the Bavarian formula is used: with the policy, where it names a part of it."""
        names_it = self.caps is not None or "grade_rounding" not in self.as_default
        return self.citation if names_it else recognition_policies()[DEFAULT].citation


_LIMITS = (
    "least_recognised_ects",
    "least_recognised_components",
    "least_agreed_ects",
    "most_ects_half_year",
    "most_ects_year",
    "least_home_credits",
    "most_home_credits",
)


@functools.cache
def recognition_policies() -> Mapping[str, RecognitionPolicy]:
    """The policies by their names; what one does not name is as in ``default``."""
    entries = {entry["id"]: entry for entry in written("policies")["policy"]}
    usual = {key: entries[DEFAULT][key] for key in ("credit_rounding", "overlap", "sliver", "grade_rounding")}
    found = {}
    for name, entry in entries.items():
        told = {**usual, **entry}
        citation = citation_of(entry, "policies", "policy", name)
        limits = {key: figure(f"institution_policy.{told[key]}") for key in _LIMITS if key in told}
        found[name] = RecognitionPolicy(
            citation=citation,
            id=name,
            value=told["value"],
            credit_rounding=told["credit_rounding"],
            overlap=told["overlap"],
            sliver=told["sliver"],
            grade_rounding=told["grade_rounding"],
            caps=told.get("caps"),
            letter_tables=tuple(told.get("letter_tables", ())),
            grades=told.get("grades"),
            ungraded=figure(f"institution_policy.{told['ungraded']}") if "ungraded" in told else None,
            home_scheme=told.get("home_scheme"),
            as_default=frozenset(usual).difference(entry),
            limits=MappingProxyType(limits),
            says=tuple(figure(f"institution_policy.{each}") for each in told.get("says", ())),
        )
    return MappingProxyType(found)


def recognition_policy(policy: RecognitionPolicy | str) -> RecognitionPolicy:
    """The policy of this name; a policy is given back as it is.

    Raises:
        InputError: there is none of this name; the message lists those there are.

    """
    if isinstance(policy, RecognitionPolicy):
        return policy
    return named(recognition_policies(), policy, "policy")


def named(known: Mapping[str, _T], name: str, what: str) -> _T:
    """What stands under a name.

    Raises:
        InputError: nothing does; the message lists the names.

    """
    if name not in known:
        message = f"there is no {what} {name!r}{did_you_mean(name, known)}; there are: {', '.join(known)}"
        raise InputError(message, field=what)
    return known[name]


@functools.cache
def _by_id(file: str, table: str, kind: type) -> Mapping[str, Any]:
    return MappingProxyType(
        {
            entry["id"]: kind(
                citation=citation_of(entry, file, table, entry["id"]),
                **{key: value for key, value in entry.items() if key not in _CITING},
            )
            for entry in written(file)[table]
        }
    )
