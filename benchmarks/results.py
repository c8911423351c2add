"""What was found, and how it is told: sections with tables, and the marks."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

import attrs

WHY = Path(__file__).with_name("why.toml")
"""Why a mark is missed, by the key of the mark; written by hand, so that a new run does not lose it."""


@attrs.define
class Table:
    """A table of a section; the first column is text, the others are numbers."""

    columns: Sequence[str]
    rows: list[Sequence[str]] = attrs.field(factory=list)
    title: str = ""
    note: str = ""

    def markdown(self) -> str:
        """The table as Markdown."""
        lines = [f"**{self.title}**", ""] if self.title else []
        lines += [
            "| " + " | ".join(self.columns) + " |",
            "| --- |" + " --: |" * (len(self.columns) - 1),
            *("| " + " | ".join(row) + " |" for row in self.rows),
        ]
        return "\n".join([*lines, *(["", self.note] if self.note else [])])


@attrs.define
class Section:
    """What one part of a run found."""

    title: str
    text: str = ""
    tables: list[Table] = attrs.field(factory=list)
    checked: list[str] = attrs.field(factory=list)
    """Who was compared with whom on how many rows; all of them agreed, or there would be no results."""
    absent: dict[str, str] = attrs.field(factory=dict)
    """Who could not take part, and why."""
    measured: dict[str, float] = attrs.field(factory=dict)
    """What a mark was measured at, by its key."""

    def markdown(self) -> str:
        """The section as Markdown."""
        parts = [f"## {self.title}"]
        parts += [self.text] if self.text else []
        parts += [table.markdown() for table in self.tables]
        if self.checked:
            parts.append("Checked, without a difference:\n\n" + "\n".join(f"- {line}" for line in self.checked))
        return "\n\n".join(parts)


@attrs.frozen
class Mark:
    """What is promised: a figure that is at least, or at most, so much."""

    key: str
    words: str
    limit: float
    unit: str
    at_least: bool = False

    def told(self, value: float | None, why: str) -> tuple[str, ...]:
        """The row of the table of marks."""
        wanted = f"{'at least' if self.at_least else 'at most'} {self.limit:g} {self.unit}"
        if value is None:
            return self.words, wanted, "not measured", "–", why
        passed = value >= self.limit if self.at_least else value <= self.limit
        verdict, why = ("passed", "") if passed else ("**missed**", why)
        return self.words, wanted, f"{value:.3g} {self.unit}", verdict, why


MARKS = (
    Mark(
        "table.warm", "A million rows, warm, one thread, against NumPy by hand in blocks", 2.5, "times", at_least=True
    ),
    Mark("table.warm.whole", "The same against NumPy by hand over whole columns", 2.5, "times", at_least=True),
    Mark("table.cold", "The same, cold (all tables made anew), against NumPy in blocks", 0.8, "times", at_least=True),
    Mark("table.cold.whole", "The same against NumPy over whole columns", 0.8, "times", at_least=True),
    Mark("table.polars", "Ten million rows against polars with Enum columns on all cores", 1, "times", at_least=True),
    Mark("table.missing", "Missing facts in four columns, the cost beside none missing", 1.15, "times"),
    Mark("compare.what_if", "A what-if of one amount against a full NumPy run", 3, "times", at_least=True),
    Mark("memory.table", "Memory of ten million rows beyond input and output", 1500, "MB"),
    Mark("memory.stream", "Memory of a stream, whatever its length", 500, "MB"),
    Mark("growth.rows", "Cost a row of the longest stream beside that of a million rows", 1.15, "times"),
    Mark("growth.rules", "The warm cost when the number of rules doubles, at worst", 2, "times"),
    Mark("single.verdicts", "One mobility, typed, verdicts, against the plain function", 20, "times"),
    Mark("single.report", "One mobility, the full report, against the plain function", 60, "times"),
    Mark("single.zen", "The full report against zen-engine with trace", 1, "times"),
    Mark("import", "`import icm_rules` beyond bare Python", 60, "ms"),
)


def marks(sections: Sequence[Section]) -> Table:
    """The table of marks."""
    measured = {key: value for section in sections for key, value in section.measured.items()}
    reasons = tomllib.loads(WHY.read_text(encoding="utf-8")) if WHY.exists() else {}
    return Table(
        columns=("mark", "wanted", "measured", "", "why"),
        rows=[mark.told(measured.get(mark.key), reasons.get(mark.key, "")) for mark in MARKS],
    )


def count(number: int) -> str:
    """A number of rows with blanks between the thousands."""
    return f"{number:,}".replace(",", " ")


def of(value: float) -> str:
    """A figure with three digits that count."""
    if value >= 100:  # noqa: PLR2004 - from here on all digits before the point count
        return f"{value:.0f}"
    return f"{value:.3g}"
