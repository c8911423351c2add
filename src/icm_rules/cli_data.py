"""The commands that make tables: simulated mobilities, and the Commission's open data read into facts.

What they run needs the extra ``frames``, which is loaded when a command is run and not before.
"""

from __future__ import annotations

from pathlib import Path

import click

from icm_rules.cli_parts import check_output, refusals_in_one_line


@click.command(
    epilog="\b\n"
    "Examples:\n"
    "  icm-rules simulate --rows 10_000_000 --seed 1 stays.parquet\n"
    "  icm-rules simulate --rows 1000 --call 2018 --call 2024 --missing 0 stays.csv"
)
@click.argument("out", type=click.Path(dir_okay=False))
@click.option("--rows", type=click.IntRange(min=0), required=True, help="How many mobilities; 10_000 may be written.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="The same gives the same table.")
@click.option("--call", "calls", type=int, metavar="YEAR", multiple=True, help="Of this call; may be repeated.")
@click.option("--missing", metavar="SHARE", default="0.01", show_default=True, help="The share of values left out.")
def simulate(out: str, rows: int, seed: int, calls: tuple[int, ...], missing: str) -> None:
    """Write a table of simulated mobilities to OUT: .parquet, .arrow or .csv.

    Its columns are named as the questions of this command, so that a table of them can be checked. Most of what it
    draws from is assumed, as its data file says: no row is a real mobility, and counting rows tells nothing of the
    Programme. Memory does not grow with the number of rows.
    """
    with refusals_in_one_line():
        from icm_rules.batch.simulation import simulate as write

        written = write(out, rows, seed=seed, calls=calls or None, missing=missing)
    click.echo(f"{click.format_filename(out)}: {written} simulated mobilities", err=True)


@click.command(
    "open-data",
    epilog="\b\n"
    "Examples:\n"
    "  icm-rules open-data mobilities-2019.csv icm-2019.parquet\n"
    "  icm-rules open-data --encoding latin-1 mobilities-2020.csv icm-2020.parquet",
)
@click.argument("source", metavar="IN", type=click.Path(dir_okay=False))
@click.argument("target", metavar="OUT", type=click.Path(dir_okay=False))
@click.option("--encoding", default="utf-8", show_default=True, help="The encoding of IN; latin-1 is met as well.")
@click.option("--all-actions", is_flag=True, help="Keep the rows of other actions, marked in the column is_icm.")
def open_data(source: str, target: str, encoding: str, *, all_actions: bool) -> None:
    """Read the Commission's open mobility data IN (CSV) into a table of facts OUT: .parquet, .arrow or .csv.

    Call, action and direction are derived from the number of the project and the countries. What the data does not tell
    stays empty; what was left out, and why, is said at the end.
    """
    check_output(Path(target))
    with refusals_in_one_line():
        from icm_rules.batch.open_data import convert

        tally = convert(source, target, encoding=encoding, only_icm=not all_actions)
    for sentence in tally.sentences():
        click.echo(sentence, err=True)


COMMANDS = (simulate, open_data)
"""The commands, to be added to the group ``icm-rules``."""
