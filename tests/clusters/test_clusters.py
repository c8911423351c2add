"""What the workers of all engines share; no engine is needed."""

# ruff: noqa: SLF001 - what runs on a worker is asked here without one

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa

from icm_rules.batch import TableRunner, clusters, evaluate_table
from tests.clusters.tables import ASKED, assert_same_rows

COLUMNS = ("call", "activity")


# What the workers of all engines share, which is nobody else's business.
kept_here, answers_of, spelled_out = clusters._KEPT, clusters._answers, clusters._spelled_out


def packed(**settings):
    return pickle.dumps(TableRunner(**settings))


def kept(settings, columns=COLUMNS):
    return kept_here.runner_of(settings, columns)


def test_a_worker_keeps_its_runner_whatever_task_brings_the_settings():
    settings = packed(call=2019)
    assert kept(settings) is kept(bytes(bytearray(settings)))


def test_other_settings_and_other_columns_have_runners_of_their_own():
    settings = packed(call=2019)
    assert kept(settings) is not kept(packed(call=2020))
    assert kept(settings) is not kept(settings, COLUMNS[::-1])


def test_threads_of_a_worker_share_no_runner():
    settings = packed(call=2019)
    with ThreadPoolExecutor(1) as other:
        assert other.submit(kept, settings).result() is not kept(settings)


def test_a_worker_keeps_no_more_runners_than_it_may():
    first = kept(packed(call=2019))
    for call in (2015, 2016, 2017, 2018)[: clusters.MOST_RUNNERS]:
        kept(packed(call=call))
    assert kept(packed(call=2019)) is not first


def test_the_answers_of_a_worker_are_those_of_the_table(stays):
    rows = stays.slice(0, 3000)
    assert_same_rows(answers_of(packed(**ASKED), rows), evaluate_table(rows, **ASKED))


def test_a_part_without_rows_has_the_columns_of_the_others(stays):
    settings = packed(**ASKED)
    empty, full = (answers_of(settings, stays.slice(0, rows)) for rows in (0, 10))
    assert empty.num_rows == 0
    assert empty.schema == full.schema


def test_words_are_spelled_out_and_nothing_else_is_changed():
    given = pa.schema({"a.b": pa.dictionary(pa.int8(), pa.string()), "c": pa.decimal128(14, 2), "d": pa.int64()})
    plain = pa.schema({"a.b": pa.string(), "c": pa.decimal128(14, 2), "d": pa.int64()})
    assert spelled_out(given) == plain
