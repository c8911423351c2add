"""Whole, eligible mobilities from which the tests of the rules start, and the ways to ask a rule about them.

Every mobility tells all that its rules ask for. The stay is in 2019/2020 under every call: the call binds a mobility
to its Guide, the dates never do. The partners are in Kazakhstan and Georgia, to which every call is open. Short stays
of students exist from call 2022 on.
"""

from __future__ import annotations

from icm_rules.engine import Evaluation, Outcome, Verdict
from icm_rules.guide import guide
from icm_rules.model.vocabulary import facts_of, mobility_of
from icm_rules.rules import RULEBOOK

LJUBLJANA = {"name": "University of Ljubljana", "country": "SI", "erasmus_code": "SI LJUBLJA01", "pic": "999923240"}
ALMATY = {"name": "Al-Farabi Kazakh National University", "country": "KZ", "pic": "999842542"}
TBILISI = {"name": "Tbilisi State University", "country": "GE", "pic": "999861069"}


def _side(side: str, university: dict[str, str], *, charter: bool) -> dict[str, object]:
    told: dict[str, object] = {f"{side}_{name}": value for name, value in university.items()}
    told |= {f"{side}_kind": "university", f"{side}_is_recognised": True}
    return told | {f"{side}_holds_charter": charter}


def _agreement(partner: dict[str, str], direction: str, activity: str) -> dict[str, object]:
    length = {"days_per_year": 10} if activity in {"teaching", "training"} else {"months_per_year": 10}
    return {
        "agreement_parties": [LJUBLJANA, partner],
        "agreement_signed_by_programme_side_on": "2019-03-01",
        "agreement_signed_by_partner_side_on": "2019-04-01",
        "agreement_first_academic_year": "2018/2019",
        "agreement_last_academic_year": "2021/2022",
        "agreement_conditions": [
            {
                "direction": direction,
                "activity": activity,
                "places_per_year": 2,
                **length,
                "cycles": ["first", "second", "third"],
                "subject_areas": ["061", "0311"],
            }
        ],
        "agreement_binds_partner_to_charter": True,
        "agreement_provides_for_recognition": True,
    }


def _signed(document: str) -> dict[str, object]:
    return {f"{document}_signed_by_{who}_on": "2019-06-03" for who in ("participant", "sending", "receiving")}


_STUDENT: dict[str, object] = {
    "participant_kind": "student",
    "study_cycle": "second",
    "one_cycle_programme": False,
    "year_of_study": 2,
    "is_enrolled": True,
    "days_used_in_cycle": 0,
    "is_disadvantaged": False,
    "academic_year": "2019/2020",
    "start_date": "2019-09-30",
    "end_date": "2020-01-31",  # 121 days in the count of students
    "covers_academic_term": True,
    "subject_area": "0613",
    "outward_travel_date": "2019-09-29",
    "return_travel_date": "2020-02-01",
    "receiving_asks_fees": False,
    "credit_system": "ects",
    "credits_agreed": 30,
    "credits_achieved": 30,
    "credits_recognised": 30,
    **_signed("learning_agreement"),
}

_SHORT: dict[str, object] = {
    "end_date": "2019-10-19",  # twenty calendar days, which are twenty in months of 30 days as well
    "return_travel_date": "2019-10-20",
    "covers_academic_term": False,
    "credits_agreed": 3,
    "credits_achieved": 3,
    "credits_recognised": 3,
}

_STAFF: dict[str, object] = {
    "participant_kind": "staff",
    "is_employed_by_sending": True,
    "is_invited": False,
    "academic_year": "2019/2020",
    "start_date": "2019-10-07",
    "end_date": "2019-10-13",  # seven days, Monday to Sunday
    "subject_area": "0613",
    "is_conference": False,
    "outward_travel_date": "2019-10-06",
    "return_travel_date": "2019-10-14",
    "travel_days_claimed": 2,
    **_signed("mobility_agreement"),
}

_ANYBODY: dict[str, object] = {
    "distance_km": 5000,
    "is_travel_paid_otherwise": False,
    "is_zero_grant": False,
    "is_insured": True,
    "needs_visa": True,
    "has_visa": True,
}

BASE: dict[str, dict[str, object]] = {
    "student_in": {
        "activity": "studies",
        **_side("sending", ALMATY, charter=False),
        **_side("receiving", LJUBLJANA, charter=True),
        **_agreement(ALMATY, "incoming", "studies"),
        **_ANYBODY,
        **_STUDENT,
        "residence_country": "KZ",
    },
    "student_out": {
        "activity": "studies",
        **_side("sending", LJUBLJANA, charter=True),
        **_side("receiving", TBILISI, charter=False),
        **_agreement(TBILISI, "outgoing", "studies"),
        **_ANYBODY,
        **_STUDENT,
        "residence_country": "SI",
    },
    "teacher_out": {
        "activity": "teaching",
        **_side("sending", LJUBLJANA, charter=True),
        **_side("receiving", TBILISI, charter=False),
        **_agreement(TBILISI, "outgoing", "teaching"),
        **_ANYBODY,
        **_STAFF,
        "teaching_hours": 8,
    },
    "training_in": {
        "activity": "training",
        **_side("sending", ALMATY, charter=False),
        **_side("receiving", LJUBLJANA, charter=True),
        **_agreement(ALMATY, "incoming", "training"),
        **_ANYBODY,
        **_STAFF,
    },
    # A traineeship in an enterprise, so no agreement between universities; open from call 2018 on.
    "trainee_in": {
        "activity": "traineeship",
        **_side("sending", ALMATY, charter=False),
        "receiving_name": "Laboratory for Water Ltd",
        "receiving_country": "SI",
        "receiving_kind": "enterprise",
        **_ANYBODY,
        **_STUDENT,
        "residence_country": "KZ",
    },
    "blended_in": {
        "activity": "studies",
        "stay_format": "blended",
        "has_virtual_part": True,
        **_side("sending", ALMATY, charter=False),
        **_side("receiving", LJUBLJANA, charter=True),
        **_agreement(ALMATY, "incoming", "studies"),
        **_ANYBODY,
        **_STUDENT,
        **_SHORT,
        "residence_country": "KZ",
    },
    "doctoral_out": {
        "activity": "studies",
        "stay_format": "short_doctoral",
        **_side("sending", LJUBLJANA, charter=True),
        **_side("receiving", TBILISI, charter=False),
        **_agreement(TBILISI, "outgoing", "studies"),
        **_ANYBODY,
        **_STUDENT,
        **_SHORT,
        "study_cycle": "third",
        "residence_country": "SI",
    },
}
"""The mobilities by name, each as flat facts without the call."""


def facts(base: str, **changes: object) -> dict[str, object]:
    """The flat facts of the mobility ``base`` with ``changes``; a value of None takes a fact away."""
    told = BASE[base] | changes
    return {name: value for name, value in told.items() if value is not None}


def evaluate(base: str, call: int = 2019, stage: str | None = None, **changes: object) -> Evaluation:
    """All rules, asked about the mobility ``base`` with ``changes`` under the Guide of this call."""
    mobility = mobility_of({"call": call, **facts(base, **changes)})
    return RULEBOOK.evaluate(facts_of(mobility), guide(call).provisions, stage=stage)


def outcome(identity: str, base: str, call: int = 2019, **changes: object) -> Outcome:
    """What the rule with this identity says of the mobility ``base`` with ``changes`` under this call."""
    return evaluate(base, call, **changes).outcomes[identity]


def asked_without(identity: str, base: str, *names: str, call: int = 2019, **changes: object) -> tuple[str, ...]:
    """What the rule asks for when the facts ``names`` are not told; its answer must be open then."""
    found = outcome(identity, base, call, **(changes | dict.fromkeys(names)))
    assert found.verdict is Verdict.UNDETERMINED, f"{identity} without {', '.join(names)}: {found.verdict}"
    return found.missing
