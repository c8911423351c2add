"""DuckDB by hand: one SQL query over a table whose words are ENUMs, joined with small tables of the Guide's figures."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from benchmarks.data import COUNTRIES, WORDS, Rows, as_arrow
from benchmarks.figures import FIGURES
from benchmarks.subset import AMOUNTS, OVERALL, PAYMENTS, REQUIREMENTS, VERDICTS


def _words(words: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _truth(*, holds: bool) -> str:
    return "TRUE" if holds else "FALSE"


def connect(rows: Rows, *, threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """A database in memory that holds the rows and the tables of figures."""
    database = duckdb.connect()
    if threads is not None:
        database.execute(f"SET threads = {threads}")
    database.execute("SET preserve_insertion_order = false")
    kinds = {
        "activity": WORDS["activity"],
        "country": COUNTRIES,
        "kind": WORDS["sending_kind"],
        "cycle": WORDS["study_cycle"],
        "verdict": VERDICTS,
        "overall_answer": OVERALL,
    }
    for kind, words in kinds.items():
        database.execute(f"CREATE TYPE {kind} AS ENUM ({_words(words)})")
    database.execute(
        "CREATE TABLE countries (country country, full_part BOOLEAN, region UTINYINT, closed BOOLEAN, "
        "digital BOOLEAN, doubtful BOOLEAN, student_cents INTEGER, staff_cents INTEGER)"
    )
    database.executemany(
        "INSERT INTO countries VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [_country(country) for country in COUNTRIES]
    )
    database.execute("CREATE TABLE paid_cycles (region UTINYINT, cycle cycle)")
    database.executemany(
        "INSERT INTO paid_cycles VALUES (?, ?)",
        [(region, cycle) for region, cycles in FIGURES.paid_cycles.items() for cycle in sorted(cycles)],
    )
    given = pa.Table.from_batches([as_arrow(rows)])
    # A join keeps no order, so each row carries its number, as it would in any database.
    given = given.append_column("number", pa.array(np.arange(rows.count, dtype=np.int32)))
    types = {"activity": "activity", "study_cycle": "cycle"}
    types |= {f"{side}_country": "country" for side in ("sending", "receiving")}
    types |= {f"{side}_kind": "kind" for side in ("sending", "receiving")}
    columns = ", ".join(f"{name}::{types[name]} AS {name}" if name in types else name for name in rows.columns)
    database.register("given", given)
    database.execute(f"CREATE TABLE mobilities AS SELECT number, {columns} FROM given")  # noqa: S608 - names of ours
    return database


def _country(country: str) -> tuple[Any, ...]:
    state = FIGURES.counts_as.get(country)
    region = FIGURES.region_of.get(country)
    return (
        country,
        state is not None,
        region,
        region in FIGURES.closed_regions,
        country in FIGURES.digital_countries,
        region in FIGURES.doubtful_regions,
        None if state is None else FIGURES.student_rates["incoming", FIGURES.student_groups[state]],
        None if state is None else FIGURES.staff_rates["incoming", FIGURES.staff_groups[state]],
    )


def _verdict(asked: str | None, holds: str, otherwise: str = "'not met'::verdict") -> str:
    # Each word is cast where it stands, so that no text is made and read again for every row.
    none = f"WHEN NOT ({asked}) THEN 'not applicable'::verdict " if asked else ""
    return f"CASE {none}WHEN {holds} THEN 'met'::verdict ELSE {otherwise} END"


def _bands() -> str:
    steps = " ".join(f"WHEN distance_km >= {begins} THEN {cents}" for begins, cents in reversed(FIGURES.bands))
    return f"CASE {steps} END"


def query() -> str:
    """The outcomes of all rows as one SQL query."""
    figures, share = FIGURES, FIGURES.reduced_share
    pays_all = "NOT is_limited"
    open_if_invited = "CASE WHEN enterprise THEN 'undetermined'::verdict ELSE 'not met'::verdict END"
    signed = "({} < start_date)" if figures.signed_before_start else "TRUE"
    both = "is_credit AND sent_by_university AND hosted_by_university"
    asked_hours = (
        f"(CASE activity WHEN 'teaching' THEN {figures.hours_a_week} ELSE {figures.hours_a_week_combined} END)"
        f" * greatest(calendar, {figures.week_days})"
    )
    staff_minimum = (
        f"CASE WHEN enterprise AND calendar >= {figures.invited_minimum_days} "
        "THEN 'undetermined'::verdict ELSE 'not met'::verdict END"
    )
    charter = "CASE WHEN outgoing THEN sending_holds_charter ELSE receiving_holds_charter END"
    is_open = f"activity NOT IN ({_words(sorted(figures.closed_activities))})" if figures.closed_activities else "TRUE"
    requirements = {
        "eligibility.countries.one_programme_side": _verdict(None, "is_credit"),
        "eligibility.partner.region_open": _verdict(
            "is_credit",
            "NOT closed",
            "CASE WHEN outgoing AND digital AND activity = 'traineeship' AND study_cycle IN "
            f"({_words(sorted(figures.digital_cycles))}) THEN 'undetermined'::verdict ELSE 'not met'::verdict END",
        ),
        "eligibility.outgoing.study_cycle": _verdict(
            "outgoing AND student",
            pays_all,
            "CASE WHEN doubtful THEN 'undetermined'::verdict ELSE 'not met'::verdict END",
        ),
        "eligibility.charter.programme_side": _verdict(
            "is_credit AND CASE WHEN outgoing THEN sent_by_university ELSE hosted_by_university END",
            charter if figures.charter_required else "TRUE",
        ),
        "eligibility.activity.open": _verdict(None, is_open),
        "agreement.signature.programme_side": _verdict(both, signed.format("agreement_signed_by_programme_side_on")),
        "agreement.signature.partner_side": _verdict(both, signed.format("agreement_signed_by_partner_side_on")),
        "duration.study.minimum": _verdict(
            "activity = 'studies'",
            f"thirty >= {figures.study_minimum_days} OR "
            f"({_truth(holds=figures.term_suffices)} AND covers_academic_term)",
        ),
        "duration.study.maximum": _verdict("activity = 'studies'", f"thirty <= {figures.study_maximum_days}"),
        "duration.traineeship.minimum": _verdict(
            "activity = 'traineeship'", f"thirty >= {figures.traineeship_minimum_days}"
        ),
        "duration.traineeship.maximum": _verdict(
            "activity = 'traineeship'", f"thirty <= {figures.traineeship_maximum_days}"
        ),
        "duration.cycle.cap": _verdict(
            "student",
            "thirty + days_used_in_cycle <= CASE WHEN one_cycle_programme "
            f"THEN {figures.one_cycle_days} ELSE {figures.cycle_days} END",
        ),
        "duration.staff.minimum": _verdict("NOT student", f"calendar >= {figures.staff_minimum_days}", staff_minimum),
        "duration.staff.maximum": _verdict("NOT student", f"calendar <= {figures.staff_maximum_days}"),
        "duration.teaching.hours": _verdict(
            "NOT student AND activity <> 'training'",
            f"teaching_hours::INTEGER * {figures.week_days} >= {asked_hours}",
            open_if_invited,
        ),
    }
    conditions = ("is_credit AND student", "is_credit AND NOT student", "is_credit AND NOT student AND later > 0")
    amounts = (
        "(student_rate * thirty + 15) // 30",
        "staff_rate * (paid - greatest(later, 0))",
        f"(staff_rate * later * {share.numerator} + {share.denominator // 2}) // {share.denominator}",
        _bands(),
    )
    lines = {}
    for identity, condition, amount in zip(PAYMENTS, (*conditions, "is_credit"), amounts, strict=True):
        lines[identity] = f"CASE WHEN {condition} THEN 'due'::verdict ELSE 'not applicable'::verdict END"
        lines[f"{identity}.cents"] = f"(CASE WHEN {condition} THEN {amount} END)::INTEGER"
    answers = ",\n    ".join(f'{sql} AS "{name}"' for name, sql in (requirements | lines).items())
    refused = " OR ".join(f"\"{identity}\" = 'not met'" for identity in REQUIREMENTS)
    is_open_yet = " OR ".join(f"\"{identity}\" = 'undetermined'" for identity in REQUIREMENTS)
    total = " + ".join(f'coalesce("{name}", 0)' for name in AMOUNTS)
    count = "360 * year({0}) + 30 * month({0}) + least(day({0}), 30)"
    return f"""
WITH sides AS (
  SELECT m.*, s.full_part AS from_full_part, r.full_part AS to_full_part,
    CASE WHEN s.full_part THEN r.region ELSE s.region END AS region,
    CASE WHEN s.full_part THEN r.closed ELSE s.closed END AS closed,
    CASE WHEN s.full_part THEN r.digital ELSE s.digital END AS digital,
    CASE WHEN s.full_part THEN r.doubtful ELSE s.doubtful END AS doubtful,
    CASE WHEN s.full_part THEN {figures.student_rates["outgoing", None]} ELSE r.student_cents END AS student_rate,
    CASE WHEN s.full_part THEN {figures.staff_rates["outgoing", None]} ELSE r.staff_cents END AS staff_rate
  FROM mobilities m
  JOIN countries s ON m.sending_country = s.country
  JOIN countries r ON m.receiving_country = r.country
), facts AS (
  SELECT *, from_full_part <> to_full_part AS is_credit, from_full_part AND NOT to_full_part AS outgoing,
    activity IN ('studies', 'traineeship') AS student,
    sending_kind <> 'university' AS enterprise,
    activity IN ('studies', 'traineeship') OR sending_kind = 'university' AS sent_by_university,
    activity NOT IN ('traineeship', 'training') OR receiving_kind = 'university' AS hosted_by_university,
    ({count.format("end_date")}) - ({count.format("start_date")}) + 1 AS thirty,
    end_date - start_date + 1 AS calendar,
    region IN ({", ".join(str(region) for region in sorted(figures.paid_cycles))}) AND
      {_limits()} AS is_limited,
    least(end_date - start_date + 1, {figures.last_paid_day})
      + least(travel_days_claimed, {figures.travel_days}) AS paid,
    paid - {figures.days_paid_in_full} AS later
  FROM sides
), answers AS (
  SELECT number,
    {answers}
  FROM facts
)
SELECT CASE WHEN {refused} THEN 'not eligible'::overall_answer
    WHEN {is_open_yet} THEN 'cannot tell yet'::overall_answer
    ELSE 'eligible'::overall_answer END AS overall, *, {total} AS total_cents
FROM answers
"""  # noqa: S608 - made of names and figures of ours


def _limits() -> str:
    """Whether the cycle is none of those that the money for the region pays."""
    by_cycles: dict[frozenset[str], list[int]] = {}
    for region, cycles in sorted(FIGURES.paid_cycles.items()):
        by_cycles.setdefault(cycles, []).append(region)
    return (
        "("
        + " OR ".join(
            f"(region IN ({', '.join(map(str, regions))}) AND study_cycle NOT IN ({_words(sorted(cycles))}))"
            for cycles, regions in by_cycles.items()
        )
        + ")"
    )


def run(database: duckdb.DuckDBPyConnection) -> pa.Table:
    """The outcomes of all rows as Arrow columns, beside the number of each row."""
    return database.sql(query()).to_arrow_table()
