"""The road of a whole project: its mobilities by the ordinary road, then its own rules, and one report of both.

Facts that lie in other mobilities (days used in the study cycle, places used) are those of
:mod:`icm_rules.model.groups`. What a mobility tells itself stands, unless the project holds more days than it tells.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

import attrs

from icm_rules.engine import DerivedFact, Evaluation, Rounding, Rule, Rulebook, Unknown
from icm_rules.engine.errors import GuideError
from icm_rules.engine.evaluation import OneOf
from icm_rules.engine.facts import GivenFact
from icm_rules.guide import Guide
from icm_rules.guide import guide as guide_of_call
from icm_rules.guide.provisions import PARAGRAPHS, Region
from icm_rules.model.countries import Country
from icm_rules.model.groups import computed, days_used_in_cycle, places_used
from icm_rules.model.mobility import AgreementCondition, Institution, Mobility, Student
from icm_rules.model.project import STAGES_AFTER_THE_STAY, Project, ProjectMobility, Stay
from icm_rules.model.terms import Direction, Stage
from icm_rules.model.vocabulary import facts_of, given_facts, told_by
from icm_rules.report.project import MobilityAnswer, ProjectReport, project_report_of
from icm_rules.report.records import Heading, OverallAnswer, Report, Words
from icm_rules.report.settlement import Settlement
from icm_rules.rules import RULEBOOK, project
from icm_rules.rules.settlement import COSTS_KEPT

_STAYS = GivenFact(
    name="stays",
    type=tuple[Stay, ...],
    question="Which mobilities does the project have?",
    known_at=Stage.APPLICATION,
)

PROJECT_RULEBOOK = Rulebook(
    name="Projects of International Credit Mobility",
    stages=tuple(Stage),
    given=(*given_facts(Project, "project_"), *given_facts(Institution, "applicant_"), _STAYS),
    provisions=PARAGRAPHS,
    facts=[item for item in vars(project).values() if isinstance(item, DerivedFact)],
    rules=[item for item in vars(project).values() if isinstance(item, Rule)],
)
"""The rules of a project as a whole."""

_REAL_COSTS = frozenset({"funding.inclusion.participant", "funding.special_needs.participant"})
"""Lines of a grant that are real costs, paid beside travel and individual support."""

Answering = Callable[[Mobility, Iterable[str]], tuple[Evaluation, Report]]
"""Answers one mobility by the ordinary road; the sentences are notes that its report shall show."""

Progress = Callable[[int, int], None]
"""Told how many mobilities are answered, and of how many."""


def evaluate_project(  # noqa: PLR0913 - what `evaluate` was asked with
    asked: Project,
    answering: Answering,
    confirming: Callable[[Mobility], Mobility],
    settling: Callable[[Mobility], Settlement],
    *,
    guide: Guide | None,
    rounding: Rounding,
    notes: Iterable[str],
    progress: Progress | None,
) -> ProjectReport:
    """The report of a project; ``answering`` is the road of its mobilities.

    ``confirming`` gives a mobility as it turned out, where something is confirmed: this is what counts. ``settling``
    settles it, and what is settled is what it takes from its envelope.
    """
    planned, asked = (
        asked,
        attrs.evolve(
            asked,
            mobilities=_confirmed(asked.mobilities, confirming),
            other_stays=_confirmed(asked.other_stays, confirming),
        ),
    )
    guide = guide or guide_of_call(asked.call)
    counted = _with_days_used(asked)
    told = counted.mobilities
    names = [_name(item, position) for position, item in enumerate(told, start=1)]
    answers: list[tuple[Evaluation, Report]] = []
    for number, item in enumerate(told, start=1):
        answers.append(answering(item.mobility, counted.notes.get(number - 1, ())))
        if progress is not None:
            progress(number, len(told))
    settled = [settling(item.mobility) if item.mobility.confirmed else None for item in planned.mobilities]
    stays = _stays(told, names, answers, settled)
    found = PROJECT_RULEBOOK.evaluate(
        {**told_by(asked, "project_"), **_of_applicant(asked), "stays": stays}, guide.provisions
    )
    return project_report_of(
        found,
        _heading(asked, guide),
        rounding=rounding,
        notes=(*notes, *_notes(planned, asked, counted)),
        title=asked.title,
        period=(asked.start_date, asked.end_date, asked.months),
        partner_countries=tuple(country.name for country in asked.partner_countries or ()),
        mobilities=[
            MobilityAnswer(name=name, person=item.person, report=report)
            for name, item, (_, report) in zip(names, told, answers, strict=True)
        ],
    )


def _confirmed(
    items: Iterable[ProjectMobility], confirming: Callable[[Mobility], Mobility]
) -> tuple[ProjectMobility, ...]:
    return tuple(
        attrs.evolve(item, mobility=confirming(item.mobility)) if item.mobility.confirmed else item for item in items
    )


def _of_applicant(asked: Project) -> dict[str, object]:
    return {} if asked.applicant is None else told_by(asked.applicant, "applicant_")


def _heading(asked: Project, guide: Guide) -> Heading:
    words = guide.terminology
    applicant = asked.applicant
    country = applicant.country.name if applicant is not None and applicant.country is not None else None
    parts = () if applicant is None else (applicant.name, applicant.city, country)
    return Heading(
        call=asked.call,
        guide_title=guide.title,
        words=Words(
            action=words.action,
            programme_country=words.programme_country,
            programme_countries=words.programme_countries,
            partner_country=words.partner_country,
            partner_countries=words.partner_countries,
        ),
        subject="project",
        reference=None if asked.number is None else str(asked.number),
        sending=", ".join(part for part in parts if part) or None,
    )


def _name(item: ProjectMobility, position: int) -> str:
    return item.mobility.reference or f"mobility {position}"


def _names(asked: Project) -> list[str]:
    """The names of the mobilities and then of the other stays."""
    return [
        *(_name(item, position) for position, item in enumerate(asked.mobilities, start=1)),
        *(f"{item.mobility.reference or 'a stay'} of call {item.mobility.call}" for item in asked.other_stays),
    ]


# --- what lies in other mobilities -------------------------------------------------------------------------


_DAYS, _CYCLE = "days_used_in_cycle", "study_cycle"


@attrs.frozen(kw_only=True)
class _DaysCounted:
    """The mobilities with the days used in the study cycle, as far as the stays of the same person tell them."""

    mobilities: list[ProjectMobility]
    filled: int
    """Of how many the days were counted, since they tell none themselves."""
    notes: Mapping[int, Sequence[str]]
    """What the reader must know of a mobility, by its place in the project, counted from 0."""


def _with_days_used(asked: Project) -> _DaysCounted:
    """The mobilities, each student's with the days used in the cycle by the earlier stays of the same person."""
    everything = [*asked.mobilities, *asked.other_stays]
    names = _names(asked)
    of_person: dict[str, list[int]] = {}
    for number, item in enumerate(everything):
        if item.person is not None and _may_be_of_student(item.mobility):
            of_person.setdefault(item.person, []).append(number)
    found = list(asked.mobilities)
    filled = 0
    notes: dict[int, list[str]] = {}
    for numbers in of_person.values():
        stays = _StaysOfPerson.of([everything[number] for number in numbers], [names[number] for number in numbers])
        for place, number in enumerate(numbers):
            if number >= len(found) or not _may_tell_days(found[number]):
                continue
            days, told = stays.days_before(place)
            changed = _with_days(found[number], days)
            filled += changed is not found[number] and stays.rows[place].get(_DAYS) is None
            found[number] = changed
            if told:
                notes[number] = [told]
    return _DaysCounted(mobilities=found, filled=filled, notes=notes)


def _may_be_of_student(mobility: Mobility) -> bool:
    if mobility.participant is not None:
        return isinstance(mobility.participant, Student)
    return mobility.activity is None or mobility.activity.of_students


def _may_tell_days(item: ProjectMobility) -> bool:
    """Whether a mobility can be told the days used, and does not leave open itself which they may be."""
    return isinstance(item.mobility.participant, Student) and _DAYS not in dict(item.mobility.possible)


@attrs.frozen
class _StaysOfPerson:
    """The stays of one person as rows of a table, each with its name and the days it counts."""

    rows: Sequence[Mapping[str, object]]
    names: Sequence[str]
    raised: Mapping[int, str]
    """Which tell fewer days before them than the others hold, by place, each with the sentence that says so."""

    @classmethod
    def of(cls, stays: Sequence[ProjectMobility], names: Sequence[str]) -> _StaysOfPerson:
        """The stays, each counted by its own call.

        Where one tells fewer days before it than the others hold, theirs are what later ones count on from.
        """
        rows: list[dict[str, object]] = []
        for item in stays:
            row: dict[str, object] = {**facts_of(item.mobility), "person": item.person}
            rows.append({**row, "counted_student_days": _counted_days(row)})
        raised: dict[int, str] = {}
        for place in sorted(range(len(rows)), key=lambda place: str(rows[place].get("start_date"))):
            told = rows[place].pop(_DAYS, None)
            held = _counted(rows, place) if isinstance(told, int) else None
            if isinstance(told, int) and held is not None and held > told:
                raised[place] = (
                    f"{names[place]} tells {told} days used in the study cycle before, and the other stays of the "
                    f"same person that are given here hold {held}: the larger figure counts; mend one of the two."
                )
                told = held
            rows[place][_DAYS] = told
        return cls(rows, names, raised)

    def days_before(self, place: int) -> tuple[tuple[int, ...], str | None]:
        """The days that earlier stays used, least and most where they differ, and what there is to say of them.

        No days where they are not known. A stay whose study cycle is not told may lie in any.
        """
        row = self.rows[place]
        told = row.get(_DAYS)
        if isinstance(told, int):
            return (told,), self.raised.get(place)
        cycle = row.get(_CYCLE)
        start = row.get("start_date")
        open_ones = [
            name
            for name, other in zip(self.names, self.rows, strict=True)
            if other is not row and other.get(_CYCLE) is None and _may_be_earlier(other.get("start_date"), start)
        ]
        least = _counted(self.rows, place)
        if cycle is None or not open_ones:
            return (() if least is None else (least,)), None
        most = _counted([{**other, _CYCLE: other.get(_CYCLE) or cycle} for other in self.rows], place)
        if least is not None and least == most:
            return (least,), None
        note = (
            f"The days used in the study cycle before {self.names[place]} are not known for certain: tell the "
            f"study_cycle of {', '.join(sorted(open_ones))}, of the same person."
        )
        return (() if least is None or most is None else (least, most)), note


def _counted(rows: Sequence[Mapping[str, object]], place: int) -> int | None:
    days = computed(rows, days_used_in_cycle())[place]
    return days if isinstance(days, int) else None


def _may_be_earlier(other: object, start: object) -> bool:
    return not (isinstance(other, dt.date) and isinstance(start, dt.date) and other > start)


def _counted_days(row: Mapping[str, object]) -> object:
    """The length of a stay as its own call counts it."""
    call = row["call"]
    assert isinstance(call, int)  # noqa: S101 - every mobility has one
    facts = {name: value for name, value in row.items() if name != "person"}
    try:
        its_guide = guide_of_call(call)
    except GuideError:  # a stay of an earlier programme: nobody knows here how its days are counted
        return None
    return _value(RULEBOOK.evaluate(facts, its_guide.provisions), "counted_student_days")


def _with_days(item: ProjectMobility, days: tuple[int, ...]) -> ProjectMobility:
    """The mobility with the days used before it, or with those they may be."""
    student = item.mobility.participant
    if not isinstance(student, Student) or not days or days == (student.days_used_in_cycle,):
        return item
    if len(days) > 1:
        possible = (*item.mobility.possible, (_DAYS, days))
        return attrs.evolve(item, mobility=attrs.evolve(item.mobility, possible=possible))
    counted = attrs.evolve(student, days_used_in_cycle=days[0])
    return attrs.evolve(item, mobility=attrs.evolve(item.mobility, participant=counted))


def _value(found: Evaluation, name: str) -> object:
    """The value of a fact; *None* where it is not known, or known only to be one of several."""
    value = found.value(name) if name in found.rulebook.slots else None
    return None if isinstance(value, (Unknown, OneOf)) else value


def _stays(
    told: Sequence[ProjectMobility],
    names: Sequence[str],
    answers: Sequence[tuple[Evaluation, Report]],
    settled: Sequence[Settlement | None],
) -> tuple[Stay, ...]:
    """The mobilities as the rules of the project see them; their order is that of their names, so it says nothing."""
    carried = [_carried_by(item, found) for item, (found, _) in zip(told, answers, strict=True)]
    rows: list[dict[str, object]] = [
        {
            "agreement": item.agreement_name,
            "academic_year": item.mobility.academic_year,
            "condition": condition,
        }
        for item, (condition, _) in zip(told, carried, strict=True)
    ]
    used = computed(rows, places_used(by=("academic_year", "condition")))
    stays = [
        _stay(item, name, found, report, settlement, condition, places, taken)
        for item, name, (found, report), settlement, (condition, places), taken in zip(
            told, names, answers, settled, carried, used, strict=True
        )
    ]
    return tuple(sorted(stays, key=lambda stay: (stay.name, str(stay.start_date), str(stay.country), str(stay.low))))


def _carried_by(item: ProjectMobility, found: Evaluation) -> tuple[str | None, int | None]:
    """The condition of its agreement that carries a stay, in words, and the places it names a year."""
    conditions = _value(found, "fitting_conditions")
    if not isinstance(conditions, tuple) or not conditions:
        return None, None
    listed = sorted(
        (each for each in conditions if isinstance(each, AgreementCondition)), key=lambda each: each.activity.value
    )
    exact = [each for each in listed if each.activity is item.mobility.activity] or listed
    first = exact[0]
    alike = [each.places_per_year for each in exact if each.activity is first.activity]
    places = None if None in alike else sum(number for number in alike if number is not None)
    return f"{first.direction.words} {first.activity.words}", places


def _stay(  # noqa: PLR0913, PLR0917 - the parts that a stay is put together from
    item: ProjectMobility,
    name: str,
    found: Evaluation,
    report: Report,
    settlement: Settlement | None,
    condition: str | None,
    places: int | None,
    used: int | Decimal | None,
) -> Stay:
    mobility = item.mobility
    possible = dict(mobility.possible)
    region, direction = _value(found, "partner_region"), _value(found, "direction")
    eligible = {OverallAnswer.ELIGIBLE: True, OverallAnswer.NOT_ELIGIBLE: False}.get(report.overall)
    low, high = _taken(report, eligible=eligible) if settlement is None else _settled(settlement)
    return Stay(
        name=name,
        country=_partner_country(mobility, direction),
        region=region.number if isinstance(region, Region) else None,
        direction=direction if isinstance(direction, Direction) else None,
        activity=mobility.activity,
        academic_year=mobility.academic_year,
        start_date=mobility.start_date,
        end_date=mobility.end_date,
        possible_days=tuple(day for name in _DATES for day in possible.get(name, ()) if isinstance(day, dt.date)),
        is_dated=all(getattr(mobility, name) is not None or name in possible for name in _DATES),
        is_eligible=eligible,
        took_place=mobility.stage in STAGES_AFTER_THE_STAY,
        is_reported=mobility.stage is Stage.FINAL_REPORT,
        has_grant=not mobility.is_zero_grant,
        is_flagged=bool(item.counts_without_grant),
        low=low,
        high=high,
        agreement=item.agreement_name,
        condition=condition,
        places=places,
        places_used=used if isinstance(used, int) else None,
    )


_DATES = ("start_date", "end_date")


def _partner_country(mobility: Mobility, direction: object) -> Country | None:
    match direction:
        case Direction.INCOMING:
            side = mobility.sending
        case Direction.OUTGOING:
            side = mobility.receiving
        case _:
            return None
    return None if side is None else side.country


def _taken(report: Report, *, eligible: bool | None) -> tuple[Decimal, Decimal | None]:
    """What a mobility takes from its envelope, from and to: nothing at least, while it may not be eligible."""
    if eligible is False:
        return Decimal(0), Decimal(0)
    low, high = _travel_and_individual_support(report)
    return (low if eligible else Decimal(0)), high


def _settled(settlement: Settlement) -> tuple[Decimal, Decimal | None]:
    """What a mobility takes that is settled, from and to: what is due by the settlement, real costs left out.

    What the policies come to together, the settlement alone says: no end is above its own.
    """
    low, high = _travel_and_individual_support(settlement.confirmed)
    if COSTS_KEPT in settlement.applied:
        kept = settlement.policies.outcomes[COSTS_KEPT]
        low += kept.low or 0
        high = None if high is None or kept.high is None else high + kept.high
    ends = [end for end in (high, settlement.settled_high) if end is not None]
    return min(low, settlement.settled_low), min(ends, default=None)


def _travel_and_individual_support(report: Report) -> tuple[Decimal, Decimal | None]:
    lines = [line for line in report.grant.lines if line.identity not in _REAL_COSTS]
    low = sum((line.low for line in lines if line.low is not None), Decimal(0))
    if any(line.is_open for line in lines):
        return low, None
    return low, sum((line.high for line in lines if line.high is not None), Decimal(0))


def _notes(planned: Project, asked: Project, counted: _DaysCounted) -> Iterable[str]:
    confirmed = sum(bool(item.mobility.confirmed) for item in planned.mobilities)
    if confirmed:
        yield (
            f"For {confirmed} of the mobilities what is confirmed counts, in place of what was planned; from an "
            "envelope they take what `icm-rules settle` settles."
        )
    filled = counted.filled
    if filled:
        where = " and from the other stays that were given" if asked.other_stays else ""
        yield (
            f"The days used in the study cycle were counted for {filled} of the mobilities from the stays of this "
            f"project{where}; a stay that is not among them is not counted."
        )
    unnamed = sum(isinstance(item.mobility.participant, Student) and item.person is None for item in asked.mobilities)
    if unnamed:
        yield f"Of {unnamed} students the person is not named, so stays of the same person are not found."
    yield from _overlaps(asked)
    # Each sentence once, in an order that is not that of the mobilities.
    yield from sorted({note for notes in counted.notes.values() for note in notes})


def _overlaps(asked: Project) -> list[str]:
    """A sentence for each two stays of one person that share days."""
    of_person: dict[str, list[tuple[dt.date, dt.date, str]]] = {}
    for item, name in zip((*asked.mobilities, *asked.other_stays), _names(asked), strict=True):
        start, end = item.mobility.start_date, item.mobility.end_date
        if item.person is not None and start is not None and end is not None:
            of_person.setdefault(item.person, []).append((start, end, name))
    return sorted(
        f"{' and '.join(sorted((one, other)))} are stays of one person on the same days, from {later} to "
        f"{min(end, other_end)}; see which dates, or which person, are right."
        for stays in of_person.values()
        for (_, end, one), (later, other_end, other) in itertools.combinations(sorted(stays), 2)
        if later <= end
    )
