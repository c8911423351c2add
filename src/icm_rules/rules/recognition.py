"""What must be signed before the stay so that it is recognised, and what must be recognised after it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import attrs

from icm_rules.engine import Answer, Words, fact, met, not_met, rule, undetermined
from icm_rules.guide.provisions import (
    BlendedStudentDuration,
    CreditSystems,
    FullRecognition,
    LearningAgreementSignatures,
    MobilityAgreementSignatures,
)
from icm_rules.model.terms import CreditSystem, Stage


@attrs.frozen
class Signature:
    """One signature under a document: who signs, the fact that says when, what is known of it."""

    who: str
    on: str
    is_there: bool
    in_time: bool | None
    """Whether it was given before the stay starts; *None* where one of the two days is not told."""


def _signed_by_all(signatures: tuple[Signature, ...], start_is_told: bool, before_start: bool, what: str) -> Answer:
    """Whether each side signed before the stay starts; who did not, and when instead."""
    told: Words = {"what": what}
    start = "{start_date}" if start_is_told else "the start"
    late = [each for each in signatures if each.in_time is False] if before_start else []
    if late:
        sides = "; ".join(f"the {each.who} on {{{each.on}}}" for each in late)
        return not_met(f"{{what}} was not signed by all before the stay starts on {start}: {sides}", **told)
    open_sides = [each.who for each in signatures if not each.is_there]
    if open_sides:
        told["open"] = ", ".join(f"the {who}" for who in open_sides)
        return undetermined("{what} must be signed by all before the stay starts; nothing is told of {open}", **told)
    if not start_is_told:
        return undetermined("{what} must be signed by all before the stay starts", **told)
    return met(f"{{what}} was signed by all before the stay starts on {start}", **told)


@fact(of_presence=True)
def learning_agreement_is_signed_by_participant(learning_agreement_signed_by_participant_on: date | None) -> bool:
    """Whether it is told when the student signed the learning agreement."""
    return learning_agreement_signed_by_participant_on is not None


@fact(elementwise=True)
def learning_agreement_is_signed_in_time_by_participant(
    learning_agreement_signed_by_participant_on: date, start_date: date
) -> bool:
    """Whether the student signed the learning agreement before the stay starts."""
    return learning_agreement_signed_by_participant_on < start_date


@fact(of_presence=True)
def learning_agreement_is_signed_by_sending(learning_agreement_signed_by_sending_on: date | None) -> bool:
    """Whether it is told when the sending side signed the learning agreement."""
    return learning_agreement_signed_by_sending_on is not None


@fact(elementwise=True)
def learning_agreement_is_signed_in_time_by_sending(
    learning_agreement_signed_by_sending_on: date, start_date: date
) -> bool:
    """Whether the sending side signed the learning agreement before the stay starts."""
    return learning_agreement_signed_by_sending_on < start_date


@fact(of_presence=True)
def learning_agreement_is_signed_by_receiving(learning_agreement_signed_by_receiving_on: date | None) -> bool:
    """Whether it is told when the receiving side signed the learning agreement."""
    return learning_agreement_signed_by_receiving_on is not None


@fact(elementwise=True)
def learning_agreement_is_signed_in_time_by_receiving(
    learning_agreement_signed_by_receiving_on: date, start_date: date
) -> bool:
    """Whether the receiving side signed the learning agreement before the stay starts."""
    return learning_agreement_signed_by_receiving_on < start_date


@rule(
    "recognition.learning_agreement.signed",
    due=Stage.BEFORE_DEPARTURE,
    only_if="is_student_mobility",
    tells=(
        "learning_agreement_signed_by_participant_on",
        "learning_agreement_signed_by_sending_on",
        "learning_agreement_signed_by_receiving_on",
        "start_date",
    ),
)
def learning_agreement_is_signed_by_all(
    learning_agreement_is_signed_by_participant: bool,
    learning_agreement_is_signed_by_sending: bool,
    learning_agreement_is_signed_by_receiving: bool,
    learning_agreement_is_signed_in_time_by_participant: bool | None,
    learning_agreement_is_signed_in_time_by_sending: bool | None,
    learning_agreement_is_signed_in_time_by_receiving: bool | None,
    start_is_told: bool,
    learning_agreement_signatures: LearningAgreementSignatures,
) -> Answer:
    """Student, sending and receiving side signed the learning agreement before the stay starts."""
    signatures = (
        Signature(
            "student",
            "learning_agreement_signed_by_participant_on",
            learning_agreement_is_signed_by_participant,
            learning_agreement_is_signed_in_time_by_participant,
        ),
        Signature(
            "sending side",
            "learning_agreement_signed_by_sending_on",
            learning_agreement_is_signed_by_sending,
            learning_agreement_is_signed_in_time_by_sending,
        ),
        Signature(
            "receiving side",
            "learning_agreement_signed_by_receiving_on",
            learning_agreement_is_signed_by_receiving,
            learning_agreement_is_signed_in_time_by_receiving,
        ),
    )
    before_start = learning_agreement_signatures.signed_before_start
    return _signed_by_all(signatures, start_is_told, before_start, "the learning agreement")


@fact(of_presence=True)
def mobility_agreement_is_signed_by_participant(mobility_agreement_signed_by_participant_on: date | None) -> bool:
    """Whether it is told when the participant signed the mobility agreement."""
    return mobility_agreement_signed_by_participant_on is not None


@fact(elementwise=True)
def mobility_agreement_is_signed_in_time_by_participant(
    mobility_agreement_signed_by_participant_on: date, start_date: date
) -> bool:
    """Whether the participant signed the mobility agreement before the stay starts."""
    return mobility_agreement_signed_by_participant_on < start_date


@fact(of_presence=True)
def mobility_agreement_is_signed_by_sending(mobility_agreement_signed_by_sending_on: date | None) -> bool:
    """Whether it is told when the sending side signed the mobility agreement."""
    return mobility_agreement_signed_by_sending_on is not None


@fact(elementwise=True)
def mobility_agreement_is_signed_in_time_by_sending(
    mobility_agreement_signed_by_sending_on: date, start_date: date
) -> bool:
    """Whether the sending side signed the mobility agreement before the stay starts."""
    return mobility_agreement_signed_by_sending_on < start_date


@fact(of_presence=True)
def mobility_agreement_is_signed_by_receiving(mobility_agreement_signed_by_receiving_on: date | None) -> bool:
    """Whether it is told when the receiving side signed the mobility agreement."""
    return mobility_agreement_signed_by_receiving_on is not None


@fact(elementwise=True)
def mobility_agreement_is_signed_in_time_by_receiving(
    mobility_agreement_signed_by_receiving_on: date, start_date: date
) -> bool:
    """Whether the receiving side signed the mobility agreement before the stay starts."""
    return mobility_agreement_signed_by_receiving_on < start_date


@rule(
    "recognition.mobility_agreement.signed",
    due=Stage.BEFORE_DEPARTURE,
    only_if="is_staff_mobility",
    informs=True,
    tells=(
        "mobility_agreement_signed_by_participant_on",
        "mobility_agreement_signed_by_sending_on",
        "mobility_agreement_signed_by_receiving_on",
        "start_date",
    ),
)
def mobility_agreement_is_signed_by_all(
    mobility_agreement_is_signed_by_participant: bool,
    mobility_agreement_is_signed_by_sending: bool,
    mobility_agreement_is_signed_by_receiving: bool,
    mobility_agreement_is_signed_in_time_by_participant: bool | None,
    mobility_agreement_is_signed_in_time_by_sending: bool | None,
    mobility_agreement_is_signed_in_time_by_receiving: bool | None,
    start_is_told: bool,
    mobility_agreement_signatures: MobilityAgreementSignatures,
) -> Answer:
    """Participant, sending and receiving side signed the mobility agreement of staff before the stay starts."""
    signatures = (
        Signature(
            "participant",
            "mobility_agreement_signed_by_participant_on",
            mobility_agreement_is_signed_by_participant,
            mobility_agreement_is_signed_in_time_by_participant,
        ),
        Signature(
            "sending side",
            "mobility_agreement_signed_by_sending_on",
            mobility_agreement_is_signed_by_sending,
            mobility_agreement_is_signed_in_time_by_sending,
        ),
        Signature(
            "receiving side",
            "mobility_agreement_signed_by_receiving_on",
            mobility_agreement_is_signed_by_receiving,
            mobility_agreement_is_signed_in_time_by_receiving,
        ),
    )
    before_start = mobility_agreement_signatures.signed_before_start
    return _signed_by_all(signatures, start_is_told, before_start, "the mobility agreement")


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
