"""The rulebook of recognition, and its evaluation for one agreement and one transcript."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import attrs

from icm_rules.engine import Cited, Confidence, DerivedFact, InputError, Rule, Rulebook
from icm_rules.evaluate import heading_of
from icm_rules.guide import Guide
from icm_rules.guide import guide as guide_of_call
from icm_rules.model.learning_agreement import LearningAgreement, MobilityType
from icm_rules.model.mobility import Institution, Mobility, Signatures
from icm_rules.model.terms import Activity, CreditSystem, StayFormat
from icm_rules.model.transcript import RecognitionDecision, TranscriptOfRecords
from icm_rules.model.vocabulary import facts_of, mobility_of
from icm_rules.report import Report, report_of
from icm_rules.rules import RULEBOOK
from icm_rules.rules.learning_agreement import PARTS
from icm_rules.rules.learning_agreement.given import DOCUMENT_FACTS, facts_of_documents
from icm_rules.rules.learning_agreement.settling import RecognitionRecord, agreed_in_ects, settle_recognition
from icm_rules.scales.credits import STATED
from icm_rules.scales.loading import DEFAULT, Figure, RecognitionPolicy, recognition_policy
from icm_rules.scales.provisions import DOCUMENT_PROVISIONS, document_provisions

_SHARED_RULES = ("recognition.learning_agreement.signed", "recognition.blended.minimum_credits")
"""The rules of the main rulebook that speak of a learning agreement; they are the same rules here."""

SHORT_STAY_READINGS = ("schema", "business-requirements")
"""Whether the agreement of a short stay may be changed: two official texts disagree. The schema forbids it."""

_FORMATS = {
    MobilityType.SEMESTERS: StayFormat.LONG_TERM,
    MobilityType.BLENDED: StayFormat.BLENDED,
    MobilityType.DOCTORAL: StayFormat.SHORT_DOCTORAL,
}


def _all_of(kind: type) -> list[Any]:
    return [item for part in PARTS for item in vars(part).values() if isinstance(item, kind)]


RECOGNITION_RULEBOOK = Rulebook(
    name="Credit recognition",
    stages=RULEBOOK.stages,
    given=[*RULEBOOK.given, *DOCUMENT_FACTS.values()],
    provisions={**RULEBOOK.provisions, **DOCUMENT_PROVISIONS},
    facts=[*RULEBOOK.facts, *_all_of(DerivedFact)],
    rules=[*(RULEBOOK.rule(identity) for identity in _SHARED_RULES), *_all_of(Rule)],
)
"""The rules on learning agreement, transcript and recognition."""


@attrs.frozen(kw_only=True)
class Recognition:
    """What is owed of a stay, and what the rules say of its documents."""

    record: RecognitionRecord
    report: Report
    reference: str | None = None

    def to_text(self, *, all_rules: bool = False, width: int = 100) -> str:
        """Both as plain text, lines of at most ``width`` letters."""
        from icm_rules.recognise.telling import told
        from icm_rules.report.layout import as_text

        return as_text(told(self, all_rules=all_rules), width=width)

    def to_markdown(self, *, all_rules: bool = False) -> str:
        """Both as Markdown with tables."""
        from icm_rules.recognise.telling import told
        from icm_rules.report.layout import as_markdown

        return as_markdown(told(self, all_rules=all_rules))

    def to_html(self, *, all_rules: bool = False) -> str:
        """Both as a piece of HTML that needs nothing around it."""
        from icm_rules.recognise.telling import told
        from icm_rules.report.layout import as_html

        return as_html(told(self, all_rules=all_rules))

    def to_dict(self) -> dict[str, Any]:
        """Both as plain values that JSON can hold: ``record`` and ``report``."""
        from icm_rules.recognise.telling import in_documents, record_to_dict

        return {"record": record_to_dict(self.record), "report": in_documents(self.report.to_dict())}

    def _repr_html_(self) -> str:
        return self.to_html()

    def __str__(self) -> str:
        """Both as text."""
        return self.to_text()


def recognise(  # noqa: PLR0913 - each is another thing that may be told
    agreement: LearningAgreement,
    transcript: TranscriptOfRecords | None = None,
    decision: RecognitionDecision | None = None,
    *,
    policy: RecognitionPolicy | str = DEFAULT,
    mobility: Mobility | None = None,
    weighted_mean: str | None = None,
    grade_edition: str = "current",
    short_stay_changes: str = "schema",
    rulebook: Rulebook | None = None,
) -> Recognition:
    """The record of :func:`settle_recognition` and the report of :func:`check_recognition`, of the same documents.

    Raises:
        InputError: as these two.
        GuideError: there was no such call, or its Guide is not in this version.

    """
    return Recognition(
        record=settle_recognition(
            agreement, transcript, policy, weighted_mean=weighted_mean, grade_edition=grade_edition
        ),
        report=check_recognition(
            agreement,
            transcript,
            decision,
            policy=policy,
            mobility=mobility,
            short_stay_changes=short_stay_changes,
            rulebook=rulebook,
        ),
        reference=agreement.reference,
    )


def check_recognition(  # noqa: PLR0913 - the same
    agreement: LearningAgreement,
    transcript: TranscriptOfRecords | None = None,
    decision: RecognitionDecision | None = None,
    *,
    policy: RecognitionPolicy | str = DEFAULT,
    mobility: Mobility | None = None,
    guide: Guide | None = None,
    short_stay_changes: str = "schema",
    rulebook: Rulebook | None = None,
) -> Report:
    """What the rules of recognition say of an agreement, its transcript and the decision on it; absent is not told.

    ``mobility`` tells more of the stay; where it tells a fact otherwise than the agreement (the dates as they came to
    be), the mobility is followed. ``short_stay_changes`` is one of :data:`SHORT_STAY_READINGS`.

    Raises:
        InputError: the call is told nowhere, or there is no such policy or reading.
        GuideError: there was no such call, or its Guide is not in this version.

    """
    if short_stay_changes not in SHORT_STAY_READINGS:
        message = (
            f"there is no reading {short_stay_changes!r} of changes of short stays; "
            f"write one of: {', '.join(SHORT_STAY_READINGS)}"
        )
        raise InputError(message, field="short_stay_changes")
    stay = _stay(agreement, mobility)
    written = guide or guide_of_call(stay.call)
    told = {**facts_of(stay), **facts_of_documents(agreement, transcript, decision, recognition_policy(policy))}
    rules = RECOGNITION_RULEBOOK if rulebook is None else rulebook
    found = rules.evaluate(told, {**written.provisions, **_provisions(short_stay_changes)}, stage=stay.stage)
    return report_of(found, heading_of(stay, written, found))


def _provisions(short_stay_changes: str) -> Mapping[str, Cited]:
    """The provisions on documents, with the reading that was chosen."""
    found = dict(document_provisions())
    standing = found["short_stay_changes"]
    if isinstance(standing, Figure):
        found["short_stay_changes"] = attrs.evolve(standing, value=short_stay_changes)
    return found


def _stay(agreement: LearningAgreement, mobility: Mobility | None) -> Mobility:
    """The mobility as its agreement tells it, under what is told of the mobility itself."""
    version = agreement.first_version
    signatures = None if version is None else version.signatures
    told: dict[str, object] = {
        "call": agreement.call,
        "reference": agreement.reference,
        "activity": Activity.STUDIES,
        "start_date": agreement.start_date,
        "end_date": agreement.end_date,
        "study_cycle": agreement.study_cycle,
        "subject_area": agreement.subject_area,
    }
    for side in ("sending", "receiving"):
        institution = getattr(agreement, side)
        if institution is not None:
            told |= {f"{side}_{field.name}": getattr(institution, field.name) for field in attrs.fields(Institution)}
    kind = agreement.mobility_type
    if kind is not None:
        told["stay_format"] = _FORMATS[kind]
    if signatures is not None:
        told |= {
            f"learning_agreement_{field.name}": getattr(signatures, field.name) for field in attrs.fields(Signatures)
        }
    agreed = _ects_agreed(agreement)
    if agreed is not None:
        told |= {"credits_agreed": agreed, "credit_system": CreditSystem.ECTS}
    told = {name: value for name, value in told.items() if value is not None}
    if mobility is not None:
        told |= facts_of(mobility)
    if "call" not in told:
        message = "the call is told neither by the agreement nor by the mobility; write it, such as 2019"
        raise InputError(message, field="call")
    return mobility_of(told)


def _ects_agreed(agreement: LearningAgreement) -> Decimal | None:
    """The ECTS credits agreed, as the record has them; *None* where these are a range, or rest on what nobody showed.

    The minimum of a blended stay refuses, and a refusal rests on no unverified factor.
    """
    found = []
    for each in agreed_in_ects(agreement):
        if each is None or each.value is None or not each.value.is_exact:
            return None
        if each.method != STATED and each.confidence is Confidence.UNVERIFIED:
            return None
        found.append(each.value.low)
    # Down to six decimals, which no whole number of credits lies between.
    return Decimal(int(sum(found) * 10**6)).scaleb(-6).normalize() if found else None
