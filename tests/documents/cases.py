"""An agreement and an application that meet every rule, from which the tests start, and the ways to ask about them."""

from __future__ import annotations

from typing import Any

from icm_rules import Report, agreement_from_dict, application_from_dict, evaluate
from icm_rules.engine import Verdict

LJUBLJANA = {"name": "University of Ljubljana", "country": "SI", "erasmus_code": "SI LJUBLJA01", "holds_charter": True}
ALMATY = {"name": "Al-Farabi Kazakh National University", "country": "KZ", "pic": "999842542", "is_recognised": True}

STUDIES: dict[str, Any] = {
    "direction": "incoming",
    "activity": "studies",
    "places_per_year": 6,
    "months_per_year": 30,
    "cycles": ["first", "second"],
    "subject_areas": ["0613", "041"],
    "languages": [{"language": "en", "level": "B2"}],
}
TEACHING: dict[str, Any] = {
    "direction": "outgoing",
    "activity": "teaching",
    "places_per_year": 2,
    "days_per_year": 14,
    "subject_areas": ["0613"],
    "languages": [{"language": "en"}],
}
AGREEMENT: dict[str, Any] = {
    "call": 2019,
    "template": "2014-2021",
    "status": "in_effect",
    "parties": [LJUBLJANA, ALMATY],
    "signed_by_programme_side_on": "2019-01-21",
    "signed_by_partner_side_on": "2019-02-04",
    "first_academic_year": "2019/2020",
    "last_academic_year": "2021/2022",
    "conditions": [STUDIES, TEACHING],
    "provides_for_recognition": True,
    "principles": ["organisation", "information", "credits", "no_fees", "equal_treatment", "recognition"],
    "explains_grading": True,
    "nominations_by": ["05-15"],
    "transcript_weeks": 5,
    "helps_with_visa": True,
    "helps_with_insurance": True,
    "helps_with_housing": True,
}

SCORES = (
    ("Relevance of the strategy", 20),
    ("Quality of the cooperation arrangements", 20),
    ("Quality of the activity (project) design and implementation", 15),
    ("Impact and dissemination", 15),
)
ASSESSED: dict[str, Any] = {
    "country": "KZ",
    "budget_suffices": True,
    "scores": [{"criterion": name, "points": points} for name, points in SCORES],
}

INCOMING: dict[str, Any] = {
    "country": "KZ",
    "direction": "incoming",
    "activity": "studies",
    "participants": 6,
    "average_months": 5,
    "distance_km": 4817,
}
APPLICATION: dict[str, Any] = {
    "call": 2019,
    "state": "supported",
    "applying_institution": LJUBLJANA,
    "agency": "SI01",
    "submitted_at": "2019-02-05T11:59:59",
    "applications_in_round": 1,
    "partners": [{**ALMATY, "agreement_status": "signed"}],
    "flows": [INCOMING],
    "project_months": 24,
    "project_start": "2019-08-01",
    # 6 stays of 150 days at 800/30, 6 journeys of 820, 6 times 350.
    "requested_grant_eur": "31020.00",
    "assessment": {"units": [ASSESSED]},
}


def changed(base: dict[str, Any], **changes: object) -> dict[str, Any]:
    """The data with ``changes``; a value of None takes a field away."""
    return {name: value for name, value in {**base, **changes}.items() if value is not None}


def agreement_report(**changes: object) -> Report:
    """The report of the agreement with ``changes``."""
    return evaluate(agreement_from_dict(changed(AGREEMENT, **changes)))


def application_report(**changes: object) -> Report:
    """The report of the application with ``changes``."""
    return evaluate(application_from_dict(changed(APPLICATION, **changes)))


def verdicts(report: Report) -> dict[str, Verdict]:
    """The verdict of every rule by its identity."""
    return {identity: outcome.verdict for identity, outcome in report.outcomes.items()}
