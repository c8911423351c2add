"""The command ``compare``: what it prints and writes, and what it ends with."""

from __future__ import annotations

import csv
import inspect
import json
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner, Result

from icm_rules.batch.files import open_batches, write_batches
from icm_rules.batch.simulation import Simulation
from icm_rules.cli_compare import compare

RUNNER = CliRunner(**({"mix_stderr": False} if "mix_stderr" in inspect.signature(CliRunner).parameters else {}))
EXAMPLE = Path(__file__).parent.parent / "examples" / "mobilities-2018.csv"
REFORM = """\
call = 2018
amends = 2018
title = "Nine days"

[staff_duration]
minimum_days = 5
maximum_days = 9
consecutive = true
source = ["mine"]
confidence = "official"

[sources.mine]
title = "A draft"
url = []
kind = "secondary"
"""


def run(*arguments: object) -> Result:
    """What the command does with these arguments."""
    return RUNNER.invoke(compare, [*map(str, arguments)])


@pytest.fixture
def stays(tmp_path) -> Path:
    """A file of simulated mobilities."""
    path = tmp_path / "stays.parquet"
    write_batches(path, Simulation(calls=2018).schema, Simulation(seed=4, calls=2018).batches(120))
    return path


@pytest.fixture
def reform(tmp_path) -> Path:
    """A file with another maximum for staff."""
    path = tmp_path / "reform.toml"
    path.write_text(REFORM, "utf-8")
    return path


def test_the_rates_of_another_call_are_told_by_country():
    done = run(EXAMPLE, "--after", 2024, "--only", "rates", "--by", "receiving_country")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "after:  the Guide of each call, with rates of Programme Guide 2024" in done.stdout
    assert "Grants, by receiving_country [EUR]" in done.stdout


def test_a_file_may_be_a_side(stays, reform):
    done = run(stays, "--before", 2018, "--after", reform)
    assert done.exit_code == 0
    assert "after:  Nine days (reform.toml)" in done.stdout
    assert "duration.staff.maximum" in done.stdout


def test_paragraphs_may_be_parted_by_commas_or_told_one_by_one(stays):
    together = run(stays, "--after", 2024, "--only", "student_rates,staff_rates")
    apart = run(stays, "--after", 2024, "--only", "student_rates", "--only", "staff_rates")
    assert together.exit_code == 0
    assert together.stdout == apart.stdout


def test_json_is_for_programs(stays):
    done = run(stays, "--after", 2020, "--json", "--by", "activity")
    told = json.loads(done.stdout)
    assert told["total"]["rows"] == 120
    assert sum(row["rows"] for row in told["totals"]) == 120


def test_the_rows_that_moved_are_written_with_what_was_carried(stays, tmp_path):
    out = tmp_path / "moved.csv"
    done = run(stays, "--after", 2024, "--only", "rates", "--out", out, "--carry", "activity")
    assert done.exit_code == 0
    with open_batches(out) as source:
        moved = pa.Table.from_batches(list(source), source.schema)
    assert moved.schema.names[:3] == ["activity", "row", "overall_before"]
    assert moved.num_rows > 0


def test_a_page_holds_what_is_printed(stays, tmp_path):
    page = tmp_path / "found.html"
    assert run(stays, "--after", 2024, "--html", page).exit_code == 0
    told = page.read_text("utf-8")
    assert told.startswith("<!DOCTYPE html>")
    assert "Programme Guide 2024" in told


def test_columns_that_are_no_facts_are_carried_if_asked(tmp_path):
    path = tmp_path / "stays.csv"
    with EXAMPLE.open(encoding="utf-8") as source, path.open("w", encoding="utf-8", newline="") as target:
        for number, cells in enumerate(csv.reader(source)):
            csv.writer(target).writerow([*cells, "faculty" if number == 0 else "Arts"])
    refused = run(path, "--after", 2024)
    assert refused.exit_code == 2
    assert "the column 'faculty' is no fact" in refused.stderr
    assert run(path, "--after", 2024, "--carry-all").exit_code == 0
    assert "Arts" in run(path, "--after", 2024, "--by", "faculty").stdout


def test_a_table_without_rows_is_compared(tmp_path):
    path = tmp_path / "none.csv"
    path.write_text(EXAMPLE.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    done = run(path, "--after", 2024, "--out", tmp_path / "moved.parquet")
    assert done.exit_code == 0
    assert done.stdout.startswith("Comparison of 0 rows")


def test_rows_that_cannot_be_answered_are_told_and_end_with_0(tmp_path):
    path = tmp_path / "stays.csv"
    path.write_text("call,start_date\n2018,soon\n2018,2019-03-04\n", "utf-8")
    done = run(path, "--after", 2020)
    assert done.exit_code == 0
    assert "row 1: start_date: 'soon'" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "say what is to be compared"),
        (("--after", "2021"), "2021"),
        (("--after", "next"), "'next' is no side"),
        (("--after", "nothing.toml"), "nothing.toml cannot be read"),
        (("--before", "2018", "--only", "rates"), "--only takes paragraphs of the Guide that --after names"),
        (("--after", "2024", "--only", "rate"), "did you mean"),
        (("--after", "2024", "--by", "recieving_country"), "did you mean 'receiving_country'"),
        (("--after", "2024", "--out", "moved.txt"), "name a file of one of these kinds"),
        (("--after", "2024", "--html", "nowhere/found.html"), "there is no folder nowhere"),
        (("--after", "2024", "--html", "."), "this is a folder"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_line(arguments, message):
    done = run(EXAMPLE, *arguments)
    assert done.exit_code == 2
    assert message in done.stderr
    assert done.stdout == ""


def test_a_table_that_is_not_there_is_refused():
    done = run("nothing.csv", "--after", 2024)
    assert done.exit_code == 2
    assert "there is no such file" in done.stderr


def test_the_table_is_not_written_over(stays):
    before = stays.read_bytes()
    done = run(stays, "--after", 2024, "--out", stays)
    assert done.exit_code == 2
    assert "is TABLE itself" in done.stderr
    assert stays.read_bytes() == before


def test_without_its_extra_it_says_what_to_install(monkeypatch):
    for name in [*sys.modules]:
        if name.startswith("icm_rules.batch."):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    done = run(EXAMPLE, "--after", 2024)
    assert done.exit_code == 2
    assert "tables need pyarrow, which is not installed: pip install 'icm-rules[frames]'" in done.stderr
