"""datalogic-py (JsonLogic in Rust): one template, in which each outcome is a rule.

JsonLogic has no names for what was computed on the way, so the facts are one template and the outcomes a second one,
``map``ped over it in the same call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import datalogic_py

from benchmarks.competitors.plain_json import GROUPS, as_json, countries, regions_by_cycles
from benchmarks.figures import FIGURES
from benchmarks.subset import OUTCOMES, PAYMENTS, REQUIREMENTS

Logic = Any


def _v(name: str) -> Logic:
    return {"var": name}


def _among(fact: Logic, words: list[str]) -> Logic:
    """Whether a fact is one of these words: looked for in one text, which is quicker than in a list."""
    return {"in": [fact, " ".join(words)]} if words else False


def _verdict(asked: Logic, holds: Logic, otherwise: Logic = "not met") -> Logic:
    return {"if": [asked, {"if": [holds, "met", otherwise]}, "not applicable"]}


def _any_of(fact: Logic, words: Any) -> Logic:  # noqa: ANN401 - words of any collection
    return {"or": [{"==": [fact, word]} for word in sorted(words)]}


def _whole(number: Logic, by: int) -> Logic:
    """A whole number divided by another, rounded down."""
    return {"/": [{"-": [number, {"%": [number, by]}]}, by]}


def _thirty(end: str) -> Logic:
    day = _v(f"{end}_day")
    return {"+": [{"*": [360, _v(f"{end}_year")]}, {"*": [30, _v(f"{end}_month")]}, {"min": [day, 30]}]}


def _rate(rates: dict[tuple[str, str | None], int]) -> Logic:
    *grouped, last = GROUPS
    branches: list[Logic] = [_among(_v("sending_country"), countries()), rates["outgoing", None]]
    for group in grouped:
        branches += [_among(_v("receiving_country"), countries(group=group)), rates["incoming", group]]
    return {"if": [*branches, rates["incoming", last]]}


def _facts() -> dict[str, Logic]:
    figures = FIGURES
    activity = _v("activity")
    asked = {"if": [{"==": [activity, "teaching"]}, figures.hours_a_week, figures.hours_a_week_combined]}
    calendar = {"+": [{"-": [_v("end"), _v("start")]}, 1]}
    is_student = {"or": [{"==": [activity, "studies"]}, {"==": [activity, "traineeship"]}]}
    paid = {
        "+": [
            {"min": [calendar, figures.last_paid_day]},
            {"min": [_v("travel_days_claimed"), figures.travel_days]},
        ]
    }
    return {
        "from": _among(_v("sending_country"), countries()),
        "to": _among(_v("receiving_country"), countries()),
        "student": is_student,
        "thirty": {"+": [{"-": [_thirty("end"), _thirty("start")]}, 1]},
        "calendar": calendar,
        "hours": {"*": [asked, {"max": [calendar, figures.week_days]}]},
        "paid": paid,
        "rate": {"if": [is_student, _rate(figures.student_rates), _rate(figures.staff_rates)]},
    }


def _requirements(row: Callable[[str], Logic], fact: Callable[[str], Logic]) -> dict[str, Logic]:
    figures = FIGURES
    activity, outgoing, student = row("activity"), fact("from"), fact("student")
    credit = {"!=": [fact("from"), fact("to")]}
    enterprise = {"==": [row("sending_kind"), "enterprise"]}
    sent = {"or": [student, {"!": enterprise}]}
    at_university = {"!": {"or": [{"==": [activity, "traineeship"]}, {"==": [activity, "training"]}]}}
    hosted = {"or": [{"==": [row("receiving_kind"), "university"]}, at_university]}
    partner = {"if": [outgoing, row("receiving_country"), row("sending_country")]}
    unpaid = {
        "or": [
            {"and": [_among(row("receiving_country"), members), {"!": _any_of(row("study_cycle"), cycles)}]}
            for cycles, members in regions_by_cycles().items()
        ]
    }
    digital = {
        "and": [
            outgoing,
            {"==": [activity, "traineeship"]},
            _among(row("receiving_country"), sorted(figures.digital_countries)),
            _any_of(row("study_cycle"), figures.digital_cycles),
        ]
    }
    doubtful = _among(row("receiving_country"), countries(region_in=figures.doubtful_regions))
    both = {"and": [credit, sent, hosted]}
    allowed = {"if": [row("one_cycle_programme"), figures.one_cycle_days, figures.cycle_days]}
    studies, trainee, staff = {"==": [activity, "studies"]}, {"==": [activity, "traineeship"]}, {"!": student}
    thirty, calendar = fact("thirty"), fact("calendar")
    open_if_invited = {"if": [enterprise, "undetermined", "not met"]}
    lower = {"and": [enterprise, {">=": [calendar, figures.invited_minimum_days]}]}

    def signed(day: str) -> Logic:
        return {"<": [row(day), row("start")]} if figures.signed_before_start else True

    holds = {"if": [outgoing, row("sending_holds_charter"), row("receiving_holds_charter")]}
    long_enough = {">=": [thirty, figures.study_minimum_days]}
    return {
        "eligibility.countries.one_programme_side": {"if": [credit, "met", "not met"]},
        "eligibility.partner.region_open": _verdict(
            credit,
            {"!": _among(partner, countries(region_in=figures.closed_regions))},
            {"if": [digital, "undetermined", "not met"]},
        ),
        "eligibility.outgoing.study_cycle": _verdict(
            {"and": [credit, outgoing, student]}, {"!": unpaid}, {"if": [doubtful, "undetermined", "not met"]}
        ),
        "eligibility.charter.programme_side": _verdict(
            {"and": [credit, {"if": [outgoing, sent, hosted]}]}, holds if figures.charter_required else True
        ),
        "eligibility.activity.open": {"if": [_any_of(activity, figures.closed_activities), "not met", "met"]}
        if figures.closed_activities
        else {"if": [True, "met"]},
        "agreement.signature.programme_side": _verdict(both, signed("signed_by_programme")),
        "agreement.signature.partner_side": _verdict(both, signed("signed_by_partner")),
        "duration.study.minimum": _verdict(
            studies, {"or": [long_enough, row("covers_academic_term")]} if figures.term_suffices else long_enough
        ),
        "duration.study.maximum": _verdict(studies, {"<=": [thirty, figures.study_maximum_days]}),
        "duration.traineeship.minimum": _verdict(trainee, {">=": [thirty, figures.traineeship_minimum_days]}),
        "duration.traineeship.maximum": _verdict(trainee, {"<=": [thirty, figures.traineeship_maximum_days]}),
        "duration.cycle.cap": _verdict(student, {"<=": [{"+": [thirty, row("days_used_in_cycle")]}, allowed]}),
        "duration.staff.minimum": _verdict(
            staff, {">=": [calendar, figures.staff_minimum_days]}, {"if": [lower, "undetermined", "not met"]}
        ),
        "duration.staff.maximum": _verdict(staff, {"<=": [calendar, figures.staff_maximum_days]}),
        "duration.teaching.hours": _verdict(
            {"and": [staff, {"!=": [activity, "training"]}]},
            {">=": [{"*": [row("teaching_hours"), figures.week_days]}, fact("hours")]},
            open_if_invited,
        ),
    }


def _lines(row: Callable[[str], Logic], fact: Callable[[str], Logic]) -> dict[str, Logic]:
    figures, share = FIGURES, FIGURES.reduced_share
    credit, student, rate, paid = {"!=": [fact("from"), fact("to")]}, fact("student"), fact("rate"), fact("paid")
    later = {"-": [paid, figures.days_paid_in_full]}
    band: list[Logic] = []
    for begins, cents in reversed(figures.bands):
        band += [{">=": [row("distance_km"), begins]}, cents]
    amounts = (
        ({"and": [credit, student]}, _whole({"+": [{"*": [rate, fact("thirty")]}, 15]}, 30)),
        ({"and": [credit, {"!": student}]}, {"*": [rate, {"min": [paid, figures.days_paid_in_full]}]}),
        (
            {"and": [credit, {"!": student}, {">": [later, 0]}]},
            _whole({"+": [{"*": [rate, later, share.numerator]}, share.denominator // 2]}, share.denominator),
        ),
        (credit, {"if": band}),
    )
    found: dict[str, Logic] = {}
    for identity, (condition, amount) in zip(PAYMENTS, amounts, strict=True):
        found[identity] = {"if": [condition, "due", "not applicable"]}
        found[f"{identity}.cents"] = {"if": [condition, amount, None]}
    return found


def _key(name: str) -> str:
    """A name without dots, which JsonLogic would read as a path."""
    return name.replace(".", "_")


def _template() -> Logic:
    def row(name: str) -> Logic:
        return {"val": [[1], name]}

    answers = _requirements(row, _v) | _lines(row, _v)
    keyed = {_key(name): logic for name, logic in answers.items()}
    refused = {"or": [{"==": [_v(_key(identity)), "not met"]} for identity in REQUIREMENTS]}
    is_open = {"or": [{"==": [_v(_key(identity)), "undetermined"]} for identity in REQUIREMENTS]}
    cents = [{"??": [_v(_key(f"{identity}.cents")), 0]} for identity in PAYMENTS]
    whole = {
        "overall": {"if": [refused, "not eligible", is_open, "cannot tell yet", "eligible"]},
        "total_cents": {"+": cents},
        "answers": _v(""),
    }
    return {"map": [{"map": [[_facts()], keyed]}, whole]}


_KEYS = tuple(_key(name) for name in OUTCOMES[1:-1])


def prepared() -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """A function that has datalogic answer a row."""
    engine = datalogic_py.Engine(templating=True)
    rule = engine.compile(_template())
    session = engine.session()

    def ask(row: Mapping[str, Any]) -> dict[str, Any]:
        return session.evaluate(rule, as_json(row))[0]

    return ask


def as_tuple(found: Mapping[str, Any]) -> tuple[Any, ...]:
    """What datalogic answered in the order of ``OUTCOMES``."""
    answers = found["answers"]
    return (found["overall"], *(answers[key] for key in _KEYS), found["total_cents"])
