"""Evaluating a case whose facts are partly known only to be one of several values."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icm_rules.engine import (
    Answer,
    InputError,
    Overall,
    Payment,
    RulebookError,
    Unknown,
    Verdict,
    due,
    evaluate_worlds,
    fact,
    met,
    not_applicable,
    not_met,
    rule,
    undetermined,
)
from icm_rules.engine.evaluation import OneOf
from icm_rules.engine.worlds import MOST_WORLDS, worlds_of
from tests.engine.programme import FULL, LIBRARY, WRITTEN, closed, without_fact


def known(possible, *, facts=FULL, provisions=WRITTEN, book=LIBRARY, **more):
    """The full loan, but for what is known only in part."""
    told = {name: value for name, value in facts.items() if name not in possible}
    return evaluate_worlds(book, told, possible, provisions, **more)


def answered(identity, possible, **more):
    """The outcome of one rule."""
    return known(possible, **more).outcomes[identity]


def nights(*ends):
    """A loan that returned on one of these days of July 1999; it began on the first."""
    return {"returned_on": [date(1999, 7, day) for day in ends]}


# --- rules that the Lending Rules do not have --------------------------------------------------------------


@rule("payment.plate.amount", due="loan", pays=True)
def plate_is_paid(aperture_mm: int, distance_km: int) -> Answer:
    """Wide lenses get a brass plate, two of them far away."""
    if aperture_mm < 100:
        return not_applicable("lenses of {width} mm get no plate", width=aperture_mm)
    plates = 2 if distance_km >= 100 else 1
    return due(Payment(plates, "plate", Decimal(5), "plate"), "{number} plates", number=plates)


@rule("payment.candle.amount", due="loan", pays=True)
def candle_is_paid(has_cover: bool, crater: str) -> Answer:
    """A telescope without a cover gets a candle, in silver or in wax."""
    if has_cover:
        return not_applicable("")
    return due(Payment(1, "candle", Decimal(3), "candle"), "a candle for {crater}", crater=crater)


@rule("advice.crater.shade", due="loan", informs=True)
def crater_has_shade(crater: str, distance_km: int | None, witness: str | None) -> Answer:
    """The crater has shade."""
    if crater == "Tycho":
        return not_applicable("Tycho is not asked")
    if crater == "Plato":
        return undetermined("Plato is far", needs=("distance_km",), gaps=("no text speaks of Plato",))
    if crater == "Copernicus":
        return undetermined("Copernicus was seen", needs=("witness",))
    return not_met("{crater} lies bare", crater=crater) if crater < "M" else met("{crater} is dark", crater=crater)


@rule("advice.both.same", due="loan", informs=True)
def both_are_the_same(has_cover: bool, is_observatory: bool) -> Answer:
    """Cover and observatory are told alike."""
    return met("alike") if has_cover == is_observatory else not_met("not alike")


@fact
def shade(crater: str, witness: str | None) -> str | Unknown:
    """What is known of the shade."""
    return Unknown(("witness",), ("no text speaks of shade",)) if crater == "Plato" else crater


@rule("advice.shade.known", due="loan", informs=True)
def shade_is_known(shade: str | None) -> Answer:
    """Something is known of the shade."""
    return met("{shade}", shade=shade or "nothing")


MORE = LIBRARY.adding(plate_is_paid, candle_is_paid, crater_has_shade, both_are_the_same, shade, shade_is_known)


class TestEveryWorld:
    def test_worlds_are_all_combinations(self):
        assert list(worlds_of({"a": [1, 2], "b": [3]})) == [{"a": 1, "b": 3}, {"a": 2, "b": 3}]
        assert list(worlds_of({})) == [{}]

    def test_a_fact_without_a_possible_value_is_refused(self):
        with pytest.raises(InputError, match="crater has no possible value; name at least one") as caught:
            known({"distance_km": [1], "crater": []})
        assert caught.value.field == "crater"

    def test_as_many_combinations_as_are_allowed_are_tried_and_one_more_is_refused(self):
        assert len(list(worlds_of({"a": range(MOST_WORLDS)}))) == MOST_WORLDS
        with pytest.raises(InputError, match=f"make {MOST_WORLDS + 1} combinations, and at most {MOST_WORLDS} are tr"):
            list(worlds_of({"a": range(MOST_WORLDS + 1)}))
        with pytest.raises(InputError, match="narrow some down"):
            known({"borrower_age": range(17), "distance_km": range(16)})

    def test_worlds_that_cannot_be_true_are_left_out(self):
        def told_in(facts):
            return facts if facts["returned_on"] > facts["borrowed_on"] else None

        possible = {"returned_on": [date(1999, 6, 1), date(1999, 7, 8)]}
        outcome = answered("lending.period.minimum", possible, completed=told_in)
        assert (outcome.verdict, outcome.sentence) == (Verdict.MET, "7 nights reach the 3 asked for")
        assert len(outcome.worlds) == 1

    def test_where_no_world_can_be_true_the_facts_are_named(self):
        with pytest.raises(InputError, match="of crater, witness can be true; mend one of them") as caught:
            known({"crater": ["Tycho"], "witness": ["Selene"]}, completed=lambda _: None)
        assert caught.value.field == "crater"

    def test_what_follows_from_a_world_is_told_in_it(self):
        def told_in(facts):
            return {**facts, "is_observatory": facts["borrower_age"] > 200}

        found = known({"borrower_age": [30, 300]}, completed=told_in)
        assert [each.facts["is_private"] for each in found.outcomes["care.gloves.worn"].worlds] == [True, False]

    def test_a_name_that_is_no_given_fact_is_refused(self):
        with pytest.raises(RulebookError, match="'craters' is no given fact"):
            known({"craters": ["Tycho"]})

    def test_what_is_told_besides_gives_way_to_what_is_possible(self):
        found = evaluate_worlds(LIBRARY, FULL, {"has_cover": [False]}, WRITTEN)
        assert found.outcomes["care.cover.fitted"].verdict is Verdict.NOT_MET


class TestOneAnswer:
    def test_where_all_worlds_agree_that_is_the_answer(self):
        alone = LIBRARY.evaluate(FULL, WRITTEN).outcomes["care.cover.fitted"]
        outcome = answered("care.cover.fitted", {"distance_km": [1, 1000]})
        assert (outcome.verdict, outcome.answer, outcome.missing) == (alone.verdict, alone.answer, ())

    def test_the_same_answer_for_other_reasons_is_that_answer(self):
        outcome = answered("lending.period.maximum", nights(8, 9))
        assert (outcome.verdict, outcome.missing) == (Verdict.MET, ())
        assert outcome.sentence == "7 nights are within 60; or 8 nights are within 60"
        refused = answered("lending.period.minimum", nights(2, 3))
        assert (refused.verdict, refused.missing) == (Verdict.NOT_MET, ())

    def test_of_many_reasons_the_first_are_told(self):
        three = answered("lending.period.maximum", nights(8, 9, 10))
        four = answered("lending.period.maximum", nights(8, 9, 10, 11))
        assert three.sentence.endswith("; or 9 nights are within 60")
        assert four.sentence == f"{three.sentence}; or otherwise"

    def test_met_in_one_world_and_not_in_another_cannot_be_told(self):
        outcome = answered("lending.period.minimum", nights(3, 4))
        assert outcome.verdict is Verdict.UNDETERMINED
        assert outcome.missing == ("returned_on",)
        assert outcome.sentence == "2 nights are fewer than 3; or 3 nights reach the 3 asked for"

    def test_only_the_facts_on_which_it_turns_are_named(self):
        possible = {"distance_km": [1, 200], **nights(3, 4), "crater": ["Plato", "Copernicus"]}
        assert answered("lending.period.minimum", possible).missing == ("returned_on",)

    def test_where_no_two_worlds_differ_in_one_fact_alone_all_are_named(self):
        outcome = answered(
            "care.cover.fitted",
            {"has_cover": [True, False], "distance_km": [1, 2]},
            completed=lambda facts: facts if facts["has_cover"] == (facts["distance_km"] == 1) else None,
        )
        assert (outcome.verdict, outcome.missing) == (Verdict.UNDETERMINED, ("has_cover", "distance_km"))

    def test_met_and_not_applicable_is_met(self):
        outcome = answered("lending.period.minimum", {"is_observatory": [False, True]})
        assert (outcome.verdict, outcome.missing) == (Verdict.MET, ())
        assert outcome.sentence == "7 nights reach the 3 asked for"

    def test_not_met_and_not_applicable_cannot_be_told(self):
        outcome = answered("lending.period.minimum", {"is_observatory": [False, True], **nights(2)})
        assert (outcome.verdict, outcome.missing) == (Verdict.UNDETERMINED, ("is_observatory",))

    def test_not_applicable_for_two_reasons_is_not_applicable(self):
        outcome = answered("advice.crater.shade", {"crater": ["Tycho"]}, book=MORE)
        assert outcome.verdict is Verdict.NOT_APPLICABLE
        provisions = {**WRITTEN, "loan_period": closed("loan_period")}
        mixed = answered("lending.period.minimum", {"is_observatory": [True, False]}, provisions=provisions)
        assert {each.verdict for each in mixed.worlds} == {Verdict.NOT_APPLICABLE, Verdict.NOT_IN_FORCE}
        assert (mixed.verdict, mixed.missing) == (Verdict.NOT_APPLICABLE, ())
        assert not mixed.sentence

    def test_what_is_missing_in_any_world_is_missing(self):
        outcome = answered("advice.crater.shade", {"crater": ["Plato", "Copernicus"]}, book=MORE)
        assert (outcome.verdict, outcome.missing) == (Verdict.UNDETERMINED, ("distance_km", "witness"))
        assert outcome.gaps == ("no text speaks of Plato",)
        assert outcome.sentence == "Plato is far; or Copernicus was seen"

    def test_an_undetermined_world_leaves_it_open_with_what_it_misses(self):
        outcome = answered("advice.crater.shade", {"crater": ["Plato", "Tycho"]}, book=MORE)
        assert (outcome.verdict, outcome.missing) == (Verdict.UNDETERMINED, ("distance_km", "crater"))
        assert outcome.gaps == ("no text speaks of Plato",)

    def test_worlds_that_miss_different_facts_without_a_word_miss_all_of_them(self):
        facts = without_fact("borrower_age", "borrowed_on", "wears_gloves", "is_observatory")
        possible = {"wears_gloves": [True, False]}
        outcome = answered("return.witness.named", {**possible, "is_observatory": [False]}, facts=facts)
        assert [each.verdict for each in outcome.worlds] == [Verdict.UNDETERMINED, Verdict.NOT_APPLICABLE]
        assert outcome.missing == ("borrower_age", "wears_gloves")

    def test_a_refusal_on_unverified_grounds_keeps_its_gap(self):
        outcome = answered("lending.crater.open", {"crater": ["Plato", "Copernicus"]})
        assert outcome.verdict is Verdict.UNDETERMINED
        assert "unverified" in outcome.gaps[0]
        assert outcome.missing == ("crater",)
        assert not outcome.is_held_back

    def test_a_refusal_in_every_world_on_unverified_grounds_is_held_back(self):
        outcome = answered("lending.crater.open", {"crater": ["Plato", "Tycho"]})
        assert outcome.verdict is Verdict.UNDETERMINED
        assert outcome.is_held_back
        assert not answered("lending.crater.open", {"crater": ["Tycho"]}).is_held_back


class TestRanges:
    def test_amounts_that_differ_are_a_range_with_what_settles_it(self):
        outcome = answered("payment.nights.amount", {**nights(11, 8, 9), "witness": ["Selene", "Helios"]})
        assert outcome.verdict is Verdict.DUE
        assert outcome.amounts() == (Decimal("46.67"), Decimal("66.67"))
        assert outcome.missing == ("returned_on",)
        assert outcome.sentence == "at least: 7 nights at 200 a month; at most: 10 nights at 200 a month"

    def test_due_in_one_world_and_not_in_another_is_from_nothing(self):
        outcome = answered("payment.plate.amount", {"aperture_mm": [120, 60]}, book=MORE)
        assert outcome.amounts() == (Decimal(0), Decimal(5))
        assert outcome.answer.low == Payment(0, "plate", Decimal(5), "plate")
        assert outcome.missing == ("aperture_mm",)
        assert outcome.sentence == "at least: lenses of 60 mm get no plate; at most: 1 plates"

    def test_where_nothing_is_said_of_the_world_that_pays_nothing_it_is_nothing(self):
        outcome = answered("payment.candle.amount", {"has_cover": [True, False]}, book=MORE)
        assert outcome.sentence == "at least: nothing; at most: a candle for Copernicus"

    def test_a_paragraph_not_in_force_pays_nothing(self):
        outcome = answered(
            "payment.nights.amount",
            {"aperture_mm": [100, 101]},
            provisions={**WRITTEN, "lens_table": closed("lens_table")},
        )
        assert (outcome.verdict, outcome.amounts()) == (Verdict.NOT_IN_FORCE, None)

    def test_equal_amounts_for_other_reasons_leave_nothing_to_settle(self):
        outcome = answered(
            "payment.candle.amount", {"crater": ["Tycho", "Plato"]}, facts={**FULL, "has_cover": False}, book=MORE
        )
        assert (outcome.amounts(), outcome.missing) == ((Decimal(3), Decimal(3)), ())
        assert outcome.sentence == "a candle for Tycho; or a candle for Plato"

    def test_a_range_in_one_world_is_part_of_the_whole_range(self):
        """An amount that is a range by itself keeps what it misses, beside what turns it."""
        facts = without_fact("distance_km")
        outcome = answered("payment.courier.amount", {"crater": ["Tycho", "Plato"]}, facts=facts)
        assert outcome.amounts() == (Decimal(10), Decimal(90))
        assert outcome.missing == ("distance_km",)
        possible = answered("payment.courier.amount", {"distance_km": [99, 100]})
        assert possible.amounts() == (Decimal(10), Decimal(90))
        assert (possible.missing, possible.sentence) == (("distance_km",), "at least: 99 km; at most: 100 km")

    def test_a_range_that_one_world_spans_has_its_reason(self):
        @rule("payment.span.amount", due="loan", pays=True)
        def span_is_paid(crater: str) -> Answer:
            """Plato is paid from one to three, others two."""
            one, two, three = (Payment(number, "coin", Decimal(1), "coin") for number in (1, 2, 3))
            if crater == "Plato":
                return attrs.evolve(due(one, "one to three"), high=three)
            return due(two, "two")

        outcome = answered("payment.span.amount", {"crater": ["Tycho", "Plato"]}, book=LIBRARY.adding(span_is_paid))
        assert (outcome.amounts(), outcome.sentence) == ((Decimal(1), Decimal(3)), "one to three")
        assert outcome.missing == ("crater",)

    def test_due_in_one_world_and_unknown_in_another_cannot_be_told(self):
        outcome = answered("payment.nights.amount", {"aperture_mm": [100, 10]})
        assert (outcome.verdict, outcome.amounts()) == (Verdict.UNDETERMINED, None)
        assert outcome.missing == ("aperture_mm",)
        assert outcome.gaps == ("the table of lenses says nothing of 10 mm",)


class TestTheWhole:
    def test_the_stage_is_the_furthest_any_world_reaches(self):
        told = {"crater": "Copernicus"}
        assert evaluate_worlds(LIBRARY, told, {"borrower_age": [1]}, WRITTEN).stage == "request"
        assert evaluate_worlds(LIBRARY, told, nights(8), WRITTEN).stage == "return"
        assert evaluate_worlds(LIBRARY, told, nights(8), WRITTEN, stage="loan").stage == "loan"
        further = evaluate_worlds(
            LIBRARY,
            told,
            {"borrower_age": [1, 2]},
            WRITTEN,
            completed=lambda facts: {**facts, "has_cover": True} if facts["borrower_age"] == 2 else facts,
        )
        assert further.stage == "loan"

    def test_the_overall_answer_is_that_of_the_united_answers(self):
        assert known(nights(8, 9)).overall is Overall.ALL_MET
        assert known(nights(3, 4)).overall is Overall.OPEN
        assert known(nights(2, 3)).overall is Overall.NOT_MET

    def test_citations_are_those_of_every_world(self):
        outcome = answered("payment.nights.amount", {"aperture_mm": [60, 120]})
        assert {citation.line for citation in outcome.citations} == {"60 mm", "120 mm"}
        assert len(outcome.citations) == len(set(outcome.citations))
        assert outcome.confidence is min(citation.confidence for citation in outcome.citations)

    def test_a_value_is_known_where_all_worlds_agree(self):
        found = known({**nights(8, 9), "crater": ["Tycho", "Plato"], "borrower_age": [20, 21]}, book=MORE)
        assert found.value("is_private") is True
        assert found.value("distance_km") == FULL["distance_km"]
        assert found.value("loan_nights") == Unknown(("returned_on",))
        assert found.value("returned_on") == Unknown(("returned_on",))
        assert found.value("shade") == Unknown(("witness", "crater"), ("no text speaks of shade",))

    def test_the_facts_of_an_answer_say_what_they_may_be(self):
        outcome = answered("lending.period.minimum", nights(9, 8))
        assert dict(outcome.facts) == {"is_private": True, "loan_nights": OneOf((8, 7))}
        assert dict(answered("advice.shade.known", {"crater": ["Plato", "Tycho"]}, book=MORE).facts) == {
            "shade": OneOf((None, "Tycho"))
        }

    def test_what_is_possible_is_not_presumed(self):
        facts = without_fact("wears_gloves")
        assert known({"crater": ["Tycho"]}, facts=facts).presumed == ("wears_gloves",)
        found = known({"wears_gloves": [True, False]}, facts=facts)
        assert found.presumed == ()
        assert found.outcomes["care.gloves.worn"].assumptions == ()
        assert found.outcomes["care.gloves.worn"].missing == ("wears_gloves",)

    def test_what_a_fact_rests_on_is_what_it_rests_on_in_every_world(self):
        found = known({"wears_gloves": [True, False]})
        assert {citation.paragraph for citation in found.citations_of("careful_borrower")} == {"care"}
        half = known({"is_observatory": [True, False], "aperture_mm": [60]})
        assert half.citations_of("monthly_rate")[0].line == "60 mm"

    def test_what_turns_on_two_facts_names_both(self):
        outcome = answered("advice.both.same", {"has_cover": [True, False], "is_observatory": [True, False]}, book=MORE)
        assert outcome.missing == ("has_cover", "is_observatory")


# --- what holds for every loan -----------------------------------------------------------------------------

VALUES = {
    "is_observatory": st.booleans(),
    "borrower_age": st.integers(10, 90),
    "crater": st.sampled_from(["Tycho", "Plato", "Copernicus", "Newton"]),
    "aperture_mm": st.integers(40, 160),
    "distance_km": st.integers(80, 120),
    "has_cover": st.booleans(),
    "wears_gloves": st.booleans(),
    "returned_on": st.dates(date(1999, 7, 2), date(1999, 9, 10)),
    "witness": st.sampled_from(["Selene", "Helios"]),
}


@st.composite
def loans(draw):
    """What is told of a loan, and what is known only in part."""
    told, possible = {"borrowed_on": date(1999, 7, 1)}, {}
    for name, values in VALUES.items():
        how = draw(st.sampled_from(["untold", "told", "told", "possible"]))
        if how == "told":
            told[name] = draw(values)
        elif how == "possible" and len(possible) < 4:
            possible[name] = draw(st.lists(values, min_size=1, max_size=3, unique=True))
    return told, possible


def gist(outcome):
    """What is said, whatever the order in which it was found."""
    low, high = outcome.answer.low, outcome.answer.high
    return (
        outcome.verdict,
        None if low is None else low.exact,
        None if high is None else high.exact,
        set(outcome.missing),
        set(outcome.gaps),
        set(outcome.citations),
    )


def all_gists(told, possible):
    """The same for every rule."""
    found = evaluate_worlds(MORE, told, possible, WRITTEN)
    return found.overall, found.stage, {identity: gist(outcome) for identity, outcome in found.outcomes.items()}


class TestWhatHoldsForEveryLoan:
    @given(loans(), st.data())
    def test_the_order_of_values_and_of_names_changes_nothing(self, loan, data):
        told, possible = loan
        names = data.draw(st.permutations(list(possible)))
        other = {name: data.draw(st.permutations(possible[name])) for name in names}
        assert all_gists(told, possible) == all_gists(told, other)

    @given(loans())
    def test_a_single_possible_value_is_as_good_as_told(self, loan):
        told, possible = loan
        single = {name: values[:1] for name, values in possible.items()}
        alone = MORE.evaluate({**told, **{name: values[0] for name, values in single.items()}}, WRITTEN)
        found = evaluate_worlds(MORE, told, single, WRITTEN)
        assert (found.values, found.presumed, found.stage) == (alone.values, alone.presumed, alone.stage)
        for identity, outcome in alone.outcomes.items():
            united = found.outcomes[identity]
            assert gist(united) == gist(outcome)
            assert (united.sentence, dict(united.facts)) == (outcome.sentence, dict(outcome.facts))

    @given(loans())
    def test_a_range_holds_the_amount_of_every_world(self, loan):
        """And an answer that is told for sure is that of every world to which the rule applies."""
        told, possible = loan
        found = evaluate_worlds(MORE, told, possible, WRITTEN)
        for values in itertools.product(*possible.values()):
            world = MORE.evaluate({**told, **dict(zip(possible, values, strict=True))}, WRITTEN)
            for identity, outcome in world.outcomes.items():
                united = found.outcomes[identity]
                if united.verdict is Verdict.DUE:
                    low, high = outcome.amounts() or (Decimal(0), Decimal(0))
                    assert united.amounts()[0] <= low <= high <= united.amounts()[1]
                elif united.verdict in {Verdict.MET, Verdict.NOT_MET}:
                    silent = {Verdict.NOT_APPLICABLE, Verdict.NOT_IN_FORCE} if united.verdict is Verdict.MET else set()
                    assert outcome.verdict in {united.verdict, *silent}

    @given(loans())
    def test_what_is_left_open_names_what_would_help(self, loan):
        told, possible = loan
        for outcome in evaluate_worlds(LIBRARY, told, possible, WRITTEN).outcomes.values():
            is_open = outcome.verdict is Verdict.UNDETERMINED or outcome.answer.low != outcome.answer.high
            assert bool(outcome.missing or outcome.gaps) == is_open
            assert not set(outcome.missing) & set(told)
