"""Adding a year begins with a file that loads, and in which everything is still to be confirmed."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from icm_rules.engine.citations import Closed, Confidence
from icm_rules.engine.errors import GuideError
from icm_rules.guide import calls, guide, load, next_year
from icm_rules.guide.next_year import new_year
from icm_rules.guide.provisions import PARAGRAPHS

NEXT = calls()[-1] + 1


class TestNewYear:
    def test_it_loads_as_the_guide_before_with_every_paragraph_unverified(self) -> None:
        new, before = load(new_year(NEXT)), guide(NEXT - 1)
        assert (new.call, new.amends, new.title) == (NEXT, NEXT - 1, f"Programme Guide {NEXT}")
        for name in PARAGRAPHS:
            assert isinstance(new[name], Closed) is isinstance(before[name], Closed)
            assert new[name].citation.confidence is Confidence.UNVERIFIED
            for line in getattr(new[name], "lines", ()):
                assert line.citation.confidence is Confidence.UNVERIFIED

    def test_every_paragraph_is_named_once_in_order_and_to_be_confirmed(self) -> None:
        text = new_year(NEXT)
        assert list(tomllib.loads(text)["unchanged"]) == list(PARAGRAPHS)
        claims = [line for line in text.splitlines() if "source = []" in line]
        assert [line for line in claims if not line.endswith(("# to be confirmed", f"dates of {NEXT - 1}"))] == []
        assert max(map(len, text.splitlines())) <= 120

    def test_what_holds_dates_of_the_year_before_is_to_be_written(self) -> None:
        dated = [line.split()[0] for line in new_year(NEXT).splitlines() if "write anew" in line]
        assert dated == ["deadlines", "project_duration"]

    def test_a_shell_may_have_made_the_file_before_it_asks_for_the_text(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """``icm-rules guide new 2027 > src/icm_rules/guide/2027.toml``: the shell makes the file first, empty."""
        expected = new_year(NEXT)
        file = tmp_path / f"{NEXT}.toml"
        file.write_text("", encoding="utf-8")
        monkeypatch.setattr(next_year, "calls", lambda: (*calls(), NEXT))
        monkeypatch.setattr(next_year.resources, "files", lambda package: tmp_path)
        assert new_year(NEXT) == expected
        file.write_text(expected, encoding="utf-8")
        with pytest.raises(GuideError, match=f"{NEXT}.toml is there already"):
            new_year(NEXT)

    @pytest.mark.parametrize(
        ("call", "part"),
        [
            (2026, "2026.toml is there already: name a later call, for example 2027"),
            (2028, "there is no Guide of call 2027 for 2028.toml to amend: write that of call 2027 first"),
            (2021, "There was no International Credit Mobility call in 2021"),
            (2014, "There was no International Credit Mobility call in 2014"),
        ],
    )
    def test_a_year_that_is_there_or_that_nothing_stands_before_is_refused(self, call: int, part: str) -> None:
        with pytest.raises(GuideError, match=part):
            new_year(call)
