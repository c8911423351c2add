"""The door of the room of tables: what it offers, and what it says where its extra is not installed."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from icm_rules import batch


@pytest.mark.parametrize("name", batch.__all__)
def test_every_name_is_there(name):
    assert getattr(batch, name) is not None
    assert name in dir(batch)


def test_names_are_sorted_and_told_once():
    assert sorted(set(batch.__all__)) == batch.__all__


def test_another_name_is_refused_as_python_does():
    with pytest.raises(AttributeError, match=r"module 'icm_rules\.batch' has no attribute 'evalaute_table'"):
        batch.evalaute_table  # noqa: B018 - to ask is the test


def test_type_checkers_read_the_same_names_as_python():
    """The imports under TYPE_CHECKING and the table of modules name the same things in the same places."""
    tree = ast.parse(Path(batch.__file__).read_text("utf-8"))
    for_types = {
        alias.name: node.module
        for block in tree.body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert set(for_types) == set(batch.__all__)
    for name, module in for_types.items():
        assert getattr(batch, name) is getattr(importlib.import_module(module), name)


@pytest.mark.parametrize("lacking", ["numpy", "pyarrow"])
@pytest.mark.parametrize("where", ["icm_rules", "icm_rules.batch"])
def test_without_its_extra_it_says_what_to_install(lacking, where):
    """A module that is *None* among the loaded ones is one that cannot be imported."""
    program = (
        f"import sys; sys.modules[{lacking!r}] = None\n"
        f"try:\n    from {where} import evaluate_table\n"
        "except ModuleNotFoundError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == (
        f"evaluate_table needs {lacking}, of the extra \"frames\": pip install 'icm-rules[frames]'\n"
    )
