"""Every call, activity, direction, partner country and programme country, and every other ISO code, is answered.

Asking all combinations one by one would be more than a million evaluations. So every country is asked once as the
partner and once as the programme side of every call, activity and direction, by all rules; and every pair of countries
is asked both ways in every call, by the rules that look at both sides.
"""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest

from icm_rules.engine import Closed, DerivedFact, Evaluation, Rulebook, Unknown, Verdict
from icm_rules.guide import guide
from icm_rules.model.countries import Country, country_codes
from icm_rules.model.terms import Activity, Role
from icm_rules.model.vocabulary import facts_of, mobility_of
from icm_rules.rules import RULEBOOK
from icm_rules.rules.values import CountryStatus
from tests.strategies import CALLS

COUNTRIES = [Country(code) for code in sorted(country_codes())]

LOOKS_AT_BOTH_COUNTRIES = (
    "eligibility.countries.one_programme_side",
    "eligibility.partner.region_open",
    "eligibility.outgoing.study_cycle",
    "eligibility.restriction.countries",
    "eligibility.restriction.public_authorities",
    "eligibility.restriction.public_interest_trusts",
)


def told(call: int, activity: Activity, sending: str, receiving: str) -> dict[str, object]:
    """The facts of a mobility between the two countries, of which everything else that matters is told."""
    facts: dict[str, object] = {
        "call": call,
        "activity": activity,
        "stay_format": "long_term",
        "sending_country": sending,
        "receiving_country": receiving,
        "start_date": f"{call + 1}-02-01",
        "end_date": f"{call + 1}-04-30" if activity.of_students else f"{call + 1}-02-07",
        "travel_days_claimed": 0,
    }
    if activity.of_students:
        facts |= {"study_cycle": "first"}
    return facts_of(mobility_of(facts))


def answered(rulebook: Rulebook, call: int, facts: dict[str, object]) -> Evaluation:
    """The evaluation, in which every answer that is open says why."""
    found = rulebook.evaluate(facts, guide(call).provisions)
    for item in found.outcomes.values():
        if item.verdict is Verdict.UNDETERMINED:
            assert item.missing or item.gaps, (item.identity, facts)
        elif item.verdict is Verdict.NOT_MET:
            assert item.sentence, (item.identity, facts)
            assert not item.missing, (item.identity, facts)
    return found


def full_part(call: int) -> list[Country]:
    """The countries that take full part in this call, without the overseas territories of some."""
    return [Country(code) for code in sorted(guide(call).provisions["programme_countries"].countries)]


def both_ways(one: Country, other: Country) -> tuple[tuple[Country, Country], ...]:
    return (one, other), (other, one)


def standing(call: int, country: Country) -> CountryStatus | Unknown:
    """Where a country stands in this call, in the words of the rules themselves."""
    return RULEBOOK.evaluate({"sending_country": country}, guide(call).provisions).value("sending_status")


def check_where_it_stands(found: Evaluation, country: Country, side: str) -> None:
    """A country is on one side, in a region where it is a partner; or in no list, and then the rules say so."""
    status = found.value(f"{side}_status")
    one_side = found.outcomes["eligibility.countries.one_programme_side"]
    if isinstance(status, Unknown):
        assert one_side.verdict is Verdict.UNDETERMINED
        assert not one_side.missing
        assert f"({country})" in one_side.gaps[0]
    elif status.role is Role.PARTNER:
        assert one_side.verdict is Verdict.MET
        assert status.region is not None
        assert found.outcomes["eligibility.partner.region_open"].verdict is not Verdict.NOT_APPLICABLE
    else:
        assert one_side.verdict is Verdict.NOT_MET


@pytest.mark.parametrize("activity", list(Activity))
@pytest.mark.parametrize("call", CALLS)
def test_every_country_and_territory_as_the_other_side_is_answered_both_ways(call, activity):
    home = Country("SI")
    for country in COUNTRIES:
        for sending, receiving in both_ways(country, home):
            found = answered(RULEBOOK, call, told(call, activity, sending, receiving))
            check_where_it_stands(found, country, "sending" if sending is country else "receiving")


SUPPORT = {True: "funding.student.individual_support", False: "funding.staff.days_in_full"}


@pytest.mark.parametrize("activity", list(Activity))
@pytest.mark.parametrize("call", CALLS)
def test_every_programme_country_is_answered_both_ways_and_has_a_rate(call, activity):
    support = SUPPORT[activity.of_students]
    for country in full_part(call):
        for sending, receiving in both_ways(country, Country("KZ")):
            found = answered(RULEBOOK, call, told(call, activity, sending, receiving))
            assert found.outcomes["eligibility.countries.one_programme_side"].verdict is Verdict.MET
            paid = found.outcomes[support]
            assert paid.verdict is Verdict.DUE, (country, paid.gaps)
            low, high = paid.amounts()
            assert low == high > Decimal(0), country


def only(*identities: str) -> Rulebook:
    """The rulebook with these rules alone, and the facts that they need: it answers in a fraction of the time."""
    rules = [rule for rule in RULEBOOK.rules if rule.identity in identities]
    assert len(rules) == len(identities)
    facts = {item.name: item for item in RULEBOOK.facts}
    needed: dict[str, DerivedFact] = {}
    waiting = [name for rule in rules for name in (*rule.only_if, *inputs(rule.identity))]
    while waiting:
        name = waiting.pop()
        if name in facts and name not in needed:
            needed[name] = facts[name]
            waiting += inputs(name)
    return Rulebook(
        name=RULEBOOK.name,
        stages=RULEBOOK.stages,
        given=RULEBOOK.given,
        provisions=RULEBOOK.provisions,
        facts=list(needed.values()),
        rules=rules,
    )


def inputs(name: str) -> list[str]:
    return [item.name for item in RULEBOOK.inputs_of(name)]


@pytest.mark.parametrize("call", CALLS)
def test_every_pair_of_a_programme_country_with_any_country_is_answered(call):
    rulebook = only(*LOOKS_AT_BOTH_COUNTRIES)
    stands = {country: standing(call, country) for country in COUNTRIES}
    wanted = {
        country: Verdict.UNDETERMINED
        if isinstance(status, Unknown)
        else (Verdict.MET if status.role is Role.PARTNER else Verdict.NOT_MET)
        for country, status in stands.items()
    }
    for one, other in itertools.product(full_part(call), COUNTRIES):
        for sending, receiving in both_ways(one, other):
            facts = {"activity": Activity.STUDIES, "sending_country": sending, "receiving_country": receiving}
            found = answered(rulebook, call, facts)
            one_side = found.outcomes["eligibility.countries.one_programme_side"]
            assert one_side.verdict is wanted[other], (sending, receiving)


@pytest.mark.parametrize("call", CALLS)
def test_every_country_stands_in_one_list_at_most(call):
    texts = guide(call).provisions
    lists = [texts["programme_countries"].countries, frozenset(texts["overseas_territories"].belongs_to)]
    lists += [region.countries for region in texts["regions"].lines]
    for country in COUNTRIES:
        assert sum(country in names for names in lists) <= 1, country
        assert isinstance(standing(call, country), Unknown) is not any(country in names for names in lists)


@pytest.mark.parametrize("call", CALLS)
def test_all_codes_in_the_lists_are_countries(call):
    texts = guide(call).provisions
    named = set(texts["programme_countries"].countries) | set(texts["overseas_territories"].belongs_to)
    named |= {code for region in texts["regions"].lines for code in region.countries}
    restrictions = texts["restrictions"]
    if not isinstance(restrictions, Closed):
        named |= {code for line in restrictions.lines for code in line.countries}
    assert named <= set(country_codes())
