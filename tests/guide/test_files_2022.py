"""What the files of the calls from 2022 on say is what was published, and speaks of the regions of its own period."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import attrs
import pytest

from icm_rules.engine.citations import Closed, Confidence
from icm_rules.guide import calls, guide
from icm_rules.guide.provisions import PARAGRAPHS
from icm_rules.model.terms import Activity, Direction, RestrictedWhat, Role, StudyCycle, TransportMeans

KA107 = tuple(call for call in calls() if call <= 2020)
KA171 = (2022, 2023, 2024, 2025, 2026)
NEW = tuple(PARAGRAPHS)[tuple(PARAGRAPHS).index("blended_student_duration") :]

OFFICIAL, CORROBORATED = Confidence.OFFICIAL, Confidence.CORROBORATED
SINGLE, UNVERIFIED = Confidence.SINGLE_SOURCE, Confidence.UNVERIFIED

every_call = pytest.mark.parametrize("call", KA171)
INCOMING, OUTGOING = Direction.INCOMING, Direction.OUTGOING


def lines_of(call: int, paragraph: str) -> dict[str, object]:
    return {line.label: line for line in guide(call)[paragraph].lines}


def sure(call: int, paragraph: str) -> Confidence:
    return guide(call)[paragraph].citation.confidence


class TestThePeriod:
    def test_it_begins_with_2022_and_each_later_call_amends_the_one_before(self) -> None:
        assert [guide(call).amends for call in KA171] == [None, 2022, 2023, 2024, 2025]

    @every_call
    def test_it_speaks_in_words_of_its_own(self, call: int) -> None:
        words = guide(call).terminology
        assert words.action == "KA171"
        assert words.action_between_programme_countries == "KA131"
        assert words.programme_countries == "EU Member States and third countries associated to the Programme"
        assert words.partner_country == "third country not associated to the Programme"
        assert words.citation.confidence is OFFICIAL

    @pytest.mark.parametrize("call", KA107)
    @pytest.mark.parametrize("paragraph", NEW)
    def test_what_it_brings_is_closed_before_and_nothing_is_claimed_to_show_that(
        self, call: int, paragraph: str
    ) -> None:
        closed = guide(call)[paragraph]
        assert isinstance(closed, Closed)
        assert closed.citation.sources == ()
        assert closed.citation.confidence is UNVERIFIED

    def test_twenty_paragraphs_are_new(self) -> None:
        assert len(NEW) == 20
        assert [name for name in NEW if isinstance(guide(2022)[name], Closed)] == []
        for call in (2024, 2025, 2026):
            assert [name for name in NEW if isinstance(guide(call)[name], Closed)] == ["green_top_up"]

    def test_no_amount_of_2026_is_surer_than_unverified(self) -> None:
        for paragraph in ("student_rates", "staff_rates", "short_stay_rates", "travel_bands", "green_travel_bands"):
            assert {line.citation.confidence for line in guide(2026)[paragraph].lines} == {UNVERIFIED}
            assert {line.citation.sources for line in guide(2026)[paragraph].lines} == {()}
        for paragraph in ("fewer_opportunities_monthly", "organisational_support", "inclusion_for_organisations"):
            assert sure(2026, paragraph) is UNVERIFIED

    def test_the_figures_of_2026_are_those_of_2025(self) -> None:
        dated = {"deadlines", "project_duration", "restrictions"}
        for name in PARAGRAPHS.keys() - dated:
            before, after = guide(2025)[name], guide(2026)[name]
            for old, new in zip(
                (before, *getattr(before, "lines", ())), (after, *getattr(after, "lines", ())), strict=True
            ):
                fields = [field.name for field in attrs.fields(type(old)) if field.name not in {"citation", "lines"}]
                assert [getattr(old, field) for field in fields] == [getattr(new, field) for field in fields], name


class TestRegions:
    """The regions are numbered anew in 2022: a number says nothing without its call."""

    @pytest.mark.parametrize("before", KA107)
    @every_call
    def test_a_number_names_another_region_in_the_two_periods(self, before: int, call: int) -> None:
        old = {region.number: region for region in guide(before)["regions"].lines}
        new = {region.number: region for region in guide(call)["regions"].lines}
        # Only the regions 1 to 4 and the last kept their places.
        assert old[7].name == "Central Asia"
        assert new[7].name == "Middle East"
        for number in range(5, 14):
            assert old[number].name != new[number].name
            assert old[number].countries != new[number].countries

    @every_call
    def test_limits_and_targets_speak_of_the_regions_of_their_own_file(self, call: int) -> None:
        names = {region.number: region.name for region in guide(call)["regions"].lines}
        (limit,) = guide(call)["outgoing_limits"].lines
        assert [names[number] for number in sorted(limit.regions)] == [
            "Asia",
            "Central Asia",
            "Middle East",
            "Pacific",
            "Sub-Saharan Africa",
            "Latin America",
            "Caribbean",
        ]
        targets = {(names[line.region], line.rule): line.share for line in guide(call)["indicative_targets"].lines}
        assert targets["Asia", "maximum_share_china"] == Decimal("0.15")
        assert targets["Asia", "maximum_share_india"] == Decimal("0.1")
        assert targets["Asia", "minimum_share_least_developed_countries"] == Decimal("0.25")
        assert targets["Asia", "maximum_share_high_income_countries"] == Decimal("0.25")
        assert targets["Pacific", "maximum_share_australia_and_new_zealand_together"] == Decimal("0.865")
        assert targets["Sub-Saharan Africa", "minimum_share_least_developed_countries"] == Decimal("0.35")
        assert targets["Sub-Saharan Africa", "maximum_share_any_one_country"] == Decimal("0.08")
        assert targets["Latin America", "maximum_share_brazil_and_mexico_together"] == Decimal("0.3")
        assert targets["Neighbourhood East", "minimum_share_students_with_fewer_opportunities"] == Decimal("0.4")
        assert targets["South-Mediterranean countries", "maximum_share_any_one_country"] == Decimal("0.15")
        assert targets["South-Mediterranean countries", "share_student_mobility"] == Decimal("0.65")

    @every_call
    def test_the_first_twelve_are_open_and_the_last_two_belong_to_another_action(self, call: int) -> None:
        for region in guide(call)["regions"].lines:
            assert region.open is (region.number <= 12)
            assert region.other_action == (None if region.open else "KA131")
            if not region.open:
                assert region.citation.confidence is OFFICIAL
                assert "outgoing mobility only" in region.citation.note

    @every_call
    def test_each_list_of_countries_is_as_sure_as_it_was_seen(self, call: int) -> None:
        expected = {
            **dict.fromkeys([1, 13, 14], OFFICIAL),
            **dict.fromkeys([2, 3, 4, 6], CORROBORATED),
            **dict.fromkeys([5, 7, 12], SINGLE),
            **dict.fromkeys([8, 9, 10, 11], UNVERIFIED),
        }
        assert {region.number: region.citation.confidence for region in guide(call)["regions"].lines} == expected

    @pytest.mark.parametrize(
        ("country", "region"),
        [
            *(("XK", 1), ("UA", 2), ("PS", 3), ("RU", 4), ("JP", 5), ("AF", 6), ("AE", 7), ("IR", 7), ("AU", 8)),
            *(("ZA", 9), ("BR", 10), ("CU", 11), ("US", 12), ("SM", 13), ("GB", 14), ("CH", 14), ("FO", 14)),
        ],
    )
    @every_call
    def test_spot_checks_of_countries(self, call: int, country: str, region: int) -> None:
        (line,) = (line for line in guide(call)["regions"].lines if country in line.countries)
        assert line.number == region

    @every_call
    def test_the_limit_on_outgoing_students_exists_but_its_content_was_seen_nowhere(self, call: int) -> None:
        limits = guide(call)["outgoing_limits"]
        assert limits.citation.confidence is CORROBORATED
        (line,) = limits.lines
        assert line.cycles == {StudyCycle.THIRD}
        assert line.citation.confidence is UNVERIFIED
        assert line.citation.sources == ()

    @every_call
    def test_six_countries_are_associated_and_the_united_kingdom_is_not(self, call: int) -> None:
        countries = guide(call)["programme_countries"].countries
        assert len(countries) == 27 + 6
        assert countries >= {"NO", "IS", "LI", "MK", "TR", "RS"}
        assert "GB" not in countries
        assert "GB" not in guide(call)["overseas_territories"].belongs_to.values()
        assert guide(call)["overseas_territories"].belongs_to["GL"] == "DK"


class TestRestrictions:
    @pytest.mark.parametrize(
        ("call", "names"),
        [
            (2022, ["Russia", "Belarus", "Hungarian public-interest trusts", "Ukraine, persons who fled"]),
            (2023, ["Russia", "Belarus", "Hungarian public-interest trusts", "Ukraine, persons who fled"]),
            (2024, ["Russia", "Belarus", "Hungarian public-interest trusts"]),
            (2025, ["Russia", "Belarus", "Hungarian public-interest trusts"]),
            (2026, ["Russia", "Belarus", "Hungarian public-interest trusts", "Georgian authorities"]),
        ],
    )
    def test_each_call_has_its_own(self, call: int, names: list[str]) -> None:
        assert list(lines_of(call, "restrictions")) == names

    @pytest.mark.parametrize(
        ("call", "closed", "incoming_students", "how_sure"),
        [
            (2022, False, False, OFFICIAL),
            (2023, True, False, UNVERIFIED),
            (2024, True, False, UNVERIFIED),
            (2025, True, True, OFFICIAL),
            (2026, True, False, UNVERIFIED),
        ],
    )
    def test_russia(self, call: int, closed: bool, incoming_students: bool, how_sure: Confidence) -> None:
        line = lines_of(call, "restrictions")["Russia"]
        assert line.countries == {"RU"}
        assert line.concerns is RestrictedWhat.EVERYONE
        assert (line.closed, line.open_incoming_students, line.citation.confidence) == (
            closed,
            incoming_students,
            how_sure,
        )
        assert not any([line.open_outgoing_students, line.open_incoming_staff, line.open_outgoing_staff])

    @every_call
    def test_what_holds_for_belarus_was_seen_nowhere(self, call: int) -> None:
        line = lines_of(call, "restrictions")["Belarus"]
        assert (line.closed, line.citation.confidence, line.citation.sources) == (True, UNVERIFIED, ())

    @every_call
    def test_the_trusts_are_official_as_long_as_their_status_was_looked_up(self, call: int) -> None:
        line = lines_of(call, "restrictions")["Hungarian public-interest trusts"]
        assert line.since == dt.date(2022, 12, 16)
        assert line.concerns is RestrictedWhat.PUBLIC_INTEREST_TRUSTS
        assert line.citation.confidence is (OFFICIAL if call <= 2023 else UNVERIFIED)
        assert "running projects go on" in line.text

    def test_georgian_authorities(self) -> None:
        line = lines_of(2026, "restrictions")["Georgian authorities"]
        assert line.concerns is RestrictedWhat.PUBLIC_AUTHORITIES
        assert (line.countries, line.closed, line.citation.confidence) == ({"GE"}, True, CORROBORATED)


class TestActivitiesAndDurations:
    @every_call
    def test_every_activity_is_open_and_two_combinations_are_less_sure(self, call: int) -> None:
        lines = {line.activity: line for line in guide(call)["activities"].lines}
        assert all(line.open for line in lines.values())
        less_sure = {Activity.STUDIES_AND_TRAINEESHIP: UNVERIFIED, Activity.TEACHING_AND_TRAINING: SINGLE}
        for activity, line in lines.items():
            assert line.citation.confidence is less_sure.get(activity, OFFICIAL)

    @every_call
    def test_students_go_from_the_first_year_and_graduates_within_a_year(self, call: int) -> None:
        year, graduates = guide(call)["study_year"], guide(call)["recent_graduates"]
        assert (year.studies, year.traineeship) == (1, 1)
        assert (graduates.eligible, graduates.activity) == (True, Activity.TRAINEESHIP)
        assert graduates.months_after_graduation == 12
        how_sure = UNVERIFIED if call == 2026 else OFFICIAL
        assert year.citation.confidence is graduates.citation.confidence is how_sure

    @every_call
    def test_long_stays(self, call: int) -> None:
        for name, how_sure in (("study_duration", OFFICIAL), ("combined_duration", UNVERIFIED)):
            stay = guide(call)[name]
            assert (stay.minimum_months, stay.minimum_days, stay.maximum_months) == (2, 60, 12)
            assert stay.term_suffices
            assert stay.citation.confidence is (UNVERIFIED if call == 2026 else how_sure)
        stay = guide(call)["traineeship_duration"]
        assert (stay.minimum_months, stay.minimum_days, stay.maximum_months) == (2, 60, 12)
        assert guide(call)["cycle_cap"].maximum_months == 12
        assert sure(call, "cycle_cap") is (UNVERIFIED if call == 2026 else OFFICIAL)
        assert guide(call)["one_cycle_cap"].maximum_months == 24
        assert sure(call, "one_cycle_cap") is (UNVERIFIED if call == 2026 else SINGLE)

    @every_call
    def test_short_stays(self, call: int) -> None:
        blended, doctoral = guide(call)["blended_student_duration"], guide(call)["short_doctoral_duration"]
        assert (blended.minimum_days, blended.maximum_days, blended.minimum_ects) == (5, 30, 3)
        assert (doctoral.minimum_days, doctoral.maximum_days) == (5, 30)
        assert blended.virtual_part_required
        assert not doctoral.virtual_part_required
        how_sure = UNVERIFIED if call == 2026 else OFFICIAL
        assert blended.citation.confidence is doctoral.citation.confidence is how_sure

    @every_call
    def test_staff(self, call: int) -> None:
        stay = guide(call)["staff_duration"]
        assert (stay.minimum_days, stay.maximum_days) == (5, 60)
        assert guide(call)["invited_staff_duration"].minimum_days == 1
        hours = [
            guide(call)[name].minimum_per_week
            for name in ("teaching_minimum", "combined_teaching_minimum", "invited_teaching_minimum")
        ]
        assert hours == [8, 4, 0]

    @pytest.mark.parametrize(
        ("call", "training", "blended"),
        [
            (2022, OFFICIAL, SINGLE),
            (2023, SINGLE, OFFICIAL),
            (2024, SINGLE, SINGLE),
            (2025, SINGLE, SINGLE),
            (2026, SINGLE, SINGLE),
        ],
    )
    def test_what_the_french_agency_said_of_one_call_is_less_sure_in_the_others(
        self, call: int, training: Confidence, blended: Confidence
    ) -> None:
        assert guide(call)["outgoing_training_host"].outside_universities
        assert guide(call)["blended_staff"].allowed
        assert (sure(call, "outgoing_training_host"), sure(call, "blended_staff")) == (training, blended)
        assert "La Reunion" in guide(call)["outgoing_training_host"].citation.conflict

    @every_call
    def test_how_days_are_counted(self, call: int) -> None:
        counts = ("student_day_count", "staff_day_count", "short_stay_day_count")
        assert [guide(call)[name].convention for name in counts] == [
            "months_of_30_days",
            "calendar_days",
            "calendar_days",
        ]
        assert {sure(call, name) for name in counts} == {CORROBORATED}
        assert guide(call)["incomplete_month"].parts_of_month == 30
        assert sure(call, "incomplete_month") is (SINGLE if call == 2026 else OFFICIAL)


class TestMoney:
    @pytest.mark.parametrize(
        ("call", "how_sure"),
        [
            (2022, [UNVERIFIED, CORROBORATED, SINGLE, CORROBORATED]),
            (2023, [UNVERIFIED, SINGLE, SINGLE, CORROBORATED]),
            (2024, [OFFICIAL, SINGLE, CORROBORATED, OFFICIAL]),
            (2025, [OFFICIAL, SINGLE, CORROBORATED, OFFICIAL]),
            (2026, [UNVERIFIED, UNVERIFIED, UNVERIFIED, UNVERIFIED]),
        ],
    )
    def test_students(self, call: int, how_sure: list[Confidence]) -> None:
        lines = guide(call)["student_rates"].lines
        assert [(line.direction, line.group) for line in lines] == [
            (INCOMING, "1"),
            (INCOMING, "2"),
            (INCOMING, "3"),
            (OUTGOING, None),
        ]
        assert [line.eur_per_month for line in lines] == [900, 850, 800, 700]
        assert [line.citation.confidence for line in lines] == how_sure

    @pytest.mark.parametrize(
        ("call", "amounts", "how_sure"),
        [
            (2022, [180, 160, 140, 180], [SINGLE, CORROBORATED, CORROBORATED, CORROBORATED]),
            (2023, [180, 160, 140, 180], [SINGLE, SINGLE, CORROBORATED, CORROBORATED]),
            (2024, [190, 170, 148, 190], [SINGLE, SINGLE, CORROBORATED, CORROBORATED]),
            (2025, [190, 170, 148, 190], [SINGLE, SINGLE, CORROBORATED, CORROBORATED]),
            (2026, [190, 170, 148, 190], [UNVERIFIED, UNVERIFIED, UNVERIFIED, UNVERIFIED]),
        ],
    )
    def test_staff(self, call: int, amounts: list[int], how_sure: list[Confidence]) -> None:
        lines = guide(call)["staff_rates"].lines
        assert [line.eur_per_day for line in lines] == amounts
        assert [line.citation.confidence for line in lines] == how_sure
        reduced = guide(call)["reduced_staff_rate"]
        assert (reduced.first_reduced_day, reduced.share, reduced.last_day) == (15, Decimal("0.7"), 60)
        assert reduced.citation.confidence is (UNVERIFIED if call == 2026 else CORROBORATED)
        assert sure(call, "paid_day_run") is SINGLE

    @pytest.mark.parametrize(
        ("call", "amounts", "how_sure"),
        [
            (2022, [70, 50], CORROBORATED),
            (2023, [79, 56], CORROBORATED),
            (2024, [79, 56], OFFICIAL),
            (2025, [79, 56], OFFICIAL),
            (2026, [79, 56], UNVERIFIED),
        ],
    )
    def test_short_stays(self, call: int, amounts: list[int], how_sure: Confidence) -> None:
        lines = guide(call)["short_stay_rates"].lines
        assert [(line.first_day, line.last_day) for line in lines] == [(1, 14), (15, 30)]
        assert [line.eur_per_day for line in lines] == amounts
        assert {line.citation.confidence for line in lines} == {how_sure}

    def test_that_old_pages_print_the_old_daily_rates_is_said_for_2023_only(self) -> None:
        conflicts = {call: guide(call)["short_stay_rates"].citation.conflict for call in KA171}
        assert [call for call, conflict in conflicts.items() if conflict] == [2023]

    @pytest.mark.parametrize(
        ("call", "monthly", "once"),
        [
            (2022, CORROBORATED, CORROBORATED),
            (2023, CORROBORATED, CORROBORATED),
            (2024, CORROBORATED, OFFICIAL),
            (2025, CORROBORATED, OFFICIAL),
            (2026, UNVERIFIED, UNVERIFIED),
        ],
    )
    def test_fewer_opportunities(self, call: int, monthly: Confidence, once: Confidence) -> None:
        assert guide(call)["fewer_opportunities_monthly"].eur_per_month == 250
        assert sure(call, "fewer_opportunities_monthly") is monthly
        lines = guide(call)["fewer_opportunities_short"].lines
        assert [(line.first_day, line.last_day, line.eur) for line in lines] == [(5, 14, 100), (15, 30, 150)]
        assert {line.citation.confidence for line in lines} == {once}

    @pytest.mark.parametrize(
        ("calls_meant", "usual", "green"),
        [
            (
                (2022, 2023),
                {0: 0, 10: 23, 100: 180, 500: 275, 2000: 360, 3000: 530, 4000: 820, 8000: 1500},
                {100: 210, 500: 320, 2000: 410, 3000: 610},
            ),
            (
                (2024, 2025, 2026),
                {0: 0, 10: 28, 100: 211, 500: 309, 2000: 395, 3000: 580, 4000: 1188, 8000: 1735},
                {10: 56, 100: 285, 500: 417, 2000: 535, 3000: 785, 4000: 1188, 8000: 1735},
            ),
        ],
    )
    def test_travel(self, calls_meant: tuple[int, ...], usual: dict[int, int], green: dict[int, int]) -> None:
        for call in calls_meant:
            assert {band.from_km: band.eur for band in guide(call)["travel_bands"].lines} == usual
            assert {band.from_km: band.eur for band in guide(call)["green_travel_bands"].lines} == green

    @every_call
    def test_green_travel_never_pays_less_and_its_bands_are_usual_bands(self, call: int) -> None:
        usual = {(band.from_km, band.to_km): band.eur for band in guide(call)["travel_bands"].lines}
        for band in guide(call)["green_travel_bands"].lines:
            assert band.eur >= usual[band.from_km, band.to_km]

    @pytest.mark.parametrize("call", [2024, 2025])
    def test_the_agency_shows_the_amounts_of_travel_up_to_a_point(self, call: int) -> None:
        below = {band.from_km for band in guide(call)["travel_bands"].lines if band.citation.confidence < OFFICIAL}
        assert below == {0, 4000, 8000}
        below = {
            band.from_km for band in guide(call)["green_travel_bands"].lines if band.citation.confidence < OFFICIAL
        }
        assert below == {3000, 4000, 8000}

    def test_the_two_amounts_printed_for_10_to_99_km_are_both_shown(self) -> None:
        for call in (2022, 2023):
            assert "20 EUR" in guide(call)["travel_bands"].lines[1].citation.conflict

    @pytest.mark.parametrize(
        ("call", "days", "how_sure"),
        [
            (2022, 4, CORROBORATED),
            (2023, 4, CORROBORATED),
            (2024, 6, OFFICIAL),
            (2025, 6, OFFICIAL),
            (2026, 6, OFFICIAL),
        ],
    )
    def test_days_of_green_travel(self, call: int, days: int, how_sure: Confidence) -> None:
        green = guide(call)["green_travel_days"]
        assert (green.maximum, green.citation.confidence) == (days, how_sure)
        assert green.citation.conflict is not None
        usual = guide(call)["funded_travel_days"]
        assert usual.maximum_before + usual.maximum_after == 2
        assert usual.citation.confidence is OFFICIAL

    @every_call
    def test_what_is_green(self, call: int) -> None:
        assert guide(call)["green_travel_definition"].means == {
            TransportMeans.BICYCLE,
            TransportMeans.FOOT,
            TransportMeans.BUS,
            TransportMeans.TRAIN,
            TransportMeans.CAR_POOLING,
            TransportMeans.OTHER_LOW_EMISSION,
        }
        assert sure(call, "green_travel_definition") is OFFICIAL

    @pytest.mark.parametrize("call", [2022, 2023])
    def test_the_green_addition_is_for_those_without_travel_support_and_all_have_it(self, call: int) -> None:
        addition, support = guide(call)["green_top_up"], guide(call)["travel_support"]
        assert (addition.eur, addition.citation.confidence) == (50, OFFICIAL)
        assert support.students
        assert support.staff

    @pytest.mark.parametrize(
        ("call", "amount", "how_sure"),
        [(2022, 100, SINGLE), (2023, 100, SINGLE), (2024, 125, UNVERIFIED), (2025, 125, UNVERIFIED)],
    )
    def test_inclusion(self, call: int, amount: int, how_sure: Confidence) -> None:
        unit = guide(call)["inclusion_for_organisations"]
        assert (unit.eur_per_participant, unit.citation.confidence) == (amount, how_sure)
        assert guide(call)["inclusion_for_participants"].share_of_real_costs == 1
        assert sure(call, "inclusion_for_participants") is SINGLE

    @every_call
    def test_what_was_seen_in_no_text_on_ka171_says_so(self, call: int) -> None:
        assert guide(call)["organisational_support"].eur_per_participant == 500
        assert sure(call, "organisational_support") is UNVERIFIED
        assert isinstance(guide(call)["organisational_support_beyond"], Closed)
        assert guide(call)["traineeship_top_up"].eur_per_month == 0
        assert sure(call, "traineeship_top_up") is UNVERIFIED

    @every_call
    def test_expensive_travel(self, call: int) -> None:
        travel = guide(call)["expensive_travel"]
        assert (travel.share_of_real_costs, travel.unit_covers_less_than) == (Decimal("0.8"), Decimal("0.7"))
        assert travel.citation.confidence is OFFICIAL

    @pytest.mark.parametrize(
        ("country", "before", "after"),
        [("DE", "2", "1"), ("IT", "2", "1"), ("CZ", "3", "2"), ("EE", "3", "2"), ("ES", "2", "2"), ("LT", "3", "3")],
    )
    @pytest.mark.parametrize("paragraph", ["student_country_groups", "staff_country_groups"])
    def test_countries_change_their_group_with_call_2024(
        self, paragraph: str, country: str, before: str, after: str
    ) -> None:
        for call in KA171:
            (line,) = (line for line in guide(call)[paragraph].lines if country in line.countries)
            assert line.group == (before if call <= 2023 else after)
            assert line.citation.confidence is (OFFICIAL if call <= 2023 else CORROBORATED)

    @every_call
    def test_students_and_staff_have_the_same_groups(self, call: int) -> None:
        groups = [
            [(line.group, line.countries) for line in guide(call)[name].lines]
            for name in ("student_country_groups", "staff_country_groups")
        ]
        assert groups[0] == groups[1]


class TestProjects:
    @pytest.mark.parametrize(
        ("call", "date", "how_sure"),
        [
            (2022, "2022-02-23", OFFICIAL),
            (2023, "2023-02-23", OFFICIAL),
            (2024, "2024-02-20", CORROBORATED),
            (2025, "2025-02-19", OFFICIAL),
            (2026, "2026-02-19", SINGLE),
        ],
    )
    def test_deadlines(self, call: int, date: str, how_sure: Confidence) -> None:
        (line,) = guide(call)["deadlines"].lines
        assert (line.date.isoformat(), line.citation.confidence) == (date, how_sure)

    @pytest.mark.parametrize(
        ("call", "how_sure"), [(2022, SINGLE), (2023, OFFICIAL), (2024, SINGLE), (2025, SINGLE), (2026, UNVERIFIED)]
    )
    def test_projects_last_two_or_three_years_from_august(self, call: int, how_sure: Confidence) -> None:
        duration = guide(call)["project_duration"]
        assert duration.months == (24, 36)
        assert duration.start == dt.date(call, 8, 1)
        assert duration.citation.confidence is how_sure

    @every_call
    def test_award(self, call: int) -> None:
        criteria = {line.name: line.maximum_points for line in guide(call)["award_criteria"].lines}
        threshold = guide(call)["award_threshold"]
        assert list(criteria.values()) == [40, 40, 20]
        assert {line.citation.confidence for line in guide(call)["award_criteria"].lines} == {UNVERIFIED}
        assert threshold.minimum_points == 60
        assert sum(criteria.values()) == threshold.maximum_points == 100
        share = guide(call)["award_criterion_threshold"]
        assert share.share * criteria[share.criterion] == 20

    @every_call
    def test_money_within_the_project(self, call: int) -> None:
        assert guide(call)["transfer_between_directions"].share == Decimal("0.4")
        assert guide(call)["payments"].shares == (Decimal("0.8"), Decimal("0.2"))
        assert sure(call, "transfer_between_directions") is sure(call, "payments") is OFFICIAL

    @every_call
    def test_charter_and_recognition(self, call: int) -> None:
        assert guide(call)["charter"].required_of == {Role.PROGRAMME}
        for name in ("charter", "full_recognition", "fee_waiver", "applicant"):
            assert sure(call, name) is OFFICIAL
        assert guide(call)["transcript_deadline"].weeks == 5
        assert sure(call, "transcript_deadline") is CORROBORATED
