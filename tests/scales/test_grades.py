"""Grades converted by the formula, by letters, by Kazakhstan's table and by grading tables."""

from __future__ import annotations

from fractions import Fraction

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icm_rules.engine import Confidence, InputError
from icm_rules.model.credits import exact_number
from icm_rules.model.grading import GradeFrequency, GradingTable
from icm_rules.scales.grades import convert_grade, ungraded
from icm_rules.scales.loading import (
    grade_roundings,
    grading_scales,
    kazakhstan_grades,
    letter_tables,
    recognition_policies,
    recognition_policy,
)
from icm_rules.scales.tables import OVERLAP_CHOICES, compare
from tests.strategies_recognition import grading_tables


def rounding_by(name):
    """The default policy with another rounding."""
    return attrs.evolve(recognition_policy("default"), grade_rounding=name)


class TestPublishedExamples:
    @pytest.mark.parametrize(
        ("grade", "origin", "target", "policy", "value"),
        [
            (82, "kz", "de", "default", "2.0"),
            (82, "kz", "de", "half-up", "2.1"),
            ("6", "ch", "de", "default", "1.0"),
            ("5.5", "ch", "de", "default", "1.7"),
            ("5.0", "ch", "de", "default", "2.5"),
            ("4.5", "ch", "de", "default", "3.2"),
            ("4.0", "ch", "de", "default", "4.0"),
            ("2.5", "de", "fr", "default", "15.0"),
            (14, "fr", "de", "default", "2.8"),
            (14, "fr", "de", "wuerzburg", "2.5"),
            (14, "fr", "de", "goettingen", "2.2"),
            ("A-", "us", "de", "wuerzburg", "1.3"),
            ("D", "us", "de", "wuerzburg", "4.0"),
            ("D", "us", "de", "bamberg", "3.7"),
            (82, "kz", "de", "htw-berlin-points", "82.0"),
        ],
    )
    def test_is_reached(self, grade, origin, target, policy, value):
        assert convert_grade(grade, origin, target, policy=policy).value == value

    def test_goettingens_cap_is_exact_before_it_is_cut(self):
        assert convert_grade(14, "fr", "de", policy="goettingen").exact == Fraction(16, 7)

    @pytest.mark.parametrize(
        ("exact", "step"),
        [("1.6", "1.7"), ("2.4", "2.3"), ("2.6", "2.7"), ("2.5", "2.3"), ("1.15", "1.0"), ("3.85", "3.7")],
    )
    def test_the_nearest_step_is_that_of_koeln(self, exact, step):
        """A French grade that the formula takes to just this number."""
        french = 20 - (Fraction(exact) - 1) * 10 / 3
        assert convert_grade(french, "fr", "de", policy="koeln").value == step

    @pytest.mark.parametrize(("exact", "step"), [("1.69", "1.3"), ("1.7", "1.7"), ("1.79", "1.7"), ("4.0", "4.0")])
    def test_passau_cuts_and_takes_the_better_step(self, exact, step):
        french = 20 - (Fraction(exact) - 1) * 10 / 3
        assert convert_grade(french, "fr", "de", policy="passau").value == step


class TestAFailingGrade:
    @pytest.mark.parametrize(
        ("grade", "origin"), [("9.99", "fr"), ("4.1", "de"), (49, "kz"), ("FX", "kz"), ("F", "kz"), ("F", "ee")]
    )
    def test_has_no_converted_value(self, grade, origin):
        found = convert_grade(grade, origin, "it" if origin == "de" else "de")
        assert found.value is None
        assert "passing" in found.why or "failing" in found.why

    def test_of_a_grading_table_neither(self):
        host = GradingTable(grades=(GradeFrequency("10", 5), GradeFrequency("4", 5, is_passing=False)))
        assert convert_grade("4", None, None, host_table=host, home_table=host).value is None

    def test_the_lowest_pass_has_one(self):
        assert convert_grade(10, "fr", "de").value == "4.0"

    def test_of_a_letter_table_neither(self):
        assert convert_grade("F", "us", "de", policy="wuerzburg").value is None


class TestKazakhstan:
    @pytest.mark.parametrize(
        ("grade", "letter"),
        [(100, "A"), (95, "A"), (94, "A-"), (50, "D"), ("3.33", "B+"), ("b-", "B-"), ("94.5", "A-")],
    )
    def test_a_letter_points_and_per_cent_are_one_grade(self, grade, letter):
        assert convert_grade(grade, "kz", "kz").value == letter

    @pytest.mark.parametrize("edition", ["current", "2011"])
    def test_points_and_letters_go_both_ways(self, edition):
        for each in kazakhstan_grades(edition):
            if each.points >= 1:
                assert convert_grade(each.points, "kz", "kz", edition=edition).value == each.letter
                assert convert_grade(each.letter, "kz", "kz", edition=edition).exact == each.points

    def test_fx_is_a_grade_of_the_current_edition_alone(self):
        assert "failing" in convert_grade("FX", "kz", "kz").why
        assert "has no grade 'FX'" in convert_grade("FX", "kz", "kz", edition="2011").why
        assert "is FX" in convert_grade(40, "kz", "kz").why
        assert "is F," in convert_grade(40, "kz", "kz", edition="2011").why

    @pytest.mark.parametrize(("grade", "ects"), [(82, "C"), ("A", "A"), (50, "E"), (92, None)])
    def test_the_ects_letters_are_those_of_2011(self, grade, ects):
        assert convert_grade(grade, "kz", "ects", edition="2011").value == ects

    def test_where_the_table_is_ambiguous_both_letters_are_told(self):
        assert convert_grade(92, "kz", "ects", edition="2011").candidates == ("A", "B")

    @pytest.mark.parametrize(
        ("letter", "kz"), [("A", "A"), ("B", "B+"), ("C", "B"), ("D", "C"), ("E", "D"), ("FX", None)]
    )
    def test_the_way_back_is_a_table_of_its_own(self, letter, kz):
        assert convert_grade(letter, "ects", "kz", edition="2011").value == kz

    def test_the_current_edition_shows_no_ects_letters(self):
        found = convert_grade(82, "kz", "ects")
        assert found.value is None
        assert "2011 only" in found.why

    def test_few_per_cent_are_told_by_their_sign(self):
        assert "is F," in convert_grade("3%", "kz", "kz").why
        assert convert_grade("3", "kz", "kz").value == "B"

    @pytest.mark.parametrize(
        ("grade", "origin", "says"),
        [
            ("Z", "kz", "has no grade 'Z'"),
            ("3.1", "kz", "no grade of Kazakhstan's scale has 3.1 points"),
            ("Z", "ects", "has no ECTS letter 'Z'"),
        ],
    )
    def test_what_it_does_not_have_is_no_value(self, grade, origin, says):
        found = convert_grade(grade, origin, "ects" if origin == "kz" else "kz", edition="2011")
        assert (found.value, says in found.why) == (None, True)
        assert found.needs[0].startswith("one of: ")


class TestLettersOfAScale:
    @pytest.mark.parametrize(("letter", "value"), [("A", "1.0"), ("c", "2.5"), ("E", "4.0"), ("Z", None)])
    def test_are_ranked_from_the_best(self, letter, value):
        assert convert_grade(letter, "ee", "de").value == value

    def test_which_letter_a_number_is_no_text_says(self):
        found = convert_grade("2.5", "de", "ee")
        assert found.value == "3.0"
        assert "nor which of its letters A, B, C, D, E" in found.why

    def test_a_letter_where_a_number_belongs_is_asked_for_as_one(self):
        assert "as a number of the scale of FR (20 to 10)" in convert_grade("B", "fr", "de").needs[-1]


class TestUngradedPasses:
    def test_stay_without_a_grade_unless_the_policy_says_more(self):
        assert ungraded(recognition_policy("default"), "de").value is None

    def test_are_the_lowest_pass_by_htw(self):
        assert ungraded(recognition_policy("htw-berlin"), "de").value == "4.0"

    def test_get_the_students_mean_by_uniupo(self):
        policy = recognition_policy("uniupo")
        assert ungraded(policy, "it", "27.5").value == "27.5"
        assert ungraded(policy, "it").needs == ("the student's weighted mean before departure",)


class TestRefusals:
    @pytest.mark.parametrize(
        ("arguments", "more", "message"),
        [
            ((21, "fr", "de"), {}, "21 is better than the best grade 20"),
            (("0.9", "de", "fr"), {}, "better than the best grade 1"),
            ((101, "kz", "kz"), {}, "more than 100 per cent"),
            ((1, "atlantis", "de"), {}, "'atlantis' names no grading scale"),
            ((" ", "fr", "de"), {}, "the grade is empty"),
            ((True, "fr", "de"), {}, "is no grade"),
            ((1, "fr", "de"), {"method": "magic"}, "there is no method 'magic'"),
            ((1, "kz", "de"), {"edition": "1999"}, "there is no edition '1999'"),
            ((1, "fr", "de"), {"policy": "mine"}, "there is no policy 'mine'"),
        ],
    )
    def test_one_sentence_says_what_is_wrong(self, arguments, more, message):
        with pytest.raises(InputError, match=message):
            convert_grade(*arguments, **more)

    @pytest.mark.parametrize("tolerance", ["much", "1", "-0.1"])
    def test_a_tolerance_is_a_share(self, tolerance):
        table = GradingTable.from_counts({"1": 1})
        policy = attrs.evolve(recognition_policy("default"), sliver=tolerance)
        with pytest.raises(InputError, match="write one"):
            convert_grade("1", None, None, policy=policy, host_table=table, home_table=table)


class TestWhatIsLacking:
    def test_without_scales_and_tables_both_are_asked_for(self):
        found = convert_grade("8", None, None)
        assert found.needs == (
            "the grading tables of both institutions",
            "the best and the lowest passing grade of a scale that is not told",
        )

    def test_letters_ask_for_a_policy_that_has_a_table(self):
        assert "wuerzburg, bamberg" in str(convert_grade("B", "us", "de").needs)

    def test_a_policy_may_take_no_grade_over(self):
        assert "no grade is taken over" in convert_grade("B", "us", "de", policy="kimep").why

    def test_a_method_that_does_not_fit_says_so(self):
        assert "does not fit" in convert_grade("12", "fr", "de", method="same-scale").needs[0]


def test_the_same_scale_needs_no_conversion():
    assert convert_grade("1.3", "de", "de").value == "1.3"


def test_a_conversion_is_as_sure_as_the_weakest_of_its_texts():
    assert convert_grade(14, "fr", "de", policy="koeln").confidence is Confidence.OFFICIAL
    assert convert_grade(82, "kz", "de", policy="koeln").confidence is Confidence.CORROBORATED
    assert convert_grade("B", "us", "de", policy="bamberg").confidence is Confidence.CORROBORATED


@pytest.mark.parametrize(
    ("grade", "origin", "policy"), [("7", "nl", "default"), (14, "fr", "wuerzburg"), (14, "fr", "lowest")]
)
def test_a_step_that_the_policy_does_not_name_is_no_surer_than_the_default(grade, origin, policy):
    assert convert_grade(grade, origin, "de", policy=policy).confidence is Confidence.UNVERIFIED


def test_what_cites_nothing_has_no_confidence():
    assert convert_grade("8", None, None).confidence is None


def test_a_cap_binds_grades_given_there_and_none_taken_over():
    found = convert_grade("1.0", "de", "fr", policy="goettingen")
    assert found.value == "20.0"
    assert "17, is used of grades given there alone" in found.why
    assert "alone" not in convert_grade("1.0", "de", "fr").why


@pytest.mark.parametrize("minus", ["-", "\u2212", "\u2013"])
def test_a_minus_is_one_however_it_is_set(minus):
    assert convert_grade(f"A{minus}", "us", "de", policy="wuerzburg").value == "1.3"


def test_a_letter_nobody_knows_is_called_unknown_and_not_failing():
    found = convert_grade("Q", "us", "de", policy="wuerzburg")
    assert found.why == "the table wuerzburg-us-letters has no grade 'Q', and does not say whether it is a passing one"
    assert found.needs[0].startswith("one of: A+")


def test_the_nearest_grade_of_kazakhstan_is_told_with_its_neighbours():
    found = convert_grade("2.3", "de", "kz")
    assert (found.value, found.candidates, found.exact) == ("2.67", ("B", "B-"), Fraction(27, 10))
    assert "2.7 in the scale of KZ, between B (3) and B- (2.67); the nearer is B-" in found.why
    assert found.confidence is Confidence.UNVERIFIED
    exactly = convert_grade("2.0", "de", "kz")
    assert (exactly.value, exactly.candidates) == ("3.0", ())
    assert exactly.why.endswith("which is B")


def test_a_pass_is_an_ungraded_one():
    assert convert_grade("Pass", "fr", "de", policy="htw-berlin").value == "4.0"
    assert convert_grade("pass", "fr", "de").value is None


class TestComparedTables:
    host = GradingTable.from_counts({"10": 5, "9": 10, "8": 35, "7": 30, "6": 20})
    home = GradingTable.from_counts({"30": 30, "28": 30, "24": 20, "18": 20})

    @pytest.mark.parametrize(
        ("choice", "grade"),
        [
            ("lowest", "28"),
            ("highest", "30"),
            ("middle", "28"),
            ("largest-overlap", "28"),
            ("median", "30"),
            ("mean", "29"),
            ("closest", "28"),
        ],
    )
    def test_each_choice_takes_its_grade(self, choice, grade):
        """8 has the places from 15 to 50 %; 30 those to 30 %, 28 those to 60 %."""
        assert compare(self.host, "8", self.home, choice).grade == grade

    def test_a_sliver_below_the_tolerance_does_not_count(self):
        """7 has the places from 50 to 80 %: 10 points of them with 28, 20 with 24."""
        assert compare(self.host, "7", self.home, "highest").grade == "28"
        assert compare(self.host, "7", self.home, "highest", Fraction(1, 10)).grade == "24"
        assert compare(self.host, "7", self.home, "highest", Fraction(99, 100)).grade == "24"

    def test_the_closest_grade_comes_with_its_deviation(self):
        found = compare(self.host, "8", self.home, "closest")
        assert found.deviation == Fraction(45, 100) - Fraction(325, 1000)

    def test_a_grade_nobody_got_takes_no_place(self):
        table = GradingTable.from_counts({"10": 0, "9": 5})
        found = convert_grade("10", None, None, host_table=table, home_table=self.home)
        assert found.value is None
        assert "nobody" in found.why

    def test_a_grade_that_is_not_in_the_table_has_no_value(self):
        found = convert_grade("11", None, None, host_table=self.host, home_table=self.home)
        assert found.needs == ("one of its grades: 10, 9, 8, 7, 6",)

    @pytest.mark.parametrize(
        ("host", "home", "remark"),
        [
            ({"study_cycle": "first"}, {"study_cycle": "second"}, "different cycles"),
            ({"subject_area": "0311"}, {"subject_area": "0413"}, "different fields"),
            ({"subject_area": "0311"}, {"subject_area": "0312"}, None),
            ({"subject_area": "0311"}, {"subject_area": "03"}, None),
            ({"study_cycle": "first"}, {}, None),
            ({"years": ["2021/2022"]}, {}, "the table abroad covers fewer than the 2 years"),
            ({}, {"years": ["2021/2022"]}, "the table at home covers fewer than the 2 years"),
            ({"years": ["2020/2021", "2021/2022"]}, {}, None),
        ],
    )
    def test_tables_of_other_groups_or_too_few_years_are_remarked_on(self, host, home, remark):
        tables = (attrs.evolve(self.host, **host), attrs.evolve(self.home, **home))
        why = convert_grade("8", None, None, host_table=tables[0], home_table=tables[1]).why
        assert ("but the" in why) is (remark is not None)
        assert (remark or "") in why

    def test_letters_have_no_mean(self):
        home = GradingTable.from_counts({"A": 30, "B": 30, "C": 40})
        assert compare(self.host, "8", home, "mean").grade == "A"

    def test_the_policy_names_the_choice(self):
        found = convert_grade("8", "lv", "it", policy="lowest", host_table=self.host, home_table=self.home)
        assert (found.value, found.choice, found.policy) == ("28", "lowest", "lowest")
        assert found.candidates == ("30", "28")


choices = st.sampled_from(OVERLAP_CHOICES)
tolerances = st.sampled_from([Fraction(0), Fraction(1, 100), Fraction(1, 10)])


class TestProperties:
    @given(table=grading_tables(), choice=choices, tolerance=tolerances)
    def test_equal_tables_map_every_grade_to_itself_by_every_choice(self, table, choice, tolerance):
        for each in table.passing:
            assert compare(table, each.grade, table, choice, tolerance).grade == each.grade

    @given(host=grading_tables(), home=grading_tables(), choice=choices, tolerance=tolerances)
    def test_comparing_never_reverses_an_order(self, host, home, choice, tolerance):
        """The grades of both tables are numbers, the better the greater; a mean lies between two of them."""
        found = [exact_number(compare(host, each.grade, home, choice, tolerance).grade) for each in host.passing]
        assert found == sorted(found, reverse=True)

    @given(host=grading_tables(), home=grading_tables(letters=True), tolerance=tolerances)
    def test_every_choice_lies_between_the_highest_and_the_lowest(self, host, home, tolerance):
        for each in host.passing:
            ends = [compare(host, each.grade, home, choice, tolerance).grade for choice in ("highest", "lowest")]
            for choice in OVERLAP_CHOICES:
                if choice != "closest":
                    assert ends[0] <= compare(host, each.grade, home, choice, tolerance).grade <= ends[1]

    @given(data=st.data(), rounding=st.sampled_from(sorted(grade_roundings())))
    def test_the_formula_never_reverses_an_order(self, data, rounding):
        scales = grading_scales()
        origin, target = (data.draw(st.sampled_from(sorted(scales))) for _ in range(2))
        caps = data.draw(st.sampled_from([None, "wuerzburg", "goettingen"]))
        policy = attrs.evolve(rounding_by(rounding), caps=caps)
        scale = scales[origin]
        # A grade is a number of thirty figures at most.
        shares = st.fractions(0, 1, max_denominator=10**6)
        drawn = sorted(data.draw(st.tuples(shares, shares)))
        better, worse = (scale.best - share * (scale.best - scale.lowest_pass) for share in drawn)
        results = [
            exact_number(convert_grade(grade, origin, target, policy=policy, method="bavarian").value)
            for grade in (better, worse)
        ]
        home = scales[target]
        upwards = rounding == "htw_100_points" if target == "DE" else home.best > home.lowest_pass
        assert results == sorted(results, reverse=upwards)

    @given(percent=st.tuples(st.integers(50, 100), st.integers(50, 100)), edition=st.sampled_from(["current", "2011"]))
    def test_kazakhstans_letters_never_reverse_an_order(self, percent, edition):
        points = [convert_grade(each, "kz", "kz", edition=edition).exact for each in sorted(percent)]
        assert points == sorted(points)

    @given(share=st.fractions(0, 1, max_denominator=1000), origin=st.sampled_from(sorted(grading_scales())))
    def test_the_formula_there_and_back_is_the_same_grade(self, share, origin):
        """Exactly so before any rounding."""
        scale = grading_scales()[origin]
        grade = scale.best - share * (scale.best - scale.lowest_pass)
        other = "FR" if origin != "FR" else "IT"
        there = convert_grade(grade, origin, other, method="bavarian").exact
        assert convert_grade(there, other, origin, method="bavarian").exact == grade

    def test_letter_tables_never_reverse_an_order(self):
        for table in letter_tables().values():
            values = [Fraction(each) for each in table.grades.values()]
            assert values == sorted(values)

    def test_every_policy_converts_or_says_why_not(self):
        for policy in recognition_policies():
            found = convert_grade(14, "fr", "de", policy=policy)
            assert found.value is not None or found.why
