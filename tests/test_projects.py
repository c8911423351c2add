"""A whole project: its mobilities by the ordinary road, its own rules, and the report of both."""

from __future__ import annotations

import itertools
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icm_rules import (
    Envelope,
    InputError,
    Project,
    ProjectMobility,
    evaluate,
    mobility_from_dict,
    project_from_dict,
    settle,
)
from icm_rules.engine import Verdict
from icm_rules.guide import guide
from icm_rules.model.vocabulary import mobility_of
from icm_rules.projects import PROJECT_RULEBOOK
from icm_rules.report.project import ProjectAnswer, ProjectReport
from tests.rules.cases import ALMATY, LJUBLJANA, facts

EXAMPLE = Path(__file__).parent.parent / "examples" / "graz-2018"

INCOMING = {
    "activity": "studies",
    "sending_country": "GE",
    "receiving_country": "SI",
    "start_date": "2019-10-01",
    "end_date": "2020-01-31",
    "distance_km": 2500,
}
"""120 days of 800/30 and 360 for the distance, in call 2019."""
PAID = Decimal("3560.00")


def stay(call: int = 2019, person: str | None = None, agreement: str | None = None, **changes: Any) -> ProjectMobility:
    """An incoming student from Georgia, of whom only what is paid and when is told; ``changes`` by flat names."""
    return ProjectMobility(
        mobility=mobility_from_dict({"call": call, **INCOMING, **changes}), person=person, agreement_name=agreement
    )


def whole(base: str = "student_in", call: int = 2019, **changes: Any) -> ProjectMobility:
    """One of the whole, eligible mobilities."""
    named = {
        name: changes.pop(name) for name in ("person", "agreement_name", "counts_without_grant") if name in changes
    }
    told = {name: value for name, value in facts(base, **changes).items() if value is not None}
    return ProjectMobility(mobility=mobility_of({"call": call, **told}), **named)


def paid(country: str = "GE", call: int = 2019, **changes: Any) -> ProjectMobility:
    """An eligible student from this country, of the days and kilometres of :data:`INCOMING`."""
    travel = {"stay_format": "long_term", "travel_legs": [{"means": "plane"}]} if call > 2020 else {}
    parties = [LJUBLJANA, {**ALMATY, "country": country}]
    days = {"start_date": "2019-10-01", "distance_km": 2500}
    named = {"sending_country": country, "residence_country": country, "agreement_parties": parties}
    return whole(call=call, **{**named, **days, **travel, **changes})


def project(*mobilities: ProjectMobility, call: int = 2019, **told: Any) -> Project:
    return Project(call=call, mobilities=mobilities, **told)


def outcome(identity: str, *mobilities: ProjectMobility, **told: Any):
    return evaluate(project(*mobilities, **told)).rules.outcomes[identity]


# --- what can never be true --------------------------------------------------------------------------------


class TestAProject:
    def test_a_number_of_another_call_is_refused(self):
        with pytest.raises(InputError, match="is of call 2018"):
            Project(call=2019, number="2018-1-SI01-KA107-000001")

    def test_a_mobility_of_another_call_or_project_is_refused_with_its_place(self):
        with pytest.raises(InputError, match="the mobility is of call 2018") as caught:
            project(stay(), stay(2018))
        assert caught.value.field == "mobilities[1].call"
        with pytest.raises(InputError, match="stands in the project"):
            project(stay(project_number="2019-1-SI01-KA107-000002"), number="2019-1-SI01-KA107-000001")

    def test_an_end_before_the_start_is_refused(self):
        with pytest.raises(InputError, match="before it starts"):
            project(start_date="2019-08-01", end_date="2019-07-31")

    @pytest.mark.parametrize(
        ("told", "said"),
        [
            ({}, "neither a region nor a country"),
            ({"region": 2, "granted_eur": 10, "incoming_eur": 8, "outgoing_eur": 3}, "more than the 10 EUR"),
        ],
    )
    def test_an_envelope_for_nobody_or_with_too_large_parts_is_refused(self, told, said):
        with pytest.raises(InputError, match=said):
            Envelope(**told)

    @pytest.mark.parametrize(
        ("told", "field", "said"),
        [
            ({"region": 2}, "envelopes[2].region", r"region 2 has an envelope already, envelopes\[0\]; write one"),
            ({"countries": ["UA", "GE"]}, "envelopes[2].countries", "Georgia has an envelope already"),
            ({"region": 2, "countries": ["GE"]}, "envelopes[2].countries", "Georgia has an envelope already"),
        ],
    )
    def test_a_second_envelope_for_a_region_or_a_country_is_refused_with_its_place(self, told, field, said):
        envelopes = [Envelope(region=2, granted_eur=3000), Envelope(region=2, countries=["GE"], granted_eur=3000)]
        Project(call=2019, envelopes=[*envelopes, Envelope(region=2, countries=["UA"])])
        with pytest.raises(InputError, match=said) as caught:
            Project(call=2019, envelopes=[*envelopes, Envelope(**told, granted_eur=3000)])
        assert caught.value.field == field

    def test_a_mobility_may_stand_there_as_it_is_and_nothing_else_may(self):
        made = Project(call=2019, mobilities=[stay().mobility])
        assert made.mobilities == (ProjectMobility(mobility=stay().mobility),)
        with pytest.raises(InputError, match="3 is no mobility"):
            Project(call=2019, mobilities=[3])
        with pytest.raises(InputError, match="3 is no Mobility"):
            ProjectMobility(mobility=3)
        with pytest.raises(InputError, match="is no Institution"):
            Project(call=2019, applicant={"country": "SI"})

    def test_where_nothing_is_told_no_rule_refuses(self):
        for call in (2015, 2019, 2022, 2026):
            found = evaluate(Project(call=call)).rules
            assert found.not_met == ()
            for item in found.outcomes.values():
                assert item.missing or item.gaps or item.verdict is not Verdict.UNDETERMINED, item.identity

    def test_every_rule_states_one_whole_sentence(self):
        for rule in PROJECT_RULEBOOK.rules:
            assert rule.statement[0].isupper()
            assert rule.statement.endswith(".")

    def test_what_is_neither_a_mobility_nor_a_project_is_refused(self):
        ways = "give a Mobility, an InterInstitutionalAgreement, an Application or a Project"
        with pytest.raises(InputError, match=ways):
            evaluate({"call": 2019})

    def test_evaluate_of_a_mobility_takes_no_argument_of_a_project(self):
        with pytest.raises(TypeError, match="progress"):
            evaluate(stay().mobility, progress=print)


# --- number, applicant, period -----------------------------------------------------------------------------

NUMBER = "2019-1-SI01-KA107-000001"


class TestNumberAndApplicant:
    def test_the_number_is_of_the_action_and_of_the_agency_of_the_applicant(self):
        applicant = {"country": "SI"}
        made = project_from_dict({"number": NUMBER, "applicant": applicant})
        found = evaluate(made).rules.outcomes
        for identity in ("project.number.action", "project.number.agency", "project.applicant.country"):
            assert found[identity].verdict is Verdict.MET

    @pytest.mark.parametrize(
        ("identity", "data"),
        [
            ("project.number.action", {"number": "2019-1-SI01-KA103-000001"}),
            ("project.number.agency", {"number": NUMBER, "applicant": {"country": "AT"}}),
            ("project.applicant.country", {"call": 2019, "applicant": {"country": "KZ"}}),
        ],
    )
    def test_else_they_refuse(self, identity, data):
        assert evaluate(project_from_dict(data)).rules.outcomes[identity].verdict is Verdict.NOT_MET

    def test_an_overseas_territory_counts_as_its_member_state(self):
        made = project_from_dict({"call": 2020, "applicant": {"country": "RE"}})
        assert evaluate(made).rules.outcomes["project.applicant.country"].verdict is Verdict.MET

    @pytest.mark.parametrize(("months", "verdict"), [(24, "met"), (36, "met"), (26, "not met"), (None, "undetermined")])
    def test_the_months_are_those_of_the_call_and_only_inform(self, months, verdict):
        found = outcome("project.period.months", months=months)
        assert (found.verdict, found.informs) == (verdict, True)

    @pytest.mark.parametrize(("end", "verdict"), [("2021-07-31", "met"), ("2021-08-01", "not met")])
    def test_start_months_and_end_agree(self, end, verdict):
        told = {"start_date": "2019-08-01", "months": 24, "end_date": end}
        assert outcome("project.period.end", **told).verdict == verdict
        assert outcome("project.period.start", **told).verdict is Verdict.MET


PERIOD = {"start_date": "2019-10-01", "end_date": "2020-01-31"}


class TestThePeriod:
    RULE = "project.period.mobilities"

    def test_a_stay_may_fill_it_to_both_edges(self):
        assert outcome(self.RULE, stay(), **PERIOD).verdict is Verdict.MET

    @pytest.mark.parametrize("changes", [{"start_date": "2019-09-30"}, {"end_date": "2020-02-01"}])
    def test_a_day_outside_is_named(self, changes):
        found = outcome(self.RULE, stay(), stay(reference="A-7", **changes), **PERIOD)
        assert found.verdict is Verdict.NOT_MET
        assert "A-7 lies outside" in found.sentence

    def test_dates_known_in_part_are_held_against_it_at_both_ends(self):
        planned = {"end_date": None, "possible": {"end_date": ["2020-01-15", "2020-01-31"]}}
        assert outcome(self.RULE, stay(**planned), **PERIOD).verdict is Verdict.MET
        planned["possible"]["end_date"][1] = "2020-02-01"
        assert outcome(self.RULE, stay(**planned), **PERIOD).verdict is Verdict.UNDETERMINED

    def test_a_day_not_told_leaves_it_open(self):
        found = outcome(self.RULE, stay(end_date=None), **PERIOD)
        assert found.verdict is Verdict.UNDETERMINED
        assert found.gaps


class TestTheCountries:
    RULE = "project.countries.agreed"

    @pytest.mark.parametrize(("call", "verdict"), [(2024, Verdict.NOT_MET), (2019, Verdict.UNDETERMINED)])
    def test_another_country_is_refused_where_a_text_says_so(self, call, verdict):
        """For KA107 no text was seen, so the refusal is held back."""
        found = outcome(self.RULE, stay(call, sending_country="AM"), call=call, partner_countries=["GE"])
        assert found.verdict is verdict
        assert "Armenia" in found.sentence

    def test_the_countries_agreed_are_met(self):
        assert outcome(self.RULE, stay(), partner_countries=["GE", "KZ"]).verdict is Verdict.MET

    def test_a_country_not_told_leaves_it_open(self):
        found = outcome(self.RULE, stay(sending_country=None), partner_countries=["GE"])
        assert found.verdict is Verdict.UNDETERMINED


# --- persons and places ------------------------------------------------------------------------------------


FIRST = {"study_cycle": "first", "one_cycle_programme": False}
LATER = {"start_date": "2020-02-01", "end_date": "2020-12-31"}
"""330 days in months of 30, which with the 120 of the other stay are more than twelve months."""
SEVEN = (
    {"start_date": "2019-09-01", "end_date": "2020-03-30"},
    {"start_date": "2020-06-01", "end_date": "2020-12-30"},
)
"""Two stays of seven months each."""


class TestTheCycleOfAPerson:
    def cap(self, *mobilities, **told):
        report = evaluate(project(*mobilities, **told))
        return [item.report.outcomes["duration.cycle.cap"] for item in report.mobilities]

    def test_earlier_stays_of_the_same_person_count(self):
        one, two = self.cap(stay(person="a", **FIRST), stay(person="a", **FIRST, **LATER))
        assert (one.verdict, two.verdict) == (Verdict.MET, Verdict.NOT_MET)
        one, two = self.cap(stay(person="a", **FIRST), stay(person="b", **FIRST, **LATER))
        assert (one.verdict, two.verdict) == (Verdict.MET, Verdict.MET)

    def test_another_cycle_begins_anew(self):
        second = {**FIRST, "study_cycle": "second"}
        *_, two = self.cap(stay(person="a", **FIRST), stay(person="a", **second, **LATER))
        assert two.verdict is Verdict.MET

    def test_stays_of_other_projects_count_by_their_own_call(self):
        elsewhere = stay(2018, person="a", **FIRST)
        (only,) = self.cap(stay(person="a", **FIRST, **LATER), other_stays=[elsewhere])
        assert only.verdict is Verdict.NOT_MET

    def test_what_a_mobility_tells_itself_stands_where_the_project_holds_no_more(self):
        for days, verdict in ((120, Verdict.NOT_MET), (30, Verdict.MET)):
            told = stay(person="a", **FIRST, **LATER, days_used_in_cycle=days)
            (only,) = self.cap(told)
            assert only.verdict is verdict

    def test_where_it_tells_fewer_days_than_the_project_holds_the_larger_count_and_a_note_says_so(self):
        told = stay(person="a", reference="A-2", **FIRST, **SEVEN[1], days_used_in_cycle=0)
        third = stay(person="a", reference="A-3", **FIRST, start_date="2021-02-01", end_date="2021-02-28")
        report = evaluate(project(stay(person="a", reference="A-1", **FIRST, **SEVEN[0]), told, third))
        verdicts = [item.report.outcomes["duration.cycle.cap"].verdict for item in report.mobilities]
        assert verdicts == [Verdict.MET, Verdict.NOT_MET, Verdict.NOT_MET]
        for notes in (report.rules.notes, report.mobilities[1].report.notes):
            assert any("A-2 tells 0 days" in note and "hold 210" in note for note in notes)
        assert not any("A-2 tells" in note for note in report.mobilities[0].report.notes)

    def test_a_stay_whose_cycle_is_not_told_may_lie_in_any_and_is_asked_for(self):
        open_one = stay(person="a", reference="A-1", **SEVEN[0])
        report = evaluate(project(open_one, stay(person="a", reference="A-2", **FIRST, **SEVEN[1])))
        cap = report.mobilities[1].report.outcomes["duration.cycle.cap"]
        assert (cap.verdict, cap.missing) == (Verdict.UNDETERMINED, ("days_used_in_cycle",))
        for notes in (report.rules.notes, report.mobilities[1].report.notes):
            assert any("before A-2" in note and "tell the study_cycle of A-1" in note for note in notes)

    def test_an_open_cycle_leaves_open_only_what_it_can_decide(self):
        """Whichever cycle it is of: one month more stays within the cap; and a later stay is not asked for."""
        short = {"start_date": "2020-05-01", "end_date": "2020-05-30"}
        *_, two = self.cap(stay(person="a", **SEVEN[0]), stay(person="a", **FIRST, **short))
        assert two.verdict is Verdict.MET
        one, _ = self.cap(stay(person="a", **FIRST, **SEVEN[0]), stay(person="a", **SEVEN[1]))
        assert one.verdict is Verdict.MET
        *_, three = self.cap(
            stay(person="a", **FIRST, **SEVEN[0]), stay(person="a", **short), stay(person="a", **FIRST, **SEVEN[1])
        )
        assert three.verdict is Verdict.NOT_MET

    def test_staff_of_the_same_name_has_no_study_cycle(self):
        training = whole("training_in", person="a")
        *_, two = self.cap(training, stay(person="a", **FIRST, **LATER))
        assert two.verdict is Verdict.MET

    def test_a_stay_of_a_call_that_is_not_held_here_leaves_the_cap_open(self):
        earlier = stay(2013, person="a", **FIRST, start_date="2014-02-01", end_date="2014-06-30")
        (only,) = self.cap(stay(person="a", **FIRST), other_stays=[earlier])
        assert (only.verdict, only.missing) == (Verdict.UNDETERMINED, ("days_used_in_cycle",))

    def test_without_a_person_nothing_is_counted(self):
        (only,) = self.cap(stay(**FIRST))
        assert (only.verdict, only.missing) == (Verdict.UNDETERMINED, ("days_used_in_cycle",))


class TestStaysOnTheSameDays:
    def notes(self, *mobilities, **told):
        notes = evaluate(project(*mobilities, **told)).rules.notes
        return [note for note in notes if "on the same days" in note]

    def test_they_are_noted_for_one_person_and_refuse_nothing(self):
        one = stay(person="a", reference="A-1")
        for first_day, noted in (("2020-01-31", 1), ("2020-02-01", 0)):
            other = stay(person="a", reference="A-2", start_date=first_day, end_date="2020-06-30")
            found = self.notes(other, one)
            assert len(found) == noted
            assert all("A-1 and A-2" in note and "from 2020-01-31 to 2020-01-31" in note for note in found)
        assert not self.notes(one, stay(person="b"))

    def test_a_long_stay_is_held_against_every_other_and_against_those_of_other_projects(self):
        long = stay(person="a", reference="A-1", end_date="2020-06-30")
        inside = [
            stay(person="a", reference=f"A-{month}", start_date=f"2020-0{month}-01", end_date=f"2020-0{month}-20")
            for month in (2, 4)
        ]
        assert len(self.notes(long, *inside)) == 2
        assert "B-1 of call 2018" in self.notes(long, other_stays=[stay(2018, person="a", reference="B-1")])[0]


class TestThePlaces:
    RULE = "project.agreements.places"

    def test_as_many_stays_as_places_are_met_and_one_more_is_not(self):
        """The agreement of the whole mobilities has two places a year."""
        two = [whole(agreement_name="a") for _ in range(2)]
        assert outcome(self.RULE, *two).verdict is Verdict.MET
        found = outcome(self.RULE, *two, whole(agreement_name="a"))
        assert found.verdict is Verdict.NOT_MET
        assert "3 on 2 places" in found.sentence

    def test_who_is_not_eligible_has_taken_a_place_and_is_named(self):
        refused = whole(agreement_name="a", reference="A-3", receiving_holds_charter=False)
        two = [whole(agreement_name="a", reference=f"A-{number}") for number in (1, 2)]
        found = outcome(self.RULE, *two, refused)
        assert found.verdict is Verdict.NOT_MET
        assert found.sentence.endswith("one that is not eligible has taken its place all the same: A-3")
        assert "all the same" not in outcome(self.RULE, *two, whole(agreement_name="a")).sentence

    def test_another_agreement_or_year_has_its_own(self):
        two = [whole(agreement_name="a") for _ in range(2)]
        next_year = {"academic_year": "2020/2021", "start_date": "2020-09-30", "end_date": "2021-01-31"}
        journeys = {"outward_travel_date": None, "return_travel_date": None}
        for other in (whole(agreement_name="b"), whole(agreement_name="a", **next_year, **journeys)):
            assert outcome(self.RULE, *two, other).verdict is Verdict.MET

    def test_without_agreements_there_is_nothing_to_count_and_without_a_year_nobody_can(self):
        assert outcome(self.RULE, whole()).verdict is Verdict.NOT_APPLICABLE
        assert outcome(self.RULE, whole(agreement_name="a", academic_year=None)).verdict is Verdict.UNDETERMINED


# --- money -------------------------------------------------------------------------------------------------


class TestTheMoney:
    def test_a_stay_is_paid_from_the_envelope_of_its_country_else_of_its_region(self):
        report = evaluate(
            project(
                paid(),
                paid("UA"),
                envelopes=[Envelope(region=2, granted_eur=9000), Envelope(countries=["GE"], granted_eur=9000)],
            )
        )
        assert [(use.name, use.stays, use.low, use.high) for use in report.envelopes] == [
            ("region 2", 1, PAID, PAID),
            ("Georgia", 1, PAID, PAID),
        ]

    @pytest.mark.parametrize(("cents", "verdict"), [(0, Verdict.MET), (1, Verdict.NOT_MET)])
    def test_the_whole_suffices_to_the_cent(self, cents, verdict):
        envelope = Envelope(region=2, granted_eur=PAID - Decimal(cents) / 100)
        assert outcome("project.budget.total", paid(), envelopes=[envelope]).verdict is verdict

    def test_a_stay_of_which_nobody_can_tell_whether_it_is_eligible_takes_nothing_or_all(self):
        for granted, verdict in ((3559, Verdict.UNDETERMINED), (3560, Verdict.MET)):
            report = evaluate(project(stay(reference="A-1"), envelopes=[Envelope(region=2, granted_eur=granted)]))
            found = report.rules.outcomes["project.budget.total"]
            assert found.verdict is verdict
            assert (report.envelopes[0].low, report.envelopes[0].high) == (0, PAID)
            assert report.overall is ProjectAnswer.CANNOT_TELL_YET
        assert (
            "A-1"
            in evaluate(project(stay(reference="A-1"), envelopes=[Envelope(region=2, granted_eur=1)]))
            .rules.outcomes["project.budget.total"]
            .gaps[0]
        )

    def test_a_stay_whose_country_is_not_told_may_take_from_any_envelope_and_counts_once_in_the_total(self):
        envelopes = [Envelope(countries=["GE"], granted_eur=3000), Envelope(region=7, granted_eur=3000)]
        report = evaluate(project(stay(reference="A-1", sending_country=None), paid("KZ"), envelopes=envelopes))
        (one,) = report.of_open_envelope
        assert [use.low for use in report.envelopes] == [0, PAID]
        assert all(use.high is None or use.high >= use.low + one.high for use in report.envelopes)
        assert (report.total.low, report.total.stays) == (PAID, 2)
        for identity in ("project.budget.mobilities_placed", "project.budget.total", "project.budget.envelopes"):
            found = evaluate(project(stay(reference="A-1", sending_country=None), envelopes=envelopes))
            told = found.rules.outcomes[identity]
            assert told.verdict is Verdict.UNDETERMINED, identity
            assert any("sending_country" in gap and "A-1" in gap for gap in told.gaps), identity
        assert "It is not known which envelope pays these" in report.to_text()

    def test_a_stay_that_no_envelope_is_for_counts_in_the_total(self):
        report = evaluate(project(paid(reference="A-1"), envelopes=[Envelope(region=7, granted_eur=3000)]))
        assert report.rules.outcomes["project.budget.total"].verdict is Verdict.NOT_MET
        assert (report.envelopes[0].low, report.total.low) == (0, PAID)
        assert "No envelope is for these, which count in the total: A-1" in report.to_text()

    def test_a_country_of_no_known_region_may_be_paid_by_any_envelope_of_a_region(self):
        """Jersey stands in no list that was seen."""
        one = stay(sending_country="JE")
        found = outcome("project.budget.mobilities_placed", one, envelopes=[Envelope(region=2, granted_eur=3000)])
        assert found.verdict is Verdict.UNDETERMINED

    def test_an_open_amount_leaves_it_open_unless_even_the_least_is_too_much(self):
        planned = paid(distance_km=None)
        for granted, verdict in ((3300, Verdict.UNDETERMINED), (3199, Verdict.NOT_MET), (4800, Verdict.MET)):
            envelope = Envelope(region=2, granted_eur=granted)
            assert outcome("project.budget.total", planned, envelopes=[envelope]).verdict is verdict, granted

    def test_where_no_envelope_is_told_the_budget_is_not_known(self):
        for told in ({"envelopes": []}, {}):
            found = evaluate(project(paid(), **told)).rules.outcomes
            for identity in ("mobilities_placed", "total", "envelopes"):
                item = found[f"project.budget.{identity}"]
                assert (item.verdict, item.missing) == (Verdict.UNDETERMINED, ("project_envelopes",)), identity

    def test_a_country_without_an_envelope_is_named(self):
        found = outcome("project.budget.mobilities_placed", stay(), envelopes=[Envelope(region=7, granted_eur=1)])
        assert found.verdict is Verdict.NOT_MET

    def test_who_is_not_eligible_takes_nothing(self):
        refused = stay(receiving_holds_charter=False)
        report = evaluate(project(refused, envelopes=[Envelope(region=2, granted_eur=1)]))
        assert report.envelopes[0].low == 0

    @pytest.mark.parametrize(
        ("call", "verdict"),
        [(2024, Verdict.MET), (2019, Verdict.UNDETERMINED)],
    )
    def test_money_moves_inside_a_region_where_a_text_says_so(self, call, verdict):
        envelopes = [
            Envelope(region=2, countries=["GE"], granted_eur=100),
            Envelope(region=2, countries=["UA"], granted_eur=9000),
        ]
        found = outcome("project.budget.envelopes", paid(call=call), call=call, envelopes=envelopes)
        assert found.verdict is verdict
        assert "Georgia lacks" in found.sentence

    def test_no_other_region_pays_and_since_no_text_says_so_it_is_left_open(self):
        envelopes = [Envelope(region=2, granted_eur=100), Envelope(region=7, granted_eur=9000)]
        found = outcome("project.budget.envelopes", paid(), envelopes=envelopes)
        assert (found.verdict, found.is_held_back, found.informs) == (Verdict.UNDETERMINED, True, True)

    @pytest.mark.parametrize(
        "other",
        [
            Envelope(region=2, countries=["UA"]),
            Envelope(region=2, countries=["AM"], granted_eur=3800),
            None,
        ],
    )
    def test_where_it_is_not_known_what_the_region_has_nobody_is_refused(self, other):
        """An envelope without its amount; one of which a grant is still open; and one of no region."""
        georgia = Envelope(region=None if other is None else 2, countries=["GE"], granted_eur=3000)
        planned = stay(sending_country="AM", distance_km=None)
        envelopes = [georgia] if other is None else [georgia, other]
        found = outcome("project.budget.envelopes", paid(), planned, envelopes=envelopes)
        assert (found.verdict, found.is_held_back) == (Verdict.UNDETERMINED, False)
        assert found.gaps

    @pytest.mark.parametrize(("incoming", "verdict"), [(2400, Verdict.MET), (500, Verdict.NOT_MET)])
    def test_two_fifths_of_the_project_may_move_between_the_directions(self, incoming, verdict):
        envelope = Envelope(region=2, granted_eur=5000, incoming_eur=incoming, outgoing_eur=5000 - incoming)
        found = outcome("project.budget.directions", paid(call=2024), call=2024, envelopes=[envelope])
        assert found.verdict is verdict, found.sentence

    def test_before_2022_the_share_is_not_in_force(self):
        found = outcome("project.budget.directions", stay(), envelopes=[Envelope(region=2, granted_eur=1)])
        assert found.verdict is Verdict.NOT_IN_FORCE


class TestWhatIsConfirmed:
    """What certificates and proof show counts in a project, held to what was agreed."""

    def report(self, **confirmed):
        one = stay(reference="A-1", confirmed=confirmed)
        return evaluate(project(one, envelopes=[Envelope(region=2, granted_eur=9000)], mobilities_granted=1))

    def test_who_came_home_earlier_takes_less_and_took_place(self):
        report = self.report(end_date="2020-01-21")
        assert report.envelopes[0].high == PAID - 240  # nine days of 800/30
        assert report.stays[0].took_place
        assert any("what is confirmed counts" in note for note in report.rules.notes)

    def test_who_stayed_longer_than_agreed_takes_no_more(self):
        assert self.report(end_date="2020-02-10").envelopes[0].high == PAID

    def test_from_an_envelope_it_takes_what_is_settled(self):
        """With force majeure, however much it cost, below the minimum, not eligible, or with too little told."""
        lost = {
            "end_date": "2019-12-20",
            "force_majeure_first_day": "2019-12-21",
            "force_majeure_last_day": "2020-01-31",
            "force_majeure_is_accepted": True,
            "force_majeure_costs_eur": 300,
        }
        for base, confirmed in itertools.product(
            (paid(), paid(receiving_holds_charter=False), stay()),
            (
                lost,
                {**lost, "force_majeure_costs_eur": 9000},
                {"end_date": "2019-10-10", "force_majeure_is_accepted": True, "force_majeure_costs_eur": 300},
                {"end_date": "2019-10-10"},
                {"end_date": "2020-01-21"},
            ),
        ):
            mobility = attrs.evolve(base.mobility, confirmed=confirmed)
            settled = settle(mobility)
            (use,) = evaluate(project(mobility, envelopes=[Envelope(region=2, granted_eur=9000)])).envelopes
            assert (use.low, use.high) == (settled.settled_low, settled.settled_high), confirmed

    def test_real_costs_are_no_part_of_what_is_settled_from_an_envelope(self):
        for end, least in (("2020-01-31", PAID), ("2019-10-10", 0)):
            without = attrs.evolve(
                paid(covers_academic_term=False).mobility, confirmed={"end_date": end, "inclusion_costs_eur": 0}
            )
            claimed = attrs.evolve(without, confirmed={"end_date": end, "inclusion_costs_eur": 400})
            one, other = (
                evaluate(project(each, envelopes=[Envelope(region=2, granted_eur=9000)])).envelopes[0]
                for each in (without, claimed)
            )
            assert one == other
            assert one.low == least


class TestOrganisationalSupport:
    FIRST = "project.organisational_support.first_participants"
    FURTHER = "project.organisational_support.further_participants"

    def done(self, number: int, call: int = 2019, stage: str = "final_report"):
        return [whole(call=call, stage=stage, reference=f"m{each}") for each in range(number)]

    @pytest.mark.parametrize(("done", "amount"), [(9, 3500), (8, 2800), (10, 3500)])
    def test_nine_tenths_of_what_was_granted_bring_all_of_it(self, done, amount):
        found = outcome(self.FIRST, *self.done(done), mobilities_granted=10)
        assert (found.low, found.high, found.informs) == (amount, amount, True)
        realised = outcome("project.organisational_support.realised", *self.done(done), mobilities_granted=10)
        assert realised.verdict is (Verdict.NOT_MET if done < 9 else Verdict.MET)

    @pytest.mark.parametrize(("entered", "granted"), [(0, 40), (2, 110)])
    def test_mobilities_granted_and_not_yet_entered_may_still_come(self, entered, granted):
        report = evaluate(project(*self.done(entered, stage="after_return"), mobilities_granted=granted)).rules.outcomes
        realised = report["project.organisational_support.realised"]
        assert realised.verdict is Verdict.UNDETERMINED
        assert any(f"{entered} of the {granted} granted mobilities are entered" in gap for gap in realised.gaps)
        assert (report[self.FIRST].low, report[self.FIRST].high) == (350 * entered, 350 * granted)

    def test_once_all_are_at_the_final_report_no_other_is_waited_for(self):
        for stage, high in (("final_report", 700), ("after_return", 3500)):
            assert outcome(self.FIRST, *self.done(2, stage=stage), mobilities_granted=10).high == high

    def test_one_that_is_not_eligible_has_taken_one_of_those_granted(self):
        refused = whole(stage="after_return", receiving_holds_charter=False)
        found = outcome(self.FIRST, *self.done(8, stage="after_return"), refused, refused, mobilities_granted=10)
        assert (found.low, found.high) == (2800, 2800)

    def test_what_is_planned_may_come_or_not(self):
        found = outcome(self.FIRST, *self.done(2), whole(), mobilities_granted=3)
        assert (found.low, found.high) == (700, 1050)

    def test_a_stay_without_grant_counts_only_if_it_is_flagged(self):
        for flagged, amount in ((True, 350), (False, 0)):
            one = whole(stage="final_report", is_zero_grant=True, counts_without_grant=flagged)
            assert outcome(self.FIRST, one, mobilities_granted=1).high == amount

    def test_the_call_2015_pays_less_from_the_hundred_and_first_on(self):
        some = self.done(1, 2015)
        many = [attrs.evolve(some[0], mobility=attrs.evolve(some[0].mobility, reference=f"m{n}")) for n in range(102)]
        report = evaluate(project(*many, call=2015, mobilities_granted=102)).rules.outcomes
        assert (report[self.FIRST].high, report[self.FURTHER].high) == (35000, 400)

    def test_elsewhere_every_participant_is_supported_alike(self):
        assert outcome(self.FURTHER, *self.done(1), mobilities_granted=1).verdict in {
            Verdict.NOT_APPLICABLE,
            Verdict.NOT_IN_FORCE,
        }


class TestWhatInforms:
    def test_targets_bind_the_agencies_and_are_told_without_a_refusal(self):
        found = outcome("project.targets.told", stay(2024, sending_country="VN"), call=2024)
        assert (found.verdict, found.informs) == (Verdict.MET, True)
        shares = [
            f"{line.share * 100:f}".rstrip("0").rstrip(".")
            for line in guide(2024)["indicative_targets"].lines
            if line.region == 5
        ]
        assert shares
        assert all(f"{share} %" in found.sentence for share in shares)

    def test_a_reference_used_twice_is_told(self):
        same = [stay(reference="A-1"), stay(reference="A-1")]
        assert outcome("project.mobilities.references", *same).verdict is Verdict.NOT_MET


# --- the report --------------------------------------------------------------------------------------------


def example() -> Project:
    from icm_rules import read_project

    read = read_project(EXAMPLE)
    assert read.refused == ()
    return read.project


class TestTheExample:
    def test_it_holds_at_least_forty_mobilities_of_which_most_are_eligible(self):
        report = evaluate(example())
        assert len(report.mobilities) >= 40
        assert dict(report.counts) == {"eligible": 45, "not eligible": 3, "cannot tell yet": 0}
        refused = {
            item.name: [each.identity for each in item.report.not_met]
            for item in report.mobilities
            if item.report.not_met
        }
        assert refused == {
            "ICM18-GE-03": ["recognition.learning_agreement.signed"],
            "ICM18-GE-06": ["duration.cycle.cap"],
            "ICM18-GE-10": ["duration.teaching.hours"],
        }
        assert report.overall is ProjectAnswer.NOT_IN_ORDER
        assert [item.identity for item in report.rules.not_met] == ["project.agreements.places"]

    def test_what_the_envelopes_say_is_the_sum_of_the_grants(self):
        report = evaluate(example())
        grants = [item.report.grant for item in report.mobilities if item.report.overall == "eligible"]
        assert sum(use.low for use in report.envelopes) == sum(grant.low for grant in grants)
        assert sum(use.high for use in report.envelopes) == sum(grant.high for grant in grants)

    def test_it_is_told_as_text_markdown_html_and_json(self):
        report = evaluate(example())
        text, page = report.to_text(), report.to_html()
        assert text == str(report)
        assert max(map(len, text.splitlines())) <= 100
        for name in ("ICM18-GE-06", "Georgia, 10 stays (exceeded)", "graz-tsu (exceeded)", "-866.67 EUR"):
            assert name in text
            assert name in report.to_markdown().replace("\\", "")
        assert page.count("<details>") == 48
        assert "<script" not in page
        data = json.loads(json.dumps(report.to_dict()))
        assert (data["overall"], len(data["mobilities"])) == ("not in order", 48)
        assert repr(report).startswith("<ProjectReport of 2018-1-AT01-KA107-038642")
        assert "Every rule" in report.to_text(all_rules=True)

    def test_the_rules_speak_of_a_project_in_its_own_words(self):
        for told, overall in (({}, "cannot tell yet"), ({"applicant": {"country": "KZ"}}, "not in order")):
            rules = evaluate(project_from_dict({"call": 2019, **told})).to_dict()["rules"]
            assert (rules["subject"], rules["overall"]) == ("project", overall)

    def test_progress_is_told_once_for_each(self):
        told: list[tuple[int, int]] = []
        evaluate(example(), progress=lambda done, of: told.append((done, of)))
        assert told == [(number, 48) for number in range(1, 49)]


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_the_order_of_mobilities_changes_no_result(data):
    whole_project = example()
    kept = data.draw(st.lists(st.sampled_from(whole_project.mobilities), min_size=2, max_size=12, unique_by=id))
    shuffled = data.draw(st.permutations(kept))
    one, other = (evaluate(attrs.evolve(whole_project, mobilities=items)) for items in (kept, shuffled))
    assert one.overall == other.overall
    assert one.rules == other.rules
    assert (one.envelopes, one.places) == (other.envelopes, other.places)
    assert {item.name: item.report for item in one.mobilities} == {item.name: item.report for item in other.mobilities}


def results(report: ProjectReport) -> Any:
    """What a report answers and pays, without the sentences that name mobilities by their position."""
    rules = {name: (item.verdict, item.low, item.high) for name, item in report.rules.outcomes.items()}
    mobilities = sorted(
        (
            *map(str, (item.person, item.report.overall, item.report.grant.low, item.report.grant.high)),
            *(f"{name}: {found.verdict}" for name, found in item.report.outcomes.items()),
        )
        for item in report.mobilities
    )
    return report.overall, rules, report.envelopes, report.total, report.places, mobilities


NAMELESS = [
    *(
        stay(person=person, **cycle, **days)
        for person in ("a", "b")
        for days in ({}, *SEVEN, LATER)
        for cycle in ({}, FIRST, {**FIRST, "days_used_in_cycle": 30})
    ),
    *(paid(country, agreement_name=name, person=None) for country in ("GE", "KZ") for name in ("x", None)),
    stay(sending_country=None),
    stay(sending_country="JE"),
    paid(receiving_holds_charter=False),
    attrs.evolve(paid(), mobility=attrs.evolve(paid().mobility, confirmed={"end_date": "2019-12-20"})),
]
"""Mobilities without a reference, of which a project can have any."""


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_the_order_of_mobilities_without_a_reference_changes_no_verdict_and_no_amount(data):
    kept = data.draw(st.lists(st.sampled_from(NAMELESS), min_size=2, max_size=6))
    shuffled = data.draw(st.permutations(kept))
    told = {
        "envelopes": [Envelope(region=2, granted_eur=7000), Envelope(countries=["KZ"], granted_eur=3000)],
        "mobilities_granted": 5,
    }
    one, other = (results(evaluate(project(*items, **told))) for items in (kept, shuffled))
    assert one == other


@given(granted=st.integers(0, 60), more=st.integers(0, 20))
@settings(max_examples=20, deadline=None)
def test_a_greater_envelope_never_turns_a_budget_that_is_kept_into_one_that_is_not(granted, more):
    stays = [paid(), paid("UA")]
    verdicts = [
        outcome("project.budget.total", *stays, envelopes=[Envelope(region=2, granted_eur=money * 500)]).verdict
        for money in (granted, granted + more)
    ]
    assert verdicts != [Verdict.MET, Verdict.NOT_MET]


@given(done=st.integers(0, 14), granted=st.integers(1, 12))
@settings(max_examples=20, deadline=None)
def test_one_more_mobility_never_lowers_organisational_support(done, granted):
    one = whole(stage="after_return")
    amounts = [
        outcome(TestOrganisationalSupport.FIRST, *[one] * number, mobilities_granted=granted).high
        for number in (done, done + 1)
    ]
    assert amounts[0] <= amounts[1]
