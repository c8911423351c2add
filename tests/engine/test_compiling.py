"""The function written out for what is asked: it says what asking fact by fact and rule by rule would say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icm_rules.engine import Answer, Closed, GivenFact, Rulebook, RulebookError, Unknown, Verdict, fact, met, rule
from icm_rules.engine.answers import Based
from icm_rules.engine.citations import Cited, Confidence
from icm_rules.engine.compiling import compiled, compiled_fact
from icm_rules.engine.facts import NO_PRESUMPTION
from tests.engine import test_evaluation as more
from tests.engine.programme import (
    FULL,
    LENSES,
    LIBRARY,
    PLATO,
    TYCHO,
    WRITTEN,
    citation,
    closed,
)

BOOK = LIBRARY.adding(
    more.lens_or_none,
    more.guessed_crater,
    more.anything_is_known_of_care,
    more.care_is_in_force,
    more.care_is_refused_without_ground,
    more.lens_is_wide_enough,
    more.lens_is_paid,
    more.cap_is_paid,
    more.crater_is_guessed,
)
"""The Lending Rules and what else the tests of the evaluation ask."""

RULES = tuple(item.identity for item in BOOK.rules)
FACTS = tuple(item.name for item in BOOK.facts)
ROOTS = (*(item.name for item in BOOK.given), *BOOK.provisions)


# --- the same by loops, as plainly as it can be said -------------------------------------------------------


def in_the_way(book: Rulebook, name: str, values: Mapping[str, object]) -> Closed | Unknown | None:
    """The first closed paragraph that ``name`` insists on, or all that is unknown and that it insists on."""
    found = [values[item.name] for item in book.inputs_of(name) if not item.optional]
    return joined(found)


def joined(found: list[object]) -> Closed | Unknown | None:
    """The first that is closed, or else what all that is unknown lacks."""
    for value in found:
        if isinstance(value, Closed):
            return value
    unknowns = [value for value in found if isinstance(value, Unknown)]
    if not unknowns:
        return None
    missing = tuple(dict.fromkeys(name for value in unknowns for name in value.missing))
    return Unknown(missing, tuple(dict.fromkeys(gap for value in unknowns for gap in value.gaps)))


def arguments_of(book: Rulebook, name: str, values: Mapping[str, object]) -> list[object]:
    """What the function is called with."""
    found = [values[item.name] for item in book.inputs_of(name)]
    return [None if isinstance(value, (Unknown, Closed)) else value for value in found]


def all_values(book: Rulebook, handed_in: Mapping[str, object]) -> dict[str, object]:
    """The value of every name; a derived fact that is handed in stays what it is."""
    values: dict[str, object] = {}
    for item in book.given:
        value = handed_in.get(item.name)
        if value is None:
            value = Unknown((item.name,)) if item.presumed is NO_PRESUMPTION else item.presumed
        values[item.name] = value
    values |= {name: handed_in[name] for name in book.provisions}
    for step in sorted(book.facts, key=lambda item: book.slots[item.name]):
        if step.name in handed_in:
            values[step.name] = handed_in[step.name]
            continue
        value = in_the_way(book, step.name, values) or step.function(*arguments_of(book, step.name, values))
        values[step.name] = value.value if isinstance(value, Based) else value
    return values


def judged(book: Rulebook, identity: str, values: Mapping[str, object]) -> tuple[object, ...]:
    """Verdict, answer, what is missing and what the texts leave open."""
    asked = book.rule(identity)
    if any(values[name] is False for name in asked.only_if):
        return Verdict.NOT_APPLICABLE, Answer(Verdict.NOT_APPLICABLE), (), ()
    condition = joined([values[name] for name in asked.only_if])
    argument = in_the_way(book, identity, values)
    if isinstance(condition, Closed) or isinstance(argument, Closed):
        return Verdict.NOT_IN_FORCE, Answer(Verdict.NOT_IN_FORCE), (), ()
    lacking = condition or argument
    if lacking:
        return Verdict.UNDETERMINED, Answer(Verdict.UNDETERMINED), lacking.missing, lacking.gaps
    answer = asked.function(*arguments_of(book, identity, values))
    given_to_it = [values[item.name] for item in book.inputs_of(identity)]
    if answer.verdict is Verdict.NOT_MET:
        grounds = given_to_it if answer.rests_on is None else answer.rests_on
        unverified = dict.fromkeys(
            item.citation
            for item in grounds
            if isinstance(item, Cited) and item.citation.confidence is Confidence.UNVERIFIED
        )
        gaps = tuple(
            f"the refusal rests on the {item.paragraph.replace('_', ' ')}{f' ({item.line})' if item.line else ''} of "
            "the Lending Rules, which is unverified"
            for item in unverified
        )
        return Verdict.UNDETERMINED if gaps else Verdict.NOT_MET, answer, (), gaps
    if answer.verdict is Verdict.UNDETERMINED or answer.low != answer.high:
        optional = [values[item.name] for item in book.inputs_of(identity) if item.optional]
        lacking = joined([value for value in optional if isinstance(value, Unknown)]) or Unknown()
        missing = lacking.missing if answer.needs is None else answer.needs
        return answer.verdict, answer, missing, tuple(dict.fromkeys(lacking.gaps + answer.gaps))
    return answer.verdict, answer, (), ()


# --- values of every kind ----------------------------------------------------------------------------------

_BLOCKS = st.sampled_from(
    [
        Unknown(("crater",)),
        Unknown(("crater", "witness"), ("nothing is said of craters",)),
        Unknown((), ("nothing is said of craters",)),
        closed("care"),
        closed("courier", Confidence.UNVERIFIED),
    ]
)
_DAYS = st.dates(date(1999, 1, 1), date(1999, 12, 31))


def or_not_known(values: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """Such a value, or what may stand in its place."""
    return st.one_of(values, values, st.none(), _BLOCKS)


GIVEN_VALUES = {
    "is_observatory": st.booleans(),
    "borrower_age": st.sampled_from([0, 17, 18, 79, 80]),
    "crater": st.sampled_from(["Copernicus", "Tycho", "Plato"]),
    "aperture_mm": st.sampled_from([10, 60, 119, 120]),
    "distance_km": st.sampled_from([1, 99, 100]),
    "has_cover": st.booleans(),
    "wears_gloves": st.booleans(),
    "borrowed_on": _DAYS,
    "returned_on": _DAYS.map(lambda day: day + timedelta(days=40)),
    "witness": st.just("Selene"),
}
DERIVED_VALUES = {
    "is_private": st.booleans(),
    "loan_nights": st.sampled_from([2, 3, 60, 61]),
    "lens_line": st.sampled_from(LENSES),
    "careful_borrower": st.booleans(),
    "guessed_crater": st.sampled_from([TYCHO, PLATO]),
}
WRITTEN_OR_CLOSED = {
    name: st.one_of(st.just(value), st.just(closed(name)), st.just(closed(name, Confidence.UNVERIFIED)))
    for name, value in WRITTEN.items()
}


@st.composite
def handed_in(draw) -> dict[str, object]:
    """A value or what stands in its place for every root, and for some of the derived facts."""
    roots = draw(st.fixed_dictionaries({name: or_not_known(values) for name, values in GIVEN_VALUES.items()}))
    roots |= draw(st.fixed_dictionaries(WRITTEN_OR_CLOSED))
    derived = {name: st.one_of(values, _BLOCKS) for name, values in DERIVED_VALUES.items()}
    return roots | draw(st.fixed_dictionaries({}, optional=derived))


class TestTheSameAsByLoops:
    """Whatever is known, closed or handed in."""

    @given(handed_in())
    def test_every_value_and_every_answer_is_what_loops_find(self, told):
        """All facts and all rules at once."""
        values = all_values(BOOK, told)
        found = compiled(BOOK, tuple(told), FACTS, RULES)(*told.values())
        assert found == (*(values[name] for name in FACTS), *(judged(BOOK, identity, values) for identity in RULES))

    @given(handed_in(), st.sets(st.sampled_from(FACTS)), st.sets(st.sampled_from(RULES)))
    def test_what_is_not_asked_changes_nothing(self, told, facts, rules):
        """Some facts and some rules, in any order."""
        values = all_values(BOOK, told)
        found = compiled(BOOK, tuple(told), tuple(facts), tuple(rules))(*told.values())
        assert found == (*(values[name] for name in facts), *(judged(BOOK, identity, values) for identity in rules))

    @given(handed_in())
    def test_an_evaluation_finds_the_same(self, told):
        """The values and outcomes of a case are those of the loops, whatever cases were evaluated before."""
        roots = {name: told[name] for name in ROOTS}
        values = all_values(BOOK, roots)
        facts, provisions = {name: roots[name] for name in GIVEN_VALUES}, {name: roots[name] for name in WRITTEN}
        case = BOOK.evaluate(facts, provisions)
        assert [(o.verdict, o.answer, o.missing, o.gaps) for o in case.outcomes.values()] == [
            judged(BOOK, identity, values) for identity in RULES
        ]
        assert {name: case.value(name) for name in BOOK.slots} == values


class TestOnlyWhatIsNeeded:
    """What is asked, and nothing besides."""

    def test_nothing_asked_gives_nothing(self):
        """The tuple is empty."""
        assert compiled(BOOK, (), (), ())() == ()

    def test_a_name_that_is_handed_in_is_given_back(self):
        """A given fact, a paragraph or a derived fact may be asked for as well."""
        function = compiled(BOOK, ("crater", "care", "loan_nights"), ("loan_nights", "care", "crater"), ())
        assert function("Tycho", closed("care"), 5) == (5, closed("care"), "Tycho")

    def test_what_the_arguments_make_needless_is_not_asked_for(self):
        """The nights are handed in, so the days are not needed."""
        (answer,) = compiled(BOOK, ("loan_nights", "loan_period"), (), ("lending.period.maximum",))(
            61, WRITTEN["loan_period"]
        )
        assert (answer[0], answer[1].sentence) == (Verdict.NOT_MET, "61 nights are more than 60")

    def test_what_is_needed_and_cannot_be_reached_is_named(self):
        """The paragraph is not among the arguments."""
        with pytest.raises(RulebookError, match="library: 'loan_period' is needed and is not among the arguments"):
            compiled(BOOK, ("loan_nights",), (), ("lending.period.maximum",))

    @pytest.mark.parametrize(
        ("asked", "message"),
        [
            ((("cratr",), (), ()), "library: 'cratr' is no fact and no provision; did you mean 'crater'"),
            (((), ("is_privat",), ()), "library: 'is_privat' is no fact and no provision; did you mean 'is_private'"),
            (((), (), ("care.gloves.wore",)), "library: there is no rule 'care.gloves.wore'; did you mean 'care.glove"),
        ],
    )
    def test_what_the_rulebook_does_not_have_is_refused_with_a_suggestion(self, asked, message):
        """An argument, a fact, a rule."""
        with pytest.raises(RulebookError, match=message):
            compiled(BOOK, *asked)

    def test_each_fact_is_computed_once_and_those_of_rules_that_are_not_asked_never(self):
        """Three rules rest on the fact; where the condition of each is false, nobody needs it."""
        calls = []

        @fact
        def counted_nights(loan_nights: int) -> int:
            """The nights, counted."""
            calls.append(loan_nights)
            return loan_nights

        @fact
        def doubled_nights(counted_nights: int) -> int:
            """Twice the nights."""
            return 2 * counted_nights

        @rule("nights.private.first", due="loan", only_if="is_private")
        def first(doubled_nights: int) -> Answer:
            """A private loan has nights."""
            return met("{nights}", nights=doubled_nights)

        @rule("nights.private.second", due="loan", only_if=("is_private", "has_cover"))
        def second(counted_nights: int) -> Answer:
            """A private loan with a cover has nights."""
            return met("{nights}", nights=counted_nights)

        @rule("nights.covered.third", due="loan", only_if=("has_cover", "wears_gloves"))
        def third(counted_nights: int) -> Answer:
            """A loan with cover and gloves has nights."""
            return met("{nights}", nights=counted_nights)

        book = LIBRARY.adding(counted_nights, doubled_nights, first, second, third)
        rules = (first.identity, second.identity, third.identity)
        function = compiled(book, ("is_private", "has_cover", "wears_gloves", "loan_nights"), (), rules)

        def asked(*conditions: bool) -> tuple[list[bool], int]:
            calls.clear()
            return [each[0] is Verdict.MET for each in function(*conditions, 4)], len(calls)

        assert asked(True, True, True) == ([True, True, True], 1)
        assert asked(True, False, False) == ([True, False, False], 1)
        assert asked(False, True, True) == ([False, False, True], 1)
        assert asked(False, True, False) == ([False, False, False], 0)
        assert asked(False, False, True) == ([False, False, False], 0)

    def test_a_fact_that_is_needed_in_many_circumstances_is_always_computed(self):
        """Asking for each of the circumstances would cost more than the fact."""
        conditions = ("is_private", "has_cover", "wears_gloves", "is_observatory")

        def told(number: int, condition: str):
            @rule(f"nights.told.number_{number}", due="loan", only_if=condition)
            def nights_are_told(loan_nights: int) -> Answer:
                """The nights are told."""
                return met("{nights}", nights=loan_nights)

            return nights_are_told

        rules = [told(number, condition) for number, condition in enumerate(conditions)]
        book = LIBRARY.adding(*rules)
        identities = tuple(item.identity for item in rules)
        function = compiled(book, (*conditions, "borrowed_on", "returned_on"), (), identities)
        found = function(False, False, False, True, FULL["borrowed_on"], FULL["returned_on"])
        assert [each[0] for each in found] == [*[Verdict.NOT_APPLICABLE] * 3, Verdict.MET]


class TestWhatIsHandedIn:
    """Given facts nobody told, marks, and what facts return."""

    def test_a_given_fact_that_is_none_is_presumed_or_not_known(self):
        """As in an evaluation to which it was not told."""
        names = ("wears_gloves", "crater")
        assert compiled(LIBRARY, names, names, ())(None, None) == (True, Unknown(("crater",)))

    def test_a_derived_fact_that_is_none_is_known_to_be_none(self):
        """Nothing is a value like any other."""

        @fact
        def nobody() -> str | None:
            """Nobody at all."""
            return None

        @rule("nobody.is.there", due="loan")
        def nobody_is_there(nobody: str | None) -> Answer:
            """Nobody is there."""
            return met("{nobody}", nobody=nobody)

        book = LIBRARY.adding(nobody, nobody_is_there)
        (answer,) = compiled(book, ("nobody",), (), ("nobody.is.there",))(None)
        assert answer[0] is Verdict.MET
        assert compiled(book, (), ("nobody",), ("nobody.is.there",))() == (None, answer)

    def test_a_fact_may_be_based_on_what_is_unknown(self):
        """The ground is taken off, and the value is not known."""

        @fact
        def based_on_nothing(crater: str) -> str:
            """Based on Tycho, and not known."""
            return Based(Unknown(("witness",)), (TYCHO,))

        book = LIBRARY.adding(based_on_nothing)
        assert compiled(book, ("crater",), ("based_on_nothing",), ())("Plato") == (Unknown(("witness",)),)
        grounds = {}
        alone = compiled_fact(book, "based_on_nothing", ("crater",))
        assert alone(grounds, "Plato") == (Unknown(("witness",)),)
        assert grounds == {"based_on_nothing": (TYCHO,)}

    def test_a_closed_paragraph_is_a_ground_of_a_refusal_that_was_not_seen(self):
        """A rule that asks whether a paragraph is in force refuses by its closing."""
        rule_of_care = ("advice.care.in_force",)
        function = compiled(BOOK, ("care", "courier"), (), rule_of_care)
        seen = closed("care")
        unseen = Closed(citation=attrs.evolve(citation("care", Confidence.UNVERIFIED), sources=()))
        assert [function(each, WRITTEN["courier"])[0][0] for each in (seen, unseen)] == [
            Verdict.NOT_MET,
            Verdict.UNDETERMINED,
        ]
        assert function(unseen, WRITTEN["courier"])[0][3] == (
            "the refusal rests on the care of the Lending Rules, which no text was seen to show",
        )


class TestFunctionsAreKept:
    """A function is written out once."""

    def test_asking_twice_gives_the_same_function(self):
        """By the same rulebook; another rulebook has functions of its own."""
        asked = (["crater"], ["crater"], [])
        assert compiled(LIBRARY, *asked) is compiled(LIBRARY, *asked)
        other = LIBRARY.without("return.witness.named")
        assert compiled(other, *asked) is not compiled(LIBRARY, *asked)

    def test_a_name_that_is_no_word_of_python_does_no_harm(self):
        """The function is written with slots, not with names."""
        odd = GivenFact(name="is it, or (not)?", type=bool, question="Is it?", known_at="loan")

        @rule("odd.name.asked", due="loan", only_if="is it, or (not)?")
        def it_is() -> Answer:
            """It is."""
            return met("it is")

        book = Rulebook(name="odd <book>\n", stages=("loan",), given=[odd], provisions={}, facts=[], rules=[it_is])
        function = compiled(book, (odd.name,), (), (it_is.identity,))
        assert [function(value)[0][0] for value in (True, False, None)] == [
            Verdict.MET,
            Verdict.NOT_APPLICABLE,
            Verdict.UNDETERMINED,
        ]
