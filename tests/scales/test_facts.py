"""Every figure of the list of facts is shipped, with its value, its text and its confidence."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from icm_rules.scales.loading import (
    credit_schemes,
    figures,
    grade_roundings,
    grading_scales,
    kazakhstan_from_ects,
    kazakhstan_grades,
    sources,
)
from icm_rules.scales.provisions import document_provisions

FACTS = Path(__file__).parent.parent.parent.parent / "shared" / "facts" / "recognition.toml"

pytestmark = pytest.mark.skipif(not FACTS.exists(), reason="the list of facts lies beside this tree, not in it")

TABLES = ("reason_code", "table_letters", "bavarian_rounding", "scale", "credit_system", "kz_grade")
SINGLE = (
    "ects.volume",
    "ects.transfer",
    "deadlines",
    "learning_agreement",
    "blended",
    "traineeship",
    "transcript",
    "grading_table",
    "bavarian",
    "credit_method",
    "kazakhstan",
    "institution_policy",
)


@pytest.fixture(scope="module")
def facts():
    return tomllib.loads(FACTS.read_text("utf-8"), parse_float=Decimal)


def is_as_sure(cited, fact):
    """The text of the fact is cited, and the confidence is the same."""
    keys = {source.key for source in cited.citation.sources}
    return cited.citation.confidence.label == fact["confidence"] and keys >= {fact["source"]} - {"none"}


def test_no_part_of_the_list_is_left_out(facts):
    told = {name.split(".")[0] for name in SINGLE} | set(TABLES)
    assert set(facts) == told | {"ects_to_kz_2011", "sources", "meta"}


@pytest.mark.parametrize("section", SINGLE)
def test_every_single_figure_is_there(facts, section):
    found = facts
    for part in section.split("."):
        found = found[part]
    for name, fact in found.items():
        shipped = figures()[f"{section}.{name}"]
        assert shipped.value == fact["value"], name
        assert is_as_sure(shipped, fact), name
        assert shipped.citation.note == fact.get("note")


def test_every_source_is_there(facts):
    for key, source in facts["sources"].items():
        if key != "unverified":
            assert sources()[key].title == source["title"]
            if not source["title"].startswith("PyPI "):  # a package is named by its name and version alone
                assert list(sources()[key].url) == ([source["url"]] if "url" in source else [])


def test_every_credit_system_is_there(facts):
    schemes = {scheme.code: scheme for scheme in credit_schemes()}
    for fact in facts["credit_system"]:
        scheme = schemes[fact["system"]]
        assert is_as_sure(scheme, fact)
        for name, value in fact["value"].items():
            if name.startswith("band_"):
                assert value in {band["local"] for band in scheme.values["bands"]}
            elif name.endswith("_num"):
                base = name.removesuffix("_num")
                assert scheme.number(base) == Fraction(value, fact["value"][f"{base}_den"])
            elif not name.endswith("_den"):
                assert scheme.values[name] == value


def test_every_grading_scale_is_there_with_its_caps(facts):
    for fact in facts["scale"]:
        scale, value = grading_scales()[fact["country"]], fact["value"]
        assert (scale.best, scale.lowest_pass) == (Fraction(value["best"]), Fraction(value["pass"]))
        assert is_as_sure(scale, fact)
        caps = {name.removeprefix("cap_"): Fraction(cap) for name, cap in value.items() if name.startswith("cap_")}
        assert {cap.policy: cap.value for cap in scale.caps} == caps


def test_every_rounding_of_the_formula_is_there(facts):
    for fact in facts["bavarian_rounding"]:
        assert grade_roundings()[fact["id"]].value == fact["value"]
        assert is_as_sure(grade_roundings()[fact["id"]], fact)


def test_every_grade_of_kazakhstan_is_there(facts):
    grades = {grade.letter: grade for grade in kazakhstan_grades("current")}
    for fact in facts["kz_grade"]:
        grade, value = grades[fact["letter"]], fact["value"]
        assert (grade.points, grade.percent_from, grade.percent_to) == (
            Fraction(value["points"]),
            value["min"],
            value["max"],
        )
        assert " or ".join(grade.ects_2011) == value["ects_2011"]
        assert is_as_sure(grade, fact)
    back = {"_".join(entry.ects): entry for entry in kazakhstan_from_ects()}
    for letters, fact in facts["ects_to_kz_2011"].items():
        entry, value = back[letters], fact["value"]
        assert (entry.letter, entry.points, entry.percent) == (
            value["letter"],
            Fraction(value["points"]),
            value["percent"],
        )
        assert is_as_sure(entry, fact)


def test_every_reason_code_and_every_edition_is_there(facts):
    codes = {line.code: line for line in document_provisions()["reason_codes"].lines}
    for fact in facts["reason_code"]:
        line = codes[fact["code"]]
        assert (line.applies_to, line.words) == (fact["applies_to"], fact["value"])
        assert line.paper_number == (fact["text_number_2015"]["value"] or None)
        assert is_as_sure(line, fact)
    editions = {line.edition: line for line in document_provisions()["form_editions"].lines}
    for fact in facts["table_letters"]:
        assert dict(editions[fact["edition"]].letters) == fact["value"]
        assert is_as_sure(editions[fact["edition"]], fact)
