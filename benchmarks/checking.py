"""Whether all competitors agree on every row: answers as whole numbers, column by column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.data import Rows, as_dicts
from benchmarks.subset import OUTCOMES, OVERALL, RULES, VERDICTS

if TYPE_CHECKING:
    import pyarrow as pa

Coded = Mapping[str, np.ndarray]
"""Answers for comparing: places of words in ``OVERALL`` and ``VERDICTS``; cents, and -1 where no amount is due."""

WORDS = {"overall": OVERALL} | dict.fromkeys(RULES, VERDICTS)


class DisagreementError(Exception):
    """Two competitors answer a row differently; nothing that was measured counts then."""


def agree(who: str, answers: Coded, reference: Coded, rows: Rows | None = None) -> int:
    """How many rows were compared; all of them are the same.

    Raises:
        DisagreementError: a row is answered differently; the message shows the first.

    """
    for name in OUTCOMES:
        same = np.asarray(answers[name]) == np.asarray(reference[name])
        if np.shape(same) != np.shape(reference[name]):
            message = f"{who} answers {len(answers[name])} rows of {len(reference[name])}"
            raise DisagreementError(message)
        if not same.all():
            place = int(np.flatnonzero(~same)[0])
            words = WORDS.get(name)
            told, expected = (int(each[name][place]) for each in (answers, reference))
            shown = [
                str(code) if words is None or not 0 <= code < len(words) else words[code] for code in (told, expected)
            ]
            facts = f"\n{as_dicts(rows.part(place, place + 1))[0]}" if rows is not None else ""
            message = (
                f"{who} answers {int((~same).sum())} rows of {name} otherwise; the first is row {place}: "
                f"{shown[0]} in place of {shown[1]}{facts}"
            )
            raise DisagreementError(message)
    return len(reference["overall"])


_CODE = {name: {word: place for place, word in enumerate(words)} for name, words in WORDS.items()}


def of_tuples(answers: Iterable[tuple[Any, ...]]) -> dict[str, np.ndarray]:
    """Answers given row by row, in the order of ``OUTCOMES``."""
    columns = list(zip(*answers, strict=True))
    return {
        name: np.array([_CODE[name][str(value)] for value in column], np.int8)
        if name in WORDS
        else np.array([-1 if value is None else value for value in column], np.int32)
        for name, column in zip(OUTCOMES, columns, strict=True)
    }


def of_arrow(table: pa.Table | pa.RecordBatch) -> dict[str, np.ndarray]:
    """Answers in Arrow columns: words as texts or dictionaries, amounts as whole cents with nulls."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found: dict[str, np.ndarray] = {}
    for name in OUTCOMES:
        column = table.column(name)
        column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        if name not in WORDS:
            found[name] = pc.fill_null(column.cast(pa.int64()), -1).to_numpy(zero_copy_only=False)
            continue
        if not pa.types.is_dictionary(column.type):
            column = column.cast(pa.string()).dictionary_encode()
        code_of = np.array([_CODE[name].get(word, -2) for word in column.dictionary.to_pylist()] or [-2], np.int8)
        found[name] = code_of[pc.fill_null(column.indices.cast(pa.int32()), 0).to_numpy(zero_copy_only=False)]
    return found


def reference_of(rows: Rows, answers: Callable[[Mapping[str, Any]], tuple[Any, ...]]) -> dict[str, np.ndarray]:
    """The answers of a function of one row, asked row by row."""
    return of_tuples([answers(row) for row in as_dicts(rows)])
