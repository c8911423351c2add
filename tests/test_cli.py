"""The command ``icm-rules``: what it prints, where it prints it, and what it ends with."""

from __future__ import annotations

import importlib
import inspect
import io
import itertools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from click.testing import CliRunner, Result

from icm_rules.cli import Status, command, gravest
from icm_rules.guide import calls, guide, load
from icm_rules.guide.history import figures
from icm_rules.model.terms import InstitutionKind, StayFormat, TransportMeans
from icm_rules.model.vocabulary import VOCABULARY
from icm_rules.report import OverallAnswer, Report

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from icm_rules.model.mobility import Mobility

EVALUATE = importlib.import_module("icm_rules.evaluate")
"""The module; ``icm_rules.evaluate`` is the function of that name."""
PROJECT = "2018-1-SI01-KA107-046966"
OPEN: dict[str, object] = {"call": 2019, "reference": "open"}
"""A mobility of which so little is told that nothing is refused."""
WRONG: dict[str, object] = {"call": 2019, "sending_country": "SI", "receiving_country": "DE"}
"""A mobility between two Programme Countries, which another action pays."""

# Before version 8.2 click kept the two outputs apart only where it was asked to.
RUNNER = CliRunner(**({"mix_stderr": False} if "mix_stderr" in inspect.signature(CliRunner).parameters else {}))


def run(*arguments: object, stdin: str | bytes | None = None) -> Result:
    """What the command does with these arguments."""
    return RUNNER.invoke(command, [str(argument) for argument in arguments], input=stdin)


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file, from text, bytes or what JSON can hold, and gives its path."""
    numbers = itertools.count(1)

    def write(content: object, name: str | None = None) -> Path:
        path = tmp_path / (name or f"stays-{next(numbers)}.json")
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        return path

    return write


@pytest.fixture
def answered_as_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every mobility gets the overall answer that its reference names, so that no rule matters here."""
    real = EVALUATE.evaluate

    def evaluate(mobility: Mobility, **options: Any) -> Report:
        return attrs.evolve(real(mobility, **options), overall=OverallAnswer(mobility.reference))

    monkeypatch.setattr(EVALUATE, "evaluate", evaluate)


# --- check: answers ----------------------------------------------------------------------------------------


def test_one_mobility_gets_its_report_and_nothing_else(written: Callable[..., Path]) -> None:
    """No rule above it; lines fit a page; nothing on standard error."""
    done = run("check", written(OPEN))
    assert done.exit_code == Status.CANNOT_TELL_YET
    assert done.stderr == ""
    assert done.stdout.partition("\n")[0].endswith("open")
    assert "Answer: cannot tell yet" in done.stdout
    assert all(len(line) <= 100 for line in done.stdout.splitlines())
    assert "\x1b" not in done.stdout


def test_a_mobility_that_is_not_eligible_ends_with_one(written: Callable[..., Path]) -> None:
    done = run("check", written(WRONG))
    assert done.exit_code == Status.NOT_ELIGIBLE
    assert "Answer: not eligible" in done.stdout


def test_several_mobilities_stand_under_rules_that_name_file_and_position(written: Callable[..., Path]) -> None:
    """In the order of the files and of the mobilities in them."""
    first, second = written([OPEN, WRONG], "first.json"), written(OPEN, "second.json")
    done = run("check", first, second)
    rules = [line.strip("- ") for line in done.stdout.splitlines() if line.startswith("---- ")]
    assert rules == [f"{first}: mobility 1", f"{first}: mobility 2", f"{second}: mobility 1"]


def test_a_hyphen_is_standard_input() -> None:
    """For a mobility, and for the refusal of one."""
    done = run("check", "-", stdin=json.dumps(OPEN))
    assert done.exit_code == Status.CANNOT_TELL_YET
    assert done.stdout.partition("\n")[0].endswith("open")
    assert run("check", "-", stdin="").stderr.startswith("<stdin>: the file is empty")


def test_all_shows_more_rules(written: Callable[..., Path]) -> None:
    """Also those that ask for nothing here."""
    path = written(WRONG)
    short, long = run("check", path).stdout, run("check", "--all", path).stdout
    assert len(long) > len(short)


@pytest.mark.parametrize(
    ("layout", "sign"), [("text", "Answer: "), ("markdown", "**Answer: "), ("html", '<div class="icm-report">')]
)
def test_a_report_is_written_in_the_layout_asked_for(written: Callable[..., Path], layout: str, sign: str) -> None:
    """Several are set apart by what the layout has for it, with the signs of a file name made harmless."""
    path = written([OPEN, OPEN], "a_<b>&.json")
    done = run("check", "--format", layout, path)
    assert done.stdout.count(sign) == 2
    rule = {"text": "a_<b>&.json", "markdown": r"a\_\<b\>\&.json", "html": "a_&lt;b&gt;&amp;.json"}[layout]
    assert f"{rule}: mobility 2" in done.stdout


@pytest.mark.parametrize("rounding", ["cent-half-up", "euro-down", "daily-rate-to-the-cent-first"])
def test_the_rounding_is_the_one_asked_for(written: Callable[..., Path], rounding: str) -> None:
    done = run("check", "--rounding", rounding, "--json", written(OPEN))
    assert rounding in done.stdout


# --- check: the call ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mobility", "call", "note"),
    [
        ({}, 2018, "The call 2018 was given on the command line; the mobility itself names none."),
        ({"call": 2019}, 2019, "The mobility names call 2019, so --call 2018 was not applied."),
        (
            {"project_number": PROJECT.replace("2018", "2017")},
            2017,
            "The project number names call 2017, so --call 2018",
        ),
        ({"call": 2018}, 2018, None),
        ({"project_number": PROJECT}, 2018, None),
    ],
)
def test_call_fills_in_and_overrides_nothing_silently(
    written: Callable[..., Path], mobility: dict[str, object], call: int, note: str | None
) -> None:
    """The report says where the call came from whenever the option made a difference, or did not although asked."""
    path = written([{"reference": "a stay", **mobility}])
    (answer,) = json.loads(run("check", "--json", "--call", 2018, path).stdout)
    assert answer["report"]["call"] == call
    assert any(note in told for told in answer["report"]["notes"]) if note else not answer["report"]["notes"]
    text = " ".join(run("check", "--call", 2018, path).stdout.split())
    assert note is None or note in text


def test_without_the_option_nothing_is_said_of_it(written: Callable[..., Path]) -> None:
    (answer,) = json.loads(run("check", "--json", written(OPEN)).stdout)
    assert answer["report"]["notes"] == []


# --- check: JSON -------------------------------------------------------------------------------------------


def test_json_is_one_list_with_reports_and_refusals(written: Callable[..., Path]) -> None:
    """In the order of the input; a report reads back as the report it was."""
    path = written([OPEN, {"call": 2019, "sending": {"country": "QQ"}}])
    done = run("check", "--json", path, path.with_name("missing.json"))
    report, refused, missing = json.loads(done.stdout)
    assert (report["file"], report["position"]) == (str(path), 1)
    assert Report.from_dict(report["report"]).reference == "open"
    assert refused["file"] == str(path)
    assert (refused["position"], refused["field"]) == (2, "sending.country")
    assert "'QQ'" in refused["error"]
    assert missing == {
        "file": str(path.with_name("missing.json")),
        "position": None,
        "field": None,
        "error": "there is no such file; check the name and the folder",
    }
    assert len(done.stderr.splitlines()) == 2


def test_json_is_utf_8_and_a_list_for_one_mobility_too(written: Callable[..., Path]) -> None:
    done = run("check", "--json", written({"call": 2019, "reference": "Škofja Loka"}))
    assert "Škofja Loka" in done.stdout_bytes.decode("utf-8")
    (answer,) = json.loads(done.stdout_bytes)
    assert set(answer) == {"file", "position", "report"}


# --- check: bad input --------------------------------------------------------------------------------------

CONDITION = {"direction": "incoming", "activity": "studies"}

# What is wrong with one mobility: its fields, the field named, the value shown or the word expected.
BAD_MOBILITIES: list[tuple[object, str | None, str]] = [
    ({"reference": 5}, "reference", "5 is no text"),
    ({"is_insured": "yes"}, "is_insured", "'yes'"),
    ({"distance_km": "far"}, "distance_km", "'far'"),
    ({"distance_km": -3}, "distance_km", "-3 is negative"),
    ({"travel_days_claimed": 1.5}, "travel_days_claimed", "1.5"),
    ({"year_of_study": 0}, "year_of_study", "0 is less than one"),
    ({"start_date": "2019-02-30"}, "start_date", "'2019-02-30' is a date that does not exist"),
    ({"start_date": "30.9.2019"}, "start_date", "'30.9.2019'"),
    ({"start_date": "2019-09-30", "end_date": "2019-09-01"}, "end_date", "2019-09-01"),
    ({"sending": {"country": "QQ"}}, "sending.country", "'QQ' is no country code"),
    ({"sending": {"country": "Kazakhstan"}}, "sending.country", "write KZ"),
    ({"sending": {"country": ["KZ"]}}, "sending.country", "['KZ'] is a list"),
    ({"sending": "Almaty"}, "sending", "'Almaty'"),
    ({"sending": {"contry": "KZ"}}, "sending.contry", "did you mean 'country'?"),
    ({"strat_date": "2019-09-02"}, "strat_date", "did you mean 'start_date'?"),
    ({"activity": "studdies"}, "activity", "did you mean 'studies'?"),
    ({"sending": {"erasmus_code": "X"}}, "sending.erasmus_code", "'X'"),
    ({"sending": {"pic": "12"}}, "sending.pic", "'12'"),
    ({"project_number": "12"}, "project_number", "'12'"),
    ({"project_number": PROJECT}, "call", PROJECT),
    ({"academic_year": "2019/2025"}, "academic_year", "'2019/2025'"),
    ({"agreement": {"conditions": "all"}}, "agreement.conditions", "'all' is no list"),
    (
        {"agreement": {"conditions": [CONDITION, CONDITION, CONDITION | {"activity": "sport"}]}},
        "agreement.conditions[2].activity",
        "'sport'",
    ),
    ({"agreement": {"conditions": [{"activity": "studies"}]}}, "agreement.conditions[0].direction", "not told"),
    ({"sending_country": "KZ", "sending": {"country": "UZ"}}, "sending.country", "sending_country says 'KZ'"),
    ({"student": {}, "staff": {}}, "staff", "student"),
    ({"activity": "teaching", "student": {}}, "activity", "staff"),
    ({"call": "nineteen"}, "call", "'nineteen'"),
    ({"call": None}, "call", "not told"),
    ({"call": 2014}, "call", "2014"),
    ({"call": 2021}, "call", "2021"),
    ({"call": 2031}, "call", "2031"),
    ({"call": None, "project_number": "2014-1-SI01-KA107-046966"}, "project_number", "2014"),
    ("a text", None, "'a text'"),
    ([], None, "[]"),
    (None, None, "null"),
]


@pytest.mark.parametrize(("bad", "field", "shown"), BAD_MOBILITIES)
def test_bad_input_gets_its_one_line_and_the_good_mobility_its_answer(
    written: Callable[..., Path], bad: object, field: str | None, shown: str
) -> None:
    """The line says file, position, field and value; the exit status is 2 whatever the other answer is."""
    path = written([WRONG, {"call": 2019, **bad} if isinstance(bad, dict) else bad, OPEN])
    done = run("check", path)
    assert done.exit_code == Status.UNUSABLE
    (line,) = done.stderr.splitlines()
    assert line.startswith(": ".join(filter(None, (str(path), "mobility 2", field))))
    assert shown in line
    assert "Answer: not eligible" in done.stdout
    assert "Answer: cannot tell yet" in done.stdout
    answers = json.loads(run("check", "--json", path).stdout)
    assert [answer["position"] for answer in answers] == [1, 2, 3]
    assert answers[1]["field"] == field


BAD_FILES: list[tuple[str | bytes, str]] = [
    ("", "the file is empty"),
    ("[]", "[] holds no mobility"),
    ("7", "7 is no mobility"),
    ('{"call": 2019', "line 1, column 14"),
    ('[{"call": 2019},\n{"call": 20', "line 2, column 12"),
    ('{"call": 2019,}', "line 1"),
    ('{"call": 2019}\n{"call": 2018}', "line 2, column 1"),
    ("call;2019", "'call;2019'"),
    ("[" * 100_000, "nested too deeply"),
    (b'{"call": 2019, "reference": "\xe8"}', "0xe8"),
    ('{"call": 2019}'.encode("utf-16"), "UTF-8"),
    (b"PK\x03\x04\x14\x00", "line 1, column 1"),
]


@pytest.mark.parametrize(("content", "shown"), BAD_FILES)
def test_a_bad_file_gets_its_one_line_and_the_other_file_its_answer(
    written: Callable[..., Path], content: str | bytes, shown: str
) -> None:
    """The line says the file, the place in it, and what stands there."""
    bad, good = written(content), written(OPEN)
    done = run("check", bad, good)
    assert done.exit_code == Status.UNUSABLE
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"{bad}: ")
    assert shown in line
    assert "Answer: cannot tell yet" in done.stdout


def test_one_key_twice_and_numbers_beyond_measure_are_bad_input(written: Callable[..., Path]) -> None:
    """What JSON as Python writes it cannot hold."""
    path = written('[{"call": 2019, "call": 2018}, {"call": 2019, "distance_km": NaN}, {"call": 1e999999999}]')
    done = run("check", path)
    assert done.exit_code == Status.UNUSABLE
    first, second, third = done.stderr.splitlines()
    assert first.startswith(f"{path}: mobility 1: call: 'call' stands more than once")
    assert second.startswith(f"{path}: mobility 2: distance_km: NaN")
    assert third.startswith(f"{path}: mobility 3: call: 1E+999999999")


def test_files_that_cannot_be_opened_get_their_line(tmp_path: Path, written: Callable[..., Path]) -> None:
    """A missing file, a folder, a file taken for a folder, a name no file can have."""
    good = written(OPEN)
    names = [tmp_path / "none.json", tmp_path, good / "inside.json", "a\0b"]
    done = run("check", *names, good)
    assert done.exit_code == Status.UNUSABLE
    missing, folder, inside, impossible = done.stderr.splitlines()
    assert missing == f"{names[0]}: there is no such file; check the name and the folder"
    assert folder == f"{tmp_path}: this is a folder; name the files in it"
    assert "there is no such file" in inside
    assert "cannot be read" in impossible
    assert "Answer: cannot tell yet" in done.stdout


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(13, "Permission denied"), "the file may not be read"),
        (OSError(5, "Input/output error"), "this cannot be read (Input/output error)"),
    ],
)
def test_an_unreadable_file_gets_its_line(
    written: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, error: OSError, said: str
) -> None:
    """Whatever the system says against it."""
    path = written(OPEN)

    def refuse(_: Path) -> bytes:
        raise error

    monkeypatch.setattr(Path, "read_bytes", refuse)
    done = run("check", path)
    assert done.exit_code == Status.UNUSABLE
    assert done.stderr.startswith(f"{path}: {said}")


@pytest.mark.parametrize("call", [2014, 2021, 2031])
def test_a_call_without_a_guide_given_as_the_option_is_said_of_the_option(
    written: Callable[..., Path], call: int
) -> None:
    """The mobility did not name it, so it is not to blame."""
    path = written([{"reference": "no call"}, OPEN])
    done = run("check", "--call", call, path)
    assert done.exit_code == Status.UNUSABLE
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"{path}: mobility 1: --call: ")
    assert str(call) in line
    assert "Answer: cannot tell yet" in done.stdout


def test_a_line_stays_one_line_whatever_a_name_holds(written: Callable[..., Path]) -> None:
    """Line breaks and steering signs of names and keys do not reach the terminal."""
    path = written({"call": 2019, "a\nb\x1b[2J": 1}, "two\nlines.json")
    (line,) = run("check", path).stderr.splitlines()
    assert "\x1b" not in line
    assert r"a\nb\x1b[2J" in line


# --- check: what it ends with ------------------------------------------------------------------------------

ELIGIBLE, NOT_ELIGIBLE, OPEN_YET = (
    {"call": 2019, "reference": answer.value}
    for answer in (OverallAnswer.ELIGIBLE, OverallAnswer.NOT_ELIGIBLE, OverallAnswer.CANNOT_TELL_YET)
)


@pytest.mark.parametrize(
    ("items", "status"),
    [
        ([ELIGIBLE], 0),
        ([ELIGIBLE, ELIGIBLE], 0),
        ([OPEN_YET], 3),
        ([ELIGIBLE, OPEN_YET], 3),
        ([NOT_ELIGIBLE], 1),
        ([ELIGIBLE, NOT_ELIGIBLE, OPEN_YET], 1),
        ([OPEN_YET, NOT_ELIGIBLE], 1),
        ([{}, NOT_ELIGIBLE, OPEN_YET, ELIGIBLE], 2),
        ([ELIGIBLE, {}], 2),
        ([OPEN_YET, 7], 2),
    ],
)
@pytest.mark.parametrize("options", [[], ["--json"], ["--format", "html"]])
@pytest.mark.usefixtures("answered_as_told")
def test_the_gravest_answer_is_the_exit_status(
    written: Callable[..., Path], items: Sequence[object], status: int, options: Sequence[str]
) -> None:
    """Unusable before not eligible before cannot tell yet, in one file or spread over several."""
    assert run("check", *options, written(list(items))).exit_code == status
    assert run("check", *options, *map(written, items)).exit_code == status


@pytest.mark.parametrize("statuses", list(itertools.permutations(Status)))
def test_the_order_of_the_answers_does_not_matter(statuses: Sequence[Status]) -> None:
    assert gravest(statuses) is Status.UNUSABLE
    assert gravest(status for status in statuses if status is not Status.UNUSABLE) is Status.NOT_ELIGIBLE
    assert gravest(()) is Status.ELIGIBLE


# --- other commands ----------------------------------------------------------------------------------------


def test_the_guides_are_listed() -> None:
    """One line a call."""
    done = run("guide", "list")
    assert done.exit_code == 0
    assert [int(line.split()[0]) for line in done.stdout.splitlines()] == list(calls())


def test_a_guide_is_shown() -> None:
    done = run("guide", "show", 2018)
    assert done.exit_code == 0
    assert done.stdout.startswith("Programme Guide 2018\n")


def test_two_guides_are_compared() -> None:
    done = run("guide", "diff", 2017, 2018)
    assert done.exit_code == 0
    assert done.stdout.startswith("From Programme Guide 2017 to Programme Guide 2018\n")


@pytest.mark.parametrize("call", [2014, 2021, 2031, 1999])
@pytest.mark.parametrize("arguments", [("show", "{}"), ("diff", "{}", "2018"), ("diff", "2018", "{}")])
def test_a_guide_that_does_not_exist_is_refused_in_one_line(call: int, arguments: Sequence[str]) -> None:
    done = run("guide", *(argument.format(call) for argument in arguments))
    assert done.exit_code == Status.UNUSABLE
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"icm-rules guide {arguments[0]}: ")
    assert str(call) in line
    assert done.stdout == ""


def test_a_figure_is_followed_through_all_calls() -> None:
    """One line a call, with how sure it is, and where it changed."""
    done = run("guide", "history", "student.incoming.group1")
    assert done.exit_code == 0
    rows = [line.split() for line in done.stdout.splitlines() if line[:4].isdigit()]
    assert [int(row[0]) for row in rows] == list(calls())
    assert [row[0] for row in rows if row[-1] == "changed"] == ["2018"]


def test_without_a_figure_those_of_the_newest_guide_are_listed() -> None:
    """One line each, and each can be asked for."""
    done = run("guide", "history")
    assert done.exit_code == 0
    names = done.stdout.splitlines()
    assert names == figures(guide(calls()[-1]))
    assert "student.incoming.group1" in names
    assert run("guide", "history", names[-1]).exit_code == 0


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        ("student.incomming.group1", "did you mean student.incoming.group1?"),
        ("insurance", "ask for one of its figures: insurance.required"),
        ("zzz", "no Guide has a figure 'zzz'"),
    ],
)
def test_a_figure_that_does_not_exist_is_refused_in_one_line(figure: str, said: str) -> None:
    """With one that does."""
    done = run("guide", "history", figure)
    assert done.exit_code == Status.UNUSABLE
    (line,) = done.stderr.splitlines()
    assert line.startswith("icm-rules guide history: ")
    assert said in line
    assert done.stdout == ""


def test_what_is_below_official_is_listed_of_the_calls_asked_for() -> None:
    """Each once, in the order asked for; of all calls where none is."""

    def audited(*asked: int) -> list[str]:
        done = run("guide", "audit", *asked)
        assert done.exit_code == 0
        return [line for line in done.stdout.splitlines() if line.startswith("Call ")]

    assert audited(2025, 2018, 2025) == ["Call 2025", "Call 2018"]
    assert audited() == [f"Call {call}" for call in calls()]


@pytest.mark.parametrize("call", [2014, 2021, 2031])
def test_an_audit_of_a_call_without_a_guide_is_refused_in_one_line(call: int) -> None:
    done = run("guide", "audit", 2018, call)
    assert done.exit_code == Status.UNUSABLE
    (line,) = done.stderr.splitlines()
    assert line.startswith("icm-rules guide audit: ")
    assert str(call) in line
    assert done.stdout == ""


def test_the_file_of_the_next_call_can_be_loaded_as_it_is_printed(tmp_path: Path) -> None:
    """On the screen and in a file it is the same."""
    after = calls()[-1] + 1
    printed = run("guide", "new", after)
    assert printed.exit_code == 0
    target = tmp_path / f"{after}.toml"
    written = run("guide", "new", after, "--output", target)
    assert (written.exit_code, written.stdout, written.stderr) == (0, "", "")
    assert target.read_bytes() == printed.stdout_bytes
    assert load(target).call == after


def test_no_file_is_written_over(tmp_path: Path) -> None:
    """What someone has filled in stays as it is."""
    after = calls()[-1] + 1
    target = tmp_path / "held.toml"
    target.write_text("filled in", "utf-8")
    done = run("guide", "new", after, "--output", target)
    assert done.exit_code == Status.UNUSABLE
    (line,) = done.stderr.splitlines()
    assert line == f"icm-rules guide new: {target} is there already; name another file, or move this one away"
    assert target.read_text("utf-8") == "filled in"


def test_a_file_that_cannot_be_written_is_refused_in_one_line(tmp_path: Path) -> None:
    after = calls()[-1] + 1
    for target in (tmp_path / "none" / "there.toml", "a\0b"):
        done = run("guide", "new", after, "--output", target)
        assert done.exit_code == Status.UNUSABLE
        (line,) = done.stderr.splitlines()
        assert "cannot be written" in line


@pytest.mark.parametrize("year", [1999, 2014, 2021, calls()[-1], calls()[-1] + 2])
def test_a_file_of_another_year_than_the_next_is_refused_in_one_line(year: int) -> None:
    """One that is there, one without a call, one that would leave a gap."""
    done = run("guide", "new", year)
    assert done.exit_code == Status.UNUSABLE
    (line,) = done.stderr.splitlines()
    assert line.startswith("icm-rules guide new: ")
    assert str(year) in line
    assert done.stdout == ""


def test_the_questions_are_the_vocabulary() -> None:
    """Every fact once, in its order, as a table and as JSON."""
    listed = json.loads(run("questions", "--json").stdout)
    assert [question["name"] for question in listed] == list(VOCABULARY)
    by_name = {question["name"]: question for question in listed}
    assert by_name["distance_km"]["type"] == "number"
    assert by_name["distance_km"]["unit"] == "km"
    assert by_name["sending_kind"]["choices"] == [*InstitutionKind]
    assert by_name["stay_format"]["choices"] == [*StayFormat]
    assert by_name["is_zero_grant"]["presumed"] is False
    assert "presumed" not in by_name["distance_km"]
    table = run("questions").stdout
    assert [line.split()[0] for line in table.splitlines() if not line.startswith(" ")] == ["name", *VOCABULARY]
    assert "\x1b" not in table
    assert "…" not in table


def test_a_question_that_asks_for_a_list_says_what_stands_in_it() -> None:
    """The legs of the journey: their keys, and the words a key may have."""
    (legs,) = (asked for asked in json.loads(run("questions", "--json").stdout) if asked["name"] == "travel_legs")
    assert legs["type"] == f"list, each an object with means ({', '.join(TransportMeans)}), distance_km"
    assert legs["choices"] is None
    told = {"call": 2024, "travel_legs": [{"means": "train", "distance_km": 900}, {"means": "ferry"}]}
    assert run("check", "-", stdin=json.dumps(told)).exit_code == Status.CANNOT_TELL_YET


def test_the_questions_tell_how_to_write_what_is_known_in_part_only() -> None:
    """What the help says can be written so, and is read."""
    told = " ".join(run("questions", "--help").stdout.split())
    assert "year-month" in told
    possible = '{"possible": {"activity": ["studies", "traineeship"]}}'
    assert possible in told
    partly = {"call": 2024, "start_date": "2025-02", **json.loads(possible)}
    assert run("check", "-", stdin=json.dumps(partly)).exit_code == Status.CANNOT_TELL_YET


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check"], "Missing argument 'FILE...'"),
        (["check", "--rounding", "up", "-"], "'up'"),
        (["check", "--format", "pdf", "-"], "'pdf'"),
        (["check", "--call", "soon", "-"], "'soon'"),
        (["check", "--call", "19", "-"], "19 is no call year"),
        (["check", "--json", "--format", "html", "-"], "exclude each other"),
        (["check", "--jason", "-"], "--jason"),
        (["chek"], "'chek'"),
        (["guide", "shwo"], "'shwo'"),
        (["guide", "show"], "Missing argument 'CALL'"),
        (["guide", "show", "last"], "'last'"),
        (["guide", "diff", "2018"], "Missing argument 'AFTER'"),
        (["guide", "audit", "2018", "last"], "'last'"),
        (["guide", "new"], "Missing argument 'YEAR'"),
        (["guide", "new", "next"], "'next'"),
    ],
)
def test_a_wrong_call_of_the_command_is_refused_in_one_line(arguments: Sequence[str], said: str) -> None:
    """With what is wrong and where help is."""
    done = run(*arguments)
    assert done.exit_code == Status.UNUSABLE
    (line,) = done.stderr.splitlines()
    assert line.startswith("icm-rules")
    assert said in line
    assert "--help" in line
    assert done.stdout == ""


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["check"],
        ["table"],
        ["compare"],
        ["simulate"],
        ["open-data"],
        ["guide"],
        *(["guide", name] for name in ("list", "show", "diff", "history", "audit", "new")),
        ["questions"],
    ],
)
def test_every_command_has_help_with_an_example(arguments: Sequence[str]) -> None:
    """The example is a line that can be typed as it stands."""
    done = run(*arguments, "--help")
    assert done.exit_code == 0
    assert "Example" in done.stdout
    assert f"\n    {' '.join(('icm-rules', *arguments))}" in done.stdout


@pytest.mark.parametrize("arguments", [[], ["guide"]])
def test_a_command_that_has_others_shows_its_help_when_called_alone(arguments: Sequence[str]) -> None:
    assert run(*arguments).stdout == run(*arguments, "--help").stdout


def test_the_version_is_told() -> None:
    done = run("--version")
    assert done.exit_code == 0
    assert done.stdout.startswith("icm-rules ")


# --- when the command itself fails -------------------------------------------------------------------------


def test_a_crash_is_no_answer(written: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Python ends a crash with 1, which would read as "not eligible"; the traceback is shown all the same."""

    def crash(*_: object, **__: object) -> Report:
        message = "a fault of ours"
        raise RuntimeError(message)

    monkeypatch.setattr(EVALUATE, "evaluate", crash)
    done = run("check", written(OPEN))
    assert done.exit_code not in set(Status)
    assert "RuntimeError: a fault of ours" in done.stderr


def test_an_interruption_is_no_answer(written: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> Report:
        raise KeyboardInterrupt

    monkeypatch.setattr(EVALUATE, "evaluate", interrupt)
    assert run("check", written(OPEN)).exit_code == 130


# --- the real command --------------------------------------------------------------------------------------


def start(*arguments: object, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """A run of ``python -m icm_rules`` in a process of its own."""
    started = [sys.executable, "-m", "icm_rules", *map(str, arguments)]
    return subprocess.run(started, input=stdin, capture_output=True, check=False, env=os.environ | environment)


def test_the_command_runs_as_a_module(written: Callable[..., Path]) -> None:
    """Files and standard input together, with the exit status of the gravest."""
    done = start("check", written(OPEN), "-", stdin=json.dumps(WRONG).encode())
    assert done.returncode == Status.NOT_ELIGIBLE
    assert done.stdout.count(b"Answer: ") == 2
    assert done.stderr == b""


def test_bad_input_is_one_line_of_the_real_command_too(written: Callable[..., Path]) -> None:
    done = start("check", written([{"call": 2019, "sending": {"country": "QQ"}}, OPEN]))
    assert done.returncode == Status.UNUSABLE
    assert len(done.stderr.splitlines()) == 1
    assert b"Answer: cannot tell yet" in done.stdout


def test_an_output_that_lacks_a_sign_shows_another(written: Callable[..., Path]) -> None:
    """Text goes in the encoding of the output, JSON always in UTF-8."""
    path = written({"call": 2019, "reference": "Škofja Loka"})
    text = start("check", path, PYTHONIOENCODING="latin-1")
    assert text.returncode == Status.CANNOT_TELL_YET
    assert b"?kofja Loka" in text.stdout
    document = start("check", "--json", path, PYTHONIOENCODING="latin-1")
    assert json.loads(document.stdout.decode("utf-8"))[0]["report"]["reference"] == "Škofja Loka"


@pytest.mark.skipif(sys.platform == "win32", reason="pipes close otherwise there")
def test_a_reader_who_goes_away_is_no_fault(written: Callable[..., Path]) -> None:
    """As in ``icm-rules check many.json | head -1``: no complaint, and the status is that of the answers."""
    started = [sys.executable, "-m", "icm_rules", "check", str(written([OPEN] * 30))]
    with subprocess.Popen(started, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(1)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == Status.CANNOT_TELL_YET


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk can be tried only where there is one")
def test_a_full_disk_is_said_in_one_line_and_is_no_answer(written: Callable[..., Path]) -> None:
    started = [sys.executable, "-m", "icm_rules", "check", str(written(OPEN))]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(started, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode not in set(Status)
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("missing", ["click", "rich"])
def test_without_its_extra_the_command_says_what_to_install(missing: str) -> None:
    """In one line, and ends with 2."""
    program = f"import sys; sys.modules[{missing!r}] = None; from icm_rules.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == Status.UNUSABLE
    assert done.stderr == "the command needs the extra \"cli\": pip install 'icm-rules[cli]'\n"


def test_another_missing_module_is_not_blamed_on_the_extra() -> None:
    """A broken installation is told as what it is."""
    program = "import sys; sys.modules['attrs'] = None; from icm_rules.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "ModuleNotFoundError" in done.stderr
    assert "extra" not in done.stderr


# --- on a terminal -----------------------------------------------------------------------------------------


class Terminal(io.TextIOWrapper):
    """A standard output that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Runs the command on a terminal of so many columns and gives what it shows."""

    def show(*arguments: object, columns: int, **environment: str) -> str:
        shown = Terminal(io.BytesIO(), encoding="utf-8")
        monkeypatch.setattr(sys, "stdout", shown)
        monkeypatch.delenv("NO_COLOR", raising=False)
        for name, value in {"TERM": "xterm", "COLUMNS": str(columns), **environment}.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit):
            command([str(argument) for argument in arguments])
        shown.flush()
        return shown.buffer.getvalue().decode()

    return show


def test_a_terminal_shows_the_answer_in_its_colour(terminal: Callable[..., str], written: Callable[..., Path]) -> None:
    """And fits the report to its width; brackets in a reference are no markup."""
    shown = terminal("check", written([OPEN | {"reference": "[red]A[/red]"}, WRONG]), columns=70)
    assert "\x1b[1;33mAnswer: cannot tell yet\x1b[0m" in shown
    assert "\x1b[1;31mAnswer: not eligible\x1b[0m" in shown
    assert "[red]A[/red]" in shown


def test_no_colour_is_shown_where_none_is_wanted(terminal: Callable[..., str], written: Callable[..., Path]) -> None:
    """NO_COLOR is heard."""
    shown = terminal("check", written(OPEN), columns=80, NO_COLOR="1")
    assert "Answer: cannot tell yet" in shown
    assert "33m" not in shown


def test_the_questions_fit_the_terminal(terminal: Callable[..., str]) -> None:
    """A wide one shows the table, a narrow one a list."""
    wide, narrow = terminal("questions", columns=140), terminal("questions", columns=60)
    assert "what to write" in wide
    assert "\ndistance_km\n  How far is it one way by the Commission's distance\n" in narrow
    assert "  write: number [km]\n" in narrow
    assert all(len(line) <= 60 for line in narrow.splitlines())
