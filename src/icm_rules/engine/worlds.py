"""Evaluating a case whose facts are partly known only to be one of several values: every world, then one answer.

Where all worlds agree, that is the answer. Where amounts differ, the amount is the range from the least to the most.
Where verdicts differ, nobody can tell yet, and the facts that would settle it are named.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import attrs

from icm_rules.engine.answers import Answer, Payment, Unknown, Verdict
from icm_rules.engine.errors import InputError
from icm_rules.engine.evaluation import Evaluation, Outcome
from icm_rules.engine.facts import GivenFact
from icm_rules.engine.remembering import Judgement, Value

if TYPE_CHECKING:
    from icm_rules.engine.citations import Citation, Cited
    from icm_rules.engine.rulebook import Rulebook

MOST_WORLDS = 256
"""More combinations than these are refused: whoever knows so little is better served by telling nothing."""

_MOST_SENTENCES = 3

_T = TypeVar("_T")

_Alike: TypeAlias = Mapping[str, Sequence[Sequence[int]]]
"""By fact, the worlds by number, in groups that differ in nothing but this fact."""


def worlds_of(possible: Mapping[str, Sequence[object]]) -> Iterator[dict[str, object]]:
    """Every combination of the possible values.

    Raises:
        InputError: a fact without any possible value, or more than :data:`MOST_WORLDS` combinations.

    """
    count = 1
    for name, values in possible.items():
        if not values:
            message = f"{name} has no possible value; name at least one, or leave the fact out"
            raise InputError(message, field=name)
        count *= len(values)
    if count > MOST_WORLDS:
        message = (
            f"the possible values make {count} combinations, and at most {MOST_WORLDS} are tried; narrow some down"
        )
        raise InputError(message)
    for values in itertools.product(*possible.values()):
        yield dict(zip(possible, values, strict=True))


def as_they_are(facts: Mapping[str, object]) -> Mapping[str, object] | None:
    """The facts of a world about which nothing else is known."""
    return facts


def evaluate_worlds(  # noqa: PLR0913 - each argument is of another kind, and most are given by name
    rulebook: Rulebook,
    given: Mapping[str, object],
    possible: Mapping[str, Sequence[object]],
    provisions: Mapping[str, Cited],
    *,
    stage: str | None = None,
    completed: Callable[[Mapping[str, object]], Mapping[str, object] | None] = as_they_are,
) -> Evaluation:
    """Answer every rule for a case whose facts in ``possible`` are one of several values each.

    ``completed`` gives all facts that are told in a world, or *None* where its facts cannot be true together; such
    worlds are left out. In the evaluation given back a value is known where all worlds agree on it, and each outcome
    is what all worlds support. A fact in ``possible`` that has bounds (dates, numbers) is told by its least and
    greatest value: amounts grow or fall steadily between them.

    Raises:
        InputError: no world can be true, a fact has no possible value, or there are too many combinations.

    """
    evaluations: list[Evaluation] = []
    numbers: list[tuple[int, ...]] = []
    every_number = itertools.product(*(range(len(values)) for values in possible.values()))
    for world, number in zip(worlds_of(possible), every_number, strict=True):
        facts = completed({**given, **world})
        if facts is not None:
            evaluations.append(rulebook.evaluate(facts, provisions, stage=stage))
            numbers.append(number)
    if not evaluations:
        message = f"no combination of the possible values of {', '.join(possible)} can be true; mend one of them"
        raise InputError(message, field=next(iter(possible), None))
    united = _in_common(tuple(evaluations), tuple(possible))
    alike = {name: _alike_but_for(place, numbers) for place, name in enumerate(possible)}
    outcomes = {
        rule.identity: _united(united, [item.outcomes[rule.identity] for item in evaluations], alike)
        for rule in rulebook.rules
    }
    put = object.__setattr__
    put(united, "_outcomes", MappingProxyType(outcomes))
    put(united, "judged", tuple(item.judgement for item in outcomes.values()))
    return united


# --- what all worlds have in common ------------------------------------------------------------------------


@attrs.frozen(eq=False, repr=False, kw_only=True, slots=False)
class _InCommon(Evaluation):
    """What holds in all worlds; a value is known where all agree on it."""

    worlds: tuple[Evaluation, ...]
    possible: tuple[str, ...]
    _outcomes: Mapping[str, Outcome] = attrs.field(factory=dict)

    @property
    def outcomes(self) -> Mapping[str, Outcome]:
        """The outcomes that those of all worlds support."""
        return self._outcomes

    @functools.cached_property
    def presumed(self) -> tuple[str, ...]:
        """The given facts that were presumed in every world."""
        return tuple(name for name in self.worlds[0].presumed if all(name in world.presumed for world in self.worlds))

    def _value(self, name: str) -> Value:
        if name not in self._found:
            self._found[name] = self._agreed(name)
        return self._found[name]

    def _agreed(self, name: str) -> Value:
        found = [world.value(name) for world in self.worlds]
        grounds = [world.grounds_of(name) for world in self.worlds]
        used = None if None in grounds else _distinct(each for some in grounds for each in some or ())
        first = found[0]
        if all(value is first or value == first for value in found):
            return Value(first, used)
        return Value(_not_known(name, self.rulebook, found, self.possible), used)

    def citations_found(self) -> Sequence[tuple[Citation, ...] | None]:
        """None: what the outcomes of worlds cite together is put together when it is asked for."""
        return [None] * len(self.judged)

    def sentences_found(self) -> Sequence[str | None]:
        """None of those that mention facts: each world may have its own."""
        return [None if judgement.rule.tells else judgement.sentence_told for judgement in self.judged]

    def _kept_citations(self, name: str) -> tuple[Citation, ...]:
        """What worlds have in common is found for these worlds alone."""
        return self._find_citations(name)


def _in_common(worlds: tuple[Evaluation, ...], possible: tuple[str, ...]) -> Evaluation:
    """The evaluation with the values on which all agree; what came of the rules is put into it later."""
    first = worlds[0]
    stages = first.rulebook.stages
    # No value is taken over: each is found when it is asked for, and looked at in every world.
    return _InCommon(
        rulebook=first.rulebook,
        stage_told=first.stage_told,
        stage_number=max(stages.index(world.stage) for world in worlds),
        tables=first.tables,
        told=(),
        known=(),
        judged=(),
        worlds=worlds,
        possible=possible,
    )


def _not_known(name: str, rulebook: Rulebook, found: list[object], possible: Iterable[str]) -> Unknown:
    """Stands for a value that differs from world to world: what would settle it is behind it."""
    behind = {name} if isinstance(rulebook.givers[name], GivenFact) else rulebook.given_behind(name)
    unknowns = [value for value in found if isinstance(value, Unknown)]
    return Unknown(
        _distinct([*(each for value in unknowns for each in value.missing), *(n for n in possible if n in behind)]),
        _distinct(gap for value in unknowns for gap in value.gaps),
    )


def _alike_but_for(place: int, numbers: list[tuple[int, ...]]) -> list[list[int]]:
    """The worlds, by where they stand in the list, in groups that differ in nothing but the value at this place."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for stands, number in enumerate(numbers):
        groups.setdefault((*number[:place], *number[place + 1 :]), []).append(stands)
    return list(groups.values())


def _distinct(items: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(items))


# --- one answer --------------------------------------------------------------------------------------------

_SATISFIED = {Verdict.MET, Verdict.NOT_APPLICABLE, Verdict.NOT_IN_FORCE}
_PAID_OR_NOT = {Verdict.DUE, Verdict.NOT_APPLICABLE, Verdict.NOT_IN_FORCE}


def _united(base: Evaluation, outcomes: list[Outcome], alike: _Alike) -> Outcome:
    """The one outcome that those of all worlds support."""
    first = outcomes[0]
    worlds = tuple(outcomes)
    if all(_says_the_same(outcome, first) for outcome in outcomes):
        return Outcome(first.judgement, base, worlds)
    verdicts = {outcome.verdict for outcome in outcomes}
    missing = _distinct([*(name for outcome in outcomes for name in outcome.missing), *_settling(outcomes, alike)])
    gaps = _distinct(gap for outcome in outcomes for gap in outcome.gaps)
    if Verdict.DUE in verdicts and verdicts <= _PAID_OR_NOT:
        answer = _range(outcomes)
        verdict, is_open = Verdict.DUE, answer.low != answer.high
    else:
        verdict = _verdict(verdicts)
        answer = _said(verdict, _any_of(outcome.sentence for outcome in outcomes))
        is_open = verdict is Verdict.UNDETERMINED
    if not is_open:
        missing, gaps = (), ()
    return Outcome(Judgement(first.rule, verdict, answer, missing, gaps), base, worlds)


def _says_the_same(one: Outcome, other: Outcome) -> bool:
    same = (one.verdict, one.answer, one.missing, one.gaps) == (other.verdict, other.answer, other.missing, other.gaps)
    return same and (not one.rule.tells or one.sentence == other.sentence)


def _verdict(verdicts: set[Verdict]) -> Verdict:
    """The one verdict on which these agree, or that nobody can tell."""
    if len(verdicts) == 1:
        return next(iter(verdicts))
    if verdicts <= _SATISFIED:
        # What does not apply in one world and is met in another stands in the way in none.
        return Verdict.MET if Verdict.MET in verdicts else Verdict.NOT_APPLICABLE
    return Verdict.UNDETERMINED


def _settling(outcomes: list[Outcome], alike: _Alike) -> tuple[str, ...]:
    """The possible facts on which the answer turns: two worlds that differ in nothing else answer differently."""
    answered = [(outcome.verdict, outcome.answer.low, outcome.answer.high) for outcome in outcomes]
    if len(set(answered)) == 1:
        return ()
    turning = (name for name, groups in alike.items() if any(len({answered[n] for n in group}) > 1 for group in groups))
    # Where some worlds cannot be true, no two of those left may differ in one fact alone.
    return tuple(turning) or tuple(alike)


def _range(outcomes: list[Outcome]) -> Answer:
    """From the least to the most that any world pays; one in which nothing is due pays none of the units of another."""
    lows = [(outcome.answer.low, outcome) for outcome in outcomes if outcome.answer.low is not None]
    highs = [(outcome.answer.high, outcome) for outcome in outcomes if outcome.answer.high is not None]
    least, at_least = min(lows, key=lambda low: low[0].exact)
    most, at_most = max(highs, key=lambda high: high[0].exact)
    unpaid = [outcome for outcome in outcomes if outcome.verdict is not Verdict.DUE]
    if unpaid:
        least, at_least = attrs.evolve(least, quantity=0), unpaid[0]
    if least.exact == most.exact:
        sentence = _any_of(outcome.sentence for outcome in outcomes)
    elif at_least is at_most:
        sentence = at_most.sentence
    else:
        sentence = f"at least: {at_least.sentence or 'nothing'}; at most: {at_most.sentence}"
    return _said(Verdict.DUE, sentence, least, most)


def _any_of(sentences: Iterable[str]) -> str:
    """The reasons of all worlds; of many, the first ones."""
    found = _distinct(sentence for sentence in sentences if sentence)
    told = "; or ".join(found[:_MOST_SENTENCES])
    return f"{told}; or otherwise" if len(found) > _MOST_SENTENCES else told


def _said(verdict: Verdict, sentence: str, low: Payment | None = None, high: Payment | None = None) -> Answer:
    return Answer(verdict, "{sentence}", {"sentence": sentence}, low=low, high=high)
