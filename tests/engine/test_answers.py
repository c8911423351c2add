"""Answers, payments, values in words, and the small vocabulary of confidence and errors."""

from __future__ import annotations

import enum
from datetime import date
from decimal import Decimal
from fractions import Fraction

import attrs
import pytest

from icm_rules.engine import (
    Answer,
    Confidence,
    GuideError,
    IcmRulesError,
    InputError,
    Payment,
    RulebookError,
    Unknown,
    Verdict,
    due,
    due_between,
    met,
    not_applicable,
    not_met,
    undetermined,
    unknown,
)
from icm_rules.engine.answers import any_of, in_words, number_in_words
from icm_rules.engine.errors import did_you_mean, shown
from tests.engine.programme import PLATO, TYCHO


class Phase(enum.StrEnum):
    """A term of the invented programme that has words of its own."""

    NEW_MOON = "new_moon"

    @property
    def words(self) -> str:
        """The phase as it is said."""
        return "new moon"


class TestAnswers:
    """The functions that make answers."""

    @pytest.mark.parametrize(
        ("make", "verdict"),
        [(met, "met"), (not_met, "not met"), (not_applicable, "not applicable"), (undetermined, "undetermined")],
    )
    def test_each_function_gives_the_verdict_of_its_name(self, make, verdict):
        """Each of the plain answers has its verdict, fills its sentence and asks for no amount."""
        answer = make("{nights} nights at {crater}", nights=3, crater="Tycho")
        assert answer.verdict == verdict
        assert answer.sentence == "3 nights at Tycho"
        assert (answer.low, answer.high, answer.rests_on, answer.needs, answer.gaps) == (None, None, None, None, ())

    def test_there_are_six_verdicts(self):
        """A rule has six answers and no more."""
        assert [str(verdict) for verdict in Verdict] == [
            "met",
            "not met",
            "due",
            "not applicable",
            "not in force",
            "undetermined",
        ]

    def test_a_sentence_may_use_any_name_for_a_value(self):
        """The template is given by position, so a value may be called template as well."""
        assert met("{template}", template="dust").sentence == "dust"

    def test_an_amount_due_goes_from_itself_to_itself(self):
        """A fixed amount is a range of one."""
        payment = Payment(2, "night", Decimal(9), "night")
        answer = due(payment, "two nights")
        assert (answer.verdict, answer.low, answer.high) == (Verdict.DUE, payment, payment)

    def test_a_range_keeps_both_its_ends(self):
        """The lower end and the upper end stay apart."""
        low, high = Payment(1, "night", Decimal(9), "night"), Payment(2, "night", Decimal(9), "night")
        answer = due_between(low, high, "one night or two")
        assert (answer.verdict, answer.low, answer.high) == (Verdict.DUE, low, high)

    @pytest.mark.parametrize("make", [met, not_met, not_applicable, undetermined])
    def test_an_answer_may_say_what_it_rests_on(self, make):
        """The grounds of every answer are kept as they were named, and no grounds on purpose are kept as such."""
        assert make("closed", rests_on=(TYCHO, PLATO)).rests_on == (TYCHO, PLATO)
        assert make("closed", rests_on=()).rests_on == ()

    def test_an_amount_may_say_what_it_rests_on(self):
        """A fixed amount and a range keep their grounds, and a range what it needs."""
        payment = Payment(1, "night", Decimal(9), "night")
        assert due(payment, "one night", rests_on=(TYCHO,)).rests_on == (TYCHO,)
        answer = due_between(payment, payment, "one night", needs=("witness",), rests_on=(PLATO,))
        assert (answer.rests_on, answer.needs) == ((PLATO,), ("witness",))

    def test_an_undetermined_answer_keeps_what_it_needs_and_what_is_not_written(self):
        """The facts asked for and the gaps of the texts are both kept."""
        answer = undetermined("who knows", needs=("witness",), gaps=("nothing is said of moths",))
        assert (answer.needs, answer.gaps) == (("witness",), ("nothing is said of moths",))

    def test_an_open_text_is_an_unknown_with_a_gap(self):
        """What the texts leave open names no fact that somebody could tell."""
        assert unknown("nothing is said of moths") == Unknown(missing=(), gaps=("nothing is said of moths",))

    def test_an_answer_cannot_be_changed(self):
        """Answers are values."""
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            met("fine").template = "other"

    def test_an_answer_without_a_template_says_nothing(self):
        """The sentence of a rule that was never asked is empty."""
        assert Answer(Verdict.NOT_APPLICABLE).sentence == ""


class TestPayment:
    """Amounts before rounding."""

    def test_the_exact_amount_is_quantity_times_share_times_rate(self):
        """Seven nights of a thirtieth of 200 are 140/3, not a crown more or less."""
        assert Payment(7, "night", Decimal(200), "month", Fraction(1, 30)).exact == Fraction(140, 3)

    def test_the_share_is_the_whole_rate_unless_told(self):
        """Without a share each unit is paid the full rate, to the last digit of a decimal rate."""
        assert Payment(3, "night", Decimal("0.1"), "night").exact == Fraction(3, 10)


class TestInWords:
    """A value as it stands in a sentence."""

    @pytest.mark.parametrize(
        ("value", "words"),
        [
            (True, "yes"),
            (False, "no"),
            (7, "7"),
            (Decimal("9.50"), "9.5"),
            (Decimal("9.00"), "9"),
            (Decimal(900), "900"),
            (Decimal("9E+2"), "900"),
            (Decimal("0.00"), "0"),
            (Decimal("-1.50"), "-1.5"),
            (date(1999, 7, 1), "1999-07-01"),
            ("Tycho", "Tycho"),
            (Phase.NEW_MOON, "new moon"),
            (Fraction(9, 4), "2.25"),
            (Fraction(6, 2), "3"),
            (frozenset({"Tycho", "Plato"}), "Plato, Tycho"),
            ({Phase.NEW_MOON}, "new moon"),
            (("Tycho", Decimal("2.0")), "Tycho, 2"),
            ([True, None], "yes, none"),
            (None, "none"),
            (1.5, "1.5"),
            ((), ""),
        ],
    )
    def test_each_kind_of_value_has_its_words(self, value, words):
        """Dates, numbers, terms, yes and no, and lists of them each read as a person writes them."""
        assert in_words(value) == words

    def test_a_sentence_may_mention_what_the_rule_was_not_given(self):
        """Their values are told by whoever knows them; the values of the answer stand first."""
        answer = met("{part} %s of {share}, {phase}, by {crater}", part="100 %", crater="Tycho")
        told = {"share": Decimal("1.50"), "phase": Phase.NEW_MOON, "crater": "Plato"}
        assert answer.sentence_with(told.__getitem__) == f"100 % %s of 1.5, {in_words(Phase.NEW_MOON)}, by Tycho"
        assert answer.frame == ("100 %% %%s of %s, %s, by Tycho", ("share", "phase"))

    def test_words_are_used_in_the_sentence(self):
        """A sentence shows its values in words."""
        sentence = met("{cover}, {rate}, {phase}", cover=False, rate=Decimal("1.10"), phase=Phase.NEW_MOON).sentence
        assert sentence == "no, 1.1, new moon"

    def test_only_zeros_after_the_point_say_nothing(self):
        """The zeros of a whole number stay."""
        assert [number_in_words(Decimal(text)) for text in ("100", "100.0", "100.010")] == ["100", "100", "100.01"]


class TestConfidence:
    """The four words for how a figure is known."""

    def test_the_words_are_those_of_the_files_and_lead_back(self):
        """Each confidence has its word, and the word its confidence, from the weakest to the strongest."""
        labels = [confidence.label for confidence in Confidence]
        assert labels == ["unverified", "single-source", "corroborated", "official"]
        assert [Confidence.from_label(label) for label in labels] == sorted(Confidence)

    def test_another_word_is_refused_with_the_four(self):
        """The message shows the word seen and those that may be written, the strongest first."""
        with pytest.raises(
            ValueError, match=r"'certain' is no confidence; write one of: official, corroborated, single-source, unver"
        ):
            Confidence.from_label("certain")


class TestErrors:
    """The exceptions of the library."""

    @pytest.mark.parametrize("kind", [InputError, RulebookError, GuideError])
    def test_they_are_one_family_of_value_errors(self, kind):
        """Whoever catches the family catches each of them."""
        assert issubclass(kind, IcmRulesError)
        assert issubclass(kind, ValueError)

    def test_wrong_input_knows_its_field(self):
        """The field is kept beside the message, and is absent where there is none."""
        error = InputError("the crater 'Tyco' does not exist", field="crater")
        assert (str(error), error.field) == ("the crater 'Tyco' does not exist", "crater")
        assert InputError("the file is empty").field is None

    def test_a_suggestion_is_made_only_where_a_name_is_near(self):
        """The nearest name is suggested; nothing is said where none is near."""
        assert did_you_mean("cratr", ["care", "crater"]) == "; did you mean 'crater'?"
        assert did_you_mean("moth", ["care", "crater"]) == ""


@pytest.mark.parametrize(
    ("words", "told"), [([], ""), (["a"], "a"), (["a", "b"], "a or b"), (("a", "b", "c"), "a, b or c")]
)
def test_one_of_several_things_is_told_with_or_before_the_last(words, told):
    assert any_of(words) == told


def test_a_value_in_a_message_is_written_as_a_person_would():
    """Text stands in quotation marks, a number does not, and nothing is longer than a line."""
    assert shown("Tycho") == "'Tycho'"
    assert shown(Decimal("1.5")) == "1.5"
    assert shown(10**5000) == "a number of thousands of digits"
    assert len(shown("x" * 1000)) <= 80
