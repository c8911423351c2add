"""Plain data and JSON: what is read, what is refused and where, and what is written reads back."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from icm_rules.adapters.plain import (
    Accepted,
    CallOrigin,
    Refused,
    mobility_from_dict,
    mobility_to_dict,
    read_mobilities,
)
from icm_rules.engine.errors import InputError
from icm_rules.model.mobility import Agreement, AgreementCondition, Institution, Mobility, Staff, Student, TravelLeg
from icm_rules.model.terms import Activity, ParticipantKind
from icm_rules.model.vocabulary import HOLDERS, PARTICIPANTS, VOCABULARY
from tests import strategies

if TYPE_CHECKING:
    from collections.abc import Mapping

PROJECT = "2018-1-SI01-KA107-046966"

# --- there and back ----------------------------------------------------------------------------------------


@given(strategies.mobilities())
def test_what_is_written_reads_back_as_the_same_mobility(mobility: Mobility) -> None:
    """Nested keys, through JSON and through plain data alike."""
    data = mobility_to_dict(mobility)
    assert mobility_from_dict(data) == mobility
    (entry,) = read_mobilities(json.dumps(data), "a file")
    assert isinstance(entry, Accepted)
    assert entry.mobility == mobility


@given(strategies.mobilities())
def test_flat_keys_tell_the_same_facts(mobility: Mobility) -> None:
    """Written flat and read back, every fact is there; only an object without any fact leaves no trace."""
    flat = mobility_to_dict(mobility, flat=True)
    assert set(flat) <= set(VOCABULARY)
    again = mobility_from_dict(flat)
    assert mobility_to_dict(again, flat=True) == flat
    assert again.participant == mobility.participant


def test_numbers_are_written_exactly() -> None:
    """Whole numbers are numbers, the others text, so that no program on the way makes them inexact."""
    written = mobility_to_dict(Mobility(call=2019, teaching_hours="7.10", distance_km="4900.0"))
    assert written == {"call": 2019, "teaching_hours": "7.10", "distance_km": 4900}
    assert isinstance(written["distance_km"], int)


def test_numbers_of_json_are_read_exactly() -> None:
    """0.1 is a tenth and not the nearest binary fraction."""
    (entry,) = read_mobilities('{"call": 2019, "teaching_hours": 0.1}', "a file")
    assert isinstance(entry, Accepted)
    assert entry.mobility.teaching_hours == Decimal("0.1")


def test_nothing_but_plain_values_is_written() -> None:
    """No term, country or year of ours is left in the data; JSON alone would hide that they are text."""
    mobility = mobility_from_dict(
        {
            "call": 2018,
            "project_number": PROJECT,
            "activity": "studies",
            "academic_year": "2018/19",
            "sending": {"country": "KZ"},
        }
    )
    written = mobility_to_dict(mobility)
    assert {type(value) for value in written.values()} == {int, str, dict}
    assert written["academic_year"] == "2018/2019"
    assert written["sending"] == {"country": "KZ"}
    assert type(written["sending"]["country"]) is str


# --- what is read ------------------------------------------------------------------------------------------


def test_nested_and_flat_names_may_be_mixed() -> None:
    """One institution may be told in both ways, half and half."""
    mobility = mobility_from_dict(
        {"call": 2019, "sending": {"country": "KZ"}, "sending_city": "Almaty", "study_cycle": "first", "student": {}}
    )
    assert mobility.sending == Institution(country="KZ", city="Almaty")
    assert mobility.participant == Student(study_cycle="first")


def test_null_is_not_told() -> None:
    """A null counts for nothing anywhere, not even beside what it seems to contradict."""
    data = {
        "call": 2019,
        "sending": None,
        "receiving": {"name": None},
        "staff": None,
        "is_invited": None,
        "student": {},
        "travel_legs": [{"means": "train", "distance_km": None}],
    }
    told = Mobility(call=2019, receiving=Institution(), participant=Student(), travel_legs=[TravelLeg(means="train")])
    assert mobility_from_dict(data) == told


def test_the_same_fact_told_twice_alike_is_one_fact() -> None:
    """Alike means the value, not the way it is written."""
    mobility = mobility_from_dict({"call": 2019, "sending_country": "EL", "sending": {"country": "gr"}})
    assert mobility.sending == Institution(country="GR")


def test_any_mapping_and_any_tuple_will_do() -> None:
    """Plain data need not come from JSON."""
    condition = MappingProxyType({"direction": "incoming", "activity": Activity.STUDIES, "cycles": ("first",)})
    mobility = mobility_from_dict(
        MappingProxyType({"call": 2019, "agreement": {"conditions": (condition,)}, "start_date": date(2019, 9, 2)})
    )
    assert mobility.agreement == Agreement(
        conditions=[AgreementCondition(direction="incoming", activity="studies", cycles=["first"])]
    )
    assert mobility.start_date == date(2019, 9, 2)


@pytest.mark.parametrize(("kind", "participant"), [("student", Student()), ("staff", Staff())])
def test_the_kind_of_participant_is_enough_to_make_one(kind: str, participant: Student | Staff) -> None:
    """As an empty object and as the flat fact."""
    assert mobility_from_dict({"call": 2019, "participant_kind": kind}).participant == participant
    assert mobility_from_dict({"call": 2019, kind: {}}).participant == participant


@pytest.mark.parametrize(
    ("data", "given_call", "call", "origin"),
    [
        ({"call": 2019}, None, 2019, CallOrigin.CALL),
        ({"call": 2019}, 2018, 2019, CallOrigin.CALL),
        ({"call": 2018, "project_number": PROJECT}, 2019, 2018, CallOrigin.CALL),
        ({"project_number": PROJECT}, None, 2018, CallOrigin.PROJECT_NUMBER),
        ({"project_number": PROJECT}, 2019, 2018, CallOrigin.PROJECT_NUMBER),
        ({"activity": "studies"}, 2019, 2019, CallOrigin.ARGUMENT),
        ({"call": None}, 2019, 2019, CallOrigin.ARGUMENT),
    ],
)
def test_the_call_is_the_mobilitys_own_then_its_projects_then_the_one_given(
    data: Mapping[str, object], given_call: int | None, call: int, origin: CallOrigin
) -> None:
    """What is given beside the file overrides nothing."""
    assert mobility_from_dict(data, call=given_call).call == call
    (entry,) = read_mobilities(json.dumps(data), "a file", call=given_call)
    assert isinstance(entry, Accepted)
    assert entry.call_origin is origin


# --- what is refused, and where ----------------------------------------------------------------------------

CONDITION = {"direction": "incoming", "activity": "studies"}

REFUSALS = [
    # what is told is not what the field holds
    ({"sending": {"country": "QQ"}}, "sending.country", "'QQ'"),
    ({"sending_country": "QQ"}, "sending_country", "'QQ'"),
    ({"sending": {"country": ["KZ"]}}, "sending.country", "['KZ'] is a list where one value belongs"),
    (
        {"sending": {"country": {"code": "KZ"}}},
        "sending.country",
        "{'code': 'KZ'} is an object where one value belongs",
    ),
    ({"sending": {"country": 7}}, "sending.country", "7"),
    ({"sending": "Almaty"}, "sending", "'Almaty' stands where the fields of sending belong"),
    ({"agreement": [CONDITION]}, "agreement", "[{...}] stands where the fields of agreement belong"),
    ({"student": True}, "student", "true stands where the fields of student belong"),
    ({"participant_kind": "tourist"}, "participant_kind", "student, staff"),
    ({"participant_kind": []}, "participant_kind", "[] is a list"),
    ({"distance_km": -5}, "distance_km", "-5 is negative"),
    ({"distance_km": "12 km"}, "distance_km", "'12 km' is no number"),
    ({"distance_km": True}, "distance_km", "True is no number"),
    ({"distance_km": Decimal("NaN")}, "distance_km", "NaN"),
    ({"distance_km": 10**40}, "distance_km", "more than 30 digits"),
    ({"distance_km": 10**5000}, "distance_km", "a number of many digits is a number of more than 30 digits"),
    ({"distance_km": Decimal("1e999999999")}, "distance_km", "1E+999999999"),
    ({"distance_km": "1e-999999999"}, "distance_km", "'1e-999999999'"),
    ({"travel_days_claimed": "1e999999999"}, "travel_days_claimed", "more than 30 digits"),
    ({"travel_days_claimed": Decimal("1.5")}, "travel_days_claimed", "no whole number"),
    ({"student": {"year_of_study": 0}}, "student.year_of_study", "0 is less than one"),
    ({"is_insured": "yes"}, "is_insured", "'yes' is neither true nor false"),
    ({"reference": 5}, "reference", "5 is no text"),
    ({"reference": Decimal("Infinity")}, "reference", "inf is no text"),
    ({"reference": Decimal("sNaN")}, "reference", "nan is no text"),
    ({"reference": Decimal("7.5")}, "reference", "7.5 is no text"),
    ({"reference": "half \ud800"}, "reference", r"'half \ud800' holds half of a character"),
    ({"start_date": "2019-02-30"}, "start_date", "'2019-02-30' is a date that does not exist"),
    ({"start_date": "30.09.2019"}, "start_date", "'30.09.2019' is no date"),
    ({"activity": "studis"}, "activity", "did you mean 'studies'?"),
    ({"sending": {"erasmus_code": "BERLIN"}}, "sending.erasmus_code", "'BERLIN'"),
    ({"project_number": "12"}, "project_number", "'12' is no project number"),
    ({"academic_year": "2019/2022"}, "academic_year", "'2019/2022'"),
    # lists
    ({"agreement": {"conditions": {}}}, "agreement.conditions", "{} is no list"),
    ({"agreement_conditions": "x"}, "agreement_conditions", "'x' is no list"),
    ({"agreement": {"conditions": [CONDITION, None]}}, "agreement.conditions[1]", "null"),
    ({"agreement": {"conditions": [CONDITION, "x"]}}, "agreement.conditions[1]", "'x' stands where"),
    (
        {"agreement": {"conditions": [CONDITION, CONDITION, CONDITION | {"activity": "sport"}]}},
        "agreement.conditions[2].activity",
        "'sport'",
    ),
    ({"agreement": {"conditions": [{"direction": "incoming"}]}}, "agreement.conditions[0].activity", "not told"),
    (
        {"agreement_conditions": [CONDITION | {"cycles": ["first", "fourth"]}]},
        "agreement_conditions[0].cycles[1]",
        "'fourth'",
    ),
    (
        {"agreement": {"conditions": [CONDITION | {"subject_areas": ["061", 61]}]}},
        "agreement.conditions[0].subject_areas[1]",
        "61 is no text",
    ),
    (
        {"agreement": {"conditions": [CONDITION | {"cycles": [["first"]]}]}},
        "agreement.conditions[0].cycles[0]",
        "['first'] is a list",
    ),
    ({"agreement": {"parties": [{"country": "KZ"}, {"country": "QQ"}]}}, "agreement.parties[1].country", "'QQ'"),
    # names
    ({"startDate": "2019-09-02"}, "startDate", "did you mean 'start_date'?"),
    ({"country": "KZ"}, "country", "did you mean 'sending_country'?"),
    ({"learning_agrement": {}}, "learning_agrement", "did you mean 'learning_agreement'?"),
    ({"zzz": 1}, "zzz", "icm-rules questions"),
    ({"zzz\n": 1}, r"'zzz\n'", "there is no field"),
    ({"sending": {"contry": "KZ"}}, "sending.contry", "did you mean 'country'?"),
    ({"sending": {"zzz": "KZ"}}, "sending.zzz", "the fields are: name, country"),
    ({"sending": {"start_date": "2019-09-02"}}, "sending.start_date", "at the top level"),
    ({"agreement": {"conditions": [CONDITION | {"place": 2}]}}, "agreement.conditions[0].place", "'places_per_year'"),
    ({"participant": {}}, "participant", "write 'student' or 'staff'"),
    ({7: 1}, "7", "there is no field 7"),
    # facts that do not go together
    ({"sending": {"country": "SI"}, "sending_country": "KZ"}, "sending_country", "sending.country says 'SI'"),
    ({"sending_country": "KZ", "sending": {"country": "SI"}}, "sending.country", "sending_country says 'KZ'"),
    ({"student": {}, "staff": {}}, "staff", "student of a student one"),
    ({"study_cycle": "first", "staff": {}}, "staff", "study_cycle of a student one"),
    ({"staff": {}, "participant_kind": "student"}, "participant_kind", "staff of a staff one"),
    ({"start_date": "2019-09-02", "end_date": "2019-09-01"}, "end_date", "before it starts on 2019-09-02"),
    ({"activity": "studies", "staff": {}}, "activity", "an activity of students"),
    ({"project_number": PROJECT}, "call", "of call 2018"),
    ({"agreement": {"parties": [{}]}}, "agreement.parties", "1 are named"),
    ({"agreement_parties": [{}]}, "agreement_parties", "1 are named"),
    (
        {"agreement": {"first_academic_year": "2019/2020"}, "agreement_last_academic_year": "2018/2019"},
        "agreement_last_academic_year",
        "before it begins",
    ),
    ({"call": None}, "call", "the call is not told"),
    ({"call": "soon"}, "call", "'soon'"),
]


@pytest.mark.parametrize(("data", "field", "said"), REFUSALS)
def test_what_cannot_be_used_is_refused_at_its_place(data: Mapping[str, object], field: str, said: str) -> None:
    """The path is the one under which the user told it; the message is one line and shows the value."""
    with pytest.raises(InputError) as caught:
        mobility_from_dict({"call": 2019, **data})
    assert caught.value.field == field
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("data", [None, [], "x", 5])
def test_only_a_mapping_is_a_mobility(data: object) -> None:
    with pytest.raises(InputError, match="stands where the fields of a mobility belong"):
        mobility_from_dict(data)  # type: ignore[arg-type]


# --- whole files -------------------------------------------------------------------------------------------

FILES = [
    ("", "the file is empty"),
    (b" \n\t", "the file is empty"),
    ("[]", "[] holds no mobility"),
    ("{}", "{} holds no mobility"),
    ("5", "5 is no mobility"),
    ("null", "null is no mobility"),
    ('"text"', "'text' is no mobility"),
    ('{"call": 2019', "line 1, column 14: the JSON ends in the middle"),
    ('[{"call": 2019},\n {"call":', "line 2, column 10: the JSON ends in the middle"),
    ('{"call": 2019, "reference": "A', "line 1, column 29: '\"A' begins a text that is never closed"),
    ('{"call": 2019,}', "line 1, column 1"),
    ('{"call": 2019} {"call": 2018}', "put several mobilities into one list"),
    ("{'call': 2019}", "is no JSON here"),
    ('{"call": 2019} // a note', "follows after the end"),
    ("call: 2019", "line 1, column 1: 'call: 2019' is no JSON here"),
    ("[" * 100_000, "nested too deeply"),
    ('{"call":' * 100_000, "nested too deeply"),
    (b'{"call": 2019,\n "reference": "Ljubljana \xe8"}', "line 2: byte 41 of the file, 0xe8, is not UTF-8"),
    ('{"call": 2019}'.encode("utf-16"), "is not UTF-8"),
]


@pytest.mark.parametrize(("content", "said"), FILES)
def test_a_file_that_is_no_json_of_mobilities_is_refused_as_a_whole(content: str | bytes, said: str) -> None:
    """With line and column where the text itself is broken."""
    (entry,) = read_mobilities(content, "stays.json")
    assert isinstance(entry, Refused)
    assert entry.position is None
    assert entry.field is None
    assert said in entry.message
    assert str(entry) == f"stays.json: {entry.message}"
    assert "\n" not in entry.message


@pytest.mark.parametrize("mark", ["\ufeff", "\ufeff".encode()])
def test_a_byte_order_mark_does_no_harm(mark: str | bytes) -> None:
    """Some editors write one."""
    text = '{"call": 2019}'
    (entry,) = read_mobilities(mark + (text if isinstance(mark, str) else text.encode()), "a file")
    assert isinstance(entry, Accepted)


def test_the_others_in_a_list_are_still_read() -> None:
    """A refusal names the position of its mobility, counted from 1."""
    text = '[{"call": 2019}, {"call": 2019, "sending": {"country": "QQ"}}, 7, {"call": 2018}]'
    first, second, third, fourth = read_mobilities(text, "stays.json")
    assert isinstance(first, Accepted)
    assert isinstance(fourth, Accepted)
    assert (first.position, fourth.position) == (1, 4)
    assert str(second).startswith("stays.json: mobility 2: sending.country: 'QQ' is no country code")
    assert str(third).startswith("stays.json: mobility 3: 7 stands where the fields of a mobility belong")


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ('{"call": 2019, "call": 2018}', "call"),
        ('{"call": 2019, "call": 2019}', "call"),
        ('{"call": 2019, "sending": {"name": "A", "city": "B", "name": "C"}}', "sending.name"),
        ('{"call": 2019, "agreement": {"parties": [{"pic": null, "pic": null}, {}]}}', "agreement.parties[0].pic"),
    ],
)
def test_a_key_stands_once_in_an_object(text: str, field: str) -> None:
    """Readers of JSON disagree on which of two counts, so neither does."""
    (entry,) = read_mobilities(text, "a file")
    assert isinstance(entry, Refused)
    assert entry.field == field
    assert "stands more than once" in entry.message


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e99999999999999999999", "1" * 5000, "1e400", "1E-400"])
@pytest.mark.parametrize("field", ["distance_km", "travel_days_claimed", "reference", "is_insured", "start_date"])
def test_numbers_beyond_measure_are_refused_at_their_field(number: str, field: str) -> None:
    """Also where no number belongs at all; nothing hangs and nothing overflows."""
    (entry,) = read_mobilities(f'{{"call": 2019, "{field}": {number}}}', "a file")
    assert isinstance(entry, Refused)
    assert entry.field == field


def test_a_whole_number_with_a_point_is_a_whole_number() -> None:
    """Programs that know only one kind of number write 2.0 for 2, and identifiers of digits as numbers."""
    (entry,) = read_mobilities('{"call": 2019.0, "sending_pic": 999660855.0, "year_of_study": 2.0}', "a file")
    assert isinstance(entry, Accepted)
    assert mobility_to_dict(entry.mobility) == {
        "call": 2019,
        "sending": {"pic": "999660855"},
        "student": {"year_of_study": 2},
    }


# --- whatever comes ----------------------------------------------------------------------------------------

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["KZ", "2019-09-02", "studies", "student", "first", "061", PROJECT])
)
known_names = st.sampled_from([*VOCABULARY, *HOLDERS, *PARTICIPANTS, "country", "parties", "conditions", "direction"])
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(known_names | st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(known_names, anything, max_size=5))
@example({"agreement": {"conditions": [{"direction": "incoming", "activity": "studies", "cycles": {}}]}})
def test_any_data_is_a_mobility_or_a_refusal(data: dict[str, object]) -> None:
    """No other exception comes out, and a refusal says something on one line."""
    try:
        mobility = mobility_from_dict({"call": 2019, **data})
    except InputError as error:
        refusal = str(error)
    else:
        refusal = "none"
        assert mobility_from_dict(mobility_to_dict(mobility)) == mobility
    assert refusal
    assert "\n" not in refusal


@given(st.text() | st.binary() | anything.map(json.dumps))
def test_any_file_gives_at_least_one_entry(content: str | bytes) -> None:
    """Each is a mobility or a refusal on one line; nothing is raised."""
    entries = read_mobilities(content, "a file")
    assert entries
    assert all(isinstance(entry, Accepted) or "\n" not in str(entry) for entry in entries)


@given(strategies.mobilities(), strategies.mobilities())
def test_a_mobility_in_a_list_is_read_as_if_alone(one: Mobility, other: Mobility) -> None:
    """What stands before or after it changes nothing."""
    entries = read_mobilities(json.dumps([mobility_to_dict(one), mobility_to_dict(other)]), "a file")
    assert [entry.mobility for entry in entries if isinstance(entry, Accepted)] == [one, other]


def test_every_name_of_the_vocabulary_is_a_flat_key() -> None:
    """The interview, the tables and flat JSON speak of the same facts."""
    for name in VOCABULARY:
        assert mobility_from_dict({name: None}, call=2019) == Mobility(call=2019)
    assert {kind.value for kind in ParticipantKind} == set(PARTICIPANTS)


# --- what is known only in part ----------------------------------------------------------------------------


@st.composite
def partly_known(draw: st.DrawFn) -> Mobility:
    """A mobility of which up to three facts are known only in part."""
    kinds = {
        "activity": st.sampled_from(Activity),
        "start_date": st.dates(date(2019, 9, 1), date(2019, 9, 30)),
        "distance_km": strategies.numbers(9000),
        "sending_country": st.sampled_from(["KZ", "GE", "SI"]),
        "covers_academic_term": st.booleans(),
        "agreement_signed_by_partner_side_on": st.dates(date(2019, 1, 1), date(2019, 3, 1)),
    }
    names = draw(st.lists(st.sampled_from(sorted(kinds)), min_size=1, max_size=3, unique=True))
    return Mobility(
        call=2019,
        reference=draw(st.none() | strategies.texts()),
        receiving=Institution(country="SI"),
        possible={name: draw(st.lists(kinds[name], min_size=1, max_size=3)) for name in names},
    )


@given(partly_known())
def test_what_is_known_in_part_is_written_and_reads_back(mobility: Mobility) -> None:
    """Nested and flat, through JSON and through plain data alike."""
    for flat in (False, True):
        data = mobility_to_dict(mobility, flat=flat)
        assert mobility_from_dict(data) == mobility
        (entry,) = read_mobilities(json.dumps(data), "a file")
        assert isinstance(entry, Accepted)
        assert entry.mobility == mobility


def test_possible_values_are_plain_and_stand_under_their_flat_names() -> None:
    """Dates as year-month-day, numbers as everywhere."""
    data = {
        "call": 2024,
        "possible": {
            "activity": ["studies", "traineeship"],
            "distance_km": [100, "7.50"],
            "start_date": ["2024-09"],
            "travel_legs": [[{"means": "train", "distance_km": 3}]],
            "participant_kind": ["staff", "student"],
        },
    }
    mobility = mobility_from_dict(data)
    written = mobility_to_dict(mobility)
    assert written["possible"] == {**data["possible"], "start_date": ["2024-09-01", "2024-09-30"]}
    assert {type(value) for value in written["possible"]["activity"]} == {str}
    assert "possible" not in mobility_to_dict(Mobility(call=2024))
    assert "possible" not in mobility_to_dict(Mobility(call=2024), flat=True)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ({"start_date": "2024-09"}, "start_date"),
        ({"agreement": {"signed_by_partner_side_on": "2024-09"}}, "agreement_signed_by_partner_side_on"),
        ({"agreement_signed_by_partner_side_on": "2024-09"}, "agreement_signed_by_partner_side_on"),
        ({"student": {"graduated_on": "2024-09"}}, "graduated_on"),
        ({"graduated_on": "2024-09"}, "graduated_on"),
        ({"learning_agreement": {"signed_by_sending_on": "2024-09"}}, "learning_agreement_signed_by_sending_on"),
        ({"possible": {"end_date": ["2024-09"]}}, "end_date"),
    ],
)
def test_a_date_may_be_told_by_its_month(data: dict[str, object], name: str) -> None:
    """It may then be any day of the month, from the first to the last."""
    mobility = mobility_from_dict({"call": 2024, **data})
    assert mobility.possible == ((name, (date(2024, 9, 1), date(2024, 9, 30))),)


def test_the_same_month_told_twice_is_one_month() -> None:
    """In whichever way it is written."""
    data = {
        "call": 2024,
        "agreement": {"signed_by_partner_side_on": "2024-09"},
        "agreement_signed_by_partner_side_on": "2024-09 ",
    }
    assert len(mobility_from_dict(data).possible) == 1


def test_nothing_possible_is_not_told() -> None:
    """Null stands for nothing here as well."""
    for nothing in (None, {}, {"activity": None}):
        assert mobility_from_dict({"call": 2024, "possible": nothing}) == Mobility(call=2024)


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"possible": ["activity"]}, "possible", "stands where facts and their possible values belong"),
        ({"possible": "studies"}, "possible", "write curly brackets"),
        ({"possible": {"activity": "studies"}}, "possible.activity", "is no list of possible values"),
        ({"possible": {"activity": {"studies": 1}}}, "possible.activity", "write a list in square brackets"),
        ({"possible": {"activity": []}}, "possible.activity", "has no possible value"),
        ({"possible": {"activity": ["studies", None]}}, "possible.activity[1]", "null stands in the list"),
        ({"possible": {"activity": ["studies", "skiing"]}}, "possible.activity[1]", "is not known here"),
        ({"possible": {"activity": [["studies"]]}}, "possible.activity[0]", "is a list where one value belongs"),
        ({"possible": {"activty": ["studies"]}}, "possible.activty", "did you mean 'activity'"),
        ({"possible": {"sending": [{"country": "KZ"}]}}, "possible.sending", "there is no fact 'sending'"),
        ({"possible": {"call": [2024]}}, "possible.call", "cannot be one of several"),
        ({"possible": {"participant_kind": ["cat"]}}, "possible.participant_kind[0]", "write one of: student, staff"),
        ({"possible": {"sending_city": ["\ud800"]}}, "possible.sending_city[0]", "half of a character"),
        ({"possible": {"distance_km": [1, "1e99"]}}, "possible.distance_km[1]", "more than 30 digits"),
        ({"possible": {"is_conference": [Decimal("1.5")]}}, "possible.is_conference[0]", "1.5 is neither true"),
        (
            {"possible": {"travel_legs": [[{"means": "train"}, {"means": "sledge"}]]}},
            "possible.travel_legs[0][1].means",
            "is not known here",
        ),
        ({"possible": {"start_date": ["2024-13"]}}, "possible.start_date[0]", "a month that does not exist"),
        ({"possible": {"start_date": ["2500-01"]}}, "possible.start_date[0]", "no date of our times"),
        ({"start_date": "2024-13"}, "start_date", "a month that does not exist"),
        ({"start_date": "2500-01"}, "start_date", "no date of our times"),
        ({"student": {"graduated_on": "2024-13"}}, "student.graduated_on", "a month that does not exist"),
        (
            {"start_date": "2024-09", "possible": {"start_date": ["2024-10"]}},
            "possible.start_date",
            "start_date says it otherwise; tell it once",
        ),
        (
            {"possible": {"start_date": ["2024-10"]}, "start_date": "2024-09"},
            "start_date",
            "possible.start_date says it otherwise; tell it once",
        ),
        (
            {"start_date": "2024-09-02", "possible": {"start_date": ["2024-10"]}},
            "possible.start_date",
            "has possible values besides; keep one of the two",
        ),
        (
            {"student": {"graduated_on": "2024-09"}, "graduated_on": "2024-09-02"},
            "possible.graduated_on",
            "has possible values besides; keep one of the two",
        ),
        (
            {"start_date": "2024-09-01", "end_date": "2024-08"},
            "possible",
            "no combination of the possible values of end_date can be true",
        ),
        ({"possible": {"distance_km": list(range(300))}}, "possible", "make 300 combinations"),
        ({"academic_year": "2024-09"}, "academic_year", "2024-09"),
    ],
)
def test_what_cannot_be_known_in_part_is_refused_at_its_place(data: dict[str, object], field: str, words: str) -> None:
    """One clear line, with the place where it was told."""
    with pytest.raises(InputError, match=re.escape(words)) as caught:
        mobility_from_dict({"call": 2024, **data})
    assert caught.value.field == field
    assert "\n" not in str(caught.value)


def test_a_fact_that_stands_twice_under_possible_is_refused() -> None:
    """JSON lets a key stand twice, and nobody can tell which one is meant."""
    text = '{"call": 2024, "possible": {"activity": ["studies"], "activity": ["training"]}}'
    (entry,) = read_mobilities(text, "a file")
    assert isinstance(entry, Refused)
    assert str(entry) == (
        "a file: mobility 1: possible.activity: 'activity' stands more than once in the same object; keep one of them"
    )


def test_the_refusal_of_a_possible_value_is_one_line_with_its_place() -> None:
    """As every refusal of a file."""
    (entry,) = read_mobilities('{"call": 2024, "possible": {"activity": ["skiing"]}}', "a file")
    assert str(entry).startswith("a file: mobility 1: possible.activity[0]: 'skiing' is not known here; write one of:")
