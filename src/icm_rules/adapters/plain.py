"""Mobilities as plain data and as JSON: read with the place of every refusal, and written so that it reads back.

The keys are the fields of :class:`~icm_rules.model.mobility.Mobility`, nested as there (``sending``, ``agreement`` ...)
with the participant under ``student`` or ``staff``; or the flat names of
:data:`~icm_rules.model.vocabulary.VOCABULARY` at the top level; or both, mixed. ``null`` means not told.

A fact that is known only to be one of several values stands under ``possible``, by its flat name, with the list of
them. A date of which only the month is known is written as year-month, and may be any day of it. What is confirmed,
beside what was planned, stands under ``confirmed``, by flat name.

Places are dotted paths such as ``agreement.conditions[0].activity``: items of a list count from 0, as in JSON paths.
The mobilities of a file count from 1, as people count them.
"""

from __future__ import annotations

import enum
import functools
import itertools
import json
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

import attrs

from icm_rules.engine.errors import InputError, did_you_mean
from icm_rules.engine.facts import members_of
from icm_rules.model.fields import FACT, one_of
from icm_rules.model.identifiers import AcademicYear, ProjectNumber
from icm_rules.model.mobility import Mobility
from icm_rules.model.possible import days_of_month, is_date
from icm_rules.model.terms import ParticipantKind
from icm_rules.model.vocabulary import HOLDERS, PARTICIPANTS, PLACES, VOCABULARY, facts_of

_T = typing.TypeVar("_T")

_KIND_OF: Mapping[type, ParticipantKind] = {made: kind for kind, made in PARTICIPANTS.items()}
_FLAT: Mapping[tuple[str, str], str] = {
    (_KIND_OF[place.of] if place.holder == "participant" else place.holder, place.field): name
    for name, place in PLACES.items()
    if place.holder is not None
}
"""The flat names by the key that holds the fact and its own."""
_TOP_LEVEL = tuple(
    dict.fromkeys((*(kind.value for kind in ParticipantKind), *HOLDERS, *VOCABULARY, "possible", "confirmed"))
)
_LONGEST_SHOWN = 60
_MOST_SHOWN_ITEMS = 3
_MOST_DIGITS = 30
"""No number of a mobility is longer; exact arithmetic on ``1e999999999`` would never come to an end."""


class CallOrigin(enum.StrEnum):
    """What told the call of a mobility."""

    CALL = "call"
    """Its own field ``call``."""
    PROJECT_NUMBER = "project_number"
    """The number of its project."""
    ARGUMENT = "argument"
    """Neither of them; it was given beside the file."""


@attrs.frozen(kw_only=True)
class Accepted:
    """A mobility that could be read."""

    name: str
    """What it was read from: the name of a file."""
    position: int
    """Which of the mobilities in the file it is, counted from 1."""
    mobility: Mobility
    call_origin: CallOrigin


@attrs.frozen(kw_only=True)
class Refused:
    """What could not be read, and why; its ``str`` is the one line that says so."""

    name: str
    """What it was read from: the name of a file."""
    position: int | None
    """Which of the mobilities in the file it is, counted from 1; nothing where the whole file is refused."""
    field: str | None
    """The dotted path of the field, where the refusal is about one."""
    message: str
    what: str = "mobility"
    """What it was to be."""

    def __str__(self) -> str:
        """File, position, field and message, as far as there are such, on one line."""
        position = None if self.position is None else f"{self.what} {self.position}"
        return ": ".join(part for part in (self.name, position, self.field, self.message) if part is not None)


Entry: typing.TypeAlias = Accepted | Refused
"""One mobility of a file, or the refusal of it."""


# --- JSON --------------------------------------------------------------------------------------------------


def read_mobilities(content: str | bytes, name: str, *, call: int | None = None) -> list[Entry]:
    """The mobilities of a JSON text, each of them read or refused; at least one entry, and nothing is raised.

    The text holds one mobility, or a list of them. ``name`` is the name of the file, for the reader of a refusal.
    ``call`` is for mobilities that name no call, neither themselves nor by their project number.
    """
    try:
        data = parsed_json(content)
    except InputError as refusal:
        return [Refused(name=name, position=None, field=None, message=str(refusal))]
    items = data if isinstance(data, list) else [data]
    return [_entry(item, name, position, call) for position, item in enumerate(items, start=1)]


def _entry(item: object, name: str, position: int, call: int | None) -> Entry:
    try:
        mobility, origin = _read(item, call)
    except InputError as refusal:
        return Refused(name=name, position=position, field=refusal.field, message=str(refusal))
    return Accepted(name=name, position=position, mobility=mobility, call_origin=origin)


class JsonObject(dict[str, object]):
    """A JSON object that remembers which of its keys stood in it more than once."""

    def __init__(self, pairs: list[tuple[str, object]]) -> None:
        """The object of these keys and values; of a key that stands there twice the last counts."""
        super().__init__(pairs)
        keys = [key for key, _ in pairs]
        self.repeated = tuple(key for key in self if keys.count(key) > 1) if len(self) < len(keys) else ()


def parsed_json(content: str | bytes, what: str = "mobility") -> list[object] | JsonObject:
    """The list or object that a JSON text holds, with something in it; ``what`` is what it ought to be.

    Raises:
        InputError: it is no such text; the message says where, as far as that can be told.

    """
    data = json_in(content, what)
    if not isinstance(data, (list, JsonObject)):
        message = f"{_shown(data)} is no {what}; write its fields in curly brackets, or a list of such objects"
        raise InputError(message)
    if not data:
        message = f"{_shown(data)} holds no {what}; write at least one, with its call"
        raise InputError(message)
    return data


def told_once(item: object) -> dict[str, object]:
    """The keys and values of an object that tells a mobility, for whoever takes some of them out before it is read.

    Raises:
        InputError: it is no object, or a key stands in it more than once.

    """
    if not isinstance(item, Mapping):
        message = f"{_shown(item)} is no mobility; write its fields in curly brackets"
        raise InputError(message)
    for key in getattr(item, "repeated", ()):
        message = f"{key!r} stands more than once in the same object; keep one of them"
        raise InputError(message, field=_shown_key(key))
    return dict(item)


def json_in(content: str | bytes, what: str) -> object:
    """What a JSON text holds, numbers exact; objects remember which of their keys stood in them more than once.

    ``what`` is the thing that the text should hold, for the reader of a message.

    Raises:
        InputError: the text is empty, no UTF-8, no JSON, or nested too deeply.

    """
    text = _decoded(content)
    if not text.strip():
        message = f"the file is empty; write one {what} as a JSON object, or a list of them"
        raise InputError(message)
    try:
        return json.loads(
            text, object_pairs_hook=JsonObject, parse_float=_fraction, parse_int=_whole, parse_constant=Decimal
        )
    except json.JSONDecodeError as error:
        raise InputError(_about_syntax(error)) from None
    except RecursionError:
        message = f"lists and objects are nested too deeply to be read; a {what} needs a few levels at most"
        raise InputError(message) from None


def _decoded(content: str | bytes) -> str:
    if isinstance(content, str):
        return content.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = (
            f"line {line}: byte {error.start + 1} of the file, 0x{content[error.start]:02x}, is not UTF-8; "
            "save the file in the encoding UTF-8"
        )
        raise InputError(message) from None


# Numbers that are too long are refused where their field is known, so they are let in here.


def _whole(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= _MOST_DIGITS else Decimal(digits)


def _fraction(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:  # the exponent itself has twenty digits
        return Decimal("Infinity")


def _about_syntax(error: json.JSONDecodeError) -> str:
    place = f"line {error.lineno}, column {error.colno}"
    rest = error.doc[error.pos :]
    if not rest.strip():
        return f"{place}: the JSON ends in the middle ({error.msg}); is the file complete?"
    seen = _shown(rest.splitlines()[0])
    if error.msg.startswith("Unterminated string"):
        return f"{place}: {seen} begins a text that is never closed; is the file complete?"
    if error.msg == "Extra data":
        return f"{place}: {seen} follows after the end of the JSON; put several mobilities into one list: [{{}}, {{}}]"
    return f"{place}: {seen} is no JSON here ({error.msg}); mend the text at this place"


# --- reading plain data ------------------------------------------------------------------------------------


def mobility_from_dict(data: Mapping[str, object], *, call: int | None = None) -> Mobility:
    """The mobility that plain data tells: mappings, lists, text, numbers, dates, true and false; *None* is not told.

    The call is what ``call`` in the data says, else that of the project number, else the argument ``call``.

    Raises:
        InputError: an unknown key (with a suggestion), a value that cannot be read, the same fact told twice and
            differently, a student and staff at once, no call, or what can never be true; ``field`` is the dotted path.

    >>> mobility_from_dict({"call": 2019, "sending_country": "KZ", "receiving": {"country": "SI"}}).sending.country
    Country('KZ')

    """
    return _read(data, call)[0]


def _read(data: object, call: int | None) -> tuple[Mobility, CallOrigin]:
    reading = _Reading()
    for key, value in _items(data, Mobility, ""):
        if value is not None:
            reading.take(key, value)
    origin = reading.settle_call(call)
    return reading.mobility(), origin


@attrs.frozen
class _Statement:
    """A value as it was read, and the path at which it was told."""

    path: str
    value: typing.Any


@attrs.frozen
class _Held:
    """What was told of an object that the mobility holds."""

    path: str
    """Where it was first told of."""
    fields: dict[str, _Statement] = attrs.field(factory=dict)


@attrs.frozen
class _Reading:
    """What has been read of one mobility so far."""

    _own: dict[str, _Statement] = attrs.field(factory=dict)
    _held: dict[str, _Held] = attrs.field(factory=dict)
    _people: dict[ParticipantKind, _Held] = attrs.field(factory=dict)
    _possible: dict[str, _Statement] = attrs.field(factory=dict)
    _confirmed: dict[str, object] = attrs.field(factory=dict)

    def take(self, key: str, value: object) -> None:
        """Read the value of one key at the top level."""
        if key == "possible":
            self._take_possible(value)
        elif key == "confirmed":
            self._take_confirmed(value)
        elif key in HOLDERS:
            self._take_all(value, HOLDERS[key], key, self._holder(key, key).fields)
        elif key in PARTICIPANTS:
            kind = ParticipantKind(key)
            self._take_all(value, PARTICIPANTS[kind], key, self._person(kind, key).fields)
        elif key == "participant_kind":
            self._person(_participant_kind(value, key), key)
        elif not self._take_month(key, value, key):
            place = PLACES[key]
            if place.holder is None:
                fields = self._own
            elif place.holder == "participant":
                fields = self._person(_KIND_OF[place.of], key).fields
            else:
                fields = self._holder(place.holder, key).fields
            _keep(fields, place.field, _Statement(key, _value(value, place.of, place.field, key)))

    def _take_all(self, data: object, kind: type, path: str, fields: dict[str, _Statement]) -> None:
        """Read the fields of an object that the mobility holds."""
        for key, value in _items(data, kind, path):
            place = f"{path}.{key}"
            if value is not None and not self._take_month(_FLAT[path, key], value, place):
                _keep(fields, key, _Statement(place, _value(value, kind, key, place)))

    def _take_possible(self, value: object) -> None:
        """Keep what facts may be; which values go together is for the model to say."""
        if not isinstance(value, Mapping):
            message = f"{_shown(value)} stands where facts and their possible values belong; write curly brackets"
            raise InputError(message, field="possible")
        for key, values in value.items():
            name, path = str(key), f"possible.{_shown_key(key)}"
            if name in getattr(value, "repeated", ()):
                message = f"{name!r} stands more than once in the same object; keep one of them"
                raise InputError(message, field=path)
            if values is None:
                continue
            if not isinstance(values, (list, tuple)):
                message = f"{_shown(values)} is no list of possible values; write a list in square brackets"
                raise InputError(message, field=path)
            read = [_possible_value(name, item, f"{path}[{number}]") for number, item in enumerate(values)]
            self._keep_possible(name, read, path)

    def _take_confirmed(self, value: object) -> None:
        """Keep what is confirmed; whether it can be true is for the model to say."""
        if not isinstance(value, Mapping):
            message = f"{_shown(value)} stands where facts and their confirmed values belong; write curly brackets"
            raise InputError(message, field="confirmed")
        for key, told in value.items():
            name, path = str(key), f"confirmed.{_shown_key(key)}"
            if name in getattr(value, "repeated", ()):
                message = f"{name!r} stands more than once in the same object; keep one of them"
                raise InputError(message, field=path)
            if told is not None:
                place = PLACES.get(name)
                known = place is not None and name != "participant_kind"
                self._confirmed[name] = _value(told, place.of, place.field, path) if known and place else told

    def _take_month(self, name: str, value: object, path: str) -> bool:
        """Keep a date told as year-month as the days it may be; whether it was one."""
        if not is_date(name) or not isinstance(value, str):
            return False
        try:
            days = days_of_month(value)
            read = [_possible_value(name, day, path) for day in days or ()]
        except InputError as refusal:
            raise InputError(str(refusal), field=path) from None
        if read:
            self._keep_possible(name, read, path)
        return bool(read)

    def _keep_possible(self, name: str, values: list[object], path: str) -> None:
        """Add what a fact may be, unless that was told otherwise before."""
        known = self._possible.setdefault(name, _Statement(path, values))
        if known.value != values:
            message = f"this says what {name} may be, and {known.path} says it otherwise; tell it once"
            raise InputError(message, field=path)

    def _holder(self, holder: str, path: str) -> _Held:
        return self._held.setdefault(holder, _Held(path))

    def _person(self, kind: ParticipantKind, path: str) -> _Held:
        for other, told in self._people.items():
            if other is not kind:
                message = f"this tells of a {kind} participant, and {told.path} of a {other} one; keep one of the two"
                raise InputError(message, field=path)
        return self._people.setdefault(kind, _Held(path))

    def settle_call(self, call: int | None) -> CallOrigin:
        """Take the call from the project number or from the argument, where the mobility does not name it itself."""
        if "call" in self._own:
            return CallOrigin.CALL
        number = self._own.get("project_number")
        if number is not None:
            self._own["call"] = _Statement(number.path, number.value.call)
            return CallOrigin.PROJECT_NUMBER
        if call is None:
            message = (
                "the call is not told; write the year of the call in which the project was granted, such as 2019, "
                "or the number of the project"
            )
            raise InputError(message, field="call")
        self._own["call"] = _Statement("call", _value(call, Mobility, "call", "call"))
        return CallOrigin.ARGUMENT

    def mobility(self) -> Mobility:
        """The mobility, from all that was read."""
        parts = dict(self._own)
        for holder, told in self._held.items():
            parts[holder] = _Statement(told.path, _made(HOLDERS[holder], told.fields, told.path))
        for kind, told in self._people.items():
            parts["participant"] = _Statement(told.path, _made(PARTICIPANTS[kind], told.fields, told.path))
        if self._possible:
            possible = {name: told.value for name, told in self._possible.items()}
            parts["possible"] = _Statement("possible", possible)
        if self._confirmed:
            parts["confirmed"] = _Statement("confirmed", self._confirmed)
        mobility: Mobility = _made(Mobility, parts, "")
        return mobility


def _keep(fields: dict[str, _Statement], name: str, new: _Statement) -> None:
    """Add what was told, unless the same field was told otherwise before."""
    known = fields.setdefault(name, new)
    if known.value != new.value:
        message = (
            f"this says {_shown(_written(new.value))}, and {known.path} says {_shown(_written(known.value))}; "
            "tell it once"
        )
        raise InputError(message, field=new.path)


def _gather(data: object, kind: type, path: str, fields: dict[str, _Statement]) -> None:
    """Read the fields of an object of ``kind``, told as a mapping at ``path``."""
    for key, value in _items(data, kind, path):
        if value is not None:
            place = f"{path}.{key}"
            _keep(fields, key, _Statement(place, _value(value, kind, key, place)))


def _items(data: object, kind: type, path: str) -> Iterator[tuple[str, object]]:
    """The keys and values of a mapping; every key is a field of ``kind`` and stands there once."""
    if not isinstance(data, Mapping):
        whose = path.rpartition(".")[2] or "a mobility"
        message = f"{_shown(data)} stands where the fields of {whose} belong; write them in curly brackets"
        raise InputError(message, field=path or None)
    known = _TOP_LEVEL if kind is Mobility else tuple(_types(kind))
    repeated: tuple[str, ...] = getattr(data, "repeated", ())
    for key, value in data.items():
        place = f"{path}.{_shown_key(key)}".removeprefix(".")
        if key not in known:
            raise InputError(_about_unknown(key, known, kind, path), field=place)
        if key in repeated:
            message = f"{key!r} stands more than once in the same object; keep one of them"
            raise InputError(message, field=place)
        yield key, value


def _about_unknown(key: object, known: tuple[str, ...], kind: type, path: str) -> str:
    if key == "participant":
        return "there is no field 'participant'; write 'student' or 'staff', with the fields of that person"
    if kind is Mobility:
        hint = did_you_mean(str(key), known) or "; `icm-rules questions` lists the fields there are"
        return f"there is no field {_shown(key)}{hint}"
    if key in VOCABULARY:
        return f"there is no field {key!r} in {path}; write it at the top level of the mobility"
    hint = did_you_mean(str(key), known) or f"; the fields are: {', '.join(known)}"
    return f"there is no field {_shown(key)} in {path}{hint}"


def _value(value: object, kind: type, name: str, path: str) -> object:
    """The value of one field of ``kind``, read into its type; the field stands at ``path``."""
    members = _types(kind)[name]
    item_types = [typing.get_args(member)[0] for member in members if typing.get_origin(member) is tuple]
    if not item_types:
        return _scalar(value, path, functools.partial(_converted, kind, name), members)
    if not isinstance(value, (list, tuple)):
        message = f"{_shown(value)} is no list; write a list in square brackets"
        raise InputError(message, field=path)
    item_type = item_types[0]
    return tuple(_item(item, item_type, kind, name, f"{path}[{number}]") for number, item in enumerate(value))


def _item(item: object, item_type: type, kind: type, name: str, path: str) -> object:
    """One item of the list that is the field ``name`` of ``kind``."""
    if item is None:
        message = "null stands in the list; leave it out, or write what belongs there"
        raise InputError(message, field=path)
    if attrs.has(item_type):
        fields: dict[str, _Statement] = {}
        _gather(item, item_type, path, fields)
        return _made(item_type, fields, path)
    return _scalar(item, path, lambda one: _converted(kind, name, [one])[0], frozenset({item_type}))


def _converted(kind: type, name: str, value: object) -> typing.Any:  # noqa: ANN401 -- of the field's own type
    """The value as the model reads it."""
    field = getattr(attrs.fields(kind), name)
    return field.converter.converter(value, field)


def _scalar(value: object, path: str, read: Callable[[object], object], types: frozenset[object]) -> object:
    """The value that stands at ``path``, read by ``read`` into one of the ``types``; none of them is a container."""
    if isinstance(value, (Mapping, list, tuple, set, frozenset)):
        what = "an object" if isinstance(value, Mapping) else "a list"
        message = f"{_shown(value)} is {what} where one value belongs; write the value alone"
        raise InputError(message, field=path)
    if isinstance(value, str) and not _is_sound(value):
        message = f"{_shown(value)} holds half of a character; write the whole character, or its escape in two parts"
        raise InputError(message, field=path)
    if not types.isdisjoint({int, Decimal}):
        _check_size(value, path)
    elif isinstance(value, Decimal):
        # JSON has one kind of number; where none belongs, the model shows it as a person would write it.
        value = int(value) if _is_whole(value) else float(str(value).removeprefix("s"))
    try:
        return read(value)
    except InputError as refusal:
        raise InputError(str(refusal), field=path) from None


def _is_sound(text: str) -> bool:
    """Whether the text can be written as UTF-8: JSON escapes may hold the halves of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _check_size(value: object, path: str) -> None:
    """Refuse numbers so long that counting with them exactly would not come to an end."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        return
    try:
        # Python refuses to write out, and so to read here, an int of some thousand digits.
        number = Decimal(value if isinstance(value, int) else str(value).strip())
    except InvalidOperation:  # no number at all, or one past all limits: the model says so
        return
    if not _is_short(number):
        message = f"{_shown(value)} is a number of more than {_MOST_DIGITS} digits; write a number such as 12 or 7.5"
        raise InputError(message, field=path)


def _is_whole(number: Decimal) -> bool:
    """Whether it is a whole number, and not too long to be made one."""
    return number.is_finite() and _is_short(number) and number == number.to_integral_value()


def _is_short(number: Decimal) -> bool:
    """Whether a finite number has few digits before and after the point; the others are refused by the model."""
    if not number.is_finite():
        return True
    _, digits, exponent = number.as_tuple()
    return len(digits) <= _MOST_DIGITS and abs(int(exponent)) <= _MOST_DIGITS


def _participant_kind(value: object, path: str) -> ParticipantKind:
    kind = _scalar(value, path, one_of(ParticipantKind), frozenset({ParticipantKind}))
    return ParticipantKind(str(kind))


def _possible_value(name: str, value: object, path: str) -> object:
    """One of the values that a fact may have, read into its type; a month and an unknown name stay as they are."""
    if value is None:
        message = "null stands in the list; leave it out, or write what belongs there"
        raise InputError(message, field=path)
    if name == "participant_kind":
        return _participant_kind(value, path)
    if name not in PLACES or (is_date(name) and isinstance(value, str)):
        return value
    place = PLACES[name]
    return _value(value, place.of, place.field, path)


def _made(kind: type, fields: Mapping[str, _Statement], path: str) -> typing.Any:  # noqa: ANN401 -- an object of kind
    """The object of ``kind`` with these fields; what its class refuses is said of the path it was told at."""
    for field in attrs.fields(kind):
        if field.default is attrs.NOTHING and field.name not in fields:
            message = f"{field.name!r} is not told; {field.metadata[FACT].question}"
            raise InputError(message, field=f"{path}.{field.name}".removeprefix("."))
    try:
        return kind(**{name: told.value for name, told in fields.items()})
    except InputError as refusal:
        name = (refusal.field or "").partition(".")[0]
        if name in {"possible", "confirmed"}:
            raise InputError(str(refusal), field=refusal.field) from None
        place = fields[name].path if name in fields else ".".join(filter(None, (path, name)))
        raise InputError(str(refusal), field=place or None) from None


@functools.cache
def _types(kind: type) -> Mapping[str, frozenset[object]]:
    """The fields of a class of the model that hold facts, and the types a value of each may have."""
    hints = typing.get_type_hints(kind)
    return {field.name: members_of(hints[field.name]) for field in attrs.fields(kind) if FACT in field.metadata}


# --- showing -----------------------------------------------------------------------------------------------


def _shown(value: object) -> str:
    """A value of plain data as a message shows it: as JSON writes it, on one line and not too long."""
    if isinstance(value, Mapping):
        items = [f"{_shown_inner(key)}: {_shown_inner(inner)}" for key, inner in _first(value.items())]
        text = f"{{{', '.join(items)}{', ...' if len(value) > len(items) else ''}}}"
    elif isinstance(value, (list, tuple, set, frozenset)):
        items = [_shown_inner(inner) for inner in _first(value)]
        text = f"[{', '.join(items)}{', ...' if len(value) > len(items) else ''}]"
    else:
        text = _shown_inner(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."


def _first(values: Iterable[_T]) -> Iterator[_T]:
    return itertools.islice(values, _MOST_SHOWN_ITEMS)


def _shown_inner(value: object) -> str:
    """The same for what may stand inside another value; what it holds itself is not shown."""
    if isinstance(value, Mapping):
        return "{...}" if value else "{}"
    if isinstance(value, (list, tuple, set, frozenset)):
        return "[...]" if value else "[]"
    if isinstance(value, str):
        return repr(str(value[:_LONGEST_SHOWN]))
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int):
        return str(value) if abs(value) < 10**_LONGEST_SHOWN else "a number of many digits"
    return str(value) if isinstance(value, Decimal) else repr(value)


def _shown_key(key: object) -> str:
    """A key as part of a path: as it stands if it is a plain word."""
    return key if isinstance(key, str) and key.isprintable() and len(key) <= _LONGEST_SHOWN else _shown(key)


# --- writing -----------------------------------------------------------------------------------------------


def mobility_to_dict(mobility: Mobility, *, flat: bool = False) -> dict[str, object]:
    """The mobility as data that JSON can hold, and that reads back as the same mobility; what is not told is left out.

    Dates are year-month-day, whole numbers are numbers, other numbers are text such as ``"7.5"``, so that no program
    on the way makes them inexact. ``flat`` gives the flat names only; an agreement or institution of which nothing is
    told is then left out.

    >>> from icm_rules.model.mobility import Mobility, Student
    >>> mobility_to_dict(Mobility(call=2019, participant=Student(year_of_study=2)))
    {'call': 2019, 'student': {'year_of_study': 2}}

    """
    possible = {name: [_written(value) for value in values] for name, values in mobility.possible}
    confirmed = {name: _written(value) for name, value in mobility.confirmed}
    beside = {name: held for name, held in (("possible", possible), ("confirmed", confirmed)) if held}
    if flat:
        told = {name: _written(value, _item_type_of(name)) for name, value in facts_of(mobility).items()}
        return {**told, **beside}
    written: dict[str, object] = {}
    for field in attrs.fields(Mobility):
        value = getattr(mobility, field.name)
        if field.name in {"possible", "confirmed"}:
            written.update({field.name: beside[field.name]} if field.name in beside else {})
        elif value is not None:
            kind = _KIND_OF.get(type(value))
            written[field.name if kind is None else kind.value] = _written(value, HOLDERS.get(field.name))
    return written


def _item_type_of(name: str) -> type | None:
    """The class of the items of a given fact, where it is a list of objects."""
    place = PLACES[name]
    return _item_type(place.of, place.field)


def _item_type(kind: type, name: str) -> type | None:
    """The class of the items of a field, where it is a list of objects."""
    for member in _types(kind).get(name, ()):
        if typing.get_origin(member) is tuple and attrs.has(item := typing.get_args(member)[0]):
            return typing.cast("type", item)
    return None


def _written(value: object, declared: type | None = None) -> object:
    """A value of the model as JSON can hold it.

    An object, or each object of a list, is written as one of the class ``declared`` where that is told: a mobility may
    hold a whole document where it reads the facts of an agreement alone.
    """
    if isinstance(value, bool | int):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_written(item, declared) for item in value]
    if isinstance(value, (str, ProjectNumber, AcademicYear)):
        return str(value)
    kind: type = declared or type(value)
    told = {name: getattr(value, name) for name in _types(kind)}
    return {name: _written(inner, _item_type(kind, name)) for name, inner in told.items() if inner is not None}
