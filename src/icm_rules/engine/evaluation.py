"""Evaluating one case: every rule answers, then what the answers amount to, and on what each of them rests.

What facts and rules give is asked of :mod:`icm_rules.engine.remembering`. All else that can be said of a case
(outcomes, values of facts on which no rule rests, citations) is found when it is asked for.
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

import attrs

from icm_rules.engine.answers import Answer, Unknown, Verdict
from icm_rules.engine.citations import Citation, Cited, Closed, Confidence
from icm_rules.engine.compiling import BLOCKING, in_the_way
from icm_rules.engine.errors import RulebookError, did_you_mean
from icm_rules.engine.facts import NO_PRESUMPTION, DerivedFact, GivenFact, Input
from icm_rules.engine.remembering import Judgement, Memory, Tables, Value
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


@attrs.define(eq=False, repr=False)
class _Open:
    """The fields of an outcome, as they are while it is made: a frozen object is slow to make."""

    judgement: Judgement
    """What the rule answered; other cases may share it."""
    evaluation: Evaluation
    worlds: tuple[Outcome, ...] = ()
    """The outcomes this one unites, where a fact is known only to be one of several values."""


@attrs.frozen(eq=False, repr=False)
class Outcome(_Open):
    """The answer of one rule for one case, with what it was given."""

    @property
    def rule(self) -> Rule:
        """The rule that was asked."""
        return self.judgement.rule

    @property
    def verdict(self) -> Verdict:
        """The verdict, where a refusal that rests on something unverified is none."""
        return self.judgement.verdict

    @property
    def answer(self) -> Answer:
        """What the rule answered."""
        return self.judgement.answer

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the given facts that would settle it."""
        return self.judgement.missing

    @property
    def gaps(self) -> tuple[str, ...]:
        """What the texts do not say, in sentences."""
        return self.judgement.gaps

    @property
    def identity(self) -> str:
        """The identity of the rule."""
        return self.judgement.rule.identity

    @property
    def sentence(self) -> str:
        """The reason in a whole sentence; empty where the rule was never asked."""
        judgement = self.judgement
        if not judgement.rule.tells:
            return judgement.sentence
        if self.worlds and self.worlds[0].answer is self.answer:
            return self.worlds[0].sentence  # all worlds say the same, see icm_rules.engine.worlds
        return self.evaluation.sentence_of(judgement)

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
        return self.evaluation.citations_of_rule(self.judgement)

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
        judgement = self.judgement
        low, high = judgement.answer.low, judgement.answer.high
        if low is None or high is None:
            return None
        amounts = judgement.amounts.get(rounding)
        if amounts is None:
            rounded = rounding.apply(low)
            amounts = judgement.amounts[rounding] = rounded, rounded if high is low else rounding.apply(high)
        return amounts

    def __repr__(self) -> str:
        """The rule, and what came of it."""
        told = f"{self.identity!r}, {self.verdict!r}, {self.answer!r}, missing={self.missing!r}, gaps={self.gaps!r}"
        return f"Outcome({told})"


# --- what is found once for a rulebook ---------------------------------------------------------------------


@attrs.frozen(eq=False)
class Plan:
    """What evaluating a case needs to know of its rulebook, and what cases have in common."""

    memory: Memory
    untold: Mapping[str, object]
    """Every given fact, not told."""
    presumable: tuple[tuple[str, int], ...]
    """The given facts of which something is presumed, and where each stands among the given facts."""
    stages_of_rules: Mapping[str, int]
    """The stage of each rule, counted from the first."""
    given: Mapping[str, int]
    """Where each given fact stands among the given facts."""
    known: Mapping[str, int]
    """Where each fact that the tables answer of every case stands in their answer."""
    places: Mapping[str, int]
    """Where what came of each rule stands."""
    deciding: tuple[tuple[int, int], ...]
    """The place and the stage of each rule that decides."""
    paying: tuple[tuple[int, str], ...]
    """The place and the identity of each rule that pays and does not merely inform."""
    telling: tuple[int, ...]
    """The place of each rule whose sentence mentions facts that it was not given."""
    rulebook: Rulebook = attrs.field(kw_only=True, repr=False)
    _places_at: dict[int, tuple[list[int], list[int]]] = attrs.field(factory=dict)
    _behind: dict[str, tuple[str, ...]] = attrs.field(factory=dict)
    _marking: list[_Marking | None] = attrs.field(factory=lambda: [None])

    def deciding_at(self, reached: int) -> tuple[list[int], list[int]]:
        """The places of the rules that decide: of those due at this stage, and of those due later."""
        if reached not in self._places_at:
            due = [place for place, stage in self.deciding if stage <= reached]
            self._places_at[reached] = due, [place for place, stage in self.deciding if stage > reached]
        return self._places_at[reached]

    def behind(self, name: str) -> tuple[str, ...]:
        """The derived facts on which the derived fact ``name``, or the rule with this identity, rests; itself too."""
        if name not in self._behind:
            rulebook = self.rulebook
            asked = [name] if name in rulebook.givers else [item.name for item in rulebook.inputs_of(name)]
            found: dict[str, None] = {}
            while asked:
                current = asked.pop()
                if current not in found and isinstance(rulebook.givers[current], DerivedFact):
                    found[current] = None
                    asked += [item.name for item in rulebook.inputs_of(current)]
            self._behind[name] = tuple(found)
        return self._behind[name]

    def marking(self) -> _Marking:
        """What finds the marks of a case; it grows with the names of which some value has had one."""
        marked = self.memory.marked
        (latest,) = self._marking
        if latest is None or latest.names is not marked:
            names = [name for name in self.known if name in marked]
            behind = [
                tuple(each for each in self.behind(rule.identity) if each in marked) for rule in self.rulebook.rules
            ]
            latest = _Marking(
                marked,
                tuple(self.known[name] for name in names),
                tuple((each_behind, tuple(map(names.index, each_behind))) for each_behind in behind),
                self.memory,
            )
            self._marking[0] = latest
        return latest


@attrs.frozen(eq=False)
class _Marking:
    """What stands for all that is cited because of the values of a case, one answer at a time."""

    names: frozenset[str]
    """The names of which some value has had a mark: all others need no looking at."""
    places: tuple[int, ...]
    """Where these stand among the names that the tables answer."""
    behind: tuple[tuple[tuple[str, ...], tuple[int, ...]], ...]
    """For each rule, those of these names that stand behind it, and their places among the marks."""
    memory: Memory

    def keys_of(self, marks: tuple[int, ...]) -> tuple[int, ...]:
        """For each rule, one number for the marks of all that stands behind it."""
        number_of = self.memory.number_of
        found = tuple([number_of((names, *[marks[place] for place in places])) for names, places in self.behind])
        self.memory.make_room()
        return self.memory.keys.setdefault(marks, found)


def plan_of(rulebook: Rulebook) -> Plan:
    """What evaluating a case needs to know of this rulebook."""
    given, stages, memory = rulebook.given, rulebook.stages, Memory(rulebook)
    stages_of_rules = {rule.identity: stages.index(rule.due) for rule in rulebook.rules}
    places = {fact.name: place for place, fact in enumerate(given)}
    return Plan(
        rulebook=rulebook,
        memory=memory,
        untold=dict.fromkeys(places),
        presumable=tuple((fact.name, places[fact.name]) for fact in given if fact.presumed is not NO_PRESUMPTION),
        stages_of_rules=stages_of_rules,
        given=places,
        known={name: place for place, name in enumerate(memory.road.needed)},
        places={rule.identity: place for place, rule in enumerate(rulebook.rules)},
        deciding=tuple(
            (place, stages_of_rules[rule.identity]) for place, rule in enumerate(rulebook.rules) if rule.decides
        ),
        paying=tuple(
            (place, rule.identity) for place, rule in enumerate(rulebook.rules) if rule.pays and not rule.informs
        ),
        telling=tuple(place for place, rule in enumerate(rulebook.rules) if rule.tells),
    )


_DUE, _NOT_MET, _UNDETERMINED = Verdict.DUE, Verdict.NOT_MET, Verdict.UNDETERMINED


# --- one case ----------------------------------------------------------------------------------------------


class Outcomes(Mapping[str, Outcome]):
    """The outcomes of a case by the identity of their rule; each is made when it is first looked at."""

    __slots__ = ("_evaluation", "_judged", "_made", "_places")

    def __init__(self, evaluation: Evaluation) -> None:
        """The outcomes of this evaluation."""
        self._evaluation = evaluation
        self._judged = evaluation.judged
        self._places = evaluation.rulebook.plan.places
        self._made: dict[str, Outcome] = {}

    def __getitem__(self, identity: str) -> Outcome:
        """The outcome of one rule."""
        made = self._made
        if identity not in made:
            found = _Open(self._judged[self._places[identity]], self._evaluation)
            found.__class__ = Outcome
            made[identity] = found  # type: ignore[assignment] # it is one now
        return made[identity]

    def __iter__(self) -> Iterator[str]:
        """The identities, in the order of the rulebook."""
        return iter(self._places)

    def __len__(self) -> int:
        """How many rules there are."""
        return len(self._places)

    def __repr__(self) -> str:
        """The outcomes, as a dictionary shows them."""
        return repr(dict(self))


@attrs.frozen(eq=False, repr=False, slots=False)
class Evaluation:
    """The outcomes of one case, by the identity of their rule."""

    rulebook: Rulebook
    stage_told: str | None
    _stage_number: int
    tables: Tables
    """What is kept of the cases that the same paragraphs answer."""
    _told: tuple[object, ...]
    """Every given fact, in the order of the rulebook; *None* where nobody told it."""
    _known: tuple[Value, ...]
    """The values that the tables answer."""
    judged: Sequence[Judgement]
    """What came of each rule, in the order of the rulebook."""

    @property
    def stage(self) -> str:
        """Where the case stands: as told, or the furthest stage its given facts belong to."""
        return self.rulebook.stages[self._stage_number]

    @property
    def paragraphs(self) -> tuple[object, ...]:
        """The provisions, in the order of the rulebook."""
        return self.tables.paragraphs

    # --- outcomes ----------------------------------------------------------------------------------------

    @property
    def outcomes(self) -> Mapping[str, Outcome]:
        """The outcome of every rule by its identity, in the order of the rulebook."""
        # Outcomes hold their case, and are not held by it: what holds each other is left to the garbage collector,
        # and that takes more time than the rules.
        return Outcomes(self)

    @property
    def paying(self) -> Iterator[Outcome]:
        """The outcomes of the rules that pay and do not merely inform, where something is due or cannot be told."""
        judged, outcomes = self.judged, self.outcomes
        for place, identity in self.rulebook.plan.paying:
            verdict = judged[place].verdict
            if verdict is _DUE or verdict is _UNDETERMINED:
                yield outcomes[identity]

    def is_due(self, outcome: Outcome) -> bool:
        """Whether the rule is due: by the stage that was told; else also whenever the given facts decide it."""
        if self.rulebook.plan.stages_of_rules[outcome.rule.identity] <= self._stage_number:
            return True
        return self.stage_told is None and outcome.verdict in {Verdict.MET, Verdict.NOT_MET}

    @property
    def overall(self) -> Overall:
        """What the requirements that are due amount to; amounts and rules that inform never decide."""
        plan, judged = self.rulebook.plan, self.judged
        due, later = plan.deciding_at(self._stage_number)
        overall = Overall.ALL_MET
        for place in due:
            verdict = judged[place].verdict
            if verdict is _NOT_MET:
                return Overall.NOT_MET
            if verdict is _UNDETERMINED:
                overall = Overall.OPEN
        if self.stage_told is None and any(judged[place].verdict is _NOT_MET for place in later):
            return Overall.NOT_MET
        return overall

    def __repr__(self) -> str:
        """The rulebook, the stage and what the answers amount to."""
        return f"<Evaluation by {self.rulebook.name}, stage {self.stage}: {self.overall}>"

    # --- values ------------------------------------------------------------------------------------------

    def value(self, name: str) -> object:
        """The value of a fact or provision; an *Unknown* where it is not known, a *Closed* where it is not in force.

        Raises:
            RulebookError: the rulebook has no such name; the message suggests the nearest.

        """
        return self._value(name).told

    def _value(self, name: str) -> Value:
        place = self.rulebook.plan.known.get(name)
        if place is not None:
            return self._known[place]
        found = self._found.get(name)
        if found is None:
            found = self._found[name] = self._find(name)
        return found

    @functools.cached_property
    def _found(self) -> dict[str, Value]:
        """The values that no rule rests on and that were asked for, by name."""
        return {}

    def _find(self, name: str) -> Value:
        plan, slots = self.rulebook.plan, self.rulebook.slots
        if name in plan.given:
            return self.tables.given(name, self._told[plan.given[name]])
        if name in self.tables.written:
            return Value(self.tables.written[name])
        if name in slots:
            return self.tables.fact(name, self._value)
        message = f"{self.rulebook.name}: {name!r} is no fact and no provision{did_you_mean(name, slots)}"
        raise RulebookError(message)

    @property
    def values(self) -> tuple[object, ...]:
        """The value of every name, in the order of the rulebook's slots."""
        return tuple(self.value(name) for name in self.rulebook.slots)

    def grounds_of(self, name: str) -> tuple[Cited, ...] | None:
        """The paragraphs or lines that a derived fact said it rests on; *None* where it said nothing."""
        return self._value(name).grounds

    def facts_of(self, rule: Rule) -> Mapping[str, object]:
        """The facts a rule was given and its conditions, by name; *None* where one is not known or not in force."""
        names = [*rule.only_if, *(item.name for item in self.rulebook.inputs_of(rule.identity)), *rule.tells]
        found = {name: self.value(name) for name in names if name not in self.rulebook.provisions}
        return MappingProxyType({name: None if value.__class__ in BLOCKING else value for name, value in found.items()})

    def sentence_of(self, judgement: Judgement) -> str:
        """The reason of a rule whose sentence mentions facts that it was not given."""
        text, places = judgement.frame or judgement.framed(self.rulebook.plan.known)
        if not places:
            return text
        known = self._known
        return text % tuple([known[place].words for place in places])

    def sentences_found(self) -> Sequence[str | None]:
        """For each rule, its reason, as far as it takes no more than putting facts into a text; else *None*."""
        judged = self.judged
        found = [judgement.sentence_told for judgement in judged]
        for place in self.rulebook.plan.telling:
            found[place] = self.sentence_of(judged[place])
        return found

    # --- presumptions ------------------------------------------------------------------------------------

    @functools.cached_property
    def presumed(self) -> tuple[str, ...]:
        """The given facts that nobody told and that were presumed."""
        told = self._told
        return tuple([name for name, place in self.rulebook.plan.presumable if told[place] is None])

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

    def citations_of_rule(self, judgement: Judgement) -> tuple[Citation, ...]:
        """Where the answer of a rule is written: what it says it rests on, in place of all paragraphs it was given.

        A paragraph that is not in force and that the rule can do without is cited only where it refuses: a refusal may
        rest on it.
        """
        key = self._keys[self.rulebook.plan.places[judgement.rule.identity]]
        found = judgement.citations.get(key)
        if found is None:
            self.tables.memory.make_room()
            found = judgement.citations[key] = tuple(dict.fromkeys(self._find_citations_of_rule(judgement)))
        return found

    def citations_found(self) -> Sequence[tuple[Citation, ...] | None]:
        """For each rule, where its answer is written, as far as another case has shown it; else *None*."""
        return [judgement.citations.get(key) for key, judgement in zip(self._keys, self.judged, strict=True)]

    def _find_citations_of_rule(self, judgement: Judgement) -> Iterator[Citation]:
        rests_on, closures = judgement.answer.rests_on, judgement.verdict is _NOT_MET
        yield from (item.citation for item in rests_on or ())
        for item in self.rulebook.inputs_of(judgement.rule.identity):
            if rests_on is None or item.name not in self.rulebook.provisions:
                yield from () if self._is_done_without(item) and not closures else self.citations_of(item.name)

    def _is_done_without(self, item: Input) -> bool:
        """Whether this is not in force, and what asks for it goes on without it: nothing is written there for it."""
        return item.optional and isinstance(self.value(item.name), Closed)

    @functools.cached_property
    def _keys(self) -> tuple[int, ...]:
        """For each rule, what stands for all that is cited because of the values of this case."""
        known, marking = self._known, self.rulebook.plan.marking()
        marks = tuple([known[place].mark for place in marking.places])
        # The tuple of another set of names is longer or shorter, so marks alone tell which names they are of.
        return marking.memory.keys.get(marks) or marking.keys_of(marks)

    def citations_of(self, name: str) -> tuple[Citation, ...]:
        """Where the value of a name is written.

        A derived fact rests on what its facts rest on, and on the paragraphs it was given; or, in their place, on the
        line it returned or on what it said it used. What is not in force and was done without is no ground.
        """
        if name in self.rulebook.provisions:
            value = self.value(name)
            return (value.citation,) if isinstance(value, Cited) else ()
        if not isinstance(self.rulebook.givers[name], DerivedFact):
            return ()
        return self._kept_citations(name)

    def _kept_citations(self, name: str) -> tuple[Citation, ...]:
        """The citations of a derived fact; they are the same wherever all behind it has the same marks."""
        key = (name, *[self._value(each).mark for each in self.rulebook.plan.behind(name)])
        found = self.tables.citations.get(key)
        if found is None:
            self.tables.memory.make_room()
            found = self.tables.citations[key] = self._find_citations(name)
        return found

    def _find_citations(self, name: str) -> tuple[Citation, ...]:
        value, used = self.value(name), self.grounds_of(name)
        if used is None and isinstance(value, Cited):
            used = (value,)
        found = [item.citation for item in used or ()]
        for item in self.rulebook.inputs_of(name):
            if (used is None or item.name not in self.rulebook.provisions) and not self._is_done_without(item):
                found += self.citations_of(item.name)
        return tuple(dict.fromkeys(found))


# --- evaluating --------------------------------------------------------------------------------------------


def evaluate(
    rulebook: Rulebook, given: Mapping[str, object], provisions: Mapping[str, Cited], stage: str | None
) -> Evaluation:
    """Answer every rule of ``rulebook`` for one case; see :meth:`Rulebook.evaluate`."""
    untold = rulebook.plan.untold
    told = {**untold, **given}
    if len(told) > len(untold):
        raise RulebookError(_no_given_fact(rulebook, given))
    return evaluate_told(rulebook, tuple(told.values()), provisions, stage)


def evaluate_told(
    rulebook: Rulebook, told: tuple[object, ...], provisions: Mapping[str, Cited], stage: str | None
) -> Evaluation:
    """The same, where ``told`` has a value for each given fact in the order of the rulebook: *None* is not told."""
    try:
        tables = rulebook.plan.memory.tables_of(provisions)
    except KeyError as error:
        message = (
            f"{rulebook.name}: the paragraph {error.args[0]!r} was not given; every paragraph is written or closed"
        )
        raise RulebookError(message) from None
    reached, known, judged = tables.answered(*told)
    if stage is not None:
        reached = _number_of(stage, rulebook)
    return Evaluation(rulebook, stage, reached, tables, told, known, judged)


def _no_given_fact(rulebook: Rulebook, given: Iterable[str]) -> str:
    known = rulebook.plan.untold
    name = next(name for name in given if name not in known)
    return f"{rulebook.name}: {name!r} is no given fact{did_you_mean(name, known)}"


def _number_of(stage: str, rulebook: Rulebook) -> int:
    if stage not in rulebook.stages:
        message = f"{rulebook.name}: there is no stage {stage!r}; the stages are {', '.join(rulebook.stages)}"
        raise RulebookError(message)
    return rulebook.stages.index(stage)
