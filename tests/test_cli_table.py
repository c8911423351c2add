"""The command ``icm-rules table``: what it writes, what it tells, and what it ends with."""

from __future__ import annotations

import csv
import importlib
import inspect
import io
import itertools
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from click.testing import CliRunner, Result
from pyarrow import parquet

from icm_rules import evaluate
from icm_rules.batch import files, outputs
from icm_rules.batch.files import open_batches, write_batches
from icm_rules.cli import Status, command
from icm_rules.model.vocabulary import mobility_of
from icm_rules.report import OverallAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CLI = importlib.import_module("icm_rules.cli")
TABLE = importlib.import_module("icm_rules.batch.table")
RUNNER = CliRunner(**({"mix_stderr": False} if "mix_stderr" in inspect.signature(CliRunner).parameters else {}))

GOOD: dict[str, str] = {
    "call": "2018",
    "stage": "application",
    "activity": "teaching",
    "sending_country": "GE",
    "sending_kind": "university",
    "sending_is_recognised": "true",
    "receiving_country": "DE",
    "receiving_kind": "university",
    "receiving_holds_charter": "true",
    "start_date": "2019-03-04",
    "end_date": "2019-03-08",
}
"""An eligible mobility, as the cells of a CSV file tell it."""
REFUSED = GOOD | {"receiving_holds_charter": "false"}
OPEN = GOOD | {"receiving_holds_charter": ""}
WRONG = GOOD | {"start_date": "soon"}


def run(*arguments: object) -> Result:
    """What the command does with these arguments."""
    return RUNNER.invoke(command, ["table", *map(str, arguments)])


def written(path: Path, *rows: dict[str, str]) -> Path:
    """A CSV file with these rows."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def answers_in(path: Path) -> dict[str, list[Any]]:
    """The columns of a file."""
    with open_batches(path) as source:
        return pa.Table.from_batches(list(source), source.schema).to_pydict()


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[dict[str, Any]]]:
    """Puts given answers in place of those of the rules, and gives the settings the command asked with."""

    def put(overall: list[str | None], problems: list[str | None], rows_per_batch: int = 3) -> list[dict[str, Any]]:
        asked = []

        def evaluate_batches(batches: Iterator[pa.RecordBatch], **settings: Any) -> Iterator[pa.RecordBatch]:
            asked.append(settings)
            for _ in batches:
                pass
            for start in range(0, max(len(overall), 1), rows_per_batch):
                part = slice(start, start + rows_per_batch)
                yield pa.record_batch(
                    {
                        "overall": pa.array(overall[part], pa.string()).dictionary_encode(),
                        "problem": pa.array(problems[part], pa.string()).dictionary_encode(),
                    }
                )

        monkeypatch.setattr(TABLE, "evaluate_batches", evaluate_batches)
        return asked

    return put


# --- from file to file -------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", files.SUFFIXES)
def test_every_row_is_answered_as_one_mobility_would_be(suffix: str, tmp_path: Path) -> None:
    """In every format that is written; the amounts as well."""
    stays = written(tmp_path / "stays.csv", GOOD, REFUSED, OPEN)
    done = run(stays, tmp_path / f"answers{suffix}")
    assert done.exit_code == Status.NOT_ELIGIBLE
    assert done.stderr == ""
    answers = answers_in(tmp_path / f"answers{suffix}")
    told = [{**row, "sending_is_recognised": True} for row in (GOOD, REFUSED, OPEN)]
    for row, charter in zip(told, (True, False, None), strict=True):
        row["receiving_holds_charter"] = charter
    reports = [evaluate(mobility_of(row)) for row in told]
    assert answers["overall"] == [report.overall for report in reports] == list(OverallAnswer)
    for identity, outcome in reports[0].outcomes.items():
        assert answers[identity][0] == outcome.verdict.value
    assert set(answers["problem"]) == {None}


@pytest.mark.parametrize("suffix", files.SUFFIXES)
def test_every_format_is_read(suffix: str, tmp_path: Path) -> None:
    """With the types it has; in CSV everything is text."""
    table = pa.Table.from_pylist([GOOD, REFUSED])
    write_batches(tmp_path / f"stays{suffix}", table.schema, table.to_batches())
    assert run(tmp_path / f"stays{suffix}", tmp_path / "out.csv").exit_code == Status.NOT_ELIGIBLE
    assert answers_in(tmp_path / "out.csv")["overall"] == ["eligible", "not eligible"]


def test_one_summary_is_printed(tmp_path: Path) -> None:
    """In the words of the answers, whatever there is none of."""
    stays = written(tmp_path / "stays.csv", GOOD, GOOD, REFUSED)
    done = run(stays, tmp_path / "out.csv")
    assert done.stdout == (
        f"{stays}: 3 rows, of which 2 eligible, 1 not eligible, 0 cannot tell yet, 0 not answered. "
        f"The answers are in {tmp_path / 'out.csv'}.\n"
    )


def test_a_row_that_cannot_be_answered_says_why_and_the_others_answer(tmp_path: Path) -> None:
    """On standard error with its row, counted from 1, and in the column problem."""
    stays = written(tmp_path / "stays.csv", GOOD, WRONG, GOOD)
    done = run(stays, tmp_path / "out.parquet")
    assert done.exit_code == Status.UNUSABLE
    assert done.stderr.startswith(f"{stays}: row 2: start_date: 'soon' is no date")
    assert len(done.stderr.splitlines()) == 1
    answers = answers_in(tmp_path / "out.parquet")
    assert answers["overall"] == ["eligible", None, "eligible"]
    assert [problem is None for problem in answers["problem"]] == [True, False, True]


def test_rows_are_counted_across_batches(tmp_path: Path) -> None:
    stays = written(tmp_path / "stays.csv", *[GOOD] * 7, WRONG)
    assert ": row 8: start_date" in run(stays, tmp_path / "out.csv", "--rows-per-batch", 3).stderr
    assert answers_in(tmp_path / "out.csv")["overall"] == ["eligible"] * 7 + [None]


def test_a_table_without_rows_has_answers_without_rows(tmp_path: Path) -> None:
    (tmp_path / "stays.csv").write_text("call,activity\n", "utf-8")
    done = run(tmp_path / "stays.csv", tmp_path / "out.parquet")
    assert done.exit_code == Status.ELIGIBLE
    assert ": 0 rows, of which 0 eligible" in done.stdout
    assert parquet.read_table(tmp_path / "out.parquet").num_rows == 0


def test_what_was_at_the_place_of_the_answers_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text("old", "utf-8")
    run(written(tmp_path / "stays.csv", GOOD), tmp_path / "out.csv", "--give", "overall")
    assert (tmp_path / "out.csv").read_text("utf-8") == '"overall","problem"\n"eligible",\n'


# --- options -----------------------------------------------------------------------------------------------


def test_what_may_be_given_is_what_the_tables_can_give() -> None:
    """The command names it without loading what makes it."""
    assert set(CLI._GIVABLE) == set(outputs.GIVABLE)  # noqa: SLF001 -- the two lists must not part


@pytest.mark.parametrize(
    ("give", "columns"),
    [
        (["overall"], ["overall", "problem"]),
        (["total"], ["total_eur", "total_low_eur", "total_high_eur", "problem"]),
        (["total", "overall"], ["overall", "total_eur", "total_low_eur", "total_high_eur", "problem"]),
    ],
)
def test_only_what_is_asked_for_is_written(give: list[str], columns: list[str], tmp_path: Path) -> None:
    """And the summary counts the answers all the same."""
    options = itertools.chain.from_iterable(("--give", name) for name in give)
    done = run(written(tmp_path / "stays.csv", GOOD, REFUSED), tmp_path / "out.csv", *options)
    assert done.exit_code == Status.NOT_ELIGIBLE
    assert "1 eligible, 1 not eligible" in done.stdout
    assert list(answers_in(tmp_path / "out.csv")) == columns


def test_amounts_may_be_written_in_cents(tmp_path: Path) -> None:
    stays = written(tmp_path / "stays.csv", GOOD | {"distance_km": "2800"})
    run(stays, tmp_path / "eur.parquet", "--give", "total")
    run(stays, tmp_path / "cents.parquet", "--give", "total", "--money", "cents")
    eur, cents = (answers_in(tmp_path / f"{name}.parquet") for name in ("eur", "cents"))
    assert [value * 100 for value in eur["total_low_eur"]] == cents["total_low_cents"]


def test_columns_are_carried_by_name_or_all_that_are_no_facts(tmp_path: Path) -> None:
    """They come first."""
    rows = [GOOD | {"file": "A-7", "note": "late"}, REFUSED | {"file": "A-8", "note": ""}]
    stays = written(tmp_path / "stays.csv", *rows)
    run(stays, tmp_path / "all.csv", "--carry-all", "--carry", "call", "--give", "overall")
    answers = answers_in(tmp_path / "all.csv")
    assert list(answers) == ["call", "file", "note", "overall", "problem"]
    assert (answers["file"], answers["note"]) == (["A-7", "A-8"], ["late", None])
    done = run(stays, tmp_path / "one.csv", "--carry", "file")
    assert done.exit_code == Status.UNUSABLE
    assert "'note' is no fact" in done.stderr
    assert not (tmp_path / "one.csv").exists()


def test_a_carried_column_that_would_stand_beside_an_answer_of_its_name_is_refused(tmp_path: Path) -> None:
    """As when answers are answered again."""
    stays = written(tmp_path / "stays.csv", GOOD | {"overall": "eligible"})
    done = run(stays, tmp_path / "out.csv", "--carry-all")
    assert done.exit_code == Status.UNUSABLE
    assert "'overall'" in done.stderr
    assert not (tmp_path / "out.csv").exists()


def test_call_fills_in_where_a_row_names_none(tmp_path: Path) -> None:
    stays = written(tmp_path / "stays.csv", GOOD, {**REFUSED, "call": ""})
    done = run(stays, tmp_path / "out.csv", "--call", 2018)
    assert done.stderr == ""
    assert answers_in(tmp_path / "out.csv")["overall"] == ["eligible", "not eligible"]


@pytest.mark.parametrize("call", [2014, 2021, 2199])
def test_a_call_without_a_guide_is_refused_before_any_row(call: int, tmp_path: Path) -> None:
    done = run(written(tmp_path / "stays.csv", GOOD), tmp_path / "out.csv", "--call", call)
    assert done.exit_code == Status.UNUSABLE
    assert str(call) in done.stderr
    assert len(done.stderr.splitlines()) == 1


REFORM = """call = 2018
amends = 2018
title = "Ten days at least"
[staff_duration]
minimum_days = 10
maximum_days = 60
consecutive = true
source = []
confidence = "unverified"
"""


def test_a_guide_file_answers_the_rows_of_its_call(tmp_path: Path) -> None:
    """And no others."""
    stays = written(tmp_path / "stays.csv", GOOD, GOOD | {"call": "2019"})
    (tmp_path / "reform.toml").write_text(REFORM, "utf-8")
    identity = "duration.staff.minimum"
    run(stays, tmp_path / "today.csv")
    run(stays, tmp_path / "reform.csv", "--guide", tmp_path / "reform.toml")
    assert answers_in(tmp_path / "today.csv")[identity] == ["met", "met"]
    # What nobody has seen written refuses nobody.
    assert answers_in(tmp_path / "reform.csv")[identity] == ["undetermined", "met"]


def test_a_guide_file_that_cannot_be_used_is_refused_in_one_line(tmp_path: Path) -> None:
    """It is not there, it is none, or there are two of a call."""
    stays = written(tmp_path / "stays.csv", GOOD)
    for name, text in (("no.toml", None), ("bad.toml", "call = 2018\n"), ("first.toml", REFORM), ("more.toml", REFORM)):
        if text is not None:
            (tmp_path / name).write_text(text, "utf-8")
    for names, said in (
        (["no.toml"], "no.toml"),
        (["bad.toml"], "bad.toml"),
        (["first.toml", "more.toml"], "more.toml is a second Guide of call 2018; give one of the two"),
    ):
        options = itertools.chain.from_iterable(("--guide", tmp_path / name) for name in names)
        done = run(stays, tmp_path / "out.csv", *options)
        assert done.exit_code == Status.UNUSABLE
        (line,) = done.stderr.splitlines()
        assert said in line


def test_the_options_are_handed_on(stand_in: Callable[..., Any], tmp_path: Path) -> None:
    """Those that are not told are left to the tables, but for what the command shows as its default."""
    asked = stand_in(["eligible"], [None])
    stays = written(tmp_path / "stays.csv", GOOD)
    run(stays, tmp_path / "out.csv")
    plain = {"call": None, "guide": None, "rounding": "cent-half-up", "money": "eur", "threads": 1, "carry": ()}
    assert asked == [plain]
    run(stays, tmp_path / "out.csv", "--threads", 2, "--rounding", "euro-down", "--call", 2019, "--give", "amounts")
    told = {"threads": 2, "rounding": "euro-down", "call": 2019, "give": ("amounts", "overall")}
    assert asked[1] == plain | told


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--give", "everything"], "everything"),
        (["--money", "roubles"], "roubles"),
        (["--threads", "0"], "0"),
        (["--rows-per-batch", "0"], "0"),
        (["--rounding", "up"], "up"),
        (["--call", "19"], "19 is no call year"),
    ],
)
def test_a_wrong_option_is_refused_in_one_line(options: list[str], said: str, tmp_path: Path) -> None:
    done = run(written(tmp_path / "stays.csv", GOOD), tmp_path / "out.csv", *options)
    assert done.exit_code == Status.UNUSABLE
    (line,) = done.stderr.splitlines()
    assert said in line
    assert "--help" in line


def test_it_has_help_with_an_example() -> None:
    done = run("--help")
    assert done.exit_code == 0
    assert "\n    icm-rules table stays.csv" in done.stdout


# --- how it ends -------------------------------------------------------------------------------------------

ELIGIBLE, NOT_ELIGIBLE, CANNOT_TELL_YET = map(str, OverallAnswer)


@pytest.mark.parametrize(
    ("overall", "problems", "status"),
    [
        ([], [], 0),
        ([ELIGIBLE], [None], 0),
        ([ELIGIBLE, CANNOT_TELL_YET], [None, None], 3),
        ([CANNOT_TELL_YET, NOT_ELIGIBLE, ELIGIBLE], [None, None, None], 1),
        ([NOT_ELIGIBLE, None], [None, "why"], 2),
        ([ELIGIBLE, ELIGIBLE, ELIGIBLE, None], [None, None, None, "why"], 2),
    ],
)
def test_the_gravest_answer_is_the_exit_status(
    overall: list[str | None],
    problems: list[str | None],
    status: int,
    stand_in: Callable[..., Any],
    tmp_path: Path,
) -> None:
    stand_in(overall, problems)
    assert run(written(tmp_path / "stays.csv", GOOD), tmp_path / "out.csv").exit_code == status


@pytest.mark.parametrize(
    ("unanswered", "last"),
    [
        (5, "row 6: why 6"),
        (6, "1 more row could not be answered; the column problem of"),
        (1240, "1,235 more rows could not be answered; the column problem of"),
    ],
)
def test_the_first_five_problems_are_told_and_how_many_there_are_more(
    unanswered: int, last: str, stand_in: Callable[..., Any], tmp_path: Path
) -> None:
    """Each with file and row."""
    problems = [None, *(f"why {row}" for row in range(2, unanswered + 2))]
    stand_in([None if problem else "eligible" for problem in problems], problems)
    stays = written(tmp_path / "stays.csv", GOOD)
    done = run(stays, tmp_path / "out.csv")
    lines = done.stderr.splitlines()
    assert lines[:5] == [f"{stays}: row {row}: why {row}" for row in range(2, 7)]
    assert len(lines) == 5 + (unanswered > 5)
    assert last in lines[-1]
    assert f"{unanswered + 1:,} rows, of which 1 eligible" in done.stdout
    assert f"{unanswered:,} not answered" in done.stdout


# --- what is refused ---------------------------------------------------------------------------------------


def test_in_may_not_be_out(tmp_path: Path) -> None:
    """By whatever way its name leads there."""
    stays = written(tmp_path / "stays.csv", GOOD)
    before = stays.read_bytes()
    (tmp_path / "folder").mkdir()
    (tmp_path / "linked.csv").symlink_to(stays)
    (tmp_path / "same.csv").hardlink_to(stays)
    for out in (stays, tmp_path / "folder" / ".." / "stays.csv", tmp_path / "linked.csv", tmp_path / "same.csv"):
        done = run(stays, out)
        assert done.exit_code == Status.UNUSABLE
        assert "is IN itself; name another file" in done.stderr
    assert stays.read_bytes() == before


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        ("stays.xlsx", "out.csv", "stays.xlsx: the name ends in '.xlsx'; name a file of one of these kinds: .parquet"),
        ("stays.csv", "out.xlsx", "out.xlsx: the name ends in '.xlsx'; name a file of one of these kinds: .parquet"),
        ("-", "out.csv", "-: the name has no end that tells what it is"),
        ("nowhere.csv", "out.csv", "nowhere.csv: there is no such file"),
        ("stays.csv", "nowhere/out.csv", "there is no folder"),
        ("broken.parquet", "out.csv", "broken.parquet: this cannot be read as Parquet"),
        ("broken.csv", "out.csv", "broken.csv: row 2: this cannot be read as CSV"),
        ("typo.csv", "out.csv", "'activty' is no fact; did you mean 'activity'?"),
    ],
)
def test_files_that_cannot_be_used_are_refused_in_one_line(
    source: str, target: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing is written."""
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "stays.csv", GOOD)
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and nothing more")
    (tmp_path / "broken.csv").write_text("call,activity\n2018,teaching\n2018\n", "utf-8")
    (tmp_path / "typo.csv").write_text("call,activty\n2018,teaching\n", "utf-8")
    before = sorted(tmp_path.iterdir())
    done = run(source, target)
    assert done.exit_code == Status.UNUSABLE
    (line,) = done.stderr.splitlines()
    assert line.startswith("icm-rules table: ")
    assert said in line
    assert done.stdout == ""
    assert sorted(tmp_path.iterdir()) == before


def test_an_interrupted_run_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing half-written beside it."""

    def evaluate_batches(batches: Iterator[pa.RecordBatch], **_: Any) -> Iterator[pa.RecordBatch]:
        yield pa.record_batch({"overall": ["eligible"], "problem": pa.nulls(1, pa.string())})
        raise KeyboardInterrupt

    monkeypatch.setattr(TABLE, "evaluate_batches", evaluate_batches)
    stays = written(tmp_path / "stays.csv", GOOD)
    (tmp_path / "out.csv").write_text("as it was", "utf-8")
    done = run(stays, tmp_path / "out.csv")
    assert done.exit_code not in set(Status)
    assert (tmp_path / "out.csv").read_text("utf-8") == "as it was"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "stays.csv"]


# --- the real command --------------------------------------------------------------------------------------


def test_the_command_runs_as_a_module(tmp_path: Path) -> None:
    stays = written(tmp_path / "stays.csv", GOOD, REFUSED)
    started = [sys.executable, "-m", "icm_rules", "table", str(stays), str(tmp_path / "out.parquet")]
    done = subprocess.run(started, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (Status.NOT_ELIGIBLE, "")
    assert done.stdout.startswith(f"{stays}: 2 rows")


@pytest.mark.parametrize("missing", ["numpy", "pyarrow", "narwhals"])
def test_without_its_extra_the_command_says_what_to_install(missing: str, tmp_path: Path) -> None:
    """In one line, and ends with 2; its help and the other commands need no extra."""
    stays = written(tmp_path / "stays.csv", GOOD)
    program = f"import sys; sys.modules[{missing!r}] = None; from icm_rules.__main__ import main; main()"
    started = [sys.executable, "-c", program, "table"]
    done = subprocess.run([*started, stays, tmp_path / "out.csv"], capture_output=True, text=True, check=False)
    assert done.returncode == Status.UNUSABLE
    assert done.stderr == 'icm-rules table: tables need the extra "frames": pip install "icm-rules[frames]"\n'
    shown = subprocess.run([*started, "--help"], capture_output=True, text=True, check=False)
    assert shown.returncode == 0


class Terminal(io.TextIOWrapper):
    """A standard error that says it is a terminal."""

    def isatty(self) -> bool:
        """Whatever stands behind it."""
        return True


@pytest.mark.parametrize(("options", "shows"), [([], True), (["--quiet"], False)])
def test_a_terminal_shows_how_far_it_has_come(
    options: list[str], shows: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On standard error, up to all of it; not where quiet is asked for."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    stays = written(tmp_path / "stays.csv", GOOD)
    seen = io.BytesIO()
    monkeypatch.setattr(sys, "stderr", Terminal(seen, encoding="utf-8", write_through=True))
    with pytest.raises(SystemExit) as ended:
        command(["table", str(stays), str(tmp_path / "out.csv"), *options])
    assert ended.value.code == Status.ELIGIBLE
    assert ("100%" in seen.getvalue().decode()) is shows


def test_a_file_that_the_system_will_not_write_is_said_in_one_line(tmp_path: Path) -> None:
    """As a full disk is; it is no answer."""
    stays = written(tmp_path / "stays.csv", GOOD)
    done = run(stays, tmp_path / f"{'long' * 100}.csv")
    assert done.exit_code not in set(Status)
    assert len(done.stderr.splitlines()) == 1
