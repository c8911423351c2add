"""Scenarios, one file each, in the folder of their call: facts in, answers and lines out.

A file holds its ``name`` (the sentence that is true of it), its ``kind`` (``published``: printed in its ``source``;
``derived``: computed by hand from the figures of the Guides), ``confidence`` (of its source, or of those figures), the
paragraphs it ``rests_on``, a ``mobility`` in flat facts, and one ``check`` or more. A check may tell more of the
``mobility``, what is ``confirmed`` and ``paid``; all else in it must come out. A ``payment`` checks a rounding alone.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import attrs
import pytest

from icm_rules.engine import ROUNDINGS, Evaluation, Payment
from icm_rules.evaluate import evaluation
from icm_rules.model.grant import Grant, grant_of
from icm_rules.model.vocabulary import mobility_of
from icm_rules.report.records import plain
from icm_rules.report.settlement import Settlement
from icm_rules.settle import APPLIED, settle
from tests.strategies import CALLS

FOLDER = Path(__file__).parent
CASES = {
    f"{path.parent.name}/{path.stem}": tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    for path in sorted(FOLDER.glob("*/*.toml"))
}
KNOWN = {"name", "kind", "confidence", "note", "source", "rests_on", "mobility", "check", "payment"}
GIVEN = {"mobility", "confirmed", "paid", "policies", "why"}
"""What a check tells; all else is what must come out of it."""


class Answered:
    """A mobility answered and settled: what comes out, in the shapes in which a check writes it."""

    def __init__(self, case: Mapping[str, Any], check: Mapping[str, Any]) -> None:
        """Answer the mobility of the case, with what the check tells besides."""
        facts = {**case["mobility"], **check.get("mobility", {})}
        self.mobility = mobility_of(facts)
        self.found: Evaluation = evaluation(self.mobility)
        self.grant: Grant = grant_of(self.found)
        self.check = check

    def settlement(self) -> Settlement:
        turned_out = attrs.evolve(self.mobility, confirmed=self.check.get("confirmed", {}))
        return settle(turned_out, paid=self.check.get("paid"), policies=self.check.get("policies", APPLIED))

    def facts(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        return {name: plain(self.found.value(name)) for name in asked}

    def verdicts(self, asked: Mapping[str, Any]) -> dict[str, str]:
        return {name: self.found.outcomes[name].verdict.value for name in asked}

    def missing(self, asked: Mapping[str, Any]) -> dict[str, list[str]]:
        return {name: sorted(self.found.outcomes[name].missing) for name in asked}

    def sentences(self, asked: Mapping[str, Any]) -> dict[str, str]:
        return {name: self.found.outcomes[name].sentence for name in asked}

    def lines(self, asked: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
        lines = {line.identity: line for line in self.grant.lines}
        if "total" in self.check:
            assert set(lines) == {each["rule"] for each in asked}, "a total is that of all lines, and of no others"
        return [_line(lines[each["rule"]], each) for each in asked]

    def total(self, _: object) -> str:
        return str(self.grant.total)

    def total_between(self, _: object) -> list[str]:
        return [str(self.grant.low), str(self.grant.high)]

    def settled(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        found = self.settlement()
        ends = {"settled_between": (found.settled_low, found.settled_high)}
        ends["balance_between"] = (found.balance_low, found.balance_high)
        amounts = {"planned": found.planned_grant.total, "recomputed": found.recomputed_grant.total}
        amounts |= {"settled": found.settled, "balance": found.balance}
        told: dict[str, Any] = {name: str(amount) for name, amount in amounts.items()}
        told |= {name: [str(low), str(high)] for name, (low, high) in ends.items()}
        told["applied"] = list(found.applied)
        told["proposed"] = {each.identity: str(each.high) for each in found.proposals}
        told["days"] = [found.planned_days.counted, found.confirmed_days.counted]
        told["funded"] = [found.planned_days.funded, found.confirmed_days.funded]
        told["differences"] = {line.identity: str(line.low) for line in found.differences}
        told["because_of"] = sorted({name for line in found.differences for name in line.because_of})
        told["answered_otherwise"] = {
            each.confirmed.identity: each.confirmed.verdict.value for each in found.requirements
        }
        told["verdicts"] = {name: found.confirmed.outcomes[name].verdict.value for name in asked.get("verdicts", {})}
        told["missing"] = sorted(found.missing)
        return {name: told[name] for name in asked}


def _line(line: Any, asked: Mapping[str, Any]) -> dict[str, Any]:
    told = {"rule": line.identity, "quantity": line.quantity, "unit": line.unit}
    told |= {"rate": str(line.rate), "share": line.share, "eur": str(line.amount)}
    if "share" in asked:
        assert line.share == Fraction(asked["share"])
        told["share"] = asked["share"]
    return {name: told[name] for name in asked}


@pytest.mark.parametrize("name", CASES)
def test_what_follows_is_what_the_file_says(name: str) -> None:
    case = CASES[name]
    for check in case.get("check", []):
        answered = Answered(case, check)
        expected = {key: value for key, value in check.items() if key not in GIVEN}
        assert {key: getattr(answered, key)(value) for key, value in expected.items()} == expected
        spoken_of = {*check.get("verdicts", {}), *(line["rule"] for line in check.get("lines", []))}
        cited = {item.paragraph for rule in spoken_of for item in answered.found.outcomes[rule].citations}
        if spoken_of:
            assert set(case.get("rests_on", ())) <= cited
        if "total" in check and case["kind"] == "derived" and answered.grant.lines:
            # What was derived is as sure as the figures it rests on.
            assert min(line.confidence for line in answered.grant.lines).label == case["confidence"]
    for payment in case.get("payment", []):
        exact = Payment(payment["days"], "day", Decimal(payment["eur_per_month"]), "month", Fraction(1, 30))
        policies = set(payment) & set(ROUNDINGS)
        assert (
            {each: ROUNDINGS[each].apply(exact) for each in policies}
            == {each: Decimal(payment[each]) for each in policies}
            != {}
        )
        assert abs(Fraction(Decimal(payment["printed"])) - exact.exact) < Fraction(1, 100)


class TestTheFiles:
    """What a file of a case holds."""

    def test_there_are_scenarios_of_every_call(self) -> None:
        assert len(CASES) >= 60
        assert {int(name.partition("/")[0]) for name in CASES} == set(CALLS)

    @pytest.mark.parametrize("name", CASES)
    def test_a_case_is_a_sentence_and_says_where_it_is_from(self, name: str) -> None:
        case = CASES[name]
        folder, _, file = name.partition("/")
        assert re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)+", file)
        assert re.fullmatch(r"[A-Z0-9].{20,}\.", case["name"])
        assert [other for other in CASES if CASES[other]["name"] == case["name"]] == [name]
        assert case["confidence"] in {"official", "corroborated", "single-source", "unverified"}
        assert set(case) <= KNOWN
        assert case.get("check") or case.get("payment")
        assert case["kind"] in {"published", "derived"}
        assert case.get("mobility", {"call": int(folder)})["call"] == int(folder)
        if case["kind"] == "published":
            assert all(set(source) == {"title", "url"} for source in case["source"])
            assert case["source"]

    @pytest.mark.parametrize("name", CASES)
    def test_every_check_holds_something_and_nothing_unread(self, name: str) -> None:
        for check in CASES[name].get("check", []):
            outcomes = set(check) - GIVEN
            assert outcomes
            assert all(hasattr(Answered, key) for key in outcomes)
            assert "settled" in check or not {"confirmed", "paid", "policies"} & set(check)
