"""How the files of the Guides become a :class:`Guide`: read, completed by the files they amend, checked.

What the paragraphs are stands in :mod:`icm_rules.guide.provisions`, what they say in ``<call>.toml`` beside this
module. The rules of the format: a paragraph is amended whole; silence is refused; nothing is computed in a file.
"""

from __future__ import annotations

import functools
import tomllib
import typing
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import attrs

from icm_rules.engine.citations import Citation, Closed, Confidence, Source
from icm_rules.engine.errors import GuideError
from icm_rules.guide import checks
from icm_rules.guide.provisions import PARAGRAPHS, Line, Provision, Terminology
from icm_rules.model.terms import Term

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cattrs import Converter

SOURCE_KINDS = ("official", "official_copy", "na", "neo", "secondary")
"""What a source may be.

``official`` is the Commission, the Official Journal or a government, ``official_copy`` a copy of an official text in
another place, ``na`` a National Agency, ``neo`` a National Erasmus+ Office, ``secondary`` anyone else.
"""

_HEAD = ("call", "amends", "title")
_NOT_PARAGRAPHS = ("sources", "unchanged")
_CITING = ("source", "confidence", "section", "note", "conflict")
_NO_CALL = "no_call.toml"


# --- the Guide ---------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class Guide:
    """The Programme Guide of one call: every paragraph of it, each with where it is written."""

    call: int
    title: str
    name: str
    """The file it was read from, e.g. ``2018.toml``; for the reader of a message."""
    amends: int | None = None
    """The call whose Guide this one amends; absent for the first of a programme period."""
    _provisions: dict[str, Provision | Closed] = attrs.field(hash=False, repr=False)

    @functools.cached_property
    def provisions(self) -> Mapping[str, Provision | Closed]:
        """Every paragraph by its name, in the order of ``PARAGRAPHS``; ``Closed`` where it is not in force."""
        return MappingProxyType(self._provisions)

    def __getitem__(self, paragraph: str) -> Provision | Closed:
        """The paragraph of that name.

        Raises:
            GuideError: there is no such paragraph.

        """
        if paragraph not in self._provisions:
            message = f"{self.title} has no paragraph {paragraph}{_suggestion(paragraph, PARAGRAPHS)}"
            raise GuideError(message)
        return self._provisions[paragraph]

    @property
    def terminology(self) -> Terminology:
        """The words this Guide uses for the action and the two sides.

        Raises:
            GuideError: the paragraph is not in force.

        """
        provision = self["terminology"]
        if not isinstance(provision, Terminology):
            message = f"{self.name}: [terminology] is not in force; a Guide cannot do without its words"
            raise GuideError(message)
        return provision

    def amended(self, **paragraphs: Provision | Closed) -> Guide:
        """A what-if: this Guide with the given paragraphs in place of its own.

        What is new is cited as written in the amended Guide and in no source. It keeps the confidence it was
        given, so that it is judged as if it had been adopted; lines taken over unchanged stay cited as they were.

        >>> from attrs import evolve
        >>> from icm_rules.guide import guide
        >>> today = guide(2018)
        >>> longer = today.amended(staff_duration=evolve(today["staff_duration"], maximum_days=90))
        >>> longer["staff_duration"].maximum_days
        90

        Raises:
            GuideError: an unknown paragraph, a value of another paragraph's class, a table that contradicts itself.

        """
        title = f"{self.title}, amended"
        changed = dict(self._provisions)
        for name, value in paragraphs.items():
            standing = self[name]
            if not isinstance(value, (PARAGRAPHS[name], Closed)):
                message = (
                    f"{title}: {name} was given {value!r}: give a {PARAGRAPHS[name].__name__}, "
                    "for example attrs.evolve of the paragraph as it stands"
                )
                raise GuideError(message)
            if value == standing:
                continue
            if isinstance(value, Provision):
                checks.check(value, f"{title}, {name}")
            changed[name] = _cited_as_what_if(value, standing, title)
        checks.check_together(changed, title)
        return attrs.evolve(self, title=title, provisions=changed)


def _cited_as_what_if(value: Provision | Closed, standing: Provision | Closed, title: str) -> Provision | Closed:
    citation = Citation(
        document=title,
        paragraph=value.citation.paragraph,
        confidence=value.citation.confidence,
        note="a what-if, written in no Guide",
    )
    changes: dict[str, Any] = {"citation": citation}
    if hasattr(value, "lines"):
        kept = getattr(standing, "lines", ())
        changes["lines"] = tuple(
            line if line in kept else attrs.evolve(line, citation=_of_line(citation, line)) for line in value.lines
        )
    return attrs.evolve(value, **changes)


def _of_line(citation: Citation, line: Line) -> Citation:
    return attrs.evolve(citation, line=line.label, confidence=line.citation.confidence)


# --- which Guides there are --------------------------------------------------------------------------------


@functools.cache
def calls() -> tuple[int, ...]:
    """The calls whose Guide this version holds, the oldest first."""
    names = (entry.name for entry in resources.files("icm_rules.guide").iterdir())
    return tuple(sorted(int(name.removesuffix(".toml")) for name in names if name.removesuffix(".toml").isdigit()))


@functools.lru_cache(maxsize=None, typed=True)
def guide(call: int) -> Guide:
    """The Programme Guide of ``call``: the year that stands in the project number, never the year of the stay.

    Raises:
        GuideError: there was no such call, or its Guide is not in this version; the message says which.

    """
    if type(call) is not int:
        message = f"{call!r} is no call: write the year as a whole number, for example {calls()[-1]}"
        raise GuideError(message)
    if call not in calls():
        raise GuideError(_why_no_guide(call))
    return _complete(_shipped(call))


def load(source: Path | str) -> Guide:
    """A Guide from a file outside the package (a path), or from the text of one: a what-if in the same format.

    It is a full file, or it amends a Guide of this version. Where ``call`` and ``amends`` are the same year it
    changes that Guide itself, and what it does not name stays as it is.

    Raises:
        GuideError: the file cannot be read, breaks the format, or amends a Guide that is not here.

    """
    if isinstance(source, str) and "\n" not in source and source.endswith(".toml"):
        source = Path(source)
    if isinstance(source, str):
        return _complete(_read(source, "the text given"))
    try:
        text = source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{source} cannot be read: {error}"
        raise GuideError(message) from error
    return _complete(_read(text, source.name))


def _why_no_guide(call: int) -> str:
    held = ", ".join(str(year) for year in calls())
    text = resources.files("icm_rules.guide").joinpath(_NO_CALL).read_text(encoding="utf-8")
    written = tomllib.loads(text)
    entry = written["calls"].get(str(call))
    if entry is None and call < written["began"]["call"]:
        entry = written["began"]
    if entry is None:
        return f"no Programme Guide of call {call} in this version; it holds {held}"
    shown = written["sources"][entry["source"][0]]["title"]
    sentence = entry["sentence"].format(call=call)
    return f"{sentence} This version holds the calls {held}. ({entry['confidence']}: {shown})"


# --- files as they are written -----------------------------------------------------------------------------


@attrs.frozen(kw_only=True, eq=False)
class _File:
    """One file as written; its paragraphs still plain tables."""

    name: str
    call: int
    title: str
    amends: int | None
    sources: dict[str, Source]
    unchanged: dict[str, dict[str, Any]]
    paragraphs: dict[str, dict[str, Any]]

    @property
    def is_what_if_on_its_own_call(self) -> bool:
        return self.amends == self.call


@attrs.frozen(kw_only=True, eq=False)
class _Standing:
    """A paragraph as the file that writes it has it, and the latest claim that it is unchanged."""

    written_in: str
    table: dict[str, Any]
    claim: dict[str, Any] | None = None
    claimed_in: str = ""


@functools.cache
def _shipped(call: int) -> _File:
    name = f"{call}.toml"
    text = resources.files("icm_rules.guide").joinpath(name).read_text(encoding="utf-8")
    file = _read(text, name)
    if file.call != call:
        message = f"{name}: call = {file.call}, expected {call}: the name of a file is its call"
        raise GuideError(message)
    if file.is_what_if_on_its_own_call:
        message = f"{name}: amends = {file.amends}, expected an earlier call"
        raise GuideError(message)
    return file


def _read(text: str, name: str) -> _File:
    try:
        table = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        message = f"{name} is not written in TOML: {error}"
        raise GuideError(message) from error
    for key, value in table.items():
        if key not in (*_HEAD, *_NOT_PARAGRAPHS, *PARAGRAPHS):
            message = (
                f"{name}: there is no paragraph {key}{_suggestion(key, (*PARAGRAPHS, *_HEAD, *_NOT_PARAGRAPHS))} "
                "(a new paragraph is a class in provisions.py)"
            )
            raise GuideError(message)
        if key not in _HEAD and not isinstance(value, dict):
            message = f"{name}: {key} = {value!r}, expected a table: write [{key}] and its fields below it"
            raise GuideError(message)
    title = table.get("title")
    if not isinstance(title, str) or not title:
        message = f'{name}: title = {title!r}, expected a title such as "Programme Guide 2018"'
        raise GuideError(message)
    paragraphs = {key: value for key, value in table.items() if key in PARAGRAPHS}
    return _File(
        name=name,
        call=_whole_number(table, "call", name),
        title=title,
        amends=_whole_number(table, "amends", name) if "amends" in table else None,
        sources={key: _source(key, entry, name) for key, entry in table.get("sources", {}).items()},
        unchanged=_claims(table.get("unchanged", {}), paragraphs, name),
        paragraphs=paragraphs,
    )


def _whole_number(table: Mapping[str, Any], key: str, name: str) -> int:
    value = table.get(key)
    if type(value) is not int:
        message = f"{name}: {key} = {value!r}, expected the year of a call such as 2018"
        raise GuideError(message)
    return value


def _source(key: str, entry: object, name: str) -> Source:
    place = f"{name}, [sources.{key}]"
    if not isinstance(entry, dict):
        message = f"{place}: {entry!r}, expected a table with title, url and kind"
        raise GuideError(message)
    _refuse_unknown_fields(entry, ("title", "url", "kind"), place)
    title, url, kind = entry.get("title"), entry.get("url", []), entry.get("kind")
    if not isinstance(title, str) or not title:
        message = f"{place}: title = {title!r}, expected the title of the text"
        raise GuideError(message)
    if not isinstance(url, list) or not all(isinstance(address, str) for address in url):
        message = f'{place}: url = {url!r}, expected a list of addresses such as ["https://..."]'
        raise GuideError(message)
    if kind not in SOURCE_KINDS:
        message = f"{place}: kind = {kind!r}, expected one of: {', '.join(SOURCE_KINDS)}"
        raise GuideError(message)
    return Source(key=key, title=title, url=tuple(url), kind=kind)


def _claims(table: dict[str, Any], paragraphs: Mapping[str, Any], name: str) -> dict[str, dict[str, Any]]:
    for key, claim in table.items():
        if key not in PARAGRAPHS:
            message = f"{name}, [unchanged]: there is no paragraph {key}{_suggestion(key, PARAGRAPHS)}"
            raise GuideError(message)
        if key in paragraphs:
            message = f"{name}: {key} is written and also named under [unchanged]: keep one of the two"
            raise GuideError(message)
        if not isinstance(claim, dict):
            message = f'{name}, [unchanged]: {key} = {claim!r}, expected {{ source = ["..."], confidence = "..." }}'
            raise GuideError(message)
        _refuse_unknown_fields(claim, _CITING, f"{name}, [unchanged], {key}")
    return table


# --- completing a file by those it amends ------------------------------------------------------------------


def _complete(file: _File) -> Guide:
    """The Guide that ``file`` and the files it amends make together."""
    if file.amends is not None and file.amends > file.call:
        message = f"{file.name}: call = {file.call} amends = {file.amends}: a Guide amends an earlier one, or itself"
        raise GuideError(message)
    if file.amends is not None and file.amends not in calls():
        message = f"{file.name}: amends = {file.amends}: {_why_no_guide(file.amends)}"
        raise GuideError(message)
    chain = _chain(file)
    sources = _all_sources(chain)
    if file.is_what_if_on_its_own_call:
        base = guide(file.call)
        if file.unchanged:
            message = (
                f"{file.name}: a what-if on call {file.call} itself leaves every paragraph it does not name as it "
                "is: take out [unchanged]"
            )
            raise GuideError(message)
        provisions = dict(base.provisions)
        for name, table in file.paragraphs.items():
            provisions[name] = _provision(name, _Standing(written_in=file.name, table=table), file.title, sources)
    else:
        standing: dict[str, _Standing] = {}
        for link in chain:
            standing = _amended(standing, link)
        provisions = {name: _provision(name, standing[name], file.title, sources) for name in PARAGRAPHS}
    checks.check_together(provisions, file.name)
    return Guide(call=file.call, title=file.title, name=file.name, amends=file.amends, provisions=provisions)


def _chain(file: _File) -> list[_File]:
    """The file and all it amends, the full file of the programme period first."""
    chain = [file]
    while chain[0].amends is not None:
        chain.insert(0, _shipped(chain[0].amends))
    return chain


def _all_sources(chain: Iterable[_File]) -> dict[str, Source]:
    sources: dict[str, Source] = {}
    where: dict[str, str] = {}
    for file in chain:
        for key, source in file.sources.items():
            if key in sources:
                message = (
                    f"{file.name}, [sources.{key}]: {where[key]} has this source already, and {file.name} inherits it: "
                    "take it out here, or give the new text a key of its own"
                )
                raise GuideError(message)
            sources[key], where[key] = source, file.name
    return sources


def _amended(standing: Mapping[str, _Standing], file: _File) -> dict[str, _Standing]:
    """Every paragraph after ``file``; its silence is refused."""
    after: dict[str, _Standing] = {}
    for name in PARAGRAPHS:
        if name in file.paragraphs:
            after[name] = _Standing(written_in=file.name, table=file.paragraphs[name])
        elif name not in file.unchanged:
            way_out = (
                "write it, or write in_force = false"
                if file.amends is None
                else "amend it, or name it under [unchanged], or write in_force = false"
            )
            message = f"{file.name} says nothing of {name}: {way_out}"
            raise GuideError(message)
        elif name not in standing:
            message = f"{file.name}, [unchanged]: {name} stands in no earlier file: write it, or write in_force = false"
            raise GuideError(message)
        else:
            after[name] = attrs.evolve(standing[name], claim=file.unchanged[name], claimed_in=file.name)
    return after


# --- one paragraph -----------------------------------------------------------------------------------------


def _provision(name: str, standing: _Standing, title: str, sources: Mapping[str, Source]) -> Provision | Closed:
    """The paragraph as a record, cited line by line."""
    place = f"{standing.written_in}, [{name}]"
    table = dict(standing.table)
    written = _citation(table, Citation(document=title, paragraph=name), sources, place, whole=True)
    claim_place = f"{standing.claimed_in}, [unchanged], {name}"
    citation = written
    if standing.claim is not None:
        blank = Citation(document=title, paragraph=name, conflict=written.conflict)
        citation = _citation(dict(standing.claim), blank, sources, claim_place, whole=True)
    if "in_force" in table:
        if table.pop("in_force") is not False:
            message = f"{place}: in_force is written only as false: leave it out where the paragraph is in force"
            raise GuideError(message)
        if table:
            message = f"{place}: a paragraph not in force holds no figures: take out {', '.join(table)}"
            raise GuideError(message)
        return Closed(citation=citation)
    kind = PARAGRAPHS[name]
    line_kind = _line_kind(kind)
    lines = table.pop("lines", None)
    fields = _fields(kind, table, place)
    if lines is not None:
        if line_kind is None:
            message = f"{place}: there is no field lines: this paragraph has no table"
            raise GuideError(message)
        claim = None if standing.claim is None else citation
        fields["lines"] = _lines(line_kind, lines, sources, place, written, claim)
    elif line_kind is not None and attrs.fields_dict(kind)["lines"].default is attrs.NOTHING:
        message = f"{place}: lines is missing: write one [[{name}.lines]] for each line"
        raise GuideError(message)
    provision = kind(citation=citation, **fields)
    checks.check(provision, place)
    return provision


def _lines(  # noqa: PLR0913, PLR0917 - what a line is cited by comes from three places
    kind: type[Line],
    tables: object,
    sources: Mapping[str, Source],
    place: str,
    written: Citation,
    claim: Citation | None,
) -> tuple[Line, ...]:
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        message = f"{place}: lines = {tables!r}, expected one [[{written.paragraph}.lines]] for each line"
        raise GuideError(message)
    lines = []
    for number, given in enumerate(tables, start=1):
        line_place = f"{place}, line {number}"
        table = dict(given)
        own = {key for key in _CITING if key in table}
        citation = _citation(table, written, sources, line_place, whole=False)
        if claim is not None:
            citation = _line_under_claim(citation, own, claim)
        line = kind(citation=citation, **_fields(kind, table, line_place))
        lines.append(attrs.evolve(line, citation=attrs.evolve(citation, line=line.label)))
    return tuple(lines)


def _line_under_claim(line: Citation, own: set[str], claim: Citation) -> Citation:
    """The citation of a line in a paragraph claimed unchanged: never surer than the line or the claim."""
    sources, confidence = claim.sources, claim.confidence
    if "confidence" in own:
        confidence = min(line.confidence, claim.confidence)
    if "source" in own:
        sources = (*line.sources, *(source for source in claim.sources if source not in line.sources))
        if not line.sources:
            # What was seen nowhere is not shown by a claim that speaks of the paragraph as a whole.
            sources, confidence = (), Confidence.UNVERIFIED
    return attrs.evolve(
        claim,
        sources=sources,
        confidence=confidence,
        section=line.section if "section" in own else claim.section,
        note=line.note if "note" in own else claim.note,
        conflict=line.conflict if "conflict" in own else claim.conflict,
    )


def _citation(
    table: dict[str, Any], inherited: Citation, sources: Mapping[str, Source], place: str, *, whole: bool
) -> Citation:
    """What ``table`` says of where it is written, taken out of it; a line inherits what it does not say."""
    said = {key: table.pop(key) for key in _CITING if key in table}
    for key in ("source", "confidence"):
        if whole and key not in said:
            expected = (
                f"write one of: {', '.join(member.label for member in reversed(Confidence))}"
                if key == "confidence"
                else 'write the keys of the texts that show it, or source = [] with confidence = "unverified"'
            )
            message = f"{place}: {key} is missing: {expected}"
            raise GuideError(message)
    confidence, shown = inherited.confidence, inherited.sources
    if "confidence" in said:
        try:
            confidence = Confidence.from_label(said["confidence"])
        except ValueError as error:
            message = f"{place}: confidence = {error}"
            raise GuideError(message) from error
    if "source" in said:
        shown = _shown_by(said["source"], sources, place)
    if not shown and confidence is not Confidence.UNVERIFIED:
        message = (
            f'{place}: confidence = "{confidence.label}" without a source: '
            'name the text that shows it, or write confidence = "unverified"'
        )
        raise GuideError(message)
    for key in ("section", "note", "conflict"):
        if key in said and (not isinstance(said[key], str) or not said[key].strip()):
            message = f"{place}: {key} = {said[key]!r}, expected a sentence"
            raise GuideError(message)
    return attrs.evolve(
        inherited,
        sources=shown,
        confidence=confidence,
        section=said.get("section", inherited.section),
        note=said.get("note", inherited.note),
        conflict=said.get("conflict", inherited.conflict),
    )


def _shown_by(keys: object, sources: Mapping[str, Source], place: str) -> tuple[Source, ...]:
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        message = f'{place}: source = {keys!r}, expected a list of keys such as ["fr_na_2019"]'
        raise GuideError(message)
    for key in keys:
        if key not in sources:
            message = (
                f"{place}: source {key!r} is in no [sources] of this file or of those it amends"
                f"{_suggestion(key, sources)}: add [sources.{key}] with title, url and kind"
            )
            raise GuideError(message)
        if keys.count(key) > 1:
            message = f"{place}: source {key!r} is named twice: name it once"
            raise GuideError(message)
    return tuple(sources[key] for key in keys)


# --- one field ---------------------------------------------------------------------------------------------


def _types(kind: type[Provision | Line]) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in attrs.fields(kind) if field.name != "citation"}


def _line_kind(kind: type[Provision]) -> type[Line] | None:
    parts = typing.get_args(_types(kind).get("lines"))
    return parts[0] if parts else None


def _fields(kind: type[Provision | Line], table: Mapping[str, Any], place: str) -> dict[str, Any]:
    """The fields of a record from the plain values of ``table``, without its lines; each of the type asked for."""
    types = {name: hint for name, hint in _types(kind).items() if name != "lines"}
    _refuse_unknown_fields(table, types, place)
    for field in attrs.fields(kind):
        if field.name in types and field.name not in table and field.default is attrs.NOTHING:
            message = f"{place}: {field.name} is missing: write it, a paragraph is written whole"
            raise GuideError(message)
    converter = _converter()
    fields = {}
    for name, value in table.items():
        try:
            fields[name] = converter.structure(value, types[name])
        except _UnfitError as error:
            message = f"{place}: {name} = {error}"
            raise GuideError(message) from error
    return fields


class _UnfitError(ValueError):
    """A value of the wrong type; says the value and what was expected."""

    def __init__(self, value: object, expected: str) -> None:
        super().__init__(f"{value!r}, expected {expected}")


@functools.cache
def _converter() -> Converter:
    """The converter of plain values of TOML to those of the records; strict: a number is no word, no word a list."""
    from cattrs import Converter  # on first use, so that `import icm_rules` stays light

    converter = Converter(detailed_validation=False)
    for kind, hook in (
        (str, _plain(str, "words in quotes")),
        (bool, _plain(bool, "true or false")),
        (date, _plain(date, "a date such as 2018-02-01")),
        (int, _whole_number_of),
        (Decimal, _number_of),
        (Term, _term_of),
    ):
        converter.register_structure_hook(kind, hook)
    converter.register_structure_hook_func(lambda kind: _origin(kind) in {tuple, frozenset}, _several_of)
    converter.register_structure_hook_func(lambda kind: _origin(kind) is Mapping, _words_by_word)
    return converter


def _origin(kind: object) -> object:
    return typing.get_origin(kind)


def _plain(kind: type, expected: str) -> Callable[[Any, Any], Any]:
    def structure(value: object, _: object) -> object:
        if type(value) is not kind:
            raise _UnfitError(value, expected)
        return value

    return structure


def _whole_number_of(value: Any, _: object) -> int:  # noqa: ANN401 - anything a file may hold
    if type(value) is not int or value < 0:
        raise _UnfitError(value, "a whole number such as 2")
    return value


def _number_of(value: Any, _: object) -> Decimal:  # noqa: ANN401 - anything a file may hold
    if type(value) not in {int, Decimal} or not Decimal(value).is_finite() or value < 0:
        raise _UnfitError(value, "a number such as 350 or 0.7")
    return Decimal(value)


def _term_of(value: object, kind: type[Term]) -> Term:
    words = [member.value for member in kind]
    if value not in words:
        raise _UnfitError(value, f"one of: {', '.join(words)}{_suggestion(str(value), words)}")
    return kind(value)


def _several_of(value: object, kind: Any) -> Any:  # noqa: ANN401 - a tuple or frozenset of any one type
    if not isinstance(value, list):
        raise _UnfitError(value, "a list in square brackets")
    items = [_converter().structure(item, typing.get_args(kind)[0]) for item in value]
    for item in items:
        if items.count(item) > 1:
            raise _UnfitError(item.value if isinstance(item, Term) else item, "to be named once in the list")
    return typing.get_origin(kind)(items)


def _words_by_word(value: object, _: object) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(word, str) for word in value.values()):
        raise _UnfitError(value, 'a table of words such as { GL = "DK" }')
    return value


def _refuse_unknown_fields(table: Mapping[str, Any], known: Iterable[str], place: str) -> None:
    for field, value in table.items():
        if field not in known:
            message = (
                f"{place}: there is no field {field} (it was given {value!r}){_suggestion(field, known)}: "
                f"the fields are {', '.join(known)}"
            )
            raise GuideError(message)


def _suggestion(word: str, known: Iterable[str]) -> str:
    close = get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""
