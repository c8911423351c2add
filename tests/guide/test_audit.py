"""What is below official is listed, the weakest first, and the page on coverage is what its script makes."""

from __future__ import annotations

import pytest

from docs import coverage_table
from icm_rules.engine.citations import Confidence
from icm_rules.engine.errors import GuideError
from icm_rules.guide import calls, guide
from icm_rules.guide.audit import audit, weakest
from icm_rules.guide.provisions import PARAGRAPHS
from icm_rules.guide.wording import WIDTH


def headings(told: str) -> list[str]:
    return [line for line in told.splitlines() if line in {"unverified", "single-source", "corroborated", "official"}]


class TestAudit:
    def test_every_call_is_told_once_the_weakest_first_and_nothing_official(self) -> None:
        told = audit()
        assert [line for line in told.splitlines() if line.startswith("Call ")] == [f"Call {call}" for call in calls()]
        assert headings(told) == ["unverified", "single-source", "corroborated"] * len(calls())
        assert max(len(line) for line in told.splitlines()) <= WIDTH

    def test_the_calls_may_be_chosen(self) -> None:
        told = audit([2024])
        assert "Call 2024\n" in told
        assert "Call 2025" not in told
        with pytest.raises(GuideError, match="no International Credit Mobility call in 2021"):
            audit([2021])

    def test_a_figure_is_told_with_its_value_and_sources(self) -> None:
        told = audit([2024])
        assert "  student rates, incoming, group 2: EUR per month 850 [kh-mainz, euc-icm]\n" in told
        assert "  organisational support: EUR per participant 500 [none seen]\n" in told
        assert "student rates, outgoing" not in told
        assert "kh-mainz: Katholische Hochschule Mainz" in told.partition("\nSources\n")[2]

    def test_a_conflict_a_closed_paragraph_and_an_empty_table_are_told(self) -> None:
        told = audit([2015, 2022])
        assert "conflict: ITU and Siena print 20 EUR" in " ".join(told.split())
        assert "  green travel days: not in force [none seen]\n" in told
        assert "  budget windows: no line [none seen]\n" in told

    @pytest.mark.parametrize("call", calls())
    def test_every_line_below_official_is_named_under_its_confidence(self, call: int) -> None:
        told = audit([call])
        for name, provision in guide(call).provisions.items():
            for line in getattr(provision, "lines", ()):
                sure = line.citation.confidence
                part = told.partition(f"\n{sure.label}\n")[2].partition("\n\n")[0]
                entry = f"{name.replace('_', ' ')}, {line.label}: "
                assert (entry in " ".join(part.split()) + " ") is (sure is not Confidence.OFFICIAL)

    def test_the_counts_are_those_of_the_figures(self) -> None:
        row = audit([2026]).splitlines()[4].split()
        entries = audit([2026]).partition("Call 2026")[2].partition("\nSources\n")[0].splitlines()
        listed = [line for line in entries if line.startswith("  ") and line[2] != " "]
        assert row[0] == "2026"
        assert sum(map(int, row[2:])) == len(listed)


class TestWeakest:
    def test_a_paragraph_is_as_sure_as_the_weakest_of_its_lines(self) -> None:
        assert weakest(guide(2022)["student_rates"]) is Confidence.UNVERIFIED
        assert weakest(guide(2024)["student_rates"]) is Confidence.SINGLE_SOURCE
        assert weakest(guide(2024)["charter"]) is Confidence.OFFICIAL
        assert weakest(guide(2022)["restrictions"]) is Confidence.UNVERIFIED


class TestCoverage:
    def test_the_page_is_the_one_the_script_makes(self) -> None:
        """If the change is meant: ``python docs/coverage_table.py``."""
        assert coverage_table.PAGE.read_text(encoding="utf-8") == coverage_table.page()

    def test_every_paragraph_has_a_row_with_a_cell_for_every_call(self) -> None:
        rows = [line.strip("| ").split(" | ") for line in coverage_table.page().splitlines() if line.startswith("| ")]
        cells = {row[0]: row[1:] for row in rows}
        for name in PARAGRAPHS:
            assert len(cells[name.replace("_", " ")]) == len(calls()), name

    def test_closed_because_nothing_was_seen_is_missing(self) -> None:
        told = coverage_table.page()
        assert (
            "| green top up | missing | missing | missing | missing | missing | missing | official | official |" in told
        )
        assert "closed: corroborated" in told
