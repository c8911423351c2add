"""What holds of all rules together, for any mobility that can be built."""

from __future__ import annotations

from typing import Any

import attrs
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from icm_rules.engine import Confidence, Evaluation, InputError, Verdict
from icm_rules.engine.compiling import compiled
from icm_rules.evaluate import evaluate as report_on
from icm_rules.guide import guide
from icm_rules.model.mobility import Mobility
from icm_rules.model.terms import Activity, CreditSystem, InstitutionKind, Stage, StayFormat, StudyCycle
from icm_rules.model.vocabulary import VOCABULARY, all_told, facts_of, mobility_of
from icm_rules.rules import RULEBOOK
from tests import strategies
from tests.rules.cases import ALMATY, BASE, LJUBLJANA, TBILISI

_COUNTRIES = st.sampled_from(["SI", "DE", "FR", "GB", "HU", "RS", "GL", "NC", "AI", "PR"]) | st.sampled_from(
    ["KZ", "GE", "TN", "CN", "CL", "IQ", "NG", "SN", "UG", "CH", "AE", "RU", "BY", "UA"]
)
_DATES = (
    st.sampled_from(["2019-09-27", "2019-09-29", "2019-09-30", "2019-10-06", "2019-10-07"])
    | st.sampled_from(
        ["2019-10-13", "2019-10-14", "2019-11-29", "2019-12-29", "2020-01-31", "2020-02-01", "2020-09-28", "2022-02-28"]
    )
    | st.sampled_from(
        ["2018-09-30", "2018-10-19", "2019-10-03", "2019-10-04", "2019-10-29", "2019-10-30", "2019-10-31"]
    )
)
_YEARS = st.sampled_from(["2018/2019", "2019/2019", "2019/2020", "2020/2020", "2020/2021", "2021/2022"])
_FEW = st.sampled_from([0, 1, 2, 3, 5, 8, 14, 15, 29, 30, 59, 60, 61, 90, 120, 360, 361, 720])
_PARTIES = st.sampled_from(
    [LJUBLJANA, ALMATY, TBILISI, {}, {"country": "SI"}, {"country": "KZ", "name": "KazNU"}, {"oid": "E10000001"}]
)
_CONDITIONS = st.fixed_dictionaries(
    {
        "direction": st.sampled_from(["incoming", "outgoing"]),
        "activity": st.sampled_from(Activity),
    },
    optional={
        "places_per_year": st.integers(0, 1),
        "months_per_year": st.integers(0, 1),
        "days_per_year": st.integers(0, 1),
        "cycles": st.lists(st.sampled_from(StudyCycle), max_size=2, unique=True),
        "subject_areas": st.lists(st.sampled_from(["06", "0613", "07"]), max_size=2),
    },
)
_PROJECTS = st.sampled_from(
    ["2018-1-SI01-KA107-012345", "2019-1-SI01-KA107-012345", "2019-1-SI01-KA103-012345"]
) | st.sampled_from(["2024-1-SI01-KA171-HED-000012345", "2024-1-SI01-KA131-HED-000012345"])
_LEGS = st.lists(
    st.fixed_dictionaries(
        {"means": st.sampled_from(["plane", "train", "ferry", "car_pooling"])},
        optional={"distance_km": st.sampled_from([0, 100, 101, 5000])},
    ),
    max_size=3,
)

ODD: dict[str, st.SearchStrategy[Any]] = {
    "activity": st.sampled_from(Activity),
    "academic_year": _YEARS,
    "agreement_conditions": st.lists(_CONDITIONS, max_size=3),
    "agreement_first_academic_year": _YEARS,
    "agreement_last_academic_year": _YEARS,
    "agreement_parties": st.lists(_PARTIES, min_size=2, max_size=2),
    "budget_window": st.sampled_from(["Tunisia", "West Africa", "ENI", "a", "a window nobody opened"]),
    "credit_system": st.sampled_from(CreditSystem),
    "distance_km": st.sampled_from(["0", "9.99", "10", "99.5", "100", "499", "500", "1999.9", "3000", "7999", "8000"]),
    "grant_agreement_signed_on": st.sampled_from(["2022-12-15", "2022-12-16", "2023-08-01"]),
    "project_number": _PROJECTS,
    "receiving_erasmus_code": st.sampled_from(["SI LJUBLJA01", "D  BERLIN01"]),
    "receiving_oid": st.sampled_from(["E10000001", "E10000002"]),
    "stage": st.sampled_from(Stage),
    "stay_format": st.sampled_from(StayFormat),
    "study_cycle": st.sampled_from(StudyCycle),
    "subject_area": st.sampled_from(["06", "0613", "0711"]),
    "travel_legs": _LEGS,
    "teaching_hours": st.sampled_from(["0", "3.9", "4", "7.9", "8", "9.2", "16"]),
    "year_of_study": st.integers(1, 3),
    **dict.fromkeys(["sending_country", "receiving_country", "residence_country"], _COUNTRIES),
    **dict.fromkeys(["sending_kind", "receiving_kind"], st.sampled_from(InstitutionKind)),
    **dict.fromkeys(
        [
            "start_date",
            "end_date",
            "outward_travel_date",
            "return_travel_date",
            "graduated_on",
            "agreement_signed_by_programme_side_on",
            "agreement_signed_by_partner_side_on",
            "learning_agreement_signed_by_sending_on",
            "mobility_agreement_signed_by_sending_on",
        ],
        _DATES,
    ),
    **dict.fromkeys(
        [
            "days_used_in_cycle",
            "zero_grant_days",
            "travel_days_claimed",
            "credits_agreed",
            "credits_achieved",
            "credits_recognised",
            "agency_top_up_eur_per_month",
            "real_travel_costs_eur",
            "inclusion_costs_eur",
        ],
        _FEW,
    ),
    **dict.fromkeys(
        [
            "agreement_binds_partner_to_charter",
            "agreement_provides_for_recognition",
            "covers_academic_term",
            "has_fewer_opportunities",
            "has_virtual_part",
            "has_visa",
            "is_conference",
            "is_digital_traineeship",
            "is_disadvantaged",
            "is_employed_by_sending",
            "is_enrolled",
            "is_insured",
            "is_invited",
            "is_travel_paid_otherwise",
            "is_zero_grant",
            "needs_visa",
            "one_cycle_programme",
            "receiving_asks_fees",
            "receiving_holds_charter",
            "receiving_is_public_interest_trust",
            "receiving_is_recognised",
            "sending_holds_charter",
            "sending_is_public_interest_trust",
            "sending_is_recognised",
        ],
        st.booleans(),
    ),
}
"""Values by which a mobility comes to lie on an edge, or against itself."""


@st.composite
def told(draw: st.DrawFn) -> dict[str, object]:
    """The facts of a whole mobility, some of them changed or not told; only what the model allows."""
    names = draw(st.lists(st.sampled_from(sorted(ODD)), max_size=10, unique=True))
    base = BASE[draw(st.sampled_from(sorted(BASE)))]
    forgotten = draw(st.lists(st.sampled_from(sorted(base)), max_size=6, unique=True))
    facts = {"call": draw(strategies.calls()), **base, **{name: draw(ODD[name]) for name in names}}
    for name in forgotten:
        facts.pop(name, None)
    try:
        mobility_of(facts)
    except InputError:
        reject()
    return facts


def evaluated(mobility: Mobility) -> Evaluation:
    return RULEBOOK.evaluate(facts_of(mobility), guide(mobility.call).provisions, stage=mobility.stage)


def check_each_answer(found: Evaluation) -> None:
    """Each answer says what it must: a reason for what is open, sure grounds for a refusal, whole sentences."""
    for item in found.outcomes.values():
        match item.verdict:
            case Verdict.UNDETERMINED:
                assert item.missing or item.gaps, f"{item.identity} is open and does not say why: {item.sentence}"
            case Verdict.NOT_MET:
                assert (item.missing, item.gaps) == ((), ()), item.identity
                assert item.sentence, item.identity
            case Verdict.DUE:
                low, high = item.amounts()
                assert 0 <= low <= high, f"{item.identity}: from {low} to {high}"
        assert "{" not in item.sentence
        assert isinstance(item.confidence, Confidence)


@given(strategies.mobilities())
def test_any_mobility_that_can_be_built_is_answered(mobility):
    """Evaluation never raises, and each answer says what it must."""
    found = evaluated(mobility)
    assert set(found.outcomes) == {rule.identity for rule in RULEBOOK.rules}
    check_each_answer(found)


@given(told())
def test_any_mobility_near_an_edge_is_answered(facts):
    """Evaluation never raises for facts that lie on edges or against each other."""
    check_each_answer(evaluated(mobility_of(facts)))


_FORGETFUL = attrs.evolve(RULEBOOK)
"""The same rulebook with a memory of its own."""


@settings(max_examples=40, deadline=None)
@given(told())
def test_what_other_mobilities_have_shown_changes_no_answer(facts):
    """A case is answered as the first of all would be, and as one plain function that keeps nothing answers it."""
    mobility = mobility_of(facts)
    _FORGETFUL.plan.memory.forget()
    found, first = evaluated(mobility), _FORGETFUL.evaluate(facts_of(mobility), guide(mobility.call).provisions)
    names, identities = [item.name for item in RULEBOOK.facts], [item.identity for item in RULEBOOK.rules]
    arguments = dict(zip(VOCABULARY, all_told(mobility), strict=True)) | guide(mobility.call).provisions
    plain = compiled(RULEBOOK, list(arguments), names, identities)(*arguments.values())
    for case in (found, first):
        assert tuple(case.value(name) for name in names) == plain[: len(names)]
        assert tuple((o.verdict, o.answer, o.missing, o.gaps) for o in case.outcomes.values()) == plain[len(names) :]
    _FORGETFUL.plan.memory.forget()
    assert report_on(mobility).to_dict() == report_on(mobility, rulebook=_FORGETFUL).to_dict()


def refusals(found: Evaluation) -> set[str]:
    return {item.identity for item in found.outcomes.values() if item.verdict is Verdict.NOT_MET}


EVENTS = {"interruptions", "interruption_days", "force_majeure_first_day", "force_majeure_last_day"}
"""What nobody tells of did not happen: such an event may excuse a stay, and without it the stay is as its dates say."""


def check_that_forgetting_refuses_nothing(mobility: Mobility) -> None:
    facts = facts_of(mobility)
    provisions = guide(mobility.call).provisions
    before = refusals(evaluated(mobility))
    for name in facts:
        if name in {"call", "stage"} | EVENTS:
            continue
        rest = {other: value for other, value in facts.items() if other != name}
        new = refusals(RULEBOOK.evaluate(rest, provisions, stage=mobility.stage)) - before
        assert not new, f"forgetting {name} refuses {', '.join(sorted(new))}"


@given(told())
def test_a_missing_fact_never_yields_not_met(facts):
    """Whatever one fact is taken away, nothing becomes *not met* that was not so before."""
    check_that_forgetting_refuses_nothing(mobility_of(facts))


@given(strategies.mobilities())
def test_a_missing_fact_never_yields_not_met_in_mobilities_of_any_kind(mobility):
    """The same for mobilities told at random, in which much is missing already."""
    check_that_forgetting_refuses_nothing(mobility)


@given(told())
def test_the_facts_asked_for_are_facts_that_a_mobility_can_tell(facts):
    """What an answer asks for is always the name of a given fact."""
    given_names = {fact.name for fact in RULEBOOK.given}
    for item in evaluated(mobility_of(facts)).outcomes.values():
        assert set(item.missing) <= given_names, item.identity


@given(told())
def test_a_mobility_has_one_report(facts):
    """The same facts, told in another order, give the same report in every word."""
    turned = dict(reversed(facts.items()))
    assert str(report_on(mobility_of(facts))) == str(report_on(mobility_of(turned)))


def test_forgetting_the_format_of_a_stay_longer_than_any_short_one_refuses_nothing():
    """Found by a hunt: a stay told as blended and too long for it was another stay as soon as the word was gone."""
    stay = {"call": 2022, "participant_kind": "student", "stay_format": "blended", "travel_days_claimed": 5}
    dates = {"start_date": "2022-01-01", "end_date": "2022-01-31", "covers_academic_term": False}
    for activity in ("studies", "traineeship", None):
        check_that_forgetting_refuses_nothing(mobility_of({**stay, **dates, "activity": activity}))
