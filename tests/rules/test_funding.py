"""What is paid: individual support of students and of staff, the top-up, travel support."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icm_rules.engine import ROUNDINGS, Evaluation, Verdict
from icm_rules.guide import guide
from icm_rules.model.grant import grant_of
from icm_rules.model.vocabulary import facts_of, mobility_of
from icm_rules.rules import RULEBOOK
from tests.rules.cases import evaluate, facts, outcome

CALLS = (2015, 2016, 2017, 2018, 2019, 2020)
DUE, UNDETERMINED, NOT_APPLICABLE = Verdict.DUE, Verdict.UNDETERMINED, Verdict.NOT_APPLICABLE

STUDENT = "funding.student.individual_support"
TOP_UP = "funding.student.disadvantaged_top_up"
IN_FULL = "funding.staff.days_in_full"
REDUCED = "funding.staff.days_reduced"
TRAVEL = "funding.travel.support"

NO_JOURNEYS = {"outward_travel_date": None, "return_travel_date": None}


def amount(evaluation: Evaluation, identity: str) -> Decimal:
    """The amount of a line that is settled [EUR]; nothing where the line does not apply."""
    found = evaluation.outcomes[identity]
    if found.verdict is NOT_APPLICABLE:
        return Decimal(0)
    low, high = found.amounts()
    assert low == high
    return low


def student(days: int, country: str = "DE", call: int = 2018, **changes: object) -> Evaluation:
    """An incoming student whose stay of so many days begins on the first day of September 2019."""
    months, rest = divmod(days - 1, 30)
    years, month = divmod(8 + months, 12)
    last = f"{2019 + years}-{month + 1:02}-{rest + 1:02}"
    told = {"receiving_country": country, "start_date": "2019-09-01", "end_date": last, **NO_JOURNEYS}
    return evaluate("student_in", call, **{**told, **changes})


def staff(days: int, call: int = 2019, base: str = "teacher_out", **changes: object) -> Evaluation:
    """Staff whose stay of so many days begins on 7 October 2019; no day of travel is claimed."""
    last = date(2019, 10, 7) + timedelta(days=days - 1)
    return evaluate(base, call, **{"end_date": last, **NO_JOURNEYS, "travel_days_claimed": 0, **changes})


def paragraphs(evaluation: Evaluation, identity: str) -> set[str]:
    """The paragraphs a line cites."""
    return {citation.paragraph for citation in evaluation.outcomes[identity].citations}


def lines(evaluation: Evaluation, identity: str, paragraph: str) -> list[str]:
    """The lines of one paragraph that a line of the grant cites."""
    return [item.line for item in evaluation.outcomes[identity].citations if item.paragraph == paragraph]


class TestTheRateOfStudents:
    """A month costs the same in all countries of a group; groups and rates changed in 2018."""

    @pytest.mark.parametrize(
        ("country", "to_2017", "from_2018"),
        [
            ("GB", 850, 900),
            ("IE", 850, 900),
            ("AT", 850, 850),
            ("IT", 850, 850),
            ("FR", 850, 850),
            ("DE", 800, 850),
            ("ES", 800, 850),
            ("CY", 800, 850),
            ("IS", 800, 900),
            ("LU", 800, 900),
            ("CZ", 800, 800),
            ("TR", 800, 800),
            ("SI", 800, 800),
            ("HU", 750, 800),
            ("PL", 750, 800),
            ("MT", 750, 850),
        ],
    )
    def test_each_country_pays_by_its_group(self, country: str, to_2017: int, from_2018: int) -> None:
        rates = [student(30, country, call).value("student_rate").eur_per_month for call in CALLS]
        assert rates == [to_2017] * 3 + [from_2018] * 3

    @pytest.mark.parametrize(
        ("country", "group_to_2017", "group_from_2018"), [("IT", "1", "2"), ("CZ", "2", "3"), ("HU", "3", "3")]
    )
    def test_a_country_may_change_its_group(self, country: str, group_to_2017: str, group_from_2018: str) -> None:
        assert student(30, country, 2017).value("student_rate").group == group_to_2017
        assert student(30, country, 2018).value("student_rate").group == group_from_2018

    @pytest.mark.parametrize("call", CALLS)
    def test_out_of_the_programme_one_rate_holds_everywhere(self, call: int) -> None:
        for country in ("GE", "AL", "ME"):
            rate = evaluate("student_out", call, receiving_country=country).value("student_rate")
            assert (rate.eur_per_month, rate.group) == (650 if call < 2018 else 700, None)

    @pytest.mark.parametrize("call", [2019, 2020])
    def test_serbia_receives_at_the_rate_of_group_3_from_2019(self, call: int) -> None:
        assert student(30, "RS", call).value("student_rate").eur_per_month == 800

    @pytest.mark.parametrize("call", [2015, 2016, 2017, 2018])
    def test_before_2019_serbia_is_a_partner(self, call: int) -> None:
        assert student(30, "RS", call).outcomes[STUDENT].verdict is NOT_APPLICABLE
        rate = evaluate("student_out", call, receiving_country="RS").value("student_rate")
        assert rate.eur_per_month == (650 if call < 2018 else 700)

    @pytest.mark.parametrize("call", CALLS)
    def test_an_overseas_territory_receives_as_its_member_state(self, call: int) -> None:
        for territory, state in (("RE", "FR"), ("GL", "DK"), ("AW", "NL")):
            assert student(30, territory, call).value("student_rate") == student(30, state, call).value("student_rate")
        assert "overseas_territories" in paragraphs(student(30, "RE", call), STUDENT)
        assert "overseas_territories" not in paragraphs(student(30, "FR", call), STUDENT)

    @given(call=st.sampled_from(CALLS), days=st.integers(1, 400), data=st.data())
    def test_group_1_never_pays_less_than_2_nor_2_than_3(self, call: int, days: int, data: st.DataObject) -> None:
        groups = {line.group: sorted(line.countries) for line in guide(call).provisions["student_country_groups"].lines}
        paid = [
            amount(student(days, data.draw(st.sampled_from(groups[group])), call), STUDENT) for group in ("1", "2", "3")
        ]
        assert paid == sorted(paid, reverse=True)


class TestIndividualSupportOfStudents:
    """Months and thirtieths of the monthly rate, rounded once."""

    @pytest.mark.parametrize(
        ("days", "eur"),
        [
            (1, "28.33"),  # 850/30 = 28.333...
            (29, "821.67"),
            (30, "850.00"),
            (31, "878.33"),
            (90, "2550.00"),
            (121, "3428.33"),
            (137, "3881.67"),  # 4 months and 17 days
            (360, "10200.00"),
        ],
    )
    def test_a_day_is_a_thirtieth_of_a_month(self, days: int, eur: str) -> None:
        assert amount(student(days), STUDENT) == Decimal(eur)

    @pytest.mark.parametrize(
        ("days", "words"),
        [
            (17, "17/30 of a month at 850 EUR a month"),
            (30, "1 month at 850 EUR a month"),
            (47, "1 month and 17/30 at 850 EUR a month"),
            (137, "4 months and 17/30 at 850 EUR a month"),
        ],
    )
    def test_the_sentence_says_how_it_is_counted(self, days: int, words: str) -> None:
        assert student(days).outcomes[STUDENT].sentence == words

    def test_the_grant_of_4_months_and_17_days_over_2500_km_is_4241_euro_67(self) -> None:
        grant = grant_of(student(137, distance_km=2500))
        assert [(line.identity, line.amount) for line in grant.lines] == [
            (STUDENT, Decimal("3881.67")),
            (TRAVEL, Decimal("360.00")),
        ]
        assert grant.total == Decimal("4241.67")

    @pytest.mark.parametrize(
        ("policy", "total"),
        [("cent-half-up", "3881.67"), ("euro-down", "3881.00"), ("daily-rate-to-the-cent-first", "3881.21")],
    )
    def test_the_policy_of_rounding_is_named_and_replaceable(self, policy: str, total: str) -> None:
        grant = grant_of(student(137), ROUNDINGS[policy])
        assert grant.rounding == policy
        assert next(line.amount for line in grant.lines if line.identity == STUDENT) == Decimal(total)

    def test_days_without_grant_are_not_paid(self) -> None:
        assert amount(student(137, zero_grant_days=17), STUDENT) == 3400
        assert amount(student(137, zero_grant_days=137), STUDENT) == 0
        assert amount(student(137, zero_grant_days=200), STUDENT) == 0

    def test_the_lines_used_are_cited_and_not_their_neighbours(self) -> None:
        found = student(137)
        assert lines(found, STUDENT, "student_rates") == ["incoming, group 2"]
        assert lines(found, STUDENT, "student_country_groups") == ["group 2"]
        assert "staff_rates" not in paragraphs(found, STUDENT)
        out = evaluate("student_out", 2019)
        assert lines(out, STUDENT, "student_rates") == ["outgoing"]
        assert "student_country_groups" not in paragraphs(out, STUDENT)

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("base", ["student_in", "student_out"])
    def test_the_line_is_as_sure_as_its_weakest_ground(self, base: str, call: int) -> None:
        found = evaluate(base, call).outcomes[STUDENT]
        used = {item.paragraph: item.confidence for item in found.citations}
        assert {"student_rates", "student_day_count", "incomplete_month"} <= set(used)
        assert found.confidence is min(used.values())
        assert found.confidence.label == "corroborated"  # the month of 30 days is

    def test_a_conflict_is_shown_beside_the_rate(self) -> None:
        (conflict,) = [
            item.conflict for item in evaluate("student_out", 2019).outcomes[STUDENT].citations if item.conflict
        ]
        assert conflict.startswith("750 EUR")

    def test_each_fact_is_asked_for_where_missing(self) -> None:
        for absent in ("start_date", "end_date", "sending_country", "receiving_country"):
            found = outcome(STUDENT, "student_in", **{absent: None})
            assert (found.verdict, found.missing) == (UNDETERMINED, (absent,))
        assert outcome(STUDENT, "student_in", activity=None).verdict is DUE, "the participant says that a student goes"

    @pytest.mark.parametrize("identity", [STUDENT, TOP_UP])
    def test_staff_and_mobility_between_programme_countries_get_no_such_line(self, identity: str) -> None:
        assert outcome(identity, "teacher_out").verdict is NOT_APPLICABLE
        assert outcome(identity, "student_in", sending_country="FR", is_disadvantaged=True).verdict is NOT_APPLICABLE

    @given(days=st.integers(1, 400), more=st.integers(0, 200), call=st.sampled_from(CALLS))
    def test_more_paid_days_never_pay_less(self, days: int, more: int, call: int) -> None:
        assert amount(student(days, call=call), STUDENT) <= amount(student(days + more, call=call), STUDENT)


class TestTheTopUp:
    """A monthly addition for disadvantaged students, of the amount the National Agency sets."""

    @pytest.mark.parametrize("call", [2019, 2020])
    @pytest.mark.parametrize(("rate", "eur"), [("200", "913.33"), ("0", "0.00"), ("100.50", "458.95")])
    def test_it_is_paid_by_months_and_thirtieths_from_2019(self, call: int, rate: str, eur: str) -> None:
        told = {"is_disadvantaged": True, "agency_top_up_eur_per_month": rate}
        assert amount(student(137, call=call, **told), TOP_UP) == Decimal(eur)

    @pytest.mark.parametrize(("call", "label"), [(2019, "corroborated"), (2020, "single-source")])
    def test_it_is_as_sure_as_the_text_of_its_call(self, call: int, label: str) -> None:
        found = student(137, call=call, is_disadvantaged=True, agency_top_up_eur_per_month=200)
        assert found.outcomes[TOP_UP].confidence.label == label

    @pytest.mark.parametrize("call", [2015, 2016, 2017, 2018])
    def test_there_is_none_before_2019_whatever_else_is_told(self, call: int) -> None:
        told = {"is_disadvantaged": True, "agency_top_up_eur_per_month": 200}
        assert student(137, call=call, **told).outcomes[TOP_UP].verdict is NOT_APPLICABLE
        assert outcome(TOP_UP, "student_in", call, is_disadvantaged=True, end_date=None).verdict is NOT_APPLICABLE

    def test_others_get_none_and_nothing_is_presumed_of_a_person(self) -> None:
        assert student(137, call=2019, agency_top_up_eur_per_month=200).outcomes[TOP_UP].verdict is NOT_APPLICABLE
        untold = student(137, call=2019, agency_top_up_eur_per_month=200, is_disadvantaged=None).outcomes[TOP_UP]
        assert (untold.verdict, untold.assumptions) == (NOT_APPLICABLE, ("is_disadvantaged", "zero_grant_days"))

    def test_the_amount_and_the_dates_are_asked_for_where_missing(self) -> None:
        found = outcome(TOP_UP, "student_in", is_disadvantaged=True)
        assert (found.verdict, found.missing) == (UNDETERMINED, ("agency_top_up_eur_per_month",))
        told = {"is_disadvantaged": True, "agency_top_up_eur_per_month": 200}
        found = outcome(TOP_UP, "student_in", end_date=None, **told)
        assert (found.verdict, found.missing) == (UNDETERMINED, ("end_date",))


class TestTheRateOfStaff:
    """A day costs the same in all countries of a group; groups and rates changed in 2018."""

    @pytest.mark.parametrize(
        ("country", "to_2017", "from_2018"),
        [
            ("DK", 160, 180),
            ("NL", 160, 160),
            ("GB", 160, 180),
            ("PL", 140, 140),
            ("CZ", 140, 140),
            ("FR", 140, 160),
            ("NO", 140, 180),
            ("DE", 120, 160),
            ("ES", 120, 160),
            ("MK", 120, 140),
            ("SI", 100, 140),
            ("HR", 100, 140),
        ],
    )
    def test_each_country_pays_by_its_group(self, country: str, to_2017: int, from_2018: int) -> None:
        rates = [
            evaluate("training_in", call, receiving_country=country).value("staff_rate").eur_per_day for call in CALLS
        ]
        assert rates == [to_2017] * 3 + [from_2018] * 3

    @pytest.mark.parametrize("call", CALLS)
    def test_out_of_the_programme_one_rate_holds_everywhere(self, call: int) -> None:
        for country in ("GE", "AL", "KZ"):
            rate = evaluate("teacher_out", call, receiving_country=country).value("staff_rate")
            assert rate.eur_per_day == (160 if call < 2018 else 180)

    @pytest.mark.parametrize("call", CALLS)
    def test_an_overseas_territory_receives_as_its_member_state(self, call: int) -> None:
        rates = [evaluate("training_in", call, receiving_country=code).value("staff_rate") for code in ("GL", "DK")]
        assert rates[0] == rates[1]

    def test_the_lines_used_are_cited_and_not_their_neighbours(self) -> None:
        found = evaluate("training_in", 2017)
        assert lines(found, IN_FULL, "staff_rates") == ["incoming, group D"]
        assert lines(found, IN_FULL, "staff_country_groups") == ["group D"]
        out = evaluate("teacher_out", 2017)
        assert lines(out, IN_FULL, "staff_rates") == ["outgoing"]
        assert "staff_country_groups" not in paragraphs(out, IN_FULL)
        assert "student_rates" not in paragraphs(out, IN_FULL)


class TestIndividualSupportOfStaff:
    """100 % up to the 14th paid day, 70 % after it; funded days of travel are paid days."""

    @pytest.mark.parametrize(
        ("days", "travel", "full", "reduced"),
        [
            (1, 0, 1, 0),
            (5, 0, 5, 0),
            (5, 2, 7, 0),
            (12, 2, 14, 0),
            (13, 0, 13, 0),
            (13, 1, 14, 0),
            (13, 2, 14, 1),
            (14, 0, 14, 0),
            (14, 1, 14, 1),
            (14, 2, 14, 2),
            (15, 0, 14, 1),
            (15, 2, 14, 3),
            (60, 0, 14, 46),
            (60, 2, 14, 48),  # 60 days of activity, the days of travel on top
            (61, 0, 14, 46),  # what lies beyond day 60 is not paid
            (75, 2, 14, 48),
        ],
    )
    def test_how_many_days_are_paid_in_full_and_in_part(self, days: int, travel: int, full: int, reduced: int) -> None:
        found = staff(days, travel_days_claimed=travel)
        assert amount(found, IN_FULL) == full * 180
        assert amount(found, REDUCED) == reduced * 126
        assert found.outcomes[REDUCED].verdict is (DUE if reduced else NOT_APPLICABLE)

    @pytest.mark.parametrize(("rate", "reduced"), [("148", "103.60"), ("99.99", "69.99")])
    def test_cents_of_a_reduced_rate_are_kept(self, rate: str, reduced: str) -> None:
        paid = staff(15).outcomes[REDUCED].answer.low
        assert paid.share * 10 == 7
        paid = type(paid)(1, paid.unit, Decimal(rate), paid.rate_unit, paid.share)
        assert ROUNDINGS["cent-half-up"].apply(paid) == Decimal(reduced)

    def test_where_nothing_is_told_of_the_journeys_the_lines_are_ranges(self) -> None:
        found = staff(13, travel_days_claimed=None)
        untold = ("travel_days_claimed", "outward_travel_date", "return_travel_date")
        full, reduced = found.outcomes[IN_FULL], found.outcomes[REDUCED]
        assert (full.verdict, full.amounts()) == (DUE, (13 * 180, 14 * 180))
        assert (reduced.verdict, reduced.amounts()) == (DUE, (0, 126))
        assert set(full.missing) == set(reduced.missing) == set(untold)
        assert full.sentence == "13 to 14 days at 180 EUR, by the days of travel that are paid (0 to 2)"

    def test_only_the_journey_that_is_not_told_is_asked_for(self) -> None:
        found = staff(5, travel_days_claimed=None, outward_travel_date="2019-10-06").outcomes[IN_FULL]
        assert found.amounts() == (6 * 180, 7 * 180)
        assert set(found.missing) == {"travel_days_claimed", "return_travel_date"}

    def test_a_line_that_the_journeys_do_not_touch_is_settled(self) -> None:
        found = staff(20, travel_days_claimed=None)
        assert found.outcomes[IN_FULL].amounts() == (14 * 180, 14 * 180)
        assert found.outcomes[IN_FULL].missing == ()
        assert found.outcomes[REDUCED].amounts() == (6 * 126, 8 * 126)

    def test_the_reading_of_the_run_is_cited_only_where_it_decided(self) -> None:
        for days, travel, decided in ((5, 2, False), (20, 0, False), (12, 2, False), (13, 2, True), (20, 2, True)):
            found = staff(days, travel_days_claimed=travel)
            for identity in (IN_FULL, REDUCED):
                assert ("paid_day_run" in paragraphs(found, identity)) is decided, (days, travel, identity)
        assert staff(5, travel_days_claimed=2).outcomes[IN_FULL].confidence.label == "corroborated"
        assert staff(20, travel_days_claimed=2).outcomes[REDUCED].confidence.label == "single-source"

    @pytest.mark.parametrize(("travel", "full", "reduced"), [(0, 14, 6), (1, 15, 6), (2, 16, 6)])
    def test_a_guide_that_keeps_travel_out_of_the_run_would_pay_it_in_full(self, travel: int, full: int, reduced: int):
        texts = dict(guide(2019).provisions)
        texts["paid_day_run"] = attrs.evolve(texts["paid_day_run"], includes_travel_days=False)
        told = facts("teacher_out", end_date="2019-10-26", travel_days_claimed=travel, **NO_JOURNEYS)
        found = RULEBOOK.evaluate(facts_of(mobility_of({"call": 2019, **told})), texts)
        assert (amount(found, IN_FULL), amount(found, REDUCED)) == (full * 180, reduced * 126)

    def test_days_without_grant_are_not_paid(self) -> None:
        assert amount(staff(7, zero_grant_days=2), IN_FULL) == 5 * 180
        assert amount(staff(16, zero_grant_days=1), REDUCED) == 126
        assert staff(16, zero_grant_days=2).outcomes[REDUCED].verdict is NOT_APPLICABLE

    @pytest.mark.parametrize("identity", [IN_FULL, REDUCED])
    def test_students_and_mobility_between_programme_countries_get_no_such_line(self, identity: str) -> None:
        assert outcome(identity, "student_in").verdict is NOT_APPLICABLE
        assert outcome(identity, "training_in", sending_country="FR").verdict is NOT_APPLICABLE

    @pytest.mark.parametrize("identity", [IN_FULL, REDUCED])
    def test_each_fact_is_asked_for_where_missing(self, identity: str) -> None:
        for absent in ("start_date", "end_date", "sending_country", "receiving_country"):
            found = outcome(identity, "teacher_out", **{absent: None})
            assert (found.verdict, found.missing) == (UNDETERMINED, (absent,))

    @given(
        days=st.integers(1, 75),
        more=st.integers(0, 20),
        travel=st.integers(0, 3),
        farther=st.integers(0, 3),
        call=st.sampled_from(CALLS),
    )
    def test_more_paid_days_never_pay_less(self, days: int, more: int, travel: int, farther: int, call: int) -> None:
        def paid(length: int, claimed: int) -> Decimal:
            found = staff(length, call, travel_days_claimed=claimed)
            return amount(found, IN_FULL) + amount(found, REDUCED)

        assert paid(days, travel) <= paid(days + more, travel + farther)

    @given(
        days=st.integers(1, 65), claimed=st.none() | st.integers(0, 3), out=st.integers(-1, 1), back=st.integers(-1, 1)
    )
    def test_a_range_always_contains_the_settled_amount(
        self, days: int, claimed: int | None, out: int, back: int
    ) -> None:
        first = date(2019, 10, 7)
        last = first + timedelta(days=days - 1)
        journeys = {
            "outward_travel_date": min(first + timedelta(days=out), last),
            "return_travel_date": max(last + timedelta(days=back), first),
        }
        settled, untold = (
            grant_of(found)
            for found in (staff(days, travel_days_claimed=claimed, **journeys), staff(days, travel_days_claimed=None))
        )
        assert settled.total is not None
        assert untold.low <= settled.total <= untold.high


class TestZeroGrant:
    """A stay without any grant from EU funds has no lines."""

    @pytest.mark.parametrize("base", ["student_in", "student_out", "trainee_in", "teacher_out", "training_in"])
    def test_no_line_applies(self, base: str) -> None:
        found = evaluate(base, is_zero_grant=True)
        for identity in (STUDENT, TOP_UP, IN_FULL, REDUCED, TRAVEL):
            assert found.outcomes[identity].verdict is NOT_APPLICABLE
        assert grant_of(found).total == 0

    def test_no_line_applies_while_the_rest_is_not_told(self) -> None:
        found = evaluate("student_in", is_zero_grant=True, end_date=None, distance_km=None, is_disadvantaged=True)
        assert {found.outcomes[identity].verdict for identity in (STUDENT, TOP_UP, TRAVEL)} == {NOT_APPLICABLE}


class TestTravelSupport:
    """One amount by the distance one way, for students and staff alike."""

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("base", ["student_in", "student_out", "teacher_out", "training_in"])
    def test_everybody_receives_the_amount_of_the_band(self, base: str, call: int) -> None:
        found = evaluate(base, call, distance_km=5000)
        assert amount(found, TRAVEL) == 820
        assert found.outcomes[TRAVEL].sentence == "820 EUR in the band from 4000 km"
        assert lines(found, TRAVEL, "travel_bands") == ["4000 km to less than 8000 km"]
        assert "travel_paid_otherwise" not in paragraphs(found, TRAVEL)

    @pytest.mark.parametrize(("call", "eur"), list(zip(CALLS, (1100, 1100, 1300, 1500, 1500, 1500), strict=True)))
    def test_the_farthest_band_differs_by_call(self, call: int, eur: int) -> None:
        assert amount(evaluate("student_in", call, distance_km=8000), TRAVEL) == eur

    @pytest.mark.parametrize(("call", "eur"), [(2016, 0), (2017, 20)])
    def test_a_near_place_is_due_what_its_band_pays_be_it_nothing(self, call: int, eur: int) -> None:
        found = evaluate("student_in", call, distance_km=99)
        assert found.outcomes[TRAVEL].verdict is DUE
        assert amount(found, TRAVEL) == eur

    def test_the_conflict_of_2017_is_shown(self) -> None:
        found = evaluate("student_in", 2017, distance_km=9000).outcomes[TRAVEL]
        assert [item.conflict[:8] for item in found.citations if item.conflict] == ["1100 EUR"]

    def test_the_line_is_as_sure_as_its_band(self) -> None:
        for km, label in ((50, "official"), (5000, "corroborated"), (9000, "official")):
            assert evaluate("student_in", 2018, distance_km=km).outcomes[TRAVEL].confidence.label == label

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("km", [5000, None])
    def test_travel_paid_otherwise_is_not_paid_again(self, call: int, km: int | None) -> None:
        found = outcome(TRAVEL, "student_in", call, is_travel_paid_otherwise=True, distance_km=km)
        assert found.verdict is NOT_APPLICABLE
        assert found.sentence == "travel is paid otherwise or does not take place"
        assert "travel_paid_otherwise" in [item.paragraph for item in found.citations]
        assert found.confidence.label == "single-source"

    def test_that_nobody_else_pays_is_presumed_and_shown(self) -> None:
        found = outcome(TRAVEL, "student_in", is_travel_paid_otherwise=None)
        assert found.verdict is DUE
        assert "is_travel_paid_otherwise" in found.assumptions

    def test_each_fact_is_asked_for_where_missing(self) -> None:
        for absent in ("distance_km", "sending_country", "receiving_country"):
            found = outcome(TRAVEL, "student_in", **{absent: None})
            assert (found.verdict, found.missing) == (UNDETERMINED, (absent,))
        found = outcome(TRAVEL, "student_in", activity=None, participant_kind=None, **dict.fromkeys(_OF_STUDENTS))
        assert (found.verdict, found.missing) == (UNDETERMINED, ("activity",))

    def test_mobility_between_programme_countries_gets_none(self) -> None:
        assert outcome(TRAVEL, "student_in", sending_country="FR").verdict is NOT_APPLICABLE

    @given(
        base=st.sampled_from(["student_in", "teacher_out"]),
        call=st.sampled_from(CALLS),
        km=st.decimals(0, 12000, places=2),
        more=st.decimals(0, 12000, places=2),
    )
    def test_farther_never_pays_less(self, base: str, call: int, km: Decimal, more: Decimal) -> None:
        near, far = (amount(evaluate(base, call, distance_km=distance), TRAVEL) for distance in (km, km + more))
        assert near <= far


# Facts that would say that a student goes.
_OF_STUDENTS = (
    "study_cycle",
    "one_cycle_programme",
    "year_of_study",
    "is_enrolled",
    "days_used_in_cycle",
    "is_disadvantaged",
    "residence_country",
)
