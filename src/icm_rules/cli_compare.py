"""The command that compares: what changes for the mobilities of a table from one Guide, or one reform, to another.

What it runs needs the extra ``frames``, which is loaded when the command is run and not before.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from icm_rules.cli_parts import Refusal, check_output, refusals_in_one_line, write_page
from icm_rules.engine.rounding import ROUNDINGS, USUAL

if TYPE_CHECKING:
    from icm_rules.batch.comparison import Reform

_ONE_CALL = 4
"""A side of so many digits is the year of a call."""


@click.command(
    epilog="\b\n"
    "Examples:\n"
    "  icm-rules compare stays.parquet --after 2024 --only rates\n"
    "  icm-rules compare stays.csv --before 2020 --after reform.toml --by receiving_country\n"
    "  icm-rules compare stays.csv --after 2024 --out moved.parquet --html comparison.html",
)
@click.argument("table", type=click.Path(path_type=Path))
@click.option("--before", metavar="SIDE", help="The year of a call, or a file; the Guide of each row's call if absent.")
@click.option("--after", metavar="SIDE", help="The same for the other side.")
@click.option(
    "--only",
    metavar="PARAGRAPHS",
    multiple=True,
    help="Take only these paragraphs of AFTER, the rest as BEFORE; rates is what is paid. Commas part them.",
)
@click.option("--by", metavar="COLUMN", multiple=True, help="Tell amounts by this column or fact; may be repeated.")
@click.option("--call", type=int, metavar="YEAR", help="The call of the rows that tell none.")
@click.option("--carry", metavar="COLUMN", multiple=True, help="Keep this column in --out; may be repeated.")
@click.option("--carry-all", is_flag=True, help="Keep every column that is no fact.")
@click.option(
    "--rounding",
    type=click.Choice(list(ROUNDINGS)),
    default=USUAL.name,
    show_default=True,
    help="How amounts are rounded.",
)
@click.option("--threads", type=click.IntRange(min=1), default=1, show_default=True, help="How many work at once.")
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path), help="Write the rows that moved to this file.")
@click.option(
    "--html", "page", metavar="FILE", type=click.Path(path_type=Path), help="Write the summary to this page as well."
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON for programs.")
def compare(  # noqa: PLR0913 - one for each option
    table: Path,
    *,
    before: str | None,
    after: str | None,
    only: tuple[str, ...],
    by: tuple[str, ...],
    call: int | None,
    carry: tuple[str, ...],
    carry_all: bool,
    rounding: str,
    threads: int,
    out: Path | None,
    page: Path | None,
    as_json: bool,
) -> None:
    """Say what changes for the mobilities of TABLE from one Guide to another.

    TABLE is a .parquet, .arrow or .csv file with columns named as facts; other columns must be carried. A SIDE is the
    year of a call or a file in the format of the Guides, and answers all rows, of whatever call. --only rates asks what
    the rates of another call would have cost: all else stays as BEFORE has it.

    The exit status is 0, or 2 where something given cannot be used.
    """
    if before is None and after is None:
        message = "say what is to be compared: --before or --after, each with the year of a call or a file"
        raise Refusal(message)
    with refusals_in_one_line():
        from icm_rules.batch.comparison import Comparer
        from icm_rules.batch.files import check_target, open_batches, write_batches
        from icm_rules.model.vocabulary import VOCABULARY

        one, other = _sides(before, after, _split(only))
        check_output(page)
        if out is not None:
            check_target(out)
            _refuse_the_same(table, out)
        with open_batches(table) as source:
            others = [name for name in source.schema.names if name not in VOCABULARY] if carry_all else []
            comparer = Comparer(
                one,
                other,
                by=_split(by),
                call=call,
                carry=(*_split(carry), *others),
                rounding=rounding,
                threads=threads,
            )
            schema = comparer.schema(source.schema)
            moved = map(comparer.take, source)
            if out is None:
                for _ in moved:
                    pass
            else:
                write_batches(out, schema, moved)
        found = comparer.comparison()
        if page is not None:
            write_page(page, f"icm-rules compare {table.name}", found.to_html())
    told = json.dumps(found.to_dict(), ensure_ascii=False, indent=2) + "\n" if as_json else str(found)
    click.echo(told, nl=False)


def _split(given: tuple[str, ...]) -> tuple[str, ...]:
    """Names, whether each stands in an option of its own or commas part them."""
    return tuple(name.strip() for each in given for name in each.split(",") if name.strip())


def _sides(before: str | None, after: str | None, only: tuple[str, ...]) -> tuple[Reform, Reform]:
    """Both sides; with ``only`` the second is the first with some paragraphs of the other Guide."""
    from icm_rules.batch.comparison import Reform

    one, other = (Reform.of(_side(side)) for side in (before, after))
    if not only:
        return one, other
    from icm_rules.guide import Guide

    if not isinstance(other.guide, Guide):
        message = "--only takes paragraphs of the Guide that --after names; write, for example, --after 2024"
        raise Refusal(message)
    return one, one.taking(other.guide, *only)


def _side(given: str | None) -> int | Path | None:
    """What an option names: a call, or a file."""
    if given is None:
        return None
    if given.isascii() and given.isdigit() and len(given) == _ONE_CALL:
        return int(given)
    if not given.endswith(".toml"):
        message = f"{given!r} is no side: write the year of a call, such as 2020, or a file that ends in .toml"
        raise Refusal(message)
    return Path(given)


def _refuse_the_same(table: Path, out: Path) -> None:
    """Refuse to write over the table that is read."""
    if table.resolve() == out.resolve() or (table.exists() and out.exists() and table.samefile(out)):
        message = f"{click.format_filename(out)} is TABLE itself; name another file for the rows that moved"
        raise Refusal(message)


COMMANDS = (compare,)
"""The commands, to be added to the group ``icm-rules``."""
