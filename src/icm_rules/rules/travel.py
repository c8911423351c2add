"""How far it is, and how many days of travel are paid."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from icm_rules.engine import Answer, Unknown, Words, fact, met, not_applicable, not_met, rule, undetermined, unknown
from icm_rules.guide.provisions import FundedTravelDays, TravelBand, TravelBands
from icm_rules.model.terms import Stage
from icm_rules.rules.values import TravelDays


@fact
def travel_band(distance_km: Decimal, travel_bands: TravelBands) -> TravelBand | Unknown:
    """The band in which the distance lies; bands are half-open: 10 km <= distance < 100 km."""
    for band in travel_bands.lines:
        if band.from_km <= distance_km and (band.to_km is None or distance_km < band.to_km):
            return band
    return unknown(f"no band holds {distance_km} km")


def _day_outside(journey: date | None, edge: date | None, limit: int, *, before: bool) -> tuple[int, int]:
    """Whether the journey takes a day of its own, from and to; a journey on a day of activity takes none."""
    if limit == 0 or journey is None or edge is None:
        return 0, limit
    outside = journey < edge if before else journey > edge
    return (1, 1) if outside else (0, 0)


@fact
def payable_travel_days(
    start_date: date | None,
    end_date: date | None,
    outward_travel_date: date | None,
    return_travel_date: date | None,
    funded_travel_days: FundedTravelDays,
) -> TravelDays:
    """The days of travel outside the days of activity, as many as may be paid [days]."""
    out = _day_outside(outward_travel_date, start_date, funded_travel_days.maximum_before, before=True)
    back = _day_outside(return_travel_date, end_date, funded_travel_days.maximum_after, before=False)
    return TravelDays(out[0] + back[0], out[1] + back[1])


@fact
def travel_days(payable_travel_days: TravelDays, travel_days_claimed: int | None) -> TravelDays:
    """The days of travel that are paid: what may be paid, but never more than is claimed [days].

    A claim is taken at its word where the dates of the journeys are not told.
    """
    if travel_days_claimed is None:
        return payable_travel_days
    paid = min(travel_days_claimed, payable_travel_days.high)
    return TravelDays(paid, paid)


@rule("travel.distance.band", due=Stage.NOMINATION, informs=True)
def distance_lies_in_a_band(distance_km: Decimal, travel_band: TravelBand) -> Answer:
    """The distance one way lies in a band of the table of travel support."""
    told: Words = {"km": distance_km, "low": travel_band.from_km, "high": travel_band.to_km}
    if travel_band.to_km is None:
        return met("{km} km lie in the last band, from {low} km on", **told)
    return met("{km} km lie in the band from {low} km to less than {high} km", **told)


@rule("travel.days.number", due=Stage.BEFORE_DEPARTURE, only_if="is_staff_mobility", informs=True)
def no_more_travel_days_are_claimed_than_paid(travel_days_claimed: int, funded_travel_days: FundedTravelDays) -> Answer:
    """No more days of travel are claimed than may be paid: one before the stay and one after it."""
    before, after = funded_travel_days.maximum_before, funded_travel_days.maximum_after
    told: Words = {
        "claimed": travel_days_claimed,
        "before": before,
        "after": after,
        "over": travel_days_claimed - before - after,
    }
    if travel_days_claimed <= before + after:
        return met(
            "{claimed} days of travel are claimed; {before} before the stay and {after} after it may be paid", **told
        )
    return not_met(
        "{claimed} days of travel are claimed, {over} more than the {before} before the stay and the {after} after it "
        "that may be paid",
        **told,
    )


@rule("travel.days.outside_activity", due=Stage.AFTER_RETURN, only_if="is_staff_mobility", informs=True)
def claimed_travel_days_are_no_days_of_activity(
    travel_days_claimed: int,
    payable_travel_days: TravelDays,
    outward_travel_date: date | None,
    return_travel_date: date | None,
    start_date: date | None,
    end_date: date | None,
) -> Answer:
    """No day of travel is claimed for a journey that falls on a day of activity."""
    if travel_days_claimed == 0:
        return not_applicable("no day of travel is claimed")
    told: Words = {"claimed": travel_days_claimed, "payable": payable_travel_days.high}
    if travel_days_claimed <= payable_travel_days.low:
        return met(
            "{claimed} days of travel are claimed, and the journeys take as many outside the days of activity", **told
        )
    if travel_days_claimed > payable_travel_days.high:
        return not_met(
            "{claimed} days of travel are claimed, and the journeys take {payable} outside the days of activity that "
            "may be paid",
            **told,
        )
    dates = {
        "outward_travel_date": outward_travel_date,
        "return_travel_date": return_travel_date,
        "start_date": start_date,
        "end_date": end_date,
    }
    return undetermined(
        "{claimed} days of travel are claimed; they may not fall on a day of activity",
        needs=tuple(name for name, told_on in dates.items() if told_on is None),
        **told,
    )
