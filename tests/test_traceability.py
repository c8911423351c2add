"""Each statement the library was asked to cover is answered by rules, facts or paragraphs that exist."""

from __future__ import annotations

import re
from pathlib import Path

import attrs
import pytest

from icm_rules.guide.provisions import PARAGRAPHS
from icm_rules.model.vocabulary import VOCABULARY
from icm_rules.recognise import RECOGNITION_RULEBOOK
from icm_rules.rules import RULEBOOK

PAGE = Path(__file__).parent.parent / "docs" / "traceability.md"
KNOWN = {
    *(rule.identity for rulebook in (RULEBOOK, RECOGNITION_RULEBOOK) for rule in rulebook.rules),
    *(fact.name for fact in RULEBOOK.facts),
    *VOCABULARY,
    *PARAGRAPHS,
}


@attrs.frozen
class Row:
    """One line of the table."""

    statement: str
    says: str
    answered_by: tuple[str, ...]
    reaches: tuple[str, ...]
    """The names in the column that tells how far the answer goes."""


def _names(cell: str) -> tuple[str, ...]:
    return tuple(re.findall(r"`([^`]+)`", cell))


def rows() -> list[Row]:
    """The table of the page, line by line."""
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if re.match(r"\| S\d+ \|", line)]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [Row(statement, says, _names(by), _names(reach)) for statement, says, by, reach in cells]


def test_the_table_has_each_statement_once_and_in_order() -> None:
    """The source makes fifteen statements."""
    assert [row.statement for row in rows()] == [f"S{number}" for number in range(1, 16)]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.statement)
class TestAStatement:
    def test_says_something_and_is_answered_by_at_least_one_name(self, row: Row) -> None:
        """No row is empty."""
        assert row.says
        assert row.answered_by

    def test_names_only_what_exists(self, row: Row) -> None:
        """Each name is the identity of a rule, a fact, or a paragraph of the Guides."""
        assert set(row.answered_by) | set(row.reaches) <= KNOWN

    def test_is_answered_by_a_rule_or_stands_in_the_guides(self, row: Row) -> None:
        """A fact alone answers nothing: a rule decides, or a paragraph says."""
        deciding = {rule.identity for rule in RULEBOOK.rules} | set(PARAGRAPHS)
        assert deciding & set(row.answered_by)
