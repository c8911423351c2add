"""Agreements and applications as plain data: what is written reads back, and a refusal says where and why."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings

from icm_rules import (
    Application,
    InputError,
    InterInstitutionalAgreement,
    Mobility,
    agreement_from_dict,
    agreement_to_dict,
    application_from_dict,
    application_to_dict,
    mobility_from_dict,
    mobility_to_dict,
)
from icm_rules.adapters.agreements import read_agreements, read_applications
from icm_rules.adapters.plain import Refused
from tests import strategies


@settings(max_examples=25, deadline=None)
@given(strategies.agreement_documents())
def test_an_agreement_that_is_written_reads_back(document: InterInstitutionalAgreement) -> None:
    assert agreement_from_dict(json.loads(json.dumps(agreement_to_dict(document)))) == document


@settings(max_examples=25, deadline=None)
@given(strategies.applications())
def test_an_application_that_is_written_reads_back(document: Application) -> None:
    assert application_from_dict(json.loads(json.dumps(application_to_dict(document)))) == document


@settings(max_examples=15, deadline=None)
@given(strategies.agreement_documents())
def test_a_mobility_writes_of_a_document_what_it_reads_of_an_agreement(document: InterInstitutionalAgreement) -> None:
    """Nested and flat, it is data that a mobility can be read from."""
    stay = Mobility(call=2019, agreement=document)
    for flat in (False, True):
        again = mobility_from_dict(mobility_to_dict(stay, flat=flat))
        if again.agreement is not None:
            assert again.agreement.first_academic_year == document.first_academic_year
            assert len(again.agreement.conditions or ()) == len(document.conditions or ())


@pytest.mark.parametrize("written", ["not yet defined", "Not yet defined", "not_yet_defined"])
def test_what_is_not_yet_defined_may_stand_as_the_value(written: str) -> None:
    condition = {"direction": "incoming", "activity": "studies", "cycles": written, "not_yet_defined": ["languages"]}
    read = agreement_from_dict({"transcript_weeks": written, "conditions": [condition]})
    assert read.not_yet_defined == ("transcript_weeks",)
    assert read.conditions is not None
    assert read.conditions[0].not_yet_defined == ("languages", "cycles")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "f: the file is empty; write one agreement as a JSON object, or a list of them"),
        (b"3", "f: 3 is no agreement;"),
        (b"[1]", "f: agreement 1: 1 stands where the fields of an agreement belong"),
        (
            b'{"partys": []}',
            "f: agreement 1: partys: there is no field 'partys' in an agreement; did you mean 'parties'?",
        ),
        (b'{"conditions": 3}', "f: agreement 1: conditions: 3 is no list"),
        (
            b'{"conditions": [{"direction": "incoming"}]}',
            "f: agreement 1: conditions[0].activity: 'activity' is not told",
        ),
        (b'{"conditions": [[]]}', "f: agreement 1: conditions[0]: [] stands where the fields of a condition belong"),
        (b'{"parties": [{"name": "x"}, {"pic": "12"}]}', "f: agreement 1: parties[1].pic: '12' is no PIC"),
        (b'{"transcript_weeks": -1}', "f: agreement 1: transcript_weeks: -1 is negative"),
        (b'{"transcript_weeks": {"a": 1}}', "f: agreement 1: transcript_weeks: {'a': 1} is an object where one value"),
        (b'{"status": "draft", "status": "signed"}', "f: agreement 1: status: 'status' stands more than once"),
    ],
)
def test_an_agreement_is_refused_in_one_line_with_its_place(content: bytes, said: str) -> None:
    (entry,) = read_agreements(content, "f")
    assert isinstance(entry, Refused)
    assert str(entry).startswith(said)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"agency": "SI01"}', "f: application 1: call: 'call' is not told"),
        (b'{"call": 2019, "agency": "SI1"}', "f: application 1: agency: 'SI1' is no code of a National Agency"),
        (b'{"call": 2019, "agency": "QQ01"}', "f: application 1: agency: "),
        (b'{"call": 2019, "applying_institution": 5}', "f: application 1: applying_institution: 5 is no Institution"),
        (
            b'{"call": 2019, "applying_institution": {"kuntry": "SI"}}',
            "f: application 1: applying_institution.kuntry: there is no field 'kuntry'",
        ),
        (
            b'{"call": 2019, "assessment": {"units": [{"scores": [{"criterion": "a"}]}]}}',
            "f: application 1: assessment.units[0].scores[0].points: 'points' is not told",
        ),
    ],
)
def test_an_application_is_refused_in_one_line_with_its_place(content: bytes, said: str) -> None:
    (entry,) = read_applications(content, "f")
    assert isinstance(entry, Refused)
    assert str(entry).startswith(said)


def test_several_are_read_each_by_itself() -> None:
    entries = read_agreements(b'[{"call": 2019}, {"call": "x"}, {"call": null}]', "f")
    assert [isinstance(entry, Refused) for entry in entries] == [False, True, False]
    assert [entry.position for entry in entries] == [1, 2, 3]


def test_plain_data_that_is_no_mapping_is_refused() -> None:
    with pytest.raises(InputError, match="stands where the fields of an application belong"):
        application_from_dict([])  # type: ignore[arg-type]
