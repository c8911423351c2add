"""Ray Data, on two actors, each a process of its own."""

from __future__ import annotations

import shutil
import tempfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import ray
import ray.data

from icm_rules import InputError
from icm_rules.batch import evaluate_table
from icm_rules.batch.clusters import with_ray
from tests.clusters.tables import ASKED, PARTS, answers_of_the_page, assert_same_rows, run_example
from tests.clusters.watched import ENDING, SEEN, processes

pytestmark = [
    # Ray warns itself of its own settings while it fills in their defaults.
    pytest.mark.filterwarnings(r"ignore::DeprecationWarning:ray\..*"),
]

TWO = {"compute": ray.data.ActorPoolStrategy(size=2)}


@pytest.fixture(scope="module")
def cluster(watch):
    folder = tempfile.mkdtemp(prefix="ray-")  # its sockets need a short name, which the folders of pytest have not
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        ray.init(
            num_cpus=3,  # one besides those of the actors, or nobody is left to list the files
            object_store_memory=150 << 20,
            include_dashboard=False,
            log_to_driver=False,
            _node_ip_address="127.0.0.1",
            _temp_dir=folder,
        )
        try:
            context = ray.data.DataContext.get_current()
            context.wait_for_min_actors_s = 120  # no block is answered before both actors are there
            context.enable_progress_bars = False
            yield
        finally:
            ray.shutdown()
    shutil.rmtree(folder, ignore_errors=True)


def in_arrow(dataset):
    """What Ray gives, as a table."""
    return pa.concat_tables(ray.get(dataset.to_arrow_refs()))


def blocks_of(files):
    """The parts as a block each: read by Ray, small files would be one."""
    return ray.data.from_arrow([pq.read_table(files / f"{part}.parquet") for part in range(PARTS)])


def test_two_workers_answer_as_one_machine_does(cluster, stays, files):
    answers = with_ray(blocks_of(files), options=TWO, rulebook=SEEN, **ASKED)
    assert_same_rows(in_arrow(answers), evaluate_table(stays, rulebook=SEEN, **ASKED))
    assert len(processes("seen")) == 2


def test_a_worker_that_is_killed_in_the_middle_takes_no_row_along(cluster, stays, files):
    rulebook = ENDING["process"]
    answers = in_arrow(with_ray(blocks_of(files), options=TWO, rulebook=rulebook, **ASKED))
    assert_same_rows(answers, evaluate_table(stays, rulebook=rulebook, **ASKED))
    (ended,) = processes("process-ended")
    assert processes("process") > {ended}


def test_a_column_that_is_no_fact_is_refused_before_anything_runs(cluster):
    dataset = ray.data.from_arrow(pa.table({"cal": [2019]}))
    with pytest.raises(InputError, match="the column 'cal' is no fact; did you mean 'call'"):
        with_ray(dataset)


# The files of the example are small, so that Ray reads them as one block.
@pytest.mark.filterwarnings("ignore:The minimum number of concurrent actors:UserWarning")
def test_the_example_of_the_page_runs(cluster, files_of_the_page):
    answers = run_example("with_ray", files_of_the_page, {})["answers"]
    assert_same_rows(in_arrow(answers), answers_of_the_page(files_of_the_page))
