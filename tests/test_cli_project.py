"""The commands ``project``, ``checklist`` and ``distance``: what they print and what they end with."""

from __future__ import annotations

import inspect
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from icm_rules.cli import command

RUNNER = CliRunner(**({"mix_stderr": False} if "mix_stderr" in inspect.signature(CliRunner).parameters else {}))
EXAMPLES = Path(__file__).parent.parent / "examples"
GRAZ = EXAMPLES / "graz-2018"
STUDENT = EXAMPLES / "checklists" / "tbilisi-graz-2018.json"
LIMITS = EXAMPLES / "checklists" / "limits.json"


def run(*arguments: object, stdin: str | None = None) -> Result:
    """What the command does with these arguments."""
    return RUNNER.invoke(command, [str(argument) for argument in arguments], input=stdin)


@pytest.fixture
def written(tmp_path):
    """Writes what JSON can hold to a file."""

    def write(data: object, name: str = "p.json") -> Path:
        path = tmp_path / name
        path.write_text(json.dumps(data), "utf-8")
        return path

    return write


class TestProject:
    def test_the_example_is_checked_from_its_folder(self):
        done = run("project", "check", GRAZ)
        assert (done.exit_code, done.stderr) == (1, "")
        assert "Answer: not in order" in done.stdout
        assert "48 mobilities: 45 eligible, 3 not eligible" in done.stdout

    @pytest.mark.parametrize(
        ("data", "status"), [({"call": 2019}, 3), ({"call": 2019, "applicant": {"country": "KZ"}}, 1)]
    )
    def test_the_status_says_how_it_ends(self, written, data, status):
        assert run("project", "check", written(data)).exit_code == status

    def test_what_cannot_be_read_is_told_and_the_rest_is_answered(self, written):
        file = written({"call": 2019, "mobilities": [{"start_date": "soon"}, {"reference": "fine"}]})
        done = run("project", "check", file)
        assert done.exit_code == 2
        assert "mobility 1: start_date: 'soon' is no date" in done.stderr
        assert "fine" in done.stdout
        assert "1 of the mobilities could not be read" in done.stdout

    @pytest.mark.parametrize(
        ("data", "said"), [([1], "a list stands"), ({"call": 2014}, "2014"), ({"call": 2021}, "2021")]
    )
    def test_a_project_that_cannot_be_answered_is_refused_in_one_line(self, written, data, said):
        done = run("project", "check", written(data))
        assert (done.exit_code, done.stdout) == (2, "")
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == 1

    def test_a_file_that_is_not_there_is_named(self, tmp_path):
        done = run("project", "check", tmp_path / "none")
        assert (done.exit_code, "there is no such file" in done.stderr) == (2, True)

    def test_json_markdown_html_and_a_page(self, tmp_path):
        data = json.loads(run("project", "check", "--json", GRAZ).stdout)
        assert len(data["mobilities"]) == 48
        assert run("project", "check", "--format", "markdown", GRAZ).stdout.startswith("# Project")
        assert run("project", "check", "--format", "html", GRAZ).stdout.startswith('<div class="icm-report">')
        page = tmp_path / "page.html"
        run("project", "check", "--html", page, GRAZ)
        assert page.read_text("utf-8").startswith("<!DOCTYPE html>")
        assert run("project", "check", "--json", "--format", "html", GRAZ).exit_code == 2

    def test_each_mobility_may_be_printed_after_it(self, written):
        done = run("project", "check", "--each", written({"call": 2019, "mobilities": [{"reference": "A-1"}]}))
        assert "Mobility A-1\n====" in done.stdout

    def test_a_bar_shows_on_a_terminal_and_nowhere_else(self):
        assert "%" not in run("project", "check", GRAZ).stderr
        for quiet, shown in (([], True), (["--quiet"], False)):
            main, other = pty.openpty()
            done = subprocess.run(
                [sys.executable, "-m", "icm_rules", "project", "check", *quiet, str(GRAZ)],
                stdout=subprocess.PIPE,
                stderr=other,
                env={**os.environ, "TERM": "xterm", "PYTHONUTF8": "1"},
                check=False,
            )
            os.close(other)
            try:
                seen = os.read(main, 65536)
            except OSError:  # nothing was written
                seen = b""
            os.close(main)
            assert done.returncode == 1
            assert (b"%" in seen) is shown


@pytest.mark.parametrize(
    "command",
    [
        ["project", "check", GRAZ, "--html"],
        ["compare", "stays.csv", "--after", "2024", "--html"],
        ["compare", "stays.csv", "--after", "2024", "--out"],
        ["guide", "new", "2027", "--output"],
        ["simulate", "--rows", "1"],
        ["table", "stays.csv"],
        ["open-data", "stays.csv"],
    ],
)
def test_a_file_to_be_written_in_a_folder_that_is_not_there_says_that_the_folder_is_missing(tmp_path, command):
    file = tmp_path / "nowhere" / "out.csv"
    done = run(*command, file)
    assert (done.exit_code, done.stdout) == (2, "")
    assert str(file) in done.stderr
    assert f"there is no folder {file.parent}; make it, or check the name" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_page_is_no_folder(tmp_path):
    done = run("project", "check", GRAZ, "--html", tmp_path)
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"{tmp_path} cannot be written: this is a folder; name a file to be written" in done.stderr


class TestChecklist:
    def test_the_example_names_what_must_be_mended(self):
        done = run("checklist", "--limits", LIMITS, STUDENT)
        assert (done.exit_code, done.stderr) == (1, "")
        assert "[!] Transcript and certificate show the same first and last day." in done.stdout
        assert "80 % of 3901.67 EUR" in done.stdout

    @pytest.mark.parametrize(("stage", "status"), [("application", 0), ("before_departure", 0), ("final_report", 1)])
    def test_the_stage_may_be_asked_for(self, stage, status):
        assert run("checklist", "--stage", stage, STUDENT).exit_code == status

    def test_what_is_only_missing_ends_with_3_and_what_cannot_be_read_with_2(self, written):
        open_yet = written({"call": 2019, "stage": "before_departure", "activity": "studies"})
        assert run("checklist", open_yet).exit_code == 3
        done = run("checklist", open_yet, written({"call": 2019, "documents": {"x": 1}}, "bad.json"))
        assert done.exit_code == 2
        assert "mobility 1: documents.x: there is no field 'x'" in done.stderr
        assert "Checklist of a mobility" in done.stdout

    def test_limits_that_cannot_be_read_and_calls_that_were_not_are_refused_in_one_line(self, written):
        for arguments in (["--limits", written({"x": 1}, "l.json"), STUDENT], [written({"call": 2014})]):
            done = run("checklist", *arguments)
            assert done.exit_code == 2
            assert len(done.stderr.splitlines()) == 1

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (
                [],
                '[] holds no limits of an office; write one at least in curly brackets, such as {"recognition_days":',
            ),
            ({}, "{} holds no limits of an office"),
            ({"recogniton_days": 3}, "recogniton_days: there is no field 'recogniton_days'; did you mean"),
            ({"recognition_days": -1}, "recognition_days: -1 is negative"),
        ],
    )
    def test_limits_that_are_none_are_refused_by_the_name_of_their_file(self, written, content, said):
        file = written(content, "limits.json")
        done = run("checklist", "--limits", file, STUDENT)
        assert (done.exit_code, done.stdout) == (2, "")
        assert f"{file}: {said}" in done.stderr

    def test_limits_that_are_no_json_or_told_twice_or_not_there_are_refused_by_the_name_of_their_file(self, tmp_path):
        file = tmp_path / "limits.json"
        assert f"{file}: there is no such file" in run("checklist", "--limits", file, STUDENT).stderr
        for text, said in (
            ('{"recognition_days"', "line 1"),
            ('{"recognition_days": 1, "recognition_days": 2}', "more"),
        ):
            file.write_text(text, "utf-8")
            stderr = run("checklist", "--limits", file, STUDENT).stderr
            assert f"{file}: " in stderr
            assert said in stderr

    def test_a_file_that_is_not_there_leaves_the_others_answered(self):
        done = run("checklist", "nowhere.json", STUDENT)
        assert done.exit_code == 2
        assert "nowhere.json: there is no such file" in done.stderr
        assert "Checklist of mobility" in done.stdout

    def test_json_and_other_layouts(self):
        (data,) = json.loads(run("checklist", "--json", STUDENT).stdout)
        assert {item["state"] for item in data["items"]} >= {"done", "to mend", "not needed"}
        assert run("checklist", "--format", "markdown", STUDENT).stdout.startswith("# Checklist")
        assert run("checklist", "--format", "html", STUDENT).stdout.startswith('<div class="icm-report">')
        assert run("checklist", "--json", "--format", "html", STUDENT).exit_code == 2

    def test_it_reads_standard_input(self):
        assert run("checklist", "-", stdin=STUDENT.read_text("utf-8")).exit_code == 1


class TestDistance:
    ALMATY, LJUBLJANA = "43.25, 76.95", "46.05, 14.51"

    def test_two_places_give_kilometres_and_the_band(self):
        done = run("distance", "--call", 2019, self.ALMATY, self.LJUBLJANA)
        assert (done.exit_code, done.stderr) == (0, "")
        assert "4,820 km one way" in done.stdout
        assert "Travel support, call 2019: 820.00 EUR" in done.stdout
        assert "Green" not in done.stdout

    def test_green_travel_is_told_where_a_call_knows_it(self):
        done = run("distance", "--call", 2024, "41.69, 44.83", self.LJUBLJANA)
        assert "Green travel, call 2024: 535.00 EUR" in done.stdout

    def test_near_an_edge_it_is_a_range(self):
        """Astana to Graz is 4,000.17 km."""
        done = run("distance", "--call", 2018, "51.18, 71.43", "47.07, 15.44")
        assert "from 530.00 to 820.00 EUR" in done.stdout
        assert "only the official figure settles it" in done.stdout

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["--call", 2019, "Almaty", LJUBLJANA], "'Almaty' is no place"),
            (["--call", 2019, "91, 3", LJUBLJANA], "beyond the pole"),
            (["--call", 2014, ALMATY, LJUBLJANA], "2014"),
        ],
    )
    def test_what_cannot_be_used_is_refused_in_one_line(self, arguments, said):
        done = run("distance", *arguments)
        assert (done.exit_code, done.stdout) == (2, "")
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == 1
