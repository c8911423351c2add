"""A checklist of documents and dates in plain language, stage by stage."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import attrs

from icm_rules.engine.answers import Verdict
from icm_rules.report.layout import Document, Item, Items, Section, as_html, as_markdown, as_text
from icm_rules.report.records import OutcomeReport, Report
from icm_rules.report.telling import as_sentence, eur, told_rules

FORMAT = 1
"""The version of the dictionary that a checklist becomes."""


class ItemState(enum.StrEnum):
    """How one point of a checklist stands."""

    DONE = "done"
    MISSING = "missing"
    """Nobody told of it yet."""
    TO_MEND = "to mend"
    """It is there, and something about it is wrong."""
    PROPOSED = "proposed"
    """An amount."""
    NOT_NEEDED = "not needed"


_SIGNS = {
    ItemState.DONE: "[x]",
    ItemState.MISSING: "[ ]",
    ItemState.TO_MEND: "[!]",
    ItemState.PROPOSED: "[=]",
    ItemState.NOT_NEEDED: "[-]",
}


def _state(outcome: OutcomeReport) -> ItemState:
    if outcome.is_held_back or outcome.verdict is Verdict.NOT_MET:
        return ItemState.TO_MEND
    match outcome.verdict:
        case Verdict.MET:
            return ItemState.DONE
        case Verdict.DUE:
            return ItemState.PROPOSED
        case Verdict.UNDETERMINED:
            return ItemState.MISSING
        case _:
            return ItemState.NOT_NEEDED


@attrs.frozen
class ChecklistItem:
    """One point: a document, or dates that must agree."""

    outcome: OutcomeReport
    state: ItemState
    is_due: bool
    """Whether it is due at the stage at which the mobility stands."""


@attrs.frozen(kw_only=True, repr=False)
class Checklist:
    """The documents and dates of one mobility by stage; it renders as text, Markdown and HTML."""

    report: Report
    """The answers of the rules on documents."""
    start_date: date | None = None
    end_date: date | None = None

    @property
    def items(self) -> tuple[ChecklistItem, ...]:
        """Every point, in the order of the stages."""
        order = {stage: number for number, stage in enumerate(self.report.stages)}
        reached = order[self.report.stage]
        found = sorted(self.report.outcomes.values(), key=lambda outcome: order[outcome.stage])
        return tuple(ChecklistItem(item, _state(item), order[item.stage] <= reached) for item in found)

    @property
    def open_items(self) -> tuple[ChecklistItem, ...]:
        """The points that are due and not done."""
        wanting = {ItemState.MISSING, ItemState.TO_MEND}
        return tuple(item for item in self.items if item.is_due and item.state in wanting)

    def to_dict(self) -> dict[str, Any]:
        """The checklist as plain values that JSON can hold."""
        return {
            "version": FORMAT,
            "reference": self.report.reference,
            "stage": self.report.stage,
            "is_complete": not self.open_items,
            "items": [
                {
                    "identity": item.outcome.identity,
                    "stage": item.outcome.stage,
                    "is_due": item.is_due,
                    "state": str(item.state),
                    "statement": item.outcome.statement,
                    "sentence": item.outcome.sentence,
                    "missing": list(item.outcome.missing),
                    "low": None if item.outcome.low is None else str(item.outcome.low),
                    "high": None if item.outcome.high is None else str(item.outcome.high),
                    "confidence": item.outcome.confidence.label,
                }
                for item in self.items
            ],
        }

    def to_text(self, *, all_rules: bool = False, width: int = 100) -> str:
        """The checklist as plain text; ``all_rules`` shows what is not needed as well, and where all is written."""
        return as_text(self._told(all_rules=all_rules), width=width)

    def to_markdown(self, *, all_rules: bool = False) -> str:
        """The checklist as Markdown."""
        return as_markdown(self._told(all_rules=all_rules))

    def to_html(self, *, all_rules: bool = False) -> str:
        """The checklist as a piece of HTML."""
        return as_html(self._told(all_rules=all_rules))

    def _repr_html_(self) -> str:
        return self.to_html()

    def __str__(self) -> str:
        """The checklist as text."""
        return self.to_text()

    def __repr__(self) -> str:
        """The mobility and how much is open."""
        return f"<Checklist of {self.report.reference or 'a mobility'}: {len(self.open_items)} open>"

    # --- for people --------------------------------------------------------------------------------------

    def _told(self, *, all_rules: bool) -> Document:
        report, open_items = self.report, self.open_items
        whole = f"{len(open_items)} {'point is' if len(open_items) == 1 else 'points are'} open"
        sections = [self._section(stage, all_rules=all_rules) for stage in report.stages]
        if all_rules:
            sections += [section for section in told_rules(report, all_rules=True) if section.title in _WRITTEN]
        return Document(
            title=f"Checklist of mobility {report.reference}" if report.reference else "Checklist of a mobility",
            lines=tuple(self._heading()),
            answer=whole if open_items else "all that is due is done",
            summary=("[x] done, [ ] missing, [!] to mend, [=] proposed amount, [-] not needed.",),
            sections=tuple(section for section in sections if section is not None),
        )

    def _heading(self) -> Iterator[str]:
        report = self.report
        yield f"{report.action}, call {report.call}: {report.guide_title}"
        if report.activity:
            activity = report.activity.replace("_", " ").capitalize()
            yield f"{activity}, {self.start_date or 'start not told'} to {self.end_date or 'end not told'}"
        yield f"Stage: {report.stage.replace('_', ' ')}"

    def _section(self, stage: str, *, all_rules: bool) -> Section | None:
        shown = [
            item
            for item in self.items
            if item.outcome.stage == stage and (all_rules or item.state is not ItemState.NOT_NEEDED)
        ]
        if not shown:
            return None
        later = "" if shown[0].is_due else " (later)"
        title = f"{stage.replace('_', ' ').capitalize()}{self._when(stage)}{later}"
        return Section(title, (Items(tuple(map(self._item, shown))),))

    def _when(self, stage: str) -> str:
        """Until when, or since when, the points of a stage are due."""
        if stage == "before_departure" and self.start_date is not None:
            return f", by {self.start_date - timedelta(days=1)}"
        if stage == "after_return" and self.end_date is not None:
            return f", from {self.end_date} on"
        return ""

    def _item(self, item: ChecklistItem) -> Item:
        outcome = item.outcome
        details = [as_sentence(outcome.sentence)] if outcome.sentence else []
        if outcome.is_held_back:
            details.append("This rests on no text that was seen; ask the agency if in doubt.")
        elif item.state is ItemState.MISSING:
            details += [as_sentence(gap) for gap in outcome.gaps]
        if outcome.missing and item.state is ItemState.MISSING:
            details.append(f"Tell: {', '.join(outcome.missing)}.")
        if outcome.low is not None and outcome.high is not None:
            amount = eur(outcome.low) if outcome.low == outcome.high else f"{outcome.low:,.2f} to {eur(outcome.high)}"
            details.append(f"Amount: {amount}.")
        return Item(f"{_SIGNS[item.state]} {as_sentence(outcome.statement)} ({outcome.identity})", tuple(details))


_WRITTEN = frozenset({"Every rule", "Texts"})
