"""The commands ``recognise``, ``credits`` and ``grade``: what they print, and how they end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from icm_rules.cli import command

FOLDER = Path(__file__).parent.parent / "examples" / "recognition"


def run(*arguments, given=None):
    """The command with these arguments."""
    return CliRunner().invoke(command, [str(each) for each in arguments], input=given, prog_name="icm-rules")


def example(name):
    """An example's documents, as arguments."""
    return FOLDER / f"{name}-agreement.json", FOLDER / f"{name}-transcript.json"


class TestRecognise:
    @pytest.mark.parametrize(
        ("arguments", "status", "says"),
        [
            (example("tbilisi"), 0, "full recognition is owed: 30 of 30 ECTS"),
            ((*example("tbilisi"), "--decision", FOLDER / "tbilisi-decision.json"), 0, "every requirement due is met"),
            (
                (*example("almaty"), "--decision", FOLDER / "almaty-decision.json"),
                1,
                "3 of 5 ECTS are recognised; 2 are",
            ),
            ((example("tbilisi")[0],), 0, "from 0 to 30 of 30 ECTS"),
            ((*example("us-college"), "--policy", "bamberg"), 0, "Method: letters, bamberg-us-letters"),
        ],
    )
    def test_ends_as_the_rules_do(self, arguments, status, says):
        done = run("recognise", *arguments)
        assert done.exit_code == status, done.output
        assert says in done.output

    def test_prints_json(self):
        done = run("recognise", *example("tbilisi"), "--json")
        assert json.loads(done.stdout)["record"]["recognised"] == {"low": "30", "high": "30"}

    @pytest.mark.parametrize(("layout", "begins"), [("markdown", "# Recognition"), ("html", "<div class=")])
    def test_prints_other_layouts(self, layout, begins):
        assert run("recognise", *example("tbilisi"), "--format", layout).stdout.startswith(begins)

    def test_reads_standard_input(self):
        agreement, transcript = example("tbilisi")
        done = run("recognise", "-", transcript, given=agreement.read_text("utf-8"))
        assert "full recognition is owed" in done.output

    def test_takes_the_mobility_for_the_call(self, tmp_path):
        agreement = json.loads(example("tbilisi")[0].read_text("utf-8"))
        del agreement["call"]
        path = tmp_path / "agreement.json"
        path.write_text(json.dumps(agreement), "utf-8")
        stay = tmp_path / "stay.json"
        stay.write_text('{"call": 2023}', "utf-8")
        assert "the call is told neither" in run("recognise", path).stderr
        assert run("recognise", path, "--mobility", stay).exit_code == 0

    def test_lists_the_policies(self):
        assert "wuerzburg" in run("recognise", "--policies").stdout
        ids = [each["id"] for each in json.loads(run("recognise", "--policies", "--json").stdout)]
        assert ids[0] == "default"

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((), "Missing argument 'AGREEMENT'"),
            (("nowhere.json",), "nowhere.json: this cannot be read"),
            ((*example("tbilisi"), "--policy", "mine"), "there is no policy 'mine'"),
            ((*example("tbilisi"), "--json", "--format", "html"), "exclude each other"),
            ((*example("tbilisi"), "--mobility", "nowhere.json"), "nowhere.json: this cannot be read"),
            ((example("tbilisi")[1],), "tbilisi-transcript.json: first_day_present: there is no field"),
        ],
    )
    def test_refuses_in_one_line(self, arguments, message):
        done = run("recognise", *arguments)
        assert done.exit_code == 2
        assert message in done.stderr
        assert done.stderr.count("\n") == 1

    @pytest.mark.parametrize(
        ("content", "message"), [('[{"call": 2023}, {"call": 2023}]', "holds 2 mobilities"), ("{}", "call")]
    )
    def test_refuses_a_file_that_holds_no_one_mobility(self, tmp_path, content, message):
        path = tmp_path / "stay.json"
        path.write_text(content, "utf-8")
        done = run("recognise", *example("tbilisi"), "--mobility", path)
        assert (done.exit_code, message in done.stderr) == (2, True)


class TestCredits:
    @pytest.mark.parametrize(
        ("arguments", "first"),
        [
            ("18 --from kazakhstan-legacy --level bachelor", "from 27 to 32.4 ECTS"),
            ("30 --from ects --to uk-cats", "60 United Kingdom (CATS, SCQF)"),
            ("12 --year-load 40", "18 ECTS"),
            ("12 --semester-load 15", "24 ECTS"),
            ("18 --degree 150 4", "28.8 ECTS"),
            ("10 --hours 30", "from 10 to 12 ECTS"),
            ("3 --from usa-semester --stated-ects 5", "5 ECTS"),
            ("3 --from kz --on 2016-02-01 --level bachelor", "from 4.5 to 5.4 ECTS"),
            ("3 --from japan --rounding eur-whole-down", "from 4 to 5 ECTS"),
            ("1 --from KZ-legacy-research-work --activity research-work", "from 4 to 4.8 ECTS"),
        ],
    )
    def test_are_told_with_their_method(self, arguments, first):
        done = run("credits", *arguments.split())
        assert done.exit_code == 0, done.output
        assert done.stdout.splitlines()[0] == first

    def test_without_a_value_end_with_3_and_say_what_is_needed(self):
        done = run("credits", 10, "--from", "brazil")
        assert (done.exit_code, done.stdout.splitlines()[0]) == (3, "no value")
        assert "Needed: the ECTS figure of the partner itself" in done.stdout

    def test_print_json(self):
        data = json.loads(run("credits", 1, "--from", "south-africa", "--json").stdout)
        assert data["value"] == {"low": "0.5", "high": "0.5"}
        assert data["other_factors"]["hours"] == {"low": "1/3", "high": "0.4"}
        assert data["written_in"][0]["confidence"] == "corroborated"

    def test_list_their_schemes(self):
        assert "kazakhstan-kimep" in run("credits", "--list").stdout
        assert {"id": "brazil", "ects": None}.items() <= next(
            each for each in json.loads(run("credits", "--list", "--json").stdout) if each["id"] == "brazil"
        ).items()

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ("", "Missing argument 'NUMBER'"),
            ("10", "say what credits these are"),
            ("10 --from usa-semester --to uk-cats", "one side must be ects"),
            ("10 --from ects --to uk-cats --degree 180 3", "are for local credits"),
            ("ten --from usa-semester", "is no number of credits"),
            ("10 --from atlantis", "there is no credit scheme 'atlantis'"),
            ("10 --from kz --on yesterday", "is no date"),
        ],
    )
    def test_refuse_in_one_line(self, arguments, message):
        done = run("credits", *arguments.split())
        assert done.exit_code == 2
        assert message in done.stderr
        assert done.stderr.count("\n") == 1


class TestGrade:
    @pytest.mark.parametrize(
        ("arguments", "first"),
        [
            ("82 --from kz --to de", "2.0"),
            ("14 --from fr --to de --policy goettingen", "2.2"),
            ("B+ --from us --to de --policy wuerzburg", "1.7"),
            ("82 --from kz --to ects --edition 2011", "C"),
            ("B --from ects --to kz --edition 2011", "B+"),
        ],
    )
    def test_is_told_with_its_method(self, arguments, first):
        done = run("grade", *arguments.split())
        assert (done.exit_code, done.stdout.splitlines()[0]) == (0, first)
        assert "policy: " in done.stdout

    def test_compares_grading_tables(self, tmp_path):
        table = {"grades": [{"grade": "10", "count": 5}, {"grade": "9", "count": 15}]}
        path = tmp_path / "table.json"
        path.write_text(json.dumps(table), "utf-8")
        done = run("grade", "9", "--from-table", path, "--to-table", path, "--policy", "sgroup", "--json")
        data = json.loads(done.stdout)
        assert (data["value"], data["method"], data["choice"], data["deviation"]) == ("9", "tables", "closest", "0")

    def test_that_fails_has_no_value_and_ends_with_3(self):
        done = run("grade", "FX", "--from", "kz", "--to", "de")
        assert (done.exit_code, done.stdout.splitlines()[0]) == (3, "no value")
        assert "failing grade" in done.stdout

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ("21 --from fr --to de", "better than the best grade 20"),
            ("21 --from atlantis --to de", "names no grading scale"),
            ("1 --from-table nowhere.json", "nowhere.json: this cannot be read"),
        ],
    )
    def test_refuses_in_one_line(self, arguments, message):
        done = run("grade", *arguments.split())
        assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
        assert message in done.stderr
