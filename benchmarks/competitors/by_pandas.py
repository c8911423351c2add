"""pandas as many write it: the plain function applied to each row of a frame."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from benchmarks.checking import of_tuples
from benchmarks.competitors.by_function import answers
from benchmarks.data import Rows, as_dicts
from benchmarks.subset import OUTCOMES


def frame(rows: Rows) -> pd.DataFrame:
    """The rows as a frame of Python values."""
    return pd.DataFrame(as_dicts(rows))


def run(data: pd.DataFrame) -> pd.DataFrame:
    """The outcomes of all rows, by ``apply``."""
    found = data.apply(answers, axis=1, result_type="reduce")
    return pd.DataFrame(found.to_list(), columns=list(OUTCOMES), index=data.index)


def coded(found: pd.DataFrame) -> dict[str, np.ndarray]:
    """The answers for comparing; pandas turns an amount that is not due into *not a number*."""
    lines = found.itertuples(index=False, name=None)
    return of_tuples(
        tuple(None if isinstance(value, float) and math.isnan(value) else value for value in line) for line in lines
    )
