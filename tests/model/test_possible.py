"""Facts of a mobility that are known only to be one of several values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import attrs
import pytest

from icm_rules.engine import InputError
from icm_rules.engine.worlds import MOST_WORLDS
from icm_rules.model.countries import Country
from icm_rules.model.mobility import AgreementCondition, Mobility, Staff, Student, TravelLeg
from icm_rules.model.possible import days_of_month, is_date, world_of
from icm_rules.model.terms import Activity, ParticipantKind
from icm_rules.model.vocabulary import VOCABULARY, facts_of


def made(possible, **told) -> Mobility:
    """A mobility of 2024 of which this is known in part."""
    return Mobility(call=2024, possible=possible, **told)


def refused(possible, **told) -> tuple[str, str | None]:
    """The sentence and the place of a refusal."""
    with pytest.raises(InputError) as caught:
        made(possible, **told)
    return str(caught.value), caught.value.field


class TestMonths:
    @pytest.mark.parametrize(
        ("month", "first", "last"),
        [
            ("2024-09", date(2024, 9, 1), date(2024, 9, 30)),
            ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
            ("2025-02", date(2025, 2, 1), date(2025, 2, 28)),
            (" 2024-12 ", date(2024, 12, 1), date(2024, 12, 31)),
            ("2024-01", date(2024, 1, 1), date(2024, 1, 31)),
        ],
    )
    def test_a_month_lasts_from_its_first_to_its_last_day(self, month, first, last):
        assert days_of_month(month) == (first, last)

    @pytest.mark.parametrize("text", ["2024-09-01", "2024", "09-2024", "2024-9", "", 2024, None, date(2024, 9, 1)])
    def test_what_is_not_written_as_year_and_month_is_no_month(self, text):
        assert days_of_month(text) is None

    @pytest.mark.parametrize("text", ["2024-13", "2024-00", "0000-01"])
    def test_a_month_that_does_not_exist_is_refused(self, text):
        with pytest.raises(InputError, match=f"'{text}' is a month that does not exist; write year-month"):
            days_of_month(text)

    @pytest.mark.parametrize(
        ("told", "of", "first", "last"),
        [
            ({"start_date": "2024-05-11"}, "end_date", date(2024, 5, 11), date(2024, 5, 31)),
            ({"end_date": "2024-05-11"}, "start_date", date(2024, 5, 1), date(2024, 5, 11)),
            ({"start_date": "2024-05-31"}, "end_date", date(2024, 5, 31), date(2024, 5, 31)),
            ({"start_date": "2024-04-11"}, "end_date", date(2024, 5, 1), date(2024, 5, 31)),
            ({"graduated_on": "2024-05-11"}, "end_date", date(2024, 5, 1), date(2024, 5, 31)),
        ],
    )
    def test_a_month_is_bounded_by_a_day_in_it_that_comes_before_or_after(self, told, of, first, last):
        graduate = {name: told.pop(name) for name in [*told] if name == "graduated_on"}
        participant = Student(**graduate) if graduate else None
        assert dict(made({of: ["2024-05"]}, participant=participant, **told).possible)[of] == tuple(
            dict.fromkeys((first, last))
        )

    def test_dates_are_what_may_be_known_by_the_month(self):
        names = {name for name in VOCABULARY if is_date(name)}
        assert {"start_date", "graduated_on", "agreement_signed_by_partner_side_on"} <= names
        assert not {"call", "activity", "academic_year"} & names


class TestReading:
    def test_values_are_read_into_the_types_of_their_facts(self):
        mobility = made(
            {
                "activity": ["studies", "Traineeship"],
                "distance_km": [100, "2500.5"],
                "sending_country": ["kz"],
                "participant_kind": ["student"],
                "travel_legs": [[{"means": "train"}], []],
            }
        )
        assert dict(mobility.possible) == {
            "activity": (Activity.STUDIES, Activity.TRAINEESHIP),
            "distance_km": (Decimal(100), Decimal("2500.5")),
            "sending_country": (Country("KZ"),),
            "participant_kind": (ParticipantKind.STUDENT,),
            "travel_legs": ((TravelLeg(means="train"),), ()),
        }

    def test_a_month_stands_for_its_first_and_its_last_day(self):
        mobility = made({"start_date": ["2024-09", "2024-10-05"]})
        assert dict(mobility.possible)["start_date"] == (date(2024, 9, 1), date(2024, 9, 30), date(2024, 10, 5))

    def test_values_named_twice_count_once(self):
        mobility = made(
            {"activity": ["studies", Activity.STUDIES, "training"], "start_date": ["2024-09", "2024-09-30"]}
        )
        assert dict(mobility.possible) == {
            "activity": (Activity.STUDIES, Activity.TRAINING),
            "start_date": (date(2024, 9, 1), date(2024, 9, 30)),
        }

    @pytest.mark.parametrize("nothing", [None, {}, ()])
    def test_nothing_possible_is_nothing(self, nothing):
        assert made(nothing) == Mobility(call=2024)
        assert made(nothing).possible == ()

    @pytest.mark.parametrize("values", [["studies", "training"], ("studies", "training"), {"studies", "training"}])
    def test_any_list_of_values_will_do(self, values):
        assert made({"activity": values}).possible == (("activity", (Activity.STUDIES, Activity.TRAINING)),)

    def test_what_may_be_is_not_told(self):
        assert facts_of(made({"activity": ["studies"]})) == {"call": 2024}

    def test_a_participant_leaves_the_worlds_that_fit(self):
        assert refused({"activity": ["teaching", "training"]}, participant=Student())[1] == "possible"
        assert made({"activity": ["teaching", "studies"]}, participant=Staff())


class TestRefusals:
    def test_an_unknown_fact_is_refused_with_the_nearest(self):
        assert refused({"activty": ["studies"]}) == (
            "there is no fact 'activty'; did you mean 'activity'?",
            "possible.activty",
        )
        sentence, _ = refused({"zzz": [1]})
        assert "`icm-rules questions` lists the facts there are" in sentence

    @pytest.mark.parametrize("name", ["call", "stage", "project_number", "reference"])
    def test_what_a_mobility_has_only_one_of_is_never_open(self, name):
        assert refused({name: [2024]}) == (
            f"{name} cannot be one of several; tell it, or leave it out",
            f"possible.{name}",
        )

    def test_what_is_told_cannot_be_open_besides(self):
        sentence, field = refused({"activity": ["studies"]}, activity="training")
        assert sentence.endswith("and has possible values besides; keep one of the two")
        assert "training" in sentence
        assert field == "possible.activity"

    def test_who_is_told_as_a_student_is_told_to_be_one(self):
        sentence, field = refused({"participant_kind": ["student", "staff"]}, participant=Student())
        assert "has possible values besides" in sentence
        assert field == "possible.participant_kind"

    def test_a_fact_without_any_possible_value_is_refused(self):
        sentence, field = refused({"activity": []})
        assert (sentence, field) == (
            "activity has no possible value; name at least one, or leave the fact out",
            "possible.activity",
        )

    @pytest.mark.parametrize(
        ("possible", "words", "field"),
        [
            ({"start_date": ["2024-09-01", "2024-13"]}, "a month that does not exist", "possible.start_date[1]"),
            ({"start_date": ["2024-02-30"]}, "a date that does not exist", "possible.start_date[0]"),
            ({"start_date": ["2500-01"]}, "no date of our times", "possible.start_date[0]"),
            ({"activity": ["studies", "studying hard"]}, "did you mean|is not known here", "possible.activity[1]"),
            ({"distance_km": [1, 2, -3]}, "is negative", "possible.distance_km[2]"),
            ({"is_conference": ["yes"]}, "neither true nor false", "possible.is_conference[0]"),
            ({"participant_kind": ["teacher"]}, "write one of: student, staff", "possible.participant_kind[0]"),
            ({"participant_kind": [[]]}, "write one of: student, staff", "possible.participant_kind[0]"),
            ({"activity": ["studies", None]}, "nothing stands among the possible", "possible.activity[1]"),
            ({"travel_legs": [[{"means": "sledge"}]]}, "is not known here", "possible.travel_legs[0]"),
        ],
    )
    def test_a_value_that_cannot_be_read_is_refused_at_its_place(self, possible, words, field):
        sentence, found = refused(possible)
        assert any(word in sentence for word in words.split("|"))
        assert found == field

    @pytest.mark.parametrize("value", [["activity"], "activity", 5, ("activity",), (1,)])
    def test_what_is_no_mapping_is_refused(self, value):
        sentence, field = refused(value)
        assert sentence.endswith("is no mapping of facts to the values they may have; write them in curly brackets")
        assert field == "possible"

    def test_a_value_without_a_list_is_refused_at_its_place(self):
        assert refused({"activity": "studies"}) == (
            "'studies' is no list; write a list in square brackets",
            "possible.activity",
        )

    def test_too_many_combinations_are_refused_and_one_fewer_are_not(self):
        assert made({"distance_km": list(range(MOST_WORLDS))})
        sentence, field = refused({"distance_km": list(range(MOST_WORLDS + 1))})
        assert f"make {MOST_WORLDS + 1} combinations" in sentence
        assert field == "possible"

    def test_where_nothing_can_be_true_the_facts_are_named(self):
        assert refused({"end_date": ["2024-08"]}, start_date="2024-09-01") == (
            "no combination of the possible values of end_date can be true; mend one of them",
            "possible",
        )
        assert made({"end_date": ["2024-08", "2024-09"]}, start_date="2024-09-01")


class TestAValue:
    def test_equal_mobilities_have_one_hash(self):
        one = made({"activity": ["studies", "training"], "start_date": ["2024-09"]})
        other = made(
            (("activity", (Activity.STUDIES, Activity.TRAINING)), ("start_date", ["2024-09-01", "2024-09-30"]))
        )
        assert one == other
        assert hash(one) == hash(other)
        assert one != made({"activity": ["studies"], "start_date": ["2024-09"]})
        assert one != Mobility(call=2024)

    def test_it_does_not_change(self):
        mobility = made({"activity": ["studies"]})
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            mobility.possible = ()

    def test_another_mobility_is_made_of_it(self):
        mobility = made({"activity": ["studies", "training"]})
        assert attrs.evolve(mobility, reference="A").possible == mobility.possible
        settled = attrs.evolve(mobility, activity="studies", possible={})
        assert settled == Mobility(call=2024, activity="studies")

    def test_what_it_was_made_of_may_change_later(self):
        values = ["studies"]
        mobility = made({"activity": values})
        values.append("training")
        assert dict(mobility.possible)["activity"] == (Activity.STUDIES,)


class TestWorlds:
    def test_a_world_tells_what_follows_from_it(self):
        assert world_of({"call": 2024, "year_of_study": 2}) == {
            "call": 2024,
            "year_of_study": 2,
            "participant_kind": ParticipantKind.STUDENT,
        }

    def test_a_world_that_cannot_be_true_is_none(self):
        assert world_of({"call": 2024, "year_of_study": 2, "is_invited": True}) is None

    def test_a_list_of_conditions_may_be_one_of_several(self):
        condition = AgreementCondition(direction="incoming", activity="studies", places_per_year=2)
        mobility = made({"agreement_conditions": [[], [condition]]})
        assert dict(mobility.possible)["agreement_conditions"] == ((), (condition,))
