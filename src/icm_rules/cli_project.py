"""The command ``icm-rules project``: a whole project with its mobilities checked at once."""

from __future__ import annotations

import json
from pathlib import Path

import click

from icm_rules.cli_parts import (
    Refusal,
    Status,
    check_output,
    one_line,
    progress_bar,
    refusals_in_one_line,
    write_page,
)
from icm_rules.engine.rounding import ROUNDINGS, USUAL


@click.group("project", epilog="\b\nExample:\n  icm-rules project check examples/graz-2018")
def project() -> None:
    """Check a whole project: its mobilities, its period, its countries, its places and its money."""


@project.command(
    "check",
    epilog="\b\n"
    "Examples:\n"
    "  icm-rules project check examples/graz-2018\n"
    "  icm-rules project check project.json --html report.html\n"
    "  icm-rules project check --json examples/graz-2018 > report.json",
)
@click.argument("source", metavar="DIRECTORY-OR-FILE", type=click.Path(path_type=Path))
@click.option("--all", "all_rules", is_flag=True, help="Show every rule of the project, also those that are met.")
@click.option("--each", is_flag=True, help="Print the report of each mobility after that of the project.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole report as JSON for programs.")
@click.option(
    "--format",
    "layout",
    type=click.Choice(["text", "markdown", "html"]),
    default="text",
    show_default=True,
    help="How the report is written.",
)
@click.option(
    "--html", "page", metavar="FILE", type=click.Path(path_type=Path), help="Write the report to this page as well."
)
@click.option("--places", is_flag=True, help="Look up the coordinates of cities that tell none (extra places).")
@click.option(
    "--rounding",
    type=click.Choice(list(ROUNDINGS)),
    default=USUAL.name,
    show_default=True,
    help="How amounts are rounded.",
)
@click.option("--quiet", is_flag=True, help="Show no progress.")
def check(  # noqa: PLR0913 -- click gives each option as an argument
    source: Path,
    *,
    all_rules: bool,
    each: bool,
    as_json: bool,
    layout: str,
    page: Path | None,
    places: bool,
    rounding: str,
    quiet: bool,
) -> int:
    """Check the project in a folder (project.json and mobilities/*.json) or in one file.

    Each mobility is answered by the rules of mobilities, with the days that earlier stays of the same person used. Then
    the project as a whole is: its period and its countries, the places of its agreements, its envelopes of money with
    the transfers that the call allows, and the support of the organisations.

    The exit status is 0 if all is in order, 1 if something is not, 3 if something cannot be told yet, 2 if something
    could not be read; of several the gravest: 2, then 1, then 3. What can be read is answered all the same.
    """
    if as_json and layout != "text":
        message = "--json and --format exclude each other; give one of the two"
        raise Refusal(message)
    check_output(page)
    with refusals_in_one_line():
        from icm_rules.adapters.projects import read_project
        from icm_rules.evaluate import evaluate

        read = read_project(source)
        for refused in read.refused:
            click.echo(one_line(str(refused)), err=True)
        if read.project is None:
            return Status.UNUSABLE
        asked = read.project
        if places:
            from icm_rules.adapters.places import located_project

            asked = located_project(asked)
        with progress_bar(quiet=quiet) as show:
            notes = (
                [f"{len(read.refused)} of the mobilities could not be read and are not counted here."]
                if read.refused
                else []
            )
            report = evaluate(asked, rounding=rounding, notes=notes, progress=lambda done, of: show(done / of))
            # The reports unfold when they are read, and that is work as well.
            overall = report.overall
        if page is not None:
            write_page(page, report.rules.reference or "Project", report.to_html(all_rules=all_rules))
    if as_json:
        click.echo((json.dumps(report.to_dict(), ensure_ascii=False, indent=2) + "\n").encode(), nl=False)
    elif layout == "html":
        click.echo(report.to_html(all_rules=all_rules), nl=False)
    else:
        written = [
            report.to_markdown(all_rules=all_rules) if layout == "markdown" else report.to_text(all_rules=all_rules)
        ]
        if each:
            written += [
                item.report.to_markdown() if layout == "markdown" else item.report.to_text()
                for item in report.mobilities
            ]
        click.echo("\n".join(written), nl=False)
    if read.refused:
        return Status.UNUSABLE
    return _ENDS[str(overall)]


_ENDS = {
    "in order": Status.IN_ORDER,
    "not in order": Status.NOT_IN_ORDER,
    "cannot tell yet": Status.CANNOT_TELL_YET,
}

COMMANDS = (project,)
"""The commands, to be added to the group ``icm-rules``."""
