"""The command ``icm-rules checklist``: documents and dates of mobilities, stage by stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from icm_rules.adapters.plain import Refused
from icm_rules.cli_input import content_of
from icm_rules.cli_parts import Refusal, Status, refusals_in_one_line
from icm_rules.cli_reports import gravest, say, say_json, say_line
from icm_rules.model.terms import Stage

if TYPE_CHECKING:
    from icm_rules.model.documents import LocalLimits
    from icm_rules.report.checklist import Checklist


@click.command(
    epilog="\b\n"
    "Examples:\n"
    "  icm-rules checklist examples/checklists/tbilisi-graz-2018.json\n"
    "  icm-rules checklist --stage before_departure --limits limits.json stays/*.json"
)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "--stage", type=click.Choice([str(stage) for stage in Stage]), help="The stage asked for, in place of what is told."
)
@click.option(
    "--limits",
    "limits_file",
    metavar="FILE",
    help="A JSON file with the limits of the office: payment shares, days after return.",
)
@click.option("--call", type=int, metavar="YEAR", help="The call of mobilities that name none.")
@click.option("--all", "all_rules", is_flag=True, help="Show what is not needed as well, and where all is written.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list for programs.")
@click.option(
    "--format",
    "layout",
    type=click.Choice(["text", "markdown", "html"]),
    default="text",
    show_default=True,
    help="How checklists are written.",
)
def checklist(  # noqa: PLR0913 -- click gives each option as an argument
    files: tuple[str, ...],
    *,
    stage: str | None,
    limits_file: str | None,
    call: int | None,
    all_rules: bool,
    as_json: bool,
    layout: str,
) -> int:
    """Say which documents each mobility needs at which stage, who signs them by when, and what is missing.

    A FILE holds mobilities as for icm-rules check, each with its "documents" and perhaps its "limits"; - is standard
    input. Dates that must agree with each other (certificate, transcript, tickets) are compared.

    The exit status is 0 if all that is due is done, 1 if something must be mended, 3 if something is only missing, 2 if
    a file could not be read; of several the gravest: 2, then 1, then 3.
    """
    if as_json and layout != "text":
        message = "--json and --format exclude each other; give one of the two"
        raise Refusal(message)
    ends: set[Status] = set()
    documents: list[dict[str, object]] = []
    with refusals_in_one_line():
        from icm_rules.adapters.documents import Filed, read_documents
        from icm_rules.checklists import checklist as checklist_of

        limits = None if limits_file is None else _limits(limits_file)
        for file in files:
            read = content_of(file)
            filed = [read] if isinstance(read, Refused) else read_documents(read[1], read[0], call=call, limits=limits)
            for item in filed:
                if not isinstance(item, Filed):
                    say_line(str(item))
                    ends.add(Status.UNUSABLE)
                    continue
                found = checklist_of(item.mobility, item.documents, item.limits, stage=stage)
                ends.add(_ends(found))
                if as_json:
                    documents.append({"file": item.name, "position": item.position, **found.to_dict()})
                else:
                    say(_written(found, layout, all_rules=all_rules) + "\n")
    if as_json:
        say_json(documents)
    return gravest(ends)


def _limits(file: str) -> LocalLimits:
    """The limits of the office in a file.

    Raises:
        Refusal: it cannot be read, or holds no limits.

    """
    from icm_rules.adapters.documents import read_limits

    read = content_of(file, "limits of an office")
    if isinstance(read, Refused):
        raise Refusal(str(read))
    with refusals_in_one_line(read[0]):
        return read_limits(read[1])


def _written(found: Checklist, layout: str, *, all_rules: bool) -> str:
    match layout:
        case "markdown":
            return found.to_markdown(all_rules=all_rules)
        case "html":
            return found.to_html(all_rules=all_rules)
        case _:
            return found.to_text(all_rules=all_rules)


def _ends(found: Checklist) -> Status:
    states = {str(item.state) for item in found.open_items}
    if "to mend" in states:
        return Status.NOT_IN_ORDER
    return Status.CANNOT_TELL_YET if states else Status.IN_ORDER


COMMANDS = (checklist,)
"""The commands, to be added to the group ``icm-rules``."""
