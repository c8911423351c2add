"""A Guide, or the difference of two, in words for a reader; decides nothing.

Plain text, at most ``WIDTH`` characters a line where no single word is longer.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from icm_rules.engine.citations import Cited, Closed, Confidence
from icm_rules.guide.provisions import PARAGRAPHS
from icm_rules.guide.wording import (
    HEADINGS,
    LONGEST_CELL,
    WIDTH,
    in_words,
    keys,
    listed_sources,
    own_fields,
    underlined,
    words,
    wrapped,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icm_rules.engine.citations import Citation
    from icm_rules.guide.loading import Guide
    from icm_rules.guide.provisions import Line, Provision


def describe(guide: Guide) -> str:
    """The whole Guide as a person would read it, with its sources at the end."""
    told = [*underlined(guide.title), ""]
    told.append(f"Call {guide.call}" + ("" if guide.amends is None else f", amends call {guide.amends}") + ".")
    told += wrapped("How sure a figure is stands beside it wherever that is less than official.")
    for name, provision in guide.provisions.items():
        if name in HEADINGS:
            told += ["", "", *underlined(HEADINGS[name], "-")]
        told += ["", *_paragraph(name, provision)]
    records = [
        record for provision in guide.provisions.values() for record in (provision, *getattr(provision, "lines", ()))
    ]
    told += ["", "", *underlined("Sources", "-"), "", *listed_sources(records)]
    return "\n".join(told) + "\n"


def differences(before: Guide, after: Guide) -> str:
    """What ``after`` says otherwise than ``before``: figures, lines of tables, and how sure each is.

    Sources and notes that changed are not told: they do for nearly every paragraph. Where nothing else differs
    the text says "no change".
    """
    title = f"From {before.title} to {after.title}"
    told = underlined(title)
    same = []
    for name in PARAGRAPHS:
        changes = _changes(before.provisions[name], after.provisions[name])
        if changes:
            told += ["", words(name), *(f"  {change}" for change in changes)]
        else:
            same.append(words(name))
    if len(same) == len(PARAGRAPHS):
        told += ["", "no change"]
    elif same:
        told += ["", *wrapped(f"no change in {len(same)} paragraphs: {', '.join(same)}")]
    return "\n".join(told) + "\n"


# --- one paragraph -----------------------------------------------------------------------------------------


def _paragraph(name: str, provision: Provision | Closed) -> list[str]:
    told = [words(name) + (": not in force" if isinstance(provision, Closed) else "")]
    fields = {field: value for field, value in own_fields(provision).items() if value is not None}
    width = max((len(words(field)) for field in fields), default=0)
    for field, value in fields.items():
        told += wrapped(f"{words(field):<{width}}  {in_words(field, value)}", indent=2, hanging=width + 4)
    lines: Sequence[Line] = getattr(provision, "lines", ())
    if hasattr(provision, "lines"):
        told += _table(lines, provision.citation) if lines else ["  no line"]
    told += _cited(provision.citation, indent=2)
    return told


def _table(lines: Sequence[Line], whole: Citation) -> list[str]:
    """The lines in columns; what is too long for a column stands below its line."""
    names = list(own_fields(lines[0]))
    cells = [{name: in_words(name, getattr(line, name)) for name in names} for line in lines]
    columns = [name for name in names if all(len(row[name]) <= LONGEST_CELL for row in cells)]
    columns = [name for name in columns if any(row[name] for row in cells)]
    sure = [_how_sure(line.citation) for line in lines]
    widths = {name: max(len(words(name)), *(len(row[name]) for row in cells)) for name in columns}
    while sum(widths[name] + 2 for name in columns) + max(map(len, sure)) > WIDTH - 4:
        columns.pop()
    below = [name for name in names if name not in columns]
    first = {name: next(value for line in lines if (value := getattr(line, name)) is not None) for name in columns}
    told = ["  " + "  ".join(_aligned(words(name), first[name], widths[name]) for name in columns).rstrip()]
    for line, row, doubt in zip(lines, cells, sure, strict=True):
        shown = "  ".join(_aligned(row[name], getattr(line, name), widths[name]) for name in columns)
        told.append(f"  {shown}  {doubt}".rstrip())
        for name in below:
            if row[name]:
                told += wrapped(f"{words(name)}: {row[name]}", indent=6)
        own = line.citation
        if own.sources != whole.sources:
            told += wrapped(f"source: {keys(own.sources)}", indent=6)
        if own.note and own.note != whole.note:
            told += wrapped(f"note: {own.note}", indent=6)
        if own.conflict and own.conflict != whole.conflict:
            told += wrapped(f"conflict: {own.conflict}", indent=6)
    return told


def _aligned(cell: str, value: object, width: int) -> str:
    is_number = isinstance(value, (int, Decimal)) and not isinstance(value, bool)
    return f"{cell:>{width}}" if is_number else f"{cell:<{width}}"


def _cited(citation: Citation, *, indent: int) -> list[str]:
    doubt = _how_sure(citation)
    told = wrapped(f"source: {keys(citation.sources)}" + (f" ({doubt})" if doubt else ""), indent=indent)
    if citation.section:
        told += wrapped(f"section: {citation.section}", indent=indent)
    if citation.note:
        told += wrapped(f"note: {citation.note}", indent=indent)
    if citation.conflict:
        told += wrapped(f"conflict: {citation.conflict}", indent=indent)
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
        changes += [change for label in old if label not in new for change in wrapped(f"- {label}", hanging=4)]
        for label, line in new.items():
            if label not in old:
                changes += wrapped(f"+ {label}: {_told_line(line)}", hanging=4)
            else:
                changes += [
                    told
                    for change in _figures_and_doubts_changed(old[label], line)
                    for told in wrapped(f"{label}: {change}", hanging=4)
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
    old, new = own_fields(before), own_fields(after)
    for field, value in new.items():
        if old[field] == value:
            continue
        if isinstance(value, frozenset) and isinstance(old[field], frozenset):
            gone, come = (in_words(field, some) for some in (old[field] - value, value - old[field]))
            change = ", ".join(sign + told for sign, told in (("without ", gone), ("with ", come)) if told)
        else:
            change = f"{in_words(field, old[field]) or 'none'} -> {in_words(field, value) or 'none'}"
        changes += wrapped(f"{words(field)}: {change}", hanging=4)
    return changes


def _doubts_changed(before: Cited, after: Cited, *, only: bool) -> list[str]:
    """How sure it is now; ``only`` where no figure changed with it."""
    old, new = before.citation, after.citation
    changes = []
    if old.confidence is not new.confidence:
        changes.append(f"{'only the ' if only else ''}confidence: {old.confidence.label} -> {new.confidence.label}")
    if old.conflict != new.conflict:
        changes += wrapped(f"conflict: {new.conflict or 'none any more'}", hanging=4)
    return changes


def _told_whole(provision: Provision | Closed) -> list[str]:
    told = [f"{words(name)}: {in_words(name, value)}" for name, value in own_fields(provision).items()]
    told += [f"{line.label}: {_told_line(line)}" for line in getattr(provision, "lines", ())]
    if provision.citation.confidence is not Confidence.OFFICIAL:
        told.append(f"confidence: {provision.citation.confidence.label}")
    return [line for sentence in told for line in wrapped(sentence, hanging=4)]


def _told_line(line: Line) -> str:
    told = [
        f"{words(name)} {in_words(name, value)}"
        for name, value in own_fields(line).items()
        # What the label says in words is not said again.
        if in_words(name, value) and not (isinstance(value, str) and in_words(name, value) in line.label)
    ]
    if line.citation.confidence is not Confidence.OFFICIAL:
        told.append(line.citation.confidence.label)
    return "; ".join(told)


def _how_sure(citation: Citation) -> str:
    return "" if citation.confidence is Confidence.OFFICIAL else citation.confidence.label
