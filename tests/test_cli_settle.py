"""The command ``settle``: what it prints, where, and what it ends with."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from icm_rules.cli import command
from icm_rules.cli_settle import _POLICIES
from icm_rules.settle import POLICIES

# Before version 8.2 click kept the two outputs apart only where it was asked to.
RUNNER = CliRunner(**({"mix_stderr": False} if "mix_stderr" in inspect.signature(CliRunner).parameters else {}))
FOLDER = Path(__file__).parent.parent / "examples" / "settlement"
EARLY, BELOW = FOLDER / "home-early.json", FOLDER / "below-the-minimum.json"


def run(*arguments: object, stdin: str | None = None) -> Result:
    return RUNNER.invoke(command, ["settle", *map(str, arguments)], input=stdin, standalone_mode=False)


def test_it_prints_what_is_left_and_ends_with_0() -> None:
    done = run(EARLY, "--paid", "3420")
    assert (done.return_value, done.stderr) == (0, "")
    assert "Answer: 289.00 EUR left to pay to the participant\n" in done.stdout


def test_several_are_settled_one_after_the_other() -> None:
    done = run(EARLY, BELOW)
    assert done.return_value == 0
    assert done.stdout.count("Answer: ") == 2


def test_what_was_paid_is_of_one_mobility() -> None:
    done = run(EARLY, BELOW, "--paid", "1")
    assert "--paid is of one mobility, and 2 are named" in str(done.exception)


def test_json_holds_the_whole_settlement() -> None:
    (document,) = json.loads(run(EARLY, "--json", "--paid", "3420").stdout)
    assert document["settlement"]["balance_eur"] == {"low": "289.00", "high": "289.00"}
    assert document["file"].endswith("home-early.json")


@pytest.mark.parametrize(("layout", "mark"), [("markdown", "**Answer: "), ("html", '<p class="answer">Answer: ')])
def test_it_is_written_as_asked(layout: str, mark: str) -> None:
    assert mark in run(EARLY, "--format", layout).stdout


def test_json_and_a_format_exclude_each_other() -> None:
    assert "exclude each other" in str(run(EARLY, "--json", "--format", "html").exception)


def test_a_policy_that_is_left_out_moves_nothing() -> None:
    done = run(BELOW, "--policy", "settlement.force_majeure.costs_kept", "--paid", "0")
    assert "Answer: 2,980.00 EUR left to pay" in done.stdout
    assert "Proposed, not applied: Of a stay below the minimum duration the whole grant is paid back." in done.stdout


def test_what_cannot_be_told_yet_ends_with_3() -> None:
    done = run("-", stdin='{"call": 2019, "activity": "training"}')
    assert done.return_value == 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"call": 2019, "confirmed": {"end_dat": "2020-01-01"}}', "confirmed.end_dat: there is no fact"),
        ('{"call": 2019, "confirmed": {"call": 2020}}', "confirmed.call: call does not turn out otherwise"),
        ('{"call": 2021}', "2021"),
        ("[", "JSON"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line_and_ends_with_2(text: str, told: str) -> None:
    done = run("-", stdin=text)
    assert (done.return_value, done.stdout) == (2, "")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_amount_that_is_none_is_told_by_its_name() -> None:
    done = run(EARLY, "--paid", "much")
    assert done.return_value == 2
    assert "paid: 'much' is no number" in done.stderr


def test_the_policies_it_offers_are_those_there_are() -> None:
    assert _POLICIES == POLICIES
