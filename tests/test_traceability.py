"""Each statement the library was asked to cover is answered by rules, facts or paragraphs that exist."""

from __future__ import annotations

import re

import pytest

from docs import traceability_table
from icm_rules import InputError
from icm_rules.engine import Verdict
from icm_rules.statements import Statement, known_names, rule_statements, rulebooks, statement, statements
from tests.test_cli import run

ALL = tuple(statements().values())


def test_there_are_fifteen_in_order() -> None:
    """The source makes fifteen statements."""
    assert [each.identity for each in ALL] == [f"S{number}" for number in range(1, 16)]


def test_the_page_is_made_of_them() -> None:
    """If the change is meant: ``python docs/traceability_table.py``."""
    assert traceability_table.PAGE.read_text(encoding="utf-8") == traceability_table.page()


def test_every_rule_on_agreements_and_applications_answers_one() -> None:
    named = {name for each in ALL for name in each.answered_by}
    own = {rule.identity for book in rulebooks()[1:4] for rule in book.rules}
    assert own <= named


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.identity)
class TestAStatement:
    def test_says_something_and_is_answered_by_a_rule(self, each: Statement) -> None:
        """A fact alone answers nothing: a rule decides."""
        assert each.says
        assert each.how_far
        assert each.rules

    def test_names_only_what_exists_and_each_once(self, each: Statement) -> None:
        """Each name is the identity of a rule, a fact, or a paragraph of the Guides."""
        told = set(each.answered_by) | set(re.findall(r"`(\w+(?:\.\w+)+|[a-z]+(?:_[a-z]+)+)`", each.how_far))
        assert {name for name in told if not name.startswith("icm_rules.")} <= known_names()
        assert len(set(each.answered_by)) == len(each.answered_by)

    def test_has_an_example_in_which_its_rules_answer(self, each: Statement) -> None:
        assert set(each.example.asks) <= set(each.rules)
        answers = each.example.answers()
        assert [outcome.identity for outcome in answers] == list(each.example.asks)
        assert all(outcome.sentence for outcome in answers)
        assert any(outcome.verdict in {Verdict.MET, Verdict.NOT_MET, Verdict.DUE} for outcome in answers)

    def test_is_shown_by_the_command(self, each: Statement) -> None:
        shown = run("trace", each.identity.lower())
        assert shown.exit_code == 0
        flat = " ".join(shown.output.split())
        assert each.says[1:] in flat
        for identity in each.rules:
            assert f"{rule_statements()[identity]} ({identity})" in flat
        for outcome in each.example.answers():
            stop = "" if outcome.sentence.endswith("?") else "."
            assert f"- {outcome.identity}: {outcome.verdict}: {outcome.sentence}{stop}" in flat
        assert "?." not in flat


def test_without_one_all_are_listed() -> None:
    shown = run("trace")
    assert re.findall(r"^(S\d+):", shown.output, re.MULTILINE) == [each.identity for each in ALL]


def test_another_one_is_refused_with_the_way_out() -> None:
    with pytest.raises(InputError, match="there is no statement 'S16'; did you mean"):
        statement("S16")
    shown = run("trace", "nonsense")
    assert shown.exit_code == 2
    assert "The statements are: S1, S2" in shown.stderr
