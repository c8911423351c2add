"""A figure can be followed through the calls by its name."""

from __future__ import annotations

import re

import pytest

from icm_rules.engine.errors import GuideError
from icm_rules.guide import calls, guide
from icm_rules.guide.history import figures, history
from icm_rules.guide.wording import WIDTH


class TestNames:
    @pytest.mark.parametrize("call", calls())
    def test_every_figure_has_one_name_in_small_letters(self, call: int) -> None:
        names = figures(guide(call))
        assert len(names) == len(set(names))
        assert [name for name in names if not re.fullmatch(r"[a-z0-9_]+(\.[a-zA-Z0-9_]+)+", name)] == []

    @pytest.mark.parametrize(
        "name",
        [
            *("student.incoming.group1", "student.incoming.group3", "student.outgoing"),
            *("staff.incoming.group2", "staff.outgoing", "travel.0", "travel.100", "travel.8000", "travel.green.500"),
            *("short_stay.day1", "short_stay.day15", "fewer_opportunities.day5", "study_duration.minimum_days"),
            *("restrictions.russia.open_incoming_students", "regions.region_7_middle_east.countries"),
            "award_criteria.impact_and_dissemination.maximum_points",
        ],
    )
    def test_names_are_what_one_would_guess(self, name: str) -> None:
        assert name in figures(guide(2025))

    def test_what_says_which_line_it_is_is_no_figure(self) -> None:
        assert not [name for name in figures(guide(2025)) if name.endswith((".from_km", ".direction", ".number"))]

    def test_a_closed_paragraph_has_no_figures(self) -> None:
        assert not [name for name in figures(guide(2020)) if name.startswith(("travel.green", "short_stay"))]


class TestHistory:
    def test_it_tells_every_call_how_sure_it_is_and_where_it_changes(self) -> None:
        assert history("student.incoming.group1") == (
            "student.incoming.group1: EUR per month\n"
            "======================================\n"
            "student rates; incoming, group 1\n"
            "which countries: student_country_groups.group_1.countries\n"
            "\n"
            "2015  850  official\n"
            "2016  850  official\n"
            "2017  850  corroborated\n"
            "2018  900  official      changed\n"
            "2019  900  official\n"
            "2020  900  official\n"
            "2022  900  unverified\n"
            "2023  900  unverified\n"
            "2024  900  official\n"
            "2025  900  official\n"
            "2026  900  unverified\n"
        )

    def test_a_short_name_and_the_long_one_are_the_same_figure(self) -> None:
        long = history("student_rates.incoming_group_1.eur_per_month").splitlines()
        assert long[3:] == history("student.incoming.group1").splitlines()[3:]

    def test_a_paragraph_that_is_closed_is_told_as_such(self) -> None:
        told = history("green_top_up.eur")
        assert "2020  not in force  unverified\n2022  50            official      changed\n" in told
        assert "2024  not in force  corroborated  changed\n" in told

    def test_a_line_that_is_not_there_is_told_as_such(self) -> None:
        assert "2015  no such line\n" in history("travel.10")
        assert "2023  no such line\n2024  56            official    changed\n" in history("travel.green.10")

    def test_a_band_that_ends_elsewhere_is_told_with_its_ends(self) -> None:
        told = history("travel.0")
        assert "2016  0  official               (0 km to less than 100 km)\n" in told
        assert "2017  0  corroborated           (0 km to less than 10 km)\n" in told

    def test_a_conflict_stands_below_its_call(self) -> None:
        assert "2017  1,300  corroborated  changed\n      conflict: 1100 EUR" in history("travel.8000")

    def test_what_is_long_stands_below_and_only_where_it_changes(self) -> None:
        told = history("student_country_groups.group_1.countries")
        assert "2018  corroborated  changed\n      DK, FI, GB, IE, IS, LI, LU, NO, SE\n2019  corroborated\n" in told

    def test_a_region_is_followed_by_its_name_and_never_by_its_number(self) -> None:
        old, new = history("regions.region_7_central_asia.open"), history("regions.region_7_middle_east.open")
        assert "2020  yes           official\n2022  no such line            changed\n" in old
        assert "2020  no such line\n2022  yes           single-source  changed\n" in new

    @pytest.mark.parametrize("call", [2015, 2018, 2022, 2025])
    def test_every_figure_is_told_within_the_width(self, call: int) -> None:
        for name in figures(guide(call)):
            told = history(name)
            assert max(len(line) for line in told.splitlines()) <= max(WIDTH, len(name) * 2)
            assert sum(line[:4] in map(str, calls()) for line in told.splitlines()) == len(calls())


class TestRefusals:
    @pytest.mark.parametrize(
        ("name", "part"),
        [
            ("student.incoming.grp1", "did you mean student.incoming.group1?"),
            ("study_duration.minimum_day", "did you mean study_duration.minimum_days?"),
            ("zzz", "no Guide has a figure 'zzz'; `icm-rules guide history` lists those of the newest Guide"),
            ("visa", "visa is a paragraph and not a figure: ask for one of its figures: visa.required"),
            ("student_rates", "ask for one of its figures: student.incoming.group1, student.incoming.group2"),
        ],
    )
    def test_an_unknown_name_is_refused_with_the_way_out(self, name: str, part: str) -> None:
        with pytest.raises(GuideError, match=re.escape(part)):
            history(name)
