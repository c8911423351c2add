"""How far it is, and how many days of travel are paid."""

from __future__ import annotations

from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icm_rules.engine import Verdict
from icm_rules.guide import guide
from icm_rules.rules import travel
from icm_rules.rules.values import TravelDays
from tests.rules.cases import evaluate, outcome

CALLS = (2015, 2016, 2017, 2018, 2019, 2020)
MET, NOT_MET, UNDETERMINED, NOT_APPLICABLE = (
    Verdict.MET,
    Verdict.NOT_MET,
    Verdict.UNDETERMINED,
    Verdict.NOT_APPLICABLE,
)

EVERYWHERE = {"100": 180, "500": 275, "2000": 360, "3000": 530, "4000": 820}
"""The lower edges that all calls share, and what is paid from there on."""
NEAREST_AND_FARTHEST = {
    2015: {"0": 0, "8000": 1100},
    2016: {"0": 0, "8000": 1100},
    2017: {"0": 0, "10": 20, "8000": 1300},
    2018: {"0": 0, "10": 20, "8000": 1500},
    2019: {"0": 0, "10": 20, "8000": 1500},
    2020: {"0": 0, "10": 20, "8000": 1500},
}
BAND = "travel.distance.band"


def support(call: int, km: object) -> Decimal:
    """What the band of this distance pays [EUR]."""
    return evaluate("student_in", call, distance_km=km).value("travel_band").eur


class TestTheBands:
    """Bands of distance are half-open: the lower edge belongs to a band, the upper one to the next."""

    @pytest.mark.parametrize("call", CALLS)
    def test_each_edge_begins_a_band_and_what_lies_below_belongs_to_the_one_before(self, call: int) -> None:
        edges = sorted((Decimal(km), eur) for km, eur in {**EVERYWHERE, **NEAREST_AND_FARTHEST[call]}.items())
        before = 0
        for km, eur in edges:
            assert support(call, km) == eur
            if km:
                assert support(call, km - Decimal("0.001")) == before
            before = eur

    @pytest.mark.parametrize(
        ("km", "first", "in_2017", "later"),
        [
            ("0", 0, 0, 0),
            ("9.99", 0, 0, 0),
            ("10", 0, 20, 20),
            ("99", 0, 20, 20),
            ("99.999", 0, 20, 20),
            ("100", 180, 180, 180),
            ("499.99", 180, 180, 180),
            ("500", 275, 275, 275),
            ("1999.9", 275, 275, 275),
            ("2000", 360, 360, 360),
            ("2999.99", 360, 360, 360),
            ("3000", 530, 530, 530),
            ("3999.99", 530, 530, 530),
            ("4000", 820, 820, 820),
            ("7999", 820, 820, 820),
            ("7999.99", 820, 820, 820),
            ("8000", 1100, 1300, 1500),
            ("19999", 1100, 1300, 1500),
        ],
    )
    def test_what_each_distance_pays_in_each_call(self, km: str, first: int, in_2017: int, later: int) -> None:
        assert [support(call, km) for call in CALLS] == [first, first, in_2017, later, later, later]

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize(
        ("km", "sentence"),
        [
            ("499.99", "499.99 km lie in the band from 100 km to less than 500 km"),
            ("500", "500 km lie in the band from 500 km to less than 2000 km"),
            ("8000", "8000 km lie in the last band, from 8000 km on"),
        ],
    )
    def test_the_rule_names_the_band_and_cites_it_alone(self, call: int, km: str, sentence: str) -> None:
        found = outcome(BAND, "student_in", call, distance_km=km)
        assert (found.verdict, found.sentence) == (MET, sentence)
        assert [citation.paragraph for citation in found.citations] == ["travel_bands"]

    @pytest.mark.parametrize("base", ["student_in", "student_out", "trainee_in", "teacher_out", "training_in"])
    def test_the_rule_is_for_everybody_and_asks_for_the_distance(self, base: str) -> None:
        assert outcome(BAND, base).verdict is MET
        found = outcome(BAND, base, distance_km=None)
        assert (found.verdict, found.missing) == (UNDETERMINED, ("distance_km",))

    def test_the_farthest_band_of_2017_tells_of_its_conflict(self) -> None:
        (citation,) = outcome(BAND, "student_in", 2017, distance_km=8000).citations
        assert citation.conflict.startswith("1100 EUR")
        assert citation.confidence.label == "corroborated"
        (neighbour,) = outcome(BAND, "student_in", 2017, distance_km=7999).citations
        assert neighbour.conflict is None

    def test_a_line_carries_its_own_confidence(self) -> None:
        def confidence(km: int) -> str:
            return outcome(BAND, "student_in", 2018, distance_km=km).confidence.label

        assert [confidence(km) for km in (5, 50, 500, 8000)] == ["corroborated", "official", "corroborated", "official"]

    def test_a_distance_in_a_gap_between_bands_is_not_known(self) -> None:
        bands = guide(2019).provisions["travel_bands"]
        torn = attrs.evolve(bands, lines=tuple(line for line in bands.lines if line.from_km != 500))
        assert travel.travel_band(Decimal(500), torn).gaps == ("no band holds 500 km",)
        assert travel.travel_band(Decimal("499.99"), torn).eur == 180

    @given(
        call=st.sampled_from(CALLS),
        km=st.decimals(0, 20000, places=3),
        more=st.decimals(0, 20000, places=3),
    )
    def test_farther_never_pays_less(self, call: int, km: Decimal, more: Decimal) -> None:
        assert support(call, km) <= support(call, km + more)


def paid(base: str = "teacher_out", call: int = 2019, **changes: object) -> TravelDays:
    """The days of travel paid for a stay from 7 to 13 October, journeys and claim as told in ``changes``."""
    told = {"outward_travel_date": None, "return_travel_date": None, "travel_days_claimed": None}
    return evaluate(base, call, **{**told, **changes}).value("travel_days")


class TestTheDaysOfTravel:
    """At most one day before the stay and one after it, and never a day of activity."""

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize(
        ("out", "back", "low", "high"),
        [
            ("2019-10-06", "2019-10-14", 2, 2),
            ("2019-10-06", "2019-10-13", 1, 1),  # back on the last day of activity
            ("2019-10-06", "2019-10-12", 1, 1),  # back before the last day
            ("2019-10-07", "2019-10-14", 1, 1),  # there on the first day of activity
            ("2019-10-08", "2019-10-14", 1, 1),  # there after the first day
            ("2019-10-07", "2019-10-13", 0, 0),
            ("2019-10-01", "2019-10-20", 2, 2),  # not more than one before and one after
            ("2019-10-06", None, 1, 2),
            ("2019-10-07", None, 0, 1),
            (None, "2019-10-14", 1, 2),
            (None, "2019-10-13", 0, 1),
            (None, None, 0, 2),
        ],
    )
    def test_the_dates_of_the_journeys_decide(self, call: int, out: str, back: str, low: int, high: int) -> None:
        assert paid(call=call, outward_travel_date=out, return_travel_date=back) == TravelDays(low, high)

    @pytest.mark.parametrize(
        ("out", "back", "by_claim"),
        [
            ("2019-10-06", "2019-10-14", [0, 1, 2, 2]),
            ("2019-10-06", "2019-10-13", [0, 1, 1, 1]),
            ("2019-10-07", "2019-10-13", [0, 0, 0, 0]),
            ("2019-10-07", None, [0, 1, 1, 1]),
            (None, None, [0, 1, 2, 2]),  # a claim is taken at its word
        ],
    )
    def test_never_more_than_is_claimed_and_never_more_than_may_be_paid(self, out: str, back: str, by_claim: list[int]):
        for claimed, days in enumerate(by_claim):
            told = {"outward_travel_date": out, "return_travel_date": back, "travel_days_claimed": claimed}
            assert paid(**told) == TravelDays(days, days)

    def test_without_the_dates_of_the_stay_the_journeys_decide_nothing(self) -> None:
        journeys = {"outward_travel_date": "2019-10-06", "return_travel_date": "2019-10-14"}
        assert paid(start_date=None, **journeys) == TravelDays(1, 2)
        assert paid(end_date=None, **journeys) == TravelDays(1, 2)

    @given(
        claimed=st.integers(0, 40),
        out=st.none() | st.sampled_from(["2019-10-05", "2019-10-06", "2019-10-07", "2019-10-08"]),
        back=st.none() | st.sampled_from(["2019-10-12", "2019-10-13", "2019-10-14", "2019-10-15"]),
    )
    def test_a_claim_never_raises_the_days_above_two_nor_above_what_may_be_paid(self, claimed, out, back) -> None:
        journeys = {"outward_travel_date": out, "return_travel_date": back}
        settled, untold = paid(travel_days_claimed=claimed, **journeys), paid(**journeys)
        assert settled.low == settled.high <= min(claimed, 2, untold.high)

    @given(
        out=st.sampled_from(["2019-10-05", "2019-10-06", "2019-10-07", "2019-10-08"]),
        back=st.sampled_from(["2019-10-12", "2019-10-13", "2019-10-14", "2019-10-15"]),
        told=st.tuples(st.booleans(), st.booleans()),
    )
    def test_what_a_date_settles_lies_within_the_range_before_it_was_told(self, out, back, told) -> None:
        settled = paid(outward_travel_date=out, return_travel_date=back)
        untold = paid(outward_travel_date=out if told[0] else None, return_travel_date=back if told[1] else None)
        assert untold.low <= settled.low == settled.high <= untold.high


NUMBER = "travel.days.number"
OUTSIDE = "travel.days.outside_activity"


class TestTheClaim:
    """What is claimed is compared with what may be paid; both rules inform and never refuse."""

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize(("claimed", "verdict"), [(0, MET), (1, MET), (2, MET), (3, NOT_MET)])
    def test_two_days_may_be_claimed(self, call: int, claimed: int, verdict: Verdict) -> None:
        found = outcome(NUMBER, "teacher_out", call, travel_days_claimed=claimed)
        assert found.verdict is verdict
        assert not found.rule.decides
        assert [citation.paragraph for citation in found.citations] == ["funded_travel_days"]

    @pytest.mark.parametrize(
        ("claimed", "out", "back", "verdict"),
        [
            (0, "2019-10-07", "2019-10-13", NOT_APPLICABLE),
            (1, "2019-10-06", "2019-10-13", MET),
            (1, "2019-10-07", "2019-10-13", NOT_MET),
            (2, "2019-10-06", "2019-10-14", MET),
            (2, "2019-10-06", "2019-10-13", NOT_MET),
            (2, "2019-10-07", "2019-10-14", NOT_MET),
            (3, "2019-10-06", "2019-10-14", NOT_MET),
            (1, "2019-10-06", None, MET),
            (2, "2019-10-07", None, NOT_MET),
        ],
    )
    def test_no_day_is_claimed_that_is_a_day_of_activity(self, claimed: int, out: str, back: str, verdict: Verdict):
        told = {"travel_days_claimed": claimed, "outward_travel_date": out, "return_travel_date": back}
        found = outcome(OUTSIDE, "teacher_out", **told)
        assert found.verdict is verdict
        assert not found.rule.decides

    @pytest.mark.parametrize(
        ("out", "back", "missing"),
        [
            (None, None, ("outward_travel_date", "return_travel_date")),
            ("2019-10-06", None, ("return_travel_date",)),
            (None, "2019-10-14", ("outward_travel_date",)),
        ],
    )
    def test_the_dates_that_are_not_told_are_asked_for_and_no_others(self, out: str, back: str, missing: tuple) -> None:
        told = {"travel_days_claimed": 2, "outward_travel_date": out, "return_travel_date": back}
        found = outcome(OUTSIDE, "teacher_out", **told)
        assert (found.verdict, found.missing) == (UNDETERMINED, missing)

    @pytest.mark.parametrize("absent", ["start_date", "end_date"])
    def test_a_date_of_the_stay_is_asked_for_where_missing(self, absent: str) -> None:
        found = outcome(OUTSIDE, "teacher_out", **{absent: None})
        assert (found.verdict, found.missing) == (UNDETERMINED, (absent,))

    @pytest.mark.parametrize("identity", [NUMBER, OUTSIDE])
    def test_a_claim_that_is_not_told_is_asked_for(self, identity: str) -> None:
        found = outcome(identity, "teacher_out", travel_days_claimed=None)
        assert (found.verdict, found.missing) == (UNDETERMINED, ("travel_days_claimed",))

    @pytest.mark.parametrize("identity", [NUMBER, OUTSIDE])
    def test_students_claim_no_days_of_travel(self, identity: str) -> None:
        assert outcome(identity, "student_in", travel_days_claimed=3).verdict is NOT_APPLICABLE
