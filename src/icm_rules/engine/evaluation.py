"""Evaluating one case: derived facts in their order, then every rule, then what the answers amount to."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

import attrs

from icm_rules.engine.answers import Answer, Based, Unknown, Verdict
from icm_rules.engine.citations import Citation, Cited, Closed, Confidence
from icm_rules.engine.errors import RulebookError, did_you_mean
from icm_rules.engine.facts import GivenFact, Input
from icm_rules.engine.rounding import USUAL, Rounding
from icm_rules.engine.rules import Rule

if TYPE_CHECKING:
    from icm_rules.engine.rulebook import Rulebook


class Overall(enum.StrEnum):
    """What the requirements that are due amount to."""

    ALL_MET = "all met"
    NOT_MET = "not met"
    """At least one requirement that is due is not met."""
    OPEN = "open"
    """None is refused, but at least one cannot be told yet."""


@attrs.frozen
class Step:
    """Computing one derived fact: the function, where its arguments stand, where its value goes."""

    function: Callable[..., object]
    places: tuple[tuple[int, bool], ...]
    """Slot and whether the argument may be unknown."""
    slot: int


@attrs.frozen
class RuleStep:
    """Answering one rule: the slots of its conditions and of its arguments."""

    rule: Rule
    conditions: tuple[int, ...]
    places: tuple[tuple[int, bool], ...]


@attrs.frozen
class OneOf:
    """Stands in place of a value that is known only to be one of these; *None* among them is *not known*."""

    values: tuple[object, ...]


def _one_of(values: Sequence[object]) -> object:
    """The value on which all agree, or those it may be."""
    different: list[object] = []
    for value in values:
        if value not in different:
            different.append(value)
    return different[0] if len(different) == 1 else OneOf(tuple(different))


@attrs.frozen(eq=False)
class Outcome:
    """The answer of one rule for one case, with what it was given."""

    rule: Rule
    verdict: Verdict
    answer: Answer
    missing: tuple[str, ...]
    """Names of the given facts that would settle it."""
    gaps: tuple[str, ...]
    """What the texts do not say, in sentences."""
    evaluation: Evaluation = attrs.field(repr=False)
    worlds: tuple[Outcome, ...] = attrs.field(default=(), repr=False)
    """The outcomes this one unites, where a fact is known only to be one of several values."""

    @property
    def identity(self) -> str:
        """The identity of the rule."""
        return self.rule.identity

    @property
    def sentence(self) -> str:
        """The reason in a whole sentence; empty where the rule was never asked."""
        return self.answer.sentence

    @property
    def facts(self) -> Mapping[str, object]:
        """The facts the rule was given and its conditions, by name; *None* where one is not known.

        A fact that differs from world to world is a :class:`OneOf`.
        """
        if not self.worlds:
            return self.evaluation.facts_of(self.rule)
        told = [outcome.facts for outcome in self.worlds]
        return MappingProxyType({name: _one_of([facts[name] for facts in told]) for name in told[0]})

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Where the answer is written: what the rule was given, and what its facts were derived from."""
        if self.worlds:
            return tuple(dict.fromkeys(citation for outcome in self.worlds for citation in outcome.citations))
        is_refusal = self.verdict is Verdict.NOT_MET
        return self.evaluation.citations_of_rule(self.rule, self.answer.rests_on, closures=is_refusal)

    @property
    def confidence(self) -> Confidence:
        """The weakest confidence among the citations; *official* where the answer rests on no text."""
        return min((citation.confidence for citation in self.citations), default=Confidence.OFFICIAL)

    @property
    def is_held_back(self) -> bool:
        """Whether the rule refuses, and only the lack of a text that was seen keeps the refusal from standing."""
        answers = [outcome.answer for outcome in self.worlds] or [self.answer]
        return self.verdict is Verdict.UNDETERMINED and all(answer.verdict is Verdict.NOT_MET for answer in answers)

    @property
    def assumptions(self) -> tuple[str, ...]:
        """The given facts that nobody told and that were presumed."""
        behind = self.evaluation.rulebook.given_behind(self.rule.identity)
        return tuple(name for name in self.evaluation.presumed if name in behind)

    def amounts(self, rounding: Rounding = USUAL) -> tuple[Decimal, Decimal] | None:
        """The amount due from and to, rounded by the policy; *None* where none is due."""
        if self.answer.low is None or self.answer.high is None:
            return None
        return rounding.apply(self.answer.low), rounding.apply(self.answer.high)


@attrs.frozen(eq=False)
class Evaluation:
    """The outcomes of one case, by the identity of their rule."""

    rulebook: Rulebook = attrs.field(repr=False)
    values: tuple[object, ...] = attrs.field(repr=False)
    """The value of every name, in the order of the rulebook's slots; unknown ones are *Unknown*."""
    narrowed: Mapping[int, tuple[Cited, ...]] = attrs.field(repr=False)
    presumed: tuple[str, ...]
    """The given facts that nobody told and that were presumed."""
    stage_told: str | None
    stage: str
    """Where the case stands: as told, or the furthest stage its given facts belong to."""
    outcomes: Mapping[str, Outcome] = attrs.field(init=False)
    _citations: dict[str, tuple[Citation, ...]] = attrs.field(init=False, factory=dict, repr=False)

    def value(self, name: str) -> object:
        """The value of a fact or provision; an *Unknown* where it is not known, a *Closed* where it is not in force.

        Raises:
            RulebookError: the rulebook has no such name; the message suggests the nearest.

        """
        if name not in self.rulebook.slots:
            nearest = did_you_mean(name, self.rulebook.slots)
            message = f"{self.rulebook.name}: {name!r} is no fact and no provision{nearest}"
            raise RulebookError(message)
        return self.values[self.rulebook.slots[name]]

    def is_due(self, outcome: Outcome) -> bool:
        """Whether the rule is due: by the stage that was told; else also whenever the given facts decide it."""
        stages = self.rulebook.stages
        if stages.index(outcome.rule.due) <= stages.index(self.stage):
            return True
        return self.stage_told is None and outcome.verdict in {Verdict.MET, Verdict.NOT_MET}

    @property
    def overall(self) -> Overall:
        """What the requirements that are due amount to; amounts and rules that inform never decide."""
        verdicts = {
            outcome.verdict for outcome in self.outcomes.values() if outcome.rule.decides and self.is_due(outcome)
        }
        if Verdict.NOT_MET in verdicts:
            return Overall.NOT_MET
        return Overall.OPEN if Verdict.UNDETERMINED in verdicts else Overall.ALL_MET

    def facts_of(self, rule: Rule) -> Mapping[str, object]:
        """The facts a rule was given and its conditions, by name; *None* where one is not known or not in force."""
        names = [*rule.only_if, *(item.name for item in self.rulebook.inputs_of(rule.identity))]
        found = {name: self.value(name) for name in names if name not in self.rulebook.provisions}
        return MappingProxyType(
            {name: None if isinstance(value, (Unknown, Closed)) else value for name, value in found.items()}
        )

    def presumed_against(self, rule: Rule) -> tuple[str, ...]:
        """The presumptions that alone keep a rule from being asked; none where it would not apply without them either.

        These stand behind conditions that are false.
        """
        false = [name for name in rule.only_if if self.value(name) is False]
        behind = [self._presumed_behind(name) for name in false]
        if not false or not all(behind):
            return ()
        step = next(step for step in self.rulebook.rule_steps if step.rule is rule)
        arguments, closed, blocked, _ = _gathered(step.places, self.values)
        if closed or (not blocked and rule.function(*arguments).verdict is Verdict.NOT_APPLICABLE):
            return ()
        return tuple(name for name in self.presumed if any(name in names for names in behind))

    def _presumed_behind(self, name: str) -> frozenset[str]:
        given = isinstance(self.rulebook.givers[name], GivenFact)
        return (frozenset({name}) if given else self.rulebook.given_behind(name)).intersection(self.presumed)

    def citations_of_rule(
        self, rule: Rule, rests_on: tuple[Cited, ...] | None, *, closures: bool = False
    ) -> tuple[Citation, ...]:
        """Where the answer of a rule is written: what it says it rests on, in place of all paragraphs it was given.

        A paragraph that is not in force and that the rule can do without is cited only if ``closures`` are asked for:
        a refusal may rest on it.
        """
        found = [item.citation for item in rests_on or ()]
        for item in self.rulebook.inputs_of(rule.identity):
            if rests_on is None or item.name not in self.rulebook.provisions:
                found += () if self._is_done_without(item) and not closures else self.citations_of(item.name)
        return tuple(dict.fromkeys(found))

    def _is_done_without(self, item: Input) -> bool:
        """Whether this is not in force, and what asks for it goes on without it: nothing is written there for it."""
        return item.optional and isinstance(self.value(item.name), Closed)

    def citations_of(self, name: str) -> tuple[Citation, ...]:
        """Where the value of a name is written.

        A derived fact rests on what its facts rest on, and on the paragraphs it was given; or, in their place, on the
        line it returned or on what it said it used. What is not in force and was done without is no ground.
        """
        if name not in self._citations:
            self._citations[name] = self._find_citations(name)
        return self._citations[name]

    def _find_citations(self, name: str) -> tuple[Citation, ...]:
        value = self.value(name)
        if name in self.rulebook.provisions:
            return (value.citation,) if isinstance(value, Cited) else ()
        if isinstance(self.rulebook.givers[name], GivenFact):
            return ()
        found: list[Citation] = []
        slot = self.rulebook.slots[name]
        used = self.narrowed.get(slot)
        if used is None and isinstance(value, Cited):
            used = (value,)
        found += [item.citation for item in used or ()]
        for item in self.rulebook.inputs_of(name):
            if (used is None or item.name not in self.rulebook.provisions) and not self._is_done_without(item):
                found += self.citations_of(item.name)
        return tuple(dict.fromkeys(found))


def evaluate(
    rulebook: Rulebook, given: Mapping[str, object], provisions: Mapping[str, Cited], stage: str | None
) -> Evaluation:
    """Answer every rule of ``rulebook`` for one case; see :meth:`Rulebook.evaluate`."""
    slots, givers = rulebook.slots, rulebook.givers
    values = list(rulebook.blank)
    known: set[str] = set()
    for name, value in given.items():
        if not isinstance(givers.get(name), GivenFact):
            nearest = did_you_mean(name, [fact.name for fact in rulebook.given])
            message = f"{rulebook.name}: {name!r} is no given fact{nearest}"
            raise RulebookError(message)
        if value is not None:
            values[slots[name]] = value
            known.add(name)
    presumed = []
    for slot, value in rulebook.presumptions:
        if rulebook.given[slot].name not in known:
            values[slot] = value
            presumed.append(rulebook.given[slot].name)
    for slot, name in enumerate(rulebook.provisions, start=len(rulebook.given)):
        try:
            values[slot] = provisions[name]
        except KeyError:
            message = f"{rulebook.name}: the paragraph {name!r} was not given; every paragraph is written or closed"
            raise RulebookError(message) from None
    narrowed: dict[int, tuple[Cited, ...]] = {}
    for step in rulebook.steps:
        value = _compute(step, values)
        if isinstance(value, Based):
            narrowed[step.slot] = value.on
            value = value.value
        values[step.slot] = value
    evaluation = Evaluation(
        rulebook, tuple(values), narrowed, tuple(presumed), stage, _stage_reached(rulebook, known, stage)
    )
    outcomes = {step.rule.identity: _answer(step, evaluation) for step in rulebook.rule_steps}
    object.__setattr__(evaluation, "outcomes", MappingProxyType(outcomes))
    return evaluation


def _stage_reached(rulebook: Rulebook, known: set[str], stage: str | None) -> str:
    if stage is not None:
        if stage not in rulebook.stages:
            message = f"{rulebook.name}: there is no stage {stage!r}; the stages are {', '.join(rulebook.stages)}"
            raise RulebookError(message)
        return stage
    reached = [rulebook.stages.index(fact.known_at) for fact in rulebook.given if fact.name in known]
    return rulebook.stages[max(reached, default=0)]


def _gathered(
    places: Iterable[tuple[int, bool]], values: Sequence[object]
) -> tuple[list[object], Closed | None, Unknown | None, Unknown]:
    """The arguments at these places, and what keeps the function from being called, if anything does.

    These are: the first closed paragraph, what is unknown and may not be, and what is unknown and may be.
    """
    arguments: list[object] = []
    closed: Closed | None = None
    blocked: Unknown | None = None
    tolerated = _NOTHING
    for slot, optional in places:
        value = values[slot]
        if isinstance(value, _BLOCKING):
            if isinstance(value, Closed):
                if closed is None and not optional:
                    closed = value
            elif optional:
                tolerated = value if tolerated is _NOTHING else _joined(tolerated, value)
            else:
                blocked = value if blocked is None else _joined(blocked, value)
            value = None
        arguments.append(value)
    return arguments, closed, blocked, tolerated


_BLOCKING = (Unknown, Closed)


def _compute(step: Step, values: Sequence[object]) -> object:
    arguments, closed, blocked, _ = _gathered(step.places, values)
    return closed or blocked or step.function(*arguments)


def _joined(first: Unknown, second: Unknown) -> Unknown:
    return Unknown(_united(first.missing, second.missing), _united(first.gaps, second.gaps))


def _united(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(first + second))


_NOT_ASKED = Answer(Verdict.NOT_APPLICABLE)
_NOT_IN_FORCE = Answer(Verdict.NOT_IN_FORCE)
_CANNOT_TELL = Answer(Verdict.UNDETERMINED)
_NOTHING = Unknown()


def _answer(step: RuleStep, evaluation: Evaluation) -> Outcome:
    rule, values = step.rule, evaluation.values
    for slot in step.conditions:
        if values[slot] is False:
            return Outcome(rule, Verdict.NOT_APPLICABLE, _NOT_ASKED, (), (), evaluation)
    _, condition_closed, condition_blocked, _ = _gathered([(slot, False) for slot in step.conditions], values)
    arguments, closed, blocked, tolerated = _gathered(step.places, values)
    if condition_closed or closed:
        return Outcome(rule, Verdict.NOT_IN_FORCE, _NOT_IN_FORCE, (), (), evaluation)
    # While a condition is unknown only the condition is asked for: what follows it may never be needed.
    lacking = condition_blocked or blocked
    if lacking:
        return Outcome(rule, Verdict.UNDETERMINED, _CANNOT_TELL, lacking.missing, lacking.gaps, evaluation)
    return _weighed(step, rule.function(*arguments), tolerated, evaluation)


def _weighed(step: RuleStep, answer: Answer, tolerated: Unknown, evaluation: Evaluation) -> Outcome:
    """The outcome of a rule that was asked; ``tolerated`` is what it was not given and did not insist on."""
    verdict = answer.verdict
    missing: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    if verdict is Verdict.NOT_MET:
        gaps = _unverified_grounds(step, answer, evaluation)
        if gaps:
            # Nobody can tell whether the refusal holds, and what it rests on is named.
            verdict = Verdict.UNDETERMINED
    elif verdict is Verdict.UNDETERMINED or (verdict is Verdict.DUE and answer.low != answer.high):
        missing = tolerated.missing if answer.needs is None else answer.needs
        gaps = _united(tolerated.gaps, answer.gaps)
    return Outcome(step.rule, verdict, answer, missing, gaps, evaluation)


def _unverified_grounds(step: RuleStep, answer: Answer, evaluation: Evaluation) -> tuple[str, ...]:
    """What a refusal rests on and is unverified, a sentence each; a paragraph that is closed counts as well."""
    given = (evaluation.values[slot] for slot, _ in step.places)
    grounds = given if answer.rests_on is None else answer.rests_on
    citations = dict.fromkeys(item.citation for item in grounds if isinstance(item, Cited))
    return tuple(_unverified(item) for item in citations if item.confidence is Confidence.UNVERIFIED)


def _unverified(ground: Citation) -> str:
    line = f" ({ground.line})" if ground.line else ""
    why = "which is unverified" if ground.sources else "which no text was seen to show"
    return f"the refusal rests on the {ground.paragraph.replace('_', ' ')}{line} of the {ground.document}, {why}"
