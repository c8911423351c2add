"""Facts and rules as values, and the wiring of a rulebook: what is refused, and how others are made from it."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Optional, Union

import attrs
import pytest

from icm_rules.engine import (
    Answer,
    DerivedFact,
    GivenFact,
    Overall,
    Rulebook,
    RulebookError,
    Unknown,
    Verdict,
    fact,
    met,
    not_met,
    rule,
)
from icm_rules.engine.facts import NO_PRESUMPTION, Input, signature_of
from tests.engine.programme import (
    FACTS,
    FULL,
    GIVEN,
    LIBRARY,
    PROVISIONS,
    RULES,
    STAGES,
    WRITTEN,
    Care,
    CraterLine,
    LensLine,
    LoanPeriod,
    cover_is_fitted,
    is_private,
    lens_line,
    loan_lasts_long_enough,
    loan_nights,
    witness_words,
)

if TYPE_CHECKING:
    from fractions import Fraction


def refused(*parts: str):
    """Expect a rulebook to be refused with a message that has each of these parts."""
    return pytest.raises(RulebookError, match="(?s)" + "".join(f"(?=.*{re.escape(part)})" for part in parts))


# --- plain functions, most of them faulty ------------------------------------------------------------------


@fact
def moth_count(borrower_age: int) -> int:
    """Moths that somebody of this age sees [moths]."""
    return borrower_age * 2


@rule("advice.moths.few", due="loan", informs=True)
def moths_are_few(moth_count: int) -> Answer:
    """There are few moths."""
    return met("{count} moths", count=moth_count)


@rule("advice.moths.many", due="loan")
def moths_are_many(moth_count: int) -> Answer:
    """There are many moths."""
    return met("{count} moths", count=moth_count)


@fact
def first_in_circle(third_in_circle: int) -> int:
    """The first, which asks for the third."""
    return third_in_circle


@fact
def second_in_circle(first_in_circle: int) -> int:
    """The second, which asks for the first."""
    return first_in_circle


@fact
def third_in_circle(second_in_circle: int) -> int:
    """The third, which asks for the second."""
    return second_in_circle


@fact
def leads_into_circle(second_in_circle: int) -> int:
    """Stands outside the circle and asks for a fact in it."""
    return second_in_circle


@fact
def mirror(mirror: int) -> int:
    """A fact that asks for itself."""
    return mirror


@fact
def crater_named(crater: str) -> str | None:
    """The crater, if it has a name."""
    return crater or None


@fact
def crater_depth(crater_named: str | None) -> int | Unknown:
    """How deep it is [m]."""
    return len(crater_named or "")


@fact
def words_without_docstring(crater: str) -> str:
    return crater


class TestFacts:
    """Given and derived facts as values."""

    def test_a_derived_fact_is_still_its_function(self):
        """Calling the fact calls the plain function, by position and by name."""
        assert isinstance(loan_nights, DerivedFact)
        assert loan_nights(date(1999, 7, 1), returned_on=date(1999, 7, 8)) == 7

    def test_a_fact_is_named_by_its_function_and_said_by_its_docstring(self):
        """The name is the function's, the words are the first line of the docstring."""
        assert is_private.name == "is_private"
        assert is_private.words == "Whether the borrower is a person and no observatory."

    def test_a_fact_without_docstring_is_said_by_its_name(self):
        """Where nothing is written the name stands in."""
        assert words_without_docstring.words == "words_without_docstring"

    def test_only_marked_facts_are_elementwise(self):
        """The mark is made by the decorator with a bracket, and is absent otherwise."""
        assert loan_nights.elementwise is True
        assert is_private.elementwise is False
        assert fact()(is_private.function) == is_private

    def test_nothing_is_presumed_of_most_given_facts(self):
        """A given fact has no presumption unless one is written, not even None."""
        assert [item.name for item in GIVEN if item.presumed is not NO_PRESUMPTION] == ["wears_gloves"]


class TestRules:
    """Rules as values."""

    def test_a_rule_is_still_its_function(self):
        """Calling the rule calls the plain function."""
        answer = cover_is_fitted(has_cover=False, care=WRITTEN["care"])
        assert answer == not_met("the telescope has no cover")

    def test_the_statement_is_the_first_paragraph_of_the_docstring_on_one_line(self):
        """A sentence over two lines is one sentence, and what follows the empty line is no part of it."""
        assert loan_lasts_long_enough.statement == "A private loan lasts the nights the Lending Rules ask for."

    def test_one_condition_is_written_as_a_word(self):
        """A single condition and a tuple of one are the same; without conditions there are none."""
        assert loan_lasts_long_enough.only_if == ("is_private",)
        assert cover_is_fitted.only_if == ()

    def test_a_rule_that_informs_or_pays_does_not_decide(self):
        """Only a plain rule decides."""
        assert [item.identity for item in RULES if not item.decides] == [
            "payment.nights.amount",
            "payment.courier.amount",
            "advice.borrower.age",
        ]

    @pytest.mark.parametrize(
        "identity",
        [
            "lending",
            "lending.period",
            "lending.period.minimum.nights",
            "Lending.period.minimum",
            "lending.period.",
            "lending..minimum",
            "lending.2period.minimum",
            "lending.period.mini-mum",
            "lending.period.minimum\n",
            "",
        ],
    )
    def test_an_identity_of_another_shape_is_refused(self, identity):
        """Two parts, four parts, capitals, empty parts, digits in front and hyphens are no identity."""
        with refused(repr(identity), "chapter.subject.aspect"):
            rule(identity, due="loan")

    def test_an_identity_may_have_digits_and_low_lines(self):
        """Small letters, digits and low lines make a part, as long as a letter is first."""
        made = rule("lending.period_2.minimum", due="loan")(cover_is_fitted.function)
        assert made.identity == "lending.period_2.minimum"

    def test_a_rule_without_docstring_is_refused(self):
        """What is true when the rule is met must be written."""

        def cover_is_clean(has_cover: bool) -> Answer:
            return met("{cover}", cover=has_cover)

        with refused("care.cover.clean", "has no docstring", "what is true when it is met"):
            rule("care.cover.clean", due="loan")(cover_is_clean)


class TestSignatures:
    """What a plain function asks for."""

    def test_optional_arguments_and_unions_are_read_from_the_annotations(self):
        """Optional[int] and int | None are the same; Unknown is never among what is taken or returned."""

        def old(a: Optional[int], b: Union[int, str]) -> Union[int, Unknown]:  # noqa: UP007, UP045 - the old spelling
            return a or int(b)

        signature = signature_of(old, "here")
        assert signature.inputs == (
            Input("a", frozenset({int}), optional=True),
            Input("b", frozenset({int, str}), optional=False),
        )
        assert signature.returns == {int}

    def test_an_argument_without_annotation_is_refused(self):
        """The message names the fact and the argument."""

        @fact
        def depth(crater) -> int:
            """How deep it is."""
            return len(crater)

        with refused("library: depth", "the argument 'crater' has no annotation", "say what type"):
            LIBRARY.adding(depth)

    def test_a_result_without_annotation_is_refused(self):
        """The message names the fact or the rule."""

        @fact
        def depth(crater: str):
            """How deep it is."""
            return len(crater)

        @rule("advice.crater.deep", due="loan")
        def crater_is_deep(crater: str):
            """The crater is deep."""
            return met("{crater}", crater=crater)

        with refused("library: depth", "the result has no annotation"):
            LIBRARY.adding(depth)
        with refused("library: advice.crater.deep", "the result has no annotation"):
            LIBRARY.adding(crater_is_deep)

    def test_an_annotation_that_is_not_imported_at_run_time_is_refused(self):
        """The name that only type checkers can see is shown."""

        @fact
        def depth(crater: str) -> Fraction:
            """How deep it is."""
            return len(crater)

        with refused("library: depth", "'Fraction' is not known at run time", "TYPE_CHECKING"):
            LIBRARY.adding(depth)

    def test_an_argument_that_cannot_be_given_by_position_is_refused(self):
        """Arguments behind a star are never filled, so they are not taken."""

        @fact
        def depth(*, crater: str) -> int:
            """How deep it is."""
            return len(crater)

        @fact
        def height(*crater: str) -> int:
            """How high it is."""
            return len(crater)

        for faulty in (depth, height):
            with refused(f"library: {faulty.name}", "the argument 'crater' cannot be given by position"):
                LIBRARY.adding(faulty)


class TestNames:
    """One giver for every name, and one name for every thing that is asked for."""

    def test_two_given_facts_of_one_name_are_refused(self):
        """The message says what both are."""
        with refused("library: 'crater' is given twice, as a given fact and as a given fact", "rename one"):
            LIBRARY.adding(GIVEN[2])

    def test_a_given_fact_with_the_name_of_a_provision_is_refused(self):
        """A fact and a paragraph never share a name."""
        with refused("'care' is given twice, as a given fact and as a provision"):
            LIBRARY.adding(GivenFact(name="care", type=int, question="How much care?", known_at="loan"))

    def test_a_derived_fact_with_the_name_of_another_giver_is_refused(self):
        """Neither a given fact, nor a provision, nor another derived fact may have its name."""
        with refused("'crater' is given twice, as a given fact and as a derived fact"):
            LIBRARY.adding(attrs.evolve(moth_count, name="crater"))
        with refused("'care' is given twice, as a provision and as a derived fact"):
            LIBRARY.adding(attrs.evolve(moth_count, name="care"))
        with refused("'is_private' is given twice, as a derived fact and as a derived fact"):
            LIBRARY.adding(is_private)

    def test_two_rules_of_one_identity_are_refused(self):
        """An identity names one rule."""
        with refused("library: two rules have the identity 'care.cover.fitted'"):
            LIBRARY.adding(cover_is_fitted)

    def test_an_unknown_argument_of_a_rule_is_refused_with_a_suggestion(self):
        """The rule, the name and the nearest name are shown."""

        @rule("advice.crater.deep", due="loan")
        def crater_is_deep(cratr: str) -> Answer:
            """The crater is deep."""
            return met("{crater}", crater=cratr)

        with refused(
            "library: advice.crater.deep asks for the fact or provision 'cratr'",
            "nothing gives; did you mean 'crater'?",
        ):
            LIBRARY.adding(crater_is_deep)

    def test_an_unknown_argument_of_a_fact_is_refused_with_a_suggestion(self):
        """A provision is suggested as well as a fact."""

        @fact
        def shortest_loan(loan_periods: LoanPeriod) -> int:
            """The shortest loan [nights]."""
            return loan_periods.minimum_nights

        with refused("shortest_loan asks for the fact or provision 'loan_periods'", "did you mean 'loan_period'?"):
            LIBRARY.adding(shortest_loan)

    def test_nothing_is_suggested_where_no_name_is_near(self):
        """A far guess would lead astray."""

        @fact
        def buzzing(zzzzzz: str) -> int:
            """How loud it is."""
            return len(zzzzzz)

        with pytest.raises(RulebookError, match=r"'zzzzzz', which nothing gives$"):
            LIBRARY.adding(buzzing)

    def test_an_unknown_condition_is_refused_with_a_suggestion(self):
        """The name in only_if must be a fact."""
        with refused("care.cover.fitted asks for the fact 'is_privat'", "did you mean 'is_private'?"):
            LIBRARY.replacing(attrs.evolve(cover_is_fitted, only_if=("is_privat",)))

    @pytest.mark.parametrize("name", ["borrower_age", "loan_nights", "care"])
    def test_a_condition_that_is_no_yes_or_no_is_refused(self, name):
        """A given number, a derived number and a paragraph are no conditions."""
        with refused("care.cover.fitted is asked only if", repr(name), "no yes/no fact"):
            LIBRARY.replacing(attrs.evolve(cover_is_fitted, only_if=(name,)))

    def test_a_condition_that_may_be_none_is_refused(self):
        """None is neither yes nor no, and must not pass for a yes."""

        @fact
        def is_deep(crater: str) -> bool | None:
            """Whether the crater is deep, if anybody knows."""
            return None if crater == "Plato" else crater == "Tycho"

        with refused("asked only if 'is_deep'", "no yes/no fact"):
            LIBRARY.adding(is_deep).replacing(attrs.evolve(cover_is_fitted, only_if=("is_deep",)))

    def test_a_given_fact_of_an_unknown_stage_is_refused_with_a_suggestion(self):
        """A given fact is known at one of the stages."""
        with refused("library: lens_cap asks for the stage 'loans'", "did you mean 'loan'?"):
            LIBRARY.adding(GivenFact(name="lens_cap", type=bool, question="Is there a cap?", known_at="loans"))

    def test_a_rule_due_at_an_unknown_stage_is_refused_with_a_suggestion(self):
        """A rule is due at one of the stages."""
        with refused("library: care.cover.fitted asks for the stage 'retur'", "did you mean 'return'?"):
            LIBRARY.replacing(attrs.evolve(cover_is_fitted, due="retur"))


class TestCircles:
    """Facts that ask for each other."""

    def test_a_circle_is_refused_with_its_path(self):
        """The path starts and ends at the same fact."""
        with refused(
            "library", "in a circle: first_in_circle -> third_in_circle -> second_in_circle -> first_in_circle"
        ):
            LIBRARY.adding(first_in_circle, second_in_circle, third_in_circle)

    def test_the_way_into_a_circle_is_no_part_of_its_path(self):
        """Only the facts of the circle are named, though another fact led into it."""
        with pytest.raises(RulebookError) as caught:
            LIBRARY.adding(leads_into_circle, first_in_circle, second_in_circle, third_in_circle)
        path = str(caught.value).partition("circle: ")[2].split(" -> ")
        assert path[0] == path[-1] == "second_in_circle"
        assert "leads_into_circle" not in path

    def test_a_fact_that_asks_for_itself_is_a_circle_of_one(self):
        """The shortest circle is refused as well."""
        with refused("in a circle: mirror -> mirror"):
            LIBRARY.adding(mirror)


class TestAnnotations:
    """What is given must fit what is taken."""

    def test_another_type_than_the_given_one_is_refused(self):
        """The message shows both types and the way out."""

        @rule("advice.crater.deep", due="loan")
        def crater_is_deep(crater: int) -> Answer:
            """The crater is deep."""
            return met("{crater}", crater=crater)

        with refused(
            "advice.crater.deep takes 'crater' as int, but it is given as str", "make the two annotations agree"
        ):
            LIBRARY.adding(crater_is_deep)

    def test_another_paragraph_than_the_given_one_is_refused(self):
        """A provision is taken as its own class."""

        @fact
        def shortest_loan(care: LoanPeriod) -> int:
            """The shortest loan [nights]."""
            return care.minimum_nights

        with refused("shortest_loan takes 'care' as LoanPeriod, but it is given as Care"):
            LIBRARY.adding(shortest_loan)

    def test_a_derived_fact_of_another_type_is_refused(self):
        """The annotation of the result counts, whichever of two types is taken."""

        @fact
        def doubled(monthly_rate: int | str) -> int:
            """Twice the rate."""
            return int(monthly_rate) * 2

        with refused("doubled takes 'monthly_rate' as int or str, but it is given as Decimal"):
            LIBRARY.adding(doubled)

    def test_lists_of_different_things_are_told_apart_in_the_message(self):
        """What a tuple holds is shown, so that the two annotations can be made to agree."""

        @fact
        def lenses(lens_line: LensLine) -> tuple[LensLine, ...]:
            """The lenses."""
            return (lens_line,)

        @fact
        def craters(lenses: tuple[CraterLine, ...]) -> int:
            """How many there are."""
            return len(lenses)

        with refused("takes 'lenses' as tuple[", "CraterLine, ...], but it is given as tuple[", "LensLine, ...]"):
            LIBRARY.adding(lenses, craters)

    def test_a_wider_type_may_be_taken(self):
        """A yes or no is a whole number to who takes numbers, and one of two types fits who takes both."""

        @fact
        def gloves(wears_gloves: int, crater: str | int | None) -> int:
            """Gloves worn, and letters of the crater."""
            return wears_gloves + len(str(crater))

        assert LIBRARY.adding(gloves).evaluate(FULL, WRITTEN).value("gloves") == 1 + len("Copernicus")

    def test_unknown_is_never_handed_over(self):
        """A fact that may be Unknown fits an argument that knows no Unknown, for then the function is not called."""
        assert signature_of(lens_line.function, "here").returns == {LensLine}
        assert LIBRARY.evaluate({**FULL, "aperture_mm": 20}, WRITTEN).value("monthly_rate") == Unknown(
            gaps=("the table of lenses says nothing of 20 mm",)
        )

    def test_a_fact_that_may_be_none_is_taken_only_where_none_may_be_taken(self):
        """None is handed over as it is, so the argument must allow for it."""

        @rule("advice.crater.named", due="loan")
        def crater_has_a_name(crater_named: str) -> Answer:
            """The crater has a name."""
            return met("{crater}", crater=crater_named)

        assert LIBRARY.adding(crater_named, crater_depth).evaluate(FULL, WRITTEN).value("crater_depth") == 10
        with refused("advice.crater.named takes 'crater_named' as str, but it is given as str or None"):
            LIBRARY.adding(crater_named, crater_has_a_name)

    def test_a_fact_that_gives_nothing_fits_no_plain_argument(self):
        """A function that only returns None gives nothing that could be used."""

        @fact
        def silence(crater: str) -> None:
            """Nothing."""

        @fact
        def echo(silence: int) -> int:
            """What comes back."""
            return silence

        with refused("echo takes 'silence' as int, but it is given as None"):
            LIBRARY.adding(silence, echo)

    @pytest.mark.parametrize(("kind", "words"), [(bool, "bool"), (Answer | None, "Answer or None")])
    def test_a_rule_that_returns_anything_but_an_answer_is_refused(self, kind, words):
        """Neither a plain yes or no nor a missing answer is an answer."""

        def cover_is_new(has_cover: bool):
            """The cover is new."""
            return has_cover

        cover_is_new.__annotations__["return"] = kind
        with refused(f"library: care.cover.new returns {words}; a rule returns an Answer"):
            LIBRARY.adding(rule("care.cover.new", due="loan")(cover_is_new))

    def test_a_rule_that_never_knows_is_refused(self):
        """Unknown stands for a fact and is no answer."""

        @rule("care.cover.new", due="loan")
        def cover_is_new(has_cover: bool) -> Unknown:
            """The cover is new."""
            return Unknown((str(has_cover),))

        with refused("care.cover.new returns nothing; a rule returns an Answer"):
            LIBRARY.adding(cover_is_new)


class TestOtherRulebooks:
    """A what-if on rules is another rulebook."""

    def test_the_order_in_which_facts_are_written_does_not_matter_to_the_order_of_steps(self):
        """Each derived fact stands after all it asks for."""
        for facts in (FACTS, FACTS[::-1]):
            book = attrs.evolve(LIBRARY, facts=facts)
            order = [book.slots[item] for item in ("aperture_mm", "lens_table", "lens_line", "monthly_rate")]
            assert order == sorted(order)

    def test_a_rulebook_keeps_values_and_not_the_lists_it_was_built_from(self):
        """Changing a list afterwards changes no rulebook."""
        rules, provisions = list(RULES), dict(PROVISIONS)
        book = Rulebook(
            name="library",
            stages=list(STAGES),
            given=list(GIVEN),
            provisions=provisions,
            facts=list(FACTS),
            rules=rules,
        )
        rules.clear()
        provisions.clear()
        assert book.rules == RULES
        assert book.provisions == PROVISIONS
        assert book.stages == STAGES
        with pytest.raises(TypeError):
            book.provisions["care"] = Care
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            book.rules = ()

    def test_without_gives_another_rulebook_and_leaves_the_old_one(self):
        """The rule is gone from the new one, and from its answers, and only from there."""
        smaller = LIBRARY.without("care.cover.fitted", "witness_words")
        assert "care.cover.fitted" not in smaller.evaluate(FULL, WRITTEN).outcomes
        assert "witness_words" not in smaller.slots
        assert (LIBRARY.rules, LIBRARY.facts) == (RULES, FACTS)
        assert "care.cover.fitted" in LIBRARY.evaluate(FULL, WRITTEN).outcomes

    def test_without_a_name_that_is_not_there_is_refused_with_a_suggestion(self):
        """A rule and a derived fact may be meant; a given fact cannot be taken out."""
        with refused(
            "library: there is no rule or derived fact 'care.cover.fited'", "did you mean 'care.cover.fitted'?"
        ):
            LIBRARY.without("care.cover.fited")
        with refused("there is no rule or derived fact 'crater'"):
            LIBRARY.without("crater")

    def test_without_a_fact_that_others_ask_for_is_refused(self):
        """What stays must still fit together."""
        with refused("monthly_rate asks for the fact or provision 'lens_line', which nothing gives"):
            LIBRARY.without("lens_line")

    def test_adding_gives_another_rulebook_and_leaves_the_old_one(self):
        """A given fact, a derived fact and a rule may be added at once."""
        moon = GivenFact(name="moon_phase", type=str, question="How is the moon?", known_at="loan")
        larger = LIBRARY.adding(moths_are_few, moth_count, moon)
        case = larger.evaluate({**FULL, "moon_phase": "new"}, WRITTEN)
        assert case.outcomes["advice.moths.few"].sentence == "60 moths"
        assert case.value("moon_phase") == "new"
        assert (LIBRARY.rules, LIBRARY.facts, LIBRARY.given) == (RULES, FACTS, GIVEN)

    def test_adding_nothing_gives_the_same_answers(self):
        """An equal rulebook answers equally."""
        before, after = LIBRARY.evaluate(FULL, WRITTEN), LIBRARY.adding().evaluate(FULL, WRITTEN)
        assert {key: item.answer for key, item in before.outcomes.items()} == {
            key: item.answer for key, item in after.outcomes.items()
        }

    def test_replacing_gives_another_rulebook_and_leaves_the_old_one(self):
        """Rule and fact stand in the place of those with their name; the order stays."""

        @fact
        def is_private(is_observatory: bool) -> bool:
            """Whether the borrower is private; here nobody is."""
            return is_observatory and False

        @rule("care.cover.fitted", due="loan")
        def cover_is_never_good_enough(has_cover: bool) -> Answer:
            """The cover is better than any."""
            return not_met("{cover} is not good enough", cover=has_cover)

        other = LIBRARY.replacing(is_private, cover_is_never_good_enough)
        case = other.evaluate(FULL, WRITTEN)
        assert case.outcomes["lending.period.minimum"].verdict is Verdict.NOT_APPLICABLE
        assert case.overall is Overall.NOT_MET
        assert list(case.outcomes) == [item.identity for item in RULES]
        assert (LIBRARY.rules, LIBRARY.facts) == (RULES, FACTS)
        assert LIBRARY.evaluate(FULL, WRITTEN).overall is Overall.ALL_MET

    def test_replacing_what_is_not_there_is_refused_with_a_suggestion(self):
        """There must be something to stand in the place of."""
        with refused("there is no derived fact 'is_privat'", "did you mean 'is_private'?"):
            LIBRARY.replacing(attrs.evolve(is_private, name="is_privat"))
        with refused("there is no rule 'care.cover.fited'", "did you mean 'care.cover.fitted'?"):
            LIBRARY.replacing(attrs.evolve(cover_is_fitted, identity="care.cover.fited"))

    def test_a_plain_function_is_neither_added_nor_put_in_a_place(self):
        """Something without a decorator would be lost in silence, so it is refused."""
        with refused("library: cover_is_fitted is no Rule or DerivedFact or GivenFact", "@rule or @fact"):
            LIBRARY.adding(cover_is_fitted.function)
        with refused("library: cover_is_fitted is no Rule or DerivedFact; make"):
            LIBRARY.replacing(cover_is_fitted.function)
        with refused("library: GivenFact(name='is_observatory'", "is no Rule or DerivedFact; make"):
            LIBRARY.replacing(GIVEN[0])


class TestAsking:
    """What a rulebook says of itself."""

    def test_a_rule_is_found_by_its_identity(self):
        """The rule itself is returned."""
        assert LIBRARY.rule("care.cover.fitted") is cover_is_fitted

    def test_a_rule_that_is_not_there_is_refused_with_a_suggestion(self):
        """The nearest identity is shown."""
        with refused("library: there is no rule 'care.cover.fited'; did you mean 'care.cover.fitted'?"):
            LIBRARY.rule("care.cover.fited")

    def test_what_a_rule_or_fact_asks_for_is_told(self):
        """Names, types and whether they may be missing, in the order of the arguments."""
        assert LIBRARY.inputs_of("return.witness.named") == (
            Input("witness", frozenset({str}), optional=True),
            Input("borrower_age", frozenset({int}), optional=False),
        )
        assert [item.types for item in LIBRARY.inputs_of("monthly_rate")] == [{LensLine}]
        assert signature_of(LIBRARY.facts[0].function, "here").returns == {Decimal}

    def test_the_given_facts_behind_a_name_are_told(self):
        """Through every derived fact and through the conditions, but without the paragraphs."""
        assert LIBRARY.given_behind("monthly_rate") == {"aperture_mm"}
        assert LIBRARY.given_behind("payment.nights.amount") == {"aperture_mm", "borrowed_on", "returned_on"}
        assert LIBRARY.given_behind("return.witness.named") == {
            "is_observatory",
            "wears_gloves",
            "witness",
            "borrower_age",
        }

    def test_a_fact_that_is_reached_on_two_roads_is_told_once(self):
        """A given fact that is a condition and an argument stays one fact."""
        book = LIBRARY.replacing(attrs.evolve(cover_is_fitted, only_if=("has_cover", "is_private")))
        assert book.given_behind("care.cover.fitted") == {"has_cover", "is_observatory"}

    def test_asking_for_what_is_not_there_is_refused_with_a_suggestion(self):
        """A slip of the pen is named, and the nearest name with it."""
        for ask in (LIBRARY.inputs_of, LIBRARY.given_behind):
            with refused("library: there is no rule or derived fact 'monthly_rat'; did you mean 'monthly_rate'?"):
                ask("monthly_rat")

    def test_a_fact_without_arguments_but_one_that_may_be_missing_is_computed(self):
        """Optional arguments never keep a fact from being computed."""
        assert LIBRARY.evaluate({}, WRITTEN).value("witness_words") == "nobody known"
        assert witness_words(None) == "nobody known"

    def test_several_faulty_rules_are_refused_by_the_first(self):
        """The first fault found is the one that is told, so that it can be mended first."""
        with refused("advice.moths.many asks for the fact or provision 'moth_count'"):
            LIBRARY.adding(moths_are_many, moths_are_few)
