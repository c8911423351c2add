"""The road of a recognition from the files of the examples to the record, and how it is told."""

from __future__ import annotations

import json
from pathlib import Path

import attrs
import pytest
from hypothesis import given, settings

from icm_rules import (
    InputError,
    LearningAgreement,
    RecognitionDecision,
    TranscriptOfRecords,
    document_from_dict,
    document_to_dict,
    read_document,
    recognise,
)
from icm_rules.recognise.telling import record_to_dict
from icm_rules.report.layout import as_text
from icm_rules.report.records import Report
from tests.strategies_recognition import stays

FOLDER = Path(__file__).parent.parent / "examples" / "recognition"
KINDS = {"agreement": LearningAgreement, "transcript": TranscriptOfRecords, "decision": RecognitionDecision}


def document(name, kind):
    """A document of an example; *None* where it has none."""
    path = FOLDER / f"{name}-{kind}.json"
    return read_document(KINDS[kind], path.read_bytes()) if path.exists() else None


@attrs.frozen
class Expected:
    """What an example comes to, counted by hand."""

    name: str
    policy: str
    outcome: str
    recognised: str
    remaining: str
    grades: dict[str, str | None]
    overall: str
    not_met: tuple[str, ...] = ()


TABLE = (
    # 10 + 5 + 5 of 30; the failed course stood for 6 older credits, 9 to 10.8 ECTS. 4 - (1.7 - 1) = 3.3,
    # and the nearest grade of Kazakhstan's scale is 3.33; that to 2.7 is 2.67.
    Expected(
        "almaty",
        "default",
        "partial",
        "20",
        "from 9 to 10.8",
        {"WIWI-201": "3.33", "WIWI-214": "2.67", "SPR-DE-B1": None},
        "not eligible",
        ("recognition.components.in_full", "recognition.components.unconditional"),
    ),
    # 6 + 9 + 6 + 7.5 + 1.5. 9 has the places from 10 to 35 %: the middle, 22.5 %, is a B (15 to 37.5 %).
    Expected(
        "tbilisi",
        "default",
        "full",
        "30",
        "0",
        {"MGT5010": "B", "MGT5024": "C", "MGT5031": "A", "MGT5044": "E", "LV-A1": None},
        "eligible",
    ),
    # 6 and 5 as agreed, and 3 and 4 credits at 2.
    Expected(
        "us-college",
        "wuerzburg",
        "full",
        "25",
        "0",
        {"ENG 310": "1.3", "LIN 220": "1.7", "HIS 201": "2.0", "FRN 101": "3.3"},
        "eligible",
    ),
)


def recognition_of(expected):
    """The recognition of an example."""
    documents = (document(expected.name, kind) for kind in KINDS)
    return recognise(*documents, policy=expected.policy)


@pytest.mark.parametrize("expected", TABLE, ids=lambda expected: expected.name)
class TestAnExample:
    def test_comes_to_what_the_table_says(self, expected):
        found = recognition_of(expected)
        record = found.record
        assert record.outcome.value == expected.outcome
        assert str(record.recognised) == expected.recognised
        assert str(record.remaining) == expected.remaining
        grades = {each.component.code: each.grade.value for each in record.components if each.grade is not None}
        assert grades == expected.grades
        assert found.report.overall.value == expected.overall
        assert tuple(each.identity for each in found.report.not_met) == expected.not_met

    def test_its_documents_read_back_the_same(self, expected):
        for kind, of in KINDS.items():
            read = document(expected.name, kind)
            if read is not None:
                assert document_from_dict(of, json.loads(json.dumps(document_to_dict(read)))) == read

    def test_becomes_plain_values_that_json_can_hold(self, expected):
        data = json.loads(json.dumps(recognition_of(expected).to_dict()))
        assert data["record"]["outcome"] == expected.outcome
        assert Report.from_dict(data["report"]).overall.value == expected.overall

    def test_is_told_in_text_markdown_and_html(self, expected):
        found = recognition_of(expected)
        text = found.to_text(all_rules=True)
        assert f"{expected.outcome} recognition is owed: {expected.recognised} of" in text
        # An address that is longer than a line stays whole.
        assert all(len(line) <= 100 or len(line.split()) == 1 for line in text.splitlines())
        assert str(found) == found.to_text()
        assert "\n## Grades\n" in found.to_markdown()
        html = found.to_html()
        assert html == found._repr_html_()
        assert html.startswith('<div class="icm-report">')
        assert "No line of a grant" not in text


def test_every_file_of_the_examples_is_of_one_of_them():
    names = {f"{expected.name}-{kind}" for expected in TABLE for kind in KINDS}
    assert {path.stem for path in FOLDER.iterdir()} <= names


def of_studied(component):
    """An agreement of one component, as JSON."""
    return f'{{"first_version": {{"studied": [{component}]}}}}'


class TestReading:
    @pytest.mark.parametrize(
        ("text", "field", "message"),
        [
            ("", None, "the file is empty; write one learning agreement"),
            ("[]", None, "is no learning agreement; write its fields in curly brackets"),
            ('{"call": 2019, "call": 2020}', "call", "stands more than once"),
            (
                '{"first_version": {"studied": [{"title": "x", "title": "y"}]}}',
                "first_version.studied[0].title",
                "once",
            ),
            (
                '{"first_version": {"studied": [{"title": "x", "credits": "six"}]}}',
                "first_version.studied[0].credits",
                "no number",
            ),
            ('{"first_versoin": {}}', "first_versoin", "did you mean 'first_version'"),
            ('{"call": ', None, "the JSON ends in the middle"),
        ],
    )
    def test_a_refusal_says_where_and_what(self, text, field, message):
        with pytest.raises(InputError, match=message) as caught:
            read_document(LearningAgreement, text)
        assert caught.value.field == field

    @given(stay=stays())
    @settings(max_examples=30)
    def test_what_is_written_reads_back(self, stay):
        for read in stay:
            assert document_from_dict(type(read), json.loads(json.dumps(document_to_dict(read)))) == read


class TestTelling:
    def test_an_agreement_alone_is_told_as_open(self):
        found = recognise(document("tbilisi", "agreement"))
        assert "what is owed cannot be told yet: from 0 to 30 of 30 ECTS" in found.to_text()
        assert "the transcript does not show it" in found.to_text().casefold()

    def test_nothing_agreed_is_told_as_well(self):
        text = recognise(LearningAgreement(call=2023)).to_text()
        assert "A recognition without a reference" in text
        assert "Nothing is agreed" in text

    def test_a_value_that_is_not_known_is_told_so(self):
        agreement = LearningAgreement(
            call=2023,
            first_version={
                "studied": [{"title": "A", "credits": {"value": 3, "scheme": "our own"}}],
                "recognised": [{"title": "H"}],
            },
        )
        shown = TranscriptOfRecords(
            components=[{"title": "A", "completed": True, "credits": {"value": 3, "scheme": "our own"}}]
        )
        found = recognise(agreement, shown)
        assert record_to_dict(found.record)["components"][0]["agreed"] is None
        assert "not known" in found.to_text()

    def test_a_policy_that_rounds_is_cited(self):
        found = recognise(document("tbilisi", "agreement"), policy="erasmus-rotterdam")
        assert "Credit rounding, eur-whole-down" in found.to_text()

    def test_credits_at_home_and_deviations_are_told(self):
        text = recognise(document("tbilisi", "agreement"), document("tbilisi", "transcript"), policy="kimep").to_text()
        assert "6 in ECTS are 3 KIMEP University, exchange (bands)" in text
        closest = recognise(document("tbilisi", "agreement"), document("tbilisi", "transcript"), policy="sgroup")
        assert "of all places apart" in closest.to_text()

    def test_what_is_asked_for_is_named_as_the_documents_name_it(self):
        agreement = LearningAgreement(
            call=2023,
            first_version={"blended": [{"title": "A"}]},
            approved_changes={"signatures": {"signed_by_participant_on": "2024-01-10"}},
        )
        found = recognise(agreement, TranscriptOfRecords(components=[]))
        text = " ".join(found.to_text().split())
        for field in (
            "transcript.issued_on",
            "agreement.approved_changes.signatures.signed_by_sending_on",
            "agreement.first_version (the ECTS credits of each component)",
        ):
            assert field in text
        assert "transcript_issued_on" not in text
        assert "credits_agreed" not in text
        asked = found.to_dict()["report"]["outcomes"]["recognition.blended.minimum_credits"]["missing"]
        assert asked == ["agreement.first_version (the ECTS credits of each component)"]

    def test_the_arrangement_is_one_for_all_layouts(self):
        from icm_rules.recognise.telling import told

        found = recognition_of(TABLE[0])
        assert as_text(told(found, all_rules=False), width=100) == found.to_text()
