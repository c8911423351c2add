"""The inter-institutional agreement as a document: each rule on both sides of its edge, and with the fact missing."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers

from icm_rules import (
    InputError,
    Institution,
    InterInstitutionalAgreement,
    Mobility,
    OverallAnswer,
    agreement_from_dict,
    evaluate,
    programme_guide,
)
from icm_rules.agreements import agreement_rulebook
from icm_rules.engine import Confidence, Verdict
from icm_rules.guide import calls
from icm_rules.model.agreement import AgreedCondition, CefrLevel, Knowledge, LanguageRequirement
from icm_rules.model.mobility import Agreement
from icm_rules.model.terms import CharterPrinciple
from icm_rules.model.vocabulary import told_by
from tests import strategies
from tests.documents.cases import AGREEMENT, ALMATY, LJUBLJANA, STUDIES, TEACHING, agreement_report, changed, verdicts
from tests.documents.forgetting import check_that_forgetting_refuses_nothing

MET, NOT_MET, OPEN = Verdict.MET, Verdict.NOT_MET, Verdict.UNDETERMINED
OF = "agreement_document."
ALL_RULES = tuple(rule.identity for rule in agreement_rulebook().rules)


def with_condition(**changes: object) -> dict[str, object]:
    return {"conditions": [changed(STUDIES, **changes), TEACHING]}


def without_principle(name: str) -> dict[str, object]:
    return {"principles": [each for each in AGREEMENT["principles"] if each != name]}


def parties(first: dict[str, object], second: dict[str, object]) -> dict[str, object]:
    return {"parties": [first, second]}


# The change by which a rule refuses.
REFUSED: dict[str, dict[str, object]] = {
    "parties.two_sides": parties(LJUBLJANA, {"country": "DE"}),
    "parties.programme_charter": parties({**LJUBLJANA, "erasmus_code": None, "holds_charter": False}, ALMATY),
    "parties.partner_recognised": parties(LJUBLJANA, {**ALMATY, "is_recognised": False}),
    "status.standing": {"status": "terminated"},
    "years.template": {"template": "2021-2029"},
    "conditions.set": {"conditions": []},
    "conditions.activities_open": {"call": 2017, "conditions": [{**STUDIES, "activity": "traineeship"}]},
    "conditions.places": with_condition(places_per_year=0),
    "conditions.length": with_condition(months_per_year=0),
    "conditions.subject_codes": with_condition(subject_areas=["1234"]),
    "conditions.languages": with_condition(languages=[]),
    "recognition.written": {"provides_for_recognition": False},
    "grading.explained": {"explains_grading": False},
    "calendar.nominations": {"nominations_by": []},
    "calendar.transcript_in_time": {"transcript_weeks": 6},
    "help.visa": {"helps_with_visa": False},
    "help.insurance": {"helps_with_insurance": False},
    "help.housing": {"helps_with_housing": False},
    "principles.credits": without_principle("credits"),
    "principles.no_fees": without_principle("no_fees"),
    "principles.recognition": without_principle("recognition"),
    "signatures.programme_side": {"signed_by_programme_side_on": "2030-01-01"},
    "signatures.partner_side": {"signed_by_partner_side_on": "2030-01-01"},
}
# Refused only by what no text was seen to say.
HELD_BACK: dict[str, dict[str, object]] = {
    **{f"principles.{name}": without_principle(name) for name in ("organisation", "information", "equal_treatment")},
    "completeness.nothing_left_open": with_condition(places_per_year="not yet defined"),
}
# Years and a number of weeks are there or are not told, and the template marks two others as optional: no other side.
NO_OTHER_SIDE = ("years.set", "calendar.transcript", "conditions.subject_areas", "conditions.cycles")

# The change that takes away what a rule needs, and what is then asked for.
MISSING: dict[str, tuple[dict[str, object], tuple[str, ...]]] = {
    "parties.two_sides": ({"parties": None}, ("parties",)),
    "parties.programme_charter": (parties({"country": "SI"}, ALMATY), ("parties",)),
    "parties.partner_recognised": (parties(LJUBLJANA, {"country": "KZ"}), ("parties",)),
    "signatures.programme_side": ({"signed_by_programme_side_on": None}, ("signed_by_programme_side_on",)),
    "signatures.partner_side": ({"signed_by_partner_side_on": None}, ("signed_by_partner_side_on",)),
    "status.standing": ({"status": None}, ("status",)),
    "years.set": ({"last_academic_year": None}, ("last_academic_year",)),
    "years.template": ({"template": None}, ("template",)),
    "conditions.set": ({"conditions": None}, ("conditions",)),
    "conditions.activities_open": ({"conditions": None}, ("conditions",)),
    "conditions.places": (with_condition(places_per_year=None), ("conditions",)),
    "conditions.length": (with_condition(months_per_year=None), ("conditions",)),
    "conditions.subject_areas": (with_condition(subject_areas=None), ("conditions",)),
    "conditions.subject_codes": ({"conditions": [changed(STUDIES, subject_areas=None)]}, ("conditions",)),
    "conditions.cycles": (with_condition(cycles=None), ("conditions",)),
    "conditions.languages": (with_condition(languages=None), ("conditions",)),
    "recognition.written": ({"provides_for_recognition": None}, ("provides_for_recognition",)),
    "grading.explained": ({"explains_grading": None}, ("explains_grading",)),
    "calendar.nominations": ({"nominations_by": None}, ("nominations_by",)),
    "calendar.transcript": ({"transcript_weeks": None}, ("transcript_weeks",)),
    "calendar.transcript_in_time": ({"transcript_weeks": None}, ("transcript_weeks",)),
    "help.visa": ({"helps_with_visa": None}, ("helps_with_visa",)),
    "help.insurance": ({"helps_with_insurance": None}, ("helps_with_insurance",)),
    "help.housing": ({"helps_with_housing": None}, ("helps_with_housing",)),
    **{
        f"principles.{name}": ({"principles": None}, ("principles",))
        for name in ("organisation", "information", "credits", "no_fees", "equal_treatment", "recognition")
    },
}


class TestEveryRule:
    def test_the_tables_here_speak_of_every_rule(self) -> None:
        own = {identity.removeprefix(OF) for identity in ALL_RULES}
        assert {*REFUSED, *HELD_BACK, *NO_OTHER_SIDE} == own
        # Of what is left open nothing can be missing: it is told or it is not.
        assert {*MISSING, "completeness.nothing_left_open"} == own

    @pytest.mark.parametrize("identity", ALL_RULES)
    def test_is_met_by_the_whole_agreement(self, identity: str) -> None:
        assert agreement_report().outcomes[identity].verdict is MET

    def test_the_whole_agreement_is_in_order(self) -> None:
        report = agreement_report()
        assert report.overall is OverallAnswer.ELIGIBLE
        assert "Answer: in order" in report.to_text()
        assert report.grant.lines == ()

    @pytest.mark.parametrize("name", REFUSED)
    def test_refuses_on_the_other_side(self, name: str) -> None:
        outcome = agreement_report(**REFUSED[name]).outcomes[OF + name]
        assert outcome.verdict is NOT_MET
        assert outcome.sentence
        assert outcome.confidence > Confidence.UNVERIFIED

    @pytest.mark.parametrize("name", HELD_BACK)
    def test_what_no_text_shows_is_pointed_at_and_refuses_nothing(self, name: str) -> None:
        outcome = agreement_report(**HELD_BACK[name]).outcomes[OF + name]
        assert outcome.verdict is OPEN
        assert outcome.is_held_back

    @pytest.mark.parametrize("name", MISSING)
    def test_asks_for_what_is_missing(self, name: str) -> None:
        changes, asked = MISSING[name]
        outcome = agreement_report(**changes).outcomes[OF + name]
        assert outcome.verdict is OPEN
        assert outcome.missing == asked

    @pytest.mark.parametrize("identity", ALL_RULES)
    def test_without_anything_told_nothing_is_refused(self, identity: str) -> None:
        outcome = evaluate(InterInstitutionalAgreement(call=2019)).outcomes[identity]
        assert outcome.verdict in {OPEN, MET}

    @pytest.mark.parametrize("call", calls())
    def test_every_call_answers_and_refuses_nothing_of_a_whole_agreement(self, call: int) -> None:
        found = verdicts(agreement_report(call=call, template=None))
        assert NOT_MET not in found.values()


class TestTheParties:
    @pytest.mark.parametrize("order", [(LJUBLJANA, ALMATY), (ALMATY, LJUBLJANA)])
    def test_may_stand_in_any_order(self, order: tuple[dict[str, object], dict[str, object]]) -> None:
        assert agreement_report(parties=list(order)).overall is OverallAnswer.ELIGIBLE

    def test_two_partners_are_refused(self) -> None:
        outcome = agreement_report(**parties(ALMATY, {"country": "GE"})).outcomes[OF + "parties.two_sides"]
        assert outcome.sentence == "neither Kazakhstan nor Georgia is a Programme Country"

    def test_serbia_changes_sides_with_the_call(self) -> None:
        between = parties(LJUBLJANA, {"name": "Novi Sad", "country": "RS"})
        assert agreement_report(call=2018, **between).outcomes[OF + "parties.two_sides"].verdict is MET
        assert agreement_report(call=2019, **between).outcomes[OF + "parties.two_sides"].verdict is NOT_MET

    @pytest.mark.parametrize("holds", [True, False, None])
    @pytest.mark.parametrize("country", ["AL", "KZ"])
    def test_a_charter_of_the_partner_proves_nothing(self, country: str, holds: bool | None) -> None:
        """The agreement itself must bind the partner, whatever is told of its Charter."""
        partner = changed({"name": "A partner", "country": country, "is_recognised": True}, holds_charter=holds)
        report = agreement_report(**parties(LJUBLJANA, partner), principles=[])
        assert report.outcomes[OF + "principles.no_fees"].verdict is NOT_MET
        assert report.overall is OverallAnswer.NOT_ELIGIBLE
        assert any("Charter of A partner proves nothing" in note for note in report.notes) is bool(holds)

    def test_a_country_in_no_list_is_a_gap_and_no_refusal(self) -> None:
        outcome = agreement_report(**parties(LJUBLJANA, {"country": "AQ"})).outcomes[OF + "parties.two_sides"]
        assert outcome.verdict is OPEN
        assert outcome.gaps

    def test_one_institution_is_no_two(self) -> None:
        with pytest.raises(InputError, match="both parties are the same institution"):
            InterInstitutionalAgreement(parties=[LJUBLJANA, LJUBLJANA])

    @pytest.mark.parametrize("number", [1, 3])
    def test_two_are_needed(self, number: int) -> None:
        with pytest.raises(InputError, match="an agreement has two parties"):
            InterInstitutionalAgreement(parties=[LJUBLJANA] * number)


class TestNotYetDefined:
    def test_is_a_third_state(self) -> None:
        condition = AgreedCondition(
            direction="incoming", activity="studies", months_per_year=3, not_yet_defined=["places_per_year"]
        )
        states = [condition.state_of(name) for name in ("months_per_year", "cycles", "places_per_year")]
        assert states == [Knowledge.KNOWN, Knowledge.UNKNOWN, Knowledge.NOT_YET_DEFINED]

    @pytest.mark.parametrize("field", ["places_per_year", "months_per_year", "cycles", "subject_areas", "languages"])
    def test_leaves_a_draft_open_and_asks_an_office_for_nothing(self, field: str) -> None:
        report = agreement_report(
            **with_condition(**{field: "not yet defined"}),
            status="draft",
            signed_by_programme_side_on=None,
            signed_by_partner_side_on=None,
        )
        assert report.overall is OverallAnswer.CANNOT_TELL_YET
        (left,) = report.undetermined
        assert "not yet defined" in left.sentence
        assert left.missing == ()

    @pytest.mark.parametrize(
        "field",
        ["last_academic_year", "principles", "explains_grading", "nominations_by", "transcript_weeks", "conditions"],
    )
    def test_of_the_whole_agreement_is_told_in_an_agreement_in_force(self, field: str) -> None:
        report = agreement_report(**{field: "not yet defined"})
        outcome = report.outcomes[OF + "completeness.nothing_left_open"]
        assert outcome.sentence == f"not yet defined: {field.replace('_', ' ')}"
        assert outcome.is_held_back
        assert report.overall is OverallAnswer.CANNOT_TELL_YET

    @pytest.mark.parametrize("field", ["contacts", "other_information", "reply_weeks", "template"])
    def test_refuses_nothing_where_no_template_asks_for_it(self, field: str) -> None:
        assert agreement_report(**{field: "not yet defined"}).not_met == ()

    @pytest.mark.parametrize(
        "field",
        [
            "parties",
            "conditions",
            "status",
            "signed_by_programme_side_on",
            "signed_by_partner_side_on",
            "first_academic_year",
            "principles",
            "provides_for_recognition",
            "explains_grading",
            "transcript_weeks",
            "helps_with_visa",
        ],
    )
    def test_asks_an_office_for_nothing_in_an_agreement_in_force(self, field: str) -> None:
        report = agreement_report(**{field: "not yet defined"})
        assert report.missing == ()
        assert any("not yet defined" in gap for outcome in report.undetermined for gap in outcome.gaps)

    @pytest.mark.parametrize(
        ("field", "rule", "what"),
        [
            ("places_per_year", "places", "places a year"),
            ("months_per_year", "length", "months a year"),
            ("cycles", "study_cycles", "study cycles"),
            ("subject_areas", "subject_areas", "subject areas"),
        ],
    )
    def test_leaves_a_mobility_open(self, field: str, rule: str, what: str) -> None:
        condition = changed(STUDIES, **{field: None}, not_yet_defined=(field,))
        document = InterInstitutionalAgreement(conditions=[condition])
        stay = Mobility(
            call=2019,
            activity="studies",
            sending=_institution("KZ"),
            receiving=_institution("SI"),
            agreement=document,
        )
        outcome = evaluate(stay).outcomes[f"agreement.condition.{rule}"]
        assert outcome.verdict is OPEN
        assert outcome.sentence == f"the agreement leaves the {what} not yet defined"

    def test_what_is_told_is_not_left_open(self) -> None:
        with pytest.raises(InputError, match="keep one of the two"):
            AgreedCondition(
                direction="incoming", activity="studies", places_per_year=3, not_yet_defined=["places_per_year"]
            )

    def test_only_a_field_can_be_left_open(self) -> None:
        with pytest.raises(InputError, match="did you mean 'places_per_year'"):
            AgreedCondition(direction="incoming", activity="studies", not_yet_defined=["places_per_yaer"])
        with pytest.raises(InputError, match="did you mean 'cycles'"):
            AgreedCondition(direction="incoming", activity="studies").state_of("cycle")


def _institution(country: str) -> Institution:
    return Institution(country=country, kind="university")


class TestStanding:
    @pytest.mark.parametrize("status", ["planned", "draft", "terminated"])
    def test_what_is_not_signed_is_not_in_order(self, status: str) -> None:
        report = agreement_report(status=status)
        assert report.outcomes[OF + "status.standing"].verdict is NOT_MET
        assert report.overall is OverallAnswer.NOT_ELIGIBLE

    @pytest.mark.parametrize("status", ["planned", "draft"])
    def test_a_draft_is_asked_for_its_signature_later(self, status: str) -> None:
        report = agreement_report(status=status, signed_by_programme_side_on=None, signed_by_partner_side_on=None)
        assert report.stage == "application"
        assert report.overall is OverallAnswer.ELIGIBLE

    @pytest.mark.parametrize("side", ["programme_side", "partner_side"])
    @pytest.mark.parametrize(
        ("day", "verdict"),
        [
            ("2019-12-31", MET),
            # The first of three academic years has begun; who leaves later may go by it.
            ("2020-01-01", OPEN),
            ("2022-12-31", OPEN),
            ("2023-01-01", NOT_MET),
        ],
    )
    def test_a_signature_comes_before_the_mobilities(self, side: str, day: str, verdict: Verdict) -> None:
        outcome = agreement_report(**{f"signed_by_{side}_on": day}).outcomes[OF + f"signatures.{side}"]
        assert outcome.verdict is verdict
        assert outcome.missing == ()


class TestConditions:
    def test_every_fault_is_told_at_once(self) -> None:
        report = agreement_report(
            conditions=[changed(STUDIES, places_per_year=0), changed(TEACHING, places_per_year=0)]
        )
        assert report.outcomes[OF + "conditions.places"].sentence == (
            "the agreement names no places a year of incoming studies; "
            "the agreement names no places a year of outgoing teaching"
        )

    def test_a_fault_that_is_unverified_does_not_weaken_another(self) -> None:
        """Studies are closed by a text, teaching by none."""
        guide = programme_guide(2019)
        activities = guide["activities"]
        unverified = {"confidence": Confidence.UNVERIFIED}
        closed = [
            attrs.evolve(
                line,
                open=line.activity.value not in {"studies", "teaching"},
                citation=attrs.evolve(line.citation, **(unverified if line.activity.value == "teaching" else {})),
            )
            for line in activities.lines
        ]
        stricter = attrs.evolve(activities, lines=tuple(closed))
        rules = agreement_rulebook()
        for conditions, verdict in (([STUDIES, TEACHING], NOT_MET), ([TEACHING], OPEN)):
            document = InterInstitutionalAgreement(conditions=conditions)
            found = rules.evaluate(told_by(document), {**guide.provisions, "activities": stricter})
            assert found.outcomes[OF + "conditions.activities_open"].verdict is verdict

    def test_students_are_counted_in_months_and_staff_in_days(self) -> None:
        report = agreement_report(conditions=[changed(TEACHING, days_per_year=None, months_per_year=1)])
        assert report.outcomes[OF + "conditions.length"].sentence == (
            "outgoing teaching is counted in days, and the agreement counts it in months"
        )

    @pytest.mark.parametrize(("name", "field"), [("subject_areas", "subject_areas"), ("cycles", "cycles")])
    @pytest.mark.parametrize("call", [2015, 2019, 2024])
    def test_what_the_template_marks_as_optional_may_be_left_out(self, name: str, field: str, call: int) -> None:
        outcome = agreement_report(call=call, template=None, **with_condition(**{field: []})).outcomes[
            f"{OF}conditions.{name}"
        ]
        assert outcome.verdict is MET
        assert "this call leaves them open" in outcome.sentence

    def test_staff_alone_needs_no_study_cycle(self) -> None:
        report = agreement_report(conditions=[TEACHING])
        assert report.outcomes[OF + "conditions.cycles"].verdict is Verdict.NOT_APPLICABLE

    def test_training_alone_needs_no_language(self) -> None:
        report = agreement_report(conditions=[changed(TEACHING, activity="training", languages=None)])
        assert report.outcomes[OF + "conditions.languages"].verdict is Verdict.NOT_APPLICABLE

    def test_a_direction_is_incoming_or_outgoing(self) -> None:
        report = agreement_report(conditions=[changed(STUDIES, direction="between_programme_countries")])
        assert report.outcomes[OF + "conditions.set"].verdict is NOT_MET

    @pytest.mark.parametrize(
        ("code", "verdict", "hint"),
        [
            ("0613", MET, "Software"),
            ("061", MET, ""),
            ("06", MET, ""),
            ("613", NOT_MET, "was 0613"),
            ("1234", NOT_MET, "no field of ISCED-F 2013"),
        ],
    )
    def test_subject_areas_are_looked_up(self, code: str, verdict: Verdict, hint: str) -> None:
        outcome = agreement_report(conditions=[changed(STUDIES, subject_areas=[code])]).outcomes[
            OF + "conditions.subject_codes"
        ]
        assert outcome.verdict is verdict
        assert hint in outcome.sentence

    @pytest.mark.parametrize(("weeks", "verdict"), [(5, MET), (6, NOT_MET)])
    def test_the_usual_weeks_of_a_transcript_only_inform(self, weeks: int, verdict: Verdict) -> None:
        report = agreement_report(transcript_weeks=weeks)
        assert report.outcomes[OF + "calendar.transcript_in_time"].verdict is verdict
        assert report.overall is OverallAnswer.ELIGIBLE

    @pytest.mark.parametrize(("last", "verdict"), [("2021/2022", MET), ("2022/2023", NOT_MET)])
    def test_the_years_lie_in_those_of_the_template(self, last: str, verdict: Verdict) -> None:
        outcome = agreement_report(last_academic_year=last).outcomes[OF + "years.template"]
        assert outcome.verdict is verdict


class TestTheGuide:
    @pytest.mark.parametrize(
        ("told", "call"),
        [
            ({"call": 2018, "first_academic_year": "2019/2020"}, 2018),
            ({"first_academic_year": "2019/2020"}, 2019),
            ({"first_academic_year": "2021/2022", "template": "2014-2021"}, 2020),
            ({"template": "2021-2029"}, calls()[-1]),
        ],
    )
    def test_is_that_of_the_call_the_first_year_or_the_template(self, told: dict[str, object], call: int) -> None:
        assert evaluate(InterInstitutionalAgreement(**told)).call == call

    def test_is_asked_for_where_nothing_tells_it(self) -> None:
        with pytest.raises(InputError, match="nothing tells by which Guide"):
            evaluate(InterInstitutionalAgreement(reference="x"))

    @pytest.mark.parametrize(
        ("told", "stage"),
        [
            ({}, "application"),
            ({"status": "draft"}, "application"),
            ({"status": "signed"}, "before_departure"),
            ({"signed_by_partner_side_on": "2019-01-01"}, "before_departure"),
            ({"signed_by_partner_side_on": "2019-01-01", "stage": "application"}, "application"),
        ],
    )
    def test_a_draft_need_not_be_signed(self, told: dict[str, object], stage: str) -> None:
        assert evaluate(InterInstitutionalAgreement(call=2019, **told)).stage == stage

    def test_its_own_words_are_shown(self) -> None:
        report = agreement_report(other_information="Only in winter.")
        assert any("Only in winter." in note for note in report.notes)


class TestWords:
    @pytest.mark.parametrize("level", ["b2", " B2 ", CefrLevel.B2])
    def test_a_level_is_read_in_any_case(self, level: str) -> None:
        assert LanguageRequirement(language="EN", level=level) == LanguageRequirement(language="en", level="B2")

    @pytest.mark.parametrize("level", ["B2+", "NS", "B1/B2", 2])
    def test_another_level_is_refused(self, level: object) -> None:
        with pytest.raises(InputError, match="is no level of language"):
            LanguageRequirement(language="en", level=level)

    @pytest.mark.parametrize("language", ["English language", "zz", "zzz", "e", "zz-BR"])
    def test_a_language_is_a_tag(self, language: str) -> None:
        with pytest.raises(InputError, match="is no tag of a language"):
            LanguageRequirement(language=language)

    @pytest.mark.parametrize(
        ("told", "language"), [("EN", "en"), ("pt-BR", "pt-BR"), ("kaz", "kaz"), ("ger", "ger"), ("sr-Latn", "sr-Latn")]
    )
    def test_the_languages_of_iso_639_are_read(self, told: str, language: str) -> None:
        assert LanguageRequirement(language=told).language == language

    @pytest.mark.parametrize("day", ["13-01", "02-30", "00-10", "5-15", "05-00"])
    def test_a_day_of_the_year_exists(self, day: str) -> None:
        with pytest.raises(InputError, match="is no day of the year"):
            InterInstitutionalAgreement(nominations_by=[day])


@settings(max_examples=25, deadline=None)
@given(strategies.agreement_documents())
def test_every_agreement_gets_a_report(document: InterInstitutionalAgreement) -> None:
    """A report is made, reads back, and a rule that refuses says why."""
    report = evaluate(attrs.evolve(document, call=document.call or 2019))
    for outcome in report.outcomes.values():
        assert "{" not in outcome.sentence
        if outcome.verdict is NOT_MET:
            assert outcome.sentence
    assert type(report).from_dict(report.to_dict()) == report
    assert report.to_text()


@settings(max_examples=25, deadline=None)
@given(strategies.agreement_documents())
def test_an_unknown_of_any_agreement_is_no_refusal(document: InterInstitutionalAgreement) -> None:
    check_that_forgetting_refuses_nothing(document, programme_guide(document.call or 2019))


@pytest.mark.parametrize("name", [None, *REFUSED, *HELD_BACK])
def test_an_unknown_of_an_agreement_with_a_fault_is_no_refusal(name: str | None) -> None:
    changes = {**REFUSED, **HELD_BACK}[name] if name is not None else {}
    document = agreement_from_dict(changed(AGREEMENT, **changes))
    check_that_forgetting_refuses_nothing(document, programme_guide(document.call or 2019))


@pytest.mark.parametrize(
    ("principles", "binds"), [(list(CharterPrinciple), True), ([], False), (["credits"], None), (None, True)]
)
def test_a_mobility_reads_off_the_principles_whether_the_partner_is_bound(
    principles: list[str] | None, binds: bool | None
) -> None:
    document = InterInstitutionalAgreement(principles=principles, binds_partner_to_charter=True)
    assert document.binds_partner_to_charter is binds
    assert attrs.evolve(document, principles=()).binds_partner_to_charter is False


@settings(max_examples=25, deadline=None)
@given(strategies.agreement_documents())
def test_a_document_serves_a_mobility_as_its_agreement_does(document: InterInstitutionalAgreement) -> None:
    """The rules of a mobility answer the same as of an agreement that holds these facts alone."""
    fields = {field.name: getattr(document, field.name) for field in attrs.fields(Agreement)}
    stay = Mobility(call=2019, activity="studies", sending=_institution("KZ"), receiving=_institution("SI"))
    found, plain = (evaluate(attrs.evolve(stay, agreement=agreement)) for agreement in (document, Agreement(**fields)))
    assert verdicts(found) == verdicts(plain)


@settings(max_examples=25, deadline=None)
@given(strategies.agreement_documents(), integers(0, 5), integers(1, 30))
def test_adding_a_place_never_turns_a_covered_mobility_uncovered(
    document: InterInstitutionalAgreement, where: int, more: int
) -> None:
    """Whatever was met of the agreement is met with more places as well."""
    conditions = [attrs.evolve(item) for item in document.conditions or ()]
    counted = [number for number, item in enumerate(conditions) if item.places_per_year is not None]
    if not counted:
        return
    at = counted[where % len(counted)]
    conditions[at] = attrs.evolve(conditions[at], places_per_year=conditions[at].places_per_year + more)
    richer = attrs.evolve(document, conditions=conditions)
    stays = [
        Mobility(call=2019, activity=item.activity, sending=_institution(sending), receiving=_institution(receiving))
        for item in document.conditions or ()
        for sending, receiving in (("KZ", "SI"), ("SI", "KZ"))
    ]
    for stay in stays:
        before, after = (evaluate(attrs.evolve(stay, agreement=each)) for each in (document, richer))
        for identity, outcome in before.outcomes.items():
            if identity.startswith("agreement.") and outcome.verdict is MET:
                assert after.outcomes[identity].verdict is MET
