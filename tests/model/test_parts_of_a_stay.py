"""Parts of a stay: they have an order, lie within it, and are told in one way."""

from __future__ import annotations

from datetime import date

import pytest

from icm_rules.engine.errors import InputError
from icm_rules.model.mobility import Mobility, StayInterruption, StayPart

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
