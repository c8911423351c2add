"""What a rule may answer, and what a fact may be when it is not known."""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar, final

import attrs

from icm_rules.engine.citations import Cited

_T = TypeVar("_T")

Words = dict[str, Any]
"""The values of a sentence, by the names they have in its template."""


class Verdict(enum.StrEnum):
    """The six answers of a rule."""

    MET = "met"
    NOT_MET = "not met"
    DUE = "due"
    """An amount is due, or a range of amounts."""
    NOT_APPLICABLE = "not applicable"
    """The rule does not speak of this case."""
    NOT_IN_FORCE = "not in force"
    """The document of this case does not have the paragraph, or closes it."""
    UNDETERMINED = "undetermined"
    """A fact is missing, or the text is: what it is stands beside the answer."""


@final
@attrs.frozen
class Unknown:
    """Stands in place of a value that is not known, and says why.

    ``missing`` names the given facts that nobody told, ``gaps`` are sentences on what the texts do not say.
    """

    missing: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()


def unknown(gap: str) -> Unknown:
    """A value that the texts leave open; ``gap`` is the sentence that says what they do not say."""
    return Unknown(gaps=(gap,))


@final
@attrs.define
class Based:
    """A derived value with the paragraphs or lines it rests on; made by :func:`based`.

    It is taken apart as soon as the fact has returned it, so it is not frozen: that would only make it slow to make.
    """

    value: object
    on: tuple[Cited, ...]


def based(value: _T, *on: Cited) -> _T:
    """``value`` as the result of a derived fact that used only ``on`` of the provisions it was given.

    Without it a derived fact cites every provision it was given, or the line it returns. The evaluation takes the
    value out again, so to whoever writes or reads a fact it is of the type of the value.
    """
    return Based(value, on)  # type: ignore[return-value] # see above


@attrs.frozen
class Payment:
    """``quantity`` units, each paid ``share`` of ``rate``; the amount is exact until a rounding policy speaks.

    ``unit`` is what is counted (``day``), ``rate_unit`` what the rate is for (``month``).
    """

    quantity: int
    unit: str
    rate: Decimal
    rate_unit: str
    share: Fraction = Fraction(1)

    @functools.cached_property
    def exact(self) -> Fraction:
        """The amount before any rounding."""
        # One fraction of whole numbers: a product of fractions would be reduced at every step.
        numerator, denominator = self.rate.as_integer_ratio()
        share = self.share
        return Fraction(self.quantity * share.numerator * numerator, share.denominator * denominator)


@attrs.define
class _Answered:
    """The fields of an answer, as they are while it is made: the functions below write them and then make it firm."""

    verdict: Verdict
    template: str = ""
    values: Mapping[str, object] = attrs.field(factory=dict)
    low: Payment | None = None
    high: Payment | None = None
    rests_on: tuple[Cited, ...] | None = None
    needs: tuple[str, ...] | None = None
    gaps: tuple[str, ...] = ()


@attrs.frozen
class Answer(_Answered):
    """What a rule answered: made by :func:`met`, :func:`not_met`, :func:`due` and their like."""

    @property
    def sentence(self) -> str:
        """The template with the values filled in, each in words."""
        if not self.values:
            return self.template.format()
        return self.template.format_map({name: in_words(value) for name, value in self.values.items()})

    def sentence_with(self, told: Callable[[str], object]) -> str:
        """The same, where the template also mentions facts that the rule was not given; ``told`` gives their values."""
        text, mentioned = self.frame
        return text % tuple([in_words(told(name)) for name in mentioned])

    @property
    def frame(self) -> tuple[str, tuple[str, ...]]:
        """The template with the values filled in and ``%s`` for each fact it mentions besides, and their names."""
        mentioned: list[str] = []
        words = _Mentioned({name: in_words(value).replace("%", "%%") for name, value in self.values.items()}, mentioned)
        return self.template.replace("%", "%%").format_map(words), tuple(mentioned)


class _Mentioned(dict[str, str]):
    """The words of a template; a name that has none is noted in their order."""

    def __init__(self, words: Mapping[str, str], mentioned: list[str]) -> None:
        super().__init__(words)
        self._mentioned = mentioned

    def __missing__(self, name: str) -> str:
        self._mentioned.append(name)
        return "%s"


def _answer(  # noqa: PLR0913, PLR0917 - the fields of an answer, by position since every rule makes one
    verdict: Verdict,
    template: str,
    values: Mapping[str, object],
    low: Payment | None = None,
    high: Payment | None = None,
    rests_on: tuple[Cited, ...] | None = None,
    needs: tuple[str, ...] | None = None,
    gaps: tuple[str, ...] = (),
) -> Answer:
    """The answer with these fields.

    A frozen object is slow to make; so an open one of the same shape is made and then closed.
    """
    answered = _Answered(verdict, template, values, low, high, rests_on, needs, gaps)
    answered.__class__ = Answer
    return answered  # type: ignore[return-value] # it is one now


_MET, _NOT_MET, _DUE = Verdict.MET, Verdict.NOT_MET, Verdict.DUE
_NOT_APPLICABLE, _UNDETERMINED = Verdict.NOT_APPLICABLE, Verdict.UNDETERMINED


def met(template: str, /, *, rests_on: tuple[Cited, ...] | None = None, **values: object) -> Answer:
    """The requirement is met; the sentence says by what.

    ``rests_on`` names the paragraphs or lines used, where these are not all the rule was given; so in every answer.
    """
    return _answer(_MET, template, values, None, None, rests_on)


def not_met(template: str, /, *, rests_on: tuple[Cited, ...] | None = None, **values: object) -> Answer:
    """The requirement is not met; the sentence says by how much.

    ``rests_on`` names the paragraphs or lines the refusal rests on, where these are not all the rule was given: a
    refusal that rests on something unverified becomes *undetermined* in the evaluation.
    """
    return _answer(_NOT_MET, template, values, None, None, rests_on)


def due(payment: Payment, template: str, /, *, rests_on: tuple[Cited, ...] | None = None, **values: object) -> Answer:
    """An amount is due."""
    return _answer(_DUE, template, values, payment, payment, rests_on)


def due_between(
    low: Payment,
    high: Payment,
    template: str,
    /,
    *,
    needs: tuple[str, ...] | None = None,
    rests_on: tuple[Cited, ...] | None = None,
    **values: object,
) -> Answer:
    """An amount from ``low`` to ``high`` is due.

    ``needs`` names the given facts that would settle it; absent, these are the facts the rule was not given.
    """
    return _answer(_DUE, template, values, low, high, rests_on, needs)


def not_applicable(template: str, /, *, rests_on: tuple[Cited, ...] | None = None, **values: object) -> Answer:
    """The rule does not speak of this case."""
    return _answer(_NOT_APPLICABLE, template, values, None, None, rests_on)


def undetermined(
    template: str,
    /,
    *,
    needs: tuple[str, ...] | None = None,
    gaps: tuple[str, ...] = (),
    rests_on: tuple[Cited, ...] | None = None,
    **values: object,
) -> Answer:
    """The rule cannot tell.

    ``needs`` names the given facts that would settle it; absent, these are the facts the rule was not given.
    ``gaps`` are sentences on what the texts do not say.
    """
    return _answer(_UNDETERMINED, template, values, None, None, rests_on, needs, gaps)


_AS_THEY_ARE = frozenset({str, int})
"""The classes of most values in sentences; of these classes themselves nothing else is said below."""


def in_words(value: object) -> str:  # noqa: PLR0911 - one return for each kind of value
    """A value as it stands in a sentence: dates as year-month-day, numbers without needless zeros, terms in words."""
    if value.__class__ in _AS_THEY_ARE:
        return str(value)
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return number_in_words(value)
        case date():
            return value.isoformat()
        case str():
            return str(getattr(value, "words", value))
        case Fraction():
            return number_in_words(Decimal(value.numerator) / Decimal(value.denominator))
        case frozenset() | set():
            return ", ".join(sorted(in_words(item) for item in value))
        case tuple() | list():
            return ", ".join(in_words(item) for item in value)
        case _:
            return str(value)


def any_of(words: Sequence[str]) -> str:
    """One of several things: ``a``, ``a or b``, ``a, b or c``; empty where there is none.

    >>> any_of(["studies", "teaching", "training"])
    'studies, teaching or training'

    """
    *others, last = words or [""]
    return f"{', '.join(others)} or {last}" if others else last


def number_in_words(value: Decimal) -> str:
    """A decimal number without an exponent and without zeros that say nothing."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
