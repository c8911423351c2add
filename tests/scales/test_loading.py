"""The files under scales: read, cited, and refused where they break their own rules."""

from __future__ import annotations

import datetime as dt
import itertools

import attrs
import pytest

from icm_rules.engine import Confidence, GuideError, InputError
from icm_rules.scales.grades import _ROUNDINGS
from icm_rules.scales.loading import (
    Figure,
    citation_of,
    credit_roundings,
    credit_schemes,
    figure,
    figures,
    grade_roundings,
    grading_scales,
    kazakhstan_grades,
    letter_tables,
    overlaps,
    recognition_policies,
    recognition_policy,
    schemes_named,
    slivers,
    sources,
)
from icm_rules.scales.provisions import DOCUMENT_PROVISIONS, document_provisions
from icm_rules.scales.tables import OVERLAP_CHOICES


def everything():
    """Every record that these files make."""
    yield from figures().values()
    yield from credit_schemes()
    for scale in grading_scales().values():
        yield scale
        yield from scale.caps
    for known in (grade_roundings(), overlaps(), slivers(), letter_tables(), credit_roundings()):
        yield from known.values()
    yield from recognition_policies().values()
    yield from document_provisions().values()


class TestWhatIsRead:
    def test_whatever_is_surer_than_unverified_names_a_text(self):
        for each in everything():
            assert each.citation.sources or each.citation.confidence is Confidence.UNVERIFIED

    def test_every_text_has_a_title_and_a_kind(self):
        assert {each.kind for each in sources().values()} == {"official", "official_copy", "institution", "secondary"}
        assert all(each.title for each in sources().values())

    def test_an_id_level_and_activity_name_one_line(self):
        keys = [(each.id, each.level, each.activity) for each in credit_schemes()]
        assert len(set(keys)) == len(keys)

    def test_every_way_to_choose_and_to_round_is_one_the_code_knows(self):
        assert set(overlaps()) == set(OVERLAP_CHOICES)
        assert set(grade_roundings()) == set(_ROUNDINGS)

    def test_a_policy_names_what_there_is(self):
        for policy in recognition_policies().values():
            assert policy.overlap in overlaps()
            assert policy.grade_rounding in grade_roundings()
            assert policy.credit_rounding in credit_roundings()
            assert set(policy.letter_tables) <= set(letter_tables())
            assert policy.home_scheme is None or schemes_named(policy.home_scheme)
            caps = {cap.policy for scale in grading_scales().values() for cap in scale.caps}
            assert policy.caps is None or policy.caps in caps

    def test_a_policy_is_as_the_default_where_it_is_silent(self):
        policies = recognition_policies()
        assert policies["wuerzburg"].overlap == policies["default"].overlap
        assert policies["wuerzburg"].caps == "wuerzburg"

    def test_every_provision_is_of_its_class(self):
        assert {name: type(each) for name, each in document_provisions().items()} == dict(DOCUMENT_PROVISIONS)

    def test_kazakhstans_bands_leave_no_gap_in_either_edition(self):
        for edition in ("current", "2011"):
            grades = kazakhstan_grades(edition)
            assert (grades[0].percent_to, grades[-1].percent_from) == (100, 0)
            for better, worse in itertools.pairwise(grades):
                assert better.percent_from == worse.percent_to + 1
        assert [each.letter for each in kazakhstan_grades("2011")][-1] == "F"
        assert "FX" not in {each.letter for each in kazakhstan_grades("2011")}


class TestWhatIsAskedForByName:
    def test_an_unknown_figure_is_refused_with_the_nearest(self):
        with pytest.raises(GuideError, match=r"did you mean 'ects\.volume\.credits_semester'"):
            figure("ects.volume.credits_semestr")

    def test_an_unknown_policy_is_refused_with_the_nearest(self):
        with pytest.raises(InputError, match="did you mean 'wuerzburg'"):
            recognition_policy("wurzburg")

    def test_a_policy_given_is_given_back(self):
        changed = attrs.evolve(recognition_policy("default"), sliver="0.05")
        assert recognition_policy(changed) is changed

    def test_a_figure_that_is_no_number_has_none(self):
        with pytest.raises(GuideError, match="expected a number"):
            _ = figure("learning_agreement.table_a").number

    @pytest.mark.parametrize("name", ["kazakhstan-legacy", "KZ-legacy-doctoral", "Kazakhstan-Legacy"])
    def test_a_scheme_goes_by_its_id_or_code(self, name):
        assert all(each.id == "kazakhstan-legacy" for each in schemes_named(name))

    def test_a_country_whose_credit_changed_has_the_one_of_the_day(self):
        assert {each.id for each in schemes_named("kz", on=dt.date(2018, 10, 11))} == {"kazakhstan-legacy"}
        assert {each.id for each in schemes_named("kz", on=dt.date(2022, 7, 20))} == {"kazakhstan"}
        assert {each.id for each in schemes_named("kz")} == {"kazakhstan"}

    @pytest.mark.parametrize("day", [dt.date(2018, 10, 12), dt.date(2022, 7, 19)])
    def test_between_the_two_no_text_says_which(self, day):
        with pytest.raises(InputError, match=r"no credit scheme that a text shows in use on"):
            schemes_named("kz", on=day)

    def test_a_country_with_several_schemes_asks_which(self):
        with pytest.raises(InputError, match=r"fits several credit schemes; write one of: usa-semester, usa-quarter"):
            schemes_named("us")

    def test_an_unknown_scheme_is_refused(self):
        with pytest.raises(InputError, match="did you mean 'kazakhstan-legacy'"):
            schemes_named("kazakhstan-legac")


class TestWhatIsRefused:
    def test_a_source_that_is_not_listed(self):
        with pytest.raises(GuideError, match=r"source 'kaznpuu' is not in sources.toml; did you mean 'kaznpu'"):
            citation_of({"source": ["kaznpuu"], "confidence": "official"}, "credits", "x")

    def test_a_confidence_without_a_source(self):
        with pytest.raises(GuideError, match="without a source"):
            citation_of({"source": [], "confidence": "official"}, "credits", "x")

    def test_a_word_that_is_no_confidence(self):
        with pytest.raises(GuideError, match="is no confidence"):
            citation_of({"source": [], "confidence": "sure"}, "credits", "x")

    def test_a_number_that_is_none(self):
        cited = figure("reading.half_year_days").citation
        with pytest.raises(GuideError, match="expected a number such as"):
            _ = Figure(citation=cited, value="many").number
