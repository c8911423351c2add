"""What rules on learning agreement and transcript are given: figures of ``documents.toml`` under the names of rules.

They stand beside the paragraphs of the Guide, and are the same for every call; what differs by the edition of the form
is a line of a table here.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType

import attrs

from icm_rules.engine.citations import Citation, Cited
from icm_rules.scales.loading import Figure, citation_of, figure, written


@attrs.frozen(kw_only=True)
class FormEdition(Cited):
    """An edition of the form: its calls, and what its tables are called."""

    edition: str
    first_call: int
    last_call: int
    letters: Mapping[str, str] = attrs.field(hash=False)


@attrs.frozen(kw_only=True)
class FormEditions(Cited):
    """The editions of the form of the learning agreement."""

    lines: tuple[FormEdition, ...]

    def of_call(self, call: int) -> FormEdition | None:
        """The edition of a call; *None* where there is none."""
        return next((each for each in self.lines if each.first_call <= call <= each.last_call), None)


@attrs.frozen(kw_only=True)
class ChangeWindow(Cited):
    """When a change is asked for and settled: weeks, from the least to the most that the text names."""

    editions: tuple[str, ...]
    asked_least_weeks: int
    asked_most_weeks: int
    settled_least_weeks: int
    settled_most_weeks: int
    settled_from_request: bool
    """Whether the second window runs from the request (else from the start of the semester)."""


@attrs.frozen(kw_only=True)
class ChangeWindows(Cited):
    """The windows for changes, by the edition of the form."""

    lines: tuple[ChangeWindow, ...]

    def of_edition(self, edition: str) -> ChangeWindow | None:
        """The window of an edition; *None* where there is none."""
        return next((each for each in self.lines if edition in each.editions), None)


@attrs.frozen(kw_only=True)
class ReasonCode(Cited):
    """A reason for a change."""

    code: str
    applies_to: str
    """``insert`` or ``delete``."""
    words: str
    paper_number: int | None = None
    """Its number on the paper form of 2015, which no text seen shows."""


@attrs.frozen(kw_only=True)
class ReasonCodes(Cited):
    """The reason codes of changes."""

    lines: tuple[ReasonCode, ...]


@attrs.frozen(kw_only=True)
class TranscriptEvent(Cited):
    """An event from which the time for the transcript is counted."""

    fact: str
    """The given fact that tells its day."""
    words: str


@attrs.frozen(kw_only=True)
class TranscriptEvents(Cited):
    """The events that the texts count the time for the transcript from: they differ."""

    lines: tuple[TranscriptEvent, ...]


_FIGURES: Mapping[str, str] = MappingProxyType(
    {
        "lists_required": "learning_agreement.tables_a_b_required_for",
        "totals_should_match": "learning_agreement.b_total_should_match_a_total",
        "proportionate_credits": "learning_agreement.proportionate_credits",
        "proportionate_tolerance": "reading.proportionate_tolerance",
        "months_of_a_year": "reading.months_of_a_year",
        "full_time_year": "ects.volume.credits_full_time_year",
        "conditions_on_table_a": "learning_agreement.recognition_conditions_forbidden_on_a",
        "automatic_recognition": "learning_agreement.automatic_recognition_default",
        "provisions_for_failed": "ects.transfer.la_must_state_provisions_for_failed_components",
        "changes_are_signed": "learning_agreement.new_version_on_content_change",
        "short_stay_changes": "reading.short_stay_changes",
        "unmatched_deletion": "reading.unmatched_deletion",
        "transcript_contents": "transcript.contents",
        "grade_distribution": "transcript.grade_distribution_attached_or_linked",
        "recognition_deadline": "deadlines.sending_recognition_outcome_weeks",
        "award_on_completion": "ects.transfer.award_only_on_completion_and_assessment",
        "accepted_activities": "ects.transfer.accept_all_la_activities_if_satisfactorily_completed",
        "no_further_work": "ects.transfer.golden_rule",
        "over_achievement": "reading.over_achievement",
    }
)

DOCUMENT_PROVISIONS: Mapping[str, type[Cited]] = MappingProxyType(
    {
        **dict.fromkeys(_FIGURES, Figure),
        "form_editions": FormEditions,
        "change_windows": ChangeWindows,
        "reason_codes": ReasonCodes,
        "transcript_events": TranscriptEvents,
    }
)
"""The class of each provision by its name."""


@functools.cache
def document_provisions() -> Mapping[str, Cited]:
    """Every provision on learning agreement and transcript by its name."""
    return MappingProxyType(
        {
            **{name: figure(path) for name, path in _FIGURES.items()},
            "form_editions": _form_editions(),
            "change_windows": _change_windows(),
            "reason_codes": _reason_codes(),
            "transcript_events": _transcript_events(),
        }
    )


def _together(paragraph: str, citations: tuple[Citation, ...], line: str | None = None, note: str = "") -> Citation:
    """One citation of several: all their texts, and the weakest confidence."""
    return Citation(
        document=citations[0].document,
        paragraph=paragraph,
        line=line,
        sources=tuple(dict.fromkeys(source for each in citations for source in each.sources)),
        confidence=min(each.confidence for each in citations),
        note=note or None,
    )


def _form_editions() -> FormEditions:
    lines = tuple(
        FormEdition(
            citation=citation_of(entry, "documents", "table_letters", f"edition {entry['edition']}"),
            edition=entry["edition"],
            first_call=entry["calls"][0],
            last_call=entry["calls"][1],
            letters=MappingProxyType(dict(entry["value"])),
        )
        for entry in written("documents")["table_letters"]
    )
    return FormEditions(citation=_together("table_letters", tuple(each.citation for each in lines)), lines=lines)


def _change_windows() -> ChangeWindows:
    lines = []
    for entry in written("documents")["change_window"]:
        asked = [figure(f"deadlines.{name}") for name in entry["asked_within"]]
        settled = figure(f"deadlines.{entry['settled_within']}")
        weeks = settled.value if isinstance(settled.value, list) else [settled.value, settled.value]
        cited = tuple(each.citation for each in (*asked, settled))
        lines.append(
            ChangeWindow(
                citation=_together("change_window", cited, f"editions {', '.join(entry['editions'])}", entry["note"]),
                editions=tuple(entry["editions"]),
                asked_least_weeks=asked[0].value,
                asked_most_weeks=asked[-1].value,
                settled_least_weeks=weeks[0],
                settled_most_weeks=weeks[1],
                settled_from_request=entry["settled_from"] == "request",
            )
        )
    return ChangeWindows(
        citation=_together("change_window", tuple(each.citation for each in lines)), lines=tuple(lines)
    )


def _reason_codes() -> ReasonCodes:
    lines = tuple(
        ReasonCode(
            citation=citation_of(entry, "documents", "reason_code", entry["code"]),
            code=entry["code"],
            applies_to=entry["applies_to"],
            words=entry["value"],
            paper_number=entry.get("paper_number"),
        )
        for entry in written("documents")["reason_code"]
    )
    return ReasonCodes(citation=_together("reason_code", tuple(each.citation for each in lines)), lines=lines)


def _transcript_events() -> TranscriptEvents:
    lines = tuple(
        TranscriptEvent(citation=figure(path).citation, fact=fact, words=figure(path).value)
        for fact, path in (
            ("results_published_on", "deadlines.tor_start_event_la"),
            ("assessment_period_ended_on", "deadlines.tor_start_event_iia"),
        )
    )
    return TranscriptEvents(citation=_together("transcript_event", tuple(each.citation for each in lines)), lines=lines)
