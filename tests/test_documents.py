"""Every example of the README and of the pages under docs runs, and prints what the page shows.

How a page is read:

- ``python`` blocks of one page share one namespace, in order; those with ``>>>`` are doctests.
- An ``sh`` block that begins with ``icm-rules`` runs line by line; a line that does not exit with 0 ends in a
  comment, ``# exits 1``. Other ``sh`` blocks set things up; those of the README are run by ``.ci/run``.
- A ``text`` block right after one of these is what it prints; ``...`` stands for anything.
- ``<!-- output: icm-rules ... -->`` before a ``text`` block names the command that prints it, for set-up blocks.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import itertools
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import types
from pathlib import Path

import attrs
import pytest

import icm_rules
from icm_rules.guide import calls

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

FENCE = re.compile(
    r"^(?P<ticks>`{3,})(?P<language>[\w-]*)[^`\n]*\n(?P<text>.*?)^(?P=ticks)[ \t]*$", re.MULTILINE | re.DOTALL
)
OUTPUT_OF = re.compile(r"<!-- output: (?P<command>.+?) -->\s*\Z")
EXITS = re.compile(r"\s+# exits (?P<status>\d+)\s*\Z")


@attrs.frozen(kw_only=True)
class Block:
    """A fenced block of a page, with what the page says around it."""

    language: str
    text: str
    line: int
    """The line of the page on which the text begins, counted from 1."""
    shown: str | None
    """What the page shows as its output, if it does."""
    output_of: str | None
    """The command named before the block, if it is an output of one."""


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page, in order."""
    fences = list(FENCE.finditer(page))
    found = []
    for fence, following in itertools.pairwise([*fences, None]):
        shows = following and following["language"] == "text" and not page[fence.end() : following.start()].strip()
        named = OUTPUT_OF.search(page, 0, fence.start())
        found.append(
            Block(
                language=fence["language"],
                text=fence["text"],
                line=page.count("\n", 0, fence.start("text")) + 1,
                shown=following["text"] if following and shows else None,
                output_of=named["command"] if named else None,
            )
        )
    return found


def commands(text: str) -> list[tuple[str, int]]:
    """The command lines of an ``sh`` block, each with the exit status the page promises."""
    found = []
    for line in text.replace("\\\n", " ").splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        exits = EXITS.search(line)
        found.append((line[: exits.start()], int(exits["status"])) if exits else (line, 0))
    return found


def is_of_the_command(block: Block) -> bool:
    """Whether the block is run here: it calls the command, and sets nothing up."""
    return block.language == "sh" and block.text.lstrip().startswith("icm-rules")


def assert_prints(got: str, shown: str, place: str) -> None:
    """Hold that an output is what the page shows; the ends of lines and of the whole are not compared."""
    as_lines = ["\n".join(line.rstrip() for line in text.strip().splitlines()) + "\n" for text in (shown, got)]
    same = doctest.OutputChecker().check_output(*as_lines, doctest.ELLIPSIS)
    assert same, f"{place} shows\n\n{shown}\nbut it prints\n\n{got}"


class Desk:
    """A folder with the examples in it, and the command on the path: where a reader of the pages sits."""

    def __init__(self, folder: Path) -> None:
        """Lay the desk out in an empty folder."""
        self.folder = folder / "desk"
        self.folder.mkdir()
        shutil.copytree(ROOT / "examples", self.folder / "examples")
        script = Path(sys.executable).with_name("icm-rules")
        if not script.exists():
            # A working tree that nobody installed: the same entry, by another door.
            script = folder / "bin" / "icm-rules"
            script.parent.mkdir()
            script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m icm_rules "$@"\n', "utf-8")
            script.chmod(0o755)
        python_path = os.environ.get("PYTHONPATH", "")
        self.environment = {
            **os.environ,
            # A path that starts from where the tests were started leads nowhere from here.
            "PYTHONPATH": os.pathsep.join(str(Path(each).resolve()) for each in python_path.split(os.pathsep) if each),
            "PATH": os.pathsep.join([str(script.parent), os.environ.get("PATH", "")]),
            # The width and the letters of the page, whatever the terminal of the tester.
            "COLUMNS": "100",
            "NO_COLOR": "1",
            "PYTHONUTF8": "1",
        }

    def run(self, command: str, status: int, place: str) -> str:
        """What the command prints; it must exit with the status."""
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == status, f"{place}: {command} exits {done.returncode}, not {status}\n{done.stderr}"
        return done.stdout


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk of one's own, and this process sits at it."""
    made = Desk(tmp_path)
    monkeypatch.chdir(made.folder)
    return made


def run_python(block: Block, module: types.ModuleType, place: str) -> None:
    """Run one block in the namespace of its page."""
    if ">>>" in block.text:
        case = doctest.DocTestParser().get_doctest(block.text, module.__dict__, module.__name__, place, block.line - 1)
        told: list[str] = []
        runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
        runner.run(case, out=told.append, clear_globs=False)
        # The parser copies the namespace; the next block of the page goes on with what this one made.
        module.__dict__.update(case.globs)
        assert not runner.failures, "".join(told)
        return
    printed = io.StringIO()
    # The empty lines let a traceback name the line of the page.
    code = compile("\n" * (block.line - 1) + block.text, place, "exec", dont_inherit=True)
    with contextlib.redirect_stdout(printed):
        exec(code, module.__dict__)  # noqa: S102 - the page is ours, and to run it is the test
    if block.shown is not None:
        assert_prints(printed.getvalue(), block.shown, f"{place}:{block.line}")


def run_python_of(page: str, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every ``python`` block of a page, in order, in one namespace."""
    # A module that can be found by its name, since attrs and cattrs look annotations up there.
    module = types.ModuleType("page_" + re.sub(r"\W", "_", place))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    for block in blocks(page):
        if block.language == "python":
            run_python(block, module, place)


def run_commands_of(page: str, place: str, desk: Desk) -> None:
    """Run every command of a page, in order, and compare what it prints with what is shown."""
    for block in blocks(page):
        where = f"{place}:{block.line}"
        if is_of_the_command(block):
            got = "".join(desk.run(command, status, where) for command, status in commands(block.text))
            if block.shown is not None:
                assert_prints(got, block.shown, where)
        elif block.output_of is not None:
            ((command, status),) = commands(block.output_of)
            assert_prints(desk.run(command, status, where), block.text, where)


def name_of(page: Path) -> str:
    """The page as a reader names it."""
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
@pytest.mark.usefixtures("desk")
def test_the_python_of_the_page_runs(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every ``python`` block runs without a warning and prints what is shown."""
    run_python_of(page.read_text("utf-8"), name_of(page), monkeypatch)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_commands_of_the_page_run(page: Path, desk: Desk) -> None:
    """Every line that begins with ``icm-rules`` exits as the page says and prints what is shown."""
    run_commands_of(page.read_text("utf-8"), name_of(page), desk)


@pytest.mark.parametrize("marker", ["check", "tests"])
def test_the_readme_marks_the_two_lines_that_set_everything_up(marker: str) -> None:
    """``.ci/run`` finds each of them by its marker, in a ``sh`` block of one line."""
    page = (ROOT / "README.md").read_text("utf-8")
    marked = re.findall(rf"^<!-- ci: {marker} -->\n+```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert [len(commands(text)) for text in marked] == [1]


def test_the_readme_has_an_example_in_python() -> None:
    """A programmer meets the library in ten lines that run."""
    assert any(block.language == "python" for block in blocks((ROOT / "README.md").read_text("utf-8")))


def test_the_changelog_begins_with_the_version_that_is_built() -> None:
    """The first heading of a version is that of ``pyproject.toml``; above it may stand what no version has yet."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert headings.count("Unreleased") <= 1
    assert next(heading for heading in headings if heading != "Unreleased") == version


class TestHowToAddAYear:
    """The steps of the README beside the Guides."""

    PACKAGE = Path(icm_rules.__file__).parent
    STEPS = PACKAGE / "guide" / "README.md"

    def test_they_take_ten_points(self) -> None:
        found = re.findall(r"^(\d+)\. ", self.STEPS.read_text("utf-8"), re.MULTILINE)
        assert found == [str(number) for number in range(1, 11)]

    def test_what_they_name_is_there(self) -> None:
        """Files from the root, beside the page, or among the tests of the Guides; modules by their name."""
        told = self.STEPS.read_text("utf-8")
        files = re.findall(r"(?<![\w/])((?:\w+/)*\w+\.(?:py|md))\b", told)
        assert {"provisions.py", "tests/strategies.py", "docs/coverage_table.py"} <= set(files)
        starts = (ROOT, self.STEPS.parent, ROOT / "tests" / "guide")
        assert [name for name in files if not any((start / name).exists() for start in starts)] == []
        modules = re.findall(r"python -m ([\w.]+)", told)
        assert [name for name in modules if not (ROOT / name.replace(".", "/")).with_suffix(".py").exists()] == []

    def test_after_the_first_one_a_mobility_of_the_next_call_is_answered(self, tmp_path: Path) -> None:
        """Tried by doing it, in a copy of the package: one file more, and no code changed."""
        after = calls()[-1] + 1
        shutil.copytree(self.PACKAGE, tmp_path / "icm_rules", ignore=shutil.ignore_patterns("*.pyc"))
        written = tmp_path / "icm_rules" / "guide" / f"{after}.toml"
        stay = tmp_path / "stay.json"
        stay.write_text(json.dumps({"call": after, "sending_country": "GE", "receiving_country": "LT"}), "utf-8")
        printed = []
        for arguments in (["guide", "new", str(after), "--output", str(written)], ["check", "--json", str(stay)]):
            done = subprocess.run(
                [sys.executable, "-m", "icm_rules", *arguments],
                cwd=tmp_path,
                env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
                capture_output=True,
                encoding="utf-8",
                check=False,
            )
            assert done.stderr == ""
            printed.append(done.stdout)
        (answer,) = json.loads(printed[-1])
        assert answer["report"]["call"] == after
        assert answer["report"]["direction"] == "incoming"


class TestHowAPageIsRead:
    """The reading of pages is code as well: a page that is wrong must not pass in silence."""

    def test_blocks_share_one_namespace_in_order(self, monkeypatch: pytest.MonkeyPatch) -> None:
        run_python_of(
            "```python\na = 1\n```\n```python\n>>> b = a + 1\n```\n```python\nassert b == 2\n```\n", "p", monkeypatch
        )

    def test_a_class_of_a_page_finds_its_annotations(self, monkeypatch: pytest.MonkeyPatch) -> None:
        page = (
            "```python\nfrom __future__ import annotations\nimport attrs\nclass A: ...\n"
            "@attrs.frozen\nclass B:\n    a: A\nattrs.resolve_types(B)\nassert attrs.fields(B).a.type is A\n```\n"
        )
        run_python_of(page, "p", monkeypatch)

    def test_a_fault_is_told_with_the_line_of_the_page(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(ZeroDivisionError) as caught:
            run_python_of("# Page\n\n```python\na = 1\na / 0\n```\n", "page.md", monkeypatch)
        last = caught.traceback[-1]
        assert (Path(last.path).name, last.lineno + 1) == ("page.md", 5)

    def test_a_doctest_that_differs_fails(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(AssertionError, match="Expected"):
            run_python_of("```python\n>>> 1 + 1\n3\n```\n", "p", monkeypatch)

    @pytest.mark.parametrize("shown", ["met\n", "m...\n", "\nmet  \n"])
    def test_an_output_as_shown_passes(self, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
        run_python_of(f"```python\nprint('met')\n```\n\n```text\n{shown}```\n", "p", monkeypatch)

    def test_an_output_that_differs_fails(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(AssertionError, match="p:2 shows"):
            run_python_of("```python\nprint('met')\n```\n\n```text\nnot met\n```\n", "p", monkeypatch)

    def test_a_text_block_after_prose_is_prose(self) -> None:
        assert [block.shown for block in blocks("```python\n1\n```\nA file:\n```text\nx\n```\n")] == [None, None]

    def test_an_output_may_name_its_command(self) -> None:
        page = "```sh\npip install x\n```\n<!-- output: icm-rules --version -->\n```text\n1\n```\n"
        assert [block.output_of for block in blocks(page)] == [None, "icm-rules --version"]

    def test_a_line_says_how_it_exits(self) -> None:
        text = "# first\nicm-rules check a.json # exits 1\n\nicm-rules check \\\n  b.json\n"
        assert commands(text) == [("icm-rules check a.json", 1), ("icm-rules check    b.json", 0)]

    @pytest.mark.parametrize(("text", "runs"), [("icm-rules --help\n", True), ("python3 -m venv v\n", False)])
    def test_only_the_command_itself_is_run_here(self, text: str, runs: bool) -> None:
        (block,) = blocks(f"```sh\n{text}```\n")
        assert is_of_the_command(block) is runs

    def test_a_status_other_than_promised_fails(self, desk: Desk) -> None:
        assert desk.run("exit 3", 3, "p") == ""
        with pytest.raises(AssertionError, match="exits 3, not 0"):
            desk.run("exit 3", 0, "p")
