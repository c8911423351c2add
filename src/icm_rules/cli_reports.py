"""What the commands share that print reports: files read, reports written, and the status they end with.

It decides nothing: the answer of a report becomes a status and a colour here, and its layouts are those of the report.
"""

from __future__ import annotations

import html
import io
import json
import os
import re
import sys
import typing
from collections.abc import Callable, Iterable, Mapping

import attrs
import click
import rich.console
import rich.text

from icm_rules.adapters.agreements import Read
from icm_rules.adapters.plain import Refused
from icm_rules.cli_input import content_of
from icm_rules.cli_parts import Refusal, Status, one_line
from icm_rules.engine.errors import IcmRulesError
from icm_rules.guide import Guide, guide
from icm_rules.report import OverallAnswer, Report

_WIDTH = 100
"""The width of what is printed to a file or a pipe [characters]."""
_WIDEST = 120
"""The widest report that is read with ease on a terminal [characters]."""
_TABLE_WIDTH = 160
"""The width of a table printed to a file or a pipe [characters]."""


_GRAVEST_FIRST = (Status.UNUSABLE, Status.NOT_ELIGIBLE, Status.CANNOT_TELL_YET)
STATUS_OF = {
    OverallAnswer.ELIGIBLE: Status.ELIGIBLE,
    OverallAnswer.NOT_ELIGIBLE: Status.NOT_ELIGIBLE,
    OverallAnswer.CANNOT_TELL_YET: Status.CANNOT_TELL_YET,
}
_STYLES = {
    OverallAnswer.ELIGIBLE: "bold green",
    OverallAnswer.NOT_ELIGIBLE: "bold red",
    OverallAnswer.CANNOT_TELL_YET: "bold yellow",
}


def gravest(statuses: Iterable[Status]) -> Status:
    """The status of several answers: unusable input before not eligible before cannot tell yet."""
    found = set(statuses)
    return next((status for status in _GRAVEST_FIRST if status in found), Status.ELIGIBLE)


# --- printing ----------------------------------------------------------------------------------------------


def say(text: str | bytes, *, err: bool = False) -> None:
    """Print to standard output or standard error; a reader who has gone away is no fault."""
    try:
        click.echo(text, nl=False, err=err)
    except BrokenPipeError:
        # What is still buffered would be tried again at the end, so the stream is led into nothing.
        stream = sys.stderr if err else sys.stdout
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def say_line(line: str) -> None:
    """One line on standard error, whatever signs of steering a file name or a key may hold."""
    say(f"{one_line(line)}\n", err=True)


def screen() -> rich.console.Console:
    """Where tables and colours go: a terminal as wide as it is, else plain text of a fixed width."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.isatty():
        return rich.console.Console(highlight=False)
    return rich.console.Console(highlight=False, width=_TABLE_WIDTH, force_terminal=False, color_system=None)


def say_report(report: Report, heading: str | None, *, all_rules: bool) -> None:
    """The report as text, under a rule with the heading if there is one; on a terminal the answer in its colour."""
    console = screen()
    width = min(console.width, _WIDEST) if console.is_terminal else _WIDTH
    rule = "" if heading is None else f"---- {heading} ".ljust(width, "-") + "\n\n"
    text = f"{rule}{report.to_text(all_rules=all_rules, width=width)}" + ("" if heading is None else "\n")
    if console.is_terminal:
        coloured = rich.text.Text(text)
        coloured.highlight_regex(r"(?m)^Answer: .*$", _STYLES[report.overall])
        with console.capture() as captured:
            console.print(coloured, end="", soft_wrap=True)
        text = captured.get()
    say(text)


def say_json(value: object) -> None:
    """A value as JSON; JSON is UTF-8 by its own rules, whatever the terminal speaks."""
    say((json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode())


def marked(text: str) -> str:
    """The text with a stroke before every sign that Markdown would read."""
    return re.sub(r"([\\`*_\[\]<>#|~&])", r"\\\1", text)


def print_report(report: Report, layout: str, heading: str | None, *, all_rules: bool) -> None:
    """The report in one of the layouts; under a rule that names file and position where there are several."""
    match layout:
        case "markdown":
            rule = "" if heading is None else f"---\n\n{marked(heading)}\n\n"
            say(f"{rule}{report.to_markdown(all_rules=all_rules)}" + ("" if heading is None else "\n"))
        case "html":
            rule = "" if heading is None else f"<hr><p>{html.escape(heading)}</p>\n"
            say(f"{rule}{report.to_html(all_rules=all_rules)}")
        case _:
            say_report(report, heading, all_rules=all_rules)


# --- documents checked -------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class HowToTell:
    """How the reports of documents are to be told."""

    all_rules: bool
    as_json: bool
    layout: str


_T = typing.TypeVar("_T")


def check_documents(
    files: Iterable[str],
    what: str,
    read: Callable[[bytes, str], list[Read[_T] | Refused]],
    answer: Callable[[_T], tuple[Report, Mapping[str, object], str]],
    how: HowToTell,
) -> Status:
    """Check the documents of these files and tell their reports; the status is the gravest of all.

    ``answer`` gives the report of one, what its JSON holds besides, and the text that follows its report; what it
    refuses with an error of this library is told as a refusal of the document.
    """
    entries: list[Read[_T] | Refused] = []
    for file in files:
        content = content_of(file, what)
        entries += [content] if isinstance(content, Refused) else read(content[1], content[0])
    documents: list[dict[str, object]] = []
    statuses: list[Status] = []
    for entry in entries:
        found = _answered(entry, what, answer)
        place: dict[str, object] = {"file": entry.name, "position": entry.position}
        if isinstance(found, Refused):
            say_line(str(found))
            statuses.append(Status.UNUSABLE)
            documents.append({**place, "field": found.field, "error": found.message})
            continue
        report, besides, text = found
        statuses.append(STATUS_OF[report.overall])
        documents.append({**place, "report": report.to_dict(), **besides})
        if not how.as_json:
            heading = f"{entry.name}: {what} {entry.position}" if len(entries) > 1 else None
            print_report(report, how.layout, heading, all_rules=how.all_rules)
            say(text)
    if how.as_json:
        say_json(documents)
    return gravest(statuses)


def _answered(
    entry: Read[_T] | Refused, what: str, answer: Callable[[_T], tuple[Report, Mapping[str, object], str]]
) -> tuple[Report, Mapping[str, object], str] | Refused:
    if isinstance(entry, Refused):
        return entry
    try:
        return answer(entry.document)
    except IcmRulesError as refusal:
        field = getattr(refusal, "field", None) or "call"
        return Refused(name=entry.name, position=entry.position, field=field, message=str(refusal), what=what)


def telling_options(command: Callable[..., typing.Any]) -> Callable[..., typing.Any]:
    """The options by which a command is told how to tell its reports."""
    for option in (
        click.option(
            "--format",
            "layout",
            type=click.Choice(["text", "markdown", "html"]),
            default="text",
            show_default=True,
            help="How reports are written.",
        ),
        click.option("--json", "as_json", is_flag=True, help="Print one JSON list with every report, for programs."),
        click.option(
            "--all", "all_rules", is_flag=True, help="Show every rule, also those that are met or do not apply."
        ),
    ):
        command = option(command)
    return command


def guide_for(call: int | None) -> Guide | None:
    """The Guide that ``--call`` names, if it names one.

    Raises:
        Refusal: there is none.

    """
    if call is None:
        return None
    try:
        return guide(call)
    except IcmRulesError as error:
        raise Refusal(str(error)) from None
