"""Projects as plain data and as JSON: a file, or a folder with ``project.json`` and its mobilities.

The keys are the fields of :class:`~icm_rules.model.project.Project`. What many mobilities share may be written once:

- ``institutions`` names institutions, and ``sending``, ``receiving``, ``applicant`` and the ``parties`` of an agreement
  may then be such a name;
- ``agreements`` names inter-institutional agreements, and ``agreement`` of a mobility may then be such a name.

A mobility is written as everywhere, with three keys of the project besides: ``person``, ``agreement_name`` (told
already where ``agreement`` is a name) and ``counts_without_grant``. It has the call, the number and the day of the
grant agreement of its project where it names none. In a folder, every JSON file under ``mobilities`` holds one
mobility or a list of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from icm_rules.adapters.plain import Refused, json_in, mobility_from_dict, parsed_json, told_once
from icm_rules.engine.errors import InputError, did_you_mean, shown
from icm_rules.model.fields import an_instance
from icm_rules.model.mobility import Institution
from icm_rules.model.project import Project, ProjectMobility

PROJECT_FILE = "project.json"
"""The file of a folder that holds the project itself."""
MOBILITIES_FOLDER = "mobilities"
"""The folder beside it that holds the files of its mobilities."""

_SHARED = ("institutions", "agreements")
_LISTS = ("mobilities", "other_stays")
_OWN_OF_MOBILITY = tuple(field.name for field in attrs.fields(ProjectMobility) if field.name != "mobility")
_SIDES = ("sending", "receiving")


@attrs.frozen(kw_only=True)
class ReadProject:
    """What was read: the project with all mobilities that could be read, and the refusals of the others."""

    project: Project | None
    """*None* where the project itself was refused."""
    refused: tuple[Refused, ...] = ()


def project_from_dict(data: Mapping[str, object]) -> Project:
    """The project that plain data tells.

    Raises:
        InputError: an unknown key (with a suggestion), a value that cannot be read, a name that is explained nowhere,
            no call, or what can never be true; ``field`` is the dotted path.

    >>> project_from_dict({"call": 2019, "mobilities": [{"activity": "studies"}]}).mobilities[0].mobility.call
    2019

    """
    reading = _Reading.of(data)
    return reading.project(
        [reading.mobility(item, f"mobilities[{number}]") for number, item in reading.items("mobilities")]
    )


def read_project(path: Path | str) -> ReadProject:
    """The project in a file or a folder; a mobility that cannot be read is refused by itself, and nothing is raised.

    Raises:
        OSError: the file, or a file of the folder, cannot be read.

    """
    path = Path(path)
    file = path / PROJECT_FILE if path.is_dir() else path
    try:
        reading = _Reading.of(_object(file))
    except InputError as refusal:
        return ReadProject(project=None, refused=(_refused(str(file), None, refusal),))
    found: list[ProjectMobility] = []
    refused: list[Refused] = []
    for name, position, make in _mobilities(path, file, reading):
        try:
            found.append(make())
        except InputError as refusal:
            refused.append(_refused(name, position, refusal))
    try:
        return ReadProject(project=reading.project(found), refused=tuple(refused))
    except InputError as refusal:
        return ReadProject(project=None, refused=(*refused, _refused(str(file), None, refusal)))


def _mobilities(
    path: Path, file: Path, reading: _Reading
) -> Iterator[tuple[str, int | None, Callable[[], ProjectMobility]]]:
    """Every mobility with its file and its place there, each yet to be read."""
    try:
        for number, item in reading.items("mobilities"):
            yield str(file), number + 1, lambda item=item: reading.checked(item)  # type: ignore[misc]
    except InputError as refusal:
        yield str(file), None, lambda refusal=refusal: _raise(refusal)  # type: ignore[misc]
    folder = path / MOBILITIES_FOLDER
    if not (path.is_dir() and folder.is_dir()):
        return
    for each in sorted(folder.rglob("*.json")):
        try:
            data = parsed_json(each.read_bytes())
        except InputError as refusal:
            yield str(each), None, lambda refusal=refusal: _raise(refusal)  # type: ignore[misc]
            continue
        for number, item in enumerate(data if isinstance(data, list) else [data], start=1):
            yield str(each), number, lambda item=item: reading.checked(item)  # type: ignore[misc]


def _raise(refusal: InputError) -> ProjectMobility:
    raise refusal


def _refused(name: str, position: int | None, refusal: InputError) -> Refused:
    return Refused(name=name, position=position, field=refusal.field, message=str(refusal))


def _object(file: Path) -> Mapping[str, object]:
    data = json_in(file.read_bytes(), "project")
    if isinstance(data, list):
        message = "a list stands where a project belongs; write its fields in curly brackets, the list under mobilities"
        raise InputError(message)
    if not isinstance(data, Mapping):
        message = f"{shown(data)} is no project; write its fields in curly brackets"
        raise InputError(message)
    return data


@attrs.frozen(kw_only=True)
class _Reading:
    """The data of one project, with what its mobilities share."""

    data: Mapping[str, object]
    institutions: Mapping[str, object]
    agreements: Mapping[str, object]
    call: int | None

    @classmethod
    def of(cls, data: object) -> _Reading:
        """The project's own data, its keys known."""
        if not isinstance(data, Mapping):
            message = f"{shown(data)} is no project; write its fields in curly brackets"
            raise InputError(message)
        known = [field.name for field in attrs.fields(Project)]
        for key in data:
            if key not in {*known, *_SHARED}:
                hint = did_you_mean(str(key), [*known, *_SHARED]) or f"; the keys are: {', '.join([*known, *_SHARED])}"
                message = f"a project has no key {key!r}{hint}"
                raise InputError(message, field=str(key))
            if key in getattr(data, "repeated", ()):
                message = f"{key!r} stands more than once in the same object; keep one of them"
                raise InputError(message, field=str(key))
        shared = {name: _mapping(data.get(name), name) for name in _SHARED}
        # The number alone tells the call.
        number = data.get("number")
        whole = Project(call=_call(data), number=number)  # type: ignore[arg-type] # the field reads its value itself
        return cls(data=data, call=whole.call, **shared)

    def items(self, key: str) -> Iterator[tuple[int, object]]:
        """The objects of a list of the project, counted from 0."""
        listed = self.data.get(key)
        if listed is None:
            return
        if not isinstance(listed, (list, tuple)):
            message = f"{shown(listed)} is no list of mobilities; write a list in square brackets"
            raise InputError(message, field=key)
        yield from enumerate(listed)

    def project(self, mobilities: list[ProjectMobility]) -> Project:
        """The project with these mobilities."""
        own = {
            name: value
            for name, value in self.data.items()
            if name not in {*_SHARED, *_LISTS, "applicant", "call"} and value is not None
        }
        applicant = self.data.get("applicant")
        if applicant is not None:
            own["applicant"] = _institution(self._named(applicant, self.institutions, "institution", "applicant"))
        others = [self.mobility(item, f"other_stays[{number}]") for number, item in self.items("other_stays")]
        made: Any = own
        return Project(call=self.call, mobilities=mobilities, other_stays=others, **made)  # type: ignore[arg-type] # the fields read their values themselves

    def checked(self, item: object) -> ProjectMobility:
        """A mobility that may stand in this project, so that one that may not is refused by itself."""
        made = self.mobility(item, "")
        try:
            Project(call=self.call, number=self.data.get("number"), mobilities=(made,))  # type: ignore[arg-type] # see above
        except InputError as refusal:
            raise InputError(str(refusal), field=(refusal.field or "").rpartition(".")[2] or None) from None
        return made

    def mobility(self, item: object, path: str) -> ProjectMobility:
        """One mobility, with what it shares put in its place."""
        try:
            return self._mobility(item, is_other=path.startswith("other_stays"))
        except InputError as refusal:
            field = ".".join(filter(None, (path, refusal.field)))
            raise InputError(str(refusal), field=field or None) from None

    def _mobility(self, item: object, *, is_other: bool) -> ProjectMobility:
        told = told_once(item)
        own: Any = {name: told.pop(name) for name in _OWN_OF_MOBILITY if name in told}
        for side in _SIDES:
            if isinstance(told.get(side), str):
                told[side] = self._named(told[side], self.institutions, "institution", side)
        agreement = told.get("agreement")
        if isinstance(agreement, str):
            own.setdefault("agreement_name", agreement)
            told["agreement"] = self._agreement(agreement)
        if not is_other:
            told.setdefault("project_number", self.data.get("number"))
            told.setdefault("grant_agreement_signed_on", self.data.get("grant_agreement_signed_on"))
        return ProjectMobility(mobility=mobility_from_dict(told, call=self.call), **own)

    def _agreement(self, name: str) -> object:
        agreement = self._named(name, self.agreements, "agreement", "agreement")
        if not isinstance(agreement, Mapping) or not isinstance(agreement.get("parties"), (list, tuple)):
            return agreement
        parties = [
            self._named(party, self.institutions, "institution", f"agreements.{name}.parties")
            if isinstance(party, str)
            else party
            for party in agreement["parties"]
        ]
        return {**agreement, "parties": parties}

    @staticmethod
    def _named(value: object, known: Mapping[str, object], what: str, field: str) -> object:
        """What a name stands for; anything but a name stands for itself."""
        if not isinstance(value, str):
            return value
        if value not in known:
            hint = did_you_mean(value, known) or f"; write it under {what}s, or write its fields in curly brackets"
            message = f"there is no {what} {value!r}{hint}"
            raise InputError(message, field=field)
        return known[value]


def _mapping(value: object, field: str) -> Mapping[str, object]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        message = f"{shown(value)} is no mapping from names to {field}; write curly brackets"
        raise InputError(message, field=field)
    return value


def _call(data: Mapping[str, object]) -> object:
    if data.get("call") is not None:
        return data["call"]
    if data.get("number") is not None:
        from icm_rules.model.identifiers import project_number

        try:
            return project_number(data["number"]).call  # type: ignore[arg-type] # it refuses what is no text
        except InputError as refusal:
            raise InputError(str(refusal), field="number") from None
    message = "the call is not told; write the year of the call in which the project was granted, or its number"
    raise InputError(message, field="call")


def _institution(value: object) -> object:
    try:
        return an_instance(Institution)(dict(value) if isinstance(value, Mapping) else value)
    except InputError as refusal:
        raise InputError(str(refusal), field=".".join(filter(None, ("applicant", refusal.field)))) from None
