"""Published and derived examples, one file each, named as the sentence it shows.

A file holds ``kind`` (``published``: printed in its ``source``; ``derived``: computed from the figures of the Guides),
``confidence`` (of its source, or of those figures), the paragraphs it ``rests_on``, a ``mobility`` in flat facts and
one ``check`` or more: what is told besides, and the facts, verdicts, lines and total [EUR] that follow. A ``payment``
checks a rounding alone.
"""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from icm_rules.engine import ROUNDINGS, Payment
from icm_rules.guide import guide
from icm_rules.model.grant import grant_of
from icm_rules.model.vocabulary import facts_of, mobility_of
from icm_rules.rules import RULEBOOK

CASES = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    for path in sorted(Path(__file__).parent.glob("*.toml"))
}
KNOWN = {"kind", "confidence", "note", "source", "rests_on", "mobility", "check", "payment"}
KNOWN_OF_CHECK = {"mobility", "facts", "verdicts", "lines", "total"}

CHECKS = [
    pytest.param(case, check, id=f"{name}-{number}")
    for name, case in CASES.items()
    for number, check in enumerate(case.get("check", []), start=1)
]
PAYMENTS = [
    pytest.param(payment, id=f"{name}-{payment['eur_per_month']}")
    for name, case in CASES.items()
    for payment in case.get("payment", [])
]


def evaluated(case: dict, check: dict):
    """All rules, asked about the mobility of the case with what the check tells besides."""
    mobility = mobility_of({**case["mobility"], **check.get("mobility", {})})
    return RULEBOOK.evaluate(facts_of(mobility), guide(mobility.call).provisions)


def identities(check: dict) -> set[str]:
    """The rules a check speaks of."""
    return {*check.get("verdicts", {}), *(line["rule"] for line in check.get("lines", []))}


class TestTheFiles:
    """What a case file holds."""

    def test_there_are_cases(self) -> None:
        assert len(CASES) == 15

    @pytest.mark.parametrize("name", CASES)
    def test_a_case_is_named_as_a_sentence_and_says_where_it_is_from(self, name: str) -> None:
        case = CASES[name]
        assert re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+){4,}", name)
        assert case["confidence"] in {"official", "corroborated", "single-source", "unverified"}
        assert set(case) <= KNOWN
        assert case.get("check") or case.get("payment")
        assert case["kind"] in {"published", "derived"}
        if case["kind"] == "published":
            assert all(set(source) == {"title", "url"} for source in case["source"])
            assert case["source"]

    @pytest.mark.parametrize(("case", "check"), CHECKS)
    def test_a_check_holds_something_and_nothing_unread(self, case: dict, check: dict) -> None:
        assert set(check) <= KNOWN_OF_CHECK
        assert set(check) - {"mobility"}


class TestTheCases:
    """What follows from each case."""

    @pytest.mark.parametrize(("case", "check"), CHECKS)
    def test_the_facts_are_those_of_the_case(self, case: dict, check: dict) -> None:
        found = evaluated(case, check)
        expected = check.get("facts", {})
        assert {name: found.value(name) for name in expected} == expected

    @pytest.mark.parametrize(("case", "check"), CHECKS)
    def test_the_verdicts_are_those_of_the_case(self, case: dict, check: dict) -> None:
        found = evaluated(case, check)
        expected = check.get("verdicts", {})
        assert {name: found.outcomes[name].verdict.value for name in expected} == expected

    @pytest.mark.parametrize(("case", "check"), CHECKS)
    def test_the_lines_are_those_of_the_case(self, case: dict, check: dict) -> None:
        paid = {line.identity: line for line in grant_of(evaluated(case, check)).lines}
        for expected in check.get("lines", []):
            line = paid[expected["rule"]]
            assert (line.quantity, line.unit) == (expected["quantity"], expected["unit"])
            if "eur" in expected:
                share = Fraction(expected["share"]) if "share" in expected else line.share
                assert (line.rate, line.amount, line.share) == (
                    Decimal(expected["rate"]),
                    Decimal(expected["eur"]),
                    share,
                )

    @pytest.mark.parametrize(("case", "check"), CHECKS)
    def test_the_total_is_that_of_the_case_and_as_sure_as_its_figures(self, case: dict, check: dict) -> None:
        if "total" not in check:
            return
        grant = grant_of(evaluated(case, check))
        assert grant.total == Decimal(check["total"])
        assert {line.identity for line in grant.lines} == {line["rule"] for line in check["lines"]}
        # What was derived is as sure as the figures it rests on; what was published is as sure as its source.
        if case["kind"] == "derived":
            assert min(line.confidence for line in grant.lines).label == case["confidence"]

    @pytest.mark.parametrize(("case", "check"), CHECKS)
    def test_the_paragraphs_it_rests_on_are_cited(self, case: dict, check: dict) -> None:
        found = evaluated(case, check)
        cited = {item.paragraph for name in identities(check) for item in found.outcomes[name].citations}
        assert set(case["rests_on"]) <= cited

    @pytest.mark.parametrize("payment", PAYMENTS)
    def test_a_rounding_is_that_of_the_case(self, payment: dict) -> None:
        exact = Payment(payment["days"], "day", Decimal(payment["eur_per_month"]), "month", Fraction(1, 30))
        policies = set(payment) & set(ROUNDINGS)
        assert policies
        for policy in policies:
            assert ROUNDINGS[policy].apply(exact) == Decimal(payment[policy])
        assert abs(Fraction(Decimal(payment["printed"])) - exact.exact) < Fraction(1, 100)
