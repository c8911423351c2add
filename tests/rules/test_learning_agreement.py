"""The rules on learning agreement, transcript and decision: each side of each edge, and with each fact missing."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest

from icm_rules.engine import Confidence, InputError, Verdict
from icm_rules.model.learning_agreement import AgreementChanges, AgreementVersion, Component, LearningAgreement
from icm_rules.model.mobility import Mobility
from icm_rules.model.transcript import RecognitionDecision, TranscriptOfRecords
from icm_rules.recognise import RECOGNITION_RULEBOOK, check_recognition
from icm_rules.rules import RULEBOOK

MET, NOT_MET, OPEN = Verdict.MET, Verdict.NOT_MET, Verdict.UNDETERMINED
NOT_APPLICABLE, NOT_IN_FORCE = Verdict.NOT_APPLICABLE, Verdict.NOT_IN_FORCE

SIGNED = {
    "signed_by_participant_on": "2024-01-10",
    "signed_by_sending_on": "2024-01-11",
    "signed_by_receiving_on": "2024-01-12",
}
SEMESTER_STARTS = dt.date(2024, 2, 5)


def component(code, credits_=30, **more):
    """A component as plain data."""
    return {"code": code, "title": f"Course {code}", "credits": credits_, **more}


def agreement(**changes):
    """An agreement that every rule is content with, with these fields changed; those of the first version too."""
    version = {"studied": [component("A")], "recognised": [component("H")], "signatures": SIGNED}
    for name in ("studied", "recognised", "virtual", "blended", "doctoral", "signatures"):
        if name in changes:
            version[name] = changes.pop(name)
    told = {
        "call": 2023,
        "start_date": "2024-02-05",
        "end_date": "2024-06-28",
        "provisions_url": "https://www.example.org",
        "first_version": version,
        **changes,
    }
    return LearningAgreement(**told)


def transcript(**changes):
    """A transcript that every rule is content with, with these fields changed."""
    told = {
        "components": [component("A", completed=True, grade="9")],
        "first_day_present": "2024-02-05",
        "last_day_present": "2024-06-28",
        "total": 30,
        "grade_distribution_url": "https://www.example.org",
        "results_published_on": "2024-07-01",
        "issued_on": "2024-07-10",
        "received_on": "2024-07-15",
    }
    return TranscriptOfRecords(**{**told, **changes})


def decision(**changes):
    """A decision that every rule is content with, with these fields changed."""
    return RecognitionDecision(**{"decided_on": "2024-08-01", "components": [component("A")], **changes})


def outcome(identity, *documents, **more):
    """What one rule answers."""
    return check_recognition(*documents, **more).outcomes[identity]


def days_after(start, days):
    """A day so many days later."""
    return start + dt.timedelta(days)


class TestAStayOfWhichAllIsWell:
    def test_meets_every_requirement(self):
        report = check_recognition(agreement(), transcript(), decision())
        assert report.overall.value == "eligible"
        assert {each.verdict for each in report.outcomes.values()} == {MET, NOT_APPLICABLE}

    def test_is_told_with_where_each_answer_is_written(self):
        report = check_recognition(agreement(), transcript(), decision())
        assert all(each.citations for each in report.outcomes.values() if each.verdict is MET)


def test_nothing_told_but_the_call_refuses_nothing():
    report = check_recognition(LearningAgreement(call=2023))
    assert report.overall.value == "cannot tell yet"
    assert {each.verdict for each in report.outcomes.values()} <= {OPEN, NOT_APPLICABLE}


def test_the_rules_of_documents_burden_no_mobility_and_no_table():
    shared = {rule.identity for rule in RECOGNITION_RULEBOOK.rules} & {rule.identity for rule in RULEBOOK.rules}
    assert shared == {"recognition.learning_agreement.signed", "recognition.blended.minimum_credits"}
    assert not {"learning_agreement", "transcript"} & set(RULEBOOK.givers)


class TestTheRoad:
    def test_the_call_is_told_by_one_of_the_two(self):
        with pytest.raises(InputError, match="the call is told neither"):
            check_recognition(agreement(call=None))
        assert check_recognition(agreement(call=None), mobility=Mobility(call=2024)).call == 2024

    def test_the_mobility_is_followed_where_it_differs(self):
        late = Mobility(call=2023, start_date="2024-01-11", end_date="2024-06-28")
        assert outcome("recognition.learning_agreement.signed", agreement()).verdict is MET
        assert outcome("recognition.learning_agreement.signed", agreement(), mobility=late).verdict is NOT_MET

    def test_a_reading_that_does_not_exist_is_refused(self):
        with pytest.raises(InputError, match="write one of: schema, business-requirements"):
            check_recognition(agreement(), short_stay_changes="both")

    def test_another_rulebook_may_answer(self):
        rules = RECOGNITION_RULEBOOK.without("recognition.agreement.totals")
        assert "recognition.agreement.totals" not in check_recognition(agreement(), rulebook=rules).outcomes


class TestSignatures:
    RULE = "recognition.learning_agreement.signed"

    def test_before_the_start_is_in_time_and_on_the_day_is_not(self):
        eve = {**SIGNED, "signed_by_receiving_on": "2024-02-04"}
        day = {**SIGNED, "signed_by_receiving_on": "2024-02-05"}
        assert outcome(self.RULE, agreement(signatures=eve)).verdict is MET
        assert outcome(self.RULE, agreement(signatures=day)).verdict is NOT_MET

    def test_a_signature_that_is_not_told_is_asked_for(self):
        found = outcome(self.RULE, agreement(signatures={**SIGNED, "signed_by_sending_on": None}))
        assert found.verdict is OPEN
        assert "learning_agreement_signed_by_sending_on" in found.missing


class TestTheFirstVersion:
    RULE = "recognition.agreement.in_force"

    def test_is_in_force(self):
        assert outcome(self.RULE, agreement()).verdict is MET

    def test_a_proposal_alone_agrees_nothing(self):
        told = LearningAgreement(call=2023, changes_proposal=AgreementChanges())
        found = outcome(self.RULE, told)
        assert (found.verdict, found.missing) == (OPEN, ("learning_agreement",))
        assert "a proposal alone agrees nothing" in found.sentence


class TestTheLists:
    RULE = "recognition.agreement.lists"

    @pytest.mark.parametrize(
        ("lists", "verdict"),
        [
            ({}, MET),
            ({"studied": []}, NOT_MET),
            ({"recognised": []}, NOT_MET),
            ({"recognised": None}, OPEN),
            ({"studied": None, "recognised": None, "blended": [component("A", 3)]}, MET),
            ({"blended": [], "doctoral": []}, MET),
            ({"studied": None, "recognised": None, "blended": []}, NOT_MET),
            ({"studied": None, "recognised": None, "doctoral": []}, NOT_MET),
            ({"doctoral": [component("A")]}, MET),
        ],
    )
    def test_hold_components(self, lists, verdict):
        assert outcome(self.RULE, agreement(**lists)).verdict is verdict


class TestTheTotals:
    RULE = "recognition.agreement.totals"

    @pytest.mark.parametrize(
        ("home", "reason", "verdict"),
        [
            (30, None, MET),
            ("29.5", None, NOT_MET),
            ("29.5", "the degree needs no more", MET),
            ({"value": 18, "scheme": "kazakhstan-legacy"}, None, OPEN),
            ({"value": 18, "scheme": "kazakhstan-legacy"}, "so it was agreed", MET),
            ({"value": 10, "scheme": "kazakhstan-legacy"}, None, NOT_MET),
            ({"value": 10, "scheme": "our own"}, None, OPEN),
        ],
    )
    def test_match_or_differ_for_a_reason(self, home, reason, verdict):
        told = agreement(recognised=[component("H", home)], totals_differ_because=reason, study_cycle="first")
        assert outcome(self.RULE, told).verdict is verdict

    def test_never_refuse(self):
        assert outcome(self.RULE, agreement(recognised=[component("H", 1)])).informs

    def test_are_none_of_short_stays(self):
        assert outcome(self.RULE, agreement(blended=[component("A", 3)])).verdict is NOT_APPLICABLE


class TestTheProportion:
    """144 days of 30 to the month: from 18 credits (a year of twelve months, less a quarter) to 40 (nine, and more)."""

    RULE = "recognition.agreement.proportionate"

    @pytest.mark.parametrize(
        ("credits_", "verdict"), [("17.5", NOT_MET), (18, MET), (30, MET), (40, MET), (41, NOT_MET)]
    )
    def test_has_a_named_tolerance_and_informs(self, credits_, verdict):
        found = outcome(self.RULE, agreement(studied=[component("A", credits_)]))
        # A refusal that rests on something unverified is no refusal.
        assert found.verdict is (OPEN if verdict is NOT_MET else verdict)
        assert found.is_held_back is (verdict is NOT_MET)
        assert found.informs
        assert found.confidence is Confidence.UNVERIFIED

    def test_the_dates_are_asked_for(self):
        assert "end_date" in outcome(self.RULE, agreement(end_date=None)).missing


class TestConditions:
    def test_none_stands_on_a_component_abroad(self):
        rule = "recognition.agreement.conditions"
        assert outcome(rule, agreement()).verdict is MET
        told = agreement(studied=[component("A", recognition_conditions="a viva")])
        assert outcome(rule, told).verdict is NOT_MET

    @pytest.mark.parametrize(
        ("more", "verdict"),
        [
            ({}, MET),
            ({"automatic_recognition": False}, NOT_MET),
            ({"automatic_recognition": False, "recognition_conditions": "a viva"}, MET),
        ],
    )
    def test_what_is_not_automatic_says_why(self, more, verdict):
        told = agreement(recognised=[component("H", **more)])
        assert outcome("recognition.agreement.automatic", told).verdict is verdict


class TestProvisionsForFailedComponents:
    RULE = "recognition.agreement.provisions_for_failed"

    def test_are_told_by_the_form_of_2021(self):
        assert outcome(self.RULE, agreement()).verdict is MET
        found = outcome(self.RULE, agreement(provisions_url=None))
        assert (found.verdict, found.missing) == (OPEN, ("provisions_url",))

    def test_are_not_asked_of_earlier_forms(self):
        assert outcome(self.RULE, agreement(edition="2016-2020")).verdict is NOT_APPLICABLE
        assert outcome(self.RULE, agreement(call=2019)).verdict is NOT_APPLICABLE


class TestBlendedStays:
    @pytest.mark.parametrize(("credits_", "verdict"), [(3, MET), ("2.5", NOT_MET)])
    def test_carry_three_ects(self, credits_, verdict):
        told = agreement(blended=[component("A", credits_)], studied=None, recognised=None, end_date="2024-02-20")
        assert outcome("recognition.blended.minimum_credits", told).verdict is verdict

    @pytest.mark.parametrize(
        ("scheme", "value", "verdict"),
        [
            ("georgia", 3, MET),
            ("georgia", 2, NOT_MET),
            ("usa-semester", "1.5", MET),
            ("ukraine", 2, OPEN),
            ("ours", 3, OPEN),
        ],
    )
    def test_carry_them_in_local_credits_as_the_record_counts_them(self, scheme, value, verdict):
        lists = {"blended": [component("A", {"value": value, "scheme": scheme})], "studied": None, "recognised": None}
        found = outcome("recognition.blended.minimum_credits", agreement(**lists, end_date="2024-02-20"))
        assert found.verdict is verdict


def changed(asked=0, settled=0, *, edition="2021-2027", **changes):
    """An agreement that was changed: asked so many days after the semester began, settled so many days after that."""
    request = days_after(SEMESTER_STARTS, asked)
    since = SEMESTER_STARTS if edition == "2014" else request
    told = {
        "requested_on": request,
        "semester_started_on": SEMESTER_STARTS,
        "signatures": {name: days_after(since, settled) for name in SIGNED},
        "studied": [{**component("B", 5), "status": "inserted", "reason_code": "extending-mobility"}],
        **changes,
    }
    return agreement(approved_changes=told, edition=edition)


class TestChanges:
    ASKED, SETTLED = "recognition.changes.requested_in_time", "recognition.changes.settled_in_time"

    @pytest.mark.parametrize(("days", "verdict"), [(0, MET), (35, MET), (36, NOT_MET), (-1, OPEN)])
    def test_are_asked_for_within_five_weeks(self, days, verdict):
        assert outcome(self.ASKED, changed(days)).verdict is verdict

    @pytest.mark.parametrize(("days", "verdict"), [(14, MET), (15, NOT_MET), (-1, OPEN)])
    def test_are_settled_within_two_weeks_of_the_request(self, days, verdict):
        assert outcome(self.SETTLED, changed(0, days)).verdict is verdict

    @pytest.mark.parametrize(("days", "verdict"), [(14, MET), (15, OPEN), (35, OPEN), (36, NOT_MET)])
    def test_of_2014_are_asked_for_in_a_window_the_institutions_set(self, days, verdict):
        assert outcome(self.ASKED, changed(days, edition="2014")).verdict is verdict

    @pytest.mark.parametrize(("days", "verdict"), [(28, MET), (29, OPEN), (49, OPEN), (50, NOT_MET)])
    def test_of_2014_are_settled_within_a_window_from_the_start(self, days, verdict):
        assert outcome(self.SETTLED, changed(0, days, edition="2014")).verdict is verdict

    def test_ask_for_their_days(self):
        assert outcome(self.ASKED, changed(requested_on=None)).missing == ("change_requested_on",)
        assert "change_requested_on" in outcome(self.SETTLED, changed(requested_on=None)).missing
        assert "change_signed_by_sending_on" in outcome(self.SETTLED, changed(signatures=None)).missing

    def test_are_signed_by_all(self):
        rule = "recognition.changes.signed"
        assert outcome(rule, changed()).verdict is MET
        found = outcome(rule, changed(signatures={"signed_by_sending_on": "2024-02-06"}))
        assert found.missing == ("change_signed_by_participant_on", "change_signed_by_receiving_on")

    @pytest.mark.parametrize(
        ("more", "verdict"),
        [
            ({"reason_code": "extending-mobility"}, MET),
            ({"reason_code": "not-available"}, NOT_MET),
            ({"reason_code": "because"}, NOT_MET),
            ({"reason_text": "the student asks for it"}, MET),
            ({}, NOT_MET),
        ],
    )
    def test_give_a_reason_of_their_kind(self, more, verdict):
        told = changed(studied=[{**component("B"), "status": "inserted", **more}])
        assert outcome("recognition.changes.reasons", told).verdict is verdict

    def test_delete_what_is_there(self):
        rule = "recognition.changes.deletions"
        assert outcome(rule, changed(studied=[{**component("A"), "status": "deleted"}])).verdict is MET
        found = outcome(rule, changed(studied=[{**component("Z"), "status": "deleted"}]))
        assert found.is_held_back
        assert "the deletion of Z Course Z fits no component" in found.sentence

    def test_of_short_stays_are_forbidden_by_one_reading_and_not_by_the_other(self):
        rule = "recognition.changes.short_stays"
        told = attrs.evolve(changed(), first_version=AgreementVersion(blended=[component("A", 3)]))
        found = outcome(rule, told)
        assert (found.verdict, found.informs) == (NOT_MET, True)
        assert "business requirements" in found.citations[0].conflict
        assert outcome(rule, told, short_stay_changes="business-requirements").verdict is MET
        assert outcome(rule, changed()).verdict is NOT_APPLICABLE

    def test_are_asked_nothing_where_there_are_none(self):
        report = check_recognition(agreement())
        found = {each.verdict for name, each in report.outcomes.items() if name.startswith("recognition.changes.")}
        assert found == {NOT_APPLICABLE}


class TestTheTranscript:
    RULE = "recognition.transcript.in_time"

    @pytest.mark.parametrize(
        ("results", "assessment", "verdict"),
        [
            (35, None, MET),
            (36, None, OPEN),
            (None, 35, MET),
            (None, 36, OPEN),
            (35, 35, MET),
            (36, 40, NOT_MET),
            (30, 40, OPEN),
            (None, None, OPEN),
            (-1, None, OPEN),
            (30, -1, OPEN),
            (0, 0, MET),
        ],
    )
    def test_comes_within_five_weeks_of_its_event(self, results, assessment, verdict):
        """The texts count from different events; where only these disagree, nobody can tell."""
        issued = dt.date(2024, 8, 1)
        told = transcript(
            issued_on=issued,
            results_published_on=None if results is None else days_after(issued, -results),
            assessment_period_ended_on=None if assessment is None else days_after(issued, -assessment),
        )
        found = outcome(self.RULE, agreement(), told)
        assert found.verdict is verdict
        assert found.informs

    def test_asks_for_the_other_event_where_one_alone_would_decide(self):
        found = outcome(self.RULE, agreement(), transcript(issued_on="2024-09-01"))
        assert (found.verdict, found.missing) == (OPEN, ("assessment_period_ended_on",))

    def test_asks_for_its_day_and_the_events(self):
        found = outcome(self.RULE, agreement(), transcript(issued_on=None))
        assert found.missing == ("transcript_issued_on", "results_published_on", "assessment_period_ended_on")

    @pytest.mark.parametrize(
        ("changes", "lacks"),
        [
            ({"total": ()}, "the total of credits"),
            ({"last_day_present": None}, "the first and the last day present"),
            ({"grade_distribution_url": None}, "the grade distribution"),
            ({"components": [{"title": "A", "credits": 6, "completed": True}]}, "a code of A"),
            ({"components": [{"title": "A", "code": "A", "completed": True}]}, "credits of A A"),
            ({"components": [{"title": "A", "code": "A", "credits": 6}]}, "whether it was completed of A A"),
        ],
    )
    def test_is_complete_or_says_what_it_lacks(self, changes, lacks):
        rule = "recognition.transcript.complete"
        assert outcome(rule, agreement(), transcript()).verdict is MET
        found = outcome(rule, agreement(), transcript(**changes))
        assert (found.verdict, found.missing) == (OPEN, ("transcript",))
        assert lacks in found.sentence

    def test_settles_what_is_owed(self):
        rule = "recognition.outcome.owed"
        assert outcome(rule, agreement(), transcript()).sentence == "recognition is owed: full, 30 ECTS"
        found = outcome(rule, agreement(), transcript(components=[component("Z", completed=True)]))
        assert (found.verdict, found.missing) == (OPEN, ("transcript",))
        assert outcome(rule, agreement()).missing == ("transcript",)


class TestRecognition:
    @pytest.mark.parametrize(("days", "verdict"), [(35, MET), (36, NOT_MET)])
    def test_comes_within_five_weeks_of_the_transcript(self, days, verdict):
        told = decision(decided_on=days_after(dt.date(2024, 7, 15), days))
        found = outcome("recognition.decision.in_time", agreement(), transcript(), told)
        assert (found.verdict, found.informs) == (verdict, True)

    @pytest.mark.parametrize(
        ("components", "verdict"),
        [
            ([component("A")], MET),
            ([component("A", "29.5")], NOT_MET),
            ([component("A", [])], MET),
            ([], OPEN),
            ([component("B")], NOT_MET),
            ([component("A", 10), component("A", 20)], MET),
            ([component("A", {"value": 3, "scheme": "our own"})], OPEN),
        ],
    )
    def test_is_in_full(self, components, verdict):
        found = outcome("recognition.components.in_full", agreement(), transcript(), decision(components=components))
        assert found.verdict is verdict

    @pytest.mark.parametrize(("credits_", "verdict"), [([], MET), (30, OPEN)])
    def test_of_credits_nobody_knows_is_in_full_if_it_is_whole(self, credits_, verdict):
        told = agreement(studied=[component("A", {"value": 3, "scheme": "ours"})])
        shown = transcript(components=[component("A", {"value": 3, "scheme": "ours"}, completed=True)])
        found = outcome("recognition.components.in_full", told, shown, decision(components=[component("A", credits_)]))
        assert found.verdict is verdict

    def test_names_exactly_what_is_owed(self):
        told = decision(components=[component("A", "22.5")])
        found = outcome("recognition.components.in_full", agreement(), transcript(), told)
        assert found.sentence == "A Course A: 22.5 of 30 ECTS are recognised; 7.5 are owed"

    def test_a_failed_component_takes_no_other_with_it(self):
        told = agreement(studied=[component("A", 20), component("B", 10)])
        shown = transcript(components=[component("A", 20, completed=True), component("B", 10, completed=False)])
        rule = "recognition.components.in_full"
        assert outcome(rule, told, shown, decision(components=[component("A", 20)])).verdict is MET
        assert outcome(rule, told, shown, decision(components=[component("B", 10)])).verdict is NOT_MET

    def test_is_open_while_a_result_or_the_decision_is(self):
        rule = "recognition.components.in_full"
        told = transcript(components=[component("A")])
        assert outcome(rule, agreement(), told, decision()).verdict is OPEN
        assert outcome(rule, agreement(), transcript()).missing == ("recognition_decision",)

    def test_hangs_on_a_condition_that_was_agreed(self):
        told = agreement(recognised=[component("H", automatic_recognition=False, recognition_conditions="a viva")])
        short = decision(components=[component("A", 10, further_condition="a viva")])
        assert outcome("recognition.components.in_full", told, transcript(), short).verdict is OPEN
        assert outcome("recognition.components.unconditional", told, transcript(), short).verdict is MET

    @pytest.mark.parametrize(
        ("home", "asked", "verdict"),
        [
            ({"automatic_recognition": False, "recognition_conditions": "a viva"}, "A  Viva", MET),
            ({"automatic_recognition": False, "recognition_conditions": "a viva"}, "an examination", OPEN),
            ({"automatic_recognition": False}, "an examination", NOT_MET),
            ({}, "an examination", NOT_MET),
        ],
    )
    def test_asks_for_the_condition_that_was_agreed_and_no_other(self, home, asked, verdict):
        told = decision(components=[component("A", further_condition=asked)])
        agreed = agreement(recognised=[component("H", **home)])
        assert outcome("recognition.components.unconditional", agreed, transcript(), told).verdict is verdict

    TWO_PARTS = (component("A", 5, term="1/2"), component("A", 5, term="2/2"))

    @pytest.mark.parametrize(
        ("components", "verdict", "beyond"),
        [
            (TWO_PARTS, MET, MET),
            (TWO_PARTS[:1], NOT_MET, MET),
            ([component("A", 5), component("A", 5)], MET, MET),
            ([component("A", 10)], OPEN, MET),
            ([component("A", [])], OPEN, MET),
        ],
    )
    def test_a_line_of_the_decision_answers_for_one_component(self, components, verdict, beyond):
        told = agreement(studied=self.TWO_PARTS)
        shown = transcript(components=[{**each, "completed": True} for each in self.TWO_PARTS])
        decided = decision(components=components)
        assert outcome("recognition.components.in_full", told, shown, decided).verdict is verdict
        assert outcome("recognition.components.over_achievement", told, shown, decided).verdict is beyond

    def test_the_part_that_is_left_out_is_named_with_its_term(self):
        told = agreement(studied=self.TWO_PARTS)
        shown = transcript(components=[{**each, "completed": True} for each in self.TWO_PARTS])
        found = outcome("recognition.components.in_full", told, shown, decision(components=self.TWO_PARTS[:1]))
        assert found.sentence.startswith("A Course A (2/2): 0 of 5 ECTS are recognised")

    @pytest.mark.parametrize("order", [1, -1])
    def test_the_order_of_the_lines_does_not_matter(self, order):
        told = agreement(studied=self.TWO_PARTS)
        shown = transcript(components=[{**each, "completed": True} for each in self.TWO_PARTS])
        lines = [*self.TWO_PARTS, component("Z", 3), component("H", 10), component("Y", 3)][::order]
        found = outcome("recognition.components.over_achievement", told, shown, decision(components=lines))
        assert "Y Course Y, Z Course Z" in found.sentence

    @pytest.mark.parametrize(
        ("components", "verdict"),
        [
            ([{"title": "Course H", "credits": 30}], MET),
            ([{"title": "Course H"}], MET),
            ([{"title": "Course H", "credits": 24}], NOT_MET),
            ([{"title": "Course H", "credits": {"value": 3, "scheme": "ours"}}], OPEN),
        ],
    )
    def test_a_decision_may_name_the_components_at_home(self, components, verdict):
        decided = decision(components=components)
        assert outcome("recognition.components.in_full", agreement(), transcript(), decided).verdict is verdict
        assert outcome("recognition.components.over_achievement", agreement(), transcript(), decided).verdict is MET

    def test_a_group_at_home_that_was_passed_in_part_is_no_refusal(self):
        told = agreement(studied=[component("A", 20), component("B", 10)])
        shown = transcript(components=[component("A", 20, completed=True), component("B", 10, completed=False)])
        decided = decision(components=[component("H", 10)])
        assert outcome("recognition.components.in_full", told, shown, decided).verdict is OPEN

    def test_credits_agreed_in_a_scheme_nobody_knows_leave_it_open(self):
        told = agreement(studied=[component("A", {"value": 30, "scheme": "ours"})])
        decided = decision(components=[component("A", 6)])
        assert outcome("recognition.components.in_full", told, transcript(), decided).verdict is OPEN

    @pytest.mark.parametrize(
        "rule",
        [
            "recognition.components.in_full",
            "recognition.components.unconditional",
            "recognition.components.passed_only",
        ],
    )
    def test_of_nothing_agreed_cannot_be_told(self, rule):
        found = outcome(rule, LearningAgreement(call=2023), transcript(), decision())
        assert (found.verdict, found.missing) == (OPEN, ("learning_agreement",))

    def test_before_the_transcript_came_is_a_mistake(self):
        told = decision(decided_on="2024-07-14")
        assert outcome("recognition.decision.in_time", agreement(), transcript(), told).verdict is OPEN

    def test_asks_for_nothing_further(self):
        rule = "recognition.components.unconditional"
        assert outcome(rule, agreement(), transcript(), decision()).verdict is MET
        told = decision(components=[component("A", further_condition="an examination")])
        found = outcome(rule, agreement(), transcript(), told)
        assert found.verdict is NOT_MET
        assert found.sentence == "more is asked for than was agreed: A Course A: an examination"

    def test_of_what_was_failed_informs(self):
        shown = transcript(components=[component("A", completed=False)])
        rule = "recognition.components.passed_only"
        assert outcome(rule, agreement(), shown, decision()).verdict is NOT_MET
        assert outcome(rule, agreement(), shown, decision(components=[component("A", [])])).verdict is NOT_MET
        assert outcome(rule, agreement(), shown, decision(components=[component("A", 0)])).verdict is MET
        assert outcome(rule, agreement(), shown, decision(components=[])).verdict is MET
        assert outcome(rule, agreement(), shown, decision()).informs

    @pytest.mark.parametrize("components", [[component("A", 31)], [component("A"), component("X", 3)]])
    def test_beyond_the_agreement_informs_and_is_nobodys_duty(self, components):
        rule = "recognition.components.over_achievement"
        assert outcome(rule, agreement(), transcript(), decision()).verdict is MET
        found = outcome(rule, agreement(), transcript(), decision(components=components))
        assert found.is_held_back
        assert found.informs


class TestEveryRule:
    @pytest.mark.parametrize("rule", RECOGNITION_RULEBOOK.rules, ids=lambda rule: rule.identity)
    def test_belongs_to_the_chapter_and_says_what_is_true(self, rule):
        assert rule.identity.startswith("recognition.")
        assert rule.statement.endswith(".")

    @pytest.mark.parametrize("call", [2015, 2018, 2022, 2025])
    def test_answers_in_every_call_and_refuses_nothing_for_want_of_a_fact(self, call):
        report = check_recognition(agreement(call=call))
        assert NOT_MET not in {each.verdict for each in report.outcomes.values()}


def test_a_component_at_home_may_be_named_by_hand():
    """The objects are made in Python as they are in JSON."""
    made = AgreementVersion(studied=(Component(title="x", credits=6),))
    assert made.studied[0].ects.value == 6
