"""Which sections a report has for people, in which order, and what each of them says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction

import attrs

from icm_rules.engine.answers import Payment, Verdict, any_of, in_words
from icm_rules.engine.citations import Citation, Confidence, Source
from icm_rules.model.grant import Grant, GrantLine
from icm_rules.model.terms import Direction, with_article
from icm_rules.report.layout import Block, Document, Item, Items, Prose, Row, Section, Table
from icm_rules.report.records import MissingFact, OutcomeReport, OverallAnswer, Report

_HELD_BACK = "Refused only by an unverified text"
_TOLD_OF = {Verdict.NOT_MET: "Not met", Verdict.UNDETERMINED: "Not known", Verdict.DUE: "Proposed"}
"""The verdicts that are told of rules that only inform, in words."""
_MOBILITY = "mobility"
_IN_ORDER = {
    OverallAnswer.ELIGIBLE: "in order",
    OverallAnswer.NOT_ELIGIBLE: "not in order",
}
"""What is said of an agreement, which is never eligible itself."""
_MOST_POSSIBLE = 6
"""More values that a fact may have than these are not written out."""


def told(report: Report, *, all_rules: bool) -> Document:
    """The report, arranged; ``all_rules`` adds a table of every rule with its answer."""
    return _Teller(report).document(all_rules=all_rules)


def told_rules(report: Report, *, all_rules: bool) -> tuple[Section, ...]:
    """What the rules of a report answer, and the texts: for a document that says the rest itself."""
    return _Teller(report).of_rules(all_rules=all_rules)


# --- words -------------------------------------------------------------------------------------------------


def eur(amount: Decimal) -> str:
    """An amount with two decimals and its thousands set apart: ``4,241.67 EUR``."""
    return f"{amount:,.2f} EUR"


def eur_from_to(low: Decimal, high: Decimal) -> str:
    """An amount, or the range it lies in."""
    return eur(low) if low == high else f"from {low:,.2f} to {eur(high)}"


def as_sentence(text: str) -> str:
    """The text with a capital letter and a full stop."""
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")


def _words(term: str) -> str:
    return term.replace("_", " ")


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun if number == 1 else noun + 's'}"


def _share(share: Fraction) -> str:
    percent = share * 100
    return f"{percent.numerator} %" if percent.denominator == 1 else str(share)


_A_SUM = "project"
"""What a line is counted by that adds up others: one amount for the whole project."""


def calculation(payment: Payment) -> str:
    """How a line is counted: ``131 days × 1/30 of 850.00 EUR per month``; a sum of others, as the sum that it is."""
    if payment.quantity == 1 and payment.unit == payment.rate_unit == _A_SUM:
        part = f" / {payment.share.denominator}" if payment.share != 1 else ""
        return f"{eur(payment.rate)}{part} in all"
    part = "" if payment.share == 1 else f"{_share(payment.share)} of "
    return f"{_counted(payment.quantity, payment.unit)} × {part}{eur(payment.rate)} per {payment.rate_unit}"


def calculation_from_to(low: Payment, high: Payment) -> str:
    """How a line, or the range it lies in, is counted; what both ends have in common is told once."""
    if low == high:
        return calculation(high)
    if attrs.evolve(low, quantity=high.quantity) == high:
        return f"{low.quantity:,} to {calculation(high)}"
    if attrs.evolve(low, rate=high.rate) == high:
        return calculation(high).replace(eur(high.rate), f"{low.rate:,.2f} to {eur(high.rate)}")
    return f"{calculation(low)} to {calculation(high)}" if low.quantity else f"nothing or up to {calculation(high)}"


def _below_official(confidence: Confidence) -> str:
    return "" if confidence is Confidence.OFFICIAL else f"confidence: {confidence.label}"


def _named(outcome: OutcomeReport) -> str:
    return f"{as_sentence(outcome.statement)} ({outcome.identity})"


def _reasons(outcome: OutcomeReport) -> tuple[str, ...]:
    """The sentence of an answer, and what the texts do not say."""
    return tuple(as_sentence(text) for text in (outcome.sentence, *outcome.gaps) if text)


def _verdict(outcome: OutcomeReport) -> str:
    return _HELD_BACK if outcome.is_held_back else _TOLD_OF[outcome.verdict]


def _alike(outcomes: Iterable[OutcomeReport]) -> list[list[OutcomeReport]]:
    """The outcomes, those together that only the very same gap leaves open."""
    groups: dict[tuple[object, ...], list[OutcomeReport]] = {}
    for outcome in outcomes:
        only_gaps = outcome.gaps and not outcome.missing and not outcome.is_held_back
        key = (outcome.verdict, outcome.sentence, outcome.gaps) if only_gaps else (outcome.identity,)
        groups.setdefault(key, []).append(outcome)
    return list(groups.values())


def asks_for(names: Iterable[str]) -> tuple[str, ...]:
    """The line that asks for these facts; none where there is nothing to ask for."""
    listed = ", ".join(names)
    return (f"To settle it, tell: {listed}.",) if listed else ()


def _amount(outcome: OutcomeReport) -> tuple[str, ...]:
    if outcome.low is None or outcome.high is None:
        return ()
    return (f"Amount: {eur_from_to(outcome.low, outcome.high)}.",)


def given_in_words(value: object) -> str:
    """A plain value in words; a record shows its fields."""
    match value:
        case {"from": least, "to": most} | {"low": least, "high": most}:
            return f"from {given_in_words(least)} to {given_in_words(most)}"
        case {"one_of": [*values]}:
            more = [f"one of {len(values) - _MOST_POSSIBLE} more"] if len(values) > _MOST_POSSIBLE else []
            return any_of([*(given_in_words(item) for item in values[:_MOST_POSSIBLE]), *more])
        case dict():
            told = {name: given_in_words(item) for name, item in value.items() if item is not None and item != []}
            return "(" + ", ".join(f"{name}: {words}" for name, words in told.items()) + ")"
        case list():
            return ", ".join(given_in_words(item) for item in value) or "none"
        case None:
            return "not told"
        case _:
            return in_words(value)


def listed(title: str, items: Iterable[Item]) -> Section | None:
    """A section that is a list; *None* where it would be empty."""
    found = tuple(items)
    return Section(title, (Items(found),)) if found else None


# --- where it is written -----------------------------------------------------------------------------------


class Places:
    """Where answers are written, in short: each text gets a number when it is first named, and is listed once."""

    def __init__(self) -> None:
        """Begin with no text named."""
        self._numbers: dict[Source, int] = {}
        self._remarks: set[tuple[str, str]] = set()

    def lines(self, citations: Iterable[Citation]) -> tuple[str, ...]:
        """A line for each document the citations are of, and one for each remark not made before."""
        by_document: dict[str, list[Citation]] = {}
        for citation in citations:
            document = f"{citation.document}, {citation.section}" if citation.section else citation.document
            by_document.setdefault(document, []).append(citation)
        written = [
            as_sentence(f"Written in: {document}: {'; '.join(self._paragraphs(cited))}")
            for document, cited in by_document.items()
        ]
        return (*written, *(remark for cited in by_document.values() for remark in self._remarks_on(cited)))

    def _paragraphs(self, citations: list[Citation]) -> Iterator[str]:
        """The paragraphs of one document; lines of one table that the same texts show stand together."""
        together: dict[tuple[str, str], list[str]] = {}
        for citation in citations:
            numbers = [self._numbers.setdefault(source, len(self._numbers) + 1) for source in citation.sources]
            shown_by = (
                f" [{', '.join(map(str, sorted(set(numbers))))}]" if numbers else ", shown by no text that was seen"
            )
            confidence = _below_official(citation.confidence)
            grounds = f"{shown_by}, {confidence}" if confidence else shown_by
            names = together.setdefault((_words(citation.paragraph), grounds), [])
            if citation.line and citation.line not in names:
                names.append(citation.line)
        for (paragraph, grounds), names in together.items():
            of_lines = f": {', '.join(names)}" if names else ""
            yield f"{paragraph}{of_lines}{grounds}"

    def _remarks_on(self, citations: list[Citation]) -> Iterator[str]:
        for citation in citations:
            about = _words(citation.paragraph) + (f", {citation.line}" if citation.line else "")
            for what, text in (("Other texts disagree on", citation.conflict), ("Note on", citation.note)):
                if text and (about, text) not in self._remarks:
                    self._remarks.add((about, text))
                    yield f"{what} {about}: {as_sentence(text)}"

    def texts(self, *, addresses: bool) -> Iterator[Item]:
        """Every text that was named, by its number; with its ``addresses`` or without."""
        for source, number in self._numbers.items():
            yield Item(f"[{number}] {source.title}", source.url if addresses else ())


# --- the report --------------------------------------------------------------------------------------------


class _Teller:
    """Tells one report; the sections are told in their order, which is that of the numbers of the texts."""

    def __init__(self, report: Report) -> None:
        """Tell this report."""
        self._report = report
        self._places = Places()

    def document(self, *, all_rules: bool) -> Document:
        """The whole."""
        report = self._report
        sections = [
            self._not_met(),
            self._missing(),
            self._open(),
            listed("Met on unverified ground", (Item(_named(each)) for each in report.met_on_unverified_ground)),
            self._grant(),
            self._informing(),
            self._later(),
            listed("Assumed", (Item(f"{each.sentence} ({each.name})") for each in report.assumptions)),
            listed("Notes", (Item(as_sentence(note)) for note in report.notes)),
            self._every_rule() if all_rules else None,
        ]
        sections.append(listed("Texts", self._places.texts(addresses=all_rules)))
        return Document(
            title=f"{report.subject.capitalize()} {report.reference}"
            if report.reference
            else f"{with_article(report.subject).capitalize()} without a reference",
            lines=tuple(self._heading()),
            answer=self._answer(),
            summary=tuple(self._summary()),
            sections=tuple(section for section in sections if section is not None),
        )

    def of_rules(self, *, all_rules: bool) -> tuple[Section, ...]:
        """The answers alone; ``all_rules`` adds a line for each rule that is met or does not apply."""
        answers = self._report.outcomes.values()
        sections = [
            self._not_met(),
            self._missing(),
            self._open(),
            self._informing(),
            listed("Every rule", map(self._in_a_line, answers)) if all_rules else None,
            listed("Notes", (Item(as_sentence(note)) for note in self._report.notes)),
        ]
        sections.append(listed("Texts", self._places.texts(addresses=all_rules)))
        return tuple(section for section in sections if section is not None)

    def _in_a_line(self, outcome: OutcomeReport) -> Item:
        return Item(
            f"{str(outcome.verdict).capitalize()}: {_named(outcome)}",
            (*_reasons(outcome), *_amount(outcome), *self._places.lines(outcome.citations)),
        )

    # --- the head ----------------------------------------------------------------------------------------

    def _heading(self) -> Iterator[str]:
        report = self._report
        yield f"{report.action}, call {report.call}: {report.guide_title}"
        yield from report.about
        if report.subject == _MOBILITY:
            activity = _words(report.activity).capitalize() if report.activity else "Activity not told"
            yield f"{activity}, {self._direction()}"
        if report.sending or report.receiving:
            yield (
                f"From {report.sending or 'a sending side not told'} "
                f"to {report.receiving or 'a receiving side not told'}"
            )
        for name, possible in report.possible.items():
            yield f"Known in part: {name}: {given_in_words(possible)}"
        if report.stage_told:
            yield f"Stage: {_words(report.stage)}"
        else:
            yield f"Stage: not told; the facts given reach up to the stage {_words(report.stage)}"

    def _direction(self) -> str:
        words = self._report.words
        match self._report.direction:
            case Direction.INCOMING:
                return (
                    f"incoming: from {with_article(words.partner_country)} to {with_article(words.programme_country)}"
                )
            case Direction.OUTGOING:
                return (
                    f"outgoing: from {with_article(words.programme_country)} to {with_article(words.partner_country)}"
                )
            case Direction.BETWEEN_PROGRAMME_COUNTRIES:
                return f"between {words.programme_countries}"
            case Direction.BETWEEN_PARTNER_COUNTRIES:
                return f"between {words.partner_countries}"
            case _:
                return "direction not known"

    def _answer(self) -> str:
        """The overall answer; it is the whole answer only while nothing that is due later speaks against it."""
        report = self._report
        later = len(report.not_met_so_far)
        overall = str(report.overall)
        if report.subject == "agreement":
            overall = _IN_ORDER.get(report.overall, overall)
        if not later:
            return overall
        at = "" if report.overall is OverallAnswer.NOT_ELIGIBLE else f" at the stage {_words(report.stage)}"
        are = "is" if later == 1 else "are"
        return f"{overall}{at}; {_counted(later, 'later requirement')} {are} not met so far"

    def _summary(self) -> Iterator[str]:
        report = self._report
        met = report.met
        not_met, open_yet = len(report.not_met), len(report.undetermined)
        asked = _counted(len(met) + not_met + open_yet, "requirement")
        yield f"{asked} due: {len(met)} met, {not_met} not met, {open_yet} not known yet."
        weak = [outcome for outcome in met if outcome.confidence is not Confidence.OFFICIAL]
        if weak:
            rest = "rests" if len(weak) == 1 else "rest"
            lowest = min(outcome.confidence for outcome in weak).label
            yield f"Of those met, {len(weak)} {rest} partly on texts below official (lowest: {lowest})."

    # --- the sections ------------------------------------------------------------------------------------

    def _not_met(self) -> Section | None:
        return listed(
            "Not met",
            (
                Item(_named(outcome), (*_reasons(outcome), *self._places.lines(outcome.citations)))
                for outcome in self._report.not_met
            ),
        )

    def _missing(self) -> Section | None:
        """The facts that would settle what is due or what is paid; what else is missing is not asked yet."""
        together: dict[tuple[str, ...], list[MissingFact]] = {}
        for fact in self._report.missing:
            outcomes = (self._report.outcomes[identity] for identity in fact.settles)
            settles = tuple(outcome.identity for outcome in outcomes if outcome.is_due or outcome.pays)
            if settles:
                together.setdefault(settles, []).append(fact)
        items = []
        for settles, facts in together.items():
            whose = "It" if len(facts) == 1 else f"These {len(facts)}"
            asked = [self._question(fact) for fact in facts]
            items += [Item(question) for question in asked[:-1]]
            items.append(Item(asked[-1], (f"{whose} would help to settle: {', '.join(settles)}.",)))
        return listed("Missing", items)

    def _question(self, fact: MissingFact) -> str:
        """What asks for a fact, and between which values if something is known of it."""
        unit = f" [{fact.unit}]" if fact.unit else ""
        possible = self._report.possible
        known = f" Known so far: {given_in_words(possible[fact.name])}." if fact.name in possible else ""
        return f"{fact.question}{unit}{known} ({fact.name})"

    def _open(self) -> Section | None:
        return listed("Cannot be told yet", map(self._left_open, _alike(self._report.undetermined)))

    def _left_open(self, outcomes: list[OutcomeReport]) -> Item:
        """A requirement, or several that the same gap leaves open: the gap then stands once."""
        first = outcomes[0]
        if len(outcomes) > 1:
            return Item(" ".join(_reasons(first)), self._open_together(outcomes, "requirement"))
        return Item(
            f"{_HELD_BACK}: {_named(first)}" if first.is_held_back else _named(first),
            (*_reasons(first), *asks_for(first.missing), *self._places.lines(first.citations)),
        )

    def _open_together(self, outcomes: list[OutcomeReport], noun: str) -> tuple[str, ...]:
        """Which these are, and where is written what they have in common."""
        common = [each for each in outcomes[0].citations if all(each in outcome.citations for outcome in outcomes[1:])]
        identities = ", ".join(outcome.identity for outcome in outcomes)
        return (f"This leaves {_counted(len(outcomes), noun)} open: {identities}.", *self._places.lines(common))

    def _grant(self) -> Section | None:
        grant = self._report.grant
        if not grant.lines and self._report.subject in {"agreement", "assessment"}:
            return None
        if not grant.lines:
            return Section("Grant", (Prose("No line of a grant applies."),))
        rows = [Row(_grant_cells(line), self._grant_details(line)) for line in grant.lines]
        total = Row(("Total", "", _total(grant)), is_sum=True)
        policy = ", ".join(filter(None, (grant.rounding, _below_official(grant.rounding_confidence))))
        blocks: list[Block] = [
            Table(("Line", "Counted", "Amount"), (*rows, total), amounts_last=True),
            Prose(f"Rounding ({policy}): {grant.rounding_words}."),
        ]
        unsettled = {Verdict.NOT_MET, Verdict.UNDETERMINED}
        if any(outcome.decides and outcome.verdict in unsettled for outcome in self._report.outcomes.values()):
            blocks.append(Prose("The amounts are due only if every requirement is met."))
        return Section("Grant", tuple(blocks))

    def _grant_details(self, line: GrantLine) -> tuple[str, ...]:
        reasons = tuple(as_sentence(text) for text in (line.sentence, *line.gaps) if text)
        return (*reasons, *asks_for(line.missing), *self._places.lines(line.citations))

    def _informing(self) -> Section | None:
        """What never decides, where there is something to say: not met, not known, or an amount that is proposed.

        What only waits for facts that a requirement or the grant asks for already is left out.
        """
        asked = {name for outcome in self._report.undetermined for name in outcome.missing}
        asked.update(name for line in self._report.grant.lines for name in line.missing)
        informing = (
            outcome
            for outcome in self._report.outcomes.values()
            if outcome.informs and outcome.is_due and outcome.verdict in _TOLD_OF
            if _reasons(outcome) or not outcome.missing or not asked.issuperset(outcome.missing)
        )
        return listed("For information", map(self._informs, _alike(informing)))

    def _informs(self, outcomes: list[OutcomeReport]) -> Item:
        first = outcomes[0]
        if len(outcomes) > 1:
            text = f"{_verdict(first)}: {' '.join(_reasons(first))}"
            return Item(text, self._open_together(outcomes, "answer"))
        return Item(
            f"{_verdict(first)}: {_named(first)}",
            (*_amount(first), *_reasons(first), *asks_for(first.missing), *self._places.lines(first.citations)),
        )

    def _later(self) -> Section | None:
        by_stage: dict[str, list[str]] = {stage: [] for stage in self._report.stages}
        for outcome in self._report.outcomes.values():
            if outcome.is_due or not outcome.decides:
                continue
            if outcome.is_held_back or outcome.verdict is Verdict.NOT_MET:
                refusal = _HELD_BACK if outcome.is_held_back else "Not met so far"
                by_stage[outcome.stage].append(f"{refusal}: {' '.join((_named(outcome), *_reasons(outcome)))}")
            elif outcome.verdict is Verdict.UNDETERMINED:
                by_stage[outcome.stage].append(_named(outcome))
        return listed(
            "Later",
            (
                Item(f"{_words(stage).capitalize()}: {_counted(len(lines), 'requirement')}", tuple(lines))
                for stage, lines in by_stage.items()
                if lines
            ),
        )

    def _every_rule(self) -> Section:
        rows = tuple(
            Row((_named(outcome), _words(outcome.stage), str(outcome.verdict)), self._rule_details(outcome))
            for outcome in self._report.outcomes.values()
        )
        return Section("Every rule", (Table(("Rule", "Due at", "Answer"), rows),))

    def _rule_details(self, outcome: OutcomeReport) -> tuple[str, ...]:
        reasons = (*_reasons(outcome), *_amount(outcome))
        if outcome.verdict in {Verdict.NOT_APPLICABLE, Verdict.NOT_IN_FORCE}:
            return reasons
        given = "; ".join(
            f"{name}: {given_in_words(value)}" for name, value in outcome.facts.items() if value is not None
        )
        return (
            *reasons,
            *((f"Given: {given}.",) if given else ()),
            *asks_for(outcome.missing),
            *self._places.lines(outcome.citations),
        )


def _grant_cells(line: GrantLine) -> tuple[str, str, str]:
    label = f"{line.label} ({line.identity})"
    if line.lowest is None or line.highest is None or line.low is None or line.high is None:
        return label, "", "open"
    return label, calculation_from_to(line.lowest, line.highest), eur_from_to(line.low, line.high)


def _total(grant: Grant) -> str:
    if grant.high is not None:
        return eur_from_to(grant.low, grant.high)
    lines = f"{_counted(len(grant.open_lines), 'line')} open"
    return f"at least {eur(grant.low)}, {lines}" if grant.low else lines
