"""Whether what is assessed by itself reaches the points that the call asks for, and whether there is money for it."""

from __future__ import annotations

from decimal import Decimal

from icm_rules.engine import Answer, Unknown, Words, fact, met, not_met, rule, undetermined
from icm_rules.engine.errors import did_you_mean
from icm_rules.guide.provisions import (
    AwardCriteria,
    AwardCriterion,
    AwardCriterionThreshold,
    AwardThreshold,
    AwardUnit,
    OverseasTerritories,
    ProgrammeCountries,
    Region,
    Regions,
)
from icm_rules.model.application import Score
from icm_rules.model.countries import Country
from icm_rules.model.terms import Role, Stage
from icm_rules.rules.values import CountryStatus, status_of


def _points(scores: tuple[Score, ...], line: AwardCriterion) -> Decimal | None:
    return next((score.points for score in scores if score.criterion.casefold() == line.name.casefold()), None)


@fact
def status_of_assessed_country(
    country: Country,
    programme_countries: ProgrammeCountries,
    overseas_territories: OverseasTerritories,
    regions: Regions,
) -> CountryStatus | Unknown:
    """Where the country that is assessed stands in this call."""
    return status_of(country, programme_countries, overseas_territories, regions)


@rule("assessment.unit.named", due=Stage.APPLICATION)
def what_is_assessed_by_itself_is_named(
    country: Country | None,
    region: int | None,
    countries_applied_for: tuple[Country, ...] | None,
    status_of_assessed_country: CountryStatus | None,
    award_unit: AwardUnit,
    regions: Regions,
) -> Answer:
    """What is assessed is what the call assesses by itself, and a part of the application where that is told."""
    told: Words = {"unit": award_unit.unit, "country": country, "region": region}
    by_country = "country" in award_unit.unit
    if country is None and region is None:
        needs = ("country",) if by_country else ("region",)
        return undetermined("what the call assesses by itself is each {unit}", needs=needs, **told)
    if by_country is (country is None):
        what = "a whole region is" if by_country else "one country is"
        return not_met(
            "{what} assessed, and what the call assesses by itself is each {unit}",
            what=what,
            rests_on=(award_unit,),
            **told,
        )
    if country is None:
        line = next((line for line in regions.lines if line.number == region), None)
        return _region_that_is_assessed(line, countries_applied_for, award_unit, regions, told)
    if status_of_assessed_country is None:
        return undetermined("whether {country} is a {unit} is not known", **told)
    if status_of_assessed_country.role is not Role.PARTNER:
        return not_met("{country} is no {unit} of this call", **told)
    if countries_applied_for is not None and country not in countries_applied_for:
        return not_met(
            "{country} is assessed, and no flow of the application is with it", rests_on=(award_unit,), **told
        )
    return met("{country} is assessed by itself", rests_on=(award_unit,), **told)


def _region_that_is_assessed(
    line: Region | None,
    countries_applied_for: tuple[Country, ...] | None,
    award_unit: AwardUnit,
    regions: Regions,
    told: Words,
) -> Answer:
    if line is None:
        numbers = tuple(str(each.number) for each in regions.lines)
        return not_met("this call has no region {region}; its regions are: {numbers}", numbers=numbers, **told)
    if countries_applied_for is None or line.countries.intersection(countries_applied_for):
        return met("region {region} is assessed by itself", rests_on=(award_unit,), **told)
    unlisted = [each.name for each in countries_applied_for if each not in regions.listed]
    if unlisted:
        gap = f"no list that was seen says in which region these lie: {', '.join(unlisted)}"
        return undetermined("whether a flow is with region {region} is not known", gaps=(gap,), needs=(), **told)
    return not_met("region {region} is assessed, and no flow of the application is with it", rests_on=(line,), **told)


@rule("assessment.scores.complete", due=Stage.APPLICATION)
def every_criterion_is_scored(scores: tuple[Score, ...], award_criteria: AwardCriteria) -> Answer:
    """Points are given for every criterion of the call, and for no other."""
    names = [line.name for line in award_criteria.lines]
    known = {name.casefold() for name in names}
    strange = [score.criterion for score in scores if score.criterion.casefold() not in known]
    if strange:
        return not_met(
            "this call has no criterion {strange}{hint}; its criteria are: {names}",
            strange=strange[0],
            hint=did_you_mean(strange[0], names),
            names=tuple(names),
            rests_on=(award_criteria,),
        )
    lacking = tuple(line.name for line in award_criteria.lines if _points(scores, line) is None)
    if lacking:
        return undetermined("no points are told for: {lacking}", lacking=lacking, needs=("scores",))
    return met("points are given for all {number} criteria", number=len(names), rests_on=(award_criteria,))


@rule("assessment.scores.within_maximum", due=Stage.APPLICATION)
def no_criterion_has_more_points_than_it_may(scores: tuple[Score, ...], award_criteria: AwardCriteria) -> Answer:
    """No criterion is given more points than it may have."""
    over = [
        line
        for line in award_criteria.lines
        if (points := _points(scores, line)) is not None and points > line.maximum_points
    ]
    if over:
        said = tuple(
            f"{_points(scores, line)} for {line.name}, which has {line.maximum_points} at most" for line in over
        )
        return not_met("{said}", said=said, rests_on=tuple(over))
    return met("no criterion has more points than it may")


@fact
def points_in_all(scores: tuple[Score, ...], award_criteria: AwardCriteria) -> Decimal:
    """The points given in all, for the criteria of the call."""
    return sum((points for line in award_criteria.lines if (points := _points(scores, line)) is not None), Decimal(0))


@fact
def points_to_come(scores: tuple[Score, ...], award_criteria: AwardCriteria) -> int:
    """The points that criteria not scored so far may still bring."""
    return sum(line.maximum_points for line in award_criteria.lines if _points(scores, line) is None)


@rule("assessment.threshold.total", due=Stage.APPLICATION)
def enough_points_are_reached_in_all(
    points_in_all: Decimal, points_to_come: int, award_threshold: AwardThreshold
) -> Answer:
    """The points reach the minimum in all."""
    asked = award_threshold.minimum_points
    told: Words = {"points": points_in_all, "asked": asked, "most": award_threshold.maximum_points}
    rests_on = (award_threshold,)
    if points_in_all >= asked:
        return met("{points} of {most} points reach the {asked} asked for", rests_on=rests_on, **told)
    if points_in_all + points_to_come < asked:
        return not_met("{points} of {most} points are fewer than the {asked} asked for", rests_on=rests_on, **told)
    return undetermined(
        "{points} points so far; {asked} are asked for, and not every criterion is scored",
        needs=("scores",),
        rests_on=rests_on,
        **told,
    )


@rule("assessment.threshold.criterion", due=Stage.APPLICATION)
def enough_points_are_reached_for_the_first_criterion(
    scores: tuple[Score, ...], award_criteria: AwardCriteria, award_criterion_threshold: AwardCriterionThreshold
) -> Answer:
    """The criterion that has a minimum of its own reaches its share of the points."""
    threshold = award_criterion_threshold
    line = next((line for line in award_criteria.lines if line.name == threshold.criterion), None)
    told: Words = {"criterion": threshold.criterion}
    if line is None:
        gap = f"the Guide names no points for {threshold.criterion}"
        return undetermined("what {criterion} needs is not known", gaps=(gap,), needs=(), **told)
    rests_on = (threshold, line)
    asked = threshold.share * line.maximum_points
    points = _points(scores, line)
    told |= {"asked": asked, "most": line.maximum_points}
    if points is None:
        return undetermined(
            "{criterion} needs {asked} of its {most} points", needs=("scores",), rests_on=rests_on, **told
        )
    told["points"] = points
    if points >= asked:
        return met("{points} of {most} points for {criterion} reach the {asked} asked for", rests_on=rests_on, **told)
    return not_met(
        "{points} of {most} points for {criterion} are fewer than the {asked} asked for", rests_on=rests_on, **told
    )


@rule("assessment.budget.suffices", due=Stage.APPLICATION, informs=True)
def money_of_the_envelope_suffices(budget_suffices: bool) -> Answer:
    """The money of the envelope suffices for it, after what is ranked before it."""
    if budget_suffices:
        return met("the money suffices")
    return not_met("the money does not suffice, after what is ranked before it")
