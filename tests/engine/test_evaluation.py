"""Evaluating one case: what is unknown, closed, unverified or presumed, what is due, what the answers amount to."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icm_rules.engine import (
    ROUNDINGS,
    Answer,
    Closed,
    Confidence,
    Overall,
    Payment,
    Rulebook,
    RulebookError,
    Unknown,
    Verdict,
    based,
    due,
    due_between,
    evaluate_worlds,
    fact,
    met,
    not_applicable,
    not_met,
    rule,
    undetermined,
    unknown,
)
from tests.engine.programme import (
    FACTS,
    FULL,
    GIVEN,
    LENSES,
    LIBRARY,
    RULES,
    STAGES,
    WRITTEN,
    Care,
    Courier,
    CraterLine,
    LensLine,
    LensTable,
    citation,
    closed,
    loan_nights,
    without_fact,
)


def evaluated(facts=FULL, provisions=WRITTEN, *, book: Rulebook = LIBRARY, stage: str | None = None):
    """The full loan, unless told otherwise."""
    return book.evaluate(facts, provisions, stage=stage)


def answered(identity: str, facts=FULL, provisions=WRITTEN, *, book: Rulebook = LIBRARY):
    """The outcome of one rule."""
    return evaluated(facts, provisions, book=book).outcomes[identity]


def with_closed(*paragraphs: str, confidence: Confidence = Confidence.OFFICIAL):
    """The Lending Rules in which these paragraphs are not in force."""
    return {**WRITTEN, **{name: closed(name, confidence) for name in paragraphs}}


# --- rules and facts that the Lending Rules do not have ----------------------------------------------------


@rule("advice.cover.or_gloves", due="loan")
def anything_is_known_of_care(has_cover: bool | None, crater: str | None, witness: str | None) -> Answer:
    """Somebody knows something."""
    if has_cover is None or crater is None:
        return undetermined("{witness} does not know", needs=("has_cover",), witness=witness)
    return met("known")


@rule("advice.care.in_force", due="loan")
def care_is_in_force(care: Care | None, courier: Courier | None) -> Answer:
    """The paragraph on care is in force."""
    return not_met("there is no such paragraph") if care is None else met("there is one")


@rule("advice.care.narrow", due="loan")
def care_is_refused_without_ground(care: Care | None) -> Answer:
    """A refusal that rests on no paragraph at all."""
    return not_met("no", rests_on=())


@fact
def lens_or_none(lens_line: LensLine | None) -> str:
    """What the table says of the lens."""
    return "nothing" if lens_line is None else lens_line.citation.line


@rule("lending.lens.listed", due="request")
def lens_is_wide_enough(lens_line: LensLine, care: Care) -> Answer:
    """The lens is on a line from 120 mm on."""
    return met("it is") if lens_line.from_mm >= 120 else not_met("it is not")


@rule("payment.lens.amount", due="loan", pays=True)
def lens_is_paid(lens_line: LensLine | None, witness: str | None) -> Answer:
    """The lens is paid, one or two."""
    one, two = (Payment(number, "lens", Decimal(5), "lens") for number in (1, 2))
    return due_between(one, two if lens_line is None else one, "one or two")


@rule("payment.cap.amount", due="loan", pays=True)
def cap_is_paid(has_cover: bool | None, witness: str | None) -> Answer:
    """The cap is paid, one or two, whoever saw it."""
    one, two = (Payment(number, "cap", Decimal(1), "cap") for number in (1, 2))
    return due_between(
        one, one if has_cover else two, "one or two for {witness}", needs=("has_cover",), witness=witness
    )


@fact
def guessed_crater(crater: str | None) -> CraterLine | Unknown:
    """The line of the crater, which nobody ever finds."""
    return unknown(f"nothing is said of {crater}")


@rule("advice.crater.guessed", due="request")
def crater_is_guessed(guessed_crater: CraterLine | None, crater: str | None) -> Answer:
    """The crater can be guessed."""
    return undetermined("nobody knows", gaps=("nothing is said of guesses", "nothing is said of Tycho"))


class TestGivenFacts:
    """What goes in."""

    def test_a_loan_of_which_everything_is_told_is_answered_in_full(self):
        """No rule is left open, and all that are due are met."""
        case = evaluated()
        assert [str(item.verdict) for item in case.outcomes.values()] == [*["met"] * 6, "due", "due", "met"]
        assert case.overall is Overall.ALL_MET
        assert [key for key, item in case.outcomes.items() if item.missing or item.gaps] == []

    def test_outcomes_stand_in_the_order_of_the_rules_and_know_their_identity(self):
        """The identity of an outcome is the one it is found under."""
        case = evaluated()
        assert list(case.outcomes) == [item.identity for item in RULES]
        assert [item.identity for item in case.outcomes.values()] == list(case.outcomes)

    def test_none_and_absence_both_mean_not_known(self):
        """A fact that is None is missing like one that is not there."""
        absent = answered("lending.crater.open", without_fact("crater"))
        none = answered("lending.crater.open", {**FULL, "crater": None})
        assert absent.verdict is none.verdict is Verdict.UNDETERMINED
        assert absent.missing == none.missing == ("crater",)

    def test_no_and_zero_are_known(self):
        """A value that is false in Python is a value."""
        assert answered("care.cover.fitted", {**FULL, "has_cover": False}).verdict is Verdict.NOT_MET
        assert answered("advice.borrower.age", {**FULL, "borrower_age": 0}).sentence == "0 is fewer than 18"

    @pytest.mark.parametrize("name", ["cratr", "is_privat", "loan_nights", "care"])
    def test_a_name_that_is_no_given_fact_is_refused(self, name):
        """A slip of the pen, a derived fact and a paragraph cannot be given."""
        with pytest.raises(RulebookError, match=f"library: '{name}' is no given fact"):
            evaluated({**FULL, name: "Tycho"})

    def test_a_slip_of_the_pen_gets_a_suggestion(self):
        """The nearest given fact is named."""
        with pytest.raises(RulebookError, match=r"; did you mean 'crater'\?$"):
            evaluated({"cratr": "Tycho"})

    def test_a_paragraph_that_is_neither_written_nor_closed_is_refused(self):
        """Silence is no paragraph."""
        provisions = {name: value for name, value in WRITTEN.items() if name != "care"}
        with pytest.raises(RulebookError, match="library: the paragraph 'care' was not given; every paragraph is wri"):
            evaluated(FULL, provisions)

    def test_every_value_can_be_asked_for(self):
        """Given facts, paragraphs and derived facts, known or not."""
        case = evaluated(without_fact("returned_on"))
        assert case.value("crater") == "Copernicus"
        assert case.value("care") is WRITTEN["care"]
        assert case.value("is_private") is True
        assert case.value("loan_nights") == Unknown(("returned_on",))

    def test_asking_for_a_value_that_is_not_there_is_refused_with_a_suggestion(self):
        """The nearest name is shown."""
        with pytest.raises(
            RulebookError, match=r"library: 'loan_night' is no fact and no provision; did you mean 'loan_n"
        ):
            evaluated().value("loan_night")

    def test_an_outcome_shows_what_the_rule_was_given(self):
        """Conditions and facts by name, without the paragraphs; None where one is not known or not in force."""
        known = answered("lending.period.minimum")
        assert dict(known.facts) == {"is_private": True, "loan_nights": 7}
        partly = answered("return.witness.named", without_fact("witness"), with_closed("care"))
        assert dict(partly.facts) == {
            "is_private": True,
            "careful_borrower": None,
            "witness": None,
            "borrower_age": 30,
        }


class TestMissingFacts:
    """An unknown is never a refusal, and always says what it lacks."""

    def test_a_missing_fact_is_named(self):
        """The rule is not asked, so it says no sentence."""
        outcome = answered("care.cover.fitted", without_fact("has_cover"))
        assert (outcome.verdict, outcome.missing, outcome.gaps) == (Verdict.UNDETERMINED, ("has_cover",), ())
        assert outcome.sentence == ""

    def test_what_a_derived_fact_lacks_is_named_by_its_given_facts(self):
        """Nobody is asked for a derived fact, however long the road to it is."""
        assert answered("payment.nights.amount", without_fact("aperture_mm")).missing == ("aperture_mm",)

    def test_missing_names_unite_in_the_order_of_the_arguments(self):
        """Each name stands once, where it was met first."""
        missing = answered("payment.nights.amount", {"crater": "Tycho"}).missing
        assert missing == ("borrowed_on", "returned_on", "aperture_mm")

        @rule("advice.many.facts", due="loan")
        def much_is_known(returned_on: date, loan_nights: int, crater: str) -> Answer:
            """Much is known."""
            return met("much")

        outcome = answered("advice.many.facts", {}, book=LIBRARY.adding(much_is_known))
        assert outcome.missing == ("returned_on", "borrowed_on", "crater")

    def test_what_the_texts_leave_open_is_a_gap_and_no_missing_fact(self):
        """The sentence of the derived fact travels to the rule that asked for it."""
        outcome = answered("payment.nights.amount", {**FULL, "aperture_mm": 20})
        assert (outcome.verdict, outcome.missing) == (Verdict.UNDETERMINED, ())
        assert outcome.gaps == ("the table of lenses says nothing of 20 mm",)

    def test_gaps_and_missing_facts_stand_beside_each_other(self):
        """A text that is open and a fact that is missing are both told."""
        outcome = answered("payment.nights.amount", {**without_fact("returned_on"), "aperture_mm": 20})
        assert (outcome.missing, outcome.gaps) == (("returned_on",), ("the table of lenses says nothing of 20 mm",))

    def test_an_optional_argument_is_none_while_it_is_missing(self):
        """The function is called all the same, for a rule and for a derived fact."""
        believed = answered("return.witness.named", {**without_fact("witness"), "borrower_age": 80})
        assert (believed.verdict, believed.missing) == (Verdict.MET, ())
        book = LIBRARY.adding(lens_or_none)
        assert evaluated(book=book).value("lens_or_none") == "60 mm"
        assert evaluated(without_fact("aperture_mm"), book=book).value("lens_or_none") == "nothing"

    def test_an_undetermined_answer_lacks_what_the_rule_was_not_given(self):
        """Where the rule names nothing, its missing optional facts are named."""
        outcome = answered("return.witness.named", without_fact("witness"))
        assert (outcome.verdict, outcome.missing) == (Verdict.UNDETERMINED, ("witness",))
        assert outcome.sentence == "nobody said who saw the return"

    def test_an_undetermined_answer_may_name_what_it_needs(self):
        """What the rule names stands in place of all it was not given."""
        book = LIBRARY.adding(anything_is_known_of_care)
        assert answered("advice.cover.or_gloves", {}, book=book).missing == ("has_cover",)

    def test_the_gaps_of_an_answer_join_those_of_its_facts(self):
        """Those of the facts stand first, and a sentence that both say stands once."""
        outcome = answered(
            "advice.crater.guessed", {**FULL, "crater": "Tycho"}, book=LIBRARY.adding(guessed_crater, crater_is_guessed)
        )
        assert outcome.gaps == ("nothing is said of Tycho", "nothing is said of guesses")
        assert outcome.missing == ()
        other = answered("advice.crater.guessed", book=LIBRARY.adding(guessed_crater, crater_is_guessed))
        assert other.gaps == (
            "nothing is said of Copernicus",
            "nothing is said of guesses",
            "nothing is said of Tycho",
        )

    def test_an_answer_that_stands_anyway_lacks_nothing(self):
        """A rule that is met without an optional fact does not ask for it."""
        outcome = answered(
            "advice.cover.or_gloves", without_fact("witness"), book=LIBRARY.adding(anything_is_known_of_care)
        )
        assert (outcome.verdict, outcome.missing) == (Verdict.MET, ())


class TestAmounts:
    """What is due, and what is due from and to."""

    def test_an_amount_is_rounded_by_the_usual_policy_or_by_the_one_named(self):
        """Seven nights of a thirtieth of 200 are 46.67, cut 46, and 46.69 with the night rounded first."""
        outcome = answered("payment.nights.amount")
        assert outcome.amounts() == (Decimal("46.67"), Decimal("46.67"))
        assert [outcome.amounts(policy)[0] for policy in ROUNDINGS.values()] == [
            Decimal("46.67"),
            Decimal(46),
            Decimal("46.69"),
        ]

    def test_a_missing_fact_leaves_a_range_that_names_it(self):
        """While the distance is missing the amount goes from the walker's fee to the rocket's."""
        outcome = answered("payment.courier.amount", without_fact("distance_km"))
        assert outcome.verdict is Verdict.DUE
        assert outcome.amounts() == (Decimal("10.00"), Decimal("90.00"))
        assert outcome.missing == ("distance_km",)

    @pytest.mark.parametrize(("distance_km", "fee"), [(0, 10), (99, 10), (100, 90), (101, 90)])
    def test_an_amount_that_is_settled_names_nothing(self, distance_km, fee):
        """On both sides of the edge one amount is due and nothing is missing."""
        outcome = answered("payment.courier.amount", {**FULL, "distance_km": distance_km})
        assert outcome.amounts() == (Decimal(fee), Decimal(fee))
        assert (outcome.missing, outcome.gaps) == ((), ())

    def test_a_range_of_one_amount_is_settled(self):
        """Where both ends are equal nothing is asked for, though an optional fact is missing."""
        book = LIBRARY.adding(lens_is_paid)
        assert answered("payment.lens.amount", without_fact("witness"), book=book).missing == ()

    def test_a_range_may_name_what_it_needs(self):
        """What the rule names stands in place of all it was not given, and is needed only while the range is open."""
        book = LIBRARY.adding(cap_is_paid)
        assert answered("payment.cap.amount", {}, book=book).missing == ("has_cover",)
        assert answered("payment.cap.amount", without_fact("witness"), book=book).missing == ()

    def test_a_range_tells_the_gaps_as_well(self):
        """An open text leaves a range like a missing fact does."""
        outcome = answered(
            "payment.lens.amount", {**without_fact("witness"), "aperture_mm": 20}, book=LIBRARY.adding(lens_is_paid)
        )
        assert (outcome.missing, outcome.gaps) == (("witness",), ("the table of lenses says nothing of 20 mm",))

    @pytest.mark.parametrize("facts", [FULL, {}])
    def test_a_rule_that_is_no_payment_has_no_amount(self, facts):
        """Neither an answer nor the lack of one is an amount."""
        assert answered("care.cover.fitted", facts).amounts() is None

    def test_an_amount_that_cannot_be_told_is_no_amount(self):
        """Without its facts a payment is undetermined and not zero."""
        outcome = answered("payment.nights.amount", {})
        assert (outcome.verdict, outcome.amounts()) == (Verdict.UNDETERMINED, None)


class TestConditions:
    """only_if is answered before anything else."""

    def test_a_rule_whose_condition_fails_does_not_apply_even_while_facts_are_missing(self):
        """An observatory is not asked for its nights."""
        outcome = answered("lending.period.minimum", {"is_observatory": True})
        assert (outcome.verdict, outcome.missing, outcome.sentence) == (Verdict.NOT_APPLICABLE, (), "")

    def test_a_rule_whose_condition_fails_does_not_apply_even_where_its_paragraph_is_closed(self):
        """What does not speak of the case need not be in force."""
        outcome = answered("lending.period.minimum", {"is_observatory": True}, with_closed("loan_period"))
        assert outcome.verdict is Verdict.NOT_APPLICABLE

    def test_while_a_condition_is_unknown_only_the_condition_is_asked_for(self):
        """The nights may never be needed, so they are not named."""
        outcome = answered("lending.period.minimum", {})
        assert (outcome.verdict, outcome.missing) == (Verdict.UNDETERMINED, ("is_observatory",))

    def test_one_failing_condition_is_enough(self):
        """A later condition that fails settles what an earlier one leaves open, and the other way round."""
        identity = "return.witness.named"
        unknown_first = {"wears_gloves": False}
        unknown_second = {"is_observatory": True}
        assert answered(identity, unknown_first).verdict is Verdict.NOT_APPLICABLE
        assert answered(identity, unknown_second, with_closed("care")).verdict is Verdict.NOT_APPLICABLE

    def test_several_unknown_conditions_are_asked_for_together(self):
        """Their missing facts unite."""
        book = LIBRARY.replacing(
            attrs.evolve(LIBRARY.rule("care.cover.fitted"), only_if=("is_private", "wears_gloves"))
        )
        bare = attrs.evolve(book, given=[attrs.evolve(item, presumed=GIVEN[0].presumed) for item in GIVEN])
        outcome = answered("care.cover.fitted", {}, book=bare)
        assert outcome.missing == ("is_observatory", "wears_gloves")

    def test_a_condition_that_is_not_in_force_puts_the_rule_out_of_force(self):
        """A rule cannot be asked where its condition cannot."""
        outcome = answered("return.witness.named", FULL, with_closed("care"))
        assert outcome.verdict is Verdict.NOT_IN_FORCE

    def test_a_condition_that_holds_lets_the_rule_be_asked(self):
        """Then the missing facts of the rule itself are named."""
        outcome = answered("lending.period.minimum", {"is_observatory": False})
        assert outcome.missing == ("borrowed_on", "returned_on")


class TestClosedParagraphs:
    """What is not in force."""

    def test_a_rule_of_a_closed_paragraph_is_not_in_force(self):
        """It asks for nothing and says no sentence."""
        outcome = answered("care.cover.fitted", FULL, with_closed("care"))
        assert (outcome.verdict, outcome.missing, outcome.sentence) == (Verdict.NOT_IN_FORCE, (), "")

    def test_closed_wins_over_unknown(self):
        """Nobody is asked for a fact that nothing in force needs, neither a rule's nor its condition's."""
        assert answered("care.cover.fitted", {}, with_closed("care")).verdict is Verdict.NOT_IN_FORCE
        outcome = answered("lending.period.minimum", {}, with_closed("loan_period"))
        assert (outcome.verdict, outcome.missing) == (Verdict.NOT_IN_FORCE, ())

    def test_a_fact_of_a_closed_paragraph_is_closed_also_while_it_is_unknown(self):
        """Closed travels through derived facts, whichever argument stands first."""
        case = evaluated({}, with_closed("lens_table"))
        assert isinstance(case.value("monthly_rate"), Closed)
        assert case.outcomes["payment.nights.amount"].verdict is Verdict.NOT_IN_FORCE

    def test_of_two_closed_paragraphs_the_first_argument_is_the_one_that_closes(self):
        """The value of the derived fact is the closure met first."""
        assert evaluated(FULL, with_closed("care", "courier")).value("careful_borrower") == closed("care")

    def test_a_rule_that_tolerates_a_closed_paragraph_gets_none(self):
        """It is asked, and may answer what follows."""
        book = LIBRARY.adding(care_is_in_force)
        assert answered("advice.care.in_force", FULL, with_closed("courier"), book=book).verdict is Verdict.MET
        outcome = answered("advice.care.in_force", FULL, with_closed("care"), book=book)
        assert (outcome.verdict, outcome.sentence) == (Verdict.NOT_MET, "there is no such paragraph")


class TestUnverifiedRefusals:
    """A refusal that rests on something unverified is no refusal."""

    @pytest.mark.parametrize("confidence", Confidence)
    def test_only_a_verified_paragraph_refuses(self, confidence):
        """Single-source is enough; unverified is undetermined, names the paragraph, and keeps the sentence."""
        provisions = {**WRITTEN, "care": attrs.evolve(WRITTEN["care"], citation=citation("care", confidence))}
        outcome = answered("care.cover.fitted", {**FULL, "has_cover": False}, provisions)
        assert outcome.sentence == "the telescope has no cover"
        if confidence is Confidence.UNVERIFIED:
            assert (outcome.verdict, outcome.missing) == (Verdict.UNDETERMINED, ())
            assert outcome.gaps == ("the refusal rests on the care of the Lending Rules, which is unverified",)
        else:
            assert (outcome.verdict, outcome.gaps) == (Verdict.NOT_MET, ())

    def test_what_is_met_may_rest_on_something_unverified(self):
        """Only refusals are held back."""
        outcome = answered("lending.crater.open")
        assert (outcome.verdict, outcome.confidence, outcome.gaps) == (Verdict.MET, Confidence.UNVERIFIED, ())

    def test_a_refusal_that_names_its_grounds_rests_on_them_alone(self):
        """Tycho is closed by an official line of an unverified paragraph."""
        outcome = answered("lending.crater.open", {**FULL, "crater": "Tycho"})
        assert (outcome.verdict, outcome.gaps) == (Verdict.NOT_MET, ())

    def test_a_refusal_that_names_an_unverified_line_is_undetermined(self):
        """Plato is closed by an unverified line, and the line is named."""
        outcome = answered("lending.crater.open", {**FULL, "crater": "Plato"})
        assert outcome.verdict is Verdict.UNDETERMINED
        assert outcome.gaps == (
            "the refusal rests on the crater closures (Plato) of the Lending Rules, which is unverified",
        )

    def test_a_refusal_may_rest_on_no_paragraph(self):
        """No grounds named on purpose are no unverified grounds."""
        provisions = {
            **WRITTEN,
            "care": attrs.evolve(WRITTEN["care"], citation=citation("care", Confidence.UNVERIFIED)),
        }
        outcome = answered("advice.care.narrow", FULL, provisions, book=LIBRARY.adding(care_is_refused_without_ground))
        assert (outcome.verdict, outcome.gaps) == (Verdict.NOT_MET, ())

    @pytest.mark.parametrize("unverified", [True, False])
    def test_a_line_that_a_derived_fact_gives_is_a_ground(self, unverified):
        """The line counts as if it had been a paragraph the rule was given; every unverified ground is named."""
        line = attrs.evolve(LENSES[0], citation=citation("lens_table", Confidence.UNVERIFIED, line="60 mm"))
        provisions = {
            **WRITTEN,
            "care": attrs.evolve(WRITTEN["care"], citation=citation("care", Confidence.UNVERIFIED)),
        }
        if unverified:
            provisions["lens_table"] = LensTable(citation=citation("lens_table"), lines=(line,))
        outcome = answered("lending.lens.listed", FULL, provisions, book=LIBRARY.adding(lens_is_wide_enough))
        assert outcome.verdict is Verdict.UNDETERMINED
        care = "the refusal rests on the care of the Lending Rules, which is unverified"
        lens = "the refusal rests on the lens table (60 mm) of the Lending Rules, which is unverified"
        assert outcome.gaps == ((lens, care) if unverified else (care,))

    def test_a_refusal_because_of_an_unverified_closure_is_undetermined(self):
        """A rule that tolerates the closed paragraph and refuses for it rests on the closure."""
        book = LIBRARY.adding(care_is_in_force)
        outcome = answered(
            "advice.care.in_force", FULL, with_closed("care", confidence=Confidence.UNVERIFIED), book=book
        )
        assert outcome.verdict is Verdict.UNDETERMINED
        assert outcome.gaps == ("the refusal rests on the care of the Lending Rules, which is unverified",)

    def test_a_ground_that_no_text_was_seen_to_show_is_said_to_be_so(self):
        """Without a source there is nothing that could be verified."""
        unseen = attrs.evolve(citation("care", Confidence.UNVERIFIED), sources=())
        provisions = {**WRITTEN, "care": attrs.evolve(WRITTEN["care"], citation=unseen)}
        outcome = answered("care.cover.fitted", {**FULL, "has_cover": False}, provisions)
        assert outcome.gaps == ("the refusal rests on the care of the Lending Rules, which no text was seen to show",)

    def test_a_refusal_that_is_held_back_is_told_from_what_nobody_knows(self):
        """Neither a refusal that stands nor a fact that is missing is held back."""
        assert answered("lending.crater.open", {**FULL, "crater": "Plato"}).is_held_back
        assert not answered("lending.crater.open", {**FULL, "crater": "Tycho"}).is_held_back
        assert not answered("lending.crater.open", without_fact("crater")).is_held_back
        assert not answered("lending.crater.open").is_held_back

    def test_an_undetermined_refusal_leaves_the_overall_answer_open(self):
        """It refuses nobody."""
        assert evaluated({**FULL, "crater": "Plato"}).overall is Overall.OPEN


class TestPresumptions:
    """What is presumed while nobody tells it."""

    def test_a_presumption_stands_in_and_is_shown_where_it_is_used(self):
        """The rules behind which the fact stands show it, also through a condition; the others do not."""
        case = evaluated(without_fact("wears_gloves"))
        assert case.presumed == ("wears_gloves",)
        assert [key for key, item in case.outcomes.items() if item.assumptions] == [
            "care.gloves.worn",
            "return.witness.named",
        ]
        assert case.outcomes["care.gloves.worn"].assumptions == ("wears_gloves",)
        assert case.outcomes["care.gloves.worn"].verdict is Verdict.MET

    @pytest.mark.parametrize(("told", "verdict"), [(True, Verdict.MET), (False, Verdict.NOT_MET)])
    def test_what_is_told_is_not_presumed(self, told, verdict):
        """A told fact wins, whether it says what was presumed or not, and is no assumption."""
        case = evaluated({**FULL, "wears_gloves": told})
        assert case.presumed == ()
        outcome = case.outcomes["care.gloves.worn"]
        assert (outcome.verdict, outcome.assumptions) == (verdict, ())

    def test_a_presumption_is_not_a_fact_that_was_told(self):
        """It does not carry the case to the stage at which it would be known."""
        assert evaluated({"crater": "Tycho"}).stage == "request"


@fact
def is_dusty(wears_gloves: bool, crater: str) -> bool:
    """Whether the crater is too dusty for bare hands."""
    return not wears_gloves and crater != "Plato"


def amount_rule(*conditions: str):
    """A rule that pays for the cleaning under these conditions, where the care is in force and a cover is needed."""

    @rule("payment.cleaning.amount", due="loan", only_if=conditions, pays=True)
    def cleaning_is_paid(care: Care, borrower_age: int) -> Answer:
        """The cleaning is paid."""
        if not care.cover_needed:
            return not_applicable("no cover is needed")
        return due_between(Payment(0, "day", Decimal(1), "day"), Payment(borrower_age, "day", Decimal(1), "day"), "yes")

    return cleaning_is_paid


class TestPresumptionsAgainstARule:
    """Which presumptions alone keep a rule from being asked."""

    @staticmethod
    def against(*conditions: str, facts=FULL, provisions=WRITTEN) -> tuple[str, ...]:
        """Those that stand against the cleaning under these conditions."""
        given = (*(attrs.evolve(each, presumed=False) if each.name == "is_observatory" else each for each in GIVEN),)
        cleaning = amount_rule(*conditions)
        book = attrs.evolve(LIBRARY, given=given, facts=(*FACTS, is_dusty), rules=(*RULES, cleaning))
        return evaluated(facts, provisions, book=book).presumed_against(cleaning)

    def test_a_false_condition_leads_to_the_presumption_behind_it(self):
        """Whether the condition is the presumed fact, or derived from it."""
        facts = without_fact("is_observatory", "wears_gloves")
        assert self.against("is_observatory", facts=facts) == ("is_observatory",)
        assert self.against("is_dusty", facts=facts) == ("wears_gloves",)
        assert self.against("is_observatory", "is_dusty", facts=facts) == ("is_observatory", "wears_gloves")

    def test_what_was_told_is_no_presumption(self):
        """The rule does not apply, and nobody presumed it."""
        assert self.against("is_observatory") == ()

    def test_a_condition_that_is_false_by_what_was_told_settles_it(self):
        """The presumption makes no difference beside it."""
        assert self.against("is_observatory", "is_dusty", facts=without_fact("wears_gloves")) == ()

    def test_a_rule_whose_conditions_are_true_was_asked(self):
        """Nothing stands against it."""
        assert self.against("is_private", facts=without_fact("is_observatory")) == ()

    def test_a_rule_that_pays_nothing_anyway_is_kept_away_by_nothing(self):
        """Its paragraph is not in force, or the rule itself says that it does not apply."""
        facts = without_fact("is_observatory")
        without_cover = attrs.evolve(WRITTEN["care"], cover_needed=False)
        assert self.against("is_observatory", facts=facts, provisions=with_closed("care")) == ()
        assert self.against("is_observatory", facts=facts, provisions={**WRITTEN, "care": without_cover}) == ()

    def test_a_rule_that_nobody_could_ask_yet_may_still_apply(self):
        """A missing fact is no reason to say that nothing would be paid."""
        facts = without_fact("is_observatory", "borrower_age")
        assert self.against("is_observatory", facts=facts) == ("is_observatory",)


class TestStages:
    """When a rule is due."""

    def test_a_stage_that_is_told_holds(self):
        """What is due by then is due, whatever else is known."""
        case = evaluated(FULL, stage="loan")
        assert (case.stage, case.stage_told) == ("loan", "loan")
        assert [key for key, item in case.outcomes.items() if case.is_due(item)] == [
            "lending.crater.open",
            "care.cover.fitted",
            "care.gloves.worn",
            "payment.courier.amount",
            "advice.borrower.age",
        ]

    def test_a_refusal_that_is_due_later_does_not_count_while_the_stage_is_told(self):
        """A loan that is too short is no matter before the return."""
        facts = {**FULL, "returned_on": date(1999, 7, 2)}
        assert [evaluated(facts, stage=stage).overall for stage in STAGES] == [
            Overall.ALL_MET,
            Overall.ALL_MET,
            Overall.NOT_MET,
        ]

    def test_an_open_rule_counts_from_the_stage_at_which_it_is_due(self):
        """The cover is asked for at the loan and not before."""
        facts = without_fact("has_cover")
        assert evaluated(facts, stage="request").overall is Overall.ALL_MET
        assert evaluated(facts, stage="loan").overall is Overall.OPEN

    def test_a_stage_that_does_not_exist_is_refused_with_those_that_do(self):
        """The message lists the stages."""
        with pytest.raises(
            RulebookError, match="library: there is no stage 'retur'; the stages are request, loan, return"
        ):
            evaluated(FULL, stage="retur")

    @pytest.mark.parametrize(
        ("names", "stage"),
        [
            ((), "request"),
            (("crater",), "request"),
            (("crater", "has_cover"), "loan"),
            (("witness", "crater"), "return"),
        ],
    )
    def test_without_a_stage_the_furthest_known_fact_decides(self, names, stage):
        """A loan of which nothing is known stands at the beginning."""
        case = evaluated({name: FULL[name] for name in names})
        assert (case.stage, case.stage_told) == (stage, None)

    def test_a_fact_told_as_none_carries_no_case_further(self):
        """None is not known."""
        assert evaluated({"crater": "Tycho", "witness": None}).stage == "request"

    @pytest.mark.parametrize(("age", "verdict"), [(30, Verdict.UNDETERMINED), (80, Verdict.MET)])
    def test_without_a_stage_a_rule_that_is_decided_counts_early(self, age, verdict):
        """What the given facts decide is due; what they leave open is not."""
        facts = {"is_observatory": False, "borrower_age": age, "crater": "Copernicus"}
        case = evaluated(facts)
        outcome = case.outcomes["return.witness.named"]
        assert case.stage == "request"
        assert outcome.verdict is verdict
        assert case.is_due(outcome) is (verdict is Verdict.MET)
        assert case.overall is Overall.ALL_MET

    def test_without_a_stage_an_early_refusal_counts(self):
        """Gloves that are not worn are refused at the request, unless the stage was told."""
        book = LIBRARY.replacing(attrs.evolve(LIBRARY.rule("care.gloves.worn"), due="return"))
        facts = {"is_observatory": False, "crater": "Copernicus", "wears_gloves": False, "has_cover": True}
        case = evaluated(facts, book=book)
        assert (case.stage, case.overall) == ("loan", Overall.NOT_MET)
        assert evaluated(facts, book=book, stage="loan").overall is Overall.ALL_MET


class TestOverall:
    """What the answers amount to."""

    def test_one_refusal_is_enough(self):
        """It also outweighs what is open."""
        facts = {**without_fact("crater"), "has_cover": False}
        case = evaluated(facts)
        assert case.outcomes["lending.crater.open"].verdict is Verdict.UNDETERMINED
        assert case.overall is Overall.NOT_MET

    def test_one_open_rule_leaves_it_open(self):
        """Nothing is refused, and something is not known."""
        assert evaluated(without_fact("crater")).overall is Overall.OPEN

    def test_what_does_not_apply_or_is_not_in_force_refuses_nobody(self):
        """Nor does it leave anything open."""
        case = evaluated({**FULL, "is_observatory": True}, with_closed("care"))
        verdicts = {item.verdict for item in case.outcomes.values()}
        assert {Verdict.NOT_APPLICABLE, Verdict.NOT_IN_FORCE} <= verdicts
        assert case.overall is Overall.ALL_MET

    def test_a_rule_that_informs_never_decides(self):
        """Neither its refusal nor its silence counts."""
        refused = evaluated({**FULL, "borrower_age": 12})
        assert refused.outcomes["advice.borrower.age"].verdict is Verdict.NOT_MET
        assert refused.overall is Overall.ALL_MET
        silent = evaluated(without_fact("borrower_age"), stage="loan")
        assert silent.outcomes["advice.borrower.age"].verdict is Verdict.UNDETERMINED
        assert silent.overall is Overall.ALL_MET

    @pytest.mark.parametrize("name", ["aperture_mm", "distance_km"])
    def test_a_rule_that_pays_never_decides(self, name):
        """An amount that is open or a range makes nobody ineligible and leaves nothing open."""
        assert evaluated(without_fact(name)).overall is Overall.ALL_MET

    def test_an_empty_loan_is_open(self):
        """Nothing is known, and nothing is refused."""
        assert evaluated({}).overall is Overall.OPEN

    def test_a_rulebook_without_rules_has_nothing_to_refuse(self):
        """All of nothing is met."""
        assert evaluated(book=attrs.evolve(LIBRARY, rules=())).overall is Overall.ALL_MET


class TestValues:
    """An evaluation is a value."""

    def test_an_evaluation_cannot_be_changed(self):
        """Neither its outcomes, nor an outcome, nor what an outcome shows."""
        case = evaluated()
        with pytest.raises(TypeError):
            case.outcomes["care.cover.fitted"] = None
        with pytest.raises(TypeError):
            case.outcomes["care.cover.fitted"].facts["has_cover"] = False
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            case.outcomes["care.cover.fitted"].verdict = Verdict.MET

    def test_what_was_given_is_left_as_it_was(self):
        """The evaluation writes into none of the things it was given."""
        facts, provisions = dict(FULL), dict(WRITTEN)
        case = evaluated(facts, provisions)
        assert (facts, provisions) == (FULL, WRITTEN)
        facts["has_cover"] = False
        assert case.value("has_cover") is True

    def test_a_based_value_is_handed_over_bare(self):
        """Rules see the value and not what it rests on, also where the value is not known."""

        @fact
        def bare(care: Care) -> int | Unknown:
            """Nothing that could be known."""
            return based(unknown("nothing is said"), care)

        assert evaluated().value("careful_borrower") is True
        assert evaluated(book=LIBRARY.adding(bare)).value("bare") == Unknown(gaps=("nothing is said",))


# --- what holds for every loan -----------------------------------------------------------------------------

DAYS = st.dates(date(1999, 1, 1), date(1999, 12, 31))
VALUES = {
    "is_observatory": st.booleans(),
    "borrower_age": st.integers(0, 120),
    "crater": st.sampled_from(["Tycho", "Plato", "Copernicus"]),
    "aperture_mm": st.integers(20, 200),
    "distance_km": st.integers(0, 300),
    "has_cover": st.booleans(),
    "wears_gloves": st.booleans(),
    "borrowed_on": DAYS,
    "returned_on": DAYS,
    "witness": st.sampled_from(["Selene", "Endymion"]),
}
loans = st.fixed_dictionaries({}, optional=VALUES)


@st.composite
def lending_rules(draw):
    """The Lending Rules with paragraphs of any confidence, some of them closed."""
    found = {}
    for name, written in WRITTEN.items():
        where = citation(name, draw(st.sampled_from(Confidence)))
        is_closed = draw(st.sampled_from([False, False, True]))
        found[name] = Closed(citation=where) if is_closed else attrs.evolve(written, citation=where)
    return found


def summary(case):
    """All that an evaluation says, in plain values that can be compared."""
    told = {
        key: (item.verdict, item.sentence, item.missing, item.gaps, item.amounts(), item.citations, item.assumptions)
        for key, item in case.outcomes.items()
    }
    return case.overall, case.stage, case.presumed, told


@cache
def shuffled(order: tuple[int, ...], rules: tuple[int, ...], given: tuple[int, ...]) -> Rulebook:
    """The same rulebook from lists in another order."""
    return attrs.evolve(
        LIBRARY,
        facts=[FACTS[index] for index in order],
        rules=[RULES[index] for index in rules],
        given=[GIVEN[index] for index in given],
    )


def orders(items):
    """The places of the items in any order."""
    return st.permutations(range(len(items))).map(tuple)


class TestProperties:
    """What holds for every loan, every part of one, and every version of the Lending Rules."""

    @given(loans, lending_rules(), orders(FACTS), orders(RULES), orders(GIVEN))
    def test_the_order_of_the_lists_does_not_matter(self, facts, provisions, order, rules, given_facts):
        """Facts, rules and given facts may be listed in any order: every answer stays."""
        other = shuffled(order, rules, given_facts)
        assert summary(evaluated(facts, provisions, book=other)) == summary(evaluated(facts, provisions))

    @given(loans, lending_rules(), st.sets(st.sampled_from(sorted(VALUES))))
    def test_a_missing_fact_never_makes_a_refusal(self, facts, provisions, forgotten):
        """Whatever is forgotten, an answer that was no refusal does not become one."""
        before = evaluated(facts, provisions).outcomes
        less = {name: value for name, value in facts.items() if name not in forgotten}
        after = evaluated(less, provisions).outcomes
        refusals = {key for key, item in after.items() if item.verdict is Verdict.NOT_MET}
        assert refusals <= {key for key, item in before.items() if item.verdict is Verdict.NOT_MET}

    @given(loans, lending_rules(), st.sampled_from([None, *STAGES]))
    def test_equal_loans_are_answered_equally(self, facts, provisions, stage):
        """Asked twice, and with the facts told in the other order, the answers are the same."""
        reverse = dict(reversed(facts.items()))
        first = summary(evaluated(facts, provisions, stage=stage))
        assert summary(evaluated(facts, provisions, stage=stage)) == first
        assert summary(evaluated(reverse, provisions, stage=stage)) == first

    @given(loans, lending_rules())
    def test_only_facts_that_nobody_told_are_asked_for(self, facts, provisions):
        """What is missing is a given fact behind the rule that is not known, and is asked for once."""
        for identity, outcome in evaluated(facts, provisions).outcomes.items():
            assert set(outcome.missing) <= LIBRARY.given_behind(identity) - set(facts)
            assert len(set(outcome.missing)) == len(outcome.missing)

    @given(loans, lending_rules())
    def test_an_answer_that_is_open_says_why(self, facts, provisions):
        """Undetermined names a missing fact or a gap; met, not met and settled amounts name neither."""
        for outcome in evaluated(facts, provisions).outcomes.values():
            says_why = bool(outcome.missing or outcome.gaps)
            if outcome.verdict is Verdict.DUE:
                low, high = outcome.amounts()
                assert says_why is (low < high)
            else:
                assert says_why is (outcome.verdict is Verdict.UNDETERMINED)

    @given(loans, lending_rules())
    def test_what_is_refused_rests_on_nothing_unverified(self, facts, provisions):
        """No paragraph that a refusal was given is unverified."""
        for outcome in evaluated(facts, provisions).outcomes.values():
            if outcome.verdict is Verdict.NOT_MET and outcome.answer.rests_on is None:
                given_paragraphs = [
                    provisions[item.name] for item in LIBRARY.inputs_of(outcome.identity) if item.name in provisions
                ]
                assert all(item.citation.confidence > Confidence.UNVERIFIED for item in given_paragraphs)

    @given(DAYS, st.integers(0, 100), st.integers(0, 100))
    def test_a_longer_loan_never_loses_the_minimum(self, start, shorter, more):
        """Once met, more nights keep it met, and the nights are those between the two days."""

        def verdict(nights):
            end = start + timedelta(days=nights)
            assert loan_nights(start, end) == nights
            return answered("lending.period.minimum", {**FULL, "borrowed_on": start, "returned_on": end}).verdict

        assert verdict(shorter) is (Verdict.MET if shorter >= 3 else Verdict.NOT_MET)
        if verdict(shorter) is Verdict.MET:
            assert verdict(shorter + more) is Verdict.MET


class TestFoundWhenAskedFor:
    """What no rule had use for, and how a case shows itself."""

    def test_a_fact_of_which_no_rule_had_use_is_found_when_it_is_asked_for(self):
        """It is computed once, from facts that were computed for no rule either."""
        calls = []

        @fact
        def named_witness(witness_words: str) -> str:
            """The witness, named."""
            calls.append(witness_words)
            return based(witness_words.upper(), WRITTEN["care"])

        case = evaluated(book=LIBRARY.adding(named_witness))
        assert calls == []
        assert (case.value("named_witness"), case.value("named_witness")) == ("SELENE", "SELENE")
        assert calls == ["Selene"]
        assert case.grounds_of("named_witness") == (WRITTEN["care"],)
        assert case.citations_of("named_witness") == (WRITTEN["care"].citation,)

    def test_what_pays_is_found_where_something_is_due_or_open(self):
        """In the order of the rulebook; what does not apply and what only informs is left out."""

        @rule("payment.cover.amount", due="loan", only_if="has_cover", pays=True)
        def cover_is_paid() -> Answer:
            """A cover is paid."""
            return due(Payment(1, "cover", Decimal(1), "cover"), "one")

        book = LIBRARY.adding(cover_is_paid)
        paying = [item.identity for item in book.rules if item.pays and not item.informs]
        for facts in (FULL, without_fact("distance_km"), {**FULL, "has_cover": False}):
            case = evaluated(facts, book=book)
            assert [item.identity for item in case.paying] == [
                name for name in paying if case.outcomes[name].verdict in {Verdict.DUE, Verdict.UNDETERMINED}
            ]
        assert "payment.cover.amount" not in [item.identity for item in case.paying]

    def test_citations_are_found_as_far_as_they_were_asked_for(self):
        """By this case or by another that rests on the same; worlds put theirs together anew."""
        book = attrs.evolve(LIBRARY)
        assert set(evaluated(book=book).citations_found()) == {None}
        first = evaluated(book=book)
        found = [item.citations for item in first.outcomes.values()]
        assert list(evaluated(book=book).citations_found()) == found
        worlds = evaluate_worlds(book, without_fact("crater"), {"crater": ["Tycho", "Plato"]}, WRITTEN)
        assert set(worlds.citations_found()) == {None}

    def test_a_case_and_its_outcomes_show_themselves(self):
        """The rulebook, the stage and the answer; the outcomes as a dictionary would."""
        case = evaluated(stage="loan")
        assert repr(case) == "<Evaluation by library, stage loan: all met>"
        assert repr(case.outcomes) == repr(dict(case.outcomes))
        assert len(case.outcomes) == len(RULES)

    def test_an_outcome_is_made_once(self):
        """Looking twice shows the same object; there is none of another name."""
        outcomes = evaluated().outcomes
        assert outcomes["care.cover.fitted"] is outcomes["care.cover.fitted"]
        assert "care.cover.fittd" not in outcomes
        with pytest.raises(KeyError):
            _ = outcomes["care.cover.fittd"]

    @pytest.mark.parametrize("names", [(), ("care",)])
    def test_a_rulebook_may_have_no_paragraph_or_one(self, names):
        """The paragraphs are picked one by one."""
        provisions = dict.fromkeys(names, Care)
        book = Rulebook(name="small", stages=STAGES, given=GIVEN, provisions=provisions, facts=[], rules=[])
        case = book.evaluate(FULL, WRITTEN)
        assert case.paragraphs == tuple(WRITTEN[name] for name in names)
        assert case.overall is Overall.ALL_MET

    def test_a_range_between_two_payments_that_are_equal_is_no_range(self):
        """Nothing is left to settle, though they are two objects."""

        @rule("payment.twice.amount", due="loan", pays=True)
        def both_are_paid(witness: str | None) -> Answer:
            """One is paid, whoever saw it."""
            return due_between(*(Payment(1, "cap", Decimal(1), "cap") for _ in "ab"), "one")

        outcome = answered("payment.twice.amount", without_fact("witness"), book=LIBRARY.adding(both_are_paid))
        assert (outcome.verdict, outcome.missing) == (Verdict.DUE, ())
        assert outcome.amounts() == (Decimal("1.00"), Decimal("1.00"))
        assert outcome.answer.low is not outcome.answer.high


@rule("advice.crater.told", due="request", tells=("crater", "borrowed_on"))
def crater_is_told(distance_km: int) -> Answer:
    """The sentence names a crater that the rule was not given."""
    return met("{crater} lies {km} km away, on {borrowed_on}", km=distance_km)


class TestFactsThatAreOnlyMentioned:
    """A sentence may name facts that decide nothing."""

    def test_the_sentence_names_them(self):
        """The values of the answer and the facts stand side by side, each in words; they are shown as well."""
        outcome = answered("advice.crater.told", book=LIBRARY.adding(crater_is_told))
        assert outcome.sentence == "Copernicus lies 40 km away, on 1999-07-01"
        assert dict(outcome.facts) == {"distance_km": 40, "crater": "Copernicus", "borrowed_on": date(1999, 7, 1)}

    def test_a_percent_sign_is_itself(self):
        """Whether the answer at hand mentions a fact or not."""

        @rule("advice.crater.seen", due="request", tells=("crater",))
        def crater_is_seen(distance_km: int) -> Answer:
            """Near, the sentence names the crater; far, it names nothing."""
            if distance_km > 50:
                return met("50 % of all craters are seen at {km} km", km=distance_km)
            return met("100 % of {crater} is seen")

        book = LIBRARY.adding(crater_is_seen)
        for distance, sentence in ((40, "100 % of Copernicus is seen"), (60, "50 % of all craters are seen at 60 km")):
            outcome = answered("advice.crater.seen", {**FULL, "distance_km": distance}, book=book)
            assert outcome.sentence == sentence

    def test_sentences_are_found_as_far_as_they_take_no_asking(self):
        """Those that mention facts at once, others as soon as a case has told them; of worlds each may have its own."""
        book = LIBRARY.adding(crater_is_told)
        place = [item.identity for item in book.rules].index("advice.crater.told")
        first = evaluated(book=book)
        before = first.sentences_found()
        assert {*before[:place], *before[place + 1 :]} == {None}
        assert before[place] == first.outcomes["advice.crater.told"].sentence
        told = [item.sentence for item in first.outcomes.values()]
        assert list(evaluated(book=book).sentences_found()) == told
        worlds = evaluate_worlds(book, without_fact("crater"), {"crater": ["Tycho", "Plato"]}, WRITTEN)
        assert worlds.sentences_found()[place] is None
        assert {*worlds.sentences_found()} <= {None, *told}

    def test_worlds_that_mention_other_facts_say_other_things(self):
        """Where the mentioned fact is the same in all worlds there is one sentence, else one for each."""
        book = LIBRARY.adding(crater_is_told)
        for possible, sentence in (
            (
                {"crater": ["Tycho", "Plato"]},
                "Tycho lies 40 km away, on 1999-07-01; or Plato lies 40 km away, on 1999-07-01",
            ),
            ({"borrower_age": [30, 31]}, "Copernicus lies 40 km away, on 1999-07-01"),
        ):
            case = evaluate_worlds(book, without_fact(*possible), possible, WRITTEN)
            outcome = case.outcomes["advice.crater.told"]
            assert (outcome.verdict, outcome.sentence) == (Verdict.MET, sentence)

    def test_only_a_given_fact_can_be_mentioned(self):
        """A paragraph, a derived fact and a slip of the pen are refused."""
        for name in ("care", "loan_nights", "cratr"):
            with pytest.raises(RulebookError, match=f"advice.crater.told asks for the fact '{name}'"):
                LIBRARY.adding(attrs.evolve(crater_is_told, tells=(name,)))
