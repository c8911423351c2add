"""Travel support while only another measure of the distance is known than the official calculator's."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icm_rules.engine import Closed, Verdict
from icm_rules.guide import guide
from icm_rules.model.vocabulary import facts_of, mobility_of
from icm_rules.rules import RULEBOOK
from tests.rules.cases import facts, outcome

SUPPORT = "funding.travel.support"
ALMATY, LJUBLJANA, ASTANA = "43.25, 76.95", "46.05, 14.51", "51.18, 71.43"
SEAT = {"sending_city": "Almaty", "sending_coordinates": ALMATY, "receiving_coordinates": "47.07, 15.44"}
AKTAU = {"departure_city": "Aktau", "departure_coordinates": "43.65, 51.16"}


def support(**changes):
    return outcome(SUPPORT, "student_in", **{"distance_km": None, **changes})


def band_of(km):
    """The amount of call 2019 for this many kilometres, read from the table."""
    return next(
        line.eur
        for line in guide(2019)["travel_bands"].lines
        if line.from_km <= km and (line.to_km is None or km < line.to_km)
    )


class TestAnEstimate:
    def test_far_from_an_edge_it_gives_the_amount_and_says_that_it_is_one(self):
        found = support(measured_distance_km=4817)
        assert (found.verdict, found.amounts()) == (Verdict.DUE, (820, 820))
        assert "by an estimate" in found.sentence
        assert "distance_estimate" in {citation.paragraph for citation in found.citations}

    @pytest.mark.parametrize(
        ("km", "amounts"),
        [
            ("3975.8", (530, 530)),  # 0.6 % more is 3,999.65
            ("3976.2", (530, 820)),  # 0.6 % more is 4,000.06
            (4000, (530, 820)),
            ("4024.1", (530, 820)),  # 0.6 % less is 3,999.96
            ("4024.2", (820, 820)),  # 0.6 % less is 4,000.05
        ],
    )
    def test_within_six_thousandths_of_an_edge_it_is_a_range_and_asks_for_the_official_figure(self, km, amounts):
        found = support(measured_distance_km=km)
        assert found.amounts() == amounts
        assert found.missing == (() if amounts[0] == amounts[1] else ("distance_km",))

    def test_it_is_measured_from_place_to_place(self):
        found = support(sending_coordinates=ALMATY, receiving_coordinates=LJUBLJANA)
        assert found.amounts() == (820, 820)

    def test_the_real_place_of_departure_takes_the_place_of_the_seat(self):
        told = {"sending_coordinates": LJUBLJANA, "receiving_coordinates": LJUBLJANA}
        assert support(**told).amounts() == (0, 0)
        assert support(**told, departure_coordinates=ASTANA).amounts() == (820, 820)

    def test_kilometres_that_are_told_come_before_coordinates(self):
        found = support(sending_coordinates=ALMATY, receiving_coordinates=LJUBLJANA, measured_distance_km=700)
        assert found.amounts() == (275, 275)

    @pytest.mark.parametrize("told", [{}, {"sending_coordinates": ALMATY}, {"receiving_coordinates": LJUBLJANA}])
    def test_without_both_places_the_line_is_a_range_over_all_bands(self, told):
        found = support(**told)
        assert (found.amounts(), found.missing) == ((0, 1500), ("distance_km",))
        assert "distance_estimate" not in {citation.paragraph for citation in found.citations}

    def test_a_country_alone_may_be_told_as_from_and_to(self):
        """What the command ``distance`` says of a country goes into ``possible``."""
        from icm_rules import evaluate, mobility_from_dict

        stay = {"call": 2024, "sending_country": "KZ", "receiving_country": "GR", "activity": "studies"}
        report = evaluate(mobility_from_dict({**stay, "possible": {"measured_distance_km": [2450, 5300]}}))
        assert (report.outcomes[SUPPORT].low, report.outcomes[SUPPORT].high) == (Decimal(395), Decimal(1188))

    def test_where_a_guide_closes_the_paragraph_nothing_is_estimated_and_travel_is_paid_as_before(self):
        provisions = dict(guide(2019).provisions)
        provisions["distance_estimate"] = Closed(citation=provisions["distance_estimate"].citation)
        told = {"call": 2019, **facts("student_in")}
        for changes, amounts in (({}, (820, 820)), ({"distance_km": None, "measured_distance_km": 4500}, (0, 1500))):
            known = {name: value for name, value in (told | changes).items() if value is not None}
            found = RULEBOOK.evaluate(facts_of(mobility_of(known)), provisions).outcomes[SUPPORT]
            assert found.amounts() == amounts

    def test_a_table_answers_as_one_mobility_does(self):
        import pandas as pd

        from icm_rules import evaluate_table

        rows = [
            {"sending_coordinates": ALMATY, "receiving_coordinates": LJUBLJANA},
            {"measured_distance_km": 3990, "receiving_coordinates": LJUBLJANA},
            {"sending_coordinates": ASTANA, "receiving_coordinates": LJUBLJANA, "distance_km": 450},
            {"sending_coordinates": "somewhere", "receiving_coordinates": LJUBLJANA},
        ]
        common = {"call": 2019, "activity": "studies", "sending_country": "KZ", "receiving_country": "SI"}
        frame = pd.DataFrame([common | row for row in rows] * 1000)
        told = evaluate_table(frame, give=("ranges",))
        assert told[f"{SUPPORT}.eur_low"].head(3).tolist() == [820, 530, 180]
        assert told[f"{SUPPORT}.eur_high"].head(3).tolist() == [820, 820, 180]
        assert "no coordinates" in told["problem"][3]


class TestAnEstimateFromAnotherPlaceOfDeparture:
    """A journey from Aktau, which lies 1,500 km nearer to Graz than the seat in Almaty does."""

    def of_2018(self, **told):
        return outcome(SUPPORT, "student_in", 2018, **{"distance_km": None, **SEAT, **told})

    def test_is_measured_from_there(self):
        assert self.of_2018().amounts() == (820, 820)
        assert self.of_2018(**AKTAU).amounts() == (360, 360)

    @pytest.mark.parametrize("seat", ["Almaty", None])
    def test_is_open_over_all_bands_while_that_city_is_not_located(self, seat):
        found = self.of_2018(departure_city="Aktau", sending_city=seat)
        assert found.amounts() == self.of_2018(receiving_coordinates=None).amounts()
        assert found.missing == ("distance_km", "departure_coordinates")
        assert "by the distance and the place of departure" in found.sentence

    def test_is_that_from_the_seat_where_the_city_is_the_seat(self):
        assert self.of_2018(departure_city="almaty").amounts() == (820, 820)

    @pytest.mark.parametrize("told", [{"distance_km": 2700}, {"measured_distance_km": 2700}])
    @pytest.mark.parametrize("where", [{"departure_city": "Aktau"}, AKTAU])
    @pytest.mark.parametrize("proven", [False, None])
    def test_is_not_needed_where_kilometres_are_told(self, told, where, proven):
        found = self.of_2018(**where, **told, departure_is_proven=proven)
        assert (found.amounts(), found.missing) == ((360, 360), ())

    @pytest.mark.parametrize("call", [2018, 2024])
    def test_without_proof_is_a_range_from_there_and_from_the_seat(self, call):
        told = {"distance_km": None, "travel_legs": [{"means": "plane"}], **SEAT}
        seat, there, unproven = (
            outcome(SUPPORT, "student_in", call, **told, **where)
            for where in ({}, {**AKTAU, "departure_is_proven": True}, {**AKTAU, "departure_is_proven": False})
        )
        assert unproven.amounts() == (there.amounts()[0], seat.amounts()[1])
        assert unproven.missing == ("distance_km", "departure_is_proven")
        assert "the distance from the seat may count as well" in unproven.sentence
        cited = {citation.paragraph for citation in unproven.citations}
        assert {"departure_place", "distance_estimate"} <= cited

    def test_without_proof_is_settled_where_both_places_lie_in_one_band(self):
        near = {"departure_city": "Kapchagay", "departure_coordinates": "43.88, 77.07"}
        found = self.of_2018(**near, departure_is_proven=False)
        assert (found.amounts(), found.missing) == ((820, 820), ())

    def test_without_proof_is_over_all_bands_while_the_seat_is_not_located(self):
        found = self.of_2018(**AKTAU, departure_is_proven=False, sending_coordinates=None)
        assert found.amounts() == self.of_2018(receiving_coordinates=None).amounts()

    def test_where_a_guide_closes_the_paragraph_on_departure_no_proof_is_asked_for(self):
        provisions = dict(guide(2018).provisions)
        provisions["departure_place"] = Closed(citation=provisions["departure_place"].citation)
        told = {"call": 2018, **facts("student_in"), **SEAT, **AKTAU, "departure_is_proven": False}
        del told["distance_km"]
        found = RULEBOOK.evaluate(facts_of(mobility_of(told)), provisions).outcomes[SUPPORT]
        assert found.amounts() == (360, 360)

    def test_is_the_same_in_a_table(self):
        import pandas as pd

        from icm_rules import evaluate_table

        rows = [{"departure_city": "Aktau"}, AKTAU, {**AKTAU, "departure_is_proven": False}]
        common = {"call": 2018, "activity": "studies", "sending_country": "KZ", "receiving_country": "AT", **SEAT}
        told = evaluate_table(pd.DataFrame([common | row for row in rows] * 1000), give=("ranges", "missing"))
        everything = self.of_2018(departure_city="Aktau").amounts()
        assert told[f"{SUPPORT}.eur_low"].head(3).tolist() == [everything[0], 360, 360]
        assert told[f"{SUPPORT}.eur_high"].head(3).tolist() == [everything[1], 360, 820]
        assert "departure_coordinates" in str(told[f"{SUPPORT}.missing"][0])


class TestTheOfficialFigure:
    @given(official=st.integers(0, 20000), measured=st.integers(0, 20000))
    @settings(max_examples=25, deadline=None)
    def test_it_always_wins(self, official, measured):
        found = support(distance_km=official, measured_distance_km=measured)
        assert found.amounts() == (band_of(official), band_of(official))
        assert "distance_estimate" not in {citation.paragraph for citation in found.citations}

    @given(official=st.integers(0, 20000), off=st.integers(-5, 5))
    @settings(max_examples=25, deadline=None)
    def test_an_estimate_within_the_tolerance_never_excludes_it(self, official, off):
        measured = official * (1 + Decimal(off) / 1000)
        low, high = support(measured_distance_km=measured).amounts()
        assert low <= band_of(official) <= high

    def test_another_band_than_that_of_the_estimate_is_told_and_refuses_nobody(self):
        found = outcome(
            "travel.distance.estimate",
            "student_in",
            distance_km=5000,
            sending_coordinates=ALMATY,
            receiving_coordinates="41.72, 44.79",
        )
        assert (found.verdict, found.missing, found.rule.informs) == (Verdict.UNDETERMINED, (), True)
        assert "right places" in found.gaps[0]


class TestThePlaceOfDeparture:
    RULE = "travel.departure.place"

    def test_the_seat_needs_no_proof(self):
        for told in ({}, {"sending_city": "Almaty", "departure_city": "almaty"}):
            assert outcome(self.RULE, "student_in", **told).verdict is Verdict.NOT_APPLICABLE

    @pytest.mark.parametrize(
        "where",
        [
            {"sending_city": "Almaty", "departure_city": "Astana"},
            {"sending_coordinates": ALMATY, "departure_coordinates": ASTANA},
            {"sending_city": "Almaty", "departure_city": "Almaty"}
            | {"sending_coordinates": ALMATY, "departure_coordinates": ASTANA},
            {"sending_city": "Almaty", "departure_city": "Astana", "departure_coordinates": ASTANA},
        ],
    )
    def test_another_place_is_proven_or_not_or_asked_for(self, where):
        answers = [
            outcome(self.RULE, "student_in", **where, departure_is_proven=proven) for proven in (True, False, None)
        ]
        assert [found.verdict for found in answers] == [Verdict.MET, Verdict.NOT_MET, Verdict.UNDETERMINED]
        assert answers[-1].missing == ("departure_is_proven",)

    @pytest.mark.parametrize(
        ("where", "asked"),
        [
            ({"departure_city": "Astana"}, "sending_city"),
            ({"departure_coordinates": ASTANA}, "sending_coordinates"),
        ],
    )
    def test_while_the_seat_is_not_known_nobody_can_tell(self, where, asked):
        found = outcome(self.RULE, "student_in", **where, departure_is_proven=False)
        assert (found.verdict, found.missing) == (Verdict.UNDETERMINED, (asked,))

    def test_from_2022_on_a_lack_of_proof_rests_on_no_text_and_is_left_open(self):
        told = {"sending_city": "Almaty", "departure_city": "Astana", "departure_is_proven": False}
        found = outcome(self.RULE, "student_in", 2024, **told)
        assert (found.verdict, found.is_held_back) == (Verdict.UNDETERMINED, True)
