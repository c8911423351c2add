"""Mobilities with their documents and the limits of the office, as JSON.

A mobility is written as everywhere, with two keys besides: ``documents`` holds the fields of
:class:`~icm_rules.model.documents.Documents`, ``limits`` those of :class:`~icm_rules.model.documents.LocalLimits`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import attrs

from icm_rules.adapters.plain import Refused, json_in, mobility_from_dict, parsed_json, told_once
from icm_rules.engine.errors import InputError, shown
from icm_rules.model.documents import Documents, LocalLimits
from icm_rules.model.fields import an_instance
from icm_rules.model.mobility import Mobility

_T = TypeVar("_T", Documents, LocalLimits)


@attrs.frozen(kw_only=True)
class Filed:
    """A mobility with its documents that could be read."""

    name: str
    position: int
    mobility: Mobility
    documents: Documents
    limits: LocalLimits


def read_documents(
    content: str | bytes, name: str, *, call: int | None = None, limits: LocalLimits | None = None
) -> list[Filed | Refused]:
    """The mobilities of a JSON text with their documents, each read or refused; nothing is raised.

    ``limits`` are those of the office; a mobility may tell others, one by one.
    """
    try:
        data = parsed_json(content)
    except InputError as refusal:
        return [Refused(name=name, position=None, field=None, message=str(refusal))]
    items = data if isinstance(data, list) else [data]
    return [_filed(item, name, position, call, limits or LocalLimits()) for position, item in enumerate(items, start=1)]


def _filed(item: object, name: str, position: int, call: int | None, limits: LocalLimits) -> Filed | Refused:
    try:
        told: Any = told_once(item)
        documents = made_of(Documents, told.pop("documents", None), "documents")
        own = made_of(LocalLimits, told.pop("limits", None), "limits")
        mobility = mobility_from_dict(told, call=call)
    except InputError as refusal:
        return Refused(name=name, position=position, field=refusal.field, message=str(refusal))
    both = {field.name: getattr(own, field.name) for field in attrs.fields(LocalLimits)}
    limits = attrs.evolve(limits, **{key: value for key, value in both.items() if value is not None})
    return Filed(name=name, position=position, mobility=mobility, documents=documents, limits=limits)


def made_of(kind: type[_T], data: object, path: str) -> _T:
    """The record that plain data tells; *None* tells nothing.

    Raises:
        InputError: an unknown key (with a suggestion), or a value that cannot be read; ``field`` begins with ``path``.

    """
    try:
        made = an_instance(kind)(dict(data) if isinstance(data, Mapping) else {} if data is None else data)
    except InputError as refusal:
        raise InputError(str(refusal), field=".".join(filter(None, (path, refusal.field)))) from None
    assert isinstance(made, kind)  # noqa: S101 - what `an_instance` gives is one
    return made


def read_limits(content: str | bytes) -> LocalLimits:
    """The limits of an office in a JSON text.

    Raises:
        InputError: it is no such text, tells no limit, an unknown key or one that stands twice, or a value that cannot
            be read.

    """
    data = json_in(content, "limits of an office")
    if not isinstance(data, Mapping) or not data:
        known = ", ".join(field.name for field in attrs.fields(LocalLimits))
        message = (
            f"{shown(data)} holds no limits of an office; write one at least in curly brackets, such as "
            f'{{"recognition_days": 30}}; there are {known}'
        )
        raise InputError(message)
    return made_of(LocalLimits, told_once(data), "")
