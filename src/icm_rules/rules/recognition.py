"""What must be signed before the stay so that it is recognised, and what must be recognised after it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from icm_rules.engine import Answer, Words, met, not_met, rule, undetermined
from icm_rules.guide.provisions import (
    BlendedStudentDuration,
    CreditSystems,
    FullRecognition,
    LearningAgreementSignatures,
    MobilityAgreementSignatures,
)
from icm_rules.model.terms import CreditSystem, Stage


def _signed_by_all(signatures: dict[str, date | None], start: date | None, before_start: bool, what: str) -> Answer:
    """Whether each side signed before the stay starts; who did not, and by how much too late."""
    told: Words = {"what": what, "start": start or "the start"}
    if start is not None and before_start:
        late = {who: signed for who, signed in signatures.items() if signed is not None and signed >= start}
        if late:
            told["late"] = "; ".join(f"the {who} on {signed}" for who, signed in late.items())
            return not_met("{what} was not signed by all before the stay starts on {start}: {late}", **told)
    open_sides = [who for who, signed in signatures.items() if signed is None]
    if open_sides:
        told["open"] = ", ".join(f"the {who}" for who in open_sides)
        return undetermined("{what} must be signed by all before the stay starts; nothing is told of {open}", **told)
    if start is None:
        return undetermined("{what} must be signed by all before the stay starts", **told)
    return met("{what} was signed by all before the stay starts on {start}", **told)


@rule("recognition.learning_agreement.signed", due=Stage.BEFORE_DEPARTURE, only_if="is_student_mobility")
def learning_agreement_is_signed_by_all(
    learning_agreement_signed_by_participant_on: date | None,
    learning_agreement_signed_by_sending_on: date | None,
    learning_agreement_signed_by_receiving_on: date | None,
    start_date: date | None,
    learning_agreement_signatures: LearningAgreementSignatures,
) -> Answer:
    """Student, sending and receiving side signed the learning agreement before the stay starts."""
    signatures = {
        "student": learning_agreement_signed_by_participant_on,
        "sending side": learning_agreement_signed_by_sending_on,
        "receiving side": learning_agreement_signed_by_receiving_on,
    }
    return _signed_by_all(
        signatures, start_date, learning_agreement_signatures.signed_before_start, "the learning agreement"
    )


@rule("recognition.mobility_agreement.signed", due=Stage.BEFORE_DEPARTURE, only_if="is_staff_mobility", informs=True)
def mobility_agreement_is_signed_by_all(
    mobility_agreement_signed_by_participant_on: date | None,
    mobility_agreement_signed_by_sending_on: date | None,
    mobility_agreement_signed_by_receiving_on: date | None,
    start_date: date | None,
    mobility_agreement_signatures: MobilityAgreementSignatures,
) -> Answer:
    """Participant, sending and receiving side signed the mobility agreement of staff before the stay starts."""
    signatures = {
        "participant": mobility_agreement_signed_by_participant_on,
        "sending side": mobility_agreement_signed_by_sending_on,
        "receiving side": mobility_agreement_signed_by_receiving_on,
    }
    return _signed_by_all(
        signatures, start_date, mobility_agreement_signatures.signed_before_start, "the mobility agreement"
    )


@rule("recognition.credits.system", due=Stage.BEFORE_DEPARTURE, only_if=("is_student_mobility", "includes_studies"))
def credits_are_counted_comparably(credit_system: CreditSystem, credit_systems: CreditSystems) -> Answer:
    """The receiving university counts study achievements in ECTS or a comparable system."""
    if credit_system is CreditSystem.ECTS:
        return met("credits are counted in ECTS")
    if credit_system is CreditSystem.COMPARABLE and credit_systems.comparable_suffices:
        return met("credits are counted in a system comparable to ECTS")
    return not_met("credits are counted in a system that is not comparable to ECTS")


@rule("recognition.credits.in_full", due=Stage.AFTER_RETURN, only_if=("is_student_mobility", "includes_studies"))
def credits_are_recognised_in_full(
    credits_agreed: Decimal | None,
    credits_achieved: Decimal,
    credits_recognised: Decimal,
    full_recognition: FullRecognition,
) -> Answer:
    """The credits that were agreed and achieved are recognised in full."""
    owed = credits_achieved if credits_agreed is None else min(credits_agreed, credits_achieved)
    told: Words = {"owed": owed, "recognised": credits_recognised, "open": owed - credits_recognised}
    if credits_recognised >= owed or not full_recognition.required:
        return met("{recognised} credits are recognised of {owed} agreed and achieved", **told)
    if credits_agreed is None:
        return undetermined(
            "{recognised} credits are recognised of {owed} achieved; how many were agreed is not told", **told
        )
    return not_met("{recognised} credits are recognised of {owed} agreed and achieved; {open} are owed", **told)


@rule(
    "recognition.blended.minimum_credits",
    due=Stage.BEFORE_DEPARTURE,
    only_if=("is_blended_student_stay", "includes_studies"),
)
def blended_studies_carry_the_minimum_of_credits(
    credits_agreed: Decimal, credit_system: CreditSystem, blended_student_duration: BlendedStudentDuration
) -> Answer:
    """The learning agreement of a blended stay for studies sets down the minimum of ECTS credits."""
    told: Words = {"credits": credits_agreed, "asked": blended_student_duration.minimum_ects}
    if credit_system is not CreditSystem.ECTS:
        return undetermined(
            "{credits} credits are agreed, and {asked} ECTS are asked for",
            gaps=("how many ECTS the credits of the receiving institution make is not told",),
            **told,
        )
    if credits_agreed >= blended_student_duration.minimum_ects:
        return met("{credits} ECTS reach the {asked} asked for", **told)
    return not_met("{credits} ECTS are fewer than the {asked} asked for", **told)
