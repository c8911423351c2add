"""The command that settles: what was planned, what is confirmed, what was paid, and what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from icm_rules.adapters.plain import Entry, Refused
from icm_rules.cli_input import entries_of
from icm_rules.cli_parts import Status
from icm_rules.cli_reports import gravest, say, say_json, say_line
from icm_rules.engine.errors import IcmRulesError
from icm_rules.engine.rounding import ROUNDINGS, USUAL

if TYPE_CHECKING:
    from icm_rules.report.settlement import Settlement

_POLICIES = (
    "settlement.refund.below_minimum",
    "settlement.force_majeure.costs_kept",
    "settlement.certificate.tolerance",
)
"""The same as `icm_rules.settle.POLICIES`, which wires all rules and is loaded when a mobility is there."""


@click.command(
    epilog="\b\n"
    "Examples:\n"
    "  icm-rules settle examples/settlement/home-early.json --paid 3300\n"
    "  icm-rules settle --json stays/*.json > settlements.json"
)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--paid", metavar="AMOUNT", help="What was paid so far [EUR]; for one mobility.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list with the settlement of each mobility.")
@click.option("--call", type=int, metavar="YEAR", help="The call of mobilities that name none.")
@click.option(
    "--policy",
    "policies",
    type=click.Choice(_POLICIES),
    multiple=True,
    help="Let this rule on settling move the amount; may be repeated. Without it: the first two.",
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
    help="How settlements are written.",
)
@click.pass_context
def settle(  # noqa: PLR0913 -- click gives each option as an argument
    context: click.Context,
    files: tuple[str, ...],
    *,
    paid: str | None,
    as_json: bool,
    call: int | None,
    policies: tuple[str, ...],
    rounding: str,
    layout: str,
) -> int:
    """Settle the mobilities in one or more JSON files: planned against confirmed, and what is left to pay.

    A FILE holds one mobility or a list of them; - is standard input. The fields of a mobility are what was planned; its
    key "confirmed" holds what certificate and proof show, such as {"confirmed": {"end_date": "2020-06-12"}}.

    The exit status is 0 if every amount is settled, 3 if one cannot be told yet, 2 if a mobility could not be read; of
    several 2 before 3.
    """
    if as_json and context.get_parameter_source("layout") is not click.core.ParameterSource.DEFAULT:
        message = "--json and --format exclude each other; give one of the two"
        raise click.UsageError(message, context)
    entries = [entry for file in files for entry in entries_of(file, call)]
    if paid is not None and len(entries) > 1:
        message = f"--paid is of one mobility, and {len(entries)} are named; settle them one by one"
        raise click.UsageError(message, context)
    documents: list[dict[str, object]] = []
    statuses: list[Status] = []
    for entry in entries:
        answer = _settlement(entry, paid, policies, rounding)
        place: dict[str, object] = {"file": entry.name, "position": entry.position}
        if isinstance(answer, Refused):
            statuses.append(Status.UNUSABLE)
            say_line(str(answer))
            documents.append({**place, "field": answer.field, "error": answer.message})
            continue
        statuses.append(Status.IN_ORDER if answer.settled is not None else Status.CANNOT_TELL_YET)
        documents.append({**place, "settlement": answer.to_dict()})
        if not as_json:
            written = {"markdown": answer.to_markdown, "html": answer.to_html}.get(layout, answer.to_text)
            say(written() + ("\n" if len(entries) > 1 else ""))
    if as_json:
        say_json(documents)
    return gravest(statuses)


def _settlement(entry: Entry, paid: str | None, policies: tuple[str, ...], rounding: str) -> Settlement | Refused:
    """The settlement of a mobility that could be read, or why there is none."""
    if isinstance(entry, Refused):
        return entry
    from icm_rules.settle import APPLIED, settle  # wires all rules, which other commands do without

    try:
        return settle(entry.mobility, paid=paid, policies=policies or APPLIED, rounding=rounding)
    except IcmRulesError as error:
        field = getattr(error, "field", None)
        return Refused(name=entry.name, position=entry.position, field=field, message=str(error))


COMMANDS = (settle,)
"""The commands, to be added to the group ``icm-rules``."""
