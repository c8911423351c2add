"""The rules on settling, asked of two grants."""

from __future__ import annotations

from decimal import Decimal

import pytest

from icm_rules.engine import Verdict
from icm_rules.guide import guide
from icm_rules.rules import SETTLEMENT
from icm_rules.rules.settlement import COSTS_KEPT, REFUND, TOLERANCE
from icm_rules.rules.values import NO_DAYS, DayNumbers, LostDays
from tests.strategies import CALLS

DUE, NOT_APPLICABLE, MET = Verdict.DUE, Verdict.NOT_APPLICABLE, Verdict.MET
GRANTS: dict[str, object] = {
    "recomputed_low_eur": Decimal(2000),
    "recomputed_high_eur": Decimal(2000),
    "planned_low_eur": Decimal(2500),
    "planned_high_eur": Decimal(2500),
    "shortfall_low_eur": Decimal(500),
    "shortfall_high_eur": Decimal(500),
    "days_lost_to_force_majeure": LostDays(NO_DAYS, NO_DAYS, None, (), None),
    "reaches_minimum": True,
    "days_shorter": 5,
}
DAYS = DayNumbers(30, 29)


def lost(*, is_accepted: bool | None = True, least: DayNumbers = DAYS, missing: tuple[str, ...] = ()) -> LostDays:
    return LostDays(least, DAYS, is_accepted, missing, None)


ACCEPTED: dict[str, object] = {"days_lost_to_force_majeure": lost(), "force_majeure_costs_eur": Decimal(300)}


def asked(identity: str, call: int = 2017, **told: object):
    return SETTLEMENT.evaluate({**GRANTS, **told}, guide(call).provisions).outcomes[identity]


def amounts(identity: str, call: int = 2017, **told: object) -> tuple[Decimal, Decimal] | None:
    return asked(identity, call, **told).amounts()


class TestTheRefund:
    @pytest.mark.parametrize("call", CALLS)
    def test_below_the_minimum_it_is_the_whole_grant(self, call: int) -> None:
        outcome = asked(REFUND, call, reaches_minimum=False)
        assert (outcome.verdict, outcome.amounts()) == (DUE, (2000, 2000))
        assert outcome.confidence.label == "unverified"

    def test_at_the_minimum_there_is_none(self) -> None:
        assert asked(REFUND).verdict is NOT_APPLICABLE

    def test_while_nobody_can_tell_it_is_open(self) -> None:
        outcome = asked(REFUND, reaches_minimum=None)
        assert (outcome.amounts(), outcome.missing) == ((0, 2000), ("reaches_minimum",))

    def test_a_range_stays_a_range(self) -> None:
        assert amounts(REFUND, reaches_minimum=False, recomputed_low_eur=Decimal(1500)) == (1500, 2000)

    def test_an_open_grant_leaves_it_open(self) -> None:
        assert asked(REFUND, reaches_minimum=False, recomputed_high_eur=None).verdict is Verdict.UNDETERMINED


class TestCostsKept:
    @pytest.mark.parametrize(("costs", "kept"), [(300, 300), (500, 500), (501, 500), (0, 0)])
    def test_they_are_kept_up_to_the_loss(self, costs: int, kept: int) -> None:
        assert amounts(COSTS_KEPT, **ACCEPTED | {"force_majeure_costs_eur": Decimal(costs)}) == (kept, kept)

    @pytest.mark.parametrize(
        ("told", "kept", "missing"),
        [
            ({"days_lost_to_force_majeure": lost(is_accepted=None)}, (0, 300), ("force_majeure_is_accepted",)),
            ({"force_majeure_costs_eur": None}, (0, 500), ("force_majeure_costs_eur",)),
            (
                {"days_lost_to_force_majeure": lost(least=NO_DAYS, missing=("force_majeure_first_day",))},
                (0, 300),
                ("force_majeure_first_day",),
            ),
        ],
        ids=["the agency", "the costs", "the days"],
    )
    def test_without_one_of_these_it_is_a_range(
        self, told: dict[str, object], kept: tuple[int, int], missing: tuple[str, ...]
    ) -> None:
        outcome = asked(COSTS_KEPT, **ACCEPTED | told)
        assert (outcome.verdict, outcome.amounts(), outcome.missing) == (DUE, kept, missing)

    def test_a_loss_between_two_ends_keeps_between_them(self) -> None:
        assert amounts(COSTS_KEPT, **ACCEPTED, shortfall_low_eur=Decimal(100)) == (100, 300)

    def test_none_without_acceptance_days_lost_or_loss(self) -> None:
        refused = {"days_lost_to_force_majeure": lost(is_accepted=False)}
        assert asked(COSTS_KEPT, **ACCEPTED | refused).verdict is NOT_APPLICABLE
        assert asked(COSTS_KEPT).verdict is NOT_APPLICABLE
        none = {"shortfall_low_eur": Decimal(0), "shortfall_high_eur": Decimal(0)}
        assert asked(COSTS_KEPT, **ACCEPTED | none).verdict is NOT_APPLICABLE

    def test_after_a_whole_refund_they_are_kept_up_to_the_plan(self) -> None:
        told = {"reaches_minimum": False, "force_majeure_costs_eur": Decimal(9000)}
        assert amounts(COSTS_KEPT, **ACCEPTED | told) == (2500, 2500)
        assert amounts(COSTS_KEPT, **ACCEPTED | told, refund_is_applied=False) == (500, 500)

    def test_while_the_refund_is_open_they_are_kept_up_to_either(self) -> None:
        told = {"reaches_minimum": None, "force_majeure_costs_eur": Decimal(9000)}
        assert amounts(COSTS_KEPT, **ACCEPTED | told) == (500, 2500)


class TestACertificate:
    @pytest.mark.parametrize(("days", "verdict"), [(0, NOT_APPLICABLE), (1, DUE), (5, DUE), (6, NOT_APPLICABLE)])
    def test_the_tolerance_is_five_days(self, days: int, verdict: Verdict) -> None:
        assert asked(TOLERANCE, days_shorter=days).verdict is verdict

    def test_the_tolerance_lifts_no_stay_to_the_minimum(self) -> None:
        assert asked(TOLERANCE, reaches_minimum=False).verdict is NOT_APPLICABLE
        assert amounts(TOLERANCE, reaches_minimum=False, refund_is_applied=False) == (500, 500)
        assert amounts(TOLERANCE, reaches_minimum=None) == (0, 500)

    @pytest.mark.parametrize("call", CALLS)
    def test_it_was_told_of_the_first_three_calls_only(self, call: int) -> None:
        assert asked(TOLERANCE, call).verdict is (DUE if call <= 2017 else Verdict.NOT_IN_FORCE)

    @pytest.mark.parametrize("call", CALLS)
    def test_the_grant_follows_the_days(self, call: int) -> None:
        outcome = asked("settlement.certificate.to_the_day", call)
        assert (outcome.verdict, outcome.sentence) == (MET, "5 funded days fewer than planned lower the grant")
        assert outcome.confidence.label == ("single-source" if call in {2019, 2020} else "unverified")
        assert asked("settlement.certificate.to_the_day", call, days_shorter=0).verdict is NOT_APPLICABLE

    @pytest.mark.parametrize("absent", ["shortfall_low_eur", "shortfall_high_eur", "days_shorter"])
    def test_without_its_facts_nothing_is_proposed(self, absent: str) -> None:
        outcome = asked(TOLERANCE, **{absent: None})
        assert (outcome.verdict, outcome.missing) == (Verdict.UNDETERMINED, (absent,))


def test_every_rule_states_one_whole_sentence() -> None:
    for rule in SETTLEMENT.rules:
        assert rule.informs
        assert rule.statement[0].isupper()
        assert rule.statement.endswith(".")
