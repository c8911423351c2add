"""Documents and dates of one mobility, stage by stage."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icm_rules import Documents, InputError, LocalLimits, checklist
from icm_rules.adapters.documents import Filed, read_documents
from icm_rules.checklists import CHECKLIST, OF_MOBILITIES
from icm_rules.model.vocabulary import mobility_of
from icm_rules.report.checklist import ItemState
from tests.rules.cases import facts

EXAMPLES = Path(__file__).parent.parent / "examples" / "checklists"

START, END = date(2019, 9, 30), date(2020, 1, 31)
"""Of the whole student."""

WHOLE = {
    "grant_agreement_signed_by_participant_on": "2019-08-01",
    "grant_agreement_signed_by_institution_on": "2019-08-05",
    "has_bank_account": True,
    "insured_from": "2019-09-30",
    "insured_until": "2020-01-31",
    "visa_from": "2019-09-30",
    "visa_until": "2020-01-31",
    "first_payment_on": "2019-09-04",
    "arrival_confirmed_on": "2019-09-30",
    "certificate_first_day": "2019-09-30",
    "certificate_last_day": "2020-01-31",
    "certificate_signed_on": "2020-01-31",
    "transcript_first_day": "2019-09-30",
    "transcript_last_day": "2020-01-31",
    "results_published_on": "2020-02-03",
    "transcript_issued_on": "2020-03-09",
    "outward_ticket_date": "2019-09-30",
    "return_ticket_date": "2020-01-31",
    "recognised_on": "2020-03-30",
    "participant_report_on": "2020-02-20",
}
"""Every document, each on the last day, or with the least dates, that still agree."""

LIMITS = {
    "first_payment_percent": 80,
    "certificate_days_early": 0,
    "certificate_days_after_return": 0,
    "recognition_days": 21,
    "report_days_after_return": 20,
}


def found(base: str = "student_in", call: int = 2019, stage: str = "final_report", limits=LIMITS, **changes):
    documents = {name: value for name, value in (WHOLE | changes).items() if value is not None}
    mobility = mobility_of({"call": call, **facts(base)})
    return checklist(mobility, Documents(**documents), LocalLimits(**limits), stage=stage)


def states(made) -> dict[str, ItemState]:
    return {item.outcome.identity: item.state for item in made.items}


def of_documents(made) -> dict[str, ItemState]:
    return {name: state for name, state in states(made).items() if name.startswith("documents.")}


@pytest.mark.parametrize("call", [2015, 2019, 2024])
def test_a_whole_file_has_nothing_open(call):
    made = found(call=call)
    if call == 2024:  # the whole student tells no format of the stay, which the grant of this call needs
        assert set(of_documents(made).values()) <= {ItemState.DONE, ItemState.PROPOSED, ItemState.MISSING}
        return
    assert made.open_items == ()
    assert set(of_documents(made).values()) == {ItemState.DONE, ItemState.PROPOSED}
    assert "all that is due is done" in str(made)


WRONG = {
    "documents.grant_agreement.signed": {"grant_agreement_signed_by_institution_on": "2019-09-30"},
    "documents.insurance.period": {"insured_until": "2020-01-30"},
    "documents.visa.period": {"visa_from": "2019-10-01"},
    "documents.first_payment.account": {"has_bank_account": False},
    "documents.first_payment.on_time": {"first_payment_on": "2019-09-05"},
    "documents.arrival.confirmed": {"arrival_confirmed_on": "2019-09-29"},
    "documents.certificate.issued": {"certificate_last_day": "2020-01-30"},
    "documents.certificate.not_signed_early": {"certificate_signed_on": "2020-01-30"},
    "documents.certificate.signed_in_time": {"certificate_signed_on": "2020-02-01"},
    "documents.transcript.agrees": {"transcript_last_day": "2020-01-30"},
    "documents.transcript.on_time": {"transcript_issued_on": "2020-03-10"},
    "documents.tickets.agree": {"return_ticket_date": "2020-01-30"},
    "documents.recognition.decided": {"recognised_on": "2020-03-31"},
    "documents.participant_report.submitted": {"participant_report_on": "2020-02-21"},
}
"""One day past the edge of each."""


@pytest.mark.parametrize("identity", sorted(WRONG))
def test_one_day_past_the_edge_is_to_mend(identity):
    assert states(found(**WRONG[identity]))[identity] is ItemState.TO_MEND


@pytest.mark.parametrize("identity", sorted(WRONG))
def test_what_nobody_told_is_missing_and_asked_for_by_name(identity):
    made = found(**dict.fromkeys(WRONG[identity]))
    item = next(each for each in made.items if each.outcome.identity == identity)
    assert item.state is ItemState.MISSING
    assert set(WRONG[identity]) & set(item.outcome.missing)
    assert item in made.open_items


def test_the_table_above_has_every_rule_that_is_not_an_amount():
    own = {rule.identity for rule in CHECKLIST.rules if rule.identity.startswith("documents.")}
    assert own == set(WRONG) | {"documents.first_payment.amount"}
    assert {rule.identity for rule in CHECKLIST.rules} - own == set(OF_MOBILITIES)


def test_an_outward_journey_after_the_first_day_is_to_mend():
    assert states(found(outward_ticket_date="2019-10-01"))["documents.tickets.agree"] is ItemState.TO_MEND


TOO_EARLY = [
    (
        "documents.recognition.decided",
        {"recognised_on": "2020-03-08"},
        "before the transcript was issued on 2020-03-09",
    ),
    (
        "documents.recognition.decided",
        {"recognised_on": "2020-01-30", "transcript_issued_on": None},
        "before the stay ended on 2020-01-31",
    ),
    (
        "documents.recognition.decided",
        {"recognised_on": "2019-01-01", "transcript_issued_on": "2018-12-01"},
        "before the stay started on 2019-09-30",
    ),
    ("documents.participant_report.submitted", {"participant_report_on": "2020-01-30"}, "before the stay ended on"),
    (
        "documents.transcript.on_time",
        {"transcript_issued_on": "2020-02-02"},
        "before the last results were published on",
    ),
    ("documents.certificate.signed_in_time", {"certificate_signed_on": "2019-09-29"}, "before the stay started on"),
]
"""Dated one day, or long, before it can exist."""


@pytest.mark.parametrize("limits", [LIMITS, {}])
@pytest.mark.parametrize(("identity", "dates", "words"), TOO_EARLY)
def test_a_document_dated_before_it_can_exist_is_to_mend(identity, dates, words, limits):
    item = next(each for each in found(limits=limits, **dates).items if each.outcome.identity == identity)
    if not limits and identity == "documents.certificate.signed_in_time":
        assert item.state is ItemState.NOT_NEEDED
        return
    assert (item.state, words in item.outcome.sentence) == (ItemState.TO_MEND, True)
    assert item.outcome.sentence.endswith("one of the two dates is wrong")


@pytest.mark.parametrize(
    ("identity", "dates"),
    [
        ("documents.recognition.decided", {"recognised_on": "2020-03-09"}),
        ("documents.recognition.decided", {"recognised_on": "2020-01-31", "transcript_issued_on": None}),
        # A transcript issued in the last days of the stay, and recognised at once.
        ("documents.recognition.decided", {"recognised_on": "2020-01-29", "transcript_issued_on": "2020-01-28"}),
        ("documents.participant_report.submitted", {"participant_report_on": "2020-01-31"}),
        ("documents.transcript.on_time", {"transcript_issued_on": "2020-02-03"}),
    ],
)
def test_on_the_first_day_on_which_it_can_exist_it_is_done(identity, dates):
    assert states(found(limits={}, **dates))[identity] is ItemState.DONE


def test_while_the_stay_is_not_dated_no_document_is_too_early():
    mobility = mobility_of({"call": 2019, **facts("student_in", start_date=None, end_date=None)})
    made = checklist(mobility, Documents(recognised_on="2019-01-01", participant_report_on="2019-05-01"))
    for identity in ("documents.recognition.decided", "documents.participant_report.submitted"):
        assert states(made)[identity] is ItemState.DONE


def test_without_local_limits_nothing_is_asked_that_only_they_say():
    made = states(found(limits={}, participant_report_on="2021-12-31", recognised_on="2021-12-31"))
    assert made["documents.certificate.signed_in_time"] is ItemState.NOT_NEEDED
    assert made["documents.first_payment.amount"] is ItemState.NOT_NEEDED
    assert made["documents.participant_report.submitted"] is ItemState.DONE
    assert made["documents.recognition.decided"] is ItemState.DONE


def test_an_office_may_allow_the_certificate_to_be_signed_early():
    early = {**LIMITS, "certificate_days_early": 3}
    for day, state in (("2020-01-28", ItemState.DONE), ("2020-01-27", ItemState.TO_MEND)):
        made = states(found(limits=early, certificate_signed_on=day))
        assert made["documents.certificate.not_signed_early"] is state


def test_documents_are_held_against_what_is_confirmed():
    told = {"call": 2019, **facts("student_in"), "end_date": "2020-02-14", "return_travel_date": None}
    plan = mobility_of({name: value for name, value in told.items() if value is not None})
    documents = Documents(**WHOLE)
    for confirmed, state in (((), ItemState.TO_MEND), ({"end_date": "2020-01-31"}, ItemState.DONE)):
        made = checklist(attrs.evolve(plan, confirmed=confirmed), documents, stage="final_report")
        assert states(made)["documents.certificate.issued"] is state


def test_staff_needs_no_transcript_and_a_mobility_agreement_in_place_of_a_learning_agreement():
    made = states(found("teacher_out"))
    assert made["documents.transcript.agrees"] is ItemState.NOT_NEEDED
    assert made["recognition.learning_agreement.signed"] is ItemState.NOT_NEEDED
    assert made["recognition.mobility_agreement.signed"] is ItemState.DONE


def test_the_first_instalment_is_the_share_of_the_grant():
    """121 days of 800/30 and 820 for 5,000 km are 4,046.67; four fifths of it 3,237.34."""
    item = next(each for each in found().items if each.outcome.identity == "documents.first_payment.amount")
    assert (str(item.outcome.low), str(item.outcome.high)) == ("3237.34", "3237.34")


def test_only_what_is_due_by_the_stage_is_open():
    early = checklist(mobility_of({"call": 2019, **facts("student_in")}), stage="before_departure")
    assert {item.outcome.stage for item in early.open_items} == {"before_departure"}
    assert "After return, from 2020-01-31 on (later)" in str(early)
    assert "Before departure, by 2019-09-29" in str(early)


def test_a_refusal_that_rests_on_no_text_says_so():
    assert "rests on no text that was seen" in str(found(insured_until="2020-01-30"))


def test_a_percentage_beyond_the_whole_and_a_stage_that_does_not_exist_are_refused():
    with pytest.raises(InputError, match="more than the whole"):
        LocalLimits(first_payment_percent=101)
    with pytest.raises(InputError, match="not known here"):
        found(stage="later")


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("visa_from", "visa_until"),
        ("insured_from", "insured_until"),
        ("certificate_first_day", "certificate_last_day"),
        ("transcript_first_day", "transcript_last_day"),
        ("outward_ticket_date", "return_ticket_date"),
    ],
)
def test_what_ends_before_it_begins_is_refused(first, last):
    assert Documents(**{first: "2020-01-02", last: "2020-01-02"})
    with pytest.raises(
        InputError, match=f"ends on 2020-01-01, before it begins on 2020-01-02; mend {first}"
    ) as refused:
        Documents(**{first: "2020-01-02", last: "2020-01-01"})
    assert refused.value.field == last


def test_it_is_told_as_markdown_html_and_json():
    made = found(return_ticket_date="2020-01-30")
    assert "documents.tickets.agree" in made.to_html()
    assert "## After return" in made.to_markdown()
    assert "Texts" in made.to_text(all_rules=True)
    data = json.loads(json.dumps(made.to_dict()))
    assert (data["is_complete"], data["stage"]) == (False, "final_report")
    assert repr(made) == "<Checklist of a mobility: 1 open>"


# --- files -------------------------------------------------------------------------------------------------


class TestFiles:
    @pytest.mark.parametrize(
        ("name", "to_mend"),
        [
            ("tbilisi-graz-2018", {"documents.certificate.not_signed_early", "documents.transcript.agrees"}),
            ("tirana-graz-2018", {"documents.insurance.period"}),
        ],
    )
    def test_the_examples_have_faults_that_a_reader_finds(self, name, to_mend):
        (filed,) = read_documents((EXAMPLES / f"{name}.json").read_bytes(), name)
        assert isinstance(filed, Filed)
        made = checklist(filed.mobility, filed.documents, filed.limits)
        assert {item.outcome.identity for item in made.open_items if item.state is ItemState.TO_MEND} == to_mend

    def test_limits_of_a_mobility_stand_before_those_of_the_office(self):
        text = json.dumps({"call": 2019, "limits": {"recognition_days": 10}})
        (filed,) = read_documents(text, "x", limits=LocalLimits(recognition_days=30, first_payment_percent=70))
        assert (filed.limits.recognition_days, filed.limits.first_payment_percent) == (10, 70)

    @pytest.mark.parametrize(
        ("text", "field", "said"),
        [
            ('{"call": 2019, "documents": {"visa_fom": "2020-01-01"}}', "documents.visa_fom", "visa_from"),
            ('{"call": 2019, "documents": {"visa_from": "soon"}}', "documents.visa_from", "'soon' is no date"),
            ('{"call": 2019, "documents": {}, "documents": {}}', "documents", "more than once"),
            ('{"call": 2019, "limits": 3}', "limits", "3 is no LocalLimits"),
            ("[3]", None, "is no mobility"),
            ('{"call"', None, "the JSON ends in the middle"),
        ],
    )
    def test_what_cannot_be_read_is_refused_with_its_place(self, text, field, said):
        (refused,) = read_documents(text, "x")
        assert (refused.field, said in refused.message) == (field, True), refused.message


# --- properties --------------------------------------------------------------------------------------------


@given(days=st.integers(0, 60))
@settings(max_examples=15, deadline=None)
def test_a_longer_insurance_never_covers_less(days):
    state = states(found(insured_from=START - timedelta(days), insured_until=END + timedelta(days)))
    assert state["documents.insurance.period"] is ItemState.DONE


@given(left_out=st.sets(st.sampled_from(sorted(WHOLE))))
@settings(max_examples=25, deadline=None)
def test_a_document_that_is_not_told_is_missing_and_never_wrong(left_out):
    made = of_documents(found(**dict.fromkeys(left_out)))
    assert ItemState.TO_MEND not in made.values()
