"""What the answers for a whole project are in plain language: its own rules, its money, and each of its mobilities."""

from __future__ import annotations

import collections
import enum
import html
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import attrs

from icm_rules.engine import Evaluation
from icm_rules.engine.rounding import USUAL, Rounding
from icm_rules.model.project import EnvelopeUse, PlacesUse, Stay
from icm_rules.report.layout import Document, Prose, Row, Section, Table, as_html, as_markdown, as_text
from icm_rules.report.records import Heading, OverallAnswer, Report, report_of
from icm_rules.report.telling import as_sentence, eur, told_rules

FORMAT = 1
"""The version of the dictionary that a report of a project becomes."""


class ProjectAnswer(enum.StrEnum):
    """What the rules of a project and the answers of its mobilities amount to."""

    IN_ORDER = "in order"
    """The project keeps its rules, and every mobility is eligible."""
    NOT_IN_ORDER = "not in order"
    """A rule is not kept, or a mobility is not eligible."""
    CANNOT_TELL_YET = "cannot tell yet"
    """Nothing is refused, but something cannot be told."""


def _gravest(found: Iterable[OverallAnswer]) -> ProjectAnswer:
    """The gravest of some answers, in the words of a project."""
    answers = set(found)
    if OverallAnswer.NOT_ELIGIBLE in answers:
        return ProjectAnswer.NOT_IN_ORDER
    return ProjectAnswer.CANNOT_TELL_YET if OverallAnswer.CANNOT_TELL_YET in answers else ProjectAnswer.IN_ORDER


@attrs.frozen(kw_only=True)
class MobilityAnswer:
    """One mobility of the project, and its own report."""

    name: str
    person: str | None
    report: Report


def _all(items: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(items)


@attrs.frozen(kw_only=True, repr=False)
class ProjectReport:
    """Everything that can be said of a project; it renders as text (also ``print(report)``), Markdown and HTML."""

    rules: Report
    """The answers of the rules of the project as a whole, by the same kind of report as that of a mobility."""
    title: str | None = None
    period: tuple[date | None, date | None, int | None] = (None, None, None)
    """First day, last day, months."""
    partner_countries: tuple[str, ...] = ()
    mobilities: tuple[MobilityAnswer, ...] = attrs.field(converter=_all)
    """In the order in which the project names them."""
    stays: tuple[Stay, ...] = attrs.field(default=(), converter=_all)
    """What the rules of the project saw of each mobility."""
    envelopes: tuple[EnvelopeUse, ...] = attrs.field(default=(), converter=_all)
    total: EnvelopeUse | None = None
    """All envelopes as one beside all mobilities; *None* where no envelope is told."""
    without_envelope: tuple[Stay, ...] = attrs.field(default=(), converter=_all)
    """The mobilities that no envelope is for: they count in the total."""
    of_open_envelope: tuple[Stay, ...] = attrs.field(default=(), converter=_all)
    """The mobilities that any envelope may pay, since it is not known where they go: they count in the total."""
    places: tuple[PlacesUse, ...] = attrs.field(default=(), converter=_all)

    @property
    def counts(self) -> Mapping[OverallAnswer, int]:
        """How many mobilities have each of the answers."""
        found = collections.Counter(item.report.overall for item in self.mobilities)
        return MappingProxyType({answer: found[answer] for answer in OverallAnswer})

    @property
    def overall(self) -> ProjectAnswer:
        """The gravest of the answer of the rules and those of the mobilities."""
        return _gravest({self.rules.overall, *(item.report.overall for item in self.mobilities)})

    def to_dict(self) -> dict[str, Any]:
        """The report as plain values that JSON can hold; amounts are decimal numbers written as text."""
        return {
            "version": FORMAT,
            "project": self.rules.reference,
            "title": self.title,
            "overall": str(self.overall),
            # The rules of a project are told by a report of the same kind as a mobility's, in words of a project.
            "rules": self.rules.to_dict() | {"overall": str(_gravest({self.rules.overall}))},
            "envelopes": [_plain(use) | {"is_kept": use.is_kept} for use in self.envelopes],
            "total": None if self.total is None else _plain(self.total) | {"is_kept": self.total.is_kept},
            "without_envelope": [stay.name for stay in self.without_envelope],
            "of_open_envelope": [stay.name for stay in self.of_open_envelope],
            "places": [_plain(use) | {"is_kept": use.is_kept} for use in self.places],
            "mobilities": [
                {"name": item.name, "person": item.person, "report": item.report.to_dict()} for item in self.mobilities
            ],
        }

    def to_text(self, *, all_rules: bool = False, width: int = 100) -> str:
        """The report as plain text, lines of at most ``width`` letters."""
        return as_text(_told(self, all_rules=all_rules), width=width)

    def to_markdown(self, *, all_rules: bool = False) -> str:
        """The report as Markdown with tables."""
        return as_markdown(_told(self, all_rules=all_rules))

    def to_html(self, *, all_rules: bool = False) -> str:
        """The report as a piece of HTML, the report of each mobility folded up below it; no script."""
        folded = "\n".join(
            f"<details><summary>{html.escape(_in_a_line(item))}</summary>\n"
            f"{item.report.to_html(all_rules=all_rules)}</details>"
            for item in self.mobilities
        )
        below = f'<div class="icm-report"><h3>Each mobility</h3></div>\n{folded}\n' if folded else ""
        return as_html(_told(self, all_rules=all_rules)) + below

    def _repr_html_(self) -> str:
        return self.to_html()

    def __str__(self) -> str:
        """The report as text."""
        return self.to_text()

    def __repr__(self) -> str:
        """The project and its answer."""
        return f"<ProjectReport of {self.rules.reference or 'a project'}, call {self.rules.call}: {self.overall}>"


def project_report_of(  # noqa: PLR0913 - what a project says of itself
    evaluation: Evaluation,
    heading: Heading,
    *,
    rounding: Rounding = USUAL,
    notes: Iterable[str] = (),
    title: str | None,
    period: tuple[date | None, date | None, int | None],
    partner_countries: tuple[str, ...],
    mobilities: Iterable[MobilityAnswer],
) -> ProjectReport:
    """The report of an evaluated project and its answered mobilities."""

    def value(name: str) -> object:
        return evaluation.value(name) if name in evaluation.rulebook.slots else None

    def found(name: str) -> tuple[Any, ...]:
        listed = value(name)
        return listed if isinstance(listed, tuple) else ()

    total = value("budget_use")

    return ProjectReport(
        rules=report_of(evaluation, heading, rounding=rounding, notes=notes),
        title=title,
        period=period,
        partner_countries=partner_countries,
        mobilities=mobilities,
        stays=found("stays"),
        envelopes=found("envelope_uses"),
        total=total if isinstance(total, EnvelopeUse) else None,
        without_envelope=found("stays_without_envelope"),
        of_open_envelope=found("stays_of_open_envelope"),
        places=found("places_by_year"),
    )


def _plain(record: Any) -> dict[str, Any]:  # noqa: ANN401 - a record of the model
    told = {field.name: getattr(record, field.name) for field in attrs.fields(type(record))}
    return {name: value if value is None or isinstance(value, int) else str(value) for name, value in told.items()}


# --- for people --------------------------------------------------------------------------------------------


def _counted(number: int, singular: str, plural: str) -> str:
    return f"{number} {singular if number == 1 else plural}"


def _told(report: ProjectReport, *, all_rules: bool) -> Document:
    rules = told_rules(report.rules, all_rules=all_rules)
    sections = [
        *(section for section in rules if section.title not in {"Notes", "Texts"}),
        *filter(None, (_money(report), _places(report), _mobilities(report))),
        *(section for section in rules if section.title in {"Notes", "Texts"}),
    ]
    number = report.rules.reference
    return Document(
        title=": ".join(filter(None, (f"Project {number}" if number else "A project without a number", report.title))),
        lines=tuple(_heading(report)),
        answer=str(report.overall),
        summary=tuple(_summary(report)),
        sections=tuple(sections),
    )


def _heading(report: ProjectReport) -> Iterator[str]:
    yield f"{report.rules.action}, call {report.rules.call}: {report.rules.guide_title}"
    if report.rules.sending:
        yield f"Applicant: {report.rules.sending}"
    start, end, months = report.period
    if start is not None or end is not None or months is not None:
        length = "" if months is None else f" ({_counted(months, 'month', 'months')})"
        yield f"Period: {start or 'a start not told'} to {end or 'an end not told'}{length}"
    if report.partner_countries:
        yield f"Countries of the grant agreement: {', '.join(report.partner_countries)}"


def _summary(report: ProjectReport) -> Iterator[str]:
    counts = report.counts
    yield (
        f"{_counted(len(report.mobilities), 'mobility', 'mobilities')}: {counts[OverallAnswer.ELIGIBLE]} eligible, "
        f"{counts[OverallAnswer.NOT_ELIGIBLE]} not eligible, "
        f"{counts[OverallAnswer.CANNOT_TELL_YET]} cannot be told yet."
    )
    rules = report.rules
    kept, broken, open_yet = len(rules.met), len(rules.not_met), len(rules.undetermined)
    asked = _counted(kept + broken + open_yet, "requirement", "requirements")
    yield f"{asked} of the project as a whole: {kept} met, {broken} not met, {open_yet} not known yet."


def _amount(low: Decimal | None, high: Decimal | None) -> str:
    if low is None:
        return "open"
    if high is None:
        return f"at least {eur(low)}"
    return eur(low) if low == high else f"{low:,.2f} to {eur(high)}"


def _money(report: ProjectReport) -> Section | None:
    """What each envelope holds and what is taken from it."""
    uses = report.envelopes
    if not uses:
        return None
    rows = [Row((_envelope(use), _or_open(use.granted), _amount(use.low, use.high), _left(use))) for use in uses]
    total = report.total
    if total is not None and (len(uses) > 1 or report.without_envelope or report.of_open_envelope):
        cells = (_envelope(total), _or_open(total.granted), _amount(total.low, total.high), _left(total))
        rows.append(Row(cells, is_sum=True))
    table = Table(("Envelope", "Granted", "Taken by grants", "Left"), tuple(rows), amounts_last=True)
    return Section("Travel and individual support", (table, *map(Prose, _about_money(report))))


def _about_money(report: ProjectReport) -> Iterator[str]:
    unless = any(stay.is_eligible is False and stay.may_take for stay in report.stays)
    settled = ", unless something of it is confirmed: then it takes what is settled" if unless else ""
    yield f"A mobility that is not eligible takes nothing from them{settled}."
    if any(item.report.overall is OverallAnswer.CANNOT_TELL_YET for item in report.mobilities):
        yield "One that cannot be told yet takes from nothing to the whole of its grant."
    if report.without_envelope:
        yield f"No envelope is for these, which count in the total: {_names(report.without_envelope)}."
    if report.of_open_envelope:
        yield (
            "It is not known which envelope pays these, so each counts in the most of every envelope and once in the "
            f"total: {_names(report.of_open_envelope)}."
        )


def _names(stays: Iterable[Stay]) -> str:
    return ", ".join(stay.name for stay in stays)


def _envelope(use: EnvelopeUse) -> str:
    return f"{use.name}, {_counted(use.stays, 'stay', 'stays')}{_mark(use.is_kept)}"


def _mark(is_kept: bool | None) -> str:  # noqa: FBT001 - the answer whose mark it is
    return "" if is_kept else " (not known yet)" if is_kept is None else " (exceeded)"


def _or_open(amount: Decimal | None) -> str:
    return "not told" if amount is None else eur(amount)


def _left(use: EnvelopeUse) -> str:
    if use.granted is None:
        return "not known"
    if use.high is None:
        return f"at most {eur(use.granted - use.low)}"
    least = "" if use.low == use.high else "at least "
    return f"{least}{eur(use.granted - use.high)}"


def _places(report: ProjectReport) -> Section | None:
    """The places of the agreements, where mobilities name one."""
    if not report.places:
        return None
    rows = tuple(
        Row(
            (
                f"{use.agreement}{_mark(use.is_kept)}",
                str(use.academic_year),
                use.condition,
                f"{use.used} of {'a number not told' if use.places is None else use.places}",
            )
        )
        for use in report.places
    )
    return Section("Places of the agreements", (Table(("Agreement", "Year", "For", "Used"), rows, amounts_last=True),))


def _mobilities(report: ProjectReport) -> Section | None:
    if not report.mobilities:
        return None
    rows = tuple(
        Row((item.name, _way(item.report), str(item.report.overall), _grant(item.report)), tuple(_reasons(item.report)))
        for item in report.mobilities
    )
    return Section("Mobilities", (Table(("Mobility", "Way", "Answer", "Grant"), rows, amounts_last=True),))


def _way(report: Report) -> str:
    activity = (report.activity or "activity not told").replace("_", " ")
    direction = (report.direction or "direction not known").replace("_", " ")
    return f"{activity}, {direction}"


def _grant(report: Report) -> str:
    return _amount(report.grant.low, report.grant.high)


def _reasons(report: Report) -> Iterator[str]:
    """Why a mobility is not eligible, or what it waits for."""
    for outcome in report.not_met:
        yield f"Not met: {as_sentence(outcome.statement)} {as_sentence(outcome.sentence)} ({outcome.identity})"
    for outcome in report.undetermined:
        asks = f" Tell: {', '.join(outcome.missing)}." if outcome.missing else ""
        yield f"Not known: {as_sentence(outcome.statement)}{asks} ({outcome.identity})"


def _in_a_line(item: MobilityAnswer) -> str:
    return f"{item.name}: {_way(item.report)}, {item.report.overall}, {_grant(item.report)}"
