"""How long it takes until something is imported, beyond a Python that imports nothing."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.results import Section, Table, of
from benchmarks.setting import Setting
from benchmarks.timing import Contestant, take_turns

BARE = "Python alone"

_STATEMENTS = {
    BARE: "pass",
    "icm_rules": "import icm_rules",
    "icm_rules, and the first verdicts": (
        "from icm_rules.model.mobility import Mobility; "
        "from icm_rules.evaluate import evaluation; evaluation(Mobility(call=2019))"
    ),
    "zen": "import zen",
    "datalogic_py": "import datalogic_py",
    "numpy": "import numpy",
    "polars": "import polars",
    "duckdb": "import duckdb",
    "pandas": "import pandas",
    "openfisca_core": (
        "from openfisca_core.taxbenefitsystems import TaxBenefitSystem; "
        "from openfisca_core.simulations import SimulationBuilder"
    ),
    "icm_rules.batch": "import icm_rules.batch",
}


def _starts(statement: str) -> bool:
    ended = subprocess.run([sys.executable, "-c", statement], capture_output=True, check=False)  # noqa: S603 - our own Python
    return ended.returncode == 0


def measure(setting: Setting) -> Section:
    """Everybody, each in new processes that take turns."""
    section = Section("Import")
    contestants = {}
    for who, statement in _STATEMENTS.items():
        if _starts(statement):
            contestants[who] = Contestant(lambda statement=statement: _starts(statement))
        else:
            section.absent[who] = "cannot be imported"
    timed = take_turns(contestants, 9 if setting.is_quick else 21)
    bare = timed[BARE]
    beyond = {
        who: sorted((mine - alone) * 1e3 for mine, alone in zip(each.rounds, bare.rounds, strict=True))[
            len(bare.rounds) // 2
        ]
        for who, each in timed.items()
    }
    section.tables.append(
        Table(
            ("", "ms", "beyond Python alone, ms", "times Python alone"),
            [(who, of(each.median * 1e3), of(beyond[who]), of(each.times(bare))) for who, each in timed.items()],
        )
    )
    section.measured["import"] = beyond["icm_rules"]
    return section
