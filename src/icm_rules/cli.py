"""The command ``icm-rules``: mobilities and tables of them checked, Guides shown and compared, the questions listed.

It reads files, prints, and sets the exit status; every answer comes from the rooms below.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import sys
import textwrap
import traceback
import typing
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import attrs
import click
import rich.console
import rich.table
import rich.text

from icm_rules.adapters.plain import Accepted, CallOrigin, Entry, Refused
from icm_rules.cli_agreement import COMMANDS as OF_AGREEMENTS
from icm_rules.cli_application import COMMANDS as OF_APPLICATIONS
from icm_rules.cli_checklist import COMMANDS as OF_CHECKLISTS
from icm_rules.cli_compare import COMMANDS as OF_COMPARISONS
from icm_rules.cli_data import COMMANDS as OF_DATA
from icm_rules.cli_distance import COMMANDS as OF_DISTANCES
from icm_rules.cli_input import entries_of
from icm_rules.cli_parts import Refusal, Status, check_output, progress_bar
from icm_rules.cli_project import COMMANDS as OF_PROJECTS
from icm_rules.cli_recognise import COMMANDS as OF_RECOGNITION
from icm_rules.cli_reports import STATUS_OF, gravest, print_report, say, say_json, say_line, screen
from icm_rules.cli_settle import COMMANDS as OF_SETTLING
from icm_rules.cli_trace import COMMANDS as OF_STATEMENTS
from icm_rules.engine.answers import in_words
from icm_rules.engine.errors import GuideError, InputError
from icm_rules.engine.facts import NO_PRESUMPTION, GivenFact, members_of
from icm_rules.engine.rounding import ROUNDINGS, USUAL
from icm_rules.guide import Guide, calls, guide, load
from icm_rules.guide.audit import audit
from icm_rules.guide.history import figures, history
from icm_rules.guide.next_year import new_year
from icm_rules.guide.telling import describe, differences
from icm_rules.model.countries import Country
from icm_rules.model.fields import a_year
from icm_rules.model.identifiers import AcademicYear, ProjectNumber
from icm_rules.model.places import Coordinates
from icm_rules.model.terms import Term
from icm_rules.model.vocabulary import VOCABULARY
from icm_rules.report import OverallAnswer, Report

_TABLE_NARROWEST = 120
"""A terminal narrower than this shows a list and no table [characters]."""


_CRASHED, _NO_OUTPUT, _INTERRUPTED = 70, 74, 130
"""What the command ends with where it fails itself, as systems and shells use them; no answer is among them."""

# --- the command -------------------------------------------------------------------------------------------


class _Command(click.Group):
    """A group of commands that says in one line what is wrong with a call of it."""

    def main(self, *args: typing.Any, standalone_mode: bool = True, **extra: typing.Any) -> typing.Any:  # noqa: ANN401 -- as click has it
        """Run the command; unlike click's own this prints one line where an option or an argument is wrong."""
        run: Callable[..., typing.Any] = super().main
        if not standalone_mode:
            return run(*args, standalone_mode=False, **extra)
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                # A terminal that lacks a sign shows another one; that is no reason to stop.
                stream.reconfigure(errors="replace")
        try:
            status = run(*args, standalone_mode=False, **extra)
        except click.ClickException as error:
            context = getattr(error, "ctx", None)
            path = context.command_path if context is not None else extra.get("prog_name") or "icm-rules"
            hint = f" ({path} --help tells more)" if isinstance(error, click.UsageError) else ""
            say_line(f"{path}: {' '.join(error.format_message().split())}{hint}")
            sys.exit(Status.UNUSABLE)
        except click.Abort:
            sys.exit(_INTERRUPTED)
        except OSError as error:
            say_line(f"icm-rules: the output cannot be written ({error.strerror or error})")
            sys.exit(_NO_OUTPUT)
        except Exception:  # noqa: BLE001 -- Python's own status of a crash is 1, which means "not eligible" here
            say(traceback.format_exc(), err=True)
            sys.exit(_CRASHED)
        sys.exit(status if isinstance(status, int) else 0)


def _show_version(context: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 -- as click calls it
    if not value or context.resilient_parsing:
        return
    from importlib import metadata

    try:
        version = metadata.version("icm-rules")
    except metadata.PackageNotFoundError:
        version = "of a version not installed"
    say(f"icm-rules {version}\n")
    context.exit()


@click.group(
    "icm-rules",
    cls=_Command,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="\b\nExample:\n  icm-rules check examples/almaty-ljubljana-2019.json",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Print the version and exit.",
)
@click.pass_context
def command(context: click.Context) -> None:
    """The rules of Erasmus+ International Credit Mobility: who may go, for how long, for how much money."""
    if context.invoked_subcommand is None:
        say(context.get_help() + "\n")


# --- check -------------------------------------------------------------------------------------------------


def _call_year(_: click.Context, __: click.Parameter, value: int | None) -> int | None:
    try:
        return None if value is None else a_year(value)
    except InputError as refusal:
        raise click.BadParameter(str(refusal)) from None


@command.command(
    epilog="\b\n"
    "Examples:\n"
    "  icm-rules check examples/almaty-ljubljana-2019.json\n"
    "  icm-rules check --all --format markdown stays/*.json > stays.md\n"
    "  cat stay.json | icm-rules check --json -"
)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--all", "all_rules", is_flag=True, help="Show every rule, also those that are met or do not apply.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list with the whole report of each mobility.")
@click.option(
    "--call",
    type=int,
    metavar="YEAR",
    callback=_call_year,
    help="The call of mobilities that name none. One that names another keeps it, and its report says so.",
)
@click.option(
    "--rounding",
    type=click.Choice(list(ROUNDINGS)),
    default=USUAL.name,
    show_default=True,
    help="How amounts are rounded.",
)
@click.option(
    "--format",
    "layout",
    type=click.Choice(["text", "markdown", "html"]),
    default="text",
    show_default=True,
    help="How reports are written.",
)
@click.pass_context
def check(  # noqa: PLR0913 -- click gives each option as an argument
    context: click.Context,
    files: tuple[str, ...],
    *,
    all_rules: bool,
    as_json: bool,
    call: int | None,
    rounding: str,
    layout: str,
) -> int:
    """Check the mobilities in one or more JSON files.

    A FILE holds one mobility or a list of them; - is standard input. Each gets a report: the answer, what is not met,
    what is missing, the grant, and where each of these is written.

    The exit status is 0 if all are eligible, 1 if one is not, 3 if one cannot be told yet, 2 if one could not be read;
    of several the gravest: 2, then 1, then 3.
    """
    if as_json and context.get_parameter_source("layout") is not click.core.ParameterSource.DEFAULT:
        message = "--json and --format exclude each other; give one of the two"
        raise click.UsageError(message, context)
    entries = [entry for file in files for entry in entries_of(file, call)]
    documents: list[dict[str, object]] = []
    statuses: list[Status] = []
    for entry in entries:
        answer = _answer(entry, call, rounding)
        if isinstance(answer, Refused):
            say_line(str(answer))
            statuses.append(Status.UNUSABLE)
        else:
            statuses.append(STATUS_OF[answer.overall])
        if as_json:
            documents.append(_document(entry, answer))
        elif isinstance(answer, Report):
            heading = f"{entry.name}: mobility {entry.position}" if len(entries) > 1 else None
            print_report(answer, layout, heading, all_rules=all_rules)
    if as_json:
        say_json(documents)
    return gravest(statuses)


def _answer(entry: Entry, call: int | None, rounding: str) -> Report | Refused:
    """The report of a mobility that could be read, with what became of ``--call``; or why there is none."""
    if isinstance(entry, Refused):
        return entry
    from icm_rules.evaluate import evaluate  # wires all rules, which other commands do without

    try:
        its_guide = guide(entry.mobility.call)
    except GuideError as error:
        place = "--call" if entry.call_origin is CallOrigin.ARGUMENT else entry.call_origin.value
        return Refused(name=entry.name, position=entry.position, field=place, message=str(error))
    return evaluate(entry.mobility, guide=its_guide, rounding=rounding, notes=_notes_on_call(entry, call))


def _notes_on_call(entry: Accepted, call: int | None) -> Iterator[str]:
    """What the reader should know of where the call came from."""
    own = entry.mobility.call
    if entry.call_origin is CallOrigin.ARGUMENT:
        yield f"The call {call} was given on the command line; the mobility itself names none."
    elif call is not None and call != own:
        whose = "The mobility" if entry.call_origin is CallOrigin.CALL else "The project number"
        yield f"{whose} names call {own}, so --call {call} was not applied."


def _document(entry: Entry, answer: Report | Refused) -> dict[str, object]:
    """What ``--json`` prints of one mobility."""
    place: dict[str, object] = {"file": entry.name, "position": entry.position}
    if isinstance(answer, Refused):
        return {**place, "field": answer.field, "error": answer.message}
    return {**place, "report": answer.to_dict()}


# --- table -------------------------------------------------------------------------------------------------

_GIVABLE = ("overall", "verdicts", "reasons", "missing", "amounts", "ranges", "total")
"""What ``--give`` may name; the same words as those of `icm_rules.batch`, which is loaded when a table is there."""
_FRAMES = ("numpy", "pyarrow", "narwhals")
"""What the extra ``frames`` brings."""
_MOST_PROBLEMS = 5
"""So many rows that could not be answered are told on the screen; all of them stand in the output."""


@command.command(
    epilog="\b\n"
    "Examples:\n"
    "  icm-rules table stays.csv answers.csv --call 2019\n"
    "  icm-rules table stays.parquet answers.parquet --give total --give reasons --carry reference\n"
    "  icm-rules table stays.csv reform.csv --guide reform.toml --carry-all"
)
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.argument("target", metavar="OUT", type=click.Path(path_type=Path))
@click.option(
    "--call",
    type=int,
    metavar="YEAR",
    callback=_call_year,
    help="The call of rows that name none.",
)
@click.option(
    "--give",
    type=click.Choice(_GIVABLE),
    multiple=True,
    help="What to write of each row; may be repeated. Without it: overall, verdicts, amounts and total.",
)
@click.option("--carry", metavar="COLUMN", multiple=True, help="Write this column of IN as well; may be repeated.")
@click.option("--carry-all", is_flag=True, help="Write every column of IN that is no fact as well.")
@click.option(
    "--guide",
    "guide_files",
    metavar="FILE",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Answer the rows of its call by this Guide file, which may amend a Guide; may be repeated.",
)
@click.option(
    "--rounding",
    type=click.Choice(list(ROUNDINGS)),
    default=USUAL.name,
    show_default=True,
    help="How amounts are rounded.",
)
@click.option(
    "--money",
    type=click.Choice(["eur", "cents"]),
    default="eur",
    show_default=True,
    help="How amounts are written: in EUR with two decimals, or in whole cents.",
)
@click.option(
    "--threads", type=click.IntRange(min=1), default=1, show_default=True, help="How many processors work at once."
)
@click.option(
    "--rows-per-batch",
    type=click.IntRange(min=1),
    metavar="ROWS",
    help="How many rows are in memory at once; without it some tens of thousands.",
)
@click.option("--quiet", is_flag=True, help="Show no progress.")
def table(  # noqa: PLR0913 -- click gives each option as an argument
    source: Path,
    target: Path,
    *,
    call: int | None,
    give: tuple[str, ...],
    carry: tuple[str, ...],
    carry_all: bool,
    guide_files: tuple[Path, ...],
    rounding: str,
    money: str,
    threads: int,
    rows_per_batch: int | None,
    quiet: bool,
) -> int:
    """Check a table of mobilities, of any length: one row each in IN, one row of answers each in OUT.

    Both are Parquet (.parquet), Arrow (.arrow, .feather, .arrows) or CSV (.csv), as the names end. The columns of IN
    are named as in icm-rules questions, and an empty cell is a fact that is not known. A row that cannot be answered
    says why in the column problem, and the others are answered all the same. OUT appears when all is done.

    The exit status is 0 if all are eligible, 1 if one is not, 3 if one cannot be told yet, 2 if one could not be
    answered or IN could not be read; of several the gravest: 2, then 1, then 3.
    """
    guides_of_files = _guides_of(guide_files)
    if call is not None and call not in guides_of_files:
        _guide(call)
    settings: dict[str, typing.Any] = {
        "call": call,
        "guide": guides_of_files or None,
        "rounding": rounding,
        "money": money,
        "threads": threads,
    }
    if give:
        # Always asked for, since it is counted, and left out of the file again.
        settings["give"] = tuple(dict.fromkeys((*give, "overall")))
    with _needing_frames():
        from icm_rules.batch.files import ROWS_PER_BATCH, check_target, open_batches, write_batches
        from icm_rules.batch.table import evaluate_batches
    try:
        check_target(target)
        if source.resolve() == target.resolve() or (target.exists() and source.exists() and source.samefile(target)):
            message = f"{click.format_filename(target)} is IN itself; name another file for the answers"
            raise Refusal(message)
        with open_batches(source, rows_per_batch or ROWS_PER_BATCH) as batches, progress_bar(quiet=quiet) as show:
            others = [name for name in batches.schema.names if name not in VOCABULARY] if carry_all else []
            tally = _Tally(progress=lambda: show(batches.progress), gives_overall="overall" in give or not give)
            answers = tally.counted(
                evaluate_batches(batches, carry=tuple(dict.fromkeys((*carry, *others))), **settings)
            )
            # A table without rows is a batch without rows, so there is one that tells the columns.
            first = next(answers)
            write_batches(target, first.schema, itertools.chain([first], answers))
    except (InputError, GuideError) as error:
        raise Refusal(str(error)) from None
    for row, problem in tally.problems:
        say_line(f"{click.format_filename(source)}: row {row}: {problem}")
    more = tally.unanswered - len(tally.problems)
    if more:
        say_line(
            f"{click.format_filename(source)}: {more:,} more {'row' if more == 1 else 'rows'} could not be answered; "
            f"the column problem of {click.format_filename(target)} says why"
        )
    say(f"{click.format_filename(source)}: {tally}. The answers are in {click.format_filename(target)}.\n")
    return tally.status


def _guides_of(files: tuple[Path, ...]) -> dict[int, Guide]:
    """The Guides of the files, by their calls."""
    found: dict[int, Guide] = {}
    for file in files:
        try:
            read = load(file)
        except GuideError as error:
            raise Refusal(str(error)) from None
        if read.call in found:
            message = f"{click.format_filename(file)} is a second Guide of call {read.call}; give one of the two"
            raise Refusal(message)
        found[read.call] = read
    return found


@contextlib.contextmanager
def _needing_frames() -> Iterator[None]:
    """Say in one line what to install where the extra ``frames`` is not there."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _FRAMES:
            raise
        message = 'tables need the extra "frames": pip install "icm-rules[frames]"'
        raise Refusal(message) from None


@attrs.define(kw_only=True)
class _Tally:
    """What came out of a table: how many rows of each answer, and the first that could not be answered."""

    progress: Callable[[], None]
    gives_overall: bool
    """Whether the overall answer was asked for, and not only counted."""
    rows: int = 0
    unanswered: int = 0
    answers: dict[OverallAnswer, int] = attrs.field(factory=lambda: dict.fromkeys(OverallAnswer, 0))
    problems: list[tuple[int, str]] = attrs.field(factory=list)
    """Rows, counted from 1, and why they could not be answered."""

    def counted(self, batches: Iterable[typing.Any]) -> Iterator[typing.Any]:
        """The same record batches, each counted when it passes; without what was asked for only to be counted."""
        for batch in batches:
            names = batch.schema.names
            for name in names:
                if names.count(name) > 1:
                    message = f"the column {name!r} is carried and stands among the answers too; rename it in IN"
                    raise InputError(message)
            for answer in batch.column("overall").value_counts().to_pylist():
                if answer["values"] is not None:
                    self.answers[OverallAnswer(answer["values"])] += answer["counts"]
            self._count_problems(batch.column("problem"))
            self.rows += batch.num_rows
            self.progress()
            yield batch if self.gives_overall else batch.select([name for name in names if name != "overall"])

    def _count_problems(self, column: typing.Any) -> None:  # noqa: ANN401 -- pyarrow is not imported for its types
        here = len(column) - column.null_count
        self.unanswered += here
        if here and len(self.problems) < _MOST_PROBLEMS:
            told = ((row, problem) for row, problem in enumerate(column.to_pylist(), self.rows + 1) if problem)
            self.problems += itertools.islice(told, _MOST_PROBLEMS - len(self.problems))

    def __str__(self) -> str:
        """How many rows, and how many of each answer."""
        counts = (f"{number:,} {answer}" for answer, number in self.answers.items())
        rows = "1 row" if self.rows == 1 else f"{self.rows:,} rows"
        return f"{rows}, of which {', '.join(counts)}, {self.unanswered:,} not answered"

    @property
    def status(self) -> Status:
        """What the command ends with."""
        found = [STATUS_OF[answer] for answer, number in self.answers.items() if number]
        return gravest([*found, *([Status.UNUSABLE] if self.unanswered else [])])


# --- commands of their own modules -------------------------------------------------------------------------

for _made in (
    *OF_COMPARISONS,
    *OF_DATA,
    *OF_SETTLING,
    *OF_DISTANCES,
    *OF_PROJECTS,
    *OF_CHECKLISTS,
    *OF_RECOGNITION,
    *OF_AGREEMENTS,
    *OF_APPLICATIONS,
    *OF_STATEMENTS,
):
    command.add_command(_made)


# --- guide -------------------------------------------------------------------------------------------------


@command.group(
    "guide",
    invoke_without_command=True,
    epilog="\b\n"
    "Examples:\n"
    "  icm-rules guide diff 2017 2018\n"
    "  icm-rules guide history student.incoming.group1\n"
    "  icm-rules guide audit 2025",
)
@click.pass_context
def guides(context: click.Context) -> None:
    """Show the Programme Guides, compare them, say how sure they are, or begin a new one."""
    if context.invoked_subcommand is None:
        say(context.get_help() + "\n")


def _guide(call: int) -> Guide:
    try:
        return guide(call)
    except GuideError as error:
        raise Refusal(str(error)) from None


@guides.command("list", epilog="\b\nExample:\n  icm-rules guide list")
def list_guides() -> None:
    """List the calls of which there is a Guide."""
    for call in calls():
        say(f"{call}  {_guide(call).title}\n")


@guides.command("show", epilog="\b\nExample:\n  icm-rules guide show 2018")
@click.argument("call", type=int)
def show_guide(call: int) -> None:
    """Print the Guide of a CALL as a person would read it."""
    say(describe(_guide(call)))


@guides.command("diff", epilog="\b\nExample:\n  icm-rules guide diff 2017 2018")
@click.argument("before", type=int)
@click.argument("after", type=int)
def compare_guides(before: int, after: int) -> None:
    """Say what changed from the call BEFORE to the call AFTER."""
    say(differences(_guide(before), _guide(after)))


@guides.command(
    "history",
    epilog="\b\n"
    "Examples:\n"
    "  icm-rules guide history\n"
    "  icm-rules guide history student.incoming.group1\n"
    "  icm-rules guide history travel.green.500",
)
@click.argument("figure", required=False)
def show_history(figure: str | None) -> None:
    """Print one FIGURE through all calls, with how sure each is.

    The word *changed* marks where it changes. Without FIGURE the names of all figures of the newest Guide are listed.
    """
    if figure is None:
        say("".join(f"{name}\n" for name in figures(guide(calls()[-1]))))
        return
    try:
        say(history(figure))
    except GuideError as error:
        raise Refusal(str(error)) from None


@guides.command(
    "audit", epilog="\b\nExamples:\n  icm-rules guide audit\n  icm-rules guide audit 2025 2026 > to-look-up.txt"
)
@click.argument("only", metavar="[CALL...]", type=int, nargs=-1)
def audit_guides(only: tuple[int, ...]) -> None:
    """List the figures below official, the weakest first.

    It is what someone with the Guides at hand should look up first: grouped by call, each figure with its sources.
    Without CALL it is of all calls.
    """
    try:
        say(audit(dict.fromkeys(only) or None))
    except GuideError as error:
        raise Refusal(str(error)) from None


@guides.command(
    "new",
    epilog="\b\n"
    "Examples:\n"
    "  icm-rules guide new 2027\n"
    "  icm-rules guide new 2027 --output src/icm_rules/guide/2027.toml",
)
@click.argument("year", type=int)
@click.option(
    "--output",
    metavar="FILE",
    help="Write to this file, which must not be there yet, in place of the screen.",
)
def begin_guide(year: int, output: str | None) -> None:
    """Print a file to begin the Guide of the call YEAR with.

    It claims every paragraph of the call before unchanged and unverified, and can be loaded as it is. Whoever adds the
    year confirms each claim with a source, or writes the paragraph anew.
    """
    try:
        text = new_year(year)
    except GuideError as error:
        raise Refusal(str(error)) from None
    if output is None:
        say(text.encode())
        return
    file_of_year = Path(output)
    try:
        if not file_of_year.exists():
            check_output(file_of_year)
        with file_of_year.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        message = f"{click.format_filename(output)} is there already; name another file, or move this one away"
        raise Refusal(message) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        message = f"{click.format_filename(output)} cannot be written ({reason}); check the name and the folder"
        raise Refusal(message) from None


# --- questions ---------------------------------------------------------------------------------------------


@command.command(epilog="\b\nExamples:\n  icm-rules questions\n  icm-rules questions --json > questions.json")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list for programs.")
def questions(*, as_json: bool) -> None:
    """List the facts of a mobility, each with the question that asks for it.

    The names are the keys of flat JSON, the columns of tables, and what a report calls missing. A date whose day is not
    known yet may be written as year-month. A fact known to be one of several values goes under "possible", such as
    {"possible": {"activity": ["studies", "traineeship"]}}; amounts are then ranges.
    """
    if as_json:
        listed = [_question(fact) for fact in VOCABULARY.values()]
        say_json(listed)
        return
    rows = [_row(fact) for fact in VOCABULARY.values()]
    console = screen()
    if console.width < _TABLE_NARROWEST:
        say("\n".join(_block(row, console.width) for row in rows) + "\n")
        return
    table = rich.table.Table(box=None, pad_edge=False, expand=True)
    for title, share in (("name", None), ("what to write", 3), ("unit", 1), ("known at", None), ("question", 5)):
        table.add_column(title, ratio=share, overflow="fold")
    for row in rows:
        table.add_row(*map(rich.text.Text, row))
    with console.capture() as captured:
        console.print(table)
    say("\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n")


def _row(fact: GivenFact) -> tuple[str, str, str, str, str]:
    """The cells of one question: name, what to write, unit, known at, question."""
    asked = fact.question if fact.presumed is NO_PRESUMPTION else f"{fact.question} (presumed: {_presumed(fact)})"
    return fact.name, _in_words(fact.type), fact.unit or "", fact.known_at.replace("_", " "), asked


def _block(row: tuple[str, str, str, str, str], width: int) -> str:
    """One question below the other, for a terminal too narrow for the table."""
    name, kind, unit, known_at, asked = row
    told = (asked, f"write: {kind}" + (f" [{unit}]" if unit else ""), f"known at: {known_at}")
    wrapped = (textwrap.fill(line, width, initial_indent="  ", subsequent_indent="    ") for line in told)
    return "\n".join((name, *wrapped))


def _question(fact: GivenFact) -> dict[str, object]:
    """One question of the interview as plain values."""
    question: dict[str, object] = {
        "name": fact.name,
        "type": _in_words(fact.type),
        "choices": [str(term) for kind in members_of(fact.type) for term in _terms(kind)] or None,
        "unit": fact.unit,
        "known_at": str(fact.known_at),
        "question": fact.question,
    }
    return question if fact.presumed is NO_PRESUMPTION else {**question, "presumed": fact.presumed}


def _presumed(fact: GivenFact) -> str:
    return json.dumps(fact.presumed) if isinstance(fact.presumed, bool | int) else in_words(fact.presumed)


_WORDS: dict[object, str] = {
    bool: "true or false",
    date: "date, year-month-day",
    int: "whole number",
    Decimal: "number",
    str: "text",
    Country: "country code",
    AcademicYear: "academic year, such as 2018/2019",
    ProjectNumber: "project number",
    Coordinates: "latitude, longitude",
}


def _terms(kind: object) -> tuple[Term, ...]:
    """The words of a closed list, also where a list of them is asked for."""
    if typing.get_origin(kind) is tuple:
        kind = typing.get_args(kind)[0]
    return tuple(kind) if isinstance(kind, type) and issubclass(kind, Term) else ()


def _in_words(annotation: object) -> str:
    """What to write for a value of this type."""
    return " or ".join(sorted(_kind_in_words(kind) for kind in members_of(annotation)))


def _kind_in_words(kind: object) -> str:
    if typing.get_origin(kind) is tuple:
        return f"list, each {_kind_in_words(typing.get_args(kind)[0])}"
    if _terms(kind):
        return f"one of: {', '.join(_terms(kind))}"
    if kind in _WORDS:
        return _WORDS[kind]
    return f"an object with {', '.join(_fields_in_words(typing.cast('type', kind)))}"


def _fields_in_words(kind: type) -> Iterator[str]:
    """The keys of an object, each with its words where these are a closed list."""
    hints = typing.get_type_hints(kind)
    for field in attrs.fields(kind):
        choices = [term for member in members_of(hints[field.name]) for term in _terms(member)]
        yield f"{field.name} ({', '.join(choices)})" if choices else field.name
