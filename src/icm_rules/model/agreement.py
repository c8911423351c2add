"""The inter-institutional agreement as a document of its own, with all that its template asks for.

A mobility needs to know little of its agreement; that is :class:`~icm_rules.model.mobility.Agreement`. The document
below is such an agreement and holds the rest besides, so it can also be given to a mobility as it is.

Of what stands in an agreement three things may be said: it is told, nobody has told it, or the agreement itself leaves
it *not yet defined*. The third is written into ``not_yet_defined``, by the names of the fields.
"""

from __future__ import annotations

import enum
import re

import attrs

from icm_rules.engine.errors import InputError, did_you_mean, shown
from icm_rules.model.fields import (
    FACT,
    a_flag,
    a_text,
    a_whole_number,
    a_year,
    an_instance,
    one_of,
    several,
    told,
)
from icm_rules.model.mobility import Agreement, AgreementCondition, Institution
from icm_rules.model.terms import AgreementTemplate, CharterPrinciple, Stage, Term

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_DAY_OF_YEAR = re.compile(r"(\d{2})-(\d{2})")
_DAYS_OF_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Knowledge(Term):
    """What may be said of something that an agreement sets down."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    """Nobody has told it; the agreement may well say it."""
    NOT_YET_DEFINED = "not_yet_defined"
    """The agreement itself leaves it open."""


class AgreementStatus(Term):
    """Where an agreement stands."""

    PLANNED = "planned"
    DRAFT = "draft"
    SIGNED = "signed"
    IN_EFFECT = "in_effect"
    TERMINATED = "terminated"


class CefrLevel(enum.StrEnum):
    """A level of the Common European Framework of Reference, the lowest first."""

    A1 = "A1"
    A2 = "A2"
    B1 = "B1"
    B2 = "B2"
    C1 = "C1"
    C2 = "C2"


def a_cefr_level(value: object) -> CefrLevel:
    """A level of language as agreements write it; case is repaired, half steps such as B1+ are not."""
    if isinstance(value, str) and value.strip().upper() in list(CefrLevel):
        return CefrLevel(value.strip().upper())
    message = f"{shown(value)} is no level of language; write one of: {', '.join(CefrLevel)}, or leave it out"
    raise InputError(message)


def a_language(value: object) -> str:
    """A language by its tag, such as ``en`` or ``pt-BR``; its first part, a code of ISO 639, is written small."""
    from icm_rules.model.language_codes import is_language  # when the first language is told

    text = a_text(value)
    first, *rest = text.split("-")
    if not _LANGUAGE.fullmatch(text) or not is_language(first.lower()):
        message = f"{shown(value)} is no tag of a language; write its two or three letters by ISO 639, such as en"
        raise InputError(message)
    return "-".join([first.lower(), *rest])


def a_day_of_the_year(value: object) -> str:
    """A day of every year as month-day: ``05-15``."""
    found = _DAY_OF_YEAR.fullmatch(a_text(value))
    if (
        found is None
        or not 1 <= int(found[1]) <= len(_DAYS_OF_MONTHS)
        or not (1 <= int(found[2]) <= _DAYS_OF_MONTHS[int(found[1]) - 1])
    ):
        message = f"{shown(value)} is no day of the year; write month-day, such as 05-15"
        raise InputError(message)
    return found[0]


@attrs.frozen(kw_only=True)
class LanguageRequirement:
    """A language that those who come should know, and how well."""

    language: str = told(
        a_language, "Which language (its tag, such as en)?", known_at=Stage.APPLICATION, default=attrs.NOTHING
    )
    level: CefrLevel | None = told(a_cefr_level, f"Which level: {', '.join(CefrLevel)}?", known_at=Stage.APPLICATION)

    def __str__(self) -> str:
        """Language and level: ``en B2``."""
        return self.language if self.level is None else f"{self.language} {self.level}"


class _LeavesOpen:
    """What may leave some of its fields not yet defined, by their names in ``not_yet_defined``."""

    __slots__ = ()
    not_yet_defined: tuple[str, ...] | None

    def state_of(self, field: str) -> Knowledge:
        """Whether this field is told, not told, or left not yet defined.

        Raises:
            InputError: there is no such field.

        """
        known = _fields_of(type(self))
        if field not in known:
            message = f"there is no field {field!r}{did_you_mean(field, known)}"
            raise InputError(message)
        if field in (self.not_yet_defined or ()):
            return Knowledge.NOT_YET_DEFINED
        return Knowledge.UNKNOWN if getattr(self, field) is None else Knowledge.KNOWN

    def _check_open_points(self) -> None:
        known = tuple(name for name in _fields_of(type(self)) if name not in _NEVER_LEFT_OPEN)
        for name in self.not_yet_defined or ():
            if name not in known:
                hint = did_you_mean(name, known) or f"; the fields are: {', '.join(known)}"
                message = f"there is no field {name!r} to be left not yet defined{hint}"
                raise InputError(message, field="not_yet_defined")
            if getattr(self, name) is not None:
                message = f"{name} is told, and said to be not yet defined as well; keep one of the two"
                raise InputError(message, field=name)


_NEVER_LEFT_OPEN = frozenset({"call", "reference", "stage", "direction", "activity", "not_yet_defined"})
"""What partners do not define, or what there is no condition without."""


def _fields_of(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in attrs.fields(kind) if FACT in field.metadata)


@attrs.frozen(kw_only=True)
class AgreedCondition(_LeavesOpen, AgreementCondition):
    """What the document sets down for one direction and activity, with languages and what it leaves open."""

    languages: tuple[LanguageRequirement, ...] | None = told(
        several(an_instance(LanguageRequirement)),
        "Which languages, and how well, should those who come know?",
        known_at=Stage.APPLICATION,
    )
    is_blended: bool | None = told(a_flag, "May the stay be combined with a virtual part?", known_at=Stage.APPLICATION)
    other_information: str | None = told(
        a_text, "What else does the agreement say of it, in its own words?", known_at=Stage.APPLICATION
    )
    not_yet_defined: tuple[str, ...] | None = told(
        several(a_text), "Which of these does the agreement leave not yet defined?", known_at=Stage.APPLICATION
    )

    def __attrs_post_init__(self) -> None:
        """Refuse what is both told and left open."""
        self._check_open_points()

    @property
    def label(self) -> str:
        """Direction and activity in words: ``incoming studies``."""
        return f"{self.direction.words} {self.activity.words}"


@attrs.frozen(kw_only=True)
class InterInstitutionalAgreement(_LeavesOpen, Agreement):
    """The inter-institutional agreement between two universities, with all that its template asks for.

    ``call`` names the Guide by which it is judged; where it is not told, :func:`icm_rules.evaluate` takes the call of
    its first academic year. An agreement may serve projects of several calls.

    Where ``principles`` are told, they decide what a mobility reads as ``binds_partner_to_charter``: all of them bind,
    none do not, and with some it is not known.

    Raises:
        InputError: a value of the wrong kind, or what can never be true; the message shows the value and the way out.

    """

    call: int | None = told(
        a_year, "By the Guide of which call is the agreement to be judged?", known_at=Stage.APPLICATION
    )
    reference: str | None = told(a_text, "How does the office refer to the agreement?", known_at=Stage.APPLICATION)
    stage: Stage | None = told(
        one_of(Stage), f"At which stage is it judged: {', '.join(Stage)}?", known_at=Stage.APPLICATION
    )
    template: AgreementTemplate | None = told(
        one_of(AgreementTemplate),
        "By which template is it written: 2014-2021 or 2021-2029?",
        known_at=Stage.APPLICATION,
    )
    status: AgreementStatus | None = told(
        one_of(AgreementStatus),
        f"Where does the agreement stand: {', '.join(AgreementStatus)}?",
        known_at=Stage.APPLICATION,
    )
    conditions: tuple[AgreedCondition, ...] | None = told(
        several(an_instance(AgreedCondition)),
        "What does the agreement set down for each direction and activity?",
        known_at=Stage.APPLICATION,
    )
    principles: tuple[CharterPrinciple, ...] | None = told(
        several(one_of(CharterPrinciple)),
        f"Which principles of the Charter are written in: {', '.join(CharterPrinciple)}?",
        known_at=Stage.APPLICATION,
    )
    explains_grading: bool | None = told(
        a_flag, "Does the agreement say how both sides give grades, or where that is told?", known_at=Stage.APPLICATION
    )
    nominations_by: tuple[str, ...] | None = told(
        several(a_day_of_the_year),
        "By which days of the year are participants nominated (month-day)?",
        known_at=Stage.APPLICATION,
    )
    applications_by: tuple[str, ...] | None = told(
        several(a_day_of_the_year),
        "By which days of the year do those nominated apply (month-day)?",
        known_at=Stage.APPLICATION,
    )
    reply_weeks: int | None = told(
        a_whole_number, "Within how many weeks does the receiving side reply?", known_at=Stage.APPLICATION, unit="weeks"
    )
    transcript_weeks: int | None = told(
        a_whole_number,
        "Within how many weeks of the results is the transcript of records sent?",
        known_at=Stage.APPLICATION,
        unit="weeks",
    )
    helps_with_visa: bool | None = told(
        a_flag, "Does the agreement say who helps with the visa?", known_at=Stage.APPLICATION
    )
    helps_with_insurance: bool | None = told(
        a_flag, "Does the agreement say who helps with insurance?", known_at=Stage.APPLICATION
    )
    helps_with_housing: bool | None = told(
        a_flag, "Does the agreement say who helps with housing?", known_at=Stage.APPLICATION
    )
    contacts: tuple[str, ...] | None = told(
        several(a_text), "Who are the contacts of both sides?", known_at=Stage.APPLICATION
    )
    other_information: str | None = told(
        a_text, "What else does the agreement say, in its own words?", known_at=Stage.APPLICATION
    )
    not_yet_defined: tuple[str, ...] | None = told(
        several(a_text), "Which of these does the agreement leave not yet defined?", known_at=Stage.APPLICATION
    )

    def __attrs_post_init__(self) -> None:
        """Refuse what can never be true of an agreement."""
        Agreement.__attrs_post_init__(self)
        self._check_open_points()
        first, second = self.parties or (None, None)
        if first is not None and first == second and first != Institution():
            message = "both parties are the same institution; name the one and the other"
            raise InputError(message, field="parties")
        if self.principles is not None and self.state_of("binds_partner_to_charter") is not Knowledge.NOT_YET_DEFINED:
            object.__setattr__(self, "binds_partner_to_charter", self._binds_by_its_principles())

    def _binds_by_its_principles(self) -> bool | None:
        written = set(self.principles or ())
        return None if written and written != set(CharterPrinciple) else bool(written)
