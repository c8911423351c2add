"""icm-rules over a table: one runner that keeps its tables, or a new one each time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.subset import CALL, SUBSET
from icm_rules.batch import TableRunner

if TYPE_CHECKING:
    from icm_rules.engine import Rulebook

GIVE = ("overall", "verdicts", "amounts", "total")
"""What everybody else answers as well."""


def runner(*, threads: int = 1, rulebook: Rulebook | None = None, **more: Any) -> TableRunner:  # noqa: ANN401 - handed on
    """A runner with no tables made yet."""
    return TableRunner(
        call=CALL, rulebook=SUBSET if rulebook is None else rulebook, give=GIVE, money="cents", threads=threads, **more
    )
