"""The objects of a recognition: credits, grading tables, learning agreements with their versions, transcripts."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icm_rules.engine import InputError
from icm_rules.model.credits import CreditRange, Credits, as_text, exact_number, in_figures, some_credits
from icm_rules.model.grading import GradeFrequency, GradingTable, merged
from icm_rules.model.learning_agreement import (
    AgreementChanges,
    AgreementVersion,
    ChangedComponent,
    Component,
    LearningAgreement,
    MobilityType,
    in_force,
    is_same,
    names_of,
)
from icm_rules.model.transcript import TranscriptComponent, TranscriptOfRecords
from tests.strategies_recognition import grading_tables


class TestCredits:
    def test_halves_are_legal_and_exact(self):
        assert Credits("7.5").value == Decimal("7.5")

    def test_the_scheme_is_ects_unless_told_and_its_letters_do_not_matter(self):
        assert Credits(6) == Credits(6, "ECTS")
        assert not Credits(6, "uk-cats").is_ects

    @pytest.mark.parametrize(
        ("written", "read"),
        [
            (6, (Credits(6),)),
            ({"value": 3, "scheme": "usa-semester"}, (Credits(3, "usa-semester"),)),
            ([{"value": 6}, {"value": 3, "scheme": "usa-semester"}], (Credits(6), Credits(3, "usa-semester"))),
        ],
    )
    def test_are_written_in_three_ways(self, written, read):
        assert some_credits(written) == read

    @pytest.mark.parametrize(
        ("written", "message"),
        [
            (-1, "is negative"),
            ("many", "is no number"),
            (True, "is no number of credits"),
            ({"value": None}, "how many credits these are is not told"),
            ({"value": 1, "sceme": "x"}, "there is no field 'sceme'"),
            ([6, 7], "two numbers of credits in the scheme 'ects'"),
        ],
    )
    def test_what_cannot_be_read_is_refused(self, written, message):
        with pytest.raises(InputError, match=message):
            some_credits(written)

    def test_a_range_has_its_ends_in_order(self):
        with pytest.raises(InputError, match="write the lower end first"):
            CreditRange(2, 1)

    @pytest.mark.parametrize(
        ("value", "figures"), [(Fraction(6), "6"), (Fraction(15, 2), "7.5"), (Fraction(8, 3), "8/3 (about 2.67)")]
    )
    def test_a_number_is_shown_exactly_where_that_is_short(self, value, figures):
        assert in_figures(value) == figures

    @given(st.fractions(0, 1000, max_denominator=10**9))
    def test_what_is_written_reads_back(self, value):
        assert exact_number(as_text(value)) == value

    @pytest.mark.parametrize("text", ["", "x", "1e99999999", "-1", "1/0", "inf", "1" * 31])
    def test_what_is_no_number_is_none(self, text):
        assert exact_number(text) is None


class TestGradingTables:
    def test_the_published_example_has_its_shares(self):
        table = GradingTable.from_counts({"10": 50, "9": 100, "8": 350, "7": 300, "6": 200})
        assert [share * 100 for share in table.shares] == [5, 10, 35, 30, 20]
        assert [share * 100 for share in table.cumulative] == [5, 15, 50, 80, 100]

    def test_failing_grades_have_no_share(self):
        table = GradingTable(grades=(GradeFrequency("1", 3), GradeFrequency("5", 9, is_passing=False)))
        assert table.shares == (1,)
        assert table.places_of("5") is None
        assert table.fails("5")

    def test_rounded_per_cents_sum_to_the_whole_again(self):
        table = GradingTable(grades=[{"grade": str(place), "percent": "33.3"} for place in (1, 2, 3)])
        assert table.shares == (Fraction(1, 3),) * 3

    def test_per_cents_may_count_those_who_failed(self):
        grades = [{"grade": "1", "percent": 60}, {"grade": "2", "percent": 30}, {"grade": "5", "percent": 10}]
        grades[2]["is_passing"] = False
        assert GradingTable(grades=grades).shares == (Fraction(2, 3), Fraction(1, 3))

    @pytest.mark.parametrize(
        ("grades", "message"),
        [
            ([{"grade": "1", "count": 1}, {"grade": "1", "count": 2}], "stands in the table twice"),
            ([{"grade": "1"}], "tell the count, or the per cent"),
            ([{"grade": "1", "count": 1, "percent": 5}], "and not both"),
            ([{"grade": "1", "count": 1}, {"grade": "2", "percent": 5}], "some grades have counts"),
            ([{"grade": "1", "count": 0}], "nobody got a passing grade"),
            ([{"grade": "1", "percent": 40}, {"grade": "2", "percent": 40}], "rounding explains no such distance"),
        ],
    )
    def test_what_is_no_table_is_refused(self, grades, message):
        with pytest.raises(InputError, match=message):
            GradingTable(grades=grades)

    @given(table=grading_tables())
    def test_the_places_of_all_grades_are_the_whole_without_gap(self, table):
        places = [table.places_of(each.grade) for each in table.passing]
        assert places[0][0] == 0
        assert places[-1][1] == 1
        assert [upper for _, upper in places[:-1]] == [lower for lower, _ in places[1:]]

    @given(tables=st.lists(st.tuples(*[st.integers(0, 9)] * 3), min_size=1, max_size=4))
    def test_years_are_merged_by_their_counts(self, tables):
        made = [
            GradingTable.from_counts({"1": first + 1, "2": second, "3": third}, years=(f"{2000 + year}",))
            for year, (first, second, third) in enumerate(tables)
        ]
        whole = merged(made)
        assert [each.count for each in whole.grades] == [
            sum(counts) for counts in zip(*[[g.count for g in table.grades] for table in made], strict=True)
        ]
        assert len(whole.years) == len(made)

    def test_what_does_not_belong_together_is_not_merged(self):
        one = GradingTable.from_counts({"1": 1, "2": 1})
        with pytest.raises(InputError, match="these differ"):
            merged([one, GradingTable.from_counts({"2": 1, "1": 1})])
        with pytest.raises(InputError, match="these differ"):
            merged([one, attrs.evolve(one, study_cycle="first")])
        with pytest.raises(InputError, match="merged by counts"):
            merged([GradingTable(grades=[{"grade": "1", "percent": 100}])])
        with pytest.raises(InputError, match="there is no table"):
            merged([])


A, B, C = (Component(title=f"Course {name}", code=name, credits=6) for name in "ABC")


def inserted(component, **more):
    """A change that inserts a component."""
    fields = {field.name: getattr(component, field.name) for field in attrs.fields(Component)}
    return ChangedComponent(status="inserted", **{**fields, **more})


def deleted(component, **more):
    """A change that deletes a component."""
    fields = {field.name: getattr(component, field.name) for field in attrs.fields(Component)}
    return ChangedComponent(status="deleted", **{**fields, **more})


def agreed(changes=None, proposal=None, **lists):
    """An agreement with these lists and changes."""
    version = AgreementVersion(**(lists or {"studied": [A, B], "recognised": [C]}))
    return LearningAgreement(first_version=version, approved_changes=changes, changes_proposal=proposal)


class TestTheAgreementInForce:
    def test_without_a_first_version_nothing_is_in_force_whatever_a_proposal_says(self):
        proposal = AgreementChanges(studied=[inserted(A)])
        assert in_force(LearningAgreement(changes_proposal=proposal)) is None

    def test_is_the_first_version_less_what_was_deleted_with_what_was_inserted(self):
        found = in_force(agreed(AgreementChanges(studied=[deleted(A), inserted(C)])))
        assert found.studied == (B, C)
        assert found.unmatched == ()

    def test_a_list_that_is_not_mentioned_stays(self):
        found = in_force(agreed(AgreementChanges(studied=[inserted(C)])))
        assert found.recognised == (C,)

    def test_an_empty_list_of_changes_changes_nothing(self):
        assert in_force(agreed(AgreementChanges(studied=[]))).studied == (A, B)

    def test_a_deletion_that_fits_nothing_is_reported(self):
        found = in_force(agreed(AgreementChanges(studied=[deleted(C)])))
        assert found.studied == (A, B)
        (unmatched,) = found.unmatched
        assert unmatched.words == "the deletion of C Course C fits no component studied abroad in the first version"

    def test_a_deletion_that_fits_two_is_reported(self):
        twice = agreed(AgreementChanges(studied=[deleted(A)]), studied=[A, attrs.evolve(A, term="2/2")])
        assert in_force(twice).unmatched[0].matches == 2

    def test_a_proposal_is_relative_to_the_first_version_and_replaces_the_changes(self):
        agreement = agreed(AgreementChanges(studied=[deleted(A)]), AgreementChanges(studied=[inserted(C)]))
        assert in_force(agreement).studied == (B,)
        assert in_force(agreement, with_proposal=True).studied == (A, B, C)

    @pytest.mark.parametrize(
        ("lists", "kind"),
        [
            ({"studied": [A]}, MobilityType.SEMESTERS),
            ({"blended": [A]}, MobilityType.BLENDED),
            ({"doctoral": [A]}, MobilityType.DOCTORAL),
            ({"studied": [A], "recognised": [A], "blended": [], "doctoral": []}, MobilityType.SEMESTERS),
            ({"blended": []}, MobilityType.BLENDED),
            ({"blended": [], "doctoral": [A]}, MobilityType.DOCTORAL),
            ({"doctoral": []}, MobilityType.DOCTORAL),
        ],
    )
    def test_the_lists_show_the_kind_of_stay(self, lists, kind):
        assert agreed(**lists).mobility_type is kind

    @pytest.mark.parametrize(
        ("one", "other", "same"),
        [
            ({"los_id": "1", "code": "A"}, {"los_id": "1", "code": "B"}, True),
            ({"los_id": "1", "code": "A"}, {"los_id": "2", "code": "A"}, False),
            ({"los_id": "1", "code": "A"}, {"code": "A"}, True),
            ({"code": "A"}, {"code": "B"}, False),
            ({"term": "1/2"}, {"term": "2/2"}, False),
            ({"term": "1/2"}, {}, True),
            ({"code": "A"}, {}, True),
            ({"code": "A", "term": "1/2"}, {"code": "a", "term": "2/2"}, False),
            ({"code": "HIS 201", "term": "1/2"}, {"code": "his201"}, True),
        ],
    )
    def test_components_match_by_identifier_else_code_else_title_and_term(self, one, other, same):
        assert is_same(Component(title="x", **one), Component(title="X", **other)) is same

    def test_names_tell_the_term_that_sets_two_parts_apart(self):
        parts = [Component(title="x", code="A", term=term) for term in ("1/2", "2/2", None)]
        assert names_of(parts) == ["A x (1/2)", "A x (2/2)", "A x"]
        assert names_of(parts[:1]) == ["A x"]

    def test_another_title_is_another_component(self):
        assert not is_same(Component(title="x"), Component(title="y"))


class TestDeletions:
    def test_take_the_part_of_a_course_that_they_name(self):
        parts = [Component(title="x", code="A", term=term) for term in ("1/2", "2/2")]
        change = {"title": "x", "code": "A", "term": "2/2", "status": "deleted"}
        told = agreed(studied=parts)
        found = in_force(attrs.evolve(told, approved_changes={"studied": [change]}))
        assert (found.studied, found.unmatched) == ((parts[0],), ())

    @pytest.mark.parametrize("order", [1, -1])
    def test_do_not_depend_on_their_order(self, order):
        parts = [Component(title="x", code="A"), Component(title="x", code="B")]
        changes = [{"title": "x", "status": "deleted"}, {"title": "x", "code": "A", "status": "deleted"}][::order]
        found = in_force(attrs.evolve(agreed(studied=parts), approved_changes={"studied": changes}))
        assert (found.studied, found.unmatched) == ((), ())


class TestWhatIsRefused:
    def test_a_wrong_value_is_told_with_its_place(self):
        with pytest.raises(InputError, match="is negative") as caught:
            LearningAgreement(first_version={"studied": [{"title": "x", "credits": -3}]})
        assert caught.value.field == "first_version.studied[0].credits"

    def test_an_unknown_field_is_told_with_the_nearest(self):
        with pytest.raises(InputError, match="did you mean 'credits'"):
            AgreementVersion(studied=[{"title": "x", "credit": 3}])

    def test_a_component_has_a_title(self):
        with pytest.raises(InputError, match="'title' is not told"):
            AgreementVersion(studied=[{"code": "x"}])

    def test_a_stay_does_not_end_before_it_starts(self):
        with pytest.raises(InputError, match="before it starts"):
            LearningAgreement(start_date="2020-02-02", end_date="2020-02-01")
        with pytest.raises(InputError, match="before the first"):
            TranscriptOfRecords(components=[], first_day_present="2020-02-02", last_day_present="2020-02-01")


def test_the_transcript_finds_every_try():
    tries = [TranscriptComponent(title="Course A", code="A", completed=passed) for passed in (False, True)]
    assert TranscriptOfRecords(components=tries).entries_of(A) == tuple(tries)
