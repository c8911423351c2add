"""A Guide, or the difference of two, in words for a reader; decides nothing.

Plain text, at most ``WIDTH`` characters a line where no single word is longer.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs

from icm_rules.engine.citations import Cited, Closed, Confidence
from icm_rules.guide.provisions import PARAGRAPHS
from icm_rules.model.terms import Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from icm_rules.engine.citations import Citation, Source
    from icm_rules.guide.loading import Guide
    from icm_rules.guide.provisions import Line, Provision

WIDTH = 110
"""The width of what is told [characters]."""

_LONGEST_CELL = 34
"""A longer value stands below its line, wrapped, and not in the table [characters]."""

_HEADINGS = {
    "terminology": "Words and editions",
    "programme_countries": "Countries",
    "activities": "Activities and participants",
    "charter": "Organisations",
    "study_duration": "Durations",
    "student_country_groups": "Money",
    "applicant": "Application, project and award",
    "learning_agreement_signatures": "Documents and recognition",
}
"""The heading that stands before each of these paragraphs, in the order of ``PARAGRAPHS``."""


def describe(guide: Guide) -> str:
    """The whole Guide as a person would read it, with its sources at the end."""
    told = [guide.title, "=" * len(guide.title), ""]
    told.append(f"Call {guide.call}" + ("" if guide.amends is None else f", amends call {guide.amends}") + ".")
    told += _wrapped("How sure a figure is stands beside it wherever that is less than official.")
    for name, provision in guide.provisions.items():
        if name in _HEADINGS:
            told += ["", "", _HEADINGS[name], "-" * len(_HEADINGS[name])]
        told += ["", *_paragraph(name, provision)]
    told += ["", "", "Sources", "-------", "", *_source_list(guide)]
    return "\n".join(told) + "\n"


def differences(before: Guide, after: Guide) -> str:
    """What ``after`` says otherwise than ``before``: figures, lines of tables, and how sure each is.

    Sources and notes that changed are not told: they do for nearly every paragraph. Where nothing else differs
    the text says "no change".
    """
    title = f"From {before.title} to {after.title}"
    told = [title, "=" * len(title)]
    same = []
    for name in PARAGRAPHS:
        changes = _changes(before.provisions[name], after.provisions[name])
        if changes:
            told += ["", _words(name), *(f"  {change}" for change in changes)]
        else:
            same.append(_words(name))
    if len(same) == len(PARAGRAPHS):
        told += ["", "no change"]
    elif same:
        told += ["", *_wrapped(f"no change in {len(same)} paragraphs: {', '.join(same)}")]
    return "\n".join(told) + "\n"


# --- one paragraph -----------------------------------------------------------------------------------------


def _paragraph(name: str, provision: Provision | Closed) -> list[str]:
    told = [_words(name) + (": not in force" if isinstance(provision, Closed) else "")]
    fields = {field: value for field, value in _own_fields(provision).items() if value is not None}
    width = max((len(_words(field)) for field in fields), default=0)
    for field, value in fields.items():
        told += _wrapped(f"{_words(field):<{width}}  {_value(field, value)}", indent=2, hanging=width + 4)
    lines: Sequence[Line] = getattr(provision, "lines", ())
    if hasattr(provision, "lines"):
        told += _table(lines, provision.citation) if lines else ["  no line"]
    told += _cited(provision.citation, indent=2)
    return told


def _table(lines: Sequence[Line], whole: Citation) -> list[str]:
    """The lines in columns; what is too long for a column stands below its line."""
    names = list(_own_fields(lines[0]))
    cells = [{name: _value(name, getattr(line, name)) for name in names} for line in lines]
    columns = [name for name in names if all(len(row[name]) <= _LONGEST_CELL for row in cells)]
    columns = [name for name in columns if any(row[name] for row in cells)]
    below = [name for name in names if name not in columns]
    sure = [_how_sure(line.citation) for line in lines]
    widths = {name: max(len(_words(name)), *(len(row[name]) for row in cells)) for name in columns}
    first = {name: next(value for line in lines if (value := getattr(line, name)) is not None) for name in columns}
    told = ["  " + "  ".join(_aligned(_words(name), first[name], widths[name]) for name in columns).rstrip()]
    for line, row, doubt in zip(lines, cells, sure, strict=True):
        shown = "  ".join(_aligned(row[name], getattr(line, name), widths[name]) for name in columns)
        told.append(f"  {shown}  {doubt}".rstrip())
        for name in below:
            if row[name]:
                told += _wrapped(f"{_words(name)}: {row[name]}", indent=6)
        own = line.citation
        if own.sources != whole.sources:
            told += _wrapped(f"source: {_keys(own.sources)}", indent=6)
        if own.note and own.note != whole.note:
            told += _wrapped(f"note: {own.note}", indent=6)
        if own.conflict and own.conflict != whole.conflict:
            told += _wrapped(f"conflict: {own.conflict}", indent=6)
    return told


def _aligned(cell: str, value: object, width: int) -> str:
    is_number = isinstance(value, (int, Decimal)) and not isinstance(value, bool)
    return f"{cell:>{width}}" if is_number else f"{cell:<{width}}"


def _cited(citation: Citation, *, indent: int) -> list[str]:
    doubt = _how_sure(citation)
    told = _wrapped(f"source: {_keys(citation.sources)}" + (f" ({doubt})" if doubt else ""), indent=indent)
    if citation.section:
        told += _wrapped(f"section: {citation.section}", indent=indent)
    if citation.note:
        told += _wrapped(f"note: {citation.note}", indent=indent)
    if citation.conflict:
        told += _wrapped(f"conflict: {citation.conflict}", indent=indent)
    return told


def _source_list(guide: Guide) -> list[str]:
    sources: dict[str, Source] = {}
    for provision in guide.provisions.values():
        for cited in (provision, *getattr(provision, "lines", ())):
            sources.update({source.key: source for source in cited.citation.sources})
    told = []
    for key in sorted(sources):
        told += _wrapped(f"{key}: {sources[key].title} ({sources[key].kind.replace('_', ' ')})", hanging=4)
    return told


# --- what changed ------------------------------------------------------------------------------------------


def _changes(before: Provision | Closed, after: Provision | Closed) -> list[str]:
    if isinstance(before, Closed) and not isinstance(after, Closed):
        return ["now in force:", *(f"  {told}" for told in _told_whole(after))]
    if isinstance(after, Closed) and not isinstance(before, Closed):
        return ["no longer in force", *_doubts_changed(before, after, only=False)]
    changes = _fields_changed(before, after)
    if hasattr(before, "lines") and hasattr(after, "lines"):
        old = {line.label: line for line in before.lines}
        new = {line.label: line for line in after.lines}
        changes += [change for label in old if label not in new for change in _wrapped(f"- {label}", hanging=4)]
        for label, line in new.items():
            if label not in old:
                changes += _wrapped(f"+ {label}: {_told_line(line)}", hanging=4)
            else:
                changes += [
                    told
                    for change in _figures_and_doubts_changed(old[label], line)
                    for told in _wrapped(f"{label}: {change}", hanging=4)
                ]
        if after.lines and before.lines:
            # Every line carries how sure it is; that of the whole is told by them.
            return changes
    return changes + _doubts_changed(before, after, only=not changes)


def _figures_and_doubts_changed(before: Cited, after: Cited) -> list[str]:
    figures = _fields_changed(before, after)
    return figures + _doubts_changed(before, after, only=not figures)


def _fields_changed(before: Cited, after: Cited) -> list[str]:
    changes: list[str] = []
    old, new = _own_fields(before), _own_fields(after)
    for field, value in new.items():
        if old[field] == value:
            continue
        if isinstance(value, frozenset) and isinstance(old[field], frozenset):
            gone, come = (_value(field, some) for some in (old[field] - value, value - old[field]))
            change = ", ".join(sign + words for sign, words in (("without ", gone), ("with ", come)) if words)
        else:
            change = f"{_value(field, old[field]) or 'none'} -> {_value(field, value) or 'none'}"
        changes += _wrapped(f"{_words(field)}: {change}", hanging=4)
    return changes


def _doubts_changed(before: Cited, after: Cited, *, only: bool) -> list[str]:
    """How sure it is now; ``only`` where no figure changed with it."""
    old, new = before.citation, after.citation
    changes = []
    if old.confidence is not new.confidence:
        changes.append(f"{'only the ' if only else ''}confidence: {old.confidence.label} -> {new.confidence.label}")
    if old.conflict != new.conflict:
        changes += _wrapped(f"conflict: {new.conflict or 'none any more'}", hanging=4)
    return changes


def _told_whole(provision: Provision | Closed) -> list[str]:
    told = [f"{_words(name)}: {_value(name, value)}" for name, value in _own_fields(provision).items()]
    told += [f"{line.label}: {_told_line(line)}" for line in getattr(provision, "lines", ())]
    if provision.citation.confidence is not Confidence.OFFICIAL:
        told.append(f"confidence: {provision.citation.confidence.label}")
    return [line for sentence in told for line in _wrapped(sentence, hanging=4)]


def _told_line(line: Line) -> str:
    told = [
        f"{_words(name)} {_value(name, value)}"
        for name, value in _own_fields(line).items()
        # What the label says in words is not said again.
        if _value(name, value) and not (isinstance(value, str) and _value(name, value) in line.label)
    ]
    if line.citation.confidence is not Confidence.OFFICIAL:
        told.append(line.citation.confidence.label)
    return "; ".join(told)


# --- words -------------------------------------------------------------------------------------------------


def _own_fields(record: Cited) -> dict[str, Any]:
    """The figures of a record, without where they are written and without its lines."""
    return {
        field.name: getattr(record, field.name)
        for field in attrs.fields(type(record))
        if field.name not in {"citation", "lines"}
    }


def _words(name: str) -> str:
    return " ".join("EUR" if word == "eur" else word for word in name.split("_"))


def _value(field: str, value: object) -> str:
    """One value in words; empty where there is none."""
    told = str(value)
    match value:
        case None:
            told = ""
        case bool():
            told = "yes" if value else "no"
        case Term():
            told = value.words
        case Decimal() if "share" in field or field.endswith("less_than"):
            told = f"{(value * 100).normalize():f} %"
        case Decimal():
            told = f"{value:,f}"
        case date():
            told = value.isoformat()
        case Mapping():
            told = _territories(value)
        case frozenset():
            told = _joined(sorted(value), field)
        case tuple():
            told = _joined(value, field)
    return told


def _joined(values: Iterable[object], field: str) -> str:
    words = [_value(field, value) for value in values]
    return ("; " if any("," in word or " " in word for word in words) else ", ").join(words)


def _territories(belongs_to: Mapping[str, str]) -> str:
    by_state: dict[str, list[str]] = {}
    for territory, state in sorted(belongs_to.items()):
        by_state.setdefault(state, []).append(territory)
    return "; ".join(f"{', '.join(by_state[state])} to {state}" for state in sorted(by_state))


def _how_sure(citation: Citation) -> str:
    return "" if citation.confidence is Confidence.OFFICIAL else citation.confidence.label


def _keys(sources: Iterable[Source]) -> str:
    return ", ".join(source.key for source in sources) or "none seen"


def _wrapped(text: str, *, indent: int = 0, hanging: int | None = None) -> list[str]:
    return textwrap.wrap(
        text,
        # What is told of a change is set in by up to four more by those who hand it on.
        width=WIDTH - 4,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + 2 if hanging is None else hanging),
        break_long_words=False,
        break_on_hyphens=False,
    )
