"""What takes an hour, and is run by hand or before a release: pytest -m long."""

from __future__ import annotations

import pytest

from icm_rules.batch import table as road
from icm_rules.batch.simulation import Simulation
from icm_rules.guide import calls
from tests.batch.test_table import GIVE, check_equal, expected

pytestmark = pytest.mark.long

ROWS = 1_000_000
PARTS = 20


@pytest.fixture(scope="module")
def runner() -> road.TableRunner:
    """One runner for all parts, which so meets what a long stream meets: more cases than it may keep."""
    return road.TableRunner(give=GIVE)


# Twenty parts, so that a failure names its seed and two processes can share them, each naming its own.
@pytest.mark.parametrize("part", range(PARTS))
def test_a_million_random_rows_are_the_rows_one_by_one(runner, part):
    """All calls, a tenth of all facts unknown, in batches through one runner."""
    seen = 0
    for batch in Simulation(seed=20_261_123 + part, calls=calls(), missing=0.1).batches(ROWS // PARTS):
        rows = [{name: value for name, value in row.items() if value is not None} for row in batch.to_pylist()]
        check_equal(runner.run(batch), expected(rows))
        seen += batch.num_rows
    assert seen == ROWS // PARTS
