"""The two copies of an agreement: every difference is told, the same from both sides, and what is harmless apart."""

from __future__ import annotations

import json
from random import Random

import attrs
import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers, lists, randoms

import icm_rules
from icm_rules import InputError, InterInstitutionalAgreement, agreement_from_dict, compare_agreements
from icm_rules.comparing import compare
from icm_rules.model.agreement import AgreedCondition
from icm_rules.rules.agreement.comparison import Subject
from tests import strategies
from tests.documents.cases import AGREEMENT, ALMATY, LJUBLJANA, STUDIES, TEACHING, changed

OURS = agreement_from_dict(AGREEMENT)


def theirs(**changes: object) -> InterInstitutionalAgreement:
    return agreement_from_dict(changed(AGREEMENT, **changes))


def of_studies(**changes: object) -> dict[str, object]:
    return {"conditions": [changed(STUDIES, **changes), TEACHING]}


DIFFERENT: dict[str, tuple[dict[str, object], Subject]] = {
    "another party": ({"parties": [LJUBLJANA, {"name": "Tbilisi", "country": "GE"}]}, Subject.PARTIES),
    "a charter": ({"parties": [LJUBLJANA, {**ALMATY, "holds_charter": True}]}, Subject.PARTIES),
    "no parties": ({"parties": None}, Subject.PARTIES),
    "a year": ({"last_academic_year": "2020/2021"}, Subject.YEARS),
    "a direction": (of_studies(direction="outgoing"), Subject.DIRECTIONS),
    "an activity": (of_studies(activity="traineeship"), Subject.ACTIVITIES),
    "a second condition": ({"conditions": [STUDIES, {**STUDIES, "places_per_year": 1}, TEACHING]}, Subject.ACTIVITIES),
    "no conditions": ({"conditions": None}, Subject.ACTIVITIES),
    "places": (of_studies(places_per_year=7), Subject.PLACES),
    "places left open": (of_studies(places_per_year="not yet defined"), Subject.PLACES),
    "places not told": (of_studies(places_per_year=None), Subject.PLACES),
    "months": (of_studies(months_per_year=31), Subject.LENGTH),
    "days": ({"conditions": [STUDIES, {**TEACHING, "days_per_year": 15}]}, Subject.LENGTH),
    "cycles": (of_studies(cycles=["first"]), Subject.CYCLES),
    "subject areas": (of_studies(subject_areas=["0613"]), Subject.SUBJECT_AREAS),
    "a language": (of_studies(languages=[{"language": "de", "level": "B2"}]), Subject.LANGUAGES),
    "a level": (of_studies(languages=[{"language": "en", "level": "B1"}]), Subject.LANGUAGES),
    "blended stays": (of_studies(is_blended=True), Subject.BLENDED),
    "recognition": ({"provides_for_recognition": False}, Subject.RECOGNITION),
    "principles": ({"principles": ["credits"]}, Subject.PRINCIPLES),
    "grading": ({"explains_grading": False}, Subject.GRADING),
    "calendar": ({"transcript_weeks": 6}, Subject.CALENDAR),
    "nominations": ({"nominations_by": ["05-16"]}, Subject.CALENDAR),
    "help": ({"helps_with_housing": False}, Subject.HELP),
    "status": ({"status": "draft"}, Subject.STATUS),
    "a signature": ({"signed_by_partner_side_on": "2019-02-05"}, Subject.STATUS),
    "template": ({"template": None}, Subject.TEMPLATE),
}
HARMLESS: dict[str, dict[str, object]] = {
    "contacts": {"contacts": ["Somebody"]},
    "wording": {"other_information": "In winter."},
    "wording of a condition": of_studies(other_information="In winter."),
    "a name": {"parties": [{**LJUBLJANA, "name": "Univerza v Ljubljani"}, ALMATY]},
    "a code": {"parties": [LJUBLJANA, {**ALMATY, "oid": "E10190838"}]},
}
THE_SAME: dict[str, dict[str, object]] = {
    "the order of parties": {"parties": [ALMATY, LJUBLJANA]},
    "the order of conditions": {"conditions": [TEACHING, STUDIES]},
    "the order of lists": of_studies(cycles=["second", "first"], subject_areas=["041", "0613"]),
    "the office's own name for it": {"reference": "X", "call": 2020},
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_what_matters_is_a_difference(name: str) -> None:
    changes, subject = DIFFERENT[name]
    found = compare_agreements(OURS, theirs(**changes))
    assert subject in {item.subject for item in found.differences}
    assert not found.agree
    assert str(found.differences[0]) in " ".join(str(found).split())


@pytest.mark.parametrize("name", HARMLESS)
def test_wording_and_contacts_are_told_apart(name: str) -> None:
    found = compare_agreements(OURS, theirs(**HARMLESS[name]))
    assert found.agree
    assert not found.is_empty
    assert "Harmless" in str(found)


@pytest.mark.parametrize("name", THE_SAME)
def test_order_says_nothing(name: str) -> None:
    found = compare_agreements(OURS, theirs(**THE_SAME[name]))
    assert found.is_empty
    assert str(found) == "The two copies say the same.\n"


def test_every_subject_is_found_somewhere_above() -> None:
    told = {subject for _, subject in DIFFERENT.values()}
    assert told | {Subject.WORDING, Subject.CONTACTS} == set(Subject)


def test_the_sentence_says_what_both_copies_say() -> None:
    (found,) = compare_agreements(OURS, theirs(**of_studies(places_per_year="not yet defined"))).differences
    assert str(found) == ("places per year of incoming studies: ours says 6, theirs says that it is not yet defined")


def of_subjects(*told: tuple[str, int]) -> InterInstitutionalAgreement:
    """A copy with one condition for each subject area, and its places."""
    return theirs(conditions=[{**STUDIES, "subject_areas": [area], "places_per_year": number} for area, number in told])


@pytest.mark.parametrize("order", [(("0421", 7), ("0613", 1)), (("0613", 1), ("0421", 7))])
def test_conditions_of_one_kind_are_paired_by_subject_area(order: tuple[tuple[str, int], ...]) -> None:
    found = compare_agreements(of_subjects(("0421", 6)), of_subjects(*order))
    held = "places per year 1; months per year 30; cycles first, second; subject areas 0613; languages en B2"
    assert [str(item) for item in found] == [
        f"incoming studies, 0613, first, second: ours says there is none, theirs says there is one ({held})",
        "places per year of incoming studies, 0421, first, second: ours says 6, theirs says 7",
    ]


def test_conditions_of_one_subject_area_are_paired_by_cycle() -> None:
    own, other = (
        theirs(conditions=[{**STUDIES, "cycles": [cycle], "places_per_year": number} for cycle, number in told])
        for told in ((("first", 2), ("third", 3)), (("third", 4), ("first", 5)))
    )
    assert [(item.ours, item.theirs) for item in compare_agreements(own, other)] == [("2", "5"), ("3", "4")]


def test_what_only_one_copy_sets_down_is_told_in_full() -> None:
    (found,) = (item for item in compare_agreements(OURS, theirs(conditions=[STUDIES])) if "teaching" in item.what)
    assert found.theirs == "there is none"
    assert found.ours == ("there is one (places per year 2; days per year 14; subject areas 0613; languages en)")


def test_it_becomes_plain_values() -> None:
    found = compare_agreements(OURS, theirs(transcript_weeks=6, contacts=["x"]))
    assert [item.subject.value for item in found] == ["calendar", "contacts"]
    assert len(found) == 2
    assert json.loads(json.dumps(found.to_dict())) == {
        "agree": False,
        "differences": [
            {"subject": "calendar", "what": "transcript weeks of the agreement", "ours": "5", "theirs": "6"}
        ],
        "harmless": [{"subject": "contacts", "what": "contacts of the agreement", "ours": "nothing", "theirs": "x"}],
    }


@settings(max_examples=20, deadline=None)
@given(strategies.agreement_documents())
def test_a_copy_compared_with_itself_differs_in_nothing(document: InterInstitutionalAgreement) -> None:
    found = compare_agreements(document, document)
    assert found.is_empty
    assert list(found) == []
    assert not found


@settings(max_examples=20, deadline=None)
@given(strategies.agreement_documents(), strategies.agreement_documents())
def test_it_is_the_same_from_both_sides(ours: InterInstitutionalAgreement, theirs: InterInstitutionalAgreement) -> None:
    found = compare_agreements(ours, theirs)
    assert compare_agreements(theirs, ours) == found.swapped()
    assert found.swapped().swapped() == found


@settings(max_examples=20, deadline=None)
@given(strategies.agreement_documents(), lists(strategies.agreed_conditions(), max_size=2), randoms())
def test_it_is_the_same_from_both_sides_of_copies_that_are_alike(
    ours: InterInstitutionalAgreement, more: list[AgreedCondition], chance: Random
) -> None:
    """Conditions added and in another order, parties in another order."""
    conditions = [*(ours.conditions or ()), *more]
    chance.shuffle(conditions)
    left_open = tuple(name for name in ours.not_yet_defined or () if name != "conditions")
    parties = None if ours.parties is None else tuple(reversed(ours.parties))
    theirs = attrs.evolve(ours, parties=parties, conditions=conditions, not_yet_defined=left_open or None)
    found = compare_agreements(ours, theirs)
    assert compare_agreements(theirs, ours) == found.swapped()
    if not more and ours.conditions:
        assert found.is_empty


@settings(max_examples=15, deadline=None)
@given(strategies.agreement_documents(), integers(0, 100))
def test_copies_that_say_the_same_are_those_that_differ_in_nothing(
    document: InterInstitutionalAgreement, weeks: int
) -> None:
    """Another number of weeks is found whatever else the copies say."""
    if document.state_of("transcript_weeks").value == "not_yet_defined":
        return
    other = attrs.evolve(document, transcript_weeks=weeks)
    assert compare_agreements(document, other).is_empty is (document.transcript_weeks == weeks)


class TestTheDoor:
    def test_takes_two_agreements(self) -> None:
        assert icm_rules.compare is compare
        assert compare(OURS, OURS) == compare_agreements(OURS, OURS)

    @pytest.mark.parametrize(("compared", "settings"), [((OURS,), {}), ((OURS, 5), {}), ((OURS, OURS), {"call": 2019})])
    def test_refuses_an_agreement_beside_something_else(
        self, compared: tuple[object, ...], settings: dict[str, int]
    ) -> None:
        with pytest.raises(InputError, match="compared with one other agreement"):
            compare(*compared, **settings)

    def test_takes_a_table_as_well(self) -> None:
        import pyarrow as pa

        from icm_rules.batch import Comparison

        found = compare(pa.table({"call": [2019]}), after=2020)
        assert isinstance(found, Comparison)
