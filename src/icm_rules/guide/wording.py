"""Words and lines for those who tell a Guide: the names of paragraphs and fields, values, wrapped text.

Plain text, at most ``WIDTH`` characters a line where no single word is longer.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import attrs

from icm_rules.engine.citations import Cited, Source
from icm_rules.model.terms import Term

WIDTH = 110
"""The width of what is told [characters]."""

LONGEST_CELL = 34
"""A longer value stands below its line, wrapped, and not in the table [characters]."""

HEADINGS = {
    "terminology": "Words and editions",
    "programme_countries": "Countries",
    "activities": "Activities and participants",
    "charter": "Organisations",
    "study_duration": "Durations",
    "student_country_groups": "Money",
    "longer_stay": "Settlement",
    "applicant": "Application, project and award",
    "learning_agreement_signatures": "Documents and recognition",
    "distance_estimate": "Distances, documents and projects",
    "blended_student_duration": "New from call 2022 on",
}
"""The heading that stands before each of these paragraphs, in the order of ``PARAGRAPHS``."""


SAYS_WHICH_LINE = frozenset(
    [
        *("number", "name", "instrument", "region", "rule", "activity", "group", "direction"),
        *("from_km", "to_km", "first_day", "last_day", "round"),
    ]
)
"""The fields by which a line of a table is known; its label says them, and they are no figures of their own."""


def own_fields(record: Cited) -> dict[str, Any]:
    """The figures of a record, without where they are written and without its lines."""
    return {
        field.name: getattr(record, field.name)
        for field in attrs.fields(type(record))
        if field.name not in {"citation", "lines"}
    }


def words(name: str) -> str:
    """The name of a paragraph or field as it stands in a sentence."""
    return " ".join("EUR" if word == "eur" else word for word in name.split("_"))


def in_words(field: str, value: object) -> str:
    """One value of that field in words; empty where there is none."""
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


def keys(sources: Iterable[Source]) -> str:
    """The keys of the sources, or that there is none."""
    return ", ".join(source.key for source in sources) or "none seen"


def underlined(title: str, sign: str = "=") -> list[str]:
    """A title with its line below."""
    return [title, sign * len(title)]


def wrapped(text: str, *, indent: int = 0, hanging: int | None = None) -> list[str]:
    """The text in lines, the first set in by ``indent`` and the others by ``hanging`` [characters]."""
    return textwrap.wrap(
        text,
        # What is told of a change is set in by up to four more by those who hand it on.
        width=WIDTH - 4,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + 2 if hanging is None else hanging),
        break_long_words=False,
        break_on_hyphens=False,
    )


def listed_sources(records: Iterable[Cited]) -> list[str]:
    """The sources of the records by their keys, each with its title and kind."""
    sources = {source.key: source for record in records for source in record.citation.sources}
    told = []
    for key in sorted(sources):
        told += wrapped(f"{key}: {sources[key].title} ({sources[key].kind.replace('_', ' ')})", hanging=4)
    return told


def _joined(values: Iterable[object], field: str) -> str:
    told = [in_words(field, value) for value in values]
    return ("; " if any("," in word or " " in word for word in told) else ", ").join(told)


def _territories(belongs_to: Mapping[str, str]) -> str:
    by_state: dict[str, list[str]] = {}
    for territory, state in sorted(belongs_to.items()):
        by_state.setdefault(state, []).append(territory)
    return "; ".join(f"{', '.join(by_state[state])} to {state}" for state in sorted(by_state))
