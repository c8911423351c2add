"""Frozen records whose fields are found when they are first read, and are then kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Self

import attrs

Finders = Mapping[str, Callable[[Any], object]]
"""By field, what finds its value in the source of a record."""

_SOURCE = "_source"
"""The attribute that holds the finders and the source."""

_NOTHING: Mapping[str, object] = MappingProxyType({})
_NO_SOURCE = _NOTHING, None


class Open:
    """A record while it is made, for a frozen one is slow to make: its class is put in place when it is whole."""

    def __init__(self, finders: Finders, source: object) -> None:
        """Only what the other fields are found in is known."""
        self._source = finders, source


class Unfolding:
    """A record that may be made of a source, in which its fields are found when they are read.

    Nobody can tell it from one made of its fields: it is equal to it, is copied, pickled and taken apart like it. The
    classes are written with ``attrs.frozen(slots=False)``, since what is found is kept among the attributes. Mappings
    that cannot be changed are told as plain ones while a record is pickled.
    """

    @classmethod
    def unfolding(cls, finders: Finders, source: object, known: Mapping[str, object] = _NOTHING) -> Self:
        """A record whose fields are found in ``source``, but for those that are ``known``."""
        record: Any = Open(finders, source)
        record.__dict__.update(known)
        record.__class__ = cls
        made: Self = record
        return made

    def __getstate__(self) -> dict[str, object]:
        """Every field; the source stays behind."""
        fields = attrs.fields(type(self))  # type: ignore[arg-type] # every class that unfolds is one of attrs
        state = {field.name: getattr(self, field.name) for field in fields}
        return {name: dict(value) if isinstance(value, MappingProxyType) else value for name, value in state.items()}

    def __setstate__(self, state: Mapping[str, object]) -> None:
        """The fields as they were."""
        for name, value in state.items():
            self.__dict__[name] = MappingProxyType(value) if isinstance(value, dict) else value


def _find(record: Unfolding, name: str) -> object:
    """A field that was not read before."""
    attributes = record.__dict__
    finders, source = attributes.get(_SOURCE, _NO_SOURCE)
    if name not in finders:
        message = f"{type(record).__name__!r} object has no attribute {name!r}"
        raise AttributeError(message, name=name, obj=record)
    found = attributes[name] = finders[name](source)
    return found


# Put there from outside: a type checker that saw it would take every slip of the pen for an attribute.
Unfolding.__getattr__ = _find  # type: ignore[attr-defined]
