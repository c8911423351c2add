"""Parts of a stay: they have an order, lie within it, and are told in one way."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icm_rules import mobility_from_dict
from icm_rules.engine.errors import InputError
from icm_rules.model.mobility import Mobility, StayInterruption, StayPart, most_days
from icm_rules.rules import duration

DATES = {"start_date": "2020-02-03", "end_date": "2020-06-30"}
FIELDS = ("interruptions", "zero_grant_periods")


def part(first: str, last: str, **told: object) -> dict[str, object]:
    return {"first_day": first, "last_day": last, **told}


def refusal(**told: object) -> InputError:
    with pytest.raises(InputError) as refused:
        Mobility(call=2019, **told)
    return refused.value


def test_a_part_is_read_from_its_two_days() -> None:
    stay = Mobility(call=2019, **DATES, interruptions=[part("2020-02-03", "2020-02-03", is_official_holiday=True)])
    assert stay.interruptions == (
        StayInterruption(first_day=date(2020, 2, 3), last_day=date(2020, 2, 3), is_official_holiday=True),
    )
    assert str(stay.interruptions[0]) == "2020-02-03 to 2020-02-03 (official holidays)"


def test_a_part_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InputError, match="ends on 2020-02-03, before it begins on 2020-02-04"):
        StayPart(first_day="2020-02-04", last_day="2020-02-03")


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("days", [("2020-02-02", "2020-02-05"), ("2020-06-30", "2020-07-01")])
def test_a_part_lies_within_the_stay(field: str, days: tuple[str, str]) -> None:
    error = refusal(**DATES, **{field: [part(*days)]})
    assert error.field == field
    assert "does not lie within the stay, from 2020-02-03 to 2020-06-30" in str(error)


@pytest.mark.parametrize("field", FIELDS)
def test_parts_do_not_overlap_in_whatever_order_they_are_told(field: str) -> None:
    parts = [part("2020-03-05", "2020-03-09"), part("2020-03-01", "2020-03-05")]
    assert "tell each day once" in str(refusal(**DATES, **{field: parts}))
    parts[1]["last_day"] = "2020-03-04"
    assert len(getattr(Mobility(call=2019, **DATES, **{field: parts}), field)) == 2


def test_while_the_stay_is_not_dated_a_part_may_lie_anywhere() -> None:
    assert Mobility(call=2019, interruptions=[part("2020-03-05", "2020-03-09")]).interruptions


@pytest.mark.parametrize(
    ("days", "parts"), [("zero_grant_days", "zero_grant_periods"), ("interruption_days", "interruptions")]
)
def test_days_are_told_by_their_number_or_by_themselves(days: str, parts: str) -> None:
    told = {parts: [part("2020-03-05", "2020-03-09")]}
    assert "tell the number or the days themselves" in str(refusal(**DATES, **told, **{days: 3}))
    assert Mobility(call=2019, **DATES, **told, **{days: 0})


def test_a_stay_without_any_grant_has_no_part_without_one() -> None:
    error = refusal(**DATES, is_zero_grant=True, zero_grant_periods=[part("2020-03-05", "2020-03-09")])
    assert error.field == "zero_grant_periods"


def test_force_majeure_does_not_end_before_it_begins() -> None:
    error = refusal(force_majeure_first_day="2020-03-15", force_majeure_last_day="2020-03-14")
    assert (error.field, "force majeure ends on 2020-03-14" in str(error)) == ("force_majeure_last_day", True)


class TestNumbersOfDays:
    """Days within the stay, told by their number: no more than the stay has."""

    @pytest.mark.parametrize(
        ("told", "field", "words"),
        [
            ({"interruption_days": 400}, "interruption_days", "400 days of interruption are more than the 149 days"),
            ({"zero_grant_days": 400}, "zero_grant_days", "400 days without grant are more than the 149 days"),
            (
                {"interruption_days": 100, "zero_grant_days": 100},
                "zero_grant_days",
                "100 days of interruption and 100 days without grant are together more than the 149 days",
            ),
        ],
    )
    def test_more_than_the_stay_has_are_refused(self, told: dict[str, int], field: str, words: str) -> None:
        error = refusal(**DATES, **told)
        assert (error.field, words in str(error)) == (field, True)
        assert f"of the stay, from 2020-02-03 to 2020-06-30; mend {' or '.join(told)}, or the dates" in str(error)

    @pytest.mark.parametrize("name", ["interruption_days", "zero_grant_days"])
    def test_as_many_as_the_stay_has_are_taken(self, name: str) -> None:
        assert Mobility(call=2019, **DATES, **{name: 149})
        assert refusal(**DATES, **{name: 150}).field == name

    def test_the_count_that_finds_more_days_is_the_one_that_bounds_them(self) -> None:
        february = {"start_date": "2019-02-01", "end_date": "2019-03-01"}
        assert Mobility(call=2018, **february, zero_grant_days=31)
        assert "the 31 days of the stay" in str(refusal(**february, zero_grant_days=32))

    @pytest.mark.parametrize("absent", ["start_date", "end_date"])
    def test_while_the_stay_is_not_dated_any_number_is_taken(self, absent: str) -> None:
        told = {name: day for name, day in DATES.items() if name != absent}
        assert Mobility(call=2019, **told, interruption_days=400, zero_grant_days=400)

    def test_what_is_confirmed_is_held_to_the_same(self) -> None:
        error = refusal(**DATES, zero_grant_days=30, confirmed={"end_date": "2020-02-22"})
        assert error.field == "confirmed.zero_grant_days"
        assert "30 days without grant are more than the 20 days" in str(error)
        assert Mobility(
            call=2019, **DATES, zero_grant_days=30, confirmed={"end_date": "2020-02-22", "zero_grant_days": 0}
        )

    def test_possible_dates_keep_the_world_in_which_no_day_is_left(self) -> None:
        from icm_rules import evaluate

        stay = {"call": 2019, "activity": "training", "sending_country": "AL", "receiving_country": "IT"}
        days = {"end_date": "2020-03-10", "zero_grant_days": 5, "travel_days_claimed": 0}
        report = evaluate(
            mobility_from_dict({**stay, **days, "possible": {"start_date": ["2020-03-01", "2020-03-10"]}})
        )
        line = report.outcomes["funding.staff.days_in_full"]
        assert line.low == 0 < line.high

    def test_possible_dates_that_are_all_too_near_are_refused(self) -> None:
        error = refusal(
            end_date="2020-03-10", zero_grant_days=15, possible={"start_date": ["2020-03-01", "2020-03-05"]}
        )
        assert "can be true" in str(error)

    @given(st.dates(date(2014, 1, 1), date(2028, 1, 1)), st.integers(0, 1000))
    def test_both_counts_are_those_of_the_rules(self, first: date, more: int) -> None:
        last = first + timedelta(days=more)
        ends = duration.first_day_in_months_of_30(first), duration.last_day_in_months_of_30(last)
        counts = duration.days_in_months_of_30(*ends), duration.calendar_days(first, last)
        assert most_days(first, last) == max(counts)
