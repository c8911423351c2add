"""From plan to payment: the same rules asked twice, the difference by line, and what is left."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icm_rules import InputError, Mobility, Verdict, mobility_from_dict, mobility_to_dict, read_mobilities, settle
from icm_rules.evaluate import evaluation
from icm_rules.guide import guide
from icm_rules.model.confirmed import as_confirmed, as_planned
from icm_rules.model.vocabulary import facts_of
from icm_rules.report.settlement import Settlement
from icm_rules.rules.duration import MINIMUM_DURATIONS
from icm_rules.rules.settlement import COSTS_KEPT, REFUND, TOLERANCE
from icm_rules.settle import POLICIES
from tests import strategies

FOLDER = Path(__file__).parent.parent / "examples" / "settlement"
STUDENT: dict[str, object] = {
    "call": 2019,
    "activity": "studies",
    "sending_country": "KZ",
    "receiving_country": "SI",
    "start_date": "2020-02-03",
    "end_date": "2020-06-30",
    "distance_km": 4817,
    "covers_academic_term": False,
}
STAFF: dict[str, object] = {
    "call": 2019,
    "activity": "training",
    "sending_country": "KZ",
    "receiving_country": "SI",
    "start_date": "2020-03-02",
    "end_date": "2020-03-06",
    "travel_days_claimed": 0,
    "distance_km": 4817,
}
LONGER = {"end_date": "2020-07-31", "extension_is_agreed": True, "extension_is_funded": True}
HOME_IN_MARCH = {
    "end_date": "2020-03-14",
    "force_majeure_first_day": "2020-03-15",
    "force_majeure_last_day": "2020-06-30",
}
INDIVIDUAL, IN_FULL = "funding.student.individual_support", "funding.staff.days_in_full"
ALL_POLICIES = st.lists(st.sampled_from(POLICIES), unique=True)


def settled(base: dict[str, object], *, paid: object = None, policies: tuple = (REFUND, COSTS_KEPT), **confirmed):
    """The settlement of the base, with what is confirmed."""
    return settle(mobility_from_dict({**base, "confirmed": confirmed}), paid=paid, policies=policies)


def line(found: Settlement, identity: str):
    return next(each for each in found.lines if each.identity == identity)


class TestASettlement:
    """4 months and 28 days from 3 February to 30 June at 800 EUR, and 820 EUR of travel: 4766.67 EUR."""

    def test_coming_home_early_lowers_the_grant_by_the_days(self) -> None:
        found = settled(STUDENT, paid=4000, end_date="2020-06-12")
        assert found.planned_grant.total == Decimal("4766.67")
        assert found.recomputed_grant.total == found.settled == Decimal("4286.67")  # 130 days of 800/30, and 820
        assert (line(found, INDIVIDUAL).low, line(found, INDIVIDUAL).because_of) == (Decimal(-480), ("end_date",))
        assert [each.identity for each in found.differences] == [INDIVIDUAL]
        assert found.balance == Decimal("286.67")
        assert not found.is_proposed

    def test_more_paid_than_due_is_paid_back(self) -> None:
        assert settled(STUDENT, paid="4500", end_date="2020-06-12").balance == Decimal("-213.33")

    def test_without_what_was_paid_there_is_no_balance(self) -> None:
        found = settled(STUDENT, end_date="2020-06-12")
        assert (found.settled, found.balance, found.balance_low, found.balance_high) == (
            Decimal("4286.67"),
            *[None] * 3,
        )
        assert "what was paid is not told" in str(found)

    def test_below_the_minimum_the_whole_grant_falls_due_as_a_proposal(self) -> None:
        found = settled(STUDENT, paid=3000, end_date="2020-05-01")  # 89 days
        assert (found.settled, found.balance, found.applied) == (0, -3000, (REFUND,))
        assert found.is_proposed
        assert found.recomputed_grant.total == Decimal("3193.33")
        (changed,) = found.requirements
        assert (changed.planned.verdict, changed.confirmed.verdict) == (Verdict.MET, Verdict.NOT_MET)

    def test_at_the_minimum_it_does_not(self) -> None:
        found = settled(STUDENT, end_date="2020-05-02")  # 90 days
        assert (found.settled, found.applied) == (Decimal("3220.00"), ())

    def test_a_policy_that_is_not_applied_is_proposed(self) -> None:
        found = settled(STUDENT, policies=(), end_date="2020-05-01")
        assert (found.settled, found.applied) == (Decimal("3193.33"), ())
        assert [each.identity for each in found.proposals] == [REFUND]
        assert not found.is_proposed

    def test_while_nobody_tells_of_the_term_the_refund_is_open(self) -> None:
        found = settled({**STUDENT, "covers_academic_term": None}, paid=1000, end_date="2020-05-01")
        assert (found.settled, found.settled_low, found.settled_high) == (None, 0, Decimal("3193.33"))
        assert (found.balance_low, found.balance_high, found.balance) == (-1000, Decimal("2193.33"), None)
        assert "covers_academic_term" in found.requirements[0].confirmed.missing

    def test_hours_taught_and_days_are_confirmed_together(self) -> None:
        base = {**STAFF, "activity": "teaching", "teaching_hours": 8, "sending_kind": "university"}
        found = settled(base, teaching_hours=7, end_date="2020-03-06")
        assert [each.confirmed.identity for each in found.requirements] == ["duration.teaching.hours"]
        assert found.differences == ()

    def test_what_is_told_as_planned_only_is_named(self) -> None:
        assert settled(STUDENT, end_date="2020-06-30").taken_as_planned == ("start_date",)
        assert settled(STUDENT).taken_as_planned == ("start_date", "end_date")

    @pytest.mark.parametrize("paid", ["many", -1, True])
    def test_what_was_paid_is_an_amount(self, paid: object) -> None:
        with pytest.raises(InputError) as refused:
            settled(STUDENT, paid=paid)
        assert refused.value.field == "paid"

    def test_a_policy_that_does_not_exist_is_refused(self) -> None:
        with pytest.raises(InputError, match=r"did you mean 'settlement\.certificate\.tolerance'"):
            settled(STUDENT, policies=("settlement.certificate.tolerances",))

    def test_an_amount_with_parts_of_a_cent_is_refused(self) -> None:
        with pytest.raises(
            InputError, match=r"'1000\.005' has parts of a cent; write euros with two decimals"
        ) as refused:
            settled(STUDENT, paid="1000.005")
        assert refused.value.field == "paid"
        assert settled(STUDENT, paid="1000.500").balance == Decimal("3766.17")

    def test_without_the_planned_end_nobody_knows_how_many_days_are_paid(self) -> None:
        found = settled({**STUDENT, "end_date": None}, end_date="2020-12-30")
        assert (found.settled_low, found.settled_high) == (0, Decimal("9566.67"))
        assert found.missing == found.lacking_in_plan == ("end_date",)
        assert "The plan does not tell end_date" in found.to_text(width=200)
        told = settled({**STUDENT, "end_date": None, "agreed_funded_days": 148}, end_date="2020-12-30")
        assert told.settled == Decimal("4766.67")

    def test_days_without_grant_that_were_not_used_lower_no_grant(self) -> None:
        base = {**STUDENT, "zero_grant_days": 30}
        found = settled(base, zero_grant_days=10, end_date="2020-06-10")
        assert found.differences == ()
        assert "fewer than planned" not in found.to_text(width=200)

    def test_a_funded_part_below_the_minimum_does_not_contradict_the_refund(self) -> None:
        found = settled(STUDENT, zero_grant_days=70)
        assert found.confirmed.outcomes["duration.funded.minimum"].verdict is Verdict.NOT_MET
        assert found.policies.outcomes[REFUND].sentence == (
            "the stay as a whole, days without grant among it, reaches the minimum duration, or need not"
        )


class TestALongerStay:
    """Planned 148 days; confirmed to 31 July, that is 30 days more."""

    def extended(self, **told: object) -> Settlement:
        return settled(STUDENT, **{**LONGER, "extension_requested_on": "2020-05-30", **told})

    def test_asked_for_in_time_and_agreed_with_money_it_is_paid(self) -> None:
        found = self.extended()
        assert line(found, INDIVIDUAL).low == 800
        assert found.confirmed_days.funded == 178

    @pytest.mark.parametrize(
        "told",
        [
            {"extension_requested_on": "2020-05-31"},
            {"extension_is_funded": False},
            {"extension_is_agreed": False},
            {"extension_is_agreed": None, "extension_is_funded": None, "extension_requested_on": None},
        ],
        ids=["asked late", "without grant", "not agreed", "not told"],
    )
    def test_else_the_days_carry_no_grant(self, told: dict[str, object]) -> None:
        found = self.extended(**told)
        assert found.differences == ()
        assert (found.confirmed_days.counted, found.confirmed_days.funded) == (178, 148)
        identities = {each.confirmed.identity: each.confirmed.verdict for each in found.requirements}
        assert identities["duration.extension.funded"] is Verdict.UNDETERMINED  # the clause is carried back, unverified

    def test_without_the_day_of_the_request_the_amount_is_a_range(self) -> None:
        found = settled(STUDENT, end_date="2020-07-20", extension_is_agreed=True, extension_is_funded=True)
        assert (found.settled_low, found.settled_high) == (Decimal("4766.67"), Decimal("5300.00"))
        assert found.missing == ("extension_requested_on",)
        for name in ("duration.extension.requested", "duration.extension.funded"):
            outcome = found.confirmed.outcomes[name]
            assert (outcome.verdict, outcome.missing) == (Verdict.UNDETERMINED, ("extension_requested_on",))

    def test_from_call_2022_on_the_clause_was_seen_and_refuses(self) -> None:
        base = {**STUDENT, "call": 2024, "stay_format": "long_term", "travel_days_claimed": 0}
        refused = {"extension_requested_on": "2020-05-30", "extension_is_funded": False, "zero_grant_days": 0}
        found = settled(base, **{**LONGER, **refused})
        outcome = found.confirmed.outcomes["duration.extension.funded"]
        assert outcome.verdict is Verdict.NOT_MET
        assert outcome.sentence == "the 30 days beyond the 148 agreed carry no grant: they were agreed so"
        assert found.differences == ()

    def test_the_days_beyond_count_for_the_cycle(self) -> None:
        found = self.extended(extension_is_funded=False, days_used_in_cycle=190)
        cap = "duration.cycle.cap"
        assert found.confirmed.outcomes[cap].missing == ("one_cycle_programme",)
        assert self.extended(days_used_in_cycle=182).confirmed.outcomes[cap].verdict is Verdict.MET


class TestForceMajeure:
    """The stay of 148 days ends after 42 of them."""

    def ended(self, **told: object) -> Settlement:
        return settled(STUDENT, paid=3000, **{**HOME_IN_MARCH, **told})

    def test_accepted_it_switches_the_minimum_and_the_refund_off(self) -> None:
        found = self.ended(force_majeure_is_accepted=True, force_majeure_costs_eur=500)
        outcome = found.confirmed.outcomes["duration.study.minimum"]
        assert (outcome.verdict, outcome.confidence.label) == (Verdict.MET, "unverified")
        assert found.applied == (COSTS_KEPT,)
        assert found.settled == Decimal("2440.00")  # 42 days of 800/30, 820, and the costs
        assert line(found, INDIVIDUAL).because_of == ("end_date",)
        assert found.is_proposed

    def test_costs_are_kept_up_to_what_the_grant_falls_short(self) -> None:
        found = self.ended(force_majeure_is_accepted=True, force_majeure_costs_eur=9000)
        assert found.settled == found.planned_grant.total

    def test_not_accepted_it_switches_nothing_off(self) -> None:
        found = self.ended(force_majeure_is_accepted=False, force_majeure_costs_eur=500)
        assert (found.settled, found.applied) == (0, (REFUND,))

    def test_while_the_agency_has_not_decided_the_amount_is_a_range(self) -> None:
        found = self.ended(force_majeure_costs_eur=500)
        assert (found.settled_low, found.settled_high) == (0, Decimal("2440.00"))
        assert "force_majeure_is_accepted" in found.missing
        evidence = found.confirmed.outcomes["duration.force_majeure.evidence"]
        assert "confirmation of the receiving or the sending side" in evidence.sentence

    def test_days_that_it_does_not_cover_are_asked_for(self) -> None:
        # 42 days and 47 lost are 89.
        found = self.ended(force_majeure_is_accepted=True, force_majeure_last_day="2020-05-01")
        assert found.confirmed.outcomes["duration.study.minimum"].verdict is Verdict.NOT_MET
        found = self.ended(force_majeure_is_accepted=True, force_majeure_last_day="2020-05-02")
        assert found.confirmed.outcomes["duration.study.minimum"].verdict is Verdict.MET

    @pytest.mark.parametrize(("last", "verdict"), [("2020-03-06", Verdict.MET), ("2020-03-05", Verdict.NOT_MET)])
    def test_it_holds_for_staff_as_well(self, last: str, verdict: Verdict) -> None:
        told = {"force_majeure_first_day": "2020-03-04", "force_majeure_is_accepted": True}
        base = {**STAFF, "sending_kind": "university"}
        found = settled(base, end_date="2020-03-03", force_majeure_last_day=last, **told)
        assert found.confirmed.outcomes["duration.staff.minimum"].verdict is verdict
        assert line(found, IN_FULL).low == -3 * 140


class TestTheDaysLost:
    """Only days of the stay as planned that were not spent, and lie within the event, are lost to it."""

    ACCEPTED = {"force_majeure_is_accepted": True, "force_majeure_costs_eur": 300}  # noqa: RUF012 - never changed

    @pytest.mark.parametrize(
        ("first", "last"), [("2021-04-21", "2021-06-30"), ("2020-02-21", "2020-03-20")], ids=["a year later", "spent"]
    )
    def test_other_days_excuse_nothing_and_keep_no_costs(self, first: str, last: str) -> None:
        event = {"force_majeure_first_day": first, "force_majeure_last_day": last}
        found = settled(STUDENT, end_date="2020-04-20", **event, **self.ACCEPTED)
        assert found.confirmed.outcomes["duration.study.minimum"].verdict is Verdict.NOT_MET
        assert (found.settled, found.applied) == (0, (REFUND,))

    def test_days_beyond_the_planned_end_are_not_lost(self) -> None:
        base = {**STUDENT, "end_date": "2020-05-01"}  # 89 days were planned
        event = {"force_majeure_first_day": "2020-04-21", "force_majeure_last_day": "2020-06-30"}
        found = settled(base, end_date="2020-04-20", **event, **self.ACCEPTED)
        assert found.confirmed.outcomes["duration.study.minimum"].verdict is Verdict.NOT_MET

    def test_a_start_that_was_put_off_loses_days(self) -> None:
        event = {"force_majeure_first_day": "2020-03-01", "force_majeure_last_day": "2020-04-12"}
        found = settled(STUDENT, start_date="2020-04-13", **event, **self.ACCEPTED)  # 78 days, and 42 lost
        outcome = found.confirmed.outcomes["duration.study.minimum"]
        assert outcome.verdict is Verdict.MET
        assert "force majeure took 42 days (in months of 30 days)" in outcome.sentence
        evidence = found.confirmed.outcomes["duration.force_majeure.evidence"].sentence
        assert evidence.startswith("it took 43 days (by the calendar)")

    def test_an_interruption_within_the_event_loses_days(self) -> None:
        away = [{"first_day": "2020-03-10", "last_day": "2020-05-25"}]
        event = {"force_majeure_first_day": "2020-03-10", "force_majeure_last_day": "2020-05-25"}
        found = settled(STUDENT, interruptions=away, **event, **self.ACCEPTED)  # 72 days, and 76 lost
        assert found.confirmed.outcomes["duration.study.minimum"].verdict is Verdict.MET
        told = settled(STUDENT, interruption_days=76, **event, **self.ACCEPTED)
        outcome = told.confirmed.outcomes["duration.study.minimum"]
        assert (outcome.verdict, outcome.missing) == (Verdict.UNDETERMINED, ("interruptions",))

    def test_while_the_planned_end_is_not_told_nobody_can_tell(self) -> None:
        base = {**STUDENT, "end_date": None}
        event = {"force_majeure_first_day": "2020-04-21", "force_majeure_last_day": "2020-06-30"}
        found = settled(base, end_date="2020-04-20", **event, **self.ACCEPTED)
        outcome = found.confirmed.outcomes["duration.study.minimum"]
        assert (outcome.verdict, outcome.missing) == (Verdict.UNDETERMINED, ("agreed_end_date",))

    def test_an_accepted_case_without_dates_is_told(self) -> None:
        found = settled(STUDENT, end_date="2020-04-20", **self.ACCEPTED)
        assert (found.settled_low, found.settled_high) == (0, Decimal("3200.00"))  # 78 x 800/30, 820 and 300
        assert found.missing == ("force_majeure_first_day", "force_majeure_last_day")

    def test_after_a_whole_refund_costs_are_kept_up_to_the_plan(self) -> None:
        event = {"force_majeure_first_day": "2020-04-21", "force_majeure_last_day": "2020-05-20"}
        told = {**event, **self.ACCEPTED, "force_majeure_costs_eur": 3000}
        for end in ("2020-03-20", "2020-03-30"):
            assert settled(STUDENT, end_date=end, **told).settled == 3000


class TestATolerance:
    """Told of the calls 2015 to 2017, and seen in no text."""

    @pytest.mark.parametrize(
        ("call", "end", "kept"),
        [(2017, "2020-06-25", True), (2017, "2020-06-24", False), (2018, "2020-06-25", False)],
    )
    def test_it_is_proposed_within_five_days(self, call: int, end: str, kept: bool) -> None:
        found = settled({**STUDENT, "call": call}, end_date=end)
        assert (TOLERANCE in {each.identity for each in found.proposals}) is kept
        assert found.settled == found.recomputed_grant.total

    def test_applied_it_keeps_the_grant(self) -> None:
        found = settled({**STUDENT, "call": 2017}, policies=(TOLERANCE,), end_date="2020-06-25")
        assert found.settled == found.planned_grant.total
        assert found.is_proposed

    def test_with_costs_kept_it_lifts_nothing_above_the_plan(self) -> None:
        base = {**STUDENT, "call": 2016, "start_date": "2017-02-03", "end_date": "2017-06-30"}
        event = {"force_majeure_first_day": "2017-06-28", "force_majeure_last_day": "2017-06-30"}
        told = {**event, "force_majeure_is_accepted": True, "force_majeure_costs_eur": 5000}
        found = settled(base, policies=POLICIES, end_date="2017-06-27", **told)
        assert found.applied == (COSTS_KEPT, TOLERANCE)
        assert found.settled == found.planned_grant.total == Decimal("4766.67")

    def test_it_lifts_no_stay_to_the_minimum(self) -> None:
        base = {**STUDENT, "call": 2016, "start_date": "2017-02-01", "end_date": "2017-04-30"}
        found = settled(base, policies=POLICIES, end_date="2017-04-27")  # 87 days
        assert (found.settled, found.applied) == (0, (REFUND,))


class TestWhatIsConfirmed:
    def test_it_is_no_part_of_the_plan(self) -> None:
        mobility = Mobility(call=2019, end_date="2020-06-30", confirmed={"end_date": "2020-06-12"})
        assert as_planned(mobility).end_date == date(2020, 6, 30)
        assert as_confirmed(mobility).end_date == date(2020, 6, 12)
        assert as_confirmed(mobility).stage == "after_return"

    @pytest.mark.parametrize("name", ["call", "stage", "reference", "project_number", "participant_kind"])
    def test_some_facts_are_never_confirmed(self, name: str) -> None:
        with pytest.raises(InputError) as refused:
            Mobility(call=2019, confirmed={name: "2019"})
        assert refused.value.field == f"confirmed.{name}"

    def test_an_unknown_fact_is_refused_with_the_nearest(self) -> None:
        with pytest.raises(InputError, match="did you mean 'end_date'"):
            mobility_from_dict({"call": 2019, "confirmed": {"end_dat": "2020-06-12"}})

    @pytest.mark.parametrize(
        "confirmed", [{"end_date": "2020-01-01"}, {"end_date": "soon"}, ["end_date"], "2020-06-12"]
    )
    def test_what_cannot_be_true_or_read_is_refused_at_its_place(self, confirmed: object) -> None:
        with pytest.raises(InputError) as refused:
            mobility_from_dict({"call": 2019, "start_date": "2020-02-03", "confirmed": confirmed})
        assert refused.value.field in {"confirmed.end_date", "confirmed"}

    def test_one_way_to_tell_days_takes_the_place_of_the_other(self) -> None:
        parts = [{"first_day": "2020-02-03", "last_day": "2020-02-04"}]
        told = {**STUDENT, "zero_grant_days": 5, "confirmed": {"zero_grant_periods": parts}}
        confirmed = as_confirmed(mobility_from_dict(told))
        assert (confirmed.zero_grant_days, len(confirmed.zero_grant_periods)) == (None, 1)

    def test_it_is_written_and_reads_back(self) -> None:
        told = {**STUDENT, "confirmed": {"end_date": "2020-06-12", "teaching_hours": "7.5", "travel_legs": []}}
        mobility = mobility_from_dict(told)
        for flat in (False, True):
            assert mobility_from_dict(json.loads(json.dumps(mobility_to_dict(mobility, flat=flat)))) == mobility


class TestItsForms:
    FOUND = settled(STUDENT, paid=3000, end_date="2020-05-01")

    def test_the_text_says_what_is_left(self) -> None:
        text = self.FOUND.to_text(width=90)
        assert "Answer: 3,000.00 EUR to be paid back by the participant" in text
        assert max(map(len, text.splitlines())) <= 90
        assert "{" not in text

    def test_markdown_and_html_say_the_same(self) -> None:
        assert "**Answer: 3,000.00 EUR to be paid back by the participant**" in self.FOUND.to_markdown()
        assert "Answer: 3,000.00 EUR to be paid back by the participant" in self.FOUND.to_html()

    def test_its_head_says_whether_the_stay_is_eligible(self) -> None:
        base = {**STAFF, "activity": "teaching", "teaching_hours": 8, "sending_kind": "university"}
        found = settled(base, paid=700, teaching_hours=6)
        head = "The stay as planned: cannot tell yet. The stay as confirmed: not eligible (duration.teaching.hours)."
        assert head in found.to_text(width=200).splitlines()[:6]
        assert head in found.to_html().replace("<wbr>", "")
        assert found.to_dict()["overall"] == {"planned": "cannot tell yet", "confirmed": "not eligible"}
        assert found.balance == 820

    def test_the_dictionary_can_be_json(self) -> None:
        data = json.loads(json.dumps(self.FOUND.to_dict()))
        assert data["balance_eur"] == {"low": "-3000.00", "high": "-3000.00"}
        assert data["lines"][0]["because_of"] == ["end_date"]
        assert data["requirements"][0]["confirmed"] == "not met"


EXAMPLES = {
    # 138 days of 850/30, two of travel, and 309; 118 days: 566.67 less.
    "home-early.json": ("4275.67", "3709.00", ()),
    # 135 and 81 days of 800/30, and 820; 81 are below the minimum.
    "below-the-minimum.json": ("4420.00", "0.00", (REFUND,)),
    # 159 days of 850/30, two of travel, and 309.
    "extended-in-time.json": ("4275.67", "4870.67", ()),
    "extended-late.json": ("4275.67", "4275.67", ()),
    # 137 and 38 days of 800/30, and 820; 480 of costs are kept.
    "force-majeure.json": ("4473.33", "2313.33", (COSTS_KEPT,)),
    # 111 days of 800/30, and 820: what was not used had no grant.
    "part-without-grant.json": ("3780.00", "3780.00", ()),
    # 12 days and two of travel at 190, and 309; 10 days and one of travel: 570 less.
    "staff-away.json": ("2969.00", "2399.00", ()),
}


@pytest.mark.parametrize("file", EXAMPLES)
def test_an_example_is_settled_as_counted_by_hand(file: str) -> None:
    (entry,) = read_mobilities((FOLDER / file).read_bytes(), file)
    found = settle(entry.mobility)
    assert (str(found.planned_grant.total), str(found.settled), found.applied) == EXAMPLES[file]
    assert found.planned.overall.value == "eligible" or found.planned.undetermined


def test_every_example_of_a_settlement_is_read() -> None:
    assert {path.name for path in FOLDER.glob("*.json")} == set(EXAMPLES)


# --- what must hold ----------------------------------------------------------------------------------------


def _reaches_minimum(found: Settlement) -> bool:
    return all(found.planned.outcomes[name].verdict is not Verdict.NOT_MET for name in MINIMUM_DURATIONS)


@st.composite
def turned_out(draw: st.DrawFn) -> Mobility:
    """Any mobility, with some facts of another one of the same kind confirmed, where they can be true together."""
    planned = draw(strategies.mobilities())
    other = facts_of(draw(strategies.mobilities(planned.call)))
    names = draw(st.lists(st.sampled_from(sorted(other)), max_size=6, unique=True))
    confirmed: dict[str, object] = {}
    for name in names:
        try:
            attrs.evolve(planned, confirmed={**confirmed, name: other[name]})
        except InputError:
            continue
        confirmed[name] = other[name]
    return attrs.evolve(planned, confirmed=confirmed)


@settings(max_examples=60)
@given(strategies.mobilities(), st.integers(0, 9000))
def test_settling_what_was_planned_changes_nothing(mobility: Mobility, paid: int) -> None:
    told = {name: value for name, value in facts_of(mobility).items() if name in {"start_date", "end_date"}}
    for confirmed in ({}, told):
        found = settle(attrs.evolve(mobility, confirmed=confirmed), paid=paid)
        assert (found.differences, found.changed) == ((), ())
        assert [each for each in found.requirements if not each.confirmed.informs] == []
        assert found.recomputed_grant.low == found.planned_grant.low
        assert found.recomputed_grant.high == found.planned_grant.high
        assert found.settled_low in {0, found.planned_grant.low}
        if _reaches_minimum(found) and REFUND not in found.applied and COSTS_KEPT not in found.applied:
            assert (found.settled_low, found.settled_high) == (found.planned_grant.low, found.planned_grant.high)


@settings(max_examples=80)
@given(turned_out(), st.decimals(0, 9000, places=2), ALL_POLICIES)
def test_money_is_never_created(mobility: Mobility, paid: Decimal, policies: list[str]) -> None:
    found = settle(mobility, paid=paid, policies=policies)
    assert found.balance_low is not None
    assert found.balance_low + paid == found.settled_low >= 0
    if found.balance_high is not None:
        assert found.balance_high + paid == found.settled_high >= found.settled_low
        if found.planned_grant.high is not None and found.recomputed_grant.high is not None:
            assert found.settled_high <= max(found.planned_grant.high, found.recomputed_grant.high)
    for each in found.lines:
        was, now = ((side.low, side.high) if side else (0, 0) for side in (each.planned, each.confirmed))
        if None not in {*was, *now}:
            assert now[0] - was[1] <= each.low <= each.high <= now[1] - was[0]
    assert str(found)
    assert json.dumps(found.to_dict())


@st.composite
def dated(draw: st.DrawFn) -> dict[str, object]:
    """A stay whose grant can be told to the cent, by flat facts, without journeys that a later end would move."""
    call = draw(strategies.calls())
    activity = draw(st.sampled_from(["studies", "traineeship", "training", "teaching"]))
    incoming = draw(st.booleans())
    first = draw(st.dates(date(call, 1, 1), date(call + 1, 12, 31)))
    formats = ["long_term", "blended", "short_doctoral"] if activity in {"studies", "traineeship"} else [None]
    stay_format = draw(st.sampled_from(formats))
    # A stay that is planned longer than short stays may last is paid as a long one, which a shorter one is not.
    longest = {"long_term": 380, None: 70}.get(stay_format, 29)
    told: dict[str, object] = {
        "call": call,
        "activity": activity,
        "sending_country": "KZ" if incoming else "SI",
        "receiving_country": "SI" if incoming else "KZ",
        "sending_kind": "university",
        "start_date": first,
        "end_date": first + timedelta(days=draw(st.integers(0, longest))),
        "distance_km": draw(st.integers(0, 12000)),
        "travel_days_claimed": draw(st.integers(0, 2)),
        "travel_legs": [{"means": "plane"}],
        "covers_academic_term": False,
        "teaching_hours": 80,
    }
    if stay_format is not None:
        told["stay_format"] = stay_format
    return told


@st.composite
def close_to_the_end(draw: st.DrawFn) -> tuple[Mobility, list[str]]:
    """A stay that ends early, with force majeure at its end or not, and policies: where several lift one amount."""
    told = draw(dated())
    planned = mobility_from_dict(told)
    days = (planned.end_date - planned.start_date).days
    end = planned.end_date - timedelta(days=min(draw(st.integers(0, 60) | st.integers(0, 5)), days))
    event = draw(events(planned, end))
    return attrs.evolve(planned, confirmed={"end_date": end, **event}), draw(ALL_POLICIES)


@st.composite
def events(draw: st.DrawFn, planned: Mobility, home: date) -> dict[str, object]:
    """Force majeure that takes a day after ``home``, if there is one; or none."""
    if draw(st.booleans()):
        return {}
    last = home + timedelta(days=draw(st.integers(1, 200)))
    told = {
        "force_majeure_first_day": last - timedelta(days=draw(st.integers(0, 200))),
        "force_majeure_last_day": last,
        "force_majeure_is_accepted": True,
        "force_majeure_costs_eur": draw(st.integers(0, 6000)),
    }
    absent = draw(st.lists(st.sampled_from(sorted(told)), max_size=2, unique=True))
    return {name: value for name, value in told.items() if name not in absent}


@settings(max_examples=80)
@given(close_to_the_end())
def test_what_several_policies_keep_never_lifts_a_grant_above_the_plan(made: tuple[Mobility, list[str]]) -> None:
    mobility, policies = made
    found = settle(mobility, policies=policies)
    if found.settled_high is not None:
        assert found.settled_high <= max(found.planned_grant.high, found.recomputed_grant.high)


@settings(max_examples=100)
@given(dated(), st.integers(0, 380), st.integers(0, 380), st.data())
def test_coming_home_later_never_lowers_the_grant_within_the_agreed_period(
    told: dict[str, object], one: int, other: int, data: st.DataObject
) -> None:
    planned = mobility_from_dict(told)
    days = (planned.end_date - planned.start_date).days + 1
    earlier, later = sorted((one % days, other % days))
    # The event takes a day from either stay: who lost none to it has no costs of days lost.
    event = data.draw(events(planned, planned.start_date + timedelta(days=later))) if later < days - 1 else {}
    grants = []
    for length in (earlier, later):
        end = planned.start_date + timedelta(days=length)
        grants.append(settle(attrs.evolve(planned, confirmed={"end_date": end, **event})))
    assert grants[0].settled_low <= grants[1].settled_low
    assert (grants[0].settled_high or 0) <= (grants[1].settled_high or 0)
    assert grants[1].settled_low <= grants[1].planned_grant.high


@settings(max_examples=60)
@given(dated(), st.integers(1, 60))
def test_coming_home_after_the_agreed_end_never_raises_it_unless_amended(told: dict[str, object], more: int) -> None:
    planned = mobility_from_dict(told)
    found = settle(attrs.evolve(planned, confirmed={"end_date": planned.end_date + timedelta(days=more)}))
    assert found.recomputed_grant.high <= found.planned_grant.high


NO_ABSENCE = ({"interruption_days": 0}, {"interruptions": []})


@settings(max_examples=60)
@given(strategies.mobilities(), st.sampled_from(NO_ABSENCE))
def test_splitting_a_stay_by_an_interruption_of_no_days_changes_nothing(
    mobility: Mobility, absence: dict[str, object]
) -> None:
    whole = attrs.evolve(mobility, interruptions=None, interruption_days=None, stage="final_report")
    split = attrs.evolve(whole, **absence)
    answers = [
        {name: (each.verdict, each.sentence) for name, each in evaluation(one).outcomes.items()}
        for one in (whole, split)
    ]
    assert answers[0] == answers[1]


@settings(max_examples=60)
@given(strategies.mobilities(), st.data())
def test_telling_an_interruption_in_two_parts_is_the_same_as_in_one(mobility: Mobility, data: st.DataObject) -> None:
    if mobility.start_date is None or mobility.end_date is None or mobility.end_date == mobility.start_date:
        return
    length = (mobility.end_date - mobility.start_date).days
    first, middle, last = sorted(data.draw(st.integers(0, length)) for _ in range(3))
    day = {name: mobility.start_date + timedelta(days=at) for name, at in (("a", first), ("m", middle), ("z", last))}
    one = [{"first_day": day["a"], "last_day": day["z"]}]
    parts = [{"first_day": day["a"], "last_day": day["m"]}]
    if middle < last:
        parts.append({"first_day": day["m"] + timedelta(days=1), "last_day": day["z"]})
    counts = [
        evaluation(attrs.evolve(mobility, interruption_days=None, interruptions=told)).value("interrupted_days")
        for told in (one, parts)
    ]
    assert counts[0] == counts[1]
    assert counts[0].by_calendar == last - first + 1


@settings(max_examples=40)
@given(strategies.mobilities())
def test_official_holidays_are_days_of_the_stay(mobility: Mobility) -> None:
    closed = [attrs.evolve(each, is_official_holiday=True) for each in mobility.interruptions or ()]
    found = [
        evaluation(attrs.evolve(mobility, interruption_days=None, interruptions=told)).value("interrupted_days")
        for told in ((), closed)
    ]
    assert found[0] == found[1]


def test_what_is_not_told_of_these_facts_leaves_every_citation_as_it_was() -> None:
    """No stay without interruption, extension or force majeure rests on what is written of these."""
    cited = {
        citation.paragraph
        for base in (STUDENT, STAFF)
        for outcome in evaluation(mobility_from_dict(base)).outcomes.values()
        if outcome.verdict in {Verdict.MET, Verdict.NOT_MET, Verdict.DUE}
        for citation in outcome.citations
    }
    of_settling = {"interruption", "official_holidays", "force_majeure", "longer_stay", "extension_request"}
    assert cited & of_settling == set()
    assert of_settling <= set(guide(2019).provisions)
