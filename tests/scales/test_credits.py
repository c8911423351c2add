"""Credits converted by each method, there and back."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icm_rules.engine import Confidence, InputError
from icm_rules.scales.credits import CREDIT_METHODS, convert_credits, credits_from_ects
from icm_rules.scales.loading import credit_roundings, credit_schemes
from tests.strategies_recognition import halves


def value(*args, **kwargs):
    """The converted number, as it is written."""
    found = convert_credits(*args, **kwargs).value
    return None if found is None else str(found)


class TestPublishedExamples:
    @pytest.mark.parametrize(
        ("number", "scheme", "more", "ects"),
        [
            (18, "kazakhstan-legacy", {"level": "bachelor"}, "from 27 to 32.4"),
            (4, None, {"year_load": 40}, "6"),
            (24, "australia-uts", {}, "30"),
            (6, "australia-uts", {"method": "semester-load"}, "7.5"),
            (18, None, {"degree": (150, 4)}, "28.8"),
            (3, "usa-quarter", {}, "4"),
            (2, "uk-cats", {}, "1"),
            (1, "kazakhstan-legacy", {"activity": "final-attestation"}, "from 3.2 to 4.5"),
            (3, "kazakhstan-ineu", {"level": "master-scientific"}, "9"),
            (1, "korea", {}, "12/7 (about 1.71)"),
            (3, "korea", {"method": "practice"}, "5"),
            (1, "south-africa", {}, "0.5"),
            (3, "south-africa", {"method": "hours"}, "from 1 to 1.2"),
            (153, None, {"hours_per_credit": 1}, "from 5.1 to 6.12"),
            (1, "malaysia", {}, "30/17 (about 1.76)"),
        ],
    )
    def test_is_reached(self, number, scheme, more, ects):
        assert value(number, scheme, **more) == ects

    def test_the_degree_load_is_cut_to_29_by_no_text(self):
        """ULB prints 29 for 18 credits of a degree of 150 in four years; its rounding is not told, so none is made."""
        assert value(18, None, degree=(150, 4)) == "28.8"


class TestWhatWins:
    def test_the_partners_own_figure_wins_over_any_factor(self):
        found = convert_credits(3, "usa-semester", stated_ects="7.5")
        assert (str(found.value), found.method, found.factor) == ("7.5", "stated", None)

    def test_the_institutions_own_table_comes_next(self):
        assert value(3, "usa-semester", table={3: 5}) == "5"
        missing = convert_credits(4, "usa-semester", table={3: 5})
        assert missing.value is None
        assert missing.needs == ("an entry for it (there are those for 3)",)

    def test_a_load_told_outweighs_the_files(self):
        assert value(3, "usa-semester", year_load=36) == "5"

    def test_other_methods_are_told_where_they_differ(self):
        found = convert_credits(1, "south-africa")
        assert {name: str(factor) for name, factor in found.others} == {"hours": "from 1/3 (about 0.33) to 0.4"}

    def test_ects_credits_need_no_conversion(self):
        assert value("7.5", "ECTS") == "7.5"


class TestNoValue:
    def test_where_nothing_is_known_it_says_what_would_be_needed(self):
        found = convert_credits(10, "brazil")
        assert found.value is None
        assert found.needs[0] == "the ECTS figure of the partner itself"

    def test_a_scheme_with_several_lines_asks_for_the_level(self):
        found = convert_credits(10, "kazakhstan-legacy")
        assert found.value is None
        assert "bachelor" in found.needs[0]

    def test_a_method_that_lacks_what_it_needs_gives_none(self):
        assert convert_credits(10, "russia", method="bands").value is None

    @pytest.mark.parametrize(("local", "ects"), [(3, "from 4 to 7.5"), (6, "10"), (4, None)])
    def test_bands_have_gaps(self, local, ects):
        assert value(local, "kazakhstan-kimep") == ects

    @pytest.mark.parametrize(
        ("ects", "local"), [("3.9", None), (4, "3"), ("7.5", "3"), (8, None), (10, "6"), (11, None)]
    )
    def test_bands_are_read_the_other_way_as_well(self, ects, local):
        found = credits_from_ects(ects, "kazakhstan-kimep").value
        assert (None if found is None else str(found)) == local

    def test_the_other_way_neither(self):
        assert credits_from_ects(10, "brazil").value is None
        assert credits_from_ects(10, "kazakhstan-legacy").needs[0].startswith("the level or activity: ")

    def test_ects_credits_stay_what_they_are(self):
        assert str(credits_from_ects(10, "ects").value) == "10"


class TestRefusals:
    @pytest.mark.parametrize(
        ("arguments", "more", "message"),
        [
            (("x", "usa-semester"), {}, "'x' is no number of credits"),
            ((-1, "usa-semester"), {}, "not negative"),
            ((1, "usa-semester"), {"year_load": 0}, "nor zero"),
            ((1, "usa-semester"), {"method": "guess"}, "there is no method 'guess'"),
            ((1, "usa-semester"), {"rounding": "up"}, "there is no rounding 'up'"),
            ((1, "kazakhstan-legacy"), {"level": "doctor"}, "did you mean 'doctoral'"),
            ((1, "kazakhstan-legacy"), {"activity": "sleep"}, "has no activity 'sleep'"),
            ((1, "atlantis"), {}, "there is no credit scheme 'atlantis'"),
            ((1, "georgia"), {"level": "bogus"}, "there is no level 'bogus'"),
        ],
    )
    def test_one_sentence_says_what_is_wrong(self, arguments, more, message):
        with pytest.raises(InputError, match=message):
            convert_credits(*arguments, **more)


def test_the_kinds_of_master_together_make_a_range():
    assert value(1, "kazakhstan-legacy", level="master") == "from 2 to 3"


def test_a_level_is_no_matter_where_a_scheme_has_one_factor():
    assert value(1, "georgia", level="bachelor") == "1"


def test_the_day_decides_for_a_country_whose_credit_changed():
    assert value(2, "kz", on=dt.date(2016, 2, 1), level="bachelor") == "from 3 to 3.6"
    assert value(2, "kz", on=dt.date(2024, 2, 1), level="bachelor") == "2"


@pytest.mark.parametrize(("country", "name"), [("lv", "latvia-old"), ("es", "spain-old")])
def test_the_code_of_a_country_does_not_stand_for_an_old_credit(country, name):
    found = convert_credits(6, country)
    assert (found.value, found.confidence) == (None, None)
    assert name in found.needs[1]
    assert credits_from_ects(6, country).value is None
    assert convert_credits(6, name).value is not None
    assert value(6, country, year_load=60) == "6"


def test_a_day_for_which_no_text_shows_a_credit_is_no_refusal():
    found = convert_credits(18, "kz", on=dt.date(2018, 11, 1))
    assert (found.value, found.needs[0]) == (None, "the ECTS figure of the partner itself")
    assert "which credit of KZ is in use on 2018-11-01" in found.why


def test_a_credit_that_is_named_for_another_day_is_remarked_on():
    found = convert_credits(18, "kazakhstan", on=dt.date(2015, 1, 1))
    assert found.why.endswith("; but no text shows this credit in use on 2015-01-01, only from 2022-07-20")
    assert "but" not in convert_credits(18, "kazakhstan", on=dt.date(2023, 1, 1)).why


def test_whole_credits_are_cut_down():
    assert value(3, "japan", rounding="eur-whole-down") == "from 4 to 5"


def test_a_conversion_is_as_sure_as_the_weakest_of_its_texts():
    assert convert_credits(1, "ukraine").confidence is Confidence.UNVERIFIED
    assert convert_credits(1, "taiwan-ncku").confidence is Confidence.OFFICIAL


def convertible():
    """A scheme and how to ask for one line of it."""
    lines = [each for each in credit_schemes() if "bands" not in each.values and each.country != "BR"]
    return st.sampled_from([(each.code, each.values) for each in lines])


class TestThereAndBack:
    @given(number=halves, scheme=convertible(), rounding=st.sampled_from(sorted(credit_roundings())))
    def test_comes_back_within_the_declared_rounding(self, number, scheme, rounding):
        """Rounding to whole credits loses less than one ECTS credit, and never adds any."""
        there = convert_credits(number, scheme[0], rounding=rounding)
        back = [credits_from_ects(end, scheme[0]) for end in (there.value.low, there.value.high)]
        step = Fraction(0) if credit_roundings()[rounding].kind == "none" else Fraction(1)
        factor = there.factor
        assert back[0].value.low <= Fraction(number) <= back[1].value.high + step / factor.low
        if factor.is_exact and not step:
            assert back[0].value.low == back[1].value.high == Fraction(number)

    @given(
        numbers=st.tuples(halves, halves), scheme=convertible(), rounding=st.sampled_from(sorted(credit_roundings()))
    )
    def test_more_credits_are_never_fewer(self, numbers, scheme, rounding):
        less, more = (
            convert_credits(each, scheme[0], rounding=rounding).value for each in (min(numbers), max(numbers))
        )
        assert less.low <= more.low
        assert less.high <= more.high


@pytest.mark.parametrize("method", CREDIT_METHODS)
def test_every_method_answers_for_something(method):
    """No method is there that nothing reaches."""
    ways = {
        "stated": {"stated_ects": 2},
        "own-table": {"table": {1: 2}},
        "degree-load": {"degree": (180, 3)},
        "semester-load": {"semester_load": 15},
    }
    schemes = {
        "bands": ("kazakhstan-kimep", 3),
        "table": ("KZ-INEU-bachelor", 1),
        "factor-range": ("japan", 1),
        "practice": ("korea", 1),
        "year-load": ("korea", 1),
        "hours": ("chile-sct", 1),
    }
    scheme, number = schemes.get(method, ("usa-semester", 1))
    found = convert_credits(number, scheme, method=method, **ways.get(method, {}))
    assert found.method == method
    assert found.value is not None
