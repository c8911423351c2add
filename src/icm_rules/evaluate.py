"""The road of one mobility: its facts and the Guide of its call go in, the report comes out.

The road of a document is told in :mod:`icm_rules.agreements`; :func:`evaluate` is the door to both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, overload

import attrs

from icm_rules.engine import ROUNDINGS, Evaluation, InputError, Rounding, Rulebook, evaluate_worlds
from icm_rules.engine.answers import any_of
from icm_rules.engine.errors import did_you_mean, shown
from icm_rules.engine.evaluation import OneOf, evaluate_told
from icm_rules.engine.rounding import USUAL
from icm_rules.engine.unfolding import Finders
from icm_rules.guide import Guide
from icm_rules.guide import guide as guide_of_call
from icm_rules.model.confirmed import as_confirmed, as_planned
from icm_rules.model.countries import Country
from icm_rules.model.mobility import Institution, Mobility
from icm_rules.model.possible import world_of
from icm_rules.model.project import Project
from icm_rules.model.terms import Direction, Term
from icm_rules.model.vocabulary import all_told, facts_of
from icm_rules.report import Heading, Report, Words, report_of
from icm_rules.report.records import plain
from icm_rules.rules import RULEBOOK

if TYPE_CHECKING:
    from icm_rules.agreements import Document
    from icm_rules.projects import Progress
    from icm_rules.report.project import ProjectReport


@overload
def evaluate(
    mobility: Mobility | Document,
    *,
    guide: Guide | None = None,
    rulebook: Rulebook | None = None,
    rounding: Rounding | str = USUAL,
    notes: Iterable[str] = (),
) -> Report: ...


@overload
def evaluate(
    mobility: Project,
    *,
    guide: Guide | None = None,
    rulebook: Rulebook | None = None,
    rounding: Rounding | str = USUAL,
    notes: Iterable[str] = (),
    progress: Progress | None = None,
) -> ProjectReport: ...


def evaluate(
    mobility: Mobility | Document | Project,
    *,
    guide: Guide | None = None,
    rulebook: Rulebook | None = None,
    rounding: Rounding | str = USUAL,
    notes: Iterable[str] = (),
    **settings: Any,
) -> Report | ProjectReport:
    """Everything that can be said of a mobility: verdicts, grant, what is missing, where each is written.

    In its place an inter-institutional agreement or an application may be given: it is checked by itself, by rules of
    its own, and its report is of the same kind.

    ``guide`` is the Guide of its call where none is given, ``rulebook`` the rules of this library;
    ``rounding`` is a policy or the name of one. ``notes`` are sentences that the report shall show.

    Of a :class:`~icm_rules.model.project.Project` it says what its mobilities and its own rules amount to;
    ``rulebook`` is then that of its mobilities, and ``progress`` is called with how many of them are answered.

    Raises:
        GuideError: there was no such call, or its Guide is not in this version.
        InputError: no rounding policy has this name, what is given is none of these, or nothing tells by which Guide
            an agreement is to be judged.

    >>> from icm_rules.model.mobility import Mobility
    >>> evaluate(Mobility(call=2019)).overall.value
    'cannot tell yet'

    """
    road = _ROADS.get(mobility.__class__)
    if road is not None:
        report: ProjectReport = road(mobility, guide, rulebook, rounding_policy(rounding), notes, **settings)
        return report
    if settings:
        message = f"evaluate() of this takes no argument {next(iter(settings))!r}"
        raise TypeError(message)
    if not isinstance(mobility, Mobility):
        return _of_document(mobility, guide, rulebook, rounding_policy(rounding), tuple(notes))
    return _answered(mobility, guide, rulebook, rounding_policy(rounding), notes)[1]


def _answered(
    mobility: Mobility, guide: Guide | None, rulebook: Rulebook | None, policy: Rounding, notes: Iterable[str]
) -> tuple[Evaluation, Report]:
    """What the rules found, and the report of it."""
    guide = guide or guide_of_call(mobility.call)
    found = _evaluated(mobility, guide, rulebook)
    told = tuple(notes)
    if mobility.confirmed:
        names = ", ".join(name for name, _ in mobility.confirmed)
        told = (f"This speaks of what was planned; confirmed besides: {names}. `icm-rules settle` compares.", *told)
    if guide.call != mobility.call:
        told = (
            f"The mobility is of call {mobility.call}, and it was answered by the Guide of call {guide.call}.",
            *told,
        )
    return found, report_of(found, heading_of(mobility, guide, found), rounding=policy, notes=told)


def _project(  # noqa: PLR0913, PLR0917 - the arguments of `evaluate`, handed on
    asked: Project,
    guide: Guide | None,
    rulebook: Rulebook | None,
    policy: Rounding,
    notes: Iterable[str],
    progress: Progress | None = None,
) -> ProjectReport:
    """The road of a project, which takes each of its mobilities along the ordinary one."""
    from icm_rules.projects import evaluate_project  # a mobility alone does without
    from icm_rules.settle import settle  # it stands above; see tests/test_imports.py

    return evaluate_project(
        asked,
        lambda mobility, told: _answered(mobility, guide, rulebook, policy, told),
        lambda mobility: _turned_out(mobility, guide, rulebook),
        lambda mobility: settle(mobility, guide=guide, rulebook=rulebook, rounding=policy),
        guide=guide,
        rounding=policy,
        notes=notes,
        progress=progress,
    )


_ROADS: Mapping[type, Callable[..., Any]] = MappingProxyType({Project: _project})
"""The road of everything that is no mobility, by its class."""


def _of_document(
    document: object, guide: Guide | None, rulebook: Rulebook | None, rounding: Rounding, notes: tuple[str, ...]
) -> Report:
    from icm_rules import agreements  # which a mobility does without

    if not isinstance(document, agreements.Document):
        message = (
            f"{shown(document)} is nothing that can be evaluated; give a Mobility, an InterInstitutionalAgreement, an "
            "Application or a Project"
        )
        raise InputError(message)
    return agreements.evaluate_document(document, guide=guide, rulebook=rulebook, rounding=rounding, notes=notes)


def evaluation(mobility: Mobility, *, guide: Guide | None = None, rulebook: Rulebook | None = None) -> Evaluation:
    """The verdicts alone, without the words of a report; the arguments are those of :func:`evaluate`.

    Raises:
        GuideError: there was no such call, or its Guide is not in this version.

    """
    return _evaluated(mobility, guide or guide_of_call(mobility.call), rulebook)


def _evaluated(mobility: Mobility, guide: Guide, rulebook: Rulebook | None) -> Evaluation:
    rules = RULEBOOK if rulebook is None else rulebook
    if mobility.possible:
        return evaluate_worlds(
            rules,
            facts_of(mobility),
            dict(mobility.possible),
            guide.provisions,
            stage=mobility.stage,
            completed=world_of,
        )
    if rules.given is RULEBOOK.given:  # the vocabulary itself: what is told need not be matched by name
        return evaluate_told(rules, all_told(mobility), guide.provisions, mobility.stage)
    return rules.evaluate(facts_of(mobility), guide.provisions, stage=mobility.stage)


def limits_of_plan(mobility: Mobility, planned: Evaluation, confirmed: Evaluation) -> Mapping[str, object]:
    """What the plan sets for the mobility as confirmed, by flat name.

    Where that has more days that carry a grant, the days planned are those agreed. Where force majeure is told and
    other days were spent than planned, the dates planned are those agreed.
    """
    was, now = (
        found.value("funded_days") if "funded_days" in found.rulebook.slots else None for found in (planned, confirmed)
    )
    limits: dict[str, object] = {}
    if isinstance(was, int) and isinstance(now, int) and now > was:
        limits = {"agreed_funded_days": was, "agreed_end_date": mobility.end_date}
    is_told = "force_majeure_is_told" in confirmed.rulebook.slots and confirmed.value("force_majeure_is_told") is True
    if is_told and _spends_other_days(mobility):
        limits |= {"agreed_start_date": mobility.start_date, "agreed_end_date": mobility.end_date}
    return limits


_DAYS_SPENT = ("start_date", "end_date", "interruptions", "interruption_days")


def _spends_other_days(mobility: Mobility) -> bool:
    """Whether other days are confirmed than were planned."""
    confirmed, planned = dict(mobility.confirmed), facts_of(mobility)
    return any(name in confirmed and confirmed[name] != planned.get(name) for name in _DAYS_SPENT)


def _turned_out(mobility: Mobility, guide: Guide | None, rulebook: Rulebook | None) -> Mobility:
    """The mobility as it is confirmed, held to what was agreed; as it is where nothing is confirmed."""
    if not mobility.confirmed:
        return mobility
    plan, turned_out = as_planned(mobility), as_confirmed(mobility)
    planned, confirmed = (evaluation(each, guide=guide, rulebook=rulebook) for each in (plan, turned_out))
    limits = limits_of_plan(mobility, planned, confirmed)
    return as_confirmed(mobility, limits) if limits else turned_out


def rounding_policy(rounding: Rounding | str) -> Rounding:
    """The rounding policy of this name; a policy is given back as it is.

    Raises:
        InputError: there is none of this name; the message lists those there are.

    """
    if isinstance(rounding, Rounding):
        return rounding
    if rounding not in ROUNDINGS:
        message = (
            f"there is no rounding policy {rounding!r}{did_you_mean(str(rounding), ROUNDINGS)}; "
            f"the policies are: {', '.join(ROUNDINGS)}"
        )
        raise InputError(message, field="rounding")
    return ROUNDINGS[rounding]


@attrs.define(eq=False)
class _Case:
    """What the heading of a report is found in."""

    mobility: Mobility
    guide: Guide
    evaluation: Evaluation

    @property
    def possible(self) -> Mapping[str, tuple[object, ...]]:
        """What facts that are known in part may be."""
        return dict(self.mobility.possible)


def heading_of(mobility: Mobility, guide: Guide, found: Evaluation) -> Heading:
    """Which mobility a report speaks of, and by which Guide it was answered."""
    return Heading.unfolding(_FOUND_IN_CASE, _Case(mobility, guide, found))


def _direction(case: _Case) -> str | None:
    found = case.evaluation
    direction = found.value("direction") if "direction" in found.rulebook.slots else None
    return direction.value if isinstance(direction, Direction) else None


_FOUND_IN_CASE: Finders = {
    "call": lambda case: case.mobility.call,
    "guide_title": lambda case: case.guide.title,
    "words": lambda case: Words.of(case.guide.terminology),
    "subject": lambda _: "mobility",
    "about": lambda _: (),
    "reference": lambda case: case.mobility.reference,
    "activity": lambda case: _activity(case.mobility, case.possible),
    "direction": _direction,
    "sending": lambda case: _side(case.mobility.sending, case.possible.get("sending_country", ())),
    "receiving": lambda case: _side(case.mobility.receiving, case.possible.get("receiving_country", ())),
    "possible": lambda case: MappingProxyType({name: plain(OneOf(values)) for name, values in case.possible.items()}),
}


_MOST_NAMED = 3


def _activity(mobility: Mobility, possible: Mapping[str, tuple[object, ...]]) -> str | None:
    """The activity, or those it may be."""
    if mobility.activity is not None:
        return mobility.activity.value
    return _any_of([item.words for item in possible.get("activity", ()) if isinstance(item, Term)], "activities")


def _side(institution: Institution | None, countries: tuple[object, ...]) -> str | None:
    """A side in words: what it is called and where it is, as far as that is told; or the countries it may be in."""
    country = _any_of([item.name for item in countries if isinstance(item, Country)], "countries")
    if institution is None:
        return country
    country = institution.country.name if institution.country else country
    return ", ".join(filter(None, (institution.name, institution.city, country))) or None


def _any_of(names: list[str], kind: str) -> str | None:
    """Each of a few names; of many, how many there are."""
    if len(names) > _MOST_NAMED:
        return f"one of {len(names)} {kind}"
    return any_of(names) or None
