"""The page ``docs/traceability.md``: what the library was asked to cover, and what answers it.

``python docs/traceability_table.py`` writes it anew.
"""  # noqa: INP001 - docs is a folder of pages, not a package

from __future__ import annotations

from pathlib import Path

from icm_rules.statements import Statement, statements

PAGE = Path(__file__).with_name("traceability.md")

_HEAD = """\
# Traceability

The library began from one page on International Credit Mobility, as it stood for the calls 2015 to 2018. Each
statement of that page is answered here by named rules, facts or paragraphs of the Guides; a test holds that they exist.
`icm-rules trace S9` shows one statement with its rules and an example, `icm-rules check --all` the rules at work,
`icm-rules questions` the facts of a mobility, `icm-rules guide show 2018` the paragraphs. This page is made by
`python docs/traceability_table.py` of `src/icm_rules/statements.toml`; nothing of it is written here.

| id | the source says, in short | answered by | how far |
| --- | --- | --- | --- |
"""


def page() -> str:
    """The whole page."""
    return _HEAD + "".join(f"{_row(statement)}\n" for statement in statements().values())


def _row(statement: Statement) -> str:
    names = ", ".join(f"`{name}`" for name in statement.answered_by)
    return f"| {statement.identity} | {statement.says} | {names} | {statement.how_far} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
