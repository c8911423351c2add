"""The one table of given facts: the fields of a mobility, and of what it holds, under flat names.

The same table is the arguments of rules, the columns of tables, the keys of flat JSON and the questions of an
interview. It is read off the fields of :class:`~icm_rules.model.mobility.Mobility`, so that a field is described in
one place.
"""

from __future__ import annotations

import functools
import itertools
import typing
from collections.abc import Callable, Mapping
from types import MappingProxyType

import attrs

from icm_rules.engine.errors import InputError
from icm_rules.engine.facts import GivenFact
from icm_rules.model.fields import FACT, PREFIX, Told, unknown_field
from icm_rules.model.mobility import Agreement, Institution, Mobility, Signatures, Staff, Student
from icm_rules.model.terms import ParticipantKind, Stage

HOLDERS: Mapping[str, type] = MappingProxyType(
    {
        "sending": Institution,
        "receiving": Institution,
        "agreement": Agreement,
        "learning_agreement": Signatures,
        "mobility_agreement": Signatures,
    }
)
"""The fields of a mobility that hold other objects, but for the participant."""

PARTICIPANTS: Mapping[ParticipantKind, type[Student | Staff]] = MappingProxyType(
    {
        ParticipantKind.STUDENT: Student,
        ParticipantKind.STAFF: Staff,
    }
)


@attrs.frozen
class Place:
    """Where a given fact stands in a mobility: the field that holds its object, and its own field."""

    holder: str | None
    field: str
    of: type
    """The class the field belongs to: ``Mobility``, ``Institution``, ``Student`` ..."""


def _described(kind: type) -> typing.Iterator[tuple[str, Told, object]]:
    types = typing.get_type_hints(kind)
    for field in attrs.fields(kind):
        if FACT in field.metadata:
            yield field.name, field.metadata[FACT], types[field.name]


@functools.cache
def given_facts(kind: type, prefix: str = "") -> tuple[GivenFact, ...]:
    """The given facts that the fields of another record of the model are, under flat names with this prefix."""
    return tuple(
        GivenFact(
            name=prefix + name,
            type=hint,
            question=told.question,
            known_at=told.known_at,
            unit=told.unit,
            presumed=told.presumed,
        )
        for name, told, hint in _described(kind)
    )


def told_by(record: object, prefix: str = "") -> dict[str, object]:
    """The facts that such a record tells, by flat name; what is not told is left out."""
    kind: type = type(record)
    told = ((fact.name, getattr(record, fact.name.removeprefix(prefix))) for fact in given_facts(kind, prefix))
    return {name: value for name, value in told if value is not None}


def _table() -> typing.Iterator[tuple[GivenFact, Place]]:
    def fact(name: str, told: Told, kind: object) -> GivenFact:
        return GivenFact(
            name=name, type=kind, question=told.question, known_at=told.known_at, unit=told.unit, presumed=told.presumed
        )

    types = typing.get_type_hints(Mobility)
    for field in attrs.fields(Mobility):
        if FACT in field.metadata:
            yield fact(field.name, field.metadata[FACT], types[field.name]), Place(None, field.name, Mobility)
        elif field.name in HOLDERS:
            held = HOLDERS[field.name]
            whose = field.name.replace("_", " ")
            for name, told, kind in _described(held):
                described = attrs.evolve(told, question=f"{told.question} ({whose})") if held is not Agreement else told
                yield fact(field.metadata[PREFIX] + name, described, kind), Place(field.name, name, held)
        else:
            question = Told(question="Is the participant a student or staff?", known_at=Stage.NOMINATION)
            yield fact("participant_kind", question, ParticipantKind | None), Place(None, "participant_kind", Mobility)
            for participant in PARTICIPANTS.values():
                for name, told, kind in _described(participant):
                    yield fact(name, told, kind), Place("participant", name, participant)


_TABLE = tuple(_table())

VOCABULARY: Mapping[str, GivenFact] = MappingProxyType({fact.name: fact for fact, _ in _TABLE})
"""Every given fact by its flat name, in the order of the mobility's fields."""

PLACES: Mapping[str, Place] = MappingProxyType({fact.name: place for fact, place in _TABLE})
"""Where each given fact stands in a mobility."""


def _written_out() -> Callable[[Mobility], tuple[object, ...]]:
    """A function that reads every fact off a mobility, written out field by field: a loop takes five times as long."""
    words: dict[str, object] = {}
    lines, values = ["def all_told(mobility):"], []
    for number, ((holder, of), names) in enumerate(
        itertools.groupby(PLACES, lambda name: (PLACES[name].holder, PLACES[name].of))
    ):
        fields = [PLACES[name].field for name in names]
        if holder is None:
            values += [f"mobility.{field}" for field in fields]
            continue
        words |= {f"kind_{number}": of, f"nothing_{number}": (None,) * len(fields)}
        told = "".join(f"held.{field}, " for field in fields)
        lines.append(f" held = mobility.{holder}")
        lines.append(f" held_{number} = ({told}) if isinstance(held, kind_{number}) else nothing_{number}")
        values.append(f"*held_{number}")
    lines.append(f" return ({', '.join(values)})")
    # Nothing of the text comes from outside: it is made of the names of our own fields.
    exec("\n".join(lines), words)  # noqa: S102
    function: Callable[[Mobility], tuple[object, ...]] = words["all_told"]  # type: ignore[assignment] # by its own words
    return function


all_told = _written_out()
"""Every given fact of a mobility, in the order of :data:`VOCABULARY`; *None* is one that is not told."""


def facts_of(mobility: Mobility) -> dict[str, object]:
    """The facts a mobility tells, by flat name; what is not told is left out."""
    return {name: value for name, value in zip(VOCABULARY, all_told(mobility), strict=True) if value is not None}


def read_fact(name: str, value: object) -> object:
    """The value of the given fact of this flat name, in its type.

    Raises:
        InputError: the value cannot be read as this fact.

    """
    if name == "participant_kind":
        return _kind(value)
    described = _field_of(name)
    return described.converter.converter(value, described)


@functools.cache
def _field_of(name: str) -> typing.Any:  # noqa: ANN401 - an attribute with a converter of its own
    """The field that holds the fact of this flat name; a table of many values asks again and again."""
    place = PLACES[name]
    return getattr(attrs.fields(place.of), place.field)


def mobility_of(facts: Mapping[str, object]) -> Mobility:
    """The mobility that tells these facts, given by flat name; *None* means not told.

    Raises:
        InputError: an unknown name (with a suggestion), a value that cannot be read, facts of a student beside facts
            of staff, or what can never be true.

    """
    own: dict[str, object] = {}
    held: dict[str, dict[str, object]] = {}
    people: dict[type, dict[str, object]] = {}
    kind = facts.get("participant_kind")
    for name, value in facts.items():
        if name not in PLACES:
            raise InputError(unknown_field(name, list(PLACES)), field=name)
        place = PLACES[name]
        if value is None or name == "participant_kind":
            continue
        if place.holder == "participant":
            people.setdefault(place.of, {})[place.field] = value
        elif place.holder is None:
            own[name] = value
        else:
            held.setdefault(place.holder, {})[place.field] = value
    for holder, fields in held.items():
        own[holder] = _made(HOLDERS[holder], fields, {name: f"{_prefix(holder)}{name}" for name in fields})
    if kind is not None:
        people.setdefault(PARTICIPANTS[_kind(kind)], {})
    _check_one_participant(people)
    for person, fields in people.items():
        own["participant"] = _made(person, fields, {})
    if "call" not in own:
        message = "the call is not told; write the year of the call in which the project was granted, such as 2019"
        raise InputError(message, field="call")
    return Mobility(**own)  # type: ignore[arg-type] # the fields read their values themselves


def _check_one_participant(people: Mapping[type, Mapping[str, object]]) -> None:
    """Refuse facts of a student beside facts of staff."""
    if len(people) > 1:
        told = "; ".join(
            f"{kind}: {', '.join(people[person]) or 'participant_kind'}" for kind, person in PARTICIPANTS.items()
        )
        message = f"the participant is told both as a student and as staff ({told}); keep the facts of one"
        raise InputError(message, field="participant_kind")


def _kind(value: object) -> ParticipantKind:
    try:
        return ParticipantKind(value)  # type: ignore[arg-type] # what is no such word raises
    except ValueError:
        message = f"{value!r} is not known here; write one of: {', '.join(ParticipantKind)}"
        raise InputError(message, field="participant_kind") from None


def _prefix(holder: str) -> str:
    return str(getattr(attrs.fields(Mobility), holder).metadata[PREFIX])


def _made(kind: type, fields: Mapping[str, object], flat: Mapping[str, str]) -> object:
    try:
        return kind(**fields)
    except InputError as refusal:
        name, _, rest = (refusal.field or "").partition(".")
        raise InputError(str(refusal), field=".".join(filter(None, (flat.get(name, name), rest)))) from None
