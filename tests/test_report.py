"""What a report says, on the invented programme of a harbour that pays boats for their visit."""

from __future__ import annotations

import copy
import html
import json
import pickle
import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest

from icm_rules.engine import (
    ROUNDINGS,
    Answer,
    Citation,
    Cited,
    Confidence,
    GivenFact,
    InputError,
    Payment,
    Rulebook,
    Source,
    Unknown,
    Verdict,
    due,
    due_between,
    evaluate_worlds,
    fact,
    met,
    not_met,
    rule,
    undetermined,
    unknown,
)
from icm_rules.engine.evaluation import OneOf
from icm_rules.model.grant import Grant
from icm_rules.report import Heading, OverallAnswer, Report, Words, report_of
from icm_rules.report.layout import Document, Row, Section, Table, as_text
from icm_rules.report.records import plain
from icm_rules.report.telling import as_sentence, calculation, calculation_from_to, eur, eur_from_to, told

# --- the invented programme --------------------------------------------------------------------------------

LOG = Source(key="log", title="Log of the <harbour> & pier", url=("https://harbour.example/log",), kind="official")
BOARD = Source(key="board", title="Board at the gate", kind="secondary")

NIGHTS = Citation(
    document="Harbour Book 7",
    paragraph="stay_minimum",
    section="page 3",
    sources=(LOG,),
    confidence=Confidence.OFFICIAL,
)
RATES = Citation(
    document="Harbour Book 7",
    paragraph="rates",
    line="summer",
    sources=(LOG, BOARD),
    confidence=Confidence.CORROBORATED,
    note="seen twice",
    conflict="the old board says 60",
)
BAN = Citation(document="Harbour Book 7", paragraph="ban", confidence=Confidence.UNVERIFIED)


@attrs.frozen(kw_only=True)
class StayMinimum(Cited):
    nights: int


@attrs.frozen(kw_only=True)
class Rates(Cited):
    label: str
    weekly: Decimal


@attrs.frozen(kw_only=True)
class Ban(Cited):
    colour: str


@fact
def is_long(nights: int) -> bool:
    """Whether the stay is long."""
    return nights > 100


@rule("stay.nights.minimum", due="booking")
def stays_long_enough(nights: int, stay_minimum: StayMinimum) -> Answer:
    """The boat stays the nights that the harbour asks for."""
    if nights < stay_minimum.nights:
        return not_met("{n} nights are fewer than the {asked} asked for", n=nights, asked=stay_minimum.nights)
    return met("{n} nights reach the {asked} asked for", n=nights, asked=stay_minimum.nights)


@rule("stay.colour.allowed", due="booking")
def colour_is_allowed(colour: str, ban: Ban) -> Answer:
    """The boat has a colour that the harbour allows."""
    return (
        not_met("{colour} is banned", colour=colour) if colour == ban.colour else met("{colour} is fine", colour=colour)
    )


@rule("papers.captain.signed", due="arrival")
def papers_are_signed(papers_signed: bool, stay_minimum: StayMinimum) -> Answer:
    """The captain signed the papers."""
    return met("the papers are signed") if papers_signed else not_met("the papers are not signed")


@rule("stay.tide.fits", due="booking", informs=True)
def tide_fits(nights: int) -> Answer:
    """The stay fits the tide."""
    return met("{n} nights fit", n=nights) if nights % 2 == 0 else not_met("{n} nights are odd", n=nights)


@rule("stay.long.watch", due="booking", only_if="is_long")
def long_stays_keep_watch(papers_signed: bool) -> Answer:
    """A boat that stays long keeps a watch."""
    return met("it does") if papers_signed else not_met("it does not")


@rule("money.berth.support", due="arrival", pays=True)
def berth(nights: int, is_member: bool, rates: Rates) -> Answer:
    """Support for the berth."""
    return due(Payment(nights, "night", rates.weekly * (2 if is_member else 1), "week", Fraction(1, 7)), "by the night")


@rule("money.journey.support", due="arrival", pays=True)
def journey(miles: int | None) -> Answer:
    """Support for the journey."""
    low, high = Payment(1, "journey", Decimal(20), "journey"), Payment(1, "journey", Decimal(1500), "journey")
    if miles is None:
        return due_between(low, high, "it depends on the miles")
    return due(high if miles > 50 else low, "{miles} miles", miles=miles)


@rule("money.crew.support", due="arrival", pays=True)
def crew_money(crew: int | None) -> Answer:
    """Support for the crew."""
    if crew is None:
        return undetermined("nobody knows the crew")
    return due(Payment(crew, "person", Decimal(10), "person", Fraction(7, 10)), "a head")


@rule("money.refund.proposed", due="booking", pays=True, informs=True)
def refund(nights: int) -> Answer:
    """A refund for short stays."""
    return due(Payment(nights, "night", Decimal(1), "night"), "one a night")


HARBOUR = Rulebook(
    name="Harbour",
    stages=("booking", "arrival", "after_return"),
    given=[
        GivenFact(name="nights", type=int, question="How many nights?", known_at="booking", unit="nights"),
        GivenFact(name="colour", type=str, question="Of which colour is the boat?", known_at="booking"),
        GivenFact(name="papers_signed", type=bool, question="Are the papers signed?", known_at="arrival"),
        GivenFact(name="miles", type=int, question="How many miles?", known_at="booking", unit="miles"),
        GivenFact(name="crew", type=int, question="How many people sail?", known_at="booking"),
        GivenFact(name="is_member", type=bool, question="Is it a member?", known_at="booking", presumed=False),
    ],
    provisions={"stay_minimum": StayMinimum, "rates": Rates, "ban": Ban},
    facts=[is_long],
    rules=[
        stays_long_enough,
        colour_is_allowed,
        papers_are_signed,
        tide_fits,
        long_stays_keep_watch,
        berth,
        journey,
        crew_money,
        refund,
    ],
)
BOOK = {
    "stay_minimum": StayMinimum(nights=5, citation=NIGHTS),
    "rates": Rates(label="summer", weekly=Decimal(70), citation=RATES),
    "ban": Ban(colour="red", citation=BAN),
}
HEADING = Heading(
    call=2019,
    guide_title="Harbour Book 7",
    words=Words(
        action="H7",
        programme_country="Home Port",
        programme_countries="Home Ports",
        partner_country="Far Port",
        partner_countries="Far Ports",
    ),
    reference="boat-1",
    activity="teaching_and_training",
    direction="incoming",
    sending="Far Pier",
    receiving="Home Pier",
)
SOUND = {"nights": 6, "colour": "blue", "papers_signed": True, "miles": 80, "crew": 3, "is_member": False}


def report(
    given: dict[str, object] | None = None,
    *,
    stage: str | None = "arrival",
    heading: Heading = HEADING,
    possible: dict[str, list[object]] | None = None,
    **more: Any,
) -> Report:
    """The report on a visit of which these facts are told, or may be one of several."""
    told = SOUND if given is None else given
    if possible is None:
        return report_of(HARBOUR.evaluate(told, BOOK, stage=stage), heading, **more)
    known = {name: plain(OneOf(tuple(values))) for name, values in possible.items()}
    found = evaluate_worlds(HARBOUR, told, possible, BOOK, stage=stage)
    return report_of(found, attrs.evolve(heading, possible=known), **more)


def without(*names: str, **changed: object) -> dict[str, object]:
    """The sound visit without these facts, or with others."""
    return {name: value for name, value in {**SOUND, **changed}.items() if name not in names}


def flat(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())


def section(text: str, title: str) -> str:
    """One section of a text, on one line; empty where there is none."""
    found = re.search(rf"^{title}\n-+\n(.*?)(?=\n\n|\Z)", text, re.MULTILINE | re.DOTALL)
    return flat(found[1]) if found else ""


CASES = {
    "sound": {},
    "not met": {"given": without(nights=3)},
    "unverified refusal": {"given": without(colour="red")},
    "a range": {"given": without("miles")},
    "an open line": {"given": without("crew")},
    "a range and an open line": {"given": without("crew", "miles")},
    "presumed": {"given": without("is_member")},
    "nothing told": {
        "given": {},
        "heading": attrs.evolve(HEADING, reference=None, activity=None, direction=None, sending=None),
    },
    "stage not told": {"given": {"nights": 6}, "stage": None},
    "early": {"given": {"nights": 6, "colour": "blue"}, "stage": "booking"},
    "with notes": {"notes": ["a first note", "<b>a second</b> note."]},
    "cut to euros": {"rounding": ROUNDINGS["euro-down"]},
    "known in part": {"possible": {"nights": [4, 9, 7], "colour": ["blue", "<red>"], "miles": [10, 80]}},
}


@pytest.fixture(params=CASES.values(), ids=CASES)
def any_report(request: pytest.FixtureRequest) -> Report:
    """A report of each kind."""
    return report(**request.param)


# --- the record --------------------------------------------------------------------------------------------


class TestWhatAReportHolds:
    @pytest.mark.parametrize(
        ("given", "answer"),
        [
            (SOUND, OverallAnswer.ELIGIBLE),
            (without(nights=4), OverallAnswer.NOT_ELIGIBLE),
            (without("nights"), OverallAnswer.CANNOT_TELL_YET),
            (without("colour", nights=4), OverallAnswer.NOT_ELIGIBLE),
        ],
    )
    def test_the_overall_answer_has_the_words_of_the_field(self, given, answer):
        assert report(given).overall is answer

    def test_the_answers_are_three(self):
        assert [str(answer) for answer in OverallAnswer] == ["eligible", "not eligible", "cannot tell yet"]

    def test_outcomes_stand_in_the_order_of_the_rulebook(self):
        assert list(report().outcomes) == [each.identity for each in HARBOUR.rules]

    def test_an_outcome_holds_what_was_given_and_where_it_is_written(self):
        outcome = report(without(nights=3)).outcomes["stay.nights.minimum"]
        assert outcome.verdict is Verdict.NOT_MET
        assert outcome.sentence == "3 nights are fewer than the 5 asked for"
        assert outcome.statement == "The boat stays the nights that the harbour asks for."
        assert (outcome.stage, outcome.is_due, outcome.decides) == ("booking", True, True)
        assert dict(outcome.facts) == {"nights": 3}
        assert outcome.citations == (NIGHTS,)
        assert outcome.confidence is Confidence.OFFICIAL

    def test_an_unknown_fact_is_none(self):
        outcome = report(without("nights")).outcomes["stay.nights.minimum"]
        assert dict(outcome.facts) == {"nights": None}
        assert outcome.missing == ("nights",)
        assert outcome.is_open

    def test_an_amount_is_rounded_by_the_policy_named(self):
        exact, cut = report(without(nights=5)), report(without(nights=5), rounding=ROUNDINGS["euro-down"])
        assert exact.outcomes["money.berth.support"].low == Decimal("50.00")
        odd = {**BOOK, "rates": Rates(label="summer", weekly=Decimal(71), citation=RATES)}
        found = HARBOUR.evaluate(SOUND, odd, stage="arrival")
        assert report_of(found, HEADING).outcomes["money.berth.support"].low == Decimal("60.86")
        assert report_of(found, HEADING, rounding=ROUNDINGS["euro-down"]).grant.lines[0].low == Decimal("60.00")
        assert (exact.grant.rounding, cut.grant.rounding) == ("cent-half-up", "euro-down")

    def test_what_is_missing_is_asked_in_the_order_of_the_due_answers_it_would_settle(self):
        found = report({}, stage="booking").missing
        assert [(fact.name, fact.settles_due) for fact in found] == [
            ("nights", 4),
            ("colour", 1),
            ("papers_signed", 0),
            ("miles", 0),
            ("crew", 0),
        ]
        assert found[0].question == "How many nights?"
        assert found[0].unit == "nights"
        assert found[0].settles == (
            "stay.nights.minimum",
            "stay.tide.fits",
            "stay.long.watch",
            "money.refund.proposed",
            "money.berth.support",
        )

    def test_what_a_rule_needs_and_nobody_gives_is_asked_by_its_own_words(self):
        """A derived fact is asked for by what it is, and a name that nothing gives by that name."""

        @rule("stay.odd.needs", due="booking")
        def odd() -> Answer:
            """Nobody can tell."""
            return undetermined("nobody can tell", needs=("wind_of_tomorrow", "is_long"))

        found = report_of(attrs.evolve(HARBOUR, rules=[odd]).evaluate({}, BOOK), HEADING)
        assert [(each.name, each.question, each.unit) for each in found.missing] == [
            ("is_long", "Whether the stay is long.", None),
            ("wind_of_tomorrow", "wind of tomorrow", None),
        ]

    def test_a_presumption_is_an_assumption_with_its_sentence(self):
        (assumed,) = report(without("is_member")).assumptions
        assert (assumed.name, assumed.value) == ("is_member", False)
        assert assumed.sentence == "Is it a member? Not told; taken as: no."
        assert report().assumptions == ()

    def test_a_presumption_no_answer_leans_on_is_left_out(self):
        only_journey = attrs.evolve(HARBOUR, rules=[journey])
        assert report_of(only_journey.evaluate({"miles": 3}, BOOK), HEADING).assumptions == ()

    def test_met_and_not_met_and_undetermined_are_the_requirements_that_are_due(self):
        found = report(without("colour", nights=3))
        assert [each.identity for each in found.not_met] == ["stay.nights.minimum"]
        assert [each.identity for each in found.undetermined] == ["stay.colour.allowed"]
        assert [each.identity for each in found.met] == ["papers.captain.signed"]

    def test_its_repr_is_short(self):
        assert repr(report()) == "<Report of boat-1, call 2019: eligible>"

    def test_it_names_the_action(self):
        assert report().action == "H7"


class TestTheGrant:
    def test_every_line_says_how_it_was_counted(self):
        line = report().grant.lines[0]
        assert (line.quantity, line.unit, line.rate, line.rate_unit, line.share) == (
            6,
            "night",
            Decimal(70),
            "week",
            Fraction(1, 7),
        )
        assert (line.low, line.high, line.amount) == (Decimal("60.00"),) * 3
        assert line.label == "Support for the berth"
        assert line.confidence is Confidence.CORROBORATED

    def test_the_total_is_the_sum_of_the_lines(self):
        grant = report().grant
        assert [line.amount for line in grant.lines] == [Decimal("60.00"), Decimal("1500.00"), Decimal("21.00")]
        assert grant.total == grant.low == grant.high == Decimal("1581.00")
        assert not grant.is_range

    def test_a_proposal_is_no_line(self):
        assert "money.refund.proposed" not in [line.identity for line in report().grant.lines]

    def test_a_missing_fact_leaves_a_range(self):
        grant = report(without("miles")).grant
        assert grant.is_range
        assert (grant.low, grant.high, grant.total) == (Decimal("101.00"), Decimal("1581.00"), None)
        line = grant.lines[1]
        assert line.is_range
        assert line.missing == ("miles",)
        assert (line.amount, line.quantity, line.rate, line.share) == (None, None, None, None)
        assert (line.unit, line.rate_unit) == ("journey", "journey")

    def test_an_open_line_has_no_amount_and_leaves_the_total_open(self):
        grant = report(without("crew")).grant
        (line,) = grant.open_lines
        assert (line.identity, line.low, line.amount, line.quantity, line.unit) == (
            "money.crew.support",
            None,
            None,
            None,
            None,
        )
        assert line.rate_unit is None
        assert not line.is_range
        assert (grant.low, grant.high, grant.total) == (Decimal("1560.00"), None, None)

    def test_a_grant_without_lines_is_nothing(self):
        grant = Grant(lines=[], rounding="x", rounding_words="y", rounding_confidence=Confidence.OFFICIAL)
        assert (grant.total, grant.is_range, grant.open_lines) == (Decimal("0.00"), False, ())


# --- made when it is read ----------------------------------------------------------------------------------


class TestMadeWhenRead:
    """A report is made part by part, and nobody can tell it from one that is there in full."""

    def test_nothing_is_made_before_it_is_read_and_then_only_once(self, monkeypatch):
        made = []
        whole = Answer.sentence.fget
        monkeypatch.setattr(Answer, "sentence", property(lambda answer: made.append(answer) or whole(answer)))
        # A rulebook that no other test has asked: what it answers is kept with its sentence.
        found = report_of(attrs.evolve(HARBOUR).evaluate(SOUND, BOOK, stage="arrival"), HEADING)
        assert found.overall is OverallAnswer.ELIGIBLE
        assert [outcome.verdict for outcome in found.outcomes.values()]
        assert found.grant.total is not None
        assert made == []
        first = next(iter(found.outcomes.values()))
        assert first.sentence == first.sentence
        assert len(made) == 1
        assert found.outcomes is found.outcomes

    @pytest.mark.parametrize("name", CASES)
    def test_it_is_equal_to_the_same_report_in_full(self, name):
        in_full = attrs.evolve(report(**CASES[name]))
        assert report(**CASES[name]) == in_full
        assert in_full == report(**CASES[name])
        assert repr(report(**CASES[name]).outcomes) == repr(in_full.outcomes)

    @pytest.mark.parametrize("name", CASES)
    def test_it_can_be_pickled_and_copied(self, name):
        expected = report(**CASES[name])
        for again in (copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))):  # noqa: S301 - our own
            found = again(report(**CASES[name]))
            assert found == expected
            assert found.to_text(all_rules=True) == expected.to_text(all_rules=True)
            assert found.to_dict() == expected.to_dict()

    def test_it_cannot_be_changed(self):
        found = report()
        for record, field in ((found, "overall"), (next(iter(found.outcomes.values())), "verdict")):
            with pytest.raises(attrs.exceptions.FrozenInstanceError):
                setattr(record, field, None)


# --- dictionaries ------------------------------------------------------------------------------------------


def types_in(value: Any) -> set[type]:
    """Every type of value in a nest of dictionaries and lists."""
    if isinstance(value, dict):
        return {dict}.union(*(types_in(item) for item in (*value, *value.values())))
    if isinstance(value, list):
        return {list}.union(*map(types_in, value))
    return {type(value)}


class TestDictionary:
    def test_a_report_survives_json_both_ways(self, any_report):
        assert Report.from_dict(json.loads(json.dumps(any_report.to_dict()))) == any_report

    def test_json_changes_nothing_of_the_dictionary(self, any_report):
        assert json.loads(json.dumps(any_report.to_dict())) == any_report.to_dict()

    def test_it_holds_plain_values_only(self, any_report):
        assert types_in(any_report.to_dict()) <= {dict, list, str, int, bool, type(None)}

    def test_it_renders_the_same_after_the_journey(self, any_report):
        again = Report.from_dict(json.loads(json.dumps(any_report.to_dict())))
        assert again.to_text(all_rules=True) == any_report.to_text(all_rules=True)

    def test_it_says_its_version_and_the_sums_of_the_grant(self):
        data = report(without("miles")).to_dict()
        assert data["version"] == 1
        assert (data["grant"]["low"], data["grant"]["high"], data["grant"]["total"]) == ("101.00", "1581.00", None)

    def test_terms_are_their_words(self):
        data = report(without(nights=3)).to_dict()
        assert data["overall"] == "not eligible"
        outcome = data["outcomes"]["stay.nights.minimum"]
        assert (outcome["verdict"], outcome["confidence"]) == ("not met", "official")

    def test_each_text_stands_once_and_is_named_by_its_key(self):
        data = report().to_dict()
        assert set(data["sources"]) == {"log", "board"}
        assert data["sources"]["log"]["title"] == LOG.title
        assert data["outcomes"]["money.berth.support"]["citations"][0]["sources"] == ["log", "board"]

    def test_two_texts_of_one_key_are_told_apart(self):
        other = attrs.evolve(LOG, title="Another log")
        book = {**BOOK, "ban": Ban(colour="red", citation=attrs.evolve(BAN, sources=(other,)))}
        found = report_of(HARBOUR.evaluate(SOUND, book, stage="arrival"), HEADING)
        assert set(found.to_dict()["sources"]) == {"log", "log (2)", "board"}
        assert Report.from_dict(found.to_dict()) == found

    def test_reading_leaves_the_dictionary_as_it_was(self):
        data = report().to_dict()
        Report.from_dict(data)
        assert data == report().to_dict()

    @pytest.mark.parametrize("data", [{}, {"version": 2}, {"version": True}, {"version": "1"}, [], None, "report"])
    def test_another_version_is_refused(self, data):
        with pytest.raises(InputError, match="no report of version 1") as caught:
            Report.from_dict(data)
        assert caught.value.field == "version"

    @pytest.mark.parametrize(
        "broken",
        [
            {"overall": "perhaps"},
            {"outcomes": []},
            {"grant": None},
            {"sources": {}},
            {"call": {"year": 2019}},
            {"missing": 3},
        ],
    )
    def test_what_is_no_report_is_refused(self, broken):
        with pytest.raises(InputError, match=r"this is no report: .*make the report again"):
            Report.from_dict({**report().to_dict(), **broken})


class TestPlainValues:
    @pytest.mark.parametrize(
        ("value", "written"),
        [
            (None, None),
            (True, True),
            (3, 3),
            (Decimal("1E+3"), "1000"),
            (Fraction(1, 3), "1/3"),
            (Verdict.NOT_MET, "not met"),
            (Confidence.SINGLE_SOURCE, "single-source"),
            (frozenset({"b", "a"}), ["a", "b"]),
            ((1, Decimal("2.50")), [1, "2.50"]),
            ({"a": (1,)}, {"a": [1]}),
            (BOOK["rates"], "summer"),
            (OneOf((date(2024, 2, 1), date(2024, 1, 1))), {"from": "2024-01-01", "to": "2024-02-01"}),
            (OneOf((3, Decimal("2.5"), Fraction(7, 2))), {"from": "2.5", "to": "7/2"}),
            (OneOf((True, False)), {"one_of": [True, False]}),
            (OneOf((3, None)), {"one_of": [3, None]}),
            (OneOf((1, "a")), {"one_of": [1, "a"]}),
            (BOOK["ban"], {"colour": "red"}),
            (
                Payment(1, "night", Decimal(2), "night"),
                {"quantity": 1, "unit": "night", "rate": "2", "rate_unit": "night", "share": "1"},
            ),
        ],
    )
    def test_every_kind_of_value_becomes_plain(self, value, written):
        assert plain(value) == written


# --- renderings --------------------------------------------------------------------------------------------


class TestWords:
    def test_amounts_have_two_decimals_and_thousands_set_apart(self):
        assert eur(Decimal("4241.67")) == "4,241.67 EUR"
        assert eur_from_to(Decimal(20), Decimal(20)) == "20.00 EUR"
        assert eur_from_to(Decimal(20), Decimal(1500)) == "from 20.00 to 1,500.00 EUR"

    @pytest.mark.parametrize(
        ("payment", "words"),
        [
            (Payment(131, "day", Decimal(850), "month", Fraction(1, 30)), "131 days × 1/30 of 850.00 EUR per month"),
            (Payment(1, "day", Decimal(140), "day", Fraction(7, 10)), "1 day × 70 % of 140.00 EUR per day"),
            (Payment(1, "journey", Decimal(530), "journey"), "1 journey × 530.00 EUR per journey"),
        ],
    )
    def test_a_payment_is_told_as_it_is_counted(self, payment, words):
        assert calculation(payment) == words

    @pytest.mark.parametrize(
        ("low", "high", "words"),
        [
            (
                Payment(3, "day", Decimal(1000), "day"),
                Payment(3, "day", Decimal(1000), "day"),
                "3 days × 1,000.00 EUR per day",
            ),
            (
                Payment(1000, "day", Decimal(70), "day", Fraction(7, 10)),
                Payment(2000, "day", Decimal(70), "day", Fraction(7, 10)),
                "1,000 to 2,000 days × 70 % of 70.00 EUR per day",
            ),
            (
                Payment(1, "journey", Decimal(1000), "journey"),
                Payment(1, "journey", Decimal(2000), "journey"),
                "1 journey × 1,000.00 to 2,000.00 EUR per journey",
            ),
            (
                Payment(1, "day", Decimal(10), "day"),
                Payment(1, "month", Decimal(90), "month"),
                "1 day × 10.00 EUR per day to 1 month × 90.00 EUR per month",
            ),
            (
                Payment(0, "day", Decimal(10), "day"),
                Payment(2, "month", Decimal(90), "month"),
                "nothing or up to 2 months × 90.00 EUR per month",
            ),
        ],
    )
    def test_of_a_range_what_both_ends_have_in_common_is_told_once(self, low, high, words):
        assert calculation_from_to(low, high) == words

    def test_a_sentence_has_a_capital_letter_and_a_full_stop(self):
        assert as_sentence("3 nights are odd") == "3 nights are odd."
        assert as_sentence("the stay fits. ") == "The stay fits."
        assert as_sentence(" ") == ""


class TestKnownInPart:
    """What a report says where a fact is known only to be one of several values."""

    def test_the_head_names_what_is_known_in_part(self):
        text = report(possible={"nights": [9, 7], "colour": ["blue", "green", "grey"]}).to_text()
        assert (
            "\nKnown in part: nights: from 7 to 9\nKnown in part: colour: blue, green or grey\nStage: arrival" in text
        )
        assert "Known in part" not in report().to_text()

    def test_an_amount_is_from_the_least_to_the_most(self):
        found = report(possible={"nights": [7, 9], "colour": ["blue", "grey"]})
        berth_line, journey_line, _ = found.grant.lines
        assert (berth_line.low, berth_line.high, berth_line.missing) == (Decimal(70), Decimal(90), ("nights",))
        assert not journey_line.is_range
        grant = section(found.to_text(), "Grant")
        assert "7 to 9 nights × 1/7 of 70.00 EUR" in grant
        assert "from 70.00 to 90.00 EUR" in grant
        assert "To settle it, tell: nights." in grant
        assert "Total from 1,591.00 to 1,611.00 EUR" in grant

    def test_verdicts_that_differ_are_open_with_what_would_settle_them(self):
        found = report(possible={"nights": [4, 5], "miles": [10, 80]})
        assert found.overall is OverallAnswer.CANNOT_TELL_YET
        asked = section(found.to_text(), "Missing")
        assert "How many nights? [nights] Known so far: from 4 to 5. (nights)" in asked
        assert "Known so far" not in report(without("nights")).to_text()
        asked = section(found.to_text(), "Cannot be told yet")
        assert (
            "4 nights are fewer than the 5 asked for; or 5 nights reach the 5 asked for. To settle it, tell: nights."
        ) in asked
        assert [fact.name for fact in found.missing] == ["nights", "miles"]

    def test_what_a_rule_was_given_says_what_it_may_be(self):
        found = report(possible={"nights": [7, 5], "colour": ["blue", "green"]})
        assert dict(found.outcomes["stay.nights.minimum"].facts) == {"nights": {"from": 5, "to": 7}}
        assert dict(found.outcomes["stay.colour.allowed"].facts) == {"colour": {"one_of": ["blue", "green"]}}
        every_rule = section(found.to_text(all_rules=True), "Every rule")
        assert "Given: nights: from 5 to 7." in every_rule
        assert "Given: colour: blue or green." in every_rule

    def test_of_many_values_the_first_are_written_out(self):
        six = report(possible={"colour": list("abcdef")}).to_text()
        seven = report(possible={"colour": list("abcdefg")}).to_text()
        assert "colour: a, b, c, d, e or f\n" in six
        assert "colour: a, b, c, d, e, f or one of 1 more\n" in seven

    def test_a_report_made_before_there_were_such_facts_still_reads(self):
        data = report().to_dict()
        del data["possible"]
        assert Report.from_dict(data) == report()

    def test_a_record_of_two_ends_is_told_as_a_range(self):
        """The facts of a rule may hold records; one with a low and a high end reads as from ... to ..."""
        outcome = report().outcomes["stay.nights.minimum"]
        legs = [{"means": "train", "distance_km": "300"}, {"means": "plane", "distance_km": None}]
        facts = {"nights": {"low": 0, "high": 6}, "legs": legs, "crew": {"one_of": [None, [1, 2]]}}
        changed = attrs.evolve(report(), outcomes={outcome.identity: attrs.evolve(outcome, facts=facts)})
        text = flat(changed.to_text(all_rules=True))
        assert (
            "Given: nights: from 0 to 6; legs: (means: train, distance_km: 300), (means: plane); crew: not told" in text
        )
        assert "crew: not told or 1, 2." in text


class TestText:
    def test_it_begins_with_the_mobility_and_the_answer(self):
        lines = report().to_text().splitlines()
        assert lines[0] == "Mobility boat-1"
        assert "H7, call 2019: Harbour Book 7" in lines
        assert "Teaching and training, incoming: from a Far Port to a Home Port" in lines
        assert "From Far Pier to Home Pier" in lines
        assert "Stage: arrival" in lines
        assert "Answer: eligible" in lines
        assert "3 requirements due: 3 met, 0 not met, 0 not known yet." in lines

    def test_str_is_the_text(self):
        assert str(report()) == report().to_text()

    @pytest.mark.parametrize(
        ("direction", "words"),
        [
            ("outgoing", "outgoing: from a Home Port to a Far Port"),
            ("between_programme_countries", "between Home Ports"),
            ("between_partner_countries", "between Far Ports"),
            (None, "direction not known"),
        ],
    )
    def test_every_direction_has_words(self, direction, words):
        assert words in report(heading=attrs.evolve(HEADING, direction=direction)).to_text()

    def test_what_is_not_told_is_said_to_be_so(self):
        text = report(**CASES["nothing told"]).to_text()
        assert "A mobility without a reference" in text
        assert "Activity not told" in text
        assert "From a sending side not told to Home Pier" in text

    def test_a_stage_that_nobody_told_is_read_off_the_facts(self):
        assert (
            "Stage: not told; the facts given reach up to the stage booking"
            in report({"nights": 6}, stage=None).to_text()
        )

    def test_a_rule_not_met_is_told_with_its_reason_and_its_place(self):
        told = section(report(without(nights=3)).to_text(), "Not met")
        assert "The boat stays the nights that the harbour asks for. (stay.nights.minimum)" in told
        assert "3 nights are fewer than the 5 asked for." in told
        assert "Written in: Harbour Book 7, page 3: stay minimum [1]." in told
        assert "confidence" not in told

    def test_the_texts_are_listed_by_their_numbers(self):
        found = report(without(nights=3))
        assert "[1] Log of the <harbour> & pier" in section(found.to_text(), "Texts")
        assert "https://harbour.example/log" not in found.to_text()
        assert "https://harbour.example/log" in found.to_text(all_rules=True)

    def test_a_confidence_below_official_is_shown_with_remarks(self):
        told = section(report().to_text(), "Grant")
        assert "Written in: Harbour Book 7: rates: summer [1, 2], confidence: corroborated." in told
        assert "Other texts disagree on rates, summer: The old board says 60." in told
        assert "Note on rates, summer: Seen twice." in told

    def test_a_refusal_that_rests_on_an_unverified_text_is_told_as_open(self):
        found = report(without(colour="red"))
        assert found.overall is OverallAnswer.CANNOT_TELL_YET
        assert found.outcomes["stay.colour.allowed"].is_held_back
        told = section(found.to_text(), "Cannot be told yet")
        assert told.startswith("- Refused only by an unverified text: The boat has a colour that the harbour allows.")
        assert "Red is banned." in told
        assert "The refusal rests on the ban of the Harbour Book 7, which no text was seen to show." in told
        assert "ban, shown by no text that was seen, confidence: unverified." in told

    def test_such_a_refusal_is_told_as_one_wherever_it_stands(self):
        """Of what only informs, and of what comes later."""

        @rule("stay.colour.advised", due="booking", informs=True)
        def colour_is_advised(colour: str, ban: Ban) -> Answer:
            """The colour is one that is advised."""
            return met("it is") if colour != ban.colour else not_met("it is not")

        @rule("stay.colour.kept", due="arrival")
        def colour_is_kept(colour: str, ban: Ban) -> Answer:
            """The colour is kept."""
            return met("it is") if colour != ban.colour else not_met("{colour} fades", colour=colour)

        book = HARBOUR.adding(colour_is_advised, colour_is_kept)
        text = report_of(book.evaluate(without(colour="red"), BOOK, stage="booking"), HEADING).to_text()
        assert "Refused only by an unverified text: The colour is one that is advised." in section(
            text, "For information"
        )
        assert (
            "Refused only by an unverified text: The colour is kept. (stay.colour.kept) Red fades. The refusal rests on"
        ) in section(text, "Later")
        assert "Not known" not in text

    def test_a_report_made_before_such_refusals_were_told_apart_still_reads(self):
        data = report(without(colour="red")).to_dict()
        for outcome in data["outcomes"].values():
            del outcome["is_held_back"]
        assert not Report.from_dict(data).outcomes["stay.colour.allowed"].is_held_back

    def test_what_is_met_on_unverified_ground_is_named(self):
        found = report()
        assert [each.identity for each in found.met_on_unverified_ground] == ["stay.colour.allowed"]
        told = section(found.to_text(), "Met on unverified ground")
        assert told == "- The boat has a colour that the harbour allows. (stay.colour.allowed)"
        assert "Met on unverified ground" not in report(without("colour")).to_text()

    def test_one_gap_that_leaves_several_answers_open_is_told_once(self):
        """With what they have in common of where they are written; whatever also misses a fact stands alone."""

        @fact
        def tide(nights: int, rates: Rates) -> int | Unknown:
            """The tide of these nights."""
            return unknown(f"no table says how the tide is in {nights} nights")

        @rule("tide.in.high", due="booking")
        def tide_is_high(tide: int, ban: Ban) -> Answer:
            """The tide is high on arrival."""
            return met("{tide}", tide=tide)

        @rule("tide.out.high", due="booking")
        def tide_is_low(tide: int, stay_minimum: StayMinimum) -> Answer:
            """The tide is high on leaving."""
            return met("{tide}", tide=tide)

        @rule("tide.crew.awake", due="booking")
        def crew_is_awake(tide: int, crew: int) -> Answer:
            """The crew is awake at high tide."""
            return met("{tide}", tide=tide)

        @rule("tide.moon.told", due="booking", informs=True)
        def moon_is_told(tide: int) -> Answer:
            """The moon fits the tide."""
            return met("{tide}", tide=tide)

        @rule("tide.sun.told", due="booking", informs=True)
        def sun_is_told(tide: int) -> Answer:
            """The sun fits the tide."""
            return met("{tide}", tide=tide)

        book = HARBOUR.adding(tide, tide_is_high, tide_is_low, crew_is_awake, moon_is_told, sun_is_told)
        text = report_of(book.evaluate(without("crew"), BOOK, stage="arrival"), HEADING).to_text()
        gap = "No table says how the tide is in 6 nights."
        told = section(text, "Cannot be told yet")
        assert told.startswith(
            f"- {gap} This leaves 2 requirements open: tide.in.high, tide.out.high. "
            "Written in: Harbour Book 7: rates: summer [1, 2], confidence: corroborated. Other texts disagree"
        )
        assert "stay minimum" not in told
        assert f"- The crew is awake at high tide. (tide.crew.awake) {gap} To settle it, tell: crew." in told
        informed = section(text, "For information")
        assert f"- Not known: {gap} This leaves 2 answers open: tide.moon.told, tide.sun.told." in informed

    def test_what_informs_and_only_waits_for_what_is_asked_already_is_left_out(self):
        """A requirement or a line of the grant asks for it; where none does, it stands."""
        told = section(report(without("nights")).to_text(), "For information")
        assert not told
        only_tide = attrs.evolve(HARBOUR, rules=[tide_fits])
        text = report_of(only_tide.evaluate({}, BOOK, stage="booking"), HEADING).to_text()
        assert "Not known: The stay fits the tide. (stay.tide.fits)" in section(text, "For information")
        with_money = attrs.evolve(HARBOUR, rules=[tide_fits, berth])
        text = report_of(with_money.evaluate({}, BOOK, stage="booking"), HEADING).to_text()
        assert not section(text, "For information")

    def test_a_presumption_that_took_an_amount_away_is_assumed(self):
        @rule("money.member.gift", due="arrival", pays=True, only_if="is_member")
        def gift(nights: int) -> Answer:
            """A gift for members."""
            return due(Payment(nights, "night", Decimal(1), "night"), "one a night")

        @rule("stay.member.card", due="booking", only_if="is_member")
        def card(nights: int) -> Answer:
            """A member has a card."""
            return met("{n}", n=nights)

        def assumed(*rules: Any, **changed: object) -> list[str]:
            book = attrs.evolve(HARBOUR, rules=rules)
            found = report_of(book.evaluate(without("is_member", **changed), BOOK), HEADING)
            return [each.name for each in found.assumptions]

        assert assumed(gift) == ["is_member"]
        assert assumed(card) == []

    def test_what_is_missing_is_asked_with_what_it_would_settle(self):
        told = section(report(without("nights")).to_text(), "Missing")
        assert "How many nights? [nights] (nights)" in told
        assert "It would help to settle: stay.nights.minimum, stay.tide.fits," in told

    def test_facts_that_settle_the_same_are_asked_together(self):
        @rule("stay.both.told", due="booking")
        def both(miles: int, crew: int) -> Answer:
            """Both are told."""
            return met("yes")

        found = report_of(attrs.evolve(HARBOUR, rules=[both]).evaluate({}, BOOK), HEADING)
        told = section(found.to_text(), "Missing")
        assert told.endswith("How many people sail? (crew) These 2 would help to settle: stay.both.told.")

    def test_what_is_missing_for_later_is_not_asked_yet(self):
        assert "papers_signed" not in section(report(without("papers_signed"), stage="booking").to_text(), "Missing")
        assert "papers_signed" in section(report(without("papers_signed")).to_text(), "Missing")

    def test_what_is_missing_for_an_amount_is_asked_at_any_stage(self):
        assert "How many miles?" in section(report(without("miles"), stage="booking").to_text(), "Missing")

    def test_what_comes_later_is_told_by_stage(self):
        found = report(without("papers_signed"), stage="booking")
        assert found.overall is OverallAnswer.ELIGIBLE
        told = section(found.to_text(), "Later")
        assert told == "- Arrival: 1 requirement The captain signed the papers. (papers.captain.signed)"

    def test_what_comes_later_and_is_not_met_so_far_is_told_with_its_reason(self):
        found = report(without(papers_signed=False), stage="booking")
        assert found.overall is OverallAnswer.ELIGIBLE
        assert [each.identity for each in found.not_met_so_far] == ["papers.captain.signed"]
        told = section(found.to_text(), "Later")
        assert (
            "Not met so far: The captain signed the papers. (papers.captain.signed) The papers are not signed." in told
        )

    @pytest.mark.parametrize(
        ("changed", "answer"),
        [
            ({}, "eligible at the stage booking; 1 later requirement is not met so far"),
            ({"nights": 3}, "not eligible; 1 later requirement is not met so far"),
            ({"colour": None}, "cannot tell yet at the stage booking; 1 later requirement is not met so far"),
        ],
    )
    def test_the_answer_says_what_later_speaks_against_it(self, changed, answer):
        """Beside the stage at which it is true, which matters only to what is not refused already."""
        found = report(without(papers_signed=False, **changed), stage="booking")
        assert f"\nAnswer: {answer}\n" in found.to_text()
        assert f"**Answer: {answer}**" in found.to_markdown()
        assert f">Answer: {answer}<" in found.to_html()

    def test_the_answer_counts_what_later_speaks_against_it(self):
        @rule("papers.crew.signed", due="after_return")
        def crew_signed(papers_signed: bool) -> Answer:
            """The crew signed the papers."""
            return met("it did") if papers_signed else not_met("it did not")

        found = HARBOUR.adding(crew_signed).evaluate(without(papers_signed=False), BOOK, stage="booking")
        text = report_of(found, HEADING).to_text()
        assert "Answer: eligible at the stage booking; 2 later requirements are not met so far\n" in text

    def test_nothing_is_later_once_all_is_due(self):
        assert "\nLater\n" not in report().to_text()

    def test_what_informs_is_told_apart_and_briefly(self):
        told = section(report(without(nights=7)).to_text(), "For information")
        assert "Not met: The stay fits the tide. (stay.tide.fits) 7 nights are odd." in told
        assert "Proposed: A refund for short stays. (money.refund.proposed) Amount: 7.00 EUR." in told

    def test_the_grant_is_told_line_by_line_with_its_total(self):
        told = section(report().to_text(), "Grant")
        assert "6 nights × 1/7 of 70.00 EUR per week" in told
        assert "3 persons × 70 % of 10.00 EUR per person" in told
        assert "Total 1,581.00 EUR" in told
        rounding = "Rounding (cent-half-up, confidence: unverified): exact until each line is rounded once to the cent"
        assert rounding in told
        assert "The amounts are due only if" not in told

    def test_a_range_is_told_from_to_with_what_would_settle_it(self):
        told = section(report(without("miles")).to_text(), "Grant")
        assert "from 20.00 to 1,500.00 EUR" in told
        assert "To settle it, tell: miles." in told
        assert "Total from 101.00 to 1,581.00 EUR" in told

    def test_an_open_line_is_told_and_the_total_is_at_least(self):
        told = section(report(without("crew")).to_text(), "Grant")
        assert "Nobody knows the crew. To settle it, tell: crew." in told
        assert "Total at least 1,560.00 EUR, 1 line open" in told

    def test_a_total_of_open_lines_only_promises_nothing(self):
        found = report_of(attrs.evolve(HARBOUR, rules=[crew_money]).evaluate({}, BOOK), HEADING)
        told = section(found.to_text(), "Grant")
        assert "Total 1 line open" in told
        assert "at least" not in told

    def test_without_a_line_there_is_no_table(self):
        found = report_of(attrs.evolve(HARBOUR, rules=[papers_are_signed]).evaluate({}, BOOK), HEADING)
        assert section(found.to_text(), "Grant") == "No line of a grant applies."

    def test_amounts_of_a_mobility_that_is_not_eligible_are_told_under_a_condition(self):
        condition = "The amounts are due only if every requirement is met."
        assert condition in report(without(nights=3)).to_text()
        assert condition in report(without("colour")).to_text()
        assert condition not in report().to_text()

    @pytest.mark.parametrize("papers", [{"papers_signed": False}, {"papers_signed": None}])
    def test_amounts_are_told_under_a_condition_while_a_later_requirement_is_open_or_not_met(self, papers):
        found = report(without(**papers), stage="booking")
        assert found.overall is OverallAnswer.ELIGIBLE
        assert "The amounts are due only if every requirement is met." in found.to_text()

    def test_assumptions_and_notes_are_told(self):
        text = report(without("is_member"), notes=["the call was replaced"]).to_text()
        assert "Is it a member? Not told; taken as: no. (is_member)" in section(text, "Assumed")
        assert section(text, "Notes") == "- The call was replaced."

    def test_requirements_met_by_a_weak_text_are_counted(self):
        text = flat(report(without(colour="blue")).to_text())
        assert "Of those met, 1 rests partly on texts below official (lowest: unverified)." in text

    def test_all_rules_shows_every_rule_with_its_answer(self):
        told = section(report().to_text(all_rules=True), "Every rule")
        for each in HARBOUR.rules:
            assert each.identity in told
        assert "not applicable" in told
        assert "Given: nights: 6." in told
        assert "6 nights reach the 5 asked for." in told
        assert "Every rule" not in report().to_text()

    @pytest.mark.parametrize("width", [40, 60, 80, 100, 140])
    @pytest.mark.parametrize("all_rules", [True, False])
    def test_lines_keep_to_the_width(self, any_report, width, all_rules):
        for line in any_report.to_text(all_rules=all_rules, width=width).splitlines():
            assert len(line) <= width or len(line.split()) == 1, line
            assert line == line.rstrip()

    @pytest.mark.parametrize(("width", "is_whole"), [(100, True), (60, True), (51, True), (50, False), (40, False)])
    def test_a_word_of_the_first_column_is_broken_last(self, width, is_whole):
        """An identity stays whole while the column beside it can give way without breaking a word of its own."""
        row = Row(("Money (money.of.the.whole.journey.there)", "one and two and three and four and more", "1 to 2"))
        table = Table(("Line", "Counted", "Amount"), (row,), amounts_last=True)
        document = Document(title="t", lines=(), answer="a", summary=(), sections=(Section("s", (table,)),))
        text = as_text(document, width=width)
        assert ("(money.of.the.whole.journey.there)" in text) == is_whole
        assert all(len(line) <= width for line in text.splitlines())

    def test_what_would_steer_a_terminal_is_taken_out(self):
        text = report(heading=attrs.evolve(HEADING, reference="a\x1b[31mb\nc\u202ed")).to_text()
        assert text.splitlines()[0] == "Mobility a\ufffd[31mb c\ufffdd"


def words_of_html(page: str) -> str:
    """What a reader sees of a piece of HTML, on one line."""
    without_style = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    return flat(html.unescape(re.sub(r"<[^>]*>", " ", without_style)))


def words_of_markdown(text: str) -> str:
    """What a reader sees of a Markdown text, on one line."""
    kept = [line for line in text.splitlines() if not re.fullmatch(r"[|\-: ]+", line)]
    plain_text = re.sub(r"(?<!\\)(\*\*|<br>|\||^#+|^ *- )", " ", "\n".join(kept), flags=re.MULTILINE)
    return flat(re.sub(r"\\([\\`*_\[\]<>#|~&])", r"\1", plain_text))


class TestAllRenderings:
    @pytest.mark.parametrize("all_rules", [True, False])
    def test_they_say_the_same(self, any_report, all_rules):
        document = told(any_report, all_rules=all_rules)
        sentences = [document.title, *document.lines, document.answer, *document.summary]
        for part in document.sections:
            sentences.append(part.title)
            for block in part.blocks:
                rows = getattr(block, "rows", ()) or getattr(block, "items", ())
                for row in rows:
                    sentences += [*getattr(row, "cells", (getattr(row, "text", ""),)), *row.details]
                sentences.append(getattr(block, "text", ""))
        pages = {
            "html": words_of_html(any_report.to_html(all_rules=all_rules)),
            "markdown": words_of_markdown(any_report.to_markdown(all_rules=all_rules)),
        }
        assert len(sentences) > 10
        for sentence in sentences:
            for name, page in pages.items():
                assert flat(sentence) in page, f"{name} does not say: {sentence}"

    def test_html_escapes_what_people_wrote(self):
        page = report(
            heading=attrs.evolve(HEADING, reference='<script>alert("x")</script>', sending="A & B's <i>pier</i>")
        ).to_html(all_rules=True)
        assert "<script" not in page
        assert "<i>" not in page
        assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;" in page
        assert "A &amp; B&#x27;s" in page

    def test_html_needs_nothing_around_it(self):
        page = report().to_html()
        assert page.startswith('<div class="icm-report"><style>')
        assert page.endswith("</div>\n")
        assert "src=" not in page
        assert "href=" not in page
        for tag in ("div", "table", "tr", "td", "th", "ul", "li", "p", "h2", "h3", "thead", "tbody"):
            assert len(re.findall(rf"<{tag}[ >]", page)) == page.count(f"</{tag}>")

    def test_html_takes_the_colours_of_the_page_around_it(self):
        style = report().to_html().split("</style>")[0]
        assert not re.search(r"#[0-9a-f]{3}", style)
        assert "color:inherit" in style

    def test_a_notebook_shows_the_html(self):
        assert report()._repr_html_() == report().to_html()

    def test_markdown_escapes_what_people_wrote(self):
        text = report(heading=attrs.evolve(HEADING, reference="a_b*c|d <b>[x](y)")).to_markdown()
        assert text.startswith("# Mobility a\\_b\\*c\\|d \\<b\\>\\[x\\](y)\n")

    def test_markdown_has_a_table_whose_rows_have_as_many_cells_as_its_head(self):
        rows = [line for line in report().to_markdown().splitlines() if line.startswith("|")]
        assert len(rows) == 6
        assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {4}
