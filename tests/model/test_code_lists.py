"""The lists that others keep: complete, and each code with where it is from."""

from __future__ import annotations

from collections import Counter

from icm_rules.engine.citations import Confidence
from icm_rules.model.code_lists import isced_fields, national_agencies


def test_the_fields_of_education_are_those_of_the_european_list() -> None:
    """12 broad and 58 narrow fields, 80 detailed ones, and 70 residual codes."""
    kinds = Counter(field.kind for field in isced_fields().values())
    assert kinds == {
        "broad": 12,
        "narrow": 58,
        "detailed": 80,
        "not-further-defined": 30,
        "not-elsewhere-classified": 28,
        "inter-disciplinary": 11,
        "unknown": 1,
    }
    assert "0613" in isced_fields()
    assert "1234" not in isced_fields()


def test_every_code_lies_below_a_shorter_one() -> None:
    for code in isced_fields():
        assert len(code) == 2 or code[:-1] in isced_fields() or code == "9999"


def test_agencies_are_seen_or_plausible() -> None:
    """54 codes, 18 of them read in public project numbers."""
    agencies = national_agencies()
    assert len(agencies) == 54
    assert sum(agency.was_seen for agency in agencies.values()) == 18
    assert agencies["EL01"].country == "GR"
    for agency in agencies.values():
        assert (agency.citation.confidence is Confidence.UNVERIFIED) is not agency.was_seen
        assert bool(agency.citation.sources) is agency.was_seen
