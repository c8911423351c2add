"""Agreements and applications as plain data and as JSON: read with the place of every refusal, and written again.

The keys are the fields of :class:`~icm_rules.model.agreement.InterInstitutionalAgreement` and
:class:`~icm_rules.model.application.Application`, nested as there. ``null`` means not told. What an agreement leaves
not yet defined may be written so, as the value of the field: ``"places_per_year": "not yet defined"``.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping

import attrs

from icm_rules.adapters.plain import (
    Refused,
    _made,
    _shown,
    _shown_key,
    _Statement,
    _types,
    _value,
    _written,
    parsed_json,
)
from icm_rules.engine.errors import InputError, did_you_mean
from icm_rules.model.agreement import InterInstitutionalAgreement
from icm_rules.model.application import Application, Assessment
from icm_rules.model.terms import with_article

NOT_YET_DEFINED = "not yet defined"
"""What stands as the value of a field that an agreement leaves open."""

_T = typing.TypeVar("_T")
_OPEN = "not_yet_defined"


def agreement_from_dict(data: Mapping[str, object]) -> InterInstitutionalAgreement:
    """The agreement that plain data tells.

    Raises:
        InputError: an unknown key (with a suggestion), a value that cannot be read, or what can never be true;
            ``field`` is the dotted path.

    >>> read = agreement_from_dict({"conditions": [{"direction": "incoming", "activity": "studies",
    ...                                             "places_per_year": "not yet defined"}]})
    >>> read.conditions[0].state_of("places_per_year").words
    'not yet defined'

    """
    agreement: InterInstitutionalAgreement = _object(data, InterInstitutionalAgreement, "", "agreement")
    return agreement


def application_from_dict(data: Mapping[str, object]) -> Application:
    """The application that plain data tells.

    Raises:
        InputError: as of :func:`agreement_from_dict`.

    >>> application_from_dict({"call": 2019, "agency": "si01"}).agency
    'SI01'

    """
    application: Application = _object(data, Application, "", "application")
    return application


def assessment_from_dict(data: Mapping[str, object]) -> Assessment:
    """The assessment that plain data tells.

    Raises:
        InputError: as of :func:`agreement_from_dict`.

    """
    assessment: Assessment = _object(data, Assessment, "", "assessment")
    return assessment


def agreement_to_dict(agreement: InterInstitutionalAgreement) -> dict[str, object]:
    """The agreement as data that JSON can hold, and that reads back as the same; what is not told is left out."""
    return typing.cast("dict[str, object]", _written(agreement))


def application_to_dict(application: Application) -> dict[str, object]:
    """The application as data that JSON can hold, and that reads back as the same; what is not told is left out."""
    return typing.cast("dict[str, object]", _written(application))


@attrs.frozen(kw_only=True)
class Read(typing.Generic[_T]):
    """A document that could be read from a file."""

    name: str
    """The name of the file."""
    position: int
    """Which of the documents in the file it is, counted from 1."""
    document: _T


def read_agreements(content: str | bytes, name: str) -> list[Read[InterInstitutionalAgreement] | Refused]:
    """The agreements of a JSON text, one or a list of them, each read or refused; nothing is raised."""
    return _read_all(content, name, "agreement", agreement_from_dict)


def read_applications(content: str | bytes, name: str) -> list[Read[Application] | Refused]:
    """The applications of a JSON text, one or a list of them, each read or refused; nothing is raised."""
    return _read_all(content, name, "application", application_from_dict)


def _read_all(
    content: str | bytes, name: str, what: str, read: Callable[[Mapping[str, object]], _T]
) -> list[Read[_T] | Refused]:
    try:
        data = parsed_json(content, what)
    except InputError as refusal:
        return [Refused(name=name, position=None, field=None, message=str(refusal), what=what)]
    found: list[Read[_T] | Refused] = []
    for position, item in enumerate(data if isinstance(data, list) else [data], start=1):
        try:
            found.append(Read(name=name, position=position, document=read(item)))  # type: ignore[arg-type] # it refuses
        except InputError as refusal:
            found.append(Refused(name=name, position=position, field=refusal.field, message=str(refusal), what=what))
    return found


# --- reading plain data ------------------------------------------------------------------------------------


def _object(data: object, kind: type, path: str, whose: str) -> typing.Any:  # noqa: ANN401 - an object of kind
    """The object of ``kind`` that a mapping at ``path`` tells."""
    if not isinstance(data, Mapping):
        message = (
            f"{_shown(data)} stands where the fields of {with_article(whose)} belong; write them in curly brackets"
        )
        raise InputError(message, field=path or None)
    known = tuple(_types(kind))
    repeated: tuple[str, ...] = getattr(data, "repeated", ())
    fields: dict[str, _Statement] = {}
    left_open: list[str] = []
    for key, value in data.items():
        place = f"{path}.{_shown_key(key)}".removeprefix(".")
        if key not in known:
            hint = did_you_mean(str(key), known) or f"; the fields are: {', '.join(known)}"
            message = f"there is no field {_shown(key)} in {with_article(whose)}{hint}"
            raise InputError(message, field=place)
        if key in repeated:
            message = f"{key!r} stands more than once in the same object; keep one of them"
            raise InputError(message, field=place)
        if _is_left_open(value, known):
            left_open.append(key)
        elif value is not None:
            fields[key] = _Statement(place, _field(value, kind, key, place))
    if left_open:
        told = fields.get(_OPEN)
        names = [*(told.value if told is not None else ()), *left_open]
        fields[_OPEN] = _Statement(f"{path}.{_OPEN}".removeprefix("."), tuple(dict.fromkeys(names)))
    return _made(kind, fields, path)


def _is_left_open(value: object, known: tuple[str, ...]) -> bool:
    """Whether a field of what may leave something open is written as not yet defined."""
    return _OPEN in known and isinstance(value, str) and value.strip().replace("_", " ").lower() == NOT_YET_DEFINED


def _field(value: object, kind: type, name: str, path: str) -> object:
    """The value of one field, read into its type."""
    for member in _types(kind)[name]:
        if typing.get_origin(member) is tuple and attrs.has(item := typing.get_args(member)[0]):
            if not isinstance(value, (list, tuple)):
                message = f"{_shown(value)} is no list; write a list in square brackets"
                raise InputError(message, field=path)
            whose = name.removesuffix("s").replace("_", " ")
            return tuple(_object(each, item, f"{path}[{number}]", whose) for number, each in enumerate(value))
        if isinstance(member, type) and attrs.has(member) and isinstance(value, Mapping):
            return _object(value, member, path, name.replace("_", " "))
    return _value(value, kind, name, path)
