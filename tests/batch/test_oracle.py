"""The library answers as the hand-written oracle does: every rule the oracle knows, on every row, in two calls.

Where both were once found to differ and the facts sided with the oracle, the row that showed it stands in
:data:`SETTLED`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from icm_rules.batch import evaluate_table
from icm_rules.evaluate import evaluation
from icm_rules.model.countries import country_codes
from icm_rules.model.grant import grant_of
from icm_rules.model.vocabulary import mobility_of
from tests.batch.oracle import (
    DUE,
    FIGURES,
    MET,
    NONE,
    NOT_APPLICABLE,
    NOT_IN_FORCE,
    NOT_MET,
    UNDETERMINED,
    Answers,
    oracle,
)

CALLS = tuple(FIGURES)
ROWS = 3_000
SEED = 20_190_930

RULES = {
    "eligibility.countries.one_programme_side",
    "eligibility.partner.region_open",
    "eligibility.outgoing.study_cycle",
    "eligibility.charter.programme_side",
    "eligibility.partner.recognised",
    "eligibility.activity.open",
    "eligibility.student.enrolled",
    "eligibility.student.year_of_study",
    "eligibility.staff.employed",
    "agreement.signature.programme_side",
    "agreement.signature.partner_side",
    "duration.study.minimum",
    "duration.study.maximum",
    "duration.traineeship.minimum",
    "duration.traineeship.maximum",
    "duration.combined.minimum",
    "duration.combined.maximum",
    "duration.cycle.cap",
    "duration.staff.minimum",
    "duration.staff.maximum",
    "duration.teaching.hours",
    "duration.blended.minimum",
    "duration.blended.maximum",
    "duration.short_doctoral.minimum",
    "duration.short_doctoral.maximum",
    "travel.distance.band",
    "funding.student.individual_support",
    "funding.student.disadvantaged_top_up",
    "funding.staff.days_in_full",
    "funding.staff.days_reduced",
    "funding.travel.support",
    "funding.student.short_stay_first_days",
    "funding.student.short_stay_later_days",
    "funding.student.fewer_opportunities_monthly",
    "funding.student.fewer_opportunities_short",
    "funding.student.traineeship_top_up",
    "funding.student.travel_days",
    "funding.inclusion.participant",
    "funding.special_needs.participant",
    "recognition.learning_agreement.signed",
}

# Every activity is open, every distance lies in a band, and from the first year on means every student.
NEVER_REFUSED = {"eligibility.activity.open", "travel.distance.band"}
# Such a refusal would rest on what is unverified, and so is none.
HELD_BACK = {
    2019: set(),
    2024: {
        "eligibility.outgoing.study_cycle",
        "eligibility.student.enrolled",
        "eligibility.student.year_of_study",
        "eligibility.staff.employed",
        "duration.combined.minimum",
        "duration.combined.maximum",
    },
}
NEVER_PAID = {"funding.student.traineeship_top_up"}


# --- rows --------------------------------------------------------------------------------------------------


class _Rows:
    """Rows of one call, realistic and near the edges, of which the model refuses none."""

    def __init__(self, call: int, seed: int) -> None:
        self.figures = FIGURES[call]
        self.call = call
        self.draw = np.random.default_rng([seed, call])
        self.partners = " ".join(self.figures.regions.values()).split()
        territories = " ".join(self.figures.territories.values()).split()
        # Of the last ones no list of either call says where they stand.
        self.odd = [*territories, "EL", "UK", "PR", "GU", "TK", "JE", "SJ"]

    def one(self, choices: Any, weights: Any = None) -> Any:
        """One of the choices, as a plain Python value."""
        return choices[int(self.draw.choice(len(choices), p=weights))]

    def sometimes(self, share: float) -> bool:
        return bool(self.draw.random() < share)

    def between(self, low: int, high: int) -> int:
        return int(self.draw.integers(low, high, endpoint=True))

    def row(self) -> dict[str, Any]:
        """One mobility by its facts; *None* is what nobody told."""
        is_student = self.sometimes(0.6)
        start = dt.date(self.call, 6, 1) + dt.timedelta(days=self.between(0, 900))
        days = self.days_of_stay(is_student)
        facts: dict[str, Any] = {
            "sending_country": None,
            "receiving_country": None,
            "start_date": start,
            "end_date": start + dt.timedelta(days=days - 1),
            **self.institutions(),
            **(self.student() if is_student else self.staff(days)),
            **self.signatures(start),
            **self.journey(start, days),
            **self.money(days),
        }
        facts["sending_country"], facts["receiving_country"] = self.countries()
        facts["graduated_on"] = self.graduation(start) if is_student else None
        return self.told_in_part(facts)

    def countries(self) -> tuple[str, str]:
        programme, partner = self.one(self.figures.programme_countries), self.one(self.partners)
        if self.sometimes(0.1):
            programme = self.one([self.one(self.partners), *self.odd])
        if self.sometimes(0.1):
            partner = self.one([self.one(self.figures.programme_countries), *self.odd])
        if self.sometimes(0.05):
            partner = self.one(["CH", "FO", "AD", "SA", "GB", "RS"])
        return (programme, partner) if self.sometimes(0.5) else (partner, programme)

    def institutions(self) -> dict[str, Any]:
        facts: dict[str, Any] = {}
        for side in ("sending", "receiving"):
            kind = self.one(["university", "enterprise", "public_authority", None], [0.7, 0.08, 0.02, 0.2])
            charter = self.one([True, False, None], [0.6, 0.3, 0.1])
            facts[f"{side}_kind"] = kind
            # Only a university holds the Charter.
            facts[f"{side}_holds_charter"] = charter if kind in {"university", None} else self.one([False, None])
            facts[f"{side}_is_recognised"] = self.one([True, False, None], [0.7, 0.2, 0.1])
        return facts

    def days_of_stay(self, is_student: bool) -> int:
        if not is_student:
            return self.one([self.between(1, 9), self.between(12, 18), self.between(10, 58), self.between(58, 66)])
        return self.one(
            [
                self.between(1, 35),
                self.between(56, 64),
                self.between(86, 95),
                self.between(100, 340),
                self.between(355, 370),
                self.between(371, 400),
            ],
            [0.3, 0.15, 0.15, 0.25, 0.1, 0.05],
        )

    def student(self) -> dict[str, Any]:
        return {
            "participant_kind": "student",
            "activity": self.one(["studies", "traineeship", "studies_and_traineeship"], [0.5, 0.35, 0.15]),
            "stay_format": self.one(["long_term", "blended", "short_doctoral", None], [0.4, 0.25, 0.15, 0.2]),
            "study_cycle": self.one(["short", "first", "second", "third"], [0.1, 0.4, 0.25, 0.25]),
            "year_of_study": self.between(1, 4),
            "is_enrolled": self.sometimes(0.8),
            "days_used_in_cycle": self.one(
                [0, 0, self.between(1, 400), self.between(250, 300), self.between(600, 700)]
            ),
            "one_cycle_programme": self.sometimes(0.25),
            "covers_academic_term": self.sometimes(0.4),
            "is_digital_traineeship": self.sometimes(0.5),
            "is_disadvantaged": self.sometimes(0.3),
            "agency_top_up_eur_per_month": self.one([0, 200, 187.5, None]),
        }

    def graduation(self, start: dt.date) -> dt.date | None:
        return self.one([None, start + dt.timedelta(days=self.between(-400, 60))], [0.7, 0.3])

    def staff(self, days: int) -> dict[str, Any]:
        hours = self.one([4, 8]) * max(days, 7) / 7
        return {
            "participant_kind": "staff",
            "activity": self.one(["teaching", "training", "teaching_and_training"], [0.5, 0.25, 0.25]),
            "stay_format": self.one(["long_term", "blended", None]),
            "is_employed_by_sending": self.sometimes(0.8),
            "is_invited": self.sometimes(0.5),
            "teaching_hours": self.one([0, 4, 7.5, 8, int(hours), round(hours, 1), int(hours) + 1, 8 * (days // 7)]),
        }

    def signatures(self, start: dt.date) -> dict[str, Any]:
        names = (
            "agreement_signed_by_programme_side_on",
            "agreement_signed_by_partner_side_on",
            "learning_agreement_signed_by_participant_on",
            "learning_agreement_signed_by_sending_on",
            "learning_agreement_signed_by_receiving_on",
        )
        days_before = (200, 30, 1, 0, -1)
        return {name: start - dt.timedelta(days=self.one(days_before, [0.3, 0.3, 0.25, 0.1, 0.05])) for name in names}

    def journey(self, start: dt.date, days: int) -> dict[str, Any]:
        end = start + dt.timedelta(days=days - 1)
        edge = self.one([from_km for from_km, _, _ in self.figures.bands])
        legs = [
            {
                "means": self.one(_MEANS),
                "distance_km": self.one([None, 120, 300, 300.5, self.between(1, 4000)]),
            }
            for _ in range(self.between(1, 2))
        ]
        return {
            "distance_km": self.one([edge, max(edge - 0.001, 0), edge + 0.5, self.between(0, 12_000)]),
            "outward_travel_date": start - dt.timedelta(days=self.one([0, 1, 2, self.between(0, 8)])),
            "return_travel_date": end + dt.timedelta(days=self.one([0, 1, 2, self.between(0, 8)])),
            "travel_days_claimed": self.one([None, 0, 1, 2, 3, 6, 9]),
            "travel_legs": legs,
            "is_travel_paid_otherwise": self.sometimes(0.1),
            "real_travel_costs_eur": self.one([None, None, self.between(1, 3000), 257.15, 1697.145]),
        }

    def money(self, days: int) -> dict[str, Any]:
        is_zero_grant = self.sometimes(0.08)
        without = self.one([0, self.between(1, min(days, 20)), days - 1, days], [0.7, 0.15, 0.05, 0.1])
        return {
            # A stay without any grant has no days without grant besides.
            "is_zero_grant": is_zero_grant,
            "zero_grant_days": None if is_zero_grant else without,
            "has_fewer_opportunities": self.sometimes(0.4),
            "inclusion_costs_eur": self.one([None, None, 50, 933.337]),
            "budget_window": self.one([None, None, None, "West Africa (EDF)", "Tunisia (ENI South)"]),
        }

    def told_in_part(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """The row as told by an office that knows everything, nearly everything, or little."""
        share = self.one([0.0, 0.06, 0.3], [0.3, 0.4, 0.3])
        told = {name: None if self.sometimes(share) else value for name, value in facts.items()}
        if share and self.sometimes(0.1):
            # Nobody told who goes: no fact of students or staff may say it.
            told = {name: value for name, value in told.items() if name not in _OF_ONE_KIND}
        return told


_MEANS = ("plane", "train", "bus", "car", "car_pooling", "bicycle", "foot", "ferry", "other_low_emission", "other")
_OF_ONE_KIND = {
    "participant_kind",
    "activity",
    "study_cycle",
    "year_of_study",
    "is_enrolled",
    "graduated_on",
    "days_used_in_cycle",
    "one_cycle_programme",
    "is_disadvantaged",
    "agency_top_up_eur_per_month",
    "is_employed_by_sending",
    "is_invited",
}


def rows_of(call: int, number: int = ROWS, seed: int = SEED) -> list[dict[str, Any]]:
    """So many rows of a call; the same seed makes the same rows."""
    rows = _Rows(call, seed)
    return [rows.row() for _ in range(number)]


def columns_of(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The rows as columns of objects."""
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {}
    for name in names:
        columns[name] = np.empty(len(rows), dtype=object)
        for position, row in enumerate(rows):
            columns[name][position] = row.get(name)
    return columns


# --- what the oracle found ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Settled:
    """A row on which library and oracle differed, and the sentence by which it was settled."""

    sentence: str
    call: int
    row: Mapping[str, Any]


SETTLED = (
    Settled(
        "whether a day with a grant is left is open while the days are not known, and so is travel support",
        2019,
        {
            "sending_country": "MW",
            "receiving_country": "IT",
            "activity": "training",
            "end_date": dt.date(2021, 2, 9),
            "zero_grant_days": 62,
            "distance_km": 500,
        },
    ),
    Settled(
        "no travel support is due where no day with a grant is left by either count, the format told or not",
        2024,
        {
            "sending_country": "PG",
            "receiving_country": "IS",
            "activity": "studies",
            "start_date": dt.date(2024, 11, 26),
            "end_date": dt.date(2024, 11, 28),
            "zero_grant_days": 3,
            "distance_km": 500,
        },
    ),
    Settled(
        "a closed country is open to digital traineeships, not to studies with such a traineeship",
        2019,
        {
            "sending_country": "AT",
            "receiving_country": "CH",
            "activity": "studies_and_traineeship",
            "study_cycle": "first",
            "is_digital_traineeship": True,
        },
    ),
    Settled(
        "staff does no traineeship, whatever else it does, so a closed country is closed to it",
        2019,
        {"sending_country": "RO", "receiving_country": "CH", "participant_kind": "staff"},
    ),
    Settled(
        "who goes on foot travels green, by a sustainable means of transport",
        2024,
        {
            "sending_country": "MA",
            "receiving_country": "ES",
            "activity": "training",
            "start_date": dt.date(2025, 3, 3),
            "end_date": dt.date(2025, 3, 7),
            "distance_km": 500,
            "travel_legs": [{"means": "foot", "distance_km": 500}],
        },
    ),
    Settled(
        "no support is due where no day with a grant is left by the count of students and by that of staff",
        2019,
        {
            "sending_country": "PT",
            "receiving_country": "ZA",
            "start_date": dt.date(2019, 6, 6),
            "end_date": dt.date(2019, 6, 18),
            "zero_grant_days": 13,
        },
    ),
    Settled(
        "travel support is due where a day with a grant is left by either count, however many days that are",
        2024,
        {
            "sending_country": "CZ",
            "receiving_country": "ID",
            "activity": "traineeship",
            "study_cycle": "third",
            "start_date": dt.date(2025, 1, 13),
            "end_date": dt.date(2025, 2, 8),
            "zero_grant_days": 7,
            "distance_km": 500,
        },
    ),
)


# --- comparing ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """What one side says of a table: verdicts by rule, and amounts from and to by rule and for the *total* [cents]."""

    verdicts: Mapping[str, list[str]]
    amounts: Mapping[str, list[tuple[int, int]]]


def _by_the_oracle(answers: Answers) -> Said:
    amounts = {
        identity: list(zip(low.tolist(), answers.high[identity].tolist(), strict=True))
        for identity, low in answers.low.items()
    }
    totals = (answers.total_low.tolist(), answers.total_high.tolist())
    return Said(
        {identity: [str(verdict) for verdict in column] for identity, column in answers.verdicts.items()},
        {**amounts, "total": list(zip(*totals, strict=True))},
    )


def _cents(amount: Any) -> int:
    """An amount in EUR as cents."""
    return NONE if amount is None else int(amount * 100)


def _by_the_plain_road(call: int, rows: list[dict[str, Any]], asked: Said) -> Said:
    verdicts: dict[str, list[str]] = {identity: [] for identity in asked.verdicts}
    amounts: dict[str, list[tuple[int, int]]] = {identity: [] for identity in asked.amounts}
    for row in rows:
        found = evaluation(mobility_of({"call": call, **row}))
        for identity, column in verdicts.items():
            column.append(found.outcomes[identity].verdict.value)
        for identity in amounts.keys() - {"total"}:
            low, high = found.outcomes[identity].amounts() or (None, None)
            amounts[identity].append((_cents(low), _cents(high)))
        grant = grant_of(found)
        amounts["total"].append((_cents(grant.low), _cents(grant.high)))
    return Said(verdicts, amounts)


def disagreements(rows: list[dict[str, Any]], said: Said, asked: Said) -> Iterator[tuple[str, int, object, object]]:
    """Where the library and the oracle differ: rule, row, what the library says, what the oracle says."""
    for identity, verdicts in asked.verdicts.items():
        for position, (found, expected) in enumerate(zip(said.verdicts[identity], verdicts, strict=True)):
            if found != expected:
                yield identity, position, found, expected
    for identity, amounts in asked.amounts.items():
        for position, (found, expected) in enumerate(zip(said.amounts[identity], amounts, strict=True)):
            if found != expected:
                yield identity, position, found, expected


def _assert_agreement(call: int, rows: list[dict[str, Any]], said: Said, asked: Said) -> None:
    found = [
        f"{identity}, row {position}: the library says {here}, the oracle {there}; "
        + ", ".join(f"{name}={value}" for name, value in rows[position].items() if value is not None)
        for identity, position, here, there in disagreements(rows, said, asked)
    ]
    assert not found, f"{len(found)} answers differ, among them:\n" + "\n".join(found[:10])


# --- tests -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", CALLS)
def test_the_library_answers_every_row_as_the_oracle_does(call: int):
    rows = rows_of(call)
    asked = _by_the_oracle(oracle(call, columns_of(rows)))
    _assert_agreement(call, rows, _by_the_plain_road(call, rows, asked), asked)


@pytest.mark.parametrize("settled", SETTLED, ids=lambda settled: settled.sentence)
def test_what_the_oracle_once_found_stays_settled(settled: Settled):
    rows = [dict(settled.row)]
    asked = _by_the_oracle(oracle(settled.call, columns_of(rows)))
    assert not list(disagreements(rows, _by_the_plain_road(settled.call, rows, asked), asked))


@pytest.mark.parametrize("call", CALLS)
def test_every_country_stands_where_the_oracle_has_it(call: int):
    """All codes there are, as sender and as receiver, with a student and with staff."""
    to_come = {"start_date": dt.date(call + 1, 3, 1), "end_date": dt.date(call + 1, 6, 20), "stay_format": "long_term"}
    rows = [
        {"sending_country": sending, "receiving_country": receiving, **who, **to_come}
        for code in sorted(country_codes())
        for sending, receiving in ((code, "DE"), ("DE", code))
        for who in ({"activity": "studies", "study_cycle": "first"}, {"activity": "training"})
    ]
    asked = _by_the_oracle(oracle(call, columns_of(rows)))
    _assert_agreement(call, rows, _by_the_plain_road(call, rows, asked), asked)


@pytest.mark.parametrize("call", CALLS)
def test_the_rows_of_the_oracle_see_every_answer_a_rule_can_give(call: int):
    """A rule that only ever says *not applicable* would be compared for nothing."""
    answers = oracle(call, columns_of(rows_of(call)))
    assert set(answers.verdicts) == RULES
    for identity, verdicts in answers.verdicts.items():
        seen = set(verdicts.tolist())
        pays, closed = identity in answers.low, NOT_IN_FORCE in seen
        wanted = {UNDETERMINED, DUE if pays else MET, DUE if pays else NOT_MET}
        if identity in NEVER_REFUSED | HELD_BACK[call]:
            wanted -= {NOT_MET}
        if identity in NEVER_PAID:
            wanted -= {DUE}
        assert ({NOT_APPLICABLE} if closed else wanted) <= seen, f"{identity} of call {call} only says {seen}"


@pytest.mark.parametrize("call", CALLS)
def test_oracle_agrees_with_the_table(call: int):
    """Tables are answered as the oracle answers them."""
    rows = rows_of(call)
    asked = _by_the_oracle(oracle(call, columns_of(rows)))
    table = pa.table({name: pa.array(list(column)) for name, column in columns_of(rows).items()})
    answers = evaluate_table(table, call=call, give=("verdicts", "amounts", "ranges", "total"))
    assert answers["problem"].null_count == len(rows)

    def cents(low: str, high: str) -> list[tuple[int, int]]:
        ends = (map(_cents, answers[name].to_pylist()) for name in (low, high))
        return list(zip(*ends, strict=True))

    said = Said(
        {identity: answers[identity].to_pylist() for identity in asked.verdicts},
        {
            identity: cents("total_low_eur", "total_high_eur")
            if identity == "total"
            else cents(f"{identity}.eur_low", f"{identity}.eur_high")
            for identity in asked.amounts
        },
    )
    _assert_agreement(call, rows, said, asked)
    for identity, amounts in asked.amounts.items():
        # One amount is given where both ends are one.
        told = answers["total_eur" if identity == "total" else f"{identity}.eur"].to_pylist()
        found = [
            (position, _cents(amount), low if low == high else NONE)
            for position, (amount, (low, high)) in enumerate(zip(told, amounts, strict=True))
        ]
        assert not [line for line in found if line[1] != line[2]], identity
