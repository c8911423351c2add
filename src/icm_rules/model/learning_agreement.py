"""The learning agreement: its components, its versions, and what of it is in force.

Changes, approved or proposed, are relative to the first version, as in the digital agreement: a proposal that is
approved takes the place of the changes approved before.
"""

from __future__ import annotations

import enum
import typing
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

import attrs

from icm_rules.engine.errors import InputError
from icm_rules.model.credits import Credits, some_credits
from icm_rules.model.fields import a_date, a_flag, a_text, a_year, an_instance, one_of, several, told
from icm_rules.model.grading import GradingTable
from icm_rules.model.mobility import Institution, Signatures, a_subject_area
from icm_rules.model.terms import Stage, StudyCycle, Term

_BEFORE, _DURING = Stage.BEFORE_DEPARTURE, Stage.DURING


class AgreementEdition(Term):
    """The edition of the form; letters of its tables mean different things in each."""

    OF_2014 = "2014"
    OF_2015 = "2015"
    OF_2016 = "2016-2020"
    OF_2021 = "2021-2027"


class MobilityType(Term):
    """What kind of stay an agreement is for, as its lists show."""

    SEMESTERS = "semesters"
    BLENDED = "blended"
    DOCTORAL = "doctoral"

    @property
    def words(self) -> str:
        """The type as it stands in a sentence."""
        return _TYPES[self]


_TYPES = {
    MobilityType.SEMESTERS: "one or more semesters",
    MobilityType.BLENDED: "a blended stay",
    MobilityType.DOCTORAL: "a short doctoral stay",
}


class ChangeStatus(Term):
    """What a change does with a component."""

    INSERTED = "inserted"
    DELETED = "deleted"


def items_of(kind: type) -> typing.Callable[[object], tuple[object, ...]]:
    """A reader of a list of objects; a refusal names the item by its number, from 0."""
    read = an_instance(kind)

    def read_all(value: object) -> tuple[object, ...]:
        found = []
        for number, item in enumerate(several(lambda item: item)(value)):
            try:
                found.append(read(item))
            except InputError as refusal:
                place = f"[{number}]" if refusal.field is None else f"[{number}].{refusal.field}"
                raise InputError(str(refusal), field=place) from None
        return tuple(found)

    return read_all


def _codes(value: object) -> tuple[object, ...]:
    return several(a_text)([value] if isinstance(value, str) else value)


@attrs.frozen(kw_only=True)
class Component:
    """An educational component, at either institution."""

    title: str = told(a_text, "What is the component called?", known_at=_BEFORE, default=attrs.NOTHING)
    los_id: str | None = told(a_text, "What is its identifier (LOS)?", known_at=_BEFORE)
    code: str | None = told(a_text, "What is its code?", known_at=_BEFORE)
    term: str | None = told(a_text, "In which term is it, such as 1/2?", known_at=_BEFORE)
    credits: tuple[Credits, ...] = told(some_credits, "How many credits has it?", known_at=_BEFORE, default=())
    recognition_conditions: str | None = told(a_text, "On which conditions is it recognised?", known_at=_BEFORE)
    automatic_recognition: bool = told(a_flag, "Is it recognised automatically?", known_at=_BEFORE, default=True)
    short_description: str | None = told(a_text, "What is it, in short?", known_at=_BEFORE)
    replaces: tuple[str, ...] = told(
        _codes,
        "Which components abroad does it stand for (their codes or titles)?",
        known_at=_BEFORE,
        default=(),
    )
    """Of a component recognised at home: the components abroad that replace it. Where none is named, the rest of the
    components abroad replaces the rest of those at home, as a group."""

    @property
    def ects(self) -> Credits | None:
        """Its ECTS credits, where it states them."""
        return next((each for each in self.credits if each.is_ects), None)

    @property
    def name(self) -> str:
        """Its code and title, as far as there is one."""
        return f"{self.code} {self.title}" if self.code else self.title


def names_of(components: Iterable[Component]) -> list[str]:
    """The name of each component; where several have the same, with the term that sets them apart."""
    known = list(components)
    names = [each.name for each in known]
    return [
        f"{name} ({each.term})" if each.term is not None and names.count(name) > 1 else name
        for each, name in zip(known, names, strict=True)
    ]


class Likeness(enum.IntEnum):
    """How surely two documents mean the same component; the greater, the surer."""

    NONE = 0
    TITLE = 1
    CODE = 2
    CODE_AND_TERM = 3
    IDENTIFIER = 4


def plain_name(text: str) -> str:
    """A title or a term as it is compared: without regard to capitals, spacing, and how an accent is encoded."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def plain_code(text: str) -> str:
    """A code as it is compared: as a title, and ``HIS 201`` is ``HIS201``."""
    return plain_name(text).replace(" ", "")


def likeness(one: Component, other: Component) -> Likeness:
    """How surely two documents mean the same component.

    Identifiers decide where both tell one, else codes, else titles. Different terms part what has the same code or the
    same title; a term that one of the two does not tell cannot part them.
    """
    if one.los_id is not None and other.los_id is not None:
        return Likeness.IDENTIFIER if one.los_id == other.los_id else Likeness.NONE
    terms = [plain_name(each.term) for each in (one, other) if each.term is not None]
    if len(set(terms)) > 1:
        return Likeness.NONE
    if one.code is not None and other.code is not None:
        if plain_code(one.code) != plain_code(other.code):
            return Likeness.NONE
        return Likeness.CODE_AND_TERM if terms[1:] else Likeness.CODE
    return Likeness.TITLE if plain_name(one.title) == plain_name(other.title) else Likeness.NONE


def is_same(one: Component, other: Component) -> bool:
    """Whether two documents may mean the same component."""
    return bool(likeness(one, other))


@attrs.frozen(kw_only=True)
class ChangedComponent(Component):
    """A component that a change inserts or deletes, and why."""

    status: ChangeStatus = told(
        one_of(ChangeStatus), "Is it inserted or deleted?", known_at=_DURING, default=attrs.NOTHING
    )
    reason_code: str | None = told(a_text, "For which reason (its code)?", known_at=_DURING)
    reason_text: str | None = told(a_text, "For which reason, in words?", known_at=_DURING)

    @property
    def component(self) -> Component:
        """The component without the change."""
        return Component(**{field.name: getattr(self, field.name) for field in attrs.fields(Component)})


LISTS = ("studied", "recognised", "virtual", "blended", "doctoral")
"""The lists of an agreement: ``studied`` is table A, ``recognised`` table B, ``virtual`` table C (edition 2021)."""

_LIST_WORDS = {
    "studied": "studied abroad",
    "recognised": "recognised at home",
    "virtual": "of the virtual part",
    "blended": "of the blended stay",
    "doctoral": "of the short doctoral stay",
}


def _list(kind: type, name: str, stage: Stage) -> typing.Any:  # noqa: ANN401 - the value of a class attribute
    return told(items_of(kind), f"Which components are {_LIST_WORDS[name]}?", known_at=stage)


@attrs.frozen(kw_only=True)
class AgreementVersion:
    """The lists as first signed; *None* is a list that the agreement does not have."""

    studied: tuple[Component, ...] | None = _list(Component, "studied", _BEFORE)
    recognised: tuple[Component, ...] | None = _list(Component, "recognised", _BEFORE)
    virtual: tuple[Component, ...] | None = _list(Component, "virtual", _BEFORE)
    blended: tuple[Component, ...] | None = _list(Component, "blended", _BEFORE)
    doctoral: tuple[Component, ...] | None = _list(Component, "doctoral", _BEFORE)
    signatures: Signatures | None = told(an_instance(Signatures), "When did each of the three sign?", known_at=_BEFORE)


@attrs.frozen(kw_only=True)
class AgreementChanges:
    """What is inserted into the first version and deleted from it; *None* is a list that stays as it was."""

    studied: tuple[ChangedComponent, ...] | None = _list(ChangedComponent, "studied", _DURING)
    recognised: tuple[ChangedComponent, ...] | None = _list(ChangedComponent, "recognised", _DURING)
    virtual: tuple[ChangedComponent, ...] | None = _list(ChangedComponent, "virtual", _DURING)
    blended: tuple[ChangedComponent, ...] | None = _list(ChangedComponent, "blended", _DURING)
    doctoral: tuple[ChangedComponent, ...] | None = _list(ChangedComponent, "doctoral", _DURING)
    id: str | None = told(a_text, "What is the identifier of the proposal?", known_at=_DURING)
    requested_on: date | None = told(a_date, "On which day was the change asked for?", known_at=_DURING)
    semester_started_on: date | None = told(
        a_date, "On which day did the semester start in which it was asked for?", known_at=_DURING
    )
    signatures: Signatures | None = told(an_instance(Signatures), "When did each of the three sign?", known_at=_BEFORE)

    def all_changes(self) -> Iterable[ChangedComponent]:
        """The changes of every list."""
        for name in LISTS:
            yield from getattr(self, name) or ()


@attrs.frozen(kw_only=True)
class LearningAgreement:
    """The learning agreement of one mobility: what is studied abroad, and what of it is recognised at home."""

    call: int | None = told(a_year, "Of which call is the project?", known_at=Stage.APPLICATION)
    reference: str | None = told(a_text, "What is the agreement called here?", known_at=_BEFORE)
    sending: Institution | None = told(an_instance(Institution), "Which institution sends?", known_at=_BEFORE)
    receiving: Institution | None = told(an_instance(Institution), "Which institution receives?", known_at=_BEFORE)
    edition: AgreementEdition | None = told(
        one_of(AgreementEdition), "Of which edition is the form? (the call tells it, if not told)", known_at=_BEFORE
    )
    study_cycle: StudyCycle | None = told(one_of(StudyCycle), "In which cycle is the student?", known_at=_BEFORE)
    subject_area: str | None = told(a_subject_area, "In which field of education (ISCED-F)?", known_at=_BEFORE)
    start_date: date | None = told(a_date, "On which day does the stay start?", known_at=_BEFORE)
    end_date: date | None = told(a_date, "On which day does the stay end?", known_at=_BEFORE)
    first_version: AgreementVersion | None = told(
        an_instance(AgreementVersion), "What was first agreed?", known_at=_BEFORE
    )
    approved_changes: AgreementChanges | None = told(
        an_instance(AgreementChanges), "Which changes were approved?", known_at=_DURING
    )
    changes_proposal: AgreementChanges | None = told(
        an_instance(AgreementChanges), "Which changes are proposed?", known_at=_DURING
    )
    totals_differ_because: str | None = told(
        a_text, "Why do the totals of the tables A and B differ (the annexed reason)?", known_at=_BEFORE
    )
    provisions_url: str | None = told(
        a_text, "Where are the provisions for components that are not passed?", known_at=_BEFORE
    )
    home_grading_scale: str | None = told(a_text, "Which grading scale is used at home?", known_at=_BEFORE)
    """The code of its country, or ``ects``; where it is not told, that of the country of the sending institution."""
    home_grading_table: GradingTable | None = told(
        an_instance(GradingTable), "What is the grading table at home?", known_at=_BEFORE
    )

    def __attrs_post_init__(self) -> None:
        """Refuse what can never be true of an agreement."""
        if self.start_date and self.end_date and self.end_date < self.start_date:
            message = f"the stay ends on {self.end_date}, before it starts on {self.start_date}; mend one of the two"
            raise InputError(message, field="end_date")

    @property
    def mobility_type(self) -> MobilityType | None:
        """The kind of stay, as the lists of the first version show; *None* while there is none."""
        if self.first_version is None:
            return None
        version = self.first_version
        # A form may hold every list, and leave those empty that are not of its kind.
        if version.blended:
            return MobilityType.BLENDED
        if version.doctoral:
            return MobilityType.DOCTORAL
        if {version.studied, version.recognised, version.virtual} != {None}:
            return MobilityType.SEMESTERS
        if version.blended is not None:
            return MobilityType.BLENDED
        return MobilityType.SEMESTERS if version.doctoral is None else MobilityType.DOCTORAL


@attrs.frozen
class UnmatchedDeletion:
    """A deletion that could not be carried out."""

    list: str
    component: ChangedComponent
    matches: int
    """How many components it fits: none, or more than one."""

    @property
    def words(self) -> str:
        """The deletion in a sentence."""
        fits = "fits no component" if not self.matches else f"fits {self.matches} components"
        return f"the deletion of {self.component.name} {fits} {_LIST_WORDS[self.list]} in the first version"


def _frozen(lists: Mapping[str, tuple[Component, ...] | None]) -> Mapping[str, tuple[Component, ...] | None]:
    return MappingProxyType(dict(lists))


@attrs.frozen
class AgreementInForce:
    """What an agreement says now, list by list; *None* is a list it does not have."""

    lists: Mapping[str, tuple[Component, ...] | None] = attrs.field(converter=_frozen)
    unmatched: tuple[UnmatchedDeletion, ...] = ()

    @property
    def studied(self) -> tuple[Component, ...]:
        """All components abroad, in the order of the lists: table A, the virtual ones, those of short stays."""
        return tuple(each for name in LISTS if name != "recognised" for each in self.lists[name] or ())

    @property
    def recognised(self) -> tuple[Component, ...]:
        """The components recognised at home: table B."""
        return self.lists["recognised"] or ()


def in_force(agreement: LearningAgreement, *, with_proposal: bool = False) -> AgreementInForce | None:
    """The agreement in force: the first version, less what was deleted, with what was inserted.

    Without a first version nothing is in force, whatever a proposal says. ``with_proposal`` shows what would be in
    force were the pending proposal approved: it is relative to the first version as well, and takes the place of the
    approved changes as a whole. A deletion that fits no component, or several, changes nothing and is reported.
    """
    first = agreement.first_version
    if first is None:
        return None
    changes = agreement.approved_changes
    if with_proposal and agreement.changes_proposal is not None:
        changes = agreement.changes_proposal
    lists: dict[str, tuple[Component, ...] | None] = {}
    unmatched: list[UnmatchedDeletion] = []
    for name in LISTS:
        standing: tuple[Component, ...] | None = getattr(first, name)
        changed: tuple[ChangedComponent, ...] | None = None if changes is None else getattr(changes, name)
        lists[name] = standing if changed is None else _changed(name, standing or (), changed, unmatched)
    return AgreementInForce(lists, tuple(unmatched))


def _fitting(change: Component, components: Iterable[Component]) -> list[Component]:
    """The components that a deletion names most surely."""
    found = [(likeness(change, each), each) for each in components]
    surest = max((sure for sure, _ in found), default=Likeness.NONE)
    return [each for sure, each in found if sure and sure is surest]


def _changed(
    name: str,
    standing: tuple[Component, ...],
    changes: tuple[ChangedComponent, ...],
    unmatched: list[UnmatchedDeletion],
) -> tuple[Component, ...]:
    left = list(standing)
    waiting = [change for change in changes if change.status is ChangeStatus.DELETED]
    # The surest deletion comes first, whatever the order: what it takes away may leave another one clear.
    while clear := [(change, each[0]) for change in waiting if len(each := _fitting(change, left)) == 1]:
        change, gone = max(clear, key=lambda pair: (likeness(*pair), repr(pair)))
        waiting.remove(change)
        left.remove(gone)
    unmatched.extend(UnmatchedDeletion(name, change, len(_fitting(change, left))) for change in waiting)
    return (*left, *(each.component for each in changes if each.status is ChangeStatus.INSERTED))
