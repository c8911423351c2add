"""The grant of one mobility: its lines, each with how it was counted and where it is written, and their total."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

import attrs

from icm_rules.engine.answers import Payment
from icm_rules.engine.citations import Citation, Confidence
from icm_rules.engine.evaluation import Evaluation, Outcome
from icm_rules.engine.rounding import USUAL, Rounding
from icm_rules.engine.unfolding import Finders, Unfolding

_NOTHING = Decimal("0.00")


@attrs.frozen(kw_only=True, slots=False)
class GrantLine(Unfolding):
    """One line of a grant: an amount, a range of amounts, or open while nobody can tell it [EUR]."""

    identity: str
    """The identity of the rule that pays it."""
    label: str
    """What is paid, in the words of the rule."""
    lowest: Payment | None
    """How the line, or its lower end, was counted; absent where the line is open."""
    highest: Payment | None
    """The same for the upper end; equal to ``lowest`` where the line is no range."""
    low: Decimal | None
    """The amount, or its lower end, rounded; absent where the line is open."""
    high: Decimal | None
    sentence: str
    """The reason, in a whole sentence; empty where the rule was never asked."""
    missing: tuple[str, ...] = ()
    """Names of the given facts that would settle the line."""
    gaps: tuple[str, ...] = ()
    """What the texts do not say, in sentences."""
    citations: tuple[Citation, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether nothing can be said of the amount yet."""
        return self.low is None

    @property
    def is_range(self) -> bool:
        """Whether the amount is known only as from ... to ..."""
        return self.low != self.high

    @property
    def amount(self) -> Decimal | None:
        """The amount; *None* where the line is open or a range."""
        return None if self.is_range else self.low

    @property
    def quantity(self) -> int | None:
        """How many units are paid; *None* where that is not known."""
        return self.lowest.quantity if self.lowest is not None and self.lowest == self.highest else None

    @property
    def unit(self) -> str | None:
        """What is counted, such as ``day``."""
        return self.lowest.unit if self.lowest is not None else None

    @property
    def rate(self) -> Decimal | None:
        """The rate; *None* where it is not known."""
        return self.lowest.rate if self.lowest is not None and self.lowest == self.highest else None

    @property
    def rate_unit(self) -> str | None:
        """What the rate is for, such as ``month``."""
        return self.lowest.rate_unit if self.lowest is not None else None

    @property
    def share(self) -> Fraction | None:
        """The share of the rate that is paid for one unit; *None* where it is not known."""
        return self.lowest.share if self.lowest is not None and self.lowest == self.highest else None

    @property
    def confidence(self) -> Confidence:
        """The weakest confidence among the citations; *official* where the line rests on no text."""
        return min((citation.confidence for citation in self.citations), default=Confidence.OFFICIAL)


def _lines(lines: Iterable[GrantLine]) -> tuple[GrantLine, ...]:
    return tuple(lines)


@attrs.frozen(kw_only=True)
class Grant:
    """The lines of a grant and what they amount to; each line was rounded once, by the policy named here."""

    lines: tuple[GrantLine, ...] = attrs.field(converter=_lines)
    rounding: str
    """The name of the rounding policy."""
    rounding_words: str
    """What the policy does, in words."""
    rounding_confidence: Confidence
    """How sure it is that this is the right policy."""
    currency: str = "EUR"

    @property
    def open_lines(self) -> tuple[GrantLine, ...]:
        """The lines of which nothing can be said yet."""
        return tuple(line for line in self.lines if line.is_open)

    @property
    def is_range(self) -> bool:
        """Whether a line is known only as from ... to ..."""
        return any(line.is_range for line in self.lines)

    @property
    def low(self) -> Decimal:
        """What is due at least [EUR]: an open line counts nothing, a range its lower end."""
        return sum((line.low for line in self.lines if line.low is not None), _NOTHING)

    @property
    def high(self) -> Decimal | None:
        """What is due at most [EUR]; *None* while a line is open."""
        if self.open_lines:
            return None
        return sum((line.high for line in self.lines if line.high is not None), _NOTHING)

    @property
    def total(self) -> Decimal | None:
        """What is due [EUR]; *None* while a line is open or a range."""
        return None if any(line.amount is None for line in self.lines) else self.low


def grant_of(evaluation: Evaluation, rounding: Rounding = USUAL) -> Grant:
    """The grant of an evaluated mobility: a line for every rule that pays and does not merely inform.

    A rule that does not apply, or is not in force, gives no line; one that cannot tell gives an open line.
    """
    return Grant(
        lines=[_line(outcome, rounding) for outcome in evaluation.paying],
        rounding=rounding.name,
        rounding_words=rounding.words,
        rounding_confidence=rounding.confidence,
    )


def _line(outcome: Outcome, rounding: Rounding) -> GrantLine:
    low, high = outcome.amounts(rounding) or (None, None)
    return GrantLine.unfolding(_FOUND_IN_OUTCOME, outcome, {"low": low, "high": high})


_FOUND_IN_OUTCOME: Finders = {
    "identity": lambda outcome: outcome.identity,
    "label": lambda outcome: outcome.rule.title or outcome.rule.statement.rstrip("."),
    "lowest": lambda outcome: outcome.answer.low,
    "highest": lambda outcome: outcome.answer.high,
    "sentence": lambda outcome: outcome.sentence,
    "missing": lambda outcome: outcome.missing,
    "gaps": lambda outcome: outcome.gaps,
    "citations": lambda outcome: outcome.citations,
}
