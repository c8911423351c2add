"""The road of one mobility, and the front door that leads to it."""

from __future__ import annotations

import ast
import importlib
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import icm_rules
from icm_rules import (
    Activity,
    GuideError,
    InputError,
    Institution,
    Mobility,
    OverallAnswer,
    Report,
    Student,
    Verdict,
    evaluate,
    programme_guide,
)
from icm_rules.engine import ROUNDINGS, Closed, Confidence, Evaluation
from icm_rules.evaluate import evaluation, rounding_policy
from icm_rules.model.vocabulary import facts_of
from icm_rules.rules import RULEBOOK
from tests.strategies import CALLS, mobilities

ALMATY = Mobility(
    call=2019,
    reference="KZ-SI 7",
    activity=Activity.STUDIES,
    stage="nomination",
    sending=Institution(name="A university", city="Almaty", country="KZ", kind="university"),
    receiving=Institution(country="SI", kind="university", holds_charter=True),
    participant=Student(study_cycle="first", year_of_study=2, is_enrolled=True),
    start_date="2019-09-30",
    end_date="2020-02-10",
    distance_km=4900,
)


class TestEvaluate:
    def test_a_report_speaks_of_the_mobility_and_of_the_guide_of_its_call(self):
        report = evaluate(ALMATY)
        assert isinstance(report, Report)
        assert (report.reference, report.call, report.activity) == ("KZ-SI 7", 2019, "studies")
        assert report.guide_title == programme_guide(2019).title
        assert report.action == programme_guide(2019).terminology.action
        assert (report.stage, report.stage_told) == ("nomination", True)
        assert report.direction == "incoming"
        assert report.notes == ()

    def test_the_sides_are_told_by_name_city_and_country(self):
        report = evaluate(ALMATY)
        assert (report.sending, report.receiving) == ("A university, Almaty, Kazakhstan", "Slovenia")
        assert evaluate(Mobility(call=2019, sending=Institution())).sending is None
        assert evaluate(Mobility(call=2019)).sending is None

    def test_every_rule_of_the_rulebook_answers(self):
        assert list(evaluate(ALMATY).outcomes) == [rule.identity for rule in RULEBOOK.rules]

    def test_a_direction_that_is_not_known_is_left_open(self):
        assert evaluate(Mobility(call=2019)).direction is None

    def test_a_stay_that_is_too_short_is_not_eligible(self):
        short = attrs.evolve(ALMATY, end_date="2019-10-10", covers_academic_term=False)
        report = evaluate(short)
        assert report.overall is OverallAnswer.NOT_ELIGIBLE
        assert any(outcome.identity.startswith("duration.") for outcome in report.not_met)

    @pytest.mark.parametrize("call", CALLS)
    def test_a_mobility_of_which_only_the_call_is_told_cannot_be_told_yet(self, call):
        assert evaluate(Mobility(call=call)).overall is OverallAnswer.CANNOT_TELL_YET

    @pytest.mark.parametrize("call", [2014, 2021, 2031])
    def test_a_call_without_a_guide_is_refused(self, call):
        with pytest.raises(GuideError, match=str(call)):
            evaluate(Mobility(call=call))
        with pytest.raises(GuideError, match=str(call)):
            evaluation(Mobility(call=call))

    def test_another_guide_answers_and_the_report_says_so(self):
        report = evaluate(ALMATY, guide=programme_guide(2017), notes=["a note of the caller"])
        assert report.call == 2019
        assert report.guide_title == programme_guide(2017).title
        assert report.notes == (
            "The mobility is of call 2019, and it was answered by the Guide of call 2017.",
            "a note of the caller",
        )

    def test_an_amended_guide_of_the_same_call_needs_no_note(self):
        today = programme_guide(2019)
        stricter = today.amended(study_duration=attrs.evolve(today["study_duration"], maximum_months=3))
        report = evaluate(ALMATY, guide=stricter)
        assert report.notes == ()
        assert report.not_met
        assert not evaluate(ALMATY).not_met

    def test_another_rulebook_answers(self):
        fewer = RULEBOOK.without("duration.study.minimum")
        assert "duration.study.minimum" in evaluate(ALMATY).outcomes
        assert "duration.study.minimum" not in evaluate(ALMATY, rulebook=fewer).outcomes

    def test_a_rulebook_that_knows_no_direction_leaves_it_open(self):
        bare = attrs.evolve(RULEBOOK, facts=[], rules=[])
        report = evaluate(ALMATY, rulebook=bare)
        assert (report.direction, dict(report.outcomes)) == (None, {})

    @pytest.mark.parametrize("name", ROUNDINGS)
    def test_a_rounding_policy_is_named_or_given(self, name):
        assert evaluate(ALMATY, rounding=name) == evaluate(ALMATY, rounding=ROUNDINGS[name])
        assert evaluate(ALMATY, rounding=name).grant.rounding == name

    def test_an_unknown_rounding_policy_is_refused_with_the_list(self):
        with pytest.raises(InputError, match="did you mean 'euro-down'") as caught:
            evaluate(ALMATY, rounding="euro-downs")
        assert all(name in str(caught.value) for name in ROUNDINGS)
        assert caught.value.field == "rounding"

    def test_a_policy_is_given_back_as_it_is(self):
        policy = attrs.evolve(ROUNDINGS["euro-down"], name="ours")
        assert rounding_policy(policy) is policy
        assert evaluate(ALMATY, rounding=policy).grant.rounding == "ours"


class TestWhatAnOfficerSees:
    """What is shown of an answer that rests on little, each on a mobility of the programme itself."""

    @pytest.mark.parametrize(("call", "name"), [(2024, "has_fewer_opportunities"), (2019, "is_disadvantaged")])
    def test_a_presumption_that_takes_an_amount_away_is_assumed(self, call, name):
        assert name in {each.name for each in evaluate(attrs.evolve(ALMATY, call=call)).assumptions}

    @pytest.mark.parametrize(
        ("call", "name"),
        [(2018, "is_disadvantaged"), (2024, "is_disadvantaged"), (2019, "has_fewer_opportunities")],
    )
    def test_of_an_amount_that_the_call_does_not_have_nothing_is_assumed(self, call, name):
        assert name not in {each.name for each in evaluate(attrs.evolve(ALMATY, call=call)).assumptions}

    @pytest.mark.parametrize("call", CALLS)
    def test_a_paragraph_that_the_call_does_not_have_is_cited_by_nothing_that_goes_on_without_it(self, call):
        today = programme_guide(call)
        closures = {name for name, each in today.provisions.items() if isinstance(each, Closed)}
        for outcome in evaluate(Mobility(call=call)).outcomes.values():
            if outcome.verdict not in {Verdict.NOT_IN_FORCE, Verdict.NOT_APPLICABLE}:
                assert closures.isdisjoint(citation.paragraph for citation in outcome.citations), outcome.identity

    def test_a_country_in_no_list_is_told_once_with_all_it_leaves_open(self):
        nowhere = attrs.evolve(ALMATY, sending=Institution(country="PR", kind="university"))
        text = " ".join(evaluate(nowhere).to_text().split())
        told = text.split("Cannot be told yet")[1].split(" Grant ")[0]
        gap = "No list of the Programme Guide 2019 that was seen names Puerto Rico (PR)."
        assert told.count(gap) == 1
        assert f"{gap} This leaves 7 requirements open: eligibility.countries.one_programme_side, " in told

    def test_a_distance_that_travel_support_asks_for_is_not_asked_for_again(self):
        text = " ".join(evaluate(attrs.evolve(ALMATY, distance_km=None)).to_text().split())
        assert "It would help to settle: travel.distance.band, funding.travel.support." in text
        assert "(travel.distance.band)" not in text

    def test_what_is_missing_is_asked_among_the_values_still_open(self):
        week = {"participant": None, "end_date": "2025-02-07", "teaching_hours": 5}
        hours = planned({"activity": ["teaching", "teaching_and_training"]}, **week).to_text()
        assert "? Known so far: teaching or teaching_and_training. (activity)" in " ".join(hours.split())
        month = planned({"start_date": ["2025-02"]}, start_date=None, activity="studies").to_text()
        assert "? Known so far: from 2025-02-01 to 2025-02-28. (start_date)" in " ".join(month.split())


class TestEvaluation:
    def test_the_lean_road_gives_the_verdicts_of_the_report(self):
        found = evaluation(ALMATY)
        assert isinstance(found, Evaluation)
        report = evaluate(ALMATY)
        assert {name: each.verdict for name, each in found.outcomes.items()} == {
            name: each.verdict for name, each in report.outcomes.items()
        }

    def test_it_takes_a_guide_and_a_rulebook(self):
        fewer = RULEBOOK.without("duration.study.minimum")
        found = evaluation(ALMATY, guide=programme_guide(2018), rulebook=fewer)
        assert found.rulebook is fewer
        assert found.value("terminology") == programme_guide(2018).terminology


PLANNED = Mobility(
    call=2024,
    stage="nomination",
    sending=Institution(country="KZ", kind="university"),
    receiving=Institution(country="SI", kind="university", holds_charter=True),
    participant=Student(study_cycle="first", year_of_study=2, is_enrolled=True, days_used_in_cycle=0),
    start_date="2025-02-03",
    end_date="2025-06-30",
)


def planned(possible, **changed) -> Report:
    """The report on the planned mobility of which this is known in part."""
    return evaluate(attrs.evolve(PLANNED, possible=possible, **changed))


class TestKnownInPart:
    def test_an_activity_not_chosen_between_two_is_named_in_the_head(self):
        assert planned({"activity": ["studies", "traineeship"]}).activity == "studies or traineeship"
        assert planned({"activity": ["studies", "traineeship", "studies_and_traineeship"]}).activity == (
            "studies, traineeship or studies and traineeship"
        )
        assert planned({"activity": ["studies"]}).activity == "studies"
        text = planned({"activity": ["studies", "traineeship"]}).to_text()
        assert "\nStudies or traineeship, incoming: " in text
        assert "\nKnown in part: activity: studies or traineeship\n" in text

    def test_of_many_activities_only_their_number_is_named(self):
        person = attrs.evolve(PLANNED, participant=None, possible={"activity": list(Activity)})
        assert evaluate(person).activity == f"one of {len(Activity)} activities"

    def test_a_side_is_told_by_the_countries_it_may_lie_in(self):
        assert planned({"sending_country": ["KZ", "GE"]}, sending=None).sending == "Kazakhstan or Georgia"
        named = planned({"sending_country": ["KZ"]}, sending=Institution(name="A university"))
        assert named.sending == "A university, Kazakhstan"
        assert planned({"sending_country": ["KZ", "GE", "AM", "UA"]}, sending=None).sending == "one of 4 countries"

    def test_the_direction_is_known_where_every_country_gives_the_same(self):
        assert planned({"sending_country": ["KZ", "GE"]}, sending=None).direction == "incoming"
        assert planned({"sending_country": ["KZ", "FR"]}, sending=None).direction is None

    def test_a_distance_between_two_bands_is_a_range_of_travel_support(self):
        report = planned({"distance_km": [1900, 2100]}, activity="studies")
        line = next(line for line in report.grant.lines if line.identity == "funding.travel.support")
        ends = [
            next(
                line
                for line in evaluate(attrs.evolve(PLANNED, activity="studies", distance_km=km)).grant.lines
                if line.identity == "funding.travel.support"
            )
            for km in (1900, 2100)
        ]
        assert (line.low, line.high) == (ends[0].low, ends[1].high)
        assert line.low < line.high
        assert "distance_km" in line.missing
        assert dict(report.possible) == {"distance_km": {"from": "1900", "to": "2100"}}

    def test_a_distance_within_one_band_settles_as_well_as_any(self):
        near, far = (
            planned({"distance_km": [2100, 2200]}, activity="studies").outcomes["travel.distance.band"].verdict,
            evaluate(attrs.evolve(PLANNED, activity="studies", distance_km=2150))
            .outcomes["travel.distance.band"]
            .verdict,
        )
        assert near is far

    def test_a_month_without_a_day_is_a_range_of_individual_support(self):
        report = planned({"start_date": ["2025-02"]}, start_date=None, activity="studies")
        line = next(line for line in report.grant.lines if line.identity == "funding.student.individual_support")
        assert line.missing == ("start_date",)
        assert line.low < line.high
        text = " ".join(report.to_text().split())
        assert "Known in part: start_date: from 2025-02-01 to 2025-02-28" in text
        assert f"from {line.low:,.2f} to {line.high:,.2f} EUR" in text
        assert "To settle it, tell: start_date." in text

    def test_what_cannot_go_together_is_left_out(self):
        """A stay may start late in February or end early in it, and not both."""
        mobility = attrs.evolve(
            PLANNED,
            start_date=None,
            end_date=None,
            possible={"start_date": ["2025-01-01", "2025-02-28"], "end_date": ["2025-02-01", "2025-06-30"]},
        )
        outcomes = evaluation(mobility).outcomes
        assert {len(outcome.worlds) for outcome in outcomes.values()} == {3}

    @pytest.mark.parametrize(
        ("told", "possible"),
        [
            ({"activity": "studies"}, {"activity": ["studies"]}),
            ({"is_zero_grant": True}, {"is_zero_grant": [True]}),
            ({"participant": Student(year_of_study=1)}, {"year_of_study": [1]}),
            ({"sending": Institution(country="AM")}, {"sending_country": ["AM"]}),
        ],
    )
    def test_a_single_possible_value_says_as_much_as_telling_it(self, told, possible):
        report = evaluate(attrs.evolve(PLANNED, **told))
        single = planned(possible, **dict.fromkeys(told))
        assert attrs.evolve(single, possible={}) == report

    def test_what_is_possible_is_not_assumed(self):
        assert "is_zero_grant" in {each.name for each in evaluate(PLANNED).assumptions}
        assert "is_zero_grant" not in {each.name for each in planned({"is_zero_grant": [True, False]}).assumptions}


@st.composite
def planned_mobilities(draw: st.DrawFn) -> Mobility:
    """A mobility of which up to three facts are known in part, each one of two values."""
    call = draw(st.sampled_from(CALLS))
    values = {
        "activity": st.sampled_from(Activity),
        "sending_country": st.sampled_from(["KZ", "GE", "SI", "RU", "CH"]),
        "start_date": st.sampled_from([f"{call + 1}-02", f"{call + 1}-02-10"]),
        "distance_km": st.sampled_from([5, 99, 100, 1999, 2000, 9000]),
        "is_zero_grant": st.booleans(),
        "study_cycle": st.sampled_from(["short", "third"]),
        "covers_academic_term": st.booleans(),
    }
    names = draw(st.lists(st.sampled_from(sorted(values)), min_size=1, max_size=3, unique=True))
    possible = {name: draw(st.lists(values[name], min_size=1, max_size=2)) for name in names}
    told = {"end_date": f"{call + 1}-06-30", "receiving": Institution(country="SI", kind="university")}
    try:
        return Mobility(call=call, stage="nomination", possible=possible, **told)
    except InputError:  # a student's cycle beside an activity of staff
        return Mobility(call=call, stage="nomination", possible={"covers_academic_term": [True, False]}, **told)


class TestWhatHoldsForEveryMobilityKnownInPart:
    @settings(max_examples=40)
    @given(planned_mobilities())
    def test_it_is_answered_and_the_report_survives_json(self, mobility):
        report = evaluate(mobility)
        assert Report.from_dict(json.loads(json.dumps(report.to_dict()))) == report
        assert re.search(rf"\nAnswer: {report.overall}[\n; ]", report.to_text(all_rules=True))
        assert re.search(rf"\*\*Answer: {report.overall}[*; ]", report.to_markdown(all_rules=True))
        assert re.search(rf">Answer: {report.overall}[<; ]", report.to_html(all_rules=True))
        assert set(report.possible) == {name for name, _ in mobility.possible}
        text = " ".join(report.to_text().split())
        for line in report.grant.lines:
            if line.is_range:
                assert f"from {line.low:,.2f} to {line.high:,.2f} EUR" in text
                assert f"To settle it, tell: {', '.join(line.missing)}." in text or line.gaps


class TestWhatHoldsForEveryMobility:
    @given(mobilities())
    def test_a_report_survives_json_both_ways(self, mobility):
        """Evaluation never raises for a mobility that could be built, and what it says survives JSON."""
        report = evaluate(mobility)
        assert Report.from_dict(json.loads(json.dumps(report.to_dict()))) == report

    @given(mobilities(), st.booleans())
    def test_every_rendering_names_the_answer(self, mobility, all_rules):
        report = evaluate(mobility)
        answer = f"Answer: {report.overall}"
        later = len(report.not_met_so_far)
        if later:
            at = (
                ""
                if report.overall is OverallAnswer.NOT_ELIGIBLE
                else f" at the stage {report.stage}".replace("_", " ")
            )
            are = "requirement is" if later == 1 else "requirements are"
            answer = f"{answer}{at}; {later} later {are} not met so far"
        assert f"\n{answer}\n" in report.to_text(all_rules=all_rules, width=200)
        assert f"**{answer}**" in report.to_markdown(all_rules=all_rules)
        assert f">{answer}<" in report.to_html(all_rules=all_rules)

    @given(mobilities())
    def test_a_text_tells_what_decides(self, mobility):
        """Each rule not met, each confidence below official beside it, each open line and the total are in the text."""
        report = evaluate(mobility)
        text = " ".join(report.to_text().split())
        for outcome in report.not_met:
            assert f"({outcome.identity})" in text
            # The text replaces signs that would steer a terminal, or that stand for nothing.
            told = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in outcome.sentence[1:])
            assert " ".join(told.split()) in text
            for citation in outcome.citations:
                if citation.confidence is not Confidence.OFFICIAL:
                    assert f"confidence: {citation.confidence.label}" in text
                assert all(source.title in text for source in citation.sources)
        for line in report.grant.lines:
            assert f"({line.identity})" in text
            assert line.is_open or f"{line.high:,.2f} EUR" in text
        if report.grant.total is not None and report.grant.lines:
            assert f"Total {report.grant.total:,.2f} EUR" in text

    @given(mobilities())
    def test_an_unknown_is_never_a_refusal(self, mobility):
        """Whoever tells nothing but the call is not refused; every refusal rests on a fact that was told."""
        told = facts_of(mobility)
        found = evaluation(mobility)
        for outcome in found.outcomes.values():
            if outcome.verdict is Verdict.NOT_MET:
                assert found.rulebook.given_behind(outcome.identity) & {*told, *found.presumed}

    @given(mobilities())
    def test_the_total_lies_between_its_ends(self, mobility):
        grant = evaluate(mobility).grant
        assert grant.high is None or grant.low <= grant.high
        assert all(line.is_open or line.low <= line.high for line in grant.lines)


# --- the front door ----------------------------------------------------------------------------------------


def answer_of(program: str) -> str:
    """What a fresh process prints."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, encoding="utf-8", check=True)
    return done.stdout.strip()


class TestFrontDoor:
    # What takes tables needs an extra, so `from icm_rules import *` leaves it where it is.
    OF_TABLES = ("evaluate_table",)

    @pytest.mark.parametrize("name", [*icm_rules.__all__, *OF_TABLES])
    def test_every_name_is_there(self, name):
        assert getattr(icm_rules, name) is not None
        assert name in dir(icm_rules)

    def test_names_are_sorted_and_told_once(self):
        assert sorted(icm_rules.__all__) == sorted(set(icm_rules.__all__))

    def test_it_knows_its_version(self):
        pyproject = Path(__file__).parent.parent / "pyproject.toml"
        assert icm_rules.__version__ == tomllib.loads(pyproject.read_text("utf-8"))["project"]["version"]

    def test_another_name_is_refused_as_python_does(self):
        with pytest.raises(AttributeError, match="module 'icm_rules' has no attribute 'evalaute'"):
            icm_rules.evalaute  # noqa: B018 - to ask is the test

    def test_type_checkers_read_the_same_names_as_python(self):
        """The imports under TYPE_CHECKING and the table of rooms name the same things in the same places."""
        tree = ast.parse(Path(icm_rules.__file__).read_text("utf-8"))
        for_types = {
            alias.asname or alias.name: (node.module, alias.name)
            for block in tree.body
            if isinstance(block, ast.If)
            for node in block.body
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        assert set(for_types) == {*icm_rules.__all__, *self.OF_TABLES} - {"__version__"}
        for name, (module, inside) in for_types.items():
            assert getattr(icm_rules, name) is getattr(importlib.import_module(module), inside)

    @pytest.mark.parametrize(
        "program",
        [
            "from icm_rules import evaluate; import icm_rules.evaluate; from icm_rules import evaluate",
            "import icm_rules.evaluate; from icm_rules import evaluate",
            "from icm_rules.evaluate import evaluation; from icm_rules import evaluate",
            "import icm_rules.cli; from icm_rules import evaluate",
            "import icm_rules; evaluate = icm_rules.evaluate",
            "from icm_rules import *",
        ],
    )
    def test_evaluate_is_the_function_in_whatever_order_things_are_imported(self, program):
        shown = "print(type(evaluate).__name__, __import__('icm_rules').evaluate is evaluate)"
        assert answer_of(f"{program}\n{shown}") == "function True"

    def test_the_module_of_evaluate_can_be_imported_from(self):
        assert (
            answer_of(
                "from icm_rules import evaluate\nfrom icm_rules.evaluate import evaluate as e\nprint(e is evaluate)"
            )
            == "True"
        )

    @pytest.mark.parametrize(
        "program", ["from icm_rules import guide", "import icm_rules.guide; guide = icm_rules.guide"]
    )
    def test_guide_is_the_package_of_the_guides(self, program):
        assert answer_of(f"{program}\nprint(type(guide).__name__, guide.guide(2018).call)") == "module 2018"

    def test_a_submodule_keeps_its_own_name(self):
        assert answer_of("import icm_rules.report as r\nprint(type(r).__name__)") == "module"

    def test_to_open_the_door_loads_nothing_of_the_house(self):
        program = "import sys, icm_rules\nprint(*[name for name in sys.modules if name.startswith('icm_rules.')])"
        assert not answer_of(program)

    def test_an_answer_needs_nothing_of_the_command(self):
        """Click and rich are of the command alone."""
        program = (
            "import sys\nfrom icm_rules import Mobility, evaluate\n"
            "str(evaluate(Mobility(call=2019)))\nprint({'click', 'rich'} & set(sys.modules))"
        )
        assert answer_of(program) == "set()"
