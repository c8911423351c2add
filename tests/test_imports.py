"""What may import what: the light front door, and the directions between the rooms."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = "icm_rules"

# The rooms from the ground up; a room imports itself and what lies below its floor, never its neighbours. The engine
# knows no word of the model, so it lies lowest.
FLOORS = (
    ("engine",),
    ("model",),
    ("guide", "scales", "report"),
    ("rules", "adapters"),
    ("projects", "agreements"),
    ("evaluate",),
    ("settle", "recognise"),
    ("batch", "checklists"),
    ("comparing", "statements"),
    ("cli_input", "cli_parts"),
    ("cli_reports",),
    (
        "cli_data",
        "cli_compare",
        "cli_settle",
        "cli_distance",
        "cli_project",
        "cli_checklist",
        "cli_recognise",
        "cli_agreement",
        "cli_application",
        "cli_trace",
    ),
    ("cli",),
    ("front door",),
)
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}

# A project is answered by `evaluate`, and its mobilities take from an envelope what `settle` says, which asks
# `evaluate` itself. The import is made late, where a project is evaluated.
ALOFT = {("evaluate", "settle")}

# `icm_rules` itself and `python -m icm_rules` are the door; everything else is a room.
FRONT_DOOR = {"__init__", "__main__"}

LIGHT = {PACKAGE, "attr", "attrs"}


def package_directory() -> Path:
    """The folder of the package under test, be it installed or a working tree."""
    spec = importlib.util.find_spec(PACKAGE)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


class Import(NamedTuple):
    """One import of a module of the package by another: two dotted names below the package, and the place."""

    by: tuple[str, ...]
    of: tuple[str, ...]
    place: str

    def __str__(self) -> str:
        """The import as a line of a failure."""
        return f"{self.place}: {room(self.by)} imports {'.'.join((PACKAGE, *self.of))}"


def room(module: tuple[str, ...]) -> str:
    """The room a module stands in, by its dotted name below the package."""
    return "front door" if not module or module[0] in FRONT_DOOR else module[0]


def chapter(module: tuple[str, ...]) -> str | None:
    """The chapter of rules a module belongs to, if it does; `rules.values` only holds what chapters hand on."""
    return module[1] if len(module) > 1 and module[0] == "rules" and module[1] != "values" else None


def is_allowed(by: tuple[str, ...], of: tuple[str, ...]) -> bool:
    """Whether the first module may import the second."""
    if chapter(by) is not None and room(of) == "rules":
        return of[1:2] == ("values",) or chapter(of) == chapter(by)
    if (room(by), room(of)) in ALOFT:
        return True
    return room(of) == room(by) or FLOOR_OF[room(of)] < FLOOR_OF[room(by)]


def imports_in(source: str, module: tuple[str, ...], place: str, known: set[tuple[str, ...]]) -> Iterator[Import]:
    """Every import of the package's own modules in one source text, also those made late or for types only."""
    is_package = place.endswith("__init__.py")
    for node in ast.walk(ast.parse(source, place)):
        if isinstance(node, ast.Import):
            targets = [tuple(alias.name.split(".")) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                parents = (PACKAGE, *module)[: len(module) + 1 + is_package - node.level]
                base = (*parents, *(node.module.split(".") if node.module else ()))
            else:
                base = tuple((node.module or "").split("."))
            # `from package import name` may mean a module or a thing in it: the module is told where there is one.
            targets = [(*base, alias.name) if (*base[1:], alias.name) in known else base for alias in node.names]
        else:
            continue
        for target in targets:
            if target[0] == PACKAGE:
                yield Import(module, target[1:], f"{place}:{node.lineno}")


def modules() -> dict[tuple[str, ...], Path]:
    """Every module of the package by its dotted name below the package (the package itself is the empty name)."""
    root = package_directory()
    found = {}
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        found[parts[:-1] if parts[-1] == "__init__" else parts] = path
    return found


def imports() -> list[Import]:
    """Every import of one module of the package by another."""
    found = modules()
    root = package_directory().parent
    return [
        each
        for module, path in found.items()
        for each in imports_in(path.read_text("utf-8"), module, path.relative_to(root).as_posix(), set(found))
    ]


def test_every_module_stands_in_a_room_of_the_house() -> None:
    """A new room is first named in FLOORS, so that its directions are decided and not grown."""
    strangers = {room(module) for module in modules()} - set(FLOOR_OF)
    assert not strangers, f"no floor in tests/test_imports.py for: {', '.join(sorted(strangers))}"


def test_imports_run_downwards_only() -> None:
    """Each room imports itself and the floors below it; a chapter of rules imports no other chapter."""
    wrong = [str(each) for each in imports() if not is_allowed(each.by, each.of)]
    assert not wrong, "\n".join(["imports that run up or aside:", *wrong])


@pytest.mark.parametrize(
    ("by", "of", "allowed"),
    [
        ("engine.evaluation", "engine.errors", True),
        ("engine.evaluation", "model.terms", False),
        ("model.mobility", "engine.errors", True),
        ("model.mobility", "guide.provisions", False),
        ("guide.loading", "model.terms", True),
        ("guide.loading", "report", False),
        ("report", "engine.citations", True),
        ("report", "guide.loading", False),
        ("report", "evaluate", False),
        ("rules.duration", "guide.provisions", True),
        ("rules.duration", "rules.duration", True),
        ("rules.duration", "rules.travel", False),
        ("rules.duration", "rules.values", True),
        ("rules.duration.staff", "rules.duration.days", True),
        ("rules.duration", "rules", False),
        ("rules", "rules.travel", True),
        ("rules.duration", "adapters.flat", False),
        ("adapters.flat", "rules.duration", False),
        ("evaluate", "rules", True),
        ("evaluate", "cli", False),
        ("evaluate", "batch", False),
        ("batch", "evaluate", True),
        ("batch.table", "batch.tabulation", True),
        ("batch", "cli_data", False),
        ("cli_data", "batch", True),
        ("cli_data", "cli", False),
        ("cli_data", "cli_compare", False),
        ("cli", "cli_compare", True),
        ("cli", "evaluate", True),
        ("cli", "batch", True),
        ("cli", "", False),
        ("__main__", "cli", True),
        ("", "batch", True),
    ],
)
def test_the_directions_are_those_of_the_design(by: str, of: str, allowed: bool) -> None:
    """The rule of the test above, told by examples."""
    as_parts = [tuple(name.split(".")) if name else () for name in (by, of)]
    assert is_allowed(*as_parts) is allowed


@pytest.mark.parametrize(
    ("statement", "of"),
    [
        ("import icm_rules.model.terms", "model.terms"),
        ("import icm_rules.model.terms as words", "model.terms"),
        ("from icm_rules.model.terms import Activity", "model.terms"),
        ("from icm_rules.model import terms", "model.terms"),
        ("from icm_rules import Mobility", ""),
        ("from . import travel", "rules.travel"),
        ("from .travel import band", "rules.travel"),
        ("from .. import report", "report"),
        ("from ..model import terms", "model.terms"),
        ("def late():\n    from icm_rules.model import terms", "model.terms"),
        ("if TYPE_CHECKING:\n    from icm_rules.model import terms", "model.terms"),
    ],
)
def test_every_way_to_write_an_import_is_seen(statement: str, of: str) -> None:
    """Late imports, imports for types and relative imports count as well."""
    known: set[tuple[str, ...]] = {("model", "terms"), ("rules", "travel"), ("report",)}
    (seen,) = imports_in(statement, ("rules", "duration"), "rules/duration.py", known)
    assert seen.of == (tuple(of.split(".")) if of else ())


def test_a_relative_import_in_a_package_starts_at_that_package() -> None:
    """In `rules/__init__.py` one dot means `rules`, in `rules/duration.py` it means `rules` as well."""
    (seen,) = imports_in("from . import travel", ("rules",), "rules/__init__.py", {("rules", "travel")})
    assert seen.of == ("rules", "travel")


def test_imports_of_other_packages_are_left_alone() -> None:
    """Only the package's own rooms have floors."""
    assert not list(imports_in("import attrs\nfrom datetime import date", ("report",), "report.py", set()))


def loaded_by(statements: str) -> set[str]:
    """The packages that a fresh process loads for these statements."""
    # What the interpreter loads before (site, hooks of the environment) is not ours and is taken off.
    program = f"import sys; before = set(sys.modules); {statements}; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, encoding="utf-8", check=True)
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_import_icm_rules_loads_attrs_and_the_standard_library_only() -> None:
    """cattrs, dateutil, pycountry, click, rich, numpy, pyarrow and narwhals come on first use; pandas, lxml never."""
    loaded = loaded_by("import icm_rules")
    assert PACKAGE in loaded
    heavy = loaded - LIGHT - sys.stdlib_module_names
    assert not heavy, f"import {PACKAGE} loads {', '.join(sorted(heavy))}: import it where it is first used"


@pytest.mark.parametrize(
    "statements",
    [
        "import icm_rules.batch",
        "import icm_rules.cli",
        "from icm_rules import *",
        "import icm_rules; icm_rules.evaluate(icm_rules.Mobility(call=2019))",
    ],
)
def test_what_tables_are_made_of_is_loaded_where_a_table_is_asked_for_and_not_before(statements: str) -> None:
    """A single check, the command and the room of tables itself do without."""
    assert not loaded_by(statements) & {"numpy", "pyarrow", "narwhals", "pandas", "polars", "duckdb", "matplotlib"}


def test_an_arrow_table_is_answered_where_no_other_kind_of_frame_is_installed() -> None:
    """A module that is *None* among the loaded ones is one that cannot be imported."""
    others = ("pandas", "polars", "duckdb", "matplotlib", "pyspark", "dask", "ray")
    program = (
        f"import sys; sys.modules |= dict.fromkeys({others})\n"
        "import pyarrow as pa; from icm_rules import evaluate_table\n"
        "print(evaluate_table(pa.table({'call': [2019]})).column('overall').to_pylist())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout == "['cannot tell yet']\n"
