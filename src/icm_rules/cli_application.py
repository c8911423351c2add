"""The command on applications: one checked by itself, with what its flows ask for and how it was assessed."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from icm_rules.adapters.agreements import read_applications
from icm_rules.cli_reports import HowToTell, check_documents, marked, say, telling_options
from icm_rules.engine.rounding import ROUNDINGS, USUAL
from icm_rules.report import Report

if TYPE_CHECKING:
    from icm_rules.agreements import Decision
    from icm_rules.model.application import Application

_WIDTH = 100
"""The width of what is told beside a report [characters]."""


@click.group(
    "application",
    invoke_without_command=True,
    epilog="\b\nExample:\n  icm-rules application check examples/applications/ljubljana-2019.json",
)
@click.pass_context
def application(context: click.Context) -> None:
    """Check an application for a project of credit mobility."""
    if context.invoked_subcommand is None:
        say(context.get_help() + "\n")


@application.command(
    epilog="\b\n"
    "Examples:\n"
    "  icm-rules application check examples/applications/ljubljana-2019.json\n"
    "  cat draft.json | icm-rules application check --json -"
)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@telling_options
@click.option(
    "--rounding",
    type=click.Choice(list(ROUNDINGS)),
    default=USUAL.name,
    show_default=True,
    help="How amounts are rounded.",
)
def check(files: tuple[str, ...], *, all_rules: bool, as_json: bool, layout: str, rounding: str) -> int:
    """Check the applications in one or more JSON files.

    A FILE holds one application or a list of them; - is standard input. The grant is what its flows amount to by the
    rates of its call. Where the application holds its assessment, each part that is assessed by itself is decided on.

    The exit status is 0 if all are eligible, 1 if one is not, 3 if one cannot be told yet, 2 if one could not be read;
    of several the gravest: 2, then 1, then 3. What an assessment decides does not change it.
    """
    from icm_rules.agreements import assess  # wires all rules, which other commands do without
    from icm_rules.evaluate import evaluate
    from icm_rules.guide import guide

    def answer(document: Application) -> tuple[Report, Mapping[str, object], str]:
        its_guide = guide(document.call)
        report = evaluate(document, guide=its_guide, rounding=rounding)
        if document.assessment is None:
            return report, {}, ""
        decisions = assess(document, guide=its_guide)
        return report, {"decisions": [_plain(each) for each in decisions]}, _told(decisions, layout)

    how = HowToTell(all_rules=all_rules, as_json=as_json, layout=layout)
    return check_documents(files, "application", read_applications, answer, how)


def _plain(decision: Decision) -> dict[str, object]:
    return {
        "unit": decision.unit.label,
        "result": None if decision.result is None else decision.result.value,
        "sentence": decision.sentence,
        "report": decision.report.to_dict(),
    }


def _told(decisions: tuple[Decision, ...], layout: str) -> str:
    """What was decided, a line each, in the layout of the report before it."""
    match layout:
        case "html":
            import html

            points = "".join(f"<li>{html.escape(str(each))}</li>" for each in decisions)
            return f'<div class="icm-report"><h3>Assessment</h3><ul>{points}</ul></div>\n'
        case "markdown":
            return "\n## Assessment\n\n" + "".join(f"- {marked(str(each))}\n" for each in decisions)
        case _:
            lines = (textwrap.fill(f"- {each}", _WIDTH, subsequent_indent="  ") for each in decisions)
            return "\nAssessment\n----------\n" + "".join(f"{line}\n" for line in lines)


COMMANDS = (application,)
"""The commands, to be added to the group ``icm-rules``."""
