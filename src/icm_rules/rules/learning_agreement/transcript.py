"""What the transcript must show and when, and what the sending institution must recognise of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from fractions import Fraction

import attrs

from icm_rules.engine import Answer, Unknown, Words, fact, met, not_met, rule, undetermined
from icm_rules.guide.provisions import FullRecognition, TranscriptDeadline
from icm_rules.model.credits import NO_CREDITS, CreditRange, in_figures, total
from icm_rules.model.learning_agreement import Component, LearningAgreement, Likeness, likeness, names_of, plain_name
from icm_rules.model.matching import best_entries
from icm_rules.model.terms import Stage
from icm_rules.model.transcript import ComponentDecision, RecognitionDecision, TranscriptComponent, TranscriptOfRecords
from icm_rules.rules.learning_agreement.settling import (
    ComponentOutcome,
    GroupOutcome,
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
    untold = tuple(line.fact for line, passed in told if passed is None)
    if in_time == {False} and untold:
        return undetermined(
            "the transcript was issued {counts}, later than {weeks} weeks",
            needs=untold,
            gaps=("the texts count the weeks from different events, and only one of these is told",),
            rests_on=(transcript_deadline, *lines),
            **words,
        )
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
        # A field that is not told may stand on the transcript all the same: who wrote it down may have left it out.
        return undetermined("nothing is told of {what}", needs=("transcript",), rests_on=rests_on, what=what)
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
    conditions: tuple[str, ...]
    """The further conditions that were asked for."""
    agreed_conditions: tuple[str, ...]
    """The conditions that the agreement writes for its group."""

    @property
    def asked_anew(self) -> tuple[str, ...]:
        """The conditions that are not, in the same words, among those agreed."""
        agreed = {plain_name(each) for each in self.agreed_conditions}
        return tuple(each for each in self.conditions if plain_name(each) not in agreed)


@attrs.frozen
class DecidedAtHome:
    """A group of which the decision names the components at home, and recognises fewer of their credits than owed."""

    name: str
    owed: CreditRange
    recognised: CreditRange


@attrs.frozen
class Decisions:
    """A decision, read against what was agreed."""

    components: tuple[Decided, ...]
    short_at_home: tuple[DecidedAtHome, ...]
    others: tuple[str, ...]
    """What is recognised and stands in no table of the agreement."""


@fact
def decisions(recognition_record: RecognitionRecord, recognition_decision: RecognitionDecision) -> Decisions | Unknown:
    """What was decided, read against the agreement: each line of the decision answers for one component."""
    if not recognition_record.components:
        return Unknown(("learning_agreement",))
    return _Reading(recognition_record, recognition_decision).decisions()


@fact
def decided_components(decisions: Decisions) -> tuple[Decided, ...]:
    """What was decided on each agreed component."""
    return decisions.components


class _Reading:
    """A decision as it is read: components abroad, or those at home that they replace, as paper forms list them."""

    def __init__(self, record: RecognitionRecord, decision: RecognitionDecision) -> None:
        """Give each line of the decision to the component that it names most surely."""
        self._record = record
        self._home: dict[int, list[ComponentDecision]] = {}
        self._abroad: dict[int, list[ComponentDecision]] = {}
        self._others: list[str] = []
        agreed = [each.component for each in record.components]
        self._names = names_of(agreed)
        at_home = [each.component for each in record.home]
        lines = []
        for line in decision.components:
            surest, place = _surest(line, at_home)
            if surest > _surest(line, agreed)[0]:
                self._home.setdefault(place, []).append(line)
            else:
                lines.append(line)
        found = best_entries(agreed, lines, lambda place, at: _worth(record.components[place], lines[at]))
        for place, at in found.items():
            self._abroad[place] = [lines[at]]
        # What is left over names a component a second time, and its credits are added.
        for at in set(range(len(lines))).difference(found.values()):
            surest, place = _surest(lines[at], agreed)
            if surest:
                self._abroad.setdefault(place, []).append(lines[at])
            else:
                self._others.append(lines[at].name)

    def decisions(self) -> Decisions:
        """What it says of each component and of each group."""
        components: dict[int, Decided] = {}
        short = []
        for group in self._record.groups:
            by_home = self._by_home(group)
            if by_home is not None and self._is_short(group, by_home):
                short.append(DecidedAtHome(", ".join(group.home), group.home_total or NO_CREDITS, by_home))
            for place in group.studied_at:
                components[place] = self._decided(place, group)
        return Decisions(
            tuple(components[place] for place in sorted(components)), tuple(short), tuple(sorted(self._others))
        )

    def _decided(self, place: int, group: GroupOutcome) -> Decided:
        outcome = self._record.components[place]
        found = self._abroad.get(place, [])
        lines = [*found, *(line for at in group.home_at for line in self._home.get(at, ()))]
        as_owed = any(not each.credits for each in found)
        recognised = _sum_of(found)
        if not found and any(at in self._home for at in group.home_at):
            by_home = self._by_home(group)
            as_owed, recognised = by_home is not None and self._home_covers(group, by_home), None
        elif self._is_shared(place, found) if found else self._may_be_meant(outcome.component):
            recognised = None
        return Decided(
            name=self._names[place],
            owed=outcome.recognised,
            recognised=outcome.recognised if as_owed else recognised,
            as_owed=as_owed,
            is_recognised=bool(found) and (as_owed or recognised is None or bool(recognised.high)),
            result=outcome.result,
            conditions=tuple(sorted({each.further_condition for each in lines if each.further_condition is not None})),
            agreed_conditions=group.agreed_conditions,
        )

    def _may_be_meant(self, component: Component) -> bool:
        """Whether a line that went to another component names this one as well, and has credits for more than that."""
        return any(
            self._has_more(place, lines) and any(likeness(component, each) for each in lines)
            for place, lines in self._abroad.items()
        )

    def _is_shared(self, place: int, lines: list[ComponentDecision]) -> bool:
        """Whether the lines of a component have credits for more than it, and name one that has no line of its own."""
        return (
            all(each.credits for each in lines)
            and self._has_more(place, lines)
            and any(
                likeness(other.component, each)
                for at, other in enumerate(self._record.components)
                if at not in self._abroad
                for each in lines
            )
        )

    def _has_more(self, place: int, lines: list[ComponentDecision]) -> bool:
        owed, stated = self._record.components[place].recognised, _sum_of(lines)
        return stated is None or owed is None or stated.high > owed.high

    def _by_home(self, group: GroupOutcome) -> CreditRange | None:
        """The credits at home that are recognised of a group; *None* where it names none there, or no number."""
        if not any(at in self._home for at in group.home_at):
            return None
        found = []
        for at in group.home_at:
            lines = self._home.get(at, [])
            whole = any(not each.credits for each in lines)
            found.append(self._record.home[at].credits if whole else _sum_of(lines))
        known = [each for each in found if each is not None]
        return total(known) if len(known) == len(found) else None

    @staticmethod
    def _home_covers(group: GroupOutcome, by_home: CreditRange) -> bool:
        return group.replaced is not None and by_home.low >= group.replaced.high

    def _is_short(self, group: GroupOutcome, by_home: CreditRange) -> bool:
        """Whether a group that was passed as a whole is recognised in part, by its components at home alone."""
        outcomes = [self._record.components[place] for place in group.studied_at]
        is_whole = bool(outcomes) and {each.result for each in outcomes} == {Result.PASSED}
        is_told_abroad = any(place in self._abroad for place in group.studied_at)
        known = group.home_total is not None and by_home.high < group.home_total.low
        return is_whole and known and not is_told_abroad and not group.agreed_conditions


def _surest(line: Component, components: Sequence[Component]) -> tuple[Likeness, int]:
    """How surely a line names one of the components, and which; of several as sure, the same whatever their order."""
    places = sorted(range(len(components)), key=lambda place: repr(components[place]))
    best = max(places, key=lambda place: likeness(line, components[place]), default=0)
    return (likeness(line, components[best]) if places else Likeness.NONE), best


def _worth(outcome: ComponentOutcome, line: ComponentDecision) -> tuple[int, Fraction]:
    owed = NO_CREDITS if outcome.recognised is None else outcome.recognised
    stated = _sum_of([line]) if line.credits else owed
    return int(outcome.result is Result.PASSED), min(owed.high, Fraction(0) if stated is None else stated.high)


def _sum_of(lines: Iterable[ComponentDecision]) -> CreditRange | None:
    """The ECTS credits that lines of a decision recognise; *None* where one tells no number of them."""
    stated = [each.ects for each in lines]
    known = [CreditRange.exactly(each.value) for each in stated if each is not None]
    return total(known) if len(known) == len(stated) else None


@rule("recognition.components.in_full", due=Stage.FINAL_REPORT)
def agreed_and_passed_components_are_recognised_in_full(
    decisions: Decisions,
    recognition_decision: RecognitionDecision,
    full_recognition: FullRecognition,
    accepted_activities: Figure,
) -> Answer:
    """Every component that was agreed and passed is recognised in full; one that failed takes no other with it."""
    decided_components = decisions.components
    passed = [each for each in decided_components if each.result is Result.PASSED]
    if passed and not recognition_decision.components:
        return undetermined("the decision lists no component", needs=("recognition_decision",))
    # Where a condition was agreed, what is owed hangs on it, and whether it was fulfilled nobody tells here.
    short: list[Decided | DecidedAtHome] = [
        each
        for each in passed
        if each.owed is not None
        and each.recognised is not None
        and each.recognised.high < each.owed.low
        and not each.agreed_conditions
    ]
    short += decisions.short_at_home
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
    asked = [each for each in decided_components if each.asked_anew and each.result is Result.PASSED]
    beyond = [each for each in asked if not each.agreed_conditions]
    if beyond and full_recognition.required:
        return not_met(
            "more is asked for than was agreed: {conditions}",
            rests_on=(full_recognition, no_further_work),
            conditions="; ".join(f"{each.name}: {', '.join(each.asked_anew)}" for each in beyond),
        )
    if asked and full_recognition.required:
        return undetermined(
            "a condition is asked for in other words than the one agreed: {conditions}",
            needs=(),
            gaps=("whether it asks for more than was agreed, the documents do not say",),
            rests_on=(full_recognition, no_further_work),
            conditions="; ".join(
                f"{each.name}: {', '.join(each.asked_anew)} (agreed: {', '.join(each.agreed_conditions)})"
                for each in asked
            ),
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
def recognised_beyond_agreement(decisions: Decisions) -> tuple[str, ...]:
    """What is recognised and was not agreed: other components, and more credits than agreed."""
    more = [
        each.name
        for each in decisions.components
        if each.result is Result.PASSED
        and each.owed is not None
        and each.recognised is not None
        and each.recognised.low > each.owed.high
    ]
    return (*decisions.others, *more)


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
