"""What a settlement holds, and how it is told: the grant as planned and as confirmed, and the differences by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import attrs

from icm_rules.engine.answers import Verdict
from icm_rules.engine.citations import Confidence
from icm_rules.model.grant import Grant, GrantLine
from icm_rules.report.layout import Block, Document, Item, Prose, Row, Section, Table, as_html, as_markdown, as_text
from icm_rules.report.records import OutcomeReport, OverallAnswer, Report
from icm_rules.report.telling import Places, as_sentence, asks_for, eur, eur_from_to, given_in_words, listed

FORMAT = 1
"""The version of the dictionary a settlement becomes."""


@attrs.frozen(kw_only=True)
class ChangedFact:
    """A fact that is confirmed otherwise than it was planned."""

    name: str
    question: str
    planned: Any
    """As a plain value; *None* where nothing was planned."""
    confirmed: Any


@attrs.frozen(kw_only=True)
class SettledDays:
    """The days of a stay by both counts; *None* where they are not known."""

    in_months_of_30: int | None
    by_calendar: int | None
    convention: str | None
    """The count that holds for this stay: ``months_of_30_days`` or ``calendar_days``."""
    counted: int | None
    """The days by that count, interruptions taken out."""
    funded: int | None
    """Those of them that carry a grant."""


@attrs.frozen(kw_only=True)
class SettlementLine:
    """One line of the grant, as planned and as confirmed [EUR]."""

    identity: str
    """The identity of the rule that pays it."""
    label: str
    planned: GrantLine | None
    """*None* where the rule pays nothing."""
    confirmed: GrantLine | None
    low: Decimal | None
    """The difference from the plan, or its lower end: above zero where more is due; *None* where it is open."""
    high: Decimal | None
    because_of: tuple[str, ...]
    """The facts that were confirmed otherwise, and on which the rule rests."""

    @property
    def differs(self) -> bool:
        """Whether the line is not the same as planned, as far as can be told."""
        return self.low != Decimal(0) or self.high != Decimal(0)


@attrs.frozen(kw_only=True)
class ChangedRequirement:
    """A requirement that the facts confirmed answer otherwise than those planned."""

    planned: OutcomeReport
    confirmed: OutcomeReport


def _tuple(items: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(items)


@attrs.frozen(kw_only=True, repr=False)
class Settlement:
    """The grant as planned and as confirmed, what was paid, and what is left to pay or to pay back.

    It renders as text (also ``print(settlement)``), Markdown and HTML, and becomes a plain dictionary.
    """

    planned: Report
    """The answers for the mobility as planned."""
    confirmed: Report
    """The answers for the mobility as confirmed, and as planned where nothing is."""
    policies: Report
    """The answers of the rules on settling: what is paid back in whole, what may be kept."""
    applied: tuple[str, ...] = attrs.field(converter=_tuple)
    """The identities of those among them that move the amount here."""
    lines: tuple[SettlementLine, ...] = attrs.field(converter=_tuple)
    requirements: tuple[ChangedRequirement, ...] = attrs.field(converter=_tuple)
    changed: tuple[ChangedFact, ...] = attrs.field(converter=_tuple)
    taken_as_planned: tuple[str, ...] = attrs.field(converter=_tuple)
    """Facts that an office expects to see confirmed, and of which only the plan is told."""
    planned_days: SettledDays
    confirmed_days: SettledDays
    lacking_in_plan: tuple[str, ...] = attrs.field(converter=_tuple)
    """Facts that the plan does not tell, and without which nobody knows for how many days the grant agreement pays."""
    needed_for_minimum: tuple[str, ...] = attrs.field(converter=_tuple)
    """Facts that would tell whether the stay as confirmed reaches the minimum duration."""
    settled_low: Decimal
    """What is due at least, once the policies applied have spoken [EUR]."""
    settled_high: Decimal | None
    """What is due at most [EUR]; *None* while a line is open."""
    paid: Decimal | None
    """What was paid so far [EUR]; *None* where that is not told."""

    @property
    def planned_grant(self) -> Grant:
        """The grant as planned."""
        return self.planned.grant

    @property
    def recomputed_grant(self) -> Grant:
        """The grant by the same rules on the facts that are confirmed, before any policy."""
        return self.confirmed.grant

    @property
    def settled(self) -> Decimal | None:
        """What is due [EUR]; *None* while that is open or a range."""
        return self.settled_low if self.settled_low == self.settled_high else None

    @property
    def balance_low(self) -> Decimal | None:
        """What is left to pay, at least; below zero what is to be paid back [EUR]."""
        return None if self.paid is None else self.settled_low - self.paid

    @property
    def balance_high(self) -> Decimal | None:
        """The same, at most; *None* while a line is open, or what was paid is not told [EUR]."""
        return None if self.paid is None or self.settled_high is None else self.settled_high - self.paid

    @property
    def balance(self) -> Decimal | None:
        """What is left to pay, or below zero what is to be paid back [EUR]; paid and balance are what is settled."""
        return self.balance_low if self.settled is not None else None

    @property
    def differences(self) -> tuple[SettlementLine, ...]:
        """The lines that are not as planned."""
        return tuple(line for line in self.lines if line.differs)

    @property
    def proposals(self) -> tuple[OutcomeReport, ...]:
        """The policies that propose an amount, applied here or not."""
        return tuple(outcome for outcome in self.policies.outcomes.values() if outcome.verdict is Verdict.DUE)

    @property
    def is_proposed(self) -> bool:
        """Whether the amount rests on a policy that no official text was seen to show."""
        return any(
            outcome.identity in self.applied and outcome.confidence is not Confidence.OFFICIAL
            for outcome in self.proposals
        )

    @property
    def missing(self) -> tuple[str, ...]:
        """The facts that would settle the amount."""
        lines = (line.confirmed for line in self.lines if line.confirmed is not None)
        names = [*self.lacking_in_plan, *(name for line in lines for name in line.missing)]
        for outcome in self.policies.outcomes.values():
            if outcome.identity in self.applied:
                names += outcome.missing
        if "reaches_minimum" in names:
            names += self.needed_for_minimum
        if self.settled_high is None:
            names += [name for line in self.lines if line.planned is not None for name in line.planned.missing]
        return tuple(dict.fromkeys(name for name in names if name != "reaches_minimum"))

    def to_dict(self) -> dict[str, Any]:
        """The settlement as plain values that JSON can hold; amounts are decimal numbers written as text."""

        def text(amount: Decimal | None) -> str | None:
            return None if amount is None else str(amount)

        def ends(low: Decimal | None, high: Decimal | None) -> dict[str, str | None]:
            return {"low": text(low), "high": text(high)}

        return {
            "version": FORMAT,
            "reference": self.planned.reference,
            "call": self.planned.call,
            "overall": {"planned": str(self.planned.overall), "confirmed": str(self.confirmed.overall)},
            "planned_eur": ends(self.planned_grant.low, self.planned_grant.high),
            "recomputed_eur": ends(self.recomputed_grant.low, self.recomputed_grant.high),
            "settled_eur": ends(self.settled_low, self.settled_high),
            "is_proposed": self.is_proposed,
            "paid_eur": text(self.paid),
            "balance_eur": ends(self.balance_low, self.balance_high),
            "lines": [
                {
                    "identity": line.identity,
                    "label": line.label,
                    "overall": {"planned": str(self.planned.overall), "confirmed": str(self.confirmed.overall)},
                    "planned_eur": ends(*_ends(line.planned)),
                    "confirmed_eur": ends(*_ends(line.confirmed)),
                    "difference_eur": ends(line.low, line.high),
                    "because_of": list(line.because_of),
                    "planned_sentence": line.planned and line.planned.sentence,
                    "confirmed_sentence": line.confirmed and line.confirmed.sentence,
                }
                for line in self.lines
            ],
            "proposals": [
                {
                    "identity": outcome.identity,
                    "applied": outcome.identity in self.applied,
                    "amount_eur": ends(outcome.low, outcome.high),
                    "sentence": outcome.sentence,
                    "confidence": outcome.confidence.label,
                    "missing": [name for name in outcome.missing if name != "reaches_minimum"],
                }
                for outcome in self.proposals
            ],
            "requirements": [
                {
                    "identity": each.confirmed.identity,
                    "planned": str(each.planned.verdict),
                    "confirmed": str(each.confirmed.verdict),
                    "sentence": each.confirmed.sentence,
                }
                for each in self.requirements
            ],
            "days": {"planned": attrs.asdict(self.planned_days), "confirmed": attrs.asdict(self.confirmed_days)},
            "changed": [attrs.asdict(fact) for fact in self.changed],
            "taken_as_planned": list(self.taken_as_planned),
            "lacking_in_plan": list(self.lacking_in_plan),
            "missing": list(self.missing),
            "planned": self.planned.to_dict(),
            "confirmed": self.confirmed.to_dict(),
        }

    def to_text(self, *, width: int = 100) -> str:
        """The settlement as plain text, lines of at most ``width`` letters."""
        return as_text(told(self), width=width)

    def to_markdown(self) -> str:
        """The settlement as Markdown with tables."""
        return as_markdown(told(self))

    def to_html(self) -> str:
        """The settlement as a piece of HTML that needs nothing around it."""
        return as_html(told(self))

    def _repr_html_(self) -> str:
        return self.to_html()

    def __str__(self) -> str:
        """The settlement as text."""
        return self.to_text()

    def __repr__(self) -> str:
        """The mobility, and what is settled."""
        return f"<Settlement of {self.planned.reference or 'a mobility'}, call {self.planned.call}: {_range(self)}>"


# --- telling -----------------------------------------------------------------------------------------------


def told(settlement: Settlement) -> Document:
    """The settlement, arranged."""
    return _Teller(settlement).document()


def _ends(line: GrantLine | None) -> tuple[Decimal | None, Decimal | None]:
    """The amount from and to; nothing where the rule pays nothing."""
    return (Decimal("0.00"), Decimal("0.00")) if line is None else (line.low, line.high)


def _range(settlement: Settlement) -> str:
    return _from_to(settlement.settled_low, settlement.settled_high)


def _from_to(low: Decimal | None, high: Decimal | None) -> str:
    if low is None:
        return "open"
    return f"at least {eur(low)}" if high is None else eur_from_to(low, high)


def _signed(amount: Decimal) -> str:
    return "0.00" if amount == 0 else f"{amount:+,.2f}"


def _difference(low: Decimal | None, high: Decimal | None) -> str:
    if low is None or high is None:
        return "open"
    return f"{_signed(low)} EUR" if low == high else f"{_signed(low)} to {_signed(high)} EUR"


class _Teller:
    """Tells one settlement."""

    def __init__(self, settlement: Settlement) -> None:
        self._settlement = settlement
        self._places = Places()

    def document(self) -> Document:
        """The whole."""
        settlement = self._settlement
        planned = settlement.planned
        sections = [
            self._amounts(),
            self._proposals(),
            self._requirements(),
            self._days(),
            self._changed(),
            listed("Told as planned only", (Item(name) for name in settlement.taken_as_planned)),
            listed("Missing", (Item(name) for name in settlement.missing)),
        ]
        sections.append(listed("Texts", self._places.texts(addresses=False)))
        return Document(
            title=f"Settlement of mobility {planned.reference}" if planned.reference else "Settlement of a mobility",
            lines=(f"{planned.action}, call {planned.call}: {planned.guide_title}",),
            answer=self._answer(),
            summary=tuple(self._summary()),
            sections=tuple(section for section in sections if section is not None),
        )

    def _answer(self) -> str:
        settlement = self._settlement
        low, high = settlement.balance_low, settlement.balance_high
        if low is None:
            return f"{_range(settlement)} due; what was paid is not told"
        if high is None:
            return f"cannot be told yet: {_range(settlement)} due, {eur(settlement.paid or Decimal(0))} paid"
        if low == high == 0:
            return "nothing left to pay"
        if low >= 0:
            return f"{eur_from_to(low, high)} left to pay to the participant"
        if high <= 0:
            return f"{eur_from_to(-high, -low)} to be paid back by the participant"
        return f"between {eur(-low)} to be paid back by the participant and {eur(high)} left to pay"

    def _summary(self) -> Iterator[str]:
        settlement = self._settlement
        planned, recomputed = settlement.planned_grant, settlement.recomputed_grant
        yield (
            f"The stay as planned: {settlement.planned.overall}. "
            f"The stay as confirmed: {settlement.confirmed.overall}{self._not_met()}."
        )
        yield (
            f"Planned: {_from_to(planned.low, planned.high)}. "
            f"By what is confirmed: {_from_to(recomputed.low, recomputed.high)}. "
            f"Settled: {_range(settlement)}. Paid: {'not told' if settlement.paid is None else eur(settlement.paid)}."
        )
        if settlement.lacking_in_plan:
            yield (
                f"The plan does not tell {' and '.join(settlement.lacking_in_plan)}, so nobody knows for how many days "
                "the grant agreement pays; tell that, or agreed_funded_days."
            )
        if settlement.is_proposed:
            yield "What is settled is a proposal: it rests on readings that no text was seen to show."

    def _not_met(self) -> str:
        """The requirements that make the stay as confirmed not eligible."""
        confirmed = self._settlement.confirmed
        if confirmed.overall is not OverallAnswer.NOT_ELIGIBLE:
            return ""
        return f" ({', '.join(outcome.identity for outcome in confirmed.not_met)})"

    def _amounts(self) -> Section:
        settlement = self._settlement
        if not settlement.lines:
            return Section("Grant", (Prose("No line of a grant applies, neither as planned nor as confirmed."),))
        rows = [Row(_cells(line), self._line_details(line)) for line in settlement.lines]
        planned, recomputed = settlement.planned_grant, settlement.recomputed_grant
        known = [(line.low, line.high) for line in settlement.lines if line.low is not None and line.high is not None]
        low = sum((low for low, _ in known), Decimal(0)) if len(known) == len(settlement.lines) else None
        high = sum((high for _, high in known), Decimal(0)) if low is not None else None
        total = (
            "Total",
            _from_to(planned.low, planned.high),
            _from_to(recomputed.low, recomputed.high),
            _difference(low, high),
        )
        blocks: list[Block] = [
            Table(("Line", "Planned", "Confirmed", "Difference"), (*rows, Row(total, is_sum=True)), amounts_last=True),
            Prose(f"Rounding ({recomputed.rounding}): {recomputed.rounding_words}."),
        ]
        return Section("Grant", tuple(blocks))

    def _line_details(self, line: SettlementLine) -> tuple[str, ...]:
        if not line.differs:
            return ()
        because = f"Because of: {', '.join(line.because_of)}." if line.because_of else ""
        sentences = (
            f"Planned: {as_sentence(line.planned.sentence)}" if line.planned and line.planned.sentence else "",
            f"Confirmed: {as_sentence(line.confirmed.sentence)}" if line.confirmed and line.confirmed.sentence else "",
        )
        cited = line.confirmed or line.planned
        return tuple(filter(None, (because, *sentences, *(self._places.lines(cited.citations) if cited else ()))))

    def _proposals(self) -> Section | None:
        settlement = self._settlement
        items = []
        for outcome in settlement.policies.outcomes.values():
            if outcome.verdict not in {Verdict.DUE, Verdict.MET}:
                continue
            amount = f": {_from_to(outcome.low, outcome.high)}" if outcome.verdict is Verdict.DUE else ""
            use = "Applied" if outcome.identity in settlement.applied or not outcome.pays else "Proposed, not applied"
            missing = tuple(name for name in outcome.missing if name != "reaches_minimum")
            items.append(
                Item(
                    f"{use}: {as_sentence(outcome.statement)} ({outcome.identity}){amount}",
                    (as_sentence(outcome.sentence), *asks_for(missing), *self._places.lines(outcome.citations)),
                )
            )
        return listed("Rules on settling", items)

    def _requirements(self) -> Section | None:
        return listed(
            "Answered otherwise than planned",
            (
                Item(
                    f"{as_sentence(each.confirmed.statement)} ({each.confirmed.identity}): "
                    f"{each.planned.verdict} as planned, {each.confirmed.verdict} as confirmed",
                    tuple(
                        filter(
                            None,
                            (
                                as_sentence(each.confirmed.sentence),
                                *asks_for(each.confirmed.missing),
                                *self._places.lines(each.confirmed.citations),
                            ),
                        )
                    ),
                )
                for each in self._settlement.requirements
            ),
        )

    def _days(self) -> Section | None:
        settlement = self._settlement
        both = (settlement.planned_days, settlement.confirmed_days)
        if all(days.by_calendar is None for days in both):
            return None
        names = (
            ("By the calendar", "by_calendar"),
            ("In months of 30 days", "in_months_of_30"),
            ("Counted here", "counted"),
            ("With a grant", "funded"),
        )
        rows = tuple(
            Row((name, *("not known" if getattr(days, field) is None else str(getattr(days, field)) for days in both)))
            for name, field in names
        )
        convention = next((days.convention for days in reversed(both) if days.convention), None)
        words = "" if convention is None else f" This stay is counted in {convention.replace('_', ' ')}."
        return Section(
            "Days of the stay",
            (
                Table(("Days", "Planned", "Confirmed"), rows, amounts_last=True),
                Prose(f"Both ends are included; what counts here leaves out interruptions.{words}"),
            ),
        )

    def _changed(self) -> Section | None:
        return listed(
            "Confirmed otherwise than planned",
            (
                Item(
                    f"{fact.name}: {given_in_words(fact.planned)} as planned, "
                    f"{given_in_words(fact.confirmed)} confirmed"
                )
                for fact in self._settlement.changed
            ),
        )


def _cells(line: SettlementLine) -> tuple[str, str, str, str]:
    label = f"{line.label} ({line.identity})"
    planned, confirmed = (_from_to(*_ends(side)) for side in (line.planned, line.confirmed))
    return label, planned, confirmed, _difference(line.low, line.high)
