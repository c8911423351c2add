"""Evaluating one case: every rule answers, then what the answers amount to, and on what each of them rests.

Answering is done by one function written out for the rulebook, see :mod:`icm_rules.engine.compiling`. All else that can
be said of a case (outcomes, values of facts that no rule had use for, citations) is found when it is asked for.
"""

from __future__ import annotations

import enum
import functools
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

import attrs

from icm_rules.engine.answers import Answer, Unknown, Verdict
from icm_rules.engine.citations import Citation, Cited, Closed, Confidence
from icm_rules.engine.compiling import (
    BLOCKING,
    NOT_COMPUTED,
    CaseFunction,
    FactFunction,
    Judged,
    compiled_fact,
    compiled_for_cases,
    in_the_way,
)
from icm_rules.engine.errors import RulebookError, did_you_mean
from icm_rules.engine.facts import NO_PRESUMPTION, DerivedFact, GivenFact, Input
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


@attrs.define(eq=False)
class _Judgement:
    """The fields of an outcome, as they are while it is made: a frozen object is slow to make."""

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


@attrs.frozen(eq=False)
class Outcome(_Judgement):
    """The answer of one rule for one case, with what it was given."""

    @property
    def identity(self) -> str:
        """The identity of the rule."""
        return self.rule.identity

    @property
    def sentence(self) -> str:
        """The reason in a whole sentence; empty where the rule was never asked."""
        if not self.rule.tells:
            return self.answer.sentence
        if self.worlds and self.worlds[0].answer is self.answer:
            return self.worlds[0].sentence  # all worlds say the same, see icm_rules.engine.worlds
        return self.answer.sentence_with(self.evaluation.value)

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
        low, high = self.answer.low, self.answer.high
        if low is None or high is None:
            return None
        rounded = rounding.apply(low)
        return rounded, rounded if high is low else rounding.apply(high)


# --- what is found once for a rulebook ---------------------------------------------------------------------

_MOST_DOCUMENTS = 32
_MOST_GROUNDS = 4096
"""More sets of paragraphs than these, or ways to rest on one of them, are not kept in mind."""


@attrs.frozen(eq=False)
class Written:
    """The citations found so far for one set of paragraphs, by what they were asked for and what it rests on.

    The keys hold the addresses of objects in place of the objects, which are slow to compare. What an address is of
    is kept beside, so that nothing else can come to stand there.
    """

    paragraphs: tuple[object, ...]
    found: dict[tuple[object, ...], tuple[tuple[Citation, ...], object]] = attrs.field(factory=dict)


Mark: TypeAlias = tuple[tuple[object, ...], tuple[object, ...]]
"""What a derived fact rests on in place of all it was given: what stands for it in a key, and the objects themselves.
"""


@attrs.frozen(eq=False)
class Plan:
    """What evaluating a case needs to know of its rulebook, and what cases have in common."""

    case: CaseFunction
    untold: Mapping[str, object]
    """Every given fact, not told."""
    unless_told: Mapping[str, object]
    """What is presumed of each given fact, or that it is unknown."""
    presumable: tuple[str, ...]
    stages_of_facts: Mapping[str, int]
    """The stage at which each given fact is known, counted from the first."""
    stages_of_rules: Mapping[str, int]
    derived: frozenset[str]
    """The names of the derived facts."""
    paragraphs: Mapping[str, int]
    """Where each provision stands among the provisions."""
    places: Mapping[str, int]
    """Where what came of each rule stands."""
    deciding: tuple[tuple[int, int], ...]
    """The place and the stage of each rule that decides."""
    paragraphs_of: Callable[[Mapping[str, Cited]], tuple[object, ...]]
    """Picks the paragraphs, in the order of the rulebook."""
    facts: dict[str, FactFunction] = attrs.field(factory=dict)
    written: dict[tuple[int, ...], Written] = attrs.field(factory=dict)
    _rulebook: Rulebook = attrs.field(kw_only=True, repr=False)
    _places_at: dict[int, tuple[list[int], list[int]]] = attrs.field(factory=dict)
    _behind: dict[str, tuple[str, ...]] = attrs.field(factory=dict)

    def deciding_at(self, reached: int) -> tuple[list[int], list[int]]:
        """The places of the rules that decide: of those due at this stage, and of those due later."""
        if reached not in self._places_at:
            due = [place for place, stage in self.deciding if stage <= reached]
            self._places_at[reached] = due, [place for place, stage in self.deciding if stage > reached]
        return self._places_at[reached]

    @functools.cached_property
    def case_in_full(self) -> CaseFunction:
        """The function by which a case is evaluated of which everything will be read."""
        return compiled_for_cases(self._rulebook, in_full=True)

    def behind(self, name: str) -> tuple[str, ...]:
        """The derived facts on which the derived fact ``name``, or the rule with this identity, rests; itself too."""
        if name not in self._behind:
            rulebook = self._rulebook
            asked = [name] if name in rulebook.givers else [item.name for item in rulebook.inputs_of(name)]
            found: dict[str, None] = {}
            while asked:
                current = asked.pop()
                if current not in found and isinstance(rulebook.givers[current], DerivedFact):
                    found[current] = None
                    asked += [item.name for item in rulebook.inputs_of(current)]
            self._behind[name] = tuple(found)
        return self._behind[name]

    def written_in(self, paragraphs: tuple[object, ...]) -> Written:
        """The citations found so far for these paragraphs."""
        key = tuple(map(id, paragraphs))
        if key not in self.written:
            if len(self.written) >= _MOST_DOCUMENTS:
                self.written.clear()
            self.written[key] = Written(paragraphs)
        return self.written[key]


def plan_of(rulebook: Rulebook) -> Plan:
    """What evaluating a case needs to know of this rulebook."""
    given, stages = rulebook.given, rulebook.stages
    stages_of_rules = {rule.identity: stages.index(rule.due) for rule in rulebook.rules}
    return Plan(
        rulebook=rulebook,
        case=compiled_for_cases(rulebook),
        untold=dict.fromkeys(fact.name for fact in given),
        unless_told={
            fact.name: Unknown((fact.name,)) if fact.presumed is NO_PRESUMPTION else fact.presumed for fact in given
        },
        presumable=tuple(fact.name for fact in given if fact.presumed is not NO_PRESUMPTION),
        stages_of_facts={fact.name: stages.index(fact.known_at) for fact in given},
        stages_of_rules=stages_of_rules,
        derived=frozenset(fact.name for fact in rulebook.facts),
        paragraphs={name: place for place, name in enumerate(rulebook.provisions)},
        places={rule.identity: place for place, rule in enumerate(rulebook.rules)},
        paragraphs_of=_picker(tuple(rulebook.provisions)),
        deciding=tuple(
            (place, stages_of_rules[rule.identity]) for place, rule in enumerate(rulebook.rules) if rule.decides
        ),
    )


def _picker(names: tuple[str, ...]) -> Callable[[Mapping[str, Cited]], tuple[object, ...]]:
    """Picks the values of these names; :func:`operator.itemgetter` is quicker, and gives a tuple of two or more."""
    if len(names) > 1:
        return operator.itemgetter(*names)
    return lambda provisions: tuple(provisions[name] for name in names)


_NOT_MET, _UNDETERMINED = Verdict.NOT_MET, Verdict.UNDETERMINED


# --- one case ----------------------------------------------------------------------------------------------


class Outcomes(Mapping[str, Outcome]):
    """The outcomes of a case by the identity of their rule; each is made when it is first looked at."""

    __slots__ = ("_evaluation", "_made", "_places")

    def __init__(self, evaluation: Evaluation) -> None:
        """The outcomes of this evaluation."""
        self._evaluation = evaluation
        self._places = evaluation.rulebook.plan.places
        self._made: dict[str, Outcome] = {}

    def __getitem__(self, identity: str) -> Outcome:
        """The outcome of one rule."""
        found = self._made.get(identity)
        if found is not None:
            return found
        evaluation, place = self._evaluation, self._places[identity]
        verdict, answer, missing, gaps = evaluation.judged[place]
        made = _Judgement(evaluation.rulebook.rules[place], verdict, answer, missing, gaps, evaluation)
        made.__class__ = Outcome
        self._made[identity] = made  # type: ignore[assignment] # it is one now
        return made  # type: ignore[return-value]

    def __iter__(self) -> Iterator[str]:
        """The identities, in the order of the rulebook."""
        return iter(self._places)

    def __len__(self) -> int:
        """How many rules there are."""
        return len(self._places)

    def __repr__(self) -> str:
        """The outcomes, as a dictionary shows them."""
        return repr(dict(self))


@attrs.frozen(eq=False, repr=False)
class Evaluation:
    """The outcomes of one case, by the identity of their rule."""

    rulebook: Rulebook
    judged: Sequence[Judged]
    """What came of each rule, in the order of the rulebook."""
    presumed: tuple[str, ...]
    """The given facts that nobody told and that were presumed."""
    stage_told: str | None
    stage: str
    """Where the case stands: as told, or the furthest stage its given facts belong to."""
    _told: Mapping[str, object]
    """Every given fact; *None* where nobody told it."""
    paragraphs: tuple[object, ...]
    """The provisions, in the order of the rulebook."""
    _computed: tuple[object, ...] = ()
    """The derived facts as far as rules had use for them."""
    _grounds: dict[str, tuple[Cited, ...]] = attrs.field(factory=dict)

    # --- outcomes ----------------------------------------------------------------------------------------

    @functools.cached_property
    def outcomes(self) -> Mapping[str, Outcome]:
        """The outcome of every rule by its identity, in the order of the rulebook."""
        return Outcomes(self)

    def is_due(self, outcome: Outcome) -> bool:
        """Whether the rule is due: by the stage that was told; else also whenever the given facts decide it."""
        if self.rulebook.plan.stages_of_rules[outcome.rule.identity] <= self._stage_number:
            return True
        return self.stage_told is None and outcome.verdict in {Verdict.MET, Verdict.NOT_MET}

    @functools.cached_property
    def _stage_number(self) -> int:
        return self.rulebook.stages.index(self.stage)

    @property
    def overall(self) -> Overall:
        """What the requirements that are due amount to; amounts and rules that inform never decide."""
        plan, judged = self.rulebook.plan, self.judged
        due, later = plan.deciding_at(self._stage_number)
        overall = Overall.ALL_MET
        for place in due:
            verdict = judged[place][0]
            if verdict is _NOT_MET:
                return Overall.NOT_MET
            if verdict is _UNDETERMINED:
                overall = Overall.OPEN
        if self.stage_told is None and any(judged[place][0] is _NOT_MET for place in later):
            return Overall.NOT_MET
        return overall

    def __repr__(self) -> str:
        """The rulebook, the stage and what the answers amount to."""
        return f"<Evaluation by {self.rulebook.name}, stage {self.stage}: {self.overall}>"

    # --- values ------------------------------------------------------------------------------------------

    @functools.cached_property
    def _found(self) -> dict[str, object]:
        """The values that were found, by name; what rules had no use for may stand there as not computed."""
        return dict(zip(self.rulebook.plan.case.facts, self._computed, strict=False))

    def value(self, name: str) -> object:
        """The value of a fact or provision; an *Unknown* where it is not known, a *Closed* where it is not in force.

        Raises:
            RulebookError: the rulebook has no such name; the message suggests the nearest.

        """
        found = self._found.get(name, NOT_COMPUTED)
        if found is NOT_COMPUTED:
            found = self._found[name] = self._find(name)
        return found

    def _find(self, name: str) -> object:
        plan, slots = self.rulebook.plan, self.rulebook.slots
        if name in self._told:
            value = self._told[name]
            return plan.unless_told[name] if value is None else value
        if name in plan.paragraphs:
            return self.paragraphs[plan.paragraphs[name]]
        if name in slots:
            return self._compute(name)
        message = f"{self.rulebook.name}: {name!r} is no fact and no provision{did_you_mean(name, slots)}"
        raise RulebookError(message)

    def _compute(self, name: str) -> object:
        """The value of a derived fact that no rule had use for."""
        functions = self.rulebook.plan.facts
        if name not in functions:
            functions[name] = compiled_fact(self.rulebook, name)
        inputs = [self.value(each) for each in functions[name].inputs]
        (value,) = functions[name].function(self._grounds, *inputs)
        return value

    @property
    def values(self) -> tuple[object, ...]:
        """The value of every name, in the order of the rulebook's slots."""
        return tuple(self.value(name) for name in self.rulebook.slots)

    def grounds_of(self, name: str) -> tuple[Cited, ...] | None:
        """The paragraphs or lines that a derived fact said it rests on; *None* where it said nothing."""
        self.value(name)
        return self._grounds.get(name)

    def facts_of(self, rule: Rule) -> Mapping[str, object]:
        """The facts a rule was given and its conditions, by name; *None* where one is not known or not in force."""
        names = [*rule.only_if, *(item.name for item in self.rulebook.inputs_of(rule.identity)), *rule.tells]
        found = {name: self.value(name) for name in names if name not in self.rulebook.provisions}
        return MappingProxyType({name: None if value.__class__ in BLOCKING else value for name, value in found.items()})

    # --- presumptions ------------------------------------------------------------------------------------

    def presumed_against(self, rule: Rule) -> tuple[str, ...]:
        """The presumptions that alone keep a rule from being asked; none where it would not apply without them either.

        These stand behind conditions that are false.
        """
        false = [name for name in rule.only_if if self.value(name) is False]
        behind = [self._presumed_behind(name) for name in false]
        if not false or not all(behind):
            return ()
        inputs = self.rulebook.inputs_of(rule.identity)
        values = [self.value(item.name) for item in inputs]
        blocks = [value if isinstance(value, (Unknown, Closed)) else None for value in values]
        block = in_the_way(*(block for block, item in zip(blocks, inputs, strict=True) if not item.optional))
        arguments = [value if block is None else None for value, block in zip(values, blocks, strict=True)]
        if isinstance(block, Closed) or (block is None and rule.function(*arguments).verdict is Verdict.NOT_APPLICABLE):
            return ()
        return tuple(name for name in self.presumed if any(name in names for names in behind))

    def _presumed_behind(self, name: str) -> frozenset[str]:
        given = isinstance(self.rulebook.givers[name], GivenFact)
        return (frozenset({name}) if given else self.rulebook.given_behind(name)).intersection(self.presumed)

    # --- citations ---------------------------------------------------------------------------------------

    def citations_of_rule(
        self, rule: Rule, rests_on: tuple[Cited, ...] | None, *, closures: bool = False
    ) -> tuple[Citation, ...]:
        """Where the answer of a rule is written: what it says it rests on, in place of all paragraphs it was given.

        A paragraph that is not in force and that the rule can do without is cited only if ``closures`` are asked for:
        a refusal may rest on it.
        """

        def find() -> Iterator[Citation]:
            yield from (item.citation for item in rests_on or ())
            for item in self.rulebook.inputs_of(rule.identity):
                if rests_on is None or item.name not in self.rulebook.provisions:
                    yield from () if self._is_done_without(item) and not closures else self.citations_of(item.name)

        said = None if rests_on is None else tuple(map(id, rests_on))
        return self._kept_in_mind(rule.identity, (closures, said), rests_on, find)

    def _is_done_without(self, item: Input) -> bool:
        """Whether this is not in force, and what asks for it goes on without it: nothing is written there for it."""
        return item.optional and isinstance(self.value(item.name), Closed)

    def citations_of(self, name: str) -> tuple[Citation, ...]:
        """Where the value of a name is written.

        A derived fact rests on what its facts rest on, and on the paragraphs it was given; or, in their place, on the
        line it returned or on what it said it used. What is not in force and was done without is no ground.
        """
        value = self.value(name)
        if name in self.rulebook.provisions:
            return (value.citation,) if isinstance(value, Cited) else ()
        if not isinstance(self.rulebook.givers[name], DerivedFact):
            return ()
        used = self.grounds_of(name)
        if used is None and isinstance(value, Cited):
            used = (value,)

        def find() -> Iterator[Citation]:
            yield from (item.citation for item in used or ())
            for item in self.rulebook.inputs_of(name):
                if (used is None or item.name not in self.rulebook.provisions) and not self._is_done_without(item):
                    yield from self.citations_of(item.name)

        return self._kept_in_mind(name, (), None, find)

    def _kept_in_mind(
        self, name: str, how: tuple[object, ...], said: object, find: Callable[[], Iterable[Citation]]
    ) -> tuple[Citation, ...]:
        """What ``find`` gives, each citation once, or what it gave where everything behind ``name`` was the same."""
        marked, not_looked_at = self._marks
        behind = self.rulebook.plan.behind(name)
        if not not_looked_at.isdisjoint(behind):
            for each in not_looked_at.intersection(behind):
                self._look_at(each)
        marks = [marked[each] for each in behind if each in marked]
        key = (name, how, *[mark[0] for mark in marks])
        found = self._written.found.get(key)
        if found is None:
            found = (tuple(dict.fromkeys(find())), (said, marks))
            if len(self._written.found) >= _MOST_GROUNDS:
                self._written.found.clear()
            self._written.found[key] = found
        return found[0]

    @functools.cached_property
    def _written(self) -> Written:
        return self.rulebook.plan.written_in(self.paragraphs)

    @functools.cached_property
    def _marks(self) -> tuple[dict[str, Mark], set[str]]:
        """The marks of derived facts, and the facts that were not looked at for one."""
        grounds = self._grounds
        computed = dict(zip(self.rulebook.plan.case.facts, self._computed, strict=False))
        not_looked_at = set(self.rulebook.plan.derived - computed.keys())
        not_looked_at.update([name for name, value in computed.items() if value is NOT_COMPUTED])
        cited = [name for name, value in computed.items() if isinstance(value, Cited)]
        # What was found since then rests on its own grounds, and is looked at when it is asked for.
        marked = {
            name: _mark(name, computed[name], grounds.get(name))
            for name in (*grounds, *cited)
            if name not in not_looked_at
        }
        return marked, not_looked_at

    def _look_at(self, name: str) -> None:
        value, used = self.value(name), self.grounds_of(name)
        marked, not_looked_at = self._marks
        not_looked_at.discard(name)
        if isinstance(value, Cited) or used is not None:
            marked[name] = _mark(name, value, used)


def _mark(name: str, value: object, used: tuple[Cited, ...] | None) -> Mark:
    """What this fact rests on; a value that is no ground is left out, since every case makes it anew."""
    held = (value, *(used or ())) if isinstance(value, Cited) else used or ()
    return (name, used is None, *map(id, held)), held


# --- evaluating --------------------------------------------------------------------------------------------


def evaluate(
    rulebook: Rulebook,
    given: Mapping[str, object],
    provisions: Mapping[str, Cited],
    stage: str | None,
    *,
    in_full: bool = False,
) -> Evaluation:
    """Answer every rule of ``rulebook`` for one case; see :meth:`Rulebook.evaluate`."""
    plan = rulebook.plan
    told = {**plan.untold, **given}
    if len(told) > len(plan.untold):
        raise RulebookError(_no_given_fact(rulebook, given))
    try:
        paragraphs = plan.paragraphs_of(provisions)
    except KeyError as error:
        message = (
            f"{rulebook.name}: the paragraph {error.args[0]!r} was not given; every paragraph is written or closed"
        )
        raise RulebookError(message) from None
    reached = _stage_reached(rulebook, given) if stage is None else _stage_told(rulebook, stage)
    grounds: dict[str, tuple[Cited, ...]] = {}
    case = plan.case_in_full if in_full else plan.case
    answered = case.function(grounds, *told.values(), *paragraphs)
    number = len(case.facts)
    presumed = tuple([name for name in plan.presumable if told[name] is None])
    return Evaluation(
        rulebook, answered[number:], presumed, stage, reached, told, paragraphs, answered[:number], grounds
    )


def _no_given_fact(rulebook: Rulebook, given: Iterable[str]) -> str:
    known = rulebook.plan.untold
    name = next(name for name in given if name not in known)
    return f"{rulebook.name}: {name!r} is no given fact{did_you_mean(name, known)}"


def _stage_told(rulebook: Rulebook, stage: str) -> str:
    if stage not in rulebook.stages:
        message = f"{rulebook.name}: there is no stage {stage!r}; the stages are {', '.join(rulebook.stages)}"
        raise RulebookError(message)
    return stage


def _stage_reached(rulebook: Rulebook, given: Mapping[str, object]) -> str:
    """The furthest stage to which a fact belongs that is told."""
    stages = rulebook.plan.stages_of_facts
    return rulebook.stages[max([stages[name] for name, value in given.items() if value is not None], default=0)]
