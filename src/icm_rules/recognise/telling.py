"""A recognition for people and for programs: the record first, then what the rules say; nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import attrs

from icm_rules.engine.citations import Citation, Confidence
from icm_rules.model.credits import CreditRange, as_text
from icm_rules.model.learning_agreement import names_of
from icm_rules.report.layout import Document, Item, Items, Prose, Row, Section, Table
from icm_rules.report.records import Report
from icm_rules.report.telling import as_sentence
from icm_rules.report.telling import told as report_told
from icm_rules.rules.learning_agreement.settling import (
    ComponentOutcome,
    GroupOutcome,
    HomeOutcome,
    RecognitionOutcome,
    RecognitionRecord,
    Result,
)
from icm_rules.scales.credits import CreditConversion
from icm_rules.scales.grades import GradeConversion

if TYPE_CHECKING:
    from icm_rules.recognise.checking import Recognition

_OUTCOMES = {
    RecognitionOutcome.FULL: "full recognition is owed",
    RecognitionOutcome.PARTIAL: "partial recognition is owed",
    RecognitionOutcome.NONE: "no recognition is owed",
    RecognitionOutcome.OPEN: "what is owed cannot be told yet",
}
_CHECKED = {
    "eligible": "every requirement due is met",
    "not eligible": "not every requirement due is met",
    "cannot tell yet": "whether every requirement due is met cannot be told yet",
}
_OF_MONEY, _OF_TEXTS = "Grant", "Texts"
"""Sections of the report of rules: the first is none of a recognition, the second stands last."""


_IN_FIRST, _IN_CHANGES = "agreement.first_version", "agreement.approved_changes"
_SIGNED = [f"signed_by_{who}_on" for who in ("participant", "sending", "receiving")]
_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "learning_agreement": "agreement",
        "recognition_decision": "decision",
        "form_edition": "agreement.edition",
        **{
            name: f"agreement.{name}"
            for name in (
                "call",
                "start_date",
                "end_date",
                "study_cycle",
                "subject_area",
                "totals_differ_because",
                "provisions_url",
            )
        },
        **{f"learning_agreement_{name}": f"{_IN_FIRST}.signatures.{name}" for name in _SIGNED},
        **{f"change_{name}": f"{_IN_CHANGES}.signatures.{name}" for name in _SIGNED},
        "change_requested_on": f"{_IN_CHANGES}.requested_on",
        "change_semester_started_on": f"{_IN_CHANGES}.semester_started_on",
        "results_published_on": "transcript.results_published_on",
        "assessment_period_ended_on": "transcript.assessment_period_ended_on",
        "transcript_issued_on": "transcript.issued_on",
        "transcript_received_on": "transcript.received_on",
        "recognition_decided_on": "decision.decided_on",
        # A list of components tells both, each with its ECTS credits.
        "credits_agreed": f"{_IN_FIRST} (the ECTS credits of each component)",
        "credit_system": f"{_IN_FIRST} (the ECTS credits of each component)",
    }
)
"""Where the documents tell what the rules ask for by the names of their facts."""


def in_documents(report: dict[str, Any]) -> dict[str, Any]:
    """A report as plain values that asks for the fields of the documents, and not for facts by their names.

    What no document tells is asked for by the name of the fact, which a mobility tells.
    """

    def renamed(names: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(_FIELDS.get(name, name) for name in names))

    missing: dict[str, dict[str, Any]] = {}
    for fact in report["missing"]:
        missing.setdefault(_FIELDS.get(fact["name"], fact["name"]), fact)
    return {
        **report,
        "outcomes": {name: {**each, "missing": renamed(each["missing"])} for name, each in report["outcomes"].items()},
        "missing": [{**fact, "name": name} for name, fact in missing.items()],
    }


def told(recognition: Recognition, *, all_rules: bool) -> Document:
    """The recognition, arranged."""
    record, report = recognition.record, recognition.report
    of_rules = report_told(Report.from_dict(in_documents(report.to_dict())), all_rules=all_rules)
    recognised = "an unknown number of" if record.recognised is None else str(record.recognised)
    owed = f"{recognised} ECTS" if record.agreed is None else f"{recognised} of {record.agreed} ECTS"
    sections = (
        _components(record.components),
        _home(record.home),
        _groups(record.groups),
        _grades(record.components),
        _list("Passed, but not agreed (it may be recognised, and is not owed)", record.not_agreed),
        _list("Notes on the record", record.notes),
        *(each for each in of_rules.sections if each.title not in {_OF_MONEY, _OF_TEXTS}),
        _where_written(record),
        *(each for each in of_rules.sections if each.title == _OF_TEXTS),
    )
    return Document(
        title=f"Recognition {recognition.reference}" if recognition.reference else "A recognition without a reference",
        lines=of_rules.lines,
        answer=f"{_OUTCOMES[record.outcome]}: {owed}",
        summary=(f"Rules: {_CHECKED[report.overall.value]}.", *of_rules.summary),
        sections=tuple(section for section in sections if section is not None),
    )


def _ects(value: CreditRange | None) -> str:
    return "not known" if value is None else str(value)


def _list(title: str, lines: Iterable[str]) -> Section | None:
    items = tuple(Item(as_sentence(line)) for line in lines)
    return Section(title, (Items(items),)) if items else None


def _components(components: tuple[ComponentOutcome, ...]) -> Section | None:
    if not components:
        return None
    names = names_of(each.component for each in components)
    rows = tuple(
        Row(
            (name, each.result.words, _ects(each.agreed), _ects(each.achieved), _ects(each.recognised)),
            tuple(_on_component(each)),
        )
        for each, name in zip(components, names, strict=True)
    )
    header = ("Agreed abroad", "Result", "Agreed", "Achieved", "Recognised")
    return Section("Component by component [ECTS]", (Table(header, rows, amounts_last=True),))


def _on_component(outcome: ComponentOutcome) -> Iterator[str]:
    yield as_sentence(outcome.why)
    if outcome.against and outcome.result is not Result.FAILED:
        yield as_sentence(f"Recognised against: {', '.join(outcome.against)}")
    if outcome.conversion is not None and outcome.conversion.method not in {None, "stated"}:
        yield from on_credits(outcome.conversion)
    if outcome.home_credits is not None:
        yield from on_credits(outcome.home_credits)


def _home(home: tuple[HomeOutcome, ...]) -> Section | None:
    if not home:
        return None
    rows = tuple(
        Row((each.component.name, each.status.words, _ects(each.credits)), (as_sentence(each.why),)) for each in home
    )
    return Section("At home [ECTS]", (Table(("Component", "What becomes of it", "Credits"), rows, amounts_last=True),))


def _groups(groups: tuple[GroupOutcome, ...]) -> Section | None:
    if not groups:
        return None
    rows = []
    for each in groups:
        details = [f"Abroad: {', '.join(each.studied) or 'nothing'}.", f"At home: {', '.join(each.home) or 'nothing'}."]
        details += [f"On a condition: {as_sentence(condition)}" for condition in each.conditions]
        cells = (
            _ects(each.agreed),
            _ects(each.recognised),
            _ects(each.home_total),
            _ects(each.replaced),
            _ects(each.remaining),
        )
        rows.append(Row(cells, tuple(details)))
    header = ("Agreed abroad", "Recognised", "At home", "Replaced", "Still to be taken")
    return Section("Group by group [ECTS]", (Table(header, tuple(rows), amounts_last=True),))


def _grades(components: tuple[ComponentOutcome, ...]) -> Section | None:
    found = [each for each in components if each.grade is not None]
    if not found:
        return None
    rows = tuple(
        Row(
            (each.component.name, each.local_grade or "not told", each.grade.value or "no value"),
            tuple(on_grade(each.grade)),
        )
        for each in found
        if each.grade is not None
    )
    return Section("Grades", (Table(("Component", "Abroad", "At home"), rows, amounts_last=True),))


def _where_written(record: RecognitionRecord) -> Section:
    policy = record.policy
    confidence = policy.citation.confidence.label
    told_ = as_sentence(f"Policy {policy.id}: {policy.value}; confidence: {confidence}")
    return Section("Where the record is written", (Prose(told_), Items(tuple(_written(record)))))


def _written(record: RecognitionRecord) -> Iterator[Item]:
    for citation in record.citations:
        yield Item(in_short(citation))


def in_short(citation: Citation) -> str:
    """Where something is written, on one line."""
    line = f", {citation.line}" if citation.line else ""
    texts = "; ".join(source.title for source in citation.sources) or "no text that was seen"
    confidence = "" if citation.confidence is Confidence.OFFICIAL else f" ({citation.confidence.label})"
    note = f". {as_sentence(citation.note)}" if citation.note else ""
    conflict = f" But: {as_sentence(citation.conflict)}" if citation.conflict else ""
    return f"{citation.paragraph.replace('_', ' ').capitalize()}{line}: {texts}{confidence}{note}{conflict}"


def on_credits(conversion: CreditConversion) -> Iterator[str]:
    """How credits were converted, in sentences."""
    if conversion.value is None:
        yield as_sentence(conversion.why)
        if conversion.needs:
            yield as_sentence(f"Needed: {', '.join(conversion.needs)}")
        return
    factor = "" if conversion.factor is None else f", factor {conversion.factor}"
    yield as_sentence(
        f"{as_text(conversion.given)} in {conversion.origin} are {conversion.value} {conversion.target} "
        f"({conversion.method}{factor}): {conversion.why}"
    )
    if conversion.rounding != "exact":
        yield f"Rounding: {conversion.rounding}."
    if conversion.others:
        others = "; ".join(f"{name} {factor_of}" for name, factor_of in conversion.others)
        yield f"Other methods have other factors: {others}."
    if conversion.confidence is not None:
        yield f"Confidence: {conversion.confidence.label}."


def on_grade(conversion: GradeConversion) -> Iterator[str]:
    """How a grade was converted, in sentences."""
    yield as_sentence(conversion.why)
    if conversion.needs:
        yield as_sentence(f"Needed: {'; or '.join(conversion.needs)}")
    if conversion.method is not None:
        choice = f", {conversion.choice}" if conversion.choice else ""
        yield f"Method: {conversion.method}{choice}; policy: {conversion.policy}."
    if conversion.deviation is not None:
        yield f"The two grades lie {round(float(conversion.deviation) * 100, 1)} % of all places apart."
    if conversion.confidence is not None:
        yield f"Confidence: {conversion.confidence.label}."


# --- for programs ------------------------------------------------------------------------------------------


def record_to_dict(record: RecognitionRecord) -> dict[str, Any]:
    """The record as plain values: exact numbers as text, ranges as ``low`` and ``high``, citations in short."""
    return {
        "outcome": record.outcome.value,
        "agreed": _range(record.agreed),
        "recognised": _range(record.recognised),
        "home_total": _range(record.home_total),
        "replaced": _range(record.replaced),
        "remaining": _range(record.remaining),
        "components": [_component_to_dict(each) for each in record.components],
        "home": [
            {
                "component": _names(each.component),
                "credits": _range(each.credits),
                "status": each.status.value,
                "why": each.why,
            }
            for each in record.home
        ],
        "groups": [
            {
                "studied": list(each.studied),
                "home": list(each.home),
                "agreed": _range(each.agreed),
                "recognised": _range(each.recognised),
                "home_total": _range(each.home_total),
                "replaced": _range(each.replaced),
                "remaining": _range(each.remaining),
                "conditions": list(each.conditions),
            }
            for each in record.groups
        ],
        "not_agreed": list(record.not_agreed),
        "notes": list(record.notes),
        "policy": record.policy.id,
        "confidence": record.confidence.label,
        "written_in": citations_to_list(record.citations),
    }


def _component_to_dict(outcome: ComponentOutcome) -> dict[str, Any]:
    return {
        "component": _names(outcome.component),
        "result": outcome.result.value,
        "agreed": _range(outcome.agreed),
        "achieved": _range(outcome.achieved),
        "recognised": _range(outcome.recognised),
        "against": list(outcome.against),
        "why": outcome.why,
        "local_grade": outcome.local_grade,
        "grade": None if outcome.grade is None else grade_to_dict(outcome.grade),
        "conversion": None if outcome.conversion is None else credits_to_dict(outcome.conversion),
        "home_credits": None if outcome.home_credits is None else credits_to_dict(outcome.home_credits),
    }


def _names(component: Any) -> dict[str, Any]:  # noqa: ANN401 - a component of either document
    told_ = {"los_id": component.los_id, "code": component.code, "title": component.title, "term": component.term}
    return {name: value for name, value in told_.items() if value is not None}


def _range(value: CreditRange | None) -> dict[str, str] | None:
    return None if value is None else {"low": as_text(value.low), "high": as_text(value.high)}


def credits_to_dict(conversion: CreditConversion) -> dict[str, Any]:
    """A conversion of credits as plain values."""
    return {
        "given": as_text(conversion.given),
        "from": conversion.origin,
        "to": conversion.target,
        "value": _range(conversion.value),
        "method": conversion.method,
        "factor": _range(conversion.factor),
        "rounding": conversion.rounding,
        "why": conversion.why,
        "needs": list(conversion.needs),
        "other_factors": {name: _range(factor) for name, factor in conversion.others},
        "confidence": None if conversion.confidence is None else conversion.confidence.label,
        "written_in": citations_to_list(conversion.citations),
    }


def grade_to_dict(conversion: GradeConversion) -> dict[str, Any]:
    """A conversion of a grade as plain values."""
    return {
        "given": conversion.given,
        "from": conversion.origin or None,
        "to": conversion.target or None,
        "value": conversion.value,
        "exact": None if conversion.exact is None else as_text(conversion.exact),
        "method": conversion.method,
        "policy": conversion.policy,
        "choice": conversion.choice,
        "candidates": list(conversion.candidates),
        "deviation": None if conversion.deviation is None else as_text(conversion.deviation),
        "why": conversion.why,
        "needs": list(conversion.needs),
        "confidence": None if conversion.confidence is None else conversion.confidence.label,
        "written_in": citations_to_list(conversion.citations),
    }


def citations_to_list(citations: Iterable[Citation]) -> list[dict[str, Any]]:
    """Citations as plain values."""
    return [
        {
            "document": each.document,
            "paragraph": each.paragraph,
            "line": each.line,
            "sources": [attrs.asdict(source) | {"url": list(source.url)} for source in each.sources],
            "confidence": each.confidence.label,
            "note": each.note,
            "conflict": each.conflict,
        }
        for each in citations
    ]
