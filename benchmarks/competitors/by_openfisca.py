"""OpenFisca-Core: a variable for each fact and rule, its formulas over arrays of coded columns.

Country tables are arrays indexed by code, which is quicker than parameters indexed by name. Verdicts are whole numbers,
places in ``VERDICTS``.
"""

# ruff: noqa: ANN001, ANN201, ANN202, D103 - formulas read like a list of rules: each is given the same asker of facts,
# gives an array, and is told by its name

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit, period
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from benchmarks.data import ACTIVITIES, COUNTRIES, CYCLES, DATES, FIRST_DAY, WORDS, Rows
from benchmarks.figures import FIGURES
from benchmarks.subset import CALL, FACTS, OUTCOMES, PAYMENTS, REQUIREMENTS, RULES

PERIOD = period(str(CALL))
MET, NOT_MET, UNDETERMINED, NOT_APPLICABLE, DUE = range(5)

Mobility = build_entity(key="mobility", plural="mobilities", label="A mobility", is_person=True)

_FLAGS = {"sending_holds_charter", "receiving_holds_charter", "covers_academic_term", "one_cycle_programme"}
_CALENDAR_DAYS = 4 * 366
_STUDIES, _TRAINEESHIP, _TEACHING, _TRAINING, _COMBINED = range(len(ACTIVITIES))


@functools.cache
def _thirties() -> np.ndarray:
    days = np.datetime64("1970-01-01") + np.arange(FIRST_DAY, FIRST_DAY + _CALENDAR_DAYS)
    months = days.astype("datetime64[M]")
    of_month = (days - months).astype(int) + 1
    return (30 * months.astype(int) + np.minimum(of_month, 30)).astype(np.int32)


def _of_countries(values: list[Any], kind: Any) -> np.ndarray:  # noqa: ANN401 - a type of NumPy
    return np.array(values, dtype=kind)


_FULL_PART = _of_countries([country in FIGURES.counts_as for country in COUNTRIES], bool)
_REGION = _of_countries([FIGURES.region_of.get(country, 0) for country in COUNTRIES], np.int16)
_DIGITAL = _of_countries([country in FIGURES.digital_countries for country in COUNTRIES], bool)
_REGIONS = np.arange(_REGION.max() + 1)
_CLOSED = np.isin(_REGIONS, sorted(FIGURES.closed_regions))
_DOUBTFUL = np.isin(_REGIONS, sorted(FIGURES.doubtful_regions))
_PAID = np.array(
    [
        [region not in FIGURES.paid_cycles or word in FIGURES.paid_cycles[region] for word in (None, *CYCLES)]
        for region in _REGIONS
    ]
)
_DIGITAL_CYCLE = np.array([word in FIGURES.digital_cycles for word in (None, *CYCLES)])


def _incoming(rates: dict[tuple[str, str | None], int], groups: dict[str, str]) -> np.ndarray:
    states = [FIGURES.counts_as.get(country) for country in COUNTRIES]
    return _of_countries([rates["incoming", groups[state]] if state else 0 for state in states], np.int32)


_STUDENT_RATE = _incoming(FIGURES.student_rates, FIGURES.student_groups)
_STAFF_RATE = _incoming(FIGURES.staff_rates, FIGURES.staff_groups)
_BEGINS = np.array([begins for begins, _ in FIGURES.bands])
_CENTS = np.array([cents for _, cents in FIGURES.bands], np.int32)
_CLOSED_ACTIVITY = np.array([name in FIGURES.closed_activities for name in ACTIVITIES])


def _verdict(asked, holds, otherwise=NOT_MET):
    return np.where(asked, np.where(holds, MET, otherwise), NOT_APPLICABLE)


def _asker(mobility, when):
    return lambda name: mobility(name, when)


# --- facts -------------------------------------------------------------------------------------------------


def from_full_part(ask):
    return _FULL_PART[ask("sending_country")]


def to_full_part(ask):
    return _FULL_PART[ask("receiving_country")]


def is_credit(ask):
    return ask("from_full_part") != ask("to_full_part")


def is_outgoing(ask):
    return ask("from_full_part") & ~ask("to_full_part")


def is_student(ask):
    return ask("activity") <= _TRAINEESHIP


def partner_region(ask):
    return _REGION[np.where(ask("from_full_part"), ask("receiving_country"), ask("sending_country"))]


def sent_by_university(ask):
    return ask("is_student") | (ask("sending_kind") == 0)


def hosted_by_university(ask):
    activity = ask("activity")
    return ((activity != _TRAINEESHIP) & (activity != _TRAINING)) | (ask("receiving_kind") == 0)


def both_are_universities(ask):
    return ask("is_credit") & ask("sent_by_university") & ask("hosted_by_university")


def thirties(ask):
    table = _thirties()
    return table[ask("end_date") - FIRST_DAY] - table[ask("start_date") - FIRST_DAY] + 1


def calendar_days(ask):
    return ask("end_date") - ask("start_date") + 1


def paid_days(ask):
    return np.minimum(ask("calendar_days"), FIGURES.last_paid_day) + np.minimum(
        ask("travel_days_claimed"), FIGURES.travel_days
    )


def rate(ask):
    outgoing, receiving = ask("from_full_part"), ask("receiving_country")
    student = np.where(outgoing, FIGURES.student_rates["outgoing", None], _STUDENT_RATE[receiving])
    staff = np.where(outgoing, FIGURES.staff_rates["outgoing", None], _STAFF_RATE[receiving])
    return np.where(ask("is_student"), student, staff)


_DERIVED = {
    bool: (
        from_full_part,
        to_full_part,
        is_credit,
        is_outgoing,
        is_student,
        sent_by_university,
        hosted_by_university,
        both_are_universities,
    ),
    int: (partner_region, thirties, calendar_days, paid_days, rate),
}


# --- rules -------------------------------------------------------------------------------------------------


def one_programme_side(ask):
    return np.where(ask("is_credit"), MET, NOT_MET)


def region_open(ask):
    digital = (
        ask("is_outgoing")
        & (ask("activity") == _TRAINEESHIP)
        & _DIGITAL[ask("receiving_country")]
        & _DIGITAL_CYCLE[ask("study_cycle")]
    )
    return _verdict(ask("is_credit"), ~_CLOSED[ask("partner_region")], np.where(digital, UNDETERMINED, NOT_MET))


def study_cycle_paid(ask):
    region = ask("partner_region")
    otherwise = np.where(_DOUBTFUL[region], UNDETERMINED, NOT_MET)
    return _verdict(ask("is_outgoing") & ask("is_student"), _PAID[region, ask("study_cycle")], otherwise)


def charter(ask):
    outgoing = ask("is_outgoing")
    university = np.where(outgoing, ask("sent_by_university"), ask("hosted_by_university"))
    holds = np.where(outgoing, ask("sending_holds_charter"), ask("receiving_holds_charter"))
    return _verdict(ask("is_credit") & university, holds | (not FIGURES.charter_required))


def activity_open(ask):
    return np.where(_CLOSED_ACTIVITY[ask("activity")], NOT_MET, MET)


def _signed(ask, side):
    in_time = ask(f"agreement_signed_by_{side}_on") < ask("start_date")
    return _verdict(ask("both_are_universities"), in_time | (not FIGURES.signed_before_start))


def signed_by_programme_side(ask):
    return _signed(ask, "programme_side")


def signed_by_partner_side(ask):
    return _signed(ask, "partner_side")


def study_minimum(ask):
    enough = ask("thirties") >= FIGURES.study_minimum_days
    if FIGURES.term_suffices:
        enough |= ask("covers_academic_term")
    return _verdict(ask("activity") == _STUDIES, enough)


def study_maximum(ask):
    return _verdict(ask("activity") == _STUDIES, ask("thirties") <= FIGURES.study_maximum_days)


def traineeship_minimum(ask):
    return _verdict(ask("activity") == _TRAINEESHIP, ask("thirties") >= FIGURES.traineeship_minimum_days)


def traineeship_maximum(ask):
    return _verdict(ask("activity") == _TRAINEESHIP, ask("thirties") <= FIGURES.traineeship_maximum_days)


def cycle_cap(ask):
    allowed = np.where(ask("one_cycle_programme"), FIGURES.one_cycle_days, FIGURES.cycle_days)
    return _verdict(ask("is_student"), ask("thirties") + ask("days_used_in_cycle") <= allowed)


def staff_minimum(ask):
    days = ask("calendar_days")
    is_open = (ask("sending_kind") != 0) & (days >= FIGURES.invited_minimum_days)
    return _verdict(~ask("is_student"), days >= FIGURES.staff_minimum_days, np.where(is_open, UNDETERMINED, NOT_MET))


def staff_maximum(ask):
    return _verdict(~ask("is_student"), ask("calendar_days") <= FIGURES.staff_maximum_days)


def teaching_hours_enough(ask):
    activity = ask("activity")
    asked = np.where(activity == _COMBINED, FIGURES.hours_a_week_combined, FIGURES.hours_a_week)
    enough = ask("teaching_hours") * FIGURES.week_days >= asked * np.maximum(ask("calendar_days"), FIGURES.week_days)
    otherwise = np.where(ask("sending_kind") != 0, UNDETERMINED, NOT_MET)
    return _verdict((activity == _TEACHING) | (activity == _COMBINED), enough, otherwise)


def student_support_cents(ask):
    due = ask("is_credit") & ask("is_student")
    return np.where(due, (ask("rate") * ask("thirties") + 15) // 30, -1)


def days_in_full_cents(ask):
    due = ask("is_credit") & ~ask("is_student")
    return np.where(due, ask("rate") * np.minimum(ask("paid_days"), FIGURES.days_paid_in_full), -1)


def days_reduced_cents(ask):
    share, later = FIGURES.reduced_share, ask("paid_days") - FIGURES.days_paid_in_full
    due = ask("is_credit") & ~ask("is_student") & (later > 0)
    amount = (ask("rate") * later * share.numerator + share.denominator // 2) // share.denominator
    return np.where(due, amount, -1)


def travel_cents(ask):
    band = np.searchsorted(_BEGINS, ask("distance_km"), side="right") - 1
    return np.where(ask("is_credit"), _CENTS[band], -1)


_REQUIREMENT_FORMULAS = (
    one_programme_side,
    region_open,
    study_cycle_paid,
    charter,
    activity_open,
    signed_by_programme_side,
    signed_by_partner_side,
    study_minimum,
    study_maximum,
    traineeship_minimum,
    traineeship_maximum,
    cycle_cap,
    staff_minimum,
    staff_maximum,
    teaching_hours_enough,
)
_AMOUNT_FORMULAS = (student_support_cents, days_in_full_cents, days_reduced_cents, travel_cents)


def _name(identity: str) -> str:
    return identity.replace(".", "__")


def overall(ask):
    verdicts = [ask(_name(identity)) for identity in REQUIREMENTS]
    refused, is_open = (
        functools.reduce(np.logical_or, [each == code for each in verdicts]) for code in (NOT_MET, UNDETERMINED)
    )
    return np.where(refused, 1, np.where(is_open, 2, 0))


def total_cents(ask):
    return sum(np.maximum(ask(_name(f"{identity}.cents")), 0) for identity in PAYMENTS)


# --- the system --------------------------------------------------------------------------------------------


def _variable(name: str, kind: type, function=None) -> type[Variable]:
    content: dict[str, Any] = {
        "value_type": kind,
        "entity": Mobility,
        "definition_period": DateUnit.YEAR,
        "label": name,
        "__doc__": name,
    }
    if function is not None:

        def formula(mobility, period):
            return function(_asker(mobility, period))

        content["formula"] = formula
    return type(name, (Variable,), content)


def _due(cents: str):
    return lambda ask: np.where(ask(cents) >= 0, DUE, NOT_APPLICABLE)


def system() -> TaxBenefitSystem:
    """The tax-benefit system that holds the rules of the subset."""
    found = TaxBenefitSystem([Mobility])
    for name in FACTS:
        found.add_variable(_variable(name, bool if name in _FLAGS else int))
    for kind, functions in _DERIVED.items():
        for function in functions:
            found.add_variable(_variable(function.__name__, kind, function))
    for identity, function in zip(REQUIREMENTS, _REQUIREMENT_FORMULAS, strict=True):
        found.add_variable(_variable(_name(identity), int, function))
    for identity, function in zip(PAYMENTS, _AMOUNT_FORMULAS, strict=True):
        cents = _name(f"{identity}.cents")
        found.add_variable(_variable(cents, int, function))
        found.add_variable(_variable(_name(identity), int, _due(cents)))
    found.add_variable(_variable("overall", int, overall))
    found.add_variable(_variable("total_cents", int, total_cents))
    return found


def run(rules: TaxBenefitSystem, columns: Mapping[str, np.ndarray], count: int) -> dict[str, np.ndarray]:
    """The outcomes of all rows, by name."""
    simulation = SimulationBuilder().build_default_simulation(rules, count)
    for name in FACTS:
        simulation.set_input(name, PERIOD, columns[name])
    return {name: simulation.calculate(_name(name), PERIOD) for name in OUTCOMES}


def columns_of(rows: Rows) -> dict[str, np.ndarray]:
    """The coded columns in the types OpenFisca holds, so that it need not convert them."""
    return {name: column if column.dtype == bool else column.astype(np.int32) for name, column in rows.columns.items()}


_CODES = {name: {word: place for place, word in enumerate(words)} for name, words in WORDS.items()}
_CODES["study_cycle"] = {None: 0} | {word: place + 1 for place, word in enumerate(CYCLES)}
_EPOCH = 719_163
"""The ordinal of the first day of 1970."""


def columns_of_row(row: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Arrays of length one, made of one row of Python values."""
    found = {}
    for name in FACTS:
        value = row[name]
        if name in _CODES:
            value = _CODES[name][value]
        elif name in DATES:
            value = value.toordinal() - _EPOCH
        found[name] = np.array([value or 0], dtype=bool if name in _FLAGS else np.int32)
    return found


def coded(found: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The answers for comparing."""
    return {name: found[name] for name in OUTCOMES}


assert set(RULES) == set(REQUIREMENTS) | set(PAYMENTS)  # noqa: S101 - every rule has its formula above
