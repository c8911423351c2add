"""NumPy by hand over coded columns.

Small types throughout, lookup tables where a code decides (pair of countries, day of the calendar, kilometre), plain
comparisons elsewhere, and blocks that stay in the cache; verdicts are bits, so that what they amount to is one OR.
"""

# ruff: noqa: PLR0915 - one column a name, as the rules stand one under another

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np

from benchmarks.data import ACTIVITIES, COUNTRIES, CYCLES, FIRST_DAY, Rows
from benchmarks.figures import FIGURES
from benchmarks.subset import OUTCOMES, OVERALL, PAYMENTS, REQUIREMENTS, RULES, VERDICTS

MET, NOT_MET, UNDETERMINED, NOT_APPLICABLE, DUE = 0, 1, 2, 4, 8
CODES = dict(zip(VERDICTS, (MET, NOT_MET, UNDETERMINED, NOT_APPLICABLE, DUE), strict=True))

BLOCK = 1 << 16
"""Rows of a block; what is computed on the way then stays in the cache."""

_UNI, _STUDENT, _STUDIES, _TRAINEE, _TEACHES = 1, 2, 4, 8, 16
"""Bits of an activity: whether a university hosts it always, whether students do it, and so on."""

_BITS = {
    "studies": _UNI | _STUDENT | _STUDIES,
    "traineeship": _STUDENT | _TRAINEE,
    "teaching": _UNI | _TEACHES,
    "training": 0,
    "teaching_and_training": _UNI | _TEACHES,
}


class _Tables(NamedTuple):
    """What the codes stand for, laid out once."""

    way: np.ndarray
    """By the pair of countries: which of the ways below."""
    is_credit: np.ndarray
    """By way, as the next two."""
    is_outgoing: np.ndarray
    one_side: np.ndarray
    region_open: np.ndarray
    """By way, activity and cycle, as the next one."""
    cycle_paid: np.ndarray
    rate: np.ndarray
    """Cents a month or a day, by way and activity."""
    is_open: np.ndarray
    """By activity, as the next two."""
    bits: np.ndarray
    asked_hours: np.ndarray
    thirties: np.ndarray
    """The number of a day in the count of months of 30 days, from the first day of the calendar on."""
    travel: np.ndarray
    """Cents by kilometre."""


_CALENDAR_DAYS = 4 * 366
_FARTHEST = 1 << 16


def _tables() -> _Tables:
    ways: dict[tuple[object, ...], int] = {}
    pairs = np.zeros((len(COUNTRIES), len(COUNTRIES)), dtype=np.uint8)
    for row, sending in enumerate(COUNTRIES):
        for column, receiving in enumerate(COUNTRIES):
            pairs[row, column] = ways.setdefault(_way(sending, receiving), len(ways))
    kinds = list(ways)
    shape = (len(kinds), len(ACTIVITIES), len(CYCLES) + 1)
    opened, paid = np.full(shape, NOT_APPLICABLE, np.uint8), np.full(shape, NOT_APPLICABLE, np.uint8)
    rate = np.zeros(shape[:2], np.int32)
    for place, (is_credit, is_outgoing, region, is_digital, group) in enumerate(kinds):
        if not is_credit:
            continue
        for number, activity in enumerate(ACTIVITIES):
            is_student = bool(_BITS[activity] & _STUDENT)
            rates = FIGURES.student_rates if is_student else FIGURES.staff_rates
            rate[place, number] = rates["outgoing" if is_outgoing else "incoming", group]
            for cycle, word in enumerate((None, *CYCLES)):
                excepted = is_digital and activity == "traineeship" and word in FIGURES.digital_cycles
                refused = UNDETERMINED if excepted else NOT_MET
                opened[place, number, cycle] = refused if region in FIGURES.closed_regions else MET
                if is_outgoing and is_student:
                    refused = UNDETERMINED if region in FIGURES.doubtful_regions else NOT_MET
                    limited = region in FIGURES.paid_cycles and word not in FIGURES.paid_cycles[region]
                    paid[place, number, cycle] = refused if limited else MET
    calendar = [dt.date(1970, 1, 1) + dt.timedelta(days=FIRST_DAY + number) for number in range(_CALENDAR_DAYS)]
    begins = np.array([begin for begin, _ in FIGURES.bands])
    cents = np.array([amount for _, amount in FIGURES.bands], np.int32)
    combined, alone = FIGURES.hours_a_week_combined, FIGURES.hours_a_week
    return _Tables(
        way=pairs.ravel(),
        is_credit=np.array([kind[0] for kind in kinds]),
        is_outgoing=np.array([kind[0] and kind[1] for kind in kinds]),
        one_side=np.array([MET if kind[0] else NOT_MET for kind in kinds], np.uint8),
        region_open=opened.ravel(),
        cycle_paid=paid.ravel(),
        rate=rate.ravel(),
        is_open=np.array([NOT_MET if name in FIGURES.closed_activities else MET for name in ACTIVITIES], np.uint8),
        bits=np.array([_BITS[name] for name in ACTIVITIES], np.uint8),
        asked_hours=np.array([combined if name == "teaching_and_training" else alone for name in ACTIVITIES], np.int16),
        thirties=np.array([360 * (day.year - 2000) + 30 * day.month + min(day.day, 30) for day in calendar], np.int32),
        travel=cents[np.searchsorted(begins, np.arange(_FARTHEST), side="right") - 1],
    )


def _way(sending: str, receiving: str) -> tuple[object, ...]:
    """All that the rules ask of a pair of countries; few pairs differ in it."""
    state = FIGURES.counts_as.get(receiving)
    is_outgoing = sending in FIGURES.counts_as
    if is_outgoing is (state is not None):
        return (False, False, 0, False, None)
    partner = receiving if is_outgoing else sending
    region = FIGURES.region_of[partner]
    asked = region in FIGURES.closed_regions or (is_outgoing and region in FIGURES.paid_cycles)
    is_digital = is_outgoing and partner in FIGURES.digital_countries
    group = None if is_outgoing or state is None else FIGURES.student_groups[state]
    return (True, is_outgoing, region if asked else 0, is_digital, group)


class Answers(NamedTuple):
    """The columns of outcomes."""

    overall: np.ndarray
    verdicts: dict[str, np.ndarray]
    amounts: dict[str, np.ndarray]
    """Cents; 0 where none is due, which the verdict beside it tells."""
    total: np.ndarray


class ByNumpy:
    """The rules over whole columns; the tables are laid out when it is made."""

    def __init__(self, block: int = BLOCK) -> None:
        """Lay out the tables; ``block`` is how many rows go through at a time."""
        self.tables = _tables()
        self.block = block

    def run(self, rows: Rows) -> Answers:
        """The outcomes of all rows."""
        count = rows.count
        answers = Answers(
            overall=np.empty(count, np.uint8),
            verdicts={identity: np.empty(count, np.uint8) for identity in RULES},
            amounts={identity: np.empty(count, np.int32) for identity in PAYMENTS},
            total=np.empty(count, np.int32),
        )
        block = min(self.block, max(count, 1))
        for start in range(0, count, block):
            stop = min(start + block, count)
            _answer(
                self.tables,
                {name: column[start:stop] for name, column in rows.columns.items()},
                answers.overall[start:stop],
                {name: column[start:stop] for name, column in answers.verdicts.items()},
                {name: column[start:stop] for name, column in answers.amounts.items()},
                answers.total[start:stop],
            )
        return answers


def _only(verdict: np.ndarray, asked: np.ndarray, otherwise: np.ndarray) -> None:
    """Leave the verdict where the rule is asked, *not applicable* where it is not."""
    verdict *= asked
    verdict |= otherwise


def _answer(  # noqa: PLR0913, PLR0917 - what is read, and where each kind of answer goes
    tables: _Tables,
    rows: dict[str, np.ndarray],
    overall: np.ndarray,
    verdicts: dict[str, np.ndarray],
    amounts: dict[str, np.ndarray],
    total: np.ndarray,
) -> None:
    activity = rows["activity"]

    # Countries.
    pair = np.multiply(rows["sending_country"], len(COUNTRIES), dtype=np.int64)
    pair += rows["receiving_country"]
    way = tables.way[pair]
    is_credit, is_outgoing = tables.is_credit[way], tables.is_outgoing[way]
    np.take(tables.one_side, way, out=verdicts["eligibility.countries.one_programme_side"], mode="clip")
    way_and_activity = np.multiply(way, len(ACTIVITIES), dtype=np.int64)
    way_and_activity += activity
    case = way_and_activity * (len(CYCLES) + 1)
    case += rows["study_cycle"]
    np.take(tables.region_open, case, out=verdicts["eligibility.partner.region_open"], mode="clip")
    np.take(tables.cycle_paid, case, out=verdicts["eligibility.outgoing.study_cycle"], mode="clip")
    np.take(tables.is_open, activity, out=verdicts["eligibility.activity.open"], mode="clip")
    rate = tables.rate[way_and_activity]

    # Who.
    is_studies, is_trainee = activity == 0, activity == 1
    is_student = activity <= 1
    is_training = activity == 3  # noqa: PLR2004 - the code of training
    from_enterprise, to_enterprise = rows["sending_kind"].view(bool), rows["receiving_kind"].view(bool)
    from_university = ~from_enterprise
    from_university |= is_student
    to_university = ~(to_enterprise & (is_trainee | is_training))

    # The Charter and the agreement.
    verdict = verdicts["eligibility.charter.programme_side"]
    if FIGURES.charter_required:
        # The charter of the receiving side, but for outgoing mobilities that of the sending side.
        holds = rows["sending_holds_charter"] ^ rows["receiving_holds_charter"]
        holds &= is_outgoing
        holds ^= rows["receiving_holds_charter"]
        np.logical_not(holds, out=verdict.view(bool))
    else:
        verdict[:] = MET
    asked = from_university ^ to_university
    asked &= is_outgoing
    asked ^= to_university
    asked &= is_credit
    _only(verdict, asked, np.left_shift(~asked, 2, dtype=np.uint8))
    asked = from_university & to_university
    asked &= is_credit
    otherwise = np.left_shift(~asked, 2, dtype=np.uint8)
    start, end = rows["start_date"], rows["end_date"]
    for side in ("programme_side", "partner_side"):
        verdict = verdicts[f"agreement.signature.{side}"]
        if FIGURES.signed_before_start:
            signed = rows[f"agreement_signed_by_{side}_on"]
            np.greater_equal(signed, start, out=verdict.view(bool))
        else:
            verdict[:] = MET
        _only(verdict, asked, otherwise)

    # How long students stay: months of 30 days.
    is_staff = ~is_student
    no_student, no_staff = np.left_shift(is_staff, 2, dtype=np.uint8), np.left_shift(is_student, 2, dtype=np.uint8)
    days = tables.thirties[end - FIRST_DAY]
    days -= tables.thirties[start - FIRST_DAY]
    days += 1
    otherwise = np.left_shift(~is_studies, 2, dtype=np.uint8)
    verdict = verdicts["duration.study.minimum"]
    np.less(days, FIGURES.study_minimum_days, out=verdict.view(bool))
    if FIGURES.term_suffices:
        verdict.view(bool)[...] &= ~rows["covers_academic_term"]
    _only(verdict, is_studies, otherwise)
    verdict = verdicts["duration.study.maximum"]
    np.greater(days, FIGURES.study_maximum_days, out=verdict.view(bool))
    _only(verdict, is_studies, otherwise)
    otherwise = np.left_shift(~is_trainee, 2, dtype=np.uint8)
    verdict = verdicts["duration.traineeship.minimum"]
    np.less(days, FIGURES.traineeship_minimum_days, out=verdict.view(bool))
    _only(verdict, is_trainee, otherwise)
    verdict = verdicts["duration.traineeship.maximum"]
    np.greater(days, FIGURES.traineeship_maximum_days, out=verdict.view(bool))
    _only(verdict, is_trainee, otherwise)
    beyond = rows["one_cycle_programme"] * np.int32(FIGURES.cycle_days - FIGURES.one_cycle_days)
    beyond += days
    beyond += rows["days_used_in_cycle"]
    verdict = verdicts["duration.cycle.cap"]
    np.greater(beyond, FIGURES.cycle_days, out=verdict.view(bool))
    _only(verdict, is_student, no_student)

    # How long staff stays: calendar days. What would be lower for whoever is invited is open: nobody told.
    calendar = end - start
    calendar += 1
    verdict = verdicts["duration.staff.minimum"]
    np.less(calendar, FIGURES.staff_minimum_days, out=verdict.view(bool))
    verdict <<= from_enterprise & (calendar >= FIGURES.invited_minimum_days)
    _only(verdict, is_staff, no_student ^ NOT_APPLICABLE)
    verdict = verdicts["duration.staff.maximum"]
    np.greater(calendar, FIGURES.staff_maximum_days, out=verdict.view(bool))
    _only(verdict, is_staff, no_staff)
    asked_hours = np.maximum(calendar, FIGURES.week_days)
    asked_hours *= tables.asked_hours[activity]
    taught = rows["teaching_hours"] * np.int32(FIGURES.week_days)
    verdict = verdicts["duration.teaching.hours"]
    np.less(taught, asked_hours, out=verdict.view(bool))
    verdict <<= from_enterprise
    asked = is_staff & ~is_training
    _only(verdict, asked, np.left_shift(~asked, 2, dtype=np.uint8))

    # Money, in cents: the rate is 0 where nothing is paid.
    support = amounts["funding.student.individual_support"]
    np.multiply(days, rate, out=support)
    support *= is_student
    support += 15
    support //= 30
    paid = np.minimum(calendar, FIGURES.last_paid_day)
    paid += np.minimum(rows["travel_days_claimed"], FIGURES.travel_days)
    paid *= is_staff
    later = paid - FIGURES.days_paid_in_full
    np.maximum(later, 0, out=later)
    paid -= later
    in_full, reduced = amounts["funding.staff.days_in_full"], amounts["funding.staff.days_reduced"]
    np.multiply(paid, rate, out=in_full)
    share = FIGURES.reduced_share
    np.multiply(later, rate, out=reduced)
    reduced *= share.numerator
    reduced += share.denominator // 2
    reduced //= share.denominator
    travel = amounts["funding.travel.support"]
    np.take(tables.travel, rows["distance_km"], out=travel, mode="clip")
    travel *= is_credit
    np.add(support, in_full, out=total)
    total += reduced
    total += travel
    for identity, condition in (
        ("funding.student.individual_support", is_credit & is_student),
        ("funding.staff.days_in_full", is_credit & is_staff),
        ("funding.staff.days_reduced", is_credit & (later > 0)),
        ("funding.travel.support", is_credit),
    ):
        # Due is twice the bit of not applicable.
        np.left_shift(NOT_APPLICABLE, condition, out=verdicts[identity], dtype=np.uint8)

    # What the requirements amount to.
    np.bitwise_or(verdicts[REQUIREMENTS[0]], verdicts[REQUIREMENTS[1]], out=overall)
    for identity in REQUIREMENTS[2:]:
        overall |= verdicts[identity]
    overall &= NOT_MET | UNDETERMINED
    overall -= np.left_shift(overall == (NOT_MET | UNDETERMINED), 1, dtype=np.uint8)


_PLACE_OF_CODE = np.zeros(DUE + 1, np.int8)
for _place, _word in enumerate(VERDICTS):
    _PLACE_OF_CODE[CODES[_word]] = _place


def coded(answers: Answers) -> dict[str, np.ndarray]:
    """The answers for comparing: places of words, cents, -1 where no amount is due."""
    columns = {"overall": answers.overall.astype(np.int8)}
    columns |= {identity: _PLACE_OF_CODE[codes] for identity, codes in answers.verdicts.items()}
    for identity, cents in answers.amounts.items():
        columns[f"{identity}.cents"] = np.where(answers.verdicts[identity] == DUE, cents, -1)
    columns["total_cents"] = answers.total
    return {name: columns[name] for name in OUTCOMES}


assert tuple(OVERALL) == ("eligible", "not eligible", "cannot tell yet")  # noqa: S101 - what the bits above count on
