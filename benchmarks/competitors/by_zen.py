"""zen-engine (GoRules): one expression node of a decision graph, loaded once by its static loader."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import zen

from benchmarks.competitors.plain_json import GROUPS, as_json, countries, regions_by_cycles
from benchmarks.figures import FIGURES
from benchmarks.subset import OUTCOMES, PAYMENTS, REQUIREMENTS


def _among(fact: str, words: list[str] | tuple[str, ...]) -> str:
    """Whether a fact is one of these words: looked for in one text, which is quicker than in a list."""
    return f"contains('{' '.join(words)}', {fact})" if words else "false"


def _cycle_in(cycles: Iterable[str]) -> str:
    return " or ".join(f"study_cycle == {cycle!r}" for cycle in sorted(cycles))


def _verdict(asked: str | None, holds: str, otherwise: str = "'not met'") -> str:
    answered = f"({holds}) ? 'met' : ({otherwise})"
    return answered if asked is None else f"({asked}) ? ({answered}) : 'not applicable'"


def _rate(rates: dict[tuple[str, str | None], int]) -> str:
    *grouped, last = GROUPS
    found = f"{rates['incoming', last]}"
    for group in reversed(grouped):
        found = f"{_among('receiving_country', countries(group=group))} ? {rates['incoming', group]} : ({found})"
    return f"$.outgoing ? {rates['outgoing', None]} : ({found})"


def _expressions() -> dict[str, str]:
    figures, share = FIGURES, FIGURES.reduced_share
    closed = countries(region_in=figures.closed_regions)
    unpaid = " or ".join(
        f"({_among('receiving_country', members)} and not ({_cycle_in(cycles)}))"
        for cycles, members in regions_by_cycles().items()
    )
    thirty = "360 * {0}_year + 30 * {0}_month + ({0}_day < 30 ? {0}_day : 30)"
    bands = " : ".join(f"distance_km >= {begins} ? {cents}" for begins, cents in reversed(figures.bands)) + " : 0"
    invited_open = "$.enterprise ? 'undetermined' : 'not met'"
    signed = "{} < start" if figures.signed_before_start else "true"
    digital = (
        "$.outgoing and activity == 'traineeship' and "
        f"{_among('receiving_country', sorted(figures.digital_countries))} and ({_cycle_in(figures.digital_cycles)})"
    )
    both = "$.credit and $.sent and $.hosted"
    facts = {
        "from": _among("sending_country", countries()),
        "to": _among("receiving_country", countries()),
        "credit": "$.from != $.to",
        "outgoing": "$.from and not $.to",
        "partner": "$.from ? receiving_country : sending_country",
        "student": "activity == 'studies' or activity == 'traineeship'",
        "enterprise": "sending_kind == 'enterprise'",
        "sent": "$.student or not $.enterprise",
        "hosted": "receiving_kind == 'university' or not (activity == 'traineeship' or activity == 'training')",
        "thirty": f"({thirty.format('end')}) - ({thirty.format('start')}) + 1",
        "calendar": "end - start + 1",
        "hours": f"(activity == 'teaching' ? {figures.hours_a_week} : {figures.hours_a_week_combined})"
        f" * ($.calendar > {figures.week_days} ? $.calendar : {figures.week_days})",
        "paid": f"($.calendar < {figures.last_paid_day} ? $.calendar : {figures.last_paid_day}) + "
        f"(travel_days_claimed < {figures.travel_days} ? travel_days_claimed : {figures.travel_days})",
        "later": f"$.paid > {figures.days_paid_in_full} ? $.paid - {figures.days_paid_in_full} : 0",
        "rate": f"$.student ? ({_rate(figures.student_rates)}) : ({_rate(figures.staff_rates)})",
    }
    requirements = {
        "eligibility.countries.one_programme_side": _verdict(None, "$.credit"),
        "eligibility.partner.region_open": _verdict(
            "$.credit", f"not {_among('$.partner', closed)}", f"{digital} ? 'undetermined' : 'not met'"
        ),
        "eligibility.outgoing.study_cycle": _verdict(
            "$.outgoing and $.student",
            f"not ({unpaid})",
            f"{_among('$.partner', countries(region_in=figures.doubtful_regions))} ? 'undetermined' : 'not met'",
        ),
        "eligibility.charter.programme_side": _verdict(
            "$.credit and ($.outgoing ? $.sent : $.hosted)",
            "$.outgoing ? sending_holds_charter : receiving_holds_charter" if figures.charter_required else "true",
        ),
        "eligibility.activity.open": _verdict(
            None, " and ".join(f"activity != {name!r}" for name in sorted(figures.closed_activities)) or "true"
        ),
        "agreement.signature.programme_side": _verdict(both, signed.format("signed_by_programme")),
        "agreement.signature.partner_side": _verdict(both, signed.format("signed_by_partner")),
        "duration.study.minimum": _verdict(
            "activity == 'studies'",
            f"$.thirty >= {figures.study_minimum_days}" + (" or covers_academic_term" if figures.term_suffices else ""),
        ),
        "duration.study.maximum": _verdict("activity == 'studies'", f"$.thirty <= {figures.study_maximum_days}"),
        "duration.traineeship.minimum": _verdict(
            "activity == 'traineeship'", f"$.thirty >= {figures.traineeship_minimum_days}"
        ),
        "duration.traineeship.maximum": _verdict(
            "activity == 'traineeship'", f"$.thirty <= {figures.traineeship_maximum_days}"
        ),
        "duration.cycle.cap": _verdict(
            "$.student",
            f"$.thirty + days_used_in_cycle <= (one_cycle_programme ? {figures.one_cycle_days} : {figures.cycle_days})",
        ),
        "duration.staff.minimum": _verdict(
            "not $.student",
            f"$.calendar >= {figures.staff_minimum_days}",
            f"$.enterprise and $.calendar >= {figures.invited_minimum_days} ? 'undetermined' : 'not met'",
        ),
        "duration.staff.maximum": _verdict("not $.student", f"$.calendar <= {figures.staff_maximum_days}"),
        "duration.teaching.hours": _verdict(
            "not $.student and activity != 'training'",
            f"teaching_hours * {figures.week_days} >= $.hours",
            invited_open,
        ),
    }
    amounts = (
        ("$.credit and $.student", "floor(($.rate * $.thirty + 15) / 30)"),
        ("$.credit and not $.student", "$.rate * ($.paid - $.later)"),
        (
            "$.credit and not $.student and $.later > 0",
            f"floor(($.rate * $.later * {share.numerator} + {share.denominator // 2}) / {share.denominator})",
        ),
        ("$.credit", bands),
    )
    answers = {_key(identity): sql for identity, sql in requirements.items()}
    for identity, (condition, amount) in zip(PAYMENTS, amounts, strict=True):
        answers[_key(identity)] = f"({condition}) ? 'due' : 'not applicable'"
        answers[_key(f"{identity}.cents")] = f"({condition}) ? ({amount}) : null"
    any_is = "$.{} == '{}'"
    refused = " or ".join(any_is.format(_key(identity), "not met") for identity in REQUIREMENTS)
    is_open = " or ".join(any_is.format(_key(identity), "undetermined") for identity in REQUIREMENTS)
    answers["overall"] = f"({refused}) ? 'not eligible' : (({is_open}) ? 'cannot tell yet' : 'eligible')"
    lines = [f"$.{_key(f'{identity}.cents')}" for identity in PAYMENTS]
    answers["total_cents"] = " + ".join(f"({line} == null ? 0 : {line})" for line in lines)
    return facts | answers


def _key(name: str) -> str:
    """A name without dots, which zen would read as a path."""
    return name.replace(".", "_")


def _graph() -> dict[str, Any]:
    expressions = [
        {"id": f"e{number}", "key": key, "value": value} for number, (key, value) in enumerate(_expressions().items())
    ]
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", "position": {"x": 0, "y": 0}},
        {
            "id": "rules",
            "name": "rules",
            "type": "expressionNode",
            "position": {"x": 1, "y": 0},
            "content": {"expressions": expressions},
        },
        {"id": "out", "name": "out", "type": "outputNode", "position": {"x": 2, "y": 0}},
    ]
    edges = [
        {"id": "1", "type": "edge", "sourceId": "in", "targetId": "rules"},
        {"id": "2", "type": "edge", "sourceId": "rules", "targetId": "out"},
    ]
    return {"nodes": nodes, "edges": edges}


_KEYS = tuple(_key(name) for name in OUTCOMES)


def prepared(*, trace: bool = False) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """A function that has zen answer a row."""
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {"rules": _graph()}}})
    options = {"trace": True} if trace else None

    def ask(row: Mapping[str, Any]) -> dict[str, Any]:
        if options is None:
            return engine.evaluate("rules", as_json(row))["result"]
        return engine.evaluate("rules", as_json(row), options)["result"]

    return ask


def as_tuple(found: Mapping[str, Any]) -> tuple[Any, ...]:
    """What zen answered in the order of ``OUTCOMES``; it leaves out what is null."""
    return tuple(found.get(key) for key in _KEYS)
