"""What differs between the two partners' copies of one agreement; nothing is judged here, and no Guide is asked.

A value that one copy tells and the other does not is a difference, and so is one that a copy leaves not yet defined.
How something is worded, and who the contacts are, binds nobody: such differences are shown apart as harmless.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import attrs

from icm_rules.engine.answers import in_words
from icm_rules.model.agreement import AgreedCondition, InterInstitutionalAgreement, Knowledge
from icm_rules.model.mobility import Institution
from icm_rules.model.terms import Activity, Direction, Term
from icm_rules.rules.agreement import _is_same, _known_party


class Subject(Term):
    """What a difference is about."""

    PARTIES = "parties"
    YEARS = "years"
    DIRECTIONS = "directions"
    ACTIVITIES = "activities"
    PLACES = "places"
    LENGTH = "months_and_days"
    CYCLES = "cycles"
    SUBJECT_AREAS = "subject_areas"
    LANGUAGES = "languages"
    BLENDED = "blended_stays"
    RECOGNITION = "recognition"
    PRINCIPLES = "principles"
    GRADING = "grading"
    CALENDAR = "calendar"
    HELP = "help"
    STATUS = "status"
    TEMPLATE = "template"
    WORDING = "wording"
    CONTACTS = "contacts"


_HARMLESS = frozenset({Subject.WORDING, Subject.CONTACTS})


@attrs.frozen(kw_only=True)
class Difference:
    """One thing that the two copies say differently."""

    subject: Subject
    what: str
    """Which field of which part of the agreement, in words."""
    ours: str
    """What our copy says, in words."""
    theirs: str

    @property
    def is_harmless(self) -> bool:
        """Whether it binds nobody: wording and contacts."""
        return self.subject in _HARMLESS

    def __str__(self) -> str:
        """The difference as a sentence."""
        return f"{self.what}: ours says {self.ours}, theirs says {self.theirs}"

    def swapped(self) -> Difference:
        """The same, seen from the other side."""
        return attrs.evolve(self, ours=self.theirs, theirs=self.ours)


@attrs.frozen(kw_only=True)
class AgreementComparison:
    """All that differs between two copies of one agreement."""

    differences: tuple[Difference, ...]
    """What matters, by subject in the order of :class:`Subject`."""
    harmless: tuple[Difference, ...]
    """Wording and contacts."""

    @property
    def is_empty(self) -> bool:
        """Whether the copies say the same, word for word."""
        return not self.differences and not self.harmless

    @property
    def agree(self) -> bool:
        """Whether nothing that matters differs."""
        return not self.differences

    def __iter__(self) -> Iterator[Difference]:
        """Every difference: what matters first, then what is harmless."""
        return iter((*self.differences, *self.harmless))

    def __len__(self) -> int:
        """How many differences there are, harmless ones among them."""
        return len(self.differences) + len(self.harmless)

    def swapped(self) -> AgreementComparison:
        """The same, seen from the other side."""
        return AgreementComparison(
            differences=_in_order(item.swapped() for item in self.differences),
            harmless=_in_order(item.swapped() for item in self.harmless),
        )

    def to_dict(self) -> dict[str, Any]:
        """The comparison as plain values that JSON can hold."""
        return {
            "agree": self.agree,
            "differences": [_plain(item) for item in self.differences],
            "harmless": [_plain(item) for item in self.harmless],
        }

    def __str__(self) -> str:
        """The comparison as text, ending in a line break."""
        if self.is_empty:
            return "The two copies say the same.\n"
        number = len(self.differences)
        lines = ["The two copies agree in all that matters."]
        if number:
            lines = [f"The two copies differ in {number} {'point' if number == 1 else 'points'}:"]
            lines += [f"- {item.subject.words}: {item}" for item in self.differences]
        if self.harmless:
            lines += ["", "Harmless, wording and contacts:", *(f"- {item}" for item in self.harmless)]
        return "".join(f"{textwrap.fill(line, _WIDTH, subsequent_indent='  ')}\n" for line in lines)


def _plain(item: Difference) -> dict[str, str]:
    return {"subject": item.subject.value, "what": item.what, "ours": item.ours, "theirs": item.theirs}


_WIDTH = 100
"""The width of a comparison as text [characters]."""
_NOT_TOLD, _NOT_YET_DEFINED = "nothing", "that it is not yet defined"
_NOTHING, _ONE = "there is none", "there is one"


def compare_agreements(ours: InterInstitutionalAgreement, theirs: InterInstitutionalAgreement) -> AgreementComparison:
    """Every difference between the two partners' copies of one agreement.

    Parties may stand in any order, and so may conditions and what they list. Conditions are paired by direction and
    activity, and where there are several of these by what they have in common, subject areas first.
    ``compare_agreements(theirs, ours)`` finds the same, seen from the other side.
    """
    found = [
        *_parties(ours, theirs),
        *_fields(ours, theirs, _OF_AGREEMENT, of="the agreement"),
        *_conditions(ours.conditions, theirs.conditions, ours, theirs),
    ]
    return AgreementComparison(
        differences=_in_order(item for item in found if not item.is_harmless),
        harmless=_in_order(item for item in found if item.is_harmless),
    )


_ORDER = {subject: number for number, subject in enumerate(Subject)}


def _in_order(differences: Iterable[Difference]) -> tuple[Difference, ...]:
    """By subject, then by what they are about; the same whichever copy is ours, but for what the words say."""
    return tuple(sorted(differences, key=lambda item: (_ORDER[item.subject], item.what, item.ours, item.theirs)))


# --- fields ------------------------------------------------------------------------------------------------

_OF_AGREEMENT = (
    (Subject.YEARS, "first_academic_year"),
    (Subject.YEARS, "last_academic_year"),
    (Subject.RECOGNITION, "provides_for_recognition"),
    (Subject.PRINCIPLES, "binds_partner_to_charter"),
    (Subject.PRINCIPLES, "principles"),
    (Subject.GRADING, "explains_grading"),
    (Subject.CALENDAR, "nominations_by"),
    (Subject.CALENDAR, "applications_by"),
    (Subject.CALENDAR, "reply_weeks"),
    (Subject.CALENDAR, "transcript_weeks"),
    (Subject.HELP, "helps_with_visa"),
    (Subject.HELP, "helps_with_insurance"),
    (Subject.HELP, "helps_with_housing"),
    (Subject.STATUS, "status"),
    (Subject.STATUS, "signed_by_programme_side_on"),
    (Subject.STATUS, "signed_by_partner_side_on"),
    (Subject.TEMPLATE, "template"),
    (Subject.CONTACTS, "contacts"),
    (Subject.WORDING, "other_information"),
)
_OF_CONDITION = (
    (Subject.PLACES, "places_per_year"),
    (Subject.LENGTH, "months_per_year"),
    (Subject.LENGTH, "days_per_year"),
    (Subject.CYCLES, "cycles"),
    (Subject.SUBJECT_AREAS, "subject_areas"),
    (Subject.LANGUAGES, "languages"),
    (Subject.BLENDED, "is_blended"),
    (Subject.WORDING, "other_information"),
)

AnyPart = InterInstitutionalAgreement | AgreedCondition


def _said(part: AnyPart, field: str) -> tuple[Knowledge, object]:
    """What a copy says of a field; lists say the same in any order."""
    value = getattr(part, field)
    if isinstance(value, tuple):
        value = tuple(sorted(dict.fromkeys(value), key=str))
    return part.state_of(field), value


def _words(part: AnyPart, field: str) -> str:
    state, value = _said(part, field)
    if state is Knowledge.NOT_YET_DEFINED:
        return _NOT_YET_DEFINED
    if state is Knowledge.UNKNOWN:
        return _NOT_TOLD
    return in_words(value) or "none"


def _fields(
    ours: AnyPart, theirs: AnyPart, fields: tuple[tuple[Subject, str], ...], *, of: str
) -> Iterator[Difference]:
    for subject, field in fields:
        if _said(ours, field) != _said(theirs, field):
            what = f"{field.replace('_', ' ')} of {of}"
            yield Difference(subject=subject, what=what, ours=_words(ours, field), theirs=_words(theirs, field))


# --- parties -----------------------------------------------------------------------------------------------

_OF_PARTY = ("country", "kind", "holds_charter", "is_recognised", "is_public_interest_trust")
_NAMING = ("name", "city", "erasmus_code", "pic", "oid", "schac")


def _likeness(one: Institution, other: Institution) -> int:
    """How sure it is that two institutions are the same, from 0 (they are not) to 3 (all that is told agrees)."""
    if one == other:
        return 3
    return {True: 2, None: 1, False: 0}[_is_same(_known_party(one), _known_party(other))]


def _parties(ours: InterInstitutionalAgreement, theirs: InterInstitutionalAgreement) -> Iterator[Difference]:
    if ours.parties is None or theirs.parties is None:
        states = [(copy.state_of("parties"), copy.parties) for copy in (ours, theirs)]
        if states[0] != states[1]:
            own, other = (_party_words(copy) for copy in (ours, theirs))
            yield Difference(subject=Subject.PARTIES, what="the parties", ours=own, theirs=other)
        return
    straight, crossed = theirs.parties, tuple(reversed(theirs.parties))
    by_likeness = [
        sum(_likeness(one, other) for one, other in zip(ours.parties, way, strict=True)) for way in (straight, crossed)
    ]
    way = crossed if by_likeness[1] > by_likeness[0] else straight
    for own_party, their_party in zip(ours.parties, way, strict=True):
        yield from _party(own_party, their_party)


def _party_words(copy: InterInstitutionalAgreement) -> str:
    if copy.parties is None:
        return _NOT_YET_DEFINED if copy.state_of("parties") is Knowledge.NOT_YET_DEFINED else _NOT_TOLD
    return " and ".join(sorted(_named(party) for party in copy.parties))


def _named(party: Institution) -> str:
    return party.name or (party.country.name if party.country is not None else "an institution without a name")


def _party(one: Institution, other: Institution) -> Iterator[Difference]:
    if _likeness(one, other) < 2:  # noqa: PLR2004 - what is surely the same is 2 or more
        yield Difference(subject=Subject.PARTIES, what="a party", ours=_codes(one), theirs=_codes(other))
        return
    of = min(_named(one), _named(other))
    for fields, subject in ((_OF_PARTY, Subject.PARTIES), (_NAMING, Subject.WORDING)):
        for field in fields:
            own, their = getattr(one, field), getattr(other, field)
            if own != their:
                what = f"{field.replace('_', ' ')} of {of}"
                told = [_NOT_TOLD if value is None else in_words(value) for value in (own, their)]
                yield Difference(subject=subject, what=what, ours=told[0], theirs=told[1])


def _codes(party: Institution) -> str:
    """An institution with all that tells it from others."""
    told = [party.name, party.country.name if party.country is not None else None]
    told += [getattr(party, kind) for kind in ("erasmus_code", "pic", "oid", "schac")]
    return ", ".join(each for each in told if each is not None) or "an institution of which nothing is told"


# --- conditions --------------------------------------------------------------------------------------------


def _conditions(
    ours: tuple[AgreedCondition, ...] | None,
    theirs: tuple[AgreedCondition, ...] | None,
    our_copy: InterInstitutionalAgreement,
    their_copy: InterInstitutionalAgreement,
) -> Iterator[Difference]:
    if ours is None or theirs is None:
        states = [copy.state_of("conditions") for copy in (our_copy, their_copy)]
        if states[0] is not states[1]:
            told = [_conditions_words(copy) for copy in (our_copy, their_copy)]
            what = "what is set down for each direction and activity"
            yield Difference(subject=Subject.ACTIVITIES, what=what, ours=told[0], theirs=told[1])
        return
    yield from _sets(ours, theirs, lambda item: item.direction, Subject.DIRECTIONS, "the directions")
    keys = dict.fromkeys((item.direction, item.activity) for item in (*ours, *theirs))
    for direction, activity in keys:
        yield from _of_one_kind(direction, activity, ours, theirs)


def _conditions_words(copy: InterInstitutionalAgreement) -> str:
    if copy.conditions is None:
        return _NOT_YET_DEFINED if copy.state_of("conditions") is Knowledge.NOT_YET_DEFINED else _NOT_TOLD
    return ", ".join(sorted(dict.fromkeys(item.label for item in copy.conditions))) or "none"


def _sets(
    ours: Iterable[AgreedCondition],
    theirs: Iterable[AgreedCondition],
    of: Callable[[AgreedCondition], Term],
    subject: Subject,
    what: str,
) -> Iterator[Difference]:
    own, other = (sorted({of(item).words for item in items}) for items in (ours, theirs))
    if own != other:
        yield Difference(subject=subject, what=what, ours=", ".join(own) or "none", theirs=", ".join(other) or "none")


def _of_one_kind(
    direction: Direction,
    activity: Activity,
    ours: tuple[AgreedCondition, ...],
    theirs: tuple[AgreedCondition, ...],
) -> Iterator[Difference]:
    """The conditions for one direction and activity: the same go together, then those most alike."""
    own = [item for item in ours if (item.direction, item.activity) == (direction, activity)]
    other = [item for item in theirs if (item.direction, item.activity) == (direction, activity)]
    is_one_of_several = len(own) > 1 or len(other) > 1
    own, other = _without(own, other), _without(other, own)
    while own and other:
        # The same pair is the best one whichever copy is ours: no condition that is left stands in both copies.
        one, their = max(
            ((one, their) for one in own for their in other),
            key=lambda pair: (_alike(*pair), sorted(map(_content, pair))),
        )
        own.remove(one)
        other.remove(their)
        yield from _fields(one, their, _OF_CONDITION, of=_condition_words(one, their, in_full=is_one_of_several))
    for item in (*own, *other):
        told = (_held(item), _NOTHING) if own else (_NOTHING, _held(item))
        what = _condition_words(item, item, in_full=is_one_of_several)
        yield Difference(subject=Subject.ACTIVITIES, what=what, ours=told[0], theirs=told[1])


_TELLING = ("subject_areas", "cycles", "languages", "months_per_year", "days_per_year", "places_per_year", "is_blended")
"""The fields by which one condition is told from another for the same activity, the most telling first."""


def _alike(one: AgreedCondition, other: AgreedCondition) -> tuple[int, ...]:
    """How much two conditions have in common: of each field 3 where it is the same, 2 in part, 1 untold, else 0."""

    def of(field: str) -> int:
        (own_state, own), (their_state, their) = _said(one, field), _said(other, field)
        if (own_state, own) == (their_state, their):
            return 1 if own is None else 3
        if own is None or their is None:
            return 1
        return 2 if isinstance(own, tuple) and isinstance(their, tuple) and set(own) & set(their) else 0

    return tuple(map(of, _TELLING))


def _condition_words(one: AgreedCondition, other: AgreedCondition, *, in_full: bool) -> str:
    """What a pair of conditions is called: its activity; of one of several, its subject areas and cycles."""
    told = [one.label]
    for field in ("subject_areas", "cycles") if in_full else ():
        own, their = (set(getattr(item, field) or ()) for item in (one, other))
        found = own & their or own | their
        if found:
            told.append(in_words(tuple(sorted(found, key=str))))
    return ", ".join(told)


def _held(item: AgreedCondition) -> str:
    """All that a condition holds, in words."""
    told = [
        f"{field.replace('_', ' ')} {_words(item, field).removeprefix('that it is ')}"
        for _, field in _OF_CONDITION
        if item.state_of(field) is not Knowledge.UNKNOWN
    ]
    return f"{_ONE} ({'; '.join(told)})" if told else _ONE


def _content(item: AgreedCondition) -> str:
    """All that a condition says, in words; two that say the same in another order have the same."""
    return "; ".join(f"{field}={_said(item, field)}" for _, field in _OF_CONDITION)


def _without(items: list[AgreedCondition], others: list[AgreedCondition]) -> list[AgreedCondition]:
    """Those of the items that are left when each of the others has taken away one that says the same."""
    taken = [_content(other) for other in others]
    left = []
    for item in items:
        if _content(item) in taken:
            taken.remove(_content(item))
        else:
            left.append(item)
    return left
