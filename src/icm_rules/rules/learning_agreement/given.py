"""The given facts of learning agreement, transcript and decision: the documents themselves, and days that they tell."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from types import MappingProxyType

import attrs

from icm_rules.engine import GivenFact
from icm_rules.model.fields import FACT
from icm_rules.model.learning_agreement import AgreementChanges, LearningAgreement
from icm_rules.model.mobility import Signatures
from icm_rules.model.terms import Stage
from icm_rules.model.transcript import RecognitionDecision, TranscriptOfRecords
from icm_rules.scales.loading import RecognitionPolicy


def _field(name: str, kind: type, field: str, about: str = "", *, known_at: Stage | None = None) -> GivenFact:
    """The fact that a field of a document tells, with its own question."""
    told = getattr(attrs.fields(kind), field).metadata[FACT]
    question = f"{told.question} ({about})" if about else told.question
    return GivenFact(
        name=name,
        type=typing.get_type_hints(kind)[field],
        question=question,
        known_at=known_at or told.known_at,
        unit=told.unit,
    )


_DOCUMENTS = (
    GivenFact(
        name="learning_agreement",
        type=LearningAgreement,
        question="What does the learning agreement say?",
        known_at=Stage.BEFORE_DEPARTURE,
    ),
    GivenFact(
        name="transcript",
        type=TranscriptOfRecords,
        question="What does the transcript of records show?",
        known_at=Stage.AFTER_RETURN,
    ),
    GivenFact(
        name="recognition_decision",
        type=RecognitionDecision,
        question="What did the sending institution recognise?",
        known_at=Stage.FINAL_REPORT,
    ),
    GivenFact(
        name="recognition_policy",
        type=RecognitionPolicy,
        question="By which policy are credits and grades taken over?",
        known_at=Stage.APPLICATION,
    ),
)

_FIELDS = (
    _field("form_edition", LearningAgreement, "edition"),
    _field("totals_differ_because", LearningAgreement, "totals_differ_because"),
    _field("provisions_url", LearningAgreement, "provisions_url"),
    _field("change_requested_on", AgreementChanges, "requested_on"),
    _field("change_semester_started_on", AgreementChanges, "semester_started_on"),
    *(
        _field(
            f"change_{field.name}",
            Signatures,
            field.name,
            "the changes of the learning agreement",
            known_at=Stage.DURING,
        )
        for field in attrs.fields(Signatures)
    ),
    _field("results_published_on", TranscriptOfRecords, "results_published_on"),
    _field("assessment_period_ended_on", TranscriptOfRecords, "assessment_period_ended_on"),
    _field("transcript_issued_on", TranscriptOfRecords, "issued_on"),
    _field("transcript_received_on", TranscriptOfRecords, "received_on"),
    _field("recognition_decided_on", RecognitionDecision, "decided_on"),
)

DOCUMENT_FACTS: Mapping[str, GivenFact] = MappingProxyType({fact.name: fact for fact in (*_DOCUMENTS, *_FIELDS)})
"""Every given fact of this chapter by its name."""


def facts_of_documents(
    agreement: LearningAgreement,
    transcript: TranscriptOfRecords | None,
    decision: RecognitionDecision | None,
    policy: RecognitionPolicy,
) -> dict[str, object]:
    """The facts that the documents tell, by name; what is not told is left out."""
    changes = agreement.approved_changes
    signatures = None if changes is None else changes.signatures
    told: dict[str, object] = {
        "learning_agreement": agreement,
        "transcript": transcript,
        "recognition_decision": decision,
        "recognition_policy": policy,
        "form_edition": agreement.edition,
        "totals_differ_because": agreement.totals_differ_because,
        "provisions_url": agreement.provisions_url,
    }
    if changes is not None:
        told |= {
            "change_requested_on": changes.requested_on,
            "change_semester_started_on": changes.semester_started_on,
        }
    if signatures is not None:
        told |= {f"change_{field.name}": getattr(signatures, field.name) for field in attrs.fields(Signatures)}
    if transcript is not None:
        told |= {
            "results_published_on": transcript.results_published_on,
            "assessment_period_ended_on": transcript.assessment_period_ended_on,
            "transcript_issued_on": transcript.issued_on,
            "transcript_received_on": transcript.received_on,
        }
    if decision is not None:
        told["recognition_decided_on"] = decision.decided_on
    return {name: value for name, value in told.items() if value is not None}
