"""Applications: each rule on both sides of its edge and with the fact missing, the assessment, the states."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import attrs
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers, lists, sampled_from

from icm_rules import (
    Application,
    ApplicationState,
    AssessedUnit,
    Assessment,
    AwardResult,
    Flow,
    InputError,
    Institution,
    Mobility,
    OverallAnswer,
    Student,
    application_from_dict,
    assess,
    evaluate,
    programme_guide,
)
from icm_rules.adapters.agreements import assessment_from_dict
from icm_rules.agreements import application_rulebook, assessment_rulebook
from icm_rules.engine import Verdict
from icm_rules.guide import calls
from icm_rules.model.application import a_time_in_brussels
from icm_rules.rules import flows as flow_rules
from tests import strategies
from tests.documents.cases import (
    ALMATY,
    APPLICATION,
    ASSESSED,
    INCOMING,
    LJUBLJANA,
    SCORES,
    agreement_report,
    application_report,
    changed,
)
from tests.documents.forgetting import check_that_forgetting_refuses_nothing

MET, NOT_MET, OPEN, DUE = Verdict.MET, Verdict.NOT_MET, Verdict.UNDETERMINED, Verdict.DUE
OF = "application."
ALL_RULES = tuple(rule.identity for rule in application_rulebook().rules)

MEMBER = {"name": "University of Maribor", "country": "SI", "holds_charter": True}
CONSORTIUM = {"is_consortium": True, "consortium_is_accredited": True, "consortium_members": [LJUBLJANA, MEMBER]}
PRIVATE = {"is_private": True, "requested_grant_eur": "60000.01"}
BOTH_RATES = {"call": 2015, "flows": [{**INCOMING, "participants": 101}]}
TEACHING = {"country": "KZ", "direction": "outgoing", "activity": "teaching", "participants": 2, "average_days": 7}

SATISFIED: dict[str, dict[str, object]] = {
    "consortium.accredited": CONSORTIUM,
    "consortium.members_charter": CONSORTIUM,
    "finance.capacity": {**PRIVATE, "requested_grant_eur": 60000},
    "grant.individual_support_staff": {"flows": [TEACHING]},
    "grant.organisational_support_beyond": BOTH_RATES,
}
"""What must be told for a rule that does not speak of the application of the cases."""

REFUSED: dict[str, dict[str, object]] = {
    "applicant.programme_side": {"applying_institution": {"name": "Tbilisi State University", "country": "GE"}},
    "applicant.charter": {
        "is_consortium": False,
        "applying_institution": {**LJUBLJANA, "erasmus_code": None, "holds_charter": False},
    },
    "consortium.accredited": {**CONSORTIUM, "consortium_is_accredited": False},
    "consortium.members_charter": {**CONSORTIUM, "consortium_members": [LJUBLJANA, {**MEMBER, "holds_charter": False}]},
    "agency.own_country": {"agency": "AT01"},
    "deadline.in_time": {"submitted_at": "2019-02-05T12:00:01"},
    "round.one_application": {"applications_in_round": 2},
    "partners.recognised": {"partners": [{**ALMATY, "is_recognised": False}]},
    "partners.named": {"partners": [{"name": "Tbilisi", "country": "GE"}]},
    "partners.partner_side": {"partners": [ALMATY, {"name": "A university", "country": "FR"}]},
    "partners.agreements": {"partners": [{**ALMATY, "agreement_status": "draft"}]},
    "flows.open": {"flows": [{**INCOMING, "country": "AE"}]},
    "flows.duration": {"flows": [{**INCOMING, "average_months": None, "average_days": 361}]},
    "project.length": {"project_months": 26},
    "project.start": {"project_start": "2019-08-02"},
    "grant.as_computed": {"requested_grant_eur": 31021},
    "finance.capacity": {**PRIVATE, "financial_capacity_is_proven": False},
    "state.follows_assessment": {"state": "rejected"},
}
NO_OTHER_SIDE = (
    "agency.known",
    *(name.removeprefix(OF) for name in ALL_RULES if ".grant." in name and "as_" not in name),
)
"""Amounts, and what only informs whether a code was seen."""

MISSING: dict[str, tuple[dict[str, object], tuple[str, ...]]] = {
    "applicant.programme_side": ({"applying_institution": None}, ("applying_institution",)),
    "applicant.charter": ({"applying_institution": {"country": "SI"}}, ("applying_institution",)),
    "consortium.accredited": ({**CONSORTIUM, "consortium_is_accredited": None}, ("consortium_is_accredited",)),
    "consortium.members_charter": ({**CONSORTIUM, "consortium_members": [{"country": "SI"}]}, ("consortium_members",)),
    "agency.own_country": ({"agency": None}, ("agency",)),
    "agency.known": ({"agency": None}, ("agency",)),
    "deadline.in_time": ({"submitted_at": None}, ("submitted_at",)),
    "round.one_application": ({"applications_in_round": None}, ("applications_in_round",)),
    "partners.recognised": ({"partners": [{"country": "KZ"}]}, ("partners",)),
    "partners.named": ({"partners": [{"name": "Almaty"}]}, ("partners",)),
    "partners.partner_side": ({"partners": [{"name": "Almaty"}]}, ("partners",)),
    "partners.agreements": ({"partners": [ALMATY]}, ("partners",)),
    "flows.open": ({"flows": None}, ("flows",)),
    "flows.duration": ({"flows": [changed(INCOMING, average_months=None)]}, ("flows",)),
    "project.length": ({"project_months": None}, ("project_months",)),
    "project.start": ({"project_start": None}, ("project_start",)),
    "grant.individual_support_students": ({"flows": [changed(INCOMING, participants=None)]}, ("flows",)),
    "grant.individual_support_staff": ({"flows": [changed(TEACHING, average_days=None)]}, ("flows",)),
    "grant.travel_support": ({"flows": [changed(INCOMING, participants=None)]}, ("flows",)),
    "grant.organisational_support": ({"flows": [changed(INCOMING, participants=None)]}, ("flows",)),
    "grant.organisational_support_beyond": ({"call": 2015, "flows": None}, ("flows",)),
    "grant.as_computed": ({"requested_grant_eur": None}, ("requested_grant_eur",)),
    "finance.capacity": ({**PRIVATE, "financial_capacity_is_proven": None}, ("financial_capacity_is_proven",)),
    "state.follows_assessment": ({"assessment": None}, ("assessment",)),
}


class TestEveryRule:
    def test_the_tables_here_speak_of_every_rule(self) -> None:
        own = {identity.removeprefix(OF) for identity in ALL_RULES}
        assert {*REFUSED, *NO_OTHER_SIDE} == own
        assert set(MISSING) == own

    @pytest.mark.parametrize("name", [identity.removeprefix(OF) for identity in ALL_RULES])
    def test_is_met_or_due_by_the_whole_application(self, name: str) -> None:
        outcome = application_report(**SATISFIED.get(name, {})).outcomes[OF + name]
        assert outcome.verdict in {MET, DUE}

    def test_the_whole_application_is_eligible(self) -> None:
        assert application_report().overall is OverallAnswer.ELIGIBLE

    @pytest.mark.parametrize("name", REFUSED)
    def test_refuses_on_the_other_side(self, name: str) -> None:
        outcome = application_report(**REFUSED[name]).outcomes[OF + name]
        assert outcome.verdict is NOT_MET
        assert outcome.sentence

    @pytest.mark.parametrize("name", MISSING)
    def test_asks_for_what_is_missing(self, name: str) -> None:
        changes, asked = MISSING[name]
        outcome = application_report(**changes).outcomes[OF + name]
        assert outcome.verdict is OPEN
        assert outcome.missing == asked

    def test_without_anything_told_nothing_is_refused(self) -> None:
        assert evaluate(Application(call=2019)).overall is OverallAnswer.CANNOT_TELL_YET


class TestTheApplicant:
    def test_a_charter_of_a_country_outside_proves_nothing(self) -> None:
        tirana = {"name": "University of Tirana", "country": "AL", "holds_charter": True}
        report = application_report(applying_institution=tirana, is_consortium=False)
        outcome = report.outcomes[OF + "applicant.charter"]
        assert outcome.verdict is NOT_MET
        assert outcome.sentence.startswith("the Charter of University of Tirana proves nothing here")

    def test_nor_does_one_of_a_member_of_a_consortium(self) -> None:
        members = [LJUBLJANA, {"name": "University of Tirana", "country": "AL", "holds_charter": True}]
        outcome = application_report(**{**CONSORTIUM, "consortium_members": members}).outcomes[
            OF + "consortium.members_charter"
        ]
        assert outcome.verdict is NOT_MET
        assert "Albania, whose Charters prove nothing here" in outcome.sentence

    @pytest.mark.parametrize(
        ("country", "code", "verdict"),
        [
            ("SI", "AL TIRANA01", OPEN),
            ("SI", "SI LJUBLJA01", MET),
            ("SI", None, MET),
            # The codes of Reunion are those of France.
            ("RE", "F  ST-DENI01", MET),
            ("RE", "SI LJUBLJA01", OPEN),
        ],
    )
    def test_a_code_of_another_country_leaves_the_charter_open(
        self, country: str, code: str | None, verdict: Verdict
    ) -> None:
        told = changed({"name": "A university", "country": country, "holds_charter": True}, erasmus_code=code)
        own = application_report(applying_institution=told).outcomes[OF + "applicant.charter"]
        member = application_report(**{**CONSORTIUM, "consortium_members": [LJUBLJANA, told]}).outcomes[
            OF + "consortium.members_charter"
        ]
        party = agreement_report(parties=[told, ALMATY]).outcomes["agreement_document.parties.programme_charter"]
        for outcome, asked in ((own, "applying_institution"), (member, "consortium_members"), (party, "parties")):
            assert outcome.verdict is verdict
            assert outcome.missing == ((asked,) if verdict is OPEN else ())
            assert ("the Erasmus code" in outcome.sentence) is (verdict is OPEN)

    def test_a_member_in_a_territory_counts_as_its_state(self) -> None:
        reunion = {"name": "Universite de La Reunion", "country": "RE", "holds_charter": True}
        found = application_report(**{**CONSORTIUM, "consortium_members": [LJUBLJANA, reunion]})
        assert found.outcomes[OF + "consortium.members_charter"].verdict is MET

    def test_a_consortium_is_not_asked_for_its_own_charter(self) -> None:
        assert application_report(**CONSORTIUM).outcomes[OF + "applicant.charter"].verdict is Verdict.NOT_APPLICABLE

    def test_a_consortium_needs_members(self) -> None:
        outcome = application_report(**{**CONSORTIUM, "consortium_members": []}).outcomes[
            OF + "consortium.members_charter"
        ]
        assert outcome.verdict is NOT_MET

    def test_members_make_a_consortium(self) -> None:
        with pytest.raises(InputError, match="it is told to be none"):
            Application(call=2019, is_consortium=False, consortium_members=[LJUBLJANA])

    def test_members_that_are_named_make_it_one(self) -> None:
        """Whoever coordinates a consortium need not hold the Charter."""
        named = {"consortium_members": [LJUBLJANA, MEMBER], "consortium_is_accredited": True}
        office = {"name": "Consortium office", "country": "SI", "holds_charter": False}
        asked = application_from_dict(changed(APPLICATION, **named, applying_institution=office))
        assert asked.is_consortium is True
        outcomes = evaluate(asked).outcomes
        assert outcomes[OF + "applicant.charter"].verdict is Verdict.NOT_APPLICABLE
        assert outcomes[OF + "consortium.members_charter"].verdict is MET

    @pytest.mark.parametrize(("told", "verdict"), [(None, OPEN), (False, NOT_MET), (True, Verdict.NOT_APPLICABLE)])
    @pytest.mark.parametrize("country", ["SI", "AL"])
    def test_an_applicant_without_charter_may_coordinate_a_consortium(
        self, country: str, told: bool | None, verdict: Verdict
    ) -> None:
        office = {"country": country, "holds_charter": False}
        outcome = application_report(applying_institution=office, is_consortium=told).outcomes[OF + "applicant.charter"]
        assert outcome.verdict is verdict
        assert outcome.missing == (("is_consortium",) if verdict is OPEN else ())

    def test_greek_agencies_have_the_letters_of_the_union(self) -> None:
        athens = {"country": "GR", "holds_charter": True}
        outcome = application_report(applying_institution=athens, agency="el01").outcomes[OF + "agency.own_country"]
        assert outcome.verdict is MET

    @pytest.mark.parametrize(("agency", "verdict"), [("SI01", MET), ("CY01", OPEN), ("SI77", OPEN)])
    def test_whether_a_code_was_seen_only_informs(self, agency: str, verdict: Verdict) -> None:
        outcome = application_report(agency=agency).outcomes[OF + "agency.known"]
        assert outcome.verdict is verdict
        assert outcome.informs


class TestPartners:
    @pytest.mark.parametrize(
        ("status", "said"),
        [
            ("draft", "the agreement is not signed so far with: KazNU (draft)"),
            ("terminated", "the agreement is no longer in force with: KazNU (terminated)"),
        ],
    )
    def test_an_agreement_that_ended_was_signed(self, status: str, said: str) -> None:
        partner = {"name": "KazNU", "country": "KZ", "agreement_status": status}
        outcome = application_report(partners=[partner]).outcomes[OF + "partners.agreements"]
        assert (outcome.verdict, outcome.sentence) == (NOT_MET, said)

    @pytest.mark.parametrize(
        ("call", "country", "verdict"),
        [
            (2019, "FR", NOT_MET),
            (2019, "RE", NOT_MET),
            (2018, "RS", MET),
            (2019, "RS", NOT_MET),
            (2019, "AQ", OPEN),
        ],
    )
    def test_are_of_the_other_side(self, call: int, country: str, verdict: Verdict) -> None:
        """Whether a flow is with them or not."""
        asked = Application(call=call, partners=[ALMATY, {"name": "Another", "country": country}])
        assert evaluate(asked).outcomes[OF + "partners.partner_side"].verdict is verdict

    @pytest.mark.parametrize(
        "again",
        [
            ALMATY,
            {**ALMATY, "agreement_status": "draft"},
            {"name": "KazNU", "pic": ALMATY["pic"]},
            {"name": str(ALMATY["name"]).upper(), "country": "KZ"},
        ],
    )
    def test_one_is_named_once(self, again: dict[str, object]) -> None:
        with pytest.raises(InputError, match="is named twice as a partner"):
            Application(call=2019, partners=[ALMATY, again])

    @pytest.mark.parametrize(
        "other",
        [
            {**ALMATY, "pic": "999861069"},
            {**ALMATY, "pic": None, "country": "KG"},
            {"country": "KZ"},
        ],
    )
    def test_two_that_differ_are_two(self, other: dict[str, object]) -> None:
        assert len(Application(call=2019, partners=[ALMATY, other]).partners or ()) == 2

    @pytest.mark.parametrize("own", [LJUBLJANA, {"name": "UL", "erasmus_code": "SI LJUBLJA01"}])
    def test_the_applicant_is_none_of_them(self, own: dict[str, object]) -> None:
        with pytest.raises(InputError, match="is named as its own partner"):
            Application(call=2019, applying_institution=LJUBLJANA, partners=[own])


@pytest.mark.parametrize("code", ["XX01", "S101", "SI1"])
def test_an_agency_is_told_by_its_whole_code(code: str) -> None:
    with pytest.raises(InputError, match=f"'{code}' is no code of a National Agency"):
        Application(call=2019, agency=code)


def test_a_state_is_not_asked_for() -> None:
    report = application_report(state=None)
    assert report.outcomes[OF + "state.follows_assessment"].verdict is Verdict.NOT_APPLICABLE
    assert report.missing == ()


class TestTheDeadline:
    @pytest.mark.parametrize(
        ("call", "at", "verdict"),
        [
            (2019, "2019-02-04T23:59:59", MET),
            (2019, "2019-02-05T11:59:59", MET),
            (2019, "2019-02-05T12:00:00", OPEN),
            (2019, "2019-02-05T12:00:01", NOT_MET),
            (2019, "2019-02-06T00:00:00", NOT_MET),
            # Winter time: Brussels is one hour ahead of Greenwich, and five behind Almaty.
            (2019, "2019-02-05T10:59:59+00:00", MET),
            (2019, "2019-02-05T11:00:01Z", NOT_MET),
            (2019, "2019-02-05T17:00:00+06:00", OPEN),
            # Moved by a day.
            (2018, "2018-02-01T12:00:01", MET),
            (2018, "2018-02-02T11:59:59", MET),
            (2018, "2018-02-02T12:00:01", NOT_MET),
            # No text shows the hour of call 2022.
            (2022, "2022-02-23T11:59:59", MET),
            (2022, "2022-02-23T12:00:01", OPEN),
            (2022, "2022-02-24T00:00:00", NOT_MET),
        ],
    )
    def test_is_at_noon_in_brussels(self, call: int, at: str, verdict: Verdict) -> None:
        outcome = evaluate(Application(call=call, submitted_at=at)).outcomes[OF + "deadline.in_time"]
        assert outcome.verdict is verdict

    @pytest.mark.parametrize(("at", "verdict"), [("09:59:59", MET), ("10:00:01", NOT_MET)])
    def test_summer_time_counts(self, at: str, verdict: Verdict) -> None:
        """The second round of 2015 ended on 24 September, when Brussels is two hours ahead of Greenwich."""
        told = Application(call=2015, round=2, submitted_at=f"2015-09-24T{at}+00:00")
        assert evaluate(told).outcomes[OF + "deadline.in_time"].verdict is verdict

    @pytest.mark.parametrize(
        ("call", "at", "told", "verdict"),
        [
            (2016, "2016-02-01T10:00", None, MET),
            (2016, "2016-09-01T10:00", None, OPEN),
            (2016, "2016-09-01T10:00", 1, NOT_MET),
            (2016, "2016-09-01T10:00", 2, MET),
            (2016, "2016-09-16T10:00", None, NOT_MET),
            (2015, "2015-09-01T10:00", None, OPEN),
            (2019, "2019-09-01T10:00", None, NOT_MET),
        ],
    )
    def test_is_open_while_another_round_would_do(self, call: int, at: str, told: int | None, verdict: Verdict) -> None:
        outcome = evaluate(Application(call=call, round=told, submitted_at=at)).outcomes[OF + "deadline.in_time"]
        assert outcome.verdict is verdict
        assert outcome.missing == (("round",) if verdict is OPEN else ())

    def test_of_a_round_that_no_text_names_is_a_gap(self) -> None:
        outcome = application_report(round=3).outcomes[OF + "deadline.in_time"]
        assert outcome.verdict is OPEN
        assert outcome.gaps

    def test_a_moment_is_read_from_python_too(self) -> None:
        at = dt.datetime(2019, 2, 5, 10, 0, tzinfo=dt.timezone(dt.timedelta(hours=2)))
        assert a_time_in_brussels(at) == dt.datetime(2019, 2, 5, 9, 0)  # noqa: DTZ001 - by the clocks of Brussels

    @pytest.mark.parametrize("at", ["2019-02-05", "noon", 5, "2019-02-30T10:00", "20190205"])
    def test_a_day_is_no_moment(self, at: object) -> None:
        with pytest.raises(InputError, match="is no moment"):
            Application(call=2019, submitted_at=at)


class TestFlows:
    def test_what_is_said_of_several_is_said_once(self) -> None:
        report = application_report(applying_institution=None, flows=[INCOMING, TEACHING])
        sentence = report.outcomes[OF + "flows.open"].sentence
        assert sentence.startswith("incoming studies, Kazakhstan and outgoing teaching, Kazakhstan: ")

    def test_what_is_closed_is_told_flow_by_flow(self) -> None:
        outcome = application_report(flows=[INCOMING, {**INCOMING, "country": "AE"}]).outcomes[OF + "flows.open"]
        assert outcome.sentence.startswith("incoming studies, United Arab Emirates: ")
        assert outcome.citations

    @pytest.mark.parametrize(
        "name", ["flows.open", "grant.individual_support_students", "grant.travel_support", "flows.duration"]
    )
    def test_without_the_country_of_the_applicant_it_is_asked_for(self, name: str) -> None:
        outcome = application_report(applying_institution={"name": "A university"}).outcomes[OF + name]
        assert outcome.verdict is (MET if name == "flows.duration" else OPEN)
        assert outcome.missing == (() if name == "flows.duration" else ("applying_institution",))

    @settings(max_examples=25, deadline=None)
    @given(strategies.flows(), strategies.calls())
    def test_what_a_mobility_is_refused_for_a_flow_is_refused_for(self, flow: Flow, call: int) -> None:
        """And where it is not refused, nor is the flow: one rule, one answer."""
        own, partner = Institution(country="SI"), Institution(country=flow.country)
        incoming = flow.direction.value == "incoming"
        stay = Mobility(
            call=call,
            activity=flow.activity,
            stay_format="long_term",
            sending=partner if incoming else own,
            receiving=own if incoming else partner,
            participant=Student(study_cycle=flow.study_cycle) if flow.activity.of_students else None,
        )
        outcomes = evaluate(stay).outcomes
        refused = any(outcomes[identity].verdict is NOT_MET for identity in flow_rules.ELIGIBILITY)
        asked = Application(call=call, applying_institution=own, flows=[flow])
        found = evaluate(asked).outcomes[OF + "flows.open"]
        assert (found.verdict is NOT_MET) is refused

    def test_an_application_asks_for_something(self) -> None:
        assert application_report(flows=[]).outcomes[OF + "flows.open"].verdict is NOT_MET

    @pytest.mark.parametrize(("cycle", "verdict"), [("third", MET), ("first", NOT_MET), (None, OPEN)])
    def test_outgoing_students_of_a_limited_region(self, cycle: str | None, verdict: Verdict) -> None:
        flow = changed({**INCOMING, "country": "CN", "direction": "outgoing"}, study_cycle=cycle)
        assert application_report(call=2017, flows=[flow]).outcomes[OF + "flows.open"].verdict is verdict

    @pytest.mark.parametrize(("call", "verdict"), [(2017, NOT_MET), (2018, MET)])
    def test_a_traineeship_is_open_from_2018_on(self, call: int, verdict: Verdict) -> None:
        flow = {**INCOMING, "activity": "traineeship"}
        assert application_report(call=call, flows=[flow]).outcomes[OF + "flows.open"].verdict is verdict

    @pytest.mark.parametrize(("days", "verdict"), [(4, NOT_MET), (5, MET), (60, MET), (61, NOT_MET)])
    def test_staff_stays_five_to_sixty_days_on_average(self, days: int, verdict: Verdict) -> None:
        flow = {**TEACHING, "average_days": days, "invited_from_enterprises": False}
        assert application_report(flows=[flow]).outcomes[OF + "flows.duration"].verdict is verdict

    @pytest.mark.parametrize(("term", "verdict"), [(True, MET), (False, NOT_MET), (None, OPEN)])
    def test_a_term_may_be_shorter(self, term: bool | None, verdict: Verdict) -> None:
        flow = changed({**INCOMING, "average_months": 2}, covers_academic_term=term)
        assert application_report(flows=[flow]).outcomes[OF + "flows.duration"].verdict is verdict

    @pytest.mark.parametrize(
        ("call", "invited", "verdict"),
        [(2019, True, MET), (2019, None, OPEN), (2019, False, NOT_MET), (2018, True, NOT_MET)],
    )
    def test_staff_invited_from_enterprises_may_come_for_a_day(
        self, call: int, invited: bool | None, verdict: Verdict
    ) -> None:
        flow = changed({**TEACHING, "direction": "incoming", "average_days": 1}, invited_from_enterprises=invited)
        outcome = application_report(call=call, flows=[flow]).outcomes[OF + "flows.duration"]
        assert outcome.verdict is verdict
        assert ("tell invited_from_enterprises" in outcome.sentence) is (verdict is OPEN)

    @pytest.mark.parametrize(
        ("told", "said"),
        [
            ({"activity": "teaching", "stay_format": "short_doctoral"}, "is one of students"),
            ({"activity": "studies", "invited_from_enterprises": True}, "is staff"),
        ],
    )
    def test_a_flow_is_of_those_who_can_go(self, told: dict[str, object], said: str) -> None:
        with pytest.raises(InputError, match=said):
            Flow(country="KZ", direction="incoming", **told)

    def test_months_are_of_thirty_days(self) -> None:
        flow = {"country": "KZ", "direction": "incoming", "activity": "studies"}
        assert Flow(**flow, average_months="4.5").days == 135
        assert Flow(**flow, average_days=17).days == 17
        assert Flow(**flow).days is None

    def test_an_average_is_told_once_and_in_whole_days(self) -> None:
        flow = {"country": "KZ", "direction": "incoming", "activity": "studies"}
        with pytest.raises(InputError, match="in days and in months"):
            Flow(**flow, average_months=4, average_days=120)
        with pytest.raises(InputError, match=r"4\.51 months are 135\.3 days"):
            Flow(**flow, average_months="4.51")

    def test_a_flow_goes_one_of_two_ways(self) -> None:
        with pytest.raises(InputError, match="is no direction of a flow"):
            Flow(country="KZ", direction="between_partner_countries", activity="studies")


class TestTheGrant:
    def test_is_counted_by_the_rates_of_the_call(self) -> None:
        """6 stays of 150 days at 800/30; 2 of 7 days and 2 of travel at 180; 8 journeys of 820; 8 times 350."""
        flows = [INCOMING, {**TEACHING, "travel_days": 2, "distance_km": 4817}]
        lines = {line.identity: line.amount for line in application_report(flows=flows).grant.lines}
        assert lines == {
            "application.grant.individual_support_students": Decimal(24000),
            "application.grant.individual_support_staff": Decimal(3240),
            "application.grant.travel_support": Decimal(6560),
            "application.grant.organisational_support": Decimal(2800),
        }

    def test_organisational_support_has_two_rates_in_2015(self) -> None:
        lines = {line.identity: line.amount for line in application_report(**BOTH_RATES).grant.lines}
        assert lines["application.grant.organisational_support"] == 35000
        assert lines["application.grant.organisational_support_beyond"] == 200

    def test_thirds_of_a_euro_are_rounded_once(self) -> None:
        """3 stays of 137 days at 800/30 are 10,960 exactly, each of them 3,653.33."""
        flow = changed(INCOMING, average_months=None, participants=3, average_days=137)
        assert application_report(flows=[flow]).grant.lines[0].amount == Decimal("10960.00")
        alone = application_report(flows=[{**flow, "participants": 1}]).grant.lines[0]
        assert alone.amount == Decimal("3653.33")

    def test_is_a_range_while_the_distance_is_not_told(self) -> None:
        grant = application_report(flows=[changed(INCOMING, distance_km=None)]).grant
        assert (grant.low, grant.high) == (Decimal(26100), Decimal(35100))

    @pytest.mark.parametrize(("green", "amount"), [(False, "3708.00"), (True, "5004.00"), (None, None)])
    def test_green_travel_of_2024(self, green: bool | None, amount: str | None) -> None:
        """12 journeys of 1,000 km: 309 each, or 417 where they are green."""
        flow = changed({**INCOMING, "country": "GE", "participants": 12, "distance_km": 1000}, travels_green=green)
        line = next(
            line for line in application_report(call=2024, flows=[flow]).grant.lines if "travel" in line.identity
        )
        assert line.amount == (None if amount is None else Decimal(amount))

    @pytest.mark.parametrize(("asked", "verdict"), [("31020.00", MET), ("31021", NOT_MET), ("31019", NOT_MET)])
    def test_the_form_asks_for_it(self, asked: str, verdict: Verdict) -> None:
        outcome = application_report(requested_grant_eur=asked).outcomes[OF + "grant.as_computed"]
        assert outcome.verdict is verdict
        assert outcome.informs

    def test_each_flow_says_what_it_amounts_to(self) -> None:
        outgoing = {**INCOMING, "country": "GE", "participants": 1, "average_months": None, "average_days": 137}
        asked = application_report(flows=[INCOMING, changed(outgoing)])
        assert asked.outcomes[OF + "grant.individual_support_students"].sentence == (
            "7 participants in 2 flows: 24000.00 EUR for incoming studies, Kazakhstan; "
            "3653.33 EUR for incoming studies, Georgia"
        )
        alone = application_report().outcomes[OF + "grant.individual_support_students"]
        assert alone.sentence == "6 participants in 1 flow"

    def test_asks_for_the_applicant_and_not_for_flows_that_are_told(self) -> None:
        report = application_report(applying_institution=None)
        assert report.outcomes[OF + "grant.as_computed"].missing == ("applying_institution",)


class TestFinancialCapacity:
    @pytest.mark.parametrize(
        ("asked", "proven", "verdict"),
        [
            (60000, False, MET),
            ("60000.01", False, NOT_MET),
            ("60000.01", True, MET),
            ("60000.01", None, OPEN),
            (None, False, MET),
        ],
    )
    def test_is_proved_above_the_limit(self, asked: object, proven: bool | None, verdict: Verdict) -> None:
        report = application_report(is_private=True, requested_grant_eur=asked, financial_capacity_is_proven=proven)
        assert report.outcomes[OF + "finance.capacity"].verdict is verdict

    def test_is_open_while_nothing_tells_the_sum(self) -> None:
        report = application_report(is_private=True, requested_grant_eur=None, flows=None)
        assert report.outcomes[OF + "finance.capacity"].missing == (
            "requested_grant_eur",
            "financial_capacity_is_proven",
        )

    def test_is_not_asked_of_public_applicants(self) -> None:
        outcome = application_report(is_private=False, requested_grant_eur=200_000).outcomes[OF + "finance.capacity"]
        assert outcome.verdict is Verdict.NOT_APPLICABLE

    @pytest.mark.parametrize(
        ("asked", "proven", "verdict", "missing"),
        [
            (60000, None, MET, ()),
            (200_000, None, OPEN, ("is_private", "financial_capacity_is_proven")),
            (200_000, False, OPEN, ("is_private",)),
            (200_000, True, MET, ()),
        ],
    )
    def test_of_whom_nobody_tells_may_be_private(
        self, asked: int, proven: bool | None, verdict: Verdict, missing: tuple[str, ...]
    ) -> None:
        report = application_report(requested_grant_eur=asked, financial_capacity_is_proven=proven)
        outcome = report.outcomes[OF + "finance.capacity"]
        assert (outcome.verdict, outcome.missing) == (verdict, missing)


@pytest.mark.parametrize("call", calls())
def test_the_lengths_of_projects_are_those_of_each_call(call: int) -> None:
    for months in programme_guide(call)["project_duration"].months:
        outcome = evaluate(Application(call=call, project_months=months)).outcomes[OF + "project.length"]
        assert outcome.verdict is MET
    assert evaluate(Application(call=call, project_months=18)).outcomes[OF + "project.length"].verdict is not MET


@settings(max_examples=20, deadline=None)
@given(strategies.applications())
def test_every_application_gets_a_report(application: Application) -> None:
    report = evaluate(application)
    assert type(report).from_dict(report.to_dict()) == report
    assert all("{" not in outcome.sentence for outcome in report.outcomes.values())
    assert report.grant.high is None or report.grant.low <= report.grant.high


UNSEEN_ROUND = frozenset({"round"})
"""A round that no text names is a gap; one that is not told is a round that the call has."""


@settings(max_examples=20, deadline=None)
@given(strategies.applications())
def test_an_unknown_of_any_application_is_no_refusal(application: Application) -> None:
    rounds = {line.round for line in programme_guide(application.call)["deadlines"].lines}
    but = frozenset() if application.round in rounds else UNSEEN_ROUND
    check_that_forgetting_refuses_nothing(application, programme_guide(application.call), but=but)


@pytest.mark.parametrize("name", [None, *REFUSED, *SATISFIED])
def test_an_unknown_of_an_application_with_a_fault_is_no_refusal(name: str | None) -> None:
    """Nor of one of a consortium, of a private applicant, of staff."""
    changes = {**SATISFIED, **REFUSED}[name] if name is not None else {}
    application = application_from_dict(changed(APPLICATION, **changes))
    check_that_forgetting_refuses_nothing(application, programme_guide(application.call))


def test_an_unknown_of_an_application_of_a_second_round_is_no_refusal() -> None:
    asked = application_from_dict(changed(APPLICATION, call=2016, round=2, submitted_at="2016-09-01T10:00"))
    check_that_forgetting_refuses_nothing(asked, programme_guide(2016))


# --- assessment --------------------------------------------------------------------------------------------


def scored(*points: int | None, **changes: object) -> AssessedUnit:
    """What is assessed, with these points for the criteria of KA107; nothing for those that are None."""
    names = [name for name, _ in SCORES]
    scores = [
        {"criterion": name, "points": given} for name, given in zip(names, points, strict=False) if given is not None
    ]
    return AssessedUnit(**changed({"country": "KZ", "budget_suffices": True}, scores=scores, **changes))


def decided(unit: AssessedUnit, call: int = 2020) -> tuple[AwardResult | None, str]:
    (decision,) = assess(Assessment(call=call, units=[unit]))
    return decision.result, decision.sentence


class TestAssessment:
    @pytest.mark.parametrize(
        ("points", "result"),
        [
            ((15, 25, 10, 10), AwardResult.SUPPORTED),
            ((15, 25, 10, 9), AwardResult.REJECTED),
            ((14, 30, 20, 20), AwardResult.REJECTED),
            ((30, 30, 20, 20), AwardResult.SUPPORTED),
        ],
    )
    def test_sixty_points_and_half_of_the_first_criterion(self, points: tuple[int, ...], result: AwardResult) -> None:
        assert decided(scored(*points))[0] is result

    @pytest.mark.parametrize(
        ("suffices", "result"), [(True, AwardResult.SUPPORTED), (False, AwardResult.RESERVE), (None, None)]
    )
    def test_the_money_parts_those_who_reach_them(self, suffices: bool | None, result: AwardResult | None) -> None:
        assert decided(scored(20, 20, 15, 15, budget_suffices=suffices))[0] is result

    def test_the_sentence_says_why(self) -> None:
        assert decided(scored(14, 30, 20, 20))[1] == (
            "14 of 30 points for Relevance of the strategy are fewer than the 15 asked for"
        )

    def test_points_that_are_missing_leave_it_open(self) -> None:
        result, sentence = decided(scored(20, 20, None, 15))
        assert result is None
        assert sentence == (
            "no points are told for: Quality of the activity (project) design and implementation; "
            "55 points so far; 60 are asked for, and not every criterion is scored"
        )

    def test_what_can_no_longer_be_reached_is_rejected_before_all_is_scored(self) -> None:
        assert decided(scored(20, 10, None, 5))[0] is AwardResult.REJECTED

    def test_an_impossible_score_decides_nothing(self) -> None:
        result, sentence = decided(scored(31, 30, 20, 20))
        assert result is None
        assert sentence == "31 for Relevance of the strategy, which has 30 at most"

    def test_a_criterion_of_another_call_is_named(self) -> None:
        unit = AssessedUnit(country="KZ", scores=[{"criterion": "Relevence of the strategy", "points": 20}])
        result, sentence = decided(unit)
        assert result is None
        assert "did you mean 'Relevance of the strategy'" in sentence

    def test_each_country_is_assessed_by_itself(self) -> None:
        units = [scored(20, 20, 15, 15), scored(10, 10, 10, 10, country="GE")]
        found = {each.unit.label: each.result for each in assess(Assessment(call=2019, units=units))}
        assert found == {"Kazakhstan": AwardResult.SUPPORTED, "Georgia": AwardResult.REJECTED}

    @pytest.mark.parametrize(
        ("call", "told", "verdict"),
        [
            (2019, {"country": "KZ"}, MET),
            (2019, {"region": 7}, NOT_MET),
            (2019, {"country": "DE"}, NOT_MET),
            (2019, {"country": "AQ"}, OPEN),
            (2019, {}, OPEN),
            (2024, {"country": "KZ"}, NOT_MET),
            (2024, {"region": 6}, MET),
            (2024, {"region": 99}, NOT_MET),
            (2024, {}, OPEN),
        ],
    )
    def test_by_what_the_call_assesses(self, call: int, told: dict[str, object], verdict: Verdict) -> None:
        (decision,) = assess(Assessment(call=call, units=[AssessedUnit(**told)]))
        assert decision.report.outcomes["assessment.unit.named"].verdict is verdict

    def test_ka171_refuses_by_the_sixty_points_alone(self) -> None:
        names = [line.name for line in programme_guide(2024)["award_criteria"].lines]

        def result(*points: int) -> AwardResult | None:
            scores = [{"criterion": name, "points": given} for name, given in zip(names, points, strict=True)]
            return decided(AssessedUnit(region=6, scores=scores, budget_suffices=True), 2024)[0]

        assert result(20, 30, 10) is AwardResult.SUPPORTED
        assert result(20, 30, 9) is AwardResult.REJECTED
        assert result(19, 40, 20) is None

    @pytest.mark.parametrize("call", calls())
    def test_all_points_are_enough_in_every_call(self, call: int) -> None:
        scores = [
            {"criterion": line.name, "points": line.maximum_points}
            for line in programme_guide(call)["award_criteria"].lines
        ]
        unit = {"country": "KZ"} if call < 2022 else {"region": 6}
        assert decided(AssessedUnit(**unit, scores=scores, budget_suffices=True), call)[0] is AwardResult.SUPPORTED

    @pytest.mark.parametrize("unit", [{"region": 7}, {"country": "DE"}, {"country": "AQ"}, {}])
    def test_full_points_support_nothing_that_is_not_assessed_by_itself(self, unit: dict[str, object]) -> None:
        """Nor do they reject it, or put it on the reserve list: they are the points of something else."""
        scores = [{"criterion": name, "points": points} for name, points in SCORES]
        result, sentence = decided(AssessedUnit(**unit, scores=scores, budget_suffices=True), 2019)
        assert result is None
        assert sentence

    def test_too_few_points_reject_a_part_that_is_not_named(self) -> None:
        assert decided(scored(10, 10, 10, 10, country=None))[0] is AwardResult.REJECTED

    @pytest.mark.parametrize(
        ("call", "unit", "verdict"),
        [
            (2019, {"country": "KZ"}, MET),
            (2019, {"country": "GE"}, NOT_MET),
            (2024, {"region": 6}, MET),
            (2024, {"region": 1}, NOT_MET),
        ],
    )
    def test_a_part_is_one_of_the_application(self, call: int, unit: dict[str, object], verdict: Verdict) -> None:
        asked = application_from_dict(changed(APPLICATION, call=call, assessment={"units": [unit]}))
        (decision,) = assess(asked)
        outcome = decision.report.outcomes["assessment.unit.named"]
        assert outcome.verdict is verdict
        assert ("no flow of the application" in outcome.sentence) is (verdict is NOT_MET)
        without_flows = assess(attrs.evolve(asked, flows=None))[0].report
        assert without_flows.outcomes["assessment.unit.named"].verdict is MET

    def test_a_flow_in_no_list_may_be_in_any_region(self) -> None:
        asked = Application(
            call=2024,
            flows=[{"country": "AQ", "direction": "incoming", "activity": "studies"}],
            assessment=Assessment(units=[AssessedUnit(region=6)]),
        )
        assert assess(asked)[0].report.outcomes["assessment.unit.named"].verdict is OPEN

    @pytest.mark.parametrize("unit", [{"country": "KZ"}, {"region": 6}])
    def test_a_part_is_assessed_once(self, unit: dict[str, object]) -> None:
        with pytest.raises(InputError, match="is assessed more than once"):
            Assessment(units=[AssessedUnit(**unit), AssessedUnit(**unit, budget_suffices=True)])

    def test_points_that_are_not_told_are_asked_for_once(self) -> None:
        assert decided(AssessedUnit(country="KZ", budget_suffices=True)) == (
            None,
            "how many points were given for each criterion is not told",
        )

    @settings(max_examples=30, deadline=None)
    @given(lists(integers(0, 20), min_size=4, max_size=4), integers(0, 3), integers(1, 10))
    def test_a_point_more_never_rejects(self, points: list[int], where: int, more: int) -> None:
        richer = [given + (more if place == where else 0) for place, given in enumerate(points)]
        most = (30, 30, 20, 20)
        if decided(scored(*points))[0] is AwardResult.SUPPORTED and richer[where] <= most[where]:
            assert decided(scored(*richer))[0] is AwardResult.SUPPORTED

    def test_every_rule_has_a_case_in_which_it_is_met_and_one_in_which_it_asks(self) -> None:
        (full,) = assess(Assessment(call=2020, units=[AssessedUnit(**ASSESSED)]))
        (empty,) = assess(Assessment(call=2020, units=[AssessedUnit()]))
        identities = [rule.identity for rule in assessment_rulebook().rules]
        assert {full.report.outcomes[identity].verdict for identity in identities} == {MET}
        assert {empty.report.outcomes[identity].verdict for identity in identities} == {OPEN}
        assert all(empty.report.outcomes[identity].missing for identity in identities)

    def test_the_call_must_be_told(self) -> None:
        with pytest.raises(InputError, match="the call of the assessment is not told"):
            assess(Assessment(units=[]))
        assert assess(Assessment(units=[]), guide=programme_guide(2019)) == ()

    def test_a_criterion_is_scored_once(self) -> None:
        with pytest.raises(InputError, match="is scored more than once"):
            assessment_from_dict(
                {"units": [{"scores": [{"criterion": "A", "points": 1}, {"criterion": "a", "points": 2}]}]}
            )

    def test_a_unit_is_a_country_or_a_region(self) -> None:
        with pytest.raises(InputError, match="one of the two"):
            AssessedUnit(country="KZ", region=7)

    def test_its_call_is_that_of_the_application(self) -> None:
        with pytest.raises(InputError, match="is of call 2018"):
            Application(call=2019, assessment=Assessment(call=2018))


# --- states ------------------------------------------------------------------------------------------------


class TestStates:
    ROAD = (
        "draft",
        "submitted",
        "assessed",
        "reserve",
        "supported",
        "agreement_signed",
        "running",
        "reported",
        "closed",
    )

    def test_an_application_goes_its_way(self) -> None:
        state = ApplicationState.DRAFT
        for name in self.ROAD[1:]:
            state = state.to(name)
        assert state is ApplicationState.CLOSED

    def test_an_impossible_one_is_refused_and_the_possible_ones_are_named(self) -> None:
        with pytest.raises(InputError) as refusal:
            ApplicationState.ASSESSED.to("running")
        assert str(refusal.value) == (
            "an application that is assessed cannot become running; it may become: supported, reserve, rejected"
        )

    def test_an_unknown_one_is_refused(self) -> None:
        with pytest.raises(InputError, match="did you mean 'running'"):
            ApplicationState.AGREEMENT_SIGNED.to("runing")

    @given(lists(sampled_from(ApplicationState), max_size=12))
    def test_no_way_leads_from_rejected_to_running(self, wanted: list[ApplicationState]) -> None:
        state = ApplicationState.REJECTED
        for each in wanted:
            try:
                state = state.to(each)
            except InputError:
                assert each not in state.following
        assert state is ApplicationState.REJECTED

    def test_nothing_that_runs_was_ever_rejected(self) -> None:
        """Every state that can be reached from any other one, over all ways."""

        def reached(start: ApplicationState) -> set[ApplicationState]:
            found: set[ApplicationState] = set()
            waiting = list(start.following)
            while waiting:
                state = waiting.pop()
                if state not in found:
                    found.add(state)
                    waiting += state.following
            return found

        assert reached(ApplicationState.REJECTED) == set()
        assert ApplicationState.RUNNING in reached(ApplicationState.RESERVE)
        assert all(state not in reached(state) for state in ApplicationState)
        assert reached(ApplicationState.DRAFT) == set(ApplicationState) - {ApplicationState.DRAFT}

    @pytest.mark.parametrize(
        ("state", "suffices", "verdict"),
        [
            ("assessed", True, MET),
            ("running", True, MET),
            ("supported", False, MET),
            ("reserve", False, MET),
            ("rejected", False, MET),
            ("rejected", True, NOT_MET),
            ("reserve", True, NOT_MET),
        ],
    )
    def test_follows_the_assessment(self, state: str, suffices: bool, verdict: Verdict) -> None:
        told = {"units": [{**ASSESSED, "budget_suffices": suffices}]}
        outcome = application_report(state=state, assessment=told).outcomes[OF + "state.follows_assessment"]
        assert outcome.verdict is verdict

    def test_a_draft_was_not_handed_in(self) -> None:
        with pytest.raises(InputError, match="a draft has not been handed in"):
            Application(call=2019, state="draft", submitted_at="2019-01-01T10:00")
        with pytest.raises(InputError, match="mend its state"):
            Application(call=2019, state="submitted", assessment=Assessment())

    def test_the_report_names_the_states_that_may_follow(self) -> None:
        report = application_report(state="reserve")
        assert "The application is reserve; it may become: supported, rejected." in report.notes


def test_what_is_no_document_is_refused() -> None:
    with pytest.raises(InputError, match="is nothing that can be evaluated"):
        evaluate({"call": 2019})


def test_another_guide_answers_and_is_named() -> None:
    report = evaluate(Application(call=2019, project_months=26), guide=programme_guide(2018))
    assert report.outcomes[OF + "project.length"].verdict is MET
    assert report.notes[0] == "The application names call 2019, and it was judged by that of 2018."


def test_a_stricter_guide_is_a_what_if() -> None:
    guide = programme_guide(2019)
    stricter = guide.amended(award_threshold=attrs.evolve(guide["award_threshold"], minimum_points=80))
    (decision,) = assess(Assessment(units=[AssessedUnit(**ASSESSED)]), guide=stricter)
    assert decision.sentence == "70 of 100 points are fewer than the 80 asked for"


def test_the_cases_here_are_of_the_application_they_start_from() -> None:
    assert application_report().grant.total == Decimal(APPLICATION["requested_grant_eur"])
