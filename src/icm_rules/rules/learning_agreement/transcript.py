"""What the transcript must show and when, and what the sending institution must recognise of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction

import attrs

from icm_rules.engine import Answer, Unknown, Words, fact, met, not_met, rule, undetermined
from icm_rules.guide.provisions import FullRecognition, TranscriptDeadline
from icm_rules.model.credits import CreditRange, in_figures, total
from icm_rules.model.learning_agreement import LearningAgreement, is_same
from icm_rules.model.terms import Stage
from icm_rules.model.transcript import RecognitionDecision, TranscriptComponent, TranscriptOfRecords
from icm_rules.rules.learning_agreement.settling import (
    ComponentOutcome,
    RecognitionOutcome,
    RecognitionRecord,
    Result,
    settle_recognition,
)
from icm_rules.scales.loading import Figure, RecognitionPolicy
from icm_rules.scales.provisions import TranscriptEvents

_DAYS_OF_A_WEEK = 7
_MISTAKEN = "one of the two days must be mistaken"


# --- the transcript ----------------------------------------------------------------------------------------


@fact(elementwise=True)
def days_from_results_to_transcript(transcript_issued_on: date, results_published_on: date) -> int:
    """The days from the publication of the results to the transcript [days]."""
    return (transcript_issued_on - results_published_on).days


@fact(elementwise=True)
def days_from_assessment_to_transcript(transcript_issued_on: date, assessment_period_ended_on: date) -> int:
    """The days from the end of the assessment period to the transcript [days]."""
    return (transcript_issued_on - assessment_period_ended_on).days


@rule("recognition.transcript.in_time", due=Stage.AFTER_RETURN, informs=True)
def transcript_comes_in_time(
    days_from_results_to_transcript: int | None,
    days_from_assessment_to_transcript: int | None,
    transcript_deadline: TranscriptDeadline,
    transcript_events: TranscriptEvents,
) -> Answer:
    """The transcript is issued within five weeks, normally: of the results, or of the end of the assessment period."""
    days = {
        "results_published_on": days_from_results_to_transcript,
        "assessment_period_ended_on": days_from_assessment_to_transcript,
    }
    told = [(line, days[line.fact]) for line in transcript_events.lines]
    known = [(line, passed) for line, passed in told if passed is not None]
    if not known:
        return undetermined(
            "from which event the weeks are counted, and when the transcript was issued, is not told",
            needs=("transcript_issued_on", *(line.fact for line in transcript_events.lines)),
        )
    if any(passed < 0 for _, passed in known):
        return undetermined(
            "the transcript was issued before the {event}",
            needs=(),
            gaps=(_MISTAKEN,),
            event=next(line.words for line, passed in known if passed < 0),
        )
    most = transcript_deadline.weeks * _DAYS_OF_A_WEEK
    lines = tuple(line for line, _ in known)
    words: Words = {
        "counts": "; ".join(f"{passed} days after the {line.words}" for line, passed in known),
        "weeks": transcript_deadline.weeks,
    }
    in_time = {passed <= most for _, passed in known}
    if in_time == {True}:
        return met("the transcript was issued {counts}", rests_on=(transcript_deadline, *lines), **words)
    if in_time == {False}:
        return not_met(
            "the transcript was issued {counts}, later than {weeks} weeks",
            rests_on=(transcript_deadline, *lines),
            **words,
        )
    return undetermined(
        "the transcript was issued {counts}; {weeks} weeks are asked for",
        needs=(),
        gaps=("the texts count the weeks from different events",),
        rests_on=(transcript_deadline, *lines),
        **words,
    )


_LACKING: tuple[tuple[str, Callable[[TranscriptComponent], bool]], ...] = (
    ("a code", lambda each: each.code is None and each.los_id is None),
    ("whether it was completed", lambda each: each.completed is None),
    ("credits", lambda each: not each.credits),
)


@fact
def lacking_on_transcript(transcript: TranscriptOfRecords) -> tuple[str, ...]:
    """What the transcript does not show of what it should."""
    lacking = [(what, [each.name for each in transcript.components if lacks(each)]) for what, lacks in _LACKING]
    whole = {
        "the total of credits": bool(transcript.total),
        "the first and the last day present": None not in {transcript.first_day_present, transcript.last_day_present},
        "the grade distribution": transcript.grading_table is not None or transcript.grade_distribution_url is not None,
    }
    return (
        *(f"{what} of {', '.join(names)}" for what, names in lacking if names),
        *(what for what, is_there in whole.items() if not is_there),
    )


@rule("recognition.transcript.complete", due=Stage.AFTER_RETURN, informs=True)
def transcript_is_complete(
    lacking_on_transcript: tuple[str, ...], transcript_contents: Figure, grade_distribution: Figure
) -> Answer:
    """The transcript shows codes, results and credits, their total, the days present and the grade distribution."""
    rests_on = (transcript_contents, grade_distribution)
    if lacking_on_transcript:
        what = "; ".join(lacking_on_transcript)
        return not_met("the transcript does not show {what}", rests_on=rests_on, what=what)
    return met("the transcript shows all it should", rests_on=rests_on)


# --- recognition -------------------------------------------------------------------------------------------


@fact(elementwise=True)
def days_from_transcript_to_recognition(recognition_decided_on: date, transcript_received_on: date) -> int:
    """The days from the receipt of the transcript to the decision on recognition [days]."""
    return (recognition_decided_on - transcript_received_on).days


@rule("recognition.decision.in_time", due=Stage.FINAL_REPORT, informs=True)
def recognition_comes_in_time(days_from_transcript_to_recognition: int, recognition_deadline: Figure) -> Answer:
    """Recognition is decided within five weeks of the receipt of the transcript, normally."""
    told: Words = {"days": days_from_transcript_to_recognition, "weeks": recognition_deadline.value}
    if days_from_transcript_to_recognition < 0:
        return undetermined("recognition was decided before the transcript came", needs=(), gaps=(_MISTAKEN,))
    if days_from_transcript_to_recognition > recognition_deadline.number * _DAYS_OF_A_WEEK:
        return not_met(
            "recognition was decided {days} days after the transcript came, later than {weeks} weeks", **told
        )
    return met("recognition was decided {days} days after the transcript came, within {weeks} weeks", **told)


@fact
def recognition_record(
    learning_agreement: LearningAgreement, transcript: TranscriptOfRecords, recognition_policy: RecognitionPolicy
) -> RecognitionRecord:
    """What is owed of the stay."""
    return settle_recognition(learning_agreement, transcript, recognition_policy)


@attrs.frozen
class Owed:
    """What is owed of a stay."""

    outcome: RecognitionOutcome
    credits: CreditRange | None
    """ECTS; *None* where that is not known."""
    open: tuple[str, ...]
    """The components whose result is not known."""


@fact
def owed(recognition_record: RecognitionRecord) -> Owed:
    """What is owed of the stay, in short."""
    open_ = tuple(each.component.name for each in recognition_record.components if each.result is Result.OPEN)
    return Owed(recognition_record.outcome, recognition_record.recognised, open_)


@rule("recognition.outcome.owed", due=Stage.AFTER_RETURN, informs=True)
def what_is_owed_is_settled(owed: Owed, accepted_activities: Figure, award_on_completion: Figure) -> Answer:
    """It is settled whether full, partial or no recognition is owed, and of which credits."""
    told: Words = {
        "outcome": owed.outcome,
        "credits": "an unknown number of" if owed.credits is None else owed.credits,
        "open": owed.open,
    }
    if owed.outcome is not RecognitionOutcome.OPEN:
        rests_on = (accepted_activities, award_on_completion)
        return met("recognition is owed: {outcome}, {credits} ECTS", rests_on=rests_on, **told)
    if not owed.open:
        return undetermined("nothing is agreed", needs=("learning_agreement",))
    return undetermined("{credits} ECTS are owed; results are open of: {open}", needs=("transcript",), **told)


@attrs.frozen
class Decided:
    """What was decided on one agreed component."""

    name: str
    owed: CreditRange | None
    recognised: CreditRange | None
    """ECTS; *None* where the decision tells no number that can be compared."""
    as_owed: bool
    """Whether it is recognised as a whole, without a number."""
    is_recognised: bool
    """Whether it is recognised at all: it stands in the decision, and not with no credits."""
    result: Result
    condition: str | None
    """A further condition that was asked for."""
    condition_was_agreed: bool


@fact
def decided_components(
    recognition_record: RecognitionRecord, recognition_decision: RecognitionDecision
) -> tuple[Decided, ...] | Unknown:
    """What was decided on each agreed component."""
    if not recognition_record.components:
        return Unknown(("learning_agreement",))
    by_group = {name: group.conditions for group in recognition_record.groups for name in group.studied}
    return tuple(
        _decided(each, recognition_decision, agreed=bool(by_group.get(each.component.name)))
        for each in recognition_record.components
    )


def _decided(outcome: ComponentOutcome, decision: RecognitionDecision, *, agreed: bool) -> Decided:
    found = [each for each in decision.components if is_same(outcome.component, each)]
    as_owed = any(not each.credits for each in found)
    numbers = [None if each.ects is None else CreditRange.exactly(each.ects.value) for each in found]
    known = [each for each in numbers if each is not None]
    recognised = total(known) if len(known) == len(numbers) else None
    return Decided(
        name=outcome.component.name,
        owed=outcome.recognised,
        recognised=outcome.recognised if as_owed else recognised,
        as_owed=as_owed,
        is_recognised=bool(found) and (as_owed or recognised is None or bool(recognised.high)),
        result=outcome.result,
        condition=next((each.further_condition for each in found if each.further_condition is not None), None),
        condition_was_agreed=agreed,
    )


@rule("recognition.components.in_full", due=Stage.FINAL_REPORT)
def agreed_and_passed_components_are_recognised_in_full(
    decided_components: tuple[Decided, ...],
    full_recognition: FullRecognition,
    accepted_activities: Figure,
) -> Answer:
    """Every component that was agreed and passed is recognised in full; one that failed takes no other with it."""
    passed = [each for each in decided_components if each.result is Result.PASSED]
    # Where a condition was agreed, what is owed hangs on it, and whether it was fulfilled nobody tells here.
    short = [
        each
        for each in passed
        if each.owed is not None
        and each.recognised is not None
        and each.recognised.high < each.owed.low
        and not each.condition_was_agreed
    ]
    if short and full_recognition.required:
        owed = sum(
            (each.owed.low - each.recognised.high for each in short if each.owed and each.recognised), Fraction(0)
        )
        named = "; ".join(f"{each.name}: {each.recognised} of {each.owed}" for each in short)
        return not_met(
            "{named} ECTS are recognised; {owed} are owed",
            rests_on=(full_recognition, accepted_activities),
            named=named,
            owed=in_figures(owed),
        )
    open_ = [
        each.name
        for each in passed
        if not each.as_owed and (each.owed is None or each.recognised is None or each.recognised.low < each.owed.high)
    ]
    open_ += [each.name for each in decided_components if each.result is Result.OPEN]
    told: Words = {"open": tuple(open_), "number": len(passed)}
    if open_:
        return undetermined(
            "what is owed, or what was recognised, is not known of: {open}", needs=("transcript",), **told
        )
    return met("{number} components were agreed and passed, and each is recognised in full", **told)


@rule("recognition.components.unconditional", due=Stage.FINAL_REPORT)
def nothing_further_is_asked_for(
    decided_components: tuple[Decided, ...], full_recognition: FullRecognition, no_further_work: Figure
) -> Answer:
    """No further work, assessment or condition is asked for beyond what was agreed."""
    asked = [
        each
        for each in decided_components
        if each.condition is not None and each.result is Result.PASSED and not each.condition_was_agreed
    ]
    if asked and full_recognition.required:
        return not_met(
            "more is asked for than was agreed: {conditions}",
            rests_on=(full_recognition, no_further_work),
            conditions="; ".join(f"{each.name}: {each.condition}" for each in asked),
        )
    return met("nothing is asked for beyond what was agreed")


@rule("recognition.components.passed_only", due=Stage.FINAL_REPORT, informs=True)
def only_passed_components_bring_credits(
    decided_components: tuple[Decided, ...], award_on_completion: Figure
) -> Answer:
    """Credits are recognised only for components that were completed and assessed."""
    failed = tuple(each.name for each in decided_components if each.result is Result.FAILED and each.is_recognised)
    if failed and award_on_completion.value:
        return not_met("credits are recognised of what was not passed: {names}", names=failed)
    return met("no credits are recognised of what was not passed")


@fact
def recognised_beyond_agreement(
    recognition_record: RecognitionRecord,
    recognition_decision: RecognitionDecision,
    decided_components: tuple[Decided, ...],
) -> tuple[str, ...]:
    """What is recognised and was not agreed: other components, and more credits than agreed."""
    agreed = [each.component for each in recognition_record.components]
    others = [each.name for each in recognition_decision.components if not any(is_same(one, each) for one in agreed)]
    more = [
        each.name
        for each in decided_components
        if each.result is Result.PASSED
        and each.owed is not None
        and each.recognised is not None
        and each.recognised.low > each.owed.high
    ]
    return (*others, *more)


@rule("recognition.components.over_achievement", due=Stage.FINAL_REPORT, informs=True)
def over_achievement_counts_if_agreed(recognised_beyond_agreement: tuple[str, ...], over_achievement: Figure) -> Answer:
    """Nothing is recognised beyond what was agreed: other components and more credits may be, and need not."""
    if recognised_beyond_agreement:
        return not_met(
            "recognised beyond what was agreed: {names}; that is the institution's own choice",
            rests_on=(over_achievement,),
            names=recognised_beyond_agreement,
        )
    return met("nothing is recognised beyond what was agreed", rests_on=(over_achievement,))
