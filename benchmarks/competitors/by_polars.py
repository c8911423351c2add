"""Polars by hand: one lazy query over all cores, with plain texts or with Enum columns."""

from __future__ import annotations

import datetime as dt
import operator
from functools import reduce
from typing import Any

import polars as pl

from benchmarks.data import COUNTRIES, FIRST_DAY, WORDS, Rows, as_arrow
from benchmarks.figures import FIGURES
from benchmarks.subset import AMOUNTS, OUTCOMES, OVERALL, PAYMENTS, REQUIREMENTS, VERDICTS

_CALENDAR_DAYS = 4 * 366
_FARTHEST_KM = 20_100
"""Half the way round the earth; nothing is farther."""

_VERDICT = pl.Enum(list(VERDICTS))
_OVERALL = pl.Enum(list(OVERALL))
_MET, _NOT_MET, _UNDETERMINED, _NOT_APPLICABLE, _DUE = (pl.lit(word, dtype=_VERDICT) for word in VERDICTS)


def frame(rows: Rows, *, enums: bool) -> pl.DataFrame:
    """The rows as a frame: words as Enum columns or as texts."""
    made: Any = pl.from_arrow(as_arrow(rows, dictionaries=False))
    return made.with_columns(_as_enums()) if enums else made


def _as_enums() -> list[pl.Expr]:
    return [pl.col(name).cast(pl.Enum(list(words))) for name, words in WORDS.items()]


_CYCLES = sorted({tuple(sorted(cycles)) for cycles in FIGURES.paid_cycles.values()})
"""The sets of cycles that some money pays alone."""


_FULL_PART, _CLOSED, _DIGITAL, _DOUBTFUL, _LIMITED = 1, 2, 4, 8, 16
"""What is true of a country, as bits; from ``_LIMITED`` on, one bit for each set of cycles in ``_CYCLES``."""


def _bits(country: str) -> int:
    region = FIGURES.region_of.get(country, 0)
    cycles = tuple(sorted(FIGURES.paid_cycles.get(region, ())))
    return (
        _FULL_PART * (country in FIGURES.counts_as)
        | _CLOSED * (region in FIGURES.closed_regions)
        | _DIGITAL * (country in FIGURES.digital_countries)
        | _DOUBTFUL * (region in FIGURES.doubtful_regions)
        | sum(_LIMITED << number for number, own in enumerate(_CYCLES) if own == cycles)
    )


# The code of an Enum is the place of its word, so what is known of a country is one gather.
_BITS = pl.Series([_bits(country) for country in COUNTRIES], dtype=pl.UInt8)


def _rates() -> pl.Series:
    """Cents of incoming mobilities by country: of staff at even places, of students at odd ones."""
    cents: list[int] = []
    for country in COUNTRIES:
        state = FIGURES.counts_as.get(country)
        cents.append(FIGURES.staff_rates["incoming", FIGURES.staff_groups[state]] if state else 0)
        cents.append(FIGURES.student_rates["incoming", FIGURES.student_groups[state]] if state else 0)
    return pl.Series(cents, dtype=pl.Int32)


def _least(number: pl.Expr, limit: int) -> pl.Expr:
    """The lesser of the two; quicker than ``min_horizontal``."""
    return pl.when(number < limit).then(number).otherwise(pl.lit(limit, dtype=pl.Int32))


def _bit(side: str, bit: int) -> pl.Expr:
    return (pl.col(f"_{side}") & pl.lit(bit, dtype=pl.UInt8)) != 0


def _verdict(asked: pl.Expr | None, holds: pl.Expr, otherwise: pl.Expr = _NOT_MET) -> pl.Expr:
    answered = pl.when(holds).then(_MET).otherwise(otherwise)
    return answered if asked is None else pl.when(asked).then(answered).otherwise(_NOT_APPLICABLE)


_THIRTIES = pl.Series(
    [
        360 * (day.year - 2000) + 30 * day.month + min(day.day, 30)
        for day in (dt.date(1970, 1, 1) + dt.timedelta(days=FIRST_DAY + number) for number in range(_CALENDAR_DAYS))
    ],
    dtype=pl.Int32,
)
"""The number of each day where every month has 30; a gather is quicker than taking dates apart."""

_TRAVEL = pl.Series(
    [
        next(cents for begins, cents in reversed(FIGURES.bands) if kilometre >= begins)
        for kilometre in range(_FARTHEST_KM + 1)
    ],
    dtype=pl.Int32,
)
"""Cents by whole kilometre."""


def _thirties(name: str) -> pl.Expr:
    return pl.lit(_THIRTIES).gather(pl.col(name).cast(pl.Int32) - FIRST_DAY)


def query(data: pl.LazyFrame, *, enums: bool) -> pl.LazyFrame:
    """The outcomes of all rows, as a query that is not run yet; texts are coded first, which is quicker by far."""
    if not enums:
        data = data.with_columns(_as_enums())
    col = pl.col
    activity = col("activity")
    is_student = (activity == "studies") | (activity == "traineeship")
    code = col("receiving_country").to_physical().cast(pl.Int32)
    data = data.with_columns(
        _sending=pl.lit(_BITS).gather(col("sending_country").to_physical()),
        _receiving=pl.lit(_BITS).gather(col("receiving_country").to_physical()),
        _student=is_student,
        _rate_in=pl.lit(_rates()).gather(code * 2 + is_student.cast(pl.Int32)),
        _thirty=_thirties("end_date") - _thirties("start_date") + 1,
        _calendar=(col("end_date").cast(pl.Int32) - col("start_date").cast(pl.Int32)) + 1,
        _enterprise=col("sending_kind") != "university",
        _hosted=(col("receiving_kind") == "university") | ~((activity == "traineeship") | (activity == "training")),
    ).with_columns(
        _from=_bit("sending", _FULL_PART),
        _credit=((col("_sending") ^ col("_receiving")) & pl.lit(_FULL_PART, dtype=pl.UInt8)) != 0,
        _sent=col("_student") | ~col("_enterprise"),
        _paid_days=_least(col("_calendar"), FIGURES.last_paid_day)
        + _least(col("travel_days_claimed").cast(pl.Int32), FIGURES.travel_days),
    )
    return (
        data.select(**_requirements(), **_payments())
        .with_columns(
            overall=pl.when(reduce(operator.or_, [col(identity) == _NOT_MET for identity in REQUIREMENTS]))
            .then(pl.lit("not eligible", dtype=_OVERALL))
            .when(reduce(operator.or_, [col(identity) == _UNDETERMINED for identity in REQUIREMENTS]))
            .then(pl.lit("cannot tell yet", dtype=_OVERALL))
            .otherwise(pl.lit("eligible", dtype=_OVERALL)),
            total_cents=reduce(operator.add, [col(name).fill_null(0) for name in AMOUNTS]),
        )
        .select(OUTCOMES)
    )


def _requirements() -> dict[str, pl.Expr]:
    col = pl.col
    activity, credit, student = col("activity"), col("_credit"), col("_student")
    studies, trainee, training = activity == "studies", activity == "traineeship", activity == "training"
    digital = (
        col("_from")
        & trainee
        & _bit("receiving", _DIGITAL)
        & reduce(operator.or_, [col("study_cycle") == cycle for cycle in sorted(FIGURES.digital_cycles)])
    )
    unpaid = reduce(
        operator.or_,
        [
            _bit("receiving", _LIMITED << number)
            & reduce(operator.and_, [col("study_cycle") != cycle for cycle in cycles])
            for number, cycles in enumerate(_CYCLES)
        ],
    )
    holds = pl.when(col("_from")).then(col("sending_holds_charter")).otherwise(col("receiving_holds_charter"))
    university = pl.when(col("_from")).then(col("_sent")).otherwise(col("_hosted"))
    asked_hours = (
        pl.when(activity == "teaching").then(FIGURES.hours_a_week).otherwise(FIGURES.hours_a_week_combined)
    ) * pl.when(col("_calendar") > FIGURES.week_days).then(col("_calendar")).otherwise(FIGURES.week_days)
    allowed = pl.when(col("one_cycle_programme")).then(FIGURES.one_cycle_days).otherwise(FIGURES.cycle_days)
    invited_open = pl.when(col("_enterprise")).then(_UNDETERMINED).otherwise(_NOT_MET)
    both = credit & col("_sent") & col("_hosted")
    thirty, calendar, always = col("_thirty"), col("_calendar"), pl.lit(value=True)

    def signed(side: str) -> pl.Expr:
        in_time = col(f"agreement_signed_by_{side}_on") < col("start_date")
        return _verdict(both, in_time if FIGURES.signed_before_start else always)

    return {
        "eligibility.countries.one_programme_side": _verdict(None, credit),
        "eligibility.partner.region_open": _verdict(
            credit,
            ((col("_sending") | col("_receiving")) & pl.lit(_CLOSED, dtype=pl.UInt8)) == 0,
            pl.when(digital).then(_UNDETERMINED).otherwise(_NOT_MET),
        ),
        "eligibility.outgoing.study_cycle": _verdict(
            credit & student & col("_from"),
            ~unpaid,
            pl.when(_bit("receiving", _DOUBTFUL)).then(_UNDETERMINED).otherwise(_NOT_MET),
        ),
        "eligibility.charter.programme_side": _verdict(
            credit & university, holds if FIGURES.charter_required else always
        ),
        "eligibility.activity.open": _verdict(None, ~activity.is_in(sorted(FIGURES.closed_activities)))
        if FIGURES.closed_activities
        else _MET,
        "agreement.signature.programme_side": signed("programme_side"),
        "agreement.signature.partner_side": signed("partner_side"),
        "duration.study.minimum": _verdict(
            studies,
            (thirty >= FIGURES.study_minimum_days) | (pl.lit(FIGURES.term_suffices) & col("covers_academic_term")),
        ),
        "duration.study.maximum": _verdict(studies, thirty <= FIGURES.study_maximum_days),
        "duration.traineeship.minimum": _verdict(trainee, thirty >= FIGURES.traineeship_minimum_days),
        "duration.traineeship.maximum": _verdict(trainee, thirty <= FIGURES.traineeship_maximum_days),
        "duration.cycle.cap": _verdict(student, thirty + col("days_used_in_cycle") <= allowed),
        "duration.staff.minimum": _verdict(
            ~student,
            calendar >= FIGURES.staff_minimum_days,
            pl.when(col("_enterprise") & (calendar >= FIGURES.invited_minimum_days))
            .then(_UNDETERMINED)
            .otherwise(_NOT_MET),
        ),
        "duration.staff.maximum": _verdict(~student, calendar <= FIGURES.staff_maximum_days),
        "duration.teaching.hours": _verdict(
            ~student & ~training,
            col("teaching_hours").cast(pl.Int32) * FIGURES.week_days >= asked_hours,
            invited_open,
        ),
    }


def _payments() -> dict[str, pl.Expr]:
    col = pl.col
    credit, student = col("_credit"), col("_student")
    outgoing = (
        pl.when(student)
        .then(FIGURES.student_rates["outgoing", None])
        .otherwise(pl.lit(FIGURES.staff_rates["outgoing", None], dtype=pl.Int32))
    )
    rate = pl.when(col("_from")).then(outgoing).otherwise(col("_rate_in"))
    share, paid = FIGURES.reduced_share, col("_paid_days")
    later = paid - FIGURES.days_paid_in_full
    conditions = (credit & student, credit & ~student, credit & ~student & (later > 0), credit)
    amounts = (
        (rate * col("_thirty") + 15) // 30,
        rate * _least(paid, FIGURES.days_paid_in_full),
        (rate * later * share.numerator + share.denominator // 2) // share.denominator,
        pl.lit(_TRAVEL).gather(col("distance_km")),
    )
    lines: dict[str, pl.Expr] = {}
    for identity, condition, amount in zip(PAYMENTS, conditions, amounts, strict=True):
        lines[identity] = pl.when(condition).then(_DUE).otherwise(_NOT_APPLICABLE)
        lines[f"{identity}.cents"] = pl.when(condition).then(amount).cast(pl.Int32)
    return lines


def run(data: pl.DataFrame, *, enums: bool) -> pl.DataFrame:
    """The outcomes of all rows."""
    return query(data.lazy(), enums=enums).collect()
