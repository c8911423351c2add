"""Each check that offices want is done by names that exist, and shown by files that are there."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import attrs
import click
import pytest

from icm_rules.checklists import CHECKLIST
from icm_rules.cli import command
from icm_rules.guide.provisions import PARAGRAPHS
from icm_rules.projects import PROJECT_RULEBOOK
from icm_rules.rules import RULEBOOK
from icm_rules.settle import SETTLEMENT

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "checks.md"
RULEBOOKS = (RULEBOOK, SETTLEMENT, PROJECT_RULEBOOK, CHECKLIST)
RULES = {rule.identity for book in RULEBOOKS for rule in book.rules}
KNOWN = RULES | {name for book in RULEBOOKS for name in book.givers} | set(PARAGRAPHS)
ASKED = {3, 4, *range(6, 13), *range(15, 25)}
"""The ranks that must be there."""


@attrs.frozen
class Row:
    """One line of the table."""

    rank: int
    check: str
    done_by: tuple[str, ...]
    shown_by: str


def rows() -> list[Row]:
    """The table of the page, line by line."""
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if re.match(r"\| \d+ \|", line)]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [Row(int(rank), check, tuple(re.findall(r"`([^`]+)`", by)), shown) for rank, check, by, shown in cells]


def exists(name: str) -> bool:
    """Whether a rule, fact, paragraph, command or thing in a module has this name."""
    if name.startswith("icm-rules "):
        found: click.Command | None = command
        for part in name.split()[1:]:
            found = found.commands.get(part) if isinstance(found, click.Group) else None
        return found is not None
    if name.startswith("icm_rules."):
        module, _, thing = name.rpartition(".")
        return hasattr(importlib.import_module(module), thing)
    return name in KNOWN


def test_every_rank_that_is_asked_for_has_one_line_in_order() -> None:
    ranks = [row.rank for row in rows()]
    assert ranks == sorted(set(ranks))
    assert set(ranks) >= ASKED


@pytest.mark.parametrize("row", rows(), ids=lambda row: str(row.rank))
class TestALine:
    def test_names_what_exists_and_at_least_one_rule_or_function(self, row: Row) -> None:
        assert [name for name in row.done_by if not exists(name)] == []
        deciding = [name for name in row.done_by if name in RULES | set(PARAGRAPHS) or name.startswith("icm_rules.")]
        assert deciding

    def test_is_shown_by_files_that_are_there(self, row: Row) -> None:
        links = re.findall(r"\]\(([^)#]+)", row.shown_by)
        assert links
        assert [link for link in links if not (PAGE.parent / link).exists()] == []


def test_a_name_that_does_not_exist_would_be_found() -> None:
    """A check of names that cannot fail would hold nothing."""
    for name in ("project.budget.none", "icm-rules project none", "icm-rules none check", "icm_rules.settle.none"):
        assert not exists(name)
