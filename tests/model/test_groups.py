"""Facts over groups by the plain road: what counts, what stands, and what stays unknown."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from icm_rules.engine.answers import unknown
from icm_rules.engine.errors import InputError
from icm_rules.model.groups import GroupFact, computed, days_used_in_cycle, envelope_spent, places_used

BEFORE = GroupFact("before", by="person", order="year", of="days", takes="earlier", writes="days_before")
SO_FAR = GroupFact("so far", by="person", order="year", of="days", takes="up to here", writes="days_so_far")
IN_ALL = GroupFact("in all", by="person", of="days", takes="all", writes="days_in_all")


def stay(year: object, days: object, person: object = "a", **more: object) -> dict[str, object]:
    return {"person": person, "year": year, "days": days, **more}


class TestWhatIsCounted:
    """Known values, in three ways of taking rows."""

    STAYS = (stay(3, 50), stay(1, 20), stay(2, 30, "b"), stay(2, 40))

    @pytest.mark.parametrize(
        ("fact", "results"),
        [(BEFORE, [60, 0, 0, 20]), (SO_FAR, [110, 20, 30, 60]), (IN_ALL, [110, 110, 30, 110])],
    )
    def test_the_results_stand_in_the_order_of_the_rows(self, fact: GroupFact, results: list[int]) -> None:
        assert computed(self.STAYS, fact) == results

    def test_without_something_to_sum_rows_are_counted(self) -> None:
        fact = GroupFact("stays", by="person", order="year", takes="up to here", writes="stays")
        assert computed(self.STAYS, fact) == [3, 1, 1, 2]

    def test_yes_counts_one_and_no_counts_nothing(self) -> None:
        assert computed([stay(1, True), stay(2, False), stay(3, True)], IN_ALL) == [2, 2, 2]

    def test_decimals_and_floats_are_summed_exactly(self) -> None:
        many = [stay(1, 0.1), stay(2, 0.2), stay(3, Decimal("1e20")), stay(4, Decimal("1e-20"))]
        assert computed(many, SO_FAR)[1] == Decimal("0.3")
        assert computed(many, SO_FAR)[3] == Decimal("100000000000000000000.30000000000000000001")

    def test_a_second_column_of_the_order_breaks_ties(self) -> None:
        fact = GroupFact("before", by="person", order=("year", "month"), of="days", takes="earlier", writes="n")
        assert computed([stay(1, 20, month=9), stay(1, 30, month=2)], fact) == [30, 0]

    def test_what_a_row_does_not_hold_is_derived(self) -> None:
        fact = GroupFact("double", by="person", of="twice", takes="all", writes="n")
        assert computed([stay(1, 20), stay(1, 5)], fact, derived={"twice": lambda row: 2 * row["days"]}) == [50, 50]

    def test_what_a_row_holds_is_not_derived(self) -> None:
        assert computed([stay(1, 20)], IN_ALL, derived={"days": lambda row: 99}) == [20]

    def test_no_rows_have_no_results(self) -> None:
        assert computed([], BEFORE) == []


class TestWhatIsNotKnown:
    """An unknown makes unknown what rests on it, and nothing else."""

    @pytest.mark.parametrize("nobody", [None, float("nan"), "", "  ", unknown("nobody says")])
    @pytest.mark.parametrize("fact", [BEFORE, SO_FAR, IN_ALL])
    def test_a_row_of_no_known_group_has_no_result_and_counts_for_no_other(
        self, nobody: object, fact: GroupFact
    ) -> None:
        results = computed([stay(1, 20), stay(1, 30, nobody), stay(1, 40, nobody)], fact)
        assert results == [0 if fact is BEFORE else 20, None, None]

    def test_a_column_that_no_row_has_is_unknown(self) -> None:
        assert computed([{"days": 20}, {"days": 30}], IN_ALL) == [None, None]

    @pytest.mark.parametrize(
        ("fact", "results"),
        [(BEFORE, [0, 20, None]), (SO_FAR, [20, None, None]), (IN_ALL, [None, None, None])],
    )
    def test_an_unknown_length_spoils_the_rows_that_rest_on_it(self, fact: GroupFact, results: list[object]) -> None:
        assert computed([stay(1, 20), stay(2, None), stay(3, 40)], fact) == results

    def test_an_unknown_place_in_the_order_spoils_its_group_alone(self) -> None:
        stays = [stay(1, 20), stay(None, 30), stay(1, 40, "b"), stay(2, 50, "b")]
        assert computed(stays, BEFORE) == [None, None, 0, 40]

    @pytest.mark.parametrize(("fact", "result"), [(BEFORE, 0), (SO_FAR, 30)])
    def test_a_row_alone_in_its_group_needs_no_order(self, fact: GroupFact, result: int) -> None:
        assert computed([stay(None, 30)], fact) == [result]

    @pytest.mark.parametrize(("fact", "results"), [(BEFORE, [None, 0, None, 60]), (SO_FAR, [None, 10, None, 70])])
    def test_tied_rows_are_unknown_and_later_rows_count_them_all(self, fact: GroupFact, results: list[object]) -> None:
        assert computed([stay(2, 20), stay(1, 10), stay(2, 30), stay(3, 10)], fact) == results

    def test_the_place_of_a_row_in_the_table_decides_nothing(self) -> None:
        stays = [stay(2, 20), stay(1, 10), stay(2, 30), stay(3, None), stay(4, 1)]
        assert computed(stays[::-1], BEFORE) == computed(stays, BEFORE)[::-1]


class TestWhatIsTold:
    """The column that is written may tell something already: the office knows better."""

    def test_it_stands_and_later_rows_count_on_from_it(self) -> None:
        stays = [stay(1, 20), stay(2, 30, days_before=200), stay(3, 40), stay(4, 50)]
        assert computed(stays, BEFORE) == [0, 200, 230, 270]

    def test_a_told_sum_up_to_a_row_holds_that_row(self) -> None:
        assert computed([stay(1, 20, days_so_far=200), stay(2, 30)], SO_FAR) == [200, 230]

    def test_nothing_told_is_less_than_zero_told(self) -> None:
        assert computed([stay(1, 20), stay(2, 30, days_before=0), stay(3, 40)], BEFORE) == [0, 0, 30]

    def test_it_mends_what_was_unknown_before(self) -> None:
        assert computed([stay(1, None), stay(2, 30, days_before=200), stay(3, 40)], BEFORE) == [0, 200, 230]

    def test_it_does_not_mend_a_length_that_is_unknown_itself(self) -> None:
        assert computed([stay(1, None, days_before=200), stay(2, 30)], BEFORE) == [200, None]

    def test_what_is_told_without_a_place_makes_later_rows_unknown(self) -> None:
        stays = [stay(1, 20, days_before=200), stay(1, 30), stay(2, 40), stay(3, 5, days_before=7), stay(4, 1)]
        assert computed(stays, BEFORE) == [200, None, None, 7, 12]

    def test_it_stands_without_a_group_and_without_an_order(self) -> None:
        stays = [stay(1, 20, None, days_before=5), stay(None, 30, days_before=6), stay(2, 1)]
        assert computed(stays, BEFORE) == [5, 6, None]

    def test_where_every_row_counts_no_other_row_takes_note_of_it(self) -> None:
        assert computed([stay(1, 20, days_in_all=99), stay(2, 30)], IN_ALL) == [99, 50]


class TestTextInColumnsOfFacts:
    """Text in a column named as a given fact is compared as the fact is read."""

    def test_two_ways_to_write_a_year_are_one_year(self) -> None:
        fact = places_used(by="academic_year")
        rows = [{"agreement": "x", "academic_year": year} for year in ("2018/19", "2018/2019", "2019/2020", "soon")]
        assert computed(rows, fact) == [2, 2, 1, None]

    def test_text_of_other_columns_is_compared_as_it_stands(self) -> None:
        assert computed([stay(1, 20, "A"), stay(2, 30, "a")], IN_ALL) == [20, 30]

    def test_numbers_are_read_from_text(self) -> None:
        fact = GroupFact("without grant", by="person", of="zero_grant_days", takes="all", writes="n")
        rows = [{"person": who, "zero_grant_days": days} for who, days in (("a", "12"), ("a", 3), ("b", "few"))]
        assert computed(rows, fact) == [15, 15, None]


class TestWhatIsRefused:
    """Each refusal shows the place and the way out."""

    @pytest.mark.parametrize(
        ("given", "says"),
        [
            ({"by": ()}, "has no group"),
            ({"order": ()}, "must know which rows are earlier"),
            ({"takes": "all"}, "leave it out"),
            ({"takes": "later"}, "write one of: 'earlier', 'up to here', 'all'"),
            ({"order": ("year", "person")}, "'person' twice"),
            ({"writes": "days"}, "would write 'days', which it rests on"),
        ],
    )
    def test_a_definition_that_does_not_fit(self, given: dict[str, object], says: str) -> None:
        usual = {"by": "person", "order": "year", "of": "days", "takes": "earlier", "writes": "n"}
        with pytest.raises(InputError, match=says):
            GroupFact("before", **{**usual, **given})

    @pytest.mark.parametrize("days", ["many", date(2019, 1, 1), Decimal("Infinity"), float("inf")])
    def test_what_is_no_number_cannot_be_summed(self, days: object) -> None:
        with pytest.raises(InputError, match=r"^days: .* is no number to sum"):
            computed([stay(1, days)], IN_ALL)

    def test_what_was_meant_to_be_told_is_not_passed_over(self) -> None:
        with pytest.raises(InputError, match=r"^days_used_in_cycle: 'few' cannot be read"):
            computed([{"person": "a", "days_used_in_cycle": "few"}], days_used_in_cycle())

    def test_an_order_of_two_kinds(self) -> None:
        with pytest.raises(InputError, match="cannot be put in order"):
            computed([stay(1, 20), stay(date(2019, 1, 1), 20)], BEFORE)

    def test_a_group_told_by_a_list(self) -> None:
        with pytest.raises(InputError, match="holds a list"):
            computed([stay(1, 20, ["a"])], BEFORE)


class TestReadyMade:
    """The facts that users ask for."""

    def test_days_used_in_the_cycle_are_those_of_earlier_stays_of_the_person_in_it(self) -> None:
        def of(person: str, cycle: str | None, start: date, days: int) -> dict[str, object]:
            return {"id": person, "study_cycle": cycle, "start_date": start, "length": days}

        rows = [
            of("a", "first", date(2019, 2, 1), 150),
            of("a", "first", date(2017, 9, 1), 120),
            of("a", "second", date(2020, 2, 1), 90),
            of("b", "first", date(2019, 2, 1), 90),
            of("a", None, date(2015, 2, 1), 90),
        ]
        derived = {"counted_student_days": lambda row: row["length"]}
        assert computed(rows, days_used_in_cycle("id"), derived=derived) == [120, 0, 0, 0, None]

    def test_places_are_told_in_all_or_one_by_one(self) -> None:
        usual = {"pact": "x", "academic_year": "2018/2019", "direction": "incoming", "activity": "studies"}
        rows = [{**usual, "start_date": date(2019, month, 1)} for month in (9, 2)]
        assert computed(rows, places_used("pact")) == [2, 2]
        assert computed(rows, places_used("pact", order="start_date")) == [2, 1]

    def test_an_envelope_is_unknown_while_one_of_its_grants_is_open(self) -> None:
        grants = [(2018, 1, "100.50"), (2018, 1, "0.50"), (2019, 1, "7.00"), (2018, 2, "9.00"), (2018, 2, None)]
        rows = [
            {"call": call, "partner_region": region, "total_eur": amount and Decimal(amount)}
            for call, region, amount in grants
        ]
        assert computed(rows, envelope_spent()) == [101, 101, 7, None, None]

    @pytest.mark.parametrize(
        ("fact", "sentence"),
        [
            (
                days_used_in_cycle(),
                (
                    "days_used_in_cycle gives the days of earlier stays in the study cycle [days of 30 to the month]: "
                    "sums counted_student_days over the earlier rows with the same person, study_cycle in the order of "
                    "start_date, into days_used_in_cycle"
                ),
            ),
            (IN_ALL, "in all sums days over all rows with the same person, into days_in_all"),
        ],
    )
    def test_each_says_in_a_sentence_what_it_does(self, fact: GroupFact, sentence: str) -> None:
        assert str(fact) == sentence
