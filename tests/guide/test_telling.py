"""A Guide, and the difference of two, can be read by a person."""

from __future__ import annotations

from decimal import Decimal

import attrs
import pytest

from icm_rules.engine.citations import Citation, Closed
from icm_rules.guide import calls, guide, load
from icm_rules.guide.provisions import PARAGRAPHS
from icm_rules.guide.telling import describe, differences
from icm_rules.guide.wording import WIDTH

pairs = pytest.mark.parametrize(("before", "after"), [*zip(calls(), calls()[1:], strict=False), (2020, 2015)])


class TestDescribe:
    @pytest.mark.parametrize("call", calls())
    def test_it_names_every_paragraph_once_and_keeps_the_width(self, call: int) -> None:
        lines = describe(guide(call)).splitlines()
        assert max(len(line) for line in lines) <= WIDTH
        for name in PARAGRAPHS:
            words = name.replace("_", " ")
            assert [line for line in lines if line in {words, f"{words}: not in force"}], words
        assert not [line for line in lines if line != line.rstrip()]

    def test_tables_are_aligned_and_say_how_sure_a_line_is(self) -> None:
        told = describe(guide(2018))
        assert "  from km  to km    EUR\n        0     10      0  corroborated\n" in told
        assert "       10    100     20\n" in told
        assert "    8,000         1,500\n" in told

    def test_a_paragraph_tells_its_figures_its_sources_and_how_sure_it_is(self) -> None:
        told = describe(guide(2018))
        assert "paid day run\n  includes travel days  yes\n" in told
        assert "  source: unibw_2019, hwg_ka107, supdecoop (single-source)\n" in told
        assert "financial guarantee\n  share of real costs  75 %\n  source: none seen (unverified)\n" in told
        assert "special needs support\n  share of real costs  100 %\n" in told

    def test_a_closed_paragraph_is_told_as_such(self) -> None:
        assert "traineeship duration: not in force\n  source: uk_na_2015, fr_na_2017\n" in describe(guide(2017))

    def test_a_conflict_is_told_beside_its_line(self) -> None:
        assert "conflict: 1100 EUR: Koblenz-Landau" in describe(guide(2017))

    def test_an_empty_table_is_told_as_such(self) -> None:
        assert "budget windows\n  no line\n  source: none seen (unverified)\n" in describe(guide(2015))

    def test_the_sources_stand_at_the_end_with_title_and_kind(self) -> None:
        told = describe(guide(2019)).partition("\nSources\n-------\n")[2]
        assert "fr_na_2019: Agence Erasmus+ France, Mobilite internationale de credits 2019 (na)\n" in told
        assert "ec_note_2014_hei:" in told
        assert "koblenz:" not in told

    def test_a_section_is_told_where_one_is_known(self) -> None:
        text = (
            'call = 2018\namends = 2018\ntitle = "W"\n[visa]\nrequired = true\n'
            'source = []\nconfidence = "unverified"\nsection = "page 53"\nconflict = "not asked for"\n'
        )
        assert "visa\n  required  yes\n  source: none seen (unverified)\n  section: page 53\n" in describe(load(text))


class TestDifferences:
    @pytest.mark.parametrize("call", calls())
    def test_a_guide_does_not_differ_from_itself(self, call: int) -> None:
        assert differences(guide(call), guide(call)).endswith("\n\nno change\n")

    @pairs
    def test_every_paragraph_is_told_or_named_as_without_change(self, before: int, after: int) -> None:
        told = differences(guide(before), guide(after))
        assert max(len(line) for line in told.splitlines()) <= WIDTH
        changed, _, same = told.partition("\nno change in ")
        unchanged = " ".join(same.split()).partition(": ")[2].split(", ")
        for name in PARAGRAPHS:
            words = name.replace("_", " ")
            assert (f"\n{words}\n" in changed) is not (words in unchanged)

    def test_figures_countries_and_lines_that_changed_are_told(self) -> None:
        told = differences(guide(2017), guide(2018))
        assert "  outgoing: EUR per month: 650 -> 700\n" in told
        assert "  group 1: countries: without AT, FR, IT, with IS, LU\n" in told
        assert "  - group A\n" in told
        assert "  + incoming, group 1: EUR per day 180\n" in told
        assert "  + incoming, group 2: EUR per day 160; corroborated\n" in told
        assert "invited staff\n  allowed: no -> yes\n" in told

    def test_a_paragraph_that_opens_or_closes_is_told(self) -> None:
        opened = differences(guide(2017), guide(2018))
        assert "traineeship duration\n  now in force:\n    minimum months: 2\n" in opened
        closed = differences(guide(2018), guide(2017))
        assert "traineeship duration\n  no longer in force\n" in closed
        assert "combined teaching minimum\n  no longer in force\n  confidence: single-source -> unverified\n" in closed

    def test_a_table_that_opens_is_told_line_by_line(self) -> None:
        closed = Closed(citation=Citation(document="", paragraph="travel_bands"))
        told = differences(guide(2018).amended(travel_bands=closed), guide(2018))
        assert "  now in force:\n    0 km to less than 10 km: from km 0; to km 10; EUR 0; corroborated\n" in told

    def test_a_change_of_confidence_alone_is_marked_as_such(self) -> None:
        told = differences(guide(2019), guide(2020))
        assert "overseas territories\n  only the confidence: single-source -> official\n" in told
        told = differences(guide(2018), guide(2019))
        assert "  outgoing: only the confidence: official -> corroborated\n" in told
        assert "  outgoing: conflict: 750 EUR" in told

    def test_a_change_of_confidence_beside_a_figure_is_told_after_it(self) -> None:
        told = differences(guide(2018), guide(2019))
        assert "disadvantaged top up\n  exists: no -> yes\n  confidence: single-source -> official\n" in told

    def test_a_conflict_that_is_gone_is_told(self) -> None:
        assert "8000 km and more: conflict: none any more" in differences(guide(2017), guide(2018))

    def test_a_what_if_is_told_beside_the_guide_it_changes(self) -> None:
        today = guide(2018)
        longer = attrs.evolve(today["staff_duration"], maximum_days=90)
        cheaper = attrs.evolve(today["organisational_support_payment"], share=Decimal("0.805"))
        told = differences(today, today.amended(staff_duration=longer, organisational_support_payment=cheaper))
        assert told.startswith("From Programme Guide 2018 to Programme Guide 2018, amended\n")
        assert "staff duration\n  maximum days: 60 -> 90\n" in told
        assert "organisational support payment\n  share: 90 % -> 80.5 %\n" in told
        assert f"no change in {len(PARAGRAPHS) - 2} paragraphs" in told
