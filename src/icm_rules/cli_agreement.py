"""The commands on inter-institutional agreements: one checked by itself, and the copies of both partners compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from icm_rules.adapters.agreements import read_agreements
from icm_rules.adapters.plain import Refused
from icm_rules.cli_input import content_of
from icm_rules.cli_parts import Refusal, Status
from icm_rules.cli_reports import (
    HowToTell,
    check_documents,
    guide_for,
    say,
    say_json,
    telling_options,
)
from icm_rules.report import Report

if TYPE_CHECKING:
    from icm_rules.model.agreement import InterInstitutionalAgreement


@click.group(
    "agreement",
    invoke_without_command=True,
    epilog="\b\n"
    "Examples:\n"
    "  icm-rules agreement check examples/agreements/ljubljana-almaty-2019.json\n"
    "  icm-rules agreement compare ours.json theirs.json",
)
@click.pass_context
def agreement(context: click.Context) -> None:
    """Check an inter-institutional agreement by itself, or compare the copies of both partners."""
    if context.invoked_subcommand is None:
        say(context.get_help() + "\n")


@agreement.command(
    epilog="\b\n"
    "Examples:\n"
    "  icm-rules agreement check examples/agreements/ljubljana-almaty-2019.json\n"
    "  icm-rules agreement check --call 2024 --all draft.json"
)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@telling_options
@click.option("--call", type=int, metavar="YEAR", help="Judge by the Guide of this call, whatever the agreement names.")
def check(files: tuple[str, ...], *, all_rules: bool, as_json: bool, layout: str, call: int | None) -> int:
    """Check the agreements in one or more JSON files.

    A FILE holds one agreement or a list of them; - is standard input. Where an agreement names no call it is judged by
    the Guide of its first academic year. "not yet defined" may stand as the value of what the partners have left open.

    The exit status is 0 if all are in order, 1 if one is not, 3 if one cannot be told yet, 2 if one could not be read;
    of several the gravest: 2, then 1, then 3.
    """
    from icm_rules.evaluate import evaluate  # wires all rules, which other commands do without

    its_guide = guide_for(call)

    def answer(document: InterInstitutionalAgreement) -> tuple[Report, Mapping[str, object], str]:
        return evaluate(document, guide=its_guide), {}, ""

    how = HowToTell(all_rules=all_rules, as_json=as_json, layout=layout)
    return check_documents(files, "agreement", read_agreements, answer, how)


@agreement.command(
    epilog="\b\n"
    "Examples:\n"
    "  icm-rules agreement compare ours.json theirs.json\n"
    "  icm-rules agreement compare --json ours.json theirs.json > differences.json"
)
@click.argument("ours")
@click.argument("theirs")
@click.option("--json", "as_json", is_flag=True, help="Print the differences as JSON for programs.")
def compare(ours: str, theirs: str, *, as_json: bool) -> int:
    """Say in what the copy OURS and the copy THEIRS of one agreement differ.

    Each file holds one agreement as JSON; one of the two may be -, standard input. Wording and contacts are told apart,
    as harmless.

    The exit status is 0 if the copies agree in all that matters, 1 if they differ, 2 if one could not be read.
    """
    from icm_rules.rules.agreement.comparison import compare_agreements

    found = compare_agreements(_the_one_in(ours), _the_one_in(theirs))
    if as_json:
        say_json(found.to_dict())
    else:
        say(str(found))
    return Status.ELIGIBLE if found.agree else Status.NOT_ELIGIBLE


def _the_one_in(file: str) -> InterInstitutionalAgreement:
    """The one agreement of a file.

    Raises:
        Refusal: it cannot be read, or there are several.

    """
    content = content_of(file, "agreement")
    if isinstance(content, Refused):
        raise Refusal(str(content))
    entries = read_agreements(content[1], content[0])
    if len(entries) > 1:
        message = f"{content[0]}: there are {len(entries)} agreements in this file; give a file with one"
        raise Refusal(message)
    (entry,) = entries
    if isinstance(entry, Refused):
        raise Refusal(str(entry))
    return entry.document


COMMANDS = (agreement,)
"""The commands, to be added to the group ``icm-rules``."""
