"""Spark, on a cluster of two executors, each a process with a memory and Python workers of its own."""

from __future__ import annotations

import sys
from pathlib import Path

import pyspark
import pytest
from pyspark.sql import SparkSession

from icm_rules import InputError
from icm_rules.batch import evaluate_table
from icm_rules.batch.clusters import with_spark
from tests.clusters.tables import ASKED, answers_of_the_page, assert_same_rows, run_example
from tests.clusters.watched import ENDING, SEEN, processes

pytestmark = [
    # Spark says of each pandas from 3 on that not all of Spark works with it; record batches do not go by pandas.
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
]

SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:CICompilerCount=1"


@pytest.fixture(scope="module")
def spark(watch, tmp_path_factory):
    folder = tmp_path_factory.mktemp("spark")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_HOME", str(Path(pyspark.__file__).parent))
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("SPARK_WORKER_DIR", str(folder / "work"))
        patch.delenv("SPARK_CONF_DIR", raising=False)
        session = (
            SparkSession.builder.master("local-cluster[2,1,1024]")
            .config("spark.executorEnv.PYTHONPATH", str(Path(__file__).parents[2]))
            .config("spark.driver.memory", "512m")
            .config("spark.executor.memory", "768m")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.sql.shuffle.partitions", "2")
            # Javas that live for a minute: to compile their code for a long life takes longer than the tests.
            .config("spark.driver.extraJavaOptions", SHORT_LIVED)
            .config("spark.executor.extraJavaOptions", SHORT_LIVED)
            .config("spark.local.dir", str(folder))
            .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
            # Small files are a part each, and no part is begun before both executors are there.
            .config("spark.sql.files.openCostInBytes", str(1 << 27))
            .config("spark.scheduler.minRegisteredResourcesRatio", "1.0")
            .getOrCreate()
        )
        session.sparkContext.setLogLevel("OFF")
        yield session
        session.stop()


def test_two_workers_answer_as_one_machine_does(spark, stays, files):
    dataframe = spark.read.parquet(str(files))
    assert dataframe.rdd.getNumPartitions() > 1
    answers = with_spark(dataframe, rulebook=SEEN, **ASKED)
    assert_same_rows(answers.toArrow(), evaluate_table(stays, rulebook=SEEN, **ASKED))
    assert len(processes("seen")) == 2


def test_words_are_text_amounts_are_decimals_and_what_is_carried_keeps_its_type(spark):
    dataframe = spark.range(2).selectExpr("id", "2019 AS call", "timestamp '2019-03-01 12:00:00' AS seen")
    answers = with_spark(dataframe, carry=("id", "seen"), give=("overall", "total"))
    assert [(field.name, field.dataType.simpleString(), field.nullable) for field in answers.schema] == [
        ("id", "bigint", False),
        ("seen", "timestamp", False),
        ("overall", "string", True),
        ("total_eur", "decimal(14,2)", True),
        ("total_low_eur", "decimal(14,2)", True),
        ("total_high_eur", "decimal(14,2)", True),
        ("problem", "string", True),
    ]
    assert [row.seen for row in answers.collect()] == [row.seen for row in dataframe.collect()]


def test_a_column_that_is_no_fact_is_refused_before_anything_runs(spark):
    with pytest.raises(InputError, match="the column 'cal' is no fact; did you mean 'call'"):
        with_spark(spark.range(1).selectExpr("2019 AS cal"))


def test_the_example_of_the_page_runs(spark, files_of_the_page):
    answers = run_example("with_spark", files_of_the_page, {"spark": spark})["answers"]
    assert_same_rows(answers.toArrow(), answers_of_the_page(files_of_the_page))


@pytest.mark.parametrize(
    "kind",
    [
        "process",
        pytest.param(
            "executor",
            marks=pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the executor is found in /proc"),
        ),
    ],
)
def test_a_worker_that_is_killed_in_the_middle_takes_no_row_along(kind, spark, stays, files):
    rulebook = ENDING[kind]
    answers = with_spark(spark.read.parquet(str(files)), rulebook=rulebook, **ASKED).toArrow()
    assert_same_rows(answers, evaluate_table(stays, rulebook=rulebook, **ASKED))
    (ended,) = processes(f"{kind}-ended")
    assert processes(kind) > {ended}
