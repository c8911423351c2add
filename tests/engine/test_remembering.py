"""What earlier cases have shown is answered from memory, and nobody can tell the answers from those asked anew."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icm_rules.engine import (
    Answer,
    Cited,
    GivenFact,
    Rulebook,
    Unknown,
    Verdict,
    based,
    fact,
    met,
    not_met,
    remembering,
    rule,
    unknown,
)
from icm_rules.engine.compiling import compiled
from icm_rules.engine.remembering import Memory, Value
from icm_rules.engine.road import steps_of_facts
from tests.engine.programme import FULL, LENSES, LIBRARY, WRITTEN, closed, without_fact


def asked_anew(book: Rulebook, facts: dict[str, object], provisions: dict[str, Cited]) -> tuple[object, ...]:
    """The values of all derived facts and what came of all rules, by one function that keeps nothing."""
    names, identities = [item.name for item in book.facts], [item.identity for item in book.rules]
    told = {item.name: facts.get(item.name) for item in book.given}
    arguments = {**told, **{name: provisions[name] for name in book.provisions}}
    return compiled(book, list(arguments), names, identities)(*arguments.values())


def remembered(book: Rulebook, facts: dict[str, object], provisions: dict[str, Cited]) -> tuple[object, ...]:
    """The same, as a case of the rulebook tells it."""
    case = book.evaluate(facts, provisions)
    values = [case.value(item.name) for item in book.facts]
    return (*values, *((o.verdict, o.answer, o.missing, o.gaps) for o in case.outcomes.values()))


# --- any rulebook ------------------------------------------------------------------------------------------

_GIVEN = ("some", "more", "whether", "this", "that")


def _written(number: int, names: Sequence[str], kind: str, optional: int) -> Any:
    """A fact or a condition, or a rule, of these names; the first ``optional`` of them may be unknown."""
    arguments = ", ".join(
        f"{name}: {'bool' if name in _YES_NO or name.startswith('is_') else 'int'}{' | None' if at < optional else ''}"
        for at, name in enumerate(names)
    )
    total = " + ".join(["1", *(f"{at + 2} * ({name} or 0)" for at, name in enumerate(names))])
    body, returns = {
        "fact": (f"({total}) % 5 if ({total}) % 7 else unknown('{number} is open')", "int | Unknown"),
        "is": (f"bool(({total}) % 3)", "bool"),
        "rule": (f"(met if ({total}) % 2 else not_met)('{{total}}', total={total})", "Answer"),
    }[kind]
    words: dict[str, Any] = {"Answer": Answer, "Unknown": Unknown, "met": met, "not_met": not_met, "unknown": unknown}
    text = f"def {kind}_{number}({arguments}) -> {returns}:\n '''It is so.'''\n return {body}"
    exec(text, words)  # noqa: S102 - its own words
    return words[f"{kind}_{number}"]


_YES_NO = ("whether", "this")
_GIVEN_FACTS = [
    GivenFact(name=name, type=bool if name in _YES_NO else int, question=f"{name}?", known_at="loan") for name in _GIVEN
]


@st.composite
def rulebooks(draw) -> Rulebook:
    """Any facts that ask for each other in any way, and any rules that ask for them on any conditions."""
    names, facts, rules = list(_GIVEN), [], []

    def some_of(names: Sequence[str]) -> list[str]:
        return draw(st.lists(st.sampled_from(names), max_size=4, unique=True))

    for number in range(draw(st.integers(1, 9))):
        kind = draw(st.sampled_from(["fact", "is"]))
        function = _written(number, some_of(names), kind, draw(st.integers(0, 3)))
        of_sums = {"elementwise": draw(st.booleans()) and kind == "is"}
        facts.append(fact(**of_sums)(function))
        names.append(function.__name__)
    conditions = [*_YES_NO, *(name for name in names if name.startswith("is_"))]
    for number in range(draw(st.integers(1, 6))):
        made = rule(f"any.rule.number_{number}", due="loan", only_if=tuple(some_of(conditions)[:2]))
        rules.append(made(_written(number, some_of(names), "rule", draw(st.integers(0, 3)))))
    return Rulebook(name="any", stages=("loan",), given=_GIVEN_FACTS, provisions={}, facts=facts, rules=rules)


@st.composite
def cases(draw) -> dict[str, object]:
    """Something told, or not, for each given fact."""
    numbers, truths = st.one_of(st.none(), st.integers(0, 3)), st.one_of(st.none(), st.booleans())
    return {name: draw(truths if name in _YES_NO else numbers) for name in _GIVEN}


@settings(max_examples=60, deadline=None)
@given(rulebooks(), st.lists(cases(), min_size=1, max_size=8))
def test_whatever_was_asked_before_a_case_is_answered_as_if_it_were_the_first(book, told):
    """However facts and rules hang together, and whatever of them is looked up together."""
    for facts in (*told, *told):
        assert remembered(book, facts, {}) == asked_anew(book, facts, {})


def test_facts_come_together_unless_something_lies_between():
    """What is asked for by the same keys is one question; a step stands after all it asks for."""
    asked = {
        "apart": ("x", "y"),
        "middle": ("w",),
        "left": ("middle", "z"),
        "right": ("middle", "v"),
        "last": ("left", "right", "x", "y"),
    }
    steps = steps_of_facts(asked, alone=frozenset({"middle"}))
    assert [(list(step.keys), step.names) for step in steps] == [
        (["w"], ["middle"]),
        (["middle", "z"], ["left"]),
        (["middle", "v"], ["right"]),
        (["left", "right", "x", "y"], ["apart", "last"]),
    ]
    between = {**asked, "middle": ("apart",)}
    assert [step.names for step in steps_of_facts(between, alone=frozenset({"middle"}))] == [
        ["apart"],
        ["middle"],
        ["left"],
        ["right"],
        ["last"],
    ]
    direct = {"first": ("x",), "second": ("first", "y"), "third": ("x", "second")}
    assert [step.names for step in steps_of_facts(direct, alone=frozenset())] == [["first"], ["second"], ["third"]]
    joined = {"first": ("x", "y"), "second": ("first", "x", "y", "z")}
    assert [(list(step.keys), step.names) for step in steps_of_facts(joined, alone=frozenset())] == [
        (["x", "y", "z"], ["first", "second"])
    ]


# --- what is told apart ------------------------------------------------------------------------------------


@fact
def words_of_crater(crater: str) -> str:
    """The crater as it is written."""
    return f"{type(crater).__name__} {crater}"


class _Name(str):
    """A word that is none of the plain ones."""

    __slots__ = ()


@pytest.mark.parametrize(
    "told", [["Tycho", _Name("Tycho")], [1, True, 1.0, Decimal(1), Decimal("1.0")], [date(1999, 7, 1), "1999-07-01"]]
)
def test_values_that_are_equal_and_not_the_same_are_told_apart(told):
    """Whatever class a fact was promised to be of."""
    book = LIBRARY.adding(words_of_crater)
    for value in (*told, *told):
        case = book.evaluate({**FULL, "crater": value}, WRITTEN)
        assert case.value("words_of_crater") == f"{type(value).__name__} {value}"


@attrs.frozen
class _Trip:
    """A way to go, of two numbers."""

    km: Decimal
    legs: tuple[Decimal, ...]


def test_decimals_are_told_apart_by_their_digits_also_inside_of_others():
    """8 and 8.0 are equal and are written differently."""

    @fact
    def told_trip(trip: _Trip, seats: tuple[int, ...]) -> str:
        """The trip in words."""
        return f"{trip.km} km by {trip.legs} on {seats}"

    @fact
    def same_trip(trip: _Trip) -> _Trip:
        """The trip."""
        return trip

    @fact
    def told_again(same_trip: _Trip) -> str:
        """The trip in words once more."""
        return f"{same_trip.km} km"

    asked = GivenFact(name="trip", type=_Trip | None, question="How?", known_at="loan")
    seats = GivenFact(name="seats", type=tuple[int, ...], question="Where?", known_at="loan")
    book = LIBRARY.adding(asked, seats, told_trip, same_trip, told_again)
    for trip in (_Trip(Decimal(8), (Decimal("1.0"),)), _Trip(Decimal("8.0"), (Decimal(1),))):
        case = book.evaluate({**FULL, "trip": trip, "seats": (1, True)}, WRITTEN)
        assert case.value("told_trip") == f"{trip.km} km by {trip.legs} on (1, True)"
        assert case.value("told_again") == f"{trip.km} km"


def test_what_cannot_be_compared_is_asked_anew():
    """A list has no hash; it may have changed since."""

    @fact
    def number_of_craters(craters: list) -> int:
        """How many craters there are."""
        return len(craters)

    book = LIBRARY.adding(GivenFact(name="craters", type=list, question="Which?", known_at="loan"), number_of_craters)
    craters = ["Tycho"]
    assert book.evaluate({**FULL, "craters": craters}, WRITTEN).value("number_of_craters") == 1
    craters.append("Plato")
    assert book.evaluate({**FULL, "craters": craters}, WRITTEN).value("number_of_craters") == 2


def test_a_fact_may_return_what_cannot_be_compared():
    """A list that a fact returns is a new value in every case."""

    @fact
    def letters(crater: str) -> list:
        """The letters of the crater."""
        return list(crater)

    @fact
    def number_of_letters(letters: list) -> int:
        """How many letters the crater has."""
        return len(letters)

    @rule("crater.letters.told", due="loan")
    def letters_are_told(number_of_letters: int) -> Answer:
        """The letters are told."""
        return met("{number} letters", number=number_of_letters)

    book = LIBRARY.adding(letters, number_of_letters, letters_are_told)
    for crater in ("Tycho", "Plato", "Moretus", "Tycho"):
        outcome = book.evaluate({**FULL, "crater": crater}, WRITTEN).outcomes["crater.letters.told"]
        assert outcome.sentence == f"{len(crater)} letters"


def test_a_fact_that_only_asks_whether_another_is_told_is_asked_once():
    """It is the same whatever is told; and it may be told or not."""
    calls = []

    @fact(of_presence=True)
    def crater_is_told(crater: str | None) -> bool:
        """Whether the crater is told."""
        calls.append(crater)
        return crater is not None

    @rule("crater.presence.told", due="loan", only_if="crater_is_told")
    def it_is_told(witness: str) -> Answer:
        """The crater is told."""
        return met("it is told to {witness}", witness=witness)

    book = LIBRARY.adding(crater_is_told, it_is_told)
    for crater, verdict in (("Tycho", Verdict.MET), ("Plato", Verdict.MET), (None, Verdict.NOT_APPLICABLE)):
        outcome = book.evaluate({**FULL, "crater": crater}, WRITTEN).outcomes["crater.presence.told"]
        assert outcome.verdict is verdict
    assert len(calls) == 2


def test_grounds_are_told_apart_where_the_value_is_the_same():
    """A value rests on one line or on the other, and is cited so."""

    @fact
    def wide(aperture_mm: int) -> bool:
        """Whether the lens is wide, by the line of its aperture."""
        return based(True, LENSES[0] if aperture_mm < 100 else LENSES[1])

    @rule("lens.width.cited", due="loan")
    def it_is_wide(wide: bool) -> Answer:
        """The lens is wide."""
        return met("it is wide")

    book = LIBRARY.adding(wide, it_is_wide)
    for aperture, line in ((60, LENSES[0]), (120, LENSES[1]), (60, LENSES[0])):
        case = book.evaluate({**FULL, "aperture_mm": aperture}, WRITTEN)
        assert case.grounds_of("wide") == (line,)
        assert case.outcomes["lens.width.cited"].citations == (line.citation,)


def test_a_rule_is_asked_once_for_what_it_is_given_and_each_set_of_paragraphs():
    """The same again is not asked again; another Guide is."""
    calls = []

    @rule("nights.number.told", due="loan", only_if="is_private")
    def nights_are_told(loan_nights: int) -> Answer:
        """The nights are told."""
        calls.append(loan_nights)
        return met("{nights}", nights=loan_nights)

    book = LIBRARY.adding(nights_are_told)
    for provisions in (WRITTEN, dict(WRITTEN), MappingProxyType(WRITTEN), {**WRITTEN, "care": closed("care")}):
        for witness in ("Selene", "Luna"):
            assert book.evaluate({**FULL, "witness": witness}, provisions).outcomes["nights.number.told"]
    assert len(calls) == 2


def test_paragraphs_that_change_in_a_dictionary_are_seen():
    """Only a mapping that cannot be changed is known again by itself."""
    provisions = dict(WRITTEN)
    identity = "care.gloves.worn"
    assert LIBRARY.evaluate(FULL, provisions).outcomes[identity].verdict is Verdict.MET
    provisions["care"] = closed("care")
    assert LIBRARY.evaluate(FULL, provisions).outcomes[identity].verdict is Verdict.NOT_IN_FORCE


# --- how much is kept --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("most_kept", "most_documents"), [(0, 1), (20, 2), (200, 32)])
def test_only_so_much_is_kept_and_nothing_is_lost_by_it(monkeypatch, most_kept, most_documents):
    """When it is too much, all is forgotten, in the middle of a case as well, and found again."""
    monkeypatch.setattr(remembering, "MOST_KEPT", most_kept)
    monkeypatch.setattr(remembering, "MOST_DOCUMENTS", most_documents)
    book = attrs.evolve(LIBRARY)
    for provisions in (WRITTEN, {**WRITTEN, "care": closed("care")}, WRITTEN):
        for aperture in (10, 60, 120, None):
            facts = {**without_fact("witness"), "aperture_mm": aperture}
            assert remembered(book, facts, provisions) == asked_anew(book, facts, provisions)
            found = {name: item.citations for name, item in book.evaluate(facts, provisions).outcomes.items()}
            fresh = attrs.evolve(LIBRARY).evaluate(facts, provisions)
            assert found == {name: item.citations for name, item in fresh.outcomes.items()}


def test_a_memory_does_not_grow_beyond_its_bound(monkeypatch):
    """However many values come by."""
    monkeypatch.setattr(remembering, "MOST_KEPT", 300)
    memory = Memory(LIBRARY)
    for nights in range(200):
        told = {**dict.fromkeys(item.name for item in LIBRARY.given), **FULL, "distance_km": nights}
        tables = memory.tables_of(WRITTEN)
        tables.answered(*told.values())
        assert sum(map(len, tables.kept())) <= 300


def test_no_set_of_paragraphs_is_held_beyond_the_bound(monkeypatch):
    """What is known again by itself is dropped with the others."""
    monkeypatch.setattr(remembering, "MOST_DOCUMENTS", 1)
    memory, written = Memory(LIBRARY), MappingProxyType(WRITTEN)
    first = memory.tables_of(written)
    assert memory.tables_of(written) is first
    memory.tables_of({**WRITTEN, "care": closed("care")})
    assert memory.tables_of(written) is not first


def test_threads_may_share_a_memory():
    """Many at once find what one alone finds."""
    book = attrs.evolve(LIBRARY)
    told = [{**FULL, "aperture_mm": number % 130, "distance_km": number} for number in range(300)]
    expected = [asked_anew(book, facts, WRITTEN) for facts in told]
    found: dict[int, list[object]] = {}

    def ask(number: int) -> None:
        found[number] = [remembered(book, facts, WRITTEN) for facts in told]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(found.values()) == [expected] * 4


# --- small things ------------------------------------------------------------------------------------------


def test_a_value_is_told_in_words():
    """As sentences tell it, once."""
    value = Value(date(1999, 7, 1))
    assert value.words == "1999-07-01"
    assert value.words is value.words


def test_what_a_rule_or_a_fact_returns_is_known():
    """By name or identity; of others the nearest is suggested."""
    assert LIBRARY.returned_by("loan_nights") == {int}
    assert LIBRARY.returned_by("care.gloves.worn") == {Answer}
    with pytest.raises(Exception, match="loan_nights"):
        LIBRARY.returned_by("loan_night")
