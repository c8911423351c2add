"""What must be signed before the stay, and what must be recognised after it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icm_rules.engine import Verdict
from tests.rules.cases import outcome

CALLS = (2015, 2016, 2017, 2018, 2019, 2020)
MET, NOT_MET, UNDETERMINED, NOT_APPLICABLE = (
    Verdict.MET,
    Verdict.NOT_MET,
    Verdict.UNDETERMINED,
    Verdict.NOT_APPLICABLE,
)

LEARNING = "recognition.learning_agreement.signed"
MOBILITY = "recognition.mobility_agreement.signed"
SYSTEM = "recognition.credits.system"
IN_FULL = "recognition.credits.in_full"

SIDES = ("participant", "sending", "receiving")


def signature(document: str, side: str) -> str:
    """The name of the fact that says when this side signed."""
    return f"{document}_signed_by_{side}_on"


class TestTheLearningAgreement:
    """Student, sending and receiving side sign before the stay starts, which is on 30 September 2019."""

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("side", SIDES)
    @pytest.mark.parametrize(
        ("signed", "verdict"), [("2019-09-29", MET), ("2019-09-30", NOT_MET), ("2019-10-01", NOT_MET)]
    )
    def test_the_day_before_the_start_is_the_last(self, call: int, side: str, signed: str, verdict: Verdict) -> None:
        found = outcome(LEARNING, "student_in", call, **{signature("learning_agreement", side): signed})
        assert found.verdict is verdict
        assert [citation.paragraph for citation in found.citations] == ["learning_agreement_signatures"]
        assert found.confidence.label == "official"

    @pytest.mark.parametrize(
        ("side", "words"), [("participant", "student"), ("sending", "sending side"), ("receiving", "receiving side")]
    )
    def test_the_sentence_says_who_signed_too_late_and_when(self, side: str, words: str) -> None:
        found = outcome(LEARNING, "student_in", **{signature("learning_agreement", side): "2019-10-01"})
        assert found.sentence == (
            "the learning agreement was not signed by all before the stay starts on 2019-09-30: "
            f"the {words} on 2019-10-01"
        )

    @pytest.mark.parametrize("side", SIDES)
    def test_each_signature_is_asked_for_where_missing(self, side: str) -> None:
        name = signature("learning_agreement", side)
        found = outcome(LEARNING, "student_in", **{name: None})
        assert (found.verdict, found.missing) == (UNDETERMINED, (name,))

    def test_one_late_signature_decides_while_another_is_not_told(self) -> None:
        late, untold = (signature("learning_agreement", side) for side in SIDES[:2])
        assert outcome(LEARNING, "student_in", **{late: "2019-09-30", untold: None}).verdict is NOT_MET

    def test_the_start_is_asked_for_where_missing(self) -> None:
        found = outcome(LEARNING, "student_in", start_date=None)
        assert (found.verdict, found.missing) == (UNDETERMINED, ("start_date",))

    @pytest.mark.parametrize("base", ["student_in", "student_out", "trainee_in"])
    def test_every_student_has_one_and_staff_has_none(self, base: str) -> None:
        assert outcome(LEARNING, base).verdict is MET
        assert outcome(LEARNING, "teacher_out").verdict is NOT_APPLICABLE


class TestTheMobilityAgreement:
    """Participant, sending and receiving side sign before the stay starts on 7 October 2019; no text was seen on it."""

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("side", SIDES)
    def test_the_day_before_the_start_is_in_time(self, call: int, side: str) -> None:
        found = outcome(MOBILITY, "teacher_out", call, **{signature("mobility_agreement", side): "2019-10-06"})
        assert found.verdict is MET
        assert found.confidence.label == "unverified"

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("side", SIDES)
    @pytest.mark.parametrize("signed", ["2019-10-07", "2019-10-08"])
    def test_a_late_signature_refuses_nobody_while_the_rule_is_unverified(self, call: int, side: str, signed: str):
        found = outcome(MOBILITY, "teacher_out", call, **{signature("mobility_agreement", side): signed})
        assert (found.verdict, found.missing) == (UNDETERMINED, ())
        assert "mobility agreement signatures" in found.gaps[0]
        assert signed in found.sentence
        assert not found.rule.decides

    @pytest.mark.parametrize("side", SIDES)
    def test_each_signature_and_the_start_is_asked_for_where_missing(self, side: str) -> None:
        name = signature("mobility_agreement", side)
        assert outcome(MOBILITY, "teacher_out", **{name: None}).missing == (name,)
        assert outcome(MOBILITY, "teacher_out", start_date=None).missing == ("start_date",)

    def test_all_staff_has_one_and_students_have_none(self) -> None:
        assert outcome(MOBILITY, "training_in").verdict is MET
        assert outcome(MOBILITY, "student_in").verdict is NOT_APPLICABLE


class TestTheCreditSystem:
    """Study achievements are counted in ECTS or a comparable system."""

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize(
        ("system", "verdict"), [("ects", MET), ("comparable", MET), ("not_comparable", NOT_MET), (None, UNDETERMINED)]
    )
    def test_ects_or_comparable(self, call: int, system: str | None, verdict: Verdict) -> None:
        found = outcome(SYSTEM, "student_in", call, credit_system=system)
        assert found.verdict is verdict
        assert found.missing == (("credit_system",) if system is None else ())

    @pytest.mark.parametrize("identity", [SYSTEM, IN_FULL])
    def test_it_is_asked_wherever_a_student_studies_and_nowhere_else(self, identity: str) -> None:
        assert outcome(identity, "student_in", activity="studies_and_traineeship").verdict is MET
        assert outcome(identity, "trainee_in").verdict is NOT_APPLICABLE
        assert outcome(identity, "teacher_out").verdict is NOT_APPLICABLE
        assert outcome(identity, "student_in", activity=None).missing == ("activity",)


class TestFullRecognition:
    """What was agreed and achieved is recognised in full."""

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize(
        ("agreed", "achieved", "recognised", "verdict"),
        [
            ("30", "30", "30", MET),
            ("30", "30", "29.5", NOT_MET),
            ("30", "30", "30.5", MET),
            ("30", "24", "24", MET),  # what was not passed is not owed
            ("30", "24", "23.5", NOT_MET),
            ("30", "36", "30", MET),  # nor what was not agreed
            ("30", "36", "29.5", NOT_MET),
            ("30", "0", "0", MET),
            (None, "30", "30", MET),
            (None, "30", "29.5", UNDETERMINED),
        ],
    )
    def test_both_sides_of_the_edge(self, call: int, agreed: str, achieved: str, recognised: str, verdict: Verdict):
        told = {"credits_agreed": agreed, "credits_achieved": achieved, "credits_recognised": recognised}
        found = outcome(IN_FULL, "student_in", call, **told)
        assert found.verdict is verdict
        assert found.missing == (("credits_agreed",) if verdict is UNDETERMINED else ())
        assert [citation.paragraph for citation in found.citations] == ["full_recognition"]

    def test_the_sentence_says_how_many_credits_are_owed(self) -> None:
        found = outcome(IN_FULL, "student_in", credits_recognised="29.5")
        assert found.sentence == "29.5 credits are recognised of 30 agreed and achieved; 0.5 are owed"

    @pytest.mark.parametrize("absent", ["credits_achieved", "credits_recognised"])
    def test_each_number_is_asked_for_where_missing(self, absent: str) -> None:
        found = outcome(IN_FULL, "student_in", **{absent: None})
        assert (found.verdict, found.missing) == (UNDETERMINED, (absent,))

    @given(
        agreed=st.none() | st.integers(0, 40),
        achieved=st.integers(0, 40),
        recognised=st.integers(0, 40),
        more=st.integers(0, 40),
    )
    def test_recognising_more_never_loses_it(
        self, agreed: int | None, achieved: int, recognised: int, more: int
    ) -> None:
        def verdict(credits_recognised: int) -> Verdict:
            told = {"credits_agreed": agreed, "credits_achieved": achieved, "credits_recognised": credits_recognised}
            return outcome(IN_FULL, "student_in", **told).verdict

        if verdict(recognised) is MET:
            assert verdict(recognised + more) is MET


BLENDED = "recognition.blended.minimum_credits"


class TestTheCreditsOfABlendedStay:
    """A blended stay for studies carries three ECTS at least."""

    @pytest.mark.parametrize("call", [2022, 2023, 2024, 2025, 2026])
    @pytest.mark.parametrize(("credits_agreed", "enough"), [("0", False), ("2.5", False), ("3", True), ("3.5", True)])
    def test_both_sides_of_the_edge(self, credits_agreed: str, enough: bool, call: int) -> None:
        found = outcome(BLENDED, "blended_in", call, credits_agreed=credits_agreed)
        # Of the Guide 2026 no figure was seen, so nobody is refused by it.
        assert found.verdict is (MET if enough else UNDETERMINED if call == 2026 else NOT_MET)
        assert [citation.paragraph for citation in found.citations] == ["blended_student_duration"]

    def test_the_sentence_names_both_numbers(self) -> None:
        found = outcome(BLENDED, "blended_in", 2024, credits_agreed="2.5")
        assert found.sentence == "2.5 ECTS are fewer than the 3 asked for"

    @pytest.mark.parametrize("system", ["comparable", "not_comparable"])
    @pytest.mark.parametrize("credits_agreed", ["2", "30"])
    def test_credits_of_another_system_are_not_compared_with_ects(self, system: str, credits_agreed: str) -> None:
        told = {"credit_system": system, "credits_agreed": credits_agreed}
        found = outcome(BLENDED, "blended_in", 2024, **told)
        assert (found.verdict, found.missing, len(found.gaps)) == (UNDETERMINED, (), 1)

    def test_studies_are_meant_and_no_traineeship_nor_other_format(self) -> None:
        assert outcome(BLENDED, "blended_in", 2024, activity="traineeship").verdict is NOT_APPLICABLE
        assert outcome(BLENDED, "doctoral_out", 2024).verdict is NOT_APPLICABLE
        assert outcome(BLENDED, "student_in", 2024).verdict is NOT_APPLICABLE
        assert outcome(BLENDED, "teacher_out", 2024, stay_format="blended").verdict is NOT_APPLICABLE

    def test_in_ka107_no_stay_is_blended(self) -> None:
        assert outcome(BLENDED, "blended_in", 2019).verdict is NOT_APPLICABLE

    @pytest.mark.parametrize("absent", ["credits_agreed", "credit_system", "stay_format", "activity"])
    def test_each_fact_is_asked_for_where_missing(self, absent: str) -> None:
        found = outcome(BLENDED, "blended_in", 2024, **{absent: None})
        assert (found.verdict, found.missing) == (UNDETERMINED, (absent,))
