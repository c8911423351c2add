"""The loader keeps the rules of the format, and says where a file breaks them and what mends it."""

from __future__ import annotations

import pickle
import re
from decimal import Decimal
from importlib import resources
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icm_rules.engine.citations import Citation, Closed, Confidence
from icm_rules.engine.errors import GuideError
from icm_rules.guide import calls, guide, load, loading
from icm_rules.guide.provisions import (
    PARAGRAPHS,
    CombinedDuration,
    OutgoingLimits,
    StaffDuration,
    StudentRates,
    StudyDuration,
    TravelBands,
)
from icm_rules.model.terms import Activity

ON_ITSELF = 'call = 2018\namends = 2018\ntitle = "A what-if"\n'
STAFF = "[staff_duration]\nminimum_days = 3\nmaximum_days = 60\nconsecutive = true\n"
UNSEEN = 'source = []\nconfidence = "unverified"\n'


def what_if(body: str) -> str:
    """A file that changes the Guide of 2018 by ``body``."""
    return ON_ITSELF + body


def next_year(written: str = "", *, claim: str = 'source = ["neo_kg"], confidence = "official"', **claims: str) -> str:
    """A file of call 2031 that amends 2018: ``written``, and every other paragraph claimed unchanged."""
    names = [name for name in PARAGRAPHS if f"[{name}]" not in written]
    unchanged = "".join(f"{name} = {{ {claims.get(name, claim)} }}\n" for name in names)
    return f'call = 2031\namends = 2018\ntitle = "Guide 2031"\n[unchanged]\n{unchanged}\n{written}'


def refusal(text: str) -> str:
    with pytest.raises(GuideError) as caught:
        load(text)
    return str(caught.value)


class TestWhichGuides:
    def test_every_call_of_the_package_is_given_and_kept(self) -> None:
        assert calls() == (2015, 2016, 2017, 2018, 2019, 2020, 2022, 2023, 2024, 2025, 2026)
        for call in calls():
            assert guide(call) is guide(call)
            assert guide(call).call == call
            assert list(guide(call).provisions) == list(PARAGRAPHS)

    @pytest.mark.parametrize(
        ("call", "sentence"),
        [
            (2014, "There was no International Credit Mobility call in 2014; the first was call 2015."),
            (2021, "There was no International Credit Mobility call in 2021; the action came back with call 2022."),
            (2013, "International Credit Mobility began with call 2015; there is no call 2013."),
            (1999, "International Credit Mobility began with call 2015; there is no call 1999."),
            (
                2027,
                "no Programme Guide of call 2027 in this version; it holds 2015, 2016, 2017, 2018, 2019, 2020, 2022",
            ),
            (
                2031,
                "no Programme Guide of call 2031 in this version; it holds 2015, 2016, 2017, 2018, 2019, 2020, 2022",
            ),
            ("2018", "'2018' is no call: write the year as a whole number"),
            (True, "True is no call"),
            (2018.0, "2018.0 is no call"),
        ],
    )
    def test_a_call_without_a_guide_is_refused_with_its_reason(self, call: int, sentence: str) -> None:
        with pytest.raises(GuideError) as caught:
            guide(call)
        assert sentence in str(caught.value)
        assert "\n" not in str(caught.value)

    def test_a_year_without_a_call_shows_its_source_and_how_sure_it_is(self) -> None:
        with pytest.raises(GuideError, match=r"\(official: Danish NA"):
            guide(2021)


class TestTheFilesOfThePackage:
    @pytest.mark.parametrize(
        ("text", "part"),
        [
            ('call = 2019\ntitle = "X"\n', "2018.toml: call = 2019, expected 2018: the name of a file is its call"),
            ('call = 2018\namends = 2018\ntitle = "X"\n', "2018.toml: amends = 2018, expected an earlier call"),
        ],
    )
    def test_a_file_is_named_after_its_call_and_amends_an_earlier_one(
        self, text: str, part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "2018.toml").write_text(text, encoding="utf-8")
        monkeypatch.setattr(resources, "files", lambda package: tmp_path)
        with pytest.raises(GuideError, match=re.escape(part)):
            loading._shipped.__wrapped__(2018)  # noqa: SLF001 - what the cache of the package's own files would hold


class TestTheGuide:
    def test_its_words_are_those_of_its_call(self) -> None:
        assert guide(2018).terminology.action == "KA107"
        assert guide(2018).title == "Programme Guide 2018"
        assert guide(2018).name == "2018.toml"
        assert guide(2018).amends == 2017

    def test_it_is_a_value_that_can_be_hashed_and_sent_to_another_process(self) -> None:
        again = pickle.loads(pickle.dumps(guide(2018)))  # noqa: S301 - our own bytes
        assert again == guide(2018)
        assert hash(again) == hash(guide(2018))
        assert len({*guide(2018).provisions.values()}) == len(PARAGRAPHS)

    def test_its_paragraphs_cannot_be_replaced(self) -> None:
        with pytest.raises(TypeError):
            guide(2018).provisions["visa"] = None  # type: ignore[index]

    def test_an_unknown_paragraph_is_refused_with_a_suggestion(self) -> None:
        with pytest.raises(GuideError, match="has no paragraph study_durations; did you mean study_duration"):
            guide(2018)["study_durations"]

    def test_a_line_is_cited_by_its_own_words_and_sources(self) -> None:
        rates = guide(2018)["staff_rates"]
        line = rates.lines[0]
        assert line.citation.document == "Programme Guide 2018"
        assert line.citation.paragraph == "staff_rates"
        assert line.citation.line == "incoming, group 1"
        assert line.citation.confidence is Confidence.OFFICIAL
        assert rates.citation.confidence is Confidence.CORROBORATED
        assert [source.key for source in line.citation.sources] == ["eurireland_2018_icm", "cardiffmet", "ue_varna"]

    @pytest.mark.parametrize(
        ("paragraph", "label"),
        [
            ("regions", "region 7 (Central Asia)"),
            ("outgoing_limits", "instrument DCI"),
            ("budget_windows", "window Tunisia (ENI South)"),
            ("indicative_targets", "region 6, minimum share least developed countries"),
            ("activities", "studies and traineeship"),
            ("student_country_groups", "group 2"),
            ("student_rates", "incoming, group 2"),
            ("student_rates", "outgoing"),
            ("staff_rates", "incoming, group 3"),
            ("travel_bands", "100 km to less than 500 km"),
            ("travel_bands", "8000 km and more"),
            ("deadlines", "round 1"),
            ("award_criteria", "Impact and dissemination"),
        ],
    )
    def test_every_line_has_a_label_in_words(self, paragraph: str, label: str) -> None:
        assert label in [line.citation.line for line in guide(2018)[paragraph].lines]

    def test_a_guide_without_words_says_so(self) -> None:
        wordless = load(what_if(f"[terminology]\nin_force = false\n{UNSEEN}"))
        with pytest.raises(GuideError, match=r"\[terminology\] is not in force"):
            _ = wordless.terminology


class TestTheRulesOfTheFormat:
    def test_silence_is_refused_with_the_three_ways_out(self) -> None:
        text = next_year().replace('\ntravel_bands = { source = ["neo_kg"], confidence = "official" }\n', "\n")
        assert refusal(text) == (
            "the text given says nothing of travel_bands: "
            "amend it, or name it under [unchanged], or write in_force = false"
        )

    def test_silence_of_a_full_file_is_refused_with_its_two_ways_out(self) -> None:
        assert refusal('call = 2031\ntitle = "Guide"\n') == (
            "the text given says nothing of terminology: write it, or write in_force = false"
        )

    def test_a_full_file_has_nothing_to_leave_unchanged(self) -> None:
        assert "terminology stands in no earlier file" in refusal(
            'call = 2031\ntitle = "Guide"\n[unchanged]\nterminology = { source = [], confidence = "unverified" }\n'
        )

    def test_a_paragraph_written_and_claimed_unchanged_is_refused(self) -> None:
        text = next_year() + STAFF + UNSEEN
        assert "staff_duration is written and also named under [unchanged]: keep one of the two" in refusal(text)

    def test_a_paragraph_is_amended_whole(self) -> None:
        said = refusal(what_if(f"[staff_duration]\nminimum_days = 3\n{UNSEEN}"))
        assert said == (
            "the text given, [staff_duration]: maximum_days is missing: write it, a paragraph is written whole"
        )

    def test_a_paragraph_not_in_force_is_closed_with_its_source(self) -> None:
        closed = guide(2017)["traineeship_duration"]
        assert isinstance(closed, Closed)
        assert closed.citation.confidence is Confidence.OFFICIAL
        assert closed.citation.document == "Programme Guide 2017"
        assert [source.key for source in closed.citation.sources] == ["uk_na_2015", "fr_na_2017"]

    def test_a_paragraph_not_in_force_holds_no_figures(self) -> None:
        assert "holds no figures: take out minimum_days" in refusal(
            what_if(f"[staff_duration]\nin_force = false\nminimum_days = 3\n{UNSEEN}")
        )

    def test_in_force_is_written_only_as_false(self) -> None:
        assert "in_force is written only as false" in refusal(what_if(f"[visa]\nin_force = true\n{UNSEEN}"))

    @pytest.mark.parametrize(
        ("body", "parts"),
        [
            ("[study_durations]\nx = 1\n", ["study_durations", "did you mean study_duration?", "provisions.py"]),
            ("[unchange]\n", ["unchange", "did you mean unchanged?"]),
            (f"[visa]\nrequred = true\n{UNSEEN}", ["[visa]", "requred", "True", "did you mean required?"]),
            (f"[visa]\nrequired = true\nlines = []\n{UNSEEN}", ["[visa]", "no field lines"]),
            (f"[visa]\nrequired = 1\n{UNSEEN}", ["[visa]: required = 1, expected true or false"]),
            (f'[visa]\nrequired = "yes"\n{UNSEEN}', ["required = 'yes', expected true or false"]),
            (f"[one_cycle_cap]\nmaximum_months = true\n{UNSEEN}", ["maximum_months = True, expected a whole number"]),
            (f"[one_cycle_cap]\nmaximum_months = 24.5\n{UNSEEN}", ["24.5", "expected a whole number"]),
            (f"[one_cycle_cap]\nmaximum_months = -1\n{UNSEEN}", ["maximum_months = -1, expected a whole number"]),
            (f'[organisational_support_payment]\nshare = "0.9"\n{UNSEEN}', ["share = '0.9', expected a number"]),
            (f"[organisational_support_payment]\nshare = nan\n{UNSEEN}", ["share = ", "expected a number"]),
            (f"[award_unit]\nunit = 3\n{UNSEEN}", ["unit = 3, expected words in quotes"]),
            (f'[fee_waiver]\nwaived = "tuition"\n{UNSEEN}', ["waived = 'tuition', expected a list"]),
            (f"[fee_waiver]\nwaived = [1]\n{UNSEEN}", ["waived = 1, expected words in quotes"]),
            (f'[programme_countries]\ncountries = ["AT", "AT"]\n{UNSEEN}', ["'AT'", "named once"]),
            (f'[programme_countries]\ncountries = ["Austria"]\n{UNSEEN}', ["'Austria' is no country code"]),
            (f'[programme_countries]\ncountries = ["at"]\n{UNSEEN}', ["'at' is no country code"]),
            (f'[programme_countries]\ncountries = ["ZZ"]\n{UNSEEN}', ["'ZZ' is no country code"]),
            (f'[programme_countries]\ncountries = ["UK"]\n{UNSEEN}', ["'UK' is no country code"]),
            (f'[overseas_territories]\nbelongs_to = {{ GL = "dk" }}\n{UNSEEN}', ["'dk' is no country code"]),
            (f"[overseas_territories]\nbelongs_to = {{ GL = 1 }}\n{UNSEEN}", ["expected a table of words"]),
            (f'[charter]\nrequired_of = ["program"]\n{UNSEEN}', ["'program'", "did you mean programme?"]),
            (f'[project_duration]\nmonths = [24]\nstart = "2018"\n{UNSEEN}', ["start = '2018', expected a date"]),
            ('[visa]\nrequired = true\nconfidence = "unverified"\n', ["[visa]: source is missing"]),
            ("[visa]\nrequired = true\nsource = []\n", ["[visa]: confidence is missing", "official, corroborated"]),
            ('[visa]\nrequired = true\nsource = []\nconfidence = "sure"\n', ["'sure' is no confidence"]),
            (
                '[visa]\nrequired = true\nsource = []\nconfidence = "official"\n',
                ['confidence = "official" without a source', 'write confidence = "unverified"'],
            ),
            (
                '[visa]\nrequired = true\nsource = ["fr_na_2091"]\nconfidence = "official"\n',
                ["'fr_na_2091'", "did you mean fr_na_2019?", "add [sources.fr_na_2091]"],
            ),
            (
                '[visa]\nrequired = true\nsource = "fr_na_2019"\nconfidence = "official"\n',
                ["source = 'fr_na_2019', expected a list of keys"],
            ),
            (
                '[visa]\nrequired = true\nsource = ["neo_kg", "neo_kg"]\nconfidence = "official"\n',
                ["'neo_kg' is named twice"],
            ),
            (f"[visa]\nrequired = true\nnote = 3\n{UNSEEN}", ["note = 3, expected a sentence"]),
            ('visa = "yes"\n', ["visa = 'yes', expected a table", "[visa]"]),
            ("[sources]\nx = 1\n", ["[sources.x]: 1, expected a table"]),
            ('[sources.x]\ntitle = ""\nkind = "na"\n', ["title = ''"]),
            ('[sources.x]\ntitle = "X"\nkind = "blog"\n', ["kind = 'blog', expected one of: official"]),
            ('[sources.x]\ntitle = "X"\nkind = "na"\nurl = "u"\n', ["url = 'u', expected a list"]),
            ('[sources.x]\ntitle = "X"\nkind = "na"\nyear = 3\n', ["[sources.x]", "year"]),
            ('[sources.neo_kg]\ntitle = "X"\nkind = "na"\n', ["[sources.neo_kg]", "has this source already"]),
            ('[unchanged]\nvisa = { source = [], confidence = "unverified" }\n', ["take out [unchanged]"]),
            ("[unchanged]\nvissa = {}\n", ["no paragraph vissa", "did you mean visa?"]),
            ('[unchanged]\nvisa = "yes"\n', ["visa = 'yes', expected"]),
            ("[unchanged]\nvisa = { required = true }\n", ["[unchanged], visa", "required"]),
            (f"[travel_bands]\n{UNSEEN}", ["[travel_bands]: lines is missing", "[[travel_bands.lines]]"]),
            (f"[travel_bands]\nlines = 3\n{UNSEEN}", ["lines = 3, expected one [[travel_bands.lines]]"]),
        ],
    )
    def test_a_fault_is_named_with_its_place_its_value_and_the_way_out(self, body: str, parts: list[str]) -> None:
        said = refusal(what_if(body))
        assert said.startswith("the text given")
        for part in parts:
            assert part in said

    @pytest.mark.parametrize(
        ("text", "part"),
        [
            ("call = ", "the text given is not written in TOML"),
            ('title = "X"\n', "call = None, expected the year"),
            ('call = "2018"\ntitle = "X"\n', "call = '2018', expected the year"),
            ("call = 2018\n", "title = None, expected a title"),
            ('call = 2031\namends = 2031\ntitle = "X"\n', "no Programme Guide of call 2031"),
            ('call = 2017\namends = 2018\ntitle = "X"\n', "a Guide amends an earlier one"),
            ('call = 2022\namends = 2021\ntitle = "X"\n', "There was no International Credit Mobility call in 2021"),
        ],
    )
    def test_a_faulty_head_is_refused(self, text: str, part: str) -> None:
        assert part in refusal(text)


class TestTheTables:
    @pytest.mark.parametrize(
        ("bands", "part"),
        [
            ([(0, 100), (200, None)], "there is a gap between 0 km to less than 100 km and 200 km and more"),
            ([(0, 100), (50, None)], "there is an overlap between 0 km to less than 100 km and 50 km and more"),
            ([(10, None)], "the first band begins at 10 km: let it begin at 0"),
            ([(0, 100)], "the last band, and only the last, has no to_km"),
            ([(0, None), (100, None)], "the last band, and only the last, has no to_km"),
            ([(0, 0), (0, None)], "the band ends before it begins"),
            ([], "the first band begins at no km"),
        ],
    )
    def test_bands_with_a_gap_or_an_overlap_are_refused(self, bands: list[tuple[int, int | None]], part: str) -> None:
        lines = ", ".join(
            f"{{ from_km = {start}, {'' if end is None else f'to_km = {end}, '}eur = 1 }}" for start, end in bands
        )
        assert part in refusal(what_if(f"[travel_bands]\nlines = [{lines}]\n{UNSEEN}"))

    @given(st.sets(st.integers(1, 20_000), max_size=8))
    def test_bands_that_follow_each_other_from_0_km_are_taken_in_any_order(self, edges: set[int]) -> None:
        starts = sorted({0, *edges})
        ends = [*(f"to_km = {end}, " for end in starts[1:]), ""]
        lines = [f"{{ from_km = {start}, {end}eur = 1 }}" for start, end in zip(starts, ends, strict=True)]
        bands = load(what_if(f"[travel_bands]\nlines = [{', '.join(reversed(lines))}]\n{UNSEEN}"))["travel_bands"]
        assert isinstance(bands, TravelBands)
        assert len(bands.lines) == len(starts)

    @pytest.mark.parametrize(
        ("bands", "part"),
        [
            ([(0, 100), (50, None)], "there is an overlap between 0 km to less than 100 km and 50 km and more"),
            ([(0, None), (100, 200)], "there is an overlap between 0 km and more and 100 km to less than 200 km"),
            ([(100, 100)], "the band ends before it begins"),
        ],
    )
    def test_green_bands_that_overlap_are_refused(self, bands: list[tuple[int, int | None]], part: str) -> None:
        lines = ", ".join(
            f"{{ from_km = {start}, {'' if end is None else f'to_km = {end}, '}eur = 1 }}" for start, end in bands
        )
        assert part in refusal(what_if(f"[green_travel_bands]\nlines = [{lines}]\n{UNSEEN}"))

    def test_green_bands_may_leave_gaps_where_the_usual_amount_is_paid(self) -> None:
        lines = "[{ from_km = 500, to_km = 600, eur = 1 }, { from_km = 100, to_km = 200, eur = 1 }]"
        assert len(load(what_if(f"[green_travel_bands]\nlines = {lines}\n{UNSEEN}"))["green_travel_bands"].lines) == 2

    @pytest.mark.parametrize(
        ("days", "part"),
        [
            ([(1, 14), (16, 30)], "there is a gap between day 1 to 14 and day 16 to 30"),
            ([(1, 14), (14, 30)], "there is an overlap between day 1 to 14 and day 14 to 30"),
            ([(2, 30)], "the first line begins with day 2: let it begin with day 1"),
            ([(1, 14), (15, 14)], "day 15 to 14: the days end before they begin"),
            ([], "the first line begins with no day"),
        ],
    )
    def test_daily_rates_that_leave_a_day_out_or_pay_it_twice_are_refused(
        self, days: list[tuple[int, int]], part: str
    ) -> None:
        lines = ", ".join(f"{{ first_day = {first}, last_day = {last}, eur_per_day = 1 }}" for first, last in days)
        assert part in refusal(what_if(f"[short_stay_rates]\nlines = [{lines}]\n{UNSEEN}"))

    @pytest.mark.parametrize(("maximum", "fits"), [(30, True), (31, False)])
    @pytest.mark.parametrize("paragraph", ["blended_student_duration", "short_doctoral_duration"])
    def test_the_daily_rates_reach_the_longest_short_stay(self, paragraph: str, maximum: int, fits: bool) -> None:
        longer = attrs.evolve(guide(2025)[paragraph], maximum_days=maximum)
        if fits:
            assert guide(2025).amended(**{paragraph: longer})[paragraph].maximum_days == maximum
        else:
            part = f"[{paragraph}] goes to day 31, but [short_stay_rates] ends with day 30: write a line"
            with pytest.raises(GuideError, match=re.escape(part)):
                guide(2025).amended(**{paragraph: longer})

    def test_a_file_is_held_to_the_same(self) -> None:
        rates = "[{ first_day = 1, last_day = 29, eur_per_day = 1 }]"
        text = f'call = 2025\namends = 2025\ntitle = "W"\n[short_stay_rates]\nlines = {rates}\n{UNSEEN}'
        assert "the text given: [blended_student_duration] goes to day 30, but" in refusal(text)

    def test_additions_paid_once_may_leave_days_out_but_pay_none_twice(self) -> None:
        table = "[fewer_opportunities_short]\nlines = [{}]\n" + UNSEEN
        line = "{{ first_day = {}, last_day = {}, eur = 1 }}"
        apart = table.format(", ".join([line.format(5, 14), line.format(20, 30)]))
        assert len(load(what_if(apart))["fewer_opportunities_short"].lines) == 2
        twice = table.format(", ".join([line.format(5, 14), line.format(14, 30)]))
        assert "there is an overlap between 5 to 14 days and 14 to 30 days" in refusal(what_if(twice))

    def test_a_restriction_names_countries(self) -> None:
        line = '{ name = "X", countries = ["SU"], concerns = "everyone", closed = true, text = "X" }'
        assert "'SU' is no country code" in refusal(what_if(f"[restrictions]\nlines = [{line}]\n{UNSEEN}"))

    def test_a_country_in_two_groups_is_refused(self) -> None:
        lines = '[{ group = "1", countries = ["AT", "BE"] }, { group = "2", countries = ["BE"] }]'
        said = refusal(what_if(f"[student_country_groups]\nlines = {lines}\n{UNSEEN}"))
        assert "BE stands in group 1 and in group 2" in said

    def test_a_country_in_two_regions_is_refused(self) -> None:
        lines = (
            '[{ number = 1, name = "A", open = true, countries = ["AL"] },'
            ' { number = 2, name = "B", open = true, countries = ["AL"] }]'
        )
        said = refusal(what_if(f"[regions]\nlines = {lines}\n{UNSEEN}"))
        assert "AL stands in region 1 (A) and in region 2 (B)" in said

    def test_an_unverified_country_must_stand_in_its_region(self) -> None:
        line = '{ number = 1, name = "A", open = true, countries = ["AL"], unverified_countries = ["ME"] }'
        assert "ME stands in unverified_countries but not in countries" in refusal(
            what_if(f"[regions]\nlines = [{line}]\n{UNSEEN}")
        )

    def test_an_activity_without_a_line_is_refused(self) -> None:
        lines = '[{ activity = "studies", open = true }]'
        assert "says nothing of traineeship" in refusal(what_if(f"[activities]\nlines = {lines}\n{UNSEEN}"))

    def test_two_lines_of_one_name_are_refused(self) -> None:
        lines = '[{ direction = "outgoing", eur_per_month = 1 }, { direction = "outgoing", eur_per_month = 2 }]'
        assert "outgoing stands in two lines" in refusal(what_if(f"[student_rates]\nlines = {lines}\n{UNSEEN}"))

    def test_a_fault_in_a_line_names_the_line(self) -> None:
        lines = '[{ direction = "outgoing", eur_per_month = 1 }, { direction = "incomming", eur_per_month = 2 }]'
        said = refusal(what_if(f"[student_rates]\nlines = {lines}\n{UNSEEN}"))
        assert "[student_rates], line 2: direction = 'incomming', expected one of: incoming" in said
        assert "did you mean incoming?" in said

    def test_a_line_without_source_of_its_own_takes_that_of_the_paragraph(self) -> None:
        lines = '[{ direction = "outgoing", eur_per_month = 1, confidence = "single-source", note = "once" }]'
        text = what_if(f'[student_rates]\nlines = {lines}\nsource = ["neo_kg"]\nconfidence = "official"\n')
        line = load(text)["student_rates"].lines[0]
        assert [source.key for source in line.citation.sources] == ["neo_kg"]
        assert line.citation.confidence is Confidence.SINGLE_SOURCE
        assert line.citation.note == "once"

    def test_a_line_seen_nowhere_cannot_be_surer_than_unverified(self) -> None:
        lines = '[{ direction = "outgoing", eur_per_month = 1, source = [] }]'
        text = what_if(f'[student_rates]\nlines = {lines}\nsource = ["neo_kg"]\nconfidence = "official"\n')
        assert '[student_rates], line 1: confidence = "official" without a source' in refusal(text)

    def test_amounts_are_exact(self) -> None:
        text = what_if(f"[organisational_support_payment]\nshare = 0.1\n{UNSEEN}")
        assert load(text)["organisational_support_payment"].share == Decimal("0.1")


class TestUnchanged:
    def test_source_and_confidence_are_those_of_the_claim(self) -> None:
        text = next_year(staff_duration='source = ["koblenz"], confidence = "single-source", note = "seen once"')
        loaded = load(text)["staff_duration"]
        assert isinstance(loaded, StaffDuration)
        assert loaded.minimum_days == 5
        assert loaded.citation == Citation(
            document="Guide 2031",
            paragraph="staff_duration",
            sources=loaded.citation.sources,
            confidence=Confidence.SINGLE_SOURCE,
            note="seen once",
        )
        assert [source.key for source in loaded.citation.sources] == ["koblenz"]

    def test_a_line_without_confidence_of_its_own_has_that_of_the_claim(self) -> None:
        text = next_year(student_rates='source = ["koblenz"], confidence = "single-source"')
        rates = load(text)["student_rates"]
        assert isinstance(rates, StudentRates)
        assert {line.citation.confidence for line in rates.lines} == {Confidence.SINGLE_SOURCE}

    @pytest.mark.parametrize("claimed", list(Confidence))
    def test_a_line_is_never_surer_than_itself_or_the_claim(self, claimed: Confidence) -> None:
        text = next_year(travel_bands=f'source = ["koblenz"], confidence = "{claimed.label}"')
        before, after = guide(2018)["travel_bands"], load(text)["travel_bands"]
        for old, new in zip(before.lines, after.lines, strict=True):
            assert new.citation.confidence is min(old.citation.confidence, claimed)

    def test_a_line_shows_its_own_sources_beside_those_of_the_claim(self) -> None:
        text = next_year(travel_bands='source = ["koblenz", "neo_kg"], confidence = "official"')
        line = load(text)["travel_bands"].lines[1]
        assert [source.key for source in line.citation.sources] == ["neo_kg", "unipv_2018", "aksim", "koblenz"]

    def test_a_line_that_was_seen_nowhere_is_not_shown_by_a_claim_on_the_whole(self) -> None:
        limits = guide(2020)["outgoing_limits"]
        assert isinstance(limits, OutgoingLimits)
        (pooled,) = (line for line in limits.lines if line.instrument == "EDF")
        assert pooled.citation.sources == ()
        assert pooled.citation.confidence is Confidence.UNVERIFIED

    def test_nor_does_the_claim_make_it_surer(self) -> None:
        windows = guide(2015)["budget_windows"]
        assert windows.citation.confidence is Confidence.UNVERIFIED
        activities = {line.activity: line.citation for line in guide(2016)["activities"].lines}
        assert activities[Activity.TEACHING_AND_TRAINING].confidence is Confidence.UNVERIFIED
        assert activities[Activity.TEACHING_AND_TRAINING].sources == ()
        assert activities[Activity.STUDIES].confidence is Confidence.OFFICIAL

    def test_a_conflict_stays_with_the_figure_it_speaks_of(self) -> None:
        conflicts = [line.citation.conflict for line in guide(2020)["student_rates"].lines]
        assert conflicts[:3] == [None, None, None]
        assert "750 EUR" in conflicts[3]

    def test_a_note_on_another_call_does_not_stay(self) -> None:
        assert guide(2018)["study_duration"].citation.note is not None
        assert load(next_year())["study_duration"].citation.note is None

    def test_a_closed_paragraph_may_stay_closed(self) -> None:
        loaded = load(next_year())["organisational_support_beyond"]
        assert isinstance(loaded, Closed)
        assert loaded.citation.confidence is Confidence.OFFICIAL
        assert loaded.citation.document == "Guide 2031"


class TestWhatIf:
    def test_a_file_on_a_guide_itself_changes_what_it_names_and_nothing_else(self) -> None:
        changed = load(what_if(STAFF + UNSEEN))
        assert changed.title == "A what-if"
        assert changed["staff_duration"].minimum_days == 3
        assert changed["staff_duration"].citation.document == "A what-if"
        for name, provision in guide(2018).provisions.items():
            if name != "staff_duration":
                assert changed[name] is provision

    def test_it_may_bring_sources_of_its_own(self) -> None:
        text = what_if(STAFF + 'source = ["idea"]\nconfidence = "single-source"\n')
        changed = load(text + '[sources.idea]\ntitle = "An idea"\nkind = "secondary"\n')
        assert changed["staff_duration"].citation.sources[0].title == "An idea"

    def test_it_is_read_from_a_path_or_from_its_name(self, tmp_path: Path) -> None:
        file = tmp_path / "reform.toml"
        file.write_text(what_if(STAFF + UNSEEN), encoding="utf-8")
        assert load(file) == load(str(file))
        assert load(file).name == "reform.toml"

    def test_a_file_that_is_not_there_is_refused_with_its_path(self, tmp_path: Path) -> None:
        with pytest.raises(GuideError, match=r"nowhere\.toml cannot be read"):
            load(tmp_path / "nowhere.toml")

    def test_a_file_that_is_no_text_is_refused(self, tmp_path: Path) -> None:
        file = tmp_path / "picture.toml"
        file.write_bytes(b"\xff\xfe\x00")
        with pytest.raises(GuideError, match=r"picture\.toml cannot be read"):
            load(file)


class TestAmended:
    def test_it_is_a_new_guide_and_the_old_one_stays(self) -> None:
        longer = attrs.evolve(guide(2018)["staff_duration"], maximum_days=90)
        amended = guide(2018).amended(staff_duration=longer)
        assert amended.title == "Programme Guide 2018, amended"
        assert amended["staff_duration"].maximum_days == 90
        assert guide(2018)["staff_duration"].maximum_days == 60

    def test_what_is_new_is_cited_in_no_source_and_keeps_its_confidence(self) -> None:
        longer = attrs.evolve(guide(2018)["staff_duration"], maximum_days=90)
        citation = guide(2018).amended(staff_duration=longer)["staff_duration"].citation
        assert citation.document == "Programme Guide 2018, amended"
        assert citation.sources == ()
        assert citation.note == "a what-if, written in no Guide"
        assert citation.confidence is Confidence.OFFICIAL

    def test_lines_taken_over_stay_cited_as_they_were(self) -> None:
        rates = guide(2018)["student_rates"]
        more = attrs.evolve(rates.lines[0], eur_per_month=Decimal(1000))
        amended = guide(2018).amended(student_rates=attrs.evolve(rates, lines=(more, *rates.lines[1:])))
        assert amended["student_rates"].lines[1:] == rates.lines[1:]
        assert amended["student_rates"].lines[0].citation.sources == ()
        assert amended["student_rates"].lines[0].citation.line == "incoming, group 1"

    def test_a_paragraph_may_be_closed(self) -> None:
        closed = Closed(citation=Citation(document="", paragraph="traineeship_duration"))
        assert isinstance(guide(2018).amended(traineeship_duration=closed)["traineeship_duration"], Closed)

    def test_a_paragraph_given_as_it_stands_changes_nothing(self) -> None:
        assert guide(2018).amended(visa=guide(2018)["visa"]).provisions == guide(2018).provisions

    def test_an_unknown_paragraph_is_refused(self) -> None:
        with pytest.raises(GuideError, match="did you mean visa"):
            guide(2018).amended(visas=guide(2018)["visa"])

    def test_a_value_of_another_class_is_refused(self) -> None:
        with pytest.raises(GuideError, match="give a StudyDuration"):
            guide(2018).amended(study_duration=guide(2018)["combined_duration"])
        assert isinstance(guide(2018)["combined_duration"], CombinedDuration)
        assert isinstance(guide(2018)["study_duration"], StudyDuration)

    def test_a_table_that_contradicts_itself_is_refused(self) -> None:
        bands = guide(2018)["travel_bands"]
        with pytest.raises(GuideError, match="there is a gap"):
            guide(2018).amended(travel_bands=attrs.evolve(bands, lines=(bands.lines[0], *bands.lines[2:])))
