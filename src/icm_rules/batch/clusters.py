"""The road of a table on many machines: Spark, Dask and Ray do the sharing out, here their parts are only adapted.

Each worker answers its batches as :class:`~icm_rules.batch.table.TableRunner` does, so that the answers are those of
one machine, row by row, in whatever parts the rows arrive and however often a part is tried again. The workers need
``icm-rules[frames]`` installed, in the same version; rules and Guides of one's own travel with the settings.

Groups of rows are computed before: a part is no whole table, see :mod:`icm_rules.batch.groups`.
"""

from __future__ import annotations

import functools
import pickle
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from icm_rules.batch.frames import arrow_of
from icm_rules.batch.table import ROWS_OF_A_BATCH, TableRunner

MOST_RUNNERS = 4
"""A worker keeps so many runners in each of its threads; the one not used for longest makes way."""


# --- on the workers -----------------------------------------------------------------------------------------------


class _Kept(threading.local):
    """The runners of this process, which keep their tables from one batch to the next; a thread shares none."""

    def __init__(self) -> None:
        self.runner_of = functools.lru_cache(MOST_RUNNERS)(_new_runner)


def _new_runner(settings: bytes, columns: tuple[str, ...]) -> TableRunner:
    """A runner for tables with these columns in this order: a plan is laid out for the columns first met."""
    del columns
    runner: TableRunner = pickle.loads(settings)  # noqa: S301 - packed by this module, and sent by the engine with it
    return runner


_KEPT = _Kept()


def _answers(settings: bytes, table: pa.Table) -> pa.Table:
    """The answers of each row, by the runner of this worker."""
    runner = _KEPT.runner_of(settings, tuple(table.column_names))
    found = [runner.run(batch) for batch in table.to_batches(max_chunksize=ROWS_OF_A_BATCH)]
    return pa.Table.from_batches(found, schema=runner.schema(table.schema))


def _spelled_out(schema: pa.Schema) -> pa.Schema:
    """The same columns with plain text where a dictionary holds it."""
    return pa.schema(
        field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field for field in schema
    )


# --- Spark --------------------------------------------------------------------------------------------------------


def with_spark(dataframe: Any, **settings: Any) -> Any:  # noqa: ANN401 - frames of Spark, settings of TableRunner
    """The answers of each row of a Spark DataFrame, as another one; nothing runs until Spark is asked for it.

    The settings are those of :class:`~icm_rules.batch.table.TableRunner`. Words are plain text, amounts
    ``decimal(14,2)`` in EUR, and the columns carried keep the type they have. Rows keep no order, as ever in Spark:
    carry what tells them apart.

    Raises:
        InputError: a column that is no fact and is not carried, or a setting that cannot be.

    """
    from pyspark import cloudpickle
    from pyspark.sql.types import StructType

    runner = TableRunner(**settings)
    found = runner.schema(pa.schema([(name, pa.null()) for name in dataframe.columns]))
    carried = runner.settings.carry
    own = _spelled_out(pa.schema([field for field in found if field.name not in carried]))
    types = dataframe.sparkSession.createDataFrame(own.empty_table()).schema
    packed = cloudpickle.dumps(runner)
    return dataframe.mapInArrow(
        lambda batches: _spark_batches(packed, batches),
        StructType([*(dataframe.schema[name] for name in carried), *types]),
    )


def _spark_batches(settings: bytes, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        answers = _answers(settings, pa.Table.from_batches([batch]))
        yield from answers.cast(_spelled_out(answers.schema)).to_batches()


# --- Dask ---------------------------------------------------------------------------------------------------------


def with_dask(frame: Any, **settings: Any) -> Any:  # noqa: ANN401 - frames of Dask, settings of TableRunner
    """The answers of each row of a Dask DataFrame, as another one with the same index; nothing runs until it is asked.

    The settings are those of :class:`~icm_rules.batch.table.TableRunner`. The partitions are frames of pandas, and what
    comes out is what :func:`~icm_rules.batch.table.evaluate_table` makes of them: words are categories, which Dask
    takes as not known beforehand, amounts are Arrow's decimals.

    Raises:
        InputError: a column that is no fact and is not carried, or a setting that cannot be.

    """
    import cloudpickle
    from dask.dataframe.dispatch import make_meta
    from dask.dataframe.utils import clear_known_categories

    runner = TableRunner(**settings)
    packed = cloudpickle.dumps(runner)
    meta = _dask_partition(make_meta(frame), packed)
    # The sentences of one partition are not those of another.
    words = [name for name in meta.columns[meta.dtypes == "category"] if name not in runner.settings.carry]
    meta = clear_known_categories(meta, cols=words, index=False)
    return frame.map_partitions(_dask_partition, packed, meta=meta)


def _dask_partition(partition: Any, settings: bytes) -> Any:  # noqa: ANN401 - frames of pandas
    arrow, back = arrow_of(partition)
    answers = back(_answers(settings, arrow))
    for name in answers.columns[answers.dtypes == "category"].difference(partition.columns):
        words = answers[name].cat.categories
        if words.empty:
            # pandas holds no words at all as objects, and Dask joins only categories of one type.
            answers[name] = answers[name].cat.rename_categories(words.astype(str))
    return answers


# --- Ray ----------------------------------------------------------------------------------------------------------


def with_ray(dataset: Any, *, options: Mapping[str, Any] | None = None, **settings: Any) -> Any:  # noqa: ANN401 - the same
    """The answers of each row of a Ray Dataset, as another one; nothing runs until Ray is asked for it.

    The settings are those of :class:`~icm_rules.batch.table.TableRunner`; the options are handed on to
    ``Dataset.map_batches``, for example ``{"compute": ActorPoolStrategy(size=8)}``. Batches are whole blocks unless
    ``batch_size`` is among the options; each actor keeps its tables. Words are dictionaries of Arrow, amounts decimals.

    Raises:
        InputError: a setting that cannot be; or, where Ray knows the columns before it has read the rows, one that is
            no fact and is not carried. Where it does not, Ray raises its own error from a worker, with the same words.

    """
    from ray import cloudpickle

    runner = TableRunner(**settings)
    known = dataset.schema(fetch_if_missing=False)
    if known is not None:
        runner.schema(pa.schema([(name, pa.null()) for name in known.names]))
    chosen = {"batch_size": None, **(options or {})}
    return dataset.map_batches(
        _RayActor, fn_constructor_args=(cloudpickle.dumps(runner),), batch_format="pyarrow", **chosen
    )


class _RayActor:
    """What lives in each actor."""

    def __init__(self, settings: bytes) -> None:
        self.settings = settings

    def __call__(self, table: pa.Table) -> pa.Table:
        return _answers(self.settings, table)
