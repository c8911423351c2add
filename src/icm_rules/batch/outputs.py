"""The columns that come out of a table: words as dictionaries, amounts as decimals or cents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from icm_rules.batch.tabulation import VERDICTS, Array
from icm_rules.report.records import OverallAnswer

OVERALL = tuple(OverallAnswer)
"""The overall answers, by the code they have in a column."""

_EUR = pa.decimal128(14, 2)
_WORDS = pa.dictionary(pa.int8(), pa.string())
_SENTENCES = pa.dictionary(pa.int32(), pa.string())

GIVABLE = ("overall", "verdicts", "reasons", "missing", "amounts", "ranges", "total")
"""What may be asked of a table."""


def _validity(valid: Array | None) -> tuple[pa.Buffer | None, int]:
    if valid is None or valid.all():
        return None, 0
    return pa.py_buffer(np.packbits(valid, bitorder="little")), int(len(valid) - np.count_nonzero(valid))


def _words(codes: Array, dictionary: pa.Array, valid: Array | None, kind: pa.DataType) -> pa.Array:
    bitmap, nulls = _validity(valid)
    indices = pa.Array.from_buffers(kind.index_type, len(codes), [bitmap, pa.py_buffer(codes)], nulls)
    return pa.DictionaryArray.from_arrays(indices, dictionary, safe=False)


_VERDICT_WORDS = pa.array([str(verdict) for verdict in VERDICTS])
_OVERALL_WORDS = pa.array([str(answer) for answer in OVERALL])


def of_verdicts(codes: Array, valid: Array | None) -> pa.Array:
    """Verdicts in words, one of six."""
    return _words(codes, _VERDICT_WORDS, valid, _WORDS)


def of_overall(codes: Array, valid: Array | None) -> pa.Array:
    """Overall answers in words."""
    return _words(codes, _OVERALL_WORDS, valid, _WORDS)


def of_sentences(codes: Array, sentences: Sequence[str], valid: Array | None) -> pa.Array:
    """Sentences, each distinct one written once; an empty one is null."""
    met = np.zeros(len(sentences), bool)
    met[codes] = True
    met[0] = False
    # Only what this batch says, in an order of its own: a runner remembers the sentences of all batches as they came.
    own = sorted(np.flatnonzero(met).tolist(), key=sentences.__getitem__)
    places = np.zeros(len(sentences), np.int32)
    places[own] = np.arange(len(own))
    dictionary = pa.array([sentences[code] for code in own], pa.string())
    told = codes > 0
    both = told if valid is None else told & valid
    return _words(places.take(codes), dictionary, both, _SENTENCES)


def of_amounts(cents: Array, known: Array | None, *, in_cents: bool) -> pa.Array:
    """Amounts [EUR or cents]; null where they are not known."""
    bitmap, nulls = _validity(known)
    if in_cents:
        return pa.Array.from_buffers(pa.int64(), len(cents), [bitmap, pa.py_buffer(cents)], nulls)
    wide = np.zeros((len(cents), 2), np.int64)
    wide[:, 0] = cents  # never negative, so the upper half is zero
    return pa.Array.from_buffers(_EUR, len(cents), [bitmap, pa.py_buffer(wide)], nulls)


def of_problems(problems: dict[int, str], rows: int) -> pa.Array:
    """Why rows could not be answered, null for all others."""
    if not problems:
        return pa.DictionaryArray.from_arrays(pa.nulls(rows, pa.int32()), pa.array([], pa.string()))
    words = list(dict.fromkeys(problems.values()))
    places = {sentence: number for number, sentence in enumerate(words)}
    codes = np.zeros(rows, np.int32)
    valid = np.zeros(rows, bool)
    for row, sentence in problems.items():
        codes[row], valid[row] = places[sentence], True
    return _words(codes, pa.array(words, pa.string()), valid, _SENTENCES)


def schema_of(carried: Sequence[pa.Field], give: frozenset[str], rules: Sequence[Any], *, in_cents: bool) -> pa.Schema:
    """The columns that come out, in their order."""
    money, unit = (pa.int64(), "cents") if in_cents else (_EUR, "eur")
    fields = list(carried)
    if "overall" in give:
        fields.append(pa.field("overall", _WORDS))
    for rule in rules:
        if "verdicts" in give:
            fields.append(pa.field(rule.identity, _WORDS))
        if "reasons" in give:
            fields.append(pa.field(f"{rule.identity}.reason", _SENTENCES))
        if "missing" in give:
            fields.append(pa.field(f"{rule.identity}.missing", _SENTENCES))
        if rule.is_line and "amounts" in give:
            fields.append(pa.field(f"{rule.identity}.{unit}", money))
        if rule.is_line and "ranges" in give:
            fields += [pa.field(f"{rule.identity}.{unit}_{end}", money) for end in ("low", "high")]
    if "total" in give:
        fields += [pa.field(f"total_{name}{unit}", money) for name in ("", "low_", "high_")]
    return pa.schema([*fields, pa.field("problem", _SENTENCES)])
