"""Tables of mobilities, at the speed of columns and by the same rules; needs the extra ``frames``.

>>> import pyarrow as pa
>>> from icm_rules.batch import evaluate_table
>>> table = pa.table({"call": [2019, 2019], "activity": ["studies", "training"]})
>>> evaluate_table(table, give="overall").column("overall").to_pylist()
['cannot tell yet', 'cannot tell yet']

Everything named here is loaded on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icm_rules.batch.baseline import Baseline
    from icm_rules.batch.comparison import Comparer, Comparison, compare
    from icm_rules.batch.groups import with_group_facts
    from icm_rules.batch.open_data import OpenData
    from icm_rules.batch.reforms import Reform
    from icm_rules.batch.simulation import Simulation, simulate
    from icm_rules.batch.table import TableRunner, derived_facts, evaluate_batches, evaluate_table, explain
    from icm_rules.model.groups import GroupFact, days_used_in_cycle, envelope_spent, places_used

__all__ = [
    "Baseline",
    "Comparer",
    "Comparison",
    "GroupFact",
    "OpenData",
    "Reform",
    "Simulation",
    "TableRunner",
    "compare",
    "days_used_in_cycle",
    "derived_facts",
    "envelope_spent",
    "evaluate_batches",
    "evaluate_table",
    "explain",
    "places_used",
    "simulate",
    "with_group_facts",
]

# The same as the imports above, which only type checkers read; tests/batch/test_room.py holds them equal.
_MODULES = {
    "batch.baseline": ("Baseline",),
    "batch.comparison": ("Comparer", "Comparison", "compare"),
    "batch.groups": ("with_group_facts",),
    "batch.open_data": ("OpenData",),
    "batch.reforms": ("Reform",),
    "batch.simulation": ("Simulation", "simulate"),
    "batch.table": ("TableRunner", "derived_facts", "evaluate_batches", "evaluate_table", "explain"),
    "model.groups": ("GroupFact", "days_used_in_cycle", "envelope_spent", "places_used"),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}
_FRAMES = ("numpy", "pyarrow", "narwhals")
"""What the extra ``frames`` brings."""


def __getattr__(name: str) -> object:
    """Load what is named on first use.

    Raises:
        ModuleNotFoundError: the extra ``frames`` is not installed.

    """
    if name not in _MODULE_OF:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    import importlib

    try:
        module = importlib.import_module(f"icm_rules.{_MODULE_OF[name]}")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _FRAMES:
            raise
        message = f"{name} needs {error.name}, of the extra \"frames\": pip install 'icm-rules[frames]'"
        raise ModuleNotFoundError(message, name=error.name) from None
    value = getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """What is offered here, loaded or not, and what has been loaded besides."""
    return sorted({*globals(), *__all__})
