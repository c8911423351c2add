"""What the guide files say holds together, and is what was published; more on KA171 in a file of its own."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from importlib import resources

import pytest

from icm_rules.engine.citations import Cited, Closed, Confidence
from icm_rules.guide import Guide, calls, guide
from icm_rules.guide.provisions import (
    PARAGRAPHS,
    Activities,
    StaffRate,
    StaffRates,
    StudentRate,
    StudentRates,
    TravelBands,
)
from icm_rules.model.terms import Activity, CharterPrinciple, Direction, StudyCycle
from tests.guide import snapshots

KA107 = tuple(call for call in calls() if call <= 2020)

every_call = pytest.mark.parametrize("call", calls())
every_call_of_ka107 = pytest.mark.parametrize("call", KA107)


def records(asked: Guide) -> list[Cited]:
    """Every paragraph and every line of every table."""
    return [
        record for provision in asked.provisions.values() for record in (provision, *getattr(provision, "lines", ()))
    ]


def eur_per_month(call: int, direction: Direction, group: str | None = None) -> StudentRate:
    rates = guide(call)["student_rates"]
    assert isinstance(rates, StudentRates)
    (line,) = (line for line in rates.lines if (line.direction, line.group) == (direction, group))
    return line


def eur_per_day(call: int, direction: Direction, group: str | None = None) -> StaffRate:
    rates = guide(call)["staff_rates"]
    assert isinstance(rates, StaffRates)
    (line,) = (line for line in rates.lines if (line.direction, line.group) == (direction, group))
    return line


def group_of(call: int, country: str, paragraph: str) -> str:
    (line,) = (line for line in guide(call)[paragraph].lines if country in line.countries)
    return line.group


class TestEveryFile:
    @every_call
    def test_the_resolved_guide_is_the_one_kept_beside_the_tests(self, call: int) -> None:
        """If the change is meant: ``python -m tests.guide.snapshots``, and read the difference aloud."""
        kept = (snapshots.DIRECTORY / f"{call}.json").read_text(encoding="utf-8")
        assert snapshots.resolved(guide(call)) == kept

    def test_no_snapshot_is_left_over(self) -> None:
        assert sorted(int(file.stem) for file in snapshots.DIRECTORY.glob("*.json")) == list(calls())

    @every_call
    def test_every_figure_has_a_source_or_is_unverified(self, call: int) -> None:
        for record in records(guide(call)):
            assert record.citation.sources or record.citation.confidence is Confidence.UNVERIFIED
            assert record.citation.document == f"Programme Guide {call}"

    @every_call
    def test_every_source_has_an_address(self, call: int) -> None:
        for record in records(guide(call)):
            for source in record.citation.sources:
                assert source.title
                assert source.url

    @every_call
    def test_a_file_keeps_the_sources_it_names_first_and_no_other(self, call: int) -> None:
        text = resources.files("icm_rules.guide").joinpath(f"{call}.toml").read_text(encoding="utf-8")
        for key in tomllib.loads(text).get("sources", {}):
            assert text.count(f'"{key}"') >= 1, key

    @every_call
    def test_every_paragraph_is_of_its_class_or_closed(self, call: int) -> None:
        for name, provision in guide(call).provisions.items():
            assert isinstance(provision, (PARAGRAPHS[name], Closed))


class TestCountries:
    @every_call
    @pytest.mark.parametrize("paragraph", ["student_country_groups", "staff_country_groups"])
    def test_every_programme_country_is_in_exactly_one_group(self, call: int, paragraph: str) -> None:
        countries = [country for line in guide(call)[paragraph].lines for country in line.countries]
        assert sorted(countries) == sorted(guide(call)["programme_countries"].countries)

    @every_call
    @pytest.mark.parametrize(
        ("groups", "rates"), [("student_country_groups", "student_rates"), ("staff_country_groups", "staff_rates")]
    )
    def test_every_group_has_a_rate_and_so_has_the_other_direction(self, call: int, groups: str, rates: str) -> None:
        written = [(line.direction, line.group) for line in guide(call)[rates].lines]
        asked = [(Direction.INCOMING, line.group) for line in guide(call)[groups].lines]
        assert sorted(written, key=str) == sorted([*asked, (Direction.OUTGOING, None)], key=str)

    @every_call
    def test_no_country_is_in_two_regions_and_no_programme_country_in_one(self, call: int) -> None:
        partners = [country for region in guide(call)["regions"].lines for country in region.countries]
        assert len(partners) == len(set(partners))
        assert not guide(call)["programme_countries"].countries.intersection(partners)

    @every_call
    def test_the_regions_are_numbered_from_1_to_14(self, call: int) -> None:
        assert [region.number for region in guide(call)["regions"].lines] == list(range(1, 15))

    @every_call
    def test_overseas_territories_belong_to_programme_countries_and_stand_in_no_other_list(self, call: int) -> None:
        belongs_to = guide(call)["overseas_territories"].belongs_to
        programme = guide(call)["programme_countries"].countries
        partners = {country for region in guide(call)["regions"].lines for country in region.countries}
        assert set(belongs_to.values()) <= programme
        assert not belongs_to.keys() & (programme | partners)

    @every_call
    def test_windows_limits_and_targets_speak_of_open_regions(self, call: int) -> None:
        open_regions = {region.number: region for region in guide(call)["regions"].lines if region.open}
        countries = {country for region in open_regions.values() for country in region.countries}
        for window in guide(call)["budget_windows"].lines:
            assert window.countries <= countries
        for limit in guide(call)["outgoing_limits"].lines:
            assert limit.regions <= open_regions.keys()
            for number in limit.regions:
                # Which instrument pays for which region was not seen from call 2022 on.
                assert call >= 2022 or limit.instrument in open_regions[number].instruments
        for target in guide(call)["indicative_targets"].lines:
            assert target.region in open_regions

    @pytest.mark.parametrize(("call", "is_programme_country"), [(2018, False), (2019, True)])
    def test_serbia_is_a_programme_country_from_call_2019(self, call: int, is_programme_country: bool) -> None:
        assert ("RS" in guide(call)["programme_countries"].countries) is is_programme_country
        assert ("RS" in guide(call)["regions"].lines[0].countries) is not is_programme_country

    @pytest.mark.parametrize(("call", "region"), [(2018, 8), (2019, 13)])
    def test_chile_and_uruguay_move_to_region_13_with_call_2019(self, call: int, region: int) -> None:
        assert guide(call)["regions"].lines[region - 1].countries >= {"CL", "UY"}

    @pytest.mark.parametrize(
        ("call", "region", "is_open"), [(2015, 11, False), (2016, 11, True), (2016, 9, False), (2017, 9, True)]
    )
    def test_regions_open_when_their_money_comes(self, call: int, region: int, is_open: bool) -> None:
        assert guide(call)["regions"].lines[region - 1].open is is_open

    @every_call_of_ka107
    def test_the_closed_regions_never_open(self, call: int) -> None:
        lines = guide(call)["regions"].lines
        assert not any(lines[number - 1].open for number in (5, 12, 14))

    def test_the_limit_on_outgoing_students_is_official_up_to_2017_and_less_sure_after(self) -> None:
        for call in KA107:
            limit = guide(call)["outgoing_limits"].lines[0]
            assert limit.instrument == "DCI"
            assert limit.cycles == {StudyCycle.THIRD}
            sure = Confidence.OFFICIAL if call <= 2017 else Confidence.SINGLE_SOURCE
            assert limit.citation.confidence is sure

    @pytest.mark.parametrize("call", [2016, 2017, 2018, 2019, 2020])
    def test_the_limit_of_the_development_fund_was_seen_nowhere(self, call: int) -> None:
        limit = guide(call)["outgoing_limits"].lines[1]
        assert limit.instrument == "EDF"
        assert limit.citation.confidence is Confidence.UNVERIFIED


class TestActivities:
    @every_call
    @pytest.mark.parametrize(
        ("paragraph", "activity"),
        [
            ("traineeship_duration", Activity.TRAINEESHIP),
            ("combined_duration", Activity.STUDIES_AND_TRAINEESHIP),
        ],
    )
    def test_a_duration_is_in_force_exactly_when_its_activity_is_open(
        self, call: int, paragraph: str, activity: Activity
    ) -> None:
        activities = guide(call)["activities"]
        assert isinstance(activities, Activities)
        (line,) = (line for line in activities.lines if line.activity is activity)
        assert line.open is not isinstance(guide(call)[paragraph], Closed)
        assert line.open is (call >= 2018)

    @every_call
    def test_what_belongs_to_invited_staff_comes_with_them(self, call: int) -> None:
        assert guide(call)["invited_staff"].allowed is (call >= 2018)
        assert isinstance(guide(call)["invited_teaching_minimum"], Closed) is (call < 2018)
        assert isinstance(guide(call)["invited_staff_duration"], Closed) is (call < 2019)

    @every_call_of_ka107
    def test_outgoing_training_stays_at_universities_and_is_official_for_2019_only(self, call: int) -> None:
        host = guide(call)["outgoing_training_host"]
        assert not host.outside_universities
        sure = Confidence.OFFICIAL if call == 2019 else Confidence.UNVERIFIED
        assert host.citation.confidence is sure

    def test_students_of_the_first_year_may_only_train(self) -> None:
        assert guide(2017)["study_year"].traineeship is None
        assert guide(2018)["study_year"].traineeship == 1
        assert {guide(call)["study_year"].studies for call in KA107} == {2}


class TestMoney:
    @every_call
    def test_bands_begin_at_0_leave_no_gap_and_farther_never_pays_less(self, call: int) -> None:
        bands = guide(call)["travel_bands"]
        assert isinstance(bands, TravelBands)
        assert bands.lines[0].from_km == 0
        assert [band.to_km for band in bands.lines] == [*(band.from_km for band in bands.lines[1:]), None]
        assert [band.eur for band in bands.lines] == sorted(band.eur for band in bands.lines)

    @pytest.mark.parametrize(
        ("call", "amounts"),
        [
            (2015, [0, 180, 275, 360, 530, 820, 1100]),
            (2016, [0, 180, 275, 360, 530, 820, 1100]),
            (2017, [0, 20, 180, 275, 360, 530, 820, 1300]),
            (2018, [0, 20, 180, 275, 360, 530, 820, 1500]),
            (2019, [0, 20, 180, 275, 360, 530, 820, 1500]),
            (2020, [0, 20, 180, 275, 360, 530, 820, 1500]),
        ],
    )
    def test_travel_pays_what_the_tables_print(self, call: int, amounts: list[int]) -> None:
        assert [band.eur for band in guide(call)["travel_bands"].lines] == amounts

    def test_the_two_amounts_printed_for_8000_km_in_2017_are_both_shown(self) -> None:
        band = guide(2017)["travel_bands"].lines[-1]
        assert band.eur == 1300
        assert band.citation.confidence is Confidence.CORROBORATED
        assert band.citation.conflict is not None
        assert "1100 EUR" in band.citation.conflict

    @pytest.mark.parametrize(
        ("call", "amounts", "out", "sure_in", "sure_out"),
        [
            (2015, (850, 800, 750), 650, Confidence.OFFICIAL, Confidence.OFFICIAL),
            (2016, (850, 800, 750), 650, Confidence.OFFICIAL, Confidence.OFFICIAL),
            (2017, (850, 800, 750), 650, Confidence.CORROBORATED, Confidence.CORROBORATED),
            (2018, (900, 850, 800), 700, Confidence.OFFICIAL, Confidence.OFFICIAL),
            (2019, (900, 850, 800), 700, Confidence.OFFICIAL, Confidence.CORROBORATED),
            (2020, (900, 850, 800), 700, Confidence.OFFICIAL, Confidence.CORROBORATED),
        ],
    )
    def test_students_are_paid_what_was_published(
        self, call: int, amounts: tuple[int, ...], out: int, sure_in: Confidence, sure_out: Confidence
    ) -> None:
        for group, amount in zip("123", amounts, strict=True):
            line = eur_per_month(call, Direction.INCOMING, group)
            assert (line.eur_per_month, line.citation.confidence) == (amount, sure_in)
        line = eur_per_month(call, Direction.OUTGOING)
        assert (line.eur_per_month, line.citation.confidence) == (out, sure_out)

    @pytest.mark.parametrize(
        ("call", "country", "amount"),
        [
            (2017, "IT", 850),
            (2018, "IT", 850),
            (2017, "CZ", 800),
            (2018, "CZ", 800),
            (2017, "TR", 800),
            (2018, "TR", 800),
            (2018, "IE", 900),
            (2019, "DE", 850),
            (2019, "SI", 800),
            (2019, "RS", 800),
        ],
    )
    def test_spot_checks_of_students_by_country(self, call: int, country: str, amount: int) -> None:
        group = group_of(call, country, "student_country_groups")
        assert eur_per_month(call, Direction.INCOMING, group).eur_per_month == amount

    @pytest.mark.parametrize(
        ("call", "country", "amount"),
        [
            (2017, "CZ", 140),
            (2017, "TR", 140),
            (2017, "DE", 120),
            (2016, "SI", 100),
            (2015, "GB", 160),
            (2018, "IE", 180),
            (2018, "DE", 160),
            (2019, "RS", 140),
        ],
    )
    def test_spot_checks_of_staff_by_country(self, call: int, country: str, amount: int) -> None:
        group = group_of(call, country, "staff_country_groups")
        assert eur_per_day(call, Direction.INCOMING, group).eur_per_day == amount

    @every_call_of_ka107
    def test_outgoing_staff_and_the_share_after_two_weeks(self, call: int) -> None:
        rate = eur_per_day(call, Direction.OUTGOING).eur_per_day
        reduced = guide(call)["reduced_staff_rate"]
        assert rate == (160 if call <= 2017 else 180)
        assert rate * reduced.share == (112 if call <= 2017 else 126)
        assert (reduced.first_reduced_day, reduced.share, reduced.last_day) == (15, Decimal("0.7"), 60)

    def test_organisational_support_has_a_step_in_2015_only(self) -> None:
        assert guide(2015)["organisational_support"].up_to_participants == 100
        assert guide(2015)["organisational_support_beyond"].eur_per_participant == 200
        for call in KA107[1:]:
            assert guide(call)["organisational_support"].up_to_participants is None
            assert isinstance(guide(call)["organisational_support_beyond"], Closed)
        assert {guide(call)["organisational_support"].eur_per_participant for call in KA107} == {350}

    @pytest.mark.parametrize(
        ("call", "exists", "sure"),
        [
            (2015, False, Confidence.UNVERIFIED),
            (2018, False, Confidence.SINGLE_SOURCE),
            (2019, True, Confidence.OFFICIAL),
            (2020, False, Confidence.UNVERIFIED),
        ],
    )
    def test_the_addition_for_disadvantaged_students(self, call: int, exists: bool, sure: Confidence) -> None:
        top_up = guide(call)["disadvantaged_top_up"]
        assert (top_up.exists, top_up.citation.confidence) == (exists, sure)

    def test_the_addition_of_2019_is_not_carried_into_2020_in_silence(self) -> None:
        conflict = guide(2020)["disadvantaged_top_up"].citation.conflict
        assert conflict == "One source carries the top-up of call 2019 forward to this call."


class TestApplications:
    @pytest.mark.parametrize(
        ("call", "deadlines"),
        [
            (2015, ["2015-03-04", "2015-09-24"]),
            (2016, ["2016-02-02", "2016-09-15"]),
            (2017, ["2017-02-02"]),
            (2018, ["2018-02-01"]),
            (2019, ["2019-02-05"]),
            (2020, ["2020-02-05"]),
        ],
    )
    def test_the_deadlines_are_those_announced(self, call: int, deadlines: list[str]) -> None:
        assert [line.date.isoformat() for line in guide(call)["deadlines"].lines] == deadlines

    def test_the_deadline_of_2018_was_moved_by_a_day(self) -> None:
        assert guide(2018)["deadlines"].lines[0].extended_to.isoformat() == "2018-02-02"

    @every_call_of_ka107
    def test_the_criteria_make_a_hundred_points_and_the_threshold_names_one_of_them(self, call: int) -> None:
        criteria = {line.name: line.maximum_points for line in guide(call)["award_criteria"].lines}
        threshold = guide(call)["award_threshold"]
        assert sum(criteria.values()) == threshold.maximum_points == 100
        share = guide(call)["award_criterion_threshold"]
        assert share.share * criteria[share.criterion] == 15
        sure = Confidence.OFFICIAL if call == 2020 else Confidence.SINGLE_SOURCE
        assert threshold.citation.confidence is sure


class TestAgreementsAndApplications:
    """What the Guides hold of the agreement as a document, of deadlines and of points."""

    @every_call
    def test_each_principle_of_the_charter_is_named_once(self, call: int) -> None:
        named = [line.principle for line in guide(call)["charter_principles"].lines]
        assert named == list(CharterPrinciple)

    @every_call
    def test_a_deadline_passes_at_noon(self, call: int) -> None:
        assert guide(call)["deadline_hour"].hour == 12

    @every_call
    def test_the_template_is_that_of_the_period(self, call: int) -> None:
        form = guide(call)["agreement_form"]
        assert f"{form.first_year}-{form.last_year}" == form.template.words
        assert form.first_year < call < form.last_year
