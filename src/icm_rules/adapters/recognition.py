"""Learning agreements, transcripts and decisions as plain data and as JSON, and grading tables.

The keys are the fields of the model; ``null`` means not told. Credits are a number of ECTS credits, an object with
``value`` and ``scheme``, or a list of such objects. A refusal names the place by a dotted path such as
``first_version.studied[0].credits``.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeVar

import attrs

from icm_rules.adapters.plain import JsonObject, json_in
from icm_rules.engine.errors import InputError, shown
from icm_rules.model.fields import an_instance
from icm_rules.model.grading import GradingTable
from icm_rules.model.learning_agreement import LearningAgreement
from icm_rules.model.transcript import RecognitionDecision, TranscriptOfRecords

_T = TypeVar("_T")

_WORDS: Mapping[type, str] = {
    LearningAgreement: "learning agreement",
    TranscriptOfRecords: "transcript of records",
    RecognitionDecision: "decision on recognition",
    GradingTable: "grading table",
}


def document_from_dict(kind: type[_T], data: object) -> _T:
    """The document that plain data tells; ``kind`` is its class, such as ``LearningAgreement``.

    Raises:
        InputError: an unknown key (with a suggestion), a key that stands twice, a value that cannot be read, or what
            can never be true; ``field`` is the dotted path.

    """
    if not isinstance(data, Mapping):
        message = f"{shown(data)} is no {_WORDS[kind]}; write its fields in curly brackets"
        raise InputError(message)
    _refuse_repeated(data, "")
    read: _T = an_instance(kind)(dict(data))  # type: ignore[assignment] # it reads an object of this class
    return read


def read_document(kind: type[_T], content: str | bytes) -> _T:
    """The document in a JSON text.

    Raises:
        InputError: the text is no JSON, or as :func:`document_from_dict`.

    """
    return document_from_dict(kind, json_in(content, _WORDS[kind]))


def document_to_dict(document: attrs.AttrsInstance) -> dict[str, Any]:
    """A document as plain data that JSON can hold and that reads back the same; what is not told is left out."""
    return {
        field.name: plain
        for field in attrs.fields(type(document))
        if (plain := _plain(getattr(document, field.name))) is not None
    }


def _plain(value: object) -> Any:  # noqa: ANN401 - whatever JSON can hold
    match value:
        case enum.Enum():
            return value.value
        case Decimal():
            return format(value, "f")
        case dt.date():
            return value.isoformat()
        case tuple():
            return [_plain(item) for item in value]
        case _:
            return document_to_dict(value) if attrs.has(type(value)) else value  # type: ignore[arg-type] # it has


def _refuse_repeated(data: object, path: str) -> None:
    """Refuse an object in which a key stands more than once."""
    if isinstance(data, JsonObject) and data.repeated:
        name = data.repeated[0]
        message = f"{name!r} stands more than once in the same object; keep one of them"
        raise InputError(message, field=f"{path}.{name}".lstrip("."))
    if isinstance(data, Mapping):
        for name, value in data.items():
            _refuse_repeated(value, f"{path}.{name}".lstrip("."))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            _refuse_repeated(value, f"{path}[{number}]")
