"""The road of one mobility, and the front door that leads to it."""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import attrs
import pytest
from hypothesis import given
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
from icm_rules.engine import ROUNDINGS, Confidence, Evaluation
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
        assert f"\n{answer}\n" in report.to_text(all_rules=all_rules)
        assert f"**{answer}**" in report.to_markdown(all_rules=all_rules)
        assert f">{answer}<" in report.to_html(all_rules=all_rules)

    @given(mobilities())
    def test_a_text_tells_what_decides(self, mobility):
        """Each rule not met, each confidence below official beside it, each open line and the total are in the text."""
        report = evaluate(mobility)
        text = " ".join(report.to_text().split())
        for outcome in report.not_met:
            assert f"({outcome.identity})" in text
            assert outcome.sentence[1:] in text
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
    @pytest.mark.parametrize("name", icm_rules.__all__)
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
        assert set(for_types) == set(icm_rules.__all__) - {"__version__"}
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
