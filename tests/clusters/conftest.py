"""The engines are no part of the suite's own needs: the tests of one that is not installed are not collected."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.clusters import tables, watched

_NEEDED = {"test_spark.py": "pyspark", "test_dask.py": "distributed", "test_ray.py": "ray"}
collect_ignore = [name for name, package in _NEEDED.items() if find_spec(package) is None]


@pytest.fixture(scope="session")
def stays() -> pa.Table:
    return tables.stays()


@pytest.fixture(scope="session")
def files(stays: pa.Table, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same table as a folder of Parquet files, one for each part."""
    return _in_files(stays, tables.ROWS_OF_A_PART, tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="session")
def files_of_the_page(stays: pa.Table, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first rows of each part, as a folder of Parquet files, for the examples of the page."""
    return _in_files(stays, tables.ROWS_OF_THE_PAGE, tmp_path_factory.mktemp("page"))


def _in_files(stays: pa.Table, rows: int, desk: Path) -> Path:
    folder = desk / "stays"
    folder.mkdir()
    for part in range(tables.PARTS):
        pq.write_table(stays.slice(part * tables.ROWS_OF_A_PART, rows), folder / f"{part}.parquet")
    return folder


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory):
    """What the watched rules ask of the environment; clusters are started after it, and hand it to their workers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(watched.HOME, str(os.getpid()))
        patch.setenv(watched.FOLDER, str(tmp_path_factory.mktemp("watched")))
        yield
