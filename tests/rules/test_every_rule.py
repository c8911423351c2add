"""Every rule of the rulebook has a case in which it is met or due, and every requirement one in which it is not met."""

from __future__ import annotations

from decimal import Decimal

import pytest

from icm_rules.engine import Closed, Verdict
from icm_rules.guide import guide
from icm_rules.model.vocabulary import facts_of, mobility_of
from icm_rules.rules import RULEBOOK
from tests import strategies
from tests.rules.cases import BASE, evaluate, facts, outcome

Case = tuple[str, int, dict[str, object]]
"""The mobility to start from, the call, and what is changed."""


def case(base: str, call: int = 2019, **changes: object) -> Case:
    return base, call, changes


COMBINED = {"activity": "studies_and_traineeship"}
INVITED = {"activity": "teaching", "sending_kind": "enterprise", "sending_holds_charter": None, "is_invited": True}
OUTSIDE = {"receiving_kind": "enterprise", "receiving_holds_charter": None, "receiving_erasmus_code": None}
NO_CONDITION = {"direction": "incoming", "activity": "studies", "places_per_year": 0, "months_per_year": 0}
EMPTY = {"agreement_conditions": [NO_CONDITION | {"cycles": [], "subject_areas": []}]}
OF_ANOTHER = {"agreement_conditions": [NO_CONDITION | {"cycles": ["third"], "subject_areas": ["07"]}]}
OF_MONTHS = {"stay_format": "long_term"}
FEWER = {"has_fewer_opportunities": True, "inclusion_costs_eur": 400}
TRUST = {"receiving_country": "HU", "receiving_is_public_interest_trust": True, "residence_country": "KZ"}
SIGNED_BEFORE = {"grant_agreement_signed_on": "2022-12-15"}
SIGNED_AFTER = {"grant_agreement_signed_on": "2022-12-16"}
LONGER = {
    "agreed_funded_days": 90,
    "agreed_end_date": "2019-12-31",
    "extension_requested_on": "2019-11-30",
    "extension_is_agreed": True,
    "extension_is_funded": True,
}
FORCE_MAJEURE = {
    "force_majeure_first_day": "2020-02-01",
    "force_majeure_last_day": "2020-03-31",
    "force_majeure_is_accepted": True,
}
AUTHORITY = {"sending_kind": "public_authority", "sending_holds_charter": None}

SATISFIED: dict[str, Case] = {
    "eligibility.countries.one_programme_side": case("student_in"),
    "eligibility.partner.region_open": case("student_in"),
    "eligibility.outgoing.study_cycle": case("student_out"),
    "eligibility.window.covers_country": case("student_in", sending_country="TN", budget_window="Tunisia"),
    "eligibility.charter.programme_side": case("student_in"),
    "eligibility.partner.recognised": case("student_in"),
    "eligibility.project.action": case("student_in", project_number="2019-1-SI01-KA107-012345"),
    "eligibility.activity.open": case("student_in"),
    "eligibility.activity.invited_staff": case("training_in", **INVITED),
    "eligibility.activity.host_university": case("student_in"),
    "eligibility.activity.incoming_training_host": case("training_in"),
    "eligibility.activity.outgoing_training_host": case("teacher_out", activity="training"),
    "eligibility.activity.no_conference": case("training_in"),
    "eligibility.fees.none_asked": case("student_in"),
    "eligibility.student.sent_by_university": case("student_in"),
    "eligibility.student.enrolled": case("student_in"),
    "eligibility.student.year_of_study": case("student_in"),
    "eligibility.student.not_graduated": case("student_in"),
    "eligibility.student.destination": case("student_in"),
    "eligibility.staff.employed": case("teacher_out"),
    "eligibility.stay.insured": case("student_in"),
    "eligibility.stay.visa": case("student_in"),
    "eligibility.format.open": case("blended_in", 2024),
    "eligibility.format.doctoral_cycle": case("doctoral_out", 2024),
    "eligibility.format.virtual_part": case("blended_in", 2024),
    "eligibility.restriction.countries": case("student_in", 2025, sending_country="RU"),
    "eligibility.restriction.public_authorities": case("training_in", 2026, sending_country="GE"),
    "eligibility.restriction.public_interest_trusts": case("student_in", 2022, **TRUST, **SIGNED_BEFORE),
    "agreement.parties.these_institutions": case("student_in"),
    "agreement.signature.programme_side": case("student_in"),
    "agreement.signature.partner_side": case("student_in"),
    "agreement.validity.academic_year": case("student_in"),
    "agreement.condition.direction_and_activity": case("student_in"),
    "agreement.condition.places": case("student_in"),
    "agreement.condition.length": case("student_in"),
    "agreement.condition.study_cycles": case("student_in"),
    "agreement.condition.subject_areas": case("student_in"),
    "agreement.partner.charter_principles": case("student_in"),
    "agreement.recognition.provided": case("student_in"),
    "duration.study.minimum": case("student_in"),
    "duration.study.maximum": case("student_in"),
    "duration.traineeship.minimum": case("trainee_in"),
    "duration.traineeship.maximum": case("trainee_in"),
    "duration.combined.minimum": case("student_in", **COMBINED),
    "duration.combined.maximum": case("student_in", **COMBINED),
    "duration.cycle.cap": case("student_in"),
    "duration.staff.minimum": case("teacher_out"),
    "duration.staff.maximum": case("teacher_out"),
    "duration.teaching.hours": case("teacher_out"),
    "duration.funded.minimum": case("student_in", zero_grant_days=10),
    "duration.days.counted": case("student_in"),
    "duration.extension.requested": case("student_in", **LONGER),
    "duration.extension.funded": case("student_in", **LONGER),
    "duration.force_majeure.evidence": case("student_in", **FORCE_MAJEURE),
    "duration.blended.minimum": case("blended_in", 2024),
    "duration.blended.maximum": case("blended_in", 2024),
    "duration.short_doctoral.minimum": case("doctoral_out", 2024),
    "duration.short_doctoral.maximum": case("doctoral_out", 2024),
    "travel.distance.band": case("student_in"),
    "travel.distance.estimate": case("student_in", measured_distance_km=5100),
    "travel.departure.place": case(
        "student_in", sending_city="Almaty", departure_city="Astana", departure_is_proven=True
    ),
    "travel.days.number": case("teacher_out"),
    "travel.days.outside_activity": case("teacher_out"),
    "funding.student.individual_support": case("student_in"),
    "funding.student.disadvantaged_top_up": case("student_in", is_disadvantaged=True, agency_top_up_eur_per_month=200),
    "funding.staff.days_in_full": case("teacher_out"),
    "funding.staff.days_reduced": case("teacher_out", end_date="2019-10-31", return_travel_date="2019-11-01"),
    "funding.travel.support": case("student_in"),
    "funding.student.short_stay_first_days": case("blended_in", 2024),
    "funding.student.short_stay_later_days": case("blended_in", 2024),
    "funding.student.fewer_opportunities_monthly": case("student_in", 2024, **FEWER, **OF_MONTHS),
    "funding.student.fewer_opportunities_short": case("blended_in", 2024, **FEWER),
    "funding.student.traineeship_top_up": case("trainee_in", 2024, **OF_MONTHS),
    "funding.student.travel_days": case("student_in", 2024, **OF_MONTHS),
    "funding.special_needs.participant": case("student_in", inclusion_costs_eur=400),
    "funding.inclusion.participant": case("student_in", 2024, **FEWER),
    "funding.organisation.organisational_support": case("student_in", 2019),
    "funding.organisation.inclusion_support": case("student_in", 2024, **FEWER),
    "recognition.learning_agreement.signed": case("student_in"),
    "recognition.mobility_agreement.signed": case("teacher_out"),
    "recognition.credits.system": case("student_in"),
    "recognition.credits.in_full": case("student_in"),
    "recognition.blended.minimum_credits": case("blended_in", 2024),
}

REFUSED: dict[str, Case] = {
    "eligibility.countries.one_programme_side": case("student_in", sending_country="DE"),
    "eligibility.partner.region_open": case("student_in", sending_country="AE"),
    "eligibility.outgoing.study_cycle": case("student_out", receiving_country="CN", study_cycle="first"),
    "eligibility.window.covers_country": case("student_in", budget_window="Tunisia"),
    "eligibility.charter.programme_side": case("student_in", receiving_holds_charter=False),
    "eligibility.partner.recognised": case("student_in", sending_is_recognised=False),
    "eligibility.project.action": case("student_in", project_number="2019-1-SI01-KA103-012345"),
    "eligibility.activity.open": case("trainee_in", 2017),
    "eligibility.activity.invited_staff": case("training_in", 2017, **INVITED),
    "eligibility.activity.host_university": case("student_in", **OUTSIDE),
    "eligibility.activity.incoming_training_host": case("training_in", 2017, **OUTSIDE),
    "eligibility.activity.outgoing_training_host": case("teacher_out", activity="training", **OUTSIDE),
    "eligibility.activity.no_conference": case("training_in", is_conference=True),
    "eligibility.fees.none_asked": case("student_in", receiving_asks_fees=True),
    "eligibility.student.sent_by_university": case("student_in", sending_kind="enterprise", sending_holds_charter=None),
    "eligibility.student.enrolled": case("student_in", is_enrolled=False),
    "eligibility.student.year_of_study": case("student_in", year_of_study=1, study_cycle="first"),
    "eligibility.student.not_graduated": case("student_in", graduated_on="2019-06-30"),
    "eligibility.student.destination": case("student_in", residence_country="SI"),
    "eligibility.staff.employed": case("teacher_out", is_employed_by_sending=False),
    "eligibility.stay.insured": case("student_in", is_insured=False),
    "eligibility.stay.visa": case("student_in", needs_visa=True, has_visa=False),
    "eligibility.format.open": case("blended_in", 2019),
    "eligibility.format.doctoral_cycle": case("doctoral_out", 2024, study_cycle="second"),
    "eligibility.format.virtual_part": case("blended_in", 2024, has_virtual_part=False),
    "eligibility.restriction.countries": case("teacher_out", 2025, receiving_country="RU"),
    "eligibility.restriction.public_authorities": case("training_in", 2026, sending_country="GE", **AUTHORITY),
    "eligibility.restriction.public_interest_trusts": case("student_in", 2022, **TRUST, **SIGNED_AFTER),
    "agreement.parties.these_institutions": case("student_in", sending_pic="999999999"),
    "agreement.signature.programme_side": case("student_in", agreement_signed_by_programme_side_on="2019-09-30"),
    "agreement.signature.partner_side": case("student_in", agreement_signed_by_partner_side_on="2019-09-30"),
    "agreement.validity.academic_year": case("student_in", agreement_last_academic_year="2018/2019"),
    "agreement.condition.direction_and_activity": case("student_in", agreement_conditions=[]),
    "agreement.condition.places": case("student_in", **EMPTY),
    "agreement.condition.length": case("student_in", **EMPTY),
    "agreement.condition.study_cycles": case("student_in", **OF_ANOTHER),
    "agreement.condition.subject_areas": case("student_in", **OF_ANOTHER),
    "agreement.partner.charter_principles": case("student_in", agreement_binds_partner_to_charter=False),
    "agreement.recognition.provided": case("student_in", agreement_provides_for_recognition=False),
    "duration.study.minimum": case("student_in", end_date="2019-11-30", covers_academic_term=False),
    "duration.study.maximum": case("student_in", end_date="2020-12-31", return_travel_date=None),
    "duration.traineeship.minimum": case("trainee_in", end_date="2019-10-31"),
    "duration.traineeship.maximum": case("trainee_in", end_date="2020-12-31", return_travel_date=None),
    "duration.combined.minimum": case("student_in", **COMBINED, end_date="2019-11-30", covers_academic_term=False),
    "duration.combined.maximum": case("student_in", **COMBINED, end_date="2020-12-31", return_travel_date=None),
    "duration.cycle.cap": case("student_in", days_used_in_cycle=360),
    "duration.staff.minimum": case("teacher_out", end_date="2019-10-10"),
    "duration.staff.maximum": case("teacher_out", end_date="2019-12-31", return_travel_date=None),
    "duration.teaching.hours": case("teacher_out", teaching_hours=7),
    "duration.funded.minimum": case("teacher_out", zero_grant_days=3),
    "duration.extension.requested": case(
        "student_in", **LONGER | {"extension_requested_on": "2019-12-01", "zero_grant_days": 0}
    ),
    "duration.extension.funded": case(
        "student_in", 2024, **LONGER | OF_MONTHS | {"extension_is_funded": False, "zero_grant_days": 0}
    ),
    "duration.force_majeure.evidence": case("student_in", **FORCE_MAJEURE | {"force_majeure_is_accepted": False}),
    "duration.blended.minimum": case("blended_in", 2024, end_date="2019-10-03"),
    "duration.blended.maximum": case("blended_in", 2024, end_date="2019-10-30", return_travel_date=None),
    "duration.short_doctoral.minimum": case("doctoral_out", 2024, end_date="2019-10-03"),
    "duration.short_doctoral.maximum": case("doctoral_out", 2024, end_date="2019-10-30", return_travel_date=None),
    "travel.departure.place": case(
        "student_in", sending_city="Almaty", departure_city="Astana", departure_is_proven=False
    ),
    "travel.days.number": case("teacher_out", travel_days_claimed=3),
    "travel.days.outside_activity": case("teacher_out", return_travel_date="2019-10-13"),
    "recognition.learning_agreement.signed": case("student_in", learning_agreement_signed_by_receiving_on="2019-09-30"),
    "recognition.mobility_agreement.signed": case(
        "teacher_out", mobility_agreement_signed_by_receiving_on="2019-10-07"
    ),
    "recognition.credits.system": case("student_in", credit_system="not_comparable"),
    "recognition.credits.in_full": case("student_in", credits_recognised=24),
    "recognition.blended.minimum_credits": case("blended_in", 2024, credits_agreed="2.5"),
}

NEVER_SURE = {
    "duration.force_majeure.evidence",
    "eligibility.format.open",
    "eligibility.stay.insured",
    "eligibility.stay.visa",
    "recognition.mobility_agreement.signed",
}
"""Requirements that rest on no text in any call: their refusal is always left open, and names the paragraph."""

NEVER_DUE = {"funding.student.traineeship_top_up"}
"""An addition that another action pays and this one in no call; its rule says so."""

NEVER_REFUSES = {"travel.distance.band", "travel.distance.estimate", "duration.days.counted"}
"""They tell the band of any distance, and the days of any stay; a distance that no band holds is a gap of the text."""


def identities(*, of_requirements: bool = False) -> list[str]:
    return [rule.identity for rule in RULEBOOK.rules if not (of_requirements and rule.pays)]


def test_the_two_tables_have_a_row_for_every_rule_and_for_no_other():
    assert set(SATISFIED) == set(identities())
    assert set(REFUSED) == set(identities(of_requirements=True)) - NEVER_REFUSES


@pytest.mark.parametrize("identity", identities())
def test_the_rule_is_met_or_its_amount_is_due(identity):
    base, call, changes = SATISFIED[identity]
    found = outcome(identity, base, call, **changes)
    wanted = Verdict.DUE if found.rule.pays else Verdict.MET
    if identity in NEVER_DUE:
        wanted = Verdict.NOT_APPLICABLE
    assert found.verdict is wanted, f"{found.verdict}: {found.sentence}"
    assert found.sentence
    assert (found.missing, found.gaps) == ((), ())
    if wanted is Verdict.DUE:
        low, high = found.amounts()
        assert low == high > Decimal(0)


@pytest.mark.parametrize("identity", sorted(REFUSED))
def test_the_requirement_is_not_met_and_says_why(identity):
    base, call, changes = REFUSED[identity]
    found = outcome(identity, base, call, **changes)
    assert found.sentence
    if identity in NEVER_SURE:
        assert (found.verdict, found.missing) == (Verdict.UNDETERMINED, ())
        held_back = (", which is unverified", ", which no text was seen to show")
        assert [gap for gap in found.gaps if gap.endswith(held_back)] == list(found.gaps) != []
    else:
        assert (found.verdict, found.missing, found.gaps) == (Verdict.NOT_MET, (), ()), found.sentence


@pytest.mark.parametrize("identity", identities())
@pytest.mark.parametrize("call", [2015, 2018, 2022, 2026])
def test_where_nothing_is_told_no_rule_refuses_and_each_open_one_asks(identity, call):
    found = RULEBOOK.evaluate({}, guide(call).provisions).outcomes[identity]
    assert found.verdict in {Verdict.UNDETERMINED, Verdict.NOT_APPLICABLE, Verdict.NOT_IN_FORCE}
    assert found.missing or found.verdict is not Verdict.UNDETERMINED


@pytest.mark.parametrize("base", sorted(BASE))
@pytest.mark.parametrize("call", strategies.CALLS)
def test_the_whole_mobilities_are_eligible_in_every_call_that_opens_their_activity_and_format(base, call):
    found = evaluate(base, call, travel_days_claimed=2)
    left_open = [item.identity for item in found.outcomes.values() if item.verdict is Verdict.UNDETERMINED]
    if base in {"blended_in", "doctoral_out"} and call <= 2020:
        # No text was seen that names such stays, and none that closes them; as stays of months they are too short.
        assert (found.overall, left_open) == ("not met", ["eligibility.format.open"])
        return
    closed = base == "trainee_in" and call <= 2017
    assert found.overall == ("not met" if closed else "all met")
    assert left_open == []


@pytest.mark.parametrize("rule", RULEBOOK.rules, ids=lambda rule: rule.identity)
def test_every_rule_states_one_whole_sentence(rule):
    assert rule.statement[0].isupper()
    assert rule.statement.endswith(".")


@pytest.mark.parametrize("identity", identities())
def test_each_fact_that_the_answer_cannot_do_without_is_asked_for_by_name(identity):
    """Without a fact behind it a rule that was met or due stays so, does not apply, or asks for that fact by name."""
    base, call, changes = SATISFIED[identity]
    told = {"call": call, **facts(base, **changes)}
    for name in sorted(RULEBOOK.given_behind(identity) & set(told)):
        found = outcome(identity, base, call, **(changes | {name: None}))
        assert found.verdict is not Verdict.NOT_MET, name
        if found.verdict is Verdict.UNDETERMINED:
            assert name in found.missing, f"without {name} it asks for {found.missing}"


@pytest.mark.parametrize("identity", identities())
def test_where_a_guide_closes_a_paragraph_of_the_rule_it_is_not_in_force(identity):
    base, call, changes = SATISFIED[identity]
    told = facts_of(mobility_of({"call": call, **facts(base, **changes)}))
    provisions = guide(call).provisions
    for item in RULEBOOK.inputs_of(identity):
        if item.name in provisions and not item.optional:
            closed = Closed(citation=provisions[item.name].citation)
            found = RULEBOOK.evaluate(told, {**provisions, item.name: closed}).outcomes[identity]
            # Where the call has no such format, no stay is of it.
            without_format = item.name in {"blended_student_duration", "short_doctoral_duration"}
            wanted = Verdict.NOT_APPLICABLE if without_format else Verdict.NOT_IN_FORCE
            assert found.verdict is wanted, item.name
