"""The commands of recognition: what is owed of a stay, what credits are in another system, what a grade is at home."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import click

from icm_rules.adapters.plain import Refused, read_mobilities
from icm_rules.cli_input import content_of
from icm_rules.cli_parts import Refusal, Status, refusals_in_one_line
from icm_rules.cli_reports import STATUS_OF, say, say_json
from icm_rules.engine.errors import InputError
from icm_rules.report.layout import clean

if TYPE_CHECKING:
    from icm_rules.model.mobility import Mobility
    from icm_rules.scales import CreditConversion

_T = TypeVar("_T")

_WIDTH = 100
"""The width of what is printed [characters]."""
_UNREADABLE = "this cannot be read"


def _content(file: str, what: str) -> tuple[str, bytes]:
    """The name of a file as it is shown, and what it holds; ``-`` is standard input.

    Raises:
        Refusal: it cannot be read.

    """
    read = content_of(file, what)
    if isinstance(read, Refused):
        why = read.message if read.message.startswith(_UNREADABLE) else f"{_UNREADABLE}: {read.message}"
        message = f"{read.name}: {why}"
        raise Refusal(message)
    return read


def _document(file: str, kind: type[_T]) -> _T:
    """The document in a file; ``-`` is standard input."""
    from icm_rules.adapters.recognition import read_document

    name, content = _content(file, "document")
    with refusals_in_one_line(name):
        return read_document(kind, content)


def _print(answer: str, lines: Iterable[str], texts: Iterable[str]) -> None:
    """An answer, how it came about, and where that is written."""
    click.echo(answer)
    for first, rest, told in (("  ", "    ", lines), ("  - ", "    ", texts)):
        for line in told:
            wrapped = textwrap.wrap(
                clean(line), _WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
            )
            click.echo("\n".join(wrapped))


# --- recognise ---------------------------------------------------------------------------------------------


@click.command(
    epilog="\b\n"
    "Examples:\n"
    "  icm-rules recognise examples/recognition/tbilisi-agreement.json examples/recognition/tbilisi-transcript.json\n"
    "  icm-rules recognise agreement.json transcript.json --policy wuerzburg --decision decision.json\n"
    "  icm-rules recognise --policies"
)
@click.argument("agreement", metavar="AGREEMENT", required=False)
@click.argument("transcript", metavar="[TRANSCRIPT]", required=False)
@click.option("--policy", default="default", show_default=True, help="By which policy; --policies lists them.")
@click.option("--policies", is_flag=True, help="List the policies, and do nothing else.")
@click.option("--decision", metavar="FILE", help="What the sending institution recognised.")
@click.option("--mobility", metavar="FILE", help="The mobility, for the call and the dates as they came to be.")
@click.option("--weighted-mean", metavar="GRADE", help="The student's mean before departure, where a policy takes it.")
@click.option(
    "--grade-edition",
    type=click.Choice(["current", "2011"]),
    default="current",
    show_default=True,
    help="The edition of Kazakhstan's grades.",
)
@click.option(
    "--short-stay-changes",
    type=click.Choice(["schema", "business-requirements"]),
    default="schema",
    show_default=True,
    help="The reading of whether agreements of short stays may be changed.",
)
@click.option("--all", "all_rules", is_flag=True, help="Show every rule, also those that are met or do not apply.")
@click.option(
    "--format",
    "layout",
    type=click.Choice(["text", "markdown", "html"]),
    default="text",
    show_default=True,
    help="How it is written.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the record and the report as JSON for programs.")
@click.pass_context
def recognise(  # noqa: PLR0913 - one for each option
    context: click.Context,
    agreement: str | None,
    transcript: str | None,
    *,
    policy: str,
    policies: bool,
    decision: str | None,
    mobility: str | None,
    weighted_mean: str | None,
    grade_edition: str,
    short_stay_changes: str,
    all_rules: bool,
    layout: str,
    as_json: bool,
) -> int:
    """Say what is to be recognised of a stay, by its learning AGREEMENT and the TRANSCRIPT of records.

    Both are JSON files; - is standard input. Component by component: what was agreed and achieved, the converted
    credits and grade, what is recognised against what at home, and what remains to be taken there. Then the rules:
    signatures, tables, changes, times, full recognition.

    The exit status is that of the rules: 0 if all that are due are met, 1 if one is not, 3 if one cannot be told yet,
    2 where something given cannot be used. A component that was failed breaks no rule.
    """
    if policies:
        _list_policies(as_json=as_json)
        return 0
    if agreement is None:
        message = "Missing argument 'AGREEMENT'."
        raise click.UsageError(message, context)
    if as_json and context.get_parameter_source("layout") is not click.core.ParameterSource.DEFAULT:
        message = "--json and --format exclude each other; give one of the two"
        raise click.UsageError(message, context)
    from icm_rules.model.learning_agreement import LearningAgreement
    from icm_rules.model.transcript import RecognitionDecision, TranscriptOfRecords
    from icm_rules.recognise import recognise as recognised

    agreed = _document(agreement, LearningAgreement)
    shown = None if transcript is None else _document(transcript, TranscriptOfRecords)
    decided = None if decision is None else _document(decision, RecognitionDecision)
    stay = None if mobility is None else _mobility(mobility)
    with refusals_in_one_line():
        found = recognised(
            agreed,
            shown,
            decided,
            policy=policy,
            mobility=stay,
            weighted_mean=weighted_mean,
            grade_edition=grade_edition,
            short_stay_changes=short_stay_changes,
        )
    if as_json:
        say_json(found.to_dict())
    else:
        write = {"text": found.to_text, "markdown": found.to_markdown, "html": found.to_html}[layout]
        say(write(all_rules=all_rules))
    return STATUS_OF[found.report.overall]


def _mobility(file: str) -> Mobility:
    """The one mobility in a file."""
    name, content = _content(file, "mobility")
    first, *others = read_mobilities(content, name)
    if others:
        message = f"{name}: this holds {len(others) + 1} mobilities; give a file with one"
        raise Refusal(message)
    if isinstance(first, Refused):
        raise Refusal(str(first))
    return first.mobility


def _list_policies(*, as_json: bool) -> None:
    from icm_rules.recognise.telling import citations_to_list
    from icm_rules.scales import recognition_policies

    known = recognition_policies().values()
    if as_json:
        say_json(
            [{"id": each.id, "does": each.value, "written_in": citations_to_list([each.citation])[0]} for each in known]
        )
        return
    width = max(len(each.id) for each in known)
    for each in known:
        click.echo(f"{each.id.ljust(width)}  {each.value} ({each.citation.confidence.label})")


# --- credits -----------------------------------------------------------------------------------------------


def _day(_: click.Context, __: click.Parameter, value: str | None) -> date | None:
    from icm_rules.model.fields import a_date

    try:
        return None if value is None else a_date(value)
    except InputError as refusal:
        raise click.BadParameter(str(refusal)) from None


@click.command(
    "credits",
    epilog="\b\n"
    "Examples:\n"
    "  icm-rules credits 18 --from kazakhstan-legacy --level bachelor\n"
    "  icm-rules credits 30 --from ects --to uk-cats\n"
    "  icm-rules credits 12 --year-load 40\n"
    "  icm-rules credits --list",
)
@click.argument("number", metavar="NUMBER", required=False)
@click.option("--from", "origin", metavar="SCHEME", help="The credit scheme of NUMBER, or the code of a country.")
@click.option("--to", "target", metavar="SCHEME", default="ects", show_default=True, help="The scheme asked for.")
@click.option("--level", help="bachelor, master, doctoral ..., where a scheme has a factor for each.")
@click.option("--activity", help="practice-industrial, research-work ..., where a scheme has a factor for each.")
@click.option("--on", metavar="DATE", callback=_day, help="The day the credits were earned, where a scheme changed.")
@click.option("--method", help="By this method and no other: factor, year-load, hours ...")
@click.option("--rounding", default="exact", show_default=True, help="By this rounding policy, or eur-whole-down.")
@click.option("--stated-ects", metavar="NUMBER", help="The partner's own ECTS figure, which wins over any factor.")
@click.option("--year-load", metavar="NUMBER", help="The local credits of a full-time year.")
@click.option("--semester-load", metavar="NUMBER", help="The local credits of a full-time semester.")
@click.option("--degree", nargs=2, metavar="CREDITS YEARS", help="The credits and the nominal years of a degree.")
@click.option("--hours", metavar="NUMBER", help="The hours of work of one local credit.")
@click.option("--list", "list_", is_flag=True, help="List the credit schemes, and do nothing else.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON for programs.")
@click.pass_context
def credits_(  # noqa: PLR0913 - one for each option
    context: click.Context,
    number: str | None,
    *,
    origin: str | None,
    target: str,
    level: str | None,
    activity: str | None,
    on: date | None,
    method: str | None,
    rounding: str,
    stated_ects: str | None,
    year_load: str | None,
    semester_load: str | None,
    degree: tuple[str, str] | None,
    hours: str | None,
    list_: bool,
    as_json: bool,
) -> int:
    """Say what a NUMBER of credits is in ECTS, or in another system.

    The answer names its method, its source and how sure it is. A factor that is printed as a range gives a range.
    The exit status is 0, 3 where there is no value, 2 where something given cannot be used.
    """
    if list_:
        _list_schemes(as_json=as_json)
        return 0
    if number is None:
        message = "Missing argument 'NUMBER'."
        raise click.UsageError(message, context)
    from icm_rules.recognise.telling import credits_to_dict, in_short, on_credits
    from icm_rules.scales import convert_credits, credits_from_ects

    is_ects = origin is not None and origin.strip().lower() == "ects"
    known: dict[str, Any] = {"level": level, "activity": activity, "on": on, "method": method}
    loads: dict[str, Any] = {"year_load": year_load, "semester_load": semester_load, "hours_per_credit": hours}
    to_ects = target.strip().lower() == "ects"
    with refusals_in_one_line():
        if origin is None and not any((stated_ects, year_load, semester_load, degree, hours)):
            message = "say what credits these are: --from and a scheme (--list names them), or their load or hours"
            raise Refusal(message)
        if is_ects and not to_ects:
            if degree is not None or stated_ects is not None:
                message = "--degree and --stated-ects are for local credits; these are ECTS"
                raise Refusal(message)
            found = credits_from_ects(number, target, rounding=rounding, **known, **loads)
        elif to_ects:
            found = convert_credits(
                number, origin, rounding=rounding, stated_ects=stated_ects, degree=degree, **known, **loads
            )
        else:
            message = "one side must be ects; convert in two steps, by way of it"
            raise Refusal(message)
    if as_json:
        say_json(credits_to_dict(found))
    else:
        _print(_credits_line(found), on_credits(found), map(in_short, found.citations))
    return Status.ELIGIBLE if found.value is not None else Status.CANNOT_TELL_YET


def _credits_line(found: CreditConversion) -> str:
    return "no value" if found.value is None else f"{found.value} {found.target}"


def _list_schemes(*, as_json: bool) -> None:
    from icm_rules.recognise.telling import citations_to_list
    from icm_rules.scales import convert_credits, credit_schemes

    rows = []
    for each in credit_schemes():
        one = convert_credits(1, each.code)
        rows.append((each, one))
    if as_json:
        say_json(
            [
                {
                    "id": each.id,
                    "country": each.country,
                    "name": each.name,
                    "level": each.level,
                    "activity": each.activity,
                    "method": one.method,
                    "ects": None if one.value is None else str(one.value),
                    "written_in": citations_to_list([each.citation])[0],
                }
                for each, one in rows
            ]
        )
        return
    cells = [
        (
            each.id,
            each.level or each.activity or "",
            "by bands" if "bands" in each.values else str(one.value or "no value"),
            one.method or "",
            each.citation.confidence.label,
        )
        for each, one in rows
    ]
    header = ("scheme", "level or activity", "ECTS for one credit", "method", "confidence")
    widths = [max(len(row[column]) for row in [header, *cells]) for column in range(len(header))]
    for row in [header, *cells]:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


# --- grade -------------------------------------------------------------------------------------------------


@click.command(
    epilog="\b\n"
    "Examples:\n"
    "  icm-rules grade 82 --from kz --to de\n"
    "  icm-rules grade 14 --from fr --to de --policy goettingen\n"
    "  icm-rules grade B+ --from us --to de --policy wuerzburg\n"
    "  icm-rules grade 9 --from-table host.json --to-table home.json --policy lowest"
)
@click.argument("grade", metavar="GRADE")
@click.option("--from", "origin", metavar="SCALE", help="The code of the country of the scale, or ects for A to F.")
@click.option("--to", "target", metavar="SCALE", help="The scale at home, in the same way.")
@click.option("--from-table", metavar="FILE", help="The grading table abroad.")
@click.option("--to-table", metavar="FILE", help="The grading table at home.")
@click.option(
    "--policy", default="default", show_default=True, help="By which policy; recognise --policies lists them."
)
@click.option("--method", help="By this method and no other: tables, letters, kazakhstan-2011, bavarian.")
@click.option(
    "--edition",
    type=click.Choice(["current", "2011"]),
    default="current",
    show_default=True,
    help="The edition of Kazakhstan's scale.",
)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON for programs.")
def grade(  # noqa: PLR0913 - one for each option
    grade: str,
    *,
    origin: str | None,
    target: str | None,
    from_table: str | None,
    to_table: str | None,
    policy: str,
    method: str | None,
    edition: str,
    as_json: bool,
) -> int:
    """Say what a GRADE given abroad is at home.

    With both grading tables the places in them are compared; else a letter table or the modified Bavarian formula
    answers. The answer names its method, its policy and its source. A failing grade has no converted value. The exit
    status is 0, 3 where there is no value, 2 where something given cannot be used.
    """
    from icm_rules.model.grading import GradingTable
    from icm_rules.recognise.telling import grade_to_dict, in_short, on_grade
    from icm_rules.scales import convert_grade

    host = None if from_table is None else _document(from_table, GradingTable)
    home = None if to_table is None else _document(to_table, GradingTable)
    with refusals_in_one_line():
        found = convert_grade(
            grade,
            origin,
            target,
            policy=policy,
            host_table=host,
            home_table=home,
            edition=edition,
            method=method,
        )
    if as_json:
        say_json(grade_to_dict(found))
    else:
        _print(found.value or "no value", on_grade(found), map(in_short, found.citations))
    return Status.ELIGIBLE if found.value is not None else Status.CANNOT_TELL_YET


COMMANDS = (recognise, credits_, grade)
"""The commands, to be added to the group ``icm-rules``."""
