"""The command that traces: each statement the library was asked to cover, and what answers it."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from icm_rules.cli_parts import Refusal
from icm_rules.cli_reports import say
from icm_rules.engine.errors import InputError

if TYPE_CHECKING:
    from icm_rules.statements import Statement

_WIDTH = 100
"""The width of what is told [characters]."""


@click.command(epilog="\b\nExamples:\n  icm-rules trace\n  icm-rules trace S9")
@click.argument("statement", required=False)
def trace(statement: str | None) -> None:
    """Show a STATEMENT that the library was asked to cover, S1 to S15, the rules that answer it, and an example.

    The statements are those of the page from which the library began. Without STATEMENT all are listed.
    """
    from icm_rules import statements  # wires all rules, which other commands do without

    if statement is None:
        lines = (
            line for each in statements.statements().values() for line in _wrapped(f"{each.identity}: {each.says}")
        )
        say("".join(f"{line}\n" for line in lines))
        return
    try:
        found = statements.statement(statement)
    except InputError as refusal:
        raise Refusal(str(refusal)) from None
    say("".join(f"{line}\n" for line in _told(found)))


def _told(statement: Statement) -> Iterator[str]:
    from icm_rules.statements import rule_statements

    yield from (statement.identity, "=" * len(statement.identity))
    yield from _wrapped(_sentence(statement.says))
    yield from ("", *_wrapped(f"How far it is answered: {statement.how_far.replace('`', '')}."))
    yield from ("", "Rules", "-----")
    for identity in statement.rules:
        yield from _wrapped(f"- {rule_statements()[identity]} ({identity})", hanging="  ")
    for title, names in (("Paragraphs of the Guides", statement.paragraphs), ("Facts", statement.facts)):
        if names:
            yield from ("", *_wrapped(f"{title}: {', '.join(names)}.", hanging="  "))
    example = statement.example
    yield from ("", "Example", "-------")
    article = "An" if example.kind[0] in "aeiou" else "A"
    data = json.dumps(dict(example.data), ensure_ascii=False)
    yield from _wrapped(f"{article} {example.kind}: {data}", hanging="  ")
    for outcome in example.answers():
        because = f": {outcome.sentence}" if outcome.sentence else ""
        stop = "" if because.endswith("?") else "."
        yield from _wrapped(f"- {outcome.identity}: {outcome.verdict}{because}{stop}", hanging="  ")


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _wrapped(text: str, hanging: str = "") -> list[str]:
    return textwrap.wrap(text, _WIDTH, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False)


COMMANDS = (trace,)
"""The commands, to be added to the group ``icm-rules``."""
