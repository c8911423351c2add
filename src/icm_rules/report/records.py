"""What a report holds: plain values that survive JSON both ways."""

from __future__ import annotations

import copy
import enum
import functools
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import attrs

from icm_rules.engine.answers import Verdict, in_words
from icm_rules.engine.citations import Citation, Cited, Confidence
from icm_rules.engine.errors import InputError
from icm_rules.engine.evaluation import Evaluation, OneOf, Outcome, Overall
from icm_rules.engine.facts import DerivedFact, GivenFact
from icm_rules.engine.rounding import USUAL, Rounding
from icm_rules.engine.unfolding import Finders, Open, Unfolding
from icm_rules.model.grant import Grant, grant_of
from icm_rules.model.terms import with_article

if TYPE_CHECKING:
    import cattrs

    from icm_rules.report.layout import Document

FORMAT = 1
"""The version of the dictionary a report becomes; it rises when a reader of the old one would misread the new one."""


class OverallAnswer(enum.StrEnum):
    """What the requirements that are due amount to."""

    ELIGIBLE = "eligible"
    """All of them are met."""
    NOT_ELIGIBLE = "not eligible"
    """At least one is not met."""
    CANNOT_TELL_YET = "cannot tell yet"
    """None is refused, but at least one cannot be told."""


_OVERALL = {
    Overall.ALL_MET: OverallAnswer.ELIGIBLE,
    Overall.NOT_MET: OverallAnswer.NOT_ELIGIBLE,
    Overall.OPEN: OverallAnswer.CANNOT_TELL_YET,
}


def _frozen(mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(mapping))


def _tuple(items: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(items)


@attrs.frozen(kw_only=True, slots=False)
class OutcomeReport(Unfolding):
    """The answer of one rule."""

    identity: str
    statement: str
    """The sentence that is true when the rule is met."""
    verdict: Verdict
    sentence: str
    """The reason, in a whole sentence; empty where the rule was never asked."""
    stage: str
    """The stage at which the rule is due."""
    is_due: bool
    """Whether the rule is due where the mobility stands."""
    informs: bool
    """Whether the rule only informs: it never decides the overall answer."""
    pays: bool
    """Whether the rule answers with an amount."""
    facts: Mapping[str, Any] = attrs.field(converter=_frozen)
    """What the rule was given, by name, as plain values; *None* where it is not known. Of what is known only to be one
    of several values ``{"from": ..., "to": ...}`` or ``{"one_of": [...]}``."""
    missing: tuple[str, ...] = ()
    """Names of the given facts that would settle it."""
    gaps: tuple[str, ...] = ()
    """What the texts do not say, in sentences."""
    is_held_back: bool = False
    """Whether the rule refuses, and stays undetermined only since the refusal rests on something unverified."""
    citations: tuple[Citation, ...] = ()
    confidence: Confidence = Confidence.OFFICIAL
    """The weakest confidence among the citations."""
    assumptions: tuple[str, ...] = ()
    """Names of the given facts that nobody told and that were presumed."""
    low: Decimal | None = None
    """The amount due, or its lower end, rounded [EUR]."""
    high: Decimal | None = None
    """The amount due, or its upper end, rounded [EUR]."""

    @property
    def decides(self) -> bool:
        """Whether the rule takes part in the overall answer."""
        return not (self.informs or self.pays)

    @property
    def is_open(self) -> bool:
        """Whether something is left to settle: the answer itself, or which amount of a range is due."""
        return self.verdict is Verdict.UNDETERMINED or self.low != self.high


@attrs.frozen(kw_only=True)
class MissingFact:
    """A given fact that nobody told, and the answers it would settle, or help to settle."""

    name: str
    question: str
    unit: str | None
    settles: tuple[str, ...]
    """Identities of the rules; those that are due stand first."""
    settles_due: int
    """How many of them are due."""


@attrs.frozen(kw_only=True)
class Assumption:
    """A given fact that nobody told, and the value presumed in its place."""

    name: str
    value: Any
    sentence: str


@attrs.frozen(kw_only=True)
class Words:
    """The words of the Guide for the action and the two sides."""

    action: str
    programme_country: str
    programme_countries: str
    partner_country: str
    partner_countries: str

    @classmethod
    def of(cls, terminology: object) -> Self:
        """The words that a Guide's paragraph on terminology holds, under the names they have here."""
        return cls(**{field.name: getattr(terminology, field.name) for field in attrs.fields(cls)})


@attrs.frozen(kw_only=True, slots=False)
class Heading(Unfolding):
    """Which mobility or document a report speaks of, and by which Guide it was answered."""

    call: int
    guide_title: str
    words: Words
    subject: str = "mobility"
    """What the report speaks of: a ``mobility``, an ``agreement``, an ``application`` or an ``assessment``."""
    about: tuple[str, ...] = attrs.field(default=(), converter=_tuple)
    """What the report speaks of in words, a line each; of a mobility the fields below say it."""
    reference: str | None = None
    activity: str | None = None
    direction: str | None = None
    sending: str | None = None
    """The sending side in words."""
    receiving: str | None = None
    """The receiving side in words."""
    possible: Mapping[str, Any] = attrs.field(factory=dict, converter=_frozen)
    """The facts known only to be one of several values, by name, as plain values: ``{"from": ..., "to": ...}`` of dates
    and numbers, ``{"one_of": [...]}`` of others."""


@attrs.frozen(kw_only=True, repr=False, slots=False)
class Report(Heading):
    """Everything that can be said of one mobility: the overall answer, the outcomes, the grant, what is missing.

    It renders as text (also ``print(report)``), Markdown and HTML (a notebook shows it by itself), and becomes a plain
    dictionary that JSON can hold. Two reports are equal when they say the same.
    """

    stage: str
    """Where the mobility stands: as told, or the furthest stage its facts belong to."""
    stage_told: bool
    stages: tuple[str, ...]
    """Every stage, in the order in which a mobility meets them."""
    overall: OverallAnswer
    outcomes: Mapping[str, OutcomeReport] = attrs.field(converter=_frozen)
    """The answer of every rule by its identity, in the order of the rulebook."""
    grant: Grant
    missing: tuple[MissingFact, ...] = attrs.field(default=(), converter=_tuple)
    """Those that would settle most of what is due first."""
    assumptions: tuple[Assumption, ...] = attrs.field(default=(), converter=_tuple)
    notes: tuple[str, ...] = attrs.field(default=(), converter=_tuple)
    """What the reader should know of how the answer came about."""

    @property
    def action(self) -> str:
        """What the Guide calls the action."""
        return self.words.action

    @property
    def met(self) -> tuple[OutcomeReport, ...]:
        """The requirements that are due and met."""
        return self._due_requirements(Verdict.MET)

    @property
    def not_met(self) -> tuple[OutcomeReport, ...]:
        """The requirements that are due and not met."""
        return self._due_requirements(Verdict.NOT_MET)

    @property
    def undetermined(self) -> tuple[OutcomeReport, ...]:
        """The requirements that are due and of which nobody can tell yet whether they are met."""
        return self._due_requirements(Verdict.UNDETERMINED)

    @property
    def met_on_unverified_ground(self) -> tuple[OutcomeReport, ...]:
        """The requirements that are due and met, and rest on something unverified."""
        return tuple(outcome for outcome in self.met if outcome.confidence is Confidence.UNVERIFIED)

    @property
    def not_met_so_far(self) -> tuple[OutcomeReport, ...]:
        """The requirements that are due later and that the facts told by now do not meet."""
        return tuple(
            outcome
            for outcome in self.outcomes.values()
            if outcome.verdict is Verdict.NOT_MET and outcome.decides and not outcome.is_due
        )

    def _due_requirements(self, verdict: Verdict) -> tuple[OutcomeReport, ...]:
        return tuple(
            outcome
            for outcome in self.outcomes.values()
            if outcome.verdict is verdict and outcome.decides and outcome.is_due
        )

    # --- as a plain dictionary ---------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """The report as plain values that JSON can hold; amounts are decimal numbers written as text.

        The texts stand once, under ``sources``, and citations name them by key. Beside what ``from_dict`` reads, the
        grant holds its sums (``low``, ``high``, ``total``).
        """
        data: dict[str, Any] = {"version": FORMAT, **_converter().unstructure(self, Report)}
        data["sources"] = _take_out_sources(data)
        sums = {"low": self.grant.low, "high": self.grant.high, "total": self.grant.total}
        data["grant"] |= {name: None if amount is None else str(amount) for name, amount in sums.items()}
        return data

    @classmethod
    def from_dict(cls, data: object) -> Self:
        """The report that became this dictionary; it may have gone through JSON.

        Raises:
            InputError: the dictionary is no report, or one of another version.

        """
        import cattrs

        version = data.get("version") if isinstance(data, Mapping) else None
        if not isinstance(data, Mapping) or version != FORMAT or isinstance(version, bool):
            message = f"this is no report of version {FORMAT}: its version is {version!r}; make the report again"
            raise InputError(message, field="version")
        try:
            return _converter().structure(_with_sources(data), cls)
        except (
            cattrs.BaseValidationError,
            ValueError,
            TypeError,
            ArithmeticError,
            LookupError,
            AttributeError,
        ) as error:
            first = cattrs.transform_error(error, path="the report")[0]
            message = f"this is no report: {first}; make the report again"
            raise InputError(message) from error

    # --- for people --------------------------------------------------------------------------------------

    def to_text(self, *, all_rules: bool = False, width: int = 100) -> str:
        """The report as plain text, lines of at most ``width`` letters; ``all_rules`` shows those that are met as well.

        A single word that is longer than a line stays whole.
        """
        from icm_rules.report.layout import as_text

        return as_text(self._told(all_rules=all_rules), width=width)

    def to_markdown(self, *, all_rules: bool = False) -> str:
        """The report as Markdown with tables."""
        from icm_rules.report.layout import as_markdown

        return as_markdown(self._told(all_rules=all_rules))

    def to_html(self, *, all_rules: bool = False) -> str:
        """The report as a piece of HTML that needs nothing around it: no script, no colours of its own."""
        from icm_rules.report.layout import as_html

        return as_html(self._told(all_rules=all_rules))

    def _told(self, *, all_rules: bool) -> Document:
        from icm_rules.report.telling import told

        return told(self, all_rules=all_rules)

    def _repr_html_(self) -> str:
        return self.to_html()

    def __str__(self) -> str:
        """The report as text."""
        return self.to_text()

    def __repr__(self) -> str:
        """The mobility and the overall answer."""
        return f"<Report of {self.reference or with_article(self.subject)}, call {self.call}: {self.overall}>"


# --- building ----------------------------------------------------------------------------------------------


@attrs.define(eq=False)
class _Source:
    """What a report is found in."""

    evaluation: Evaluation
    heading: Heading
    rounding: Rounding
    notes: tuple[str, ...]


def report_of(
    evaluation: Evaluation, heading: Heading, *, rounding: Rounding = USUAL, notes: Iterable[str] = ()
) -> Report:
    """The report of an evaluated mobility; each of its parts is made when it is first read."""
    return Report.unfolding(_FOUND_IN_EVALUATION, _Source(evaluation, heading, rounding, tuple(notes)))


def _outcomes(source: _Source) -> Mapping[str, OutcomeReport]:
    evaluation, rounding = source.evaluation, source.rounding
    outcomes = evaluation.outcomes
    found: dict[str, OutcomeReport] = {}
    told = zip(outcomes, evaluation.judged, evaluation.citations_found(), evaluation.sentences_found(), strict=True)
    for identity, judgement, citations, sentence in told:
        # What is read of most answers is put in place; all else is found when it is read.
        record: Any = Open(_FOUND_IN_OUTCOME, (outcomes, identity, rounding))
        record.verdict, record.missing = judgement.verdict, judgement.missing
        if sentence is not None:
            record.sentence = sentence
        if citations is not None:
            record.citations = citations
        record.__class__ = OutcomeReport
        found[identity] = record
    return MappingProxyType(found)


_Whose: TypeAlias = tuple[Mapping[str, Outcome], str, Rounding]
"""What one answer of a report is found in: the outcomes, which of them, and how its amount is rounded."""


def _amount(source: _Whose, end: int) -> Decimal | None:
    outcomes, identity, rounding = source
    amounts = outcomes[identity].amounts(rounding)
    return None if amounts is None else amounts[end]


def _is_due(outcome: Outcome) -> bool:
    return outcome.evaluation.is_due(outcome)


def _facts(outcome: Outcome) -> Mapping[str, Any]:
    return MappingProxyType({name: plain(value) for name, value in outcome.facts.items()})


_FOUND_IN_OUTCOME: Finders = {
    "identity": lambda source: source[1],
    "statement": lambda source: source[0][source[1]].rule.statement,
    "stage": lambda source: str(source[0][source[1]].rule.due),
    "informs": lambda source: source[0][source[1]].rule.informs,
    "pays": lambda source: source[0][source[1]].rule.pays,
    "gaps": lambda source: source[0][source[1]].gaps,
    "sentence": lambda source: source[0][source[1]].sentence,
    "is_due": lambda source: _is_due(source[0][source[1]]),
    "facts": lambda source: _facts(source[0][source[1]]),
    "is_held_back": lambda source: source[0][source[1]].is_held_back,
    "citations": lambda source: source[0][source[1]].citations,
    "confidence": lambda source: source[0][source[1]].confidence,
    "assumptions": lambda source: source[0][source[1]].assumptions,
    "low": lambda source: _amount(source, 0),
    "high": lambda source: _amount(source, 1),
}

_FOUND_IN_EVALUATION: Finders = {
    **{
        field.name: lambda source, name=field.name: getattr(source.heading, name)  # type: ignore[misc]
        for field in attrs.fields(Heading)
    },
    "stage": lambda source: str(source.evaluation.stage),
    "stage_told": lambda source: source.evaluation.stage_told is not None,
    "stages": lambda source: tuple(str(stage) for stage in source.evaluation.rulebook.stages),
    "overall": lambda source: _OVERALL[source.evaluation.overall],
    "outcomes": _outcomes,
    "grant": lambda source: grant_of(source.evaluation, source.rounding),
    "missing": lambda source: tuple(_missing(source.evaluation)),
    "assumptions": lambda source: tuple(_assumptions(source.evaluation)),
    "notes": lambda source: source.notes,
}


def _missing(evaluation: Evaluation) -> list[MissingFact]:
    settles: dict[str, list[tuple[str, bool]]] = {}
    for outcome in evaluation.outcomes.values():
        if outcome.missing:
            whose = outcome.identity, evaluation.is_due(outcome)
            for name in outcome.missing:
                settles.setdefault(name, []).append(whose)
    slots = evaluation.rulebook.slots
    found = []
    for name in sorted(settles, key=lambda name: slots.get(name, len(slots))):
        by_urgency = sorted(settles[name], key=lambda whose: not whose[1])
        question, unit = _asked(name, evaluation)
        found.append(
            MissingFact(
                name=name,
                question=question,
                unit=unit,
                settles=tuple(identity for identity, _ in by_urgency),
                settles_due=sum(is_due for _, is_due in by_urgency),
            )
        )
    return sorted(found, key=lambda fact: (-fact.settles_due, -len(fact.settles)))


def _asked(name: str, evaluation: Evaluation) -> tuple[str, str | None]:
    """The question that asks for a fact, and its unit."""
    giver = evaluation.rulebook.givers.get(name)
    match giver:
        case GivenFact():
            return giver.question, giver.unit
        case DerivedFact():
            return giver.words, None
        case _:
            return name.replace("_", " "), None


_USED = frozenset({Verdict.MET, Verdict.NOT_MET, Verdict.DUE, Verdict.UNDETERMINED})


def _assumptions(evaluation: Evaluation) -> list[Assumption]:
    """The presumptions on which an answer rests, or which took an amount away; those nobody leaned on are left out."""
    used: set[str] = set()
    for outcome in evaluation.outcomes.values():
        if outcome.verdict in _USED:
            used.update(outcome.assumptions)
        elif outcome.rule.pays and outcome.verdict is Verdict.NOT_APPLICABLE:
            used.update(evaluation.presumed_against(outcome.rule))
    found = []
    for name in evaluation.presumed:
        if name in used:
            value = evaluation.value(name)
            question, _ = _asked(name, evaluation)
            sentence = f"{question} Not told; taken as: {in_words(value)}."
            found.append(Assumption(name=name, value=plain(value), sentence=sentence))
    return found


def plain(value: object) -> Any:  # noqa: ANN401, PLR0911 - whatever JSON can hold; one return for each kind of value
    """A value as JSON can hold it: numbers with decimals and dates as text, terms as their value, lines by label."""
    match value:
        case Confidence():
            return value.label
        case enum.Enum():
            return plain(value.value)
        case None | bool() | int() | float():
            return value
        case Decimal():
            return format(value, "f")
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case OneOf():
            return _plain_possible(value.values)
        case frozenset() | set():
            return sorted((plain(item) for item in value), key=str)
        case tuple() | list():
            return [plain(item) for item in value]
        case _:
            return _plain_record(value)


def _plain_possible(values: tuple[Any, ...]) -> dict[str, Any]:
    """What a value may be: of numbers and dates from the least to the most, of others each."""
    for kind in (date, (int, float, Decimal, Fraction)):
        if all(isinstance(value, kind) and not isinstance(value, bool) for value in values):
            return {"from": plain(min(values)), "to": plain(max(values))}
    return {"one_of": [plain(value) for value in values]}


def _plain_record(value: object) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """A record field by field, but for its citation, which is told elsewhere; what has words of its own as these."""
    if isinstance(value, Cited) and hasattr(value, "label"):
        return str(value.label)
    kind = type(value)
    if attrs.has(kind) and kind.__str__ is object.__str__:
        names = [field.name for field in attrs.fields(kind) if field.name != "citation"]
        return {name: plain(getattr(value, name)) for name in names}
    return str(value)


# --- dictionaries ------------------------------------------------------------------------------------------


@functools.cache
def _converter() -> cattrs.Converter:
    import cattrs

    converter = cattrs.Converter(unstruct_collection_overrides={tuple: list})
    for kind, write in ((Decimal, str), (Fraction, str), (Verdict, str), (OverallAnswer, str)):
        converter.register_unstructure_hook(kind, write)
        converter.register_structure_hook(kind, lambda value, into: into(value))
    converter.register_unstructure_hook(Confidence, lambda confidence: confidence.label)
    converter.register_structure_hook(Confidence, lambda label, _: Confidence.from_label(label))
    return converter


def _citations_in(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every citation in the dictionary of a report."""
    for cited in (*data["outcomes"].values(), *data["grant"]["lines"]):
        yield from cited["citations"]


def _take_out_sources(data: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The texts that the citations hold, by key; in the citations the keys take their place.

    Guides of several calls may give one key to different texts; a number then tells them apart.
    """
    found: dict[str, dict[str, Any]] = {}
    for citation in _citations_in(data):
        names = []
        for source in citation["sources"]:
            name, number = source["key"], 1
            while found.setdefault(name, source) != source:
                number += 1
                name = f"{source['key']} ({number})"
            names.append(name)
        citation["sources"] = names
    return found


def _with_sources(data: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the dictionary in which the citations hold their texts again."""
    copied = copy.deepcopy(dict(data))
    for citation in _citations_in(copied):
        citation["sources"] = [copied["sources"][name] for name in citation["sources"]]
    return copied
