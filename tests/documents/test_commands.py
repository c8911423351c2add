"""The commands on agreements and applications: what they print, what they end with, and what the examples answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from icm_rules import Report
from tests.documents.cases import AGREEMENT, APPLICATION, changed
from tests.test_cli import run

EXAMPLES = Path(__file__).parent.parent.parent / "examples"


def written(folder: Path, content: object, name: str = "file.json") -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


# What is not met, and what is open, in each example; each was found by hand in the file.
AGREEMENTS: dict[str, tuple[int, set[str], set[str]]] = {
    "ljubljana-almaty-2019.json": (0, set(), set()),
    "ljubljana-almaty-2019-their-copy.json": (3, set(), {"completeness.nothing_left_open", "conditions.places"}),
    "krakow-tbilisi-2024-draft.json": (
        3,
        set(),
        {"years.set", "conditions.places", "conditions.length", "conditions.languages"},
    ),
    "graz-tirana-2018-faults.json": (
        1,
        {
            "conditions.length",
            "conditions.subject_codes",
            "recognition.written",
            "help.insurance",
            "principles.no_fees",
            "principles.recognition",
        },
        {"signatures.partner_side", "conditions.places", "completeness.nothing_left_open"},
    ),
}
APPLICATIONS: dict[str, tuple[int, str, set[str], set[str]]] = {
    # 6 x 4,000 and 2 x 137 x 700/30; 2 x 9 x 180 and 3 x 7 x 140; 8 x 820 and 5 x 360; 13 x 350.
    "ljubljana-2019.json": (0, "49483.33", set(), set()),
    # 12 x 152 x 900/30; 2 x 7 x 190 and 4 x 5 x 190; 12 x 395, 2 x 285, 4 x 395; 18 x 500.
    "emilia-romagna-2024-faults.json": (
        1,
        "77070.00",
        {
            "consortium.members_charter",
            "deadline.in_time",
            "partners.named",
            "flows.open",
            "flows.duration",
            "project.length",
        },
        {"agency.own_country", "finance.capacity"},
    ),
}


def answered(*arguments: object) -> tuple[int, dict[str, Any]]:
    shown = run(*arguments, "--json")
    (document,) = json.loads(shown.stdout)
    return shown.exit_code, document


class TestExamples:
    def test_all_of_them_are_told_here(self) -> None:
        assert {path.name for path in (EXAMPLES / "agreements").iterdir()} == set(AGREEMENTS)
        assert {path.name for path in (EXAMPLES / "applications").iterdir()} == set(APPLICATIONS)

    @pytest.mark.parametrize("name", AGREEMENTS)
    def test_an_agreement_answers_as_told(self, name: str) -> None:
        status, refused, left_open = AGREEMENTS[name]
        exit_code, document = answered("agreement", "check", EXAMPLES / "agreements" / name)
        report = Report.from_dict(document["report"])
        assert exit_code == status
        assert {outcome.identity.removeprefix("agreement_document.") for outcome in report.not_met} == refused
        assert {outcome.identity.removeprefix("agreement_document.") for outcome in report.undetermined} == left_open

    @pytest.mark.parametrize("name", APPLICATIONS)
    def test_an_application_answers_as_told(self, name: str) -> None:
        status, total, refused, left_open = APPLICATIONS[name]
        exit_code, document = answered("application", "check", EXAMPLES / "applications" / name)
        report = Report.from_dict(document["report"])
        assert exit_code == status
        assert str(report.grant.total) == total
        assert {outcome.identity.removeprefix("application.") for outcome in report.not_met} == refused
        assert {outcome.identity.removeprefix("application.") for outcome in report.undetermined} == left_open

    def test_the_parts_of_an_application_are_decided_on_by_themselves(self) -> None:
        _, document = answered("application", "check", EXAMPLES / "applications" / "ljubljana-2019.json")
        assert {each["unit"]: each["result"] for each in document["decisions"]} == {
            "Kazakhstan": "supported",
            "Georgia": "reserve",
        }


class TestCheck:
    @pytest.mark.parametrize(("group", "data"), [("agreement", AGREEMENT), ("application", APPLICATION)])
    @pytest.mark.parametrize("layout", ["text", "markdown", "html"])
    def test_prints_each_layout(self, tmp_path: Path, group: str, data: dict[str, Any], layout: str) -> None:
        shown = run(group, "check", "--format", layout, written(tmp_path, data))
        assert shown.exit_code == 0
        assert {"text": "Answer: ", "markdown": "**Answer: ", "html": '<p class="answer">'}[layout] in shown.stdout
        if group == "application":
            assert "Kazakhstan: supported" in shown.stdout

    @pytest.mark.parametrize(("group", "data"), [("agreement", AGREEMENT), ("application", APPLICATION)])
    def test_reads_standard_input_and_shows_all_rules(self, group: str, data: dict[str, Any]) -> None:
        shown = run(group, "check", "--all", "-", stdin=json.dumps(data))
        assert shown.exit_code == 0
        assert "Every rule" in shown.stdout

    def test_several_are_told_each_under_its_place_and_the_gravest_counts(self, tmp_path: Path) -> None:
        draft = {"call": 2019, "reference": "draft"}
        path = written(tmp_path, [AGREEMENT, draft, {"call": "x"}])
        shown = run("agreement", "check", path)
        assert shown.exit_code == 2
        assert shown.stdout.count("---- ") == 2
        assert f"{path}: agreement 3: call: 'x' is no number" in shown.stderr
        assert run("agreement", "check", written(tmp_path, [AGREEMENT, draft])).exit_code == 3

    @pytest.mark.parametrize("group", ["agreement", "application"])
    def test_a_file_that_is_not_there_is_refused_in_one_line(self, group: str) -> None:
        shown = run(group, "check", "none.json")
        assert shown.exit_code == 2
        assert shown.stderr == "none.json: there is no such file; check the name and the folder\n"

    @pytest.mark.parametrize(
        ("group", "data", "said"),
        [
            ("agreement", {"reference": "x"}, "agreement 1: call: nothing tells by which Guide"),
            ("agreement", {"call": 2021}, "agreement 1: call: "),
            ("application", {"call": 2014}, "application 1: call: "),
        ],
    )
    def test_what_no_guide_judges_is_refused(self, tmp_path: Path, group: str, data: object, said: str) -> None:
        path = written(tmp_path, data)
        shown = run(group, "check", "--json", path)
        assert shown.exit_code == 2
        assert f"{path}: {said}" in shown.stderr
        (document,) = json.loads(shown.stdout)
        assert document["field"] == "call"

    def test_another_guide_may_judge_an_agreement(self, tmp_path: Path) -> None:
        path = written(tmp_path, changed(AGREEMENT, template=None))
        _, document = answered("agreement", "check", "--call", "2024", path)
        assert document["report"]["call"] == 2024
        shown = run("agreement", "check", "--call", "2021", path)
        assert shown.exit_code == 2
        assert shown.stderr.startswith("icm-rules agreement check: ")

    @pytest.mark.parametrize("group", ["agreement", "application"])
    def test_the_group_alone_shows_its_help(self, group: str) -> None:
        shown = run(group)
        assert shown.exit_code == 0
        assert "check" in shown.stdout

    def test_amounts_are_rounded_as_asked(self, tmp_path: Path) -> None:
        flow = {**APPLICATION["flows"][0], "average_months": None, "average_days": 137, "participants": 1}
        path = written(tmp_path, changed(APPLICATION, flows=[flow]))
        _, document = answered("application", "check", "--rounding", "euro-down", path)
        assert document["report"]["grant"]["lines"][0]["low"] == "3653.00"


class TestCompare:
    def test_copies_that_agree_end_with_0(self, tmp_path: Path) -> None:
        ours = written(tmp_path, AGREEMENT, "ours.json")
        theirs = written(tmp_path, changed(AGREEMENT, contacts=["x"]), "theirs.json")
        shown = run("agreement", "compare", ours, theirs)
        assert shown.exit_code == 0
        assert shown.stdout.startswith("The two copies agree in all that matters.\n\nHarmless")

    def test_copies_that_differ_end_with_1(self, tmp_path: Path) -> None:
        ours = written(tmp_path, AGREEMENT, "ours.json")
        shown = run(
            "agreement", "compare", "--json", ours, "-", stdin=json.dumps(changed(AGREEMENT, transcript_weeks=6))
        )
        assert shown.exit_code == 1
        assert json.loads(shown.stdout)["differences"][0]["subject"] == "calendar"

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (None, "there is no such file"),
            ("{", "the JSON ends in the middle"),
            ([{"call": 2019}, {"call": 2019}], "there are 2 agreements in this file"),
        ],
    )
    def test_a_copy_that_cannot_be_read_ends_with_2(self, tmp_path: Path, content: object, said: str) -> None:
        ours = written(tmp_path, AGREEMENT, "ours.json")
        theirs = tmp_path / "theirs.json" if content is None else written(tmp_path, content, "theirs.json")
        shown = run("agreement", "compare", ours, theirs)
        assert shown.exit_code == 2
        assert shown.stderr.startswith("icm-rules agreement compare: ")
        assert said in shown.stderr
        assert shown.stderr.count("\n") == 1
