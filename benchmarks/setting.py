"""What it was measured on: the machine, the versions, and who could not take part and why."""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import platform
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

PACKAGES = (
    "icm-rules",
    "attrs",
    "numpy",
    "pyarrow",
    "narwhals",
    "pandas",
    "polars",
    "duckdb",
    "OpenFisca-Core",
    "zen-engine",
    "datalogic-py",
)


class Setting(NamedTuple):
    """How a run is done."""

    sizes: tuple[int, ...]
    rounds: int
    is_quick: bool = False
    is_long: bool = False


QUICK = Setting(sizes=(1_000, 100_000), rounds=5, is_quick=True)
FULL = Setting(sizes=(1_000, 100_000, 1_000_000, 10_000_000), rounds=9)

ROWS_OF_A_MARK = 1_000_000
"""The size at which the marks on tables are set."""


def module(name: str, absent: dict[str, str], who: str) -> ModuleType | None:
    """A module of a competitor; where it cannot be imported, why stands under ``who`` in ``absent``."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        absent[who] = f"could not be imported: {error}"
        return None


def versions() -> dict[str, str]:
    """The version of each package that takes part; *not installed* where it is none."""
    found = {"Python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "from the source tree" if name == "icm-rules" else "not installed"
    return found


def machine() -> str:
    """The processor, its cores, the memory and the system, in one line."""
    processor = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                processor = line.partition(":")[2].strip()
                break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30 if hasattr(os, "sysconf") else 0
    return f"{processor}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} {platform.release()}"
