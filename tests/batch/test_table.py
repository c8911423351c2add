"""The road of a table: the answers are those of one mobility after another."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from icm_rules.batch import table as road
from icm_rules.engine import Evaluation, InputError, Verdict
from icm_rules.evaluate import evaluation
from icm_rules.model.grant import grant_of
from icm_rules.model.vocabulary import VOCABULARY, facts_of, mobility_of
from icm_rules.report.records import _OVERALL, plain
from icm_rules.rules import RULEBOOK
from tests import strategies

GIVE = ("overall", "verdicts", "reasons", "missing", "amounts", "ranges", "total")


def arrow_value(value: object) -> object:
    """A value as a column holds it: words as text, lists as JSON."""
    if isinstance(value, (tuple, list)):
        return json.dumps([plain(item) if not attrs.has(type(item)) else _plain_object(item) for item in value])
    if isinstance(value, (bool, int, Decimal, date)):
        return value
    return str(value)


def _plain_object(item: Any) -> Any:
    if attrs.has(type(item)) and not isinstance(item, str):
        found = {field.name: getattr(item, field.name) for field in attrs.fields(type(item))}
        return {name: _plain_object(value) for name, value in found.items() if value is not None}
    if isinstance(item, (tuple, list)):
        return [_plain_object(each) for each in item]
    return str(item) if isinstance(item, (Decimal, date)) else item


def column_of(values: Sequence[object]) -> pa.Array:
    """A column of these values, of one type."""
    told = [None if value is None else arrow_value(value) for value in values]
    kinds = {type(value) for value in told if value is not None}
    if kinds == {Decimal}:
        told = [None if value is None else Decimal(str(value)) for value in told]
    return pa.array(told)


def table_of(rows: Sequence[Mapping[str, object]]) -> pa.Table:
    """A table with a column for each fact that a row tells."""
    names = [name for name in VOCABULARY if any(row.get(name) is not None for row in rows)]
    return pa.table({name: column_of([row.get(name) for row in rows]) for name in names})


def expected_row(found: Evaluation) -> dict[str, object]:
    """The columns of one row, made from the plain road alone."""
    row: dict[str, object] = {"overall": str(_OVERALL[found.overall])}
    for identity, outcome in found.outcomes.items():
        row[identity] = str(outcome.verdict)
        row[f"{identity}.reason"] = outcome.sentence or None
        row[f"{identity}.missing"] = ", ".join(outcome.missing) or None
        if outcome.rule.pays and not outcome.rule.informs:
            low, high = (outcome.amounts() or (None, None)) if outcome.verdict is Verdict.DUE else (None, None)
            row[f"{identity}.eur"] = low if low == high else None
            row[f"{identity}.eur_low"], row[f"{identity}.eur_high"] = low, high
    grant = grant_of(found)
    row |= {"total_eur": grant.total, "total_low_eur": grant.low, "total_high_eur": grant.high, "problem": None}
    return row


def expected(rows: Sequence[Mapping[str, object]], guide: Any = None) -> list[dict[str, object]]:
    """The table that the plain road makes, row by row."""
    found = []
    for row in rows:
        told = {name: value for name, value in row.items() if value is not None}
        found.append(expected_row(evaluation(mobility_of(told), guide=guide)))
    return found


def check_equal(found: pa.Table, wanted: Sequence[Mapping[str, object]]) -> None:
    """Each row is the one that the plain road makes."""
    rows = found.to_pylist()
    assert len(rows) == len(wanted)
    for number, (row, other) in enumerate(zip(rows, wanted, strict=True)):
        differing = {name: (row[name], other[name]) for name in row if row[name] != other[name]}
        assert not differing, f"row {number}: {differing}"


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even small tables go the fast road."""
    monkeypatch.setattr(road, "PLAIN_ROWS", 0)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large])
@given(mobilities=st.lists(strategies.mobilities(), min_size=1, max_size=12))
def test_a_table_is_its_rows_one_by_one(fast, mobilities):
    """Any mobilities, of several calls, told in part, answered together and one after another."""
    rows = [facts_of(mobility) for mobility in mobilities]
    check_equal(road.evaluate_table(table_of(rows), give=GIVE), expected(rows))
