"""Who may go where, for what: each rule on both sides of its edges, when it does not apply, and with facts missing."""

from __future__ import annotations

from datetime import date, timedelta

import attrs
import pytest

from icm_rules.engine import Closed, Confidence, InputError, Outcome, Verdict, unknown
from icm_rules.guide import guide
from icm_rules.model.countries import Country
from icm_rules.model.terms import Activity, Role
from icm_rules.model.vocabulary import PLACES, facts_of, mobility_of
from icm_rules.rules import RULEBOOK
from icm_rules.rules.eligibility import activity_is_open, partner_region
from icm_rules.rules.values import CountryStatus
from tests.rules.cases import BASE, asked_without, evaluate, facts, outcome

MET, NOT_MET, OPEN = Verdict.MET, Verdict.NOT_MET, Verdict.UNDETERMINED
NOT_APPLICABLE, NOT_IN_FORCE = Verdict.NOT_APPLICABLE, Verdict.NOT_IN_FORCE
CALLS = (2015, 2016, 2017, 2018, 2019, 2020)
UNTIL_2017, FROM_2018 = (2015, 2016, 2017), (2018, 2019, 2020)


def paragraphs(found: Outcome) -> set[str]:
    """The paragraphs the answer cites."""
    return {citation.paragraph for citation in found.citations}


def how_sure(found: Outcome, paragraph: str) -> Confidence:
    """How sure the answer is of what this paragraph says, whatever the lists of countries are."""
    return min(citation.confidence for citation in found.citations if citation.paragraph == paragraph)


class TestOneSideTakesFullPart:
    identity = "eligibility.countries.one_programme_side"

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize(("base", "way"), [("student_in", "incoming"), ("teacher_out", "outgoing")])
    def test_one_programme_side_is_met_and_the_direction_is_told(self, base, way, call):
        found = outcome(self.identity, base, call)
        assert found.verdict is MET
        assert found.sentence.endswith(f"the mobility is {way}")

    def test_two_programme_sides_name_the_action_that_would_be(self):
        found = outcome(self.identity, "student_in", sending_country="DE")
        assert found.verdict is NOT_MET
        assert "both Germany and Slovenia" in found.sentence
        assert "KA103, not of KA107" in found.sentence

    def test_no_programme_side_is_not_met_and_no_action_would_pay(self):
        found = outcome(self.identity, "student_in", receiving_country="GE")
        assert found.verdict is NOT_MET
        assert "neither Kazakhstan nor Georgia is a Programme Country" in found.sentence
        assert "and nor does KA103" in found.sentence

    @pytest.mark.parametrize("call", CALLS)
    def test_serbia_is_a_partner_to_2018_and_takes_full_part_from_2019(self, call):
        found = outcome(self.identity, "student_in", call, sending_country="RS")
        assert found.verdict is (MET if call <= 2018 else NOT_MET)

    @pytest.mark.parametrize("call", CALLS)
    def test_a_serbian_host_can_receive_only_from_2019(self, call):
        found = outcome(self.identity, "student_in", call, receiving_country="RS")
        assert found.verdict is (NOT_MET if call <= 2018 else MET)

    @pytest.mark.parametrize(
        ("territory", "state"), [("GL", "DK"), ("NC", "FR"), ("AI", "GB"), ("AX", "FI"), ("CW", "NL")]
    )
    @pytest.mark.parametrize("call", CALLS)
    def test_an_overseas_territory_counts_as_its_member_state(self, territory, state, call):
        evaluation = evaluate("student_in", call, receiving_country=territory)
        assert evaluation.outcomes[self.identity].verdict is MET
        assert evaluation.value("receiving_status").counts_as == state
        assert "overseas_territories" in paragraphs(evaluation.outcomes[self.identity])

    @pytest.mark.parametrize(("call", "label"), [(2015, "single-source"), (2019, "single-source"), (2020, "official")])
    def test_an_overseas_territory_is_as_sure_as_its_list(self, call, label):
        assert outcome(self.identity, "student_in", call, receiving_country="GL").confidence.label == label

    def test_two_overseas_territories_of_member_states_are_two_programme_sides(self):
        assert outcome(self.identity, "student_in", sending_country="NC", receiving_country="GL").verdict is NOT_MET

    @pytest.mark.parametrize("side", ["sending_country", "receiving_country"])
    @pytest.mark.parametrize("call", CALLS)
    def test_a_country_in_no_list_leaves_it_open_and_names_the_gap(self, side, call):
        found = outcome(self.identity, "student_in", call, **{side: "PR"})
        assert found.verdict is OPEN
        assert found.missing == ()
        assert found.gaps == (f"no list of the Programme Guide {call} that was seen names Puerto Rico (PR)",)

    @pytest.mark.parametrize("side", ["sending_country", "receiving_country"])
    def test_a_country_that_is_not_told_is_asked_for(self, side):
        assert asked_without(self.identity, "student_in", side) == (side,)

    def test_both_countries_are_asked_for_where_neither_is_told(self):
        asked = asked_without(self.identity, "student_in", "sending_country", "receiving_country")
        assert asked == ("sending_country", "receiving_country")

    @pytest.mark.parametrize(
        "identity",
        [
            "eligibility.partner.region_open",
            "eligibility.outgoing.study_cycle",
            "eligibility.charter.programme_side",
            "eligibility.partner.recognised",
            "agreement.signature.partner_side",
        ],
    )
    @pytest.mark.parametrize("changes", [{"receiving_country": "DE"}, {"sending_country": "KZ"}])
    def test_where_it_is_no_credit_mobility_the_rules_of_the_partner_are_not_asked(self, identity, changes):
        assert outcome(identity, "student_out", **changes).verdict is NOT_APPLICABLE


class TestPartnerRegionIsOpen:
    identity = "eligibility.partner.region_open"

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("country", ["GE", "MA", "RU", "CN", "KZ", "BR", "ZA", "US", "XK", "ME"])
    def test_these_partners_are_in_an_open_region_in_every_call(self, country, call):
        found = outcome(self.identity, "student_in", call, sending_country=country)
        assert found.verdict is MET
        assert found.confidence >= Confidence.CORROBORATED

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("country", ["AD", "MC", "SM", "VA", "AE", "QA", "SA"])
    def test_microstates_and_the_gulf_are_closed_in_every_call(self, country, call):
        assert outcome(self.identity, "student_in", call, sending_country=country).verdict is NOT_MET

    @pytest.mark.parametrize("call", CALLS)
    def test_acp_is_closed_in_2015_and_open_from_2016(self, call):
        found = outcome(self.identity, "student_in", call, sending_country="NG")
        assert found.verdict is (NOT_MET if call == 2015 else MET)
        assert "region 11" in found.sentence

    @pytest.mark.parametrize("call", CALLS)
    def test_the_middle_east_is_open_from_2017(self, call):
        found = outcome(self.identity, "student_in", call, sending_country="IQ")
        assert found.verdict is (NOT_MET if call <= 2016 else MET)
        assert "region 9" in found.sentence

    @pytest.mark.parametrize("call", CALLS)
    def test_chile_moves_from_region_8_to_region_13_in_2019(self, call):
        found = outcome(self.identity, "student_in", call, sending_country="CL")
        assert found.verdict is MET
        assert f"region {8 if call <= 2018 else 13} " in found.sentence

    def test_a_country_whose_place_in_a_closed_region_is_unverified_is_never_refused(self):
        found = outcome(self.identity, "student_in", 2015, sending_country="UG")
        assert found.verdict is OPEN
        assert found.missing == ()
        assert found.gaps == (
            (
                "the refusal rests on the regions (region 11 (ACP (Africa, Caribbean, Pacific))) of the Programme "
                "Guide 2015, which is unverified"
            ),
        )

    def test_a_country_whose_place_in_an_open_region_is_unverified_shows_it(self):
        found = outcome(self.identity, "student_in", 2016, sending_country="UG")
        assert (found.verdict, found.confidence) == (MET, Confidence.UNVERIFIED)

    digital = {  # noqa: RUF012 - a case, never changed
        "receiving_country": "CH",
        "activity": "traineeship",
        "is_digital_traineeship": True,
        "study_cycle": "first",
    }

    @pytest.mark.parametrize(
        ("call", "verdict", "label"),
        [
            (2015, NOT_MET, "single-source"),
            (2017, NOT_MET, "single-source"),
            (2018, MET, "single-source"),
            (2019, MET, "single-source"),
            (2020, MET, "unverified"),
        ],
    )
    @pytest.mark.parametrize("country", ["CH", "FO"])
    def test_region_14_opens_to_digital_traineeships_in_2018(self, country, call, verdict, label):
        found = outcome(self.identity, "student_out", call, **self.digital | {"receiving_country": country})
        assert (found.verdict, found.confidence.label) == (verdict, label)

    @pytest.mark.parametrize(
        "change",
        [
            {"activity": "studies"},
            {"is_digital_traineeship": False},
            {"study_cycle": "third"},
            {"study_cycle": "short"},
        ],
    )
    def test_region_14_stays_closed_to_anything_else(self, change):
        assert outcome(self.identity, "student_out", **self.digital | change).verdict is NOT_MET

    @pytest.mark.parametrize("cycle", ["first", "second"])
    def test_both_cycles_of_the_exception_are_met(self, cycle):
        assert outcome(self.identity, "student_out", **self.digital | {"study_cycle": cycle}).verdict is MET

    def test_region_14_is_closed_to_staff_and_to_whoever_comes_from_it(self):
        assert outcome(self.identity, "teacher_out", receiving_country="CH").verdict is NOT_MET
        incoming = outcome(self.identity, "trainee_in", sending_country="CH", is_digital_traineeship=True)
        assert incoming.verdict is NOT_MET

    def test_the_exception_does_not_open_other_closed_regions(self):
        assert outcome(self.identity, "student_out", **self.digital | {"receiving_country": "AD"}).verdict is NOT_MET

    @pytest.mark.parametrize("name", ["activity", "is_digital_traineeship", "study_cycle"])
    def test_what_decides_the_exception_is_asked_for(self, name):
        assert asked_without(self.identity, "student_out", name, **self.digital) == (name,)

    def test_nothing_of_the_exception_is_asked_where_one_answer_closes_it(self):
        found = outcome(self.identity, "student_out", **self.digital | {"study_cycle": None, "activity": "studies"})
        assert found.verdict is NOT_MET

    @pytest.mark.parametrize("name", ["sending_country", "receiving_country"])
    def test_a_country_that_is_not_told_is_asked_for(self, name):
        assert asked_without(self.identity, "student_in", name) == (name,)

    def test_an_open_region_asks_nothing_else(self):
        found = outcome(self.identity, "student_in", activity=None, study_cycle=None, is_digital_traineeship=None)
        assert found.verdict is MET


class TestOutgoingStudentsOfThisCycleArePaid:
    identity = "eligibility.outgoing.study_cycle"

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("country", ["CN", "KZ", "BR", "ZA"])
    @pytest.mark.parametrize("cycle", ["short", "first", "second"])
    def test_dci_money_pays_no_outgoing_student_below_the_third_cycle(self, cycle, country, call):
        found = outcome(self.identity, "student_out", call, receiving_country=country, study_cycle=cycle)
        assert found.verdict is NOT_MET
        assert found.sentence == (
            f"DCI money pays outgoing students of these cycles only: third; the student is in the {cycle} cycle"
        )

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("country", ["CN", "KZ", "BR", "ZA", "NG", "UG"])
    def test_the_third_cycle_is_paid_from_any_money(self, country, call):
        found = outcome(self.identity, "student_out", call, receiving_country=country, study_cycle="third")
        assert found.verdict is MET

    @pytest.mark.parametrize(("call", "confidence"), [(2017, Confidence.OFFICIAL), (2020, Confidence.SINGLE_SOURCE)])
    def test_the_limit_of_dci_is_as_sure_as_its_source(self, call, confidence):
        found = outcome(self.identity, "student_out", call, receiving_country="CN", study_cycle="first")
        assert (found.verdict, found.confidence) == (NOT_MET, confidence)

    @pytest.mark.parametrize("call", CALLS)
    def test_the_middle_east_is_limited_from_2017_on(self, call):
        found = outcome(self.identity, "student_out", call, receiving_country="IQ", study_cycle="first")
        assert found.verdict is (MET if call <= 2016 else NOT_MET)

    @pytest.mark.parametrize("call", CALLS)
    def test_chile_is_limited_only_while_it_is_paid_from_dci(self, call):
        found = outcome(self.identity, "student_out", call, receiving_country="CL", study_cycle="first")
        assert found.verdict is (NOT_MET if call <= 2018 else MET)

    @pytest.mark.parametrize("call", CALLS[1:])
    def test_the_limit_of_edf_is_unverified_and_never_refuses(self, call):
        found = outcome(self.identity, "student_out", call, receiving_country="NG", study_cycle="first")
        assert found.verdict is OPEN
        assert found.missing == ()
        assert found.gaps == (
            (
                f"the refusal rests on the outgoing limits (instrument EDF) of the Programme Guide {call}, "
                "which no text was seen to show"
            ),
        )

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("country", ["GE", "MA", "RU", "XK", "US"])
    @pytest.mark.parametrize("cycle", ["short", "first", "second", "third"])
    def test_eni_ipa_and_pi_have_no_limit(self, cycle, country, call):
        found = outcome(self.identity, "student_out", call, receiving_country=country, study_cycle=cycle)
        assert found.verdict is MET

    @pytest.mark.parametrize(("call", "confidence"), [(2018, Confidence.OFFICIAL), (2019, Confidence.SINGLE_SOURCE)])
    def test_the_window_west_africa_refuses_for_sure_whoever_is_paid_from_it(self, call, confidence):
        changes = {"receiving_country": "SN", "study_cycle": "first", "budget_window": "West Africa (EDF)"}
        found = outcome(self.identity, "student_out", call, **changes)
        assert found.verdict is NOT_MET
        assert "the window West Africa (EDF) pays outgoing students of these cycles only: third" in found.sentence
        window = [item for item in found.citations if item.paragraph == "budget_windows"]
        assert [item.confidence for item in window] == [confidence]

    def test_the_window_pays_the_third_cycle(self):
        changes = {"receiving_country": "SN", "study_cycle": "third", "budget_window": "west africa"}
        assert outcome(self.identity, "student_out", 2018, **changes).verdict is MET

    def test_a_window_without_limits_of_its_own_adds_none(self):
        changes = {"receiving_country": "TN", "study_cycle": "first", "budget_window": "Tunisia"}
        assert outcome(self.identity, "student_out", **changes).verdict is MET

    @pytest.mark.parametrize("base", ["student_in", "teacher_out", "training_in"])
    def test_it_does_not_speak_of_who_comes_nor_of_staff(self, base):
        changes = {"receiving_country": "CN"} if base == "teacher_out" else {}
        assert outcome(self.identity, base, **changes).verdict is NOT_APPLICABLE

    def test_the_cycle_is_asked_for_only_where_there_is_a_limit(self):
        assert asked_without(self.identity, "student_out", "study_cycle", receiving_country="CN") == ("study_cycle",)
        assert outcome(self.identity, "student_out", study_cycle=None).verdict is MET

    def test_it_asks_first_who_goes_and_where(self):
        assert asked_without(self.identity, "student_out", "receiving_country") == ("receiving_country",)
        assert asked_without(self.identity, "student_out", "sending_country") == ("sending_country",)

    def test_a_student_needs_no_activity_for_it(self):
        assert outcome(self.identity, "student_out", activity=None).verdict is MET


class TestWindowCoversTheCountry:
    identity = "eligibility.window.covers_country"

    def test_who_names_no_window_is_not_asked(self):
        assert outcome(self.identity, "student_in").verdict is NOT_APPLICABLE

    @pytest.mark.parametrize("name", ["Tunisia (ENI South)", "tunisia", "ENI South"])
    def test_a_window_is_known_by_its_name_or_a_part_of_it(self, name):
        assert outcome(self.identity, "student_in", sending_country="TN", budget_window=name).verdict is MET

    @pytest.mark.parametrize("call", CALLS)
    def test_west_africa_has_a_window_in_2018_and_2019(self, call):
        found = outcome(self.identity, "student_in", call, sending_country="SN", budget_window="West Africa")
        assert found.verdict is (MET if call in {2018, 2019} else OPEN)

    def test_a_complete_window_refuses_other_countries(self):
        found = outcome(self.identity, "student_in", 2018, sending_country="KE", budget_window="West Africa")
        assert found.verdict is NOT_MET
        assert found.sentence == "the window West Africa (EDF) does not cover Kenya"

    def test_a_window_whose_countries_were_not_all_read_refuses_nobody(self):
        found = outcome(self.identity, "student_in", 2019, sending_country="KE", budget_window="West Africa")
        assert (found.verdict, found.missing) == (OPEN, ())
        assert found.gaps == ("the countries of the window West Africa (EDF) were not all read",)

    def test_a_window_nobody_has_seen_is_no_refusal_and_the_known_ones_are_named(self):
        found = outcome(self.identity, "student_in", 2017, budget_window="Central Asia")
        assert (found.verdict, found.missing) == (OPEN, ())
        assert "known are: Tunisia (ENI South)" in found.sentence
        assert found.gaps == ("no text was seen that names all budget windows of the Programme Guide 2017",)

    def test_calls_of_which_no_window_was_seen_say_so(self):
        assert "(known are: none)" in outcome(self.identity, "student_in", 2015, budget_window="Tunisia").sentence

    def test_a_name_that_fits_several_windows_is_asked_again(self):
        found = outcome(self.identity, "student_in", 2019, sending_country="GE", budget_window="ENI")
        assert (found.verdict, found.missing) == (OPEN, ("budget_window",))
        assert "Georgia, Moldova, Ukraine (ENI East)" in found.sentence

    @pytest.mark.parametrize("name", ["sending_country", "receiving_country"])
    def test_a_country_that_is_not_told_is_asked_for(self, name):
        assert asked_without(self.identity, "student_in", name, budget_window="Tunisia") == (name,)


class TestProgrammeSideHasTheCharter:
    identity = "eligibility.charter.programme_side"

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize(
        ("base", "own", "other"),
        [
            ("student_in", "receiving_holds_charter", "sending_holds_charter"),
            ("teacher_out", "sending_holds_charter", "receiving_holds_charter"),
        ],
    )
    def test_the_charter_is_asked_of_the_programme_side_and_none_of_the_partner(self, base, own, other, call):
        assert outcome(self.identity, base, call, **{own: True, other: False}).verdict is MET
        assert outcome(self.identity, base, call, **{own: True, other: None}).verdict is MET
        assert outcome(self.identity, base, call, **{own: False, other: True}).verdict is NOT_MET
        assert asked_without(self.identity, base, own, call=call) == (own,)

    def test_an_enterprise_on_the_programme_side_needs_none(self):
        assert outcome(self.identity, "trainee_in").verdict is NOT_APPLICABLE

    def test_the_kind_is_asked_for_where_nothing_else_tells_it(self):
        unknown = {"receiving_kind": None, "receiving_erasmus_code": None, "receiving_holds_charter": None}
        assert asked_without(self.identity, "training_in", **unknown) == ("receiving_kind",)

    def test_an_erasmus_code_tells_that_it_is_a_university(self):
        changes = {"receiving_kind": None, "receiving_holds_charter": False}
        assert outcome(self.identity, "training_in", **changes).verdict is NOT_MET

    def test_the_countries_are_asked_for_first(self):
        assert asked_without(self.identity, "student_in", "receiving_country") == ("receiving_country",)


class TestPartnerIsRecognised:
    identity = "eligibility.partner.recognised"

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize(
        ("base", "own", "other"),
        [
            ("student_in", "sending_is_recognised", "receiving_is_recognised"),
            ("teacher_out", "receiving_is_recognised", "sending_is_recognised"),
        ],
    )
    def test_recognition_is_asked_of_the_partner_alone(self, base, own, other, call):
        assert outcome(self.identity, base, call, **{own: True, other: False}).verdict is MET
        assert outcome(self.identity, base, call, **{own: False, other: True}).verdict is NOT_MET
        assert asked_without(self.identity, base, own, call=call) == (own,)

    def test_an_enterprise_on_the_partner_side_is_not_asked(self):
        changes = {"receiving_kind": "enterprise", "receiving_holds_charter": None, "activity": "traineeship"}
        assert outcome(self.identity, "student_out", **changes).verdict is NOT_APPLICABLE

    def test_the_kind_is_asked_for_where_nothing_tells_it(self):
        assert asked_without(self.identity, "training_in", "sending_kind") == ("sending_kind",)


class TestProjectIsOfThisAction:
    identity = "eligibility.project.action"

    @pytest.mark.parametrize("call", CALLS)
    def test_a_project_of_ka107_is_met_and_one_of_ka103_is_not(self, call):
        assert outcome(self.identity, "student_in", call, project_number=f"{call}-1-SI01-KA107-012345").verdict is MET
        found = outcome(self.identity, "student_in", call, project_number=f"{call}-1-SI01-KA103-012345")
        assert found.verdict is NOT_MET
        assert found.sentence == (
            f"the project {call}-1-SI01-KA103-012345 is one of KA103, and International Credit Mobility is KA107"
        )

    def test_without_a_number_it_does_not_apply(self):
        assert outcome(self.identity, "student_in", project_number=None).verdict is NOT_APPLICABLE


class TestActivityIsOpen:
    identity = "eligibility.activity.open"

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("activity", list(Activity))
    def test_traineeships_open_in_2018_and_the_others_are_always_open(self, activity, call):
        base = "student_in" if activity.of_students else "training_in"
        found = outcome(self.identity, base, call, activity=activity)
        assert found.verdict is (NOT_MET if activity.includes_traineeship and call <= 2017 else MET)

    @pytest.mark.parametrize(("call", "label"), [(2015, "unverified"), (2016, "unverified"), (2017, "single-source")])
    def test_teaching_with_training_is_open_but_less_well_shown(self, call, label):
        found = outcome(self.identity, "training_in", call, activity="teaching_and_training")
        assert (found.verdict, found.confidence.label) == (MET, label)

    def test_the_line_of_the_activity_is_cited_and_no_other(self):
        found = outcome(self.identity, "trainee_in", 2017)
        assert [(item.paragraph, item.line) for item in found.citations] == [("activities", "traineeship")]

    def test_the_activity_is_asked_for(self):
        assert asked_without(self.identity, "student_in", "activity") == ("activity",)


INVITED = {
    "activity": "teaching",
    "sending_kind": "enterprise",
    "sending_holds_charter": None,
    "sending_erasmus_code": None,
    "is_invited": True,
}


class TestInvitedStaffMayCome:
    identity = "eligibility.activity.invited_staff"

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("activity", ["teaching", "teaching_and_training"])
    def test_staff_of_enterprises_may_be_invited_to_teach_from_2018(self, activity, call):
        found = outcome(self.identity, "training_in", call, **INVITED | {"activity": activity})
        assert found.verdict is (NOT_MET if call <= 2017 else MET)

    @pytest.mark.parametrize("call", FROM_2018)
    def test_without_an_invitation_or_for_training_alone_nobody_is_invited(self, call):
        assert outcome(self.identity, "training_in", call, **INVITED | {"is_invited": False}).verdict is NOT_MET
        assert outcome(self.identity, "training_in", call, **INVITED | {"activity": "training"}).verdict is NOT_MET

    def test_staff_of_universities_and_students_are_not_asked(self):
        assert outcome(self.identity, "teacher_out").verdict is NOT_APPLICABLE
        assert outcome(self.identity, "student_in").verdict is NOT_APPLICABLE

    @pytest.mark.parametrize("name", ["is_invited", "activity"])
    def test_what_is_not_told_is_asked_for(self, name):
        assert asked_without(self.identity, "training_in", name, **INVITED) == (name,)

    def test_the_kind_of_the_sending_side_is_asked_for_first(self):
        assert asked_without(self.identity, "training_in", "sending_kind", **INVITED) == ("sending_kind",)


class TestStudiesAndTeachingTakePlaceAtAUniversity:
    identity = "eligibility.activity.host_university"
    elsewhere = {  # noqa: RUF012 - a case, never changed
        "receiving_kind": "enterprise",
        "receiving_holds_charter": None,
        "receiving_erasmus_code": None,
    }

    @pytest.mark.parametrize("activity", list(Activity))
    def test_only_traineeships_and_training_alone_can_be_elsewhere(self, activity):
        base = "student_in" if activity.of_students else "training_in"
        found = outcome(self.identity, base, activity=activity, **self.elsewhere)
        free = activity in {Activity.TRAINEESHIP, Activity.TRAINING}
        assert found.verdict is (NOT_APPLICABLE if free else NOT_MET)

    def test_a_university_receives(self):
        assert outcome(self.identity, "student_in").verdict is MET

    def test_nothing_is_held_against_a_side_whose_kind_is_not_told(self):
        assert outcome(self.identity, "student_in", receiving_kind=None).verdict is MET

    def test_the_activity_is_asked_for(self):
        assert asked_without(self.identity, "student_in", "activity") == ("activity",)


OUTSIDE_IN = {"receiving_kind": "enterprise", "receiving_holds_charter": None, "receiving_erasmus_code": None}
OUTSIDE_OUT = {"activity": "training", "receiving_kind": "enterprise", "receiving_holds_charter": None}


class TestIncomingTrainingIsAtAnAllowedHost:
    identity = "eligibility.activity.incoming_training_host"

    @pytest.mark.parametrize("call", CALLS)
    def test_a_university_is_always_allowed_and_others_from_2018(self, call):
        assert outcome(self.identity, "training_in", call).verdict is MET
        found = outcome(self.identity, "training_in", call, **OUTSIDE_IN)
        assert (found.verdict, found.confidence) == (NOT_MET if call <= 2017 else MET, Confidence.OFFICIAL)

    def test_it_speaks_of_incoming_training_alone(self):
        assert outcome(self.identity, "teacher_out", activity="training").verdict is NOT_APPLICABLE
        assert outcome(self.identity, "training_in", activity="teaching").verdict is NOT_APPLICABLE
        assert outcome(self.identity, "student_in").verdict is NOT_APPLICABLE

    def test_training_combined_with_teaching_is_at_the_university_where_it_is_taught(self):
        found = outcome(self.identity, "training_in", 2017, activity="teaching_and_training", receiving_kind=None)
        assert found.verdict is MET

    def test_the_kind_of_the_host_is_asked_for(self):
        unknown = OUTSIDE_IN | {"receiving_kind": None}
        assert asked_without(self.identity, "training_in", **unknown) == ("receiving_kind",)

    def test_the_activity_is_asked_for(self):
        assert asked_without(self.identity, "training_in", "activity") == ("activity",)


class TestOutgoingTrainingIsAtAnAllowedHost:
    identity = "eligibility.activity.outgoing_training_host"

    @pytest.mark.parametrize("call", CALLS)
    def test_a_university_is_allowed_in_every_call(self, call):
        assert outcome(self.identity, "teacher_out", call, activity="training").verdict is MET

    def test_elsewhere_is_refused_in_2019_where_the_text_was_seen(self):
        found = outcome(self.identity, "teacher_out", 2019, **OUTSIDE_OUT)
        assert (found.verdict, found.confidence) == (NOT_MET, Confidence.OFFICIAL)

    @pytest.mark.parametrize("call", [call for call in CALLS if call != 2019])
    def test_elsewhere_is_left_open_in_the_calls_whose_text_was_not_seen(self, call):
        found = outcome(self.identity, "teacher_out", call, **OUTSIDE_OUT)
        assert (found.verdict, found.missing) == (OPEN, ())
        assert found.gaps == (
            (
                f"the refusal rests on the outgoing training host of the Programme Guide {call}, "
                "which no text was seen to show"
            ),
        )

    def test_it_speaks_of_outgoing_training_alone(self):
        assert outcome(self.identity, "training_in").verdict is NOT_APPLICABLE
        assert outcome(self.identity, "teacher_out").verdict is NOT_APPLICABLE

    def test_the_kind_of_the_host_is_asked_for(self):
        unknown = OUTSIDE_OUT | {"receiving_kind": None}
        assert asked_without(self.identity, "teacher_out", **unknown) == ("receiving_kind",)


class TestTrainingIsNoConference:
    identity = "eligibility.activity.no_conference"

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("activity", ["training", "teaching_and_training"])
    def test_a_conference_is_no_training_in_any_call(self, activity, call):
        assert outcome(self.identity, "training_in", call, activity=activity).verdict is MET
        assert outcome(self.identity, "training_in", call, activity=activity, is_conference=True).verdict is NOT_MET

    def test_it_does_not_speak_of_teaching_nor_of_students(self):
        assert outcome(self.identity, "teacher_out", is_conference=True).verdict is NOT_APPLICABLE
        assert outcome(self.identity, "student_in", is_conference=True).verdict is NOT_APPLICABLE

    def test_what_nobody_calls_a_conference_is_presumed_to_be_none(self):
        found = outcome(self.identity, "training_in", is_conference=None)
        assert (found.verdict, found.assumptions) == (MET, ("is_conference",))

    def test_the_activity_is_asked_for(self):
        assert asked_without(self.identity, "training_in", "activity") == ("activity",)


class TestNoFeesAreAsked:
    identity = "eligibility.fees.none_asked"

    @pytest.mark.parametrize("call", CALLS)
    def test_the_host_asks_for_no_fees(self, call):
        assert outcome(self.identity, "student_in", call).verdict is MET
        found = outcome(self.identity, "student_in", call, receiving_asks_fees=True)
        assert (found.verdict, found.confidence) == (NOT_MET, Confidence.CORROBORATED)
        assert found.sentence == (
            "the receiving institution asks for fees, and it may ask none for: tuition, registration, examination, "
            "laboratory, library"
        )

    def test_staff_is_not_asked(self):
        assert outcome(self.identity, "teacher_out", receiving_asks_fees=True).verdict is NOT_APPLICABLE

    def test_what_is_not_told_is_asked_for(self):
        assert asked_without(self.identity, "student_in", "receiving_asks_fees") == ("receiving_asks_fees",)


class TestStudentIsSentByAUniversity:
    identity = "eligibility.student.sent_by_university"

    @pytest.mark.parametrize("call", CALLS)
    def test_an_enterprise_sends_no_student(self, call):
        assert outcome(self.identity, "student_in", call).verdict is MET
        changes = {"sending_kind": "enterprise", "sending_holds_charter": None}
        assert outcome(self.identity, "student_in", call, **changes).verdict is NOT_MET

    def test_nothing_is_held_against_a_side_whose_kind_is_not_told(self):
        assert outcome(self.identity, "student_in", sending_kind=None).verdict is MET

    def test_staff_is_not_asked(self):
        assert outcome(self.identity, "training_in").verdict is NOT_APPLICABLE


class TestStudentIsEnrolled:
    identity = "eligibility.student.enrolled"

    @pytest.mark.parametrize("call", CALLS)
    def test_the_student_is_enrolled(self, call):
        assert outcome(self.identity, "student_in", call).verdict is MET
        assert outcome(self.identity, "student_in", call, is_enrolled=False).verdict is NOT_MET

    def test_staff_is_not_asked(self):
        assert outcome(self.identity, "teacher_out").verdict is NOT_APPLICABLE

    def test_what_is_not_told_is_asked_for(self):
        assert asked_without(self.identity, "student_in", "is_enrolled") == ("is_enrolled",)


class TestStudentHasReachedTheYear:
    identity = "eligibility.student.year_of_study"

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize(("year", "verdict"), [(1, NOT_MET), (2, MET), (3, MET)])
    def test_studies_are_open_from_the_second_year(self, year, verdict, call):
        found = outcome(self.identity, "student_in", call, year_of_study=year, study_cycle="first")
        assert found.verdict is verdict

    @pytest.mark.parametrize("cycle", ["second", "third"])
    def test_whether_the_years_of_an_earlier_cycle_count_no_text_was_seen_to_say(self, cycle):
        found = outcome(self.identity, "student_in", year_of_study=1, study_cycle=cycle)
        assert (found.verdict, found.missing, len(found.gaps)) == (OPEN, ("year_of_study",), 1)
        assert asked_without(self.identity, "student_in", "study_cycle", year_of_study=1) == ("study_cycle",)

    @pytest.mark.parametrize("call", FROM_2018)
    def test_traineeships_are_open_from_the_first_year_and_the_year_is_not_asked(self, call):
        assert outcome(self.identity, "trainee_in", call, year_of_study=1).verdict is MET
        assert outcome(self.identity, "trainee_in", call, year_of_study=None).verdict is MET

    @pytest.mark.parametrize("call", UNTIL_2017)
    def test_no_year_is_set_for_traineeships_before_2018(self, call):
        assert outcome(self.identity, "trainee_in", call, year_of_study=1).verdict is NOT_APPLICABLE

    @pytest.mark.parametrize(("year", "verdict"), [(1, NOT_MET), (2, MET)])
    def test_studies_combined_with_a_traineeship_are_open_as_studies_are(self, year, verdict):
        changes = {"activity": "studies_and_traineeship", "year_of_study": year, "study_cycle": "first"}
        assert outcome(self.identity, "student_in", **changes).verdict is verdict

    def test_staff_is_not_asked(self):
        assert outcome(self.identity, "teacher_out").verdict is NOT_APPLICABLE

    @pytest.mark.parametrize("name", ["year_of_study", "activity"])
    def test_what_is_not_told_is_asked_for(self, name):
        assert asked_without(self.identity, "student_in", name) == (name,)


class TestStudentIsNoRecentGraduate:
    identity = "eligibility.student.not_graduated"

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize(
        ("graduated", "verdict"), [("2019-09-29", NOT_MET), ("2019-09-30", MET), ("2019-10-01", MET)]
    )
    def test_who_graduates_before_the_stay_cannot_go(self, graduated, verdict, call):
        found = outcome(self.identity, "trainee_in", call, graduated_on=graduated, start_date="2019-09-30")
        assert found.verdict is verdict
        assert graduated in found.sentence

    @pytest.mark.parametrize(("call", "confidence"), [(2017, Confidence.SINGLE_SOURCE), (2018, Confidence.OFFICIAL)])
    def test_the_refusal_is_as_sure_as_its_source(self, call, confidence):
        found = outcome(self.identity, "student_in", call, graduated_on="2019-06-30")
        assert (found.verdict, found.confidence) == (NOT_MET, confidence)

    def test_an_enrolled_student_of_whom_no_graduation_is_told_has_not_graduated(self):
        assert outcome(self.identity, "student_in", graduated_on=None).verdict is MET

    def test_what_is_not_told_is_asked_for(self):
        assert asked_without(self.identity, "student_in", "is_enrolled") == ("graduated_on", "is_enrolled")
        assert asked_without(self.identity, "student_in", is_enrolled=False) == ("graduated_on",)
        asked = asked_without(self.identity, "student_in", "start_date", graduated_on="2019-06-30")
        assert asked == ("start_date",)

    def test_staff_is_not_asked(self):
        assert outcome(self.identity, "teacher_out").verdict is NOT_APPLICABLE


class TestStudentGoesToAnotherCountry:
    identity = "eligibility.student.destination"

    @pytest.mark.parametrize("call", CALLS)
    def test_another_country_than_that_of_the_university_and_of_residence_is_met(self, call):
        found = outcome(self.identity, "student_in", call)
        assert (found.verdict, found.confidence) == (MET, Confidence.SINGLE_SOURCE)

    @pytest.mark.parametrize("call", CALLS)
    def test_the_country_of_residence_is_refused(self, call):
        found = outcome(self.identity, "student_in", call, residence_country="SI")
        assert found.verdict is NOT_MET
        assert found.sentence == "Slovenia is where the student lives during the studies"

    def test_the_country_of_the_sending_institution_is_refused(self):
        found = outcome(self.identity, "student_in", sending_country="SI")
        assert found.verdict is NOT_MET
        assert found.sentence == "Slovenia is the country of the sending institution"

    def test_residence_in_a_third_country_is_met(self):
        assert outcome(self.identity, "student_in", residence_country="UZ").verdict is MET

    @pytest.mark.parametrize("name", ["sending_country", "receiving_country", "residence_country"])
    def test_what_is_not_told_is_asked_for(self, name):
        assert asked_without(self.identity, "student_in", name) == (name,)

    @pytest.mark.parametrize("name", ["sending_country", "residence_country"])
    def test_what_is_not_told_does_not_hide_a_refusal(self, name):
        same = {"sending_country": "SI", "residence_country": "SI", name: None}
        assert outcome(self.identity, "student_in", **same).verdict is NOT_MET

    def test_staff_is_not_asked(self):
        assert outcome(self.identity, "teacher_out").verdict is NOT_APPLICABLE


class TestStaffIsEmployedByTheSender:
    identity = "eligibility.staff.employed"

    @pytest.mark.parametrize("call", CALLS)
    def test_staff_is_employed_by_the_sending_side(self, call):
        assert outcome(self.identity, "teacher_out", call).verdict is MET
        assert outcome(self.identity, "teacher_out", call, is_employed_by_sending=False).verdict is NOT_MET

    @pytest.mark.parametrize(("call", "confidence"), [(2017, Confidence.SINGLE_SOURCE), (2018, Confidence.OFFICIAL)])
    def test_the_refusal_is_as_sure_as_its_source(self, call, confidence):
        assert outcome(self.identity, "teacher_out", call, is_employed_by_sending=False).confidence is confidence

    def test_invited_staff_is_employed_by_the_enterprise_that_sends(self):
        assert outcome(self.identity, "training_in", **INVITED).verdict is MET
        assert outcome(self.identity, "training_in", **INVITED, is_employed_by_sending=False).verdict is NOT_MET

    def test_students_are_not_asked(self):
        assert outcome(self.identity, "student_in").verdict is NOT_APPLICABLE

    def test_what_is_not_told_is_asked_for(self):
        assert asked_without(self.identity, "teacher_out", "is_employed_by_sending") == ("is_employed_by_sending",)


class TestParticipantIsInsured:
    identity = "eligibility.stay.insured"

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("base", ["student_in", "teacher_out"])
    def test_insurance_is_met_and_its_absence_is_never_a_refusal_for_no_text_was_seen(self, base, call):
        assert outcome(self.identity, base, call).verdict is MET
        found = outcome(self.identity, base, call, is_insured=False)
        assert (found.verdict, found.missing) == (OPEN, ())
        assert found.gaps == (
            f"the refusal rests on the insurance of the Programme Guide {call}, which no text was seen to show",
        )

    def test_it_informs_and_never_decides(self):
        found = outcome(self.identity, "student_in")
        assert not found.rule.decides

    def test_what_is_not_told_is_asked_for(self):
        assert asked_without(self.identity, "student_in", "is_insured") == ("is_insured",)


class TestParticipantHasTheVisa:
    identity = "eligibility.stay.visa"

    @pytest.mark.parametrize(
        ("needs", "has", "verdict"),
        [
            (True, True, MET),
            (False, False, MET),
            (False, None, MET),
            (None, True, MET),
            (True, False, OPEN),  # a refusal that no text was seen to support
        ],
    )
    def test_a_visa_is_there_where_one_is_needed(self, needs, has, verdict):
        assert outcome(self.identity, "student_in", needs_visa=needs, has_visa=has).verdict is verdict

    @pytest.mark.parametrize("call", CALLS)
    def test_its_absence_is_never_a_refusal_for_no_text_was_seen(self, call):
        found = outcome(self.identity, "teacher_out", call, has_visa=False)
        assert (found.verdict, found.missing) == (OPEN, ())
        assert found.gaps == (
            f"the refusal rests on the visa of the Programme Guide {call}, which no text was seen to show",
        )

    def test_what_is_not_told_is_asked_for(self):
        assert asked_without(self.identity, "student_in", "has_visa") == ("has_visa",)
        assert asked_without(self.identity, "student_in", "needs_visa", has_visa=False) == ("needs_visa",)
        assert asked_without(self.identity, "student_in", "needs_visa", "has_visa") == ("needs_visa", "has_visa")


class TestWhoGoes:
    of_the_student = tuple(name for name in BASE["student_in"] if PLACES[name].holder == "participant")
    nobody = dict.fromkeys((*of_the_student, "participant_kind", "activity"))
    student_rules = (
        "eligibility.fees.none_asked",
        "eligibility.student.sent_by_university",
        "eligibility.student.enrolled",
        "eligibility.student.year_of_study",
        "eligibility.student.not_graduated",
        "eligibility.student.destination",
    )

    @pytest.mark.parametrize("identity", student_rules)
    def test_where_nobody_says_who_goes_the_rules_of_students_ask_for_the_activity(self, identity):
        found = outcome(identity, "student_in", **self.nobody)
        assert (found.verdict, found.missing) == (OPEN, ("activity",))

    @pytest.mark.parametrize("identity", ["eligibility.staff.employed", "eligibility.activity.no_conference"])
    def test_where_nobody_says_who_goes_the_rules_of_staff_ask_for_the_activity(self, identity):
        found = outcome(identity, "student_in", **self.nobody)
        assert (found.verdict, found.missing) == (OPEN, ("activity",))

    def test_the_kind_of_the_participant_suffices_where_the_activity_is_not_told(self):
        assert outcome("eligibility.student.enrolled", "student_in", activity=None).verdict is MET
        assert outcome("eligibility.student.enrolled", "teacher_out", activity=None).verdict is NOT_APPLICABLE
        assert outcome("eligibility.staff.employed", "teacher_out", activity=None).verdict is MET


KA171 = (2022, 2023, 2024, 2025, 2026)


class TestTheCountriesOfKA171:
    """The regions are numbered anew from call 2022 on, and some countries change sides."""

    one_side = "eligibility.countries.one_programme_side"
    region = "eligibility.partner.region_open"

    @pytest.mark.parametrize("call", [*CALLS, *KA171])
    @pytest.mark.parametrize(
        ("country", "before", "after"),
        [
            ("KZ", 7, 6),
            ("GE", 2, 2),
            ("MA", 3, 3),
            ("RU", 4, 4),
            ("CN", 6, 5),
            ("IQ", 9, 7),
            ("ZA", 10, 9),
            ("BR", 8, 10),
            ("US", 13, 12),
            ("AD", 5, 13),
            ("CH", 14, 14),
        ],
    )
    def test_the_number_of_a_region_is_that_of_its_own_period(self, country, before, after, call):
        region = evaluate("student_in", call, sending_country=country).value("partner_region")
        assert region.number == (before if call <= 2020 else after)
        assert region.citation.document == f"Programme Guide {call}"

    @pytest.mark.parametrize("call", KA171)
    @pytest.mark.parametrize("country", ["AD", "MC", "SM", "VA", "CH", "FO", "GB"])
    def test_regions_13_and_14_are_closed_and_what_leaves_for_them_is_shown_to_ka131(self, country, call):
        found = outcome(self.region, "student_out", call, receiving_country=country)
        assert (found.verdict, found.confidence) == (NOT_MET, Confidence.OFFICIAL)
        assert found.sentence.endswith("to which the action is not open; KA131 may fund it")

    @pytest.mark.parametrize("country", ["AD", "CH", "GB"])
    def test_what_comes_from_there_no_other_action_is_said_to_pay(self, country):
        found = outcome(self.region, "student_in", 2024, sending_country=country)
        assert found.verdict is NOT_MET
        assert "KA131" not in found.sentence

    @pytest.mark.parametrize("call", KA171)
    def test_no_text_opens_a_closed_region_to_digital_traineeships(self, call):
        changes = {"receiving_country": "CH", "activity": "traineeship", "is_digital_traineeship": True}
        assert outcome(self.region, "student_out", call, **changes, study_cycle="first").verdict is NOT_MET

    @pytest.mark.parametrize("call", KA171)
    @pytest.mark.parametrize("country", ["XK", "UA", "DZ", "RU", "IN", "UZ", "AE", "AU", "NG", "MX", "CU", "CA"])
    def test_regions_1_to_12_are_open_in_every_call(self, country, call):
        assert outcome(self.region, "student_in", call, sending_country=country).verdict is MET

    @pytest.mark.parametrize("call", [*CALLS, *KA171])
    def test_the_united_kingdom_takes_full_part_to_2020_and_is_a_closed_partner_from_2022(self, call):
        found = evaluate("student_in", call, sending_country="GB")
        assert found.outcomes[self.one_side].verdict is (NOT_MET if call <= 2020 else MET)
        assert found.outcomes[self.region].verdict is (NOT_APPLICABLE if call <= 2020 else NOT_MET)
        host = outcome(self.one_side, "student_in", call, receiving_country="GB")
        assert host.verdict is (MET if call <= 2020 else NOT_MET)

    @pytest.mark.parametrize("call", KA171)
    @pytest.mark.parametrize("country", ["RS", "MK", "TR", "NO", "IS", "LI"])
    def test_associated_countries_take_full_part(self, country, call):
        found = outcome(self.one_side, "student_in", call, receiving_country=country)
        assert found.verdict is MET
        assert "an EU Member State or third country associated to the Programme" in found.sentence
        both = outcome(self.one_side, "student_in", call, sending_country=country)
        assert (both.verdict, "KA131, not of KA171" in both.sentence) == (NOT_MET, True)

    @pytest.mark.parametrize("call", KA171)
    @pytest.mark.parametrize(("territory", "state"), [("GL", "DK"), ("NC", "FR"), ("AX", "FI"), ("CW", "NL")])
    def test_territories_of_member_states_still_count_as_their_state(self, territory, state, call):
        found = evaluate("student_in", call, receiving_country=territory)
        assert found.value("receiving_status").counts_as == state
        assert found.outcomes[self.one_side].verdict is MET

    @pytest.mark.parametrize("call", KA171)
    @pytest.mark.parametrize("country", ["AI", "GI", "BM", "PR", "JE"])
    def test_territories_of_the_united_kingdom_and_others_stand_in_no_list(self, country, call):
        found = outcome(self.one_side, "student_in", call, receiving_country=country)
        assert (found.verdict, found.missing) == (OPEN, ())
        assert f"({country})" in found.gaps[0]

    @pytest.mark.parametrize("call", KA171)
    @pytest.mark.parametrize("country", ["CN", "UZ", "IQ", "AU", "NG", "BR", "JM"])
    @pytest.mark.parametrize("cycle", ["short", "first", "second"])
    def test_a_limit_on_outgoing_students_that_nobody_has_seen_never_refuses(self, cycle, country, call):
        identity = "eligibility.outgoing.study_cycle"
        found = outcome(identity, "student_out", call, receiving_country=country, study_cycle=cycle)
        assert (found.verdict, found.missing) == (OPEN, ())
        assert any("outgoing limits (instrument NDICI-Global Europe)" in gap for gap in found.gaps)
        third = outcome(identity, "student_out", call, receiving_country=country, study_cycle="third")
        assert third.verdict is MET

    @pytest.mark.parametrize("call", KA171)
    @pytest.mark.parametrize("country", ["XK", "GE", "MA", "RU", "US"])
    def test_the_other_regions_have_no_limit(self, country, call):
        changes = {"receiving_country": country, "study_cycle": "first"}
        assert outcome("eligibility.outgoing.study_cycle", "student_out", call, **changes).verdict is MET

    @pytest.mark.parametrize("call", KA171)
    def test_a_project_of_ka131_is_refused_and_one_of_ka171_is_met(self, call):
        own, other = (f"{call}-1-SI01-{action}-HED-000012345" for action in ("KA171", "KA131"))
        assert outcome("eligibility.project.action", "student_in", call, project_number=own).verdict is MET
        assert outcome("eligibility.project.action", "student_in", call, project_number=other).verdict is NOT_MET


class TestStudentsOfKA171:
    @pytest.mark.parametrize("call", KA171)
    @pytest.mark.parametrize("activity", ["studies", "traineeship", "studies_and_traineeship"])
    def test_students_go_from_the_first_year_on_and_the_year_is_not_asked(self, activity, call):
        for year in (1, 2, None):
            changes = {"activity": activity, "year_of_study": year}
            assert outcome("eligibility.student.year_of_study", "student_in", call, **changes).verdict is MET

    @pytest.mark.parametrize("call", KA171)
    def test_every_activity_is_open(self, call):
        for activity in Activity:
            base = "student_in" if activity.of_students else "training_in"
            assert outcome("eligibility.activity.open", base, call, activity=activity).verdict is MET


class TestRecentGraduates:
    """From call 2022 on they go for a traineeship that ends within twelve months of graduation."""

    identity = "eligibility.student.not_graduated"
    enrolled = "eligibility.student.enrolled"

    def stay(self, graduated, start, end, call=2024, **changes):
        told = {"graduated_on": graduated, "start_date": start, "end_date": end, "is_enrolled": False}
        away = dict.fromkeys(("academic_year", "outward_travel_date", "return_travel_date"))
        return evaluate("trainee_in", call, **away | told | changes)

    @pytest.mark.parametrize("call", [2022, 2023, 2024, 2025])
    @pytest.mark.parametrize(
        ("graduated", "end", "verdict"),
        [
            ("2023-06-30", "2024-06-29", MET),
            ("2023-06-30", "2024-06-30", MET),  # the last day is the anniversary
            ("2023-06-30", "2024-07-01", NOT_MET),
            ("2024-02-29", "2025-02-28", MET),  # a year without a 29 February ends with the 28th
            ("2024-02-29", "2025-03-01", NOT_MET),
            ("2023-02-28", "2024-02-28", MET),
            ("2023-02-28", "2024-02-29", NOT_MET),
        ],
    )
    def test_the_stay_ends_within_twelve_months_of_graduation(self, graduated, end, verdict, call):
        found = self.stay(graduated, date.fromisoformat(end) - timedelta(days=70), end, call)
        answer = found.outcomes[self.identity]
        assert (answer.verdict, answer.confidence) == (verdict, Confidence.OFFICIAL)

    def test_the_sentence_says_when_the_months_end(self):
        found = self.stay("2023-06-30", "2024-04-02", "2024-07-01").outcomes[self.identity]
        assert found.sentence == (
            "the 12 months after the graduation on 2023-06-30 end on 2024-06-30, and the stay ends on 2024-07-01"
        )
        late = self.stay("2023-06-30", "2024-07-01", None).outcomes[self.identity]
        assert (late.verdict, late.sentence.endswith("and the stay starts on 2024-07-01")) == (NOT_MET, True)

    def test_in_2026_what_was_not_seen_is_open_and_never_refuses(self):
        found = self.stay("2023-06-30", "2024-04-02", "2024-07-01", 2026).outcomes[self.identity]
        assert (found.verdict, found.missing) == (OPEN, ())
        assert "recent graduates" in found.gaps[0]
        assert self.stay("2023-06-30", "2024-04-02", "2024-06-30", 2026).outcomes[self.identity].verdict is MET

    @pytest.mark.parametrize("activity", ["studies", "studies_and_traineeship"])
    def test_nobody_goes_for_studies_after_graduation(self, activity):
        found = self.stay("2023-06-30", "2023-09-01", "2023-12-31", activity=activity)
        assert found.outcomes[self.identity].verdict is NOT_MET

    @pytest.mark.parametrize("call", FROM_2018)
    def test_ka107_knows_no_recent_graduates(self, call):
        found = self.stay("2019-06-30", "2019-09-01", "2019-12-31", call)
        assert found.outcomes[self.identity].verdict is NOT_MET

    def test_enrolment_is_not_asked_of_graduates_and_is_asked_of_everybody_else(self):
        within = self.stay("2023-06-30", "2023-09-01", "2023-12-31")
        assert within.outcomes[self.enrolled].verdict is NOT_APPLICABLE
        for changes in ({"graduated_on": "2024-06-30"}, {"activity": "studies"}):
            found = self.stay("2023-06-30", "2023-09-01", "2023-12-31", **changes).outcomes[self.enrolled]
            # That enrolment is asked for was seen in no text of this period, so it refuses nobody.
            assert (found.verdict, found.missing) == (OPEN, ())
            assert "enrolment" in found.gaps[0]

    @pytest.mark.parametrize("day", ["2023-09-01", "2024-01-31"])
    def test_who_graduates_on_the_first_day_of_the_stay_or_later_goes_as_a_student(self, day):
        found = self.stay(day, "2023-09-01", "2023-12-31", is_enrolled=True)
        assert found.outcomes[self.identity].verdict is MET
        assert found.outcomes[self.enrolled].verdict is MET

    @pytest.mark.parametrize(
        ("absent", "asked"),
        [
            ({"end_date": None}, ("end_date",)),
            ({"start_date": None}, ("start_date",)),
            ({"activity": None}, ("activity",)),
            ({"graduated_on": None}, ("graduated_on",)),
            ({"graduated_on": None, "is_enrolled": None}, ("graduated_on", "is_enrolled")),
        ],
    )
    def test_what_is_not_told_is_asked_for(self, absent, asked):
        found = self.stay("2023-06-30", "2023-09-01", "2023-12-31", **absent).outcomes[self.identity]
        assert (found.verdict, found.missing) == (OPEN, asked)

    def test_a_guide_that_closes_the_paragraph_still_asks_for_enrolment(self):
        provisions = guide(2024).provisions
        closed = Closed(citation=provisions["recent_graduates"].citation)
        told = facts_of(mobility_of({"call": 2024, **facts("trainee_in", is_enrolled=True)}))
        found = RULEBOOK.evaluate(told, {**provisions, "recent_graduates": closed})
        assert found.outcomes[self.enrolled].verdict is MET


class TestOrganisationsThatAreNoUniversities:
    """A public authority is no more a university than an enterprise is."""

    @pytest.mark.parametrize("kind", ["enterprise", "public_authority"])
    @pytest.mark.parametrize("call", [2019, 2024])
    def test_it_hosts_neither_studies_nor_teaching_and_sends_no_student(self, kind, call):
        host = {"receiving_kind": kind, "receiving_holds_charter": None, "receiving_erasmus_code": None}
        assert outcome("eligibility.activity.host_university", "student_in", call, **host).verdict is NOT_MET
        sender = {"sending_kind": kind, "sending_holds_charter": None}
        found = outcome("eligibility.student.sent_by_university", "student_in", call, **sender)
        # Enrolment, on which this rests, was seen in no text of KA171.
        assert found.verdict is (NOT_MET if call == 2019 else OPEN)


class TestTheFormatExists:
    identity = "eligibility.format.open"

    @pytest.mark.parametrize("call", KA171)
    @pytest.mark.parametrize(
        ("base", "changes", "paragraph"),
        [
            ("blended_in", {}, "blended_student_duration"),
            ("doctoral_out", {}, "short_doctoral_duration"),
            ("teacher_out", {"stay_format": "blended"}, "blended_staff"),
            ("training_in", {"stay_format": "blended"}, "blended_staff"),
        ],
    )
    def test_all_formats_exist_from_2022_on(self, base, changes, paragraph, call):
        found = outcome(self.identity, base, call, **changes)
        assert (found.verdict, paragraphs(found)) == (MET, {paragraph})

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize(
        ("base", "changes", "paragraph"),
        [
            ("blended_in", {}, "blended_student_duration"),
            ("doctoral_out", {}, "short_doctoral_duration"),
            ("teacher_out", {"stay_format": "blended"}, "blended_staff"),
        ],
    )
    def test_in_ka107_no_text_was_seen_that_closes_them_so_they_stay_open(self, base, changes, paragraph, call):
        found = outcome(self.identity, base, call, **changes)
        assert (found.verdict, found.missing) == (OPEN, ())
        wanted = (
            f"the refusal rests on the {paragraph.replace('_', ' ')} of the Programme Guide {call}, "
            "which no text was seen to show"
        )
        assert wanted in found.gaps

    @pytest.mark.parametrize("call", [*CALLS, *KA171])
    def test_stays_of_months_exist_always_and_without_a_format_it_does_not_apply(self, call):
        assert outcome(self.identity, "student_in", call, stay_format="long_term").verdict is MET
        assert outcome(self.identity, "student_in", call).verdict is NOT_APPLICABLE

    def test_a_blended_stay_asks_who_goes(self):
        nobody = {name: None for name in BASE["blended_in"] if PLACES[name].holder == "participant"}
        found = outcome(self.identity, "blended_in", 2024, **nobody, participant_kind=None, activity=None)
        assert (found.verdict, found.missing) == (OPEN, ("activity",))

    @pytest.mark.parametrize("told", [{"activity": "teaching"}, {"participant_kind": "staff"}])
    def test_a_short_doctoral_stay_of_staff_cannot_be_told(self, told):
        with pytest.raises(InputError, match="a short doctoral stay is one of students") as refused:
            mobility_of({"call": 2024, "stay_format": "short_doctoral", **told})
        assert refused.value.field == "stay_format"

    @pytest.mark.parametrize(
        ("format_", "days", "short"),
        [
            (None, 20, None),
            (None, 30, None),
            (None, 31, False),
            ("long_term", 20, False),
            ("blended", 30, True),
            ("blended", 31, False),
            ("short_doctoral", 5, True),
        ],
    )
    def test_a_format_that_is_not_told_follows_from_a_stay_longer_than_any_short_one(self, format_, days, short):
        end = date(2019, 9, 30) + timedelta(days=days - 1)
        changes = {"stay_format": format_, "end_date": end, "return_travel_date": None, "study_cycle": "third"}
        found = evaluate("student_in", 2024, **changes).value("is_short_student_stay")
        if short is None:
            assert found.missing == ("stay_format",)
        else:
            assert found is short

    @pytest.mark.parametrize("call", CALLS)
    def test_in_ka107_a_stay_of_which_no_format_is_told_is_one_of_months(self, call):
        assert evaluate("student_in", call, end_date="2019-10-03").value("is_short_student_stay") is False

    def test_staff_has_no_short_stays_of_students(self):
        found = evaluate("teacher_out", 2024, stay_format="blended")
        assert found.value("is_short_student_stay") is False
        for identity in ("eligibility.format.virtual_part", "duration.blended.minimum", "duration.blended.maximum"):
            assert found.outcomes[identity].verdict is NOT_APPLICABLE


class TestDoctoralCycleAndVirtualPart:
    @pytest.mark.parametrize("call", KA171)
    @pytest.mark.parametrize(
        ("cycle", "verdict"), [("short", NOT_MET), ("first", NOT_MET), ("second", NOT_MET), ("third", MET)]
    )
    def test_short_doctoral_stays_are_for_the_third_cycle(self, cycle, verdict, call):
        found = outcome("eligibility.format.doctoral_cycle", "doctoral_out", call, study_cycle=cycle)
        # Of the Guide 2026 no such paragraph was seen, so nobody is refused by it.
        assert found.verdict is (OPEN if call == 2026 and verdict is NOT_MET else verdict)
        assert paragraphs(found) == {"short_doctoral_duration"}

    def test_other_stays_have_no_such_cycle_and_the_cycle_is_asked_for(self):
        identity = "eligibility.format.doctoral_cycle"
        assert outcome(identity, "blended_in", 2024).verdict is NOT_APPLICABLE
        assert outcome(identity, "student_in", 2024).verdict is NOT_APPLICABLE
        assert asked_without(identity, "doctoral_out", "study_cycle", call=2024) == ("study_cycle",)
        assert asked_without(identity, "doctoral_out", "stay_format", call=2024) == ("stay_format",)

    def test_a_blended_stay_has_a_virtual_part_and_a_short_doctoral_one_need_not(self):
        identity = "eligibility.format.virtual_part"
        assert outcome(identity, "blended_in", 2024).verdict is MET
        assert outcome(identity, "blended_in", 2024, has_virtual_part=False).verdict is NOT_MET
        assert asked_without(identity, "blended_in", "has_virtual_part", call=2024) == ("has_virtual_part",)
        assert outcome(identity, "doctoral_out", 2024, has_virtual_part=False).verdict is NOT_APPLICABLE


class TestRestrictionsOnCountries:
    identity = "eligibility.restriction.countries"
    bases = ("student_in", "training_in", "student_out", "teacher_out")

    def asked(self, base, country, call, **changes):
        side = "sending_country" if base.endswith("_in") else "receiving_country"
        return outcome(self.identity, base, call, **{side: country}, **changes)

    @pytest.mark.parametrize("base", bases)
    def test_in_2022_individuals_still_come_from_russia_and_go_there(self, base):
        found = self.asked(base, "RU", 2022)
        assert (found.verdict, how_sure(found, "restrictions")) == (MET, Confidence.OFFICIAL)
        assert "Individual students and staff may still come and go" in found.sentence

    @pytest.mark.parametrize("base", bases)
    @pytest.mark.parametrize("call", [2023, 2024, 2026])
    def test_in_calls_of_which_nothing_was_seen_russia_is_left_open(self, base, call):
        found = self.asked(base, "RU", call)
        assert (found.verdict, found.missing) == (OPEN, ())
        assert found.gaps == (
            (
                f"the refusal rests on the restrictions (Russia) of the Programme Guide {call}, "
                "which no text was seen to show"
            ),
        )

    @pytest.mark.parametrize("base", bases)
    def test_in_2025_only_students_come_from_russia(self, base):
        found = self.asked(base, "RU", 2025)
        assert (found.verdict, how_sure(found, "restrictions")) == (
            MET if base == "student_in" else NOT_MET,
            Confidence.OFFICIAL,
        )
        if found.verdict is NOT_MET:
            assert "(who may still go: incoming students)" in found.sentence

    def test_in_2025_it_asks_who_comes_from_russia_but_not_who_goes_there(self):
        nobody = {name: None for name in BASE["student_in"] if PLACES[name].holder == "participant"}
        nobody |= {"participant_kind": None, "activity": None}
        found = self.asked("student_in", "RU", 2025, **nobody)
        assert (found.verdict, found.missing) == (OPEN, ("activity",))
        assert self.asked("student_out", "RU", 2025, **nobody).verdict is NOT_MET

    @pytest.mark.parametrize("base", bases)
    @pytest.mark.parametrize("call", KA171)
    def test_what_holds_for_belarus_was_never_seen(self, base, call):
        found = self.asked(base, "BY", call)
        assert (found.verdict, found.missing) == (OPEN, ())
        assert "(Belarus)" in found.gaps[0]

    @pytest.mark.parametrize("call", KA171)
    def test_ukraine_is_open_and_other_countries_are_named_by_no_restriction(self, call):
        assert self.asked("student_in", "UA", call).verdict is MET
        found = self.asked("student_in", "KZ", call)
        assert (found.verdict, found.sentence) == (MET, "no restriction of this call names Kazakhstan")

    @pytest.mark.parametrize("call", CALLS)
    def test_ka107_has_no_paragraph_of_restrictions(self, call):
        assert self.asked("student_in", "RU", call).verdict is NOT_IN_FORCE

    def test_the_country_is_asked_for(self):
        assert asked_without(self.identity, "student_in", "sending_country", call=2025) == ("sending_country",)

    def test_a_restriction_can_say_from_when_and_the_gravest_speaks(self):
        texts = guide(2025).provisions
        russia = next(line for line in texts["restrictions"].lines if line.name == "Russia")
        later = attrs.evolve(russia, name="A later one", since=date(2026, 1, 1), open_incoming_students=False)
        reformed = {**texts, "restrictions": attrs.evolve(texts["restrictions"], lines=(russia, later))}
        told = facts_of(mobility_of({"call": 2025, **facts("student_in", sending_country="RU")}))
        found = RULEBOOK.evaluate(told, reformed).outcomes[self.identity]
        assert found.verdict is NOT_MET
        assert found.sentence.startswith("the restriction on A later one, since 2026-01-01 closes this mobility")


class TestGeorgianAuthorities:
    identity = "eligibility.restriction.public_authorities"
    authority_in = {"sending_country": "GE", "sending_kind": "public_authority", "sending_holds_charter": None}  # noqa: RUF012 - a case, never changed
    authority_out = {"receiving_kind": "public_authority", "receiving_holds_charter": None}  # noqa: RUF012 - see above

    @pytest.mark.parametrize("call", KA171)
    def test_they_are_refused_in_2026_and_in_no_call_before(self, call):
        for base, changes in (("training_in", self.authority_in), ("teacher_out", self.authority_out)):
            found = outcome(self.identity, base, call, **changes)
            assert found.verdict is (NOT_MET if call == 2026 else NOT_APPLICABLE)
        assert outcome(self.identity, "training_in", 2026, **self.authority_in).confidence is Confidence.CORROBORATED

    @pytest.mark.parametrize("base", ["student_out", "teacher_out"])
    def test_universities_go_on_taking_part(self, base):
        assert outcome(self.identity, base, 2026).verdict is MET

    def test_the_kind_is_asked_for_where_nothing_tells_it(self):
        unknown = {"sending_country": "GE", "sending_kind": None, "sending_holds_charter": None}
        assert asked_without(self.identity, "training_in", call=2026, **unknown) == ("sending_kind",)
        trained = {"activity": "training", "receiving_kind": None, "receiving_holds_charter": None}
        assert asked_without(self.identity, "teacher_out", call=2026, **trained) == ("receiving_kind",)

    def test_the_charter_the_students_and_the_place_of_teaching_tell_that_it_is_a_university(self):
        charter = {"sending_country": "GE", "sending_kind": None, "sending_holds_charter": True}
        assert outcome(self.identity, "training_in", 2026, **charter).verdict is MET
        assert outcome(self.identity, "student_in", 2026, sending_country="GE", sending_kind=None).verdict is MET
        assert outcome(self.identity, "teacher_out", 2026, receiving_kind=None).verdict is MET

    def test_authorities_of_other_countries_are_not_asked(self):
        changes = self.authority_in | {"sending_country": "AM"}
        assert outcome(self.identity, "training_in", 2026, **changes).verdict is NOT_APPLICABLE


class TestHungarianTrusts:
    identity = "eligibility.restriction.public_interest_trusts"

    def asked(self, trust, signed, call=2022, base="student_in", **changes):
        side = "receiving" if base.endswith("_in") else "sending"
        told = {f"{side}_country": "HU", f"{side}_is_public_interest_trust": trust, "residence_country": None}
        return outcome(self.identity, base, call, **told, grant_agreement_signed_on=signed, **changes)

    @pytest.mark.parametrize("base", ["student_in", "training_in", "student_out", "teacher_out"])
    @pytest.mark.parametrize("call", [2022, 2023])
    @pytest.mark.parametrize(
        ("trust", "signed", "verdict"),
        [
            (False, None, MET),
            (False, "2023-01-01", MET),
            (True, "2022-12-15", MET),
            (True, "2022-12-16", NOT_MET),
            (True, "2022-12-17", NOT_MET),
            (None, "2022-12-15", MET),
        ],
    )
    def test_new_commitments_are_refused_from_16_december_2022_on(self, trust, signed, verdict, call, base):
        found = self.asked(trust, signed, call, base)
        assert (found.verdict, how_sure(found, "restrictions")) == (verdict, Confidence.OFFICIAL)

    @pytest.mark.parametrize("call", [2024, 2025, 2026])
    def test_in_calls_of_which_its_status_was_not_checked_nobody_is_refused(self, call):
        found = self.asked(True, "2025-08-01", call)
        assert (found.verdict, found.missing) == (OPEN, ())
        assert "(Hungarian public-interest trusts)" in found.gaps[0]
        assert self.asked(False, "2025-08-01", call).verdict is MET

    @pytest.mark.parametrize(
        ("trust", "signed", "asked"),
        [
            (None, None, ("receiving_is_public_interest_trust",)),
            (None, "2022-12-16", ("receiving_is_public_interest_trust",)),
            (True, None, ("grant_agreement_signed_on",)),
        ],
    )
    def test_what_is_not_told_is_asked_for(self, trust, signed, asked):
        found = self.asked(trust, signed)
        assert (found.verdict, found.missing) == (OPEN, asked)

    def test_what_is_asked_for_is_that_of_the_programme_side(self):
        found = self.asked(None, "2023-01-01", base="teacher_out")
        assert found.missing == ("sending_is_public_interest_trust",)

    def test_it_concerns_hungary_alone(self):
        assert outcome(self.identity, "student_in", 2022).verdict is NOT_APPLICABLE

    def test_without_a_day_it_holds_for_the_whole_call(self):
        texts = guide(2022).provisions
        lines = [attrs.evolve(line, since=None) for line in texts["restrictions"].lines]
        reformed = {**texts, "restrictions": attrs.evolve(texts["restrictions"], lines=tuple(lines))}
        told = facts("student_in", receiving_country="HU", receiving_is_public_interest_trust=True)
        found = RULEBOOK.evaluate(facts_of(mobility_of({"call": 2022, **told})), reformed).outcomes[self.identity]
        assert found.verdict is NOT_MET
        assert found.sentence.startswith(
            "the institution is a public-interest trust or maintained by one: No new legal"
        )


class TestWhatAReformWouldChange:
    """A Guide that nobody has adopted: what a paragraph requires is read from it and stands nowhere in the rules."""

    @pytest.mark.parametrize(
        ("identity", "paragraph", "reform", "base", "changes", "verdict"),
        [
            (
                "eligibility.charter.programme_side",
                "charter",
                {"required_of": frozenset()},
                "student_in",
                {"receiving_holds_charter": False},
                MET,
            ),
            (
                "eligibility.partner.recognised",
                "partner_recognition",
                {"required": False},
                "student_in",
                {"sending_is_recognised": False},
                MET,
            ),
            (
                "eligibility.student.enrolled",
                "enrolment",
                {"required": False},
                "student_in",
                {"is_enrolled": False},
                MET,
            ),
            (
                "eligibility.student.not_graduated",
                "recent_graduates",
                {"eligible": True},
                "student_in",
                {"graduated_on": "2019-06-30"},
                MET,
            ),
            (
                "eligibility.student.destination",
                "student_destination",
                {"not_residence_country": False},
                "student_in",
                {"residence_country": "SI"},
                MET,
            ),
            (
                "eligibility.staff.employed",
                "staff_employment",
                {"required": False},
                "teacher_out",
                {"is_employed_by_sending": False},
                MET,
            ),
            (
                "eligibility.activity.no_conference",
                "conferences",
                {"count_as_training": True},
                "training_in",
                {"is_conference": True},
                MET,
            ),
            ("eligibility.stay.insured", "insurance", {"required": False}, "student_in", {"is_insured": False}, MET),
            ("eligibility.stay.visa", "visa", {"required": False}, "student_in", {"has_visa": False}, MET),
            ("eligibility.activity.open", "activities", {"lines": ()}, "student_in", {}, OPEN),
        ],
    )
    def test_the_rule_follows_the_paragraph(self, identity, paragraph, reform, base, changes, verdict):
        mobility = mobility_of({"call": 2019, **facts(base, **changes)})
        provisions = guide(2019).provisions
        reformed = {**provisions, paragraph: attrs.evolve(provisions[paragraph], **reform)}
        assert RULEBOOK.evaluate(facts_of(mobility), reformed).outcomes[identity].verdict is verdict

    def test_an_activity_of_which_the_guide_says_nothing_is_a_gap(self):
        activities = attrs.evolve(guide(2019).provisions["activities"], lines=())
        answer = activity_is_open(Activity.STUDIES, activities)
        assert answer.gaps == ("the Programme Guide 2019 says nothing of studies",)

    def test_a_country_that_takes_full_part_stands_in_no_region(self):
        status = CountryStatus(Country("SI"), Country("SI"), Role.PROGRAMME)
        assert partner_region(status) == unknown("Slovenia stands in no region")
