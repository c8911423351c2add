"""How far it is, and how many days of travel are paid."""

from __future__ import annotations

from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icm_rules.engine import InputError, Unknown, Verdict
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
            ("2019-10-07", "2019-10-14", 1, 1),  # there on the first day of activity
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
        ("journey", "date", "within"),
        [
            ("outward_travel_date", "2019-10-07", "2019-10-08"),  # the stay begins on 7 October
            ("return_travel_date", "2019-10-13", "2019-10-12"),  # and ends on 13 October
        ],
    )
    def test_a_journey_may_fall_on_the_first_or_last_day_and_never_within(self, journey: str, date: str, within: str):
        assert paid(**{journey: date}) == TravelDays(0, 1)
        with pytest.raises(InputError, match=f"{within}.*; mend one of the two dates"):
            paid(**{journey: within})

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
        out=st.none() | st.sampled_from(["2019-10-05", "2019-10-06", "2019-10-07"]),
        back=st.none() | st.sampled_from(["2019-10-13", "2019-10-14", "2019-10-15"]),
    )
    def test_a_claim_never_raises_the_days_above_two_nor_above_what_may_be_paid(self, claimed, out, back) -> None:
        journeys = {"outward_travel_date": out, "return_travel_date": back}
        settled, untold = paid(travel_days_claimed=claimed, **journeys), paid(**journeys)
        assert settled.low == settled.high <= min(claimed, 2, untold.high)

    @given(
        out=st.sampled_from(["2019-10-05", "2019-10-06", "2019-10-07"]),
        back=st.sampled_from(["2019-10-13", "2019-10-14", "2019-10-15"]),
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


# --- from call 2022 on -----------------------------------------------------------------------------------------

KA171 = (2022, 2023, 2024, 2025, 2026)
MOST_GREEN = {2022: 4, 2023: 4, 2024: 6, 2025: 6, 2026: 6}
"""The days of green travel that are paid at most, in each call."""
TRAIN = [{"means": "train"}]
PLANE = [{"means": "plane"}]


def leg(means: str, km: object = None) -> dict[str, object]:
    """One leg of a journey; its length may be untold."""
    return {"means": means} | ({} if km is None else {"distance_km": km})


def green(*legs: dict[str, object], call: int = 2024) -> object:
    """Whether a journey by these legs is green: yes, no, or not known."""
    return evaluate("teacher_out", call, travel_legs=list(legs) or None).value("travels_green")


class TestTheBandsFrom2022:
    """The bands are those of before; the amounts are others."""

    @pytest.mark.parametrize(
        ("km", "to_2023", "from_2024"),
        [
            ("9.99", 0, 0),
            ("10", 23, 28),
            ("99.99", 23, 28),
            ("100", 180, 211),
            ("499.99", 180, 211),
            ("500", 275, 309),
            ("1999.99", 275, 309),
            ("2000", 360, 395),
            ("2999.99", 360, 395),
            ("3000", 530, 580),
            ("3999.99", 530, 580),
            ("4000", 820, 1188),
            ("7999.99", 820, 1188),
            ("8000", 1500, 1735),
        ],
    )
    def test_what_each_distance_pays_in_each_call(self, km: str, to_2023: int, from_2024: int) -> None:
        assert [support(call, km) for call in KA171] == [to_2023] * 2 + [from_2024] * 3

    def test_the_nearest_band_tells_of_its_conflict_until_2023(self) -> None:
        for call, conflicts in ((2022, 1), (2023, 1), (2024, 0)):
            found = outcome(BAND, "student_in", call, distance_km=50).citations
            assert len([item for item in found if item.conflict]) == conflicts

    def test_the_table_of_2026_is_unverified(self) -> None:
        assert outcome(BAND, "student_in", 2025, distance_km=600).confidence.label == "official"
        assert outcome(BAND, "student_in", 2026, distance_km=600).confidence.label == "unverified"

    @given(call=st.sampled_from(KA171), km=st.decimals(0, 20000, places=3), more=st.decimals(0, 20000, places=3))
    def test_farther_never_pays_less(self, call: int, km: Decimal, more: Decimal) -> None:
        assert support(call, km) <= support(call, km + more)


class TestGreenTravel:
    """Travel is green when more than half of its kilometres are made by green means of transport."""

    @pytest.mark.parametrize("call", KA171)
    @pytest.mark.parametrize(
        ("means", "is_green"),
        [
            ("train", True),
            ("bus", True),
            ("car_pooling", True),
            ("bicycle", True),
            ("other_low_emission", True),
            ("plane", False),
            ("car", False),
            ("ferry", False),
            ("foot", True),
            ("other", False),
        ],
    )
    def test_a_journey_by_one_means_alone_need_not_tell_its_length(self, call: int, means: str, is_green: bool) -> None:
        assert green(leg(means), call=call) is is_green
        assert green(leg(means), leg(means, 5), call=call) is is_green

    @pytest.mark.parametrize(
        ("legs", "is_green"),
        [
            ([leg("train", 501), leg("plane", 500)], True),
            ([leg("train", "500.01"), leg("plane", 500)], True),
            ([leg("train", 500), leg("plane", 500)], False),  # exactly half is not the main part
            ([leg("train", 499), leg("plane", 500)], False),
            ([leg("train", 300), leg("bus", 300), leg("plane", 599)], True),
            ([leg("train", 300), leg("bus", 300), leg("plane", 300), leg("car", 300)], False),
            ([leg("train", 0), leg("plane", 0)], False),
        ],
    )
    def test_the_main_part_is_more_than_half(self, legs: list, is_green: bool) -> None:
        assert green(*legs) is is_green
        assert green(*reversed(legs)) is is_green

    @pytest.mark.parametrize(
        ("legs", "is_green"),
        [
            ([leg("train", 600), leg("plane")], None),
            ([leg("train"), leg("plane", 600)], None),
            ([leg("train"), leg("plane")], None),
            ([leg("train", 601), leg("bus"), leg("plane", 600)], True),  # however far by bus, it is the main part
            ([leg("train", 600), leg("bus"), leg("plane", 600)], None),
            ([leg("train", 600), leg("car"), leg("plane", 600)], False),  # however far by car, it is not
            ([leg("train", 601), leg("car"), leg("plane", 600)], None),
        ],
    )
    def test_a_length_is_asked_for_only_while_it_can_still_decide(self, legs: list, is_green: bool | None) -> None:
        assert green(*legs) == (Unknown(("travel_legs",)) if is_green is None else is_green)

    def test_without_any_leg_nobody_can_tell(self) -> None:
        assert green() == Unknown(("travel_legs",))
        assert evaluate("teacher_out", 2024, travel_legs=[]).value("travels_green") == Unknown(("travel_legs",))

    @pytest.mark.parametrize("call", CALLS)
    def test_before_2022_there_is_no_green_travel_and_nothing_is_asked(self, call: int) -> None:
        for legs in ([], TRAIN, PLANE):
            found = evaluate("teacher_out", call, travel_legs=legs or None)
            assert found.value("travels_green") is False
            assert found.citations_of("travels_green") == ()

    @given(
        lengths=st.lists(st.tuples(st.booleans(), st.none() | st.integers(0, 50)), min_size=1, max_size=5),
        filled=st.lists(st.integers(0, 500), min_size=5, max_size=5),
    )
    def test_what_is_told_of_a_journey_holds_whatever_the_other_lengths_are(self, lengths: list, filled: list) -> None:
        legs = [leg("bus" if is_green else "car", km) for is_green, km in lengths]
        whole = [
            leg("bus" if is_green else "car", more if km is None else km)
            for (is_green, km), more in zip(lengths, filled, strict=False)
        ]
        if green(*legs) in {True, False}:
            assert green(*whole) is green(*legs)


class TestTheDaysOfTravelFrom2022:
    """Two days as before; four for green travel, and six from call 2024 on."""

    @pytest.mark.parametrize("call", KA171)
    @pytest.mark.parametrize(
        ("out", "back", "usual", "by_train"),
        [
            ("2019-10-06", "2019-10-14", 2, 2),
            ("2019-10-05", "2019-10-14", 2, 3),
            ("2019-10-05", "2019-10-15", 2, 4),
            ("2019-10-04", "2019-10-15", 2, 5),
            ("2019-10-04", "2019-10-16", 2, 6),
            ("2019-10-03", "2019-10-16", 2, 7),
            ("2019-10-04", "2019-10-13", 1, 3),  # back on the last day of activity
            ("2019-10-07", "2019-10-16", 1, 3),
            ("2019-10-07", "2019-10-13", 0, 0),
            ("2019-09-27", "2019-10-13", 1, 10),
        ],
    )
    def test_the_dates_decide_up_to_the_limit(self, call: int, out: str, back: str, usual: int, by_train: int) -> None:
        most = min(by_train, MOST_GREEN[call])
        journeys = {"outward_travel_date": out, "return_travel_date": back}
        assert paid(call=call, travel_legs=PLANE, **journeys) == TravelDays(usual, usual)
        assert paid(call=call, travel_legs=TRAIN, **journeys) == TravelDays(most, most)
        assert paid(call=call, **journeys) == TravelDays(usual, most)

    @pytest.mark.parametrize("call", KA171)
    @pytest.mark.parametrize("claimed", range(9))
    def test_a_claim_is_taken_at_its_word_up_to_the_limit(self, call: int, claimed: int) -> None:
        usual, most = min(claimed, 2), min(claimed, MOST_GREEN[call])
        assert paid(call=call, travel_days_claimed=claimed, travel_legs=PLANE) == TravelDays(usual, usual)
        assert paid(call=call, travel_days_claimed=claimed, travel_legs=TRAIN) == TravelDays(most, most)
        assert paid(call=call, travel_days_claimed=claimed) == TravelDays(usual, most)

    def test_a_claim_meets_each_way_of_travelling_by_itself(self) -> None:
        journeys = {"outward_travel_date": "2019-10-04", "return_travel_date": "2019-10-13", "travel_days_claimed": 3}
        assert paid(call=2024, travel_legs=PLANE, **journeys) == TravelDays(1, 1)
        assert paid(call=2024, travel_legs=TRAIN, **journeys) == TravelDays(3, 3)
        assert paid(call=2024, **journeys) == TravelDays(1, 3)

    @pytest.mark.parametrize("call", KA171)
    def test_where_nothing_is_told_anything_up_to_the_limit_may_be_paid(self, call: int) -> None:
        assert paid(call=call) == TravelDays(0, MOST_GREEN[call])
        assert paid(call=call, travel_legs=PLANE) == TravelDays(0, 2)

    def test_only_the_paragraph_used_is_cited(self) -> None:
        for legs, used in ((PLANE, {"funded_travel_days"}), (TRAIN, {"green_travel_days"})):
            for name in ("travel_days", "payable_travel_days", "travel_day_limit"):
                found = {item.paragraph for item in evaluate("teacher_out", 2024, travel_legs=legs).citations_of(name)}
                assert found == used | {"green_travel_definition"}, name

    @given(
        call=st.sampled_from(KA171),
        claimed=st.none() | st.integers(0, 9),
        out=st.none() | st.integers(1, 7),
        back=st.none() | st.integers(13, 20),
    )
    def test_green_travel_is_never_paid_for_fewer_days_and_a_range_holds_both(self, call, claimed, out, back) -> None:
        told = {
            "travel_days_claimed": claimed,
            "outward_travel_date": None if out is None else f"2019-10-{out:02}",
            "return_travel_date": None if back is None else f"2019-10-{back:02}",
        }
        usual, by_train = (paid(call=call, travel_legs=legs, **told) for legs in (PLANE, TRAIN))
        assert usual.low <= by_train.low
        assert usual.high <= by_train.high
        assert paid(call=call, **told) == TravelDays(usual.low, by_train.high)


class TestTheClaimFrom2022:
    """More may be claimed for green travel, and students on long stays claim as well."""

    @pytest.mark.parametrize("call", KA171)
    @pytest.mark.parametrize("base", ["teacher_out", "student_in"])
    def test_the_limit_depends_on_the_means_of_transport(self, base: str, call: int) -> None:
        most = MOST_GREEN[call]
        cases = (
            (PLANE, 2, MET),
            (PLANE, 3, NOT_MET),
            (TRAIN, 3, MET),
            (TRAIN, most, MET),
            (TRAIN, most + 1, NOT_MET),
            (None, 2, MET),
            (None, 3, UNDETERMINED),
            (None, most, UNDETERMINED),
            (None, most + 1, NOT_MET),  # too many for anybody
        )
        for legs, claimed, verdict in cases:
            found = outcome(NUMBER, base, call, travel_legs=legs, travel_days_claimed=claimed)
            assert found.verdict is verdict, (legs, claimed)
            assert found.missing == (("travel_legs",) if verdict is UNDETERMINED else ())

    def test_the_sentence_names_both_limits(self) -> None:
        found = outcome(NUMBER, "teacher_out", 2024, travel_days_claimed=4)
        assert found.sentence == "4 days of travel are claimed; 2 may be paid, and 6 to whoever travels green"
        found = outcome(NUMBER, "teacher_out", 2024, travel_days_claimed=7)
        assert found.sentence == "7 days of travel are claimed, 1 more than the 6 that may be paid"

    @pytest.mark.parametrize(
        ("claimed", "out", "back", "legs", "verdict", "missing"),
        [
            (4, "2019-10-05", "2019-10-15", TRAIN, MET, ()),
            (4, "2019-10-05", "2019-10-15", PLANE, NOT_MET, ()),
            (4, "2019-10-05", "2019-10-15", None, UNDETERMINED, ("travel_legs",)),
            (5, "2019-10-05", "2019-10-15", None, NOT_MET, ()),
            (2, "2019-10-04", "2019-10-13", None, UNDETERMINED, ("travel_legs",)),
            (1, "2019-10-04", "2019-10-13", None, MET, ()),
            (2, None, None, None, UNDETERMINED, ("outward_travel_date", "return_travel_date")),
            (3, None, None, None, UNDETERMINED, ("outward_travel_date", "return_travel_date", "travel_legs")),
            (3, None, None, TRAIN, UNDETERMINED, ("outward_travel_date", "return_travel_date")),
            (3, None, None, PLANE, NOT_MET, ()),
            (7, None, None, None, NOT_MET, ()),
        ],
    )
    def test_no_day_of_activity_is_claimed(self, claimed, out, back, legs, verdict, missing) -> None:
        journeys = {"outward_travel_date": out, "return_travel_date": back, "travel_legs": legs}
        found = outcome(OUTSIDE, "teacher_out", 2024, travel_days_claimed=claimed, **journeys)
        assert (found.verdict, found.missing) == (verdict, missing)

    def test_where_only_the_means_are_open_the_sentence_says_so(self) -> None:
        journeys = {"outward_travel_date": "2019-10-05", "return_travel_date": "2019-10-15"}
        assert outcome(OUTSIDE, "teacher_out", 2024, travel_days_claimed=4, **journeys).sentence == (
            "4 days of travel are claimed; outside the days of activity 2 may be paid, and 4 to whoever travels green"
        )

    @pytest.mark.parametrize("identity", [NUMBER, OUTSIDE])
    def test_short_stays_of_students_have_no_days_of_travel_to_claim(self, identity: str) -> None:
        told = {"travel_days_claimed": 2, "end_date": "2019-10-19"}
        found = outcome(identity, "student_in", 2024, stay_format="blended", **told)
        assert found.verdict is NOT_APPLICABLE
        found = outcome(identity, "student_in", 2024, **told)
        assert (found.verdict, found.missing) == (UNDETERMINED, ("stay_format",))
