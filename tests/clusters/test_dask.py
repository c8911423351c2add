"""Dask, on a cluster of two worker processes."""

from __future__ import annotations

import dask
import dask.dataframe as dd
import pyarrow as pa
import pytest
from distributed import Client, LocalCluster

from icm_rules import InputError
from icm_rules.batch import evaluate_table
from icm_rules.batch.clusters import with_dask
from tests.clusters.tables import ASKED, PARTS, answers_of_the_page, assert_same_rows, run_example
from tests.clusters.watched import ENDING, SEEN, processes


@pytest.fixture(scope="module")
def client(watch, tmp_path_factory):
    with (
        dask.config.set({"temporary-directory": str(tmp_path_factory.mktemp("dask"))}),
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, memory_limit="2GiB", dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        client.wait_for_workers(2, timeout=120)
        yield client


def in_arrow(answers):
    """What Dask gives, as a table."""
    return pa.Table.from_pandas(answers, preserve_index=False)


def test_two_workers_answer_as_one_machine_does(client, stays, files):
    frame = dd.read_parquet(str(files))
    assert frame.npartitions == PARTS
    answers = with_dask(frame, rulebook=SEEN, **ASKED)
    assert_same_rows(in_arrow(answers.compute()), evaluate_table(stays, rulebook=SEEN, **ASKED))
    assert len(processes("seen")) == 2


def test_the_columns_are_known_beforehand_as_they_come_out(client, stays):
    frame = dd.from_pandas(stays.slice(0, 100).to_pandas(), npartitions=2)
    answers = with_dask(frame, **ASKED)
    found = answers.partitions[0].compute()
    assert list(answers.columns) == list(found.columns)
    assert answers.divisions == frame.divisions
    assert answers["problem"].cat.known is False
    told = {name: "category" if dtype == "category" else dtype for name, dtype in answers.dtypes.items()}
    assert told == {name: "category" if dtype == "category" else dtype for name, dtype in found.dtypes.items()}


def test_a_column_that_is_no_fact_is_refused_before_anything_runs(client, stays):
    frame = dd.from_pandas(stays.slice(0, 10).to_pandas().rename(columns={"call": "cal"}), npartitions=2)
    with pytest.raises(InputError, match="the column 'cal' is no fact; did you mean 'call'"):
        with_dask(frame, carry="id")


def test_the_example_of_the_page_runs(client, files_of_the_page):
    answers = run_example("with_dask", files_of_the_page, {})["answers"]
    assert_same_rows(in_arrow(answers.compute()), answers_of_the_page(files_of_the_page))


def test_a_worker_that_is_killed_in_the_middle_takes_no_row_along(client, stays, files):
    rulebook = ENDING["process"]
    answers = in_arrow(with_dask(dd.read_parquet(str(files)), rulebook=rulebook, **ASKED).compute())
    assert_same_rows(answers, evaluate_table(stays, rulebook=rulebook, **ASKED))
    (ended,) = processes("process-ended")
    assert processes("process") > {ended}
