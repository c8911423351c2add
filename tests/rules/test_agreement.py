"""The inter-institutional agreement: each rule on both sides of its edges, not asked, and with facts missing."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from icm_rules.engine import Confidence, Verdict
from icm_rules.guide import guide
from icm_rules.model.vocabulary import facts_of, mobility_of
from icm_rules.rules import RULEBOOK
from tests.rules.cases import ALMATY, BASE, LJUBLJANA, TBILISI, asked_without, facts, outcome

MET, NOT_MET, OPEN = Verdict.MET, Verdict.NOT_MET, Verdict.UNDETERMINED
NOT_APPLICABLE = Verdict.NOT_APPLICABLE
CALLS = (2015, 2016, 2017, 2018, 2019, 2020)

ALL_RULES = (
    "agreement.parties.these_institutions",
    "agreement.signature.programme_side",
    "agreement.signature.partner_side",
    "agreement.validity.academic_year",
    "agreement.condition.direction_and_activity",
    "agreement.condition.places",
    "agreement.condition.length",
    "agreement.condition.study_cycles",
    "agreement.condition.subject_areas",
    "agreement.partner.charter_principles",
    "agreement.recognition.provided",
)


def condition(base: str = "student_in", **changes: object) -> dict[str, object]:
    """The condition of the base's agreement with ``changes``; a value of None takes a field away."""
    conditions: Any = BASE[base]["agreement_conditions"]
    return {name: value for name, value in (conditions[0] | changes).items() if value is not None}


class TestTheAgreementIsAskedBetweenUniversities:
    @pytest.mark.parametrize("identity", ALL_RULES)
    @pytest.mark.parametrize("call", CALLS)
    def test_every_rule_is_met_by_a_whole_agreement(self, identity, call):
        assert outcome(identity, "student_in", call).verdict is MET

    @pytest.mark.parametrize("identity", ALL_RULES)
    def test_none_is_asked_where_an_enterprise_receives(self, identity):
        assert outcome(identity, "trainee_in").verdict is NOT_APPLICABLE

    @pytest.mark.parametrize("identity", ALL_RULES)
    def test_none_is_asked_where_an_enterprise_sends(self, identity):
        changes = {"activity": "teaching", "sending_kind": "enterprise", "sending_holds_charter": None}
        assert outcome(identity, "training_in", **changes).verdict is NOT_APPLICABLE

    @pytest.mark.parametrize("identity", ALL_RULES)
    @pytest.mark.parametrize("changes", [{"sending_country": "DE"}, {"receiving_country": "GE"}])
    def test_none_is_asked_where_it_is_no_credit_mobility(self, identity, changes):
        assert outcome(identity, "student_in", **changes).verdict is NOT_APPLICABLE

    @pytest.mark.parametrize("identity", ALL_RULES)
    @pytest.mark.parametrize("name", ["sending_country", "receiving_country"])
    def test_the_countries_are_asked_for_first(self, identity, name):
        assert asked_without(identity, "student_in", name) == (name,)

    @pytest.mark.parametrize("identity", [identity for identity in ALL_RULES if "study_cycles" not in identity])
    def test_the_kind_of_each_side_is_asked_for_where_nothing_tells_it(self, identity):
        assert asked_without(identity, "training_in", "sending_kind")[0] == "sending_kind"
        host = {"receiving_kind": None, "receiving_erasmus_code": None, "receiving_holds_charter": None}
        assert asked_without(identity, "training_in", **host)[0] == "receiving_kind"

    @pytest.mark.parametrize("identity", ALL_RULES)
    def test_without_any_agreement_told_each_rule_is_open_and_asks(self, identity):
        agreement = [name for name in BASE["student_in"] if name.startswith("agreement_")]
        assert set(asked_without(identity, "student_in", *agreement)) <= set(agreement)

    @pytest.mark.parametrize("identity", ALL_RULES)
    def test_the_agreement_is_due_before_departure(self, identity):
        assert outcome(identity, "student_in").rule.due == "before_departure"


class TestAgreementIsBetweenTheseUniversities:
    identity = "agreement.parties.these_institutions"

    def parties(self, first: dict[str, str], second: dict[str, str], **changes: object):
        return outcome(self.identity, "student_in", agreement_parties=[first, second], **changes)

    def test_the_order_of_the_parties_does_not_matter(self):
        assert self.parties(LJUBLJANA, ALMATY).verdict is MET
        assert self.parties(ALMATY, LJUBLJANA).verdict is MET

    @pytest.mark.parametrize("base", ["student_out", "teacher_out", "training_in"])
    def test_it_holds_for_both_directions_and_for_staff(self, base):
        assert outcome(self.identity, base).verdict is MET

    def test_the_note_of_the_template_is_shown(self):
        assert "note of the template" in outcome(self.identity, "training_in").sentence

    @pytest.mark.parametrize(
        ("code", "own", "other"),
        [
            ("pic", "999842542", "999842543"),
            ("oid", "E10000001", "E10000002"),
            ("schac", "kaznu.kz", "kaznu.edu.kz"),
        ],
    )
    def test_the_same_code_is_met_under_any_name_and_another_code_is_not_met(self, code, own, other):
        told = {f"sending_{kind}": None for kind in ("pic", "oid", "schac")} | {f"sending_{code}": own}
        assert self.parties(LJUBLJANA, {"name": "KazNU", code: own}, **told).verdict is MET
        assert self.parties(LJUBLJANA, {"name": ALMATY["name"], code: other}, **told).verdict is NOT_MET

    def test_the_erasmus_code_tells_the_programme_side(self):
        assert self.parties({"erasmus_code": "SI LJUBLJA01"}, ALMATY, receiving_pic=None).verdict is MET
        assert self.parties({"erasmus_code": "SI MARIBOR01"}, ALMATY, receiving_pic=None).verdict is NOT_MET

    def test_the_same_name_is_met_in_any_case_of_letters(self):
        found = self.parties({"name": "UNIVERSITY OF LJUBLJANA"}, {"name": ALMATY["name"]})
        assert found.verdict is MET

    def test_another_country_is_not_met_whatever_else_agrees(self):
        assert self.parties(LJUBLJANA, ALMATY | {"country": "KG"}).verdict is NOT_MET

    def test_another_partner_is_not_met_and_the_parties_are_named(self):
        found = self.parties(LJUBLJANA, TBILISI)
        assert found.verdict is NOT_MET
        assert "University of Ljubljana, Tbilisi State University" in found.sentence

    def test_a_name_with_signs_of_templates_stands_as_it_was_told(self):
        sentence = self.parties({"name": "{University} of {0}"}, TBILISI).sentence
        assert "{University} of {0}, Tbilisi State University" in sentence

    def test_a_party_without_a_name_is_named_by_its_country(self):
        assert "University of Ljubljana, Georgia" in self.parties(LJUBLJANA, {"country": "GE"}).sentence
        unnamed = self.parties(LJUBLJANA, {"pic": "999999999"})
        assert "an institution without a name" in unnamed.sentence

    def test_one_university_twice_is_not_the_two_of_the_mobility(self):
        assert self.parties(LJUBLJANA, LJUBLJANA).verdict is NOT_MET

    def test_names_written_differently_are_no_refusal(self):
        found = self.parties({"name": "Univerza v Ljubljani"}, ALMATY)
        assert (found.verdict, found.missing) == (OPEN, ("agreement_parties",))

    def test_a_code_that_the_agreement_tells_and_the_mobility_does_not_is_asked_for(self):
        found = self.parties(LJUBLJANA, {"name": "KazNU", "oid": "E10000001"})
        assert (found.verdict, found.missing) == (OPEN, ("sending_oid",))
        found = self.parties({"schac": "uni-lj.si"}, ALMATY)
        assert (found.verdict, found.missing) == (OPEN, ("receiving_schac",))

    def test_a_name_that_only_the_agreement_tells_is_asked_for(self):
        found = self.parties(LJUBLJANA, {"name": "KazNU"}, sending_name=None)
        assert (found.verdict, found.missing) == (OPEN, ("sending_name",))

    def test_where_nothing_can_be_compared_all_that_would_tell_is_asked_for(self):
        unknown = dict.fromkeys(f"{side}_{what}" for side in ("sending", "receiving") for what in ("name", "pic"))
        found = self.parties(LJUBLJANA, ALMATY, **unknown, receiving_erasmus_code=None)
        assert found.verdict is OPEN
        assert found.missing == (
            "sending_name",
            "sending_pic",
            "receiving_name",
            "receiving_erasmus_code",
            "receiving_pic",
        )

    def test_the_parties_are_asked_for(self):
        assert asked_without(self.identity, "student_in", "agreement_parties") == ("agreement_parties",)


@pytest.mark.parametrize(
    ("identity", "name"),
    [
        ("agreement.signature.programme_side", "agreement_signed_by_programme_side_on"),
        ("agreement.signature.partner_side", "agreement_signed_by_partner_side_on"),
    ],
)
class TestSideSignedBeforeTheStart:
    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize(
        ("signed", "verdict", "words"),
        [
            ("2019-09-29", MET, "before the stay starts on 2019-09-30"),
            ("2019-09-30", NOT_MET, "the day the stay starts, and not before it"),
            ("2019-10-01", NOT_MET, "1 day after the stay starts on 2019-09-30"),
        ],
    )
    def test_the_last_day_to_sign_is_the_day_before_the_start(self, identity, name, signed, verdict, words, call):
        found = outcome(identity, "student_in", call, **{name: signed}, start_date="2019-09-30")
        assert found.verdict is verdict
        assert words in found.sentence
        assert found.confidence is Confidence.OFFICIAL

    def test_the_other_side_does_not_matter(self, identity, name):
        for other in ("agreement_signed_by_programme_side_on", "agreement_signed_by_partner_side_on"):
            if other != name:
                assert outcome(identity, "student_in", **{other: "2020-01-01"}).verdict is MET
                assert outcome(identity, "student_in", **{other: None}).verdict is MET

    def test_a_day_that_is_not_told_is_asked_for(self, identity, name):
        assert asked_without(identity, "student_in", name) == (name,)
        assert asked_without(identity, "student_in", "start_date") == ("start_date",)
        assert asked_without(identity, "student_in", name, "start_date") == (name, "start_date")

    @pytest.mark.parametrize("base", ["student_out", "teacher_out", "training_in"])
    def test_it_holds_for_both_directions_and_for_staff(self, identity, name, base):
        assert outcome(identity, base).verdict is MET


class TestAgreementIsInForceForTheYear:
    identity = "agreement.validity.academic_year"

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize(
        ("first", "last", "verdict"),
        [
            ("2019/2020", "2021/2022", MET),  # the first year
            ("2017/2018", "2019/2020", MET),  # the last year
            ("2019/2020", "2019/2020", MET),
            ("2020/2021", "2021/2022", NOT_MET),  # the year before
            ("2016/2017", "2018/2019", NOT_MET),  # the year after
        ],
    )
    def test_the_first_and_the_last_year_are_within(self, first, last, verdict, call):
        changes = {"agreement_first_academic_year": first, "agreement_last_academic_year": last}
        found = outcome(self.identity, "student_in", call, **changes)
        assert found.verdict is verdict
        assert f"{first} to {last}" in found.sentence

    @pytest.mark.parametrize(
        ("first", "last", "verdict"),
        [
            ("2018/2019", "2019/2020", MET),  # whatever year 2019-09-30 lies in
            ("2019/2020", "2020/2021", OPEN),
            ("2017/2018", "2018/2019", OPEN),
            ("2020/2021", "2021/2022", NOT_MET),
            ("2016/2017", "2017/2018", NOT_MET),
        ],
    )
    def test_where_the_year_is_not_told_each_that_the_first_day_may_lie_in_is_tried(self, first, last, verdict):
        changes = {"agreement_first_academic_year": first, "agreement_last_academic_year": last}
        found = outcome(self.identity, "student_in", academic_year=None, **changes)
        assert found.verdict is verdict
        assert found.missing == (("academic_year",) if verdict is OPEN else ())
        assert "2018/2019 or 2019/2020" in found.sentence

    @pytest.mark.parametrize(
        ("year", "first", "last", "verdict"),
        [
            ("2019/2019", "2019/2019", "2020/2020", MET),
            ("2019/2019", "2018/2019", "2020/2021", MET),
            ("2019/2019", "2019/2020", "2020/2021", OPEN),  # the second half of 2019 lies in 2019/2020
            ("2019/2019", "2017/2018", "2018/2019", OPEN),  # and the first half in 2018/2019
            ("2019/2019", "2020/2021", "2021/2022", NOT_MET),
            ("2019/2019", "2016/2017", "2017/2018", NOT_MET),
            ("2019/2020", "2019/2019", "2019/2019", OPEN),
            ("2019/2020", "2020/2020", "2021/2021", OPEN),
            ("2019/2020", "2021/2021", "2022/2022", NOT_MET),
            ("2019/2020", "2017/2017", "2018/2018", NOT_MET),
            ("2019/2020", "2019/2019", "2020/2020", MET),
        ],
    )
    def test_years_of_one_and_of_two_calendar_years_are_told_apart_only_where_no_month_is_shared(
        self, year, first, last, verdict
    ):
        changes = {"agreement_first_academic_year": first, "agreement_last_academic_year": last}
        found = outcome(self.identity, "student_in", academic_year=year, **changes)
        assert found.verdict is verdict
        asked = ("no text was seen that says when an academic year begins",) if verdict is OPEN else ()
        assert (found.missing, found.gaps) == ((), asked)

    @pytest.mark.parametrize("name", ["agreement_first_academic_year", "agreement_last_academic_year"])
    def test_an_end_that_is_not_told_is_asked_for(self, name):
        assert asked_without(self.identity, "student_in", name) == (name,)

    def test_an_end_that_is_not_told_does_not_hide_a_refusal(self):
        ended = {"agreement_first_academic_year": None, "agreement_last_academic_year": "2018/2019"}
        assert outcome(self.identity, "student_in", **ended).verdict is NOT_MET
        begins = {"agreement_first_academic_year": "2020/2021", "agreement_last_academic_year": None}
        assert outcome(self.identity, "student_in", **begins).verdict is NOT_MET

    def test_a_year_or_a_first_day_is_asked_for(self):
        asked = asked_without(self.identity, "student_in", "academic_year", "start_date")
        assert asked == ("academic_year", "start_date")
        assert outcome(self.identity, "student_in", start_date=None).verdict is MET

    @pytest.mark.parametrize(
        ("first", "last", "words"),
        [
            ("2018/2019", "2020/2021", "runs from 2018/2019 to 2020/2021"),
            ("2018/2019", None, "runs from 2018/2019 to a year that is not told"),
            (None, "2020/2021", "runs from a year that is not told to 2020/2021"),
            (None, None, "runs for years that are not told"),
        ],
    )
    def test_the_sentence_says_what_is_told_of_the_years(self, first, last, words):
        told = {"agreement_first_academic_year": first, "agreement_last_academic_year": last}
        assert outcome(self.identity, "student_in", **told).sentence.endswith(words)


class TestAgreementHasAConditionForThisMobility:
    identity = "agreement.condition.direction_and_activity"

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize(
        ("direction", "activity", "verdict"),
        [
            ("incoming", "studies", MET),
            ("outgoing", "studies", NOT_MET),
            ("incoming", "teaching", NOT_MET),
            ("incoming", "traineeship", NOT_MET),
        ],
    )
    def test_direction_and_activity_must_both_agree(self, direction, activity, verdict, call):
        changes = {"agreement_conditions": [condition(direction=direction, activity=activity)]}
        found = outcome(self.identity, "student_in", call, **changes)
        assert (found.verdict, found.confidence) == (verdict, Confidence.CORROBORATED)

    def test_one_fitting_condition_among_others_suffices(self):
        conditions = [condition(direction="outgoing"), condition(activity="teaching"), condition()]
        assert outcome(self.identity, "student_in", agreement_conditions=conditions).verdict is MET

    def test_no_condition_at_all_is_not_met(self):
        found = outcome(self.identity, "student_in", agreement_conditions=[])
        assert found.verdict is NOT_MET
        assert found.sentence == "the agreement has no condition for incoming studies"

    @pytest.mark.parametrize(
        ("base", "own", "written", "verdict"),
        [
            ("student_in", "studies_and_traineeship", "studies", MET),
            ("student_in", "studies_and_traineeship", "studies_and_traineeship", MET),
            ("student_in", "studies_and_traineeship", "traineeship", NOT_MET),
            ("student_in", "studies", "studies_and_traineeship", NOT_MET),
            ("training_in", "teaching_and_training", "teaching", MET),
            ("training_in", "teaching_and_training", "teaching_and_training", MET),
            ("training_in", "teaching_and_training", "training", NOT_MET),
            ("training_in", "training", "teaching_and_training", NOT_MET),
        ],
    )
    def test_a_combined_stay_is_carried_by_the_condition_for_its_first_activity(self, base, own, written, verdict):
        changes = {"activity": own, "agreement_conditions": [condition(base, activity=written)]}
        assert outcome(self.identity, base, **changes).verdict is verdict

    @pytest.mark.parametrize("name", ["agreement_conditions", "activity"])
    def test_what_is_not_told_is_asked_for(self, name):
        assert asked_without(self.identity, "student_in", name)[0] == name

    @pytest.mark.parametrize(
        "identity",
        [f"agreement.condition.{what}" for what in ("places", "length", "study_cycles", "subject_areas")],
    )
    def test_without_a_fitting_condition_what_it_says_is_not_asked(self, identity):
        conditions = [condition(direction="outgoing")]
        assert outcome(identity, "student_in", agreement_conditions=conditions).verdict is NOT_APPLICABLE


class TestAgreementNamesPlaces:
    identity = "agreement.condition.places"

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize(("places", "verdict"), [(0, NOT_MET), (1, MET), (20, MET)])
    def test_one_place_a_year_suffices_and_none_does_not(self, places, verdict, call):
        changes = {"agreement_conditions": [condition(places_per_year=places)]}
        found = outcome(self.identity, "student_in", call, **changes)
        assert found.verdict is verdict
        assert f"the agreement names {places} places a year" in found.sentence

    def test_places_that_are_not_told_are_asked_for(self):
        conditions = [condition(places_per_year=None)]
        asked = asked_without(self.identity, "student_in", agreement_conditions=conditions)
        assert asked == ("agreement_conditions",)

    def test_the_condition_that_carries_the_stay_best_decides(self):
        none, open_, some = (condition(places_per_year=number) for number in (0, None, 2))
        assert outcome(self.identity, "student_in", agreement_conditions=[none, open_, some]).verdict is MET
        assert outcome(self.identity, "student_in", agreement_conditions=[none, open_]).verdict is OPEN
        assert outcome(self.identity, "student_in", agreement_conditions=[none, none]).verdict is NOT_MET

    def test_the_conditions_are_asked_for(self):
        assert asked_without(self.identity, "student_in", "agreement_conditions") == ("agreement_conditions",)


class TestAgreementNamesMonthsOrDays:
    identity = "agreement.condition.length"

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize(
        ("base", "own", "other", "unit"),
        [
            ("student_in", "months_per_year", "days_per_year", "months"),
            ("training_in", "days_per_year", "months_per_year", "days"),
        ],
    )
    def test_months_are_named_for_students_and_days_for_staff(self, base, own, other, unit, call):
        def asked(**changes: object):
            return outcome(self.identity, base, call, agreement_conditions=[condition(base, **changes)])

        assert asked(**{own: "0.5"}).verdict is MET
        assert asked(**{own: 0}).verdict is NOT_MET
        assert asked(**{own: 0}).sentence == f"the agreement names 0 {unit} a year"
        found = asked(**{own: None, other: 10})
        assert (found.verdict, found.missing) == (OPEN, ("agreement_conditions",))

    def test_the_conditions_are_asked_for(self):
        assert asked_without(self.identity, "student_in", "agreement_conditions") == ("agreement_conditions",)


class TestAgreementCoversTheStudyCycle:
    identity = "agreement.condition.study_cycles"

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize(
        ("cycles", "verdict"),
        [(["second"], MET), (["first", "second"], MET), (["first", "third"], NOT_MET), ([], MET)],
    )
    def test_the_cycle_of_the_student_is_among_those_named(self, cycles, verdict, call):
        changes = {"agreement_conditions": [condition(cycles=cycles)]}
        assert outcome(self.identity, "student_in", call, **changes).verdict is verdict

    def test_the_refusal_names_both(self):
        found = outcome(self.identity, "student_in", agreement_conditions=[condition(cycles=["first", "third"])])
        assert found.sentence == (
            "the agreement names these study cycles: first, third; the student is in the second cycle"
        )

    def test_what_is_not_told_is_asked_for(self):
        unnamed = [condition(cycles=None)]
        asked = asked_without(self.identity, "student_in", agreement_conditions=unnamed)
        assert asked == ("agreement_conditions",)
        assert asked_without(self.identity, "student_in", "study_cycle") == ("study_cycle",)
        assert asked_without(self.identity, "student_in", "agreement_conditions") == ("agreement_conditions",)

    def test_an_agreement_that_names_no_cycle_is_met_whatever_the_cycle(self):
        """The template marks the cycle as optional."""
        changes = {"agreement_conditions": [condition(cycles=[])], "study_cycle": None}
        assert outcome(self.identity, "student_in", **changes).verdict is MET

    def test_staff_is_in_no_cycle(self):
        assert outcome(self.identity, "teacher_out").verdict is NOT_APPLICABLE


class TestAgreementCoversTheSubjectArea:
    identity = "agreement.condition.subject_areas"

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize(
        ("named", "own", "verdict"),
        [
            (["0613"], "0613", MET),
            (["061"], "0613", MET),
            (["06"], "0613", MET),
            (["0613"], "061", MET),
            (["0311", "061"], "0613", MET),
            (["0612"], "0613", NOT_MET),
            (["062"], "0613", NOT_MET),
            (["07"], "0613", NOT_MET),
            # The template marks the subject area as optional.
            ([], "0613", MET),
        ],
    )
    def test_a_field_covers_those_below_it_and_no_other(self, named, own, verdict, call):
        changes = {"agreement_conditions": [condition(subject_areas=named)], "subject_area": own}
        assert outcome(self.identity, "student_in", call, **changes).verdict is verdict

    def test_it_holds_for_staff_as_well(self):
        assert outcome(self.identity, "teacher_out").verdict is MET
        changes = {"agreement_conditions": [condition("teacher_out", subject_areas=["07"])]}
        assert outcome(self.identity, "teacher_out", **changes).verdict is NOT_MET

    def test_a_stay_whose_field_is_not_told_is_met_by_any_field_named(self):
        found = outcome(self.identity, "student_in", subject_area=None)
        assert found.verdict is MET
        assert found.sentence == "the agreement names these subject areas: 061, 0311"

    def test_fields_that_the_agreement_does_not_tell_are_asked_for(self):
        unnamed = [condition(subject_areas=None)]
        asked = asked_without(self.identity, "student_in", agreement_conditions=unnamed)
        assert asked == ("agreement_conditions",)
        assert asked_without(self.identity, "student_in", "agreement_conditions") == ("agreement_conditions",)


@pytest.mark.parametrize(
    ("identity", "name"),
    [
        ("agreement.partner.charter_principles", "agreement_binds_partner_to_charter"),
        ("agreement.recognition.provided", "agreement_provides_for_recognition"),
    ],
)
class TestWhatTheAgreementPromises:
    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize("base", ["student_in", "student_out", "teacher_out"])
    def test_the_promise_is_there(self, identity, name, base, call):
        assert outcome(identity, base, call).verdict is MET
        found = outcome(identity, base, call, **{name: False})
        assert (found.verdict, found.confidence) == (NOT_MET, Confidence.OFFICIAL)

    def test_what_is_not_told_is_asked_for(self, identity, name):
        assert asked_without(identity, "student_in", name) == (name,)


class TestWhatAReformWouldChange:
    """A Guide that nobody has adopted: what a paragraph requires is read from it and stands nowhere in the rules."""

    @pytest.mark.parametrize(
        ("identity", "paragraph", "reform", "changes"),
        [
            (
                "agreement.signature.partner_side",
                "inter_institutional_agreement",
                {"signed_before_start": False},
                {"agreement_signed_by_partner_side_on": "2020-01-01"},
            ),
            (
                "agreement.condition.places",
                "agreement_content",
                {"names_places": False},
                {"agreement_conditions": [condition(places_per_year=0)]},
            ),
            (
                "agreement.condition.length",
                "agreement_content",
                {"names_length": False},
                {"agreement_conditions": [condition(months_per_year=0)]},
            ),
            (
                "agreement.partner.charter_principles",
                "charter_principles",
                {"required": False},
                {"agreement_binds_partner_to_charter": False},
            ),
            (
                "agreement.recognition.provided",
                "full_recognition",
                {"required": False},
                {"agreement_provides_for_recognition": False},
            ),
        ],
    )
    def test_the_rule_follows_the_paragraph(self, identity, paragraph, reform, changes):
        assert outcome(identity, "student_in", **changes).verdict is NOT_MET
        mobility = mobility_of({"call": 2019, **facts("student_in", **changes)})
        provisions = guide(2019).provisions
        reformed = {**provisions, paragraph: attrs.evolve(provisions[paragraph], **reform)}
        assert RULEBOOK.evaluate(facts_of(mobility), reformed).outcomes[identity].verdict is MET

    @pytest.mark.parametrize(
        ("identity", "reform", "changes"),
        [
            ("agreement.condition.study_cycles", {"names_cycles": True}, {"cycles": []}),
            ("agreement.condition.subject_areas", {"names_subject_areas": True}, {"subject_areas": []}),
        ],
    )
    def test_what_the_template_marks_as_optional_may_be_made_a_duty(self, identity, reform, changes):
        conditions = {"agreement_conditions": [condition(**changes)]}
        assert outcome(identity, "student_in", **conditions).verdict is MET
        mobility = mobility_of({"call": 2019, **facts("student_in", **conditions)})
        provisions = guide(2019).provisions
        stricter = {**provisions, "agreement_content": attrs.evolve(provisions["agreement_content"], **reform)}
        assert RULEBOOK.evaluate(facts_of(mobility), stricter).outcomes[identity].verdict is NOT_MET
