"""One figure through all calls, and the names by which figures are asked for; decides nothing."""

from __future__ import annotations

import re
from difflib import get_close_matches

import attrs

from icm_rules.engine.citations import Citation, Closed
from icm_rules.engine.errors import GuideError
from icm_rules.guide.loading import Guide, calls, guide
from icm_rules.guide.provisions import (
    PARAGRAPHS,
    FewerOpportunitiesOnce,
    GreenTravelBand,
    Line,
    Provision,
    ShortStayRate,
    StaffRate,
    StudentRate,
    TravelBand,
)
from icm_rules.guide.wording import LONGEST_CELL, SAYS_WHICH_LINE, in_words, own_fields, underlined, words, wrapped

_NOT_IN_FORCE = "not in force"
_NO_LINE = "no such line"


def figures(guide: Guide) -> list[str]:
    """The names of all figures of a Guide, in the order of its paragraphs.

    A figure is called ``paragraph.field``, or ``paragraph.line.field`` in a table, the line being its label in small
    letters: ``study_duration.minimum_days``, ``regions.region_7_middle_east.countries``. The amounts have short
    names: ``student.incoming.group1``, ``staff.outgoing``, ``travel.100`` (the band from 100 km on),
    ``travel.green.100``, ``short_stay.day15``, ``fewer_opportunities.day5``.

    >>> from icm_rules.guide import guide
    >>> [name for name in figures(guide(2018)) if name.startswith("student.")][-2:]
    ['student.incoming.group3', 'student.outgoing']
    """
    return [name for name, place in _places(guide).items() if place.listed]


def history(figure: str) -> str:
    """The figure of that name through all calls, with how sure it is; ``changed`` marks where it changes.

    Raises:
        GuideError: no Guide has a figure of that name; the message suggests one.

    """
    places = [_places(guide(call)).get(figure) for call in calls()]
    known = next((place for place in reversed(places) if place is not None), None)
    if known is None:
        raise GuideError(_unknown(figure))
    rows = [_row(call, place, known) for call, place in zip(calls(), places, strict=True)]
    same_line = len({place.line for place in places if place is not None}) == 1
    about = f"{words(known.paragraph)}; {known.line}" if same_line and known.line else words(known.paragraph)
    told = [*underlined(f"{figure}: {words(known.field)}"), about, *_hint(known), ""]
    width = max(len(row.value) for row in rows)
    in_table = width <= LONGEST_CELL
    sure_width = max(len(row.sure) for row in rows)
    before: _Row | None = None
    for row in rows:
        changed = "changed" if before is not None and row.value != before.value else ""
        cells = [str(row.call), *([f"{row.value:<{width}}"] if in_table else []), f"{row.sure:<{sure_width}}"]
        label = f"({row.line})" if row.line is not None and not same_line else ""
        told.append("  ".join([*cells, f"{changed:<7}", label]).rstrip())
        if not in_table and (changed or before is None):
            told += wrapped(row.value, indent=6, hanging=6)
        if row.conflict:
            told += wrapped(f"conflict: {row.conflict}", indent=6)
        before = row
    return "\n".join(told) + "\n"


def _hint(place: _Place) -> list[str]:
    """Where the countries of a group stand: they change while its name stays."""
    group = (place.line or "").partition("group ")[2]
    if not group or not place.paragraph.endswith("_rates"):
        return []
    return [f"which countries: {place.paragraph.removesuffix('_rates')}_country_groups.group_{group.lower()}.countries"]


# --- the names ---------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class _Place:
    """Where a figure stands."""

    paragraph: str
    field: str
    value: object
    citation: Citation
    line: str | None = None
    listed: bool = True
    """Whether the name is shown; every amount with a short name has a long one as well."""


def _places(of: Guide) -> dict[str, _Place]:
    places: dict[str, _Place] = {}
    for paragraph, provision in of.provisions.items():
        if isinstance(provision, Closed):
            continue
        for field, value in own_fields(provision).items():
            places[f"{paragraph}.{field}"] = _Place(
                paragraph=paragraph, field=field, value=value, citation=provision.citation
            )
        lines: tuple[Line, ...] = getattr(provision, "lines", ())
        for line in lines:
            short = _short_name(line)
            for field, value in own_fields(line).items():
                if field in SAYS_WHICH_LINE:
                    continue
                place = _Place(paragraph=paragraph, field=field, value=value, citation=line.citation, line=line.label)
                if short is not None:
                    places[short] = place
                    place = attrs.evolve(place, listed=False)
                places[f"{paragraph}.{_in_small_letters(line.label)}.{field}"] = place
    return places


def _short_name(line: Line) -> str | None:
    """The short name of the amount of a line; its other fields say which line it is."""
    name = None
    match line:
        case StudentRate() | StaffRate():
            who = "student" if isinstance(line, StudentRate) else "staff"
            name = f"{who}.{line.direction}" + ("" if line.group is None else f".group{line.group}")
        case TravelBand():
            name = f"travel.{line.from_km}"
        case GreenTravelBand():
            name = f"travel.green.{line.from_km}"
        case ShortStayRate():
            name = f"short_stay.day{line.first_day}"
        case FewerOpportunitiesOnce():
            name = f"fewer_opportunities.day{line.first_day}"
    return name


def _in_small_letters(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")


def _unknown(figure: str) -> str:
    names = dict.fromkeys(name for call in calls() for name in figures(guide(call)))
    if figure in PARAGRAPHS:
        inside = [name for name in names if _paragraph_of(name) == figure]
        return f"{figure} is a paragraph and not a figure: ask for one of its figures: {', '.join(inside)}"
    close = get_close_matches(figure, list(names), n=1, cutoff=0.5)
    suggestion = f"; did you mean {close[0]}?" if close else ""
    return f"no Guide has a figure {figure!r}{suggestion}; `icm-rules guide history` lists those of the newest Guide"


def _paragraph_of(name: str) -> str | None:
    found = (places[name].paragraph for call in calls() if name in (places := _places(guide(call))))
    return next(found, None)


# --- one call ----------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class _Row:
    """The figure in one call, in words."""

    call: int
    value: str
    sure: str
    line: str | None
    conflict: str | None


def _row(call: int, place: _Place | None, known: _Place) -> _Row:
    if place is not None:
        value = in_words(place.field, place.value) or "none"
        citation = place.citation
        return _Row(call=call, value=value, sure=citation.confidence.label, line=place.line, conflict=citation.conflict)
    provision: Provision | Closed = guide(call)[known.paragraph]
    closed = isinstance(provision, Closed)
    return _Row(
        call=call,
        value=_NOT_IN_FORCE if closed else _NO_LINE,
        sure=provision.citation.confidence.label if closed else "",
        line=None,
        conflict=provision.citation.conflict if closed else None,
    )
