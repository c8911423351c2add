"""How long a stay lasts: the counts, the minima and maxima, the cap over a study cycle, the hours of teaching."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icm_rules.engine import Verdict
from icm_rules.guide import guide
from icm_rules.model.terms import Activity, DayCount
from icm_rules.rules import duration
from tests.rules.cases import evaluate, outcome

CALLS = (2015, 2016, 2017, 2018, 2019, 2020)
MET, NOT_MET, UNDETERMINED = Verdict.MET, Verdict.NOT_MET, Verdict.UNDETERMINED
NOT_APPLICABLE, NOT_IN_FORCE = Verdict.NOT_APPLICABLE, Verdict.NOT_IN_FORCE


def months_of_30_days(first: str, last: str) -> int:
    """The days counted one by one on a calendar in which every month has 30 days; a 31st falls on the 30th."""

    def place(day: date) -> tuple[int, int, int]:
        return day.year, day.month, min(day.day, 30)

    year, month, day = place(date.fromisoformat(first))
    end, count = place(date.fromisoformat(last)), 1
    while (year, month, day) < end:
        day += 1
        if day > 30:
            month, day = month + 1, 1
        if month > 12:
            year, month = year + 1, 1
        count += 1
    return count


def paragraphs(found) -> list[str]:
    """The paragraphs an outcome cites."""
    return [citation.paragraph for citation in found.citations]


class TestTheCountOfStudents:
    """Students: months of 30 days, both ends included."""

    @pytest.mark.parametrize(
        ("first", "last", "days"),
        [
            ("2019-09-01", "2019-09-01", 1),
            ("2019-09-01", "2019-09-30", 30),
            ("2019-10-01", "2019-10-31", 30),  # the 31st counts as the 30th
            ("2019-10-01", "2019-10-30", 30),
            ("2019-10-31", "2019-10-31", 1),
            ("2019-10-30", "2019-10-31", 1),
            ("2019-10-31", "2019-11-01", 2),
            ("2019-08-31", "2019-12-31", 121),
            ("2019-02-01", "2019-02-28", 28),  # no special case for the end of February
            ("2020-02-01", "2020-02-28", 28),
            ("2020-02-01", "2020-02-29", 29),
            ("2019-02-28", "2019-03-01", 4),
            ("2020-02-29", "2020-03-01", 3),
            ("2019-11-30", "2020-02-29", 90),
            ("2018-11-30", "2019-02-28", 89),
            ("2019-12-31", "2020-01-01", 2),  # over the turn of the year
            ("2019-09-15", "2020-09-14", 360),
            ("2019-09-01", "2020-08-31", 360),
            ("2019-09-01", "2021-08-31", 720),
        ],
    )
    def test_the_days_are_those_counted_by_hand(self, first: str, last: str, days: int) -> None:
        assert months_of_30_days(first, last) == days, "the count by hand itself"
        told = {"academic_year": None, "outward_travel_date": None, "return_travel_date": None}
        assert evaluate("student_in", start_date=first, end_date=last, **told).value("student_days") == days

    @given(first=st.dates(date(2014, 1, 1), date(2022, 12, 31)), length=st.integers(0, 800))
    def test_the_formula_is_the_count_day_by_day(self, first: date, length: int) -> None:
        last = first + timedelta(days=length)
        days = duration.days_in_months_of_30(
            duration.first_day_in_months_of_30(first), duration.last_day_in_months_of_30(last)
        )
        paragraph = guide(2019).provisions["student_day_count"]
        assert duration.student_days(days, None, duration.NO_DAYS, paragraph) == months_of_30_days(
            str(first), str(last)
        )

    def test_travel_is_never_counted(self) -> None:
        near = evaluate("student_in", outward_travel_date="2019-09-30", return_travel_date="2020-01-31")
        far = evaluate("student_in", outward_travel_date="2019-09-20", return_travel_date="2020-02-10")
        assert near.value("student_days") == far.value("student_days") == 121

    @pytest.mark.parametrize("absent", ["start_date", "end_date"])
    def test_without_a_date_there_is_no_count(self, absent: str) -> None:
        found = evaluate("student_in", **{absent: None})
        assert found.value("student_days").missing == found.value("staff_days").missing == (absent,)


class TestTheCountOfStaff:
    """Staff: calendar days, both ends included."""

    @pytest.mark.parametrize(
        ("first", "last", "days"),
        [
            ("2019-10-07", "2019-10-07", 1),
            ("2019-10-07", "2019-10-11", 5),
            ("2019-10-31", "2019-11-01", 2),
            ("2019-10-30", "2019-10-31", 2),
            ("2019-02-28", "2019-03-01", 2),
            ("2020-02-28", "2020-03-01", 3),
            ("2019-12-31", "2020-01-01", 2),
        ],
    )
    def test_the_days_are_those_of_the_calendar(self, first: str, last: str, days: int) -> None:
        found = evaluate(
            "training_in", start_date=first, end_date=last, outward_travel_date=None, return_travel_date=None
        )
        assert found.value("staff_days") == days

    def test_each_participant_has_a_count(self) -> None:
        counts = guide(2019).provisions
        assert counts["student_day_count"].convention is DayCount.MONTHS_OF_30_DAYS
        assert counts["staff_day_count"].convention is DayCount.CALENDAR_DAYS


STUDENT_RULES = {
    "duration.study.minimum": ("student_in", "studies", "study_duration"),
    "duration.traineeship.minimum": ("trainee_in", "traineeship", "traineeship_duration"),
    "duration.combined.minimum": ("student_in", "studies_and_traineeship", "combined_duration"),
    "duration.study.maximum": ("student_in", "studies", "study_duration"),
    "duration.traineeship.maximum": ("trainee_in", "traineeship", "traineeship_duration"),
    "duration.combined.maximum": ("student_in", "studies_and_traineeship", "combined_duration"),
}


def stay(identity: str, last: str | None, call: int = 2019, **changes: object):
    """What the rule says of a stay from 1 September 2019 to the day ``last``."""
    base, activity, _ = STUDENT_RULES[identity]
    told = {"activity": activity, "start_date": "2019-09-01", "end_date": last, "covers_academic_term": False}
    return outcome(identity, base, call, **{**told, "outward_travel_date": None, "return_travel_date": None, **changes})


class TestStudents:
    """The minimum and the maximum of studies, traineeship and both combined."""

    @pytest.mark.parametrize("identity", ["duration.study.minimum", "duration.combined.minimum"])
    @pytest.mark.parametrize(
        ("last", "term", "verdict"),
        [
            ("2019-11-29", False, NOT_MET),  # 89 days
            ("2019-11-29", None, UNDETERMINED),
            ("2019-11-29", True, MET),
            ("2019-09-02", True, MET),
            ("2019-11-30", False, MET),  # 90 days
            ("2019-11-30", None, MET),
            ("2019-11-30", True, MET),
        ],
    )
    @pytest.mark.parametrize("call", [2018, 2019, 2020])
    def test_studies_need_90_days_or_one_term(
        self, identity: str, last: str, term: bool | None, verdict: Verdict, call: int
    ):
        found = stay(identity, last, call, covers_academic_term=term)
        assert found.verdict is verdict
        assert found.missing == (("covers_academic_term",) if verdict is UNDETERMINED else ())

    @pytest.mark.parametrize("call", [2015, 2016, 2017])
    def test_studies_need_the_same_in_the_first_calls(self, call: int) -> None:
        assert stay("duration.study.minimum", "2019-11-29", call).verdict is NOT_MET
        assert stay("duration.study.minimum", "2019-11-30", call).verdict is MET

    @pytest.mark.parametrize("call", [2018, 2019, 2020])
    @pytest.mark.parametrize(("last", "verdict"), [("2019-10-29", NOT_MET), ("2019-10-30", MET), ("2019-10-31", MET)])
    def test_a_traineeship_needs_60_days_and_no_term_replaces_them(
        self, call: int, last: str, verdict: Verdict
    ) -> None:
        for term in (True, False, None):
            assert stay("duration.traineeship.minimum", last, call, covers_academic_term=term).verdict is verdict

    @pytest.mark.parametrize("identity", [name for name in STUDENT_RULES if name.endswith("maximum")])
    @pytest.mark.parametrize(
        ("last", "verdict"),
        [("2020-08-30", MET), ("2020-08-31", MET), ("2020-09-01", NOT_MET), ("2021-09-01", NOT_MET)],
    )
    def test_360_days_are_allowed_and_361_are_not(self, identity: str, last: str, verdict: Verdict) -> None:
        assert stay(identity, last).verdict is verdict

    def test_the_sentence_says_by_how_much(self) -> None:
        assert stay("duration.study.minimum", "2019-11-29").sentence.startswith(
            "89 days (months of 30 days) are 1 fewer than the 90 asked for"
        )
        assert (
            "361 days (months of 30 days) are 1 more than 360" in stay("duration.study.maximum", "2020-09-01").sentence
        )

    @pytest.mark.parametrize("identity", STUDENT_RULES)
    def test_a_stay_of_staff_and_another_activity_are_not_asked(self, identity: str) -> None:
        _, activity, _ = STUDENT_RULES[identity]
        assert outcome(identity, "training_in").verdict is NOT_APPLICABLE
        for other in {"studies", "traineeship", "studies_and_traineeship"} - {activity}:
            assert outcome(identity, "student_in", activity=other).verdict is NOT_APPLICABLE

    @pytest.mark.parametrize("identity", STUDENT_RULES)
    @pytest.mark.parametrize("call", [2015, 2016, 2017])
    def test_traineeships_and_combined_stays_are_not_in_force_before_2018(self, identity: str, call: int) -> None:
        closed = STUDENT_RULES[identity][2] != "study_duration"
        assert stay(identity, "2019-11-30", call).verdict is (NOT_IN_FORCE if closed else MET)

    @pytest.mark.parametrize("identity", STUDENT_RULES)
    def test_each_date_and_the_activity_is_asked_for_where_missing(self, identity: str) -> None:
        for absent in ("start_date", "end_date", "activity"):
            found = stay(identity, "2019-11-30", **{absent: None, "covers_academic_term": None})
            assert (found.verdict, found.missing) == (UNDETERMINED, (absent,))

    @pytest.mark.parametrize("identity", STUDENT_RULES)
    def test_the_paragraph_and_the_count_are_cited_and_no_neighbour(self, identity: str) -> None:
        assert set(paragraphs(stay(identity, "2019-11-30"))) == {STUDENT_RULES[identity][2], "student_day_count"}


class TestTheCapOfTheCycle:
    """All stays of one study cycle: 12 months, in one-cycle programmes 24."""

    @staticmethod
    def cap(used: int | None, one_cycle: bool | None, call: int = 2019, **changes: object):
        # The stay of the case takes 121 days.
        told = {"days_used_in_cycle": used, "one_cycle_programme": one_cycle}
        return outcome("duration.cycle.cap", "student_in", call, **{**told, **changes})

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize(
        ("used", "one_cycle", "verdict"),
        [
            (0, False, MET),
            (239, False, MET),  # 360 days in all
            (240, False, NOT_MET),  # 361
            (239, None, MET),
            (239, True, MET),
            (240, True, MET),
            (599, True, MET),  # 720
            (600, True, NOT_MET),  # 721
            (600, None, NOT_MET),
            (600, False, NOT_MET),
        ],
    )
    def test_12_months_are_allowed_and_24_in_one_cycle_programmes(
        self, used: int, one_cycle: bool | None, verdict: Verdict, call: int
    ) -> None:
        found = self.cap(used, one_cycle, call)
        assert (found.verdict, found.missing) == (verdict, ())

    @pytest.mark.parametrize("used", [240, 599])
    def test_between_the_two_caps_the_kind_of_programme_decides(self, used: int) -> None:
        found = self.cap(used, None)
        assert (found.verdict, found.missing) == (UNDETERMINED, ("one_cycle_programme",))

    @pytest.mark.parametrize("one_cycle", [True, False, None])
    def test_the_earlier_stays_are_asked_for(self, one_cycle: bool | None) -> None:
        found = self.cap(None, one_cycle)
        assert (found.verdict, found.missing) == (UNDETERMINED, ("days_used_in_cycle",))

    def test_a_stay_that_alone_exceeds_the_usual_cap_needs_both_facts(self) -> None:
        long = {"start_date": "2019-09-01", "end_date": "2020-09-30", "return_travel_date": None}
        found = self.cap(None, None, outward_travel_date=None, **long)
        assert found.verdict is UNDETERMINED
        assert set(found.missing) == {"days_used_in_cycle", "one_cycle_programme"}
        assert self.cap(None, False, outward_travel_date=None, **long).verdict is NOT_MET

    def test_zero_grant_stays_count(self) -> None:
        assert self.cap(240, False, is_zero_grant=True).verdict is NOT_MET

    def test_the_sentence_counts_in_months_and_days(self) -> None:
        assert self.cap(240, False).sentence == (
            "12 months and 1 day in this study cycle are 1 day more than the 12 months allowed"
        )
        assert self.cap(241, False).sentence.startswith("12 months and 2 days in this study cycle are 2 days more")

    def test_the_cap_that_was_used_is_cited(self) -> None:
        assert paragraphs(self.cap(0, False)) == ["cycle_cap", "student_day_count"]
        assert paragraphs(self.cap(0, True)) == ["one_cycle_cap", "student_day_count"]

    def test_staff_has_no_cap_and_the_dates_are_asked_for(self) -> None:
        assert outcome("duration.cycle.cap", "training_in").verdict is NOT_APPLICABLE
        assert outcome("duration.cycle.cap", "student_in", end_date=None).missing == ("end_date",)


def staff_stay(identity: str, days: int | None, base: str = "training_in", call: int = 2019, **changes: object):
    """What the rule says of a staff stay of so many days from 7 October 2019 on."""
    last = None if days is None else str(date(2019, 10, 7) + timedelta(days=days - 1))
    told = {"end_date": last, "outward_travel_date": None, "return_travel_date": None, **changes}
    return outcome(identity, base, call, **told)


# A teacher whom an organisation that is no university sends on invitation.
INVITED = {
    "activity": "teaching",
    "sending_kind": "enterprise",
    "sending_holds_charter": None,
    "is_invited": True,
}


class TestStaff:
    """The minimum and the maximum of staff stays."""

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize(("days", "verdict"), [(1, NOT_MET), (4, NOT_MET), (5, MET), (60, MET), (61, MET)])
    def test_the_minimum_is_5_days(self, call: int, days: int, verdict: Verdict) -> None:
        assert staff_stay("duration.staff.minimum", days, call=call).verdict is verdict

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize(("days", "verdict"), [(1, MET), (59, MET), (60, MET), (61, NOT_MET)])
    def test_the_maximum_is_60_calendar_days(self, call: int, days: int, verdict: Verdict) -> None:
        assert staff_stay("duration.staff.maximum", days, call=call).verdict is verdict

    def test_the_days_of_travel_never_count(self) -> None:
        journeys = {"outward_travel_date": "2019-10-06", "return_travel_date": "2019-10-11"}
        assert staff_stay("duration.staff.minimum", 4, travel_days_claimed=2, **journeys).verdict is NOT_MET
        journeys = {"outward_travel_date": "2019-10-06", "return_travel_date": "2019-12-06"}
        assert staff_stay("duration.staff.maximum", 60, travel_days_claimed=2, **journeys).verdict is MET

    @pytest.mark.parametrize("call", [2019, 2020])
    def test_staff_invited_from_an_enterprise_needs_one_day_from_2019(self, call: int) -> None:
        found = staff_stay("duration.staff.minimum", 1, call=call, **INVITED)
        assert found.verdict is MET
        assert found.sentence == "a stay of 1 day reaches the 1 asked of staff invited from an enterprise"
        assert paragraphs(found) == ["invited_staff_duration", "staff_day_count"]
        assert found.confidence.label == "single-source"

    @pytest.mark.parametrize("call", [2015, 2016, 2017, 2018])
    def test_before_2019_invited_staff_needs_5_days_like_others(self, call: int) -> None:
        assert staff_stay("duration.staff.minimum", 4, call=call, **INVITED).verdict is NOT_MET
        assert staff_stay("duration.staff.minimum", 5, call=call, **INVITED).verdict is MET

    @pytest.mark.parametrize("absent", ["sending_kind", "is_invited"])
    def test_where_an_invitation_would_decide_it_is_asked_for(self, absent: str) -> None:
        found = staff_stay("duration.staff.minimum", 4, **{**INVITED, absent: None})
        assert (found.verdict, found.missing) == (UNDETERMINED, (absent,))
        assert staff_stay("duration.staff.minimum", 5, **{**INVITED, absent: None}).verdict is MET

    @pytest.mark.parametrize("identity", ["duration.staff.minimum", "duration.staff.maximum"])
    def test_students_are_not_asked_and_missing_facts_are(self, identity: str) -> None:
        assert outcome(identity, "student_in").verdict is NOT_APPLICABLE
        assert staff_stay(identity, None).missing == ("end_date",)
        assert staff_stay(identity, 5, start_date=None).missing == ("start_date",)
        # The participant alone says that staff goes.
        assert staff_stay(identity, 5, activity=None).verdict is MET
        assert staff_stay(
            identity, 5, activity=None, participant_kind=None, is_invited=None, is_employed_by_sending=None
        ).missing == ("activity",)


HOURS = "duration.teaching.hours"


def taught(hours: object, days: int, call: int = 2019, **changes: object):
    """What the rule says of so many hours taught in so many days."""
    return staff_stay(HOURS, days, "teacher_out", call, teaching_hours=hours, **changes)


class TestTeachingHours:
    """8 hours a week, also in a shorter stay, and in proportion for an incomplete week."""

    @pytest.mark.parametrize("call", CALLS)
    @pytest.mark.parametrize(
        ("days", "hours", "verdict"),
        [
            (1, "7.5", NOT_MET),
            (1, "8", MET),
            (5, "7.99", NOT_MET),
            (5, "8", MET),
            (7, "7.99", NOT_MET),
            (7, "8", MET),
            (8, "9.14", NOT_MET),  # 8 x 8/7 = 9.142857..., compared exactly
            (8, "9.15", MET),
            (14, "15.99", NOT_MET),
            (14, "16", MET),
            (60, "68.57", NOT_MET),
            (60, "68.58", MET),
        ],
    )
    def test_both_sides_of_the_edge(self, call: int, days: int, hours: str, verdict: Verdict) -> None:
        found = taught(hours, days, call)
        assert found.verdict is verdict
        # Whoever teaches enough for the full weeks is refused by the proportion, and that has its own paragraph.
        by_proportion = verdict is NOT_MET and days > 7 and Decimal(hours) >= 8 * (days // 7)
        cited = {"teaching_minimum", "staff_day_count"} | ({"incomplete_teaching_week"} if by_proportion else set())
        assert set(paragraphs(found)) == cited

    def test_the_sentence_shows_the_proportion(self) -> None:
        assert taught("9.14", 8).sentence == ("9.14 hours in 8 days are 0.01 fewer than the 8 x 8/7 = 9.14 asked for")
        assert taught("7", 5).sentence == "7 hours in 5 days are 1 fewer than the 8 asked for"

    @pytest.mark.parametrize("call", [2018, 2019, 2020])
    @pytest.mark.parametrize(
        ("days", "hours", "verdict"),
        [(5, "3.99", NOT_MET), (5, "4", MET), (8, "4.57", NOT_MET), (8, "4.58", MET), (14, "8", MET), (5, "8", MET)],
    )
    def test_4_hours_suffice_beside_training_from_2018(
        self, call: int, days: int, hours: str, verdict: Verdict
    ) -> None:
        assert taught(hours, days, call, activity="teaching_and_training").verdict is verdict

    def test_the_lower_minimum_is_cited_where_it_was_used(self) -> None:
        lower = taught("4", 5, activity="teaching_and_training")
        assert "combined_teaching_minimum" in paragraphs(lower)
        assert lower.confidence.label == "single-source"
        assert "combined_teaching_minimum" not in paragraphs(taught("8", 5, activity="teaching_and_training"))

    @pytest.mark.parametrize("call", [2015, 2016, 2017])
    def test_before_2018_no_text_says_how_many_hours_suffice_beside_training(self, call: int) -> None:
        found = taught("7.99", 5, call, activity="teaching_and_training")
        assert (found.verdict, found.missing) == (UNDETERMINED, ())
        assert found.gaps == ("no text was seen on the hours of teaching combined with training in this call",)
        assert found.sentence == "7.99 hours in 5 days are 0.01 fewer than the 8 asked of teaching alone"
        assert taught("8", 5, call, activity="teaching_and_training").verdict is MET

    @pytest.mark.parametrize("call", [2018, 2019, 2020])
    @pytest.mark.parametrize("hours", [None, "0", "3"])
    def test_invited_staff_has_no_minimum_from_2018(self, call: int, hours: str | None) -> None:
        found = staff_stay(HOURS, 5, "training_in", call, teaching_hours=hours, **INVITED)
        assert found.verdict is MET
        assert "invited_teaching_minimum" in paragraphs(found)
        assert "teaching_minimum" not in paragraphs(found)

    @pytest.mark.parametrize("call", [2015, 2016, 2017])
    def test_before_2018_there_is_no_invited_staff_to_be_spared(self, call: int) -> None:
        assert staff_stay(HOURS, 5, "training_in", call, teaching_hours="3", **INVITED).verdict is NOT_MET

    @pytest.mark.parametrize("absent", ["sending_kind", "is_invited"])
    def test_where_an_invitation_would_decide_it_is_asked_for(self, absent: str) -> None:
        unknown = {**INVITED, absent: None}
        found = staff_stay(HOURS, 5, "training_in", teaching_hours="3", **unknown)
        assert (found.verdict, found.missing) == (UNDETERMINED, (absent,))
        assert staff_stay(HOURS, 5, "training_in", teaching_hours="8", **unknown).verdict is MET

    def test_4_hours_beside_training_suffice_whether_or_not_the_person_is_invited(self) -> None:
        unknown = {**INVITED, "activity": "teaching_and_training", "is_invited": None}
        assert staff_stay(HOURS, 5, "training_in", teaching_hours="4", **unknown).verdict is MET
        found = staff_stay(HOURS, 5, "training_in", teaching_hours="3.5", **unknown)
        assert (found.verdict, found.missing) == (UNDETERMINED, ("is_invited",))

    @pytest.mark.parametrize(
        ("hours", "invited", "verdict"),
        [(1, True, NOT_MET), (2, True, MET), (1, None, NOT_MET), (2, None, UNDETERMINED), (2, False, NOT_MET)],
    )
    def test_a_guide_that_asks_hours_of_invited_staff_would_be_followed(
        self, hours: int, invited: bool | None, verdict: Verdict
    ) -> None:
        texts = guide(2019).provisions
        asked = attrs.evolve(texts["invited_teaching_minimum"], minimum_per_week=2)
        minima = (*(texts[name] for name in ("teaching_minimum", "incomplete_teaching_week")), None, asked)
        answer = duration.enough_hours_are_taught(Decimal(hours), 5, Activity.TEACHING, invited, *minima)
        assert answer.verdict is verdict

    def test_each_fact_is_asked_for_where_missing(self) -> None:
        assert taught(None, 5).missing == ("teaching_hours",)
        assert staff_stay(HOURS, None, "teacher_out").missing == ("end_date",)
        assert taught("8", 5, start_date=None).missing == ("start_date",)
        assert taught("8", 5, activity=None).missing == ("activity",)

    @pytest.mark.parametrize("base", ["training_in", "student_in", "trainee_in"])
    def test_who_does_not_teach_is_not_asked(self, base: str) -> None:
        assert outcome(HOURS, base).verdict is NOT_APPLICABLE


FUNDED = "duration.funded.minimum"


class TestDaysWithoutGrant:
    """Where days carry no grant, the funded part still reaches the minimum."""

    @pytest.mark.parametrize(
        ("base", "changes", "edge"),
        [
            ("student_in", {"covers_academic_term": False}, 31),  # 121 days, 90 asked
            ("student_in", {"activity": "studies_and_traineeship", "covers_academic_term": False}, 31),
            ("trainee_in", {}, 61),  # 60 asked
            ("training_in", {}, 2),  # 7 days, 5 asked
            ("training_in", {**INVITED, "teaching_hours": 8}, 6),  # 1 asked
        ],
    )
    def test_both_sides_of_the_edge(self, base: str, changes: dict[str, object], edge: int) -> None:
        assert outcome(FUNDED, base, zero_grant_days=edge, **changes).verdict is MET
        assert outcome(FUNDED, base, zero_grant_days=edge + 1, **changes).verdict is NOT_MET

    @pytest.mark.parametrize("call", CALLS)
    def test_the_rule_is_that_of_every_call(self, call: int) -> None:
        assert outcome(FUNDED, "student_in", call, zero_grant_days=31).verdict is MET
        assert outcome(FUNDED, "student_in", call, zero_grant_days=32, covers_academic_term=False).verdict is NOT_MET

    def test_as_many_days_without_grant_as_the_stay_has_leave_none_funded(self) -> None:
        found = evaluate("training_in", zero_grant_days=7)
        assert found.value("funded_days") == found.value("funded_staff_days") == 0
        assert found.outcomes[FUNDED].verdict is NOT_MET

    @pytest.mark.parametrize(("term", "missing", "gaps"), [(None, ("covers_academic_term",), 0), (True, (), 1)])
    def test_a_stay_of_one_term_may_have_a_shorter_funded_part(
        self, term: bool | None, missing: tuple, gaps: int
    ) -> None:
        found = outcome(FUNDED, "student_in", zero_grant_days=32, covers_academic_term=term)
        assert (found.verdict, found.missing, len(found.gaps)) == (UNDETERMINED, missing, gaps)

    def test_a_traineeship_has_no_term(self) -> None:
        assert outcome(FUNDED, "trainee_in", zero_grant_days=62, covers_academic_term=True).verdict is NOT_MET

    @pytest.mark.parametrize("base", ["student_in", "training_in"])
    def test_without_such_days_nothing_is_asked(self, base: str) -> None:
        assert outcome(FUNDED, base).verdict is NOT_APPLICABLE
        assert outcome(FUNDED, base, zero_grant_days=0).verdict is NOT_APPLICABLE

    @pytest.mark.parametrize("call", [2015, 2016, 2017])
    def test_an_activity_without_a_duration_in_this_call_is_a_gap(self, call: int) -> None:
        found = outcome(FUNDED, "trainee_in", call, zero_grant_days=10)
        assert (found.verdict, found.missing) == (UNDETERMINED, ())
        assert found.gaps == ("this call sets no duration for traineeship",)

    def test_each_fact_is_asked_for_where_missing(self) -> None:
        for absent in ("start_date", "end_date", "activity"):
            found = outcome(FUNDED, "student_in", zero_grant_days=31, **{absent: None})
            assert (found.verdict, found.missing) == (UNDETERMINED, (absent,))
        for absent in ("sending_kind", "is_invited"):
            found = outcome(FUNDED, "training_in", zero_grant_days=6, **{**INVITED, absent: None})
            assert (found.verdict, found.missing) == (UNDETERMINED, (absent,))

    @pytest.mark.parametrize(
        ("base", "changes", "cited"),
        [
            ("student_in", {}, {"study_duration", "student_day_count", "funded_part"}),
            ("trainee_in", {}, {"traineeship_duration", "student_day_count", "funded_part"}),
            ("training_in", {}, {"staff_duration", "staff_day_count", "funded_part"}),
            ("training_in", INVITED, {"invited_staff_duration", "staff_day_count", "funded_part"}),
        ],
    )
    def test_the_duration_and_the_count_of_this_activity_are_cited_and_no_others(
        self, base: str, changes: dict[str, object], cited: set[str]
    ) -> None:
        assert set(paragraphs(outcome(FUNDED, base, zero_grant_days=1, **changes))) == cited


KA171 = (2022, 2023, 2024, 2025, 2026)


def refused(call: int) -> Verdict:
    """What a refusal is in this call: of the Guide 2026 no figure was seen, so there it stays open."""
    return UNDETERMINED if call == 2026 else NOT_MET


class TestStaysOfMonthsInKA171:
    """Studies and traineeships take two months, or studies one term; the rest is as before."""

    @pytest.mark.parametrize("call", KA171)
    @pytest.mark.parametrize("identity", [name for name in STUDENT_RULES if name.endswith("minimum")])
    @pytest.mark.parametrize(
        ("last", "days"), [("2019-10-29", 59), ("2019-10-30", 60), ("2019-10-31", 60), ("2019-11-01", 61)]
    )
    def test_60_days_are_asked_for_and_59_are_too_few(self, identity: str, last: str, days: int, call: int) -> None:
        found = stay(identity, last, call)
        if days >= 60:
            assert found.verdict is MET
        elif identity == "duration.combined.minimum":
            # Of studies combined with a traineeship no text of this period was seen, so nobody is refused.
            assert (found.verdict, found.missing) == (UNDETERMINED, ())
            assert "combined duration" in found.gaps[0]
        else:
            assert found.verdict is refused(call)

    @pytest.mark.parametrize("call", KA171)
    def test_one_term_suffices_for_studies_and_not_for_a_traineeship(self, call: int) -> None:
        for term, verdict in ((True, MET), (None, UNDETERMINED)):
            assert stay("duration.study.minimum", "2019-10-29", call, covers_academic_term=term).verdict is verdict
        found = stay("duration.traineeship.minimum", "2019-10-29", call, covers_academic_term=True)
        assert found.verdict is refused(call)

    @pytest.mark.parametrize("call", KA171)
    @pytest.mark.parametrize("identity", ["duration.study.maximum", "duration.traineeship.maximum"])
    def test_12_months_are_the_most(self, identity: str, call: int) -> None:
        assert stay(identity, "2020-08-31", call).verdict is MET
        assert stay(identity, "2020-09-01", call).verdict is refused(call)

    @pytest.mark.parametrize("identity", STUDENT_RULES)
    def test_they_are_not_asked_of_short_stays(self, identity: str) -> None:
        for format_ in ("blended", "short_doctoral"):
            assert stay(identity, "2019-09-10", 2024, stay_format=format_).verdict is NOT_APPLICABLE

    @pytest.mark.parametrize("identity", [name for name in STUDENT_RULES if name.endswith("minimum")])
    def test_a_short_stay_of_which_no_format_is_told_is_asked_for_it(self, identity: str) -> None:
        found = stay(identity, "2019-09-30", 2024)  # 30 calendar days
        assert (found.verdict, found.missing) == (UNDETERMINED, ("stay_format",))
        assert stay(identity, "2019-10-01", 2024).missing == ()  # 31 are more than any short stay has

    @pytest.mark.parametrize("call", KA171)
    def test_staff_stays_5_to_60_days_and_invited_staff_one_day_at_least(self, call: int) -> None:
        for days, identity in ((5, "duration.staff.minimum"), (60, "duration.staff.maximum")):
            assert staff_stay(identity, days, call=call).verdict is MET
        for days, identity in ((4, "duration.staff.minimum"), (61, "duration.staff.maximum")):
            assert staff_stay(identity, days, call=call).verdict is refused(call)
        assert staff_stay("duration.staff.minimum", 1, call=call, **INVITED).verdict is MET

    @pytest.mark.parametrize("call", KA171)
    def test_the_physical_part_of_a_blended_stay_of_staff_is_any_staff_stay(self, call: int) -> None:
        blended = {"stay_format": "blended", "has_virtual_part": True}
        assert staff_stay("duration.staff.minimum", 4, call=call, **blended).verdict is refused(call)
        assert staff_stay("duration.staff.minimum", 5, call=call, **blended).verdict is MET

    @pytest.mark.parametrize("call", KA171)
    @pytest.mark.parametrize(
        ("days", "activity", "hours", "verdict"),
        [
            (1, "teaching", "8", MET),
            (5, "teaching", "7.99", NOT_MET),
            (5, "teaching", "8", MET),
            (7, "teaching", "8", MET),
            (8, "teaching", "9.14", NOT_MET),
            (8, "teaching", "9.15", MET),
            (5, "teaching_and_training", "3.99", NOT_MET),
            (5, "teaching_and_training", "4", MET),
        ],
    )
    def test_teaching_hours_are_those_of_ka107(
        self, days: int, activity: str, hours: str, verdict: Verdict, call: int
    ) -> None:
        found = taught(hours, days, call, activity=activity)
        if (days, hours) == (8, "9.14"):
            # That an incomplete week asks in proportion was seen in no text of this period.
            assert (found.verdict, found.missing) == (UNDETERMINED, ())
            return
        assert found.verdict is (refused(call) if verdict is NOT_MET else MET)

    @pytest.mark.parametrize("call", KA171)
    def test_invited_staff_still_has_no_minimum_of_hours(self, call: int) -> None:
        assert staff_stay(HOURS, 5, "training_in", call, teaching_hours="1", **INVITED).verdict is MET


SHORT = {
    "duration.blended.minimum": ("blended_in", "blended_student_duration"),
    "duration.blended.maximum": ("blended_in", "blended_student_duration"),
    "duration.short_doctoral.minimum": ("doctoral_out", "short_doctoral_duration"),
    "duration.short_doctoral.maximum": ("doctoral_out", "short_doctoral_duration"),
}


def short_stay(identity: str, days: int | None, call: int = 2024, *, first: str = "2019-10-01", **changes: object):
    """What the rule says of a short stay of so many calendar days."""
    last = None if days is None else date.fromisoformat(first) + timedelta(days=days - 1)
    told = {"start_date": first, "end_date": last, "outward_travel_date": None, "return_travel_date": None}
    return outcome(identity, SHORT[identity][0], call, **told | changes)


class TestShortStays:
    """Blended stays and short doctoral stays take 5 to 30 days of physical presence, counted on the calendar."""

    @pytest.mark.parametrize("call", KA171)
    @pytest.mark.parametrize("identity", SHORT)
    @pytest.mark.parametrize("days", [4, 5, 30, 31])
    def test_both_sides_of_both_edges(self, days: int, identity: str, call: int) -> None:
        found = short_stay(identity, days, call)
        fits = days >= 5 if identity.endswith("minimum") else days <= 30
        assert found.verdict is (MET if fits else refused(call))
        assert set(paragraphs(found)) == {SHORT[identity][1], "short_stay_day_count"}

    def test_the_days_are_those_of_the_calendar_and_travel_is_none_of_them(self) -> None:
        # From 28 February to 3 March there are four days, and six in months of 30 days.
        assert short_stay("duration.blended.minimum", 4, first="2019-02-28", academic_year=None).verdict is NOT_MET
        # From 1 to 31 October there are 31 days, and 30 in months of 30 days.
        assert short_stay("duration.blended.maximum", 31).verdict is NOT_MET
        travel = {"outward_travel_date": "2019-09-28", "return_travel_date": "2019-10-31"}
        assert short_stay("duration.blended.maximum", 30, **travel).verdict is MET

    def test_the_sentence_says_by_how_much(self) -> None:
        assert short_stay("duration.blended.minimum", 4).sentence == (
            "4 days of physical presence are 1 fewer than the 5 asked for"
        )
        assert short_stay("duration.blended.maximum", 31).sentence == (
            "31 days of physical presence are 1 more than 30"
        )

    @pytest.mark.parametrize("identity", SHORT)
    def test_each_fact_is_asked_for_where_missing(self, identity: str) -> None:
        for absent in ("start_date", "end_date", "stay_format"):
            found = outcome(identity, SHORT[identity][0], 2024, **{absent: None})
            assert (found.verdict, found.missing) == (UNDETERMINED, (absent,))

    @pytest.mark.parametrize("identity", SHORT)
    def test_no_stay_is_short_in_ka107_and_other_stays_are_not_asked(self, identity: str) -> None:
        assert short_stay(identity, 20, 2019).verdict is NOT_APPLICABLE
        other = "doctoral_out" if SHORT[identity][0] == "blended_in" else "blended_in"
        for base in (other, "student_in", "teacher_out"):
            assert outcome(identity, base, 2024).verdict is NOT_APPLICABLE


class TestShortStaysInACycle:
    """A short stay counts towards the cap by its calendar days, and its funded part has its own minimum."""

    @staticmethod
    def cap(used: int, base: str, **changes: object):
        told = {"outward_travel_date": None, "return_travel_date": None, "start_date": "2019-10-02"}
        return outcome("duration.cycle.cap", base, 2024, days_used_in_cycle=used, **told | changes)

    @pytest.mark.parametrize("base", ["blended_in", "doctoral_out"])
    def test_its_calendar_days_count(self, base: str) -> None:
        # From 2 to 31 October there are 30 days on the calendar, and 29 in months of 30 days.
        assert self.cap(330, base, end_date="2019-10-31").verdict is MET
        assert self.cap(331, base, end_date="2019-10-31").verdict is NOT_MET
        assert "short_stay_day_count" in paragraphs(self.cap(330, base, end_date="2019-10-31"))

    def test_a_stay_of_months_keeps_its_own_count(self) -> None:
        told = {"end_date": "2019-10-31", "stay_format": "long_term"}
        assert self.cap(331, "student_in", **told).verdict is MET
        assert self.cap(332, "student_in", **told).verdict is NOT_MET

    def test_the_format_is_asked_for_only_where_the_two_counts_differ(self) -> None:
        assert self.cap(0, "student_in", end_date="2019-10-31").missing == ("stay_format",)
        assert self.cap(0, "student_in", end_date="2019-10-30").verdict is MET

    @pytest.mark.parametrize("call", KA171)
    @pytest.mark.parametrize(("base", "cited"), [(base, cited) for base, cited in dict.fromkeys(SHORT.values())])
    def test_the_funded_part_reaches_5_days(self, base: str, cited: str, call: int) -> None:
        # The stay takes 20 days. That the funded part must reach the minimum was seen in no text of this period.
        found = outcome(FUNDED, base, call, zero_grant_days=15)
        assert found.verdict is MET
        assert set(paragraphs(found)) == {cited, "short_stay_day_count", "funded_part"}
        found = outcome(FUNDED, base, call, zero_grant_days=16, covers_academic_term=None)
        assert (found.verdict, found.missing) == (UNDETERMINED, ())
        assert found.gaps == (
            f"the refusal rests on the funded part of the Programme Guide {call}, which no text was seen to show",
        )

    def test_without_a_format_the_minimum_of_the_funded_part_is_not_known(self) -> None:
        assert outcome(FUNDED, "blended_in", 2024, zero_grant_days=1, stay_format=None).missing == ("stay_format",)

    def test_in_ka107_what_is_asked_of_stays_of_months_is_asked_of_it(self) -> None:
        found = outcome(FUNDED, "blended_in", 2019, zero_grant_days=1)
        assert found.verdict is NOT_MET
        assert set(paragraphs(found)) == {"study_duration", "student_day_count", "funded_part"}


MINIMA = {
    "student_in": "duration.study.minimum",
    "trainee_in": "duration.traineeship.minimum",
    "training_in": "duration.staff.minimum",
}


class TestLonger:
    """What stays true of a longer stay."""

    @given(
        base=st.sampled_from(sorted(MINIMA)),
        call=st.sampled_from([2018, 2019, 2020]),
        first=st.dates(date(2019, 1, 1), date(2020, 12, 31)),
        days=st.integers(0, 120),
        more=st.integers(0, 120),
        term=st.booleans(),
    )
    def test_longer_never_loses_the_minimum_nor_regains_the_maximum(
        self, base: str, call: int, first: date, days: int, more: int, term: bool
    ) -> None:
        def verdict(length: int, edge: str) -> Verdict:
            told = {"start_date": first, "end_date": first + timedelta(days=length), "academic_year": None}
            told |= {"outward_travel_date": None, "return_travel_date": None, "covers_academic_term": term}
            return outcome(MINIMA[base].replace("minimum", edge), base, call, **told).verdict

        if verdict(days, "minimum") is MET:
            assert verdict(days + more, "minimum") is MET
        if verdict(days, "maximum") is NOT_MET:
            assert verdict(days + more, "maximum") is NOT_MET

    @given(
        hours=st.decimals(0, 40, places=2),
        more=st.decimals(0, 40, places=2),
        days=st.integers(1, 30),
        fewer=st.integers(0, 29),
        both=st.booleans(),
    )
    def test_more_hours_in_no_more_days_never_lose_the_minimum(
        self, hours, more, days: int, fewer: int, both: bool
    ) -> None:
        activity = "teaching_and_training" if both else "teaching"
        if taught(hours, days, activity=activity).verdict is MET:
            assert taught(hours + more, max(days - fewer, 1), activity=activity).verdict is MET


def away(first: str, last: str, **told: object) -> dict[str, object]:
    return {"interruptions": [{"first_day": first, "last_day": last, **told}]}


class TestInterruptions:
    """From 30 September 2019 to 31 January 2020 there are 121 days in months of 30."""

    @pytest.mark.parametrize(
        ("first", "last", "days"),
        [
            ("2019-10-01", "2019-10-01", 1),
            ("2019-10-30", "2019-10-31", 1),  # the 31st counts as the 30th
            ("2019-10-01", "2019-10-31", 30),
            ("2019-12-31", "2020-01-01", 2),
        ],
    )
    def test_they_are_counted_like_the_stay_and_taken_out(self, first: str, last: str, days: int) -> None:
        whole, found = evaluate("student_in"), evaluate("student_in", **away(first, last))
        assert found.value("student_days") == whole.value("student_days") - days
        assert "interruption" in paragraphs(found.outcomes["duration.study.minimum"])

    def test_staff_is_away_by_the_calendar(self) -> None:
        whole = evaluate("training_in").value("staff_days")
        assert evaluate("training_in", interruption_days=2).value("staff_days") == whole - 2

    def test_as_many_days_away_as_the_stay_has_leave_none(self) -> None:
        assert evaluate("training_in", interruption_days=7).value("staff_days") == 0

    def test_holidays_after_which_the_participant_returns_are_days_of_the_stay(self) -> None:
        found = evaluate("student_in", **away("2019-12-21", "2020-01-05", is_official_holiday=True))
        assert found.value("student_days") == 121
        assert "official_holidays" in paragraphs(found.outcomes["duration.study.minimum"])

    def test_a_refusal_for_days_away_stands(self) -> None:
        told = {**away("2019-10-01", "2019-11-05"), "covers_academic_term": False}
        assert outcome("duration.study.minimum", "student_in", **told).verdict is NOT_MET


class TestBeyondWhatWasAgreed:
    """The stay has 121 days."""

    @pytest.mark.parametrize(("agreed", "funded"), [(0, 0), (100, 100), (121, 121), (122, 121)])
    def test_the_grant_is_for_the_days_agreed(self, agreed: int, funded: int) -> None:
        found = evaluate("student_in", agreed_funded_days=agreed)
        assert found.value("funded_days") == found.value("funded_student_days") == funded
        assert found.value("carries_grant") is (agreed > 0)

    def test_a_longer_stay_rests_on_its_paragraph_only_where_that_decides(self) -> None:
        for agreed, cited in ((100, True), (121, False)):
            found = outcome("funding.student.individual_support", "student_in", agreed_funded_days=agreed)
            assert ("longer_stay" in paragraphs(found)) is cited

    @pytest.mark.parametrize(
        ("told", "missing"),
        [
            ({}, ("extension_is_agreed",)),
            ({"extension_is_agreed": True}, ("extension_is_funded",)),
        ],
    )
    def test_it_asks_for_what_would_change_the_answer(self, told: dict[str, object], missing: tuple[str, ...]) -> None:
        found = outcome("duration.extension.funded", "student_in", 2024, agreed_funded_days=100, **told, **OF_MONTHS)
        assert (found.verdict, found.missing) == (UNDETERMINED, missing)

    @pytest.mark.parametrize(("asked", "verdict"), [("2019-12-31", MET), ("2020-01-01", NOT_MET)])
    def test_it_is_asked_for_a_month_before_the_agreed_end(self, asked: str, verdict: Verdict) -> None:
        told = {"agreed_funded_days": 100, "agreed_end_date": "2020-01-31", "extension_requested_on": asked}
        assert outcome("duration.extension.requested", "student_in", zero_grant_days=0, **told).verdict is verdict

    @pytest.mark.parametrize("rule", ["duration.extension.requested", "duration.extension.funded"])
    def test_days_without_grant_that_nobody_told_of_may_leave_nothing_beyond(self, rule: str) -> None:
        """Too late, or refused: but nothing is beyond the days agreed where the others were agreed to carry none."""
        told = {"agreed_funded_days": 100, "agreed_end_date": "2020-01-31", "extension_requested_on": "2020-01-01"}
        found = outcome(rule, "student_in", 2024, extension_is_agreed=False, **told, **OF_MONTHS)
        assert (found.verdict, found.missing) == (UNDETERMINED, ("zero_grant_days",))
        assert found.sentence.endswith("; whether days of the stay were agreed to carry no grant is not told")
        for days, verdict in ((0, NOT_MET), (20, NOT_MET), (21, NOT_APPLICABLE)):
            found = outcome(
                rule, "student_in", 2024, extension_is_agreed=False, zero_grant_days=days, **told, **OF_MONTHS
            )
            assert found.verdict is verdict

    def test_a_stay_that_is_not_longer_has_no_extension(self) -> None:
        for rule in ("duration.extension.requested", "duration.extension.funded"):
            assert outcome(rule, "student_in", agreed_funded_days=121).verdict is NOT_APPLICABLE
            assert outcome(rule, "student_in").verdict is NOT_APPLICABLE


OF_MONTHS = {"stay_format": "long_term"}
LOST = {
    "force_majeure_first_day": "2019-11-01",
    "force_majeure_last_day": "2020-01-31",
    "agreed_start_date": "2019-09-30",
    "agreed_end_date": "2020-01-31",
}


@pytest.mark.parametrize("base", ["student_in", "trainee_in", "training_in", "blended_in", "doctoral_out"])
class TestDaysLostToForceMajeure:
    """The stay ends after three days; a quarter of a year was lost."""

    def minimum(self, base: str, **told: object):
        end = {"end_date": "2019-10-09" if base == "training_in" else "2019-10-02", "return_travel_date": None}
        if base in {"student_in", "trainee_in"}:
            told |= OF_MONTHS
        rule = {"blended_in": "duration.blended.minimum", "doctoral_out": "duration.short_doctoral.minimum"} | MINIMA
        told = {"covers_academic_term": False, "sending_kind": "university", **end, **LOST, **told}
        return outcome(rule[base], base, 2024, **told)

    def test_accepted_they_are_not_asked_for(self, base: str) -> None:
        found = self.minimum(base, force_majeure_is_accepted=True)
        assert found.verdict is MET
        assert "force_majeure" in paragraphs(found)

    def test_not_accepted_they_are(self, base: str) -> None:
        assert self.minimum(base, force_majeure_is_accepted=False).verdict is NOT_MET

    def test_while_that_is_open_the_agency_is_asked(self, base: str) -> None:
        found = self.minimum(base)
        assert (found.verdict, found.missing) == (UNDETERMINED, ("force_majeure_is_accepted",))

    def test_without_its_last_day_nobody_can_tell(self, base: str) -> None:
        found = self.minimum(base, force_majeure_is_accepted=True, force_majeure_last_day=None)
        assert (found.verdict, found.missing) == (UNDETERMINED, ("force_majeure_last_day",))

    def test_a_single_day_lost_excuses_no_more_than_itself(self, base: str) -> None:
        told = {"force_majeure_last_day": "2019-11-01", "force_majeure_is_accepted": True}
        assert self.minimum(base, **told).verdict is NOT_MET
