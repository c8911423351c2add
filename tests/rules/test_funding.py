"""What is paid: individual support of students and of staff, additions, travel support, and what organisations get."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icm_rules.engine import ROUNDINGS, Evaluation, Unknown, Verdict
from icm_rules.guide import guide
from icm_rules.model.grant import grant_of
from icm_rules.model.vocabulary import facts_of, mobility_of
from icm_rules.rules import RULEBOOK
from tests.rules.cases import evaluate, facts, outcome

CALLS = (2015, 2016, 2017, 2018, 2019, 2020)
KA171 = (2022, 2023, 2024, 2025, 2026)
NOT_IN_FORCE = Verdict.NOT_IN_FORCE
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
    """An incoming student of so many days from 1 September 2019, or from 1 October to miss the 30th of February."""
    months, rest = divmod(days - 1, 30)
    first = next(start for start in (9, 10) if (start + months) % 12 != 2 or rest < 28)
    years, month = divmod(first - 1 + months, 12)
    last = f"{2019 + years}-{month + 1:02}-{rest + 1:02}"
    told = {"receiving_country": country, "start_date": f"2019-{first:02}-01", "end_date": last, **NO_JOURNEYS}
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
        assert amount(student(137, zero_grant_days=136), STUDENT) == Decimal("28.33")
        for days in (137, 139):  # by the count of students, and by the calendar
            assert student(137, zero_grant_days=days).outcomes[STUDENT].verdict is NOT_APPLICABLE

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

    @pytest.mark.parametrize(("rate", "eur"), [("200", "913.33"), ("0", "0.00"), ("100.50", "458.95")])
    def test_it_is_paid_by_months_and_thirtieths_in_2019(self, rate: str, eur: str) -> None:
        told = {"is_disadvantaged": True, "agency_top_up_eur_per_month": rate}
        assert amount(student(137, call=2019, **told), TOP_UP) == Decimal(eur)

    def test_it_is_as_sure_as_the_text_of_its_call(self) -> None:
        found = student(137, call=2019, is_disadvantaged=True, agency_top_up_eur_per_month=200)
        assert found.outcomes[TOP_UP].confidence.label == "corroborated"

    def test_that_2020_has_none_is_unverified_and_shown_with_the_source_that_has_one(self) -> None:
        found = student(137, call=2020, is_disadvantaged=True, agency_top_up_eur_per_month=200).outcomes[TOP_UP]
        assert (found.verdict, found.confidence.label) == (NOT_APPLICABLE, "unverified")
        assert [item.conflict for item in found.citations if item.paragraph == "disadvantaged_top_up"] != [None]

    @pytest.mark.parametrize("call", KA171)
    def test_from_2022_another_addition_takes_its_place(self, call: int) -> None:
        found = student(137, call=call, is_disadvantaged=True, agency_top_up_eur_per_month=200).outcomes[TOP_UP]
        assert found.verdict is NOT_IN_FORCE

    @pytest.mark.parametrize("call", [2015, 2016, 2017, 2018, 2020])
    def test_there_is_none_in_any_other_call_whatever_else_is_told(self, call: int) -> None:
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
        days=st.integers(1, 65), claimed=st.none() | st.integers(0, 3), out=st.integers(-1, 0), back=st.integers(0, 1)
    )
    def test_a_range_always_contains_the_settled_amount(
        self, days: int, claimed: int | None, out: int, back: int
    ) -> None:
        first = date(2019, 10, 7)
        last = first + timedelta(days=days - 1)
        journeys = {
            "outward_travel_date": first + timedelta(days=out),
            "return_travel_date": last + timedelta(days=back),
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

    @pytest.mark.parametrize(
        ("base", "days", "call"),
        [
            ("student_in", 121, 2019),
            ("student_out", 121, 2024),
            ("trainee_in", 121, 2024),
            ("teacher_out", 7, 2019),
            ("training_in", 7, 2024),
            ("blended_in", 20, 2024),
            ("doctoral_out", 20, 2022),
        ],
    )
    def test_a_stay_carries_a_grant_while_a_day_with_a_grant_is_left(self, base: str, days: int, call: int) -> None:
        told = {"travel_legs": PLANE, "travel_days_claimed": 2}
        of_students = {"is_disadvantaged": True, "agency_top_up_eur_per_month": 200, "has_fewer_opportunities": True}
        told |= of_students if base in {"student_in", "student_out", "blended_in", "doctoral_out"} else {}
        a_day_left = evaluate(base, call, zero_grant_days=days - 1, **told)
        assert a_day_left.value("carries_grant") is True
        assert a_day_left.outcomes[TRAVEL].verdict is DUE
        assert len(grant_of(a_day_left).lines) >= 2
        none_left = evaluate(base, call, zero_grant_days=days, **told)
        assert none_left.value("carries_grant") is False
        assert none_left.outcomes[TRAVEL].verdict is NOT_APPLICABLE
        assert (grant_of(none_left).lines, grant_of(none_left).total) == ((), 0)

    def test_while_the_length_is_not_told_days_without_grant_leave_it_open(self) -> None:
        found = evaluate("student_in", zero_grant_days=500, end_date=None)
        assert found.value("carries_grant") == Unknown(("end_date",))
        travel = found.outcomes[TRAVEL]
        assert (travel.verdict, travel.missing) == (UNDETERMINED, ("end_date",))

    @pytest.mark.parametrize("told", [{"is_zero_grant": True}, {"zero_grant_days": 121}])
    def test_the_real_costs_of_a_person_are_paid_to_a_stay_without_grant_as_well(self, told: dict) -> None:
        for call, identity in ((2019, SPECIAL_NEEDS), (2024, INCLUSION)):
            grant = grant_of(evaluate("student_in", call, inclusion_costs_eur=100, stay_format="long_term", **told))
            assert {line.identity: line.amount for line in grant.lines} == {identity: 100}


class TestTravelSupport:
    """One amount by the distance one way, for students and staff alike."""

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("base", ["student_in", "student_out", "teacher_out", "training_in"])
    def test_everybody_receives_the_amount_of_the_band(self, base: str, call: int) -> None:
        found = evaluate(base, call, distance_km=5000)
        assert amount(found, TRAVEL) == 820
        assert found.outcomes[TRAVEL].sentence == "820 EUR in the band from 4000 km to less than 8000 km"
        assert lines(found, TRAVEL, "travel_bands") == ["4000 km to less than 8000 km"]
        assert "travel_paid_otherwise" not in paragraphs(found, TRAVEL)

    @pytest.mark.parametrize(("call", "eur"), list(zip(CALLS, (1100, 1100, 1300, 1500, 1500, 1500), strict=True)))
    def test_the_farthest_band_differs_by_call(self, call: int, eur: int) -> None:
        found = evaluate("student_in", call, distance_km=8000)
        assert amount(found, TRAVEL) == eur
        assert found.outcomes[TRAVEL].sentence == f"{eur} EUR in the last band, from 8000 km on"

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
        for absent in ("sending_country", "receiving_country"):
            found = outcome(TRAVEL, "student_in", **{absent: None})
            assert (found.verdict, found.missing) == (UNDETERMINED, (absent,))
        found = outcome(TRAVEL, "student_in", activity=None, participant_kind=None, **dict.fromkeys(_OF_STUDENTS))
        assert (found.verdict, found.missing) == (UNDETERMINED, ("activity",))

    @pytest.mark.parametrize(("call", "most"), list(zip(CALLS, (1100, 1100, 1300, 1500, 1500, 1500), strict=True)))
    def test_without_the_distance_the_line_is_a_range_over_all_bands(self, call: int, most: int) -> None:
        found = outcome(TRAVEL, "student_in", call, distance_km=None)
        assert (found.verdict, found.amounts(), found.missing) == (DUE, (0, most), ("distance_km",))
        assert found.sentence == f"0 to {most} EUR, by the distance"
        assert [item.paragraph for item in found.citations] == ["travel_bands"]

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


# --- from call 2022 on -----------------------------------------------------------------------------------------

FIRST_DAYS = "funding.student.short_stay_first_days"
LATER_DAYS = "funding.student.short_stay_later_days"
MONTHLY = "funding.student.fewer_opportunities_monthly"
ONCE = "funding.student.fewer_opportunities_short"
TRAINEESHIP = "funding.student.traineeship_top_up"
STUDENT_TRAVEL = "funding.student.travel_days"
INCLUSION = "funding.inclusion.participant"
SPECIAL_NEEDS = "funding.special_needs.participant"
ORGANISATION = "funding.organisation.organisational_support"
ORGANISATION_INCLUSION = "funding.organisation.inclusion_support"
OF_2022 = (FIRST_DAYS, LATER_DAYS, MONTHLY, ONCE, TRAINEESHIP, STUDENT_TRAVEL, INCLUSION, ORGANISATION_INCLUSION)

TRAIN = [{"means": "train"}]
PLANE = [{"means": "plane"}]

JOURNEY = ("travel_days_claimed", "outward_travel_date", "return_travel_date")


def short(days: int, call: int = 2024, **changes: object) -> Evaluation:
    """An incoming student on a blended stay of so many calendar days from 2 September 2019."""
    last = date(2019, 9, 2) + timedelta(days=days - 1)
    told = {"stay_format": "blended", "has_virtual_part": True, "start_date": "2019-09-02", "end_date": last}
    return evaluate("student_in", call, **{**told, **NO_JOURNEYS, **changes})


def paid(evaluation: Evaluation, *identities: str) -> Decimal:
    """What some settled lines amount to together [EUR]."""
    return sum((amount(evaluation, identity) for identity in identities), Decimal(0))


class TestTheRatesFrom2022:
    """Students are paid as from 2018 on, staff more from call 2024 on; the groups changed in 2022 and in 2024."""

    @pytest.mark.parametrize(
        ("country", "to_2023", "from_2024"),
        [
            ("DK", 900, 900),
            ("IE", 900, 900),
            ("LI", 900, 900),
            ("AT", 850, 900),
            ("DE", 850, 900),
            ("FR", 850, 900),
            ("IT", 850, 900),
            ("CY", 850, 850),
            ("ES", 850, 850),
            ("PT", 850, 850),
            ("CZ", 800, 850),
            ("EE", 800, 850),
            ("SI", 800, 850),
            ("HR", 800, 800),
            ("PL", 800, 800),
            ("RS", 800, 800),
            ("TR", 800, 800),
        ],
    )
    def test_each_country_pays_students_by_its_group(self, country: str, to_2023: int, from_2024: int) -> None:
        rates = [student(30, country, call).value("student_rate").eur_per_month for call in KA171]
        assert rates == [to_2023] * 2 + [from_2024] * 3

    @pytest.mark.parametrize(
        ("country", "to_2023", "from_2024"),
        [("DK", 180, 190), ("DE", 160, 190), ("ES", 160, 170), ("CZ", 140, 170), ("PL", 140, 148), ("RS", 140, 148)],
    )
    def test_each_country_pays_staff_by_its_group(self, country: str, to_2023: int, from_2024: int) -> None:
        rates = [
            evaluate("training_in", call, receiving_country=country).value("staff_rate").eur_per_day for call in KA171
        ]
        assert rates == [to_2023] * 2 + [from_2024] * 3

    @pytest.mark.parametrize("call", KA171)
    def test_out_of_the_programme_one_rate_holds_everywhere(self, call: int) -> None:
        for country in ("GE", "AL", "MA", "UZ"):
            assert evaluate("student_out", call, receiving_country=country).value("student_rate").eur_per_month == 700
            staff_rate = evaluate("teacher_out", call, receiving_country=country).value("staff_rate")
            assert staff_rate.eur_per_day == (180 if call < 2024 else 190)

    @pytest.mark.parametrize("call", KA171)
    def test_what_stands_outside_the_action_has_no_rate(self, call: int) -> None:
        found = student(137, "GB", call).outcomes[STUDENT]
        assert found.verdict is NOT_APPLICABLE

    @pytest.mark.parametrize(
        ("country", "call", "label"),
        [
            ("DK", 2022, "unverified"),
            ("DE", 2022, "corroborated"),
            ("PL", 2022, "single-source"),
            ("DE", 2023, "single-source"),
            ("DE", 2024, "corroborated"),
            ("ES", 2024, "single-source"),
            ("PL", 2024, "corroborated"),
            ("DE", 2025, "corroborated"),
            ("DE", 2026, "unverified"),
            ("ES", 2026, "unverified"),
            ("PL", 2026, "unverified"),
        ],
    )
    def test_each_rate_is_as_sure_as_its_line(self, country: str, call: int, label: str) -> None:
        assert student(137, country, call).outcomes[STUDENT].confidence.label == label

    @pytest.mark.parametrize("call", KA171)
    def test_a_day_is_a_thirtieth_of_a_month_as_before(self, call: int) -> None:
        assert amount(student(137, "ES", call), STUDENT) == Decimal("3881.67")
        assert student(137, "ES", call).outcomes[STUDENT].sentence == "4 months and 17/30 at 850 EUR a month"

    @pytest.mark.parametrize(("days", "full", "later"), [(14, 14, 0), (15, 14, 1), (60, 14, 46), (61, 14, 46)])
    @pytest.mark.parametrize(
        ("country", "rate", "reduced"), [("DE", 190, "133.00"), ("CZ", 170, "119.00"), ("PL", 148, "103.60")]
    )
    def test_from_day_15_staff_is_paid_70_percent_and_cents_are_kept(
        self, days: int, full: int, later: int, country: str, rate: int, reduced: str
    ) -> None:
        found = staff(days, 2024, "training_in", receiving_country=country)
        assert amount(found, IN_FULL) == full * rate
        assert amount(found, REDUCED) == later * Decimal(reduced)


class TestShortStaysOfStudents:
    """A blended or short doctoral stay is paid by the day: one rate to day 14, another from day 15 to day 30."""

    @pytest.mark.parametrize(("call", "first", "later"), [(2022, 70, 50), *((call, 79, 56) for call in KA171[1:])])
    @pytest.mark.parametrize(
        ("days", "at_first", "at_later"), [(1, 1, 0), (5, 5, 0), (14, 14, 0), (15, 14, 1), (30, 14, 16)]
    )
    def test_each_day_is_paid_at_its_rate(
        self, call: int, first: int, later: int, days: int, at_first: int, at_later: int
    ) -> None:
        found = short(days, call)
        assert amount(found, FIRST_DAYS) == at_first * first
        assert amount(found, LATER_DAYS) == at_later * later
        counted = "1 day" if at_first == 1 else f"{at_first} days"
        assert found.outcomes[FIRST_DAYS].sentence == f"{counted} at {first} EUR a day"
        if at_later:
            counted = "1 day" if at_later == 1 else f"{at_later} days"
            assert found.outcomes[LATER_DAYS].sentence == f"{counted} at {later} EUR a day"
        assert found.outcomes[LATER_DAYS].verdict is (DUE if at_later else NOT_APPLICABLE)
        assert found.outcomes[STUDENT].verdict is NOT_APPLICABLE, "no monthly rate beside the daily one"
        assert found.outcomes[STUDENT_TRAVEL].verdict is NOT_APPLICABLE

    def test_each_line_cites_its_step_and_no_other(self) -> None:
        found = short(20, 2022)
        assert lines(found, FIRST_DAYS, "short_stay_rates") == ["day 1 to 14"]
        assert lines(found, LATER_DAYS, "short_stay_rates") == ["day 15 to 30"]
        assert short(14).outcomes[LATER_DAYS].sentence == "no day comes after the first 14"

    @pytest.mark.parametrize("call", KA171)
    @pytest.mark.parametrize(
        ("days", "without", "decided"),
        [(1, 0, False), (14, 0, False), (15, 0, True), (31, 0, True), (20, 5, True), (20, 6, False)],
    )
    def test_the_reading_of_the_split_is_cited_only_where_a_later_day_is_paid(
        self, call: int, days: int, without: int, decided: bool
    ) -> None:
        found = short(days, call, zero_grant_days=without)
        for identity in (FIRST_DAYS, LATER_DAYS):
            assert ("short_stay_split" in paragraphs(found, identity)) is decided, identity

    @pytest.mark.parametrize(
        ("call", "to_day_14", "beyond"),
        [(call, "corroborated", "single-source") for call in (2022, 2023, 2024)] + [(2026, "unverified", "unverified")],
    )
    def test_it_is_as_sure_as_the_rate_the_count_of_days_and_the_split(
        self, call: int, to_day_14: str, beyond: str
    ) -> None:
        for days, label in ((14, to_day_14), (15, beyond), (20, beyond)):
            found = short(days, call)
            assert {found.outcomes[line].confidence.label for line in (FIRST_DAYS, LATER_DAYS)} == {label}

    def test_the_conflict_of_2023_is_shown(self) -> None:
        for identity in (FIRST_DAYS, LATER_DAYS):
            conflicts = [item.conflict for item in short(20, 2023).outcomes[identity].citations if item.conflict]
            assert conflicts == ["Many pages still print 70 and 50 EUR for this call."]

    def test_a_short_doctoral_stay_is_paid_alike(self) -> None:
        found = short(20, study_cycle="third", stay_format="short_doctoral", has_virtual_part=False)
        assert paid(found, FIRST_DAYS, LATER_DAYS) == 14 * 79 + 6 * 56

    def test_days_without_grant_are_not_paid(self) -> None:
        assert paid(short(20, zero_grant_days=6), FIRST_DAYS, LATER_DAYS) == 14 * 79
        assert paid(short(20, zero_grant_days=20), FIRST_DAYS, LATER_DAYS) == 0

    def test_each_fact_is_asked_for_where_missing(self) -> None:
        for absent in ("start_date", "end_date", "stay_format"):
            for identity in (FIRST_DAYS, LATER_DAYS):
                found = short(20, **{absent: None}).outcomes[identity]
                assert (found.verdict, found.missing) == (UNDETERMINED, (absent,))

    def test_a_stay_longer_than_any_short_one_need_not_tell_its_format(self) -> None:
        assert short(30, stay_format=None).outcomes[FIRST_DAYS].verdict is UNDETERMINED
        assert short(31, stay_format=None).outcomes[FIRST_DAYS].verdict is NOT_APPLICABLE
        assert short(31, stay_format=None).outcomes[STUDENT].verdict is DUE

    @given(days=st.integers(1, 40), more=st.integers(0, 20), call=st.sampled_from(KA171), fewer=st.booleans())
    def test_more_days_never_pay_less(self, days: int, more: int, call: int, fewer: bool) -> None:
        # A stay beyond 30 days is none of the short ones, and has no addition by length.
        shorter, longer = (
            short(length, call, has_fewer_opportunities=fewer) for length in (min(days, 30), min(days + more, 30))
        )
        identities = (FIRST_DAYS, LATER_DAYS, ONCE)
        assert paid(shorter, *identities) <= paid(longer, *identities)


class TestFewerOpportunities:
    """250 EUR a month on long stays; once 100 EUR for 5 to 14 days and 150 EUR for 15 to 30 days on short ones."""

    @pytest.mark.parametrize("call", KA171)
    @pytest.mark.parametrize(("days", "eur"), [(1, "8.33"), (60, "500.00"), (137, "1141.67"), (360, "3000.00")])
    def test_a_long_stay_is_paid_by_months_and_thirtieths(self, call: int, days: int, eur: str) -> None:
        found = student(days, call=call, stay_format="long_term", has_fewer_opportunities=True)
        assert amount(found, MONTHLY) == Decimal(eur)
        assert found.outcomes[ONCE].verdict is NOT_APPLICABLE

    @pytest.mark.parametrize("call", KA171)
    @pytest.mark.parametrize(("days", "eur"), [(4, 0), (5, 100), (14, 100), (15, 150), (30, 150)])
    def test_a_short_stay_is_paid_once_by_its_length(self, call: int, days: int, eur: int) -> None:
        found = short(days, call, has_fewer_opportunities=True)
        assert amount(found, ONCE) == eur
        assert found.outcomes[ONCE].verdict is (DUE if eur else NOT_APPLICABLE)
        assert found.outcomes[MONTHLY].verdict is NOT_APPLICABLE

    @pytest.mark.parametrize("call", KA171)
    def test_a_stay_longer_than_any_short_one_is_paid_as_a_long_one(self, call: int) -> None:
        """It is refused as a blended stay; its lines are those of the days and not of the word."""
        found = short(31, call, has_fewer_opportunities=True)
        assert {found.outcomes[line].verdict for line in (FIRST_DAYS, LATER_DAYS, ONCE)} == {NOT_APPLICABLE}
        assert {found.outcomes[line].verdict for line in (STUDENT, MONTHLY)} == {DUE}

    def test_the_step_used_is_cited_alone(self) -> None:
        for days, label in ((14, "5 to 14 days"), (15, "15 to 30 days")):
            found = short(days, has_fewer_opportunities=True)
            assert lines(found, ONCE, "fewer_opportunities_short") == [label]
            assert found.outcomes[ONCE].sentence.endswith(f"once for a stay of {label}")

    @pytest.mark.parametrize("identity", [MONTHLY, ONCE, INCLUSION, ORGANISATION_INCLUSION])
    def test_others_get_none_and_nothing_is_presumed_of_a_person(self, identity: str) -> None:
        # Real costs are paid to whoever has them, whatever is told of the opportunities.
        asks_the_flag = identity in {MONTHLY, ONCE}
        for told in (False, None):
            for found in (
                student(137, call=2024, has_fewer_opportunities=told),
                short(20, has_fewer_opportunities=told),
            ):
                assert found.outcomes[identity].verdict is NOT_APPLICABLE
                presumed = "has_fewer_opportunities" in found.outcomes[identity].assumptions
                assert presumed is (told is None and asks_the_flag)

    @pytest.mark.parametrize("call", KA171)
    @pytest.mark.parametrize(
        ("flag", "costs", "counts"),
        [
            (True, None, True),
            (True, 0, True),
            (False, "0.01", True),  # whoever claims real additional costs has fewer opportunities
            (None, "0.01", True),
            (False, 0, False),
            (None, 0, False),
            (False, None, False),
            (None, None, False),
        ],
    )
    def test_the_flag_or_real_costs_make_the_addition_due(
        self, call: int, flag: bool | None, costs: object, counts: bool
    ) -> None:
        told = {"has_fewer_opportunities": flag, "inclusion_costs_eur": costs}
        for found, identity in (
            (student(137, call=call, stay_format="long_term", **told), MONTHLY),
            (short(20, call, **told), ONCE),
        ):
            assert found.value("counts_as_fewer_opportunities") is counts
            assert found.outcomes[identity].verdict is (DUE if counts else NOT_APPLICABLE)
            assert found.outcomes[INCLUSION].verdict is (NOT_APPLICABLE if costs is None else DUE)

    @pytest.mark.parametrize("call", KA171)
    def test_staff_has_its_real_costs_paid_and_no_addition(self, call: int) -> None:
        found = evaluate("teacher_out", call, has_fewer_opportunities=True, inclusion_costs_eur=300)
        assert amount(found, INCLUSION) == 300
        assert {found.outcomes[identity].verdict for identity in (MONTHLY, ONCE)} == {NOT_APPLICABLE}

    @pytest.mark.parametrize(
        ("call", "monthly"), [(2022, "corroborated"), (2025, "corroborated"), (2026, "unverified")]
    )
    def test_the_addition_is_as_sure_as_its_text(self, call: int, monthly: str) -> None:
        found = student(137, call=call, has_fewer_opportunities=True)
        assert found.outcomes[MONTHLY].confidence.label == monthly

    def test_the_dates_are_asked_for_where_missing(self) -> None:
        told = {"has_fewer_opportunities": True, "end_date": None}
        found = student(137, call=2024, stay_format="long_term", **told).outcomes[MONTHLY]
        assert (found.verdict, found.missing) == (UNDETERMINED, ("end_date",))
        assert short(20, **told).outcomes[ONCE].missing == ("end_date",)

    @pytest.mark.parametrize("call", KA171)
    def test_inclusion_support_pays_the_real_costs_whole(self, call: int) -> None:
        for flag in (True, False, None):
            found = student(137, call=call, has_fewer_opportunities=flag, inclusion_costs_eur="1234.56")
            assert amount(found, INCLUSION) == Decimal("1234.56")
            assert found.outcomes[INCLUSION].sentence == "100 % of 1234.56 EUR of real additional costs"
            assert found.outcomes[INCLUSION].confidence.label == "single-source"
            assert found.outcomes[SPECIAL_NEEDS].verdict is NOT_IN_FORCE, "the same costs are not paid twice"
        untold = outcome(INCLUSION, "student_in", call, has_fewer_opportunities=True)
        assert (untold.verdict, untold.sentence) == (NOT_APPLICABLE, "no additional costs are told")
        told = {"sending_country": "FR", "inclusion_costs_eur": 100}
        assert outcome(INCLUSION, "student_in", call, **told).verdict is NOT_APPLICABLE

    @pytest.mark.parametrize(
        ("call", "eur", "label"),
        [
            (2022, 100, "single-source"),
            (2023, 100, "single-source"),
            (2024, 125, "unverified"),
            (2026, 125, "unverified"),
        ],
    )
    def test_the_organisation_is_paid_for_whoever_has_such_costs(self, call: int, eur: int, label: str) -> None:
        for flag in (True, False, None):
            told = {"has_fewer_opportunities": flag, "inclusion_costs_eur": 1}
            found = student(137, call=call, **told).outcomes[ORGANISATION_INCLUSION]
            assert (found.amounts(), found.confidence.label) == ((eur, eur), label)
        assert (
            outcome(ORGANISATION_INCLUSION, "student_in", call, has_fewer_opportunities=True).verdict is NOT_APPLICABLE
        )


class TestSpecialNeedsSupport:
    """Up to call 2020, special needs support pays the real additional costs; inclusion support takes its place."""

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("base", ["student_in", "student_out", "teacher_out", "training_in"])
    def test_it_pays_the_real_costs_whole(self, base: str, call: int) -> None:
        found = evaluate(base, call, inclusion_costs_eur="1234.56")
        assert amount(found, SPECIAL_NEEDS) == Decimal("1234.56")
        assert found.outcomes[SPECIAL_NEEDS].sentence == "100 % of 1234.56 EUR of real additional costs"
        assert paragraphs(found, SPECIAL_NEEDS) >= {"special_needs_support"}
        assert found.outcomes[INCLUSION].verdict is NOT_IN_FORCE, "the same costs are not paid twice"
        without = evaluate(base, call)
        assert grant_of(found).high == grant_of(without).high + Decimal("1234.56")

    @pytest.mark.parametrize("call", CALLS)
    def test_it_is_as_sure_as_the_text_of_its_call(self, call: int) -> None:
        found = outcome(SPECIAL_NEEDS, "student_in", call, inclusion_costs_eur=100)
        (text,) = [item for item in found.citations if item.paragraph == "special_needs_support"]
        assert (found.confidence, found.confidence.label) == (text.confidence, "single-source")

    @pytest.mark.parametrize("call", CALLS)
    def test_no_costs_that_are_told_are_none_to_be_paid(self, call: int) -> None:
        for flag in (True, False, None):
            found = outcome(SPECIAL_NEEDS, "student_in", call, has_fewer_opportunities=flag)
            assert (found.verdict, found.sentence) == (NOT_APPLICABLE, "no additional costs are told")
        assert outcome(SPECIAL_NEEDS, "student_in", call, inclusion_costs_eur=0).amounts() == (0, 0)

    def test_mobility_between_programme_countries_gets_none(self) -> None:
        told = {"sending_country": "FR", "inclusion_costs_eur": 100}
        assert outcome(SPECIAL_NEEDS, "student_in", **told).verdict is NOT_APPLICABLE


class TestTheTraineeshipTopUp:
    """KA171 has no addition for traineeships, as far as anybody has seen."""

    @pytest.mark.parametrize("call", KA171)
    def test_there_is_none_and_that_is_unverified(self, call: int) -> None:
        for told in ({}, {"end_date": None, "stay_format": "long_term"}):
            found = outcome(TRAINEESHIP, "trainee_in", call, **told)
            assert (found.verdict, found.sentence) == (NOT_APPLICABLE, "this action has no addition for traineeships")
            assert "traineeship_top_up" in [item.paragraph for item in found.citations]
            assert found.confidence.label == "unverified"

    def test_a_guide_that_had_one_would_pay_it_by_months_and_thirtieths(self) -> None:
        texts = dict(guide(2024).provisions)
        texts["traineeship_top_up"] = attrs.evolve(texts["traineeship_top_up"], eur_per_month=Decimal(150))
        for told, expected in (
            ({}, (DUE, ())),
            ({"end_date": None, "stay_format": "long_term"}, (UNDETERMINED, ("end_date",))),
        ):
            mobility = mobility_of({"call": 2024, **facts("trainee_in", **told)})
            found = RULEBOOK.evaluate(facts_of(mobility), texts).outcomes[TRAINEESHIP]
            assert (found.verdict, found.missing) == expected
            assert found.amounts() == ((605, 605) if found.verdict is DUE else None)  # 121 days

    def test_students_who_study_have_no_such_line(self) -> None:
        assert outcome(TRAINEESHIP, "student_in", 2024).verdict is NOT_APPLICABLE


class TestTravelDaysOfStudents:
    """From call 2022 on, a student on a long stay receives a thirtieth of the monthly rate for a day of travel."""

    @pytest.mark.parametrize("call", KA171)
    @pytest.mark.parametrize(("claimed", "days"), [(0, 0), (1, 1), (2, 2), (3, 2)])
    def test_by_plane_two_days_are_paid(self, call: int, claimed: int, days: int) -> None:
        found = student(137, "PL", call, travel_days_claimed=claimed, travel_legs=PLANE)
        assert found.outcomes[STUDENT_TRAVEL].verdict is (DUE if days else NOT_APPLICABLE)
        assert amount(found, STUDENT_TRAVEL) == [Decimal(0), Decimal("26.67"), Decimal("53.33")][days]

    @pytest.mark.parametrize(("call", "most"), [(2022, 4), (2023, 4), (2024, 6), (2025, 6), (2026, 6)])
    def test_green_travel_is_paid_for_more_days(self, call: int, most: int) -> None:
        for claimed in (2, most - 1, most, most + 1):
            found = student(137, "DK", call, travel_days_claimed=claimed, travel_legs=TRAIN)
            assert amount(found, STUDENT_TRAVEL) == 30 * min(claimed, most)
        assert found.outcomes[STUDENT_TRAVEL].sentence == f"{most} days of travel at 1/30 of 900 EUR"

    def test_what_is_not_told_is_asked_for_and_nothing_else(self) -> None:
        cases = (
            ({}, (0, 180), (*JOURNEY, "travel_legs")),
            ({"travel_legs": PLANE}, (0, 60), JOURNEY),
            ({"travel_legs": TRAIN}, (0, 180), JOURNEY),
            ({"travel_days_claimed": 2}, (60, 60), ()),
            ({"travel_days_claimed": 5}, (60, 150), ("travel_legs",)),
            (
                {"outward_travel_date": "2019-08-30", "travel_legs": TRAIN},
                (60, 180),
                ("travel_days_claimed", "return_travel_date"),
            ),
            (
                {"outward_travel_date": "2019-08-30", "start_date": None, "stay_format": "long_term"},
                (0, 180),
                ("travel_days_claimed", "return_travel_date", "start_date", "travel_legs"),
            ),
        )
        for told, eur, missing in cases:
            found = student(137, "DK", 2024, **told).outcomes[STUDENT_TRAVEL]
            assert (found.amounts(), found.missing) == (eur, missing), told

    def test_the_line_says_how_many_days_it_may_be(self) -> None:
        found = student(137, "DK", 2024).outcomes[STUDENT_TRAVEL]
        assert found.sentence == "0 to 6 days of travel at 1/30 of 900 EUR"
        assert found.confidence.label == "single-source"

    def test_staff_and_stays_without_grant_have_no_such_line(self) -> None:
        assert outcome(STUDENT_TRAVEL, "teacher_out", 2024).verdict is NOT_APPLICABLE
        assert student(137, call=2024, is_zero_grant=True).outcomes[STUDENT_TRAVEL].verdict is NOT_APPLICABLE


class TestStaffWhoTravelGreen:
    """The days of green travel are paid days like any other."""

    @pytest.mark.parametrize(("call", "most", "rate"), [(2022, 4, 180), (2023, 4, 180), (2024, 6, 190), (2026, 6, 190)])
    def test_more_days_are_paid_to_whoever_travels_green(self, call: int, most: int, rate: int) -> None:
        for claimed in (2, 3, most, most + 1):
            by_plane, by_train = (
                staff(5, call, travel_days_claimed=claimed, travel_legs=legs) for legs in (PLANE, TRAIN)
            )
            assert amount(by_plane, IN_FULL) == 7 * rate
            assert amount(by_train, IN_FULL) == (5 + min(claimed, most)) * rate

    def test_while_the_means_are_not_told_the_claim_makes_a_range_and_only_they_are_asked_for(self) -> None:
        found = staff(5, 2024, travel_days_claimed=4).outcomes[IN_FULL]
        assert (found.amounts(), found.missing) == ((7 * 190, 9 * 190), ("travel_legs",))
        assert staff(5, 2024, travel_days_claimed=2).outcomes[IN_FULL].amounts() == (7 * 190, 7 * 190)

    def test_what_green_travel_allows_says_nothing_of_the_usual_one(self) -> None:
        journeys = {"outward_travel_date": "2019-10-04", "return_travel_date": "2019-10-11"}  # three days, and none
        amounts = {
            means: staff(5, 2024, travel_days_claimed=3, travel_legs=legs, **journeys).outcomes[IN_FULL].amounts()
            for means, legs in (("plane", PLANE), ("train", TRAIN), ("untold", None))
        }
        assert amounts == {"plane": (1140, 1140), "train": (1520, 1520), "untold": (1140, 1520)}

    def test_where_nothing_is_told_all_that_would_settle_it_is_asked_for(self) -> None:
        found = staff(20, 2024, travel_days_claimed=None).outcomes[REDUCED]
        assert (found.amounts(), found.missing) == ((6 * 133, 12 * 133), (*JOURNEY, "travel_legs"))
        assert found.sentence == "6 to 12 days at 70 % of 190 EUR, by the days of travel that are paid (0 to 6)"

    @given(
        call=st.sampled_from(KA171),
        days=st.integers(1, 65),
        claimed=st.none() | st.integers(0, 8),
        out=st.integers(-4, 0),
        back=st.integers(0, 4),
        told=st.tuples(st.booleans(), st.booleans(), st.booleans()),
        legs=st.sampled_from([TRAIN, PLANE]),
    )
    def test_a_range_always_holds_the_settled_amount(self, call, days, claimed, out, back, told, legs) -> None:
        first = date(2019, 10, 7)
        last = first + timedelta(days=days - 1)
        settling = {
            "outward_travel_date": first + timedelta(days=out),
            "return_travel_date": last + timedelta(days=back),
            "travel_legs": legs,
        }
        # A claim is taken at its word while dates are missing, and no longer once they are told.
        told = told if claimed is None else (True, True, told[2])
        known = {name: settling[name] if is_told else None for name, is_told in zip(settling, told, strict=True)}
        settled, untold = (staff(days, call, travel_days_claimed=claimed, **some) for some in (settling, known))
        for identity in (IN_FULL, REDUCED):
            if untold.outcomes[identity].verdict is DUE:
                low, high = untold.outcomes[identity].amounts()
                assert low <= amount(settled, identity) <= high
            else:
                assert settled.outcomes[identity].verdict is NOT_APPLICABLE
        assert grant_of(untold).low <= grant_of(settled).total <= grant_of(untold).high

    @given(
        call=st.sampled_from(KA171),
        days=st.integers(1, 65),
        claimed=st.none() | st.integers(0, 8),
        out=st.integers(-4, 0),
        back=st.integers(0, 4),
        km=st.integers(0, 12000),
        base=st.sampled_from(["teacher_out", "training_in"]),
    )
    def test_green_never_pays_less_than_usual_travel(self, call, days, claimed, out, back, km, base) -> None:
        first = date(2019, 10, 7)
        journeys = {
            "outward_travel_date": first + timedelta(days=out),
            "return_travel_date": first + timedelta(days=days - 1 + back),
        }
        by_plane, by_train = (
            grant_of(staff(days, call, base, travel_days_claimed=claimed, distance_km=km, travel_legs=legs, **journeys))
            for legs in (PLANE, TRAIN)
        )
        assert by_plane.total <= by_train.total


USUAL_TO_2023 = {0: 0, 10: 23, 100: 180, 500: 275, 2000: 360, 3000: 530, 4000: 820, 8000: 1500}
USUAL_FROM_2024 = {0: 0, 10: 28, 100: 211, 500: 309, 2000: 395, 3000: 580, 4000: 1188, 8000: 1735}
GREEN_TO_2023 = {0: 0, 10: 23, 100: 210, 500: 320, 2000: 410, 3000: 610, 4000: 820, 8000: 1500}
GREEN_FROM_2024 = {0: 0, 10: 56, 100: 285, 500: 417, 2000: 535, 3000: 785, 4000: 1188, 8000: 1735}


class TestTravelSupportFrom2022:
    """Two tables, the usual one and the green one; where the green one has no line, the usual one applies."""

    @pytest.mark.parametrize("call", KA171)
    @pytest.mark.parametrize("green", [False, True])
    def test_each_edge_begins_a_band_and_what_lies_below_belongs_to_the_one_before(
        self, call: int, green: bool
    ) -> None:
        tables = {
            (False, False): USUAL_TO_2023,
            (False, True): GREEN_TO_2023,
            (True, False): USUAL_FROM_2024,
            (True, True): GREEN_FROM_2024,
        }
        legs, before = TRAIN if green else PLANE, 0
        for km, eur in tables[call >= 2024, green].items():
            assert amount(evaluate("student_in", call, distance_km=km, travel_legs=legs), TRAVEL) == eur
            if km:
                near = evaluate("student_in", call, distance_km=Decimal(km) - Decimal("0.01"), travel_legs=legs)
                assert amount(near, TRAVEL) == before
            before = eur

    @pytest.mark.parametrize(
        ("call", "km", "paragraph", "sentence"),
        [
            (2022, 99, "travel_bands", "23 EUR in the band from 10 km to less than 100 km"),
            (2022, 100, "green_travel_bands", "210 EUR for green travel in the band from 100 km to less than 500 km"),
            (
                2023,
                3999,
                "green_travel_bands",
                "610 EUR for green travel in the band from 3000 km to less than 4000 km",
            ),
            (2023, 4000, "travel_bands", "820 EUR in the band from 4000 km to less than 8000 km"),
            (2024, 9, "travel_bands", "0 EUR in the band from 0 km to less than 10 km"),
            (2024, 10, "green_travel_bands", "56 EUR for green travel in the band from 10 km to less than 100 km"),
            (2024, 8000, "green_travel_bands", "1735 EUR for green travel in the last band, from 8000 km on"),
        ],
    )
    def test_green_travel_cites_the_table_it_is_paid_by(
        self, call: int, km: int, paragraph: str, sentence: str
    ) -> None:
        found = evaluate("student_in", call, distance_km=km, travel_legs=TRAIN)
        assert found.outcomes[TRAVEL].sentence == sentence
        assert paragraphs(found, TRAVEL) == {paragraph, "green_travel_definition"}

    def test_no_line_ever_pays_the_single_addition_for_green_travel(self) -> None:
        for call in KA171:
            found = evaluate("student_in", call, distance_km=2500, travel_legs=TRAIN)
            assert all("green_top_up" not in paragraphs(found, line) for line in found.outcomes)

    @pytest.mark.parametrize(
        ("call", "km", "eur"),
        [(2022, 100, (180, 210)), (2023, 3999, (530, 610)), (2024, 10, (28, 56)), (2026, 500, (309, 417))],
    )
    def test_while_the_means_are_not_told_the_line_is_a_range_of_two(self, call: int, km: int, eur: tuple) -> None:
        found = outcome(TRAVEL, "student_in", call, distance_km=km)
        assert (found.amounts(), found.missing) == (eur, ("travel_legs",))
        assert found.sentence == f"{eur[0]} to {eur[1]} EUR, by the means of transport"
        paragraphs_used = [item.paragraph for item in found.citations]
        assert paragraphs_used == ["travel_bands", "green_travel_bands", "green_travel_definition"]

    @pytest.mark.parametrize(
        ("call", "km"), [(2022, 0), (2022, 99), (2022, 4000), (2023, 9000), (2024, 9), (2024, 4000)]
    )
    def test_where_both_pay_the_same_the_means_need_not_be_told(self, call: int, km: int) -> None:
        found = outcome(TRAVEL, "student_in", call, distance_km=km)
        assert found.verdict is DUE
        assert found.answer.low == found.answer.high
        assert found.missing == ()

    @pytest.mark.parametrize(
        ("call", "legs", "eur", "missing"),
        [
            (2022, PLANE, (0, 1500), ("distance_km",)),
            (2022, TRAIN, (0, 1500), ("distance_km",)),
            (2022, None, (0, 1500), ("distance_km", "travel_legs")),
            (2024, PLANE, (0, 1735), ("distance_km",)),
            (2024, None, (0, 1735), ("distance_km", "travel_legs")),
        ],
    )
    def test_without_the_distance_the_line_is_a_range_over_all_bands(self, call, legs, eur, missing) -> None:
        found = outcome(TRAVEL, "student_in", call, distance_km=None, travel_legs=legs)
        assert (found.amounts(), found.missing) == (eur, missing)
        assert found.sentence.endswith("by " + " and ".join(_WORDS[name] for name in missing))

    def test_a_line_is_as_sure_as_its_band_and_2026_is_unverified_throughout(self) -> None:
        for call, km, label in ((2022, 500, "corroborated"), (2024, 500, "official"), (2024, 3000, "corroborated")):
            assert outcome(TRAVEL, "student_in", call, distance_km=km, travel_legs=TRAIN).confidence.label == label
        assert outcome(TRAVEL, "student_in", 2024, distance_km=3000, travel_legs=PLANE).confidence.label == "official"
        for km in (None, *USUAL_FROM_2024):
            for legs in (TRAIN, PLANE, None):
                found = outcome(TRAVEL, "student_in", 2026, distance_km=km, travel_legs=legs)
                assert found.confidence.label == "unverified"

    def test_travel_paid_otherwise_is_not_paid_again(self) -> None:
        found = outcome(TRAVEL, "student_in", 2024, is_travel_paid_otherwise=True, real_travel_costs_eur=5000)
        assert (found.verdict, found.confidence.label) == (NOT_APPLICABLE, "unverified")

    def test_a_distance_in_a_gap_between_bands_is_a_gap_of_the_text(self) -> None:
        texts = dict(guide(2024).provisions)
        for name in ("travel_bands", "green_travel_bands"):
            kept = tuple(line for line in texts[name].lines if line.from_km != 500)
            texts[name] = attrs.evolve(texts[name], lines=kept)
        mobility = mobility_of({"call": 2024, **facts("student_in", distance_km=500)})
        found = RULEBOOK.evaluate(facts_of(mobility), texts).outcomes[TRAVEL]
        assert (found.verdict, found.missing, found.gaps) == (
            UNDETERMINED,
            (),
            ("no band of the table of travel support holds the distance",),
        )
        assert found.sentence == "no band holds 500 km"

    @pytest.mark.parametrize("call", CALLS)
    def test_before_2022_the_means_of_transport_change_nothing(self, call: int) -> None:
        by_train = outcome(TRAVEL, "student_in", call, distance_km=600, travel_legs=TRAIN)
        assert by_train.amounts() == (275, 275)
        assert {item.paragraph for item in by_train.citations} == {"travel_bands"}

    @given(
        call=st.sampled_from((*CALLS, *KA171)),
        km=st.decimals(0, 12000, places=2),
        more=st.decimals(0, 12000, places=2),
        legs=st.sampled_from([PLANE, TRAIN, None]),
    )
    def test_farther_never_pays_less_green_or_not(self, call: int, km: Decimal, more: Decimal, legs: object) -> None:
        near, far = (
            outcome(TRAVEL, "student_in", call, distance_km=distance, travel_legs=legs).amounts()
            for distance in (km, km + more)
        )
        assert near[0] <= far[0]
        assert near[1] <= far[1]

    @given(call=st.sampled_from(KA171), km=st.decimals(0, 12000, places=2))
    def test_green_never_pays_less_than_usual_travel(self, call: int, km: Decimal) -> None:
        by_plane, by_train = (
            amount(evaluate("student_in", call, distance_km=km, travel_legs=legs), TRAVEL) for legs in (PLANE, TRAIN)
        )
        assert by_plane <= by_train

    @given(
        call=st.sampled_from(KA171),
        km=st.integers(0, 9000),
        legs=st.lists(
            st.fixed_dictionaries({"means": st.sampled_from(["plane", "car"]), "distance_km": st.integers(0, 3000)}),
            min_size=1,
            max_size=4,
        ),
        data=st.data(),
    )
    def test_more_legs_by_green_means_never_pay_less(self, call: int, km: int, legs: list, data: st.DataObject) -> None:
        fewer = data.draw(st.integers(0, len(legs)))
        more = data.draw(st.integers(fewer, len(legs)))
        amounts = [
            amount(evaluate("student_in", call, distance_km=km, travel_legs=changed), TRAVEL)
            for changed in (
                [{**leg, "means": "bus"} for leg in legs[:number]] + legs[number:] for number in (fewer, more)
            )
        ]
        assert amounts == sorted(amounts)

    @given(
        call=st.sampled_from((*CALLS, *KA171)),
        km=st.integers(0, 9000),
        legs=st.sampled_from(
            [PLANE, TRAIN, [{"means": "train", "distance_km": 5}, {"means": "plane", "distance_km": 6}]]
        ),
        costs=st.none() | st.integers(0, 4000),
        told=st.tuples(st.booleans(), st.booleans()),
    )
    def test_a_range_always_holds_the_settled_amount(self, call, km, legs, costs, told) -> None:
        settling = {"distance_km": km, "travel_legs": legs}
        known = {
            name: value if is_told else None for (name, value), is_told in zip(settling.items(), told, strict=True)
        }
        settled = amount(evaluate("student_in", call, real_travel_costs_eur=costs, **settling), TRAVEL)
        low, high = outcome(TRAVEL, "student_in", call, real_travel_costs_eur=costs, **known).amounts()
        assert low <= settled <= high


_WORDS = {"distance_km": "the distance", "travel_legs": "the means of transport"}


class TestExpensiveTravel:
    """Where the amount by distance covers less than 70 % of the real cost, 80 % of that cost takes its place."""

    @pytest.mark.parametrize(
        ("call", "km", "legs", "costs", "eur"),
        [
            (2018, 5000, None, "1171.42", "820.00"),  # 70 % of it are 819.994
            (2018, 5000, None, "1171.43", "937.14"),  # 70 % of it are 820.001
            (2020, 5000, None, "2000", "1600.00"),
            (2022, 500, PLANE, "392.85", "275.00"),
            (2022, 500, PLANE, "392.86", "314.29"),
            (2024, 2000, PLANE, "564.28", "395.00"),
            (2024, 2000, PLANE, "564.29", "451.43"),
            (2024, 100, TRAIN, "407.14", "285.00"),  # the green amount is the one that counts
            (2024, 100, TRAIN, "407.15", "325.72"),
            (2024, 100, PLANE, "407.14", "325.71"),
            (2023, 10, PLANE, "0", "23.00"),
            (2024, 5, PLANE, "1", "0.80"),
        ],
    )
    def test_both_sides_of_70_percent(self, call: int, km: int, legs: object, costs: str, eur: str) -> None:
        found = evaluate("student_in", call, distance_km=km, travel_legs=legs, real_travel_costs_eur=costs)
        assert amount(found, TRAVEL) == Decimal(eur)

    @pytest.mark.parametrize(
        ("call", "km", "legs", "costs", "eur", "beyond"),
        [
            (2022, 100, TRAIN, "300", "210.00", "240.01"),
            (2024, 50, PLANE, "40", "28.00", "32.01"),
            (2024, 50, TRAIN, "80", "56.00", "64.01"),
        ],
    )
    def test_exactly_70_percent_is_enough(self, call, km, legs, costs, eur, beyond) -> None:
        told = {"distance_km": km, "travel_legs": legs}
        enough = evaluate("student_in", call, real_travel_costs_eur=costs, **told)
        assert amount(enough, TRAVEL) == Decimal(eur)
        assert "expensive_travel" not in paragraphs(enough, TRAVEL)
        too_little = evaluate("student_in", call, real_travel_costs_eur=Decimal(costs) + Decimal("0.01"), **told)
        assert amount(too_little, TRAVEL) == Decimal(beyond)

    def test_the_sentence_and_the_citations_say_why(self) -> None:
        found = evaluate("student_in", 2024, distance_km=5000, travel_legs=PLANE, real_travel_costs_eur=2000)
        assert found.outcomes[TRAVEL].sentence == (
            "80 % of the real cost of 2000 EUR, of which the amount by distance would cover less than 70 %"
        )
        assert paragraphs(found, TRAVEL) == {"expensive_travel", "travel_bands", "green_travel_definition"}
        (line,) = [line for line in grant_of(found).lines if line.identity == TRAVEL]
        assert (line.rate, line.share * 5, line.amount) == (2000, 4, 1600)

    @pytest.mark.parametrize("call", [2015, 2016, 2017])
    def test_before_2018_no_real_cost_is_paid(self, call: int) -> None:
        assert amount(evaluate("student_in", call, real_travel_costs_eur=5000), TRAVEL) == 820

    @pytest.mark.parametrize(
        ("call", "label"), [(2018, "single-source"), (2020, "single-source"), (2024, "corroborated")]
    )
    def test_it_is_as_sure_as_the_text_of_its_call_and_the_band(self, call: int, label: str) -> None:
        assert outcome(TRAVEL, "student_in", call, real_travel_costs_eur=2000).confidence.label == label

    @pytest.mark.parametrize(
        ("told", "eur", "missing"),
        [
            # Beyond 8000 km the amount still covers enough; anywhere else the cost takes its place.
            ({"costs": 2400, "legs": PLANE}, (1735, 1920), ("distance_km",)),
            ({"costs": 2400, "legs": None}, (1735, 1920), ("distance_km",)),  # green or not, the amounts are the same
            ({"costs": 3000, "legs": None}, (2400, 2400), ()),  # too little in every band
            ({"costs": 1500, "legs": None}, (1188, 1735), ("distance_km",)),
            ({"costs": 500, "legs": None}, (395, 1735), ("distance_km", "travel_legs")),
            ({"costs": 420, "legs": None, "km": 500}, (309, 417), ("travel_legs",)),
            ({"costs": 480, "legs": None, "km": 500}, (384, 417), ("travel_legs",)),
            ({"costs": 600, "legs": None, "km": 500}, (480, 480), ()),
        ],
    )
    def test_while_something_is_not_told_the_range_counts_every_case(self, told, eur, missing) -> None:
        found = outcome(
            TRAVEL,
            "student_in",
            2024,
            distance_km=told.get("km"),
            travel_legs=told["legs"],
            real_travel_costs_eur=told["costs"],
        )
        assert (found.amounts(), found.missing) == (eur, missing)

    def test_a_range_says_where_the_real_cost_comes_in(self) -> None:
        found = outcome(TRAVEL, "student_in", 2024, distance_km=None, real_travel_costs_eur=1300)
        assert found.sentence == (
            "1040 to 1735 EUR, by the distance; 80 % of the real cost of 1300 EUR where the amount would cover less "
            "than 70 %"
        )
        assert "expensive_travel" in [item.paragraph for item in found.citations]


class TestWhatOrganisationsReceive:
    """Organisational support informs: it is no part of a participant's grant."""

    @pytest.mark.parametrize(
        ("call", "eur", "label"),
        [(call, 350, None) for call in CALLS[1:]] + [(call, 500, "unverified") for call in KA171],
    )
    @pytest.mark.parametrize("base", ["student_in", "teacher_out"])
    def test_so_much_is_paid_for_each_participant(self, base: str, call: int, eur: int, label: str | None) -> None:
        found = outcome(ORGANISATION, base, call)
        assert (found.amounts(), found.sentence, found.missing) == ((eur, eur), f"{eur} EUR a participant", ())
        assert found.rule.informs
        assert [item.paragraph for item in found.citations] == ["organisational_support"]
        assert label is None or found.confidence.label == label

    def test_in_2015_it_falls_beyond_the_100th_participant(self) -> None:
        found = outcome(ORGANISATION, "student_in", 2015)
        assert (found.verdict, found.amounts(), found.missing) == (DUE, (200, 350), ())
        assert found.sentence == "350 EUR a participant up to number 100 of the project, then 200 EUR"
        cited = {item.paragraph: item.confidence.label for item in found.citations}
        assert cited == {"organisational_support": "single-source", "organisational_support_beyond": "unverified"}

    @pytest.mark.parametrize("call", [*CALLS, *KA171])
    def test_it_is_no_line_of_the_grant_and_leaves_the_total_alone(self, call: int) -> None:
        told = {"has_fewer_opportunities": True, "inclusion_costs_eur": 100, "travel_legs": PLANE}
        grant = grant_of(evaluate("student_in", call, travel_days_claimed=2, **told))
        assert not {line.identity for line in grant.lines} & {ORGANISATION, ORGANISATION_INCLUSION}
        assert grant.total is not None

    def test_mobility_between_programme_countries_gets_none_of_it(self) -> None:
        assert outcome(ORGANISATION, "student_in", 2024, sending_country="FR").verdict is NOT_APPLICABLE


class TestBefore2022:
    """What began with call 2022 is not in force before it."""

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("identity", OF_2022)
    def test_none_of_the_new_lines_is_paid(self, identity: str, call: int) -> None:
        told = {"has_fewer_opportunities": True, "inclusion_costs_eur": 100}
        for found in (
            outcome(identity, "trainee_in", call, **told),
            short(20, call, **told).outcomes[identity],
            outcome(identity, "teacher_out", call),
        ):
            assert found.verdict in {NOT_IN_FORCE, NOT_APPLICABLE}

    @pytest.mark.parametrize("call", CALLS)
    def test_a_format_that_the_call_does_not_have_is_paid_as_any_other_stay(self, call: int) -> None:
        grant = grant_of(short(20, call, has_fewer_opportunities=True, inclusion_costs_eur=100))
        assert {line.identity: line.amount for line in grant.lines} == {
            STUDENT: Decimal("533.33"),  # 20/30 of 800 EUR
            TRAVEL: Decimal("820.00"),
            SPECIAL_NEEDS: Decimal("100.00"),
        }
        assert grant.total == Decimal("1453.33")


class TestTheGrantOf2026:
    """No figure of call 2026 was seen: every line that pays says so."""

    @pytest.mark.parametrize("base", ["student_in", "student_out", "trainee_in", "teacher_out", "training_in"])
    def test_every_line_is_unverified(self, base: str) -> None:
        lines_paid = grant_of(evaluate(base, 2026)).lines
        assert len(lines_paid) >= 2
        assert {line.confidence.label for line in lines_paid} == {"unverified"}

    def test_so_is_every_line_of_a_short_stay(self) -> None:
        found = grant_of(short(20, 2026, has_fewer_opportunities=True))
        assert {line.identity: line.confidence.label for line in found.lines} == {
            TRAVEL: "unverified",
            FIRST_DAYS: "unverified",
            LATER_DAYS: "unverified",
            ONCE: "unverified",
        }
