"""The table that all engines answer, how answers are held against each other, and the examples of the page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from icm_rules.batch import evaluate_table
from icm_rules.batch.simulation import Simulation
from tests.clusters.watched import FATAL

PARTS = 4
ROWS_OF_A_PART = 2500
"""Enough that tables are made of them: fewer rows are asked one by one."""
ROWS_OF_THE_PAGE = 100
"""So many rows of each part are in the files that the examples of the page read: they need not wait for tables."""
UNREADABLE = 500
"""Every so many rows one cannot be answered."""
ASKED = {"carry": ("id", "activity"), "give": ("overall", "verdicts", "missing", "amounts", "total")}
PAGE = Path(__file__).parents[2] / "docs" / "clusters.md"


def stays() -> pa.Table:
    """Simulated mobilities of two calls with an ``id``; in the third of four parts is the row that ends a process."""
    table = Simulation(seed=7, calls=(2018, 2024)).table(PARTS * ROWS_OF_A_PART)
    ids = pa.array(range(table.num_rows), pa.int64())
    place = table.column_names.index("subject_area")
    fatal = pc.if_else(pc.equal(ids, 2 * ROWS_OF_A_PART + 2200), FATAL, table["subject_area"].cast(pa.string()))
    table = table.set_column(place, "subject_area", fatal)
    place = table.column_names.index("distance_km")
    odd = pc.equal(pc.subtract(ids, pc.multiply(pc.divide(ids, UNREADABLE), UNREADABLE)), 0)
    table = table.set_column(place, "distance_km", pc.if_else(odd, pa.scalar(-1, pa.int32()), table["distance_km"]))
    return table.append_column("id", ids)


def assert_same_rows(got: pa.Table, expected: pa.Table) -> None:
    """Hold that two tables tell the same of each row; in which order they stand, and how words are held, is free."""
    got, expected = _plainly(got), _plainly(expected)
    assert got.column_names == expected.column_names
    assert got["id"].equals(expected["id"])
    for name in expected.column_names:
        if not got[name].equals(expected[name]):
            rows = zip(got["id"].to_pylist(), got[name].to_pylist(), expected[name].to_pylist(), strict=True)
            first = next((row for row in rows if row[1] != row[2]), (got[name].type, expected[name].type))
            raise AssertionError((name, first))


def _plainly(table: pa.Table) -> pa.Table:
    """The table by its ``id``, all words as plain text, in one piece."""
    fields = [field.with_type(_plain(field.type)).with_nullable(nullable=True) for field in table.schema]
    return table.cast(pa.schema(fields)).sort_by("id").combine_chunks()


def _plain(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    # Before its third version pandas has no type for a column in which no row has a word.
    return pa.string() if pa.types.is_large_string(kind) or pa.types.is_null(kind) else kind


def answers_of_the_page(files: Path) -> pa.Table:
    """What the examples ask of these files, answered on one machine."""
    return evaluate_table(pq.read_table(files), carry=["id", "activity"], give=["overall", "total"])


def run_example(of: str, files: Path, names: dict[str, Any]) -> dict[str, Any]:
    """Run the example of the page that shows a function on these files, with these names at hand; what it leaves."""
    examples = re.findall(r"^```py\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    (example,) = (example for example in examples if f"{of}(" in example)
    example = example.replace('"stays"', repr(str(files)))  # the workers stand in folders of their own
    exec(compile(example, f"{PAGE.name}: {of}", "exec"), names)  # noqa: S102 - the page is ours
    return names
